"""Places files: more names for known places, and places of one's own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sca import zones
from sca.atlas import Atlas
from sca.errors import AmbiguousPlace, UnknownPlace
from sca.formats import shapes
from sca.formats.toml import Address, Sheet
from sca.gazetteer import Entry, Gazetteer
from sca.language import printable
from sca.names import fold
from sca.places import ANYWHERE, Kind, Place

_LARGE = 100_000
"""From over how many people on a place's name may not be taken without saying so."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One `[[places]]` table and where it stands."""

    sheet: Sheet
    position: int

    def has(self, key: str) -> bool:
        return not self.sheet.absent("places", self.position, key)

    def value(self, *key: str | int) -> object:
        return self.sheet.value("places", self.position, *key)

    def word(self, key: str) -> str:
        value = self.value(key)
        return printable(value) if isinstance(value, str) else ""

    def number(self, key: str) -> float | None:
        value = self.value(key)
        return value if isinstance(value, int | float) else None

    def wrong(self, problem: str, *key: str | int) -> None:
        self.sheet.wrong(problem, "places", self.position, *key)

    @property
    def id(self) -> str:
        """Its id, be it right or not; where there is none, one that nobody can type."""
        id = self.sheet.data["places"][self.position].get("id")
        return id if isinstance(id, str) and id else f"{self.sheet.path}:{self.position}"

    @property
    def is_known(self) -> bool:
        """Whether it speaks of a known place."""
        return self.id.startswith(("geonames:", "iso:"))

    @property
    def spelled(self) -> Iterator[tuple[Address, str]]:
        """Every text that it says to answer to, and where in its table."""
        if not self.is_known:
            yield from (((key,), self.word(key)) for key in ("id", "name") if self.word(key))
        names = self.value("names")
        groups = names if isinstance(names, dict) else {None: names}
        for tag, group in groups.items():
            for n in range(len(group) if isinstance(group, list) else 0):
                address = ("names", n) if tag is None else ("names", tag, n)
                if isinstance(name := self.value(*address), str):
                    yield address, printable(name)

    @property
    def asked(self) -> frozenset[str]:
        """The keys of what it says to lie in, whole and by the parts between commas."""
        within = "" if self.is_known else self.word("within")
        return frozenset(map(fold, (within, *within.split(",")))) - {""}


def read(sheets: Iterable[Sheet], atlas: Atlas) -> Gazetteer:
    """The shipped places with those of all such files; mistakes are noted in the sheets.

    A place may lie in one that comes after it, in the same file or another.
    """
    rows = list(_rows(sheets))
    needs = _needs(rows)
    shipped = Gazetteer(atlas)
    every = Gazetteer(atlas, map(_stand_in, rows))
    entries: dict[int, Entry] = {}
    while waiting := [n for n in range(len(rows)) if n not in entries]:
        known = Gazetteer(atlas, entries.values())
        ready = [n for n in waiting if needs[n] <= entries.keys()]
        for n in ready or _rings(waiting, needs):
            if not ready:
                rows[n].wrong("lies in itself, by way of what it lies in", "within")
            entries[n] = _entry(rows[n], known, every)
            _check_names(rows[n], entries[n].place, shipped)
    return Gazetteer(atlas, entries.values())


def _rows(sheets: Iterable[Sheet]) -> Iterator[_Row]:
    homes: dict[str, str] = {}
    for sheet in sheets:
        shapes.check(sheet, shapes.PlacesFile)
        for position in sheet.items("places"):
            row = _Row(sheet, position)
            if not isinstance(row.value(), dict):
                continue
            id = row.word("id")
            if id in homes:
                row.wrong(f"{id!r} is in {homes[id]} already", "id")
            elif id:
                homes[id] = sheet.path
            yield row


def _needs(rows: list[_Row]) -> list[set[int]]:
    """By row, the rows that say what it may lie in."""
    bearers: dict[str, set[int]] = {}
    for n, row in enumerate(rows):
        for _, name in row.spelled:
            bearers.setdefault(fold(name), set()).add(n)
    return [
        {m for key in row.asked for m in bearers.get(key, ())} - {n} for n, row in enumerate(rows)
    ]


def _rings(waiting: list[int], needs: list[set[int]]) -> list[int]:
    """The rows that need themselves, by way of others."""

    def reached(n: int) -> set[int]:
        found: set[int] = set()
        ahead = needs[n]
        while ahead:
            found |= ahead
            ahead = {further for m in ahead for further in needs[m]} - found
        return found

    return [n for n in waiting if n in reached(n)]


def _stand_in(row: _Row) -> Entry:
    """A place of which nothing is known but the names."""
    names = tuple(name for address, name in row.spelled if address[0] == "names")
    place = Place(row.id, row.word("name"), Kind.SITE, "")
    return Entry(place, names, row.value("shadows") is True)


