"""What `lint` found, for people, for code-scanning services and for a build's log."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from sca import __version__
from sca.errors import Mistake


def text(mistakes: Iterable[Mistake]) -> str:
    """A mistake a line, as editors and grep know it."""
    return "".join(f"{mistake}\n" for mistake in mistakes)


def github(mistakes: Iterable[Mistake]) -> str:
    """Workflow commands, which show a mistake beside its line in a review."""
    return "".join(
        f"::error file={_property(m.path)},line={m.line or 1}::{_data(_message(m))}\n"
        for m in mistakes
    )


def sarif(mistakes: Iterable[Mistake]) -> str:
    """SARIF 2.1.0."""
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
                            }
                        ],
                    }
                },
                "results": [_result(mistake) for mistake in mistakes],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _result(mistake: Mistake) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(mistake.path.replace("\\", "/"))}}
    if mistake.line:
        place["region"] = {"startLine": mistake.line}
    return {
        "ruleId": "mistake",
        "level": "error",
        "message": {"text": _message(mistake)},
        "locations": [{"physicalLocation": place}],
    }


def _message(mistake: Mistake) -> str:
    return f"{mistake.address}: {mistake.problem}" if mistake.address else mistake.problem


def _data(message: str) -> str:
    return message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
