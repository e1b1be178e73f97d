import contextlib
import struct
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
import pytz
from dateutil import tz
from hypothesis import HealthCheck, assume, given, settings, strategies as st

from sca import zones
from sca.errors import InvalidTime, SkippedTime
from sca.spans import (
    FOREVER,
    FORMS,
    MOMENT_FORMS,
    Duration,
    Moment,
    Reading,
    Span,
    hull,
    local_text,
    merged,
    read,
    read_duration,
    read_instant,
    read_moment,
    utc_text,
)
from tests.cases import each

ALMATY = "Asia/Almaty"
LONDON = "Europe/London"
ST_JOHNS = "America/St_Johns"
DAY, HOUR, MINUTE, SECOND = (timedelta(**{u: 1}) for u in ("days", "hours", "minutes", "seconds"))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = datetime(2024, 7, 3, 9, 0, 0, 654321, tzinfo=UTC)

law = settings(
    deadline=None,
    derandomize=True,
    max_examples=120,
    suppress_health_check=[HealthCheck.too_slow],
)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(start, end):
    return Span(utc(start), utc(end))


def reading(text, zone=ALMATY, now=NOW):
    return read(text).reading(zone, now)


def refusal(text, zone=ALMATY, error=InvalidTime):
    with pytest.raises(error) as caught:
        reading(text, zone)
    return str(caught.value)


# What is accepted, and all of what it stands for


@each(
    ("text", "start", "end"),
    [
        ("2024-07-03", "2024-07-02T19:00", "2024-07-03T19:00"),
        ("1970-01-01", "1969-12-31T18:00", "1970-01-01T18:00"),
        ("2100-12-31", "2100-12-30T19:00", "2100-12-31T19:00"),
        ("2024-02-29T12:00", "2024-02-29T06:00", "2024-02-29T06:01"),
        ("2024-07-03T14:00", "2024-07-03T09:00", "2024-07-03T09:01"),
        ("2024-07-03t14:00", "2024-07-03T09:00", "2024-07-03T09:01"),
        ("2024-07-03 14:00", "2024-07-03T09:00", "2024-07-03T09:01"),
        ("2024-07-03T23:59", "2024-07-03T18:59", "2024-07-03T19:00"),
        ("2024-07-03T14:00:30", "2024-07-03T09:00:30", "2024-07-03T09:00:31"),
        ("2024-07-03T14:00:30.999", "2024-07-03T09:00:30", "2024-07-03T09:00:31"),
        ("2024-07-03T14:00:30,5", "2024-07-03T09:00:30", "2024-07-03T09:00:31"),
        ("2024-07-03T14:00:30.9876543210123", "2024-07-03T09:00:30", "2024-07-03T09:00:31"),
        ("2024-07-03T14:00Z", "2024-07-03T14:00", "2024-07-03T14:01"),
        ("2024-07-03 14:00:30.5z", "2024-07-03T14:00:30", "2024-07-03T14:00:31"),
        ("2024-07-03T14:00+05:30", "2024-07-03T08:30", "2024-07-03T08:31"),
        ("2024-07-03T14:00-05:30", "2024-07-03T19:30", "2024-07-03T19:31"),
        ("2024-07-03T14:00-00:00", "2024-07-03T14:00", "2024-07-03T14:01"),
        ("2024-07-03T14:00+14:00", "2024-07-03T00:00", "2024-07-03T00:01"),
        ("2024-07-03T14:00-14:00", "2024-07-04T04:00", "2024-07-04T04:01"),
        ("2024-07-03T24:00", "2024-07-03T19:00", "2024-07-03T19:01"),
        ("2024-07-03T24:00:00", "2024-07-03T19:00", "2024-07-03T19:00:01"),
        ("2024-12-31T24:00Z", "2025-01-01T00:00", "2025-01-01T00:01"),
        ("2024-07-01/2024-07-02", "2024-06-30T19:00", "2024-07-02T19:00"),
        ("2024-07-01/2024-07-01", "2024-06-30T19:00", "2024-07-01T19:00"),
        ("2024-07-02T00:01/2024-07-04T23:59", "2024-07-01T19:01", "2024-07-04T19:00"),
        ("2024-07-02T10:00/2024-07-02", "2024-07-02T05:00", "2024-07-02T19:00"),
        ("2024-07-02/2024-07-02T10:00", "2024-07-01T19:00", "2024-07-02T05:01"),
        ("2024-07-02T10:00Z/2024-07-02T12:00-01:00", "2024-07-02T10:00", "2024-07-02T13:01"),
        ("2024-07-02T15:00/2024-07-02T10:00Z", "2024-07-02T10:00", "2024-07-02T10:01"),
        ("2024-07-01/P3D", "2024-06-30T19:00", "2024-07-03T19:00"),
        ("2024-07-01T10:00/P1D", "2024-07-01T05:00", "2024-07-02T05:00"),
        ("2024-07-01T00:00/PT6H", "2024-06-30T19:00", "2024-07-01T01:00"),
        ("2024-07-01T10:00:30/PT6H", "2024-07-01T05:00:30", "2024-07-01T11:00:30"),
        ("2024-07-01T10:00Z/PT1H30M", "2024-07-01T10:00", "2024-07-01T11:30"),
        ("2024-07-01T10:00Z/P2DT90M", "2024-07-01T10:00", "2024-07-03T11:30"),
        ("now", "2024-07-03T09:00:00", "2024-07-03T09:00:01"),
        ("now/now", "2024-07-03T09:00:00", "2024-07-03T09:00:01"),
        ("now/PT6H", "2024-07-03T09:00:00", "2024-07-03T15:00:00"),
        ("now/P3D", "2024-07-03T09:00:00", "2024-07-06T09:00:00"),
        ("now/2024-07-04", "2024-07-03T09:00:00", "2024-07-04T19:00:00"),
        ("2024-07-01/now", "2024-06-30T19:00:00", "2024-07-03T09:00:01"),
    ],
)
def test_a_written_time_stands_for_all_of_it(text, start, end):
    assert reading(text) == Reading(span(start, end))


