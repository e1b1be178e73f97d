"""`sca lint`: are these rule files right?"""

import os
from typing import Annotated

import typer

from sca import ruleset
from sca.cli import options, output
from sca.errors import Exit, Mistake, WrongUse
from sca.report import document, findings, phrases

_REPORTS = {
    options.LintFormat.text: findings.text,
    options.LintFormat.sarif: findings.sarif,
    options.LintFormat.github: findings.github,
}


def lint(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Files and folders; else the rules in use."),
    ] = None,
    format: Annotated[
        options.LintFormat, typer.Option("--format", help="How to print.", show_default=False)
    ] = options.LintFormat.text,
    json: options.Json = False,
    rules: options.Rules = None,
) -> int:
    """Report every mistake in rule files, and run their examples: exit 1 if there is one."""
    if paths and rules:
        raise WrongUse("name the files to lint as arguments or by --rules, not both")
    given = options.rule_paths(paths or rules)
    for path in given or []:
        if not os.path.lexists(path):
            raise WrongUse(f"there is no {path!r}")
    reading = ruleset.read(given, demand_advisory=False, prove=True)
    output.out(_report(reading, options.LintFormat.json if json else format))
    if format is options.LintFormat.text and not json:
        files = phrases.count(reading.files, "file")
        output.say(f"sca: {files} read, {phrases.count(len(reading.mistakes), 'mistake')}")
    return Exit.IN_FORCE if reading.mistakes else Exit.CLEAR


def _report(reading: ruleset.Reading, format: options.LintFormat) -> str:
    mistakes: tuple[Mistake, ...] = reading.mistakes
    if format is options.LintFormat.json:
        return document.dumped(document.of_lint(mistakes, reading.files), output.ascii_only())
    return _REPORTS[format](mistakes)
