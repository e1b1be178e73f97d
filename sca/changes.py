"""What became known in between: bulletin by bulletin, what it made of what was said before."""

import itertools
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sca.advisory import Advisory, Bulletin, Segment
from sca.history import Turn, turn
from sca.levels import Level
from sca.places import Place
from sca.spans import Span


class Act(StrEnum):
    """What a bulletin does to what was said of a place before."""

    DECLARED = "declared"
    RAISED = "raised"
    LOWERED = "lowered"
    EXTENDED = "extended"
    SHORTENED = "shortened"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A level, and how long it holds without a break."""

    level: Level
    span: Span


@dataclass(frozen=True, slots=True)
class Change:
    """What one bulletin changed in the same way at some of the places that it speaks for."""

    known: datetime
    """The instant by which it was issued, given the precision of that time."""
    advisory: Advisory
    number: int
    """Which of its bulletins it is, counted from 1."""
    act: Act
    places: tuple[Place, ...]
    apart: tuple[Place, ...]
    """Places in those for which this is not so: they were excepted, or have a change of their own.
    """
    onset: datetime
    before: tuple[Stretch, ...]
    """What was to hold from the onset on; nothing where it is declared."""
    after: tuple[Stretch, ...]
    """What is to hold now; nothing where it is cancelled."""

    @property
    def bulletin(self) -> Bulletin:
        return self.advisory.bulletins[self.number - 1]


def changes(
    advisories: Iterable[Advisory], span: Span, asked: Collection[Place] = ()
) -> tuple[Change, ...]:
    """What became known in a span, in order; of places asked about, what bears on any of them.

    Bulletins of an advisory that became known at the same instant are one word: of a country whose
    level is taken back by one, and a region in it that is given a lower one by the next, it tells
    that the region's was lowered.
    """
    found = [
        change
        for advisory in advisories
        for known, numbers in _words(advisory)
        if known in span
        for change in _changes(advisory, known, numbers, asked)
    ]
    return tuple(sorted(found, key=lambda c: (c.known, c.advisory.id, c.number)))


def _words(advisory: Advisory) -> Iterator[tuple[datetime, range]]:
    """The numbers of bulletins in a row that became known at one instant, and that instant."""
    zone = advisory.clock(advisory.places[0]) if advisory.places else "Etc/UTC"
    known = [bulletin.issued.reading(zone).span.end for bulletin in advisory.bulletins]
    first = 1
    for instant, row in itertools.groupby(known):
        limit = first + len([*row])
        yield instant, range(first, limit)
        first = limit


def _changes(
    advisory: Advisory, known: datetime, numbers: range, asked: Collection[Place]
) -> Iterator[Change]:
    # Places that only a later bulletin names had no history of their own yet.
    places = replace(advisory, bulletins=advisory.bulletins[: numbers.stop - 1]).places
    turns = [told for place in places if (told := turn(advisory, numbers, place))]
    groups: dict[Change, list[Place]] = {}
    for told in turns:
        before, after = _stretches(told.before), _stretches(told.after)
        act = act_of(told)
        if act is not None:
            change = Change(known, advisory, told.bulletin, act, (), (), told.onset, before, after)
            groups.setdefault(change, []).append(told.place)
    for change, same in groups.items():
        bearing = tuple(place for place in same if _bears_on(place, asked, places))
        if bearing:
            yield replace(change, places=bearing, apart=_apart(bearing, same, places))


def _bears_on(named: Place, asked: Collection[Place], places: Iterable[Place]) -> bool:
    """Whether a named place lies in or, of all that are named, nearest around one asked about."""
    return not asked or any(
        named.lies_in(place)
        or place.may_lie_in(named)
        or (place.lies_in(named) and not _nearer(place, named, places))
        for place in asked
    )


def _nearer(place: Place, named: Place, places: Iterable[Place]) -> bool:
    return any(place.lies_in(other) and _inside(other, named) for other in places)


def _apart(
    bearing: Sequence[Place], same: Container[Place], places: Iterable[Place]
) -> tuple[Place, ...]:
    return tuple(
        other
        for other in places
        if other not in same and any(_inside(other, place) for place in bearing)
    )


def _inside(place: Place, other: Place) -> bool:
    return place.id != other.id and place.lies_in(other)


def _stretches(told: Iterable[Segment]) -> tuple[Stretch, ...]:
    """Segments as levels: one goes on in the next, whichever bulletin says so."""
    stretches: list[Stretch] = []
    for segment in told:
        last = stretches[-1] if stretches else None
        if last and last.level == segment.level and last.span.end == segment.span.start:
            stretches[-1] = Stretch(last.level, Span(last.span.start, segment.span.end))
        else:
            stretches.append(Stretch(segment.level, segment.span))
    return tuple(stretches)


def act_of(told: Turn) -> Act | None:
    """What bulletins do at a place; None where all stays as it was."""
    before, after = _stretches(told.before), _stretches(told.after)
    if before == after:
        return None
    if not before:
        return Act.DECLARED
    if not after:
        return Act.CANCELLED
    graver = _graver(before, after, told.onset)
    if graver:
        return Act.RAISED if graver > 0 else Act.LOWERED
    return Act.EXTENDED if _reach(after) >= _reach(before) else Act.SHORTENED


def _graver(before: Sequence[Stretch], after: Sequence[Stretch], onset: datetime) -> int:
    """Above zero where it is raised, below where it is lowered, zero where no level is another."""
    instants = sorted({onset, *(s.span.start for s in (*before, *after))})
    both = [
        after_rank - before_rank
        for instant in instants
        if (before_rank := _rank(before, instant)) >= 0 <= (after_rank := _rank(after, instant))
    ]
    up, down = max(both, default=0), min(both, default=0)
    if up > 0 > down:
        return _rank(after, onset) - _rank(before, onset) or next(filter(None, both))
    # Levels that never meet, as of what was put off, compare by the gravest.
    return up or down or _gravest(after) - _gravest(before)


def _rank(stretches: Iterable[Stretch], instant: datetime) -> int:
    return next((s.level.rank for s in stretches if instant in s.span), -1)


def _gravest(stretches: Iterable[Stretch]) -> int:
    return max(stretch.level.rank for stretch in stretches)


def _reach(stretches: Sequence[Stretch]) -> tuple[datetime, timedelta]:
    """How late it ends, then how long it lasts."""
    lengths = (stretch.span.end - stretch.span.start for stretch in stretches)
    return stretches[-1].span.end, sum(lengths, timedelta(0))
