"""Cells of a workbook are taken only for what they certainly say; all others are named."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from submission_folders import loader, manifest, places, rows, starts
from submission_workbooks import (
    documents,
    sheet,
    write_workbook,
    written,
)

from czca_rules.market_time.days import market_day_start
from czca_rules.market_time.spans import format_local
from czca_rules.tables.submission import Submission

xlsxwriter = pytest.importorskip("xlsxwriter")
pytest.importorskip("python_calamine")

FIXTURES = Path(__file__).parent.parent / "fixtures" / "submissions"
Load = Callable[..., Submission]


@pytest.fixture
def load() -> Iterator[Load]:
    yield from loader()


def read(load: Load, folder: Path, table: list[list[Any]], name: str = "allocations"
         ) -> Submission:
    return load(write_workbook(folder / "a.xlsx", {name: table}, manifest()))


@pytest.mark.parametrize(("cell", "taken"), [
    (1, "1.000"), (1.5, "1.500"), (0.1 + 0.2, "0.300"), (12.345, "12.345"), ("12.5", "12.500"),
    ("12.50", "12.500"), (999999.999, "999999.999"), (0, "0.000"), (1e-10, "0.000")])
def test_numbers_that_are_taken(tmp_path: Path, load: Load, cell: Any, taken: str) -> None:
    found = read(load, tmp_path, sheet([cell]))
    assert found.problems == ()
    assert str(rows(found, "allocations", "allocated_mw", "WHERE _line = 2")[0][0]) == taken


MIDNIGHT, MORNING = datetime(2026, 3, 11), datetime(2026, 3, 11, 9, 15)


@pytest.mark.parametrize(("cell", "kind", "said"), [
    (1.2345, "too_many_decimals", "cell F2: `1.2345`, which has too many decimals"),
    (1e9, "too_large", "cell F2: "), (-1, "negative", "cell F2: "),
    ("1,5", "decimal_comma", "cell F2: `1,5`"), ("1 000", "thousands_mark", "cell F2: `1 000`"),
    (True, "not_a_number", "cell F2: `true`"), (None, "empty_cell", "cell F2: an empty cell"),
    (MIDNIGHT.date(), "not_a_number", "cell F2: `2026-03-11`"),
    (time(9, 15), "not_a_number", "cell F2: `09:15:00`"),
    (timedelta(hours=30), "not_a_number", "cell F2: "), (" 5", "not_a_number", "cell F2: ` 5`"),
    ("#N/A", "not_a_number", "cell F2: `#N/A`")])
def test_numbers_that_are_refused(tmp_path: Path, load: Load, cell: Any, kind: str,
                                  said: str) -> None:
    found = read(load, tmp_path, sheet([cell]))
    assert places(found) == [("a.xlsx#allocations", 2, "allocated_mw", kind)]
    assert found.problems[0].found.startswith(said)
    # as in a CSV file, the row is wrong and its key stays known
    assert rows(found, "allocations", "_bad, allocated_mw, from_zone", "WHERE _line = 2") \
        == [(True, None, "GR")]


@pytest.mark.parametrize(("cell", "kind", "found", "fix"), [
    (MORNING, "without_offset", "cell E2: `2026-03-11T09:15:00`, which has no offset",
     "Write 2026-03-11T09:15:00+01:00 if it is market time."),
    (datetime(2026, 10, 25, 2, 15), "without_offset",
     "cell E2: `2026-10-25T02:15:00`, which has no offset and occurs twice: +02:00 or +01:00",
     "Write 2026-10-25T02:15:00+02:00 for the first in market time, "
     "2026-10-25T02:15:00+01:00 for the second."),
    (MIDNIGHT.date(), "not_a_time", "cell E2: `2026-03-11`, which is a date without a time",
     "Add the time and its offset, such as 2026-03-11T10:20:00+01:00."),
    (46092.25, "not_a_time", "cell E2: `46092.25`, which looks like an Excel serial number: "
     "2026-03-11T06:00:00, without an offset", "Write it as a time with its offset."),
    ("2026-03-11T09:15", "without_offset", "cell E2: `2026-03-11T09:15`, which has no offset",
     "Write 2026-03-11T09:15+01:00 if it is market time.")])
def test_an_instant_without_offset_is_no_instant(tmp_path: Path, load: Load, cell: Any, kind: str,
                                                 found: str, fix: str) -> None:
    wrong = read(load, tmp_path, sheet([cell], "mtu_start"))
    (problem,) = wrong.problems
    assert (problem.kind, problem.line, problem.found, problem.fix) == (kind, 2, found, fix)
    assert wrong.tables["allocations"].status == "unreadable"


def test_market_midnight_as_text(tmp_path: Path, load: Load) -> None:
    """The text that is asked for in place of a date cell is taken."""
    first = format_local(market_day_start(date(2026, 3, 11)))
    assert read(load, tmp_path, sheet([first], "mtu_start")).problems == ()
def test_a_day_is_a_cell_of_a_date_without_a_time(tmp_path: Path, load: Load) -> None:
    found = read(load, tmp_path, documents(date(2026, 3, 1), datetime(2026, 3, 2), "2026-03-03",
                                           MORNING, 46092), "documents")
    assert rows(found, "documents", "dated", "ORDER BY _line")[:3] \
        == [(date(2026, 3, day),) for day in (1, 2, 3)]
    assert [(item.line, item.kind, item.found) for item in found.problems] == [
        (5, "not_a_date", "cell C5: `2026-03-11T09:15:00`, which is not a date"),
        (6, "not_a_date", "cell C6: `46092`, which is not a date")]


def test_the_other_epoch_of_days(tmp_path: Path, load: Load) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"date_1904": True}) as book:
        lines = book.add_worksheet("submission")
        for number, line in enumerate(manifest().splitlines()):
            lines.write_string(number, 0, line)
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for number, row in enumerate(documents(date(2026, 3, 1))):
            if not number:
                page = book.add_worksheet("documents")
            page.write_row(number, 0, row, day)
    found = load(tmp_path / "a.xlsx")
    assert rows(found, "documents", "dated") == [(date(2026, 3, 1),)]


def test_text_is_text(tmp_path: Path, load: Load) -> None:
    """A text like a formula is text; a number is taken as text only if nothing can be lost."""
    header = ["contract_id", "tso", "product", "direction", "standard", "volume_mw",
              "contracted_at", "provision_start", "provision_end"]
    at = ["2026-03-09T10:00:00+01:00", "2026-03-11T00:00:00+01:00", "2026-03-12T00:00:00+01:00"]
    names = ["=1+1", 2025, "007", "two\nlines", "é<&>\"'", "+49", "x\x01y", 7.5, True, MORNING,
             2.0**60]
    lines = [[name, "TSO-GR", "aFRR", "up", True, 5, *at] for name in names]
    lines[0][4] = "true"
    found = read(load, tmp_path, [header, *lines[:7]], "contracts")
    assert found.problems == ()
    assert [name for (name,) in rows(found, "contracts", "contract_id", "ORDER BY _line")] \
        == ["=1+1", "2025", "007", "two\nlines", "é<&>\"'", "+49", "x�y"]
    wrong = read(load, tmp_path / "w", [header, *lines[7:]], "contracts")
    assert [(item.line, item.column, item.kind, item.found) for item in wrong.problems] == [
        (2, "contract_id", "not_text", "cell A2: `7.5`, which is no text"),
        (3, "contract_id", "not_text", "cell A3: `TRUE`, which is no text"),
        (4, "contract_id", "not_text",
         "cell A4: `2026-03-11T09:15:00`, which is no text"),
        (5, "contract_id", "not_text", "cell A5: `1.152921504606847e+18`, which is no text")]


def test_formulas_errors_and_merged_cells_are_named(tmp_path: Path, load: Load) -> None:
    def fill(_: Any, page: Any) -> None:
        page.write_formula("F3", "=1+1", None, 2)
        page.write_formula("F5", "=NA()", None, "#N/A")
        page.write_array_formula("F7:F8", "{=A1:A2}", None, 7)
        page.merge_range("F10:F12", 4)
        page.write_formula("H4", "=1", None, 1)

    found = load(written(tmp_path, fill))
    assert [(item.line, item.column, item.kind, item.found) for item in found.problems] == [
        (1, None, "unknown_column", "cell H1: a column without a name"),
        (3, "allocated_mw", "formula", "cell F3: a formula"),
        (5, "allocated_mw", "formula", "cell F5: a formula"),
        (7, "allocated_mw", "formula", "cell F7: a formula"),
        (8, "allocated_mw", "formula", "cell F8: a result of the formula in F7:F8"),
        *((line, "allocated_mw", "merged", f"cell F{line}: a part of the merged cells F10:F12")
          for line in (10, 11, 12))]
    assert found.problems[1].fix == "Copy the column and paste it as values."


def test_a_refused_value_is_unknown_and_a_refused_key_spoils_its_table(tmp_path: Path,
                                                                       load: Load) -> None:
    """Formulas without a result too, in columns that may hold any text, and in thousands."""
    found = load(written(tmp_path / "v", lambda _, page: page.write_formula("F3", "=1", None, "")))
    assert places(found) == [("a.xlsx#allocations", 3, "allocated_mw", "formula")]
    assert found.tables["allocations"].status == "ready"
    assert rows(found, "allocations", "_line, allocated_mw", "WHERE _bad") == [(3, None)]
    key = load(written(tmp_path / "k", lambda _, page: page.write_formula("A3", "=1", None, "GR")))
    assert places(key) == [("a.xlsx#allocations", 3, "from_zone", "formula")]
    assert key.tables["allocations"].reason \
        == "a.xlsx#allocations:3 has a key that cannot be read (`from_zone`)"
    any_text = load(written(
        tmp_path / "t", lambda _, page: page.write_formula("B2", '="D"', None, "D"),
        documents(date(2026, 3, 1)), "documents"))
    assert places(any_text) == [("a.xlsx#documents", 2, "reference", "formula")]
    head = load(written(tmp_path / "h", lambda _, page: page.write_formula("F1", '="x"', None, "")))
    assert [item.found for item in head.problems] \
        == ["cell F1: a formula", "no column `allocated_mw`"]

    def many(_: Any, page: Any) -> None:
        for number in range(1, 193):
            page.write_formula(number, 5, "=1", None, 1)

    all_of_them = load(written(tmp_path / "m", many))
    assert all_of_them.problem_counts == {("a.xlsx#allocations", "formula"): 192}
    assert len(all_of_them.problems) == 100


def test_an_error_value_is_not_an_empty_cell(tmp_path: Path, load: Load) -> None:
    """Of a column that may be empty, whose reader would tell nothing."""
    table = [[*line, ""] for line in sheet([])]
    table[0][-1] = "shared_mw"
    path = written(tmp_path, lambda _, page: page.write_string("G2", "#N/A"), table)
    path.write_bytes(with_error_cell(path, "G2"))
    found = load(path)
    assert [(item.line, item.column, item.kind, item.found) for item in found.problems] \
        == [(2, "shared_mw", "error_value", "cell G2: the error value #N/A")]


def with_error_cell(path: Path, place: str) -> bytes:
    """The bytes of a workbook in which a cell of text holds an error value instead."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb'<c r="%s" t="s"><v>\d+</v>' % place.encode(),
                                 b'<c r="%s" t="e"><v>#N/A</v>' % place.encode(), content)
            target.writestr(name, content)
    return out.getvalue()


def test_confidential_cells_stay_hidden(tmp_path: Path, load: Load) -> None:
    header = ["bid_id", "mtu_start", "zone", "product", "direction", "volume_mw",
              "price_eur_mw_h"]
    found = read(load, tmp_path, [header, [7.5, starts()[0], "GR", "aFRR", "up", 5, "12,75"]],
                 "bids")
    assert [item.kind for item in found.problems] == ["not_text", "decimal_comma"]
    assert not any("7.5" in str(item) or "12,75" in str(item) for item in found.problems)


