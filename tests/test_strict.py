"""What `lint --strict` warns of: each warning once too often and once not, and how it is told."""

import contextlib
import itertools
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from sarif_pydantic import Sarif

from sca.advisory import Advice, Then
from sca.language import Text
from sca.limits import Limits, read_hours
from sca.places import Kind
from sca.spans import read as read_when, read_duration, read_moment
from sca.strict.subject import Asked
from sca.strict.warnings import UNUSED, WARNINGS, meaning, names, remarks
from tests.builders import (
    ORANGE,
    RED,
    YELLOW,
    a_bulletin,
    a_level,
    a_measure,
    a_place,
    a_scheme,
    an_advisory,
    law,
    words,
)  # fmt: skip
from tests.running import Result, sca

RIGHT = Path(__file__).parent / "data" / "right"

COUNTRY = a_place("Country", kind=Kind.COUNTRY)
NORTH = a_place("North", kind=Kind.REGION, within=(COUNTRY.id,))
CITY = a_place("City", within=(NORTH.id, COUNTRY.id))
FAR = a_place("Far", timezone="Asia/Aqtau", within=(COUNTRY.id,))
SOURCE = ("https://example.org/act",)


def of(*bulletins, **changes):
    """An advisory of these bulletins, all of which have a source."""
    return an_advisory(
        bulletins=tuple(replace(b, sources=b.sources or SOURCE) for b in bulletins), **changes
    )


def extension(**changes):
    """A bulletin of 4 July that leaves the level out."""
    return a_bulletin(**{"issued": "2024-07-04", "level": None} | changes)


def measure(**limits):
    return replace(a_measure(), limits=Limits(**limits))


def asked(*whens, place=None):
    return [Asked(place or a_place(), read_when(when)) for when in whens]


def found(name, advisory, examples=(), **how):
    """What one warning says of an advisory: addresses and problems."""
    return [(r.address, r.problem) for r in remarks(advisory, examples, **how) if r.name == name]


def addresses(name, advisory, examples=(), **how):
    return [address for address, _ in found(name, advisory, examples, **how)]


IN_TWO_LANGUAGES = Text((("en", "A title"), ("kk", "Атау")))
BOTH_SIDES = ("2024-07-02T00:00", "2024-07-02T00:01", "2024-07-05T00:00")

# By name: an advisory that is warned of, at which addresses, and one that is not. An advisory may
# stand with the times that its examples ask about.
CASES = {
    "told-late": (
        of(a_bulletin(issued="2024-07-03")),
        [("bulletins", 0, "onset")],
        of(a_bulletin(issued="2024-07-02")),
    ),
    "expires-before-issued": (
        of(a_bulletin(issued="2024-07-05")),
        [("bulletins", 0, "expires")],
        of(a_bulletin(issued="2024-07-04")),
    ),
    "same-moment": (
        of(a_bulletin(places=(COUNTRY,)), a_bulletin(places=(CITY,), level=RED)),
        [("bulletins", 1, "onset")],
        of(
            a_bulletin(places=(COUNTRY,), exceptions=(CITY,)),
            a_bulletin(places=(CITY,), level=RED),
        ),
    ),
    "mixed-offsets": (
        of(a_bulletin(issued="2022-07-01", places=(CITY, FAR), onset="2022-07-02T00:01")),
        [("timezone",)],
        of(
            a_bulletin(issued="2022-07-01", places=(CITY, FAR), onset="2022-07-02T00:01"),
            timezone="local",
        ),
    ),
    "midnight": (
        of(a_bulletin(expires="2024-07-05T00:00")),
        [("bulletins", 0, "expires")],
        of(a_bulletin(expires="2024-07-04")),
    ),
    "too-long": (
        of(
            a_bulletin(onset="2024-07-02", expires="2024-07-17"),
            scheme=replace(a_scheme(), longest=read_duration("P15D")),
        ),
        [("bulletins", 0, "expires")],
        of(
            a_bulletin(onset="2024-07-02", expires="2024-07-16"),
            scheme=replace(a_scheme(), longest=read_duration("P15D")),
        ),
    ),
    "gap": (
        of(a_bulletin(), extension(onset="2024-07-05T00:01", expires="2024-07-09")),
        [("bulletins", 1, "onset")],
        of(a_bulletin(), extension(onset="2024-07-05T00:00", expires="2024-07-09")),
    ),
    "overlap": (
        of(a_bulletin(), extension(onset="2024-07-04T12:00", expires="2024-07-09")),
        [("bulletins", 1, "onset")],
        of(a_bulletin(), extension(onset="2024-07-05T00:00", expires="2024-07-09")),
    ),
    "covered-twice": (
        of(a_bulletin(places=(NORTH, CITY))),
        [("bulletins", 0, "places", 1)],
        of(a_bulletin(places=(NORTH, FAR))),
    ),
    "never": (
        an_advisory("a", measure(levels=("red",))),
        [("measures", 0, "levels")],
        an_advisory("a", measure(levels=("yellow",))),
    ),
    "one-sided": (
        (of(a_bulletin()), BOTH_SIDES[1:]),
        [("bulletins", 0, "onset")],
        (of(a_bulletin()), BOTH_SIDES),
    ),
    "no-source": (
        an_advisory(bulletins=(a_bulletin(), a_bulletin(issued="2024-07-02", sources=SOURCE))),
        [("bulletins", 0, "sources")],
        an_advisory(bulletins=(a_bulletin(),)),
    ),
    "not-https": (
        of(a_bulletin(sources=(*SOURCE, "http://example.org/act"))),
        [("bulletins", 0, "sources", 1)],
        of(a_bulletin()),
    ),
    "untranslated": (
        of(a_bulletin(), title=IN_TWO_LANGUAGES),
        [("issuer",)],
        of(a_bulletin(), title=IN_TWO_LANGUAGES, issuer=IN_TWO_LANGUAGES),
    ),
}


