"""`sca lint --fix`: times written plainer where they stand, and not one byte besides."""

import contextlib
import os
import resource
import shutil
import stat
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from sca.cli import output
from sca.errors import InvalidTime, Unwritable
from sca.formats import toml
from sca.formats.mending import mended, plain
from sca.reading import load
from sca.ruleset import shipped
from sca.spans import read_moment
from tests.builders import law
from tests.cases import each
from tests.running import Result, sca

DATA = Path(__file__).parent / "data"
SHIPPED = sorted(shipped().rglob("*.toml"))
RIGHT = sorted((DATA / "right").rglob("*.toml"))
PLAIN = (DATA / "right" / "plain.toml").read_text(encoding="utf-8")

ODD = """# Times of every kind — все времена
title = "from 2024-07-02 00:01z on" # a text, no time
[[bulletins]]
  issued   =   '2024-07-01'          # a day stays a day
onset = "2024-07-02t00:01"\t# t
expires="2024-07-04 23:59:30.000Z"
notes = ["2024-07-02 00:01"]

[[bulletins]]
issued = "2024-07-05T00:00z"
expires = "open"

[[measures]]
text = "Жёлтый"
onset = '2024-07-02 00:01+05:00'

[[advice]]
text = "x"
hours = "23:00/07:00"
expires = "2024-07-04T24:00"
examples = [{when = "2024-07-02 00:01"}]
"""
MENDED = (
    ODD.replace('"2024-07-02t00:01"', '"2024-07-02T00:01"')
    .replace('"2024-07-04 23:59:30.000Z"', '"2024-07-04T23:59:30Z"')
    .replace('"2024-07-05T00:00z"', '"2024-07-05T00:00Z"')
    .replace("'2024-07-02 00:01+05:00'", "'2024-07-02T00:01+05:00'")
)


def mend(text):
    return mended(toml.parse(text.encode(), "a.toml"))


# What is plain


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2024-07-02 00:01", "2024-07-02T00:01"),
        ("2024-07-02t00:01", "2024-07-02T00:01"),
        ("2024-07-02T00:01z", "2024-07-02T00:01Z"),
        ("2024-07-02T00:01:30.0", "2024-07-02T00:01:30"),
        ("2024-07-02T00:01:30,75+05:00", "2024-07-02T00:01:30+05:00"),
        ("2024-07-02 00:01/2024-07-03t14:00z", "2024-07-02T00:01/2024-07-03T14:00Z"),
        ("2024-07-02 00:01/PT6H", "2024-07-02T00:01/PT6H"),
        ("2024-07-02/P3D", "2024-07-02/P3D"),
    ],
)
def test_a_time_is_written_with_t_and_z_and_without_a_fraction(text, told):
    assert plain(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-02",
        "2024-07-02T00:01",
        "2024-07-02T24:00",
        "2024-07-02T00:01:00",  # a second, not the whole minute
        "2024-07-02T00:01+00:00",
        "now",
        "open",
        "",
    ],
)
def test_what_says_more_than_its_letters_stays(text):
    assert plain(text) == text


moments = st.builds(
    lambda day, t, hour, second, offset: f"2024-07-{day:02}{t}{hour:02}:30{second}{offset}",
    st.integers(1, 31),
    st.sampled_from("Tt "),
    st.integers(0, 23),
    st.sampled_from(["", ":00", ":59", ":00.0", ":59.999", ":01,5"]),
    st.sampled_from(["", "Z", "z", "+05:00", "-00:30"]),
)


@given(moments)
@law
def test_the_plain_form_means_the_same_and_is_its_own_plain_form(text):
    assert read_moment(plain(text)) == read_moment(text)
    assert plain(plain(text)) == plain(text)


# What is done to a file


def test_times_are_mended_where_they_stand_and_nothing_else_is_touched():
    source, times = mend(ODD)

    assert (source.decode(), times) == (MENDED, 4)


def test_what_was_mended_needs_no_more():
    assert mend(MENDED) == (MENDED.encode(), 0)


@each("path", SHIPPED)
def test_a_shipped_file_comes_out_as_it_was(path):
    assert mended(toml.read(path, path.name)) == (path.read_bytes(), 0)


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.name)
def test_whatever_is_written_says_what_was_there(path):
    sheet = toml.read(path, path.name)
    source, times = mended(sheet)

    assert (source == sheet.source) is (times == 0)
    assert mended(toml.parse(source, path.name)) == (source, 0)
    assert read_again(toml.parse(source, path.name).data) == read_again(sheet.data)


def read_again(data):
    """The data of a file with every text that is a time read."""
    if isinstance(data, dict):
        return {key: read_again(value) for key, value in data.items()}
    if isinstance(data, list):
        return [read_again(value) for value in data]
    with contextlib.suppress(InvalidTime):
        return read_moment(data) if isinstance(data, str) else data
    return data


