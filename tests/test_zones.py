import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copy
from zoneinfo import ZoneInfo

import pytest
import pytz
from hypothesis import HealthCheck, given, settings, strategies as st

import sca
from sca import zones
from sca.errors import UnknownZone
from tests.cases import each

FOLDER = Path(pytz.__file__).parent / "zoneinfo"
KEYS = sorted(zones.keys())
ROOT = Path(sca.__file__).parents[1]

law = settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text):
    return datetime.fromisoformat(text)


# The one database


def test_the_release_is_the_one_that_pytz_carries():
    assert zones.version() == pytz.OLSON_VERSION
    assert re.fullmatch(r"20\d\d[a-z]+", zones.version())


def test_the_keys_are_the_zones_that_pytz_knows():
    assert zones.keys() - {"Factory"} == set(pytz.all_timezones)


def test_every_key_opens_as_the_clock_of_that_name():
    clocks = {key: zones.zone(key) for key in KEYS}

    assert {key: clock.key for key, clock in clocks.items()} == {key: key for key in clocks}


@pytest.mark.parametrize(
    ("instant", "key", "shown"),
    [
        pytest.param("2024-07-03T09:00", "Asia/Almaty", "2024-07-03T14:00:00+05:00", id="now +05"),
        pytest.param("2022-01-15T09:00", "Asia/Almaty", "2022-01-15T15:00:00+06:00", id="once +06"),
        pytest.param(
            "2024-02-29T17:59:59", "Asia/Almaty", "2024-02-29T23:59:59+06:00", id="until that night"
        ),
        pytest.param(
            "2024-02-29T18:00", "Asia/Almaty", "2024-02-29T23:00:00+05:00", id="from that night"
        ),
        pytest.param(
            "2024-02-29T18:00", "Asia/Qyzylorda", "2024-02-29T23:00:00+05:00", id="it stayed"
        ),
        pytest.param("2040-07-01T12:00", "Europe/London", "2040-07-01T13:00:00+01:00", id="2040"),
        pytest.param("2100-01-01T12:00", "Europe/London", "2100-01-01T12:00:00+00:00", id="2100"),
    ],
)
def test_a_clock_shows_the_time_of_its_place(instant, key, shown):
    assert zones.local(utc(instant), key).isoformat() == shown


# Names that are none


@each(
    "key",
    [
        "",
        ".",
        "..",
        "../x",
        "../__init__.py",
        "../zoneinfo/UTC",
        "Asia/../UTC",
        "Asia/./Almaty",
        "/etc/passwd",
        "/etc/localtime",
        "/UTC",
        str(FOLDER / "UTC"),
        "~/x",
        "C:\\x",
        "\0",
        "UTC\0",
        "UTC\n",
        " UTC",
        "tzdata.zi",
        "zone.tab",
        "zone1970.tab",
        "iso3166.tab",
        "leapseconds",
        "LMT",
        "Ａsia/Almaty",
    ],
)
def test_what_is_no_name_of_a_zone_is_an_unknown_zone(key):
    with pytest.raises(UnknownZone) as caught:
        zones.zone(key)

    assert str(caught.value).startswith(f"no such time zone: {key!r}")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (
            "Europe/Londen",
            "no such time zone: 'Europe/Londen'; "
            "did you mean Europe/London or Europe/Lisbon or Europe/Rome?",
        ),
        ("/etc/passwd", "no such time zone: '/etc/passwd'"),
        ("", "no such time zone: ''"),
    ],
)
def test_an_unknown_zone_is_told_with_the_names_most_like_it(key, message):
    with pytest.raises(UnknownZone) as caught:
        zones.zone(key)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    "key", ["Asia", "America/Argentina", "Asia/Almaty/", "Asia//Almaty", "Asia/Almaty/x", "A\\B"]
)
def test_a_folder_or_a_path_below_a_zone_is_an_unknown_zone(key):
    with pytest.raises(UnknownZone, match=r"^no such time zone: "):
        zones.zone(key)


def test_a_name_too_long_for_a_file_is_an_unknown_zone():
    with pytest.raises(UnknownZone, match=r"^no such time zone: 'AAA"):
        zones.zone("A" * 300)


