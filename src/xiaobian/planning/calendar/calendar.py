"""``Calendar``: the planned posts of a brand, what is wrong with them, how far each has come, and who decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...errors import AnswerError, NotFound, TableError
from ...plotting import spaced
from .. import limits
from . import conflicts
from .approval import MOVES, SLA_HOURS, AuditEntry, Raci, check_move, legal_steps
from .findings import Finding, Findings
from .planned import LABELS, STATUSES, ZONE, PlannedPost, in_taipei
from .table import to_frame
from .worktime import WorkClock

if TYPE_CHECKING:
    from .export import Exported

_ORDER = tuple(STATUSES)
_FILTERS = ("platform", "format", "pillar", "owner", "status")
_SETTLED = frozenset({"approved", "scheduled", "failed"})
_CONTENT = frozenset(LABELS) - {"post_id", "owner", "status", "notes", "publish_at"}


class Calendar:
    """Planned posts with filters, checks, approval and a record of every change.

    posts: any number, ids unique. raci: who makes and who approves. clock: the office's working hours.
    versions: changes already counted elsewhere, by id. sla: working hours in which a status has to be left, by status. The brand and its people in examples are invented.

    Raises TableError for two posts with one id.

    >>> plan = Calendar([PlannedPost("p1", "x", "text", owner="阿洛", caption="今天烤焙茶戚風")])
    >>> plan.advance("p1", "submitted", by="阿洛").status
    'submitted'
    """

    def __init__(
        self, posts: Iterable[PlannedPost] = (), *, raci: Raci | None = None, clock: WorkClock | None = None,
        versions: Mapping[str, int] | None = None, sla: Mapping[str, float] | None = None,
    ) -> None:  # fmt: skip
        self.raci = raci or Raci("阿洛", "佩蓁")
        self.clock = clock or WorkClock()
        self.sla = {**SLA_HOURS, **(sla or {})}
        self._posts: dict[str, PlannedPost] = {}
        self._versions: dict[str, int] = dict(versions or {})
        self._log: list[AuditEntry] = []
        for post in posts:
            self._put_new(post)

    def __len__(self) -> int:
        return len(self._posts)

    def __iter__(self) -> Iterator[PlannedPost]:
        return iter(self.posts)

    def __contains__(self, post_id: object) -> bool:
        return post_id in self._posts

    def __getitem__(self, post_id: str) -> PlannedPost:
        try:
            return self._posts[post_id]
        except KeyError:
            raise NotFound(
                f"內容日曆裡沒有「{post_id}」這則貼文",
                where="貼文編號",
                next_step=f"現有 {len(self)} 則，例如 {'、'.join(list(self._posts)[:5]) or '（還沒有）'}",
            ) from None

    def __repr__(self) -> str:
        return self.say()

    @property
    def posts(self) -> tuple[PlannedPost, ...]:
        """All posts by time; those without one come last, in the order in which they were added."""
        return tuple(sorted(self._posts.values(), key=_when))

    def version(self, post_id: str) -> int:
        """How many times a post was changed since it was added; a calendar program needs it to update an event."""
        return self._versions[self[post_id].post_id]

    def say(self) -> str:
        """How many posts, over which days, in which statuses."""
        dated = [post.publish_at for post in self.posts if post.publish_at]
        span = f"，{min(dated):%Y-%m-%d} 到 {max(dated):%Y-%m-%d}" if dated else ""
        counts = [(name, sum(p.status == s for p in self._posts.values())) for s, name in STATUSES.items()]
        states = "、".join(f"{name}{count}" for name, count in counts if count)
        return spaced(f"內容日曆：{len(self)}則{span}。{states}{'。' if states else ''}")

    def select(self, *, month: str = "", day: str = "", **words: str) -> list[PlannedPost]:
        """Posts that fit every filter: platform, format, pillar, owner, status, month (2026-09), day (2026-09-25).

        Raises TableError for a filter there is none of.
        """
        unknown = set(words) - set(_FILTERS)
        if unknown:
            raise TableError(
                f"不能用 {'、'.join(sorted(unknown))} 篩選", where="參數",
                next_step=f"可用：{'、'.join(_FILTERS)}、month、day",
            )  # fmt: skip
        start = day or month
        return [
            post for post in self.posts
            if all(not value or getattr(post, name) == value for name, value in words.items())
            and (not start or (post.publish_at is not None and post.publish_at.isoformat().startswith(start)))
        ]  # fmt: skip

    def table(self, **filters: str) -> pd.DataFrame:
        """One row a post, in time order, with the columns of ``LABELS``; filters as for ``select``."""
        return to_frame(self.select(**filters))

    def add(self, post: PlannedPost, *, by: str = "", at: datetime | None = None) -> PlannedPost:
        """Put a post in; raises TableError when its id is taken."""
        self._put_new(post)
        self._note(post, "", post.status, by or post.owner, "新增", at)
        return post

    def move(
        self,
        post_id: str,
        publish_at: datetime | None,
        *,
        by: str = "",
        why: str = "",
        at: datetime | None = None,
    ) -> PlannedPost:
        """Give a post another time, or None to take it off the calendar's days.

        A scheduled post goes back to approved, since the tool still holds the old time. Raises AnswerError for a published
        post, TableError for a time without a time zone.
        """
        post = self[post_id]
        self._refuse_published(post, "改期")
        moved = post.with_fields(publish_at=publish_at)
        if post.status in {"scheduled", "failed"}:
            moved = moved.with_fields(status="approved")
        new = f"{moved.publish_at:%Y-%m-%d %H:%M}" if moved.publish_at else "沒有時間"
        return self._change(post, moved, by, f"改期到 {new}" + (f"：{why}" if why else ""), at)

    def edit(
        self, post_id: str, *, by: str = "", why: str = "", at: datetime | None = None, **fields: Any
    ) -> PlannedPost:
        """Change fields of a post; a change of content after approval makes it a draft again.

        Raises AnswerError for a published post or for ``status``, ``publish_at`` and ``post_id``, which have ways of their own.
        """
        post = self[post_id]
        own = {"status": ".advance()", "publish_at": ".move()", "post_id": ".remove() 再 .add()"}
        for name in own:
            if name in fields:
                raise AnswerError(
                    f"不能用 edit 改「{LABELS[name]}」",
                    where=f"貼文 {post_id}",
                    next_step=f"請用 {own[name]}",
                )
        self._refuse_published(post, "改內容")
        changed = post.with_fields(**fields)
        touched = [LABELS[name] for name in fields if getattr(changed, name) != getattr(post, name)]
        note = f"改了{'、'.join(touched) or '（沒有差別）'}"
        if post.status in _SETTLED and any(
            getattr(changed, name) != getattr(post, name) for name in _CONTENT & set(fields)
        ):
            changed, note = changed.with_fields(status="draft"), note + "，核可過的內容要重新送審"
        return self._change(post, changed, by, note + (f"：{why}" if why else ""), at)

    def remove(self, post_id: str, *, by: str = "", why: str = "", at: datetime | None = None) -> PlannedPost:
        """Take a post out; its record stays. Raises AnswerError for a published post."""
        post = self[post_id]
        self._refuse_published(post, "移除")
        del self._posts[post_id]
        self._note(post, post.status, "", by or post.owner, f"移除{'：' + why if why else ''}", at)
        return post

    def advance(
        self, post_id: str, to: str, *, by: str, why: str = "", at: datetime | None = None
    ) -> PlannedPost:
        """Take a post to its next status.

        to: a word of ``STATUSES``. by: who does it; the accountable person approves, the maker submits and schedules.
        Raises AnswerError with the reason and the legal next steps.
        """
        post = self[post_id]
        check_move(post, to, by, why, self.raci)
        if to in {"approved", "scheduled"}:
            self._refuse_broken(post, to)
        return self._change(post, post.with_fields(status=to), by, why, at)

    def next_steps(self, post_id: str) -> str:
        """What may happen to a post next, and who does it."""
        return legal_steps(self[post_id], self.raci)

    @property
    def audit(self) -> pd.DataFrame:
        """The record: at, who, post_id, before, after, why; oldest first."""
        columns = ["at", "who", "post_id", "before", "after", "why"]
        frame = pd.DataFrame([[getattr(e, c) for c in columns] for e in self._log], columns=columns)
        words = {"": "—", **STATUSES}
        return frame.assign(before=frame["before"].map(words), after=frame["after"].map(words))

    def waiting(self, now: datetime | None = None) -> pd.DataFrame:
        """Posts that wait for somebody: status, whose turn, since when, working hours used, when due and whether late."""
        moment = in_taipei(now) if now else _now()
        rows = []
        for post in self.posts:
            since = self._since(post)
            if post.status not in self.sla or since is None:
                continue
            due = self.clock.after(since, self.sla[post.status])
            whose = self.raci.holders(next(iter(MOVES[post.status].values())), post)
            used = round(self.clock.between(since, moment), 1)
            rows.append(
                (post.post_id, STATUSES[post.status], "、".join(whose), since, used, due, moment > due)
            )
        return pd.DataFrame(rows, columns=["post_id", "status", "whose", "since", "hours", "due", "late"])

    def problems(self, now: datetime | None = None) -> Findings:
        """Everything that is wrong: each post against its platform, and posts against days, each other and the clock.

        now: with a time (tz-aware), posts whose time has passed or that cannot be approved in time are named too.
        """
        posts = self.posts
        found = [*_alone(posts), *conflicts.slots(posts), *conflicts.duplicates(posts)]
        if now is not None:
            found += conflicts.late(posts, in_taipei(now), self.clock, self.sla["submitted"])
        return Findings(tuple(sorted(found, key=_mild)), len(posts))

    def problems_of(self, post_id: str) -> list[Finding]:
        """The findings about one post, worst first, without looking at posts that cannot matter to it."""
        post = self[post_id]
        near = [other for other in self.posts if other.platform == post.platform and _near(post, other)]
        found = [*_alone([post]), *conflicts.slots(near), *conflicts.duplicates(near)]
        return sorted((finding for finding in found if post_id in finding.posts), key=_mild)

    def export(self, target: str, path: str | Path, **options: Any) -> Exported:
        """Write the calendar for another program; see ``export.write`` for targets and options."""
        from .export import write

        return write(self, target, path, **options)

    def _refuse_broken(self, post: PlannedPost, to: str) -> None:
        broken = [f for f in self.problems_of(post.post_id) if f.severity == "error"]
        if broken:
            raise AnswerError(
                f"還有 {len(broken)} 個問題，不能{'核可' if to == 'approved' else '排程'}：{broken[0].what}",
                where=f"貼文 {post.post_id}", next_step=broken[0].fix,
            )  # fmt: skip

    def _refuse_published(self, post: PlannedPost, what: str) -> None:
        if post.status == "published":
            raise AnswerError(
                f"已發佈的貼文不能{what}",
                where=f"貼文 {post.post_id}",
                next_step="到平台上更正，並另開一則說明",
            )

    def _put_new(self, post: PlannedPost) -> None:
        if post.post_id in self._posts:
            raise TableError(
                f"貼文編號「{post.post_id}」用了兩次", where="貼文編號", next_step="每則貼文用不同的編號"
            )
        self._posts[post.post_id] = post
        self._versions.setdefault(post.post_id, 0)

    def _change(
        self, old: PlannedPost, new: PlannedPost, who: str, why: str, at: datetime | None
    ) -> PlannedPost:
        self._posts[new.post_id] = new
        self._versions[new.post_id] += 1
        self._note(new, old.status, new.status, who or new.owner, why, at)
        return new

    def _note(
        self, post: PlannedPost, before: str, after: str, who: str, why: str, at: datetime | None
    ) -> None:
        moment = in_taipei(at) if at else _now()
        self._log.append(AuditEntry(moment, who, post.post_id, before, after, why))

    def _since(self, post: PlannedPost) -> datetime | None:
        """When the post came into its status, as far as the record knows."""
        return next(
            (e.at for e in reversed(self._log) if e.post_id == post.post_id and e.before != e.after), None
        )


def _alone(posts: Sequence[PlannedPost]) -> Iterator[Finding]:
    """What is wrong with each post whatever the others are."""
    for post in posts:
        for p in limits.problems(post):
            yield Finding(
                "limit",
                p.severity,
                (post.post_id,),
                f"{limits.FIELDS.get(p.field, p.field)}：{p.what}",
                p.fix,
            )
    yield from conflicts.windows(posts)
    yield from conflicts.sensitive(posts)
    yield from conflicts.unset(posts)


def _near(post: PlannedPost, other: PlannedPost) -> bool:
    """Whether two posts of one platform are close enough to disturb each other."""
    if post.publish_at is None or other.publish_at is None:
        return True
    return abs(post.publish_at - other.publish_at) <= conflicts.ECHO


def _mild(finding: Finding) -> bool:
    return finding.severity != "error"


def _when(post: PlannedPost) -> tuple[bool, float]:
    return post.publish_at is None, post.publish_at.timestamp() if post.publish_at else 0.0


def _now() -> datetime:
    return in_taipei(datetime.now(ZONE))
