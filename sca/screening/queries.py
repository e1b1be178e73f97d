"""The text of every query, made of values alone: no file is opened here and nothing run."""

from dataclasses import dataclass

from sca.screening.columns import RESULTS
from sca.screening.sql import literal, named
from sca.screening.tables import NO_MARK, Kind, Table

_DAY = r"(19[789]\d|20\d\d|2100)-\d\d-\d\d"


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
        f"TRY_CAST(regexp_extract({text}, {literal('^' + _DAY)}) AS DATE) AS {name}"
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


def spots(sheet: str) -> str:
    """A type that has the known places as its values, in the order of their numbers.

    A text becomes a number by a mere cast, and rows stay in their order, as in a join they do not.
    """
    texts = (
        f"read_csv({literal(sheet)}, auto_detect = false, header = false, delim = ',', "
        "quote = '\"', escape = '\"', new_line = '\\n', parallel = false, "
        f"columns = {{text: 'VARCHAR', number: 'INTEGER'}}, force_not_null = ['text'])"
    )
    return f"CREATE TYPE spot AS ENUM (SELECT text FROM {texts} ORDER BY number)"


def screened(table: Table, asked: Asked, named_so: bool) -> str:
    """Every row of a table, what is its own first, and its verdict.

    `named_so` is whether columns are called as in the table, or have names of ours. What is said
    of most rows takes two words, for which there is a code. Each step is a query of its own, as
    the engine works out twice what is written twice.
    """
    if table.line is not None:
        own = "line, flaw"
    elif named_so:
        pairs = zip(_numbered(table), table.headings, strict=True)
        own = ", ".join(f"{ours} AS {named(heading)}" for ours, heading in pairs)
    else:
        own = ", ".join(_numbered(table))
    plain = {"answer": "said.answer", "error": "said.error", "place_id": "id_of(place)"}
    results = ", ".join(
        f"CASE WHEN code > 0 THEN {plain.get(name, 'NULL')} ELSE found.{name} END AS {name}"
        for name in RESULTS
    )
    place = "enum_code(TRY_CAST(place_text AS spot))::INTEGER"
    if table.mark != NO_MARK:
        place = f"CASE WHEN flaw_text = '' THEN {place} END"
    placed = f"SELECT *, {place} AS place FROM ({texts(table, asked)})"
    coded = f"SELECT *, code_of(place, when_text, until_text) AS code FROM ({placed})"
    more = "screened(place, place_text, when_text, until_text, flaw_text)"
    found = (
        "SELECT *, getvariable('plain')[code] AS said, "
        f"CASE WHEN code = 0 THEN {more} END AS found FROM ({coded})"
    )
    return f"SELECT {own}, {results} FROM ({found})"


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
