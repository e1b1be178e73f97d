"""Bulletin upon bulletin: what an advisory comes to, place by place, and what breaks its law.

Each place that an advisory names has a history of its own. A bulletin that speaks for it replaces,
from its onset on, whatever those before it said there.
"""

import itertools
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sca.advisory import Advisory, Bulletin, Doubt, Segment, Then
from sca.levels import Level
from sca.places import Place
from sca.spans import FOREVER, Span, utc_text


@dataclass(frozen=True, slots=True)
class Misstep:
    """Where a bulletin (counted from 1) breaks the law of bulletins, and what to write instead."""

    bulletin: int
    key: str
    problem: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What bulletins in a row make of the history of one place, from their onset on.

    Their onset is taken for its first instant, known or not: what is told is what they say, not
    what may still have held on the day.
    """

    place: Place
    bulletin: int
    """The last of them that speaks for the place."""
    onset: datetime
    before: tuple[Segment, ...]
    """Where nothing was to hold from the onset on, what was to hold up to it, if they go on."""
    after: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """What one bulletin says at one place, with all that it inherits there."""

    number: int
    level: Level | None
    """None: from its onset on no level holds."""
    start: datetime
    """The first instant at which it may have begun."""
    sure: datetime
    """From when on it certainly had; the start itself, where the instant is known."""
    end: datetime
    then: Then | None


@dataclass(frozen=True, slots=True)
class Step:
    """A bulletin, what it says at one place, and the place's history before and after it."""

    bulletin: Bulletin
    act: Act
    before: tuple[Segment, ...]
    after: tuple[Segment, ...]
    first: bool
    """Whether no bulletin before it spoke for the place."""


def segments(
    advisory: Advisory, zone: str | None = None, known: Span | None = None
) -> tuple[Segment, ...]:
    """What holds at each place that it names, on the clock of `zone` where its hours are local.

    With `known`, as somebody knew it who read the bulletins at some instant of that span: of the
    beginnings that may have been all there was, the gravest at each instant. Raises SkippedTime
    where a bound names a time that its clock never showed.
    """
    told: list[Segment] = []
    histories: dict[tuple[str, tuple[int, ...]], tuple[Segment, ...]] = {}
    for place in advisory.places:
        clock = advisory.clock(place, zone)
        key = (clock, _speaking(advisory, place))
        if key not in histories:
            histories[key] = _known_history(advisory, place, clock, known)
        told += [
            Segment(advisory, place, s.span, s.level, s.bulletin, s.doubt, zone)
            for s in histories[key]
        ]
    return tuple(told)


def turn(
    advisory: Advisory, numbers: Container[int], place: Place, steps: Sequence[Step] | None = None
) -> Turn | None:
    """What the bulletins of these numbers, which follow each other, change at a place.

    None where they do not speak for it. `steps` are its history there, if it was walked already.
    Raises SkippedTime.
    """
    if steps is None:
        steps = walk(advisory, place, advisory.clock(place))
    own = [step for step in steps if step.act.number in numbers]
    if not own:
        return None
    before = after = own[0].before
    for step in own:
        after = _replaced(after, replace(step.act, sure=step.act.start), advisory, place)
    onset = min(step.act.start for step in own)
    coming, going_on = _within(before, Span(onset)), _within(after, Span(onset))
    if going_on and not coming:
        coming = tuple(segment for segment in before if segment.span.end == onset)
    return Turn(place, own[-1].act.number, onset, coming, going_on)


def missteps(advisory: Advisory) -> tuple[Misstep, ...]:
    """Every place where its bulletins break the law. Raises SkippedTime."""
    found = list(_out_of_order(advisory))
    # Places for which the same bulletins speak on the same clock share one walk.
    walked_once: dict[tuple[str, tuple[int, ...]], list[Step]] = {}
    walks: dict[str, list[list[Step]]] = {}
    for place in advisory.places:
        speaking = _speaking(advisory, place)
        clocks = (advisory.clock(place, clock) for clock in place.clocks or ("Etc/UTC",))
        for clock in dict.fromkeys(clocks):
            key = (clock, speaking)
            if key not in walked_once:
                walked_once[key] = walk(advisory, place, clock)
            walks.setdefault(place.id, []).append(walked_once[key])
    for number, bulletin in enumerate(advisory.bulletins, 1):
        steps = [
            (place, step)
            for place in advisory.places
            for walked in walks[place.id]
            for step in walked
            if step.act.number == number
        ]
        if not steps:
            found.append(Misstep(number, "places", "speaks for no place; all of them are excepted"))
            continue
        found += _of_level(number, bulletin, steps)
        for place, step in steps:
            found += _of_end(place, step)
            found += _of_lowering(advisory, place, step)
        if bulletin.then and all(step.act.end == FOREVER for _, step in steps):
            found.append(Misstep(number, "then", "stands beside no end; take it out"))
    unique = dict.fromkeys(found)
    first = {(m.bulletin, m.key): m for m in reversed(unique)}
    return tuple(m for m in unique if first[m.bulletin, m.key] == m)


