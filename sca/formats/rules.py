"""Advisory files: what an authority declared, and questions with their right answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sca import zones
from sca.advisory import Advisory, Bulletin, Measure
from sca.errors import InvalidTime, ScaError, did_you_mean
from sca.formats import shapes, words
from sca.formats.toml import Address, Sheet
from sca.gazetteer import Gazetteer
from sca.levels import Scheme
from sca.places import Kind, Place
from sca.settings import Setting
from sca.spans import Moment, When, read as read_when, read_duration, read_moment

CLEAR = "clear"

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Known:
    """What the names in an advisory file may refer to."""

    schemes: Mapping[str, Scheme]
    settings: Mapping[str, Setting]
    gazetteer: Gazetteer
    broken: frozenset[str] = frozenset()
    """The ids of schemes with mistakes of their own, which are told where they are."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its right answer; `position` is where it stands in its file."""

    position: int
    place: Place
    when: When
    expect: str
    measures: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Rule:
    """An advisory file that reads."""

    advisory: Advisory
    examples: tuple[Example, ...]


def read(sheet: Sheet, known: Known) -> Rule | None:
    """The advisory in a file, or None and every mistake noted in the sheet."""
    shapes.check(sheet, shapes.AdvisoryFile)
    scheme = _scheme(sheet, known)
    _check_zone(sheet)
    _check_bulletin_count(sheet)
    bulletins = [_bulletin(sheet, n, scheme, known) for n in sheet.items("bulletins")]
    measures = _measures(sheet, known)
    examples = [_example(sheet, n, scheme, known) for n in sheet.items("examples")]
    if sheet.wrongs or scheme is None:
        return None
    advisory = Advisory(
        id=sheet.value("id"),
        title=words.needed(sheet, "title"),
        issuer=words.needed(sheet, "issuer"),
        scheme=scheme,
        timezone=sheet.value("timezone"),
        sources=tuple(sheet.value("sources")),
        bulletins=tuple(b for b in bulletins if b),
        measures=measures,
        advice=tuple(words.needed(sheet, "advice", n, "text") for n in sheet.items("advice")),
        notes=words.texts(sheet, "notes"),
    )
    return Rule(advisory, tuple(e for e in examples if e))


def _scheme(sheet: Sheet, known: Known) -> Scheme | None:
    id = sheet.value("scheme")
    if id is not None and id not in known.schemes and id not in known.broken:
        sheet.wrong(f"no such scheme: {id!r}{did_you_mean(id, known.schemes)}", "scheme")
    return known.schemes.get(id)


def _check_zone(sheet: Sheet) -> None:
    key = sheet.value("timezone")
    if key is not None and (problem := zones.unknown(key)) is not None:
        sheet.wrong(problem, "timezone")


def _check_bulletin_count(sheet: Sheet) -> None:
    if len(sheet.items("bulletins")) > 1:
        sheet.wrong("a file may hold one bulletin only, for now", "bulletins", 1)


def _bulletin(sheet: Sheet, n: int, scheme: Scheme | None, known: Known) -> Bulletin | None:
    here = ("bulletins", n)
    before = len(sheet.wrongs)
    issued = _read(sheet, read_moment, *here, "issued")
    written = _read(sheet, read_moment, *here, "onset")
    onset = issued if sheet.absent(*here, "onset") else written
    expires = _read(sheet, read_moment, *here, "expires")
    duration = _read(sheet, read_duration, *here, "duration")
    if expires and duration:
        sheet.wrong("stands beside expires; keep one of them", *here, "duration")
    if duration and duration.time and onset and onset.is_day:
        sheet.wrong("hours need an onset with an hour", *here, "duration")
    level = _level(sheet, scheme, *here, "level")
    places = _places(sheet, known, *here, "places")
    _check_span(sheet, here, {"issued": issued, "onset": written, "expires": expires})
    if len(sheet.wrongs) > before or not (issued and onset and level and scheme):
        return None
    if (declared := scheme.level(level)) is None:
        return None
    return Bulletin(issued, declared, places, onset, expires, duration)


