from functools import cache

import pytest
from hypothesis import given, strategies as st

from sca.atlas import Atlas
from sca.gazetteer import Gazetteer
from sca.places import Kind, Place
from tests.builders import a_place, law


@cache
def shipped():
    """All places of the shipped file, by id."""
    return {place.id: place for place in Atlas().largest("", 1_000_000)}


SITE = a_place("Office", id="office", kind=Kind.SITE, within=("almaty", "iso:KZ-S", "iso:KZ"))
ALMATY = a_place("Almaty", id="almaty", within=("iso:KZ-S", "iso:KZ"))
SOUTH = a_place("South", id="iso:KZ-S", kind=Kind.REGION, within=("iso:KZ",), population=9)
WEST = a_place("West", id="iso:KZ-W", kind=Kind.REGION, within=("iso:KZ",), population=9)
DISTRICT = a_place(
    "District", id="iso:KZ-D", kind=Kind.REGION, within=("iso:KZ-S", "iso:KZ"), population=9
)
KAZAKHSTAN = a_place("Kazakhstan", id="iso:KZ", kind=Kind.COUNTRY)
ORAL = a_place("Oral", id="oral", within=("iso:KZ-W", "iso:KZ"))
BAIKONUR = a_place("Baikonur", id="baikonur", within=("iso:KZ",))
ABROAD = a_place("Abroad", id="iso:UZ-A", kind=Kind.REGION, within=("iso:UZ",), population=9)


# What a place is called


@pytest.mark.parametrize(
    ("place", "text"),
    [
        pytest.param(
            a_place(region="South", country="Kazakhstan"),
            "Almaty, South, Kazakhstan",
            id="with what is around it",
        ),
        pytest.param(a_place(), "Almaty", id="with nothing around it"),
        pytest.param(a_place(country="Kazakhstan"), "Almaty, Kazakhstan", id="without a region"),
        pytest.param(a_place(region="South"), "Almaty, South", id="without a country"),
        pytest.param(
            a_place("Luxembourg", region="Luxembourg", country="Luxembourg"),
            "Luxembourg",
            id="without what says nothing new",
        ),
        pytest.param(
            a_place("Djibouti", region="City of Djibouti", country="Djibouti"),
            "Djibouti, City of Djibouti",
            id="without a country of the same name",
        ),
    ],
)
def test_a_place_is_told_with_what_is_around_it(place, text):
    assert str(place) == text


# Clocks


@pytest.mark.parametrize(
    ("changes", "clocks"),
    [
        pytest.param({"timezone": "Asia/Almaty"}, ("Asia/Almaty",), id="one"),
        pytest.param(
            {"timezone": "Asia/Oral", "zones": ("Asia/Oral", "Asia/Aqtau")},
            ("Asia/Oral", "Asia/Aqtau"),
            id="several, in their order",
        ),
        pytest.param({"timezone": ""}, (), id="none, far from any city"),
    ],
)
def test_the_clocks_of_a_place(changes, clocks):
    assert a_place(**changes).clocks == clocks


# What lies in what


def test_a_chain_runs_from_the_place_outwards():
    assert SITE.chain == ("office", "almaty", "iso:KZ-S", "iso:KZ")
    assert KAZAKHSTAN.chain == ("iso:KZ",)


@pytest.mark.parametrize(
    ("inner", "outer", "lies"),
    [
        pytest.param(ALMATY, ALMATY, True, id="in itself"),
        pytest.param(ALMATY, SOUTH, True, id="in its region"),
        pytest.param(SITE, KAZAKHSTAN, True, id="in what its region lies in"),
        pytest.param(SITE, ALMATY, True, id="a site in its city"),
        pytest.param(SOUTH, ALMATY, False, id="not in what lies in it"),
        pytest.param(ORAL, SOUTH, False, id="not in a neighbour"),
        pytest.param(ALMATY, DISTRICT, False, id="not in what it may lie in"),
    ],
)
def test_what_lies_in_what(inner, outer, lies):
    assert inner.lies_in(outer) is lies


