"""Text values of a rule file, cleaned as they enter."""

from sca.formats.toml import Sheet
from sca.language import FALLBACK, Text, printable


def text(sheet: Sheet, *address: str | int) -> Text | None:
    """The words at an address, a plain string being English; None where there are none."""
    value = sheet.value(*address)
    if isinstance(value, str):
        value = {FALLBACK: value}
    if not isinstance(value, dict):
        return None
    versions = [(tag, printable(said)) for tag, said in value.items() if isinstance(said, str)]
    return Text(tuple(versions)) if versions else None


def needed(sheet: Sheet, *address: str | int) -> Text:
    """The words at an address that the shape of the file requires."""
    return text(sheet, *address) or Text(((FALLBACK, ""),))


def texts(sheet: Sheet, *address: str | int) -> tuple[Text, ...]:
    """The words of each item of a list."""
    every = (text(sheet, *address, position) for position in sheet.items(*address))
    return tuple(words for words in every if words)
