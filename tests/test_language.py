import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from sca.language import Text, printable
from tests.running import sca

law = settings(
    deadline=None,
    derandomize=True,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow],
)

THREE = Text((("ru", "Уровень"), ("en", "Level"), ("kk-Cyrl", "Деңгей")))
NO_ENGLISH = Text((("ru", "Уровень"), ("kk", "Деңгей")))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        pytest.param("ru", "Уровень", id="the language asked for"),
        pytest.param("kk-Cyrl", "Деңгей", id="with its script"),
        pytest.param("KK-CYRL", "Деңгей", id="in capitals"),
        pytest.param("ru-KZ", "Уровень", id="the language without the country"),
        pytest.param("en-GB", "Level", id="English without the country"),
        pytest.param("EN-gb", "Level", id="English in capitals"),
        pytest.param("kk", "Level [en]", id="English where it is missing"),
        pytest.param("fr", "Level [en]", id="English for one that is not there"),
        pytest.param("", "Level [en]", id="English for none"),
    ],
)
def test_a_reader_gets_their_language_or_english_marked_as_such(language, words):
    assert THREE.spoken(language) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", "Деңгей"),
        ("en", "Уровень [ru]"),
        ("EN", "Уровень [ru]"),
        ("en-US", "Уровень [ru]"),
        ("fr", "Уровень [ru]"),
    ],
)
def test_without_english_a_reader_gets_the_first_that_there_is(language, words):
    assert NO_ENGLISH.spoken(language) == words


def test_a_text_as_a_string_is_english_or_marked():
    assert str(THREE) == "Level"
    assert str(NO_ENGLISH) == "Уровень [ru]"


@pytest.mark.parametrize(
    ("tag", "words"),
    [("ru", "Уровень"), ("RU", "Уровень"), ("kk-cyrl", "Деңгей"), ("kk", None), ("ru-KZ", None)],
)
def test_a_version_is_under_exactly_its_tag(tag, words):
    assert THREE.version(tag) == words


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        pytest.param("Қызыл  деңгей", "Қызыл деңгей", id="words"),
        pytest.param(
            "one\r\n\ttwo\vthree\u2028four\u0085five", "one two three four five", id="lines"
        ),
        pytest.param(" \n one\n", "one", id="blanks around"),
        pytest.param("\x1b[31mred\x1b[0m", "[31mred[0m", id="a colour"),
        pytest.param("\x1b]8;;http://x\x07here\x1b]8;;\x07", "]8;;http://xhere]8;;", id="a link"),
        pytest.param("\x9b31mred\x7f\0", "31mred", id="other controls"),
        pytest.param("safe\u202etxt.exe\u202c", "safetxt.exe", id="an override"),
        pytest.param("\u2066one\u2069\u200e\u200f\u061c", "one", id="marks of direction"),
        pytest.param("\ufeffone\u200btwo\u2060", "onetwo", id="blanks of no width"),
        pytest.param("one\U000e0041\U000e007f", "one", id="hidden tags"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="a non-joiner"),
        pytest.param("क्\u200dष co\u00adop", "क्\u200dष co\u00adop", id="a joiner and a soft hyphen"),
        pytest.param("half\ud83d of a pair", "half of a pair", id="a surrogate"),
        pytest.param("one \x07 two", "one two", id="a bell between blanks"),
        pytest.param("\x07 one", "one", id="a bell before a blank"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_foreign_text_does_not_drive_a_terminal(foreign, shown):
    assert printable(foreign) == shown


controls = st.sampled_from("\x00\x07\x1b\x7f\x9b\u202e\u200b\ud800 \t\n\u2028\u00a0ab")


@law
@given(st.text(st.characters() | controls, max_size=20))
def test_what_is_printable_stays_as_it_is(words):
    shown = printable(words)

    assert printable(shown) == shown
    assert shown.encode().decode() == shown
    assert not set(shown) & {"\n", "\r", "\t", "\x1b", "\x07", "\x7f", "\u2028", "\u202e"}


# ------------------------------------------------------------------------------- in what is printed

RULE = """\
id = "half"
title.en = "Half told"
title.ru = "Сказано наполовину"
issuer.en = "Us"
issuer.kk = "Біз"
scheme = "kz-terror-threat"
timezone = "Asia/Almaty"
sources = ["https://example.org/1"]

[[bulletins]]
issued = "2024-07-01"
level = "yellow"
places = ["Almaty"]

[[measures]]
id = "doors"
text.ru = "Двери закрыты"

[[advice]]
text.en = "Knock"
"""
WATCH = """\
[[watches]]
scheme = "kz-terror-threat"
places = ["Kazakhstan"]
from = "2024-01-01"
until = "2024-12-31"
notes = ["Weak"]
"""
DAY = ("Almaty", "2024-07-03")
DOCUMENTS = {
    ("check", *DAY): ("Сказано наполовину", "Us [en]", "Двери закрыты", "Knock [en]"),
    ("list",): ("Сказано наполовину", "Двери закрыты"),
    ("next", *DAY): ("Сказано наполовину",),
    ("changes", "--since", "2024-07-01"): ("Сказано наполовину", "Us [en]"),
    ("timeline", "Almaty"): ("Сказано наполовину", "Us [en]"),
    ("watches",): ("Weak [en]",),
}


@pytest.fixture(scope="module")
def half_told(tmp_path_factory):
    """A rule and a watch whose texts are not all in one language."""
    folder = tmp_path_factory.mktemp("rules")
    for name, text in (("half", RULE), ("watches", WATCH)):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return ("--rules", str(folder), "--now", "2024-07-03T12:00Z")


def strings(told):
    """Every text in a document."""
    if isinstance(told, str):
        return {told}
    items = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    return {text for item in items for text in strings(item)}


def test_a_reader_of_the_text_is_told_which_texts_are_in_another_language(half_told):
    told = sca("check", *DAY, *half_told, "--lang", "ru").out

    assert "Сказано наполовину (half)\n" in told
    assert "  declared by: Us [en]\n" in told
    assert "  measure doors, now: Двери закрыты\n" in told
    assert "  advice: Knock [en]\n" in told


@pytest.mark.parametrize("asked", DOCUMENTS, ids=" ".join)
def test_a_document_says_its_language_and_that_of_each_text_in_another(half_told, asked):
    told = sca(*asked, *half_told, "--lang", "ru", "--json").document

    assert told["language"] == "ru"
    assert set(DOCUMENTS[asked]) - strings(told) == set()
