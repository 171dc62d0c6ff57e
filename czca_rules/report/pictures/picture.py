"""What a page gets of one picture: its markup, its words, and its numbers as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Pictures of the whole period, or of single market days.
Group = Literal["period", "days"]
Row = tuple[str, ...]


def once(told: set[str], guide: str) -> list[str]:
    """How to read a kind of picture, unless a picture before this one has told it."""
    if guide in told:
        return []
    told.add(guide)
    return [guide]


@dataclass(frozen=True)
class Picture:
    """One picture: ``svg`` is markup to be put as it is, the rest plain text to be escaped.

    ``svg`` holds one drawing or several side by side. ``columns`` and ``rows`` are the numbers
    that were drawn, as the report has them.
    """

    id: str
    heading: str
    caption: str
    svg: str
    columns: Row
    rows: tuple[Row, ...]
    group: Group
