"""What a file was like when it was last looked at, by which a change is noticed."""

import os
import stat

TICK = 2_000_000_000
"""Nanoseconds that the coarsest clock of a file system may take to tell two writings apart."""

Stamp = tuple[str, int, int, int, int]
"""Path, size, time of writing, time of change and inode."""


def of_tree(path: str) -> list[Stamp]:
    """The stamp of a file, or of every file in a folder, links followed and hidden ones left out.

    Raises OSError where something cannot be looked at, as a link that leads nowhere or to a folder
    around it.
    """
    stamps: list[Stamp] = []
    _gather(path, os.stat(path), (), stamps)
    return stamps


def of_file(path: str) -> Stamp:
    """The stamp of one file. Raises OSError."""
    return _stamp(path, os.stat(path))


def racy(stamps: list[Stamp], written: int) -> bool:
    """Whether any was written so short before that instant that writing again could go unseen."""
    return any(stamp[2] >= written - TICK or stamp[3] >= written - TICK for stamp in stamps)


def _stamp(path: str, seen: os.stat_result) -> Stamp:
    return path, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino


def _gather(
    path: str, seen: os.stat_result, around: tuple[tuple[int, int], ...], stamps: list[Stamp]
) -> None:
    if not stat.S_ISDIR(seen.st_mode):
        stamps.append(_stamp(path, seen))
        return
    own = (seen.st_dev, seen.st_ino)
    if own in around:
        raise OSError(f"{path} is a link to a folder that it lies in")
    with os.scandir(path) as found:
        inside = sorted([(entry.name, entry.path) for entry in found])
    for name, below in inside:
        if not name.startswith((".", "__pycache__")):
            _gather(below, os.stat(below), (*around, own), stamps)
