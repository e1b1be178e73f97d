"""`sca screen`: a verdict for each row, whatever the rows are like."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.running import Result, sca

DATA = Path(__file__).parent / "data" / "screen"
TABLES = sorted(path for path in DATA.iterdir() if path.suffix in {".csv", ".jsonl"})
NOW = "2024-10-31T00:00Z"


@pytest.fixture(autouse=True)
def _one_cache(monkeypatch, tmp_path_factory):
    """The rules are compiled once for all these tests."""
    folder = tmp_path_factory.getbasetemp() / "cache-of-screen"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))


def screen(*arguments: str) -> Result:
    """Screen by the rules that lie beside the tables."""
    return sca("screen", *arguments, "--rules", str(DATA / "rules"), "--now", NOW)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_what_a_table_comes_to(path):
    """`NAME.txt` holds the exit code, what was printed and what was said of NAME."""
    told = screen(str(path), "--format", path.suffix.removeprefix("."))

    err = told.err.replace(f"{DATA}{os.sep}", "")
    found = f"{told.code}\n{told.out.replace(chr(13), '<CR>')}---\n{err}"
    golden = path.with_name(f"{path.name}.txt")
    assert found == golden.read_text(encoding="utf-8")


def a_table(folder: Path, *rows: str, headings: str = "place,when") -> str:
    path = folder / "rows.csv"
    path.write_text("\n".join([headings, *rows, ""]), encoding="utf-8")
    return str(path)


def a_parquet(folder: Path, *rows: str, columns: str = "place, t") -> str:
    """A file of these rows of values, as SQL has them."""
    path = folder / "rows.parquet"
    values = ", ".join(f"({row})" for row in rows)
    duckdb.execute(f"COPY (SELECT * FROM (VALUES {values}) t({columns})) TO '{path}'")
    return str(path)


def answers(told: Result) -> list[str]:
    """The answer of each row, or its error."""
    return [row["answer"] if not row["error"] else row["error"] for row in rows_of(told)]


def rows_of(told: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(told.out)))


IN_FORCE, CLEAR, UNKNOWN = "Almaty,2024-07-03", "Almaty,2024-07-06", "Nowhere,2024-07-03"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], 0),
        ([CLEAR, CLEAR], 0),
        ([CLEAR, IN_FORCE], 1),
        ([IN_FORCE, UNKNOWN, CLEAR], 3),
    ],
)
def test_the_worst_row_gives_the_exit_code(tmp_path, rows, code):
    assert screen(a_table(tmp_path, *rows)).code == code


def test_the_summary_counts_every_row_once(tmp_path):
    told = screen(a_table(tmp_path, IN_FORCE, CLEAR, CLEAR, UNKNOWN, "Almaty,"), "--summary")

    assert told.out.splitlines() == [
        "rows             5",
        "in force         1",
        "clear            2",
        "no answer        2",
        "  bad-time       1",
        "  unknown-place  1",
    ]


def test_only_what_is_in_force_is_printed_and_what_has_no_answer(tmp_path):
    told = screen(a_table(tmp_path, CLEAR, IN_FORCE, CLEAR, UNKNOWN), "--only", "in-force")

    assert [line.split(",")[:2] for line in told.out.splitlines()[1:]] == [
        ["Almaty", "2024-07-03"],
        ["Nowhere", "2024-07-03"],
    ]
    assert told.code == 3


def test_only_what_is_left_out_counts_all_the_same(tmp_path):
    told = screen(a_table(tmp_path, CLEAR, CLEAR), "--only", "in-force", "--summary")

    assert "clear      2\n" in told.out


def test_columns_are_taken_by_their_names(tmp_path):
    path = a_table(tmp_path, "Tokyo,2024-07-03,Almaty", headings="place,x,y")

    assert screen(path, "--place-column", "y", "--when-column", "x").code == 1
    told = screen(path, "--place-column", "z", "--when-column", "x")
    assert (told.code, "no column is called 'z'" in told.err) == (2, True)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--at-least", "red"), 0),
        (("--at-least", "yellow"), 1),
        (("--as-of", "2024-05-01"), 0),
        (("--scheme", "gb-threat"), 3),
        (("--max-age", "1h"), 1),
        (("--at-least", "mauve"), 2),
        (("--max-age", "soon"), 2),
        (("--unwatched", "yes"), 2),
    ],
)
def test_options_are_those_of_check(tmp_path, options, code):
    one = sca("check", *IN_FORCE.split(","), *options, "--rules", str(DATA / "rules"), "--now", NOW)

    assert (screen(a_table(tmp_path, IN_FORCE), *options).code, one.code) == (code, code)


def test_what_nobody_watches_may_be_taken_for_clear(tmp_path):
    path = a_table(tmp_path, "Tokyo,2024-07-03")

    assert [screen(path).code, screen(path, "--unwatched", "clear").code] == [3, 0]


def test_rows_come_by_standard_input(tmp_path, monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(Path(a_table(tmp_path, IN_FORCE)).read_bytes()))
    monkeypatch.setattr(sys, "stdin", stdin)

    assert screen("-").out.splitlines()[1].startswith("Almaty,2024-07-03,in force,yellow,country,")


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    goal = tmp_path / "out" / "screened.csv"
    goal.parent.mkdir()
    rows = a_table(tmp_path, IN_FORCE, CLEAR)

    told = screen(rows, "--out", str(goal))

    assert (told.code, told.out) == (1, "")
    assert goal.read_text("utf-8") == screen(rows).out
    assert [*goal.parent.iterdir()] == [goal]

    broken = a_table(tmp_path, IN_FORCE, 'Almaty,"2024')
    told = screen(broken, "--out", str(goal.with_name("other.csv")))
    assert told.code == 3
    assert [*goal.parent.iterdir()] == [goal]


def test_a_file_that_is_there_is_kept_unless_it_may_go(tmp_path):
    goal = tmp_path / "screened.csv"
    goal.write_text("mine")

    assert screen(a_table(tmp_path, CLEAR), "--out", str(goal)).code == 2
    assert goal.read_text() == "mine"
    assert screen(a_table(tmp_path, CLEAR), "--out", str(goal), "--force").code == 0
    assert goal.read_text() != "mine"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--format", "parquet"), "name one by --out"),
        (("--format", "table", "--out", "x"), "a table is drawn for people"),
    ],
)
def test_forms_that_do_not_go_together(tmp_path, arguments, told):
    found = screen(a_table(tmp_path, CLEAR), *arguments)

    assert (found.code, told in found.err) == (2, True)


def test_a_file_that_is_not_there(tmp_path):
    told = screen(str(tmp_path / "none.csv"))

    assert (told.code, told.err) == (2, f"sca: {tmp_path}/none.csv: there is no such file\n")


def test_a_name_that_would_be_a_pattern_is_a_name(tmp_path):
    path = tmp_path / "row[s]*'.csv"
    path.write_text(f"place,when\n{IN_FORCE}\n")

    assert screen(str(path)).code == 1


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        pytest.param("'2024-07-02T00:00'", "clear", id="a text as in CSV"),
        pytest.param("DATE '2024-07-02'", "in force", id="a date is the whole day"),
        pytest.param("TIMESTAMP '2024-07-02 00:00:59'", "clear", id="a second"),
        pytest.param("TIMESTAMP '2024-07-02 00:01:00'", "in force", id="the next one"),
        pytest.param("TIMESTAMP '2024-07-02 00:00:59.999999'", "clear", id="no fraction"),
        pytest.param("TIMESTAMP_NS '2024-07-02 00:00:59.999999999'", "clear", id="nanoseconds"),
        pytest.param("TIMESTAMP_MS '2024-07-02 00:01:00'", "in force", id="milliseconds"),
        pytest.param("TIMESTAMPTZ '2024-07-01 19:00:59Z'", "clear", id="an instant"),
        pytest.param("TIMESTAMPTZ '2024-07-01 19:01:00Z'", "in force", id="the next instant"),
        pytest.param("NULL::DATE", "bad-time", id="nothing"),
        pytest.param("DATE 'infinity'", "bad-time", id="no day"),
    ],
)
def test_a_column_of_parquet_says_what_its_times_are(tmp_path, value, answer):
    path = a_parquet(tmp_path, f"'Almaty', {value}")

    assert answers(screen(path, "--when-column", "t")) == [answer]


def test_midnights_alone_may_be_days(tmp_path):
    path = a_parquet(tmp_path, "'Almaty', TIMESTAMP '2024-07-02'", "'Almaty', NULL")
    asked = ("--when-column", "t")

    told = screen(path, *asked)
    assert (told.code, "say --when-precision day or second" in told.err) == (2, True)
    assert answers(screen(path, *asked, "--when-precision", "day"))[0] == "in force"
    assert answers(screen(path, *asked, "--when-precision", "second"))[0] == "clear"


def test_midnights_among_other_times_are_seconds(tmp_path):
    path = a_parquet(
        tmp_path, "'Almaty', TIMESTAMP '2024-07-02'", "'Almaty', TIMESTAMP '2024-07-02 10:00'"
    )

    assert answers(screen(path, "--when-column", "t")) == ["clear", "in force"]


@pytest.mark.parametrize(
    ("row", "options", "told"),
    [
        ("'Almaty', 20240702", (), "holds INTEGER"),
        ("7, '2024-07-02'", (), "a place is a text"),
        ("'Almaty', '2024-07-02'", ("--when-precision", "day"), "these times are none"),
        (
            "'Almaty', TIMESTAMPTZ '2024-07-02 00:00Z'",
            ("--when-precision", "day"),
            "no days before a clock is chosen",
        ),
    ],
)
def test_columns_that_hold_no_times_or_places(tmp_path, row, options, told):
    found = screen(a_parquet(tmp_path, row), "--when-column", "t", *options)

    assert (found.code, told in found.err) == (2, True)


def test_columns_of_parquet_come_out_as_they_were(tmp_path):
    row = "'Almaty', DATE '2024-07-02', 7::UTINYINT, NULL, [1, 2], TIMESTAMPTZ '2024-07-02 00:00Z'"
    path = a_parquet(tmp_path, row, columns='place, "when", told, own0, "a ""b""", flaw')
    goal = tmp_path / "screened.parquet"

    assert screen(path, "--out", str(goal)).code == 1

    came, went = (duckdb.read_parquet(str(name)) for name in (path, goal))
    assert went.columns[:6] == came.columns
    assert went.types[:6] == came.types
    assert went.project("columns(*)").fetchall()[0][:5] == came.fetchall()[0][:5]
    assert went.columns[6:] == ["answer", "level", "advisories", "covered", "place_id", "error"]


