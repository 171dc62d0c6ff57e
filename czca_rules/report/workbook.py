"""A report as a workbook (XLSX): summary, findings, rules, not judged, provisions.

Text is written as text and never as a formula, a link or a number, and stays text when somebody
edits its cell. A decimal number is a number where a spreadsheet shows all of its digits (up to
fifteen), else text. The document's dates are fixed, so the same report gives the same bytes.

Where confidential values are shown, the first row of the summary, the column ``confidential`` of
the findings and the header of every printed page say so.
"""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from czca_rules.errors import UsageError
from czca_rules.report.figures import grouped
from czca_rules.report.findings_csv import is_number
from czca_rules.report.model import ReportModel
from czca_rules.report.printable import printable
from czca_rules.report.words import CONFIDENTIAL_SHOWN, OUTCOME_WORDS, is_draft, verdict_words
from czca_rules.report.workbook_tables import Cell, Table, summary, tables

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
#: Digits that spreadsheets show; with more, a number would be another one.
MOST_DIGITS = 15
_A4 = 9
_CUT = " … (cut here; the whole text is in report.json)"
#: Long before any report, so that nobody takes it for a time stamp.
_CREATED = datetime(2000, 1, 1)
_HEADER_CHARACTERS = 60
_LINE_POINTS = 15
_MOST_LINES = 20
_SUMMARY_WIDTHS = (32, 90)
_TINTS = {"failed": "#F8CBC6", "not_assessable": "#FBE5A6", "exempt": "#CFE0F5",
          "passed": "#D3EBD3", "not_compliant": "#F8CBC6", "undecided": "#FBE5A6",
          "compliant": "#D3EBD3"}
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False}


def refuse_without_library() -> None:
    """Raise ``UsageError`` where workbooks cannot be written."""
    if importlib.util.find_spec("xlsxwriter") is None:
        raise UsageError("Writing workbooks needs XlsxWriter: pip install 'czca-rules[xlsx]'.")


def workbook(report: ReportModel, most_rows: int = MOST_ROWS) -> bytes:
    """The report as the bytes of a workbook."""
    refuse_without_library()
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    content = BytesIO()
    # Rows wait in files until the workbook is whole; these go with their folder, come what may.
    with tempfile.TemporaryDirectory(prefix="czca-", ignore_cleanup_errors=True) as folder:
        book = Workbook(content, _OPTIONS | {"tmpdir": folder})
        book.set_properties({"title": f"czca_rules report on {_plain(report.submission.id)}",
                             "author": "czca_rules", "created": _CREATED})
        sheets = _Sheets(book, report, most_rows)
        sheets.summary()
        for table in tables(report):
            sheets.table(table)
        try:
            book.close()
        except FileCreateError as error:  # an OSError, dressed up
            raise error.args[0] from None
    return content.getvalue()