@pytest.mark.parametrize(
    ("inner", "outer", "may"),
    [
        pytest.param(ALMATY, DISTRICT, True, id="a city, in a part of its region"),
        pytest.param(SITE, DISTRICT, True, id="a site, in a part of its city's region"),
        pytest.param(BAIKONUR, SOUTH, True, id="a city without a region, in one of its country"),
        pytest.param(BAIKONUR, WEST, True, id="a city without a region, in any of its country"),
        pytest.param(
            a_place("Gate", kind=Kind.SITE, within=("baikonur", "iso:KZ")),
            SOUTH,
            True,
            id="a site in such a city",
        ),
        pytest.param(BAIKONUR, DISTRICT, False, id="a part of a region that it may lie in"),
        pytest.param(BAIKONUR, ABROAD, False, id="not in a region of another country"),
        pytest.param(ORAL, DISTRICT, False, id="not in a part of another region"),
        pytest.param(ALMATY, WEST, False, id="not in another region of the first level"),
        pytest.param(ALMATY, SOUTH, False, id="not where it does lie"),
        pytest.param(DISTRICT, DISTRICT, False, id="not in itself"),
        pytest.param(
            a_place(within=("iso:KZ-D", "iso:KZ-S", "iso:KZ")),
            a_place(id="iso:KZ-E", kind=Kind.REGION, within=("iso:KZ-S", "iso:KZ")),
            False,
            id="not in one part of a region, proven to lie in another",
        ),
        pytest.param(SOUTH, DISTRICT, False, id="not a region in a part of itself"),
        pytest.param(WEST, SOUTH, False, id="not a region in its neighbour"),
        pytest.param(KAZAKHSTAN, SOUTH, False, id="not a country in a part of itself"),
        pytest.param(ALMATY, KAZAKHSTAN, False, id="not in a country it lies in"),
        pytest.param(
            a_place(within=("iso:UZ",)), KAZAKHSTAN, False, id="not in a country it does not lie in"
        ),
        pytest.param(BAIKONUR, ALMATY, False, id="not in a city"),
        pytest.param(SOUTH, SITE, False, id="not in a site"),
        pytest.param(a_place(), SOUTH, False, id="not with nothing known around it"),
        pytest.param(
            a_place(within=("hall",)), a_place(kind=Kind.REGION, within=("hall",)), False,
            id="not in a region of what has no code",
        ),
    ],
)  # fmt: skip
def test_what_may_lie_in_what(inner, outer, may):
    assert inner.may_lie_in(outer) is may


@pytest.mark.parametrize(
    ("kind", "may"),
    [
        pytest.param(Kind.CITY, True, id="a city"),
        pytest.param(Kind.POINT, True, id="a coordinate"),
        pytest.param(Kind.SITE, True, id="a site"),
        pytest.param(Kind.REGION, True, id="a region"),
        pytest.param(Kind.COUNTRY, True, id="a country"),
    ],
)
def test_a_place_may_lie_in_what_shares_its_land_or_counts_it_as_its_own(kind, may):
    place = a_place(id="here", kind=kind, within=("iso:XK",), perhaps=("iso:RS-1", "iso:RS"))

    assert place.may_lie_in(a_place(id="iso:RS-1", kind=Kind.REGION, within=("iso:RS",))) is may
    assert place.may_lie_in(a_place(id="iso:RS", kind=Kind.COUNTRY)) is may
    assert not place.may_lie_in(a_place(id="iso:AL", kind=Kind.COUNTRY))
    assert not place.may_lie_in(a_place(id="iso:RS-3", kind=Kind.REGION, within=("iso:RS",)))
    inside = a_place(kind=kind, within=("iso:RS-1", "iso:XK"), perhaps=("iso:RS-1",))
    assert not inside.may_lie_in(a_place(id="iso:RS-1", kind=Kind.REGION, within=("iso:RS",)))


@pytest.mark.parametrize(
    ("name", "around"),
    [
        ("Les Abymes", "France"),
        ("iso:GP", "France"),
        ("Hong Kong", "China"),
        ("Taipei", "China"),
        ("San Juan, PR", "United States"),
        ("Pristina", "Serbia"),
    ],
)
def test_whether_a_country_s_word_holds_where_two_count_the_land_as_theirs_is_not_told(
    name, around
):
    find = Gazetteer(Atlas()).find

    assert not find(name).lies_in(find(around))
    assert find(name).may_lie_in(find(around))


def point(*within: str) -> Place:
    return a_place("1,2", id="geo:1,2", kind=Kind.POINT, within=within)


def unpeopled(*within: str, **changes: object) -> Place:
    """A region in which no city is known."""
    return a_place("Wild", id="iso:KZ-N", kind=Kind.REGION, within=within, **changes)


