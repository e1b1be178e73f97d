"""`sca next`: when the answer changes, and the first clear stretch of a length."""

import shutil
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, strategies as st

from sca import answering, history
from sca.atlas import Atlas
from sca.evaluate import Answer
from sca.gazetteer import Gazetteer
from sca.inquiry import Inquiry
from sca.levels import Severity, Threshold
from sca.limits import Limits, read_hours
from sca.outlook import Bar, first_clear, next_change
from sca.question import Part
from sca.ruleset import RuleSet
from sca.spans import FOREVER, Span, later, read_duration, read_moment, utc_text
from sca.watches import Source, Watch
from tests.builders import (
    ORANGE,
    RED,
    YELLOW,
    a_bulletin,
    a_measure,
    a_place,
    a_question,
    a_scheme,
    a_segment,
    a_setting,
    a_span,
    an_advisory,
    at,
    law,
)
from tests.running import sca

ALMATY = a_place()
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def holding(level, start, end=None, id="a", *measures):
    """A level at Almaty from one instant in UTC up to another."""
    span = Span(at(start), at(end) if end else FOREVER)
    return a_segment(an_advisory(id, *measures), level=level, span=span)


def inquiry(*segments, start="2024-07-03", places=(ALMATY,), sources=(), now=FOREVER, **asked):
    """About an hour, UTC, at places on their own clocks."""
    span = Span(at(start), at(start) + HOUR)
    parts = [Part(place, span, place.timezone) for place in places]
    return Inquiry(a_question(places[0], parts=parts, **asked), segments, sources, now)


def then(*segments, **how):
    """When the answer changes, and what it and its level are then; None where that is not known."""
    change = next_change(inquiry(*segments, **how)).change
    if change is None:
        return None
    level = change.level.id if change.level else None
    return f"{change.question.span.start:%m-%dT%H:%M}", change.answer.value, level


# ------------------------------------------------------------------------------- the next change


@pytest.mark.parametrize(
    ("start", "change"),
    [
        ("2024-07-01", ("07-02T00:00", "in force", "yellow")),
        ("2024-07-02", ("07-05T00:00", "clear", None)),
        ("2024-07-04T23:59:59", ("07-05T00:00", "clear", None)),
        ("2024-07-05", None),
    ],
)
def test_the_answer_changes_where_an_advisory_begins_and_ends(start, change):
    assert then(holding(YELLOW, "2024-07-02", "2024-07-05"), start=start) == change


def test_another_level_is_a_change():
    segments = [holding(YELLOW, "2024-07-02", "2024-07-05"), holding(RED, "2024-07-04", id="b")]

    assert then(*segments) == ("07-04T00:00", "in force", "red")


def test_an_advisory_that_another_goes_on_from_is_no_change():
    first = holding(YELLOW, "2024-07-02", "2024-07-05")
    second = holding(YELLOW, "2024-07-04", "2024-07-08", "b")

    assert then(first, second) == ("07-08T00:00", "clear", None)


def test_what_does_not_count_changes_nothing():
    severe = Threshold("Severe", (), Severity.Severe)

    assert then(holding(YELLOW, "2024-07-02", "2024-07-05"), threshold=severe) is None


def nightly(id="curfew", hours="23:00/06:59", *settings, recurs=None):
    limits = Limits(settings=settings, hours=read_hours(hours), recurs=recurs)
    return replace(a_measure(id), limits=limits)


def test_where_a_setting_is_asked_about_hours_are_changes():
    """On Almaty's clock, five hours before UTC."""
    curfew = holding(YELLOW, "2024-07-02", "2024-07-09", "a", nightly())

    asked = {"settings": frozenset({"street"})}
    assert then(curfew, start="2024-07-03T12:00", **asked) == ("07-03T18:00", "in force", "yellow")
    assert then(curfew, start="2024-07-03T18:00", **asked) == ("07-04T02:00", "clear", None)


