"""``pillar_effects``: the rate of reactions of each group to each pillar, from posts split by group.

Three steps away from the plain average: the strength of the pieces is taken out (strong pieces are not spread evenly over
the pillars); what all groups share of a post (its luck) is told apart from what differs between them; and both are pulled
to their means by as much as their own noise asks for (empirical Bayes by the method of moments; Morris, JASA 78, 1983).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...analytics.result import Result
from ...errors import TableError
from ...plotting import percent_text, spaced
from ...sandbox.audience import INTERESTS
from ...tables import PILLARS

if TYPE_CHECKING:
    from ...plotting import Chart

Floats = NDArray[np.float64]
Method = Literal["shrunk", "adjusted", "naive"]
METHODS: dict[str, str] = {
    "naive": "直接平均",
    "adjusted": "扣掉素材強弱",
    "shrunk": "扣掉素材強弱，再往平均拉",
}
Z = 1.645
LEAST_POSTS = 10
LEAST_SD = 0.15
"""Design parameter: pillars are taken to differ by at least this much (log odds); a handful of them cannot tell how little."""

_COLUMNS = ("post_id", "pillar", "segment", "reach", "engagements")


@dataclass(frozen=True, repr=False)
class PillarEffects(Result):
    """What ``pillar_effects()`` found.

    table: a row a group and pillar: segment, pillar, n (posts), rate (reactions ÷ reach, 0–1, of a usual piece), low, high
    (90 %), raw (the plain average). logits, errors: the same as log odds [groups, pillars]; shared: standard error of what all
    groups share of a pillar [pillars]. method: one of ``METHODS``. shares: part of the reach by group.
    """

    table: pd.DataFrame
    logits: pd.DataFrame
    errors: pd.DataFrame
    shared: pd.Series
    shares: pd.Series
    method: str
    notes: tuple[str, ...]

    def rates(self) -> pd.DataFrame:
        """A row a group, a column a pillar."""
        return self.table.pivot(index="segment", columns="pillar", values="rate").reindex(
            index=self.logits.index, columns=self.logits.columns
        )

    def draws(self, number: int = 500, seed: int = 0) -> Floats:
        """Rates that are as likely as the posts allow [draws, groups, pillars]."""
        rng = np.random.default_rng(seed)
        own = np.sqrt(np.clip(self.errors.to_numpy() ** 2 - self.shared.to_numpy() ** 2, 0, None))
        size = (number, *self.logits.shape)
        together = rng.standard_normal((number, 1, self.logits.shape[1])) * self.shared.to_numpy()
        drawn = self.logits.to_numpy() + rng.standard_normal(size) * own + together
        return np.asarray(1 / (1 + np.exp(-drawn)))

    def say(self) -> str:
        """For each group the pillar it reacts to most, and whether that is sure."""
        parts = []
        for segment, rates in self.rates().iterrows():
            first, second = rates.sort_values(ascending=False).index[:2]
            rows = self.table[self.table["segment"] == segment].set_index("pillar")
            sure = rows.loc[first, "low"] > rows.loc[second, "rate"]
            name = INTERESTS.get(str(segment), str(segment))
            tail = "" if sure else f"，{PILLARS.get(second, second)}也可能"
            parts.append(f"{name}最常回應{PILLARS.get(first, first)}（{percent_text(rates[first])}{tail}）")
        return spaced(f"{METHODS[self.method]}：{'；'.join(parts)}。")

    def plot(self) -> Chart:
        """A panel a group: rates with 90 % intervals, open circles are plain averages."""
        from .plot import draw_effects

        return self.captioned(draw_effects(self))


def pillar_effects(
    posts: pd.DataFrame, method: Method = "shrunk", notes: tuple[str, ...] = ()
) -> PillarEffects:
    """Rate of reactions of each group to each pillar.

    posts: a row a post and group: post_id, pillar, segment, reach (> 0), engagements (0 … reach), and hook (0–1, judged before
    posting) where there is one. method: ``naive`` averages; ``adjusted`` takes the strength of the pieces out (without a hook:
    nothing to take out, and a note says so); ``shrunk`` also pulls to the means.

    Raises TableError for missing columns, fewer than 10 posts, a single pillar, or numbers that cannot be.

    >>> from xiaobian.sandbox.segments import Readers
    >>> found = pillar_effects(Readers(1).history(26))
    >>> bool((found.table["low"] < found.table["rate"]).all())
    True
    """
    if method not in METHODS:
        raise TableError(
            f"沒有「{method}」這種算法", where="參數 method", next_step=f"可用的有：{'、'.join(METHODS)}"
        )
    table = _checked(posts)
    y = _logits(table)
    raw = _raw(table)
    found = _naive(table, raw) if method == "naive" else _layers(table, y, pull=method == "shrunk")
    if "hook" not in table and method != "naive":
        notes = (*notes, "資料裡沒有內容強度（hook），強的素材如果集中在某個支柱，會算成支柱的功勞")
    return _result(table, raw, *found, method, notes)


def _checked(posts: pd.DataFrame) -> pd.DataFrame:
    if missing := [column for column in _COLUMNS if column not in posts]:
        raise TableError(f"表裡少了欄位 {'、'.join(missing)}", where="參數 posts")
    table = posts.reset_index(drop=True)
    table = table[table["reach"] > 0].reset_index(drop=True)
    bad = ~table["engagements"].between(0, table["reach"])
    if bad.any():
        raise TableError(
            "互動要在 0 到觸及之間", where=f"第 {int(bad.to_numpy().argmax()) + 1} 列的 engagements"
        )
    number = table["post_id"].nunique()
    if number < LEAST_POSTS:
        raise TableError(f"只有 {number} 則貼文，至少要 {LEAST_POSTS} 則才開始估", where="參數 posts")
    if table["pillar"].nunique() < 2 or table["segment"].nunique() < 2:
        raise TableError("至少要有兩個支柱、兩群受眾才比得出來", where="欄位 pillar、segment")
    return table


def _logits(table: pd.DataFrame) -> pd.DataFrame:
    """Log odds by post and group, on the strength of a usual piece [posts, groups]."""
    odds = np.log((table["engagements"] + 0.5) / (table["reach"] - table["engagements"] + 0.5))
    y = table.assign(y=odds).pivot_table(index="post_id", columns="segment", values="y", sort=False)
    if "hook" in table:
        posts = table.drop_duplicates("post_id").set_index("post_id").reindex(y.index)
        hook = posts["hook"].astype(float)
        hook = hook.fillna(hook.mean()) - 0.5
        mean = y.mean(axis=1)
        inside = mean - mean.groupby(posts["pillar"]).transform("mean")
        own = hook - hook.groupby(posts["pillar"]).transform("mean")
        slope = float((own * inside).sum() / max(float((own**2).sum()), 1e-9))
        y = y.sub(slope * hook, axis=0)
    return y


def _raw(table: pd.DataFrame) -> pd.DataFrame:
    sums = table.groupby(["segment", "pillar"])[["engagements", "reach"]].sum()
    return (sums["engagements"] / sums["reach"]).unstack()


def _naive(table: pd.DataFrame, raw: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Plain averages; errors from the spread between posts."""
    rate = table["engagements"] / table["reach"]
    groups = rate.groupby([table["segment"], table["pillar"]])
    spread: pd.DataFrame = (groups.std() / groups.size() ** 0.5).unstack()
    error = (spread / (raw * (1 - raw))).fillna(1.0)
    logits: pd.DataFrame = np.log(raw / (1 - raw))  # type: ignore[assignment]
    return logits, error, pd.Series(0.0, index=raw.columns)


