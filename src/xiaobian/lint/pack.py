"""Reading a rule pack, and saying exactly what is wrong with a malformed one.

A pack is a YAML file::

    title: 台灣用語
    extends: [typography_core]    # shipped packs whose rules come first, if any
    terms_of: [health]            # named parts of patterns, from packs/terms/; <<disease>> in a pattern means any of them
    terms: {who: [客人, 網友]}     # named parts of one's own
    defaults: {kind: substitution, severity: warning, reference: STYLE_ZH, message: 台灣多用「{use}」}
    except: [...]                 # patterns; a hit of any rule inside a match never counts
    rules:
    - id: video                   # unique in the pack
      swap: {視頻: 影片}           # substitution: word → word, or a list when a person has to choose
      except: [視頻訊號]           # patterns; a hit inside a match never counts
      bad: [這支視頻很紅]          # examples, which are tests: bad is flagged by this rule, ok is not
      ok: [這支影片很紅]

Keys by kind (``?`` may be left out, patterns are Python regular expressions):

============= ============================================================================================
existence     ``words`` or ``pattern``: what must not be there
substitution  ``swap``, ``pattern`` + ``use`` (``use`` may refer to groups), or ``pattern`` + ``swap``
occurrence    ``pattern``, ``min``?, ``max``?, ``scope``?: how often it may appear
conditional   ``if``, ``then``, ``scope``?: where the first stands the second must stand too
metric        ``metric``, ``min``?, ``max``?, ``scope``?: a measure of ``lint.measure``
sequence      ``steps`` (name: pattern), ``scope``?: what must appear, in this order
all           ``severity``?, ``message``?, ``fix``? (text; false: never automatically), ``reference``?,
              ``before``?, ``after``?, ``near``? (touching, or in the same sentence; one is enough),
              ``except``?, ``ok``?, ``bad``?; ``scope`` is text, paragraph or sentence
============= ============================================================================================

A message may use {match}, {use}, {value} and {limit}.
``limits: {emoji: 0}`` beside ``rules`` makes a rule that allows so many of a mark of ``measures.LIMITS`` in a text;
``why`` says why. Other keys are left to whoever reads the same file for more (``datasets/voice.yml``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import yaml

from .. import datasets
from ..errors import NotFound, ReadError
from .findings import SEVERITIES
from .measures import LIMITS, MEASURES, SCOPES
from .rules import FINDERS, Context, Hit, Rule, Words, as_tuple, pattern
from .terms import spelled_out

_FOLDER = Path(__file__).parent / "packs"
_BRAND = "voice"
"""The brand's voice guide is a pack, and the part ``crisis`` of it is another one."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COMMON = {
    "id", "kind", "severity", "message", "fix", "reference", "before", "after", "near", "except", "ok", "bad"
}  # fmt: skip
_NEEDS: dict[str, tuple[set[str], ...]] = {
    "existence": ({"words"}, {"pattern"}),
    "substitution": ({"swap"}, {"pattern", "use"}, {"pattern", "swap"}),
    "occurrence": ({"pattern", "min"}, {"pattern", "max"}, {"pattern", "min", "max"}),
    "conditional": ({"if", "then"},),
    "metric": ({"metric", "min"}, {"metric", "max"}, {"metric", "min", "max"}),
    "sequence": ({"steps"},),
}
_SHAPES: dict[str, tuple[type, ...]] = {
    "min": (int, float), "max": (int, float), "words": (list,), "swap": (dict,), "steps": (dict,)
}  # fmt: skip
_SCOPED = {"occurrence", "conditional", "metric", "sequence"}
_TERM = re.compile(r"<<(\w+)>>")
_PATTERNS = ("pattern", "if", "then", "before", "after", "near")


@dataclass(frozen=True)
class Pack:
    """A loaded pack: its name, title and compiled rules."""

    name: str
    title: str
    rules: tuple[Rule, ...]
    words: Words

    def hits(self, text: str) -> Iterator[tuple[Rule, Hit]]:
        yield from self.words.hits(text)
        for rule in self.rules:
            if rule.find:
                yield from ((rule, hit) for hit in rule.hits(text))

    def broken_examples(self) -> list[str]:
        """A sentence for each example a rule does not keep; an empty list is what you want.

        >>> load("tw_words").broken_examples()
        []
        """
        broken = []
        for rule in self.rules:
            for wanted, examples in ((True, rule.bad), (False, rule.ok)):
                for example in examples:
                    if wanted != any(found is rule for found, _ in self.hits(example)):
                        broken.append(f"規則 {rule.id} {'沒有抓到' if wanted else '誤抓了'}例句「{example}」")
        return broken


