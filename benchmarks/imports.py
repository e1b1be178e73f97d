"""What a warm answer imports beyond what Python does by itself, and how long each takes."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.answers import QUESTION, door, settle
from benchmarks.measuring import Command


def listing(folder: Path, around: Mapping[str, str]) -> str:
    """The modules in Markdown, in the order in which they are imported."""
    check = (*door(folder), *QUESTION)
    settle(check, around)
    at_least = _imported(("-c", "pass"), around)
    more = {n: took for n, took in _imported(check[1:], around).items() if n not in at_least}
    lines = [f"| `{name}` | {took:,} |" for name, took in more.items()]
    total = f"| all {len(more)} | {sum(more.values()):,} |"
    return "\n".join(["| module | µs of its own |\n|---|---:|", *lines, total])


def _imported(command: Command, around: Mapping[str, str]) -> dict[str, int]:
    """Microseconds that each module took to import, without those that it imports itself."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command],
        env=dict(around), cwd=around["HOME"], capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [line.removeprefix("import time:") for line in done.stderr.splitlines()]
    fields = [line.split("|") for line in lines if line.count("|") == 2]
    return {name.strip(): int(own) for own, _, name in fields if own.strip().isdigit()}
