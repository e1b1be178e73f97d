"""One timeline from texts to rows, for programs and for the command line alike."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sca import history, spans, timelines
from sca.advisory import Segment
from sca.answering import known_schemes
from sca.errors import InvalidTime, WrongUse
from sca.levels import Threshold, read_threshold
from sca.places import Place
from sca.question import Question, ask
from sca.ruleset import RuleSet
from sca.spans import Reading, Span, When, hull
from sca.timelines import Row, Timeline
from sca.watches import Hole, watching

NO_ZONE = "Etc/UTC"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a timeline is to show, its times read but on no clock yet."""

    marked: When
    since: When | None
    until: When | None
    as_of: When | None

    @property
    def marks_a_time(self) -> bool:
        """Whether it marks another time than the present one."""
        return self.marked.first is not None or self.marked.interval

    @property
    def times(self) -> list[When]:
        return [when for when in (self.marked, self.since, self.until, self.as_of) if when]


def read_wish(
    at: str = "now", since: str | None = None, until: str | None = None, as_of: str | None = None
) -> Wish:
    """The times of a timeline. Raises InvalidTime or WrongUse."""
    wish = Wish(
        spans.read(at),
        _one("--from", since),
        _one("--until", until),
        spans.read(as_of) if as_of is not None else None,
    )
    if since is not None and until is not None:
        spans.read(f"{since}/{until}")  # which refuses what ends before it starts
    return wish


def timeline(
    places: Iterable[str],
    wish: Wish,
    rules: RuleSet,
    now: datetime,
    *,
    by_place: bool,
    at_least: str | None = None,
    schemes: Iterable[str] = (),
) -> Timeline:
    """What holds at these places, or at all that the rules name, as time goes by.

    Its times are read on the clock that it is told by; where there is none, on that of each place,
    and the widest reading of all is shown. Raises InvalidTime, UnknownLevel, UnknownScheme,
    UnknownPlace or AmbiguousPlace.
    """
    threshold = read_threshold(at_least, rules.schemes) if at_least is not None else None
    asked = known_schemes(schemes, rules)
    found = {place.id: place for place in map(rules.gazetteer.find, places)}
    subjects = [(place, rules.parts(place)) for place in found.values()]
    if by_place and not found:
        subjects = [(place, (place,)) for place in _named(rules, asked)]
    questions = [ask_about(place, parts, wish, now, threshold) for place, parts in subjects]
    segments = () if questions else all_segments(rules, wish, now, asked)

    clocks = _clocks_of(questions, segments)
    clock = timelines.main_clock(clocks, [*found.values()])
    zones = [clock] if clock else clocks or [NO_ZONE]
    readings = [wish.marked.reading(zone, now) for zone in zones]
    marked = hull(reading.span for reading in readings)
    start, end = _bounds(wish, zones, now)
    within = Span(start or timelines.ALWAYS.start, end or timelines.ALWAYS.end)

    told = _told_once(questions, rules, asked)
    pairs = [(q, timelines.chosen(told[_clocks(q)], threshold, within)) for q in questions]
    if by_place:
        rows = [row for pair in pairs for row in timelines.by_place(*pair)]
    else:
        bearing = [s for pair in pairs for s in timelines.bearing_on(*pair)]
        bearing += timelines.chosen(segments, threshold, within)
        rows = list(timelines.by_advisory(bearing))
    shown = timelines.scale(rows, marked, start, end, with_mark=wish.marks_a_time)
    if by_place:
        rows = _with_silence(rows, questions, shown, rules, now, asked)
    twice = any(reading.twice for reading in readings)
    return Timeline(
        tuple(rows),
        shown,
        marked,
        None if clock == NO_ZONE else clock,
        tuple(found.values()),
        threshold,
        twice,
    )


def _one(option: str, text: str | None) -> When | None:
    """One written time, not a stretch of two. Raises InvalidTime or WrongUse."""
    if text is None:
        return None
    when = spans.read(text)
    if when.interval:
        raise WrongUse(f"{option} takes one time, not {text!r}; say the other by its own option")
    return when


