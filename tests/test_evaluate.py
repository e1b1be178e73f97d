from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from sca import history
from sca.advisory import LOCAL, Advice
from sca.evaluate import (
    Answer,
    Applied,
    Applies,
    Finding,
    Near,
    Reason,
    Verdict,
    Vigil,
    course,
    evaluate,
    gravest_first,
    silence,
)
from sca.levels import Severity, Threshold, read_threshold
from sca.places import Kind
from sca.question import Part, ask, judged_as_one
from sca.settings import related
from sca.spans import FOREVER, Span, merged, read
from sca.watches import NOT_WATCHED, Hole, Watching
from tests.builders import (
    ORANGE,
    RED,
    YELLOW,
    a_bulletin,
    a_level,
    a_measure,
    a_place,
    a_question,
    a_scheme,
    a_segment,
    a_setting,
    a_span,
    an_advisory,
    at,
    law,
    words,
)
from tests.test_history import NORTH as NEARBY, PLACES, advisories, moments

KAZAKHSTAN = a_place("Kazakhstan", kind=Kind.COUNTRY)
SOUTH = a_place("South", kind=Kind.REGION, within=(KAZAKHSTAN.id,))
WEST = a_place("West", kind=Kind.REGION, within=(KAZAKHSTAN.id,), timezone="Asia/Oral")
ALMATY = a_place("Almaty", within=(SOUTH.id, KAZAKHSTAN.id))
TARAZ = a_place("Taraz", within=(SOUTH.id, KAZAKHSTAN.id))
ORAL = a_place("Oral", within=(WEST.id, KAZAKHSTAN.id), timezone="Asia/Oral")
OFFICE = a_place("Office", kind=Kind.SITE, within=(ALMATY.id, SOUTH.id, KAZAKHSTAN.id))
REGIONS = (SOUTH, WEST)
CITIES = (ALMATY, TARAZ, ORAL)
DESK = a_place("Desk", kind=Kind.SITE, within=OFFICE.chain)
POINT = a_place("43,77", kind=Kind.POINT, within=ALMATY.chain)
EVERYWHERE = (KAZAKHSTAN, *REGIONS, *CITIES, OFFICE)

GREEN = a_level("green", scheme="weather", severity=Severity.Minor, baseline=True)
AMBER = a_level("amber", scheme="weather", rank=1, severity=Severity.Moderate)
UNRATED = a_level("unrated", scheme="sirens", severity=Severity.Unknown)


def parts_of(place, *named):
    """The parts of a place where rules name the three cities, and `named` besides."""
    regions = [region for region in REGIONS if place.id in region.within]
    return judged_as_one(place, regions, (*CITIES, *named))


def asked(place, *segments, **changes):
    """A question about a place that is judged by all its parts."""
    return a_question(place, parts=parts_of(place, *(s.place for s in segments)), **changes)


def judged(*segments, place=ALMATY, **changes):
    return evaluate(asked(place, *segments, **changes), segments)


# The bounds of a window


@pytest.mark.parametrize(
    ("start", "end", "answer"),
    [
        pytest.param("2024-07-01T23:59:58", "2024-07-01T23:59:59", Answer.CLEAR, id="before"),
        pytest.param("2024-07-01T23:59:59", "2024-07-02T00:00:00", Answer.CLEAR, id="up to it"),
        pytest.param("2024-07-01T23:59:59", "2024-07-02T00:00:01", Answer.IN_FORCE, id="into it"),
        pytest.param("2024-07-02T00:00:00", "2024-07-02T00:00:01", Answer.IN_FORCE, id="first"),
        pytest.param("2024-07-04T23:59:59", "2024-07-05T00:00:00", Answer.IN_FORCE, id="last"),
        pytest.param("2024-07-04T23:59:59", "2024-07-05T00:00:01", Answer.IN_FORCE, id="out of it"),
        pytest.param("2024-07-05T00:00:00", "2024-07-05T00:00:01", Answer.CLEAR, id="its end"),
    ],
)
def test_a_window_holds_from_its_first_instant_up_to_its_end(start, end, answer):
    assert judged(a_segment(place=ALMATY), span=a_span(start, end)).answer == answer


@pytest.mark.parametrize(
    ("start", "end", "covered"),
    [
        pytest.param("2024-07-01", "2024-07-03", ("2024-07-02", "2024-07-03"), id="over its start"),
        pytest.param("2024-07-04", "2024-07-06", ("2024-07-04", "2024-07-05"), id="over its end"),
        pytest.param("2024-07-01", "2024-07-06", ("2024-07-02", "2024-07-05"), id="over all of it"),
        pytest.param("2024-07-03", "2024-07-04", ("2024-07-03", "2024-07-04"), id="within it"),
        pytest.param("2024-07-02", "2024-07-05", ("2024-07-02", "2024-07-05"), id="just it"),
    ],
)
def test_an_overlap_is_enough_and_what_it_covers_is_told(start, end, covered):
    verdict = judged(a_segment(place=ALMATY), span=a_span(start, end))

    assert (verdict.answer, verdict.covered) == (Answer.IN_FORCE, (a_span(*covered),))


def test_covered_parts_are_clipped_and_as_few_as_can_be():
    verdict = judged(
        a_segment("a", place=ALMATY, span=a_span("2024-07-01", "2024-07-02T06:00")),
        a_segment("b", place=ALMATY, span=a_span("2024-07-02T04:00", "2024-07-02T08:00")),
        a_segment("c", place=ALMATY, span=a_span("2024-07-02T08:00", "2024-07-02T09:00")),
        a_segment("d", place=ALMATY, span=a_span("2024-07-02T10:00", "2024-07-02T11:00")),
        a_segment("e", place=ALMATY, span=a_span("2024-07-02T23:00", "2024-07-09")),
        span=a_span("2024-07-02", "2024-07-03"),
    )

    assert verdict.covered == (
        a_span("2024-07-02", "2024-07-02T09:00"),
        a_span("2024-07-02T10:00", "2024-07-02T11:00"),
        a_span("2024-07-02T23:00", "2024-07-03"),
    )


def test_what_does_not_count_covers_nothing():
    verdict = judged(
        a_segment("a", place=ALMATY, level=GREEN),
        a_segment("b", place=ALMATY, span=a_span("2024-07-03T06:00", "2024-07-03T07:00")),
    )

    assert verdict.covered == (a_span("2024-07-03T06:00", "2024-07-03T07:00"),)


# The whole of a verdict


def test_a_verdict_that_is_in_force():
    segment = a_segment(place=ALMATY)
    question = a_question(ALMATY, span=a_span("2024-07-01", "2024-07-03"))

    assert evaluate(question, [segment]) == Verdict(
        question=question,
        answer=Answer.IN_FORCE,
        level=YELLOW,
        covered=(a_span("2024-07-02", "2024-07-03"),),
        levels=((ALMATY, YELLOW),),
        findings=(
            Finding(
                advisory=segment.advisory,
                level=YELLOW,
                counts=True,
                because=(Reason(question.parts[0], segment),),
                span=segment.span,
                until=segment.span.end,
            ),
        ),
        near=(),
        doubts=(),
        next_change=at("2024-07-02"),
        considered=1,
    )


def test_a_verdict_that_is_clear():
    segment = a_segment(place=ALMATY)
    question = a_question(ALMATY, span=a_span("2024-07-01", "2024-07-01T21:00"))

    assert evaluate(question, [segment]) == Verdict(
        question=question,
        answer=Answer.CLEAR,
        level=None,
        covered=(),
        levels=(),
        findings=(),
        near=(Near(segment, timedelta(hours=3)),),
        doubts=(),
        next_change=at("2024-07-02"),
        considered=1,
    )


def test_a_verdict_from_nothing():
    question = a_question(ALMATY)

    assert evaluate(question, []) == Verdict(
        question, Answer.CLEAR, None, (), (), (), (), (), None, considered=0
    )


def test_segments_may_come_one_by_one():
    question = asked(KAZAKHSTAN)

    assert evaluate(question, iter([a_segment(place=ORAL)])) == evaluate(
        question, [a_segment(place=ORAL)]
    )


def test_every_advisory_is_considered_once_wherever_it_holds():
    verdict = judged(
        a_segment("a", place=ALMATY),
        a_segment("a", place=TARAZ),
        a_segment("b", place=ORAL, span=a_span("2030-01-01", "2030-01-02")),
    )

    assert verdict.considered == 2


def test_an_advisory_elsewhere_is_no_matter_here():
    verdict = judged(
        a_segment("a", place=TARAZ), a_segment("b", place=WEST), a_segment("c", place=ORAL)
    )

    assert (verdict.answer, verdict.findings, verdict.near, verdict.next_change) == (
        Answer.CLEAR,
        (),
        (),
        None,
    )


@pytest.mark.parametrize("named", [OFFICE, ALMATY, SOUTH, KAZAKHSTAN], ids=lambda p: p.name)
def test_an_advisory_holds_in_all_that_lies_in_the_place_it_names(named):
    verdict = judged(a_segment(place=named), place=OFFICE)

    assert (verdict.answer, verdict.touched) == (Answer.IN_FORCE, (OFFICE,))


# Which of several decides, and in which order they are told


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            a_segment("b", place=ALMATY, level=ORANGE),
            a_segment("a", place=ALMATY, level=YELLOW),
            id="the graver",
        ),
        pytest.param(
            a_segment("b", place=ALMATY, level=AMBER),
            a_segment("a", place=ALMATY, level=YELLOW),
            id="as grave, but higher on its scale",
        ),
        pytest.param(
            a_segment("b", place=ALMATY, level=YELLOW),
            a_segment("a", place=ALMATY, level=replace(YELLOW, scheme="zebra")),
            id="as grave and as high, by scheme",
        ),
        pytest.param(
            a_segment("b", place=ALMATY, span=a_span("2024-07-01", "2024-07-09")),
            a_segment("a", place=ALMATY, span=a_span("2024-07-02", "2024-07-05")),
            id="of one level, the one that began first",
        ),
        pytest.param(
            a_segment("b", place=ALMATY, span=a_span("2024-07-02", "2024-07-05")),
            a_segment("a", place=ALMATY, span=a_span("2024-07-02", "2024-07-09")),
            id="of those that began together, the one that ends first",
        ),
        pytest.param(
            a_segment("a", place=ALMATY), a_segment("b", place=ALMATY), id="of twins, by id"
        ),
        pytest.param(
            a_segment("b", place=ALMATY, level=YELLOW),
            a_segment("a", place=ALMATY, level=UNRATED),
            id="what is known to be grave before what nobody rated",
        ),
    ],
)
def test_the_gravest_is_told_first(first, second):
    for segments in ([first, second], [second, first]):
        verdict = evaluate(a_question(ALMATY), segments)

        assert [finding.advisory for finding in verdict.findings] == [
            first.advisory,
            second.advisory,
        ]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_gravest_decides_and_all_are_told(count):
    segments = [
        a_segment(id, place=ALMATY, level=level)
        for id, level in (("a", YELLOW), ("b", RED), ("c", ORANGE))
    ][:count]

    verdict = judged(*segments)

    assert verdict.level == (YELLOW, RED, RED)[count - 1]
    assert [f.advisory.id for f in verdict.findings] == [["a"], ["b", "a"], ["b", "c", "a"]][
        count - 1
    ]


