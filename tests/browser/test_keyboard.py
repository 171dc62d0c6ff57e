"""The page without a mouse: every link, control and folded part is reached and worked."""

from __future__ import annotations

import pytest

from browser.opened_page import OpenPage

#: What the Tab key must reach, in the order in which it is read.
_STOPS = """[...document.querySelectorAll(
    "a[href], summary, button, input, select, textarea, [tabindex='0']")]
  .filter(it => it.checkVisibility() && !it.disabled)"""
_NAMED = "it => it && `${it.tagName} ${it.id || it.getAttribute('href') || it.textContent}`"
_MARKED = """(() => { const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0; })()"""


def test_the_first_stop_leads_to_the_verdict(open_page: OpenPage) -> None:
    opened = open_page("sample")
    keyboard = opened.page.keyboard
    keyboard.press("Tab")
    assert opened.run("document.activeElement.textContent") == "Skip to the verdict"
    assert opened.run("(box => box.left >= 0 && box.top >= 0 && box.width > 20)"
                      "(document.activeElement.getBoundingClientRect())")
    keyboard.press("Enter")
    keyboard.press("Tab")
    assert opened.run("document.querySelector('#verdict').compareDocumentPosition("
                      "document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING")
    assert opened.run("document.activeElement.className") != "skip"


@pytest.mark.parametrize("name", ["sample", "compliant"])
def test_the_tab_key_reaches_everything_in_the_order_of_reading(name: str,
                                                                open_page: OpenPage) -> None:
    opened = open_page(name)
    expected = opened.run(f"{_STOPS}.map({_NAMED})")
    reached, unmarked = [], []
    for _ in expected:
        opened.page.keyboard.press("Tab")
        stop = opened.run(f"({_NAMED})(document.activeElement)")
        reached.append(stop)
        if not opened.run(_MARKED):
            unmarked.append(stop)
    assert reached == expected
    assert unmarked == []


def test_a_folded_part_opens_and_closes_with_a_key(open_page: OpenPage) -> None:
    opened = open_page("sample")
    summary = opened.page.locator("summary").first
    closed = summary.evaluate("it => it.parentElement.open")
    summary.focus()
    for key in ("Enter", "Space"):
        opened.page.keyboard.press(key)
        assert summary.evaluate("it => it.parentElement.open") is not closed
        closed = not closed
