"""The times between which nothing changes at a place, so that one verdict serves for all of them.

Whatever a verdict depends on begins and ends at known instants. Between two of these that follow
each other every span has the same answer, and the law itself is asked for it, once.
"""

import itertools
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sca import zones
from sca.evaluate import Answer, Reason, View, decide, silence, views_of
from sca.inquiry import Inquiry
from sca.question import Question
from sca.screening.judging import Outcome, in_words
from sca.spans import Span

_UTC = timedelta(0)
_ASIDE = timedelta(hours=15)
"""More than any clock is apart from UTC."""

Ahead = Mapping[str | None, timedelta]
"""How far the clock of each part is ahead of UTC."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Readings of a clock, and what is said of any span of them.

    Each reading is shown once by every clock of the place, or is of UTC.
    """

    start: datetime
    """The first of them; naive, as `end` is, which is not among them."""
    end: datetime
    outcome: Outcome
    """But for what is covered."""
    ahead: tuple[timedelta, ...]
    """How far the clocks are ahead of UTC of the parts where it is in force, the farthest first."""


def lasting(inquiry: Inquiry) -> bool:
    """Whether what is said of a place changes at known instants alone."""
    # What bites at some hours or on some days begins and ends without end.
    return inquiry.question.settings is None or not any(
        measure.limits.recurring
        for segment in inquiry.segments
        for measure in segment.advisory.measures
    )


def of_instants(inquiry: Inquiry, reach: Span) -> Iterator[Stretch]:
    """Stretches of UTC, for times with an offset of their own. The question must be `lasting`."""
    standing = _Standing(inquiry, reach)
    inside = {b for bounds in standing.bounds.values() for b in bounds} | {reach.start, reach.end}
    ahead = dict.fromkeys(standing.bounds, _UTC)
    for start, end in itertools.pairwise(sorted(inside)):
        yield from standing.judged(_wall(start, _UTC), _wall(end, _UTC), ahead)


def of_readings(inquiry: Inquiry, reach: Span) -> Iterator[Stretch]:
    """Stretches of the readings of all clocks of the place. The question must be `lasting`.

    Readings that some clock skips or shows twice are in none of them; and none are there where a
    part has no clock.
    """
    standing = _Standing(inquiry, reach)
    clocks = {zone: _Clock(zone, reach) for zone in standing.bounds if zone is not None}
    if len(clocks) < len(standing.bounds):
        return
    limits: set[datetime] = set()
    for zone, clock in clocks.items():
        limits |= {clock.reading(bound) for bound in standing.bounds[zone]} | clock.limits
    # Where clocks changed and nothing else did, the same is said as before.
    judged: dict[tuple[tuple[int, timedelta], ...], list[Stretch]] = {}
    for start, end in itertools.pairwise(sorted(limits)):
        ahead: dict[str | None, timedelta] = {}
        state = []
        for zone, clock in clocks.items():
            if (offset := clock.ahead(start, end)) is not None:
                ahead[zone] = offset
                passed = bisect_right(standing.bounds[zone], _instant(start, offset))
                state.append((passed, offset))
        if len(ahead) == len(clocks):
            key = tuple(state)
            if key not in judged:
                judged[key] = list(standing.judged(start, end, ahead))
            yield from (replace(stretch, start=start, end=end) for stretch in judged[key])


class _Clock:
    """A clock over some time: how far it is ahead of UTC, by its own readings."""

    def __init__(self, zone: str, reach: Span) -> None:
        self._runs = zones.offsets(reach.start, reach.end, zone)
        self._starts = [start for start, _ in self._runs]
        offsets = [offset for _, offset in self._runs]
        seams = [
            (_wall(turn, min(pair)), _wall(turn, max(pair)))
            for turn, pair in zip(self._starts[1:], itertools.pairwise(offsets), strict=True)
        ]
        lows = [_wall(reach.start, offsets[0]), *(after for _, after in seams)]
        highs = [*(before for before, _ in seams), _wall(reach.end, offsets[-1])]
        self._shown_once = list(zip(lows, highs, offsets, strict=True))

    @property
    def limits(self) -> set[datetime]:
        return {limit for low, high, _ in self._shown_once for limit in (low, high)}

    def reading(self, instant: datetime) -> datetime:
        """What it shows at an instant."""
        return _wall(instant, self._runs[bisect_right(self._starts, instant) - 1][1])

    def ahead(self, start: datetime, end: datetime) -> timedelta | None:
        """Its offset while it shows these readings; None where some are not shown just once."""
        runs = self._shown_once
        return next((o for low, high, o in runs if low <= start and end <= high), None)


_ROLES = ("bearing", "unsure", "counting", "doubtful")


