from functools import cache

import pytest
from hypothesis import given, strategies as st

import sca
from sca.errors import Candidate, UnknownSetting
from sca.settings import lineage, related
from tests.builders import a_setting, law

LISTED = (
    a_setting("public"),
    a_setting("hub", "public"),
    a_setting("airport", "hub"),
    a_setting("metro", "hub"),
    a_setting("street", "public"),
    a_setting("home"),
)
VOCABULARY = {setting.id: setting for setting in LISTED}


@cache
def shipped():
    return sca.load().settings


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(["airport"], {"airport", "hub", "public"}, id="what it is a kind of"),
        pytest.param(["hub"], {"hub", "public", "airport", "metro"}, id="and what is a kind of it"),
        pytest.param(
            ["public"], {"public", "hub", "airport", "metro", "street"}, id="at any distance"
        ),
        pytest.param(["home"], {"home"}, id="one without kin"),
        pytest.param(
            ["metro", "home"], {"metro", "hub", "public", "home"}, id="several: all of each"
        ),
        pytest.param(["home", "home"], {"home"}, id="one said twice"),
        pytest.param([], set(), id="none"),
    ],
)
def test_a_setting_stands_with_its_relatives(asked, expected):
    assert related(asked, VOCABULARY) == expected
    assert related(iter(asked[::-1]), VOCABULARY) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("airport", ("airport", "hub", "public")),
        ("public", ("public",)),
        ("home", ("home",)),
        ("nowhere", ()),
    ],
)
def test_a_lineage_runs_from_the_setting_outwards(name, expected):
    assert lineage(name, VOCABULARY) == expected


def test_a_ring_of_parents_is_run_once():
    ring = {s.id: s for s in (a_setting("a", "b"), a_setting("b", "c"), a_setting("c", "a"))}

    assert lineage("b", ring) == ("b", "c", "a")
    assert related(["b"], ring) == {"a", "b", "c"}


def test_a_lineage_ends_at_a_parent_that_is_not_there():
    assert lineage("a", {"a": a_setting("a", "gone")}) == ("a",)


@pytest.mark.parametrize(
    ("name", "message", "candidates"),
    [
        pytest.param(
            "airpot",
            "no such setting: 'airpot'; did you mean airport?",
            [Candidate("airport", "airport")],
            id="a slip",
        ),
        pytest.param(
            "METRO",
            "no such setting: 'METRO'; did you mean metro?",
            [Candidate("metro", "metro")],
            id="capitals",
        ),
        pytest.param(
            "zzz",
            "no such setting: 'zzz'; there are public, hub, airport, metro, street, home",
            [],
            id="nothing like it",
        ),
        pytest.param(
            "",
            "no such setting: ''; there are public, hub, airport, metro, street, home",
            [],
            id="nothing at all",
        ),
    ],
)
def test_an_unknown_setting_is_refused_with_those_near(name, message, candidates):
    for asked in ([name], ["home", name]):
        with pytest.raises(UnknownSetting) as caught:
            related(asked, VOCABULARY)

        assert str(caught.value) == message
        assert list(caught.value.candidates) == candidates


@law
@given(st.text())
def test_any_text_is_a_setting_or_an_unknown_one(text):
    try:
        assert text in related([text], VOCABULARY)
    except UnknownSetting as error:
        for candidate in error.candidates:
            related([candidate.text], VOCABULARY)


@law
@given(st.lists(st.sampled_from(sorted(VOCABULARY))), st.sampled_from(sorted(VOCABULARY)))
def test_asking_about_one_more_loses_none(asked, further):
    assert related(asked, VOCABULARY) <= related([*asked, further], VOCABULARY)


# The shipped vocabulary


def test_kinship_of_the_shipped_settings_goes_both_ways():
    kin = {name: related([name], shipped()) for name in shipped()}

    assert all(name in kin[other] for name in kin for other in kin[name])
    assert all(name in kin[name] for name in kin)


def test_every_shipped_parent_is_a_setting_and_no_setting_is_a_kind_of_itself():
    for name, setting in shipped().items():
        line = lineage(name, shipped())
        assert len(line) == len({*line})
        assert setting.parent is None or line[1] == setting.parent
        assert shipped()[line[-1]].parent is None


def test_a_shipped_bus_terminal_is_a_transport_hub_and_that_a_public_space():
    assert lineage("bus-terminal", shipped()) == ("bus-terminal", "transport-hub", "public-space")
