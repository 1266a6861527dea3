"""What the lazy package offers; each name is imported from its module when it is first used."""

from .cues import Cue as Cue
from .cues import Scene as Scene
from .cues import Timeline as Timeline
from .cues import timeline as timeline
from .edl import EditList as EditList
from .edl import edit_list as edit_list
from .edl import timecode as timecode
from .script import MOVES as MOVES
from .script import ROLES as ROLES
from .script import SIZES as SIZES
from .script import STEP as STEP
from .script import Beat as Beat
from .script import Script as Script
from .script import read_script as read_script
from .script import samples as samples
from .script_checks import Fault as Fault
from .script_checks import ScriptReview as ScriptReview
from .script_checks import check_script as check_script
from .script_checks import specific as specific
from .shots import LICENCES as LICENCES
from .shots import Coverage as Coverage
from .shots import ShotList as ShotList
from .shots import sample_assets as sample_assets
from .shots import shot_list as shot_list
from .subtitle_checks import SubtitleReview as SubtitleReview
from .subtitle_checks import check_subtitles as check_subtitles
