"""The document as text: golden screens for a pipe, and the words, sheets and tables they use.

A golden file is what the command in `PIPED` prints; write it anew when the words are meant to
change, and read the difference.
"""

import csv
import io
import json
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from sca.report import document, phrases, sheets, table, text
from tests.running import sca
from tests.test_check import a_rule

pytestmark = pytest.mark.usefixtures("first_rule")

SCREENS = Path(__file__).parent / "data" / "screens"

PIPED = {
    "check-in-force": ("Almaty", "2024-07-03T14:00"),
    "check-clear": ("Almaty", "2024-07-01T21:00"),
    "check-in-part": ("Karaganda Region", "2024-07-01/2024-07-03"),
    "check-twice": ("Almaty", "2024-02-29T23:30"),
    "check-threshold": ("Almaty", "2024-07-03T14:00", "--at-least", "orange"),
    "check-russian": ("Алматы", "2024-07-04T23:59:59", "--lang", "ru"),
    "check-coordinate": ("51.13,71.43", "2024-07-05"),
}
LIVES = {
    "life-in-part": ("Kazakhstan", "2024-01-13T12:00"),
    "life-hour-not-known": ("Talgar", "2024-01-12T20:00"),
    "life-as-of": ("Konaev", "2024-01-16", "--as-of", "2024-01-12"),
    "life-setting": ("City of Almaty", "2024-01-10", "--setting", "airport"),
    "life-clear": ("Almaty", "2024-07-20"),
    "life-stale": ("Glasgow", "2024-07-20"),
    "life-unwatched": ("Tokyo", "2024-07-20"),
    "life-not-yet-watched": ("Glasgow", "2023-12-31/2024-01-02"),
}
"""Questions about advisories with a life, and about silence."""
OF_LIVES = ("--rules", str(Path(__file__).parent / "data" / "life"), "--now", "2024-07-15T00:00Z")
IN_DOUBT = ("43.6,76.95", "2024-07-03T14:00")
"""A coordinate near the border of the City of Almaty."""


@pytest.mark.parametrize(("name", "arguments"), PIPED.items(), ids=PIPED)
def test_the_answer_as_it_goes_into_a_pipe(name, arguments):
    told = sca("check", *arguments)

    assert told.out == (SCREENS / f"{name}.txt").read_text(encoding="utf-8")
    assert told.err == ""


@pytest.mark.parametrize(("name", "arguments"), LIVES.items(), ids=LIVES)
def test_the_answer_about_what_has_a_life_as_it_goes_into_a_pipe(name, arguments):
    told = sca("check", *arguments, *OF_LIVES)

    assert told.out == (SCREENS / f"{name}.txt").read_text(encoding="utf-8")
    assert told.err == ""


def test_an_answer_that_nobody_can_give_as_it_goes_into_a_pipe(tmp_path):
    told = sca("check", *IN_DOUBT, "--rules", a_rule(tmp_path, place="City of Almaty"))

    assert told.out == (SCREENS / "check-cannot-tell.txt").read_text(encoding="utf-8")
    assert told.err == ""


@pytest.mark.parametrize("columns", ["20", "60", "200"])
def test_text_for_a_pipe_is_never_wrapped(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)

    told = sca("check", *PIPED["check-in-force"])

    assert told.out == (SCREENS / "check-in-force.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("Almaty", "2024-07-03T14:00"),
            "Almaty, Kazakhstan: yellow until 2024-07-04 23:59 (+05:00); 3 measures",
        ),
        (("Almaty", "2024-07-05"), "Almaty, Kazakhstan: clear; 1 advisory considered"),
        (
            ("Almaty", "2024-07-01T21:00"),
            "Almaty, Kazakhstan: clear until 2024-07-02 00:01 (+05:00); 1 advisory considered",
        ),
        (
            ("Karaganda Region", "2024-07-03"),
            "Karaganda Region, Kazakhstan: yellow in part until 2024-07-04 23:59 (+05:00); "
            "3 measures",
        ),
        (
            ("Kazakhstan", "2024-07-03"),
            "Kazakhstan: yellow in part until 2024-07-04 23:59 (+05:00); 3 measures",
        ),
        (
            ("Almaty", "2024-02-29T23:30"),
            "Almaty, Kazakhstan: clear until 2024-07-02 00:01 (+05:00); 1 advisory considered",
        ),
    ],
)
def test_short_is_one_line(arguments, line):
    assert sca("check", *arguments, "--short").out == f"{line}\n"


@pytest.mark.parametrize(
    ("when", "when_it_was"),
    [("2024-07-05", "before"), ("2024-07-02T00:00", "in|after|when")],
    ids=["over as the span starts", "starting as the span ends"],
)
def test_an_advisory_that_adjoins_the_span_is_told_on_its_own_side(when, when_it_was):
    """No time lies between them, and still one of the two comes first."""
    told = sca("check", "Almaty", when).out

    (line,) = (line for line in told.splitlines() if line.startswith("nearest"))
    assert "no time" not in line
    assert re.search(rf"\b({when_it_was})\b", line.rpartition("(+05:00)")[2])


