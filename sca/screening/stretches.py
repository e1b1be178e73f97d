"""The times between which nothing changes at a place, so that one verdict serves for all of them.

Whatever a verdict depends on begins and ends at known instants. Between two of these that follow
each other every span has the same answer, and the law itself is asked for it, once.
"""

import itertools
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sca import zones
from sca.inquiry import Inquiry
from sca.question import Part
from sca.screening.judging import Outcome, told
from sca.spans import Span, merged

_SECOND = timedelta(seconds=1)
_UTC = timedelta(0)


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
        measure.limits.hours or measure.limits.recurs
        for segment in inquiry.segments
        for measure in segment.advisory.measures
    )


def of_instants(inquiry: Inquiry, reach: Span) -> Iterator[Stretch]:
    """Stretches of UTC, for times with an offset of their own. The question must be `lasting`."""
    clocks = _parts_by_clock(inquiry)
    bounds = {bound for part in clocks.values() for bound in _bounds(inquiry, part)}
    inside = {b for b in bounds if reach.start < b < reach.end} | {reach.start, reach.end}
    ahead = dict.fromkeys(clocks, _UTC)
    for start, end in itertools.pairwise(sorted(inside)):
        yield from _judged(inquiry, _wall(start, _UTC), _wall(end, _UTC), ahead)


def of_readings(inquiry: Inquiry, reach: Span) -> Iterator[Stretch]:
    """Stretches of the readings of all clocks of the place. The question must be `lasting`.

    Readings that some clock skips or shows twice are in none of them; and none are there where a
    part has no clock.
    """
    parts = _parts_by_clock(inquiry)
    clocks = {zone: _Clock(zone, reach) for zone in parts if zone is not None}
    if len(clocks) < len(parts):
        return
    bounds: dict[str, list[datetime]] = {}
    limits: set[datetime] = set()
    for zone, clock in clocks.items():
        own = {b for b in _bounds(inquiry, parts[zone]) if reach.start < b < reach.end}
        bounds[zone] = sorted(own)
        limits |= {clock.reading(bound) for bound in own} | clock.limits
    # Where clocks changed and nothing else did, the same is said as before.
    judged: dict[tuple[tuple[int, timedelta], ...], list[Stretch]] = {}
    for start, end in itertools.pairwise(sorted(limits)):
        ahead: dict[str | None, timedelta] = {}
        state = []
        for zone, clock in clocks.items():
            if (offset := clock.ahead(start, end)) is not None:
                ahead[zone] = offset
                state.append((bisect_right(bounds[zone], _instant(start, offset)), offset))
        if len(ahead) == len(clocks):
            key = tuple(state)
            if key not in judged:
                judged[key] = list(_judged(inquiry, start, end, ahead))
            yield from (replace(stretch, start=start, end=end) for stretch in judged[key])


class _Clock:
    """A clock over some time: how far it is ahead of UTC, by its own readings."""

    def __init__(self, zone: str, reach: Span) -> None:
        self._runs = zones.offsets(reach.start, reach.end, zone)
        starts = [start for start, _ in self._runs[1:]]
        offsets = [offset for _, offset in self._runs]
        seams = [
            (_wall(turn, min(pair)), _wall(turn, max(pair)))
            for turn, pair in zip(starts, itertools.pairwise(offsets), strict=True)
        ]
        lows = [_wall(reach.start, offsets[0]), *(after for _, after in seams)]
        highs = [*(before for before, _ in seams), _wall(reach.end, offsets[-1])]
        self._shown_once = list(zip(lows, highs, offsets, strict=True))

    @property
    def limits(self) -> set[datetime]:
        return {limit for low, high, _ in self._shown_once for limit in (low, high)}

    def reading(self, instant: datetime) -> datetime:
        """What it shows at an instant."""
        offset = next(o for start, o in reversed(self._runs) if start <= instant)
        return _wall(instant, offset)

    def ahead(self, start: datetime, end: datetime) -> timedelta | None:
        """Its offset while it shows these readings; None where some are not shown just once."""
        runs = self._shown_once
        return next((o for low, high, o in runs if low <= start and end <= high), None)


def _judged(
    inquiry: Inquiry, start: datetime, end: datetime, ahead: dict[str | None, timedelta]
) -> Iterator[Stretch]:
    verdict = _of(inquiry, start, end, ahead).verdict()
    outcome = told(verdict)
    offsets: list[timedelta] = sorted(set(ahead.values()), reverse=True)
    if verdict.covered and len(offsets) > 1:
        second = _of(inquiry, start, start + _SECOND, ahead).verdict().covered
        offsets = [o for o in offsets if _span(start, start + _SECOND, o) in second]
    covered = merged(_span(start, end, o) for o in offsets) if verdict.covered else ()
    # Were there a bound that nobody thought of, less would be covered than that.
    if covered == verdict.covered:
        yield Stretch(
            start, end, replace(outcome, covered=""), tuple(offsets if verdict.covered else ())
        )


def _of(
    inquiry: Inquiry, start: datetime, end: datetime, ahead: dict[str | None, timedelta]
) -> Inquiry:
    """The question about these readings of each part's clock."""
    question = inquiry.question
    parts = [replace(p, span=_span(start, end, ahead[p.zone]), twice=False) for p in question.parts]
    return replace(inquiry, question=replace(question, parts=tuple(parts)))


def _parts_by_clock(inquiry: Inquiry) -> dict[str | None, Part]:
    """A part for each clock there is."""
    return {part.zone: part for part in inquiry.question.parts}


def _span(start: datetime, end: datetime, ahead: timedelta) -> Span:
    return Span(_instant(start, ahead), _instant(end, ahead))


def _instant(wall: datetime, ahead: timedelta) -> datetime:
    return (wall - ahead).replace(tzinfo=UTC)


def _wall(instant: datetime, ahead: timedelta) -> datetime:
    return instant.replace(tzinfo=None) + ahead


def _bounds(inquiry: Inquiry, part: Part) -> Iterator[datetime]:
    """Every instant at which something begins or ends by the clock of a part."""
    yield inquiry.now
    for segment in inquiry.segments:
        yield from (segment.span.start, segment.span.end)
    for acceptance in inquiry.question.accepted:
        yield acceptance.end(part.zone)
    for source in inquiry.sources:
        for watch in source.watches:
            for moment in (watch.since, watch.until):
                span = moment.reading(part.zone or "Etc/UTC").span
                yield from (span.start, span.end)
    if inquiry.question.settings is not None:
        yield from _of_limits(inquiry, part)


def _of_limits(inquiry: Inquiry, part: Part) -> Iterator[datetime]:
    for segment in inquiry.segments:
        zone = segment.advisory.clock(segment.place, part.zone)
        for measure in segment.advisory.measures:
            for moment in (measure.limits.onset, measure.limits.expires):
                if moment is not None:
                    span = moment.reading(zone).span
                    yield from (span.start, span.end)
