"""Who may take a post from one status to the next, and the record of who did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ...errors import AnswerError, TableError
from .planned import STATUSES, PlannedPost

SYSTEM = "排程工具"
"""The name under which a tool reports what became of a post."""

MAKER, APPROVER, TOOL = "maker", "approver", "tool"

MOVES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "draft": {"submitted": (MAKER,)},
    "submitted": {"approved": (APPROVER,), "changes_requested": (APPROVER,), "draft": (MAKER,)},
    "changes_requested": {"submitted": (MAKER,)},
    "approved": {"scheduled": (MAKER,), "changes_requested": (APPROVER,)},
    "scheduled": {"published": (TOOL, MAKER), "failed": (TOOL, MAKER), "approved": (MAKER,), "changes_requested": (APPROVER,)},
    "failed": {"scheduled": (MAKER,), "draft": (MAKER,)},
    "published": {},
}  # fmt: skip
"""From each status, where a post may go and which roles may take it there."""

SLA_HOURS: Mapping[str, float] = {"submitted": 8.0, "changes_requested": 8.0}
"""Working hours in which someone has to act on a post in a status (設計參數)."""

NEEDS_REASON = frozenset({"changes_requested", "failed"})


@dataclass(frozen=True)
class Raci:
    """Who does the work, who answers for it, who is asked and who is told.

    responsible: makes the post. accountable: the one person who approves. consulted, informed: may be empty.
    Raises TableError when a role is empty or the maker would approve the own work.

    >>> Raci("阿洛", "佩蓁").accountable
    '佩蓁'
    """

    responsible: str
    accountable: str
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.responsible.strip() or not self.accountable.strip():
            raise TableError(
                "負責（R）和核可（A）都要有人", where="RACI", next_step="請各填一個名字；核可只能是一個人"
            )
        if self.responsible == self.accountable:
            raise TableError(
                f"負責和核可都是{self.responsible}",
                where="RACI",
                next_step="自己不能核可自己的貼文，請換一個人核可",
            )

    def say(self) -> str:
        """Who is who, in one line.

        >>> Raci("阿洛", "佩蓁", consulted=("允安",)).say()
        'R 負責：阿洛；A 核可：佩蓁；C 先問：允安；I 要知道：—'
        """
        people = {
            "R 負責": (self.responsible,), "A 核可": (self.accountable,), "C 先問": self.consulted, "I 要知道": self.informed,
        }  # fmt: skip
        return "；".join(f"{role}：{'、'.join(names) or '—'}" for role, names in people.items())

    def roles(self, who: str, post: PlannedPost) -> set[str]:
        """What a person may do with a post: its owner and the responsible make it, the accountable approves."""
        makes = who in {self.responsible, post.owner} and who != self.accountable
        return {role for role, holds in
                ((MAKER, makes), (APPROVER, who == self.accountable), (TOOL, who == SYSTEM)) if holds}  # fmt: skip

    def holders(self, roles: tuple[str, ...], post: PlannedPost) -> list[str]:
        """The people who hold one of some roles."""
        makers = [p for p in dict.fromkeys((post.owner, self.responsible)) if p and p != self.accountable]
        names = {MAKER: makers, APPROVER: [self.accountable], TOOL: [SYSTEM]}
        return list(dict.fromkeys(name for role in roles for name in names[role]))


@dataclass(frozen=True)
class AuditEntry:
    """One line of the record: when, who, which post, from and to which status, and why."""

    at: datetime
    who: str
    post_id: str
    before: str
    after: str
    why: str = ""


def check_move(post: PlannedPost, to: str, who: str, why: str, raci: Raci) -> None:
    """Raise AnswerError with the reason and the legal next steps unless the move is allowed.

    >>> check_move(PlannedPost("p", "x", "text", owner="阿洛"), "submitted", "阿洛", "", Raci("阿洛", "佩蓁"))
    """
    where = f"貼文 {post.post_id}"
    if to not in STATUSES:
        raise AnswerError(f"沒有「{to}」這個狀態", where=where, next_step=f"可用：{'、'.join(STATUSES)}")
    allowed = MOVES[post.status]
    now, then, steps = STATUSES[post.status], STATUSES[to], legal_steps(post, raci)
    if to not in allowed:
        raise AnswerError(f"不能從「{now}」直接到「{then}」", where=where, next_step=steps)
    if not raci.roles(who, post) & set(allowed[to]):
        holders = "或".join(raci.holders(allowed[to], post)) or "負責人"
        own = "自己不能核可自己的貼文，" if to == "approved" and who == post.owner else ""
        raise AnswerError(
            f"{who or '沒有署名的人'}不能把貼文從「{now}」改成「{then}」",
            where=where,
            next_step=f"{own}這一步要由{holders}來做",
        )
    if to in NEEDS_REASON and not why.strip():
        raise AnswerError(f"改成「{then}」要寫原因", where=where, next_step='例如 why="價格和門市海報不同"')
    if to == "scheduled" and post.publish_at is None:
        raise AnswerError("還沒有發佈時間，不能排程", where=where, next_step="先用 .move() 給它一個時間")


def legal_steps(post: PlannedPost, raci: Raci) -> str:
    """What may happen to a post next and who does it, in 正體中文.

    >>> legal_steps(PlannedPost("p", "x", "text", owner="阿洛"), Raci("阿洛", "佩蓁"))
    '接下來可以：送審中（阿洛）'
    """
    allowed = MOVES[post.status]
    if not allowed:
        return "已發佈的貼文不再改狀態；要更正請另開一則"
    told = [f"{STATUSES[to]}（{'或'.join(raci.holders(roles, post))}）" for to, roles in allowed.items()]
    return f"接下來可以：{'、'.join(told)}"
