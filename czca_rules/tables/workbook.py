"""A workbook as a submission or as context: which table each of its sheets is, and its rows.

The file is opened once; it is hashed, surveyed and read through that one handle.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from czca_rules.errors import LimitReached, Problem, SubmissionError, UsageError, near_miss
from czca_rules.tables.fingerprints import Fingerprint, RefusedFile, fingerprint, open_regular
from czca_rules.tables.folder import FolderContent, Part, printable_name
from czca_rules.tables.problem_log import ProblemLog
from czca_rules.tables.sheet_rows import Cells, sheet_rows
from czca_rules.tables.sheet_scan import survey_sheet
from czca_rules.tables.sheet_survey import Survey
from czca_rules.tables.specification import RESERVED_TABLES
from czca_rules.tables.workbook_parts import (
    MAX_WORKBOOK_BYTES,
    UnreadableWorkbookError,
    WorkbookParts,
    open_parts,
)

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Value = TypeVar("Value")

SUFFIX = ".xlsx"
#: The sheet whose column A holds the lines of `submission.yaml`.
MANIFEST_SHEET = "submission"
#: Sheets whose names begin so are for people and are not read.
BESIDE = ("#", "_")
#: Endings of other spreadsheets, which people will try.
OTHER_SUFFIXES = (".xlsm", ".xls", ".xlsb", ".ods", ".xltx", ".xltm")


class Workbook:
    """An open .xlsx file; close it, or use it in a ``with``.

    Raises `SubmissionError` if it cannot be read as a workbook, `UsageError` if there is no such
    file or the reader is not installed, `LimitReached` beyond a limit.
    """

    def __init__(self, path: Path, prefix: str) -> None:
        self.path = path.absolute()
        self.shown_as = prefix + printable_name(path.name)
        self.context = bool(prefix)
        self._data = self._opened()
        try:
            self.source = fingerprint(self._data, self.path, self.shown_as,
                                      hashlib.file_digest(self._data, "sha256").hexdigest())
            self._data.seek(0)
            self.parts, self._values = self._read()
        except BaseException:
            self._data.close()
            raise

    def _opened(self) -> BufferedReader:
        try:
            data = open_regular(self.path, self.shown_as)
        except RefusedFile as error:
            if not self.path.exists() and not self.path.is_symlink():
                raise UsageError(f"The workbook {self.path.name} does not exist.") from None
            found = "a link" if self.path.is_symlink() else str(error)
            raise SubmissionError([Problem(
                self.shown_as, None, None, "not_a_file", found, "a regular file",
                "Name the file itself.")]) from None
        size = self.path.stat().st_size
        if size > MAX_WORKBOOK_BYTES:
            data.close()
            raise LimitReached(f"{self.shown_as} has {size} bytes; of a workbook at most "
                               f"{MAX_WORKBOOK_BYTES} are read. Hand large tables in as Parquet.")
        return data

    def _read(self) -> tuple[WorkbookParts, CalamineWorkbook]:
        try:
            from python_calamine import CalamineWorkbook
        except ImportError:
            raise UsageError("Reading workbooks needs python-calamine: "
                             "pip install 'czca-rules[xlsx]'.") from None
        try:
            parts = open_parts(self._data, self.shown_as)
            self._data.seek(0)
            values = _asked(lambda: CalamineWorkbook.from_filelike(self._data))
            if values.sheet_names != [name for name, _ in parts.sheets]:
                raise UnreadableWorkbookError("a list of sheets that can be read in two ways")
        except UnreadableWorkbookError as error:
            raise SubmissionError([Problem(
                self.shown_as, None, None, "workbook", error.found,
                "an Excel workbook (.xlsx)", error.fix)]) from None
        return parts, values

    def place(self, sheet: str) -> str:
        """The name of a sheet in problems and reports."""
        return f"{self.shown_as}#{sheet}"

    def fingerprint_of(self, place: str) -> Fingerprint:
        """The fingerprint of the whole file under the name of a sheet."""
        return replace(self.source, shown_as=place)

    def sheets(self, name: str) -> list[int]:
        """The indexes of the sheets of a name."""
        return [index for index, (its_name, _) in enumerate(self.parts.sheets) if its_name == name]

    def rows(self, index: int) -> tuple[Survey, Iterator[tuple[int, Cells]]]:
        """What a sheet is like, and its rows that are not empty with their numbers.

        Raises `UnreadableWorkbookError` if it cannot be read, `LimitReached` if it is too large.
        """
        name, part = self.parts.sheets[index]
        if not part:
            raise UnreadableWorkbookError("a sheet that is no worksheet, or in an unusual place")
        survey = survey_sheet(self.parts, part, self.place(name))
        return survey, sheet_rows(_asked(lambda: self._values.get_sheet_by_index(index)), survey)

    def close(self) -> None:
        """Close the file."""
        self.parts.archive.close()
        self._data.close()

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


def _asked(work: Callable[[], Value]) -> Value:
    """What the reader of values answers; whatever it cannot read is an unreadable workbook."""
    from python_calamine import CalamineError

    try:
        return work()
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise UnreadableWorkbookError(f"what cannot be read ({_short(error)})") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how the reader reports its own faults
            raise
        raise UnreadableWorkbookError(f"what cannot be read ({_short(error)})") from None


def _short(error: BaseException) -> str:
    return "".join(char if char.isprintable() else "�" for char in str(error))[:120]


def is_workbook(path: Path) -> bool:
    """Whether a submission or context is a workbook; raises `UsageError` for other spreadsheets.

    A folder is a folder, whatever its name.
    """
    suffix = path.suffix.lower()
    if path.is_dir():
        return False
    if suffix in OTHER_SUFFIXES:
        raise UsageError(f"{path.name} is not read; save it as an Excel workbook (.xlsx).")
    return suffix == SUFFIX


def find_sheets(workbook: Workbook, tables: Collection[str], log: ProblemLog,
                content: FolderContent) -> None:
    """Sort the sheets of a workbook into parts; what does not belong there is a problem."""
    seen: set[str] = set()
    for index, (name, _) in enumerate(workbook.parts.sheets):
        if name == MANIFEST_SHEET or name.startswith(BESIDE):
            continue
        if name not in tables:
            log.add(_unknown(name, workbook, tables))
        elif name in seen:
            log.add(Problem(workbook.place(name), None, None, "duplicate_sheet",
                            f"the sheet `{name}` a second time", "each sheet once",
                            "Put all rows into one sheet."))
            content.refused.setdefault(name, f"{workbook.shown_as} has two sheets `{name}`")
        else:
            seen.add(name)
            content.parts.setdefault(name, []).append(Part(
                name, workbook.path, workbook.place(name), "sheet", workbook.context,
                workbook, index))


def _unknown(name: str, workbook: Workbook, tables: Collection[str]) -> Problem:
    shown = printable_name(name)[:60]
    if name in RESERVED_TABLES:
        fix = f"`{name}` is reserved for later; remove it."
    else:
        folded = name.strip().lower()
        known = [*tables, MANIFEST_SHEET]
        fix = f"Did you mean `{folded}`?" if folded in known else near_miss(folded[:60], known)
    return Problem(workbook.shown_as, None, None, "unknown_sheet",
                   f"the unknown sheet `{shown}`", "a sheet for each table",
                   f"{fix} Sheets for people begin with # or _.")


def manifest_lines(workbook: Workbook) -> tuple[str, list[Problem]]:
    """The text of the manifest, a line for each row of its sheet, and what stands in its way."""
    place = workbook.place(MANIFEST_SHEET)
    found = workbook.sheets(MANIFEST_SHEET)
    if len(found) != 1:
        return "", [Problem(place, None, None, "missing_sheet" if not found else "duplicate_sheet",
                            "no such sheet" if not found else "a second sheet of this name",
                            "one sheet whose column A holds the lines of submission.yaml",
                            "`czca init NAME.xlsx` makes a workbook with one.")]
    try:
        _, rows = workbook.rows(found[0])
    except UnreadableWorkbookError as error:
        return "", [Problem(place, None, None, "sheet", error.found, "a worksheet", error.fix)]
    lines: list[str] = []
    problems: list[Problem] = []
    for number, cells in rows:
        lines += [""] * (number - len(lines))
        lines[-1] = cells[0] if isinstance(cells[0], str) else ""
        problems += [problem for column, cell in enumerate(cells) if cell != "" and
                     (problem := _not_a_line(cell, column, number, place)) is not None]
    return "\n".join(lines) + "\n", problems


def _not_a_line(cell: Any, column: int, number: int, place: str) -> Problem | None:
    from czca_rules.tables.sheet_cells import column_letters

    name = f"{column_letters(column)}{number}"
    if column:
        found, fix = f"something in cell {name}", "Paste the lines as text, one cell for each."
    elif not isinstance(cell, str):
        found = f"no text in cell {name}"
        fix = "Format column A as text, then paste the lines again."
    elif "\n" in cell or "\r" in cell:
        found, fix = f"several lines in cell {name}", "Write each line into its own row."
    else:
        return None
    return Problem(place, number, None, "not_a_line", found,
                   "a line of submission.yaml as text in column A", fix)
