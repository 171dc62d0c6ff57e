"""Workbooks that are none, or were made to do harm or to say two things: refused soon, by name."""

from __future__ import annotations

import os
import struct
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from submission_folders import allocations, loader, manifest, rows
from submission_workbooks import HEADER, raw_cells, raw_workbook, sheet, write_workbook

from czca_rules.errors import LimitReached, Problem, SubmissionError
from czca_rules.tables import workbook_parts
from czca_rules.tables.engine import Engine
from czca_rules.tables.submission import Submission

pytest.importorskip("xlsxwriter")
pytest.importorskip("python_calamine")

Load = Callable[..., Submission]
#: Seconds of computing that anything hostile may take; generous where many tests run at once.
SOON = 3.0 if "CI" not in os.environ else 10.0
HEAD = raw_cells([HEADER]).removesuffix("</sheetData>")
TAIL = "</sheetData>"
ROW = ["GR", "IT", "aFRR", "up", "2026-03-11T00:00:00+01:00"]


@pytest.fixture
def load() -> Iterator[Load]:
    Engine().close()  # what is loaded once is not what is measured
    yield from loader()


@contextmanager
def soon() -> Iterator[None]:
    """Fail if what is inside takes longer than a few moments of computing."""
    began = time.process_time()
    yield
    assert time.process_time() - began < SOON


def refused(path: Path, load: Load) -> Problem:
    """The one problem for which a workbook is refused."""
    with soon(), pytest.raises(SubmissionError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert len(str(problem)) < 1_000
    assert str(problem).isprintable()
    return problem


def row(number: int, value: str, tail: str = "") -> str:
    """A row of allocations as XML; ``value`` is the cell of column F."""
    cells = "".join(f'<c r="{letter}{number}" t="str"><v>{cell}</v></c>'
                    for letter, cell in zip("ABCDE", ROW, strict=True))
    return f'<row r="{number}">{cells}{value}{tail}</row>'


MORE = "a cell in row 2 that is more than a value"


def spoilt(folder: Path, data: str, load: Load) -> str:
    """What is said of a sheet `allocations` of which nothing is taken, beside a good one."""
    good = raw_cells([["document", "reference"], ["common_rules", "D-1"]])
    with soon():
        found = load(raw_workbook(folder / "a.xlsx", [("allocations", data), ("documents", good)]))
    assert found.tables["allocations"].status == "unreadable"
    assert found.tables["documents"].rows == 1
    (problem,) = found.problems
    assert (problem.file, problem.kind) == ("a.xlsx#allocations", "sheet")
    return problem.found


def test_what_is_no_workbook(tmp_path: Path, load: Load) -> None:
    good = write_workbook(tmp_path / "good.xlsx", {"allocations": sheet([])}, manifest())
    cases: dict[str, tuple[bytes, str]] = {
        "empty": (b"", "bytes that are not a workbook"),
        "csv": (allocations().encode(), "bytes that are not a workbook"),
        "cut": (good.read_bytes()[:-40], "bytes that are not a workbook"),
        "ole": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(5_000),
                "an encrypted workbook or one in the format before .xlsx"),
    }
    for name, (content, found) in cases.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(content)
        problem = refused(path, load)
        assert (problem.file, problem.kind, problem.found) == (path.name, "workbook", found)


@pytest.mark.parametrize(("parts", "found"), [
    ({"xl/vbaProject.bin": "x"}, "a workbook with macros"),
    ({"[Content_Types].xml": '<Types><Override PartName="/xl/workbook.xml" ContentType='
      '"application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'},
     "a workbook with macros"),
    ({"xl/workbook.bin": "x"}, "a binary workbook (.xlsb)"),
    ({"XL/Workbook.xml": "<workbook/>"}, "an archive that holds a part twice"),
    ({"xl\\workbook.xml": "<workbook/>"}, "an archive that holds a part twice"),
    ({"xl/SharedStrings.xml": "<sst/>"}, "shared texts in an unusual place"),
    ({"xl/workbook.xml": "<workbook>"}, "damaged XML in xl/workbook.xml (no element found)"),
    ({"xl/workbook.xml": "\x1b[2J"},
     "damaged XML in xl/workbook.xml (not well-formed (invalid token))"),
    ({"xl/_rels/workbook.xml.rels": '<R><Relationship Id="a"/><Relationship Id="a"/></R>'},
     "a workbook that names two parts alike")])
def test_other_archives(tmp_path: Path, load: Load, parts: dict[str, str], found: str) -> None:
    assert refused(raw_workbook(tmp_path / "a.xlsx", [], parts), load).found == found