@pytest.mark.parametrize(
    ("instant", "inside"),
    [
        pytest.param("2024-07-02T00:00:59+05:00", False, id="the second before"),
        pytest.param("2024-07-02T00:01:00+05:00", True, id="its first second"),
        pytest.param("2024-07-04T23:59:30+05:00", True, id="within its last minute"),
        pytest.param("2024-07-05T00:00:00+05:00", False, id="the midnight after"),
    ],
)
def test_a_window_holds_through_its_last_minute(instant, inside):
    window = reading("2024-07-02T00:01/2024-07-04T23:59").span

    assert (datetime.fromisoformat(instant) in window) == inside


def test_now_is_the_one_second_that_the_given_clock_shows():
    now = datetime(2024, 7, 3, 14, 0, 59, 999999, tzinfo=timezone(timedelta(hours=5)))

    for zone in (ALMATY, "Pacific/Apia"):
        assert reading("now", zone, now) == Reading(span("2024-07-03T09:00:59", "2024-07-03T09:01"))


def test_reading_a_question_keeps_its_words_and_parts():
    when = read("2024-07-01T10:00+05:00/P1DT2H")

    assert when.text == "2024-07-01T10:00+05:00/P1DT2H"
    assert when.first == Moment(datetime(2024, 7, 1, 10), MINUTE, timedelta(hours=5))
    assert when.last is None
    assert when.duration == Duration(1, timedelta(hours=2))
    assert when.interval


@pytest.mark.parametrize(
    ("text", "moment", "written"),
    [
        ("2024-07-03", Moment(datetime(2024, 7, 3), DAY), "2024-07-03"),
        ("2024-07-03 14:00", Moment(datetime(2024, 7, 3, 14), MINUTE), "2024-07-03T14:00"),
        (
            "2024-07-03t14:00:30.5-09:30",
            Moment(datetime(2024, 7, 3, 14, 0, 30), SECOND, timedelta(hours=-9, minutes=-30)),
            "2024-07-03T14:00:30-09:30",
        ),
        (
            "2024-07-03T24:00+00:00",
            Moment(datetime(2024, 7, 4), MINUTE, timedelta(0)),
            "2024-07-04T00:00Z",
        ),
    ],
)
def test_a_moment_is_written_in_one_way(text, moment, written):
    assert read_moment(text) == moment
    assert str(moment) == written


@pytest.mark.parametrize(
    ("text", "is_day"),
    [("2024-07-03", True), ("2024-07-03T00:00", False), ("2024-07-03T24:00", False)],
)
def test_only_a_date_without_an_hour_is_a_day(text, is_day):
    assert read_moment(text).is_day == is_day


# What is refused


@each(
    "text",
    [
        "",
        " ",
        "2024-W27-3",
        "2024W273",
        "2024-W27",
        "2024-185",
        "2024185",
        "2024-07",
        "2024",
        "--07-03",
        "1400",
        "14:00",
        "T14:00",
        "24-07-03",
        "10/11/12",
        "03/07/2024",
        "3.7.2024",
        "3 July 2024",
        "20240703",
        "20240703T140000Z",
        "2024-7-3",
        "2024-07-3",
        "+002024-07-03",
        "-2024-07-03",
        "−2024-07-03",
        "２０２４-07-03",
        "2024-07-0٣",
        "2024‐07‐03",
        " 2024-07-03",
        "2024-07-03 ",
        "2024-07-03\n",
        "2024-07-03\0",
        "\ufeff2024-07-03",
        "2024-07-03T",
        "2024-07-03T14",
        "2024-07-03T14Z",
        "2024-07-03T1400",
        "2024-07-03T2:00",
        "2024-07-03T14:0",
        "2024-07-03T14:00:",
        "2024-07-03T14:00:3",
        "2024-07-03T14:00:30.",
        "2024-07-03T14:00.5",
        "2024-07-03  14:00",
        "2024-07-03\t14:00",
        "2024-07-03\u00a014:00",
        "2024-07-03_14:00",
        "2024-07-03T14:00 ",
        "2024-07-03T１４:00",
        "2024-07-03T14:00 ALMT",
        "2024-07-03T14:00 EST",
        "2024-07-03T14:00UTC",
        "2024-07-03T14:00 UTC+5",
        "2024-07-03T14:00[Asia/Almaty]",
        "2024-07-03T14:00 Z",
        "2024-07-03T14:00ZZ",
        "2024-07-03T14:00 +05:00",
        "2024-07-03T14:00+05",
        "2024-07-03T14:00+0500",
        "2024-07-03T14:00+5:00",
        "2024-07-03T14:00+05:00:00",
        "2024-07-03T14:00−05:00",
        "2024-07-03T14:00+05:0０",
        "2024-07-03Z",
        "2024-07-03+05:00",
        "tomorrow",
        "today",
        "noon",
        "Wednesday",
        "Wed",
        "NOW",
        "Now",
        " now",
        "now ",
        "3",
        "-1",
        "1.5",
        "nan",
        "1720000000",
        "/",
        "2024-07-01/",
        "/2024-07-01",
        "2024-07-01/03",
        "2024-07-01/07-03",
        "2024-07-01T14:00/16:00",
        "2024-07-01 / 2024-07-02",
        "2024-07-01/2024-07-02/2024-07-03",
        "2024-07-01/2024-07-02/P1D",
        "2024-07-01--2024-07-02",
        "2024-07-01..2024-07-02",
        "P3D",
        "P3D/2024-07-01",
        "R3/2024-07-01/P1D",
        "2024-07-01/p1d",
        "2024-07-01/-P1D",
        "2024-07-01/+P1D",
    ],
)
def test_what_is_not_in_the_list_of_forms_is_refused(text):
    assert refusal(text).startswith(f"{text!r} is not a time; ")


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2023-02-29",
        "2100-02-29",
        "2024-13-01",
        "2024-00-01",
        "2024-07-00",
        "2024-07-03T24:01",
        "2024-07-03T24:00:01",
        "2024-07-03T25:00",
        "2024-07-03T14:60",
        "2024-07-03T14:00:60",
        "2016-12-31T23:59:60Z",
        "2024-07-01/2024-07-32",
    ],
)
def test_what_no_calendar_or_clock_shows_is_refused(text):
    message = refusal(text)

    assert message.startswith(f"{text!r} is not a time: ")
    assert message.endswith(f"; {FORMS}")


