"""What the names and times in a file refer to; what refers to nothing is noted in the sheet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sca.advisory import LOCAL
from sca.errors import ScaError, did_you_mean
from sca.formats.toml import Address, Sheet
from sca.gazetteer import Gazetteer
from sca.levels import Scheme
from sca.places import Kind, Place
from sca.settings import Setting
from sca.spans import Moment

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Known:
    """What the names in an advisory file may refer to."""

    schemes: Mapping[str, Scheme]
    settings: Mapping[str, Setting]
    gazetteer: Gazetteer
    broken: frozenset[str] = frozenset()
    """The ids of schemes with mistakes of their own, which are told where they are."""


def scheme(sheet: Sheet, known: Known, *address: str | int) -> Scheme | None:
    id = sheet.value(*address)
    if id is not None and id not in known.schemes and id not in known.broken:
        sheet.wrong(f"no such scheme: {id!r}{did_you_mean(id, known.schemes)}", *address)
    return known.schemes.get(id)


def check_span(
    sheet: Sheet, here: Address, bounds: Mapping[str, Moment | None], zone: str | None = None
) -> None:
    """Note bounds that no clock shows, and an end that comes before its start.

    The clock is `zone`, else the file's; without one, as where hours are local, none is asked.
    """
    key = zone or sheet.value("timezone")
    if key in {None, LOCAL}:
        return
    shown = {
        name: noting(sheet, (*here, name), partial(moment.reading, key))
        for name, moment in bounds.items()
        if moment
    }
    start = "issued" if sheet.absent(*here, "onset") else "onset"
    first, last = shown.get(start), shown.get("expires")
    if first and last and last.span.end <= first.span.start:
        sheet.wrong(f"comes before the onset, {bounds[start]}", *here, "expires")


def noting(sheet: Sheet, address: Address, do: Callable[[], _Value]) -> _Value | None:
    """What `do` gives, or a mistake noted at the address."""
    try:
        return do()
    except ScaError as error:
        sheet.wrong(str(error), *address)
        return None


def parsed(sheet: Sheet, reader: Callable[[str], _Value], *address: str | int) -> _Value | None:
    """What a reader makes of the text at an address; None where it is missing or wrong."""
    text = sheet.value(*address)
    return None if text is None else noting(sheet, address, partial(reader, text))


def level(sheet: Sheet, scheme: Scheme | None, *address: str | int) -> str | None:
    id = sheet.value(*address)
    if id is not None and scheme is not None and scheme.level(id) is None:
        levels = [level.id for level in scheme.levels]
        sheet.wrong(f"{scheme.id} has no level {id!r}, only {', '.join(levels)}", *address)
        return None
    return id if isinstance(id, str) else None


def place(sheet: Sheet, known: Known, *address: str | int) -> Place | None:
    return parsed(sheet, known.gazetteer.find, *address)


def places(sheet: Sheet, known: Known, *address: str | int) -> tuple[Place, ...]:
    """The places in a list; a coordinate is none, for nothing but itself would lie in it."""
    found: list[Place] = []
    for position in sheet.items(*address):
        named = place(sheet, known, *address, position)
        if named and named.kind is Kind.POINT:
            problem = "is a coordinate; name a city, a region, a country or a place of your own"
            sheet.wrong(problem, *address, position)
        elif named:
            found.append(named)
    return tuple(found)


def settings(sheet: Sheet, known: Known, *address: str | int) -> tuple[str, ...]:
    names = [sheet.value(*address, n) for n in sheet.items(*address)]
    for n, name in enumerate(names):
        if name is not None and name not in known.settings:
            close = did_you_mean(name, known.settings)
            sheet.wrong(f"no such setting: {name!r}{close}", *address, n)
    return tuple(name for name in names if name is not None)
