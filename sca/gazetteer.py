"""Names to places: one place, or a refusal that says what could have been meant."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sca.atlas import Atlas
from sca.errors import AmbiguousPlace, Candidate, UnknownPlace
from sca.geo import reach
from sca.names import fold, in_latin
from sca.places import Kind, Place

DOMINANCE = 10
"""How many times the people of every other bearer of a name the one that is meant has."""

_UNCOUNTED = 10_000
"""What a region is weighed with in which no city is known, as it need not be small."""

MOST_CANDIDATES = 8

COORDINATE = re.compile(
    r"(?:geo:)?([+-]?\d{1,3}(?:\.\d+)?),\s*([+-]?\d{1,3}(?:\.\d+)?)", re.ASCII | re.IGNORECASE
)
_CODE = re.compile(r"(iata|icao|iso|geonames):(.*)", re.IGNORECASE | re.DOTALL)
_BARE_CODE = re.compile(r"[A-Z]{2,3}", re.ASCII)
_MOST_PARTS = 8
"""More qualifiers than these have no meaning, and would only cost time."""
_FARTHEST_KM = 100
_WIDER_KM = (500, 2500, 20100)


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of somebody's own, or a known one, and names it answers to besides."""

    place: Place
    names: tuple[str, ...]
    shadows: bool = False
    """Whether its names go before those of all known places, as those of a site always do."""


