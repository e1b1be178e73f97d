"""The one versioned document: what `--json` prints, and what every other report reads.

Instants are `YYYY-MM-DDThh:mm:ssZ` and ends are exclusive; an end that nobody set is null.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sca import __version__, zones
from sca.acceptance import Acceptance
from sca.advisory import Advice, Advisory, Measure, Segment
from sca.errors import BrokenRules, Exit, Mistake, ScaError
from sca.evaluate import Answer, Applied, Applies, Finding, Near, Reason, Verdict
from sca.language import Text
from sca.levels import Level
from sca.limits import ANYWHERE, Limits
from sca.places import Place
from sca.question import Question
from sca.ruleset import RuleSet
from sca.spans import FOREVER, Duration, Span, local_text, utc_text
from sca.watches import Watch, Watching

if TYPE_CHECKING:
    from sca.changes import Act, Change, Stretch
    from sca.explanation import Account, Explanation
    from sca.index import Entry
    from sca.outlook import Outlook, Search
    from sca.record import Bound, Said
    from sca.timelines import Bar, Row, Timeline

VERSION = 1

Document = dict[str, Any]


def schema() -> Document:
    """The JSON Schema of every document."""
    text = Path(__file__).with_name("document.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def dumped(document: Document, ascii_only: bool = False) -> str:
    """The document as the text that is printed."""
    return json.dumps(document, ensure_ascii=ascii_only, indent=2) + "\n"


def of_verdict(
    verdict: Verdict,
    rules: RuleSet,
    place: str,
    when: str,
    language: str,
    settings: Sequence[str] = (),
    as_of: str | None = None,
) -> Document:
    """A verdict; `place`, `when`, `settings` and `as_of` are the texts that were asked."""
    question = verdict.question
    return {
        "version": VERSION,
        "kind": "verdict",
        "exit": exit_of(verdict),
        "language": language,
        "answer": verdict.answer.value,
        "place": {"asked": place, **of_place(question.place, question.timezone)},
        "when": _when(question, when),
        "as_of": as_of,
        "level": _level(verdict.level, language, _day(question)),
        "scheme": rules.schemes[verdict.level.scheme].title.spoken(language)
        if verdict.level
        else None,
        "partial": verdict.partial,
        "parts": [{**_named(part), "level": level.id} for part, level in verdict.levels],
        "covered": [_span(span) for span in verdict.covered],
        "next_change": utc_text(verdict.next_change) if verdict.next_change else None,
        "threshold": question.threshold.text if question.threshold else None,
        "settings": list(settings),
        "advisories": [_finding(f, language, _day(question)) for f in verdict.findings],
        "doubts": [_doubt(reason, language) for reason in verdict.doubts],
        "near": [_near(near, language) for near in verdict.near],
        "considered": verdict.considered,
        "watched": _watching(verdict.watching),
        "rules": of_rules(rules),
        **_versions(),
    }


def with_reasons(told: Document, explanation: "Explanation", language: str) -> Document:
    """A verdict's document with why each advisory counts, or does not."""
    return {
        **told,
        "explanation": [_account(account, language) for account in explanation.accounts],
        "unrelated": {"advisories": explanation.unrelated, "within_km": explanation.within},
    }


_EXITS = {Answer.IN_FORCE: Exit.IN_FORCE, Answer.CLEAR: Exit.CLEAR}


def exit_of(verdict: Verdict) -> Exit:
    """The exit code that an answer stands for."""
    return _EXITS.get(verdict.answer, Exit.NO_ANSWER)


def of_error(error: ScaError) -> Document:
    """An error that a person can put right."""
    told: Document = {
        "code": error.code,
        "message": str(error),
        "candidates": [{"text": c.text, "meaning": c.meaning} for c in error.candidates],
    }
    if isinstance(error, BrokenRules):
        told["mistakes"] = [of_mistake(mistake) for mistake in error.mistakes]
    return _error(error.exit, told)


def of_bug(message: str) -> Document:
    """An exception that nobody expected."""
    return _error(Exit.BUG, {"code": "bug", "message": message, "candidates": []})


