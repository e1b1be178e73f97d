"""A set of rule files, read whole: either all of it is right, or no verdict is given from it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sca import finding, history
from sca.acceptance import Acceptance
from sca.advisory import Advisory, Measure
from sca.atlas import Atlas
from sca.errors import BrokenRules, InvalidTime, Mistake
from sca.evaluate import Applies, Verdict, evaluate
from sca.formats import accepted, places, rules, schemes, settings, toml, watches
from sca.formats.references import Known
from sca.formats.rules import Rule
from sca.formats.toml import Sheet
from sca.gazetteer import Gazetteer
from sca.levels import Scheme
from sca.question import ask
from sca.ruleset import RuleSet, paths_of, shipped
from sca.spans import FOREVER
from sca.watches import Source, Watch


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a set: the rules and every mistake, either of which may be none."""

    rules: RuleSet
    mistakes: tuple[Mistake, ...]
    files: int
    sheets: tuple[Sheet, ...]
    """The files themselves, without the shipped ones that are only at hand."""
    declared: Mapping[str, Rule]
    """What the advisory files without a mistake say, by their paths."""
    accepted: Mapping[str, tuple[Acceptance, ...]]
    """What the accepted files without a mistake say, by their paths."""
    vouched: Mapping[str, tuple[Watch, ...]]
    """What the watches files say, by their paths."""
    found: tuple[tuple[Sheet, str | None], ...]
    """Every file that was read, of the same words the first, and the path that led to it; of the
    shipped ones that are only at hand none did."""


def load(paths: Iterable[str | Path] | None = None) -> RuleSet:
    """The rules in these files and folders, else those of the user, the site and the package.

    The shipped schemes, settings and places are at hand for every set. Raises BrokenRules with
    every mistake in every file.
    """
    reading = read(paths)
    if reading.mistakes:
        raise BrokenRules(reading.mistakes)
    return reading.rules


def read(
    paths: Iterable[str | Path] | None = None, demand_advisory: bool = True, prove: bool = False
) -> Reading:
    """The same with its mistakes as values.

    Without `demand_advisory`, files that hold no advisory are in order as long as they are named
    one by one. With `prove` the examples of all files are run; else not those of the shipped
    ones, which have been run before they were shipped.
    """
    given = paths_of(paths)
    found, mistakes = _sheets(given)
    own = sorted((sheet for sheet, _ in found), key=lambda sheet: sheet.path)
    base = [] if str(shipped()) in given else _sheets(finding.vocabulary())[0]
    sheets = _each_once([sheet for sheet, _ in base] + own)

    known_schemes, broken = _read_schemes(_of_kind("scheme", sheets))
    own_places = _of_kind("places", sheets)
    known = Known(
        known_schemes,
        settings.read(_of_kind("settings", sheets)),
        places.read(own_places, Atlas()),
        broken,
    )
    proven = set() if prove else {sheet.path for sheet, root in found if root == str(shipped())}
    if any(sheet.wrongs for sheet in own_places):
        # Among places that are not what they should be, an example would feign a mistake.
        proven = {sheet.path for sheet in sheets}
    declared = _read_advisories(_of_kind("advisory", sheets), known, proven)
    advisories = {path: rule.advisory for path, rule in declared.items()}
    lived_with = _read_accepted(sheets, known, advisories.values())
    vouched = {s.path: watches.read(s, known) for s in _of_kind("watches", sheets)}
    sources = _sources(given, found, advisories, vouched)
    mistakes += [mistake for sheet in sheets for mistake in sheet.mistakes()]
    mistakes += _without_rules(given)
    if not mistakes:
        mistakes = _without_advisory(given, own, demand_advisory)
    read_rules = _rule_set(given, advisories.values(), known, sources, lived_with.values())
    right = {sheet.path for sheet in own if not sheet.wrongs}
    once = {id(sheet) for sheet in sheets}
    return Reading(
        rules=read_rules,
        mistakes=tuple(sorted(set(mistakes))),
        files=len(own),
        sheets=tuple(own),
        declared={path: rule for path, rule in declared.items() if path in right},
        accepted={path: every for path, every in lived_with.items() if path in right},
        vouched=vouched,
        found=tuple(
            (sheet, root)
            for sheet, root in [*((sheet, None) for sheet, _ in base), *found]
            if id(sheet) in once
        ),
    )


