"""A question with all that it is judged by, so that it can be asked of other times too."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sca.advisory import Segment
from sca.evaluate import Verdict, evaluate
from sca.question import Question
from sca.spans import FOREVER, Duration, Span
from sca.watches import Source, Watching, watching

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked, what was declared, and whose word is taken for silence."""

    question: Question
    segments: tuple[Segment, ...]
    sources: tuple[Source, ...] = ()
    now: datetime = FOREVER
    max_age: Duration | None = None
    """How long after its review a watch may be relied on, in place of what it says itself."""
    schemes: frozenset[str] | None = None
    """The schemes asked about; None: all."""
    trusts_silence: bool = False
    """Whether what nobody watches is taken for clear."""

    def over(self, span: Span) -> "Inquiry":
        """The same, asked of another span, which is one for all parts of the place."""
        parts = tuple(replace(part, span=span, twice=False) for part in self.question.parts)
        return replace(self, question=replace(self.question, parts=parts))

    def at(self, instant: datetime) -> "Inquiry":
        """The same, asked of the second that begins at an instant; no time is told finer."""
        return self.over(Span(instant, instant + _SECOND))

    def watching(self) -> Watching:
        """Who vouches for the time asked about."""
        told = watching(self.question, self.sources, self.now, self.max_age, self.schemes)
        return told.trusting_silence() if self.trusts_silence else told

    def verdict(self) -> Verdict:
        """The answer."""
        return evaluate(self.question, self.segments, self.watching())
