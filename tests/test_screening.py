"""Screening by stretches and in SQL, held row by row against the verdict of `check`."""

import codecs
import csv
import io
import itertools
import random
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow
import pytest
from hypothesis import given, strategies as st

from sca import answering, index, spans, zones
from sca.errors import ScaError
from sca.evaluate import Answer, Verdict
from sca.levels import read_threshold
from sca.screening import lines, portable, queries
from sca.screening.columns import RESULTS, Columns
from sca.screening.crib import EPOCH
from sca.screening.engine import Engine
from sca.screening.judging import Judge, Outcome, Terms
from sca.screening.queries import Asked
from sca.screening.tables import Kind, Table
from sca.settings import related
from tests.builders import law

DATA = Path(__file__).parent / "data" / "screen"
NOW = datetime(2024, 10, 31, 0, 0, 0, 500_000, tzinfo=UTC)

PLACES = (
    "Almaty", "Aktobe", "Karaganda", "Shymkent", "Oral", "Kazakhstan", "Turkistan Region",
    "Turkistan", "London", "United Kingdom", "Tokyo", "43.25,76.9", "0,-30", " Almaty ",
    "Springfield", "Nowhere", "",
)  # fmt: skip
NEAR_BORDERS = (
    "41.40,69.10", "48.578,7.780", "48,85.75", "42.89,74.63", "43.25,76.9", "0,-30", "45.17,82.57",
    "Baikonur", "Turkistan", "Kazakhstan", "Kyrgyzstan", "Almaty", "Strasbourg", "Morocco",
    "Laayoune", "Saint-Denis, RE", "France", "Tashkent", "Tashkent Region", "iso:KZ-43",
)  # fmt: skip
"""Places that may lie in others, where several watches begin, end, or are too old."""
BOUNDS = (
    "2024-02-29T23:30", "2024-03-01T00:00", "2024-03-02T11:59", "2024-03-31T00:30",
    "2024-03-31T01:30", "2024-03-31T02:10", "2024-10-27T01:20", "2024-10-27T01:40",
    "2024-10-27T00:30", "2024-07-02T00:01", "2024-07-03T00:00", "2024-07-04T23:59",
    "2024-07-05T23:59", "2024-07-02T13:00", "2024-08-01T12:00", "2024-08-03T06:00",
    "2024-08-05T18:00", "2024-08-10T23:59", "2024-01-10T12:00", "2024-08-31T23:59",
    "2024-10-30T12:00", "2024-10-31T00:00", "2024-11-29T23:59", "2023-01-01T00:00",
)  # fmt: skip
"""Where something begins or ends, or a clock changes."""

ODD = (
    "", "now", "2024-07-03/2024-07-04", "2024-07-03T14:00/PT6H", "2024-07-02/P3D",
    "2024-07-04/2024-07-03", "2024-02-30", "2024-02-30T10:00", "2024-07-03T24:00",
    "2024-07-03T25:00", "2024-07-03t14:00", "2024-07-03T14:00z", "2024-07-03T14:00:30.5",
    "2024-07-03T14:00:60", "2024-07-03T14:00+15:00", "2024-07-03T14:00+05:60", "24-07-03",
    "2024-7-3", "03/07/2024", " 2024-07-03", "2024-07-03 ", "2024-13-01", "1969-12-31",
    "2101-01-01", "2100-12-31T24:00", "２０２４-07-03", "now/2024-12-01", "2024-07-03T14:00-00:00",
)  # fmt: skip

OPTIONS = {
    "plain": {},
    "at least": {"at_least": "orange"},
    "by night": {"settings": ["street"]},
    "for some days": {"settings": ["airport"]},
    "as of a day": {"as_of": "2024-06-15"},
    "as of a minute": {"as_of": "2024-07-02T12:00"},
    "one scheme": {"schemes": ["gb-threat"]},
    "older": {"max_age": "P400D"},
    "stale": {"max_age": "1h", "unwatched_is_clear": True},
}


ALWAYS = {
    ("plain", False),
    ("plain", True),
    ("as of a minute", False),
}
"""The options that are tried each time; the others are slow."""


