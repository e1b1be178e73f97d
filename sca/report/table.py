"""The document on a terminal: colour, tables and wrapping, by rich."""

import io
import shutil
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from sca.language import printable
from sca.report import phrases, reasons, text

Part = dict[str, Any]

_SAID = (True, True, False, False, False, True)
"""Which of the columns of a verdict on a row are its answer, level or error, told in one piece."""
_SPARED = (3, 4)
"""Those of what is covered and of the place's id."""

_WIDE = 140
"""From how many columns on the list is one table; below, a small one for each advisory."""


def drawn(body: RenderableType, terminal: bool) -> str:
    """What rich makes of it, with colours and line-drawing only for a terminal."""
    sheet = io.StringIO()
    # rich heeds a width on a dumb terminal only where the height is given too.
    console = Console(
        file=sheet,
        force_terminal=terminal,
        width=width(),
        height=25,
        highlight=False,
        emoji=False,
    )
    console.print(body)
    lines = sheet.getvalue().splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def width() -> int:
    """The columns there are; rich takes every dumb terminal to be 80 wide."""
    known = Console()
    return shutil.get_terminal_size().columns if known.is_dumb_terminal else known.width


def verdict(document: Part) -> RenderableType:
    """The answer, the gravest advisory first."""
    taken, told = text.heading(document)
    head = Text(f"{taken}\n{told}\n\n")
    head.append(f" {text.badge(document)} ", style=badge(document["level"]))
    head.append(f" {text.answer(document)}")
    body: list[RenderableType] = [head]
    for advisory in document["advisories"]:
        body += [Text(""), *_advisory(advisory)]
    body += [Text(""), *(Text(line, style="dim") for line in text.looked_at(document))]
    if "explanation" in document:
        body += _explanation(document)
    return Group(*body)


def _explanation(document: Part) -> list[RenderableType]:
    body: list[RenderableType] = []
    for title, told in reasons.by_advisory(document):
        facts = _grid()
        for name, value in told:
            facts.add_row(Text(name, style="bold" if name == "counts" else "dim"), Text(value))
        body += [Text(""), Text.assemble("why ", (title, "bold")), Padding(facts, (0, 0, 0, 2))]
    more = reasons.unrelated(document)
    return [*body, *([Text(""), Text(more, style="dim")] if more else [])]


def listing(document: Part, terminal: bool) -> RenderableType:
    """The table of measures, fitted to the width there is."""
    rows = document["rows"]
    body: RenderableType = Text("no advisory matches")
    if rows:
        body = _one_table(rows, terminal) if width() >= _WIDE else _by_advisory(rows, terminal)
    known = document["as_of"]
    return Group(Text(f"as it was known at {known}\n"), body) if known else body


def _advisory(advisory: Part) -> list[RenderableType]:
    title = Text(advisory["title"], style="bold")
    title.append(f" ({advisory['id']})", style="not bold dim")
    facts = _grid()
    for name, value in text.facts(advisory):
        facts.add_row(Text(name, style="dim"), Text(value))
    parts: list[RenderableType] = [title, Padding(facts, (0, 0, 0, 2))]
    if advisory["measures"]:
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False)
        for heading in ("measure", "applies", "what the authorities do", "where"):
            table.add_column(heading, overflow="fold")
        for measure in advisory["measures"]:
            table.add_row(
                Text(measure["id"]),
                Text(text.applies(measure, advisory["timezone"])),
                Text(measure["text"]),
                Text(text.where(measure) or "everywhere"),
            )
        parts += [Text(""), Padding(table, (0, 0, 0, 2))]
    rest = _grid()
    for line in text.advice(advisory):
        rest.add_row(Text("advice", style="dim"), Text(line))
    for source in advisory["sources"]:
        rest.add_row(Text("source", style="dim"), Text(source, overflow="fold"))
    return [*parts, Text(""), Padding(rest, (0, 0, 0, 2))]


