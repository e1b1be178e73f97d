"""A question with all that it is judged by: asked as it is, of another time, of one instant."""

from dataclasses import replace

import pytest

from sca.evaluate import Answer, evaluate
from sca.inquiry import Inquiry
from sca.levels import read_threshold
from sca.question import Part
from sca.spans import FOREVER, Span, read_duration, read_moment
from sca.watches import NOT_WATCHED, Source, Watch, watching
from tests.builders import RED, a_place, a_question, a_segment, a_span, at

ALMATY, ORAL = a_place(), a_place("Oral", timezone="Asia/Oral")
YELLOW, LATER = a_segment(), a_segment("b", level=RED, span=a_span("2024-07-04", "2024-07-09"))
WATCH = Watch("threat", (ALMATY,), read_moment("2024-07-01"), read_moment("2024-07-10"))
SOURCE = Source("rules", (WATCH,), (("threat", ALMATY),))


def test_the_answer_is_that_of_the_question():
    question = a_question(threshold=read_threshold("Severe", {}))

    assert Inquiry(question, (YELLOW, LATER)).verdict() == evaluate(question, [YELLOW, LATER])
    assert Inquiry(question, ()).watching() == NOT_WATCHED


def test_it_can_be_asked_of_another_time_by_the_same_measure():
    question = a_question(threshold=read_threshold("Severe", {}))
    inquiry = Inquiry(question, (YELLOW, LATER), (SOURCE,), at("2024-07-05"))
    span = a_span("2024-07-03T12:00", "2024-07-04T12:00")

    other = inquiry.over(span)

    assert other == replace(inquiry, question=a_question(span=span, threshold=question.threshold))
    assert inquiry.verdict().answer == Answer.CLEAR
    assert other.verdict().covered == (a_span("2024-07-04", "2024-07-04T12:00"),)


def test_all_parts_are_asked_of_the_one_time_and_what_had_to_be_known_stays():
    known = a_span("2024-07-01", "2024-07-02")
    parts = (
        Part(ALMATY, a_span("2024-02-29T17:30", "2024-02-29T18:31"), "Asia/Almaty", True, known),
        Part(ORAL, a_span("2024-02-29T18:30", "2024-02-29T18:31"), "Asia/Oral"),
    )
    span = a_span("2024-07-03", "2024-07-04")

    other = Inquiry(a_question(ALMATY, parts=parts), ()).over(span)

    assert other.question.parts == (
        Part(ALMATY, span, "Asia/Almaty", twice=False, known=known),
        Part(ORAL, span, "Asia/Oral"),
    )


@pytest.mark.parametrize(
    ("instant", "level"),
    [
        ("2024-07-01T23:59:59", None),
        ("2024-07-02T00:00:00", "yellow"),
        ("2024-07-03T23:59:59", "yellow"),
        ("2024-07-04T00:00:00", "red"),
        ("2024-07-08T23:59:59", "red"),
        ("2024-07-09T00:00:00", None),
    ],
)
def test_an_instant_is_the_second_that_begins_there(instant, level):
    told = Inquiry(a_question(), (YELLOW, LATER)).at(at(instant)).verdict()

    assert (told.level and told.level.id) == level
    assert (told.question.span.end - told.question.span.start).total_seconds() == 1


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        pytest.param({}, Answer.STALE, id="where nobody says when the present is"),
        pytest.param({"now": at("2024-07-10T12:00")}, Answer.CLEAR, id="on the day of review"),
        pytest.param({"now": at("2024-07-12")}, Answer.STALE, id="after it"),
        pytest.param(
            {"now": at("2024-07-12"), "max_age": read_duration("P9D")},
            Answer.CLEAR,
            id="not long after it",
        ),
        pytest.param({"now": at("2024-07-09")}, Answer.UNWATCHED, id="before it"),
        pytest.param(
            {"now": at("2024-07-09"), "trusts_silence": True}, Answer.CLEAR, id="trusting silence"
        ),
        pytest.param({"trusts_silence": True}, Answer.STALE, id="trusting it, but nothing stale"),
        pytest.param(
            {"now": at("2024-07-10T12:00"), "schemes": frozenset({"other"})},
            Answer.UNWATCHED,
            id="of a scheme that nobody watches",
        ),
        pytest.param({"sources": ()}, Answer.CLEAR, id="of rules that answer for themselves"),
    ],
)
def test_silence_is_judged_for_the_time_asked_about(changes, answer):
    past = a_question(span=a_span("2024-07-10T12:00", "2024-07-20"))
    inquiry = replace(Inquiry(past, (YELLOW,), (SOURCE,)), **changes)

    verdict = inquiry.verdict()

    assert verdict.answer == answer
    assert verdict.watching == inquiry.watching()


def test_an_instant_before_the_review_is_clear_though_the_whole_time_is_not():
    whole = Inquiry(a_question(span=Span(at("2024-07-06"), FOREVER)), (), (SOURCE,))

    assert whole.verdict().answer == Answer.STALE
    assert whole.at(at("2024-07-06")).verdict().answer == Answer.CLEAR
    assert whole.at(at("2024-07-06")).watching() == watching(
        a_question(span=a_span("2024-07-06T00:00:00", "2024-07-06T00:00:01")), [SOURCE], FOREVER
    )
