"""How a response was given: in time, without contradiction, with initiative (Huang 2008), by the sandbox's own equations.

What people posted is read (strategies, signs, facts) and handed to ``sandbox.crisis``; no equation stands here twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ...errors import AnswerError, NotFound
from ...plotting import spaced
from ...sandbox.crisis.responses import Case, Response, is_specific, standing
from ...sandbox.crisis.scenarios import CLUSTERS, STRATEGIES
from ...sandbox.crisis.values import Form, contradicts, responsibility
from ...sandbox.parameters import Parameters, load
from .facts import clashes
from .reading import signs_of_text, strategies_of

SIGN_NAMES = {
    "empathy": "同理",
    "private_channel": "私訊管道",
    "compensation": "補償",
    "explanation": "說明原因",
    "self_disclosure": "自己先說",
    "pauses_schedule": "停排程",
}


@dataclass(frozen=True, repr=False)
class ResponseForm:
    """How a series of posts was given. form: timely, consistent, active, each 0–1. match: of the strategies with the cluster,
    −1 to 1; value: what it is worth, about −1 to 1. table: a row a post (hours, strategies, signs, consistent)."""

    form: Form
    cluster: str
    match: float
    value: float
    table: pd.DataFrame = field(compare=False)

    @property
    def score(self) -> float:
        """Mean of the three, 0–1."""
        return self.form.score

    @property
    def weakest(self) -> str:
        """The lowest of the three: timely, consistent or active."""
        return min(("timely", "consistent", "active"), key=lambda name: getattr(self.form, name))

    def say(self) -> str:
        """The three marks and what to mend first, in 正體中文."""
        f = self.form
        advice = {
            "timely": "最弱的是及時：先回一句知道了、正在查、幾點再說，不必等查完。",
            "consistent": "最弱的是一致：核對每個版本的數字，停掉排程，不要前後改口。",
            "active": "最弱的是主動：說明原因、給私訊管道、自己先說還沒有人問的事。",
        }[self.weakest]
        told = f"及時{f.timely:.2f}、一致{f.consistent:.2f}、主動{f.active:.2f}，形式{f.score:.2f}。"
        return spaced(told + (advice if f.score < 0.8 else "三項都站得住。"))

    def __repr__(self) -> str:
        return f"{self.say()}\n附註：方向來自黃懿慧（2008、2016），大小是設計參數"


def response_form(
    posts: pd.DataFrame | Sequence[tuple[float, str]],
    *,
    platform: str,
    cluster: str = "accidental",
    paused: bool | None = None,
    history: bool = False,
    vivid: bool = False,
) -> ResponseForm:
    """The form of what was posted, and what it is worth.

    posts: pairs (hours since it was noticed, text), or a table with ``hours`` and ``text``. platform: where it started, which
    sets the pace. cluster, history, vivid: for the blame. paused: whether scheduled posts were stopped; read from the texts
    if None.

    Raises AnswerError for posts before hour 0 or without the columns, NotFound for an unknown platform or cluster.

    >>> quick = response_form([(0.5, "今晚 8 點更新。")], platform="threads")
    >>> late = response_form([(6, "今晚 8 點更新。")], platform="threads")
    >>> round(quick.form.timely, 2), round(late.form.timely, 2)
    (0.85, 0.14)
    """
    parameters = load()
    _check(platform, cluster, parameters)
    said = _pairs(posts)
    responses = [_response(hours, text, [t for _, t in said[:n]]) for n, (hours, text) in enumerate(said)]
    if paused is not None and responses:
        responses[-1] = replace(responses[-1], pauses_schedule=paused)
    blame = float(responsibility(cluster, parameters, history=history, vivid=vivid))
    case = Case(cluster=cluster, blame=blame, vivid=vivid, severity=0.5, platform=platform, arousal=0.5)
    now = standing(case, responses, max([r.at for r in responses], default=0), parameters)
    return ResponseForm(now.form, cluster, now.match, now.value, _table(responses))


def active_share(text: str) -> float:
    """Initiative of one statement, 0–1, as the sandbox counts its signs; 0 for no text.

    >>> active_share(""), round(active_share("對不起，請私訊我們。"), 2)
    (0.0, 0.69)
    """
    return response_form([(0.0, text)], platform="facebook").form.active if text.strip() else 0.0


def agreement(text: str, others: Iterable[str]) -> float:
    """How far a text agrees with other versions, 0–1: share of the compared facts, less where strategies contradict.

    >>> agreement("共 24 盒", ["共 36 盒"]), agreement("共 24 盒", [])
    (0.0, 1.0)
    """
    others = list(others)
    level = _facts_agree(text, others)
    before = {name for other in others for name in strategies_of(other)}
    return level * (load()["crisis.contradiction"] if contradicts(strategies_of(text), before) else 1.0)


def _facts_agree(text: str, others: Sequence[str]) -> float:
    contradicted, compared = clashes(text, others)
    return 1.0 - len(contradicted) / compared if compared else 1.0


def _check(platform: str, cluster: str, parameters: Parameters) -> None:
    if cluster not in CLUSTERS:
        raise NotFound(f"沒有「{cluster}」這個危機類型", next_step=f"可用的有：{'、'.join(CLUSTERS)}")
    if platform not in (known := parameters["crisis.timely_hours"]):
        raise NotFound(f"沒有「{platform}」這個平台", next_step=f"可用的有：{'、'.join(known)}")


def _pairs(posts: pd.DataFrame | Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    if isinstance(posts, pd.DataFrame):
        if lost := {"hours", "text"} - set(posts.columns):
            raise AnswerError(
                f"少了欄位 {'、'.join(sorted(lost))}", where="posts", next_step="請給 hours 和 text 兩欄"
            )
        posts = list(posts[["hours", "text"]].itertuples(index=False, name=None))
    pairs = sorted(((float(hours), str(text)) for hours, text in posts), key=lambda pair: pair[0])
    if bad := [hours for hours, _ in pairs if not (np.isfinite(hours) and hours >= 0)]:
        raise AnswerError(f"時間是 {bad[0]}", where="posts", next_step="請給發現之後第幾小時，0 以上")
    return pairs


def _response(hours: float, text: str, before: Sequence[str]) -> Response:
    signs: dict[str, Any] = signs_of_text(text)
    return Response(
        at=int(np.ceil(hours)),
        delay=hours,
        strategies=strategies_of(text),
        consistent=_facts_agree(text, before),
        specific=is_specific(text, load()),
        text=text,
        **signs,
    )


def _table(responses: Sequence[Response]) -> pd.DataFrame:
    rows = [
        (
            r.delay,
            "、".join(STRATEGIES[name] for name in r.strategies),
            "、".join(words for name, words in SIGN_NAMES.items() if getattr(r, name)) or "無",
            r.consistent,
        )
        for r in responses
    ]
    return pd.DataFrame(rows, columns=["hours", "strategies", "signs", "consistent"])
