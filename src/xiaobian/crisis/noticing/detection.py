"""The detector as the crisis room offers it; it lives in ``analytics``, where other rooms can use it."""

from ...analytics.detect.detect import Detected as Detected
from ...analytics.detect.detect import detect as detect
