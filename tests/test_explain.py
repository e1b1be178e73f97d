"""`sca check --explain`: why each advisory counts for a question, or does not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from sca import answering, history, reading
from sca.acceptance import Acceptance
from sca.advisory import Then
from sca.changes import Act
from sca.evaluate import evaluate
from sca.explanation import NEAR_KM, Why, explain
from sca.levels import Severity, Threshold
from sca.limits import Limits, read_hours
from sca.places import Kind
from sca.question import Part
from sca.record import Bound, Word
from sca.report import document, reasons, table, text
from sca.spans import FOREVER, Span, read_moment
from sca.timelines import ALWAYS
from tests.builders import (
    ORANGE,
    RED,
    YELLOW,
    a_bulletin,
    a_level,
    a_measure,
    a_place,
    a_question,
    a_span,
    an_advisory,
    at,
    law,
    words,
)
from tests.running import sca, valid
from tests.test_history import PLACES, advisories, moments

COUNTRY = a_place("Country", kind=Kind.COUNTRY, timezone="Etc/UTC")
NORTH = a_place("North", kind=Kind.REGION, within=(COUNTRY.id,), timezone="Etc/UTC")
CITY = a_place(
    "City", within=(NORTH.id, COUNTRY.id), timezone="Etc/UTC", latitude=50.0, longitude=70.0
)
TOWN = a_place("Town", within=(COUNTRY.id,), timezone="Etc/UTC", latitude=50.36, longitude=70.0)
"""40 km north of the city."""
FAR = a_place("Far", timezone="Etc/UTC", latitude=52.0, longitude=70.0)
"""222 km north of the city, in another country."""
NOON = Span(at("2024-07-03T12:00"), at("2024-07-03T12:01"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def act(issued="2024-07-01", **changes):
    """A bulletin on the country, of which all but the date of issue is left out."""
    blank = {"level": None, "places": (COUNTRY,), "onset": issued, "expires": None}
    return a_bulletin(issued=issued, **blank | changes)


def of(*bulletins, id="a", **changes):
    return an_advisory(id, bulletins=bulletins, timezone="Etc/UTC", **changes)


YELLOW_IN_JULY = act(level=YELLOW, onset="2024-07-02T00:00", expires="2024-07-04T23:59")


def explained(*every, place=CITY, parts=None, span=NOON, known=None, **how):
    """Why these advisories count at a place, or do not."""
    around, schemes = how.pop("around", ()), how.pop("schemes", None)
    asked = [Part(p, span, "Etc/UTC", known=known) for p in parts or (place,)]
    question = a_question(place, parts=asked, **how)
    told = [s for advisory in every for s in history.segments(advisory, known=known)]
    return explain(question, every, told, schemes, around)


def whys(*every, **how):
    return [(a.advisory.id, a.why) for a in explained(*every, **how).accounts]


def only(*every, **how):
    (account,) = explained(*every, **how).accounts
    return account


# ---------------------------------------------------------------------------- what is in force


def test_what_is_in_force_counts_by_its_bulletin_and_both_bounds():
    account = only(of(YELLOW_IN_JULY))

    assert (account.why, account.counts, account.level) == (Why.IN_FORCE, True, YELLOW)
    assert (account.parts, account.places) == ((CITY,), (COUNTRY,))
    assert (account.bulletin, account.act) == (1, Act.DECLARED)
    assert account.since == Bound(1, Word.ONSET)
    assert account.until == Bound(1, Word.EXPIRES)
    assert account.span == a_span("2024-07-02", "2024-07-05")
    assert (account.distance, account.superseded_by, account.then) == (None, None, None)


def test_until_further_notice_no_bulletin_says_an_end():
    account = only(of(act(level=YELLOW)))

    assert (account.until, account.span.end) == (None, FOREVER)


def test_what_a_bulletin_took_the_place_of_is_told_and_what_ended_it():
    """Red, lowered at noon on the 2nd, cancelled at noon on the 4th."""
    account = only(
        of(
            act(level=RED),
            act("2024-07-02T12:00", level=ORANGE),
            act("2024-07-04", onset="2024-07-04T12:00", cancels=True),
        )
    )

    assert (account.bulletin, account.act, account.level) == (2, Act.LOWERED, ORANGE)
    assert [(said.bulletin, said.level) for said in account.supersedes] == [(1, RED)]
    assert (account.since, account.until) == (Bound(2, Word.ONSET), Bound(3, Word.ONSET))
    assert (account.superseded_by, account.superseding) == (3, Act.CANCELLED)


def test_an_end_that_was_inherited_is_that_of_the_bulletin_which_says_it():
    account = only(of(YELLOW_IN_JULY, act("2024-07-03", onset="2024-07-03T06:00", level=RED)))

    assert (account.bulletin, account.until) == (2, Bound(1, Word.EXPIRES))
    assert [(said.bulletin, said.level) for said in account.supersedes] == [(1, YELLOW)]


def test_an_end_by_duration_is_told_as_one():
    assert only(of(act(level=YELLOW, duration="P7D"))).until == Bound(1, Word.DURATION)


def test_what_goes_on_afterwards_began_with_the_end_of_another():
    """Red for a day, then what was before."""
    red = act(
        "2024-07-02",
        onset="2024-07-02T00:00",
        expires="2024-07-02T23:59",
        level=RED,
        then=Then.BEFORE,
    )

    account = only(of(act(level=YELLOW), red))

    assert (account.bulletin, account.level) == (1, YELLOW)
    assert account.since == Bound(2, Word.EXPIRES)
    assert account.span.start == at("2024-07-03")


def test_each_level_that_holds_in_some_of_the_span_is_told():
    lowered = act("2024-07-03", onset="2024-07-03T12:00", level=ORANGE)
    whole_day = a_span("2024-07-03", "2024-07-04")

    first, second = explained(of(act(level=RED), lowered), span=whole_day).accounts

    assert (first.bulletin, first.until, first.then.level) == (1, Bound(2, Word.ONSET), ORANGE)
    assert (second.bulletin, second.since) == (2, Bound(2, Word.ONSET))


def test_an_hour_that_is_not_known_is_told():
    account = only(of(act(level=RED), act("2024-07-03", cancels=True)))

    assert [doubt.value for doubt in account.doubts] == ["hour"]
    assert (account.why, account.superseded_by) == (Why.IN_FORCE, 2)


# -------------------------------------------------------------------- in force, and yet left out


GREEN = a_level("green", rank=0, severity=Severity.Minor, baseline=True)
STREET = frozenset({"street"})
CURFEW = a_measure("curfew")
BY_NIGHT = Limits(settings=("street",), hours=read_hours("23:00/05:59"))
ACCEPTED = Acceptance(
    "a", (CITY,), ORANGE, read_moment("2024-07-31"), words("we stay in"), "the desk"
)


@pytest.mark.parametrize(
    ("advisory", "asked", "why"),
    [
        pytest.param(
            of(YELLOW_IN_JULY),
            {"threshold": Threshold("red", (("threat", 2),), Severity.Extreme)},
            Why.LEVEL,
            id="below the threshold",
        ),
        pytest.param(of(act(level=GREEN)), {}, Why.BASELINE, id="an ordinary state"),
        pytest.param(of(YELLOW_IN_JULY, exercise=True), {}, Why.EXERCISE, id="a drill"),
        pytest.param(
            of(YELLOW_IN_JULY, settings=("airport",)),
            {"settings": STREET},
            Why.SETTING,
            id="of another setting",
        ),
        pytest.param(
            of(YELLOW_IN_JULY, measures=(a_measure("checks", "airport"),)),
            {"settings": STREET},
            Why.SETTING,
            id="with measures in another setting only",
        ),
        pytest.param(
            of(YELLOW_IN_JULY, measures=(type(CURFEW)("curfew", words("curfew"), BY_NIGHT),)),
            {"settings": STREET},
            Why.HOURS,
            id="by night only",
        ),
        pytest.param(of(YELLOW_IN_JULY), {"accepted": (ACCEPTED,)}, Why.ACCEPTED, id="accepted"),
        pytest.param(of(YELLOW_IN_JULY), {"schemes": {"other"}}, Why.SCHEME, id="another scheme"),
    ],
)
def test_what_is_left_out_says_by_what(advisory, asked, why):
    account = only(advisory, **asked)

    assert (account.why, account.counts) == (why, False)
    assert (account.bulletin, account.until.bulletin if account.until else 1) == (1, 1)
    assert account.accepted == (ACCEPTED if why is Why.ACCEPTED else None)
    assert explained(advisory, **asked).unrelated == 0


def test_of_a_scheme_that_nobody_asked_about_only_what_is_in_force_is_told():
    over = of(act(level=YELLOW, expires="2024-07-02"))
    drill = of(YELLOW_IN_JULY, id="b", exercise=True)

    told = explained(over, drill, schemes={"other"})

    assert (told.accounts, told.unrelated) == ((), 0)


# ------------------------------------------------------------------------------ what is not


def test_what_is_over_says_how_long_ago_and_what_ended_it():
    account = only(of(act(level=YELLOW, expires="2024-07-02T23:59")))

    assert (account.why, account.distance) == (Why.OVER, -12 * HOUR)
    assert account.until == Bound(1, Word.EXPIRES)


def test_what_is_to_come_says_when():
    account = only(of(act(level=YELLOW, onset="2024-07-04T00:01", expires="2024-07-05")))

    assert (account.why, account.distance) == (Why.NOT_BEGUN, 12 * HOUR)
    assert account.since == Bound(1, Word.ONSET)


def test_between_two_both_are_told_the_nearer_one_first():
    before = act(level=YELLOW, expires="2024-07-02T23:59")
    after = act("2024-07-02", level=RED, onset="2024-07-03T18:00", expires="2024-07-05")

    told = explained(of(before, after)).accounts

    assert [(a.why, a.bulletin, a.distance) for a in told] == [
        (Why.NOT_BEGUN, 2, timedelta(hours=5, minutes=59)),
        (Why.OVER, 1, -12 * HOUR),
    ]


@pytest.mark.parametrize(
    ("later", "number", "what"),
    [
        pytest.param(
            [act("2024-07-02", onset="2024-07-02T12:00", cancels=True)], 2, Act.CANCELLED,
            id="cancelled",
        ),
        pytest.param(
            [act("2024-07-02", onset="2024-07-02T12:00", cancels=True),
             act("2024-07-02", onset="2024-07-02T18:00", cancels=True)],
            2, Act.CANCELLED, id="by the first of two that say so",
        ),
        pytest.param(
            [act("2024-07-01", expires="2024-07-12"),
             act("2024-07-02", onset="2024-07-02T12:00", cancels=True)],
            3, Act.CANCELLED, id="after it was extended",
        ),
    ],
)  # fmt: skip
def test_what_was_taken_back_says_by_which_bulletin(later, number, what):
    account = only(of(YELLOW_IN_JULY, *later))

    assert (account.why, account.level) == (Why.SUPERSEDED, YELLOW)
    assert (account.superseded_by, account.superseding) == (number, what)
    assert account.distance == -24 * HOUR


def test_what_was_taken_back_before_it_began_has_no_time():
    cancelled = act("2024-07-01", cancels=True, onset="2024-07-01T12:00")

    account = only(of(YELLOW_IN_JULY, cancelled))

    assert (account.why, account.bulletin, account.superseded_by) == (Why.SUPERSEDED, 1, 2)
    assert (account.span, account.distance) == (None, None)


def test_what_ran_out_by_itself_was_not_superseded_by_what_lowered_it_long_before():
    """Red until further notice, lowered to a yellow with an end: that end is why it is over."""
    lowered = act("2024-07-01", onset="2024-07-01T12:00", level=YELLOW, expires="2024-07-02")

    account = only(of(act(level=RED), lowered))

    assert (account.why, account.bulletin, account.until) == (
        Why.OVER, 2, Bound(2, Word.EXPIRES)
    )  # fmt: skip
    assert [(said.bulletin, said.level) for said in account.supersedes] == [(1, RED)]


@pytest.mark.parametrize("spared", [CITY, NORTH], ids=["itself", "what it lies in"])
def test_a_place_that_was_excepted(spared):
    excepting = act(level=YELLOW, exceptions=(spared,), expires="2024-07-05")

    account = only(of(excepting))

    assert (account.why, account.bulletin, account.level) == (Why.EXCEPTED, 1, YELLOW)
    assert account.places == (spared,)


def test_a_place_that_was_excepted_from_an_extension():
    extension = act("2024-07-02", exceptions=(CITY,), expires="2024-07-10")

    told = explained(of(act(level=YELLOW, expires="2024-07-02"), extension)).accounts

    assert [(a.why, a.bulletin) for a in told] == [(Why.EXCEPTED, 2), (Why.OVER, 1)]


def test_a_place_that_is_excepted_where_nothing_holds_any_more():
    assert only(of(act(level=RED, exceptions=(CITY,), expires="2024-07-02"))).why is Why.EXCEPTED


def test_as_of_a_time_what_was_not_issued_yet_is_told_with_what_was_known():
    extended = of(
        act(level=YELLOW, expires="2024-07-02T23:59"), act("2024-07-02", expires="2024-07-10")
    )

    told = explained(extended, known=Span(at("2024-07-01T10:00"), at("2024-07-01T10:01"))).accounts

    assert [(a.why, a.bulletin) for a in told] == [(Why.NOT_KNOWN, 2), (Why.OVER, 1)]
    assert whys(extended) == [("a", Why.IN_FORCE)]


def test_as_of_a_time_an_end_that_was_not_announced_yet_is_told():
    lifted = of(act(level=YELLOW), act("2024-07-02", onset="2024-07-02T00:00", cancels=True))
    known = Span(at("2024-07-01T10:00"), at("2024-07-01T10:01"))

    counting, unknown = explained(lifted, known=known).accounts

    assert (counting.why, counting.until) == (Why.IN_FORCE, None)
    assert (unknown.why, unknown.bulletin, unknown.level) == (Why.NOT_KNOWN, 2, None)
    assert unknown.act is Act.CANCELLED


def test_of_what_may_have_been_known_what_is_told_is_explained():
    """On the day of the lowering the graver of both is told, and its bounds are those it had."""
    lowered = of(act(level=RED), act("2024-07-02", level=YELLOW, expires="2024-07-04T23:59"))

    account = only(lowered, known=a_span("2024-07-02", "2024-07-03"))

    assert (account.level, account.until, account.span.end) == (RED, None, FOREVER)
    assert [doubt.value for doubt in account.doubts] == ["known"]


def test_where_a_place_may_lie_is_told():
    border = a_place("Border", kind=Kind.POINT, timezone="Etc/UTC", otherwise=((NORTH.id,),))

    account = only(of(act(level=YELLOW, places=(NORTH,))), place=border)

    assert (account.why, account.counts, account.places) == (Why.CANNOT_TELL, False, (NORTH,))


# ---------------------------------------------------------------------------------- what is near


def test_what_holds_in_a_place_nearby_is_a_near_miss():
    account = only(of(act(level=YELLOW, places=(TOWN,))))

    assert (account.why, account.places, account.nearest) == (Why.ELSEWHERE, (TOWN,), TOWN)
    assert account.km == pytest.approx(40, abs=0.1)


def test_a_region_nearby_is_as_far_as_its_nearest_city():
    south = a_place("South", kind=Kind.REGION, within=(COUNTRY.id,))
    cities = [
        (10.0, a_place("Hamlet", within=(NORTH.id, COUNTRY.id))),
        (30.0, a_place("Spared", within=(south.id, COUNTRY.id))),
        (70.0, a_place("Village", within=(south.id, COUNTRY.id))),
    ]
    regional = of(act(level=YELLOW, places=(south,), exceptions=(cities[1][1],)))

    account = only(regional, around=cities)

    assert (account.km, account.nearest.name) == (70.0, "Village")


@pytest.mark.parametrize(
    "advisory",
    [
        pytest.param(of(act(level=YELLOW, places=(FAR,))), id="far away"),
        pytest.param(
            of(act(level=YELLOW, places=(TOWN,), expires="2024-07-02")), id="at another time"
        ),
        pytest.param(of(act(level=GREEN, places=(TOWN,))), id="that would not count"),
    ],
)
def test_what_has_nothing_to_do_with_the_place_is_only_counted(advisory):
    told = explained(advisory, of(YELLOW_IN_JULY, id="b"))

    assert [account.advisory.id for account in told.accounts] == ["b"]
    assert (told.unrelated, told.within) == (1, NEAR_KM)


def test_what_is_over_here_may_hold_nearby():
    bulletins = [act(level=YELLOW, places=(CITY, TOWN)), act("2024-07-02", places=(CITY,))]
    cancelled = of(bulletins[0], a_bulletin(**_cancel((CITY,))))

    assert whys(cancelled) == [("a", Why.ELSEWHERE), ("a", Why.SUPERSEDED)]


def _cancel(places):
    return {
        "issued": "2024-07-02", "onset": "2024-07-02T00:00", "places": places, "level": None,
        "expires": None, "cancels": True,
    }  # fmt: skip


def test_a_region_has_no_spot_to_count_kilometres_from():
    told = explained(of(act(level=YELLOW, places=(TOWN,))), place=NORTH)

    assert (told.accounts, told.unrelated, told.within) == ((), 1, None)


# --------------------------------------------------------------------------- larger places, order


def test_parts_of_which_the_same_is_to_be_said_are_told_together():
    west = a_place("West", kind=Kind.REGION, within=(COUNTRY.id,), timezone="Asia/Oral")
    south = a_place("South", kind=Kind.REGION, within=(COUNTRY.id,), timezone="Asia/Almaty")
    lowered = act("2024-07-02", onset="2024-07-02T00:00", level=YELLOW, places=(NORTH,))
    local = an_advisory("a", bulletins=(act(level=RED), lowered), timezone="local")
    day = a_span("2024-07-03", "2024-07-04")
    parts = [Part(place, day, place.timezone) for place in (west, NORTH, south)]
    question = a_question(COUNTRY, parts=parts)
    told = [s for part in parts for s in history.segments(local, part.zone)]

    red, yellow = explain(question, (local,), told).accounts

    assert (red.level, red.parts, red.clocks) == (RED, (south, west), ("Asia/Oral", "Asia/Almaty"))
    assert (yellow.level, yellow.parts) == (YELLOW, (NORTH,))


def test_parts_of_which_nothing_is_said_are_not_told():
    account = only(of(act(level=YELLOW, places=(CITY,))), place=COUNTRY, parts=(CITY, TOWN))

    assert account.parts == (CITY,)


def test_what_counts_comes_first_the_gravest_of_it_and_then_what_is_out_by_least():
    every = [
        of(act(level=YELLOW, expires="2024-07-01"), id="over-long-ago"),
        of(act(level=YELLOW, expires="2024-07-03T10:59"), id="just-over"),
        of(act(level=YELLOW, places=(TOWN,)), id="near"),
        of(act(level=GREEN), id="ordinary"),
        of(act(level=YELLOW), id="yellow"),
        of(act(level=RED), id="red"),
    ]

    for order in (every, every[::-1]):
        ids = [account.advisory.id for account in explained(*order).accounts]
        assert ids == ["red", "yellow", "ordinary", "near", "just-over", "over-long-ago"]


# ------------------------------------------------------------------------------------------ laws


@st.composite
def cases(draw):
    """Some advisories, and a question about a place of theirs, at a minute or for a day."""
    every = draw(st.lists(advisories(), min_size=1, max_size=2))
    named = [
        an_advisory(str(number), bulletins=a.bulletins, timezone="Asia/Almaty")
        for number, a in enumerate(every)
    ]
    start = at("2024-02-26") + HOUR * draw(st.integers(0, 24 * 4))
    span = Span(start, start + draw(st.sampled_from([timedelta(minutes=1), DAY])))
    known = draw(st.none() | st.none() | moments(24, 28))
    part = Part(
        draw(st.sampled_from(PLACES)), span, "Asia/Almaty",
        known=read_moment(known).reading("Asia/Almaty").span if known else None,
    )  # fmt: skip
    threshold = draw(st.sampled_from([None, Threshold("red", (("threat", 2),), Severity.Extreme)]))
    question = a_question(part.place, parts=(part,), threshold=threshold)
    told = [s for a in named for s in history.segments(a, known=part.known)]
    return question, part, named, told


HELD = {Why.IN_FORCE, Why.LEVEL}


@law
@given(cases())
def test_what_is_told_to_count_is_what_the_verdict_rests_on(case):
    question, _, every, told = case

    explanation = explain(question, every, told)

    accounts = explanation.accounts
    assert len({a.advisory.id for a in accounts}) + explanation.unrelated == len(every)
    findings = evaluate(question, told).findings
    assert {a.advisory.id for a in accounts if a.why in HELD} == {f.advisory.id for f in findings}
    assert {a.advisory.id for a in accounts if a.counts} == {
        f.advisory.id for f in findings if f.counts
    }
    assert {(a.advisory.id, a.bulletin, a.level) for a in accounts if a.why in HELD} == {
        (f.advisory.id, r.segment.bulletin, r.segment.level) for f in findings for r in f.because
    }


@law
@given(cases())
def test_a_bound_is_where_the_bulletin_that_is_named_says_it_is(case):
    question, _, every, told = case
    clock = "Asia/Almaty"

    for account in explain(question, every, told).accounts:
        bulletins = account.advisory.bulletins
        if account.until and account.span:
            said = bulletins[account.until.bulletin - 1]
            onset = said.onset.reading(clock).span
            if account.until.word is Word.ONSET:
                assert account.span.end in {onset.start, onset.end}
            else:
                assert account.span.end == said.expires.reading(clock).span.end
        elif account.since:
            assert account.span.end == FOREVER
        if account.since and account.since.word is Word.ONSET:
            onset = bulletins[account.since.bulletin - 1].onset.reading(clock).span
            assert account.span.start in {onset.start, onset.end}


def held(advisory, place, span):
    """What an advisory has hold in some of a span at a place, whether or not it names it."""
    steps = history.walk(advisory, place, "Asia/Almaty")
    after = steps[-1].after if steps else ()
    return {(s.bulletin, s.level) for s in after if s.span.overlaps(span)}


@law
@given(cases())
def test_what_keeps_it_from_counting_is_what_does(case):
    """But for the bulletin, or the knowledge, that an account names, it would hold."""
    question, part, every, told = case

    for account in explain(question, every, told).accounts:
        said = (account.bulletin, account.level)
        if account.why is Why.SUPERSEDED:
            before = account.advisory.bulletins[: account.superseded_by - 1]
            shorter = replace(account.advisory, bulletins=before)
            # What was taken back before it began may have been to hold at another time.
            when = part.span if account.span else ALWAYS
            assert said in held(shorter, account.places[0], when)
        elif account.why is Why.NOT_KNOWN:
            now = held(account.advisory, account.places[0], part.span)
            assert (said in now) if account.level else not now
            assert part.known is not None
        elif account.why is Why.OVER:
            assert account.distance == account.span.end - part.span.start <= timedelta(0)
        elif account.why is Why.NOT_BEGUN:
            assert account.distance == account.span.start - part.span.end >= timedelta(0)


# ------------------------------------------------------------------------- on the command line


FILE = """\
id = "{id}"
title = "Of {id}"
issuer = "The authority"
scheme = "{scheme}"
timezone = "Asia/Almaty"
sources = ["https://example.org/notice"]
bulletins = [
  {bulletins}
]
"""

RULES = {
    "red": (
        """{ issued = "2024-07-01", level = "red", places = ["Kazakhstan"] },
  { issued = "2024-07-04", level = "orange", places = ["Kazakhstan"], onset = "2024-07-04T12:00" },
  { issued = "2024-07-05", level = "none", places = ["Kazakhstan"], onset = "2024-07-06T00:00" }"""
    ),
    "summit": (
        """{ issued = "2024-07-01", level = "yellow", places = ["Almaty"], """
        """onset = "2024-07-02T00:01", expires = "2024-07-04T23:59" }"""
    ),
    "lifted": (
        """{ issued = "2024-07-01", level = "red", places = ["Almaty"] },
  { issued = "2024-07-03T10:00", level = "none" }"""
    ),
    "spared": (
        """{ issued = "2024-07-01", level = "yellow", places = ["Kazakhstan"], """
        """except = ["City of Almaty"], expires = "2024-07-10" }"""
    ),
    "nearby": (
        """{ issued = "2024-07-05", level = "yellow", places = ["Talghar"], """
        """duration = "P3D" }"""
    ),
    "ahead": (
        """{ issued = "2024-07-04", level = "yellow", places = ["Almaty"], """
        """onset = "2024-07-05T12:01", expires = "2024-07-06T12:00" }"""
    ),
    "apart": """{ issued = "2024-07-01", level = "red", places = ["Tokyo"] }""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> str:
    """Seven advisories, each with its own story on 5 July 2024."""
    rules = tmp_path_factory.mktemp("rules")
    for id, bulletins in RULES.items():
        told = FILE.format(id=id, scheme="kz-terror-threat", bulletins=bulletins)
        (rules / f"{id}.toml").write_text(told, encoding="utf-8")
    return str(rules)