def packs() -> list[str]:
    """Names of the shipped packs.

    >>> "tw_words" in packs()
    True
    """
    return sorted(_shipped())


@cache
def _shipped() -> dict[str, tuple[Path, str]]:
    """File of each shipped pack, and the part of the file it is (the whole file without a name)."""
    guide = datasets.path(f"{_BRAND}.yml")
    branded = {_BRAND: (guide, ""), f"{_BRAND}_crisis": (guide, "crisis")}
    return {file.stem: (file, "") for file in _FOLDER.glob("*.yml")} | branded


def load(pack: str | Path | Pack, part: str = "") -> Pack:
    """A shipped pack by its name, or a pack of your own by the path of its YAML file.

    part: a key of the file that holds a pack of its own, such as ``crisis`` of a voice guide.
    A file is read again when it has changed.
    Raises NotFound for an unknown pack, ReadError (file, rule, what to do) for a malformed one.

    >>> load("tw_words").title
    '台灣用語'
    """
    if isinstance(pack, Pack):
        return pack
    if str(pack) in _shipped() and not part:
        file, own_part = _shipped()[str(pack)]
        return _load(file, own_part, 0)
    file = Path(pack)
    if not file.is_file():
        shelf = "、".join(packs())
        raise NotFound(f"找不到規則包 {pack}", next_step=f"可用的是 {shelf}，或一個 .yml 檔的路徑")
    return _load(file.absolute(), part, file.stat().st_mtime_ns)


@cache
def _load(file: Path, part: str, _changed: int) -> Pack:
    content = _yaml(file, part)
    shared = tuple(_compiled(source, file, "", "except") for source in as_tuple(content.get("except")))
    own = tuple(_rule({**content.get("defaults", {}), **spec}, file, shared) for spec in content["rules"])
    limits = tuple(_limit_rules(content, file))
    rules = (*_extended(content, file), *limits, *own)
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            _refuse(file, f"的規則 {rule.id}", "這個 id 出現兩次", "請讓每條規則的 id 都不同")
        seen.add(rule.id)
    name = f"{file.stem}_{part}" if part else file.stem
    return Pack(name, str(content.get("title", name)), rules, Words(rules))


def _limit_rules(content: Mapping[str, Any], file: Path) -> Iterator[Rule]:
    limits, why = content.get("limits", {}), content.get("why", "")
    if not isinstance(limits, dict):
        _refuse(file, "的 limits", "寫法不對", "請寫 limits: {emoji: 0}")
    yield from (limit_rule(name, most, str(why), file) for name, most in limits.items())


def limit_rule(name: str, most: int, why: str, file: Path) -> Rule:
    """A rule that allows so many of a mark of ``LIMITS`` in a text. Raises ReadError for an unknown mark or limit.

    >>> limit_rule("emoji", 1, "", Path("voice.yml")).id
    'emoji'
    """
    if name not in LIMITS:
        _refuse(file, "的 limits", f"不認得 {name}", f"可用的是 {'、'.join(LIMITS)}")
    if type(most) is not int or most < 0:
        _refuse(file, f"的 limits {name}", f"上限是 {most}", "請寫 0 以上的整數")
    label, found, mark = LIMITS[name]
    spec = {
        "id": name, "kind": "occurrence", "pattern": found.pattern, "max": most, "severity": "warning" if most else "error",
        "message": f"{label}有 {{value}} 個，這裡{{limit}} 個。" + (f"為什麼：{why}" if why else ""),
        "reference": "語調檔的上限（設計參數）", "bad": f"收到{mark * (most + 1)}", "ok": "收到。",
    }  # fmt: skip
    return _rule(spec, file, ())


def _extended(content: Mapping[str, Any], file: Path) -> Iterator[Rule]:
    for name in as_tuple(content.get("extends")):
        if name not in _shipped() or name == file.stem:
            _refuse(file, "", f"extends 找不到 {name}", f"可用的是 {'、'.join(packs())}")
        yield from load(name).rules


def _refuse(file: Path, place: str, what: str, next_step: str) -> NoReturn:
    where = f"檔案 {file.name} {place}".strip()
    raise ReadError(f"規則包讀不進來，{what}", where=where, next_step=next_step) from None


