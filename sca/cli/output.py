"""Writing: results to stdout, all else to stderr, whole lines, and quiet on a closed pipe."""

import os
import sys
from typing import TextIO

from sca.errors import Unwritable


def terminal() -> bool:
    """Whether a person reads stdout."""
    return sys.stdout is not None and sys.stdout.isatty()


def ascii_only() -> bool:
    """Whether stdout cannot carry more than its own small alphabet."""
    return "utf" not in (getattr(sys.stdout, "encoding", None) or "").lower()


def out(text: str) -> None:
    """Write a result. A reader that has gone away is no error; a full disk is.

    Raises Unwritable.
    """
    if sys.stdout is None:
        raise Unwritable("stdout is closed, so there is nowhere to write the answer")
    try:
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard(sys.stdout)
    except OSError as error:
        _discard(sys.stdout)
        raise Unwritable(f"the answer could not be written to stdout: {error.strerror}") from error


def say(text: str) -> None:
    """Write to stderr what is no result; nobody may be listening."""
    try:
        if sys.stderr is not None:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()
    except OSError:
        _discard(sys.stderr)


def _discard(stream: TextIO) -> None:
    """Keep the interpreter from trying again when it ends, which would change the exit code."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
