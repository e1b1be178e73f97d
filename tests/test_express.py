"""The short way says what the long way says, byte for byte, or nothing."""

import contextlib
import io
import json
import marshal
import os
import random
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import platformdirs
import pytest
from hypothesis import given, strategies as st

from sca import reading, spans, stamps, zones
from sca.cli import answers, app, checking, express
from sca.cli.guard import guarded
from sca.errors import InvalidTime, SkippedTime
from sca.spans import FOREVER
from tests.builders import law
from tests.running import Result, sca

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the short way is for Linux")

RULE = """\
id = "test"
title = "A test"
issuer = "An authority"
scheme = "kz-terror-threat"
timezone = "Asia/Almaty"
sources = ["https://example.org/notice"]

[[bulletins]]
issued = "2024-08-01"
level = "red"
places = ["Almaty"]
expires = "2024-08-09"
"""


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path) -> Path:
    """The cache folder without any answer, in which what was written just now can be trusted."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(stamps, "TICK", -1)
    path = Path(os.environ["XDG_CACHE_HOME"]) / "sca"
    for kept in [*path.glob("*.answers"), *path.glob("*.ground")]:
        kept.rmdir() if kept.is_dir() else kept.unlink()
    return path


def quick(*words: str) -> Result | None:
    """What the short way says into a pipe; None where it leaves the long way to answer."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(out):
        told = express.answer([*words])
    return None if told is None else Result(told[1], told[0], "")


def warm(*words: str) -> Result:
    """What the long way says, and from then on the short way too."""
    told = sca(*words)
    assert quick(*words) == told
    return told


# Capitals and towns, cities of one clock and of several, under advisories and under none.
PLACES = [
    "Almaty",
    "New York",
    *(pytest.param(place, marks=pytest.mark.long) for place in ("London", "Aktobe", "Sydney")),
]
TIMES = [
    "2024-07-01",
    "2024-07-01T23:59",
    "2024-07-02T00:00:59",
    "2024-07-02T00:01",
    "2024-07-03",
    "2024-07-04T23:59",
    "2024-07-05T00:00",
    "2024-07-05",
    "2022-01-20T12:00",
    "2022-02-07",
    "2022-02-08",
    "2016-08-20",
    "2017-05-25T12:00",
    "2017-05-28T12:00",
    "2024-03-31T01:30",
    "2024-10-27T01:30",
    "2019-11-04T10:00:30",
    "1999-12-31T23:59",
    "2097-06-01",
]
FORMS = [[], ["--json"], ["--short"], ["-q"]]


@pytest.mark.parametrize("place", PLACES)
def test_both_ways_say_the_same(place):
    """Each question finds what those before it have left, then leaves its own."""
    chance = random.Random(place)
    answered = 0
    for when in chance.sample(TIMES, len(TIMES)):
        form = chance.choice(FORMS)
        before = quick("check", place, when, *form)
        told = sca("check", place, when, *form)
        after = quick("check", place, when, *form)

        assert before in {None, told}
        assert after in {None, told}
        answered += after is not None
    assert answered >= len(TIMES) // 3


def test_an_answer_serves_all_times_between_two_changes():
    warm("check", "Almaty", "2024-07-03T14:00")

    times = ("2024-07-02T00:01", "2024-07-04T23:59:59", "2024-07-03", "2024-07-03T09:30:15")
    for when, form in [*zip(times, FORMS, strict=True), *zip(times, FORMS[::-1], strict=True)]:
        assert quick("check", "Almaty", when, *form) == sca("check", "Almaty", when, *form)


@pytest.mark.parametrize("when", ["2024-07-02T00:00", "2024-07-05T00:00", "2024-07-02", "2024-07"])
def test_an_answer_serves_no_time_beyond_a_change(when):
    warm("check", "Almaty", "2024-07-03T14:00")

    assert quick("check", "Almaty", when) is None


def test_what_is_near_is_told_by_how_far_away_it_is():
    warm("check", "Almaty", "2024-07-20")

    for when in ("2024-07-05", "2024-07-05T00:00", "2024-07-07T01:02:03", "2024-08-20"):
        told = quick("check", "Almaty", when)
        assert told == sca("check", "Almaty", when)
        assert told is not None
        assert "nearest for this place" in told.out


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["list", "Almaty"],
        ["check", "Almaty", "2024-07-03", "more"],
        ["check", "Almaty", "2024-07-03", "--setting", "airport"],
        ["check", "Almaty", "2024-07-03", "--json", "-q"],
        ["check", "Almaty", "2024-07-03", "--json", "--json"],
        ["check", "-51,71", "2024-07-03"],
        ["check", "--help"],
        ["--version"],
        [],
    ],
    ids=" ".join,
)
def test_what_is_not_plain_is_left_to_the_long_way(words):
    warm("check", "Almaty", "2024-07-03")

    assert quick(*words) is None


