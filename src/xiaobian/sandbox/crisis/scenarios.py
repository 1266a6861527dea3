"""The crisis scenarios: what happened, what the team may do, what the crowd writes, and what was true.

One YAML file a scenario in ``scenario_texts/``; hours count from the moment the team notices (hour 0)::

    id: wrong_price
    title: 錯價下單
    cluster: accidental           # victim | accidental | preventable
    vivid: false                  # a picture or clip people can see
    severity: 0.5                 # 0–1, design parameter
    history: 0                    # earlier similar cases the public knows; with one, theory reads it as preventable
    start_platform: threads
    tone_of_crowd: 0.5            # share of high arousal, design parameter
    harm: none                    # none | safety | privacy | legal
    brief: ...                    # what the team sees at hour 0
    facts: [{hour: -2, known_to: public, provable: true, text: ...}]   # hour may be negative
    provable: ...                 # what can be proven at once, and how
    deniable_from: 30             # from which hour a denial can be proven; null (default): never
    legal: [{basis: ..., note: ..., confidence: H}]    # a note marked M or L says 待查證
    slots: {shop: [台中店, 台南店]}                     # words for braces; more in words/template_texts/slots.yml
    decisions:                    # three; flags of an option not written are false
    - hour: 0.5
      prompt: ...
      options:
      - {id: a, strategy: [inform], text: ..., says: ..., pauses_schedule: true}
    injects:
    - {id: wrong_price_001, text: ..., intent: question, stance: neutral, arousal: mid, target: price,
       action: reply, kind: valid, from_hour: 1, after: rebuild, sarcasm: true, held_out: true}
    kol: [{name: ..., platform: threads, followers: 80000, hour: 3, text: ...}]
    lesson: ...

An inject's ``sarcasm`` and ``held_out`` default to false, ``from_hour`` to 0, ``after`` to any. ``says`` may be
empty only where the strategy is silence alone. Everything in a scenario is invented.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml

from ...errors import NotFound, ReadError
from ...tables import PLATFORMS
from ..words.templates import ACTIONS, AROUSALS, INTENTS, KINDS, STANCES, TARGETS

FOLDER = Path(__file__).parent / "scenario_texts"
SLOTS = Path(__file__).parents[1] / "words" / "template_texts" / "slots.yml"
SCENARIOS: tuple[str, ...] = tuple(sorted(file.stem for file in FOLDER.glob("*.yml")))

_FOLD = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])|(?<=[，。；：！？」]) ")
"""The space that YAML leaves where a folded line ends between two Chinese characters, or after a full-width mark."""

CLUSTERS = {"victim": "受害者型", "accidental": "意外型", "preventable": "可預防型"}
STRATEGIES = {"inform": "告知", "deny": "否認", "diminish": "淡化", "rebuild": "重建", "silence": "沉默"}
HARMS = {"none": "無", "safety": "安全", "privacy": "個資", "legal": "違法"}
KNOWN_TO = {"public": "大家都知道", "team": "只有團隊知道", "nobody_yet": "還沒有人知道"}
CONFIDENCE = {"H": "高", "M": "中，待查證", "L": "低，待查證"}
LABELS: dict[str, dict[str, str]] = {
    "intent": INTENTS,
    "stance": STANCES,
    "arousal": AROUSALS,
    "target": TARGETS,
    "action": ACTIONS,
}
FLAGS = (
    "empathy", "private_channel", "compensation", "explanation", "self_disclosure", "pauses_schedule"
)  # fmt: skip
ANY = "any"

_SLOT = re.compile(r"\{(\w+)\}")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Fact:
    """One line of the truth card; ``hour`` counts from hour 0 and may be negative."""

    hour: float
    known_to: str
    provable: bool
    text: str


@dataclass(frozen=True)
class LegalNote:
    """A legal basis that may matter: a risk reminder, never legal advice; ``confidence`` is H, M or L."""

    basis: str
    note: str
    confidence: str


@dataclass(frozen=True)
class Option:
    """One way to respond: its strategies, what it brings along, and what would be posted (``says``)."""

    id: str
    text: str
    strategy: tuple[str, ...]
    says: str
    empathy: bool
    private_channel: bool
    compensation: bool
    explanation: bool
    self_disclosure: bool
    pauses_schedule: bool


@dataclass(frozen=True)
class Decision:
    """A moment at which the team must choose; ``hour`` counts from hour 0."""

    hour: float
    prompt: str
    options: tuple[Option, ...]

    def option(self, id: str) -> Option:
        """The option of that id; raises NotFound."""
        for option in self.options:
            if option.id == id:
                return option
        ids = "、".join(option.id for option in self.options)
        raise NotFound(f"第 {self.hour:g} 小時的決策沒有選項 {id}", next_step=f"可選的是 {ids}")


@dataclass(frozen=True)
class Inject:
    """A comment template with its labels; ``after`` is ``any`` or the strategy it reacts to."""

    id: str
    text: str
    intent: str
    stance: str
    arousal: str
    target: str
    action: str
    kind: str
    sarcasm: bool
    held_out: bool
    from_hour: float
    after: str

    @property
    def slots(self) -> tuple[str, ...]:
        """Names in braces, in the order of the text."""
        return tuple(_SLOT.findall(self.text))


@dataclass(frozen=True)
class Amplifier:
    """An invented large account that spreads the case at some hour, and what it posts."""

    name: str
    platform: str
    followers: int
    hour: float
    text: str


@dataclass(frozen=True)
class Scenario:
    """A crisis with its truth; severity and tone_of_crowd are shares 0–1 (design parameters)."""

    id: str
    title: str
    cluster: str
    vivid: bool
    severity: float
    history: int
    start_platform: str
    tone_of_crowd: float
    harm: str
    brief: str
    facts: tuple[Fact, ...]
    provable: str
    deniable_from: float | None
    legal: tuple[LegalNote, ...]
    slots: Mapping[str, tuple[str, ...]]
    decisions: tuple[Decision, ...]
    injects: tuple[Inject, ...]
    kol: tuple[Amplifier, ...]
    lesson: str

    def option(self, decision: int, option: str) -> Option:
        """An option by the decision's position (0, 1, 2) and its own id; raises NotFound."""
        if not 0 <= decision < len(self.decisions):
            raise NotFound(
                f"「{self.title}」沒有第 {decision} 個決策點",
                next_step=f"可用 0 到 {len(self.decisions) - 1}",
            )
        return self.decisions[decision].option(option)

    def strategies(self, decision: int, option: str) -> tuple[str, ...]:
        """What an option amounts to in response theory.

        decision: position of the decision point, 0 for the first.
        option: id of the option. Raises NotFound for either.

        >>> load("wrong_price").strategies(0, "a")
        ('inform',)
        """
        return self.option(decision, option).strategy


