"""Sets of rule files: what a folder may hold, what stands in for what, and all mistakes at once."""

import errno
import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

import pytest

from sca import check, errors
from sca.errors import BrokenRules, Mistake, UnknownPlace
from sca.evaluate import Answer
from sca.reading import load, read
from sca.ruleset import shipped
from tests.running import sca

RIGHT = Path(__file__).parent / "data" / "right"
PLAIN = (RIGHT / "plain.toml").read_text(encoding="utf-8")
SHIPPED = shipped()
SCHEME = SHIPPED / "schemes" / "kz-terror-threat.toml"
FIRST_RULE = SHIPPED / "kz" / "2024-sco-summit.toml"
NO_RULE = "is no rule file; rules are files that end in .toml"


@cache
def library():
    """All the shipped rules, read once."""
    return load([SHIPPED])


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to be in, so that paths are short and the same everywhere."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rule(id="test", *changes):
    """A right rule of this id, with some of its text replaced."""
    text = PLAIN.replace('id = "test"', f'id = "{id}"', 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def write(path, text=PLAIN):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def told(*paths, **options):
    """The mistakes in a set, as they are printed."""
    return [str(mistake) for mistake in read(paths, **options).mistakes]


# All mistakes at once, in one order


def several():
    """Files with all sorts of mistakes and without, none of which bears on another."""
    write("a.toml", rule("a", ('"yellow"', '"puce"'), ("Asia/Almaty", "Nowhere")))
    write("b.toml", rule("b", ('"yellow"', "yellow")))
    write("c.toml", rule("c"))
    write("d.toml", rule("d", ('expect = "clear"', 'expect = "red"')))
    write("e.toml", "")
    write("f.toml.bak", rule("f"))
    return ["a.toml", "b.toml", "c.toml", "d.toml", "e.toml", "f.toml.bak"]


SEVERAL = [
    "a.toml:5: timezone: no such time zone: 'Nowhere'",
    "a.toml:11: bulletins[0].level: kz-terror-threat has no level 'puce', only yellow, orange, red",
    "b.toml:11: TOML: invalid value at column 9",
    "d.toml:31: examples[0].expect: Almaty at 2024-07-02T00:00 comes out clear, not red",
    "e.toml:1: is empty; a rule file must declare something",
    f"f.toml.bak: {NO_RULE}",
]


def test_the_mistakes_of_all_files_are_told_at_once_and_in_order(here):
    assert told(*several()) == SEVERAL


def test_they_are_those_of_each_file_by_itself(here):
    alone = [line for path in several() for line in told(path)]

    assert sorted(alone) == sorted(SEVERAL)


def test_a_folder_is_all_that_is_in_it(here):
    several()

    assert told(".") == SEVERAL


@pytest.mark.parametrize("order", list(itertools.permutations(range(6)))[::97])
def test_the_order_of_files_changes_nothing(order, here):
    paths = several()

    assert told(*(paths[n] for n in order)) == SEVERAL


def test_a_set_with_a_mistake_is_not_loaded(here):
    paths = several()

    with pytest.raises(BrokenRules) as caught:
        load(paths)

    assert str(caught.value).splitlines() == SEVERAL
    assert [str(mistake) for mistake in caught.value.mistakes] == SEVERAL


def test_the_order_of_right_files_changes_nothing(here):
    paths = [write(f"{id}.toml", rule(id)) for id in "abc"]

    sets = [load(order) for order in itertools.permutations(paths)]

    assert {tuple(a.id for a in loaded.advisories) for loaded in sets} == {("a", "b", "c")}
    assert len({loaded.segments for loaded in sets}) == 1


# The same id twice


def test_an_id_that_is_there_twice_names_both_files(here):
    write("in/a.toml")
    write("in/b.toml")

    assert told("in") == ["in/b.toml:1: id: 'test' is the id of in/a.toml already"]


def test_of_two_rules_with_one_id_the_first_is_kept(here):
    write("in/a.toml")
    write("in/b.toml", rule("test", ('expect = "clear"', 'expect = "red"')))

    reading = read(["in"])

    assert len(reading.mistakes) == 1
    assert len(reading.rules.advisories) == 1


def test_an_id_is_there_twice_whatever_else_is_wrong_with_either(here):
    write("in/a.toml", rule("test", ('"yellow"', '"puce"')))
    write("in/b.toml", rule("test", ("Asia/Almaty", "Nowhere")))

    lines = told("in")

    assert len(lines) == 3
    assert "in/b.toml:1: id: 'test' is the id of in/a.toml already" in lines


def test_an_id_is_there_twice_whatever_the_order(here):
    paths = [write(f"{name}.toml") for name in "abc"]

    assert len({tuple(told(*order)) for order in itertools.permutations(paths)}) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("settings", '[[settings]]\nid = "lobby"\ntext = "Halls"\n'),
        ("places", '[[places]]\nid = "x"\nname = "Xyz"\nwithin = "Astana"\n'),
        ("known places", '[[places]]\nid = "iso:KZ-75"\nnames = ["Xyz"]\n'),
        (
            "levels",
            'id = "x"\ntitle = "X"\nsources = ["https://example.org"]\n'
            '[[levels]]\nid = "a"\nname = "a"\nseverity = "Minor"\n',
        ),
    ],
)
def test_words_of_one_id_in_two_files_name_both(name, text, here):
    write("a.toml", text)
    write("b.toml", f"# other bytes\n{text}")

    lines = told("a.toml", "b.toml", demand_advisory=False)

    assert len(lines) == 1
    assert lines[0].startswith("b.toml:")
    assert lines[0].endswith(" is in a.toml already")


