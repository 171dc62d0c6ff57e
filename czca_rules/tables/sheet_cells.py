"""Cells of a sheet as the text that a CSV file would hold, and those that cannot be taken.

A cell that is refused goes on as a text that no cell can hold, so that the check of cells names
it among all the others, in its row and column, and its row is treated like any wrong row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from czca_rules.errors import Problem
from czca_rules.tables.cell_kinds import MARK, REFUSED_CELLS
from czca_rules.tables.columns import WIDTHS, Column
from czca_rules.tables.frame_rows import as_text

#: Most characters of a cell, as spreadsheets have it.
MAX_CELL = 32_767
#: Numbers from here on are not written out in full by a binary double.
_DOUBLE_EXACT = 2**53


@dataclass(frozen=True)
class Refused:
    """A cell that holds no value of its own: a word of `REFUSED_CELLS`, and what to say."""

    kind: str
    detail: str

    @property
    def text(self) -> str:
        """The text by which the check of cells knows it."""
        return f"{MARK}{REFUSED_CELLS[self.kind]}{self.detail}"


def cell_text(value: Any, column: Column) -> str:
    """A cell as a CSV file would hold it; an empty one is empty."""
    if value.__class__ is str:
        if len(value) > MAX_CELL:
            return Refused("cell_too_long", str(len(value))).text
        if "\0" in value or MARK in value:
            return value.replace("\0", "�").replace(MARK, "�")
        return value
    if value.__class__ is Refused:
        return value.text
    if column.kind in WIDTHS and not isinstance(value, datetime):
        return as_text(value, column)
    # A whole number is taken for text; how any other was written is lost.
    if column.kind == "text" and not _is_whole(value):
        return Refused("not_text", plain_text(value)).text
    return as_text(value, column) if isinstance(value, bool) else plain_text(value)


def plain_text(value: Any) -> str:
    """A cell as people read it: whole numbers without decimals, times as in ISO 8601."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return _to_the_second(value).isoformat()
    return str(int(value)) if _is_whole(value) else str(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) \
        and abs(value) < _DOUBLE_EXACT and value == int(value)


def _to_the_second(moment: datetime) -> datetime:
    """Spreadsheets count days in binary, so that a whole second may be off by a little."""
    whole = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    return whole if abs(whole - moment) <= timedelta(milliseconds=1) else moment


def column_letters(index: int) -> str:
    """The letters of a column counted from 0.

    >>> column_letters(0), column_letters(25), column_letters(26), column_letters(16_383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters, number = "", index + 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def with_cell_names(problems: Iterable[Problem],
                    columns: Mapping[str, Mapping[str, str]]) -> tuple[Problem, ...]:
    """Problems that name the cell where they stand in a sheet.

    ``columns`` gives for each sheet the letters of its columns by their names.
    """
    named = []
    for problem in problems:
        letters = columns.get(problem.file, {}).get(str(problem.column), "")
        if problem.kind == "duplicate_column":  # of which there are two places
            letters = ""
        place = f"cell {letters}{problem.line}: " if letters and problem.line else ""
        named.append(replace(problem, found=place + problem.found))
    return tuple(named)
