import unicodedata

import pytest
from hypothesis import example, given, strategies as st

from sca.names import fold, in_latin, kazakh_latin, scripts
from tests.builders import law
from tests.cases import each

KAZAKH = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"

marked = st.text(
    "aeioAEIO -'\u0301\u0308\u0327\u3099\u309a\u0e38\u094d\u064bかはكअกéǾǽİßﬁ", max_size=12
)


# Folded


@each(
    ("name", "folded"),
    [
        pytest.param("ALMATY", "almaty", id="capitals"),
        pytest.param("Alma-Ata", "almaata", id="a hyphen"),
        pytest.param("Alma\u2011Ata", "almaata", id="a hyphen that does not break"),
        pytest.param("Rostov\u2013na\u2014Donu", "rostovnadonu", id="dashes"),
        pytest.param("  St. John's\t", "stjohns", id="blanks, a stop and an apostrophe"),
        pytest.param("L\u2019Aquila", "laquila", id="an apostrophe as printers have it"),
        pytest.param("Washington, D.C.", "washingtondc", id="a comma and stops"),
        pytest.param("Homs (city)", "homscity", id="brackets"),
        pytest.param("al\u00admaty", "almaty", id="a hyphen that is not shown"),
        pytest.param("Kökşetau", "koksetau", id="dots and a cedilla"),
        pytest.param("Qarağandy", "qaragandy", id="a breve"),
        pytest.param("Qaraǵandy", "qaragandy", id="an acute on a g"),
        pytest.param("Đà Nẵng", "danang", id="two accents on one letter"),
        pytest.param("Ekıbastūz", "ekibastuz", id="an i without its dot"),
        pytest.param("İSTANBUL", "istanbul", id="a dotted capital"),
        pytest.param("DIYARBAKIR", "diyarbakir", id="a capital without its dot"),
        pytest.param("Diyarbakır", "diyarbakir", id="and the small letter that it stands for"),
        pytest.param("Gəncə", "ganca", id="a schwa"),
        pytest.param("Straße", "strasse", id="a sharp s"),
        pytest.param("Łódź", "lodz", id="an l with a stroke"),
        pytest.param("Tromsø", "tromso", id="an o with a stroke"),
        pytest.param("Đakovo", "dakovo", id="a d with a stroke"),
        pytest.param("Ħamrun", "hamrun", id="an h with a stroke"),
        pytest.param("Ærø", "aero", id="a and e joined"),
        pytest.param("Œuilly", "oeuilly", id="o and e joined"),
        pytest.param("Þorlákshöfn", "thorlakshofn", id="a thorn"),
        pytest.param("Seyðisfjörður", "seydisfjordur", id="an eth"),
        pytest.param("Ŋan", "nan", id="an eng"),
        pytest.param("Ǿster Ǽrø", "osteraero", id="with a stroke or joined, and an accent"),
        pytest.param("ﬁji", "fiji", id="f and i joined"),
        pytest.param("ＡＬＭＡＴＹ", "almaty", id="wide letters"),
        pytest.param("Орёл", "орел", id="Cyrillic with two dots"),
        pytest.param("ТАЛДЫҚОРҒАН", "талдықорған", id="letters of Kazakh, which stay"),
        pytest.param("Өскемен", "өскемен", id="nor do they turn into those of Russian"),
        pytest.param("Αθήνα", "αθηνα", id="Greek with an accent"),
        pytest.param("ΠΕΙΡΑΙΆΣ", "πειραιασ", id="Greek capitals"),
        pytest.param("Πειραιάς", "πειραιασ", id="a sigma at the end"),
        pytest.param("القُدس", "القدس", id="Arabic with a vowel that is not mostly written"),
        pytest.param("東京", "東京", id="Chinese"),
        pytest.param("दिल्ली", "दिल्ली", id="Hindi with its vowels"),
        pytest.param("กรุงเทพ", "กรุงเทพ", id="Thai with its vowels"),
        pytest.param("ﾊﾞﾘ", "ハ\u3099リ", id="narrow Japanese"),
        pytest.param("6-й км", "6икм", id="a digit"),
        pytest.param("— ?!★", "", id="nothing but signs"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_name_is_folded_without_case_accents_and_punctuation(name, folded):
    assert fold(name) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("か", "が", id="a mark that makes a k a g"),
        pytest.param("は", "ば", id="an h a b"),
        pytest.param("ば", "ぱ", id="and that a p"),
        pytest.param("दल", "दिल", id="a vowel of Hindi"),
        pytest.param("கல", "கலி", id="of Tamil"),
        pytest.param("กม", "กุม", id="of Thai"),
        pytest.param("ကမ", "ကုမ", id="of Burmese"),
        pytest.param("ᨠᨾ", "ᨠ\u1a60ᨾ", id="the last script of these"),
    ],
)
def test_a_mark_that_is_a_sound_of_its_own_tells_names_apart(one, other):
    assert fold(one) != fold(other)


@law
@given(st.text() | marked)
@example("Ǿ")
@example("ǽ")
@example("\u0345\u0308İ")
@example("ก\u0e48-\u0e38")
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@law
@given(st.text() | marked)
def test_a_folded_name_holds_letters_digits_and_marks_that_are_sounds(text):
    kinds = {unicodedata.category(letter)[0] for letter in fold(text) if not letter.isalnum()}

    assert kinds <= {"M"}
    assert fold(text.encode("ascii", "ignore").decode()).isalnum() or not any(
        letter.isalnum() for letter in text if letter.isascii()
    )


@law
@given(st.text() | marked)
def test_folding_is_blind_to_how_accents_are_encoded(text):
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert fold(unicodedata.normalize(form, text)) == fold(text)


@law
@given(st.text() | marked)
def test_folding_is_blind_to_capitals(text):
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


@law
@given(
    st.text() | marked, st.text() | marked, st.text(" -'.,()/\u2019\u2013\u200d\u0301", min_size=1)
)
@example("ก\u0e48", "\u0e38", "-")
def test_what_stands_between_two_words_tells_nothing(left, right, between):
    assert fold(left + between + right) == fold(left + right)


# Cyrillic in Latin letters


@each(
    ("name", "latin"),
    [
        pytest.param("Алматы", "almaty", id="plain"),
        pytest.param("ПАВЛОДАР", "pavlodar", id="capitals"),
        pytest.param("Караганда", "karaganda", id="Russian"),
        pytest.param("Қарағанды", "karagandy", id="Kazakh"),
        pytest.param("Нұр-Сұлтан", "nur-sultan", id="a hyphen stays"),
        pytest.param("Өскемен", "oskemen", id="an o of Kazakh"),
        pytest.param("Екібастұз", "ekibastuz", id="an i of Kazakh"),
        pytest.param("Жезқазған", "zhezkazgan", id="zh"),
        pytest.param("Щучинск", "shchuchinsk", id="shch and ch"),
        pytest.param("Хромтау", "khromtau", id="kh"),
        pytest.param("Цхинвал", "tskhinval", id="ts"),
        pytest.param("Шымкент", "shymkent", id="sh"),
        pytest.param("Юрга", "yurga", id="yu"),
        pytest.param("Якутск", "yakutsk", id="ya"),
        pytest.param("Орёл", "orel", id="e with two dots"),
        pytest.param("Орёл", "orel", id="and these apart from it"),
        pytest.param("Рудный", "rudnyy", id="a short i after y"),
        pytest.param("Кызыл-Кия", "kyzyl-kiya", id="a hyphen"),
        pytest.param("Гурьев", "guryev", id="a soft sign before e"),
        pytest.param("Подъезд", "podyezd", id="a hard sign before e"),
        pytest.param("Казань", "kazan", id="a soft sign at the end"),
        pytest.param("Ильинка", "ilinka", id="and before another letter"),
        pytest.param("Є Ї Ґ Ў", "ye i g u", id="letters of Ukrainian and Belarusian"),
        pytest.param("Ҳисор", "hisor", id="a letter of Tajik"),
        pytest.param("Алматы-1", "almaty-1", id="digits stay"),
        pytest.param("Almaty (Алматы)", "almaty (almaty)", id="Latin letters stay"),
    ],
)
def test_a_cyrillic_name_is_spelled_as_english_texts_have_it(name, latin):
    assert in_latin(name) == latin


@pytest.mark.parametrize("name", ["Almaty", "Αθήνα", "東京", "دمشق", "Ə", "123", "—", ""])
def test_a_name_that_is_not_cyrillic_is_left_alone(name):
    assert in_latin(name) is None
    assert kazakh_latin(name) == ()


def test_the_letters_of_kazakh_one_by_one():
    english = (
        "a a b v g g d e e zh z i y k k l m n n o o p r s t u u u f kh h ts ch sh shch - y i - "
        "e yu ya"
    )
    of_2021 = (
        "a ä b v g ğ d e e j z i i k q l m n ñ o ö p r s t u ū ü f h h ts tş ş ştş - y ı - e iu ia"
    )
    of_2018 = (
        "a á b v g ǵ d e e j z ı ı k q l m n ń o ó p r s t ý u ú f h h ts ch sh shch - y i - "
        "e ıý ıa"
    )

    spelled = [kazakh_latin(f"а{letter}") for letter in KAZAKH]

    assert [in_latin(letter) or "-" for letter in KAZAKH] == english.split()
    assert [forms[0][1:] or "-" for forms in spelled] == of_2021.split()
    assert [forms[-1][1:] or "-" for forms in spelled] == of_2018.split()


@pytest.mark.parametrize("alphabet", [KAZAKH, RUSSIAN], ids=["Kazakh", "Russian"])
def test_every_letter_of_these_alphabets_is_spelled(alphabet):
    for letter in alphabet + alphabet.upper():
        spellings = (in_latin(letter), *kazakh_latin(letter))
        assert {script for spelling in spellings for script in scripts(spelling)} <= {"LATIN"}


@law
@given(st.text(KAZAKH + KAZAKH.upper() + " -1", min_size=1))
def test_no_cyrillic_letter_is_left_in_a_kazakh_name(name):
    spelled = [in_latin(name), *kazakh_latin(name)]

    for latin in spelled:
        assert latin is None or scripts(latin) <= {"LATIN"}
    assert (spelled == [None]) == (not scripts(name))


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        pytest.param("Қарағанды", ("Qarağandy", "Qaraǵandy"), id="q and g"),
        pytest.param("Алматы", ("Almaty",), id="once, where both have it alike"),
        pytest.param("АСТАНА", ("Astana",), id="capitals"),
        pytest.param("Нұр-Сұлтан", ("Nūr-Sūltan", "Nur-Sultan"), id="a capital after a hyphen"),
        pytest.param("Шымкент", ("Şymkent", "Shymkent"), id="sh"),
        pytest.param("Көкшетау", ("Kökşetau", "Kókshetaý"), id="o and u"),
        pytest.param("Екібастұз", ("Ekıbastūz", "Ekibastuz"), id="i"),
        pytest.param("Түркістан", ("Türkıstan", "Túrkistan"), id="u"),
        pytest.param("Әулиеата", ("Äulieata", "Áýlıeata"), id="a, and the i of Russian"),
        pytest.param("Семей", ("Semei", "Semeı"), id="a short i"),
        pytest.param("Жаңаөзен", ("Jañaözen", "Jańaózen"), id="j and n"),
        pytest.param("Зайсаң", ("Zaisañ", "Zaısań"), id="an n at the end"),
        pytest.param("Чу", ("Tşu", "Chý"), id="ch"),
        pytest.param("Щучье", ("Ştşutşe", "Shchýche"), id="shch, and no y for a soft sign"),
        pytest.param("Хромтау", ("Hromtau", "Hromtaý"), id="h"),
        pytest.param("Аяқ", ("Aiaq", "Aıaq"), id="ya"),
        pytest.param("Аю", ("Aiu", "Aıý"), id="yu"),
    ],
)
def test_a_kazakh_name_is_spelled_in_the_alphabets_of_2021_and_2018(name, spellings):
    assert kazakh_latin(name) == spellings


# Scripts


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Almaty", {"LATIN"}),
        ("Алматы", {"CYRILLIC"}),
        ("Қарағанды", {"CYRILLIC"}),
        ("Майманa", {"CYRILLIC", "LATIN"}),
        ("東京タワー", {"CJK", "KATAKANA", "KATAKANA-HIRAGANA"}),
        ("佐々木", {"CJK", "IDEOGRAPHIC"}),
        ("ひたち", {"HIRAGANA"}),
        ("서울", {"HANGUL"}),
        ("Kaʻū", {"LATIN", "MODIFIER"}),
        ("دمشق", {"ARABIC"}),
        ("दिल्ली", {"DEVANAGARI"}),
        ("St. John's (6)", {"LATIN"}),
        ("6 — ?!", set()),
        ("", set()),
    ],
)
def test_a_name_has_the_scripts_of_its_letters(name, found):
    assert scripts(name) == found


def test_a_letter_without_a_name_is_of_an_unknown_script():
    unnamed = next(
        letter
        for letter in map(chr, range(0x10000, 0x20000))
        if letter.isalpha() and not unicodedata.name(letter, "")
    )

    assert scripts(unnamed) == {"UNKNOWN"}
