"""`python -m benchmarks`: every figure of the table, measured on this machine and told in Markdown.

It takes some minutes; `--write` puts what it tells into `benchmarks/RESULTS.md` as well. Nothing
here fails for being slow, and a peer that is not installed is skipped by name. The gazetteer's own
figures and those of screening take longer and are measured where they are asked for.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks import answers, imports, scale
from benchmarks.installed import install
from benchmarks.measuring import ROOT, environment, machine, say, table

ADVISORIES = (1_000, 10_000, 100_000)
"""Numbers of them that a table is screened against."""

RESULTS = Path(__file__).parent / "RESULTS.md"

_INTRODUCTION = """\
# What an answer costs

Measured by `python -m benchmarks{options}` on {day}: {machine}.

A ratio is the median over pairs of processor time, user and system: that of a command over that of
its peer, run right after each other in processes of their own. Made input is the same each time.
"""


def main() -> None:
    """Measure, and print what came of it."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument("--pairs", type=int, default=31, help="runs that a median is of")
    asked.add_argument("--most", type=int, default=100_000, help="advisories of the largest set")
    asked.add_argument("--checkout", action="store_true", help="not a package built from it")
    asked.add_argument("--screening", action="store_true", help="screening of tables too")
    asked.add_argument("--rows", type=int, default=10_000_000, help="rows of those tables")
    asked.add_argument("--gazetteer", action="store_true", help="the gazetteer's figures too")
    asked.add_argument("--write", action="store_true", help="into RESULTS.md too")
    given = asked.parse_args()
    shown = []
    for part in _parts(given):
        print(part, flush=True)
        shown.append(part)
    if given.write:
        RESULTS.write_text("\n".join(shown), encoding="utf-8")


def _parts(given: argparse.Namespace) -> Iterator[str]:
    options = "".join(f" {word}" for word in sys.argv[1:] if word != "--write")
    yield _INTRODUCTION.format(options=options, day=date.today(), machine=machine())
    # In memory where that can be had: a disk takes minutes to forget a hundred thousand files.
    where = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=where) as scratch:
        folder = Path(scratch)
        around = environment(folder, ROOT if given.checkout else install(folder))
        measured = [*answers.rows(folder, around, given.pairs)]
        measured += scale.rows(folder, around, given.pairs, given.most)
        yield f"{table(measured)}\n"
        yield f"## What a warm answer imports\n\n{imports.listing(folder, around)}\n"
    if given.gazetteer:
        # Its table alone; what it says of single names is for whoever works on them.
        figures, _, _ = _of_its_own("gazetteer").partition("\n\n")
        yield f"## The gazetteer\n\n{figures.rstrip()}\n"
    if given.screening:
        told = [_of_its_own("screening", str(given.rows), str(n)) for n in ADVISORIES]
        yield "## Screening\n\n" + "\n".join(told)


def _of_its_own(name: str, *arguments: str) -> str:
    """What another benchmark prints, which is Markdown too."""
    if not (Path(__file__).parent / f"{name}.py").exists():
        return f"skipped: there is no benchmarks/{name}.py\n"
    say(" ".join([name, *arguments]))
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout or f"skipped: {name} ended with {done.returncode}\n"


if __name__ == "__main__":
    main()
