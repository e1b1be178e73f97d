"""Names of places as look-ups compare them."""

import re
import unicodedata
from functools import cache

# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d",
    "ə": "a", "ŋ": "n"}
)  # fmt: skip

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
    "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "ё": "e", "й": "y", "є": "ye", "і": "i",
    "ї": "i", "ґ": "g", "ў": "u", "қ": "k", "ғ": "g", "ң": "n", "ө": "o", "ұ": "u", "ү": "u",
    "һ": "h", "ә": "a", "ҳ": "h", "ҷ": "j", "ӣ": "i", "ӯ": "u",
}  # fmt: skip

# The official Latin letters for Kazakh of 2021, and the accented ones of 2018 that differ.
_KAZAKH_2021 = {
    **_CYRILLIC,
    "ж": "j", "қ": "q", "х": "h", "ш": "ş", "щ": "ştş", "ч": "tş", "ғ": "ğ", "ң": "ñ", "ө": "ö",
    "ұ": "ū", "ү": "ü", "ә": "ä", "й": "i", "и": "i", "і": "ı", "ю": "iu", "я": "ia",
}  # fmt: skip
_KAZAKH_2018 = {
    **_KAZAKH_2021,
    "ш": "sh", "щ": "shch", "ч": "ch", "ғ": "ǵ", "ң": "ń", "ө": "ó", "ұ": "u", "ү": "ú",
    "ә": "á", "у": "ý", "й": "ı", "и": "ı", "і": "i", "ю": "ıý", "я": "ıa",
}  # fmt: skip


def fold(name: str) -> str:
    """The name without case, accents and punctuation.

    Folding twice changes nothing more.
    """
    folded = _fold(name)
    while (again := _fold(folded)) != folded:
        folded = again
    return folded


def in_latin(name: str) -> str | None:
    """A Cyrillic name in Latin letters as English texts have it; None where it is not Cyrillic."""
    return _spelled(name, _CYRILLIC)


def kazakh_latin(name: str) -> tuple[str, ...]:
    """A Kazakh name in the Latin alphabets of 2021 and 2018; none where it is not Cyrillic."""
    spellings = (_spelled(name, table) for table in (_KAZAKH_2021, _KAZAKH_2018))
    return tuple(dict.fromkeys(spelling.title() for spelling in spellings if spelling))


def scripts(name: str) -> frozenset[str]:
    """The scripts its letters are of, by the first word of their Unicode names."""
    return frozenset(_script(letter) for letter in name if letter.isalpha())


@cache
def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split()[0]


def _fold(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).casefold().translate(_PLAIN)
    return "".join(letter for letter in plain if letter.isalnum() or _spells(letter))


def _spells(mark: str) -> bool:
    """Whether a mark is a vowel or consonant of its own: in India's scripts, Thai, Japanese."""
    indic = "\u0900" <= mark < "\u1ab0" and unicodedata.category(mark).startswith("M")
    return indic or mark in "\u3099\u309a"


def _spelled(name: str, table: dict[str, str]) -> str | None:
    lower = unicodedata.normalize("NFC", name.casefold())
    if not any(letter in table for letter in lower):
        return None
    # Гурьев is Guryev: a soft or hard sign makes the е after it a ye.
    lower = re.sub("[ьъ]е", "йе", lower) if table is _CYRILLIC else lower
    return "".join(table.get(letter, letter) for letter in lower)
