"""A workbook says what the folder with the same tables says, and its sheets are its tables."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from submission_folders import allocations, loader, manifest, places, rows, starts, write
from submission_workbooks import (
    HEADER,
    documents,
    in_the_folders_words,
    sheet,
    workbook_of,
    write_workbook,
    written,
)

from czca_rules.api import Report, check
from czca_rules.errors import Problem, SubmissionError, UsageError
from czca_rules.tables.starter import init_submission
from czca_rules.tables.starter_workbook import init_workbook, starter_bytes
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


def told(report: Report, book: str = "", folder: list[str] | None = None) -> dict[str, Any]:
    """What a report says, hashes of files aside; that of a workbook in the words of the folder."""
    text = report.to_json().decode()
    if folder:
        text = re.sub(r"cell [A-Z]+[0-9]+: ", "", in_the_folders_words(text, book, folder))
    found: dict[str, Any] = json.loads(text)
    for file in found["submission"]["files"]:
        del file["sha256"]
    return found


def files_of(folder: Path, prefix: str = "") -> list[str]:
    return [prefix + path.name for path in folder.iterdir() if path.suffix in (".csv", ".yaml")]


@pytest.mark.parametrize(("name", "context"), [
    ("demo", None), ("greece-italy/compliant", "greece-italy/context"),
    ("core/compliant", "core/context"), ("clock-change/autumn", None)])
def test_a_workbook_is_judged_like_its_folder(tmp_path: Path, name: str,
                                              context: str | None) -> None:
    """Numbers are cells of numbers, days cells of dates; wrong cells are wrong in both."""
    others = [FIXTURES / context] if context else []
    book = workbook_of(FIXTURES / name, tmp_path / "day.xlsx")
    by_folder, by_book = (check(path, with_folders=others) for path in (FIXTURES / name, book))
    expected = told(by_folder)
    assert expected["counts"]["passed"] > 0
    assert told(by_book, "day.xlsx", files_of(FIXTURES / name)) == expected


def test_clock_change_by_market_day_and_position(tmp_path: Path, load: Load) -> None:
    """100 quarter hours of the day in October, told by position, are those told by offset."""
    day = date(2026, 10, 25)
    text = manifest(day).replace("2026-03-10", "2026-10-24")
    header = [*HEADER[:4], "market_day", "position", "allocated_mw"]
    lines: list[list[Any]] = [header]
    for one, other in (("GR", "IT"), ("IT", "GR")):
        lines += [[one, other, "aFRR", "up", day, number, number] for number in range(1, 101)]
    book = load(write_workbook(tmp_path / "a.xlsx", {"allocations": lines}, text))
    folder = load(write(tmp_path / "f", {"allocations.csv": allocations(day)}, text))
    assert book.problems == ()
    shown = "from_zone, mtu_start, mtu_end, allocated_mw"
    assert rows(book, "allocations", shown, "ORDER BY ALL") \
        == rows(folder, "allocations", shown, "ORDER BY ALL")
    lines.append(["GR", "IT", "aFRR", "up", day, 101, 1])
    more = load(write_workbook(tmp_path / "b.xlsx", {"allocations": lines}, text))
    assert ("b.xlsx#allocations", 202, "position", "position_beyond_day") in places(more)


def test_rows_keep_their_numbers(tmp_path: Path, load: Load) -> None:
    """Empty rows are skipped wherever they stand, and lines are rows of the sheet."""
    table = sheet([])
    spread = [table[0], [], *(row for line in table[1:] for row in (line, [])), [], [], [None, ""]]
    found = read(load, tmp_path, spread)
    assert found.problems == ()
    assert rows(found, "allocations", "min(_line), max(_line), count(*)") == [(3, 385, 192)]
    assert [(file.path, file.rows) for file in found.files] \
        == [("a.xlsx#allocations", 192), ("a.xlsx#submission", 0)]


@pytest.mark.parametrize(("table", "expected"), [
    ([], (1, None, "empty_file", "an empty sheet")),
    ([[], HEADER], (1, None, "no_header", "an empty first row")),
    ([["Allocations of 11 March"], HEADER],
     (1, "Allocations of 11 March", "unknown_column",
      "cell A1: the unknown column `Allocations of 11 March`")),
    ([[*HEADER, "alocated_mw"]],
     (1, "alocated_mw", "unknown_column", "cell G1: the unknown column `alocated_mw`")),
    ([[*HEADER, "product"]],
     (1, "product", "duplicate_column", "the column `product` a second time")),
    ([[*HEADER[:5], "", "allocated_mw"], ["GR", "IT", "aFRR", "up", starts()[0], 5, 5]],
     (1, None, "unknown_column", "cell F1: a column without a name")),
    ([[*HEADER, 2026]], (1, "2026", "unknown_column", "cell G1: the unknown column `2026`"))])
def test_headers_that_are_none(tmp_path: Path, load: Load, table: list[list[Any]],
                               expected: tuple[Any, ...]) -> None:
    found = read(load, tmp_path, table)
    assert expected in [(item.line, item.column, item.kind, item.found)
                        for item in found.problems]
    assert found.tables["allocations"].status == "unreadable"


def test_a_table_may_start_in_any_column(tmp_path: Path, load: Load) -> None:
    found = read(load, tmp_path, [["", "", *row] for row in sheet([1.2345])])
    assert [item.found for item in found.problems] \
        == ["cell H2: `1.2345`, which has too many decimals"]


def test_sheets_that_are_no_tables(tmp_path: Path, load: Load) -> None:
    book = write_workbook(tmp_path / "a.xlsx", {
        "Allocations": sheet([]), "demands": [], "marginal_prices": [], "# notes": [["x"]],
        "_pivot": [["x"]]}, manifest())
    found = load(book)
    assert [(item.kind, item.found, item.fix.split(" Sheets")[0]) for item in found.problems] == [
        ("unknown_sheet", "the unknown sheet `Allocations`", "Did you mean `allocations`?"),
        ("unknown_sheet", "the unknown sheet `demands`", "Did you mean `demand`?"),
        ("unknown_sheet", "the unknown sheet `marginal_prices`",
         "`marginal_prices` is reserved for later; remove it.")]
    assert {item.file for item in found.problems} == {"a.xlsx"}
    assert found.tables["allocations"].status == "absent"


def test_what_is_hidden_is_handed_in_all_the_same(tmp_path: Path, load: Load) -> None:
    def hide(_: Any, page: Any) -> None:
        page.hide()
        page.set_row(1, None, None, {"hidden": True})
        page.set_column(5, 5, None, None, {"hidden": True})

    found = load(written(tmp_path, hide))
    assert found.problems == ()
    assert rows(found, "allocations", "count(allocated_mw)") == [(192,)]


def refused(path: Path, load: Load) -> list[Problem]:
    with pytest.raises(SubmissionError) as caught:
        load(path)
    return list(caught.value.problems)


def test_problems_of_the_manifest_name_its_row(tmp_path: Path, load: Load) -> None:
    text = manifest().replace("approach: market_based", "aproach: market_based")
    found = refused(write_workbook(tmp_path / "a.xlsx", {}, text), load)
    assert ("a.xlsx#submission", 7, 1, "unknown_key") in places(found)
    blank = refused(write_workbook(tmp_path / "b.xlsx", {}, "\n\n" + text), load)
    assert ("b.xlsx#submission", 9, 1, "unknown_key") in places(blank)
    assert places(refused(write_workbook(tmp_path / "c.xlsx", {"allocations": []}), load)) \
        == [("c.xlsx#submission", None, None, "missing_sheet")]


def test_a_manifest_is_lines_of_text(tmp_path: Path, load: Load) -> None:
    def spoil(page: Any) -> None:
        page.write(1, 0, 7)
        page.write(2, 3, "aside")
        page.write_formula(3, 0, '="id: x"', None, "id: x")
        page.write(4, 0, "one: 1\ntwo: 2")
        page.merge_range(5, 0, 5, 1, "merged")

    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        page = book.add_worksheet("submission")
        for number, line in enumerate(manifest().splitlines()):
            page.write_string(number, 0, line)
        spoil(page)
    found = refused(tmp_path / "a.xlsx", load)
    assert [(item.line, item.kind, item.found) for item in found] == [
        (2, "not_a_line", "no text in cell A2"), (3, "not_a_line", "something in cell D3"),
        (4, "not_a_line", "no text in cell A4"), (5, "not_a_line", "several lines in cell A5"),
        (6, "not_a_line", "no text in cell A6"), (6, "not_a_line", "something in cell B6")]


def test_context_may_be_a_workbook_too(tmp_path: Path, load: Load) -> None:
    folder = write(tmp_path / "f", {"allocations.csv": allocations()})
    context = write_workbook(tmp_path / "c.xlsx", {"documents": documents(date(2026, 3, 1))},
                             "not: looked at")
    found = load(folder, [context])
    assert found.problems == ()
    assert [file.path for file in found.files] \
        == ["allocations.csv", "submission.yaml", "with1/c.xlsx#documents"]
    inside = write(tmp_path / "g", {"x.xlsx": context.read_bytes()})
    (problem,) = load(inside).problems
    assert (problem.kind, problem.fix) == (
        "unknown_file", "A workbook is handed in by itself, as the submission or with --with.")


def test_the_same_file_is_read_and_stays(tmp_path: Path, load: Load) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"allocations": sheet([])}, manifest())
    found = load(path)
    assert len({file.sha256 for file in found.files}) == 1
    assert found.manifest_sha256 == found.files[0].sha256
    found.verify_unchanged()
    write_workbook(path, {"allocations": sheet([7])}, manifest())
    with pytest.raises(SubmissionError) as caught:
        found.verify_unchanged()
    assert [(item.file, item.kind) for item in caught.value.problems] == [("a.xlsx", "changed")]


def test_paths_that_are_no_workbook(tmp_path: Path, load: Load) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"allocations": sheet([])}, manifest())
    for name, said in (("no.xlsx", "The workbook no.xlsx does not exist."),
                       ("a.xlsm", "a.xlsm is not read; save it as an Excel workbook (.xlsx)."),
                       ("a.txt", "is neither a folder nor an .xlsx workbook.")):
        if "no." not in name:
            (tmp_path / name).write_bytes(path.read_bytes())
        with pytest.raises(UsageError, match=re.escape(said)):
            load(tmp_path / name)
    os.symlink(path, tmp_path / "link.xlsx")
    os.mkfifo(tmp_path / "pipe.xlsx")
    for name, found in (("link.xlsx", "a link"), ("pipe.xlsx", "not a regular file")):
        (problem,) = refused(tmp_path / name, load)
        assert (problem.file, problem.kind, problem.found) == (name, "not_a_file", found)
    folder = write(tmp_path / "folder.xlsx", {"allocations.csv": allocations()})
    assert load(folder).problems == ()


def test_without_the_extra(tmp_path: Path, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"allocations": sheet([])}, manifest())
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(UsageError, match=r"pip install 'czca-rules\[xlsx\]'"):
        load(path)
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(UsageError, match=r"pip install 'czca-rules\[xlsx\]'"):
        starter_bytes()


def test_a_starter_workbook_holds_what_a_starter_folder_holds(tmp_path: Path, load: Load) -> None:
    init_submission(tmp_path / "f")
    book = init_workbook(tmp_path / "new" / "a.xlsx")
    assert book.read_bytes() == starter_bytes()
    by_folder, by_book = load(tmp_path / "f"), load(book)
    assert by_book.manifest == by_folder.manifest
    assert {name: (state.status, state.rows) for name, state in by_book.tables.items()} \
        == {name: (state.status, state.rows) for name, state in by_folder.tables.items()}
    assert by_book.problem_counts == {
        (f"a.xlsx#{Path(file).stem}", kind): count
        for (file, kind), count in by_folder.problem_counts.items()}
    with pytest.raises(UsageError, match=r"would write over a\.xlsx"):
        init_workbook(book)
    assert list(book.parent.iterdir()) == [book]


