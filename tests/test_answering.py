import ast
import doctest
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

import sca
from sca import answering, errors
from sca.errors import (
    AmbiguousPlace,
    BrokenRules,
    Candidate,
    Exit,
    InvalidTime,
    Mistake,
    ScaError,
    UnknownLevel,
    UnknownPlace,
    UnknownScheme,
    UnknownSetting,
    WrongUse,
)
from sca.evaluate import Answer
from sca.question import Part
from sca.ruleset import shipped
from tests.builders import a_span, at

PUBLIC = [
    "AmbiguousPlace",
    "Answer",
    "BrokenRules",
    "InvalidTime",
    "RuleSet",
    "ScaError",
    "UnknownLevel",
    "UnknownPlace",
    "UnknownScheme",
    "UnknownSetting",
    "Verdict",
    "check",
    "load",
]


DATA = Path(__file__).parent / "data"


@cache
def rules():
    """One rule, of July 2024, beside which nobody watches anything."""
    return sca.load([shipped() / "kz" / "2024-sco-summit.toml"])


@cache
def library():
    return sca.load()


@cache
def watched():
    """Rules with a life, and with watches of Kazakhstan and of Scotland beside them."""
    return sca.load([DATA / "life"])


def check(place, when, **options):
    return sca.check(place, when, **{"rules": rules()} | options)


