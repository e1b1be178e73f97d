"""Screening as one query over one file of segments, in the SQL that DuckDB and Spark both read.

Python resolves places and reads odd times beforehand, and what it finds is in the segments: for a
place, its stretches of time; for a text that names no place, the error; for a row that no stretch
answers for, the whole answer. What is in none of them was never asked about, and is an error.
"""

from collections.abc import Mapping
from datetime import datetime

from sca.screening.columns import RESULTS
from sca.screening.crib import EPOCH

ROWS, SEGMENTS = "sca_rows", "sca_segments"
"""The names under which the query finds the rows and the segments."""

PLACE, WHEN, UNTIL = "sca_place", "sca_when", "sca_until"
"""The last columns of the rows: the texts asked about; the last is empty where there is none."""

NOT_COMPILED = "not-compiled"
"""The error of a row that the segments say nothing of."""

BUCKET = 32 * 86_400
"""Seconds by which rows and segments find each other: a hash, before the times are compared."""

COLUMNS = {
    "kind": "VARCHAR", "place": "VARCHAR", "clock": "INTEGER", "bucket": "INTEGER",
    "starts": "BIGINT", "stops": "BIGINT", "when_text": "VARCHAR", "until_text": "VARCHAR",
    "answer": "VARCHAR", "level": "VARCHAR", "advisories": "VARCHAR", "covered": "VARCHAR",
    "place_id": "VARCHAR", "error": "VARCHAR", "ahead": "BIGINT",
}  # fmt: skip
"""Of the segments. `starts` and `stops` are seconds by the clock of the place, or in UTC where
`clock` is 1; by `ahead` seconds that clock is ahead of UTC where something is in force."""

_DAY = 86_400
_SHAPES = {
    "9999-99-99": _DAY,
    "9999-99-99T99:99": 60,
    "9999-99-99T99:99Z": 60,
    "9999-99-99T99:99+99:99": 60,
    "9999-99-99T99:99-99:99": 60,
    "9999-99-99T99:99:99": 1,
    "9999-99-99T99:99:99Z": 1,
    "9999-99-99T99:99:99+99:99": 1,
    "9999-99-99T99:99:99-99:99": 1,
}
"""The regular forms of time, and the seconds that each stands for; T may be a blank."""

_SHAPES_TEXT = ", ".join(f"'{shape}'" for shape in _SHAPES)
_BEFORE_1970 = (datetime(1970, 1, 1) - EPOCH).days


def query() -> str:
    """The rows with their own columns first, then the texts asked about, then the verdict."""
    return f"""\
WITH texts AS (
  SELECT DISTINCT {WHEN} AS first_text, {UNTIL} AS until_text FROM {ROWS}
), shaped AS (
  SELECT first_text, until_text, coalesce(until_text, first_text) AS last_text,
    {_shape("first_text")} AS first_shape,
    {_shape("coalesce(until_text, first_text)")} AS last_shape
  FROM texts
), dated AS (
  SELECT *,
    TRY_CAST(substr(first_text, 1, 10) AS DATE) AS first_day,
    TRY_CAST(substr(last_text, 1, 10) AS DATE) AS last_day
  FROM shaped
  WHERE first_shape IN ({_SHAPES_TEXT}) AND last_shape IN ({_SHAPES_TEXT})
), timed AS (
  SELECT first_text, until_text,
    {_clock("first_text")} AS clock,
    {_clock("last_text")} AS last_clock,
    {_second("first_text", "first_day")} AS starts,
    {_second("last_text", "last_day")} + {_unit("last_shape")} AS stops
  FROM dated
  WHERE {_is_time("first_text", "first_day")}
    AND {_is_time("last_text", "last_day")}
), times AS (
  SELECT *, CAST(floor(starts / {BUCKET}) AS INT) AS bucket
  FROM timed
  WHERE clock = last_clock AND starts < stops
)
SELECT asked.*,
  coalesce(whole.answer, stretch.answer) AS answer,
  coalesce(whole.level, stretch.level) AS level,
  coalesce(whole.advisories, stretch.advisories) AS advisories,
  coalesce(whole.covered, CASE WHEN stretch.ahead IS NOT NULL THEN
    {_instant("times.starts - stretch.ahead")} || '/' ||
    {_instant("times.stops - stretch.ahead")} END) AS covered,
  coalesce(whole.place_id, stretch.place_id) AS place_id,
  CASE WHEN whole.kind IS NOT NULL THEN whole.error
    WHEN stretch.kind IS NOT NULL THEN stretch.error
    WHEN times.clock IS NOT NULL AND nowhere.kind IS NOT NULL THEN nowhere.error
    ELSE '{NOT_COMPILED}' END AS error
FROM {ROWS} AS asked
LEFT JOIN times
  ON times.first_text = asked.{WHEN} AND times.until_text IS NOT DISTINCT FROM asked.{UNTIL}
LEFT JOIN {SEGMENTS} AS stretch
  ON stretch.kind = 'stretch' AND stretch.place = asked.{PLACE}
  AND stretch.clock = times.clock AND stretch.bucket = times.bucket
  AND stretch.starts <= times.starts AND times.stops <= stretch.stops
LEFT JOIN {SEGMENTS} AS whole
  ON whole.kind = 'row' AND whole.place = asked.{PLACE}
  AND whole.when_text = asked.{WHEN} AND whole.until_text IS NOT DISTINCT FROM asked.{UNTIL}
LEFT JOIN {SEGMENTS} AS nowhere
  ON nowhere.kind = 'place' AND nowhere.place = asked.{PLACE}
"""


