"""The text of every query, made of values alone: no file is opened here and nothing run."""

from dataclasses import dataclass

from sca.screening.columns import RESULTS
from sca.screening.sql import literal, named
from sca.screening.tables import Kind, Table

_DAY = 86_400
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_REGULAR = rf"(19[789]\d|20\d\d|2100)-\d\d-\d\d([T ]{_CLOCK})?"
"""The forms of time that SQL reads; every other is left to the law, right or wrong."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The texts that each row asks about, in SQL."""

    place: str
    when: str
    until: str | None = None


def wanted(table: Table, asked: Asked, at_least: int, most: int) -> str:
    """The places that stand in many rows with regular times, the most frequent first.

    Of each: the first and the last day, and whether any time has no offset, and whether any has.
    """
    last = "until_text" if asked.until else "when_text"
    known = (
        f"SELECT place_text, when_text, {last} AS last_text FROM ({_texts(table, asked)}) "
        f"WHERE flaw_text = '' AND {_regular('when_text')} AND {_regular(last)}"
    )
    return (
        "SELECT place_text, min(left(when_text, 10)), max(left(last_text, 10)), "
        "bool_or(NOT offset_text), bool_or(offset_text) "
        f"FROM (SELECT *, {_has_offset('when_text')} AS offset_text FROM ({known})) "
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


def screened(table: Table, asked: Asked, epoch: int) -> str:
    """Every row of a table, what is its own first, and its verdict.

    `epoch` is the second (Unix) from which the stretches count.
    """
    own = "line, flaw" if table.line is not None else ", ".join(_numbered(table))
    covered = f"CASE WHEN known.ahead IS NULL THEN known.covered ELSE {_span(epoch)} END"
    results = ", ".join(
        f"CASE WHEN told IS NULL THEN {covered if name == 'covered' else f'known.{name}'} "
        f"ELSE nullif(told[{n}], '') END AS {name}"
        for n, name in enumerate(RESULTS, 1)
    )
    return f"SELECT {own}, {results} FROM ({_judged(_known(_read(table, asked, epoch)))})"


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


def _read(table: Table, asked: Asked, epoch: int) -> str:
    """The rows with their times in seconds where they are regular; else these are NULL.

    `start` and `stop` are readings of the place's clock, or of UTC where `clock` is 1.
    """
    last = "until_text" if asked.until else "when_text"
    regular = _regular("when_text")
    if asked.until:
        regular += f" AND {_regular(last)} AND {_has_offset('when_text')} = {_has_offset(last)}"
    times = (
        f"SELECT *, CASE WHEN {regular} THEN {_second('when_text', epoch)} END AS start, "
        f"CASE WHEN {regular} THEN {_second(last, epoch)} + {_unit(last)} END AS stop, "
        f"CASE WHEN {_has_offset('when_text')} THEN 1 ELSE 0 END::BIGINT AS clock "
        f"FROM ({_texts(table, asked)})"
    )
    # What ends before it starts has a fault of its own.
    return f"SELECT *, flaw_text = '' AND coalesce(start < stop, false) AS regular FROM ({times})"


def _known(read: str) -> str:
    place = "CASE WHEN regular THEN enum_code(TRY_CAST(place_text AS spot))::BIGINT END"
    return f"SELECT *, look({place}, clock, start, stop) AS known FROM ({read})"


def _judged(known: str) -> str:
    """With `told`, what the law says of a row that nothing is known of; else NULL."""
    flawed = ", ".join([*["''"] * (len(RESULTS) - 1), "flaw_text"])
    told = (
        f"CASE WHEN flaw_text <> '' THEN [{flawed}] "
        "WHEN known.answer IS NOT NULL OR known.error IS NOT NULL THEN NULL "
        "ELSE law(place_text, when_text, until_text) END"
    )
    return f"SELECT *, {told} AS told FROM ({known})"


def _regular(text: str) -> str:
    return f"regexp_full_match({text}, {literal(_REGULAR)})"


def _has_offset(text: str) -> str:
    """Whether a regular time has an offset, which is told by its length."""
    return f"(length({text}) IN (17, 20, 22, 25))"


def _unit(text: str) -> str:
    """The seconds that a regular time stands for."""
    size = f"length({text})"
    return f"CASE WHEN {size} = 10 THEN {_DAY} WHEN {size} IN (16, 17, 22) THEN 60 ELSE 1 END"


def _second(text: str, epoch: int) -> str:
    """The first second of a regular time, by its own offset; NULL where there is no such day."""
    size = f"CASE WHEN length({text}) IN (16, 17, 22) THEN 16 ELSE 19 END"
    wall = f"epoch_us(TRY_CAST(left({text}, {size}) AS TIMESTAMP)) // 1000000"
    sign = f"CASE WHEN substr({text}, -6, 1) = '-' THEN -1 ELSE 1 END"
    ahead = (
        f"CASE WHEN length({text}) >= 22 THEN {sign} * "
        f"(CAST(substr({text}, -5, 2) AS INTEGER) * 3600 + CAST(right({text}, 2) AS INTEGER) * 60) "
        "ELSE 0 END"
    )
    return f"{wall} - {epoch} - {ahead}"


def _span(epoch: int) -> str:
    """All of the span, in UTC."""
    ends = (
        f"strftime(make_timestamp(({second} - known.ahead + {epoch}) * 1000000), "
        "'%Y-%m-%dT%H:%M:%SZ')"
        for second in ("start", "stop")
    )
    return " || '/' || ".join(ends)
