"""Whatever befalls the kept index, a command answers as if there were none.

Every fault is a real one: a signal that cannot be caught, the kernel's limit on the size of a
file, a disk that is full. The commands are processes of their own, but for the long rows of edits.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sca import stamps
from tests.conftest import FIRST
from tests.running import sca

RULE = """\
id = "{id}"
title = "A test"
issuer = "An authority"
scheme = "{scheme}"
timezone = "Asia/Almaty"
sources = ["https://example.org/notice"]

[[bulletins]]
issued = "2024-07-01"
level = "{level}"
places = ["{place}"]
expires = "2024-07-0{day}"
"""
ASKED = ("check", "Almaty", "2024-07-03", "--short")

Told = tuple[int, bytes, bytes]
"""Exit code, stdout and stderr."""


def rule(
    id: str = "test",
    level: str = "yellow",
    place: str = "Almaty",
    day: int = 9,
    scheme: str = "kz-terror-threat",
) -> str:
    return RULE.format(id=id, level=level, place=place, day=day, scheme=scheme)


WATCH = """\
[[watches]]
scheme = "kz-terror-threat"
places = ["Kazakhstan"]
from = "2024-01-01"
until = "2024-07-0{day}"
max_age = "P90D"
source = "Nothing at all"
"""

ACCEPTED = """\
[[accepted]]
advisory = "{id}"
places = ["Almaty"]
level = "{level}"
until = "2024-07-0{day}"
reason = "The office is guarded day and night"
by = "Head of security"
"""

SCHEME = """\
id = "own"
title = "A scale of our own"
sources = ["https://example.org/scheme"]

[[levels]]
id = "yellow"
name = "{name}"
severity = "Moderate"

[[levels]]
id = "red"
name = "Red"
severity = "Extreme"
"""


def in_force(level: str) -> Told:
    text = f"Almaty, Kazakhstan: {level} until 2024-07-09 23:59 (+05:00); 0 measures\n"
    return 1, text.encode(), b""


class Machine:
    """A machine with a folder of rules and a cache folder, neither of which anybody else uses."""

    def __init__(self, folder: Path) -> None:
        self.rules = folder / "rules"
        self.rules.mkdir()
        (self.rules / "a.toml").write_text(rule())
        (self.rules / "b.toml").write_text(rule("other", place="Astana"))
        self.cache = folder / "cache"
        (folder / "file").touch()
        self.around = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "HOME": str(folder / "file" / "home"),
            "XDG_CACHE_HOME": str(self.cache),
        }

    def start(self, *words: str, shell: str = "", **around: str) -> subprocess.Popen[bytes]:
        """A command that runs, after these words of bash in the process that it then becomes."""
        command = [sys.executable, "-m", "sca", *words]
        if shell:
            command = ["bash", "-c", f'{shell}; exec "$@"', "bash", *command]
        return subprocess.Popen(
            command,
            env=self.around | around,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, *words: str, shell: str = "", **around: str) -> Told:
        """The outcome of a command, by default of a check against the rules of this machine."""
        process = self.start(*(words or self.asked), shell=shell, **around)
        out, err = process.communicate(timeout=900)
        return process.returncode, out, err

    @property
    def asked(self) -> tuple[str, ...]:
        return (*ASKED, "--rules", str(self.rules))

    def kept(self) -> list[Path]:
        """All that is in the cache folder."""
        return sorted(path for path in self.cache.rglob("*") if path.is_file())

    def whole(self) -> int:
        """How many indexes there are, none of which is less than whole."""
        code, out, _ = self.ask("cache", "--json")
        assert code == 0
        indexes = json.loads(out)["indexes"]
        assert all(index["rules"] for index in indexes), indexes
        return len(indexes)

    def answers(self) -> Told:
        """The outcome of the usual check, asked by this very process, which is sooner done."""
        with pytest.MonkeyPatch.context() as around:
            around.setenv("XDG_CACHE_HOME", str(self.cache))
            done = sca(*self.asked)
        return done.code, done.out.encode(), done.err.encode()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def long(value: object) -> Any:
    """A case that only adds to what the others show."""
    return pytest.param(value, marks=pytest.mark.long)


def without_index(machine: Machine) -> Told:
    """What is right, from no index at all."""
    return machine.ask(XDG_CACHE_HOME="/dev/null/nowhere")


def test_the_machine_of_these_tests_keeps_an_index_and_takes_it(machine):
    """Else all that follows would prove nothing."""
    taken = "import sys; from sca import stamps; stamps.TICK = -1\n"
    program = f"{taken}from sca.cli.app import run\ncode = run({machine.asked!r})\n"
    program += "print(int(code), 'sca.reading' in sys.modules)"
    done = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=machine.around, capture_output=True, text=True, check=True,
        ).stdout.splitlines()[-1]
        for _ in range(2)
    ]  # fmt: skip

    assert done == ["1 True", "1 False"]
    assert machine.whole() == 1


# ------------------------------------------------------------------------------------ killed midway


KILLED = """\
import os, sys
left = int(os.environ["LEFT"])
cache = os.environ["XDG_CACHE_HOME"]
def watch(event, arguments):
    global left
    if any(isinstance(a, str) and cache in a for a in arguments):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), 9)
