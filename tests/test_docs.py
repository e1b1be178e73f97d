"""What the documents show is what the program does."""

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sca.cli.app import run
from sca.reading import read
from tests.test_app import COMMANDS

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "rules/README.md")
SMALL = {"SCA_RULES": str(ROOT / "rules" / "kz" / "2024-sco-summit.toml")}
"""For what is shown of a script, not of the library: one rule, which is quick to read."""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_that_is_shown_prints_what_is_shown(name, tmp_path, monkeypatch):
    text = (ROOT / name).read_text(encoding="utf-8")
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    for path, toml in files_shown(text):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(toml, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    shown = list(commands_shown(text))

    assert shown
    for command, output in shown:
        printed = printed_by(command)
        if re.fullmatch(pattern(output), without_count(printed)) is None:
            assert printed == output, command


def test_the_gate_of_the_readme_takes_its_three_ways(tmp_path):
    script = re.search(r"```sh\n(sca check.*?)```", readme(), re.DOTALL)[1]
    gate = f"book() {{ echo booked; }}; ask_security_desk() {{ echo asked; }}\n{script}"

    def outcome(city, arrival, departure):
        ways = {"CITY": city, "ARRIVAL": arrival, "DEPARTURE": departure, **SMALL}
        return in_a_shell(gate.replace("Severe", "Moderate"), tmp_path, ways).splitlines()[-1]

    assert outcome("Almaty", "2024-07-05", "2024-07-08") == "booked"
    assert outcome("Almaty", "2024-07-01", "2024-07-02") == "asked"
    assert outcome("Almatty", "2024-07-05", "2024-07-08") == "no answer; do not travel on this"
    assert outcome("Almaty", "05/07/2024", "2024-07-08") == "no answer; do not travel on this"


def test_the_job_of_the_readme_tells_what_was_announced_since_the_morning_before(tmp_path):
    job = re.search(r"^0 7 \* \* \*  (sca changes .*)$", readme(), re.MULTILINE)[1]
    job = job.replace(r"\%", "%")  # cron takes a bare % for the end of the command
    job = job.replace("-d yesterday", '-d "$TODAY -1 day"').replace("date +", 'date -d "$TODAY" +')
    mornings = ("2024-07-01", "2024-07-02", "2024-07-03")

    told = [in_a_shell(job, tmp_path, {"TODAY": day, **SMALL}) for day in mornings]

    assert [line.count("declared in Astana, Almaty") for line in told] == [0, 1, 0]
    assert told[0] == told[2] == ""


def test_every_file_of_which_only_a_piece_is_shown_is_right_by_itself(tmp_path):
    text = (ROOT / "rules" / "README.md").read_text(encoding="utf-8")
    named = {toml for _, toml in files_shown(text)}
    pieces = [
        toml for toml in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if toml not in named
    ]
    paths = [tmp_path / f"{n}.toml" for n in range(len(pieces))]
    for path, toml in zip(paths, pieces, strict=True):
        path.write_text(toml, encoding="utf-8")

    assert len(paths) == 2
    assert read(paths, demand_advisory=False).mistakes == ()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_knows_every_command(command):
    assert f"sca {command}" in " ".join(readme().split())


def test_the_readme_gives_the_credit_that_the_licence_of_the_places_asks_for():
    said = " ".join(readme().split())

    for credit in ("[GeoNames](https://www.geonames.org/)", "CC BY 4.0", "modified"):
        assert credit in said


def test_the_library_of_the_readme_runs():
    code = re.search(r"```python\n(.*?)```", readme(), re.DOTALL)[1]

    exec(compile(code, "README.md", "exec"), {})


def test_the_tests_command_is_the_one_that_is_run_for_every_change():
    command = re.search(r"^python3 -m venv .*-m tests$", readme(), re.MULTILINE)[0]

    assert command in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert command in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()


def test_every_module_is_on_the_map():
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = {path.stem for path in (ROOT / "sca").glob("[a-z]*.py")}
    rooms |= {f"{path.parent.name}/" for path in (ROOT / "sca").glob("*/__init__.py")}

    assert [room for room in sorted(rooms) if f"`{room}`" not in contributing] == []


def readme():
    return (ROOT / "README.md").read_text(encoding="utf-8")


def files_shown(text):
    """The TOML files that a document tells to save, by the path named just before them."""
    for found in re.finditer(r"`([\w/.-]+\.toml)`:\n\n```toml\n(.*?)```", text, re.DOTALL):
        yield found[1], found[2]


def commands_shown(text):
    """Each command of the console blocks, with the output that is shown for it."""
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        yield from re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)


def pattern(output):
    """What is shown, where a line of three dots stands for any lines."""
    lines = without_count(output).splitlines(keepends=True)
    return "".join(r"(?:.*\n)*" if line == "...\n" else re.escape(line) for line in lines)


def without_count(text):
    """How many advisories were considered changes with every rule that is added."""
    return re.sub(r"\b\d+ advisor(y|ies) considered", "N considered", text)


def printed_by(command):
    """What a terminal shows of `sca …`, which `; echo "exit $?"` may follow."""
    asked, _, then = command.partition("; ")
    program, *arguments = shlex.split(asked)
    assert program == "sca"
    assert then in {"", 'echo "exit $?"'}
    screen = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
        code = run(arguments)
    screen.flush()
    return screen.buffer.getvalue().decode() + (f"exit {int(code)}\n" if then else "")


def in_a_shell(script, folder, variables):
    """What bash prints for a script that runs sca, errors in their place."""
    (folder / "sca").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sca "$@"\n')
    (folder / "sca").chmod(0o755)
    environment = {
        **os.environ,
        **variables,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    shell = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return shell.stdout
