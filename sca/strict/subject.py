"""What the warnings look at: an advisory, how it came about at each place, and its examples."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sca.advisory import Advisory, Bulletin, Segment
from sca.history import Step, walk
from sca.places import Place
from sca.spans import Span, When

_SECOND = timedelta(seconds=1)

Address = tuple[str | int, ...]
Found = tuple[Address, str]
"""Where it is, as far as it is there at all; and what looks wrong, and what to write instead."""

Inside = Callable[[Place], Iterable[Place]]
"""The regions and countries that are in a place; that of a gazetteer, so that this stays pure."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The history of one place that an advisory names, on one of its clocks."""

    place: Place
    clock: str
    steps: tuple[Step, ...]

    @property
    def segments(self) -> tuple[Segment, ...]:
        """What it comes to."""
        return self.steps[-1].after if self.steps else ()

    def ending(self, step: Step) -> Span:
        """The stretch in which a step's level ends, as wide as that end was written."""
        bulletin, zone = step.bulletin, self.clock
        if bulletin.expires is not None:
            return bulletin.expires.reading(zone).span
        earlier = [other for other in self.steps if other.act.number < step.act.number]
        if bulletin.duration is None and earlier and earlier[-1].act.end == step.act.end:
            return self.ending(earlier[-1])
        return Span(step.act.end - _SECOND, step.act.end)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an example asks."""

    place: Place
    when: When


@dataclass(frozen=True, slots=True)
class Subject:
    """An advisory that reads, its history at every place and clock, and what its examples ask."""

    advisory: Advisory
    walks: tuple[Walk, ...]
    asked: tuple[Asked, ...]
    inside: Inside

    def bulletins(self) -> Iterator[tuple[int, Bulletin, str]]:
        """Each bulletin by its position, and the clock of the first place that it speaks for."""
        clocks: dict[int, str] = {}
        for walked in self.walks:
            for step in walked.steps:
                clocks.setdefault(step.act.number - 1, walked.clock)
        for n, bulletin in enumerate(self.advisory.bulletins):
            if n in clocks:
                yield n, bulletin, clocks[n]


def nothing(_: Place) -> Iterable[Place]:
    """Of a place in which there is none."""
    return ()


def subject(advisory: Advisory, asked: Iterable[Asked] = (), inside: Inside = nothing) -> Subject:
    """The advisory with its histories. Raises SkippedTime."""
    return Subject(advisory, tuple(_walks(advisory)), tuple(asked), inside)


def _walks(advisory: Advisory) -> Iterator[Walk]:
    for place in advisory.places:
        clocks = [advisory.clock(place, zone) for zone in place.clocks or ("Etc/UTC",)]
        for clock in dict.fromkeys(clocks):
            yield Walk(place, clock, tuple(walk(advisory, place, clock)))
