"""The law of bulletins, against an interpreter that walks instant by instant."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given, strategies as st

from sca.advisory import Doubt, Segment, Then
from sca.errors import SkippedTime
from sca.history import missteps, segments
from sca.places import Kind
from sca.spans import FOREVER, Span, hull, read_moment
from tests.builders import (
    ORANGE,
    RED,
    YELLOW,
    a_bulletin,
    a_place,
    a_span,
    an_advisory,
    at,
    law,
)

COUNTRY = a_place("Country", kind=Kind.COUNTRY)
NORTH = a_place("North", kind=Kind.REGION, within=(COUNTRY.id,))
CITY = a_place("City", within=(NORTH.id, COUNTRY.id))
TOWN = a_place("Town", within=(NORTH.id, COUNTRY.id))
PORT = a_place("Port", within=(COUNTRY.id,))
PLACES = (COUNTRY, NORTH, CITY, TOWN, PORT)

MINUTE = timedelta(minutes=1)


def act(issued="2024-07-01", **changes):
    """A bulletin of which all but the date of issue is left out."""
    blank = {"level": None, "places": (COUNTRY,), "onset": issued, "expires": None}
    return a_bulletin(issued=issued, **blank | changes)


def of(*bulletins, timezone="UTC"):
    return an_advisory(bulletins=tuple(bulletins), timezone=timezone)


def told(advisory, place=COUNTRY, **how):
    """What holds at a named place: level, from and until (UTC, to the minute)."""
    return [
        (s.level.id, f"{s.span.start:%m-%dT%H:%M}", _end(s.span.end))
        for s in segments(advisory, **how)
        if s.place == place
    ]


def _end(instant):
    return "" if instant == FOREVER else f"{instant:%m-%dT%H:%M}"


def wrong(*bulletins, **how):
    return [(m.bulletin, m.key) for m in missteps(of(*bulletins, **how))]


# ----------------------------------------------------------------------------- how long one holds


def span_of(bulletin, timezone):
    """From the first to the last instant at which a bulletin by itself holds, sure of it or not."""
    return hull(s.span for s in segments(of(bulletin, timezone=timezone)))


@pytest.mark.parametrize(
    ("bounds", "start", "end"),
    [
        pytest.param(
            {"onset": "2024-07-02T00:01", "expires": "2024-07-04T23:59"},
            "2024-07-01T19:01",
            "2024-07-04T19:00",
            id="through the whole of its last minute",
        ),
        pytest.param(
            {"onset": "2024-07-02T00:01:30", "expires": "2024-07-04T23:59:58"},
            "2024-07-01T19:01:30",
            "2024-07-04T18:59:59",
            id="through the whole of its last second",
        ),
        pytest.param(
            {"onset": "2024-07-02", "expires": "2024-07-04"},
            "2024-07-01T19:00",
            "2024-07-04T19:00",
            id="through the whole of its last day",
        ),
        pytest.param(
            {"onset": "2024-07-02", "expires": "2024-07-02"},
            "2024-07-01T19:00",
            "2024-07-02T19:00",
            id="one day",
        ),
        pytest.param(
            {"onset": "2024-07-02T00:01Z", "expires": "2024-07-02T10:00-03:00"},
            "2024-07-02T00:01",
            "2024-07-02T13:01",
            id="by its own offsets",
        ),
        pytest.param(
            {"onset": "2024-07-02", "expires": None, "duration": "P40D"},
            "2024-07-01T19:00",
            "2024-08-10T19:00",
            id="forty days, the first included",
        ),
        pytest.param(
            {"onset": "2024-07-02T10:00", "expires": None, "duration": "P1DT6H"},
            "2024-07-02T05:00",
            "2024-07-03T11:00",
            id="a day and six hours from its first instant",
        ),
        pytest.param(
            {"expires": None, "duration": "PT1M"},
            "2024-07-01T19:01",
            "2024-07-01T19:02",
            id="a minute from its first instant",
        ),
        pytest.param(
            {"onset": "2024-02-29", "expires": None, "duration": "P1D"},
            "2024-02-28T18:00",
            "2024-02-29T19:00",
            id="a day of 25 hours",
        ),
        pytest.param(
            {"onset": "2024-02-29T22:00", "expires": None, "duration": "PT6H"},
            "2024-02-29T16:00",
            "2024-02-29T22:00",
            id="six hours by a stopwatch, while the clock went back",
        ),
        pytest.param(
            {"onset": "2024-02-29T23:30", "expires": "2024-03-01T12:00"},
            "2024-02-29T17:30",
            "2024-03-01T07:01",
            id="from the first of two such hours",
        ),
        pytest.param(
            {"onset": "2024-02-29T12:00", "expires": "2024-02-29T23:29"},
            "2024-02-29T06:00",
            "2024-02-29T18:30",
            id="through the second of two such hours",
        ),
    ],
)
def test_a_bulletin_holds_from_its_onset_through_its_end(bounds, start, end):
    assert span_of(a_bulletin(**bounds), "Asia/Almaty") == Span(at(start), at(end))


def test_bulletins_that_meet_at_midnight_share_no_instant():
    before = span_of(a_bulletin(onset="2024-07-02", expires="2024-07-02T23:59"), "Asia/Almaty")
    after = span_of(a_bulletin(onset="2024-07-03", expires="2024-07-03"), "Asia/Almaty")

    assert before.end == after.start
    assert not before.overlaps(after)


@pytest.mark.parametrize("bound", ["onset", "expires"])
@pytest.mark.parametrize("read", [segments, missteps])
def test_a_bound_that_no_clock_showed_is_refused(read, bound):
    bounds = {"onset": "2024-03-01", "expires": "2024-04-01"} | {bound: "2024-03-31T02:30"}

    with pytest.raises(SkippedTime) as caught:
        read(of(a_bulletin(**bounds), timezone="Europe/Berlin"))

    assert str(caught.value) == (
        "'2024-03-31T02:30' never came in Europe/Berlin: clocks there went from 2024-03-31 02:00 "
        "to 2024-03-31 03:00; ask for a time before or after"
    )


# ------------------------------------------------------------------------------------- by example


def test_every_named_place_has_a_segment_of_its_own_for_each_act():
    first = act(level=YELLOW, places=(CITY, PORT, CITY), onset="2024-07-02T00:00")
    second = act("2024-07-03", level=RED, places=(PORT,), onset="2024-07-03T00:00")
    advisory = of(first, second)
    day, forever = a_span("2024-07-02", "2024-07-03"), Span(at("2024-07-02"))

    found = segments(advisory)

    assert found == (
        Segment(advisory, CITY, forever, YELLOW, 1),
        Segment(advisory, PORT, day, YELLOW, 1),
        Segment(advisory, PORT, Span(at("2024-07-03")), RED, 2),
    )
    assert [segment.act for segment in found] == [first, first, second]


def test_an_advisory_without_a_bulletin_comes_to_nothing():
    assert segments(of()) == ()
    assert missteps(of()) == ()


def test_times_are_read_on_the_clock_of_the_advisory_not_of_the_place():
    west = a_place("West", timezone="Asia/Oral")
    bulletin = a_bulletin(places=(west,))

    assert span_of(bulletin, "Europe/London") == a_span("2024-07-01T23:01", "2024-07-04T23:00")


def test_a_level_holds_from_its_onset_through_its_end():
    advisory = of(act(level=RED, onset="2024-07-02T10:00", expires="2024-07-04T10:00"))

    assert told(advisory) == [("red", "07-02T10:00", "07-04T10:01")]
    assert wrong(*advisory.bulletins) == []


def test_without_an_end_it_holds_until_further_notice():
    assert told(of(act(level=RED, onset="2024-07-02T10:00"))) == [("red", "07-02T10:00", "")]


def test_a_cancel_ends_it_at_its_onset():
    advisory = of(
        act(level=RED, onset="2024-07-02T10:00"),
        act("2024-07-03", cancels=True, onset="2024-07-03T18:00"),
    )

    assert told(advisory) == [("red", "07-02T10:00", "07-03T18:00")]


def test_an_extension_keeps_the_level():
    first = act(level=YELLOW, onset="2024-07-02T00:00", expires="2024-07-04")
    advisory = of(first, act("2024-07-04", expires="2024-07-09", onset="2024-07-05T00:00"))

    assert told(advisory) == [
        ("yellow", "07-02T00:00", "07-05T00:00"),
        ("yellow", "07-05T00:00", "07-10T00:00"),
    ]


def test_what_raises_or_lowers_keeps_the_end():
    first = act(level=YELLOW, onset="2024-07-02T00:00", expires="2024-07-04")
    advisory = of(first, act("2024-07-03", level=RED, onset="2024-07-03T12:00"))

    assert told(advisory) == [
        ("yellow", "07-02T00:00", "07-03T12:00"),
        ("red", "07-03T12:00", "07-05T00:00"),
    ]


def test_an_extension_revives_nothing_that_was_cancelled():
    advisory = of(
        act(level=YELLOW, onset="2024-07-02T00:00", places=(CITY, PORT)),
        act("2024-07-03", cancels=True, places=(PORT,), onset="2024-07-03T00:00"),
        act("2024-07-04", expires="2024-07-09", places=(CITY, PORT), onset="2024-07-04T00:00"),
    )

    assert told(advisory, PORT) == [("yellow", "07-02T00:00", "07-03T00:00")]
    assert told(advisory, CITY)[-1] == ("yellow", "07-04T00:00", "07-10T00:00")
    assert wrong(*advisory.bulletins) == [(3, "then")]


def test_after_a_cancel_a_new_level_has_no_end_of_before():
    advisory = of(
        act(level=YELLOW, onset="2024-07-02T00:00", expires="2024-07-30"),
        act("2024-07-03", cancels=True, onset="2024-07-03T00:00"),
        act("2024-07-04", level=RED, onset="2024-07-04T00:00"),
    )

    assert told(advisory)[-1] == ("red", "07-04T00:00", "")


def test_nor_has_one_after_an_extension_that_found_it_cancelled():
    advisory = of(
        act(level=YELLOW, onset="2024-07-02T00:00", places=(CITY, PORT)),
        act("2024-07-03", cancels=True, onset="2024-07-03T00:00", places=(PORT,)),
        act("2024-07-04", expires="2024-07-09", onset="2024-07-04T00:00", places=(CITY, PORT)),
        act("2024-07-05", level=RED, onset="2024-07-05T00:00", places=(CITY, PORT)),
    )

    assert told(advisory, PORT)[-1] == ("red", "07-05T00:00", "")
    assert told(advisory, CITY)[-1] == ("red", "07-05T00:00", "07-10T00:00")


def test_open_takes_an_end_away():
    advisory = of(
        act(level=YELLOW, onset="2024-07-02T00:00", expires="2024-07-30"),
        act("2024-07-03", open=True, onset="2024-07-03T00:00"),
    )

    assert told(advisory)[-1] == ("yellow", "07-03T00:00", "")


def test_a_later_word_on_a_city_wins_over_an_earlier_one_on_its_country():
    advisory = of(
        act(level=RED, onset="2024-07-02T00:00"),
        act("2024-07-03", level=ORANGE, places=(CITY,), onset="2024-07-03T00:00"),
    )

    assert told(advisory, CITY)[-1] == ("orange", "07-03T00:00", "")
    assert told(advisory, COUNTRY) == [("red", "07-02T00:00", "")]


def test_a_later_word_on_the_country_wins_over_all_of_its_cities():
    advisory = of(
        act(level=YELLOW, places=(CITY,), onset="2024-07-02T00:00"),
        act("2024-07-03", level=RED, onset="2024-07-03T00:00"),
    )

    assert told(advisory, CITY)[-1] == ("red", "07-03T00:00", "")


def test_what_is_excepted_keeps_what_it_had():
    advisory = of(
        act(level=RED, places=(CITY,), onset="2024-07-02T00:00"),
        act("2024-07-03", level=YELLOW, exceptions=(CITY,), onset="2024-07-03T00:00"),
    )

    assert told(advisory, CITY) == [("red", "07-02T00:00", "")]
    assert told(advisory, COUNTRY) == [("yellow", "07-03T00:00", "")]
    assert wrong(*advisory.bulletins) == []


def test_red_for_the_country_orange_for_a_region_nothing_for_a_city():
    advisory = of(
        act(level=RED, onset="2024-07-02T00:00"),
        act("2024-07-03", level=ORANGE, places=(NORTH,), onset="2024-07-04T00:00"),
        act("2024-07-05", cancels=True, places=(CITY,), onset="2024-07-06T00:00"),
    )

    assert told(advisory, COUNTRY) == [("red", "07-02T00:00", "")]
    assert told(advisory, NORTH) == [
        ("red", "07-02T00:00", "07-04T00:00"),
        ("orange", "07-04T00:00", ""),
    ]
    assert told(advisory, CITY) == [
        ("red", "07-02T00:00", "07-04T00:00"),
        ("orange", "07-04T00:00", "07-06T00:00"),
    ]


@pytest.mark.parametrize(
    ("then", "after"),
    [(Then.BEFORE, [("yellow", "07-03T20:01", "")]), (Then.NONE, [])],
)
def test_what_follows_an_end_is_what_was_before_or_nothing(then, after):
    advisory = of(
        act(level=YELLOW, onset="2024-07-02T00:00"),
        act(
            "2024-07-03", level=RED, onset="2024-07-03T12:00", expires="2024-07-03T20:00", then=then
        ),
    )

    expected = [("yellow", "07-02T00:00", "07-03T12:00"), ("red", "07-03T12:00", "07-03T20:01")]
    assert told(advisory) == expected + after
    assert wrong(*advisory.bulletins) == []


def test_a_raise_whose_hour_is_not_known_counts_from_the_start_of_the_day():
    advisory = of(act(level=YELLOW, onset="2024-07-02T00:00"), act("2024-07-03", level=RED))

    assert told(advisory) == [
        ("yellow", "07-02T00:00", "07-03T00:00"),
        ("red", "07-03T00:00", "07-04T00:00"),
        ("red", "07-04T00:00", ""),
    ]
    assert [s.doubt for s in segments(advisory)] == [None, Doubt.HOUR, None]


def test_a_lowering_whose_hour_is_not_known_counts_from_the_end_of_the_day():
    advisory = of(act(level=RED, onset="2024-07-02T00:00"), act("2024-07-03", level=YELLOW))

    assert told(advisory) == [
        ("red", "07-02T00:00", "07-03T00:00"),
        ("red", "07-03T00:00", "07-04T00:00"),
        ("yellow", "07-04T00:00", ""),
    ]


def test_a_cancel_whose_hour_is_not_known_counts_from_the_end_of_the_day():
    advisory = of(act(level=RED, onset="2024-07-02T00:00"), act("2024-07-03", cancels=True))

    assert told(advisory)[-1] == ("red", "07-03T00:00", "07-04T00:00")


def test_an_onset_that_comes_twice_is_not_certain_either():
    """In Almaty the hour from 23:00 on 29 February 2024 came two times."""
    advisory = of(
        act(level=YELLOW, onset="2024-02-28T00:00", issued="2024-02-28"),
        act("2024-02-29", level=RED, onset="2024-02-29T23:30"),
        timezone="Asia/Almaty",
    )

    assert told(advisory) == [
        ("yellow", "02-27T18:00", "02-29T17:30"),
        ("red", "02-29T17:30", "02-29T18:31"),
        ("red", "02-29T18:31", ""),
    ]


def test_local_hours_are_those_of_each_place():
    west = a_place("West", timezone="Asia/Aqtobe")
    advisory = of(
        act("2022-01-05", level=RED, onset="2022-01-05T12:00", places=(CITY, west)),
        timezone="local",
    )

    assert told(advisory, CITY) == [("red", "01-05T06:00", "")]
    assert told(advisory, west) == [("red", "01-05T07:00", "")]
    assert told(advisory, CITY, zone="Asia/Aqtobe") == [("red", "01-05T07:00", "")]


# ----------------------------------------------------------------------------------------- as of


EXTENDED = of(
    act("2024-07-01", level=YELLOW, onset="2024-07-01T12:00", expires="2024-07-05"),
    act("2024-07-04", expires="2024-07-20", onset="2024-07-04T12:00"),
)


@pytest.mark.parametrize(
    ("known", "until"),
    [
        (("2024-06-29", "2024-06-30"), []),
        (("2024-07-02", "2024-07-03"), ["07-06T00:00"]),
        (("2024-07-05", "2024-07-06"), ["07-04T12:00", "07-21T00:00"]),
    ],
)
def test_as_of_a_time_later_bulletins_are_not_known(known, until):
    known = Span(*map(at, known))

    assert [end for _, _, end in told(EXTENDED, known=known)] == until


def test_as_of_the_day_of_a_bulletin_the_gravest_of_what_may_have_been_known_is_told():
    advisory = of(
        act("2024-07-01", level=RED, onset="2024-07-01T00:00"),
        act("2024-07-04", cancels=True, onset="2024-07-04T00:00"),
    )
    known = Span(at("2024-07-04"), at("2024-07-05"))

    assert told(advisory, known=known)[-1] == ("red", "07-04T00:00", "")
    assert segments(advisory, known=known)[-1].doubt is Doubt.KNOWN


# -------------------------------------------------------------------------------------- mistakes


FIRST = act(level=YELLOW, onset="2024-07-02T00:00", expires="2024-07-10")
MISSTEPS = {
    "issued before the one above": (
        [FIRST, act("2024-06-30", expires="2024-07-12")],
        (2, "issued"),
    ),
    "a first one without a level": ([act()], (1, "level")),
    "no level for one of its places": (
        [replace(FIRST, places=(CITY,)), act("2024-07-02", places=(PORT,))],
        (2, "level"),
    ),
    "speaks for no place": ([FIRST, act("2024-07-02", exceptions=(COUNTRY,))], (2, "places")),
    "ends before it starts": (
        [FIRST, act("2024-07-03", level=RED, expires="2024-07-02", then=Then.NONE)],
        (2, "expires"),
    ),
    "an end inherited from the past": ([FIRST, act("2024-07-20", level=RED)], (2, "expires")),
    "an end before that of what it replaces": (
        [FIRST, act("2024-07-03", level=RED, expires="2024-07-04")],
        (2, "then"),
    ),
    "then without an end": ([FIRST, act("2024-07-03", open=True, then=Then.NONE)], (2, "then")),
    "none everywhere without saying it": (
        [FIRST, act("2024-07-03", cancels=True), act("2024-07-04", expires="2024-07-09")],
        (3, "level"),
    ),
    "a city lowered by a word on its country": (
        [
            replace(FIRST, level=RED, places=(CITY,)),
            act("2024-07-03", level=YELLOW, expires="2024-07-10"),
        ],
        (2, "places"),
    ),
}


@pytest.mark.parametrize(("bulletins", "where"), MISSTEPS.values(), ids=MISSTEPS)
def test_what_breaks_the_law_is_told(bulletins, where):
    assert wrong(*bulletins) == [where]


RIGHT = {
    "issued on the same day": [FIRST, act("2024-07-01", expires="2024-07-12")],
    "an end as late as what it replaces": [
        FIRST,
        act("2024-07-03", level=RED, expires="2024-07-10"),
    ],
    "a city named with its country": [
        replace(FIRST, level=RED, places=(CITY,)),
        act("2024-07-03", level=YELLOW, expires="2024-07-10", places=(COUNTRY, CITY)),
    ],
    "a city raised with its country": [
        replace(FIRST, places=(CITY,)),
        act("2024-07-03", level=RED, expires="2024-07-10"),
    ],
}


@pytest.mark.parametrize("bulletins", RIGHT.values(), ids=RIGHT)
def test_what_keeps_the_law_is_passed(bulletins):
    assert wrong(*bulletins) == []


# ------------------------------------------------------------------------------------------- laws


def days(first, last):
    return st.integers(first, last).map(lambda day: f"2024-02-{day:02}")


@st.composite
def moments(draw, first=26, last=29):
    """A day or a minute about the night in which Almaty's clocks went back."""
    day = draw(days(first, last))
    hour = draw(st.none() | st.sampled_from(["00:00", "06:30", "12:00", "22:59", "23:00", "23:30"]))
    return day if hour is None else f"{day}T{hour}"


