"""`sca lint`: what it says of every broken file, in every format, and its exit codes.

In `data/broken`, `NAME.toml` (or a folder `NAME`) has what is wrong and `NAME.txt` what is said of
it. Drop a pair there and it is a test; `cd tests/data/broken; sca lint NAME.toml > NAME.txt` writes
the second, to be read before it is believed.
"""

import contextlib
import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from sarif_pydantic import Sarif

from sca.errors import Mistake
from sca.reading import read
from sca.report import findings
from tests.running import Result, sca

BROKEN = Path(__file__).parent / "data" / "broken"
RIGHT = Path(__file__).parent / "data" / "right"
NAMES = sorted(path.stem for path in BROKEN.glob("*.txt"))
SUMMARY = re.compile(r"sca: (\d+) files? read, (\d+) mistakes?\n")
ROOT = Path(__file__).parent.parent


def path_of(name: str) -> str:
    return f"{name}.toml" if (BROKEN / f"{name}.toml").exists() else name


@cache
def linted(name: str) -> Result:
    """What `lint` says in the folder of broken files."""
    with contextlib.chdir(BROKEN):
        return sca("lint", path_of(name))


# What is said of every broken file


def test_every_broken_file_stands_beside_what_is_said_of_it():
    assert NAMES
    assert {path.name for path in BROKEN.iterdir()} == {
        name for stem in NAMES for name in (f"{stem}.txt", path_of(stem))
    }


@pytest.mark.parametrize("name", NAMES)
def test_lint_says_what_is_wrong(name):
    told = linted(name)

    assert told.out == (BROKEN / f"{name}.txt").read_text(encoding="utf-8")
    assert told.code == 1
    summary = SUMMARY.fullmatch(told.err)
    assert summary is not None
    assert int(summary[2]) == told.out.count("\n")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.long] if number % 6 else [])
        for number, name in enumerate(NAMES)
    ],
)
def test_no_answer_is_given_from_a_broken_file_and_the_same_is_said(name):
    """A file of words alone, in which nothing is wrong, is broken too where an answer is wanted."""
    path, lines = path_of(name), linted(name).out
    number = lines.count("\n")
    summary = (
        f"sca: no answer is given from rules with {number} mistake{'s'[: number != 1]} in them"
    )

    with contextlib.chdir(BROKEN):
        told = sca("check", "Almaty", "2024-07-03", "--rules", path)

    assert told == Result(3, "", f"{lines}{summary}\n")


@pytest.mark.parametrize(
    "command",
    [
        ("list",),
        ("places", "Almaty"),
        ("next", "Almaty"),
        ("timeline",),
        ("watches",),
        ("changes", "--since", "2024-07-01"),
    ],
    ids=" ".join,
)
def test_no_command_answers_from_broken_rules(command, monkeypatch):
    monkeypatch.chdir(BROKEN)

    told = sca(*command, "--rules", "set-many")

    assert (told.code, told.out) == (3, "")
    assert told.err.startswith(linted("set-many").out)


def test_the_document_of_an_error_has_the_same_mistakes(monkeypatch):
    monkeypatch.chdir(BROKEN)
    lint = sca("lint", "set-many", "--json")

    check = sca("check", "Almaty", "2024-07-03", "--rules", "set-many", "--json")

    assert check.code == 3
    assert check.document["error"]["code"] == "broken-rules"
    assert check.document["error"]["mistakes"] == lint.document["mistakes"]


def test_quiet_says_on_stderr_why_there_is_no_answer(monkeypatch):
    monkeypatch.chdir(BROKEN)

    told = sca("check", "Almaty", "2024-07-03", "--rules", "rule-empty-file.toml", "-q")

    assert (told.code, told.out) == (3, "")
    assert told.err.startswith("rule-empty-file.toml:1: is empty; ")


def test_no_option_makes_an_answer_of_broken_rules(monkeypatch):
    monkeypatch.chdir(BROKEN)

    told = sca("check", "Almaty", "2024-07-03", "--rules", "rule-empty.toml", "--exit-zero")

    assert (told.code, told.out) == (3, "")


# Exit codes


