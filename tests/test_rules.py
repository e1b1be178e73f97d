"""Rule files: what is read from those that are right, and that no file makes the reader fall."""

import itertools
import re
import tempfile
import unicodedata
from dataclasses import replace
from datetime import date, time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from sca.advisory import LOCAL, Advice, Advisory, Bulletin, Measure, Response, Then
from sca.atlas import Atlas
from sca.errors import AmbiguousPlace, UnknownPlace
from sca.formats import places, rules, toml
from sca.formats.rules import Example
from sca.gazetteer import Gazetteer
from sca.language import Text
from sca.levels import Severity, Wording
from sca.limits import Hours, Limits
from sca.places import Kind, Place
from sca.reading import load, read
from sca.spans import read as read_when, read_duration, read_moment
from tests.builders import words
from tests.running import sca

RIGHT = Path(__file__).parent / "data" / "right"
PLAIN = (RIGHT / "plain.toml").read_text(encoding="utf-8")
LIFE = (RIGHT / "life.toml").read_text(encoding="utf-8").partition("[[examples]]")[0]
"""Bulletins, measures and advice with all that they may have, without the examples."""

law = settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)


def loaded_from(*paths):
    return load([RIGHT / path for path in paths])


@cache
def known():
    shipped = load([RIGHT / "plain.toml"])
    return rules.Known(shipped.schemes, shipped.settings, shipped.gazetteer)


# What is right


@pytest.mark.parametrize("name", sorted(path.name for path in RIGHT.iterdir()))
def test_every_right_file_reads_and_bears_out_its_examples(name):
    assert read([RIGHT / name]).mistakes == ()


def test_what_is_read_from_a_rule():
    loaded = loaded_from("plain.toml")

    assert loaded.advisories == (
        Advisory(
            id="test",
            title=words("A test"),
            issuer=words("An authority"),
            scheme=loaded.schemes["kz-terror-threat"],
            timezone="Asia/Almaty",
            sources=("https://example.org/notice",),
            bulletins=(
                Bulletin(
                    issued=read_moment("2024-07-01"),
                    level=loaded.schemes["kz-terror-threat"].levels[0],
                    places=(
                        loaded.gazetteer.find("Almaty"),
                        loaded.gazetteer.find("iso:KZ-75"),
                    ),
                    onset=read_moment("2024-07-02T00:01"),
                    expires=read_moment("2024-07-04T23:59"),
                ),
            ),
            measures=(
                Measure(
                    "movement",
                    words("Vehicles may be kept out"),
                    Limits(settings=("street", "airport")),
                ),
                Measure("patrols", words("More patrols")),
            ),
            advice=(Advice(words("Stay calm")),),
            notes=(words("Two sources differ"),),
        ),
    )
    assert loaded.newest == "2024-07-01"


def test_text_keeps_its_languages_in_their_order():
    advisory = loaded_from("languages.toml").advisories[0]

    assert advisory.title == Text((("en", "A test"), ("ru", "Проба"), ("kk-Latn", "Synaq")))
    assert advisory.issuer == Text((("en", "An authority"), ("ru", "Орган")))
    assert advisory.notes == (words("Plain"), Text((("ru", "По-русски"),)))
    assert advisory.measures[0].text.version("ru") == "Движение ограничивается"
    assert advisory.advice == (Advice(Text((("kk", "Сабыр сақтаңыз"),))),)


def test_what_is_read_from_bulletins_with_a_life():
    loaded = loaded_from("life.toml")
    (advisory,) = loaded.advisories
    find, (yellow, orange, red) = loaded.gazetteer.find, advisory.scheme.levels
    country, west, almaty = find("Kazakhstan"), find("iso:KZ-27"), find("Almaty")

    assert (advisory.timezone, advisory.settings) == (LOCAL, ("transport-hub",))
    assert (advisory.reported, advisory.exercise) == (True, True)
    assert advisory.bulletins == (
        Bulletin(
            issued=read_moment("2024-07-01"),
            level=yellow,
            places=(country,),
            exceptions=(west,),
            onset=read_moment("2024-07-02T00:01"),
            expires=read_moment("2024-07-10"),
            sources=("https://example.org/first",),
            notes=(words("Heard on the radio"),),
        ),
        Bulletin(
            issued=read_moment("2024-07-03T09:00"),
            level=red,
            places=(almaty, west),
            onset=read_moment("2024-07-03T12:00"),
            duration=read_duration("PT6H"),
            then=Then.BEFORE,
        ),
        Bulletin(
            issued=read_moment("2024-07-04T10:00"),
            level=orange,
            places=(country, almaty, west),
            onset=read_moment("2024-07-04T10:00"),
            open=True,
        ),
        Bulletin(
            issued=read_moment("2024-07-20T10:00"),
            cancels=True,
            places=(country, almaty, west),
            onset=read_moment("2024-07-20T10:00"),
        ),
    )


