"""Rule files: what is read from those that are right, and that no file makes the reader fall."""

import itertools
import re
import tempfile
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from sca import ruleset
from sca.advisory import Advisory, Bulletin, Measure
from sca.formats import rules, toml
from sca.language import Text
from sca.levels import Severity
from sca.places import Kind
from sca.spans import read_moment
from tests.builders import words
from tests.running import sca

RIGHT = Path(__file__).parent / "data" / "right"
PLAIN = (RIGHT / "plain.toml").read_text(encoding="utf-8")

law = settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)


def read(*paths):
    return ruleset.load([RIGHT / path for path in paths])


@cache
def known():
    shipped = ruleset.load([RIGHT / "plain.toml"])
    return rules.Known(shipped.schemes, shipped.settings, shipped.gazetteer)


# What is right


@pytest.mark.parametrize("name", sorted(path.name for path in RIGHT.iterdir()))
def test_every_right_file_reads_and_bears_out_its_examples(name):
    assert ruleset.read([RIGHT / name]).mistakes == ()


def test_what_is_read_from_a_rule():
    loaded = read("plain.toml")

    assert loaded.advisories == (
        Advisory(
            id="test",
            title=words("A test"),
            issuer=words("An authority"),
            scheme=loaded.schemes["kz-terror-threat"],
            timezone="Asia/Almaty",
            sources=("https://example.org/notice",),
            bulletins=(
                Bulletin(
                    issued=read_moment("2024-07-01"),
                    level=loaded.schemes["kz-terror-threat"].levels[0],
                    places=(
                        loaded.gazetteer.find("Almaty"),
                        loaded.gazetteer.places["iso:KZ-75"],
                    ),
                    onset=read_moment("2024-07-02T00:01"),
                    expires=read_moment("2024-07-04T23:59"),
                ),
            ),
            measures=(
                Measure("movement", words("Vehicles may be kept out"), ("street", "airport")),
                Measure("patrols", words("More patrols")),
            ),
            advice=(words("Stay calm"),),
            notes=(words("Two sources differ"),),
        ),
    )
    assert loaded.newest == "2024-07-01"


def test_text_keeps_its_languages_in_their_order():
    advisory = read("languages.toml").advisories[0]

    assert advisory.title == Text((("en", "A test"), ("ru", "Проба"), ("kk-Latn", "Synaq")))
    assert advisory.issuer == Text((("en", "An authority"), ("ru", "Орган")))
    assert advisory.notes == (words("Plain"), Text((("ru", "По-русски"),)))
    assert advisory.measures[0].text.version("ru") == "Движение ограничивается"
    assert advisory.advice == (Text((("kk", "Сабыр сақтаңыз"),)),)


def test_however_it_is_written_the_same_is_read():
    advisory = read("styles.toml").advisories[0]

    assert (advisory.title, advisory.issuer) == (words("A test"), words("An authority"))
    assert advisory.scheme.id == "kz-terror-threat"
    assert advisory.sources == ("https://example.org/notice", "https://example.org/end")
    assert [(m.id, m.text) for m in advisory.measures] == [
        ("movement", words("Vehicles may be kept out")),
        ("patrols", words("More patrols")),
    ]


def test_line_ends_change_nothing(tmp_path):
    path = tmp_path / "rule.toml"
    path.write_bytes(PLAIN.replace("\n", "\r\n").encode())

    assert ruleset.load([path]).advisories == read("plain.toml").advisories


def test_a_left_out_onset_is_the_time_of_issue():
    bulletin = read("open-end.toml").advisories[0].bulletins[0]

    assert bulletin.onset == bulletin.issued == read_moment("2024-07-01")
    assert (bulletin.expires, bulletin.duration) == (None, None)


def test_what_is_read_from_a_scheme():
    scheme = read("own-words").schemes["test-scale"]

    assert (scheme.title, scheme.sources) == (
        words("A scale for tests"),
        ("https://example.org/scale",),
    )
    low, high = scheme.levels
    assert (low.scheme, low.id, low.rank, low.severity) == ("test-scale", "low", 0, Severity.Minor)
    assert (low.baseline, low.colour, low.meaning, low.advice) == (True, None, None, ())
    assert (high.rank, high.severity, high.baseline) == (1, Severity.Unknown, False)
    assert high.name == Text((("en", "high"), ("ru", "высокий")))
    assert (high.colour, high.meaning) == ("#d0021b", words("Something may happen"))
    assert high.advice == (words("Stay calm"), Text((("ru", "Сохраняйте спокойствие"),)))


