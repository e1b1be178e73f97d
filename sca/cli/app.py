"""All commands behind one name, and what every command line has in common."""

import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import Abort, TyperException

from sca import __version__, zones
from sca.atlas import Atlas
from sca.cli import output, surroundings
from sca.cli.guard import guarded
from sca.errors import Exit, ScaError, WrongUse
from sca.gazetteer import COORDINATE
from sca.report import phrases

EXIT_CODES = {
    Exit.CLEAR: "clear: nothing at or above the threshold is in force",
    Exit.IN_FORCE: "an advisory is in force (lint, changes: there is something to look at)",
    Exit.USAGE: "the command line or a time cannot be read",
    Exit.NO_ANSWER: "no answer can be given: unknown or ambiguous place, broken or empty rules, "
    "a place or time nobody watches, a border too near to tell",
    Exit.BUG: "a bug in sca; the traceback is kept, and it is no answer",
    Exit.INTERRUPTED: "interrupted",
}

COMMANDS = {
    "check": "check",
    "next": "next_",
    "screen": "screen",
    "list": "list_",
    "changes": "changes",
    "timeline": "timeline",
    "places": "places",
    "watches": "watches",
    "lint": "lint",
    "schema": "schema",
    "cache": "cache",
}
"""Every command, in the order of the help, and its function; its module is named like it."""

_EPILOG = "\n".join(
    ["\b", "Exit codes:"]
    + [f"  {code:>3}  {meaning}" for code, meaning in EXIT_CODES.items()]
    + ["", "\b", "Environment:"]
    + [f"  {name:<13}  {meaning}" for name, meaning in surroundings.ENVIRONMENT.items()]
)

# What typer's own completion answers to; it gives all else exit 1, as if something were in force.
_COMPLETION = re.compile("(source|complete)_(bash|zsh|fish|powershell|pwsh)")


def _help(context: typer.Context, _: object, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        output.out(context.get_help() + "\n")
        raise typer.Exit


class _Command(TyperCommand):
    """Writes its help as it writes its answers: typer would exit 1 on a closed pipe."""

    def get_help_option(self, ctx: Any) -> Any:
        return _guarded(super().get_help_option(ctx))


class _Group(TyperGroup):
    """The same for sca itself."""

    def get_help_option(self, ctx: Any) -> Any:
        return _guarded(super().get_help_option(ctx))


def _guarded(option: Any) -> Any:
    if option is not None:
        option.callback = _help
    return option


def _version(asked: bool) -> None:
    if asked:
        output.out(version_text())
        raise typer.Exit


def _sca(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_version,
            is_eager=True,
            help="Print the versions of sca, its zone data and its rules.",
        ),
    ] = False,
) -> None:
    """Is this place under an official security advisory at this time? Offline, never guessing."""


def _commands(arguments: Sequence[str]) -> typer.Typer:
    """The command that is asked for, or all of them where that is not plain.

    Each is imported only then: it brings along what the others have no need of.
    """
    app = typer.Typer(
        cls=_Group,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog=_EPILOG,
    )
    app.callback()(_sca)
    for name in arguments[:1] if arguments and arguments[0] in COMMANDS else COMMANDS:
        module = import_module(f"sca.cli.{'listing' if name == 'list' else name}")
        command = getattr(module, COMMANDS[name])
        app.command(name, cls=_Command, epilog=getattr(module, "EPILOG", None))(command)
    return app


def version_text() -> str:
    """sca's version, that of its time-zone data, and what the rules in use hold."""
    try:
        rules = surroundings.loaded(None)
        told = phrases.count(rules.size, "advisory", "advisories")
        told += f", the newest of {rules.newest}"
    except ScaError:
        told = "broken; run sca lint"
    return (
        f"sca {__version__}\n"
        f"time zones: {zones.version()} (IANA, by way of pytz)\n"
        f"rules: {told}\n"
        f"places: {Atlas().credits()}\n"
    )


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code; nothing but an interruption is raised."""
    return guarded(lambda: _answer(arguments), arguments)


def _answer(arguments: Sequence[str]) -> int:
    if arguments:
        # typer's completion answers nothing with exit 0; it is never asked with arguments.
        os.environ.pop("_SCA_COMPLETE", None)
    elif not _COMPLETION.fullmatch(os.environ.get("_SCA_COMPLETE", "")):
        *names, last = COMMANDS
        raise WrongUse(f"a command is missing; there are {', '.join(names)} and {last}")
    try:
        code: Any = _commands(arguments)(
            args=_marked(arguments), prog_name="sca", standalone_mode=False
        )
    except TyperException as error:
        raise WrongUse(_in_words(error)) from None
    except Abort:
        return Exit.INTERRUPTED
    return int(code or 0)


def _marked(arguments: Sequence[str]) -> list[str]:
    """The arguments with a coordinate in the south marked as no option: by a blank before it."""
    return [f" {a}" if a.startswith("-") and COORDINATE.fullmatch(a) else a for a in arguments]


def _in_words(error: TyperException) -> str:
    """What typer says, in a line, with what was probably meant and where to read on."""
    told = " ".join(error.format_message().split()).rstrip(".")
    told = re.sub(r"\.? Did you mean (.*)\?", r"; did you mean \1?", told)
    told = re.sub(r" \(Possible options: (.*)\)", r"; did you mean \1?", told)
    told = re.sub(r"argument\(s\) \((.*)\)", r"argument \1; put what has blanks in quotes", told)
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "sca"
    return f"{told[:1].lower()}{told[1:]}\n{path} --help tells more"


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))
