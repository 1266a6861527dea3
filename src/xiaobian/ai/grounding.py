"""What a text claims that can be looked up; the finder stands in ``xiaobian.text.claims``, where other rooms use it too."""

from ..text.claims import NAMES as NAMES
from ..text.claims import Claim as Claim
from ..text.claims import claims as claims
from ..text.claims import number as number
from ..text.claims import ungrounded as ungrounded
