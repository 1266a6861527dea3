"""What was asked of which engine, for how much: set aside before sending, settled with what the server counted.

One JSON line an event in the answers folder; no prompts, no answers, no keys. A reservation that was never settled
stays: an aborted stream or a killed notebook may have cost something.
"""

from __future__ import annotations

import json
import math
import os
import threading
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import AnswerError, TableError
from ..records import now, state_dir
from .result import UNKNOWN_PRICE

FILE = "ai_ledger.jsonl"

STATUS = {
    "open": "還在進行", "ok": "完成", "cached": "用了快取或錄製", "refused": "送出前擋下", "failed": "服務沒有回答",
    "aborted": "中途停止", "unsettled": "不確定有沒有計費",
}  # fmt: skip

STANDING = ("open", "aborted", "unsettled")
"""Where the sum set aside still counts, because what was really used is not known."""


@dataclass(frozen=True)
class Row:
    """One request, so a call that was tried three times has three. Tokens, US$; None = unknown.

    ``reserved_*`` is the worst case that was set aside; ``attempt`` counts from 1.
    """

    id: str
    connection: str
    time: str
    profile: str
    engine: str
    host: str
    endpoint: str
    task: str
    model_asked: str
    model_answered: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    tokens_are: str = ""
    cost_usd: float | None = None
    reserved_tokens: int = 0
    reserved_usd: float | None = None
    price_checked_on: str = ""
    price_source: str = ""
    attempt: int = 1
    status: str = "open"
    http_status: int | None = None

    @property
    def tokens(self) -> int:
        """Tokens that count against a budget: what was used, and what may have been."""
        used = (self.input_tokens or 0) + (self.output_tokens or 0)
        return used + (self.reserved_tokens if self.status in STANDING else 0)

    @property
    def usd(self) -> float:
        """US$ that count against a budget; an unknown price counts as nothing and is told apart elsewhere."""
        return (self.cost_usd or 0.0) + (self.reserved_usd or 0.0) * (self.status in STANDING)


_NAMES = [f.name for f in fields(Row)]


@dataclass(frozen=True)
class Budget:
    """Caps a day (Asia/Taipei) on one host: US$, tokens and calls; None = no cap."""

    usd: float | None = None
    tokens: int | None = None
    calls: int | None = None

    @classmethod
    def of(cls, given: Any, default: dict[str, Any]) -> Budget:
        """From a number of US$, a mapping, a Budget, or None for the profile's default. Raises TableError."""
        if given is None:
            given = default
        if isinstance(given, Budget):
            return given._checked()
        if isinstance(given, int | float) and not isinstance(given, bool):
            return replace(cls(**default), usd=float(given))._checked()
        if isinstance(given, dict) and set(given) <= {f.name for f in fields(cls)}:
            return cls(**given)._checked()
        raise TableError(
            "讀不懂 budget=",
            next_step="請給美元金額，例如 0.3，或 xb.ai.Budget(usd=0.3, tokens=200000, calls=200)",
        )

    def _checked(self) -> Budget:
        for value in (self.usd, self.tokens, self.calls):
            if value is not None and not (isinstance(value, int | float) and 0 <= value < math.inf):
                raise TableError("budget= 的每個上限都要是 0 以上的數字")
        return self


@dataclass(frozen=True)
class Spent:
    """What one host has used today; ``unknown``: requests whose price nobody knows."""

    usd: float
    tokens: int
    calls: int
    unknown: int


_TRACE: ContextVar[list[str] | None] = ContextVar("rows of the call in progress", default=None)


@contextmanager
def traced() -> Iterator[list[str]]:
    """The ids of all rows opened within it, refused and failed ones too; may be nested."""
    outer, found = _TRACE.get(), list[str]()
    token = _TRACE.set(found)
    try:
        yield found
    finally:
        _TRACE.reset(token)
        if outer is not None:
            outer.extend(found)


