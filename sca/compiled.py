"""Compiled rules in one SQLite file, written whole and read in pieces.

Every rule file is a unit of its own, found again by what it holds and by the words (schemes,
settings and places) that it was read with. So a changed file costs no other one, and a question
about a place costs no more than the advisories of the countries that it may lie in.
"""

import io
import os
import pickle
import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from sca.acceptance import Acceptance
from sca.advisory import Advisory, Segment
from sca.atlas import Atlas
from sca.errors import ScaError
from sca.gazetteer import Entry, Gazetteer
from sca.levels import Scheme
from sca.places import Kind, Place
from sca.ruleset import RuleSet, Whole
from sca.settings import Setting
from sca.watches import Source, Watch

ADVISORY, WATCHES, ACCEPTED, WORDS = "advisory", "watches", "accepted", "words"

ANYWHERE = ""
"""Stands for the country of what may lie in any."""

AT_HAND = -1
"""The root of the shipped words, which are at hand for every set."""

_BUILT_IN = {
    "builtins": {"frozenset", "set"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
}


class DamagedError(Exception):
    """A file of compiled rules does not hold what was written."""


class File(NamedTuple):
    """A rule file of a set; its unit has the same position as it has among all files."""

    root: int
    """Which of the paths of the set led to it, counted from 0; or AT_HAND."""
    digest: bytes
    """Of its bytes."""
    kind: str
    id: str | None = None
    """Of the advisory in it."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the names in rule files may refer to."""

    schemes: dict[str, Scheme]
    settings: dict[str, Setting]
    own: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """What a rule file says; of an advisory with all that it comes to."""

    advisory: Advisory | None = None
    segments: tuple[Segment, ...] = ()
    watches: tuple[Watch, ...] = ()
    accepted: tuple[Acceptance, ...] = ()


class Abstract(NamedTuple):
    """What must be known of an advisory's unit to find it again and to count it."""

    countries: tuple[str, ...]
    scheme: str
    counts: bool
    """Whether it comes to anything at all."""
    newest: tuple[datetime, str]
    """When its newest bulletin was issued, by the wall and as written."""


class Compiled:
    """The compiled rules of one set. Whatever is wrong with the file raises, and is no answer."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base

    @classmethod
    def opened(cls, path: str, ours: bool = False) -> "Compiled | None":
        """The file there, with `ours` if it is this user's own; only ever read."""
        try:
            owner = os.stat(path).st_uid
            # What somebody else wrote is nobody's word for clear.
            if ours and os.name == "posix" and owner != os.geteuid():
                return None
            address = Path(path).absolute().as_uri()
            return cls(sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True))
        except (OSError, sqlite3.Error, ValueError):
            return None

    def close(self) -> None:
        self._base.close()

    def part(self, name: str) -> bytes:
        """A part by its name. Raises DamagedError where it is missing or not as it was written."""
        try:
            query = "SELECT body, sum FROM part WHERE name = ?"
            row = self._base.execute(query, (name,)).fetchone()
        except sqlite3.Error as error:
            raise DamagedError(str(error)) from None
        if row is None or not isinstance(row[0], bytes) or _sum(name, row[0]) != row[1]:
            raise DamagedError(f"{name} is not as it was written")
        return row[0]

    def files(self) -> tuple[File, ...]:
        """Every file of the set, in the order in which they were found."""
        return tuple(File(*each) for each in _read(self.part("files")))

    def order(self) -> tuple[bytes, ...]:
        """The digests of the words, in the order in which they are read."""
        found: tuple[bytes, ...] = _read(self.part("order"))
        return found

    def abstracts(self) -> dict[int, Abstract]:
        """Of the advisories, by their positions."""
        return {n: Abstract(*each) for n, each in _read(self.part("abstracts")).items()}

    def words(self) -> Words:
        found: Words = _read(self.part("words"))
        return found

    def unit(self, position: int) -> bytes:
        """A unit as it is written, to be written again."""
        return self.part(f"unit:{position}")

    def rules(self, given: Sequence[str], asked: str | None = None) -> RuleSet:
        """The set, read from these paths; with `asked`, of it what has to do with that place.

        Where that text means no place, it is the whole set.
        """
        words = self.words()
        gazetteer = Gazetteer(Atlas(), words.own)
        place = None if asked is None else _found(gazetteer, asked)
        names = Names(words)
        units = {n: (root, _read(self.unit(n), names)) for n, root in _read(self.part("always"))}
        there: frozenset[str] = frozenset(_read(self.part("countries")))
        wanted = there if place is None else _around(place, gazetteer)
        read: set[str] = set()
        while pending := (there if ANYWHERE in wanted else {*wanted, ANYWHERE} & there) - read:
            for country in sorted(pending):
                for n, root in _read(self.part(f"country:{country}")):
                    if n not in units:
                        units[n] = root, _read(self.unit(n), names)
            read |= pending
            if place is not None:
                wanted |= _inside(place, units.values())
        whole = None if place is None else _read(self.part("whole"))
        return _assembled(given, words, gazetteer, units, whole)


