"""`sca timeline`: rows and bars, columns and letters, the document and its three pictures.

A golden screen is what the command in `SCREENS` prints at that width; write it anew when the
picture is meant to change, and read the difference.
"""

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from sca.advisory import Doubt
from sca.cli import files
from sca.errors import Exit, Unwritable
from sca.evaluate import evaluate
from sca.levels import Severity, Threshold
from sca.places import Kind
from sca.question import Part, Question
from sca.report import chart, page, svg, table, timeline
from sca.report.letters import letters
from sca.report.timeline import Axis
from sca.spans import FOREVER, Span
from sca.timelines import Row, Timeline, by_advisory, by_place, chosen, scale
from tests.builders import (
    ORANGE,
    RED,
    YELLOW,
    a_place,
    a_segment,
    a_span,
    an_advisory,
    at,
    law,
)
from tests.running import Result, sca, valid

DATA = Path(__file__).parent / "data"
RULES = ("--rules", str(DATA / "timeline"))
NOW = ("--now", "2024-03-18T12:00Z")

LAND = a_place("Land", kind=Kind.COUNTRY)
NORTH = a_place("North", kind=Kind.REGION, within=(LAND.id,))
SOUTH = a_place("South", kind=Kind.REGION, within=(LAND.id,))
TOWN = a_place("Town", within=(NORTH.id, LAND.id))
EVERY_PLACE = (LAND, NORTH, SOUTH, TOWN)

ALL_TIME = a_span("2024-07-01", "2024-08-01")


def told(*arguments: str) -> dict[str, Any]:
    result = sca("timeline", *arguments, "--json")
    assert (result.code, result.err) == (0, "")
    return result.document


def asked(*parts: Any, place: Any = LAND) -> Question:
    every = parts or (NORTH, SOUTH, TOWN)
    told = (p if isinstance(p, Part) else Part(p, ALL_TIME, p.timezone) for p in every)
    return Question(place, tuple(told))


def shown(rows: tuple[Row, ...]) -> list[tuple[str, list[str]]]:
    """Each row's name, `…` after that of a rest, and its bars as `yellow 02-05`."""
    return [
        (
            (row.place.name + "…" * row.rest) if row.place else row.bars[0].advisory.id,
            [f"{b.level.id} {b.span.start:%d}-{b.span.end:%d}" for b in row.bars],
        )
        for row in rows
    ]


# ---------------------------------------------------------------------------------- rows and bars


def test_a_place_whose_parts_are_all_alike_is_one_row():
    everywhere = a_segment(an_advisory(), place=LAND)

    assert shown(by_place(asked(), [everywhere])) == [("Land", ["yellow 02-05"])]


def test_a_part_that_differs_has_a_row_and_the_rest_another_after_it():
    everywhere = a_segment("a", place=LAND)
    graver = a_segment("b", place=SOUTH, level=RED)

    rows = by_place(asked(), [everywhere, graver])

    assert shown(rows) == [
        ("South", ["red 02-05", "yellow 02-05"]),
        ("Land…", ["yellow 02-05"]),
    ]
    assert [place.name for place in rows[1].places] == ["North", "Town"]


def test_a_place_inside_one_that_differs_has_a_row_only_if_it_differs_from_that():
    north = a_segment("a", place=NORTH)
    town = a_segment("b", place=TOWN, span=a_span("2024-07-08", "2024-07-09"))

    (alike, _) = by_place(asked(), [north])
    assert [place.name for place in alike.places] == ["North", "Town"]
    rows = by_place(asked(), [north, town])
    assert shown(rows) == [
        ("North", ["yellow 02-05"]),
        ("Town", ["yellow 02-05", "yellow 08-09"]),
        ("Land…", []),
    ]
    assert [row.depth for row in rows] == [0, 1, 0]


def test_a_place_for_which_it_was_lifted_differs_from_what_is_around_it():
    """It is named, so that it has a history of its own, though nothing is left in that."""
    two = an_advisory(bulletins=(replace(an_advisory().bulletins[0], places=(LAND, SOUTH)),))

    rows = by_place(asked(), [a_segment(two, place=LAND)])

    assert shown(rows) == [("South", []), ("Land…", ["yellow 02-05"])]


def test_without_a_rest_there_is_no_row_of_it():
    segments = [a_segment("a", place=NORTH), a_segment("b", place=SOUTH, level=RED)]

    assert [name for name, _ in shown(by_place(asked(), segments))] == ["North", "South"]


def test_parts_at_several_clocks_make_one_bar_from_the_first_to_the_last():
    parts = [Part(LAND, ALL_TIME, "Asia/Almaty"), Part(LAND, ALL_TIME, "Asia/Aqtau")]
    east = a_segment(place=LAND, zone="Asia/Almaty")
    west = replace(east, zone="Asia/Aqtau", span=a_span("2024-07-02T01:00", "2024-07-05T01:00"))

    (row,) = by_place(asked(*parts), [east, west])

    assert [bar.span for bar in row.bars] == [a_span("2024-07-02", "2024-07-05T01:00")]


def test_a_part_that_differs_by_one_of_its_clocks_differs():
    parts = [Part(NORTH, ALL_TIME, zone) for zone in ("Asia/Almaty", "Asia/Aqtau")]
    everywhere = a_segment("a", place=LAND)
    west = a_segment("b", place=NORTH, zone="Asia/Aqtau", level=RED)

    rows = by_place(asked(*parts), [everywhere, west])

    assert shown(rows) == [("North", ["red 02-05", "yellow 02-05"])]