def check(folder, *arguments):
    return sca("check", "Almaty", "2024-07-05T09:00", "--rules", folder, *arguments)


PRINTED = """\
why Of red (red)
  counts: orange in Kazakhstan from 2024-07-04 12:00 through 2024-07-05 23:59 (+05:00)
  from: bulletin 2, issued 2024-07-04, onset 2024-07-04T12:00, which lowered it from red by \
bulletin 1, issued 2024-07-01
  until: bulletin 3, issued 2024-07-05, onset 2024-07-06T00:00, which cancelled it

why Of spared (spared)
  excepted: bulletin 1, issued 2024-07-01, has yellow in force then, but not in City of Almaty

why Of nearby (nearby)
  near: yellow in Talghar from 2024-07-05 00:00 through 2024-07-07 23:59 (+05:00): at that \
time, 27 km away
  note: the hour of a change is not known; the graver of before and after is told that day

why Of ahead (ahead)
  to come: yellow in Almaty from 2024-07-05 12:01 through 2024-07-06 12:00 (+05:00), to begin \
3 hours after the time asked about
  from: bulletin 1, issued 2024-07-04, onset 2024-07-05T12:01

why Of summit (summit)
  over: yellow in Almaty from 2024-07-02 00:01 through 2024-07-04 23:59 (+05:00), over 9 hours \
before the time asked about
  until: bulletin 1, issued 2024-07-01, expires 2024-07-04T23:59

why Of lifted (lifted)
  superseded: red in Almaty from 2024-07-01 00:00 through 2024-07-03 09:59 (+05:00)
  from: bulletin 1, issued 2024-07-01
  gone by: bulletin 2, issued 2024-07-03T10:00, which cancelled it, over 1 day 23 hours before \
the time asked about

1 more advisory says nothing of Almaty, and holds nowhere within 200 km at that time
"""


