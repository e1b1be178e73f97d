"""What `lint` finds beyond mistakes: warnings with their lines, and times to be written plainer.

A file with a mistake in it is not warned of; its mistakes come first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sca.acceptance import Acceptance
from sca.errors import Mistake
from sca.formats.mending import mended
from sca.formats.rules import Rule
from sca.formats.toml import Address, Sheet
from sca.gazetteer import Gazetteer
from sca.reading import Reading
from sca.strict.subject import Asked
from sca.strict.warnings import RUN_OUT, UNUSED, remarks

Note = tuple[Address, str, str]


def warnings(reading: Reading, now: datetime) -> tuple[Mistake, ...]:
    """Every warning in the files of a set; `now` (aware) is when they are looked at."""
    found: list[Mistake] = []
    for sheet in reading.sheets:
        if (rule := reading.declared.get(sheet.path)) is not None:
            found += sheet.placed(_of_rule(sheet, rule, reading.rules.gazetteer))
        if (accepted := reading.accepted.get(sheet.path)) is not None:
            found += sheet.placed(_of_acceptances(accepted, now))
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Mending:
    """A file in which times can be written plainer: what it holds, and what it should."""

    path: str
    old: bytes
    new: bytes
    times: int


def mendings(reading: Reading) -> tuple[Mending, ...]:
    """The files of a set that can be mended, those with mistakes too."""
    found = [(sheet, *mended(sheet)) for sheet in reading.sheets]
    return tuple(Mending(s.path, s.source, new, times) for s, new, times in found if times)


def _of_rule(sheet: Sheet, rule: Rule, gazetteer: Gazetteer) -> Iterator[Note]:
    # What was known then is judged by other bulletins, and proves no bound.
    asked = [Asked(e.place, e.when) for e in rule.examples if e.as_of is None]
    found = remarks(rule.advisory, asked, gazetteer.regions_in)
    for remark in found:
        if remark.name not in rule.allowed:
            yield (*_as_written(sheet, remark.address, remark.problem), remark.name)
    told = {remark.name for remark in found}
    for n, name in enumerate(rule.allowed):
        if name not in told:
            yield ("allow", n), f"there is no {name} here to silence; take it out", UNUSED
        elif name in rule.allowed[:n]:
            yield ("allow", n), f"{name} is silenced above already; take one out", UNUSED


def _of_acceptances(accepted: Sequence[Acceptance], now: datetime) -> Iterator[Note]:
    for n, acceptance in enumerate(accepted):
        clocks: list[str | None] = [c for place in acceptance.places for c in place.clocks]
        if all(acceptance.end(zone) <= now for zone in clocks or [None]):
            problem = "is over, so that the advisory counts again; accept it anew or take it out"
            yield ("accepted", n, "until"), problem, RUN_OUT


def _as_written(sheet: Sheet, address: Address, problem: str) -> tuple[Address, str]:
    """The same of the table, where the key that it is about was left out."""
    if isinstance(address[-1], str) and sheet.absent(*address):
        return address[:-1], f"{address[-1]} {problem}"
    return address, problem
