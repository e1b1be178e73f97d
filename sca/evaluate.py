"""Place and span against segments: the verdict. Pure: no I/O, no clock."""

import heapq
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
from sca.spans import Span, hull, merged
from sca.watches import NOT_WATCHED, Watching

_FAR = timedelta(days=5 * 366)
"""How far ahead a change is looked for where measures bite at some hours or on some days."""


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


class LeftOut(StrEnum):
    """What keeps an advisory that is in force from counting."""

    EXERCISE = "exercise"
    BASELINE = "baseline"
    LEVEL = "at least"
    SETTING = "setting"
    """None of its measures bites in the settings asked about."""
    ACCEPTED = "accepted"
    HOURS = "hours"
    """Some do, though not at any time asked about."""


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
    until: datetime
    """When the gravest of them ends at the last place where it holds."""
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


@dataclass(frozen=True, slots=True)
class Vigil:
    """Who vouches for silence as time goes by."""

    at: Callable[[datetime], Watching]
    turns: tuple[datetime, ...] = ()
    """The instants at which somebody begins or ceases to."""


NO_VIGIL = Vigil(lambda _: NOT_WATCHED)


def evaluate(
    question: Question,
    segments: Iterable[Segment],
    watching: Watching = NOT_WATCHED,
    vigil: Vigil = NO_VIGIL,
) -> Verdict:
    """Judge one place and span by all segments; it is clear only as far as somebody watches.

    `watching` is about the span asked about, `vigil` about any other time.
    """
    every = list(segments)
    views = views_of(question, every)
    decision = decide([view.holding() for view in views])
    answer = decision.answer
    if answer is Answer.CLEAR:
        answer = silence(watching)
    bearing = views[0].bearing
    return Verdict(
        question=question,
        answer=answer,
        level=decision.level,
        covered=decision.covered,
        levels=_by_part(decision.told),
        findings=_findings([*bearing, *decision.beyond], question),
        near=_near(bearing, [reason for reason in bearing if holds(reason)], question),
        doubts=decision.doubts,
        next_change=_first_other(_course(views, question, _ahead(views, question), vigil)),
        considered=len({segment.advisory.id for segment in every}),
        watching=watching,
    )


@dataclass(frozen=True, slots=True)
class View:
    """What bears on the parts, under one reading of what they lie in."""

    bearing: Sequence[Reason]
    unsure: Sequence[Reason]
    """What may, if a part should lie there."""
    counting: Sequence[Reason]
    """The stretches of what bears in which it counts; `doubtful` are those of what may."""
    doubtful: Sequence[Reason]

    def holding(self) -> "View":
        """What of it holds."""
        every = (self.bearing, self.unsure, self.counting, self.doubtful)
        return View(*(list(filter(holds, reasons)) for reasons in every))


@dataclass(frozen=True, slots=True)
class Decision:
    """What was declared, as far as an answer rests on it."""

    answer: Answer
    """In force or that nobody can tell; else clear, if silence can be trusted."""
    level: Level | None
    told: Sequence[Reason] = ()
    """What puts the parts under something, each in the stretch in which it counts."""
    beyond: Sequence[Reason] = ()
    """What does so if the place lies elsewhere than is likeliest."""
    doubts: tuple[Reason, ...] = ()
    bearing: Sequence[Reason] = ()

    @property
    def covered(self) -> tuple[Span, ...]:
        """The parts of the span in which something counts."""
        spans = (reason.segment.span.meet(reason.part.span) for reason in self.told)
        return merged(span for span in spans if span)

    @property
    def advisories(self) -> tuple[str, ...]:
        """The ids of those that count, or that are in doubt, the gravest first."""
        if self.answer is Answer.CANNOT_TELL:
            return tuple(dict.fromkeys(reason.segment.advisory.id for reason in self.doubts))
        counting = {reason.segment.advisory.id for reason in (*self.told, *self.beyond)}
        every = sorted((*self.bearing, *self.beyond), key=_in_order)
        ids = dict.fromkeys(reason.segment.advisory.id for reason in every)
        return tuple(id for id in ids if id in counting)


