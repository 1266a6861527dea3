"""KPIs, control charts and what they need; estimators, tests and detectors join here."""

from .ab_plan import ab_plan as ab_plan
from .ab_read import ab_read as ab_read
from .control_chart import control_chart as control_chart
from .followers import with_followers as with_followers
from .kpi import kpi as kpi
from .monthly_report import monthly_report as monthly_report
from .pivot import pivot as pivot
