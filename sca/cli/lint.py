"""`sca lint`: are these rule files right, and do they say what was meant?"""

import os
from collections.abc import Sequence
from typing import Annotated

import typer

from sca import linting
from sca.cli import options, output, surroundings
from sca.errors import Exit, Mistake, WrongUse
from sca.reading import Reading, read
from sca.report import document, findings, phrases
from sca.strict.warnings import meaning, names

_REPORTS = {
    options.LintFormat.text: findings.text,
    options.LintFormat.sarif: findings.sarif,
    options.LintFormat.github: findings.github,
}

EPILOG = "\n".join(
    ["\b", 'Warnings, which a file silences by allow = [{lint = "midnight", why = "..."}]:']
    + [f"  {name:<21}  {meaning(name)}" for name in names()]
)
"""The end of its help."""


def lint(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Files and folders; else the rules in use."),
    ] = None,
    format: Annotated[
        options.LintFormat, typer.Option("--format", help="How to print.", show_default=False)
    ] = options.LintFormat.text,
    json: options.Json = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Report what looks like a slip too, as warnings.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write times plainer: T, Z, no fraction; change no more.")
    ] = False,
    rules: options.Rules = None,
    now: options.Now = None,
) -> int:
    """Report every mistake in rule files, and run their examples: exit 1 if there is one."""
    if paths and rules:
        raise WrongUse("name the files to lint as arguments or by --rules, not both")
    given, present = surroundings.rule_paths(paths or rules), surroundings.clock(now)
    for path in given or []:
        if not os.path.lexists(path):
            raise WrongUse(f"there is no {path!r}")
    reading = read(given, demand_advisory=False, prove=True)
    mendings = linting.mendings(reading) if fix else ()
    for mending in mendings:
        output.rewrite(mending.path, mending.old, mending.new)
    if mendings:
        reading = read(given, demand_advisory=False, prove=True)
    warnings = linting.warnings(reading, present) if strict else ()
    format = options.LintFormat.json if json else format
    output.out(_report(reading, warnings, mendings, format))
    if format is options.LintFormat.text:
        for mending in mendings:
            output.say(f"sca: {mending.path}: {phrases.count(mending.times, 'time')} rewritten")
        told = f"sca: {phrases.count(reading.files, 'file')} read"
        told += f", {phrases.count(len(reading.mistakes), 'mistake')}"
        told += f", {phrases.count(len(warnings), 'warning')}" if strict else ""
        output.say(told)
    return Exit.IN_FORCE if reading.mistakes or warnings else Exit.CLEAR


def _report(
    reading: Reading,
    warnings: Sequence[Mistake],
    mendings: Sequence[linting.Mending],
    format: options.LintFormat,
) -> str:
    mistakes = reading.mistakes
    if format is options.LintFormat.json:
        fixed = [(mending.path, mending.times) for mending in mendings]
        told = document.of_lint(mistakes, reading.files, warnings, fixed)
        return document.dumped(told, output.ascii_only())
    return _REPORTS[format](sorted([*mistakes, *warnings]))
