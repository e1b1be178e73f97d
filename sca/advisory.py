"""Advisories: what an authority declared, act by act."""

from dataclasses import dataclass
from enum import StrEnum

from sca.language import Text
from sca.levels import Level, Scheme
from sca.limits import ANYWHERE, Limits
from sca.places import Place
from sca.spans import Duration, Moment, Span

LOCAL = "local"
"""The timezone of an advisory whose hours are those of each place's own clock."""


class Then(StrEnum):
    """What holds at a place when a bulletin's level ends there."""

    BEFORE = "before"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One official act: from `onset` on, `level` holds in `places` and all that lies in them.

    It holds through `expires`, or for `duration` from the onset. What is left out is inherited,
    place by place, from the last bulletin before it that spoke for the place.
    """

    issued: Moment
    places: tuple[Place, ...]
    onset: Moment
    level: Level | None = None
    cancels: bool = False
    """Whether it says that no level holds from its onset on."""
    expires: Moment | None = None
    duration: Duration | None = None
    open: bool = False
    """Whether it says that its level holds until further notice."""
    then: Then | None = None
    exceptions: tuple[Place, ...] = ()
    sources: tuple[str, ...] = ()
    notes: tuple[Text, ...] = ()

    def speaks_for(self, place: Place) -> bool:
        """Whether a place lies in those that it names, and in none that it excepts."""
        return any(place.lies_in(named) for named in self.places) and not any(
            place.lies_in(excepted) for excepted in self.exceptions
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """What the authorities do, wherever and whenever its limits let it."""

    id: str
    text: Text
    limits: Limits = ANYWHERE

    @property
    def settings(self) -> tuple[str, ...]:
        return self.limits.settings


class Response(StrEnum):
    """CAP 1.2 responseType: what kind of thing people are asked to do."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"


@dataclass(frozen=True, slots=True)
class Advice:
    """What people are asked to do, wherever and whenever its limits let it."""

    text: Text
    limits: Limits = ANYWHERE
    response: Response | None = None
    audience: Text | None = None


@dataclass(frozen=True, slots=True)
class Advisory:
    """One declared regime; `timezone` is the clock of its written times, or `local`."""

    id: str
    title: Text
    issuer: Text
    scheme: Scheme
    timezone: str
    sources: tuple[str, ...]
    bulletins: tuple[Bulletin, ...]
    measures: tuple[Measure, ...] = ()
    advice: tuple[Advice, ...] = ()
    notes: tuple[Text, ...] = ()
    settings: tuple[str, ...] = ()
    """The only settings in which any of it holds; none: in all."""
    reported: bool = False
    """Whether it is known from reports only, which may be wrong."""
    exercise: bool = False
    """Whether it was a drill, which counts only for those who ask for drills."""

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place that a bulletin names or excepts; each has a history of its own."""
        every = (p for b in self.bulletins for p in (*b.places, *b.exceptions))
        return tuple({place.id: place for place in every}.values())

    def clock(self, place: Place, zone: str | None = None) -> str:
        """The zone its times are read in at a place: its own, else `zone`, else the place's."""
        return self.timezone if self.timezone != LOCAL else zone or place.timezone


class Doubt(StrEnum):
    """Why a segment may not hold, although it is told."""

    HOUR = "hour"
    """The hour of a change was not published; the graver of before and after holds for the day."""
    KNOWN = "known"
    """Whether it was known by then is not certain."""
    PLACE = "place"
    """Whether the place that is asked about lies where it holds is not certain."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One level at one named place (and what lies in it and has no history of its own) for a span.

    `bulletin` counts from 1 and is the act that the segment rests on.
    """

    advisory: Advisory
    place: Place
    span: Span
    level: Level
    bulletin: int
    doubt: Doubt | None = None
    zone: str | None = None
    """The clock that it was read on, where others may read it otherwise."""

    @property
    def act(self) -> Bulletin:
        return self.advisory.bulletins[self.bulletin - 1]