def test_what_may_hold_is_read_by_the_clock_of_the_place():
    strait = a_place("Strait", perhaps=(NORTH.id,), within=(LAND.id,))
    here = a_segment(place=NORTH, zone=strait.timezone)
    elsewhere = replace(here, zone="Asia/Aqtau", span=a_span("2024-07-08", "2024-07-09"))

    rows = by_place(asked(strait, place=strait), [here, elsewhere])

    assert shown(rows) == [("Strait", ["yellow 02-05"])]


def test_an_ordinary_state_counts_only_for_those_who_ask_for_it_and_a_drill_for_nobody():
    ordinary = replace(YELLOW, baseline=True)
    drill = an_advisory("b", exercise=True)
    (row,) = by_place(
        asked(), [a_segment(place=LAND, level=ordinary), a_segment(drill, place=LAND)]
    )
    threshold = Threshold("yellow", (("threat", 0),), Severity.Moderate)

    plain = Timeline((row,), ALL_TIME, ALL_TIME)
    strict = replace(plain, threshold=threshold)

    assert [plain.counts(bar) for bar in row.bars] == [False, False]
    assert [strict.counts(bar) for bar in row.bars] == [True, False]


def test_what_may_hold_at_a_place_is_told_in_doubt():
    strait = a_place("Strait", perhaps=(NORTH.id,), within=(LAND.id,))

    (row,) = by_place(asked(strait, place=strait), [a_segment(place=NORTH)])

    assert [(bar.doubt, [p.name for p in bar.places]) for bar in row.bars] == [
        (Doubt.PLACE, ["North"])
    ]


def test_what_holds_wherever_a_coordinate_lies_is_certain_and_all_else_in_doubt():
    point = a_place("1,1", kind=Kind.POINT, within=(NORTH.id, LAND.id))
    point = replace(point, otherwise=((SOUTH.id, LAND.id),))
    segments = [
        a_segment("a", place=LAND),
        a_segment("b", place=NORTH, level=ORANGE),
        a_segment("c", place=SOUTH, level=RED),
    ]

    (row,) = by_place(asked(point, place=point), segments)

    assert [(bar.level.id, bar.doubt) for bar in row.bars] == [
        ("red", Doubt.PLACE),
        ("orange", Doubt.PLACE),
        ("yellow", None),
    ]


def test_an_advisory_is_a_row_and_what_its_places_share_a_bar():
    first = an_advisory("b")
    segments = [
        a_segment(first, place=NORTH),
        a_segment(first, place=SOUTH),
        a_segment(first, place=TOWN, level=RED, bulletin=2),
        a_segment("a"),
    ]

    rows = by_advisory(segments)

    assert shown(rows) == [("a", ["yellow 02-05"]), ("b", ["red 02-05", "yellow 02-05"])]
    assert [p.name for p in rows[1].bars[1].places] == ["North", "South"]


def test_what_is_outside_the_time_or_below_the_threshold_is_not_chosen():
    segments = [
        a_segment(),
        a_segment(level=RED),
        a_segment(span=a_span("2024-07-05", "2024-07-06")),
    ]
    threshold = Threshold("orange", (("threat", 1),), Severity.Severe)

    assert chosen(segments, threshold, a_span("2024-07-04", "2024-07-05")) == (segments[1],)
    assert chosen(segments, within=a_span("2024-07-05", "2024-07-06")) == (segments[2],)


segments_of_anything = st.lists(
    st.builds(
        lambda id, place, level, start, days, bulletin: a_segment(
            id,
            place=place,
            level=level,
            bulletin=bulletin,
            span=Span(
                at("2024-07-01") + timedelta(start), at("2024-07-01") + timedelta(start + days)
            ),
        ),
        st.sampled_from("abc"),
        st.sampled_from(EVERY_PLACE),
        st.sampled_from((YELLOW, ORANGE, RED)),
        st.integers(0, 20),
        st.integers(1, 9),
        st.integers(1, 3),
    ),
    max_size=8,
)


@law
@given(segments_of_anything, st.integers(0, 30))
def test_a_row_tells_of_a_place_what_a_verdict_does(segments, day):
    instant = at("2024-07-01") + timedelta(day)
    rows = by_place(asked(LAND, NORTH, SOUTH, TOWN), segments)

    for place in EVERY_PLACE:
        (row,) = [row for row in rows if place in row.places]
        second = Span(instant, instant + timedelta(seconds=1))
        verdict = evaluate(asked(Part(place, second, place.timezone), place=place), segments)
        reasons = [reason.segment for f in verdict.findings for reason in f.because]
        assert {(b.advisory.id, b.level.id) for b in row.bars if instant in b.span} == {
            (segment.advisory.id, segment.level.id) for segment in reasons
        }


@law
@given(segments_of_anything)
def test_every_part_is_told_of_by_one_row(segments):
    rows = by_place(asked(*EVERY_PLACE), segments)

    ids = [place.id for row in rows for place in row.places]
    assert sorted(ids) == sorted(place.id for place in EVERY_PLACE)


# --------------------------------------------------------------------------------------- the scale

MARKED = a_span("2024-07-03", "2024-07-04")
LATER = a_span("2024-07-20", "2024-07-21")


def rows_of(*spans: Span) -> tuple[Row, ...]:
    return by_advisory(a_segment(span=span) for span in spans)


