"""The document as plain text, for pipes: one fact a line, never wrapped."""

from collections.abc import Iterator
from typing import Any

from sca.report import phrases, reasons

Part = dict[str, Any]

_MOST_PARTS = 8


def short(document: Part) -> str:
    """One line: place, level, until when, how many measures."""
    place, level = document["place"], document["level"]
    name = ", ".join(n for n in (place["name"], place["country"]) if n)
    if level is None:
        until = document["next_change"]
        ahead = f" until {phrases.instant(until, place['timezone'])}" if until else ""
        considered = phrases.count(document["considered"], "advisory", "advisories")
        lived_with = _lived_with(document)
        but = f", {lived_with} of them accepted" if lived_with else ""
        return f"{name}: {document['answer']}{ahead}; {considered} considered{but}\n"
    counting = [advisory for advisory in document["advisories"] if advisory["counts"]]
    gravest = counting[0]
    measures = sum(m["applies"] == "now" for advisory in counting for m in advisory["measures"])
    in_part = " in part" if _in_part(document) else ""
    until = phrases.through(gravest["level_end"], gravest["timezone"])
    return f"{name}: {level['id']}{in_part} {until}; {phrases.count(measures, 'measure')}\n"


def verdict(document: Part) -> str:
    """All that a person needs to know, and what to look up for more."""
    return "".join(f"{line}\n" for line in _verdict(document))


def places(document: Part) -> str:
    """What a name means, then what else bears it, each with the text that means just that."""
    lines = [f"{document['asked']} is {_known(document['place'])}"]
    for heading, others in (("also borne by", "bearers"), ("spelled alike", "near")):
        if document[others]:
            lines.append(f"{heading}:")
            width = max(len(place["text"]) for place in document[others])
            lines += [f"  {p['text']:<{width}}  {_known(p)}" for p in document[others]]
    return "".join(f"{line}\n" for line in lines)


def _known(place: Part) -> str:
    names = dict.fromkeys(n for n in (place["name"], place["region"], place["country"]) if n)
    people = f"{place['population']:,} people" if place["population"] else ""
    where = f"{place['latitude']},{place['longitude']}" if place["latitude"] is not None else ""
    clocks = ", ".join(place["timezones"])
    rest = [place["kind"], people, where, clocks, place["via"] or "", place["id"]]
    return ", ".join(names) + f" ({'; '.join(part for part in rest if part)})"


def watches(document: Part) -> str:
    """For what silence may be trusted, a paragraph a watch."""
    if not document["watches"]:
        return "nothing is watched here: these rules answer for themselves alone\n"
    return "\n".join("".join(f"{line}\n" for line in _watch(w)) for w in document["watches"])


def _watch(watch: Part) -> Iterator[str]:
    places = ", ".join(place["name"] for place in watch["places"])
    yield f"{watch['title']} ({watch['scheme']})"
    yield f"  places: {places}"
    yield f"  vouched for: from {watch['from']} through {watch['until']}"
    limit = "" if watch["max_age"] == "P0D" else f", at most {watch['max_age']}"
    yield f"  age: {phrases.length(watch['age'])}{limit}: {watch['state']}"
    if watch["source"]:
        yield f"  rests on: {watch['source']}"
    yield from (f"  note: {note}" for note in watch["notes"])


def cache(document: Part) -> str:
    """Where compiled rules are kept, and a paragraph for each index."""
    kept = phrases.count(document["answers"], "place")
    told = f"{document['folder']}\nanswers about {kept}\n"
    return told + "".join(map(_index, document["indexes"]))


def _index(index: Part) -> str:
    rules = ", ".join(index["rules"]) or "nothing that can be read"
    state = "fresh" if index["fresh"] else "out of date; it is made anew when it is needed"
    size = f"{index['size'] / 1000:,.0f} kB"
    return f"\n{index['path']}\n  of: {rules}\n  written: {index['written']}, {size}\n  {state}\n"


def changes(document: Part) -> str:
    """What became known, a sentence a line."""
    return "".join(f"{_change(change)}\n" for change in document["changes"])