def test_what_is_no_parquet_file(tmp_path):
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"PAR1 and nothing else")

    assert screen(str(path)).code == 3


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_the_suffix_of_the_output_says_its_form(tmp_path, suffix):
    goal = tmp_path / f"screened.{suffix}"

    assert screen(a_table(tmp_path, IN_FORCE), "--out", str(goal)).code == 1

    found = duckdb.sql(f"SELECT * FROM '{goal}'").fetchall()
    assert found[0][2:5] == ("in force", "yellow", "country")


@pytest.mark.parametrize("name", ["lines.jsonl", "bytes.jsonl"])
def test_lines_come_out_as_a_table_of_all_keys(name):
    told = screen(str(DATA / name), "--format", "csv")

    lines = [
        json.loads(line) for line in screen(str(DATA / name), "--format", "jsonl").out.splitlines()
    ]
    assert [row["error"] for row in rows_of(told)] == [line["error"] or "" for line in lines]


def test_lines_by_standard_input_are_known_by_their_bracket(monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO((DATA / "plain.jsonl").read_bytes()))
    monkeypatch.setattr(sys, "stdin", stdin)

    assert answers(screen("-")) == ["clear", "in force"]


@pytest.mark.parametrize(
    ("start", "told"),
    [
        ("place,when\n".encode("utf-16"), "in UTF-16"),
        (b"\x1f\x8b\x08", "unpack it"),
    ],
)
def test_files_that_are_no_tables(tmp_path, start, told):
    path = tmp_path / "rows.csv"
    path.write_bytes(start)
    found = screen(str(path))

    assert (found.code, told in found.err) == (3, True)