def test_hours_that_take_turns_are_no_change_however_long_they_do():
    """By night the one, by day the other, for weeks: the answer is the same throughout."""
    measures = (nightly(), nightly("by-day", "07:00/22:59"))
    turns = holding(YELLOW, "2024-07-01", "2024-07-29T18:00", "a", *measures)

    assert then(turns, settings=frozenset({"street"})) == ("07-29T18:00", "clear", None)


def test_hours_that_take_turns_until_further_notice_are_never_clear():
    """Hours are looked at so many years ahead; past that they are not told to be over."""
    turns = (nightly(), nightly("by-day", "07:00/22:59"))
    told = holding(YELLOW, "2024-07-01", None, "a", *turns)

    assert then(told, settings=frozenset({"street"})) is None


def test_a_check_of_any_span_tells_the_next_change_from_its_start():
    """In the midst of the night that is asked about, and on each side of it."""
    curfew = holding(YELLOW, "2024-07-02", "2024-07-09", "a", nightly())
    street = {"settings": frozenset({"street"})}

    def told(start, end):
        asked = inquiry(curfew, start=start, **street).over(Span(at(start), at(end)))
        return f"{asked.verdict().next_change:%m-%dT%H:%M}"

    assert told("2024-07-03T12:00", "2024-07-03T12:01") == "07-03T18:00"
    assert told("2024-07-03T12:00", "2024-07-05T12:00") == "07-03T18:00"
    assert told("2024-07-03T18:00", "2024-07-03T18:01") == "07-04T02:00"
    assert told("2024-07-04T02:00", "2024-07-04T02:01") == "07-04T18:00"


def test_the_verdicts_are_those_of_the_instants():
    outlook = next_change(inquiry(holding(YELLOW, "2024-07-02", "2024-07-05")))

    first, change = at("2024-07-03"), at("2024-07-05")
    assert outlook.first.question.span == Span(first, first + SECOND)
    assert outlook.change.question.span == Span(change, change + SECOND)
    assert (outlook.first.level, outlook.change.level) == (YELLOW, None)


def a_source(since="2024-01-01", until="2024-07-10", max_age="P30D", places=(ALMATY,)):
    """Watches for two schemes with these bounds, UTC."""
    watch = Watch(
        "threat", places, read_moment(f"{since}T00:00Z"), read_moment(f"{until}T00:00Z"),
        read_duration(max_age),
    )  # fmt: skip
    return Source("rules", (watch,), tuple(("threat", place) for place in places))


def test_an_end_that_nobody_watches_past_is_a_change_to_no_answer():
    end = holding(YELLOW, "2024-07-02", "2024-07-15")
    watched = {"sources": (a_source(),), "now": at("2024-09-01")}

    assert then(end, **watched) == ("07-15T00:00", "stale", None)


@pytest.mark.parametrize(
    ("start", "now", "change"),
    [
        pytest.param("2023-12-01", "2024-07-20", ("01-01T00:00", "clear", None), id="at its start"),
        pytest.param("2024-07-01", "2024-07-20", None, id="not at its end, while that is recent"),
        pytest.param(
            "2024-07-01", "2024-09-01", ("07-10T00:01", "stale", None), id="at its end, later on"
        ),
        pytest.param(
            "2024-07-01", "2024-07-05T12:00", ("07-05T12:00", "unwatched", None),
            id="at the present, where its end is yet to come",
        ),
    ],
)  # fmt: skip
def test_silence_changes_where_a_watch_begins_and_ends(start, now, change):
    assert then(start=start, sources=(a_source(),), now=at(now)) == change


# ------------------------------------------------------------------------------ a clear stretch


def clear(*segments, length="P2D", within="P60D", **how):
    return first_clear(inquiry(*segments, **how), read_duration(length), read_duration(within))


def found(*segments, **how):
    """The stretch in UTC; None where there is none."""
    search = clear(*segments, **how)
    span = search.found.question.span if search.found else None
    return span and (f"{span.start:%m-%dT%H:%M}", f"{span.end:%m-%dT%H:%M}")