def _change(change: Part) -> str:
    zone, act = change["timezone"], change["change"]
    places = ", ".join(place["name"] for place in change["places"])
    apart = ", ".join(place["name"] for place in change["except"])
    where = f"{act} in {places}" + (f" except {apart}" if apart else "")
    told = f"{change['title']} ({change['advisory']}, issued {change['issued']}): {where}"
    if act == "declared":
        windows = (phrases.window(s["start"], s["end"], zone) for s in change["after"])
        levels = (stretch["level"]["id"] for stretch in change["after"])
        told += ": " + ", then ".join(map(" ".join, zip(levels, windows, strict=True)))
    else:
        # A day is told as it is written: the hour at which it begins is not known.
        day = len(change["onset"]) == len("2024-07-03")
        told += f" from {change['onset'] if day else phrases.instant(change['start'], zone)}"
        told += f": {_stretches(change['after'], zone)}" if change["after"] else ""
        told += f"; before: {_stretches(change['before'], zone)}"
    told += " (known from reports only)" if change["confidence"] == "reported" else ""
    return told + (" (a drill)" if change["status"] == "Exercise" else "")


def _stretches(stretches: list[Part], zone: str) -> str:
    """`red until 2024-07-04 23:59 (+05:00), then yellow until further notice`."""
    ends = [f"{s['level']['id']} {phrases.through(s['end'], zone)}" for s in stretches]
    return ", then ".join(ends)


def outlook(document: Part) -> str:
    """When the answer changes, and the clear stretch that was looked for."""
    lines = [*heading(document), "", *_outlook(document)]
    return "".join(f"{line}\n" for line in lines)


def _outlook(document: Part) -> Iterator[str]:
    zone, first, change = document["when"]["timezone"], document["first"], document["change"]
    yield f"at {phrases.instant(first['at'], zone)}: {_state(first, zone)}"
    if first["answer"] not in {"in force", "clear"}:
        yield "sca check tells why, and the ways out"
    if change:
        when = f"{phrases.instant(change['at'], zone)}, {phrases.length(change['seconds'])} later"
        yield f"next change: {when}: {_state(change, zone)}"
    else:
        yield "no change is known"
    if document["clear"]:
        yield from _clear(document, document["clear"], zone)


def _state(state: Part, zone: str | None) -> str:
    """`in force: red (kz-2022-terror-levels)`."""
    if state["level"] is None:
        known = state["announced"] if state["answer"] == "clear" else None
        return f"{state['answer']}{_announced(known, zone)}"
    advisories = ", ".join(advisory["id"] for advisory in state["advisories"])
    return f"in force{_in_part(state)}: {state['level']['id']} ({advisories})"


def _clear(document: Part, clear: Part, zone: str | None) -> Iterator[str]:
    stretch, nothing = clear["stretch"], _nothing(document)
    if stretch:
        told = phrases.window(stretch["start"], stretch["end"], zone)
        told += _announced(clear["announced"], zone)
        yield f"first stretch of {clear['length']} in which {nothing}: {told}"
        return
    until = phrases.instant(clear["until"], zone)
    yield f"no stretch of {clear['length']} in which {nothing} is known to begin before {until}"
    for bar in clear["barred"]:
        yield f"  {bar['answer']}: {phrases.window(bar['start'], bar['end'], zone)}"


def heading(document: Part) -> tuple[str, str]:
    """The place that was taken and the time that was understood."""
    place, when = document["place"], document["when"]
    names = [place["name"], place["region"], place["country"]]
    taken = ", ".join(dict.fromkeys(name for name in names if name))
    zone = f", {place['timezone']}" if place["timezone"] else ""
    told = phrases.asked(when)
    if when["timezone"] is None and place["kind"] != "point":
        told += "; each part of the place at its own clock"
    if document["as_of"]:
        told += f"; as it was known at {document['as_of']}"
    if when["twice"]:
        told += "; the clocks there showed that time twice, and this answers for both"
    via = f"; {place['via']}" if place["via"] else ""
    return f"{taken} ({place['id']}{zone}{via})", told


def answer(document: Part) -> str:
    """The verdict in a line of words."""
    level = document["level"]
    if document["answer"] == "cannot tell":
        doubt = document["doubts"][0]
        return (
            f"whether {document['place']['name']} lies in {doubt['place']['name']}, where "
            f"{doubt['level']['id']} is in force; ask about a city, or take it as in force"
        )
    if document["answer"] in {"unwatched", "stale"}:
        return _unanswered(document)
    if level is None:
        return f"{_nothing(document)}{_as_of(document)}"
    severity = f"CAP severity {level['severity']}"
    return f"in force{_in_part(document)}: {level['name']}, {severity} ({document['scheme']})"