def test_the_level_is_that_of_the_advisory_told_first():
    verdict = judged(
        a_segment("a", place=ALMATY, level=YELLOW),
        a_segment("b", place=ALMATY, level=replace(YELLOW, scheme="zebra")),
    )

    assert verdict.level == verdict.findings[0].level


def test_one_advisory_is_one_finding_with_all_its_reasons():
    early = a_segment(place=TARAZ, span=a_span("2024-07-02", "2024-07-03T12:00"))
    late = a_segment(place=TARAZ, span=a_span("2024-07-03T12:00", "2024-07-04"), level=ORANGE)
    almaty = a_segment(place=ALMATY, span=a_span("2024-07-02", "2024-07-03T12:00"))
    question = asked(SOUTH)
    part = {part.place: part for part in question.parts}

    (finding,) = evaluate(question, [early, late, almaty]).findings

    assert finding == Finding(
        early.advisory,
        ORANGE,
        True,
        (Reason(part[TARAZ], late), Reason(part[ALMATY], almaty), Reason(part[TARAZ], early)),
        a_span("2024-07-02", "2024-07-04"),
        at("2024-07-04"),
    )


def test_the_gravest_level_of_a_finding_may_end_before_the_others_do():
    red = a_segment(place=TARAZ, span=a_span("2024-07-02", "2024-07-04"), level=RED)
    yellow = a_segment(place=ALMATY, span=a_span("2024-07-02", "2024-07-20"))
    later = a_segment(place=TARAZ, span=a_span("2024-07-04", "2024-07-20"))

    (finding,) = evaluate(asked(SOUTH), [red, yellow, later]).findings

    assert finding.span == a_span("2024-07-02", "2024-07-20")
    assert finding.until == at("2024-07-04")


def test_one_segment_that_holds_at_several_parts_is_told_by_part():
    (finding,) = judged(a_segment(place=SOUTH), place=SOUTH).findings

    assert [reason.part.place for reason in finding.because] == [ALMATY, SOUTH, TARAZ]


def test_reasons_are_told_by_the_place_that_is_named_then_by_part():
    south, west = a_segment(place=SOUTH), a_segment(place=WEST)

    for segments in ([south, west], [west, south]):
        question = a_question(KAZAKHSTAN, parts=(TARAZ, WEST, ORAL, ALMATY))
        (finding,) = evaluate(question, segments).findings

        assert [(r.segment.place, r.part.place) for r in finding.because] == [
            (SOUTH, ALMATY),
            (SOUTH, TARAZ),
            (WEST, ORAL),
            (WEST, WEST),
        ]


@pytest.mark.parametrize(
    ("segments", "span"),
    [
        pytest.param(
            [("2024-07-01", "2024-07-03T12:00", YELLOW, 1),
             ("2024-07-03T12:00", "2024-07-09", YELLOW, 2)],
            ("2024-07-01", "2024-07-09"),
            id="through what another act goes on with",
        ),
        pytest.param(
            [("2024-07-01", "2024-07-06", YELLOW, 1), ("2024-07-06", "2024-07-09", YELLOW, 2)],
            ("2024-07-01", "2024-07-09"),
            id="though that act begins after the time asked about",
        ),
        pytest.param(
            [("2024-07-01", "2024-07-06", YELLOW, 1),
             ("2024-07-06T00:01", "2024-07-09", YELLOW, 2)],
            ("2024-07-01", "2024-07-06"),
            id="not over a break",
        ),
        pytest.param(
            [("2024-07-01", "2024-07-06", YELLOW, 1), ("2024-07-06", "2024-07-09", RED, 2)],
            ("2024-07-01", "2024-07-06"),
            id="not into another level",
        ),
        pytest.param(
            [("2024-07-01", "2024-07-03T12:00", YELLOW, 1),
             ("2024-07-03T12:00", "2024-07-09", RED, 2)],
            ("2024-07-01", "2024-07-09"),
            id="into another level that holds in the time asked about",
        ),
    ],
)  # fmt: skip
def test_a_finding_runs_for_as_long_as_its_levels_go_on(segments, span):
    (finding,) = judged(
        *(
            a_segment(place=ALMATY, span=a_span(start, end), level=level, bulletin=bulletin)
            for start, end, level, bulletin in segments
        )
    ).findings

    assert finding.span == a_span(*span)


def test_two_acts_that_say_the_same_are_told_in_their_order():
    first, second = a_segment(place=ALMATY, bulletin=1), a_segment(place=ALMATY, bulletin=2)

    for segments in ([first, second], [second, first]):
        (finding,) = evaluate(a_question(ALMATY), segments).findings

        assert [reason.segment.bulletin for reason in finding.because] == [1, 2]


# What counts: the threshold


@pytest.mark.parametrize(
    ("text", "level", "counts"),
    [
        pytest.param(None, YELLOW, True, id="any level where nothing is asked"),
        pytest.param("threat:orange", YELLOW, False, id="below it on its own scale"),
        pytest.param("threat:orange", ORANGE, True, id="just it"),
        pytest.param("orange", RED, True, id="above it on its own scale"),
        pytest.param("Severe", YELLOW, False, id="below the severity"),
        pytest.param("Severe", ORANGE, True, id="of the severity"),
        pytest.param("Severe", RED, True, id="above the severity"),
        pytest.param("orange", AMBER, False, id="milder, on another scale"),
        pytest.param("yellow", AMBER, True, id="as grave, on another scale"),
        pytest.param("Extreme", UNRATED, True, id="of unknown severity"),
        pytest.param("red", UNRATED, True, id="of unknown severity, on another scale"),
        pytest.param(None, UNRATED, True, id="of unknown severity where nothing is asked"),
        pytest.param(None, GREEN, False, id="the ordinary state"),
        pytest.param("green", GREEN, True, id="the ordinary state, asked for"),
        pytest.param("Minor", GREEN, True, id="the ordinary state, asked for by severity"),
        pytest.param("amber", GREEN, False, id="the ordinary state, below what is asked"),
        pytest.param("Moderate", GREEN, False, id="the ordinary state, milder than what is asked"),
    ],
)
def test_a_level_counts_from_the_threshold_on_and_is_told_either_way(text, level, counts):
    schemes = {s.id: s for s in (a_scheme(), a_scheme("weather", [GREEN, AMBER]))}
    threshold = read_threshold(text, schemes) if text else None

    verdict = judged(a_segment(place=ALMATY, level=level), threshold=threshold)

    assert [(f.level, f.counts) for f in verdict.findings] == [(level, counts)]
    assert (verdict.answer, verdict.level, verdict.touched) == (
        (Answer.IN_FORCE, level, (ALMATY,)) if counts else (Answer.CLEAR, None, ())
    )


def test_an_ordinary_state_that_nobody_rated_is_not_in_force_at_a_high_threshold():
    calm = replace(UNRATED, baseline=True)
    extreme = read_threshold("Extreme", {})

    assert judged(a_segment(place=ALMATY, level=calm)).answer == Answer.CLEAR
    assert judged(a_segment(place=ALMATY, level=calm), threshold=extreme).answer == Answer.CLEAR


def test_the_gravest_that_counts_is_the_level_though_a_graver_does_not():
    grave = a_segment(an_advisory("a", a_measure("ban", "street")), place=ALMATY, level=RED)
    mild = a_segment(an_advisory("b", a_measure("search", "airport")), place=ALMATY)

    verdict = judged(grave, mild, settings=frozenset({"airport"}))

    assert verdict.level == YELLOW
    assert [(f.level, f.counts) for f in verdict.findings] == [(RED, False), (YELLOW, True)]


def test_an_advisory_counts_where_one_of_its_segments_does():
    verdict = judged(
        a_segment(place=ALMATY, span=a_span("2024-07-03", "2024-07-03T12:00")),
        a_segment(place=ALMATY, span=a_span("2024-07-03T12:00", "2024-07-04"), level=ORANGE),
        threshold=read_threshold("Severe", {}),
    )

    assert [(f.level, f.counts, len(f.because)) for f in verdict.findings] == [(ORANGE, True, 2)]
    assert verdict.covered == (a_span("2024-07-03T12:00", "2024-07-04"),)


# What counts: the settings


@pytest.mark.parametrize(
    ("measures", "wanted", "counts"),
    [
        pytest.param([a_measure("m", "airport")], ["airport"], True, id="a measure there"),
        pytest.param([a_measure("m", "hub")], ["airport"], True, id="in what it is a kind of"),
        pytest.param([a_measure("m", "public")], ["airport"], True, id="two steps up"),
        pytest.param([a_measure("m", "airport")], ["hub"], True, id="in a kind of it"),
        pytest.param([a_measure("m", "airport")], ["public"], True, id="two steps down"),
        pytest.param([a_measure("m", "metro")], ["airport"], False, id="in its sibling"),
        pytest.param([a_measure("m", "home")], ["airport"], False, id="in none of its kin"),
        pytest.param(
            [a_measure("m", "home")], ["airport", "home"], True, id="in one of those asked"
        ),
        pytest.param(
            [a_measure("m", "home", "metro")], ["metro"], True, id="in its second setting"
        ),
        pytest.param(
            [a_measure("m", "home"), a_measure("n", "metro")],
            ["metro"],
            True,
            id="a second measure",
        ),
        pytest.param([a_measure("m")], ["home"], True, id="a measure that bites everywhere"),
        pytest.param(
            [a_measure("m", "metro"), a_measure("n")], ["home"], True, id="one of two everywhere"
        ),
        pytest.param([], ["home"], True, id="no measure at all"),
        pytest.param([a_measure("m", "metro")], [], True, id="nobody asked for a setting"),
    ],
)
def test_an_advisory_counts_where_a_measure_of_it_bites(measures, wanted, counts):
    vocabulary = {
        s.id: s
        for s in (
            a_setting("public"),
            a_setting("hub", "public"),
            a_setting("airport", "hub"),
            a_setting("metro", "hub"),
            a_setting("home"),
        )
    }
    segment = a_segment(an_advisory("a", *measures), place=ALMATY)

    verdict = judged(segment, settings=related(wanted, vocabulary) if wanted else None)

    assert verdict.answer == (Answer.IN_FORCE if counts else Answer.CLEAR)
    assert [finding.counts for finding in verdict.findings] == [counts]


