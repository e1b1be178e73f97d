"""Accepted risks: what does not count any more, and all that still does."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from sca import errors
from sca.acceptance import Acceptance
from sca.evaluate import Answer, evaluate
from sca.levels import Severity, Threshold
from sca.places import Kind
from sca.question import Part
from sca.ruleset import shipped
from sca.spans import Span, read_moment
from tests.builders import (
    ORANGE,
    RED,
    YELLOW,
    a_level,
    a_place,
    a_question,
    a_segment,
    a_span,
    an_advisory,
    at,
    law,
    words,
)  # fmt: skip
from tests.running import Result, sca

RIGHT = Path(__file__).parent / "data" / "right"
SHIPPED = shipped()

COUNTRY = a_place("Country", kind=Kind.COUNTRY)
NORTH = a_place("North", kind=Kind.REGION, within=(COUNTRY.id,))
CITY = a_place("City", within=(NORTH.id, COUNTRY.id))
FAR = a_place("Far", timezone="Asia/Tokyo", within=(COUNTRY.id,))


def an_acceptance(**changes):
    """Yellow of advisory `a` in Almaty, through 3 July 2024, UTC."""
    until = changes.pop("until", "2024-07-03T23:59Z")
    whole = {
        "advisory": "a",
        "places": (a_place(),),
        "level": YELLOW,
        "until": read_moment(until),
        "reason": words("we stay indoors"),
        "by": "the security desk",
    }
    return Acceptance(**whole | changes)


def judged(*segments, accepted=(), **question):
    return evaluate(replace(a_question(**question), accepted=tuple(accepted)), segments)


def decided(verdict):
    """All of a verdict that an acceptance may change."""
    return (
        verdict.answer,
        verdict.level,
        verdict.covered,
        verdict.levels,
        verdict.next_change,
        [(near.segment.span, near.segment.level, near.distance) for near in verdict.near],
        [finding.counts for finding in verdict.findings],
    )


# What does not count


def test_what_is_accepted_is_told_and_does_not_count():
    acceptance = an_acceptance()

    verdict = judged(a_segment(), accepted=[acceptance])

    assert (verdict.answer, verdict.level, verdict.covered) == (Answer.CLEAR, None, ())
    (finding,) = verdict.findings
    assert (finding.level, finding.counts, finding.accepted) == (YELLOW, False, acceptance)
    assert finding.span == a_span()


def test_it_counts_again_when_the_acceptance_has_run_out():
    verdict = judged(a_segment(), accepted=[an_acceptance()])

    assert verdict.next_change == at("2024-07-04")


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, Answer.CLEAR),
        ({"level": RED}, Answer.CLEAR),
        ({"places": (FAR, a_place())}, Answer.CLEAR),
        ({"advisory": "b"}, Answer.IN_FORCE),
        ({"places": (FAR,)}, Answer.IN_FORCE),
        ({"until": "2024-07-03T22:00Z"}, Answer.IN_FORCE),
        ({"until": "2024-07-02"}, Answer.IN_FORCE),
        ({"until": "2030-01-01"}, Answer.CLEAR),
    ],
    ids=str,
)
def test_an_acceptance_is_of_an_advisory_and_its_places_and_ends(changes, answer):
    verdict = judged(a_segment(), accepted=[an_acceptance(**changes)])

    assert verdict.answer is answer


def test_whatever_is_graver_counts():
    orange = a_segment(level=ORANGE, span=a_span("2024-07-03T12:00", "2024-07-04"), bulletin=1)
    yellow = a_segment(span=a_span("2024-07-02", "2024-07-03T12:00"))

    verdict = judged(yellow, orange, accepted=[an_acceptance()])

    assert (verdict.answer, verdict.level) == (Answer.IN_FORCE, ORANGE)
    assert verdict.covered == (a_span("2024-07-03T12:00", "2024-07-04"),)


def test_a_question_that_reaches_past_it_counts_there():
    asked = a_span("2024-07-03", "2024-07-05")

    verdict = judged(a_segment(), accepted=[an_acceptance()], span=asked)

    assert verdict.answer is Answer.IN_FORCE
    assert verdict.covered == (a_span("2024-07-04", "2024-07-05"),)
    (finding,) = verdict.findings
    assert finding.counts
    assert finding.accepted == an_acceptance()


def test_another_advisory_counts_beside_it():
    verdict = judged(a_segment(), a_segment("b", level=ORANGE), accepted=[an_acceptance()])

    assert verdict.level == ORANGE
    assert {f.advisory.id: f.accepted is not None for f in verdict.findings} == {
        "a": True,
        "b": False,
    }


def test_of_several_the_one_that_lasts_longest_decides():
    late, early = an_acceptance(until="2024-07-05", by="the board"), an_acceptance()

    for accepted in ([late, early], [early, late]):
        verdict = judged(a_segment(), accepted=accepted, span=a_span("2024-07-03", "2024-07-05"))
        assert verdict.answer is Answer.CLEAR
        assert verdict.findings[0].accepted == late


def test_a_place_must_lie_wholly_where_it_is_accepted():
    country_wide = a_segment(place=COUNTRY)
    accepted = [an_acceptance(places=(CITY,))]

    assert judged(country_wide, accepted=accepted, place=CITY).answer is Answer.CLEAR
    assert judged(country_wide, accepted=accepted, place=NORTH).answer is Answer.IN_FORCE
    assert judged(country_wide, accepted=accepted, place=FAR).answer is Answer.IN_FORCE


def test_what_is_accepted_in_one_part_counts_in_another():
    verdict = judged(
        a_segment(place=COUNTRY),
        accepted=[an_acceptance(places=(CITY,))],
        place=COUNTRY,
        parts=(CITY, FAR),
    )

    assert [place for place, _ in verdict.levels] == [FAR]
    assert verdict.partial


def test_an_until_without_an_offset_is_read_on_the_clock_of_each_part():
    asked = Span(at("2024-07-03T15:30"), at("2024-07-03T15:40"))  # 00:30 in Tokyo, 20:30 in Almaty
    parts = tuple(Part(place, asked, place.timezone) for place in (CITY, FAR))

    verdict = judged(
        a_segment(place=COUNTRY),
        accepted=[an_acceptance(places=(COUNTRY,), until="2024-07-03")],
        place=COUNTRY,
        parts=parts,
    )

    assert [place for place, _ in verdict.levels] == [FAR]


def test_where_there_is_no_clock_a_day_ends_as_early_as_anywhere():
    acceptance = an_acceptance(until="2024-07-03")

    assert acceptance.end(None) == at("2024-07-03T10:00")
    assert acceptance.end("Asia/Tokyo") == at("2024-07-03T15:00")


def test_an_until_that_a_clock_skipped_ends_where_it_jumped():
    """Samoa had no 30 December 2011."""
    acceptance = an_acceptance(until="2011-12-30")

    assert acceptance.end("Pacific/Apia") == at("2011-12-30T10:00")


def test_what_does_not_count_anyway_is_not_marked_as_accepted():
    orange = Threshold("orange", (("threat", 1),), Severity.Severe)

    (finding,) = judged(a_segment(), accepted=[an_acceptance()], threshold=orange).findings

    assert (finding.counts, finding.accepted) == (False, None)


def test_an_ordinary_state_is_not_marked_as_accepted():
    calm = a_level("calm", baseline=True)

    (finding,) = judged(a_segment(level=calm), accepted=[an_acceptance()]).findings

    assert finding.accepted is None


def test_what_is_yet_to_come_and_accepted_is_not_near():
    later = a_segment(span=a_span("2024-07-10", "2024-07-12"))

    assert judged(later).near
    assert judged(later, accepted=[an_acceptance(until="2024-07-20")]).near == ()


def test_what_is_yet_to_come_is_near_from_when_it_counts():
    later = a_segment(span=a_span("2024-07-10", "2024-07-12"))

    (near,) = judged(later, accepted=[an_acceptance(until="2024-07-10T23:59Z")]).near

    assert near.segment.span == a_span("2024-07-11", "2024-07-12")
    assert near.distance == at("2024-07-11") - at("2024-07-04")


# The law

PLACES = (COUNTRY, NORTH, CITY, FAR)
LEVELS = (YELLOW, ORANGE, RED)
HOUR = 3600


def instants(first=0, last=240):
    start = int(datetime(2024, 7, 1, tzinfo=UTC).timestamp())
    return st.integers(first, last).map(lambda h: datetime.fromtimestamp(start + h * HOUR, UTC))


def spans():
    return (
        st.tuples(instants(), instants())
        .filter(lambda ends: ends[0] < ends[1])
        .map(lambda ends: Span(*ends))
    )


ADVISORIES = {id: an_advisory(id, bulletins=(), scheme=an_advisory().scheme) for id in ("a", "b")}
segments = st.lists(
    st.builds(
        lambda id, **rest: a_segment(ADVISORIES[id], **rest),
        st.sampled_from([*ADVISORIES]),
        place=st.sampled_from(PLACES),
        span=spans(),
        level=st.sampled_from(LEVELS),
    ),
    max_size=5,
)
acceptances = st.builds(
    an_acceptance,
    advisory=st.sampled_from([*ADVISORIES]),
    places=st.lists(st.sampled_from(PLACES), min_size=1, max_size=2).map(tuple),
    level=st.sampled_from(LEVELS),
    until=instants().map(lambda instant: f"{instant:%Y-%m-%dT%H:%M}Z"),
)
questions = st.builds(
    lambda parts, span: a_question(parts[0], parts=tuple(parts), span=span),
    st.lists(st.sampled_from(PLACES), min_size=1, max_size=3, unique_by=lambda place: place.id),
    spans(),
)


def cut(segment, acceptance, place):
    """What is left of a segment at a place, by hand."""
    concerned = (
        segment.advisory.id == acceptance.advisory
        and segment.level.rank <= acceptance.level.rank
        and not {p.id for p in acceptance.places}.isdisjoint((place.id, *place.within))
    )
    start = max(segment.span.start, acceptance.end("Etc/UTC")) if concerned else segment.span.start
    return (
        replace(segment, span=Span(start, segment.span.end)) if start < segment.span.end else None
    )


def rank(verdict):
    return -1 if verdict.level is None else verdict.level.rank


@given(segments, acceptances, questions)
@law
def test_an_acceptance_never_turns_an_answer_graver(every, acceptance, question):
    before, after = (
        evaluate(question, every),
        evaluate(replace(question, accepted=(acceptance,)), every),
    )

    assert rank(after) <= rank(before)
    assert all(
        any(s.start <= c.start and c.end <= s.end for s in before.covered) for c in after.covered
    )
    assert {f.advisory.id for f in after.findings} == {f.advisory.id for f in before.findings}


@given(segments, acceptances, questions)
@law
def test_an_acceptance_changes_nothing_outside_its_places_level_and_time(
    every, acceptance, question
):
    before, after = (
        evaluate(question, every),
        evaluate(replace(question, accepted=(acceptance,)), every),
    )
    elsewhere = not any(
        part.place.lies_in(place) for part in question.parts for place in acceptance.places
    )
    graver = all(
        s.level.rank > acceptance.level.rank or s.advisory.id != acceptance.advisory for s in every
    )
    over = acceptance.end("Etc/UTC") <= min([question.span.start, *(s.span.start for s in every)])

    if elsewhere or graver or over:
        assert replace(after, question=question) == before
    if acceptance.end("Etc/UTC") <= question.span.start:
        assert (after.answer, after.level, after.covered, after.levels, after.next_change) == (
            before.answer, before.level, before.covered, before.levels, before.next_change,
        )  # fmt: skip


@given(segments, acceptances, st.sampled_from(PLACES), spans())
@law
def test_an_acceptance_is_as_if_what_it_accepts_had_begun_when_it_ends(
    every, acceptance, place, span
):
    question = a_question(place, span=span)
    left = [segment for s in every if (segment := cut(s, acceptance, place))]

    after = evaluate(replace(question, accepted=(acceptance,)), every)

    assert decided(after)[:5] == decided(evaluate(question, left))[:5]


# Files of accepted risks

PLAIN = (RIGHT / "plain.toml").read_text(encoding="utf-8")
ACCEPTED = """[[accepted]]
advisory = "test"
places = ["Almaty"]
level = "yellow"
until = "2024-07-03"
reason.en = "We stay indoors"
reason.ru = "Мы остаёмся внутри"
by = "the security desk"
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/rule.toml").write_text(PLAIN, encoding="utf-8")
    return tmp_path


