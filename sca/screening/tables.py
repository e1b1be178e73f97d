"""Tables as they come: which kind a file is, its columns, and the SQL by which its rows are read.

Cells of CSV and of JSON are texts and stay so: what an engine takes for a date loses how it was
written, and a day would become a midnight. Only a Parquet file says itself what its columns are.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from sca.errors import BrokenTable, WrongUse
from sca.screening import lines
from sca.screening.sql import literal, named, texts

NO_MARK = "''"
"""The error of a row, in SQL, where none can have any by itself."""

_BUFFER = 8 * lines.LONGEST
"""Bytes that the longest row may take, whatever its letters and quotation marks."""


class Kind(StrEnum):
    """How rows are written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


class Precision(StrEnum):
    """What a column of timestamps stands for."""

    DAY = "day"
    SECOND = "second"


_SUFFIXES = {
    ".csv": Kind.CSV,
    ".jsonl": Kind.JSONL,
    ".ndjson": Kind.JSONL,
    ".parquet": Kind.PARQUET,
}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that can be read any number of times, each time the same ones in the same order."""

    kind: Kind
    source: str
    """The relation of its rows, in SQL."""
    headings: tuple[str, ...]
    cells: tuple[str, ...]
    """What is under each heading, as that relation has it, in SQL."""
    rows: int
    """How many rows there are, counted without the help of that relation."""
    mark: str = NO_MARK
    """The error that a row has by itself, in SQL; an empty text where it is in order."""
    types: tuple[str, ...] = ()
    """Of a Parquet file what each column holds; all else is text."""
    line: str | None = None
    """The whole row as it is written, where that is what is kept of it."""
    path: str | None = None
    """The file of these rows, where each of its line breaks ends one."""

    def cell(self, heading: str) -> str:
        """What is under a heading."""
        return self.cells[self.headings.index(heading)]

    def type(self, heading: str) -> str:
        """What a column holds, as the engine calls it."""
        return self.types[self.headings.index(heading)] if self.types else "VARCHAR"


def kind_of(path: str, file: BinaryIO) -> Kind:
    """By the end of its name, else by its first bytes. Raises BrokenTable."""
    start = file.read(64)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BrokenTable(f"{path} is in UTF-16; save it in UTF-8")
    if start.startswith((b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd")):
        raise BrokenTable(f"{path} is packed; unpack it first")
    if (kind := format_of(path)) is not None:
        return kind
    if start.startswith(b"PAR1"):
        return Kind.PARQUET
    return Kind.JSONL if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else Kind.CSV


def format_of(path: str) -> Kind | None:
    """The form that the end of a file's name stands for."""
    return _SUFFIXES.get(os.path.splitext(path)[1].lower())


def of_csv(
    path: str, headings: Sequence[str], rows: int, rewritten: lines.Rewritten | None = None
) -> Table:
    """Of a plain file with a row of headings, or of one written anew without it."""
    if len(headings) < 2:
        raise WrongUse(
            "the table has a single column; it needs a place and a time, with a comma between"
        )
    names = [f"c{number}" for number in range(len(headings))]
    options = {"delim": literal(","), "quote": literal('"'), "escape": literal('"')}
    options |= {"max_line_size": str(_BUFFER)}
    if rewritten is None:
        source = texts(path, names, options | {"header": "true"})
        return Table(Kind.CSV, source, tuple(headings), tuple(names), rows, path=path)
    options |= {"header": "false", "new_line": literal(r"\n")}
    if rewritten.across:
        # Who begins in the midst of a file cannot know whether it is inside a cell.
        options |= {"parallel": "false"}
    source = texts(path, ["mark", *names], options)
    return Table(Kind.CSV, source, tuple(headings), tuple(names), rows, "mark")


def lines_of(path: str, rewritten: bool) -> str:
    """The lines of a file of JSON, each with the error that it has by itself."""
    names = ["mark", "line"] if rewritten else ["line"]
    options = {
        "header": "false",
        "delim": literal(lines.SEPARATOR),
        "quote": "''",
        "escape": "''",
        "max_line_size": str(_BUFFER),
    }
    mark = "mark" if rewritten else "''"
    source = texts(path, names, options)
    # The engine takes a comma after the last value for JSON, and stops at what is none.
    object = (
        "CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' "
        r"AND NOT regexp_matches(line, ',\s*\}\s*$') ELSE false END"
    )
    known = f"SELECT line, {mark} AS mark, {object} AS object FROM {source}"
    keyed = f"SELECT *, CASE WHEN object THEN json_keys(line) ELSE [] END AS keys FROM ({known})"
    flaw = (
        "CASE WHEN mark <> '' THEN mark WHEN NOT object OR len(keys) <> len(list_distinct(keys)) "
        f"THEN {literal(lines.BAD_ROW)} ELSE '' END"
    )
    return f"(SELECT line, keys, {flaw} AS flaw FROM ({keyed}))"


def of_lines(source: str, headings: Sequence[str], rows: int) -> Table:
    """Of objects, a line each; `source` as above, `headings` all keys of any of them."""
    ways = [literal(_pointer(heading)) for heading in headings]
    cells = tuple(
        f"CASE WHEN json_valid(line) THEN json_extract_string(line, {way}) END" for way in ways
    )
    return Table(Kind.JSONL, source, tuple(headings), cells, rows, "flaw", line="line")


def of_parquet(path: str, columns: Iterable[tuple[str, str]], rows: int) -> Table:
    """Of a file with these columns, each with what it holds."""
    headings, types = zip(*columns, strict=True)
    source = f"read_parquet({literal(path)})"
    return Table(Kind.PARQUET, source, headings, tuple(map(named, headings)), rows, types=types)


def refuse_alike(headings: Sequence[str], kind: Kind) -> None:
    """Refuse headings that a form of output cannot tell apart. Raises WrongUse."""
    seen: set[str] = set()
    for heading in headings:
        if kind is not Kind.CSV and (not heading or heading.casefold() in seen):
            raise WrongUse(
                f"two columns are called {heading!r}, or one has no name; {kind.value} cannot "
                "tell them apart, --format csv can"
            )
        seen.add(heading.casefold())


def _pointer(key: str) -> str:
    """The way to a key of an object (RFC 6901)."""
    return "/" + key.replace("~", "~0").replace("/", "~1")