@pytest.mark.parametrize(
    ("rows", "more", "expected"),
    [
        pytest.param(
            rows_of(a_span()), {}, ("2024-07-01T22:00", "2024-07-05T01:00"), id="with some air"
        ),
        pytest.param(
            rows_of(a_span("2024-01-01", "2024-07-05")),
            {},
            ("2023-12-28", "2024-07-08"),
            id="whole days where it is long",
        ),
        pytest.param(
            rows_of(a_span()),
            {"start": at("2024-06-01"), "end": at("2024-09-01")},
            ("2024-06-01", "2024-09-01"),
            id="as it was asked",
        ),
        pytest.param(
            rows_of(a_span()),
            {"start": at("2024-07-01")},
            ("2024-07-01", "2024-07-05T01:00"),
            id="one end as it was asked",
        ),
        pytest.param(
            rows_of(a_span()),
            {"with_mark": True},
            ("2024-07-01T14:00", "2024-07-21T09:00"),
            id="with the moment that was asked for",
        ),
        pytest.param(
            rows_of(Span(at("2024-07-02"))),
            {},
            ("2024-07-01T14:00", "2024-07-21T09:00"),
            id="with the moment where something goes on",
        ),
        pytest.param((), {}, ("2024-07-05", "2024-08-05"), id="around the moment alone"),
        pytest.param(
            (),
            {"start": at("2030-01-01")},
            ("2030-01-01", "2030-01-16"),
            id="nothing after a start",
        ),
    ],
)
def test_the_scale_holds_all_that_is_shown(rows, more, expected):
    assert scale(rows, LATER, **more) == a_span(*expected)


def an_axis(
    columns: int = 10, start: str = "2024-07-01", end: str = "2024-07-11", zone=None
) -> Axis:
    return Axis(at(start), at(end), zone, columns)


@pytest.mark.parametrize(
    ("start", "end", "columns"),
    [
        pytest.param("2024-07-02", "2024-07-04", [1, 2], id="whole columns"),
        pytest.param("2024-07-02T23:59:59", "2024-07-03T00:00:01", [1, 2], id="a part of two"),
        pytest.param("2024-07-02T12:00", "2024-07-02T12:00:01", [1], id="a second"),
        pytest.param("2024-06-01", "2024-07-01", [], id="over before"),
        pytest.param("2024-07-11", "2024-07-12", [], id="after"),
        pytest.param("2024-06-01", "2024-08-01", [*range(10)], id="all of it and more"),
        pytest.param("2024-07-10T12:00", None, [9], id="open"),
    ],
)
def test_a_span_has_every_column_that_it_has_a_part_in(start, end, columns):
    utc = [None if text is None else f"{at(text):%Y-%m-%dT%H:%M:%SZ}" for text in (start, end)]

    assert [*an_axis().cells(*utc)] == columns


instants = st.datetimes(datetime(2024, 6, 1), datetime(2024, 8, 1)).map(
    lambda instant: f"{instant:%Y-%m-%dT%H:%M:%SZ}"
)


@law
@given(st.lists(instants, min_size=3, max_size=3, unique=True), st.integers(1, 300))
def test_spans_that_meet_leave_no_column_between_them(bounds, columns):
    first, middle, last = sorted(bounds)
    axis = an_axis(columns)

    both = {*axis.cells(first, middle), *axis.cells(middle, last)}
    assert both == {*axis.cells(first, last)}
    assert both <= {*range(columns)}


@law
@given(
    st.integers(1, 60 * 24 * 365 * 40),
    st.integers(20, 240),
    st.sampled_from([None, "Asia/Almaty", "America/New_York", "Africa/Cairo"]),
)
def test_dates_stand_where_they_are_and_none_runs_into_another(minutes, columns, zone):
    start = at("2003-10-25T17:23")
    axis = Axis(start, start + timedelta(minutes=minutes), zone, columns)

    found = timeline.ticks(axis, len, 1)

    ends = [tick.column + len(tick.label) for tick in found]
    assert all(end < tick.column for end, tick in zip(ends, found[1:], strict=False))
    assert all(
        0 <= tick.column <= columns and end <= columns
        for tick, end in zip(found, ends, strict=True)
    )
    assert len({len(tick.label) for tick in found if tick.label}) <= 1


@pytest.mark.parametrize(
    ("end", "columns", "labels"),
    [
        ("2024-07-01T06:00", 60, ["2024-07-01 00:00", "2024-07-01 02:00", "2024-07-01 04:00"]),
        ("2024-07-05", 60, ["2024-07-01", "2024-07-02", "2024-07-03", "2024-07-04"]),
        ("2024-09-01", 60, ["2024-07-01", "2024-07-15", "2024-08-01", "2024-08-15"]),
        ("2024-09-01", 30, ["2024-07", "2024-08"]),
        ("2025-07-01", 45, ["2024-07", "2024-10", "2025-01", "2025-04"]),
        ("2030-07-01", 60, ["2025", "2026", "2027", "2028", "2029", "2030"]),
        ("2064-07-01", 30, ["2030", "2040", "2050", "2060"]),
    ],
)
def test_the_finest_dates_that_have_room_are_written(end, columns, labels):
    axis = an_axis(columns, end=end)

    assert [tick.label for tick in timeline.ticks(axis, len, 2)] == labels


def test_dates_are_those_of_the_clock():
    axis = an_axis(40, "2024-06-30T19:00", "2024-07-02T19:00", "Asia/Almaty")

    assert [(tick.column, tick.label) for tick in timeline.ticks(axis, len, 2)] == [
        (0, "2024-07-01"),
        (20, "2024-07-02"),
    ]


# ------------------------------------------------------------------------------ letters and lines


@pytest.mark.parametrize(
    ("rows", "marks"),
    [
        pytest.param([["red", "orange", "yellow"]], "ROY", id="the first of each"),
        pytest.param([["severe", "substantial"]], "SU", id="another of its own"),
        pytest.param([["level-4", "level-3"]], "43", id="the number of a step"),
        pytest.param([["s", "s-", "s--"]], "SAB", id="any that is left"),
    ],
)
def test_each_level_has_a_letter_of_its_own(rows, marks):
    found = letters([[("scheme", level) for level in row] for row in rows])

    assert "".join(found.values()) == marks


