"""`sca list`: the table of measures, what narrows it, and its four forms."""

import csv
import io
import re
from pathlib import Path

import pytest

from sca.report.sheets import COLUMNS
from tests.running import Result, sca

pytestmark = pytest.mark.usefixtures("first_rule")

MEASURES = ["movement", "patrols", "inspection"]


def list_(*arguments: str) -> Result:
    return sca("list", *arguments)


def measures(*arguments: str) -> list[str]:
    """The ids of the measures in the rows that there are, in their order."""
    told = list_(*arguments, "--json")
    assert (told.code, told.err) == (0, "")
    return [row["measure"]["id"] if row["measure"] else "" for row in told.document["rows"]]


def a_rule(folder: Path, id: str, onset: str, expires: str, more: str = "", **changes: str) -> None:
    """A rule file; `changes` are its level, its place and its time zone."""
    folder.mkdir(exist_ok=True)
    words = {"level": "yellow", "place": "Astana", "timezone": "Asia/Almaty"} | changes
    (folder / f"{id}.toml").write_text(
        f'''id = "{id}"
title = "Of {id}"
issuer = "The authority"
scheme = "kz-terror-threat"
timezone = "{words["timezone"]}"
sources = ["https://example.org/notice"]
bulletins = [{{ issued = "{onset}", level = "{words["level"]}", places = ["{words["place"]}"], \
onset = "{onset}", expires = "{expires}" }}]
{more}''',
        encoding="utf-8",
    )


