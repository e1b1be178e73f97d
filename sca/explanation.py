"""Why each advisory counts for a question, or does not. Pure: no I/O, no clock."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sca import zones
from sca.acceptance import Acceptance
from sca.advisory import Advisory, Doubt, Segment
from sca.changes import Act
from sca.evaluate import (
    LeftOut,
    Reason,
    accepted_by,
    bears_on,
    left_out,
    may_hold,
    nearest_around,
    readings,
)
from sca.geo import distance
from sca.levels import Level
from sca.places import Place
from sca.question import Part, Question
from sca.record import Bound, Record, Run, Said, Word, runs
from sca.spans import FOREVER, Span

NEAR_KM = 200
"""Within how many kilometres what holds at the time asked about is a near miss."""


class Why(StrEnum):
    """Why an advisory counts at a place, or does not."""

    IN_FORCE = "in force"
    EXERCISE = LeftOut.EXERCISE.value
    BASELINE = LeftOut.BASELINE.value
    LEVEL = LeftOut.LEVEL.value
    SETTING = LeftOut.SETTING.value
    HOURS = LeftOut.HOURS.value
    ACCEPTED = LeftOut.ACCEPTED.value
    SCHEME = "scheme"
    """It is in force, and nobody asked about its scheme."""
    CANNOT_TELL = "cannot tell"
    """It is in force where the place may lie."""
    NOT_KNOWN = "not known"
    """A bulletin says so that had not been issued by the time by which it had to be known."""
    SUPERSEDED = "superseded"
    """It was to hold, but for a later bulletin."""
    EXCEPTED = "excepted"
    """It would hold, had the place not been excepted."""
    OVER = "over"
    NOT_BEGUN = "not begun"
    ELSEWHERE = "elsewhere"
    """It is in force at the time asked about, not far away."""


@dataclass(frozen=True, slots=True)
class Account:
    """Why an advisory counts at some parts of a place, or does not."""

    advisory: Advisory
    why: Why
    parts: tuple[Place, ...]
    places: tuple[Place, ...]
    """In whose name: those around the parts, or not far away, that the advisory names."""
    clocks: tuple[str, ...]
    """The clocks by which its times are told; the span is that by the first."""
    bulletin: int
    """The bulletin that decides, counted from 1."""
    level: Level | None = None
    """What it says; None where it cancels."""
    span: Span | None = None
    """How long that holds; None where it never did."""
    doubts: tuple[Doubt, ...] = ()
    act: Act | None = None
    """What it did to what was said before; None where that stayed as it was."""
    since: Bound | None = None
    until: Bound | None = None
    supersedes: tuple[Said, ...] = ()
    """What would be said of the time asked about, but for it."""
    superseded_by: int | None = None
    """The later bulletin that ended it, or took its place."""
    superseding: Act | None = None
    """What that one did."""
    then: Said | None = None
    """What follows it without a break."""
    distance: timedelta | None = None
    """From the span asked about; negative where it was over before that."""
    km: float | None = None
    nearest: Place | None = None
    """To where the kilometres are counted."""
    accepted: Acceptance | None = None

    @property
    def counts(self) -> bool:
        return self.why is Why.IN_FORCE


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every advisory that says something of a place or nearly does, and how many more there are."""

    accounts: tuple[Account, ...]
    """Those of one advisory together; what counts first, then what fails to by least."""
    unrelated: int
    """How many more say nothing of the place, and hold nowhere near at the time."""
    within: int | None
    """How many kilometres are near; None where a place has no one spot to count them from."""