def accepting(text=ACCEPTED, *changes):
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    Path("in/accepted.toml").write_text(text, encoding="utf-8")


def check(*arguments):
    return sca("check", "Almaty", *arguments, "--rules", "in")


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("2024-07-03", 0),
        ("2024-07-02T12:00", 0),
        ("2024-07-03/2024-07-04T00:00", 1),
        ("2024-07-04", 1),
        ("2024-07-05", 0),
    ],
)
def test_the_exit_code_is_of_what_is_not_accepted(when, code, here):
    accepting()

    assert check(when, "--quiet").code == code


def test_an_accepted_advisory_is_told_with_by_whom_until_when_and_why(here):
    accepting()

    told = check("2024-07-03")

    assert "CLEAR nothing but what is accepted is in force\n" in told.out
    assert (
        "  note: accepted up to yellow in Almaty by the security desk through 2024-07-03: "
        "We stay indoors\n"
    ) in told.out
    assert "does not count" not in told.out
    assert "beyond that" not in told.out


def test_that_it_counts_past_the_acceptance_is_told(here):
    accepting()

    told = check("2024-07-03/2024-07-04")

    assert "through 2024-07-03: We stay indoors; beyond that it counts\n" in told.out


def test_the_line_of_words_says_how_many_are_accepted(here):
    accepting()

    assert check("2024-07-03", "--short").out == (
        "Almaty, Kazakhstan: clear until 2024-07-04 00:00 (+05:00); 1 advisory considered, 1 of "
        "them accepted\n"
    )