def test_every_advisory_is_explained_in_words(folder):
    told = check(folder, "--explain")

    assert (told.code, told.err) == (1, "")
    plain = check(folder).out
    assert told.out == plain + "\n" + PRINTED


def test_the_document_has_it_only_where_it_was_asked_for(folder):
    told, plain = check(folder, "--explain", "--json").document, check(folder, "--json").document

    explanation, unrelated = told.pop("explanation"), told.pop("unrelated")
    assert told == plain
    assert unrelated == {"advisories": 1, "within_km": 200}
    assert [(a["advisory"], a["counts"], a["reason"], a["seconds"]) for a in explanation] == [
        ("red", True, "in force", None),
        ("spared", False, "excepted", None),
        ("nearby", False, "elsewhere", None),
        ("ahead", False, "not begun", 3 * 3600),
        ("summit", False, "over", -9 * 3600),
        ("lifted", False, "superseded", -47 * 3600),
    ]
    assert explanation[0] == {
        "advisory": "red",
        "title": "Of red",
        "scheme": "kz-terror-threat",
        "counts": True,
        "reason": "in force",
        "parts": [{"id": "geonames:1526384", "name": "Almaty"}],
        "places": [{"id": "iso:KZ", "name": "Kazakhstan"}],
        "level": "orange",
        "start": "2024-07-04T07:00:00Z",
        "end": "2024-07-05T19:00:00Z",
        "clocks": ["Asia/Almaty"],
        "doubts": [],
        "bulletin": 2,
        "issued": "2024-07-04",
        "onset": "2024-07-04T12:00",
        "expires": None,
        "duration": None,
        "change": "lowered",
        "since": {
            "bulletin": 2, "issued": "2024-07-04", "by": "onset", "written": "2024-07-04T12:00"
        },
        "until": {
            "bulletin": 3, "issued": "2024-07-05", "by": "onset", "written": "2024-07-06T00:00"
        },
        "supersedes": [{"bulletin": 1, "issued": "2024-07-01", "level": "red"}],
        "superseded_by": {
            "bulletin": 3, "issued": "2024-07-05", "onset": "2024-07-06T00:00", "expires": None,
            "duration": None, "change": "cancelled",
        },
        "then": None,
        "seconds": None,
        "km": None,
        "nearest": None,
        "accepted": None,
    }  # fmt: skip
    near = explanation[2]
    assert (near["km"], near["nearest"]["name"]) == (27.0, "Talghar")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--at-least", "red"), "it is below red"),
        (("--scheme", "us-ntas"), "nobody asked about kz-terror-threat"),
    ],
)
def test_what_is_left_out_is_told_in_words(asked, words, folder):
    told = check(folder, "--explain", *asked)

    head = "left out: orange in Kazakhstan from 2024-07-04 12:00 through 2024-07-05 23:59 (+05:00)"
    assert (told.code, told.err) == (0, "")
    assert f"  {head}: {words}\n" in told.out


