"""What a crisis response is worth: attributed blame, match, form, response value, change of reputation.

Every function is pure, takes plain numbers or NumPy arrays, and reads its sizes from a ``Parameters`` object.
Reputation is in standard deviations of a brand's reputation; times are hours since the crisis was noticed.

Sources: Situational Crisis Communication Theory (Coombs 2007, Corporate Reputation Review 10,
doi:10.1057/palgrave.crr.1550049) for clusters and match; Huang 2008 for form (timely, consistent, active) and
its weight against strategy; Ma & Zhan 2016 for the two correlations; Hansen, Kupfer & Hennig-Thurau 2018 for
short- and long-term declines; Herhausen et al. 2019 for what feeds or cools a firestorm. Directions are
published, sizes are design parameters unless their line in ``parameters.yml`` says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import NotFound
from ..parameters import Parameters

Floats = NDArray[np.float64]

SILENCE = "silence"
CONTRADICT = frozenset({"deny"}), frozenset({"diminish", "rebuild"})


@dataclass(frozen=True)
class Form:
    """How a response was given, three shares 0–1: in time, without contradiction, with initiative."""

    timely: float
    consistent: float
    active: float

    @property
    def score(self) -> float:
        """Their mean, 0–1.

        >>> Form(1.0, 0.5, 0.0).score
        0.5
        """
        return (self.timely + self.consistent + self.active) / 3


def responsibility(
    cluster: str,
    parameters: Parameters,
    *,
    history: ArrayLike = False,
    vivid: ArrayLike = False,
    reputation: ArrayLike = 0.0,
    noise: ArrayLike = 0.0,
) -> Floats:
    """Blame the public attributes to the brand, 0–1.

    cluster: victim, accidental or preventable. history, vivid: whether there was an earlier similar case, and
    whether there are pictures. reputation: before the crisis, in SD; only a bad one (below 0) adds blame.
    noise: a standard normal draw. Raises NotFound for an unknown cluster.

    >>> from ..parameters import load
    >>> float(responsibility("accidental", load(), vivid=True))
    0.53
    """
    start = _of(parameters["crisis.responsibility"], cluster, "危機類型")
    blame = (
        start
        + parameters["crisis.history"] * np.asarray(history, dtype=bool)
        + parameters["crisis.vivid"] * np.asarray(vivid, dtype=bool)
        + parameters["crisis.bad_reputation"] * np.maximum(0.0, -np.asarray(reputation, dtype=float))
        + parameters["crisis.blame_sd"] * np.asarray(noise, dtype=float)
    )
    return np.clip(blame, 0.0, 1.0)


def match(cluster: str, strategies: Iterable[str], parameters: Parameters, *, provable: bool = True) -> float:
    """How well a statement's strategies fit the cluster, −1 to 1: their mean, less a penalty for contradiction.

    strategies: one or several of inform, deny, diminish, rebuild, silence. provable: whether a denial can be
    proven now; in the victim cluster an unproven denial does not convince. Raises NotFound for unknown names.

    >>> from ..parameters import load
    >>> match("preventable", ["rebuild"], load())
    1.0
    >>> match("preventable", ["deny", "rebuild"], load())
    -0.3
    """
    cells = dict(_of(parameters["crisis.match"], cluster, "危機類型"))
    if not provable:
        cells["deny"] = min(cells["deny"], parameters["crisis.unproven_denial"])
    named = tuple(strategies)
    if not named:
        raise NotFound("沒有選回應策略", next_step=f"可用的有：{'、'.join(cells)}")
    mean = sum(_of(cells, name, "回應策略") for name in named) / len(named)
    return float(np.clip(mean + parameters["crisis.inconsistency"] * contradicts(named, named), -1.0, 1.0))


def contradicts(now: Iterable[str], before: Iterable[str]) -> bool:
    """Whether a denial meets diminishing or rebuilding, in one statement or across two.

    >>> contradicts(["rebuild"], ["deny"]), contradicts(["rebuild"], ["inform"])
    (True, False)
    """
    now, before = set(now), set(before)
    deny, admit = CONTRADICT
    return bool((now & deny and before & admit) or (now & admit and before & deny))


def timely(delay: ArrayLike, platform: str, parameters: Parameters) -> Floats:
    """Timeliness of a first reply after ``delay`` hours, 0–1, by the pace of the platform it started on.

    Raises NotFound for an unknown platform.

    >>> from ..parameters import load
    >>> [round(float(timely(6, name, load())), 2) for name in ("facebook", "threads")]
    [0.61, 0.14]
    """
    scale = _of(parameters["crisis.timely_hours"], platform, "平台")
    return np.exp(-np.asarray(delay, dtype=float) / scale)


def silent_form(parameters: Parameters) -> Form:
    """The form of saying nothing: neither in time nor active, though it contradicts nothing."""
    return Form(0.0, parameters["crisis.silence_consistency"], 0.0)


def response_value(blame: ArrayLike, matched: ArrayLike, form: ArrayLike, parameters: Parameters) -> Floats:
    """Worth of a response, about −1 to 1: with more blame strategy counts for less and form for more.

    blame: attributed responsibility, 0–1. matched: −1 to 1. form: ``Form.score``, 0–1.
    Source of the interaction: Huang 2008 and 2016; sizes are design parameters.

    >>> from ..parameters import load
    >>> round(float(response_value(0.8, 1.0, 1.0, load())), 2)
    0.93
    """
    (s, s_blame), (f, f_blame) = parameters["crisis.strategy_weight"], parameters["crisis.form_weight"]
    blame, centred = np.asarray(blame, dtype=float), 2 * np.asarray(form, dtype=float) - 1
    return (s + s_blame * blame) * np.asarray(matched, dtype=float) + (f + f_blame * blame) * centred


@dataclass(frozen=True)
class Change:
    """Parts of a change of reputation, each in SD; ``short`` and ``long`` are what remains of them."""

    blame: Floats
    volume: Floats
    response: Floats
    luck: Floats
    offset: float
    carry: tuple[float, float]

    @property
    def short(self) -> Floats:
        """Change right after the crisis, in SD: the sum of the parts."""
        return self.blame + self.volume + self.response + self.luck + self.offset

    @property
    def long(self) -> Floats:
        """Change that is left in the long term, in SD."""
        return self.carry[0] * self.short + self.carry[1]


def reputation_change(
    blame: ArrayLike,
    severity: ArrayLike,
    relative_volume: ArrayLike,
    response: ArrayLike,
    luck: ArrayLike,
    parameters: Parameters,
) -> Change:
    """Change of reputation and what it is made of.

    blame, severity: shares 0–1. relative_volume: mentions of the busiest 24 h ÷ those of a normal day.
    response: ``response_value``. luck: noise in SD.

    >>> from ..parameters import load
    >>> good, bad = (float(reputation_change(0.8, 0.6, 6, r, 0, load()).short) for r in (0.8, -0.8))
    >>> round(good - bad, 2)
    0.19
    """
    return Change(
        blame=parameters["crisis.reputation_blame"] * np.asarray(blame, float) * np.asarray(severity, float),
        volume=parameters["crisis.reputation_volume"] * np.log(np.asarray(relative_volume, dtype=float)),
        response=parameters["crisis.reputation_response"] * np.asarray(response, dtype=float),
        luck=np.asarray(luck, dtype=float),
        offset=parameters["crisis.reputation_offset"],
        carry=tuple(parameters["crisis.carry"]),
    )


def branching(
    response: ArrayLike, vivid: ArrayLike, parameters: Parameters, shift: ArrayLike = 0.0
) -> Floats:
    """Mentions that one mention brings about, before attention fades.

    response: value of what stands at that hour, 0 if nothing does yet. shift: what empathy, compensation and
    explanation add. Sizes are design parameters.

    >>> from ..parameters import load
    >>> branching([0.0, 0.5], False, load()).round(2).tolist()
    [0.93, 0.78]
    """
    plain, pictured = parameters["crisis.branching"]
    start = np.where(np.asarray(vivid, dtype=bool), pictured, plain)
    cooled = start - parameters["crisis.response_cooling"] * np.asarray(response, dtype=float) + shift
    return np.clip(cooled, 0.0, parameters["crisis.branching_limit"])


_DETAILS = (
    re.compile(r"\d+ ?(?:[月日號/]|[:：]\d\d|[點時]|分鐘|小時|天)|昨[天晚]|今[天早晚]|明天|[上下]午"),
    re.compile(r"\d[\d,]* ?(?:筆|盒|件|位|人|元|則|封|包|組|份|批|張|個|項|家|公克|公斤|毫升|%|％)"),
    re.compile(r"因為|原因|少了|多了|漏了|沒有核對|沒有檢查|沒有確認|沒有攔|發現|查到|弄錯|寫錯|標錯|填錯"),
    re.compile(r"退款|退費|退刷|下架|回收|停用|重設|更正|賠|換貨|通報|刪除|改[寫由為成]|從今天起"),
)


def specificity(text: str) -> int:
    """How many of four concrete details a statement gives, 0–4: when, how many, what went wrong, what is done.

    A plain reading of words, in the spirit of the finding that a confession protects when it is specific.

    >>> specificity("昨晚 23:02 匯入價格表時少了一個零，2,143 筆訂單明天退款。")
    4
    >>> specificity("我們深感抱歉，會再檢討改進。")
    0
    """
    return sum(bool(detail.search(text)) for detail in _DETAILS)


def _of(values: Mapping[str, Any], name: str, what: str) -> Any:
    if name not in values:
        raise NotFound(f"沒有「{name}」這個{what}", next_step=f"可用的有：{'、'.join(values)}")
    return values[name]
