"""`sca screen`: a verdict for each row of a table."""

import csv
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from sca import __version__, answering, spans
from sca.cli import files, options, output, progress, surroundings
from sca.errors import Exit, MissingExtra, Unwritable, WrongUse
from sca.screening import portable
from sca.screening.columns import RESULTS, chosen
from sca.screening.judging import Judge, Terms
from sca.screening.tables import Kind, Precision, Table, format_of, refuse_alike

if TYPE_CHECKING:
    from sca.screening.engine import Count

_MOST_DRAWN = 1000
"""Rows of a table that is drawn; nobody reads more of them."""


class Format(StrEnum):
    """How rows are printed."""

    csv = "csv"
    jsonl = "jsonl"
    parquet = "parquet"
    table = "table"


class Only(StrEnum):
    """Which rows are printed."""

    in_force = "in-force"


def screen(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="Rows of places and times: CSV, JSON lines or Parquet; - is standard input.",
            show_default=False,
        ),
    ],
    place_column: Annotated[
        str | None, typer.Option("--place-column", metavar="NAME", help="Where the place is.")
    ] = None,
    when_column: Annotated[
        str | None, typer.Option("--when-column", metavar="NAME", help="Where the time is.")
    ] = None,
    until_column: Annotated[
        str | None,
        typer.Option("--until-column", metavar="NAME", help="Where the end of the time is."),
    ] = None,
    when_precision: Annotated[
        Precision | None,
        typer.Option("--when-precision", help="What timestamps of Parquet stand for."),
    ] = None,
    format: Annotated[
        Format | None,
        typer.Option("--format", help="How to print; else as --out ends, else csv."),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Write there, all of it or nothing.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
    only: Annotated[
        Only | None,
        typer.Option("--only", help="Leave out what is clear; what has no answer stays."),
    ] = None,
    summary: Annotated[
        bool, typer.Option("--summary", help="Print how many rows came to what.")
    ] = False,
    emit: Annotated[
        str | None,
        typer.Option(
            "--emit", metavar="FILE", help="Write segments to screen by elsewhere; with --sql."
        ),
    ] = None,
    sql: Annotated[
        str | None,
        typer.Option("--sql", metavar="FILE", help="Write the query for DuckDB or Spark there."),
    ] = None,
    at_least: options.AtLeast = None,
    setting: options.Settings = None,
    scheme: options.Schemes = None,
    as_of: options.AsOf = None,
    max_age: options.MaxAge = None,
    unwatched: options.Unwatched = None,
    rules: options.Rules = None,
    now: options.Now = None,
) -> int:
    """Say of each row of FILE whether its place is under an advisory at its time.

    Exit 3 if any row has no answer, else 1 if any is in force, else 0.
    """
    if emit is not None or sql is not None:
        _refuse_beside_emit(emit, sql, [format, out, only, summary])
    form = _form(format, out)
    for path in filter(None, (out, emit, sql)):
        files.refuse_existing(path, force)
    judge = _judge(at_least, setting, scheme, as_of, max_age, unwatched, rules, now)
    _demand_extra()
    from sca.screening.engine import Engine

    with _workplace(out or emit) as folder:
        engine = Engine(folder, judge)
        try:
            table = engine.open(_input(file, folder), file)
            columns = chosen(table.headings, place_column, when_column, until_column)
            if guessed := columns.guessed({place_column, when_column, until_column}):
                output.say(f"sca: {guessed}")
            asked = engine.asked(table, columns, when_precision)
            if emit is not None and sql is not None:
                with progress.shown(engine.progress):
                    made = engine.emit(table, asked)
                _deliver_query(made, emit, sql, judge)
                return Exit.CLEAR
            kind = Kind.CSV if form is Format.table else Kind(form.value)
            refuse_alike(table.headings, kind)
            # What comes out first is a Parquet file; where that is wanted, it need not be another.
            whole = kind is Kind.PARQUET and only is None and table.kind is not Kind.JSONL
            with progress.shown(engine.progress):
                made, count = engine.screen(table, asked, named_so=whole)
                wanted = out is not None or not summary
                if wanted and not whole:
                    made = engine.write(made, table, kind, all_rows=only is None)
            if wanted:
                _deliver(made, table, form, out)
        finally:
            engine.close()
    if summary:
        output.out(_summary(count))
    return _exit(count)


def _refuse_beside_emit(emit: str | None, sql: str | None, others: Sequence[object]) -> None:
    if emit is None or sql is None:
        raise WrongUse("--emit names the segments and --sql the query; they go together")
    if any(others):
        raise WrongUse(
            "--emit and --sql write what rows are screened by elsewhere, and screen none here; "
            "leave out --format, --out, --only and --summary"
        )
    if os.path.realpath(emit) == os.path.realpath(sql):
        raise WrongUse("--emit and --sql name the same file")


