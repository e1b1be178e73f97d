"""What stands around every command: its errors in words, and never an exit code that lies."""

import itertools
from collections.abc import Callable, Sequence

from sca.cli import output
from sca.errors import BrokenRules, Exit, ScaError, Unwritable
from sca.report import document, phrases


def guarded(command: Callable[[], int], arguments: Sequence[str]) -> int:
    """Run a command and give its exit code; nothing but an interruption is raised.

    `arguments` are those of the command line, by which errors are told in words or as a document.
    """
    try:
        return command()
    except ScaError as error:
        return _refuse(error, arguments)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except Exception as error:  # the one place that may: a bug must not look like an answer
        return _bug(error, arguments)


def _refuse(error: ScaError, arguments: Sequence[str]) -> int:
    if _wants_document(arguments) and not isinstance(error, Unwritable):
        try:
            output.out(document.dumped(document.of_error(error), output.ascii_only()))
        except ScaError as worse:
            error = worse
        else:
            return error.exit
    if isinstance(error, BrokenRules):
        output.say(str(error))
        number = phrases.count(len(error.mistakes), "mistake")
        output.say(f"sca: no answer is given from rules with {number} in them")
    else:
        output.say(f"sca: {error}")
        if error.candidates and error.candidates[0].meaning.count(",") > 1:
            output.say(_listed(error))
    return error.exit


def _listed(error: ScaError) -> str:
    """The candidates of a refusal, so that a person can tell them apart."""
    width = max(len(candidate.text) for candidate in error.candidates)
    return "\n".join(f"  {c.text:<{width}}  {c.meaning}" for c in error.candidates)


def _bug(error: Exception, arguments: Sequence[str]) -> int:
    # Imported here: there should be no need of it.
    import tempfile
    import traceback

    told = "".join(traceback.format_exception(error))
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix="sca-bug-",
            suffix=".txt",
            delete=False,
            encoding="utf-8",
            errors="backslashreplace",
        ) as file:
            file.write(told)
        message = f"a bug, and no answer: {type(error).__name__}; the traceback is in {file.name}"
    except OSError:
        output.say(told)
        message = f"a bug, and no answer: {type(error).__name__}; the traceback is above"
    output.say(f"sca: {message}")
    if _wants_document(arguments):
        try:
            output.out(document.dumped(document.of_bug(message), output.ascii_only()))
        except ScaError as worse:
            output.say(f"sca: {worse}")
    return Exit.BUG


def _wants_document(arguments: Sequence[str]) -> bool:
    """Whether errors are documents on stdout too, however wrong the command line is."""
    if {"-q", "--quiet"} & set(arguments):
        return False
    pairs = itertools.pairwise(arguments)
    return bool({"--json", "--format=json"} & set(arguments)) or ("--format", "json") in pairs
