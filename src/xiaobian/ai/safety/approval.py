"""Nothing goes out by itself: a draft waits for a person, and an approved one is exported for a person to post.

There is no code here or elsewhere in the package that posts, sends or replies. No text of a model can approve: approval
is a call with the name of a person, kept in a log in the answers folder.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from ...errors import AnswerError
from ...records import now, state_dir
from .exits import Violation
from .folding import fold
from .keys import scrub

STATES = {"draft": "草稿", "needs_person": "需要人看", "approved": "已核准", "rejected": "退回"}
LOG = "approvals.jsonl"
_NO_PERSON = re.compile("(?:ai|gpt|chatgpt|claude|gemini|copilot|model|llm|bot|system|assistant|auto|offline|engine|kit|none|null|true|系统|机器人|模型|助理|自动|程序|引擎|规则引擎|离线引擎|离线规则引擎|人工智慧|人工智能|人工智能助理|小编助理|语言模型|大型|小编助理)+")  # lint: off
_MACHINE = re.compile("机器人|自动回|自动化|语言模型|规则引擎|离线引擎|人工智|chatbot|chatgpt")  # lint: off
_BLANK = re.compile("[【〔\\[（(]請填[^】〕\\]）)]*[】〕\\]）)]")
_FORMULA = re.compile(r"^[=+\-@\t\r\0＝＋－＠]")


@dataclass
class Draft:
    """A text that somebody may post after approval. task, engine: where it comes from; violations: of the exit rules.

    >>> draft = Draft("感謝留言", task="reply")
    >>> draft.state
    'draft'
    """

    text: str
    task: str = ""
    engine: str = "offline"
    violations: tuple[Violation, ...] = ()
    badge: str = ""
    _decision: dict[str, str] = field(default_factory=dict, repr=False, init=False)

    @property
    def id(self) -> str:
        """A short name of exactly this text."""
        return sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:10]

    @property
    def state(self) -> str:
        """A key of STATES. A text that was changed after the approval is a draft again."""
        if self._decision.get("id") == self.id:
            return self._decision["state"]
        return "needs_person" if self.violations else "draft"

    def approve(self, *, by: str, reason: str = "", override_reason: str = "") -> Draft:
        """A person takes responsibility. by: the person's name; override_reason: why the violations may stand.

        Raises AnswerError without a name, with a blank that nobody filled in, with violations and no override_reason, or
        with a violation that is final.
        """
        name = _person(by)
        if blank := _BLANK.search(self.text):
            raise AnswerError("還有沒填的地方，不能核准", where=blank[0], next_step="請填好，再用 draft.changed(改好的文字) 送核准")
        if final := [v for v in self.violations if v.final]:
            raise AnswerError("這則不能核准", where=final[0].reason, next_step="請改掉這一處，再用改好的文字重新檢查")
        if self.violations and not override_reason.strip():
            told = "；".join(v.reason for v in self.violations[:3])
            raise AnswerError(
                f"還有 {len(self.violations)} 處需要人看", where=told,
                next_step="請先改好；確認沒問題才用 override_reason= 寫下放行的理由",
            )  # fmt: skip
        return self._decided("approved", name, override_reason.strip() or reason.strip())

    def reject(self, *, by: str, reason: str) -> Draft:
        """A person sends it back; a reason is needed so that the next one is better."""
        if not reason.strip():
            raise AnswerError("退回要寫理由", where="reason", next_step='例如 reason="價格寫錯"')
        return self._decided("rejected", _person(by), reason.strip())

    def changed(self, text: str, violations: Iterable[Violation] = ()) -> Draft:
        """The same draft with another text, to be approved anew. violations: of the new text."""
        return Draft(text, self.task, self.engine, tuple(violations), self.badge)

    def _decided(self, state: str, by: str, reason: str) -> Draft:
        self._decision = {"id": self.id, "state": state, "by": by, "reason": reason, "at": now()}
        _log({**self._decision, "task": self.task, "engine": self.engine, "violations": [v.rule for v in self.violations]})
        return self

    @property
    def approved_by(self) -> str:
        """Who approved this very text; empty when nobody did."""
        return self._decision.get("by", "") if self.state == "approved" else ""

    def __repr__(self) -> str:
        reasons = "".join(f"\n・{violation}" for violation in self.violations)
        who = f"（{self.approved_by}）" if self.approved_by else ""
        return f"[{STATES[self.state]}{who}] {self.text}{reasons}"


class Outbox:
    """Approved drafts, to copy or to save; it posts nothing.

    >>> Outbox().add(Draft("還沒核准"))
    Traceback (most recent call last):
    xiaobian.errors.AnswerError: 這則還沒有人核准：還沒核准。請先看過，再用 draft.approve(by="你的名字")。
    """

    def __init__(self) -> None:
        self._drafts: list[Draft] = []

    def add(self, *drafts: Draft) -> Outbox:
        """Take approved drafts; raises AnswerError for any other."""
        for draft in drafts:
            _must_be_approved(draft)
            self._drafts.append(draft)
        return self

    def __len__(self) -> int:
        return len(self._drafts)

    def copy(self) -> str:
        """All texts, an empty line between them, to paste by hand. Each is checked again."""
        return "\n\n".join(draft.text for draft in self._approved())

    def table(self) -> pd.DataFrame:
        """text, task, engine, label of the engine, approved_by and reason of each."""
        columns = ["text", "task", "engine", "badge", "approved_by", "approved_at", "reason"]
        return pd.DataFrame([self._row(draft) for draft in self._approved()], columns=columns)

    def save(self, file: str | Path) -> Path:
        """Write the table as CSV (UTF-8 with BOM); a text that a spreadsheet would run gets a ' before it."""
        path = Path(file)
        rows = self.table().map(lambda cell: f"'{cell}" if _FORMULA.match(str(cell)) else str(cell))
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(rows.columns)
            writer.writerows(rows.itertuples(index=False))
        return path

    def _approved(self) -> Sequence[Draft]:
        for draft in self._drafts:
            _must_be_approved(draft)
        return self._drafts

    @staticmethod
    def _row(draft: Draft) -> dict[str, str]:
        decision = draft._decision
        return {
            "text": draft.text, "task": draft.task, "engine": draft.engine, "badge": draft.badge,
            "approved_by": decision["by"], "approved_at": decision["at"], "reason": decision["reason"],
        }  # fmt: skip


