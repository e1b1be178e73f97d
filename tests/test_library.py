"""The library that comes with the package: what it says is sourced, proven, translated, watched."""

import re
import tomllib
from datetime import UTC, datetime
from functools import cache

import pytest

import sca
from sca import linting
from sca.advisory import LOCAL
from sca.evaluate import Answer, Applies
from sca.formats import shapes
from sca.places import Kind
from sca.reading import load, read
from sca.ruleset import shipped
from sca.spans import FOREVER
from tests.cases import each

SHIPPED = shipped()
TABLES = {
    path.relative_to(SHIPPED).as_posix(): tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(SHIPPED.rglob("*.toml"))
}
ADVISORIES = [name for name, table in TABLES.items() if "bulletins" in table]
SCHEMES = [table["id"] for table in TABLES.values() if "levels" in table]


@cache
def reading():
    """All of it, its examples run; read once, and only where a test asks for it."""
    return read([SHIPPED], prove=True)


def declared(name):
    """What an advisory file says."""
    return reading().declared[str(SHIPPED / name)]


def watches():
    (source,) = reading().rules.sources
    return source.watches


def check(place, when, **more):
    return sca.check(place, when, rules=reading().rules, **more)


LANGUAGES = {
    "at": {"de"},
    "au": set(),
    "be": {"fr", "nl"},
    "ca": {"fr"},
    "dk": {"da"},
    "es": {"es"},
    "fr": {"fr"},
    "gb": set(),
    "kz": {"ru", "kk"},
    "nl": {"nl"},
    "no": {"nb"},
    "nz": set(),
    "pl": {"pl"},
    "ru": {"ru"},
    "se": {"sv"},
    "ua": {"uk"},
    "us": set(),
}
"""What each country is told in beside English, by its folder."""


def country(name):
    """The folder of a file, or the country that the name of a scheme begins with."""
    return name.partition("/")[0] if "/" in name else name.partition("-")[0]


def tags(text):
    return {tag for tag, _ in text.versions}


# Every file


def test_every_file_reads_and_every_example_holds():
    assert reading().mistakes == ()
    assert reading().files == len(TABLES)
    assert len(reading().rules.advisories) == len(ADVISORIES)


def test_nothing_in_it_looks_like_a_slip():
    """That is what lint --strict would say."""
    assert linting.warnings(reading(), datetime(2026, 11, 24, tzinfo=UTC)) == ()


def test_it_is_what_is_read_where_no_rules_are_named():
    assert load().advisories == reading().rules.advisories


def test_the_folder_of_a_country_is_enough_by_itself_and_vouches_for_nothing():
    alone = read([SHIPPED / "kz"])

    assert alone.mistakes == ()
    assert [source.watches for source in alone.rules.sources] == [()]


def test_it_has_every_kind_of_file_but_what_is_the_users_own():
    kinds = {
        "bulletins": "rule", "levels": "scheme", "settings": "settings", "watches": "watches",
        "places": "places", "accepted": "accepted",
    }  # fmt: skip
    tables = [next(key for key in kinds if key in table) for table in TABLES.values()]

    assert set(kinds.values()) == set(shapes.FILES)
    assert {kinds[key] for key in tables} == set(shapes.FILES) - {"places", "accepted"}
    assert [name for name, table in TABLES.items() if "watches" in table] == ["watches.toml"]


def test_every_advisory_is_in_the_folder_of_its_country_and_named_after_it():
    for name in ADVISORIES:
        assert TABLES[name]["id"].startswith(f"{country(name)}-"), name
    assert {country(name) for name in ADVISORIES} == set(LANGUAGES)


# Sources, notes and texts


@each("name", [name for name, table in TABLES.items() if "sources" in table])
def test_sources_are_addresses_and_each_stands_there_once(name):
    table = TABLES[name]
    lists = [
        table["sources"],
        *(b["sources"] for b in table.get("bulletins", ()) if "sources" in b),
    ]

    for sources in lists:
        assert sources
        assert all(re.fullmatch(r"https?://[\w.-]+(/[!-~]*)?", source) for source in sources)
        assert len(set(sources)) == len(sources)


