"""`sca list`: the table of measures of every advisory."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated

import typer

from sca import spans
from sca.advisory import Measure, Segment
from sca.cli import options, output
from sca.errors import Exit
from sca.levels import Threshold
from sca.places import Place
from sca.report import document
from sca.ruleset import RuleSet
from sca.spans import Span, When


def list_(
    place: Annotated[
        str | None, typer.Argument(metavar="[PLACE]", help="Only what bears on this place.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="WHEN", help="Only what is in force then; now is a time too."),
    ] = None,
    level: Annotated[
        str | None,
        typer.Option(
            "--level",
            metavar="LEVEL",
            help="Only this level, of any scheme or as scheme:level.",
            autocompletion=options.level_names,
        ),
    ] = None,
    setting: options.Settings = None,
    format: Annotated[
        options.ListFormat, typer.Option("--format", help="How to print.", show_default=False)
    ] = options.ListFormat.table,
    json: options.Json = False,
    rules: options.Rules = None,
    now: options.Now = None,
    lang: options.Language = None,
) -> int:
    """Print the measures of every advisory, the newest first."""
    written, present = spans.read(at) if at is not None else None, options.clock(now)
    known = options.loaded(rules)
    wanted = options.threshold(level, known)
    settings = options.settings(setting, known)
    found = known.gazetteer.find(place) if place is not None else None
    segments = [
        segment
        for segment in known.segments
        if (wanted is None or _is_level(segment, wanted))
        and (found is None or _bears_on(segment.place, found))
        and (written is None or _in_force(segment, written, present, found, known))
    ]
    tag = options.language(lang)
    told = document.of_list(list(_rows(segments, settings, tag)), known, tag)
    output.out(_report(told, options.ListFormat.json if json else format))
    return Exit.CLEAR


def _bears_on(named: Place, asked: Place) -> bool:
    """Whether a place that a rule names has a part, sure or possible, in the one asked about."""
    return asked.lies_in(named) or named.lies_in(asked) or asked.may_lie_in(named)


def _is_level(segment: Segment, wanted: Threshold) -> bool:
    """Whether it is this very level, or of this severity where one was asked for."""
    if wanted.ranks:
        return (segment.level.scheme, segment.level.rank) in wanted.ranks
    return segment.level.severity == wanted.severity


def _in_force(
    segment: Segment, when: When, now: datetime, asked: Place | None, known: RuleSet
) -> bool:
    """At the clock of the place asked about, else of the advisory itself."""
    clocks = {zone for part in known.parts(asked) for zone in part.clocks} if asked else set()
    return any(
        segment.span.overlaps(when.reading(zone, now).span)
        for zone in clocks or {segment.advisory.clock(segment.place)}
    )


def _rows(
    segments: Iterable[Segment], settings: frozenset[str] | None, language: str
) -> Iterator[document.Document]:
    groups: dict[tuple[str, int, str, Span], list[Segment]] = {}
    newest_first = sorted(segments, key=lambda s: (s.advisory.id, s.bulletin))
    newest_first.sort(key=lambda s: s.span.start, reverse=True)
    for segment in newest_first:
        key = (segment.advisory.id, segment.bulletin, segment.level.id, segment.span)
        groups.setdefault(key, []).append(segment)
    for group in groups.values():
        for measure in _biting(group, settings):
            yield document.row(group, measure, language)


def _biting(group: Iterable[Segment], settings: frozenset[str] | None) -> Iterator[Measure | None]:
    """The measures that can bite at the level and places of a group; None where there is none."""
    first, *_ = every = list(group)
    if not first.advisory.measures:
        yield None
    for measure in first.advisory.measures:
        asked = (
            settings is None or not measure.settings or not settings.isdisjoint(measure.settings)
        )
        if asked and any(measure.limits.allow(s.level, s.place) for s in every):
            yield measure


def _report(told: document.Document, format: options.ListFormat) -> str:
    if format is options.ListFormat.json:
        return document.dumped(told, output.ascii_only())
    from sca.report import sheets

    if format is options.ListFormat.csv:
        return sheets.csv(told["rows"])
    if format is options.ListFormat.markdown:
        return sheets.markdown(told["rows"])
    from sca.report import table

    terminal = output.terminal()
    return table.drawn(table.listing(told, terminal), terminal)