def of_lint(
    mistakes: Sequence[Mistake],
    files: int,
    warnings: Sequence[Mistake] = (),
    fixed: Sequence[tuple[str, int]] = (),
) -> Document:
    """What was found wrong in rule files, what looks wrong, and which files were rewritten.

    `fixed` are the paths of the latter, each with how many times were.
    """
    return {
        "version": VERSION,
        "kind": "lint",
        "exit": Exit.IN_FORCE if mistakes or warnings else Exit.CLEAR,
        "files": files,
        "mistakes": [of_mistake(mistake) for mistake in mistakes],
        "warnings": [{**of_mistake(w), "warning": w.warning} for w in warnings],
        "fixed": [{"path": path, "times": times} for path, times in fixed],
        **_versions(),
    }


def of_mistake(mistake: Mistake) -> Document:
    return {
        "path": mistake.path,
        "line": mistake.line,
        "address": mistake.address,
        "problem": mistake.problem,
    }


def of_list(
    rows: list[Document], rules: RuleSet, language: str, as_of: str | None = None
) -> Document:
    """The table of measures; `as_of` is the text that was asked."""
    return {
        "version": VERSION,
        "kind": "list",
        "exit": Exit.CLEAR,
        "language": language,
        "as_of": as_of,
        "rows": rows,
        "rules": of_rules(rules),
        **_versions(),
    }


def of_places(
    asked: str,
    meant: Place,
    others: Iterable[Place],
    near: Iterable[Place],
    typed: Callable[[Place], str],
) -> Document:
    """What a name means, what else bears it, and what is spelled alike; `typed` names each."""

    def told(place: Place) -> Document:
        clocks = {"timezones": list(place.clocks)}
        one = place.clocks[0] if len(place.clocks) == 1 else None
        return {"text": typed(place), **of_place(place, one), **clocks}

    return {
        "version": VERSION,
        "kind": "places",
        "exit": Exit.CLEAR,
        "asked": asked,
        "place": told(meant),
        "bearers": [told(place) for place in others],
        "near": [told(place) for place in near],
        **_versions(),
    }


def of_changes(
    changes: "Sequence[Change]",
    rules: RuleSet,
    asked: Iterable[tuple[str, Place]],
    since: str,
    until: str,
    span: Span,
    timezone: str,
    language: str,
) -> Document:
    """What became known in a span; `asked`, `since` and `until` hold the texts that were asked."""
    return {
        "version": VERSION,
        "kind": "changes",
        "exit": Exit.IN_FORCE if changes else Exit.CLEAR,
        "language": language,
        "places": [{"asked": text, **of_place(p, p.timezone or None)} for text, p in asked],
        "since": {"asked": since, "at": utc_text(span.start)},
        "until": {"asked": until, "at": utc_text(span.end)},
        "timezone": timezone,
        "changes": [_change(change, language) for change in changes],
        "rules": of_rules(rules),
        **_versions(),
    }


def of_outlook(
    outlook: "Outlook",
    search: "Search | None",
    question: Question,
    rules: RuleSet,
    place: str,
    when: str,
    language: str,
    settings: Sequence[str] = (),
    as_of: str | None = None,
) -> Document:
    """When the answer to a question changes, and a clear stretch where one was looked for."""
    return {
        "version": VERSION,
        "kind": "next",
        "exit": exit_of_outlook(outlook, search),
        "language": language,
        "place": {"asked": place, **of_place(question.place, question.timezone)},
        "when": _when(question, when),
        "as_of": as_of,
        "threshold": question.threshold.text if question.threshold else None,
        "settings": list(settings),
        "first": _state(outlook.first, question, language),
        "change": _state(outlook.change, question, language) if outlook.change else None,
        "clear": _search(search, question) if search else None,
        "considered": outlook.first.considered,
        "rules": of_rules(rules),
        **_versions(),
    }


def exit_of_outlook(outlook: "Outlook", search: "Search | None") -> Exit:
    """Done, unless what was asked cannot be told."""
    if search is not None:
        told = search.certain
    else:
        told = outlook.change is not None or outlook.first.answer in _EXITS
    return Exit.CLEAR if told else Exit.NO_ANSWER


def row(group: Sequence[Segment], measure: Measure | None, language: str) -> Document:
    """One row of that table: segments of one bulletin, level and span, and one of its measures."""
    first = group[0]
    span, zone = first.span, first.advisory.clock(first.place, first.zone)
    return {
        "advisory": first.advisory.id,
        "title": first.advisory.title.spoken(language),
        "level": _level(first.level, language),
        "places": [_named(segment.place) for segment in group],
        **_span(span),
        "timezone": zone,
        "from": local_text(span.start, zone),
        "until": None if span.end == FOREVER else local_text(span.end, zone),
        "doubt": first.doubt.value if first.doubt else None,
        "measure": _measure(measure, language) if measure else None,
    }


