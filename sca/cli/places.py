"""`sca places`: what a name means here."""

from typing import Annotated

import typer

from sca.cli import options, output, surroundings
from sca.errors import Exit, WrongUse
from sca.report import document, text


def places(
    query: Annotated[
        str,
        typer.Argument(
            help="A name, a code (iata:ALA), or latitude,longitude.",
            show_default=False,
        ),
    ],
    near: Annotated[bool, typer.Option("--near", help="Tell near names too.")] = False,
    within: Annotated[
        str | None, typer.Option("--in", metavar="CC", help="Only in this country: KZ.")
    ] = None,
    json: options.Json = False,
    rules: options.Rules = None,
) -> int:
    """Say what QUERY means here, and what else bears that name: exit 0 for one place, else 3."""
    gazetteer = surroundings.loaded(rules).gazetteer
    name = query.strip()
    known = gazetteer.known(name)
    if within and known:
        raise WrongUse(f"--in narrows a name down, and {name!r} means one place already")
    asked = f"{name}, {within}" if within else name
    meant = known or gazetteer.find(asked)
    others = [place for place in gazetteer.bearers(asked) if place.id != meant.id]
    nearby = gazetteer.near(name) if near and not known else []
    alike = [place for place in nearby if place.id != meant.id]

    told = document.of_places(asked, meant, others, alike, gazetteer.typed)
    output.out(document.dumped(told, output.ascii_only()) if json else text.places(told))
    return Exit.CLEAR
