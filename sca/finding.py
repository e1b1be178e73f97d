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
        for item, real in _real(Path(root), os.path.realpath(root), named=True):
            if isinstance(item, Mistake):
                yield item, root
            elif real not in seen:
                seen.add(real)
                yield item, root


def files(path: Path) -> Iterator[Path | Mistake]:
    """The rule files at or below a path; whatever is no rule file is a mistake, not passed over."""
    for item, _ in _real(path, os.path.realpath(path), named=True):
        yield item


def _real(
    path: Path, real: str, named: bool = False, around: frozenset[str] = frozenset()
) -> Iterator[tuple[Path | Mistake, str]]:
    """Each with the path that it has without links.

    `named` is true of a path that somebody wrote down, `around` holds the folders it lies in.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        gone = "is a link that leads nowhere" if path.is_symlink() else "there is no such file"
        yield Mistake(str(path), 0, "", gone), real
        return
    except OSError as error:
        yield Mistake(str(path), 0, "", f"cannot be read: {error.strerror}"), real
        return
    if stat.S_ISDIR(mode):
        yield from _below(path, real, around)
    elif path.suffix == ".toml" and stat.S_ISREG(mode):
        yield path, real
    elif named or path.suffix != ".md":
        told = "is no rule file; rules are files that end in .toml"
        yield Mistake(str(path), 0, "", told), real


def _below(folder: Path, real: str, around: frozenset[str]) -> Iterator[tuple[Path | Mistake, str]]:
    if real in around:
        yield Mistake(str(folder), 0, "", "is a link to a folder that it lies in"), real
        return
    try:
        with os.scandir(folder) as inside:
            entries = sorted((entry.name, entry.is_symlink()) for entry in inside)
    except OSError as error:
        yield Mistake(str(folder), 0, "", f"cannot be read: {error.strerror}"), real
        return
    for name, link in entries:
        if not name.startswith("."):
            # Only of a link is it asked where it leads, as that takes a look at every folder.
            below = os.path.realpath(folder / name) if link else os.path.join(real, name)
            yield from _real(folder / name, below, around=around | {real})
