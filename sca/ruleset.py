"""A set of rules that has been read: every advisory of it, and what its words mean."""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sca.acceptance import Acceptance
from sca.advisory import LOCAL, Advisory, Segment
from sca.gazetteer import Gazetteer
from sca.levels import Scheme
from sca.places import Kind, Place
from sca.question import Question, judged_as_one
from sca.settings import Setting
from sca.watches import Source


@dataclass(frozen=True, slots=True)
class Whole:
    """What is to be said of a set of which only a piece is at hand."""

    advisories: int
    """How many it holds."""
    newest: str | None
    """When the newest bulletin was issued, as written."""
    considered: dict[str, int]
    """By scheme, how many of them come to anything."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Every advisory of a set, and what its words mean."""

    paths: tuple[str, ...]
    """The files and folders it was read from."""
    advisories: tuple[Advisory, ...]
    """By id."""
    segments: tuple[Segment, ...]
    """What the advisories come to, by all there is, on the clock of each place they name."""
    schemes: dict[str, Scheme]
    settings: dict[str, Setting]
    gazetteer: Gazetteer
    sources: tuple[Source, ...] = ()
    """The files and folders one by one, and what each vouches for."""
    accepted: tuple[Acceptance, ...] = ()
    """What somebody has decided to live with."""
    whole: Whole | None = None
    """The set that this is a piece of: all in it that has to do with one place."""

    @property
    def size(self) -> int:
        """How many advisories there are."""
        return self.whole.advisories if self.whole else len(self.advisories)

    @property
    def newest(self) -> str | None:
        """When the newest bulletin was issued, as written."""
        if self.whole:
            return self.whole.newest
        issued = [b.issued for advisory in self.advisories for b in advisory.bulletins]
        return str(max(issued, key=lambda moment: moment.wall)) if issued else None

    def named(self) -> dict[str, Place]:
        """The places by id that an advisory or a watch names."""
        named = [p for advisory in self.advisories for p in advisory.places]
        named += [p for source in self.sources for w in source.watches for p in w.places]
        return {place.id: place for place in named}

    def parts(self, place: Place, named: Mapping[str, Place] | None = None) -> tuple[Place, ...]:
        """The places by which a place is judged; `named` as above, if it is at hand."""
        if place.kind is Kind.POINT:
            return (place,)
        known = self.named() if named is None else named
        larger = place.kind in {Kind.REGION, Kind.COUNTRY}
        regions = self.gazetteer.regions_in(place) if larger else []
        complete = not self.gazetteer.atlas.incomplete(place.id.removeprefix("iso:"))
        return judged_as_one(place, regions, known.values(), complete)

    def told(
        self, question: Question, schemes: Collection[str] | None = None
    ) -> tuple[Segment, ...]:
        """The segments to judge a question by, of these schemes or of all.

        They are taken as they are, and anew for each part where its clock or its `known` matters.
        """
        known = {part.zone: part.known for part in question.parts}
        anew = [a for a in self.advisories if a.timezone == LOCAL or any(known.values())]
        ids = {advisory.id for advisory in anew}
        told = [segment for segment in self.segments if segment.advisory.id not in ids]
        if anew:
            # Imported here: few rules need their history told anew.
            from sca import history
        for advisory in anew:
            for zone, span in known.items():
                told += history.segments(advisory, zone, span)
        return tuple(s for s in told if schemes is None or s.level.scheme in schemes)

    def considered(self, schemes: Collection[str] | None = None) -> int | None:
        """How many advisories an answer is judged by; None where all that are at hand are."""
        if self.whole is None:
            return None
        return sum(n for id, n in self.whole.considered.items() if schemes is None or id in schemes)


def shipped() -> Path:
    """The folder of rules that came with the package."""
    inside = Path(__file__).parent / "rules"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "rules"


def paths_of(paths: Iterable[str | Path] | None = None) -> tuple[str, ...]:
    """Where a set is read from: these paths, else the user's and the site's folders and shipped."""
    if paths is not None:
        return tuple(str(path) for path in paths)
    return (*(path for path in config_paths() if os.path.lexists(path)), str(shipped()))


def config_paths() -> list[str]:
    """Where the user's own rules and the site's may lie."""
    from platformdirs import site_config_dir, user_config_dir

    folders = [folder("sca") for folder in (user_config_dir, site_config_dir)]
    return [os.path.join(folder, name) for folder in folders for name in ("rules", "places.toml")]
