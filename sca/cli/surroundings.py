"""What a command finds around it: the environment, the clock, the rules and the language."""

import os
from datetime import UTC, datetime

from sca import index, spans
from sca.errors import WrongUse
from sca.language import FALLBACK
from sca.ruleset import RuleSet

ENVIRONMENT = {
    "SCA_RULES": "--rules; several paths as in PATH",
    "SCA_NOW": "--now",
    "SCA_LANG": "--lang",
    "SCA_UNWATCHED": "--unwatched",
}
"""Every variable that sca reads, and the option that wins over it."""


def environment(name: str) -> str | None:
    """The value of one of these variables; one that is empty is as good as not set."""
    if name not in ENVIRONMENT:
        raise KeyError(name)
    return os.environ.get(name) or None


def surrounded() -> bool:
    """Whether any of these variables has a say."""
    return any(environment(name) for name in ENVIRONMENT)


def rule_paths(given: list[str] | None) -> list[str] | None:
    """Where to read rules: the options, else SCA_RULES, else None for the usual folders."""
    if given:
        return given
    named = environment("SCA_RULES")
    if named is None:
        return None
    paths = [path for path in named.split(os.pathsep) if path]
    if not paths:
        raise WrongUse("SCA_RULES names no path; unset it or name a file or folder of rules")
    return paths


def loaded(given: list[str] | None, asked: str | None = None) -> RuleSet:
    """The rules to answer from; with `asked`, a question about that place. Raises BrokenRules."""
    return index.load(rule_paths(given), asked)


def clock(given: str | None) -> datetime:
    """The present: --now, else SCA_NOW, else the machine's clock, read here and nowhere else."""
    text = given if given is not None else environment("SCA_NOW")
    return spans.read_instant(text) if text is not None else datetime.now(UTC)


def language(given: str | None) -> str:
    """The language of texts: --lang, SCA_LANG, the locale, English."""
    chosen = given or environment("SCA_LANG")
    if chosen:
        return chosen.replace("_", "-")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if locale := os.environ.get(name):
            tag = locale.split(".")[0].split("@")[0].replace("_", "-")
            return FALLBACK if tag in {"C", "POSIX", ""} else tag
    return FALLBACK


def age(given: str | None) -> spans.Duration | None:
    return None if given is None else spans.read_age(given)


def trusts_silence(given: str | None) -> bool:
    """Whether --unwatched or SCA_UNWATCHED says that what nobody watches is clear."""
    for name, value in (("--unwatched", given), ("SCA_UNWATCHED", environment("SCA_UNWATCHED"))):
        if value not in {None, "clear"}:
            raise WrongUse(f"{name} is {value!r}; it takes the word clear, or is left out")
    return "clear" in {given, environment("SCA_UNWATCHED")}
