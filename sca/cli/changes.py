"""`sca changes`: what became known in between."""

from typing import Annotated

import typer

from sca import answering, spans
from sca.changes import changes as changed
from sca.cli import options, output, surroundings
from sca.report import document, text


def changes(
    places: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PLACE]...", help="Only what bears on any of these places."),
    ] = None,
    since: Annotated[
        str,
        typer.Option(
            "--since", metavar="TIME", help="From its start on: 2024-07-03 or 2024-07-03T14:00Z."
        ),
    ] = ...,  # type: ignore[assignment]  # typer's way of saying that it is required
    until: Annotated[
        str,
        typer.Option(
            "--until", metavar="TIME", help="Up to its end; now, if left out.", show_default=False
        ),
    ] = "now",
    json: options.Json = False,
    scheme: options.Schemes = None,
    rules: options.Rules = None,
    now: options.Now = None,
    lang: options.Language = None,
) -> int:
    """Tell what was declared, raised, lowered, extended, shortened or cancelled: exit 1 if any was.

    A bulletin is known when the time by which it was issued is over: that of a day, when the day
    is. Where nothing changed, nothing is printed.
    """
    present = surroundings.clock(now)
    written = spans.read(f"{since}/{until}")
    known = surroundings.loaded(rules)
    schemes = answering.known_schemes(scheme or (), known)
    names = [name.strip() for name in places or ()]
    found = [known.gazetteer.find(name) for name in names]
    zone = found[0].timezone if len(found) == 1 else ""
    span = written.reading(zone or "Etc/UTC", present).span
    advisories = [a for a in known.advisories if schemes is None or a.scheme.id in schemes]
    told = document.of_changes(
        changed(advisories, span, found),
        known,
        zip(names, found, strict=True),
        since,
        until,
        span,
        zone or "Etc/UTC",
        surroundings.language(lang),
    )
    output.out(document.dumped(told, output.ascii_only()) if json else text.changes(told))
    return int(told["exit"])
