"""`python -m tests`: format, lint, types and tests, as the README's command runs them."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
STEPS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("pytest", "-n", "auto", "--dist", "worksteal"),
)


def main() -> int:
    """Run every step, so that one that fails does not hide the next."""
    failed = [step for step in STEPS if subprocess.call([sys.executable, "-m", *step], cwd=ROOT)]
    for step in failed:
        print(f"failed: {' '.join(step)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
