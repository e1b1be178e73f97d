"""The settings file: the closed vocabulary of where a measure bites."""

from collections.abc import Iterable, Mapping

from sca.errors import did_you_mean
from sca.formats import shapes, words
from sca.formats.toml import Sheet
from sca.settings import Setting, lineage


def read(sheets: Iterable[Sheet]) -> dict[str, Setting]:
    """The settings of all such files together; mistakes are noted in the sheets."""
    vocabulary: dict[str, Setting] = {}
    homes: dict[str, str] = {}
    every: list[tuple[Sheet, int]] = []
    for sheet in sheets:
        shapes.check(sheet, shapes.SettingsFile)
        for position in sheet.items("settings"):
            every.append((sheet, position))
            id = sheet.value("settings", position, "id")
            if id in homes:
                sheet.wrong(f"{id!r} is in {homes[id]} already", "settings", position, "id")
            elif id:
                homes[id] = sheet.path
                vocabulary[id] = Setting(
                    id,
                    words.needed(sheet, "settings", position, "text"),
                    sheet.value("settings", position, "parent"),
                )
    for sheet, position in every:
        _check_parent(sheet, position, vocabulary)
    return vocabulary


def _check_parent(sheet: Sheet, position: int, vocabulary: Mapping[str, Setting]) -> None:
    id, parent = (sheet.value("settings", position, key) for key in ("id", "parent"))
    if parent is None:
        return
    if parent not in vocabulary:
        sheet.wrong(
            f"no such setting: {parent!r}{did_you_mean(parent, vocabulary)}",
            "settings", position, "parent",
        )  # fmt: skip
    elif id in lineage(parent, vocabulary):
        sheet.wrong(f"{id!r} is a kind of itself", "settings", position, "parent")