IN_JULY = (
    holding(YELLOW, "2024-07-04", "2024-07-06"),
    holding(ORANGE, "2024-07-07", "2024-07-09", "b"),
    holding(YELLOW, "2024-07-12", "2024-07-13", "c"),
)
"""Clear on 3 July, on the 6th, from the 9th through the 11th, and from the 13th on."""


@pytest.mark.parametrize(
    ("length", "stretch"),
    [
        ("PT6H", ("07-03T00:00", "07-03T06:00")),
        ("P1D", ("07-03T00:00", "07-04T00:00")),
        ("PT24H", ("07-03T00:00", "07-04T00:00")),
        ("P1DT1M", ("07-09T00:00", "07-10T00:01")),
        ("P2D", ("07-09T00:00", "07-11T00:00")),
        ("P3D", ("07-09T00:00", "07-12T00:00")),
        ("P4D", ("07-13T00:00", "07-17T00:00")),
    ],
)
def test_the_first_stretch_that_is_long_enough_is_found(length, stretch):
    assert found(*IN_JULY, length=length) == stretch


@pytest.mark.parametrize(
    ("within", "stretch"),
    [("P10D", None), ("P10DT1M", ("07-13T00:00", "07-17T00:00"))],
)
def test_it_must_begin_in_time_but_may_end_later(within, stretch):
    assert found(*IN_JULY, length="P4D", within=within) == stretch


def test_what_is_below_the_threshold_is_clear():
    severe = Threshold("Severe", (), Severity.Severe)

    assert found(*IN_JULY, length="P4D", threshold=severe) == ("07-03T00:00", "07-07T00:00")


def test_hours_at_which_nothing_bites_are_clear():
    curfew = holding(YELLOW, "2024-07-01", "2024-07-06", "a", nightly())
    street = {"settings": frozenset({"street"}), "start": "2024-07-03T20:00"}

    assert found(curfew, length="PT16H", **street) == ("07-04T02:00", "07-04T18:00")
    assert found(curfew, length="PT17H", **street) == ("07-06T00:00", "07-06T17:00")


def test_days_are_those_of_the_calendar():
    """On the evening of 29 February 2024 the clocks of Almaty went back by an hour."""
    over = holding(YELLOW, "2024-02-01", "2024-02-28T18:00")

    assert found(over, start="2024-02-28", length="P2D") == ("02-28T18:00", "03-01T19:00")
    assert found(over, start="2024-02-28", length="PT48H") == ("02-28T18:00", "03-01T18:00")


def test_in_a_place_of_several_clocks_a_day_is_over_when_it_is_on_all():
    """Europe's clocks went forward on 31 March 2024, so that two days of London were 47 hours."""
    london = a_place("London", timezone="Europe/London")

    assert found(start="2024-03-30", places=(london,)) == ("03-30T00:00", "03-31T23:00")
    assert found(start="2024-03-30", places=(london, ALMATY)) == ("03-30T00:00", "04-01T00:00")


def test_where_there_is_none_what_bars_it_is_told():
    search = clear(holding(YELLOW, "2024-07-01", "2024-07-05"), length="P2D", within="P1D")

    assert (search.found, search.certain, search.until) == (None, True, at("2024-07-04"))
    assert search.barred == (Bar(a_span("2024-07-03", "2024-07-05"), Answer.IN_FORCE),)


@pytest.mark.parametrize(
    ("now", "stretch", "barred"),
    [
        pytest.param("2024-07-20", ("07-05T00:00", "07-15T00:00"), [], id="reviewed not long ago"),
        pytest.param("2024-09-01", None, ["stale"], id="reviewed too long ago"),
    ],
)
def test_silence_that_nobody_vouches_for_is_never_clear(now, stretch, barred):
    end = holding(YELLOW, "2024-07-02", "2024-07-05")
    asked = {"length": "P10D", "sources": (a_source(),), "now": at(now)}
    search = clear(end, **asked)

    assert found(end, **asked) == stretch
    assert [bar.answer.value for bar in search.barred] == ["in force", *barred]
    assert search.certain is (stretch is not None)


