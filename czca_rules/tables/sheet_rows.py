"""The rows of a sheet with their numbers: values as the reader tells them, refused cells marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

from czca_rules.tables.sheet_cells import Refused
from czca_rules.tables.sheet_survey import Area, Survey

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

Cells = list[Any]


def sheet_rows(values: CalamineSheet, survey: Survey) -> Iterator[tuple[int, Cells]]:
    """Every row of a sheet that is not empty, with its number from 1.

    The first cell of a row is that of column A; cells that cannot be taken are `Refused`.
    """
    left = [""] * (values.start[1] if values.start else 0)
    told = values.iter_rows()
    refused = survey.refused_rows()
    next_row, next_cells = next(refused, (0, {}))
    areas = _Areas(survey.areas)
    for number in count(1):
        cells = next(told, None)
        if cells is None and not next_row:
            return
        row: Cells = [*left, *(cells or ())]
        if number == next_row:
            for column, reason in next_cells.items():
                _put(row, column, reason)
            next_row, next_cells = next(refused, (0, {}))
        if any(cell != "" for cell in row):
            areas.mark(number, row)
            yield number, row


def _put(row: Cells, column: int, reason: Refused) -> None:
    row.extend([""] * (column + 1 - len(row)))
    row[column] = reason


class _Areas:
    """Merged cells and the like, laid over the rows that they reach; rows come in order."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self._ahead = sorted(areas, key=lambda area: area.first_row, reverse=True)
        self._here: list[Area] = []

    def mark(self, number: int, row: Cells) -> None:
        """Put what refuses them in place of the cells of a row, but for formulas and errors."""
        while self._ahead and self._ahead[-1].first_row <= number:
            self._here.append(self._ahead.pop())
        if not self._here:
            return
        self._here = [area for area in self._here if area.last_row >= number]
        for area in self._here:
            for column in range(area.first_column, min(area.last_column + 1, len(row))):
                if not isinstance(row[column], Refused):
                    row[column] = area.refused
