"""What many files and many advisories add: to prove them fresh, to compile them, to ask them.

They are the user's own rules, beside the shipped ones, so the command line is the usual one.
"""

import sys
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import made
from benchmarks.answers import QUESTION, SETTLED, door, settle
from benchmarks.measuring import Row, cost, printed, ratio, say

_PROVE = """\
import marshal, sys, time
from sca import stamps
kept = marshal.dumps(stamps.of_tree(sys.argv[1]))
start = time.process_time()
found = stamps.of_tree(sys.argv[1])
assert found == marshal.loads(kept)
stamps.racy(found, 0)
print(time.process_time() - start)
"""

_LOOK = """\
import os, sys, time
from sca import stamps
paths = stamps.of_tree(sys.argv[1])[::5]
start = time.process_time()
for path in paths:
    os.stat(path)
print(time.process_time() - start)
"""

_FEW = 1000


def rows(folder: Path, around: Mapping[str, str], pairs: int, most: int) -> Iterator[Row]:
    """The rows of many rules, up to so many."""
    check = (*door(folder), *QUESTION)
    some = most // 10
    homes = {}
    for number in sorted({_FEW, some, most}):
        say(f"making {number:,} advisories")
        homes[number] = _made(folder / str(number), around, number)
    yield from _proving(homes, pairs)
    yield _changed(check, homes[_FEW], max(5, pairs // 5))
    say(f"compiling {some:,} and {most:,} advisories")
    first, second = (cost(check, homes[number]) for number in (some, most))
    yield Row(
        f"compiling one advisory more, between {some:,} and {most:,}",
        f"{(second - first) / (most - some) * 1e6:,.0f} µs",
        target="≤ 150 µs",
    )
    yield _warm(check, homes[most], around, pairs, most)


def _made(folder: Path, around: Mapping[str, str], number: int) -> dict[str, str]:
    """The variables of a machine whose user has so many rules."""
    made.write(folder / "config" / "sca" / "rules", number)
    return {
        **around,
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_CACHE_HOME": str(folder / "cache"),
    }


def _rules(home: Mapping[str, str]) -> str:
    return str(Path(home["XDG_CONFIG_HOME"]) / "sca" / "rules")


def _proof(home: Mapping[str, str], times: int, program: str = _PROVE) -> float:
    """Seconds that it takes to look whether any of a user's rules has changed."""
    command = (sys.executable, "-c", program, _rules(home))
    return median(float(printed(command, home)) for _ in range(times))


def _proving(homes: Mapping[int, Mapping[str, str]], pairs: int) -> Iterator[Row]:
    one = _proof(homes[_FEW], pairs)
    yield Row(f"proving {_FEW:,} files fresh", f"{one * 1000:.1f} ms", target="≤ 3 ms")
    floor = _proof(homes[_FEW], pairs, _LOOK)
    yield Row(f"a bare `os.stat` of each of {_FEW:,} files", f"{floor * 1000:.1f} ms")
    for number in [number for number in homes if number != _FEW]:
        took = _proof(homes[number], pairs)
        yield Row(
            f"proving {number:,} files fresh",
            f"{took * 1000:.1f} ms, {took / one:.1f} ×",
            f"that of {_FEW:,}",
            f"linear: {number // _FEW} ×",
        )


def _changed(check: tuple[str, ...], home: Mapping[str, str], pairs: int) -> Row:
    """One file is written anew before a check, then let alone until its stamp is trusted."""
    say(f"changing one of {_FEW:,} files")
    settle(check, home)
    file = sorted(Path(_rules(home)).rglob("*.toml"))[_FEW // 2]
    text, turn = file.read_text(encoding="utf-8"), 0

    def after_a_change() -> float:
        nonlocal turn
        turn += 1
        file.write_text(f"{text}# {turn}\n", encoding="utf-8")
        return cost(check, home)

    def warm() -> float:
        time.sleep(SETTLED)
        cost(check, home)
        return cost(check, home)

    figure = ratio(after_a_change, warm, pairs)
    return Row(f"`check` after one of {_FEW:,} files changed", f"{figure:.2f}", "warm", "≤ 3")


def _warm(
    check: tuple[str, ...],
    home: Mapping[str, str],
    around: Mapping[str, str],
    pairs: int,
    most: int,
) -> Row:
    say(f"asking {most:,} advisories")
    settle(check, home)
    proof = _proof(home, 5)
    figure = ratio(lambda: cost(check, home) - proof, partial(cost, check, around), pairs)
    return Row(
        f"warm `check` against {most:,} advisories, net of proving their files",
        f"{figure:.2f}",
        "warm, against the shipped ones alone",
        "≤ 1.15",
    )