def test_what_was_not_known_is_told_in_words(folder):
    told = check(folder, "--explain", "--as-of", "2024-07-02")

    unknown = "bulletin 2, issued 2024-07-04, onset 2024-07-04T12:00, was not known at 2024-07-02"
    assert f"2024-07-05 23:59 (+05:00): {unknown}\n" in told.out
    assert "  counts: red in Kazakhstan from 2024-07-01 00:00 (+05:00) until further notice\n" in (
        told.out
    )
    assert "  until: no bulletin says until when\n" in told.out


def test_it_is_no_one_line_and_quiet_stays_quiet(folder):
    refused = check(folder, "--explain", "--short")

    assert (refused.code, refused.out) == (2, "")
    assert "--short is one line, and --explain is many; choose one" in refused.err
    assert check(folder, "--explain", "--quiet") == check(folder, "--quiet")


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_on_a_terminal_it_fits_the_columns_there_are_and_loses_no_word(
    columns, folder, monkeypatch
):
    monkeypatch.setenv("COLUMNS", str(columns))
    told = check(folder, "--explain", "--json").document

    drawn = table.drawn(table.verdict(told), terminal=False)

    assert max(map(len, drawn.splitlines())) <= columns
    printed = " ".join(drawn.split())
    for _, facts in reasons.by_advisory(told):
        for name, value in facts:
            assert f"{name} {value}" in printed
    assert reasons.unrelated(told) in printed


