"""The short way to an answer that has been given before, at the price of starting Python.

What `sca check PLACE [WHEN]` says stays the same, but for the times it is asked about, from one
change at that place to the next. So an answer that was given in full is kept with the stretch for
which it holds, and told again for any time in it, as long as no source has changed. All that is
not plain is left to the long way.

It imports next to nothing, and none of the rest of the package: whatever it imported, every
answer would wait for.
"""

import marshal
import os
import sys
import time
import zlib

from sca import stamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypedDict

    from sca.stamps import Stamps

    class Near(TypedDict):
        """An advisory before or after the times asked about."""

        span: tuple[int, int | None]
        """In seconds since 1970; until further notice is None."""
        text: str
        """A line of text, up to how far away it is."""
        json: list[str]
        """Its part of the document before and after that."""

    class Entry(TypedDict):
        """An answer, and the times for which it holds, in seconds since 1970."""

        stretch: tuple[int, int]
        """The times it may be asked about."""
        asked: tuple[int, int]
        """The times at which it may be asked."""
        offset: int
        """Of the place's clock from UTC, in seconds."""
        clock: str
        """The same as `+05:00`."""
        zone: str
        exit: int
        short: str
        text: list[str]
        """In pieces; those that begin with a NUL are holes."""
        json: list[str]
        near: list[Near]

    class Kept(TypedDict):
        """A file of answers about one place."""

        key: tuple[object, ...]
        ground: bytes
        entries: list[Entry]

    class Ground(TypedDict):
        """What all answers rest on, under a name of its own."""

        id: bytes
        key: tuple[object, ...]
        trees: list[str]
        """Files and folders that are looked through for what has come to be."""
        singles: list[str]
        absent: list[str]
        """What was not there and would have been read."""
        stamps: Stamps
        written: int
        """When, in nanoseconds since 1970."""


FORMAT = 2
"""Raised whenever what is kept means something else than before."""

FORMS = {"-q": "quiet", "--quiet": "quiet", "--json": "json", "--short": "short"}

_DAY = 86400
_LAST = 4070908800  # the end of 2098, before any bound that a clock's rules would be unsure of


def main() -> None:
    """Answer and leave where this way is open; do nothing where it is not."""
    drawn = sys.stdout is not None and sys.stdout.isatty()
    told = answer(sys.argv[1:], drawn)
    if told is None:
        return
    text, code = told
    # By the file descriptor: nothing is left behind in a buffer where writing fails.
    whole = text.encode("utf-8", "backslashreplace")
    try:
        while whole:
            whole = whole[os.write(1, whole) :]
    except OSError as error:
        code = _unwritten(error, code)
    # All has been written: to tidy up would take longer than what there was to do.
    os._exit(code)


def _unwritten(error: OSError, code: int) -> int:
    """The exit code where nobody reads, or where the answer could not be written."""
    if isinstance(error, BrokenPipeError):
        return code
    if sys.stderr is not None:
        told = f"sca: the answer could not be written to stdout: {error.strerror}\n"
        sys.stderr.write(told)
        sys.stderr.flush()
    return 3


def answer(arguments: list[str], drawn: bool = False) -> tuple[str, int] | None:
    """What is printed and the exit code; None where the long way must be taken.

    What is no other form is `drawn` as for a person at a terminal.
    """
    asked = plain(arguments)
    if asked is None or not _usual():
        return None
    place, when, form = asked
    path, language = home(place), language_asked()
    if path is None:
        return None
    kept: Kept | None = read(path)
    if kept is None or kept["key"] != key(place, language):
        return None
    ground: Ground | None = read(ground_home())
    if ground is None or ground["id"] != kept["ground"] or ground["key"] != around():
        return None
    if not fresh(ground):
        return None
    now = int(time.time())
    for entry in kept["entries"]:
        span = seconds(when, entry["offset"], now)
        if span is not None and holds(entry, span, now):
            if drawn and form == "text":
                return _drawn(told(entry, "json", when, span)), entry["exit"]
            return told(entry, form, when, span), entry["exit"]
    return None


def _drawn(document: str) -> str:
    """An answer as a person at a terminal is shown it."""
    # Imported here: whoever reads from a pipe does not wait for what draws.
    import json

    from sca.report import table

    return table.drawn(table.verdict(json.loads(document)), terminal=True)


