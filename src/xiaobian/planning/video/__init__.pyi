"""What the lazy package offers; each name is imported from its module when it is first used."""

from .script import MOVES as MOVES
from .script import ROLES as ROLES
from .script import SIZES as SIZES
from .script import Beat as Beat
from .script import Script as Script
from .script import read_script as read_script
from .script import samples as samples
from .script_checks import Fault as Fault
from .script_checks import ScriptReview as ScriptReview
from .script_checks import check_script as check_script
from .script_checks import specific as specific