def test_archives_that_hold_something_else(tmp_path: Path, load: Load) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("allocations.csv", allocations())
    assert refused(tmp_path / "a.xlsx", load).found \
        == "an archive without [Content_Types].xml, which is no workbook"
    twice = raw_workbook(tmp_path / "b.xlsx", [])
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(twice, "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    assert refused(twice, load).found == "an archive that holds a part twice"
    locked = raw_workbook(tmp_path / "c.xlsx", [])
    content = bytearray(locked.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1  # the flag of an encrypted part
    locked.write_bytes(content)
    assert refused(locked, load).found == "an encrypted archive"


BOMB = ('<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]>")


@pytest.mark.parametrize("part", ["[Content_Types].xml", "xl/workbook.xml", "xl/sharedStrings.xml",
                                  "xl/_rels/workbook.xml.rels"])
def test_document_types_are_refused(tmp_path: Path, load: Load, part: str) -> None:
    for begin in (BOMB, '<!DOCTYPE a SYSTEM "file:///etc/passwd">'):
        path = raw_workbook(tmp_path / "a.xlsx", [], {part: f"{begin}<a>&j;</a>"})
        assert refused(path, load).found == "XML with a document type, as no spreadsheet writes it"
    path = raw_workbook(tmp_path / "b.xlsx", [("allocations", "")],
                        {"xl/worksheets/sheet2.xml": f"{BOMB}<worksheet>&j;</worksheet>"})
    (problem,) = load(path).problems
    assert problem.found == "XML with a document type, as no spreadsheet writes it"


def test_bombs(tmp_path: Path, load: Load) -> None:
    """By what the archive declares, and by what it declares falsely."""
    zeros = raw_workbook(tmp_path / "a.xlsx", [], {"xl/worksheets/sheet9.xml": bytes(50_000_000)})
    with soon(), pytest.raises(LimitReached, match="unpacks into more than 200 times its size"):
        load(zeros)
    content = zeros.read_bytes()
    for declared, said in ((5_000, None), (3_000_000_000, "unpacks into more than 2000000000")):
        lying = tmp_path / f"{declared}.xlsx"
        lying.write_bytes(content.replace(struct.pack("<L", 50_000_000),
                                          struct.pack("<L", declared)))
        if said is None:  # the sheet is of no table, so nobody unpacks it
            assert load(lying).problems == ()
            continue
        with soon(), pytest.raises(LimitReached, match=said):
            load(lying)
    table = raw_workbook(tmp_path / "b.xlsx", [("allocations", HEAD + row(2, "") + TAIL)])
    size = zipfile.ZipFile(table).getinfo("xl/worksheets/sheet2.xml").file_size
    table.write_bytes(table.read_bytes().replace(struct.pack("<L", size), struct.pack("<L", 90)))
    (problem,) = load(table).problems
    assert problem.found == "the part xl/worksheets/sheet2.xml, which does not unpack"


def test_too_much_of_anything(tmp_path: Path, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [(f"s{number}", "<sheetData/>") for number in range(1, 3_000)]
    with soon(), pytest.raises(LimitReached, match=r"a\.xlsx has more than 500 sheets"):
        load(raw_workbook(tmp_path / "a.xlsx", many))
    with soon(), pytest.raises(LimitReached, match=r"has 5\d\d\d parts; at most 5000"):
        load(raw_workbook(tmp_path / "b.xlsx", [], {f"x/{n}": "" for n in range(5_000)}))
    monkeypatch.setattr(workbook_parts, "MAX_PART_BYTES", 1_000)
    with pytest.raises(LimitReached, match=r"sharedStrings\.xml' has more than 1000 bytes"):
        load(raw_workbook(tmp_path / "c.xlsx", [], {"xl/sharedStrings.xml": " " * 2_000}))


def test_a_few_texts_in_a_great_many_cells(tmp_path: Path, load: Load) -> None:
    """30 000 characters a hundred thousand times would be three billion in memory."""
    texts = f"<sst><si><t>{'x' * 30_000}</t></si></sst>"
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>'
                    for n in range(2, 100_000))
    path = raw_workbook(tmp_path / "a.xlsx", [("documents", f"{HEAD}{cells}{TAIL}")],
                        {"xl/sharedStrings.xml": texts})
    with soon(), pytest.raises(LimitReached, match="2999940000 characters of text"):
        load(path)


def test_what_a_sheet_declares_and_what_it_holds(tmp_path: Path, load: Load) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    empty = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    declared = '<dimension ref="A1:XFD1048576"/>'
    value = '<c r="F2"><v>1.5</v></c>'
    with soon():
        found = load(raw_workbook(tmp_path / "a.xlsx", [
            ("allocations", f"{declared}{HEAD}{row(2, value)}{empty}{TAIL}")]))
    assert rows(found, "allocations", "allocated_mw", "WHERE _line = 2") == [(1.5,)]
    assert found.tables["allocations"].rows == 1
    with soon(), pytest.raises(LimitReached, match="reach from A1 to XFD1048576"):
        load(raw_workbook(tmp_path / "b.xlsx", [("allocations", f"{HEAD}{far}{TAIL}")]))


@pytest.mark.parametrize(("data", "found"), [
    (row(2, '<c r="E2"><v>1</v></c>'), "the cell 'E2' out of order"),
    (row(2, '<c r="F3"><v>1</v></c>'), "the cell 'F3' in row 2"),
    (row(2, '<c r="F"><v>1</v></c>'), "the cell 'F' in row 2"),
    (row(2, '<c r="F02"><v>1</v></c>'), "the cell 'F0' in row 2"),
    (row(2, '<c r="f2"><v>1</v></c>'), "the column 'f'"),
    (row(2, '<c r="XFE2"><v>1</v></c>'), "the column 'XFE'"),
    (row(2, '<c r="AAAAAAAA2"><v>1</v></c>'), "the column 'AAAAAAAA'"),
    (row(3, "") + row(2, ""), "the row '2' after row 3"),
    (row(2, "") + row(2, ""), "the row '2' after row 2"),
    (row(1_048_577, ""), "the row '1048577' after row 1"),
    (row(2, '<c r="F2"><v>5<!-- -->6</v></c>'), MORE),
    (row(2, '<c r="F2"><v>5<?a b?>6</v></c>'), MORE),
    (row(2, '<c r="F2"><v>5<![CDATA[6]]></v></c>'), MORE),
    (row(2, '<c r="F2"><v>&#53;6</v></c>'), MORE),
    (row(2, '<c r="F2"><v>5<x>6</x>7</v></c>'), MORE),
    (row(2, '<c r="F2"><v>5</v><v>6</v></c>'), MORE),
    (row(2, '<c r="F2"><v>5</v><is><t>6</t></is></c>'), MORE),
    (row(2, '<c r="F2" t="inlineStr"><is><t>6</t></is><v>5</v></c>'), MORE),
    (row(2, '<c r="F2" t="s"><v>&#48;</v></c>'),
     "a cell in row 2 with a text that is not in the workbook"),
    (row(2, '<c r="F2" t="s"><v>0</v></c>'),
     "a cell in row 2 with a text that is not in the workbook"),
    (row(2, '<c r="F2" t="s"><v>-1</v></c>'),
     "a cell in row 2 with a text that is not in the workbook"),
    (row(2, '<c r="F2" t="e"><v>#SPILL!</v></c>'), "the error value #SPILL! in cell F2"),
    (row(2, '<c r="F2" t="b"><v>7</v></c>'),
     "what cannot be read (Unrecognized boolean cell value: 7)"),
    ("</sheetData><sheetData>" + row(2, '<c r="F2"><f>1</f></c>'),
     "a sheet that begins its cells twice"),
    ("</sheetData><mergeCells><mergeCell ref='A1:ZZZZ9'/></mergeCells><sheetData>",
     "the range 'A1:ZZZZ9'"),
    ("</sheetData>" + "<mergeCell ref='A1:F9'/>" * 10_001 + "<sheetData>",
     "more than 10000 merged ranges")])
def test_sheets_that_two_readers_would_read_differently(tmp_path: Path, load: Load, data: str,
                                                        found: str) -> None:
    assert spoilt(tmp_path, HEAD + data + TAIL, load) == found


def test_merged_ranges_over_one_another(tmp_path: Path, load: Load) -> None:
    """A few thousand of them over every row would keep a reader busy for hours."""
    table = HEAD + "".join(row(number, "") for number in range(2, 1_000)) + TAIL
    merges = "<mergeCell ref='A1:XFD1048576'/>" * 9_999
    assert spoilt(tmp_path, f"{table}<mergeCells>{merges}</mergeCells>", load) \
        == "merged cells that lie over one another"


def test_formulas_under_any_name_and_what_only_looks_like_one(tmp_path: Path, load: Load) -> None:
    """Prefixes do not hide a formula; those of formats and checks of input are none."""
    cells = "".join(f'<x:c r="{letter}2" t="str"><x:v>{cell}</x:v></x:c>'
                    for letter, cell in zip("ABCDE", ROW, strict=True))
    value = '<x:c r="F2"><x:f>1+1</x:f><x:v>2</x:v></x:c>'
    lines = HEAD.replace("<", "<x:").replace("<x:/", "</x:")
    part = ('<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f'{lines}<x:row r="2">{cells}{value}</x:row></x:sheetData></x:worksheet>')
    found = load(raw_workbook(tmp_path / "a.xlsx", [("allocations", "")],
                              {"xl/worksheets/sheet2.xml": part}))
    (problem,) = [item for item in found.problems if item.kind == "formula"]
    assert (problem.line, problem.found) == (2, "cell F2: a formula")
    after = ('<extLst><ext xmlns:xm="x" xmlns:d="y"><xm:f>A1:A2</xm:f><d:row>7</d:row>'
             '<d:row r="1">7</d:row></ext></extLst>')
    plain = raw_workbook(tmp_path / "b.xlsx", [
        ("allocations", f'{HEAD}{row(2, "<c r=" + chr(34) + "F2" + chr(34) + "><v>1</v></c>")}'
                        f"{TAIL}{after}")])
    assert [item.kind for item in load(plain).problems if item.line] == []


def test_two_sheets_of_one_table(tmp_path: Path, load: Load) -> None:
    data = HEAD + TAIL
    found = load(raw_workbook(tmp_path / "a.xlsx", [("documents", data), ("documents", data)]))
    assert [(item.file, item.kind) for item in found.problems][:1] \
        == [("a.xlsx#documents", "duplicate_sheet")]
    assert found.tables["documents"].reason == "a.xlsx has two sheets `documents`"
    by_case = load(raw_workbook(tmp_path / "b.xlsx", [("allocations", data),
                                                      ("ALLOCATIONS", data)]))
    assert [item.found for item in by_case.problems if item.kind == "unknown_sheet"] \
        == ["the unknown sheet `ALLOCATIONS`"]
    twice = [("submission", raw_cells([["format: x"]]))] * 2
    assert refused(raw_workbook(tmp_path / "c.xlsx", twice), load).kind == "duplicate_sheet"


@pytest.mark.parametrize("target", [
    "../../outside.xml", "/xl/other/sheet1.xml", "xl/worksheets/sheet1.xml", "sharedStrings.xml",
    "file:///etc/passwd", "worksheets/../workbook.xml", "worksheets\\sheet1.xml", ""])
def test_sheets_in_unusual_places(tmp_path: Path, load: Load, target: str) -> None:
    relations = ("<Relationships>" + "".join(
        f'<Relationship Id="rId{number}" Type="x/worksheet" Target="{place}"/>'
        for number, place in ((1, "worksheets/sheet1.xml"), (2, target))) + "</Relationships>")
    found = load(raw_workbook(tmp_path / "a.xlsx", [("allocations", HEAD + TAIL)],
                              {"xl/_rels/workbook.xml.rels": relations}))
    (problem,) = found.problems
    assert problem.found == "a sheet that is no worksheet, or in an unusual place"


def test_long_cells_and_odd_characters(tmp_path: Path, load: Load) -> None:
    names = ["x" * 32_768, "a_x0000_b", "_x0001_fake", "a&#9;b", "\u202eabc", "a_x000D_b"]
    head = ["document", "reference"]
    data = raw_cells([head, *(["common_rules", name] for name in names)])
    found = load(raw_workbook(tmp_path / "a.xlsx", [("documents", data)]))
    (problem,) = found.problems
    assert (problem.line, problem.kind, problem.found) \
        == (2, "cell_too_long", "cell B2: a text of 32768 characters")
    assert [name for (name,) in rows(found, "documents", "reference", "ORDER BY _line")][1:] \
        == ["a�b", "�fake", "a\tb", "\u202eabc", "a\rb"]


def test_names_that_would_paint_the_terminal(tmp_path: Path, load: Load) -> None:
    path = raw_workbook(tmp_path / "a\x1b[31m.xlsx", [("a\u202exslx", ""), ("_x001b_[2J", "")])
    found = load(path)
    assert len(found.problems) == 1
    assert all(str(item).isprintable() for item in found.problems)
    assert all(file.path.isprintable() for file in found.files)


def test_a_broken_sheet_for_people_is_nobodys_business(tmp_path: Path, load: Load) -> None:
    path = raw_workbook(tmp_path / "a.xlsx", [("# notes", "")],
                        {"xl/worksheets/sheet2.xml": "<worksheet><sheetData>"})
    assert load(path).problems == ()


def test_what_two_readers_tell_of_one_sheet(tmp_path: Path, load: Load) -> None:
    """Cells without their places, as some programs write them, stand where they would stand."""
    value: Any = "<c><v>{}</v></c>"
    lines = "".join("<row>" + "".join(f'<c t="str"><v>{cell}</v></c>' for cell in ROW[:4])
                    + f'<c t="str"><v>2026-03-11T{n:02}:00:00+01:00</v></c>'
                    + value.format(n) + "</row>" for n in range(24))
    head = "<row>" + "".join(f'<c t="str"><v>{name}</v></c>' for name in HEADER) + "</row>"
    path = raw_workbook(tmp_path / "a.xlsx",
                        [("allocations", f"<sheetData>{head}{lines}</sheetData>")])
    found = load(path)
    assert rows(found, "allocations", "_line, allocated_mw",
                "WHERE allocated_mw IS NOT NULL ORDER BY _line") \
        == [(number + 2, number) for number in range(24)]
