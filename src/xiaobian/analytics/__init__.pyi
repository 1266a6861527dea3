"""What the lazy package offers; each name is imported from its module when it is first used."""

import collections.abc

from . import groups as groups
from .ab import stopping as stopping
from .ab.ab_plan import ab_plan as ab_plan
from .ab.ab_read import ab_read as ab_read
from .ads.ads_budget import ads_budget as ads_budget
from .attribution.attribution import attribution as attribution
from .churn.churn import churn as churn
from .control.control_chart import control_chart as control_chart
from .creators.creator_scores import creator_scores as creator_scores
from .detect.detect import detect as detect
from .drivers.drivers import drivers as drivers
from .followers import with_followers as with_followers
from .growth.growth import growth as growth
from .keywords.keywords import keywords as keywords
from .kpi.kpi import kpi as kpi
from .monthly.monthly_report import monthly_report as monthly_report
from .overperforming.overperforming import overperforming as overperforming
from .pivot.pivot import pivot as pivot
from .predict.predict import predict as predict
from .retention.retention_hazard import retention_hazard as retention_hazard
from .rivals.rivals import rivals as rivals
from .slots.slot_effects import slot_effects as slot_effects
from .utm.utm import utm as utm
from .utm.utm import utm_check as utm_check
from .utm.utm import utm_values as utm_values

WHERE_IT_RUNS: collections.abc.Mapping[str, str]