def write(
    base: sqlite3.Connection,
    files: Sequence[File],
    words: Words,
    units: Mapping[int, bytes],
    abstracts: Mapping[int, Abstract],
    by_path: Sequence[int],
) -> None:
    """Write a set into an empty base. Raises sqlite3.Error.

    `by_path` are the positions of all files in the order in which what is in them is read.
    """
    by_id = sorted(abstracts, key=lambda n: str(files[n].id))
    countries: dict[str, list[tuple[int, int]]] = {}
    considered: dict[str, int] = {}
    for n in by_id:
        for country in abstracts[n].countries:
            countries.setdefault(country, []).append((n, files[n].root))
        scheme = abstracts[n].scheme
        considered[scheme] = considered.get(scheme, 0) + abstracts[n].counts
    issued = [abstracts[n].newest for n in by_id]
    newest = max(issued, key=lambda pair: pair[0])[1] if issued else None
    always = [n for n, file in enumerate(files) if file.kind == WATCHES]
    always += [n for n in by_path if files[n].kind == ACCEPTED]
    parts = {
        # As plain tuples: of all files at once, values of our own would take long.
        "files": pickled(tuple(tuple(file) for file in files)),
        "words": pickled(words),
        "abstracts": pickled({n: tuple(abstract) for n, abstract in abstracts.items()}),
        "order": pickled(order(files, by_path)),
        "always": pickled(tuple((n, files[n].root) for n in always)),
        "countries": pickled(tuple(sorted(countries))),
        "whole": pickled(Whole(len(by_id), newest, considered)),
        **{f"country:{name}": pickled(tuple(found)) for name, found in countries.items()},
        **{f"unit:{n}": body for n, body in units.items()},
    }
    base.execute("CREATE TABLE part (name TEXT PRIMARY KEY, body BLOB, sum INTEGER)")
    add(base, parts)


def add(base: sqlite3.Connection, parts: Mapping[str, bytes]) -> None:
    """Write parts by their names."""
    rows = ((name, body, _sum(name, body)) for name, body in sorted(parts.items()))
    base.executemany("INSERT INTO part VALUES (?, ?, ?)", rows)
    base.commit()


def order(files: Sequence[File], by_path: Iterable[int]) -> tuple[bytes, ...]:
    """The digests of the words among these files, in the order in which they are read."""
    return tuple(files[n].digest for n in by_path if files[n].kind == WORDS)


def abstract(unit: Unit) -> Abstract | None:
    """What must be known of an advisory's unit."""
    if unit.advisory is None:
        return None
    countries = {country for place in unit.advisory.places for country in place.countries}
    newest = max((b.issued for b in unit.advisory.bulletins), key=lambda moment: moment.wall)
    scheme = unit.advisory.scheme.id
    issued = newest.wall, str(newest)
    return Abstract(tuple(sorted(countries)), scheme, bool(unit.segments), issued)


def _found(gazetteer: Gazetteer, asked: str) -> Place | None:
    try:
        return gazetteer.find(asked)
    except ScaError:
        # Said by whoever asks in full, with all that the rules name among what may be meant.
        return None


