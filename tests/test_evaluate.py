from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from sca.errors import InvalidTime
from sca.evaluate import (
    Answer,
    Finding,
    Near,
    Reason,
    Verdict,
    evaluate,
    gravest_first,
)
from sca.levels import Severity, Threshold, read_threshold
from sca.places import Kind
from sca.question import Part, ask, judged_as_one
from sca.settings import related
from sca.spans import FOREVER, Span, merged, read
from tests.builders import (
    ORANGE,
    RED,
    YELLOW,
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
)

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
        touched=(ALMATY,),
        findings=(Finding(segment.advisory, YELLOW, True, (Reason(question.parts[0], segment),)),),
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
        touched=(),
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
    )
    assert finding.span == a_span("2024-07-02", "2024-07-04")


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


def test_a_finding_has_the_measures_of_its_advisory():
    measures = (a_measure("movement", "street"), a_measure("patrols"))
    segment = a_segment(an_advisory("a", *measures), place=ALMATY)

    (finding,) = judged(segment).findings

    assert finding.measures == measures


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
            [ALMATY, ORAL, SOUTH, TARAZ, WEST],
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


def test_the_level_of_a_country_is_that_of_its_gravest_part():
    verdict = judged(
        a_segment("a", place=KAZAKHSTAN), a_segment("b", place=ORAL, level=RED), place=KAZAKHSTAN
    )

    assert (verdict.level, verdict.partial) == (RED, False)


def test_each_part_is_asked_at_its_own_clock():
    question = ask(KAZAKHSTAN, (ALMATY, ORAL), read("2022-01-05"), FOREVER)

    # Almaty was at +06 then, Oral at +05.
    assert question.parts == (
        Part(ALMATY, a_span("2022-01-04T18:00", "2022-01-05T18:00"), "Asia/Almaty"),
        Part(ORAL, a_span("2022-01-04T19:00", "2022-01-05T19:00"), "Asia/Oral"),
    )
    assert question.span == a_span("2022-01-04T18:00", "2022-01-05T19:00")
    assert question.timezone is None


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


def test_a_part_with_several_clocks_is_asked_at_each_of_them():
    question = ask(KAZAKHSTAN, [BOTH_CLOCKS, TARAZ], read("2022-01-05T14:00"), FOREVER)

    assert question.parts == (
        Part(BOTH_CLOCKS, a_span("2022-01-05T09:00", "2022-01-05T09:01"), "Asia/Oral"),
        Part(BOTH_CLOCKS, a_span("2022-01-05T08:00", "2022-01-05T08:01"), "Asia/Almaty"),
        Part(TARAZ, a_span("2022-01-05T08:00", "2022-01-05T08:01"), "Asia/Almaty"),
    )


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


NOWHERE = a_place("0,-30", kind=Kind.POINT, timezone="")


@pytest.mark.parametrize("when", ["2024-07-03", "2024-07-03T14:00", "2024-07-03/now"])
def test_a_time_on_a_local_clock_is_refused_where_there_is_none(when):
    with pytest.raises(InvalidTime) as caught:
        ask(NOWHERE, [NOWHERE], read(when), at("2024-07-09"))

    assert str(caught.value) == (
        f"'{when}' is read on a local clock, and 0,-30 is far from any city; "
        "name its clock by --zone, or give the time with Z or an offset"
    )


@pytest.mark.parametrize(
    ("when", "span"),
    [
        ("2024-07-03T14:00Z", ("2024-07-03T14:00", "2024-07-03T14:01")),
        ("2024-07-03T14:00+02:00", ("2024-07-03T12:00", "2024-07-03T12:01")),
        ("2024-07-03T14:00Z/PT6H", ("2024-07-03T14:00", "2024-07-03T20:00")),
        ("now", ("2024-07-09T00:00:00", "2024-07-09T00:00:01")),
    ],
)
def test_a_time_with_its_offset_needs_no_clock(when, span):
    question = ask(NOWHERE, [NOWHERE], read(when), at("2024-07-09"))

    assert question.parts == (Part(NOWHERE, a_span(*span), None),)
    assert question.timezone is None


