"""What a long run is at, told to whoever wants to show it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Is told of every step; must be quick, and may be called from several threads."""

    def __call__(self, step: str, done: int = 0, total: int = 0, unit: str = "") -> None:
        """A step has come to ``done`` of ``total``; a ``total`` of 0 is unknown.

        ``step`` is a phrase such as "Reading tables", ``unit`` what is counted, in the plural.
        """


def silent(step: str, done: int = 0, total: int = 0, unit: str = "") -> None:
    """Show nothing."""
