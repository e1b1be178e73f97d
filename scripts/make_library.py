#!/usr/bin/env python3
"""Make rules/LIBRARY.md: what the shipped rules hold of each country, and where their holes are."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from sca import zones
from sca.advisory import Advisory
from sca.places import Place
from sca.reading import load
from sca.report.phrases import count
from sca.report.sheets import table
from sca.ruleset import RuleSet, shipped
from sca.spans import FOREVER
from sca.watches import NO_TIME, Watch

PAGE = Path(__file__).parent.parent / "rules" / "LIBRARY.md"
MOST_PLACES = 4
DECLARED = (
    "advisory", "title", "scale", "levels", "from", "through", "places", "bulletins", "remarks",
)  # fmt: skip
WATCHED = ("scale", "places", "watched from", "through (last review)", "after that")

HEAD = """\
# What the library holds

Made by `make library` from the rule files beside it; do not edit it by hand.

An advisory stands under each country in which it holds, whoever declared it. Its times are those
of its own clock. "Clear" is said only where every scale that the library knows at a place is
watched for the whole of the time that is asked about: before a watch, in a hole and after its
last review (unless it may be relied on longer) the answer is that nobody knows. `sca watches`
tells what each watch rests on, and how old it is. Places "in it" are those inside that a rule
names by themselves.

"""


def page(rules: RuleSet) -> str:
    """The page, the same for the same rules wherever they lie."""
    countries = sorted(
        {id: rules.gazetteer.find(id) for id in _ids(rules)}.values(), key=lambda c: (c.name, c.id)
    )
    sections = (section for country in countries for section in _section(country, rules))
    return HEAD + _overview(countries, rules) + "".join(sections)


def _ids(rules: RuleSet) -> Iterator[str]:
    """The countries at which something is declared or watched."""
    every = [place for advisory in rules.advisories for place in _named(advisory)]
    every += [place for watch in _watches(rules) for place in watch.places]
    return (place.chain[-1] for place in every)


def _overview(countries: Iterable[Place], rules: RuleSet) -> str:
    rows = []
    for country in countries:
        advisories = _advisories(country, rules)
        watched = any(_watches(rules, country))
        told = "in part" if any(_unwatched(country, rules)) else "every scale"
        bulletins = sum(len(advisory.bulletins) for advisory in advisories)
        row = [country.name, str(len(advisories)), str(bulletins), told if watched else "nothing"]
        rows.append(row)
    return table(("country", "advisories", "bulletins", "watched"), rows)


def _section(country: Place, rules: RuleSet) -> Iterator[str]:
    yield f"\n## {country.name}\n\n"
    yield table(DECLARED, [_declared(a, country, rules) for a in _advisories(country, rules)])
    yield "\n"
    yield table(WATCHED, [*_watched(country, rules), *_unwatched(country, rules)])


def _declared(advisory: Advisory, country: Place, rules: RuleSet) -> list[str]:
    first = min(
        (bulletin.onset for bulletin in advisory.bulletins if not bulletin.cancels),
        key=lambda onset: onset.wall,
    )
    used = {segment.level.id for segment in rules.segments if segment.advisory is advisory}
    return [
        advisory.id,
        str(advisory.title),
        advisory.scheme.id,
        ", ".join(level.id for level in advisory.scheme.levels if level.id in used),
        str(first).replace("T", " "),
        _end(advisory, rules),
        _in_short(p for p in _named(advisory) if p.lies_in(country)),
        str(len(advisory.bulletins)),
        "; ".join(_remarks(advisory)),
    ]


def _end(advisory: Advisory, rules: RuleSet) -> str:
    """The last day or minute in which any of it holds."""
    last = max(
        (segment for segment in rules.segments if segment.advisory is advisory),
        key=lambda segment: segment.span.end,
    )
    if last.span.end == FOREVER:
        return "until further notice"
    end = zones.local(last.span.end, advisory.clock(last.place, last.zone)) - timedelta(minutes=1)
    whole_day = (end.hour, end.minute) == (23, 59)
    return f"{end:%Y-%m-%d}" if whole_day else f"{end:%Y-%m-%d %H:%M}"


def _remarks(advisory: Advisory) -> Iterator[str]:
    if advisory.exercise:
        yield "a drill"
    if advisory.reported:
        yield "known from reports only"
    if advisory.settings:
        yield f"only in {', '.join(advisory.settings)}"


def _watched(country: Place, rules: RuleSet) -> Iterator[list[str]]:
    """A row for each watch, those of one scale and the same places together."""
    watches = _watches(rules, country)
    for n, watch in enumerate(watches):
        following = next(iter(watches[n + 1 :]), None)
        bounds = [str(watch.since), str(watch.until)]
        yield [watch.scheme, _in_short(watch.places), *bounds, _after(watch, following)]


def _after(watch: Watch, following: Watch | None) -> str:
    if following and _subject(following) == _subject(watch):
        hole = following.since.wall > watch.until.wall + watch.until.unit
        return f"hole until {following.since}" if hole else "goes on"
    return "not known" if watch.max_age == NO_TIME else f"relied on for {watch.max_age} more"


def _unwatched(country: Place, rules: RuleSet) -> Iterator[list[str]]:
    """A row for each scale that is known at places for which nobody vouches."""
    known: dict[str, list[Place]] = {}
    for source in rules.sources:
        for scheme, place in source.subjects:
            if place.lies_in(country) and not _vouched(scheme, place, rules):
                known.setdefault(scheme, []).append(place)
    for scheme, places in sorted(known.items()):
        yield [scheme, _in_short(places), "no watch", "", "not known"]


def _vouched(scheme: str, place: Place, rules: RuleSet) -> bool:
    """Whether every part of a place is watched for a scheme, at whatever time."""
    own = [watch for watch in _watches(rules) if watch.scheme == scheme]
    return all(any(watch.speaks_for(part) for watch in own) for part in rules.parts(place))


def _watches(rules: RuleSet, country: Place | None = None) -> list[Watch]:
    every = [watch for source in rules.sources for watch in source.watches]
    here = [w for w in every if country is None or any(p.lies_in(country) for p in w.places)]
    return sorted(here, key=lambda watch: (*_subject(watch), watch.since.wall))


def _subject(watch: Watch) -> tuple[str, tuple[str, ...]]:
    return watch.scheme, tuple(place.id for place in watch.places)


def _advisories(country: Place, rules: RuleSet) -> list[Advisory]:
    return [a for a in rules.advisories if any(p.lies_in(country) for p in _named(a))]


def _named(advisory: Advisory) -> tuple[Place, ...]:
    """Every place at which a bulletin says something, in the order of the file."""
    every = (place for bulletin in advisory.bulletins for place in bulletin.places)
    return tuple({place.id: place for place in every}.values())


def _in_short(places: Iterable[Place]) -> str:
    """The outermost of some places, the first few by name."""
    every = list(places)
    outer = [p for p in every if not any(p.lies_in(o) and p.id != o.id for o in every)]
    told = ", ".join(place.name for place in outer[:MOST_PLACES])
    if len(outer) > MOST_PLACES:
        told += f" and {len(outer) - MOST_PLACES} more"
    inside = len(every) - len(outer)
    return f"{told}, and {count(inside, 'place')} in it" if inside else told


def main() -> None:
    """Write the page of the rules in this checkout."""
    PAGE.write_text(page(load([shipped()])), encoding="utf-8")


if __name__ == "__main__":
    main()
