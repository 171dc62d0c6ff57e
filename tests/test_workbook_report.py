"""The report as a workbook: its sheets, exact numbers, and text that stays text."""

from __future__ import annotations

import importlib.util
import re
import time
import zipfile
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from report_sample import compliant_report, sample_content, sample_report

from czca_rules.api import Report
from czca_rules.errors import UsageError
from czca_rules.report.findings_csv import COLUMNS
from czca_rules.report.model import ReportModel
from czca_rules.report.workbook import MOST_CHARACTERS, workbook

SHEETS = ["summary", "findings", "rules", "not judged", "provisions"]


def opened(report: ReportModel, **limits: int) -> Workbook:
    """The workbook as another library reads it."""
    return openpyxl.load_workbook(BytesIO(workbook(report, **limits)))


def rows_of(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    names, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


def with_finding(**changes: Any) -> ReportModel:
    """The sample with its first finding changed and first in the workbook."""
    content = sample_content()
    content["outcomes"][0]["findings"][0] |= changes
    return ReportModel.model_validate(content)


def parts(report: ReportModel) -> dict[str, str]:
    """The files inside a workbook, as text."""
    with zipfile.ZipFile(BytesIO(workbook(report))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_sheets_are_summary_findings_rules_not_judged_and_provisions() -> None:
    assert opened(sample_report()).sheetnames == SHEETS


def test_the_summary_begins_with_the_verdict_as_a_coloured_word_and_its_scope() -> None:
    sheet = opened(sample_report())["summary"]
    said = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert (sheet["A1"].value, sheet["B1"].value) == ("verdict", "NOT CONSISTENT WITH THE DRAFT")
    assert sheet["B1"].fill.fgColor.rgb == "FFF8CBC6"
    assert said["because"].startswith("2 rules of level error failed")
    assert "stages allocation and procurement" in said["holds for"]
    assert said["legal status"] == "a proposal, not law"
    assert (said["failed"], said["not assessable"]) == (3, 2)
    assert (said["in all"], said["listed in this workbook"]) == (251, 12)
    assert said["Derogations relied on: declared by the sender, not verified"] is None
    assert said["GI-8.4"].startswith("12 rows by dc_border")
    assert opened(compliant_report())["summary"]["B1"].value == "COMPLIANT"


def test_findings_are_all_there_worst_first_with_what_a_reader_needs_in_front() -> None:
    rows = rows_of(opened(sample_report()), "findings")
    assert len(rows) == 12
    assert set(rows[0]) == {*COLUMNS, "where"}
    assert list(rows[0])[:12] == ["rule", "level", "outcome", "where", "file", "line", "observed",
                                  "required", "excess", "unit", "message", "missing"]
    assert rows[0]["where"] == "GR>IT-SUD 2026-03-11 00:00 CET"
    levels = [row["level"] for row in rows]
    assert levels == sorted(levels)  # error, then warning
    assert {row["outcome"] for row in rows} == {"failed", "not assessable", "exempt", "passed"}


def test_moments_are_those_of_the_market_clock() -> None:
    row = next(row for row in rows_of(opened(sample_report()), "findings")
               if row["rule"] == "GI-6.1-in-time")
    assert (row["observed"], row["required"]) == ("2026-03-10 10:35 CET", "2026-03-10 10:00 CET")
    assert (row["excess"], row["unit"]) == (2100, "s")


def test_rules_have_their_exact_counts_and_provisions_their_status() -> None:
    book = opened(sample_report())
    rule = rows_of(book, "rules")[0]
    assert (rule["rule"], rule["failed"], rule["not_assessable"], rule["findings_total"]) == \
        ("GI-8.1", 8, 1, 9)
    assert rule["parameters"] == "volume_share = 0.10 since 2017-12-18 (EBGL Art. 41(2))"
    assert rule["readings"].startswith("limit_base (open) read as maximum")
    assert len(rows_of(book, "rules")) == len(sample_content()["outcomes"])
    statuses = {row["provision"]: row["status"] for row in rows_of(book, "provisions")}
    assert (statuses["Art. 8(1)"], statuses["Art. 20"]) == ("failed", "not checkable from data")


def test_what_could_not_be_judged_comes_with_rows_and_input_problems() -> None:
    rows = rows_of(opened(sample_report()), "not judged")
    assert [row["kind"] for row in rows] == ["rule", "row"] * 3 + ["input"] * 3 + \
        ["input in all"] * 3
    by_rule = {row["rule"]: row for row in rows if row["kind"] == "rule"}
    assert (by_rule["GI-9.1"]["rows"], by_rule["GI-9.1"]["cause"]) == \
        (131, "energy_values.csv has wrong cells")
    assert by_rule["GI-9.3"]["cause"] == "turns on reference_day_holidays"
    assert (rows[6]["file"], rows[6]["line"], rows[6]["fix"]) == \
        ("energy_values.csv", 17, "Write 1000.0.")
    assert (rows[9]["file"], rows[9]["rows"]) == ("energy_values.csv", 131)


# Numbers

@pytest.mark.parametrize("number", [
    "0", "-0.084", "0.57", "160.001", "-12.5", "999999999999.999", "123456789012345",
    "0.00000000000001"])
def test_a_number_that_a_spreadsheet_shows_whole_is_a_number_of_just_these_digits(
        number: str) -> None:
    report = with_finding(observed=number)
    row = re.search(r'<row r="2".*?</row>', parts(report)["xl/worksheets/sheet2.xml"])
    assert row is not None
    stored = re.search(r'<c r="G2"[^>]*><v>([^<]*)</v>', row[0])
    assert stored is not None
    assert Decimal(stored[1]) == Decimal(number)
    cell = opened(report)["findings"]["G2"]
    assert cell.data_type == "n"
    places = len(number.partition(".")[2])
    assert cell.number_format == (f"0.{'0' * places}" if places else "0")


@pytest.mark.parametrize("text", ["1234567890.123456", "1234567890123456", "b9ccb447",
                                  "007", "+1"])
def test_what_a_spreadsheet_would_round_or_misread_stays_text(text: str) -> None:
    cell = opened(with_finding(observed=text, required=None))["findings"]["G2"]
    assert (cell.data_type, cell.value) == ("s", text)


# Text

@pytest.mark.parametrize("text", [
    "=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "http://example.org", "{=1}",
    "<r><t>bold</t></r>", "</t></is></c></row></sheetData>", "&amp;", " =1 ", "'"])
def test_text_is_text_whatever_it_says(text: str) -> None:
    report = with_finding(message=text)
    cell = opened(report)["findings"]["K2"]
    assert cell.data_type == "s"
    assert cell.value.rstrip() == text.rstrip()
    assert cell.quotePrefix  # stays text when somebody edits the cell
    assert cell.hyperlink is None
    assert "<f>" not in parts(report)["xl/worksheets/sheet2.xml"]


def test_a_text_that_looks_like_an_escaped_character_is_not_one() -> None:
    # In a workbook _x001B_ is the character ESC; _x005F_ is the line it begins with.
    assert ">_x005F_x001B_[31m<" in parts(with_finding(message="_x001B_[31m"))[
        "xl/worksheets/sheet2.xml"]


def test_no_part_of_the_workbook_leads_out_of_it() -> None:
    inside = parts(with_finding(message="http://example.org", fix="=WEBSERVICE(\"http://x\")"))
    for name, text in inside.items():
        assert 'TargetMode="External"' not in text, name
    assert not [name for name in inside if "externalLink" in name or "vba" in name.lower()]


def test_a_text_longer_than_a_cell_holds_is_cut_and_says_so() -> None:
    cell = opened(with_finding(message="ab 😀" * 20_000))["findings"]["K2"]
    assert cell.value.endswith(" … (cut here; the whole text is in report.json)")
    assert len(cell.value.encode("utf-16-le")) // 2 <= MOST_CHARACTERS


# On the screen and on paper

def test_sheets_are_ready_to_scroll_filter_and_print() -> None:
    book = opened(sample_report())
    for sheet in book.worksheets:
        assert sheet.sheet_properties.pageSetUpPr.fitToPage  # one page wide, as many as need be
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
        assert sheet.oddHeader.left.text == "GR-IT-2026-03-11"
        assert sheet.oddHeader.right.text == "greece-italy-mb 2026.1 (a draft)"
        assert sheet.oddFooter.left.text == "not consistent with the draft"
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"
    assert book["findings"].print_area == "'findings'!$A$1:$L$13"


def test_a_row_is_as_high_as_its_longest_text() -> None:
    sheet = opened(with_finding(message="word " * 40))["findings"]
    assert sheet.row_dimensions[2].height == 75
    assert sheet.row_dimensions[7].height < 75


def test_what_stands_in_a_header_is_no_command_of_it() -> None:
    submission = sample_content()["submission"] | {"id": "A&P &\"Arial\"&20 " + "x" * 300}
    text = parts(sample_report(submission=submission))["xl/worksheets/sheet1.xml"]
    header = re.search(r"<oddHeader>(.*?)</oddHeader>", text)
    assert header is not None
    assert header[1].startswith('&amp;LA&amp;&amp;P &amp;&amp;"Arial"&amp;&amp;20 xxx')
    assert len(header[1].replace("&amp;", "&")) < 255


def test_more_rows_than_a_sheet_holds_are_counted_on_its_last_row() -> None:
    rows = rows_of(opened(sample_report(), most_rows=10), "findings")
    assert len(rows) == 9
    assert rows[-1]["rule"] == "and 4 more rows than a sheet holds; report.json has them"


def test_confidential_values_are_marked_on_every_page_and_row() -> None:
    scope = sample_content()["scope"] | {"confidential": True}
    book = opened(sample_report(scope=scope))
    assert book["summary"]["B1"].value == "CONFIDENTIAL VALUES SHOWN"
    for sheet in book.worksheets:
        assert sheet.oddHeader.center.text == "&BCONFIDENTIAL VALUES SHOWN"
    assert {row["confidential"] for row in rows_of(book, "findings")} == {"true"}
    assert opened(sample_report())["findings"].oddHeader.center.text is None


# Bytes and libraries

def test_the_same_report_gives_the_same_bytes_at_any_time_and_place(
        monkeypatch: pytest.MonkeyPatch) -> None:
    first = workbook(sample_report())
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    if hasattr(time, "tzset"):
        time.tzset()
    try:
        assert workbook(ReportModel.model_validate(sample_content())) == first
    finally:
        monkeypatch.undo()
        if hasattr(time, "tzset"):
            time.tzset()
    assert opened(sample_report()).properties.created.year == 2000


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch,
                                                tmp_path: Any) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec",
                        lambda name, *more: None if name == "xlsxwriter" else found(name, *more))
    for write in (Report(sample_report()).to_xlsx,
                  lambda: Report(sample_report()).save(tmp_path / "r.xlsx")):
        with pytest.raises(UsageError, match=r"pip install 'czca-rules\[xlsx\]'"):
            write()
    assert not list(tmp_path.iterdir())