# What stands in for the shipped rules, and what stands beside them


def test_rules_replace_what_the_shipped_ones_declare_and_nothing_else(here):
    shipped = library()

    loaded = load([write("rule.toml")])

    assert [advisory.id for advisory in loaded.advisories] == ["test"]
    assert [source.watches for source in loaded.sources] == [()]
    assert [source.watches != () for source in shipped.sources] == [True]
    assert loaded.schemes == shipped.schemes
    assert loaded.settings == shipped.settings
    assert loaded.gazetteer.find("Almaty") == shipped.gazetteer.find("Almaty")
    assert loaded.paths == ("rule.toml",)


def test_a_rule_may_have_the_id_of_a_shipped_one_that_it_replaces(here):
    id = library().advisories[0].id

    assert told(write("rule.toml", rule(id))) == []


def test_words_of_its_own_add_to_the_shipped_ones():
    shipped = library()

    loaded = load([RIGHT / "own-words"])

    assert set(loaded.schemes) == {*shipped.schemes, "test-scale"}
    assert set(loaded.settings) == {*shipped.settings, "lobby"}
    assert loaded.gazetteer.find("HQ").id == "office"
    assert loaded.gazetteer.find("Almaty") == shipped.gazetteer.find("Almaty")
    with pytest.raises(UnknownPlace):
        shipped.gazetteer.find("HQ")


def test_several_paths_are_one_set(here):
    write("words/settings.toml", '[[settings]]\nid = "lobby"\ntext = "Halls"\n')
    write("rules/a.toml", rule("a", ('"street"', '"lobby"')))
    write("rules/b.toml", rule("b"))

    reading = read(["words", "rules"])

    assert (reading.mistakes, reading.files) == ((), 3)
    assert [advisory.id for advisory in reading.rules.advisories] == ["a", "b"]


def test_the_newest_is_the_last_that_was_issued(here):
    paths = [
        write("a.toml", rule("a", ('issued = "2024-07-01"', 'issued = "2024-07-01T09:30"'))),
        write("b.toml", rule("b", ('issued = "2024-07-01"', 'issued = "2024-06-30"'))),
    ]

    assert load(paths).newest == "2024-07-01T09:30"


def test_examples_are_judged_against_their_own_file_alone(here):
    write("in/a.toml", rule("a"))
    write("in/b.toml", rule("b", ('"yellow"', '"red"'), ("2024-07-02T00:01", "2024-07-01")))

    lines = told("in")

    assert lines
    assert all(line.startswith("in/b.toml:") for line in lines)


WORDS = [*sorted((SHIPPED / "schemes").iterdir()), SHIPPED / "settings.toml"]
"""The shipped files that are at hand for every set."""


