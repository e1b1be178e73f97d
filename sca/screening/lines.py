"""Tables as text: proven to be plain, or made so, before anything faster reads them.

A fast reader of CSV is free to pass over what it does not like. So all bytes are looked at here
first. Where they are plain, so that no two readers could differ, the rows are counted; where they
are not, the table is written anew in the plainest form, a row for each row, and each row that is
not what it should be is marked.
"""

import codecs
import csv
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from sca.errors import BrokenTable

BAD_ROW = "bad-row"
"""The error of a row with too many cells or too few, or with bytes that are no text."""

SEPARATOR = "\x1f"
"""Stands between the mark and the line where a table of lines is written anew; no JSON has it."""

LONGEST = 1 << 20
"""Letters in a row; what is longer is a table whose rows do not end where they should."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Shape:
    """What all the bytes of a table are like."""

    lines: int
    """How many there are; the last need not end in a line break."""
    plain: bool
    """Whether each line break is the end of a row, and the same one, and all is text."""
    quotes: bool
    """Whether there is any quotation mark."""


def shape(file: BinaryIO) -> Shape:
    """Look at all bytes of a table."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    breaks = returns = pairs = 0
    quotes, odd, text, last = False, False, True, b"\n"
    while chunk := file.read(_CHUNK):
        quotes = quotes or b'"' in chunk
        # A pair may lie across two chunks.
        joined = last[-2:] + chunk
        odd = odd or b"\0" in chunk or b"\n\n" in joined
        breaks += chunk.count(b"\n")
        if b"\r" in joined:
            odd = odd or b"\n\r\n" in joined
            returns += chunk.count(b"\r")
            pairs += (last[-1:] + chunk).count(b"\r\n")
        plain = chunk.isascii() and last.isascii()
        text = text and (plain or _decodes(decoder, chunk))
        last = joined[-2:]
    text = text and _decodes(decoder, b"", final=True)
    even = returns == 0 or breaks == returns == pairs
    lines = breaks + (last[-1:] not in {b"", b"\n"})
    return Shape(lines, even and text and not odd, quotes)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def sample(path: str, goal: str, most: int, pieces: int = 64) -> float:
    """Write the first row of a table and others from all over it to a file; how large a part.

    Each line break must be the end of a row. No more than about so many bytes are taken.
    """
    size = os.path.getsize(path)
    with open(path, "rb") as file, open(goal, "wb") as some:
        if size <= most:
            shutil.copyfileobj(file, some, _CHUNK)
            return 1.0
        some.write(file.readline(LONGEST))
        taken = 0
        for number in range(pieces):
            file.seek(size * number // pieces)
            file.readline()
            rows = file.read(most // pieces)
            rows = rows[: rows.rfind(b"\n") + 1]
            taken += some.write(rows)
    return taken / size


def opened(path: str) -> TextIO:
    """A table as text, with whatever is none in a form that can be found again."""
    return open(path, encoding="utf-8-sig", errors="surrogateescape", newline="")


def headings(text: TextIO) -> list[str]:
    """The first row of a table with commas. Raises BrokenTable."""
    return next((row for row in _rows(text) if row), [])


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What came of writing a table anew."""

    rows: int
    across: bool
    """Whether some cell goes across lines."""


def rewrite(text: TextIO, goal: TextIO) -> Rewritten:
    """Write a table with commas anew in the plainest form.

    The first row is left out. Each other is marked in its first cell: with nothing, or with
    BAD_ROW. Cells that are missing are empty, and those too many are in the last cell, with
    commas between. Raises BrokenTable.
    """
    writer = csv.writer(goal, lineterminator="\n", quoting=csv.QUOTE_ALL)
    width, count, across = 0, 0, False
    for row in _rows(text):
        if not row:  # a blank line
            continue
        if not width:
            width = len(row)
            continue
        mark = "" if len(row) == width and _is_text(row) else BAD_ROW
        cells = [*row[: width - 1], ",".join(row[width - 1 :])]
        cells += [""] * (width - len(cells))
        across = across or any("\n" in cell or "\r" in cell for cell in cells)
        writer.writerow([mark, *map(_as_text, cells)])
        count += 1
    return Rewritten(count, across)


def rewrite_lines(file: BinaryIO, goal: TextIO) -> int:
    """Write lines anew without the blank ones, each after its mark; how many there are."""
    count = 0
    for number, line in enumerate(file, 1):
        if len(line) > LONGEST:
            raise _too_long(number)
        told = line.decode("utf-8", "surrogateescape").strip("\r\n")
        if number == 1:
            told = told.removeprefix("\ufeff")
        if not told.strip(" \t\r\n"):
            continue
        flawed = not _is_text([told]) or SEPARATOR in told or "\r" in told
        body = _as_text(told).replace(SEPARATOR, "\ufffd").replace("\r", " ")
        goal.write(f"{BAD_ROW if flawed else ''}{SEPARATOR}{body}\n")
        count += 1
    return count


def _rows(text: Iterable[str]) -> Iterator[list[str]]:
    """Every row."""
    csv.field_size_limit(LONGEST)
    reader = csv.reader(text, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "limit" in str(error):
                raise _too_long(line) from None
            raise BrokenTable(
                f"line {line}: a quotation mark that opens here is not closed as it should be; "
                'a cell with one in it is written "so ""it"" is"'
            ) from None
        if sum(map(len, row)) > LONGEST:
            raise _too_long(line)
        yield row


def _too_long(line: int) -> BrokenTable:
    return BrokenTable(f"line {line}: longer than {LONGEST:,} letters; is a line break missing?")


def _is_text(cells: Iterable[str]) -> bool:
    return not any(_odd(cell) for cell in cells)


def _odd(cell: str) -> bool:
    return "\0" in cell or (not cell.isascii() and any("\udc80" <= c <= "\udcff" for c in cell))


def _as_text(cell: str) -> str:
    """The same with a mark in the place of each byte that is no text."""
    if not _odd(cell):
        return cell
    return "".join("\ufffd" if c == "\0" or "\udc80" <= c <= "\udcff" else c for c in cell)
