"""What is asked: a place by its parts, a span on the clock of each, and what should count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sca.acceptance import Acceptance
from sca.errors import InvalidTime
from sca.levels import Threshold
from sca.places import Kind, Place
from sca.spans import Span, When, hull


@dataclass(frozen=True, slots=True)
class Part:
    """A place that is judged as one, and the span asked about on a clock of its own."""

    place: Place
    span: Span
    zone: str | None
    twice: bool = False
    known: Span | None = None
    """When the bulletins had to be known that it is judged by; None for all there are."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a place by its parts, a span, and what should count."""

    place: Place
    parts: tuple[Part, ...]
    threshold: Threshold | None = None
    settings: frozenset[str] | None = None
    """The settings that may match, with their relatives; None where nobody asked for one."""
    exercise: bool = False
    """Whether drills count."""
    accepted: tuple[Acceptance, ...] = ()
    """What does not count, as somebody has decided to live with it."""

    @property
    def span(self) -> Span:
        """From the first to the last instant asked about at any part."""
        return hull(part.span for part in self.parts)

    @property
    def timezone(self) -> str | None:
        """The clock of all its parts, if they share one."""
        zones = {part.zone for part in self.parts}
        return zones.pop() if len(zones) == 1 else None


def ask(
    place: Place,
    parts: Iterable[Place],
    when: When,
    now: datetime,
    threshold: Threshold | None = None,
    settings: frozenset[str] | None = None,
    as_of: When | None = None,
    exercise: bool = False,
    accepted: Iterable[Acceptance] = (),
) -> Question:
    """The question whose wall clocks are read at each part of the place. Raises InvalidTime."""
    asked = []
    for part in parts:
        for zone in part.clocks or (None,):
            if zone is None:
                _refuse_local(part, when, as_of)
            reading = when.reading(zone or "Etc/UTC", now)
            known = as_of.reading(zone or "Etc/UTC", now).span if as_of else None
            asked.append(Part(part, reading.span, zone, reading.twice, known))
    return Question(place, tuple(asked), threshold, settings, exercise, tuple(accepted))


def _refuse_local(part: Place, *times: When | None) -> None:
    """Refuse a time that only a local clock could tell, where there is none."""
    for time in times:
        if time is not None and time.needs_clock:
            raise InvalidTime(
                f"{time.text!r} is read on a local clock, and {part} is far from any city; "
                "name its clock by --zone, or give the time with Z or an offset"
            )


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
