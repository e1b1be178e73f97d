"""Writing: results to stdout, all else to stderr, quiet on a closed pipe; files whole."""

import contextlib
import os
import sys
from collections.abc import Iterator
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
    with _answering() as stdout:
        stdout.reconfigure(errors="backslashreplace")  # type: ignore[attr-defined]
        stdout.write(text)
        stdout.flush()


def copy(path: str) -> None:
    """Write a file that is a result, byte for byte. Raises Unwritable."""
    # Imported here, as below: an answer is written without it.
    import shutil

    with _answering() as stdout:
        stdout.flush()
        with open(path, "rb") as file:
            shutil.copyfileobj(file, stdout.buffer, 1 << 20)
        stdout.buffer.flush()


@contextlib.contextmanager
def _answering() -> Iterator[TextIO]:
    """Stdout, and what is told where a result cannot be written there."""
    if sys.stdout is None:
        raise Unwritable("stdout is closed, so there is nowhere to write the answer")
    try:
        yield sys.stdout
    except OSError as error:
        _discard(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            told = f"the answer could not be written to stdout: {error.strerror}"
            raise Unwritable(told) from error


def say(text: str) -> None:
    """Write to stderr what is no result; nobody may be listening."""
    try:
        if sys.stderr is not None:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()
    except OSError:
        _discard(sys.stderr)


def rewrite(path: str, old: bytes, new: bytes) -> None:
    """Put a file's new content in the place of the old, all of it or nothing.

    A link is followed. Raises Unwritable, also where it does not hold the old content any more.
    """
    import shutil
    import tempfile

    real = os.path.realpath(path)
    folder, name = os.path.split(real)
    draft = None
    try:
        with open(real, "rb") as file:
            if file.read() != old:
                raise Unwritable(f"{path} was changed by somebody else meanwhile; try again")
        # A dotfile is no rule, should anything keep it from being moved.
        descriptor, draft = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(real, draft)
        os.replace(draft, real)
    except OSError as error:
        if draft is not None:
            with contextlib.suppress(OSError):
                os.remove(draft)
        raise Unwritable(f"{path} could not be written: {error.strerror}") from error


def _discard(stream: TextIO) -> None:
    """Keep the interpreter from trying again when it ends, which would change the exit code."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
