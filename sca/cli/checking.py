"""What `sca check` does: one question answered and printed, without a library for options."""

import sys
from collections.abc import Sequence

from sca import answering, spans
from sca.cli import answers, express, output, surroundings
from sca.cli.guard import guarded
from sca.errors import Exit
from sca.report import document, text


def main() -> None:
    """Answer a plain question and leave; do nothing for any other command line."""
    asked = express.asked()
    if asked is not None:
        sys.exit(guarded(lambda: answer(*asked), sys.argv[1:]))


def answer(
    place: str,
    when: str,
    form: str,
    *,
    explain: bool = False,
    at_least: str | None = None,
    settings: Sequence[str] = (),
    schemes: Sequence[str] = (),
    as_of: str | None = None,
    max_age: str | None = None,
    unwatched: str | None = None,
    exercise: bool = False,
    rules: list[str] | None = None,
    now: str | None = None,
    lang: str | None = None,
    zone: str | None = None,
    exit_zero: bool = False,
) -> int:
    """Print the answer as `quiet`, `json`, `short` or `text`, and give its exit code.

    All else is as the options of the command line have it. Raises ScaError.
    """
    present = surroundings.clock(now)
    spans.read(when)  # what is wrong with the command line is told before what is wrong elsewhere
    plain = not surroundings.surrounded() and not any(
        (at_least, settings, schemes, as_of, max_age, unwatched, exercise, rules, now, lang, zone)
    )
    ground = answers.ground() if plain else None
    # What is explained, or was known at some time, is told of all advisories there are.
    known = surroundings.loaded(rules, None if explain or as_of else place.strip())
    inquiry = answering.inquire(
        place.strip(),
        when,
        rules=known,
        now=present,
        at_least=at_least,
        settings=settings,
        zone=zone,
        as_of=as_of,
        exercise=exercise,
        schemes=schemes,
        max_age=max_age,
        unwatched_is_clear=surroundings.trusts_silence(unwatched),
    )
    verdict = inquiry.verdict()
    if ground is not None or form != "quiet":
        tag, asked = surroundings.language(lang), place.strip()
        told = document.of_verdict(verdict, known, asked, when, tag, settings, as_of)
        if form != "quiet":
            why = answering.explain(inquiry, known) if explain else None
            output.out(_report(document.with_reasons(told, why, tag) if why else told, form))
        if ground is not None:
            answers.keep(place, when, inquiry, verdict, told, ground)
    code = document.exit_of(verdict)
    return Exit.CLEAR if exit_zero and code is Exit.IN_FORCE else code


def _report(told: document.Document, form: str) -> str:
    if form == "json":
        return document.dumped(told, output.ascii_only())
    if form == "short":
        return text.short(told)
    if not output.terminal():
        return text.verdict(told)
    from sca.report import table

    return table.drawn(table.verdict(told), terminal=True)
