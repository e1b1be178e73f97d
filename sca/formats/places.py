"""Places files: places, their names and what lies in what."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sca.errors import UnknownZone, did_you_mean
from sca.formats import shapes
from sca.formats.toml import Address, Sheet
from sca.gazetteer import Entry, Gazetteer, fold
from sca.language import printable
from sca.places import Kind, Place
from sca.zones import zone


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

    def wrong(self, problem: str, *key: str | int) -> None:
        self.sheet.wrong(problem, "places", self.position, *key)

    @property
    def within(self) -> str | None:
        return self.word("within") or None


def read(sheets: Iterable[Sheet]) -> Gazetteer:
    """The places of all such files together; mistakes are noted in the sheets."""
    rows: dict[str, _Row] = {}
    every: list[_Row] = []
    for sheet in sheets:
        shapes.check(sheet, shapes.PlacesFile)
        for position in sheet.items("places"):
            row = _Row(sheet, position)
            every.append(row)
            id = row.word("id")
            if id in rows:
                row.wrong(f"{id!r} is in {rows[id].sheet.path} already", "id")
            elif id:
                rows[id] = row
    for row in every:
        _check(row, rows)
    return Gazetteer(_entry(row, rows) for row in rows.values())


def _check(row: _Row, rows: Mapping[str, _Row]) -> None:
    if isinstance(row.value("timezone"), str):
        try:
            zone(row.word("timezone"))
        except UnknownZone as error:
            row.wrong(str(error), "timezone")
    for address, name in _spelled(row):
        if printable(name) and not fold(name):
            row.wrong(f"{printable(name)!r} has no letter or digit to find it by", *address)
    within = row.within
    if within is None:
        return
    if within not in rows:
        row.wrong(f"no place has the id {within!r}{did_you_mean(within, rows)}", "within")
    elif row.word("id") in _around(within, rows):
        row.wrong("lies in itself, by way of what it lies in", "within")


def _entry(row: _Row, rows: Mapping[str, _Row]) -> Entry:
    around = [rows[id] for id in _around(row.within, rows)]
    return Entry(
        Place(
            id=row.word("id"),
            name=row.word("name"),
            kind=_kind(row),
            timezone=row.word("timezone"),
            within=tuple(outer.word("id") for outer in around),
            region=next((o.word("name") for o in around if _kind(o) is Kind.REGION), None),
            country=next((o.word("name") for o in around if _kind(o) is Kind.COUNTRY), None),
            latitude=_number(row, "latitude"),
            longitude=_number(row, "longitude"),
            population=int(population)
            if (population := _number(row, "population")) is not None
            else None,
        ),
        _names(row),
    )


def _around(id: str | None, rows: Mapping[str, _Row]) -> tuple[str, ...]:
    """A place and all around it, the nearest first; a ring is run once."""
    line: list[str] = []
    while id is not None and id in rows and id not in line:
        line.append(id)
        id = rows[id].within
    return tuple(line)


def _names(row: _Row) -> tuple[str, ...]:
    return tuple(printable(name) for address, name in _spelled(row) if address != ("name",))


def _spelled(row: _Row) -> Iterator[tuple[Address, str]]:
    """Every name of a place as it is written, and where in its table."""
    names = row.value("names")
    groups: list[tuple[Address, object]] = [(("name",), [row.value("name")])]
    if isinstance(names, dict):
        groups += [(("names", tag), group) for tag, group in names.items()]
    else:
        groups.append((("names",), names))
    groups.append((("former",), row.value("former")))
    for address, group in groups:
        for n, name in enumerate(group if isinstance(group, list) else ()):
            if isinstance(name, str):
                yield address if address == ("name",) else (*address, n), name


def _kind(row: _Row) -> Kind:
    kind = row.word("kind")
    return Kind(kind) if kind in set(Kind) else Kind.SITE


def _number(row: _Row, key: str) -> float | None:
    value = row.value(key)
    return value if isinstance(value, int | float) else None