# ------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (1, "1 second"),
        (-1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (61, "1 minute 1 second"),
        (3600, "1 hour"),
        (10_800, "3 hours"),
        (10_860, "3 hours 1 minute"),
        (86_399, "23 hours 59 minutes"),
        (86_400, "1 day"),
        (90_061, "1 day 1 hour"),
        (86_460, "1 day 1 minute"),
        (86_400_000, "1,000 days"),
    ],
)
def test_a_length_is_told_by_its_two_largest_units(seconds, told):
    assert phrases.length(seconds) == told


@given(st.integers(1, 10**9))
def test_a_length_is_told_the_same_both_ways_and_is_never_longer_than_it_is(seconds):
    told = phrases.length(seconds)

    sizes = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}
    units = re.findall(r"([\d,]+) ([a-z]+?)s?\b", told)
    least = sum(int(number.replace(",", "")) * sizes[unit] for number, unit in units)
    assert least <= seconds < least + sizes[units[0][1]]
    assert phrases.length(-seconds) == told


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 advisories"), (1, "1 advisory"), (2, "2 advisories")]
)
def test_a_count_has_its_noun(number, told):
    assert phrases.count(number, "advisory", "advisories") == told
    assert phrases.count(number, "measure") == told.replace("advisories", "measures").replace(
        "advisory", "measure"
    )


@pytest.mark.parametrize(
    ("start", "end", "zone", "told"),
    [
        pytest.param(
            "2024-07-01T19:01:00Z",
            "2024-07-04T19:00:00Z",
            "Asia/Almaty",
            "from 2024-07-02 00:01 through 2024-07-04 23:59 (+05:00)",
            id="the minute before its end is its last",
        ),
        pytest.param(
            "2024-07-01T19:01:00Z",
            "2024-07-04T19:00:00Z",
            None,
            "from 2024-07-01 19:01 through 2024-07-04 18:59 UTC",
            id="in UTC where there is no one clock",
        ),
        pytest.param(
            "2024-02-29T16:00:00Z",
            "2024-02-29T19:00:00Z",
            "Asia/Almaty",
            "from 2024-02-29 22:00 (+06:00) through 2024-02-29 23:59 (+05:00)",
            id="across a change of the clock",
        ),
        pytest.param(
            "2024-07-01T19:01:00Z",
            "2024-07-04T19:00:30Z",
            "Asia/Almaty",
            "from 2024-07-02 00:01 through 2024-07-05 00:00:29 (+05:00)",
            id="to the second",
        ),
        pytest.param(
            "2024-07-01T19:01:00Z",
            None,
            "Asia/Almaty",
            "from 2024-07-02 00:01 (+05:00) until further notice",
            id="without an end",
        ),
    ],
)
def test_a_window_is_told_as_notices_do(start, end, zone, told):
    assert phrases.window(start, end, zone) == told


def test_until_is_the_last_minute_inside():
    assert phrases.through("2024-07-04T19:00:00Z", "Asia/Almaty") == (
        "until 2024-07-04 23:59 (+05:00)"
    )
    assert phrases.through("2024-07-04T19:00:00Z", None) == "until 2024-07-04 18:59 UTC"
    assert phrases.through(None, "Asia/Almaty") == "until further notice"


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("2024-07-03T14:00", "2024-07-03 14:00 (+05:00) = 2024-07-03 09:00 UTC"),
        ("2024-07-03T14:00:30", "2024-07-03 14:00:30 (+05:00) = 2024-07-03 09:00:30 UTC"),
        ("2024-07-03T14:00Z", "2024-07-03 19:00 (+05:00) = 2024-07-03 14:00 UTC"),
        (
            "2024-07-03",
            "from 2024-07-03 00:00 through 2024-07-03 23:59 (+05:00) = "
            "2024-07-02 19:00 through 2024-07-03 18:59 UTC",
        ),
        (
            "2024-07-03T14:00/PT90M",
            "from 2024-07-03 14:00 through 2024-07-03 15:29 (+05:00) = "
            "2024-07-03 09:00 through 2024-07-03 10:29 UTC",
        ),
    ],
)
def test_the_time_is_told_on_the_place_s_clock_and_in_utc(when, told):
    assert sca("check", "Almaty", when).out.splitlines()[1] == told


# ------------------------------------------------------------------------------------------ sheets

PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")))