def test_the_document_has_the_acceptance_in_the_language_asked_for(here):
    accepting()

    document = check("2024-07-03", "--json", "--lang", "ru").document

    assert (document["exit"], document["answer"]) == (0, "clear")
    assert document["next_change"] == "2024-07-03T19:00:00Z"
    (advisory,) = document["advisories"]
    assert (advisory["counts"], advisory["accepted"]) == (
        False,
        {
            "by": "the security desk",
            "until": "2024-07-03",
            "reason": "Мы остаёмся внутри",
            "level": "yellow",
            "places": [{"id": "geonames:1526384", "name": "Almaty"}],
        },
    )


def test_without_an_acceptance_the_document_has_none(here):
    (advisory,) = check("2024-07-03", "--json").document["advisories"]

    assert (advisory["counts"], advisory["accepted"]) == (True, None)


def test_foreign_text_in_an_acceptance_is_made_harmless(here):
    accepting(ACCEPTED, ("the security desk", "the\\u001b[31m desk"))

    assert "\x1b" not in check("2024-07-03").out


# What is wrong in such a file


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('"test"', '"tset"', 2, "advisory: no such advisory: 'tset'; did you mean test?"),
        (
            '"test"',
            '"xyzzy"',
            2,
            "advisory: no such advisory: 'xyzzy'; read the rules that have it",
        ),
        ('"Almaty"', '"Astana"', 3, "places[0]: nothing in test ever holds there"),
        ('"Almaty"', '"Almatty"', 3, "places[0]: no place called 'Almatty' is known; did you mean"),
        ('["Almaty"]', "[]", 3, "places: must not be empty"),
        ('"yellow"', '"puce"', 4, "level: kz-terror-threat has no level 'puce', only yellow, "),
        ('"yellow"', '"none"', 4, "level: kz-terror-threat has no level 'none', only yellow, "),
        ('"2024-07-03"', '"tomorrow"', 5, "until: 'tomorrow' is not a time; "),
        ('"the security desk"', '" "', 8, "by: must not be empty"),
        ("by = ", "bye = ", 8, "bye: is not a key here; did you mean by?"),
    ],
)
def test_a_mistake_is_told_with_its_line(old, new, line, said, here):
    accepting(ACCEPTED, (old, new))

    told = sca("lint", "in")

    assert told.code == 1
    assert f"in/accepted.toml:{line}: accepted[0].{said}" in told.out
    assert check("2024-07-03").code == 3


