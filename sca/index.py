"""The compiled rules of the last time, in the user's cache folder, for as long as they are fresh.

The files are the truth and the index is a cache: deleting it changes no answer, and whatever is
wrong with it is as good as its not being there. It is taken only where every file that it was made
from still has the stamp that it had then.
"""

import contextlib
import os
import pickle
import sqlite3
import sys
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sca import __version__, compiled, stamps, zones
from sca.compiled import Compiled, DamagedError
from sca.ruleset import RuleSet, paths_of, shipped
from sca.stamps import Stamps

FORMAT = 2
"""Raised whenever what is kept here means something else than before."""

ANSWERS = ".answers"
"""The end of the names of files of answers."""

GROUND = ".ground"
"""The same of what they rest on."""

_NEW = ".new"
_HOUR = 3600 * 10**9
_KEPT = 16
"""Indexes that stay in the folder; one serves one choice of rules with one version of sca."""

PACKED = os.path.join(os.path.dirname(__file__), "data", "rules.sqlite")
"""The shipped rules, compiled when the package was built; there is none in a checkout."""

_UNFIT = (
    DamagedError, pickle.UnpicklingError, ValueError, TypeError, LookupError, EOFError,
    AttributeError, ImportError,
)  # fmt: skip
"""What bytes come to that were not written by us, although their sum is right."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An index as it lies in the cache folder."""

    path: str
    size: int
    written: datetime
    rules: tuple[str, ...]
    """The files and folders that it was made from; none where it cannot be read."""
    fresh: bool


def folder() -> str:
    """Where indexes are kept."""
    from platformdirs import user_cache_dir

    return user_cache_dir("sca", appauthor=False)


def load(paths: Iterable[str | Path] | None = None, asked: str | None = None) -> RuleSet:
    """The rules in these files and folders, or the usual ones, from the index where it is fresh.

    With `asked`, the text of a place, they may be no more than what has to do with that place.
    Whatever is not fresh is read, and the index is made anew; where it cannot be kept, that is no
    matter. Raises BrokenRules.
    """
    given = paths_of(paths)
    home = _home(given)
    kept = _fresh(home, given)
    if kept is not None:
        # Whatever a damaged index comes to, the files still tell the truth.
        with contextlib.closing(kept), contextlib.suppress(*_UNFIT):
            return kept.rules(given, asked)
    return _made(home, given, asked)


def entries() -> list[Entry]:
    """Every index in the cache folder, the newest first."""
    found = []
    for path in _indexes():
        try:
            seen = os.stat(path)
        except OSError:
            continue
        given = _rules_of(path)
        fresh = bool(given) and _home(given) == path and _is_fresh(path, given)
        found.append(
            Entry(path, seen.st_size, datetime.fromtimestamp(seen.st_mtime, UTC), given, fresh)
        )
    return sorted(found, key=lambda entry: (entry.written, entry.path), reverse=True)


def answers() -> list[str]:
    """Every file of answers that have been given, beside the indexes."""
    return _files(ANSWERS)


def clear() -> int:
    """Remove all that is kept; how many files there were. Raises OSError where one stays."""
    paths = [*_indexes(), *answers(), *_files(GROUND), *_files(_NEW)]
    for path in paths:
        Path(path).unlink(missing_ok=True)
    return len(paths)


def _home(given: Collection[str]) -> str:
    """The file that serves these rules; what it stands for is told once more inside it."""
    return os.path.join(folder(), f"{zlib.crc32(_key(given)):08x}.sqlite")


def _key(given: Collection[str]) -> bytes:
    """All that an index depends on, but for the files."""
    placed = [(path, os.path.abspath(path)) for path in given]
    return repr((FORMAT, __version__, sys.version, sys.byteorder, placed)).encode()


def _fresh(home: str, given: tuple[str, ...]) -> Compiled | None:
    """An index, if nothing that it was made from has changed."""
    kept = Compiled.opened(home, ours=True)
    if kept is None:
        return None
    try:
        found = sources(given)
        same = found is not None and kept.part("key") == _key(given)
        if found is not None and same and kept.part("stamps") == _told(found):
            written = int(kept.part("written"))
            # Written again within the clock's tick, a file would have kept its stamp.
            if not stamps.racy(found, written):
                return kept
    except (DamagedError, ValueError):
        pass
    kept.close()
    return None


def _is_fresh(home: str, given: tuple[str, ...]) -> bool:
    kept = _fresh(home, given)
    if kept is not None:
        kept.close()
    return kept is not None