def load(id: str) -> Scenario:
    """A scenario of the pack by its id; raises NotFound, or ReadError for a malformed file.

    >>> load("wrong_price").title
    '錯價下單'
    """
    if id not in SCENARIOS:
        raise NotFound(f"找不到危機情境 {id}", next_step=f"可用的是 {'、'.join(SCENARIOS)}")
    return _load(FOLDER / f"{id}.yml")


@cache
def _load(file: Path) -> Scenario:
    return read(file)


def read(file: Path) -> Scenario:
    """A scenario from a file of your own; raises ReadError that says which entry breaks the form."""
    try:
        content = yaml.load(file.read_text(encoding="utf-8-sig"), Loader=_LOADER)
    except OSError:
        raise NotFound(f"找不到檔案 {file.name}", next_step="請確認路徑") from None
    except UnicodeDecodeError:
        _refuse(file.name, "檔案不是 UTF-8 編碼", "請用 UTF-8 另存這個檔案")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" 第 {mark.line + 1} 列附近" if mark else ""
        _refuse(file.name + line, "內容不是 YAML", "請檢查縮排、引號和冒號後的空格")
    entry = _Entry(content, file.name)
    made = _closed(entry, _scenario)
    _check_whole(made, entry)
    return made


def _refuse(where: str, what: str, next_step: str) -> NoReturn:
    raise ReadError(f"情境檔讀不進來，{what}", where=f"檔案 {where}", next_step=next_step) from None


_REQUIRED: Any = object()


