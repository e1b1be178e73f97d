"""The compiled rules of the last time, in the user's cache folder, for as long as they are fresh.

The files are the truth and the index is a cache: deleting it changes no answer, and whatever is
wrong with it is as good as its not being there. It is taken only where every file that it was made
from still has the stamp that it had then.
"""

import io
import os
import pickle
import sqlite3
import sys
import tempfile
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sca import __version__, stamps, zones
from sca.atlas import Atlas
from sca.gazetteer import Gazetteer
from sca.ruleset import RuleSet, paths_of, shipped
from sca.stamps import Stamp

FORMAT = 1
"""Raised whenever what is kept here means something else than before."""

ANSWERS = ".answers"
"""The end of the names of files of answers."""

_NEW = ".new"
_HOUR = 3600 * 10**9
_KEPT = 16
"""Indexes that stay in the folder; one serves one choice of rules with one version of sca."""
_BUILT_IN = {
    "builtins": {"frozenset", "set"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
}


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


def load(paths: Iterable[str | Path] | None = None) -> RuleSet:
    """The rules in these files and folders, or the usual ones, from the index where it is fresh.

    Else they are read, and the index is made anew; where it cannot be kept, that is no matter.
    Raises BrokenRules.
    """
    given = paths_of(paths)
    home = _home(given)
    kept = _fresh(home, given)
    return kept if kept is not None else _made(home, given)


def entries() -> list[Entry]:
    """Every index in the cache folder, the newest first."""
    found = []
    for path in _indexes():
        try:
            seen = os.stat(path)
        except OSError:
            continue
        given = _rules_of(path)
        fresh = bool(given) and _home(given) == path and _fresh(path, given) is not None
        found.append(
            Entry(path, seen.st_size, datetime.fromtimestamp(seen.st_mtime, UTC), given, fresh)
        )
    return sorted(found, key=lambda entry: (entry.written, entry.path), reverse=True)


def answers() -> list[str]:
    """Every file of answers that have been given, beside the indexes."""
    return _files(ANSWERS)


def clear() -> int:
    """Remove all that is kept; how many files there were. Raises OSError where one stays."""
    paths = [*_indexes(), *answers(), *_files(_NEW)]
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


def _fresh(home: str, given: tuple[str, ...]) -> RuleSet | None:
    """What an index holds, if nothing that it was made from has changed."""
    kept = _kept(home, "key", "stamps", "written")
    if kept is None or kept["key"] != _key(given):
        return None
    found = sources(given)
    if found is None or kept["stamps"] != _told(found):
        return None
    if stamps.racy(found, int(kept["written"])):
        # Written again within the clock's tick, a file would have kept its stamp.
        return None
    body = _kept(home, "rules")
    try:
        return None if body is None else _ruleset(body["rules"])
    except Exception:  # whatever a damaged index comes to, the files still tell the truth
        return None


def _made(home: str, given: tuple[str, ...]) -> RuleSet:
    """The rules read from their files, and kept if the files stood still meanwhile."""
    # Imported here: what reads files costs more than all else, and a fresh index needs none of it.
    from sca.reading import load

    draft = new_draft()
    try:
        before = sources(given)
        rules = load(given)
        if draft is not None and before is not None and before == sources(given):
            _keep(draft, home, _key(given), _told(before), rules)
    finally:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)
    return rules


def new_draft() -> str | None:
    """A new file beside the indexes; None where there can be none."""
    try:
        os.makedirs(folder(), mode=0o700, exist_ok=True)
        handle, path = tempfile.mkstemp(suffix=_NEW, dir=folder())
        os.close(handle)
        return path
    except OSError:
        return None


