"""Workbooks for tests: submission folders as workbooks, sheets as given, sheets as raw XML.

`workbook_of` fills a workbook in as somebody would: numbers as numbers, days as days.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from submission_folders import allocations, manifest

from czca_rules.tables.columns import WIDTHS, Column
from czca_rules.tables.header import input_columns
from czca_rules.tables.specification import TABLES

Rows = Sequence[Sequence[Any]]
HEADER = ["from_zone", "to_zone", "product", "direction", "mtu_start", "allocated_mw"]

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def write_workbook(path: Path, sheets: Mapping[str, Rows], manifest: str | None = None) -> Path:
    """A workbook with a sheet for each table; cells of a date are formatted as days."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False,
                                    "default_date_format": "yyyy-mm-dd"}) as book:
        if manifest is not None:
            sheet = book.add_worksheet("submission")
            for row, line in enumerate(manifest.splitlines()):
                sheet.write_string(row, 0, line)
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if cell is not None and cell != "":
                        sheet.write(row, column, cell)
    return path


def workbook_of(folder: Path, path: Path) -> Path:
    """A submission folder of CSV tables as a workbook."""
    manifest = folder / "submission.yaml"
    sheets = {file.stem: _typed(file) for file in sorted(folder.glob("*.csv"))}
    return write_workbook(path, sheets, manifest.read_text(encoding="utf-8")
                          if manifest.exists() else None)


def _typed(file: Path) -> list[list[Any]]:
    columns = input_columns(TABLES[file.stem])
    with file.open(encoding="utf-8", newline="") as data:
        names, *rows = csv.reader(data)
    return [list(names), *([_cell(cell, columns[name]) for name, cell in
                            zip(names, row, strict=True)] for row in rows if row)]


def _cell(text: str, column: Column) -> Any:
    if not text:
        return None
    try:
        if column.kind in WIDTHS:
            return float(text)
        if column.kind == "date":
            return date.fromisoformat(text)
    except ValueError:  # a wrong cell stays the text that it is
        return text
    return text == "true" if column.kind == "boolean" and text in ("true", "false") else text


def in_the_folders_words(text: str, book: str, names: Iterable[str]) -> str:
    """A text about a workbook as it would be about the folder that it came from."""
    for name in names:
        text = text.replace(f"{book}#{Path(name).stem}", name)
    return text


def sheet(values: list[Any], column: str = "allocated_mw") -> list[list[Any]]:
    """Allocations of a day with the first values of a column in place of their own."""
    lines = [HEADER, *([*line.split(",")[:5], float(line.split(",")[5])]
                       for line in allocations().splitlines()[1:])]
    at = HEADER.index(column)
    for number, value in enumerate(values, 1):
        lines[number][at] = value
    return lines


def documents(*dated: Any, document: Any = "common_rules") -> list[list[Any]]:
    """Documents with a reference each, dated as given."""
    return [["document", "reference", "dated"], *([document, f"D-{n}", day]
                                                  for n, day in enumerate(dated))]


def written(folder: Path, fill: Callable[[Any, Any], None], table: list[list[Any]] | None = None,
            name: str = "allocations") -> Path:
    """A workbook with a sheet that was filled in further by a function of book and sheet."""
    folder.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(folder / "a.xlsx", {
            "strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}) as book:
        lines = book.add_worksheet("submission")
        for number, line in enumerate(manifest().splitlines()):
            lines.write_string(number, 0, line)
        page = book.add_worksheet(name)
        for number, row in enumerate(table or sheet([])):
            page.write_row(number, 0, row)
        fill(book, page)
    return folder / "a.xlsx"


def raw_cells(rows: Rows) -> str:
    """Rows of texts as the data of a sheet, with each text in its cell."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t '
                        f'xml:space="preserve">{cell}</t></is></c>' for at, cell in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    return f"<sheetData>{''.join(lines)}</sheetData>"


def raw_workbook(path: Path, sheets: Sequence[tuple[str, str]],
                 parts: Mapping[str, str | bytes] | None = None) -> Path:
    """A workbook whose sheets are the XML inside `worksheet`; ``parts`` are added or put in place.

    It has the manifest unless there is a sheet of that name.
    """
    if "submission" not in dict(sheets):
        lines = [[line.replace("&", "&amp;").replace("<", "&lt;")]
                 for line in manifest().splitlines()]
        sheets = [("submission", raw_cells(lines)), *sheets]
    listed = "".join(f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
                     for number, (name, _) in enumerate(sheets, 1))
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>' for number in range(1, len(sheets) + 1))
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship '
                       f'Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
                       "</Relationships>",
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
                           f"{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
                                      f"{related}</Relationships>",
        **{f"xl/worksheets/sheet{number}.xml": f'{_HEAD}<worksheet xmlns="{_MAIN}">{xml}'
                                               "</worksheet>"
           for number, (_, xml) in enumerate(sheets, 1)},
        **(parts or {})}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return path
