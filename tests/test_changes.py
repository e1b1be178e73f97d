"""`sca changes`: what became known in between, bulletin by bulletin."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from sca.advisory import Then
from sca.changes import changes
from sca.spans import FOREVER, Span
from tests.builders import ORANGE, RED, YELLOW, a_place, an_advisory, at, law
from tests.running import sca
from tests.test_history import (
    CITY,
    COUNTRY,
    NORTH,
    PORT,
    TOWN,
    act,
    advisories,
    of,
    reads,
    slow,
)

EVER = Span(at("1970-01-01"))


def told(*bulletins, asked=(), span=EVER, **how):
    """Of each change: what it is called, where, and what it makes of what."""
    return [
        (c.act.value, [p.name for p in c.places], _said(c.before), _said(c.after))
        for c in changes([of(*bulletins, **how)], span, asked)
    ]


def _said(stretches):
    return [(s.level.id, "" if s.span.end == FOREVER else f"{s.span.end:%d}") for s in stretches]


def last(*bulletins, **how):
    """What the last of these is called, and what it makes of what; None where nothing changed."""
    every = changes([of(*bulletins, **how)], EVER)
    if not every or every[-1].number < len(bulletins):
        return None
    return every[-1].act.value, _said(every[-1].before), _said(every[-1].after)


FIRST = act("2024-07-01", level=ORANGE, onset="2024-07-02T00:00", expires="2024-07-09")
"""Orange in the country from 2 July up to 10 July."""


def then(issued="2024-07-03", **said):
    return act(issued, **{"onset": f"{issued}T12:00"} | said)


# ---------------------------------------------------------------------------------- what it is


def test_the_first_word_declares():
    assert last(FIRST) == ("declared", [], [("orange", "10")])


@pytest.mark.parametrize(
    ("said", "change"),
    [
        pytest.param({"expires": "2024-07-19"}, ("extended", "20"), id="a later end"),
        pytest.param({"open": True}, ("extended", ""), id="no end any more"),
        pytest.param(
            {"expires": "2024-07-04", "then": Then.NONE}, ("shortened", "05"), id="an earlier end"
        ),
    ],
)
def test_another_end_extends_or_shortens(said, change):
    act, end = change

    assert last(FIRST, then(**said)) == (act, [("orange", "10")], [("orange", end)])


@pytest.mark.parametrize(("level", "act"), [(RED, "raised"), (YELLOW, "lowered")])
def test_another_level_raises_or_lowers(level, act):
    assert last(FIRST, then(level=level)) == (act, [("orange", "10")], [(level.id, "10")])


@pytest.mark.parametrize(("level", "act"), [(RED, "raised"), (YELLOW, "lowered")])
@pytest.mark.parametrize("end", ["2024-07-05", "2024-07-19"])
def test_another_level_is_told_rather_than_another_end(level, act, end):
    assert last(FIRST, then(level=level, expires=end, then=Then.NONE))[0] == act


def test_a_raise_for_a_while_is_told_with_what_follows():
    raised = then(level=RED, expires="2024-07-04", then=Then.BEFORE)

    assert last(FIRST, raised) == (
        "raised",
        [("orange", "10")],
        [("red", "05"), ("orange", "10")],
    )


@pytest.mark.parametrize(
    ("at_first", "later", "act"), [(YELLOW, RED, "raised"), (RED, YELLOW, "lowered")]
)
def test_what_is_graver_and_less_by_turns_goes_by_the_level_at_its_onset(at_first, later, act):
    """Orange from 4 July on, where two levels were to hold, up to 5 July and after."""
    first = replace(FIRST, level=at_first)
    announced = then("2024-07-02", level=later, onset="2024-07-05T00:00")
    orange = then("2024-07-03", level=ORANGE, onset="2024-07-04T00:00")

    assert last(first, announced, orange) == (
        act,
        [(at_first.id, "05"), (later.id, "10")],
        [("orange", "10")],
    )


def test_a_cancel_takes_back_what_was_to_come():
    assert last(FIRST, then(cancels=True)) == ("cancelled", [("orange", "10")], [])


def test_a_cancel_whose_hour_is_not_known_cancels_too():
    """Orange is told through that day, as it may have held; what was said is that it is over."""
    cancel = act("2024-07-03", cancels=True, onset="2024-07-03")

    assert last(FIRST, cancel) == ("cancelled", [("orange", "10")], [])


def test_a_lowering_whose_hour_is_not_known_lowers():
    lowered = act("2024-07-03", level=YELLOW, onset="2024-07-03")

    assert last(FIRST, lowered) == ("lowered", [("orange", "10")], [("yellow", "10")])


def test_a_new_word_that_changes_nothing_is_not_told():
    assert last(FIRST, then(level=ORANGE, expires="2024-07-09")) is None


def test_a_cancel_of_what_was_over_is_not_told():
    assert last(FIRST, then("2024-07-10", cancels=True, onset="2024-07-10T00:00")) is None


def test_what_begins_where_the_level_ends_extends_it():
    assert last(FIRST, then("2024-07-09", onset="2024-07-10T00:00", expires="2024-07-19")) == (
        "extended",
        [("orange", "10")],
        [("orange", "20")],
    )


@pytest.mark.parametrize(("level", "act"), [(RED, "raised"), (YELLOW, "lowered")])
def test_another_level_where_the_first_ends_raises_or_lowers(level, act):
    onset = {"onset": "2024-07-10T00:00", "expires": "2024-07-19"}

    assert last(FIRST, then("2024-07-09", level=level, **onset))[0] == act


def test_what_begins_after_a_break_is_declared():
    again = then("2024-07-09", level=ORANGE, onset="2024-07-10T00:01", expires="2024-07-19")

    assert last(FIRST, again) == ("declared", [], [("orange", "20")])


@pytest.mark.parametrize(
    ("onset", "expires", "act"),
    [
        pytest.param("2024-07-20T00:00", "2024-07-25", "extended", id="put off"),
        pytest.param("2024-07-08T00:00", "2024-07-09", "shortened", id="later, to the same end"),
    ],
)
def test_what_is_yet_to_come_is_put_off(onset, expires, act):
    taken_back = then("2024-07-01", cancels=True, onset="2024-07-01T12:00")
    later = then("2024-07-01", level=ORANGE, onset=onset, expires=expires)

    made = last(replace(FIRST, issued=reissued("2024-06-30")), taken_back, later)

    assert made[0] == act


def reissued(day):
    return act(day).issued


# ------------------------------------------------------------------------------------ one word


def test_bulletins_of_one_day_are_one_word():
    """Taken back in the country, and lower in a region of it: there it is lowered."""
    red = act("2024-07-01", level=RED, onset="2024-07-01")
    back = act("2024-07-04", cancels=True, onset="2024-07-04", exceptions=(PORT,))
    lower = act("2024-07-04", level=YELLOW, onset="2024-07-04", places=(NORTH,))

    country, north = changes([of(red, back, lower)], EVER)[1:]

    assert (country.act, country.places, country.number) == ("cancelled", (COUNTRY,), 2)
    assert country.apart == (PORT, NORTH)
    assert (north.act, north.places, north.number) == ("lowered", (NORTH,), 3)
    assert (_said(north.before), _said(north.after)) == ([("red", "")], [("yellow", "")])


def test_bulletins_of_two_days_are_two_words():
    red = act("2024-07-01", level=RED, onset="2024-07-01")
    back = act("2024-07-04", cancels=True, onset="2024-07-04")
    lower = act("2024-07-05", level=YELLOW, onset="2024-07-05T12:00", places=(NORTH,))

    assert told(red, back, lower)[1:] == [
        ("cancelled", ["Country"], [("red", "")], []),
        ("declared", ["North"], [], [("yellow", "")]),
    ]


def test_places_of_one_bulletin_with_the_same_change_are_told_together():
    first = act("2024-07-01", level=YELLOW, places=(CITY, TOWN), onset="2024-07-01T00:00")
    graver = act("2024-07-02", level=RED, places=(TOWN,), onset="2024-07-02T00:00")
    over = act("2024-07-03", cancels=True, places=(CITY, TOWN, PORT), onset="2024-07-03T00:00")

    assert told(first, graver, over) == [
        ("declared", ["City", "Town"], [], [("yellow", "")]),
        ("raised", ["Town"], [("yellow", "")], [("red", "")]),
        ("cancelled", ["City"], [("yellow", "")], []),
        ("cancelled", ["Town"], [("red", "")], []),
    ]


def test_one_local_hour_on_two_clocks_is_two_instants():
    west = a_place("West", timezone="Asia/Aqtobe")
    bulletin = act("2022-01-05", level=RED, onset="2022-01-05T12:00", places=(CITY, west))

    found = changes([of(bulletin, timezone="local")], EVER)

    assert [(c.places, c.onset) for c in found] == [
        ((CITY,), at("2022-01-05T06:00")),
        ((west,), at("2022-01-05T07:00")),
    ]


# ------------------------------------------------------------------------------- places asked


RED_BUT_PORT = act("2024-07-01", level=RED, exceptions=(PORT,), onset="2024-07-01T00:00")
CITY_TOO = act("2024-07-02", level=ORANGE, places=(CITY,), onset="2024-07-02T00:00")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param((), [["Country"], ["City"]], id="nowhere: all"),
        pytest.param((COUNTRY,), [["Country"], ["City"]], id="around them"),
        pytest.param((NORTH,), [["Country"], ["City"]], id="around the one, in the other"),
        pytest.param((TOWN,), [["Country"]], id="in the country"),
        pytest.param((PORT,), [], id="excepted"),
        pytest.param((CITY,), [["Country"], ["City"]], id="named by itself later"),
        pytest.param((PORT, CITY), [["Country"], ["City"]], id="any of them"),
        pytest.param((a_place("Abroad"),), [], id="elsewhere"),
    ],
)
def test_a_place_keeps_what_bears_on_it(asked, found):
    assert [places for _, places, _, _ in told(RED_BUT_PORT, CITY_TOO, asked=asked)] == found


def test_of_places_around_one_only_the_nearest_speaks_for_it():
    over = act("2024-07-03", cancels=True, exceptions=(CITY,), onset="2024-07-03T00:00")

    assert [name for name, *_ in told(RED_BUT_PORT, CITY_TOO, over, asked=(CITY,))] == [
        "declared",
        "lowered",
    ]


# ------------------------------------------------------------------------------------- and when


@pytest.mark.parametrize(
    ("issued", "zone", "known"),
    [
        pytest.param("2024-07-01", "UTC", "2024-07-02T00:00", id="a day, when it is over"),
        pytest.param("2024-07-01T10:00", "UTC", "2024-07-01T10:01", id="a minute"),
        pytest.param("2024-07-01T10:00:30", "UTC", "2024-07-01T10:00:31", id="a second"),
        pytest.param("2024-07-01", "Asia/Almaty", "2024-07-01T19:00", id="on its own clock"),
        pytest.param("2022-01-05", "local", "2022-01-05T19:00", id="on that of its first place"),
        pytest.param("2024-07-01T10:00+05:00", "UTC", "2024-07-01T05:01", id="with an offset"),
    ],
)
def test_a_bulletin_is_known_when_the_time_of_its_issue_is_over(issued, zone, known):
    west = a_place("West", timezone="Asia/Aqtobe")
    advisory = of(
        act(issued, level=RED, onset="2024-07-02T00:00", places=(west, CITY)), timezone=zone
    )

    (change,) = changes([advisory], EVER)

    assert change.known == at(known)
    assert changes([advisory], Span(at(known), at(known) + timedelta(seconds=1))) == (change,)
    assert changes([advisory], Span(at("2020-01-01"), at(known))) == ()


def test_changes_are_told_in_the_order_in_which_they_became_known():
    early, late = act("2024-07-01T10:00", level=RED), act("2024-07-01T12:00", level=RED)
    same = an_advisory("b", bulletins=(early,), timezone="UTC")

    found = changes(
        [same, an_advisory("a", bulletins=(late,), timezone="UTC"), replace(same, id="0")], EVER
    )

    assert [c.advisory.id for c in found] == ["0", "b", "a"]


# ------------------------------------------------------------------------------------------ laws


instants = st.integers(0, 6 * 24).map(lambda hours: at("2024-02-23") + timedelta(hours=hours))


@law
@given(st.lists(advisories(), max_size=3), st.lists(instants, min_size=3, max_size=3))
def test_what_changed_from_a_to_c_is_what_changed_to_b_and_then_from_b(every, times):
    a, b, c = sorted(times)
    every = [replace(advisory, id=f"{n}") for n, advisory in enumerate(every)]

    assert changes(every, Span(a, c)) == changes(every, Span(a, b)) + changes(every, Span(b, c))


@law
@given(advisories())
def test_before_and_after_are_what_a_slow_walk_says(advisory):
    """As far as an hour is known, a bulletin says no more than what its history comes to."""
    for change in changes([advisory], EVER):
        if not alone(advisory, change.number):
            continue
        bulletins = advisory.bulletins[: change.number]
        onset = reads(bulletins[-1].onset)
        sure = onset.span.end if bulletins[-1].onset.is_day or onset.twice else onset.span.start
        for hours in range(0, 24 * 6, 5):
            instant = sure + timedelta(hours=hours)
            for place in change.places:
                assert rank(change.after, instant) == slow(bulletins, place, instant)
                if change.before and change.before[0].span.end > change.onset:
                    assert rank(change.before, instant) == slow(bulletins[:-1], place, instant)


@law
@given(advisories())
def test_a_change_is_called_what_it_is(advisory):
    for change in changes([advisory], EVER):
        both = [
            rank(change.after, t) - rank(change.before, t)
            for t in {s.span.start for s in (*change.before, *change.after)} | {change.onset}
            if rank(change.after, t) >= 0 and rank(change.before, t) >= 0
        ]
        assert change.before != change.after
        assert (change.act == "declared") == (change.before == ())
        assert (change.act == "cancelled") == (change.after == ())
        if change.act == "raised":
            assert max(both, default=1) > 0
        if change.act == "lowered":
            assert min(both, default=-1) < 0
        if change.act in {"extended", "shortened"}:
            later = change.after[-1].span.end - change.before[-1].span.end
            assert set(both) <= {0}
            assert later >= timedelta(0) if change.act == "extended" else later <= timedelta(0)


def alone(advisory, number):
    days = [str(bulletin.issued) for bulletin in advisory.bulletins]
    return days.count(days[number - 1]) == 1


def rank(stretches, instant):
    return next((s.level.rank for s in stretches if instant in s.span), -1)


# ---------------------------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Yellow in Kazakhstan but Almaty on 1 March, and a drill in Oral on the 3rd."""
    path = tmp_path_factory.mktemp("rules")
    _rule(path, "life", "Asia/Almaty", '''
[[bulletins]]
issued = "2024-03-01"
level = "yellow"
places = ["Kazakhstan"]
except = ["Almaty"]
onset = "2024-03-02T00:00"
expires = "2024-03-09"

[[bulletins]]
issued = "2024-03-03T10:00"
level = "red"
places = ["Astana", "Karaganda"]
onset = "2024-03-03"
sources = ["https://example.org/raise"]

[[bulletins]]
issued = "2024-03-05"
level = "none"
places = ["Kazakhstan", "Astana", "Karaganda"]
except = ["Almaty"]
onset = "2024-03-05T12:00"
''')  # fmt: skip
    _rule(path, "drill", "local", '''status = "Exercise"
confidence = "reported"
bulletins = [{ issued = "2024-03-03", level = "orange", places = ["Oral"], onset = "2024-03-03" }]
''')  # fmt: skip
    return str(path)


