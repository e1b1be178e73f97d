from functools import cache

import pytest
from hypothesis import example, given, strategies as st

from sca.atlas import Atlas
from sca.names import fold
from sca.spelling import MOST, near_names, within_two
from tests.builders import a_place, law
from tests.cases import each

FAR = "qxjqzvkw"
"""A key that no shipped name is near to."""

LETTERS = {"latin": "abcdefghijklmnopqrstuvwxyz", "cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюяёі"}


@cache
def atlas():
    return Atlas()


def near(key, own=None, named=()):
    places = {spelled: list(places) for spelled, places in (own or {}).items()}
    return near_names(key, atlas(), places, frozenset(named))


def ids(places):
    return [place.id for place in places]


def known(*keys, **changes):
    """A place of one's own for each key; its id is `test:` and the key."""
    return {key: [a_place(key, **changes)] for key in keys}


# Two edits


def apart(one, other, edits):
    """Whether so many edits are enough, tried one after another, without any table."""
    if edits < 0:
        return False
    if not one or not other:
        return len(one) + len(other) <= edits
    if one[0] == other[0] and apart(one[1:], other[1:], edits):
        return True
    return (
        apart(one[1:], other, edits - 1)
        or apart(one, other[1:], edits - 1)
        or apart(one[1:], other[1:], edits - 1)
        or (one[:2] == other[1::-1] and apart(one[2:], other[2:], edits - 1))
    )


@pytest.mark.parametrize(
    ("one", "other", "enough"),
    [
        pytest.param("almaty", "almaty", True, id="the same"),
        pytest.param("almaty", "almatyxx", True, id="two letters more"),
        pytest.param("almaty", "almatyxxx", False, id="three more"),
        pytest.param("almaty", "alma", True, id="two less"),
        pytest.param("almaty", "alm", False, id="three less"),
        pytest.param("almaty", "xxmaty", True, id="two others"),
        pytest.param("almaty", "xxxaty", False, id="three others"),
        pytest.param("almaty", "xalmatyx", True, id="one at each end"),
        pytest.param("almaty", "lamaty", True, id="the first two swapped"),
        pytest.param("almaty", "almayt", True, id="the last two swapped"),
        pytest.param("almaty", "lamayt", True, id="both"),
        pytest.param("almaty", "lamyat", False, id="a swap and a letter gone two places on"),
        pytest.param("almaty", "lamatyx", True, id="a swap and one more"),
        pytest.param("almaty", "lamatyxx", False, id="a swap and two more"),
        pytest.param("almaty", "lmaaty", True, id="a letter gone two places on"),
        pytest.param("ca", "abc", False, id="none is put between two that are swapped"),
        pytest.param("", "", True, id="nothing"),
        pytest.param("", "ab", True, id="nothing and two letters"),
        pytest.param("", "abc", False, id="nothing and three"),
        pytest.param("ab", "", True, id="two letters and nothing"),
        pytest.param("abc", "", False, id="three and nothing"),
        pytest.param("ab", "cd", True, id="two, both others"),
        pytest.param("abc", "def", False, id="three, all others"),
        pytest.param("алматы", "алмтаы", True, id="Cyrillic"),
    ],
)
def test_two_edits_are_enough_for_these_and_not_for_those(one, other, enough):
    assert within_two(one, other) is enough
    assert apart(one, other, 2) is enough


@law
@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
@example("abab", "baba")
@example("abcabc", "cabcab")
def test_the_quick_count_agrees_with_trying_all(one, other):
    assert within_two(one, other) is apart(one, other, 2)


@st.composite
def edited(draw):
    """A word, the same with some edits, and how many they are."""
    word = draw(st.text("abcdef", max_size=12))
    other, count = word, draw(st.integers(0, 4))
    for _ in range(count):
        at = draw(st.integers(0, len(other)))
        letter = draw(st.sampled_from("abxyz"))
        left, right = other[:at], other[at:]
        swapped = left + right[1::-1] + right[2:]
        forms = [left + right[1:], left + letter + right, left + letter + right[1:], swapped]
        other = draw(st.sampled_from(forms))
    return word, other


@law
@given(edited())
def test_the_quick_count_agrees_for_words_that_are_nearly_alike(pair):
    one, other = pair

    assert within_two(one, other) is apart(one, other, 2)


@law
@given(st.text(max_size=6), st.text(max_size=6))
def test_it_is_as_many_edits_there_as_back(one, other):
    assert within_two(one, other) is within_two(other, one)