@pytest.mark.parametrize(
    "shipped", [*WORDS, SHIPPED / "watches.toml", FIRST_RULE], ids=lambda path: path.name
)
def test_a_copy_of_any_shipped_file_is_no_mistake(shipped, here):
    write("in/rule.toml")
    shutil.copy(shipped, "in")

    assert told("in") == []


@pytest.mark.parametrize("shipped", [SCHEME, SHIPPED / "settings.toml"], ids=lambda path: path.name)
def test_a_shipped_scheme_or_settings_of_other_bytes_are_a_mistake(shipped, here):
    write("in/rule.toml")
    write("in/edited.toml", "# edited\n" + shipped.read_text(encoding="utf-8"))

    lines = told("in")

    assert lines
    assert all(
        line.startswith("in/edited.toml:") and line.endswith(f"is in {shipped} already")
        for line in lines
    )


def test_a_checkout_lints_its_own_rules_by_whatever_path(here, monkeypatch):
    monkeypatch.chdir(SHIPPED.parent)
    parts = ("kz/2024-sco-summit.toml", "schemes", "settings.toml", "watches.toml")

    assert told(*(f"{SHIPPED.name}/{part}" for part in parts)) == []


def test_a_copy_of_the_shipped_rules_comes_to_the_same(here):
    """Of all but most of the advisories, for the time; each of them is a file as any other."""
    countries = {path.name for path in SHIPPED.iterdir() if path.is_dir()} - {"schemes", "se"}
    shutil.copytree(SHIPPED, "copy", ignore=shutil.ignore_patterns(*countries))

    copy = load(["copy"])

    same = [s for s in library().segments if s.advisory.id.startswith("se-")]
    assert (list(copy.segments), copy.schemes) == (same, library().schemes)
    assert copy.sources[0].watches == library().sources[0].watches


@pytest.mark.parametrize("name", ["scheme.toml", "settings.toml", "places.toml"])
def test_words_may_be_there_twice_in_the_same_bytes(name, here):
    own = (RIGHT / "own-words" / name).read_text(encoding="utf-8")
    write("a/own.toml", own)
    write(f"b/{name}", own)
    write("b/rule.toml")

    assert told("a", "b") == []


def test_a_copy_of_a_shipped_scheme_may_be_there_twice(here):
    for folder in "ab":
        write(f"{folder}/scheme.toml", SCHEME.read_text(encoding="utf-8"))
    write("b/rule.toml")

    assert told("a", "b") == []


def test_a_shipped_file_that_does_not_read_is_told_whatever_the_rules(here):
    """In a copy of the package, in a process of its own."""
    shutil.copytree(Path(errors.__file__).parent, "sca")
    shutil.copytree(SHIPPED, "sca/rules", dirs_exist_ok=True)
    write("sca/rules/settings.toml", "settings = [")
    # A shipped advisory is nothing to other rules.
    write("sca/rules/kz/2024-sco-summit.toml", "bulletins = [")
    write("rule.toml")
    program = "from sca.reading import read; print(*read(['rule.toml']).mistakes, sep='\\n')"

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert ran.stderr == ""
    assert f"{here}/sca/rules/settings.toml:1: TOML: invalid value" in ran.stdout.splitlines()
    assert "2024-sco-summit" not in ran.stdout


# Places of one's own beside rules

OFFICE = '[[places]]\nid = "office"\nname = "Our Office"\nnames = ["HQ"]\nwithin = "Astana"\n'
POST = '[[places]]\nid = "post"\nname = "Our Post"\nlatitude = 51.128\nlongitude = 71.43\n'


def verdict(place, *paths, when="2024-07-03"):
    return check(place, when, rules=load(paths))


def of(*places):
    """A rule for these places, without examples."""
    text = rule("test", ('places = ["Almaty", "iso:KZ-75"]', f"places = {json.dumps(places)}"))
    return text.split("[[examples]]")[0]


