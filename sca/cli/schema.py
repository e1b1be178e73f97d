"""`sca schema`: the JSON Schema of rule files and of the document."""

import json
from typing import Annotated

import typer

from sca.cli import options, output
from sca.errors import Exit


def schema(
    kind: Annotated[
        options.SchemaKind, typer.Argument(help="What to describe.", show_default=False)
    ] = options.SchemaKind.rule,
    json_: options.Json = False,
) -> int:
    """Print the JSON Schema of a kind of rule file (a rule, if left out) or of the document."""
    if kind is options.SchemaKind.document:
        from sca.report import document

        described = document.schema()
    else:
        from sca.formats import shapes

        described = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **shapes.schema(kind.value),
        }
    output.out(json.dumps(described, ensure_ascii=output.ascii_only(), indent=2) + "\n")
    return Exit.CLEAR
