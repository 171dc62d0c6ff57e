"""An Excel workbook, plain or alone in a zip archive, opened with limits and read row by row.

A workbook is itself a zip archive, so the same limits hold for it: the declared sizes are
checked first, then every part is unpacked once in pieces to see that the sizes are true and that
no cell lies far out, since the reader makes room for everything between the outermost cells.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from czca_rules.errors import CzcaError, LimitReached, UsageError

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

MAX_FILE_BYTES = 250_000_000
MAX_UNPACKED_BYTES = 1_500_000_000
#: Sheets of numbers shrink 10 to 40 times; a bomb a thousand times.
MAX_RATIO = 200
SMALL_PART_BYTES = 1_000_000
LAST_COLUMN = "AZ"
_PIECE_BYTES = 1 << 20
_FAR_CELL = re.compile(rb"""\br\s*=\s*["'](?:[B-Z][A-Z]|[A-Z]{3})[0-9]""")
_LONGEST_REFERENCE = 32

Cells = list[Any]


class UnreadableWorkbookError(CzcaError):
    """A file that is no workbook, or not one that can be read."""


@dataclass(frozen=True)
class Sheet:
    """The only sheet of a workbook: its file's name and hash, its header, and its rows.

    ``header`` holds the texts of the first row; ``rows`` yields every later row that is not
    empty with its number in the sheet (the header is row 1).
    """

    file: str
    sha256: str
    header: tuple[str, ...]
    _sheet: CalamineSheet

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """The rows below the header, each with its number in the sheet."""
        first = self._sheet.start[0] if self._sheet.start else 0
        for number, cells in enumerate(self._sheet.iter_rows(), start=1):
            if number > first + 1 and any(cell != "" for cell in cells):
                yield number, cells


def open_sheet(path: Path) -> Sheet:
    """Open the only sheet of an ``.xlsx`` file or of the only workbook in a zip archive.

    Raises :class:`UsageError` where there is no such file or the reader is not installed,
    :class:`UnreadableWorkbookError` for anything but one workbook with one sheet, and
    :class:`LimitReached` beyond the size limits.
    """
    content = _regular_file(path)
    digest = hashlib.sha256(content).hexdigest()
    with _archive(content, path.name) as archive:
        workbooks = [name for name in archive.namelist() if name.lower().endswith(".xlsx")]
        if "[Content_Types].xml" not in archive.namelist():
            if len(workbooks) != 1:
                raise UnreadableWorkbookError(
                    f"{path.name}: an archive with {len(workbooks)} workbooks; expected exactly "
                    "one. Unpack it and name each workbook.")
            content = archive.read(workbooks[0])
            _archive(content, f"{path.name}/{workbooks[0]}").close()
    sheet = _only_sheet(content, path.name)
    start = sheet.start[0] if sheet.start else 0
    lines = iter(sheet.iter_rows())
    header = next((cells for number, cells in enumerate(lines) if number == start), [])
    return Sheet(path.name, digest, tuple(str(cell).strip() for cell in header), sheet)


def _regular_file(path: Path) -> bytes:
    if not path.is_file():
        raise UsageError(f"{path.name}: there is no such file, or it is not a regular file.")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise LimitReached(f"{path.name}: larger than {MAX_FILE_BYTES // 1_000_000} MB.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path.name}: cannot be read ({error.strerror}).") from error


def _archive(content: bytes, shown_as: str) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        _refuse_bombs(archive, shown_as)
        for part in archive.infolist():
            _unpack_once(archive, part, shown_as)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableWorkbookError(
            f"{shown_as}: neither an .xlsx workbook nor a zip archive of one, or damaged or "
            f"encrypted ({error}).") from error
    return archive


def _refuse_bombs(archive: zipfile.ZipFile, shown_as: str) -> None:
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise LimitReached(
            f"{shown_as}: unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB.")
    for part in parts:
        dense = part.file_size > MAX_RATIO * max(part.compress_size, 1)
        if dense and part.file_size > SMALL_PART_BYTES:
            raise LimitReached(
                f"{shown_as}: its part `{part.filename}` unpacks to more than {MAX_RATIO} times "
                "its size, which no list of auctions does.")


def _unpack_once(archive: zipfile.ZipFile, part: zipfile.ZipInfo, shown_as: str) -> None:
    is_sheet = part.filename.startswith("xl/worksheets/")
    tail = b""
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE_BYTES):
            if is_sheet and _FAR_CELL.search(tail + piece):
                raise LimitReached(f"{shown_as}: cells beyond column {LAST_COLUMN}.")
            tail = piece[-_LONGEST_REFERENCE:]


def _only_sheet(content: bytes, shown_as: str) -> CalamineSheet:
    try:
        import python_calamine
    except ImportError as error:
        raise UsageError("Reading workbooks needs python-calamine: "
                         "pip install 'czca-rules[xlsx]'.") from error
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = workbook.sheet_names
        if len(names) != 1:
            raise UnreadableWorkbookError(
                f"{shown_as}: {len(names)} sheets ({', '.join(names)}); expected one.")
        return workbook.get_sheet_by_index(0)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableWorkbookError(f"{shown_as}: not a readable workbook ({error}).") from error
