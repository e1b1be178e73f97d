"""Complete values for tests, so that a test names only what it is about."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, settings

from sca.advisory import Advisory, Bulletin, Measure, Segment
from sca.language import Text
from sca.levels import Level, Scheme, Severity
from sca.limits import Limits, read_hours
from sca.places import Kind, Place
from sca.question import Part, Question
from sca.settings import Setting
from sca.spans import Span, read_duration, read_moment

law = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
"""A property test that draws the same values each time, however slow the machine is."""


def words(text: str) -> Text:
    """The text in English."""
    return Text((("en", text),))


def at(text: str) -> datetime:
    """An instant: `2024-07-02` or `2024-07-02T00:01`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_span(start: str = "2024-07-02", end: str = "2024-07-05") -> Span:
    """From one instant in UTC up to another."""
    return Span(at(start), at(end))


def a_place(name: str = "Almaty", **changes: Any) -> Place:
    """A city that lies in nothing; its id is `test:` and its name."""
    return Place(
        **{"id": f"test:{name}", "name": name, "kind": Kind.CITY, "timezone": "Asia/Almaty"}
        | changes
    )


def a_level(id: str = "yellow", **changes: Any) -> Level:
    """Yellow of the scheme `threat`, its lowest level."""
    return Level(
        **{
            "scheme": "threat",
            "id": id,
            "rank": 0,
            "name": words(id),
            "severity": Severity.Moderate,
        }
        | changes
    )


YELLOW = a_level()
ORANGE = a_level("orange", rank=1, severity=Severity.Severe)
RED = a_level("red", rank=2, severity=Severity.Extreme)


def a_scheme(id: str = "threat", levels: Iterable[Level] = (YELLOW, ORANGE, RED)) -> Scheme:
    """Yellow, orange and red, or other levels made this scheme's own."""
    own = tuple(replace(level, scheme=id) for level in levels)
    return Scheme(id, words(id), own, ("https://example.org/scheme",))


def a_setting(id: str = "airport", parent: str | None = None) -> Setting:
    return Setting(id, words(id), parent)


def a_measure(id: str = "patrols", *settings: str, **limits: Any) -> Measure:
    """A measure that bites in these settings, or everywhere; times as they are written."""
    for bound in ("onset", "expires"):
        if isinstance(limits.get(bound), str):
            limits[bound] = read_moment(limits[bound])
    if isinstance(limits.get("hours"), str):
        limits["hours"] = read_hours(limits["hours"])
    return Measure(id, words(id), Limits(settings=settings, **limits))


def a_bulletin(**changes: Any) -> Bulletin:
    """Yellow in Almaty, 00:01 on 2 July to 23:59 on 4 July 2024; times as they are written."""
    whole = {
        "issued": "2024-07-01",
        "level": YELLOW,
        "places": (a_place(),),
        "onset": "2024-07-02T00:01",
        "expires": "2024-07-04T23:59",
    } | changes
    for bound in ("issued", "onset", "expires"):
        if isinstance(whole[bound], str):
            whole[bound] = read_moment(whole[bound])
    if isinstance(whole.get("duration"), str):
        whole["duration"] = read_duration(whole["duration"])
    return Bulletin(**whole)


def an_advisory(id: str = "a", *measures: Measure, **changes: Any) -> Advisory:
    """One bulletin, and these measures or none."""
    return Advisory(
        **{
            "id": id,
            "title": words(id),
            "issuer": words("the authority"),
            "scheme": a_scheme(),
            "timezone": "Asia/Almaty",
            "sources": ("https://example.org/notice",),
            "bulletins": (a_bulletin(),),
            "measures": measures,
        }
        | changes
    )


def a_segment(advisory: Advisory | str = "a", **changes: Any) -> Segment:
    """Yellow in Almaty from 2 July up to 5 July 2024, UTC; the advisory itself, or its id."""
    if isinstance(advisory, str):
        advisory = an_advisory(advisory)
    return Segment(
        **{
            "advisory": advisory,
            "place": a_place(),
            "span": a_span(),
            "level": YELLOW,
            "bulletin": 1,
        }
        | changes
    )


def a_question(place: Place | None = None, **changes: Any) -> Question:
    """About the whole of 3 July 2024, UTC, at Almaty or another place that is judged as one.

    `parts` may be places or Parts; each place is asked about `span`, on its own clock.
    """
    place = place or a_place()
    span = changes.pop("span", a_span("2024-07-03", "2024-07-04"))
    parts = changes.pop("parts", (place,))
    asked = tuple(p if isinstance(p, Part) else Part(p, span, p.timezone) for p in parts)
    return Question(**{"place": place, "parts": asked} | changes)
