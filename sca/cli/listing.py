"""`sca list`: the table of measures of every advisory."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

import typer

from sca import timelines
from sca.advisory import Doubt, Measure, Segment
from sca.cli import options, output, surroundings
from sca.errors import Exit
from sca.levels import Threshold
from sca.question import Question
from sca.report import document
from sca.spans import Span, When, merged


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
    as_of: options.AsOf = None,
    format: Annotated[
        options.ListFormat, typer.Option("--format", help="How to print.", show_default=False)
    ] = options.ListFormat.table,
    json: options.Json = False,
    rules: options.Rules = None,
    now: options.Now = None,
    lang: options.Language = None,
) -> int:
    """Print the measures of every advisory, the newest first."""
    from sca import charting

    present, wish = (
        surroundings.clock(now),
        charting.read_wish("now" if at is None else at, as_of=as_of),
    )
    known = surroundings.loaded(rules)
    wanted = options.threshold(level, known)
    settings = options.settings(setting, known)
    if place is not None:
        found = known.gazetteer.find(place.strip())
        question = charting.ask_about(found, known.parts(found), wish, present)
        segments = _bearing_on(question, known.told(question), then=at is not None)
    else:
        segments = _whole(charting.all_segments(known, wish, present))
        if at is not None:
            segments = [s for s in segments if s.span.overlaps(_asked_of(s, wish.marked, present))]
    kept = (s for s in segments if wanted is None or _is_level(s, wanted))
    tag = surroundings.language(lang)
    told = document.of_list(list(_rows(kept, settings, tag)), known, tag, as_of)
    output.out(_report(told, options.ListFormat.json if json else format))
    return Exit.CLEAR


def _bearing_on(question: Question, segments: Sequence[Segment], then: bool) -> list[Segment]:
    """What has a part, sure or possible, in the place asked about; at any time, or then."""
    kept: dict[tuple[object, ...], Segment] = {}
    for part in question.parts:
        alone = replace(question, parts=(part,))
        told = [
            segment
            for segment in timelines.bearing_on(alone, segments)
            # Where a part may lie as well is nothing to what is around it.
            if segment.doubt is not Doubt.PLACE or part.place.id == question.place.id
        ]
        for segment in _whole(told):
            if not then or segment.span.overlaps(part.span):
                kept.setdefault((*_key(segment), segment.span), segment)
    return list(kept.values())


def _asked_of(segment: Segment, when: When, now: datetime) -> Span:
    """The time asked about on the clock of the advisory itself."""
    return when.reading(segment.advisory.clock(segment.place, segment.zone), now).span


def _whole(segments: Iterable[Segment]) -> list[Segment]:
    """Each stretch of a bulletin's level as one, whether or not the hour of its start is known."""
    stretches: dict[tuple[object, ...], list[Segment]] = {}
    for segment in segments:
        if segment.doubt is Doubt.HOUR:
            segment = replace(segment, doubt=None)
        stretches.setdefault(_key(segment), []).append(segment)
    return [
        replace(told[0], span=span)
        for told in stretches.values()
        for span in merged(segment.span for segment in told)
    ]


def _key(segment: Segment) -> tuple[object, ...]:
    level, place = segment.level, segment.place
    id, doubt = segment.advisory.id, segment.doubt
    return (id, segment.bulletin, level.scheme, level.id, place.id, doubt)


def _is_level(segment: Segment, wanted: Threshold) -> bool:
    """Whether it is this very level, or of this severity where one was asked for."""
    if wanted.ranks:
        return (segment.level.scheme, segment.level.rank) in wanted.ranks
    return segment.level.severity == wanted.severity


def _rows(
    segments: Iterable[Segment], settings: frozenset[str] | None, language: str
) -> Iterator[document.Document]:
    groups: dict[tuple[str, int, str, Span, Doubt | None], list[Segment]] = {}
    newest_first = sorted(segments, key=lambda s: (s.advisory.id, s.bulletin, _position(s)))
    newest_first.sort(key=lambda s: s.span.start, reverse=True)
    for segment in newest_first:
        id, level = segment.advisory.id, segment.level.id
        key = (id, segment.bulletin, level, segment.span, segment.doubt)
        groups.setdefault(key, []).append(segment)
    for group in groups.values():
        for measure, span in _biting(group, settings):
            yield document.row([replace(s, span=span) for s in group], measure, language)


def _position(segment: Segment) -> int:
    """Where its place stands among those of its advisory."""
    return [place.id for place in segment.advisory.places].index(segment.place.id)


def _biting(
    group: Sequence[Segment], settings: frozenset[str] | None
) -> Iterator[tuple[Measure | None, Span]]:
    """The measures that can bite at the level and places of a group, and when; None for no measure.

    A level at which none can bite holds all the same, and in every setting.
    """
    first = group[0]
    if not _bites(first.advisory.settings, settings):
        return
    zone = first.advisory.clock(first.place, first.zone)
    able = [
        (measure, span)
        for measure in first.advisory.measures
        if any(measure.limits.allow(s.level, s.place) for s in group)
        and (span := measure.limits.window(first.span, zone))
    ]
    if not able:
        yield None, first.span
    yield from (pair for pair in able if _bites(pair[0].settings, settings))


def _bites(named: Collection[str], asked: frozenset[str] | None) -> bool:
    """Whether what is limited to these settings, or to none, bites in any that is asked about."""
    return asked is None or not named or not asked.isdisjoint(named)


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
