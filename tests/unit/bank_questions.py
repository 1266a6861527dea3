"""The lessons that have an exercise, and every question of them."""

from __future__ import annotations

import xiaobian as xb
from xiaobian.exercises import bank, exercise

LESSONS = [i for i in xb.datasets.course() if bank.exists(i)]
QUESTIONS = [(i, name, q) for i in LESSONS for name, q in exercise(i).questions.items()]
IDS = [f"{i}-{name}" for i, name, _ in QUESTIONS]