def of_rules(rules: RuleSet) -> Document:
    return {
        "paths": list(rules.paths),
        "advisories": rules.size,
        "newest": rules.newest,
    }


def of_place(place: Place, timezone: str | None) -> Document:
    return {
        "name": place.name,
        "kind": place.kind.value,
        "region": place.region,
        "country": place.country,
        "id": place.id,
        "timezone": timezone,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "population": place.population,
        "via": place.via,
    }


def _error(exit: Exit, told: Document) -> Document:
    return {"version": VERSION, "kind": "error", "exit": exit, "error": told, **_versions()}


def _versions() -> Document:
    return {"sca": __version__, "tzdata": zones.version()}


def _when(question: Question, asked: str) -> Document:
    span, zone = question.span, question.timezone
    return {
        "asked": asked,
        **_span(span),
        "timezone": zone,
        "local_start": local_text(span.start, zone) if zone else None,
        "local_end": local_text(span.end, zone) if zone else None,
        "twice": any(part.twice for part in question.parts),
    }


def _day(question: Question) -> date:
    """The day that is asked about, by the words of which levels are told."""
    return zones.local(question.span.start, question.timezone or "Etc/UTC").date()


def _level(level: Level | None, language: str, day: date | None = None) -> Document | None:
    if level is None:
        return None
    level = level.worded(day) if day else level
    return {
        "scheme": level.scheme,
        "id": level.id,
        "name": level.name.spoken(language),
        "severity": level.severity.name,
        "colour": level.colour,
        "meaning": level.meaning.spoken(language) if level.meaning else None,
    }


def _finding(finding: Finding, language: str, day: date) -> Document:
    advisory, level = finding.advisory, finding.level
    named = {reason.segment.place.id for reason in finding.because}
    first = finding.because[0]
    zone = advisory.clock(first.segment.place, first.part.zone)
    return {
        "id": advisory.id,
        "title": advisory.title.spoken(language),
        "issuer": advisory.issuer.spoken(language),
        "scheme": advisory.scheme.title.spoken(language),
        "level": _level(level, language, day),
        "counts": finding.counts,
        **_standing(advisory),
        "settings": list(advisory.settings),
        "places": [_named(place) for place in advisory.places if place.id in named],
        **_span(finding.span),
        "level_end": _end(finding.until),
        "timezone": zone,
        "sources": list(advisory.sources),
        "measures": [_measure_now(applied, language) for applied in finding.measures],
        "advice": [_advice(applied, language) for applied in finding.advice]
        + [_general(text, language) for text in level.advice],
        "notes": [note.spoken(language) for note in advisory.notes],
        "because": [_reason(reason) for reason in finding.because],
        "accepted": _accepted(finding.accepted, language) if finding.accepted else None,
    }


def _accepted(acceptance: Acceptance, language: str) -> Document:
    """By whom it is lived with, where, up to what level, through when (as written), and why."""
    return {
        "by": acceptance.by,
        "until": str(acceptance.until),
        "reason": acceptance.reason.spoken(language),
        "level": acceptance.level.id,
        "places": [_named(place) for place in acceptance.places],
    }


def _measure_now(applied: Applied, language: str) -> Document:
    assert isinstance(applied.item, Measure)
    return {**_measure(applied.item, language), **_applies(applied)}


def _advice(applied: Applied, language: str) -> Document:
    item = applied.item
    assert isinstance(item, Advice)
    return {
        "text": item.text.spoken(language),
        "from": "advisory",
        "response": item.response.value if item.response else None,
        "audience": item.audience.spoken(language) if item.audience else None,
        **_limits(item.limits),
        **_applies(applied),
    }


def _general(text: Text, language: str) -> Document:
    """Advice that goes with a level of the scheme, whatever was declared."""
    return {
        "text": text.spoken(language),
        "from": "level",
        "response": None,
        "audience": None,
        **_limits(ANYWHERE),
        "applies": Applies.NOW.value,
        "since": None,
    }


def _applies(applied: Applied) -> Document:
    return {
        "applies": applied.applies.value,
        "since": utc_text(applied.since) if applied.since else None,
    }