def decide(held: Sequence[View]) -> Decision:
    """What was declared at some time, by what holds then under each reading."""
    answer, level = _answer(
        ([reason.segment for reason in view.counting], bool(view.doubtful)) for view in held
    )
    here = held[0]
    if answer is Answer.CANNOT_TELL:
        doubts = [reason for view in held for reason in (*view.doubtful, *view.counting)]
        return Decision(answer, level, doubts=_each_once(doubts), bearing=here.bearing)
    if answer is Answer.CLEAR:
        return Decision(answer, level, bearing=here.bearing)
    known = [reason.segment for reason in here.bearing]
    elsewhere = _each_once(reason for view in held[1:] for reason in view.counting)
    # The gravest level that the place may be under is told, and its advisory with it.
    beyond = [reason for reason in elsewhere if reason.segment not in known]
    return Decision(answer, level, here.counting, beyond, bearing=here.bearing)


def silence(watching: Watching) -> Answer:
    """The answer where nothing that was declared counts."""
    if not watching.holes:
        return Answer.CLEAR
    return Answer.STALE if watching.stale else Answer.UNWATCHED


State = tuple[datetime, Answer, Level | None]
"""An instant, and the answer and the level from then on."""


def course(
    question: Question, segments: Iterable[Segment], vigil: Vigil = NO_VIGIL
) -> Iterator[State]:
    """How the answer goes through the span asked about.

    It is told for the start of the span, and for every later instant in it at which the answer or
    the level may be another.
    """
    yield from _course(views_of(question, segments), question, question.span, vigil)


def _ahead(views: Iterable[View], question: Question) -> Span:
    """Where a change is looked for: not forever, if there are nights to be gone through."""
    start = question.span.start
    reasons = (reason for view in views for reason in (*view.bearing, *view.unsure))
    measures = (measure for reason in reasons for measure in reason.segment.advisory.measures)
    nightly = question.settings is not None and any(m.limits.recurring for m in measures)
    return Span(start, start + _FAR) if nightly else Span(start)


def _first_other(states: Iterator[State]) -> datetime | None:
    """The first instant at which it is not as at the first of all."""
    _, *first = next(states)
    return next((instant for instant, *state in states if state != first), None)


def _course(views: Sequence[View], question: Question, span: Span, vigil: Vigil) -> Iterator[State]:
    strands = list(_strands(views, question, span))
    coming = heapq.merge(*(strand.stretches() for strand in strands), key=lambda s: s.span.start)
    ahead, instant, held = next(coming, None), span.start, list[_Stretch]()
    while instant < span.end:
        while ahead and ahead.span.start <= instant:
            held.append(ahead)
            ahead = next(coming, None)
        held = [stretch for stretch in held if instant < stretch.span.end]
        answer, level = _answer(_holding(held, len(views)))
        yield instant, silence(vigil.at(instant)) if answer is Answer.CLEAR else answer, level
        bounds = {stretch.span.end for stretch in held} | ({ahead.span.start} if ahead else set())
        instant = min(bounds | {turn for turn in vigil.turns if instant < turn}, default=span.end)


@dataclass(frozen=True, slots=True)
class _Strand:
    """What bears on a part, or may, within limits under which it counts."""

    reading: int
    sure: bool
    reason: Reason
    limits: Limits

    def stretches(self) -> Iterator["_Stretch"]:
        """Where it counts, in order."""
        return (_Stretch(self, span) for span in _times(self.limits, self.reason))


@dataclass(frozen=True, slots=True)
class _Stretch:
    strand: _Strand
    span: Span


def _strands(views: Iterable[View], question: Question, span: Span) -> Iterator[_Strand]:
    for number, view in enumerate(views):
        for sure, reasons in ((True, view.bearing), (False, view.unsure)):
            for reason in reasons:
                # What was over on the clock of a part when it was asked about is no matter.
                asked = Span(reason.part.span.start, span.end)
                left = _unaccepted(replace(reason, part=replace(reason.part, span=asked)), question)
                if left is not None:
                    for limits in _counts(left, question):
                        yield _Strand(number, sure, left, limits)


