"""Scheme files: an official scale and its levels."""

from sca.formats import shapes, words
from sca.formats.toml import Sheet
from sca.levels import Level, Scheme, Severity

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
    if sheet.wrongs:
        return None
    scheme = sheet.value("id")
    return Scheme(
        id=scheme,
        title=words.needed(sheet, "title"),
        levels=tuple(_level(sheet, scheme, rank) for rank in sheet.items("levels")),
        sources=tuple(sheet.value("sources")),
    )


def _level(sheet: Sheet, scheme: str, rank: int) -> Level:
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
    )