def named(name, advisory):
    """The addresses of a warning; one-sided is of an advisory with the times asked about."""
    advisory, whens = advisory if isinstance(advisory, tuple) else (advisory, ())
    return addresses(name, advisory, asked(*whens))


# Each warning by its name


def test_every_warning_has_a_case():
    assert [*CASES] == [*WARNINGS]


@pytest.mark.parametrize("name", WARNINGS)
def test_it_is_warned_of(name):
    wrong, where, _ = CASES[name]

    assert named(name, wrong) == where


@pytest.mark.parametrize("name", WARNINGS)
def test_it_is_not_warned_of_where_it_is_not(name):
    *_, right = CASES[name]

    assert named(name, right) == []


def test_the_help_tells_every_warning_by_name():
    told = " ".join(sca("lint", "--help").out.split())

    for name in names():
        assert f"{name} {' '.join(meaning(name).split())}" in told


@pytest.mark.parametrize("name", names())
def test_a_warning_is_a_sentence(name):
    assert meaning(name)[:1].isupper()
    assert not meaning(name).endswith(".")


# The times of bulletins


@pytest.mark.parametrize(
    ("issued", "onset", "late"),
    [
        ("2024-07-03", "2024-07-02", True),
        ("2024-07-02T15:00", "2024-07-02", False),  # at some time of that day
        ("2024-07-02", "2024-07-02T10:00", False),
        ("2024-07-02T10:01", "2024-07-02T10:00", True),
        ("2024-07-02T10:00", "2024-07-02T10:00", False),
        ("2024-07-02T06:00Z", "2024-07-02T10:00", True),  # 11:00 there
    ],
)
def test_a_bulletin_is_told_late_where_its_onset_is_surely_before_it_was_issued(
    issued, onset, late
):
    advisory = of(a_bulletin(issued=issued, onset=onset))

    assert bool(found("told-late", advisory)) is late


def test_a_bulletin_without_an_onset_is_never_told_late():
    assert found("told-late", of(a_bulletin(onset="2024-07-01"))) == []


def test_what_was_over_when_it_was_issued_says_when_that_was():
    assert found("expires-before-issued", of(a_bulletin(issued="2024-07-05T08:00"))) == [
        (
            ("bulletins", 0, "expires"),
            "was over when it was issued, 2024-07-05T08:00; write in issued when it was first "
            "announced, or in expires through when it held",
        )
    ]


def test_bulletins_of_one_moment_are_no_matter_where_they_speak_for_other_places():
    advisory = of(a_bulletin(places=(CITY,)), a_bulletin(places=(FAR,), level=RED))

    assert found("same-moment", advisory) == []


def test_bulletins_of_one_moment_are_told_once_however_many_places_share_them():
    advisory = of(*[a_bulletin(places=(CITY, NORTH, FAR), level=level) for level in (YELLOW, RED)])

    assert addresses("same-moment", advisory) == [("bulletins", 1, "onset")]


def test_bulletins_of_one_onset_that_were_issued_apart_are_no_matter():
    advisory = of(a_bulletin(), a_bulletin(issued="2024-07-01T12:00", level=RED))

    assert found("same-moment", advisory) == []


