"""Surveying a sheet: its XML read once from end to end, strictly in order of rows and columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from xml.parsers import expat

from czca_rules.errors import LimitReached
from czca_rules.tables.sheet_cells import Refused, column_letters
from czca_rules.tables.sheet_survey import Area, Survey
from czca_rules.tables.workbook_parts import UnreadableWorkbookError, WorkbookParts, feed, local

#: As many rows and columns as a sheet can have.
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
#: Most cells between the outermost ones, and characters in all of them: the reader holds them.
MAX_CELLS = 16_000_000
MAX_CHARACTERS = 500_000_000
MAX_AREAS = 10_000

_DIGITS = "0123456789"
_AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?", re.ASCII)
_FORMULA = Refused("formula", "")
#: Types of cells with a text of their own, in which anything may stand.
_TEXTS = ("str", "inlineStr")
#: The error values that the reader of values knows; at any other it gives a whole sheet up.
_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA")
_What = Callable[[dict[str, str]], None]


def survey_sheet(parts: WorkbookParts, part: str, shown_as: str) -> Survey:
    """Read the XML of a sheet to its end.

    Raises `UnreadableWorkbookError` where its cells are not in order or it is no sheet, and
    `LimitReached` where reading its values would take too much.
    """
    look = _Look(parts.text_lengths)
    feed(parts.archive, part, look.parser)
    if not look.begun:
        raise UnreadableWorkbookError(f"the part {part}, which is not a worksheet")
    found = look.found
    width = max(found.columns) - min(found.columns) + 1 if found.columns else 0
    cells = width * (found.last_row - found.first_row + 1)
    if cells > MAX_CELLS or found.characters > MAX_CHARACTERS:
        raise LimitReached(
            f"{shown_as}: its cells reach from {column_letters(min(found.columns))}"
            f"{found.first_row} to {column_letters(max(found.columns))}{found.last_row} and hold "
            f"{found.characters} characters of text; at most {MAX_CELLS} cells and "
            f"{MAX_CHARACTERS} characters are read. Hand the table in as CSV or Parquet.")
    _refuse_overlaps(found, max(cells, 1))
    return found


def _refuse_overlaps(found: Survey, cells: int) -> None:
    """Areas that lie apart cannot be larger than what they lie in."""
    inside = sum(
        max(0, min(area.last_row, found.last_row) - max(area.first_row, found.first_row) + 1)
        * max(0, min(area.last_column, max(found.columns, default=0)) - area.first_column + 1)
        for area in found.areas)
    if inside > 4 * cells + 4 * MAX_AREAS:
        raise UnreadableWorkbookError("merged cells that lie over one another")


class _Look:
    """The callbacks of one reading; the parser calls them for every element of a sheet."""

    def __init__(self, lengths: Sequence[int]) -> None:
        self.found = Survey()
        self._columns = self.found.columns
        self.begun = 0
        self._lengths = lengths
        self._row, self._row_text, self._column = 0, "0", -1
        self._type: str | None = None
        self._refused = self._valued = self._hearing = False
        self._heard = ""
        self._letters: dict[str, int] = {}
        self._ended: set[str] = set()
        self._data = ""
        self._by_name: dict[str, _What] = {
            "c": self._cell, "v": self._value, "is": self._value, "row": self._begin_row,
            "f": self._formula, "mergeCell": self._merged, "sheetData": self._begin_data}
        self._by_tag: dict[str, _What | None] = {}
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._ended.add
        self.parser.DefaultHandler = self._written
        for name in ("CommentHandler", "ProcessingInstructionHandler"):
            setattr(self.parser, name, self._refuse_remark)

    def _start(self, name: str, given: dict[str, str]) -> None:
        try:
            what = self._by_tag[name]
        except KeyError:
            what = self._by_tag[name] = self._by_name.get(local(name))
        if what is not None:
            what(given)
        elif self._type not in _TEXTS:
            self._refuse_remark()

    def _begin_data(self, _: dict[str, str]) -> None:
        if self.begun:
            raise UnreadableWorkbookError("a sheet that begins its cells twice")
        self.begun += 1
        self._data = next(tag for tag in self._by_tag if local(tag) == "sheetData")

    def _merged(self, given: dict[str, str]) -> None:
        self._add_area(given.get("ref", ""), "merged")

    def _begin_row(self, given: dict[str, str]) -> None:
        if self._data in self._ended:  # where a drawing stands also has a row
            return
        text = given.get("r") or str(self._row + 1)
        number = int(text) if text.isdecimal() and text.isascii() and len(text) <= 7 else 0
        if not self._row < number <= LAST_ROW:
            raise UnreadableWorkbookError(f"the row {text[:20]!r} after row {self._row}")
        self._row, self._row_text, self._column = number, str(number), -1

    def _cell(self, given: dict[str, str]) -> None:
        place = given.get("r")
        if place is None:
            column = self._column + 1
        else:
            letters = place.removesuffix(self._row_text)
            if letters == place:
                raise UnreadableWorkbookError(f"the cell {place[:20]!r} in row {self._row}")
            try:
                column = self._letters[letters]
            except KeyError:
                column = self._letters[letters] = self._place_of(letters)
        if not self._column < column < LAST_COLUMN:
            raise UnreadableWorkbookError(f"the cell {(place or '')[:20]!r} out of order")
        self._column = column
        self._type = given.get("t")
        self._refused = self._valued = False

    def _place_of(self, letters: str) -> int:
        if letters.rstrip(_DIGITS) != letters:
            raise UnreadableWorkbookError(f"the cell {letters[:20]!r} in row {self._row}")
        return _column_number(letters)

    def _value(self, _: dict[str, str]) -> None:
        self._columns.add(self._column)
        self.found.last_row = self._row
        if not self.found.first_row:
            self.found.first_row = self._row
        if self._valued:
            self._refuse_remark()
        self._valued = True
        if self._type == "s" or self._type == "e":
            self._heard, self._hearing = "", True
            self.parser.EndElementHandler = self._end

    def _formula(self, given: dict[str, str]) -> None:
        if self._data in self._ended:  # of a format or a check of input, not of a cell
            return
        self._columns.add(self._column)
        self.found.last_row = self._row
        if not self.found.first_row:
            self.found.first_row = self._row
        if not self._refused:
            self.found.refuse(self._row, self._column, _FORMULA)
            self._refused = True
        if given.get("t") in ("array", "dataTable") and "ref" in given:
            self._add_area(given["ref"], "formula")

    def _written(self, text: str) -> None:
        """Characters as they stand in the file, references and sections not resolved."""
        if self._hearing:
            self._heard += text
        elif text[0] in "&<" and self._type not in _TEXTS:
            self._refuse_remark()

    def _end(self, _: str) -> None:
        self._hearing = False
        self.parser.EndElementHandler = self._ended.add
        if self._type == "e":
            if not self._refused:
                said = self._heard.strip()[:20]
                if said not in _ERRORS:
                    raise UnreadableWorkbookError(
                        f"the error value {said} in cell {column_letters(self._column)}"
                        f"{self._row}", "Leave the cell empty if it is not known.")
                self.found.refuse(self._row, self._column, Refused("error_value", said))
                self._refused = True
            return
        number = self._heard.strip()
        if not number.isdecimal() or len(number) > 9 or int(number) >= len(self._lengths):
            raise UnreadableWorkbookError(f"a cell in row {self._row} with a text that is not "
                                          "in the workbook")
        self.found.characters += self._lengths[int(number)]

    def _add_area(self, text: str, kind: str) -> None:
        match = _AREA.fullmatch(text)
        if match is None:
            raise UnreadableWorkbookError(f"the range {text[:40]!r}")
        if len(self.found.areas) >= MAX_AREAS:
            raise UnreadableWorkbookError(f"more than {MAX_AREAS} merged ranges",
                                          "Write each value into its own cell.")
        left, top = _column_number(match[1]), int(match[2])
        right, bottom = (_column_number(match[3]), int(match[4])) if match[3] else (left, top)
        self.found.areas.append(Area(top, bottom, left, right, Refused(kind, text)))

    def _refuse_remark(self, *_: object) -> None:
        # The reader of values would take a part of such a cell for the whole, or nothing.
        if self.begun and self._data not in self._ended:
            raise UnreadableWorkbookError(f"a cell in row {self._row} that is more than a value")


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters[:4]:
        if not "A" <= letter <= "Z":
            raise UnreadableWorkbookError(f"the column {letters[:20]!r}")
        number = number * 26 + ord(letter) - 64
    if not 0 < number <= LAST_COLUMN:
        raise UnreadableWorkbookError(f"the column {letters[:20]!r}")
    return number - 1