def test_what_is_read_from_measures_and_advice_with_limits():
    loaded = loaded_from("life.toml")
    (advisory,) = loaded.advisories

    assert advisory.measures == (
        Measure(
            "curfew",
            words("People stay at home"),
            Limits(
                levels=("red", "orange"),
                places=(loaded.gazetteer.find("Almaty"),),
                settings=("street",),
                onset=read_moment("2024-07-03"),
                expires=read_moment("2024-07-05T12:00"),
                hours=Hours(time(23, 0), time(7, 0)),
                recurs="FREQ=DAILY",
            ),
        ),
    )
    assert advisory.advice == (
        Advice(
            words("Stay where you are"),
            Limits(hours=Hours(time(12, 0), time(18, 0))),
            Response.SHELTER,
            Text((("en", "Guests"), ("kk", "Қонақтар"))),
        ),
        Advice(words("Carry your papers")),
    )


def test_what_is_read_beside_an_advisory():
    sheet = toml.read(RIGHT / "life.toml", "life.toml")
    almaty = known().gazetteer.find("Almaty")

    rule = rules.read(sheet, known())
    without = rules.read(sheet, known(), examples=False)

    assert rule.allowed == without.allowed == ("midnight",)
    assert without == replace(rule, examples=())
    assert [e.position for e in rule.examples] == [*range(6)]
    assert rule.examples[0] == Example(0, almaty, read_when("2024-07-03T13:00"), "red", (), None)
    assert rule.examples[2].measures == ("curfew",)
    assert rule.examples[4] == Example(
        4, almaty, read_when("2024-07-12"), "clear", None, read_when("2024-07-03")
    )


def test_an_example_of_a_drill_is_judged_as_for_who_asks_for_drills(tmp_path):
    drill = (RIGHT / "life.toml").read_text(encoding="utf-8")
    wrong = tmp_path / "drill.toml"
    wrong.write_text(drill.replace('expect = "red"', 'expect = "clear"'), encoding="utf-8")

    (mistake,) = read([wrong]).mistakes

    assert mistake.problem == "Almaty at 2024-07-03T13:00 comes out red, not clear"


def test_however_it_is_written_the_same_is_read():
    advisory = loaded_from("styles.toml").advisories[0]

    assert (advisory.title, advisory.issuer) == (words("A test"), words("An authority"))
    assert advisory.scheme.id == "kz-terror-threat"
    assert advisory.sources == ("https://example.org/notice", "https://example.org/end")
    assert [(m.id, m.text) for m in advisory.measures] == [
        ("movement", words("Vehicles may be kept out")),
        ("patrols", words("More patrols")),
    ]


def test_line_ends_change_nothing(tmp_path):
    path = tmp_path / "rule.toml"
    path.write_bytes(PLAIN.replace("\n", "\r\n").encode())

    assert load([path]).advisories == loaded_from("plain.toml").advisories


def test_a_left_out_onset_is_the_time_of_issue():
    bulletin = loaded_from("open-end.toml").advisories[0].bulletins[0]

    assert bulletin.onset == bulletin.issued == read_moment("2024-07-01")
    assert (bulletin.expires, bulletin.duration) == (None, None)


def test_what_is_read_from_a_scheme():
    scheme = loaded_from("own-words").schemes["test-scale"]

    assert (scheme.title, scheme.sources) == (
        words("A scale for tests"),
        ("https://example.org/scale",),
    )
    low, high = scheme.levels
    assert (low.scheme, low.id, low.rank, low.severity) == ("test-scale", "low", 0, Severity.Minor)
    assert (low.baseline, low.colour, low.meaning, low.advice) == (True, None, None, ())
    assert (high.rank, high.severity, high.baseline) == (1, Severity.Unknown, False)
    assert high.name == Text((("en", "high"), ("ru", "высокий")))
    assert (high.colour, high.meaning) == ("#d0021b", words("Something may happen"))
    assert high.advice == (words("Stay calm"), Text((("ru", "Сохраняйте спокойствие"),)))
    assert (scheme.longest, low.before) == (read_duration("P15D"), ())
    assert high.before == (
        Wording(date(2017, 7, 24), words("higher"), words("Something happens")),
        Wording(date(2019, 7, 22), words("high up")),
    )


def test_what_is_read_from_settings_and_places():
    loaded = loaded_from("own-words")

    lobby, office = loaded.settings["lobby"], loaded.gazetteer.find("office")
    assert (lobby.text, lobby.parent) == (words("Halls of buildings"), "public-space")
    assert (office.name, office.kind, office.timezone) == ("The Office", Kind.SITE, "Asia/Almaty")
    assert office.within == ("iso:KZ-75", "iso:KZ")
    assert (office.region, office.country) == ("City of Almaty", "Kazakhstan")
    assert (office.latitude, office.longitude, office.population) == (43, 76.9, None)
    assert {
        loaded.gazetteer.find(name) for name in ("office", "the  OFFICE", "hq", "Old Mill")
    } == {office}


