"""What an advisory says of one place, bulletin by bulletin, and what sets its bounds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sca.advisory import Advisory, Bulletin, Segment
from sca.changes import Act, act_of
from sca.history import Step, beginnings, turn, walk
from sca.levels import Level
from sca.places import Place
from sca.spans import FOREVER, Span, merged


class Word(StrEnum):
    """By which of its words a bulletin sets a bound."""

    ONSET = "onset"
    EXPIRES = "expires"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class Bound:
    """What sets the start or the end of a level: a word of a bulletin, counted from 1."""

    bulletin: int
    word: Word


@dataclass(frozen=True, slots=True)
class Said:
    """A level, by the bulletin that says it."""

    bulletin: int
    level: Level


@dataclass(frozen=True, slots=True)
class Run:
    """What one bulletin says of a place, as long as it holds without a break."""

    said: Said
    segments: tuple[Segment, ...]
    """In order of time."""

    @property
    def span(self) -> Span:
        return Span(self.segments[0].span.start, self.segments[-1].span.end)


@dataclass(frozen=True, slots=True)
class Bounds:
    """From when to when a level holds, and what sets that; None: no bulletin says an end."""

    span: Span
    since: Bound | None
    until: Bound | None


def runs(segments: Iterable[Segment]) -> list[Run]:
    """The segments of one place as runs, in order of time."""
    told: list[Run] = []
    for segment in sorted(segments, key=lambda s: s.span):
        said, last = Said(segment.bulletin, segment.level), told[-1] if told else None
        if last and last.said == said and last.span.end == segment.span.start:
            told[-1] = Run(said, (*last.segments, segment))
        else:
            told.append(Run(said, (segment,)))
    return told


class Record:
    """What an advisory says of one place that it names, on a clock.

    With `known`, as somebody knew it who read the bulletins at some instant of that span.
    """

    def __init__(
        self, advisory: Advisory, place: Place, clock: str, known: Span | None = None
    ) -> None:
        """Raises SkippedTime where a bound names a time that the clock never showed."""
        self.place, self.clock = place, clock
        self._advisory = advisory
        self._all = walk(advisory, place, clock)
        self._counts = [len(advisory.bulletins)]
        if known is not None:
            self._counts = beginnings(advisory.bulletins, known, clock)
        self._steps = self._first(self._counts[-1])

    def act(self, bulletin: int) -> Act | None:
        """What a bulletin does to what was said of the place; None where it changes nothing."""
        told = turn(self._advisory, {bulletin}, self.place, self._all)
        return act_of(told) if told else None

    def bounds(self, run: Run) -> Bounds:
        """What sets the bounds of what is said: the bulletin itself, or later ones.

        Where it is not certain what was known, the run may be cut off by what is said otherwise;
        its bounds are those of what says it.
        """
        steps = self._telling(run)
        span = _stretch(steps[-1], run) or run.span
        own = next(n for n, step in enumerate(steps) if step.act.number == run.said.bulletin)
        return Bounds(span, _since(steps, own, span.start), _until(steps, own, span.end))

    def supersedes(self, run: Run, span: Span) -> tuple[Said, ...]:
        """What would be said of a span, but for the bulletin of a run."""
        steps = [s for s in self._telling(run) if s.act.number == run.said.bulletin]
        held = [r.said for step in steps for r in runs(step.before) if r.span.overlaps(span)]
        return tuple(dict.fromkeys(held))

    def superseding(self, span: Span, last: Run | None) -> tuple[int, Said] | None:
        """The bulletin but for which something would hold in a span, and what.

        `last` is the last run before that. A bulletin that it outlives is not why it is over.
        """
        for step in reversed(self._steps):
            held = [run.said for run in runs(step.before) if run.span.overlaps(span)]
            if held:
                outlived = last is not None and step.act.sure < last.span.end
                return None if outlived else (step.act.number, held[0])
        return None

    def withdrawn(self) -> tuple[int, Said] | None:
        """The bulletin that took back what never came to hold, and what; the last of them."""
        for step in reversed(self._steps):
            if step.before:
                return step.act.number, runs(step.before)[-1].said
        return None

    def excepting(self) -> list[int]:
        """The bulletins that speak for a place around this one, and except it."""
        return [
            number
            for number, bulletin in enumerate(self._known, 1)
            if any(self.place.lies_in(named) for named in bulletin.places)
            and any(self.place.lies_in(spared) for spared in bulletin.exceptions)
        ]

    def spared(self, span: Span) -> Run | None:
        """What would hold in a span, had a bulletin not excepted the place."""
        if not (excepting := self.excepting()):
            return None
        bulletins = tuple(
            replace(b, exceptions=()) if number in excepting else b
            for number, b in enumerate(self._known, 1)
        )
        steps = walk(replace(self._advisory, bulletins=bulletins), self.place, self.clock)
        told = runs(steps[-1].after) if steps else []
        held = (run for run in told if run.span.overlaps(span))
        return next((run for run in held if run.said.bulletin in excepting), None)

    def unknown(self, span: Span) -> list[Run]:
        """What holds in a span by bulletins that were not known yet."""
        later = {step.act.number for step in self._all[len(self._steps) :]}
        told = runs(self._all[-1].after) if later else []
        return [run for run in told if run.said.bulletin in later and run.span.overlaps(span)]

    def unknown_end(self, span: Span) -> int | None:
        """The bulletin, not known yet, by which nothing holds in a span."""
        for step in reversed(self._all[len(self._steps) :]):
            if any(segment.span.overlaps(span) for segment in step.after):
                return None
            if any(segment.span.overlaps(span) for segment in step.before):
                return step.act.number
        return None

    @property
    def _known(self) -> Sequence[Bulletin]:
        return self._advisory.bulletins[: self._counts[-1]]

    def _first(self, count: int) -> list[Step]:
        return [step for step in self._all if step.act.number <= count]

    def _telling(self, run: Run) -> list[Step]:
        """The bulletins by which a run is told: of what may have been known, the most."""
        every = [steps for count in reversed(self._counts) if (steps := self._first(count))]
        told = [steps for steps in [*every, self._all] if _stretch(steps[-1], run)]
        same = (steps for steps in told if _stretch(steps[-1], run) == run.span)
        return next(same, told[0])


def _stretch(step: Step, run: Run) -> Span | None:
    """How long what a run says holds around its start, as it stands after a bulletin."""
    same = (s.span for s in step.after if Said(s.bulletin, s.level) == run.said)
    return next((span for span in merged(same) if run.span.start in span), None)


def _since(steps: Sequence[Step], own: int, start: datetime) -> Bound | None:
    """By which bulletin's onset or end something begins to hold that one of them says."""
    act = steps[own].act
    if start in {act.start, act.sure}:
        return Bound(act.number, Word.ONSET)
    return _ending_at(steps, start) or _beginning_at(steps, start)


