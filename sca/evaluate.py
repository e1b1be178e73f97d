"""Place and span against segments: the verdict. Pure: no I/O, no clock."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sca.advisory import Advisory, Measure, Segment
from sca.errors import InvalidTime
from sca.levels import Level, Threshold
from sca.places import Kind, Place
from sca.spans import FOREVER, Span, When, hull, merged


class Answer(StrEnum):
    """What a verdict says in one word or two."""

    IN_FORCE = "in force"
    CLEAR = "clear"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Part:
    """A place that is judged as one, and the span asked about on a clock of its own."""

    place: Place
    span: Span
    zone: str | None
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
        zones = {part.zone for part in self.parts}
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
    doubts: tuple[Reason, ...]
    """What would count, if only it were known whether the place lies where it holds."""
    next_change: datetime | None
    considered: int
    """How many advisories were looked at."""

    @property
    def partial(self) -> bool:
        """Whether it is in force in some parts of the place and not in others."""
        return 0 < len(self.touched) < len({part.place for part in self.question.parts})


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
        for zone in part.clocks or (None,):
            if zone is None and when.needs_clock:
                raise InvalidTime(
                    f"{when.text!r} is read on a local clock, and {part} is far from any city; "
                    "name its clock by --zone, or give the time with Z or an offset"
                )
            reading = when.reading(zone or "Etc/UTC", now)
            asked.append(Part(part, reading.span, zone, reading.twice))
    return Question(place, tuple(asked), threshold, settings)


def evaluate(question: Question, segments: Iterable[Segment]) -> Verdict:
    """Judge one place and span by all the segments there are."""
    every = list(segments)
    views = [_view(parts, every, question) for parts in _readings(question)]
    bearing = views[0].bearing
    holding = [reason for reason in bearing if _holds(reason)]
    answer, level = _answer(views, _holds)
    counting = [r for r in holding if _counts(r.segment, question)]
    told = counting if answer is Answer.IN_FORCE else []
    spans = (reason.segment.span.meet(reason.part.span) for reason in told)
    elsewhere = [r for view in views[1:] for r in view.counting if _holds(r)]
    doubts = [r for view in views for r in (*view.doubtful, *view.counting) if _holds(r)]
    if answer is Answer.IN_FORCE:
        # The gravest level that the place may be under is told, and its advisory with it.
        known = [reason.segment for reason in holding]
        holding += [r for r in _each_once(elsewhere) if r.segment not in known]
    return Verdict(
        question=question,
        answer=answer,
        level=level,
        covered=merged(span for span in spans if span),
        touched=tuple(dict.fromkeys(reason.part.place for reason in told)),
        findings=_findings(holding, question),
        near=_near(bearing, holding, question),
        doubts=_each_once(doubts) if answer is Answer.CANNOT_TELL else (),
        next_change=_next_change(views, question.span.start),
        considered=len({segment.advisory.id for segment in every}),
    )


@dataclass(frozen=True, slots=True)
class _View:
    """What bears on the parts, under one reading of what they lie in."""

    bearing: list[Reason]
    counting: list[Reason]
    doubtful: list[Reason]


def _readings(question: Question) -> list[tuple[Part, ...]]:
    """The parts as they are, and as they are if the place lies elsewhere than is likeliest."""
    return [question.parts] + [
        tuple(replace(part, place=replace(part.place, within=within)) for part in question.parts)
        for within in question.place.otherwise
    ]


def _view(parts: Iterable[Part], segments: list[Segment], question: Question) -> _View:
    bearing, doubtful = [], []
    for part in parts:
        bearing += [Reason(part, segment) for segment in _bearing(part.place, segments)]
        doubtful += [Reason(part, s) for s in segments if part.place.may_lie_in(s.place)]
    return _View(
        bearing,
        [reason for reason in bearing if _counts(reason.segment, question)],
        [reason for reason in doubtful if _counts(reason.segment, question)],
    )


def _holds(reason: Reason) -> bool:
    return reason.segment.span.overlaps(reason.part.span)


def _answer(views: Iterable[_View], holds: Callable[[Reason], bool]) -> tuple[Answer, Level | None]:
    """The answer that every reading gives, and the gravest level; else that nobody can tell."""
    answers: set[Answer] = set()
    deciding: list[Segment] = []
    for view in views:
        counting = [reason.segment for reason in view.counting if holds(reason)]
        deciding += counting
        if counting:
            answers.add(Answer.IN_FORCE)
        else:
            doubtful = any(holds(reason) for reason in view.doubtful)
            answers.add(Answer.CANNOT_TELL if doubtful else Answer.CLEAR)
    if answers == {Answer.IN_FORCE}:
        return Answer.IN_FORCE, _gravest(deciding)
    return (Answer.CLEAR if answers == {Answer.CLEAR} else Answer.CANNOT_TELL), None


def gravest_first(segment: Segment) -> tuple[object, ...]:
    """The total order in which advisories are told."""
    severity, rank, scheme = segment.level.gravity
    place, bulletin = segment.place.id, segment.bulletin
    return (-severity, -rank, scheme, segment.span, segment.advisory.id, place, bulletin)


def _gravest(segments: Iterable[Segment]) -> Level | None:
    told_first = min(segments, key=gravest_first, default=None)
    return told_first.level if told_first else None


def _each_once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """One reason for each segment, however many readings come to it, the gravest first."""
    kept: list[Reason] = []
    for reason in sorted(reasons, key=_in_order):
        if reason.segment not in [other.segment for other in kept]:
            kept.append(reason)
    return tuple(kept)


def _in_order(reason: Reason) -> tuple[object, ...]:
    return (*gravest_first(reason.segment), reason.part.place.id, reason.part.span)


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
    for reason in sorted(holding, key=_in_order):
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


def _next_change(views: list[_View], start: datetime) -> datetime | None:
    """The first instant after the span's start at which the answer or the level is another."""
    spans = [r.segment.span for view in views for r in (*view.counting, *view.doubtful)]
    bounds = {bound for span in spans for bound in (span.start, span.end)}
    ahead = sorted(bound for bound in bounds if start < bound < FOREVER)

    def state_at(instant: datetime) -> tuple[Answer, tuple[str, str] | None]:
        answer, level = _answer(views, lambda reason: instant in reason.segment.span)
        return answer, (level.scheme, level.id) if level else None

    now = state_at(start)
    return next((bound for bound in ahead if state_at(bound) != now), None)


def judged_as_one(
    place: Place, regions: Iterable[Place], named: Iterable[Place], complete: bool = True
) -> tuple[Place, ...]:
    """The parts by which a place is judged.

    A city or site is judged with the sites in it that some rule names by themselves. A region or
    country is judged by the regions in it, each standing for its cities, and by the places in it
    that some rule names. A country stands for itself where it has no regions, or cities that no
    region is known for (not `complete`).
    """
    if place.kind is Kind.POINT:
        return (place,)
    inside = {region.id: region for region in regions}
    alone = place.kind is not Kind.COUNTRY or not inside or not complete
    inside |= {n.id: n for n in named if n.lies_in(place) and n.id != place.id}
    return tuple(sorted([*inside.values(), *([place] if alone else [])], key=lambda p: p.id))
