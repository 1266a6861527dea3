"""Judging what an engine wrote: check tables, blind comparison, agreement between people and judges."""

from .agreement import Agreement as Agreement
from .agreement import agreement as agreement
from .judging import Judged as Judged
from .judging import judge as judge
from .pairwise import Comparison as Comparison
from .pairwise import Pair as Pair
from .pairwise import compare as compare
from .pairwise import pairs as pairs
from .tables import CheckTable as CheckTable
from .tables import Scores as Scores