@pytest.mark.parametrize("name", ["SCA_NOW", "SCA_RULES", "SCA_LANG", "SCA_UNWATCHED"])
def test_variables_are_left_to_the_long_way(monkeypatch, name):
    warm("check", "Almaty", "2024-07-03")

    monkeypatch.setenv(name, "clear")

    assert quick("check", "Almaty", "2024-07-03") is None


def test_every_language_has_answers_of_its_own(monkeypatch):
    english = warm("check", "Almaty", "2024-07-03")

    monkeypatch.setenv("LANG", "ru_RU.UTF-8")

    assert quick("check", "Almaty", "2024-07-03") is None
    assert warm("check", "Almaty", "2024-07-03") != english


class Terminal(io.TextIOWrapper):
    """What a person sees, as bytes."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("columns", ["60", "120"])
@pytest.mark.parametrize("colour", ["NO_COLOR", "FORCE_COLOR"])
def test_a_terminal_is_shown_the_same_both_ways(monkeypatch, columns, colour):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv(colour, "1")
    for when in ("2024-07-03T14:00", "2024-07-20"):
        warm("check", "Almaty", when)
        with contextlib.redirect_stdout(Terminal()) as screen:
            code = app.run(["check", "Almaty", when])
            shown = screen.buffer.getvalue().decode()

        assert express.answer(["check", "Almaty", when], drawn=True) == (shown, code)


@pytest.mark.parametrize("question", [["Kazakhstan", "2022-01-20"], ["51.13,71.43", "2024-07-03"],
    ["Tokyo", "2024-07-03"], ["Almaty", "2022-01-06T14:00"], ["Almaty", "2024-07-01/2024-07-03"],
    ["Almatty", "2024-07-03"], ["Almaty", "2024-07-02T00:00/PT2M"]], ids=" ".join)  # fmt: skip
def test_what_rests_on_more_than_bounds_is_answered_in_full_each_time(question):
    sca("check", *question)

    assert quick("check", *question) is None


def _own_rules(tmp_path: Path) -> Path:
    path = tmp_path / "config" / "sca" / "rules"
    path.mkdir(parents=True)
    (path / "a.toml").write_text(RULE)
    return path


def test_rules_that_come_to_be_are_heeded(tmp_path):
    assert warm("check", "Almaty", "2024-08-03").code == 0

    rules = _own_rules(tmp_path)

    assert quick("check", "Almaty", "2024-08-03") is None
    assert warm("check", "Almaty", "2024-08-03").code == 1
    (rules / "b.toml").write_text(RULE.replace('"test"', '"other"'))
    assert quick("check", "Almaty", "2024-08-03") is None
    assert warm("check", "Almaty", "2024-08-03").code == 1
    (rules / "b.toml").unlink()
    assert quick("check", "Almaty", "2024-08-03") is None
    (rules / "a.toml").write_text(RULE.replace("2024-08-09", "2024-08-02"))
    assert quick("check", "Almaty", "2024-08-03") is None
    assert warm("check", "Almaty", "2024-08-03").code == 0
    (rules / "a.toml").write_text("id = ")
    assert quick("check", "Almaty", "2024-08-03") is None


def test_a_place_of_ones_own_that_comes_to_be_is_heeded(tmp_path):
    warm("check", "Almaty", "2024-07-03")
    path = tmp_path / "config" / "sca"
    path.mkdir(parents=True)

    (path / "places.toml").write_text('[[places]]\nid = "hq"\nname = "HQ"\nwithin = "Almaty"\n')

    assert quick("check", "Almaty", "2024-07-03") is None


def test_what_was_written_within_the_clocks_tick_is_not_trusted(monkeypatch):
    warm("check", "Almaty", "2024-07-03")

    monkeypatch.setattr(stamps, "TICK", 10**18)

    assert quick("check", "Almaty", "2024-07-03") is None


def test_an_answer_that_was_not_to_be_trusted_is_not_kept_beside_a_later_one(monkeypatch):
    """Written with the later one, it would seem to have been given when that was."""
    warm("check", "Almaty", "2024-07-03")
    warm("check", "Almaty", "2024-07-20")
    assert quick("check", "Almaty", "2024-07-03") is not None

    monkeypatch.setattr(stamps, "TICK", 10**18)
    sca("check", "Almaty", "2022-02-20")
    monkeypatch.setattr(stamps, "TICK", -1)

    assert quick("check", "Almaty", "2022-02-20") is not None
    assert quick("check", "Almaty", "2024-07-03") is None


@pytest.mark.parametrize("kind", ["answers", "ground"])
def test_a_damaged_file_of_answers_is_as_good_as_none(folder, kind):
    told = warm("check", "Almaty", "2024-07-03")
    (path,) = folder.glob(f"*.{kind}")
    body, chance = path.read_bytes(), random.Random(5)
    for _ in range(60):
        place = chance.randrange(len(body))
        path.write_bytes(
            body[:place] + bytes([body[place] ^ 1 << chance.randrange(8)]) + body[place + 1 :]
        )
        assert quick("check", "Almaty", "2024-07-03") is None
        path.write_bytes(body[:place])
        assert quick("check", "Almaty", "2024-07-03") is None
    path.unlink()
    assert quick("check", "Almaty", "2024-07-03") is None
    path.mkdir()
    assert quick("check", "Almaty", "2024-07-03") is None
    assert sca("check", "Almaty", "2024-07-03") == told


@pytest.mark.parametrize("kind", ["answers", "ground"])
@pytest.mark.parametrize("body", [{}, (0, {}), (express.FORMAT + 1, {"key": ()}), None, [1]])
def test_what_another_version_wrote_is_as_good_as_none(folder, kind, body):
    told = warm("check", "Almaty", "2024-07-03")
    (path,) = folder.glob(f"*.{kind}")
    whole = marshal.dumps(body)
    path.write_bytes(zlib.crc32(whole).to_bytes(4, "big") + whole)

    assert quick("check", "Almaty", "2024-07-03") is None
    assert sca("check", "Almaty", "2024-07-03") == told
    assert quick("check", "Almaty", "2024-07-03") == told


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives away")
@pytest.mark.parametrize("kind", ["answers", "ground"])
def test_what_another_user_wrote_is_not_taken(folder, kind):
    warm("check", "Almaty", "2024-07-03")
    (path,) = folder.glob(f"*.{kind}")

    os.chown(path, 12345, 12345)

    assert quick("check", "Almaty", "2024-07-03") is None


def test_answers_rest_on_their_own_ground_and_on_no_other(folder):
    """Somebody else's, or that of another time, vouches for other answers."""
    told = warm("check", "Almaty", "2024-07-03")
    (path,) = folder.glob("*.ground")
    before = path.read_bytes()
    warm("check", "Astana", "2024-07-03")
    assert path.read_bytes() == before

    path.unlink()
    warm("check", "Astana", "2024-07-03")

    assert quick("check", "Almaty", "2024-07-03") is None
    path.write_bytes(before)
    assert quick("check", "Almaty", "2024-07-03") == told
    assert quick("check", "Astana", "2024-07-03") is None