@pytest.mark.parametrize("named", ["Astana", "iso:KZ-71", "Kazakhstan", "Our Post", "HQ", "post"])
def test_a_rule_holds_in_the_places_that_lie_where_it_holds(named, here):
    paths = write("places.toml", OFFICE + POST), write("rule.toml", of(named))

    own = {"Our Post": "post", "post": "post", "HQ": "office"}.get(named)
    for place, id in (("Our Office", "office"), ("Our Post", "post")):
        expected = Answer.IN_FORCE if own in {None, id} else Answer.CLEAR
        assert verdict(place, *paths).answer is expected
        assert verdict(id, *paths).answer is expected


@pytest.mark.parametrize("named", ["Almaty", "City of Almaty", "Uzbekistan"])
def test_a_rule_does_not_hold_in_places_that_lie_elsewhere(named, here):
    paths = write("places.toml", OFFICE + POST), write("rule.toml", of(named))

    assert {verdict(id, *paths).answer for id in ("office", "post")} == {Answer.CLEAR}


@pytest.mark.parametrize("around", ["Astana", "City of Astana", "Kazakhstan"])
@pytest.mark.parametrize("named", ["Our Post", "Our Office"])
def test_a_rule_for_a_site_is_in_force_in_part_of_what_is_around_it(named, around, here):
    paths = write("places.toml", OFFICE + POST), write("rule.toml", of(named))

    told = verdict(around, *paths)

    assert (told.answer, told.level.id, told.partial) == (Answer.IN_FORCE, "yellow", True)
    assert [place.name for place in told.touched] == [named]
    assert verdict("Almaty", *paths).answer is Answer.CLEAR


def test_a_rule_for_a_site_is_in_force_in_part_of_a_compound_around_it(here):
    gate = '[[places]]\nid = "gate"\nname = "Gate"\nwithin = "Our Office"\n'
    paths = write("places.toml", OFFICE + gate), write("rule.toml", of("Gate"))

    told = verdict("Our Office", *paths)

    assert (told.answer, told.partial) == (Answer.IN_FORCE, True)
    assert [place.id for place in told.touched] == ["gate"]


def test_a_place_between_regions_is_not_told_to_be_in_either(here):
    own = '[[places]]\nid = "camp"\nname = "Camp"\nlatitude = 47.6\nlongitude = 60.5\n'
    inside = '[[places]]\nid = "tent"\nname = "Tent"\nwithin = "camp"\n'
    words = write("places.toml", own + inside)

    for named in ("Aktobe Region", "Kyzylorda Region"):
        path = write("rule.toml", of(named))
        assert verdict("camp", words, path).answer is Answer.CANNOT_TELL
        assert verdict("tent", words, path).answer is Answer.CANNOT_TELL
    assert verdict("tent", words, write("rule.toml", of("camp"))).answer is Answer.IN_FORCE
    assert verdict("tent", words, write("rule.toml", of("Kazakhstan"))).answer is Answer.IN_FORCE


def test_a_place_in_a_region_without_a_known_city_is_not_told_to_be_outside_it(here):
    own = '[[places]]\nid = "camp"\nname = "Camp"\nlatitude = 14\nlongitude = 44.2\n'
    paths = write("places.toml", own), write("rule.toml", of("Dhale"))

    assert verdict("14,44.2", *paths).answer is Answer.CANNOT_TELL
    assert verdict("camp", *paths).answer is Answer.CANNOT_TELL


def test_a_place_is_judged_by_the_clock_that_is_said_of_it(here):
    own = OFFICE + 'timezone = "Pacific/Kiritimati"\n'
    paths = write("places.toml", own), write("rule.toml", of("Astana"))

    first, last = "2024-07-02T09:01", "2024-07-05T08:59"
    assert verdict("HQ", *paths, when=first).answer is Answer.IN_FORCE
    assert verdict("HQ", *paths, when="2024-07-02T09:00").answer is Answer.CLEAR
    assert verdict("HQ", *paths, when=last).answer is Answer.IN_FORCE
    assert verdict("HQ", *paths, when="2024-07-05T09:00").answer is Answer.CLEAR


