"""The build hook: makes the gazetteer whenever a wheel or an editable install is made."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class GazetteerHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds `sca/data/gazetteer.sqlite`, and says what was left out of it and why."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before the files of a wheel are collected."""
        sys.path.insert(0, str(Path(self.root) / "scripts"))
        import build_gazetteer

        made = build_gazetteer.build()
        self.app.display_info(build_gazetteer.report(made))
