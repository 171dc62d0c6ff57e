"""The page on paper: everything unfolded, dark on white, no sheet wasted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import pytest

from browser.opened_page import OpenedPage, OpenPage, PageFile

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed: run `make install`")

#: The texts of the folded parts in the pieces in which the page writes them; on paper a picture
#: stands without its table, which would fill two sheets for each day.
_FOLDED = """[...document.querySelectorAll("details:not([open]) *:not(summary)")]
  .filter(it => !it.children.length && it.textContent.trim()
                && !it.closest("summary, svg, [hidden], figure > details"))
  .map(it => it.textContent)"""
_LABELS = """[...document.querySelectorAll("svg text")].filter(it => !it.children.length)
  .map(it => it.textContent.trim()).filter(text => text.length > 3)"""
_HEADINGS = "[...document.querySelectorAll('h2, h3')].map(it => it.textContent)"
#: A sheet of A4 holds about four times as many.
_FEWEST_CHARACTERS_OF_A_SHEET = 1000
_SHEET_NUMBER = re.compile(r"^\d+ / \d+$", re.MULTILINE)

Printed = Callable[..., "Paper"]


class Paper:
    """A page as printed: the text of each sheet, and what its file held when it was opened."""

    def __init__(self, opened: OpenedPage) -> None:
        self.folded: list[str] = opened.run(_FOLDED)
        self.labels: list[str] = opened.run(_LABELS)
        self.headings: list[str] = opened.run(_HEADINGS)
        document = pdfium.PdfDocument(opened.page.pdf(format="A4", prefer_css_page_size=True))
        self.sheets = [_SHEET_NUMBER.sub("", _text(sheet)).strip() for sheet in document]
        self.squeezed = _squeezed("".join(self.sheets))


@pytest.fixture(scope="module")
def printed(chromium: Browser, page_file: PageFile) -> Printed:
    """The paper of a sample page, printed with or without its script."""

    @cache
    def paper(name: str, scripted: bool = True) -> Paper:
        context = chromium.new_context(offline=True, java_script_enabled=scripted)
        made = Paper(OpenedPage(context, page_file(name)))
        context.close()
        return made

    return paper


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
def test_what_is_folded_on_the_screen_is_on_the_paper(scripted: bool, printed: Printed) -> None:
    paper = printed("demo", scripted)
    assert paper.folded
    assert [text for text in paper.folded if _squeezed(text) not in paper.squeezed] == []


def test_ten_thousand_findings_are_all_on_the_paper(printed: Printed) -> None:
    places = re.findall(r"allocations\.csv:\d+", "".join(printed("many").sheets))
    assert len(set(places)) == 10_000


@pytest.mark.parametrize("name", ["demo", "sample", "many"])
def test_the_paper_is_used(name: str, printed: Printed) -> None:
    sheets = printed(name).sheets
    assert all(sheets)
    assert sum(map(len, sheets)) / len(sheets) > _FEWEST_CHARACTERS_OF_A_SHEET


def test_the_labels_of_pictures_are_on_the_paper_as_text(printed: Printed) -> None:
    paper = printed("demo")
    assert paper.labels
    assert {text for text in paper.labels if _squeezed(text) not in paper.squeezed} == set()


def test_no_heading_stands_at_the_foot_of_a_sheet(printed: Printed) -> None:
    paper = printed("demo")
    headings = {_squeezed(text) for text in paper.headings}
    last_lines = [_squeezed(sheet.splitlines()[-1]) for sheet in paper.sheets]
    assert [line for line in last_lines if line in headings] == []


def test_every_sheet_of_a_confidential_report_says_so(printed: Printed) -> None:
    assert all("CONFIDENTIAL" in sheet for sheet in printed("confidential").sheets)
    assert not any("CONFIDENTIAL" in sheet for sheet in printed("sample").sheets)


def test_the_paper_is_white_in_the_dark_too(open_page: OpenPage) -> None:
    opened = open_page("sample", color_scheme="dark")
    opened.page.emulate_media(media="print")
    style = "getComputedStyle(document.body)"
    assert opened.run(f"{style}.backgroundColor") == "rgb(255, 255, 255)"
    assert opened.run(f"{style}.color") == "rgb(0, 0, 0)"


def _text(sheet: pdfium.PdfPage) -> str:
    return str(sheet.get_textpage().get_text_bounded()).replace("\r\n", "\n")


def _squeezed(text: str) -> str:
    """The text as it is wherever its lines break: no spaces, hyphens (a reader of PDF cannot tell
    whose a hyphen at the end of a line is) and ligatures.
    """
    return re.sub(r"[\s\x02\xad\ufffe-]+", "", unicodedata.normalize("NFKC", text))