def explain(
    question: Question,
    advisories: Iterable[Advisory],
    segments: Iterable[Segment],
    schemes: Collection[str] | None = None,
    around: Sequence[tuple[float, Place]] = (),
) -> Explanation:
    """Why each advisory counts for a question, or does not.

    `segments` are what they come to for it, of whatever scheme; `schemes` are those asked about,
    or None for all; `around` are the cities within NEAR_KM of the place with their kilometres, the
    nearest first.
    """
    told: dict[str, list[Segment]] = {}
    for segment in segments:
        told.setdefault(segment.advisory.id, []).append(segment)
    groups: list[list[Account]] = []
    unrelated = 0
    for advisory in advisories:
        case = _Case(advisory, question, told.get(advisory.id, []), around)
        accounts = case.accounts()
        if schemes is not None and advisory.scheme.id not in schemes:
            accounts = [replace(a, why=Why.SCHEME) for a in accounts if a.counts]
        elif not accounts:
            unrelated += 1
        groups.append(sorted(_together(accounts), key=_in_order))
    ordered = sorted(filter(None, groups), key=lambda group: _in_order(group[0]))
    located = question.place.latitude is not None
    every = tuple(account for group in ordered for account in group)
    return Explanation(every, unrelated, NEAR_KM if located else None)


