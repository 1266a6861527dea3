"""Counting, cutting and reading short texts in Taiwan Mandarin: no network, no model to download."""

from .counting import Counts as Counts
from .counting import counts as counts
from .counting import fit as fit
from .counting import fits as fits
