"""Places files: more names for known places, and places of one's own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sca import zones
from sca.atlas import Atlas
from sca.errors import AmbiguousPlace, UnknownPlace
from sca.formats import shapes
from sca.formats.toml import Sheet
from sca.gazetteer import Entry, Gazetteer
from sca.language import printable
from sca.names import fold
from sca.places import Kind, Place

_LARGE = 100_000
"""From how many people on a city's name may not be taken without saying so."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One `[[places]]` table and where it stands."""

    sheet: Sheet
    position: int

    def value(self, key: str) -> object:
        return self.sheet.value("places", self.position, key)

    def word(self, key: str) -> str:
        value = self.value(key)
        return printable(value) if isinstance(value, str) else ""

    def number(self, key: str) -> float | None:
        value = self.value(key)
        return value if isinstance(value, int | float) else None

    def wrong(self, problem: str, *key: str) -> None:
        self.sheet.wrong(problem, "places", self.position, *key)


def read(sheets: Iterable[Sheet], atlas: Atlas) -> Gazetteer:
    """The shipped places with those of all such files; mistakes are noted in the sheets."""
    entries: dict[str, Entry] = {}
    homes: dict[str, str] = {}
    for sheet in sheets:
        shapes.check(sheet, shapes.PlacesFile)
        for position in sheet.items("places"):
            row = _Row(sheet, position)
            id = row.word("id")
            if id in homes:
                row.wrong(f"{id!r} is in {homes[id]} already", "id")
            elif id:
                homes[id] = sheet.path
                entry = _entry(row, id, Gazetteer(atlas, entries.values()))
                if entry is not None:
                    _check_names(row, entry, atlas)
                    entries[id] = entry
    return Gazetteer(atlas, entries.values())


def _entry(row: _Row, id: str, known: Gazetteer) -> Entry | None:
    """The place of a row, by those before it; None where the row is wrong."""
    if id.startswith(("geonames:", "iso:")):
        return _more_names(row, id, known)
    if not row.word("name"):
        row.wrong("is missing, as it must not be in a place of your own", "name")
        return None
    latitude, longitude = row.number("latitude"), row.number("longitude")
    if (latitude is None) != (longitude is None):
        row.wrong("needs latitude and longitude both, or neither")
        return None
    place = _around(row, known, latitude, longitude)
    if place is None:
        return None
    clock = _clock(row, place)
    if clock is None:
        return None
    own = replace(
        place,
        id=id,
        name=row.word("name"),
        kind=Kind.SITE,
        timezone=clock,
        zones=(),
        latitude=latitude,
        longitude=longitude,
        population=None,
        via=None,
    )
    return Entry(own, _names(row))


def _more_names(row: _Row, id: str, known: Gazetteer) -> Entry | None:
    for key in ("name", "within", "latitude", "longitude", "timezone"):
        if row.value(key) is not None:
            row.wrong("is known already; a known place may only be given more names", key)
    try:
        place = known.known(id)
    except UnknownPlace as error:
        row.wrong(str(error), "id")
        return None
    return Entry(place, _names(row)) if place else None


def _around(
    row: _Row, known: Gazetteer, latitude: float | None, longitude: float | None
) -> Place | None:
    """What a place of one's own lies in, as a place whose `within` it can take over."""
    if within := row.word("within"):
        try:
            outer = known.find(within)
        except (UnknownPlace, AmbiguousPlace) as error:
            row.wrong(str(error), "within")
            return None
        return replace(
            outer,
            within=outer.chain,
            region=outer.name if outer.kind is Kind.REGION else outer.region,
            country=outer.name if outer.kind is Kind.COUNTRY else outer.country,
        )
    if latitude is None or longitude is None:
        row.wrong("needs a coordinate, or within: the place it lies in")
        return None
    return known.known(f"{latitude:f},{longitude:f}")


def _clock(row: _Row, place: Place) -> str | None:
    key = row.word("timezone")
    if not key:
        if len(place.clocks) == 1:
            return place.clocks[0]
        row.wrong("is missing; the place around it has several clocks, or none", "timezone")
        return None
    if (problem := zones.unknown(key)) is not None:
        row.wrong(problem, "timezone")
        return None
    return key


def _check_names(row: _Row, entry: Entry, atlas: Atlas) -> None:
    own_name = [entry.place.name] if entry.place.kind is Kind.SITE else []
    for name in (*own_name, *entry.names):
        if not fold(name):
            row.wrong(f"{name!r} has no letter or digit to find it by")
        shadowed = [
            place
            for place in atlas.bearers(fold(name))
            if place.kind is Kind.CITY and (place.population or 0) > _LARGE
        ]
        if shadowed and shadowed[0].id != entry.place.id and not row.value("shadows"):
            row.wrong(
                f"{name!r} is the name of {shadowed[0]}, too; say shadows = true to take it over"
            )


def _names(row: _Row) -> tuple[str, ...]:
    names = row.value("names")
    groups = list(names.values()) if isinstance(names, dict) else [names]
    return tuple(
        printable(name)
        for group in groups
        if isinstance(group, list)
        for name in group
        if isinstance(name, str)
    )
