"""What the rules find of what a person found, and how much a claim may cost."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ... import datasets
from ...plotting import BRICK, SEA, SKY, Chart, chart, count_axis, spaced, titled
from .adverts import KINDS, review_ad
from .cases import labelled_adverts

WAYS = {"direct": "直接說", "implied": "繞著說", "fine": "沒有問題"}
_CLAIMS = {"food_medical": "food", "cosmetic_medical": "cosmetics", "drug_claim": "goods"}
"""Rule of a claim to cure, by the kind of product it is written on."""


@dataclass(frozen=True, repr=False)
class RuleRecall:
    """The labelled adverts (``table``: as ``labelled_adverts``, and ``found``: whether a rule points at it)."""

    table: pd.DataFrame

    @property
    def counts(self) -> pd.DataFrame:
        """One row a way: 則數, 規則找到."""
        grouped = self.table.groupby("way")["found"].agg(["size", "sum"]).reindex(list(WAYS))
        return grouped.rename(index=WAYS).set_axis(["則數", "規則找到"], axis=1).rename_axis("說法")

    @property
    def recall(self) -> float:
        """Share of the risky adverts that a rule points at, 0–1."""
        return float(self.table.loc[self.table["risky"], "found"].mean())

    @property
    def missed(self) -> pd.DataFrame:
        """Risky adverts that no rule points at: text, why."""
        return self.table.loc[self.table["risky"] & ~self.table["found"], ["text", "why"]]

    def say(self) -> str:
        """How many were found, in a sentence."""
        risky = self.table[self.table["risky"]]
        wrong = int((self.table["found"] & ~self.table["risky"]).sum())
        return spaced(
            f"人說有風險的{len(risky)}則，規則找到{int(risky['found'].sum())}則；沒問題的{len(self.table) - len(risky)}則，誤報{wrong}則。"
        )

    def __repr__(self) -> str:
        return self.say()

    def plot(self) -> Chart:
        """Bars: how many adverts of each way, and how many of them a rule points at."""
        figure, ax = chart(9, 3.4)
        counts = self.counts
        places = range(len(counts))
        ax.barh(places, counts["則數"], 0.6, color=SKY, label="編者標的則數")
        ax.barh(places, counts["規則找到"], 0.34, color=SEA, label="規則指得出來的")
        for place, (all_of, found) in enumerate(counts.itertuples(index=False)):
            ax.annotate(
                f"{found}／{all_of}", (all_of, place), xytext=(6, 0), textcoords="offset points", va="center"
            )
        ax.set_yticks(list(places), list(counts.index))
        ax.invert_yaxis()
        ax.set_xlim(0, float(counts["則數"].max()) * 1.2)
        ax.set_xlabel("則數")
        count_axis(ax, "x")
        ax.legend(frameon=False, loc="lower right")
        direct, implied = counts["規則找到"].iloc[0], counts["規則找到"].iloc[1]
        titled(
            ax,
            spaced(f"直接說的找到{direct}則，繞著說的只找到{implied}則"),
            f"編者寫的 {len(self.table)} 則短廣告，由一個人標；不是真實廣告的抽樣",
        )
        return figure


def rule_recall(which: str = "lesson") -> RuleRecall:
    """Let the packs read the labelled adverts and compare with the labels.

    >>> rule_recall().counts.loc["沒有問題", "規則找到"]
    np.int64(0)
    """
    table = labelled_adverts(which)
    found = [
        bool(review_ad(str(text), str(product)).risks)
        for text, product in zip(table["text"], table["product"], strict=True)
    ]
    return RuleRecall(table.assign(found=found))


@dataclass(frozen=True)
class Fine:
    """What a claim to cure may cost on one kind of product: NT$, and the month the rule was checked."""

    product: str
    law: str
    low: int
    high: int
    checked: str


@dataclass(frozen=True, repr=False)
class Penalties:
    """Fines for a claim to cure, one a kind of product."""

    fines: tuple[Fine, ...]

    @property
    def top(self) -> Fine:
        """The fine with the highest ceiling."""
        return max(self.fines, key=lambda fine: fine.high)

    @property
    def table(self) -> pd.DataFrame:
        """One row a kind of product: 商品, 法規, 最低, 最高 (NT$), 查核."""
        rows = [(f.product, f.law, f.low, f.high, f.checked) for f in self.fines]
        return pd.DataFrame(rows, columns=["商品", "法規", "最低", "最高", "查核"])

    def say(self) -> str:
        """Where the ceiling is highest."""
        top = self.top
        return spaced(
            f"同一句療效，寫在{top.product}上的上限最高：{top.high / 10_000:,.0f}萬元（{top.law}）。"
        )

    def __repr__(self) -> str:
        return self.say()

    def plot(self) -> Chart:
        """The range of each fine on one axis from zero."""
        figure, ax = chart(9, 3.2)
        for place, fine in enumerate(self.fines):
            low, high = fine.low / 10_000, fine.high / 10_000
            ax.barh(place, high - low, 0.42, left=low, color=(SEA, SKY, BRICK)[place])
            ax.annotate(
                f"{low:,.0f}–{high:,.0f} 萬",
                (high, place),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
            )
        ax.set_yticks(range(len(self.fines)), [f"{fine.product}\n{fine.law}" for fine in self.fines])
        ax.invert_yaxis()
        ax.set_xlim(0, self.top.high / 10_000 * 1.25)
        ax.set_xlabel("一次的罰鍰範圍（萬元）")
        count_axis(ax, "x")
        titled(
            ax,
            spaced(f"「治好濕疹」寫在{self.top.product}上，上限是{self.top.high / 10_000:,.0f}萬"),
            f"法條寫的範圍，不是平均；查核 {min(fine.checked for fine in self.fines)}；風險提示，不是法律意見",
        )
        return figure


def penalties() -> Penalties:
    """Fines for a claim to cure by kind of product, from the reference table.

    >>> [fine.low for fine in penalties().fines]
    [600000, 600000, 600000]
    """
    rules = {str(row["id"]): row for row in datasets.reference("ad_rules").to_dict("records")}
    return Penalties(
        tuple(
            Fine(KINDS[kind], f"{rules[name]['law']}{rules[name]['article']}", int(rules[name]["penalty_low"]),
                 int(rules[name]["penalty_high"]), str(rules[name]["checked"]))
            for name, kind in _CLAIMS.items()
        )
    )  # fmt: skip
