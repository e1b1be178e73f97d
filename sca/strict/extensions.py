"""Warnings about extensions: bulletins that leave out the level, so that it goes on."""

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime

from sca import zones
from sca.history import Step
from sca.spans import FOREVER
from sca.strict.subject import Found, Subject, Walk


def gap(subject: Subject) -> Iterator[Found]:
    """An extension that begins after what it extends has ended."""
    yield from _extensions(subject, "onset", _apart)


def overlap(subject: Subject) -> Iterator[Found]:
    """An extension that begins before what it extends ends, or ends before that."""
    yield from _extensions(subject, "onset", _early)
    yield from _extensions(subject, "expires", _short)


def _apart(walked: Walk, extended: Step, step: Step) -> str | None:
    if step.act.start <= extended.act.end:
        return None
    end = _text(extended.act.end, walked.clock)
    return (
        f"leaves {walked.place.name} without a level from {end} on, when "
        f'bulletins[{extended.act.number - 1}] is over; write "{end}" if it went on, or the level '
        "if it was declared anew"
    )


def _early(walked: Walk, extended: Step, step: Step) -> str | None:
    """Of one that says from when on it extends, or how long for."""
    bulletin = step.bulletin
    if bulletin.onset == bulletin.issued and bulletin.duration is None:
        return None
    if bulletin.onset.reading(walked.clock).span.end > walked.ending(extended).start:
        return None
    end = _text(extended.act.end, walked.clock)
    return (
        f"comes before the end of bulletins[{extended.act.number - 1}], which it extends, at "
        f'{walked.place.name}; write "{end}"'
    )


def _short(walked: Walk, extended: Step, step: Step) -> str | None:
    if step.act.end >= extended.act.end:
        return None
    return (
        f"comes before the end of bulletins[{extended.act.number - 1}] at {walked.place.name}, "
        "and so shortens what it leaves out to extend; write the level if it is declared anew, "
        'or level = "none" from when it ended'
    )


def _extensions(
    subject: Subject, key: str, judged: Callable[[Walk, Step, Step], str | None]
) -> Iterator[Found]:
    """What is found of each extension, and of the bulletin that it extends, told once."""
    found: dict[int, str] = {}
    for walked in subject.walks:
        for extended, step in itertools.pairwise(walked.steps):
            bulletin = step.bulletin
            extends = bulletin.level is None and not bulletin.cancels
            # To give an end to what had none is no extension.
            if not extends or extended.act.level is None or extended.act.end == FOREVER:
                continue
            if (problem := judged(walked, extended, step)) is not None:
                found.setdefault(step.act.number - 1, problem)
    for n, problem in sorted(found.items()):
        lasting = key == "expires" and subject.advisory.bulletins[n].duration is not None
        yield ("bulletins", n, "duration" if lasting else key), problem


def _text(instant: datetime, clock: str) -> str:
    """An instant as a bound of the file would say it."""
    shown = zones.local(instant, clock)
    return f"{shown:%Y-%m-%dT%H:%M:%S}" if shown.second else f"{shown:%Y-%m-%dT%H:%M}"
