"""How everything here is measured: processor time of processes, each beside its peer, in turn.

What a process costs is what the kernel has counted of it, user and system, with its children. Each
figure is a median of pairs: a command and its peer run right after each other, so that what else
the machine does weighs on both.
"""

import os
import platform
import pty
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import IO

ROOT = Path(__file__).resolve().parent.parent

Command = Sequence[str]
Cost = Callable[[], float]
"""Does something once; what it took, in seconds of processor time."""


class Failed(Exception):
    """A command that was to be measured gave no answer."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    figure: str
    """With its unit; a ratio has none."""
    of: str = ""
    """What a ratio is to."""
    target: str = ""


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown."""
    head = "| what | figure | of | target |\n|---|---|---|---|"
    lines = [f"| {row.what} | {row.figure} | {row.of} | {row.target} |" for row in rows]
    return "\n".join([head, *lines])


def say(text: str) -> None:
    """Tell on stderr how far it is: some rows take minutes."""
    print(text, file=sys.stderr, flush=True)


def environment(folder: Path, sca: Path = ROOT) -> dict[str, str]:
    """The variables of a machine on which nobody has set up anything, its home in a folder.

    `sca` is where the package lies. Bytecode is kept in the folder as well, whatever is said of it
    outside: a program that is installed has been compiled.
    """
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_CONFIG_DIRS": str(folder / "site"),
        "PYTHONPATH": str(sca),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
    }


def cost(command: Command, around: Mapping[str, str], codes: Sequence[int] = (0, 1)) -> float:
    """Processor time of one run into a pipe, in seconds. Raises Failed."""
    with subprocess.Popen(
        command,
        env=dict(around), cwd=around["HOME"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        errors = _aside(process.stderr)
        assert process.stdout is not None
        process.stdout.read()
        took = _reaped(process)
        # Before it is left, which closes what is still being read.
        told = errors()
    if process.returncode not in codes:
        raise Failed(f"{' '.join(command)} gave {process.returncode}: {told.decode()}")
    return took


def cost_on_terminal(
    command: Command, around: Mapping[str, str], codes: Sequence[int] = (0, 1)
) -> float:
    """The same of one run on a terminal. Raises Failed."""
    screen, terminal = pty.openpty()
    with subprocess.Popen(
        command,
        env=dict(around), cwd=around["HOME"],
        stdin=terminal, stdout=terminal, stderr=terminal,
    ) as process:  # fmt: skip
        os.close(terminal)
        shown = _aside(os.fdopen(screen, "rb", buffering=0))
        took = _reaped(process)
        told = shown()
    if process.returncode not in codes:
        raise Failed(f"{' '.join(command)} gave {process.returncode}: {told.decode()}")
    return took


def printed(command: Command, around: Mapping[str, str]) -> str:
    """What a command says. Raises Failed."""
    done = subprocess.run(
        command, env=dict(around), cwd=around["HOME"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(f"{' '.join(command)} gave {done.returncode}: {done.stderr}")
    return done.stdout


def _reaped(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process, and tell what it took."""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


def _aside(stream: IO[bytes] | None) -> Callable[[], bytes]:
    """Read a stream to its end in a thread, that nobody waits for a full pipe."""
    assert stream is not None
    held = bytearray()

    def read() -> None:
        try:
            while part := stream.read(65536):
                held.extend(part)
        except OSError:  # Linux says so when the last writer has closed a terminal
            pass
        finally:
            stream.close()

    thread = threading.Thread(target=read)
    thread.start()

    def whole() -> bytes:
        thread.join()
        return bytes(held)

    return whole


def ratio(one: Cost, peer: Cost, pairs: int) -> float:
    """The median over pairs of what one costs over what its peer does."""
    return median(one() / peer() for _ in range(pairs))


def difference(one: Cost, peer: Cost, pairs: int) -> float:
    """The median over pairs of what one costs more than its peer, in seconds."""
    return median(one() - peer() for _ in range(pairs))


def machine() -> str:
    """The machine that this runs on, in words that tell nobody whose it is."""
    cores = os.cpu_count() or 0
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{cores} core{'s'[: cores != 1]} of {_processor()}, {memory:.0f} GiB of memory, "
        f"{platform.system()}, {platform.python_implementation()} {platform.python_version()}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"an {names[0]} ({platform.machine()})" if names else platform.machine()
