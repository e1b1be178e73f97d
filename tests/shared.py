"""What is made once for all the processes that run the tests, as it takes long."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(folders: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder of this name below that of the whole run; the first who asks for it fills it."""
    own = folders.getbasetemp()
    root = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / name).exists():
            begun = root / f"{name}.begun"
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            make(begun)
            begun.rename(root / name)
    return root / name