# Who is near


def slips(word, letters):
    """Every word at one edit from this one."""
    for at in range(len(word) + 1):
        left, right = word[:at], word[at:]
        yield from (left + letter + right for letter in letters)
        if right:
            yield left + right[1:]
            yield from (left + letter + right[1:] for letter in letters)
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]


@pytest.mark.parametrize("alphabet", LETTERS)
def test_every_name_at_one_edit_goes_before_larger_ones_at_two(alphabet):
    key = {"latin": FAR, "cyrillic": "щъюыцэжф"}[alphabet]
    two = f"{key[:3]}{key[5:]}"
    large = known(two, population=30_000_000)
    assert ids(near(key, large)) == [f"test:{two}"]

    once = sorted({*slips(key, LETTERS[alphabet])} - {key})
    assert len(once) > 300
    for first in range(0, len(once), 4):
        some = once[first : first + 4]
        told = ids(near(key, large | known(*some)))
        assert told == [f"test:{slip}" for slip in (*some, two)]


@pytest.mark.parametrize("letter", "қғңөұүһә")
def test_letters_of_kazakh_are_edits_too(letter):
    key = "щъюыцэжф"
    two = key[2:]
    own = known(two, population=30_000_000) | known(key + letter)

    assert ids(near(key, own)) == [f"test:{key}{letter}", f"test:{two}"]


@each("letter", LETTERS["latin"])
def test_a_letter_of_the_wrong_alphabet_is_one_slip(letter):
    key = f"{FAR}щ"
    own = known(FAR[:-1], population=30_000_000) | known(FAR + letter)

    assert ids(near(key, own)) == [f"test:{FAR}{letter}", f"test:{FAR[:-1]}"]


@pytest.mark.parametrize(
    ("slip", "found"),
    [
        pytest.param("qxjqzv", True, id="two letters less"),
        pytest.param("qxjqzvkwab", True, id="two more"),
        pytest.param("abjqzvkw", True, id="two others, and neither of the first two kept"),
        pytest.param("qxjqzvba", True, id="the last two others"),
        pytest.param("xqjqzvwk", True, id="two swaps"),
        pytest.param("qxjqz", False, id="three less"),
        pytest.param("qxjqzvkwabc", False, id="three more"),
        pytest.param("abcqzvkw", False, id="three others"),
        pytest.param("xqjqzvwkab", False, id="four edits, of like letters"),
    ],
)
def test_a_name_of_ones_own_is_near_within_two_edits(slip, found):
    assert ids(near(FAR, known(slip))) == ([f"test:{slip}"] if found else [])


@pytest.mark.parametrize(
    ("key", "name"),
    [
        pytest.param("almatty", "Almaty", id="a letter too many"),
        pytest.param("karagnda", "Karaganda", id="one too few"),
        pytest.param("londin", "London", id="another one"),
        pytest.param("lnodon", "London", id="two swapped"),
        pytest.param("shymkentxx", "Shymkent", id="two too many at the end"),
        pytest.param("xshymkentx", "Shymkent", id="one too many at each end"),
        pytest.param("ustkamenogor", "Ust-Kamenogorsk", id="two too few at the end"),
        pytest.param("алматты", "Almaty", id="Cyrillic, too many"),
        pytest.param("караганада", "Karaganda", id="Cyrillic, within"),
        pytest.param("қарағнды", "Karaganda", id="Kazakh, too few"),
        pytest.param("шымкенд", "Shymkent", id="Cyrillic, another one"),
    ],
)
def test_the_shipped_name_that_was_meant_is_told(key, name):
    assert name in [place.name for place in near(key)]


def test_a_shipped_name_is_near_whatever_the_first_two_letters_became():
    """One of them is looked for at the start of a name; both gone is one slip too many."""
    assert "Ust-Kamenogorsk" in [place.name for place in near("sutkamenogorsk")]
    assert "Ust-Kamenogorsk" in [place.name for place in near("xustkamenogorskx")]
    assert near("xxustkamenogorsk") == near("tkamenogorsk") == []


def test_nothing_is_near_to_what_is_like_no_name():
    assert near(FAR) == near("щъюыцэжф") == near("東京都庁前通") == []


# Which are told first