def _sources(
    given: Iterable[str],
    found: Iterable[tuple[Sheet, str]],
    advisories: Mapping[str, Advisory],
    vouched: Mapping[str, Sequence[Watch]],
) -> tuple[Source, ...]:
    """Each path that rules were read from, with its watches and what it has ever declared."""
    every = list(found)
    sources = []
    for root in given:
        paths = [sheet.path for sheet, home in every if home == root]
        own = [advisories[path] for path in paths if path in advisories]
        watched = tuple(watch for path in paths for watch in vouched.get(path, ()))
        sources.append(Source.of(root, own, watched))
    return tuple(sources)


def _rule_set(
    given: Sequence[str],
    advisories: Iterable[Advisory],
    known: Known,
    sources: tuple[Source, ...],
    lived_with: Iterable[Sequence[Acceptance]],
) -> RuleSet:
    ordered = sorted(advisories, key=lambda advisory: advisory.id)
    segments = tuple(s for advisory in ordered for s in history.segments(advisory))
    return RuleSet(
        paths=tuple(given),
        advisories=tuple(ordered),
        segments=segments,
        schemes=dict(known.schemes),
        settings=dict(known.settings),
        gazetteer=known.gazetteer.favouring(p.id for a in ordered for p in a.places),
        sources=sources,
        accepted=tuple(acceptance for every in lived_with for acceptance in every),
    )


def _sheets(given: Iterable[str]) -> tuple[list[tuple[Sheet, str]], list[Mistake]]:
    """Every rule file below the given paths, once, with the path that led to it."""
    sheets: list[tuple[Sheet, str]] = []
    mistakes: list[Mistake] = []
    for item, root in finding.found(given):
        if isinstance(item, Mistake):
            mistakes.append(item)
        else:
            sheets.append((toml.read(item, str(item)), root))
    return sheets, mistakes


def _of_kind(wanted: str, sheets: Iterable[Sheet]) -> list[Sheet]:
    return [sheet for sheet in sheets if sheet.unreadable is None and kind(sheet) == wanted]


def kind(sheet: Sheet) -> str:
    """What a file is, by its top-level keys; whatever else it is must be an advisory."""
    keys = sheet.data.keys()
    if "bulletins" in keys:
        return "advisory"
    for key, kind in _KINDS.items():
        if key in keys:
            return kind
    return "advisory"


_KINDS = {
    "accepted": "accepted",
    "watches": "watches",
    "levels": "scheme",
    "places": "places",
    "settings": "settings",
}
"""By a top-level key what a file with it is."""


def _each_once(sheets: list[Sheet]) -> list[Sheet]:
    """All sheets, but of schemes, settings and places of the same bytes only the first."""
    seen: set[bytes] = set()
    kept = []
    for sheet in sheets:
        words = sheet.unreadable is None and kind(sheet) != "advisory"
        if not (words and sheet.source in seen):
            kept.append(sheet)
        if words:
            seen.add(sheet.source)
    return kept


def _read_schemes(sheets: Iterable[Sheet]) -> tuple[dict[str, Scheme], frozenset[str]]:
    """The schemes by id, and the ids of those that do not read."""
    known: dict[str, Scheme] = {}
    homes: dict[str, str] = {}
    broken: set[str] = set()
    for sheet in sheets:
        scheme = schemes.read(sheet)
        if scheme is None:
            id = sheet.data.get("id")
            broken |= {id} if isinstance(id, str) else set()
            continue
        if scheme.id in known:
            sheet.wrong(f"{scheme.id!r} is in {homes[scheme.id]} already", "id")
            continue
        known[scheme.id], homes[scheme.id] = scheme, sheet.path
    return dict(sorted(known.items())), frozenset(broken)


