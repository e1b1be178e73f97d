"""The settings file: the closed vocabulary of where a measure bites."""

from collections.abc import Iterable, Mapping

from sca.errors import did_you_mean
from sca.formats import shapes, words
from sca.formats.toml import Sheet
from sca.settings import Setting, lineage


def read(sheets: Iterable[Sheet]) -> dict[str, Setting]:
    """The settings of all such files together; mistakes are noted in the sheets."""
    vocabulary: dict[str, Setting] = {}
    rows: dict[str, tuple[Sheet, int]] = {}
    for sheet in sheets:
        shapes.check(sheet, shapes.SettingsFile)
        for position in sheet.items("settings"):
            id = sheet.value("settings", position, "id")
            if id in rows:
                sheet.wrong(f"{id!r} is in {rows[id][0].path} already", "settings", position, "id")
            elif id:
                rows[id] = sheet, position
                vocabulary[id] = Setting(
                    id,
                    words.needed(sheet, "settings", position, "text"),
                    sheet.value("settings", position, "parent"),
                )
    for id, (sheet, position) in rows.items():
        _check_parent(sheet, position, vocabulary[id], vocabulary)
    return vocabulary


def _check_parent(
    sheet: Sheet, position: int, setting: Setting, vocabulary: Mapping[str, Setting]
) -> None:
    if setting.parent is None:
        return
    if setting.parent not in vocabulary:
        sheet.wrong(
            f"no such setting: {setting.parent!r}{did_you_mean(setting.parent, vocabulary)}",
            "settings", position, "parent",
        )  # fmt: skip
    elif setting.id in lineage(setting.parent, vocabulary):
        sheet.wrong(f"{setting.id!r} is a kind of itself", "settings", position, "parent")
