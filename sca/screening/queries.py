"""The text of every query, made of values alone: no file is opened here and nothing run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from sca.screening.columns import RESULTS
from sca.screening.crib import EPOCH
from sca.screening.portable import BUCKET
from sca.screening.sql import literal, named
from sca.screening.tables import Kind, Table

_DAY = 86_400
_DATE = r"(19[789]\d|20\d\d|2100)-\d\d-\d\d"
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_REGULAR = rf"{_DATE}([T ]{_CLOCK})?"
"""The forms of time that SQL reads; every other is left to the law, right or wrong."""

_KNOWN = ", ".join(
    ["several", "ahead", *(f"known_{name}" for name in RESULTS if name != "covered")]
)
_EPOCH = int(EPOCH.replace(tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Asked:
    """The texts that each row asks about, in SQL."""

    place: str
    when: str
    until: str | None = None


def wanted(table: Table, asked: Asked, at_least: int, most: int) -> str:
    """The places that stand in so many rows, the most frequent first.

    Beside each stand the first and the last day of the whole table, if any; whether any time
    has no offset, and whether any has.
    """
    last = "until_text" if asked.until else "when_text"
    rows = f"SELECT *, {last} AS last_text FROM ({texts(table, asked)}) WHERE flaw_text = ''"
    days = {"first": "when_text", "last": "last_text"}
    told = ", ".join(
        f"TRY_CAST(regexp_extract({text}, {literal('^' + _DATE)}) AS DATE) AS {name}"
        for name, text in days.items()
    )
    return (
        "SELECT place_text, min(min(first)) OVER (), max(max(last)) OVER (), "
        "bool_or(bool_or(strlen(when_text) IN (10, 16, 19))) OVER (), "
        "bool_or(bool_or(strlen(when_text) NOT IN (10, 16, 19))) OVER () "
        f"FROM (SELECT place_text, when_text, {told} FROM ({rows})) "
        f"GROUP BY place_text HAVING count(*) >= {at_least} "
        f"ORDER BY count(*) DESC, place_text LIMIT {most}"
    )


def stretches(relation: str, words: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """Tables to look verdicts up in, made of a relation of all stretches by their numbers.

    A row finds the bucket of its place and time, then the one stretch of these that may hold it:
    where a key stands once, rows stay in their order, as otherwise in a join they do not. Words
    are of types of their own, which are written to a file as fast as numbers.
    """
    for name, values in words.items():
        yield f"CREATE TYPE {name}_word AS ENUM ({', '.join(map(literal, values))})"
    told = ", ".join(f"{name}::{name}_word AS known_{name}" for name in words)
    yield (
        "CREATE TABLE stretches AS SELECT number, starts, stops, ahead, several, "
        f"{told}, advisories AS known_advisories, place_id AS known_place_id FROM {relation}"
    )
    buckets = f"range(starts // {BUCKET}, (stops - 1) // {BUCKET} + 1)"
    yield (
        "CREATE TABLE buckets AS SELECT place, clock, bucket, min(number) AS first, "
        "CASE WHEN count(*) > 1 THEN list(starts ORDER BY starts)[2:] END AS bounds "
        f"FROM (SELECT *, unnest({buckets}) AS bucket FROM {relation}) GROUP BY ALL"
    )


def screened(table: Table, asked: Asked, named_so: bool) -> str:
    """Every row of a table, what is its own first, and its verdict.

    `named_so` is whether columns are called as in the table, or have names of ours.
    """
    if table.line is not None:
        own = "line, flaw"
    elif named_so:
        pairs = zip(_numbered(table), table.headings, strict=True)
        own = ", ".join(f"{ours} AS {named(heading)}" for ours, heading in pairs)
    else:
        own = ", ".join(_numbered(table))
    plain = {name: f"known_{name}" for name in RESULTS} | {
        "covered": f"CASE WHEN ahead IS NOT NULL THEN {_instant('start')} || '/' || "
        f"{_instant('stop')} WHEN several THEN covered_of(number, start, stop) END"
    }
    types = {name: f"{name}_word" for name in ("answer", "level", "error")}
    results = ", ".join(
        f"CASE WHEN several IS NOT NULL THEN {plain[name]} "
        f"ELSE nullif(told[{n}], '')::{types.get(name, 'VARCHAR')} END AS {name}"
        for n, name in enumerate(RESULTS, 1)
    )
    return f"SELECT {own}, {results} FROM ({_judged(_known(read(table, asked)))})"


def output(table: Table, stage: str, kind: Kind, all_rows: bool) -> str:
    """The screened rows as they are written."""
    rows = f"read_parquet({literal(stage)})"
    if not all_rows:
        rows = f"(SELECT * FROM {rows} WHERE answer = 'in force' OR error IS NOT NULL)"
    if kind is Kind.JSONL and table.line is not None:
        return f"SELECT {_longer()} FROM {rows}"
    cells = [
        (cell if table.line is not None else ours, heading)
        for cell, ours, heading in zip(table.cells, _numbered(table), table.headings, strict=True)
    ]
    if kind is Kind.CSV:
        # An empty text would be told from nothing by quotation marks.
        own = ", ".join(f"nullif(CAST({cell} AS VARCHAR), '')" for cell, _ in cells)
    else:
        own = ", ".join(f"{cell} AS {named(heading)}" for cell, heading in cells)
    return f"SELECT {own}, {', '.join(RESULTS)} FROM {rows}"


def all_keys(source: str) -> str:
    """Every choice of keys that some line has, those of the first line first."""
    first = f"SELECT keys, 0 AS rank FROM {source} LIMIT 1"
    others = f"SELECT DISTINCT keys, 1 AS rank FROM {source}"
    return f"SELECT keys FROM (({first}) UNION ALL ({others})) ORDER BY rank, keys"


def footer(path: str) -> str:
    """How many rows a Parquet file says it has."""
    return f"SELECT sum(num_rows) FROM parquet_file_metadata({literal(path)})"


def counted(stage: str) -> str:
    """How many rows there are of each answer and error."""
    return f"SELECT answer, error, count(*) FROM read_parquet({literal(stage)}) GROUP BY ALL"


def _ours(table: Table) -> list[str]:
    """What is kept of a row, under names that no table can spoil."""
    if table.line is not None:
        return [f"{table.line} AS line", "flaw"]
    pairs = zip(table.cells, _numbered(table), strict=True)
    return [f"{cell} AS {ours}" for cell, ours in pairs]


def _numbered(table: Table) -> list[str]:
    return [f"own{number}" for number in range(len(table.cells))]


def _longer() -> str:
    """The line of an object with more keys before its last bracket, and otherwise as it was."""
    results = f"to_json({{{', '.join(f'{name}: {name}' for name in RESULTS)}}})::VARCHAR"
    trimmed = r"regexp_replace(line, '\s*\}\s*$', '')"
    comma = r"CASE WHEN regexp_matches(line, '^\s*\{\s*\}\s*$') THEN '' ELSE ',' END"
    whole = f"{trimmed} || {comma} || substr({results}, 2)"
    bad = f"'{{\"line\":' || to_json(line)::VARCHAR || ',' || substr({results}, 2)"
    return f"CASE WHEN flaw = '' THEN {whole} ELSE {bad} END"


def texts(table: Table, asked: Asked) -> str:
    """The rows with what is asked of each, and the error that it has by itself."""
    own = ", ".join(_ours(table))
    return (
        f"SELECT {own}, {asked.place} AS place_text, {asked.when} AS when_text, "
        f"{asked.until or 'NULL::VARCHAR'} AS until_text, {table.mark} AS flaw_text "
        f"FROM {table.source}"
    )


def read(table: Table, asked: Asked) -> str:
    """The rows with their times in seconds where they are regular; else these are NULL.

    `start` and `stop` are readings of the place's clock, or of UTC where `clock` is 1. Each step
    is a query of its own, as the engine works out twice what is written twice.
    """
    last = "until_text" if asked.until else "when_text"
    regular = f"flaw_text = '' AND {_regular('when_text')}"
    if asked.until:
        regular += f" AND {_regular(last)}"
    sized = (
        f"SELECT *, {regular} AS well, strlen(when_text) AS size, strlen({last}) AS last_size "
        f"FROM ({texts(table, asked)})"
    )
    walls = f"SELECT *, {_wall('when_text', 'size')} AS wall"
    walls += f", {_wall(last, 'last_size')} AS last_wall" if asked.until else ""
    firsts = f"SELECT *, {_second('when_text', 'size', 'wall')} AS start"
    firsts += f", {_second(last, 'last_size', 'last_wall')} AS last" if asked.until else ""
    clocks = (
        f"SELECT *, {'last' if asked.until else 'start'} + {_unit('last_size')} AS stop, "
        f"{_has_offset('size')} AS clock, {_has_offset('last_size')} AS last_clock"
    )
    times = f"{clocks} FROM ({firsts} FROM ({walls} FROM ({sized})))"
    # What ends before it starts has a fault of its own.
    return (
        "SELECT *, coalesce(well AND start < stop AND clock = last_clock, false) AS regular "
        f"FROM ({times})"
    )


def _known(rows: str) -> str:
    """With the stretch that holds all of the time, where one is known."""
    keyed = (
        f"SELECT *, CASE WHEN regular THEN start // {BUCKET} END AS bucket, "
        f"CASE WHEN clock THEN 1 ELSE 0 END AS clock_number FROM ({rows})"
    )
    near = (
        f"SELECT asked.*, buckets.first AS first, buckets.bounds AS bounds FROM ({keyed}) AS asked "
        "LEFT JOIN buckets ON buckets.place = asked.place_text "
        "AND buckets.clock = asked.clock_number AND buckets.bucket = asked.bucket"
    )
    passed = (
        "CASE WHEN bounds IS NULL THEN 0 ELSE len(list_filter(bounds, lambda b: b <= start)) END"
    )
    chosen = f"SELECT *, first + {passed} AS number FROM ({near})"
    return (
        f"SELECT chosen.*, {_KNOWN} FROM ({chosen}) AS chosen LEFT JOIN stretches "
        "ON stretches.number = chosen.number AND stretches.starts <= chosen.start "
        "AND chosen.stop <= stretches.stops"
    )


def _judged(known: str) -> str:
    """With `told`, what the law says of a row that nothing is known of; else NULL."""
    flawed = ", ".join([*["''"] * (len(RESULTS) - 1), "flaw_text"])
    told = (
        f"CASE WHEN several IS NOT NULL THEN NULL WHEN flaw_text <> '' THEN [{flawed}] "
        "ELSE law(place_text, when_text, until_text) END"
    )
    return f"SELECT *, {told} AS told FROM ({known})"


def _regular(text: str) -> str:
    return f"regexp_full_match({text}, {literal(_REGULAR)})"


def _has_offset(size: str) -> str:
    """Whether a regular time has an offset, which is told by its size."""
    return f"({size} IN (17, 20, 22, 25))"


def _unit(size: str) -> str:
    """The seconds that a regular time stands for."""
    return f"CASE WHEN {size} = 10 THEN {_DAY} WHEN {size} IN (16, 17, 22) THEN 60 ELSE 1 END"


def _wall(text: str, size: str) -> str:
    """The first second of a regular time by its own clock; NULL where there is no such day."""
    read = (
        f"CASE WHEN {size} IN (10, 16, 19) THEN TRY_CAST({text} AS TIMESTAMP) "
        f"ELSE TRY_CAST(left({text}, CASE WHEN {size} < 20 OR {size} = 22 THEN 16 ELSE 19 END) "
        "AS TIMESTAMP) END"
    )
    return f"CASE WHEN well THEN epoch_us({read}) // 1000000 - {_EPOCH} END"


def _second(text: str, size: str, wall: str) -> str:
    """The same in UTC, where it has an offset."""
    sign = f"CASE WHEN substr({text}, {size} - 5, 1) = '-' THEN -1 ELSE 1 END"
    ahead = (
        f"CAST(substr({text}, {size} - 4, 2) AS BIGINT) * 3600 "
        f"+ CAST(right({text}, 2) AS BIGINT) * 60"
    )
    return f"CASE WHEN well AND {size} >= 22 THEN {wall} - {sign} * ({ahead}) ELSE {wall} END"


def _instant(second: str) -> str:
    """A second of a clock, in UTC."""
    moment = f"make_timestamp(({second} - ahead + {_EPOCH}) * 1000000)"
    return f"strftime({moment}, '%Y-%m-%dT%H:%M:%SZ')"
