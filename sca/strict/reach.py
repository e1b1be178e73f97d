"""Warnings about what a bulletin, a measure or a piece of advice reaches."""

from collections.abc import Iterator
from dataclasses import replace

from sca.advisory import Advice, Measure
from sca.limits import ANYWHERE, Limits
from sca.places import Place
from sca.strict.subject import Address, Found, Subject


def covered_twice(subject: Subject) -> Iterator[Found]:
    """A place that a bulletin names although it names what is around it too."""
    before: set[str] = set()
    for n, bulletin in enumerate(subject.advisory.bulletins):
        for p, place in enumerate(bulletin.places):
            others = [*bulletin.places[:p], *(o for o in bulletin.places[p:] if o.id != place.id)]
            around = next((other for other in others if _covers(other, place, subject)), None)
            # One that was named by itself before must be named again, or it would be lowered.
            if around is not None and (around.id == place.id or place.id not in before):
                told = "is" if around.id == place.id else f"lies in {around.name}, which is"
                yield ("bulletins", n, "places", p), f"{told} named here too; take it out"
        before |= {place.id for place in bulletin.places}


def _covers(outer: Place, place: Place, subject: Subject) -> bool:
    """Whether all that lies in a place lies in another too.

    What lies overseas has a code of its own: France has Guadeloupe, but not what is in it.
    """
    inside = (place, *subject.inside(place)) if place.id != outer.id else (place,)
    return all(inner.lies_in(outer) for inner in inside)


def never(subject: Subject) -> Iterator[Found]:
    """A measure or a piece of advice that its limits never let apply."""
    items: list[tuple[str, int, Measure | Advice]] = []
    items += [("measures", n, measure) for n, measure in enumerate(subject.advisory.measures)]
    items += [("advice", n, advice) for n, advice in enumerate(subject.advisory.advice)]
    for key, n, item in items:
        if not _meets(item.limits, subject):
            limit, why = _why_never(item.limits, subject)
            yield (key, n, *limit), f"never lets it apply: {why}; put it right or take it out"


def _meets(limits: Limits, subject: Subject) -> bool:
    """Whether they let something apply at some place and time of the advisory."""
    return any(
        limits.allow(segment.level, segment.place)
        and next(limits.times(segment.span, segment.span.start, walked.clock), None) is not None
        for walked in subject.walks
        for segment in walked.segments
    )


def _why_never(limits: Limits, subject: Subject) -> tuple[Address, str]:
    """The first limit that is never met by itself; none, where that is only so of all together."""
    window = replace(ANYWHERE, onset=limits.onset, expires=limits.expires)
    bound = "expires" if limits.onset is None else "onset"
    alone = [
        ("levels", replace(ANYWHERE, levels=limits.levels), "no bulletin declares that"),
        ("places", replace(ANYWHERE, places=limits.places), "nothing is declared there"),
        (bound, window, "nothing is in force at that time"),
        ("recurs", replace(window, recurs=limits.recurs), "nothing is in force on those days"),
        ("hours", replace(window, hours=limits.hours), "nothing is in force at those hours"),
    ]
    for key, limit, why in alone:
        if not _meets(limit, subject):
            return (key,), why
    return (), "what it is limited to never comes together"