# --------------------------------------------------------------------------- the shipped library


@pytest.fixture(scope="module")
def shipped():
    return reading.load([reading.shipped()])


def printed(rules, place, when, **how):
    """What is printed of a question to the shipped rules, and its document."""
    inquiry = answering.inquire(place, when, rules=rules, **how)
    told = document.of_verdict(inquiry.verdict(), rules, place, when, "en")
    told = document.with_reasons(told, answering.explain(inquiry, rules), "en")
    return text.verdict(told), valid(told)


def test_almaty_is_orange_by_the_bulletin_that_lowered_red(shipped):
    words, told = printed(shipped, "Almaty", "2022-01-30")

    first = told["explanation"][0]
    assert (first["advisory"], first["counts"], first["level"]) == (
        "kz-2022-terror-levels", True, "orange"
    )  # fmt: skip
    assert (first["issued"], first["change"]) == ("2022-01-25", "lowered")
    assert [said["level"] for said in first["supersedes"]] == ["red"]
    assert (first["superseded_by"]["issued"], first["superseded_by"]["change"]) == (
        "2022-02-06", "cancelled"
    )  # fmt: skip
    assert "which lowered it from red by bulletin 1, issued 2022-01-06\n" in words


def test_kostanay_is_under_the_state_of_emergency_while_its_red_is_gone(shipped):
    _, told = printed(shipped, "Kostanay", "2022-01-14T20:00")

    emergency, red = told["explanation"][:2]
    assert (emergency["level"], emergency["reason"]) == ("emergency", "in force")
    assert (red["level"], red["reason"], red["seconds"]) == ("red", "superseded", -20 * 3600)
    assert (red["superseded_by"]["issued"], red["superseded_by"]["change"]) == (
        "2022-01-13", "cancelled"
    )  # fmt: skip


