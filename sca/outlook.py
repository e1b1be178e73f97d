"""What is ahead: when an answer changes, and the first clear stretch of a length."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sca.evaluate import Answer, Verdict, course
from sca.inquiry import Inquiry
from sca.spans import Duration, Span, later

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Outlook:
    """The answer at the first instant asked about, and the next one that is another."""

    first: Verdict
    change: Verdict | None
    """At the instant of the change, with which its span starts; None where none is known."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch that cannot be called clear, and what the answer is there instead."""

    span: Span
    answer: Answer


@dataclass(frozen=True, slots=True)
class Search:
    """What came of looking for a clear stretch of some length, one that begins before `until`."""

    length: Duration
    within: Duration
    until: datetime
    found: Verdict | None
    """The answer for the whole of that stretch, which is its span."""
    barred: tuple[Bar, ...]
    """What stands in the way: up to the stretch, or to the end of the last one that was tried."""

    @property
    def certain(self) -> bool:
        """Whether it is known that there is such a stretch, or that there is none."""
        return self.found is not None or all(b.answer is Answer.IN_FORCE for b in self.barred)


def next_change(inquiry: Inquiry) -> Outlook:
    """When, after the first instant asked about, the answer or the level is first another."""
    first = inquiry.at(inquiry.question.span.start).verdict()
    change = first.next_change
    return Outlook(first, inquiry.at(change).verdict() if change else None)


def first_clear(inquiry: Inquiry, length: Duration, within: Duration) -> Search:
    """The first stretch that is clear throughout and begins `within` the start of the question.

    Days are those of the calendar on the clock of the place; where its parts have several clocks,
    on the one by which they last longest.
    """
    start = inquiry.question.span.start
    until = _end(inquiry, start, within)
    tried = Span(start, _end(inquiry, until, length))
    # Where a clock is put back, what begins earlier may end later, though by less than a day.
    ahead = Span(start, tried.end + _DAY)
    barred: list[Bar] = []
    for span, answer in _runs(inquiry, ahead):
        stretch = Span(span.start, _end(inquiry, span.start, length))
        if answer is not Answer.CLEAR:
            barred.append(Bar(span, answer))
        elif span.start < until and stretch.end <= span.end:
            verdict = inquiry.over(stretch).verdict()
            if verdict.answer is Answer.CLEAR:
                return Search(length, within, until, verdict, tuple(barred))
            barred.append(Bar(span, verdict.answer))
    met = ((bar.span.meet(tried), bar.answer) for bar in barred)
    return Search(length, within, until, None, tuple(Bar(s, a) for s, a in met if s))


def _runs(inquiry: Inquiry, span: Span) -> Iterator[tuple[Span, Answer]]:
    """The stretches of a span in which the answer is one and the same, in order."""
    since, current = span.start, None
    question = inquiry.over(span).question
    for instant, answer, _ in course(question, inquiry.segments, inquiry.vigil()):
        if current is not None and answer is not current:
            yield Span(since, instant), current
            since = instant
        current = answer
    assert current is not None
    yield Span(since, span.end), current


def _end(inquiry: Inquiry, start: datetime, length: Duration) -> datetime:
    return max(later(start, length, zone) for zone in inquiry.clocks)
