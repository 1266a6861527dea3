"""What the lazy package offers; each name is imported from its module when it is first used."""

from .detection import detect as detect
from .severity import Signs as Signs
from .severity import severity as severity
from .severity import signs_of as signs_of
from .sop import incident as incident
from .trade import rolling_z as rolling_z
from .trade import trade_off as trade_off
from .deescalation import deescalate as deescalate
