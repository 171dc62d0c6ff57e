"""Results to standard output, everything else to standard error, whatever the terminal can show."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TextIO

WIDTH = 80
#: Longer lines are hard to read, however wide the terminal.
WIDEST = 120


def prepare_streams() -> None:
    """Let characters that a stream cannot encode be spelled out instead of ending the run."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Write a line or page of the result to standard output."""
    _write(sys.stdout, text.rstrip("\n") + "\n")


def say_bytes(content: bytes) -> None:
    """Write a document to standard output, byte for byte."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence(sys.stdout)


def tell(text: str) -> None:
    """Write anything that is not the result to standard error."""
    _write(sys.stderr, text.rstrip("\n") + "\n")


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        silence(stream)


def silence(stream: TextIO) -> None:
    """Let nothing more be written to a stream whose reader has gone, not even at the very end."""
    with contextlib.suppress(OSError, ValueError):
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, stream.fileno())
        os.close(sink)


def width_of(stream: TextIO) -> int:
    """How many characters to put on a line: a terminal's own width, else the same everywhere."""
    if not stream.isatty():
        return WIDTH
    with contextlib.suppress(OSError, ValueError):
        return min(os.get_terminal_size(stream.fileno()).columns or WIDTH, WIDEST)
    return WIDTH


def in_color(stream: TextIO) -> bool:
    """Whether to write in colour: to a terminal that nobody asked to do without."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
