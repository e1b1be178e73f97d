"""What one answer costs, as ratios to starting Python, measured in turn and printed in Markdown.

`python benchmarks/startup.py [PAIRS]`, in a checkout or with sca installed. Each row is the median
of pairs: a command's processor time over that of its peer, run right after each other, so that what
else the machine does weighs on both. Peers that are not installed are skipped by name.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
PAIRS = 31

_QUESTION = ("check", "Almaty", "2024-07-03T14:00")
_PASS = (sys.executable, "-c", "pass")
_TYPER = (
    sys.executable,
    "-c",
    "import typer\napp = typer.Typer()\n@app.command()\ndef hello(): print('hello')\napp()",
)
_PLAIN = (
    sys.executable,
    "-c",
    "import sys, tomllib\nfrom datetime import datetime\nfrom zoneinfo import ZoneInfo\n"
    "rule = tomllib.load(open(sys.argv[1], 'rb'))\nzone = ZoneInfo(rule['timezone'])\n"
    "at = datetime.fromisoformat('2024-07-03T14:00').replace(tzinfo=zone)\n"
    "print([b['level'] for b in rule['bulletins'] if 'Almaty' in b['places'] and "
    "datetime.fromisoformat(b['onset']).replace(tzinfo=zone) <= at])",
    str(ROOT / "rules" / "kz" / "2024-sco-summit.toml"),
)


def main() -> None:
    """Measure every row and print the table."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    with tempfile.TemporaryDirectory() as scratch:
        print("| what | ratio | of |\n|---|---|---|")
        for what, ratio, peer in _rows(Path(scratch), pairs):
            print(f"| {what} | {ratio:.2f} | {peer} |", flush=True)


def _rows(scratch: Path, pairs: int) -> Iterator[tuple[str, float, str]]:
    around = dict(os.environ, XDG_CACHE_HOME=str(scratch / "cache"), PYTHONPATH=str(ROOT))
    for name in [n for n in around if n.startswith("SCA_")]:
        del around[name]
    door = scratch / "door.py"
    # As the console script does, without what pip writes around it.
    door.write_text("from sca.__main__ import main\nmain()\n")
    check = (sys.executable, str(door), *_QUESTION)
    listing = (sys.executable, str(door), "check", "Kazakhstan", _QUESTION[2])
    # What was written a moment ago is read again; the second run leaves what can be trusted.
    for command in (check, listing, check, listing):
        _cost(command, around)
        time.sleep(2.5)
    python = "`python -c pass`"
    yield "warm `check` into a pipe", _ratio(check, _PASS, around, pairs), python
    yield "the same with `-q`", _ratio((*check, "-q"), _PASS, around, pairs), python
    yield "the same with `--json`", _ratio((*check, "--json"), _PASS, around, pairs), python
    few = max(5, pairs // 4)
    yield "a question not yet asked", _ratio(listing, _PASS, around, few), python
    cold = dict(around, XDG_CACHE_HOME="/dev/null/nowhere")
    yield "`check` without an index", _over(check, cold, check, around, few), "the warm one"
    yield "bare typer hello", _ratio(_TYPER, _PASS, around, few), python
    yield "tomllib and zoneinfo on the one rule", _ratio(_PLAIN, _PASS, around, few), python
    if jq := shutil.which("jq"):
        yield "`jq -n 1`", _ratio((jq, "-n", "1"), _PASS, around, few), python
    else:
        print("jq is not installed: skipped", file=sys.stderr)


def _ratio(
    command: tuple[str, ...], peer: tuple[str, ...], around: dict[str, str], n: int
) -> float:
    return _over(command, around, peer, around, n)


def _over(
    command: tuple[str, ...],
    around: dict[str, str],
    peer: tuple[str, ...],
    beside: dict[str, str],
    pairs: int,
) -> float:
    """The median over pairs of what a command costs over what its peer does."""
    return median(_cost(command, around) / _cost(peer, beside) for _ in range(pairs))


def _cost(command: tuple[str, ...], around: dict[str, str]) -> float:
    """Processor time of one run, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=around, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 1}:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode()}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