# Places of one's own, and more names for known ones


@cache
def atlas():
    return Atlas()


@cache
def shipped():
    """The places without any of one's own."""
    return Gazetteer(atlas())


def sheets_of(*sources):
    return [toml.parse(source.encode(), f"{n}.toml") for n, source in enumerate(sources)]


def place(id, **keys):
    """One `[[places]]` table."""
    lines = [f"{key} = {toml_of(value)}" for key, value in {"id": id, **keys}.items()]
    return "\n".join(["[[places]]", *lines, ""])


def toml_of(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {toml_of(inner)}' for key, inner in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_of, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def gazetteer(*sources):
    """The gazetteer of places files in which nothing is wrong."""
    sheets = sheets_of(*sources)
    read_in = places.read(sheets, atlas())
    assert [mistake for sheet in sheets for mistake in sheet.mistakes()] == []
    return read_in


def wrong(*sources):
    """What is wrong in places files, by line."""
    sheets = sheets_of(*sources)
    places.read(sheets, atlas())
    return [(m.line, m.address) for sheet in sheets for m in sheet.mistakes()]


OFFICE = place("office", name="Our Office", within="Astana")


def test_a_place_by_its_coordinate_lies_in_the_city_that_reaches_it():
    office = gazetteer(place("office", name="Our Office", latitude=51.128, longitude=71.43))

    astana = shipped().find("Astana")
    assert office.find("Our Office") == Place(
        id="office",
        name="Our Office",
        kind=Kind.SITE,
        timezone="Asia/Almaty",
        within=(astana.id, "iso:KZ-71", "iso:KZ"),
        region="City of Astana",
        country="Kazakhstan",
        latitude=51.128,
        longitude=71.43,
    )


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        pytest.param(43, 76.9, id="beside a large city"),
        pytest.param(53.001, 63.1, id="by a small city"),
        pytest.param(-33.86, 151.2, id="in the south and the east"),
        pytest.param(21.307, -157.858, id="in the west"),
        pytest.param(47.6, 60.5, id="between regions"),
    ],
)
def test_a_place_by_its_coordinate_lies_where_the_coordinate_lies(latitude, longitude):
    office = gazetteer(
        place("office", name="Our Office", latitude=latitude, longitude=longitude)
    ).find("office")

    point = shipped().find(f"{latitude},{longitude}")
    assert point.country
    assert office.within == point.within
    assert office.otherwise == point.otherwise
    assert (office.region, office.country) == (point.region, point.country)
    assert (office.timezone, office.zones) == (point.timezone, ())
    assert (office.via, office.population) == (None, None)


def test_a_place_between_regions_may_lie_in_either():
    office = gazetteer(place("office", name="Our Office", latitude=47.6, longitude=60.5))

    assert office.find("office").within == ("iso:KZ-15", "iso:KZ")
    assert office.find("office").otherwise == (("iso:KZ-43", "iso:KZ"),)


def test_a_place_in_one_between_regions_stays_in_it_wherever_that_is():
    gate = gazetteer(
        place("compound", name="Compound", latitude=47.6, longitude=60.5),
        place("gate", name="Gate", within="compound"),
    ).find("gate")

    assert gate.within == ("compound", "iso:KZ-15", "iso:KZ")
    assert gate.otherwise == (("compound", "iso:KZ-43", "iso:KZ"),)
    assert (gate.region, gate.country) == ("Aktobe Region", "Kazakhstan")


def test_a_place_by_its_coordinate_may_lie_in_a_region_in_which_no_city_is_known():
    own = gazetteer(
        place("here", name="Here", latitude=14, longitude=44.2),
        place("there", name="There", within="Ibb"),
    )

    dhale, amran = own.find("iso:YE-DA"), own.find("iso:YE-AM")
    assert (dhale.population, bool(amran.population)) == (None, True)
    assert own.find("14,44.2").may_lie_in(dhale)
    assert own.find("here").may_lie_in(dhale)
    assert not own.find("here").may_lie_in(amran)
    assert not own.find("there").may_lie_in(dhale)


def test_a_place_by_its_coordinate_near_a_border_may_lie_in_such_a_region_of_either_country():
    here = gazetteer(place("here", name="Here", latitude=55.7, longitude=26.6)).find("here")

    assert (here.country, {chain[-1] for chain in here.otherwise}) == ("Lithuania", {"iso:LV"})
    latvia = shipped().regions_in(shipped().find("Latvia"))
    empty = [region for region in latvia if not region.population]
    assert 0 < len(empty) < len(latvia)
    assert [region for region in latvia if here.may_lie_in(region)] == empty


def test_a_place_by_its_coordinate_may_lie_wherever_its_city_may():
    """Western Sahara has a code of its own, and its land is under codes of Morocco, too."""
    own = gazetteer(place("here", name="Here", latitude=27.15, longitude=-13.2)).find("here")

    assert own.within[-1] == "iso:EH"
    assert own.may_lie_in(shipped().find("iso:MA-11"))