@pytest.mark.parametrize(
    ("expires", "warned"),
    [
        ("2024-07-05T00:00", True),
        ("2024-07-05T00:00:00", True),
        ("2024-07-04T24:00", True),
        ("2024-07-05T00:00Z", True),
        ("2024-07-05T00:01", False),
        ("2024-07-05", False),
        ("2024-07-04T23:59", False),
    ],
)
def test_an_expires_of_midnight_touches_the_next_day(expires, warned):
    assert bool(found("midnight", of(a_bulletin(expires=expires)))) is warned


def test_an_expires_of_midnight_is_told_with_the_day_that_it_touches():
    assert found("midnight", of(a_bulletin(expires="2024-07-04T24:00"))) == [
        (
            ("bulletins", 0, "expires"),
            "holds through 2024-07-05T00:00, and so touches that day; write 2024-07-04 if it ends "
            "with the day before",
        )
    ]


def test_midnight_is_looked_for_in_measures_and_advice_too():
    limits = {"expires": read_moment("2024-07-04T00:00")}
    advisory = an_advisory("a", measure(**limits), advice=(Advice(words("x"), Limits(**limits)),))

    assert addresses("midnight", advisory) == [("measures", 0, "expires"), ("advice", 0, "expires")]


# Clocks


def test_clocks_that_differ_are_told_with_their_offsets_and_all_the_times():
    advisory, *_ = CASES["mixed-offsets"]

    assert found("mixed-offsets", advisory) == [
        (
            ("timezone",),
            "is one clock for places on several: Asia/Aqtau is at +05:00 and Asia/Almaty is at "
            '+06:00 at bulletins[0].onset; write timezone = "local" if each place\'s own is meant, '
            "else the offset in each time",
        )
    ]


def test_clocks_that_do_not_differ_then_are_no_matter():
    """Kazakhstan has had one since March 2024."""
    assert found("mixed-offsets", of(a_bulletin(places=(CITY, FAR)))) == []


def test_a_time_with_an_offset_is_read_alike_everywhere():
    bulletin = a_bulletin(
        issued="2022-07-01",
        places=(CITY, FAR),
        onset="2022-07-02T00:01+06:00",
        expires="2022-07-04T23:59+06:00",
    )

    assert found("mixed-offsets", of(bulletin)) == []


def test_an_act_that_holds_from_its_issue_is_one_moment_on_every_clock():
    bulletin = a_bulletin(issued="2022-07-01", places=(CITY, FAR), onset="2022-07-01", expires=None)

    assert found("mixed-offsets", of(bulletin)) == []
    assert addresses("mixed-offsets", of(replace(bulletin, onset=read_moment("2022-07-02"))))


@pytest.mark.parametrize("end", [{"expires": "2022-07-04"}, {"expires": None, "duration": "P4D"}])
def test_what_ends_by_one_clock_is_told_however_it_began(end):
    bulletin = a_bulletin(issued="2022-07-01", places=(CITY, FAR), onset="2022-07-01", **end)

    assert addresses("mixed-offsets", of(bulletin)) == [("timezone",)]


def test_a_country_of_several_clocks_is_enough():
    country = replace(COUNTRY, zones=("Asia/Almaty", "Asia/Aqtau"))
    advisory = of(a_bulletin(issued="2022-07-01", places=(country,), onset="2022-07-02T00:01"))

    assert addresses("mixed-offsets", advisory) == [("timezone",)]


# The longest that a scheme allows


def lasting(longest="P15D", **changes):
    scheme = replace(a_scheme(), longest=read_duration(longest) if longest else None)
    return of(a_bulletin(**changes), scheme=scheme)


@pytest.mark.parametrize(
    ("changes", "warned"),
    [
        ({"onset": "2024-07-02T12:00", "expires": "2024-07-17T12:00"}, False),
        ({"onset": "2024-07-02T12:00", "expires": "2024-07-17T12:01"}, True),
        ({"onset": "2024-07-02T12:00", "expires": "2024-07-17"}, False),
        ({"onset": "2024-07-02T12:00", "expires": "2024-07-18"}, True),
        ({"onset": "2024-07-02", "expires": "2024-07-17T23:59"}, False),  # from an unknown hour
        ({"onset": "2024-07-02", "expires": "2024-07-18T00:01"}, True),
        ({"expires": None, "duration": "P15D"}, False),
        ({"expires": None, "duration": "P16D"}, True),
        ({"expires": None}, True),
        ({"expires": None, "open": True}, True),
        ({"longest": None, "expires": None}, False),
    ],
    ids=str,
)
def test_a_level_may_last_as_long_as_its_scheme_allows(changes, warned):
    assert bool(found("too-long", lasting(**changes))) is warned


