"""What holds where, as time goes by: the rows and bars of a timeline. Pure: no I/O, no clock."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sca.advisory import Advisory, Doubt, Segment
from sca.evaluate import bears_on
from sca.levels import Level, Threshold
from sca.places import Place
from sca.question import Part, Question
from sca.spans import FOREVER, Span, merged
from sca.watches import Hole

ALWAYS = Span(datetime.min.replace(tzinfo=FOREVER.tzinfo), FOREVER)

_AIR = 50
"""Which part of its length is left free at an end of a scale that nobody set."""

_ALONE = timedelta(days=15)
"""How much is shown on each side of a moment where there is nothing else to go by."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One level of an advisory that holds for a span in a row's place, or in some part of it.

    `places` are those in whose name it holds: what the advisory names, which may lie around.
    """

    advisory: Advisory
    level: Level
    span: Span
    bulletin: int
    doubt: Doubt | None
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What holds at one place, or by one advisory, as time goes by."""

    bars: tuple[Bar, ...]
    places: tuple[Place, ...]
    """The parts of the place asked about that it tells of; of an advisory, what it holds in."""
    place: Place | None = None
    """Its place; None where it is about an advisory."""
    rest: bool = False
    """Whether it tells what holds in all of its place that has no other row."""
    depth: int = 0
    """How many rows of places around it stand above it."""
    unwatched: tuple[Span, ...] = ()
    """The stretches in which nobody vouches that nothing else was declared."""

    @property
    def clocks(self) -> set[str]:
        """Every clock by which it may be told."""
        if self.place is not None:
            return {zone for place in self.places for zone in place.clocks}
        return {bar.advisory.clock(place) for bar in self.bars for place in bar.places}


@dataclass(frozen=True, slots=True)
class Timeline:
    """Rows over one span of time, and the moment in it that somebody asks about."""

    rows: tuple[Row, ...]
    span: Span
    marked: Span
    timezone: str | None = None
    """The clock that it is told by; None where it is UTC."""
    places: tuple[Place, ...] = ()
    """The places asked about; none where the rows are of all that there is."""
    threshold: Threshold | None = None
    twice: bool = False
    """Whether a clock showed the moment asked about two times."""

    def counts(self, bar: Bar) -> bool:
        """Whether a bar puts something in force: a drill does not, nor an ordinary state."""
        ordinary = bar.level.baseline and self.threshold is None
        return not (ordinary or bar.advisory.exercise)


def main_clock(clocks: Sequence[str], places: Sequence[Place]) -> str | None:
    """The one clock there is, else that of most people in the one place; None where neither is."""
    if len(clocks) == 1:
        return clocks[0]
    return (places[0].timezone or None) if len(places) == 1 else None


def chosen(
    segments: Iterable[Segment], threshold: Threshold | None = None, within: Span = ALWAYS
) -> tuple[Segment, ...]:
    """The segments that are to be seen: not below a threshold, and not outside a span."""
    return tuple(
        segment
        for segment in segments
        if segment.span.overlaps(within)
        and (threshold is None or threshold.passed_by(segment.level))
    )


def by_place(question: Question, segments: Sequence[Segment]) -> tuple[Row, ...]:
    """A row for each part of a place with a history of its own, and one for the rest of it."""
    strands = _Strands(segments)
    parts: dict[str, list[Part]] = {}
    for part in question.parts:
        parts.setdefault(part.place.id, []).append(part)
    whole = _Branch(question.place)
    own: dict[str, _Branch] = {}
    # What is around a place comes before it, so that it can be compared with that.
    for told in sorted(parts.values(), key=lambda told: _outer_first(told[0].place)):
        place = told[0].place
        around = next((own[id] for id in place.within if id in own), whole)
        if all(strands.alike(part, around.place) for part in told):
            around.parts += told
            continue
        own[place.id] = _Branch(place, told)
        around.inside.append(own[place.id])
    return tuple(_rows(whole, strands))


def by_advisory(segments: Iterable[Segment]) -> tuple[Row, ...]:
    """A row for each advisory, by id."""
    told: dict[str, list[Segment]] = {}
    for segment in segments:
        told.setdefault(segment.advisory.id, []).append(segment)
    rows = []
    for _, own in sorted(told.items()):
        places = {segment.place.id: segment.place for segment in own}
        rows.append(Row(_bars(own), tuple(places.values())))
    return tuple(rows)


