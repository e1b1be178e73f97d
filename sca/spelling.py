"""Near names for one that is not known: single edits first, then double ones."""

from collections.abc import Iterable, Mapping
from string import ascii_lowercase

from sca.atlas import Atlas
from sca.places import Place

MOST = 5
_LONGEST = 60
"""A longer text has no near name worth the time; nearly all names are shorter."""
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіқғңөұүһә"


def near_names(
    key: str, atlas: Atlas, own: Mapping[str, list[Place]], named: frozenset[str]
) -> list[Place]:
    """The places whose names are one or two edits from a key, the likeliest first.

    Fewer edits go first, then the places that the rules speak of, then those of more people.
    """
    if not 2 <= len(key) <= _LONGEST:
        return []
    near = dict.fromkeys(_known(_edited(key), atlas, own), 1)
    if len(near) < MOST:
        for other in _starting_alike(key, atlas, own):
            if other != key and other not in near and within_two(key, other):
                near[other] = 2
    ranked: dict[str, tuple[tuple[int, bool, int, str], Place]] = {}
    for other, edits in near.items():
        for place in (*own.get(other, ()), *atlas.bearers(other)):
            rank = (edits, place.id not in named, -(place.population or 0), place.id)
            if place.id not in ranked or rank < ranked[place.id][0]:
                ranked[place.id] = rank, place
    return [place for _, place in sorted(ranked.values(), key=lambda found: found[0])[:MOST]]


def within_two(one: str, other: str) -> bool:
    """Whether at most two edits (a letter more, less or other, neighbours swapped) lie between.

    Nothing is put between two that are swapped.
    """
    if abs(len(one) - len(other)) > 2:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        after = [i]
        for j, against in enumerate(other, 1):
            cost = min(row[j] + 1, after[-1] + 1, row[j - 1] + (letter != against))
            swapped = i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against
            after.append(min(cost, before[j - 2] + 1) if swapped else cost)
        if min(after) > 2:
            return False
        before, row = row, after
    return row[-1] <= 2


def _edited(key: str) -> set[str]:
    """Every key at one edit from this one, in its own alphabet."""
    alphabet = ascii_lowercase if key.isascii() else _CYRILLIC + ascii_lowercase
    halves = [(key[:cut], key[cut:]) for cut in range(len(key) + 1)]
    less = {left + right[1:] for left, right in halves if right}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1}
    other = {left + c + right[1:] for left, right in halves if right for c in alphabet}
    more = {left + c + right for left, right in halves for c in alphabet}
    return (less | swapped | other | more) - {key, ""}


def _known(keys: Iterable[str], atlas: Atlas, own: Mapping[str, list[Place]]) -> list[str]:
    asked = sorted(keys)
    return sorted({*atlas.known(asked), *(key for key in asked if key in own)})


def _starting_alike(key: str, atlas: Atlas, own: Mapping[str, list[Place]]) -> list[str]:
    """The keys that begin with one of the first two letters, about as long, of like letters."""
    letters, found = set(key), list(own)
    for first in sorted(set(key[:2])):
        found += atlas.keys_between(first, chr(ord(first) + 1), range(len(key) - 2, len(key) + 3))
    return [
        other
        for other in found
        if abs(len(other) - len(key)) <= 2 and len(letters.symmetric_difference(other)) <= 4
    ]