def _yaml(file: Path, part: str) -> dict[str, Any]:
    try:
        content = yaml.load(file.read_text(encoding="utf-8-sig"), Loader=_LOADER)
    except UnicodeDecodeError:
        _refuse(file, "", "檔案不是 UTF-8 編碼", "請用 UTF-8 另存這個檔案")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"第 {mark.line + 1} 列附近" if mark else ""
        _refuse(file, place, "內容不是 YAML", "請檢查縮排、引號和冒號後的空格")
    if part and isinstance(content, dict):
        content = content.get(part)
    rules = content.get("rules") if isinstance(content, dict) else None
    if not rules or not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        _refuse(file, "", "沒有 rules 清單", "請在檔案裡寫 rules:，下面每條規則以 - id: 開頭")
    try:
        return spelled_out(content)
    except KeyError as unknown:
        _refuse(file, "", f"<<{unknown.args[0]}>> 沒有定義", "請寫在 terms:，或用 terms_of: 拿 packs/terms/ 裡的")


def _compiled(source: Any, file: Path, place: str, key: str) -> re.Pattern[str]:
    try:
        return pattern(source)
    except (re.error, TypeError) as error:
        _refuse(file, place, f"{key} 不是正規表示式（{error}）", f"請修改 {key}，或把特殊符號前面加上反斜線")


def _rule(spec: dict[str, Any], file: Path, shared: tuple[re.Pattern[str], ...]) -> Rule:
    name = str(spec.get("id", ""))
    place = f"的規則 {name}"
    _check_keys(spec, file, place)
    for key in ("pattern", "if", "then"):
        if key in spec:
            _compiled(spec[key], file, place, key)
    for step in spec.get("steps", {}).values():
        _compiled(step, file, place, "steps")
    words = _words(spec, file, place)
    rule = Rule(
        name, spec["kind"], spec.get("severity", "warning"), spec.get("message", "請改寫「{match}」"),
        spec.get("reference", ""), spec.get("fix"), _context(spec, file, place, shared), words,
        None if words else FINDERS[spec["kind"]](spec), as_tuple(spec.get("ok")), as_tuple(spec.get("bad")),
    )  # fmt: skip
    try:
        rule.say(Hit(0, 0), "")
    except (KeyError, IndexError, ValueError):
        _refuse(file, place, "message 的大括號裡有不認得的名字", "可用 {match}、{use}、{value}、{limit}")
    return rule


def _context(spec: Mapping[str, Any], file: Path, place: str, shared: tuple[re.Pattern[str], ...]) -> Context:
    sources = {key: spec[key] for key in ("before", "after", "near") if key in spec}
    if "before" in sources:
        sources["before"] = rf"(?:{sources['before']})\Z"
    own = tuple(_compiled(source, file, place, "except") for source in as_tuple(spec.get("except")))
    return Context(**{k: _compiled(v, file, place, k) for k, v in sources.items()}, excuses=own + shared)


def _words(spec: Mapping[str, Any], file: Path, place: str) -> dict[str, tuple[str, ...]]:
    if "pattern" in spec:
        return {}
    words = dict.fromkeys(spec.get("words", ())) | spec.get("swap", {})
    for word in words:
        if not isinstance(word, str) or not word:
            _refuse(file, place, f"「{word}」不是文字", "請替它加上引號")
    return {word: as_tuple(use) for word, use in words.items()}


def _check_keys(spec: Mapping[str, Any], file: Path, place: str) -> None:
    kind = spec.get("kind")
    if "id" not in spec:
        _refuse(file, "", "有一條規則沒有 id", "請替每條規則取一個不重複的 id")
    if kind not in _NEEDS:
        _refuse(file, place, f"kind 是 {kind}", f"kind 可用：{'、'.join(_NEEDS)}")
    allowed = _COMMON.union(*_NEEDS[kind], {"scope"} if kind in _SCOPED else set())
    if extra := [str(key) for key in spec if key not in allowed]:
        _refuse(file, place, f"{kind} 不認得 {'、'.join(extra)}", f"可用的鍵：{'、'.join(sorted(allowed))}")
    if (given := set(spec) - _COMMON - {"scope"}) not in _NEEDS[kind]:
        choices = "，或 ".join("＋".join(sorted(need)) for need in _NEEDS[kind])
        _refuse(file, place, f"{kind} 給了 {'、'.join(sorted(given)) or '不足的鍵'}", f"請給 {choices}")
    for key, closed in (("severity", tuple(SEVERITIES)), ("scope", SCOPES), ("metric", tuple(MEASURES))):
        if key in spec and spec[key] not in closed:
            _refuse(file, place, f"{key} 是 {spec[key]}", f"{key} 可用：{'、'.join(closed)}")
    for key, kinds in _SHAPES.items():
        if key in spec and not isinstance(spec[key], kinds):
            _refuse(file, place, f"{key} 的寫法不對", "min、max 寫數字，words 寫清單，swap、steps 寫鍵與值")
