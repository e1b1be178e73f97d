import pytest

from sca.advisory import LOCAL
from sca.places import Kind
from tests.builders import a_bulletin, a_measure, a_place, a_segment, an_advisory

COUNTRY = a_place("Country", kind=Kind.COUNTRY)
NORTH = a_place("North", kind=Kind.REGION, within=(COUNTRY.id,))
CITY = a_place("City", within=(NORTH.id, COUNTRY.id))
OFFICE = a_place("Office", kind=Kind.SITE, within=(CITY.id, NORTH.id, COUNTRY.id))
ABROAD = a_place("Abroad")


# For which places a bulletin speaks


@pytest.mark.parametrize(
    ("places", "exceptions", "spoken_for"),
    [
        pytest.param([COUNTRY], [], [COUNTRY, NORTH, CITY, OFFICE], id="all that lies in it"),
        pytest.param([CITY], [], [CITY, OFFICE], id="nothing that is around it"),
        pytest.param([CITY, ABROAD], [], [CITY, OFFICE, ABROAD], id="each that it names"),
        pytest.param([COUNTRY], [CITY], [COUNTRY, NORTH], id="not for what it excepts, nor in it"),
        pytest.param([COUNTRY], [ABROAD], [COUNTRY, NORTH, CITY, OFFICE], id="excepting elsewhere"),
        pytest.param([CITY], [COUNTRY], [], id="for nothing, where all of it is excepted"),
        pytest.param([CITY, COUNTRY], [CITY], [COUNTRY, NORTH], id="not for what it also names"),
        pytest.param([], [], [], id="for nothing, where it names nothing"),
    ],
)
def test_a_bulletin_speaks_for_what_it_names_and_all_in_it(places, exceptions, spoken_for):
    bulletin = a_bulletin(places=tuple(places), exceptions=tuple(exceptions))

    every = [COUNTRY, NORTH, CITY, OFFICE, ABROAD]
    assert [place for place in every if bulletin.speaks_for(place)] == spoken_for


def test_a_bulletin_does_not_speak_for_what_only_may_lie_there():
    without_a_region = a_place("Without a region", within=("iso:KZ",))
    region = a_place("Region", id="iso:KZ-1", kind=Kind.REGION, within=("iso:KZ",))

    assert without_a_region.may_lie_in(region)
    assert not a_bulletin(places=(region,)).speaks_for(without_a_region)


# The places and clocks of an advisory


def test_every_place_that_is_named_or_excepted_is_there_once_and_in_order():
    advisory = an_advisory(
        bulletins=(
            a_bulletin(places=(COUNTRY, CITY, COUNTRY), exceptions=(NORTH,)),
            a_bulletin(places=(ABROAD, NORTH), exceptions=(CITY,)),
        )
    )

    assert advisory.places == (COUNTRY, CITY, NORTH, ABROAD)


@pytest.mark.parametrize(
    ("timezone", "zone", "clock"),
    [
        pytest.param("Europe/London", None, "Europe/London", id="its own"),
        pytest.param("Europe/London", "Asia/Oral", "Europe/London", id="its own, whoever asks"),
        pytest.param(LOCAL, None, "Asia/Almaty", id="local: that of the place"),
        pytest.param(LOCAL, "Asia/Oral", "Asia/Oral", id="local: that of who asks"),
    ],
)
def test_the_clock_of_its_times(timezone, zone, clock):
    assert an_advisory(timezone=timezone).clock(CITY, zone) == clock


def test_a_segment_knows_the_act_that_it_rests_on():
    first, second = a_bulletin(), a_bulletin(issued="2024-07-02")
    advisory = an_advisory(bulletins=(first, second))

    assert [a_segment(advisory, bulletin=n).act for n in (1, 2)] == [first, second]


def test_a_measure_has_the_settings_of_its_limits():
    assert a_measure("m", "street", "airport").settings == ("street", "airport")
