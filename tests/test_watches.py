"""Watches: for what silence may be trusted, and what `sca watches` says of them."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from sca.spans import Span, merged, read_duration, read_moment
from sca.watches import NO_TIME, NOT_WATCHED, Hole, Source, State, Watch, watching
from tests.builders import a_place, a_question, a_span, at, law
from tests.running import sca

LIFE = str(Path(__file__).parent / "data" / "life")
SCREEN = Path(__file__).parent / "data" / "screens" / "watches.txt"

COUNTRY = a_place("Kazakhstan", timezone="Etc/UTC")
REGION = a_place("Region", timezone="Etc/UTC", within=(COUNTRY.id,))
CITY = a_place("City", timezone="Etc/UTC", within=(REGION.id, COUNTRY.id))
NOW = at("2024-09-10")


def a_watch(since="2024-01-01", until="2024-08-31", max_age="P30D", **changes) -> Watch:
    """Of the scheme `threat` in the country, if nothing else is said; `max_age` may be left out."""
    return Watch(
        **{
            "scheme": "threat",
            "places": (COUNTRY,),
            "since": read_moment(since),
            "until": read_moment(until),
            "max_age": read_duration(max_age) if max_age else NO_TIME,
        }
        | changes
    )


def a_source(*watches: Watch, had=()) -> Source:
    """With these watches, and advisories of these schemes and places."""
    subjects = [(watch.scheme, place) for watch in watches for place in watch.places]
    return Source("rules", watches, (*subjects, *had))


def told(*watches: Watch, start="2024-07-01", end="2024-07-02", had=(), now=NOW, **how):
    question = a_question(how.pop("place", CITY), span=a_span(start, end))
    return watching(question, [a_source(*watches, had=had)], now, **how)


def holes(*watches: Watch, **how) -> list[tuple[str | None, str, str, str | None]]:
    """Scheme, start, end and review of the stretches for which nobody vouches, by day or hour."""
    return [
        (
            h.scheme,
            _written(h.span.start),
            _written(h.span.end),
            h.reviewed and _written(h.reviewed),
        )
        for h in told(*watches, **how).holes
    ]


def _written(instant) -> str:
    return instant.strftime("%Y-%m-%d" if instant == instant.replace(hour=0) else "%Y-%m-%dT%H")


# ------------------------------------------------------------------------------ the time it covers


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        pytest.param("2024-01-01", "2024-09-01", [], id="from its first day through its last"),
        pytest.param(
            "2023-12-31", "2024-01-02", [("2023-12-31", "2024-01-01")], id="not before it"
        ),
        pytest.param("2024-08-31", "2025-09-01", [], id="past a review of late"),
        pytest.param(
            "2023-11-01", "2023-12-01", [("2023-11-01", "2023-12-01")], id="long before it"
        ),
    ],
)
def test_a_watch_vouches_from_its_start(start, end, left):
    assert holes(a_watch(), start=start, end=end) == [("threat", *hole, None) for hole in left]


@pytest.mark.parametrize(
    ("now", "max_age", "left"),
    [
        pytest.param("2024-09-30T23:59", None, [], id="within its age, which counts from its end"),
        pytest.param(
            "2024-10-01T00:00", None, [("threat", "2024-09-01", "2024-09-05", "2024-09-01")],
            id="at the end of its age",
        ),
        pytest.param("2024-10-01T00:00", "P60D", [], id="as old as somebody allows"),
        pytest.param(
            "2024-09-10T00:00", "P1D", [("threat", "2024-09-01", "2024-09-05", "2024-09-01")],
            id="older than somebody allows",
        ),
        pytest.param(
            "2024-08-30T12:00", None, [("threat", "2024-08-30T12", "2024-09-05", None)],
            id="no longer than now, while its review is yet to come",
        ),
    ],
)  # fmt: skip
def test_past_its_review_a_watch_vouches_for_as_long_as_it_says(now, max_age, left):
    age = read_duration(max_age) if max_age else None

    found = holes(a_watch(), start="2024-08-30", end="2024-09-05", now=at(now), max_age=age)

    assert found == left


def test_a_watch_of_no_age_vouches_for_nothing_past_its_review():
    left = [("threat", "2024-09-01", "2024-09-02", "2024-09-01")]

    assert holes(a_watch(max_age=None), end="2024-09-02") == left


SPRING = a_watch("2024-01-01", "2024-02-29")
SUMMER = a_watch("2024-05-01", "2024-08-31")


@pytest.mark.parametrize("max_age", [None, "P3650D"])
def test_a_gap_between_two_watches_is_no_slip_that_an_age_could_mend(max_age):
    """Where a record has holes, its watch stops before the hole, and another begins after it."""
    age = read_duration(max_age) if max_age else None

    found = holes(SPRING, SUMMER, start="2024-02-01", end="2024-06-01", max_age=age)

    assert found == [("threat", "2024-03-01", "2024-05-01", None)]


def test_before_a_later_watch_began_an_earlier_one_vouches_as_it_says():
    assert holes(SPRING, SUMMER, start="2024-03-10", end="2024-03-12", now=at("2024-03-15")) == []


def test_watches_one_after_another_leave_no_gap():
    watches = (a_watch("2024-01-01", "2024-02-29"), a_watch("2024-03-01", "2024-08-31"))

    assert holes(*watches, start="2024-01-01", end="2024-09-01") == []


@law
@given(st.lists(st.integers(0, 400), min_size=3, max_size=3, unique=True), st.booleans())
def test_a_span_in_two_leaves_the_holes_of_the_whole(days, fresh):
    first, middle, last = (
        at("2023-11-01") + (at("2024-01-02") - at("2024-01-01")) * day for day in sorted(days)
    )
    how = {"now": NOW if fresh else at("2025-09-10")}

    def left(start, end):
        question = a_question(CITY, span=Span(start, end))
        found = watching(question, [a_source(SPRING, SUMMER)], **how).holes
        return [hole.span for hole in found]

    assert merged(left(first, last)) == merged([*left(first, middle), *left(middle, last)])


# ------------------------------------------------------------------------ its places and schemes


@pytest.mark.parametrize(
    ("watched", "asked", "left"),
    [
        pytest.param(COUNTRY, CITY, [], id="a country's watch, for a city in it"),
        pytest.param(CITY, CITY, [], id="a city's watch, for the city"),
        pytest.param(
            CITY, REGION, [(None, "2024-07-01", "2024-07-02", None)],
            id="a city's watch, for the region around it",
        ),
    ],
)  # fmt: skip
def test_a_watch_speaks_for_all_that_lies_in_its_places(watched, asked, left):
    assert holes(a_watch(places=(watched,)), place=asked) == left


@pytest.mark.parametrize(
    ("had", "left"),
    [
        pytest.param([("other", CITY)], ["other"], id="there"),
        pytest.param([("other", COUNTRY)], ["other"], id="around it"),
        pytest.param([("other", a_place("Elsewhere"))], [], id="elsewhere"),
        pytest.param([("threat", CITY)], [], id="of the scheme that is watched"),
    ],
)
def test_every_scheme_that_was_ever_declared_there_must_be_watched(had, left):
    assert [scheme for scheme, *_ in holes(a_watch(), had=had)] == left


def test_the_schemes_asked_about_are_all_that_counts():
    had = [("other", COUNTRY)]

    assert holes(a_watch(), had=had, schemes={"threat"}) == []
    assert [scheme for scheme, *_ in holes(a_watch(), had=had, schemes={"other"})] == ["other"]
    assert [scheme for scheme, *_ in holes(a_watch(), had=had, schemes={"third"})] == [None]


def test_of_a_place_of_parts_each_must_be_watched():
    other = a_place("Other", timezone="Etc/UTC")
    question = a_question(COUNTRY, parts=(CITY, other), span=a_span("2024-07-01", "2024-07-02"))

    found = watching(question, [a_source(a_watch(places=(CITY,)))], NOW).holes

    assert found == (Hole(other, None, a_span("2024-07-01", "2024-07-02")),)


# -------------------------------------------------------------------------------------- sources


def test_where_no_source_watches_each_answers_for_its_own_rules():
    question = a_question(CITY)

    assert watching(question, [a_source(had=[("threat", CITY)])], NOW) == NOT_WATCHED
    assert watching(question, [], NOW) == NOT_WATCHED


def test_of_several_sources_one_that_watches_must_speak():
    own, shipped = a_source(had=[("own", CITY)]), a_source(a_watch(places=(COUNTRY,)))
    elsewhere = a_place("Elsewhere", timezone="Etc/UTC")

    assert watching(a_question(CITY), [own, shipped], NOW).holes == ()
    assert [h.scheme for h in watching(a_question(elsewhere), [own, shipped], NOW).holes] == [None]


# ------------------------------------------------------------------------------- what it comes to


def test_holes_that_a_newer_review_would_fill_are_stale_and_no_others():
    stale = told(a_watch(max_age=None), start="2024-09-02", end="2024-09-03", now=at("2025-01-01"))
    mixed = told(
        a_watch(max_age=None), start="2023-12-31", end="2024-09-03", now=at("2025-01-01")
    )  # fmt: skip

    assert (stale.stale, mixed.stale) == (True, False)
    assert stale.trusting_silence() == stale
    assert [hole.reviewed for hole in mixed.holes] == [None, at("2024-09-01")]
    assert mixed.trusting_silence().holes == mixed.holes[1:]


@pytest.mark.parametrize(
    ("watches", "end", "known"),
    [
        pytest.param((a_watch(),), "2024-09-01", None, id="not past the review"),
        pytest.param((a_watch(),), "2024-09-02", "2024-09-01", id="past it"),
        pytest.param(
            (a_watch(), a_watch(until="2024-08-15", scheme="other")), "2024-09-02", "2024-08-16",
            id="of two schemes, the one reviewed longer ago",
        ),
        pytest.param((SPRING, SUMMER), "2024-07-02", None, id="within the later of two watches"),
        pytest.param((SPRING, SUMMER), "2024-09-02", "2024-09-01", id="past the later of two"),
        pytest.param(
            (a_watch(until="2024-08-15", places=(CITY,)), a_watch()), "2024-08-30", None,
            id="within the later review of two that overlap",
        ),
    ],
)  # fmt: skip
def test_it_is_told_up_to_when_all_that_was_announced_is_known(watches, end, known):
    assert told(*watches, end=end).as_of == (at(known) if known else None)


def test_the_watches_that_speak_are_told():
    other = a_watch(places=(a_place("Elsewhere"),))

    assert told(a_watch(), other).watches == (a_watch(),)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2024-08-30T23:59", State.FUTURE),
        ("2024-08-31T00:00", State.FRESH),
        ("2024-09-30T23:59", State.FRESH),
        ("2024-10-01T00:00", State.STALE),
    ],
)
def test_a_watch_is_fresh_from_the_day_of_its_review(now, state):
    review = a_watch().until.reading("Etc/UTC").span

    assert a_watch().state(review, at(now), None) is state


# ------------------------------------------------------------------------------------- sca watches

LATER = ("--rules", LIFE, "--now", "2024-07-15T00:00Z")


def test_the_watches_as_they_go_into_a_pipe():
    ran = sca("watches", *LATER)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == SCREEN.read_text(encoding="utf-8")


def test_the_document_of_the_watches():
    ran = sca("watches", *LATER, "--json")

    first, second = ran.document["watches"]
    assert first == {
        "scheme": "kz-terror-threat",
        "places": [{"id": "iso:KZ", "name": "Kazakhstan"}],
        "from": "2024-01-01",
        "until": "2024-06-30",
        "max_age": "P30D",
        "source": "The headquarters' announcements",
        "title": "Kazakhstan's terror-threat levels",
        "notes": ["Drills are not in it."],
        "source_path": LIFE,
        # Since midnight in Almaty, and since midnight in Glasgow, an hour ahead of UTC.
        "age": 14 * 86400 + 5 * 3600,
        "state": "fresh",
    }
    assert (second["scheme"], second["state"]) == ("gb-threat", "stale")


def test_an_age_that_somebody_allows_makes_a_watch_fresh_again():
    ran = sca("watches", *LATER, "--max-age", "P200D", "--json")

    assert [watch["state"] for watch in ran.document["watches"]] == ["fresh", "fresh"]


def test_a_review_that_is_yet_to_come_is_told_as_such():
    ran = sca("watches", "--rules", LIFE, "--now", "2024-02-01T00:00Z", "--json")

    assert {watch["state"] for watch in ran.document["watches"]} == {"in the future"}
    assert {watch["age"] for watch in ran.document["watches"]} == {0}


def test_rules_without_watches_have_none(first_rule):
    ran = sca("watches")

    assert ran.out == "nothing is watched here: these rules answer for themselves alone\n"
    assert sca("watches", "--json").document["watches"] == []


@pytest.mark.parametrize("options", [("--max-age", "long"), ("--now", "today"), ("Almaty",)])
def test_what_cannot_be_read_is_refused(options):
    assert sca("watches", *LATER[:2], *options).code == 2
