"""The document: its golden copy, its published schema, and what its names mean."""

import copy
import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

import sca as package
from sca import errors, zones
from sca.errors import Exit, ScaError
from sca.evaluate import Answer
from sca.levels import Severity
from sca.report import document
from tests.cases import each
from tests.running import sca, valid
from tests.test_check import a_rule

pytestmark = pytest.mark.usefixtures("first_rule")

GOLDEN = Path(__file__).parent / "data" / "screens" / "check-in-force.json"
LIFE = str(Path(__file__).parent / "data" / "life")

YELLOW = ("2024-07-01T19:01:00Z", "2024-07-04T19:00:00Z")
"""When the first rule holds."""


def check(*arguments: str) -> dict[str, Any]:
    return json.loads(_asked_once(arguments))


@cache
def _asked_once(arguments: tuple[str, ...]) -> str:
    return sca("check", *arguments, "--json").out


def test_the_document_of_an_advisory_in_force(first_rule):
    told = check("Almaty", "2024-07-03T14:00")

    # What depends on where and with what it runs.
    assert told.pop("sca") == package.__version__
    assert told.pop("tzdata") == zones.version()
    (path,) = told["rules"].pop("paths")
    assert path == first_rule
    assert told == json.loads(GOLDEN.read_text(encoding="utf-8"))


# ------------------------------------------------------------------------------------- the schema

Address = tuple[str | int, ...]


def named(names: str, *above: str | int) -> list[Address]:
    """Where these names are in a document, below the keys `above`."""
    return [(*above, name) for name in names.split()]


VERDICT = (
    "version kind exit answer place when as_of level covered next_change advisories watched rules "
    "sca tzdata"
)
PLACE = "asked name region country id timezone latitude longitude"
WHEN = "asked start end timezone local_start local_end twice"
ADVISORY = (
    "id title issuer level counts confidence status settings places start end sources measures "
    "advice because accepted"
)
BECAUSE = "place part level start end bulletin doubt issued onset expires"
MEASURE = "id text settings levels places hours recurs applies since"
PROMISED = [
    *named(VERDICT),
    *named(PLACE, "place"),
    *named(WHEN, "when"),
    *named("scheme id name severity", "level"),
    *named("start end", "covered", 0),
    *named(ADVISORY, "advisories", 0),
    *named("scheme id name severity", "advisories", 0, "level"),
    *named(MEASURE, "advisories", 0, "measures", 0),
    *named("text from response audience applies since", "advisories", 0, "advice", 0),
    *named(BECAUSE, "advisories", 0, "because", 0),
    *named("id name level", "parts", 0),
    *named("paths advisories newest", "rules"),
]
BEARER = "text name kind region country id timezone latitude longitude population"
PROMISED_OF_PLACES = [
    *named("version kind exit asked place bearers near sca tzdata"),
    *named(BEARER, "place"),
    *named(BEARER, "bearers", 0),
    *named(BEARER, "near", 0),
]
PROMISED_OF_SILENCE = [
    *named("watches as_of holes", "watched"),
    *named("scheme places from until max_age source", "watched", "watches", 0),
    *named("place scheme start end reviewed", "watched", "holes", 0),
]
PROMISED_OF_DOUBTS = named("advisory title level place", "doubts", 0)
PROMISED_OF_ERRORS = [
    *named("version kind exit error sca tzdata"),
    *named("code message candidates", "error"),
    *named("text meaning", "error", "candidates", 0),
]


def without(told: dict[str, Any], path: Address) -> dict[str, Any]:
    """The document less one of its names."""
    less = copy.deepcopy(told)
    *above, name = path
    part: Any = less
    for key in above:
        part = part[key]
    del part[name]
    return less


def dotted(path: Address) -> str:
    return ".".join(map(str, path))


@each("path", PROMISED)
def test_a_verdict_without_a_promised_name_is_not_valid(path):
    told = check("Almaty", "2024-07-03T14:00")

    with pytest.raises(ValidationError):
        valid(without(told, path))


