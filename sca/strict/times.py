"""Warnings about the written times of single bulletins, measures and pieces of advice."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

from sca.advisory import LOCAL
from sca.spans import Moment, Span, local_text
from sca.strict.subject import Address, Found, Subject

_DAY = timedelta(days=1)


def told_late(subject: Subject) -> Iterator[Found]:
    """A bulletin that holds from before it was issued."""
    for n, bulletin, clock in subject.bulletins():
        issued, onset = (m.reading(clock).span for m in (bulletin.issued, bulletin.onset))
        if onset.end <= issued.start:
            yield (
                ("bulletins", n, "onset"),
                f"comes before it was issued, {bulletin.issued}; write in issued when it was "
                "first announced, or in onset from when it held",
            )


def expires_before_issued(subject: Subject) -> Iterator[Found]:
    """A bulletin that was over when it was issued."""
    for n, bulletin, clock in subject.bulletins():
        if bulletin.expires is None:
            continue
        issued, expires = (m.reading(clock).span for m in (bulletin.issued, bulletin.expires))
        if expires.end <= issued.start:
            yield (
                ("bulletins", n, "expires"),
                f"was over when it was issued, {bulletin.issued}; write in issued when it was "
                "first announced, or in expires through when it held",
            )


def same_moment(subject: Subject) -> Iterator[Found]:
    """Two bulletins of one issued and one onset that speak for the same place."""
    found: dict[int, str] = {}
    for walked in subject.walks:
        for earlier, later in itertools.combinations(walked.steps, 2):
            first, second = (
                [m.reading(walked.clock).span for m in (step.bulletin.issued, step.bulletin.onset)]
                for step in (earlier, later)
            )
            if first == second:
                found.setdefault(
                    later.act.number - 1,
                    f"is that of bulletins[{earlier.act.number - 1}] too, of the same issued, and "
                    f"both speak for {walked.place.name}; put it under except in one of them",
                )
    for n, problem in sorted(found.items()):
        yield ("bulletins", n, "onset"), problem


def mixed_offsets(subject: Subject) -> Iterator[Found]:
    """Times without an offset, of one timezone, for places whose clocks differ then.

    An onset that is the issue itself, and from which no end is counted, is no such time: an act
    is one moment everywhere, and the clock of those who act tells it.
    """
    advisory = subject.advisory
    if advisory.timezone == LOCAL:
        return
    mixed: dict[str, str] = {}
    for n, bulletin in enumerate(advisory.bulletins):
        clocks = [c for p in advisory.places if bulletin.speaks_for(p) for c in p.clocks]
        at_once = bulletin.onset == bulletin.issued and bulletin.duration is None
        onset = None if at_once else bulletin.onset
        for key, bound in (("onset", onset), ("expires", bulletin.expires)):
            if bound is None or bound.offset is not None:
                continue
            instant = bound.reading(advisory.timezone).span.start
            by_offset = {_offset(instant, clock): clock for clock in reversed(clocks)}
            if len(by_offset) > 1:
                told = [f"{clock} is at {offset}" for offset, clock in sorted(by_offset.items())]
                mixed[f"bulletins[{n}].{key}"] = " and ".join(told[:2])
    if mixed:
        where, differ = next(iter(mixed.items()))
        more = f" and {len(mixed) - 1} more" if len(mixed) > 1 else ""
        yield (
            ("timezone",),
            f"is one clock for places on several: {differ} at {where}{more}; write "
            'timezone = "local" if each place\'s own is meant, else the offset in each time',
        )


def midnight(subject: Subject) -> Iterator[Found]:
    """An expires of 00:00, which holds through that minute and so touches the next day."""
    advisory = subject.advisory
    bounds: list[tuple[Address, Moment | None]] = []
    bounds += [(("bulletins", n), b.expires) for n, b in enumerate(advisory.bulletins)]
    bounds += [(("measures", n), m.limits.expires) for n, m in enumerate(advisory.measures)]
    bounds += [(("advice", n), a.limits.expires) for n, a in enumerate(advisory.advice)]
    for address, expires in bounds:
        if expires and not expires.is_day and expires.wall == _midnight(expires.wall):
            last = f"{expires.wall - _DAY:%Y-%m-%d}"
            yield (
                (*address, "expires"),
                f"holds through {expires}, and so touches that day; write {last} if it ends with "
                "the day before",
            )


def too_long(subject: Subject) -> Iterator[Found]:
    """A level declared for longer than its scheme allows."""
    longest = subject.advisory.scheme.longest
    if longest is None:
        return
    found: dict[int, str] = {}
    for walked in subject.walks:
        for step in walked.steps:
            level, onset = step.act.level, step.bulletin.onset
            if level is None or level.baseline:
                continue
            limit, ends = onset.after(longest, walked.clock), walked.ending(step)
            if _past(ends, limit, onset):
                found.setdefault(
                    step.act.number - 1,
                    f"is later than {longest} from the onset, the longest that {level.scheme} "
                    "allows; write the end that was declared, and a bulletin for each extension",
                )
    for n, problem in sorted(found.items()):
        key = "duration" if subject.advisory.bulletins[n].duration else "expires"
        yield ("bulletins", n, key), problem


def _past(ends: Span, limit: datetime, onset: Moment) -> bool:
    """Whether a level ends after a limit, as exactly as its end and its onset are written.

    Where both are days the last day counts whole, as the first does.
    """
    if onset.is_day and ends.end - ends.start >= _DAY:
        return ends.end > limit
    return ends.start > limit + (_DAY if onset.is_day else timedelta(0))


def _midnight(wall: datetime) -> datetime:
    return wall.replace(hour=0, minute=0, second=0)


def _offset(instant: datetime, clock: str) -> str:
    return local_text(instant, clock)[19:]