def _until(steps: Sequence[Step], own: int, end: datetime) -> Bound | None:
    """By whose end or onset it ceases to; None: no bulletin says it."""
    if end == FOREVER:
        return None
    if end == steps[own].act.end:
        return _end(steps[: own + 1])
    # Later bulletins replace it. On a day whose hours are not known so may one before it.
    others = [*steps[own + 1 :], *steps[:own]]
    return _beginning_at(others, end) or _ending_at(steps, end)


def _beginning_at(steps: Iterable[Step], instant: datetime) -> Bound | None:
    acts = (step.act for step in steps if instant in {step.act.start, step.act.sure})
    return next((Bound(act.number, Word.ONSET) for act in acts), None)


def _ending_at(steps: Sequence[Step], instant: datetime) -> Bound | None:
    ends = (_end(steps[: n + 1]) for n, step in enumerate(steps) if step.act.end == instant)
    return next(ends, None)


def _end(steps: Sequence[Step]) -> Bound | None:
    """By which bulletin's word the last one ends, which it may inherit; None: it does not."""
    for step in reversed(steps):
        number, bulletin = step.act.number, step.bulletin
        if bulletin.expires is not None:
            return Bound(number, Word.EXPIRES)
        if bulletin.duration is not None:
            return Bound(number, Word.DURATION)
        if bulletin.open or bulletin.cancels:
            return None
    return None
