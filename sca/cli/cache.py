"""`sca cache`: the compiled rules, which may be deleted at any time."""

from enum import StrEnum
from typing import Annotated

import typer

from sca import index
from sca.cli import options, output
from sca.errors import Exit, Unwritable
from sca.report import document, text


class Action(StrEnum):
    """What to do with it."""

    show = "show"
    clear = "clear"


def cache(
    action: Annotated[
        Action, typer.Argument(help="Show it, or remove it.", show_default=False)
    ] = Action.show,
    json: options.Json = False,
) -> int:
    """Show where the compiled rules are kept, how big and how fresh they are, or clear them."""
    if action is Action.clear:
        try:
            removed = index.clear()
        except OSError as error:
            raise Unwritable(f"{error.filename} cannot be removed: {error.strerror}") from None
        output.say(f"sca: {removed} removed from {index.folder()}")
        return Exit.CLEAR
    told = document.of_cache(index.folder(), index.entries(), len(index.answers()))
    output.out(document.dumped(told, output.ascii_only()) if json else text.cache(told))
    return Exit.CLEAR
