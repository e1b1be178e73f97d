"""`sca timeline`: what holds where as time goes by, as a picture."""

from enum import StrEnum
from typing import Annotated

import typer

from sca.cli import files, options, output, surroundings
from sca.errors import Exit, WrongUse
from sca.report import document


class By(StrEnum):
    """What a row of the picture is about."""

    place = "place"
    advisory = "advisory"


def timeline(
    place: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PLACE]...",
            help="Cities, regions or countries; all advisories where none is named.",
            show_default=False,
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="TIME", help="Show it from this day or hour on."),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="Show it through this.")
    ] = None,
    at: Annotated[
        str, typer.Option("--at", metavar="WHEN", help="Mark this time instead of now.")
    ] = "now",
    by: Annotated[
        By | None,
        typer.Option("--by", help="A row for each place, or for each advisory."),
    ] = None,
    at_least: options.AtLeast = None,
    scheme: options.Schemes = None,
    as_of: options.AsOf = None,
    json: options.Json = False,
    svg: Annotated[
        str | None, typer.Option("--svg", metavar="FILE", help="Write it as a drawing.")
    ] = None,
    html: Annotated[
        str | None,
        typer.Option("--html", metavar="FILE", help="Write it as a page that needs no other."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file that is there already.")
    ] = False,
    rules: options.Rules = None,
    now: options.Now = None,
    lang: options.Language = None,
) -> int:
    """Draw what holds where as time goes by, a row for each place or advisory."""
    from sca import charting

    present, wish = surroundings.clock(now), charting.read_wish(at, since, until, as_of)
    goals = _goals(svg, html, force)
    known = surroundings.loaded(rules)
    names = [name.strip() for name in place or ()]
    rows = by or (By.place if names else By.advisory)
    told = document.of_timeline(
        charting.timeline(
            names,
            wish,
            known,
            present,
            by_place=rows is By.place,
            at_least=at_least,
            schemes=scheme or (),
        ),
        known,
        {
            "places": names,
            "by": rows.value,
            "at": at,
            "from": since,
            "until": until,
            "as_of": as_of,
            "at_least": at_least,
            "schemes": scheme or [],
        },
        surroundings.language(lang),
    )
    for form, path in goals.items():
        files.write(path, _drawn(told, form))
        output.say(f"wrote {path}")
    if json:
        output.out(document.dumped(told, output.ascii_only()))
    elif not goals:
        output.out(_drawn(told, "text"))
    return Exit.CLEAR


def _goals(svg: str | None, html: str | None, force: bool) -> dict[str, str]:
    """The files to write by their forms; refused before anything is read or written."""
    goals = {form: path for form, path in (("svg", svg), ("html", html)) if path is not None}
    for path in goals.values():
        files.refuse_existing(path, force)
    if len({*goals.values()}) < len(goals):
        raise WrongUse("--svg and --html name the same file; name two")
    return goals


def _drawn(told: document.Document, form: str) -> str:
    if form == "svg":
        from sca.report import svg

        return svg.drawing(told)
    if form == "html":
        from sca.report import page

        return page.page(told)
    from sca.report import chart, table

    terminal = output.terminal()
    return table.drawn(chart.picture(told, terminal and not output.ascii_only()), terminal)
