"""From beats to the shooting day: shots grouped by place, and which of them are already in the asset base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ... import datasets
from ...analytics.result import Result
from ...errors import TableError
from .script import MOVES, SIZES, Beat, Script, Source, read_script

NOWHERE = "地點未定"
DEFAULT_SIZE, DEFAULT_MOVE = "中景", "固定"
LICENCES: Mapping[str, str] = {
    "自有": "",
    "CC0": "",
    "CC BY": "要標作者",
    "圖庫授權": "",
    "UGC 授權": "要標作者",
    "CC BY-NC": "不能用在商業內容",
    "CC BY-ND": "不能剪接改作",
    "來源不明": "不知道是誰的",
}
"""What each licence asks of a brand's film: nothing, a credit (要標作者), or why it cannot be used (設計參數; ask a lawyer)."""
CREDIT = "要標作者"
ASSET_COLUMNS = ("asset_id", "file", "seconds", "tags", "licence", "credit", "expires")


@dataclass(frozen=True, repr=False)
class ShotList(Result):
    """The shots of a script in the order to shoot them.

    table: a row a shot: shot (S01 … in the order of the film), beat, size, move, place, who, props, seconds, what, tags.
    moves_in_order, moves: changes of place when shot in the order of the film, and as the list stands.
    """

    script: Script
    table: pd.DataFrame
    moves_in_order: int
    moves: int
    notes: tuple[str, ...]

    def say(self) -> str:
        places = self.table["place"].nunique()
        total = self.table["seconds"].sum()
        return (
            f"{len(self.table)} 個鏡頭、{places} 個地方、成片 {total:.1f} 秒。"
            f"照腳本順序拍要換 {self.moves_in_order} 次場，照這張表拍換 {self.moves} 次。"
        )

    @property
    def props(self) -> list[str]:
        """Everything to bring, each once."""
        return list(dict.fromkeys(p for row in self.table["props"] for p in row.split("、") if p))

    def cover(self, assets: pd.DataFrame | str | Path, on: str | date, *, least: float = 1.0) -> Coverage:
        """Which shots the asset base already holds.

        assets: table or CSV with ``ASSET_COLUMNS`` (see ``sample_assets()``). on: day of publication, for licences that
        expire. least: share (0–1) of a shot's tags that footage must carry. Each asset is used once, and as many shots
        as possible are covered.

        Raises TableError for missing columns or dates that cannot be read.
        """
        return _covered(self, _assets(assets), _day(on, "on"), least)


@dataclass(frozen=True, repr=False)
class Coverage(Result):
    """Shots and the footage that covers them.

    table: shot, beat, place, seconds, asset_id and file (missing: to be shot), credit, status (用素材、要拍), why.
    """

    table: pd.DataFrame
    on: date

    @property
    def to_shoot(self) -> list[str]:
        """Shots that nobody has yet."""
        return list(self.table.loc[self.table["asset_id"].isna(), "shot"])

    def say(self) -> str:
        covered = len(self.table) - len(self.to_shoot)
        credit = [str(c) for c in self.table["credit"].dropna() if c]
        told = f"{len(self.table)} 個鏡頭裡，{covered} 個素材庫有，{len(self.to_shoot)} 個要拍（以 {self.on:%Y-%m-%d} 的授權為準）。"
        return told + (f"要標作者：{'、'.join(credit)}。" if credit else "")


def shot_list(source: Source) -> ShotList:
    """One shot a beat, grouped by place so that each place is set up once; the busiest place first.

    source: whatever ``read_script()`` takes. Size and camera move come from the beat, or from the words of its shot;
    what is assumed stands in ``notes``.

    >>> shot_list("cold_brew").say()
    '6 個鏡頭、3 個地方、成片 28.0 秒。照腳本順序拍要換 4 次場，照這張表拍換 2 次。'
    """
    script = read_script(source)
    rows = [shot_row(beat, number) for number, beat in enumerate(script.beats, 1)]
    assumed = [str(row["shot"]) for row, beat in zip(rows, script.beats, strict=True) if not _size(beat)]
    table = pd.DataFrame(rows)
    before = _moves(table["place"])
    counts = table["place"].map(table["place"].value_counts())
    first = table.groupby("place")["beat"].transform("min")
    table = (
        table.assign(_n=-counts, _first=first).sort_values(["_n", "_first", "who", "beat"], kind="stable")
        .drop(columns=["_n", "_first"]).reset_index(drop=True)
    )  # fmt: skip
    table.index = pd.RangeIndex(1, len(table) + 1, name="順序")
    notes: tuple[str, ...] = (f"沒寫鏡頭大小，先當{DEFAULT_SIZE}：{'、'.join(assumed)}",) if assumed else ()
    lost = table.loc[table["place"] == NOWHERE, "shot"]
    notes += (f"還沒決定在哪裡拍：{'、'.join(lost)}",) if len(lost) else ()
    return ShotList(script, table, before, _moves(table["place"]), notes)