def _nothing(document: Part) -> str:
    """What a clear answer says."""
    threshold, settings = document["threshold"], document["settings"]
    graver = f" at or above {threshold}" if threshold else ""
    where = f" for {' or '.join(settings)}" if settings else ""
    but = " but what is accepted" if _lived_with(document) else ""
    return f"nothing{graver}{but} is in force{where}"


def _lived_with(document: Part) -> int:
    """How many advisories only do not count because somebody has accepted them."""
    return sum(bool(a["accepted"]) and not a["counts"] for a in document.get("advisories", []))


def _in_part(document: Part) -> str:
    """Which parts differ; empty where one level is in force in all of the place."""
    by_level: dict[str, list[Part]] = {}
    for part in document["parts"]:
        by_level.setdefault(part["level"], []).append(part)
    if not document["partial"] and len(by_level) == 1:
        return ""
    told = []
    for level, parts in by_level.items():
        # What lies in none of its regions goes by the name of the place itself: no part to name.
        names = [part["name"] for part in parts if part["id"] != document["place"]["id"]]
        names = names or [parts[0]["name"]]
        shown = ", ".join(names[:_MOST_PARTS]) + (", …" if len(names) > _MOST_PARTS else "")
        told.append(f"{level} in {shown}" if len(by_level) > 1 else shown)
    return f" in part ({'; '.join(told)})"


def _as_of(document: Part) -> str:
    """That nothing is known past the last review, where the question goes past it."""
    return _announced(document["watched"]["as_of"], document["when"]["timezone"])


def _announced(reviewed: str | None, zone: str | None) -> str:
    return f"; nothing announced as of {phrases.day(reviewed, zone)}" if reviewed else ""


def _unanswered(document: Part) -> str:
    """Why nothing in force is not clear, and the ways out."""
    holes, zone = document["watched"]["holes"], document["when"]["timezone"]
    if document["answer"] == "stale":
        oldest = min(holes, key=lambda hole: hole["reviewed"])
        day = phrases.day(oldest["reviewed"], zone)
        return (
            f"{oldest['scheme']} in {oldest['place']['name']} was last reviewed on {day}, too long "
            "ago to say; update the rules, or say how old a review may be by --max-age 90d"
        )
    unknown = [hole for hole in holes if not hole["reviewed"]]
    hole = unknown[0]
    told = f"nothing is known to be in force, but nobody here watches {_unwatched(unknown, zone)}"
    others = "ask about other schemes by --scheme, " if hole["scheme"] else ""
    ways_out = f"add rules that do, {others}or take it as clear by --unwatched clear"
    return f"{told}{_yet_to_come(document, hole)}; {ways_out}"


def _unwatched(holes: list[Part], zone: str | None) -> str:
    """The first of them, and how many other parts of the place are as it."""
    first = holes[0]
    others = {h["place"]["id"] for h in holes if h["scheme"] == first["scheme"]}
    where = str(first["place"]["name"])
    if len(others) > 1:
        where += f" and {phrases.count(len(others) - 1, 'other part')} of the place"
    if first["scheme"] is None:
        return where
    return f"{first['scheme']} in {where} {phrases.window(first['start'], first['end'], zone)}"


def _yet_to_come(document: Part, hole: Part) -> str:
    """That a watch would fill a hole, had it not been reviewed on a day that is still ahead."""
    start = hole["start"][:10]
    ahead = [
        watch["until"]
        for watch in document["watched"]["watches"]
        if watch["scheme"] == hole["scheme"] and watch["from"][:10] < start < watch["until"][:10]
    ]
    return f", as the review of {ahead[0]} is yet to come by the clock here" if ahead else ""


def badge(document: Part) -> str:
    """The level, or that there is none, as a word to see first."""
    level = document["level"]
    return str(document["answer"] if level is None else level["id"]).upper()


def looked_at(document: Part) -> list[str]:
    """What the answer rests on, what is near it in time, and when it changes."""
    lines = [phrases.count(document["considered"], "advisory", "advisories") + " considered"]
    if document["level"] is None:
        lines += _watched(document)
    if document["near"] and document["level"] is None:
        near = nearby(document["near"][0], document["when"])
        lines.append(f"nearest for this place: {near}")
    if change := document["next_change"]:
        lines.append(f"next change: {phrases.instant(change, document['when']['timezone'])}")
    return lines


