"""Completion of places: what each shell is told, and that it can be typed as it stands."""

import os
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from sca.atlas import Atlas
from sca.cli.completing import MOST, answer
from sca.gazetteer import Gazetteer
from sca.names import fold
from sca.places import Kind
from tests.conftest import FIRST

ROOT = Path(__file__).parents[1]

BEGUN = [
    "Karagan",
    "karagan",
    "Alm",
    "almat",
    "Saint Pe",
    "San F",
    "springf",
    "Sao Pa",
    "São",
    "Frankfurt",
    "Zürich",
    "N’Dj",
    "NDj",
    "Al-U",
    "Choi Wan",
    "Georgi",
    "London",
    "К",
    "B",
]
"""What somebody has typed so far: in any case, with blanks, accents and marks, or without."""


@cache
def gazetteer():
    return Gazetteer(Atlas())


def in_bash(line, **variables):
    return answer({"_SCA_COMPLETE": "complete_bash", "COMP_WORDS": line, **variables})


def in_zsh(line):
    return answer({"_SCA_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": line})


def in_fish(line, action="get-args"):
    return answer(
        {
            "_SCA_COMPLETE": "complete_fish",
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": action,
        }
    )


def lines(told):
    text, code = told
    assert code == 0
    assert text == "" or text.endswith("\n")
    return text.splitlines()


def typed(word):
    """What is on the command line where somebody types this word without quotation marks."""
    return "".join(letter if letter.isalnum() else f"\\{letter}" for letter in word)


def offered(begun):
    """The texts that bash is offered, as a command would get them."""
    words = [shlex.split(line) for line in lines(in_bash(f"sca check {typed(begun)}"))]
    assert all(len(word) == 1 for word in words)
    return [word for (word,) in words]


# --------------------------------------------------------------------------------- what is offered


@pytest.mark.parametrize("begun", BEGUN)
def test_what_is_offered_means_a_place_whose_name_begins_as_typed(begun):
    for text in offered(begun):
        assert fold(gazetteer().find(text).name).startswith(fold(begun))


@pytest.mark.parametrize("begun", BEGUN)
def test_what_is_offered_differs_and_is_no_long_list(begun):
    for texts in (offered(begun), lines(in_fish(f"sca check {typed(begun)}"))):
        assert len(texts) == len(set(texts)) <= MOST == 8


def test_the_list_of_a_common_beginning_is_full():
    assert len(offered("San F")) == len(offered("B")) == 8


@pytest.mark.parametrize(
    ("begun", "texts"),
    [
        ("Karagan", ["Karaganda", "Karaganda Region"]),
        ("karaganda r", ["Karaganda Region"]),
        ("Kokshe", ["Kokshetau"]),
        ("Kazakhst", ["Kazakhstan"]),
        ("Alma Ata", []),
        ("Xyzzy", []),
        ("Караганд", []),
        ("'", []),
        ("ALMATY", ["Almaty", "Almaty Region"]),
    ],
)
def test_places_are_offered_by_the_beginning_of_their_own_name(begun, texts):
    """Not by a former name, nor in another script: a shell replaces what was typed."""
    assert offered(begun) == texts


@pytest.mark.parametrize("begun", ["Karagan", "San", "San F", "B", "Georgi", "Kar"])
def test_cities_go_first_and_of_all_that_begin_so_those_of_most_people(begun):
    every = gazetteer().atlas.largest(fold(begun), 100_000)
    every = [place for place in every if fold(place.name).startswith(fold(begun))]
    every.sort(key=lambda place: (place.kind is not Kind.CITY, -(place.population or 0)))

    texts = [line.partition("\t")[0] for line in lines(in_fish(f"sca check {typed(begun)}"))]

    assert texts
    assert [gazetteer().find(text) for text in texts] == every[: len(texts)]


def test_a_name_that_several_places_bear_is_offered_with_what_tells_them_apart():
    texts = offered("springf")

    assert "Springfield, Missouri, US" in texts
    assert len({gazetteer().find(text).id for text in texts}) == len(texts)


# ---------------------------------------------------------------------------------- in which form


def test_bash_is_told_one_text_a_line_with_blanks_escaped():
    assert lines(in_bash("sca check Karagan")) == ["Karaganda", "Karaganda\\ Region"]


