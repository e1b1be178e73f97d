"""Which columns of a table hold the place and the time: those named, else those that can be told
by their headings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sca.errors import WrongUse, did_you_mean
from sca.names import fold

RESULTS = ("answer", "level", "advisories", "covered", "place_id", "error")
"""What a verdict adds to a row, in this order."""

_PLACES = {"place", "city", "town", "location", "destination"}
_STARTS = {"when", "date", "datetime", "timestamp", "start", "startdate", "arrival", "checkin"}
_ENDS = {"until", "end", "enddate", "departure", "checkout"}


@dataclass(frozen=True, slots=True)
class Columns:
    """The headings of what is asked; without `until` the time is all in `when`."""

    place: str
    when: str
    until: str | None = None

    def guessed(self, given: Collection[str | None]) -> str:
        """Which nobody named and no heading plainly tells, in words; or nothing."""
        taken = {"place": self.place, "when": self.when, "until": self.until}
        return ", ".join(
            f"{kind} from {heading!r}"
            for kind, heading in taken.items()
            if heading is not None and heading not in given and fold(heading) != kind
        )


def chosen(
    headings: Sequence[str],
    place: str | None = None,
    when: str | None = None,
    until: str | None = None,
) -> Columns:
    """The columns by the names given, else by their headings. Raises WrongUse."""
    for heading in headings:
        if fold(heading) in RESULTS or heading.casefold() in RESULTS:
            raise WrongUse(
                f"the table has a column {heading!r} already, which an answer would be taken "
                "for; rename it"
            )
    start = _one("when", when, _STARTS, headings)
    if start is None:
        raise _missing("when", "time", headings)
    spot = _one("place", place, _PLACES, headings)
    if spot is None:
        raise _missing("place", "place", headings)
    return Columns(spot, start, _one("until", until, _ENDS, headings))


def _one(kind: str, given: str | None, usual: set[str], headings: Sequence[str]) -> str | None:
    option = f"--{kind}-column"
    if given is not None:
        found = [heading for heading in headings if heading == given]
        if not found:
            way_out = did_you_mean(given, headings) or f"; there are {_listed(headings)}"
            raise WrongUse(f"{option}: no column is called {given!r}{way_out}")
    else:
        found = [heading for heading in headings if fold(heading) in usual]
    if len(found) > 1:
        raise WrongUse(f"the {kind} may be in any of {_listed(found)}; say which by {option}")
    return found[0] if found else None


def _missing(kind: str, what: str, headings: Sequence[str]) -> WrongUse:
    return WrongUse(
        f"no heading says which column holds the {what}; name it by --{kind}-column; "
        f"there are {_listed(headings)}"
    )


def _listed(headings: Sequence[str]) -> str:
    return ", ".join(repr(heading) for heading in headings)
