"""Answers that have been given, kept for `express` with the stretch of time for which they hold."""

import contextlib
import marshal
import os
import time
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sca import index, zones
from sca.advisory import Segment
from sca.cli import express
from sca.evaluate import Answer, Verdict
from sca.inquiry import Inquiry
from sca.places import Kind
from sca.question import Part
from sca.report import document, text
from sca.ruleset import config_paths, paths_of
from sca.spans import Span
from sca.stamps import Stamps, racy
from sca.watches import NO_TIME, Watch

if TYPE_CHECKING:
    from sca.cli.express import Entry, Kept, Near

_KEPT = 64
"""Answers about one place that are kept; one serves all times between two changes."""
_FILES = 512
"""Places of which answers are kept."""
_REACH = timedelta(days=400)
"""How far around a question its answer is looked at."""
_APART = timedelta(days=2)
"""How far from where a clock changes a time must be to have one reading and no other."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an answer from the usual rules rests on, as it was before these were read."""

    given: tuple[str, ...]
    stamps: Stamps
    seen: int
    """When, in nanoseconds since 1970."""


def ground() -> Ground | None:
    """What an answer will rest on; None where something has no stamp."""
    given, seen = paths_of(), time.time_ns()
    stamps = index.sources(given)
    return None if stamps is None else Ground(given, stamps, seen)


def keep(
    place: str,
    when: str,
    inquiry: Inquiry,
    verdict: Verdict,
    told: document.Document,
    ground: Ground,
) -> None:
    """Keep an answer that was given in full, if it is one that `express` may give again.

    `place` and `when` are as typed. What cannot be kept, or not be written, is let go.
    """
    path, key = express.home(place), express.key(place, express.language_asked())
    made = None if path is None else entry(inquiry, verdict, told, when)
    if path is None or made is None:
        return
    id = _grounded(ground)
    if id is None:
        return
    kept: Kept | None = express.read(path)
    same = kept is not None and kept["key"] == key and kept["ground"] == id
    others = kept["entries"] if kept is not None and same else []
    _write(path, {"key": key, "ground": id, "entries": [made, *others][:_KEPT]})
    with contextlib.suppress(OSError):
        oldest = sorted(index.answers(), key=lambda path: os.stat(path).st_mtime_ns)
        for old in oldest[:-_FILES]:
            Path(old).unlink(missing_ok=True)


def _grounded(ground: Ground) -> bytes | None:
    """The name under which what an answer rests on is kept; None where it cannot be."""
    path, around = express.ground_home(), express.around()
    absent = [path for path in config_paths() if path not in ground.given]
    kept: express.Ground | None = express.read(path)
    if kept is not None and kept["key"] == around:
        same = kept["absent"] == absent and kept["stamps"] == ground.stamps
        # Judged by when it was kept: what is given now was proven no later than that.
        if same and not racy(kept["stamps"], kept["written"]):
            return kept["id"]
    body: express.Ground = {
        "id": os.urandom(16),
        "key": around,
        "trees": index.trees(ground.given),
        "singles": index.singles(),
        "absent": absent,
        "stamps": ground.stamps,
        "written": ground.seen,
    }
    return body["id"] if _write(path, body) else None


def entry(inquiry: Inquiry, verdict: Verdict, told: document.Document, when: str) -> "Entry | None":
    """The answer with holes for the times asked about; None where more depends on these."""
    parts = inquiry.question.parts
    if len(parts) != 1 or not _lasting(inquiry, verdict):
        return None
    part = parts[0]
    offset = zones.local(part.span.start, str(part.zone)).utcoffset() or timedelta(0)
    stretch, asked = _stretch(inquiry, verdict, part), _asked(verdict, part, inquiry.now)
    if stretch is None or asked is None or offset % timedelta(minutes=1):
        return None
    made: Entry = {
        "stretch": _seconds(stretch),
        "asked": _seconds(asked),
        "offset": int(offset.total_seconds()),
        "clock": told["when"]["local_start"][-6:],
        "zone": str(part.zone),
        "exit": int(document.exit_of(verdict)),
        "short": text.short(told),
        "text": _text(told),
        "json": _json(told),
        "near": [_near(near) for near in told["near"]],
    }
    # What would come out for this very question is held against what did.
    span = _seconds(part.span)
    whole = {"text": text.verdict(told), "json": document.dumped(told)}
    same = all(express.told(made, form, when, span) == whole[form] for form in whole)
    return made if same else None


def _lasting(inquiry: Inquiry, verdict: Verdict) -> bool:
    """Whether an answer rests on bounds alone, all of which are looked at here."""
    place = inquiry.question.place
    if place.kind is not Kind.CITY or place.otherwise or inquiry.question.accepted:
        return False
    if verdict.answer not in {Answer.IN_FORCE, Answer.CLEAR} or verdict.watching.holes:
        return False
    # A review that is yet to come vouches up to the present, which moves on.
    if verdict.next_change == inquiry.now.replace(microsecond=0):
        return False
    # What bites at some hours or on some days only has bounds without end.
    items = [a.item for f in verdict.findings for a in (*f.measures, *f.advice)]
    return not any(item.limits.hours or item.limits.recurs for item in items)