def test_a_duration_that_is_too_long_is_told_where_it_is():
    advisory = lasting(expires=None, duration="P16D")

    assert addresses("too-long", advisory) == [("bulletins", 0, "duration")]


def test_each_extension_may_last_that_long_again():
    longest = read_duration("P15D")
    advisory = of(
        a_bulletin(onset="2024-07-02", expires="2024-07-16"),
        extension(issued="2024-07-16", onset="2024-07-17", expires="2024-07-31"),
        scheme=replace(a_scheme(), longest=longest),
    )

    assert found("too-long", advisory) == []


def test_a_raise_that_inherits_its_end_is_measured_by_how_that_was_written():
    """15 days from noon end on a day whose hour nobody wrote."""
    raised = a_bulletin(issued="2024-07-03", onset="2024-07-03T12:00", level=RED, expires=None)
    scheme = replace(a_scheme(), longest=read_duration("P15D"))

    def advisory(expires):
        return of(a_bulletin(onset="2024-07-02", expires=expires), raised, scheme=scheme)

    assert ("bulletins", 1, "expires") not in addresses("too-long", advisory("2024-07-18"))
    assert ("bulletins", 1, "expires") in addresses("too-long", advisory("2024-07-19"))


def test_an_ordinary_state_lasts_as_long_as_it_will():
    calm = a_level("calm", baseline=True)

    assert found("too-long", lasting(level=calm, expires=None)) == []


# Extensions


def test_a_gap_is_told_with_the_time_that_would_close_it():
    advisory, *_ = CASES["gap"]

    assert found("gap", advisory) == [
        (
            ("bulletins", 1, "onset"),
            "leaves Almaty without a level from 2024-07-05T00:00 on, when bulletins[0] is over; "
            'write "2024-07-05T00:00" if it went on, or the level if it was declared anew',
        )
    ]


@pytest.mark.parametrize(
    ("expires", "onset", "name"),
    [
        ("2024-07-04T23:59", "2024-07-05", None),
        ("2024-07-04", "2024-07-05", None),
        ("2024-07-04", "2024-07-04", None),  # at some time of that day
        ("2024-07-04", "2024-07-04T20:00", None),
        ("2024-07-04T23:59", "2024-07-04T23:59", None),
        ("2024-07-04T23:59", "2024-07-04T23:58", "overlap"),
        ("2024-07-05", "2024-07-04", "overlap"),
        ("2024-07-04", "2024-07-06", "gap"),
        ("2024-07-04T23:58", "2024-07-05", "gap"),
    ],
)
def test_an_extension_begins_where_what_it_extends_ends(expires, onset, name):
    extended = extension(issued="2024-07-03", onset=onset, expires="2024-07-09")
    advisory = of(a_bulletin(expires=expires), extended)

    told = [n for n in ("gap", "overlap") if found(n, advisory)]

    assert told == ([name] if name else [])


def test_an_extension_that_does_not_say_from_when_on_overlaps_nothing():
    advisory = of(a_bulletin(), extension(onset="2024-07-04", expires="2024-07-09"))

    assert found("overlap", advisory) == []


def test_an_extension_by_so_many_days_says_from_when_on_they_count():
    advisory = of(
        a_bulletin(),
        extension(issued="2024-07-03", onset="2024-07-03", expires=None, duration="P10D"),
    )

    assert addresses("overlap", advisory) == [("bulletins", 1, "onset")]


@pytest.mark.parametrize("end", [{"expires": "2024-07-03"}, {"expires": None, "duration": "P1D"}])
def test_an_extension_that_shortens_is_told_where_its_end_is(end):
    shorter = extension(issued="2024-07-03", onset="2024-07-03", then=Then.NONE, **end)

    told = addresses("overlap", of(a_bulletin(), shorter))

    assert ("bulletins", 1, "duration" if "duration" in end else "expires") in told


def test_a_bulletin_that_gives_an_end_to_what_had_none_is_no_extension():
    advisory = of(
        a_bulletin(expires=None),
        extension(onset="2024-07-04", expires="2024-07-09", then=Then.NONE),
    )

    assert found("overlap", advisory) == found("gap", advisory) == []


def test_a_bulletin_that_says_the_level_is_no_extension():
    advisory = of(
        a_bulletin(), a_bulletin(issued="2024-07-04", onset="2024-07-07", expires="2024-07-09")
    )

    assert found("gap", advisory) == []


def test_what_was_cancelled_is_not_extended():
    cancel = a_bulletin(
        issued="2024-07-03", onset="2024-07-03", level=None, cancels=True, expires=None
    )
    advisory = of(a_bulletin(), cancel, extension(onset="2024-07-07", expires="2024-07-09"))

    assert found("gap", advisory) == []