@law
@given(
    st.text(max_size=12)
    | st.text("AUTCasiEtc/.-_+0\\~\0", max_size=12)
    | st.sampled_from(KEYS).map(lambda key: key[:-1])
)
def test_any_name_opens_a_zone_of_the_list_or_none(key):
    try:
        clock = zones.zone(key)
    except UnknownZone:
        assert key not in KEYS
    else:
        assert clock.key == key
        assert key in KEYS


# Walls and instants


@pytest.mark.parametrize(
    ("first", "limit", "key", "stretch"),
    [
        pytest.param(
            "2024-07-03", "2024-07-04", "Asia/Almaty",
            ("2024-07-02T19:00", "2024-07-03T19:00", False), id="a plain day",
        ),
        pytest.param(
            "2024-02-29T23:30", "2024-02-29T23:31", "Asia/Almaty",
            ("2024-02-29T17:30", "2024-02-29T18:31", True), id="a minute shown twice",
        ),
        pytest.param(
            "2024-02-29T22:00", "2024-02-29T23:30", "Asia/Almaty",
            ("2024-02-29T16:00", "2024-02-29T18:30", True), id="left, and come back to",
        ),
        pytest.param(
            "2024-02-29T22:00", "2024-03-01T00:00", "Asia/Almaty",
            ("2024-02-29T16:00", "2024-02-29T19:00", False), id="longer, never left",
        ),
        pytest.param(
            "2024-03-31T00:30", "2024-03-31T01:30", "Europe/London",
            ("2024-03-31T00:30", "2024-03-31T01:00", False), id="its end jumped over",
        ),
        pytest.param(
            "2024-03-31T01:30", "2024-03-31T02:30", "Europe/London",
            ("2024-03-31T01:00", "2024-03-31T01:30", False), id="its start jumped over",
        ),
        pytest.param(
            "2024-03-31T01:30", "2024-03-31T02:00:01", "Europe/London",
            ("2024-03-31T01:00", "2024-03-31T01:00:01", False), id="but for its last second",
        ),
        pytest.param(
            "2024-03-31T01:00", "2024-03-31T02:00", "Europe/London", None, id="all jumped over"
        ),
        pytest.param(
            "2024-03-31T01:30", "2024-10-27T01:30", "Europe/London",
            ("2024-03-31T01:00", "2024-10-27T01:30", True), id="from one change to another",
        ),
        pytest.param(
            "2024-03-31T01:30", "2025-03-30T01:30", "Europe/London",
            ("2024-03-31T01:00", "2025-03-30T01:00", False), id="from one gap to the next",
        ),
    ],
)  # fmt: skip
def test_a_stretch_runs_from_the_first_to_the_last_instant_that_reads_so(
    first, limit, key, stretch
):
    expected = stretch and (utc(stretch[0]), utc(stretch[1]), stretch[2])

    assert zones.stretch(wall(first), wall(limit), key) == expected


@pytest.mark.parametrize(
    ("limit", "key", "instant"),
    [
        pytest.param("2024-07-03", "Asia/Almaty", "2024-07-02T19:00", id="a plain midnight"),
        pytest.param("2024-03-01", "Asia/Almaty", "2024-02-29T19:00", id="after the fold"),
        pytest.param("2024-02-29T23:30", "Asia/Almaty", "2024-02-29T18:30", id="in the fold"),
        pytest.param("2024-03-31T01:30", "Europe/London", "2024-03-31T01:00", id="in the gap"),
        pytest.param("2024-03-31T02:00", "Europe/London", "2024-03-31T01:00", id="after the gap"),
        pytest.param("2011-12-31", "Pacific/Apia", "2011-12-30T10:00", id="after the lost day"),
        pytest.param("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00", id="a lost midnight"),
    ],
)
def test_the_end_is_where_the_clock_first_stays_past_the_limit(limit, key, instant):
    assert zones.end(wall(limit), key) == utc(instant)


