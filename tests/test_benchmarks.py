"""The measuring is not measured here: only that it measures what it says."""

import platform
import sys
from itertools import islice

import pytest

from benchmarks import made, measuring
from benchmarks.measuring import Failed, Row
from tests.running import sca


def test_made_advisories_are_right_and_the_same_for_the_same_seed(tmp_path):
    made.write(tmp_path / "rules", 30)

    assert sca("lint", str(tmp_path / "rules")).err == "sca: 30 files read, 0 mistakes\n"
    first, again, other = (list(islice(made.advisories(seed), 5)) for seed in (1, 1, 2))
    assert first == again != other


def test_what_gives_no_answer_is_not_measured(tmp_path):
    around = measuring.environment(tmp_path)
    busy = (sys.executable, "-c", "sum(range(10**6))")
    broken = (sys.executable, "-c", "import sys; sys.exit('so it ends')")

    for cost in (measuring.cost, measuring.cost_on_terminal):
        assert cost(busy, around) > 0
        with pytest.raises(Failed, match="so it ends"):
            cost(broken, around, codes=(0,))


def test_a_row_has_its_target_beside_its_figure():
    rows = [Row("one", "1.20", "the other", "≤ 2"), Row("two", "skipped: not installed")]

    assert measuring.table(rows).splitlines() == [
        "| what | figure | of | target |",
        "|---|---|---|---|",
        "| one | 1.20 | the other | ≤ 2 |",
        "| two | skipped: not installed |  |  |",
    ]


def test_the_machine_is_described_without_its_name():
    assert f"CPython {platform.python_version()}" in measuring.machine()
    assert platform.node() not in measuring.machine()
