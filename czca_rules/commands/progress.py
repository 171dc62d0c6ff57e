"""One calm line on a terminal that says what a long run is at; nothing anywhere else.

It appears after a second, changes eight times a second at most and is gone when the run ends. A
thread of its own draws it, so that the run only notes where it is, and the line goes on while a
long statement runs.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from czca_rules.progress import Progress, silent

PATIENCE_S = 1.0
UPDATES_A_SECOND = 8


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Show what is told until the end of the block, where somebody watches."""
    if not is_watched(sys.stderr):
        yield silent
        return
    line = ProgressLine(sys.stderr)
    try:
        yield line
    finally:
        line.close()


def is_watched(stream: TextIO) -> bool:
    """Whether a stream is a terminal that can redraw a line, and no log of a CI run."""
    ci = os.environ.get("CI", "").lower() not in ("", "0", "false")
    return stream.isatty() and os.environ.get("TERM") not in (None, "", "dumb") and not ci


class ProgressLine:
    """The line; ``close`` removes it."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.at: tuple[str, int, int, str] = ("Starting", 0, 0, "")
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._draw, daemon=True)
        self._thread.start()

    def __call__(self, step: str, done: int = 0, total: int = 0, unit: str = "") -> None:
        self.at = (step, done, total, unit)

    def close(self) -> None:
        """Remove the line and show the cursor again."""
        self._ended.set()
        self._thread.join()

    def _draw(self) -> None:
        if self._ended.wait(PATIENCE_S):
            return
        shown = _line(self.stream)
        task = shown.add_task("", total=None, said="")
        try:
            shown.start()
            while not self._ended.is_set():
                step, done, total, unit = self.at
                shown.update(task, description=step, completed=done, total=total or None,
                             said=said(done, total, unit))
                shown.refresh()
                self._ended.wait(1 / UPDATES_A_SECOND)
        finally:
            shown.stop()


def _line(stream: TextIO) -> Any:
    """A line of rich that is redrawn only when asked to."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(file=stream, markup=False, highlight=False, emoji=False)
    return Progress(
        TextColumn("{task.description}", markup=False), BarColumn(bar_width=20, pulse_style="none"),
        TextColumn("{task.fields[said]}", markup=False), TimeElapsedColumn(),
        console=console, auto_refresh=False, transient=True, redirect_stdout=False,
        redirect_stderr=False, expand=False)


def said(done: int, total: int, unit: str) -> str:
    """How far a step has come, in words.

    >>> said(1200000, 34000000, "rows"), said(3, 16, ""), said(0, 0, "rows")
    ('1 200 000 of 34 000 000 rows', '3 of 16', '')
    """
    if not total:
        return ""
    return f"{done:,} of {total:,} {unit}".replace(",", " ").rstrip()
