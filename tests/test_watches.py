"""Watches: for what silence may be trusted, and what `sca watches` says of them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from sca.places import ANYWHERE, Kind
from sca.question import Part
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


# --------------------------------------------------------------------------------- the clocks of it


def test_a_watch_is_read_on_the_clock_of_each_part():
    west = a_place("West", timezone="Asia/Oral", within=(COUNTRY.id,))
    source = a_source(a_watch("2022-01-05", "2022-01-05", None))
    # The whole of 5 January by each clock, then the same instants for both.
    almaty = Part(CITY, a_span("2022-01-04T18:00", "2022-01-05T18:00"), "Asia/Almaty")
    oral = Part(west, a_span("2022-01-04T19:00", "2022-01-05T19:00"), "Asia/Oral")

    def left(*parts):
        return watching(a_question(COUNTRY, parts=parts), [source], NOW).holes

    hour = a_span("2022-01-04T18:00", "2022-01-04T19:00")
    assert left(almaty, oral) == ()
    assert left(almaty, replace(oral, span=almaty.span)) == (Hole(west, "threat", hour),)


def test_where_there_is_no_clock_a_watch_is_read_in_utc():
    part = Part(CITY, a_span("2024-08-31T12:00", "2024-09-01T12:00"), None)
    question = a_question(CITY, parts=(part,))

    (hole,) = watching(question, [a_source(a_watch(max_age=None))], NOW).holes

    assert hole.span == a_span("2024-09-01T00:00", "2024-09-01T12:00")


# ------------------------------------------------------- where it is not certain what it lies in

KZ, CN = (
    a_place(id, id=f"iso:{id}", kind=Kind.COUNTRY, population=9_000_000) for id in ("KZ", "CN")
)
NORTH, SOUTH = (
    a_place(id, id=f"iso:{id}", kind=Kind.REGION, within=(KZ.id,), population=1_000_000)
    for id in ("KZ-1", "KZ-2")
)
POINT = a_place("50,70", kind=Kind.POINT, within=(NORTH.id, KZ.id))
HOMELESS = a_place("Without a region", within=(KZ.id,))
OF_KZ, OF_CN = a_watch(places=(KZ,)), a_watch(places=(CN,))


@pytest.mark.parametrize(
    ("place", "watches", "had", "left"),
    [
        pytest.param(
            replace(POINT, otherwise=((SOUTH.id, KZ.id),)), [OF_KZ], [], [],
            id="in either region of a country that is watched",
        ),
        pytest.param(
            replace(POINT, otherwise=((CN.id,),)), [OF_KZ], [], [None],
            id="perhaps in a country that nobody watches",
        ),
        pytest.param(
            replace(POINT, otherwise=((CN.id,),)),
            [OF_KZ, a_watch(until="2024-06-01", max_age=None, places=(CN,))], [], ["threat"],
            id="perhaps in a country that was watched before",
        ),
        pytest.param(
            replace(POINT, otherwise=((CN.id,),)), [OF_KZ, OF_CN], [], [],
            id="in either of two countries that are watched",
        ),
        pytest.param(
            replace(POINT, otherwise=((SOUTH.id, KZ.id),)), [OF_KZ], [("own", SOUTH)], ["own"],
            id="perhaps in a region with a scheme of its own",
        ),
        pytest.param(
            HOMELESS, [OF_KZ], [("own", SOUTH)], ["own"],
            id="in no region that is known, where one has a scheme of its own",
        ),
        pytest.param(
            HOMELESS, [OF_KZ, a_watch(scheme="own", places=(SOUTH,))], [], [],
            id="the same, where that scheme is watched",
        ),
        pytest.param(
            replace(HOMELESS, perhaps=(CN.id,)), [OF_KZ], [("own", CN)], ["own"],
            id="in land that another country counts as its own",
        ),
        pytest.param(
            replace(POINT, perhaps=(ANYWHERE,)), [OF_KZ], [("own", CN)], ["own"],
            id="anywhere at all",
        ),
        pytest.param(
            replace(POINT, within=()), [OF_KZ], [("own", SOUTH)], [None],
            id="far from all that is known",
        ),
    ],
)  # fmt: skip
def test_silence_must_be_trusted_wherever_a_place_may_lie(place, watches, had, left):
    """What nobody watches on the other side of a border must not come out clear on this one."""
    assert [scheme for scheme, *_ in holes(*watches, place=place, had=had)] == left


# ---------------------------------------------------------------------------------------- the law

HOUR = timedelta(hours=1)
hours = st.integers(0, 6 * 24).map(lambda n: at("2024-07-01") + n * HOUR)
moments = st.sampled_from(
    [f"2024-07-0{day}{hour}" for day in range(1, 8) for hour in ("", "T06:00", "T17:59")]
)


@st.composite
def words(draw):
    since, until = sorted([draw(moments), draw(moments)], key=lambda text: read_moment(text).wall)
    return a_watch(
        since,
        until,
        draw(st.sampled_from([None, "P1D", "PT6H"])),
        scheme=draw(st.sampled_from(["a", "b"])),
        places=tuple(draw(st.sets(st.sampled_from([COUNTRY, REGION, CITY]), min_size=1))),
    )


subjects = st.tuples(st.sampled_from(["a", "b"]), st.sampled_from([COUNTRY, REGION, CITY]))
sets = st.lists(
    st.builds(
        lambda watches, had: a_source(*watches, had=had),
        st.lists(words(), max_size=3),
        st.lists(subjects, max_size=2),
    ),
    max_size=2,
)
asked = st.lists(st.sampled_from([COUNTRY, REGION, CITY]), min_size=1, unique=True)
options = st.fixed_dictionaries(
    {"now": hours | st.just(NOW)},
    optional={"schemes": st.just({"a"}), "max_age": st.just(read_duration("P2D"))},
)


def over(places, start, end):
    """A question about the same time at several places."""
    return a_question(COUNTRY, parts=[Part(p, Span(start, end), p.timezone) for p in places])


def vouched(sources, place, instant, now, schemes=None, max_age=None):
    """Whether silence may be trusted at an instant: the law of watches in its plainest words."""
    watched = [source for source in sources if source.watches]
    spoken = not watched
    for source in watched:
        for scheme in {scheme for scheme, named in source.subjects if place.lies_in(named)}:
            own = [w for w in source.watches if w.scheme == scheme and w.speaks_for(place)]
            if schemes is None or scheme in schemes:
                spoken |= bool(own)
                if not any(relied_on(watch, own, instant, now, max_age) for watch in own):
                    return False
    return spoken


def relied_on(watch, own, instant, now, max_age):
    start, review = watch.since.reading("Etc/UTC").span.start, watch.until.reading("Etc/UTC").span
    if instant < start or instant < review.end:
        return start <= instant and (review.start <= now or instant < now)
    begun_since = [w for w in own if review.end <= w.since.reading("Etc/UTC").span.start <= now]
    grace = max_age or watch.max_age
    fresh = review.start <= now < review.end + timedelta(days=grace.days) + grace.time
    return fresh and not begun_since


@law
@given(sets, asked, hours, st.integers(1, 48), options)
def test_a_time_is_watched_where_each_instant_of_it_is(sources, places, start, length, how):
    found = watching(over(places, start, start + length * HOUR), sources, **how).holes

    for place in places:
        stretches = [hole.span for hole in found if hole.place == place]
        for hour in (start + n * HOUR for n in range(length)):
            for instant in (hour, hour + timedelta(minutes=59)):
                left = any(instant in stretch for stretch in stretches)
                assert left is not vouched(sources, place, instant, **how)


@law
@given(sets, asked, st.lists(hours, min_size=3, max_size=3, unique=True), options)
def test_splitting_a_time_neither_closes_a_hole_nor_makes_one(sources, places, bounds, how):
    start, middle, end = sorted(bounds)

    def left(first, last):
        return bool(watching(over(places, first, last), sources, **how).holes)

    assert left(start, end) is (left(start, middle) or left(middle, end))


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