def _limits(limits: Limits) -> Document:
    return {
        "settings": list(limits.settings),
        "levels": list(limits.levels),
        "places": [_named(place) for place in limits.places],
        "hours": str(limits.hours) if limits.hours else None,
        "recurs": limits.recurs,
    }


def _measure(measure: Measure, language: str) -> Document:
    return {
        "id": measure.id,
        "text": measure.text.spoken(language),
        **_limits(measure.limits),
    }


def _reason(reason: Reason) -> Document:
    segment, act = reason.segment, reason.segment.act
    return {
        "place": _named(segment.place),
        "part": _named(reason.part.place),
        "level": segment.level.id,
        **_span(segment.span),
        "bulletin": segment.bulletin,
        "doubt": segment.doubt.value if segment.doubt else None,
        "issued": str(act.issued),
        "onset": str(act.onset),
        "expires": str(act.expires) if act.expires else None,
    }


def _account(account: "Account", language: str) -> Document:
    advisory, number = account.advisory, account.superseded_by
    away = account.distance
    return {
        "advisory": advisory.id,
        "title": advisory.title.spoken(language),
        "scheme": advisory.scheme.id,
        "counts": account.counts,
        "reason": account.why.value,
        "parts": [_named(place) for place in account.parts],
        "places": [_named(place) for place in account.places],
        "level": account.level.id if account.level else None,
        "start": utc_text(account.span.start) if account.span else None,
        "end": _end(account.span.end) if account.span else None,
        "clocks": list(account.clocks),
        "doubts": [doubt.value for doubt in account.doubts],
        **_act(advisory, account.bulletin, account.act),
        "since": _bound(advisory, account.since) if account.since else None,
        "until": _bound(advisory, account.until) if account.until else None,
        "supersedes": [_said(advisory, said) for said in account.supersedes],
        "superseded_by": _act(advisory, number, account.superseding) if number else None,
        "then": _said(advisory, account.then) if account.then else None,
        "seconds": None if away is None else int(away.total_seconds()),
        "km": None if account.km is None else round(account.km, 1),
        "nearest": _named(account.nearest) if account.nearest else None,
        "accepted": _accepted(account.accepted, language) if account.accepted else None,
    }


def _act(advisory: Advisory, number: int, act: "Act | None") -> Document:
    """A bulletin by its number, its times as written, and what it did."""
    bulletin = advisory.bulletins[number - 1]
    return {
        "bulletin": number,
        "issued": str(bulletin.issued),
        "onset": str(bulletin.onset),
        "expires": str(bulletin.expires) if bulletin.expires else None,
        "duration": str(bulletin.duration) if bulletin.duration else None,
        "change": act.value if act else None,
    }


def _bound(advisory: Advisory, bound: "Bound") -> Document:
    """By which word of which bulletin something begins or ends, as it is written."""
    act = _act(advisory, bound.bulletin, None)
    return {
        "bulletin": bound.bulletin,
        "issued": act["issued"],
        "by": bound.word.value,
        "written": act[bound.word.value],
    }


def _said(advisory: Advisory, said: "Said") -> Document:
    issued = advisory.bulletins[said.bulletin - 1].issued
    return {"bulletin": said.bulletin, "issued": str(issued), "level": said.level.id}


def _watching(watching: Watching) -> Document:
    return {
        "watches": [of_watch(watch) for watch in watching.watches],
        "as_of": utc_text(watching.as_of) if watching.as_of else None,
        "holes": [
            {
                "place": _named(hole.place),
                "scheme": hole.scheme,
                **_span(hole.span),
                "reviewed": utc_text(hole.reviewed) if hole.reviewed else None,
            }
            for hole in watching.holes
        ],
    }


def of_cache(folder: str, entries: Iterable["Entry"], answers: int) -> Document:
    """Where compiled rules are kept, each index there, and of how many places answers are."""
    told = [
        {
            "path": entry.path,
            "size": entry.size,
            "written": utc_text(entry.written),
            "rules": list(entry.rules),
            "fresh": entry.fresh,
        }
        for entry in entries
    ]
    return {
        "version": VERSION,
        "kind": "cache",
        "exit": Exit.CLEAR,
        "folder": folder,
        "indexes": told,
        "answers": answers,
        **_versions(),
    }