@pytest.fixture(scope="module")
def rules():
    return index.load([str(DATA / "rules")])


@pytest.fixture(scope="module")
def border_rules():
    return index.load([str(DATA / "borders")])


def a_time(chance: random.Random) -> str:
    """Any form of a time near a bound, odd ones now and then."""
    if chance.random() < 0.1:
        return chance.choice(ODD)
    near = chance.choice(
        [
            timedelta(0),
            timedelta(minutes=chance.randrange(-90, 90)),
            timedelta(seconds=chance.randrange(-90, 90)),
            timedelta(days=chance.randrange(-40, 40)),
        ]
    )
    wall = datetime.fromisoformat(chance.choice(BOUNDS)) + near
    form = chance.choice(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"])
    offset = chance.choice(["", "", "", "Z", "+05:00", "+06:00", "-03:30", "+14:00", "-14:00"])
    return wall.strftime(form) + (offset if "H" in form else "")


def a_row(chance: random.Random, interval: bool, places=PLACES) -> tuple[str, ...]:
    place, when = chance.choice(places), a_time(chance)
    if not interval:
        return place, when
    try:
        longer = timedelta(minutes=chance.choice([0, 1, 60, 600, 3000, 30_000]))
        until = (datetime.fromisoformat(when[:19]) + longer).isoformat(timespec="minutes")
    except ValueError:
        until = a_time(chance)
    return place, when, until if chance.random() < 0.8 else a_time(chance)


def terms(rules, how) -> Terms:
    """By what rows are judged where `check` is given these options."""
    return Terms(
        NOW,
        read_threshold(how["at_least"], rules.schemes) if "at_least" in how else None,
        related(how["settings"], rules.settings) if "settings" in how else None,
        spans.read(how["as_of"]) if "as_of" in how else None,
        frozenset(how["schemes"]) if "schemes" in how else None,
        spans.read_age(how["max_age"]) if "max_age" in how else None,
        how.get("unwatched_is_clear", False),
    )


def told(verdict: Verdict) -> Outcome:
    """A verdict as it is in a row."""
    answer = verdict.answer
    ids: list[str] = []
    if answer is Answer.IN_FORCE:
        ids = [finding.advisory.id for finding in verdict.findings if finding.counts]
    elif answer is Answer.CANNOT_TELL:
        ids = [reason.segment.advisory.id for reason in verdict.doubts]
    covered = [(spans.utc_text(s.start), spans.utc_text(s.end)) for s in verdict.covered]
    return Outcome(
        answer=answer.value,
        level=verdict.level.id if verdict.level else "",
        advisories=" ".join(dict.fromkeys(ids)),
        covered=" ".join("/".join(bounds) for bounds in covered),
        place_id=verdict.question.place.id,
        error="" if answer in {Answer.IN_FORCE, Answer.CLEAR} else answer.value.replace(" ", "-"),
    )


def checked(rules, row, how) -> Outcome:
    """What `check` says of a row."""
    try:
        inquiry = answering.inquire(row[0].strip(), "/".join(row[1:]), rules=rules, now=NOW, **how)
        return told(inquiry.verdict())
    except ScaError as error:
        return Outcome(error=error.code)


def screened(folder, judge, rows, frequent=1):
    """The rows as they came out, each with its outcome."""
    path = folder / "rows.csv"
    names = ["place", "when", "until"][: len(rows[0])]
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerows([names, *rows])
    (folder / "work").mkdir()
    engine = Engine(str(folder / "work"), judge, frequent)
    try:
        table = engine.open(str(path), str(path))
        columns = Columns(*names)
        stage, _ = engine.screen(table, engine.asked(table, columns, None))
    finally:
        engine.close()
    own = ", ".join(f"own{number}" for number in range(len(names)))
    found = duckdb.sql(f"SELECT {own}, {', '.join(RESULTS)} FROM '{stage}'").fetchall()
    return [
        (row[: len(names)], Outcome(*(cell or "" for cell in row[len(names) :]))) for row in found
    ]


@pytest.mark.parametrize(
    ("how", "interval"),
    [
        *(
            pytest.param(
                how,
                interval,
                id=f"{name}, {'from and to' if interval else 'at'}",
                marks=[] if (name, interval) in ALWAYS else pytest.mark.long,
            )
            for name, how in OPTIONS.items()
            for interval in (False, True)
        ),
    ],
)
def test_every_row_has_the_verdict_of_check(rules, border_rules, tmp_path, how, interval):
    chance = random.Random(f"{how} {interval}")

    for number, (known, places) in enumerate([(rules, PLACES), (border_rules, NEAR_BORDERS)]):
        rows = [a_row(chance, interval, places) for _ in range(60)]
        folder = tmp_path / str(number)
        folder.mkdir()
        found = screened(folder, Judge(known, terms(known, how)), rows)

        assert [row for row, _ in found] == rows
        for row, outcome in found:
            want = checked(known, row, how)
            # Where the time is wrong, check does not come to say which place was meant.
            got = outcome if want.answer else Outcome(error=outcome.error)
            assert (row, got) == (row, want)


def emitted(folder, judge, rows) -> str:
    """The path of the segments of these rows."""
    path = folder / "rows.csv"
    names = ["place", "when", "until"][: len(rows[0])]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    (folder / "emitting").mkdir()
    engine = Engine(str(folder / "emitting"), judge)
    try:
        table = engine.open(str(path), str(path))
        return engine.emit(table, engine.asked(table, Columns(*names), None))
    finally:
        engine.close()


def by_query(rows, segments: str) -> list[tuple[str, ...]]:
    """What DuckDB makes of rows by the one query and some segments, in order."""
    base = duckdb.connect()
    base.execute(f"CREATE VIEW sca_segments AS FROM read_parquet('{segments}')")
    width = len(rows[0])
    texts = {"sca_place": 0, "sca_when": 1} | ({"sca_until": 2} if width == 3 else {})
    asked = pyarrow.table(
        {f"own{n}": [row[n] for row in rows] for n in range(width)}
        | {name: [row[n] for row in rows] for name, n in texts.items()}
        | ({"sca_until": pyarrow.nulls(len(rows), pyarrow.string())} if width == 2 else {})
    )
    base.register("sca_rows", asked)
    own = ", ".join(f"own{n}" for n in range(width))
    query = f"SELECT {own}, {', '.join(RESULTS)} FROM ({portable.query()})"
    return sorted(tuple(cell or "" for cell in row) for row in base.execute(query).fetchall())


@pytest.mark.parametrize("interval", [False, True])
def test_the_one_query_says_the_same(rules, border_rules, tmp_path, interval):
    chance = random.Random(f"query {interval}")

    for number, (known, places) in enumerate([(rules, PLACES), (border_rules, NEAR_BORDERS)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        judge = Judge(known, Terms(NOW))
        rows = [a_row(chance, interval, places) for _ in range(30)]
        want = [(*row, *astuple(outcome)) for row, outcome in screened(folder, judge, rows)]

        assert by_query(rows, emitted(folder, judge, rows)) == sorted(want)


def test_what_the_segments_say_nothing_of_is_never_clear(rules, tmp_path):
    segments = emitted(tmp_path, Judge(rules, Terms(NOW)), [("Tokyo", "2024-07-03")])
    rows = [("Almaty", "2024-07-03"), ("Tokyo", "1999-07-03"), ("Tokyo", "now"), ("", "")]

    found = by_query(rows, segments)

    assert {row[2:] for row in found} == {("", "", "", "", "", "not-compiled")}


def test_rows_stay_in_their_order_whether_they_are_known_or_not(rules, tmp_path):
    """By one thread what is joined comes out as it went in, which no two threads would do."""
    chance = random.Random(7)
    some = [a_row(chance, False) for _ in range(40)]
    path = tmp_path / "rows.csv"
    plain = [",".join(row) for row in some if "," not in "".join(row)]
    # So wide that several threads would share the reading.
    note = "x" * 600
    with path.open("w", encoding="utf-8") as file:
        file.write("place,when,number,note\n")
        file.writelines(f"{chance.choice(plain)},{n},{note}\n" for n in range(200_000))
    (tmp_path / "work").mkdir()
    engine = Engine(str(tmp_path / "work"), Judge(rules, Terms(NOW)))
    try:
        table = engine.open(str(path), str(path))
        asked = engine.asked(table, Columns("place", "when"), None)
        stage, count = engine.screen(table, asked)
    finally:
        engine.close()

    displaced = (
        "SELECT count(*) FILTER (WHERE own2::BIGINT <> file_row_number) "
        f"FROM read_parquet('{stage}', file_row_number = true)"
    )
    assert duckdb.sql(displaced).fetchall() == [(0,)]
    assert count.rows == 200_000


def test_most_rows_are_looked_up(rules, tmp_path):
    """Else the test above would compare the law with itself."""
    asked = []

    class Counting(Judge):
        def outcome(self, place, when):
            asked.append((place, when))
            return super().outcome(place, when)

    rows = [("Almaty", f"2024-07-{day:02}T{hour:02}:00") for day in range(1, 9) for hour in (0, 9)]
    rows += [
        ("Almaty", "2024-07-02"),
        ("Kazakhstan", "2024-07-03T10:00"),
        ("Nowhere", "2024-07-03"),
    ]
    rows += [("London", "2024-10-27T01:30"), ("London", "2024-10-28T01:30Z")]

    screened(tmp_path, Counting(rules, Terms(NOW)), rows)

    # A day across a bound, and an hour that a clock showed twice.
    assert sorted(asked) == [("Almaty", "2024-07-02"), ("London", "2024-10-27T01:30")]


def test_the_same_comes_out_however_often_a_place_stands(rules, tmp_path):
    chance = random.Random(1)
    rows = [a_row(chance, False) for _ in range(60)]
    (tmp_path / "often").mkdir()
    (tmp_path / "once").mkdir()

    judge = Judge(rules, Terms(NOW))
    often = screened(tmp_path / "often", judge, rows, frequent=1)

    assert screened(tmp_path / "once", judge, rows, frequent=1000) == often


@pytest.mark.parametrize(
    ("zone", "year"),
    [
        ("Asia/Almaty", 2023),
        ("Europe/London", 2008),
        ("Pacific/Apia", 2010),
        ("Asia/Kathmandu", 1984),
        pytest.param("America/Cambridge_Bay", 2000, id="twice within a week"),
        pytest.param("Asia/Gaza", 2040, id="in the midst of a summer"),
    ],
)
def test_offsets_are_those_of_the_clock(zone, year):
    start, end = (datetime(number, 1, 1, tzinfo=UTC) for number in (year, year + 2))
    found = zones.offsets(start, end, zone)

    for (turn, offset), (later, _) in itertools.pairwise([*found, (end, None)]):
        assert zones.local(turn, zone).utcoffset() == offset
        assert zones.local(later - timedelta(seconds=1), zone).utcoffset() == offset
    hours = [start + timedelta(hours=3 * n) for n in range(2 * 2928)]
    changes = sum(
        zones.local(a, zone).utcoffset() != zones.local(b, zone).utcoffset()
        for a, b in itertools.pairwise(hours)
    )
    assert len(found) == changes + 1


def read_in_sql(texts):
    """Of each the first second, the one after the last, and whether it has an offset."""
    source = "(SELECT unnest(getvariable('texts')) AS t)"
    table = Table(Kind.PARQUET, source, ("t",), ("t",), len(texts))
    read = queries.read(table, Asked("'Almaty'", "t"))
    base = duckdb.connect()
    base.execute("SET VARIABLE texts = ?", [texts])
    found = base.execute(f"SELECT regular, start, stop, clock FROM ({read})").fetchall()
    return [told if regular else (None, None, None) for regular, *told in found]


@law
@given(st.lists(st.integers(0, 2**32), min_size=1, max_size=20))
def test_times_read_in_sql_are_those_of_the_law(seeds):
    """What is not read so is left to the law; what is, must mean the same."""
    texts = [a_time(random.Random(seed)) for seed in seeds]

    for text, (start, stop, offset) in zip(texts, read_in_sql(texts), strict=True):
        if start is not None:
            moment = spans.read_moment(text)
            wall = moment.wall - (moment.offset or timedelta(0)) - EPOCH
            assert wall.total_seconds() == start, text
            assert moment.unit.total_seconds() == stop - start, text
            assert (moment.offset is not None) == offset, text


@pytest.mark.parametrize("text", ["2024-07-03T14:00", "2024-07-03 14:00:30-03:30", "2024-07-03"])
def test_a_time_with_one_letter_changed_means_what_the_law_says(text):
    changed = [
        text[:place] + letter + text[place + 1 :]
        for place in range(len(text))
        for letter in map(chr, [*range(32, 127), 0x0661])
    ]

    for each, (start, _, _) in zip(changed, read_in_sql(changed), strict=True):
        try:
            moment = spans.read_moment(each)
            wall = moment.wall - (moment.offset or timedelta(0)) - EPOCH
            assert start in {None, wall.total_seconds()}, each
        except ScaError:
            assert start is None, each


def test_a_sample_is_of_whole_rows_from_all_over(tmp_path):
    rows = [f"{number}," + "x" * (number % 40) for number in range(5_000)]
    path, goal = tmp_path / "rows", tmp_path / "some"
    path.write_text("\n".join(["n,x", *rows, ""]))

    part = lines.sample(str(path), str(goal), 20_000, pieces=10)

    first, *some = goal.read_text().splitlines()
    assert first == "n,x"
    assert set(some) < set(rows)
    assert some == sorted(some, key=lambda row: int(row.split(",")[0]))
    assert int(some[0].split(",")[0]) < 100 < 4_000 < int(some[-1].split(",")[0])
    assert part == pytest.approx(goal.stat().st_size / path.stat().st_size, rel=0.01)
    assert lines.sample(str(path), str(goal), 1 << 20) == 1
    assert goal.read_bytes() == path.read_bytes()


cells = st.text(alphabet='a,"\n\r é\0', max_size=4)


@law
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=5))
def test_a_table_written_anew_has_the_same_cells(rows):
    sheet = io.StringIO(newline="")
    csv.writer(sheet, quoting=csv.QUOTE_ALL).writerows([("place", "when"), *rows])
    sheet.seek(0)
    goal = io.StringIO(newline="")

    assert lines.rewrite(sheet, goal).rows == len(rows)

    goal.seek(0)
    anew = [tuple(row) for row in csv.reader(goal, strict=True)]
    for (mark, *found), row in zip(anew, rows, strict=True):
        assert tuple(found) == tuple(cell.replace("\0", "\ufffd") for cell in row)
        assert mark == ("bad-row" if "\0" in "".join(row) else "")


@law
@given(st.binary(max_size=12), st.integers(min_value=1, max_value=4))
def test_a_shape_is_the_same_wherever_the_file_is_cut(data, size):
    class Slowly(io.BytesIO):
        def read(self, _=-1):
            return super().read(size)

    whole = lines.shape(io.BytesIO(data))
    assert lines.shape(Slowly(data)) == whole
    if whole.plain:
        text = codecs.decode(data, "utf-8")
        assert len([line for line in text.replace("\r\n", "\n").split("\n") if line]) == whole.lines


# The slow ones


@pytest.mark.long
def test_many_rows_stay_in_their_order(rules, tmp_path):
    chance = random.Random(3)
    some = [a_row(chance, False) for _ in range(2_000)]
    rows = [chance.choice(some) for _ in range(300_000)]

    found = screened(tmp_path, Judge(rules, Terms(NOW)), rows, frequent=20)

    assert [row for row, _ in found] == rows
    known = {row: checked(rules, row, {}) for row in some}
    wrong = [
        (row, outcome)
        for row, outcome in found
        if (outcome.answer, outcome.covered) != (known[row].answer, known[row].covered)
    ]
    assert wrong == []
