"""Where and when a measure bites: hours across midnight and odd nights, days that recur."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, strategies as st

from sca import zones
from sca.errors import InvalidTime, SkippedTime
from sca.limits import ANYWHERE, Hours, Limits, read_hours, read_recurrence
from sca.places import Kind
from sca.spans import FOREVER, Span, read_moment
from tests.builders import ORANGE, RED, YELLOW, a_place, a_span, at, law
from tests.cases import each

COUNTRY = a_place("Country", kind=Kind.COUNTRY)
CITY, TOWN = (a_place(name, within=(COUNTRY.id,)) for name in ("City", "Town"))
ALMATY, BERLIN = "Asia/Almaty", "Europe/Berlin"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def limits(hours=None, **changes):
    """Limits whose times are written as in a file."""
    for bound in ("onset", "expires"):
        if isinstance(changes.get(bound), str):
            changes[bound] = read_moment(changes[bound])
    return Limits(hours=read_hours(hours) if hours else None, **changes)


def times(limits, start="2024-07-02", end="2024-07-05", since=None, zone="Etc/UTC"):
    """When it bites between two instants in UTC, from one that ends after `since`."""
    span = Span(at(start), at(end) if end else FOREVER)
    return limits.times(span, at(since or start), zone)


# Hours of a day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("23:00/07:00", time(23, 0), time(7, 0)),
        ("00:00/23:59", time(0, 0), time(23, 59)),
        ("08:05/08:05", time(8, 5), time(8, 5)),
    ],
)
def test_hours_are_read_and_written_alike(text, first, last):
    assert read_hours(text) == Hours(first, last)
    assert str(Hours(first, last)) == text


@pytest.mark.parametrize(
    "text",
    ["", "23:00", "23:00-07:00", "24:00/07:00", "23:00/24:00", "23:60/07:00", "7:00/09:00",
     "23:00/07:00/09:00", "23:00/07:00 ", "2300/0700", "23:00:00/07:00", "٢٣:00/07:00"],
)  # fmt: skip
def test_what_are_no_hours_is_refused(text):
    with pytest.raises(InvalidTime) as caught:
        read_hours(text)

    assert str(caught.value) == f"{text!r} are no hours of a day; write them as 23:00/07:00"


@pytest.mark.parametrize(
    ("hours", "zone", "day", "start", "end"),
    [
        pytest.param(
            "08:00/12:00", "Etc/UTC", "2024-07-03", "2024-07-03T08:00", "2024-07-03T12:01",
            id="through the whole of the last minute",
        ),
        pytest.param(
            "23:00/07:00", "Etc/UTC", "2024-07-03", "2024-07-03T23:00", "2024-07-04T07:01",
            id="across midnight",
        ),
        pytest.param(
            "12:00/11:59", "Etc/UTC", "2024-07-03", "2024-07-03T12:00", "2024-07-04T12:00",
            id="a whole day from noon",
        ),
        pytest.param(
            "12:00/12:00", "Etc/UTC", "2024-07-03", "2024-07-03T12:00", "2024-07-03T12:01",
            id="one minute",
        ),
        pytest.param(
            "23:00/07:00", ALMATY, "2024-07-03", "2024-07-03T18:00", "2024-07-04T02:01",
            id="on a clock of its own",
        ),
        pytest.param(
            "23:15/23:30", ALMATY, "2024-02-29", "2024-02-29T17:15", "2024-02-29T18:31",
            id="in an hour that comes twice: from the first to the second",
        ),
        pytest.param(
            "23:00/07:00", ALMATY, "2024-02-29", "2024-02-29T17:00", "2024-03-01T02:01",
            id="over an hour that comes twice: an hour longer",
        ),
        pytest.param(
            "01:30/02:30", BERLIN, "2024-03-31", "2024-03-31T00:30", "2024-03-31T01:00",
            id="into an hour that never came: up to where the clock jumped",
        ),
        pytest.param(
            "02:30/04:00", BERLIN, "2024-03-31", "2024-03-31T01:00", "2024-03-31T02:01",
            id="out of one: from where it jumped",
        ),
    ],
)  # fmt: skip
def test_the_hours_that_begin_on_a_day(hours, zone, day, start, end):
    assert read_hours(hours).on(date.fromisoformat(day), zone) == a_span(start, end)


def test_hours_that_the_clock_skipped_are_not_there_on_that_day():
    skipped = read_hours("02:15/02:45")

    assert skipped.on(date(2024, 3, 31), BERLIN) is None
    assert skipped.on(date(2024, 3, 30), BERLIN) == a_span("2024-03-30T01:15", "2024-03-30T01:46")


# Where, and at which levels


@pytest.mark.parametrize(
    ("limits", "level", "place", "allowed"),
    [
        pytest.param(ANYWHERE, YELLOW, CITY, True, id="anywhere, at any level"),
        pytest.param(Limits(levels=("orange", "red")), RED, CITY, True, id="one of its levels"),
        pytest.param(Limits(levels=("orange", "red")), YELLOW, CITY, False, id="no other level"),
        pytest.param(Limits(places=(CITY,)), YELLOW, CITY, True, id="its place"),
        pytest.param(Limits(places=(COUNTRY,)), YELLOW, CITY, True, id="what lies in its place"),
        pytest.param(Limits(places=(CITY,)), YELLOW, COUNTRY, True, id="what its place lies in"),
        pytest.param(Limits(places=(CITY,)), YELLOW, TOWN, False, id="no other place"),
        pytest.param(Limits(places=(TOWN, CITY)), YELLOW, CITY, True, id="one of its places"),
        pytest.param(
            Limits(levels=("red",), places=(CITY,)), ORANGE, CITY, False, id="both must be right"
        ),
        pytest.param(Limits(settings=("street",)), YELLOW, CITY, True, id="settings are not asked"),
    ],
)
def test_where_it_can_bite(limits, level, place, allowed):
    assert limits.allow(level, place) is allowed


# When


@pytest.mark.parametrize(
    ("limits", "asked", "found"),
    [
        pytest.param(
            ANYWHERE, {}, [("2024-07-02", "2024-07-05")], id="always: all of what is asked"
        ),
        pytest.param(
            limits(onset="2024-07-03", expires="2024-07-03T11:59"), {},
            [("2024-07-03", "2024-07-03T12:00")],
            id="from its onset through its end",
        ),
        pytest.param(
            limits(onset="2024-07-03", expires="2024-07-03"), {"zone": ALMATY},
            [("2024-07-02T19:00", "2024-07-03T19:00")],
            id="on the clock that is told",
        ),
        pytest.param(
            limits(expires="2024-07-01"), {}, [], id="never, where it was over before"
        ),
        pytest.param(limits(onset="2024-07-05"), {}, [], id="never, where it comes after"),
        pytest.param(
            limits(onset="2024-07-04", expires="2024-07-03"), {}, [], id="never, back to front"
        ),
        pytest.param(
            ANYWHERE, {"since": "2024-07-05"}, [], id="not what was over by then"
        ),
        pytest.param(
            ANYWHERE, {"since": "2024-07-04T23:59"}, [("2024-07-02", "2024-07-05")],
            id="what ends after it, whole",
        ),
        pytest.param(
            limits("23:00/06:59"), {},
            [("2024-07-02", "2024-07-02T07:00"), ("2024-07-02T23:00", "2024-07-03T07:00"),
             ("2024-07-03T23:00", "2024-07-04T07:00"), ("2024-07-04T23:00", "2024-07-05")],
            id="by night, within what is asked",
        ),
        pytest.param(
            limits("23:00/06:59"), {"since": "2024-07-04T06:59"},
            [("2024-07-03T23:00", "2024-07-04T07:00"), ("2024-07-04T23:00", "2024-07-05")],
            id="by night, from the one that is on",
        ),
        pytest.param(
            limits("23:00/06:59"), {"since": "2024-07-04T07:00"},
            [("2024-07-04T23:00", "2024-07-05")],
            id="by night, not the one that is over",
        ),
        pytest.param(
            limits("12:00/13:59", onset="2024-07-03T13:00", expires="2024-07-04T12:29"), {},
            [("2024-07-03T13:00", "2024-07-03T14:00"), ("2024-07-04T12:00", "2024-07-04T12:30")],
            id="by hours, within its own bounds",
        ),
        pytest.param(
            limits(onset="2024-07-02", recurs="FREQ=DAILY;INTERVAL=2"), {},
            [("2024-07-02", "2024-07-03"), ("2024-07-04", "2024-07-05")],
            id="every other day, counted from its onset",
        ),
        pytest.param(
            limits(onset="2024-06-01", recurs="FREQ=WEEKLY;BYDAY=TH"), {},
            [("2024-07-04", "2024-07-05")],
            id="on Thursdays",
        ),
        pytest.param(
            limits("23:00/06:59", onset="2024-06-01", recurs="FREQ=WEEKLY;BYDAY=MO,WE"), {},
            [("2024-07-02", "2024-07-02T07:00"), ("2024-07-03T23:00", "2024-07-04T07:00")],
            id="in the nights that begin on such days",
        ),
        pytest.param(
            limits(onset="2024-06-01", recurs="FREQ=DAILY;UNTIL=20240703"), {},
            [("2024-07-02", "2024-07-03"), ("2024-07-03", "2024-07-04")],
            id="through the last day that it says",
        ),
        pytest.param(
            limits(onset="2024-07-03", recurs="FREQ=DAILY;UNTIL=20240703"), {},
            [("2024-07-03", "2024-07-04")],
            id="on its first day, which is its last",
        ),
        pytest.param(
            limits(onset="2024-07-08", recurs="FREQ=DAILY"), {}, [], id="not before its onset"
        ),
    ],
)  # fmt: skip
def test_when_it_bites(limits, asked, found):
    assert [*times(limits, **asked)] == [a_span(*bounds) for bounds in found]


def test_of_what_goes_on_until_further_notice_no_more_is_worked_out_than_is_asked_for():
    nights = times(limits("23:00/06:59"), end=None)

    assert next(nights) == a_span("2024-07-02", "2024-07-02T07:00")
    assert next(nights) == a_span("2024-07-02T23:00", "2024-07-03T07:00")


def test_a_day_that_recurs_is_found_however_far_ahead():
    leap_days = limits(onset="2020-01-01", recurs="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SA")
    found = times(leap_days, "2024-03-01", None)

    assert next(found) == a_span("2048-02-29", "2048-03-01")
    assert next(found) == a_span("2076-02-29", "2076-03-01")


def test_the_last_days_that_a_question_can_be_about_are_gone_through_too():
    nights = limits("23:00/06:59")

    assert next(times(nights, "2231-12-31T12:00", None)) == a_span(
        "2231-12-31T23:00", "2232-01-01T07:00"
    )


def test_a_bound_that_no_clock_showed_is_refused():
    with pytest.raises(SkippedTime):
        next(times(limits(onset="2024-03-31T02:30"), "2024-03-01", None, zone=BERLIN))


# Days that recur


@each(
    ("text", "problem"),
    [
        ("", "must say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=HOURLY", "must say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("freq=daily", "must say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("RRULE:FREQ=DAILY", "must say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=DAILY\nEXDATE:20240101", "must say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"),
        *(
            (f"FREQ=DAILY;{key}=1", f": {key!r} is not for days; use UNTIL, and hours beside it")
            for key in ("COUNT", "BYHOUR", "BYMINUTE", "BYSECOND", "BYEASTER", "DTSTART", "X")
        ),
        ("FREQ=DAILY;", ": '' is not for days; use UNTIL, and hours beside it"),
        ("FREQ=DAILY;BYDAY=MO;BYDAY=TU", "says something twice"),
        *(
            (f"FREQ=DAILY;INTERVAL={n}", ": write every other as INTERVAL=2, and so on")
            for n in ("0", "-1", "", "x", "٢", "99999")
        ),
        *(
            (f"FREQ=DAILY;UNTIL={last}", ": write the last day as UNTIL=20240704")
            for last in ("2024", "20241399", "20240704T000000Z", "2024-07-04", "", "٢٠٢٤٠٧٠٤")
        ),
        ("FREQ=WEEKLY;BYDAY=XX", "is no recurrence of RFC 5545: invalid 'BYDAY': XX"),
        ("FREQ=WEEKLY;BYMONTH=", "is no recurrence of RFC 5545: invalid 'BYMONTH': "),
        *(
            (text, "is of days that never come")
            for text in (
                "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
                "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
                "FREQ=WEEKLY;BYMONTH=13",
                "FREQ=MONTHLY;BYMONTHDAY=32",
                "FREQ=DAILY;BYSETPOS=2",
            )
        ),
    ],
)
def test_what_is_no_recurrence_of_days_is_refused(text, problem):
    with pytest.raises(InvalidTime) as caught:
        read_recurrence(text)

    assert str(caught.value) == f"{text!r}{'' if problem.startswith(':') else ' '}{problem}"


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=SA,SU;WKST=MO",
        "FREQ=MONTHLY;BYDAY=-1FR;INTERVAL=3",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SA",
        "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;UNTIL=20301231",
        "FREQ=YEARLY;BYYEARDAY=366",
    ],
)
def test_a_recurrence_is_kept_as_it_is_written(text):
    assert read_recurrence(text) == text


def test_a_rule_that_misses_its_days_for_ever_bites_never():
    # Each seventh day from a Monday is no Tuesday.
    never = limits(onset="2024-07-01", recurs="FREQ=DAILY;INTERVAL=7;BYDAY=TU")

    assert [*times(never, end=None)] == []


days = st.dates(date(1970, 1, 1), date(2100, 12, 31))
weekdays = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
by_days = st.lists(weekdays, min_size=1, unique=True)
recurrences = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])},
    optional={
        "INTERVAL": st.integers(1, 5).map(str),
        "BYDAY": by_days.map(",".join),
        "BYMONTH": st.integers(1, 12).map(str),
        "BYMONTHDAY": st.integers(1, 28).map(str),
        "UNTIL": days.map("{:%Y%m%d}".format),
    },
)


@law
@given(recurrences, days, days, st.integers(0, 300))
def test_the_days_are_those_of_the_rule(parts, onset, first, length):
    """Dateutil itself, asked of the years in question; it stops at a day that is there anyway."""
    text = ";".join(f"{key}={value}" for key, value in parts.items())
    last = first + length * DAY
    stop = max(last, onset) + 30 * 366 * DAY
    until = min(parts.get("UNTIL", "9999"), f"{stop:%Y%m%d}")
    bare = ";".join(f"{key}={value}" for key, value in parts.items() if key != "UNTIL")
    begin, midnight = (datetime.combine(day, time()) for day in (onset, first))
    rule = rrulestr(f"{bare};UNTIL={until}", dtstart=begin)
    expected = [day.date() for day in rule.between(midnight, midnight + length * DAY, inc=True)]

    span = Span(midnight.replace(tzinfo=UTC), midnight.replace(tzinfo=UTC) + (length + 1) * DAY)
    told = limits(onset=onset.isoformat(), recurs=read_recurrence(text))
    found = [*told.times(span, span.start, "Etc/UTC")]

    assert [bite.start.date() for bite in found] == expected
    assert all(bite.end - bite.start == DAY for bite in found)


# The law of hours, minute by minute, over the night in which Almaty's clocks went back


def clock_hours(first=0, last=24 * 60 - 1):
    return st.integers(first, last).map(lambda n: time(n // 60, n % 60))


START = at("2024-02-28T12:00")
minutes = st.integers(0, 2 * 24 * 60)


@cache
def walls(zone):
    """What a clock shows at each minute of four days from `START`."""
    every = (START + n * MINUTE for n in range(4 * 24 * 60))
    return [zones.local(minute, zone).replace(tzinfo=None) for minute in every]


def slowly(hours, zone):
    """Each minute that lies between the first and the last that a clock shows within the hours."""
    biting = set()
    for day in (START.date() + n * DAY for n in range(-1, 4)):
        start = datetime.combine(day, hours.first)
        end = datetime.combine(day, hours.last) + (DAY if hours.last < hours.first else 0 * DAY)
        inside = [n for n, wall in enumerate(walls(zone)) if start <= wall <= end]
        biting |= {*range(inside[0], inside[-1] + 1)} if inside else set()
    return biting


@law
@given(st.builds(Hours, clock_hours(), clock_hours()), minutes, st.integers(1, 24 * 60), st.data())
def test_hours_bite_at_the_minutes_that_a_slow_walk_finds(hours, first, length, data):
    zone, since = data.draw(st.sampled_from([ALMATY, "Etc/UTC"])), data.draw(minutes)
    span = Span(START + first * MINUTE, START + (first + length) * MINUTE)

    told = [*Limits(hours=hours).times(span, START + since * MINUTE, zone)]

    assert all(bite.end > START + since * MINUTE for bite in told)
    assert told == sorted(told)
    bounds = [((b.start - START) // MINUTE, (b.end - START) // MINUTE) for b in told]
    walked = {n for start, end in bounds for n in range(start, end)}
    asked = {n for n in slowly(hours, zone) if first <= n < first + length}
    assert {n for n in walked if n >= since} == {n for n in asked if n >= since}
