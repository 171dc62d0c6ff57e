"""What a sheet holds that a reader of values does not tell: formulas, errors, merged cells.

The reader returns the last result of a formula as if somebody had written it, an error as an
empty cell, and a merged area as one value with empty cells around it. A survey reads the XML of
a sheet once and remembers where these are, so that none of them is taken for a value.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from czca_rules.tables.sheet_cells import Refused

#: Most different things that are said of the refused cells of a sheet.
MAX_NOTES = 200

_SHIFT = 15


@dataclass(frozen=True)
class Area:
    """Cells from one corner to the other (rows from 1, columns from 0), refused as one."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int
    refused: Refused


@dataclass
class Survey:
    """Where values are (rows from 1, columns from 0), and which cells cannot be taken.

    ``places`` are refused cells in order, each as row and column in one number, ``reasons`` an
    index into ``notes`` for each.
    """

    columns: set[int] = field(default_factory=set)
    first_row: int = 0
    last_row: int = 0
    characters: int = 0
    places: array[int] = field(default_factory=lambda: array("Q"))
    reasons: array[int] = field(default_factory=lambda: array("B"))
    notes: dict[Refused, int] = field(default_factory=dict)
    areas: list[Area] = field(default_factory=list)

    def refuse(self, row: int, column: int, refused: Refused) -> None:
        """Note a cell; cells come in order."""
        if len(self.notes) >= MAX_NOTES and refused not in self.notes:
            refused = Refused(refused.kind, "")
        self.places.append(row << _SHIFT | column)
        self.reasons.append(self.notes.setdefault(refused, len(self.notes)))

    def refused_rows(self) -> Iterator[tuple[int, dict[int, Refused]]]:
        """The rows with refused cells, in order, and these by column; areas not counted."""
        notes = list(self.notes)
        row, cells = 0, dict[int, Refused]()
        for place, reason in zip(self.places, self.reasons, strict=True):
            if place >> _SHIFT != row:
                if cells:
                    yield row, cells
                row, cells = place >> _SHIFT, {}
            cells[place & (1 << _SHIFT) - 1] = notes[reason]
        if cells:
            yield row, cells
