"""`sca screen`: a verdict for each row, whatever the rows are like."""

import io
import os
import subprocess
import sys
from pathlib import Path

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
    told = screen(str(path))

    err = told.err.replace(f"{DATA}{os.sep}", "")
    found = f"{told.code}\n{told.out.replace(chr(13), '<CR>')}---\n{err}"
    golden = path.with_name(f"{path.name}.txt")
    assert found == golden.read_text(encoding="utf-8")


def a_table(folder: Path, *rows: str, headings: str = "place,when") -> str:
    path = folder / "rows.csv"
    path.write_text("\n".join([headings, *rows, ""]), encoding="utf-8")
    return str(path)


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


def test_a_table_for_people(tmp_path):
    told = screen(a_table(tmp_path, IN_FORCE, "\x1b[31mred,2024-07-03"), "--format", "table")

    assert "yellow" in told.out
    assert "\x1b" not in told.out


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
        "sca: screen needs duckdb, which is not installed; "
        "run pip install 'sca-advisories[screen]'\n"
    )