class Ledger:
    """The rows of one connection and, from the file, of all of them."""

    def __init__(self, file: Path | None = None, rate: tuple[float, str] | None = None) -> None:
        self.file = file or state_dir() / FILE
        self.connection = uuid.uuid4().hex[:12]
        self.lock = threading.RLock()
        self._rows: dict[str, Row] = {}
        self._rate = rate
        self._seen = 0
        self._read()

    def _read(self) -> None:
        """Take up what other connections wrote since the last look; a line that cannot be read is left alone."""
        try:
            with open(self.file, "rb") as file:
                file.seek(self._seen)
                new = file.read()
        except OSError:
            return
        whole = new.rpartition(b"\n")[0]
        self._seen += len(whole)
        for line in whole.decode("utf-8", "replace").splitlines():
            try:
                self._take(json.loads(line))
            except (ValueError, TypeError, KeyError):
                continue

    def _take(self, event: dict[str, Any]) -> None:
        if "rate" in event:
            self._rate = (float(event["rate"]), str(event["as_of"]))
            return
        row = Row(**{name: event[name] for name in _NAMES if name in event})
        if row.connection != self.connection:
            self._rows[row.id] = row

    # ── writing ──

    def open(self, **known: Any) -> Row:
        """Set the worst case aside, before anything is sent."""
        row = Row(id=uuid.uuid4().hex[:16], connection=self.connection, time=now(), **known)
        self._keep(row)
        if (trace := _TRACE.get()) is not None:
            trace.append(row.id)
        return row

    def settle(self, row_id: str, **known: Any) -> Row:
        """Write what is known now of a call."""
        with self.lock:
            row = replace(self._rows[row_id], **known)
            self._keep(row)
        return row

    def _keep(self, row: Row) -> None:
        with self.lock:
            self._rows[row.id] = row
            self._append(asdict(row))

    def _append(self, event: dict[str, Any]) -> None:
        line = json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n"
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, line.encode("utf-8", "replace"))
            finally:
                os.close(handle)
        except OSError as problem:
            if event.get("status") not in ("open", "refused"):
                warnings.warn("AI 帳本寫不進去，這一筆只留在記憶體裡", stacklevel=2)
                return
            raise AnswerError(
                "AI 帳本寫不進去，所以沒有送出",
                where=f"資料夾 {self.file.parent.name}（{problem.strerror}）",
                next_step="請確認磁碟還有空間、資料夾可以寫入，或用環境變數 KIT_STATE_DIR 指定別的資料夾",
            ) from None

    # ── reading ──

    def row(self, row_id: str) -> Row:
        with self.lock:
            return self._rows[row_id]

    def rows(self, everything: bool = False) -> list[Row]:
        """The calls of this connection, or of every connection in this answers folder."""
        with self.lock:
            if everything:
                self._read()
            return [r for r in self._rows.values() if everything or r.connection == self.connection]

    def today(self, host: str) -> Spent:
        """What a host has used today, by every connection of this answers folder."""
        day = now()[:10]
        rows = [r for r in self.rows(everything=True) if r.host == host and r.time[:10] == day]
        rows = [r for r in rows if r.status not in ("refused", "cached")]
        unknown = sum(r.cost_usd is None and r.status in ("ok", *STANDING) for r in rows)
        return Spent(sum(r.usd for r in rows), sum(r.tokens for r in rows), len(rows), unknown)

    def table(self, everything: bool = False) -> pd.DataFrame:
        """One row a call; ``cost_usd`` is missing where the price is unknown, ``cost_twd`` where no rate is set."""
        rows = self.rows(everything)
        frame = pd.DataFrame([asdict(row) for row in rows], columns=_NAMES)
        for name in ("input_tokens", "output_tokens", "http_status"):
            frame[name] = frame[name].astype("Int64")
        for name in ("cost_usd", "reserved_usd"):
            frame[name] = frame[name].astype("Float64")
        rate = self._rate[0] if self._rate else pd.NA
        frame.insert(_NAMES.index("cost_usd") + 1, "cost_twd", frame["cost_usd"] * rate)
        frame["cost"] = [_money(row) for row in rows]
        return frame

    def use_rate(self, twd_per_usd: float, as_of: str) -> None:
        """Show costs in NT$ too. twd_per_usd: NT$ a US$; as_of: the day of the rate, YYYY-MM-DD. Raises TableError."""
        dated = pd.to_datetime(as_of, format="%Y-%m-%d", errors="coerce")
        if not (isinstance(twd_per_usd, int | float) and 0 < twd_per_usd < math.inf) or pd.isna(dated):
            raise TableError(
                "匯率要是大於 0 的數字，並附上日期",
                next_step='例如 ledger.use_rate(31.5, as_of="2026-11-29")，數字請查當天的匯率',
            )
        self._rate = (float(twd_per_usd), as_of)
        self._append({"rate": self._rate[0], "as_of": as_of})

    def say(self, everything: bool = False) -> str:
        """One honest sentence: requests, tokens, money, and what is not known."""
        rows = self.rows(everything)
        if not rows:
            return "還沒有呼叫過。"
        sent = [r for r in rows if r.status != "refused"]
        parts = [f"共 {len(sent)} 次要求", self._say_tokens(sent), self._say_money(sent)]
        if refused := len(rows) - len(sent):
            parts.append(f"另有 {refused} 次在送出前就擋下")
        if standing := [r for r in rows if r.status in STANDING]:
            parts.append(
                f"{len(standing)} 次沒有等到結果，先以最多 {sum(r.reserved_tokens for r in standing):,} token 計"
            )
        return "，".join(filter(None, parts)) + "。"

    def _say_tokens(self, rows: list[Row]) -> str:
        used = sum((r.input_tokens or 0) + (r.output_tokens or 0) for r in rows)
        guessed = any(r.tokens_are == "estimated" for r in rows)
        return f"用了 {used:,} token" + ("（含估計）" if guessed else "")

    def _say_money(self, rows: list[Row]) -> str:
        unknown = sum(r.cost_usd is None and r.status in ("ok", *STANDING) for r in rows)
        known = [r for r in rows if r.cost_usd is not None]
        total = sum(r.cost_usd or 0.0 for r in known)
        if not unknown and total == 0 and not any(r.usd for r in rows):
            return "費用 0：" + _why_free(rows)
        paid = [self._say_usd(total)] if total or not unknown else []
        if set_aside := sum(r.usd for r in rows) - total:
            paid.append(f"另有最多 {self._say_usd(set_aside).removeprefix('費用 ')} 還沒結清")
        if unknown:
            paid.append(f"{unknown} 次{UNKNOWN_PRICE}")
        return "，".join(paid)

    def _say_usd(self, usd: float) -> str:
        if not self._rate:
            return f"費用 US${usd:.6f}"
        return f"費用 US${usd:.6f}（約 NT${usd * self._rate[0]:.4f}，{self._rate[1]} 的匯率）"


def _why_free(rows: list[Row]) -> str:
    engines = {r.engine for r in rows if r.status == "ok"}
    if not engines:
        replayed = any(r.status == "cached" for r in rows)
        return "都是存下的回答，沒有呼叫任何服務" if replayed else "沒有一次得到回答"
    if engines == {"offline"}:
        return "沒有呼叫任何服務"
    if "local" in engines:
        return "模型在自己的電腦或網路上，沒有 API 帳單（電費與硬體沒有算）"
    return "價目表上是免費"


def _money(row: Row) -> str:
    if row.status in STANDING:
        return "還沒結清" if row.reserved_usd is not None else UNKNOWN_PRICE
    if row.status in ("failed", "refused") and not row.cost_usd:
        return "沒有花費"
    if row.cost_usd is None:
        return UNKNOWN_PRICE
    return f"US${row.cost_usd:.6f}" if row.cost_usd else "0"
