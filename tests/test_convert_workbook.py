"""What is opened as a workbook, and what is refused: other files, bombs, cells far out."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from czca_rules.convert.workbook import UnreadableWorkbookError, open_sheet
from czca_rules.errors import CzcaError, LimitReached, UsageError

xlsxwriter = pytest.importorskip("xlsxwriter")
pytest.importorskip("python_calamine")


def write_book(path: Path, cells: dict[tuple[int, int], Any], sheets: int = 1) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for number in range(sheets):
            sheet = book.add_worksheet(f"{number + 1:03}")
            for (row, column), cell in cells.items():
                sheet.write(row, column, cell)
    return path


def zipped(target: Path, *members: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            archive.write(member, member.name)
    return target


def test_rows_keep_their_numbers(tmp_path: Path) -> None:
    book = write_book(tmp_path / "a.xlsx", {(2, 0): "A", (2, 1): " B ", (4, 0): 1.5})
    for path in (book, zipped(tmp_path / "a.zip", book)):
        sheet = open_sheet(path)
        assert sheet.header == ("A", "B")
        assert list(sheet.rows()) == [(5, [1.5, ""])]
    assert open_sheet(write_book(tmp_path / "b.xlsx", {})).header == ()


def test_what_is_no_workbook(tmp_path: Path) -> None:
    one, two = (write_book(tmp_path / f"{name}.xlsx", {(0, 0): "A"}) for name in "ab")
    text = tmp_path / "text.xlsx"
    text.write_text("DATE_FROM;DATE_TO", encoding="utf-8")
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(one.read_bytes()[:-40])
    cases: list[tuple[Path, type[CzcaError], str]] = [
        (tmp_path / "none.xlsx", UsageError, "no such file"),
        (tmp_path, UsageError, "not a regular file"),
        (text, UnreadableWorkbookError, "neither an .xlsx workbook nor"),
        (cut, UnreadableWorkbookError, "neither an .xlsx workbook nor"),
        (zipped(tmp_path / "two.zip", one, two), UnreadableWorkbookError, "with 2 workbooks"),
        (zipped(tmp_path / "text.zip", text, one), UnreadableWorkbookError, "with 2 workbooks"),
        (zipped(tmp_path / "no.zip"), UnreadableWorkbookError, "with 0 workbooks"),
        (write_book(tmp_path / "sheets.xlsx", {(0, 0): 1}, sheets=2), UnreadableWorkbookError,
         "2 sheets"),
    ]
    for path, kind, said in cases:
        with pytest.raises(kind, match=said):
            open_sheet(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this platform")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    with pytest.raises(UsageError, match="not a regular file"):
        open_sheet(tmp_path / "pipe.xlsx")


def test_limits_on_what_unpacks(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bids.xlsx", b"0" * 5_000_000)
    with pytest.raises(LimitReached, match="more than 200 times its size"):
        open_sheet(bomb)
    far = write_book(tmp_path / "far.xlsx", {(0, 0): "A", (1_048_575, 16_383): "outermost"})
    with pytest.raises(LimitReached, match="beyond column AZ"):
        open_sheet(far)
    wide = write_book(tmp_path / "wide.xlsx", {(0, 51): "last"})
    assert open_sheet(wide).header[-1] == "last"
