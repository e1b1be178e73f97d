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

MOST_STRETCHES = 1_000_000
"""How many are kept in memory; places beyond them are left to the law, row by row."""

_EARLIEST = EPOCH.replace(tzinfo=UTC) + timedelta(days=1)
_LATEST = datetime(2101, 1, 2, tzinfo=UTC)
"""Between these is every time that can be read."""

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
    """What is said of any span of a stretch, but for what is covered."""

    outcome: Outcome
    ahead: tuple[int, ...]
    """By how many seconds the clocks are ahead of UTC of the parts where it is in force."""


class Crib:
    """The stretches of places, in order of place, clock and time, each thing in a list of its own.

    A clock is 0 for readings of the place's own, 1 for UTC.
    """

    def __init__(self, judge: Judge, places: Iterable[Place]) -> None:
        self.texts: list[str] = []
        """Of the places; all else refers to them by their positions here."""
        self.places, self.clocks = array("q"), array("q")
        self.starts, self.stops = array("q"), array("q")
        """The first second of each stretch, and the one after its last."""
        self.sayings = array("q")
        self._said: dict[Said, int] = {}
        self._judge = judge
        for place in places:
            self._take_in(place)

    @property
    def said(self) -> list[Said]:
        """What is said, by the numbers in `sayings`."""
        return list(self._said)

    def _take_in(self, place: Place) -> None:
        self.texts.append(place.text)
        if place.first is None or place.last is None or len(self.starts) >= MOST_STRETCHES:
            return
        reach = Span(
            max(_midnight(place.first) - _AROUND, _EARLIEST),
            min(_midnight(place.last) + _AROUND, _LATEST),
        )
        try:
            found = self._judge.place(place.text)
        except ROW_ERRORS as wrong:
            start, end = (bound.replace(tzinfo=None) for bound in (reach.start, reach.end))
            for clock in (0, 1):
                self._add(clock, Stretch(start, end, Outcome(error=wrong.code), ()))
            return
        try:
            inquiry = self._judge.inquiry(found)
        except ROW_ERRORS:
            return
        if lasting(inquiry):
            for clock, (asked, find) in enumerate(
                [(place.local, of_readings), (place.offset, of_instants)]
            ):
                for stretch in _found(find, inquiry, reach) if asked else ():
                    self._add(clock, stretch)

    def _add(self, clock: int, stretch: Stretch) -> None:
        start, stop = _seconds(stretch)
        if start < stop:
            ahead = tuple(int(offset.total_seconds()) for offset in stretch.ahead)
            said = Said(stretch.outcome, ahead)
            self.places.append(len(self.texts) - 1)
            self.clocks.append(clock)
            self.starts.append(start)
            self.stops.append(stop)
            self.sayings.append(self._said.setdefault(said, len(self._said)))


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