def _rule(folder, id, timezone, rest):
    (folder / f"{id}.toml").write_text(
        f'id = "{id}"\ntitle = "Of {id}"\nissuer = "The authority"\nscheme = "kz-terror-threat"\n'
        f'timezone = "{timezone}"\nsources = ["https://example.org/notice"]\n{rest}',
        encoding="utf-8",
    )


DECLARED = (
    "Of life (life, issued 2024-03-01): declared in Kazakhstan except Almaty: "
    "yellow from 2024-03-02 00:00 through 2024-03-09 23:59 (+05:00)\n"
)
RAISED = (
    "Of life (life, issued 2024-03-03T10:00): raised in Astana, Karaganda from 2024-03-03: "
    "red until 2024-03-09 23:59 (+05:00); before: yellow until 2024-03-09 23:59 (+05:00)\n"
)
DRILL = (
    "Of drill (drill, issued 2024-03-03): declared in Oral: orange from 2024-03-03 00:00 (+05:00) "
    "until further notice (known from reports only) (a drill)\n"
)
CANCELLED = (
    "Of life (life, issued 2024-03-05): cancelled in Kazakhstan except Almaty, Astana, Karaganda "
    "from 2024-03-05 12:00 (+05:00); before: yellow until 2024-03-09 23:59 (+05:00)\n"
    "Of life (life, issued 2024-03-05): cancelled in Astana, Karaganda "
    "from 2024-03-05 12:00 (+05:00); before: red until 2024-03-09 23:59 (+05:00)\n"
)