levels_of_rows = st.lists(
    st.lists(
        st.tuples(st.sampled_from("abcdefghij"), st.sampled_from(["high", "low", "hot", "1", "ä"])),
        max_size=5,
        unique=True,
    ),
    max_size=12,
)


@law
@given(levels_of_rows)
def test_no_two_levels_of_a_row_share_a_letter(rows):
    found = letters(rows)

    for row in rows:
        schemes = {scheme for scheme, _ in row}
        beside = [level for level in found if level[0] in schemes]
        if len(beside) <= 36:
            assert len({found[level] for level in row}) == len(row)
    assert all(re.fullmatch("[A-Z0-9]", letter) for letter in found.values())


def a_bar(start: str, end: str | None, level: str = "red", **changes: Any) -> dict[str, Any]:
    return {
        "scheme": "threat",
        "level": level,
        "advisory": "a",
        "start": f"2024-07-{start}T00:00:00Z",
        "end": f"2024-07-{end}T00:00:00Z" if end else None,
        "doubt": None,
        "counts": True,
    } | changes


LEVELS = {
    ("threat", level): {"letter": level[0].upper(), "severity": severity, "rank": rank, "id": level}
    for rank, (level, severity) in enumerate(
        {"yellow": "Moderate", "orange": "Severe", "red": "Extreme"}.items()
    )
} | {("other", "high"): {"letter": "H", "severity": "Moderate", "rank": 3, "id": "high"}}


def line(*bars: dict[str, Any], columns: int = 10) -> str:
    axis = an_axis(columns)
    left, right = timeline.edges(bars, axis)
    cells = timeline.cells(bars, axis, LEVELS)
    return left + "".join(cell.mark if cell else "." for cell in cells) + right


@pytest.mark.parametrize(
    ("bars", "drawn"),
    [
        ([a_bar("02", "04")], " .RR....... "),
        ([a_bar("02", "04"), a_bar("04", "06", "yellow")], " .RRYY..... "),
        ([a_bar("02", "05", "yellow"), a_bar("03", "04")], " .YRY...... "),
        ([a_bar("03", "04"), a_bar("02", "05", "yellow")], " .YRY...... "),
        ([a_bar("08", None)], " .......RRR>"),
        ([a_bar("08", "20")], " .......RRR+"),
        ([a_bar("08", "11")], " .......RRR "),
        ([a_bar("02", "06", doubt="known")], " .?R?R..... "),
        ([a_bar("02", "03", doubt="place")], " .?........ "),
        ([a_bar("02", "03", doubt="hour"), a_bar("03", "05")], " .?RR...... "),
        ([a_bar("02", "07", counts=False)], " .R-R-R.... "),
        ([a_bar("02", "07", counts=False), a_bar("03", "04", "yellow")], " .RYR-R.... "),
        ([], " .......... "),
    ],
)
def test_a_line_shows_the_gravest_that_holds_in_any_part_of_a_column(bars, drawn):
    assert line(*bars) == drawn


def test_what_began_before_the_scale_is_marked_at_its_edge():
    before = a_bar("01", "03") | {"start": "2024-06-01T00:00:00Z"}

    assert line(before) == "+RR........ "


def test_an_hour_that_is_not_known_is_no_doubt_where_a_column_is_longer():
    doubtful = a_bar("02", "03", doubt="hour")

    assert line(doubtful, columns=10) == " .?........ "
    assert line(doubtful, columns=5) == " R.... "
    assert line(doubtful | {"doubt": "known"}, columns=5) == " ?.... "


def a_row(*bars: dict[str, Any], kind: str = "place") -> dict[str, Any]:
    return {"kind": kind, "bars": [*bars], "unwatched": []}


def test_schemes_have_lines_of_their_own_at_a_place_the_gravest_first():
    low, high = a_bar("02", "04", "high", scheme="other"), a_bar("06", "08")

    assert timeline.lanes(a_row(low, high), LEVELS) == [[high], [low]]
    assert timeline.lanes(a_row(low, high, kind="advisory"), LEVELS) == [[low, high]]
    assert timeline.lanes(a_row(), LEVELS) == [[]]


def test_advisories_of_a_scheme_share_a_line_unless_both_hold_at_some_time():
    first, after = a_bar("02", "04"), a_bar("04", "06", "yellow", advisory="b")
    beside = a_bar("03", "05", "orange", advisory="c")

    assert timeline.lanes(a_row(first, after), LEVELS) == [[first, after]]
    assert timeline.lanes(a_row(first, beside, after), LEVELS) == [[first, after], [beside]]


# ----------------------------------------------------------------------------------- the document


