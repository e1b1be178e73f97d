"""Watches: for which schemes, places and times silence may be trusted."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sca.advisory import Advisory
from sca.language import Text
from sca.places import Place
from sca.question import Part, Question
from sca.spans import FOREVER, Duration, Moment, Span, merged

NO_TIME = Duration(0, timedelta(0))


class State(StrEnum):
    """Whether a watch may be relied on past its review."""

    FRESH = "fresh"
    STALE = "stale"
    FUTURE = "in the future"


@dataclass(frozen=True, slots=True)
class Watch:
    """Somebody's word that whatever a scheme declared there, from `since` to `until`, is in a set.

    Both are read on the clock of the place asked about.
    """

    scheme: str
    places: tuple[Place, ...]
    since: Moment
    until: Moment
    """To when somebody reviewed it."""
    max_age: Duration = NO_TIME
    """How long after that silence may still be relied on."""
    source: str | None = None
    notes: tuple[Text, ...] = ()

    def speaks_for(self, place: Place) -> bool:
        return any(place.lies_in(named) for named in self.places)

    def state(self, review: Span, now: datetime, max_age: Duration | None) -> State:
        """Whether it may be relied on; `review` is its `until` on some clock."""
        if review.start > now:
            # Nobody has reviewed what is yet to come: that until is a slip, or the clock is wrong.
            return State.FUTURE
        age = self.max_age if max_age is None else max_age
        old = now >= review.end + timedelta(days=age.days) + age.time
        return State.STALE if old else State.FRESH


@dataclass(frozen=True, slots=True)
class Source:
    """A file or folder of rules, and the places at which it has ever had each scheme."""

    path: str
    watches: tuple[Watch, ...]
    subjects: tuple[tuple[str, Place], ...]

    @classmethod
    def of(cls, path: str, advisories: Iterable[Advisory], watches: tuple[Watch, ...]) -> "Source":
        """What was read from a path."""
        subjects = [(a.scheme.id, place) for a in advisories for place in a.places]
        subjects += [(watch.scheme, place) for watch in watches for place in watch.places]
        return cls(path, watches, tuple(dict.fromkeys(subjects)))

    def schemes_at(self, place: Place) -> list[str]:
        return sorted({scheme for scheme, named in self.subjects if place.lies_in(named)})


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch for which nobody vouches; of `scheme`, or of any at all where that is None."""

    place: Place
    scheme: str | None
    span: Span
    reviewed: datetime | None = None
    """To when a watch would vouch for it, had that not been too long ago."""


@dataclass(frozen=True, slots=True)
class Watching:
    """What a clear answer may rest on."""

    watches: tuple[Watch, ...]
    holes: tuple[Hole, ...]
    as_of: datetime | None
    """Up to when all that was announced is known, where the span reaches past that."""

    @property
    def stale(self) -> bool:
        """Whether every hole is one that a watch would fill, were it not too old."""
        return all(hole.reviewed for hole in self.holes)

    def trusting_silence(self) -> "Watching":
        """The same for somebody who takes what nobody watches for clear; what is stale stays so."""
        return replace(self, holes=tuple(hole for hole in self.holes if hole.reviewed))


NOT_WATCHED = Watching((), (), None)
"""Where no source vouches for anything, each answers for its own rules alone."""


def watching(
    question: Question,
    sources: Collection[Source],
    now: datetime,
    max_age: Duration | None = None,
    schemes: Collection[str] | None = None,
) -> Watching:
    """Who vouches for each part of a question. `now` is aware; `max_age` replaces the watches' own.

    With `schemes` only those are asked about.
    """
    watched = [source for source in sources if source.watches]
    if not watched:
        return NOT_WATCHED
    named = {place.id: place for source in watched for _, place in source.subjects}
    told = [
        _vouched(part, list(_asked(place, watched, schemes)), now, max_age)
        for part in question.parts
        for place in lying(part.place, named.values())
    ]
    end = question.span.end
    return Watching(
        watches=tuple(dict.fromkeys(watch for each in told for watch in each.watches)),
        holes=tuple(dict.fromkeys(hole for each in told for hole in each.holes)),
        as_of=min((t.as_of for t in told if t.as_of and t.as_of < end), default=None),
    )


