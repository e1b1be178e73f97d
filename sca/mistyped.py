"""A time that a person may have meant, offered as text to type and never acted on."""

import re
import warnings
from datetime import datetime

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def plausible_time(text: str) -> str | None:
    """The one date or date and time that dateutil's parser reads in a text, in ISO 8601.

    None where there is no such reading, or more than one: month and day may change places, parts
    may be missing, and zone names are read wrongly (`UTC+5` as five hours behind).
    """
    # Nobody writes the day before the month after a four-digit year.
    orders = (False,) if re.match(r"\s*[12]\d{3}", text) else (False, True)
    readings = {_read(text, day_first, year_first) for day_first in orders for year_first in orders}
    meant = readings.pop()
    return meant if not readings else None


def _read(text: str, day_first: bool, year_first: bool) -> str | None:
    from dateutil import parser

    defaults = (datetime(2001, 1, 1, 1), datetime(2012, 12, 12, 12))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            one, other = (
                parser.parse(text, default=d, dayfirst=day_first, yearfirst=year_first)
                for d in defaults
            )
        except (ValueError, OverflowError, Warning):
            return None
    if str(one.year) not in text:
        return None  # dateutil takes the century from the machine's own year
    if one.tzinfo or one.date() != other.date() or not 1970 <= one.year <= 2100:
        return None
    named = [day for day in re.findall(r"[a-z]{3}", text.casefold()) if day in _WEEKDAYS]
    if any(day != _WEEKDAYS[one.weekday()] for day in named):
        return None
    if (one.hour, other.hour) == (1, 12):
        return one.date().isoformat()
    return one.isoformat(timespec="seconds" if one.second else "minutes")