@each(
    "length",
    [
        "P",
        "PT",
        "P1DT",
        "P0D",
        "PT0H",
        "PT0H0M",
        "P0DT0M",
        "P1M",
        "P1Y",
        "P1W",
        "P1DT1S",
        "PT30S",
        "PT1.5H",
        "P1,5D",
        "P-1D",
        "P1d",
        "P6H",
        "PT1D",
        "PT5M1H",
        "P١D",
        "P３D",
        "P3D/P3D",
        "P2024-07-03",
        "P 1D",
        "P1D ",
        "P1D\n",
    ],
)
def test_what_is_no_length_in_days_hours_and_minutes_is_refused(length):
    text = f"2024-07-01T00:00/{length}"

    assert refusal(text) == (
        f"{text!r}: {length!r} is not a length of time; "
        "write days as P3D, hours as PT6H, minutes as PT90M"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "tomorrow",
            "'tomorrow' is not a time; write 2024-07-03, 2024-07-03T14:00 or 2024-07-03T14:00:30 "
            "(Z or +05:00 after an hour if wanted), two of them as A/B, A/P3D, A/PT6H, or now",
        ),
        ("3 July 2024", "'3 July 2024' is not a time; did you mean 2024-07-03?"),
        ("2024-07-03T14", "'2024-07-03T14' is not a time; did you mean 2024-07-03T14:00?"),
        ("1969-12-31", "'1969-12-31': the year must be from 1970 to 2100"),
        ("2101-01-01T00:00Z", "'2101-01-01T00:00Z': the year must be from 1970 to 2100"),
        ("0000-00-00", "'0000-00-00': the year must be from 1970 to 2100"),
        ("2024-07-01/9999-12-31", "'2024-07-01/9999-12-31': the year must be from 1970 to 2100"),
        (
            "2024-07-03T14:00+14:01",
            "'2024-07-03T14:00+14:01': no clock is +14:01 from UTC; "
            "offsets go from -14:00 to +14:00",
        ),
        (
            "2024-07-03T14:00-15:00",
            "'2024-07-03T14:00-15:00': no clock is -15:00 from UTC; "
            "offsets go from -14:00 to +14:00",
        ),
        (
            "2024-07-03T14:00+05:60",
            "'2024-07-03T14:00+05:60': no clock is +05:60 from UTC; "
            "offsets go from -14:00 to +14:00",
        ),
        (
            "2024-07-01/PT6H",
            "'2024-07-01/PT6H': hours do not go with a day; "
            "say the hour it starts, as 2024-07-01T00:00/PT6H",
        ),
        (
            "2024-07-01/P1DT30M",
            "'2024-07-01/P1DT30M': hours do not go with a day; "
            "say the hour it starts, as 2024-07-01T00:00/P1DT30M",
        ),
        ("2024-07-01/P47947D", "'2024-07-01/P47947D': 'P47947D' is longer than 131 years"),
        ("now/PT1150705H", "'now/PT1150705H': 'PT1150705H' is longer than 131 years"),
        ("now/PT69042241M", "'now/PT69042241M': 'PT69042241M' is longer than 131 years"),
    ],
)
def test_a_refusal_says_why_and_what_to_write(text, message):
    assert refusal(text) == message


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-02/2024-07-01",
        "2024-07-02T10:00/2024-07-02T09:59",
        "2024-07-02T10:00:30/2024-07-02T10:00:29",
        "2024-07-02T10:00Z/2024-07-02T10:00+01:00",
        "2024-07-02T10:00-01:00/2024-07-02T10:59Z",
    ],
)
def test_an_interval_that_no_clock_could_put_right_is_refused_when_read(text):
    with pytest.raises(InvalidTime) as caught:
        read(text)

    assert str(caught.value) == f"{text!r} ends before it starts; write the earlier time first"


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-02T15:01/2024-07-02T10:00Z",
        "2024-07-02T10:00Z/2024-07-02T14:59",
        "now/2024-07-02",
        "2024-07-04/now",
        "2024-07-03T14:00:01/now",
    ],
)
def test_an_interval_reversed_on_the_clock_of_a_place_is_refused_there(text):
    assert refusal(text) == f"{text!r} ends before it starts; write the earlier time first"


