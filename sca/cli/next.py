"""`sca next`: when does the answer change, and when is the place clear for a while?"""

from typing import Annotated

import typer

from sca import answering, outlook, spans
from sca.cli import options, output, surroundings
from sca.errors import WrongUse
from sca.report import document, text

_AHEAD = "P60D"


def next_(
    place: options.Place,
    when: Annotated[
        str,
        typer.Argument(
            metavar="[WHEN]",
            help="From the start of it on: 2024-07-03, 2024-07-03T14:00 or now, as check has it.",
            show_default=False,
        ),
    ] = "now",
    clear: Annotated[
        str | None,
        typer.Option(
            "--clear", metavar="LENGTH", help="Find the first clear stretch that long: P2D, PT6H."
        ),
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(
            "--within", metavar="LENGTH", help=f"It must begin this soon; {_AHEAD} if left out."
        ),
    ] = None,
    json: options.Json = False,
    at_least: options.AtLeast = None,
    setting: options.Settings = None,
    scheme: options.Schemes = None,
    as_of: options.AsOf = None,
    max_age: options.MaxAge = None,
    unwatched: options.Unwatched = None,
    rules: options.Rules = None,
    now: options.Now = None,
    lang: options.Language = None,
    zone: options.Zone = None,
) -> int:
    """Say when the answer for PLACE changes next after WHEN began (now, if left out), and to what.

    Exit 0 when that is told, 3 where it cannot be told, as where nobody watches.
    """
    if within is not None and clear is None:
        raise WrongUse("--within is how soon a clear stretch must begin; say how long by --clear")
    present = surroundings.clock(now)
    spans.read(when)  # what is wrong with the command line is told before what is wrong elsewhere
    length = spans.read_duration(clear) if clear is not None else None
    ahead = spans.read_duration(within or _AHEAD)
    known = surroundings.loaded(rules, None if as_of else place.strip())
    inquiry = answering.inquire(
        place.strip(),
        when,
        rules=known,
        now=present,
        at_least=at_least,
        settings=setting or (),
        zone=zone,
        as_of=as_of,
        schemes=scheme or (),
        max_age=max_age,
        unwatched_is_clear=surroundings.trusts_silence(unwatched),
    )
    told = document.of_outlook(
        outlook.next_change(inquiry),
        outlook.first_clear(inquiry, length, ahead) if length else None,
        inquiry.question,
        known,
        place.strip(),
        when,
        surroundings.language(lang),
        setting or (),
        as_of,
    )
    output.out(document.dumped(told, output.ascii_only()) if json else text.outlook(told))
    return int(told["exit"])
