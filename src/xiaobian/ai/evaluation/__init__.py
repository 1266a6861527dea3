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
from .variants import OVERCLAIM as OVERCLAIM
from .variants import SLOGANS as SLOGANS
from .variants import TELLS as TELLS
from .variants import Parts as Parts
from .variants import Tried as Tried
from .variants import headline_checks as headline_checks
from .variants import telling as telling
from .variants import try_brief as try_brief
from .variants import try_parts as try_parts
from .variants import with_parts as with_parts