def test_the_same_interval_may_be_right_in_one_place_and_reversed_in_another():
    text = "2024-07-02T12:00/2024-07-02T10:00Z"

    assert reading(text, ALMATY) == Reading(span("2024-07-02T07:00", "2024-07-02T10:01"))
    assert refusal(text, LONDON) == f"{text!r} ends before it starts; write the earlier time first"


def test_a_midnight_past_the_last_year_is_refused_as_it_could_not_be_read_again():
    assert refusal("2100-12-31T24:00") == ("'2100-12-31T24:00': the year must be from 1970 to 2100")


@pytest.mark.parametrize(
    "length", ["P" + "9" * 5000 + "D", "PT" + "9" * 5000 + "H"], ids=["days", "hours"]
)
def test_a_length_with_too_many_digits_for_a_number_is_refused(length):
    assert refusal(f"now/{length}").startswith(f"'now/{length}': '{length}' is ")


def test_a_part_is_refused_in_the_words_of_the_whole():
    with pytest.raises(InvalidTime) as moment:
        read_moment("1969-01-01", within="the whole")
    with pytest.raises(InvalidTime) as duration:
        read_duration("P1Y", within="the whole")

    assert str(moment.value) == "'the whole': the year must be from 1970 to 2100"
    assert str(duration.value) == (
        "'the whole': 'P1Y' is not a length of time; "
        "write days as P3D, hours as PT6H, minutes as PT90M"
    )


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("P3D", Duration(3, timedelta(0))),
        ("P03D", Duration(3, timedelta(0))),
        ("PT6H", Duration(0, timedelta(hours=6))),
        ("PT90M", Duration(0, timedelta(minutes=90))),
        ("P1DT2H3M", Duration(1, timedelta(hours=2, minutes=3))),
        ("P0DT1M", Duration(0, timedelta(minutes=1))),
        ("P47946D", Duration(47946, timedelta(0))),
        ("PT1150704H", Duration(0, timedelta(days=47946))),
        ("PT69042240M", Duration(0, timedelta(days=47946))),
    ],
)
def test_a_length_is_days_by_the_calendar_and_time_by_a_stopwatch(text, duration):
    assert read_duration(text) == duration


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-07-03T14:00+05:00", "2024-07-03T09:00"),
        ("2024-07-03T14:00:30Z", "2024-07-03T14:00:30"),
        ("1970-01-01T00:00+14:00", "1969-12-31T10:00"),
        ("2100-12-31T23:59-14:00", "2101-01-01T13:59"),
    ],
)
def test_a_clock_is_set_to_the_start_of_a_written_time(text, instant):
    assert read_instant(text) == utc(instant)


@pytest.mark.parametrize("text", ["2024-07-03T14:00", "2024-07-03"])
def test_a_clock_is_not_set_without_an_offset(text):
    with pytest.raises(InvalidTime) as caught:
        read_instant(text)

    assert str(caught.value) == (
        f"{text!r}: a clock needs an offset; write 2024-07-03T14:00Z or +05:00"
    )


@pytest.mark.parametrize("text", ["now", "2024-07-03T14:00Z/2024-07-03T15:00Z", ""])
def test_a_clock_is_set_to_one_written_time_only(text):
    with pytest.raises(InvalidTime) as caught:
        read_instant(text)

    assert str(caught.value) == f"{text!r} is not a time; {MOMENT_FORMS}"


# Clocks that jump and clocks that go back


