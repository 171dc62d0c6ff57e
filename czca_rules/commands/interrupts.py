"""Ctrl-C, and being asked to end, at any moment: noticed at once, and nothing is left behind.

Python notices a signal only between its own instructions, so during one long statement of the
engine it would have to wait for the end of it. A thread that is woken by the signal itself stops
the engine's statements instead; the command then ends as after any error, and what it had begun
to write is removed.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

#: Signals that end a command; the second only where there is one.
HEEDED = tuple(number for name in ("SIGINT", "SIGTERM", "SIGHUP")
               if (number := getattr(signal, name, None)) is not None)
#: How often statements are stopped again: one may begin between the signal and its being noticed.
AGAIN_S = 0.05
#: A second signal within this time is the same wish, and must not disturb the clearing up.
PATIENCE_S = 2.0


class Heard:
    """Which signal came, if any."""

    def __init__(self) -> None:
        self.number: int | None = None
        self._since = 0.0

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Raise ``KeyboardInterrupt`` where the program stands."""
        again = self.number is not None and time.monotonic() - self._since < PATIENCE_S
        if not again:
            self.number, self._since = number, time.monotonic()
            raise KeyboardInterrupt

    def code(self, code: int) -> int:
        """The exit code of a command that was interrupted, 128 and the signal; else its own."""
        return code if self.number is None or code != 128 + signal.SIGINT else 128 + self.number


@contextlib.contextmanager
def heeding_signals() -> Iterator[Heard]:
    """Let signals stop what runs in the block; elsewhere than in the main thread none arrive."""
    heard = Heard()
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return
    import socket

    watched, woken = socket.socketpair()
    woken.setblocking(False)
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(watched, ended), daemon=True)
    watcher.start()
    woken_before = signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    before: dict[int, Any] = {}
    try:
        for number in HEEDED:
            if signal.getsignal(number) is not signal.SIG_IGN:  # somebody's wish, as with nohup
                before[number] = signal.signal(number, heard)
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(woken_before)
        ended.set()
        with contextlib.suppress(OSError):
            woken.send(b"\0")
        watcher.join()
        watched.close()
        woken.close()


def _watch(watched: socket.socket, ended: threading.Event) -> None:
    """Stop statements from the first signal on, until the block has ended."""
    while not ended.is_set():
        if set(watched.recv(64)) & set(HEEDED):
            break
    while not ended.wait(AGAIN_S):
        _stop_statements()


def _stop_statements() -> None:
    engine = sys.modules.get("czca_rules.tables.engine")  # not loaded: no statement runs
    if engine is not None:
        engine.interrupt_all()


