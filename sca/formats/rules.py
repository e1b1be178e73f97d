"""Advisory files: what an authority declared, and questions with their right answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sca import history, zones
from sca.advisory import LOCAL, Advice, Advisory, Bulletin, Measure, Response, Then
from sca.errors import InvalidTime, ScaError, did_you_mean
from sca.formats import shapes, words
from sca.formats.toml import Address, Sheet
from sca.gazetteer import Gazetteer
from sca.levels import Scheme
from sca.limits import Limits, read_hours, read_recurrence
from sca.places import Place
from sca.settings import Setting
from sca.spans import Duration, Moment, When, read as read_when, read_duration, read_moment

CLEAR = "clear"
NONE = "none"
OPEN = "open"

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
    as_of: When | None


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
    bulletins = _bulletins(sheet, scheme, known)
    measures = _measures(sheet, scheme, known)
    advice = tuple(_advice(sheet, scheme, known))
    settings = _settings(sheet, known, "settings")
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
        bulletins=bulletins,
        measures=measures,
        advice=advice,
        notes=words.texts(sheet, "notes"),
        settings=settings,
        reported=sheet.value("confidence") == shapes.Confidence.REPORTED,
        exercise=sheet.value("status") == shapes.Status.EXERCISE,
    )
    _check_law(sheet, advisory)
    return Rule(advisory, tuple(e for e in examples if e))


def _scheme(sheet: Sheet, known: Known) -> Scheme | None:
    id = sheet.value("scheme")
    if id is not None and id not in known.schemes and id not in known.broken:
        sheet.wrong(f"no such scheme: {id!r}{did_you_mean(id, known.schemes)}", "scheme")
    return known.schemes.get(id)


def _check_zone(sheet: Sheet) -> None:
    key = sheet.value("timezone")
    if key not in {None, LOCAL} and (problem := zones.unknown(key)) is not None:
        sheet.wrong(problem, "timezone")


def _check_law(sheet: Sheet, advisory: Advisory) -> None:
    """Note where its bulletins, each right by itself, break the law together."""
    try:
        found = history.missteps(advisory)
    except InvalidTime as error:
        sheet.wrong(str(error), "bulletins")
        return
    for misstep in found:
        here = ("bulletins", misstep.bulletin - 1)
        key = () if sheet.absent(*here, misstep.key) else (misstep.key,)
        problem = misstep.problem if key else f"{misstep.key} {misstep.problem}"
        sheet.wrong(problem, *here, *key)


def _bulletins(sheet: Sheet, scheme: Scheme | None, known: Known) -> tuple[Bulletin, ...]:
    """The bulletins in order; those that leave out their places speak for all named before."""
    told: list[Bulletin] = []
    named: dict[str, Place] = {}
    for n in sheet.items("bulletins"):
        places = _places(sheet, known, "bulletins", n, "places")
        if sheet.absent("bulletins", n, "places"):
            places = tuple(named.values())
            if not n:
                sheet.wrong("is missing, as it must not be in the first", "bulletins", n, "places")
        bulletin = _bulletin(sheet, n, scheme, known, places)
        named |= {place.id: place for place in places}
        told += [bulletin] if bulletin else []
    return tuple(told)


def _bulletin(
    sheet: Sheet, n: int, scheme: Scheme | None, known: Known, places: tuple[Place, ...]
) -> Bulletin | None:
    here = ("bulletins", n)
    before = len(sheet.wrongs)
    issued = _read(sheet, read_moment, *here, "issued")
    written = _read(sheet, read_moment, *here, "onset")
    onset = issued if sheet.absent(*here, "onset") else written
    open_ended = sheet.value(*here, "expires") == OPEN
    expires = None if open_ended else _read(sheet, read_moment, *here, "expires")
    duration = _read(sheet, read_duration, *here, "duration")
    cancels = sheet.value(*here, "level") == NONE
    level = None if cancels else _level(sheet, scheme, *here, "level")
    _check_bounds(sheet, here, onset, duration, cancels)
    _check_span(sheet, here, {"issued": issued, "onset": written, "expires": expires})
    exceptions = _places(sheet, known, *here, "except")
    if len(sheet.wrongs) > before or not (issued and onset and scheme):
        return None
    then = sheet.value(*here, "then")
    return Bulletin(
        issued=issued,
        places=places,
        onset=onset,
        level=scheme.level(level) if level else None,
        cancels=cancels,
        expires=expires,
        duration=duration,
        open=open_ended,
        then=Then(then) if then else None,
        exceptions=exceptions,
        sources=tuple(sheet.value(*here, "sources") or ()),
        notes=words.texts(sheet, *here, "notes"),
    )


def _check_bounds(
    sheet: Sheet, here: Address, onset: Moment | None, duration: Duration | None, cancels: bool
) -> None:
    """Note bounds that do not go together."""
    if duration and not sheet.absent(*here, "expires"):
        sheet.wrong("stands beside expires; keep one of them", *here, "duration")
    if duration and duration.time and onset and onset.is_day:
        sheet.wrong("hours need an onset with an hour", *here, "duration")
    for key in ("expires", "duration", "then"):
        if cancels and not sheet.absent(*here, key):
            sheet.wrong("does not go with a cancel, which ends the level at its onset", *here, key)


def _check_span(sheet: Sheet, here: Address, bounds: Mapping[str, Moment | None]) -> None:
    """Note bounds that no clock shows, and an end that comes before its start."""
    key = sheet.value("timezone")
    if key in {None, LOCAL}:
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
    found = [_place(sheet, known, *address, p) for p in sheet.items(*address)]
    return tuple(place for place in found if place)


def _measures(sheet: Sheet, scheme: Scheme | None, known: Known) -> tuple[Measure, ...]:
    measures: dict[str, Measure] = {}
    for n in sheet.items("measures"):
        here = ("measures", n)
        limits = _limits(sheet, scheme, known, here)
        id = sheet.value(*here, "id")
        if id in measures:
            sheet.wrong(f"{id!r} is the id of another measure above", *here, "id")
        elif id is not None:
            measures[id] = Measure(id, words.needed(sheet, *here, "text"), limits)
    return tuple(measures.values())


def _advice(sheet: Sheet, scheme: Scheme | None, known: Known) -> Iterator[Advice]:
    for n in sheet.items("advice"):
        here = ("advice", n)
        response = sheet.value(*here, "response")
        yield Advice(
            text=words.needed(sheet, *here, "text"),
            limits=_limits(sheet, scheme, known, here),
            response=Response(response) if response in {*Response} else None,
            audience=words.text(sheet, *here, "audience"),
        )


def _limits(sheet: Sheet, scheme: Scheme | None, known: Known, here: Address) -> Limits:
    """Where and when a measure or a piece of advice bites."""
    levels = [_level(sheet, scheme, *here, "levels", k) for k in sheet.items(*here, "levels")]
    bounds = {key: _read(sheet, read_moment, *here, key) for key in ("onset", "expires")}
    _check_span(sheet, here, bounds)
    recurs = _read(sheet, read_recurrence, *here, "recurs")
    if recurs and sheet.absent(*here, "onset"):
        sheet.wrong("needs an onset beside it, the first day that it counts from", *here, "recurs")
    return Limits(
        levels=tuple(level for level in levels if level),
        places=_places(sheet, known, *here, "places"),
        settings=_settings(sheet, known, *here, "settings"),
        onset=bounds["onset"],
        expires=bounds["expires"],
        hours=_read(sheet, read_hours, *here, "hours"),
        recurs=recurs,
    )


def _settings(sheet: Sheet, known: Known, *address: str | int) -> tuple[str, ...]:
    names = [sheet.value(*address, n) for n in sheet.items(*address)]
    for n, name in enumerate(names):
        if name is not None and name not in known.settings:
            close = did_you_mean(name, known.settings)
            sheet.wrong(f"no such setting: {name!r}{close}", *address, n)
    return tuple(name for name in names if name is not None)


def _example(sheet: Sheet, n: int, scheme: Scheme | None, known: Known) -> Example | None:
    here = ("examples", n)
    place = _place(sheet, known, *here, "place")
    when = _read(sheet, _read_lasting, *here, "when")
    as_of = _read(sheet, _read_lasting, *here, "as_of")
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
    return Example(n, place, when, expect, told, as_of)


def _read_lasting(text: str) -> When:
    """A time that means the same whenever the example is run. Raises InvalidTime."""
    when = read_when(text)
    if when.needs_now:
        raise InvalidTime("an example needs a time that stays: write it out instead of now")
    return when