@st.composite
def advisories(draw):
    """Any bulletins, in the order of issue; the law may be broken, the folding is defined yet."""
    bulletins = []
    for number, issued in enumerate(sorted(draw(st.lists(days(24, 27), min_size=1, max_size=5)))):
        cancels = number > 0 and draw(st.booleans())
        end = None if cancels else draw(st.none() | st.just("open") | moments(26, 29))
        level = st.sampled_from([YELLOW, ORANGE, RED])
        bulletins.append(
            act(
                issued,
                onset=draw(moments()),
                cancels=cancels,
                level=None if cancels else draw(level if not number else st.none() | level),
                open=end == "open",
                expires=None if end == "open" else end,
                then=draw(st.none() | st.sampled_from(Then)),
                places=tuple(draw(st.sets(st.sampled_from(PLACES), min_size=1, max_size=2))),
                exceptions=tuple(draw(st.sets(st.sampled_from(PLACES[1:]), max_size=1))),
            )
        )
    return of(*bulletins, timezone="Asia/Almaty")


def reads(moment):
    return moment.reading("Asia/Almaty")


def slow(bulletins, place, instant, last=None):
    """The rank that holds at a place at an instant, one bulletin after the other."""
    holds, level, end = (lambda t: -1), None, FOREVER
    for b in bulletins:
        if not any(place.lies_in(p) for p in b.places) or any(
            place.lies_in(p) for p in b.exceptions
        ):
            continue
        if b.expires:
            end = reads(b.expires).span.end
        elif b.open or level is None:
            end = FOREVER
        level = None if b.cancels else b.level or level
        holds = _after(holds, b, level, FOREVER if b.cancels else end)
    return holds(instant)