def test_a_form_that_cannot_tell_columns_apart(tmp_path):
    path = a_table(tmp_path, "Almaty,2024-07-06,1,2", headings="place,when,x,X")

    assert [screen(path, "--format", form).code for form in ("csv", "jsonl")] == [0, 2]


def test_what_does_not_fit_is_left_out_of_what_is_drawn(tmp_path, monkeypatch):
    for columns, headings in (("70", 0), ("200", 2)):
        monkeypatch.setenv("COLUMNS", columns)

        told = screen(a_table(tmp_path, IN_FORCE), "--format", "table").out

        assert sum(heading in told for heading in ("covered", "place_id")) == headings
        assert "in force" in told
        assert all(len(line) <= int(columns) for line in told.splitlines())


def test_a_table_for_people(tmp_path):
    told = screen(a_table(tmp_path, IN_FORCE, "\x1b[31mred,2024-07-03"), "--format", "table")

    assert "yellow" in told.out
    assert "\x1b" not in told.out


def test_segments_and_their_query_are_written_for_elsewhere(tmp_path):
    segments, query = tmp_path / "segments.parquet", tmp_path / "screen.sql"
    path = a_table(tmp_path, IN_FORCE, CLEAR, UNKNOWN, "Almaty,")

    told = screen(path, "--emit", str(segments), "--sql", str(query))

    assert (told.code, told.out, told.err) == (0, "", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "rows.csv", "screen.sql", "segments.parquet",
    ]  # fmt: skip
    base = duckdb.connect()
    base.execute(f"CREATE VIEW sca_segments AS FROM '{segments}'")
    base.execute(
        'CREATE VIEW sca_rows AS SELECT 1 AS own, place AS sca_place, "when" AS sca_when, '
        f"NULL::VARCHAR AS sca_until FROM read_csv('{path}', all_varchar = true, "
        "force_not_null = ['when'])"
    )
    found = base.execute(query.read_text("utf-8")).fetchall()
    assert sorted((row[4], row[9]) for row in found if row[4]) == [
        ("clear", None), ("in force", None),
    ]  # fmt: skip
    assert sorted(row[9] for row in found if row[9]) == ["bad-time", "unknown-place"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--emit", "a.parquet"), "they go together"),
        (("--sql", "a.sql"), "they go together"),
        (("--emit", "a", "--sql", "a"), "name the same file"),
        (("--emit", "a", "--sql", "b", "--summary"), "leave out"),
        (("--emit", "a", "--sql", "b", "--out", "c"), "leave out"),
    ],
)
def test_what_does_not_go_with_emit(tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    found = screen(a_table(tmp_path, CLEAR), *arguments)

    assert (found.code, told in found.err) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]


