"""A question with all that it is judged by, so that it can be asked of other times too."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sca.advisory import Segment
from sca.evaluate import Verdict, Vigil, evaluate
from sca.question import Question
from sca.spans import FOREVER, Duration, Span
from sca.watches import Source, Watch, Watching, watching

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
    considered: int | None = None
    """How many advisories it is judged by, where those without any bearing are not at hand."""

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

    def vigil(self, watches: Iterable[Watch] | None = None) -> Vigil:
        """Who vouches at any time; the watches are those that speak for the place, if known."""
        turns = {self.now.replace(microsecond=0)}
        for watch in self.watching().watches if watches is None else watches:
            for zone in self.clocks:
                turns.add(watch.since.reading(zone).span.start)
                turns.add(watch.until.reading(zone).span.end)
        return Vigil(lambda instant: self.at(instant).watching(), tuple(sorted(turns)))

    @property
    def clocks(self) -> set[str]:
        """The clocks of all parts of the place."""
        return {part.zone or "Etc/UTC" for part in self.question.parts}

    def verdict(self) -> Verdict:
        """The answer."""
        told = self.watching()
        verdict = evaluate(self.question, self.segments, told, self.vigil(told.watches))
        if self.considered is None:
            return verdict
        return replace(verdict, considered=self.considered)
