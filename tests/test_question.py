"""What is asked: each part of a place on its own clock, and by which parts a place is judged."""

import pytest

from sca.acceptance import Acceptance
from sca.errors import InvalidTime, SkippedTime
from sca.levels import read_threshold
from sca.places import Kind
from sca.question import Part, Question, ask, judged_as_one
from sca.spans import FOREVER, read, read_moment
from tests.builders import RED, a_place, a_question, a_span, at, words

KAZAKHSTAN = a_place("Kazakhstan", kind=Kind.COUNTRY)
SOUTH = a_place("South", kind=Kind.REGION, within=(KAZAKHSTAN.id,))
WEST = a_place("West", kind=Kind.REGION, within=(KAZAKHSTAN.id,), timezone="Asia/Oral")
ALMATY = a_place("Almaty", within=(SOUTH.id, KAZAKHSTAN.id))
TARAZ = a_place("Taraz", within=(SOUTH.id, KAZAKHSTAN.id))
ORAL = a_place("Oral", within=(WEST.id, KAZAKHSTAN.id), timezone="Asia/Oral")
OFFICE = a_place("Office", kind=Kind.SITE, within=ALMATY.chain)
DESK = a_place("Desk", kind=Kind.SITE, within=OFFICE.chain)
POINT = a_place("43,77", kind=Kind.POINT, within=ALMATY.chain)
BOTH_CLOCKS = a_place("Country of one region", zones=("Asia/Oral", "Asia/Almaty"))
NOWHERE = a_place("0,-30", kind=Kind.POINT, timezone="")
REGIONS = (SOUTH, WEST)


# The clocks of its parts


def test_each_part_is_asked_at_its_own_clock():
    question = ask(KAZAKHSTAN, (ALMATY, ORAL), read("2022-01-05"), FOREVER)

    # Almaty was at +06 then, Oral at +05.
    assert question.parts == (
        Part(ALMATY, a_span("2022-01-04T18:00", "2022-01-05T18:00"), "Asia/Almaty"),
        Part(ORAL, a_span("2022-01-04T19:00", "2022-01-05T19:00"), "Asia/Oral"),
    )
    assert question.span == a_span("2022-01-04T18:00", "2022-01-05T19:00")
    assert question.timezone is None


def test_a_part_with_several_clocks_is_asked_at_each_of_them():
    question = ask(KAZAKHSTAN, [BOTH_CLOCKS, TARAZ], read("2022-01-05T14:00"), FOREVER)

    assert question.parts == (
        Part(BOTH_CLOCKS, a_span("2022-01-05T09:00", "2022-01-05T09:01"), "Asia/Oral"),
        Part(BOTH_CLOCKS, a_span("2022-01-05T08:00", "2022-01-05T08:01"), "Asia/Almaty"),
        Part(TARAZ, a_span("2022-01-05T08:00", "2022-01-05T08:01"), "Asia/Almaty"),
    )


@pytest.mark.parametrize(
    ("parts", "timezone"),
    [
        pytest.param((ALMATY, TARAZ), "Asia/Almaty", id="one clock"),
        pytest.param((ALMATY, ORAL), None, id="two"),
    ],
)
def test_a_question_has_a_clock_where_its_parts_share_it(parts, timezone):
    assert a_question(KAZAKHSTAN, parts=parts).timezone == timezone


def test_an_hour_that_came_twice_is_marked_as_such_where_it_did():
    question = ask(KAZAKHSTAN, [ALMATY, ORAL], read("2024-02-29T23:30"), FOREVER)

    # In Almaty it did; in Oral the clock stayed as it was.
    assert question.parts == (
        Part(ALMATY, a_span("2024-02-29T17:30", "2024-02-29T18:31"), "Asia/Almaty", twice=True),
        Part(ORAL, a_span("2024-02-29T18:30", "2024-02-29T18:31"), "Asia/Oral"),
    )