def _one_table(rows: list[Part], terminal: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD if terminal else box.ASCII2, show_edge=False)
    for heading in ("advisory", "level", "places", "from", "until", "measure", "where"):
        table.add_column(heading, overflow="fold", no_wrap=heading in {"advisory", "level"})
    for row in rows:
        table.add_row(
            Text(row["advisory"]),
            _level(row),
            Text(_places(row)),
            Text(phrases.instant(row["start"], row["timezone"])),
            Text("\n".join([_until(row), *_doubt(row)])),
            Text(_measure(row)),
            Text(_settings(row)),
        )
    return table


def _by_advisory(rows: list[Part], terminal: bool) -> Group:
    groups: dict[tuple[str, ...], list[Part]] = {}
    for row in rows:
        doubt = row["doubt"] or ""
        key = (row["advisory"], row["level"]["id"], row["start"], _places(row), doubt)
        groups.setdefault(key, []).append(row)
    body: list[RenderableType] = []
    for of_one in groups.values():
        first = of_one[0]
        head = Text.assemble((first["advisory"], "bold"), "  ", _level(first))
        window = phrases.window(first["start"], first["end"], first["timezone"])
        table = Table(box=box.SIMPLE_HEAD if terminal else box.ASCII2, show_edge=False)
        for heading in ("measure", "where"):
            table.add_column(heading, overflow="fold")
        for row in of_one:
            table.add_row(Text(_measure(row)), Text(_settings(row)))
        body += [head, Text(first["title"]), Text(_places(first)), Text(window)]
        body += [Text(words) for words in _doubt(first)]
        body += [Padding(table, (0, 0, 1, 0))]
    return Group(*body)


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _level(row: Part) -> Text:
    return Text(f" {row['level']['id']} ", style=badge(row["level"]))


def _places(row: Part) -> str:
    return ", ".join(place["name"] for place in row["places"])


def _until(row: Part) -> str:
    return phrases.through(row["end"], row["timezone"]).removeprefix("until ")


def _doubt(row: Part) -> list[str]:
    """Why it may not hold, if so."""
    return [phrases.DOUBTS[row["doubt"]]] if row["doubt"] else []


def _measure(row: Part) -> str:
    measure = row["measure"]
    return f"{measure['id']}: {measure['text']}" if measure else "none named"


def _settings(row: Part) -> str:
    measure = row["measure"]
    return (text.where(measure) or "everywhere") if measure else ""


def badge(level: Part | None) -> Style:
    """The level's own colour behind dark or light letters, whichever can be read on it."""
    if level is None:
        return Style(reverse=True, bold=True)
    if level["colour"] is None:
        return Style(reverse=True, bold=True)
    red, green, blue = (int(level["colour"][place : place + 2], 16) for place in (1, 3, 5))
    light = 0.299 * red + 0.587 * green + 0.114 * blue > 140
    return Style(color="#000000" if light else "#ffffff", bgcolor=level["colour"], bold=True)


def screened(
    headings: Sequence[str], rows: Sequence[Sequence[str]], terminal: bool
) -> RenderableType:
    """Rows of a table with their verdicts, as texts.

    Where there is no room for all columns, what a person can do without is left out.
    """
    cells = [[printable(cell) for cell in row] for row in (headings, *rows)]
    room = sum(max(map(cell_len, column)) + 3 for column in zip(*cells, strict=True))
    first = len(headings) - len(_SAID)
    shown = [n for n in range(len(headings)) if room <= width() or n - first not in _SPARED]
    table = Table(box=box.SIMPLE_HEAD if terminal else box.ASCII2, show_edge=False)
    for n in shown:
        said = n >= first and _SAID[n - first]
        table.add_column(Text(cells[0][n]), overflow="fold", no_wrap=said)
    for row in cells[1:]:
        table.add_row(*(Text(row[n]) for n in shown))
    return table
