"""The verdicts of thousands of rows at once: looked up where they are known, else by the law."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy
import pyarrow
import pyarrow.compute

from sca.evaluate import Answer
from sca.screening import times
from sca.screening.columns import RESULTS
from sca.screening.crib import EPOCH, SECONDS, WORDS, Crib
from sca.screening.judging import ROW_ERRORS
from sca.screening.lines import BAD_ROW
from sca.screening.sql import literal
from sca.spans import Span, merged, utc_text

_NUMBER = (1 << WORDS) - 1
_CODED = ("answer", "level", "error")
"""What is said in few words, which are written to a file as fast as numbers."""

_TWO = ("answer", "error")
_MOST_PLAIN = 100

Law = Callable[[str, str, str | None], Sequence[str]]
"""What is said of a place and a time, in the order of RESULTS."""


class Known:
    """A crib as arrays; all columns are those of Arrow."""

    def __init__(self, crib: Crib, levels: Sequence[str], law: Law) -> None:
        self._crib, self._law = crib, law
        self._starts = numpy.frombuffer(crib.starts, dtype=numpy.int64)
        self._stops = numpy.frombuffer(crib.stops, dtype=numpy.int64)
        # At least one, so that there is something to take.
        self._verdicts = numpy.array([*crib.verdicts] or [0], dtype=numpy.int64)
        self._ids = pyarrow.array([id or None for id in crib.ids] or [None], pyarrow.string())
        listed = [each or None for each in crib.advisories]
        self._advisories = pyarrow.array(listed, pyarrow.string())
        answers = [answer.value for answer in Answer]
        errors = [BAD_ROW, *(error.code for error in ROW_ERRORS)]
        errors += [answer.replace(" ", "-") for answer in answers]
        self.words = dict(
            zip(_CODED, (answers, [*dict.fromkeys(levels)] or [""], errors), strict=True)
        )
        """Every word that may be said, by its column."""
        said = crib.said
        told = {name: [getattr(one, name) or None for one in said] or [None] for name in _CODED}
        self._said = {name: _coded(told[name], words) for name, words in self.words.items()}
        self._ahead = numpy.array([one.ahead[0] if one.ahead else 0 for one in said] or [0])
        self._clocks = numpy.array([len(one.ahead) for one in said] or [0])

        plain = [(one.answer, one.error) for one in said if not (one.level or one.ahead)]
        self._plain = list(dict.fromkeys(plain))[:_MOST_PLAIN]
        codes = {words: code for code, words in enumerate(self._plain)}
        code_of = [codes.get((one.answer, one.error), -1) if not one.level else -1 for one in said]
        self._code_of = numpy.array(code_of or [-1], dtype=numpy.int8)

    @property
    def plain(self) -> str:
        """What is said in two words, in SQL; by its codes, counted from 1."""
        kinds = {name: f"ENUM({', '.join(map(literal, self.words[name]))})" for name in _TWO}
        told = [
            ", ".join(
                f"{name}: {literal(word) if word else 'NULL'}"
                for name, word in zip(_TWO, words, strict=True)
            )
            for words in self._plain
        ]
        kind = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
        return f"[{', '.join(f'{{{each}}}' for each in told)}]::STRUCT({kind})[]"

    @property
    def gives(self) -> str:
        """The type of what is said of a row, in SQL."""
        told = dict.fromkeys(RESULTS, "VARCHAR")
        for name, words in self.words.items():
            told[name] = f"ENUM({', '.join(literal(word) for word in words)})"
        return f"STRUCT({', '.join(f'{name} {kind}' for name, kind in told.items())})"

    def codes(self, places: Any, whens: Any, untils: Any = None) -> Any:
        """By what codes that is told which is said of rows; 0 where it takes more words."""
        place = _numbers(places)
        number, known = self._looked_up(place, *_times(whens, untils))
        plain = known & (number <= _NUMBER)
        return pyarrow.array(numpy.where(plain, self._code_of[number & _NUMBER] + 1, 0))

    def ids(self, places: Any) -> Any:
        """The ids of places by their numbers."""
        return self._ids.take(places.combine_chunks())

    def screened(
        self, places: Any, texts: Any, whens: Any, untils: Any = None, flaws: Any = None
    ) -> Any:
        """What is said of rows with places of these numbers, if known, and these texts.

        Where `untils` is left out all of the time is in `whens`. A row with a flaw has it for its
        error.
        """
        place = _numbers(places)
        start, stop, clock, well = _times(whens, untils)
        if flaws is not None:
            well &= pyarrow.compute.equal(flaws, "").to_numpy(zero_copy_only=False)
        number, known = self._looked_up(place, start, stop, clock, well)
        said = number & _NUMBER
        numbers = pyarrow.array(said)
        told = {name: column.take(numbers) for name, column in self._said.items()}
        told["advisories"] = self._advisories.take(pyarrow.array(number >> WORDS))
        told["covered"] = self._covered(said, known, start, stop)
        told["place_id"] = self._ids.take(pyarrow.array(numpy.maximum(place, 0)))
        if not known.all():
            rows = pyarrow.array(numpy.flatnonzero(~known))
            asked = [
                [None] * len(rows) if column is None else column.take(rows).to_pylist()
                for column in (texts, whens, untils, flaws)
            ]
            outcomes = zip(*(self._judged(*row) for row in zip(*asked, strict=True)), strict=True)
            for name, words in zip(RESULTS, outcomes, strict=True):
                told[name] = self._replaced(name, told[name], known, [w or None for w in words])
        columns = [told[name] for name in RESULTS]
        return pyarrow.StructArray.from_arrays(columns, names=list(RESULTS))

    def _replaced(self, name: str, column: Any, known: Any, words: list[str | None]) -> Any:
        """A column with these words where nothing is known."""
        mask = pyarrow.array(~known)
        if name not in self.words:
            values = pyarrow.array(words, pyarrow.string())
            return pyarrow.compute.replace_with_mask(column, mask, values)
        values = _coded(words, self.words[name])
        codes = pyarrow.compute.replace_with_mask(column.indices, mask, values.indices)
        return pyarrow.DictionaryArray.from_arrays(codes, values.dictionary)

    def _judged(self, place: str, when: str, until: str | None, flaw: str | None) -> Sequence[str]:
        if flaw:
            return [flaw if name == "error" else "" for name in RESULTS]
        return self._law(place, when, until)

    def _looked_up(
        self, place: Any, start: Any, stop: Any, clock: Any, well: Any
    ) -> tuple[Any, Any]:
        """The numbers of verdicts, and whether a stretch holds all of the time."""
        key = ((place * 2 + clock) << SECONDS) + start
        found = numpy.searchsorted(self._starts, key, side="right") - 1
        known = well & (place >= 0) & (found >= 0)
        held = numpy.maximum(found, 0)
        if len(self._starts):
            known &= self._starts[held] >> SECONDS == key >> SECONDS
            known &= stop <= self._stops[held]
        return numpy.where(known, self._verdicts[held], 0), known

    def _covered(self, said: Any, known: Any, start: Any, stop: Any) -> Any:
        """The same readings in UTC, where something is in force."""
        clocks, ahead = self._clocks[said], self._ahead[said]
        if not clocks.any():
            return pyarrow.nulls(len(said), pyarrow.string())
        rows = numpy.flatnonzero(known & (clocks == 1))
        sizes = numpy.zeros(len(said) + 1, dtype=numpy.int32)
        sizes[rows + 1] = times.SPAN
        letters = times.spans(start[rows] - ahead[rows], stop[rows] - ahead[rows])
        there = numpy.zeros(len(said), dtype=numpy.bool_)
        there[rows] = True
        found = pyarrow.StringArray.from_buffers(
            len(said),
            pyarrow.py_buffer(numpy.cumsum(sizes, dtype=numpy.int32)),
            pyarrow.py_buffer(letters),
            pyarrow.py_buffer(numpy.packbits(there, bitorder="little")),
        )
        several = known & (clocks > 1)
        if several.any():
            told = [
                _in_utc(self._crib.said[said[row]].ahead, int(start[row]), int(stop[row]))
                for row in numpy.flatnonzero(several)
            ]
            mask = pyarrow.array(several)
            found = pyarrow.compute.replace_with_mask(found, mask, pyarrow.array(told))
        return found

    def segments(self) -> Any:
        """A table of all stretches and of the places that are none, in texts and numbers.

        Those are left out that are told by several clocks: what they cover is no single span.
        """
        key, number = self._starts, self._verdicts[: len(self._starts)]
        place, said = key >> (SECONDS + 1), number & _NUMBER
        clock = (key >> SECONDS) & 1
        known = numpy.array([id != "" for id in self._crib.ids], dtype=bool)[place]
        rows = numpy.flatnonzero((known | (clock == 0)) & (self._clocks[said] < 2))
        place, said, number, clock = place[rows], said[rows], number[rows], clock[rows]
        one = pyarrow.array(self._clocks[said] != 1)
        kinds = pyarrow.array(["place", "stretch"])
        return pyarrow.table(
            {
                "kind": kinds.take(pyarrow.array(known[rows].astype(numpy.int64))),
                "place": pyarrow.array(self._crib.texts, pyarrow.string()).take(
                    pyarrow.array(place)
                ),
                "clock": pyarrow.array(clock),
                "starts": pyarrow.array((key & ((1 << SECONDS) - 1))[rows]),
                "stops": pyarrow.array(self._stops[rows]),
                "advisories": self._advisories.take(pyarrow.array(number >> WORDS)),
                "place_id": self._ids.take(pyarrow.array(place)),
                "ahead": pyarrow.compute.if_else(one, None, pyarrow.array(self._ahead[said])),
                **{
                    name: column.take(pyarrow.array(said)).dictionary_decode()
                    for name, column in self._said.items()
                },
            }
        )


def _numbers(places: Any) -> Any:
    return places.fill_null(-1).to_numpy(zero_copy_only=False).astype(numpy.int64)


def _times(whens: Any, untils: Any) -> tuple[Any, Any, Any, Any]:
    """The first second asked about and the one after the last, the clock, and whether all of
    them are known."""
    start, stop, clock = times.read(whens.combine_chunks())
    well = start >= 0
    if untils is not None:
        last, stop, other = times.read(untils.combine_chunks())
        # What ends before it starts has a fault of its own.
        well = well & (last >= 0) & (clock == other) & (start < stop)
    return start, stop, clock, well


def _coded(words: Sequence[str | None], every: Sequence[str]) -> Any:
    """Words by their numbers among all that there are."""
    numbers = {word: number for number, word in enumerate(every)}
    codes = [None if word is None else numbers[word] for word in words]
    return pyarrow.DictionaryArray.from_arrays(
        pyarrow.array(codes, pyarrow.int16()), pyarrow.array(every, pyarrow.string())
    )


def _in_utc(ahead: Sequence[int], start: int, stop: int) -> str:
    """The same readings of several clocks."""
    spans = merged(Span(_instant(start - a), _instant(stop - a)) for a in ahead)
    return " ".join(f"{utc_text(span.start)}/{utc_text(span.end)}" for span in spans)


def _instant(second: int) -> datetime:
    return EPOCH.replace(tzinfo=UTC) + timedelta(seconds=second)
