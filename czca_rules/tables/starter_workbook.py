"""A workbook to start from: the example manifest and a sheet with the header of every table.

Columns of text and of instants are formatted as text, so that a spreadsheet keeps what is typed.
"""

from __future__ import annotations

import io
import os
from datetime import datetime
from pathlib import Path

from czca_rules.errors import UsageError
from czca_rules.tables.columns import WIDTHS, Column
from czca_rules.tables.specification import TABLES
from czca_rules.tables.starter_manifest import EXAMPLE
from czca_rules.tables.workbook import MANIFEST_SHEET

#: When every starter workbook was made, so that all have the same bytes.
_MADE = datetime(2000, 1, 1)
_MANIFEST_WIDTH, _INSTANT_WIDTH = 100, 27


def init_workbook(path: Path) -> Path:
    """Write a starter workbook; raises `UsageError` where something is in the way."""
    if os.path.lexists(path):
        raise UsageError(f"would write over {path.name}; move it away first")
    content = starter_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(draft, "xb") as file:
            file.write(content)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def starter_bytes() -> bytes:
    """The workbook as bytes, the same at every call."""
    try:
        import xlsxwriter
    except ImportError:
        raise UsageError("Writing workbooks needs xlsxwriter: "
                         "pip install 'czca-rules[xlsx]'.") from None
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"created": _MADE})
        text, day, bold = (book.add_format(form) for form in (
            {"num_format": "@"}, {"num_format": "yyyy-mm-dd"}, {"bold": True, "num_format": "@"}))
        sheet = book.add_worksheet(MANIFEST_SHEET)
        sheet.set_column(0, 0, _MANIFEST_WIDTH, text)
        for row, line in enumerate(EXAMPLE.splitlines()):
            sheet.write_string(row, 0, line, text)
        for spec in TABLES.values():
            sheet = book.add_worksheet(spec.name)
            sheet.freeze_panes(1, 0)
            for index, column in enumerate(spec.columns):
                form = day if column.kind == "date" else None if column.kind in WIDTHS else text
                sheet.set_column(index, index, _width(column), form)
                sheet.write_string(0, index, column.name, bold)
    return target.getvalue()


def _width(column: Column) -> int:
    return max(len(column.name) + 3, _INSTANT_WIDTH if column.kind == "instant" else 12)