_Held = tuple[list[Segment], bool]
"""What counts under one reading, and whether anything may that is in doubt."""


def _holding(held: Iterable[_Stretch], readings: int) -> list[_Held]:
    """What counts at an instant under each reading."""
    told = [stretch.strand for stretch in held]
    return [
        (
            [s.reason.segment for s in told if s.reading == number and s.sure],
            any(s.reading == number and not s.sure for s in told),
        )
        for number in range(readings)
    ]


def _by_part(told: Iterable[Reason]) -> tuple[tuple[Place, Level], ...]:
    """The gravest level at each part, the gravest first."""
    gravest: dict[Place, Level] = {}
    for reason in sorted(told, key=_in_order):
        gravest.setdefault(reason.part.place, reason.segment.level)
    return tuple(gravest.items())


def views_of(question: Question, segments: Iterable[Segment]) -> list[View]:
    """What bears on the parts as they are, then as they are if the place lies elsewhere."""
    every = list(segments)
    return [_view(parts, every, question) for parts in readings(question)]


def readings(question: Question) -> list[tuple[Part, ...]]:
    """The parts as they are, and as they are if the place lies elsewhere than is likeliest."""
    return [question.parts] + [
        tuple(replace(part, place=replace(part.place, within=within)) for part in question.parts)
        for within in question.place.otherwise
    ]


def _view(parts: Iterable[Part], segments: list[Segment], question: Question) -> View:
    bearing, unsure = [], []
    named = {segment.place.id: segment.place for segment in segments}
    for part in parts:
        bearing += [Reason(part, segment) for segment in bears_on(part, segments)]
        nearby = {id for id, place in named.items() if part.place.may_lie_in(place)}
        perhaps = (segment for segment in segments if segment.place.id in nearby)
        unsure += [Reason(part, s) for s in perhaps if not _settled(s, part.place)]
    return View(
        bearing,
        unsure,
        [narrowed for reason in bearing for narrowed in _counting(reason, question)],
        [narrowed for reason in unsure for narrowed in _counting(reason, question)],
    )


def may_hold(segment: Segment, place: Place) -> bool:
    """Whether a place may lie where a segment holds, and nothing nearer is said of it for sure."""
    return place.may_lie_in(segment.place) and not _settled(segment, place)


def _settled(segment: Segment, place: Place) -> bool:
    """Whether its advisory says something for sure of what is nearer around a place."""
    return any(
        place.lies_in(nearer) and nearer.lies_in(segment.place)
        for nearer in segment.advisory.places
    )


def holds(reason: Reason) -> bool:
    """Whether it holds at its part in some of the span asked about."""
    return reason.segment.span.overlaps(reason.part.span)


def _answer(views: Iterable[_Held]) -> tuple[Answer, Level | None]:
    """The answer that every reading gives, and the gravest level; else that nobody can tell."""
    answers: set[Answer] = set()
    deciding: list[Segment] = []
    for counting, doubtful in views:
        deciding += counting
        if counting:
            answers.add(Answer.IN_FORCE)
        else:
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
        nearest = {place.id for place in nearest_around(part.place, every)}
        bearing += [segment for segment in told if segment.place.id in nearest]
    return bearing


def nearest_around(place: Place, others: Iterable[Place]) -> tuple[Place, ...]:
    """Those that a place lies in, but for what lies around another one of them."""
    around = {other.id: other for other in others if place.lies_in(other)}
    outer = {id for other in around.values() for id in other.within}
    return tuple(other for other in around.values() if other.id not in outer)


def left_out(reason: Reason, question: Question) -> LeftOut | None:
    """What keeps a reason that holds in the span asked about from counting; None where it does."""
    if any(map(holds, _counting(reason, question))):
        return None
    if (bar := _bar(reason.segment, question)) or not _counts(reason, question):
        return bar or LeftOut.SETTING
    anyway = replace(question, accepted=())
    return LeftOut.ACCEPTED if any(map(holds, _counting(reason, anyway))) else LeftOut.HOURS


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


