import tomllib
import unicodedata
from functools import cache

import pytest
from hypothesis import example, given, strategies as st

import sca
from sca.errors import AmbiguousPlace, Candidate, UnknownPlace
from sca.gazetteer import Entry, Gazetteer, fold
from sca.places import Kind
from sca.ruleset import shipped as shipped_folder
from tests.builders import a_place, law


@cache
def shipped():
    return sca.load().gazetteer


@cache
def rows():
    """The shipped places as they are written."""
    return tomllib.loads((shipped_folder() / "places.toml").read_text("utf-8"))["places"]


def names_of(row):
    groups = [*row["names"].values(), row.get("former", [])]
    return [row["name"], *(name for group in groups for name in group)]


def every_name():
    return [(name, row["id"]) for row in rows() for name in names_of(row)]


def bearing(name, *populations, kind=Kind.CITY):
    """Places of one name, of so many people each."""
    return [
        a_place(name, id=f"test:{n}", kind=kind, population=people)
        for n, people in enumerate(populations)
    ]


def known(*places):
    return Gazetteer(Entry(place, ()) for place in places)


# Names


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        pytest.param("Almaty", "almaty", id="case"),
        pytest.param("Alma-Ata", "almaata", id="a hyphen"),
        pytest.param("  St. John's  ", "stjohns", id="blanks, a stop and an apostrophe"),
        pytest.param("Kökşetau", "koksetau", id="accents"),
        pytest.param("Qarağandy", "qaragandy", id="a breve"),
        pytest.param("Ekıbastūz", "ekibastuz", id="a dotless i"),
        pytest.param("İSTANBUL", "istanbul", id="a dotted capital"),
        pytest.param("ISTANBUL", "istanbul", id="an undotted capital"),
        pytest.param("Straße", "strasse", id="a sharp s"),
        pytest.param("Łódź", "lodz", id="a stroke"),
        pytest.param("Tromsø", "tromso", id="an o with a stroke"),
        pytest.param("Ærø", "aero", id="a ligature"),
        pytest.param("Đakovo", "dakovo", id="a d with a stroke"),
        pytest.param("Þorlákshöfn", "thorlakshofn", id="a thorn"),
        pytest.param("Ǿster Ǽrø", "osteraero", id="letters with a stroke or joined, and an accent"),
        pytest.param("Нұр-Сұлтан", "нұрсұлтан", id="Cyrillic, its own letters kept"),
        pytest.param("Орёл", "орел", id="Cyrillic with an accent"),
        pytest.param("Αθήνα", "αθηνα", id="Greek"),
        pytest.param("ＡＬＭＡＴＹ", "almaty", id="wide letters"),
        pytest.param("東京", "東京", id="Chinese"),
        pytest.param("6-й км", "6икм", id="a digit"),
        pytest.param("— ?!", "", id="nothing but punctuation"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_names_are_compared_without_case_accents_and_punctuation(name, folded):
    assert fold(name) == folded


@law
@given(st.text())
@example("Ǿ")
@example("ǽ")
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@law
@given(st.text())
def test_folding_is_blind_to_how_accents_are_encoded(text):
    for form in ("NFC", "NFD"):
        assert fold(unicodedata.normalize(form, text)) == fold(text)


@law
@given(st.text())
def test_a_folded_name_holds_letters_and_digits_only(text):
    assert fold(text) == "" or fold(text).isalnum()


@pytest.mark.parametrize(
    "asked",
    [
        "Oskemen",
        "OSKEMEN",
        "oskemen",
        "Öskemen",
        "O\u0308skemen",
        "Ósk-e.men",
        " Oske men ",
        "Өскемен",
    ],
)
def test_a_place_is_found_however_its_name_is_typed(asked):
    assert shipped().find(asked).name == "Ust-Kamenogorsk"


# Ids


def test_every_id_is_text_that_can_be_typed():
    for id, place in shipped().places.items():
        assert shipped().find(id) == shipped().find(f" {id}\n") == place


def test_an_id_comes_before_a_name():
    office = a_place("Office", id="Almaty", kind=Kind.SITE)

    assert known(office, a_place("Almaty")).find("Almaty") == office


# One name, several places


@pytest.mark.parametrize(
    "populations",
    [
        pytest.param((1000, 100), id="just ten times"),
        pytest.param((1001, 100), id="more"),
        pytest.param((100, 1000), id="whichever comes first"),
        pytest.param((1000, 100, 99, 1), id="ten times every other"),
        pytest.param((10, 1), id="small ones"),
    ],
)
def test_a_name_means_the_place_that_is_ten_times_as_large_as_every_other(populations):
    places = bearing("London", *populations)

    assert known(*places).find("london") == max(places, key=lambda place: place.population)


@pytest.mark.parametrize(
    "populations",
    [
        pytest.param((990, 100), id="9.9 times"),
        pytest.param((999, 100), id="one short of ten times"),
        pytest.param((100, 990), id="whichever comes first"),
        pytest.param((1000, 10, 101), id="ten times one, but not another"),
        pytest.param((100, 100), id="as large"),
        pytest.param((None, None), id="nobody knows"),
        pytest.param((5_000_000, None), id="one is not known to be small"),
        pytest.param((5_000_000, 10, None), id="one of three is not known to be small"),
        pytest.param((0, 0), id="empty ones"),
    ],
)
def test_a_name_of_several_places_is_refused_with_each_as_text_to_type(populations):
    places = bearing("Springfield", *populations)
    gazetteer = known(*places)

    with pytest.raises(AmbiguousPlace) as caught:
        gazetteer.find("springfield")

    ids = [place.id for place in places]
    assert str(caught.value) == "'springfield' names several places; say which: " + ", ".join(
        f"{id} (Springfield)" for id in ids
    )
    assert list(caught.value.candidates) == [Candidate(id, "Springfield") for id in ids]
    assert [gazetteer.find(c.text) for c in caught.value.candidates] == places


def test_candidates_are_told_with_what_is_around_them():
    south = a_place("Foo", id="test:1", region="South", country="Kazakhstan")
    west = a_place("Foo", id="test:2", region="West", country="Kazakhstan")

    with pytest.raises(AmbiguousPlace) as caught:
        known(west, south).find("FOO")

    assert str(caught.value) == (
        "'FOO' names several places; say which: "
        "test:1 (Foo, South, Kazakhstan), test:2 (Foo, West, Kazakhstan)"
    )


@pytest.mark.parametrize("first", [Kind.SITE, Kind.CITY, Kind.REGION, Kind.COUNTRY])
def test_a_site_comes_before_a_city_that_before_a_region_and_that_before_a_country(first):
    kinds = list(Kind)[::-1]
    # The later ones are larger: people do not weigh between kinds.
    places = [
        a_place("Luxembourg", id=f"test:{kind}", kind=kind, population=10 ** (n * 2))
        for n, kind in enumerate(kinds[kinds.index(first) :])
    ]

    for order in (places, places[::-1]):
        assert known(*order).find("Luxembourg").kind == first


def test_a_city_comes_before_a_region_that_bears_its_name_as_another():
    region = a_place("Almaty Region", id="test:region", kind=Kind.REGION, population=2_000_000)
    city = a_place("Almaty")
    gazetteer = Gazetteer([Entry(region, ("Almaty",)), Entry(city, ())])

    assert gazetteer.find("Almaty") == city


def test_two_regions_of_one_name_are_refused_though_a_country_has_it_too():
    regions = bearing("Congo", None, None, kind=Kind.REGION)
    country = a_place("Congo", id="test:country", kind=Kind.COUNTRY)

    with pytest.raises(AmbiguousPlace) as caught:
        known(*regions, country).find("Congo")

    assert [c.text for c in caught.value.candidates] == ["test:0", "test:1", "test:country"]


def test_one_place_may_bear_a_name_twice():
    place = a_place("Alma-Ata")

    assert Gazetteer([Entry(place, ("ALMA ATA", "Almaata", "Alma-Ata"))]).find("alma ata") == place


# Names that no place bears


@pytest.mark.parametrize(
    ("asked", "message", "texts"),
    [
        pytest.param(
            "Almatty",
            "no place called 'Almatty' is known; "
            "did you mean Almaty or City of Almaty or Almaty Region?",
            ["Almaty", "City of Almaty", "Almaty Region"],
            id="a slip",
        ),
        pytest.param(
            "Karagnda",
            "no place called 'Karagnda' is known; did you mean Karaganda?",
            ["Karaganda"],
            id="one place for all its names that are near",
        ),
        pytest.param(
            "Kzl",
            "no place called 'Kzl' is known; "
            "write a city, region or country by name, or an id such as geonames:1526384",
            [],
            id="nothing like it",
        ),
        pytest.param(
            "",
            "no place called '' is known; "
            "write a city, region or country by name, or an id such as geonames:1526384",
            [],
            id="nothing at all",
        ),
        pytest.param(
            " -?!",
            "no place called ' -?!' is known; "
            "write a city, region or country by name, or an id such as geonames:1526384",
            [],
            id="nothing but punctuation",
        ),
    ],
)
def test_an_unknown_name_is_refused_with_those_near(asked, message, texts):
    with pytest.raises(UnknownPlace) as caught:
        shipped().find(asked)

    assert str(caught.value) == message
    assert [candidate.text for candidate in caught.value.candidates] == texts


def test_at_most_five_near_names_are_told_the_nearest_first():
    gazetteer = known(*(a_place(name) for name in ("Abcdefg", "Abcde", "Abc", "Abcdefgh", "Xyz")),
                      *(a_place(f"Abcdef{n}") for n in range(5)))  # fmt: skip

    with pytest.raises(UnknownPlace) as caught:
        gazetteer.find("Abcdef")

    assert caught.value.candidates == tuple(
        Candidate(name, name) for name in ("Abcdefg", "Abcdef4", "Abcdef3", "Abcdef2", "Abcdef1")
    )


def test_near_names_are_told_as_they_are_spelled_with_what_they_mean():
    place = a_place("Ust-Kamenogorsk", region="East", country="Kazakhstan")
    gazetteer = Gazetteer([Entry(place, ("Öskemen",))])

    with pytest.raises(UnknownPlace) as caught:
        gazetteer.find("Oskemenn")

    assert caught.value.candidates == (Candidate("Öskemen", "Ust-Kamenogorsk, East, Kazakhstan"),)


def test_near_names_that_several_places_bear_are_told_as_text_that_means_each():
    places = bearing("Springfield", 100, 100)
    gazetteer = known(*places)

    with pytest.raises(UnknownPlace) as caught:
        gazetteer.find("Springfeld")

    texts = [candidate.text for candidate in caught.value.candidates]
    assert [gazetteer.find(text) for text in texts] == places


def test_at_most_five_are_told_of_one_near_name_that_many_bear():
    with pytest.raises(UnknownPlace) as caught:
        known(*bearing("Springfield", *[100] * 7)).find("Springfeld")

    assert len(caught.value.candidates) == 5


def test_a_name_without_a_letter_answers_to_nothing():
    gazetteer = Gazetteer([Entry(a_place("Almaty"), ("★",))])

    for asked in ("", "★", "?"):
        with pytest.raises(UnknownPlace):
            gazetteer.find(asked)


def outcome(asked):
    """The place that is found, else those that are offered, each with what it is said to mean."""
    try:
        place = shipped().find(asked)
    except (UnknownPlace, AmbiguousPlace) as error:
        return [(shipped().find(c.text), c.meaning) for c in error.candidates]
    return [(place, str(place))]


@law
@given(st.text())
@example("ß" * 50_000)
@example("almaty" * 5_000)
@example("\x00\u202e")
def test_any_text_is_a_place_or_refused(asked):
    told = outcome(asked)

    assert len(told) <= 5
    assert [meaning for _, meaning in told] == [str(place) for place, _ in told]


@law
@given(st.sampled_from(["Almaty", "Qarağandy", "Нұр-Сұлтан", "Ust-Kamenogorsk"]), st.data())
def test_one_letter_amiss_is_refused_and_the_right_name_told(name, data):
    position = data.draw(st.integers(0, len(name) - 1))
    slip = name[:position] + "x" + name[position:]

    with pytest.raises(UnknownPlace) as caught:
        shipped().find(slip)

    meant = shipped().find(name)
    assert meant in [shipped().find(c.text) for c in caught.value.candidates]


# What is known


def test_the_order_of_entries_changes_nothing():
    places = [*bearing("Foo", 100, 100), a_place("Bar", id="test:9")]

    for order in (places, places[::-1]):
        gazetteer = known(*order)
        assert list(gazetteer.places.values()) == places
        with pytest.raises(AmbiguousPlace) as caught:
            gazetteer.find("Foo")
        assert [c.text for c in caught.value.candidates] == ["test:0", "test:1"]


def test_inside_a_place_is_all_that_lies_in_it_but_not_itself():
    country = a_place("Kazakhstan", id="c")
    region = a_place("South", id="b", within=("c",))
    city = a_place("Almaty", id="a", within=("b", "c"))
    elsewhere = a_place("Paris", id="d")
    gazetteer = known(country, elsewhere, region, city)

    assert gazetteer.inside(country) == (city, region)
    assert gazetteer.inside(region) == (city,)
    assert gazetteer.inside(city) == gazetteer.inside(elsewhere) == ()


# The shipped names


def test_every_shipped_name_means_its_own_place():
    meant = {(name, shipped().find(name).id) for name, _ in every_name()}

    assert meant == {*every_name()}


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(str.upper, id="in capitals"),
        pytest.param(str.lower, id="without capitals"),
        pytest.param(lambda name: unicodedata.normalize("NFD", name), id="taken apart"),
        pytest.param(lambda name: f" {name.replace('-', ' ')}. ", id="with other punctuation"),
        pytest.param(lambda name: name.replace(" ", "-"), id="with hyphens"),
    ],
)
def test_every_shipped_name_is_found_however_it_is_typed(typed):
    meant = {(name, shipped().find(typed(name)).id) for name, _ in every_name()}

    assert meant == {*every_name()}


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Алматы", "Almaty"),
        ("ALMA ATA", "Almaty"),
        ("Қарағанды", "Karaganda"),
        ("Нұр-Сұлтан", "Astana"),
        ("Nur-Sultan", "Astana"),
        ("Kökşetau", "Kokshetau"),
        ("Akmola", "Astana"),
        ("Zhambyl", "Taraz"),
        ("Almaty Region", "Almaty Region"),
        ("Алматинская область", "Almaty Region"),
        ("город Алматы", "City of Almaty"),
        ("iso:KZ-75", "City of Almaty"),
        ("East Kazakhstan", "East Kazakhstan Region"),
        ("Казахстан", "Kazakhstan"),
    ],
)
def test_what_some_shipped_names_mean(asked, name):
    assert shipped().find(asked).name == name


def test_what_lies_in_the_shipped_country():
    country = shipped().find("iso:KZ")

    assert [place.id for place in shipped().inside(country)] == sorted(
        id for id in shipped().places if id != "iso:KZ"
    )
