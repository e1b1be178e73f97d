"""One question from text to verdict, for programs and for the command line alike."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sca import spans, zones
from sca.errors import InvalidTime, WrongUse
from sca.evaluate import Verdict, ask, evaluate
from sca.levels import read_threshold
from sca.places import Kind, Place
from sca.ruleset import RuleSet, load
from sca.settings import related


def check(
    place: str,
    when: str,
    *,
    rules: RuleSet | None = None,
    now: datetime | None = None,
    at_least: str | None = None,
    settings: Iterable[str] = (),
    zone: str | None = None,
) -> Verdict:
    """Whether a place is under an advisory at a time, how grave it is, and why.

    `when` is read on the clock of the place unless it has an offset. `now` (aware) is what the
    word now stands for; this library never reads the machine's clock. Without `rules` the usual
    ones are loaded anew.

    `zone` (an IANA key) is the clock of a coordinate, in place of that of its nearest city.

    Raises InvalidTime, BrokenRules, UnknownLevel, UnknownSetting, UnknownPlace or AmbiguousPlace;
    an answer is never guessed, and nothing unknown comes out clear.

    >>> check("Almaty", "2024-07-05").answer.value
    'clear'
    >>> check("Almatty", "2024-07-05")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    sca.errors.UnknownPlace: no place called 'Almatty' is known; did you mean Almaty ...
    """
    written = spans.read(when)
    if now is None and written.needs_now:
        raise InvalidTime(f"{when!r} needs to be told what now is: pass now=datetime.now(UTC)")
    if now is not None and now.utcoffset() is None:
        raise InvalidTime(f"now={now!r} has no offset; pass now=datetime.now(UTC)")
    if zone is not None and (problem := zones.unknown(zone)) is not None:
        raise WrongUse(problem)
    known = rules if rules is not None else load()
    threshold = read_threshold(at_least, known.schemes) if at_least is not None else None
    wanted = list(settings)
    biting = related(wanted, known.settings) if wanted else None
    found = _on_clock(known.gazetteer.find(place), zone)
    parts = known.parts(found)
    question = ask(found, parts, written, now or spans.FOREVER, threshold, biting)
    return evaluate(question, known.segments)


def _on_clock(place: Place, zone: str | None) -> Place:
    """A coordinate on a clock that somebody named for it."""
    if zone is None:
        return place
    if place.kind is not Kind.POINT:
        raise WrongUse(f"{place} has a clock of its own; --zone is for coordinates")
    return replace(place, timezone=zone)