def _after(before, b, level, end):
    onset = reads(b.onset)
    sure = onset.span.end if b.onset.is_day or onset.twice else onset.span.start
    start, rank = onset.span.start, -1 if level is None else level.rank
    goes_on = b.then is Then.BEFORE and level is not None and start < end < FOREVER

    def new(t):
        return rank if t < end else before(t) if goes_on else -1

    return lambda t: before(t) if t < start else max(before(t), new(t)) if t < sure else new(t)


def instants(advisory):
    """Every instant at which something may change, the minutes around it, and each hour."""
    bounds = [reads(m).span for b in advisory.bulletins for m in (b.onset, b.expires) if m]
    edges = {edge for span in bounds for edge in (span.start, span.end)}
    near = {edge + step for edge in edges for step in (-MINUTE, 0 * MINUTE, MINUTE)}
    return sorted(near | {at("2024-02-25") + timedelta(hours=h) for h in range(0, 24 * 6, 5)})


def rank_at(told_, place, instant):
    ranks = [s.level.rank for s in told_ if s.place == place and instant in s.span]
    assert len(ranks) <= 1
    return ranks[0] if ranks else -1


@law
@given(advisories())
def test_folding_says_what_a_slow_walk_says(advisory):
    folded = segments(advisory)

    for place in advisory.places:
        for instant in instants(advisory):
            assert rank_at(folded, place, instant) == slow(advisory.bulletins, place, instant)