def test_a_time_that_a_clock_skipped_at_some_part_is_refused():
    berlin = a_place("Berlin", timezone="Europe/Berlin")
    when = read("2024-03-31T02:30")

    assert ask(ALMATY, [ALMATY], when, FOREVER).span.start == at("2024-03-30T21:30")
    with pytest.raises(SkippedTime):
        ask(ALMATY, [ALMATY, berlin], when, FOREVER)


def test_a_time_that_ends_before_it_starts_at_some_part_is_refused():
    # 10:00 UTC is before 15:00 in London, and after it in Almaty's 15:00.
    london = a_place("London", timezone="Europe/London")
    when = read("2024-07-02T15:00/2024-07-02T10:00Z")

    assert ask(ALMATY, [ALMATY], when, FOREVER).span == a_span(
        "2024-07-02T10:00", "2024-07-02T10:01"
    )
    with pytest.raises(InvalidTime):
        ask(ALMATY, [ALMATY, london], when, FOREVER)


# Where there is no clock


@pytest.mark.parametrize(
    ("when", "as_of", "told"),
    [
        ("2024-07-03", None, "2024-07-03"),
        ("2024-07-03T14:00", None, "2024-07-03T14:00"),
        ("2024-07-03/now", None, "2024-07-03/now"),
        ("2024-07-03T14:00Z", "2024-07-01", "2024-07-01"),
        ("now", "2024-07-01T12:00", "2024-07-01T12:00"),
    ],
)
def test_a_time_on_a_local_clock_is_refused_where_there_is_none(when, as_of, told):
    with pytest.raises(InvalidTime) as caught:
        ask(NOWHERE, [NOWHERE], read(when), at("2024-07-09"), as_of=as_of and read(as_of))

    assert str(caught.value) == (
        f"'{told}' is read on a local clock, and 0,-30 is far from any city; "
        "name its clock by --zone, or give the time with Z or an offset"
    )


@pytest.mark.parametrize(
    ("when", "span"),
    [
        ("2024-07-03T14:00Z", ("2024-07-03T14:00", "2024-07-03T14:01")),
        ("2024-07-03T14:00+02:00", ("2024-07-03T12:00", "2024-07-03T12:01")),
        ("2024-07-03T14:00Z/PT6H", ("2024-07-03T14:00", "2024-07-03T20:00")),
        ("now", ("2024-07-09T00:00:00", "2024-07-09T00:00:01")),
    ],
)
def test_a_time_with_its_offset_needs_no_clock(when, span):
    question = ask(NOWHERE, [NOWHERE], read(when), at("2024-07-09"))

    assert question.parts == (Part(NOWHERE, a_span(*span), None),)
    assert question.timezone is None


# What should count, and what had to be known


def test_a_question_keeps_what_should_count():
    severe, airport = read_threshold("Severe", {}), frozenset({"airport"})
    lived_with = Acceptance("a", (ALMATY,), RED, read_moment("2024-07-03"), words("why"), "us")

    question = ask(
        ALMATY, [ALMATY], read("2024-07-03"), FOREVER, severe, airport,
        exercise=True, accepted=[lived_with],
    )  # fmt: skip

    part = Part(ALMATY, a_span("2024-07-02T19:00", "2024-07-03T19:00"), "Asia/Almaty")
    assert question == Question(ALMATY, (part,), severe, airport, True, (lived_with,))


@pytest.mark.parametrize(
    ("as_of", "almaty", "oral"),
    [
        pytest.param(
            "2022-01-04",
            ("2022-01-03T18:00", "2022-01-04T18:00"),
            ("2022-01-03T19:00", "2022-01-04T19:00"),
            id="on the clock of each part",
        ),
        pytest.param(
            "2022-01-04T12:00Z",
            ("2022-01-04T12:00", "2022-01-04T12:01"),
            ("2022-01-04T12:00", "2022-01-04T12:01"),
            id="by its offset",
        ),
        pytest.param(
            "now",
            ("2022-01-09T00:00:00", "2022-01-09T00:00:01"),
            ("2022-01-09T00:00:00", "2022-01-09T00:00:01"),
            id="now",
        ),
    ],
)
def test_what_had_to_be_known_is_told_by_part(as_of, almaty, oral):
    question = ask(
        KAZAKHSTAN, [ALMATY, ORAL], read("2022-01-05"), at("2022-01-09"), as_of=read(as_of)
    )

    assert [part.known for part in question.parts] == [a_span(*almaty), a_span(*oral)]