def test_a_name_for_a_known_place_is_a_name_in_rules_too(here):
    own = '[[places]]\nid = "geonames:1526384"\nnames = ["The Southern Capital"]\n'
    paths = write("places.toml", own), write("rule.toml", of("the southern capital"))

    for asked in ("Almaty", "the southern capital"):
        told = verdict(asked, *paths)
        assert (told.answer, told.question.place.name) == (Answer.IN_FORCE, "Almaty")


def test_a_place_that_shadows_a_city_takes_its_place_in_rules_and_questions(here):
    own = OFFICE.replace("Our Office", "Almaty")
    path = write("rule.toml", of("Almaty"))

    assert told(write("places.toml", own), path) == [
        "places.toml:3: places[0].name: 'Almaty' is the name of Almaty, City of Almaty, "
        "Kazakhstan, too; choose another, or say shadows = true to take it over"
    ]
    paths = write("places.toml", f"{own}shadows = true\n"), path
    assert verdict("Almaty", *paths).question.place.id == "office"
    assert verdict("Almaty", *paths).answer is Answer.IN_FORCE
    assert verdict("Astana", *paths).partial
    assert verdict("geonames:1526384", *paths).answer is Answer.CLEAR


def test_places_hold_in_every_file_of_a_set_whatever_the_order(here):
    paths = [
        write("a.toml", of("Gate")),
        write("b.toml", '[[places]]\nid = "gate"\nname = "Gate"\nwithin = "HQ"\n'),
        write("c.toml", OFFICE),
    ]

    for order in itertools.permutations(paths):
        (segment,) = load(order).segments
        assert segment.place.within[:2] == ("office", "geonames:1526273")


def test_an_example_may_be_of_a_place_of_ones_own(here):
    text = rule(
        "test", ('place = "Almaty"\nwhen = "2024-07-05', 'place = "HQ"\nwhen = "2024-07-03')
    )

    assert told(write("places.toml", OFFICE), write("rule.toml", text)) == []
    assert told("places.toml", write("rule.toml", text.replace("Almaty", "HQ", 1))) != []


@pytest.mark.parametrize(
    ("own", "problem"),
    [
        pytest.param(OFFICE.replace("HQ", "Desk"), "did you mean Our Office?", id="another name"),
        pytest.param(POST, "write a city, region or country by name, ", id="another place"),
    ],
)
def test_a_place_in_a_rule_that_stops_resolving_makes_the_set_broken(own, problem, here):
    write("in/rule.toml", of("Almaty", "Our Offices"))
    write("in/places.toml", OFFICE.replace("HQ", "Our Offices"))
    asked = ("check", "Almaty", "2024-07-03", "--rules", "in")
    assert sca(*asked).code == 1

    write("in/places.toml", own)

    said = sca(*asked)
    assert (said.code, said.out) == (3, "")
    first, summary = said.err.splitlines()
    assert first.startswith(
        f"in/rule.toml:12: bulletins[0].places[1]: no place called 'Our Offices' "
        f"is known; {problem}"
    )
    assert summary == "sca: no answer is given from rules with 1 mistake in them"


def test_a_mistake_in_a_places_file_makes_the_set_broken(here):
    write("in/rule.toml")
    write("in/places.toml", OFFICE.replace("Astana", "Xyzzy"))

    for asked in (("check", "Almaty", "2024-07-03"), ("places", "HQ"), ("list",)):
        said = sca(*asked, "--rules", "in")
        assert (said.code, said.out) == (3, "")
        assert said.err.startswith("in/places.toml:5: places[0].within: no place called 'Xyzzy'")


def test_a_mistake_in_a_places_file_makes_no_other_in_rules(here):
    rule_path = write("rule.toml", rule("test", ('"iso:KZ-75"', '"HQ"'), ('"clear"', '"red"')))
    places = write("places.toml", OFFICE.replace("Astana", "Xyzzy"))

    lines = told(rule_path, places)

    assert [line.split(": ")[0] for line in lines] == ["places.toml:5"]
    assert [line.split(": ")[0] for line in told(rule_path, write("places.toml", OFFICE))] == [
        "rule.toml:31"
    ]


# The user's own folders


