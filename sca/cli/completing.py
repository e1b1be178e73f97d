"""Completion of places in bash, zsh and fish, without typer: somebody waits at the keyboard."""

import os
import shlex
from collections.abc import Mapping

from sca.atlas import Atlas
from sca.gazetteer import Gazetteer
from sca.names import fold
from sca.places import Place

MOST = 8

_COMMANDS = {"check", "list", "places"}


def answer(environ: Mapping[str, str]) -> tuple[str, int] | None:
    """What the shell is told, and the exit code; None where no place is being typed.

    The place is completed where it stands right after its command; all else is left to typer,
    whose variables and forms these are.
    """
    shell = environ.get("_SCA_COMPLETE", "").removeprefix("complete_")
    line = environ.get("COMP_WORDS", "") or environ.get("_TYPER_COMPLETE_ARGS", "")
    words, quoted = _words(line)
    if shell not in {"bash", "zsh", "fish"} or line.endswith(" ") or len(words) != 3:
        return None
    _, command, begun = words
    if command not in _COMMANDS or begun.startswith("-"):
        return None
    gazetteer = Gazetteer(Atlas())
    # An apostrophe would close a quotation; the printed one means the same to a look-up.
    found = [(gazetteer.typed(p).replace("'", "’"), str(p)) for p in _begun(gazetteer, begun)]
    if shell == "bash":
        return "\n".join(text if quoted else _escaped(text) for text, _ in found), 0
    if shell == "fish":
        if environ.get("_TYPER_COMPLETE_FISH_ACTION") == "is-args":
            return "", 0 if found else 1
        return "\n".join(f"{text}\t{meaning}" for text, meaning in found), 0
    offers = "\n".join(f'"{_zsh(text)}":"{_zsh(meaning)}"' for text, meaning in found)
    return (f"_arguments '*: :(({offers}))'" if found else ""), 0


def _begun(gazetteer: Gazetteer, begun: str) -> list[Place]:
    """The places whose own name begins so: cities first, those of most people first."""
    key = fold(begun)
    largest = gazetteer.atlas.largest(key, 4 * MOST) if key else []
    return [place for place in largest if fold(place.name).startswith(key)][:MOST]


def _words(line: str) -> tuple[list[str], bool]:
    """The words of a line, and whether the last one is still within quotation marks."""
    for mark in ("", '"', "'"):
        try:
            return shlex.split(line + mark), bool(mark)
        except ValueError:
            continue
    return [], False


def _escaped(text: str) -> str:
    return text.replace(" ", "\\ ")


def _zsh(text: str) -> str:
    return text.replace("'", "’").replace(":", r"\\:")


def main() -> int | None:
    """Answer a shell that asks for places; None where it asks for something else."""
    told = answer(os.environ)
    if told is None:
        return None
    if told[0]:
        print(told[0])
    return told[1]