@pytest.mark.parametrize(
    ("parts", "timezone"),
    [
        pytest.param((ALMATY, TARAZ), "Asia/Almaty", id="one clock"),
        pytest.param((ALMATY, ORAL), None, id="two"),
    ],
)
def test_a_question_has_a_clock_where_its_parts_share_it(parts, timezone):
    assert a_question(KAZAKHSTAN, parts=parts).timezone == timezone


def test_a_question_keeps_what_should_count_and_which_hour_came_twice():
    severe, airport = read_threshold("Severe", {}), frozenset({"airport"})

    question = ask(ALMATY, [ALMATY], read("2024-02-29T23:30"), FOREVER, severe, airport)

    assert question == a_question(
        ALMATY,
        parts=(
            Part(ALMATY, a_span("2024-02-29T17:30", "2024-02-29T18:31"), "Asia/Almaty", twice=True),
        ),
        threshold=severe,
        settings=airport,
    )


def test_a_time_that_ends_before_it_starts_at_some_part_is_refused():
    # 10:00 UTC is before 15:00 in London, and after it in Almaty's 15:00.
    london = a_place("London", timezone="Europe/London")
    when = read("2024-07-02T15:00/2024-07-02T10:00Z")

    assert ask(ALMATY, [ALMATY], when, FOREVER).span == a_span(
        "2024-07-02T10:00", "2024-07-02T10:01"
    )
    with pytest.raises(InvalidTime):
        ask(ALMATY, [ALMATY, london], when, FOREVER)


# By which parts a place is judged


@pytest.mark.parametrize(
    ("place", "named", "parts"),
    [
        pytest.param(ALMATY, (), (ALMATY,), id="a city"),
        pytest.param(ALMATY, (ALMATY, TARAZ, SOUTH), (ALMATY,), id="a city that is named itself"),
        pytest.param(ALMATY, (OFFICE,), (ALMATY, OFFICE), id="a city with a site that is named"),
        pytest.param(TARAZ, (OFFICE,), (TARAZ,), id="a city that the site is not in"),
        pytest.param(OFFICE, (OFFICE, ALMATY), (OFFICE,), id="a site"),
        pytest.param(OFFICE, (DESK,), (DESK, OFFICE), id="a site with one in it that is named"),
        pytest.param(POINT, (DESK, ALMATY), (POINT,), id="a coordinate"),
        pytest.param(SOUTH, (), (SOUTH,), id="a region of which nothing is named"),
        pytest.param(
            SOUTH, (ALMATY, ORAL, OFFICE), (ALMATY, OFFICE, SOUTH), id="a region: what is named"
        ),
        pytest.param(KAZAKHSTAN, (), (SOUTH, WEST), id="a country: its regions"),
        pytest.param(
            KAZAKHSTAN, (ORAL, SOUTH), (ORAL, SOUTH, WEST), id="a country: and what is named"
        ),
        pytest.param(KAZAKHSTAN, (KAZAKHSTAN,), (SOUTH, WEST), id="a country that is named itself"),
    ],
)
def test_the_parts_by_which_a_place_is_judged(place, named, parts):
    regions = [region for region in REGIONS if place.id in region.within]

    for one, other in ((regions, named), (regions[::-1], named[::-1]), (regions * 2, named * 2)):
        assert judged_as_one(place, one, other) == parts
        assert judged_as_one(place, iter(one), iter(other), complete=True) == parts


def test_a_region_of_regions_stands_for_its_own_land_too():
    district = a_place("District", kind=Kind.REGION, within=(SOUTH.id, KAZAKHSTAN.id))

    assert judged_as_one(SOUTH, [district], [ALMATY]) == (ALMATY, district, SOUTH)


@pytest.mark.parametrize(
    ("named", "parts"),
    [
        pytest.param((), (KAZAKHSTAN,), id="of which nothing is named"),
        pytest.param((ORAL, ALMATY), (ALMATY, KAZAKHSTAN, ORAL), id="of which cities are named"),
    ],
)
def test_a_country_without_regions_stands_for_itself(named, parts):
    assert judged_as_one(KAZAKHSTAN, [], named) == parts


