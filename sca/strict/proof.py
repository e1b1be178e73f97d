"""The warning about bounds that no example proves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sca import zones
from sca.advisory import LOCAL
from sca.history import Step
from sca.places import Place
from sca.spans import FOREVER, Span
from sca.strict.subject import Found, Subject, Walk

_MINUTE = timedelta(minutes=1)
_EVER = datetime.min.replace(tzinfo=UTC)
_SIDES = ("before", "after")


@dataclass(frozen=True, slots=True)
class _Bound:
    """An instant at which what holds at a place changes, and the bulletin's key that says so."""

    bulletin: int
    """Counted from 1."""
    key: str
    instant: datetime


def one_sided(subject: Subject) -> Iterator[Found]:
    """A bound that no example lies before, or none after, at any of its places.

    An example lies before a bound if all of the time that it asks about lies between the bound
    before that and this one, at a place that has the history in question.
    """
    bounds: dict[tuple[int, str], tuple[_Bound, Walk]] = {}
    proven: set[tuple[int, str, str]] = set()
    for walked in subject.walks:
        here = _bounds(walked)
        asked = list(_asked(subject, walked))
        for before, bound, after in zip([None, *here], here, [*here[1:], None], strict=False):
            bounds.setdefault((bound.bulletin, bound.key), (bound, walked))
            first = before.instant if before else _EVER
            last = after.instant if after else FOREVER
            stretches = (Span(first, bound.instant), Span(bound.instant, last))
            for side, stretch in zip(_SIDES, stretches, strict=True):
                if any(span.meet(stretch) == span for span in asked):
                    proven.add((bound.bulletin, bound.key, side))
    for (number, key), (bound, walked) in sorted(bounds.items(), key=lambda item: item[0]):
        bare = [side for side in _SIDES if (number, key, side) not in proven]
        if bare:
            yield ("bulletins", number - 1, key), _problem(bare, bound, walked)


def _bounds(walked: Walk) -> list[_Bound]:
    stretches = list(_stretches(walked))
    ends = {span.end: number for number, span in stretches}
    instants = {bound for _, span in stretches for bound in (span.start, span.end)}
    return [
        _Bound(*_cause(instant, walked.steps, ends), instant)
        for instant in sorted(instants - {FOREVER})
    ]


def _stretches(walked: Walk) -> Iterator[tuple[int, Span]]:
    """For how long each bulletin holds without a break; a doubt is no break."""
    held: tuple[int, Span] | None = None
    for segment in walked.segments:
        if held and held == (segment.bulletin, Span(held[1].start, segment.span.start)):
            held = segment.bulletin, Span(held[1].start, segment.span.end)
            continue
        if held:
            yield held
        held = segment.bulletin, segment.span
    if held:
        yield held


def _cause(instant: datetime, steps: Iterable[Step], ends: dict[datetime, int]) -> tuple[int, str]:
    """The bulletin and key by which something changes: an onset there, else an end."""
    onsets = [s.act.number for s in steps if instant in {s.act.start, s.act.sure}]
    return (onsets[-1], "onset") if onsets else (ends[instant], "expires")


def _asked(subject: Subject, walked: Walk) -> Iterator[Span]:
    """The spans that examples ask about at places with this very history."""
    advisory = subject.advisory
    for asked in subject.asked:
        if walked.place not in _nearest(asked.place, advisory.places):
            continue
        for zone in asked.place.clocks or ("Etc/UTC",):
            if advisory.timezone != LOCAL or zone == walked.clock:
                yield asked.when.reading(zone, FOREVER).span


def _nearest(place: Place, named: Iterable[Place]) -> list[Place]:
    """Of the places that are named, the nearest around this one, whose history is its own."""
    around = [other for other in named if place.lies_in(other)]
    outer = {id for other in around for id in other.within}
    return [other for other in around if other.id not in outer]


def _problem(bare: list[str], bound: _Bound, walked: Walk) -> str:
    place = walked.place
    instants = {"before": bound.instant - _MINUTE, "after": bound.instant}
    clock = place.clocks[0] if place.clocks else "Etc/UTC"
    whens = [f'when = "{zones.local(instants[side], clock):%Y-%m-%dT%H:%M}"' for side in bare]
    return (
        f"has no example {' or '.join(bare)} it; add one with "
        f'place = "{place.name}" and {", and one with ".join(whens)}'
    )