def _watched(document: Part) -> list[str]:
    """What a clear answer rests on; where there is none, until when each scheme was watched."""
    watches = document["watched"]["watches"]
    if document["answer"] == "clear":
        schemes = dict.fromkeys(watch["scheme"] for watch in watches)
        return [f"watched: {', '.join(schemes)}"] if schemes else []
    return [
        f"watched: {watch['scheme']} in {', '.join(place['name'] for place in watch['places'])} "
        f"from {watch['from']} through {watch['until']}"
        for watch in watches
    ]


def nearby(near: Part, when: Part) -> str:
    """An advisory that is over or yet to come, and how far away."""
    window = phrases.window(near["start"], near["end"], near["timezone"])
    distance = phrases.length(near["seconds"])
    told = f"{distance} before" if near["seconds"] < 0 else f"in {distance}"
    if near["seconds"] == 0:
        told = "right before" if near["end"] == when["start"] else "right after"
    return f"{near['level']['id']}, {near['title']} ({near['advisory']}), {window}, {told}"


def facts(advisory: Part) -> list[tuple[str, str]]:
    """Name and value of what is known of an advisory as a whole."""
    places = ", ".join(place["name"] for place in advisory["places"])
    window = phrases.window(advisory["start"], advisory["end"], advisory["timezone"])
    told = [("declared by", advisory["issuer"]), ("holds in", places), ("holds", window)]
    if advisory["settings"]:
        told.append(("only in", ", ".join(advisory["settings"])))
    doubts = {reason["doubt"] for reason in advisory["because"]}
    told += [("note", words) for doubt, words in phrases.DOUBTS.items() if doubt in doubts]
    if advisory["confidence"] == "reported":
        told.append(("note", "it is known from reports only"))
    if advisory["status"] == "Exercise":
        told.append(("note", "it is a drill"))
    if meaning := advisory["level"]["meaning"]:
        told.append((f"{advisory['level']['id']} means", meaning))
    if accepted := advisory["accepted"]:
        told.append(("note", phrases.accepted(accepted, advisory["counts"])))
    elif not advisory["counts"]:
        told.append(("note", "it does not count for the question as asked"))
    return told


def advice(advisory: Part) -> list[str]:
    """What people are asked to do, the advisory's own words before the level's general ones."""
    return [_advised(item) for item in advisory["advice"] if item["applies"] == "now"]


def _advised(item: Part) -> str:
    """A piece of advice after what kind it is, for whom, and that it goes with the level."""
    about = [item["response"], f"for: {item['audience']}" if item["audience"] else None]
    about += ["at this level"] if item["from"] == "level" else []
    told = "; ".join(word for word in about if word)
    return f"({told}) {item['text']}" if told else str(item["text"])


def applies(measure: Part, timezone: str) -> str:
    """Whether a measure bites now, and from when on if later."""
    if measure["since"]:
        return f"later, from {phrases.instant(measure['since'], timezone)}"
    return str(measure["applies"])


def where(measure: Part) -> str:
    """The settings, places and hours to which a measure is limited; empty where it is not."""
    hours = f"daily {measure['hours'].replace('/', ' to ')}" if measure["hours"] else ""
    days = f"on days of {measure['recurs']}" if measure["recurs"] else ""
    places = [place["name"] for place in measure["places"]]
    return ", ".join(part for part in (*measure["settings"], *places, hours, days) if part)


def _verdict(document: Part) -> Iterator[str]:
    yield from heading(document)
    yield ""
    yield f"{badge(document)} {answer(document)}"
    for advisory in document["advisories"]:
        yield ""
        yield f"{advisory['title']} ({advisory['id']})"
        yield from (f"  {name}: {value}" for name, value in facts(advisory))
        yield from _measures(advisory)
        yield from (f"  advice: {line}" for line in advice(advisory))
        yield from (f"  source: {source}" for source in advisory["sources"])
    yield ""
    yield from looked_at(document)
    if "explanation" in document:
        yield from _explanation(document)


def _explanation(document: Part) -> Iterator[str]:
    for title, facts in reasons.by_advisory(document):
        yield ""
        yield f"why {title}"
        yield from (f"  {name}: {value}" for name, value in facts)
    if more := reasons.unrelated(document):
        yield ""
        yield more


def _measures(advisory: Part) -> Iterator[str]:
    for measure in advisory["measures"]:
        limits = f" [{where(measure)}]" if where(measure) else ""
        told = applies(measure, advisory["timezone"])
        yield f"  measure {measure['id']}, {told}: {measure['text']}{limits}"