def test_both_the_threshold_and_the_settings_must_be_met():
    segment = a_segment(an_advisory("a", a_measure("m", "airport")), place=ALMATY)
    severe, airport = read_threshold("Severe", {}), frozenset({"airport"})

    assert judged(segment, settings=airport).answer == Answer.IN_FORCE
    assert judged(segment, settings=airport, threshold=severe).answer == Answer.CLEAR


# Regions and countries, by their parts


@pytest.mark.parametrize(
    ("place", "named", "touched", "partial"),
    [
        pytest.param(SOUTH, [ALMATY], [ALMATY], True, id="a city of the region"),
        pytest.param(SOUTH, [ALMATY, TARAZ], [ALMATY, TARAZ], True, id="its cities, not its land"),
        pytest.param(SOUTH, [SOUTH], [ALMATY, SOUTH, TARAZ], False, id="the region"),
        pytest.param(SOUTH, [KAZAKHSTAN], [ALMATY, SOUTH, TARAZ], False, id="what it lies in"),
        pytest.param(SOUTH, [ORAL, WEST], [], False, id="its neighbour"),
        pytest.param(KAZAKHSTAN, [ORAL], [ORAL], True, id="a city of the country"),
        pytest.param(KAZAKHSTAN, [WEST], [ORAL, WEST], True, id="a region of the country"),
        pytest.param(
            KAZAKHSTAN,
            [SOUTH, WEST],
            [ALMATY, SOUTH, TARAZ, ORAL, WEST],
            False,
            id="all its regions",
        ),
        pytest.param(
            KAZAKHSTAN, [KAZAKHSTAN], [ALMATY, ORAL, SOUTH, TARAZ, WEST], False, id="the country"
        ),
        pytest.param(ALMATY, [SOUTH], [ALMATY], False, id="a city by its region"),
    ],
)
def test_a_place_is_in_force_where_any_part_is(place, named, touched, partial):
    verdict = judged(*(a_segment(place=p) for p in named), place=place)

    assert verdict.answer == (Answer.IN_FORCE if touched else Answer.CLEAR)
    assert (list(verdict.touched), verdict.partial) == (touched, partial)


def test_a_part_where_nothing_counts_is_not_touched():
    verdict = judged(
        a_segment("a", place=ALMATY),
        a_segment("b", place=TARAZ, level=GREEN),
        a_segment("c", place=SOUTH, span=a_span("2024-07-04", "2024-07-05")),
        place=SOUTH,
    )

    assert verdict.touched == (ALMATY,)


def test_the_level_of_a_country_is_that_of_its_gravest_part_and_each_part_has_its_own():
    verdict = judged(
        a_segment("a", place=KAZAKHSTAN),
        a_segment("b", place=ORAL, level=RED),
        a_segment("c", place=SOUTH, level=ORANGE, span=a_span("2024-07-03", "2024-07-03T01:00")),
        a_segment("d", place=TARAZ, level=GREEN),
        place=KAZAKHSTAN,
    )

    assert (verdict.level, verdict.partial) == (RED, False)
    assert verdict.levels == (
        (ORAL, RED),
        (ALMATY, ORANGE),
        (SOUTH, ORANGE),
        (TARAZ, ORANGE),
        (WEST, YELLOW),
    )


@pytest.mark.parametrize(
    ("start", "end", "touched", "covered"),
    [
        pytest.param(
            "2022-01-04T18:00",
            "2022-01-04T19:00",
            [ALMATY, SOUTH, TARAZ],
            True,
            id="its first hour",
        ),
        pytest.param(
            "2022-01-05T18:00", "2022-01-05T19:00", [ORAL, WEST], True, id="its last hour"
        ),
        pytest.param("2022-01-04T17:00", "2022-01-04T18:00", [], False, id="before its first day"),
        pytest.param("2022-01-05T19:00", "2022-01-05T20:00", [], False, id="after its last day"),
    ],
)
def test_a_day_in_a_country_with_two_clocks(start, end, touched, covered):
    question = ask(KAZAKHSTAN, parts_of(KAZAKHSTAN), read("2022-01-05"), FOREVER)

    verdict = evaluate(question, [a_segment(place=KAZAKHSTAN, span=a_span(start, end))])

    assert list(verdict.touched) == touched
    assert verdict.covered == ((a_span(start, end),) if covered else ())


def test_what_falls_between_the_clocks_of_a_country_is_still_near():
    question = ask(KAZAKHSTAN, (ALMATY, ORAL), read("2022-01-05"), FOREVER)
    after_midnight = a_segment(place=ALMATY, span=a_span("2022-01-05T18:30", "2022-01-05T18:45"))

    verdict = evaluate(question, [after_midnight])

    assert verdict.answer == Answer.CLEAR
    assert verdict.near == (Near(after_midnight, timedelta(minutes=30)),)


BOTH_CLOCKS = a_place("Country of one region", zones=("Asia/Oral", "Asia/Almaty"))


@pytest.mark.parametrize("hour", ["08:00", "09:00"])
def test_it_is_in_force_where_it_is_at_one_of_its_clocks(hour):
    question = ask(BOTH_CLOCKS, [BOTH_CLOCKS], read("2022-01-05T14:00"), FOREVER)
    minute = a_span(f"2022-01-05T{hour}", f"2022-01-05T{hour[:4]}1")

    verdict = evaluate(question, [a_segment(place=BOTH_CLOCKS, span=minute)])

    assert (verdict.answer, verdict.touched, verdict.covered) == (
        Answer.IN_FORCE,
        (BOTH_CLOCKS,),
        (minute,),
    )


def test_several_clocks_do_not_make_a_place_that_is_wholly_in_force_one_in_part():
    question = ask(KAZAKHSTAN, [BOTH_CLOCKS, TARAZ], read("2024-07-03"), FOREVER)

    some = evaluate(question, [a_segment(place=BOTH_CLOCKS)])
    every = evaluate(question, [a_segment(place=BOTH_CLOCKS), a_segment(place=TARAZ)])

    assert (some.touched, some.partial) == ((BOTH_CLOCKS,), True)
    assert (set(every.touched), every.partial) == ({BOTH_CLOCKS, TARAZ}, False)


def test_a_country_stands_for_its_cities_that_no_region_is_known_for():
    parts = judged_as_one(KAZAKHSTAN, REGIONS, [ALMATY], complete=False)
    # Both regions have ended theirs; the cities between them are still under the country's.
    country, *ended = (
        a_segment(place=KAZAKHSTAN),
        *(a_segment(place=region, span=a_span("2024-07-01", "2024-07-02")) for region in REGIONS),
    )

    verdict = evaluate(a_question(KAZAKHSTAN, parts=parts), [country, *ended])

    assert (verdict.answer, list(verdict.touched)) == (Answer.IN_FORCE, [KAZAKHSTAN])


def test_an_advisory_on_a_site_holds_in_part_of_its_city():
    verdict = judged(a_segment(place=OFFICE))

    assert (verdict.answer, verdict.touched, verdict.partial) == (Answer.IN_FORCE, (OFFICE,), True)


# Several places of one advisory around the one that is asked about


@pytest.mark.parametrize(
    ("place", "level", "named"),
    [
        pytest.param(ALMATY, YELLOW, ALMATY, id="the city, though its country is under a graver"),
        pytest.param(OFFICE, YELLOW, ALMATY, id="the city around a site"),
        pytest.param(TARAZ, RED, SOUTH, id="the region of a city that is not named"),
        pytest.param(ORAL, ORANGE, KAZAKHSTAN, id="the country of one whose region is not named"),
    ],
)
def test_of_one_advisory_the_nearest_named_place_speaks(place, level, named):
    segments = [
        a_segment(place=KAZAKHSTAN, level=ORANGE),
        a_segment(place=SOUTH, level=RED),
        a_segment(place=ALMATY, level=YELLOW),
    ]

    for order in (segments, segments[::-1]):
        verdict = judged(*order, place=place)

        assert verdict.level == level
        assert [r.segment.place for f in verdict.findings for r in f.because] == [named]


def test_of_one_advisory_all_that_is_said_of_the_nearest_place_holds():
    verdict = judged(
        a_segment(place=ALMATY, span=a_span("2024-07-03T00:00", "2024-07-03T06:00")),
        a_segment(place=ALMATY, span=a_span("2024-07-03T06:00", "2024-07-03T08:00"), level=RED),
        a_segment(place=SOUTH, level=RED),
    )

    assert verdict.covered == (a_span("2024-07-03", "2024-07-03T08:00"),)


def test_a_place_that_an_advisory_names_has_a_history_of_its_own_though_nothing_holds_there():
    bulletins = (a_bulletin(places=(KAZAKHSTAN,)), a_bulletin(places=(ALMATY,), cancels=True))
    country = a_segment(an_advisory("a", bulletins=bulletins), place=KAZAKHSTAN)

    lifted, office, elsewhere, whole = (
        judged(country, place=place) for place in (ALMATY, OFFICE, TARAZ, KAZAKHSTAN)
    )

    assert (lifted.answer, lifted.findings) == (Answer.CLEAR, ())
    assert office.answer == Answer.CLEAR
    assert elsewhere.answer == Answer.IN_FORCE
    assert (whole.partial, [*whole.touched]) == (True, [ORAL, SOUTH, TARAZ, WEST])


def test_of_what_is_excepted_the_country_says_nothing():
    bulletins = (a_bulletin(places=(KAZAKHSTAN,), exceptions=(SOUTH,)),)
    country = a_segment(an_advisory("a", bulletins=bulletins), place=KAZAKHSTAN)

    assert judged(country, place=ALMATY).answer == Answer.CLEAR
    assert judged(country, place=ORAL).answer == Answer.IN_FORCE


def test_each_advisory_speaks_through_its_own_nearest_place():
    verdict = judged(
        a_segment("a", place=ALMATY), a_segment("b", place=KAZAKHSTAN), a_segment("b", place=SOUTH)
    )

    assert [r.segment.place for f in verdict.findings for r in f.because] == [ALMATY, SOUTH]


