"""What the lazy package offers; each name is imported from its module when it is first used."""

from .after_action import AfterAction as AfterAction
from .deescalation import deescalate as deescalate
from .detection import detect as detect
from .drill import CrisisDrill as CrisisDrill
from .drill import drill as drill
from .drill import of_record as of_record
from .exposure_ledger import Limits as Limits
from .exposure_ledger import StopRule as StopRule
from .exposure_ledger import exposure as exposure
from .forms import response_form as response_form
from .repair import image_repair as image_repair
from .rostering import Duty as Duty
from .rostering import Rota as Rota
from .rostering import RotaLimits as RotaLimits
from .rostering import rota as rota
from .rostering import round_robin as round_robin
from .severity import Signs as Signs
from .severity import severity as severity
from .severity import signs_of as signs_of
from .sop import incident as incident
from .statements import check_statement as check_statement
from .trade import rolling_z as rolling_z
from .trade import trade_off as trade_off
from .triaging import Triage as Triage
from .triaging import triage as triage
