"""The rules that come with the package: all of them read, have sources, and prove their bounds."""

import re
import tomllib
from collections import Counter

import pytest

from sca import ruleset
from sca.advisory import fold
from sca.formats import shapes
from sca.places import Kind
from sca.spans import FOREVER, read as read_when

FILES = sorted(ruleset.shipped().rglob("*.toml"))


def data_of(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))


def named(path):
    return path.relative_to(ruleset.shipped()).as_posix()


ADVISORIES = [path for path in FILES if "bulletins" in data_of(path)]
RULES = ruleset.read([ruleset.shipped()]).rules


def test_there_are_rules_schemes_and_settings_but_no_places():
    """Those are a matter of the gazetteer, and a places file of one's own adds to it."""
    keys = {key for path in FILES for key in data_of(path)}

    assert keys >= {"bulletins", "levels", "settings"}
    assert "places" not in keys


def test_every_shipped_file_reads():
    reading = ruleset.read([ruleset.shipped()])

    assert reading.mistakes == ()
    assert reading.files == len(FILES)
    assert len(reading.rules.advisories) == len(ADVISORIES)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_shipped_file_reads_by_itself(path):
    assert ruleset.read([path], demand_advisory=False).mistakes == ()


def test_the_rules_read_in_default_are_the_shipped_ones():
    assert ruleset.load().advisories == RULES.advisories


@pytest.mark.parametrize("kind", ["rule", "scheme"])
def test_ids_are_unique(kind):
    top = {"rule": "bulletins", "scheme": "levels"}[kind]
    ids = Counter(data_of(path)["id"] for path in FILES if top in data_of(path))

    assert ids
    assert set(ids.values()) == {1}


def test_ids_of_settings_are_unique():
    ids = Counter(row["id"] for path in FILES for row in data_of(path).get("settings", ()))

    assert ids
    assert set(ids.values()) == {1}


@pytest.mark.parametrize("path", [p for p in FILES if "sources" in data_of(p)], ids=named)
def test_every_source_is_an_address_and_stands_there_once(path):
    sources = data_of(path)["sources"]

    assert all(re.fullmatch(r"https?://[\w.-]+\.[a-z]+(/[!-~]*)?", source) for source in sources)
    assert len(set(sources)) == len(sources)


@pytest.mark.parametrize("path", ADVISORIES, ids=named)
def test_an_advisory_has_an_example_on_each_side_of_each_bound_in_each_place(path):
    """The last moment before its onset and the first in it, the last in it and the first after."""
    data = data_of(path)
    (advisory,) = (a for a in RULES.advisories if a.id == data["id"])
    asked = [
        (place, read_when(example["when"]).reading(place.timezone, FOREVER).span, example["expect"])
        for example in data["examples"]
        for place in [RULES.gazetteer.find(example["place"])]
    ]

    for segment in fold(advisory):
        place, span, level = segment.place, segment.span, segment.level.id
        here = [(when, expect) for where, when, expect in asked if where == place]
        assert any(w.end == span.start and e != level for w, e in here), (place, "before onset")
        assert any(w.start == span.start and e == level for w, e in here), (place, "at onset")
        if span.end == FOREVER:
            continue
        assert any(w.end == span.end and e == level for w, e in here), (place, "at expires")
        assert any(w.start == span.end and e != level for w, e in here), (place, "after expires")


@pytest.mark.parametrize("path", ADVISORIES, ids=named)
def test_the_examples_in_force_name_the_measures(path):
    data = data_of(path)
    measures = {measure["id"] for measure in data.get("measures", ())}

    for example in data["examples"]:
        if example["expect"] != "clear":
            assert set(example["measures"]) <= measures, example
    assert measures == {id for example in data["examples"] for id in example.get("measures", ())}


