"""Where things stand on a scale of time: columns, dates, lanes and letters. Pure; draws nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sca import zones
from sca.errors import SkippedTime
from sca.report import phrases
from sca.spans import FOREVER, Moment

Part = dict[str, Any]
Levels = dict[tuple[str, str], Part]
"""The levels of a timeline by scheme and id."""

_HOUR, _MINUTE, _DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
_SEVERITIES = ("Unknown", "Minor", "Moderate", "Severe", "Extreme")

DOUBTS = {
    "hour": "the hour of the change is not known, and the graver of before and after is drawn",
    "known": "whether this was known by then is not certain",
    "place": "whether the place lies where it holds is not certain",
}
"""Why a bar may not hold."""
_MOST_PLACES = 8
_BRIEFLY = {
    "hour": "hour not known",
    "known": "perhaps not known by then",
    "place": "perhaps not there",
}


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of time laid out over columns: letters of a line, or units of a drawing."""

    start: datetime
    end: datetime
    zone: str | None
    columns: int

    def cells(self, start: str, end: str | None) -> range:
        """The columns that a span has any part in; none where it is outside."""
        first, after = self._offset(_parsed(start)), self._offset(_parsed(end))
        whole = self._offset(self.end)
        if after <= 0 or first >= whole:
            return range(0)
        # Rounded outwards in whole seconds: what holds in any part of a column is seen in it.
        last = -(-min(after, whole) * self.columns // whole)
        return range(max(first, 0) * self.columns // whole, last)

    def place(self, instant: str | None) -> float:
        """How far along the columns an instant is, no farther than their ends."""
        share = self._offset(_parsed(instant)) / self._offset(self.end)
        return min(max(share, 0.0), 1.0) * self.columns

    @property
    def column(self) -> timedelta:
        """How much time is one column."""
        return (self.end - self.start) / self.columns

    def _offset(self, instant: datetime) -> int:
        return int((instant - self.start).total_seconds())


def axis(document: Part, columns: int) -> Axis:
    """The scale of a timeline over so many columns."""
    scale = document["scale"]
    return Axis(_parsed(scale["start"]), _parsed(scale["end"]), scale["timezone"], columns)


@dataclass(frozen=True, slots=True)
class Tick:
    """A date on a scale; the label is empty where there is no room for one."""

    column: float
    label: str


def ticks(axis: Axis, length: Callable[[str], float], gap: float) -> list[Tick]:
    """The finest dates whose labels have room, each right of its column; `length` measures them."""
    for step in _STEPS:
        told = _dates(axis, step)
        ends = [tick.column + length(tick.label) + gap for tick in told]
        if told and all(end <= tick.column for end, tick in zip(ends, told[1:], strict=False)):
            last = told[-1]
            if last.column + length(last.label) > axis.columns:
                told[-1] = Tick(last.column, "")
            return told
    return []


@dataclass(frozen=True, slots=True)
class Cell:
    """What one column of a lane shows: a level and its letter, or a mark in the letter's place."""

    mark: str
    level: Part
    counts: bool


def lanes(row: Part, levels: Levels) -> list[list[Part]]:
    """The bars of a row line by line, the line with the gravest of them first.

    Those of an advisory's own row go on one line. At a place each scheme has a line of its own,
    and further ones where several of its advisories hold at the same time.
    """
    if row["kind"] == "advisory":
        return [row["bars"]]
    by_advisory: dict[tuple[str, str], list[Part]] = {}
    for bar in row["bars"]:
        by_advisory.setdefault((bar["scheme"], bar["advisory"]), []).append(bar)
    by_scheme: dict[str, list[list[Part]]] = {}
    for (scheme, _), bars in by_advisory.items():
        lines = by_scheme.setdefault(scheme, [])
        line = next((line for line in lines if not _collide(line, bars)), None)
        if line is None:
            lines.append([*bars])
        else:
            line += bars
    every = [line for lines in by_scheme.values() for line in lines]
    order = {id(bar): place for place, bar in enumerate(by_gravity(row["bars"], levels))}
    return sorted(every, key=lambda line: -max(order[id(bar)] for bar in line)) or [[]]


def by_key(document: Part) -> Levels:
    """The levels of a document by scheme and id."""
    return {(level["scheme"], level["id"]): level for level in document["levels"]}


def cells(bars: Sequence[Part], axis: Axis, levels: Levels) -> list[Cell | None]:
    """What each column shows: the gravest level that holds in some part of it, if any does.

    A letter stands for a level; in doubt it alternates with a question mark, and with a dash
    where the level does not count. An unknown hour is no doubt where a column is longer than it.
    """
    shown: list[Part | None] = [None] * axis.columns
    told_bars = [_seen(bar, axis) for bar in bars]
    for bar in by_gravity(told_bars, levels):
        for column in axis.cells(bar["start"], bar["end"]):
            shown[column] = bar
    told: list[Cell | None] = []
    run = 0
    for column, seen in enumerate(shown):
        run = run + 1 if column and _look(seen) == _look(shown[column - 1]) else 0
        told.append(_cell(seen, run, levels) if seen else None)
    return told


def edges(bars: Iterable[Part], axis: Axis) -> tuple[str, str]:
    """What stands left and right of a line of bars: where one goes on, and where it is open."""
    inside = [bar for bar in bars if axis.cells(bar["start"], bar["end"])]
    left = "+" if any(_parsed(bar["start"]) < axis.start for bar in inside) else " "
    if any(bar["end"] is None for bar in inside):
        return left, ">"
    return left, "+" if any(_parsed(bar["end"]) > axis.end for bar in inside) else " "


def by_gravity(bars: Iterable[Part], levels: Levels) -> list[Part]:
    """The gravest last, and of the same level what is certain; so the last one drawn is told."""

    def gravity(bar: Part) -> tuple[object, ...]:
        level = levels[bar["scheme"], bar["level"]]
        severity = _SEVERITIES.index(level["severity"])
        return (bar["counts"], severity, level["rank"], bar["scheme"], bar["doubt"] is None)

    return sorted(bars, key=gravity)


def names(rows: Sequence[Part]) -> list[str]:
    """What each row is called, so that no two are called the same."""
    plain = [f"rest of {row['name']}" if row["rest"] else str(row["name"]) for row in rows]
    return [
        f"{name} ({row['id']})" if plain.count(name) > 1 else name
        for name, row in zip(plain, rows, strict=True)
    ]


def title(document: Part) -> str:
    """What the picture is of, in few words."""
    if document["places"]:
        return ", ".join(place["name"] for place in document["places"])
    kind = document["asked"]["by"]
    plural = {"advisory": "advisories", "place": "places"}[kind]
    return phrases.count(len(document["rows"]), kind, plural)


def heading(document: Part) -> list[str]:
    """The places that were taken, the time that is shown, and the moment that is marked."""
    lines = [_taken(place) for place in document["places"]]
    scale, marked, asked = document["scale"], document["marked"], document["asked"]
    lines.append(phrases.window(scale["start"], scale["end"], scale["timezone"]))
    if asked["as_of"]:
        lines[-1] += f"; as it was known at {asked['as_of']}"
    if asked["at_least"]:
        lines[-1] += f"; {asked['at_least']} and graver only"
    if asked["schemes"]:
        lines[-1] += f"; {', '.join(asked['schemes'])} only"
    told = _moment(marked)
    if marked["twice"]:
        told += "; a clock showed that time twice"
    beside = _beside(document)
    lines.append(f"marked: {asked['at']}, {told}{f'; {beside} what is shown' if beside else ''}")
    return lines


def details(bar: Part, row: Part, document: Part) -> list[str]:
    """All that is known of a bar, a few lines of words."""
    level = by_key(document)[bar["scheme"], bar["level"]]
    window = phrases.window(bar["start"], bar["end"], row["timezone"])
    names = [place["name"] for place in bar["places"]]
    where = ", ".join(names[:_MOST_PLACES]) + (", …" if len(names) > _MOST_PLACES else "")
    return [
        f"{spoken(level)} {window}",
        f"declared for {where}",
        f"{_declared(bar, document)['title']} ({bar['advisory']}), bulletin {bar['bulletin']}",
        *notes(bar, document),
    ]


def notes(bar: Part, document: Part) -> list[str]:
    """What makes a bar less than it looks like."""
    level = by_key(document)[bar["scheme"], bar["level"]]
    advisory = _declared(bar, document)
    told = [_BRIEFLY[bar["doubt"]]] if bar["doubt"] else []
    if advisory["status"] == "Exercise":
        told.append("a drill")
    elif not bar["counts"] and level["baseline"]:
        told.append("an ordinary state")
    if advisory["settings"]:
        told.append(f"only in {', '.join(advisory['settings'])}")
    if advisory["confidence"] == "reported":
        told.append("known from reports only")
    return told


def spoken(level: Part) -> str:
    """A level by its id, and by its official name where that is another word."""
    id, name = str(level["id"]), str(level["name"])
    return id if name.casefold() == id.replace("-", " ").casefold() else f"{id} ({name})"


def signs(document: Part, axis: Axis) -> list[tuple[str, str]]:
    """The marks that a picture in letters has besides those of levels, and what they mean."""
    rows = document["rows"]
    every = [_seen(bar, axis) for row in rows for bar in row["bars"]]
    bars = [bar for bar in every if axis.cells(bar["start"], bar["end"])]
    marks = [edges(row["bars"], axis) for row in rows]
    told = []
    if any(bar["doubt"] for bar in bars):
        told.append(("?", "not certain: " + "; ".join(doubts(bars))))
    if any(not bar["counts"] for bar in bars):
        told.append(("-", "beside a letter: does not count (a drill, or an ordinary state)"))
    if any(right == ">" for _, right in marks):
        told.append((">", "until further notice"))
    if any("+" in mark for mark in marks):
        told.append(("+", "goes on past the edge"))
    if document["asked"]["by"] == "place":
        scale = {"start": document["scale"]["start"], "end": document["scale"]["end"]}
        if any(row["unwatched"] != [scale] for row in rows):
            told.append((".", "nothing is known to hold"))
        if any(row["unwatched"] for row in rows):
            told.append(
                (" ", "blank: nothing is known to hold, and nobody watches whether it does")
            )
    return told


def doubts(bars: Iterable[Part]) -> list[str]:
    """Why some of these bars may not hold, in words."""
    found = {bar["doubt"] for bar in bars}
    return [words for doubt, words in DOUBTS.items() if doubt in found]


def _declared(bar: Part, document: Part) -> Part:
    """The advisory of a bar."""
    found: Part = next(a for a in document["advisories"] if a["id"] == bar["advisory"])
    return found


def _taken(place: Part) -> str:
    told = ", ".join(
        dict.fromkeys(n for n in (place["name"], place["region"], place["country"]) if n)
    )
    zone = place["timezone"] or ("each part by its own clock" if place["kind"] != "point" else "")
    rest = "; ".join(part for part in (zone, place["via"]) if part)
    return f"{told} ({place['id']}{f', {rest}' if rest else ''})"


def _moment(marked: Part) -> str:
    """An instant, or from when to when."""
    start, end, zone = marked["start"], marked["end"], marked["timezone"]
    if _parsed(end) - _parsed(start) <= _MINUTE:
        return phrases.instant(start, zone)
    return phrases.window(start, end, zone)


def _beside(document: Part) -> str:
    """On which side of the scale the moment marked is; empty where it is on it."""
    scale, marked = document["scale"], document["marked"]
    if _parsed(marked["start"]) >= _parsed(scale["end"]):
        return "after"
    return "before" if _parsed(marked["end"]) <= _parsed(scale["start"]) else ""


def _seen(bar: Part, axis: Axis) -> Part:
    """A bar as a scale can tell it."""
    brief = bar["doubt"] == "hour" and _parsed(bar["end"]) - _parsed(bar["start"]) < axis.column
    return {**bar, "doubt": None} if brief else bar


def _look(bar: Part | None) -> tuple[object, ...] | None:
    if bar is None:
        return None
    return (bar["scheme"], bar["level"], bar["counts"], bool(bar["doubt"]))


def _cell(bar: Part, run: int, levels: Levels) -> Cell:
    level = levels[bar["scheme"], bar["level"]]
    marks = ("?", level["letter"]) if bar["doubt"] else (level["letter"], level["letter"])
    if not bar["doubt"] and not bar["counts"]:
        marks = (level["letter"], "-")
    return Cell(marks[run % 2], level, bar["counts"])


def _collide(line: list[Part], bars: list[Part]) -> bool:
    """Whether some bar of a line holds at the same time as one of these."""
    return any(
        _parsed(one["start"]) < _parsed(other["end"])
        and _parsed(other["start"]) < _parsed(one["end"])
        for one in line
        for other in bars
    )


def _parsed(text: str | None) -> datetime:
    return FOREVER if text is None else datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class _Step:
    """Dates some way apart: every `unit` of the clock that `fits`, at least a `period` apart."""

    unit: timedelta
    period: timedelta
    form: str
    fits: Callable[[datetime], bool]


def _dates(axis: Axis, step: _Step) -> list[Tick]:
    """Every date of one step; none where there are more than columns."""
    if (axis.end - axis.start) / step.period > axis.columns:
        return []
    found = []
    for wall in _walls(axis, step.unit):
        instant = _instant(wall, step.unit, axis.zone) if step.fits(wall) else None
        if instant is not None and axis.start <= instant < axis.end:
            at = int((instant - axis.start) / (axis.end - axis.start) * axis.columns)
            found.append(Tick(at, wall.strftime(step.form)))
    return found


def _walls(axis: Axis, unit: timedelta) -> Iterator[datetime]:
    """The round times of the clock from before the start to the end, a unit apart."""
    first = zones.local(axis.start, axis.zone or "Etc/UTC").replace(tzinfo=None)
    last = zones.local(axis.end, axis.zone or "Etc/UTC").replace(tzinfo=None)
    wall = first.replace(hour=0, minute=0, second=0, microsecond=0)
    while wall <= last:
        yield wall
        wall += unit


def _instant(wall: datetime, unit: timedelta, zone: str | None) -> datetime | None:
    """When the clock first shows it; None in a gap."""
    try:
        return Moment(wall, unit).reading(zone or "Etc/UTC").span.start
    except SkippedTime:
        return None


def _minutes(count: int) -> _Step:
    period = count * _MINUTE
    return _Step(_MINUTE, period, "%Y-%m-%d %H:%M", lambda wall: wall.minute % count == 0)


def _hours(count: int) -> _Step:
    return _Step(_HOUR, count * _HOUR, "%Y-%m-%d %H:%M", lambda wall: wall.hour % count == 0)


def _days(apart: int, *days: int) -> _Step:
    return _Step(_DAY, apart * _DAY, "%Y-%m-%d", lambda wall: wall.day in days)


def _months(count: int) -> _Step:
    period = count * 28 * _DAY
    return _Step(
        _DAY, period, "%Y-%m", lambda wall: wall.day == 1 and wall.month % count == 1 % count
    )


def _years(count: int) -> _Step:
    period = count * 365 * _DAY
    return _Step(
        _DAY, period, "%Y", lambda wall: wall.timetuple().tm_yday == 1 and not wall.year % count
    )


_STEPS = (
    *map(_minutes, (1, 2, 5, 10, 15, 30)),
    *map(_hours, (1, 2, 3, 6, 12)),
    _days(1, *range(1, 32)),
    _days(2, *range(1, 30, 2)),
    _days(5, *range(1, 27, 5)),
    _days(7, 1, 8, 15, 22),
    _days(14, 1, 15),
    *map(_months, (1, 2, 3, 6)),
    *map(_years, (1, 2, 5, 10, 20, 50)),
)
"""From the finest to the coarsest."""