def fresh(code, folder):
    """What a program prints in an interpreter of its own, in a folder of its own."""
    environment = os.environ | {"PYTHONPATH": str(Path(sca.__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


LOADED = (
    "import sys; "
    "print(sorted({'typer', 'click', 'rich', 'pydantic', 'pytz', 'toml_rs'} & {*sys.modules}))"
)


# The names of the package


@pytest.mark.parametrize(
    ("code", "told"),
    [
        pytest.param("import sca", "[]\n", id="the package alone: nothing"),
        pytest.param("from sca import Verdict, Answer, ScaError", "['pytz']\n", id="its values"),
        pytest.param(
            "import sca; print(sca.check('Almaty', '2024-07-03').answer.value)",
            "in force\n['pydantic', 'pytz']\n",
            id="an answer: what reads rules, nothing that draws",
        ),
    ],
)
def test_what_a_program_loads(code, told, tmp_path):
    assert fresh(f"{code}; {LOADED}", tmp_path) == told


def test_the_package_alone_loads_no_part_of_itself(tmp_path):
    code = "import sca, sys; print([name for name in sys.modules if name.startswith('sca.')])"

    assert fresh(code, tmp_path) == "[]\n"


def test_a_star_import_gives_the_public_names(tmp_path):
    code = "from sca import *; print(sorted(n for n in dir() if not n.startswith('__')))"

    assert fresh(code, tmp_path) == f"{PUBLIC}\n"


def test_the_package_lists_its_names():
    assert sorted(sca.__all__) == PUBLIC
    assert {*PUBLIC, "__version__"} <= {*dir(sca)}
    assert dir(sca) == sorted({*dir(sca)})


@pytest.mark.parametrize("name", PUBLIC)
def test_each_public_name_is_what_its_home_has(name):
    home = sys.modules[getattr(sca, name).__module__]

    assert home.__name__.startswith("sca.")
    assert getattr(sca, name) is getattr(home, name)


def test_type_checkers_see_the_names_that_are_resolved():
    tree = ast.parse(Path(sca.__file__).read_text("utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name: node.module for node in block.body for alias in node.names}

    assert seen == sca._HOMES


@pytest.mark.parametrize("name", ["Chekc", "evaluates", "_nothing", "__wrapped__"])
def test_a_name_that_is_not_there_is_an_attribute_error(name):
    with pytest.raises(AttributeError) as caught:
        getattr(sca, name)

    assert str(caught.value) == f"module 'sca' has no attribute {name!r}"


@pytest.mark.parametrize(
    ("module", "examples"), [(sca, 4), (answering, 2)], ids=["sca", "sca.answering"]
)
def test_the_examples_in_docstrings_are_right(module, examples):
    assert doctest.testmod(module) == (0, examples)


# One question


@pytest.mark.parametrize(
    ("when", "answer"),
    [
        ("2024-07-02T00:00", Answer.CLEAR),
        ("2024-07-02T00:01", Answer.IN_FORCE),
        ("2024-07-04T23:59:59", Answer.IN_FORCE),
        ("2024-07-05T00:00", Answer.CLEAR),
        ("2024-07-01T19:00:59Z", Answer.CLEAR),
        ("2024-07-01T19:01Z", Answer.IN_FORCE),
        ("2024-07-01/2024-07-03", Answer.IN_FORCE),
    ],
)
def test_a_time_is_read_on_the_clock_of_the_place(when, answer):
    assert check("Almaty", when).answer == answer


def test_an_answer_from_text():
    verdict = check("алматы", "2024-07-01/2024-07-02")
    almaty = rules().gazetteer.find("geonames:1526384")

    assert verdict.question.place == almaty
    span = a_span("2024-06-30T19:00", "2024-07-02T19:00")
    assert verdict.question.parts == (Part(almaty, span, "Asia/Almaty"),)
    assert (verdict.question.threshold, verdict.question.settings) == (None, None)
    assert (verdict.answer, verdict.level.id) == (Answer.IN_FORCE, "yellow")
    assert verdict.covered == (a_span("2024-07-01T19:01", "2024-07-02T19:00"),)
    assert [finding.advisory.id for finding in verdict.findings] == ["kz-2024-sco-summit"]
    assert verdict.next_change == at("2024-07-01T19:01")
    assert verdict.considered == len(rules().advisories)


def test_a_country_is_asked_by_its_parts():
    verdict = check("Kazakhstan", "2024-07-03T14:00")

    assert [place.name for place in verdict.touched] == [
        "Kokshetau",
        "Astana",
        "Almaty",
        "Karaganda",
    ]
    assert verdict.partial
    country = rules().gazetteer.find("Kazakhstan")
    parts = verdict.question.parts
    # For Baikonur no region is known, and so the country stands for itself, at each of its clocks.
    regions = rules().gazetteer.regions_in(country)
    assert len(regions) == 20
    assert {part.place for part in parts} == {*regions, *verdict.touched, country}
    assert [part.zone for part in parts if part.place == country] == list(country.zones)
    assert len(parts) == 24 + len(country.zones)


def test_a_region_is_asked_by_itself_and_by_what_the_rules_name_in_it():
    verdict = check("Karaganda Region", "2024-07-03T14:00")

    assert [part.place.name for part in verdict.question.parts] == ["Karaganda", "Karaganda Region"]
    assert ([place.name for place in verdict.touched], verdict.partial) == (["Karaganda"], True)


def test_a_coordinate_is_asked_on_the_clock_of_its_nearest_city_or_on_a_named_one():
    plain = check("51.13,71.43", "2024-07-03T14:00").question
    named = check("51.13,71.43", "2024-07-03T14:00", zone="Europe/London").question

    assert [(part.zone, part.span.start) for part in plain.parts] == [
        ("Asia/Almaty", at("2024-07-03T09:00"))
    ]
    assert [(part.zone, part.span.start) for part in named.parts] == [
        ("Europe/London", at("2024-07-03T13:00"))
    ]
    assert (plain.place.id, named.place.id) == ("geo:51.13,71.43",) * 2
    assert named.place.timezone == "Europe/London"


def test_a_named_clock_gives_one_to_a_coordinate_that_has_none():
    verdict = check("40,-11", "2024-07-03T14:00", zone="Etc/GMT+1")

    assert verdict.question.span == a_span("2024-07-03T15:00", "2024-07-03T15:01")
    assert verdict.question.timezone == "Etc/GMT+1"


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        pytest.param({"at_least": "orange"}, Answer.CLEAR, id="a graver level"),
        pytest.param({"at_least": "yellow"}, Answer.IN_FORCE, id="its level"),
        pytest.param({"at_least": "Minor"}, Answer.IN_FORCE, id="a milder severity"),
        pytest.param({"at_least": "Severe"}, Answer.CLEAR, id="a graver severity"),
        pytest.param({"settings": ["airport"]}, Answer.IN_FORCE, id="a setting of a measure"),
        pytest.param({"settings": ("home",)}, Answer.CLEAR, id="a setting of none"),
        pytest.param({"settings": ["home", "road", "metro"]}, Answer.IN_FORCE, id="one of several"),
        pytest.param({"settings": iter(["home"])}, Answer.CLEAR, id="settings one by one"),
        pytest.param({"settings": []}, Answer.IN_FORCE, id="no setting"),
        pytest.param(
            {"settings": ["airport"], "at_least": "red"}, Answer.CLEAR, id="a setting and a level"
        ),
    ],
)
def test_what_should_count_can_be_said(options, answer):
    assert check("Almaty", "2024-07-03T14:00", **options).answer == answer


def test_drills_count_for_who_asks_for_them():
    drill = {"rules": sca.load([DATA / "right" / "life.toml"])}

    assert check("Almaty", "2024-07-03T13:00", **drill).answer == Answer.CLEAR
    assert check("Almaty", "2024-07-03T13:00", exercise=True, **drill).level.id == "red"


@pytest.mark.parametrize(
    ("as_of", "level"),
    [
        pytest.param("2024-01-04", None, id="before all"),
        pytest.param("2024-01-05", "red", id="a day on which it became known"),
        pytest.param("2024-01-10", "red", id="before it was lowered"),
        pytest.param("2024-01-12T12:00Z", "red", id="when that was known, perhaps"),
        pytest.param("2024-01-12/2024-01-15", "red", id="at some time then"),
        pytest.param("2024-01-13", "orange", id="when that was known"),
        pytest.param(None, "orange", id="now"),
    ],
)
def test_it_is_judged_by_what_was_known_at_a_time(as_of, level):
    verdict = check("Astana", "2024-01-16", rules=watched(), as_of=as_of)

    assert (verdict.level.id if verdict.level else None) == level
    assert verdict.answer == (Answer.IN_FORCE if level else Answer.CLEAR)


def test_schemes_that_are_named_are_all_that_is_judged_by():
    def answer(*schemes):
        return check("Almaty", "2024-01-06T12:00", rules=watched(), schemes=schemes).answer

    assert answer() == answer("kz-terror-threat") == Answer.IN_FORCE
    assert answer("kz-terror-threat", "gb-threat") == Answer.IN_FORCE
    # Nobody here says that nothing of that scale was declared in Almaty.
    assert answer("gb-threat") == Answer.UNWATCHED


# For what silence is trusted


@pytest.mark.parametrize(
    ("place", "when", "options", "answer"),
    [
        ("Almaty", "2024-02-01", {}, Answer.CLEAR),
        ("Almaty", "2023-12-31", {}, Answer.UNWATCHED),
        ("Almaty", "2023-12-31", {"unwatched_is_clear": True}, Answer.CLEAR),
        ("Tokyo", "2024-02-01", {}, Answer.UNWATCHED),
        ("Tokyo", "2024-02-01", {"unwatched_is_clear": True}, Answer.CLEAR),
        ("Glasgow", "2024-02-01", {}, Answer.CLEAR),
        # Nobody says when the present is, so that no watch is trusted past its review.
        ("Almaty", "2024-07-01", {}, Answer.STALE),
        ("Almaty", "2024-07-01", {"unwatched_is_clear": True}, Answer.STALE),
        ("Almaty", "2024-07-01", {"now": at("2024-07-30T18:00")}, Answer.CLEAR),
        ("Almaty", "2024-07-01", {"now": at("2024-07-30T19:00")}, Answer.STALE),
        ("Almaty", "2024-07-01", {"now": at("2024-07-30T19:00"), "max_age": "31d"}, Answer.CLEAR),
        ("Almaty", "2024-07-01", {"now": at("2024-07-02"), "max_age": "PT1H"}, Answer.STALE),
        ("Almaty", "2024-03-01", {"now": at("2024-02-01")}, Answer.UNWATCHED),
        ("Almaty", "2024-01-06", {"now": at("2099-01-01")}, Answer.IN_FORCE),
    ],
)
def test_silence_is_clear_where_somebody_vouches_for_it(place, when, options, answer):
    assert check(place, when, rules=watched(), **options).answer == answer


def test_near_the_border_of_a_country_that_nobody_watches_it_is_not_clear():
    point = library().gazetteer.find("48,85.75")
    assert {chain[-1] for chain in (point.within, *point.otherwise)} == {"iso:KZ", "iso:CN"}

    verdict = check("48,85.75", "2024-10-03", rules=library())

    assert (verdict.answer, verdict.doubts) == (Answer.UNWATCHED, ())


# By which rules


def test_without_rules_the_usual_ones_are_loaded():
    told = sca.check("Almaty", "2024-07-03")

    assert told == check("Almaty", "2024-07-03", rules=library())
    assert told.findings == check("Almaty", "2024-07-03").findings


def test_no_other_rules_are_read_beside_those_that_are_given():
    bare = replace(rules(), advisories=(), segments=())

    verdict = sca.check("Almaty", "2024-07-03", rules=bare)

    assert (verdict.answer, verdict.considered) == (Answer.CLEAR, 0)


# What now is


@pytest.mark.parametrize(
    ("when", "as_of", "told"),
    [
        *((text, None, text) for text in ("now", "now/PT6H", "2024-07-01/now", "now/2099-01-01")),
        ("2024-07-03", "now", "now"),
        ("2024-07-03", "2024-07-01/now", "2024-07-01/now"),
    ],
)
def test_now_must_be_told(when, as_of, told):
    with pytest.raises(InvalidTime) as caught:
        check("Almaty", when, as_of=as_of)

    assert str(caught.value) == (
        f"{told!r} needs to be told what now is: pass now=datetime.now(UTC)"
    )


@pytest.mark.parametrize(
    ("now", "answer"),
    [
        ("2024-07-01T19:00:59.999999+00:00", Answer.CLEAR),
        ("2024-07-02T00:01:00+05:00", Answer.IN_FORCE),
        ("2024-07-04T18:59:59.999999+00:00", Answer.IN_FORCE),
        ("2024-07-04T15:00:00-04:00", Answer.CLEAR),
    ],
)
def test_now_is_the_instant_that_was_told(now, answer):
    instant = datetime.fromisoformat(now)

    verdict = check("Almaty", "now", now=instant)

    assert verdict.answer == answer
    start = instant.replace(microsecond=0)
    assert (verdict.question.span.start, verdict.question.span.end) == (
        start,
        start + timedelta(seconds=1),
    )


def test_a_now_without_an_offset_is_refused_not_read_on_the_clock_of_the_machine():
    with pytest.raises(InvalidTime):
        check("Almaty", "now", now=datetime(2024, 7, 3))


def test_a_time_that_is_written_out_does_not_depend_on_now():
    told = check("Almaty", "2024-07-03", now=at("1999-01-01"))

    assert told == check("Almaty", "2024-07-03")


# What is refused


@pytest.mark.parametrize(
    ("place", "when", "options", "error"),
    [
        pytest.param("Nowhere", "2024-07-03", {}, UnknownPlace, id="a place"),
        pytest.param("", "2024-07-03", {}, UnknownPlace, id="no place"),
        pytest.param("Almaty", "tomorrow", {}, InvalidTime, id="a time"),
        pytest.param("Almaty", "", {}, InvalidTime, id="no time"),
        pytest.param("Almaty", "2024-07-03", {"at_least": "pink"}, UnknownLevel, id="a level"),
        pytest.param("Almaty", "2024-07-03", {"at_least": ""}, UnknownLevel, id="no level"),
        pytest.param("Almaty", "2024-07-03", {"settings": ["sea"]}, UnknownSetting, id="a setting"),
        pytest.param("Almaty", "2024-07-03", {"settings": [""]}, UnknownSetting, id="no setting"),
        pytest.param("Almaty", "2024-07-03", {"schemes": ["kz"]}, UnknownScheme, id="a scheme"),
        pytest.param("Almaty", "2024-07-03", {"schemes": [""]}, UnknownScheme, id="no scheme"),
        pytest.param("Almaty", "2024-07-03", {"as_of": "then"}, InvalidTime, id="a time known"),
        pytest.param("Almaty", "2024-07-03", {"max_age": "90"}, InvalidTime, id="an age"),
        pytest.param(
            "Almaty",
            "2024-07-03",
            {"settings": "airport"},
            UnknownSetting,
            id="letters as settings",
        ),
        pytest.param("Nowhere", "3", {"at_least": "pink"}, InvalidTime, id="the time first"),
        pytest.param("Nowhere", "2024-07-03", {"at_least": "pink"}, UnknownLevel, id="place last"),
        pytest.param("Almaty", "2024-07-03", {"zone": "Asia/Almaty"}, WrongUse, id="a city's zone"),
        pytest.param("KZ-75", "2024-07-03", {"zone": None}, UnknownPlace, id="no zone at all"),
        pytest.param("51,71", "2024-07-03", {"zone": "Asia/Alamty"}, WrongUse, id="a zone"),
        pytest.param("51,71", "2024-07-03", {"zone": ""}, WrongUse, id="an empty zone"),
        pytest.param(
            "Nowhere", "2024-07-03", {"zone": "Asia"}, WrongUse, id="a zone, then a place"
        ),
        pytest.param("40,-11", "2024-07-03", {}, InvalidTime, id="a local time at sea"),
        pytest.param("Springfield", "2024-07-03", {}, AmbiguousPlace, id="a name of several"),
    ],
)
def test_what_cannot_be_read_is_refused(place, when, options, error):
    with pytest.raises(error) as caught:
        check(place, when, **options)

    assert type(caught.value) is error


def test_no_verdict_is_given_from_rules_with_a_mistake(tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("id = ")

    with pytest.raises(BrokenRules) as caught:
        sca.load([broken])

    assert [(m.path, m.line) for m in caught.value.mistakes] == [(str(broken), 1)]


def test_each_error_has_its_exit_code_and_its_code():
    every = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, ScaError)]

    assert {(e.__name__, e.exit, e.code) for e in every} == {
        ("ScaError", Exit.NO_ANSWER, "no-answer"),
        ("WrongUse", Exit.USAGE, "usage"),
        ("BrokenTable", Exit.NO_ANSWER, "broken-table"),
        ("MissingExtra", Exit.NO_ANSWER, "missing-extra"),
        ("InvalidTime", Exit.USAGE, "bad-time"),
        ("SkippedTime", Exit.USAGE, "bad-time"),
        ("UnknownLevel", Exit.USAGE, "unknown-level"),
        ("UnknownScheme", Exit.USAGE, "unknown-scheme"),
        ("UnknownSetting", Exit.USAGE, "unknown-setting"),
        ("UnknownPlace", Exit.NO_ANSWER, "unknown-place"),
        ("AmbiguousPlace", Exit.NO_ANSWER, "ambiguous-place"),
        ("UnknownZone", Exit.NO_ANSWER, "unknown-zone"),
        ("OldZoneData", Exit.NO_ANSWER, "old-zone-data"),
        ("OldGazetteer", Exit.NO_ANSWER, "old-gazetteer"),
        ("Unwritable", Exit.NO_ANSWER, "unwritable"),
        ("BrokenRules", Exit.NO_ANSWER, "broken-rules"),
    }


def test_exit_codes_are_those_a_script_may_rely_on():
    assert {code.name: int(code) for code in Exit} == {
        "CLEAR": 0,
        "IN_FORCE": 1,
        "USAGE": 2,
        "NO_ANSWER": 3,
        "BUG": 70,
        "INTERRUPTED": 130,
    }


def test_an_error_is_its_line_and_its_candidates():
    near = [Candidate("Almaty", "Almaty, Kazakhstan")]

    error = UnknownPlace("no such place", iter(near))

    assert (str(error), error.candidates) == ("no such place", tuple(near))
    assert InvalidTime("no such time").candidates == ()


def test_mistakes_are_told_once_each_in_order():
    later = Mistake("b.toml", 1, "id", "is missing")
    earlier = Mistake("a.toml", 10, "bulletins[0].onset", "is no time")
    whole = Mistake("a.toml", 0, "", "is empty")

    error = BrokenRules([later, earlier, whole, later])

    assert error.mistakes == (whole, earlier, later)
    assert str(error) == (
        "a.toml: is empty\na.toml:10: bulletins[0].onset: is no time\nb.toml:1: id: is missing"
    )


@pytest.mark.parametrize(
    ("word", "known", "close", "said"),
    [
        pytest.param(
            "airpot",
            ["airport", "port"],
            ["airport", "port"],
            "; did you mean airport or port?",
            id="best first",
        ),
        pytest.param(
            "AIRPORT", ["airport"], ["airport"], "; did you mean airport?", id="in capitals"
        ),
        pytest.param("zzz", ["airport"], [], "", id="none"),
        pytest.param("x", [], [], "", id="of nothing"),
        pytest.param(
            "aaaa",
            [f"aaa{n}" for n in range(7)],
            ["aaa6", "aaa5", "aaa4", "aaa3", "aaa2"],
            "; did you mean aaa6 or aaa5 or aaa4?",
            id="at most five, three of them in words",
        ),
    ],
)
def test_near_words(word, known, close, said):
    for order in (known, known[::-1]):
        assert errors.near(word, order) == close
        assert errors.did_you_mean(word, order) == said