def test_another_name_with_the_same_sum_is_another_place(folder):
    warm("check", "Almaty", "2024-07-03")
    (path,) = folder.glob("*.answers")

    path.rename(express.home("Astana") or "")

    assert quick("check", "Astana", "2024-07-03") is None


def test_an_answer_that_changes_at_the_present_is_not_kept():
    """A review that is yet to come by the clock vouches up to the present, which moves on."""
    from sca import answering
    from sca.report import document

    rules, before = reading.load(), datetime(2026, 11, 1, tzinfo=UTC)
    kept = []
    for now in (before, datetime(2026, 11, 25, tzinfo=UTC)):
        inquiry = answering.inquire("Almaty", "2024-07-20", rules=rules, now=now)
        verdict = inquiry.verdict()
        told = document.of_verdict(verdict, rules, "Almaty", "2024-07-20", "en")
        kept.append((verdict.next_change, answers.entry(inquiry, verdict, told, "2024-07-20")))

    assert kept[0] == (before, None)
    assert kept[1][0] is None
    assert kept[1][1] is not None


def test_an_answer_that_rests_on_a_review_ages_with_it(monkeypatch):
    """Kazakhstan's watch may be 90 days old; past that, what was clear is stale."""
    rules = reading.load()
    watch = next(w for s in rules.sources for w in s.watches if w.scheme == "kz-terror-threat")
    review = watch.until.reading("Asia/Almaty").span.end
    aged = review + timedelta(days=watch.max_age.days)
    monkeypatch.setattr(time, "time", lambda: (review + timedelta(days=1)).timestamp())
    later = f"{review + timedelta(days=10):%Y-%m-%d}"
    first = sca("check", "Almaty", later, "--now", f"{review + timedelta(days=1):%Y-%m-%dT%H:%MZ}")
    assert first.code == 0

    from sca import answering
    from sca.report import document

    ground = answers.ground()
    assert ground is not None
    inquiry = answering.inquire("Almaty", later, rules=rules, now=review + timedelta(days=1))
    verdict = inquiry.verdict()
    told = document.of_verdict(verdict, rules, "Almaty", later, "en")
    answers.keep("Almaty", later, inquiry, verdict, told, ground)

    assert quick("check", "Almaty", later) == first
    present = review + timedelta(days=1)
    assert quick("check", "Almaty") == sca(
        "check", "Almaty", "--now", f"{present:%Y-%m-%dT%H:%M:%SZ}"
    )
    for now, answered in ((aged - timedelta(seconds=1), True), (aged, False), (review, True)):
        monkeypatch.setattr(time, "time", lambda now=now: now.timestamp())
        assert (quick("check", "Almaty", later) is not None) is answered
    monkeypatch.setattr(time, "time", lambda: (review - timedelta(seconds=1)).timestamp())
    assert quick("check", "Almaty", later) is None


