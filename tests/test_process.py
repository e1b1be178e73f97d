"""`sca` as the system sees it: pipes, terminals, signals, faults, and what it leaves alone.

Every command here is a process of its own. Faults are brought in by a `sitecustomize.py` on its
path; nothing of sca is replaced by a stand-in.
"""

import fcntl
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import FIRST
from tests.running import valid

SCREENS = Path(__file__).parent / "data" / "screens"
SCA = [sys.executable, "-m", "sca"]

IN_FORCE = ("check", "Almaty", "2024-07-03T14:00")
CLEAR = ("check", "Almaty", "2024-07-01T21:00")

Done = subprocess.CompletedProcess[bytes]


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """The variables of a machine on which nobody has set anything up, its home not to be had."""
    (tmp_path / "file").touch()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "file" / "home"),
        "TERM": "xterm-256color",
        "TMPDIR": str(tmp_path),
    }


@pytest.fixture
def quick(bare: dict[str, str]) -> dict[str, str]:
    """The same of one on which a single rule is asked, where it does not matter which are."""
    return bare | {"SCA_RULES": FIRST}


def start(
    arguments: tuple[str | bytes, ...], env: dict[str, str], stdout: Any = subprocess.PIPE
) -> Done:
    return subprocess.run(
        [*SCA, *arguments],
        env=env,
        cwd=env["TMPDIR"],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=60,
    )


def shell(line: str, env: dict[str, str]) -> Done:
    """A line of bash, `sca` in it being the one under test."""
    script = f'sca() {{ "{sys.executable}" -m sca "$@"; }}\n{line}'
    return subprocess.run(
        ["bash", "-c", script], env=env, cwd=env["TMPDIR"], capture_output=True, timeout=60
    )


def with_site(code: str, env: dict[str, str]) -> dict[str, str]:
    """The same variables, with code that Python runs before it starts sca."""
    folder = Path(env["TMPDIR"]) / "site"
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
    return env | {"PYTHONPATH": str(folder)}


def with_fault(statement: str, env: dict[str, str]) -> dict[str, str]:
    """The same variables, in a Python in which `sca.answering.inquire` breaks down."""
    return with_site(
        f"import signal, sca.answering\ndef inquire(*_, **__):\n    {statement}\n"
        "sca.answering.inquire = inquire\n",
        env,
    )


# -------------------------------------------------------------------------------------------- pipes


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(IN_FORCE, 1, id="check, in force"),
        pytest.param((*CLEAR, "--json"), 0, id="check, clear, as JSON"),
        pytest.param(("list",), 0, id="list"),
        pytest.param(("places", "Paris"), 0, id="places"),
        pytest.param(("chek", "--json"), 2, id="an error as JSON"),
        pytest.param(("--help",), 0, id="help"),
        pytest.param(("check", "--help"), 0, id="help of a command"),
    ],
)
def test_a_reader_that_is_gone_changes_no_code_and_nothing_is_said(arguments, code, quick):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = start(arguments, quick, stdout=writer)
    finally:
        os.close(writer)

    assert (done.returncode, done.stderr) == (code, b"")


@pytest.fixture
def long_rule(tmp_path: Path) -> str:
    """A rule that fills more than the 64 KiB that a pipe takes in before anybody reads."""
    text = "word " * 100
    measures = (f'[[measures]]\nid = "m{n}"\ntext = "{text}"\n' for n in range(250))
    path = tmp_path / "long.toml"
    path.write_text(
        'id = "long"\ntitle = "Long"\nissuer = "Us"\nscheme = "kz-terror-threat"\n'
        'timezone = "Asia/Almaty"\nsources = ["https://example.org/"]\n'
        '[[bulletins]]\nissued = "2024-07-01"\nlevel = "red"\nplaces = ["Almaty"]\n'
        + "".join(measures)
    )
    return str(path)


def test_a_reader_that_leaves_in_the_middle_changes_no_code(long_rule, quick):
    done = shell(
        f"sca check Almaty 2024-07-03 --rules {long_rule} | head -n 1; echo ${{PIPESTATUS[0]}}\n"
        f"sca list --rules {long_rule} --format csv | head -n 1; echo ${{PIPESTATUS[0]}}\n",
        quick,
    )

    assert done.stdout.decode().splitlines() == [
        "Almaty, City of Almaty, Kazakhstan (geonames:1526384, Asia/Almaty)",
        "1",
        "advisory,level,places,from,until,measure,settings,text",
        "0",
    ]
    assert done.stderr == b""


