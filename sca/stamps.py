"""What files were like when they were last looked at, by which a change is noticed."""

import os
import stat

# As typing has it, whose import would be half of what a quick answer costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Stamps = list[Any]
    """Of each file in turn its path, size, time of writing, time of change and inode.

    It is one list, as a hundred thousand small ones would take longer to make than to look at the
    files.
    """
else:
    Stamps = list

TICK = 2_000_000_000
"""Nanoseconds that the coarsest clock of a file system may take to tell two writings apart."""

_BY_FOLDER = os.stat in os.supports_dir_fd
"""Whether a file can be looked at from its folder, without going through all folders above."""


def of_tree(path: str) -> Stamps:
    """The stamp of a file, or of every file in a folder, links followed and hidden ones left out.

    Raises OSError where something cannot be looked at, as a link that leads nowhere or to a folder
    around it.
    """
    stamps: Stamps = []
    _gather(path, os.stat(path), (), stamps)
    return stamps


def of_file(path: str) -> Stamps:
    """The stamp of one file. Raises OSError."""
    seen = os.stat(path)
    return [path, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino]


def racy(stamps: Stamps, written: int) -> bool:
    """Whether any was written so short before that instant that writing again could go unseen."""
    last = written - TICK
    return max(stamps[2::5], default=0) >= last or max(stamps[3::5], default=0) >= last


def _gather(
    path: str, seen: os.stat_result, around: tuple[tuple[int, int], ...], stamps: Stamps
) -> None:
    if not stat.S_ISDIR(seen.st_mode):
        stamps += (path, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino)
        return
    own = (seen.st_dev, seen.st_ino)
    if own in around:
        raise OSError(f"{path} is a link to a folder that it lies in")
    start = os.path.join(path, "")
    folder = os.open(path, os.O_RDONLY) if _BY_FOLDER else None
    try:
        for name in sorted(os.listdir(path if folder is None else folder)):
            if name.startswith((".", "__pycache__")):
                continue
            below = start + name
            seen = os.stat(below) if folder is None else os.stat(name, dir_fd=folder)
            if stat.S_ISDIR(seen.st_mode):
                _gather(below, seen, (*around, own), stamps)
            else:
                stamps += (below, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino)
    finally:
        if folder is not None:
            os.close(folder)