def _layers(table: pd.DataFrame, y: pd.DataFrame, pull: bool) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """What all groups share of a pillar, and what differs; both pulled to their means when asked."""
    pillar = table.drop_duplicates("post_id").set_index("post_id")["pillar"].reindex(y.index)
    common = y.mean(axis=1)
    apart = y.sub(common, axis=0)
    n = pillar.value_counts()
    shared, shared_var = _cells(common.to_frame("all"), pillar, n)
    own, own_var = _cells(apart, pillar, n)
    level, side = shared["all"], own.T
    level_var, side_var = shared_var["all"], own_var.T
    if pull:
        level, level_var = _pulled(level, level_var, float(np.average(level, weights=n.reindex(level.index))))
        usual = apart.mean()
        centred = side.sub(usual, axis=0)
        flat, flat_var = _pulled(pd.Series(centred.stack()), pd.Series(side_var.stack()), 0.0)
        side, side_var = flat.unstack().add(usual, axis=0), flat_var.unstack()
    logits = side.add(level, axis=1)
    return logits, side_var.add(level_var, axis=1) ** 0.5, level_var**0.5


def _cells(y: pd.DataFrame, pillar: pd.Series, n: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean by pillar and its variance, the spread within pillars pooled [pillars, columns]."""
    means = y.groupby(pillar).mean()
    inside = y - means.reindex(pillar.to_numpy()).to_numpy()
    pooled = (inside**2).sum() / max(len(y) - len(means), 1)
    counts = n.reindex(means.index).to_numpy(dtype=float)
    spread = pd.DataFrame(np.outer(1 / counts, pooled), index=means.index, columns=means.columns)
    return means, spread


def _pulled(values: pd.Series, variance: pd.Series, centre: float) -> tuple[pd.Series, pd.Series]:
    """Values pulled to ``centre`` by as much as their noise asks for, and what stays uncertain."""
    true = max(float(((values - centre) ** 2).mean() - variance.mean()), LEAST_SD**2)
    keep = true / (true + variance)
    return centre + keep * (values - centre), keep * variance


def _result(
    table: pd.DataFrame, raw: pd.DataFrame, logits: pd.DataFrame, errors: pd.DataFrame, shared: pd.Series,
    method: str, notes: tuple[str, ...],
) -> PillarEffects:  # fmt: skip
    columns = [name for name in PILLARS if name in logits] + [c for c in logits if c not in PILLARS]
    rows = [name for name in INTERESTS if name in logits.index] + [
        s for s in logits.index if s not in INTERESTS
    ]
    logits, errors = (part.reindex(index=rows, columns=columns) for part in (logits, errors))
    posts = table.drop_duplicates("post_id")["pillar"].value_counts()
    logit, error, plain = (part.to_dict("index") for part in (logits, errors, raw))
    cells = [
        {
            "segment": s, "pillar": c, "n": int(posts[str(c)]), "rate": _rate(logit[s][c]),
            "low": _rate(logit[s][c] - Z * error[s][c]), "high": _rate(logit[s][c] + Z * error[s][c]),
            "raw": float(plain[s][c]),
        }
        for s in rows for c in columns
    ]  # fmt: skip
    reach = table.groupby("segment")["reach"].sum().reindex(rows)
    return PillarEffects(
        pd.DataFrame(cells), logits, errors, shared.reindex(columns), reach / reach.sum(), method, notes
    )


def _rate(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))
