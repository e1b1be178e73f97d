"""What every test stands on: no home, no locale, no variables of the machine it runs on."""

import os
import shutil
from pathlib import Path

import pytest

from sca import index
from sca.ruleset import shipped
from tests.shared import made_once

FIRST = str(shipped() / "kz" / "2024-sco-summit.toml")


@pytest.fixture(scope="session")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One cache folder for all tests: that an index changes no answer is a test of its own."""
    return str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(autouse=True)
def _a_machine_of_no_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, _cache: str
):
    """Nothing of the person who runs the tests may change what they say."""
    for name in list(os.environ):
        if name.startswith(("SCA_", "_SCA_", "LC_", "LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS")):
            monkeypatch.delenv(name)
    empty = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(empty))
    monkeypatch.setenv("XDG_CACHE_HOME", str(empty / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(empty / "config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(empty / "site"))
    monkeypatch.setenv("XDG_CACHE_HOME", _cache)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture(scope="session")
def _compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the index of the first rule, and one with that of all the shipped rules."""

    def compile_both(folder: Path) -> None:
        for name, rules in (("first", FIRST), ("library", str(shipped()))):
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("XDG_CACHE_HOME", str(folder / name))
                index.load([rules])

    return made_once(tmp_path_factory, "compiled", compile_both)


@pytest.fixture
def first_rule(_compiled: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The rule of July 2024 stands for all the shipped ones, its index made before.

    It has no watches beside it, so that silence is clear.
    """
    monkeypatch.setenv("SCA_RULES", FIRST)
    shutil.copytree(_compiled / "first", os.environ["XDG_CACHE_HOME"])
    return FIRST


@pytest.fixture
def library(_compiled: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The folder of all the shipped rules, read where no others are named; its index is there."""
    monkeypatch.delenv("SCA_RULES", raising=False)
    shutil.copytree(_compiled / "library", os.environ["XDG_CACHE_HOME"], dirs_exist_ok=True)
    return str(shipped())