def test_silence_past_the_present_is_not_clear_by_a_review_that_is_yet_to_come():
    end = holding(YELLOW, "2024-07-02", "2024-07-05")

    search = clear(end, length="P1D", within="P3D", sources=(a_source(),), now=at("2024-07-03"))

    assert (search.found, search.certain) == (None, False)
    assert search.barred == (
        Bar(a_span("2024-07-03", "2024-07-05"), Answer.IN_FORCE),
        Bar(a_span("2024-07-05", "2024-07-07"), Answer.UNWATCHED),
    )


def test_silence_is_clear_up_to_where_somebody_vouches_for_it():
    end = holding(YELLOW, "2024-07-02", "2024-07-05")
    asked = {"sources": (a_source(),), "now": at("2024-09-01")}

    assert found(end, length="P5D", **asked) == ("07-05T00:00", "07-10T00:00")
    assert found(end, length="P5DT2M", **asked) is None


def test_who_trusts_silence_takes_it_for_clear():
    asked = replace(inquiry(sources=(a_source(),), now=at("2024-07-03")), trusts_silence=True)

    search = first_clear(asked, read_duration("P2D"), read_duration("P1D"))

    assert search.found.question.span.start == at("2024-07-03")


def test_where_containment_is_not_proven_it_is_not_clear():
    """The city may lie in either region, and something is in force in one of them."""
    north, south = (a_place(name, id=f"iso:XX-{name}") for name in ("N", "S"))
    city = a_place("City", within=(south.id,), otherwise=((north.id,),))
    segment = replace(holding(YELLOW, "2024-07-01", "2024-07-05"), place=north)

    search = clear(segment, places=(city,), length="P1D", within="P1D")

    assert [(bar.answer.value, bar.span.end) for bar in search.barred] == [
        ("cannot tell", at("2024-07-05"))
    ]
    assert (search.found, search.certain) == (None, False)


# ------------------------------------------------------------------------------------------ laws


THREE_HOURS = 3 * HOUR
START = at("2024-07-02T19:00")
"""Midnight in Almaty."""
MIDWEEK = "FREQ=WEEKLY;BYDAY=WE,TH"
hours = st.integers(-8, 5 * 8).map(lambda n: START + n * THREE_HOURS)


def written(instant):
    return read_moment(utc_text(instant))


@st.composite
def rule_sets(draw):
    """Some levels in Almaty, some by night only, and a watch or none."""
    almaty = gazetteer().find("Almaty")
    advisories = []
    for number in range(draw(st.integers(0, 3))):
        onset, end = sorted(draw(st.lists(hours, min_size=2, max_size=2, unique=True)))
        bulletin = a_bulletin(
            places=(almaty,),
            level=draw(st.sampled_from([YELLOW, ORANGE, RED])),
            onset=written(onset),
            expires=written(end - SECOND),
        )
        nights = st.sampled_from(
            [
                (),
                (nightly("curfew", "21:00/05:59", "street"),),
                (nightly("a", "09:00/14:59"), nightly("b", "15:00/23:59", recurs=MIDWEEK)),
            ]
        )
        advisories.append(an_advisory(f"{number}", *draw(nights), bulletins=(bulletin,)))
    since, until = sorted(draw(st.lists(hours, min_size=2, max_size=2, unique=True)))
    watch = Watch("threat", (almaty,), written(since), written(until - SECOND),
                  read_duration(draw(st.sampled_from(["P1D", "P60D"]))))  # fmt: skip
    watches = draw(st.sampled_from([(), (watch,)]))
    return RuleSet(
        paths=("rules",),
        advisories=tuple(advisories),
        segments=tuple(s for advisory in advisories for s in history.segments(advisory)),
        schemes={"threat": a_scheme()},
        settings={"street": a_setting("street")},
        gazetteer=gazetteer(),
        sources=(Source("rules", watches, (("threat", almaty),)),),
    )