def test_the_document_holds_rows_bars_the_moment_and_the_scale():
    document = told("Astana", *RULES, *NOW)

    (row,) = document["rows"]
    assert {key: row[key] for key in ("kind", "name", "id", "rest", "depth", "timezone")} == {
        "kind": "place",
        "name": "Astana",
        "id": "geonames:1526273",
        "rest": False,
        "depth": 0,
        "timezone": "Asia/Almaty",
    }
    country = {"advisory": "country", "scheme": "test-scale", "counts": True}
    land = [{"id": "iso:KZ", "name": "Kazakhstan"}]
    city = [{"id": "iso:KZ-71", "name": "City of Astana"}]
    assert row["bars"] == [
        {
            **country,
            "bulletin": 1,
            "level": "raised",
            "places": city,
            "start": "2024-03-03T19:00:00Z",
            "end": "2024-03-08T19:00:00Z",
            "doubt": None,
        },
        {
            **country,
            "bulletin": 2,
            "level": "severe",
            "places": city,
            "start": "2024-03-08T19:00:00Z",
            "end": "2024-03-09T19:00:00Z",
            "doubt": "hour",
        },
        {
            **country,
            "bulletin": 2,
            "level": "severe",
            "places": city,
            "start": "2024-03-09T19:00:00Z",
            "end": "2024-03-20T19:00:00Z",
            "doubt": None,
        },
    ]
    assert land not in [bar["places"] for bar in row["bars"]]
    assert document["marked"]["start"] == "2024-03-18T12:00:00Z"
    assert (document["scale"]["start"], document["scale"]["end"]) == (
        "2024-03-03T10:00:00Z",
        "2024-03-21T03:00:00Z",
    )
    assert [(x["letter"], x["id"], x["title"]) for x in document["levels"]] == [
        ("S", "severe", "The tests' scale"),
        ("R", "raised", "The tests' scale"),
    ]


def test_a_country_is_its_parts_that_differ_and_the_rest():
    document = told("Kazakhstan", *RULES, *NOW)

    assert [(row["name"], row["rest"], len(row["bars"])) for row in document["rows"]] == [
        ("Almaty", False, 3),
        ("Atyrau Region", False, 1),
        ("City of Astana", False, 3),
        ("Kazakhstan", True, 1),
    ]
    assert document["rows"][1]["timezone"] == "Asia/Atyrau"


def test_of_a_time_only_what_holds_in_it_is_shown_and_makes_rows():
    asked = ("Kazakhstan", "--from", "2024-03-04", "--until", "2024-03-07", *RULES, *NOW)

    document = told(*asked)

    # Almaty differs later only.
    assert [row["name"] for row in document["rows"]] == [
        "Atyrau Region",
        "City of Astana",
        "Kazakhstan",
    ]
    assert {bar["level"] for row in document["rows"] for bar in row["bars"]} == {"raised"}
    assert (document["scale"]["local_start"], document["scale"]["local_end"]) == (
        "2024-03-04T00:00:00+05:00",
        "2024-03-08T00:00:00+05:00",
    )


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        ((), ["city", "country", "drill"]),
        (("Astana", "--by", "advisory"), ["country"]),
        (("Almaty", "--by", "advisory"), ["city", "country", "drill"]),
        (("--by", "place"), ["Almaty", "Atyrau Region", "City of Astana", "Kazakhstan"]),
        (("Astana", "London"), ["Astana", "London"]),
        (("Astana", "Astana"), ["Astana"]),
        (("--scheme", "kz-terror-threat"), ["drill"]),
        (("--scheme", "kz-terror-threat", "--by", "place"), ["Almaty"]),
        (("--at-least", "severe"), ["city", "country", "drill"]),
        (("--as-of", "2024-03-05"), ["country", "drill"]),
    ],
)
def test_a_row_is_a_place_or_an_advisory(arguments, rows):
    assert [row["name"] for row in told(*arguments, *RULES, *NOW)["rows"]] == rows


def test_as_of_shows_what_was_known_then():
    document = told("Astana", "--as-of", "2024-03-05", *RULES, *NOW)

    assert [(bar["level"], bar["end"]) for bar in document["rows"][0]["bars"]] == [
        ("raised", "2024-03-19T19:00:00Z")
    ]
    (country, _) = told("--as-of", "2024-03-05", *RULES, *NOW)["rows"]
    assert {bar["level"] for bar in country["bars"]} == {"raised"}


def test_a_threshold_leaves_out_what_is_below_it():
    document = told("Kazakhstan", "--at-least", "severe", *RULES, *NOW)

    levels = {bar["level"] for row in document["rows"] for bar in row["bars"]}
    assert levels == {"severe", "red"}


def test_a_drill_does_not_count():
    bars = told("Almaty", *RULES, *NOW)["rows"][0]["bars"]

    assert {bar["advisory"]: bar["counts"] for bar in bars} == {
        "country": True,
        "city": True,
        "drill": False,
    }


def test_where_nobody_watches_the_row_says_so():
    (row,) = told("Astana", "--from", "2024-03-01", "--until", "2024-03-31", *RULES, *NOW)["rows"]

    # From the first day to that of the watch, and from now on, as nobody can have reviewed that.
    assert row["unwatched"] == [
        {"start": "2024-02-29T19:00:00Z", "end": "2024-03-02T19:00:00Z"},
        {"start": "2024-03-18T12:00:00Z", "end": "2024-03-31T19:00:00Z"},
    ]


def test_the_moment_is_now_unless_another_is_named():
    assert told(*RULES, *NOW)["marked"]["start"] == "2024-03-18T12:00:00Z"
    named = told("Astana", "--at", "2024-03-10", *RULES, *NOW)["marked"]
    assert (named["start"], named["end"]) == ("2024-03-09T19:00:00Z", "2024-03-10T19:00:00Z")


@law
@given(st.integers(0, 24 * 20))
def test_a_timeline_and_an_answer_agree_at_every_hour(hours):
    instant = at("2024-03-03") + timedelta(hours=hours)
    for place in ("Almaty", "Astana", "Atyrau"):
        bars = [
            bar
            for bar in _bars_of(place)
            if bar["counts"] and instant in _span(bar) and bar["doubt"] in {None, "hour"}
        ]
        answer = _verdict(place, f"{instant:%Y-%m-%dT%H:%MZ}")
        counting = {(a["id"], a["level"]["id"]) for a in answer["advisories"] if a["counts"]}
        assert {(bar["advisory"], bar["level"]) for bar in bars} == counting


