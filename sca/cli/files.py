"""Writing an answer to a file: whole or not at all, and over another only where that is wanted."""

import os
from pathlib import Path

from sca.errors import Unwritable, WrongUse


def refuse_existing(path: str, force: bool) -> None:
    """Refuse a file that is there already, or that no file can be. Raises WrongUse."""
    if not path:
        raise WrongUse("a file to write to needs a name")
    if not os.path.lexists(path):
        return
    if os.path.exists(path) and not os.path.isfile(path):
        raise WrongUse(f"{path} is no plain file; name one to write to")
    if not force:
        raise WrongUse(f"{path} is there already; name another file, or write over it by --force")


def write(path: str, text: str) -> None:
    """Write a file whole: beside it first, then in its place. Raises Unwritable."""
    goal = Path(os.path.realpath(path))
    if goal.exists() and not goal.is_file():
        # Root could put a file in the place of a device, and no machine works without its own.
        raise Unwritable(f"{path} could not be written: it is no plain file")
    beside = goal.with_name(f".{goal.name}.{os.getpid()}.part")
    try:
        try:
            with open(beside, "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, goal)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise Unwritable(f"{path} could not be written: {error.strerror}") from error


def move(made: str, path: str) -> None:
    """Put a file that is complete in its place; both are on one disk. Raises Unwritable."""
    goal = os.path.realpath(path)
    if os.path.exists(goal) and not os.path.isfile(goal):
        raise Unwritable(f"{path} could not be written: it is no plain file")
    try:
        with open(made, "rb") as file:
            os.fsync(file.fileno())
        os.replace(made, goal)
    except OSError as error:
        raise Unwritable(f"{path} could not be written: {error.strerror}") from error
