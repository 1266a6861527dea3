"""The clock of an office in Taiwan: working hours between two times, and the time some working hours away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ..moments.official import is_workday
from .planned import ZONE, in_taipei

_FARTHEST = 366
"""Days to look for the next working day; no office closes a year."""


@dataclass(frozen=True)
class WorkClock:
    """Working hours of each working day, Asia/Taipei; weekends and days off by law do not count.

    opens, closes: the office's hours (設計參數). Lunch counts as working time.

    >>> clock = WorkClock()
    >>> friday = datetime(2026, 2, 13, 15, tzinfo=ZONE)
    >>> clock.after(friday, 8).isoformat()
    '2026-02-23T14:00:00+08:00'
    """

    opens: time = time(9)
    closes: time = time(18)

    @property
    def day_hours(self) -> float:
        """Working hours of one day."""
        return _hours(self._at(date(2026, 1, 5), self.opens), self._at(date(2026, 1, 5), self.closes))

    def between(self, start: datetime, end: datetime) -> float:
        """Working hours from one time to another; negative when ``end`` comes first.

        >>> WorkClock().between(datetime(2026, 9, 24, 17, tzinfo=ZONE), datetime(2026, 9, 29, 10, tzinfo=ZONE))
        2.0
        """
        start, end = in_taipei(start), in_taipei(end)
        if end < start:
            return -self.between(end, start)
        days = (start.date() + timedelta(step) for step in range((end.date() - start.date()).days + 1))
        return sum(self._overlap(day, start, end) for day in days if is_workday(day))

    def after(self, start: datetime, hours: float) -> datetime:
        """When some working hours from ``start`` are over."""
        now, left = in_taipei(start), hours
        for step in range(_FARTHEST):
            day = now.date() + timedelta(step)
            if not is_workday(day):
                continue
            begin = max(now, self._at(day, self.opens))
            room = _hours(begin, self._at(day, self.closes))
            if room > 0 and left <= room:
                return begin + timedelta(hours=left)
            left -= max(room, 0)
        raise OverflowError("no such working time within a year")

    def before(self, end: datetime, hours: float) -> datetime:
        """The latest time from which some working hours are over by ``end``.

        >>> WorkClock().before(datetime(2026, 2, 17, 12, tzinfo=ZONE), 8).isoformat()
        '2026-02-13T10:00:00+08:00'
        """
        now, left = in_taipei(end), hours
        for step in range(_FARTHEST):
            day = now.date() - timedelta(step)
            if not is_workday(day):
                continue
            finish = min(now, self._at(day, self.closes))
            room = _hours(self._at(day, self.opens), finish)
            if room > 0 and left <= room:
                return finish - timedelta(hours=left)
            left -= max(room, 0)
        raise OverflowError("no such working time within a year")

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, tzinfo=ZONE)

    def _overlap(self, day: date, start: datetime, end: datetime) -> float:
        begin, finish = max(start, self._at(day, self.opens)), min(end, self._at(day, self.closes))
        return max(_hours(begin, finish), 0.0)


def _hours(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 3600
