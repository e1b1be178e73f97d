"""ISO 8601 text to spans of time and back.

A time that is written stands for all of it: `2024-07-03` is the whole day, `2024-07-04T23:59` the
whole minute. Spans are half-open and in UTC. Questions and rule files follow the same law.

Wall clocks are read in `zones`, and only there.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Self

from sca import zones
from sca.errors import InvalidTime, SkippedTime

FOREVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""The end of a span that has none: until further notice."""

MOMENT_FORMS = (
    "write 2024-07-03, 2024-07-03T14:00 or 2024-07-03T14:00:30 "
    "(Z or +05:00 after an hour if wanted)"
)
FORMS = f"{MOMENT_FORMS}, two of them as A/B, A/P3D, A/PT6H, or now"

_DAY, _MINUTE, _SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
_YEARS = range(1970, 2101)
_WIDEST_OFFSET = timedelta(hours=14)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?([Zz]|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
_DURATION = re.compile(r"P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?)?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The instants from `start` up to, but not including, `end`, both in UTC."""

    start: datetime
    end: datetime = FOREVER

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def overlaps(self, other: Self) -> bool:
        return self.start < other.end and other.start < self.end

    def meet(self, other: Self) -> "Span | None":
        """What both have in common."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same instants as few spans in order, none of which touch."""
    whole: list[Span] = []
    for span in sorted(spans):
        if whole and span.start <= whole[-1].end:
            whole[-1] = Span(whole[-1].start, max(whole[-1].end, span.end))
        else:
            whole.append(span)
    return tuple(whole)


def hull(spans: Iterable[Span]) -> Span:
    """The shortest span that holds them all."""
    every = list(spans)
    return Span(min(s.start for s in every), max(s.end for s in every))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a written time means on one clock; `twice` where that clock showed it two times."""

    span: Span
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Duration:
    """So many days by the calendar, then so much time by a stopwatch."""

    days: int
    time: timedelta

    def __str__(self) -> str:
        minutes = self.time // _MINUTE
        hours = f"{minutes // 60}H" if minutes // 60 else ""
        rest = f"{minutes % 60}M" if minutes % 60 else ""
        return f"P{self.days}D" * bool(self.days or not minutes) + (
            f"{'' if self.days else 'P'}T{hours}{rest}" if minutes else ""
        )


@dataclass(frozen=True, slots=True)
class Moment:
    """One written time: a day, a minute or a second, with its own offset from UTC or without."""

    wall: datetime
    unit: timedelta
    offset: timedelta | None = None

    def __str__(self) -> str:
        form = {_DAY: "%Y-%m-%d", _MINUTE: "%Y-%m-%dT%H:%M"}.get(self.unit, "%Y-%m-%dT%H:%M:%S")
        return self.wall.strftime(form) + _offset_text(self.offset)

    @property
    def is_day(self) -> bool:
        """Whether it is written without an hour."""
        return self.unit == _DAY

    def reading(self, zone: str) -> Reading:
        """All of it on the clock of `zone` (an IANA key), unless it has an offset of its own.

        Raises SkippedTime where that clock never shows it.
        """
        if self.offset is not None:
            start = _at_offset(self.wall, self.offset)
            return Reading(Span(start, start + self.unit))
        stretch = zones.stretch(self.wall, self.wall + self.unit, zone)
        if stretch is None:
            before, after = zones.jump(self.wall, zone)
            raise SkippedTime(
                f"{str(self)!r} never came in {zone}: clocks there went from "
                f"{before:%Y-%m-%d %H:%M} to {after:%Y-%m-%d %H:%M}; ask for a time before or after"
            )
        start, end, twice = stretch
        return Reading(Span(start, end), twice)

    def after(self, duration: Duration, zone: str) -> datetime:
        """The instant exactly that long after its start."""
        wall = self.wall + timedelta(days=duration.days)
        if self.offset is not None:
            return _at_offset(wall, self.offset) + duration.time
        if not duration.days:
            return self.reading(zone).span.start + duration.time
        return zones.end(wall, zone) + duration.time


@dataclass(frozen=True, slots=True)
class When:
    """A time asked about: `first` alone, from `first` to the end of `last`, or for a `duration`.

    A moment that is None is the present one.
    """

    text: str
    first: Moment | None
    last: Moment | None = None
    duration: Duration | None = None
    interval: bool = False

    @property
    def needs_now(self) -> bool:
        """Whether it says now somewhere."""
        open_end = self.interval and self.duration is None and self.last is None
        return self.first is None or open_end

    @property
    def needs_clock(self) -> bool:
        """Whether any of it is written without an offset."""
        return any(moment and moment.offset is None for moment in (self.first, self.last))

    def reading(self, zone: str, now: datetime) -> Reading:
        """The span it means on the clock of `zone`, the present being `now` (aware).

        Raises InvalidTime where it ends before it starts, SkippedTime where a clock has no such
        time.
        """
        first = _reading(self.first, zone, now)
        if self.duration is not None:
            end = self._end(self.duration, first.span.start, zone)
            return Reading(Span(first.span.start, end), first.twice)
        if not self.interval:
            return first
        last = _reading(self.last, zone, now)
        if last.span.end <= first.span.start:
            raise InvalidTime(f"{self.text!r} ends before it starts; write the earlier time first")
        return Reading(Span(first.span.start, last.span.end), first.twice or last.twice)

    def _end(self, duration: Duration, start: datetime, zone: str) -> datetime:
        if self.first is not None:
            return self.first.after(duration, zone)
        return later(start, duration, zone)


def later(start: datetime, duration: Duration, zone: str) -> datetime:
    """The instant that long after another: days by the calendar of a zone, hours as they pass."""
    if not duration.days:
        return start + duration.time
    wall = zones.local(start, zone).replace(tzinfo=None)
    return Moment(wall, _SECOND).after(duration, zone)


def read(text: str) -> When:
    """The time that a question is about. Raises InvalidTime."""
    first, slash, last = text.partition("/")
    start = _moment_or_now(first, text)
    if not slash:
        return When(text, start)
    if last.startswith("P"):
        duration = read_duration(last, text)
        if duration.time and start is not None and start.is_day:
            raise InvalidTime(
                f"{text!r}: hours do not go with a day; say the hour it starts, "
                f"as {start}T00:00/{last}"
            )
        return When(text, start, duration=duration, interval=True)
    when = When(text, start, _moment_or_now(last, text), interval=True)
    _refuse_reversed(when)
    return when


def read_moment(text: str, within: str | None = None) -> Moment:
    """One written time, as a bound in a rule file has it. Raises InvalidTime.

    `within` is the longer text that it is a part of, for the message.
    """
    whole, forms = within or text, FORMS if within else MOMENT_FORMS
    match = _MOMENT.fullmatch(text)
    if match is None:
        way_out = _way_out(text, forms) if text == whole else forms
        raise InvalidTime(f"{whole!r} is not a time; {way_out}")
    year, month, day, hour, minute, second, offset = match.groups()
    if int(year) not in _YEARS:
        raise InvalidTime(f"{whole!r}: the year must be from 1970 to 2100")
    unit = _DAY if hour is None else _MINUTE if second is None else _SECOND
    midnight = hour == "24" and minute == "00" and second in {None, "00"}
    try:
        wall = datetime(
            int(year), int(month), int(day),
            0 if midnight else int(hour or 0), int(minute or 0), int(second or 0),
        )  # fmt: skip
    except ValueError as error:
        raise InvalidTime(f"{whole!r} is not a time: {error}; {forms}") from None
    wall += _DAY if midnight else timedelta(0)
    if wall.year not in _YEARS:
        raise InvalidTime(f"{whole!r}: the year must be from 1970 to 2100")
    return Moment(wall, unit, _read_offset(offset, whole))


def read_duration(text: str, within: str | None = None) -> Duration:
    """A stretch such as `P3D`, `PT6H` or `P1DT12H`. Raises InvalidTime."""
    told = f"{within!r}: {text!r}" if within else repr(text)
    match = _DURATION.fullmatch(text)
    days, hours, minutes = (int(n or 0) for n in match.groups()) if match else (0, 0, 0)
    if not (days or hours or minutes) or text.endswith("T"):
        raise InvalidTime(
            f"{told} is not a length of time; write days as P3D, hours as PT6H, minutes as PT90M"
        )
    if days > 366 * 131 or hours > 24 * 366 * 131 or minutes > 60 * 24 * 366 * 131:
        raise InvalidTime(f"{told} is longer than 131 years")
    return Duration(days, timedelta(hours=hours, minutes=minutes))


def read_age(text: str) -> Duration:
    """How old something may be: `P90D`, `90d` or `36h`. Raises InvalidTime."""
    match = re.fullmatch(r"(\d{1,9})([dh])", text, re.ASCII)
    if match is None:
        return read_duration(text)
    return read_duration(f"P{match[1]}D" if match[2] == "d" else f"PT{match[1]}H")


def read_instant(text: str) -> datetime:
    """The start of a written time that has an offset, for setting a clock. Raises InvalidTime."""
    moment = read_moment(text)
    if moment.offset is None:
        raise InvalidTime(f"{text!r}: a clock needs an offset; write 2024-07-03T14:00Z or +05:00")
    return _at_offset(moment.wall, moment.offset)


def utc_text(instant: datetime) -> str:
    """`2024-07-01T19:01:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_text(instant: datetime, zone: str) -> str:
    """The same instant on the clock of a zone: `2024-07-02T00:01:00+05:00`."""
    return zones.local(instant, zone).isoformat(timespec="seconds")


def _reading(moment: Moment | None, zone: str, now: datetime) -> Reading:
    return (moment or _moment_at(now)).reading(zone)


def _moment_at(now: datetime) -> Moment:
    wall = now.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return Moment(wall, _SECOND, timedelta(0))


def _moment_or_now(text: str, whole: str) -> Moment | None:
    return None if text == "now" else read_moment(text, whole)


def _refuse_reversed(when: When) -> None:
    """Refuse at once what reads backwards, before any place is known.

    A clock that goes back could put right a few of these; they are slips all the same.
    """
    first, last = when.first, when.last
    if first is None or last is None or (first.offset is None) != (last.offset is None):
        return
    start = first.wall - (first.offset or timedelta(0))
    end = last.wall - (last.offset or timedelta(0)) + last.unit
    if end <= start:
        raise InvalidTime(f"{when.text!r} ends before it starts; write the earlier time first")


def _at_offset(wall: datetime, offset: timedelta) -> datetime:
    return wall.replace(tzinfo=timezone(offset)).astimezone(UTC)


def _read_offset(text: str | None, whole: str) -> timedelta | None:
    if text is None:
        return None
    if text in {"Z", "z"}:
        return timedelta(0)
    hours, minutes = int(text[1:3]), int(text[4:])
    offset = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or offset > _WIDEST_OFFSET:
        raise InvalidTime(
            f"{whole!r}: no clock is {text} from UTC; offsets go from -14:00 to +14:00"
        )
    return -offset if text[0] == "-" else offset


def _offset_text(offset: timedelta | None) -> str:
    if offset is None:
        return ""
    if not offset:
        return "Z"
    minutes = abs(offset) // _MINUTE
    return f"{'-' if offset < timedelta(0) else '+'}{minutes // 60:02}:{minutes % 60:02}"


def _way_out(text: str, forms: str) -> str:
    from sca.mistyped import plausible_time

    meant = plausible_time(text)
    return f"did you mean {meant}?" if meant else forms
