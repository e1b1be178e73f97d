"""Completion of places in bash, zsh and fish, without typer: somebody waits at the keyboard."""

import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sca.gazetteer import Gazetteer
    from sca.places import Place

MOST = 8

_COMMANDS = {"check", "next", "list", "changes", "places", "timeline"}
_SPECIAL = re.compile(r"[ !\"#$&()*;<>?\[\\\]^{|}~]")


def main() -> None:
    """Answer a shell that asks for places, and leave; do nothing for whoever asks for else."""
    if "_SCA_COMPLETE" not in os.environ or len(sys.argv) > 1:
        return
    from sca.errors import ScaError

    try:
        told = answer(os.environ)
    except ScaError:
        told = "", 1  # whoever types on will be told by the command itself
    if told is not None:
        text, code = told
        sys.stdout.write(text)
        sys.exit(code)


def answer(environ: Mapping[str, str]) -> tuple[str, int] | None:
    """What the shell is told, and the exit code; None where no place is being typed.

    The place is completed where it stands right after its command; all else is left to typer,
    whose variables and forms these are.
    """
    asked, _, shell = environ.get("_SCA_COMPLETE", "").partition("_")
    if asked != "complete" or shell not in {"bash", "zsh", "fish"}:
        return None
    line = environ.get("COMP_WORDS" if shell == "bash" else "_TYPER_COMPLETE_ARGS", "")
    words, quoted = _words(line)
    if len(words) != 3 or words[1] not in _COMMANDS or not words[2] or words[2].startswith("-"):
        return None
    if shell == "bash":
        texts = [text for text, _ in _offers(words[2], in_common=True)]
        return _lines(text if quoted else _SPECIAL.sub(r"\\\g<0>", text) for text in texts), 0
    found = _offers(words[2])
    if shell == "zsh":
        pairs = "\n".join(f'"{_zsh(text)}":"{_zsh(meaning)}"' for text, meaning in found)
        return (f"_arguments '*: :(({pairs}))'\n" if found else ""), 0
    if environ.get("_TYPER_COMPLETE_FISH_ACTION") == "is-args":
        return "", 0 if found else 1
    return _lines(f"{text}\t{meaning}" for text, meaning in found), 0


def _offers(begun: str, in_common: bool = False) -> list[tuple[str, str]]:
    """The places whose own name begins so, each as a text that means it, and what it is.

    Cities go first, then those of most people. bash puts what all have in common in the place of
    the word, which must not grow shorter: there, those spelled as typed keep the others out.
    """
    from sca.atlas import Atlas
    from sca.gazetteer import Gazetteer
    from sca.names import fold

    key = fold(begun)
    gazetteer = Gazetteer(Atlas())
    largest = gazetteer.atlas.largest(key, 4 * MOST) if key else []
    own = [place for place in largest if fold(place.name).startswith(key)]
    if in_common:
        typed = begun.casefold()
        own = [place for place in own if place.name.casefold().startswith(typed)] or own
    return [_offer(gazetteer, place) for place in own[:MOST]]


def _offer(gazetteer: "Gazetteer", place: "Place") -> tuple[str, str]:
    return _harmless(gazetteer.typed(place)), _harmless(str(place))


def _harmless(text: str) -> str:
    # A quotation would end at one, a command begin; the curved ones mean the same to a look-up.
    return text.replace("'", "’").replace("`", "‘")


def _words(line: str) -> tuple[list[str], bool]:
    """The words of a line, and whether the last one, which may be empty, is within quotes."""
    import shlex

    for mark in ("", '"', "'"):
        try:
            *words, last = shlex.split(f"{line}x{mark}")  # as if one more letter were typed
        except ValueError:
            continue
        return [*words, last[:-1]], bool(mark)
    return [], False


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _zsh(text: str) -> str:
    return text.replace(":", r"\\:")
