"""A letter for each level of a picture, for those who see it without colours."""

from collections.abc import Iterable, Sequence
from itertools import chain
from string import ascii_uppercase, digits

Level = tuple[str, str]
"""The id of a scheme, and that of one of its levels."""

_ALPHABET = ascii_uppercase + digits

_FEW = 20
"""Up to how many levels each has a letter of its own; among more, each of those in one row."""


def letters(rows: Sequence[Sequence[Level]]) -> dict[Level, str]:
    """The letter of each level that is in some row, out of its own id where one is left there.

    Whichever stands first in a row chooses first.
    """
    sets = [frozenset(row) for row in rows]
    levels = list(dict.fromkeys(chain.from_iterable(rows)))
    told: dict[Level, str] = {}
    for level in levels:
        beside = set(levels) if len(levels) <= _FEW else _beside(level, sets)
        taken = {told[other] for other in beside if other in told}
        own = [c for c in level[1].upper() if c in _ALPHABET]
        # The number of a step says more than a word that all steps share.
        own.sort(key=lambda character: character not in digits)
        free = [character for character in (*own, *_ALPHABET) if character not in taken]
        told[level] = (free or own or ["X"])[0]
    return told


def _beside(level: Level, rows: Iterable[frozenset[Level]]) -> set[Level]:
    """The levels of every scheme that has a row in common with a level's own."""
    schemes = {scheme for row in rows if level[0] in {s for s, _ in row} for scheme, _ in row} | {
        level[0]
    }
    return {other for row in rows for other in row if other[0] in schemes}
