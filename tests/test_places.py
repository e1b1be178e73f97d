from functools import cache

import pytest

import sca
from sca.places import Kind
from tests.builders import a_place


@cache
def shipped():
    return sca.load().gazetteer.places


SITE = a_place("Office", id="office", within=("almaty", "south", "kz"))
ALMATY = a_place("Almaty", id="almaty", within=("south", "kz"))
SOUTH = a_place("South", id="south", within=("kz",))
KAZAKHSTAN = a_place("Kazakhstan", id="kz")
ORAL = a_place("Oral", id="oral", within=("west", "kz"))


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
    ],
)
def test_a_place_is_told_with_what_is_around_it(place, text):
    assert str(place) == text


def test_a_chain_runs_from_the_place_outwards():
    assert SITE.chain == ("office", "almaty", "south", "kz")
    assert KAZAKHSTAN.chain == ("kz",)


@pytest.mark.parametrize(
    ("inner", "outer", "lies"),
    [
        pytest.param(ALMATY, ALMATY, True, id="in itself"),
        pytest.param(ALMATY, SOUTH, True, id="in its region"),
        pytest.param(SITE, KAZAKHSTAN, True, id="in what its region lies in"),
        pytest.param(SOUTH, ALMATY, False, id="not in what lies in it"),
        pytest.param(ORAL, SOUTH, False, id="not in a neighbour"),
    ],
)
def test_what_lies_in_what(inner, outer, lies):
    assert inner.lies_in(outer) is lies


# The shipped places


def test_the_shipped_places_are_the_country_its_units_and_its_largest_cities():
    counts = dict.fromkeys(Kind, 0)
    for place in shipped().values():
        counts[place.kind] += 1

    assert counts == {Kind.COUNTRY: 1, Kind.REGION: 20, Kind.CITY: 20, Kind.SITE: 0}


def test_what_a_shipped_place_lies_in_is_a_shipped_place():
    for place in shipped().values():
        assert {*place.within} <= {*shipped()}


def test_shipped_containment_is_transitive():
    for place in shipped().values():
        for step, outer in enumerate(place.within, 1):
            assert shipped()[outer].within == place.within[step:]


def test_no_shipped_place_lies_in_itself():
    for place in shipped().values():
        assert place.id not in place.within
        assert len({*place.chain}) == len(place.chain)


def test_a_shipped_place_names_the_region_and_country_it_lies_in():
    for place in shipped().values():
        around = [shipped()[id] for id in place.within]
        regions = [outer.name for outer in around if outer.kind is Kind.REGION]
        countries = [outer.name for outer in around if outer.kind is Kind.COUNTRY]
        assert ([place.region] if place.region else []) == regions
        assert ([place.country] if place.country else []) == countries


def test_every_shipped_city_lies_in_a_region_and_has_a_position_and_its_people():
    for place in shipped().values():
        if place.kind is Kind.CITY:
            assert [shipped()[id].kind for id in place.within] == [Kind.REGION, Kind.COUNTRY]
            assert 40 < place.latitude < 56
            assert 46 < place.longitude < 88
            assert place.population > 100_000


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