def _stretch(inquiry: Inquiry, verdict: Verdict, part: Part) -> Span | None:
    """The times around a question in which nothing begins, ends or is told in other words."""
    even = _even(part)
    if even is None:
        return None
    bounds = sorted(
        {
            even.start,
            even.end,
            *_of_segments(inquiry, part),
            *_of_limits(verdict, part),
            *(bound for watch in verdict.watching.watches for bound in _of_watch(watch, part)),
        }
    )
    first = bounds[bisect_right(bounds, part.span.start) - 1]
    last = bounds[bisect_left(bounds, part.span.end)]
    return None if any(first < bound < last for bound in bounds) else Span(first, last)


def _of_segments(inquiry: Inquiry, part: Part) -> Iterator[datetime]:
    place = part.place
    for segment in inquiry.segments:
        if place.lies_in(segment.place) or place.may_lie_in(segment.place):
            yield from (segment.span.start, segment.span.end)
            yield from _of_words(segment, part)


def _of_words(segment: Segment, part: Part) -> Iterator[datetime]:
    """The midnights at which a level's words change."""
    for old in segment.level.before:
        last = datetime(old.until.year, old.until.month, old.until.day)
        yield zones.end(last + timedelta(days=1), str(part.zone))


def _of_limits(verdict: Verdict, part: Part) -> Iterator[datetime]:
    for finding in verdict.findings:
        for applied in (*finding.measures, *finding.advice):
            for moment in (applied.item.limits.onset, applied.item.limits.expires):
                if moment is not None:
                    for reason in finding.because:
                        zone = finding.advisory.clock(reason.segment.place, part.zone)
                        span = moment.reading(zone).span
                        yield from (span.start, span.end)


def _of_watch(watch: Watch, part: Part) -> Iterator[datetime]:
    for moment in (watch.since, watch.until):
        span = moment.reading(str(part.zone)).span
        yield from (span.start, span.end)


def _even(part: Part) -> Span | None:
    """The times around a question in which its clock goes evenly, and a little less."""
    zone = zones.zone(str(part.zone))
    offset = part.span.start.astimezone(zone).utcoffset()

    def reach(day: timedelta) -> timedelta:
        for number in range(1, _REACH.days + 1):
            if (part.span.start + number * day).astimezone(zone).utcoffset() != offset:
                return number * day - _APART * (1 if day > timedelta(0) else -1)
        return number * day

    first, last = (part.span.start + reach(timedelta(days=day)) for day in (-1, 1))
    return Span(first, last) if first <= part.span.start and part.span.end <= last else None


def _asked(verdict: Verdict, part: Part, now: datetime) -> Span | None:
    """The instants at which asking the same comes to the same: no review has aged meanwhile."""
    bounds = {now - _REACH, now + _REACH}
    for watch in verdict.watching.watches:
        review, age = watch.until.reading(str(part.zone)).span, watch.max_age or NO_TIME
        bounds |= {review.start, review.end, review.end + timedelta(days=age.days) + age.time}
    first = max(bound for bound in bounds if bound <= now)
    last = min(bound for bound in bounds if bound > now)
    return Span(first, last)


def _seconds(span: Span) -> tuple[int, int]:
    return int(span.start.timestamp()), int(span.end.timestamp())


def _text(told: document.Document) -> list[str]:
    """The text, cut where times of the question stand."""
    whole, (taken, asked) = text.verdict(told), text.heading(told)
    head, rest = f"{taken}\n", f"\n{whole[len(taken) + len(asked) + 2 :]}"
    pieces = [head, "\0when", rest]
    if told["near"] and told["level"] is None:
        nearest = text.nearby(told["near"][0], told["when"])
        before, _, after = rest.partition(f": {nearest}\n")
        pieces = [head, "\0when", f"{before}: ", "\0near", f"\n{after}"]
    return pieces


def _json(told: document.Document) -> list[str]:
    """The document, cut where times of the question stand."""
    holes = ("when", "covered", "near")
    rest = document.dumped({**told, **{name: f"\0{name}" for name in holes}})
    pieces = []
    for name in holes:
        before, _, rest = rest.partition(f'"\\u0000{name}"')
        pieces += [before, f"\0{name}"]
    return [*pieces, rest]


def _near(near: document.Document) -> "Near":
    """An advisory before or after, but for how far away it is."""
    away = text.nearby({**near, "seconds": 1}, {"start": None, "end": None})
    before, _, after = (
        document.dumped({**near, "seconds": "\0"}).rstrip("\n").partition('"\\u0000"')
    )
    start, end = _instant(near["start"]), _instant(near["end"]) if near["end"] else None
    return {
        "span": (start, end),
        "text": away.removesuffix("in 1 second"),
        "json": [part.replace("\n", "\n    ") for part in (before, after)],
    }


def _instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _write(path: str, body: "Kept | express.Ground") -> bool:
    """Put a file of answers in its place, or leave everything as it was."""
    whole = marshal.dumps((express.FORMAT, dict(body)))
    draft = index.new_draft()
    if draft is None:
        return False
    try:
        Path(draft).write_bytes(zlib.crc32(whole).to_bytes(4, "big") + whole)
        os.replace(draft, path)
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            Path(draft).unlink(missing_ok=True)
    return True
