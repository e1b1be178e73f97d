"""One row from text to verdict, by the same law as `check`, for rows without number.

What `check` finds out anew for each question is found out once here: which advisories bear on a
place, and who watches it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from sca import history, spans
from sca.advisory import LOCAL, Advisory, Segment
from sca.errors import AmbiguousPlace, InvalidTime, ScaError, UnknownPlace, UnknownZone
from sca.evaluate import Answer, Decision, decide, silence, views_of
from sca.inquiry import Inquiry
from sca.levels import Threshold
from sca.places import Kind, Place
from sca.question import Part, ask
from sca.ruleset import RuleSet
from sca.spans import Duration, Span, When, utc_text
from sca.watches import Source, lying

ROW_ERRORS = (InvalidTime, UnknownPlace, AmbiguousPlace, UnknownZone)
"""What is wrong with a row, and no reason to give no answer to the others."""

_AN_INSTANT = spans.read("2000-01-01T00:00Z")


@dataclass(frozen=True, slots=True)
class Terms:
    """By what all rows are judged; each as in an Inquiry or its Question."""

    now: datetime
    threshold: Threshold | None = None
    settings: frozenset[str] | None = None
    as_of: When | None = None
    schemes: frozenset[str] | None = None
    max_age: Duration | None = None
    trusts_silence: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a verdict adds to a row; each is empty where there is nothing to say."""

    answer: str = ""
    level: str = ""
    advisories: str = ""
    """The ids of those that count, or of those in doubt, the gravest first, with blanks between."""
    covered: str = ""
    """The parts of the span in which something counts, as `start/end` in UTC, ends exclusive."""
    place_id: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A place, what it is judged by, and all that can bear on it."""

    place: Place
    parts: tuple[Place, ...]
    segments: tuple[Segment, ...]
    sources: tuple[Source, ...]


class Judge:
    """Answers rows by one set of rules and one set of terms."""

    def __init__(self, rules: RuleSet, terms: Terms) -> None:
        self._rules, self.terms = rules, terms
        # By each place around it, what the rules name: all others bear on nothing in it.
        self._named: dict[str, dict[str, Place]] = {}
        for place in rules.named().values():
            for around in place.chain:
                self._named.setdefault(around, {})[place.id] = place
        self._watched = {
            place.id: place
            for source in rules.sources
            if source.watches
            for _, place in source.subjects
        }
        self._subjects = [_by_place(source) for source in rules.sources]
        self._bearing = _Bearing(rules, all_anew=terms.as_of is not None)
        # Bounded, as a table may name any number of places; the bounds cost no answer.
        self._find = lru_cache(maxsize=20_000)(self._found)
        self._subject = lru_cache(maxsize=500)(self._gathered)
        self._read = lru_cache(maxsize=20_000)(spans.read)

    @property
    def levels(self) -> list[str]:
        """The ids of all levels there are."""
        return [level.id for scheme in self._rules.schemes.values() for level in scheme.levels]

    def outcome(self, place: str, when: str) -> Outcome:
        """What becomes of a row with these texts."""
        found = None
        try:
            written = self._read(when)
            found = self.place(place)
            return of(self.inquiry(found, written))
        except ROW_ERRORS as error:
            return Outcome(place_id=found.id if found else "", error=error.code)

    def place(self, text: str) -> Place:
        """The place that a text means. Raises UnknownPlace or AmbiguousPlace."""
        found = self._find(text)
        if isinstance(found, ScaError):
            raise found.with_traceback(None)
        return found

    def inquiry(self, place: Place, when: When = _AN_INSTANT) -> Inquiry:
        """The question about a place and a time, with what can bear on it. Raises InvalidTime."""
        terms = self.terms
        subject = self._subject(place)
        question = ask(
            place,
            subject.parts,
            when,
            terms.now,
            terms.threshold,
            terms.settings,
            terms.as_of,
            accepted=self._rules.accepted,
        )
        return Inquiry(
            question,
            subject.segments,
            subject.sources,
            terms.now,
            terms.max_age,
            terms.schemes,
            terms.trusts_silence,
        )

    def _found(self, text: str) -> Place | ScaError:
        try:
            return self._rules.gazetteer.find(text.strip())
        except ROW_ERRORS as error:
            return error

    def _gathered(self, place: Place) -> Subject:
        rules, terms = self._rules, self.terms
        parts = rules.parts(place, self._named.get(place.id, {}))
        asked = ask(place, parts, _AN_INSTANT, terms.now, as_of=terms.as_of).parts
        segments = [
            segment
            for segment in self._bearing.on(asked, place.otherwise)
            if terms.schemes is None or segment.level.scheme in terms.schemes
        ]
        sources = tuple(self._narrowed(parts))
        return Subject(place, parts, tuple(segments), sources)

    def _narrowed(self, parts: Iterable[Place]) -> Iterator[Source]:
        """The sources, but for what they say of places in which no part can lie."""
        every = [part for place in parts for part in lying(place, self._watched.values())]
        ids = dict.fromkeys(id for place in every for id in place.chain)
        for source, subjects in zip(self._rules.sources, self._subjects, strict=True):
            told = [subject for id in ids for subject in subjects.get(id, ())]
            yield replace(source, subjects=tuple(told))


def of(inquiry: Inquiry) -> Outcome:
    """The verdict in the few words of a row, and no more of it than that takes."""
    views = views_of(inquiry.question, inquiry.segments)
    decision = decide([view.holding() for view in views])
    answer = decision.answer
    if answer is Answer.CLEAR:
        answer = silence(inquiry.watching())
    covered = " ".join(f"{utc_text(s.start)}/{utc_text(s.end)}" for s in decision.covered)
    return in_words(decision, answer, covered, inquiry.question.place.id)


def in_words(decision: Decision, answer: Answer, covered: str, place: str) -> Outcome:
    """What was decided at a place, and for how much silence can be trusted."""
    no_answer = answer not in {Answer.IN_FORCE, Answer.CLEAR}
    return Outcome(
        answer=answer.value,
        level=decision.level.id if decision.level else "",
        advisories=" ".join(decision.advisories),
        covered=covered,
        place_id=place,
        error=answer.value.replace(" ", "-") if no_answer else "",
    )


def _by_place(source: Source) -> dict[str, list[tuple[str, Place]]]:
    found: dict[str, list[tuple[str, Place]]] = {}
    for subject in source.subjects:
        found.setdefault(subject[1].id, []).append(subject)
    return found


class _Bearing:
    """The segments of a rule set by the places that they are about."""

    def __init__(self, rules: RuleSet, all_anew: bool) -> None:
        anew = [a for a in rules.advisories if all_anew or a.timezone == LOCAL]
        ids = {advisory.id for advisory in anew}
        self._lasting: dict[str, list[Segment]] = {}
        for segment in rules.segments:
            if segment.advisory.id not in ids:
                self._lasting.setdefault(segment.place.id, []).append(segment)
        self._advisories: dict[str, Advisory] = {advisory.id: advisory for advisory in anew}
        self._anew: dict[str, list[str]] = {}
        for advisory in anew:
            for place in advisory.places:
                self._anew.setdefault(place.id, []).append(advisory.id)
        self._places = {p.id: p for advisory in rules.advisories for p in advisory.places}
        self._areas = [p for p in self._places.values() if p.kind in {Kind.REGION, Kind.COUNTRY}]
        self._told = lru_cache(maxsize=5_000)(self._folded)

    def on(self, parts: Iterable[Part], otherwise: Iterable[tuple[str, ...]]) -> Iterator[Segment]:
        """Every segment at a place in which a part lies or may lie, however it is read."""
        asked = list(parts)
        ids: dict[str, None] = {}
        for place in {part.place.id: part.place for part in asked}.values():
            for within in (place.within, *otherwise):
                ids |= dict.fromkeys(self._around(replace(place, within=within)))
        for id in ids:
            yield from self._lasting.get(id, ())
        for advisory in dict.fromkeys(a for id in ids for a in self._anew.get(id, ())):
            for zone, known in {part.zone: part.known for part in asked}.items():
                for segment in self._told(advisory, zone, known):
                    if segment.place.id in ids:
                        yield segment

    def _folded(self, id: str, zone: str | None, known: Span | None) -> tuple[Segment, ...]:
        return history.segments(self._advisories[id], zone, known)

    def _around(self, place: Place) -> Iterator[str]:
        yield from (id for id in place.chain if id in self._places)
        yield from (id for id in place.perhaps if id in self._places)
        yield from (area.id for area in self._areas if place.may_lie_in(area))
