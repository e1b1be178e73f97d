"""What one answer costs: warm, cold, not yet asked, on a terminal; and what its peers cost."""

import json
import shutil
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from benchmarks import made
from benchmarks.measuring import (
    ROOT,
    Command,
    Cost,
    Failed,
    Row,
    cost,
    cost_on_terminal,
    printed,
    ratio,
    say,
)

QUESTION = ("check", "Almaty", "2024-07-03T14:00")
SETTLED = 2.5
"""Seconds after which the stamp of a file that was written can be trusted."""

_PASS = (sys.executable, "-c", "pass")
_PYTHON = "`python -c pass`"
_HELLO = "import typer\napp = typer.Typer()\n@app.command()\ndef hello(): print('hello')\napp()"
_TYPER = (sys.executable, "-c", _HELLO)
_RULE = ROOT / "rules" / "kz" / "2024-sco-summit.toml"

_PLAIN = """\
import sys, tomllib
from datetime import datetime
from zoneinfo import ZoneInfo
with open(sys.argv[1], "rb") as file:
    rule = tomllib.load(file)
zone = ZoneInfo(rule["timezone"])
at = datetime.fromisoformat("2024-07-03T14:00").replace(tzinfo=zone)
for bulletin in rule["bulletins"]:
    start = datetime.fromisoformat(bulletin["onset"]).replace(tzinfo=zone)
    end = datetime.fromisoformat(bulletin.get("expires", "9999-01-01")).replace(tzinfo=zone)
    if "Almaty" in bulletin.get("places", ()) and start <= at <= end:
        print(bulletin["level"])
"""

_JQ = """\
.bulletins[] | select((.places // []) | index("Almaty"))
| select(.onset <= "2024-07-03T14:00" and "2024-07-03T14:00" <= (.expires // "9999")) | .level
"""

_REGO = """\
import sys
from regopy import Interpreter
rego = Interpreter()
with open(sys.argv[1]) as file:
    rego.add_data_json(file.read())
rego.add_module("advisory", '''
package advisory
level[l] {
    b := data.bulletins[_]
    b.places[_] == input.place
    b.onset <= input.at
    input.at <= b.expires
    l := b.level
}
''')
rego.set_input({"place": "Almaty", "at": "2024-07-03T14:00"})
print(rego.query("data.advisory.level"))
"""


def door(folder: Path) -> Command:
    """`sca` as its console script starts it, without what pip writes around that."""
    script = folder / "door.py"
    if not script.exists():
        script.write_text("from sca.__main__ import main\nmain()\n", encoding="utf-8")
    return (sys.executable, str(script))


def settle(command: Command, around: Mapping[str, str]) -> None:
    """Run until what it keeps can be trusted: what was written a moment ago is read again."""
    cost(command, around)
    time.sleep(SETTLED)
    cost(command, around)
    cost(command, around)


def rows(folder: Path, around: Mapping[str, str], pairs: int) -> Iterator[Row]:
    """One-shot answers from the shipped rules, and the peers."""
    check = (*door(folder), *QUESTION)
    say("one answer")
    settle(check, around)
    nothing = partial(cost, _PASS, around)
    warm = partial(cost, check, around)

    def told(what: str, command: Command, target: str = "", pairs: int = pairs) -> Row:
        figure = ratio(partial(cost, command, around), nothing, pairs)
        return Row(what, f"{figure:.2f}", _PYTHON, target)

    def terminal(command: Command) -> Cost:
        return partial(cost_on_terminal, command, around)

    few = max(5, pairs // 3)
    yield told("warm `sca check Almaty 2024-07-03T14:00` into a pipe", check, "≤ 2.0")
    yield told("the same with `-q`", (*check, "-q"), "≤ 1.9")
    yield told("the same with `--json`", (*check, "--json"))
    script = Path(around["PYTHONPATH"]) / "bin" / "sca"
    if script.exists():
        yield told("the same by the console script that pip writes", (str(script), *QUESTION))
    yield Row(
        "terminal `check` with colour and tables",
        f"{ratio(terminal(check), terminal(_TYPER), few):.2f}",
        "bare typer hello on a terminal",
        "≤ 1.5",
    )
    cold = partial(cost, check, {**around, "XDG_CACHE_HOME": "/dev/null/nowhere"})
    yield Row(
        "cold `check` of the shipped rules: no index, and none can be kept",
        f"{ratio(cold, warm, few):.1f}",
        "the warm one",
        "≤ 15",
    )
    yield Row(
        "a question not yet asked: another city each time",
        f"{ratio(_never_asked(folder, around), nothing, few):.2f}",
        _PYTHON,
    )
    yield from _peers(folder, around, few)


def _never_asked(folder: Path, around: Mapping[str, str]) -> Cost:
    """Costs of checks at cities of which each is asked about once."""
    largest = sorted(made.cities(), key=lambda place: -(place.population or 0))
    ids = iter([place.id for place in largest if place.name != "Almaty"])
    # Nobody watches some of them: no answer, at the same cost.
    return lambda: cost((*door(folder), "check", next(ids), QUESTION[2]), around, (0, 1, 3))


def _peers(folder: Path, around: Mapping[str, str], pairs: int) -> Iterator[Row]:
    """What others pay for the one rule of July 2024, which holds in Almaty at that time."""
    rule = folder / "rule.json"
    with _RULE.open("rb") as file:
        rule.write_text(json.dumps(tomllib.load(file), default=_iso), encoding="utf-8")
    jq = shutil.which("jq")
    peers: list[tuple[str, Command | None]] = [
        ("bare typer hello", _TYPER if find_spec("typer") else None),
        (
            "a plain script with tomllib and zoneinfo, on the one rule",
            (sys.executable, "-c", _PLAIN, str(_RULE)),
        ),
        ("`jq` on the one rule as JSON", (jq, "-r", _JQ, str(rule)) if jq else None),
        (
            "OPA's semantics by `regopy`, on the one rule as JSON",
            (sys.executable, "-c", _REGO, str(rule)) if find_spec("regopy") else None,
        ),
    ]
    for what, command in peers:
        say(what)
        if command is None:
            yield Row(what, "skipped: not installed")
            continue
        if command is not _TYPER and "yellow" not in printed(command, around):
            raise Failed(f"{what} does not say yellow")
        figure = ratio(partial(cost, command, around), partial(cost, _PASS, around), pairs)
        yield Row(what, f"{figure:.2f}", _PYTHON)


def _iso(value: date | datetime) -> str:
    return value.isoformat()
