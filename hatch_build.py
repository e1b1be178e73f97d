"""The build hook: makes the gazetteer, and for a wheel compiles the rules that it carries."""

import contextlib
import sqlite3
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DataHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds what is shipped and not kept in git, and says what was left out and why."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before the files of a wheel are collected."""
        sys.path[:0] = [str(Path(self.root) / "scripts"), self.root]
        import build_gazetteer

        made = build_gazetteer.build()
        self.app.display_info(build_gazetteer.report(made))
        # In a checkout rules are edited, and the index knows them soon enough.
        if version == "standard":
            compiled = Path(self.directory) / ".rules.sqlite"
            compiled.parent.mkdir(parents=True, exist_ok=True)
            compiled.write_bytes(_compiled(str(Path(self.root) / "rules")))
            build_data["force_include"][str(compiled)] = "sca/data/rules.sqlite"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Called when the wheel has been written."""
        (Path(self.directory) / ".rules.sqlite").unlink(missing_ok=True)


def _compiled(rules: str) -> bytes:
    """What the package's own rules come to, for as long as they are as they were built."""
    from sca import compiled, compiling, index

    with contextlib.closing(sqlite3.connect(":memory:")) as base:
        compiling.whole(base, (rules,))
        compiled.add(base, {"key": index.packed_key()})
        return base.serialize()