def spread(stretches: str) -> str:
    """The segments of a relation of stretches, each in all the buckets that it touches.

    Those are left out that are told by several clocks: what they cover is no single span. This
    and what follows is for DuckDB alone.
    """
    buckets = f"range(starts // {BUCKET}, (stops - 1) // {BUCKET} + 1)"
    told = {
        "kind": "CASE WHEN place_id IS NULL THEN 'place' ELSE 'stretch' END",
        "bucket": f"unnest(CASE WHEN place_id IS NULL THEN [NULL] ELSE {buckets} END)",
        "when_text": "NULL",
        "until_text": "NULL",
        "covered": "NULL",
    }
    wanted = "NOT several AND (place_id IS NOT NULL OR clock = 0)"
    return f"SELECT {_columns(told)} FROM {stretches} WHERE {wanted}"


def asked(rows: str) -> str:
    """Each choice of texts that stands in some row that is in order."""
    return (
        f"SELECT DISTINCT place_text AS {PLACE}, when_text AS {WHEN}, until_text AS {UNTIL} "
        f"FROM ({rows}) WHERE flaw_text = ''"
    )


def left() -> str:
    """The segments of the rows for which there is none as yet, by the law itself."""
    law = f"law({PLACE}, {WHEN}, {UNTIL})"
    rows = f"SELECT *, {law} AS told FROM ({query()}) WHERE error = '{NOT_COMPILED}'"
    told = dict.fromkeys(("clock", "bucket", "starts", "stops", "ahead"), "NULL")
    told |= {"kind": "'row'", "place": PLACE, "when_text": WHEN, "until_text": UNTIL}
    told |= {name: f"nullif(told[{n}], '')" for n, name in enumerate(RESULTS, 1)}
    return f"SELECT {_columns(told)} FROM ({rows})"


def _columns(told: Mapping[str, str]) -> str:
    return ", ".join(
        f"CAST({told.get(name, name)} AS {kind}) AS {name}" for name, kind in COLUMNS.items()
    )


def _shape(text: str) -> str:
    """A text with a 9 for each digit and a T for a blank."""
    return f"translate({text}, ' 012345678', 'T999999999')"


def _unit(shape: str) -> str:
    days, minutes = (
        ", ".join(f"'{each}'" for each, unit in _SHAPES.items() if unit == wanted)
        for wanted in (_DAY, 60)
    )
    return (
        f"CASE WHEN {shape} IN ({days}) THEN {_DAY} WHEN {shape} IN ({minutes}) THEN 60 ELSE 1 END"
    )


def _clock(text: str) -> str:
    """1 where it has an offset, which is told by its length."""
    return f"CASE WHEN length({text}) IN (10, 16, 19) THEN 0 ELSE 1 END"


def _number(text: str, first: int) -> str:
    """Two digits of a text; 0 where it has none there."""
    return f"coalesce(TRY_CAST(substr({text}, {first}, 2) AS INT), 0)"


def _offset(text: str) -> str:
    """By how many seconds the offset of a text is ahead of UTC, without its sign."""
    hours, minutes = (
        f"TRY_CAST(substr({text}, length({text}) - {back}, 2) AS INT)" for back in (4, 1)
    )
    return f"CASE WHEN length({text}) IN (22, 25) THEN {hours} * 3600 + {minutes} * 60 ELSE 0 END"


def _is_time(text: str, day: str) -> str:
    """Whether what has the shape of a time is one."""
    return (
        f"{day} IS NOT NULL AND substr({text}, 1, 4) BETWEEN '1970' AND '2100' "
        f"AND {_number(text, 12)} < 24 AND {_number(text, 15)} < 60 "
        f"AND (length({text}) < 19 OR substr({text}, 17, 1) <> ':' OR {_number(text, 18)} < 60) "
        f"AND {_offset(text)} <= 50400 AND (length({text}) NOT IN (22, 25) "
        f"OR TRY_CAST(substr({text}, length({text}) - 1, 2) AS INT) < 60)"
    )


def _second(text: str, day: str) -> str:
    """The first second of a time, counted from EPOCH."""
    year = f"CAST(substr({text}, 1, 4) AS INT)"
    # Between 1970 and 2100 each fourth year is a leap year, but for the last.
    days = (
        f"365 * ({year} - {EPOCH.year + 1}) + CAST(floor(({year} - 1969) / 4) AS INT) "
        f"+ CAST(EXTRACT(DOY FROM {day}) AS INT) + {_BEFORE_1970 - 1}"
    )
    seconds = f"CASE WHEN substr({text}, 17, 1) = ':' THEN {_number(text, 18)} ELSE 0 END"
    sign = f"CASE WHEN substr({text}, length({text}) - 5, 1) = '-' THEN -1 ELSE 1 END"
    return (
        f"CAST({days} AS BIGINT) * {_DAY} + {_number(text, 12)} * 3600 "
        f"+ {_number(text, 15)} * 60 + {seconds} - {sign} * ({_offset(text)})"
    )


def _instant(second: str) -> str:
    """A second of UTC as text."""
    day = f"CAST(floor(({second}) / {_DAY}) AS INT)"
    rest = f"(({second}) % {_DAY})"
    told = [f"floor({rest} / 3600)", f"floor({rest} / 60) % 60", f"{rest} % 60"]
    clock = " || ':' || ".join(f"lpad(CAST(CAST({n} AS INT) AS STRING), 2, '0')" for n in told)
    return f"CAST(DATE '{EPOCH:%Y-%m-%d}' + {day} AS STRING) || 'T' || {clock} || 'Z'"
