"""The text of every query, made of values alone: no file is opened here and nothing run."""

from dataclasses import dataclass

from sca.screening.columns import RESULTS
from sca.screening.sql import literal, named
from sca.screening.tables import Kind, Table


@dataclass(frozen=True, slots=True)
class Asked:
    """The texts that each row asks about, in SQL."""

    place: str
    when: str
    until: str | None = None


def screened(table: Table, asked: Asked) -> str:
    """Every row of a table, what is its own first, and its verdict."""
    results = ", ".join(f"nullif(told[{n}], '') AS {name}" for n, name in enumerate(RESULTS, 1))
    own = "line, flaw" if table.line is not None else ", ".join(_numbered(table))
    return f"SELECT {own}, {results} FROM ({_judged(_texts(table, asked))})"


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


def _texts(table: Table, asked: Asked) -> str:
    own = ", ".join(_ours(table))
    return (
        f"SELECT {own}, {asked.place} AS place_text, {asked.when} AS when_text, "
        f"{asked.until or 'NULL::VARCHAR'} AS until_text, {table.mark} AS flaw_text "
        f"FROM {table.source}"
    )


def _judged(asked: str) -> str:
    flawed = ", ".join(["''"] * (len(RESULTS) - 1) + ["flaw_text"])
    return (
        f"SELECT *, CASE WHEN flaw_text <> '' THEN [{flawed}] "
        f"ELSE law(place_text, when_text, until_text) END AS told FROM ({asked})"
    )