@pytest.mark.parametrize(
    "within",
    ["Astana", "АСТАНА", "geonames:1526273", "iata:NQZ", "Astana, KZ", "Nur-Sultan"],
)
def test_a_place_in_a_city_is_around_it_and_by_its_clock(within):
    office = gazetteer(place("office", name="Our Office", within=within)).find("our office")

    assert office == Place(
        id="office",
        name="Our Office",
        kind=Kind.SITE,
        timezone="Asia/Almaty",
        within=("geonames:1526273", "iso:KZ-71", "iso:KZ"),
        region="City of Astana",
        country="Kazakhstan",
    )


@pytest.mark.parametrize(
    ("within", "clock", "chain", "region", "country"),
    [
        pytest.param(
            "Kyzylorda Region",
            None,
            ("iso:KZ-43", "iso:KZ"),
            "Kyzylorda Region",
            "Kazakhstan",
            id="a region",
        ),
        pytest.param(
            "Kazakhstan", "Asia/Oral", ("iso:KZ",), None, "Kazakhstan", id="a country of several"
        ),
        pytest.param("Kyrgyzstan", None, ("iso:KG",), None, "Kyrgyzstan", id="a country"),
        pytest.param(
            "Baikonur",
            None,
            ("geonames:1521368", "iso:KZ"),
            None,
            "Kazakhstan",
            id="a city without a region",
        ),
    ],
)
def test_a_place_may_lie_in_anything(within, clock, chain, region, country):
    keys = {"timezone": clock} if clock else {}

    office = gazetteer(place("office", name="Our Office", within=within, **keys)).find("office")

    assert office.within == chain
    assert (office.region, office.country) == (region, country)
    assert office.timezone == clock or office.clocks == shipped().find(within).clocks
    assert office.zones == ()


def test_what_a_place_lies_in_goes_before_its_coordinate():
    office = gazetteer(
        place("office", name="Our Office", within="Almaty", latitude=51.128, longitude=71.43)
    ).find("office")

    assert office.within == ("geonames:1526384", "iso:KZ-75", "iso:KZ")
    assert (office.latitude, office.longitude) == (51.128, 71.43)


def test_a_clock_that_is_said_goes_before_that_of_the_city():
    office = gazetteer(place("office", name="Our Office", within="Astana", timezone="Asia/Oral"))

    assert office.find("office").clocks == ("Asia/Oral",)


def test_a_place_at_sea_has_the_clock_that_is_said_and_may_lie_anywhere():
    own = gazetteer(
        place("platform", name="Platform", latitude=0, longitude=-30, timezone="Etc/GMT+2"),
        place("deck", name="Deck", within="Platform"),
    )

    for id, within in (("platform", ()), ("deck", ("platform",))):
        found = own.find(id)
        assert (found.within, found.clocks) == (within, ("Etc/GMT+2",))
        assert (found.region, found.country) == (None, None)
        assert found.may_lie_in(own.find("Brazil"))
        assert found.may_lie_in(own.find("Pavlodar Region"))
        assert not found.may_lie_in(own.find("Touros"))


def test_a_place_in_another_of_ones_own_is_around_that_too():
    own = gazetteer(
        place("compound", name="Compound", within="Astana", timezone="Asia/Oral"),
        place("gate", name="Gate", within="Compound"),
        place("lock", name="Lock", within="gate, Astana"),
    )

    assert own.find("lock").within == ("gate", "compound", *shipped().find("Astana").chain)
    assert own.find("lock").timezone == "Asia/Oral"
    assert str(own.find("lock")) == "Lock, City of Astana, Kazakhstan"


@pytest.mark.parametrize("order", [*itertools.permutations(range(4))], ids=str)
def test_a_place_may_lie_in_one_that_comes_later(order):
    tables = [
        place("geonames:1526273", names=["Test City"]),
        place("compound", name="Compound", within="Test City"),
        place("gate", name="Gate", within="compound"),
        place("lock", name="Lock", within="GATE"),
    ]
    chain = ("gate", "compound", *shipped().find("Astana").chain)

    assert gazetteer(*(tables[n] for n in order)).find("lock").within == chain
    assert gazetteer("\n".join(tables[n] for n in order)).find("lock").within == chain


@pytest.mark.parametrize("order", [*itertools.permutations(range(2))], ids=str)
def test_a_name_of_ones_own_is_meant_wherever_it_stands(order):
    tables = [
        place("quarter", name="Baikonur", within="Astana"),
        place("office", name="Our Office", within="Baikonur"),
    ]

    office = gazetteer(*(tables[n] for n in order)).find("office")

    assert office.within[:2] == ("quarter", "geonames:1526273")


