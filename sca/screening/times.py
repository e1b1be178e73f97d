"""Times as a table has them, read by columns: the regular forms, which are nearly all there are.

Every other form, right or wrong, is left to the law, as is what no clock shows.
"""

from datetime import datetime, timedelta
from typing import Any

import numpy

from sca.screening.crib import EPOCH

_DAY, _MINUTE = 86_400, 60
_FORMS = (
    ("9999-99-99", _DAY),
    ("9999-99-99T99:99", _MINUTE),
    ("9999-99-99T99:99Z", _MINUTE),
    ("9999-99-99T99:99+99:99", _MINUTE),
    ("9999-99-99T99:99:99", 1),
    ("9999-99-99T99:99:99Z", 1),
    ("9999-99-99T99:99:99+99:99", 1),
)
"""Each has a length of its own; T may be a blank, and + may be -."""

_FIRST, _LAST = datetime(1970, 1, 1), datetime(2100, 12, 31)
_MONTH, _YEAR = 31, 12 * 31


def _calendar() -> Any:
    """The days from EPOCH to a date, where each month has 31; negative where there is none."""
    found = numpy.full((_LAST.year - _FIRST.year + 1) * _YEAR, -1)
    day = _FIRST
    while day <= _LAST:
        place = (day.year - _FIRST.year) * _YEAR + (day.month - 1) * _MONTH + day.day - 1
        found[place] = (day - EPOCH).days
        day += timedelta(days=1)
    return found


_CALENDAR = _calendar()


class _Form:
    """A form of time, for thousands of texts at once."""

    def __init__(self, form: str, unit: int) -> None:
        self.unit = unit
        self.offset = len(form) > 19 or form.endswith("Z")
        self._signed = "+" in form
        told = numpy.frombuffer(form.encode(), dtype=numpy.uint8)
        digits = told == ord("9")
        self._least = numpy.where(digits, ord("0"), told).astype(numpy.uint8)[:, None]
        room = numpy.where(digits, 9, 0)
        room[(told == ord("T")) | (told == ord("+"))] = 255
        self._room = room.astype(numpy.uint8)[:, None]

    def starts(self, letters: Any) -> Any:
        """The first second of each; -1 where it is none of this form."""
        # Column by column: what is done to single bytes is done to many of them at once.
        columns = numpy.ascontiguousarray(letters.T)
        digits = columns - self._least
        well = (digits <= self._room).all(axis=0)

        def pair(place: int) -> Any:
            return digits[place] * numpy.uint8(10) + digits[place + 1]

        month, day = pair(5), pair(8)
        well &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
        index = pair(0).astype(numpy.int64) * 100 + pair(2) - _FIRST.year
        index = index * _YEAR + month * numpy.int64(_MONTH) + day - (_MONTH + 1)
        well &= (index >= 0) & (index < len(_CALENDAR))
        days = _CALENDAR.take(index, mode="clip")
        well &= days >= 0
        found = days * _DAY
        if len(columns) > 10:
            hour, minute = pair(11), pair(14)
            well &= (columns[10] == ord("T")) | (columns[10] == ord(" "))
            well &= (hour < 24) & (minute < 60)
            found += hour * numpy.int64(3600) + minute * numpy.int64(60)
        if len(columns) > 10 and self.unit == 1:
            second = pair(17)
            well &= second < 60
            found += second
        if self._signed:
            sign, hours, minutes = columns[-6], pair(len(columns) - 5), pair(len(columns) - 2)
            ahead = hours * numpy.int64(3600) + minutes * numpy.int64(60)
            well &= ((sign == ord("+")) | (sign == ord("-"))) & (minutes < 60) & (ahead <= 50_400)
            found -= numpy.where(sign == ord("-"), -ahead, ahead)
        return numpy.where(well, found, -1)


_BY_SIZE = {len(form): _Form(form, unit) for form, unit in _FORMS}


def read(texts: Any) -> tuple[Any, Any, Any]:
    """Of a column of Arrow: the first second of each, the second after its last, and whether it
    has an offset; the first is -1 where the form is not regular.

    Seconds are counted from EPOCH, by the clock of a place or in UTC.
    """
    _, offsets, letters = texts.buffers()
    bounds = numpy.frombuffer(offsets, dtype=numpy.int32)
    bounds = bounds[texts.offset : texts.offset + len(texts) + 1]
    data = numpy.frombuffer(letters or b"", dtype=numpy.uint8)
    sizes = numpy.diff(bounds)
    start = numpy.full(len(texts), -1)
    stop = numpy.zeros(len(texts), dtype=numpy.int64)
    offset = numpy.zeros(len(texts), dtype=numpy.bool_)
    alike = len(sizes) > 0 and bool((sizes == sizes[0]).all())
    for size in sizes[:1] if alike else numpy.unique(sizes):
        form = _BY_SIZE.get(int(size))
        if form is None:
            continue
        if alike:
            rows: Any = slice(None)
            block = data[bounds[0] : bounds[-1]].reshape(-1, size)
        else:
            rows = numpy.flatnonzero(sizes == size)
            block = data[bounds[rows][:, None] + numpy.arange(size)]
        start[rows] = form.starts(block)
        stop[rows] = start[rows] + form.unit
        offset[rows] = form.offset
    return start, stop, offset


SPAN = len("2024-07-01T19:01:00Z/2024-07-04T19:00:00Z")

_TEXTS = {
    "day": [str((EPOCH + timedelta(days=n)).date()) for n in range((_LAST - EPOCH).days + 3)],
    "minute": [f"T{n // 60:02}:{n % 60:02}" for n in range(24 * 60)],
    "second": [f":{n:02}Z" for n in range(60)],
}


def _letters(texts: list[str]) -> Any:
    return numpy.frombuffer("".join(texts).encode(), dtype=numpy.uint8).reshape(len(texts), -1)


_DAYS, _MINUTES, _SECONDS = map(_letters, _TEXTS.values())


def spans(starts: Any, stops: Any) -> Any:
    """The letters of spans of UTC, each of SPAN of them: `start/end`."""
    found = numpy.full((len(starts), SPAN), ord("/"), dtype=numpy.uint8)
    for seconds, first in ((starts, 0), (stops, SPAN // 2 + 1)):
        day, rest = numpy.divmod(seconds, _DAY)
        minute, second = numpy.divmod(rest, _MINUTE)
        found[:, first : first + 10] = _DAYS[day]
        found[:, first + 10 : first + 16] = _MINUTES[minute]
        found[:, first + 16 : first + 20] = _SECONDS[second]
    return found