@pytest.mark.parametrize(
    "paths", [("rules/at", "rules/se"), ("rules/at", "./rules/se", "rules/at/../at")]
)
def test_files_without_a_mistake_are_clean_and_each_is_read_once(paths, monkeypatch):
    """All the shipped ones are linted in test_wheel, by the wheel."""
    monkeypatch.chdir(ROOT)
    files = sum(len(list(Path("rules", country).iterdir())) for country in ("at", "se"))

    assert sca("lint", *paths) == Result(0, "", f"sca: {files} files read, 0 mistakes\n")


def test_files_that_declare_nothing_are_in_order_one_by_one():
    told = sca("lint", str(RIGHT / "own-words" / "scheme.toml"))

    assert told == Result(0, "", "sca: 1 file read, 0 mistakes\n")


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_the_format_changes_no_exit_code(form, monkeypatch):
    monkeypatch.chdir(BROKEN)

    assert sca("lint", "set-many", "--format", form).code == 1
    assert sca("lint", str(RIGHT / "plain.toml"), "--format", form).code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.toml",), "sca: there is no 'nowhere.toml'\n"),
        (("set-many", "no/where"), "sca: there is no 'no/where'\n"),
        (("",), "sca: there is no ''\n"),
        (("rule-empty.toml/x.toml",), "sca: there is no 'rule-empty.toml/x.toml'\n"),
        (("--rules", "nowhere.toml"), "sca: there is no 'nowhere.toml'\n"),
        (
            ("set-many", "--rules", "set-many"),
            "sca: name the files to lint as arguments or by --rules, not both\n",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_command_line_is_no_mistake_in_a_rule(arguments, said, monkeypatch):
    monkeypatch.chdir(BROKEN)

    assert sca("lint", *arguments) == Result(2, "", said)


@pytest.mark.parametrize("options", [("--format", "xml"), ("--nope",), ("--format",)], ids=" ".join)
def test_a_wrong_option_is_no_mistake_in_a_rule(options, monkeypatch):
    monkeypatch.chdir(BROKEN)

    told = sca("lint", "set-many", *options)

    assert (told.code, told.out) == (2, "")
    assert options[-1] in told.err
    assert told.err.endswith("--help tells more\n")


def test_a_wrong_command_line_is_a_document_where_one_was_asked_for(monkeypatch):
    monkeypatch.chdir(BROKEN)

    for option in ("--json", "--format=json"):
        told = sca("lint", "nowhere.toml", option)
        assert (told.code, told.err) == (2, "")
        assert told.document["error"]["code"] == "usage"


def test_rules_may_be_named_by_the_option_or_the_environment_too(monkeypatch):
    monkeypatch.chdir(BROKEN)

    assert sca("lint", "--rules", "rule-empty.toml") == linted("rule-empty")

    monkeypatch.setenv("SCA_RULES", "rule-empty.toml")
    assert sca("lint") == linted("rule-empty")
    assert sca("lint", "set-many") == linted("set-many")
    assert sca("lint", "--rules", "set-many") == linted("set-many")

    monkeypatch.setenv("SCA_RULES", "nowhere.toml")
    assert sca("lint").code == 2
    monkeypatch.setenv("SCA_RULES", ":")
    assert sca("lint").code == 2


def test_a_link_that_leads_nowhere_is_there_and_is_a_mistake(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("x.toml").symlink_to("gone.toml")

    told = sca("lint", "x.toml")

    assert (told.code, told.out) == (1, "x.toml: is a link that leads nowhere\n")
    assert told.err == "sca: 0 files read, 1 mistake\n"


# Formats


@cache
def wrong() -> tuple[Mistake, ...]:
    """All that is wrong in a set of several files, some of it on no line."""
    with contextlib.chdir(BROKEN):
        mistakes = read(["set-many"]).mistakes
    assert {bool(mistake.line) for mistake in mistakes} == {True, False}
    return mistakes


def of_set(form: str) -> Result:
    with contextlib.chdir(BROKEN):
        return sca("lint", "set-many", "--format", form)


def test_the_document_has_every_mistake_by_its_parts():
    told = of_set("json")

    assert (told.code, told.err) == (1, "")
    assert told.document["kind"] == "lint"
    assert told.document["exit"] == 1
    assert told.document["files"] == len(list((BROKEN / "set-many").rglob("*.toml")))
    assert told.document["mistakes"] == [
        {"path": m.path, "line": m.line, "address": m.address, "problem": m.problem}
        for m in wrong()
    ]


def test_json_is_the_same_by_either_option(monkeypatch):
    monkeypatch.chdir(RIGHT)

    told = sca("lint", "plain.toml", "--json")

    assert told == sca("lint", "plain.toml", "--format", "json")
    assert (told.code, told.err) == (0, "")
    assert (told.document["exit"], told.document["files"]) == (0, 1)
    assert told.document["mistakes"] == []


def test_sarif_is_valid_and_has_every_mistake():
    told = of_set("sarif")

    assert (told.code, told.err) == (1, "")
    log = Sarif.model_validate_json(told.out)
    assert log.version == "2.1.0"
    (run,) = log.runs
    assert (run.tool.driver.name, [rule.id for rule in run.tool.driver.rules]) == (
        "sca",
        ["mistake"],
    )
    assert [read_back(result) for result in run.results] == [
        (m.path, m.line, ": ".join(filter(None, (m.address, m.problem)))) for m in wrong()
    ]
    assert {(result.rule_id, result.level.value) for result in run.results} == {
        ("mistake", "error")
    }


def read_back(result):
    (location,) = result.locations
    place = location.physical_location
    line = place.region.start_line if place.region else 0
    return unquote(place.artifact_location.uri), line, result.message.text


def test_sarif_of_what_is_right_has_no_result(monkeypatch):
    monkeypatch.chdir(RIGHT)

    log = Sarif.model_validate_json(sca("lint", "plain.toml", "--format", "sarif").out)

    assert log.runs[0].results == []


def test_sarif_leaves_out_the_line_of_a_mistake_that_has_none():
    log = json.loads(findings.sarif([Mistake("a.toml", 0, "", "is wrong")]))

    (result,) = log["runs"][0]["results"]
    assert result["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "a.toml"}}}]
    assert result["message"] == {"text": "is wrong"}


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("rules/a.toml", "rules/a.toml"),
        ("my rules/a.toml", "my%20rules/a.toml"),
        ("100%.toml", "100%25.toml"),
        ("a#b?.toml", "a%23b%3F.toml"),
        ("правила.toml", "%D0%BF%D1%80%D0%B0%D0%B2%D0%B8%D0%BB%D0%B0.toml"),
    ],
)
def test_sarif_writes_paths_as_uris(path, uri):
    """SARIF 2.1.0 §3.4.3: a URI reference as RFC 3986 has it."""
    log = json.loads(findings.sarif([Mistake(path, 1, "", "is wrong")]))

    (location,) = log["runs"][0]["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_github_has_a_command_a_mistake():
    told = of_set("github")

    assert (told.code, told.err) == (1, "")
    lines = told.out.splitlines()
    assert len(lines) == len(wrong())
    for line, m in zip(lines, wrong(), strict=True):
        message = ": ".join(filter(None, (m.address, m.problem)))
        assert line == f"::error file={m.path},line={m.line or 1}::{message}"


def test_github_commands_are_escaped():
    mistakes = [
        Mistake("a,b:c%d\n.toml", 7, "x", "50%\r\nis, as: wrong"),
        Mistake("::error::.toml", 0, "", "::stop"),
    ]

    assert findings.github(mistakes) == (
        "::error file=a%2Cb%3Ac%25d%0A.toml,line=7::x: 50%25%0D%0Ais, as: wrong\n"
        "::error file=%3A%3Aerror%3A%3A.toml,line=1::::stop\n"
    )


def test_github_commands_are_escaped_on_the_way_from_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (RIGHT / "plain.toml").read_text(encoding="utf-8")
    Path("50%, a:b.toml").write_text(text.replace('"yellow"', '"50%"', 1), encoding="utf-8")

    told = sca("lint", "--format", "github", "50%, a:b.toml")

    assert told.out.splitlines()[0] == (
        "::error file=50%25%2C a%3Ab.toml,line=11::bulletins[0].level: kz-terror-threat has no "
        "level '50%25', only yellow, orange, red"
    )


def test_text_of_nothing_is_nothing():
    assert findings.text([]) == findings.github([]) == ""
