import warnings
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from sca.mistyped import plausible_time
from sca.spans import read
from tests.cases import each

law = settings(
    deadline=None,
    derandomize=True,
    max_examples=200,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("3 July 2024", "2024-07-03"),
        ("July 3rd, 2024", "2024-07-03"),
        ("Wed 3 Jul 2024", "2024-07-03"),
        ("Wednesday, 3 July 2024", "2024-07-03"),
        ("2024/07/03", "2024-07-03"),
        ("2024.07.03", "2024-07-03"),
        ("2024-7-3", "2024-07-03"),
        ("20240703", "2024-07-03"),
        ("2024-07-03 ", "2024-07-03"),
        ("13/07/2024", "2024-07-13"),
        ("07/13/2024", "2024-07-13"),
        ("07/07/2024", "2024-07-07"),
        ("1 January 1970", "1970-01-01"),
        ("31 December 2100", "2100-12-31"),
        ("2024-07-03  14:00", "2024-07-03T14:00"),
        ("2024-07-03T14", "2024-07-03T14:00"),
        ("2024-07-03T1400", "2024-07-03T14:00"),
        ("20240703T1400", "2024-07-03T14:00"),
        ("3 July 2024 2pm", "2024-07-03T14:00"),
        ("3 July 2024 1am", "2024-07-03T01:00"),
        ("3 July 2024 12 am", "2024-07-03T00:00"),
        ("3 July 2024 12:00", "2024-07-03T12:00"),
    ],
)
def test_a_text_with_one_plausible_reading_gets_it(text, meant):
    assert plausible_time(text) == meant


@each(
    "text",
    [
        pytest.param("03/07/2024", id="day and month may change places"),
        pytest.param("3.7.2024", id="so they may between dots"),
        pytest.param("24-07-03", id="a year of two digits first"),
        pytest.param("01/02/03", id="three of two digits"),
        pytest.param("3 July 24", id="a day or a year"),
        pytest.param("Sun Jul 3 2024", id="it was a Wednesday"),
        pytest.param("Thursday, 3 July 2024", id="it was no Thursday"),
        pytest.param("3", id="a day alone"),
        pytest.param("32", id="a number that is no day"),
        pytest.param("1400", id="an hour or a year"),
        pytest.param("2024", id="a year"),
        pytest.param("2024-07", id="a month"),
        pytest.param("July 2024", id="a month in words"),
        pytest.param("May", id="a month without a year"),
        pytest.param("3 July", id="a day without a year"),
        pytest.param("Wednesday", id="a weekday"),
        pytest.param("10:36", id="an hour of an unknown day"),
        pytest.param("1.5", id="a fraction"),
        pytest.param("-1", id="a number below nought"),
        pytest.param("14:00,5", id="a comma that two read differently"),
        pytest.param("2024-185", id="a day of the year"),
        pytest.param("2024-W27-3", id="a day of a week"),
        pytest.param("2024-02-30", id="a day that is in no month"),
        pytest.param("2024-31-12", id="no month"),
        pytest.param("2024-07-03T24:01", id="no hour"),
        pytest.param("2024-07-03 2024-07-04", id="two days"),
        pytest.param("2024-07-03T14:00 ALMT", id="a zone it does not know"),
        pytest.param("3 July 2024 14:00 EST", id="a zone that several places have"),
        pytest.param("3 July 2024 14:00 UTC", id="a zone in words"),
        pytest.param("2024-07-03 14:00 UTC+5", id="an offset it reads the wrong way round"),
        pytest.param("2024-07-03T14:00+05", id="an offset without minutes"),
        pytest.param("31 December 1969", id="too early"),
        pytest.param("1 January 2101", id="too late"),
        pytest.param("tomorrow", id="a word"),
        pytest.param("now", id="the present"),
        pytest.param("Almaty 10", id="a place"),
        pytest.param("9" * 5000, id="too many digits for a number"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_text_with_no_reading_or_several_gets_none(text):
    assert plausible_time(text) is None


@pytest.mark.parametrize("text", ["31 July 76", "31 July 24", "12/12/12"])
def test_no_century_is_guessed_by_the_year_it_happens_to_be(text):
    assert plausible_time(text) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("3 July 2024 14:00:30", "2024-07-03T14:00:30"),
        ("2024-07-03T14:00:30.", "2024-07-03T14:00:30"),
    ],
)
def test_the_second_that_was_typed_is_not_lost(text, meant):
    assert plausible_time(text) == meant


def test_a_zone_that_is_not_known_neither_warns_nor_changes_how_warnings_are_dealt_with():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert plausible_time("2024-07-03T14:00 ALMT") is None
        warnings.warn("still heard", UserWarning, stacklevel=1)

    assert [str(warning.message) for warning in caught] == ["still heard"]


FORMATS = [
    "%d %B %Y",
    "%B %d, %Y %H:%M",
    "%a %d %b %Y",
    "%d.%m.%Y",
    "%m/%d/%Y %I:%M %p",
    "%Y%m%dT%H%M%S",
    "%Y-%m-%dT%H",
    "%H:%M %d %B %y",
    "%c",
]
typed = st.builds(
    lambda wall, form, at, junk: wall.strftime(form)[:at] + junk + wall.strftime(form)[at:],
    st.datetimes(datetime(1960, 1, 1), datetime(2110, 1, 1)),
    st.sampled_from(FORMATS),
    st.integers(0, 25),
    st.text("0123456789 /:.-,TZamp+²٣", max_size=2),
)


@law
@given(typed | st.text(max_size=20) | st.text("0123456789 -/:.,TZampJulMonWed+e٣²\0", max_size=20))
def test_whatever_is_typed_gets_nothing_or_one_time_that_is_read(text):
    meant = plausible_time(text)

    if meant is not None:
        when = read(meant)
        assert (str(when.first), when.interval) == (meant, False)


@law
@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 12, 31)))
def test_a_date_in_words_is_offered_as_it_was_meant(wall):
    day = f"{wall:%Y-%m-%d}"

    assert plausible_time(f"{wall:%A, %d %B %Y}") == day
    assert plausible_time(f"{wall:%d %B %Y %H:%M}") == f"{day}T{wall:%H:%M}"