def test_astana_is_missed_by_nine_hours(shipped):
    words, told = printed(shipped, "Astana", "2024-07-05T09:00")

    first = told["explanation"][0]
    assert (first["advisory"], first["reason"]) == ("kz-2024-sco-summit", "over")
    assert first["seconds"] == -9 * 3600
    assert ", over 9 hours before the time asked about\n" in words


def test_copenhagen_is_missed_by_the_width_of_the_sound(shipped):
    words, told = printed(shipped, "Copenhagen", "2024-01-01")

    first = told["explanation"][0]
    assert (first["advisory"], first["reason"]) == ("se-threat-level", "elsewhere")
    assert first["km"] < 50
    assert "at that time, 27 km away (Landskrona)\n" in words


def test_a_country_of_many_parts_stays_readable(shipped):
    """Every part is in the document; of what is over, the last of each advisory is printed."""
    words, told = printed(shipped, "Kazakhstan", "2022-01-20")

    mine = [a for a in told["explanation"] if a["advisory"] == "kz-2022-terror-levels"]
    parts = [part["name"] for account in mine for part in account["parts"]]
    assert sorted(parts) == sorted({*parts})
    assert len(parts) > 20
    why = words[words.index("why ") :].splitlines()
    assert len(why) < 70
    assert sum(line.startswith("  over: likewise in ") for line in why) == 1