class _Case:
    """One advisory and a question."""

    def __init__(
        self,
        advisory: Advisory,
        question: Question,
        segments: Sequence[Segment],
        around: Sequence[tuple[float, Place]],
    ) -> None:
        self._advisory, self._question = advisory, question
        self._segments, self._around = segments, around
        self._records: dict[tuple[str, str, Span | None], Record] = {}

    def accounts(self) -> list[Account]:
        """What it says of each part of the place; where nothing holds there, what is near."""
        told = [account for part in self._question.parts for account in self._of(part)]
        told += list(self._unsure([account for account in told if account.why in _HOLDING]))
        if not any(account.why in _HOLDING for account in told):
            told += self._elsewhere()
        return told

    def _of(self, part: Part) -> Iterator[Account]:
        own = self._read_by(part)
        for place in nearest_around(part.place, self._advisory.places):
            told = runs(segment for segment in own if segment.place.id == place.id)
            yield from self._at(part, self._record(place, part), told)

    def _at(self, part: Part, record: Record, told: Sequence[Run]) -> Iterator[Account]:
        """What it says of a part by the history of a place around it."""
        holding = [run for run in told if run.span.overlaps(part.span)]
        for run in record.unknown(part.span):
            yield self._account(Why.NOT_KNOWN, part, record, run)
        if holding and (end := record.unknown_end(part.span)):
            yield self._bare(Why.NOT_KNOWN, part, record, end, act=record.act(end))
        for run in holding:
            reasons = [Reason(part, s) for s in run.segments if s.span.overlaps(part.span)]
            account = self._account(_why(reasons, self._question), part, record, run, told)
            yield replace(account, accepted=accepted_by(reasons, self._question))
        if not holding:
            yield from self._absent(part, record, told)

    def _absent(self, part: Part, record: Record, told: Sequence[Run]) -> Iterator[Account]:
        """Why nothing of it holds at a part."""
        over = [run for run in told if run.span.end <= part.span.start]
        ahead = [run for run in told if run.span.start >= part.span.end]
        last = over[-1] if over else None
        gone = record.superseding(part.span, last) or (None if told else record.withdrawn())
        spared = record.spared(part.span)
        if gone:
            number, said = gone
            ended = last if last and last.said == said else None
            account = (
                self._account(Why.SUPERSEDED, part, record, ended, told)
                if ended
                else self._bare(Why.SUPERSEDED, part, record, said.bulletin, level=said.level)
            )
            yield replace(account, superseded_by=number, superseding=record.act(number))
            last = None if ended else last
        elif spared:
            said = spared.said
            account = self._bare(Why.EXCEPTED, part, record, said.bulletin, said.level)
            yield replace(account, span=spared.span)
        elif not told and (excepting := record.excepting()):
            level = self._advisory.bulletins[excepting[-1] - 1].level
            yield self._bare(Why.EXCEPTED, part, record, excepting[-1], level=level)
        if last:
            yield self._account(Why.OVER, part, record, last, told)
        if ahead:
            yield self._account(Why.NOT_BEGUN, part, record, ahead[0], told)

    def _unsure(self, held: Iterable[Account]) -> Iterator[Account]:
        """What counts where a part may lie, and is not told of another part for sure."""
        told = {(account.bulletin, place.id) for account in held for place in account.places}
        for number, parts in enumerate(readings(self._question)):
            for part in parts:
                own = self._read_by(part)
                unsure = [s for s in own if s.span.overlaps(part.span) and may_hold(s, part.place)]
                for segment in (*unsure, *(bears_on(part, own) if number else ())):
                    sure = (segment.bulletin, segment.place.id) in told
                    if not sure and self._counts_at(part, segment):
                        yield self._of_segment(Why.CANNOT_TELL, part, segment)

    def _elsewhere(self) -> Iterator[Account]:
        """What counts nearest by in the span asked about."""
        asked = self._question.span
        found: list[tuple[float, str, Part, Segment, Place]] = []
        for segment in self._segments if self._question.place.latitude is not None else ():
            part = Part(segment.place, asked, segment.zone)
            near = self._to(segment, part) if self._counts_at(part, segment) else None
            if near is not None:
                found.append((near[0], segment.place.id, part, segment, near[1]))
        if found:
            km, _, part, segment, place = min(found, key=lambda near: near[:2])
            parts = tuple(part.place for part in self._question.parts)
            account = self._of_segment(Why.ELSEWHERE, part, segment)
            yield replace(account, parts=parts, km=km, nearest=place)

    def _to(self, segment: Segment, part: Part) -> tuple[float, Place] | None:
        """The kilometres to where a segment holds, and the place that they lead to, if near."""
        asked, place = self._question.place, segment.place
        if asked.latitude is None or asked.longitude is None or asked.lies_in(place):
            return None
        if place.latitude is not None and place.longitude is not None:
            km = distance(asked.latitude, asked.longitude, place.latitude, place.longitude)
            return (km, place) if km <= NEAR_KM else None
        inside = ((km, city) for km, city in self._around if city.lies_in(place))
        return next((near for near in inside if segment in self._bearing(part, near[1])), None)

    def _bearing(self, part: Part, city: Place) -> list[Segment]:
        return bears_on(replace(part, place=city), self._segments)

    def _counts_at(self, part: Part, segment: Segment) -> bool:
        holds = segment.span.overlaps(part.span)
        return holds and left_out(Reason(part, segment), self._question) is None

    def _read_by(self, part: Part) -> list[Segment]:
        """The segments as they are by the clock of a part."""
        return [segment for segment in self._segments if segment.zone in {None, part.zone}]

    def _of_segment(self, why: Why, part: Part, segment: Segment) -> Account:
        """What there is to say of a segment by the history of its own place."""
        place = segment.place
        here = runs(other for other in self._read_by(part) if other.place.id == place.id)
        run = next(run for run in here if segment in run.segments)
        return self._account(why, part, self._record(place, part), run, here)

    def _record(self, place: Place, part: Part) -> Record:
        clock = self._advisory.clock(place, part.zone)
        key = (place.id, clock, part.known)
        if key not in self._records:
            self._records[key] = Record(self._advisory, place, clock, part.known)
        return self._records[key]

    def _account(
        self, why: Why, part: Part, record: Record, run: Run, told: Sequence[Run] = ()
    ) -> Account:
        """What there is to say of a level that holds, held or was to hold."""
        bounds, said = record.bounds(run), run.said
        later = bounds.until is not None and bounds.until.word is Word.ONSET
        number = bounds.until.bulletin if bounds.until and later else 0
        number = number if number > said.bulletin else 0
        held = [s.doubt for s in run.segments if s.doubt and s.span.overlaps(part.span)]
        return replace(
            self._bare(why, part, record, said.bulletin, said.level),
            span=bounds.span,
            doubts=tuple(dict.fromkeys(held)),
            act=record.act(said.bulletin),
            since=bounds.since,
            until=bounds.until,
            supersedes=record.supersedes(run, run.span.meet(part.span) or part.span),
            superseded_by=number or None,
            superseding=record.act(number) if number else None,
            then=next((r.said for r in told if r.span.start == run.span.end), None),
            distance=_distance(run.span, part.span),
        )

    def _bare(
        self,
        why: Why,
        part: Part,
        record: Record,
        bulletin: int,
        level: Level | None = None,
        act: Act | None = None,
    ) -> Account:
        """What there is to say of a bulletin by which no level ever held there."""
        return Account(
            self._advisory,
            why,
            (part.place,),
            (record.place,),
            (record.clock,),
            bulletin,
            level,
            act=act,
        )