# Places


@pytest.mark.parametrize(
    ("places", "where"),
    [
        ((CITY, NORTH), [0]),
        ((NORTH, CITY, COUNTRY), [0, 1]),
        ((CITY, CITY), [1]),
        ((CITY, FAR), []),
    ],
    ids=str,
)
def test_a_place_is_covered_once(places, where):
    advisory = of(a_bulletin(places=places))

    assert addresses("covered-twice", advisory) == [("bulletins", 0, "places", p) for p in where]


def test_a_place_that_was_named_before_must_be_named_again():
    """Or a word on what is around it would lower it, which is a mistake."""
    advisory = of(a_bulletin(places=(CITY,)), a_bulletin(issued="2024-07-02", places=(NORTH, CITY)))

    assert found("covered-twice", advisory) == []


def test_a_region_overseas_has_more_in_it_than_its_country_has():
    """As Guadeloupe, in which is iso:GP, which is not in France."""
    island = a_place("Island", kind=Kind.COUNTRY, within=(NORTH.id,))
    advisory = of(a_bulletin(places=(COUNTRY, NORTH)))

    assert addresses("covered-twice", advisory) == [("bulletins", 0, "places", 1)]
    assert addresses("covered-twice", advisory, inside=lambda _: [island]) == []


# Limits that nothing meets


def moments(**bounds):
    return {key: read_moment(text) for key, text in bounds.items()}


@pytest.mark.parametrize(
    ("limits", "key"),
    [
        ({"levels": ("orange", "red")}, ("levels",)),
        ({"places": (FAR,)}, ("places",)),
        (moments(onset="2024-07-05"), ("onset",)),
        (moments(expires="2024-07-01"), ("expires",)),
        (moments(onset="2024-07-05", expires="2024-07-09"), ("onset",)),
        ({"recurs": "FREQ=WEEKLY;BYDAY=SA"} | moments(onset="2024-07-01"), ("recurs",)),
    ],
    ids=str,
)
def test_the_limit_that_is_never_met_is_told(limits, key):
    advisory = an_advisory("a", measure(**limits), advice=(Advice(words("x"), Limits(**limits)),))

    assert addresses("never", advisory) == [("measures", 0, *key), ("advice", 0, *key)]


def test_hours_that_never_come_are_told():
    short = of(
        a_bulletin(onset="2024-07-02T10:00", expires="2024-07-02T12:00"),
        measures=(measure(hours=read_hours("14:00/15:00")),),
    )

    assert found("never", short) == [
        (
            ("measures", 0, "hours"),
            "never lets it apply: nothing is in force at those hours; put it right or take it out",
        )
    ]


def test_limits_that_are_met_one_by_one_and_never_together_are_told():
    advisory = of(
        a_bulletin(places=(CITY,)),
        a_bulletin(issued="2024-07-02", onset="2024-07-05T00:00", expires="2024-07-09", level=RED),
        measures=(measure(levels=("red",), **moments(expires="2024-07-04")),),
    )

    assert found("never", advisory) == [
        (
            ("measures", 0),
            "never lets it apply: what it is limited to never comes together; put it right or "
            "take it out",
        )
    ]


@pytest.mark.parametrize(
    "limits",
    [
        {"levels": ("red", "yellow")},
        {"places": (COUNTRY,)},
        {"places": (a_place(), FAR)},
        moments(onset="2024-07-04", expires="2024-07-09"),
        {"hours": read_hours("23:00/07:00")},
        {"recurs": "FREQ=WEEKLY;BYDAY=TU"} | moments(onset="2024-07-01"),
    ],
    ids=str,
)
def test_limits_that_are_met_are_no_matter(limits):
    place = a_place(within=(COUNTRY.id,))
    advisory = of(a_bulletin(places=(place,)), measures=(measure(**limits),))

    assert found("never", advisory) == []


# Examples on both sides of each bound


def test_a_bound_without_an_example_is_told_with_the_examples_to_add():
    assert found("one-sided", of(a_bulletin())) == [
        (
            ("bulletins", 0, "expires"),
            'has no example before or after it; add one with place = "Almaty" and '
            'when = "2024-07-04T23:59", and one with when = "2024-07-05T00:00"',
        ),
        (
            ("bulletins", 0, "onset"),
            'has no example before or after it; add one with place = "Almaty" and '
            'when = "2024-07-02T00:00", and one with when = "2024-07-02T00:01"',
        ),
    ]


def test_the_examples_that_are_told_to_be_added_are_enough():
    assert found("one-sided", of(a_bulletin()), asked(*BOTH_SIDES)) == []