def bearing_on(question: Question, segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """The segments that hold, or may, in some part of the place asked about."""
    strands = _Strands(segments)
    found: dict[_Key, Segment] = {}
    for part in question.parts:
        for key, told in strands.at(part, part.place).items():
            found |= {(*key, segment.place.id): segment for segment in told}
    return tuple(found.values())


def watched(rows: Iterable[Row], holes: Collection[Hole]) -> tuple[Row, ...]:
    """The rows with the stretches for which nobody vouches at one of their places."""
    told = []
    for row in rows:
        ids = {place.id for place in row.places}
        spans = merged(hole.span for hole in holes if hole.place.id in ids)
        told.append(replace(row, unwatched=spans))
    return tuple(told)


def scale(
    rows: Iterable[Row],
    marked: Span,
    start: datetime | None = None,
    end: datetime | None = None,
    with_mark: bool = False,
) -> Span:
    """The span to show: from `start` to `end`, or to where what is shown begins and ends.

    The moment that is marked is made part of it where that is wanted, or where something goes on
    until further notice.
    """
    bars = [bar.span for row in rows for bar in row.bars]
    bounds = {bound for span in bars for bound in (span.start, span.end) if bound < FOREVER}
    if with_mark or not bounds or any(span.end == FOREVER for span in bars):
        bounds |= {marked.start, marked.end}
    first = min(bounds) if start is None else start
    last = max(bounds) if end is None else end
    alone = not bars or last <= first
    air = _ALONE if alone else max((last - first) / _AIR, timedelta(hours=1))
    return Span(
        _moved(min(first, last), -air) if start is None else start,
        _moved(max(first, last), air) if end is None else end,
    )


_Key = tuple[object, ...]


@dataclass(slots=True)
class _Branch:
    """A place that has a row, the parts that share it, and the branches inside it."""

    place: Place
    parts: list[Part] = field(default_factory=list)
    inside: list["_Branch"] = field(default_factory=list)


_Strand = dict[_Key, tuple[Segment, ...]]


class _Strands:
    """What bears on a place by each clock; every strand is made once."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._known: dict[tuple[str, str | None], _Strand] = {}

    def at(self, part: Part, place: Place) -> _Strand:
        """What holds at a place by the clock of a part, whatever is in doubt marked so."""
        key = (place.id, part.zone)
        if key not in self._known:
            self._known[key] = self._strand(replace(part, place=place))
        return self._known[key]

    def alike(self, part: Part, other: Place) -> bool:
        """Whether the same holds at both, at all times."""
        return self.at(part, part.place).keys() == self.at(part, other).keys()

    def _strand(self, part: Part) -> _Strand:
        readings = [part] + [
            replace(part, place=replace(part.place, within=within))
            for within in part.place.otherwise
        ]
        views = [_by_key(bears_on(reading, self._segments)) for reading in readings]
        strand = {key: told for key, told in views[0].items() if all(key in view for view in views)}
        unsure = [
            s for view in views for key, told in view.items() if key not in strand for s in told
        ]
        unsure += [
            segment
            for segment in self._segments
            if segment.zone in {None, part.zone}
            and any(reading.place.may_lie_in(segment.place) for reading in readings)
        ]
        return strand | _by_key(replace(segment, doubt=Doubt.PLACE) for segment in unsure)


def _by_key(segments: Iterable[Segment]) -> _Strand:
    told: _Strand = {}
    for segment in segments:
        key = _key(segment)
        told[key] = (*told.get(key, ()), segment)
    return told


def _key(segment: Segment) -> _Key:
    """What makes a segment another one to whoever is under it."""
    level, doubt = segment.level, segment.doubt
    return (segment.advisory.id, segment.bulletin, level.scheme, level.id, doubt, segment.span)


def _outer_first(place: Place) -> tuple[int, str]:
    return (len(place.within), place.id)


def _rows(branch: _Branch, strands: _Strands, depth: int = -1) -> Iterable[Row]:
    """The rows of a branch: what is around, then what is inside it; the rest of all goes last."""
    inside = sorted(branch.inside, key=lambda b: (b.place.name.casefold(), b.place.id))
    own = [_row(branch, strands, depth)] if branch.parts else []
    if depth >= 0:
        yield from own
    for inner in inside:
        yield from _rows(inner, strands, depth + 1)
    if depth < 0:
        yield from (replace(row, depth=0, rest=bool(inside)) for row in own)


def _row(branch: _Branch, strands: _Strands, depth: int) -> Row:
    strand = [strands.at(part, part.place).values() for part in branch.parts]
    told = [segment for values in strand for same in values for segment in same]
    places = {part.place.id: part.place for part in branch.parts}
    return Row(_bars(told), tuple(places.values()), branch.place, depth=depth)


def _bars(segments: Iterable[Segment]) -> tuple[Bar, ...]:
    """Each level as it holds, one bar where several places or clocks say the same."""
    spans: dict[tuple[_Key, str], list[Segment]] = {}
    for segment in segments:
        key = _key(segment)[:-1]
        spans.setdefault((key, segment.place.id), []).append(segment)
    places: dict[tuple[_Key, Span], list[Segment]] = {}
    for (key, _), told in spans.items():
        for span in merged(segment.span for segment in told):
            places.setdefault((key, span), []).append(told[0])
    return tuple(sorted((_bar(span, told) for (_, span), told in places.items()), key=_in_order))


def _bar(span: Span, told: Sequence[Segment]) -> Bar:
    first = told[0]
    places = tuple(sorted((segment.place for segment in told), key=lambda place: place.id))
    return Bar(first.advisory, first.level, span, first.bulletin, first.doubt, places)


def _in_order(bar: Bar) -> tuple[object, ...]:
    severity, rank, scheme = bar.level.gravity
    ids = tuple(place.id for place in bar.places)
    doubt = bar.doubt or ""
    return (bar.span, -severity, -rank, scheme, bar.advisory.id, bar.bulletin, doubt, ids)


def _moved(instant: datetime, by: timedelta) -> datetime:
    """The instant so much later, back to the whole hour, or to the whole day where days are added.

    What is added is more than that takes away.
    """
    moved = (instant + by).replace(minute=0, second=0, microsecond=0)
    return moved.replace(hour=0) if abs(by) > timedelta(days=1) else moved
