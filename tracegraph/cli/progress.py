"""Progress of long work, with its rate, on stderr; nothing where stderr is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn


class Told:
    """Takes how far the work is, and shows it where there is somebody to see it."""

    def __init__(self, show: Callable[[int, int | None, str], None], unit: str) -> None:
        self._show = show
        self._unit = unit
        self._began = monotonic()

    def __call__(self, done: int, total: int | None = None) -> None:
        """So many units of work are done, of so many where that is known."""
        self.partly(done, total, done)

    def partly(self, done: int, total: int | None, units: int) -> None:
        """As above, where what is known of the whole (bytes) is not what is counted (events)."""
        self._show(done, total, f"{units:,} {self._unit}, {rate(units, self.seconds):,.0f}/s")

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return monotonic() - self._began


def rate(units: int, seconds: float) -> float:
    """Units a second.

    >>> rate(10, 4), rate(0, 0)
    (2.5, 0.0)
    """
    return units / seconds if seconds > 0 else 0.0


@contextmanager
def told_progress(title: str, unit: str) -> Iterator[Told]:
    """Show progress while the block runs."""
    if not sys.stderr.isatty():
        yield Told(lambda done, total, said: None, unit)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[said]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bars:
        task = bars.add_task(title, total=None, said="")
        yield Told(
            lambda done, total, said: bars.update(task, completed=done, total=total, said=said),
            unit,
        )
