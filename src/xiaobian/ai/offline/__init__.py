"""The rules engine: what the offline profile answers with. It is no AI, and says so to whoever asks freely.

``answer`` gets a task's name and inputs and gives JSON text, or a free prompt (task "") and gives plain text.
NotFound means that the engine cannot do it: the client sees 501 with code ``offline_unsupported``; any other
KitError is a bad input: 400 with code ``offline_bad_input``.
"""

from .engine import EMBED_MODEL as EMBED_MODEL
from .engine import MODEL as MODEL
from .engine import answer as answer
from .engine import embed as embed
from .engine import image as image
from .engine import models as models
from .engine import moderate as moderate