def test_changes_are_told_a_sentence_a_line(folder):
    ran = sca("changes", "--since", "2024-03-01", "--until", "2024-03-31", "--rules", folder)

    assert (ran.code, ran.err) == (1, "")
    assert ran.out == DECLARED + RAISED + DRILL + CANCELLED


@pytest.mark.parametrize(
    ("since", "until", "out"),
    [
        pytest.param("2024-03-01T19:00Z", "2024-03-02", DECLARED, id="known at its start"),
        pytest.param("2024-03-01T19:00:01Z", "2024-03-02", "", id="known before it"),
        pytest.param("2024-03-01", "2024-03-01T18:59:59Z", "", id="known right after it"),
        pytest.param("2024-03-01", "2024-03-01T19:00:00Z", DECLARED, id="known in its last second"),
        pytest.param("2024-03-03T05:01Z", "2024-03-03T05:01Z", RAISED, id="a minute"),
    ],
)
def test_an_interval_runs_from_the_start_of_the_one_up_to_the_end_of_the_other(
    since, until, out, folder
):
    ran = sca("changes", "--since", since, "--until", until, "--rules", folder)

    assert (ran.code, ran.out, ran.err) == (1 if out else 0, out, "")


def test_times_are_read_on_the_clock_of_the_one_place_that_is_asked_about(folder):
    """Of the raise at 10:00 in Astana, five hours before UTC."""
    at_ten = ("--since", "2024-03-03T10:01", "--until", "2024-03-03T10:01", "--rules", folder)

    assert sca("changes", "Astana", *at_ten).out == RAISED.replace(", Karaganda", "")
    assert sca("changes", "Astana", "Karaganda", *at_ten).out == ""
    assert sca("changes", *at_ten).out == ""


