"""Tables as they come: which kind a file is, its columns, and the query that reads its rows."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from sca.errors import BrokenTable, WrongUse
from sca.screening import lines

BUFFER = 8 * lines.LONGEST
"""Bytes that the longest row may take, whatever its letters and quotation marks."""


class Kind(StrEnum):
    """How rows are written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


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
    names: tuple[str, ...]
    """The column of that relation under each heading, in SQL."""
    mark: str
    """The error that a row has by itself, in SQL; an empty text where it is in order."""
    rows: int
    """How many rows there are, counted without the help of that relation."""

    def column(self, heading: str) -> str:
        """The column of the relation under a heading."""
        return self.names[self.headings.index(heading)]


def kind_of(path: str, file: BinaryIO) -> Kind:
    """By the end of its name, else by its first bytes. Raises BrokenTable."""
    start = file.read(64)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BrokenTable(f"{path} is in UTF-16; save it in UTF-8")
    if start.startswith((b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd")):
        raise BrokenTable(f"{path} is packed; unpack it first")
    for suffix, kind in _SUFFIXES.items():
        if path.lower().endswith(suffix):
            return kind
    if start.startswith(b"PAR1"):
        return Kind.PARQUET
    return Kind.JSONL if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else Kind.CSV


def format_of(path: str) -> Kind | None:
    """The form that the end of a file's name stands for."""
    suffix = os.path.splitext(path)[1].lower()
    return _SUFFIXES.get(suffix)


def csv_table(
    path: str, headings: Sequence[str], rows: int, rewritten: lines.Rewritten | None = None
) -> Table:
    """Of a plain file with a row of headings, or one written anew without it."""
    if len(headings) < 2:
        raise WrongUse(
            "the table has a single column; it needs a place and a time, with a comma between"
        )
    names = [f"c{number}" for number in range(len(headings))]
    if rewritten is None:
        source = _read_text(path, names, header="true")
        return Table(Kind.CSV, source, tuple(headings), tuple(names), "''", rows)
    # Who begins in the midst of a file cannot know whether it is inside a cell.
    parallel = "false" if rewritten.across else "true"
    every = ["mark", *names]
    source = _read_text(path, every, header="false", new_line=literal(r"\n"), parallel=parallel)
    return Table(Kind.CSV, source, tuple(headings), tuple(names), "mark", rewritten.rows)


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


def _read_text(path: str, names: Sequence[str], **more: str) -> str:
    """A relation of texts. Nothing is detected, and nothing passed over in silence."""
    types = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    options = {
        "auto_detect": "false",
        "columns": f"{{{types}}}",
        "force_not_null": f"[{', '.join(map(literal, names))}]",
        "delim": literal(","),
        "quote": literal('"'),
        "escape": literal('"'),
        "strict_mode": "true",
        "null_padding": "false",
        "ignore_errors": "false",
        "max_line_size": str(BUFFER),
        **more,
    }
    told = ", ".join(f"{option} = {value}" for option, value in options.items())
    return f"read_csv({literal(path)}, {told})"


def literal(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def named(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