def test_a_country_with_cities_that_no_region_is_known_for_stands_for_itself_too():
    parts = judged_as_one(KAZAKHSTAN, REGIONS, [ALMATY], complete=False)

    assert parts == (ALMATY, KAZAKHSTAN, SOUTH, WEST)
    # Both regions have ended theirs; the cities between them are still under the country's.
    country, *ended = (
        a_segment(place=KAZAKHSTAN),
        *(a_segment(place=region, span=a_span("2024-07-01", "2024-07-02")) for region in REGIONS),
    )
    verdict = evaluate(a_question(KAZAKHSTAN, parts=parts), [country, *ended])
    assert (verdict.answer, list(verdict.touched)) == (Answer.IN_FORCE, [KAZAKHSTAN])


@pytest.mark.parametrize("place", [SOUTH, ALMATY], ids=lambda place: place.name)
def test_whether_the_regions_are_complete_matters_to_no_other_place(place):
    whole, broken = (judged_as_one(place, [], [OFFICE], complete) for complete in (True, False))

    assert whole == broken


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


def test_each_advisory_speaks_through_its_own_nearest_place():
    verdict = judged(
        a_segment("a", place=ALMATY), a_segment("b", place=KAZAKHSTAN), a_segment("b", place=SOUTH)
    )

    assert [r.segment.place for f in verdict.findings for r in f.because] == [ALMATY, SOUTH]


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


ADVISORIES = (
    an_advisory("a"),
    an_advisory("b", a_measure("ban", "street")),
    an_advisory("c", a_measure("search", "airport"), a_measure("patrols")),
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
            named = {s.place.id for s in segments if s.advisory.id == segment.advisory.id}
            nearest = next((id for id in part.place.chain if id in named), None)
            asked, measures = question.settings, segment.advisory.measures
            bites = [not m.settings or bool(asked and asked & {*m.settings}) for m in measures]
            enough = (question.threshold or Threshold("", (), Severity.Unknown)).passed_by
            ordinary = segment.level.baseline and question.threshold is None
            if segment.place.id != nearest or ordinary or not enough(segment.level):
                continue
            if asked is None or not measures or any(bites):
                found = (m for m in instant_of(part.span) if m in segment.span)
                counting |= {(minute, part.place, segment) for minute in found}
    return counting


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
    assert list(verdict.touched) == [
        part.place for part in question.parts if part.place in {place for _, place, _ in counting}
    ]
    assert {f.advisory.id for f in verdict.findings if f.counts} == {
        segment.advisory.id for _, _, segment in counting
    }


@law
@given(questions(), lists)
def test_the_next_change_is_the_first_minute_that_differs(question, segments):
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


def answer_of(question, segments):
    """The answer for a place that lies where it is said to lie and nowhere else."""
    return evaluate(question, segments).answer


def lying(place, within):
    return replace(place, within=within, otherwise=(), perhaps=(), kind=Kind.COUNTRY)


@law
@given(doubtful, spans, thresholds, around)
def test_an_answer_is_one_wherever_the_place_may_lie(place, span, threshold, segments):
    """What it may lie in, each tried in turn: all of one mind, or nobody can tell."""
    chains = []
    for within in (place.within, *place.otherwise):
        here = replace(place, within=within)
        unsure = {s.place for s in segments if here.may_lie_in(s.place)}
        chains += [within, *((region.id, *within) for region in unsure)]
    asked_of = [a_question(lying(place, c), span=span, threshold=threshold) for c in chains]
    answers = {answer_of(question, segments) for question in asked_of}

    verdict = evaluate(a_question(place, span=span, threshold=threshold), segments)

    assert answers <= {Answer.CLEAR, Answer.IN_FORCE}
    assert verdict.answer == (answers.pop() if len(answers) == 1 else Answer.CANNOT_TELL)
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
