"""Screening on Spark, by the segments and the query that `sca screen --emit` wrote.

    screened = sca.spark.screen(rows, "segments.parquet", "screen.sql", place="city", when="date")

The query text is run as it is. What the segments say nothing of, a place or an odd form of time
that did not stand in the table they were made from, comes out with the error `not-compiled`.
"""

from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, functions, types

from sca.errors import WrongUse
from sca.screening.columns import RESULTS
from sca.screening.portable import PLACE, ROWS, SEGMENTS, UNTIL, WHEN

_SECONDS = "yyyy-MM-dd'T'HH:mm:ss"


def screen(
    rows: DataFrame,
    segments: str,
    query: str,
    *,
    place: str = "place",
    when: str = "when",
    until: str | None = None,
    precision: str | None = None,
) -> DataFrame:
    """The rows with their own columns first, then those of a verdict, in no certain order.

    `segments` and `query` are the paths of the two files. A date is the whole day, and a timestamp
    an instant; one without a zone is a second or a day on the clock of the place, and `precision`
    must say which. Raises WrongUse.
    """
    for heading in rows.columns:
        if heading.casefold() in {*RESULTS, PLACE, WHEN, UNTIL}:
            raise WrongUse(f"the table has a column {heading!r} already; rename it")
    kind = rows.schema[place].dataType
    if not isinstance(kind, types.StringType):
        raise WrongUse(f"the column {place!r} holds {kind.simpleString()}, and a place is a text")
    nothing = functions.lit(None).cast("string")
    asked = (
        rows.withColumn(PLACE, functions.coalesce(rows[place], functions.lit("")))
        .withColumn(WHEN, _text(rows, when, precision))
        .withColumn(UNTIL, nothing if until is None else _text(rows, until, precision))
    )
    session = rows.sparkSession
    asked.createOrReplaceTempView(ROWS)
    session.read.parquet(segments).createOrReplaceTempView(SEGMENTS)
    try:
        screened = session.sql(Path(query).read_text(encoding="utf-8"))
    finally:
        session.catalog.dropTempView(ROWS)
        session.catalog.dropTempView(SEGMENTS)
    return screened.drop(PLACE, WHEN, UNTIL)


def _text(rows: DataFrame, heading: str, precision: str | None) -> Any:
    """A column of times as they would be written; what is missing is empty."""
    column, kind = rows[heading], rows.schema[heading].dataType
    if isinstance(kind, types.StringType):
        told = column
    elif isinstance(kind, types.DateType):
        told = functions.date_format(column, "yyyy-MM-dd")
    elif isinstance(kind, types.TimestampNTZType):
        if precision not in {"day", "second"}:
            raise WrongUse(f"the column {heading!r} holds timestamps; precision is day or second")
        told = functions.date_format(column, "yyyy-MM-dd" if precision == "day" else _SECONDS)
    elif isinstance(kind, types.TimestampType):
        # The session's clock may show a time twice; seconds since 1970 come once.
        second = functions.floor(functions.unix_micros(column) / 1_000_000)
        told = functions.concat(_in_utc(second), functions.lit("Z"))
    else:
        raise WrongUse(
            f"the column {heading!r} holds {kind.simpleString()}; a time is a text, a date or a "
            "timestamp"
        )
    return functions.coalesce(told, functions.lit(""))


def _in_utc(second: Any) -> Any:
    days = functions.floor(second / 86_400).cast("int")
    day = functions.date_add(functions.lit("1970-01-01").cast("date"), days).cast("string")
    rest = functions.pmod(second, functions.lit(86_400))
    parts = (
        rest / 3600,
        functions.pmod(rest / 60, functions.lit(60)),
        functions.pmod(rest, functions.lit(60)),
    )
    clock = [functions.lpad(functions.floor(n).cast("string"), 2, "0") for n in parts]
    return functions.concat(day, functions.lit("T"), functions.concat_ws(":", *clock))
