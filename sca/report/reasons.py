"""Why each advisory counts, or does not, in words: of every advisory a title and its facts."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from sca.report import phrases

Part = dict[str, Any]
Fact = tuple[str, str]

_MOST = 8
"""So many places are named; of any more, only how many there are."""

_NAMES = {
    "in force": "counts",
    "cannot tell": "unsure",
    "not known": "not known",
    "superseded": "superseded",
    "excepted": "excepted",
    "over": "over",
    "not begun": "to come",
    "elsewhere": "near",
}
"""What an account is called; whatever else is in force is left out."""

_SUMMED_UP = {"cannot tell", "over", "not begun"}
"""Of one advisory the first of these is told in full, and of the others where it is so."""

_LEFT_OUT = {
    "exercise": "it is a drill; --exercise counts it",
    "baseline": "it is the ordinary state of its scheme",
}


def by_advisory(document: Part) -> Iterator[tuple[str, list[Fact]]]:
    """The advisories that are explained, each with its facts."""
    for (id, title), told in groupby(
        document["explanation"], lambda a: (a["advisory"], a["title"])
    ):
        yield f"{title} ({id})", list(_told(list(told), document))


def unrelated(document: Part) -> str:
    """How many more there are; empty where there are none."""
    number, km = document["unrelated"]["advisories"], document["unrelated"]["within_km"]
    says, holds = ("says", "holds") if number == 1 else ("say", "hold")
    near = f", and {holds} nowhere within {km} km at that time" if km else ""
    more = phrases.count(number, "more advisory", "more advisories")
    return f"{more} {says} nothing of {document['place']['name']}{near}" if number else ""


def _told(accounts: list[Part], document: Part) -> Iterator[Fact]:
    for reason, same in groupby(accounts, lambda account: account["reason"]):
        first, *more = same
        if reason not in _SUMMED_UP:
            for account in (first, *more):
                yield from _facts(account, document)
            continue
        yield from _facts(first, document)
        shown = {place["id"] for place in _spots(first, document)}
        others = [p for a in more for p in _spots(a, document) if p["id"] not in shown]
        if others:
            yield _NAMES[reason], f"likewise in {_names(others)}"


def _facts(account: Part, document: Part) -> Iterator[Fact]:
    reason = account["reason"]
    yield _NAMES.get(reason, "left out"), _headline(account, document)
    if account["since"] and reason not in {"over", "elsewhere"}:
        yield "from", _since(account)
    if account["since"] and reason not in {"not begun", "superseded", "elsewhere"}:
        yield "until", _until(account)
    if reason == "superseded":
        yield "gone by", f"{_bulletin(account['superseded_by'])}, {_which(account)}{_away(account)}"
    yield from (("note", phrases.DOUBTS[doubt]) for doubt in account["doubts"])
    if account["accepted"]:
        yield "note", phrases.accepted(account["accepted"], account["counts"])


def _headline(account: Part, document: Part) -> str:
    """What it says, where and for how long, and why that does not count."""
    reason, level = account["reason"], account["level"]
    where = _names(_spots(account, document))
    if reason == "not known":
        unknown = f"{_bulletin(account)}, was not known at {document['as_of']}"
        if level is None:
            return f"that it is over in {where}: {unknown}"
        return f"{level} in {where} {_window(account)}: {unknown}"
    if reason == "excepted":
        has = f"has {level} in force then, but not" if account["start"] else "is not about what is"
        return f"{_bulletin(account)}, {has} in {where}"
    if account["start"] is None:
        return f"{level} in {where} by {_bulletin(account)}, which never came to hold"
    return f"{level} in {where} {_window(account)}{_because(account, document)}"


def _because(account: Part, document: Part) -> str:
    """Why a level does not count, behind where and when it holds."""
    reason = account["reason"]
    if reason in {"in force", "accepted", "superseded"}:
        return ""
    if reason in {"over", "not begun"}:
        return _away(account)
    if reason == "elsewhere":
        to = account["nearest"]
        by = "" if to in account["places"] else f" ({to['name']})"
        return f": at that time, {max(1, round(account['km']))} km away{by}"
    if reason == "cannot tell":
        return f": whether {_names(account['parts'])} lies there is not known"
    return f": {_left_out(account, document)}"


def _left_out(account: Part, document: Part) -> str:
    reason, asked = account["reason"], " or ".join(document["settings"])
    if reason == "at least":
        return f"it is below {document['threshold']}"
    if reason == "setting":
        return f"nothing of it bites in {asked}"
    if reason == "hours":
        return f"nothing of it bites in {asked} at that time"
    if reason == "scheme":
        return f"nobody asked about {account['scheme']}"
    return _LEFT_OUT[reason]


def _away(account: Part) -> str:
    """How long before or after the time asked about."""
    seconds = account["seconds"]
    if seconds is None:
        return ""
    far = phrases.length(seconds) if seconds else "right"
    if account["reason"] == "not begun":
        return f", to begin {far} after the time asked about"
    return f", over {far} before the time asked about"


def _since(account: Part) -> str:
    since = account["since"]
    if since["by"] != "onset":
        return f"the end of {_bulletin(since)}, {_written(since)}"
    change, before = account["change"], account["supersedes"]
    told = _bulletin(account)
    told += "" if change in {"declared", None} else f", which {change} it"
    link = " from " if change in {"raised", "lowered"} else ", in place of "
    said = (f"{each['level']} by {_bulletin(each)}" for each in before)
    return told + (f"{link}{', '.join(said)}" if before else "")


def _until(account: Part) -> str:
    until, later, then = account["until"], account["superseded_by"], account["then"]
    if until is None:
        return "no bulletin says until when"
    if later:
        return f"{_bulletin(later)}, {_which(account)}"
    goes_on = f"; then {then['level']} by {_bulletin(then)}" if then else ""
    return f"{_bulletin(until)}, {_written(until)}{goes_on}"


def _written(bound: Part) -> str:
    """`expires 2017-01-15`, `duration P14D`."""
    return f"{bound['by']} {bound['written']}"


def _which(account: Part) -> str:
    """What the later bulletin did to what it ended."""
    later, then = account["superseded_by"], account["then"]
    change = later["change"]
    follows = then and then["bulletin"] == later["bulletin"] and change in {"raised", "lowered"}
    if change is None:
        return "which says the same"
    return f"which {change} it" + (f" to {then['level']}" if follows else "")


def _bulletin(said: Part) -> str:
    """`bulletin 2, issued 2022-01-13`, and its onset where that is another time."""
    told = f"bulletin {said['bulletin']}, issued {said['issued']}"
    onset = said.get("onset", said["issued"])
    return told if onset == said["issued"] else f"{told}, onset {onset}"


def _window(account: Part) -> str:
    clocks = account["clocks"]
    own = ", each by its own clock" if len(clocks) > 1 else ""
    return phrases.window(account["start"], account["end"], clocks[0]) + own


def _spots(account: Part, document: Part) -> list[Part]:
    """The parts of a region or country; of any smaller place, what is said to hold it."""
    large = document["place"]["kind"] in {"region", "country"}
    whole = large and account["reason"] not in {"elsewhere", "cannot tell"}
    return list(account["parts"] if whole else account["places"])


def _names(places: Iterable[Part]) -> str:
    names = [place["name"] for place in places]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
