"""Rule files below the paths of a set: which there are, and what is in the way."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from sca.errors import Mistake
from sca.ruleset import shipped


def vocabulary() -> list[str]:
    """Where the shipped words are: to read every shipped advisory for them would take long."""
    return [str(shipped() / name) for name in ("schemes", "settings.toml")]


def found(given: Iterable[str]) -> Iterator[tuple[Path | Mistake, str]]:
    """Every rule file below the given paths, once, with the path that led to it."""
    seen: set[str] = set()
    for root in given:
        for item in files(Path(root), named=True):
            if isinstance(item, Mistake):
                yield item, root
            elif (real := os.path.realpath(item)) not in seen:
                seen.add(real)
                yield item, root


def files(
    path: Path, named: bool = False, around: frozenset[str] = frozenset()
) -> Iterator[Path | Mistake]:
    """The rule files at or below a path; whatever is no rule file is a mistake, not passed over.

    `named` is true of a path that somebody wrote down, `around` holds the folders it lies in.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        gone = "is a link that leads nowhere" if path.is_symlink() else "there is no such file"
        yield Mistake(str(path), 0, "", gone)
        return
    except OSError as error:
        yield Mistake(str(path), 0, "", f"cannot be read: {error.strerror}")
        return
    if stat.S_ISDIR(mode):
        yield from _below(path, around)
    elif path.suffix == ".toml" and stat.S_ISREG(mode):
        yield path
    elif named or path.suffix != ".md":
        yield Mistake(str(path), 0, "", "is no rule file; rules are files that end in .toml")


def _below(folder: Path, around: frozenset[str]) -> Iterator[Path | Mistake]:
    real = os.path.realpath(folder)
    if real in around:
        yield Mistake(str(folder), 0, "", "is a link to a folder that it lies in")
        return
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        yield Mistake(str(folder), 0, "", f"cannot be read: {error.strerror}")
        return
    for name in names:
        if not name.startswith("."):
            yield from files(folder / name, around=around | {real})
