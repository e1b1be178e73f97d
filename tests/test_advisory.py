from datetime import timedelta

import pytest

from sca.advisory import Segment, fold, span_of
from sca.errors import SkippedTime
from sca.spans import FOREVER, Span
from tests.builders import (
    ORANGE,
    YELLOW,
    a_bulletin,
    a_place,
    a_span,
    an_advisory,
    at,
)

ALMATY, ASTANA, ORAL = a_place("Almaty"), a_place("Astana"), a_place("Oral", timezone="Asia/Oral")


# How long a bulletin holds


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
    assert span_of(a_bulletin(**bounds), "Asia/Almaty") == a_span(start, end)


def test_a_bulletin_without_an_end_holds_until_further_notice():
    assert span_of(a_bulletin(expires=None), "Asia/Almaty") == Span(at("2024-07-01T19:01"), FOREVER)


def test_bulletins_that_meet_at_midnight_share_no_instant():
    before = span_of(a_bulletin(onset="2024-07-02", expires="2024-07-02T23:59"), "Asia/Almaty")
    after = span_of(a_bulletin(onset="2024-07-03", expires="2024-07-03"), "Asia/Almaty")

    assert before.end == after.start
    assert not before.overlaps(after)


@pytest.mark.parametrize("bound", ["onset", "expires"])
def test_a_bound_that_no_clock_showed_is_refused(bound):
    bulletin = a_bulletin(
        **{"onset": "2024-03-01", "expires": "2024-04-01"} | {bound: "2024-03-31T02:30"}
    )

    with pytest.raises(SkippedTime) as caught:
        span_of(bulletin, "Europe/Berlin")

    assert str(caught.value) == (
        "'2024-03-31T02:30' never came in Europe/Berlin: clocks there went from 2024-03-31 02:00 "
        "to 2024-03-31 03:00; ask for a time before or after"
    )


# What an advisory comes to


def test_each_place_of_each_bulletin_is_a_segment():
    first = a_bulletin(places=(ALMATY, ASTANA), onset="2024-07-02", expires="2024-07-02")
    second = a_bulletin(places=(ALMATY,), level=ORANGE, onset="2024-07-03", expires="2024-07-03")
    advisory = an_advisory(bulletins=(first, second))
    second_of_july = a_span("2024-07-01T19:00", "2024-07-02T19:00")
    third_of_july = a_span("2024-07-02T19:00", "2024-07-03T19:00")

    segments = fold(advisory)

    assert segments == (
        Segment(advisory, ALMATY, second_of_july, YELLOW, 1),
        Segment(advisory, ASTANA, second_of_july, YELLOW, 1),
        Segment(advisory, ALMATY, third_of_july, ORANGE, 2),
    )
    assert [segment.act for segment in segments] == [first, first, second]


def test_times_are_read_on_the_clock_of_the_advisory_not_of_the_place():
    advisory = an_advisory(bulletins=(a_bulletin(places=(ORAL,)),), timezone="Europe/London")

    (segment,) = fold(advisory)

    assert segment.span == a_span("2024-07-01T23:01", "2024-07-04T23:00")


def test_a_place_that_is_named_twice_is_one_segment():
    advisory = an_advisory(bulletins=(a_bulletin(places=(ALMATY, ASTANA, ALMATY)),))

    assert [segment.place for segment in fold(advisory)] == [ALMATY, ASTANA]


def test_an_advisory_without_a_bulletin_comes_to_nothing():
    assert fold(an_advisory(bulletins=())) == ()


def test_a_duration_runs_from_the_first_instant_of_the_onset():
    span = span_of(a_bulletin(expires=None, duration="PT1M"), "Asia/Almaty")

    assert span.end - span.start == timedelta(minutes=1)
