"""A publish queue and the ways it breaks, simulated: token expiry, containers not ready, wrong clock, limits, time-outs."""

from .jobs import Job as Job
from .jobs import week as week
from .outcome import Run as Run
from .policy import Policy as Policy
from .service import Faults as Faults
from .worker import simulate as simulate