@pytest.mark.parametrize(
    ("text", "zone", "before", "after"),
    [
        ("2024-03-31T01:00", LONDON, "2024-03-31 01:00", "2024-03-31 02:00"),
        ("2024-03-31T01:30", LONDON, "2024-03-31 01:00", "2024-03-31 02:00"),
        ("2024-03-31T01:59:59", LONDON, "2024-03-31 01:00", "2024-03-31 02:00"),
        ("2099-03-29T01:30", LONDON, "2099-03-29 01:00", "2099-03-29 02:00"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30 00:00", "2011-12-31 00:00"),
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-30 00:00", "2011-12-31 00:00"),
        ("2024-10-06T02:15", "Australia/Lord_Howe", "2024-10-06 02:00", "2024-10-06 02:30"),
        ("2018-11-04T00:30", "America/Sao_Paulo", "2018-11-04 00:00", "2018-11-04 01:00"),
        ("1972-01-07T00:44:29", "Africa/Monrovia", "1972-01-07 00:00", "1972-01-07 00:44"),
    ],
)
def test_what_a_clock_jumped_over_is_refused(text, zone, before, after):
    assert refusal(text, zone, SkippedTime) == (
        f"{text!r} never came in {zone}: clocks there went from {before} to {after}; "
        "ask for a time before or after"
    )


@pytest.mark.parametrize(
    ("text", "skipped"),
    [
        ("2024-03-31T01:30/PT6H", "2024-03-31T01:30"),
        ("2024-03-31T01:30/P1D", "2024-03-31T01:30"),
        ("2024-03-31T01:30/2024-03-31T06:00", "2024-03-31T01:30"),
        ("2024-03-31/2024-03-31T01:30", "2024-03-31T01:30"),
    ],
)
def test_a_bound_that_a_clock_jumped_over_is_refused(text, skipped):
    assert refusal(text, LONDON, SkippedTime) == (
        f"{skipped!r} never came in Europe/London: clocks there went from 2024-03-31 01:00 "
        "to 2024-03-31 02:00; ask for a time before or after"
    )


@pytest.mark.parametrize(
    ("text", "zone", "start", "end"),
    [
        pytest.param(
            "2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00", "2018-11-05T02:00",
            id="a day without its first hour",
        ),
        pytest.param(
            "2018-11-03", "America/Sao_Paulo", "2018-11-03T03:00", "2018-11-04T03:00",
            id="the day before it",
        ),
        pytest.param(
            "2022-03-27", "Asia/Beirut", "2022-03-26T22:00", "2022-03-27T21:00",
            id="in Beirut",
        ),
        pytest.param(
            "2024-04-26", "Africa/Cairo", "2024-04-25T22:00", "2024-04-26T21:00",
            id="in Cairo",
        ),
        pytest.param(
            "2024-03-31", LONDON, "2024-03-31T00:00", "2024-03-31T23:00",
            id="a day without its second hour",
        ),
        pytest.param(
            "2011-12-29", "Pacific/Apia", "2011-12-29T10:00", "2011-12-30T10:00",
            id="the day before one that never came",
        ),
        pytest.param(
            "2011-12-31", "Pacific/Apia", "2011-12-30T10:00", "2011-12-31T10:00",
            id="the day after one that never came",
        ),
        pytest.param(
            "2011-12-29/2011-12-31", "Pacific/Apia", "2011-12-29T10:00", "2011-12-31T10:00",
            id="two days across one that never came",
        ),
        pytest.param(
            "1972-01-07", "Africa/Monrovia", "1972-01-07T00:44:30", "1972-01-08T00:00",
            id="a day that lacks 44 minutes and a half",
        ),
        pytest.param(
            "1972-01-07T00:44", "Africa/Monrovia", "1972-01-07T00:44:30", "1972-01-07T00:45",
            id="a minute that lacks its first half",
        ),
        pytest.param(
            "2024-03-31T01:30Z", LONDON, "2024-03-31T01:30", "2024-03-31T01:31",
            id="an offset is asked of no clock",
        ),
    ],
)  # fmt: skip
def test_what_a_clock_showed_in_part_is_that_part(text, zone, start, end):
    assert reading(text, zone) == Reading(span(start, end))


@pytest.mark.parametrize(
    ("text", "zone", "start", "end"),
    [
        ("2024-02-29T23:30", ALMATY, "2024-02-29T17:30", "2024-02-29T18:31"),
        ("2024-02-29T23:00", ALMATY, "2024-02-29T17:00", "2024-02-29T18:01"),
        ("2024-02-29T23:59", ALMATY, "2024-02-29T17:59", "2024-02-29T19:00"),
        ("2024-02-29T23:30:15", ALMATY, "2024-02-29T17:30:15", "2024-02-29T18:30:16"),
        ("2024-02-29T23:30", "Asia/Qostanay", "2024-02-29T17:30", "2024-02-29T18:31"),
        ("2024-10-27T01:30", LONDON, "2024-10-27T00:30", "2024-10-27T01:31"),
        ("2099-10-25T01:30", LONDON, "2099-10-25T00:30", "2099-10-25T01:31"),
        ("2024-04-07T01:45", "Australia/Lord_Howe", "2024-04-06T14:45", "2024-04-06T15:16"),
        ("2006-10-28T23:30", ST_JOHNS, "2006-10-29T02:00", "2006-10-29T03:01"),
        ("2006-10-29T00:00", ST_JOHNS, "2006-10-29T02:30", "2006-10-29T03:31"),
        ("2006-10-28", ST_JOHNS, "2006-10-28T02:30", "2006-10-29T03:30"),
        ("2006-10-29", ST_JOHNS, "2006-10-29T02:30", "2006-10-30T03:30"),
        ("2024-02-29T23:30/PT6H", ALMATY, "2024-02-29T17:30", "2024-02-29T23:30"),
        ("2024-02-29T23:30/2024-03-01", ALMATY, "2024-02-29T17:30", "2024-03-01T19:00"),
        ("2024-02-29/2024-02-29T23:30", ALMATY, "2024-02-28T18:00", "2024-02-29T18:31"),
    ],
)
def test_what_a_clock_came_back_to_runs_from_its_first_reading_to_the_end_of_its_second(
    text, zone, start, end
):
    assert reading(text, zone) == Reading(span(start, end), twice=True)


@pytest.mark.parametrize(
    ("text", "zone", "start", "end"),
    [
        ("2024-02-29T22:59", ALMATY, "2024-02-29T16:59", "2024-02-29T17:00"),
        ("2024-03-01T00:00", ALMATY, "2024-02-29T19:00", "2024-02-29T19:01"),
        ("2024-02-29", ALMATY, "2024-02-28T18:00", "2024-02-29T19:00"),
        ("2024-03-01", ALMATY, "2024-02-29T19:00", "2024-03-01T19:00"),
        ("2024-02-29/2024-03-01", ALMATY, "2024-02-28T18:00", "2024-03-01T19:00"),
        ("2024-02-29T23:30+06:00", ALMATY, "2024-02-29T17:30", "2024-02-29T17:31"),
        ("2024-02-29T23:30+05:00", ALMATY, "2024-02-29T18:30", "2024-02-29T18:31"),
        ("2024-02-29T23:30", "Asia/Qyzylorda", "2024-02-29T18:30", "2024-02-29T18:31"),
        ("2024-10-27", LONDON, "2024-10-26T23:00", "2024-10-28T00:00"),
        ("2018-02-17", "America/Sao_Paulo", "2018-02-17T02:00", "2018-02-18T03:00"),
        ("2006-10-28T23:00", ST_JOHNS, "2006-10-29T01:30", "2006-10-29T01:31"),
        ("2006-10-29T00:01", ST_JOHNS, "2006-10-29T03:31", "2006-10-29T03:32"),
    ],
)
def test_what_a_clock_showed_in_one_stretch_is_not_twice(text, zone, start, end):
    assert reading(text, zone) == Reading(span(start, end))


@pytest.mark.parametrize(
    ("text", "zone", "start", "end"),
    [
        pytest.param(
            "2024-03-30/P2D", LONDON, "2024-03-30T00:00", "2024-03-31T23:00",
            id="two days, one of 23 hours",
        ),
        pytest.param(
            "2024-10-26/P2D", LONDON, "2024-10-25T23:00", "2024-10-28T00:00",
            id="two days, one of 25 hours",
        ),
        pytest.param(
            "2024-02-29/P1D", ALMATY, "2024-02-28T18:00", "2024-02-29T19:00",
            id="the day of 25 hours",
        ),
        pytest.param(
            "2024-03-30T12:00/P1D", LONDON, "2024-03-30T12:00", "2024-03-31T11:00",
            id="to the same hour of the next day",
        ),
        pytest.param(
            "2024-03-30T12:00Z/P1D", LONDON, "2024-03-30T12:00", "2024-03-31T12:00",
            id="an offset knows no summer time",
        ),
        pytest.param(
            "2024-03-30T12:00/PT24H", LONDON, "2024-03-30T12:00", "2024-03-31T12:00",
            id="hours by elapsed time",
        ),
        pytest.param(
            "2024-10-27T00:00/PT6H", LONDON, "2024-10-26T23:00", "2024-10-27T05:00",
            id="hours while a clock goes back",
        ),
        pytest.param(
            "2024-03-30T12:00/P1DT6H", LONDON, "2024-03-30T12:00", "2024-03-31T17:00",
            id="days first, then hours",
        ),
        pytest.param(
            "2024-03-30T01:30/P1D", LONDON, "2024-03-30T01:30", "2024-03-31T01:00",
            id="up to a time that a clock jumped over",
        ),
        pytest.param(
            "2011-12-29T12:00/P1D", "Pacific/Apia", "2011-12-29T22:00", "2011-12-30T10:00",
            id="up to a day that never came",
        ),
        pytest.param(
            "2024-02-28T23:30/P1D", ALMATY, "2024-02-28T17:30", "2024-02-29T18:30",
            id="up to the second of two readings",
        ),
    ],
)  # fmt: skip
def test_days_go_by_the_calendar_and_hours_by_a_stopwatch(text, zone, start, end):
    assert reading(text, zone) == Reading(span(start, end))


@pytest.mark.parametrize(
    ("instant", "zone", "text"),
    [
        ("2024-07-01T19:01", ALMATY, "2024-07-02T00:01:00+05:00"),
        ("2022-01-01T00:00", ALMATY, "2022-01-01T06:00:00+06:00"),
        ("2040-07-01T12:00", LONDON, "2040-07-01T13:00:00+01:00"),
        ("2024-07-01T12:00:00.999999", "UTC", "2024-07-01T12:00:00+00:00"),
    ],
)
def test_an_instant_is_written_as_the_clock_of_a_place_shows_it(instant, zone, text):
    assert local_text(utc(instant), zone) == text


def test_an_instant_is_written_in_utc_to_the_second():
    almaty = datetime(2024, 7, 2, 0, 1, 0, 999999, tzinfo=timezone(timedelta(hours=5)))

    assert utc_text(almaty) == "2024-07-01T19:01:00Z"
    assert utc_text(FOREVER) == "9999-12-31T23:59:59Z"


# Spans


def hours(first, last):
    return Span(EPOCH + first * HOUR, EPOCH + last * HOUR)


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        pytest.param(hours(1, 3), hours(2, 5), hours(2, 3), id="they overlap"),
        pytest.param(hours(1, 5), hours(2, 3), hours(2, 3), id="one is within the other"),
        pytest.param(hours(1, 3), hours(3, 5), None, id="they touch"),
        pytest.param(hours(1, 2), hours(3, 5), None, id="they are apart"),
        pytest.param(Span(EPOCH), hours(2, 3), hours(2, 3), id="one has no end"),
    ],
)
def test_two_spans_meet_in_what_both_have(one, other, common):
    assert one.meet(other) == other.meet(one) == common
    assert one.overlaps(other) == other.overlaps(one) == (common is not None)