_HOLDING = {
    Why.IN_FORCE,
    Why.EXERCISE,
    Why.BASELINE,
    Why.LEVEL,
    Why.SETTING,
    Why.HOURS,
    Why.ACCEPTED,
    Why.CANNOT_TELL,
}


def _why(reasons: Iterable[Reason], question: Question) -> Why:
    bars = [left_out(reason, question) for reason in reasons]
    return Why.IN_FORCE if None in bars else Why(next(bar.value for bar in bars if bar))


def _distance(span: Span, asked: Span) -> timedelta | None:
    """Below zero where a span is over before the one asked about."""
    if span.overlaps(asked):
        return None
    over = span.end <= asked.start
    return span.end - asked.start if over else span.start - asked.end


def _together(accounts: Iterable[Account]) -> Iterator[Account]:
    """One account for all parts of which the same is to be said, by whatever clock."""
    groups: dict[Any, list[Account]] = {}
    for account in accounts:
        groups.setdefault(_key(account), []).append(account)
    for same in groups.values():
        distances = [account.distance for account in same if account.distance is not None]
        yield replace(
            same[0],
            parts=_each_once(place for account in same for place in account.parts),
            places=_each_once(place for account in same for place in account.places),
            clocks=tuple(dict.fromkeys(clock for account in same for clock in account.clocks)),
            distance=min(distances, key=abs, default=None),
        )


def _key(account: Account) -> tuple[object, ...]:
    """What makes one account another than those of other parts."""
    span, clock = account.span, account.clocks[0]
    walls = [_wall(bound, clock) for bound in (span.start, span.end)] if span else []
    level = (account.level.scheme, account.level.id) if account.level else None
    accepted = account.accepted and (account.accepted.by, account.accepted.places)
    return (
        account.why,
        account.bulletin,
        level,
        *walls,
        account.doubts,
        account.act,
        account.since,
        account.until,
        tuple((said.bulletin, said.level.id) for said in account.supersedes),
        account.superseded_by,
        account.superseding,
        account.then and (account.then.bulletin, account.then.level.id),
        accepted,
    )


def _wall(instant: datetime, clock: str) -> str:
    """What a clock shows at an instant."""
    return "" if instant == FOREVER else f"{zones.local(instant, clock):%Y-%m-%dT%H:%M:%S}"


def _each_once(places: Iterable[Place]) -> tuple[Place, ...]:
    unique = {place.id: place for place in places}.values()
    return tuple(sorted(unique, key=lambda place: (place.name.casefold(), place.id)))


def _in_order(account: Account) -> tuple[object, ...]:
    """What counts comes first, the gravest of it; then what fails to by least."""
    ranks = {Why.IN_FORCE: 0, Why.CANNOT_TELL: 2, Why.NOT_KNOWN: 3}
    held = account.why in _HOLDING or account.why is Why.SCHEME
    rank = ranks.get(account.why, 1 if held else 4)
    severity, step, scheme = account.level.gravity if account.level else (0, 0, "")
    away = (abs(account.distance or timedelta(0)), account.km or 0)
    parts = tuple(place.id for place in account.parts)
    id, number = account.advisory.id, account.bulletin
    return (rank, *away, -severity, -step, scheme, id, number, account.why, parts)
