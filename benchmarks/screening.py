"""What screening a table costs, beside DuckDB merely copying it, and beside other ways to do it.

`python -m benchmarks.screening [ROWS [ADVISORIES]]`, which prints Markdown: made input, the same
each time; each way runs in a process of its own, in turn with the copying, and medians of pairs are
told. Ways that are not installed are skipped by name. The other ways say only which of the
advisories named for a place hold at a minute: no time zones, no regions, no errors.
"""

import argparse
import importlib.util
import itertools
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb

from benchmarks import made
from benchmarks.measuring import Failed, Row, environment, say, table

_PLACES = 1_000
_COLUMNS = ("id", "traveller", "place", "when", "cost")
_TARGETS = {1_000: "≥ 0.6", 10_000: "≥ 0.6", 100_000: "≥ 0.4"}
_SLICE = 500_000
"""Rows that plain Python is given, which would take minutes for all."""

_READ = (
    "read_csv('{table}', auto_detect = false, header = true, delim = ',', quote = '\"', "
    "escape = '\"', columns = {{" + ", ".join(f"'{name}': 'VARCHAR'" for name in _COLUMNS) + "}})"
)
_RUN = "import duckdb, sys\nduckdb.execute(\"SET memory_limit = '352MB'\")\nduckdb.execute({!r})\n"
_COPY = f"COPY (FROM {_READ}) TO '{{goal}}' (FORMAT parquet)"
_WIDER = (
    "COPY (SELECT *, 'clear' AS answer, 'yellow' AS level, 'made-1' AS advisories, "
    "'2024-07-01T19:01:00Z/2024-07-01T19:02:00Z' AS covered, 'geonames:1526384' AS place_id, "
    f"NULL::VARCHAR AS error FROM {_READ}) TO '{{goal}}' (FORMAT parquet)"
)
_JOIN = (
    "COPY (SELECT t.*, s.level, s.id AS advisory "
    f'FROM (SELECT *, "when"::TIMESTAMP AS at FROM {_READ}) t '
    "LEFT JOIN read_csv('{segments}') s ON t.place = s.place "
    "AND t.at < s.until AND t.at + INTERVAL 1 MINUTE > s.since) TO '{goal}' (FORMAT parquet)"
)
_ASOF = """\
import polars
rows = polars.scan_csv({table!r}, infer_schema=False).with_columns(
    polars.col("when").str.to_datetime("%Y-%m-%dT%H:%M").alias("since"))
segments = polars.scan_csv({segments!r}, try_parse_dates=True).sort("since")
rows.sort("since").join_asof(segments, on="since", by="place").sink_parquet({goal!r})
"""
_PLAIN = """\
import csv
from bisect import bisect
from datetime import datetime
segments = {{}}
for row in csv.DictReader(open({segments!r})):
    since, until = (datetime.fromisoformat(row[name]) for name in ("since", "until"))
    segments.setdefault(row["place"], []).append((since, until, row["level"]))
starts = {{}}
for place, told in segments.items():
    told.sort()
    starts[place] = [since for since, _, _ in told]
with open({table!r}) as rows, open({goal!r}, "w") as goal:
    write = csv.writer(goal).writerow
    for row in csv.reader(rows):
        told, level = segments.get(row[2]), ""
        if told and row[3] != "when":
            at = datetime.fromisoformat(row[3])
            found = bisect(starts[row[2]], at)
            level = max((l for _, until, l in told[:found] if at < until), default="")
        write([*row, level])
"""


@dataclass(frozen=True, slots=True)
class _Cost:
    """What one run took."""

    wall: float
    """Seconds until it was done."""
    work: float
    """Seconds of processor time."""
    memory: float
    """Most of what it held, in MB."""