def test_what_is_told_on_a_clock_speaks_for_the_parts_on_that_clock():
    west, east = (
        a_segment(place=KAZAKHSTAN, span=a_span(start, "2024-07-03T12:00"), zone=zone)
        for start, zone in (("2024-07-03T06:00", "Asia/Oral"), ("2024-07-03T05:00", "Asia/Almaty"))
    )
    hour = a_span("2024-07-03T05:00", "2024-07-03T06:00")

    verdict = judged(west, east, place=KAZAKHSTAN, span=hour)

    assert [*verdict.touched] == [ALMATY, SOUTH, TARAZ]
    assert {reason.segment for f in verdict.findings for reason in f.because} == {east}


# Measures and advice that bite sometimes


@pytest.mark.parametrize(
    ("measure", "applies", "since"),
    [
        pytest.param(a_measure("m"), Applies.NOW, None, id="always"),
        pytest.param(a_measure("m", "street"), Applies.NOW, None, id="in some settings"),
        pytest.param(
            a_measure("m", levels=("yellow", "red")), Applies.NOW, None, id="at its level"
        ),
        pytest.param(
            a_measure("m", levels=("red",)), Applies.LATER, "2024-07-04", id="at a level to come"
        ),
        pytest.param(
            a_measure("m", levels=("orange",)), Applies.NO, None, id="at a level that is over"
        ),
        pytest.param(a_measure("m", places=(SOUTH,)), Applies.NOW, None, id="in what is around it"),
        pytest.param(a_measure("m", places=(OFFICE,)), Applies.NOW, None, id="in what is in it"),
        pytest.param(a_measure("m", places=(TARAZ,)), Applies.NO, None, id="elsewhere"),
        pytest.param(
            a_measure("m", hours="11:00/12:00"), Applies.NOW, None, id="at an hour asked about"
        ),
        pytest.param(
            a_measure("m", hours="12:01/18:00"),
            Applies.LATER,
            "2024-07-03T07:01",
            id="at a later hour",
        ),
        pytest.param(
            a_measure("m", hours="23:00/07:00"), Applies.LATER, "2024-07-03T18:00", id="at night"
        ),
        pytest.param(
            a_measure("m", hours="00:00/09:59", expires="2024-07-03"),
            Applies.NO,
            None,
            id="at hours that are over",
        ),
        pytest.param(
            a_measure("m", onset="2024-07-04T12:00"),
            Applies.LATER,
            "2024-07-04T07:00",
            id="from later on",
        ),
        pytest.param(
            a_measure("m", onset="2024-07-09"), Applies.NO, None, id="from when nothing holds"
        ),
        pytest.param(a_measure("m", expires="2024-07-02"), Applies.NO, None, id="before"),
        pytest.param(
            a_measure("m", onset="2024-07-01", recurs="FREQ=WEEKLY;BYDAY=WE"),
            Applies.NOW,
            None,
            id="on Wednesdays, as it is",
        ),
        pytest.param(
            a_measure("m", onset="2024-07-01", recurs="FREQ=WEEKLY;BYDAY=TH"),
            Applies.LATER,
            "2024-07-03T19:00",
            id="on Thursdays, as it will be",
        ),
        pytest.param(
            a_measure("m", onset="2024-07-01", recurs="FREQ=WEEKLY;BYDAY=SA"),
            Applies.NO,
            None,
            id="on a day by which it is over",
        ),
    ],
)
def test_measures_and_advice_bite_now_or_later_or_not(measure, applies, since):
    """Orange up to midnight, then yellow, then red for the fourth; asked about ten to noon."""
    advice = Advice(words("stay"), measure.limits)
    advisory = an_advisory("a", measure, advice=(advice,))
    levels = [
        (ORANGE, "2024-07-02", "2024-07-02T19:00"),
        (YELLOW, "2024-07-02T19:00", "2024-07-04"),
        (RED, "2024-07-04", "2024-07-05"),
    ]

    (finding,) = judged(
        *(
            a_segment(advisory, place=ALMATY, level=x, span=a_span(*bounds))
            for x, *bounds in levels
        ),
        span=a_span("2024-07-03T05:00", "2024-07-03T07:00"),
    ).findings

    instant = at(since) if since else None
    assert finding.measures == (Applied(measure, applies, instant),)
    assert finding.advice == (Applied(advice, applies, instant),)


def test_of_several_places_the_first_at_which_a_measure_will_bite_tells_since_when():
    nightly = a_measure("m", hours="23:00/07:00")
    advisory = an_advisory("a", nightly, timezone=LOCAL)
    segments = [a_segment(advisory, place=SOUTH), a_segment(advisory, place=WEST)]
    hour = a_span("2022-01-05T10:00", "2022-01-05T11:00")
    segments = [replace(s, span=a_span("2022-01-04", "2022-01-09")) for s in segments]

    (finding,) = judged(*segments, place=KAZAKHSTAN, span=hour).findings

    # 23:00 at Almaty's +06; at Oral's +05 it is an hour later.
    assert finding.measures == (Applied(nightly, Applies.LATER, at("2022-01-05T17:00")),)


def test_a_setting_is_touched_at_the_hours_at_which_its_measure_bites():
    curfew = a_measure("curfew", "street", hours="23:00/06:59")
    nights = a_segment(an_advisory("a", curfew), place=ALMATY)
    street = frozenset({"street"})

    # 22:00 to 08:00 at Almaty, the first night and the second.
    night = judged(nights, span=a_span("2024-07-03T17:00", "2024-07-04T03:00"), settings=street)
    day = judged(nights, span=a_span("2024-07-03T02:00", "2024-07-03T18:00"), settings=street)
    whole = judged(nights, settings=street)

    assert night.covered == (a_span("2024-07-03T18:00", "2024-07-04T02:00"),)
    assert (day.answer, day.covered) == (Answer.CLEAR, ())
    assert [(f.counts, f.measures[0].applies) for f in day.findings] == [(False, Applies.LATER)]
    assert day.next_change == at("2024-07-03T18:00")
    assert whole.covered == (
        a_span("2024-07-03", "2024-07-03T02:00"),
        a_span("2024-07-03T18:00", "2024-07-04"),
    )
    assert judged(nights, span=day.question.span).answer == Answer.IN_FORCE


def test_a_measure_that_recurs_seldom_is_seen_in_all_of_a_long_time():
    seldom = a_measure("m", "street", onset="2016-01-01", recurs="FREQ=YEARLY;INTERVAL=8")
    segment = a_segment(an_advisory("a", seldom), place=ALMATY, span=Span(at("2016-01-01")))
    street = frozenset({"street"})

    verdict = judged(segment, span=a_span("2016-02-01", "2026-02-01"), settings=street)

    assert verdict.covered == (a_span("2023-12-31T18:00", "2024-01-01T18:00"),)


@pytest.mark.parametrize(
    ("measures", "level", "counts"),
    [
        pytest.param([a_measure("m", "street", levels=("red",))], YELLOW, True, id="none so far"),
        pytest.param([a_measure("m", "street", levels=("red",))], RED, False, id="one elsewhere"),
        pytest.param([a_measure("m", "home", levels=("red",))], RED, True, id="one there"),
        pytest.param(
            [a_measure("m", "street"), a_measure("n", "home", levels=("red",))], YELLOW, False,
            id="one elsewhere, and one there at another level",
        ),
        pytest.param([a_measure("m", "street", places=(TARAZ,))], YELLOW, True, id="none here"),
    ],
)  # fmt: skip
def test_where_no_measure_is_for_a_level_and_place_every_setting_is_touched(
    measures, level, counts
):
    segment = a_segment(an_advisory("a", *measures), place=ALMATY, level=level)

    verdict = judged(segment, settings=frozenset({"home"}))

    assert verdict.answer == (Answer.IN_FORCE if counts else Answer.CLEAR)


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        pytest.param(None, True, id="where no setting is asked for"),
        pytest.param({"railway", "street"}, True, id="where one of its settings is"),
        pytest.param({"street"}, False, id="not where another is, though a measure bites there"),
    ],
)
def test_an_advisory_for_some_settings_counts_there(asked, counts):
    railway = an_advisory("a", a_measure("m"), a_measure("n", "street"), settings=("railway",))

    verdict = judged(a_segment(railway, place=ALMATY), settings=asked and frozenset(asked))

    assert [finding.counts for finding in verdict.findings] == [counts]
    assert verdict.answer == (Answer.IN_FORCE if counts else Answer.CLEAR)


def test_a_drill_is_told_and_counts_only_for_who_asks_for_drills():
    drill = a_segment(an_advisory("a", exercise=True), place=ALMATY)
    low = read_threshold("Minor", {})

    for options in ({}, {"threshold": low}):
        verdict = judged(drill, **options)
        assert (verdict.answer, verdict.level) == (Answer.CLEAR, None)
        assert [finding.counts for finding in verdict.findings] == [False]
    assert judged(drill, exercise=True).answer == Answer.IN_FORCE


# Silence


def a_hole(reviewed=None):
    return Hole(ALMATY, "threat", a_span("2024-07-03", "2024-07-04"), reviewed)


UNWATCHED, STALE = a_hole(), a_hole(at("2024-07-01"))


@pytest.mark.parametrize(
    ("holes", "answer"),
    [
        pytest.param([], Answer.CLEAR, id="clear where somebody vouches for all of it"),
        pytest.param([UNWATCHED], Answer.UNWATCHED, id="unwatched where nobody does"),
        pytest.param([STALE], Answer.STALE, id="stale where somebody did, too long ago"),
        pytest.param([STALE, UNWATCHED], Answer.UNWATCHED, id="unwatched before stale"),
    ],
)
def test_silence_is_as_good_as_who_vouches_for_it(holes, answer):
    watching = Watching((), tuple(holes), None)
    elsewhere = a_segment(place=TARAZ)

    verdict = evaluate(a_question(ALMATY), [elsewhere], watching)

    assert (verdict.answer, verdict.level, verdict.covered) == (answer, None, ())
    assert verdict.watching == watching
    assert silence(watching) == answer


@pytest.mark.parametrize("holes", [(), (UNWATCHED,), (STALE,)])
def test_what_is_in_force_or_in_doubt_is_so_whoever_watches(holes):
    watching = Watching((), holes, None)

    in_force = evaluate(a_question(ALMATY), [a_segment(place=ALMATY)], watching)
    in_doubt = evaluate(a_question(HOMELESS), [a_segment(place=EAST)], watching)

    assert (in_force.answer, in_doubt.answer) == (Answer.IN_FORCE, Answer.CANNOT_TELL)


