"""Times of a rule file in their plainest form, put in where they stand; all else is left alone."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sca.errors import InvalidTime
from sca.formats.toml import Address, Lines, Sheet, Token
from sca.spans import When, read

_TIMES = {
    ("bulletins", "issued"),
    ("bulletins", "onset"),
    ("bulletins", "expires"),
    ("measures", "onset"),
    ("measures", "expires"),
    ("advice", "onset"),
    ("advice", "expires"),
    ("examples", "when"),
    ("examples", "as_of"),
    ("levels", "before", "until"),
    ("watches", "from"),
    ("watches", "until"),
    ("accepted", "until"),
}
"""The keys that hold times, in every kind of file."""

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?:(:\d\d)(?:[.,]\d+)?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)


def mended(sheet: Sheet) -> tuple[bytes, int]:
    """The bytes of a file with its times in their plainest form, and how many were not.

    A time is left as it stands where it is written with escapes or over several lines.
    """
    found = [] if sheet.unreadable else list(_not_plain(sheet.data, ()))
    if not found:
        return sheet.source, 0
    lines = Lines(sheet.source.decode())
    edits = [
        (token, f"{token.raw[0]}{text}{token.raw[0]}")
        for address, said, text in found
        if (token := lines.token(address)) and token.raw in {f'"{said}"', f"'{said}'"}
    ]
    source = _edited(sheet.source, edits)
    if not _says_the_same(source, sheet.data):
        return sheet.source, 0
    return source, len(edits)


def plain(text: str) -> str:
    """`2024-07-02T00:01Z` of `2024-07-02 00:01z`: the same time with T and Z, and no fraction."""
    return "/".join(_TIME.sub(_with_t_and_z, part) for part in text.split("/"))


def _with_t_and_z(match: re.Match[str]) -> str:
    day, minute, second, offset = match.groups(default="")
    return f"{day}T{minute}{second}{offset.upper()}"


def _edited(source: bytes, edits: list[tuple[Token, str]]) -> bytes:
    lines = source.split(b"\n")
    # From the right, so that whatever stands before an edit stays where it was.
    for token, raw in sorted(edits, key=lambda edit: edit[0].first, reverse=True):
        line = lines[token.line - 1]
        lines[token.line - 1] = line[: token.first] + raw.encode() + line[token.limit :]
    return b"\n".join(lines)


def _says_the_same(source: bytes, data: dict[str, Any]) -> bool:
    """Whether a text has the same in it, but for how its times are written."""
    return bool(_in_plain(tomllib.loads(source.decode()), ()) == _in_plain(data, ()))


def _in_plain(value: Any, address: Address) -> Any:
    """The same data with every time in its plainest form."""
    if isinstance(value, dict):
        return {key: _in_plain(inner, (*address, key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_plain(inner, (*address, n)) for n, inner in enumerate(value)]
    return _plainer(value) if _is_time(address) and isinstance(value, str) else value


def _not_plain(data: Any, above: Address) -> Iterator[tuple[Address, str, str]]:
    """The addresses of times that can be written plainer, as they are and as they would be."""
    for step, value in data.items() if isinstance(data, dict) else enumerate(data):
        address = (*above, step)
        if isinstance(value, dict | list):
            yield from _not_plain(value, address)
        elif _is_time(address) and isinstance(value, str) and _plainer(value) != value:
            yield address, value, _plainer(value)


def _is_time(address: Address) -> bool:
    return tuple(step for step in address if isinstance(step, str)) in _TIMES


def _plainer(text: str) -> str:
    """A time in its plainest form; what is none, or would become another, as it is."""
    meant, told = _meaning(text), plain(text)
    return told if meant is not None and _meaning(told) == meant else text


def _meaning(text: str) -> When | None:
    try:
        return replace(read(text), text="")
    except InvalidTime:
        return None