def test_an_office_may_have_the_name_of_the_city_that_it_lies_in():
    office = gazetteer(place("embassy", name="Baikonur", within="Baikonur"))

    assert office.find("Baikonur").id == "embassy"
    assert office.find("embassy").within == ("geonames:1521368", "iso:KZ")


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["the southern capital"], id="a list"),
        pytest.param({"en": ["The Southern Capital"]}, id="a language"),
        pytest.param({"ru": ["Юг"], "en": ["Y", "the southern capital"]}, id="two"),
    ],
)
def test_a_known_place_answers_to_more_names(names):
    almaty = shipped().find("Almaty")
    with pytest.raises(UnknownPlace):
        shipped().find("the southern capital")

    more = gazetteer(place(almaty.id, names=names))

    assert more.find("THE SOUTHERN CAPITAL") == almaty
    assert more.find("the southern capital, KZ") == almaty
    assert more.find("Almaty") == almaty
    assert more.find(almaty.id) == almaty


def test_a_known_region_answers_to_more_names_and_they_say_which_city():
    more = gazetteer(place("iso:US-IL", names=["Land of Lincoln"]))

    assert more.find("Land of Lincoln").id == "iso:US-IL"
    assert more.find("Springfield, Land of Lincoln") == shipped().find("Springfield, IL, US")


def test_a_place_of_ones_own_says_which_other_is_meant():
    own = gazetteer(
        place("compound-1", name="North Compound", within="Astana"),
        place("compound-2", name="South Compound", within="Almaty"),
        place("first", name="Gate", within="compound-1"),
        place("second", name="Gate", within="compound-2"),
    )

    assert own.find("Gate, South Compound").id == "second"
    assert own.find("Gate, Astana").id == "first"


def test_all_names_of_a_place_of_ones_own_mean_it():
    own = gazetteer(place("our-office", name="Our Office", names=["HQ", "Old Mill"], within="Oral"))

    names = ("our-office", "Our Office", "OUR  OFFICE", "hq", "old mill", "HQ, Oral")
    assert {own.find(name).id for name in names} == {"our-office"}


def test_a_name_of_a_known_place_that_is_given_to_a_much_larger_one_means_that():
    """Baikonur has too few people for this to need a word."""
    more = gazetteer(place("geonames:1526273", names=["Baikonur"]))

    assert more.find("Baikonur").name == "Astana"
    assert more.find("geonames:1521368").name == "Baikonur"


def test_a_known_place_may_be_given_a_name_that_means_it_already():
    """Though a smaller one of many people bears it, too."""
    assert shipped().find("London, Ontario").population > 100_000
    london = shipped().find("London")

    assert gazetteer(place(london.id, names=["London", "Лондон"])).find("London") == london


def test_a_known_place_does_not_stand_in_its_own_way():
    """Of two that bear the name, the larger has over 100,000 people."""
    first, second = shipped().find("geonames:5551123"), shipped().find("geonames:5323060")
    assert first.name == second.name == "Alhambra"
    assert first.population > 100_000 > second.population

    assert wrong(place(first.id, names=["Alhambra"])) == []
    assert wrong(place(second.id, names=["Alhambra"])) == [(3, "places[0].names[0]")]


def test_a_known_place_that_shadows_takes_over_the_names_it_is_given_and_no_other():
    second = shipped().find("geonames:5323060")
    taken = gazetteer(place(second.id, names=["Paris"], shadows=True))

    assert taken.find("Paris") == second
    with pytest.raises(AmbiguousPlace):
        taken.find("Alhambra")


# Names of large places


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param({"name": "Paris"}, id="name"),
        pytest.param({"names": ["pa-ris"]}, id="names"),
        pytest.param({"names": {"ru": ["Париж"]}}, id="names in a language"),
        pytest.param({"names": ["Springfield, Missouri"]}, id="a name with its region"),
        pytest.param({"name": "Springfield"}, id="of several cities"),
        pytest.param({"name": "Kazakhstan"}, id="of a country"),
        pytest.param({"name": "Bavaria"}, id="of a region"),
        pytest.param({"id": "paris"}, id="id"),
        pytest.param({"id": "new-york"}, id="id of two words"),
        pytest.param({"name": "Punta Cana"}, id="of hardly more than 100,000"),
    ],
)
def test_a_large_place_is_shadowed_only_where_that_is_said(keys):
    keys = {"id": "office", "name": "Our Office", "within": "Astana"} | keys
    (key,) = keys.keys() - {"id", "name", "within"} or {
        key for key in ("id", "name") if keys[key] not in {"office", "Our Office"}
    }
    line = 2 + list(keys).index(key)
    name = next(iter(keys[key].values())) if isinstance(keys[key], dict) else keys[key]
    name = name[0] if isinstance(name, list) else name

    (told,) = wrong(place(**keys))
    assert told[0] == line
    assert told[1].startswith(f"places[0].{key}")
    assert len(wrong(place(**keys, shadows=False))) == 1
    assert gazetteer(place(**keys, shadows=True)).find(name).id == keys["id"]