class Gazetteer:
    """The shipped places and somebody's own, by name, code, coordinate and containment."""

    def __init__(self, atlas: Atlas, own: Iterable[Entry] = (), named: Iterable[str] = ()) -> None:
        """`named` are the ids that the loaded rules speak of; they are offered first."""
        self.atlas = atlas
        self.named = frozenset(named)
        self.own = tuple(own)
        self._own = {entry.place.id: entry.place for entry in self.own}
        self._own_names: dict[str, list[Place]] = {}
        self._first: dict[str, dict[str, Place]] = {}
        for entry in self.own:
            site = entry.place.kind is Kind.SITE
            for name in (entry.place.name, *entry.names):
                if key := fold(name):
                    self._own_names.setdefault(key, []).append(entry.place)
                    if site or (entry.shadows and name in entry.names):
                        self._first.setdefault(key, {})[entry.place.id] = entry.place

    def favouring(self, named: Iterable[str]) -> "Gazetteer":
        """The same that offers these places first where a name is not known."""
        return Gazetteer(self.atlas, self.own, named)

    def find(self, asked: str) -> Place:
        """The one place that a text means. Raises UnknownPlace or AmbiguousPlace.

        A text is a name, a name with qualifiers (`Springfield, MO, US`), a code with its prefix
        (`iata:ALA`, `iso:KZ-75`, `geonames:1526384`), a coordinate, or the id of a place of one's
        own.
        """
        text = asked.strip()
        # Bytes that are no text come as lone surrogates, which folding would drop.
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise UnknownPlace(f"no place called {asked!r} is known; write it in UTF-8")
        found = self.known(text)
        if found is not None:
            return found
        bearers = self.bearers(text)
        if not bearers:
            raise self._unknown(asked, text)
        meant = _meant(bearers, text)
        if meant is None:
            raise self._ambiguous(asked, bearers)
        if clash := self._clash(text, meant):
            raise clash
        return meant

    def known(self, text: str) -> Place | None:
        """The place of an id, a code or a coordinate; None where the text is none of these."""
        if text in self._own:
            return self._own[text]
        if code := _CODE.fullmatch(text):
            return self._coded(code[1].lower(), code[2].strip(), text)
        if coordinate := COORDINATE.fullmatch(text):
            return self._point(float(coordinate[1]), float(coordinate[2]), text)
        return None

    def bearers(self, text: str) -> list[Place]:
        """Every place that a name may mean, its qualifiers applied."""
        if "," in text:
            return self._qualified([part.strip() for part in text.split(",")], text)
        return self._sharing(text)

    def regions_in(self, place: Place) -> list[Place]:
        """Every region inside a region or country."""
        return self.atlas.regions_in(place)

    def near(self, name: str) -> list[Place]:
        """The places whose names are one or two edits from this one, the likeliest first."""
        from sca.spelling import near_names

        return near_names(fold(name), self.atlas, self._own_names, self.named)

    def typed(self, place: Place) -> str:
        """The shortest text that means just this place."""
        country = place.within[-1].removeprefix("iso:") if place.within else ""
        forms = [place.name]
        if country and place.kind in {Kind.CITY, Kind.REGION}:
            forms += [f"{place.name}, {country}", f"{place.name}, {place.region}, {country}"]
        return next((form for form in forms if self._means(form, place)), place.id)

    def _means(self, text: str, place: Place) -> bool:
        # A name of somebody's own may read as an id, a code or a coordinate, which come first.
        if text in self._own or _CODE.fullmatch(text) or COORDINATE.fullmatch(text):
            return text == place.id
        meant = _meant(self.bearers(text), text)
        return meant is not None and meant.id == place.id and not self._clash(text, meant)

    def _bearing(self, name: str) -> list[Place]:
        key = fold(name)
        if not key:
            return []
        own = self._own_names.get(key, [])
        found = self._first.get(key) or {p.id: p for p in (*own, *self.atlas.bearers(key))}
        if not found and (latin := in_latin(name)):
            found = {place.id: place for place in self.atlas.bearers(fold(latin))}
        return _largest_first(found)

    def _sharing(self, name: str) -> list[Place]:
        """The bearers of a name, and the regions that share it with a city of their country."""
        found = {place.id: place for place in self._bearing(name)}
        if fold(name) not in self._first:
            found |= {region.id: region for region in self.atlas.qualifying(fold(name))}
        return _largest_first(found)

    def _qualified(self, parts: list[str], whole: str) -> list[Place]:
        """The places that one part names and all others fit, in whatever order they stand.

        A name that has a comma itself is tried whole first.
        """
        found = {place.id: place for place in self._bearing(whole)}
        if len(parts) > _MOST_PARTS:
            return [*found.values()]
        for position, name in enumerate(parts):
            others = [part for other, part in enumerate(parts) if other != position]
            for place in self._sharing(name):
                if all(self._fits(place, part) for part in others):
                    found[place.id] = place
        return _largest_first(found)

    def _fits(self, place: Place, qualifier: str) -> bool:
        """Whether a place lies in what the qualifier names: a region or country, or its code."""
        around = set(place.within)
        codes = {id.removeprefix("iso:") for id in around}
        suffixes = {code.partition("-")[2] for code in codes} - {""}
        if qualifier.isascii() and qualifier.upper() in codes | suffixes:
            return True
        key = fold(qualifier)
        own = self._own_names.get(key, ())
        named = [*own, *self.atlas.bearers(key), *self.atlas.qualifying(key)] if key else []
        return any(outer.id in around for outer in named)

    def _coded(self, kind: str, code: str, text: str) -> Place:
        if kind == "geonames":
            place = self.atlas.city(int(code)) if re.fullmatch(r"[0-9]{1,12}", code) else None
        else:
            # Capitals of other letters would make codes of them: ß would be SS.
            place = self.atlas.coded(f"{kind}:{code.upper()}") if code.isascii() else None
        if place is None:
            raise UnknownPlace(f"no place has the code {text!r}; try it by its name")
        return place

    def _point(self, latitude: float, longitude: float, text: str) -> Place:
        """A coordinate: in the cities that reach it, and in the regions of its nearest city."""
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise UnknownPlace(
                f"{text!r} is no coordinate; write latitude (to 90) and longitude (to 180), "
                "as 51.13,71.43"
            )
        # To a tenth of a metre, so that the id says all of it; and without a minus before zero.
        latitude, longitude = round(latitude, 6) + 0.0, round(longitude, 6) + 0.0
        km, nearest = self._nearest(latitude, longitude)
        around = self.atlas.near(latitude, longitude, max(2 * km, 20))
        discs = tuple(city.id for d, city in around if d <= reach(city.population or 0))
        chains = dict.fromkeys((*discs, *city.within) for d, city in around if d <= 2 * km)
        own = (*discs, *nearest.within)
        far = km > _FARTHEST_KM
        id = f"geo:{_degrees(latitude)},{_degrees(longitude)}"
        return Place(
            id=id,
            name=id.removeprefix("geo:"),
            kind=Kind.POINT,
            timezone="" if far else nearest.timezone,
            within=() if far else own,
            region=None if far else nearest.region,
            country=None if far else nearest.country,
            latitude=latitude,
            longitude=longitude,
            otherwise=() if far else tuple(chain for chain in chains if chain != own),
            perhaps=() if far else nearest.perhaps,
            via=f"{km:,.0f} km from {nearest}",
        )

    def _nearest(self, latitude: float, longitude: float) -> tuple[float, Place]:
        for km in (_FARTHEST_KM, *_WIDER_KM):
            if near := self.atlas.near(latitude, longitude, km):
                return near[0]
        raise UnknownPlace("the gazetteer has no city at all")

    def _ambiguous(self, asked: str, bearers: list[Place]) -> AmbiguousPlace:
        candidates = [self._candidate(place) for place in bearers[:MOST_CANDIDATES]]
        texts = ", ".join(repr(candidate.text) for candidate in candidates[:3])
        more = ", …" if len(bearers) > 3 else ""
        return AmbiguousPlace(
            f"{asked!r} names {len(bearers)} places; say which: {texts}{more}", candidates
        )

    def _unknown(self, asked: str, text: str) -> UnknownPlace:
        if coded := self._as_code(text):
            ways = " or ".join(f"{code.text} ({code.meaning})" for code in coded)
            return UnknownPlace(f"{asked!r} is no name; for the code write {ways}", coded)
        head, comma, _ = text.partition(",")
        if comma and (elsewhere := self._bearing(head)):
            candidates = [self._candidate(place) for place in elsewhere[:MOST_CANDIDATES]]
            names = " or ".join(repr(candidate.text) for candidate in candidates[:3])
            return UnknownPlace(f"there is no {asked!r}; did you mean {names}?", candidates)
        candidates = [self._candidate(place) for place in self.near(head)]
        if not candidates:
            return UnknownPlace(
                f"no place called {asked!r} is known; write a city, region or country by name, "
                "a code such as iata:ALA or iso:KZ-75, or a coordinate such as 51.13,71.43"
            )
        names = " or ".join(candidate.text for candidate in candidates)
        return UnknownPlace(
            f"no place called {asked!r} is known; did you mean {names}?", candidates
        )

    def _as_code(self, text: str) -> list[Candidate]:
        """What a bare code would stand for with its prefix."""
        if not _BARE_CODE.fullmatch(text):
            return []
        found = [(prefix, self.atlas.coded(f"{prefix}:{text}")) for prefix in ("iata", "iso")]
        return [Candidate(f"{prefix}:{text}", str(place)) for prefix, place in found if place]

    def _clash(self, text: str, named: Place) -> AmbiguousPlace | None:
        """Three capitals that are the name of one city and the airport's code of another."""
        served = self.atlas.coded(f"iata:{text}") if re.fullmatch(r"[A-Z]{3}", text) else None
        if served is None or served.id == named.id or named.kind is Kind.SITE:
            return None
        return AmbiguousPlace(
            f"{text!r} is a name and an airport's code; write iata:{text} for {served}, "
            f"{named.id} for {named}",
            [Candidate(f"iata:{text}", str(served)), Candidate(named.id, str(named))],
        )

    def _candidate(self, place: Place) -> Candidate:
        people = f", {place.population:,} people" if place.population else ""
        return Candidate(self.typed(place), f"{place}{people}, {place.id}")