@pytest.mark.parametrize(
    ("keys", "times"),
    [
        ('[[examples]]\nwhen = "2024-07-02 00:01/PT6H"\nas_of = "2024-07-01 00:00"', 2),
        ('[[levels]]\nbefore = [{until = "2017-07-24 00:00"}]', 1),
        ('[[watches]]\nfrom = "2016-06-05 00:00"\nuntil = "2026-11-23t00:00"', 2),
        ('[[accepted]]\nuntil = "2024-07-03 12:00"', 1),
        ('accepted = [{until = "2024-07-03 12:00"}, {until = "2024-07-03 12:00z"}]', 2),
        ('bulletins = [{issued = "2024-07-01 08:00", onset = "2024-07-01 08:00"}]', 2),
        ('[[bulletins]]\n"onset" = "2024-07-01 08:00"', 1),
        ('[[places]]\nname = "2024-07-01 08:00"', 0),
        ('when = "2024-07-01 08:00"', 0),
        ('[[bulletins]]\nonset = "2024-13-01 08:00"', 0),
        ('[[bulletins]]\nonset = """2024-07-01 08:00"""', 0),
        ('[[bulletins]]\nonset = """\n2024-07-01 08:00"""', 0),
        ('[[bulletins]]\nonset = "2024-07-01\\u002008:00"', 0),
        ("[[bulletins]]\nonset = 2024-07-01 08:00:00", 0),
    ],
)
def test_times_are_mended_under_the_keys_that_hold_them(keys, times):
    source, count = mend(keys)

    assert count == times
    assert (source == keys.encode()) is (times == 0)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_line_ends_stay_as_they_are(end):
    source, times = mend(ODD.replace("\n", end))

    assert (source.decode(), times) == (MENDED.replace("\n", end), 4)


def test_a_file_that_is_no_toml_is_left_alone():
    sheet = toml.parse(b'[[bulletins]]\nonset = "2024-07-01 08:00', "a.toml")

    assert mended(sheet) == (sheet.source, 0)


# On the command line

UNPLAIN = PLAIN.replace("2024-07-02T00:01", "2024-07-02 00:01").replace(', "iso:KZ-75"', "")
TIDY = PLAIN.replace(', "iso:KZ-75"', "")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.toml").write_text(UNPLAIN, encoding="utf-8")
    return tmp_path


def test_fix_writes_the_file_and_says_so(here):
    told = sca("lint", "a.toml", "--fix")

    assert told == Result(0, "", "sca: a.toml: 2 times rewritten\nsca: 1 file read, 0 mistakes\n")
    assert Path("a.toml").read_text(encoding="utf-8") == TIDY
    assert [path.name for path in here.iterdir()] == ["a.toml"]


def test_the_rules_mean_what_they_meant(here):
    before = load(["a.toml"])
    sca("lint", "a.toml", "--fix")

    after = load(["a.toml"])

    assert (after.advisories, after.segments) == (before.advisories, before.segments)


def test_without_fix_nothing_is_written(here):
    told = sca("lint", "a.toml", "--strict")

    assert told.code == 0
    assert Path("a.toml").read_text(encoding="utf-8") == UNPLAIN


def test_a_file_in_order_is_not_written(here):
    Path("a.toml").write_text(TIDY, encoding="utf-8")
    before = Path("a.toml").stat()

    assert sca("lint", "a.toml", "--fix").err == "sca: 1 file read, 0 mistakes\n"
    after = Path("a.toml").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_file_with_a_mistake_is_mended_and_the_mistake_is_told(here):
    Path("a.toml").write_text(UNPLAIN.replace('"yellow"', '"puce"', 1), encoding="utf-8")

    told = sca("lint", "a.toml", "--fix")

    assert told.code == 1
    assert told.out.startswith("a.toml:11: bulletins[0].level: kz-terror-threat has no level")
    assert Path("a.toml").read_text(encoding="utf-8") == TIDY.replace('"yellow"', '"puce"', 1)


def test_every_file_of_a_folder_is_mended(here):
    Path("in/deep").mkdir(parents=True)
    shutil.copy("a.toml", "in/a.toml")
    Path("in/deep/b.toml").write_text(UNPLAIN.replace('"test"', '"b"'), encoding="utf-8")

    told = sca("lint", "in", "--fix", "--json")

    assert (told.code, told.err) == (0, "")
    assert told.document["fixed"] == [
        {"path": "in/a.toml", "times": 2},
        {"path": "in/deep/b.toml", "times": 2},
    ]
    assert sca("lint", "in", "--fix", "--json").document["fixed"] == []


def test_the_shipped_words_beside_them_are_not_among_the_files(here):
    files = {path: path.stat().st_mtime_ns for path in SHIPPED}

    sca("lint", "a.toml", "--fix")

    assert {path: path.stat().st_mtime_ns for path in SHIPPED} == files


def test_a_link_stays_a_link_and_the_mode_stays_what_it_was(here):
    Path("real").mkdir()
    os.rename("a.toml", "real/rule.toml")
    os.chmod("real/rule.toml", 0o640)
    Path("a.toml").symlink_to("real/rule.toml")

    sca("lint", "a.toml", "--fix")

    assert Path("a.toml").is_symlink()
    assert Path("real/rule.toml").read_text(encoding="utf-8") == TIDY
    assert stat.S_IMODE(Path("real/rule.toml").stat().st_mode) == 0o640


# All of it or nothing


def test_what_was_changed_meanwhile_is_not_overwritten(here):
    with pytest.raises(Unwritable) as caught:
        output.rewrite("a.toml", b"what was read", b"new")

    assert str(caught.value) == "a.toml was changed by somebody else meanwhile; try again"
    assert Path("a.toml").read_text(encoding="utf-8") == UNPLAIN


def test_what_cannot_be_written_whole_is_not_written_at_all(here):
    """On a disk, as it were, that has room for a hundred bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        told = sca("lint", "a.toml", "--fix")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert told == Result(3, "", "sca: a.toml could not be written: File too large\n")
    assert Path("a.toml").read_text(encoding="utf-8") == UNPLAIN
    assert [path.name for path in here.iterdir()] == ["a.toml"]


def test_a_file_that_is_gone_is_not_made_anew(here):
    with pytest.raises(Unwritable, match=r"^b\.toml could not be written: No such file"):
        output.rewrite("b.toml", b"", b"new")

    assert not Path("b.toml").exists()