def test_a_place_of_no_more_than_100_000_people_needs_no_word():
    assert shipped().find("Subotica").population == 100_000
    assert shipped().find("Punta Cana").population - 100_000 in range(1, 100)
    assert shipped().find("iso:YE-DA").population is None

    for name in ("Subotica", "Baikonur", "Dhale"):
        assert gazetteer(place("office", name=name, within="Astana")).find(name).id == "office"


def test_a_known_place_takes_over_a_large_name_where_that_is_said():
    kyzylorda = "geonames:1519922"
    assert shipped().find(kyzylorda).name == "Kyzylorda"
    table = place(kyzylorda, names=["Paris", "Kyzyl City"])

    assert wrong(table) == [(3, "places[0].names[0]")]
    assert gazetteer(table + "shadows = true\n").find("Paris").id == kyzylorda


def test_a_name_that_the_place_shares_with_a_larger_one_is_a_mistake_where_it_means_that():
    london = shipped().find("London, Ontario")
    assert shipped().find("London").within[-1] == "iso:GB"

    assert wrong(place(london.id, names=["London"])) == [(3, "places[0].names[0]")]
    assert gazetteer(place(london.id, names=["London"], shadows=True)).find("London") == london


def test_a_word_that_is_no_word_is_told_alone():
    table = place("office", name="Paris", within="Astana") + "shadows = 1\n"

    assert wrong(table) == [(5, "places[0].shadows")]


# Mistakes in places files

PLACES = (
    '[[places]]\nid = "office"\nname = "Our Office"\nnames = ["HQ"]\nwithin = "Oral"\n'
    'latitude = 51.2\nlongitude = 51.4\ntimezone = "Asia/Oral"\nshadows = false\n'
)
POINT = (
    '[[places]]\nid = "post"\nname = "Post"\nlatitude = 51.2\nlongitude = 51.4\n'
    'timezone = "Etc/UTC"\n'
)
CITY = '[[places]]\nid = "geonames:1526384"\nnames = { en = ["Test City"] }\n'


def test_what_is_wrong_is_told_in_every_table_at_once():
    table = 'id = "office"\nname = "..."\nwithin = "Xyzzy"\ntimezone = "Nowhere"\nlatitude = 5\n'

    told = wrong(f"[[places]]\n{table}", "\n[[places]]\n" + table.replace("office", "Office"))

    assert told == [
        (6, "places[0].latitude"),
        (4, "places[0].within"),
        (5, "places[0].timezone"),
        (3, "places[0].name"),
        (3, "places[0].id"),
        (7, "places[0].latitude"),
        (5, "places[0].within"),
        (6, "places[0].timezone"),
        (4, "places[0].name"),
    ]


def test_a_place_with_mistakes_makes_none_of_others():
    told = wrong(
        place("compound", name="Compound", within="Xyzzy"),
        place("gate", name="Gate", within="compound"),
        place("lock", name="Lock", within="Gate"),
        place("door", name="Door", within="gate"),
    )

    assert told == [(4, "places[0].within")]


def test_a_broken_ring_is_told_once_each_and_what_hangs_on_it_is_not():
    told = wrong(
        place("a", name="First Hall", within="Second Hall"),
        place("b", name="Second Hall", within="c"),
        place("c", name="Third Hall", within="first hall"),
        place("d", name="Fourth Hall", within="c"),
        place("e", name="Fifth Hall", within="Fifth Hall"),
    )

    assert told == [(4, "places[0].within")] * 4


def test_places_may_lie_in_each_other_ever_so_deep():
    tables = [place("hall-0", name="Hall 0", within="Astana")]
    tables += [place(f"hall-{n}", name=f"Hall {n}", within=f"hall-{n - 1}") for n in range(1, 150)]

    innermost = gazetteer("\n".join(tables[::-1])).find("Hall 149")

    assert [*innermost.within[:149]] == [f"hall-{n}" for n in range(148, -1, -1)]
    assert innermost.within[149:] == shipped().find("Astana").chain


# What is wrong, wherever it is

ODD = [
    "1", "1.5", "nan", "-inf", "9" * 40, "true", '""', '"\\u0000"', '" "', "'x'", "[]", "[[]]",
    "[{}]", '["x", ["x"]]', "{}", "{ en = 1 }", '{ "" = "x" }', "2024-07-01",
    "2024-07-01T00:01:00Z", "00:01:00", '"2024-02-30"', '"2024-07-01/now"', '"P1D"', '"open"',
    '"P' + "9" * 5000 + 'D"', '"' + "A" * 300 + '"', '"../UTC"',
]  # fmt: skip
"""Values that are right for few keys or for none."""

LINES = [
    (number, line.split(" = ")[0])
    for number, line in enumerate(PLAIN.splitlines(), 1)
    if " = " in line
]