def a_measure(id: str, text: str, settings: str = "") -> str:
    named = f"settings = [{settings}]" if settings else ""
    return f"[[measures]]\nid = '{id}'\ntext = '''{text}'''\n{named}\n"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Three advisories in Astana: of 2024 (yellow), of 2025 (red) and of 2026 (yellow)."""
    patrols = a_measure("patrols", "Patrols", '"street"')
    checks = a_measure("checks", "Checks")
    a_rule(tmp_path / "rules", "c-2024", "2024-03-01", "2024-03-02", patrols)
    a_rule(tmp_path / "rules", "a-2025", "2025-03-01", "2025-03-02", patrols + checks, level="red")
    a_rule(tmp_path / "rules", "b-2026", "2026-03-01", "2026-03-02")
    return str(tmp_path / "rules")


# ---------------------------------------------------------------------------------- which rows


def test_without_anything_said_every_measure_is_a_row():
    assert measures() == MEASURES


def test_the_shipped_rules_are_listed_where_no_others_are_named(library):
    told = list_("Almaty", "--json").document

    assert told["rules"]["paths"] == [library]
    newest_first = list(dict.fromkeys(row["advisory"] for row in told["rows"]))
    assert newest_first[0] == "kz-2024-sco-summit"
    assert newest_first[-1] == "kz-2016-terror-levels"
    # What was red in the country in January 2022 and ended a week before the city's own level.
    red = [row for row in told["rows"] if row["level"]["id"] == "red"]
    assert {place["name"] for row in red for place in row["places"]} == {"City of Almaty"}


def test_the_newest_comes_first_and_an_advisory_without_measures_is_a_row_too(folder):
    rows = list_("--rules", folder, "--json").document["rows"]

    assert [(row["advisory"], row["measure"] and row["measure"]["id"]) for row in rows] == [
        ("b-2026", None),
        ("a-2025", "patrols"),
        ("a-2025", "checks"),
        ("c-2024", "patrols"),
    ]


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        pytest.param("Almaty", ["Almaty"], id="one of its places"),
        pytest.param("Алматы", ["Almaty"], id="by another name"),
        pytest.param("City of Almaty", ["Almaty"], id="the region around one"),
        pytest.param("Kazakhstan", ["Astana", "Almaty", "Karaganda", "Kokshetau"], id="all"),
        pytest.param("Shymkent", None, id="a place it does not name"),
        pytest.param("Almaty Region", None, id="the region next to one"),
        pytest.param("51.13,71.43", ["Astana"], id="a coordinate in one"),
        pytest.param("-33.87,151.21", None, id="a coordinate far away"),
    ],
)
def test_a_place_keeps_what_bears_on_it(place, shown):
    rows = list_(place, "--json").document["rows"]

    names = [[named["name"] for named in row["places"]] for row in rows]
    assert names == ([shown] * 3 if shown else [])


def test_an_advisory_on_a_region_bears_on_its_cities(tmp_path):
    a_rule(tmp_path, "own", "2024-03-01", "2024-03-02", place="Karaganda Region")

    assert measures("Karaganda", "--rules", str(tmp_path)) == [""]
    assert measures("Almaty", "--rules", str(tmp_path)) == []


@pytest.mark.parametrize(
    ("place", "named", "bears"),
    [
        pytest.param("Baikonur", "Kyzylorda Region", True, id="a region it may lie in"),
        pytest.param("Baikonur", "Samarkand Region", False, id="a region of another country"),
        pytest.param("Kyzylorda", "Karaganda Region", False, id="where its region is known"),
    ],
)
def test_what_may_bear_on_a_place_is_listed_as_well(place, named, bears, tmp_path):
    """No region is known for Baikonur."""
    a_rule(tmp_path, "own", "2024-03-01", "2024-03-02", place=named)

    assert measures(place, "--rules", str(tmp_path)) == ([""] if bears else [])


@pytest.mark.parametrize(
    ("at", "count"),
    [
        ("2024-07-02T00:00", 0),
        ("2024-07-02T00:01", 3),
        ("2024-07-01T19:00:59Z", 0),
        ("2024-07-01T19:01Z", 3),
        ("2024-07-04T23:59:59", 3),
        ("2024-07-05", 0),
        ("2024-06-01/2024-08-01", 3),
        ("2024-07-01/P2D", 3),
    ],
)
def test_at_keeps_what_is_in_force_then(at, count):
    """On the advisory's clock, as no place is asked about; on Almaty's, which is the same."""
    assert len(measures("--at", at)) == count
    assert len(measures("Almaty", "--at", at)) == count


def test_at_is_read_on_the_clock_of_the_place_that_is_asked_about(tmp_path):
    """In January 2024 Almaty was six hours ahead of UTC, and Oral five."""
    a_rule(tmp_path, "own", "2024-01-10T00:00", "2024-01-10T00:59", place="Kazakhstan")
    own = ("--rules", str(tmp_path))

    assert measures("--at", "2024-01-10T00:30", *own) == [""]
    assert measures("Almaty", "--at", "2024-01-10T00:30", *own) == [""]
    assert measures("Oral", "--at", "2024-01-10T00:30", *own) == []
    assert measures("Oral", "--at", "2024-01-09T23:30", *own) == [""]


@pytest.mark.parametrize(("now", "count"), [("2024-07-03T09:00Z", 3), ("2024-07-04T19:00Z", 0)])
def test_now_is_a_time_too(now, count, monkeypatch):
    assert len(measures("--at", "now", "--now", now)) == count
    monkeypatch.setenv("SCA_NOW", now)
    assert len(measures("--at", "now")) == count


@pytest.mark.parametrize(
    ("level", "kept"),
    [
        ("yellow", ["b-2026", "c-2024"]),
        ("kz-terror-threat:yellow", ["b-2026", "c-2024"]),
        ("red", ["a-2025", "a-2025"]),
        ("Moderate", ["b-2026", "c-2024"]),
        ("Extreme", ["a-2025", "a-2025"]),
        ("orange", []),
        ("Minor", []),
    ],
)
def test_a_level_is_that_level_and_no_graver_one(level, kept, folder):
    rows = list_("--level", level, "--rules", folder, "--json").document["rows"]

    assert [row["advisory"] for row in rows] == kept


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        (["airport"], ["patrols", "inspection"]),
        (["street"], ["movement", "patrols", "inspection"]),
        (["road"], ["movement"]),
        (["transport-hub"], ["patrols", "inspection"]),
        (["public-space"], ["movement", "patrols", "inspection"]),
        (["vulnerable-facility"], ["inspection"]),
        (["school"], []),
        (["school", "vulnerable-facility"], ["inspection"]),
        (["street", "vulnerable-facility"], ["movement", "patrols", "inspection"]),
    ],
)
def test_a_setting_keeps_the_measures_that_bite_there(settings, kept):
    assert measures(*(word for name in settings for word in ("--setting", name))) == kept


def test_a_measure_without_settings_bites_everywhere(folder):
    rows = list_("--setting", "school", "--rules", folder, "--json").document["rows"]

    # An advisory without any measure holds everywhere as well.
    assert [row["advisory"] for row in rows] == ["b-2026", "a-2025"]
    assert rows[1]["measure"]["id"] == "checks"


def test_all_that_is_asked_for_must_be_so():
    asked = ("Astana", "--at", "2024-07-03", "--level", "yellow", "--setting", "airport")

    assert measures(*asked) == ["patrols", "inspection"]
    assert measures(*asked[:-2], "--setting", "school") == []
    assert measures("Shymkent", *asked[1:]) == []


def test_lang_chooses_the_words_of_the_rows():
    rows = list_("--lang", "ru", "--json").document["rows"]

    assert rows[0]["title"] == "Жёлтый уровень террористической опасности на время саммита ШОС"
    assert rows[1]["measure"]["text"] == (
        "В общественных местах больше патрулей, в том числе с собаками"
    )


# ------------------------------------------------------------------- advisories that have a life

LIFE = """\
id = "life"
title = "Life"
issuer = "The authority"
scheme = "kz-terror-threat"
timezone = "local"
sources = ["https://example.org/notice"]
measures = [{ id = "raids", text = "Raids", levels = ["red"], settings = ["street"] }]