def test_until_is_now_if_it_is_left_out(folder, monkeypatch):
    since = ("changes", "--since", "2024-03-01", "--rules", folder)

    assert sca(*since, "--now", "2024-03-02T00:00Z").out == DECLARED
    monkeypatch.setenv("SCA_NOW", "2024-03-03T12:00Z")
    assert sca(*since).out == DECLARED + RAISED


def test_a_place_that_is_excepted_is_told_nothing_of_the_country_around_it(folder):
    ran = sca("changes", "Almaty", "--since", "2024-03-01", "--until", "2024-04-01",
              "--rules", folder)  # fmt: skip

    assert (ran.code, ran.out, ran.err) == (0, "", "")


@pytest.mark.parametrize(("scheme", "code"), [("kz-terror-threat", 1), ("gb-threat", 0)])
def test_only_the_schemes_that_are_asked_about_are_told(scheme, code, folder):
    ran = sca("changes", "--scheme", scheme, "--since", "2024-03-01", "--until", "2024-04-01",
              "--rules", folder)  # fmt: skip

    assert ran.code == code


def test_the_document_of_changes(folder):
    ran = sca("changes", "Astana", "--since", "2024-03-03", "--until", "2024-03-03", "--json",
              "--rules", folder)  # fmt: skip
    told = ran.document

    assert (ran.code, told["exit"], told["kind"], told["timezone"]) == (
        1, 1, "changes", "Asia/Almaty",
    )  # fmt: skip
    assert told["since"] == {"asked": "2024-03-03", "at": "2024-03-02T19:00:00Z"}
    assert told["until"] == {"asked": "2024-03-03", "at": "2024-03-03T19:00:00Z"}
    assert [place["asked"] for place in told["places"]] == ["Astana"]
    (change,) = told["changes"]
    assert [change["before"][0]["level"]["id"], change["after"][0]["level"]["id"]] == [
        "yellow",
        "red",
    ]
    assert {key: change[key] for key in change.keys() - {"before", "after"}} == {
        "known": "2024-03-03T05:01:00Z",
        "advisory": "life",
        "title": "Of life",
        "issuer": "The authority",
        "scheme": "Kazakhstan's terror-threat levels",
        "bulletin": 2,
        "issued": "2024-03-03T10:00",
        "change": "raised",
        "places": [{"id": "geonames:1526273", "name": "Astana"}],
        "except": [],
        "onset": "2024-03-03",
        "start": "2024-03-02T19:00:00Z",
        "timezone": "Asia/Almaty",
        "confidence": "confirmed",
        "status": "Actual",
        "sources": ["https://example.org/raise"],
    }