def log() -> pd.DataFrame:
    """Every approval and rejection on this computer: when, who, what, why. Of the text only its short name is kept."""
    file = state_dir() / LOG
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    rows = [json.loads(line) for line in lines if line.strip()]
    return pd.DataFrame(rows, columns=["at", "state", "by", "reason", "task", "engine", "id", "violations"])


def _must_be_approved(draft: Draft) -> None:
    if draft.state != "approved":
        raise AnswerError(
            "這則還沒有人核准", where=draft.text[:20], next_step='請先看過，再用 draft.approve(by="你的名字")'
        )


def _person(name: str) -> str:
    """A name that may be a person's; raises AnswerError for an empty one and for a machine's."""
    plain = name.strip() if isinstance(name, str) else ""
    if not any(sign.isalpha() for sign in plain) or len(plain) > 40 or "\n" in plain:
        raise AnswerError("核准要有人的名字", where="by", next_step='例如 approve(by="阿洛")')
    folded = fold(plain, bare=True).text
    if _NO_PERSON.fullmatch(folded) or _MACHINE.search(folded):
        raise AnswerError("核准的人不能是程式或模型", where=plain, next_step="請寫負責這則文字的人的名字")
    return plain


def _log(entry: dict[str, Any]) -> None:
    line = scrub(json.dumps(entry, ensure_ascii=False))
    try:
        state_dir().mkdir(parents=True, exist_ok=True)
        with open(state_dir() / LOG, "a", encoding="utf-8") as stream:
            stream.write(line + "\n")
    except OSError as error:
        raise AnswerError(
            "核准紀錄存不進去", where=str(error.strerror), next_step="請確認 answers 資料夾可以寫入"
        ) from None