def _around(place: Place, gazetteer: Gazetteer) -> frozenset[str]:
    """The countries in which a place, or a region in it, lies or may lie."""
    larger = place.kind in {Kind.REGION, Kind.COUNTRY}
    regions = gazetteer.regions_in(place) if larger else []
    return frozenset(country for each in (place, *regions) for country in each.countries)


def _inside(place: Place, units: Iterable[tuple[int, Unit]]) -> frozenset[str]:
    """The same of what some rule names in the place, by which it is judged too."""
    named = [p for _, unit in units if unit.advisory for p in unit.advisory.places]
    named += [p for _, unit in units for watch in unit.watches for p in watch.places]
    return frozenset(c for p in named if p.lies_in(place) for c in p.countries)


def _assembled(
    given: Sequence[str],
    words: Words,
    gazetteer: Gazetteer,
    units: Mapping[int, tuple[int, Unit]],
    whole: Whole | None,
) -> RuleSet:
    declared = sorted(
        ((unit.advisory, unit.segments) for _, unit in units.values() if unit.advisory),
        key=lambda pair: pair[0].id,
    )
    sources = []
    for path in given:
        roots = {root for root, other in enumerate(given) if other == path}
        own = [units[n][1] for n in sorted(units) if units[n][0] in roots]
        watches = tuple(watch for unit in own for watch in unit.watches)
        declaring = [unit.advisory for unit in own if unit.advisory]
        sources.append(Source.of(path, declaring, watches))
    return RuleSet(
        paths=tuple(given),
        advisories=tuple(advisory for advisory, _ in declared),
        segments=tuple(segment for _, segments in declared for segment in segments),
        schemes=words.schemes,
        settings=words.settings,
        gazetteer=gazetteer.favouring(p.id for a, _ in declared for p in a.places),
        sources=tuple(sources),
        accepted=tuple(each for _, unit in units.values() for each in unit.accepted),
        whole=whole,
    )


def _sum(name: str, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(name.encode()))


class Names:
    """The schemes and levels of all units, each by a name, by which a unit speaks of it."""

    def __init__(self, words: Words) -> None:
        self.every: dict[str, Any] = {}
        for scheme in words.schemes.values():
            self.every[scheme.id] = scheme
            self.every |= {f"{scheme.id}:{level.id}": level for level in scheme.levels}
        self.of = {id(value): name for name, value in self.every.items()}
        """The name of a value by its identity: another one that is equal has none."""


def pickled(value: Any, names: Names | None = None) -> bytes:
    """A value as bytes."""
    if isinstance(value, tuple | dict):
        return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    whole = io.BytesIO()
    _Writer(whole, names).dump(value)
    return whole.getvalue()


class _Writer(pickle.Pickler):
    """Writes a value of ours as a call of its class, which takes less to read than its state."""

    def __init__(self, file: io.BytesIO, names: Names | None) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._names = names.of if names else {}

    def persistent_id(self, value: Any) -> str | None:
        return self._names.get(id(value))

    def reducer_override(self, value: Any) -> Any:
        if is_dataclass(value) and not isinstance(value, type):
            return type(value), tuple(getattr(value, field.name) for field in fields(value))
        if isinstance(value, Enum):
            # Some releases of Python would write a call of getattr, which is not let in.
            return type(value), (value.value,)
        return NotImplemented


def _read(body: bytes, names: Names | None = None) -> Any:
    return _Reader(io.BytesIO(body), names).load()


class _Reader(pickle.Unpickler):
    """Makes values of our own and of dates, and nothing else, whatever a file asks for."""

    def __init__(self, file: io.BytesIO, names: Names | None) -> None:
        super().__init__(file)
        self._names = names.every if names else {}

    def persistent_load(self, name: Any) -> Any:
        return self._names[name]

    def find_class(self, module: str, name: str) -> Any:
        own = module.startswith("sca.") and "." not in name and name[:1].isupper()
        if own or name in _BUILT_IN.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in an index")
