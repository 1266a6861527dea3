"""KPIs, control charts and what they need; estimators, tests and detectors join here."""

from .ab_plan import ab_plan as ab_plan
from .ab_read import ab_read as ab_read
from .ads_budget import ads_budget as ads_budget
from .attribution import attribution as attribution
from .control_chart import control_chart as control_chart
from .creator_scores import creator_scores as creator_scores
from .drivers import drivers as drivers
from .followers import with_followers as with_followers
from .growth import growth as growth
from .keywords import keywords as keywords
from .kpi import kpi as kpi
from .monthly_report import monthly_report as monthly_report
from .overperforming import overperforming as overperforming
from .pivot import pivot as pivot
from .predict import predict as predict
from .retention_hazard import retention_hazard as retention_hazard
from .rivals import rivals as rivals
from .slot_effects import slot_effects as slot_effects
from .utm import utm as utm
from .utm import utm_check as utm_check
from .utm import utm_values as utm_values