@pytest.mark.parametrize("advisory", RULES.advisories, ids=lambda advisory: advisory.id)
def test_texts_of_an_advisory_are_in_english_too(advisory):
    texts = [advisory.title, advisory.issuer, *advisory.advice, *advisory.notes]

    for text in texts + [measure.text for measure in advisory.measures]:
        assert text.version("en")


@pytest.mark.parametrize("scheme", RULES.schemes.values(), ids=lambda scheme: scheme.id)
def test_levels_of_a_scheme_grow_graver(scheme):
    gravities = [level.gravity for level in scheme.levels]

    assert gravities == sorted(gravities)
    assert all(level.name.version("en") and level.meaning for level in scheme.levels)


def test_the_first_scheme_has_what_its_authority_says():
    scheme = RULES.schemes["kz-terror-threat"]

    assert [(level.id, level.severity.name) for level in scheme.levels] == [
        ("yellow", "Moderate"),
        ("orange", "Severe"),
        ("red", "Extreme"),
    ]
    for level in scheme.levels:
        assert {tag for tag, _ in level.name.versions} == {"en", "ru", "kk"}
        assert level.colour
        assert level.advice


def test_the_first_rule_has_what_its_notice_says():
    (advisory,) = (a for a in RULES.advisories if a.id == "kz-2024-sco-summit")
    (bulletin,) = advisory.bulletins

    assert (advisory.timezone, bulletin.level.id) == ("Asia/Almaty", "yellow")
    assert [str(moment) for moment in (bulletin.issued, bulletin.onset, bulletin.expires)] == [
        "2024-07-01",
        "2024-07-02T00:01",
        "2024-07-04T23:59",
    ]
    assert [place.name for place in bulletin.places] == [
        "Astana",
        "Almaty",
        "Karaganda",
        "Kokshetau",
    ]
    assert {measure.id: measure.settings for measure in advisory.measures} == {
        "movement": ("street",),
        "patrols": ("public-space",),
        "inspection": (
            "vulnerable-facility",
            "airport",
            "metro",
            "bus-terminal",
            "railway-station",
        ),
    }


LARGEST = [
    "Almaty", "Astana", "Shymkent", "Aktobe", "Karaganda", "Taraz", "Kyzylorda", "Oral", "Pavlodar",
    "Ust-Kamenogorsk", "Semey", "Atyrau", "Turkistan", "Kostanay", "Petropavl", "Temirtau",
    "Kokshetau", "Aktau", "Rudny", "Ekibastuz",
]  # fmt: skip


def test_settings_are_a_sentence_each_and_hang_together():
    chain = {id: setting.parent for id, setting in RULES.settings.items()}

    assert all(str(setting.text) for setting in RULES.settings.values())
    assert chain["bus-terminal"] == "transport-hub"
    assert chain["transport-hub"] == "public-space"


def test_kazakhstan_has_its_units_and_its_largest_cities():
    country = RULES.gazetteer.find("iso:KZ")
    assert len(RULES.gazetteer.regions_in(country)) == 20

    for name in LARGEST:
        city = RULES.gazetteer.find(name)
        assert (city.kind, city.name) == (Kind.CITY, name)
        assert city.within[-1] == "iso:KZ"
        assert None not in (city.latitude, city.longitude, city.region)
        assert city.population > 100_000


@pytest.mark.parametrize("advisory", RULES.advisories, ids=lambda advisory: advisory.id)
def test_every_place_of_a_shipped_rule_is_one_that_came_with_the_package(advisory):
    for bulletin in advisory.bulletins:
        for place in bulletin.places:
            assert place.id.startswith(("geonames:", "iso:"))
            assert RULES.gazetteer.find(place.id) == place


def test_every_kind_of_file_but_places_has_a_shipped_file():
    kinds = {"bulletins": "rule", "levels": "scheme", "settings": "settings", "places": "places"}
    shipped = {kinds[key] for path in FILES for key in data_of(path) if key in kinds}

    assert shipped == set(shapes.FILES) - {"places"}
