"""A TOML file as it is read: its data, and the mistakes found in it, each with its line."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sca.errors import Mistake

MOST_BYTES = 1024 * 1024
MOST_LEVELS = 50
"""How deep a file may nest: far more than any rule, far less than what fells toml-rs."""

Address = tuple[str | int, ...]

_HEADER = re.compile(r"\s*\[\s*([A-Za-z0-9_-]+)\s*\]")


@dataclass(slots=True)
class Sheet:
    """One file. `path` is how a person names it, `source` the bytes it held."""

    path: str
    source: bytes
    data: dict[str, Any] = field(default_factory=dict)
    wrongs: list[tuple[Address, str]] = field(default_factory=list)
    unreadable: Mistake | None = None
    _bad: set[Address] = field(default_factory=set)

    def wrong(self, problem: str, *address: str | int) -> None:
        """Note a mistake in the value at this address."""
        self.wrongs.append((address, problem))
        self._bad.add(address)

    def value(self, *address: str | int) -> Any:
        """The value at an address, or None where it is missing or was found to be wrong."""
        bad = self._bad
        if bad and any(address[:length] in bad for length in range(1, len(address) + 1)):
            return None
        value: Any = self.data
        for step in address:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def absent(self, *address: str | int) -> bool:
        """Whether the table at an address does not have its last key at all."""
        table = self.value(*address[:-1])
        return isinstance(table, dict) and address[-1] not in table

    def items(self, *address: str | int) -> range:
        """The positions in the list at an address; none where it is missing or wrong."""
        value = self.value(*address)
        return range(len(value)) if isinstance(value, list) else range(0)

    def mistakes(self) -> list[Mistake]:
        """Everything noted, with lines; the lines are looked up only when there is something."""
        if self.unreadable is not None:
            return [self.unreadable]
        return self.placed((address, problem, "") for address, problem in self.wrongs)

    def placed(self, notes: Iterable[tuple[Address, str, str]]) -> list[Mistake]:
        """Problems with the lines of their addresses; the third of each is a warning's name."""
        every = list(notes)
        lines = Lines(self.source.decode()) if every else None
        return [
            Mistake(self.path, lines.of(address), written(address), problem, warning)
            for address, problem, warning in every
            if lines
        ]


def read(path: Path, shown: str) -> Sheet:
    """The file, or what keeps it from being read as TOML."""
    try:
        with path.open("rb") as file:
            source = file.read(MOST_BYTES + 1)
    except OSError as error:
        return _unreadable(shown, 0, f"cannot be read: {error.strerror}")
    if len(source) > MOST_BYTES:
        return _unreadable(shown, 0, "is larger than 1 MiB; no rule needs that much")
    return parse(source, shown)


def parse(source: bytes, shown: str) -> Sheet:
    """The same from bytes."""
    try:
        text = source.decode()
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        return _unreadable(shown, line, "is not UTF-8; save it in that encoding")
    if text.startswith("\ufeff"):
        return _unreadable(shown, 1, "starts with a byte-order mark; save it without one")
    try:
        data = tomllib.loads(text)
    except RecursionError:
        return _unreadable(shown, 0, "is nested too deeply to be read")
    except ValueError as error:
        return _unreadable(shown, *_syntax(str(error), text))
    if _deeper(data, MOST_LEVELS):
        return _unreadable(shown, 0, "is nested too deeply to be read")
    return Sheet(shown, source, data)


def written(address: Address) -> str:
    """`bulletins[0].places[2]`: as a person finds it in the file, positions counted from 0."""
    text = ""
    for step in address:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            key = step if step.isprintable() else repr(step)
            text += f".{key}" if text else key
    return text


@dataclass(frozen=True, slots=True)
class Token:
    """A value as it stands in a text, on one line; columns are of bytes and count from 0."""

    line: int
    first: int
    limit: int
    raw: str


class Lines:
    """The line of every key and value of a TOML text, from the metadata that toml-rs keeps."""

    def __init__(self, text: str) -> None:
        # Imported here: it is needed only where a mistake must be placed.
        import toml_rs

        self._headers = [
            (number, match[1])
            for number, line in enumerate(text.split("\n"), 1)
            if (match := _HEADER.match(line))
        ]
        try:
            self._nodes: Any = toml_rs.load_with_metadata(text, "1.0.0").meta["nodes"]
        except (ValueError, OverflowError, TypeError):
            self._nodes = {}

    def of(self, address: Address) -> int:
        """The line on which the value at an address starts; of one that is missing, its table's."""
        node, line = self._nodes, 1
        for step in address:
            try:
                node = _children(node)[step]
            except (KeyError, IndexError, TypeError):
                break
            line = _line(node) or self._header(step) or line
        return line

    def token(self, address: Address) -> Token | None:
        """The value at an address as it is written; None where it runs over several lines."""
        node = self._nodes
        try:
            for step in address:
                node = _children(node)[step]
            line, (first, last), raw = node["value_line"], node["value_col"], node["value_raw"]
        except (KeyError, IndexError, TypeError):
            return None
        return Token(line, first - 1, last, raw) if isinstance(line, int) else None

    def _header(self, name: str | int) -> int | None:
        """The line of the header of an empty table, of which toml-rs tells none."""
        return next((line for line, header in self._headers if header == name), None)


def _children(node: Any) -> Any:
    """What is inside a node: a table's own nodes, or those of an inline table, list or header."""
    if isinstance(node, Mapping) and isinstance(node.get("value_line"), int | tuple):
        return node["value"]
    if isinstance(node, Mapping) and isinstance(node.get("key_line"), int):
        return node["value"]
    return node


def _line(node: Any) -> int | None:
    """The first line of a node's value, else of its key, else of the first thing inside it."""
    if not isinstance(node, Mapping):
        return None
    for name in ("value_line", "key_line"):
        line = node.get(name)
        if isinstance(line, int | tuple):
            return line[0] if isinstance(line, tuple) else line
    inside = [line for child in node.values() if (line := _line(child))]
    return min(inside, default=None)


def _deeper(data: Any, levels: int) -> bool:
    """Whether tables and lists nest deeper than so many levels, found without recursion."""
    layer = [data]
    for _ in range(levels):
        inside = [v for held in layer for v in (held.values() if isinstance(held, dict) else held)]
        layer = [value for value in inside if isinstance(value, dict | list)]
    return bool(layer)


def _unreadable(shown: str, line: int, problem: str) -> Sheet:
    return Sheet(shown, b"", unreadable=Mistake(shown, line, "", problem))


def _syntax(message: str, text: str) -> tuple[int, str]:
    """The line that tomllib names, and its message in our manner."""
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)", message)
    line = int(found[1]) if found and found[1] else text.rstrip("\n").count("\n") + 1
    column = f" at column {found[2]}" if found and found[2] else ""
    problem = message[: found.start()] if found else message
    return line, f"TOML: {problem[:1].lower()}{problem[1:]}{column}"