[[bulletins]]
issued = "2024-01-01"
level = "yellow"
places = ["Kazakhstan"]
expires = "2024-01-20"

[[bulletins]]
issued = "2024-01-05T12:00"
level = "red"
places = ["Almaty Region"]
expires = "2024-01-15T11:59"
then = "before"

[[bulletins]]
issued = "2024-01-10T12:00"
level = "none"
places = ["Konaev"]
"""
"""Yellow in the country, for some days red in a region of it, and lifted early in one city there.

In January 2024 Almaty was six hours ahead of UTC, and Oral five.
"""


@pytest.fixture
def life(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "life.toml").write_text(LIFE, encoding="utf-8")
    return "--rules", str(tmp_path / "life.toml")


def stretches(*arguments: str) -> list[str]:
    """Level, places, start and end of the rows, on their own clock."""
    rows = list_(*arguments, "--json").document["rows"]
    return [
        f"{row['level']['id']} {', '.join(place['name'] for place in row['places'])} "
        f"{row['from'][8:16]} {row['until'][8:16]} {row['from'][-6:]}"
        for row in rows
    ]


YELLOW_KONAEV = "yellow Konayev 01T00:00 05T12:00 +06:00"


@pytest.mark.parametrize(
    ("place", "told"),
    [
        pytest.param("Astana", ["yellow Kazakhstan 01T00:00 21T00:00 +06:00"], id="the country"),
        pytest.param("Oral", ["yellow Kazakhstan 01T00:00 21T00:00 +05:00"], id="by its own clock"),
        pytest.param(
            "Konaev", ["red Konayev 05T12:00 10T12:00 +06:00", YELLOW_KONAEV], id="its own history"
        ),
        pytest.param(
            "Talgar",
            [
                "yellow Almaty Region 15T12:00 21T00:00 +06:00",
                "red Almaty Region 05T12:00 15T12:00 +06:00",
                "yellow Almaty Region 01T00:00 05T12:00 +06:00",
            ],
            id="the region around it",
        ),
        pytest.param(
            "Kazakhstan",
            [
                "yellow Almaty Region 15T12:00 21T00:00 +06:00",
                "red Almaty Region 05T12:00 15T12:00 +06:00",
                "red Konayev 05T12:00 10T12:00 +06:00",
                "yellow Kazakhstan 01T00:00 21T00:00 +05:00",
                "yellow Kazakhstan 01T00:00 21T00:00 +06:00",
                "yellow Almaty Region, Konayev 01T00:00 05T12:00 +06:00",
            ],
            id="all there is, by each clock",
        ),
    ],
)
def test_a_place_is_told_by_the_history_nearest_to_it(place, told, life):
    assert stretches(place, *life) == told


@pytest.mark.parametrize("at", ["2024-01-01T09:00", "2024-01-02T09:00"])
def test_a_day_on_which_something_began_is_no_row_of_its_own(at, life):
    """Its hour is not known, so it may not have held in all of that day."""
    whole = ["yellow Kazakhstan 01T00:00 21T00:00 +06:00"]

    assert stretches("Astana", *life, "--at", at) == whole


@pytest.mark.parametrize(
    ("as_of", "told"),
    [
        ("2023-12-31", []),
        ("2024-01-04", ["yellow Konayev 01T00:00 21T00:00 +06:00"]),
        (
            "2024-01-06",
            [
                "yellow Konayev 15T12:00 21T00:00 +06:00",
                "red Konayev 05T12:00 15T12:00 +06:00",
                YELLOW_KONAEV,
            ],
        ),
        ("2024-01-11", ["red Konayev 05T12:00 10T12:00 +06:00", YELLOW_KONAEV]),
    ],
)
def test_as_of_an_earlier_time_only_what_was_known_then_is_told(as_of, told, life):
    assert stretches("Konaev", *life, "--as-of", as_of) == told


def test_as_of_a_time_without_a_place_everything_is_told_as_it_was_known(life):
    assert stretches(*life, "--as-of", "2024-01-04") == [
        "yellow Kazakhstan, Almaty Region, Konayev 01T00:00 21T00:00 +06:00"
    ]
    assert stretches(*life, "--as-of", "2023-12-31") == []


def test_what_may_have_been_known_is_told_and_says_so(life):
    """By the end of the day on which it was lifted at noon, or before noon."""
    asked = ("Konaev", *life, "--as-of", "2024-01-10")

    told = list_(*asked, "--json").document

    rows = [(row["level"]["id"], row["until"][:16], row["doubt"]) for row in told["rows"]]
    assert told["as_of"] == "2024-01-10"
    assert rows == [
        ("yellow", "2024-01-21T00:00", "known"),
        ("red", "2024-01-15T12:00", "known"),
        ("red", "2024-01-10T12:00", None),
        ("yellow", "2024-01-05T12:00", None),
    ]
    lines = list_(*asked).out.splitlines()
    assert lines[0] == "as it was known at 2024-01-10"
    assert lines.count("whether this was known by then is not certain") == 2
    assert list_(*asked, "--level", "blue").out.splitlines()[2] == "no advisory matches"


def test_at_and_as_of_go_together(life):
    asked = ("Konaev", *life, "--at", "2024-01-12")

    assert stretches(*asked) == []
    assert stretches(*asked, "--as-of", "2024-01-06") == ["red Konayev 05T12:00 15T12:00 +06:00"]


def test_a_level_at_which_no_measure_bites_is_a_row_too(life):
    rows = list_("Konaev", *life, "--json").document["rows"]

    assert [(row["level"]["id"], row["measure"] and row["measure"]["id"]) for row in rows] == [
        ("red", "raids"),
        ("yellow", None),
    ]


def test_a_level_without_measures_holds_in_every_setting(life):
    """As check has it: where no measure is named for a level, the level itself bites."""
    assert stretches("Konaev", *life, "--setting", "airport") == [YELLOW_KONAEV]
    assert len(stretches("Konaev", *life, "--setting", "street")) == 2


def test_a_measure_with_bounds_of_its_own_is_told_by_those(tmp_path):
    bounds = """\
