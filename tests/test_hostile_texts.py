"""Texts that try to be more than texts, through every writer of a report.

For each format the result is parsed by a parser of that format and must be built just as the
report is in which all those texts are one plain word: the same tags, keys, rows and cells.
"""

from __future__ import annotations

import csv
import functools
import json
import re
import tempfile
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import duckdb
import openpyxl
import pytest
from hostile_report import report_of
from markdown_it import MarkdownIt

from czca_rules.api import Report
from czca_rules.check.codes import Code
from czca_rules.check.finding import Finding
from czca_rules.report.findings_file import FindingsForm, write_every_finding
from czca_rules.report.formats import WRITERS as FORMATS
from czca_rules.report.printable import printable

HOSTILE = {
    "html": "<script>alert(1)</script>",
    "html attribute": "\"><svg onload=alert(1)>",
    "html comment": "--><img src=x onerror=alert(1)>",
    "template": "{{ 7*7 }}{% raw %}{0}",
    "formula": "=cmd|' /C calc'!A0",
    "formula after a separator": "x;=cmd|' /C calc'!A0",
    "formula after a tab": "\t@SUM(1)",
    "link": "[click](javascript:alert(1)) http://x www.x",
    "terminal": "\x1b[31mred\x1b]8;;http://x\x07link\x9b2J",
    "build server": "::error::taken over",
    "other build server": "##[error]taken over ##vso[task.setvariable]x ##teamcity[x]",
    "build server after a break": "x\n::error::taken over\r##[error]x",
    "direction": "\u202ednob\u2066\u200f\u061c",
    "no XML": "\x00\x01\x08\ufffe\uffff\ud800",
    "row": "x\r\nGI-8.1,Art. 8(1),fake,error\u2028x\u2029x\x85x\x0bx",
    "end of CDATA": "]]><evil/>",
    "XML entity": "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;&#27;",
    "rich text of a workbook": "<r><t>x</t></is></c><c><f>1+1</f></c></r>",
    "escape of a workbook": "_x001B_[31m_x0000_",
    "attachment": "[[ATTACHMENT|/etc/passwd]]",
    "path": "../../../etc/passwd",
    "other host": "//host/share\\x",
}
PLAIN = "plain"
#: Characters that a file of text must not hold: controls, invisible and direction marks.
LIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f"
                  "\ufeff\ud800-\udfff\ufffe\uffff]")
#: GitHub takes ``::name`` at the start of a line, Azure and TeamCity ``##name[`` anywhere.
COMMAND = re.compile(r"^[ \t]*::\w|##\w*\[", re.MULTILINE)


def assert_inert(text: str) -> None:
    """Nothing in a text that a terminal, an editor or a build server obeys."""
    assert not LIVE.search(text), LIVE.search(text)
    assert not COMMAND.search(text), COMMAND.search(text)


# What each format's own parser finds in a report: its build, without the texts

def json_build(written: bytes, text: str) -> Any:
    """Names and kinds of value; a name that comes from outside is a star."""
    assert_inert(written.decode("utf-8"))
    outside = {text, printable(text)}

    def build(value: Any) -> Any:
        if isinstance(value, dict):
            return sorted((("*" if name in outside else name), build(item))
                          for name, item in value.items())
        return [build(item) for item in value] if isinstance(value, list) else type(value).__name__

    return build(json.loads(written))


def sarif_build(written: bytes, text: str) -> Any:
    for run in json.loads(written)["runs"]:
        for place in addresses(run):
            assert re.fullmatch(r"(?![/:])[\w\-.~!$&'()*+,;=@%/]+", place, re.ASCII), place
        for result in run["results"]:
            assert not re.search(r"(?<!\\)\[[^\]]*\]\(", result["message"]["text"])
        for shown in texts(run):  # others read them out of the JSON and show them
            assert_inert(shown)
        for rule in run["tool"]["driver"]["rules"]:
            assert_markdown_is_words(rule["help"]["markdown"])
    return json_build(written, text)