@each("name", ADVISORIES)
def test_an_advisory_says_what_was_chosen_where_its_sources_differ(name):
    assert declared(name).advisory.notes


@each("name", ADVISORIES)
def test_travellers_are_told_in_english_and_in_the_language_of_the_country(name):
    advisory = declared(name).advisory
    texts = [advisory.title, advisory.issuer]
    texts += [item.text for item in (*advisory.measures, *advisory.advice)]

    for text in texts:
        assert tags(text) >= {"en"} | LANGUAGES[country(name)], str(text)


@each("id", SCHEMES)
def test_a_scheme_speaks_the_language_of_its_authority(id):
    scheme = reading().rules.schemes[id]
    names = {level.id: level.name for level in scheme.levels}
    if scheme.id == "ca-terror-threat":
        del names["very-low"]  # its French name was not found
    texts = [scheme.title, *names.values()]
    texts += [text for level in scheme.levels for text in (level.meaning, *level.advice) if text]

    for text in texts:
        assert tags(text) == {"en"} | LANGUAGES[country(scheme.id)], str(text)


@each("id", SCHEMES)
def test_levels_of_a_scheme_grow_graver(id):
    scheme = reading().rules.schemes[id]

    gravities = [level.gravity for level in scheme.levels]

    assert gravities == sorted(gravities)
    assert scheme.sources


def test_every_scheme_is_one_that_something_was_declared_by():
    assert {TABLES[name]["scheme"] for name in ADVISORIES} == set(SCHEMES)


def test_what_is_known_from_thin_reports_only_says_so():
    reported = {a.id for a in reading().rules.advisories if a.reported}

    assert reported == {
        "at-2022-terror-warning",
        "dk-2024-threat-level",
        "fr-vigipirate-2015",
        "fr-vigipirate-2016-2018",
        "se-2010-elevated",
        "ua-2016-terror-threat",
    }


def test_a_drill_is_in_it_and_puts_nothing_in_force():
    drills = [a.id for a in reading().rules.advisories if a.exercise]

    assert drills == ["ru-2016-mineral-waters-exercise"]


# Examples


def asked(rule):
    """What the examples ask by all there is: the place, its clock in the file, and the span."""
    for example in rule.examples:
        if example.as_of is None:
            for zone in example.place.clocks or ("Etc/UTC",):
                clock = zone if rule.advisory.timezone == LOCAL else rule.advisory.timezone
                yield example.place, clock, example.when.reading(zone, FOREVER).span


@each("name", ADVISORIES)
def test_every_bulletin_has_an_example_before_and_after_it_where_it_speaks(name):
    """Lint asks for those around a bound; a bulletin that changes nothing has no bound."""
    for n, bulletin in enumerate(declared(name).advisory.bulletins):
        here = [
            (span, bulletin.onset.reading(clock).span.start)
            for place, clock, span in asked(declared(name))
            if bulletin.speaks_for(place)
        ]
        assert any(span.end <= onset for span, onset in here), (n, "before")
        assert any(span.start >= onset for span, onset in here), (n, "after")


@each("name", ADVISORIES)
def test_every_measure_bites_in_some_example(name):
    rule = declared(name)

    proven = {id for example in rule.examples for id in example.measures or ()}

    assert proven == {measure.id for measure in rule.advisory.measures}


# Places and settings


@each("name", ADVISORIES)
def test_every_place_is_one_that_came_with_the_package(name):
    for place in declared(name).advisory.places:
        assert place.id.startswith(("geonames:", "iso:"))
        assert reading().rules.gazetteer.find(place.id) == place


