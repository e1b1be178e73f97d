"""What `lint` found, for people, for code-scanning services and for a build's log."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from sca import __version__
from sca.errors import Mistake
from sca.strict.warnings import meaning


def text(mistakes: Iterable[Mistake]) -> str:
    """A mistake or warning a line, as editors and grep know it."""
    return "".join(f"{mistake}\n" for mistake in mistakes)


def github(mistakes: Iterable[Mistake]) -> str:
    """Workflow commands, which show each beside its line in a review."""
    return "".join(f"::{_command(m)}::{_data(_message(m))}\n" for m in mistakes)


def sarif(mistakes: Iterable[Mistake]) -> str:
    """SARIF 2.1.0; a warning's rule is its name."""
    found = list(mistakes)
    named = sorted({mistake.warning for mistake in found} - {""})
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "sca",
                        "version": __version__,
                        "rules": [
                            {
                                "id": "mistake",
                                "shortDescription": {"text": "A rule file that is not right"},
                            },
                            *(
                                {"id": name, "shortDescription": {"text": meaning(name)}}
                                for name in named
                            ),
                        ],
                    }
                },
                "results": [_result(mistake) for mistake in found],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _result(mistake: Mistake) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(mistake.path.replace("\\", "/"))}}
    if mistake.line:
        place["region"] = {"startLine": mistake.line}
    return {
        "ruleId": mistake.warning or "mistake",
        "level": "warning" if mistake.warning else "error",
        "message": {"text": _message(mistake)},
        "locations": [{"physicalLocation": place}],
    }


def _command(mistake: Mistake) -> str:
    where = f"file={_property(mistake.path)},line={mistake.line or 1}"
    if mistake.warning:
        return f"warning {where},title={_property(mistake.warning)}"
    return f"error {where}"


def _message(mistake: Mistake) -> str:
    return f"{mistake.address}: {mistake.problem}" if mistake.address else mistake.problem


def _data(message: str) -> str:
    return message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
