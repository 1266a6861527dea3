"""Local times → Asia/Taipei, and the check of the assumed time zone against the time inside Instagram ids."""

from __future__ import annotations

import re
import zoneinfo
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import ReadError
from ..tables import TAIPEI
from .notes import Notes, shown
from .typed import Mask, Objects, Times

PACIFIC = "America/Los_Angeles"
INSTAGRAM_EPOCH_MS = 1_314_220_021_721
NEAR = np.timedelta64(20, "m")
FAR = np.timedelta64(36, "h")
ZONES = {PACIFIC: "美國太平洋時間", TAIPEI: "台北時間", "UTC": "世界協調時間"}
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_NONE = np.datetime64("NaT", "us")
_CODE = re.compile(r"/(?:p|reel|tv)/([\w-]{11})(?:[/?]|$)")
_ID = re.compile(r"[1-9][0-9]{18}")


@dataclass(frozen=True)
class Zone:
    """The time zone a file's times were read in.

    assumed: IANA name. chosen: whether the caller named it. verdict: ``agrees``, ``contradicts``,
    ``unknown``. sentence: the verdict for people. checked: rows whose id carries a time.
    """

    assumed: str
    chosen: bool
    verdict: str = "unknown"
    sentence: str = "這種檔案的編號不含時間，無法驗證時區"
    checked: int = 0

    def label(self) -> str:
        name = f"{self.assumed}（{ZONES[self.assumed]}）" if self.assumed in ZONES else self.assumed
        return name + ("，由 timezone= 指定" if self.chosen else "，平台匯出的慣例")


def zone(timezone: object, default: str, where: str) -> Zone:
    """The zone to read in; raises ReadError for a name that is no IANA time zone."""
    if timezone is None:
        return Zone(default, chosen=False)
    name = str(timezone)
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise ReadError(
            f"不認得時區「{shown(name)}」",
            where=where,
            next_step='請用 IANA 名稱，例如 timezone="Asia/Taipei" 或 "America/Los_Angeles"',
        ) from None
    return Zone(name, chosen=True)


@dataclass(frozen=True)
class Placed:
    """Local times placed on the world's clock.

    taipei: Asia/Taipei, by the earlier reading where the hour occurs twice. later: the other reading of those.
    twice: the hour occurs twice (autumn change). impossible: it does not exist (spring change; read an hour on).
    """

    taipei: pd.DatetimeIndex
    later: pd.DatetimeIndex
    twice: Mask
    impossible: Mask

    def settle(self, created: Times) -> tuple[pd.DatetimeIndex, Mask]:
        """Decide the hour that occurs twice by the UTC times inside ids; also a mask of what stays doubtful."""
        to_first, to_second = np.abs(utc(self.taipei) - created), np.abs(utc(self.later) - created)
        second = self.twice & ~np.isnat(created) & (to_second < to_first)
        settled = self.taipei.where(~second, self.later) if second.any() else self.taipei
        return settled, self.twice & np.isnat(created)


def place(local: Times, name: str) -> Placed:
    """Local times in zone ``name`` as Asia/Taipei; NaT stays NaT."""
    index = pd.DatetimeIndex(local)
    first, second = (
        index.tz_localize(name, ambiguous=np.full(len(local), summer), nonexistent="shift_forward")
        for summer in (True, False)
    )
    shown = first.tz_localize(None).to_numpy().astype("M8[us]")
    known = ~np.isnat(local)
    taipei, later = (reading.tz_convert(TAIPEI).as_unit("us") for reading in (first, second))
    return Placed(taipei, later, known & np.asarray(first != second), known & (shown != local))


def utc(index: pd.DatetimeIndex) -> Times:
    """Aware times as UTC without a zone."""
    return index.tz_convert("UTC").tz_localize(None).to_numpy().astype("M8[us]")