@pytest.mark.parametrize(
    "line",
    [
        "check Almaty 2024-07-03T14:00 >/dev/full",
        "check Almaty 2024-07-03T14:00 >&-",
        "check Almaty 2024-07-05 --json >/dev/full",
        "--help >/dev/full",
        "--help >&-",
    ],
)
def test_an_answer_that_cannot_be_written_is_none(line, quick):
    done = shell(f"sca {line}", quick)

    assert done.returncode == 3
    assert len(done.stderr.decode().splitlines()) == 1
    assert done.stderr.startswith(b"sca: ")


def test_a_code_needs_no_stream_at_all(quick):
    done = shell(
        "sca check Almaty 2024-07-03T14:00 -q >&- 2>&- <&-; one=$?\n"
        "sca check Almatty 2>/dev/full; two=$?\n"
        "sca check Almatty 2>&-; echo $one $two $?",
        quick,
    )

    assert done.stdout == b"1 3 3\n"


# ----------------------------------------------------------------------------------- what breaks in


def test_an_interruption_is_quiet_and_has_its_own_code(quick):
    # Started in the background by a shell, a process would be deaf to it.
    hears = "signal.signal(signal.SIGINT, signal.default_int_handler)"
    fault = f"{hears}; signal.raise_signal(signal.SIGINT)"
    done = start(IN_FORCE, with_fault(fault, quick))

    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


BUG = re.compile(r"a bug, and no answer: RuntimeError; the traceback is in (/\S+)")


def test_a_bug_is_a_line_that_names_the_file_with_the_traceback(quick):
    done = start((*IN_FORCE, "--exit-zero"), with_fault("raise RuntimeError('broken')", quick))

    assert (done.returncode, done.stdout) == (70, b"")
    (line,) = done.stderr.decode().splitlines()
    named = BUG.fullmatch(line.removeprefix("sca: "))
    assert named
    traceback = Path(named[1]).read_text(encoding="utf-8")
    assert traceback.startswith("Traceback (most recent call last):\n")
    assert traceback.endswith("RuntimeError: broken\n")


def test_a_bug_is_a_document_with_json(quick):
    done = start((*IN_FORCE, "--json"), with_fault("raise RuntimeError('broken')", quick))

    told = valid(json.loads(done.stdout))
    assert (done.returncode, told["exit"]) == (70, 70)
    assert told["error"]["code"] == "bug"
    assert BUG.fullmatch(told["error"]["message"])


def test_a_bug_that_cannot_be_spelled_is_still_a_bug(quick):
    """Bytes of the command line come back in messages; exit 1 would be an advisory in force."""
    done = start((*IN_FORCE, "-q"), with_fault(r"raise RuntimeError('\udcff')", quick))

    assert (done.returncode, done.stdout) == (70, b"")
    (line,) = done.stderr.decode().splitlines()
    assert BUG.fullmatch(line.removeprefix("sca: "))


def test_a_bug_where_no_file_can_be_kept_tells_the_traceback_itself(quick):
    """No byte may be written to any file."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n    "
    done = start(IN_FORCE, with_fault(f"{limit}raise RuntimeError('broken')", quick))

    assert (done.returncode, done.stdout) == (70, b"")
    lines = done.stderr.decode().splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1] == "sca: a bug, and no answer: RuntimeError; the traceback is above"


@pytest.mark.parametrize(
    ("missing", "words"),
    [("pytz", IN_FORCE), ("sca.cli.guard", IN_FORCE), ("typer", (*IN_FORCE, "--exit-zero"))],
)
def test_a_broken_installation_is_no_answer(quick, missing, words):
    """Python's own exit for an exception is 1, which would be an advisory in force."""
    done = start(words, with_site(f"import sys; sys.modules[{missing!r}] = None", quick))

    assert (done.returncode, done.stdout) == (70, b"")


# -------------------------------------------------------------------------- a gazetteer that is old