def _out_of_order(advisory: Advisory) -> Iterator[Misstep]:
    places = advisory.places
    zone = advisory.clock(places[0]) if places else "Etc/UTC"
    spans = [bulletin.issued.reading(zone).span for bulletin in advisory.bulletins]
    for number, (above, span) in enumerate(itertools.pairwise(spans), 2):
        if span.end <= above.start:
            yield Misstep(
                number, "issued", "is before that of the bulletin above; put them in that order"
            )


def _of_level(
    number: int, bulletin: Bulletin, steps: Sequence[tuple[Place, Step]]
) -> Iterator[Misstep]:
    if bulletin.level is not None or bulletin.cancels:
        return
    unheard = [place for place, step in steps if step.first]
    if unheard:
        problem = f"is missing; no bulletin before it says one for {unheard[0].name}"
        yield Misstep(number, "level", problem)
    elif all(step.act.level is None for _, step in steps):
        problem = 'is missing, and comes out as none everywhere; say level = "none", or a level'
        yield Misstep(number, "level", problem)


def _of_end(place: Place, step: Step) -> Iterator[Misstep]:
    bulletin, act = step.bulletin, step.act
    if act.level is None:
        return
    if act.end <= act.start:
        key = "duration" if bulletin.duration else "expires"
        said = "" if bulletin.expires or bulletin.duration else "is inherited and "
        problem = f"{said}ends before the onset at {place.name}; say when it ends"
        yield Misstep(act.number, key, problem)
        return
    replaced = max((s.span.end for s in step.before if s.span.end > act.start), default=act.start)
    if bulletin.then is None and act.end < replaced:
        through = "further notice" if replaced == FOREVER else utc_text(replaced)
        problem = (
            f"is missing; at {place.name} the end comes before that of what it replaces "
            f'({through}): say then = "before" if that goes on, then = "none" if not'
        )
        yield Misstep(act.number, "then", problem)


def _of_lowering(advisory: Advisory, place: Place, step: Step) -> Iterator[Misstep]:
    """A place that was named by itself, and that a word on what is around it would lower."""
    number, bulletin = step.act.number, step.bulletin
    if place in bulletin.places:
        return
    earlier = [n for n, b in enumerate(advisory.bulletins[: number - 1], 1) if place in b.places]
    if earlier and _lowered(step):
        problem = (
            f"would leave {place.name} lower than bulletin {earlier[-1]} says; "
            "name it too, or put it under except"
        )
        yield Misstep(number, "places", problem)


def _lowered(step: Step) -> bool:
    """Whether there is a time to come at which less holds than did."""
    before, after = step.before, step.after
    return any(
        start >= step.act.start and _rank(_at(after, start)) < _rank(_at(before, start))
        for start in _bounds(before, after, step.act.start)
    )


def walk(advisory: Advisory, place: Place, zone: str) -> list[Step]:
    """A place's history on a clock, a step for each bulletin that speaks for it."""
    steps: list[Step] = []
    told: tuple[Segment, ...] = ()
    last: Act | None = None
    for number, bulletin in enumerate(advisory.bulletins, 1):
        if not bulletin.speaks_for(place):
            continue
        act = _act(number, bulletin, last, zone)
        after = _replaced(told, act, advisory, place)
        steps.append(Step(bulletin, act, told, after, first=last is None))
        told, last = after, act
    return steps


def _speaking(advisory: Advisory, place: Place) -> tuple[int, ...]:
    """The bulletins that speak for a place, which are all that makes its history."""
    return tuple(n for n, b in enumerate(advisory.bulletins) if b.speaks_for(place))


def _known_history(
    advisory: Advisory, place: Place, zone: str, known: Span | None
) -> tuple[Segment, ...]:
    """A place's history by all bulletins, or by those that may have been known in a span."""
    if known is None:
        return _history(advisory, place, zone)
    told = [
        _history(replace(advisory, bulletins=advisory.bulletins[:count]), place, zone)
        for count in beginnings(advisory.bulletins, known, zone)
    ]
    history = told[0]
    for other in told[1:]:
        history = _graver(history, other, Doubt.KNOWN)
    return history


def _history(advisory: Advisory, place: Place, zone: str) -> tuple[Segment, ...]:
    steps = walk(advisory, place, zone)
    return steps[-1].after if steps else ()