def test_neither_file_is_written_where_one_is_there_or_the_table_is_broken(tmp_path):
    segments, query = tmp_path / "segments.parquet", tmp_path / "screen.sql"
    query.write_text("mine")
    asked = ("--emit", str(segments), "--sql", str(query))

    assert screen(a_table(tmp_path, CLEAR), *asked).code == 2
    assert screen(a_table(tmp_path, 'Almaty,"2024'), *asked, "--force").code == 3
    assert (query.read_text(), segments.exists()) == ("mine", False)
    assert screen(a_table(tmp_path, CLEAR), *asked, "--force").code == 0
    assert query.read_text().startswith("-- sca ")


def test_a_bar_is_drawn_on_a_terminal_and_nowhere_else(tmp_path):
    """By a terminal of its own: what is drawn goes to stderr, and stdout has the rows alone."""
    pty = pytest.importorskip("pty")
    path = a_table(tmp_path, IN_FORCE)
    ours, theirs = pty.openpty()
    options = ("--rules", str(DATA / "rules"), "--now", NOW)
    done = subprocess.run(
        [sys.executable, "-m", "sca", "screen", path, *options],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm"},
        check=False,
    )
    os.close(theirs)
    drawn = os.read(ours, 100_000).decode()
    os.close(ours)

    assert "screening" in drawn
    assert (done.returncode, done.stdout.decode()) == (1, screen(path).out)


def test_without_the_extra_one_line_says_what_to_install(tmp_path):
    """In a process of its own, in which the libraries cannot be found."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Hidden:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in ('duckdb', 'numpy'):\n"
        "            raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Hidden())\n"
    )
    root = Path(__file__).parent.parent
    path = os.pathsep.join([str(tmp_path), str(root)])
    done = subprocess.run(
        [sys.executable, "-m", "sca", "screen", a_table(tmp_path, CLEAR)],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "sca: screen needs duckdb, which is not installed; run pip install duckdb numpy pyarrow\n"
    )