ROOT = Path(__file__).parents[1]
SOURCES = ("data/overlay.toml", "data/admin1.tsv", "data/regions.tsv", "names.py")
"""Our own part of what the gazetteer is made from."""


@pytest.fixture
def checkout(quick: dict[str, str]) -> dict[str, str]:
    """The variables of a machine with a checkout of its own, whose files a test may change."""
    folder = Path(quick["TMPDIR"]) / "checkout"
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("sca", "rules"):
        shutil.copytree(ROOT / name, folder / name, copy_function=shutil.copyfile, ignore=ignored)
    return quick | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}


def test_a_checkout_whose_gazetteer_is_older_than_its_sources_gives_no_answer(checkout):
    """Each source is changed in its turn and put back; one process does it, for the time."""
    program = (
        "import sys\nfrom pathlib import Path\nimport sca\nfrom sca.cli.app import run\n"
        f"folder = Path({checkout['PYTHONPATH']!r}) / 'sca'\n"
        "assert Path(sca.__file__).parent == folder\n"
        f"command = {(*IN_FORCE, '--short')!r}\n"
        f"for name in {SOURCES!r}:\n"
        "    path = folder / name\n    before = path.read_bytes()\n"
        "    path.write_bytes(before + b'# more\\n')\n"
        "    changed = int(run(command))\n    path.write_bytes(before)\n"
        "    print(name, changed, int(run(command)), flush=True)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        env=checkout, cwd=checkout["TMPDIR"], capture_output=True, timeout=60,
    )  # fmt: skip

    answer = "Almaty, Kazakhstan: yellow until 2024-07-04 23:59 (+05:00); 3 measures"
    assert done.stdout.decode().splitlines() == [
        line for name in SOURCES for line in (answer, f"{name} 3 1")
    ]
    assert done.stderr.decode().splitlines() == [OLD] * len(SOURCES)


OLD = "sca: the gazetteer is older than what it is made from; run pip install -e . in the checkout"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("changed", OLD),
        ("missing", "sca: the gazetteer has not been built; run pip install -e . in the checkout"),
    ],
)
def test_a_checkout_without_its_gazetteer_says_how_to_make_it(fault, said, checkout):
    data = Path(checkout["PYTHONPATH"]) / "sca" / "data"
    if fault == "missing":
        (data / "gazetteer.sqlite").unlink()
    else:
        with (data / "overlay.toml").open("a", encoding="utf-8") as overlay:
            overlay.write("# more\n")

    quiet, document = start((*IN_FORCE, "-q"), checkout), start(("lint", "--json"), checkout)

    assert (quiet.returncode, quiet.stdout, quiet.stderr.decode()) == (3, b"", f"{said}\n")
    told = valid(json.loads(document.stdout))
    assert (document.returncode, document.stderr) == (3, b"")
    assert (told["exit"], told["error"]["code"]) == (3, "old-gazetteer")
    assert f"sca: {told['error']['message']}" == said


def test_a_shell_is_told_nothing_by_a_gazetteer_that_is_old(checkout):
    """Whatever is written while somebody types lands in the middle of the line."""
    (Path(checkout["PYTHONPATH"]) / "sca" / "data" / "gazetteer.sqlite").unlink()

    done = start((), checkout | {"_SCA_COMPLETE": "complete_bash", "COMP_WORDS": "sca check Alm"})

    assert (done.stdout, done.stderr) == (b"", b"")


# ------------------------------------------------------------------------------------- the alphabet


def test_where_only_ascii_goes_out_text_is_escaped_and_json_stays_json(quick):
    quick |= {"PYTHONIOENCODING": "ascii", "SCA_LANG": "ru"}

    text, document = start(IN_FORCE, quick), start((*IN_FORCE, "--json"), quick)

    assert (text.returncode, text.stderr) == (1, b"")
    assert rb"\u0416\u0451\u043b\u0442\u044b\u0439" in text.stdout  # Жёлтый
    told = valid(json.loads(document.stdout.decode("ascii")))
    assert told["advisories"][0]["title"].startswith("Жёлтый уровень")


def test_a_name_in_another_alphabet_is_read_in_a_locale_that_has_none(quick):
    done = start(("check", "Алматы", "2024-07-03", "-q"), quick | {"LC_ALL": "C"})

    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("name", [b"Al\xffmaty", b"\xc0\xeb\xec\xe0\xf2\xfb"])