@cache
def gazetteer():
    return Gazetteer(Atlas())


asked = st.fixed_dictionaries(
    {
        "now": hours,
        "at_least": st.sampled_from([None, "orange"]),
        "settings": st.sampled_from([(), ("street",)]),
    }
)


def state(rules, instant, how):
    verdict = answering.check("Almaty", utc_text(instant), rules=rules, **how)
    return verdict.answer, verdict.level


def over(rules, start, end, how):
    span = f"{utc_text(start)}/{utc_text(end - SECOND)}"
    return answering.check("Almaty", span, rules=rules, **how).answer


@law
@given(rule_sets(), asked)
def test_the_next_change_is_the_first_that_a_check_shows(rules, how):
    change = next_change(answering.inquire("Almaty", utc_text(START), rules=rules, **how)).change

    first = state(rules, START, how)
    ahead = (START + n * THREE_HOURS for n in range(1, 10 * 8))
    shown = next((instant for instant in ahead if state(rules, instant, how) != first), None)
    assert (change and change.question.span.start) == shown
    assert change is None or (change.answer, change.level) == state(rules, shown, how)


@law
@given(rule_sets(), asked, st.integers(-8, 5 * 8), st.sampled_from([1, 3, 11, 80]))
def test_a_check_tells_the_change_that_next_does(rules, how, start, length):
    """Whatever span is asked about, nights in it or not."""
    first = START + start * THREE_HOURS
    span = f"{utc_text(first)}/{utc_text(first + length * THREE_HOURS - SECOND)}"

    told = answering.check("Almaty", span, rules=rules, **how)

    change = next_change(answering.inquire("Almaty", utc_text(first), rules=rules, **how)).change
    assert told.next_change == (change and change.question.span.start)


@law
@given(
    rule_sets(), asked, st.sampled_from(["PT3H", "PT15H", "P1D", "P2D"]),
    st.sampled_from(["P1D", "P5D"]),
)  # fmt: skip
def test_the_stretch_that_is_found_is_the_first_that_a_check_calls_clear(
    rules, how, length, within
):
    length, within = read_duration(length), read_duration(within)
    inquiry = answering.inquire("Almaty", utc_text(START), rules=rules, **how)

    search = first_clear(inquiry, length, within)

    stretch = search.found.question.span if search.found else Span(search.until)
    if search.found:
        assert stretch.end == later(stretch.start, length, "Asia/Almaty")
        assert over(rules, stretch.start, stretch.end, how) is Answer.CLEAR
    tried = START
    while tried < min(stretch.start, search.until):
        end = later(tried, length, "Asia/Almaty")
        assert over(rules, tried, end, how) is not Answer.CLEAR
        tried += THREE_HOURS


@law
@given(rule_sets(), asked)
def test_what_bars_a_stretch_is_what_a_check_says_there(rules, how):
    inquiry = answering.inquire("Almaty", utc_text(START), rules=rules, **how)

    search = first_clear(inquiry, read_duration("P9D"), read_duration("P2D"))

    for n in range(11 * 8):
        instant = START + n * THREE_HOURS
        if search.found and instant >= search.found.question.span.start:
            break
        barred = [bar.answer for bar in search.barred if instant in bar.span]
        assert (barred or [Answer.CLEAR]) == [state(rules, instant, how)[0]]


# ----------------------------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Yellow in Almaty from 1 March 2025 through the 9th, orange on the 4th and 5th of them."""
    path = tmp_path_factory.mktemp("rules")
    (path / "life.toml").write_text(
        """id = "life"
title = "Of life"
issuer = "The authority"
scheme = "kz-terror-threat"
timezone = "Asia/Almaty"
sources = ["https://example.org/notice"]

[[bulletins]]
issued = "2025-03-01"
level = "yellow"
places = ["Almaty"]
onset = "2025-03-01T00:00"
expires = "2025-03-09"

[[bulletins]]
issued = "2025-03-03"
level = "orange"
places = ["Almaty"]
onset = "2025-03-04T00:00"
expires = "2025-03-05"
then = "before"
""",
        encoding="utf-8",
    )
    return str(path)


