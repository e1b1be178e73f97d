"""`sca check`: is this place under an advisory then?"""

from typing import Annotated

import typer

from sca.cli import checking, options
from sca.errors import WrongUse


def check(
    place: options.Place,
    when: Annotated[
        str,
        typer.Argument(
            metavar="[WHEN]",
            help="2024-07-03, 2024-07-03T14:00, A/B, A/P3D, A/PT6H or now, by the place's clock.",
            show_default=False,
        ),
    ] = "now",
    json: options.Json = False,
    short: Annotated[bool, typer.Option("--short", help="Print one line.")] = False,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Tell of every advisory why it counts, or why not; not with --short.",
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Exit code only.")] = False,
    at_least: options.AtLeast = None,
    setting: options.Settings = None,
    scheme: options.Schemes = None,
    as_of: options.AsOf = None,
    max_age: options.MaxAge = None,
    unwatched: options.Unwatched = None,
    exercise: Annotated[bool, typer.Option("--exercise", help="Count drills too.")] = False,
    rules: options.Rules = None,
    now: options.Now = None,
    lang: options.Language = None,
    zone: options.Zone = None,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit 0 for in force too; for reports.")
    ] = False,
) -> int:
    """Say whether PLACE is under an advisory at WHEN (now, if left out): exit 1 if so, 0 if not."""
    if json and short:
        raise WrongUse("--json and --short are two forms of one answer; choose one")
    if explain and short:
        raise WrongUse("--short is one line, and --explain is many; choose one")
    form = "quiet" if quiet else "json" if json else "short" if short else "text"
    return checking.answer(
        place,
        when,
        form,
        explain=explain,
        at_least=at_least,
        settings=setting or (),
        schemes=scheme or (),
        as_of=as_of,
        max_age=max_age,
        unwatched=unwatched,
        exercise=exercise,
        rules=rules,
        now=now,
        lang=lang,
        zone=zone,
        exit_zero=exit_zero,
    )
