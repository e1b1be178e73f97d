"""Place and span against segments: the verdict. Pure: no I/O, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sca.advisory import Advisory, Measure, Segment
from sca.levels import Level, Threshold
from sca.places import Kind, Place
from sca.spans import FOREVER, Span, When, hull, merged


class Answer(StrEnum):
    """What a verdict says in one word or two."""

    IN_FORCE = "in force"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Part:
    """A place that is judged as one, and the span asked about on its own clock."""

    place: Place
    span: Span
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a place by its parts, a span, and what should count."""

    place: Place
    parts: tuple[Part, ...]
    threshold: Threshold | None = None
    settings: frozenset[str] | None = None
    """The settings that may match, with their relatives; None where nobody asked for one."""

    @property
    def span(self) -> Span:
        """From the first to the last instant asked about at any part."""
        return hull(part.span for part in self.parts)

    @property
    def timezone(self) -> str | None:
        """The clock of all its parts, if they share one."""
        zones = {part.place.timezone for part in self.parts}
        return zones.pop() if len(zones) == 1 else None


@dataclass(frozen=True, slots=True)
class Reason:
    """A segment that holds at a part in some of the span asked about."""

    part: Part
    segment: Segment


@dataclass(frozen=True, slots=True)
class Finding:
    """An advisory that is in force in some part of the span, with its reasons.

    `counts` is false where the threshold, the settings asked for, or the scheme's ordinary state
    keep it from deciding the answer.
    """

    advisory: Advisory
    level: Level
    counts: bool
    because: tuple[Reason, ...]

    @property
    def span(self) -> Span:
        """From the first to the last instant of the segments that hold."""
        return hull(reason.segment.span for reason in self.because)

    @property
    def measures(self) -> tuple[Measure, ...]:
        return self.advisory.measures


@dataclass(frozen=True, slots=True)
class Near:
    """An advisory on the place that would count, were it not over or yet to come."""

    segment: Segment
    distance: timedelta
    """From the span asked about; negative where the advisory was over before it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a question, with its reasons, the gravest first."""

    question: Question
    answer: Answer
    level: Level | None
    """The gravest level that counts; None where the answer is clear."""
    covered: tuple[Span, ...]
    """The parts of the span in which something counts, at any part of the place."""
    touched: tuple[Place, ...]
    """The parts of the place at which something counts."""
    findings: tuple[Finding, ...]
    near: tuple[Near, ...]
    """The last one before and the first one after the span, the nearest first."""
    next_change: datetime | None
    considered: int
    """How many advisories were looked at."""

    @property
    def partial(self) -> bool:
        """Whether it is in force in some parts of the place and not in others."""
        return 0 < len(self.touched) < len(self.question.parts)


def ask(
    place: Place,
    parts: Iterable[Place],
    when: When,
    now: datetime,
    threshold: Threshold | None = None,
    settings: frozenset[str] | None = None,
) -> Question:
    """The question whose wall clocks are read at each part of the place. Raises InvalidTime."""
    asked = []
    for part in parts:
        reading = when.reading(part.timezone, now)
        asked.append(Part(part, reading.span, reading.twice))
    return Question(place, tuple(asked), threshold, settings)


def evaluate(question: Question, segments: Iterable[Segment]) -> Verdict:
    """Judge one place and span by all the segments there are."""
    every = list(segments)
    bearing = [Reason(part, s) for part in question.parts for s in _bearing(part.place, every)]
    holding = [reason for reason in bearing if reason.segment.span.overlaps(reason.part.span)]
    counting = [reason for reason in holding if _counts(reason.segment, question)]
    spans = (reason.segment.span.meet(reason.part.span) for reason in counting)
    return Verdict(
        question=question,
        answer=Answer.IN_FORCE if counting else Answer.CLEAR,
        level=_gravest(reason.segment for reason in counting),
        covered=merged(span for span in spans if span),
        touched=tuple(dict.fromkeys(reason.part.place for reason in counting)),
        findings=_findings(holding, question),
        near=_near(bearing, holding, question),
        next_change=_next_change(bearing, question),
        considered=len({segment.advisory.id for segment in every}),
    )