def test_bytes_that_are_no_text_are_no_place(name, quick):
    """Guessing around what cannot be read could take another place for the one that was meant."""
    done = start(("check", name, "2024-07-03"), quick)

    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.startswith(b"sca: no place called '")


def test_bytes_that_are_no_text_leave_the_document_whole(quick):
    done = start(("check", b"\xffAlmaty", b"2024\xff", "--json"), quick)

    told = valid(json.loads(done.stdout))
    assert (done.returncode, told["error"]["code"]) == (2, "bad-time")


# ---------------------------------------------------------------------------------------- terminals

ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")
COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:[34][0-9]|9[0-7]|10[0-7])(?:;[0-9]+)*m")


def on_terminal(
    commands: list[tuple[str, ...]], columns: int, rows: int, env: dict[str, str]
) -> list[tuple[int, str]]:
    """Code and screen of each command on a terminal of so many columns and rows.

    One process runs them all, for the sake of time; each starts on an empty line.
    """
    program = (
        "import sys\nfrom sca.cli.app import run\n"
        f"for command in {commands!r}:\n"
        "    code = run(command)\n    print('\\0', int(code), '\\0', flush=True)\n"
    )
    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env=env, cwd=env["TMPDIR"], stdin=terminal, stdout=terminal, stderr=terminal,
    )  # fmt: skip
    os.close(terminal)
    shown = _read(screen).replace("\r\n", "\n")
    assert process.wait(60) == 0, shown
    parts = re.split("\0 (\\d+) \0\n", shown)
    return [(int(code), text) for text, code in zip(parts[::2], parts[1::2], strict=False)]


def _read(screen: int) -> str:
    shown = b""
    try:
        while part := os.read(screen, 65536):
            shown += part
    except OSError:  # Linux says so when the last writer has closed its end
        pass
    os.close(screen)
    return shown.decode()


ON_SCREEN = [IN_FORCE, CLEAR, ("list",)]


def fits(shown: str, columns: int) -> bool:
    return max(map(len, ESCAPE.sub("", shown).splitlines())) <= columns


@pytest.mark.parametrize(("columns", "rows"), [(60, 24), (120, 40), (200, 50)])
def test_a_terminal_gets_colour_and_no_line_wider_than_it_is(columns, rows, quick):
    screens = on_terminal(ON_SCREEN, columns, rows, quick)

    assert [code for code, _ in screens] == [1, 0, 0]
    for _, shown in screens:
        assert fits(shown, columns)
        assert "kz-2024-sco-summit" in shown
    (_, check), _, (_, listed) = screens
    # The level's own colour, in letters that can be read on it.
    assert COLOUR.search(check)
    assert COLOUR.search(listed)


def test_no_color_is_kept(quick):
    for _, shown in on_terminal(ON_SCREEN, 80, 24, quick | {"NO_COLOR": "1"}):
        assert fits(shown, 80)
        assert not COLOUR.search(shown)


def test_the_screens_at_80_columns_without_colour(quick):
    screens = on_terminal(ON_SCREEN, 80, 24, quick | {"TERM": "dumb"})

    for name, (_, shown) in zip(("check", "clear", "list"), screens, strict=True):
        assert shown == (SCREENS / f"terminal-{name}.txt").read_text(encoding="utf-8")


def test_a_dumb_terminal_gets_no_escapes_and_no_line_wider_than_it_is(quick):
    for _, shown in on_terminal(ON_SCREEN, 60, 24, quick | {"TERM": "dumb"}):
        assert "\x1b" not in shown
        assert fits(shown, 60)


@pytest.mark.parametrize("arguments", [IN_FORCE, ("list",)], ids=["check", "list"])
def test_a_pipe_gets_no_escapes_whatever_is_set(arguments, quick):
    forced = dict.fromkeys(("FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE"), "1")

    done = start(arguments, quick | forced | {"COLORTERM": "truecolor", "COLUMNS": "200"})

    assert done.stderr == b""
    assert done.stdout
    assert b"\x1b" not in done.stdout


# ------------------------------------------------------------------------------- what is left alone