@pytest.mark.parametrize(
    ("place", "region", "may"),
    [
        pytest.param(
            point("iso:KZ-W", "iso:KZ"), unpeopled("iso:KZ"), True, id="of its country"
        ),
        pytest.param(
            point("iso:KZ-W", "iso:KZ"),
            unpeopled("iso:KZ", population=0),
            True,
            id="of its country, counted",
        ),
        pytest.param(
            point("iso:KZ-W", "iso:KZ"),
            unpeopled("iso:KZ-S", "iso:KZ"),
            True,
            id="of another region of its country",
        ),
        pytest.param(
            point("iso:KZ-W", "iso:KZ"),
            unpeopled("iso:KZ", population=1),
            False,
            id="not one with a city, which would be the nearest",
        ),
        pytest.param(
            point("iso:KZ-W", "iso:KZ"), unpeopled("iso:UZ"), False, id="not of another country"
        ),
        pytest.param(
            a_place(within=("iso:KZ-W", "iso:KZ")), unpeopled("iso:KZ"), False, id="not a city"
        ),
        pytest.param(point("iso:KZ-S", "iso:KZ"), DISTRICT, True, id="part of its own region"),
        pytest.param(point("iso:KZ-W", "iso:KZ"), DISTRICT, False, id="not part of another"),
        pytest.param(point("almaty", "iso:KZ"), SOUTH, True, id="of a city without a region"),
        pytest.param(point(), SOUTH, True, id="far out, any"),
        pytest.param(point(), a_place(kind=Kind.COUNTRY), True, id="far out, a whole country"),
        pytest.param(point(), a_place(kind=Kind.CITY), False, id="far out, not a city"),
        pytest.param(a_place(kind=Kind.SITE), SOUTH, True, id="a site far out"),
        pytest.param(
            point("iso:KZ"), a_place(kind=Kind.COUNTRY), False, id="close to a city, not a country"
        ),
    ],
)  # fmt: skip
def test_a_coordinate_may_lie_in_a_region_in_which_no_city_is_known(place, region, may):
    assert place.may_lie_in(region) is may


IDS = st.lists(st.sampled_from(["iso:A", "iso:B", "iso:C", "x"]), unique=True, max_size=3)
PLACES = st.builds(
    lambda id, kind, within, perhaps, people: a_place(
        id=id,
        kind=kind,
        within=tuple(outer for outer in within if outer != id),
        perhaps=tuple(perhaps),
        population=people,
    ),
    st.sampled_from(["iso:A", "iso:B", "iso:C", "iso:D", "x"]),
    st.sampled_from(Kind),
    IDS,
    IDS,
    st.sampled_from([None, 0, 5]),
)


@law
@given(PLACES, PLACES)
def test_a_place_never_both_lies_and_may_lie_in_another(one, other):
    assert not (one.lies_in(other) and one.may_lie_in(other))
    if one.may_lie_in(other):
        far_out = one.kind in {Kind.POINT, Kind.SITE} and not one.within
        beyond = far_out or other.id in one.perhaps
        assert other.kind is Kind.REGION or beyond
        assert one.id != other.id


# The shipped places


def test_no_shipped_place_lies_or_may_lie_in_itself():
    for place in shipped().values():
        assert len({*place.chain}) == len(place.chain), place
        assert not {*place.perhaps}.intersection(place.chain), place


def test_every_shipped_city_has_a_position_and_one_clock_and_no_region_has_a_position():
    for place in shipped().values():
        if place.kind is Kind.CITY:
            assert -90 <= place.latitude <= 90, place
            assert -180 <= place.longitude <= 180, place
            assert place.clocks == (place.timezone,), place
        else:
            assert place.latitude is place.longitude is None, place


def test_a_region_or_country_has_every_clock_of_its_cities():
    shown = {}
    for place in shipped().values():
        if place.kind is Kind.CITY:
            for id in place.within:
                shown.setdefault(id, set()).add(place.timezone)

    assert {id: {*shipped()[id].clocks} for id in shown} == shown
    for place in shipped().values():
        assert place.timezone == place.clocks[0]
        assert len({*place.clocks}) == len(place.clocks)


def test_almaty_as_shipped():
    assert shipped()["geonames:1526384"] == a_place(
        "Almaty",
        id="geonames:1526384",
        kind=Kind.CITY,
        timezone="Asia/Almaty",
        within=("iso:KZ-75", "iso:KZ"),
        region="City of Almaty",
        country="Kazakhstan",
        latitude=43.25249,
        longitude=76.9115,
        population=1977011,
    )


def test_kazakhstan_as_shipped_has_the_seven_clocks_of_its_cities():
    country = shipped()["iso:KZ"]

    assert country.within == ()
    assert country.timezone == "Asia/Almaty"
    assert {*country.clocks} == {
        f"Asia/{name}"
        for name in ("Almaty", "Aqtau", "Aqtobe", "Atyrau", "Oral", "Qostanay", "Qyzylorda")
    }


def test_a_city_without_a_region_may_lie_in_every_region_of_its_country_and_in_no_other():
    (baikonur,) = (place for place in shipped().values() if place.name == "Baikonur")

    may = {place.id for place in shipped().values() if baikonur.may_lie_in(place)}

    assert baikonur.region is None
    assert may == {place.id for place in shipped().values() if place.within == ("iso:KZ",)} - {
        baikonur.id
    }
    assert len(may) == 20


def test_a_city_in_a_land_with_two_codes_lies_in_both():
    pristina = shipped()["geonames:786714"]

    assert pristina.within == ("iso:RS-KM", "iso:XK")
    assert pristina.may_lie_in(shipped()["iso:RS-25"])
    assert not pristina.may_lie_in(shipped()["iso:RS-00"])
    assert not pristina.lies_in(shipped()["iso:RS"])
