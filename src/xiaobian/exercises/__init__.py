"""Questions, predictions, checks and progress."""

from .exercise import Exercise, exercise
from .predictions import Prediction, predict, reveal
from .progress import progress

__all__ = ["Exercise", "Prediction", "exercise", "predict", "progress", "reveal"]