def test_what_is_read_from_settings_and_places():
    loaded = read("own-words")

    lobby, office = loaded.settings["lobby"], loaded.gazetteer.places["office"]
    assert (lobby.text, lobby.parent) == (words("Halls of buildings"), "public-space")
    assert (office.name, office.kind, office.timezone) == ("The Office", Kind.SITE, "Asia/Almaty")
    assert office.within == ("iso:KZ-75", "iso:KZ")
    assert (office.region, office.country) == ("City of Almaty", "Kazakhstan")
    assert (office.latitude, office.longitude, office.population) == (43, 76.9, None)
    assert {
        loaded.gazetteer.find(name) for name in ("office", "the  OFFICE", "hq", "Old Mill")
    } == {office}


# What is wrong, wherever it is

ODD = [
    "1", "1.5", "nan", "-inf", "9" * 40, "true", '""', '"\\u0000"', '" "', "'x'", "[]", "[[]]",
    "[{}]", '["x", ["x"]]', "{}", "{ en = 1 }", '{ "" = "x" }', "2024-07-01",
    "2024-07-01T00:01:00Z", "00:01:00", '"2024-02-30"', '"2024-07-01/now"', '"P1D"',
    '"P' + "9" * 5000 + 'D"', '"' + "A" * 300 + '"', '"../UTC"',
]  # fmt: skip
"""Values that are right for few keys or for none."""

LINES = [
    (number, line.split(" = ")[0])
    for number, line in enumerate(PLAIN.splitlines(), 1)
    if " = " in line
]


@pytest.mark.parametrize("value", ODD, ids=lambda value: value[:9])
def test_no_value_anywhere_makes_the_reader_fall(value):
    """And whatever is wrong is told on its own line, or on one that refers to it."""
    references = {number for number, key in LINES if key == "measures"}
    for number, key in LINES:
        lines = PLAIN.splitlines()
        lines[number - 1] = f"{key} = {value}"
        sheet = toml.parse("\n".join(lines).encode(), "x.toml")

        rule = rules.read(sheet, known())

        assert (rule is None) == bool(sheet.mistakes()), (key, value)
        assert {mistake.line for mistake in sheet.mistakes()} <= {number} | references, (key, value)


@pytest.mark.parametrize(("number", "key"), LINES, ids=lambda value: str(value))
def test_no_missing_line_makes_the_reader_fall(number, key):
    lines = PLAIN.splitlines()
    del lines[number - 1]
    sheet = toml.parse("\n".join(lines).encode(), "x.toml")

    rule = rules.read(sheet, known())

    optional = {"notes", "onset", "expires", "settings", "measures"}
    assert (rule is None) == (key not in optional)
    told = [m for m in sheet.mistakes() if m.problem == "is missing"]
    assert [m.address.split(".")[-1] for m in told] == ([] if key in optional else [key])


TOKENS = st.sampled_from(
    ["[[bulletins]]\n", "[[places]]\n", "[[levels]]\n", "[[settings]]\n", "[examples]\n", "id", "=",
     '"', "'", '"""', "{", "}", "[", "]", ",", ".", "#", "\n", "\r", " ", "1", "-", "true", "nan",
     "2024-07-01", "2024-02-30", "T00:01", '"now"', '"x"', "title", "text", "places", "within",
     "parent", "\x00", "\ufeff", "é", "\u202e", 'id = "a"\n', 'place = "Almaty"\n', "names = {}\n"]
)  # fmt: skip
SOURCES = [path.read_bytes() for path in sorted(RIGHT.rglob("*.toml"))]


@st.composite
def spoiled(draw):
    """A right file with a few pieces taken out or put in."""
    source = draw(st.sampled_from(SOURCES))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(source)))
        end = start + draw(st.integers(0, 12))
        piece = draw(st.one_of(TOKENS.map(str.encode), st.binary(max_size=3)))
        source = source[:start] + piece + source[end:]
    return source


