"""Instants and lengths of time of the document, as a person says them."""

from datetime import datetime, timedelta
from typing import Any

from sca import zones

DOUBTS = {
    "hour": "the hour of a change is not known; the graver of before and after is told that day",
    "known": "whether this was known by then is not certain",
    "place": "whether the place lies where this holds is not certain",
}
"""Why what is told may not hold."""

_MINUTE, _SECOND = timedelta(minutes=1), timedelta(seconds=1)


def instant(text: str, zone: str | None) -> str:
    """`2024-07-02 00:01 (+05:00)`, or `2024-07-01 19:01 UTC` where there is no one clock."""
    return f"{_shown(_local(text, zone))} {_offset(text, zone)}"


def window(start: str, end: str | None, zone: str | None) -> str:
    """`from 2024-07-02 00:01 through 2024-07-04 23:59 (+05:00)`.

    The end is told by the last minute (or second) that is still inside, as notices do.
    """
    first, since = _shown(_local(start, zone)), _offset(start, zone)
    if end is None:
        return f"from {first} {since} until further notice"
    through = _last(end, start)
    last = _offset(through, zone)
    between = "" if since == last else f" {since}"
    return f"from {first}{between} through {_shown(_local(through, zone))} {last}"


def through(end: str | None, zone: str | None) -> str:
    """`until 2024-07-04 23:59 (+05:00)`, the last minute that is still inside."""
    if end is None:
        return "until further notice"
    return f"until {_shown(_local(_last(end), zone))} {_offset(_last(end), zone)}"


def day(end: str, zone: str | None) -> str:
    """`2024-07-04`, the day of the last instant that is still inside."""
    return f"{_local(_last(end), zone):%Y-%m-%d}"


def asked(when: dict[str, Any]) -> str:
    """The span of a question on the clock of its place and in UTC."""
    start, end, zone = when["start"], when["end"], when["timezone"]
    if datetime.fromisoformat(end) - datetime.fromisoformat(start) <= _MINUTE:
        told = instant(start, zone)
        told += "" if zone is None else f" = {instant(start, None)}"
    else:
        told = window(start, end, zone)
        told += "" if zone is None else f" = {window(start, end, None).removeprefix('from ')}"
    return told


def length(seconds: int) -> str:
    """`3 hours 1 minute`: the two largest units that say something."""
    left, parts = abs(seconds), []
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number:,} {unit}{'' if number == 1 else 's'}")
    return " ".join(parts[:2]) or "no time"


def count(number: int, noun: str, many: str | None = None) -> str:
    """`1 advisory`, `2 advisories`."""
    return f"{number} {noun if number == 1 else many or noun + 's'}"


def accepted(acceptance: dict[str, Any], counts: bool) -> str:
    """By whom, where, until when and why; and that it counts beyond that, if so."""
    where = ", ".join(place["name"] for place in acceptance["places"])
    told = f"accepted up to {acceptance['level']} in {where} by {acceptance['by']}"
    beyond = "; beyond that it counts" if counts else ""
    return f"{told} through {acceptance['until']}: {acceptance['reason']}{beyond}"


def _last(end: str, start: str | None = None) -> str:
    """The last minute before an end, or second: of a span that has no whole minute, too."""
    ends = datetime.fromisoformat(end)
    short = start is not None and ends - datetime.fromisoformat(start) < _MINUTE
    unit = _SECOND if ends.second or short else _MINUTE
    return (ends - unit).strftime("%Y-%m-%dT%H:%M:%SZ")


def _local(text: str, zone: str | None) -> datetime:
    return zones.local(datetime.fromisoformat(text), zone) if zone else datetime.fromisoformat(text)


def _shown(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}" if instant.second else f"{instant:%Y-%m-%d %H:%M}"


def _offset(text: str, zone: str | None) -> str:
    if zone is None:
        return "UTC"
    offset = _local(text, zone).strftime("%z")
    return f"({offset[:3]}:{offset[3:5]})"