@pytest.mark.parametrize("path", PROMISED_OF_ERRORS, ids=dotted)
def test_an_error_without_a_promised_name_is_not_valid(path):
    told = check("Almatty", "2024-07-03")

    with pytest.raises(ValidationError):
        valid(without(told, path))


@each("path", PROMISED_OF_PLACES)
def test_what_a_name_means_without_a_promised_name_is_not_valid(path):
    with pytest.raises(ValidationError):
        valid(without(_of_places(), path))


@cache
def _of_places() -> dict[str, Any]:
    told = sca("places", "Paris", "--near", "--json").document
    assert told["bearers"]
    assert told["near"]
    return told


@pytest.mark.parametrize("path", PROMISED_OF_DOUBTS, ids=dotted)
def test_a_doubt_without_a_promised_name_is_not_valid(path, tmp_path):
    told = in_doubt(tmp_path)

    with pytest.raises(ValidationError):
        valid(without(told, path))


@pytest.mark.parametrize("path", PROMISED_OF_SILENCE, ids=dotted)
def test_what_is_said_of_silence_without_a_promised_name_is_not_valid(path):
    told = check("Glasgow", "2023-12-31/2024-01-02", "--rules", LIFE)

    with pytest.raises(ValidationError):
        valid(without(told, path))


def in_doubt(folder: Path) -> dict[str, Any]:
    """The document of a coordinate near the border of a region under an advisory."""
    own = a_rule(folder, place="City of Almaty")
    return sca("check", "43.6,76.95", "2024-07-03T14:00", "--rules", own, "--json").document


def _with_a_name_in_every_part(told: Any) -> Any:
    if isinstance(told, dict):
        return {"added": 1} | {key: _with_a_name_in_every_part(told[key]) for key in told}
    if isinstance(told, list):
        return [_with_a_name_in_every_part(item) for item in told]
    return told


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "Almaty", "2024-07-03", "--json"),
        ("check", "Almaty", "2024-07-05", "--json"),
        ("check", "Almatty", "2024-07-03", "--json"),
        ("check", "Kazakhstan", "2024-01-13", "--rules", LIFE, "--json"),
        ("check", "Glasgow", "2024-07-03", "--rules", LIFE, "--json"),
        ("list", "--json"),
        ("lint", "--json"),
        ("places", "Paris", "--near", "--json"),
        ("watches", "--rules", LIFE, "--json"),
        ("changes", "--since", "2024-07-01", "--until", "2024-07-09", "--json"),
        ("next", "Almaty", "2024-07-03", "--clear", "P2D", "--json"),
        ("timeline", "Almaty", "--json"),
    ],
    ids=" ".join,
)
def test_names_may_be_added_anywhere(arguments):
    valid(_with_a_name_in_every_part(sca(*arguments).document))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), 2),
        (("kind",), "answer"),
        (("exit",), 4),
        (("answer",), "maybe"),
        (("next_change",), "2024-07-04T19:00:00+00:00"),
        (("when", "start"), "2024-07-03"),
        (("when", "twice"), "no"),
        (("when", "twice"), None),
        (("level", "severity"), "moderate"),
        (("advisories", 0, "measures", 0, "applies"), "sometimes"),
        (("advisories", 0, "because"), []),
    ],
    ids=str,
)
def test_a_value_of_another_kind_is_not_valid(path, value):
    told = check("Almaty", "2024-07-03T14:00")
    *above, name = path
    part = told
    for key in above:
        part = part[key]
    part[name] = value

    with pytest.raises(ValidationError):
        valid(told)


def test_the_schema_has_every_answer_severity_and_exit_code():
    defined = document.schema()["$defs"]

    answers = defined["verdict"]["properties"]["answer"]["enum"]
    assert answers == ["in force", "clear", "unwatched", "stale", "cannot tell"]
    assert {answer.value for answer in Answer} <= set(answers)
    assert defined["level"]["properties"]["severity"]["enum"] == list(Severity.__members__)
    # An interruption leaves no document.
    assert defined["envelope"]["properties"]["exit"]["enum"] == [
        code for code in Exit if code is not Exit.INTERRUPTED
    ]


