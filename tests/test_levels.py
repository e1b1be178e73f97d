from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, strategies as st

from sca.errors import Candidate, UnknownLevel
from sca.levels import Severity, Threshold, Wording, read_threshold
from tests.builders import ORANGE, RED, YELLOW, a_level, a_scheme, law, words

LOW = a_level("low", severity=Severity.Minor)
SUBSTANTIAL = a_level("substantial", rank=1, severity=Severity.Moderate)
CRITICAL = a_level("critical", rank=2, severity=Severity.Severe)
UNRATED = a_level("unrated", rank=3, severity=Severity.Unknown)
HIGH_ORANGE = a_level("orange", rank=1, severity=Severity.Extreme)
MILD_RED = a_level("red", rank=0, severity=Severity.Minor)

THREAT = a_scheme("threat", [YELLOW, ORANGE, RED])
ALERT = a_scheme("alert", [LOW, SUBSTANTIAL, CRITICAL, UNRATED])
FIRE = a_scheme("fire", [MILD_RED, HIGH_ORANGE])
SCHEMES = {scheme.id: scheme for scheme in (THREAT, ALERT, FIRE)}


def passing(threshold, scheme):
    return [level.id for level in scheme.levels if threshold.passed_by(level)]


# How grave a level is


def test_severities_stand_in_the_order_of_cap():
    assert [severity.name for severity in sorted(Severity)] == [
        "Unknown",
        "Minor",
        "Moderate",
        "Severe",
        "Extreme",
    ]


@pytest.mark.parametrize(
    ("milder", "graver"),
    [
        pytest.param(YELLOW, ORANGE, id="on one scale"),
        pytest.param(RED, a_level("x", rank=9, severity=Severity.Extreme), id="by rank"),
        pytest.param(CRITICAL, a_level("x", rank=0, severity=Severity.Extreme), id="by severity"),
        pytest.param(UNRATED, LOW, id="unknown is the least grave that is told"),
    ],
)
def test_severity_comes_before_rank(milder, graver):
    assert milder.gravity < graver.gravity


def test_a_scheme_knows_its_levels():
    assert THREAT.level("orange") == ORANGE
    assert THREAT.level("low") is None


@pytest.mark.parametrize(
    ("day", "name", "meaning"),
    [
        pytest.param("2017-07-24", "guarded", "an attack may come", id="through the last day"),
        pytest.param("2017-07-25", "lower", "an attack is unlikely", id="as now, where left out"),
        pytest.param("2019-07-22", "lower", "an attack is unlikely", id="through its last day too"),
        pytest.param("2019-07-23", "low", "an attack is unlikely", id="since then as now"),
    ],
)
def test_a_level_has_the_words_that_it_had_on_the_day(day, name, meaning):
    before = (
        Wording(date(2017, 7, 24), words("guarded"), words("an attack may come")),
        Wording(date(2019, 7, 22), name=words("lower")),
    )
    level = replace(LOW, meaning=words("an attack is unlikely"), before=before)

    worded = level.worded(date.fromisoformat(day))

    assert worded == replace(level, name=words(name), meaning=words(meaning))


# What `--at-least` means


@pytest.mark.parametrize(
    ("text", "threshold"),
    [
        ("Minor", Threshold("Minor", (), Severity.Minor)),
        ("Extreme", Threshold("Extreme", (), Severity.Extreme)),
        ("Unknown", Threshold("Unknown", (), Severity.Unknown)),
        ("yellow", Threshold("yellow", (("threat", 0),), Severity.Moderate)),
        ("alert:critical", Threshold("alert:critical", (("alert", 2),), Severity.Severe)),
        ("unrated", Threshold("unrated", (("alert", 3),), Severity.Unknown)),
        ("orange", Threshold("orange", (("threat", 1), ("fire", 1)), Severity.Severe)),
        ("fire:orange", Threshold("fire:orange", (("fire", 1),), Severity.Extreme)),
        ("red", Threshold("red", (("threat", 2), ("fire", 0)), Severity.Minor)),
    ],
)
def test_a_threshold_is_a_severity_or_a_level(text, threshold):
    assert read_threshold(text, SCHEMES) == threshold