def _act(number: int, bulletin: Bulletin, last: Act | None, zone: str) -> Act:
    level = None if bulletin.cancels else bulletin.level or (last.level if last else None)
    onset = bulletin.onset.reading(zone)
    known = not (bulletin.onset.is_day or onset.twice)
    return Act(
        number,
        level,
        onset.span.start,
        onset.span.start if known else onset.span.end,
        _end(bulletin, last, zone),
        bulletin.then,
    )


def _end(bulletin: Bulletin, last: Act | None, zone: str) -> datetime:
    if bulletin.expires is not None:
        return bulletin.expires.reading(zone).span.end
    if bulletin.duration is not None:
        return bulletin.onset.after(bulletin.duration, zone)
    if bulletin.open or bulletin.cancels or last is None or last.level is None:
        return FOREVER
    return last.end


def _replaced(
    told: tuple[Segment, ...], act: Act, advisory: Advisory, place: Place
) -> tuple[Segment, ...]:
    """A place's history when an act is added to it."""
    old = _within(told, Span(act.start))
    new: tuple[Segment, ...] = ()
    if act.level is not None and act.start < act.end:
        new = (Segment(advisory, place, Span(act.start, act.end), act.level, act.number),)
        if act.then is Then.BEFORE and act.end < FOREVER:
            new += _within(old, Span(act.end))
    if act.start < act.sure:
        unsure = Span(act.start, act.sure)
        within = _graver(_within(old, unsure), _within(new, unsure), Doubt.HOUR)
        new = within + _within(new, Span(act.sure))
    return _joined((*_within(told, Span(datetime.min.replace(tzinfo=UTC), act.start)), *new))


def _within(told: Iterable[Segment], span: Span) -> tuple[Segment, ...]:
    """The parts of segments that lie in a span."""
    meeting = ((segment, segment.span.meet(span)) for segment in told)
    return tuple(
        segment if part == segment.span else _spanning(segment, part)
        for segment, part in meeting
        if part
    )


def _graver(one: Sequence[Segment], other: Sequence[Segment], doubt: Doubt) -> tuple[Segment, ...]:
    """At each instant the graver of two histories, in doubt wherever they differ."""
    bounds = [*_bounds(one, other), FOREVER]
    told = []
    for start, end in itertools.pairwise(bounds):
        first, second = _at(one, start), _at(other, start)
        gravest = max(first, second, key=_rank)
        if gravest is not None:
            unsure = doubt if _rank(first) != _rank(second) else gravest.doubt
            told.append(replace(gravest, span=Span(start, end), doubt=unsure))
    return _joined(told)


def _joined(told: Iterable[Segment]) -> tuple[Segment, ...]:
    """The same, each segment that goes on in the next one made one with it."""
    joined: list[Segment] = []
    for segment in told:
        last = joined[-1] if joined else None
        if last and last.span.end == segment.span.start and _alike(last, segment):
            joined[-1] = _spanning(last, Span(last.span.start, segment.span.end))
        else:
            joined.append(segment)
    return tuple(joined)


def _alike(one: Segment, other: Segment) -> bool:
    """Whether two segments of one place's history differ in their spans alone."""
    return (one.level, one.bulletin, one.doubt) == (other.level, other.bulletin, other.doubt)


def _spanning(segment: Segment, span: Span) -> Segment:
    """The same for another span; written out, as `replace` is slow for what is done so often."""
    return Segment(
        segment.advisory,
        segment.place,
        span,
        segment.level,
        segment.bulletin,
        segment.doubt,
        segment.zone,
    )


def _bounds(one: Iterable[Segment], other: Iterable[Segment], *more: datetime) -> list[datetime]:
    """Every instant at which one of two histories changes, in order."""
    spans = [segment.span for segment in (*one, *other)]
    return sorted({bound for span in spans for bound in (span.start, span.end)} | {*more})


def _at(told: Iterable[Segment], instant: datetime) -> Segment | None:
    return next((segment for segment in told if instant in segment.span), None)


def _rank(segment: Segment | None) -> int:
    return -1 if segment is None else segment.level.rank


def beginnings(bulletins: Sequence[Bulletin], known: Span, zone: str) -> list[int]:
    """How many of the first bulletins may have been all that was known at some instant."""
    issued = [bulletin.issued.reading(zone).span for bulletin in bulletins]
    possible = []
    for count in range(len(issued) + 1):
        latest = max((span.start for span in issued[:count]), default=known.start)
        next_one = min((span.end for span in issued[count:]), default=known.end)
        if max(latest, known.start) < min(next_one, known.end):
            possible.append(count)
    return possible