def test_the_command_prints_the_schema_that_is_in_the_package():
    told = sca("schema", "document")

    assert (told.code, told.err) == (0, "")
    file = Path(document.__file__).with_name("document.schema.json")
    assert json.loads(told.out) == json.loads(file.read_text(encoding="utf-8"))
    assert sca("schema", "document", "--json") == told
    Draft202012Validator.check_schema(told.document)


@pytest.mark.parametrize("kind", ["rule", "scheme", "settings", "places", "document"])
def test_every_schema_that_is_printed_is_a_schema(kind):
    told = sca("schema", kind).document

    assert told["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(told)


def test_a_rule_is_described_if_nothing_is_said():
    assert sca("schema") == sca("schema", "rule")


# ----------------------------------------------------------------------------------- every document


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "Almaty", "2024-07-03"),
        ("check", "Almaty", "2024-07-05"),
        ("check", "Kazakhstan", "2024-07-03"),
        ("check", "Almatty", "2024-07-03"),
        ("list",),
        ("list", "Shymkent"),
        ("watches",),
        ("changes", "--since", "2024-07-01"),
        ("next", "Almaty", "2024-07-03"),
        ("timeline", "Almaty"),
        ("lint",),
        ("chek",),
        ("check",),
    ],
    ids=" ".join,
)
def test_every_document_says_what_it_is_and_what_it_rests_on(arguments, first_rule):
    """vacanza/holidays#3690: one question, two truths, by the library's version."""
    told = sca(*arguments, "--json")

    assert list(told.document)[:3] == ["version", "kind", "exit"]
    assert (told.document["version"], told.document["exit"]) == (1, told.code)
    assert told.document["sca"] == package.__version__
    assert told.document["tzdata"] == zones.version()
    if told.document["kind"] not in {"lint", "error"}:
        assert told.document["rules"] == {
            "paths": [first_rule],
            "advisories": 1,
            "newest": "2024-07-05",
        }


def _errors(base: type[ScaError] = ScaError) -> list[type[ScaError]]:
    return [base, *(below for child in base.__subclasses__() for below in _errors(child))]


@pytest.mark.parametrize("error", _errors(), ids=lambda error: error.__name__)
def test_every_error_makes_a_document(error):
    broken = [errors.Mistake("a.toml", 1, "id", "is wrong")]
    raised = error(broken) if error is errors.BrokenRules else error("it is wrong")

    told = valid(document.of_error(raised))

    assert (told["kind"], told["exit"]) == ("error", error.exit)
    assert told["error"]["code"] == error.code
    assert error.exit in {Exit.USAGE, Exit.NO_ANSWER}


def test_a_bug_makes_a_document():
    told = valid(document.of_bug("a bug, and no answer"))

    assert (told["exit"], told["error"]["code"]) == (70, "bug")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "Almatty", "2024-07-03"), "unknown-place"),
        (("check", "Almaty", "1400"), "bad-time"),
        (("check", "Almaty", "--rules", "/nowhere"), "broken-rules"),
        (("check", "Almaty", "--at-least", "purple"), "unknown-level"),
        (("check", "Almaty", "--setting", "airprt"), "unknown-setting"),
        (("check",), "usage"),
    ],
)
def test_every_error_has_a_code_of_its_own(arguments, code):
    assert sca(*arguments, "--json").document["error"]["code"] == code


def test_an_ambiguous_place_names_its_candidates(tmp_path, first_rule):
    (tmp_path / "places.toml").write_text(
        "".join(
            f'[[places]]\nid = "own-{side}"\nname = "Office"\nwithin = "{city}"\n'
            for side, city in (("one", "geonames:1526384"), ("two", "geonames:1526273"))
        ),
        encoding="utf-8",
    )
    told = sca(
        "check", "Office", "2024-07-03",
        "--rules", first_rule, "--rules", str(tmp_path / "places.toml"), "--json",
    )  # fmt: skip

    assert (told.code, told.document["error"]["code"]) == (3, "ambiguous-place")
    candidates = told.document["error"]["candidates"]
    assert [candidate["text"] for candidate in candidates] == ["own-one", "own-two"]
    assert [candidate["meaning"] for candidate in candidates] == [
        "Office, City of Almaty, Kazakhstan, own-one",
        "Office, City of Astana, Kazakhstan, own-two",
    ]


