"""The page for those who cannot see it, see it differently, or have no mouse."""

from __future__ import annotations

import os
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from browser.opened_page import OpenedPage, OpenPage
from browser.sample_pages import PAGES

HEADINGS = Path(__file__).parent / "headings.txt"
CONTRAST = Path(__file__).parent / "contrast.js"
WIDE = {"width": 1280, "height": 800}
#: A telephone held upright, and WCAG 1.4.10: 1280 pixels at a zoom of 400 %.
NARROW = {"width": 320, "height": 640}
GRAVE = ("serious", "critical")
SMALL_PAGES = [name for name in PAGES if name not in ("many", "harmless")]


# axe-core

@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (NARROW, "dark")],
                         ids=["wide and light", "narrow and dark"])
@pytest.mark.parametrize("name", SMALL_PAGES)
def test_axe_finds_nothing_grave(name: str, viewport: dict[str, int], scheme: str,
                                 open_page: OpenPage, axe: str) -> None:
    opened = open_page(name, viewport=viewport, color_scheme=scheme)
    opened.open_details()
    assert _violations(opened, axe) == []


@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "dark"), (NARROW, "light")],
                         ids=["wide and dark", "narrow and light"])
def test_axe_finds_nothing_grave_in_the_demonstration_either(
        viewport: dict[str, int], scheme: str, open_page: OpenPage, axe: str) -> None:
    test_axe_finds_nothing_grave("demo", viewport, scheme, open_page, axe)


def test_axe_finds_nothing_grave_among_ten_thousand_findings(open_page: OpenPage,
                                                             axe: str) -> None:
    opened = open_page("many")
    opened.run("""document.querySelectorAll("article ~ article ~ article").forEach(
                    alike => alike.remove())""")
    opened.open_details()
    assert _violations(opened, axe) == []


def test_axe_would_find_text_that_is_too_pale_in_the_dark(open_page: OpenPage, axe: str) -> None:
    opened = open_page("sample", color_scheme="dark")
    assert opened.run("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    opened.run("document.querySelector('h1').style.color = '#444'")
    assert any(found.startswith("color-contrast") for found in _violations(opened, axe))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["demo", "many"])
def test_the_labels_of_pictures_stand_out(name: str, scheme: str, open_page: OpenPage) -> None:
    opened = open_page(name, viewport={"width": 1280, "height": 1600}, color_scheme=scheme)
    judge = CONTRAST.read_text(encoding="utf-8")
    found = opened.run(judge)
    assert found["seen"] > 100
    assert found["pale"] == []
    opened.run("""document.querySelectorAll("svg text").forEach(
                    text => text.style.fill = getComputedStyle(document.body).backgroundColor)""")
    assert len(opened.run(judge)["pale"]) > found["seen"] / 2


def _violations(opened: OpenedPage, axe: str) -> list[str]:
    """What axe finds grave; of long tables it sees the first rows, since the others are alike."""
    opened.run("document.querySelectorAll('tbody tr:nth-child(n+9)').forEach(row => row.remove())")
    opened.run(axe)
    result = opened.run("axe.run(document, {resultTypes: ['violations']})")
    return [_described(found) for found in result["violations"] if found["impact"] in GRAVE]


def _described(found: dict[str, Any]) -> str:
    places = "; ".join(node["html"][:120] for node in found["nodes"][:3])
    return f"{found['id']} ({found['help']}), {len(found['nodes'])} places: {places}"


# Narrow screens

@pytest.mark.parametrize("name", SMALL_PAGES)
def test_a_narrow_page_is_only_scrolled_downwards(name: str, open_page: OpenPage) -> None:
    opened = open_page(name, viewport=NARROW)
    opened.open_details()
    assert opened.run("document.documentElement.scrollWidth") <= NARROW["width"]
    assert opened.run(_CUT_OFF) == []


#: Text that reaches out of the screen where nothing can be scrolled to show it.
_CUT_OFF = """[...document.querySelectorAll("main *")].filter(it => {
    const box = it.getBoundingClientRect();
    return it.checkVisibility() && it.innerText?.trim() && !it.children.length && box.width > 1
      && box.right > innerWidth + 1 && !it.closest(".scroll, [role=region][tabindex]");
  }).map(it => it.outerHTML.slice(0, 120))"""


# Headings

@pytest.mark.parametrize("name", SMALL_PAGES)
def test_headings_leave_out_no_level(name: str, open_page: OpenPage) -> None:
    levels = [level for level, _ in _headings(open_page(name))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_headings_as_a_screen_reader_lists_them(open_page: OpenPage) -> None:
    """``CZCA_GOLDEN=write`` writes the list anew; read the difference."""
    shown = "".join(f"{'  ' * (level - 1)}{words}\n"
                    for level, words in _headings(open_page("sample")))
    if os.environ.get("CZCA_GOLDEN") == "write":
        HEADINGS.write_text(shown, encoding="utf-8", newline="\n")
    assert HEADINGS.read_text(encoding="utf-8") == shown


def _headings(opened: OpenedPage) -> list[tuple[int, str]]:
    """Level and words of every heading in the accessibility tree."""
    opened.open_details()
    tree = opened.page.locator("body").aria_snapshot()
    found = re.findall(r'^\s*- \'?heading "(.*?)" \[level=(\d)\]', tree, re.MULTILINE)
    return [(int(level), words.replace('\\"', '"')) for words, level in found]
