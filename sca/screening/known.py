"""Looking up what is known of a place and a time, for thousands of rows at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy
import pyarrow

from sca.screening.crib import EPOCH, SECONDS, Crib
from sca.spans import Span, merged, utc_text

FIELDS = {
    "answer": "VARCHAR",
    "level": "VARCHAR",
    "advisories": "VARCHAR",
    "error": "VARCHAR",
    "place_id": "VARCHAR",
    "ahead": "BIGINT",
    "covered": "VARCHAR",
}
"""What is told of a row, all NULL where nothing is known: the words of its verdict, and by how
many seconds the clock is ahead of UTC where all of the span is covered on one; else what is."""

_OF_VERDICTS = ("answer", "level", "advisories", "error")


class Known:
    """A crib as arrays."""

    def __init__(self, crib: Crib) -> None:
        self._starts = numpy.frombuffer(crib.starts, dtype=numpy.int64)
        self._stops = numpy.frombuffer(crib.stops, dtype=numpy.int64)
        self._verdicts = numpy.frombuffer(crib.verdicts, dtype=numpy.int64)
        self._ids = pyarrow.array([id or None for id in crib.ids], pyarrow.string())
        self._said = {
            name: pyarrow.array(
                [getattr(outcome, name) or None for outcome, _ in crib.said], pyarrow.string()
            )
            for name in _OF_VERDICTS
        }
        offsets = [[int(offset.total_seconds()) for offset in ahead] for _, ahead in crib.said]
        self._ahead = pyarrow.array(
            [some[0] if len(some) == 1 else None for some in offsets], pyarrow.int64()
        )
        self._several = {n: some for n, some in enumerate(offsets) if len(some) > 1}

    def look(self, places: Any, clocks: Any, starts: Any, stops: Any) -> Any:
        """Of each row what is known, by arrays of Arrow; a place or a time may be missing."""
        place, clock, start, stop = (
            column.fill_null(-1).to_numpy(zero_copy_only=False).astype(numpy.int64)
            for column in (places, clocks, starts, stops)
        )
        asked = place * 2 + clock
        found = numpy.searchsorted(self._starts, (asked << SECONDS) + start, side="right") - 1
        held = numpy.maximum(found, 0)
        known = (found >= 0) & (place >= 0) & (start >= 0)
        if len(self._starts):
            known &= (self._starts[held] >> SECONDS == asked) & (stop <= self._stops[held])
            verdict = numpy.where(known, self._verdicts[held], 0)
        else:
            verdict = held
        said = pyarrow.array(verdict, mask=~known)
        columns = {name: values.take(said) for name, values in self._said.items()}
        columns["place_id"] = self._ids.take(pyarrow.array(place, mask=~known))
        columns["ahead"] = self._ahead.take(said)
        columns["covered"] = self._covered(known, verdict, start, stop)
        return pyarrow.StructArray.from_arrays(
            [columns[name] for name in FIELDS], names=list(FIELDS)
        )

    def _covered(self, known: Any, verdict: Any, start: Any, stop: Any) -> Any:
        told: list[str | None] = [None] * len(verdict)
        if self._several:
            rows = numpy.flatnonzero(known & numpy.isin(verdict, list(self._several)))
            for row in rows:
                told[row] = _spans(int(start[row]), int(stop[row]), self._several[verdict[row]])
        return pyarrow.array(told, pyarrow.string())


def _spans(start: int, stop: int, ahead: list[int]) -> str:
    """The same readings of several clocks, in UTC."""
    spans = merged(Span(_instant(start - a), _instant(stop - a)) for a in ahead)
    return " ".join(f"{utc_text(span.start)}/{utc_text(span.end)}" for span in spans)


def _instant(second: int) -> datetime:
    return EPOCH.replace(tzinfo=UTC) + timedelta(seconds=second)
