"""What can be known of a table's places before its rows are read."""

import math
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sca.inquiry import Inquiry
from sca.screening.judging import ROW_ERRORS, Judge, Outcome
from sca.screening.stretches import Stretch, lasting, of_instants, of_readings
from sca.spans import Span

EPOCH = datetime(1969, 12, 25)
"""From which seconds are counted; before all that a time can mean."""

SECONDS = 33
"""Bits that hold all seconds from then on."""

WORDS = 12
"""Bits of a verdict's number that hold what is said but for the advisories."""

MOST_STRETCHES = 1_000_000
"""How many are kept in memory; places beyond them are left to the law, row by row."""

_EARLIEST = EPOCH.replace(tzinfo=UTC) + timedelta(days=1)
_LATEST = datetime(2101, 1, 2, tzinfo=UTC)
"""Between these is every time that can be read."""

_ALL_TIME = (0, (1 << SECONDS) - 1)
_AROUND = timedelta(days=40)
"""How far beyond the times that were seen others are looked for."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place as a table names it, and the times in that table."""

    text: str
    first: date | None
    """The first day that is written in any row, and the last; None where there is none."""
    last: date | None
    local: bool
    """Whether any time is without an offset."""
    offset: bool
    """Whether any has one."""


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict but for its advisories."""

    answer: str
    level: str
    error: str
    ahead: tuple[int, ...]
    """By how many seconds the clocks are ahead of UTC of the parts where it is in force."""


class Crib:
    """The places by their numbers, and stretches in order of place, clock and time.

    A clock is 0 for readings of the place's own, 1 for UTC.
    """

    def __init__(self, judge: Judge, places: Iterable[Place]) -> None:
        self.texts: list[str] = []
        self.ids: list[str] = []
        """Of each place; empty where its text means none."""
        self.starts, self.stops, self.verdicts = array("q"), array("q"), array("q")
        """Of each stretch: its first second, after its place and clock; its end; its verdict."""
        self._said: dict[Said, int] = {}
        self._advisories: dict[str, int] = {"": 0}
        self._judge = judge
        for place in places:
            self._take_in(place)

    @property
    def said(self) -> list[Said]:
        """What verdicts say, by the lower bits of their numbers."""
        return list(self._said)

    @property
    def advisories(self) -> list[str]:
        """The advisories of verdicts, by the upper bits of their numbers."""
        return list(self._advisories)

    def _take_in(self, place: Place) -> None:
        number = len(self.texts)
        self.texts.append(place.text)
        try:
            self.ids.append(self._judge.place(place.text).id)
        except ROW_ERRORS as wrong:
            self.ids.append("")
            for clock in (0, 1):
                self._add(number, clock, *_ALL_TIME, Outcome(error=wrong.code), ())
            return
        if len(self.starts) < MOST_STRETCHES:
            for clock, stretch in self._stretches(place):
                start, stop = _seconds(stretch)
                if start < stop:
                    self._add(number, clock, start, stop, stretch.outcome, stretch.ahead)

    def _stretches(self, place: Place) -> Iterator[tuple[int, Stretch]]:
        if place.first is None or place.last is None:
            return
        reach = Span(
            max(_midnight(place.first) - _AROUND, _EARLIEST),
            min(_midnight(place.last) + _AROUND, _LATEST),
        )
        try:
            inquiry = self._judge.inquiry(self._judge.place(place.text))
        except ROW_ERRORS:
            return
        if reach.start < reach.end and lasting(inquiry):
            for clock, (asked, find) in enumerate(
                [(place.local, of_readings), (place.offset, of_instants)]
            ):
                if asked:
                    yield from ((clock, stretch) for stretch in _found(find, inquiry, reach))

    def _add(
        self,
        place: int,
        clock: int,
        start: int,
        stop: int,
        outcome: Outcome,
        ahead: tuple[timedelta, ...],
    ) -> None:
        offsets = tuple(int(offset.total_seconds()) for offset in ahead)
        words = Said(outcome.answer, outcome.level, outcome.error, offsets)
        said = self._said.setdefault(words, len(self._said))
        if said >> WORDS:
            return
        listed = self._advisories.setdefault(outcome.advisories, len(self._advisories))
        self.starts.append(((place * 2 + clock) << SECONDS) + start)
        self.stops.append(stop)
        self.verdicts.append((listed << WORDS) + said)


def _found(
    find: Callable[[Inquiry, Span], Iterator[Stretch]], inquiry: Inquiry, reach: Span
) -> list[Stretch]:
    """All stretches, or none where a time that they depend on cannot be read on some clock."""
    try:
        return list(find(inquiry, reach))
    except ROW_ERRORS:
        return []


def _seconds(stretch: Stretch) -> tuple[int, int]:
    """The whole seconds of a stretch."""
    start, end = ((wall - EPOCH).total_seconds() for wall in (stretch.start, stretch.end))
    return math.ceil(start), math.floor(end)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