@pytest.mark.parametrize("level", [GREEN, YELLOW])
def test_what_does_not_count_vouches_for_nothing(level):
    below = {"threshold": read_threshold("Severe", {})} if level is YELLOW else {}

    verdict = evaluate(
        a_question(ALMATY, **below),
        [a_segment(place=ALMATY, level=level)],
        Watching((), (UNWATCHED,), None),
    )

    assert verdict.answer == Answer.UNWATCHED


# How the answer goes


def test_the_course_of_an_answer_is_told_where_it_may_change():
    segments = [
        a_segment("a", place=ALMATY, span=a_span("2024-07-03T06:00", "2024-07-03T12:00")),
        a_segment(
            "b", place=ALMATY, level=RED, span=a_span("2024-07-03T08:00", "2024-07-03T09:00")
        ),
        a_segment("c", place=ALMATY, span=a_span("2024-07-03T23:00", "2024-07-09")),
    ]

    turns = (at("2024-07-03T07:00"), at("2024-07-05"))
    told = course(a_question(ALMATY), segments, Vigil(lambda _: NOT_WATCHED, turns))

    assert [*told] == [
        (at("2024-07-03"), Answer.CLEAR, None),
        (at("2024-07-03T06:00"), Answer.IN_FORCE, YELLOW),
        (at("2024-07-03T07:00"), Answer.IN_FORCE, YELLOW),
        (at("2024-07-03T08:00"), Answer.IN_FORCE, RED),
        (at("2024-07-03T09:00"), Answer.IN_FORCE, YELLOW),
        (at("2024-07-03T12:00"), Answer.CLEAR, None),
        (at("2024-07-03T23:00"), Answer.IN_FORCE, YELLOW),
    ]


# What is near


BEFORE = a_segment("before", place=ALMATY, span=a_span("2024-07-01", "2024-07-02T21:00"))
AFTER = a_segment("after", place=ALMATY, span=a_span("2024-07-04T04:00", "2024-07-06"))


@pytest.mark.parametrize(
    ("segments", "near"),
    [
        pytest.param([BEFORE], [Near(BEFORE, -timedelta(hours=3))], id="one before"),
        pytest.param([AFTER], [Near(AFTER, timedelta(hours=4))], id="one after"),
        pytest.param(
            [AFTER, BEFORE],
            [Near(BEFORE, -timedelta(hours=3)), Near(AFTER, timedelta(hours=4))],
            id="one on either side, the nearer first",
        ),
        pytest.param(
            [
                BEFORE,
                replace(BEFORE, span=a_span("2024-07-01", "2024-07-02T20:59")),
                AFTER,
                replace(AFTER, span=a_span("2024-07-04T04:01", "2024-07-04T05:00")),
            ],
            [Near(BEFORE, -timedelta(hours=3)), Near(AFTER, timedelta(hours=4))],
            id="only the last before and the first after",
        ),
        pytest.param(
            [replace(BEFORE, span=a_span("2024-07-02", "2024-07-03"))],
            [Near(replace(BEFORE, span=a_span("2024-07-02", "2024-07-03")), timedelta(0))],
            id="one that was over as the span began",
        ),
        pytest.param(
            [replace(AFTER, span=a_span("2024-07-04", "2024-07-05"))],
            [Near(replace(AFTER, span=a_span("2024-07-04", "2024-07-05")), timedelta(0))],
            id="one that begins as the span ends",
        ),
        pytest.param(
            [
                replace(AFTER, span=a_span("2024-07-04T03:00", "2024-07-05")),
                replace(BEFORE, span=a_span("2024-07-01", "2024-07-02T21:00")),
            ],
            [
                Near(BEFORE, -timedelta(hours=3)),
                Near(
                    replace(AFTER, span=a_span("2024-07-04T03:00", "2024-07-05")),
                    timedelta(hours=3),
                ),
            ],
            id="as far on either side, the one before first",
        ),
        pytest.param(
            [AFTER, replace(AFTER, level=RED)],
            [Near(replace(AFTER, level=RED), timedelta(hours=4))],
            id="of two as near, the graver",
        ),
        pytest.param([a_segment(place=ALMATY)], [], id="none that overlaps"),
        pytest.param([replace(AFTER, place=TARAZ)], [], id="none elsewhere"),
        pytest.param([replace(AFTER, level=GREEN)], [], id="none that would not count"),
        pytest.param(
            [a_segment("a", place=ALMATY), AFTER],
            [Near(AFTER, timedelta(hours=4))],
            id="one beside another that is in force",
        ),
    ],
)
def test_the_last_before_and_the_first_after_are_near(segments, near):
    for order in (segments, segments[::-1]):
        assert list(evaluate(a_question(ALMATY), order).near) == near


def test_nothing_is_near_that_would_not_count_under_the_same_options():
    street = an_advisory("a", a_measure("ban", "street"))
    segment = replace(AFTER, advisory=street)

    assert judged(segment).near == (Near(segment, timedelta(hours=4)),)
    assert judged(segment, threshold=read_threshold("Severe", {})).near == ()
    assert judged(segment, settings=frozenset({"airport"})).near == ()


# When the answer next changes


def change(*segments, start="2024-07-03", **changes):
    return judged(*segments, span=a_span(start, "2024-07-03T01:00"), **changes).next_change


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        pytest.param([], None, id="never, where there is nothing"),
        pytest.param([("2024-07-02", "2024-07-05", YELLOW)], "2024-07-05", id="at its end"),
        pytest.param([("2024-07-04", "2024-07-05", YELLOW)], "2024-07-04", id="at its start"),
        pytest.param([("2024-07-01", "2024-07-02", YELLOW)], None, id="never, once it is over"),
        pytest.param([("2024-07-01", "2024-07-03", YELLOW)], None, id="not as the span starts"),
        pytest.param(
            [("2024-07-03", "2024-07-04", YELLOW)], "2024-07-04", id="after the span's start"
        ),
        pytest.param(
            [("2024-07-03T00:30", "2024-07-04", YELLOW)], "2024-07-03T00:30", id="within the span"
        ),
        pytest.param(
            [("2024-07-02", "2024-07-04", YELLOW), ("2024-07-04", "2024-07-05", YELLOW)],
            "2024-07-05",
            id="not at the seam of two of one level",
        ),
        pytest.param(
            [("2024-07-02", "2024-07-04", YELLOW), ("2024-07-03T12:00", "2024-07-05", YELLOW)],
            "2024-07-05",
            id="not within two of one level that overlap",
        ),
        pytest.param(
            [("2024-07-02", "2024-07-04", YELLOW), ("2024-07-04", "2024-07-05", ORANGE)],
            "2024-07-04",
            id="where a graver one takes over",
        ),
        pytest.param(
            [("2024-07-02", "2024-07-05", YELLOW), ("2024-07-03T12:00", "2024-07-04", RED)],
            "2024-07-03T12:00",
            id="where a graver one comes on top",
        ),
        pytest.param(
            [("2024-07-02", "2024-07-05", RED), ("2024-07-03T12:00", "2024-07-04", YELLOW)],
            "2024-07-05",
            id="not where a milder one comes below",
        ),
        pytest.param(
            [("2024-07-02", "2024-07-04", replace(YELLOW, scheme="zebra")),
             ("2024-07-04", "2024-07-05", YELLOW)],
            "2024-07-04",
            id="where as grave a level of another scheme takes over",
        ),
        pytest.param(
            [("2024-07-02", "2024-07-05", GREEN)], None, id="not for what does not count"
        ),
    ],
)  # fmt: skip
def test_the_answer_next_changes(segments, expected):
    told = [
        a_segment(str(n), place=ALMATY, span=a_span(start, end), level=level)
        for n, (start, end, level) in enumerate(segments)
    ]

    for order in (told, told[::-1]):
        assert change(*order) == (at(expected) if expected else None)


def test_what_holds_until_further_notice_does_not_change():
    open_end = a_segment(place=ALMATY, span=Span(at("2024-07-02")))

    assert change(open_end) is None
    assert change(open_end, start="2024-07-01") == at("2024-07-02")


def test_a_change_is_one_under_the_same_options():
    segments = (
        a_segment("a", place=ALMATY, span=a_span("2024-07-02", "2024-07-04")),
        a_segment("b", place=ALMATY, span=a_span("2024-07-06", "2024-07-07"), level=RED),
    )

    assert change(*segments) == at("2024-07-04")
    assert change(*segments, threshold=read_threshold("Severe", {})) == at("2024-07-06")


def test_a_country_changes_when_any_part_of_it_makes_a_difference():
    segments = (
        a_segment("a", place=ALMATY, span=a_span("2024-07-02", "2024-07-04")),
        a_segment("b", place=ORAL, span=a_span("2024-07-02", "2024-07-05")),
        a_segment("c", place=TARAZ, span=a_span("2024-07-04T12:00", "2024-07-06")),
    )

    assert change(*segments, place=KAZAKHSTAN) == at("2024-07-06")


def test_what_was_over_on_the_clock_of_a_part_is_no_change_to_come():
    question = ask(KAZAKHSTAN, (ALMATY, ORAL), read("2022-01-05"), FOREVER)
    # Both end at midnight in Oral, an hour after the day has begun in Almaty.
    midnight = "2022-01-04T19:00"
    over, on_going = (
        a_segment(place=place, span=a_span("2022-01-01", midnight)) for place in (ORAL, ALMATY)
    )

    assert evaluate(question, [over]).next_change is None
    assert evaluate(question, [on_going]).next_change == at(midnight)


# Where nobody can tell


NORTH, EAST, SECRET, ABROAD = (
    a_place(id, id=f"iso:{id}", kind=Kind.REGION, within=(f"iso:{id[:2]}",), population=1_000_000)
    for id in ("KZ-1", "KZ-2", "KZ-3", "KG-1")
)
SECRET = replace(SECRET, population=None)
DISTRICT, OTHER_DISTRICT = (
    a_place(id, id=f"iso:{id}", kind=Kind.REGION, within=(NORTH.id, "iso:KZ"))
    for id in ("KZ-11", "KZ-12")
)
KZ, KG = (
    a_place(id, id=f"iso:{id}", kind=Kind.COUNTRY, population=9_000_000) for id in ("KZ", "KG")
)
UNSETTLED = a_place("AQ", id="iso:AQ", kind=Kind.COUNTRY)
NEAR_A_BORDER = a_place(
    "50,70",
    kind=Kind.POINT,
    within=(NORTH.id, KZ.id),
    otherwise=((EAST.id, KZ.id), (ABROAD.id, KG.id)),
)
AT_SEA = replace(
    NEAR_A_BORDER, within=(), otherwise=((NORTH.id, KZ.id), (EAST.id, KZ.id)), timezone=""
)
IN_CITY = replace(
    NEAR_A_BORDER,
    within=(ALMATY.id, NORTH.id, KZ.id),
    otherwise=((ALMATY.id, EAST.id, KZ.id),),
)
HOMELESS = a_place("Without a region", within=(KZ.id,))
SHARED = a_place("In either", within=(NORTH.id, KZ.id), perhaps=(EAST.id,))
NORTHERN = a_place("Northern", within=(NORTH.id, KZ.id))
IN_DISTRICT = a_place("In the district", within=(DISTRICT.id, NORTH.id, KZ.id))
ITS_OFFICE = a_place("Its office", kind=Kind.SITE, within=(HOMELESS.id, KZ.id))


