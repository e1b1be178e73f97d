import ast
from functools import cache
from pathlib import Path

import pytest

import sca
from tests.cases import each

PACKAGE = Path(sca.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(PACKAGE.rglob("*.py"))

# A module imports from lower floors only. The rooms of one package are on one floor, (floor,
# step), and there from lower steps only.
FLOORS = {
    "sca.errors": (0,),
    "sca.stamps": (0,),
    "sca.geo": (1,),
    "sca.language": (1,),
    "sca.names": (1,),
    "sca.mistyped": (2,),
    "sca.zones": (2,),
    "sca.places": (3,),
    "sca.settings": (3,),
    "sca.spans": (3,),
    "sca.levels": (4,),
    "sca.atlas": (4,),
    "sca.limits": (5,),
    "sca.spelling": (5,),
    "sca.advisory": (6,),
    "sca.gazetteer": (6,),
    "sca.acceptance": (7,),
    "sca.history": (7,),
    "sca.changes": (8,),
    "sca.question": (8,),
    "sca.strict": (8, 0),
    "sca.strict.subject": (8, 1),
    "sca.strict.extensions": (8, 2),
    "sca.strict.proof": (8, 2),
    "sca.strict.reach": (8, 2),
    "sca.strict.texts": (8, 2),
    "sca.strict.times": (8, 2),
    "sca.strict.warnings": (8, 3),
    "sca.record": (9,),
    "sca.watches": (9,),
    "sca.evaluate": (10,),
    "sca.formats": (10, 0),
    "sca.formats.toml": (10, 1),
    "sca.formats.mending": (10, 2),
    "sca.formats.references": (10, 2),
    "sca.formats.shapes": (10, 2),
    "sca.formats.words": (10, 2),
    "sca.formats.accepted": (10, 3),
    "sca.formats.places": (10, 3),
    "sca.formats.rules": (10, 3),
    "sca.formats.schemes": (10, 3),
    "sca.formats.settings": (10, 3),
    "sca.formats.watches": (10, 3),
    "sca.explanation": (11,),
    "sca.inquiry": (11,),
    "sca.timelines": (11,),
    "sca.outlook": (12,),
    "sca.ruleset": (12,),
    "sca.compiled": (13,),
    "sca.finding": (13,),
    "sca.reading": (14,),
    "sca.answering": (15,),
    "sca.compiling": (15,),
    "sca.index": (16,),
    "sca.linting": (15,),
    "sca.screening": (15, 0),
    "sca.screening.sql": (15, 1),
    "sca.screening.lines": (15, 1),
    "sca.screening.columns": (15, 1),
    "sca.screening.judging": (15, 1),
    "sca.screening.stretches": (15, 2),
    "sca.screening.tables": (15, 2),
    "sca.screening.crib": (15, 3),
    "sca.screening.written": (15, 3),
    "sca.screening.portable": (15, 4),
    "sca.screening.queries": (15, 5),
    "sca.screening.known": (15, 5),
    "sca.screening.engine": (15, 6),
    "sca.report": (15, 0),
    "sca.report.letters": (15, 0),
    "sca.report.document": (15, 1),
    "sca.report.findings": (15, 1),
    "sca.report.phrases": (15, 1),
    "sca.report.sheets": (15, 1),
    "sca.report.reasons": (15, 2),
    "sca.report.timeline": (15, 2),
    "sca.report.svg": (15, 3),
    "sca.report.text": (15, 3),
    "sca.report.page": (15, 4),
    "sca.report.table": (15, 4),
    "sca.report.chart": (15, 5),
    "sca.charting": (16,),
    "sca": (16,),
    "sca.spark": (16,),
    "sca.cli": (17, 0),
    "sca.cli.completing": (17, 1),
    "sca.cli.express": (17, 1),
    "sca.cli.files": (17, 1),
    "sca.cli.options": (17, 1),
    "sca.cli.output": (17, 1),
    "sca.cli.progress": (17, 1),
    "sca.cli.surroundings": (17, 1),
    "sca.cli.answers": (17, 2),
    "sca.cli.guard": (17, 2),
    "sca.cli.checking": (17, 3),
    "sca.cli.cache": (17, 2),
    "sca.cli.changes": (17, 2),
    "sca.cli.check": (17, 4),
    "sca.cli.lint": (17, 2),
    "sca.cli.listing": (17, 2),
    "sca.cli.next": (17, 2),
    "sca.cli.places": (17, 2),
    "sca.cli.schema": (17, 2),
    "sca.cli.screen": (17, 2),
    "sca.cli.timeline": (17, 2),
    "sca.cli.watches": (17, 2),
    "sca.cli.app": (17, 5),
    "sca.__main__": (18,),
}

# Whatever imports a part of the package has run its door before, which holds the version.
OF_THE_DOOR = {"sca.__version__"}

OWNERS = {
    "pytz": ("sca.zones",),
    "zoneinfo": ("sca.zones",),
    "typer": ("sca.cli",),
    "rich": ("sca.cli", "sca.report"),
    "pydantic": ("sca.formats.shapes",),
    "pyspark": ("sca.spark",),
    "duckdb": ("sca.screening.engine", "sca.cli.screen"),
    "numpy": ("sca.screening.known", "sca.cli.screen"),
    "pyarrow": ("sca.screening.known", "sca.cli.screen"),
}
"""The parts of the package that may import a library; what is not listed, any may."""

THE_MACHINE = {
    "sys.argv", "sys.exit", "os.environ", "os.environb", "os.getenv", "os.putenv", "os._exit",
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.monotonic",
}  # fmt: skip
"""Arguments, variables, the exit and the clock, as they are written."""

CLOCKS = {"now", "utcnow", "today"}
"""Methods that read the clock, whatever name their class was given."""

VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "manager"}