def gravest_first(segment: Segment) -> tuple[object, ...]:
    """The total order in which advisories are told."""
    severity, rank, scheme = segment.level.gravity
    place, bulletin = segment.place.id, segment.bulletin
    return (-severity, -rank, scheme, segment.span, segment.advisory.id, place, bulletin)


def _gravest(segments: Iterable[Segment]) -> Level | None:
    told_first = min(segments, key=gravest_first, default=None)
    return told_first.level if told_first else None


def _bearing(place: Place, segments: Iterable[Segment]) -> list[Segment]:
    """The segments that speak for a place.

    Of those of one advisory, the ones at the nearest place around it that the advisory names.
    """
    nearest: dict[str, int] = {}
    around = [(s, place.chain.index(s.place.id)) for s in segments if s.place.id in place.chain]
    for segment, steps in around:
        nearest[segment.advisory.id] = min(steps, nearest.get(segment.advisory.id, steps))
    return [segment for segment, steps in around if steps == nearest[segment.advisory.id]]


def _counts(segment: Segment, question: Question) -> bool:
    if question.threshold is not None:
        if not question.threshold.passed_by(segment.level):
            return False
    elif segment.level.baseline:
        return False
    if question.settings is None or not segment.advisory.measures:
        return True
    return any(
        not measure.settings or not question.settings.isdisjoint(measure.settings)
        for measure in segment.advisory.measures
    )


def _findings(holding: Iterable[Reason], question: Question) -> tuple[Finding, ...]:
    by_advisory: dict[str, list[Reason]] = {}
    for reason in sorted(holding, key=lambda r: (gravest_first(r.segment), r.part.place.id)):
        by_advisory.setdefault(reason.segment.advisory.id, []).append(reason)
    return tuple(
        Finding(
            advisory=reasons[0].segment.advisory,
            level=reasons[0].segment.level,
            counts=any(_counts(reason.segment, question) for reason in reasons),
            because=tuple(reasons),
        )
        for reasons in by_advisory.values()
    )


def _near(
    bearing: Iterable[Reason], holding: Iterable[Reason], question: Question
) -> tuple[Near, ...]:
    held = [reason.segment for reason in holding]
    sides: dict[bool, Near] = {}
    for reason in sorted(bearing, key=lambda r: gravest_first(r.segment)):
        segment, span = reason.segment, reason.part.span
        if segment in held or not _counts(segment, question):
            continue
        over = segment.span.end <= span.start
        distance = segment.span.end - span.start if over else segment.span.start - span.end
        best = sides.get(over)
        if best is None or abs(distance) < abs(best.distance):
            sides[over] = Near(segment, distance)
    return tuple(sorted(sides.values(), key=lambda near: (abs(near.distance), near.distance)))


def _next_change(bearing: Iterable[Reason], question: Question) -> datetime | None:
    """The first instant after the span's start at which the answer or the level is another."""
    counting = [r.segment for r in bearing if _counts(r.segment, question)]
    start = question.span.start
    bounds = {bound for s in counting for bound in (s.span.start, s.span.end)}
    ahead = sorted(bound for bound in bounds if start < bound < FOREVER)

    def level_at(instant: datetime) -> tuple[str, str] | None:
        gravest = _gravest(s for s in counting if instant in s.span)
        return (gravest.scheme, gravest.id) if gravest else None

    now = level_at(start)
    return next((bound for bound in ahead if level_at(bound) != now), None)


def judged_as_one(place: Place, inside: Iterable[Place]) -> tuple[Place, ...]:
    """The parts by which a place is judged: a region or country by the regions and cities in it.

    A region stands for itself too, as the land outside its cities; a country does so only where
    no regions of it are known.
    """
    if place.kind not in {Kind.REGION, Kind.COUNTRY}:
        return (place,)
    parts = [p for p in inside if p.kind in {Kind.REGION, Kind.CITY} and p.id != place.id]
    if place.kind is Kind.REGION or not any(part.kind is Kind.REGION for part in parts):
        parts.append(place)
    return tuple(sorted(parts, key=lambda p: p.id))
