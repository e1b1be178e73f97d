"""`sca check`: is this place under an advisory then?"""

from typing import Annotated

import typer

from sca import answering, spans
from sca.cli import answers, options, output
from sca.errors import Exit, WrongUse
from sca.report import document, text


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
    present = options.clock(now)
    spans.read(when)  # what is wrong with the command line is told before what is wrong elsewhere
    plain = not options.surrounded() and not any(
        (at_least, setting, scheme, as_of, max_age, unwatched, exercise, rules, now, lang, zone)
    )
    ground = answers.ground() if plain else None
    known = options.loaded(rules)
    inquiry = answering.inquire(
        place.strip(),
        when,
        rules=known,
        now=present,
        at_least=at_least,
        settings=setting or (),
        zone=zone,
        as_of=as_of,
        exercise=exercise,
        schemes=scheme or (),
        max_age=max_age,
        unwatched_is_clear=options.trusts_silence(unwatched),
    )
    verdict = inquiry.verdict()
    if ground is not None or not quiet:
        tag, asked = options.language(lang), place.strip()
        told = document.of_verdict(verdict, known, asked, when, tag, setting or (), as_of)
        if not quiet:
            why = answering.explain(inquiry, known) if explain else None
            shown = document.with_reasons(told, why, tag) if why else told
            output.out(_report(shown, json, short))
        if ground is not None:
            answers.keep(place, when, inquiry, verdict, told, ground)
    code = document.exit_of(verdict)
    return Exit.CLEAR if exit_zero and code is Exit.IN_FORCE else code


def _report(told: document.Document, json: bool, short: bool) -> str:
    if json:
        return document.dumped(told, output.ascii_only())
    if short:
        return text.short(told)
    if not output.terminal():
        return text.verdict(told)
    from sca.report import table

    return table.drawn(table.verdict(told), terminal=True)
