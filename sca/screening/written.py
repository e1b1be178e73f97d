"""A column of a table as the times that `check` reads."""

from sca.errors import WrongUse
from sca.screening.sql import literal
from sca.screening.tables import Precision, Table

_STAMPS = {"TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"}
_INSTANT = "TIMESTAMP WITH TIME ZONE"
_SECONDS = "%Y-%m-%dT%H:%M:%S"


def place(table: Table, heading: str) -> str:
    """The texts of a column of places, in SQL. Raises WrongUse."""
    kind = table.type(heading)
    if kind != "VARCHAR":
        raise WrongUse(f"the column {heading!r} holds {kind}, and a place is a text")
    return f"coalesce({table.cell(heading)}, '')"


def time(table: Table, heading: str, precision: Precision | None) -> str:
    """A column of times as texts, in SQL: days as days, timestamps as seconds. Raises WrongUse."""
    kind, cell = table.type(heading), table.cell(heading)
    if precision is Precision.DAY and kind == _INSTANT:
        raise WrongUse(
            f"the column {heading!r} holds instants, which are no days before a clock is chosen"
        )
    if kind == "VARCHAR":
        told = cell
    elif kind == "DATE":
        told = f"strftime({cell}, '%Y-%m-%d')"
    elif kind in _STAMPS:
        form = "%Y-%m-%d" if precision is Precision.DAY else _SECONDS
        told = f"strftime({_to_the_second(cell, kind)}, {literal(form)})"
    elif kind == _INSTANT:
        told = f"strftime({_to_the_second(cell, kind)}, {literal(_SECONDS + 'Z')})"
    else:
        raise WrongUse(
            f"the column {heading!r} holds {kind}; a time is a text, a date or a timestamp"
        )
    return f"coalesce({told}, '')"


def midnights(table: Table, heading: str) -> str | None:
    """A query that tells whether a column of timestamps holds midnights and nothing else.

    Then nobody can tell days from seconds. None where the column holds something else.
    """
    if table.type(heading) not in _STAMPS:
        return None
    cell = table.cell(heading)
    return (
        f"SELECT coalesce(bool_and({cell} = date_trunc('day', {cell})), false) FROM {table.source}"
    )


def _to_the_second(cell: str, kind: str) -> str:
    """Without its fraction, which a cast would round up."""
    unit, part = ("ns", 1_000_000_000) if kind == "TIMESTAMP_NS" else ("us", 1_000_000)
    return f"make_timestamp((epoch_{unit}({cell}) // {part}) * 1000000)"
