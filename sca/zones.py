"""Wall clocks of the world: the only module that imports pytz.

There is one time-zone database, the one that pytz carries. Its files are opened by path and read
by `zoneinfo`: plain `zoneinfo` takes the system's database first, however old, pytz's own
`open_resource` follows PYTZ_TZDATADIR, and pytz's classes guess in gaps and folds and know no
summer time after 2037.
"""

import os
import re
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import pytz

from sca.errors import OldZoneData, UnknownZone, did_you_mean

_FOLDER = os.path.join(os.path.dirname(pytz.__file__), "zoneinfo")
_KEY = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", re.ASCII)
_SECOND = timedelta(seconds=1)
_STRIDE = timedelta(days=3)
"""Less than lies between any two changes of a clock since 1970."""


def version() -> str:
    """The release of the time-zone database, such as `2024a`."""
    return str(pytz.OLSON_VERSION)  # type: ignore[attr-defined]  # the stubs lack it


def files() -> list[str]:
    """All that it consists of."""
    with os.scandir(_FOLDER) as found:
        regions = [entry for entry in found if entry.is_dir()]
    return [pytz.__file__, os.path.join(_FOLDER, "tzdata.zi"), *sorted(e.path for e in regions)]


def keys() -> set[str]:
    """Every zone there is, by its IANA key."""
    with open(os.path.join(_FOLDER, "tzdata.zi"), encoding="ascii") as file:
        lines = [line.split() for line in file]
    zones = {words[1] for words in lines if words and words[0] == "Z"}
    return zones | {words[2] for words in lines if words and words[0] == "L"}


@cache
def zone(key: str) -> ZoneInfo:
    """The clock of an IANA zone. Raises UnknownZone; OldZoneData where the database is too old."""
    clock = _open(key)
    if clock is None:
        raise UnknownZone(f"no such time zone: {key!r}{did_you_mean(key, keys())}")
    if key != "Asia/Almaty":
        zone("Asia/Almaty")
    else:
        _prove_recent(clock)
    return clock


def unknown(key: str) -> str | None:
    """What is wrong with a text that is no zone; None where it is one."""
    try:
        zone(key)
    except UnknownZone as error:
        return str(error)
    return None


def local(instant: datetime, key: str) -> datetime:
    """What the clock of a zone shows at this instant."""
    return instant.astimezone(zone(key))


@lru_cache(maxsize=4096)
def stretch(first: datetime, limit: datetime, key: str) -> tuple[datetime, datetime, bool] | None:
    """From the first to the last instant at which the clock reads in [first, limit), in UTC.

    The third value is whether the clock left that reading and came back to it. None where the
    clock never reads so. Both arguments are naive and to the second.
    """
    clock = zone(key)
    last = limit - _SECOND
    starts, ends = _instants(first, clock), _instants(last, clock)
    if not starts and not ends and _turn(first, clock) == _turn(last, clock):
        return None
    start = starts[0] if starts else _turn(first, clock)
    end = ends[-1] + _SECOND if ends else _turn(last, clock)
    seams = [s - _SECOND for s in starts[1:]] + [e + _SECOND for e in ends[:-1]]
    return start, end, any(not first <= _shown(seam, clock) < limit for seam in seams)


def end(limit: datetime, key: str) -> datetime:
    """The last instant up to which the clock has not reached `limit` (naive), in UTC."""
    clock = zone(key)
    last = _instants(limit - _SECOND, clock)
    return last[-1] + _SECOND if last else _turn(limit - _SECOND, clock)


@lru_cache(maxsize=1024)
def offsets(start: datetime, end: datetime, key: str) -> tuple[tuple[datetime, timedelta], ...]:
    """How far the clock of a zone is ahead of UTC from `start` (aware) on, and from each later
    instant before `end` at which that becomes another.
    """
    clock = zone(key)
    found = [(start, _offset(start, clock))]
    while start < end:
        later = min(start + _STRIDE, end)
        if _offset(later, clock) != found[-1][1]:
            turn = _change(start, later, clock)
            found.append((turn, _offset(turn, clock)))
        start = later
    return tuple(found)


def jump(skipped: datetime, key: str) -> tuple[datetime, datetime]:
    """The readings between which the clock went past `skipped`."""
    clock = zone(key)
    turn = _turn(skipped, clock)
    return _shown(turn - _SECOND, clock) + _SECOND, _shown(turn, clock)


def _open(key: str) -> ZoneInfo | None:
    if not _KEY.fullmatch(key):
        return None
    try:
        with open(os.path.join(_FOLDER, *key.split("/")), "rb") as file:
            return ZoneInfo.from_file(file, key=key)
    except (OSError, ValueError):
        return None


def _prove_recent(almaty: ZoneInfo) -> None:
    """Kazakhstan went to UTC+05 on 1 March 2024; data that does not know it is too old."""
    offset = datetime(2024, 7, 3, tzinfo=almaty).utcoffset()
    if offset != timedelta(hours=5):
        raise OldZoneData(
            f"the time-zone data ({version()}) is too old: it has Almaty at another offset than "
            "+05:00 in July 2024; run pip install --upgrade pytz"
        )


def _instants(wall: datetime, clock: ZoneInfo) -> list[datetime]:
    """When the clock shows `wall`: once, twice where it went back, never where it skipped it."""
    guesses = {wall.replace(tzinfo=clock, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(guess for guess in guesses if _shown(guess, clock) == wall)


def _shown(instant: datetime, clock: ZoneInfo) -> datetime:
    return instant.astimezone(clock).replace(tzinfo=None)


def _turn(skipped: datetime, clock: ZoneInfo) -> datetime:
    """The instant at which the clock jumped over `skipped`."""
    # PEP 495: in a gap fold=1 counts with the offset after it, and so lands before the jump.
    low = skipped.replace(tzinfo=clock, fold=1).astimezone(UTC)
    high = skipped.replace(tzinfo=clock, fold=0).astimezone(UTC)
    return _change(low, high, clock)


def _change(low: datetime, high: datetime, clock: ZoneInfo) -> datetime:
    """The first instant after `low`, up to `high`, at which the clock goes otherwise than then."""
    before = _offset(low, clock)
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if _offset(middle, clock) == before:
            low = middle
        else:
            high = middle
    return high


def _offset(instant: datetime, clock: ZoneInfo) -> timedelta:
    return instant.astimezone(clock).utcoffset() or timedelta(0)
