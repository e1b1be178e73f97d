"""Running a command line in this process, every document on its stdout held to the schema."""

import contextlib
import io
import json
import sys
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from sca.cli.app import run
from sca.report import document


@dataclass(frozen=True)
class Result:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.out)


def sca(*arguments: str) -> Result:
    """Run `sca` with these arguments, its output going to a pipe."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(arguments)
    result = Result(int(code), *(_text(stream) for stream in (out, err)))
    if result.out.startswith("{") and '"kind"' in result.out and "schema" not in arguments:
        valid(result.document)
    return result


def valid(told: dict[str, Any]) -> dict[str, Any]:
    """The document, if the published schema has it so."""
    _validator().validate(told)
    return told


@cache
def _validator() -> Draft202012Validator:
    schema = document.schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode()  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