def asked() -> tuple[str, str, str] | None:
    """Place, time and form of a plain question on the command line; None for any other."""
    return plain(sys.argv[1:])


def plain(arguments: list[str]) -> tuple[str, str, str] | None:
    """Place, time and form of `check PLACE [WHEN]` with no option but one of a form."""
    if not arguments or arguments[0] != "check":
        return None
    forms = [a for a in arguments[1:] if a in FORMS]
    words = [a for a in arguments[1:] if a not in FORMS]
    if len(forms) > 1 or len(words) not in {1, 2} or any(w.startswith("-") for w in words):
        return None
    form = FORMS[forms[0]] if forms else "text"
    return words[0], words[1] if len(words) == 2 else "now", form


def _usual() -> bool:
    """Whether nothing around the command line asks for anything but text in UTF-8."""
    if sys.platform != "linux" or any(name.startswith(("SCA_", "_SCA_")) for name in os.environ):
        return False
    stdout = sys.stdout
    encoding = (getattr(stdout, "encoding", None) or "").lower()
    return stdout is not None and "utf" in encoding


def language_asked() -> str:
    """The locale in which the long way would find a language; empty where there is none."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if locale := os.environ.get(name):
            return locale
    return ""


def folder() -> str | None:
    """The user's cache folder, as platformdirs finds it on Linux."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    base = named if named.strip() else os.path.expanduser("~/.cache")
    return os.path.join(base, "sca") if base.startswith("/") else None


def home(place: str) -> str | None:
    """The file of the answers about a place as it is typed; None where nothing can be kept."""
    base = folder()
    name = zlib.crc32(place.encode("utf-8", "surrogateescape"))
    return None if base is None else os.path.join(base, f"{name:08x}.answers")


def ground_home() -> str:
    """The file of what they rest on. Nothing is kept without a folder."""
    name = zlib.crc32(repr(around()).encode("utf-8", "surrogateescape"))
    return os.path.join(folder() or "", f"{name:08x}.ground")


def key(place: str, language: str) -> tuple[object, ...]:
    """What answers are told by, but for what they rest on and the time."""
    return (place.encode("utf-8", "surrogateescape"), language, around())


def around() -> tuple[object, ...]:
    """What decides where rules are read from."""
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS")
    return (sys.version, *(os.environ.get(name) for name in names))


def read(path: str) -> "Any":
    """What a file of answers, or of their ground, holds; None where it is not as we wrote it."""
    try:
        if os.stat(path).st_uid != os.geteuid():
            return None
        with open(path, "rb") as file:
            body = memoryview(file.read())
        if zlib.crc32(body[4:]).to_bytes(4, "big") != body[:4]:
            return None
        form, kept = marshal.loads(body[4:])
        return kept if form == FORMAT else None
    except (OSError, ValueError, EOFError, TypeError):
        return None


def fresh(ground: "Ground") -> bool:
    """Whether no source has changed since, and none has come to be."""
    try:
        found = []
        for root in ground["trees"]:
            found += stamps.of_tree(root)
        for path in ground["singles"]:
            found += stamps.of_file(path)
    except OSError:
        return False
    if found != ground["stamps"] or stamps.racy(found, ground["written"]):
        return False
    return not any(os.path.lexists(path) for path in ground["absent"])


def seconds(when: str, offset: int, now: int) -> tuple[int, int] | None:
    """The span of a day, a minute, a second or now on a clock; None for any other form."""
    if when == "now":
        return now, now + 1
    day, hour, length = when[:10], when[11:], len(when)
    if length not in {10, 16, 19} or (length > 10 and when[10] != "T"):
        return None
    parts = [day[:4], day[5:7], day[8:], *([hour[:2], hour[3:5]] if hour else [])]
    parts += [hour[6:]] if length == 19 else []
    marks = day[4] + day[7] + (hour[2] if hour else "") + (hour[5] if length == 19 else "")
    if marks != "--::"[: len(marks)] or not all(p.isascii() and p.isdigit() for p in parts):
        return None
    year, month, date, *rest = map(int, parts)
    clock = [*rest, 0, 0, 0][:3]
    if clock[0] > 23 or clock[1] > 59 or clock[2] > 59:
        return None
    start = _days(year, month, date) * _DAY + clock[0] * 3600 + clock[1] * 60 + clock[2]
    if not 0 <= start < _LAST or time.strftime("%Y-%m-%d", time.gmtime(start)) != day:
        return None
    start -= offset
    return start, start + {10: _DAY, 16: 60, 19: 1}[length]


