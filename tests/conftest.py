"""What every test stands on: no home, no locale, no variables of the machine it runs on."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sca.ruleset import shipped

FIRST = str(shipped() / "kz" / "2024-sco-summit.toml")


@pytest.fixture(scope="session")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One cache folder for all tests: that an index changes no answer is a test of its own."""
    return str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Ever new folders; pytest would look through all it has made before for the name of each."""
    homes = tmp_path_factory.mktemp("homes")
    return (homes / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _a_machine_of_no_one(monkeypatch: pytest.MonkeyPatch, _homes: Iterator[Path], _cache: str):
    """Nothing of the person who runs the tests may change what they say."""
    for name in list(os.environ):
        if name.startswith(("SCA_", "_SCA_", "LC_", "LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS")):
            monkeypatch.delenv(name)
    empty = next(_homes)
    empty.mkdir()
    monkeypatch.setenv("HOME", str(empty))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(empty / "config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(empty / "site"))
    monkeypatch.setenv("XDG_CACHE_HOME", _cache)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture
def first_rule(monkeypatch: pytest.MonkeyPatch) -> str:
    """The rule of July 2024 stands for all the shipped ones, which take long to read.

    It has no watches beside it, so that silence is clear.
    """
    monkeypatch.setenv("SCA_RULES", FIRST)
    return FIRST


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> str:
    """The folder of all the shipped rules, which are read where no others are named."""
    monkeypatch.delenv("SCA_RULES", raising=False)
    return str(shipped())
