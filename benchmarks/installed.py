"""The package as people have it: built from this checkout, and installed by itself in a folder."""

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.measuring import ROOT, Failed

_FOLDERS = ("bin", "sca", "rules", "scripts")
_FILES = ("pyproject.toml", "hatch_build.py", ".gitignore", "README.md", "LICENSE", "NOTICE")
_PIP = (sys.executable, "-m", "pip", "-q", "--disable-pip-version-check")


def install(folder: Path) -> Path:
    """Where it is to be found afterwards. Raises Failed."""
    # A build makes the gazetteer anew where it stands, so it gets a copy that nobody else reads.
    tree, site = folder / "tree", folder / "installed"
    ignored = shutil.ignore_patterns("__pycache__", "gazetteer.sqlite", "gazetteer.new")
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, tree / name, ignore=ignored)
    for name in _FILES:
        shutil.copyfile(ROOT / name, tree / name)
    how = ("--no-deps", "--no-index", "--no-build-isolation", "--no-compile")
    done = subprocess.run(
        [*_PIP, "install", *how, "--target", str(site), str(tree)],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Failed(f"the package was not installed: {done.stderr}")
    shutil.rmtree(tree)
    return site