def test_fewer_edits_go_before_the_rules_those_before_people_and_those_before_the_id():
    once = known("qxjqzvk", population=10) | known("qxjqzvkx", population=20)
    twice = known("qxjqzv", population=40) | known("qxjqzvky", population=40)
    more = known("qxjqzvaa", population=10) | {"qxjqzvbb": [a_place("qxjqzvbb", id="test:A")]}
    rules = {"test:qxjqzvk", "test:qxjqzvaa"}

    # `qxjqzvkx` and `qxjqzvky` are one edit off, the others two.
    assert ids(near(FAR, once | twice | more, rules)) == [
        "test:qxjqzvk",
        "test:qxjqzvky",
        "test:qxjqzvkx",
        "test:qxjqzvaa",
        "test:qxjqzv",
    ]
    assert ids(near(FAR, once | twice | more)) == [
        "test:qxjqzvky",
        "test:qxjqzvkx",
        "test:qxjqzvk",
        "test:qxjqzv",
        "test:qxjqzvaa",
    ]


def test_of_as_many_people_the_id_decides_and_not_the_order_they_come_in():
    places = [a_place("X", id=f"test:{n}", population=7) for n in (2, 0, 1)]

    assert ids(near(FAR, {FAR[1:]: places})) == ["test:0", "test:1", "test:2"]


def test_a_place_that_nobody_counted_goes_last():
    places = [a_place("X", id="test:0"), a_place("X", id="test:1", population=1)]

    assert ids(near(FAR, {FAR[1:]: places})) == ["test:1", "test:0"]


def test_a_place_that_the_rules_speak_of_goes_first_among_the_shipped_ones():
    plain = near("victori")
    named = near("victori", named={plain[-1].id})

    assert len(plain) == MOST
    assert named[0] == plain[-1]
    assert named[1:] == plain[:-1]


def test_a_place_is_told_once_by_the_nearest_of_its_names():
    place = a_place("X", id="test:x", population=1)
    own = {"qxjqzv": [place], "qxjqzvk": [place]} | known("qxjqzvka", population=0)
    twice = known("qxjqzvkwaa", population=99)

    assert ids(near(FAR, own | twice)) == ["test:x", "test:qxjqzvka", "test:qxjqzvkwaa"]


def test_a_place_of_ones_own_stands_beside_a_shipped_one_of_the_same_name():
    own = {"almaty": [a_place("Almaty", id="test:own", population=100_000_000)]}

    assert ids(near("almatty", own))[:2] == ["test:own", "geonames:1526384"]


def test_at_most_five_are_told():
    own = known(*(f"{FAR}{letter}" for letter in "abcdefg"))

    assert ids(near(FAR, own)) == [f"test:{FAR}{letter}" for letter in "abcde"]


@pytest.mark.parametrize(("once", "told"), [(4, True), (5, False)])
def test_two_edits_are_tried_where_one_gives_fewer_than_five_names(once, told):
    place = a_place("X", id="test:x")
    own = {f"{FAR}{letter}": [place] for letter in "abcde"[:once]} | known(f"{FAR}xx")

    assert ids(near(FAR, own)) == ["test:x", f"test:{FAR}xx"][: 1 + told]


def test_the_name_itself_is_no_slip_of_it():
    """Whoever asks for what else a name is like has been told its bearers already."""
    assert near(FAR, known(FAR)) == []
    assert ids(near(FAR, known(FAR, f"{FAR}x", f"{FAR}xx"))) == [f"test:{FAR}x", f"test:{FAR}xx"]


# Too short, too long


@pytest.mark.parametrize(
    ("key", "told"),
    [
        pytest.param("", False, id="nothing"),
        pytest.param("q", False, id="a letter"),
        pytest.param("qx", True, id="two"),
        pytest.param("q" * 60, True, id="sixty"),
        pytest.param("q" * 61, False, id="sixty-one"),
        pytest.param("q" * 1000, False, id="a page"),
        pytest.param("щ" * 60, True, id="sixty of Cyrillic"),
        pytest.param("щ" * 61, False, id="sixty-one of it"),
    ],
)
def test_a_text_too_short_or_too_long_has_no_near_name(key, told):
    own = known(key + key[:1], population=10**9)

    assert (near(key, own)[:1] == next(iter(own.values()))) is told


@law
@given(st.text(max_size=12).map(fold))
@example("\ud7fb\ud7fb")
@example("ʹʹ")
def test_any_text_gets_five_places_at_most_and_each_once(key):
    told = ids(near(key))

    assert len(told) <= MOST
    assert len(set(told)) == len(told)