@pytest.mark.parametrize(
    ("spans", "whole"),
    [
        pytest.param([], (), id="none"),
        pytest.param([hours(3, 4), hours(1, 2)], (hours(1, 2), hours(3, 4)), id="in order"),
        pytest.param([hours(2, 3), hours(1, 2)], (hours(1, 3),), id="that touch"),
        pytest.param([hours(1, 9), hours(2, 3)], (hours(1, 9),), id="one within the other"),
        pytest.param([hours(1, 2), Span(EPOCH)], (Span(EPOCH),), id="without an end"),
    ],
)
def test_spans_are_merged_into_as_few_as_hold_them(spans, whole):
    assert merged(spans) == whole


def test_the_hull_runs_from_the_first_start_to_the_last_end():
    assert hull(iter([hours(5, 6), hours(1, 9), hours(2, 3)])) == hours(1, 9)


# Laws

spans = st.lists(st.integers(0, 30), min_size=2, max_size=2, unique=True).map(
    lambda bounds: hours(*sorted(bounds))
) | st.integers(0, 30).map(lambda start: Span(EPOCH + start * HOUR))
instants = [EPOCH + n * HOUR for n in range(32)]


@law
@given(spans, spans)
def test_overlapping_is_mutual_and_means_having_an_instant_in_common(one, other):
    common = [i for i in instants if i in one and i in other]
    meeting = one.meet(other)

    assert one.overlaps(other) == other.overlaps(one) == bool(common)
    assert meeting == other.meet(one)
    assert [i for i in instants if meeting and i in meeting] == common