_KNOWN: dict[str, Any] = {}


def _bars_of(place: str) -> list[dict[str, Any]]:
    if place not in _KNOWN:
        _KNOWN[place] = told(place, *RULES, *NOW)["rows"][0]["bars"]
    return _KNOWN[place]


def _verdict(place: str, when: str) -> dict[str, Any]:
    from sca import answering
    from sca.reading import load
    from sca.report import document

    if "rules" not in _KNOWN:
        _KNOWN["rules"] = load([RULES[1]])
    rules = _KNOWN["rules"]
    verdict = answering.check(place, when, rules=rules)
    return document.of_verdict(verdict, rules, place, when, "en")


def _span(bar: dict[str, Any]) -> Span:
    end = FOREVER if bar["end"] is None else datetime.fromisoformat(bar["end"])
    return Span(datetime.fromisoformat(bar["start"]), end)


# ------------------------------------------------------------------------------------ the screens

MARCH = ("--from", "2024-03-01", "--until", "2024-03-31")
SCREENS = {
    "timeline-country-60": (60, ("Kazakhstan", *MARCH, "--at", "2024-03-10", *RULES, *NOW)),
    "timeline-places-80": (80, ("Almaty", "London", "Astana", *RULES, *NOW)),
    "timeline-advisories-60": (60, (*RULES, *NOW)),
    "timeline-nothing-60": (60, ("London", *RULES, *NOW)),
    "timeline-past-80": (80, ("Astana", *MARCH, "--at", "2024-05-01", *RULES, *NOW)),
}


@pytest.mark.parametrize(("name", "asked"), SCREENS.items(), ids=SCREENS)
def test_the_picture_as_it_goes_into_a_pipe(name, asked, monkeypatch):
    columns, arguments = asked
    monkeypatch.setenv("COLUMNS", str(columns))

    result = sca("timeline", *arguments)

    assert result == Result(0, (DATA / "screens" / f"{name}.txt").read_text(encoding="utf-8"), "")
    assert result.out.isascii()
    assert max(map(len, result.out.splitlines())) <= columns


@pytest.fixture(scope="module")
def country() -> dict[str, Any]:
    return told("Kazakhstan", *MARCH, "--at", "2024-03-10", *RULES, *NOW)


ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
COLOURED = re.compile(r"\x1b\[[0-9;]*[34]8;")


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
def test_the_picture_fits_a_terminal_and_has_the_colours_of_levels(columns, country, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))

    drawn = table.drawn(chart.picture(country, fine=True), terminal=True)

    assert COLOURED.search(drawn)
    plain = ESCAPE.sub("", drawn)
    assert max(map(len, plain.splitlines())) <= columns
    assert "│" in plain


