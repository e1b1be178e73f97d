"""Official scales, their levels, and the thresholds people gate on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum

from sca.errors import Candidate, UnknownLevel, did_you_mean, near
from sca.language import Text
from sca.spans import Duration


class Severity(IntEnum):
    """CAP 1.2 severity, by which levels of different schemes compare."""

    Unknown = 0
    Minor = 1
    Moderate = 2
    Severe = 3
    Extreme = 4


@dataclass(frozen=True, slots=True)
class Wording:
    """The name and meaning that a level had through `until`, by the day; None: as it has now."""

    until: date
    name: Text | None = None
    meaning: Text | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """One step of an official scale; `rank` counts from the lowest step, which is 0."""

    scheme: str
    id: str
    rank: int
    name: Text
    severity: Severity
    colour: str | None = None
    """Red, green and blue as `#rrggbb`, where the authority itself gives the level a colour."""
    meaning: Text | None = None
    advice: tuple[Text, ...] = ()
    baseline: bool = False
    """Whether it is the scheme's ordinary state, which is told but puts nothing in force."""
    before: tuple[Wording, ...] = ()
    """How it was worded in earlier times, the earliest first."""

    def worded(self, day: date) -> "Level":
        """The level by the words that it had on a day."""
        for old in self.before:
            if day <= old.until:
                return replace(
                    self, name=old.name or self.name, meaning=old.meaning or self.meaning
                )
        return self

    @property
    def gravity(self) -> tuple[int, int, str]:
        """Sorts levels of all schemes; the greater the graver."""
        return (self.severity, self.rank, self.scheme)


@dataclass(frozen=True, slots=True)
class Scheme:
    """An official scale, its levels from the lowest to the highest."""

    id: str
    title: Text
    levels: tuple[Level, ...]
    sources: tuple[str, ...] = ()
    longest: Duration | None = None
    """How long one declaration may last by law."""

    def level(self, id: str) -> Level | None:
        return next((level for level in self.levels if level.id == id), None)


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which level on an advisory counts, as `--at-least` says it."""

    text: str
    ranks: tuple[tuple[str, int], ...]
    """The lowest rank that counts, in each scheme that has a level of the name asked for."""
    severity: Severity
    """The lowest severity that counts in all other schemes."""

    def passed_by(self, level: Level) -> bool:
        """Whether this level counts.

        One of unknown severity may be the gravest, and does, unless it is an ordinary state.
        """
        for scheme, rank in self.ranks:
            if scheme == level.scheme:
                return level.rank >= rank
        if level.severity is Severity.Unknown and not level.baseline:
            return True
        return level.severity >= self.severity


def read_threshold(text: str, schemes: Mapping[str, Scheme]) -> Threshold:
    """`Severe`, `orange` or `kz-terror-threat:orange`. Raises UnknownLevel."""
    if text in Severity.__members__:
        return Threshold(text, (), Severity[text])
    named = [
        level
        for scheme in schemes.values()
        for level in scheme.levels
        if text in {level.id, f"{scheme.id}:{level.id}"}
    ]
    if not named:
        names = _all_names(schemes)
        way_out = did_you_mean(text, names) or f"; there are {', '.join(names)}"
        raise UnknownLevel(
            f"no scheme has a level {text!r}, and it is no CAP severity{way_out}",
            [Candidate(name, meaning) for name, meaning in _near_levels(text, schemes)],
        )
    lowest = min(level.severity for level in named)
    return Threshold(text, tuple((level.scheme, level.rank) for level in named), lowest)


def _all_names(schemes: Mapping[str, Scheme]) -> list[str]:
    ids = dict.fromkeys(level.id for scheme in schemes.values() for level in scheme.levels)
    return [*ids, *(s.name for s in Severity if s is not Severity.Unknown)]


def _near_levels(text: str, schemes: Mapping[str, Scheme]) -> list[tuple[str, str]]:
    meanings = {s.name: "CAP severity" for s in Severity}
    for scheme in schemes.values():
        for level in scheme.levels:
            meanings[level.id] = f"{scheme.title}: {level.name}"
            meanings[f"{scheme.id}:{level.id}"] = meanings[level.id]
    return [(name, meanings[name]) for name in near(text, meanings)]