@pytest.mark.parametrize("key", ["advisory", "places", "level", "until", "reason", "by"])
def test_every_key_is_needed(key, here):
    lines = [line for line in ACCEPTED.splitlines() if not line.startswith(key)]
    accepting("\n".join(lines))

    assert sca("lint", "in").out == f"in/accepted.toml:1: accepted[0].{key}: is missing\n"


def test_what_is_around_or_inside_a_place_of_the_advisory_may_be_accepted(here):
    for place in ("Kazakhstan", "iso:KZ-75", "43.25,76.93"):
        accepting(ACCEPTED, ('"Almaty"', f'"{place}"'))
        assert sca("lint", "in").code == 0


def test_a_place_that_every_bulletin_excepts_is_never_covered(here):
    Path("in/rule.toml").write_text(
        PLAIN.replace('"Almaty", "iso:KZ-75"', '"Kazakhstan"').replace(
            "onset =", 'except = ["Astana"]\nonset =', 1
        ),
        encoding="utf-8",
    )
    accepting(ACCEPTED, ('"Almaty"', '"Astana"'))

    assert "nothing in test ever holds there" in sca("lint", "in").out


def test_an_advisory_with_a_mistake_is_not_said_to_be_missing(here):
    accepting()
    Path("in/rule.toml").write_text(PLAIN.replace('"yellow"', '"puce"', 1), encoding="utf-8")

    assert "accepted.toml" not in sca("lint", "in").out