@law
@given(st.lists(spans, max_size=8))
def test_merging_keeps_the_same_instants_in_spans_that_do_not_touch(some):
    whole = merged(some)

    assert [any(i in s for s in whole) for i in instants] == [
        any(i in s for s in some) for i in instants
    ]
    assert all(one.end < other.start for one, other in pairwise(whole))


@law
@given(st.lists(spans, min_size=1, max_size=8))
def test_the_hull_is_the_shortest_span_that_meets_each_one_whole(some):
    whole = hull(some)

    assert all(whole.meet(s) == s for s in some)
    assert whole.start in {s.start for s in some}
    assert whole.end in {s.end for s in some}


@st.composite
def written_moments(draw):
    day = draw(st.dates(datetime(1970, 1, 1).date(), datetime(2100, 12, 30).date()))
    if draw(st.booleans()):
        return day.isoformat()
    hour = draw(st.sampled_from(["24:00", "24:00:00"]) | st.times().map(lambda t: f"{t:%H:%M}"))
    second = draw(st.sampled_from(["", ":00", ":59", ":07.5", ":07,123456789"]))
    offset = draw(st.sampled_from(["", "Z", "z", "+05:00", "-09:30", "+14:00", "-00:01", "-00:00"]))
    blank = draw(st.sampled_from("Tt "))
    return f"{day}{blank}{hour}{'' if hour.startswith('24') else second}{offset}"


@law
@given(written_moments())
def test_a_moment_read_and_written_reads_the_same(text):
    moment = read_moment(text)

    assert read_moment(str(moment)) == moment


CHANGES = [
    (ALMATY, datetime(2024, 2, 29, 23)),
    (LONDON, datetime(2024, 3, 31, 1)),
    (LONDON, datetime(2024, 10, 27, 1)),
    (ST_JOHNS, datetime(2006, 10, 29)),
    ("Pacific/Apia", datetime(2011, 12, 30)),
    ("America/Sao_Paulo", datetime(2018, 11, 4)),
    ("America/Sao_Paulo", datetime(2018, 2, 17, 23)),
    ("Australia/Lord_Howe", datetime(2024, 4, 7, 1, 30)),
    ("Africa/Casablanca", datetime(2024, 4, 14, 2)),
    ("Africa/Monrovia", datetime(1972, 1, 7)),
    ("Antarctica/Troll", datetime(2024, 10, 27, 1)),
]
units = st.sampled_from([DAY, MINUTE, SECOND])
anywhere = st.tuples(
    st.sampled_from(sorted(zones.keys())), st.datetimes(datetime(1970, 1, 3), datetime(2100, 12, 1))
)
at_a_change = st.tuples(
    st.sampled_from(CHANGES), st.timedeltas(timedelta(hours=-3), timedelta(hours=3))
).map(lambda drawn: (drawn[0][0], drawn[0][1] + drawn[1]))


def trimmed(wall, unit):
    trims = {DAY: {"hour": 0, "minute": 0, "second": 0}, MINUTE: {"second": 0}, SECOND: {}}
    return wall.replace(microsecond=0, **trims[unit])


def reading_or_none(moment, zone):
    try:
        return moment.reading(zone)
    except SkippedTime:
        return None


@law
@given(anywhere | at_a_change, units)
def test_adjoining_times_share_no_instant_and_leave_none_between(clock, unit):
    zone, wall = clock
    first = Moment(trimmed(wall, unit), unit)

    one = reading_or_none(first, zone)
    other = reading_or_none(Moment(first.wall + unit, unit), zone)

    assume(one and other and not one.twice and not other.twice)
    assert one.span.end == other.span.start


@law
@given(anywhere | at_a_change, units)
def test_all_that_a_clock_shows_at_the_ends_of_a_reading_is_what_was_written(clock, unit):
    zone, wall = clock
    first = trimmed(wall, unit)

    shown = reading_or_none(Moment(first, unit), zone)

    assume(shown)
    for instant in (shown.span.start, shown.span.end - SECOND):
        assert first <= zones.local(instant, zone).replace(tzinfo=None) < first + unit
    for instant in (shown.span.start - SECOND, shown.span.end):
        assert not first <= zones.local(instant, zone).replace(tzinfo=None) < first + unit


@law
@given(anywhere | at_a_change, st.timedeltas(timedelta(0), timedelta(days=3)), units)
def test_an_interval_holds_both_of_its_bounds(clock, length, unit):
    zone, wall = clock
    first = Moment(trimmed(wall, unit), unit)
    last = Moment(trimmed(wall + length, unit), unit)
    one, other = reading_or_none(first, zone), reading_or_none(last, zone)
    assume(one and other)

    whole = reading(f"{first}/{last}", zone)

    assert whole == Reading(Span(one.span.start, other.span.end), one.twice or other.twice)
    assert whole.span.meet(one.span) == one.span
    assert whole.span.meet(other.span) == other.span


@law
@given(anywhere | at_a_change, st.integers(1, 40), st.integers(0, 50), units)
def test_a_length_of_days_ends_where_the_clock_reaches_the_same_hour(clock, days, minutes, unit):
    zone, wall = clock
    first = Moment(trimmed(wall, unit), unit)
    limit = Moment(first.wall + days * DAY, unit)
    minutes = 0 if unit == DAY else minutes
    one, other = reading_or_none(first, zone), reading_or_none(limit, zone)
    assume(one and other and not other.twice)

    whole = reading(f"{first}/P{days}D" + f"T{minutes}M" * (minutes > 0), zone)

    assert whole == Reading(
        Span(one.span.start, other.span.start + minutes * MINUTE), twice=one.twice
    )