def test_the_document_of_no_change(folder):
    ran = sca("changes", "--since", "2024-04-01", "--until", "2024-04-02", "--json",
              "--rules", folder)  # fmt: skip

    assert (ran.code, ran.document["exit"], ran.document["changes"]) == (0, 0, [])


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        pytest.param([], 2, "missing option '--since'", id="since when"),
        pytest.param(["--since", "yesterday"], 2, "'yesterday/now' is not a time", id="no time"),
        pytest.param(
            ["--since", "2024-03-02", "--until", "2024-03-01"], 2, "ends before it", id="backwards"
        ),
        pytest.param(["--since", "2024-03-01", "Almatty"], 3, "no place called", id="no place"),
        pytest.param(["--since", "2024-03-01", "--scheme", "x"], 2, "no such scheme", id="scheme"),
    ],
)
def test_what_cannot_be_read_is_refused(arguments, code, line, folder):
    ran = sca("changes", *arguments, "--rules", folder)

    assert (ran.code, ran.out) == (code, "")
    assert line in ran.err


def test_in_january_2022_the_regions_of_kazakhstan_are_lowered_and_cancelled():
    ran = sca("changes", "--since", "2022-01-13", "--until", "2022-01-15", "Kazakhstan", "--json")

    assert ran.code == 1
    assert [
        (c["issued"], c["change"], [place["name"] for place in c["places"]])
        for c in ran.document["changes"]
    ] == [
        ("2022-01-12", "cancelled", ["North Kazakhstan Region", "Pavlodar Region"]),
        ("2022-01-12", "cancelled", ["West Kazakhstan Region"]),
        ("2022-01-13", "cancelled", ["Kazakhstan"]),
        ("2022-01-13", "lowered", ["North Kazakhstan Region"]),
        ("2022-01-13", "lowered", ["Balqash"]),
        ("2022-01-13", "lowered", ["Pavlodar Region"]),
        ("2022-01-13", "lowered", ["Akmola Region"]),
        ("2022-01-13", "lowered", ["City of Astana"]),
        (
            "2022-01-14",
            "cancelled",
            [
                "City of Shymkent",
                "Karaganda Region",
                "Ulytau Region",
                "East Kazakhstan Region",
                "Abai Region",
                "Turkistan Region",
            ],
        ),
        ("2022-01-14", "cancelled", ["Akmola Region", "Kostanay Region"]),
        ("2022-01-14", "lowered", ["City of Shymkent"]),
        ("2022-01-14", "lowered", ["West Kazakhstan Region"]),
    ]