class _Standing:
    """All that bears on a place in some time, from which each stretch takes what holds in it.

    Stretches are asked about in the order of time.
    """

    def __init__(self, inquiry: Inquiry, reach: Span) -> None:
        self._inquiry = inquiry
        self._views = views_of(
            _asking(inquiry.question, dict.fromkeys(_clocks(inquiry), reach)), (inquiry.segments)
        )
        self.bounds: dict[str | None, list[datetime]] = {
            zone: sorted({b for b in _bounds(inquiry, zone) if reach.start < b < reach.end})
            for zone in _clocks(inquiry)
        }
        """By each clock, the instants at which something begins or ends."""
        told = [
            (reason.segment.span.start, number, role, reason)
            for number, view in enumerate(self._views)
            for role in _ROLES
            for reason in getattr(view, role)
        ]
        self._coming = sorted(told, key=lambda entry: entry[0], reverse=True)
        self._held: list[tuple[datetime, int, str, Reason]] = []
        self._silences: dict[tuple[int, ...], Answer] = {}
        self._turns = {zone: sorted(_of_silence(inquiry, zone)) for zone in self.bounds}

    def judged(self, start: datetime, end: datetime, ahead: Ahead) -> Iterator[Stretch]:
        """What is said of these readings of each part's clock."""
        spans = {zone: _span(start, end, offset) for zone, offset in ahead.items()}
        held = self._holding(start, end, spans)
        decision = decide(held)
        answer = decision.answer
        if answer is Answer.CLEAR:
            answer = self._silence(spans)
        # Were there a bound that nobody thought of, something would hold in less than all of it.
        if all(_fills(reason, spans) for view in held for reason in _deciding(view)):
            offsets = {ahead[reason.part.zone] for reason in decision.told}
            outcome = in_words(decision, answer, "", self._inquiry.question.place.id)
            yield Stretch(start, end, outcome, tuple(sorted(offsets, reverse=True)))

    def _holding(
        self, start: datetime, end: datetime, spans: Mapping[str | None, Span]
    ) -> list[View]:
        first, last = start.replace(tzinfo=UTC) - _ASIDE, end.replace(tzinfo=UTC) + _ASIDE
        while self._coming and self._coming[-1][0] < last:
            self._held.append(self._coming.pop())
        self._held = [entry for entry in self._held if entry[3].segment.span.end > first]
        found: list[dict[str, list[Reason]]] = [{role: [] for role in _ROLES} for _ in self._views]
        for _, number, role, reason in self._held:
            if reason.segment.span.overlaps(spans[reason.part.zone]):
                found[number][role].append(reason)
        return [View(**roles) for roles in found]

    def _silence(self, spans: Mapping[str | None, Span]) -> Answer:
        key = tuple(bisect_right(self._turns[zone], span.start) for zone, span in spans.items())
        if key not in self._silences:
            question = _asking(self._inquiry.question, spans)
            self._silences[key] = silence(replace(self._inquiry, question=question).watching())
        return self._silences[key]


def _deciding(view: View) -> Iterator[Reason]:
    yield from view.counting
    yield from view.doubtful


def _fills(reason: Reason, spans: Mapping[str | None, Span]) -> bool:
    asked, told = spans[reason.part.zone], reason.segment.span
    return told.start <= asked.start and asked.end <= told.end


def _asking(question: Question, spans: Mapping[str | None, Span]) -> Question:
    """The same question about other spans."""
    parts = [replace(part, span=spans[part.zone], twice=False) for part in question.parts]
    return replace(question, parts=tuple(parts))


def _clocks(inquiry: Inquiry) -> list[str | None]:
    return list(dict.fromkeys(part.zone for part in inquiry.question.parts))


def _span(start: datetime, end: datetime, ahead: timedelta) -> Span:
    return Span(_instant(start, ahead), _instant(end, ahead))


def _instant(wall: datetime, ahead: timedelta) -> datetime:
    return (wall - ahead).replace(tzinfo=UTC)


def _wall(instant: datetime, ahead: timedelta) -> datetime:
    return instant.replace(tzinfo=None) + ahead


def _bounds(inquiry: Inquiry, zone: str | None) -> Iterator[datetime]:
    """Every instant at which something begins or ends by a clock."""
    yield from _of_silence(inquiry, zone)
    for segment in inquiry.segments:
        yield from (segment.span.start, segment.span.end)
    for acceptance in inquiry.question.accepted:
        yield acceptance.end(zone)
    if inquiry.question.settings is not None:
        yield from _of_limits(inquiry, zone)


def _of_silence(inquiry: Inquiry, zone: str | None) -> Iterator[datetime]:
    """Every instant at which silence begins or ceases to be trusted by a clock."""
    yield inquiry.now
    for source in inquiry.sources:
        for watch in source.watches:
            for moment in (watch.since, watch.until):
                span = moment.reading(zone or "Etc/UTC").span
                yield from (span.start, span.end)


def _of_limits(inquiry: Inquiry, zone: str | None) -> Iterator[datetime]:
    for segment in inquiry.segments:
        clock = segment.advisory.clock(segment.place, zone)
        for measure in segment.advisory.measures:
            for moment in (measure.limits.onset, measure.limits.expires):
                if moment is not None:
                    span = moment.reading(clock).span
                    yield from (span.start, span.end)
