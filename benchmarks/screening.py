"""What screening a table costs, as a ratio to DuckDB merely copying it to Parquet.

`python benchmarks/screening.py [ROWS [ADVISORIES]]`: made input, the same for the same seed; the
two run in turn, each in a process of its own, and the medians are compared. Prints Markdown.
"""

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb

from sca.atlas import Atlas

ROOT = Path(__file__).parent.parent
_FIRST, _DAYS = date(2024, 1, 1), 1041
_COLUMNS = {"id": "VARCHAR", "traveller": "VARCHAR", "place": "VARCHAR", "when": "VARCHAR",
            "cost": "VARCHAR"}  # fmt: skip

_RULE = """\
id = "{id}"
title = "Made for a measurement"
issuer = "Nobody"
scheme = "kz-terror-threat"
timezone = "local"
sources = ["https://example.org/"]

[[bulletins]]
issued = "{start}"
level = "{level}"
places = ["{place}"]
onset = "{start}T06:00"
expires = "{end}T17:59"
"""

_COPY = """\
import duckdb, sys
duckdb.execute("SET memory_limit = '256MB'")
duckdb.execute(sys.argv[1])
"""


def main() -> None:
    """Measure, and print a table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("rows", nargs="?", type=int, default=1_000_000)
    asked.add_argument("advisories", nargs="?", type=int, default=1_000)
    asked.add_argument("--places", type=int, default=1_000)
    asked.add_argument("--pairs", type=int, default=3)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="sca-bench-") as folder:
        _measure(folder, given)


def _measure(folder: str, given: argparse.Namespace) -> None:
    chance = random.Random(given.seed)
    places = _places(given.places)
    rules = os.path.join(folder, "rules")
    _write_rules(rules, places, given.advisories, chance)
    table = os.path.join(folder, "ledger.csv")
    _write_table(table, places, given.rows, given.seed)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HOME": folder, "XDG_CACHE_HOME": folder}
    screening = [
        *(sys.executable, "-m", "sca", "screen", table, "--rules", rules, "--force"),
        *("--out", os.path.join(folder, "screened.parquet")),
    ]
    copying = [sys.executable, "-c", _COPY, _copy(table, os.path.join(folder, "copied.parquet"))]
    # The first time compiles the rules, which is not what is measured here.
    _seconds(screening, environment)
    pairs = [
        (_seconds(copying, environment), _seconds(screening, environment))
        for _ in range(given.pairs)
    ]
    copied, screened = (statistics.median(of_one) for of_one in zip(*pairs, strict=True))
    ratio = statistics.median(copy / screen for copy, screen in pairs)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(
        "| rows | advisories | places | copy, s | screen, s | rows per second, screen ÷ copy |"
        " peak memory, MB |\n|---:|---:|---:|---:|---:|---:|---:|\n"
        f"| {given.rows:,} | {given.advisories:,} | {len(places):,} | {copied:.1f} |"
        f" {screened:.1f} | {ratio:.2f} | {peak} |"
    )


def _places(number: int) -> list[str]:
    """The ids of the largest cities; names would be ambiguous now and then."""
    every = sorted(
        {place.id: place for letter in "abcdefghijklmnopqrstuvwxyz"
         for place in Atlas().largest(letter, number) if place.kind.value == "city"}.values(),
        key=lambda place: (-(place.population or 0), place.id),
    )  # fmt: skip
    return [place.id for place in every[:number]]


def _write_rules(folder: str, places: list[str], number: int, chance: random.Random) -> None:
    os.mkdir(folder)
    for n in range(number):
        start = _FIRST + timedelta(days=chance.randrange(_DAYS))
        told = _RULE.format(
            id=f"made-{n}",
            start=start,
            end=start + timedelta(days=chance.randrange(1, 20)),
            level=chance.choice(["yellow", "orange", "red"]),
            place=chance.choice(places),
        )
        Path(folder, f"made-{n}.toml").write_text(told, encoding="utf-8")


def _write_table(path: str, places: list[str], rows: int, seed: int) -> None:
    """A million and a half minutes, at places of which some stand in more rows than others."""
    listed = ", ".join(f"'{place}'" for place in places)
    duckdb.execute(
        f"""
        COPY (
            SELECT 'trip-' || n AS id, 'traveller ' || (hash(n, 1, {seed}) % 50000) AS traveller,
                spots[1 + least(hash(n, 2, {seed}) % {len(places)},
                    hash(n, 3, {seed}) % {len(places)})::INTEGER] AS place,
                strftime(make_timestamp(1000000 * (1704067200
                    + 60 * (hash(n, 4, {seed}) % 1500000)::BIGINT)), '%Y-%m-%dT%H:%M') AS "when",
                (hash(n, 5, {seed}) % 100000) / 100.0 AS cost
            FROM range({rows}) AS numbers(n), (SELECT [{listed}] AS spots)
        ) TO '{path}' (HEADER)
        """
    )


def _copy(table: str, goal: str) -> str:
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in _COLUMNS.items())
    return (
        f"COPY (FROM read_csv('{table}', auto_detect = false, header = true, delim = ',', "
        f"quote = '\"', escape = '\"', columns = {{{columns}}})) TO '{goal}' (FORMAT parquet)"
    )


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    # Some of the times are ones that a clock has skipped, which is no answer.
    if done.returncode not in {0, 3} or done.stderr:
        raise SystemExit(f"{command} gave exit {done.returncode}: {done.stderr}")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