def ask_about(
    place: Place,
    parts: Sequence[Place],
    wish: Wish,
    now: datetime,
    threshold: Threshold | None = None,
) -> Question:
    """The question about a place; a place without a clock can only be asked by other clocks.

    Raises InvalidTime.
    """
    if not all(part.clocks for part in parts):
        for when in wish.times:
            if when.needs_clock:
                raise InvalidTime(
                    f"{when.text!r} is read on a local clock, and {place} is far from any city; "
                    "give the time with Z or an offset"
                )
    return ask(place, parts, wish.marked, now, threshold, as_of=wish.as_of)


def all_segments(
    rules: RuleSet, wish: Wish, now: datetime, schemes: Collection[str] | None = None
) -> Sequence[Segment]:
    """What every advisory comes to; as of a time, by what was known then on its own clock."""
    if wish.as_of is None:
        return [s for s in rules.segments if _told(s.level.scheme, schemes)]
    told: list[Segment] = []
    for advisory in rules.advisories:
        if _told(advisory.scheme.id, schemes):
            zone = advisory.clock(advisory.places[0])
            told += history.segments(advisory, None, wish.as_of.reading(zone, now).span)
    return told


_Clocks = frozenset[tuple[str | None, Span | None]]


def _clocks(question: Question) -> _Clocks:
    """By what clocks a question is asked, and by what was known when."""
    return frozenset((part.zone, part.known) for part in question.parts)


def _told_once(
    questions: Iterable[Question], rules: RuleSet, schemes: Collection[str] | None
) -> dict[_Clocks, tuple[Segment, ...]]:
    """The segments by which questions are judged, folded once for all that share their clocks."""
    told: dict[_Clocks, tuple[Segment, ...]] = {}
    for question in questions:
        if (clocks := _clocks(question)) not in told:
            told[clocks] = rules.told(question, schemes)
    return told


def _told(scheme: str, schemes: Collection[str] | None) -> bool:
    return schemes is None or scheme in schemes


def _named(rules: RuleSet, schemes: Collection[str] | None) -> list[Place]:
    """Every place that an advisory of these schemes names, country by country."""
    told = [a for a in rules.advisories if _told(a.scheme.id, schemes)]
    return sorted({p.id: p for a in told for p in a.places}.values(), key=_by_country)


def _clocks_of(questions: Iterable[Question], segments: Iterable[Segment]) -> list[str]:
    """Every clock by which some of it may be told."""
    clocks = {part.zone or NO_ZONE for question in questions for part in question.parts}
    return sorted(clocks | {segment.advisory.clock(segment.place) for segment in segments})


def _by_country(place: Place) -> tuple[str, str, str]:
    return (place.country or place.name, place.name.casefold(), place.id)


def _bounds(
    wish: Wish, zones: Sequence[str], now: datetime
) -> tuple[datetime | None, datetime | None]:
    """The first start and the last end of what is to be shown, on all of these clocks."""

    def read(when: When | None) -> list[Reading]:
        return [when.reading(zone, now) for zone in zones] if when else []

    start = min((reading.span.start for reading in read(wish.since)), default=None)
    end = max((reading.span.end for reading in read(wish.until)), default=None)
    if start and end and wish.since and wish.until and end <= start:
        texts = (wish.since.text, wish.until.text)
        raise InvalidTime("--until {1!r} is before --from {0!r}".format(*texts))
    return start, end


def _with_silence(
    rows: Iterable[Row],
    questions: Iterable[Question],
    shown: Span,
    rules: RuleSet,
    now: datetime,
    schemes: Collection[str] | None,
) -> list[Row]:
    """The rows with the stretches of what is shown for which nobody vouches."""
    holes: list[Hole] = []
    for question in questions:
        parts = tuple(replace(part, span=shown) for part in question.parts)
        asked = replace(question, parts=parts)
        holes += watching(asked, rules.sources, now, schemes=schemes).holes
    return list(timelines.watched(rows, holes))
