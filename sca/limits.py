"""Where and when a measure or a piece of advice bites, within the advisory it belongs to."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sca import zones
from sca.errors import InvalidTime
from sca.levels import Level
from sca.places import Place
from sca.spans import Moment, Span

if TYPE_CHECKING:
    from dateutil.rrule import rrulebase

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)/([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS = {
    "FREQ", "INTERVAL", "UNTIL", "WKST",
    "BYMONTH", "BYMONTHDAY", "BYDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS",
}  # fmt: skip
_LATE = 9590
"""A year with a whole round of the calendar, which is one of 400 years, ahead of it."""
_LAST = datetime(2300, 1, 1, tzinfo=UTC)
"""Up to when days are gone through: no question reaches farther."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From `first` through the whole minute of `last`, each day; across midnight if it is less."""

    first: time
    last: time

    def __str__(self) -> str:
        return f"{self.first:%H:%M}/{self.last:%H:%M}"

    def on(self, day: date, zone: str) -> Span | None:
        """Those that begin on a day, in the widest reading; None where the clock skipped them."""
        start = datetime.combine(day, self.first)
        end = datetime.combine(day, self.last) + _MINUTE
        end += _DAY if self.last < self.first else timedelta(0)
        found = zones.stretch(start, end, zone)
        return Span(*found[:2]) if found else None


@dataclass(frozen=True, slots=True)
class Limits:
    """What must hold for it to bite; an empty one bites everywhere and always."""

    levels: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    settings: tuple[str, ...] = ()
    onset: Moment | None = None
    expires: Moment | None = None
    hours: Hours | None = None
    recurs: str | None = None
    """The days on which it bites, an RFC 5545 rule that counts from the day of `onset`."""

    @property
    def recurring(self) -> bool:
        """Whether it bites only at some hours, or on some days."""
        return self.hours is not None or self.recurs is not None

    def allow(self, level: Level, place: Place) -> bool:
        """Whether it can bite at this level, somewhere in this place."""
        if self.levels and level.id not in self.levels:
            return False
        return not self.places or any(
            place.lies_in(named) or named.lies_in(place) for named in self.places
        )

    def times(self, span: Span, since: datetime, zone: str) -> Iterator[Span]:
        """The parts of a span in which it bites, in order, from the one that ends after `since`.

        Its hours and days are those of `zone`.
        """
        window = self.window(span, zone)
        if window is None or window.end <= since:
            return
        if not self.recurring:
            yield window
            return
        for day in self._days(window, max(since, window.start), zone):
            bites = (self.hours or _WHOLE_DAY).on(day, zone)
            part = bites.meet(window) if bites else None
            if part and part.end > since:
                yield part

    def window(self, span: Span, zone: str) -> Span | None:
        """The part of a span between its own bounds, read on the clock of `zone`, if any."""
        start = self.onset.reading(zone).span.start if self.onset else span.start
        end = self.expires.reading(zone).span.end if self.expires else span.end
        return span.meet(Span(start, end)) if start < end else None

    def _days(self, window: Span, since: datetime, zone: str) -> Iterator[date]:
        """The days on which its hours may begin that reach past `since`."""
        first = zones.local(since, zone).date() - _DAY
        last = zones.local(min(window.end, _LAST), zone).date()
        if self.recurs is not None:
            yield from _recurring(self.recurs, self.onset, first, last)
        else:
            yield from (first + _DAY * n for n in range((last - first).days + 1))


ANYWHERE = Limits()
_WHOLE_DAY = Hours(time(0, 0), time(23, 59))


def read_hours(text: str) -> Hours:
    """`23:00/07:00`. Raises InvalidTime."""
    match = _HOURS.fullmatch(text)
    if match is None:
        raise InvalidTime(f"{text!r} are no hours of a day; write them as 23:00/07:00")
    first, second, third, fourth = map(int, match.groups())
    return Hours(time(first, second), time(third, fourth))


def read_recurrence(text: str) -> str:
    """An RFC 5545 rule of days such as `FREQ=WEEKLY;BYDAY=SA,SU`. Raises InvalidTime."""
    parts = _parts(text)
    if parts.get("FREQ") not in _FREQUENCIES:
        raise InvalidTime(f"{text!r} must say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    for key in sorted(parts.keys() - _PARTS):
        raise InvalidTime(f"{text!r}: {key!r} is not for days; use UNTIL, and hours beside it")
    if len(parts) <= text.count(";"):
        raise InvalidTime(f"{text!r} says something twice")
    if not re.fullmatch(r"[1-9]\d{0,3}", parts.get("INTERVAL", "1"), re.ASCII):
        raise InvalidTime(f"{text!r}: write every other as INTERVAL=2, and so on")
    if _until(parts) is None:
        raise InvalidTime(f"{text!r}: write the last day as UNTIL=20240704")
    try:
        days = _rule(parts | {"INTERVAL": "1"}, date(_LATE, 1, 1), date.max)
        comes = any(True for _ in days)
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidTime(f"{text!r} is no recurrence of RFC 5545: {error}") from None
    if not comes:
        raise InvalidTime(f"{text!r} is of days that never come")
    return text


def _parts(text: str) -> dict[str, str]:
    return dict(part.partition("=")[::2] for part in text.split(";"))


def _until(parts: Mapping[str, str]) -> date | None:
    """The last day that a rule has, be it that of the calendar; None where it does not read."""
    text = parts.get("UNTIL", f"{date.max:%Y%m%d}")
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{8}", text, re.ASCII) else None
    except ValueError:
        return None


def _recurring(text: str, onset: Moment | None, first: date, last: date) -> Iterator[date]:
    """The days of a recurrence from `first` through `last`, worked out as they are asked for."""
    parts = _parts(text)
    begin = onset.wall.date() if onset else first
    last = min(last, _until(parts) or last)
    if last < begin:
        return
    # Dateutil goes on until the year 9999 where no day comes any more. The calendar is the same
    # every 400 years, and so it is asked of late ones, from where that is not far.
    ahead = (_LATE - last.year) // 400 * 400
    rule = _rule(parts, _years_on(begin, ahead), _years_on(last, ahead))
    days = (_years_on(day.date(), -ahead) for day in rule)
    yield from (day for day in days if day >= first)


def _rule(parts: Mapping[str, str], begin: date, last: date) -> "rrulebase":
    from dateutil.rrule import rrulestr

    # Naive starts: dateutil would not see that clocks change.
    bounded = {**parts, "UNTIL": f"{last:%Y%m%d}"}
    text = ";".join(f"{key}={value}" for key, value in bounded.items())
    return rrulestr(text, dtstart=_midnight(begin), ignoretz=True)


def _years_on(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