@pytest.mark.parametrize(
    ("place", "named", "doubts"),
    [
        pytest.param(NEAR_A_BORDER, [NORTH], [NORTH], id="the likeliest region"),
        pytest.param(NEAR_A_BORDER, [EAST], [EAST], id="the region across the border"),
        pytest.param(NEAR_A_BORDER, [ABROAD], [ABROAD], id="a region across two borders"),
        pytest.param(NEAR_A_BORDER, [KG], [KG], id="the country across the border"),
        pytest.param(NEAR_A_BORDER, [KZ], [KZ], id="the likeliest country"),
        pytest.param(NEAR_A_BORDER, [NORTH, EAST], [NORTH, EAST], id="two of three regions"),
        pytest.param(NEAR_A_BORDER, [SECRET], [SECRET], id="a region that has no known city"),
        pytest.param(AT_SEA, [NORTH], [NORTH], id="the region of a far coast"),
        pytest.param(AT_SEA, [KZ], [KZ], id="the country of a far coast"),
        pytest.param(AT_SEA, [NORTH, EAST], [NORTH, EAST], id="all coasts that are far"),
        pytest.param(AT_SEA, [SECRET], [SECRET], id="far away, a region that has no known city"),
        pytest.param(AT_SEA, [UNSETTLED], [UNSETTLED], id="far away, a country that has none"),
        pytest.param(IN_CITY, [NORTH], [NORTH], id="the region of a city at a border"),
        pytest.param(SHARED, [EAST], [EAST], id="a region that shares the land"),
        pytest.param(HOMELESS, [EAST], [EAST], id="a region, where none is known"),
        pytest.param(HOMELESS, [EAST, NORTH], [NORTH, EAST], id="two, where none is known"),
        pytest.param(ITS_OFFICE, [NORTH], [NORTH], id="a region, for a site in such a city"),
        pytest.param(NORTHERN, [DISTRICT], [DISTRICT], id="a district whose cities are not known"),
    ],
)
def test_nobody_can_tell_whether_it_lies_where_an_advisory_holds(place, named, doubts):
    """A hole in what is known must not come out clear."""
    segments = [a_segment(place.name, place=place) for place in named]

    for order in (segments, segments[::-1]):
        verdict = evaluate(a_question(place), order)

        assert (verdict.answer, verdict.level) == (Answer.CANNOT_TELL, None)
        assert [reason.segment.place for reason in verdict.doubts] == doubts
        assert (verdict.covered, verdict.touched, verdict.partial) == ((), (), False)


@pytest.mark.parametrize(
    ("place", "named"),
    [
        pytest.param(NEAR_A_BORDER, [NORTH, EAST, ABROAD], id="every region it may lie in"),
        pytest.param(NEAR_A_BORDER, [KZ, KG], id="both countries"),
        pytest.param(NEAR_A_BORDER, [KZ, ABROAD], id="a country and a region of the other"),
        pytest.param(NEAR_A_BORDER, [NEAR_A_BORDER, EAST], id="the point itself"),
        pytest.param(IN_CITY, [ALMATY], id="the city, whatever its region"),
        pytest.param(IN_CITY, [ALMATY, NORTH], id="the city, and a region in doubt"),
        pytest.param(SHARED, [NORTH], id="its own region"),
        pytest.param(SHARED, [NORTH, EAST], id="its own region, and one that shares the land"),
        pytest.param(SHARED, [KZ], id="its country"),
        pytest.param(HOMELESS, [KZ, EAST], id="its country, and a region in doubt"),
        pytest.param(HOMELESS, [HOMELESS, EAST], id="the city, and a region in doubt"),
        pytest.param(ITS_OFFICE, [HOMELESS, EAST], id="its city, and a region in doubt"),
        pytest.param(NORTHERN, [NORTH, DISTRICT], id="its region, and a district in doubt"),
        pytest.param(IN_DISTRICT, [DISTRICT], id="a district it is known to lie in"),
    ],
)
def test_what_is_in_force_wherever_it_lies_is_in_force(place, named):
    verdict = evaluate(a_question(place), [a_segment(p.name, place=p) for p in named])

    assert (verdict.answer, verdict.level) == (Answer.IN_FORCE, YELLOW)
    assert (verdict.doubts, verdict.touched) == ((), (place,))
    assert verdict.covered == (a_span("2024-07-03", "2024-07-04"),)


@pytest.mark.parametrize(
    ("place", "named"),
    [
        pytest.param(NEAR_A_BORDER, [ALMATY], id="a city that is not around the point"),
        pytest.param(NEAR_A_BORDER, [replace(SECRET, population=5)], id="a farther region"),
        pytest.param(NEAR_A_BORDER, [replace(SECRET, within=("iso:RU",))], id="a far country's"),
        pytest.param(AT_SEA, [ALMATY], id="a city, far out at sea"),
        pytest.param(NEAR_A_BORDER, [UNSETTLED], id="a country without a city, near one"),
        pytest.param(HOMELESS, [UNSETTLED], id="a country without a city, for a city"),
        pytest.param(SHARED, [SECRET], id="a region that does not share the land"),
        pytest.param(HOMELESS, [ABROAD], id="a region of another country"),
        pytest.param(HOMELESS, [KG], id="another country"),
        pytest.param(HOMELESS, [DISTRICT], id="a district, one step farther in"),
        pytest.param(NORTHERN, [EAST], id="the other region of a city that has one"),
        pytest.param(NORTHERN, [SECRET], id="a region without cities, for a city that has one"),
        pytest.param(replace(NORTHERN, within=(EAST.id, KZ.id)), [DISTRICT], id="a far district"),
        pytest.param(IN_DISTRICT, [OTHER_DISTRICT], id="the district beside its own"),
        pytest.param(EAST, [DISTRICT, NORTH], id="another region, for a region"),
        pytest.param(KZ, [ABROAD], id="another country's region, for a country"),
    ],
)
def test_what_it_surely_does_not_lie_in_is_no_doubt(place, named):
    verdict = evaluate(a_question(place), [a_segment(p.name, place=p) for p in named])

    assert (verdict.answer, verdict.doubts, verdict.next_change) == (Answer.CLEAR, (), None)


@pytest.mark.parametrize("named", [NORTH, EAST], ids=["the likeliest", "across the border"])
@pytest.mark.parametrize(
    ("changes", "options"),
    [
        pytest.param({"level": GREEN}, {}, id="the ordinary state"),
        pytest.param({}, {"threshold": read_threshold("Severe", {})}, id="below the threshold"),
        pytest.param({}, {"settings": frozenset({"airport"})}, id="in no setting asked for"),
        pytest.param({"span": a_span("2024-07-01", "2024-07-03")}, {}, id="over before"),
        pytest.param({"span": a_span("2024-07-04", "2024-07-05")}, {}, id="yet to come"),
    ],
)
@pytest.mark.parametrize("place", [NEAR_A_BORDER, HOMELESS], ids=["a point", "a city"])
def test_what_would_not_count_is_no_doubt(place, changes, options, named):
    street = an_advisory("a", a_measure("ban", "street"))

    verdict = evaluate(a_question(place, **options), [a_segment(street, place=named, **changes)])

    assert (verdict.answer, verdict.doubts) == (Answer.CLEAR, ())


def test_in_force_at_some_time_of_the_span_wherever_it_lies_is_in_force():
    early, late = a_span("2024-07-03", "2024-07-03T01:00"), a_span("2024-07-03T23:00", "2024-07-05")
    segments = [a_segment(place=NORTH, span=early), a_segment("b", place=EAST, span=late)]
    place = replace(NEAR_A_BORDER, otherwise=((EAST.id, KZ.id),))

    verdict = evaluate(a_question(place), segments)

    assert verdict.answer == Answer.IN_FORCE
    # At first only the north is, then neither, then only the east.
    instants = (
        a_span("2024-07-03", "2024-07-03T00:01"),
        a_span("2024-07-03T12:00", "2024-07-03T12:01"),
    )
    answers = [evaluate(a_question(place, span=span), segments).answer for span in instants]
    assert answers == [Answer.CANNOT_TELL, Answer.CLEAR]


@pytest.mark.parametrize(("likeliest", "other"), [(YELLOW, RED), (RED, YELLOW)])
def test_the_gravest_level_it_may_be_under_is_told_with_its_advisory(likeliest, other):
    north, east = a_segment("n", place=NORTH, level=likeliest), a_segment(place=EAST, level=other)
    place = replace(NEAR_A_BORDER, otherwise=((EAST.id, KZ.id),))

    verdict = evaluate(a_question(place), [north, east])

    assert (verdict.answer, verdict.level) == (Answer.IN_FORCE, RED)
    assert verdict.findings[0].level == RED
    assert {finding.advisory.id for finding in verdict.findings} >= {"n"}
    assert verdict.touched == (place,)


def test_what_is_told_of_the_other_side_of_a_border_is_in_force_there_then():
    place = replace(NEAR_A_BORDER, otherwise=((EAST.id, KZ.id),))
    segments = [
        a_segment("a", place=KZ),
        a_segment("over", place=EAST, level=RED, span=a_span("2024-07-01", "2024-07-02")),
        a_segment("ahead", place=EAST, level=RED, span=a_span("2024-07-08", "2024-07-09")),
        a_segment("calm", place=EAST, level=GREEN),
    ]

    verdict = evaluate(a_question(place), segments)

    assert (verdict.level, [f.advisory.id for f in verdict.findings]) == (YELLOW, ["a"])


