"""The shipped places: one read-only SQLite file, made when the package is built."""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from sca import names
from sca.errors import OldGazetteer
from sca.geo import distance
from sca.places import Kind, Place

_DATA = Path(__file__).parent / "data"
_SOURCES = ("overlay.toml", "admin1.tsv", "regions.tsv")
_COLUMNS = (
    "p.n, p.code, p.name, p.kind, p.zones, p.within, p.region, p.country, "
    "p.latitude, p.longitude, p.people, p.perhaps"
)
_REBUILD = "run pip install -e . in the checkout"


def stamp() -> str | None:
    """A fingerprint of our own part of what the file is made from, by which a change is noticed.

    None where that is not at hand, as in an installed package.
    """
    sources = [_DATA / name for name in _SOURCES]
    if not all(source.is_file() for source in sources):
        return None
    from hashlib import sha256

    digest = sha256()
    for source in (*sources, Path(names.__file__)):
        digest.update(source.read_bytes())
    return digest.hexdigest()


class Atlas:
    """Places by key, code, containment and neighbourhood."""

    def __init__(self, path: Path = _DATA / "gazetteer.sqlite") -> None:
        """Raises OldGazetteer where the file is missing or older than what it is made from."""
        if not path.is_file():
            raise OldGazetteer(f"the gazetteer has not been built; {_REBUILD}")
        address = path.absolute().as_uri()
        # Only ever read, so that any thread may ask; SQLite keeps them apart.
        self._base = sqlite3.connect(
            f"{address}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._prove_fresh()

    def __del__(self) -> None:
        # From 3.13 Python warns of a database that was not closed.
        if base := getattr(self, "_base", None):
            base.close()

    def meta(self, key: str) -> str:
        """A fact about the file itself."""
        row = self._base.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def credits(self) -> str:
        """Where the places come from, as their licences ask to have it said."""
        releases = self.meta("sources")
        return (
            "GeoNames (https://www.geonames.org/, CC BY 4.0, modified), ISO 3166 by way of "
            f"pycountry; {releases}"
        )

    def city(self, number: int) -> Place | None:
        """The city with this GeoNames id."""
        return self._one("FROM places p WHERE p.n = ? AND p.n > 0", number)

    def coded(self, code: str) -> Place | None:
        """The place of a code with its prefix, `iso:`, `iata:` or `icao:`; an airport's city."""
        row = self._base.execute(
            f"SELECT {_COLUMNS}, c.name FROM codes c JOIN places p ON p.n = c.n WHERE c.code = ?",
            (code,),
        ).fetchone()
        if row is None:
            return None
        *columns, airport = row
        via = f"{code.partition(':')[2]}, {airport}" if airport else None
        return _place(tuple(columns), via)

    def bearers(self, key: str) -> list[Place]:
        """Every place with a name that folds to this key."""
        return self._all("FROM names k JOIN places p ON p.n = k.n WHERE k.key = ?", key)

    def qualifying(self, key: str) -> list[Place]:
        """Every region with a name of this key that counts beside another name only."""
        return self._all("FROM qualifiers k JOIN places p ON p.n = k.n WHERE k.key = ?", key)

    def keys_of(self, place: Place) -> set[str]:
        """The keys of all names of a place."""
        rows = self._base.execute("SELECT key FROM names WHERE n = ?", (self._number(place),))
        return {str(key) for (key,) in rows}

    def known(self, keys: Iterable[str]) -> list[str]:
        """Those of the keys that some place bears."""
        asked, found = list(keys), []
        for first in range(0, len(asked), 900):
            some = asked[first : first + 900]
            marks = ",".join("?" * len(some))
            rows = self._base.execute(
                f"SELECT DISTINCT key FROM names WHERE key IN ({marks})", some
            )
            found += [str(key) for (key,) in rows]
        return found

    def keys_between(self, first: str, limit: str, letters: range) -> Iterator[str]:
        """The keys from `first` up to `limit`, which is not among them, of so many letters."""
        rows = self._base.execute(
            "SELECT DISTINCT key FROM names WHERE key >= ? AND key < ?"
            " AND length(key) BETWEEN ? AND ? ORDER BY key",
            (first, limit, letters.start, letters.stop - 1),
        )
        for (key,) in rows:
            yield str(key)

    def regions_in(self, place: Place) -> list[Place]:
        """Every region inside a region or country."""
        return self._all(
            "FROM inside i JOIN places p ON p.n = i.n WHERE i.outer = ?", self._number(place)
        )

    def incomplete(self, country: str) -> bool:
        """Whether some cities of a country (ISO 3166-1) have no region."""
        return country in self.meta("homeless").split()

    def near(self, latitude: float, longitude: float, km: float) -> list[tuple[float, Place]]:
        """The cities within so many kilometres, the nearest first."""
        degrees = km / 110.0
        rows = self._base.execute(
            f"SELECT p.latitude, p.longitude, {_COLUMNS} FROM places p"
            " WHERE p.kind = 'city' AND p.latitude BETWEEN ? AND ?",
            (latitude - degrees, latitude + degrees),
        )
        # Of a whole belt of the globe few are near, and only those are worth making places of.
        far = ((distance(latitude, longitude, row[0], row[1]), row[2:]) for row in rows)
        found = [(d, _place(row)) for d, row in far if d <= km]
        return sorted(found, key=lambda near: (near[0], near[1].id))

    def largest(self, prefix: str, most: int) -> list[Place]:
        """The places one of whose names begins so: cities first, those of most people first."""
        return self._all(
            "FROM places p WHERE p.n IN (SELECT n FROM names WHERE key >= ? AND key < ?)"
            " ORDER BY p.kind != 'city', p.people DESC, p.n LIMIT ?",
            prefix,
            prefix + "\U0010ffff",
            most,
        )

    def _number(self, place: Place) -> int:
        if place.id.startswith("geonames:"):
            return int(place.id.removeprefix("geonames:"))
        row = self._base.execute("SELECT n FROM codes WHERE code = ?", (place.id,)).fetchone()
        return int(row[0]) if row else 0

    def _one(self, rest: str, *values: object) -> Place | None:
        found = self._all(rest, *values)
        return found[0] if found else None

    def _all(self, rest: str, *values: object) -> list[Place]:
        rows = self._base.execute(f"SELECT {_COLUMNS} {rest}", values)
        return [_place(row) for row in rows]

    def _prove_fresh(self) -> None:
        """In a checkout the sources lie beside the file, and must be those it was made from."""
        if stamp() not in {None, self.meta("stamp")}:
            raise OldGazetteer(f"the gazetteer is older than what it is made from; {_REBUILD}")


def _place(row: tuple[object, ...], via: str | None = None) -> Place:
    n, code, name, kind, zones, within, region, country, latitude, longitude, people, perhaps = row
    clocks = tuple(str(zones).split())
    return Place(
        id=f"iso:{code}" if code else f"geonames:{n}",
        name=str(name),
        kind=Kind(str(kind)),
        timezone=clocks[0],
        within=tuple(str(within).split()),
        region=None if region is None else str(region),
        country=None if country is None else str(country),
        latitude=_float(latitude),
        longitude=_float(longitude),
        population=int(str(people)) if people is not None else None,
        zones=clocks if len(clocks) > 1 else (),
        perhaps=tuple(str(perhaps or "").split()),
        via=via,
    )


def _float(value: object) -> float | None:
    return value if isinstance(value, float) else None
