"""Warnings about the texts and the sources of an advisory."""

from collections.abc import Iterable, Iterator

from sca.language import Text
from sca.strict.subject import Address, Found, Subject


def no_source(subject: Subject) -> Iterator[Found]:
    """A bulletin without sources, in a file of several."""
    bulletins = subject.advisory.bulletins
    if len(bulletins) == 1:
        return  # those of the file are its own
    for n, bulletin in enumerate(bulletins):
        if not bulletin.sources:
            yield (
                ("bulletins", n, "sources"),
                "is missing; write where this act was announced or reported",
            )


def not_https(subject: Subject) -> Iterator[Found]:
    """A source that is not on https."""
    advisory = subject.advisory
    lists: list[tuple[Address, tuple[str, ...]]] = [(("sources",), advisory.sources)]
    lists += [(("bulletins", n, "sources"), b.sources) for n, b in enumerate(advisory.bulletins)]
    for address, sources in lists:
        for n, source in enumerate(sources):
            if not source.startswith("https://"):
                yield (
                    (*address, n),
                    "is not on https, so that anybody on the way may change what it says; write "
                    "an address that starts with https://, if need be that of an archive",
                )


def untranslated(subject: Subject) -> Iterator[Found]:
    """A text that lacks a language which other texts of the file have."""
    advisory = subject.advisory
    told: list[tuple[Address, Text]] = [
        (("title",), advisory.title),
        (("issuer",), advisory.issuer),
    ]
    told += [(("measures", n, "text"), m.text) for n, m in enumerate(advisory.measures)]
    told += [(("advice", n, "text"), a.text) for n, a in enumerate(advisory.advice)]
    told += [
        (("advice", n, "audience"), a.audience)
        for n, a in enumerate(advisory.advice)
        if a.audience is not None
    ]
    notes: list[tuple[Address, Text]] = [(("notes", n), t) for n, t in enumerate(advisory.notes)]
    for b, bulletin in enumerate(advisory.bulletins):
        notes += [(("bulletins", b, "notes", n), t) for n, t in enumerate(bulletin.notes)]
    # Notes are for those who keep the file; no traveller misses one in a language of its own.
    yield from _lacking(told)
    yield from _lacking(notes)


def _lacking(texts: Iterable[tuple[Address, Text]]) -> Iterator[Found]:
    every = list(texts)
    spoken = dict.fromkeys(tag.casefold() for _, text in every for tag, _ in text.versions)
    for address, text in every:
        lacking = [tag for tag in spoken if text.version(tag) is None]
        if lacking:
            yield address, f"is not there in {', '.join(lacking)}, as other texts are; add it"