@pytest.mark.parametrize(
    ("text", "threat", "alert", "fire"),
    [
        pytest.param(
            "Severe",
            ["orange", "red"],
            ["critical", "unrated"],
            ["orange"],
            id="a severity, in every scheme",
        ),
        pytest.param(
            "Minor",
            ["yellow", "orange", "red"],
            ["low", "substantial", "critical", "unrated"],
            ["red", "orange"],
            id="the lowest severity lets all pass",
        ),
        pytest.param(
            "alert:substantial",
            ["yellow", "orange", "red"],
            ["substantial", "critical", "unrated"],
            ["orange"],
            id="a level: its own order, and its severity elsewhere",
        ),
        pytest.param(
            "orange",
            ["orange", "red"],
            ["critical", "unrated"],
            ["orange"],
            id="a level of two schemes: the order of each, the lower severity elsewhere",
        ),
        pytest.param(
            "fire:orange",
            ["red"],
            ["unrated"],
            ["orange"],
            id="a level of one of the two: severity counts in the other",
        ),
        pytest.param(
            "alert:unrated",
            ["yellow", "orange", "red"],
            ["unrated"],
            ["red", "orange"],
            id="a level of unknown severity lets all other schemes pass",
        ),
    ],
)
def test_what_passes_a_threshold(text, threat, alert, fire):
    threshold = read_threshold(text, SCHEMES)

    assert [passing(threshold, s) for s in (THREAT, ALERT, FIRE)] == [threat, alert, fire]


def test_on_its_own_scale_order_decides_and_not_severity():
    upside_down = a_scheme("odd", [RED, a_level("last", rank=1, severity=Severity.Minor)])
    threshold = read_threshold("last", {"odd": upside_down})

    assert threshold == Threshold("last", (("odd", 1),), Severity.Minor)
    assert threshold.passed_by(a_level("first", scheme="odd", severity=Severity.Extreme)) is False


# A name that no scheme has


@pytest.mark.parametrize(
    ("text", "message", "candidates"),
    [
        pytest.param(
            "ornge",
            "no scheme has a level 'ornge', and it is no CAP severity; did you mean orange?",
            [Candidate("orange", "fire: orange"), Candidate("fire:orange", "fire: orange")],
            id="a slip",
        ),
        pytest.param(
            "severe",
            "no scheme has a level 'severe', and it is no CAP severity; did you mean Severe?",
            [Candidate("Severe", "CAP severity")],
            id="a severity without its capital",
        ),
        pytest.param(
            "YELLOW",
            "no scheme has a level 'YELLOW', and it is no CAP severity; "
            "did you mean yellow or low?",
            [
                Candidate("yellow", "threat: yellow"),
                Candidate("low", "alert: low"),
                Candidate("threat:yellow", "threat: yellow"),
            ],
            id="a level in capitals",
        ),
        pytest.param(
            "zzz",
            "no scheme has a level 'zzz', and it is no CAP severity; there are yellow, orange, "
            "red, low, substantial, critical, unrated, Minor, Moderate, Severe, Extreme",
            [],
            id="nothing like it: all there are",
        ),
        pytest.param(
            "",
            "no scheme has a level '', and it is no CAP severity; there are yellow, orange, "
            "red, low, substantial, critical, unrated, Minor, Moderate, Severe, Extreme",
            [],
            id="nothing at all",
        ),
        pytest.param(
            "alert:orange",
            "no scheme has a level 'alert:orange', and it is no CAP severity; did you mean orange?",
            [
                Candidate("threat:orange", "threat: orange"),
                Candidate("alert:unrated", "alert: unrated"),
                Candidate("fire:orange", "fire: orange"),
                Candidate("orange", "fire: orange"),
                Candidate("alert:low", "alert: low"),
            ],
            id="a level of another scheme",
        ),
    ],
)
def test_an_unknown_level_is_refused_with_those_near(text, message, candidates):
    with pytest.raises(UnknownLevel) as caught:
        read_threshold(text, SCHEMES)

    assert str(caught.value) == message
    assert list(caught.value.candidates) == candidates


def test_without_schemes_only_severities_are_known():
    assert read_threshold("Severe", {}).severity == Severity.Severe
    with pytest.raises(UnknownLevel) as caught:
        read_threshold("orange", {})
    assert str(caught.value) == (
        "no scheme has a level 'orange', and it is no CAP severity; "
        "there are Minor, Moderate, Severe, Extreme"
    )


# Laws


every_level = [level for scheme in SCHEMES.values() for level in scheme.levels]
every_text = [
    *Severity.__members__,
    *(level.id for level in every_level),
    *(f"{level.scheme}:{level.id}" for level in every_level),
]


@pytest.mark.parametrize("text", [f"{level.scheme}:{level.id}" for level in every_level])
def test_a_level_passes_the_threshold_that_is_itself(text):
    scheme, _, id = text.partition(":")

    assert read_threshold(text, SCHEMES).passed_by(SCHEMES[scheme].level(id))


@pytest.mark.parametrize("text", every_text)
def test_whatever_is_higher_on_one_scale_passes_too(text):
    threshold = read_threshold(text, SCHEMES)

    for scheme in SCHEMES.values():
        passed = [threshold.passed_by(level) for level in scheme.levels]
        assert passed == sorted(passed)


@law
@given(st.text())
def test_any_text_is_a_threshold_or_an_unknown_level(text):
    try:
        assert read_threshold(text, SCHEMES).text == text
    except UnknownLevel as error:
        for candidate in error.candidates:
            read_threshold(candidate.text, SCHEMES)