onset = "2024-03-01T10:00"
[[measures]]
id = "late"
text = "Starts later"
onset = "2024-03-02T08:00"
expires = "2024-03-09"
[[measures]]
id = "past"
text = "Is over"
expires = "2024-02-29"
"""
    a_rule(tmp_path, "own", "2024-03-01", "2024-03-03", a_measure("early", "Holds on") + bounds)

    rows = list_("--rules", str(tmp_path), "--json").document["rows"]

    assert [(row["measure"]["id"], row["from"][8:16], row["until"][8:16]) for row in rows] == [
        ("early", "01T10:00", "04T00:00"),
        ("late", "02T08:00", "04T00:00"),
    ]


def test_an_advisory_for_some_settings_is_listed_for_those(life):
    path = Path(life[1])
    path.write_text('settings = ["railway-line"]\n' + path.read_text(encoding="utf-8"))

    assert stretches("Konaev", *life, "--setting", "airport") == []
    assert stretches("Konaev", *life, "--setting", "railway-line") == [YELLOW_KONAEV]


# ------------------------------------------------------------------------------------- in what form


def test_the_document_is_the_same_by_either_option():
    told = list_("--json")

    assert list_("--format", "json") == told
    assert list_("--format=json", "--json") == told
    assert told.document["kind"] == "list"
    assert told.document["rows"][0] == {
        "advisory": "kz-2024-sco-summit",
        "title": "Yellow terror-threat level during the SCO summit",
        "level": {
            "scheme": "kz-terror-threat",
            "id": "yellow",
            "name": "moderate",
            "severity": "Moderate",
            "colour": "#ffd500",
            "meaning": "There is information about a real possibility of an act of terrorism, "
            "still to be confirmed",
        },
        "places": [
            {"id": "geonames:1526273", "name": "Astana"},
            {"id": "geonames:1526384", "name": "Almaty"},
            {"id": "geonames:609655", "name": "Karaganda"},
            {"id": "geonames:1522203", "name": "Kokshetau"},
        ],
        "start": "2024-07-01T19:01:00Z",
        "end": "2024-07-04T19:00:00Z",
        "timezone": "Asia/Almaty",
        "from": "2024-07-02T00:01:00+05:00",
        "until": "2024-07-05T00:00:00+05:00",
        "doubt": None,
        "measure": {
            "id": "movement",
            "text": "Vehicles and pedestrians may be kept out of certain areas",
            "settings": ["street", "road"],
            "levels": [],
            "places": [],
            "hours": None,
            "recurs": None,
        },
    }


def test_csv_is_read_back_by_the_standard_reader():
    told = list_("--format", "csv")

    assert (told.code, told.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(told.out), strict=True))
    assert [row["measure"] for row in rows] == MEASURES
    assert rows[2] == {
        "advisory": "kz-2024-sco-summit",
        "level": "yellow",
        "places": "Astana; Almaty; Karaganda; Kokshetau",
        "from": "2024-07-02T00:01:00+05:00",
        "until": "2024-07-05T00:00:00+05:00",
        "measure": "inspection",
        "settings": "vulnerable-facility; public-space; mass-event; airport; metro; bus-terminal; "
        "railway-station",
        "text": "Vulnerable facilities, public places, the ways to mass events, airports, metro "
        "and railway stations and bus terminals are inspected thoroughly",
    }


AWKWARD = 'A "quoted", comma; a | bar, a \\\\ stroke,\n a line end and Қазақша'


def test_csv_keeps_whatever_a_text_holds(tmp_path):
    a_rule(tmp_path, "own", "2024-03-01", "2024-03-02", a_measure("one", AWKWARD))

    told = list_("--rules", str(tmp_path), "--format", "csv")

    (row,) = csv.DictReader(io.StringIO(told.out), strict=True)
    # Line ends become blanks where foreign text enters.
    assert row["text"] == 'A "quoted", comma; a | bar, a \\\\ stroke, a line end and Қазақша'
    assert (row["settings"], row["until"]) == ("", "2024-03-03T00:00:00+05:00")


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)"])
def test_csv_gives_a_spreadsheet_no_formula(text, tmp_path):
    a_rule(tmp_path, "own", "2024-03-01", "2024-03-02", a_measure("one", text))

    told = list_("--rules", str(tmp_path), "--format", "csv")

    (row,) = csv.DictReader(io.StringIO(told.out), strict=True)
    assert row["text"] == f"'{text}"


def cells(line: str) -> list[str]:
    """The cells of a line of a Markdown table, as GitHub reads it (GFM 4.10)."""
    assert line.startswith("| ")
    assert line.endswith(" |")
    parts = re.findall(r"((?:\\.|[^|\\])*)\|", line[1:])
    return [re.sub(r"\\(.)", r"\1", part.strip()) for part in parts]


def test_markdown_is_a_table_whose_cells_are_kept(tmp_path):
    a_rule(tmp_path, "own", "2024-03-01", "2024-03-02", a_measure("one", AWKWARD))

    head, rule, row = list_("--rules", str(tmp_path), "--format", "markdown").out.splitlines()

    assert cells(head) == list(COLUMNS)
    assert rule == "| --- | --- | --- | --- | --- | --- | --- | --- |"
    assert cells(row) == [
        "own",
        "yellow",
        "Astana",
        "2024-03-01T00:00:00+05:00",
        "2024-03-03T00:00:00+05:00",
        "one",
        "",
        'A "quoted", comma; a | bar, a \\\\ stroke, a line end and Қазақша',
    ]


def test_markdown_and_csv_say_the_same():
    sheet = list(csv.reader(io.StringIO(list_("--format", "csv").out)))
    head, _, *rows = list_("--format", "markdown").out.splitlines()

    assert [cells(line) for line in (head, *rows)] == sheet


def test_the_table_is_the_form_if_none_is_named():
    assert list_() == list_("--format", "table")


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_the_table_fits_the_columns_there_are_and_loses_no_word(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))

    told = list_()

    assert max(map(len, told.out.splitlines())) <= columns
    assert told.out.isascii()
    words = ("kz-2024-sco-summit", "Kokshetau", "patrols:", "bus-terminal", "railway-station")
    for word in (*words, "2024-07-02 00:01", "2024-07-04 23:59", "(+05:00)"):
        assert word in told.out


def test_a_list_without_rows_is_still_of_its_form():
    nothing = ("Shymkent",)

    assert list_(*nothing) == Result(0, "no advisory matches\n", "")
    assert list_(*nothing, "--format", "csv").out == ",".join(COLUMNS) + "\n"
    assert len(list_(*nothing, "--format", "markdown").out.splitlines()) == 2
    assert list_(*nothing, "--json").document["rows"] == []


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_no_form_leaves_rows_out(form, tmp_path):
    """worldmonitor#7198: a cap meant for news left 15 advisories of 219."""
    for number in range(30):
        more = "".join(a_measure(f"m{number:02}-{letter}", "Checks") for letter in "abc")
        a_rule(tmp_path, f"rule-{number:02}", "2024-03-01", "2024-03-02", more)

    told = list_("--rules", str(tmp_path), "--format", form)

    ids = re.findall(r"\bm\d\d-[abc]\b", told.out)
    assert ids == [f"m{number:02}-{letter}" for number in range(30) for letter in "abc"]


