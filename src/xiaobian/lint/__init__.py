"""Explainable text rules: every finding says where, what, why and what to write instead.

Rules live in YAML packs (``packs/*.yml``; the keys are explained in ``xiaobian.lint.pack``), so a learner can
read them, argue with them and write a new pack: ``xb.lint.check(text, packs=["tw_words", "my_rules.yml"])``.
"""

from .engine import check
from .findings import Finding, Findings, fixed
from .measures import measure
from .pack import Pack, load, packs
from .rules import Rule

__all__ = ["Finding", "Findings", "Pack", "Rule", "check", "fixed", "load", "measure", "packs"]