def of_watches(rules: RuleSet, now: datetime, max_age: Duration | None, language: str) -> Document:
    """Every watch, and how old its review is in seconds; `max_age` replaces their own."""
    told = []
    for source in rules.sources:
        for watch in source.watches:
            zone = watch.places[0].clocks[0] if watch.places[0].clocks else "Etc/UTC"
            review = watch.until.reading(zone).span
            told.append(
                {
                    **of_watch(watch),
                    "title": rules.schemes[watch.scheme].title.spoken(language),
                    "notes": [note.spoken(language) for note in watch.notes],
                    "source_path": source.path,
                    "age": max(0, int((now - review.end).total_seconds())),
                    "state": watch.state(review, now, max_age).value,
                }
            )
    return {
        "version": VERSION,
        "kind": "watches",
        "exit": Exit.CLEAR,
        "language": language,
        "watches": told,
        "rules": of_rules(rules),
        **_versions(),
    }


def of_timeline(timeline: "Timeline", rules: RuleSet, asked: Document, language: str) -> Document:
    """What holds where as time goes by; `asked` are the texts that were asked."""
    bars = [bar for row in timeline.rows for bar in row.bars]
    advisories = {bar.advisory.id: bar.advisory for bar in bars}
    return {
        "version": VERSION,
        "kind": "timeline",
        "exit": Exit.CLEAR,
        "language": language,
        "asked": asked,
        "places": [
            of_place(place, place.clocks[0] if len(place.clocks) == 1 else None)
            for place in timeline.places
        ],
        "scale": _on_clock(timeline.span, timeline.timezone),
        "marked": {**_on_clock(timeline.marked, timeline.timezone), "twice": timeline.twice},
        "rows": [_line(row, timeline) for row in timeline.rows],
        "levels": _legend(timeline.rows, language),
        "advisories": [_declared(advisories[id], language) for id in sorted(advisories)],
        "rules": of_rules(rules),
        **_versions(),
    }


def _on_clock(span: Span, zone: str | None) -> Document:
    return {
        **_span(span),
        "timezone": zone,
        "local_start": local_text(span.start, zone) if zone else None,
        "local_end": local_text(span.end, zone) if zone else None,
    }


def _line(row: "Row", timeline: "Timeline") -> Document:
    """One row of a timeline."""
    clocks = row.clocks
    return {
        "kind": "place" if row.place else "advisory",
        "name": row.place.name if row.place else row.bars[0].advisory.id,
        "id": row.place.id if row.place else row.bars[0].advisory.id,
        "rest": row.rest,
        "depth": row.depth,
        "places": [_named(place) for place in row.places],
        "timezone": clocks.pop() if len(clocks) == 1 else timeline.timezone,
        "bars": [_bar(bar, timeline) for bar in row.bars],
        "unwatched": [_span(span) for span in row.unwatched],
    }


def _bar(bar: "Bar", timeline: "Timeline") -> Document:
    return {
        "advisory": bar.advisory.id,
        "bulletin": bar.bulletin,
        "scheme": bar.level.scheme,
        "level": bar.level.id,
        "places": [_named(place) for place in bar.places],
        **_span(bar.span),
        "doubt": bar.doubt.value if bar.doubt else None,
        "counts": timeline.counts(bar),
    }


def _legend(rows: Sequence["Row"], language: str) -> list[Document]:
    """Every level that some bar has, each scheme's gravest first, and its letter."""
    from sca.report.letters import letters

    bars = sorted((b for row in rows for b in row.bars), key=lambda b: b.level.gravity)
    levels = {(b.level.scheme, b.level.id): (b.level, b.advisory.scheme) for b in reversed(bars)}
    told = [{(b.level.scheme, b.level.id) for b in row.bars} for row in rows]
    marks = letters([[key for key in levels if key in row] for row in told])
    ordered = sorted(levels.items(), key=lambda told: (told[0][0], -told[1][0].rank))
    return [
        {
            "letter": marks[key],
            **(_level(level, language) or {}),
            "rank": level.rank,
            "baseline": level.baseline,
            "title": scheme.title.spoken(language),
        }
        for key, (level, scheme) in ordered
    ]


def _declared(advisory: Advisory, language: str) -> Document:
    """What an advisory is, without what holds by it."""
    return {
        "id": advisory.id,
        "title": advisory.title.spoken(language),
        "issuer": advisory.issuer.spoken(language),
        "scheme": advisory.scheme.id,
        "confidence": "reported" if advisory.reported else "confirmed",
        "status": "Exercise" if advisory.exercise else "Actual",
        "settings": list(advisory.settings),
        "sources": list(advisory.sources),
    }