def main() -> None:
    """Measure, and print a table."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.screening", description=__doc__)
    asked.add_argument("rows", nargs="?", type=int, default=1_000_000)
    asked.add_argument("advisories", nargs="?", type=int, default=1_000)
    asked.add_argument("--pairs", type=int, default=3, help="runs that a median is of")
    asked.add_argument("--no-peers", action="store_true", help="leave out the other ways")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="sca-bench-") as folder:
        told = rows(Path(folder), given.rows, given.advisories, given.pairs, not given.no_peers)
        print(table([*told]))


def rows(folder: Path, number: int, advisories: int, pairs: int, peers: bool) -> Iterator[Row]:
    """The rows of screening so many rows against so many advisories."""
    say(f"making {advisories:,} advisories and {number:,} rows")
    around = environment(folder)
    made.write(folder / "rules", advisories)
    segments = _segments(folder, advisories)
    ledger, first = _ledger(folder / "ledger.csv", number), _ledger(folder / "first.csv", 1_000)
    goal = str(folder / "out.parquet")

    def screening(path: str) -> list[str]:
        options = ["--rules", str(folder / "rules"), "--out", goal, "--force"]
        return [sys.executable, "-m", "sca", "screen", path, *options]

    for _ in range(2):  # what was written a moment ago is read again the next time
        _cost(screening(first), around)
    given = {"table": ledger, "segments": segments, "goal": goal}
    copying, wider = (
        [sys.executable, "-c", _RUN.format(q.format(**given))] for q in (_COPY, _WIDER)
    )
    what = f"screening {number:,} rows, {advisories:,} advisories"
    say(what)
    told = [(_cost(copying, around), _cost(screening(ledger), around)) for _ in range(pairs)]
    yield _compared(what, told, "rows per second of copying", _TARGETS.get(advisories, ""))
    took = median(screen.wall for _, screen in told)
    memory = max(screen.memory for _, screen in told)
    yield Row("the same, in seconds", f"{took:.1f} s")
    yield Row("memory of that screening", f"{memory:,.0f} MB", target="≤ 600 MB")
    told = [(_cost(copying, around), _cost(wider, around)) for _ in range(pairs)]
    yield _compared("copying with six more columns, all constant", told, "the same")
    if peers:
        yield from _peers(folder, given, around, took / number)


def _compared(what: str, pairs: list[tuple[_Cost, _Cost]], of: str, target: str = "") -> Row:
    wall = median(peer.wall / one.wall for peer, one in pairs)
    work = median(peer.work / one.work for peer, one in pairs)
    return Row(what, f"{wall:.2f}; of processor time {work:.2f}", of, target)


def _peers(
    folder: Path, given: Mapping[str, str], around: Mapping[str, str], one: float
) -> Iterator[Row]:
    """How much faster a row is screened than in other ways; `one` is what it took, in seconds."""
    some = folder / "some.csv"
    with open(given["table"], encoding="utf-8") as whole:
        some.write_text("".join(itertools.islice(whole, _SLICE + 1)), encoding="utf-8")
    ways = {
        "duckdb": ("DuckDB's own join on places and times", _RUN.format(_JOIN.format(**given))),
        "polars": ("Polars' asof join, the latest start alone", _ASOF.format(**given)),
        "csv": ("plain Python", _PLAIN.format(**{**given, "table": str(some)})),
    }
    for library, (what, program) in ways.items():
        if importlib.util.find_spec(library) is None:
            yield Row("rows per second of screening", f"skipped: {library} is not installed", what)
            continue
        say(what)
        with open(some if library == "csv" else given["table"], "rb") as asked:
            count = sum(1 for _ in asked) - 1
        try:
            took = _cost([sys.executable, "-c", program], around).wall
        except Failed as error:
            say(str(error))
            continue
        target = "≥ 2" if library == "duckdb" else ""
        yield Row("rows per second of screening", f"{took / count / one:.2f} ×", what, target)


def _segments(folder: Path, number: int) -> str:
    """What the made advisories come to, in a table for the other ways."""
    path = folder / "segments.csv"
    lines = ["id,place,since,until,level"]
    for _, (id, text) in zip(range(number), made.advisories(), strict=False):
        (bulletin,) = tomllib.loads(text)["bulletins"]
        place, times = bulletin["places"][0], (bulletin["onset"], bulletin["expires"])
        lines.append(",".join([id, place, *times, bulletin["level"]]))
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return str(path)


def _ledger(path: Path, number: int) -> str:
    """A million and a half minutes at places that advisories name, some of them oftener."""
    named = (tomllib.loads(text)["bulletins"][0]["places"][0] for _, text in made.advisories())
    places = [*dict.fromkeys(itertools.islice(named, _PLACES))]
    listed = ", ".join(f"'{place}'" for place in places)
    seed = made.SEED
    duckdb.execute(
        f"""
        COPY (
            SELECT 'trip-' || n AS id, 'traveller ' || (hash(n, 1, {seed}) % 50000) AS traveller,
                spots[1 + least(hash(n, 2, {seed}) % {len(places)},
                    hash(n, 3, {seed}) % {len(places)})::INTEGER] AS place,
                strftime(make_timestamp(1000000 * (1640995200
                    + 60 * (hash(n, 4, {seed}) % 1500000)::BIGINT)), '%Y-%m-%dT%H:%M') AS "when",
                (hash(n, 5, {seed}) % 100000) / 100.0 AS cost
            FROM range({number}) AS numbers(n), (SELECT [{listed}] AS spots)
        ) TO '{path}' (HEADER)
        """
    )
    return str(path)


def _cost(command: list[str], around: Mapping[str, str]) -> _Cost:
    """What one run takes. Raises Failed."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, env=dict(around), stdout=subprocess.DEVNULL, stderr=errors
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        took = time.perf_counter() - start
        errors.seek(0)
        said = errors.read().decode()
    # Some of the times are ones that a clock has skipped, which is no answer.
    if process.returncode not in {0, 1, 3} or (process.returncode and "screen" not in command):
        raise Failed(f"{' '.join(command)[:200]} gave {process.returncode}: {said}")
    return _Cost(took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