@pytest.fixture
def own(here, monkeypatch):
    """The folders of the user and of the site, neither of which is there yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(here / "user"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(here / "site"))
    return here / "user" / "sca" / "rules", here / "site" / "sca" / "rules"


def test_with_nothing_said_the_rules_are_those_that_came_with_the_package(own):
    loaded = load()

    assert loaded.paths == (str(SHIPPED),)
    assert loaded.advisories == library().advisories


def test_with_nothing_said_the_users_and_the_sites_rules_are_read_too(own):
    user, site = own
    write(user / "a.toml", rule("a"))
    write(site / "b.toml", rule("b"))

    loaded = load()

    assert loaded.paths == (str(user), str(site), str(SHIPPED))
    shipped = [advisory.id for advisory in library().advisories]
    assert [advisory.id for advisory in loaded.advisories] == sorted(["a", "b", *shipped])


@pytest.mark.parametrize("whose", [0, 1], ids=["user", "site"])
def test_places_beside_the_users_and_the_sites_rules_are_read(whose, own):
    write(own[whose] / "places.toml", OFFICE)

    said = sca("check", "HQ", "2024-07-03", "--short")

    assert (said.code, said.out[:10]) == (1, "Our Office")
    assert sca("places", "HQ").code == 0
    assert told_by_default() == []


@pytest.mark.parametrize("whose", [0, 1], ids=["user", "site"])
def test_places_in_the_users_and_the_sites_folder_are_read(whose, own):
    path = write(own[whose].parent / "places.toml", OFFICE)

    assert load().paths == (path, str(SHIPPED))
    assert sca("check", "HQ", "2024-07-03").code == 1


def test_the_users_places_are_read_with_nothing_said_only(own):
    write(own[0] / "places.toml", OFFICE)
    write(own[0].parent / "places.toml", POST)
    write("rule.toml")

    for asked in ("HQ", "post"):
        assert sca("check", asked, "2024-07-03").code == 1
        assert sca("check", asked, "2024-07-03", "--rules", "rule.toml").code == 3


def test_the_users_rules_may_name_the_users_places_in_either_folder(own):
    write(own[0].parent / "places.toml", OFFICE)
    write(own[0] / "rule.toml", of("HQ"))

    assert told_by_default() == []
    assert sca("check", "HQ", "2024-07-03", "--short").out.startswith("Our Office, ")


def test_a_mistake_in_the_users_places_stops_every_answer(own):
    path = write(own[0].parent / "places.toml", OFFICE.replace("Our Office", "Almaty"))

    (line,) = told_by_default()

    assert line.startswith(f"{path}:3: places[0].name: 'Almaty' is the name of Almaty, ")
    assert sca("check", "Astana", "2024-07-03").code == 3


def test_a_users_name_that_a_shipped_rule_means_otherwise_is_told(own):
    """Kokshetau has over 100,000 people: no name of that rule can be taken unsaid."""
    names = ("Astana", "Almaty", "Karaganda", "Kokshetau")
    offices = [OFFICE.replace("Our Office", name).replace("HQ", f"HQ {name}") for name in names]
    places = [office.replace('"office"', f'"office-{n}"') for n, office in enumerate(offices)]
    write(own[0] / "places.toml", "".join(places))

    lines = told_by_default()

    assert [line.split(": ")[1] for line in lines] == [f"places[{n}].name" for n in range(4)]


def test_a_mistake_in_the_users_rules_stops_every_answer(own):
    path = write(own[0] / "a.toml", "")

    assert told_by_default() == [f"{path}:1: is empty; a rule file must declare something"]
    assert sca("check", "Almaty", "2024-07-03").code == 3


def told_by_default():
    return [str(mistake) for mistake in read().mistakes]


def test_a_users_folder_that_leads_nowhere_is_a_mistake(own):
    own[0].parent.mkdir(parents=True)
    own[0].symlink_to("gone")

    assert told_by_default() == [f"{own[0]}: is a link that leads nowhere"]


def test_the_users_rule_of_a_shipped_id_is_a_mistake(own):
    id = library().advisories[0].id
    write(own[0] / "a.toml", rule(id))

    lines = told_by_default()

    assert len(lines) == 1
    assert f"id: {id!r} is the id of " in lines[0]


def test_a_user_may_keep_a_copy_of_a_shipped_scheme(own):
    write(own[0] / "scheme.toml", SCHEME.read_text(encoding="utf-8"))

    assert told_by_default() == []


# What a folder may hold


@pytest.mark.parametrize(
    "name",
    ["README.md", ".hidden", ".gitignore", ".rule.toml.swp", ".git/config", ".x/rule.toml", "a.md"],
)
def test_notes_and_dotfiles_are_no_rules(name, here):
    write("in/rule.toml")
    write(f"in/{name}", "neither TOML nor a rule [")

    assert told("in") == []


@pytest.mark.parametrize(
    "name",
    ["rule.toml.bak", "rule.toml~", "rule.TOML", "rule.tml", "toml", "rule", "x.yaml", "x.json"],
)
def test_whatever_else_is_there_is_a_mistake(name, here):
    write("in/rule.toml")
    write(f"in/sub/{name}", rule("other"))

    assert told("in") == [f"in/sub/{name}: {NO_RULE}"]


@pytest.mark.parametrize("name", ["notes.md", "rule.toml.bak"])
def test_whatever_is_named_must_be_a_rule(name, here):
    assert told(write(name)) == [f"{name}: {NO_RULE}"]


def test_a_dotfile_that_is_named_is_read(here):
    assert told(write(".rule.toml")) == []


def test_folders_are_read_however_deep_and_whatever_their_names(here):
    write("in/a/b/c/rule.toml", rule("a"))
    write("in/x.toml/y.md/rule.toml", rule("b"))

    reading = read(["in"])

    assert reading.mistakes == ()
    assert [advisory.id for advisory in reading.rules.advisories] == ["a", "b"]


@pytest.mark.parametrize("held", [[], ["README.md"], [".hidden.toml"], ["sub/notes.md"]], ids=str)
def test_a_folder_without_a_rule_file_is_a_mistake(held, here):
    Path("in").mkdir()
    for name in held:
        write(f"in/{name}", "")

    assert told("in") == told("in", demand_advisory=False) == ["in: holds no rule file"]


def test_a_folder_without_a_rule_file_is_a_mistake_beside_others(here):
    Path("none").mkdir()

    assert told(write("a.toml", ""), "none") == [
        "a.toml:1: is empty; a rule file must declare something",
        "none: holds no rule file",
    ]
    assert told(write("b.toml"), "none") == ["none: holds no rule file"]


@pytest.mark.parametrize(
    "words",
    [SCHEME, SHIPPED / "settings.toml", RIGHT / "own-words" / "places.toml"],
    ids=lambda path: path.name,
)
def test_a_set_without_an_advisory_answers_nothing(words, here):
    Path("in").mkdir()
    copy = shutil.copy(words, "in")

    assert told("in") == told("in", demand_advisory=False) == ["in: holds no advisory"]
    assert told(copy) == [f"{copy}: holds no advisory"]
    assert told(copy, demand_advisory=False) == []
    assert sca("check", "Almaty", "2024-07-03", "--rules", copy).code == 3
    assert sca("lint", copy).code == 0


def test_what_is_read_by_two_ways_is_read_once(here):
    write("in/a.toml", rule("a"))
    write("in/sub/b.toml", rule("b"))

    reading = read(["in", "in/a.toml", "in"])

    assert (reading.mistakes, reading.files) == ((), 2)


@pytest.mark.parametrize("again", ["./in", "in/", "in/sub", "link"])
def test_a_folder_that_is_read_by_two_ways_still_holds_what_it_holds(again, here):
    write("in/sub/b.toml")
    Path("link").symlink_to("in")

    assert told("in", again) == []


# Links, pipes, and what cannot be read


def test_links_are_followed(here):
    write("elsewhere/deep/a.toml", rule("a"))
    write("b.txt", rule("b"))
    Path("in").mkdir()
    Path("in/folder").symlink_to("../elsewhere")
    Path("in/b.toml").symlink_to("../b.txt")
    Path("in/again.toml").symlink_to("b.toml")

    reading = read(["in"])

    assert (reading.mistakes, reading.files) == ((), 2)
    assert [advisory.id for advisory in reading.rules.advisories] == ["a", "b"]


def test_a_link_that_leads_nowhere_is_a_mistake(here):
    write("in/rule.toml")
    Path("in/gone.toml").symlink_to("nowhere.toml")
    Path("in/sub").symlink_to("nowhere")

    assert told("in") == [
        "in/gone.toml: is a link that leads nowhere",
        "in/sub: is a link that leads nowhere",
    ]
    assert told("in/gone.toml") == ["in/gone.toml: is a link that leads nowhere"]


@pytest.mark.parametrize(("link", "to"), [("in/up", "."), ("in/a/up", "../.."), ("in/a/up", "..")])
def test_a_link_to_a_folder_that_it_lies_in_is_a_mistake(link, to, here):
    write("in/a/rule.toml")
    Path(link).symlink_to(to)

    lines = told("." if to == "../.." else "in")

    assert lines == [f"{link}: is a link to a folder that it lies in"]


def test_two_folders_that_lead_to_each_other_are_a_mistake(here):
    write("a/rule.toml")
    Path("b").mkdir()
    Path("a/b").symlink_to("../b")
    Path("b/a").symlink_to("../a")

    assert told("a") == ["a/b/a: is a link to a folder that it lies in"]


def test_a_link_to_itself_is_a_mistake(here):
    write("in/rule.toml")
    Path("in/x.toml").symlink_to("x.toml")

    assert told("in") == [f"in/x.toml: cannot be read: {os.strerror(errno.ELOOP)}"]


def test_a_named_pipe_is_not_waited_for(here):
    write("in/rule.toml")
    os.mkfifo("in/x.toml")
    # Were it opened, this would be let go at once; nothing would be there to read.
    writer = threading.Thread(target=lambda: open("in/x.toml", "wb").close(), daemon=True)
    writer.start()

    try:
        lines = told("in")
    finally:
        os.close(os.open("in/x.toml", os.O_RDONLY | os.O_NONBLOCK))
        writer.join(timeout=10)

    assert lines == [f"in/x.toml: {NO_RULE}"]


def test_what_is_not_there_is_a_mistake(here):
    assert told("nowhere", "nowhere.toml") == [
        "nowhere: there is no such file",
        "nowhere.toml: there is no such file",
    ]


def test_a_path_below_a_file_is_a_mistake(here):
    path = write("rule.toml") + "/x.toml"

    assert told(path) == [f"{path}: cannot be read: {os.strerror(errno.ENOTDIR)}"]


def test_a_folder_that_cannot_be_listed_is_a_mistake(here, monkeypatch):
    write("in/rule.toml")
    write("in/sub/rule.toml")
    listed = os.scandir

    def refused(path):
        if Path(path).name == "sub":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refused)

    assert told("in") == ["in/sub: cannot be read: Permission denied"]


@pytest.mark.skipif(os.geteuid() == 0, reason="mode bits do not stop root")
@pytest.mark.parametrize("name", ["sub", "sub/rule.toml"])
def test_what_its_mode_shuts_is_a_mistake(name, here):
    write("in/rule.toml", rule("a"))
    write("in/sub/rule.toml", rule("b"))
    Path("in", name).chmod(0)

    try:
        assert told("in") == [f"in/{name}: cannot be read: Permission denied"]
    finally:
        Path("in", name).chmod(0o700)


def test_what_cannot_be_text_is_a_mistake_beside_others(here):
    write("in/a.toml", "")
    Path("in/b.toml").write_bytes(PLAIN.replace("A test", "\xdcbung").encode("latin-1"))
    Path("in/c.toml").write_bytes(PLAIN.encode("utf-8-sig"))
    Path("in/d.toml").write_bytes(PLAIN.encode() + b"#" * 1024 * 1024)

    assert read(["in"]).mistakes == (
        Mistake("in/a.toml", 1, "", "is empty; a rule file must declare something"),
        Mistake("in/b.toml", 2, "", "is not UTF-8; save it in that encoding"),
        Mistake("in/c.toml", 1, "", "starts with a byte-order mark; save it without one"),
        Mistake("in/d.toml", 0, "", "is larger than 1 MiB; no rule needs that much"),
    )