@pytest.mark.parametrize(
    ("skipped", "key", "before", "after"),
    [
        ("2024-03-31T01:00", "Europe/London", "2024-03-31T01:00", "2024-03-31T02:00"),
        ("2024-03-31T01:59:59", "Europe/London", "2024-03-31T01:00", "2024-03-31T02:00"),
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-30T00:00", "2011-12-31T00:00"),
        ("1972-01-07T00:44:29", "Africa/Monrovia", "1972-01-07T00:00", "1972-01-07T00:44:30"),
    ],
)
def test_a_jump_is_told_by_the_readings_around_it(skipped, key, before, after):
    assert zones.jump(wall(skipped), key) == (wall(before), wall(after))


# Forged and outdated databases


def a_folder_with_the_old_almaty(folder):
    """A database as it was before 2024, and Tokyo in it."""
    (folder / "Asia").mkdir(parents=True)
    copy(FOLDER / "Etc" / "GMT-6", folder / "Asia" / "Almaty")
    copy(FOLDER / "Asia" / "Tokyo", folder / "Asia" / "Tokyo")
    copy(FOLDER / "tzdata.zi", folder / "tzdata.zi")
    return folder


def said(script, **environment):
    """What a fresh interpreter prints, line by line."""
    path = os.pathsep.join([environment.pop("first_on_the_path", ""), str(ROOT)]).strip(os.pathsep)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_no_variable_of_the_environment_changes_the_database(tmp_path):
    folder = str(a_folder_with_the_old_almaty(tmp_path))

    lines = said(
        "from datetime import UTC, datetime\n"
        "from zoneinfo import ZoneInfo\n"
        "import pytz\n"
        "from sca import zones\n"
        "summer = datetime(2024, 7, 3, tzinfo=UTC)\n"
        "print(summer.astimezone(ZoneInfo('Asia/Almaty')).isoformat())\n"
        "print(summer.astimezone(pytz.timezone('Asia/Almaty')).isoformat())\n"
        "print(zones.local(summer, 'Asia/Almaty').isoformat())\n"
        "print(zones.local(summer, 'Europe/London').isoformat())\n",
        PYTHONTZPATH=folder,
        PYTZ_TZDATADIR=folder,
    )

    assert lines == [
        "2024-07-03T06:00:00+06:00",  # zoneinfo, deceived
        "2024-07-03T06:00:00+06:00",  # pytz, deceived
        "2024-07-03T05:00:00+05:00",
        "2024-07-03T01:00:00+01:00",
    ]


def test_a_database_from_before_2024_is_refused_for_every_zone(tmp_path):
    package = tmp_path / "pytz"
    a_folder_with_the_old_almaty(package / "zoneinfo")
    (package / "__init__.py").write_text("OLSON_VERSION = '2023c'\n", encoding="utf-8")

    lines = said(
        "from datetime import UTC, datetime\n"
        "from sca import zones\n"
        "from sca.errors import OldZoneData\n"
        "from sca.spans import read\n"
        "now = datetime(2024, 7, 3, tzinfo=UTC)\n"
        "asked = [\n"
        "    lambda: zones.zone('Asia/Almaty'),\n"
        "    lambda: zones.zone('Asia/Tokyo'),\n"
        "    lambda: zones.zone('Asia/Tokyo'),\n"
        "    lambda: zones.local(now, 'Asia/Tokyo'),\n"
        "    lambda: read('2024-07-03').reading('Asia/Tokyo', now),\n"
        "]\n"
        "for ask in asked:\n"
        "    try:\n"
        "        print(ask())\n"
        "    except OldZoneData as error:\n"
        "        print(error.code, int(error.exit), error)\n",
        first_on_the_path=str(tmp_path),
    )

    message = (
        "old-zone-data 3 the time-zone data (2023c) is too old: it has Almaty at another offset "
        "than +05:00 in July 2024; run pip install --upgrade pytz"
    )
    assert lines == [message] * 5


def test_the_clocks_are_read_from_the_folder_of_pytz():
    with (FOLDER / "America" / "St_Johns").open("rb") as file:
        clock = ZoneInfo.from_file(file)
    instants = [utc("2006-10-29T02:00") + n * timedelta(minutes=1) for n in range(120)]

    assert [zones.local(i, "America/St_Johns").utcoffset() for i in instants] == [
        i.astimezone(clock).utcoffset() for i in instants
    ]
