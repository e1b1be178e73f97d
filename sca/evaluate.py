"""Place and span against segments: the verdict. Pure: no I/O, no clock."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sca.acceptance import Acceptance
from sca.advisory import Advice, Advisory, Measure, Segment
from sca.levels import Level
from sca.limits import ANYWHERE, Limits
from sca.places import Place
from sca.question import Part, Question
from sca.spans import FOREVER, Span, hull, merged
from sca.watches import NOT_WATCHED, Watching


class Answer(StrEnum):
    """What a verdict says in one word or two."""

    IN_FORCE = "in force"
    CLEAR = "clear"
    CANNOT_TELL = "cannot tell"
    UNWATCHED = "unwatched"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Reason:
    """A segment that holds at a part in some of the span asked about."""

    part: Part
    segment: Segment


class Applies(StrEnum):
    """Whether a measure bites in some of the span asked about, or after it."""

    NOW = "now"
    LATER = "later"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Applied:
    """A measure or a piece of advice, and whether it bites; `since` is from when, if later."""

    item: Measure | Advice
    applies: Applies
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """An advisory that is in force in some part of the span, with its reasons.

    `counts` is false where the threshold, the settings asked for, the scheme's ordinary state or
    an acceptance keep it from deciding the answer.
    """

    advisory: Advisory
    level: Level
    counts: bool
    because: tuple[Reason, ...]
    span: Span
    """From the first to the last instant at which the levels that hold go on without a break."""
    measures: tuple[Applied, ...] = ()
    advice: tuple[Applied, ...] = ()
    accepted: Acceptance | None = None
    """Who keeps it from counting at some part in some of the span; of several, for longest."""


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
    levels: tuple[tuple[Place, Level], ...]
    """The parts of the place at which something counts, and the gravest level at each."""
    findings: tuple[Finding, ...]
    near: tuple[Near, ...]
    """The last one before and the first one after the span, the nearest first."""
    doubts: tuple[Reason, ...]
    """What would count, if only it were known whether the place lies where it holds."""
    next_change: datetime | None
    considered: int
    """How many advisories were looked at."""
    watching: Watching = NOT_WATCHED
    """Who vouches that nothing else was declared."""

    @property
    def touched(self) -> tuple[Place, ...]:
        """The parts of the place at which something counts."""
        return tuple(place for place, _ in self.levels)

    @property
    def partial(self) -> bool:
        """Whether it is in force in some parts of the place and not in others."""
        parts = {part.place.id for part in self.question.parts}
        return 0 < len(self.levels) < len(parts)


def evaluate(
    question: Question, segments: Iterable[Segment], watching: Watching = NOT_WATCHED
) -> Verdict:
    """Judge one place and span by all segments; it is clear only as far as somebody watches."""
    every = list(segments)
    views = [_view(parts, every, question) for parts in _readings(question)]
    bearing = views[0].bearing
    holding = [reason for reason in bearing if _holds(reason)]
    answer, level = _answer(views, _holds)
    if answer is Answer.CLEAR:
        answer = silence(watching)
    counting = [reason for reason in views[0].counting if _holds(reason)]
    told = counting if answer is Answer.IN_FORCE else []
    spans = (reason.segment.span.meet(reason.part.span) for reason in told)
    elsewhere = [r for view in views[1:] for r in view.counting if _holds(r)]
    doubts = [r for view in views for r in (*view.doubtful, *view.counting) if _holds(r)]
    known = [reason.segment for reason in holding]
    # The gravest level that the place may be under is told, and its advisory with it.
    beyond = [r for r in _each_once(elsewhere) if r.segment not in known]
    beyond = beyond if answer is Answer.IN_FORCE else []
    return Verdict(
        question=question,
        answer=answer,
        level=level,
        covered=merged(span for span in spans if span),
        levels=_by_part(told),
        findings=_findings([*bearing, *beyond], question),
        near=_near(bearing, holding, question),
        doubts=_each_once(doubts) if answer is Answer.CANNOT_TELL else (),
        next_change=_next_change(views, question.span.start),
        considered=len({segment.advisory.id for segment in every}),
        watching=watching,
    )


def silence(watching: Watching) -> Answer:
    """The answer where nothing that was declared counts."""
    if not watching.holes:
        return Answer.CLEAR
    return Answer.STALE if watching.stale else Answer.UNWATCHED


def course(
    question: Question, segments: Iterable[Segment], more: Iterable[datetime] = ()
) -> Iterator[tuple[datetime, Answer, Level | None]]:
    """How the answer goes through the span asked about, as far as segments decide it.

    It is told for the start of the span, and for every later instant in it at which the answer or
    the level may be another, or that is one of `more`.
    """
    every = list(segments)
    views = [_view(parts, every, question) for parts in _readings(question)]
    start, end = question.span.start, question.span.end
    for instant in sorted({start, *_bounds(views), *more}):
        if start <= instant < end:
            yield instant, *_state_at(views, instant)


def _by_part(told: Iterable[Reason]) -> tuple[tuple[Place, Level], ...]:
    """The gravest level at each part, the gravest first."""
    gravest: dict[Place, Level] = {}
    for reason in sorted(told, key=_in_order):
        gravest.setdefault(reason.part.place, reason.segment.level)
    return tuple(gravest.items())


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
    named = {segment.place.id: segment.place for segment in segments}
    for part in parts:
        bearing += [Reason(part, segment) for segment in bears_on(part, segments)]
        unsure = {id for id, place in named.items() if part.place.may_lie_in(place)}
        perhaps = (segment for segment in segments if segment.place.id in unsure)
        doubtful += [Reason(part, s) for s in perhaps if not _settled(s, part.place)]
    return _View(
        bearing,
        [narrowed for reason in bearing for narrowed in _counting(reason, question)],
        [narrowed for reason in doubtful for narrowed in _counting(reason, question)],
    )


def _settled(segment: Segment, place: Place) -> bool:
    """Whether its advisory says something for sure of what is nearer around a place."""
    return any(
        place.lies_in(nearer) and nearer.lies_in(segment.place)
        for nearer in segment.advisory.places
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


def bears_on(part: Part, segments: Iterable[Segment]) -> list[Segment]:
    """The segments that speak for a part, on its own clock.

    Of those of one advisory, the ones at the nearest places around it that the advisory names: a
    place that it names has a history of its own, though nothing may hold there any more.
    """
    by_advisory: dict[str, list[Segment]] = {}
    for segment in segments:
        if segment.zone in {None, part.zone}:
            by_advisory.setdefault(segment.advisory.id, []).append(segment)
    bearing: list[Segment] = []
    for told in by_advisory.values():
        every = (*told[0].advisory.places, *(segment.place for segment in told))
        around = {place.id: place for place in every if part.place.lies_in(place)}
        outer = {id for place in around.values() for id in place.within}
        bearing += [s for s in told if s.place.id in around and s.place.id not in outer]
    return bearing


def _counting(reason: Reason, question: Question) -> Iterator[Reason]:
    """The stretches of a reason in which it counts: those in the span asked about, and the next."""
    left = _unaccepted(reason, question)
    if left is None:
        return
    for limits in _counts(left, question):
        for span in _times(limits, left):
            yield Reason(left.part, replace(left.segment, span=span))


def _unaccepted(reason: Reason, question: Question) -> Reason | None:
    """What is left of a reason once nobody accepts it any more; nothing, where that is its end."""
    segment = reason.segment
    ends = [a.end(reason.part.zone) for a in _accepting(reason, question)]
    start = max(ends, default=segment.span.start)
    if start <= segment.span.start:
        return reason
    if start >= segment.span.end:
        return None
    return Reason(reason.part, replace(segment, span=Span(start, segment.span.end)))


def _accepting(reason: Reason, question: Question) -> list[Acceptance]:
    place, segment = reason.part.place, reason.segment
    return [a for a in question.accepted if a.accepts(segment, place)]


def _counts(reason: Reason, question: Question) -> list[Limits]:
    """The limits within any of which a reason counts; none where it never does."""
    segment, asked = reason.segment, question.settings
    advisory = segment.advisory
    if question.threshold is not None:
        passes = question.threshold.passed_by(segment.level)
    else:
        passes = not segment.level.baseline
    if not passes or (advisory.exercise and not question.exercise):
        return []
    if asked is None:
        return [ANYWHERE]
    if advisory.settings and asked.isdisjoint(advisory.settings):
        return []
    biting = [
        m.limits for m in advisory.measures if m.limits.allow(segment.level, reason.part.place)
    ]
    if not biting:
        return [ANYWHERE]
    return [
        limits for limits in biting if not limits.settings or not asked.isdisjoint(limits.settings)
    ]


def _times(limits: Limits, reason: Reason) -> Iterator[Span]:
    """When limits let something bite: the stretches in the span asked about, and the next one."""
    segment, part = reason.segment, reason.part
    zone = segment.advisory.clock(segment.place, part.zone)
    for span in limits.times(segment.span, part.span.start, zone):
        yield span
        if span.start >= part.span.end:
            return


def _findings(bearing: Sequence[Reason], question: Question) -> tuple[Finding, ...]:
    by_advisory: dict[str, list[Reason]] = {}
    for reason in sorted(filter(_holds, bearing), key=_in_order):
        by_advisory.setdefault(reason.segment.advisory.id, []).append(reason)
    return tuple(_finding(reasons, bearing, question) for reasons in by_advisory.values())


def _finding(reasons: list[Reason], bearing: Iterable[Reason], question: Question) -> Finding:
    advisory = reasons[0].segment.advisory
    own = [reason for reason in bearing if reason.segment.advisory.id == advisory.id]
    return Finding(
        advisory=advisory,
        level=reasons[0].segment.level,
        counts=any(_holds(n) for reason in reasons for n in _counting(reason, question)),
        because=tuple(reasons),
        span=hull(_run(reason, own) for reason in reasons),
        measures=tuple(_applied(measure, own) for measure in advisory.measures),
        advice=tuple(_applied(advice, own) for advice in advisory.advice),
        accepted=_accepted(reasons, question),
    )


def _accepted(reasons: Iterable[Reason], question: Question) -> Acceptance | None:
    """Of the acceptances but for which something would count in the span, the longest."""
    reaching: list[tuple[datetime, Acceptance]] = []
    for reason in reasons:
        asked = reason.segment.span.meet(reason.part.span)
        for acceptance in _accepting(reason, question) if _counts(reason, question) else ():
            end = acceptance.end(reason.part.zone)
            if asked and end > asked.start:
                reaching.append((end, acceptance))
    return max(reaching, key=lambda pair: pair[0])[1] if reaching else None


def _run(reason: Reason, own: Iterable[Reason]) -> Span:
    """How long its level holds at its part, though another bulletin says so from some time on."""
    same = (
        other.segment.span
        for other in own
        if other.part == reason.part and other.segment.level == reason.segment.level
    )
    return next(span for span in merged(same) if span.overlaps(reason.segment.span))


def _applied(item: Measure | Advice, reasons: Iterable[Reason]) -> Applied:
    """Whether it bites in some of the span asked about, else from when on, else not at all."""
    later: list[datetime] = []
    for reason in reasons:
        if item.limits.allow(reason.segment.level, reason.part.place):
            for span in _times(item.limits, reason):
                if span.overlaps(reason.part.span):
                    return Applied(item, Applies.NOW)
                later.append(span.start)
    return Applied(item, Applies.LATER, min(later)) if later else Applied(item, Applies.NO)


def _near(
    bearing: Iterable[Reason], holding: Iterable[Reason], question: Question
) -> tuple[Near, ...]:
    held = [reason.segment for reason in holding]
    sides: dict[bool, Near] = {}
    for reason in sorted(bearing, key=lambda r: gravest_first(r.segment)):
        left = _unaccepted(reason, question)
        if reason.segment in held or left is None or not _counts(left, question):
            continue
        segment, span = left.segment, left.part.span
        over = segment.span.end <= span.start
        distance = segment.span.end - span.start if over else segment.span.start - span.end
        best = sides.get(over)
        if best is None or abs(distance) < abs(best.distance):
            sides[over] = Near(segment, distance)
    return tuple(sorted(sides.values(), key=lambda near: (abs(near.distance), near.distance)))


def _next_change(views: list[_View], start: datetime) -> datetime | None:
    """The first instant after the span's start at which the answer or the level is another."""
    now = _state_at(views, start)
    ahead = (bound for bound in _bounds(views) if start < bound < FOREVER)
    return next((bound for bound in ahead if _state_at(views, bound) != now), None)


def _bounds(views: Iterable[_View]) -> list[datetime]:
    """Every instant at which something begins or ceases to count, or to be in doubt, in order."""
    spans = [r.segment.span for view in views for r in (*view.counting, *view.doubtful)]
    return sorted({bound for span in spans for bound in (span.start, span.end)})


def _state_at(views: Iterable[_View], instant: datetime) -> tuple[Answer, Level | None]:
    return _answer(views, lambda reason: instant in reason.segment.span)
