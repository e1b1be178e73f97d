"""Words in one or more languages, and the one that a reader gets."""

import unicodedata
from dataclasses import dataclass

FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in one or more languages (BCP 47 tags), in the order of the rule file."""

    versions: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return self.spoken(FALLBACK)

    def spoken(self, language: str) -> str:
        """The words in `language`, else in English, else in whatever there is, marked as such."""
        for tag in (language, language.split("-")[0]):
            if (words := self.version(tag)) is not None:
                return words
        if (words := self.version(FALLBACK)) is not None:
            return f"{words} [{FALLBACK}]"
        tag, words = self.versions[0]
        return f"{words} [{tag}]"

    def version(self, tag: str) -> str | None:
        """The words under exactly this tag, whatever its case."""
        return next((words for t, words in self.versions if t.casefold() == tag.casefold()), None)


def printable(words: str) -> str:
    """The text without control characters: foreign text must not drive a terminal.

    Line ends and tabs become blanks; format characters that reorder text (such as RIGHT-TO-LEFT
    OVERRIDE) go, while the joiners that some scripts are spelled with stay.
    """
    plain = words.isprintable()  # nearly all are, and asking that is quick
    kept = words if plain else "".join(c for c in words if c.isspace() or not _drives(c))
    return " ".join(kept.split())


def _drives(character: str) -> bool:
    category = unicodedata.category(character)
    return category in {"Cc", "Cs"} or (category == "Cf" and character not in "\u200c\u200d\u00ad")
