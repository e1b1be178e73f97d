"""Advisory files: what an authority declared, and questions with their right answers."""

from collections.abc import Iterator
from dataclasses import dataclass

from sca import history, zones
from sca.advisory import LOCAL, Advice, Advisory, Bulletin, Measure, Response, Then
from sca.errors import InvalidTime, did_you_mean
from sca.formats import references, shapes, words
from sca.formats.references import Known
from sca.formats.toml import Address, Sheet
from sca.levels import Scheme
from sca.limits import Limits, read_hours, read_recurrence
from sca.places import Place
from sca.spans import Duration, Moment, When, read as read_when, read_duration, read_moment

CLEAR = "clear"
NONE = "none"
OPEN = "open"


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
    allowed: tuple[str, ...] = ()
    """The names of the warnings that are not to be told of it, one for each `allow`."""


def read(sheet: Sheet, known: Known, examples: bool = True) -> Rule | None:
    """The advisory in a file, or None and every mistake noted in the sheet.

    Without `examples` only the shape of those is looked at.
    """
    shapes.check(sheet, shapes.AdvisoryFile)
    scheme = references.scheme(sheet, known, "scheme")
    _check_zone(sheet)
    bulletins = _bulletins(sheet, scheme, known)
    measures = _measures(sheet, scheme, known)
    advice = tuple(_advice(sheet, scheme, known))
    settings = references.settings(sheet, known, "settings")
    asked = sheet.items("examples") if examples else ()
    proofs = [_example(sheet, n, scheme, known) for n in asked]
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
    if advisory.timezone == LOCAL:
        _check_local(sheet, advisory)
    if sheet.wrongs:
        return None
    allowed = tuple(sheet.value("allow", n, "lint") for n in sheet.items("allow"))
    return Rule(advisory, tuple(e for e in proofs if e), allowed)


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


def _check_local(sheet: Sheet, advisory: Advisory) -> None:
    """Note bounds of measures and advice that the clock of some place never shows."""
    clocks = dict.fromkeys(clock for place in advisory.places for clock in place.clocks)
    limits = {("measures", n): measure.limits for n, measure in enumerate(advisory.measures)}
    limits |= {("advice", n): advice.limits for n, advice in enumerate(advisory.advice)}
    for here, limit in limits.items():
        for clock in clocks:
            references.check_span(
                sheet, here, {"onset": limit.onset, "expires": limit.expires}, clock
            )


def _bulletins(sheet: Sheet, scheme: Scheme | None, known: Known) -> tuple[Bulletin, ...]:
    """The bulletins in order; those that leave out their places speak for all named before."""
    told: list[Bulletin] = []
    named: dict[str, Place] = {}
    for n in sheet.items("bulletins"):
        places = references.places(sheet, known, "bulletins", n, "places")
        if sheet.absent("bulletins", n, "places"):
            places = tuple(named.values())
        if not n:
            for key in ("level", "places"):
                if sheet.absent("bulletins", n, key):
                    problem = "is missing, as it must not be in the first"
                    sheet.wrong(problem, "bulletins", n, key)
        bulletin = _bulletin(sheet, n, scheme, known, places)
        named |= {place.id: place for place in places}
        told += [bulletin] if bulletin else []
    return tuple(told)


def _bulletin(
    sheet: Sheet, n: int, scheme: Scheme | None, known: Known, places: tuple[Place, ...]
) -> Bulletin | None:
    here = ("bulletins", n)
    before = len(sheet.wrongs)
    issued = references.parsed(sheet, read_moment, *here, "issued")
    written = references.parsed(sheet, read_moment, *here, "onset")
    onset = issued if sheet.absent(*here, "onset") else written
    open_ended = sheet.value(*here, "expires") == OPEN
    expires = None if open_ended else references.parsed(sheet, read_moment, *here, "expires")
    duration = references.parsed(sheet, read_duration, *here, "duration")
    cancels = sheet.value(*here, "level") == NONE
    level = None if cancels else references.level(sheet, scheme, *here, "level")
    _check_bounds(sheet, here, onset, duration, cancels)
    references.check_span(sheet, here, {"issued": issued, "onset": written, "expires": expires})
    exceptions = references.places(sheet, known, *here, "except")
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
    levels = [
        references.level(sheet, scheme, *here, "levels", k) for k in sheet.items(*here, "levels")
    ]
    bounds = {
        key: references.parsed(sheet, read_moment, *here, key) for key in ("onset", "expires")
    }
    references.check_span(sheet, here, bounds)
    recurs = references.parsed(sheet, read_recurrence, *here, "recurs")
    if recurs and sheet.absent(*here, "onset"):
        sheet.wrong("needs an onset beside it, the first day that it counts from", *here, "recurs")
    return Limits(
        levels=tuple(level for level in levels if level),
        places=references.places(sheet, known, *here, "places"),
        settings=references.settings(sheet, known, *here, "settings"),
        onset=bounds["onset"],
        expires=bounds["expires"],
        hours=references.parsed(sheet, read_hours, *here, "hours"),
        recurs=recurs,
    )


def _example(sheet: Sheet, n: int, scheme: Scheme | None, known: Known) -> Example | None:
    here = ("examples", n)
    place = references.place(sheet, known, *here, "place")
    when = references.parsed(sheet, _read_lasting, *here, "when")
    as_of = references.parsed(sheet, _read_lasting, *here, "as_of")
    expect = sheet.value(*here, "expect")
    if expect != CLEAR:
        expect = references.level(sheet, scheme, *here, "expect")
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