class _Entry:
    """A mapping of the file that knows where it stands and refuses what does not fit."""

    def __init__(self, values: object, place: str) -> None:
        self.place = place
        if not isinstance(values, dict):
            self.refuse("這裡要有一組鍵與值", "請寫成 鍵: 值")
        self.values: dict[str, Any] = values
        self.read: set[str] = set()

    def refuse(self, what: str, next_step: str) -> NoReturn:
        _refuse(self.place, what, next_step)

    def take(self, key: str, default: Any = _REQUIRED) -> Any:
        self.read.add(key)
        if key in self.values:
            return self.values[key]
        if default is _REQUIRED:
            self.refuse(f"缺少 {key}", f"請補上 {key}:")
        return default

    def text(self, key: str, *, empty: bool = False) -> str:
        value = self.take(key)
        if not isinstance(value, str) or not (empty or value.strip()):
            self.refuse(f"{key} 不是文字", f"請替 {key} 的內容加上引號")
        return value.strip()

    def number(self, key: str, low: float, high: float, default: Any = _REQUIRED) -> float:
        value = self.take(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            self.refuse(f"{key} 是 {value}", f"{key} 要是 {low:g} 到 {high:g} 的數字")
        return value

    def flag(self, key: str, default: Any = False) -> bool:
        value = self.take(key, default)
        if not isinstance(value, bool):
            self.refuse(f"{key} 是 {value}", f"{key} 只能寫 true 或 false")
        return value

    def choice(self, key: str, allowed: Mapping[str, str], default: Any = _REQUIRED) -> str:
        value = self.take(key, default)
        if not isinstance(value, str) or value not in allowed:
            self.refuse(f"{key} 是 {value}", f"{key} 可用：{'、'.join(allowed)}")
        return value

    def each(self, key: str, make: Callable[[_Entry], _Made], least: int, most: int) -> tuple[_Made, ...]:
        values = self.take(key)
        if not isinstance(values, list) or not least <= len(values) <= most:
            self.refuse(f"{key} 的筆數不對", f"{key} 要是 {least} 到 {most} 筆的清單")
        return tuple(_closed(_Entry(v, f"{self.place} {key}[{n}]"), make) for n, v in enumerate(values))


def _closed(entry: _Entry, make: Callable[[_Entry], _Made]) -> _Made:
    made = make(entry)
    if extra := [str(key) for key in entry.values if key not in entry.read]:
        entry.refuse(f"不認得 {'、'.join(extra)}", f"可用的鍵：{'、'.join(sorted(entry.read))}")
    return made


_BEFORE, _AFTER = -24 * 365.0, 24 * 60.0


def _fact(entry: _Entry) -> Fact:
    return Fact(
        entry.number("hour", _BEFORE, _AFTER),
        entry.choice("known_to", KNOWN_TO),
        entry.flag("provable", _REQUIRED),
        entry.text("text"),
    )


def _legal(entry: _Entry) -> LegalNote:
    note = LegalNote(entry.text("basis"), entry.text("note"), entry.choice("confidence", CONFIDENCE))
    if (note.confidence != "H") != ("待查證" in note.note):
        entry.refuse(f"信心等級是 {note.confidence}，note 卻沒有照著寫", "M、L 的 note 要寫待查證，H 的不寫")
    return note


def _option(entry: _Entry) -> Option:
    named = entry.take("strategy")
    strategy = tuple(named) if isinstance(named, list) else (named,)
    known = [name for name in STRATEGIES if name in strategy]
    if not strategy or len(known) < len(strategy):
        entry.refuse(f"strategy 是 {named}", f"strategy 可用（一個或數個）：{'、'.join(STRATEGIES)}")
    return Option(
        id=entry.text("id"),
        text=entry.text("text"),
        strategy=strategy,
        says=entry.text("says", empty=strategy == ("silence",)),
        **{flag: entry.flag(flag) for flag in FLAGS},
    )


def _decision(entry: _Entry) -> Decision:
    options = entry.each("options", _option, 4, 5)
    if len({option.id for option in options}) < len(options):
        entry.refuse("有兩個選項的 id 相同", "請讓每個選項的 id 都不同")
    if len({option.strategy for option in options}) < 3:
        entry.refuse("選項的策略不到三種", "請讓選項在 strategy 上真的不同")
    return Decision(entry.number("hour", 0, _AFTER), entry.text("prompt"), options)


def _inject(entry: _Entry) -> Inject:
    return Inject(
        id=entry.text("id"),
        text=entry.text("text"),
        **{label: entry.choice(label, allowed) for label, allowed in LABELS.items()},
        kind=entry.choice("kind", KINDS),
        sarcasm=entry.flag("sarcasm"),
        held_out=entry.flag("held_out"),
        from_hour=entry.number("from_hour", 0, _AFTER, 0),
        after=entry.choice("after", {ANY: "", **STRATEGIES}, ANY),
    )


def _amplifier(entry: _Entry) -> Amplifier:
    return Amplifier(
        entry.text("name"),
        entry.choice("platform", PLATFORMS),
        int(entry.number("followers", 1, 10**8)),
        entry.number("hour", 0, _AFTER),
        entry.text("text"),
    )


@cache
def _shared_slots() -> dict[str, list[str]]:
    return dict(yaml.load(SLOTS.read_text(encoding="utf-8"), Loader=_LOADER))


def _slots(entry: _Entry, injects: tuple[Inject, ...]) -> dict[str, tuple[str, ...]]:
    """Words for each slot in use: the file's own before the shared ones."""
    own = entry.take("slots", {})
    if not isinstance(own, dict) or not all(isinstance(words, list) and words for words in own.values()):
        entry.refuse("slots 的寫法不對", "請寫成 名稱: [詞, 詞]")
    used = {name: inject.id for inject in injects for name in inject.slots}
    if unused := [name for name in own if name not in used]:
        entry.refuse(f"沒有留言用到 {'、'.join(unused)}", "請從 slots: 拿掉")
    known = _shared_slots() | own
    for name, inject in used.items():
        if name not in known:
            entry.refuse(f"留言 {inject} 的 {{{name}}} 沒有詞可填", "請寫進 slots:")
    return {name: tuple(map(str, known[name])) for name in used}


def _scenario(entry: _Entry) -> Scenario:
    injects = entry.each("injects", _inject, 36, 80)
    later = entry.take("deniable_from", None)
    return Scenario(
        id=entry.text("id"),
        title=entry.text("title"),
        cluster=entry.choice("cluster", CLUSTERS),
        vivid=entry.flag("vivid", _REQUIRED),
        severity=entry.number("severity", 0, 1),
        history=int(entry.number("history", 0, 20, 0)),
        start_platform=entry.choice("start_platform", PLATFORMS),
        tone_of_crowd=entry.number("tone_of_crowd", 0, 1),
        harm=entry.choice("harm", HARMS),
        brief=_FOLD.sub("", entry.text("brief")),
        facts=entry.each("facts", _fact, 3, 20),
        provable=entry.text("provable"),
        deniable_from=None if later is None else entry.number("deniable_from", 0, _AFTER),
        legal=entry.each("legal", _legal, 1, 8),
        slots=_slots(entry, injects),
        decisions=entry.each("decisions", _decision, 3, 3),
        injects=injects,
        kol=entry.each("kol", _amplifier, 1, 2),
        lesson=entry.text("lesson"),
    )


def _check_whole(made: Scenario, entry: _Entry) -> None:
    if entry.place != f"{made.id}.yml":
        entry.refuse(f"id 是 {made.id}", "請讓 id 和檔名相同")
    hours = [decision.hour for decision in made.decisions]
    if sorted(set(hours)) != hours:
        entry.refuse("決策點的 hour 沒有一個比一個晚", "請依時間先後排列")
    if list(made.facts) != sorted(made.facts, key=lambda fact: fact.hour):
        entry.refuse("facts 沒有依 hour 排列", "請依時間先後排列")
    seen: set[str] = set()
    for inject in made.injects:
        if inject.id in seen or not re.fullmatch(rf"{made.id}_\d{{3}}", inject.id):
            entry.refuse(f"留言 id {inject.id} 重複或寫法不對", f"請用 {made.id}_ 加三位數，每則不同")
        seen.add(inject.id)