def _kept(home: str, *names: str) -> dict[str, bytes] | None:
    """Parts of an index by their names; None where any is missing or not as it was written."""
    try:
        if not _ours(home):
            return None
        base = sqlite3.connect(f"{Path(home).as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            found = {}
            for name in names:
                query = "SELECT body, sum FROM part WHERE name = ?"
                row = base.execute(query, (name,)).fetchone()
                if row is None or not isinstance(row[0], bytes) or zlib.crc32(row[0]) != row[1]:
                    return None
                found[name] = row[0]
            return found
        finally:
            base.close()
    except (OSError, sqlite3.Error, ValueError):
        return None


def _ours(path: str) -> bool:
    """Whether a file is this user's own: what somebody else wrote is nobody's word for clear."""
    owner = os.stat(path).st_uid
    return os.name != "posix" or owner == os.geteuid()


def _keep(draft: str, home: str, key: bytes, found: bytes, rules: RuleSet) -> None:
    """Write an index into a draft and put it in its place, or leave everything as it was."""
    try:
        # By the clock by which the files are stamped, whatever the machine's own says.
        written = os.stat(draft).st_mtime_ns
        parts = {
            "key": key,
            "given": "\0".join(rules.paths).encode("utf-8", "surrogateescape"),
            "stamps": found,
            "written": str(written).encode(),
            "rules": _pickled(_body(rules)),
        }
        base = sqlite3.connect(draft)
        try:
            base.execute("PRAGMA synchronous = OFF")
            base.execute("CREATE TABLE part (name TEXT PRIMARY KEY, body BLOB, sum INTEGER)")
            rows = [(name, body, zlib.crc32(body)) for name, body in parts.items()]
            base.executemany("INSERT INTO part VALUES (?, ?, ?)", rows)
            base.commit()
        finally:
            base.close()
        os.replace(draft, home)
        _tidy(home, written)
    except (OSError, sqlite3.Error):
        pass


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
    kept = _kept(path, "given")
    return tuple(os.fsdecode(kept["given"]).split("\0")) if kept else ()


def _body(rules: RuleSet) -> tuple[Any, ...]:
    """A rule set without what is at hand anyway: the shipped places."""
    return (
        rules.paths,
        rules.advisories,
        rules.segments,
        rules.schemes,
        rules.settings,
        rules.sources,
        rules.accepted,
        rules.gazetteer.own,
        tuple(sorted(rules.gazetteer.named)),
    )


def _ruleset(body: bytes) -> RuleSet:
    paths, advisories, segments, schemes, settings, sources, accepted, own, named = _Reader(
        io.BytesIO(body)
    ).load()
    gazetteer = Gazetteer(Atlas(), own, named)
    return RuleSet(paths, advisories, segments, schemes, settings, gazetteer, sources, accepted)


def _pickled(body: tuple[Any, ...]) -> bytes:
    whole = io.BytesIO()
    _Writer(whole, pickle.HIGHEST_PROTOCOL).dump(body)
    return whole.getvalue()


class _Writer(pickle.Pickler):
    """Writes a value of ours as a call of its class, which takes less to read than its state."""

    def reducer_override(self, value: Any) -> Any:
        if is_dataclass(value) and not isinstance(value, type):
            return type(value), tuple(getattr(value, field.name) for field in fields(value))
        return NotImplemented


class _Reader(pickle.Unpickler):
    """Makes values of our own and of dates, and nothing else, whatever a file asks for."""

    def find_class(self, module: str, name: str) -> Any:
        own = module.startswith("sca.") and "." not in name and name[:1].isupper()
        if own or name in _BUILT_IN.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in an index")


def _told(found: list[Stamp]) -> bytes:
    return repr(found).encode("utf-8", "surrogateescape")


def sources(given: Iterable[str]) -> list[Stamp] | None:
    """The stamps of everything that an answer from these rules rests on; None if any has none."""
    try:
        found = [stamp for root in trees(given) for stamp in stamps.of_tree(root)]
        return found + _own()
    except OSError:
        return None


def trees(given: Iterable[str]) -> list[str]:
    """The files and folders in which a new file would be one more source."""
    return list(dict.fromkeys([*given, str(shipped())]))


def singles() -> list[str]:
    """The other sources, each a file that is there already. Raises OSError."""
    return [stamp[0] for stamp in _own()]


def _own() -> list[Stamp]:
    """The code and the data that sca itself consists of: a checkout changes without a version."""
    package = os.path.dirname(__file__)
    return stamps.of_tree(package) + [stamps.of_file(path) for path in zones.files()]
