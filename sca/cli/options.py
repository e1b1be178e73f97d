"""Options that several commands share."""

from enum import StrEnum
from typing import Annotated

import typer

from sca import index
from sca.levels import Threshold, read_threshold
from sca.ruleset import RuleSet
from sca.settings import related


def threshold(text: str | None, rules: RuleSet) -> Threshold | None:
    return None if text is None else read_threshold(text, rules.schemes)


def settings(names: list[str] | None, rules: RuleSet) -> frozenset[str] | None:
    return related(names, rules.settings) if names else None


def level_names(incomplete: str) -> list[str]:
    """Completion of levels and severities."""
    rules = index.load()
    ids = [level.id for scheme in rules.schemes.values() for level in scheme.levels]
    names = [*dict.fromkeys(ids), "Minor", "Moderate", "Severe", "Extreme"]
    return [name for name in names if name.startswith(incomplete)]


def setting_names(incomplete: str) -> list[tuple[str, str]]:
    """Completion of settings, each with its sentence."""
    vocabulary = index.load().settings.values()
    return [(s.id, str(s.text)) for s in vocabulary if s.id.startswith(incomplete)]


class ListFormat(StrEnum):
    """How `list` prints."""

    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"


class LintFormat(StrEnum):
    """How `lint` prints."""

    text = "text"
    json = "json"
    sarif = "sarif"
    github = "github"


class SchemaKind(StrEnum):
    """What `schema` describes."""

    rule = "rule"
    scheme = "scheme"
    settings = "settings"
    places = "places"
    watches = "watches"
    accepted = "accepted"
    document = "document"


Place = Annotated[
    str,
    typer.Argument(
        help="A city, region or country by name, a code (iata:ALA), or latitude,longitude.",
        show_default=False,
    ),
]
Rules = Annotated[
    list[str] | None,
    typer.Option(
        "--rules",
        metavar="PATH",
        help="Read these rules instead, a file or folder; may be repeated. [SCA_RULES]",
    ),
]
Now = Annotated[
    str | None,
    typer.Option(
        "--now", metavar="TIME", help="Take this as the present: 2024-07-03T14:00Z. [SCA_NOW]"
    ),
]
Language = Annotated[
    str | None,
    typer.Option("--lang", metavar="TAG", help="Language of texts: en, ru, kk, … [SCA_LANG]"),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print the document, errors included, as JSON on stdout.")
]
Schemes = Annotated[
    list[str] | None,
    typer.Option("--scheme", metavar="ID", help="Ask about this scale only; may be repeated."),
]
MaxAge = Annotated[
    str | None,
    typer.Option("--max-age", metavar="AGE", help="How old a watch may be: 90d, 36h, P90D."),
]
Unwatched = Annotated[
    str | None,
    typer.Option(
        "--unwatched", metavar="clear", help="Take what nobody watches for clear. [SCA_UNWATCHED]"
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="WHEN", help="Judge by what was known then, as a question's WHEN."
    ),
]
Zone = Annotated[
    str | None,
    typer.Option("--zone", metavar="ZONE", help="The clock of a coordinate: Asia/Almaty."),
]
AtLeast = Annotated[
    str | None,
    typer.Option(
        "--at-least",
        metavar="LEVEL",
        help="Count only this level and graver: orange, kz-terror-threat:orange, or Severe.",
        autocompletion=level_names,
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--setting",
        metavar="NAME",
        help="Count only what bites there: airport, street, …; may be repeated.",
        autocompletion=setting_names,
    ),
]
