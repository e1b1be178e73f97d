"""The table of measures for other programs: CSV and Markdown, columns in a fixed order."""

import csv as csv_module
import io
from collections.abc import Iterable, Sequence
from typing import Any

Row = dict[str, Any]

COLUMNS = ("advisory", "level", "places", "from", "until", "measure", "settings", "text")


def csv(rows: list[Row]) -> str:
    """RFC 4180 but for its line ends; `until` is exclusive, and empty where nobody set an end."""
    sheet = io.StringIO()
    writer = csv_module.writer(sheet, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(_inert, _cells(row)) for row in rows)
    return sheet.getvalue()


def markdown(rows: list[Row]) -> str:
    """A table for a page or an issue tracker."""
    return table(COLUMNS, map(_cells, rows))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Any table, as Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(map(_escaped, cells))} |\n" for cells in lines)


def _cells(row: Row) -> list[str]:
    measure = row["measure"]
    return [
        row["advisory"],
        row["level"]["id"],
        "; ".join(place["name"] for place in row["places"]),
        row["from"],
        row["until"] or "",
        measure["id"] if measure else "",
        "; ".join(measure["settings"]) if measure else "",
        measure["text"] if measure else "",
    ]


def _inert(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|")