def a_row(text: str = "Patrols", **changes) -> dict:
    return {
        "advisory": "a",
        "level": {"id": "yellow"},
        "places": [{"id": "x", "name": "X"}, {"id": "y", "name": "Y"}],
        "from": "2024-07-02T00:01:00+05:00",
        "until": "2024-07-05T00:00:00+05:00",
        "measure": {"id": "m", "text": text, "settings": ["street", "metro"]},
    } | changes


@given(PRINTABLE)
def test_csv_is_read_back_as_it_was_written(words):
    told = sheets.csv([a_row(words)])

    head, row = csv.reader(io.StringIO(told, newline=""), strict=True)
    assert tuple(head) == sheets.COLUMNS
    inert = f"'{words}" if words.startswith(("=", "+", "-", "@")) else words
    assert row == [
        "a", "yellow", "X; Y", "2024-07-02T00:01:00+05:00", "2024-07-05T00:00:00+05:00",
        "m", "street; metro", inert,
    ]  # fmt: skip


@given(PRINTABLE)
def test_a_markdown_row_has_as_many_cells_as_its_head(words):
    head, rule, row = sheets.markdown([a_row(words)]).split("\n")[:3]

    bars = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in (head, rule, row)]
    assert bars == [len(sheets.COLUMNS) + 1] * 3


def test_a_row_without_a_measure_has_empty_cells():
    bare = a_row(measure=None, until=None)

    assert sheets.csv([bare]).splitlines()[1] == "a,yellow,X; Y,2024-07-02T00:01:00+05:00,,,,"
    assert sheets.markdown([bare]).splitlines()[2].endswith("|  |  |  |  |")


# ------------------------------------------------------------------------------------------ tables


def a_verdict(*arguments: str) -> document.Document:
    return json.loads(_asked_once(arguments))


@cache
def _asked_once(arguments: tuple[str, ...]) -> str:
    return sca("check", *arguments, "--json").out


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("name", PIPED)
def test_the_terminal_shows_all_the_words_of_the_pipe(name, columns, monkeypatch):
    """Both read the same document; wrapping and columns may part words, never lose them."""
    monkeypatch.setenv("COLUMNS", str(columns))
    shows_all_words(a_verdict(*PIPED[name]), columns)


@pytest.mark.parametrize("columns", [40, 120])
@pytest.mark.parametrize("name", LIVES)
def test_the_terminal_shows_all_the_words_about_what_has_a_life(name, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    shows_all_words(a_verdict(*LIVES[name], *OF_LIVES), columns)


@pytest.mark.parametrize("columns", [40, 120])
@pytest.mark.parametrize("place", ["City of Almaty", "Almaty Region"])
def test_the_terminal_shows_what_is_in_doubt(place, columns, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", str(columns))
    own = a_rule(tmp_path, place=place)

    told = a_verdict(*IN_DOUBT, "--rules", own)

    assert text.badge(told) == "CANNOT TELL"
    assert text.answer(told).startswith(
        f"whether 43.6,76.95 lies in {place}, where red is in force"
    )
    shows_all_words(told, columns)


def shows_all_words(told: document.Document, columns: int) -> None:
    drawn = table.drawn(table.verdict(told), terminal=False)

    assert max(map(len, drawn.splitlines())) <= columns
    assert drawn == "".join(f"{line.rstrip()}\n" for line in drawn.splitlines())
    letters = re.sub(r"\s", "", drawn)
    for advisory in told["advisories"]:
        for source in advisory["sources"]:
            assert source in letters
        for line in text.advice(advisory):
            assert re.sub(r"\s", "", line) in letters
        for _, value in text.facts(advisory):
            assert re.sub(r"\s", "", value) in letters
    for line in (
        *text.heading(told), text.badge(told), text.answer(told), *text.looked_at(told)
    ):  # fmt: skip
        assert re.sub(r"\s", "", line) in letters


def test_foreign_text_is_no_markup_in_tables():
    told = a_verdict(*PIPED["check-in-force"])
    told["advisories"][0]["title"] = "[bold]Title[/bold] [link=x]"
    told["advisories"][0]["measures"][0]["text"] = "[red]Kept out[/red] :warning:"

    drawn = table.drawn(table.verdict(told), terminal=False)

    assert "[bold]Title[/bold] [link=x]" in drawn
    assert ":warning:" in drawn


@pytest.mark.parametrize(
    ("colour", "letters"),
    [
        ("#ffd500", "#000000"),
        ("#d0021b", "#ffffff"),
        ("#000000", "#ffffff"),
        ("#ffffff", "#000000"),
    ],
)
def test_a_badge_can_be_read_on_its_colour(colour, letters):
    badge = table.badge({"colour": colour})

    assert badge.color
    assert badge.bgcolor
    assert (badge.color.name, badge.bgcolor.name) == (letters, colour)


def test_a_level_without_a_colour_gets_none():
    badge = table.badge({"colour": None})

    assert (badge.color, badge.bgcolor, badge.reverse) == (None, None, True)