sys.addaudithook(watch)
"""
"""Kills a process when it is about to touch the cache folder for the so many-th time."""


def test_a_rebuild_that_is_killed_at_any_touch_of_the_folder_leaves_a_right_answer(
    machine, tmp_path
):
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(KILLED)
    path = f"{site}:{machine.around['PYTHONPATH']}"
    codes = []
    for left in range(100):
        level = "red" if left % 2 else "yellow"
        (machine.rules / "a.toml").write_text(rule(level=level))
        code, *_ = machine.ask(PYTHONPATH=path, LEFT=str(left))
        codes.append(code)
        if code == 1:
            break
        assert machine.answers() == in_force(level)

    assert set(codes[:-1]) == {-signal.SIGKILL}
    assert codes[-1] == 1
    assert len(codes) > 5
    assert machine.whole() == 1


def kills(machine: Machine, number: int, seed: int) -> int:
    """Kill so many rebuilds, each after some time; how many were caught alive."""
    chance = random.Random(seed)
    start = time.monotonic()
    assert machine.ask() == in_force("yellow")
    most = time.monotonic() - start
    caught = 0
    for turn in range(number):
        level = chance.choice(["red", "orange", "yellow"])
        (machine.rules / "a.toml").write_text(rule(level=level))
        process = machine.start(*machine.asked)
        time.sleep(chance.random() * most)
        process.kill()
        process.communicate()
        caught += process.returncode == -signal.SIGKILL
        assert machine.answers() == in_force(level), turn
    assert machine.whole() == 1
    return caught


def test_a_rebuild_that_is_killed_at_some_time_leaves_a_right_answer(machine):
    assert kills(machine, 3, seed=1) > 0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 6))
def test_rebuilds_that_are_killed_at_many_times_leave_right_answers(machine, seed):
    assert kills(machine, 60, seed) > 20


TRUNCATED = """\
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))
"""
"""Has the kernel kill a process in the middle of the write that makes a file larger than this."""


def sizes(machine: Machine, number: int) -> list[int]:
    """So many sizes between none and that of what is kept."""
    machine.ask()
    most = max(path.stat().st_size for path in machine.kept())
    return [most * part // number for part in range(number)]


def cut_off(machine: Machine, site: Path, number: int) -> None:
    site.mkdir()
    path = f"{site}:{machine.around['PYTHONPATH']}"
    for turn, size in enumerate(sizes(machine, number)):
        level = "yellow" if turn % 2 else "red"
        (machine.rules / "a.toml").write_text(rule(level=level))
        (site / "sitecustomize.py").write_text(TRUNCATED.format(size))
        assert machine.ask(PYTHONPATH=path)[0] == -signal.SIGXFSZ
        assert machine.answers() == in_force(level), size
    assert machine.whole() == 1


def test_an_index_that_was_cut_off_in_the_middle_of_a_write_is_not_taken(machine, tmp_path):
    cut_off(machine, tmp_path / "site", 2)


@pytest.mark.long
def test_an_index_that_was_cut_off_anywhere_is_not_taken(machine, tmp_path):
    cut_off(machine, tmp_path / "site", 100)


# ---------------------------------------------------------------------------- where nothing fits in


@pytest.mark.parametrize("blocks", [long(0), long(1), 5])
def test_where_files_may_not_grow_the_answer_is_the_same(machine, blocks):
    """Blocks of 1,024 bytes; an index takes more."""
    code, out, err = machine.ask(shell=f"ulimit -f {blocks}")

    assert (code, out) == in_force("yellow")[:2]
    assert err.count(b"\n") <= 1
    assert machine.ask() == in_force("yellow")
    assert machine.whole() == 1


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[None]:
    """A disk of so many bytes at a folder, or the test is skipped."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"no tmpfs can be mounted: {error}")
    if done.returncode:
        pytest.skip(f"no tmpfs can be mounted: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("pages", [1, long(2), long(6)])
def test_on_a_full_disk_the_answer_is_the_same(machine, pages):
    with small_disk(machine.cache, pages * 4096):
        for _ in range(2):
            code, out, err = machine.ask()

            assert (code, out) == in_force("yellow")[:2]
            assert err.count(b"\n") <= 1
        assert machine.whole() == 0
        assert not [path for path in machine.kept() if path.suffix == ".new"]


@pytest.mark.long
def test_on_a_disk_that_was_full_and_is_no_more_an_index_is_kept(machine):
    right = without_index(machine)
    with small_disk(machine.cache, 1024 * 1024):
        filling = machine.cache / "filling"
        with pytest.raises(OSError, match="No space left"):
            filling.write_bytes(bytes(2 * 1024 * 1024))
        assert machine.ask()[:2] == right[:2]
        assert machine.whole() == 0

        filling.unlink()

        assert machine.ask() == right
        assert machine.whole() == 1


@pytest.mark.parametrize(
    "words",
    [
        ("check", "Almaty", "2024-07-03", "--json"),
        ("cache",),
        long(("cache", "clear")),
        long(("check", "Almaty", "2024-07-03", "-q")),
        long(("next", "Almaty", "2024-07-03")),
        long(("list", "Almaty")),
    ],
    ids=" ".join,
)
def test_below_a_plain_file_every_command_does_as_elsewhere(machine, words):
    machine.cache.touch()
    of_rules = () if words[0] == "cache" else ("--rules", str(machine.rules))

    below = machine.ask(*words, *of_rules, XDG_CACHE_HOME=str(machine.cache / "deep" / "er"))

    elsewhere = machine.cache.with_name("elsewhere")
    beside = machine.ask(*words, *of_rules, XDG_CACHE_HOME=str(elsewhere))
    shown = [out.replace(str(elsewhere).encode(), b"X") for out in beside[1:]]
    cache = str(machine.cache / "deep" / "er").encode()
    assert below[0] == beside[0]
    assert [out.replace(cache, b"X") for out in below[1:]] == shown
    assert machine.cache.read_bytes() == b""


# ------------------------------------------------------------------------------------- many at once


def at_once(machine: Machine, commands: list[tuple[str, ...]]) -> list[Told]:
    """The outcome of each of these commands, all of which run at the same time."""
    with ThreadPoolExecutor(len(commands)) as pool:
        return [*pool.map(lambda words: machine.ask(*words), commands)]


def test_four_that_find_no_index_all_say_the_same_and_leave_one(machine):
    assert set(at_once(machine, [machine.asked] * 4)) == {in_force("yellow")}
    assert machine.whole() == 1
    assert not [path for path in machine.kept() if path.suffix == ".new"]


@pytest.mark.long
def test_two_hundred_that_find_no_index_all_say_the_same_and_leave_one(machine):
    assert set(at_once(machine, [machine.asked] * 200)) == {in_force("yellow")}
    assert machine.whole() == 1
    assert not [path for path in machine.kept() if path.suffix == ".new"]


@pytest.mark.long
def test_forty_with_questions_of_their_own_are_each_told_what_they_asked(machine):
    """Against the shipped rules, whose answers are kept one by one as well."""
    places = ("Almaty", "Astana", "Karaganda", "Kokshetau")
    questions = [("check", place, f"2024-07-0{day}") for place in places for day in range(1, 6)]
    right = {asked: machine.ask(*asked, XDG_CACHE_HOME="/dev/null/nowhere") for asked in questions}
    every = questions * 2
    random.Random(3).shuffle(every)

    assert at_once(machine, every) == [right[asked] for asked in every]
    assert at_once(machine, questions) == [right[asked] for asked in questions]
    assert machine.whole() == 1


# --------------------------------------------------------------------------- with and without one


class Edits:
    """A folder of rules that somebody works on, one step at a time."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.chance = random.Random(seed)

    def step(self) -> str:
        """Do one thing to the files; its name."""
        able = [*STEPS] if self._files() else ["add"]
        name = self.chance.choice(able)
        STEPS[name](self)
        return name

    def mend(self) -> str:
        """Put right whatever is wrong, that not all that comes after is a mistake too."""
        self.tidy()
        self.scheme()
        self.linked()
        (self.folder / "accepted.toml").unlink(missing_ok=True)
        for path in self._files():
            path.unlink()
        for stem in self.chance.sample("abcdefl", 3):
            path = self.folder / f"{stem}.toml"
            path.write_text(self._text(path))
        return "mend"

    def _files(self) -> list[Path]:
        return [path for path in self._all() if len(path.stem) == 1]

    def _all(self) -> list[Path]:
        """But for a link that leads nowhere."""
        return sorted(path for path in self.folder.rglob("*.toml") if path.exists())

    def _any(self) -> Path:
        return self.chance.choice(self._files())

    def _text(self, path: Path) -> str:
        """Something else of the same id, often of the same size."""
        level = self.chance.choice(["yellow", "orange", "red"])
        day = self.chance.randint(1, 9)
        scheme = self.chance.choice(["kz-terror-threat", "kz-terror-threat", "own"])
        return rule(path.stem, level, self.chance.choice(["Almaty", "Astana"]), day, scheme)

    def edit(self) -> None:
        path = self._any()
        path.write_text(self._text(path))

    def add(self) -> None:
        folder = self.folder / self.chance.choice(["", "deep", "deep/er"])
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.chance.choice('abcdef')}.toml"
        path.write_text(self._text(path))

    def delete(self) -> None:
        self._any().unlink()

    def rename(self) -> None:
        path = self._any()
        path.rename(path.with_name(f"{self.chance.choice('uvwxyz')}.toml"))

    def swap(self) -> None:
        one, other, between = self._any(), self._any(), self.folder / "between"
        one.rename(between)
        if one != other:
            other.rename(one)
        between.rename(other)

    def touch(self) -> None:
        os.utime(self._any())

    def set_clock_back(self) -> None:
        """Written anew, and by its stamp an hour or a year ago."""
        path = self._any()
        before = path.stat().st_mtime_ns
        path.write_text(self._text(path))
        long = self.chance.choice([0, 3600, 365 * 86400]) * 10**9
        os.utime(path, ns=(before - long, before - long))

    def set_clock_on(self) -> None:
        path = self._any()
        path.write_text(self._text(path))
        later = time.time_ns() + 3600 * 10**9
        os.utime(path, ns=(later, later))

    def replace(self) -> None:
        """By another file of the same size and time of writing, if not of the same words."""
        path = self._any()
        before, text = path.stat(), path.read_text()
        swapped = {"yellow": "orange", "orange": "yellow", "Almaty": "Astana", "Astana": "Almaty"}
        new = self.folder / "new"
        word = self.chance.choice([*swapped])
        new.write_text(text.replace(f'"{word}"', f'"{swapped[word]}"'))
        assert new.stat().st_size == before.st_size
        os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
        new.replace(path)

    def break_off(self) -> None:
        path = self._any()
        text = path.read_text()
        path.write_text(text[: self.chance.randrange(len(text))])

    def copy(self) -> None:
        """What is in two places is in order for words, and a mistake for an advisory."""
        path = self.chance.choice(self._all())
        (self.folder / "more").mkdir(exist_ok=True)
        (self.folder / "more" / path.name).write_bytes(path.read_bytes())

    def tidy(self) -> None:
        shutil.rmtree(self.folder / "more", ignore_errors=True)

    def link(self) -> None:
        path = self.folder / "l.toml"
        path.unlink(missing_ok=True)
        path.symlink_to(self.folder.parent / "linked.toml")

    def linked(self) -> None:
        (self.folder.parent / "linked.toml").write_text(self._text(Path("l.toml")))

    def place(self) -> None:
        latitude = self.chance.choice([43.2, 51.1])
        (self.folder / "places.toml").write_text(
            f'[[places]]\nid = "hq"\nname = "HQ"\nlatitude = {latitude}\nlongitude = 71.4\n'
        )

    def watch(self) -> None:
        day = self.chance.randint(1, 9)
        (self.folder / "watches.toml").write_text(WATCH.format(day=day))

    def accept(self) -> None:
        id, level = self.chance.choice("abcdef"), self.chance.choice(["yellow", "red"])
        day = self.chance.randint(1, 9)
        text = ACCEPTED.format(id=id, level=level, day=day)
        (self.folder / "accepted.toml").write_text(text)

    def scheme(self) -> None:
        name = self.chance.choice(["Yellow", "Amber"])
        (self.folder / "scheme.toml").write_text(SCHEME.format(name=name))

    def take_back(self) -> None:
        """Words, watches or what is accepted."""
        name = self.chance.choice(["places", "watches", "accepted", "scheme"])
        (self.folder / f"{name}.toml").unlink(missing_ok=True)


STEPS: dict[str, Callable[[Edits], None]] = {
    name: value for name, value in vars(Edits).items() if not name.startswith("_")
}
del STEPS["step"], STEPS["mend"]

QUESTIONS = [
    ("check", "Almaty", "2024-07-03", "--json"),
    ("check", "Astana", "2024-07-05T12:00"),
    ("check", "HQ", "2024-07-03", "--short"),
    ("check", "Kazakhstan", "2024-07-03", "--explain"),
    ("check", "43.2,76.9", "2024-07-03"),
    ("check", "Almaty", "2024-07-03", "--as-of", "2024-06-30"),
    ("list", "--format", "csv"),
    ("next", "Almaty", "2024-07-01"),
    ("changes", "--since", "2024-06-30", "--until", "2024-07-09"),
    ("watches",),
]


@pytest.mark.parametrize("seed", [1, *(long(n) for n in range(2, 20))])
def test_after_any_row_of_edits_it_is_told_what_is_told_without_an_index(
    seed, machine, monkeypatch
):
    """In one process, with an index that is trusted as soon as it is written."""
    monkeypatch.setattr(stamps, "TICK", -1)
    edits, chance = Edits(machine.rules, seed), random.Random(-seed)
    done, seen = [], []
    for _ in range(20):
        more = ("--rules", FIRST) if chance.random() < 0.2 else ()
        question = (*chance.choice(QUESTIONS), "--rules", str(machine.rules), *more)
        for _ in range(chance.randint(0, 2)):
            done.append(edits.step())
            time.sleep(0.015)  # what the file system's clock takes to tell two writings apart
        monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
        right = sca(*question)
        monkeypatch.setenv("XDG_CACHE_HOME", str(machine.cache))
        for _ in range(2):
            assert sca(*question) == right, done
        seen.append("with 1 mistake" in right.err or "mistakes" in right.err)
        if seen[-1] and chance.random() < 0.6:
            done.append(edits.mend())
    assert 0 < sum(seen) < len(seen)


@pytest.mark.parametrize("number", [1, long(40)])
def test_after_each_edit_a_process_tells_what_is_told_without_an_index(number, machine):
    edits = Edits(machine.rules, number)
    done = []
    for _ in range(number):
        done.append(edits.step())
        assert machine.ask() == without_index(machine), done


def test_what_is_written_within_the_clocks_tick_is_told_all_the_same(machine):
    """Of the same size and by the same stamp: there is nothing to see but that it was so soon."""
    path = machine.rules / "a.toml"
    levels = ["yellow", "orange"] * 10
    told = []
    for level in levels:
        path.write_text(rule(level=level))
        told.append(machine.answers())

    assert told == [in_force(level) for level in levels]


def test_without_a_home_the_shipped_rules_and_one_rule_are_asked_alike(machine):
    """Nowhere to look for rules of one's own, and nowhere to keep anything."""
    around = {"HOME": "", "XDG_CACHE_HOME": ""}

    code, out, err = machine.ask("check", "Almaty", "2024-07-03", "--rules", FIRST, **around)

    assert (code, err) == (1, b"")
    assert b"YELLOW in force" in out
