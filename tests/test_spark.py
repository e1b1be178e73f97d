"""Screening on Spark, held against what DuckDB makes of the same rows by the same query."""

import random
from datetime import date, datetime
from pathlib import Path

import pytest

from sca import index
from sca.errors import WrongUse
from sca.screening import portable
from sca.screening.columns import RESULTS
from sca.screening.judging import Judge, Terms
from tests.test_screening import DATA, NEAR_BORDERS, NOW, PLACES, a_row, by_query, emitted

pytestmark = pytest.mark.spark

ROWS = 100_000
CHOICES = 1_500
"""Different rows among them, each judged once by the law beforehand if it is odd."""


@pytest.fixture(scope="module")
def spark():
    sql = pytest.importorskip("pyspark.sql")
    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.session.timeZone", "America/New_York")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def made(folder: Path, rules: str, rows) -> tuple[str, str]:
    """The paths of the segments and of the query."""
    query = folder / "screen.sql"
    query.write_text(portable.query(), encoding="utf-8")
    return emitted(folder, Judge(index.load([str(DATA / rules)]), Terms(NOW)), rows), str(query)


@pytest.mark.parametrize(
    ("rules", "places", "interval"),
    [("rules", PLACES, False), ("borders", NEAR_BORDERS, False), ("rules", PLACES, True)],
)
def test_spark_says_what_duckdb_says(spark, tmp_path, rules, places, interval):
    from sca.spark import screen

    chance = random.Random(f"{rules} {interval}")
    some = [a_row(chance, interval, places) for _ in range(CHOICES)]
    rows = [chance.choice(some) for _ in range(ROWS)]
    names = ["place", "when", "until"][: len(rows[0])]
    segments, query = made(tmp_path, rules, some)

    asked = spark.createDataFrame(rows, names)
    until = "until" if interval else None
    found = screen(asked, segments, query, until=until).collect()

    assert asked.columns == names
    want = by_query(rows, segments)
    assert sorted(tuple(row[name] or "" for name in (*names, *RESULTS)) for row in found) == want
    errors = {row["error"] for row in found}
    assert {"bad-time", "unknown-place"} & errors
    assert portable.NOT_COMPILED not in errors


def test_what_the_segments_say_nothing_of_is_never_clear(spark, tmp_path):
    from sca.spark import screen

    segments, query = made(tmp_path, "rules", [("Tokyo", "2024-07-03")])
    asked = [("Almaty", "2024-07-03"), ("Tokyo", "1999-07-03"), ("Tokyo", "now"), (None, None)]

    rows = spark.createDataFrame(asked, "place string, when string")
    found = screen(rows, segments, query).collect()

    assert {(row["answer"], row["error"]) for row in found} == {(None, "not-compiled")}


@pytest.mark.parametrize(
    ("value", "kind", "precision", "written"),
    [
        (date(2024, 7, 3), "date", None, "2024-07-03"),
        (
            datetime(2024, 7, 3, 10, 0, 59, 999_999),
            "timestamp_ntz",
            "second",
            "2024-07-03T10:00:59",
        ),
        (datetime(2024, 7, 3), "timestamp_ntz", "day", "2024-07-03"),
        (None, "date", None, ""),
    ],
)
def test_columns_of_times_are_texts(spark, value, kind, precision, written):
    from sca.spark import _text

    rows = spark.createDataFrame([(value,)], f"t {kind}")

    assert rows.select(_text(rows, "t", precision)).first()[0] == written


@pytest.mark.parametrize(
    ("second", "written"),
    [(1730007000, "2024-10-27T05:30:00Z"), (1730010600, "2024-10-27T06:30:00Z"),
     (-1, "1969-12-31T23:59:59Z"), (1720000000.75, "2024-07-03T09:46:40Z")],
)  # fmt: skip
def test_a_timestamp_is_an_instant_whatever_the_clock_of_the_session(spark, second, written):
    from sca.spark import _text

    rows = spark.sql(f"SELECT timestamp_seconds({second}) AS t")

    assert rows.select(_text(rows, "t", None)).first()[0] == written


def test_columns_that_cannot_be_screened(spark):
    from sca.spark import screen

    def refused(values: str, **how) -> str:
        with pytest.raises(WrongUse) as error:
            screen(spark.sql(f"SELECT {values}"), "none", "none", **how)
        return str(error.value)

    assert "already" in refused("'a' AS place, '' AS when, '' AS Answer")
    assert "a place is a text" in refused("1 AS place, '' AS when")
    assert "holds int" in refused("'a' AS place, 1 AS when")
    assert "day or second" in refused("'a' AS place, TIMESTAMP_NTZ '2024-07-03' AS when")