def test_doubts_are_told_once_each_and_the_gravest_first():
    place = replace(
        NEAR_A_BORDER,
        within=(ABROAD.id, KG.id),
        otherwise=((NORTH.id, KZ.id), (EAST.id, KZ.id), ("iso:KZ-4", KZ.id)),
    )
    segments = [
        a_segment("a", place=KZ),
        a_segment("b", place=NORTH, level=ORANGE),
        a_segment("c", place=EAST, level=RED),
        a_segment("d", place=SECRET, level=GREEN),
        a_segment("e", place=EAST, span=a_span("2024-07-01", "2024-07-02")),
    ]

    for order in (segments, segments[::-1]):
        doubts = evaluate(a_question(place), order).doubts

        assert [reason.segment.advisory.id for reason in doubts] == ["c", "b", "a"]


def test_of_one_advisory_the_nearest_place_speaks_wherever_it_lies():
    advisory = an_advisory("a")
    segments = [
        a_segment(advisory, place=KZ, level=RED),
        a_segment(advisory, place=EAST, level=GREEN),
    ]
    place = replace(NEAR_A_BORDER, otherwise=((EAST.id, KZ.id),))

    verdict = evaluate(a_question(place), segments)

    assert (verdict.answer, [r.segment.level for r in verdict.doubts]) == (
        Answer.CANNOT_TELL,
        [RED],
    )


def test_what_is_said_for_sure_of_what_is_nearer_settles_what_is_doubtful():
    """Overseas a region of a country has a code of its own, and its cities lie in that.

    What is said of the country holds in the region, unless something else is said there.
    """
    france = a_place("FR", id="iso:FR", kind=Kind.COUNTRY, population=9_000_000)
    region = a_place("FR-974", kind=Kind.REGION, within=(france.id,))
    city = a_place("Saint-Denis", within=(region.id, "iso:RE"), perhaps=(france.id,))

    def answer(*excepted):
        bulletins = (a_bulletin(places=(france,), exceptions=excepted),)
        segment = a_segment(an_advisory("a", bulletins=bulletins), place=france)
        return evaluate(a_question(city), [segment]).answer

    assert answer() == Answer.CANNOT_TELL
    assert answer(region) == Answer.CLEAR


def test_a_part_in_doubt_does_not_hide_one_that_is_in_force():
    parts = judged_as_one(KZ, [NORTH, EAST], [HOMELESS, SHARED], complete=False)

    verdict = evaluate(a_question(KZ, parts=parts), [a_segment(place=EAST)])

    assert (verdict.answer, verdict.touched, verdict.doubts) == (Answer.IN_FORCE, (EAST,), ())


@pytest.mark.parametrize(
    ("place", "segments", "start", "expected"),
    [
        pytest.param(
            NEAR_A_BORDER, [(EAST, "2024-07-02", "2024-07-05")], "2024-07-03", "2024-07-05",
            id="from doubt to clear",
        ),
        pytest.param(
            NEAR_A_BORDER, [(EAST, "2024-07-02", "2024-07-05")], "2024-07-01", "2024-07-02",
            id="from clear to doubt",
        ),
        pytest.param(
            HOMELESS, [(EAST, "2024-07-02", "2024-07-05")], "2024-07-01", "2024-07-02",
            id="from clear to doubt in a city",
        ),
        pytest.param(
            HOMELESS, [(EAST, "2024-07-02", "2024-07-05"), (KZ, "2024-07-04", "2024-07-06")],
            "2024-07-03", "2024-07-04",
            id="from doubt to in force",
        ),
        pytest.param(
            HOMELESS, [(EAST, "2024-07-02", "2024-07-05"), (KZ, "2024-07-02", "2024-07-04")],
            "2024-07-03", "2024-07-04",
            id="from in force to doubt",
        ),
        pytest.param(
            HOMELESS, [(EAST, "2024-07-02", "2024-07-05"), (KZ, "2024-07-02", "2024-07-06")],
            "2024-07-03", "2024-07-06",
            id="not where a doubt ends beneath what is in force",
        ),
        pytest.param(
            NEAR_A_BORDER,
            [(EAST, "2024-07-02", "2024-07-04"), (NORTH, "2024-07-04", "2024-07-06")],
            "2024-07-03", "2024-07-06",
            id="not from one doubt to another",
        ),
    ],
)  # fmt: skip
def test_the_answer_next_changes_through_doubts(place, segments, start, expected):
    told = [
        a_segment(str(n), place=named, span=a_span(*bounds))
        for n, (named, *bounds) in enumerate(segments)
    ]
    question = a_question(place, span=a_span(start, f"{start}T01:00"))

    for order in (told, told[::-1]):
        assert evaluate(question, order).next_change == at(expected)


# Laws


BITING = range(5, 13)
"""The minutes at which the ban of `b` bites: 05:05 through 05:12 at Almaty."""
BANNED, SEARCHED = a_measure("ban", "street", hours="05:05/05:12"), a_measure("search", "airport")
NAMING = (a_bulletin(places=(SOUTH, ALMATY)),)
ADVISORIES = (
    an_advisory("a", bulletins=()),
    an_advisory("b", BANNED, bulletins=()),
    an_advisory("c", SEARCHED, a_measure("patrols", levels=("red",)), bulletins=NAMING),
    an_advisory("d", a_measure("m", "home", places=(WEST,)), bulletins=NAMING),
    an_advisory("e", bulletins=(), settings=("airport",)),
    an_advisory("f", bulletins=(), exercise=True),
)
CALM = a_level("calm", rank=-1, severity=Severity.Minor, baseline=True)
SHROUDED = a_level("shrouded", rank=3, severity=Severity.Unknown)
MINUTE = timedelta(minutes=1)
HOUR_ZERO, HORIZON = at("2024-07-03"), 24


def minutes(first, last):
    return Span(HOUR_ZERO + first * MINUTE, HOUR_ZERO + last * MINUTE)


spans = st.tuples(st.integers(0, HORIZON - 1), st.integers(1, 8)).map(
    lambda t: minutes(t[0], t[0] + t[1])
)
segments = st.builds(
    a_segment,
    advisory=st.sampled_from(ADVISORIES),
    place=st.sampled_from(EVERYWHERE),
    span=spans,
    level=st.sampled_from([CALM, YELLOW, ORANGE, RED, SHROUDED]),
)
lists = st.lists(segments, max_size=6)
thresholds = st.none() | st.builds(
    Threshold,
    text=st.just("…"),
    ranks=st.sampled_from([(), (("threat", 1),), (("threat", -1),), (("other", 0),)]),
    severity=st.sampled_from(Severity),
)
wanted = st.none() | st.frozensets(st.sampled_from(["street", "airport", "home"]), min_size=1)


@st.composite
def questions(draw):
    """About any place, each part of it on a clock of its own."""
    place, span = draw(st.sampled_from(EVERYWHERE)), draw(spans)
    shift = {"Asia/Almaty": timedelta(0), "Asia/Oral": draw(st.integers(0, 9)) * MINUTE}
    return a_question(
        place,
        parts=[
            Part(part, Span(span.start + shift[zone], span.end + shift[zone]), zone)
            for part in parts_of(place, *draw(st.lists(st.sampled_from(EVERYWHERE))))
            for zone in part.clocks
        ],
        threshold=draw(thresholds),
        settings=draw(wanted),
        exercise=draw(st.booleans()),
    )


def on(question, change):
    """The same question, the span of each part made another."""
    return replace(
        question, parts=tuple(replace(part, span=change(part.span)) for part in question.parts)
    )