def addresses(value: Any) -> list[str]:
    """Every ``uri`` in a SARIF document."""
    if isinstance(value, dict):
        own = [value["uri"]] if "uri" in value else []
        return own + [found for item in value.values() for found in addresses(item)]
    return [found for item in value for found in addresses(item)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """Every text in a JSON document, names included."""
    if isinstance(value, dict):
        return [text for pair in value.items() for item in pair for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


def assert_markdown_is_words(text: str) -> None:
    """Nothing but paragraphs, line breaks and words in bold."""
    for block in MarkdownIt("commonmark", {"html": True}).enable("linkify").parse(text):
        assert block.type in ("paragraph_open", "paragraph_close", "inline"), block.type
        for token in block.children or ():
            assert token.type in ("text", "text_special", "strong_open", "strong_close",
                                  "softbreak"), token.type


def html_build(written: bytes, text: str) -> Any:
    """Tags with the names of their attributes; scripts only as the page has them."""
    assert_inert(written.decode("utf-8"))
    page = Tags()
    page.feed(written.decode("utf-8"))
    page.close()
    return page.found, page.drawn


class Tags(HTMLParser):
    """The tags of a page in their order, with the names of their attributes.

    Where things are drawn depends on how long a text is; of pictures only the kinds of tags count.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.drawn: set[str] = set()
        self.in_picture = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = tuple(sorted(name for name, _ in attrs))
        assert not [name for name in names if name.startswith("on")]
        for name, value in attrs:
            if name in ("href", "src", "action", "xlink:href"):
                assert (value or "").startswith(("#", "data:")), value
        self.in_picture += tag == "svg"
        if self.in_picture:
            self.drawn.add(tag)
        else:
            self.found.append((tag, names))

    def handle_endtag(self, tag: str) -> None:
        self.in_picture -= tag == "svg"

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", ()))

    def handle_decl(self, decl: str) -> None:
        assert decl.lower() == "doctype html"

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


def junit_build(written: bytes, text: str) -> Any:
    assert_inert(written.decode("utf-8"))
    assert b"<!" not in written
    assert b"[[ATTACHMENT" not in written
    return [(element.tag, sorted(element.attrib)) for element in ET.fromstring(written).iter()]


def csv_build(written: bytes, text: str) -> Any:
    plain = written.decode("utf-8").removeprefix("\ufeff")
    assert_inert(plain.replace("\r\n", "\n"))
    rows = list(csv.reader(StringIO(plain, newline=""), strict=True))
    # In the spreadsheets of some countries a semicolon parts cells, inside quotes too.
    for row in (*rows, *(line.split(";") for line in plain.splitlines())):
        for cell in row:
            assert not re.match(r"""[\s"]*[=+\-@\t\r]""", cell), cell
    return [len(row) for row in rows]


def xlsx_build(written: bytes, text: str) -> Any:
    with zipfile.ZipFile(BytesIO(written)) as archive:
        for name in archive.namelist():
            part = archive.read(name).decode("utf-8")
            assert_inert(part)
            tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(part).iter()}
            assert not tags & {"f", "hyperlink", "ddeLink", "oleObject", "externalLink"}
            assert 'TargetMode="External"' not in part
            assert not re.search(r"(?<!_x005F)_x(?!005F_)[0-9A-Fa-f]{4}_", part)
    book = openpyxl.load_workbook(BytesIO(written))
    return [[[(cell.data_type, cell.value is None) for cell in row] for row in sheet.iter_rows()]
            for sheet in book.worksheets]


def terminal_build(written: bytes, text: str) -> Any:
    assert_inert(written.decode("utf-8"))
    return len(re.findall(r"^(error|warning|not assessable|EXEMPT|NOTED)\b",
                          written.decode("utf-8"), re.MULTILINE))


def parquet_build(written: bytes, text: str) -> Any:
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        file.write(written)
        file.flush()
        found = duckdb.sql(f"SELECT * FROM '{file.name}'")
        rows = found.fetchall()
        for cell in [cell for row in rows for cell in row if isinstance(cell, str)]:
            assert_inert(cell)
            assert "\n" not in cell
        return found.columns, found.types, [[cell is None for cell in row] for row in rows]


def every_finding(report: Report, form: FindingsForm) -> bytes:
    """The file of every finding; moments in it come from the clock and never from outside."""
    reported = (Code.FAILED, Code.EXEMPT, Code.NOT_ASSESSABLE, Code.NOTED)
    codes = {code.word: code for code in reported}
    found = [Finding(
        rule=rule.rule, code=codes[part.outcome],
        key={name: value for name, value in part.key.items()
             if name not in ("mtu_start", "market_day")},
        sources=tuple((source.file, source.line) for source in part.sources),
        observed=part.observed, relation=part.relation, required=part.required,
        required_max=part.required_max, tolerance=part.tolerance, unit=part.unit, parameters=(),
        reading=part.reading, exemption=part.exemption, message=part.message, fix=part.fix,
        missing=part.missing) for rule in report.outcomes for part in rule.findings]
    with tempfile.TemporaryDirectory() as folder:
        rules = {rule.rule: rule for rule in report.outcomes}
        file = write_every_finding(Path(folder), form, found, rules, confidential=False)
        return (Path(folder) / file.file).read_bytes()


Build = Callable[[bytes, str], Any]
WRITERS: dict[str, tuple[Callable[[Report], bytes], Build]] = {
    "terminal": (lambda report: report.to_text(80).encode(), terminal_build),
    "narrow terminal": (lambda report: report.to_text(40).encode(), terminal_build),
    "json": (Report.to_json, json_build),
    "html": (lambda report: report.to_html().encode(), html_build),
    "sarif": (Report.to_sarif, sarif_build),
    "junit": (Report.to_junit, junit_build),
    "csv": (Report.to_csv, csv_build),
    "xlsx": (Report.to_xlsx, xlsx_build),
    "every finding as CSV": (lambda report: every_finding(report, "csv"), csv_build),
    "every finding as Parquet": (lambda report: every_finding(report, "parquet"), parquet_build),
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("attack", HOSTILE)
def test_a_text_is_only_a_text(attack: str, writer: str) -> None:
    write, build = WRITERS[writer]
    text = HOSTILE[attack]
    assert build(write(Report(report_of(text))), text) == plain_build(writer)


@functools.cache
def plain_build(writer: str) -> Any:
    """How a writer builds the report whose texts are one plain word."""
    write, build = WRITERS[writer]
    return build(write(Report(report_of(PLAIN))), PLAIN)


def test_every_format_has_its_writer_here() -> None:
    assert {suffix.split(".")[1] for suffix in FORMATS} <= set(WRITERS)


@pytest.mark.parametrize("text", ["\x1b[0m", "\u202e", "a\n::error::b", "##vso[x]"])
def test_these_checks_notice_what_is_live(text: str) -> None:
    with pytest.raises(AssertionError):
        assert_inert(text)
