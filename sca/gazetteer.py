"""Names to places: one place, or a refusal that says what could have been meant."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sca.errors import AmbiguousPlace, Candidate, UnknownPlace, near
from sca.places import Kind, Place

_DOMINANCE = 10
"""How many times the people of every other bearer of a name the one that is meant has."""

# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)


def fold(name: str) -> str:
    """The name without case, accents and punctuation: what look-ups compare."""
    plain = unicodedata.normalize("NFKD", name.casefold()).casefold().translate(_PLAIN)
    return "".join(c for c in plain if c.isalnum())


@dataclass(frozen=True, slots=True)
class Entry:
    """A place and every name it answers to."""

    place: Place
    names: tuple[str, ...]


class Gazetteer:
    """The places that are known, by name, id and containment."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        listed = sorted(entries, key=lambda entry: entry.place.id)
        self._places: dict[str, Place] = {entry.place.id: entry.place for entry in listed}
        self._spelled: dict[str, str] = {}
        self._bearers: dict[str, list[Place]] = {}
        for entry in listed:
            for name in dict.fromkeys((entry.place.name, *entry.names)):
                if not (key := fold(name)):
                    continue
                self._spelled.setdefault(key, name)
                bearers = self._bearers.setdefault(key, [])
                if entry.place not in bearers:
                    bearers.append(entry.place)

    @property
    def places(self) -> Mapping[str, Place]:
        """Every place by its id."""
        return self._places

    def find(self, asked: str) -> Place:
        """The one place that a name or an id means. Raises UnknownPlace or AmbiguousPlace."""
        place = self._places.get(asked.strip())
        if place is not None:
            return place
        # Bytes that are no text come as lone surrogates, which folding would drop.
        readable = not any("\ud800" <= c <= "\udfff" for c in asked)
        bearers = self._bearers.get(fold(asked), []) if readable else []
        if not bearers:
            raise self._unknown(asked)
        meant = _meant(bearers)
        if meant is None:
            raise AmbiguousPlace(
                f"{asked!r} names several places; say which: "
                + ", ".join(f"{place.id} ({place})" for place in bearers),
                [Candidate(place.id, str(place)) for place in bearers],
            )
        return meant

    def inside(self, place: Place) -> tuple[Place, ...]:
        """Every known place that lies in this one, itself not included, by id."""
        return tuple(p for p in self._places.values() if place.id in p.within)

    def _unknown(self, asked: str) -> UnknownPlace:
        close = near(fold(asked), self._bearers) if fold(asked) else []
        candidates: dict[str, Candidate] = {}
        for key in close:
            bearers = self._bearers[key]
            for place in bearers:
                text = self._spelled[key] if place == _meant(bearers) else place.id
                candidates.setdefault(place.id, Candidate(text, str(place)))
        named = list(candidates.values())[:5]
        way_out = (
            f"did you mean {' or '.join(c.text for c in named)}?"
            if named
            else "write a city, region or country by name, or an id such as geonames:1526384"
        )
        return UnknownPlace(f"no place called {asked!r} is known; {way_out}", named)


def _meant(bearers: list[Place]) -> Place | None:
    """The bearer that a bare name means: a city before a region, and the far larger of several."""
    for kinds in ({Kind.SITE}, {Kind.CITY}, {Kind.REGION}, {Kind.COUNTRY}):
        of_kind = [place for place in bearers if place.kind in kinds]
        if len(of_kind) == 1:
            return of_kind[0]
        if of_kind:
            # One whose people nobody has counted is not known to be the smaller.
            if not all(place.population for place in of_kind):
                return None
            first, second, *_ = sorted(of_kind, key=lambda p: p.population or 0, reverse=True)
            dominant = (first.population or 0) >= _DOMINANCE * (second.population or 0)
            return first if dominant else None
    return None
