"""Counting, cutting and reading short texts in Taiwan Mandarin: no network, no model to download."""

from .classify import grave as grave
from .classify import intent as intent
from .classify import sentiment as sentiment
from .counting import Counts as Counts
from .counting import counts as counts
from .counting import fit as fit
from .counting import fits as fits
from .segmentation import cut as cut
from .segmentation import cut_many as cut_many