@pytest.mark.parametrize(
    ("whens", "where"),
    [
        (("2024-07-01", "2024-07-03", "2024-07-08"), []),
        (("2024-07-03", "2024-07-08"), ["onset"]),
        (("2024-07-01", "2024-07-03"), ["expires"]),
        (("2024-07-01", "2024-07-08"), ["expires", "onset"]),
        (("2024-07-02", "2024-07-03", "2024-07-08"), ["onset"]),  # a day that holds the bound
        (("2024-07-01/2024-07-09",), ["expires", "onset"]),
    ],
    ids=str,
)
def test_an_example_must_lie_wholly_on_one_side(whens, where):
    advisory = of(a_bulletin())

    told = addresses("one-sided", advisory, asked(*whens))

    assert told == [("bulletins", 0, key) for key in where]


def test_an_example_at_any_of_the_places_will_do():
    advisory = of(a_bulletin(places=(CITY, FAR)))
    examples = [*asked("2024-07-01", "2024-07-08", place=CITY), *asked("2024-07-03", place=FAR)]

    assert found("one-sided", advisory, examples) == []


def test_an_example_inside_a_place_will_do_but_not_where_another_history_speaks():
    times = ("2024-07-01", "2024-07-03", "2024-07-08")
    named_too = a_bulletin(issued="2024-07-02", places=(CITY,), onset="2024-07-03", level=RED)

    assert found("one-sided", of(a_bulletin(places=(NORTH,))), asked(*times, place=CITY)) == []
    told = addresses(
        "one-sided", of(a_bulletin(places=(NORTH,)), named_too), asked(*times, place=CITY)
    )
    assert ("bulletins", 0, "expires") in told


def test_an_example_around_a_place_proves_nothing():
    examples = asked("2024-07-01", "2024-07-03", "2024-07-08", place=COUNTRY)

    assert len(found("one-sided", of(a_bulletin(places=(CITY,))), examples)) == 2


def test_a_change_of_level_is_a_bound_of_the_bulletin_that_makes_it():
    advisory = of(
        a_bulletin(), a_bulletin(issued="2024-07-03", onset="2024-07-03T12:00", level=RED)
    )

    told = addresses("one-sided", advisory, asked(*BOTH_SIDES))

    assert told == [("bulletins", 1, "expires"), ("bulletins", 1, "onset")]


def test_a_cancel_has_a_bound_and_no_end():
    cancel = a_bulletin(
        issued="2024-07-03", onset="2024-07-03T12:00", level=None, cancels=True, expires=None
    )

    told = addresses("one-sided", of(a_bulletin(), cancel), asked("2024-07-01", "2024-07-02T01:00"))

    assert told == [("bulletins", 1, "onset")]


def test_a_day_whose_hour_is_not_known_is_no_bound_within():
    advisory = of(a_bulletin(onset="2024-07-02"))

    assert found("one-sided", advisory, asked("2024-07-01", "2024-07-03", "2024-07-05")) == []


def test_local_hours_are_proven_on_the_clock_of_the_example():
    places = (CITY, replace(FAR, timezone="Asia/Tokyo"))
    advisory = of(a_bulletin(places=places), timezone="local")

    assert found("one-sided", advisory, asked(*BOTH_SIDES, place=places[0])) == []
    assert found("one-sided", advisory, asked(*BOTH_SIDES, place=places[1])) == []


@given(st.data())
@law
def test_the_bounds_of_any_history_have_a_bulletin_and_examples_on_both_sides_are_enough(data):
    days = st.integers(1, 20).map(lambda day: f"2024-07-{day:02}")
    times = days | days.map(lambda day: f"{day}T12:00")
    bulletins = []
    for _ in range(data.draw(st.integers(1, 4))):
        onset = data.draw(times)
        bulletins.append(
            a_bulletin(
                issued="2024-07-01",
                places=data.draw(st.sampled_from([(NORTH,), (CITY,), (CITY, FAR)])),
                onset=onset,
                level=data.draw(st.sampled_from([YELLOW, ORANGE, RED])),
                expires=data.draw(st.none() | st.just("2024-07-25T10:00")),
                then=data.draw(st.sampled_from([None, *Then])),
            )
        )
    advisory = of(*bulletins)
    minute = timedelta(minutes=1)
    bounds = {
        bound
        for bulletin in bulletins
        for moment in (bulletin.onset, bulletin.expires)
        if moment
        for span in [moment.reading("Asia/Almaty").span]
        for bound in (span.start, span.end)
    }
    examples = [
        Asked(place, read_when(f"{instant:%Y-%m-%dT%H:%M}Z"))
        for place in (NORTH, CITY, FAR)
        for bound in bounds
        for instant in (bound - minute, bound)
    ]

    assert found("one-sided", advisory, examples) == []


