"""The work of DuckDB: rows in, the same rows out with a verdict each."""

import contextlib
import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import duckdb
from duckdb.func import FunctionNullHandling

from sca.errors import BrokenTable, Unwritable, WrongUse
from sca.screening import known, lines, portable, queries, tables, written
from sca.screening.columns import RESULTS, Columns
from sca.screening.crib import Crib, Place
from sca.screening.judging import Judge, Outcome
from sca.screening.queries import Asked
from sca.screening.sql import literal
from sca.screening.tables import Kind, Precision, Table

_T = TypeVar("_T")

_MEMORY = 500
"""MB that all of it may take, as far as that can be had: beyond them rows wait on the disk."""

_LEAST = 128
"""MB that DuckDB needs at a time."""

_THREADS = 4
_PARQUET = "FORMAT parquet, ROW_GROUP_SIZE 40960"
"""Rows in their order wait in memory until a group of them is whole; smaller ones wait less."""

FREQUENT = 20
"""In how many rows a place must stand for it to be worth while to look at all its times."""

_MOST_PLACES = 200_000
_SAMPLED = 16 << 20
"""Bytes of a table that are looked at to find its places and the time that it spans."""

_KNOWN = 20_000
"""Rows whose outcome is remembered, so that the same text is judged once."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows came to what; each row is one of the three."""

    in_force: int
    clear: int
    errors: dict[str, int]
    """By their codes."""

    @property
    def no_answer(self) -> int:
        return sum(self.errors.values())

    @property
    def rows(self) -> int:
        return self.in_force + self.clear + self.no_answer