def _form(format: Format | None, out: str | None) -> Format:
    if format is not None:
        form = format
    else:
        ending = format_of(out) if out is not None else None
        form = Format(ending.value) if ending is not None else Format.csv
    if form is Format.parquet and out is None:
        raise WrongUse("a Parquet file is nothing to print; name one by --out")
    if form is Format.table and out is not None:
        raise WrongUse("a table is drawn for people; for --out choose csv, jsonl or parquet")
    return form


def _judge(
    at_least: str | None,
    setting: list[str] | None,
    scheme: list[str] | None,
    as_of: str | None,
    max_age: str | None,
    unwatched: str | None,
    rules: list[str] | None,
    now: str | None,
) -> Judge:
    present, age = surroundings.clock(now), surroundings.age(max_age)
    knowing = spans.read(as_of) if as_of is not None else None
    trusting = surroundings.trusts_silence(unwatched)
    known = surroundings.loaded(rules)
    terms = Terms(
        present,
        options.threshold(at_least, known),
        options.settings(setting, known),
        knowing,
        answering.known_schemes(scheme or (), known),
        age,
        trusting,
    )
    return Judge(known, terms)


def _demand_extra() -> None:
    try:
        import duckdb  # noqa: F401
        import numpy  # noqa: F401  # DuckDB calls back into Python by way of these
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise MissingExtra(
            f"screen needs {error.name}, which is not installed; "
            "run pip install duckdb numpy pyarrow"
        ) from None


def _workplace(out: str | None) -> "tempfile.TemporaryDirectory[str]":
    """A folder for what is in the making: beside the output, so that it can be moved there."""
    beside = os.path.dirname(os.path.realpath(out)) if out is not None else None
    try:
        return tempfile.TemporaryDirectory(prefix=".sca-screen-", dir=beside)
    except OSError as error:
        raise Unwritable(
            f"{out or 'a temporary folder'} cannot be written: {error.strerror}"
        ) from error


def _input(file: str, folder: str) -> str:
    """The path of the rows; standard input is kept in a file first, to be read twice."""
    if file != "-":
        if not os.path.isfile(file):
            told = "is no plain file" if os.path.exists(file) else "there is no such file"
            raise WrongUse(f"{file}: {told}")
        return file
    path = os.path.join(folder, "stdin")
    with open(path, "wb") as goal:
        shutil.copyfileobj(sys.stdin.buffer, goal)
    return path


def _deliver_query(made: str, emit: str, sql: str, judge: Judge) -> None:
    """The query goes first: without segments it can do no harm."""
    at = spans.utc_text(judge.terms.now)
    files.write(sql, f"-- sca {__version__}, as of {at}\n{portable.query()}")
    files.move(made, emit)


def _deliver(made: str, table: Table, form: Format, out: str | None) -> None:
    if form is Format.table:
        _draw(made, table)
        return
    if form is Format.csv:
        made = _headed(made, table)
    if out is None:
        output.copy(made)
    else:
        files.move(made, out)


def _headed(made: str, table: Table) -> str:
    """The same with a row of headings before it."""
    whole = f"{made}.headed"
    with open(made, "rb") as rows, open(whole, "wb") as goal:
        goal.write(_row([*table.headings, *RESULTS]).encode())
        shutil.copyfileobj(rows, goal, 1 << 20)
    return whole


def _row(cells: Sequence[str]) -> str:
    sheet = io.StringIO()
    csv.writer(sheet, lineterminator="\n").writerow(cells)
    return sheet.getvalue()


def _draw(made: str, table: Table) -> None:
    from sca.report import table as drawing

    with open(made, encoding="utf-8", newline="") as file:
        rows = [row for row, _ in zip(csv.reader(file), range(_MOST_DRAWN + 1), strict=False)]
    if len(rows) > _MOST_DRAWN:
        raise WrongUse(
            f"there are more than {_MOST_DRAWN:,} rows to draw; --format csv prints them"
        )
    terminal = output.terminal()
    headings = [*table.headings, *RESULTS]
    output.out(drawing.drawn(drawing.screened(headings, rows, terminal), terminal))


def _summary(count: "Count") -> str:
    lines = [
        ("rows", count.rows),
        ("in force", count.in_force),
        ("clear", count.clear),
        ("no answer", count.no_answer),
        *((f"  {code}", number) for code, number in sorted(count.errors.items())),
    ]
    width = max(len(name) for name, _ in lines)
    return "".join(f"{name:<{width}}  {number:>{len(str(count.rows))}}\n" for name, number in lines)


def _exit(count: "Count") -> Exit:
    if count.no_answer:
        return Exit.NO_ANSWER
    return Exit.IN_FORCE if count.in_force else Exit.CLEAR
