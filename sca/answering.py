"""One question from text to verdict, for programs and for the command line alike."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sca import spans, zones
from sca.errors import Candidate, InvalidTime, UnknownScheme, WrongUse, did_you_mean, near
from sca.evaluate import Verdict
from sca.inquiry import Inquiry
from sca.levels import read_threshold
from sca.places import Kind, Place
from sca.question import ask
from sca.ruleset import RuleSet
from sca.settings import related

if TYPE_CHECKING:
    from sca.explanation import Explanation


def check(
    place: str,
    when: str,
    *,
    rules: RuleSet | None = None,
    now: datetime | None = None,
    at_least: str | None = None,
    settings: Iterable[str] = (),
    zone: str | None = None,
    as_of: str | None = None,
    exercise: bool = False,
    schemes: Iterable[str] = (),
    max_age: str | None = None,
    unwatched_is_clear: bool = False,
) -> Verdict:
    """Whether a place is under an advisory at a time, how grave it is, and why.

    `when` is read on the clock of the place unless it has an offset. `now` (aware) is what the
    word now stands for; this library never reads the machine's clock. Without `rules` the usual
    ones are loaded anew.

    With `as_of` it is judged by the bulletins that were known then; drills count with `exercise`;
    with `schemes` (ids) it is judged by those alone. `max_age` (`P90D`, `90d`, `36h`) is how long
    after its last review a watch may be relied on, in place of what it says itself.
    `zone` (an IANA key) is the clock of a coordinate, in place of that of its nearest city.

    Raises InvalidTime, BrokenRules, UnknownLevel, UnknownScheme, UnknownSetting, UnknownPlace or
    AmbiguousPlace; an answer is never guessed, and nothing unknown comes out clear.

    >>> check("Almaty", "2024-07-05").answer.value
    'clear'
    >>> check("Almatty", "2024-07-05")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    sca.errors.UnknownPlace: no place called 'Almatty' is known; did you mean Almaty ...
    """
    return inquire(
        place,
        when,
        rules=rules,
        now=now,
        at_least=at_least,
        settings=settings,
        zone=zone,
        as_of=as_of,
        exercise=exercise,
        schemes=schemes,
        max_age=max_age,
        unwatched_is_clear=unwatched_is_clear,
    ).verdict()


def inquire(
    place: str,
    when: str,
    *,
    rules: RuleSet | None = None,
    now: datetime | None = None,
    at_least: str | None = None,
    settings: Iterable[str] = (),
    zone: str | None = None,
    as_of: str | None = None,
    exercise: bool = False,
    schemes: Iterable[str] = (),
    max_age: str | None = None,
    unwatched_is_clear: bool = False,
) -> Inquiry:
    """The question that `check` answers, read, with all that it is judged by."""
    written = spans.read(when)
    knowing = spans.read(as_of) if as_of is not None else None
    for time in (written, knowing):
        if now is None and time is not None and time.needs_now:
            raise InvalidTime(
                f"{time.text!r} needs to be told what now is: pass now=datetime.now(UTC)"
            )
    if now is not None and now.utcoffset() is None:
        raise InvalidTime(f"now={now!r} has no offset; pass now=datetime.now(UTC)")
    if zone is not None and (problem := zones.unknown(zone)) is not None:
        raise WrongUse(problem)
    known = rules if rules is not None else _usual()
    threshold = read_threshold(at_least, known.schemes) if at_least is not None else None
    wanted, asked_schemes = list(settings), known_schemes(schemes, known)
    biting = related(wanted, known.settings) if wanted else None
    age = spans.read_age(max_age) if max_age is not None else None
    found = _on_clock(known.gazetteer.find(place), zone)
    parts = known.parts(found)
    present = now or spans.FOREVER
    question = ask(
        found, parts, written, present, threshold, biting, knowing, exercise, known.accepted
    )
    return Inquiry(
        question,
        known.told(question, asked_schemes),
        known.sources,
        now or spans.FOREVER,
        age,
        asked_schemes,
        unwatched_is_clear,
        known.considered(asked_schemes),
    )


def explain(inquiry: Inquiry, rules: RuleSet) -> "Explanation":
    """Why each advisory of the rules counts for a question, or does not."""
    # Imported here: an answer that nobody wants to have explained does not wait for it.
    from sca import explanation

    question, place = inquiry.question, inquiry.question.place
    around: list[tuple[float, Place]] = []
    if place.latitude is not None and place.longitude is not None:
        around = rules.gazetteer.atlas.near(place.latitude, place.longitude, explanation.NEAR_KM)
    told = inquiry.segments if inquiry.schemes is None else rules.told(question)
    return explanation.explain(question, rules.advisories, told, inquiry.schemes, around)


def _usual() -> RuleSet:
    # Imported here: who brings rules along needs nothing that reads files.
    from sca.reading import load

    return load()


def known_schemes(ids: Iterable[str], rules: RuleSet) -> frozenset[str] | None:
    """The schemes asked about; None where nobody asked for some. Raises UnknownScheme."""
    asked = frozenset(ids)
    for id in sorted(asked - rules.schemes.keys()):
        way_out = did_you_mean(id, rules.schemes) or f"; there are {', '.join(rules.schemes)}"
        raise UnknownScheme(
            f"no such scheme: {id!r}{way_out}",
            [Candidate(n, str(rules.schemes[n].title)) for n in near(id, rules.schemes)],
        )
    return asked or None


def _on_clock(place: Place, zone: str | None) -> Place:
    """A coordinate on a clock that somebody named for it."""
    if zone is None:
        return place
    if place.kind is not Kind.POINT:
        raise WrongUse(f"{place} has a clock of its own; --zone is for coordinates")
    return replace(place, timezone=zone)
