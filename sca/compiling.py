"""From rule files to compiled rules: all of them, or only what has changed."""

import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sca import compiled, finding
from sca.advisory import Segment
from sca.atlas import Atlas
from sca.compiled import ACCEPTED, ADVISORY, AT_HAND, WATCHES, WORDS, Compiled, File, Unit, Words
from sca.errors import BrokenRules, Mistake
from sca.gazetteer import Gazetteer
from sca.ruleset import RuleSet, shipped

if TYPE_CHECKING:
    from sca.formats.references import Known


def whole(base: sqlite3.Connection, given: Sequence[str]) -> RuleSet:
    """The rules in every file, compiled into an empty base as well. Raises BrokenRules."""
    # Imported here: what reads files costs more than all else, and is often not needed.
    from sca import reading

    read = reading.read(given)
    if read.mistakes:
        raise BrokenRules(read.mistakes)
    words = Words(read.rules.schemes, read.rules.settings, read.rules.gazetteer.own)
    segments: dict[str, list[Segment]] = {}
    for segment in read.rules.segments:
        segments.setdefault(segment.advisory.id, []).append(segment)
    files: list[File] = []
    units: dict[int, Unit] = {}
    paths = []
    for sheet, root in read.found:
        kind = reading.kind(sheet)
        kind = kind if kind in {ADVISORY, WATCHES, ACCEPTED} else WORDS
        rule = read.declared.get(sheet.path) if kind == ADVISORY else None
        advisory = rule.advisory if rule else None
        at = AT_HAND if root is None else given.index(root)
        digest = sha256(sheet.source).digest()
        if kind != WORDS:
            units[len(files)] = Unit(
                advisory,
                tuple(segments.get(advisory.id, ())) if advisory else (),
                read.vouched[sheet.path] if kind == WATCHES else (),
                read.accepted[sheet.path] if kind == ACCEPTED else (),
            )
        files.append(File(at, digest, kind, advisory.id if advisory else None))
        paths.append((at != AT_HAND, sheet.path))
    told = {n: made for n, unit in units.items() if (made := compiled.abstract(unit))}
    names = compiled.Names(words)
    bodies = {n: compiled.pickled(unit, names) for n, unit in units.items()}
    compiled.write(base, files, words, bodies, told, _in_order(paths))
    return read.rules


def patch(base: sqlite3.Connection, kept: Compiled, given: Sequence[str]) -> bool:
    """Compile what has changed since others were compiled, and copy all else, into an empty base.

    False where that is not enough: where words have changed, by which all is read, or where there
    may be a mistake, which is told by reading all. Raises DamagedError.
    """
    before = kept.files()
    there = {file.digest: n for n, file in enumerate(before)}
    found = [*_found(given)]
    if None in found:
        return False
    files: list[File] = []
    units: dict[int, bytes] = {}
    told, paths = {}, []
    abstracts, words, seen = kept.abstracts(), kept.words(), set[bytes]()
    names, known = compiled.Names(words), cache(lambda: _known(words))
    for root, path, source in filter(None, found):
        digest = sha256(source).digest()
        n, here = there.get(digest), len(files)
        if n is None:
            ours = root != AT_HAND and given[root] == str(shipped())
            made = _compiled(source, path, known(), prove=not ours)
            if made is None:
                return False
            kind, unit = made
            units[here] = compiled.pickled(unit, names)
            abstract = compiled.abstract(unit)
            id = unit.advisory.id if unit.advisory else None
        elif digest in seen and before[n].kind != ADVISORY:
            continue
        else:
            kind, id, abstract = before[n].kind, before[n].id, abstracts.get(n)
            if kind != WORDS:
                units[here] = kept.unit(n)
        if abstract:
            told[here] = abstract
        seen.add(digest)
        files.append(File(root, digest, kind, id))
        paths.append((root != AT_HAND, path))
    by_path = _in_order(paths)
    if compiled.order(files, by_path) != kept.order() or not _sound(files, before, given):
        return False
    compiled.write(base, files, words, units, told, by_path)
    return True


def _in_order(paths: Sequence[tuple[bool, str]]) -> list[int]:
    """The positions of paths in the order in which files are read: first what is at hand."""
    return sorted(range(len(paths)), key=paths.__getitem__)


def _found(given: Sequence[str]) -> Iterator[tuple[int, str, bytes] | None]:
    """The root, the path and the bytes of every file; None where one cannot be had."""
    if str(shipped()) not in given:
        for item, _ in finding.found(finding.vocabulary()):
            yield _bytes(AT_HAND, item)
    for item, root in finding.found(given):
        yield _bytes(given.index(root), item)


def _bytes(root: int, item: Path | Mistake) -> tuple[int, str, bytes] | None:
    try:
        return None if isinstance(item, Mistake) else (root, str(item), item.read_bytes())
    except OSError:
        return None


def _known(words: Words) -> "Known":
    # Imported here: what reads files costs more than all else, and is often not needed.
    from sca.formats.references import Known

    return Known(words.schemes, words.settings, Gazetteer(Atlas(), words.own))


def _compiled(source: bytes, path: str, known: "Known", prove: bool) -> tuple[str, Unit] | None:
    """What a file says; None where it is of another kind, or not as it should be."""
    # Imported here for the same reason.
    from sca import history, reading
    from sca.formats import rules, toml, watches

    if len(source) > toml.MOST_BYTES:
        return None
    sheet = toml.parse(source, path)
    kind = reading.kind(sheet)
    if sheet.unreadable is not None or not sheet.data or kind not in {ADVISORY, WATCHES}:
        return None
    if kind == WATCHES:
        unit = Unit(watches=watches.read(sheet, known))
    else:
        rule = rules.read(sheet, known, examples=prove)
        if rule is None:
            return None
        reading.run_examples(sheet, rule, known.gazetteer)
        unit = Unit(rule.advisory, history.segments(rule.advisory))
    return None if sheet.wrongs else (kind, unit)


def _sound(files: Sequence[File], before: Sequence[File], given: Sequence[str]) -> bool:
    """Whether files that are right each by itself are so together; `before` were."""
    ids = [file.id for file in files if file.id is not None]
    own = [file for file in files if file.root != AT_HAND]
    empty = {n for n, path in enumerate(given) if Path(path).is_dir()} - {f.root for f in own}
    if len(ids) != len(set(ids)) or not any(f.kind == ADVISORY for f in own) or empty:
        return False
    # What is accepted is read with all advisories, so that there nothing may have changed.
    accepted = any(file.kind == ACCEPTED for file in (*files, *before))
    return not accepted or {f.digest for f in files} == {f.digest for f in before}
