"""The one place where tasks meet the safety room: hiding personal data, cleaning and marking foreign text, exits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .safety import canary, exits, injection, pii, urls
from .safety.exits import Violation

INSIDE = {"summarize", "moderate", "schedule", "choose_kpi", "image_prompt"}
"""Tasks whose answer colleagues read; it may repeat what strangers wrote."""
OWN_TEXT = {"rewrite"}
"""Tasks on a text that the learner brings along: its facts may stay, and its addresses unless it reads like an order."""
_NO_PROSE = {
    "platform", "technique", "label", "kind", "intent", "action", "labels", "sources", "index", "tone", "metric",
    "prompt", "negative", "midjourney", "canva", "gpt_image", "size", "rights",
}  # fmt: skip
"""Keys of answers that hold a choice from a list or words for a drawing tool, not words for a reader."""
_NOTES = {"reason", "missing", "why"}
"""Keys of answers that are read by colleagues."""
_LONGEST = 16
"""No placeholder is longer, in characters."""
_OPENING, _CLOSING = "[［【〔〖「(（{｛<〈", "]］】〕〗」)）}｝>〉"
_FINE_IN_NOTES = {"fact", "contact", "slot"}
"""What notes of the rules engine may speak of; notes of a model are looked at like the rest."""


def personal(text: str) -> list[str]:
    """Personal data that stands in a text, as found."""
    return [hit.text for hit in pii.find(text)]


def clean(text: str) -> str:
    """A foreign text without invisible signs."""
    return injection.clean(text)


@dataclass
class Guarded:
    """A payload ready to be sent: foreign texts cleaned and, for a model, marked, with personal data hidden.

    told: what the model has to know. masked: kinds of what was hidden. warnings: for the person. ``restored`` puts the
    data back, ``leaving`` is the check at the exit.
    """

    payload: dict[str, Any]
    told: str = ""
    masked: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    suspect: bool = False
    mark: str = ""
    secret: str = ""
    table: dict[str, str] = field(default_factory=dict, repr=False)
    trusted: tuple[str, ...] = field(default=(), repr=False)
    foreign: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, payload: dict[str, Any], foreign: Sequence[str] = (), *, marked: bool = True) -> Guarded:
        """Guard a payload. foreign: keys whose texts strangers wrote. marked: a model will read it, not the rules engine."""
        cleaned = {key: _each(clean, value) if key in foreign else value for key, value in payload.items()}
        theirs = tuple(text for key in foreign for text in _texts(payload.get(key)))
        ours = tuple(text for key, value in payload.items() if key not in foreign for text in _texts(value))
        told = _suspicions(theirs)
        made = cls(cleaned, trusted=ours, foreign=theirs, warnings=told, suspect=bool(told))
        return made._for_a_model(foreign) if marked else made

    def _for_a_model(self, foreign: Sequence[str]) -> Guarded:
        """Hide and mark. Mark and secret follow from the payload, so that an equal request is equal (cache, recordings)."""
        masker = pii.Masker(list(_texts(self.payload)))
        hidden = {key: _each(lambda text: masker.mask(text).text, value) for key, value in self.payload.items()}
        seed = hashlib.sha256(json.dumps(self.payload, ensure_ascii=True, sort_keys=True, default=str).encode()).digest()
        self.secret, told = canary.new(seed), []
        if any(hidden.get(key) for key in foreign):
            self.mark = injection.new_mark(*_texts(hidden), seed=seed)
            told.append(injection.told(self.mark))
            for key in foreign:
                hidden[key] = _each(lambda text: injection.spotlight(text, mark=self.mark).text, hidden.get(key))
        if masker.table:
            told.append("「[電話1]」這樣的代號代表已遮住的個人資料，要用到時照樣寫出來，不要改。")
            names = [match for name in masker.table if (match := pii.PLACEHOLDER.fullmatch(name))]
            self.masked = tuple(dict.fromkeys(pii.KINDS[next(k for k in pii.KINDS if m[k])] for m in names))
            self.warnings = (*self.warnings, f"已遮住：{'、'.join(masker.table)}。{pii.NOT_ALL}")
        told.append(canary.told(self.secret))
        self.payload, self.table, self.told = hidden, masker.table, "\n".join(told)
        return self

    def restored(self, answer: Any) -> Any:
        """The answer without marks and with what was hidden put back."""
        return _each(lambda text: pii.unmask(injection.unspot(text, self.mark), self.table), answer)

    def restored_pieces(self, pieces: Iterable[str]) -> Iterator[str]:
        """The same for an answer that comes in pieces, which may cut through a placeholder."""
        held = ""
        for piece in pieces:
            held += piece
            opened = max(map(held.rfind, _OPENING))
            whole = opened < 0 or len(held) - opened > _LONGEST or any(c in held[opened:] for c in _CLOSING)
            ready, held = (held, "") if whole else (held[:opened], held[opened:])
            if ready:
                yield self.restored(ready)
        if held:
            yield self.restored(held)

    def leaving(self, task: str, answer: Any, *, source: Sequence[str] = (), system: str = "") -> tuple[Violation, ...]:
        """What keeps an answer from going out without a person. source: more that the learner trusts.

        What stands under ``reason`` is for colleagues.
        """

        own = [url.text for text in self.foreign if task in OWN_TEXT and not self.suspect for url in urls.find(text)]

        def look(text: str, inside: bool) -> list[Violation]:
            return exits.check_exit(
                text, source=(*self.trusted, *source), foreign=self.foreign, canary=self.secret, system=system,
                table=self.table, inside=inside, allowed_urls=own,
            )  # fmt: skip

        outward, notes = "\n".join(prose(answer)), "\n".join(prose(answer, notes=True))
        found = look(outward, task in INSIDE | OWN_TEXT) if outward else []
        if task in OWN_TEXT:
            found = [v for v in found if v.rule != "echo"]
        fine = set() if self.secret else _FINE_IN_NOTES
        found += [v for v in look(notes, True) if v.rule not in fine] if notes else []
        return tuple(dict.fromkeys(found))


def prose(answer: Any, *, notes: bool = False, _key: str = "") -> Iterator[str]:
    """The texts of an answer that somebody reads, without ids and choices from lists; notes: those for colleagues.

    >>> answer = {"reply": "謝謝", "template_id": "t1", "reason": "讚美", "variants": [{"text": "a", "technique": "b"}]}
    >>> list(prose(answer)), list(prose(answer, notes=True))
    (['謝謝', 'a'], ['讚美'])
    """
    if isinstance(answer, str):
        if notes == (_key in _NOTES):
            yield answer
    elif isinstance(answer, dict):
        for key, value in answer.items():
            if key not in _NO_PROSE and not str(key).endswith("id"):
                yield from prose(value, notes=notes, _key=str(key))
    elif isinstance(answer, list | tuple):
        for part in answer:
            yield from prose(part, notes=notes, _key=_key)


def _suspicions(texts: Sequence[str]) -> tuple[str, ...]:
    found = injection.labels([finding for text in texts for finding in injection.suspicious(text)])
    return (f"有文字像在對 AI 下指示（{found}），請看過原文再用這份結果",) if found else ()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _each(change: Callable[[str], str], value: Any) -> Any:
    """A change of every text in a value, however deep."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [_each(change, part) for part in value]
    if isinstance(value, dict):
        return {key: _each(change, part) for key, part in value.items()}
    return value
