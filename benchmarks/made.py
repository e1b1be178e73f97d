"""Made input: advisories on cities all over the world, the same for the same seed."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from sca.atlas import Atlas
from sca.places import Place

SEED = 20240703
_FIRST, _DAYS = date(2020, 1, 1), 2000
_IN_A_FOLDER = 1000

_ADVISORY = """\
id = "{id}"
title = "Made for a measurement"
issuer = "Nobody"
scheme = "kz-terror-threat"
timezone = "{timezone}"
sources = ["https://example.org/{id}"]

[[bulletins]]
issued = "{start}"
level = "{level}"
places = ["{place}"]
onset = "{start}T06:00"
expires = "{end}T17:59"

[[measures]]
id = "patrols"
text = "Patrols are about"
"""


@cache
def cities() -> tuple[Place, ...]:
    """Every city of the gazetteer, in the order of their ids."""
    return tuple(sorted((p for _, p in Atlas().near(0, 0, 20_100)), key=lambda place: place.id))


def advisories(seed: int = SEED) -> Iterator[tuple[str, str]]:
    """Id and text of one advisory file after the other, without end; none is on Almaty."""
    chance = random.Random(seed)
    places = [place for place in cities() if place.name != "Almaty"]
    number = 0
    while True:
        place = chance.choice(places)
        start = _FIRST + timedelta(days=chance.randrange(_DAYS))
        id = f"made-{number}"
        yield (
            id,
            _ADVISORY.format(
                id=id,
                timezone=place.timezone,
                start=start,
                end=start + timedelta(days=chance.randrange(1, 60)),
                level=chance.choice(["yellow", "orange", "red"]),
                place=place.id,
            ),
        )
        number += 1


def write(folder: Path, number: int, seed: int = SEED) -> None:
    """So many advisory files, a thousand to a folder."""
    for position, (id, text) in zip(range(number), advisories(seed), strict=False):
        below = folder / f"{position // _IN_A_FOLDER:03d}"
        if position % _IN_A_FOLDER == 0:
            below.mkdir(parents=True)
        (below / f"{id}.toml").write_text(text, encoding="utf-8")