garbage = st.one_of(
    st.binary(max_size=80), st.lists(TOKENS, max_size=25).map(lambda t: "".join(t).encode())
)


@law
@given(source=st.one_of(spoiled(), spoiled(), garbage))
def test_no_file_makes_the_reader_fall(source):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rule.toml")
        path.write_bytes(source)

        reading = ruleset.read([path])

        assert bool(reading.mistakes) != bool(reading.rules.advisories)
        assert list(reading.mistakes) == sorted(set(reading.mistakes))
        for mistake in reading.mistakes:
            assert mistake.path == str(path)
            assert 0 <= mistake.line <= source.count(b"\n") + 1
            assert mistake.problem


# Foreign text does not drive a terminal

EVIL = r"\u001b[31m\u001b]8;;https://x\u0007\u009b2J\u202e\u2066\u200f\u0008\u007f\r\n\u2028"
"""Colours, a link, a cleared screen, reversed text, and line ends, as TOML escapes."""

TEXTS = re.compile(
    r'\b(?:title|issuer|name|text|meaning|en|ru) = "|\b(?:notes|advice|names|former) = \["'
)
"""Where a text starts."""


def driving(text):
    """What in a text does more than show a character or end a line."""
    return {
        character
        for character in text
        if unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} and character != "\n"
    }


@pytest.fixture
def evil(tmp_path):
    """A set of rules with control characters in every text there is."""
    for path in (RIGHT / "own-words").glob("*.toml"):
        source = path.read_text(encoding="utf-8").split("[[examples]]")[0]
        source = source.replace('"The Office", ', '"office", ')
        spoiled, number = TEXTS.subn(lambda found: found[0] + EVIL, source)
        assert number
        (tmp_path / path.name).write_text(spoiled, encoding="utf-8")
    return str(tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "office", "2024-07-01"),
        ("check", "office", "2024-07-02"),
        ("check", "office", "2024-07-01", "--short"),
        ("check", "office", "2024-07-01", "--json"),
        ("check", "office", "2024-07-01", "--lang", "ru"),
        ("list",),
        ("list", "--format", "csv"),
        ("list", "--format", "markdown"),
        ("list", "--json"),
        ("check", "offic", "2024-07-01"),
        ("check", "office", "2024-07-01", "--setting", "lobb"),
        ("check", "office", "2024-07-01", "--at-least", "hig"),
    ],
    ids=" ".join,
)
def test_control_characters_in_texts_reach_no_reader(arguments, evil):
    told = sca(*arguments, "--rules", evil)

    assert "mistake" not in told.err
    assert driving(told.out + told.err) == set()


def test_without_them_the_texts_are_whole(evil):
    told = sca("check", "office", "2024-07-01", "--rules", evil, "--json")

    assert told.code == 1
    assert told.document["place"]["name"] == "[31m]8;;https://x2J The Office"
    assert told.document["advisories"][0]["title"] == "[31m]8;;https://x2J A test"


@pytest.mark.parametrize("escape", [r"\u001b[31m", r"\u202e"], ids=["ESC", "bidi"])
def test_control_characters_in_sources_reach_no_reader(escape, tmp_path):
    path = tmp_path / "rule.toml"
    path.write_text(PLAIN.replace("org/notice", f"org/{escape}"), encoding="utf-8")

    for form in ([], ["--json"]):
        told = sca("check", "Almaty", "2024-07-03", "--rules", str(path), *form)
        assert driving(told.out + told.err) == set()


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(rf'"a{EVIL}" = 1', id="key"),
        pytest.param(rf'id = "{EVIL}"', id="value"),
        pytest.param(rf'title."{EVIL}" = "x"', id="language"),
    ],
)
def test_control_characters_in_what_is_wrong_reach_no_reader(line, tmp_path):
    path = tmp_path / "rule.toml"
    path.write_text(line + "\n" + PLAIN.replace("\nid", "\nid2", 1), encoding="utf-8")

    for form, command in itertools.product(
        ([], ["--format=json"], ["--format=github"]), ("lint", "list")
    ):
        told = sca(command, "--rules", str(path), *form)
        assert driving(told.out + told.err) == set(), (command, form)