def test_broken_rules_list_their_mistakes(tmp_path):
    (tmp_path / "empty.toml").touch()
    (tmp_path / "own.tml").touch()

    told = check("Almaty", "2024-07-03", "--rules", str(tmp_path))["error"]

    assert [(m["path"], m["problem"]) for m in told["mistakes"]] == [
        (f"{tmp_path}/empty.toml", "is empty; a rule file must declare something"),
        (f"{tmp_path}/own.tml", "is no rule file; rules are files that end in .toml"),
    ]
    assert len(told["message"].splitlines()) == 2


# --------------------------------------------------------------------------------- what names mean


@pytest.mark.parametrize(
    ("when", "covered", "change"),
    [
        pytest.param("2024-07-01T21:00", [], YELLOW[0], id="before it"),
        pytest.param("2024-07-05", [], None, id="after it"),
        pytest.param(
            "2024-07-03T14:00",
            [("2024-07-03T09:00:00Z", "2024-07-03T09:01:00Z")],
            YELLOW[1],
            id="inside it",
        ),
        pytest.param(
            "2024-07-01/2024-07-03", [(YELLOW[0], "2024-07-03T19:00:00Z")], YELLOW[0], id="into it"
        ),
        pytest.param(
            "2024-07-04/2024-07-06",
            [("2024-07-03T19:00:00Z", YELLOW[1])],
            YELLOW[1],
            id="out of it",
        ),
        pytest.param("2024-06-01/2024-08-01", [YELLOW], YELLOW[0], id="around it"),
    ],
)
def test_covered_is_the_part_of_the_span_and_next_change_comes_after_its_start(
    when, covered, change
):
    told = check("Almaty", when)

    assert [(span["start"], span["end"]) for span in told["covered"]] == covered
    assert told["next_change"] == change


def test_clear_has_nothing_covered_and_says_how_much_was_looked_at():
    """weather-mcp#67: a green tick for a question nobody had asked."""
    told = check("Shymkent", "2024-07-03")

    assert (told["answer"], told["level"], told["covered"]) == ("clear", None, [])
    assert told["advisories"] == []
    assert (told["considered"], told["rules"]["advisories"]) == (1, 1)


def test_where_nobody_can_tell_it_is_told_what_is_in_doubt(tmp_path):
    told = in_doubt(tmp_path)

    assert (told["exit"], told["answer"], told["level"]) == (3, "cannot tell", None)
    assert (told["covered"], told["parts"], told["partial"]) == ([], [], False)
    (doubt,) = told["doubts"]
    assert doubt.pop("level")["id"] == "red"
    assert doubt == {
        "advisory": "own",
        "title": "Red in City of Almaty",
        "place": {"id": "iso:KZ-75", "name": "City of Almaty"},
    }
    assert told["next_change"] == "2024-07-03T19:00:00Z"


def test_a_coordinate_is_a_point_that_says_what_it_was_taken_for():
    place = check("51.13,71.43", "2024-07-03T14:00")["place"]

    assert place == {
        "asked": "51.13,71.43",
        "name": "51.13,71.43",
        "kind": "point",
        "region": "City of Astana",
        "country": "Kazakhstan",
        "id": "geo:51.13,71.43",
        "timezone": "Asia/Almaty",
        "latitude": 51.13,
        "longitude": 71.43,
        "population": None,
        "via": "6 km from Astana, City of Astana, Kazakhstan",
    }


def test_next_change_is_under_the_same_options():
    assert check("Almaty", "2024-07-01T21:00", "--at-least", "orange")["next_change"] is None
    assert check("Almaty", "2024-07-01T21:00", "--setting", "school")["next_change"] is None
    assert check("Almaty", "2024-07-01T21:00", "--setting", "metro")["next_change"] == YELLOW[0]