def _bar(segment: Segment, question: Question) -> LeftOut | None:
    """What keeps a segment from counting at any place and time."""
    advisory, asked = segment.advisory, question.settings
    if advisory.exercise and not question.exercise:
        return LeftOut.EXERCISE
    if question.threshold is None:
        if segment.level.baseline:
            return LeftOut.BASELINE
    elif not question.threshold.passed_by(segment.level):
        return LeftOut.LEVEL
    if asked is not None and advisory.settings and asked.isdisjoint(advisory.settings):
        return LeftOut.SETTING
    return None


def _counts(reason: Reason, question: Question) -> list[Limits]:
    """The limits within any of which a reason counts; none where it never does."""
    segment, asked = reason.segment, question.settings
    if _bar(segment, question):
        return []
    if asked is None:
        return [ANYWHERE]
    biting = [
        measure.limits
        for measure in segment.advisory.measures
        if measure.limits.allow(segment.level, reason.part.place)
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
    for reason in sorted(filter(holds, bearing), key=_in_order):
        by_advisory.setdefault(reason.segment.advisory.id, []).append(reason)
    return tuple(_finding(reasons, bearing, question) for reasons in by_advisory.values())


def _finding(reasons: list[Reason], bearing: Iterable[Reason], question: Question) -> Finding:
    advisory = reasons[0].segment.advisory
    own = [reason for reason in bearing if reason.segment.advisory.id == advisory.id]
    gravest = [r for r in reasons if r.segment.level == reasons[0].segment.level]
    return Finding(
        advisory=advisory,
        level=reasons[0].segment.level,
        counts=any(holds(n) for reason in reasons for n in _counting(reason, question)),
        because=tuple(reasons),
        span=hull(_runs(reasons, own)),
        until=hull(_runs(gravest, own)).end,
        measures=tuple(_applied(measure, own) for measure in advisory.measures),
        advice=tuple(_applied(advice, own) for advice in advisory.advice),
        accepted=accepted_by(reasons, question),
    )


def accepted_by(reasons: Iterable[Reason], question: Question) -> Acceptance | None:
    """Of the acceptances but for which something would count in the span, the longest."""
    reaching: list[tuple[datetime, Acceptance]] = []
    for reason in reasons:
        asked = reason.segment.span.meet(reason.part.span)
        for acceptance in _accepting(reason, question) if _counts(reason, question) else ():
            end = acceptance.end(reason.part.zone)
            if asked and end > asked.start:
                reaching.append((end, acceptance))
    return max(reaching, key=lambda pair: pair[0])[1] if reaching else None


def _runs(reasons: Iterable[Reason], own: Iterable[Reason]) -> Iterator[Span]:
    """How long each level holds at its part, though another bulletin says so from some time on."""
    told: dict[tuple[object, ...], list[Span]] = {}
    for other in own:
        told.setdefault(_level_at(other), []).append(other.segment.span)
    runs = {key: merged(spans) for key, spans in told.items()}
    for reason in reasons:
        same = runs[_level_at(reason)]
        yield next(span for span in same if span.overlaps(reason.segment.span))


def _level_at(reason: Reason) -> tuple[object, ...]:
    part, level = reason.part, reason.segment.level
    return (part.place.id, part.place.within, part.zone, part.span, level.scheme, level.id)


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
    held = {_told_by(reason.segment) for reason in holding}
    sides: dict[bool, Near] = {}
    for reason in sorted(bearing, key=lambda r: gravest_first(r.segment)):
        left = _unaccepted(reason, question)
        if _told_by(reason.segment) in held or left is None or not _counts(left, question):
            continue
        segment, span = left.segment, left.part.span
        over = segment.span.end <= span.start
        distance = segment.span.end - span.start if over else segment.span.start - span.end
        best = sides.get(over)
        if best is None or abs(distance) < abs(best.distance):
            sides[over] = Near(segment, distance)
    return tuple(sorted(sides.values(), key=lambda near: (abs(near.distance), near.distance)))


def _told_by(segment: Segment) -> tuple[object, ...]:
    """What tells a segment from all others, without a look into its advisory."""
    return (segment.advisory.id, segment.place.id, segment.bulletin, segment.span, segment.zone)