def each_minute(span):
    return [span.start + n * MINUTE for n in range((span.end - span.start) // MINUTE)]


def slowly(question, segments, instant_of=each_minute):
    """What counts at each minute and part: the law of evaluate in its plainest words."""
    counting = set()
    for part in question.parts:
        for segment in segments:
            advisory = segment.advisory
            named = {s.place.id for s in segments if s.advisory.id == advisory.id}
            named |= {place.id for place in advisory.places}
            nearest = next((id for id in part.place.chain if id in named), None)
            enough = (question.threshold or Threshold("", (), Severity.Unknown)).passed_by
            ordinary = segment.level.baseline and question.threshold is None
            drill = advisory.exercise and not question.exercise
            if segment.place.id != nearest or ordinary or drill or not enough(segment.level):
                continue
            counting |= {
                (minute, part.place, segment)
                for minute in instant_of(part.span)
                if minute in segment.span and bites(segment, part.place, question.settings, minute)
            }
    return counting


def bites(segment, place, asked, minute):
    """Whether an advisory touches a setting asked for at a minute, or nobody asked for one."""
    advisory = segment.advisory
    if asked is None:
        return True
    if advisory.settings and not asked & {*advisory.settings}:
        return False
    own = []
    for measure in advisory.measures:
        limits = measure.limits
        here = [p for p in limits.places if p.lies_in(place) or place.lies_in(p)]
        if (not limits.levels or segment.level.id in limits.levels) and (here or not limits.places):
            own.append(limits)
    return not own or any(
        (not limits.settings or asked & {*limits.settings})
        and (not limits.hours or (minute - HOUR_ZERO) // MINUTE in BITING)
        for limits in own
    )


def gravest(counting):
    levels = {segment.level for _, _, segment in counting}
    return max(levels, key=lambda level: (level.severity, level.rank), default=None)


@law
@given(questions(), lists)
def test_a_verdict_is_the_sum_of_its_minutes(question, segments):
    verdict, counting = evaluate(question, segments), slowly(question, segments)

    assert verdict.answer == (Answer.IN_FORCE if counting else Answer.CLEAR)
    assert verdict.level == gravest(counting)
    covered = [minute for span in verdict.covered for minute in each_minute(span)]
    assert covered == sorted({minute for minute, _, _ in counting})
    assert verdict.covered == merged(verdict.covered)
    assert dict(verdict.levels) == {
        place: gravest((m, p, s) for m, p, s in counting if p == place) for _, place, _ in counting
    }
    gravities = [level.gravity for _, level in verdict.levels]
    assert gravities == sorted(gravities, reverse=True)
    assert {f.advisory.id for f in verdict.findings if f.counts} == {
        segment.advisory.id for _, _, segment in counting
    }


@law
@given(questions(), lists)
def test_the_next_change_is_the_first_minute_that_differs(question, segments):
    question = on(question, lambda _: question.span)
    start = question.span.start

    def level_at(minute):
        return gravest(slowly(question, segments, lambda _: [minute]))

    later = [start + n * MINUTE for n in range(1, 2 * HORIZON)]
    differing = (minute for minute in later if level_at(minute) != level_at(start))
    assert evaluate(question, segments).next_change == next(differing, None)


@law
@given(questions(), lists, st.randoms(use_true_random=False))
def test_the_order_of_segments_changes_nothing(question, segments, random):
    shuffled = segments[:]
    random.shuffle(shuffled)

    assert evaluate(question, shuffled) == evaluate(question, segments)


@law
@given(lists, st.randoms(use_true_random=False))
def test_the_order_in_which_segments_are_told_is_total(segments, random):
    shuffled = segments[:]
    random.shuffle(shuffled)

    assert sorted(shuffled, key=gravest_first) == sorted(segments, key=gravest_first)


@law
@given(questions(), lists, st.integers(0, 9), st.integers(0, 9))
def test_widening_a_question_never_turns_in_force_into_clear(question, segments, before, after):
    wider = on(question, lambda s: Span(s.start - before * MINUTE, s.end + after * MINUTE))

    narrow, wide = evaluate(question, segments), evaluate(wider, segments)

    assert narrow.answer == Answer.CLEAR or wide.answer == Answer.IN_FORCE
    assert {*narrow.touched} <= {*wide.touched}
    assert merged([*narrow.covered, *wide.covered]) == wide.covered


@law
@given(questions(), lists, st.data())
def test_splitting_a_span_in_two_loses_nothing(question, segments, data):
    length = len(each_minute(question.parts[0].span))
    seam = data.draw(st.integers(1, max(1, length - 1))) * MINUTE
    halves = [on(question, lambda s: Span(s.start, s.start + seam))]
    if length > 1:
        halves.append(on(question, lambda s: Span(s.start + seam, s.end)))

    whole = evaluate(question, segments)
    parts = [evaluate(half, segments) for half in halves]

    assert (whole.answer == Answer.IN_FORCE) == any(p.answer == Answer.IN_FORCE for p in parts)
    assert whole.covered == merged(span for part in parts for span in part.covered)
    assert {*whole.touched} == {place for part in parts for place in part.touched}


@law
@given(questions(), lists, st.lists(st.integers(0, 2 * HORIZON), max_size=3))
def test_the_course_of_an_answer_is_what_it_is_at_each_minute(question, segments, more):
    question = on(question, lambda span: question.span)
    turns = tuple(HOUR_ZERO + n * MINUTE for n in more)
    told = [*course(question, segments, Vigil(lambda _: NOT_WATCHED, turns))]

    assert [instant for instant, _, _ in told] == sorted({instant for instant, _, _ in told})
    assert {instant for instant, _, _ in told} <= {*each_minute(question.span)}
    for minute in each_minute(question.span):
        _, answer, level = [state for state in told if state[0] <= minute][-1]
        verdict = evaluate(on(question, lambda _, m=minute: Span(m, m + MINUTE)), segments)
        assert (verdict.answer, verdict.level) == (answer, level)
    assert {instant for instant, _, _ in told} >= {m for m in turns if m in question.span}


@law
@given(st.lists(st.integers(0, HORIZON), min_size=3, max_size=3, unique=True), st.data())
def test_windows_that_meet_never_share_an_instant(bounds, data):
    start, seam, end = sorted(bounds)
    before = a_segment("a", place=ALMATY, span=minutes(start, seam))
    after = a_segment("b", place=ALMATY, span=minutes(seam, end), level=ORANGE)
    second = HOUR_ZERO + timedelta(seconds=data.draw(st.integers(60 * start, 60 * end - 1)))

    verdict = judged(before, after, span=Span(second, second + timedelta(seconds=1)))

    assert [finding.advisory.id for finding in verdict.findings] == [
        "a" if second < before.span.end else "b"
    ]


@law
@given(questions(), lists, segments)
def test_a_further_advisory_never_turns_in_force_into_clear(question, segments, further):
    more = [*segments, replace(further, advisory=an_advisory("further"))]

    before, after = evaluate(question, segments), evaluate(question, more)

    assert before.answer == Answer.CLEAR or after.answer == Answer.IN_FORCE
    assert {*before.touched} <= {*after.touched}


@law
@given(questions(), lists, st.sampled_from(Severity), st.sampled_from(Severity))
def test_asking_for_a_graver_level_never_turns_clear_into_in_force(question, segments, one, other):
    low, high = (
        evaluate(replace(question, threshold=Threshold(s.name, (), s)), segments)
        for s in sorted([one, other])
    )

    assert high.answer == Answer.CLEAR or low.answer == Answer.IN_FORCE


@law
@given(lists, spans, thresholds, wanted)
def test_the_nearest_on_either_side_are_near(segments, span, threshold, wanted):
    """By when they hold, whatever the hours of their measures."""
    segments = [s for s in segments if BANNED not in s.advisory.measures]
    question = a_question(ALMATY, span=span, threshold=threshold, settings=wanted)
    would_count = slowly(question, segments, lambda _: each_minute(minutes(0, 2 * HORIZON)))
    windows = {segment.span for _, _, segment in would_count}
    before = [w.end - span.start for w in windows if w.end <= span.start]
    after = [w.start - span.end for w in windows if w.start >= span.end]

    near = evaluate(question, segments).near

    assert sorted(n.distance for n in near) == [
        *([max(before)] if before else []),
        *([min(after)] if after else []),
    ]
    assert [abs(n.distance) for n in near] == sorted(abs(n.distance) for n in near)


WITHIN = [(NORTH.id, KZ.id), (EAST.id, KZ.id), (ABROAD.id, KG.id), (KZ.id,), ()]
doubtful = st.builds(
    a_place,
    name=st.just("50,70"),
    kind=st.sampled_from([Kind.POINT, Kind.CITY, Kind.SITE]),
    within=st.sampled_from(WITHIN),
    otherwise=st.lists(st.sampled_from(WITHIN), max_size=3).map(tuple),
    perhaps=st.lists(st.sampled_from([EAST.id, ABROAD.id]), max_size=1).map(tuple),
)
around = st.lists(
    st.builds(
        a_segment,
        advisory=st.sampled_from(ADVISORIES),
        place=st.sampled_from([NORTH, EAST, SECRET, ABROAD, DISTRICT, KZ, KG]),
        span=spans,
        level=st.sampled_from([CALM, YELLOW, ORANGE, RED]),
    ),
    max_size=5,
)


def lying(place, within):
    return replace(place, within=within, otherwise=(), perhaps=(), kind=Kind.COUNTRY)


@law
@given(doubtful, spans, thresholds, around)
def test_an_answer_is_one_wherever_the_place_may_lie(place, span, threshold, segments):
    """What it may lie in, each tried in turn: all of one mind, or nobody can tell.

    What is in force by all that it surely lies in is so, though it may lie in a region for which
    the same advisory says otherwise.
    """
    sure, unsure = [], []
    for within in (place.within, *place.otherwise):
        here = replace(place, within=within)
        regions = {s.place for s in segments if here.may_lie_in(s.place)}
        sure.append(within)
        unsure += [(region.id, *within) for region in regions]
    known, every = (
        {
            evaluate(a_question(lying(place, c), span=span, threshold=threshold), segments).answer
            for c in chains
        }
        for chains in (sure, sure + unsure)
    )

    verdict = evaluate(a_question(place, span=span, threshold=threshold), segments)

    assert every <= {Answer.CLEAR, Answer.IN_FORCE}
    decided = known if known == {Answer.IN_FORCE} else every
    assert verdict.answer == (decided.pop() if len(decided) == 1 else Answer.CANNOT_TELL)
    assert bool(verdict.doubts) == (verdict.answer == Answer.CANNOT_TELL)
    counting = [finding.level for finding in verdict.findings if finding.counts]
    assert verdict.level == (counting[0] if verdict.answer == Answer.IN_FORCE else None)


@law
@given(doubtful, spans, around)
def test_the_next_change_is_the_first_minute_at_which_the_answer_is_another(place, span, segments):
    def state_at(minute):
        verdict = evaluate(a_question(place, span=Span(minute, minute + MINUTE)), segments)
        level = verdict.level
        return verdict.answer, level and (level.scheme, level.id)

    later = [span.start + n * MINUTE for n in range(1, 2 * HORIZON)]
    now = state_at(span.start)
    differing = (minute for minute in later if state_at(minute) != now)

    verdict = evaluate(a_question(place, span=span), segments)

    assert verdict.next_change == next(differing, None)


# From bulletins to answers

street = st.builds(
    a_measure,
    st.just("m"),
    st.just("street"),
    hours=st.sampled_from([None, "23:00/06:59", "12:00/12:29"]),
    onset=st.none() | moments(),
    expires=st.none() | moments(),
    levels=st.sampled_from([(), ("red",)]),
    places=st.sampled_from([(), (NEARBY,)]),
)
declared = st.builds(
    replace,
    advisories(),
    measures=st.lists(street, max_size=2).map(tuple),
    settings=st.sampled_from([(), ("street",), ("home",)]),
    exercise=st.booleans(),
)
days = st.integers(23, 27).map(lambda n: a_span(f"2024-02-{n}", f"2024-02-{n + 1}"))


@law
@given(
    st.lists(declared, min_size=1, max_size=3),
    st.sampled_from(PLACES),
    st.none() | days,
    thresholds,
    wanted,
    st.booleans(),
    st.data(),
)
def test_splitting_a_time_never_loses_what_is_in_force(
    declared, place, known, threshold, settings, exercise, data
):
    """A time is in force just where some of it is, and clear just where all of it is."""
    every = [replace(advisory, id=str(n)) for n, advisory in enumerate(declared)]
    told = [s for advisory in every for s in history.segments(advisory, known=known)]
    bounds = [bound for s in told for bound in (s.span.start, s.span.end) if bound < FOREVER]
    hours = st.integers(0, 8 * 24).map(lambda n: at("2024-02-23") + n * timedelta(hours=1))
    instant = hours | st.sampled_from(bounds) if bounds else hours
    start, middle, end = sorted(data.draw(st.lists(instant, min_size=3, max_size=3, unique=True)))
    regions = [
        region for region in PLACES if region.kind is Kind.REGION and place.id in region.within
    ]
    parts = judged_as_one(place, regions, [p for advisory in every for p in advisory.places])

    def answer(span):
        question = a_question(
            place, parts=parts, span=span,
            threshold=threshold, settings=settings, exercise=exercise,
        )  # fmt: skip
        return evaluate(question, told).answer

    whole, *halves = (
        answer(span) for span in (Span(start, end), Span(start, middle), Span(middle, end))
    )

    assert (whole == Answer.IN_FORCE) == (Answer.IN_FORCE in halves)
    assert (whole == Answer.CLEAR) == (halves == [Answer.CLEAR, Answer.CLEAR])