def test_completion_s_variable_is_no_answer(quick):
    done = start(IN_FORCE, quick | {"_SCA_COMPLETE": "complete_bash", "COMP_WORDS": "sca "})

    assert done.returncode == 1
    assert done.stdout.startswith(b"Almaty, City of Almaty, Kazakhstan")


NOTHING_OUTSIDE = """\
import os, sys
CACHE = os.environ["XDG_CACHE_HOME"]
def kept(path):
    # A number is a file that is open already.
    return isinstance(path, int) or f"{os.path.abspath(path)}/".startswith(f"{CACHE}/")
def watch(event, arguments):
    if event.startswith("socket."):
        os._exit(99)
    if event == "open" and (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        if arguments[0] != "/dev/null" and not kept(arguments[0]):
            os._exit(98)
    if event in ("os.mkdir", "os.rename", "os.remove") and not kept(arguments[0]):
        os._exit(97)
    if event in ("subprocess.Popen", "os.posix_spawn"):
        os._exit(96)
    if event == "sqlite3.connect" and "mode=ro" not in arguments[0] and arguments[0] != ":memory:":
        os._exit(95)
sys.addaudithook(watch)
"""


@pytest.fixture
def guarded(bare: dict[str, str]) -> dict[str, str]:
    """The variables of a machine whose cache folder is all that may be written to."""
    cache = {"XDG_CACHE_HOME": str(Path(bare["TMPDIR"]) / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    return with_site(NOTHING_OUTSIDE, bare | cache)


def test_no_command_touches_the_network_or_writes_a_file_but_in_the_cache(guarded):
    """semgrep's --version took 98 s where there was no network."""
    commands = {
        IN_FORCE: 1,
        (*IN_FORCE, "--json", "--lang", "ru"): 1,
        ("check", "Almatty"): 3,
        ("check", "51.13,71.43", "2024-07-03", "--short"): 1,
        ("next", "Almaty", "2024-07-03", "--clear", "P2D"): 0,
        ("list", "--format", "csv"): 0,
        ("list", "Almaty"): 0,
        ("changes", "--since", "2024-07-01", "--until", "2024-07-09", "Almaty"): 1,
        ("timeline", "Almaty", "--from", "2024-06-01", "--until", "2024-08-01"): 0,
        ("places", "Springfield"): 3,
        ("places", "Paris", "--near", "--json"): 0,
        ("watches",): 0,
        ("cache",): 0,
        ("lint", FIRST): 0,
        ("schema",): 0,
        ("--version",): 0,
    }
    program = f"from sca.cli.app import run\nfor c in {[*commands]!r}: print('code', int(run(c)))"

    done = subprocess.run(
        [sys.executable, "-c", program],
        env=guarded, cwd=guarded["TMPDIR"], capture_output=True, timeout=60,
    )  # fmt: skip

    assert done.returncode == 0
    codes = re.findall(r"^code (\d+)$", done.stdout.decode(), re.MULTILINE)
    assert codes == [str(code) for code in commands.values()]
    assert {path.name for path in Path(guarded["TMPDIR"]).iterdir()} == {"cache", "file", "site"}
    assert list(Path(guarded["XDG_CACHE_HOME"]).iterdir()) != []


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        (99, "import socket; socket.socket()"),
        (98, "open('new', 'w')"),
        (97, "import os; os.mkdir('new')"),
        (96, "import subprocess; subprocess.run('true')"),
        (95, "import sqlite3; sqlite3.connect('new')"),
    ],
)
def test_the_watch_on_the_network_and_on_files_works(code, statement, guarded):
    """A guard that never bites would prove nothing."""
    done = subprocess.run([sys.executable, "-c", statement], env=guarded, cwd=guarded["TMPDIR"])

    assert done.returncode == code


def test_an_answer_for_a_pipe_imports_no_more_than_it_needs(bare):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *SCA[1:], *IN_FORCE],
        env=bare, cwd=bare["TMPDIR"], capture_output=True, timeout=60,
    )  # fmt: skip

    assert done.returncode == 1
    names = {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines()}
    assert "sca.answering" in names
    for spared in ("rich.console", "toml_rs", "dateutil.parser", "jsonschema", "asyncio"):
        assert spared not in names
