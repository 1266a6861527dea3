"""Explorer: how many pieces a team plans and how many it lets itself start; what is finished and how long each takes."""

from __future__ import annotations

from functools import cache

from ..datasets import SIMULATED
from ..planning.capacity.little import WORKDAYS, Flow, flow
from ..plotting import Chart, spaced
from ..sandbox.team import TeamRun, run_team
from .controls import labelled
from .explorer import explorer
from .panel import Panel

CADENCES = {"一週 4 則": 4, "一週 5 則": 5, "一週 7 則（日更）": 7, "一週 10 則": 10, "一週 14 則": 14}
LIMITS = {"同時最多 2 則": 2, "同時最多 4 則": 4, "同時最多 6 則": 6, "同時最多 10 則": 10, "不設上限": 0}
WEEKS = 12


@cache
def _run(seed: int, per_week: int, limit: int) -> tuple[TeamRun, Flow]:
    run = run_team(seed, per_week, limit or None, WEEKS)
    return run, flow(run.pieces, WEEKS * WORKDAYS, (SIMULATED,))


def capacity_explorer(seed: int = 203, per_week: int = 7, limit: int = 0) -> Panel:
    """Drop-downs for the cadence and for how many pieces may be in process; started and finished follow.

    seed: of the simulated team. per_week: one of ``CADENCES``. limit: one of ``LIMITS``; 0 is none.
    """
    choices = {
        "per_week": labelled("排多少：", {words: str(n) for words, n in CADENCES.items()}, str(per_week)),
        "limit": labelled("手上：", {words: str(n) for words, n in LIMITS.items()}, str(limit)),
    }

    def draw(per_week: str, limit: str) -> tuple[Chart, str]:
        run, found = _run(seed, int(per_week), int(limit))
        return found.plot(), told(run, found)

    return explorer(choices, draw, "換一週排幾則、手上最多幾則，看完成多少、一則花幾天。")


def told(run: TeamRun, found: Flow) -> str:
    """Finished a week, days each, hours lost to changing, and what the finished pieces are worth."""
    return spaced(
        f"一週完成{found.a_week:.1f}則，一則平均{found.lead:.1f}個工作天；切換來切換去，一週賠掉{run.lost:.1f}小時。"
        f"擱越久越不值錢，扣掉之後相當於一週準時發{run.value:.1f}則。"
    )
