"""`sca watches`: for what silence may be trusted."""

from sca.cli import options, output, surroundings
from sca.errors import Exit
from sca.report import document, text


def watches(
    json: options.Json = False,
    max_age: options.MaxAge = None,
    rules: options.Rules = None,
    now: options.Now = None,
    lang: options.Language = None,
) -> int:
    """Print for which schemes, places and times silence may be trusted, and how old that is."""
    present, age = surroundings.clock(now), surroundings.age(max_age)
    told = document.of_watches(
        surroundings.loaded(rules), present, age, surroundings.language(lang)
    )
    output.out(document.dumped(told, output.ascii_only()) if json else text.watches(told))
    return Exit.CLEAR