@pytest.mark.parametrize("mark", ['"', "'"])
def test_within_quotation_marks_nothing_is_escaped(mark):
    assert lines(in_bash(f"sca check {mark}Karaganda R")) == ["Karaganda Region"]
    assert lines(in_bash(f"sca check {mark}Frankfurt (")) == ["Frankfurt (Oder)"]


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("sca check Frankfurt\\ \\(", ["Frankfurt\\ \\(Oder\\)"]),
        ("sca check Choi\\ Wan\\ Estate", ["Choi\\ Wan\\ Estate\\ \\(I\\ \\&\\ II\\)"]),
        ("sca check Al-\\`U", ["Al-‘Ula"]),
        ("sca check \"Sana'a G", ["Sana’a Governorate"]),
    ],
)
def test_what_a_shell_would_take_for_its_own_is_made_harmless(line, texts):
    assert lines(in_bash(line)) == texts


def test_no_offer_has_a_mark_that_a_shell_acts_on_within_quotation_marks():
    for begun in ("Al-U", "Giv", "Sana", "N’Dj", "Ha", "St. P"):
        told = "".join(f(f'sca check "{begun}')[0] for f in (in_bash, in_zsh, in_fish))

        assert told.replace("_arguments '*: :((", "").replace("))'\n", "").count("'") == 0
        assert not set("`$!") & set(told)


@pytest.mark.parametrize(
    "line",
    [
        'sca check "Saint ',
        "sca check 'Saint ",
        "sca check Saint\\ ",
        "sca check Saint\\",
        'sca check "saint',
        "sca  check  Saint",
        "sca\ncheck\nSaint",
    ],
)
def test_a_word_is_completed_however_far_it_is_typed(line):
    """bash joins the words by line feeds; the blank of an open quotation ends no word."""
    for told in (lines(in_bash(line)), lines(in_fish(line)), lines(in_zsh(line))):
        assert any("Saint" in text and "Petersburg" in text for text in told)


def test_zsh_is_told_pairs_of_text_and_meaning():
    assert in_zsh("sca check Karagan") == (
        '_arguments \'*: :(("Karaganda":"Karaganda, Karaganda Region, Kazakhstan"\n'
        '"Karaganda Region":"Karaganda Region, Kazakhstan"))\'\n',
        0,
    )


def test_zsh_is_told_nothing_where_there_is_nothing_and_colons_are_escaped():
    text, _ = in_zsh("sca check Georgia")

    assert in_zsh("sca check Xyzzy") == ("", 0)
    assert '"iso\\\\:GE":"Georgia"' in text


def test_fish_is_told_text_and_meaning_with_a_tab_between():
    assert in_fish("sca check Karagan") == (
        "Karaganda\tKaraganda, Karaganda Region, Kazakhstan\n"
        "Karaganda Region\tKaraganda Region, Kazakhstan\n",
        0,
    )


def test_fish_asks_first_whether_there_is_anything():
    assert in_fish("sca check Karagan", "is-args") == ("", 0)
    assert in_fish("sca check Xyzzy", "is-args") == ("", 1)


@pytest.mark.parametrize("begun", ["Alm", "almat", "ALMATY", "San F", "São", "Karagan"])
def test_bash_never_takes_letters_away_again(begun):
    """It puts what all offers have in common in the place of the word: Almat became Al."""
    texts = offered(begun)

    assert texts
    assert all(text.casefold().startswith(begun.casefold()) for text in texts)


def test_bash_is_offered_other_spellings_where_none_begins_as_typed():
    assert "São Paulo" in offered("saopa")


# ------------------------------------------------------------------------- what is left to typer


@pytest.mark.parametrize(
    "line",
    [
        "",
        "sca",
        "sca ",
        "sca che",
        "sca check",
        "sca check ",
        "sca check '",
        "sca check --",
        "sca check --at-least o",
        "sca check -",
        "sca check Almaty 2024",
        "sca check Almaty ",
        "sca check Almaty --at-least o",
        "sca check --json Alm",
        "sca lint Alm",
        "sca schema Alm",
        "sca help Alm",
    ],
)
def test_what_is_no_place_after_its_command_is_left_to_typer(line):
    assert (in_bash(line), in_zsh(line), in_fish(line)) == (None, None, None)
    assert in_bash(line.replace(" ", "\n")) is None


