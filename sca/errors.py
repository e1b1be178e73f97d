"""Everything a person can put right, in words, with the exit code it leads to."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """What a script may rely on; no option but `--exit-zero` changes a code."""

    CLEAR = 0
    IN_FORCE = 1
    USAGE = 2
    NO_ANSWER = 3
    BUG = 70
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may have been meant: the text to type, and what it stands for."""

    text: str
    meaning: str


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One wrong thing in a rule file; `line` counts from 1, 0 is the file as a whole.

    With `warning`, the name by which it can be silenced, it is none, but looks like one.
    """

    path: str
    line: int
    address: str
    problem: str
    warning: str = ""

    def __str__(self) -> str:
        path = "".join(c if c.isprintable() else repr(c)[1:-1] for c in self.path)
        where = f"{path}:{self.line}" if self.line else path
        told = ": ".join(part for part in (where, self.address, self.problem) if part)
        return f"{told} [{self.warning}]" if self.warning else told


class ScaError(Exception):
    """Base of every error sca raises on purpose; `str(error)` is the line a person reads."""

    exit = Exit.NO_ANSWER
    code = "no-answer"

    def __init__(self, message: str, candidates: Iterable[Candidate] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class WrongUse(ScaError):
    """A command line that cannot be read."""

    exit = Exit.USAGE
    code = "usage"


class InvalidTime(ScaError):
    """A text that is no time, or one that two people could read differently."""

    exit = Exit.USAGE
    code = "bad-time"


class SkippedTime(InvalidTime):
    """A time that no clock there ever showed."""


class UnknownLevel(ScaError):
    """No scheme has a level of this name."""

    exit = Exit.USAGE
    code = "unknown-level"


class UnknownScheme(ScaError):
    """No scale has this id."""

    exit = Exit.USAGE
    code = "unknown-scheme"


class UnknownSetting(ScaError):
    """The list of settings does not have this name."""

    exit = Exit.USAGE
    code = "unknown-setting"


class UnknownPlace(ScaError):
    """No place answers to this name."""

    code = "unknown-place"


class AmbiguousPlace(ScaError):
    """Several places answer to this name, and none is so much larger that it must be meant."""

    code = "ambiguous-place"


class UnknownZone(ScaError):
    """The time-zone database has no zone of this name."""

    code = "unknown-zone"


class OldZoneData(ScaError):
    """The time-zone database is too old to be trusted with an answer."""

    code = "old-zone-data"


class OldGazetteer(ScaError):
    """The file of places is missing, or older than what it is made from."""

    code = "old-gazetteer"


class Unwritable(ScaError):
    """The answer could not be written where it should go."""

    code = "unwritable"


class BrokenTable(ScaError):
    """A file of rows of which nobody can tell where one row ends and the next begins."""

    code = "broken-table"


class MissingExtra(ScaError):
    """What was asked for needs a library that sca does without otherwise."""

    code = "missing-extra"


class BrokenRules(ScaError):
    """A set of rules with a mistake in it; no verdict is given from such a set."""

    code = "broken-rules"

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(map(str, self.mistakes)))


def near(word: str, known: Iterable[str], most: int = 5) -> list[str]:
    """The known words most like this one, best first."""
    from difflib import get_close_matches

    spelled = {name.casefold(): name for name in sorted(known, reverse=True)}
    return [spelled[match] for match in get_close_matches(word.casefold(), sorted(spelled), most)]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean x or y?` for the end of a message, or nothing."""
    names = near(word, known, 3)
    return f"; did you mean {' or '.join(names)}?" if names else ""
