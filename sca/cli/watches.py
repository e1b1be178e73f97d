"""`sca watches`: for what silence may be trusted."""

from sca.cli import options, output
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
    present, age = options.clock(now), options.age(max_age)
    told = document.of_watches(options.loaded(rules), present, age, options.language(lang))
    output.out(document.dumped(told, output.ascii_only()) if json else text.watches(told))
    return Exit.CLEAR
