"""A publish queue and the ways it breaks, simulated: token expiry, containers not ready, wrong clock, limits, time-outs."""

from .jobs import Job as Job
from .jobs import week as week
from .outcome import Run as Run
from .policy import CAREFUL as CAREFUL
from .policy import Policy as Policy
from .service import Faults as Faults
from .trials import changes as changes
from .worker import simulate as simulate