def _entry(row: _Row, known: Gazetteer, every: Gazetteer) -> Entry:
    """The place of a row among the known ones; of one with mistakes, as much as can be said.

    `every` has the names of those not known yet, too.
    """
    named = _stand_in(row)
    if row.is_known:
        return replace(named, place=_known_place(row, known) or named.place)
    if row.word("id") and not row.has("name"):
        row.wrong("is missing; a place of your own needs one", "name")
    around = _around(row, known, every)
    own = replace(
        around or named.place,
        id=row.id,
        name=row.word("name"),
        kind=Kind.SITE,
        timezone=_clock(row, around),
        zones=(),
        latitude=row.number("latitude"),
        longitude=row.number("longitude"),
        population=None,
        via=None,
    )
    return replace(named, place=own)


def _known_place(row: _Row, known: Gazetteer) -> Place | None:
    for key in ("name", "within", "latitude", "longitude", "timezone"):
        if row.value(key) is not None:
            row.wrong("is known already; a known place may only be given more names", key)
    try:
        return known.known(row.id)
    except UnknownPlace:
        if id := row.word("id"):
            row.wrong(f"no place has the code {id!r}; ask sca places NAME for the right one", "id")
        return None


def _around(row: _Row, known: Gazetteer, every: Gazetteer) -> Place | None:
    """What a place of one's own lies in, as a place whose `within` it can take over."""
    for key, other in (("latitude", "longitude"), ("longitude", "latitude")):
        if row.has(key) and not row.has(other):
            row.wrong(f"stands without {other}; give both, or neither", key)
    if row.has("within"):
        return _within(row, known, every)
    latitude, longitude = row.number("latitude"), row.number("longitude")
    if latitude is not None and longitude is not None:
        return _point(latitude, longitude, known)
    if row.word("id") and not (row.has("latitude") or row.has("longitude")):
        row.wrong("is missing; say what it lies in, or give latitude and longitude", "within")
    return None


def _within(row: _Row, known: Gazetteer, every: Gazetteer) -> Place | None:
    if row.value("within") is None:
        return None
    try:
        outer = known.find(row.word("within"))
    except AmbiguousPlace as error:
        row.wrong(str(error), "within")
        return None
    except UnknownPlace:
        row.wrong(_unknown(row.word("within"), every), "within")
        return None
    if outer.kind is Kind.POINT:
        row.wrong("is a coordinate; give latitude and longitude instead", "within")
        return None
    if outer.kind is Kind.SITE and not outer.clocks:
        return None  # its own mistakes are told
    return replace(
        outer,
        within=outer.chain,
        otherwise=tuple((outer.id, *chain) for chain in outer.otherwise),
        region=outer.name if outer.kind is Kind.REGION else outer.region,
        country=outer.name if outer.kind is Kind.COUNTRY else outer.country,
    )


def _unknown(within: str, every: Gazetteer) -> str:
    try:
        every.find(within)
    except (UnknownPlace, AmbiguousPlace) as error:
        return str(error)
    return "lies in itself"


def _point(latitude: float, longitude: float, known: Gazetteer) -> Place | None:
    """A coordinate; it may lie in any region of its country in which no city is known.

    Far from any city it may lie anywhere, and so may what lies in it.
    """
    point = known.known(f"{latitude:f},{longitude:f}")
    if point is None:
        return None
    if not point.within:
        return replace(point, perhaps=(ANYWHERE,))
    chains = (point.within, *point.otherwise)
    countries = [known.known(id) for id in dict.fromkeys(chain[-1] for chain in chains if chain)]
    regions = [region for country in countries if country for region in known.regions_in(country)]
    empty = [region.id for region in regions if not region.population]
    return replace(point, perhaps=(*point.perhaps, *empty))


def _clock(row: _Row, around: Place | None) -> str:
    """Its clock; empty where that is wrong, or what it lies in is."""
    if row.has("timezone"):
        key = row.value("timezone")
        problem = zones.unknown(key) if isinstance(key, str) else None
        if problem is not None:
            row.wrong(problem, "timezone")
            return ""
        return key if isinstance(key, str) else ""
    if around is None:
        return ""
    if not around.clocks:
        row.wrong("is missing; no city is near enough to tell it", "timezone")
    elif len(around.clocks) > 1:
        some = " and ".join(around.clocks[:2])
        row.wrong(f"is missing; {around.name} has several, such as {some}", "timezone")
    return around.timezone


def _check_names(row: _Row, place: Place, shipped: Gazetteer) -> None:
    shadows = row.has("shadows") and row.value("shadows") is not False
    for address, name in row.spelled:
        if not fold(name):
            row.wrong(f"{name!r} has no letter or digit to find it by", *address)
        bearers = [bearer for bearer in shipped.bearers(name) if bearer.id != place.id]
        large = [bearer for bearer in bearers if (bearer.population or 0) > _LARGE]
        if large and not shadows and not _means(name, place, shipped):
            row.wrong(
                f"{name!r} is the name of {large[0]}, too; choose another, or say shadows = true "
                "to take it over",
                *address,
            )


def _means(name: str, place: Place, shipped: Gazetteer) -> bool:
    try:
        return shipped.find(name).id == place.id
    except (UnknownPlace, AmbiguousPlace):
        return False