@law
@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2098, 12, 30)),
    st.sampled_from(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    st.sampled_from(["Asia/Almaty", "Asia/Kathmandu", "America/New_York", "Etc/UTC"]),
)
def test_times_are_read_as_the_long_way_reads_them(wall, form, zone):
    text = f"{wall:{form}}"
    try:
        span = spans.read(text).reading(zone, FOREVER).span
    except SkippedTime:
        return
    # Where a clock changes meanwhile the short way is closed.
    if span.end - span.start not in {timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)}:
        return
    offset = zones.local(span.start, zone).utcoffset() or timedelta(0)

    read = express.seconds(text, int(offset.total_seconds()), 0)

    assert read == (int(span.start.timestamp()), int(span.end.timestamp()))


NO_TIMES = [
    "2024-02-30",
    "2023-02-29",
    "2024-13-01",
    "2024-00-10",
    "2024-07-03T24:00",
    "2024-07-03T14:60",
    "2024-07-03T14:00Z",
    "2024-07-3",
    "２０２４-07-03",
    "2024-07-03T14:00:61",
    "2024:07:03",
    "2024-07-03T14-00",
    "20240703",
    "0000-00-00",
    "2024-07-00",
    "+024-07-03",
    "2024-07-03t14:00",
    "2024-07-03T",
    "2024-07-03T14",
]


@given(st.text("0123456789-:T zZ+./P", max_size=20) | st.sampled_from(NO_TIMES))
@law
def test_what_the_short_way_reads_the_long_way_reads_too(text):
    read = express.seconds(text, 0, 0)

    if read is not None:
        try:
            span = spans.read(text).reading("Etc/UTC", datetime.fromtimestamp(0, UTC)).span
        except InvalidTime:
            pytest.fail(f"{text!r} is no time")
        assert read == (int(span.start.timestamp()), int(span.end.timestamp()))


def test_the_cache_is_where_platformdirs_has_it(monkeypatch):
    for name in ("/somewhere/else", "", "  "):
        monkeypatch.setenv("XDG_CACHE_HOME", name)
        assert express.folder() == platformdirs.user_cache_dir("sca", appauthor=False)
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert express.folder() == platformdirs.user_cache_dir("sca", appauthor=False)


# -------------------------------------------------------------------------- without typer

QUESTIONS = [
    "Almaty 2024-07-03T14:00", "Kazakhstan 2022-01-20", "iso:KZ-75 2024-07-03", "iata:ALA",
    "51.13,71.43 2024-07-03", "0,-140 2024-07-03T00:00Z", "47.2,9.52 2024-07-03", "Алматы 2024-07",
    "Almatty 2024-07-03", "Springfield 2024-07-03", "Tokyo 2024-07-03", "Paris 2026-03-29T02:30",
    "Almaty 2024-07-01/2024-07-03", "Almaty 2024-07-02T00:00/PT2M", "Almaty 2024-02-30",
    "Almaty yesterday", "Almaty now", "Simferopol 2022-03-01", "London 2017-05-25T12:00",
    "iso:US-PR 2016-11-30", "Warsaw 2023-12-01",
]  # fmt: skip
ODD = [
    ["check", "", "2024-07-03"],
    ["check", " Almaty ", "2024-07-03"],
    ["check", "Almaty", ""],
    ["check", "2024-07-03", "Almaty"],
    ["check", "\udcff", "2024-07-03"],
    ["check", "--short", "Almaty"],
    ["check", "Almaty", "--quiet", "2024-07-03"],
]


