"""Many small cases as one test, where pytest's work on each would take longer than the case."""

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import Signature, signature
from typing import Any

import pytest

Test = Callable[..., None]


def each(names: str | tuple[str, ...], cases: Iterable[Any]) -> Callable[[Test], Test]:
    """As `pytest.mark.parametrize`, but as one test, whose error names every case that fails.

    They share what fixtures give, so a case must leave no trace. No case at all is an error.
    """
    keys = (names,) if isinstance(names, str) else names
    rows = [_values(case, len(keys)) for case in cases]
    if not rows:
        raise ValueError(f"there is no case of {keys}")

    def decorate(test: Test) -> Test:
        @wraps(test)
        def run(**given: Any) -> None:
            failed: dict[str, BaseException] = {}
            for row in rows:
                values = dict(zip(keys, row, strict=True))
                try:
                    test(**given, **values)
                except (Exception, pytest.fail.Exception) as error:
                    failed[", ".join(map(repr, row))] = error
            if failed:
                every = "\n".join([f"{len(failed)} of {len(rows)} cases:", *failed])
                raise BaseExceptionGroup(every, [*failed.values()])

        left = [p for p in signature(test).parameters.values() if p.name not in keys]
        run.__signature__ = Signature(left)  # type: ignore[attr-defined]
        return run

    return decorate


def _values(case: Any, number: int) -> tuple[Any, ...]:
    if isinstance(case, type(pytest.param())):
        if case.marks:
            raise ValueError(f"{case} has marks, which only a test of its own can bear")
        return tuple(case.values)
    return (case,) if number == 1 else tuple(case)
