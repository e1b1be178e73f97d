"""A timeline as a drawing: one SVG that needs nothing else, for eyes, keyboards and screen readers.

It holds no script and loads nothing; it follows the reader's choice of light or dark.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from sca.report import timeline
from sca.report.timeline import Axis, Levels

Part = dict[str, Any]

WIDTH = 960
_EDGE = 12
_LANE, _BAR, _AIR = 20, 16, 6
"""The heights of a line of bars and of a bar in it, and what is left free above and below a row."""

_LINE = 17
_TALL = 30
"""From how many lines on the scale stands below them too."""

_LETTER = 7.0
_BOLD = 7.6
"""About how wide a letter is; a little wider than most are, so that words have room."""

_ROOM = 56.0
"""What is left free above a drawing in a page, for the details of its first bars."""

_NARROWEST, _THIN = 3.0, 6.0

STYLE = """
svg.sca { --paper: #ffffff; --ink: #1a1d23; --faint: #5b6472; --line: #d9dee6; --band: #f4f6f9;
  --mark: #b3005e; --s0: #e3e7ed; --s1: #cfd6e0; --s2: #a3aebd; --s3: #667182; --s4: #363d49;
  --t0: #1a1d23; --t1: #1a1d23; --t2: #1a1d23; --t3: #ffffff; --t4: #ffffff; }
@media (prefers-color-scheme: dark) {
  svg.sca { --paper: #14171c; --ink: #e8ebf0; --faint: #9aa4b2; --line: #333a45; --band: #1b1f26;
    --mark: #ff7ab8; --s0: #2b313b; --s1: #3d4553; --s2: #5d6878; --s3: #9da8b8; --s4: #dbe1ea;
    --t0: #e8ebf0; --t1: #e8ebf0; --t2: #ffffff; --t3: #14171c; --t4: #14171c; }
}
svg.sca { font: 12px system-ui, sans-serif; color-scheme: light dark; background: var(--paper); }
svg.sca text { fill: var(--ink); }
svg.sca .faint { fill: var(--faint); }
svg.sca .strong { font-weight: 600; }
svg.sca .big { font-size: 17px; font-weight: 600; }
svg.sca .paper { fill: var(--paper); }
svg.sca .band { fill: var(--band); }
svg.sca .grid, svg.sca .ground { stroke: var(--line); }
svg.sca .ground { stroke-width: 2; }
svg.sca .marked { fill: var(--mark); fill-opacity: .18; stroke: var(--mark); stroke-opacity: .6; }
svg.sca text.mark { fill: var(--mark); font-weight: 600; }
svg.sca .box { stroke: var(--ink); stroke-opacity: .55; }
svg.sca .thin { stroke-opacity: .25; }
svg.sca .slight { fill-opacity: .3; stroke-dasharray: 3 2; }
svg.sca .hatch { fill: url(#sca-hatch); stroke: none; }
svg.sca #sca-hatch path { stroke: var(--ink); stroke-width: 1.6; }
svg.sca .bar { outline: none; cursor: default; }
svg.sca .bar:focus .box, svg.sca .bar:hover .box { stroke: var(--mark); stroke-width: 3;
  stroke-opacity: 1; }
svg.sca .tip { visibility: hidden; pointer-events: none; }
svg.sca .tip rect { fill: var(--paper); stroke: var(--mark); }
svg.sca .bar:focus .tip, svg.sca .bar:hover .tip { visibility: visible; }
"""
_SEVERITIES = ("Unknown", "Minor", "Moderate", "Severe", "Extreme")


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where on the drawing things go."""

    document: Part
    axis: Axis
    levels: Levels
    left: float
    linked: bool

    def x(self, instant: str | None) -> float:
        return self.left + self.axis.place(instant)


def drawing(document: Part, linked: bool = False) -> str:
    """The picture with its heading and its key, as a file of its own.

    With `linked` it is a part of a page: without heading, each bar leading to `anchor`.
    """
    names = timeline.names(document["rows"])
    widest = max(
        (len(n) + 2 * r["depth"] for n, r in zip(names, document["rows"], strict=True)), default=0
    )
    left = _EDGE + min(widest * _BOLD, WIDTH * 0.36) + 10
    axis = timeline.axis(document, int(WIDTH - left - 2 * _EDGE))
    sheet = _Sheet(document, axis, timeline.by_key(document), left, linked)
    head, top = ([], _ROOM) if linked else _heading(document)
    body, bottom = _body(sheet, names, top)
    key, height = _key(sheet, bottom + 14)
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" class="sca" role="group" '
        'aria-labelledby="sca-title sca-desc" '
        f'viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}">',
        f'<title id="sca-title">{escape(timeline.title(document))}</title>',
        f'<desc id="sca-desc">{escape(described(document))}</desc>',
        f"<style>{STYLE}</style>",
        '<defs><pattern id="sca-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path d="M0 0V6"/></pattern></defs>',
        f'<rect class="paper" width="{WIDTH}" height="{height:.0f}"/>',
        *head, *body, *key,
        "</svg>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def described(document: Part) -> str:
    """What the picture shows, for those who do not see it."""
    heading = " ".join(f"{line}." for line in timeline.heading(document))
    bars = sum(len(row["bars"]) for row in document["rows"])
    return f"{heading} {len(document['rows'])} rows with {bars} bars in all, each with its details."


def anchor(row: int, bar: int) -> str:
    """The id of a bar's line in the table of a page."""
    return f"bar-{row}-{bar}"


def _heading(document: Part) -> tuple[list[str], float]:
    told = [_text(_EDGE, 26, timeline.title(document), "big")]
    y = 30.0
    for line in timeline.heading(document):
        for part in _wrapped(line, WIDTH - 2 * _EDGE):
            y += _LINE
            told.append(_text(_EDGE, y, part, "faint"))
    return told, y + 12


def _body(sheet: _Sheet, names: Sequence[str], top: float) -> tuple[list[str], float]:
    """The scale and the rows, and how far down they reach."""
    bands: list[str] = []
    rows: list[str] = []
    y = start = top + 2 * _LINE
    lines = 0
    for number, (name, row) in enumerate(zip(names, sheet.document["rows"], strict=True)):
        lanes = timeline.lanes(row, sheet.levels)
        called = _wrapped(name, (sheet.left - _EDGE - 10 - 12 * row["depth"]) * _LETTER / _BOLD)
        high = max(len(lanes) * _LANE, len(called) * _LINE) + 2 * _AIR
        if number % 2 == 0:
            bands.append(f'<rect class="band" y="{y:.1f}" width="{WIDTH}" height="{high:.1f}"/>')
        rows.append(f'<g role="group" aria-label="{escape(name)}">')
        rows += _called(row, called, y)
        rows += _row(sheet, number, name, lanes, y)
        rows.append("</g>")
        y += high
        lines += len(lanes)
    if not names:
        y += _LANE
    grid = [*_grid(sheet, start, y), *_dates(sheet, top + 2 * _LINE - 6)]
    ground, mark = _mark(sheet, start - 4, y), _pointer(sheet, top + _LINE - 6)
    if lines > _TALL:
        grid += _dates(sheet, y + _LINE - 2)
        y += _LINE
    # Rows go above all else, and each above the rows before it, where its details open.
    return [*bands, *ground, *grid, *rows, *mark], y


def _called(row: Part, called: Sequence[str], y: float) -> Iterator[str]:
    """What a row is called, on as many lines as that needs."""
    for line, part in enumerate(called):
        x = _EDGE + 12 * row["depth"]
        yield _text(x, y + _AIR + 14 + line * _LINE, part, "strong" if not row["depth"] else "")


def _row(
    sheet: _Sheet, number: int, name: str, lanes: Sequence[list[Part]], y: float
) -> Iterator[str]:
    """The bars of a row, graver ones above others, and the line behind them."""
    row = sheet.document["rows"][number]
    if row["kind"] == "place":
        yield from _ground(sheet, row, y + _AIR + _LANE / 2)
    numbers = {id(bar): position for position, bar in enumerate(row["bars"])}
    for line, bars in enumerate(lanes):
        # At one place no two of a line overlap, so that a keyboard can go by time.
        in_order = bars if row["kind"] == "place" else timeline.by_gravity(bars, sheet.levels)
        for bar in in_order:
            if sheet.axis.cells(bar["start"], bar["end"]):
                told = timeline.details(bar, row, sheet.document)
                where = anchor(number, numbers[id(bar)])
                yield _bar(sheet, bar, y + _AIR + line * _LANE + 2, name, told, where)


def _ground(sheet: _Sheet, row: Part, y: float) -> Iterator[str]:
    """A line wherever somebody watches, so that a gap in the bars says something."""
    scale = sheet.document["scale"]
    start = scale["start"]
    for span in (*row["unwatched"], {"start": scale["end"], "end": scale["end"]}):
        if sheet.x(span["start"]) > sheet.x(start):
            yield (
                f'<line class="ground" x1="{sheet.x(start):.1f}" x2="{sheet.x(span["start"]):.1f}" '
                f'y1="{y:.1f}" y2="{y:.1f}"/>'
            )
        start = span["end"] or scale["end"]


def _bar(sheet: _Sheet, bar: Part, y: float, name: str, told: Sequence[str], where: str) -> str:
    """A bar that a keyboard reaches, with its details; `where` is its line in a page's table."""
    level = sheet.levels[bar["scheme"], bar["level"]]
    x, end = sheet.x(bar["start"]), sheet.x(bar["end"])
    width = max(end - x, _NARROWEST)
    fill, ink = _paint(level)
    slight = " thin" * (width < _THIN) + " slight" * (not bar["counts"])
    shape = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_BAR}"'
    parts = [f'<rect class="box{slight}" {shape} rx="2" style="fill:{fill}"/>']
    if bar["end"] is None:
        tip = f"M{end:.1f} {y:.1f}l7 {_BAR / 2}l-7 {_BAR / 2}z"
        parts.append(f'<path class="box{slight}" d="{tip}" style="fill:{fill}"/>')
    if bar["doubt"]:
        parts.append(f'<rect class="hatch" {shape}/>')
    word = _fitting(level, width)
    if word and not bar["doubt"]:
        style = f' style="fill:{ink}"' if bar["counts"] else ""
        parts.append(f'<text x="{x + 4:.1f}" y="{y + 12:.1f}"{style}>{escape(word)}</text>')
    parts.append(_tip(told, x, y))
    label = escape(f"{name}: {'; '.join(told)}")
    if sheet.linked:
        return f'<a class="bar" href="#{where}" aria-label="{label}">{"".join(parts)}</a>'
    return f'<g class="bar" tabindex="0" role="img" aria-label="{label}">{"".join(parts)}</g>'


def _tip(told: Sequence[str], x: float, y: float) -> str:
    """The details of a bar, above it: only what was drawn before it lies there."""
    lines = [part for line in told for part in _wrapped(line, WIDTH * 0.7)]
    width = max(map(len, lines)) * _LETTER + 16
    height = len(lines) * _LINE + 10
    left = min(max(x, 4.0), WIDTH - width - 4)
    top = max(y - height - 4, 1.0)
    texts = "".join(
        _text(left + 8, top + 16 + number * _LINE, line, "strong" if number == 0 else "")
        for number, line in enumerate(lines)
    )
    return (
        f'<g class="tip" aria-hidden="true"><rect x="{left:.1f}" y="{top:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}" rx="4"/>{texts}</g>'
    )


def _paint(level: Part) -> tuple[str, str]:
    """The level's own colour, else a grey by its severity; and that of words upon it."""
    if level["colour"] is None:
        step = _SEVERITIES.index(level["severity"])
        return f"var(--s{step})", f"var(--t{step})"
    red, green, blue = (int(level["colour"][place : place + 2], 16) for place in (1, 3, 5))
    light = 0.299 * red + 0.587 * green + 0.114 * blue > 140
    return str(level["colour"]), "#000000" if light else "#ffffff"


def _fitting(level: Part, width: float) -> str:
    """The level's id where a bar has room for it, else its letter, else nothing."""
    for word in (level["id"], level["letter"]):
        if len(word) * _LETTER + 8 <= width or (word == level["letter"] and width >= 14):
            return str(word)
    return ""


def _grid(sheet: _Sheet, top: float, bottom: float) -> Iterator[str]:
    for tick in _ticks(sheet):
        x = sheet.left + tick.column
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}"/>'


def _dates(sheet: _Sheet, y: float) -> Iterator[str]:
    for tick in _ticks(sheet):
        if tick.label:
            yield _text(sheet.left + tick.column, y, tick.label, "faint")


def _ticks(sheet: _Sheet) -> list[timeline.Tick]:
    return timeline.ticks(sheet.axis, lambda label: len(label) * _LETTER, 14)


def _mark(sheet: _Sheet, top: float, bottom: float) -> Iterator[str]:
    """The moment asked about, below every row, so that no colour of a bar is changed."""
    x, width = _marked(sheet)
    if width:
        shape = f'x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{bottom - top:.1f}"'
        yield f'<rect class="marked" {shape}/>'


def _pointer(sheet: _Sheet, y: float) -> Iterator[str]:
    """What is marked, in words above the scale."""
    x, width = _marked(sheet)
    if width:
        words = sheet.document["asked"]["at"]
        half = len(words) * _LETTER / 2
        middle = min(max(x + width / 2, half), WIDTH - half - 2)
        yield _text(middle, y, words, "mark", ' text-anchor="middle"')


def _marked(sheet: _Sheet) -> tuple[float, float]:
    """Where the moment asked about begins, and how wide it is; 0 where it is not on the scale."""
    marked = sheet.document["marked"]
    if not sheet.axis.cells(marked["start"], marked["end"]):
        return 0.0, 0.0
    x = sheet.x(marked["start"])
    return x, max(sheet.x(marked["end"]) - x, 1.0)


def _key(sheet: _Sheet, top: float) -> tuple[list[str], float]:
    """What colours, letters and marks stand for, and how far down that reaches."""
    by_scheme: dict[str, list[Part]] = {}
    for level in sheet.document["levels"]:
        by_scheme.setdefault(level["title"], []).append(level)
    told, y = [], top
    for heading, levels in by_scheme.items():
        y += _LINE + 4
        told.append(_text(_EDGE, y, heading, "faint"))
        x = _EDGE + len(heading) * _LETTER + 8
        for level in levels:
            words = timeline.spoken(level)
            width = 30 + len(words) * _LETTER + 10
            if x + width > WIDTH and x > 3 * _EDGE:
                x, y = 3.0 * _EDGE, y + _LINE + 4
            told += _swatch(level, x, y, words)
            x += width
    y += 4
    for sign, meaning in _signs(sheet.document):
        y += _LINE + 2
        told += [sign.format(x=_EDGE, y=y - 10), _text(_EDGE + 34, y, meaning, "faint")]
    return told, y + _EDGE


def _swatch(level: Part, x: float, y: float, words: str) -> Iterator[str]:
    fill, ink = _paint(level)
    yield (
        f'<rect class="box" x="{x:.1f}" y="{y - 12:.1f}" width="20" height="15" rx="2" '
        f'style="fill:{fill}"/>'
    )
    letter = f' text-anchor="middle" style="fill:{ink}"'
    yield _text(x + 10, y, level["letter"], "", letter)
    yield _text(x + 26, y, words)


def _signs(document: Part) -> Iterator[tuple[str, str]]:
    """The marks besides colours that are in use, each drawn, and what they mean."""
    rows = document["rows"]
    bars = [bar for row in rows for bar in row["bars"]]
    box = '<rect class="{}" x="{{x}}" y="{{y}}" width="26" height="11" rx="2"{}/>'
    plain = ' style="fill:var(--s1)"'
    if any(bar["doubt"] for bar in bars):
        hatched = box.format("box", plain) + box.format("hatch", "")
        yield hatched, "not certain: " + "; ".join(timeline.doubts(bars))
    if any(not bar["counts"] for bar in bars):
        yield box.format("box slight", plain), "does not count: a drill, or an ordinary state"
    if any(bar["end"] is None for bar in bars):
        point = ' <path class="box" d="M{x} {y}h19l7 5.5l-7 5.5h-19z" style="fill:var(--s1)"/>'
        yield point, "until further notice"
    if any(row["kind"] == "place" for row in rows):
        line = '<path class="ground" d="M{x} {y}m0 6h26"/>'
        yield line, "somebody watches, so that where no bar is nothing is known to hold"


def _wrapped(words: str, width: float) -> list[str]:
    from textwrap import wrap

    return wrap(words, max(int(width / _LETTER), 8)) or [words]


def _text(x: float, y: float, words: str, kind: str = "", more: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{style}{more}>{escape(words)}</text>'