def sample_assets() -> pd.DataFrame:
    """The brand's small asset base: tags, licence, credit, expiry.

    >>> sample_assets().columns[:3].tolist()
    ['asset_id', 'file', 'kind']
    """
    return _assets(datasets.path("video/assets.csv"))


def shot_row(beat: Beat, number: int) -> dict[str, Any]:
    return {
        "shot": f"S{number:02d}",
        "beat": number,
        "size": _size(beat) or DEFAULT_SIZE,
        "move": beat.move or next((m for m in MOVES if m in beat.shot), DEFAULT_MOVE),
        "place": beat.place or NOWHERE,
        "who": "、".join(beat.who),
        "props": "、".join(beat.props),
        "seconds": round(beat.seconds, 1),
        "what": beat.shot,
        "tags": "、".join(beat.tags),
    }


def _size(beat: Beat) -> str:
    return beat.size or next((size for size in SIZES if size in beat.shot), "")


def _moves(places: pd.Series[Any]) -> int:
    return sum(one != two for one, two in pairwise(places.tolist()))


def _assets(source: pd.DataFrame | str | Path) -> pd.DataFrame:
    table = source if isinstance(source, pd.DataFrame) else pd.read_csv(source, dtype="string")
    if missing := [name for name in ASSET_COLUMNS if name not in table]:
        raise TableError(
            f"素材表缺少欄位 {'、'.join(missing)}", next_step=f"需要的欄位：{'、'.join(ASSET_COLUMNS)}"
        )
    seconds = pd.to_numeric(table["seconds"], errors="coerce").astype("Float64")
    if (bad := table.loc[seconds.isna(), "asset_id"]).size:
        raise TableError("素材的秒數讀不出來", where="、".join(map(str, bad)), next_step="seconds 請填秒數，例如 6.5")
    return table.assign(seconds=seconds)


def _day(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise TableError(f"「{value}」不是看得懂的日期", where=where, next_step="請寫 2026-12-01") from None


def _names(value: Any) -> frozenset[str]:
    return frozenset() if pd.isna(value) else frozenset(part.strip() for part in str(value).split("、") if part.strip())


def _refusal(asset: Mapping[str, Any], need: float, on: date) -> str:
    """Why an asset cannot stand for a shot of ``need`` seconds; empty when it can."""
    licence = "來源不明" if pd.isna(asset["licence"]) else str(asset["licence"])
    rule = LICENCES.get(licence, f"授權「{licence}」沒有登記用法")
    if rule not in ("", CREDIT):
        return rule
    if rule == CREDIT and pd.isna(asset["credit"]):
        return "要標作者，但沒寫作者是誰"
    if not pd.isna(asset["expires"]) and _day(asset["expires"], f"素材 {asset['asset_id']} 的 expires") < on:
        return f"授權到 {asset['expires']} 為止"
    if float(asset["seconds"]) < need:
        return f"只有 {float(asset['seconds']):g} 秒，需要 {need:g} 秒"
    return ""


def _covered(shots: ShotList, assets: pd.DataFrame, on: date, least: float) -> Coverage:
    from scipy.optimize import linear_sum_assignment

    stock: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in assets.to_dict("records")]
    rows = shots.table.sort_values("beat").reset_index(drop=True)
    need, wanted = [float(s) for s in rows["seconds"]], [str(tags) for tags in rows["tags"]]
    fit = np.zeros((len(rows), max(len(stock), 1)))
    why: list[list[str]] = [[] for _ in range(len(rows))]
    for i, tags in enumerate(map(_names, wanted)):
        for k, asset in enumerate(stock):
            share = len(tags & _names(asset["tags"])) / len(tags) if tags else 0.0
            if share >= least and share > 0:
                refused = _refusal(asset, need[i], on)
                fit[i, k] = 0.0 if refused else 1 + share
                why[i] += [f"{asset['asset_id']} {refused}"] if refused else []
    picked = {int(i): int(k) for i, k in zip(*linear_sum_assignment(-fit), strict=True) if fit[i, k] > 0}
    table = rows[["shot", "beat", "place", "seconds"]].assign(
        asset_id=pd.array([stock[picked[i]]["asset_id"] if i in picked else None for i in range(len(rows))], dtype="string"),
        file=pd.array([stock[picked[i]]["file"] if i in picked else None for i in range(len(rows))], dtype="string"),
        credit=[_credit(stock[picked[i]]) if i in picked else "" for i in range(len(rows))],
        status=["用素材" if i in picked else "要拍" for i in range(len(rows))],
        why=["" if i in picked else _why(wanted[i], why[i]) for i in range(len(rows))],
    )
    return Coverage(table, on)


def _credit(asset: Mapping[str, Any]) -> str:
    return str(asset["credit"]) if LICENCES.get(str(asset["licence"])) == CREDIT else ""


def _why(tags: str, refused: list[str]) -> str:
    if refused:
        return "；".join(refused)
    return "沒有標籤齊全的素材，或已經用在別的鏡頭" if tags else "鏡頭沒有標籤，無從比對"