def lying(place: Place, named: Collection[Place]) -> Iterator[Place]:
    """The place as it is, and as it is if it lies elsewhere, or in more, than is likeliest.

    Silence must be trusted in all of them, or it is not known whose silence it is. Of what lies
    in nothing that is known there is no more to say: nobody speaks for it.
    """
    for within in (place.within, *place.otherwise):
        here = replace(place, within=within)
        yield here
        for other in named:
            if within and here.may_lie_in(other):
                yield replace(here, within=(*other.chain, *within))


def _asked(
    place: Place, sources: Iterable[Source], schemes: Collection[str] | None
) -> Iterator[tuple[str, list[Watch]]]:
    """The schemes that somebody must vouch for at a place, each with its source's watches there."""
    for source in sources:
        for scheme in source.schemes_at(place):
            if schemes is None or scheme in schemes:
                watches = (watch for watch in source.watches if watch.scheme == scheme)
                yield scheme, [watch for watch in watches if watch.speaks_for(place)]


def _vouched(
    part: Part,
    asked: Collection[tuple[str, list[Watch]]],
    now: datetime,
    max_age: Duration | None,
) -> Watching:
    """Who vouches for one part, and up to when all of its schemes were reviewed."""
    holes: list[Hole] = []
    reviews: list[datetime] = []
    for scheme, speaking in asked:
        words = _words(part, speaking, now, max_age)
        holes += _holes(part, scheme, words)
        # What is told is known up to the last review that was to cover its end.
        began = [word.reviewed for word in words if word.span.start < part.span.end]
        reviews += [max(began)] if began else []
    watches = tuple(watch for _, speaking in asked for watch in speaking)
    if not watches and not holes:
        holes.append(Hole(part.place, None, part.span))
    return Watching(watches, tuple(holes), min(reviews, default=None))


@dataclass(frozen=True, slots=True)
class _Word:
    """For what a watch vouches, to when it was reviewed, and whether none begins after that."""

    span: Span
    reviewed: datetime
    last: bool


def _words(
    part: Part, speaking: Sequence[Watch], now: datetime, max_age: Duration | None
) -> list[_Word]:
    """What the watches of a scheme vouch for: past a review too, if that is not too long ago.

    Where a later watch begins, its word is the newer one: a gap before it was left on purpose.
    """
    starts = [watch.since.reading(_clock(part)).span.start for watch in speaking]
    words = []
    for watch, start in zip(speaking, starts, strict=True):
        review = watch.until.reading(_clock(part)).span
        last = not any(review.end <= other <= now for other in starts)
        ends = {
            State.FRESH: FOREVER if last else review.end,
            State.STALE: review.end,
            State.FUTURE: min(review.end, now),
        }
        span = Span(start, max(start, ends[watch.state(review, now, max_age)]))
        words.append(_Word(span, review.end, last=last and review.end <= now))
    return words


def _holes(part: Part, scheme: str, words: Iterable[_Word]) -> Iterator[Hole]:
    """The stretches of a part's span that no watch of a scheme covers."""
    every = list(words)
    start = part.span.start
    for span in (*merged(word.span for word in every), Span(part.span.end, FOREVER)):
        if start < min(span.start, part.span.end):
            hole = Span(start, min(span.start, part.span.end))
            # A review that is yet to come has not been made, so nothing is too old after it.
            old = [word.reviewed for word in every if word.last and word.reviewed <= hole.start]
            yield Hole(part.place, scheme, hole, max(old, default=None))
        start = max(start, span.end)


def _clock(part: Part) -> str:
    return part.zone or "Etc/UTC"