def _both_ways(words: list[str]) -> None:
    plain = express.plain(words)
    assert plain is not None
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = guarded(lambda: checking.answer(*plain), words)
        out.flush(), err.flush()
    told = Result(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())

    assert told == sca(*words), words


@pytest.mark.parametrize(
    "first", [0, *(pytest.param(first, marks=pytest.mark.long) for first in (1, 2, 3))]
)
def test_typer_and_the_way_around_it_say_the_same(monkeypatch, first):
    monkeypatch.setenv("SCA_NOW", "2026-11-20T12:00Z")
    lines = [["check", *question.split()] for question in QUESTIONS] + ODD
    for number, words in enumerate(lines, first):
        form = [] if words in ODD else FORMS[number % len(FORMS)]
        _both_ways([*words, *form])


@pytest.mark.long
@pytest.mark.parametrize("seed", range(8))
def test_typer_and_the_way_around_it_say_the_same_of_any_question(monkeypatch, seed):
    chance = random.Random(seed)
    monkeypatch.setenv("SCA_NOW", "2026-11-20T12:00Z")
    places = [question.split()[0] for question in QUESTIONS] + ["Kyiv", "Sydney", "iso:AU", "xx"]
    for _ in range(50):
        when = chance.choice([*TIMES, *NO_TIMES, "2016-08/P1M", "2024-07-03T14:00+02:00"])
        _both_ways(["check", chance.choice(places), when, *chance.choice(FORMS)])


def test_a_plain_question_imports_no_library_for_options():
    program = (
        "import sys; sys.argv = ['sca', 'check', 'Astana', '2024-07-03T14:00']\n"
        "from sca.__main__ import main\n"
        "try:\n    main()\nfinally:\n    print(*sorted(sys.modules), file=sys.stderr)"
    )

    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert told.returncode == 1
    imported = {name.split(".")[0] for name in told.stderr.split()}
    assert imported.isdisjoint({"typer", "click", "rich", "dateutil", "asyncio", "decimal"})
    assert "sca" in imported


def _process(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sca", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]


IMPORTED = {"marshal", "sca", "sca.__main__", "sca.cli", "sca.cli.express", "sca.stamps", "zlib"}
"""All that the short way imports beyond what Python does by itself."""


def test_the_short_way_imports_next_to_nothing():
    program = (
        "import sys; before = set(sys.modules); "
        "from sca import stamps; stamps.TICK = -1; "
        "sys.argv = ['sca', 'check', 'Almaty', '2024-07-03T14:00']\n"
        "import os; leave = os._exit\n"
        "def told(code):\n"
        "    print(*sorted(set(sys.modules) - before), file=sys.stderr, flush=True)\n"
        "    leave(code)\n"
        "os._exit = told\n"
        "from sca.__main__ import main\n"
        "main()"
    )
    sca("check", "Almaty", "2024-07-03T14:00")

    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert told.returncode == 1
    assert set(told.stderr.split()) <= IMPORTED
    assert "sca.cli.express" in told.stderr.split()


def test_two_processes_say_the_same():
    first, second = (_process("check", "Almaty", "2024-07-03T14:00", "--json") for _ in range(2))

    assert (first.returncode, first.stdout) == (second.returncode, second.stdout)
    assert json.loads(second.stdout)["answer"] == "in force"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_no_answer():
    sca("check", "Almaty", "2024-07-03T14:00")
    program = (
        "import sys; from sca import stamps; stamps.TICK = -1; "
        "sys.argv = ['sca', 'check', 'Almaty', '2024-07-03T14:00']; "
        "from sca.cli import express; express.main(); sys.exit(9)"
    )
    with open("/dev/full", "w", encoding="utf-8") as full:
        told = subprocess.run(
            [sys.executable, "-c", program], stdout=full, stderr=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip

    assert told.returncode == 3
    assert told.stderr == (
        "sca: the answer could not be written to stdout: No space left on device\n"
    )
