"""Places, and what lies in what."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What sort of place it is; a site is a user's own (an office, a venue)."""

    COUNTRY = "country"
    REGION = "region"
    CITY = "city"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a name or an id stands for; ids can be typed back where a name is asked."""

    id: str
    name: str
    kind: Kind
    timezone: str
    """Its clock, an IANA key; a country with several is asked part by part."""
    within: tuple[str, ...] = ()
    """The ids of the places it lies in, the nearest first."""
    region: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    population: int | None = None

    def __str__(self) -> str:
        """The name, and around it the region and country where they say something new."""
        around = [name for name in (self.region, self.country) if name and name != self.name]
        return ", ".join([self.name, *around])

    @property
    def chain(self) -> tuple[str, ...]:
        """Its own id, then those of the places around it, the nearest first."""
        return (self.id, *self.within)

    def lies_in(self, other: "Place") -> bool:
        """Whether it is `other` or inside it."""
        return other.id in self.chain
