"""Watches files: who vouches for which silence."""

from sca.formats import references, shapes, words
from sca.formats.references import Known
from sca.formats.toml import Sheet
from sca.spans import read_duration, read_moment
from sca.watches import NO_TIME, Watch


def read(sheet: Sheet, known: Known) -> tuple[Watch, ...]:
    """The watches in a file; mistakes are noted in the sheet."""
    shapes.check(sheet, shapes.WatchesFile)
    watches = [_watch(sheet, n, known) for n in sheet.items("watches")]
    return tuple(watch for watch in watches if watch)


def _watch(sheet: Sheet, n: int, known: Known) -> Watch | None:
    here = ("watches", n)
    scheme = references.scheme(sheet, known, *here, "scheme")
    places = references.places(sheet, known, *here, "places")
    since = references.parsed(sheet, read_moment, *here, "from")
    until = references.parsed(sheet, read_moment, *here, "until")
    age = references.parsed(sheet, read_duration, *here, "max_age")
    if since and until and until.wall + until.unit <= since.wall:
        sheet.wrong(f"comes before its from, {since}", *here, "until")
    if not (scheme and places and since and until):
        return None
    return Watch(
        scheme=scheme.id,
        places=places,
        since=since,
        until=until,
        max_age=age or NO_TIME,
        source=sheet.value(*here, "source"),
        notes=words.texts(sheet, *here, "notes"),
    )
