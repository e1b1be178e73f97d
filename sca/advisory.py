"""Advisories: what an authority declared, and the segments of place and time it comes to."""

from dataclasses import dataclass

from sca.language import Text
from sca.levels import Level, Scheme
from sca.places import Place
from sca.spans import FOREVER, Duration, Moment, Span


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One official act: from `onset` on, `level` holds in `places`.

    It holds through `expires`, or for `duration` from the onset, else until further notice.
    """

    issued: Moment
    level: Level
    places: tuple[Place, ...]
    onset: Moment
    expires: Moment | None = None
    duration: Duration | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """What the authorities do; without settings it bites everywhere in its advisory."""

    id: str
    text: Text
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Advisory:
    """One declared regime; `timezone` is the clock of its written times."""

    id: str
    title: Text
    issuer: Text
    scheme: Scheme
    timezone: str
    sources: tuple[str, ...]
    bulletins: tuple[Bulletin, ...]
    measures: tuple[Measure, ...] = ()
    advice: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """One level at one named place (and all that lies in it) for one span.

    `bulletin` counts from 1 and is the act that the segment rests on.
    """

    advisory: Advisory
    place: Place
    span: Span
    level: Level
    bulletin: int

    @property
    def act(self) -> Bulletin:
        return self.advisory.bulletins[self.bulletin - 1]


def fold(advisory: Advisory) -> tuple[Segment, ...]:
    """The segments that the bulletins of an advisory come to.

    Raises SkippedTime where a bound names a time that its clock never showed.
    """
    return tuple(
        Segment(advisory, place, span_of(bulletin, advisory.timezone), bulletin.level, number)
        for number, bulletin in enumerate(advisory.bulletins, 1)
        for place in dict.fromkeys(bulletin.places)
    )


def span_of(bulletin: Bulletin, zone: str) -> Span:
    """From the start of the onset to the end of the last moment that it holds through."""
    start = bulletin.onset.reading(zone).span.start
    if bulletin.expires is not None:
        return Span(start, bulletin.expires.reading(zone).span.end)
    if bulletin.duration is not None:
        return Span(start, bulletin.onset.after(bulletin.duration, zone))
    return Span(start, FOREVER)