@pytest.mark.long
@pytest.mark.parametrize("value", ODD, ids=lambda value: value[:9])
def test_no_value_anywhere_makes_the_reader_fall(value):
    """And whatever is wrong is told on its own line, or on one that refers to it."""
    references = {number for number, key in LINES if key == "measures"}
    for number, key in LINES:
        lines = PLAIN.splitlines()
        lines[number - 1] = f"{key} = {value}"
        sheet = toml.parse("\n".join(lines).encode(), "x.toml")

        rule = rules.read(sheet, known())

        assert (rule is None) == bool(sheet.mistakes()), (key, value)
        assert {mistake.line for mistake in sheet.mistakes()} <= {number} | references, (key, value)


@pytest.mark.long
@pytest.mark.parametrize("value", ODD, ids=lambda value: value[:9])
def test_no_value_anywhere_makes_the_reader_of_bulletins_fall(value):
    for number, line in enumerate(LIFE.splitlines(), 1):
        key, equals, _ = line.partition(" = ")
        if not equals:
            continue
        lines = LIFE.splitlines()
        lines[number - 1] = f"{key} = {value}"
        sheet = toml.parse("\n".join(lines).encode(), "x.toml")

        rule = rules.read(sheet, known(), examples=False)

        assert (rule is None) == bool(sheet.mistakes()), (key, value)


@pytest.mark.long
@pytest.mark.parametrize("value", ODD, ids=lambda value: value[:9])
@pytest.mark.parametrize("source", [PLACES, POINT, CITY], ids=["place", "point", "city"])
def test_no_value_anywhere_makes_the_reader_of_places_fall(source, value):
    """And whatever is wrong is told on its own line, and on no other."""
    for number, line in enumerate(source.splitlines(), 1):
        if line.startswith("["):
            continue
        lines = source.splitlines()
        key = line.split(" = ")[0]
        lines[number - 1] = f"{key} = {value}"

        (sheet,) = sheets_of("\n".join(lines))
        places.read([sheet], atlas())

        told = sheet.mistakes()
        # With an id of one's own the names of a city are a place that lies nowhere.
        if source == CITY and key == "id" and re.fullmatch(r"""['"][a-z0-9-]+['"]""", value):
            assert [mistake.address for mistake in told] == ["places[0].name", "places[0].within"]
            continue
        assert {mistake.line for mistake in told} <= {number}, (key, value)
        assert len(set(told)) == len(told), (key, value)


@pytest.mark.parametrize(("number", "key"), LINES, ids=lambda value: str(value))
def test_no_missing_line_makes_the_reader_fall(number, key):
    lines = PLAIN.splitlines()
    del lines[number - 1]
    sheet = toml.parse("\n".join(lines).encode(), "x.toml")

    rule = rules.read(sheet, known())

    optional = {"notes", "onset", "expires", "settings", "measures"}
    assert (rule is None) == (key not in optional)
    told = [f"{m.address}: {m.problem}" for m in sheet.mistakes() if "is missing" in m.problem]
    assert len(told) == (key not in optional)
    assert all(re.search(rf"\b{key}:? is missing", line) for line in told)


TOKENS = st.sampled_from(
    ["[[bulletins]]\n", "[[places]]\n", "[[levels]]\n", "[[settings]]\n", "[examples]\n", "id", "=",
     '"', "'", '"""', "{", "}", "[", "]", ",", ".", "#", "\n", "\r", " ", "1", "-", "true", "nan",
     "2024-07-01", "2024-02-30", "T00:01", '"now"', '"x"', "title", "text", "places", "within",
     "parent", "\x00", "\ufeff", "é", "\u202e", 'id = "a"\n', 'place = "Almaty"\n', "names = {}\n",
     "latitude = 51.2\n", 'within = "office"\n', 'id = "iso:KZ"\n', "shadows = true\n"]
)  # fmt: skip
SOURCES = [path.read_bytes() for path in sorted(RIGHT.rglob("*.toml"))]


@st.composite
def spoiled(draw):
    """A right file with a few pieces taken out or put in."""
    source = draw(st.sampled_from(SOURCES))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(source)))
        end = start + draw(st.integers(0, 12))
        piece = draw(st.one_of(TOKENS.map(str.encode), st.binary(max_size=3)))
        source = source[:start] + piece + source[end:]
    return source


garbage = st.one_of(
    st.binary(max_size=80), st.lists(TOKENS, max_size=25).map(lambda t: "".join(t).encode())
)


@law
@given(source=st.one_of(spoiled(), spoiled(), garbage))
def test_no_file_makes_the_reader_fall(source):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rule.toml")
        path.write_bytes(source)

        reading = read([path])

        assert bool(reading.mistakes) != bool(reading.rules.advisories)
        assert list(reading.mistakes) == sorted(set(reading.mistakes))
        for mistake in reading.mistakes:
            assert mistake.path == str(path)
            assert 0 <= mistake.line <= source.count(b"\n") + 1
            assert mistake.problem


# Foreign text does not drive a terminal

EVIL = r"\u001b[31m\u001b]8;;https://x\u0007\u009b2J\u202e\u2066\u200f\u0008\u007f\r\n\u2028"
"""Colours, a link, a cleared screen, reversed text, and line ends, as TOML escapes."""