def _days(year: int, month: int, date: int) -> int:
    """Days since 1970-01-01 in the Gregorian calendar, counted from March."""
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    leap = year // 4 - year // 100 + year // 400
    return year * 365 + leap + (153 * month + 2) // 5 + date - 719469


def holds(entry: "Entry", span: tuple[int, int], now: int) -> bool:
    """Whether an answer is that for a span, asked now."""
    first, last = entry["stretch"]
    since, until = entry["asked"]
    return first <= span[0] and span[1] <= last and since <= now < until


def told(entry: "Entry", form: str, when: str, span: tuple[int, int]) -> str:
    """An answer in one of its forms, the times that it is asked about put in."""
    if form == "quiet":
        return ""
    if form == "short":
        return entry["short"]
    order = sorted(((_far(near, span), near) for near in entry["near"]), key=_nearest)
    if form == "json":
        holes = _in_json(entry, when, span, order)
        return "".join(holes.get(piece, piece) for piece in entry["json"])
    holes = _in_text(entry, span, order)
    return "".join(holes.get(piece, piece) for piece in entry["text"])


def _far(near: "Near", span: tuple[int, int]) -> int:
    """How far an advisory is from a span; negative where it was over before."""
    start, end = near["span"]
    return end - span[0] if end is not None and end <= span[0] else start - span[1]


def _nearest(near: "tuple[int, Near]") -> tuple[int, int]:
    return abs(near[0]), near[0]


def _in_text(
    entry: "Entry", span: tuple[int, int], order: "list[tuple[int, Near]]"
) -> dict[str, str]:
    start, end = span
    offset, clock = entry["offset"], entry["clock"]
    if end - start <= 60:
        here = f"{_shown(start + offset)} ({clock})"
        told = f"{here} = {_shown(start)} UTC"
    else:
        last = end - (1 if end % 60 else 60)
        here = f"from {_shown(start + offset)} through {_shown(last + offset)} ({clock})"
        told = f"{here} = {_shown(start)} through {_shown(last)} UTC"
    holes = {"\0when": told}
    if order:
        far, near = order[0]
        away = f"{_length(far)} before" if far < 0 else f"in {_length(far)}"
        if far == 0:
            away = "right before" if near["span"][1] == start else "right after"
        holes["\0near"] = f"{near['text']}{away}"
    return holes


def _shown(instant: int) -> str:
    form = "%Y-%m-%d %H:%M:%S" if instant % 60 else "%Y-%m-%d %H:%M"
    return time.strftime(form, time.gmtime(instant))


def _length(seconds: int) -> str:
    left, parts = abs(seconds), []
    for unit, size in (("day", _DAY), ("hour", 3600), ("minute", 60), ("second", 1)):
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number:,} {unit}{'' if number == 1 else 's'}")
    return " ".join(parts[:2])


def _in_json(
    entry: "Entry", when: str, span: tuple[int, int], order: "list[tuple[int, Near]]"
) -> dict[str, str]:
    start, end = (time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) for at in span)
    local = [time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at + entry["offset"])) for at in span]
    asked = (
        f'{{\n    "asked": "{when}",\n    "start": "{start}Z",\n    "end": "{end}Z",\n'
        f'    "timezone": "{entry["zone"]}",\n    "local_start": "{local[0]}{entry["clock"]}",\n'
        f'    "local_end": "{local[1]}{entry["clock"]}",\n    "twice": false\n  }}'
    )
    covered = f'[\n    {{\n      "start": "{start}Z",\n      "end": "{end}Z"\n    }}\n  ]'
    nears = ",\n    ".join(f"{n['json'][0]}{far}{n['json'][1]}" for far, n in order)
    return {
        "\0when": asked,
        "\0covered": covered if entry["exit"] == 1 else "[]",
        "\0near": f"[\n    {nears}\n  ]" if order else "[]",
    }
