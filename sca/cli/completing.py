"""Completion of places in bash, zsh and fish, without typer: somebody waits at the keyboard."""

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sca.gazetteer import Gazetteer
    from sca.places import Place

MOST = 8

_COMMANDS = {"check", "next", "list", "changes", "places", "timeline"}


def main() -> None:
    """Answer a shell that asks for places, and leave; do nothing for whoever asks for else."""
    if "_SCA_COMPLETE" not in os.environ or len(sys.argv) > 1:
        return
    told = answer(os.environ)
    if told is not None:
        text, code = told
        sys.stdout.write(text)
        sys.exit(code)


def answer(environ: Mapping[str, str]) -> tuple[str, int] | None:
    """What the shell is told, and the exit code; None where no place is being typed.

    The place is completed where it stands right after its command; all else is left to typer,
    whose variables and forms these are.
    """
    shell = environ.get("_SCA_COMPLETE", "").removeprefix("complete_")
    line = environ.get("COMP_WORDS", "") or environ.get("_TYPER_COMPLETE_ARGS", "")
    if shell not in {"bash", "zsh", "fish"} or line.endswith(" "):
        return None
    words, quoted = _words(line)
    if len(words) != 3 or words[1] not in _COMMANDS or words[2].startswith("-"):
        return None
    found = _offers(words[2])
    if shell == "bash":
        return _lines(text if quoted else text.replace(" ", "\\ ") for text, _ in found), 0
    if shell == "zsh":
        pairs = "\n".join(f'"{_zsh(text)}":"{_zsh(meaning)}"' for text, meaning in found)
        return (f"_arguments '*: :(({pairs}))'\n" if found else ""), 0
    if environ.get("_TYPER_COMPLETE_FISH_ACTION") == "is-args":
        return "", 0 if found else 1
    return _lines(f"{text}\t{meaning}" for text, meaning in found), 0


def _offers(begun: str) -> list[tuple[str, str]]:
    """The places whose own name begins so, each as a text that means it, and what it is.

    Cities go first, then those of most people.
    """
    from sca.atlas import Atlas
    from sca.gazetteer import Gazetteer
    from sca.names import fold

    key = fold(begun)
    gazetteer = Gazetteer(Atlas())
    largest = gazetteer.atlas.largest(key, 4 * MOST) if key else []
    own = [place for place in largest if fold(place.name).startswith(key)]
    return [_offer(gazetteer, place) for place in own[:MOST]]


def _offer(gazetteer: "Gazetteer", place: "Place") -> tuple[str, str]:
    # An apostrophe would end a quotation; the curved one means the same to a look-up.
    return gazetteer.typed(place).replace("'", "’"), str(place).replace("'", "’")


def _words(line: str) -> tuple[list[str], bool]:
    """The words of a line, and whether the last one is still within quotation marks."""
    import shlex

    for mark in ("", '"', "'"):
        try:
            return shlex.split(line + mark), bool(mark)
        except ValueError:
            continue
    return [], False


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _zsh(text: str) -> str:
    return text.replace(":", r"\\:")