# Texts and sources


def test_every_source_is_looked_at():
    advisory = replace(
        of(a_bulletin(), a_bulletin(issued="2024-07-02", sources=("http://example.org",))),
        sources=("https://example.org", "http://example.org"),
    )

    assert addresses("not-https", advisory) == [("sources", 1), ("bulletins", 1, "sources", 0)]


def test_what_is_not_translated_is_told_with_the_languages():
    three = Text((("en", "a"), ("ru", "а"), ("kk", "ә")))
    advisory = of(
        a_bulletin(),
        title=three,
        issuer=Text((("RU", "а"),)),
        measures=(replace(a_measure(), text=three),),
        advice=(Advice(three, audience=words("everybody")),),
    )

    assert found("untranslated", advisory) == [
        (("issuer",), "is not there in en, kk, as other texts are; add it"),
        (("advice", 0, "audience"), "is not there in ru, kk, as other texts are; add it"),
    ]


def test_notes_are_held_to_each_other_alone():
    russian = Text((("ru", "а"),))
    advisory = of(a_bulletin(notes=(russian,)), notes=(words("a"),), title=IN_TWO_LANGUAGES)

    told = addresses("untranslated", advisory)

    assert told == [("issuer",), ("notes", 0), ("bulletins", 0, "notes", 0)]


# On the command line

PLAIN = (RIGHT / "plain.toml").read_text(encoding="utf-8").replace(', "iso:KZ-75"', "")
MIDNIGHT = PLAIN.replace("2024-07-04T23:59", "2024-07-05T00:00", 1).replace(
    'when = "2024-07-05T00:00"', 'when = "2024-07-05T00:01"'
)
WARNED = (
    "a.toml:14: bulletins[0].expires: holds through 2024-07-05T00:00, and so touches that day; "
    "write 2024-07-04 if it ends with the day before [midnight]\n"
)
ALLOW = 'allow = [{lint = "midnight", why = "so the notice has it"}]\n'


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def linted(text, *options):
    Path("a.toml").write_text(text, encoding="utf-8")
    return sca("lint", "a.toml", *options)


def test_a_warning_is_told_with_its_line_and_its_name_and_is_something_found(here):
    told = linted(MIDNIGHT, "--strict")

    assert told == Result(1, WARNED, "sca: 1 file read, 0 mistakes, 1 warning\n")


def test_without_strict_nothing_is_warned_of(here):
    assert linted(MIDNIGHT) == Result(0, "", "sca: 1 file read, 0 mistakes\n")
    assert linted(MIDNIGHT, "--json").document["warnings"] == []


def test_a_right_file_has_no_warning(here):
    assert linted(PLAIN, "--strict") == Result(0, "", "sca: 1 file read, 0 mistakes, 0 warnings\n")


def test_a_warning_keeps_no_answer_from_being_given(here):
    linted(MIDNIGHT)

    assert sca("check", "Almaty", "2024-07-03", "--rules", "a.toml").code == 1


def test_a_warning_is_silenced_in_the_file(here):
    assert linted(ALLOW + MIDNIGHT, "--strict").code == 0


def test_an_allow_that_silences_nothing_is_warned_of(here):
    told = linted(ALLOW + PLAIN, "--strict")

    assert (told.code, told.out) == (
        1,
        "a.toml:1: allow[0]: there is no midnight here to silence; take it out [unused-allow]\n",
    )


def test_an_allow_that_stands_there_twice_is_warned_of(here):
    twice = ALLOW.replace("]", ', {lint = "midnight", why = "again"}]')

    assert linted(twice + MIDNIGHT, "--strict").out == (
        "a.toml:1: allow[1]: midnight is silenced above already; take one out [unused-allow]\n"
    )


@pytest.mark.parametrize(
    ("allow", "said"),
    [
        (
            '{lint = "midnigth", why = "x"}',
            "allow[0].lint: there is no warning 'midnigth'; did you mean midnight?",
        ),
        ('{lint = "xyzzy", why = "x"}', "allow[0].lint: there is no warning 'xyzzy'"),
        (f'{{lint = "{UNUSED}", why = "x"}}', f"allow[0].lint: there is no warning '{UNUSED}'"),
        ('{lint = "midnight"}', "allow[0].why: is missing"),
        ('{why = "x"}', "allow[0].lint: is missing"),
        ('{lint = "midnight", why = " "}', "allow[0].why: must not be empty"),
        ('{lint = 1, why = "x"}', "allow[0].lint: must be text, not a number"),
        ('{lint = "midnight", why = "x", how = "y"}', "allow[0].how: is not a key here"),
    ],
)  # fmt: skip
def test_an_allow_that_is_not_right_is_a_mistake(allow, said, here):
    told = linted(f"allow = [{allow}]\n{PLAIN}")

    assert (told.code, told.out) == (1, f"a.toml:1: {said}\n")