@law
@given(
    st.text(max_size=20)
    | st.text("0123456789-:T/PDHMSZ+. Wnow٣", max_size=30)
    | st.builds(
        lambda one, at, junk, slash, other: one[:at] + junk + one[at:] + slash + other,
        written_moments(),
        st.integers(0, 25),
        st.text("0123456789:-/ TPDZ", max_size=2),
        st.sampled_from(["", "/"]),
        written_moments() | st.sampled_from(["", "P3D", "PT6H", "now"]),
    ),
    st.sampled_from([ALMATY, LONDON, "Pacific/Apia"]),
)
def test_no_text_raises_anything_but_an_invalid_time(text, zone):
    with contextlib.suppress(InvalidTime):
        assert reading(text, zone).span.start < FOREVER


# Another library's reading of the same files


FOLDER = Path(pytz.__file__).parent / "zoneinfo"


def turns(file):
    """The instants up to 2037 at which the clock of a zone file changes, by its own list."""
    data = file.read_bytes()
    count = struct.unpack(">6l", data[20:44])[3]
    seconds = struct.unpack(f">{count}l", data[44 : 44 + 4 * count])
    return [EPOCH + timedelta(seconds=s) for s in seconds]


def pieces(file):
    """Stretches (from, to, offset) over which dateutil has the clock at one offset from UTC."""
    clock = tz.tzfile(str(file))
    bounds = turns(file)
    if not bounds:
        return []
    bounds = [bounds[0] - 30 * DAY, *bounds, bounds[-1] + 30 * DAY]
    found = []
    for since, until in pairwise(bounds):
        offset = since.astimezone(clock).utcoffset()
        assert (until - SECOND).astimezone(clock).utcoffset() == offset, "a change not in the list"
        if found and found[-1][2] == offset:
            since = found.pop()[0]
        found.append((since, until, offset))
    return found


def read_by_pieces(wall, unit, stretches):
    """What a moment must mean where a clock runs through these stretches; None if skipped."""
    first = wall.replace(tzinfo=UTC)
    shown = [
        (max(since, first - offset), min(until, first + unit - offset))
        for since, until, offset in stretches
    ]
    shown = [(start, end) for start, end in shown if start < end]
    if not shown:
        return None
    left = any(end != start for (_, end), (start, _) in pairwise(shown))
    return Reading(Span(shown[0][0], shown[-1][1]), twice=left)


def around(turn, before, after):
    """Moments about a change: days, minutes and seconds before, in and after what it moves."""
    low, high = sorted((turn + before, turn + after))
    low, high = low.replace(tzinfo=None), high.replace(tzinfo=None)
    minutes = (low - MINUTE, low, low + (high - low) / 2, high - SECOND, high)
    return {
        *((trimmed(wall, MINUTE), MINUTE) for wall in minutes),
        *((wall, SECOND) for wall in (low - SECOND, low, high - SECOND, high)),
        *((trimmed(wall, DAY), DAY) for wall in (low - SECOND, low, high)),
    }


@pytest.mark.long
def test_every_zone_around_its_changes_is_read_as_dateutil_reads_it():
    files = {(FOLDER / key).read_bytes(): key for key in sorted(zones.keys(), reverse=True)}
    seen, wrong, checked = set(), [], 0

    for key in files.values():
        stretches = pieces(FOLDER / key)
        for n, (one, other) in enumerate(pairwise(stretches), start=1):
            turn, before, after = other[0], one[2], other[2]
            # The same change in the next zone file is looked at one time in 16.
            if turn < EPOCH or ((turn, before, after) in seen and n % 16):
                continue
            seen.add((turn, before, after))
            for wall, unit in around(turn, before, after):
                expected = read_by_pieces(wall, unit, stretches[max(0, n - 2) : n + 2])
                checked += 1
                if reading_or_none(Moment(wall, unit), key) != expected:
                    wrong.append((key, str(Moment(wall, unit)), expected))

    assert wrong == []
    assert len(files) > 300
    assert checked > 50_000


@pytest.mark.parametrize(
    ("zone", "turn"),
    [
        (ALMATY, "2024-02-29T18:00"),
        (LONDON, "2024-03-31T01:00"),
        (LONDON, "2024-10-27T01:00"),
        (LONDON, "2036-10-26T01:00"),
        (ST_JOHNS, "2006-10-29T02:31"),
        ("Australia/Lord_Howe", "2024-04-06T15:00"),
        ("Africa/Monrovia", "1972-01-07T00:44:30"),
        ("America/Sao_Paulo", "2018-11-04T03:00"),
    ],
)
def test_every_minute_is_read_as_a_scan_of_every_second_has_it(zone, turn):
    clock = tz.tzfile(str(FOLDER / zone))
    times = [utc(turn) + n * SECOND for n in range(-3 * 3600, 3 * 3600)]
    shown = {}
    for instant in times:
        wall = instant.astimezone(clock).replace(tzinfo=None, second=0, fold=0)
        shown.setdefault(wall, []).append(instant)
    first = times[0].astimezone(clock).replace(tzinfo=None, second=0) + HOUR
    walls = [first + n * MINUTE for n in range(4 * 60)]

    expected = {
        wall: Reading(
            Span(seconds[0], seconds[-1] + SECOND),
            twice=seconds[-1] - seconds[0] >= len(seconds) * SECOND,
        )
        if (seconds := shown.get(wall))
        else None
        for wall in walls
    }

    assert {wall: reading_or_none(Moment(wall, MINUTE), zone) for wall in walls} == expected