def _check_span(sheet: Sheet, here: Address, bounds: Mapping[str, Moment | None]) -> None:
    """Note bounds that no clock shows, and an end that comes before its start."""
    key = sheet.value("timezone")
    if key is None:
        return
    shown = {
        name: _noting(sheet, (*here, name), partial(moment.reading, key))
        for name, moment in bounds.items()
        if moment
    }
    start = "issued" if sheet.absent(*here, "onset") else "onset"
    first, last = shown.get(start), shown.get("expires")
    if first and last and last.span.end <= first.span.start:
        sheet.wrong(f"comes before the onset, {bounds[start]}", *here, "expires")


def _noting(sheet: Sheet, address: Address, do: Callable[[], _Value]) -> _Value | None:
    """What `do` gives, or a mistake noted at the address."""
    try:
        return do()
    except ScaError as error:
        sheet.wrong(str(error), *address)
        return None


def _read(sheet: Sheet, reader: Callable[[str], _Value], *address: str | int) -> _Value | None:
    """What a reader makes of the text at an address; None where it is missing or wrong."""
    text = sheet.value(*address)
    return None if text is None else _noting(sheet, address, partial(reader, text))


def _level(sheet: Sheet, scheme: Scheme | None, *address: str | int) -> str | None:
    id = sheet.value(*address)
    if id is not None and scheme is not None and scheme.level(id) is None:
        levels = [level.id for level in scheme.levels]
        sheet.wrong(f"{scheme.id} has no level {id!r}, only {', '.join(levels)}", *address)
        return None
    return id if isinstance(id, str) else None


def _place(sheet: Sheet, known: Known, *address: str | int) -> Place | None:
    return _read(sheet, known.gazetteer.find, *address)


def _places(sheet: Sheet, known: Known, *address: str | int) -> tuple[Place, ...]:
    """The places in a list; a coordinate is none, for nothing but itself would lie in it."""
    found: list[Place] = []
    for position in sheet.items(*address):
        named = _place(sheet, known, *address, position)
        if named and named.kind is Kind.POINT:
            problem = "is a coordinate; name a city, a region, a country or a place of your own"
            sheet.wrong(problem, *address, position)
        elif named:
            found.append(named)
    return tuple(found)


def _measures(sheet: Sheet, known: Known) -> tuple[Measure, ...]:
    measures: dict[str, Measure] = {}
    for n in sheet.items("measures"):
        here = ("measures", n)
        settings = [sheet.value(*here, "settings", s) for s in sheet.items(*here, "settings")]
        for s, name in enumerate(settings):
            if name is not None and name not in known.settings:
                close = did_you_mean(name, known.settings)
                sheet.wrong(f"no such setting: {name!r}{close}", *here, "settings", s)
        id = sheet.value(*here, "id")
        if id in measures:
            sheet.wrong(f"{id!r} is the id of another measure above", *here, "id")
        elif id is not None:
            measures[id] = Measure(id, words.needed(sheet, *here, "text"), tuple(settings))
    return tuple(measures.values())


def _example(sheet: Sheet, n: int, scheme: Scheme | None, known: Known) -> Example | None:
    here = ("examples", n)
    place = _place(sheet, known, *here, "place")
    when = _read(sheet, _read_lasting, *here, "when")
    expect = sheet.value(*here, "expect")
    if expect != CLEAR:
        expect = _level(sheet, scheme, *here, "expect")
    ids = [sheet.value("measures", m, "id") for m in sheet.items("measures")]
    applying = [sheet.value(*here, "measures", m) for m in sheet.items(*here, "measures")]
    for m, id in enumerate(applying):
        if id is not None and id not in ids:
            close = did_you_mean(id, [known_id for known_id in ids if known_id])
            sheet.wrong(f"there is no measure {id!r}{close}", *here, "measures", m)
    if place is None or when is None or expect is None:
        return None
    told = tuple(applying) if sheet.value(*here, "measures") is not None else None
    return Example(n, place, when, expect, told)


def _read_lasting(text: str) -> When:
    """A time that means the same whenever the example is run. Raises InvalidTime."""
    when = read_when(text)
    if when.needs_now:
        raise InvalidTime("an example needs a time that stays: write it out instead of now")
    return when