def test_without_colours_the_letters_tell_the_same(country, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    coloured = table.drawn(chart.picture(country, fine=True), terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")

    drawn = table.drawn(chart.picture(country, fine=True), terminal=True)

    assert not COLOURED.search(drawn)
    assert ESCAPE.sub("", drawn) == ESCAPE.sub("", coloured)


def test_a_long_picture_has_its_scale_below_it_too(country, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    long = {**country, "rows": country["rows"] * 6}

    drawn = table.drawn(chart.picture(long, fine=False), terminal=False).splitlines()

    assert len([row for row in drawn if row.lstrip().startswith("|2024-03-01")]) == 2


def test_a_name_too_long_for_the_screen_goes_on_below_it(country, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    (row, *_) = country["rows"]
    long = {**country, "rows": [{**row, "name": "A place with a rather long name", "bars": []}]}

    drawn = table.drawn(chart.picture(long, fine=False), terminal=False)

    assert [line[:23].rstrip() for line in drawn.splitlines()[8:10]] == [
        "A place with a rather",
        " long name",
    ]


def test_rows_of_one_name_are_told_apart():
    rows = [
        {"name": "Georgia", "id": "iso:GE", "rest": False},
        {"name": "Georgia", "id": "iso:US-GA", "rest": False},
        {"name": "Kazakhstan", "id": "iso:KZ", "rest": True},
    ]

    assert timeline.names(rows) == ["Georgia (iso:GE)", "Georgia (iso:US-GA)", "rest of Kazakhstan"]


# ---------------------------------------------------------------------------- drawings and pages

NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawn(document: dict[str, Any]) -> ET.Element:
    return ET.fromstring(svg.drawing(document))


def test_the_drawing_has_words_for_those_who_do_not_see_it(country):
    root = drawn(country)

    named = {element.get("id"): element.text for element in root}
    assert root.get("aria-labelledby", "").split() == ["sca-title", "sca-desc"]
    assert named["sca-title"] == "Kazakhstan"
    assert "2024-03-10" in named["sca-desc"]
    bars = [element for element in root.iter() if element.get("class") == "bar"]
    assert [bar.get("tabindex") for bar in bars] == ["0"] * len(bars)
    labels = [bar.get("aria-label") for bar in bars]
    assert sorted(labels) == sorted(
        f"{name}: {'; '.join(timeline.details(bar, row, country))}"
        for name, row in zip(timeline.names(country["rows"]), country["rows"], strict=True)
        for bar in row["bars"]
    )
    assert (
        "City of Astana: severe (gravest of all) from 2024-03-09 00:00 through 2024-03-09 23:59 "
        "(+05:00); declared for City of Astana; A level in the whole country (country), "
        "bulletin 2; hour not known"
    ) in labels


def test_the_drawing_has_the_colour_of_a_level_and_marks_doubt_and_drills(country):
    root = drawn(country)

    boxes = [e for e in root.iter(f"{NAMESPACE}rect") if "box" in (e.get("class") or "")]
    assert {box.get("style") for box in boxes} == {
        "fill:#ffd500",  # raised
        "fill:#d0021b",  # red, of the drill
        "fill:var(--s4)",  # severe has no colour of its own
        "fill:var(--s1)",  # the key
    }
    hatched = [e for e in root.iter(f"{NAMESPACE}rect") if e.get("class") == "hatch"]
    assert len(hatched) == 1 + 1  # and the key
    slight = [box for box in boxes if "slight" in box.get("class", "")]
    assert len(slight) == 1 + 1


@pytest.mark.parametrize("form", [svg.drawing, page.page], ids=["svg", "html"])
def test_a_file_holds_no_script_and_loads_nothing(form, country):
    text = form(country)

    assert "<script" not in text.lower()
    assert not re.search(r"\bon[a-z]+\s*=", text)
    loads = re.findall(r"""(?:src|href|action|data|poster)\s*=\s*["']([^"'#]+)""", text)
    # Sources are led to, and not loaded.
    assert set(loads) <= {"https://example.org/city", "https://example.org/country",
                          "https://example.org/drill"}  # fmt: skip
    assert not re.findall(r"@import|url\((?!#)", text)


@pytest.mark.parametrize("form", [svg.drawing, page.page], ids=["svg", "html"])
def test_a_file_follows_the_choice_of_light_or_dark(form, country):
    assert "@media (prefers-color-scheme: dark)" in form(country)


EVIL = """<script>alert("x")</script> & 'quotes' </title></svg>"""


@pytest.fixture
def evil(tmp_path: Path) -> dict[str, Any]:
    """The same rules with a title, a level and a scheme that try to be markup."""
    shutil.copytree(RULES[1], tmp_path / "rules")
    for name, old in (("city", "A level in one city until further notice"), ("scale", "raised")):
        path = tmp_path / "rules" / f"{name}.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(
            re.sub(f'(title|name) = "{old}"', lambda m: f"{m[1]} = '''{EVIL}'''", text),
            encoding="utf-8",
        )
    return told("Almaty", "--rules", str(tmp_path / "rules"), *NOW)


def test_foreign_text_is_never_markup(evil):
    root = drawn(evil)

    assert not [element for element in root.iter() if "script" in element.tag]
    assert any(EVIL in (element.get("aria-label") or "") for element in root.iter())
    text = page.page(evil)
    assert "<script" not in text
    facts = Facts(text)
    assert facts.rows == expected(evil)
    assert any(EVIL in item for item in facts.items)


class Facts(HTMLParser):
    """What the table of a page says, and its list."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []
        self.items: list[str] = []
        self.into: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "tr":
            self.lines.append({"id": named.get("id"), "cells": [], "times": []})
        elif tag in {"td", "th"}:
            self.into = self.lines[-1]["cells"]
            self.into.append("")
        elif tag == "li":
            self.into = self.items
            self.into.append("")
        elif tag == "time":
            self.lines[-1]["times"].append(named["datetime"])

    def handle_data(self, data: str) -> None:
        if self.into:
            self.into[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "li"}:
            self.into = None

    @property
    def rows(self) -> list[tuple[str, str, str, str | None]]:
        """Place, level, start and end of every bar."""
        return [
            (line["cells"][0], line["cells"][1], *(line["times"] + [None])[:2])
            for line in self.lines
            if line["id"]
        ]


def expected(document: dict[str, Any]) -> list[tuple[str, str, str, str | None]]:
    """The same out of the document."""
    levels = {(level["scheme"], level["id"]): level for level in document["levels"]}
    return [
        (
            f"rest of {row['name']}" if row["rest"] else row["name"],
            timeline.spoken(levels[bar["scheme"], bar["level"]]),
            bar["start"],
            bar["end"],
        )
        for row in document["rows"]
        for bar in row["bars"]
    ]


def test_the_table_of_a_page_says_what_the_document_does(country):
    facts = Facts(page.page(country))

    assert len(facts.rows) == 8
    assert facts.rows == expected(country)


def test_the_table_of_advisories_says_once_which_one_it_is():
    document = told(*RULES, *NOW)

    facts = Facts(page.page(document))

    assert facts.rows == expected(document)
    assert facts.lines[0]["cells"] == [
        "Advisory", "Level", "From", "Through", "Declared for", "Bulletin", "Notes"
    ]  # fmt: skip
    assert facts.lines[1]["cells"] == [
        "city", "severe (gravest of all)", "2024-03-12 08:00 (+05:00)", "until further notice",
        "Almaty", "1", "",
    ]  # fmt: skip


def test_each_bar_of_a_page_leads_to_its_line_in_the_table(country):
    text = page.page(country)

    leads = re.findall(r'<a class="bar" href="#([^"]*)"', text)
    lines = [line["id"] for line in Facts(text).lines if line["id"]]
    assert sorted(leads) == sorted(lines)


def test_a_row_without_bars_is_in_the_table_too():
    facts = Facts(page.page(told("London", *RULES, *NOW)))

    assert facts.lines[1]["cells"] == ["London", "nothing is known to hold"]


BROWSER = shutil.which("chromium-headless-shell") or shutil.which("chromium")


@pytest.mark.skipif(
    BROWSER is None, reason="no chromium-headless-shell and no chromium on this machine"
)
def test_a_browser_shows_the_facts_of_the_document(tmp_path):
    asked = ("Kazakhstan", *MARCH, *RULES, *NOW)
    assert sca("timeline", *asked, "--html", str(tmp_path / "page.html")).code == 0

    done = subprocess.run(
        [
            str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu",
            f"--user-data-dir={tmp_path / 'browser'}", "--virtual-time-budget=2000",
            "--dump-dom", (tmp_path / "page.html").as_uri(),
        ],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
    )  # fmt: skip

    dom = done.stdout.decode()
    document = told(*asked)
    assert Facts(dom).rows == expected(document)
    labels = re.findall(r'<a class="bar"[^>]*aria-label="([^"]*)"', dom)
    assert len(labels) == len(expected(document))
    assert {label.split(":")[0] for label in labels} == {*timeline.names(document["rows"])}


# -------------------------------------------------------------------------------------- the files


@pytest.mark.parametrize(("option", "form"), [("--svg", svg.drawing), ("--html", page.page)])
def test_a_picture_is_written_and_nothing_is_printed(option, form, tmp_path):
    path = tmp_path / "picture"

    result = sca("timeline", "Astana", *RULES, *NOW, option, str(path))

    assert result == Result(0, "", f"wrote {path}\n")
    assert path.read_text(encoding="utf-8") == form(told("Astana", *RULES, *NOW))
    assert [*tmp_path.iterdir()] == [path]


def test_both_pictures_and_the_document_come_of_one_command(tmp_path):
    files = ("--svg", str(tmp_path / "a"), "--html", str(tmp_path / "b"))

    result = sca("timeline", "Astana", *RULES, *NOW, *files, "--json")

    assert valid(result.document) == told("Astana", *RULES, *NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_file_that_is_there_is_written_over_only_by_force(tmp_path):
    path = tmp_path / "picture.svg"
    path.write_text("mine", encoding="utf-8")
    command = ("timeline", "Astana", *RULES, *NOW, "--svg", str(path))

    refused = sca(*command)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        f"sca: {path} is there already; name another file, or write over it by --force\n"
    )
    assert path.read_text(encoding="utf-8") == "mine"
    assert sca(*command, "--force").code == 0
    assert path.read_text(encoding="utf-8").startswith("<svg")


def test_force_writes_through_a_link(tmp_path):
    (tmp_path / "picture").write_text("mine", encoding="utf-8")
    (tmp_path / "link").symlink_to("picture")

    assert sca("timeline", "Astana", *RULES, "--svg", str(tmp_path / "link"), "--force").code == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "picture").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("where", ["file/picture.svg", "none/picture.svg"])
def test_a_folder_that_cannot_be_written_to_is_no_answer(where, tmp_path):
    (tmp_path / "file").touch()
    path = tmp_path / where

    result = sca("timeline", "Astana", *RULES, "--svg", str(path))

    assert (result.code, result.out) == (Exit.NO_ANSWER, "")
    assert re.fullmatch(f"sca: {re.escape(str(path))} could not be written: [^\n]+\n", result.err)


def test_a_picture_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "picture.svg"
    path.write_text("mine", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", full)

    result = sca("timeline", "Astana", *RULES, "--svg", str(path), "--force")

    assert result == Result(3, "", f"sca: {path} could not be written: No space left on device\n")
    assert path.read_text(encoding="utf-8") == "mine"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("name", ["", "folder", "pipe"])
def test_what_is_no_plain_file_is_refused_even_by_force(name, tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    path = str(tmp_path / name) if name else ""

    result = sca("timeline", "Astana", *RULES, "--svg", path, "--force")

    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1
    assert (tmp_path / "pipe").is_fifo()


def test_what_becomes_no_plain_file_is_not_replaced(tmp_path):
    """Somebody may put a device there after it was looked at, and root could replace that."""
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(Unwritable, match="it is no plain file"):
        files.write(str(tmp_path / "pipe"), "text")
    assert (tmp_path / "pipe").is_fifo()


# -------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("Almatty",), 3, "unknown-place"),
        (("--from", "tomorrow"), 2, "bad-time"),
        (("--at", "1400"), 2, "bad-time"),
        (("--from", "2024-03-02", "--until", "2024-03-01"), 2, "bad-time"),
        (("--from", "2024-03-02", "--until", "2024-03-01T00:00Z"), 2, "bad-time"),
        (("--from", "2024-03-01/2024-03-05"), 2, "usage"),
        (("--until", "2024-03-01/P1D"), 2, "usage"),
        (("--at-least", "purple"), 2, "unknown-level"),
        (("--scheme", "purple"), 2, "unknown-scheme"),
        (("--by", "level"), 2, "usage"),
        (("--svg", "a", "--html", "a"), 2, "usage"),
        (("60,-40", "--from", "2024-03-01"), 2, "bad-time"),
        (("60,-40", "--at", "2024-03-01"), 2, "bad-time"),
    ],
)
def test_what_cannot_be_read_is_refused(arguments, code, named):
    result = sca("timeline", *arguments, *RULES, *NOW, "--json")

    assert (result.code, result.document["error"]["code"]) == (code, named)
    plain = sca("timeline", *arguments, *RULES, *NOW)
    assert (plain.code, plain.out) == (code, "")
    assert plain.err.startswith("sca: ")


def test_a_point_far_from_any_city_is_asked_by_a_time_with_its_offset():
    document = told("60,-40", "--from", "2024-03-01T00:00Z", *RULES, *NOW)

    assert document["scale"]["timezone"] is None


def test_broken_rules_are_no_empty_picture(tmp_path):
    result = sca("timeline", "--rules", str(tmp_path))

    assert (result.code, result.out) == (3, "")
    assert result.err.startswith(f"{tmp_path}: holds no rule file\n")