def test_a_file_with_a_mistake_is_not_warned_of_and_the_others_are(here):
    Path("b.toml").write_text(MIDNIGHT.replace('"yellow"', '"puce"', 1), encoding="utf-8")
    Path("a.toml").write_text(MIDNIGHT.replace('"test"', '"other"', 1), encoding="utf-8")

    told = sca("lint", "--strict", "a.toml", "b.toml")

    assert [line.split(":")[0] for line in told.out.splitlines()] == ["a.toml", "b.toml"]
    assert told.err == "sca: 2 files read, 1 mistake, 1 warning\n"


def test_a_file_with_a_wrong_example_is_not_warned_of(here):
    told = linted(MIDNIGHT.replace('expect = "clear"', 'expect = "red"', 1), "--strict")

    assert "[" not in told.out.replace("examples[0]", "")


def test_mistakes_and_warnings_stand_in_one_order(here):
    for name in "bd":
        text = MIDNIGHT.replace('"test"', f'"{name}"', 1)
        Path(f"{name}.toml").write_text(text, encoding="utf-8")
    for name in "ac":
        Path(f"{name}.toml").write_text("", encoding="utf-8")

    told = sca("lint", "--strict", *(f"{name}.toml" for name in "dcba"))

    assert [line[0] for line in told.out.splitlines()] == ["a", "b", "c", "d"]


def test_what_is_left_out_is_told_where_it_would_stand(here):
    bulletin = '[[bulletins]]\nissued = "2024-07-05"\nlevel = "none"\n\n[[measures]]'

    told = linted(PLAIN.replace("[[measures]]", bulletin, 1), "--strict")

    assert told.out == (
        "a.toml:9: bulletins[0]: sources is missing; write where this act was announced or "
        "reported [no-source]\n"
        "a.toml:16: bulletins[1]: sources is missing; write where this act was announced or "
        "reported [no-source]\n"
    )


def test_an_example_as_of_a_time_proves_no_bound(here):
    text = PLAIN.replace(
        'when = "2024-07-02T00:00"', 'when = "2024-07-02T00:00"\nas_of = "2024-07-02"'
    )

    assert "bulletins[0].onset: has no example before it" in linted(text, "--strict").out


def test_the_document_has_each_warning_by_its_parts(here):
    told = linted(MIDNIGHT, "--strict", "--json")

    assert (told.code, told.err) == (1, "")
    assert (told.document["exit"], told.document["mistakes"]) == (1, [])
    (warning,) = told.document["warnings"]
    assert (warning["path"], warning["line"], warning["address"], warning["warning"]) == (
        "a.toml",
        14,
        "bulletins[0].expires",
        "midnight",
    )
    assert f"a.toml:14: bulletins[0].expires: {warning['problem']} [midnight]\n" == WARNED


def test_sarif_has_the_name_of_a_warning_as_its_rule(here):
    told = linted(MIDNIGHT, "--strict", "--format", "sarif")

    (run,) = Sarif.model_validate_json(told.out).runs
    assert [rule.id for rule in run.tool.driver.rules] == ["mistake", "midnight"]
    (result,) = run.results
    assert (result.rule_id, result.level.value) == ("midnight", "warning")
    assert json.loads(told.out)["runs"][0]["tool"]["driver"]["rules"][1]["shortDescription"] == {
        "text": meaning("midnight")
    }


def test_github_shows_a_warning_as_one(here):
    told = linted(MIDNIGHT, "--strict", "--format", "github")

    assert told.out.startswith(
        "::warning file=a.toml,line=14,title=midnight::bulletins[0].expires: holds through "
    )


def test_the_format_changes_no_exit_code(here):
    for form, text in itertools.product(("text", "json", "sarif", "github"), (PLAIN, MIDNIGHT)):
        assert linted(text, "--strict", "--format", form).code == (text == MIDNIGHT)


def test_files_of_words_have_no_warnings():
    with contextlib.chdir(RIGHT / "own-words"):
        told = sca("lint", "--strict", "scheme.toml", "settings.toml")

    assert told == Result(0, "", "sca: 2 files read, 0 mistakes, 0 warnings\n")