def _held() -> int:
    """MB that this process holds by now, what Python has for itself among them."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
    except (OSError, ValueError):
        return 256


class _Uneven(Exception):
    """A plain table of which some rows are not as wide as the first."""


class Engine:
    """Screens one table, in a folder of its own."""

    def __init__(self, folder: str, judge: Judge, frequent: int = FREQUENT) -> None:
        self._folder, self._judge, self._frequent = folder, judge, frequent
        self._failure: Exception | None = None
        self._prepared = False
        self._threads = min(_THREADS, os.cpu_count() or 1)
        self._base = duckdb.connect(
            config={
                "memory_limit": f"{_LEAST}MB",
                "temp_directory": os.path.join(folder, "spilled"),
                "threads": self._threads,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "preserve_insertion_order": True,
            }
        )
        # So that it is known how far a query has come; drawing that is left to others.
        self._base.execute("SET enable_progress_bar = true")
        self._base.execute("SET enable_progress_bar_print = false")
        self._base.execute("SET TimeZone = 'UTC'")
        # A text must not be read from its file by the type that it is cast to later, and rows
        # must go through a join from the side on which they are.
        self._base.execute("SET disabled_optimizers = 'type_pushdown,build_side_probe_side'")
        self._judged = lru_cache(maxsize=_KNOWN)(self._outcome)
        self._define("law", self._law, ["VARCHAR"] * 3, "VARCHAR[]")

    def close(self) -> None:
        self._base.close()

    def progress(self) -> float | None:
        """How many per cent of a query are done that runs meanwhile; None where nobody knows."""
        percent = self._base.query_progress()
        return percent if percent >= 0 else None

    def open(self, path: str, called: str) -> Table:
        """The table in a file, which is `called` so. Raises BrokenTable or WrongUse."""
        with open(path, "rb") as file:
            kind = tables.kind_of(called, file)
        # The engine reads * and [ in a name as a pattern; a link of our own has neither.
        link = os.path.join(self._folder, f"input.{kind.value}")
        os.symlink(os.path.abspath(path), link)
        readers = {Kind.CSV: self._csv, Kind.JSONL: self._lines, Kind.PARQUET: self._parquet}
        return readers[kind](link)

    def asked(self, table: Table, columns: Columns, precision: Precision | None) -> Asked:
        """What each row asks about. Raises WrongUse where nobody can tell."""
        times = [name for name in (columns.when, columns.until) if name is not None]
        stamps = [name for name in times if table.type(name).startswith("TIMESTAMP")]
        if precision is not None and not stamps:
            raise WrongUse("--when-precision is for timestamps of Parquet; these times are none")
        for heading in times if precision is None else ():
            query = written.midnights(table, heading)
            if query is not None and self._fetch(query) == [(True,)]:
                raise WrongUse(
                    f"every timestamp in {heading!r} is a midnight, which may stand for its day; "
                    "say --when-precision day or second"
                )
        return Asked(
            written.place(table, columns.place),
            written.time(table, columns.when, precision),
            written.time(table, columns.until, precision) if columns.until else None,
        )

    def screen(self, table: Table, asked: Asked, named_so: bool = False) -> tuple[str, Count]:
        """A Parquet file of all rows with their verdicts, and what they came to.

        `named_so` is whether its columns are called as those of the table are.

        Every row that went in is proven to have come out.
        """
        return self._even(table, lambda even: self._screened(even, asked, named_so))

    def emit(self, table: Table, asked: Asked) -> str:
        """A Parquet file of the segments by which all rows can be judged elsewhere."""
        return self._even(table, lambda even: self._emitted(even, asked))

    def _even(self, table: Table, work: Callable[[Table], _T]) -> _T:
        """Do something with a table, and with one written anew if it is not what it seems."""
        try:
            return work(table)
        except _Uneven:
            return work(self._written_anew(str(table.path), table.headings))

    def _screened(self, table: Table, asked: Asked, named_so: bool) -> tuple[str, Count]:
        goal = os.path.join(self._folder, "screened.parquet")
        with self._reading(table):
            if not self._prepared:
                self._prepare(self._looked_at(table, asked))
            query = queries.screened(table, asked, named_so)
            self._base.execute(f"SET memory_limit = '{max(_LEAST, _MEMORY - _held())}MB'")
            # Of several threads each would write what it has joined when it has it.
            self._base.execute("SET threads = 1")
            self._run(f"COPY ({query}) TO {literal(goal)} ({_PARQUET})")
            self._base.execute(f"SET threads = {self._threads}")
        count = self._count(goal)
        if count.rows != table.rows:
            if table.path is not None:
                raise _Uneven
            raise AssertionError(f"{table.rows} rows went in and {count.rows} came out")
        return goal, count

    def _emitted(self, table: Table, asked: Asked) -> str:
        stretches, rows, goal = (
            os.path.join(self._folder, name)
            for name in ("stretches.parquet", "asked.parquet", "segments.parquet")
        )
        with self._reading(table):
            texts = queries.texts(table, asked)
            self._run(f"COPY ({portable.asked(texts)}) TO {literal(rows)} ({_PARQUET})")
            found = self._fetch(queries.wanted(table, asked, 1, _MOST_PLACES))
        crib = Crib(self._judge, (Place(*row) for row in found))
        self._base.register("known", known.stretches(crib))
        self._run(f"COPY ({portable.spread('known')}) TO {literal(stretches)} ({_PARQUET})")
        for name, path in ((portable.SEGMENTS, stretches), (portable.ROWS, rows)):
            self._run(f"CREATE OR REPLACE VIEW {name} AS FROM read_parquet({literal(path)})")
        every = f"FROM {portable.SEGMENTS} UNION ALL BY NAME {portable.left()}"
        self._run(f"COPY ({every}) TO {literal(goal)} ({_PARQUET})")
        return goal

    def _looked_at(self, table: Table, asked: Asked) -> Crib:
        """What can be known before the rows are read; of large tables, by a part of them."""
        some, part = table, 1.0
        if table.path is not None:
            path = os.path.join(self._folder, "sample.csv")
            part = lines.sample(table.path, path, _SAMPLED)
            some = tables.of_csv(path, table.headings, 0)
        at_least = math.ceil(self._frequent * part)
        found = self._fetch(queries.wanted(some, asked, at_least, _MOST_PLACES))
        return Crib(self._judge, (Place(*row) for row in found))

    def _prepare(self, crib: Crib) -> None:
        """Let SQL look up what is known."""
        self._base.register("known", known.stretches(crib))
        for query in queries.stretches("known", known.words(self._judge.levels)):
            self._run(query)
        self._define("covered_of", known.covering(crib), ["BIGINT"] * 3, "VARCHAR")
        self._prepared = True

    def _define(
        self, name: str, function: Callable[..., Any], takes: list[str], gives: str
    ) -> None:
        """Let SQL call a function."""
        self._base.create_function(
            name, function, list(takes), gives, null_handling=FunctionNullHandling.SPECIAL
        )

    def write(self, stage: str, table: Table, kind: Kind, all_rows: bool) -> str:
        """The screened rows in a form of their own, or only those that are not clear."""
        goal = os.path.join(self._folder, f"output.{kind.value}")
        query = queries.output(table, stage, kind, all_rows)
        options = {
            Kind.CSV: "FORMAT csv, HEADER false",
            Kind.JSONL: "FORMAT json",
            Kind.PARQUET: _PARQUET,
        }[kind]
        if kind is Kind.JSONL and table.line is not None:
            options = (
                f"FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER "
                f"{literal(lines.SEPARATOR)}"
            )
        self._run(f"COPY ({query}) TO {literal(goal)} ({options})")
        return goal

    def _csv(self, path: str) -> Table:
        with open(path, "rb") as file:
            shape = lines.shape(file)
        with lines.opened(path) as text:
            headings = lines.headings(text)
        if not headings:
            raise BrokenTable("the table is empty; its first row must be its headings")
        if shape.plain and not shape.quotes:
            return tables.of_csv(path, headings, shape.lines - 1)
        return self._written_anew(path, headings)

    def _written_anew(self, path: str, headings: Sequence[str]) -> Table:
        plain = os.path.join(self._folder, "plain.csv")
        with lines.opened(path) as text, open(plain, "w", encoding="utf-8", newline="") as goal:
            rewritten = lines.rewrite(text, goal)
        return tables.of_csv(plain, headings, rewritten.rows, rewritten)

    def _lines(self, path: str) -> Table:
        with open(path, "rb") as file:
            shape = lines.shape(file)
        rows, source = shape.lines, tables.lines_of(path, rewritten=False)
        if not (shape.plain and self._reads(source, rows)):
            plain = os.path.join(self._folder, "plain.jsonl")
            with open(path, "rb") as file, open(plain, "w", encoding="utf-8", newline="") as goal:
                rows = lines.rewrite_lines(file, goal)
            source = tables.lines_of(plain, rewritten=True)
        keys = [list(keys) for (keys,) in self._fetch(queries.all_keys(source))]
        return tables.of_lines(source, list(dict.fromkeys(k for some in keys for k in some)), rows)

    def _parquet(self, path: str) -> Table:
        try:
            found = self._base.execute(f"DESCRIBE FROM read_parquet({literal(path)})").fetchall()
            counted = queries.footer(path)
            rows = self._base.execute(counted).fetchone()
        except duckdb.Error as error:
            raise BrokenTable(f"this is no Parquet file: {str(error).splitlines()[0]}") from None
        columns = [(str(name), str(kind)) for name, kind, *_ in found]
        return tables.of_parquet(path, columns, int(rows[0]) if rows else 0)

    def _reads(self, source: str, rows: int) -> bool:
        """Whether every line is a row with a cell for each column."""
        try:
            found = self._base.execute(f"SELECT count(*) FROM {source}").fetchone()
        except duckdb.InvalidInputException:
            return False
        return found == (rows,)

    def _count(self, stage: str) -> Count:
        rows = self._fetch(queries.counted(stage))
        errors = {str(error): int(number) for _, error, number in rows if error}
        answers = {answer: int(number) for answer, error, number in rows if not error}
        return Count(answers.pop("in force", 0), answers.pop("clear", 0), {**errors, **answers})

    def _law(self, place: str, when: str, until: str | None) -> list[str]:
        try:
            return self._judged(place, when, until)
        except Exception as error:
            self._failure = error
            raise

    def _outcome(self, place: str, when: str, until: str | None) -> list[str]:
        text = when if until is None else f"{when}/{until}"
        found: Outcome = self._judge.outcome(place, text)
        return [getattr(found, name) for name in RESULTS]

    def _run(self, query: str) -> None:
        with self._failing():
            try:
                self._base.execute(query)
            except duckdb.OutOfMemoryException:
                # Where several read at once, rows of the one wait for those of the other.
                self._base.execute("SET threads = 1")
                self._base.execute(f"SET memory_limit = '{_MEMORY}MB'")
                self._base.execute(query)

    def _fetch(self, query: str) -> list[tuple[Any, ...]]:
        with self._failing():
            return self._base.execute(query).fetchall()

    @contextlib.contextmanager
    def _reading(self, table: Table) -> Iterator[None]:
        """Rows of a plain table that are not as wide as the first are found as they are read."""
        try:
            yield
        except duckdb.InvalidInputException as error:
            if table.path is None or self._failure is not None:
                raise
            raise _Uneven from error

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        """What went wrong, as it was before it went through the engine."""
        self._failure = None
        try:
            yield
        except duckdb.Error as error:
            if self._failure is not None:
                raise self._failure from None
            if isinstance(error, duckdb.InterruptException):
                raise KeyboardInterrupt from None
            if isinstance(error, (duckdb.IOException, duckdb.OutOfMemoryException)):
                told = str(error).splitlines()[0]
                raise Unwritable(f"the rows could not be written: {told}") from None
            raise