def instagram_times(ids: Objects, permalinks: Objects) -> Times:
    """UTC time inside each Instagram shortcode, or else inside the media id; NaT where neither carries one.

    Source: (id >> 23) milliseconds after 1314220021721 ms of Unix time.

    >>> link = np.array(["https://www.instagram.com/p/DVXmvKjgAAA/"], dtype=object)
    >>> instagram_times(np.array([""], dtype=object), link).astype("M8[m]").astype(str).tolist()
    ['2026-03-02T04:35']
    """
    codes = np.array([m[1] if (m := _CODE.search(link)) else "" for link in permalinks], dtype=object)
    from_code = _decode(codes)
    digits = np.array([bool(_ID.fullmatch(text)) for text in ids], dtype=bool)
    media = np.zeros(len(ids), np.uint64)
    numbers = [int(text) for text in ids[digits]]
    media[digits] = np.array([n if n < 1 << 63 else 0 for n in numbers], dtype=np.uint64)
    from_id = _moment(media)
    return np.where(np.isnat(from_code), from_id, from_code)


def _decode(codes: Objects) -> Times:
    table = np.full(256, 64, np.uint64)
    table[[ord(letter) for letter in _ALPHABET]] = np.arange(64, dtype=np.uint64)
    try:
        raw = table[np.asarray(codes, dtype="S11").view(np.uint8).reshape(len(codes), 11)]
    except UnicodeEncodeError:
        return np.full(len(codes), _NONE)
    good = (raw < 64).all(axis=1) & (raw[:, 0] < 8)
    media = np.zeros(len(codes), np.uint64)
    for position in range(11):
        media = (media << np.uint64(6)) | np.where(good, raw[:, position], 0).astype(np.uint64)
    return _moment(media)


def _moment(media: npt.NDArray[np.uint64]) -> Times:
    """The time inside media ids; NaT before 2012 (ids that are something else)."""
    ms = (media >> np.uint64(23)).astype(np.int64) + INSTAGRAM_EPOCH_MS
    times = (ms * 1000).astype("M8[us]")
    return np.where(
        (times > np.datetime64("2012-01-01")) & (times < np.datetime64("2100-01-01")), times, _NONE
    )


def verify(assumed: Zone, local: Times, published: pd.DatetimeIndex, created: Times) -> Zone:
    """Compare published times with the times inside ids; never shifts anything, only says what it saw."""
    known = ~np.isnat(created) & ~np.isnat(local)
    near = known & (np.abs(local - created) < FAR)
    checked = int(near.sum())
    if not known.any():
        return assumed
    if checked < 3:
        return Zone(
            assumed.assumed, assumed.chosen, "unknown", "編號裡有時間的貼文不到 3 則，無法驗證時區", checked
        )
    agree = int((np.abs(utc(published)[near] - created[near]) <= NEAR).sum())
    if agree >= 0.8 * checked:
        sentence = f"比對 {checked} 則，{agree} 則的發佈時間與編號裡的時間相差 20 分鐘以內"
        return Zone(assumed.assumed, assumed.chosen, "agrees", sentence, checked)
    offsets = Counter(np.round((local[near] - created[near]) / np.timedelta64(15, "m")).astype(int).tolist())
    quarter, votes = offsets.most_common(1)[0]
    hint = f"編號顯示檔案時間比較像 {_offset(quarter)}（{votes} 則）"
    sentence = f"比對 {checked} 則，只有 {agree} 則與編號裡的時間相符；{hint}。時間沒有自動更動，請用 timezone= 指定後重讀"
    return Zone(assumed.assumed, assumed.chosen, "contradicts", sentence, checked)


def say_far(local: Times, created: Times, keep: Mask, rows: npt.NDArray[np.int64], notes: Notes) -> None:
    """Name the posts whose published time no time zone can reconcile with the time inside their id."""
    far = keep & (np.abs(local - created) >= FAR)
    if far.any():
        notes.warn(
            "發佈時間和編號裡的時間相差 36 小時以上：可能是排程或草稿，也可能日期被試算表改過，請核對",
            rows[far],
        )


def _offset(quarters: int) -> str:
    """UTC offset in quarters of an hour, as a phrase with a zone to try."""
    sign, whole = ("+" if quarters >= 0 else "−"), abs(quarters)
    text = f"UTC{sign}{whole // 4}" + (f":{whole % 4 * 15:02d}" if whole % 4 else "")
    usual = {32: TAIPEI, 0: "UTC", -28: PACIFIC, -32: PACIFIC}
    return f"{text}，例如 {usual[quarters]}" if quarters in usual else text
