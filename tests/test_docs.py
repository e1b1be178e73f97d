"""What the documents show is what the program does."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_app import COMMANDS

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "rules/README.md")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_that_is_shown_prints_what_is_shown(name, tmp_path):
    text = (ROOT / name).read_text(encoding="utf-8")
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    for path, toml in files_shown(text):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(toml, encoding="utf-8")

    shown = list(commands_shown(text))

    assert shown
    for command, output in shown:
        printed = run(command, tmp_path)
        if output.endswith("...\n"):
            printed = printed[: len(output) - len("...\n")] + "...\n"
        assert printed == output, command


def test_the_gate_of_the_readme_takes_its_three_ways(tmp_path):
    script = re.search(r"```sh\n(sca check.*?)```", readme(), re.DOTALL)[1]
    gate = f"book() {{ echo booked; }}; ask_security_desk() {{ echo asked; }}\n{script}"

    def outcome(city, arrival, departure):
        ways = {"CITY": city, "ARRIVAL": arrival, "DEPARTURE": departure}
        return run(gate.replace("Severe", "Moderate"), tmp_path, **ways).splitlines()[-1]

    assert outcome("Almaty", "2024-07-05", "2024-07-08") == "booked"
    assert outcome("Almaty", "2024-07-01", "2024-07-02") == "asked"
    assert outcome("Almatty", "2024-07-05", "2024-07-08") == "no answer; do not travel on this"
    assert outcome("Almaty", "05/07/2024", "2024-07-08") == "no answer; do not travel on this"


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


def run(command, folder, **variables):
    """What a shell prints for a command, errors in their place."""
    scripts = folder / "bin"
    scripts.mkdir(exist_ok=True)
    (scripts / "sca").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sca "$@"\n')
    (scripts / "sca").chmod(0o755)
    environment = {
        **os.environ,
        **variables,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    shell = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return shell.stdout