def test_a_file_of_its_own_is_in_order_though_its_advisory_is_not_at_hand(here):
    accepting()

    assert sca("lint", "in/accepted.toml") == Result(0, "", "sca: 1 file read, 0 mistakes\n")


def test_the_schema_of_such_a_file_is_printed(here):
    assert '"until"' in sca("schema", "accepted").out


# Acceptances that have run out


@pytest.mark.parametrize(
    ("now", "over"),
    [("2024-07-03T18:59Z", False), ("2024-07-03T19:00Z", True), ("2025-01-01T00:00Z", True)],
)
def test_one_that_is_over_is_warned_of(now, over, here):
    accepting()
    Path("in/rule.toml").write_text(PLAIN.replace(', "iso:KZ-75"', ""), encoding="utf-8")

    told = sca("lint", "in", "--strict", "--now", now)

    assert told.out == over * (
        "in/accepted.toml:5: accepted[0].until: is over, so that the advisory counts again; accept "
        "it anew or take it out [run-out]\n"
    )
    assert told.code == over
    assert sca("lint", "in", "--now", now).code == 0


def test_one_is_over_only_when_it_is_so_at_all_its_places(here):
    accepting(ACCEPTED, ('"Almaty"', '"Almaty", "Kazakhstan"'), ("2024-07-03", "2022-07-03"))

    def told(now):
        return "[run-out]" in sca("lint", "in", "--strict", "--now", now).out

    assert not told("2022-07-03T18:30Z")  # over in Almaty at 18:00, in Aktau at 19:00
    assert told("2022-07-03T19:00Z")


# The shipped acceptances


def test_the_shipped_acceptances_go_with_the_shipped_advisories(tmp_path):
    """In a copy of the package, in a process of its own."""
    shutil.copytree(Path(errors.__file__).parent, tmp_path / "sca")
    rules = tmp_path / "sca" / "rules"
    shutil.copytree(SHIPPED / "schemes", rules / "schemes")
    shutil.copy(SHIPPED / "settings.toml", rules)
    (rules / "rule.toml").write_text(PLAIN, encoding="utf-8")
    (rules / "accepted.toml").write_text(ACCEPTED, encoding="utf-8")
    (tmp_path / "own.toml").write_text(PLAIN, encoding="utf-8")
    program = (
        "from sca.reading import load\n"
        "print([len(load(paths).accepted) for paths in (None, ['own.toml'])])"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.stdout, ran.stderr) == ("[1, 0]\n", "")
