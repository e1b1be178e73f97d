"""A timeline as a page: the drawing and a table of the same facts, in one file on its own.

It holds no script and loads nothing, which its own policy forbids as well.
"""

from collections.abc import Iterator
from html import escape
from typing import Any

from sca.report import phrases, svg, timeline

Part = dict[str, Any]

_COLUMNS = ("Level", "From", "Through", "Declared for", "Advisory", "Bulletin", "Notes")
"""Those after the one for what a row is about, which says the advisory if that is it."""

_STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1a1d23; --faint: #5b6472;
  --line: #d9dee6; --chosen: #fff1b8; --link: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171c; --ink: #e8ebf0; --faint: #9aa4b2; --line: #333a45; --chosen: #4a3f12;
    --link: #8ab4f8; }
}
body { margin: 0 auto; max-width: 70rem; padding: 1rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.45 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 .4rem; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
p { margin: 0; color: var(--faint); }
figure { margin: 0; overflow-x: auto; }
figure svg { min-width: 40rem; width: 100%; height: auto; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid var(--line); }
thead th { color: var(--faint); font-weight: 600; }
td time { white-space: nowrap; }
tr:target { background: var(--chosen); }
li { margin: .3rem 0; overflow-wrap: anywhere; }
a { color: var(--link); }
"""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(document: Part) -> str:
    """The whole page."""
    heading = escape(timeline.title(document))
    told = "\n".join(f"<p>{escape(line)}</p>" for line in timeline.heading(document))
    rows = "\n".join(_rows(document))
    subject = document["asked"]["by"].capitalize()
    columns = [subject, *(name for name in _COLUMNS if name != subject)]
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{heading}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{heading}</h1>
{told}
<figure>
{svg.drawing(document, linked=True)}</figure>
<h2 id="table">The same as a table</h2>
<div class="table" tabindex="0" role="region" aria-labelledby="table">
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
<h2>Advisories</h2>
<ul>
{chr(10).join(_advisories(document))}
</ul>
</main>
</body>
</html>
"""


def _rows(document: Part) -> Iterator[str]:
    levels = timeline.by_key(document)
    names = timeline.names(document["rows"])
    for number, (name, row) in enumerate(zip(names, document["rows"], strict=True)):
        called = f'<th scope="row">{escape(name)}</th>'
        for position, bar in enumerate(row["bars"]):
            level = levels[bar["scheme"], bar["level"]]
            zone = row["timezone"]
            through = phrases.through(bar["end"], zone)
            cells = [
                f"<td>{escape(timeline.spoken(level))}</td>",
                _time(bar["start"], phrases.instant(bar["start"], zone)),
                _time(bar["end"], through.removeprefix("until ") if bar["end"] else through),
                f"<td>{escape(', '.join(place['name'] for place in bar['places']))}</td>",
                f"<td>{escape(bar['advisory'])}</td>" if row["kind"] == "place" else "",
                f"<td>{bar['bulletin']}</td>",
                f"<td>{escape('; '.join(timeline.notes(bar, document)))}</td>",
            ]
            yield f'<tr id="{svg.anchor(number, position)}">{called}{"".join(cells)}</tr>'
        if not row["bars"]:
            yield f'<tr>{called}<td colspan="{len(_COLUMNS)}">nothing is known to hold</td></tr>'


def _time(instant: str | None, words: str) -> str:
    """A cell whose words a person reads and whose attribute (an end is exclusive) a program."""
    if instant is None:
        return f"<td>{escape(words)}</td>"
    return f'<td><time datetime="{instant}">{escape(words)}</time></td>'


def _advisories(document: Part) -> Iterator[str]:
    for advisory in document["advisories"]:
        sources = " ".join(map(_link, advisory["sources"]))
        yield (
            f"<li><b>{escape(advisory['title'])}</b> ({escape(advisory['id'])}), "
            f"{escape(advisory['issuer'])}. {sources}</li>"
        )


def _link(source: str) -> str:
    """A source that can be followed; what is no address of the web is shown only."""
    if not source.startswith(("https://", "http://")):
        return escape(source)
    return f'<a href="{escape(source)}" rel="noreferrer">{escape(source)}</a>'
