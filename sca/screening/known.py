"""Looking up what is known of a place and a time, for thousands of rows at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy
import pyarrow

from sca.screening.crib import EPOCH, SECONDS, WORDS, Crib
from sca.spans import Span, merged, utc_text


class Known:
    """A crib as arrays; all columns are those of Arrow."""

    def __init__(self, crib: Crib) -> None:
        self._starts = numpy.frombuffer(crib.starts, dtype=numpy.int64)
        self._stops = numpy.frombuffer(crib.stops, dtype=numpy.int64)
        # At least one, so that there is something to take.
        self._verdicts = numpy.array([*crib.verdicts] or [0], dtype=numpy.int64)
        self._ids = pyarrow.array([id or None for id in crib.ids], pyarrow.string())
        self._advisories = pyarrow.array(crib.advisories, pyarrow.string())
        self._ahead = [said.ahead for said in crib.said]

    def verdict(self, starts: Any, stops: Any) -> Any:
        """The numbers of verdicts; none where no stretch holds all of a span.

        A start is counted as those of stretches are; it is negative where there is none.
        """
        start, stop = (column.to_numpy(zero_copy_only=False) for column in (starts, stops))
        found = numpy.searchsorted(self._starts, start, side="right") - 1
        known = (found >= 0) & (start >= 0)
        held = numpy.maximum(found, 0)
        if len(self._starts):
            known &= self._starts[held] >> SECONDS == start >> SECONDS
            known &= stop <= self._stops[held]
        return pyarrow.array(self._verdicts[held], mask=~known)

    def id(self, places: Any) -> Any:
        """The ids of places by their numbers."""
        return self._ids.take(places)

    def advisories(self, verdicts: Any) -> Any:
        """The advisories of verdicts by their numbers."""
        numbers = verdicts.to_numpy(zero_copy_only=False)
        return self._advisories.take(pyarrow.array(numbers >> WORDS))

    def covered(self, verdict: int, start: int, stop: int) -> str:
        """The same readings of several clocks, in UTC."""
        ahead = self._ahead[verdict & ((1 << WORDS) - 1)]
        spans = merged(Span(_instant(start - a), _instant(stop - a)) for a in ahead)
        return " ".join(f"{utc_text(span.start)}/{utc_text(span.end)}" for span in spans)


def _instant(second: int) -> datetime:
    return EPOCH.replace(tzinfo=UTC) + timedelta(seconds=second)