def _made(home: str, given: tuple[str, ...], asked: str | None) -> RuleSet:
    """The rules read from their files, and kept if the files stood still meanwhile."""
    # Imported here: a fresh index needs nothing that compiles.
    from sca import compiling

    before = sources(given)
    for find in (partial(_of_last_time, home, given), _of_the_package):
        kept = find()
        if kept is None:
            continue
        base = sqlite3.connect(":memory:")
        with contextlib.closing(kept), contextlib.closing(base), contextlib.suppress(*_UNFIT):
            if compiling.patch(base, kept, given):
                rules = Compiled(base).rules(given, asked)
                _keep(base, home, given, before)
                return rules
    with contextlib.closing(sqlite3.connect(":memory:")) as base:
        rules = compiling.whole(base, given)
        _keep(base, home, given, before)
        return rules


def _of_last_time(home: str, given: tuple[str, ...]) -> Compiled | None:
    """The index as it was before a rule changed; none where sca or its data did."""
    kept = _with_key(Compiled.opened(home, ours=True), _key(given))
    if kept is None:
        return None
    with contextlib.suppress(DamagedError, OSError, ValueError):
        own = _own()
        if kept.part("own") == _told(own) and not stamps.racy(own, int(kept.part("written"))):
            return kept
    kept.close()
    return None


def _of_the_package() -> Compiled | None:
    """What the package brought along of its own rules, compiled when it was built."""
    return _with_key(Compiled.opened(PACKED), packed_key())


def packed_key() -> bytes:
    """All that the package's own rules were compiled with, but for the files."""
    return repr((FORMAT, __version__, zones.version())).encode()


def _with_key(kept: Compiled | None, key: bytes) -> Compiled | None:
    if kept is not None:
        with contextlib.suppress(DamagedError):
            if kept.part("key") == key:
                return kept
        kept.close()
    return None


def new_draft() -> str | None:
    """A new file beside the indexes; None where there can be none."""
    # Imported here: where answers are told from what is kept, nothing is written.
    import tempfile

    try:
        os.makedirs(folder(), mode=0o700, exist_ok=True)
        handle, path = tempfile.mkstemp(suffix=_NEW, dir=folder())
        os.close(handle)
        return path
    except OSError:
        return None


def _keep(
    base: sqlite3.Connection, home: str, given: tuple[str, ...], found: Stamps | None
) -> None:
    """Put what was compiled in the place of the index, or leave everything as it was.

    `found` are the stamps from before, which must be what they are now.
    """
    if found is None or found != sources(given):
        return
    draft = new_draft()
    if draft is None:
        return
    try:
        own = _own()
        if found[-len(own) :] != own:
            return
        # By the clock by which the files are stamped, whatever the machine's own says.
        written = os.stat(draft).st_mtime_ns
        parts = {
            "key": _key(given),
            "given": "\0".join(given).encode("utf-8", "surrogateescape"),
            "stamps": _told(found),
            "own": _told(own),
            "written": str(written).encode(),
        }
        compiled.add(base, parts)
        Path(draft).write_bytes(base.serialize())
        os.replace(draft, home)
        _tidy(home, written)
    except (OSError, sqlite3.Error):
        pass
    finally:
        Path(draft).unlink(missing_ok=True)


def _tidy(home: str, now: int) -> None:
    """Remove indexes that nobody has needed for long, and what a killed process left behind."""
    others = [path for path in _indexes() if path != home]
    others.sort(key=lambda path: os.stat(path).st_mtime_ns, reverse=True)
    for path in others[_KEPT - 1 :]:
        Path(path).unlink(missing_ok=True)
    for left in _files(_NEW):
        if os.stat(left).st_mtime_ns < now - _HOUR:
            Path(left).unlink(missing_ok=True)


def _indexes() -> list[str]:
    return _files(".sqlite")


def _files(suffix: str) -> list[str]:
    try:
        with os.scandir(folder()) as found:
            return sorted(entry.path for entry in found if entry.name.endswith(suffix))
    except OSError:
        return []


def _rules_of(path: str) -> tuple[str, ...]:
    kept = Compiled.opened(path, ours=True)
    if kept is None:
        return ()
    with contextlib.closing(kept):
        try:
            return tuple(os.fsdecode(kept.part("given")).split("\0"))
        except DamagedError:
            return ()


def _told(found: Stamps) -> bytes:
    return repr(found).encode("utf-8", "surrogateescape")


def sources(given: Iterable[str]) -> Stamps | None:
    """The stamps of everything that an answer from these rules rests on; None if any has none."""
    try:
        found = []
        for root in trees(given):
            found += stamps.of_tree(root)
        return found + _own()
    except OSError:
        return None


def trees(given: Iterable[str]) -> list[str]:
    """The files and folders in which a new file would be one more source."""
    return list(dict.fromkeys([*given, str(shipped())]))


def singles() -> list[str]:
    """The other sources, each a file that is there already. Raises OSError."""
    return [str(path) for path in _own()[::5]]


def _own() -> Stamps:
    """The code and the data that sca itself consists of: a checkout changes without a version."""
    package = os.path.dirname(__file__)
    found = stamps.of_tree(package)
    for path in zones.files():
        found += stamps.of_file(path)
    return found
