"""Scheme files: an official scale and its levels."""

from sca.formats import references, shapes, words
from sca.formats.toml import Sheet
from sca.levels import Level, Scheme, Severity, Wording
from sca.spans import read_duration, read_moment

RESERVED = {"clear", "none"}
"""Words that stand for no level: what an example expects, and what a cancel declares."""


def read(sheet: Sheet) -> Scheme | None:
    """The scheme in a file, or None and the mistakes noted in the sheet."""
    shapes.check(sheet, shapes.SchemeFile)
    seen: dict[str, int] = {}
    for position in sheet.items("levels"):
        id = sheet.value("levels", position, "id")
        if id in RESERVED:
            sheet.wrong(f"{id!r} stands for no level at all", "levels", position, "id")
        elif id in seen:
            sheet.wrong(f"{id!r} is levels[{seen[id]}] already", "levels", position, "id")
        elif id:
            seen[id] = position
    longest = references.parsed(sheet, read_duration, "longest")
    wordings = [_wordings(sheet, position) for position in sheet.items("levels")]
    if sheet.wrongs:
        return None
    scheme = sheet.value("id")
    return Scheme(
        id=scheme,
        title=words.needed(sheet, "title"),
        levels=tuple(_level(sheet, scheme, r, wordings[r]) for r in sheet.items("levels")),
        sources=tuple(sheet.value("sources")),
        longest=longest,
    )


def _wordings(sheet: Sheet, rank: int) -> tuple[Wording, ...]:
    """The earlier words of a level, the earliest first."""
    told: list[Wording] = []
    for n in sheet.items("levels", rank, "before"):
        here = ("levels", rank, "before", n)
        until = references.parsed(sheet, read_moment, *here, "until")
        if until is None:
            continue
        if not until.is_day:
            sheet.wrong("must be a day, such as 2017-07-24", *here, "until")
        if told and until.wall.date() <= told[-1].until:
            sheet.wrong("must be later than the one above", *here, "until")
        name, meaning = (words.text(sheet, *here, key) for key in ("name", "meaning"))
        told.append(Wording(until.wall.date(), name, meaning))
    return tuple(told)


def _level(sheet: Sheet, scheme: str, rank: int, before: tuple[Wording, ...]) -> Level:
    here = ("levels", rank)
    return Level(
        scheme=scheme,
        id=sheet.value(*here, "id"),
        rank=rank,
        name=words.needed(sheet, *here, "name"),
        severity=Severity[sheet.value(*here, "severity")],
        colour=sheet.value(*here, "colour"),
        meaning=words.text(sheet, *here, "meaning"),
        advice=words.texts(sheet, *here, "advice"),
        baseline=bool(sheet.value(*here, "baseline")),
        before=before,
    )
