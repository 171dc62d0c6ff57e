"""Reading a CSV file row by row, naming whatever is not a row of its table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from czca_rules.errors import Problem
from czca_rules.tables.problem_log import ProblemLog
from czca_rules.tables.text_bytes import MAX_CELL, MAX_LINE

_OTHER_DELIMITERS = {";": ("semicolon", "semicolons"), "\t": ("tab", "tabs"),
                     "|": ("bar", "vertical bars")}


class RowReader:
    """Rows of a CSV file with the physical line on which each starts.

    Rows that do not have the header's number of cells are left out and named; ``fault`` then
    says why the file cannot stand for its table.
    """

    def __init__(self, path: Path, file: str, log: ProblemLog) -> None:
        self.path = path
        self.file = file
        self.log = log
        self.fault: str | None = None
        self.names: list[str] = []

    def report(self, line: int, column: str | None, kind: str, found: str, expected: str,
               fix: str) -> None:
        self.log.add(Problem(self.file, line, column, kind, found, expected, fix))
        self.fault = self.fault or f"{self.file}:{line} has {found}"

    def header(self) -> list[str] | None:
        """The names of the columns; nothing if the first line cannot be a header."""
        first = next(self._rows(), None)
        if first is None:
            if self.fault is None:
                self.report(1, None, "empty_file", "an empty file", "a header at least",
                            "Write the header alone if there are no rows.")
            return None
        line, names = first
        for mark, (kind, words) in _OTHER_DELIMITERS.items():
            if len(names) == 1 and mark in names[0]:
                self.report(line, None, kind, f"columns separated by {words}",
                            "columns separated by commas and numbers with a decimal point",
                            "Export it again as CSV with commas.")
                return None
        self.names = names
        return names

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line and cells of every row that has the right number of cells."""
        width = len(self.names)
        source = self._rows()
        next(source, None)
        for line, cells in source:
            if len(cells) == width:
                yield line, cells
            elif len(cells) < width:
                self.report(line, self.names[len(cells)], "too_few_cells",
                            f"{len(cells)} cells", f"{width}, as in the header",
                            "Write the commas of empty cells too.")
            else:
                self.report(line, None, "too_many_cells", f"{len(cells)} cells",
                            f"{width}, as in the header",
                            "A decimal comma is a point here; a text with a comma needs quotes.")

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        with self.path.open("rb") as data:
            # The reader sees text lines only, so its line_num counts physical lines.
            reader = csv.reader(self._lines(data), strict=True)
            before = 0
            while True:
                try:
                    cells = next(reader, None)
                except csv.Error as error:
                    self._report_csv(before + 1, str(error))
                    return
                if cells is None:
                    return
                if cells:
                    yield before + 1, cells
                before = reader.line_num

    def _lines(self, data: BinaryIO) -> Iterator[str]:
        number = 0
        while line := data.readline(MAX_LINE + 2):
            number += 1
            if len(line) > MAX_LINE:
                self.report(number, None, "line_too_long", f"a line of over {MAX_LINE} bytes",
                            "shorter lines", "Look for a missing line end or closing quote.")
                return
            yield self._text(line, number)

    def _text(self, line: bytes, number: int) -> str:
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            self.report(number, None, "encoding",
                        f"byte {error.start + 1} of the line, which is not UTF-8", "UTF-8 text",
                        "Save the file as UTF-8.")
            text = line.decode("utf-8", "replace")
        if "\0" in text:
            self.report(number, None, "nul_byte", "a NUL byte", "text",
                        "The file is damaged or not a text file.")
            text = text.replace("\0", "�")
        return text

    def _report_csv(self, line: int, said: str) -> None:
        if "unexpected end of data" in said:
            found, fix = "a quote that is never closed", "Close it."
        elif "field limit" in said:
            found = f"a cell of over {MAX_CELL} characters"
            fix = "Look for a quote that is never closed."
        elif "new-line character" in said:
            found, fix = "a carriage return inside a row", "End lines with a line feed."
        else:
            found = "a quote inside an unquoted cell or text after a closing quote"
            fix = "Double the quotes inside a quoted cell."
        self.report(line, None, "csv", found, "CSV as in RFC 4180", fix)
