"""The live drill: ten minutes of chat, one pair of hands, harm that grows while things wait."""

from .drill import LiveDrill as LiveDrill
from .drill import LiveState as LiveState
from .drill import of_record as of_record
from .injects import chat as chat
from .injects import draw as draw
from .injects import scenario as scenario
from .judging import LiveReview as LiveReview
from .judging import best_plan as best_plan
from .judging import harm as harm
from .judging import own_waits as own_waits
from .plot import draw_scores as draw_scores
from .plot import draw_waiting as draw_waiting
from .policies import BASELINES as BASELINES
from .policies import rule_book as rule_book
from .policies import run as run
from .policies import triage as triage
from .stories import Story as Story
from .stories import story_plan as story_plan
