"""A timeline in letters: coloured on a terminal, plain in a pipe, and readable without colours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.style import Style
from rich.text import Text

from sca.report import table, timeline
from sca.report.timeline import Axis, Cell

Part = dict[str, Any]

_TALL = 20
"""From how many lines on the scale stands below them too."""

_LEAST = 20
"""How many columns the picture has at least, however narrow the screen is."""


@dataclass(frozen=True, slots=True)
class _Ink:
    """What lines and empty places are drawn with."""

    line: str
    dot: str


_ASCII, _FINE = _Ink("|", "."), _Ink("│", "·")


def picture(document: Part, fine: bool) -> RenderableType:
    """The whole of it, fitted to the width there is; `fine` where more than ASCII can be shown."""
    ink = _FINE if fine else _ASCII
    width = table.width()
    names = timeline.names(document["rows"])
    margin = _margin(names, document["rows"], width)
    axis = timeline.axis(document, max(width - margin - 2, _LEAST))
    rows = list(_rows(document, names, margin, axis, ink))
    frame = list(_frame(document, margin, axis, ink))
    body = [*frame, *rows, *(reversed(frame) if len(rows) > _TALL else ())]
    heading = [Text(line) for line in timeline.heading(document)]
    if not document["places"]:
        heading.insert(0, Text(timeline.title(document)))
    if not any(row["bars"] for row in document["rows"]):
        heading.append(Text("nothing is known to hold"))
    return Group(*heading, Text(""), *body, Text(""), *_legend(document, axis, ink, width))


def _margin(names: Sequence[str], rows: Sequence[Part], width: int) -> int:
    """The columns for what rows are called, with the blank after it."""
    longest = max(
        (2 * r["depth"] + cell_len(n) for n, r in zip(names, rows, strict=True)), default=0
    )
    return min(longest, max(12, width * 3 // 8)) + 1


def _frame(document: Part, margin: int, axis: Axis, ink: _Ink) -> Iterator[Text]:
    """The moment that is marked, and the dates below it."""
    marked = _marked(document, axis)
    if marked:
        yield Text(
            _pointed(document["asked"]["at"], margin + 1, axis.columns, marked), style="bold"
        )
    line = [" "] * axis.columns
    for tick in timeline.ticks(axis, lambda label: len(label) + 1, 1):
        start = int(tick.column)
        text = f"{ink.line}{tick.label}"
        line[start : start + len(text)] = text
    yield Text(" " * (margin + 1) + "".join(line).rstrip())


def _pointed(label: str, margin: int, columns: int, marked: range) -> str:
    """A line with a pointer above the columns that are marked, and what they are beside it."""
    before = margin + marked.start
    pointer = "v" * len(marked)
    if len(label) < before:
        return f"{label} {pointer}".rjust(before + len(marked))
    right = columns - marked.stop
    return " " * before + pointer + (f" {label}" if len(label) < right else "")


def _marked(document: Part, axis: Axis) -> range:
    return axis.cells(document["marked"]["start"], document["marked"]["end"])


def _rows(
    document: Part, names: Sequence[str], margin: int, axis: Axis, ink: _Ink
) -> Iterator[Text]:
    """Each row, on as many lines as its name and its bars need."""
    levels, marked = timeline.by_key(document), _marked(document, axis)
    edges = {marked.start, marked.stop - 1} if marked else set()
    for name, row in zip(names, document["rows"], strict=True):
        indent = "  " * row["depth"]
        called = [indent + part for part in _wrapped(name, margin - 1 - len(indent))]
        lanes = timeline.lanes(row, levels)
        lines = [timeline.cells(bars, axis, levels) for bars in lanes]
        ground = _ground(row, lines, axis, ink)
        for number in range(max(len(called), len(lines))):
            told = called[number] if number < len(called) else ""
            line = Text(told + " " * (margin - cell_len(told)), no_wrap=True, overflow="crop")
            bars = lanes[number] if number < len(lanes) else []
            left, right = timeline.edges(bars, axis)
            line.append(left)
            cells = lines[number] if number < len(lines) else [None] * axis.columns
            for column, cell in enumerate(cells):
                blank = ground[column] if number == 0 else " "
                if column in edges:
                    blank = ink.line
                line.append(cell.mark if cell else blank, style=_style(cell))
            line.append(right)
            yield line


def _ground(row: Part, lines: Sequence[Sequence[Cell | None]], axis: Axis, ink: _Ink) -> list[str]:
    """A dot where nothing holds; a blank where a line below shows what does, or nobody watches."""
    ground = [
        " " if any(cell and cell.counts for cell in column) else ink.dot
        for column in zip(*lines, strict=True)
    ]
    for span in row["unwatched"]:
        for column in axis.cells(span["start"], span["end"]):
            ground[column] = " "
    return ground


def _style(cell: Cell | None) -> Style:
    if cell is None:
        return Style(dim=True)
    return _coloured(cell.level) if cell.counts else Style(dim=True)


def _coloured(level: Part) -> Style:
    """As a badge; all alike where nobody wants colours."""
    return table.badge(None if Console().no_color else level)


def _wrapped(name: str, width: int) -> list[str]:
    return wrap(name, max(width, 4), subsequent_indent=" ") or [name]


def _legend(document: Part, axis: Axis, ink: _Ink, width: int) -> Iterator[Text]:
    """What letters and marks stand for, a scheme a paragraph; and the advisories of places."""
    by_scheme: dict[str, list[Part]] = {}
    for level in document["levels"]:
        by_scheme.setdefault(level["title"], []).append(level)
    for title, levels in by_scheme.items():
        yield from _flowing(Text(f"{title}:"), [_keyed(level, ink) for level in levels], width)
    for sign, meaning in timeline.signs(document, axis):
        yield Text(f"{ink.dot if sign == '.' else sign} {meaning}".strip())
    if document["asked"]["by"] == "place":
        for advisory in document["advisories"]:
            yield Text(f"{advisory['id']}: {advisory['title']}", style="dim")


def _keyed(level: Part, ink: _Ink) -> Text:
    """A level's letter as bars show it, and its words."""
    letter = f" {level['letter']} " if ink is _FINE else level["letter"]
    return Text.assemble((letter, _coloured(level)), f" {timeline.spoken(level)}")


def _flowing(line: Text, items: Sequence[Text], width: int) -> Iterator[Text]:
    """A line, and the items after it on as many as they need, none of them torn apart."""
    for number, item in enumerate(items):
        last = number == len(items) - 1
        if line.cell_len + 1 + item.cell_len + (not last) > width:
            yield line
            line = Text(" ")
        line = Text.assemble(line, " ", item, "" if last else ",")
    yield line