@pytest.fixture(scope="module")
def watched(folder, tmp_path_factory):
    """The same, watched through 20 March 2025 and for 30 days more."""
    path = tmp_path_factory.mktemp("watched")
    shutil.copy(f"{folder}/life.toml", path)
    (path / "watches.toml").write_text(
        """[[watches]]
scheme = "kz-terror-threat"
places = ["Almaty"]
from = "2025-01-01"
until = "2025-03-20"
max_age = "P30D"
source = "The authority's page"
""",
        encoding="utf-8",
    )
    return str(path)


HEADING = """\
Almaty, City of Almaty, Kazakhstan (geonames:1526384, Asia/Almaty)
2025-03-02 12:00 (+05:00) = 2025-03-02 07:00 UTC

"""
NOON = ("next", "Almaty", "2025-03-02T12:00")


def test_the_next_change_is_told_in_words(folder):
    ran = sca(*NOON, "--rules", folder)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == HEADING + (
        "at 2025-03-02 12:00 (+05:00): in force: yellow (life)\n"
        "next change: 2025-03-04 00:00 (+05:00), 1 day 12 hours later: in force: orange (life)\n"
    )


def test_so_is_that_none_is_known(folder):
    ran = sca("next", "Almaty", "2025-03-10T00:00", "--rules", folder)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[3:] == ["at 2025-03-10 00:00 (+05:00): clear", "no change is known"]


def test_and_a_stretch_that_is_clear(folder):
    ran = sca(*NOON, "--clear", "P2D", "--rules", folder)

    assert ran.code == 0
    assert ran.out.splitlines()[-1] == (
        "first stretch of P2D in which nothing is in force: "
        "from 2025-03-10 00:00 through 2025-03-11 23:59 (+05:00)"
    )


def test_and_one_that_is_below_a_level(folder):
    ran = sca(*NOON, "--clear", "P2D", "--at-least", "orange", "--rules", folder)

    assert ran.out.splitlines()[-2:] == [
        "next change: 2025-03-04 00:00 (+05:00), 1 day 12 hours later: in force: orange (life)",
        "first stretch of P2D in which nothing at or above orange is in force: "
        "from 2025-03-06 00:00 through 2025-03-07 23:59 (+05:00)",
    ]


def test_and_that_there_is_none(folder):
    ran = sca(*NOON, "--clear", "P2D", "--within", "P7D", "--rules", folder)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-2:] == [
        "no stretch of P2D in which nothing is in force is known to begin before "
        "2025-03-09 12:00 (+05:00)",
        "  in force: from 2025-03-02 12:00 through 2025-03-09 23:59 (+05:00)",
    ]


def test_what_was_known_then_decides(folder):
    ran = sca(*NOON, "--as-of", "2025-03-02", "--rules", folder)

    assert ran.out.splitlines()[-1] == (
        "next change: 2025-03-10 00:00 (+05:00), 7 days 12 hours later: clear"
    )


def test_a_change_to_silence_says_how_far_it_reaches(watched):
    ran = sca("next", "Almaty", "2025-03-08", "--now", "2025-04-01T00:00Z", "--clear", "P30D",
              "--rules", watched)  # fmt: skip

    assert ran.code == 0
    assert ran.out.splitlines()[-2:] == [
        "next change: 2025-03-10 00:00 (+05:00), 2 days later: clear",
        "first stretch of P30D in which nothing is in force: from 2025-03-10 00:00 through "
        "2025-04-08 23:59 (+05:00); nothing announced as of 2025-03-20",
    ]