class _Sheets:
    """Writes the sheets of one workbook, row by row."""

    def __init__(self, book: Workbook, report: ReportModel, most_rows: int) -> None:
        self.book, self.report, self.most_rows = book, report, most_rows
        self.formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def format(self, **looks: object) -> Format:
        """A format, made once; all text is kept as text when its cell is edited."""
        looks = {"valign": "top", "text_wrap": True, "quote_prefix": True, **looks}
        key = tuple(sorted(looks.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(dict(looks))
        return self.formats[key]

    def summary(self) -> None:
        """The first sheet: name and value, below the verdict."""
        sheet = self._sheet("summary", landscape=False)
        for at, width in enumerate(_SUMMARY_WIDTHS):
            sheet.set_column(at, at, width)
        for row, (name, value) in enumerate(summary(self.report)):
            looks: dict[str, object] = {}
            if name == "verdict":
                looks = {"bold": True, "font_size": 16, "bg_color": _TINTS[self.report.verdict]}
            elif name == "confidentiality":
                looks = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#9C1C1C"}
            elif value is None:
                looks = {"bold": True, "text_wrap": False}
            else:
                sheet.set_row(row, _height((name, value), _SUMMARY_WIDTHS))
            self._write(sheet, row, 0, name, **looks)
            self._write(sheet, row, 1, value, align="left", **looks)

    def table(self, table: Table) -> None:
        """A sheet of rows below their column names, ready to filter and to print."""
        sheet = self._sheet(table.name, landscape=True)
        columns = list(table.columns)
        widths = [table.width(name) for name in columns]
        sheet.set_row(0, 2 * _LINE_POINTS)
        for at, name in enumerate(columns):
            sheet.write_string(0, at, name, self.format(bold=True, bottom=1, bg_color="#E8E8E8"))
            sheet.set_column(at, at, widths[at])
        written = left = 0
        for cells in table.rows:
            if written >= self.most_rows - 2:  # the names above, and a word on the rest below
                left += 1
                continue
            written += 1
            sheet.set_row(written, _height(cells[:table.printed], widths[:table.printed]))
            self._row(sheet, written, table, columns, cells)
        sheet.autofilter(0, 0, written, len(columns) - 1)
        if left:
            self._write(sheet, written + 1, 0, f"and {grouped(left)} more rows than a sheet holds; "
                                               "report.json has them")
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        sheet.print_area(0, 0, written, (table.printed or len(columns)) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{self.most_rows}"})

    def _row(self, sheet: Worksheet, row: int, table: Table, columns: Sequence[str],
             cells: Sequence[Cell]) -> None:
        for at, (name, value) in enumerate(zip(columns, cells, strict=True)):
            looks: dict[str, object] = {}
            if name == table.tinted and isinstance(value, str) and (tint := _tint(value)):
                looks = {"bg_color": tint}
            number = _number(value) if name in table.numbers and isinstance(value, str) else None
            if number is None:
                self._write(sheet, row, at, value, **looks)
            else:
                sheet.write_number(row, at, number, self.format(
                    num_format=_number_format(number), quote_prefix=False))

    def _write(self, sheet: Worksheet, row: int, at: int, value: Cell, **looks: object) -> None:
        if isinstance(value, int):
            sheet.write_number(row, at, value,
                               self.format(num_format="0", quote_prefix=False, **looks))
        elif value:  # neither None nor empty
            sheet.write_string(row, at, _plain(value), self.format(**looks))

    def _sheet(self, name: str, landscape: bool) -> Worksheet:
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(_A4)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(0.4, 0.4, 0.75, 0.75)
        report = self.report
        middle = f"&C&B{CONFIDENTIAL_SHOWN}" if report.scope.confidential else ""
        status = " (a draft)" if is_draft(report) else ""
        sheet.set_header(f"&L{_in_header(report.submission.id)}{middle}"
                         f"&R{_in_header(report.ruleset.id)} "
                         f"{_in_header(report.ruleset.version)}{status}")
        sheet.set_footer(f"&L{_in_header(verdict_words(report))}&C&A&R&P / &N")
        return sheet


def _height(cells: Sequence[Cell], widths: Sequence[int]) -> int:
    """The height of a row in points: not every program makes it fit wrapped text by itself."""
    lines = max(-(-len(str(value)) * 11 // (width * 10)) for value, width
                in zip(cells, widths, strict=True) if value is not None)
    return _LINE_POINTS * min(max(lines, 1), _MOST_LINES)


def _plain(text: str) -> str:
    """A text that a cell holds: one line, not too long, and not the library's own markup."""
    plain = printable(text)
    if len(plain) > MOST_CHARACTERS // 2:  # a character may count twice
        plain = plain[:MOST_CHARACTERS // 2 - len(_CUT)] + _CUT
    # XlsxWriter writes a text between these two as XML, unescaped.
    return plain + " " if plain.startswith("<r>") and plain.endswith("</r>") else plain


def _number(text: str) -> Decimal | None:
    """The number that a text stands for, if a spreadsheet shows every digit of it."""
    if not is_number(text) or sum(character.isdigit() for character in text) > MOST_DIGITS:
        return None
    return Decimal(text)


def _number_format(number: Decimal) -> str:
    places = -int(number.as_tuple().exponent)
    return f"0.{'0' * places}" if places > 0 else "0"


def _tint(word: str) -> str | None:
    return next((_TINTS[name] for name, said in OUTCOME_WORDS.items()
                 if name in _TINTS and word in (name, said)), None)


def _in_header(text: str) -> str:
    """A text in a page header, where ``&`` begins a command; short, as a header is."""
    return printable(text)[:_HEADER_CHARACTERS].replace("&", "&&")