def _read_advisories(
    sheets: Iterable[Sheet], known: Known, proven: Collection[str]
) -> dict[str, Rule]:
    """The advisory files that read, by their paths; those of `proven` without examples."""
    declared: dict[str, Rule] = {}
    homes: dict[str, str] = {}
    for sheet in sheets:
        if not sheet.data:
            sheet.wrong("is empty; a rule file must declare something")
            continue
        id = sheet.value("id")
        rule = rules.read(sheet, known, examples=sheet.path not in proven)
        if isinstance(id, str) and id in homes:
            sheet.wrong(f"{id!r} is the id of {homes[id]} already", "id")
        elif isinstance(id, str):
            homes[id] = sheet.path
        if rule is not None and not sheet.wrongs:
            run_examples(sheet, rule, known.gazetteer)
            declared[sheet.path] = rule
    return declared


def _read_accepted(
    sheets: Sequence[Sheet], known: Known, advisories: Iterable[Advisory]
) -> dict[str, tuple[Acceptance, ...]]:
    """The acceptances by the paths of their files."""
    by_id = {advisory.id: advisory for advisory in advisories}
    ids = [sheet.data.get("id") for sheet in _of_kind("advisory", sheets)]
    broken = {id for id in ids if isinstance(id, str)} - by_id.keys()
    return {s.path: accepted.read(s, known, by_id, broken) for s in _of_kind("accepted", sheets)}


def run_examples(sheet: Sheet, rule: Rule, gazetteer: Gazetteer) -> None:
    """Note every example that a rule does not bear out, judged against that rule alone.

    That of a drill is judged as for somebody who asks for drills; it would prove nothing else.
    """
    segments = history.segments(rule.advisory)
    alone = RuleSet((), (rule.advisory,), segments, {}, {}, gazetteer)
    for example in rule.examples:
        here = ("examples", example.position)
        try:
            question = ask(
                example.place,
                alone.parts(example.place),
                example.when,
                FOREVER,
                as_of=example.as_of,
                exercise=True,
            )
            verdict = evaluate(question, alone.told(question))
        except InvalidTime as error:
            sheet.wrong(str(error), *here, "when")
            continue
        asked = f"{example.place.name} at {example.when.text}"
        asked += f" as of {example.as_of.text}" if example.as_of else ""
        level = verdict.level.id if verdict.level else verdict.answer.value
        if level != example.expect:
            sheet.wrong(f"{asked} comes out {level}, not {example.expect}", *here, "expect")
        applying = _applying(verdict)
        if example.measures is not None and set(example.measures) != set(applying):
            sheet.wrong(
                f"at {asked} the measures are {', '.join(applying) or 'none'}",
                *here, "measures",
            )  # fmt: skip


def _applying(verdict: Verdict) -> list[str]:
    return [
        applied.item.id
        for finding in verdict.findings
        for applied in finding.measures
        if applied.applies is Applies.NOW and isinstance(applied.item, Measure)
    ]


def _without_rules(given: Sequence[str]) -> list[Mistake]:
    """The folders in which there is nothing to read."""
    folders = [root for root in given if Path(root).is_dir()]
    return [
        Mistake(root, 0, "", "holds no rule file")
        for root in folders
        if not any(finding.files(Path(root)))
    ]


def _without_advisory(given: Sequence[str], own: Iterable[Sheet], demand: bool) -> list[Mistake]:
    """Sets that declare nothing: nothing read is not the same as clear."""
    declares = any(kind(sheet) == "advisory" for sheet in own)
    if declares or not (demand or any(Path(root).is_dir() for root in given)):
        return []
    return [Mistake(root, 0, "", "holds no advisory") for root in given]