STALE = ("--now", "2025-06-01T00:00Z")


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        pytest.param(
            [], 3,
            ["stale", "sca check tells why, and the ways out", "no change is known"],
            id="no answer",
        ),
        pytest.param(["--max-age", "90d"], 0, ["clear", "no change is known"], id="old enough"),
        pytest.param(["--unwatched", "clear"], 3, None, id="what is stale is not unwatched"),
        pytest.param(["--clear", "P1D"], 3, None, id="none that is clear for sure"),
        pytest.param(["--clear", "P1D", "--max-age", "90d"], 0, None, id="one that is"),
    ],
)  # fmt: skip
def test_where_nobody_watches_it_cannot_be_told(more, code, told, watched):
    ran = sca("next", "Almaty", *STALE, *more, "--rules", watched)

    assert (ran.code, ran.err) == (code, "")
    if told:
        first, *rest = ran.out.splitlines()[3:]
        assert first.startswith(f"at 2025-06-01 05:00 (+05:00): {told[0]}")
        assert rest == told[1:]


def test_the_document_of_the_next_change(watched):
    ran = sca(*NOON, "--now", "2025-04-01T00:00Z", "--json", "--rules", watched)
    told = ran.document

    assert (ran.code, told["exit"], told["kind"], told["clear"]) == (0, 0, "next", None)
    assert told["when"]["asked"] == "2025-03-02T12:00"
    assert told["first"]["level"]["id"] == "yellow"
    change = told["change"]
    assert change.pop("level")["id"] == "orange"
    assert change == {
        "at": "2025-03-03T19:00:00Z",
        "local": "2025-03-04T00:00:00+05:00",
        "seconds": 36 * 3600,
        "answer": "in force",
        "partial": False,
        "parts": [{"id": "geonames:1526384", "name": "Almaty", "level": "orange"}],
        "advisories": [{"id": "life", "title": "Of life", "level": "orange"}],
        "announced": None,
    }


def test_the_document_of_a_clear_stretch(watched):
    ran = sca(*NOON, "--now", "2025-04-01T00:00Z", "--clear", "P20D", "--json", "--rules", watched)

    assert ran.document["clear"] == {
        "length": "P20D",
        "within": "P60D",
        "until": "2025-05-01T07:00:00Z",
        "stretch": {
            "start": "2025-03-09T19:00:00Z",
            "end": "2025-03-29T19:00:00Z",
            "local_start": "2025-03-10T00:00:00+05:00",
            "local_end": "2025-03-30T00:00:00+05:00",
        },
        "announced": "2025-03-20T19:00:00Z",
        "barred": [
            {
                "answer": "in force",
                "start": "2025-03-02T07:00:00Z",
                "end": "2025-03-09T19:00:00Z",
            }
        ],
    }


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        pytest.param(["Almatty"], 3, "no place called 'Almatty'", id="no place"),
        pytest.param(["Almaty", "tomorrow"], 2, "'tomorrow' is not a time", id="no time"),
        pytest.param(["Almaty", "--clear", "2 days"], 2, "not a length of time", id="no length"),
        pytest.param(
            ["Almaty", "--clear", "P1D", "--within", "2w"], 2, "not a length", id="within"
        ),
        pytest.param(["Almaty", "--within", "P1D"], 2, "say how long by --clear", id="how long"),
        pytest.param(["Almaty", "--at-least", "puce"], 2, "no scheme has a level", id="no level"),
    ],
)
def test_what_cannot_be_answered_is_refused(arguments, code, line, folder):
    ran = sca("next", *arguments, "--rules", folder)

    assert (ran.code, ran.out) == (code, "")
    assert line in ran.err


def test_the_red_level_of_january_2022_is_followed_by_orange_and_then_by_nothing():
    ran = sca("next", "Almaty", "2022-01-20T12:00", "--clear", "P2D", "--json")

    change, clear = ran.document["change"], ran.document["clear"]
    assert (ran.code, change["local"], change["level"]["id"]) == (
        0, "2022-01-26T00:00:00+06:00", "orange",
    )  # fmt: skip
    assert clear["stretch"]["local_start"] == "2022-02-07T00:00:00+06:00"
