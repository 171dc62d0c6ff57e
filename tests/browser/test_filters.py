"""The controls of the page: they narrow and sort what stands there, and are not needed to read it.

Expectations come from the report's model, never from the page's own marks.
"""

from __future__ import annotations

import re

import pytest

from browser.opened_page import OpenedPage, OpenPage
from browser.sample_pages import PAGES, report

#: Rules seen anywhere, as an article or a row of a table.
_RULES = """[...document.querySelectorAll("[data-rule]")].filter(it => it.checkVisibility())
  .map(it => it.dataset.rule)"""
#: The listed rows of findings that are seen, each as the text of its cells.
_ROWS = """[...document.querySelectorAll("article[data-rule] tbody tr:has(> th[scope=row])")]
  .filter(it => it.checkVisibility())
  .map(it => [...it.cells].map(cell => cell.textContent.trim()))"""
_LINES = """[...document.querySelectorAll("main *")].filter(it => it.checkVisibility())
  .flatMap(it => [...it.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)
    .map(node => node.textContent.replace(/\\s+/g, " ").trim()).filter(Boolean))"""
SECONDS_TO_FILTER = 1.0


def _opened(name: str, open_page: OpenPage) -> OpenedPage:
    opened = open_page(name)
    opened.open_details()
    return opened


def _rules(opened: OpenedPage) -> set[str]:
    return set(opened.run(_RULES))


def test_all_rules_are_shown_at_first(open_page: OpenPage) -> None:
    assert _rules(_opened("demo", open_page)) == {item.rule for item in report("demo").outcomes}


@pytest.mark.parametrize("outcome", ["failed", "not_assessable", "passed", "not_applicable"])
def test_an_outcome_leaves_its_rules(outcome: str, open_page: OpenPage) -> None:
    opened = _opened("demo", open_page)
    opened.page.get_by_role("combobox", name="Outcome").select_option(outcome)
    assert _rules(opened) == {item.rule for item in report("demo").outcomes
                              if item.outcome == outcome}


@pytest.mark.parametrize("level", ["error", "warning", "info"])
def test_a_level_leaves_its_rules(level: str, open_page: OpenPage) -> None:
    opened = _opened("demo", open_page)
    opened.page.get_by_role("combobox", name="Level").select_option(level)
    assert _rules(opened) == {item.rule for item in report("demo").outcomes
                              if item.level == level}


def test_a_border_leaves_its_rows(open_page: OpenPage) -> None:
    opened = _opened("demo", open_page)
    before = opened.run(_ROWS)
    chooser = opened.page.get_by_role("combobox", name="border")
    choices = chooser.locator("option").all_text_contents()[1:]
    assert choices
    for border in choices:
        chooser.select_option(border)
        one, other = border.split("/")
        named = re.compile(rf"\b({one}[/>]{other}|{other}[/>]{one})(?![\w-])")
        expected = [row for row in before if named.search(row[1])]
        assert opened.run(_ROWS) == expected
        assert 0 < len(expected) < len(before)


def test_words_leave_the_rows_that_hold_them_and_all_comes_back(open_page: OpenPage) -> None:
    opened = _opened("sample", open_page)
    rules, rows = _rules(opened), opened.run(_ROWS)
    _write_and_wait(opened, "171.5 mw")
    assert _rules(opened) == {"GI-8.1"}
    assert [row[0] for row in opened.run(_ROWS)] == ["allocations.csv:4"]
    _write_and_wait(opened, "no such words")
    assert _rules(opened) == set()
    opened.page.get_by_role("button", name="Show all").click()
    assert (_rules(opened), opened.run(_ROWS)) == (rules, rows)


def test_filters_narrow_each_other_and_say_how_far(open_page: OpenPage) -> None:
    opened = _opened("sample", open_page)
    status = opened.page.get_by_role("status")
    assert status.get_attribute("aria-live") == "polite"
    opened.page.get_by_role("combobox", name="Outcome").select_option("failed")
    opened.page.get_by_role("combobox", name="Level").select_option("warning")
    assert _rules(opened) == {"GI-13.4"}
    assert status.inner_text().startswith(f"1 of {len(report('sample').outcomes)} rules")


def test_a_column_sorts_by_size_both_ways_and_back(open_page: OpenPage) -> None:
    opened = _opened("sample", open_page)
    table = opened.page.locator("article", has_text="GI-8.1").locator("table").first
    head = table.get_by_role("columnheader", name="Observed")
    button = head.get_by_role("button")
    cells = table.locator("tbody tr:has(> th[scope=row]) td:nth-child(3)")
    as_written = cells.all_text_contents()

    def numbers() -> list[float]:
        return [float(text.split()[0]) for text in cells.all_text_contents() if text.strip()]

    assert numbers() != sorted(numbers())
    assert numbers() != sorted(numbers(), reverse=True)
    orders = {}
    for key in ("Enter", "Space"):
        button.press(key)
        orders[head.get_attribute("aria-sort")] = numbers()
    assert orders == {"ascending": sorted(numbers()),
                      "descending": sorted(numbers(), reverse=True)}
    button.click()
    assert head.get_attribute("aria-sort") in (None, "none")
    assert cells.all_text_contents() == as_written


def test_ten_thousand_rows_are_filtered_while_one_writes(open_page: OpenPage) -> None:
    # The best of three: what else the machine does can only add to the time.
    opened = _opened("many", open_page)
    times = []
    for place in ("allocations.csv:10001", "allocations.csv:10002", "allocations.csv:10003"):
        times.append(_write_and_wait(opened, place))
        assert {row[0] for row in opened.run(_ROWS)} == {place}
    assert min(times) < SECONDS_TO_FILTER


def _write_and_wait(opened: OpenedPage, words: str) -> float:
    """Seconds from the last letter until the page has said what it found."""
    milliseconds: float = opened.run("""words => new Promise(done => {
      const status = document.querySelector("#filters [role=status], [role=search] [role=status]");
      const text = document.querySelector("[role=search] input[type=search]");
      const begun = performance.now();
      new MutationObserver(() => requestAnimationFrame(() => done(performance.now() - begun)))
        .observe(status, {childList: true, characterData: true, subtree: true});
      text.value = words;
      text.dispatchEvent(new Event("input", {bubbles: true}));
    })""", words)
    return milliseconds / 1000


@pytest.mark.parametrize("name", [name for name in PAGES if name != "many"])
def test_without_script_everything_is_there_but_the_controls(name: str,
                                                             open_page: OpenPage) -> None:
    plain, scripted = open_page(name, java_script_enabled=False), open_page(name)
    assert plain.run("""[...document.querySelectorAll("input, select, button, [role=search]")]
                        .filter(it => it.checkVisibility()).length""") == 0
    for opened in (plain, scripted):
        opened.open_details()
    controls = scripted.run("""[...document.querySelectorAll("[role=search] *")]
        .map(it => it.firstChild?.textContent?.replace(/\\s+/g, " ").trim() ?? "")""")
    said = [line for line in scripted.run(_LINES) if line not in controls]
    assert [line for line in plain.run(_LINES) if line not in controls] == said


def test_paper_shows_all_rules_whatever_is_filtered(open_page: OpenPage) -> None:
    opened = _opened("sample", open_page)
    everything = _rules(opened)
    _write_and_wait(opened, "no such words")
    assert _rules(opened) == set()
    opened.page.emulate_media(media="print")
    assert _rules(opened) == everything
    assert not opened.page.get_by_role("search").is_visible()
