"""What is known of a table's places, as a table of its own."""

from array import array
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy
import pyarrow

from sca.evaluate import Answer
from sca.screening.crib import EPOCH, Crib
from sca.screening.judging import ROW_ERRORS
from sca.screening.lines import BAD_ROW
from sca.spans import Span, merged, utc_text


def words(levels: Sequence[str]) -> dict[str, list[str]]:
    """Every word that an answer, a level and an error may be."""
    answers = [answer.value for answer in Answer]
    errors = [BAD_ROW, *(error.code for error in ROW_ERRORS)]
    errors += [answer.replace(" ", "-") for answer in answers]
    return {"answer": answers, "level": [*dict.fromkeys(levels)] or [""], "error": errors}


def stretches(crib: Crib) -> Any:
    """A table of Arrow of all stretches; their numbers follow each other at a place by a clock."""
    texts = {
        name: [getattr(one.outcome, name) or None for one in crib.said]
        for name in ("answer", "level", "error", "advisories", "place_id")
    }
    ahead = [one.ahead[0] if len(one.ahead) == 1 else None for one in crib.said]
    sayings = _column(crib.sayings)
    return pyarrow.table(
        {
            "number": pyarrow.array(numpy.arange(len(crib.starts))),
            "place": pyarrow.array(crib.texts, pyarrow.string()).take(_column(crib.places)),
            "clock": _column(crib.clocks),
            "starts": _column(crib.starts),
            "stops": _column(crib.stops),
            "ahead": pyarrow.array(ahead, pyarrow.int64()).take(sayings),
            "several": pyarrow.array(
                [len(one.ahead) > 1 for one in crib.said], pyarrow.bool_()
            ).take(sayings),
            **{
                name: pyarrow.array(every, pyarrow.string()).take(sayings)
                for name, every in texts.items()
            },
        }
    )


def covering(crib: Crib) -> Callable[[int, int, int], str]:
    """What tells of a stretch, by its number, what of it is covered where clocks differ."""
    said, sayings = crib.said, crib.sayings

    def covered(number: int, start: int, stop: int) -> str:
        ahead = said[sayings[number]].ahead
        spans = merged(Span(_instant(start - a), _instant(stop - a)) for a in ahead)
        return " ".join(f"{utc_text(span.start)}/{utc_text(span.end)}" for span in spans)

    return covered


def _column(numbers: "array[int]") -> Any:
    return pyarrow.array(numpy.frombuffer(numbers, dtype=numpy.int64))


def _instant(second: int) -> datetime:
    return EPOCH.replace(tzinfo=UTC) + timedelta(seconds=second)
