"""Places, and what lies in what."""

from dataclasses import dataclass
from enum import StrEnum

ANYWHERE = "*"
"""Stands among what a place may lie in for every region and country there is."""


class Kind(StrEnum):
    """What sort of place it is; a site is somebody's own office or venue, a point a coordinate."""

    COUNTRY = "country"
    REGION = "region"
    CITY = "city"
    SITE = "site"
    POINT = "point"


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a name or an id stands for; ids can be typed back where a name is asked."""

    id: str
    name: str
    kind: Kind
    timezone: str
    """Its clock, an IANA key; of a region or country with several, that of most people."""
    within: tuple[str, ...] = ()
    """The ids of the places it lies in, the nearest first."""
    region: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    population: int | None = None
    zones: tuple[str, ...] = ()
    """All clocks of a region or country that has several."""
    otherwise: tuple[tuple[str, ...], ...] = ()
    """What it may lie in instead of `within`: other regions are as near as its own."""
    perhaps: tuple[str, ...] = ()
    """What it may lie in besides: regions that share its land in part, the country that counts it
    among its own regions; or ANYWHERE."""
    via: str | None = None
    """How it came to stand for a name or a coordinate: by its airport, by the nearest city."""

    def __str__(self) -> str:
        """The name, and around it the region and country where they say something new."""
        around = [name for name in (self.region, self.country) if name and name != self.name]
        return ", ".join([self.name, *around])

    @property
    def clocks(self) -> tuple[str, ...]:
        """Every clock that shows a time in it; none at a point far from any city."""
        return self.zones or ((self.timezone,) if self.timezone else ())

    @property
    def chain(self) -> tuple[str, ...]:
        """Its own id, then those of the places around it, the nearest first."""
        return (self.id, *self.within)

    @property
    def countries(self) -> frozenset[str]:
        """The countries (ISO 3166-1) that it lies or may lie in; an empty one stands for any."""
        far = self.kind in {Kind.POINT, Kind.SITE} and not self.within
        ids = [*self.chain, *self.perhaps, *(id for chain in self.otherwise for id in chain)]
        codes = {id.removeprefix("iso:")[:2] for id in ids if id.startswith("iso:")}
        return frozenset({""} if far or ANYWHERE in ids or not codes else codes)

    def lies_in(self, other: "Place") -> bool:
        """Whether it is `other` or inside it."""
        return other.id in self.chain

    def may_lie_in(self, other: "Place") -> bool:
        """Whether it is not known to lie in a region or country, nor known to lie outside it.

        So it is with a city that no region is known for, and with the regions of its country; and
        with a second-level region, for all that is in the region above and not proven to be in it.
        A coordinate may lie in any region of its country in which no city is known; far from any
        city it, or a place of one's own, may lie in any region or country at all. What two
        countries count as theirs lies in one of them, and may lie in the other.
        """
        if self.lies_in(other):
            return False
        far = self.kind in {Kind.POINT, Kind.SITE} and not self.within
        if far or ANYWHERE in self.perhaps:
            return other.kind in {Kind.REGION, Kind.COUNTRY}
        if other.id in self.perhaps:
            return True
        if other.kind is not Kind.REGION or self.kind is Kind.COUNTRY:
            return False
        if self.kind is Kind.POINT and not other.population:
            # No city of it is known, so that no coordinate would ever be found to lie in it.
            return other.within[-1:] == self.within[-1:]
        around = next((id for id in self.within if id.startswith("iso:")), None)
        return self.kind is not Kind.REGION and around is not None and other.within[:1] == (around,)