@pytest.mark.parametrize(
    ("when", "seconds"),
    [
        pytest.param("2024-07-01T21:00", 3 * 3600, id="three hours ahead"),
        pytest.param("2024-07-01T23:59", 60, id="a minute ahead"),
        pytest.param("2024-07-05T00:01", -60, id="over for a minute"),
        pytest.param("2024-07-06T00:00/2024-07-07", -86400, id="over for a day"),
    ],
)
def test_near_says_how_far_away_an_advisory_is(when, seconds):
    (near,) = check("Almaty", when)["near"]

    assert near == {
        "advisory": "kz-2024-sco-summit",
        "title": "Yellow terror-threat level during the SCO summit",
        "level": check("Almaty", "2024-07-03")["level"],
        "place": {"id": "geonames:1526384", "name": "Almaty"},
        "start": YELLOW[0],
        "end": YELLOW[1],
        "timezone": "Asia/Almaty",
        "seconds": seconds,
    }


def test_what_is_in_force_or_elsewhere_is_not_near():
    assert check("Almaty", "2024-07-03")["near"] == []
    assert check("Shymkent", "2024-07-05")["near"] == []
    assert check("Almaty", "2024-07-05", "--at-least", "orange")["near"] == []


def test_the_span_is_told_in_utc_and_on_the_clock_of_the_place():
    assert check("Oral", "2024-01-10T14:00")["when"] == {
        "asked": "2024-01-10T14:00",
        "start": "2024-01-10T09:00:00Z",
        "end": "2024-01-10T09:01:00Z",
        "timezone": "Asia/Oral",
        "local_start": "2024-01-10T14:00:00+05:00",
        "local_end": "2024-01-10T14:01:00+05:00",
        "twice": False,
    }


def test_a_country_with_several_clocks_has_no_one_time_zone():
    told = check("Kazakhstan", "2024-01-10")

    assert told["when"] == {
        "asked": "2024-01-10",
        # From midnight at +06 to the next at +05: the hull of all its parts' days.
        "start": "2024-01-09T18:00:00Z",
        "end": "2024-01-10T19:00:00Z",
        "timezone": None,
        "local_start": None,
        "local_end": None,
        "twice": False,
    }
    assert told["place"]["timezone"] is None


def test_a_country_is_in_force_in_part_and_says_where():
    told = check("Kazakhstan", "2024-07-03")

    assert told["partial"] is True
    assert {part["name"] for part in told["parts"]} == {
        "Almaty",
        "Astana",
        "Karaganda",
        "Kokshetau",
    }
    assert len(told["advisories"][0]["because"]) == 4


@pytest.mark.parametrize("command", ["check", "list"])
def test_every_instant_is_one(command):
    asked = ("Kazakhstan", "2024-07-01/2024-07-03") if command == "check" else ()
    instants = list(_values(sca(command, *asked, "--json").document, {"start", "end"}))

    assert len(instants) >= 6
    for text in instants:
        assert datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


def _values(told: Any, names: set[str]) -> Any:
    if isinstance(told, dict):
        for name, value in told.items():
            if name in names and isinstance(value, str):
                yield value
            yield from _values(value, names)
    elif isinstance(told, list):
        for item in told:
            yield from _values(item, names)


def test_the_place_s_id_can_be_typed_back():
    for asked in ("Almaty", "City of Almaty", "Kazakhstan", "51.13,71.43", "-33.87,151.21"):
        place = check(asked, "2024-07-03")["place"]

        assert check(place["id"], "2024-07-03")["place"] == place | {"asked": place["id"]}


def test_where_only_ascii_can_be_written_the_document_is_escaped():
    told = {"name": "Алматы", "surrogate": "\udcff"}

    assert document.dumped(told, ascii_only=True).isascii()
    assert json.loads(document.dumped(told, ascii_only=True)) == told
    assert "Алматы" in document.dumped(told)
