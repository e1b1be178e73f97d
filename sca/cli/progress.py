"""A bar on a terminal that shows how far a long query has come."""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator

_PAUSE = 0.2
"""Seconds between two looks at it."""


@contextlib.contextmanager
def shown(progress: Callable[[], float | None]) -> Iterator[None]:
    """Draw a bar on stderr while something is done, if that is a terminal; it is gone afterwards.

    `progress` tells how many per cent are done, None where nobody knows.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    # Imported here: what is drawn on no terminal does not wait for it.
    from rich.console import Console
    from rich.progress import Progress

    done = threading.Event()
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("screening", total=None)

        def follow() -> None:
            while not done.wait(_PAUSE):
                if (percent := progress()) is not None:
                    bar.update(task, completed=percent, total=100)

        follower = threading.Thread(target=follow, daemon=True)
        follower.start()
        try:
            yield
        finally:
            done.set()
            follower.join()
