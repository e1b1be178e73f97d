"""Accepted risks: advisories that somebody has decided to live with, at some places, for a time."""

from dataclasses import dataclass
from datetime import datetime

from sca import zones
from sca.advisory import Segment
from sca.language import Text
from sca.levels import Level
from sca.places import Place
from sca.spans import Moment

_EARLIEST = "Etc/GMT-14"
"""The clock on which every day ends first."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Somebody's word that an advisory is no bar at these places, through `until`.

    Up to `level`, that is; whatever is graver still counts.
    """

    advisory: str
    places: tuple[Place, ...]
    level: Level
    until: Moment
    """Read on the clock of the place that is asked about."""
    reason: Text
    by: str

    def accepts(self, segment: Segment, place: Place) -> bool:
        """Whether it is about this level of this advisory, and all of this place."""
        return (
            segment.advisory.id == self.advisory
            and segment.level.rank <= self.level.rank
            and any(place.lies_in(accepted) for accepted in self.places)
        )

    def end(self, zone: str | None) -> datetime:
        """When it has run out on a clock; where there is none, when it first may have."""
        if self.until.offset is not None:
            return self.until.reading("Etc/UTC").span.end
        return zones.end(self.until.wall + self.until.unit, zone or _EARLIEST)