def test_settings_are_a_sentence_each_and_hang_together():
    chain = {id: setting.parent for id, setting in reading().rules.settings.items()}

    assert all(str(setting.text) for setting in reading().rules.settings.values())
    assert chain["bus-terminal"] == "transport-hub"
    assert chain["transport-hub"] == "public-space"


LARGEST = [
    "Almaty", "Astana", "Shymkent", "Aktobe", "Karaganda", "Taraz", "Kyzylorda", "Oral", "Pavlodar",
    "Ust-Kamenogorsk", "Semey", "Atyrau", "Turkistan", "Kostanay", "Petropavl", "Temirtau",
    "Kokshetau", "Aktau", "Rudny", "Ekibastuz",
]  # fmt: skip


def test_kazakhstan_has_its_units_and_its_largest_cities():
    country = reading().rules.gazetteer.find("iso:KZ")
    assert len(reading().rules.gazetteer.regions_in(country)) == 20

    for name in LARGEST:
        city = reading().rules.gazetteer.find(name)
        assert (city.kind, city.name) == (Kind.CITY, name)
        assert city.within[-1] == "iso:KZ"
        assert None not in (city.latitude, city.longitude, city.region)
        assert city.population > 100_000


# Watches


def test_the_watches_of_kazakhstan_run_from_the_first_level_to_the_review():
    here = {"iso:KZ", "geonames:1521368"}
    own = [watch for watch in watches() if any(place.id in here for place in watch.places)]

    assert [
        (w.scheme, [p.name for p in w.places], str(w.since), str(w.until), str(w.max_age))
        for w in own
    ] == [
        ("kz-terror-threat", ["Kazakhstan"], "2016-06-05", "2026-11-23", "P90D"),
        ("kz-state-of-emergency", ["Kazakhstan"], "2016-06-05", "2026-11-23", "P90D"),
        ("ru-terror-threat", ["Baikonur"], "2016-06-05", "2026-11-23", "P90D"),
    ]
    assert all("weak evidence" in str(w.notes[0]) for w in own)


def test_nobody_vouches_for_a_scheme_of_which_too_little_is_known():
    assert set(SCHEMES) - {watch.scheme for watch in watches()} == {
        "at-terror-warning",
        "dk-terror-threat",
        "fr-couvre-feu",
        "fr-etat-urgence",
        "ru-kto",
        "ua-terror-threat",
    }


def test_a_watch_says_what_it_rests_on_and_ends_after_it_begins():
    for watch in watches():
        since, until = (m.reading("Etc/UTC").span for m in (watch.since, watch.until))
        assert watch.source
        assert since.start < until.end


HOLES = {
    "be-ocam": [("Brussels", "2015-01-01"), ("Brussels", "2024-09-01")],
    "ca-terror-threat": [("Ottawa", "2014-10-01"), ("Ottawa", "2020-01-01")],
    "es-terror-alert": [("Madrid", "2015-06-01"), ("Madrid", "2024-01-01")],
    "fr-vigipirate": [("Paris", "2018-03-23")],
    "gb-threat": [("Belfast", "2010-01-01")],
    "kz-terror-threat": [("Astana", "2016-05-31")],
    "nl-dtn": [("Amsterdam", "2009-11-15"), ("Amsterdam", "2024-01-15")],
    "no-pst": [("Oslo", "2022-06-01")],
    "no-pst-2017": [("Oslo", "2017-07-15"), ("Oslo", "2017-11-22")],
    "pl-alarm": [
        ("Warsaw", "2022-03-20"), ("Warsaw", "2022-07-15"), ("Warsaw", "2023-04-15"),
        ("Warsaw", "2025-03-15"), ("Warsaw", "2025-05-31"), ("Warsaw", "2025-07-15"),
    ],
    "pl-alarm-crp": [
        ("Warsaw", "2022-01-10"), ("Warsaw", "2022-04-10"), ("Warsaw", "2022-07-15"),
        ("Warsaw", "2023-04-15"), ("Warsaw", "2025-03-15"), ("Warsaw", "2025-07-15"),
    ],
    "ru-terror-threat": [
        ("Belgorod", "2022-06-15"), ("Belgorod", "2022-07-15"), ("Belgorod", "2022-11-10"),
        ("Belgorod", "2023-01-10"), ("Bryansk", "2022-05-15"), ("Bryansk", "2022-06-15"),
        ("Kursk", "2022-05-15"), ("Kursk", "2022-06-15"), ("Kursk", "2022-11-10"),
        ("Kerch", "2022-07-15"), ("Sevastopol", "2022-09-20"), ("Moscow", "2024-03-25"),
    ],
    "se-sapo": [("Stockholm", "2012-01-01")],
    "us-hsas": [("New York City", "2004-01-09"), ("Chicago", "2004-06-01")],
    "us-ntas": [("New York City", "2019-02-01"), ("Honolulu", "2018-09-14T20:00")],
}  # fmt: skip
"""Times of which the records say that something is missing, by scheme."""


