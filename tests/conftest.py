"""What every test stands on: no home, no locale, no variables of the machine it runs on."""

import gc
import os
import pickle
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

from sca.ruleset import shipped

OF_A_PERSON = ("SCA_", "_SCA_", "LC_", "LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS")
"""How the names of variables begin that change what is said."""

FIRST = str(shipped() / "kz" / "2024-sco-summit.toml")


@pytest.fixture(scope="session", autouse=True)
def _a_machine_of_no_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing of the person who runs the tests may change what they say.

    Below a plain file no home can come to be, so no test can leave the next one anything there. One
    cache folder serves all tests: that an index changes no answer is a test of its own.
    """
    nobody = tmp_path_factory.mktemp("nobody") / "file"
    nobody.touch()
    with pytest.MonkeyPatch.context() as machine:
        for name in list(os.environ):
            if name.startswith(OF_A_PERSON):
                machine.delenv(name)
        machine.setenv("HOME", str(nobody / "home"))
        machine.setenv("XDG_CONFIG_HOME", str(nobody / "config"))
        machine.setenv("XDG_CONFIG_DIRS", str(nobody / "site"))
        machine.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        machine.setenv("TERM", "xterm-256color")
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The wheel, which takes longest to make, comes first: at the end the others would wait."""
    items.sort(key=lambda item: item.path.name != "test_wheel.py")


def pytest_collection_finish() -> None:
    """The tests themselves stay to the end: nobody need look again and again whether they do."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _texts_are_parsed_once() -> Iterator[None]:
    """To parse the shipped words, which go with every set, takes longer than most tests.

    What is parsed again is a new value each time, equal to the first.
    """
    parse = tomllib.loads

    @lru_cache(1024)
    def parsed(text: str) -> bytes:
        return pickle.dumps(parse(text))

    def loads(text: str) -> dict[str, Any]:
        value: dict[str, Any] = pickle.loads(parsed(text))
        return value

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tomllib, "loads", loads)
        yield


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