TEXTS = re.compile(r'\b(?:title|issuer|name|text|meaning|en|ru) = "|\b(?:notes|advice|names) = \["')
"""Where a text starts."""


def driving(text):
    """What in a text does more than show a character or end a line."""
    return {
        character
        for character in text
        if unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} and character != "\n"
    }


@pytest.fixture
def evil(tmp_path):
    """A set of rules with control characters in every text there is."""
    for path in (RIGHT / "own-words").glob("*.toml"):
        source = path.read_text(encoding="utf-8").split("[[examples]]")[0]
        source = source.replace('"The Office", ', '"office", ')
        spoiled, number = TEXTS.subn(lambda found: found[0] + EVIL, source)
        assert number
        (tmp_path / path.name).write_text(spoiled, encoding="utf-8")
    return str(tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "office", "2024-07-01"),
        ("check", "office", "2024-07-02"),
        ("check", "office", "2024-07-01", "--short"),
        ("check", "office", "2024-07-01", "--json"),
        ("check", "office", "2024-07-01", "--lang", "ru"),
        ("list",),
        ("list", "--format", "csv"),
        ("list", "--format", "markdown"),
        ("list", "--json"),
        ("check", "offic", "2024-07-01"),
        ("check", "office", "2024-07-01", "--setting", "lobb"),
        ("check", "office", "2024-07-01", "--at-least", "hig"),
    ],
    ids=" ".join,
)
def test_control_characters_in_texts_reach_no_reader(arguments, evil):
    told = sca(*arguments, "--rules", evil)

    assert "mistake" not in told.err
    assert driving(told.out + told.err) == set()


@pytest.mark.parametrize("key", ["id", "name", "names", "within", "timezone", "x", "names.en"])
def test_control_characters_in_places_reach_no_reader(key, tmp_path):
    """Whether they make a mistake or go, wherever in a places file they are."""
    values = {"id": '"office"', "name": '"Office"', "within": '"Astana"', "timezone": '"Asia/Oral"'}
    values[key] = f'["{EVIL}"]' if key.startswith("names") else f'"{EVIL}"'
    path = tmp_path / "places.toml"
    table = "".join(f"{key} = {value}\n" for key, value in values.items())
    path.write_text(f"[[places]]\n{table}", encoding="utf-8")
    (tmp_path / "rule.toml").write_text(PLAIN, encoding="utf-8")

    for command in (("lint", str(path)), ("places", "office", "--rules", str(tmp_path))):
        for form in ([], ["--json"]):
            told = sca(*command, *form)
            assert driving(told.out + told.err) == set(), (command, form)


def test_what_is_wrong_with_a_name_is_told_without_them():
    (sheet,) = sheets_of(place("office", name=r"Par\u202eis", within="Astana"))
    places.read([sheet], atlas())

    (mistake,) = sheet.mistakes()
    assert mistake.problem.startswith("'Paris' is the name of Paris, ")


def test_control_characters_in_places_are_not_there():
    office = gazetteer(
        place(
            "office", name=rf"{EVIL}The\u202e Office", names=[r"H\u0007Q"], within=r"Ast\u0008ana"
        )
    ).find("hq")

    assert office.name == "[31m]8;;https://x2J The Office"
    assert office.within[0] == "geonames:1526273"


def test_without_them_the_texts_are_whole(evil):
    told = sca("check", "office", "2024-07-01", "--rules", evil, "--json")

    assert told.code == 1
    assert told.document["place"]["name"] == "[31m]8;;https://x2J The Office"
    assert told.document["advisories"][0]["title"] == "[31m]8;;https://x2J A test"


@pytest.mark.parametrize("escape", [r"\u001b[31m", r"\u202e"], ids=["ESC", "bidi"])
def test_control_characters_in_sources_reach_no_reader(escape, tmp_path):
    path = tmp_path / "rule.toml"
    path.write_text(PLAIN.replace("org/notice", f"org/{escape}"), encoding="utf-8")

    for form in ([], ["--json"]):
        told = sca("check", "Almaty", "2024-07-03", "--rules", str(path), *form)
        assert driving(told.out + told.err) == set()


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(rf'"a{EVIL}" = 1', id="key"),
        pytest.param(rf'id = "{EVIL}"', id="value"),
        pytest.param(rf'title."{EVIL}" = "x"', id="language"),
    ],
)
def test_control_characters_in_what_is_wrong_reach_no_reader(line, tmp_path):
    path = tmp_path / "rule.toml"
    path.write_text(line + "\n" + PLAIN.replace("\nid", "\nid2", 1), encoding="utf-8")

    for form, command in itertools.product(
        ([], ["--format=json"], ["--format=github"]), ("lint", "list")
    ):
        told = sca(command, "--rules", str(path), *form)
        assert driving(told.out + told.err) == set(), (command, form)
