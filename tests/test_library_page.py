"""The page of the library: it is what the script makes, and nothing that is shipped is missing."""

import importlib.util
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from sca.reading import load
from sca.ruleset import shipped

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "rules" / "LIBRARY.md").read_text(encoding="utf-8")
SHIPPED = [tomllib.loads(path.read_text("utf-8")) for path in sorted(ROOT.glob("rules/**/*.toml"))]


def imported(path):
    spec = importlib.util.spec_from_file_location(f"tested_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


library = imported(ROOT / "scripts" / "make_library.py")


def rows_of(page):
    """The cells of every row of every table."""
    return [line[2:-2].split(" | ") for line in page.splitlines() if line.startswith("| ")]


def test_the_page_is_what_is_made_of_the_shipped_rules():
    rules = load([shipped()])

    assert library.page(rules) == PAGE, "run make library"


def test_every_shipped_advisory_is_on_the_page_with_the_number_of_its_bulletins():
    told = {(row[0], row[2], row[7]) for row in rows_of(PAGE) if len(row) == 9}
    shipped = {
        (d["id"], d["scheme"], str(len(d["bulletins"]))) for d in SHIPPED if "bulletins" in d
    }

    assert shipped
    assert shipped - told == set()


def test_every_shipped_watch_is_on_the_page():
    told = Counter((row[0], *row[2:4]) for row in rows_of(PAGE) if len(row) == 5)
    every = (watch for data in SHIPPED for watch in data.get("watches", ()))
    shipped = Counter((watch["scheme"], watch["from"], watch["until"]) for watch in every)

    assert shipped
    assert shipped - told == Counter()


RULE = """\
id = "{id}"
title = "{id} | title"
issuer = "Us"
scheme = "{scheme}"
timezone = "Asia/Almaty"
sources = ["https://example.org/1"]
{more}

[[bulletins]]
issued = "2024-07-01"
level = "yellow"
places = ["Kazakhstan"]

[[bulletins]]
issued = "2024-07-02"
level = "red"
places = ["Almaty"]
expires = "{expires}"
then = "before"
"""

CANCEL = """
[[bulletins]]
issued = "2024-08-01T14:00"
level = "none"
places = ["Kazakhstan", "Almaty"]
"""

WATCH = """\
[[watches]]
scheme = "kz-terror-threat"
places = ["Kazakhstan"]
from = "{}"
until = "{}"
"""

DECLARED = "| advisory | title | scale | levels | from | through | places | bulletins | remarks |"
WATCHED = "| scale | places | watched from | through (last review) | after that |"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The page of two advisories and three watches of Kazakhstan."""
    folder = tmp_path_factory.mktemp("rules")
    thin = 'confidence = "reported"\nstatus = "Exercise"\nsettings = ["bank", "shop"]'
    files = {
        "open": RULE.format(id="open", scheme="kz-terror-threat", more="", expires="2024-07-03"),
        "thin": RULE.format(id="thin", scheme="ru-terror-threat", more=thin, expires="2024-07-03")
        .replace("red", "blue") + CANCEL,
        "watches": WATCH.format("2016-01-01", "2017-12-31")
        + WATCH.format("2018-01-01", "2018-06-30")
        + WATCH.format("2019-01-01", "2024-06-30")
        + 'max_age = "P90D"\n',
    }  # fmt: skip
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return library.page(load([folder]))


def test_the_page_tells_what_there_is_and_where_the_holes_are(small):
    _, told = small.split("\n\n| country ")

    assert told.splitlines() == [
        "| advisories | bulletins | watched |",
        "| --- | --- | --- | --- |",
        "| Kazakhstan | 2 | 5 | in part |",
        "",
        "## Kazakhstan",
        "",
        DECLARED,
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        "| open | open \\| title | kz-terror-threat | yellow, red | 2024-07-01 "
        "| until further notice | Kazakhstan, and 1 place in it | 2 |  |",
        "| thin | thin \\| title | ru-terror-threat | blue, yellow | 2024-07-01 "
        "| 2024-08-01 13:59 | Kazakhstan, and 1 place in it | 3 "
        "| a drill; known from reports only; only in bank, shop |",
        "",
        WATCHED,
        "| --- | --- | --- | --- | --- |",
        "| kz-terror-threat | Kazakhstan | 2016-01-01 | 2017-12-31 | goes on |",
        "| kz-terror-threat | Kazakhstan | 2018-01-01 | 2018-06-30 | hole until 2019-01-01 |",
        "| kz-terror-threat | Kazakhstan | 2019-01-01 | 2024-06-30 | relied on for P90D more |",
        "| ru-terror-threat | Kazakhstan, and 1 place in it | no watch |  | not known |",
    ]