@pytest.mark.parametrize("command", ["check", "list", "places"])
def test_every_command_that_takes_a_place_completes_one(command):
    assert lines(in_bash(f"sca {command} Kokshe")) == ["Kokshetau"]


@pytest.mark.parametrize(
    "asked", ["", "1", "bash", "source_bash", "complete_", "complete_pwsh", "complete_powershell"]
)
def test_no_other_shell_and_no_other_wish_is_answered(asked):
    both = {"COMP_WORDS": "sca check Alm", "_TYPER_COMPLETE_ARGS": "sca check Alm"}

    assert answer({"_SCA_COMPLETE": asked, **both}) is None
    assert answer(both) is None


# ----------------------------------------------------------------------------- as a shell sees it


NO_HOME = "/dev/null/home"
"""So that nothing of the person who runs the tests is read, or kept in their folders."""


def process(*arguments, **variables):
    return subprocess.run(
        [sys.executable, *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": NO_HOME, **variables},
        capture_output=True,
        timeout=60,
    )


SHELLS = {
    "bash": ({"COMP_WORDS": "sca\ncheck\nKokshe", "COMP_CWORD": "2"}, "Kokshetau\n"),
    "zsh": (
        {"_TYPER_COMPLETE_ARGS": "sca check Kokshe"},
        '_arguments \'*: :(("Kokshetau":"Kokshetau, Akmola Region, Kazakhstan"))\'\n',
    ),
    "fish": (
        {"_TYPER_COMPLETE_ARGS": "sca check Kokshe", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
        "Kokshetau\tKokshetau, Akmola Region, Kazakhstan\n",
    ),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command_itself_answers_a_shell_and_spares_it_typer(shell):
    variables, told = SHELLS[shell]

    done = process("-X", "importtime", "-m", "sca", _SCA_COMPLETE=f"complete_{shell}", **variables)

    assert (done.returncode, done.stdout.decode()) == (0, told)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines()}
    assert "sca.atlas" in imported
    spared = {"typer", "click", "rich", "pydantic", "pytz", "platformdirs", "sca.cli.app"}
    assert imported & spared == set()


def test_what_is_no_place_is_completed_by_typer_in_the_same_process():
    done = process(
        "-m", "sca", _SCA_COMPLETE="complete_bash", COMP_WORDS="sca\ncheck\n--sho", COMP_CWORD="2"
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"--short\n", b"")


def test_a_question_is_answered_though_completion_s_variables_are_set():
    done = process(
        *("-m", "sca", "check", "Almaty", "2024-07-03", "--short"),
        _SCA_COMPLETE="complete_bash",
        COMP_WORDS="sca check Kokshe",
        SCA_RULES=FIRST,
    )

    assert done.returncode == 1
    assert done.stdout.startswith(b"Almaty, Kazakhstan: yellow")


BASH = shutil.which("bash")

COMPLETE = """\
eval "$(_SCA_COMPLETE=source_bash sca)"
try() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _sca_completion sca
    printf '%s\\n' "${#COMPREPLY[@]}" "${COMPREPLY[@]}"
}
"""


@pytest.mark.skipif(BASH is None, reason="there is no bash here")
def test_bash_itself_completes_a_place(tmp_path):
    (tmp_path / "sca").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sca "$@"\n')
    (tmp_path / "sca").chmod(0o755)
    script = COMPLETE + (
        "try sca check 'Frankfurt\\ \\(O'\n"
        "try sca check '\"Frankfurt (O'\n"
        "try sca check Kokshetau ''\n"
    )

    done = subprocess.run(
        [BASH, "--norc", "-c", script],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "HOME": NO_HOME},
        cwd=tmp_path, capture_output=True, timeout=60,
    )  # fmt: skip

    assert done.stderr == b""
    assert done.stdout.decode().splitlines() == [
        *("1", "Frankfurt\\ \\(Oder\\)"),
        *("1", "Frankfurt (Oder)"),
        # A time is typed there, and no place.
        "0",
    ]
