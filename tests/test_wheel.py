"""The wheel that is built from this checkout: what it holds, and that it answers on its own.

It is installed into an empty folder and asked from there, by a Python whose home cannot be
written and whose variables point at forged zone data.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from email.parser import Parser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import pytz

from sca.atlas import Atlas, stamp
from tests.running import valid
from tests.shared import made_once
from tests.test_check import ALMATY, DONE_WHEN, KARAGANDA

ROOT = Path(__file__).parents[1]

LOOP = """\
import contextlib, io, json, sys
import sca
from sca.cli.app import run
told = []
for arguments in json.load(sys.stdin):
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = int(run(arguments))
    told.append([code, *(stream.buffer.getvalue().decode() for stream in (out, err))])
json.dump({"file": sca.__file__, "told": told}, sys.stdout)
"""


def pip(*arguments: str | Path, **variables: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "-q", "--no-cache-dir", *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"} | variables,
    )
    assert done.returncode == 0, done.stderr


def copied(folder: Path) -> Path:
    """What the wheel is made from, and no gazetteer that was made before.

    A build makes the gazetteer anew where it stands; here, others are reading it.
    """
    ignored = shutil.ignore_patterns("__pycache__", "gazetteer.sqlite", "gazetteer.new")
    for name in ("sca", "rules", "scripts"):
        shutil.copytree(ROOT / name, folder / name, copy_function=shutil.copyfile, ignore=ignored)
    documents = ("README.md", "LICENSE", "NOTICE")
    for name in ("pyproject.toml", "hatch_build.py", ".gitignore", *documents):
        shutil.copyfile(ROOT / name, folder / name)
    (folder / "bin").mkdir()
    shutil.copy(ROOT / "bin" / "sca", folder / "bin")
    return folder


def built(source: Path, folder: Path, **variables: str) -> Path:
    """The wheel of a source tree, by the build backend that is installed here if there is one."""
    offline = ["--isolated", "--no-index", "--no-build-isolation"]
    how = offline if importlib.util.find_spec("hatchling") else []
    pip("wheel", "--no-deps", *how, "-w", folder, source, **variables)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all processes that run these tests: the first of them builds it."""
    made = made_once(
        tmp_path_factory, "wheel", lambda folder: built(copied(folder / "tree"), folder / "dist")
    )
    (wheel,) = (made / "dist").glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def machine(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables of a machine with this wheel, a home below a file, and forged zone data."""
    folder = made_once(tmp_path_factory, "machine", lambda folder: installed(wheel, folder))
    homes = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_DIRS")
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(folder / "site"),
        "PYTHONTZPATH": str(folder / "forged"),
        "PYTZ_TZDATADIR": str(folder / "forged"),
        "PWD": str(folder / "empty"),
        **{name: str(folder / "file" / name.lower()) for name in homes},
    }


def installed(wheel: Path, folder: Path) -> None:
    target = folder / "site"
    pip("install", "--isolated", "--no-deps", "--no-index", "--no-compile", "-t", target, wheel)
    (folder / "empty").mkdir()
    (folder / "file").touch()
    forged = folder / "forged" / "Asia" / "Almaty"
    forged.parent.mkdir(parents=True)
    shutil.copy(Path(pytz.__file__).parent / "zoneinfo" / "Etc" / "GMT-6", forged)


def python(machine: dict[str, str], *arguments: str, stdin: str = "") -> Any:
    return subprocess.run(
        [sys.executable, *arguments],
        env=machine, cwd=machine["PWD"], input=stdin, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def keeping(machine: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The same of a machine that can keep the rules it has read, and so reads them once."""
    return machine | {"XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}


def test_the_forged_zone_data_would_be_believed(machine):
    """Python's own zones follow the variable: without care every answer would be an hour off."""
    done = python(
        machine,
        "-c",
        "from datetime import datetime; from zoneinfo import ZoneInfo\n"
        "print(datetime(2024, 7, 3, tzinfo=ZoneInfo('Asia/Almaty')).utcoffset())",
    )

    assert done.stdout == "6:00:00\n"


def test_the_first_answer_of_all_reads_no_rule_file(machine):
    """The wheel brings its rules along as they were compiled."""
    program = (
        "import sys; sys.argv = ['sca', 'check', 'Almaty', '2024-07-03T14:00', '-q']\n"
        "from sca.__main__ import main\n"
        "try:\n    main()\n"
        "finally:\n    print(sorted({'pydantic', 'tomllib', 'typer', 'sca.answering'}"
        " & sys.modules.keys()))"
    )

    done = python(machine, "-c", program)

    assert (done.returncode, done.stdout) == (1, "['sca.answering']\n")


def test_a_shipped_rule_that_somebody_has_changed_is_read(machine, tmp_path):
    site = shutil.copytree(machine["PYTHONPATH"], tmp_path / "site")
    rule = site / "sca" / "rules" / "kz" / "2024-sco-summit.toml"
    rule.write_text(rule.read_text().replace('level = "yellow"', 'level = "red"', 1))

    done = python(
        machine | {"PYTHONPATH": str(site)},
        "-m", "sca", "check", "Almaty", "2024-07-03T14:00", "--short",
    )  # fmt: skip

    assert done.stdout.startswith("Almaty, Kazakhstan: red until")


OF_THE_LIBRARY = {
    # Nobody watches Nepal.
    ("Kathmandu", "2024-07-03T14:00"): 3,
    # Australia has a level at all times.
    ("-33.87,151.21", "2024-07-03T14:00"): 1,
    # Far out at sea, and advisories on regions and countries were in force.
    ("40,-11", "2024-07-03T14:00", "--zone", "Etc/GMT+2"): 3,
}
"""What is answered otherwise from all the shipped rules than from the first one alone."""


def test_an_installed_wheel_answers_as_the_issues_ask(keeping, tmp_path):
    (tmp_path / "broken.toml").write_text("id = \n")
    rows = [
        *((["check", *told], OF_THE_LIBRARY.get(told, code)) for told, code in DONE_WHEN),
        (["check", *ALMATY, "--rules", str(tmp_path / "broken.toml")], 3),
    ]
    lines = [line for line, _ in rows]

    done = python(keeping, "-c", LOOP, stdin=json.dumps([[*line, "--json"] for line in lines]))

    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert Path(told["file"]).is_relative_to(keeping["PYTHONPATH"])
    codes = [(line, code) for line, (code, _, _) in zip(lines, told["told"], strict=True)]
    assert codes == rows
    for (code, out, err), line in zip(told["told"], lines, strict=True):
        document = valid(json.loads(out))
        assert (document["exit"], err) == (code, ""), line
        if document["kind"] == "verdict":
            assert document["rules"]["paths"] == [f"{keeping['PYTHONPATH']}/sca/rules"]
    places = {
        line[1]: json.loads(out).get("place")
        for line, (_, out, _) in zip(lines, told["told"], strict=True)
    }
    assert {places[name]["id"] for name in KARAGANDA} == {"geonames:609655"}
    first = json.loads(told["told"][0][1])
    assert first["level"]["id"] == "yellow"
    assert len(first["advisories"][0]["measures"]) == 3
    assert list(Path(keeping["PWD"]).iterdir()) == []


LIVES = [
    pytest.param(("Astana", "2016-07-15T12:00"), 1, "YELLOW in force: ", (), id="yellow"),
    pytest.param(("Astana", "2016-08-20"), 1, "YELLOW in force: ", (), id="extended"),
    pytest.param(("Astana", "2017-01-17T12:00"), 0, "CLEAR nothing is in force", (), id="over"),
    pytest.param(
        ("Astana", "2016-09-01", "--as-of", "2016-08-01"), 0, "CLEAR nothing is in force",
        (
            "; as it was known at 2016-08-01\n",
            # What was known, and not the extension to January.
            "\nnearest for this place: yellow, ",
            " through 2016-08-14 23:59 (+06:00), 17 days before\n",
        ),
        id="as it was known before it was extended",
    ),
    pytest.param(("Almaty", "2016-07-18T15:00"), 1, "RED in force: ", (), id="red for hours"),
    pytest.param(("Almaty", "2022-01-20T12:00"), 1, "RED in force: ", (), id="red"),
    pytest.param(("Almaty", "2022-01-30"), 1, "ORANGE in force: ", (), id="lowered"),
    pytest.param(("Almaty", "2022-02-08"), 0, "CLEAR nothing is in force", (), id="lifted"),
    pytest.param(
        ("Kostanay", "2022-01-14T20:00"), 1, "EMERGENCY in force: ",
        ("(kz-2022-state-of-emergency)\n",),
        id="the state of emergency goes on",
    ),
    pytest.param(
        ("Almaty", "2022-01-06T14:00"), 1, "RED in force: ",
        ("\n  measure curfew, later, from 2022-01-06 23:00 (+06:00): ",),
        id="the curfew is yet to come",
    ),
    pytest.param(
        ("Almaty", "2022-01-07T02:00"), 1, "RED in force: ", ("\n  measure curfew, now: ",),
        id="the curfew holds",
    ),
    pytest.param(("London", "2017-05-25"), 1, "CRITICAL in force: ", (), id="critical"),
    pytest.param(("London", "2017-05-28"), 1, "SEVERE in force: ", (), id="severe"),
    pytest.param(
        ("Tokyo", "2024-07-03"), 3, "UNWATCHED nothing is known to be in force, ",
        (" but nobody here watches Tokyo; ", " by --unwatched clear\n"),
        id="nobody watches Japan",
    ),
    pytest.param(
        ("Tokyo", "2024-07-03", "--unwatched", "clear"), 0, "CLEAR nothing is in force", (),
        id="silence is trusted",
    ),
    pytest.param(
        ("Kazakhstan", "2022-01-20"), 1, "RED in force in part (red in ",
        ("; orange in Astana, City of Astana, City of Shymkent; yellow in ",),
        id="red in part",
    ),
    pytest.param(("Kazakhstan", "2022-02-08"), 0, "CLEAR nothing is in force", (), id="all lifted"),
    pytest.param(
        ("Aktobe", "2017-01-15T23:30"), 1, "YELLOW in force: ",
        ("\nnext change: 2017-01-16 00:00 (+05:00)\n",),
        id="by the clock of Aktobe",
    ),
    pytest.param(
        ("Almaty",), 0, "CLEAR nothing is in force; nothing announced as of 2026-11-23",
        ("\nwatched: kz-state-of-emergency, kz-terror-threat\n",),
        id="now, past the last review",
    ),
]  # fmt: skip
"""Questions about what really was declared: exit code, beginning of the answer, and what it says.
"""

AFTER_THE_REVIEW = {"SCA_NOW": "2026-12-01T12:00Z"}


@pytest.fixture(scope="module")
def lives(keeping: dict[str, str]) -> dict[tuple[str, ...], tuple[int, str, str]]:
    """Code and output of each of these questions, all asked by one process for the time."""
    asked = [question.values[0] for question in LIVES]
    lines = json.dumps([["check", *words] for words in asked])
    done = python(keeping | AFTER_THE_REVIEW, "-c", LOOP, stdin=lines)
    told = [tuple(answer) for answer in json.loads(done.stdout)["told"]]
    return dict(zip(asked, told, strict=True))


@pytest.mark.parametrize(("asked", "code", "answer", "said"), LIVES)
def test_an_installed_wheel_tells_what_was_declared(asked, code, answer, said, lives):
    told, out, err = lives[asked]

    assert (told, err) == (code, "")
    assert out.splitlines()[3].startswith(answer)
    for words in said:
        assert words in out


def test_where_the_emergency_goes_on_the_red_level_is_gone(keeping):
    done = python(keeping, "-m", "sca", "check", "Kostanay", "2022-01-14T20:00", "--json")

    told = valid(json.loads(done.stdout))
    assert [advisory["id"] for advisory in told["advisories"]] == ["kz-2022-state-of-emergency"]
    assert "kz-2022-terror-levels" in [near["advisory"] for near in told["near"]]


def test_a_curfew_is_later_by_day_and_says_from_when(keeping):
    done = python(keeping, "-m", "sca", "check", "Almaty", "2022-01-06T14:00", "--json")

    told = valid(json.loads(done.stdout))
    (curfew,) = (
        measure
        for advisory in told["advisories"]
        for measure in advisory["measures"]
        if measure["id"] == "curfew"
    )
    assert (curfew["applies"], curfew["since"]) == ("later", "2022-01-06T17:00:00Z")
    assert curfew["hours"] == "23:00/07:00"


def test_the_unwinding_of_january_2022_is_told_in_order(keeping):
    asked = ("changes", "--since", "2022-01-13", "--until", "2022-01-15", "Kazakhstan")

    done = python(keeping, "-m", "sca", *asked)

    assert (done.returncode, done.stderr) == (1, "")
    told = [
        re.fullmatch(r".* \((\S+), issued (\S+)\): (\w+) in (.*?)(?: except .*)? from .*", line)
        for line in done.stdout.splitlines()
    ]
    emergency, level = "kz-2022-state-of-emergency", "kz-2022-terror-levels"
    assert [change.groups() for change in told] == [
        (emergency, "2022-01-12", "cancelled", "North Kazakhstan Region, Pavlodar Region"),
        (emergency, "2022-01-12", "cancelled", "West Kazakhstan Region"),
        (level, "2022-01-13", "cancelled", "Kazakhstan"),
        (level, "2022-01-13", "lowered", "North Kazakhstan Region"),
        (level, "2022-01-13", "lowered", "Balqash"),
        (level, "2022-01-13", "lowered", "Pavlodar Region"),
        (level, "2022-01-13", "lowered", "Akmola Region"),
        (level, "2022-01-13", "lowered", "City of Astana"),
        (
            emergency,
            "2022-01-14",
            "cancelled",
            "City of Shymkent, Karaganda Region, Ulytau Region, East Kazakhstan Region, "
            "Abai Region, Turkistan Region",
        ),
        (emergency, "2022-01-14", "cancelled", "Akmola Region, Kostanay Region"),
        (level, "2022-01-14", "lowered", "City of Shymkent"),
        (level, "2022-01-14", "lowered", "West Kazakhstan Region"),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "out", "err"),
    [
        (
            ("check", *ALMATY, "--short"),
            1,
            "Almaty, Kazakhstan: yellow until 2024-07-04 23:59 (+05:00); 3 measures\n",
            "",
        ),
        (
            ("check", "Almatty", "2024-07-03"),
            3,
            "",
            re.compile(
                "sca: no place called 'Almatty' is known; did you mean Almaty or .*\n"
                "  Almaty +Almaty, City of Almaty, Kazakhstan, .*, geonames:1526384\n(  .*\n)*"
            ),
        ),
        (
            ("places", "iata:KGF"),
            0,
            "iata:KGF is Karaganda, Karaganda Region, Kazakhstan (city; 497,777 people; "
            "49.80187,73.10211; Asia/Almaty; KGF, Sary-Arka International Airport; "
            "geonames:609655)\n",
            "",
        ),
        pytest.param(
            ("lint",),
            0,
            "",
            re.compile(r"sca: \d+ files read, 0 mistakes\n"),
            marks=pytest.mark.long,
        ),
    ],
    ids=["check", "a wrong name", "places", "lint"],
)
def test_the_command_of_the_wheel_runs_as_a_process_of_its_own(arguments, code, out, err, machine):
    done = python(machine, "-m", "sca", *arguments)

    assert (done.returncode, done.stdout) == (code, out)
    assert re.fullmatch(err if isinstance(err, re.Pattern) else re.escape(err), done.stderr)


# ----------------------------------------------------------------------------------- what is inside


def test_the_wheel_holds_the_package_its_rules_and_nothing_else(wheel):
    """`sdta` 0.1.0 was a dead wheel: it had no module inside."""
    modules = {path.relative_to(ROOT) for path in (ROOT / "sca").rglob("*.py")}
    rules = {
        Path("sca") / path.relative_to(ROOT)
        for path in (ROOT / "rules").rglob("*")
        if path.is_file()
    }
    data = {
        Path("sca/py.typed"),
        Path("sca/report/document.schema.json"),
        # And none of the tables that it is made from.
        Path("sca/data/gazetteer.sqlite"),
        Path("sca/data/rules.sqlite"),
    }

    with ZipFile(wheel) as archive:
        held = {Path(name) for name in archive.namelist()}

    about = {path for path in held if path.parts[0].endswith(".dist-info")}
    (script,) = {path for path in held if path.parts[0].endswith(".data")}
    assert script.parts[1:] == ("scripts", "sca")
    assert held - about - {script} == modules | rules | data
    assert {path.name for path in about} == {
        "METADATA",
        "WHEEL",
        "RECORD",
        "LICENSE",
        "NOTICE",
    }


def test_what_the_wheel_holds_is_what_the_checkout_has(wheel):
    with ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name in MADE:
                continue
            home = ROOT / "rules" if name.startswith("sca/rules/") else ROOT / "sca"
            if name.startswith("sca/"):
                inside = Path(name).relative_to("sca/rules" if home.name == "rules" else "sca")
                assert archive.read(name) == (home / inside).read_bytes()
            elif name.endswith(("/LICENSE", "/NOTICE")):
                assert archive.read(name) == (ROOT / Path(name).name).read_bytes()


MADE = ["sca/data/gazetteer.sqlite", "sca/data/rules.sqlite"]
"""What is made when the wheel is built."""


def gazetteer(wheel: Path) -> bytes:
    with ZipFile(wheel) as archive:
        return archive.read(MADE[0])


def test_the_wheel_s_rules_are_those_of_the_checkout_and_compiled_the_same_anywhere(
    wheel, tmp_path
):
    with ZipFile(wheel) as archive:
        made = archive.read(MADE[1])
    program = (
        "import hatch_build, sys\n"
        f"sys.stdout.buffer.write(hatch_build._compiled({str(ROOT / 'rules')!r}))"
    )

    for seed in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True, check=True, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert told.stdout == made


def test_the_wheel_s_gazetteer_is_made_from_the_sources_of_the_checkout(wheel, tmp_path):
    path = tmp_path / "gazetteer.sqlite"
    path.write_bytes(gazetteer(wheel))
    atlas = Atlas(path)

    assert atlas.meta("stamp") == stamp() is not None
    assert [place.id for place in atlas.bearers("karaganda")] == ["geonames:609655"]


def test_the_gazetteer_is_the_same_byte_for_byte_wherever_and_whenever_it_is_built(wheel):
    """That of the checkout was made when it was installed; test_build_gazetteer makes it anew."""
    assert gazetteer(wheel) == (ROOT / "sca" / "data" / "gazetteer.sqlite").read_bytes()


def test_the_wheel_is_no_burden(wheel):
    assert wheel.stat().st_size < 6_000_000


def test_the_wheel_gives_credit_for_its_places(wheel):
    """CC BY asks for the name, the licence and that changes were made, wherever it is shared."""
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/NOTICE"))
        notice = archive.read(name).decode()

    said = " ".join(notice.split())
    for credit in (
        "data from GeoNames, https://www.geonames.org/",
        "https://creativecommons.org/licenses/by/4.0/",
        "modified",
        "pycountry",
        "airportsdata",
    ):
        assert credit in said


def test_the_wheel_says_what_it_is(wheel):
    assert re.fullmatch(r"sca_advisories-[\d.]+-py3-none-any\.whl", wheel.name)
    with ZipFile(wheel) as archive:
        (about,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        told = Parser().parsestr(archive.read(about).decode())

    assert (told["Name"], told["License-Expression"]) == ("sca-advisories", "Apache-2.0")
    assert told["Requires-Python"] == ">=3.11"


def test_the_command_is_there_and_imports_nothing_but_sca(machine):
    """What pip writes for an entry point imports `re`, which is more than an answer does."""
    script = Path(machine["PYTHONPATH"]) / "bin" / "sca"

    assert os.access(script, os.X_OK)
    first, *rest = script.read_text().splitlines()
    assert first.startswith("#!/")
    assert rest == ["from sca.__main__ import main", "", "main()"]
    done = subprocess.run(
        [script, "check", "Almaty", "2024-07-03T14:00", "--short"],
        env=machine, cwd=machine["PWD"], capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("Almaty, Kazakhstan: yellow until")


def test_the_wheel_is_the_same_byte_for_byte_wherever_and_whenever_it_is_built(wheel, tmp_path):
    """From one gazetteer: making it takes most of the time, and has a test of its own."""
    copy = copied(tmp_path / "elsewhere" / "copy")
    (copy / "sca" / "data" / "gazetteer.sqlite").write_bytes(gazetteer(wheel))
    for path in copy.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))

    again = built(copy, tmp_path / "wheel", HATCH_BUILD_NO_HOOKS="true")

    with ZipFile(again) as one, ZipFile(wheel) as other:
        held = [[i for i in a.infolist() if i.filename != MADE[1]] for a in (one, other)]
        kept = [
            [(i.filename, i.date_time, i.external_attr, a.read(i)) for i in infos
             if not i.filename.endswith("/RECORD")]
            for a, infos in zip((one, other), held, strict=True)
        ]  # fmt: skip
    assert kept[0] == kept[1]
