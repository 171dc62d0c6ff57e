"""Sheets of a workbook: from cells to a table of text with the row of each, as from CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from czca_rules.errors import Problem
from czca_rules.tables.cell_kinds import MARK, refused_wording
from czca_rules.tables.columns import TableSpec
from czca_rules.tables.engine import Engine, named
from czca_rules.tables.folder import Part
from czca_rules.tables.header import input_columns, read_header
from czca_rules.tables.problem_log import ProblemLog
from czca_rules.tables.raw_part import RawPart, unusable
from czca_rules.tables.sheet_cells import Refused, cell_text, column_letters, plain_text
from czca_rules.tables.sheet_rows import Cells
from czca_rules.tables.sheet_survey import Survey
from czca_rules.tables.text_files import load_rows
from czca_rules.tables.workbook import Workbook
from czca_rules.tables.workbook_parts import UnreadableWorkbookError


def load_sheet(part: Part, workbook: Workbook, number: int, spec: TableSpec, engine: Engine,
               log: ProblemLog) -> RawPart:
    """Load a sheet into the table ``raw_<number>``; everything wrong is in the log.

    Raises `LimitReached` if it is too large.
    """
    source = workbook.fingerprint_of(part.shown_as)
    try:
        survey, rows = workbook.rows(part.sheet)
    except UnreadableWorkbookError as error:
        log.add(Problem(part.shown_as, None, None, "sheet", error.found, "a worksheet",
                        error.fix))
        return unusable(source, f"{part.shown_as} is {error.found}")
    header = _Header(part.shown_as, log)
    places = header.places(rows, survey)
    if not places:
        return unusable(source, header.fault or "")
    found = read_header([name for _, name in places], spec, part.shown_as, 1, log)
    fault = header.fault or found.fault
    letters = {name: column_letters(index) for index, name in reversed(places)}
    if not found.columns:
        return replace(unusable(source, fault or ""), letters=letters)
    picks = [(places[at][0], input_columns(spec)[name]) for name, at in found.columns.items()]

    def cells() -> Iterator[list[object]]:
        for line, row in rows:
            width = len(row)
            yield [line, *[cell_text(row[index], column) if index < width else ""
                           for index, column in picks]]

    table = f"raw_{number}"
    names = list(found.columns)
    count = load_rows(cells(), table, names, engine)
    any_refused = " OR ".join(f"starts_with({named(name)}, chr({ord(MARK)}))" for name in names)
    refused = engine.query(f"SELECT bool_or({any_refused}) FROM {named(table)}")[0][0]
    return RawPart(source, f"SELECT * FROM {named(table)}", dict.fromkeys(names, "VARCHAR"),
                   count, fault, refused=bool(refused),
                   letters=letters)


class _Header:
    """The first row of a sheet: its names, and why the sheet cannot stand for its table."""

    def __init__(self, file: str, log: ProblemLog) -> None:
        self.file, self.log = file, log
        self.fault: str | None = None

    def places(self, rows: Iterator[tuple[int, Cells]], survey: Survey) -> list[tuple[int, str]]:
        """Index and name of each column that has a name; others that are filled are named."""
        number, cells = next(rows, (0, []))
        if number != 1:
            found = "an empty first row" if number else "an empty sheet"
            self._report(None, "empty_file" if not number else "no_header", found,
                         "the names of the columns in row 1",
                         "Write the header alone if there are no rows.")
            return []
        named_columns: list[tuple[int, str]] = []
        for index in range(max(len(cells), max(survey.columns, default=-1) + 1)):
            cell = cells[index] if index < len(cells) else ""
            if isinstance(cell, Refused):
                self._report(index, cell.kind, *refused_wording(cell.kind, cell.detail))
            elif cell != "":
                named_columns.append((index, plain_text(cell).replace("\0", "�")))
            elif index in survey.columns:
                self._report(index, "unknown_column", "a column without a name",
                             "a name above every filled column",
                             "Name it or empty all of its cells.")
        return named_columns

    def _report(self, index: int | None, kind: str, found: str, expected: str, fix: str) -> None:
        place = "" if index is None else f"cell {column_letters(index)}1: "
        self.log.add(Problem(self.file, 1, None, kind, place + found, expected, fix))
        self.fault = self.fault or f"{self.file} has {found}"
