"""Values as SQL has them."""

from collections.abc import Mapping, Sequence


def literal(text: str) -> str:
    """A text."""
    return "'" + text.replace("'", "''") + "'"


def named(name: str) -> str:
    """The name of a column."""
    return '"' + name.replace('"', '""') + '"'


def texts(path: str, names: Sequence[str], options: Mapping[str, str]) -> str:
    """A relation of all rows of a file, each cell a text.

    Nothing is detected, and nothing passed over in silence. A column of it must not be cast by
    itself: the engine would read the file by that type, and stop at the first text that has none.
    """
    types = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    every = {
        "auto_detect": "false",
        "columns": f"{{{types}}}",
        "force_not_null": f"[{', '.join(map(literal, names))}]",
        "strict_mode": "true",
        "null_padding": "false",
        "ignore_errors": "false",
        **options,
    }
    told = ", ".join(f"{option} = {value}" for option, value in every.items())
    return f"read_csv({literal(path)}, {told})"