def name_of(path):
    """`sca.formats.toml` of a file; a package's `__init__.py` is the package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


NAMES = {name_of(path) for path in MODULES}


def for_types_only(node):
    """Whether it is `if TYPE_CHECKING:`, whose body never runs."""
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def walk(node):
    """Every node that may run, inside functions too."""
    yield node
    inside = node.orelse if for_types_only(node) else ast.iter_child_nodes(node)
    for child in inside:
        yield from walk(child)


def imports(source, package):
    """Every name that a module imports, `from a import b` being `a.b`, in full."""
    for node in walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")
            around = above[: len(above) - node.level + 1] if node.level else []
            home = ".".join([*around, *filter(None, [node.module])])
            yield from (f"{home}.{alias.name}" for alias in node.names)


@cache
def imports_of(path):
    package = name_of(path.parent / "__init__.py")
    return sorted({*imports(path.read_text("utf-8"), package)})


def module_of(name):
    """The module of this package in which an imported name lives."""
    while name not in NAMES and "." in name:
        name = name.rpartition(".")[0]
    return name


def may_import(here, there):
    """Whether the floors let one module import the other."""
    (floor, *step), (other_floor, *other_step) = FLOORS[here], FLOORS[there]
    one_package = here.rpartition(".")[0] == there.rpartition(".")[0]
    inside = one_package and floor == other_floor and other_step < step
    return other_floor < floor or inside


def machine(source):
    """What of the machine a module reads, as it is written."""
    nodes = [*walk(ast.parse(source))]
    written = [ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)]
    named = {".".join(text.split(".")[-2:]) for text in written} | {*imports(source, "sca")}
    called = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
    clocks = {text for text in called if "." in text and text.rpartition(".")[2] in CLOCKS}
    return sorted(named & THE_MACHINE | clocks)


each_module = each("path", MODULES)


# The house


def test_every_module_has_a_floor_and_every_floor_a_module():
    assert {*FLOORS} == NAMES


@each_module
def test_imports_point_down(path):
    here = name_of(path)

    wrong = [
        name
        for name in imports_of(path)
        if name.split(".")[0] == "sca"
        and name not in OF_THE_DOOR
        and not may_import(here, module_of(name))
    ]

    assert wrong == []


@each_module
def test_libraries_are_imported_by_their_owners_only(path):
    here = name_of(path)

    wrong = [
        name
        for name in imports_of(path)
        if (owners := OWNERS.get(name.split(".")[0]))
        and not any(f"{here}.".startswith(f"{owner}.") for owner in owners)
    ]

    assert wrong == []


@pytest.mark.parametrize("library", OWNERS)
def test_every_library_that_has_an_owner_is_in_use(library):
    assert any(name.split(".")[0] == library for path in MODULES for name in imports_of(path))


def test_only_the_doors_resolve_names_as_they_are_used():
    doors = [name_of(p) for p in MODULES if "import_module" in p.read_text("utf-8")]
    assert doors == ["sca", "sca.cli.app"]


@each_module
def test_only_the_command_line_reads_the_machine(path):
    here = name_of(path)

    assert here.startswith("sca.cli.") or machine(path.read_text("utf-8")) == []


@each_module
def test_a_module_is_called_by_what_it_is_about(path):
    assert VAGUE.isdisjoint(name_of(path).split("."))


def test_the_door_resolves_its_names_in_rooms_below_it():
    assert {*sca._HOMES.values()} <= NAMES
    assert all(may_import("sca", home) for home in sca._HOMES.values())


# The test of the house


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("import sca.spans", ["sca.spans"], id="a module"),
        pytest.param("import a.b as c, d", ["a.b", "d"], id="two, one under another name"),
        pytest.param("from sca import spans", ["sca.spans"], id="a module of the package"),
        pytest.param(
            "from sca.spans import Span, read as r",
            ["sca.spans.Span", "sca.spans.read"],
            id="names of a module",
        ),
        pytest.param("def f():\n    from sca import spans", ["sca.spans"], id="inside a function"),
        pytest.param(
            "class C:\n    def f(self):\n        import pytz",
            ["pytz"],
            id="inside a method",
        ),
        pytest.param(
            "try:\n    import pytz\nexcept ImportError:\n    import zoneinfo",
            ["pytz", "zoneinfo"],
            id="inside a try",
        ),
        pytest.param("if TYPE_CHECKING:\n    import pytz", [], id="for types only"),
        pytest.param(
            "if typing.TYPE_CHECKING:\n    import pytz\nelse:\n    import rich",
            ["rich"],
            id="for types, else",
        ),
        pytest.param("if True:\n    import pytz", ["pytz"], id="under another condition"),
        pytest.param("from . import toml", ["sca.formats.toml"], id="beside it"),
        pytest.param("from .toml import Sheet", ["sca.formats.toml.Sheet"], id="from beside it"),
        pytest.param("from ..spans import Span", ["sca.spans.Span"], id="from above it"),
        pytest.param("from sca.spans import *", ["sca.spans.*"], id="everything"),
    ],
)
def test_imports_are_found(source, found):
    assert [*imports(source, "sca.formats")] == found


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("sca.spans", "sca.spans"),
        ("sca.spans.Span", "sca.spans"),
        ("sca.formats.toml.Sheet", "sca.formats.toml"),
        ("sca.formats.*", "sca.formats"),
        ("sca.check", "sca"),
    ],
)
def test_the_module_of_a_name(name, module):
    assert module_of(name) == module


@pytest.mark.parametrize(
    ("here", "there", "allowed"),
    [
        pytest.param("sca.advisory", "sca.spans", True, id="down"),
        pytest.param("sca.spans", "sca.advisory", False, id="up"),
        pytest.param("sca.spans", "sca.places", False, id="to the same floor"),
        pytest.param("sca.formats.rules", "sca.formats.toml", True, id="down in a package"),
        pytest.param("sca.formats.toml", "sca.formats.rules", False, id="up in a package"),
        pytest.param("sca.formats.rules", "sca.formats.places", False, id="to the same step"),
        pytest.param("sca.report.document", "sca.answering", False, id="from a package beside"),
        pytest.param("sca.answering", "sca.report", False, id="to a package beside"),
        pytest.param("sca.formats.rules", "sca.gazetteer", True, id="down, out of a package"),
        pytest.param("sca.reading", "sca.formats.rules", True, id="down, into a package"),
        pytest.param("sca.report.document", "sca", False, id="to the door"),
    ],
)
def test_floors(here, there, allowed):
    assert may_import(here, there) is allowed


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import sys\nsys.argv[1:]", ["sys.argv"]),
        ("os.environ.get('X')", ["os.environ"]),
        ("from os import environ", ["os.environ"]),
        ("def f():\n    return datetime.now(UTC)", ["datetime.now"]),
        ("datetime.datetime.now()", ["datetime.datetime.now", "datetime.now"]),
        ("from datetime import datetime as dt\ndt.now()", ["dt.now"]),
        ("from time import time", ["time.time"]),
        ("now = level_at(start)\nspan.now", []),
    ],
)
def test_what_reads_the_machine_is_found(source, found):
    assert machine(source) == found