def _largest_first(found: dict[str, Place]) -> list[Place]:
    return sorted(found.values(), key=lambda place: (-(place.population or 0), place.id))


def _degrees(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _meant(bearers: list[Place], text: str) -> Place | None:
    """The bearer that a text means: one, or one with ten times the people of every other.

    A city goes before the region around it; under its own first name before every region of its
    country too, before one elsewhere by the same measure, and before its country.
    """
    keys = {fold(part) for part in (text, *text.split(","))}
    for kind in (Kind.SITE, Kind.CITY, Kind.REGION, Kind.COUNTRY):
        of_kind = [place for place in bearers if place.kind is kind]
        if not of_kind:
            continue
        first = of_kind[0]
        others = [place.population or 0 for place in of_kind[1:]]
        if any((first.population or 0) < DOMINANCE * people for people in others) or (
            others and not first.population
        ):
            return None
        larger = [place for place in bearers if place.kind not in {kind, Kind.SITE, Kind.CITY}]
        own = fold(first.name) in keys
        return first if all(_yields(outer, first, own) for outer in larger) else None
    return None


def _yields(outer: Place, first: Place, own: bool) -> bool:
    """Whether the name of a region or country may stand for a smaller place that bears it.

    `own` says whether it is the first name of that place.
    """
    if outer.kind is Kind.COUNTRY or not own:
        return first.lies_in(outer) and (own or outer.kind is Kind.REGION)
    if first.within[-1:] == outer.within[-1:]:
        return True
    return (first.population or 0) >= DOMINANCE * (outer.population or _UNCOUNTED)
