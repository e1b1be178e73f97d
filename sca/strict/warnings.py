"""Every warning by its name, and what they find in an advisory."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sca.advisory import Advisory
from sca.strict import extensions, proof, reach, texts, times
from sca.strict.subject import Address, Asked, Found, Inside, Subject, nothing, subject

WARNINGS: dict[str, Callable[[Subject], Iterator[Found]]] = {
    "told-late": times.told_late,
    "expires-before-issued": times.expires_before_issued,
    "same-moment": times.same_moment,
    "mixed-offsets": times.mixed_offsets,
    "midnight": times.midnight,
    "too-long": times.too_long,
    "gap": extensions.gap,
    "overlap": extensions.overlap,
    "covered-twice": reach.covered_twice,
    "never": reach.never,
    "one-sided": proof.one_sided,
    "no-source": texts.no_source,
    "not-https": texts.not_https,
    "untranslated": texts.untranslated,
}
"""By the name that silences it in a file."""

UNUSED = "unused-allow"
RUN_OUT = "run-out"

_BESIDE = {
    UNUSED: "An allow that silences nothing",
    RUN_OUT: "An acceptance that is over, in a file of accepted risks",
}
"""The warnings that are not about an advisory, which nothing silences."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One warning; what its address names last may be missing there."""

    name: str
    address: Address
    problem: str


def remarks(
    advisory: Advisory, asked: Iterable[Asked] = (), inside: Inside = nothing
) -> tuple[Remark, ...]:
    """Everything in an advisory that looks like a slip. Raises SkippedTime."""
    looked_at = subject(advisory, asked, inside)
    return tuple(
        Remark(name, address, problem)
        for name, look in WARNINGS.items()
        for address, problem in look(looked_at)
    )


def names() -> tuple[str, ...]:
    """The name of every warning, those that cannot be silenced last."""
    return (*WARNINGS, *_BESIDE)


def meaning(name: str) -> str:
    """What a warning is about: `An extension that begins after what it extends has ended`."""
    told = WARNINGS[name].__doc__ if name in WARNINGS else _BESIDE[name]
    return (told or "").partition("\n")[0].rstrip(".")
