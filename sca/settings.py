"""Settings: where a measure bites, a closed vocabulary with parents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sca.errors import Candidate, UnknownSetting, did_you_mean, near
from sca.language import Text


@dataclass(frozen=True, slots=True)
class Setting:
    """A kind of spot, such as `bus-terminal`, which is a `transport-hub`."""

    id: str
    text: Text
    parent: str | None = None


def related(asked: Iterable[str], vocabulary: Mapping[str, Setting]) -> frozenset[str]:
    """The settings asked about with all that they are kinds of, and all that are kinds of them.

    Raises UnknownSetting.
    """
    found: set[str] = set()
    for name in asked:
        if name not in vocabulary:
            way_out = did_you_mean(name, vocabulary) or f"; there are {', '.join(vocabulary)}"
            raise UnknownSetting(
                f"no such setting: {name!r}{way_out}",
                [Candidate(n, str(vocabulary[n].text)) for n in near(name, vocabulary)],
            )
        found.update(lineage(name, vocabulary))
        found.update(other for other in vocabulary if name in lineage(other, vocabulary))
    return frozenset(found)


def lineage(name: str, vocabulary: Mapping[str, Setting]) -> tuple[str, ...]:
    """A setting and all that it is a kind of, the nearest first; a ring of parents is run once."""
    line: list[str] = []
    step: str | None = name
    while step is not None and step in vocabulary and step not in line:
        line.append(step)
        step = vocabulary[step].parent
    return tuple(line)