@each(
    ("scheme", "place", "when"),
    [(scheme, *hole) for scheme, holes in HOLES.items() for hole in holes],
)
def test_a_known_hole_in_a_record_is_never_clear(scheme, place, when):
    """Asked for the gravest only, so that what is in force there does not hide the hole."""
    verdict = check(place, when, schemes=[scheme], at_least="Extreme")

    assert verdict.answer in {Answer.UNWATCHED, Answer.STALE}


# What it answers


@pytest.mark.parametrize(
    ("place", "when", "told"),
    [
        ("Astana", "2016-07-15T12:00", "yellow"),
        ("Astana", "2016-08-20", "yellow"),
        ("Astana", "2017-01-17T12:00", "clear"),
        ("Aktobe", "2017-01-15T23:30", "yellow"),
        ("Aktobe", "2017-01-16T00:00", "clear"),
        ("Almaty", "2016-07-18T15:00", "red"),
        ("Almaty", "2022-01-20T12:00", "red"),
        ("Almaty", "2022-01-30", "orange"),
        ("Almaty", "2022-02-08", "clear"),
        ("Kostanay", "2022-01-14T20:00", "emergency"),
        ("Taldykorgan", "2022-01-20", "red"),
        ("Baikonur", "2022-01-16", "blue"),
        ("Astana", "2024-07-03", "yellow"),
        ("London", "2017-05-25", "critical"),
        ("London", "2017-05-28", "severe"),
        ("Moscow", "2023-06-25", "kto"),
        ("Tokyo", "2024-07-03", "unwatched"),
        ("Copenhagen", "2014-01-01", "unwatched"),
    ],
)
def test_what_was_declared_is_what_is_answered(place, when, told):
    verdict = check(place, when)

    assert (verdict.level.id if verdict.level else verdict.answer.value) == told


@pytest.mark.parametrize(
    ("when", "applies", "since"),
    [
        ("2022-01-06T14:00", Applies.LATER, datetime(2022, 1, 6, 17, tzinfo=UTC)),
        ("2022-01-07T02:00", Applies.NOW, None),
    ],
)
def test_the_curfew_of_january_2022_is_told_by_its_hours(when, applies, since):
    findings = check("Almaty", when).findings

    curfews = [m for f in findings for m in f.measures if m.item.id == "curfew"]

    assert [(curfew.applies, curfew.since) for curfew in curfews] == [(applies, since)]


def test_a_whole_country_is_red_in_part_and_then_clear():
    red = check("Kazakhstan", "2022-01-20")
    over = check("Kazakhstan", "2022-02-08")

    assert (red.level.id, red.partial) == ("red", True)
    assert over.answer is Answer.CLEAR


def test_an_extension_was_not_known_before_it_was_announced():
    verdict = check("Astana", "2016-09-01", as_of="2016-08-01")

    assert verdict.answer is Answer.CLEAR
