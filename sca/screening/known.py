"""Looking up what is known of a place and a time, for thousands of rows at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy
import pyarrow

from sca.screening import times
from sca.screening.crib import EPOCH, SECONDS, WORDS, Crib
from sca.spans import Span, merged, utc_text


class Known:
    """A crib as arrays; all columns are those of Arrow."""

    def __init__(self, crib: Crib) -> None:
        self._crib = crib
        self._starts = numpy.frombuffer(crib.starts, dtype=numpy.int64)
        self._stops = numpy.frombuffer(crib.stops, dtype=numpy.int64)
        # At least one, so that there is something to take.
        self._verdicts = numpy.array([*crib.verdicts] or [0], dtype=numpy.int64)
        self._ids = pyarrow.array([id or None for id in crib.ids], pyarrow.string())
        self._advisories = pyarrow.array(crib.advisories, pyarrow.string())
        self._ahead = [said.ahead for said in crib.said]

    def verdict(self, places: Any, whens: Any) -> Any:
        """The numbers of verdicts, and the first second asked about and the one after the last.

        There is no number where the place is none that is known, or no stretch holds all the time.
        """
        start, stop, offset = times.read(whens.combine_chunks())
        return self._found(places, start, stop, offset, start >= 0)

    def verdict_until(self, places: Any, whens: Any, untils: Any) -> Any:
        """The same for times from the start of one to the end of another."""
        start, _, offset = times.read(whens.combine_chunks())
        last, stop, last_offset = times.read(untils.combine_chunks())
        # What ends before it starts has a fault of its own.
        well = (start >= 0) & (last >= 0) & (offset == last_offset) & (start < stop)
        return self._found(places, start, stop, offset, well)

    def _found(self, places: Any, start: Any, stop: Any, offset: Any, well: Any) -> Any:
        place = places.fill_null(-1).to_numpy(zero_copy_only=False).astype(numpy.int64)
        key = ((place * 2 + offset) << SECONDS) + start
        found = numpy.searchsorted(self._starts, key, side="right") - 1
        well = well & (place >= 0) & (found >= 0)
        held = numpy.maximum(found, 0)
        if len(self._starts):
            well &= self._starts[held] >> SECONDS == key >> SECONDS
            well &= stop <= self._stops[held]
        verdicts = pyarrow.array(self._verdicts[held], mask=~well)
        columns = [verdicts, pyarrow.array(start), pyarrow.array(stop)]
        return pyarrow.StructArray.from_arrays(columns, names=["verdict", "start", "stop"])

    def segments(self) -> Any:
        """A table of all stretches and of the places that are none, in texts and numbers.

        Those are left out that are told by several clocks: what they cover is no single span.
        """
        key, number = self._starts, self._verdicts[: len(self._starts)]
        place, said = key >> (SECONDS + 1), number & ((1 << WORDS) - 1)
        clock = (key >> SECONDS) & 1
        known = numpy.array([id != "" for id in self._crib.ids], dtype=bool)[place]
        several = numpy.array([len(each.ahead) > 1 for each in self._crib.said], dtype=bool)[said]
        rows = numpy.flatnonzero((known | (clock == 0)) & ~several)
        told = [
            [text or None for text in texts]
            for texts in zip(
                *((one.answer, one.level, one.error) for one in self._crib.said), strict=True
            )
        ] or [[], [], []]
        ahead = [one.ahead[0] if len(one.ahead) == 1 else None for one in self._crib.said]
        advisories = [listed or None for listed in self._crib.advisories]

        def taken(values: list[Any], kind: Any, numbers: Any) -> Any:
            return pyarrow.array(values, kind).take(pyarrow.array(numbers[rows]))

        text = pyarrow.string()
        return pyarrow.table(
            {
                "kind": taken(["place", "stretch"], text, known.astype(numpy.int64)),
                "place": taken(self._crib.texts, text, place),
                "clock": pyarrow.array(clock[rows]),
                "starts": pyarrow.array((key & ((1 << SECONDS) - 1))[rows]),
                "stops": pyarrow.array(self._stops[rows]),
                "answer": taken(told[0], text, said),
                "level": taken(told[1], text, said),
                "advisories": taken(advisories, text, number >> WORDS),
                "place_id": self._ids.take(pyarrow.array(place[rows])),
                "error": taken(told[2], text, said),
                "ahead": taken(ahead, pyarrow.int64(), said),
            }
        )

    def id(self, places: Any) -> Any:
        """The ids of places by their numbers."""
        return self._ids.take(places.combine_chunks())

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