def of_watch(watch: Watch) -> Document:
    """Who vouches for which silence, its bounds as written."""
    return {
        "scheme": watch.scheme,
        "places": [_named(place) for place in watch.places],
        "from": str(watch.since),
        "until": str(watch.until),
        "max_age": str(watch.max_age),
        "source": watch.source,
    }


def _change(change: "Change", language: str) -> Document:
    advisory, bulletin = change.advisory, change.bulletin
    return {
        "known": utc_text(change.known),
        "advisory": advisory.id,
        "title": advisory.title.spoken(language),
        "issuer": advisory.issuer.spoken(language),
        "scheme": advisory.scheme.title.spoken(language),
        "bulletin": change.number,
        "issued": str(bulletin.issued),
        "change": change.act.value,
        "places": [_named(place) for place in change.places],
        "except": [_named(place) for place in change.apart],
        "onset": str(bulletin.onset),
        "start": utc_text(change.onset),
        "timezone": advisory.clock(change.places[0]),
        "before": [_stretch(stretch, language) for stretch in change.before],
        "after": [_stretch(stretch, language) for stretch in change.after],
        **_standing(advisory),
        "sources": list(bulletin.sources or advisory.sources),
    }


def _stretch(stretch: "Stretch", language: str) -> Document:
    return {"level": _level(stretch.level, language), **_span(stretch.span)}


def _standing(advisory: Advisory) -> Document:
    """What an advisory is worth."""
    return {
        "confidence": "reported" if advisory.reported else "confirmed",
        "status": "Exercise" if advisory.exercise else "Actual",
    }


def _state(verdict: Verdict, asked: Question, language: str) -> Document:
    """The answer at the first instant of a verdict's span, and what it rests on."""
    at, zone = verdict.question.span.start, asked.timezone
    return {
        "at": utc_text(at),
        "local": local_text(at, zone) if zone else None,
        "seconds": int((at - asked.span.start).total_seconds()),
        "answer": verdict.answer.value,
        "level": _level(verdict.level, language, _day(verdict.question)),
        "partial": verdict.partial,
        "parts": [{**_named(part), "level": level.id} for part, level in verdict.levels],
        "advisories": [
            {
                "id": finding.advisory.id,
                "title": finding.advisory.title.spoken(language),
                "level": finding.level.id,
            }
            for finding in verdict.findings
            if finding.counts
        ],
        "announced": _announced(verdict),
    }


def _announced(verdict: Verdict) -> str | None:
    """Up to when all that was announced is known, where the answer goes past that."""
    known = verdict.watching.as_of
    return utc_text(known) if known else None


def _search(search: "Search", question: Question) -> Document:
    found, zone = search.found, question.timezone
    span = found.question.span if found else None
    return {
        "length": str(search.length),
        "within": str(search.within),
        "until": utc_text(search.until),
        "stretch": {
            **_span(span),
            "local_start": local_text(span.start, zone) if zone else None,
            "local_end": local_text(span.end, zone) if zone else None,
        }
        if span
        else None,
        "announced": _announced(found) if found else None,
        "barred": [{"answer": bar.answer.value, **_span(bar.span)} for bar in search.barred],
    }


def _doubt(reason: Reason, language: str) -> Document:
    segment = reason.segment
    return {
        "advisory": segment.advisory.id,
        "title": segment.advisory.title.spoken(language),
        "level": _level(segment.level, language),
        "place": _named(segment.place),
    }


def _near(near: Near, language: str) -> Document:
    segment = near.segment
    return {
        "advisory": segment.advisory.id,
        "title": segment.advisory.title.spoken(language),
        "level": _level(segment.level, language),
        "place": _named(segment.place),
        **_span(segment.span),
        "timezone": segment.advisory.clock(segment.place, segment.zone),
        "seconds": int(near.distance.total_seconds()),
    }


def _named(place: Place) -> Document:
    return {"id": place.id, "name": place.name}


def _span(span: Span) -> Document:
    return {"start": utc_text(span.start), "end": _end(span.end)}


def _end(instant: datetime) -> str | None:
    return None if instant == FOREVER else utc_text(instant)
