"""Explorer: one month under other limits; the best schedule of each, its value, and what cannot be done."""

from __future__ import annotations

from functools import cache

from ..planning.scheduling.constraints import Constraints
from ..planning.scheduling.schedule import Schedule, schedule
from ..plotting import Chart, spaced
from ..sandbox.backlog import Month, draw_month
from .controls import labelled
from .explorer import explorer
from .panel import Panel

DAILY = {"可以有空白的日子": 0, "每天至少 1 則": 1, "每天至少 2 則": 2}
PROMO = {"7 天最多 1 則": 1, "7 天最多 2 則": 2, "7 天最多 4 則": 4}
EXTRA = {"照目前": "", "阿洛每天多 1 小時": "aluo", "允安每天多 1 小時": "yunan", "柏宇每天多 1 小時": "boyu"}
LIMIT = 1.0
POSTS = 40


@cache
def _month(seed: int) -> Month:
    return draw_month(seed, POSTS)


@cache
def _solved(seed: int, daily: int, promo: int, extra: str) -> Schedule:
    month = _month(seed)
    given = Constraints.of(month).changed(daily=(daily, None), promo_cap=promo)
    if extra:
        there = month.hours[extra]
        given = given.changed(hours=month.hours.assign(**{extra: there + (there > 0)}))
    return schedule(month.posts, given, limit=LIMIT)


def schedule_explorer(seed: int = 205, daily: int = 0, promo: int = 2, extra: str = "") -> Panel:
    """Drop-downs for the cadence, the cap on promotions and whose hours grow; the best month follows.

    seed: of the month (40 posts). daily: one of ``DAILY``. promo: one of ``PROMO``. extra: one of ``EXTRA``.
    """
    choices = {
        "daily": labelled("日更：", {words: str(n) for words, n in DAILY.items()}, str(daily)),
        "promo": labelled("優惠：", {words: str(n) for words, n in PROMO.items()}, str(promo)),
        "extra": labelled("人力：", EXTRA, extra),
    }
    usual = _solved(seed, daily, promo, extra)

    def draw(daily: str, promo: str, extra: str) -> tuple[Chart, str]:
        found = _solved(seed, int(daily), int(promo), extra)
        return found.plot(), told(found, usual)

    return explorer(choices, draw, "換日更、優惠上限和人力，看最好的排法值多少、哪些做不到。")


def told(found: Schedule, usual: Schedule) -> str:
    """The result and its distance to where the panel started."""
    if found.status == "infeasible" or usual.status == "infeasible":
        return found.say()
    change = found.value / usual.value - 1
    if abs(change) < 0.0005:
        return spaced(f"{found.say()}和一開始一樣。")
    return spaced(f"{found.say()}和一開始比{'多' if change > 0 else '少'}{abs(change):.1%}。")
