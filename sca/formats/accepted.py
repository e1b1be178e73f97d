"""Accepted files: which advisories somebody has decided to live with."""

from collections.abc import Collection, Iterator, Mapping

from sca.acceptance import Acceptance
from sca.advisory import Advisory
from sca.errors import did_you_mean
from sca.formats import references, shapes, words
from sca.formats.references import Known
from sca.formats.toml import Address, Sheet
from sca.language import printable
from sca.places import Place
from sca.spans import read_moment


def read(
    sheet: Sheet, known: Known, advisories: Mapping[str, Advisory], broken: Collection[str]
) -> tuple[Acceptance, ...]:
    """The acceptances in a file; mistakes are noted in the sheet.

    `advisories` by their ids, and the ids of those with mistakes of their own. Where there is
    neither, the file is read by itself, and what it refers to is not looked for.
    """
    shapes.check(sheet, shapes.AcceptedFile)
    alone = not (advisories or broken)
    found = []
    for n in sheet.items("accepted"):
        here = ("accepted", n)
        id = sheet.value(*here, "advisory")
        if not alone and id is not None and id not in advisories and id not in broken:
            way_out = did_you_mean(id, advisories) or "; read the rules that have it beside these"
            sheet.wrong(f"no such advisory: {id!r}{way_out}", *here, "advisory")
        found.append(_acceptance(sheet, here, known, advisories.get(id)))
    return tuple(acceptance for acceptance in found if acceptance)


def _acceptance(
    sheet: Sheet, here: Address, known: Known, advisory: Advisory | None
) -> Acceptance | None:
    places = tuple(_places(sheet, here, known, advisory))
    scheme = advisory.scheme if advisory else None
    id = references.level(sheet, scheme, *here, "level")
    level = scheme.level(id) if scheme and id else None
    until = references.parsed(sheet, read_moment, *here, "until")
    by, reason = sheet.value(*here, "by"), words.text(sheet, *here, "reason")
    if not (advisory and places and level and until and by and reason):
        return None
    return Acceptance(advisory.id, places, level, until, reason, printable(by))


def _places(
    sheet: Sheet, here: Address, known: Known, advisory: Advisory | None
) -> Iterator[Place]:
    for n in sheet.items(*here, "places"):
        place = references.place(sheet, known, *here, "places", n)
        if place is None:
            continue
        if advisory and not _reaches(advisory, place):
            problem = (
                f"nothing in {advisory.id} ever holds there, so that there is nothing to accept"
            )
            sheet.wrong(problem, *here, "places", n)
        yield place


def _reaches(advisory: Advisory, place: Place) -> bool:
    """Whether a bulletin has ever spoken for a place, for what is in it, or perhaps for it."""
    return any(
        bulletin.speaks_for(place)
        or any(n.lies_in(place) or place.may_lie_in(n) for n in bulletin.places)
        for bulletin in advisory.bulletins
    )
