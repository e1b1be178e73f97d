"""The text of every query, made of values alone: no file is opened here and nothing run."""

from sca.screening.columns import RESULTS, Columns
from sca.screening.tables import Kind, Table, literal, named


def screened(table: Table, columns: Columns) -> str:
    """Every row of a table, its own columns first under names of ours, and its verdict."""
    asked = _asked(table, columns)
    results = ", ".join(f"nullif(told[{n}], '') AS {name}" for n, name in enumerate(RESULTS, 1))
    own = ", ".join(
        f"{name} AS {ours}" for name, ours in zip(table.names, _ours(table), strict=True)
    )
    return f"SELECT {own}, {results} FROM ({_judged(asked)})"


def output(table: Table, stage: str, kind: Kind, all_rows: bool) -> str:
    """The screened rows as they are written."""
    own = ", ".join(
        f"nullif({name}, '')" if kind is Kind.CSV else f"{name} AS {named(heading)}"
        for name, heading in zip(_ours(table), table.headings, strict=True)
    )
    where = "" if all_rows else " WHERE answer = 'in force' OR error IS NOT NULL"
    return f"SELECT {own}, {', '.join(RESULTS)} FROM read_parquet({literal(stage)}){where}"


def _ours(table: Table) -> list[str]:
    return [f"own{number}" for number in range(len(table.names))]


def counted(stage: str) -> str:
    """How many rows there are of each answer and error."""
    return f"SELECT answer, error, count(*) FROM read_parquet({literal(stage)}) GROUP BY ALL"


def _asked(table: Table, columns: Columns) -> str:
    until = table.column(columns.until) if columns.until else "NULL::VARCHAR"
    return (
        f"SELECT *, {table.column(columns.place)} AS place_text, "
        f"{table.column(columns.when)} AS when_text, {until} AS until_text, "
        f"{table.mark} AS flaw FROM {table.source}"
    )


def _judged(asked: str) -> str:
    flawed = ", ".join(["''"] * (len(RESULTS) - 1) + ["flaw"])
    return (
        f"SELECT *, CASE WHEN flaw <> '' THEN [{flawed}] "
        f"ELSE law(place_text, when_text, until_text) END AS told FROM ({asked})"
    )