def test_where_nothing_is_said_all_there_is_had_to_be_known():
    (part,) = ask(ALMATY, [ALMATY], read("2022-01-05"), FOREVER).parts

    assert part.known is None


# By which parts a place is judged


@pytest.mark.parametrize(
    ("place", "named", "parts"),
    [
        pytest.param(ALMATY, (), (ALMATY,), id="a city"),
        pytest.param(ALMATY, (ALMATY, TARAZ, SOUTH), (ALMATY,), id="a city that is named itself"),
        pytest.param(ALMATY, (OFFICE,), (ALMATY, OFFICE), id="a city with a site that is named"),
        pytest.param(TARAZ, (OFFICE,), (TARAZ,), id="a city that the site is not in"),
        pytest.param(OFFICE, (OFFICE, ALMATY), (OFFICE,), id="a site"),
        pytest.param(OFFICE, (DESK,), (DESK, OFFICE), id="a site with one in it that is named"),
        pytest.param(POINT, (DESK, ALMATY), (POINT,), id="a coordinate"),
        pytest.param(SOUTH, (), (SOUTH,), id="a region of which nothing is named"),
        pytest.param(
            SOUTH, (ALMATY, ORAL, OFFICE), (ALMATY, OFFICE, SOUTH), id="a region: what is named"
        ),
        pytest.param(KAZAKHSTAN, (), (SOUTH, WEST), id="a country: its regions"),
        pytest.param(
            KAZAKHSTAN, (ORAL, SOUTH), (ORAL, SOUTH, WEST), id="a country: and what is named"
        ),
        pytest.param(KAZAKHSTAN, (KAZAKHSTAN,), (SOUTH, WEST), id="a country that is named itself"),
    ],
)
def test_the_parts_by_which_a_place_is_judged(place, named, parts):
    regions = [region for region in REGIONS if place.id in region.within]

    for one, other in ((regions, named), (regions[::-1], named[::-1]), (regions * 2, named * 2)):
        assert judged_as_one(place, one, other) == parts
        assert judged_as_one(place, iter(one), iter(other), complete=True) == parts


def test_a_region_of_regions_stands_for_its_own_land_too():
    district = a_place("District", kind=Kind.REGION, within=(SOUTH.id, KAZAKHSTAN.id))

    assert judged_as_one(SOUTH, [district], [ALMATY]) == (ALMATY, district, SOUTH)


@pytest.mark.parametrize(
    ("named", "parts"),
    [
        pytest.param((), (KAZAKHSTAN,), id="of which nothing is named"),
        pytest.param((ORAL, ALMATY), (ALMATY, KAZAKHSTAN, ORAL), id="of which cities are named"),
    ],
)
def test_a_country_without_regions_stands_for_itself(named, parts):
    assert judged_as_one(KAZAKHSTAN, [], named) == parts


def test_a_country_with_cities_that_no_region_is_known_for_stands_for_itself_too():
    parts = judged_as_one(KAZAKHSTAN, REGIONS, [ALMATY], complete=False)

    assert parts == (ALMATY, KAZAKHSTAN, SOUTH, WEST)


@pytest.mark.parametrize("place", [SOUTH, ALMATY], ids=lambda place: place.name)
def test_whether_the_regions_are_complete_matters_to_no_other_place(place):
    whole, broken = (judged_as_one(place, [], [OFFICE], complete) for complete in (True, False))

    assert whole == broken