def test_until_further_notice_is_no_date(tmp_path):
    a_rule(tmp_path, "own", "2024-03-01", "2024-03-02")
    path = tmp_path / "own.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(', expires = "2024-03-02"', ""))
    own = ("--rules", str(tmp_path))

    row = list_(*own, "--json").document["rows"][0]
    assert (row["end"], row["until"]) == (None, None)
    (line,) = csv.DictReader(io.StringIO(list_(*own, "--format", "csv").out))
    assert line["until"] == ""
    assert "until further notice" in list_(*own).out


# --------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("Almatty",), 3, "unknown-place"),
        (("--at", "tomorrow"), 2, "bad-time"),
        (("--at", "2024-07-04/2024-07-02"), 2, "bad-time"),
        (("--at", ""), 2, "bad-time"),
        (("--as-of", "tomorrow"), 2, "bad-time"),
        (("--as-of", ""), 2, "bad-time"),
        (("40,-11", "--at", "2024-07-03"), 2, "bad-time"),
        (("--level", "purple"), 2, "unknown-level"),
        (("--level", ""), 2, "unknown-level"),
        (("--setting", "airprt"), 2, "unknown-setting"),
        (("--format", "yaml"), 2, "usage"),
        (("--at", "now", "--now", "2024-07-03"), 2, "bad-time"),
        (("--at-least", "yellow"), 2, "usage"),
        (("Almaty", "Astana"), 2, "usage"),
        (("Almatty", "--at", "1400"), 2, "bad-time"),
        (("Almatty", "--level", "purple"), 2, "unknown-level"),
    ],
)
def test_what_cannot_be_read_is_refused(arguments, code, named):
    told = list_(*arguments, "--json")

    assert (told.code, told.document["error"]["code"]) == (code, named)
    plain = list_(*arguments)
    assert (plain.code, plain.out) == (code, "")
    first, *rest = plain.err.splitlines()
    assert first.startswith("sca: ")
    offered = [c["text"] for c in told.document["error"]["candidates"]]
    for line in rest:
        # The way to the help, or a place that may have been meant.
        assert line == "sca list --help tells more" or line.split("  ")[1] in offered
    assert len(rest) <= max(1, len(offered))


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_broken_or_empty_rules_are_no_empty_list(form, tmp_path):
    """ashuttl/linecast#122: the same empty list for "down" and "quiet"."""
    told = list_("--rules", str(tmp_path), "--format", form)

    assert told.code == 3
    if form == "json":
        assert told.document["error"]["code"] == "broken-rules"
    else:
        assert told.out == ""
        assert told.err.splitlines() == [
            f"{tmp_path}: holds no rule file",
            "sca: no answer is given from rules with 1 mistake in them",
        ]