@law
@given(advisories(), moments(23, 28), st.integers(1, 3 * 24 * 60))
def test_as_of_a_time_is_the_gravest_of_all_that_may_have_been_known(advisory, text, minutes):
    start = reads(read_moment(text)).span.start
    known = Span(start, start + minutes * MINUTE)
    issued = [reads(b.issued).span for b in advisory.bulletins]
    minutes_of_it = [known.start + n * MINUTE for n in range(0, minutes, 7)] + [known.end - MINUTE]
    counts = {
        count
        for instant in minutes_of_it
        for count in range(len(issued) + 1)
        if all(s.start <= instant for s in issued[:count])
        and all(instant < s.end for s in issued[count:])
    }

    folded = segments(advisory, known=known)

    for place in advisory.places:
        for instant in instants(advisory)[::5]:
            ranks = [slow(advisory.bulletins[:count], place, instant) for count in counts]
            assert rank_at(folded, place, instant) == max(ranks)


@law
@given(advisories())
def test_as_of_the_far_future_is_all_there_is(advisory):
    future = Span(at("2030-01-01"), at("2030-01-02"))

    assert segments(advisory, known=future) == segments(advisory)


@law
@given(advisories(), st.data())
def test_after_a_cancel_nothing_holds_until_a_later_bulletin_speaks(advisory, data):
    cancels = [n for n, b in enumerate(advisory.bulletins) if b.cancels]
    assume(cancels)
    number = data.draw(st.sampled_from(cancels))
    cancel, later = advisory.bulletins[number], advisory.bulletins[number + 1 :]
    folded = segments(advisory)

    for place in filter(cancel.speaks_for, advisory.places):
        if any(b.speaks_for(place) for b in later):
            continue
        from_then_on = Span(reads(cancel.onset).span.end)
        assert not [s for s in folded if s.place == place and s.span.overlaps(from_then_on)]


@law
@given(advisories())
def test_a_bulletin_added_last_changes_nothing_before_its_onset(advisory):
    assume(len(advisory.bulletins) > 1)
    last = advisory.bulletins[-1]
    without = replace(advisory, bulletins=advisory.bulletins[:-1])
    until = reads(last.onset).span.start

    before, after = segments(without), segments(advisory)
    for place in without.places:
        for instant in filter(lambda t: t < until, instants(advisory)):
            assert rank_at(after, place, instant) == rank_at(before, place, instant)
