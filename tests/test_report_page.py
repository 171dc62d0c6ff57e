"""What the page makes of a report, read by people and by hostile eyes.

How a browser takes it is tested in ``tests/browser``.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from page_outline import Outline
from picture_sample import rich_report
from report_sample import compliant_report, sample_content, sample_report

from czca_rules.report import page as report_page
from czca_rules.report.canonical import canonical_sha256
from czca_rules.report.model import ReportModel
from czca_rules.report.page import render_page
from czca_rules.report.words import repeat_command

FOLDER = Path(report_page.__file__).parent


def _outline(report: ReportModel) -> Outline:
    return Outline(render_page(report))


def _changed(rule: int = 0, **changes: Any) -> ReportModel:
    """The sample with one rule changed."""
    outcomes = sample_content()["outcomes"]
    outcomes[rule] |= changes
    return sample_report(outcomes=outcomes)


# What it may do

@pytest.mark.parametrize("report", [sample_report(), rich_report()], ids=["plain", "pictures"])
def test_the_page_needs_no_network_and_runs_only_its_own_script(report: ReportModel) -> None:
    outline = _outline(report)
    assert not outline.named("img", "link", "iframe", "object", "form", "base", "image")
    attributes = {name for tag in outline.tags for name in tag.attributes}
    assert not attributes & {"src", "style", "xlink:href"}
    assert not [name for name in attributes if name.startswith("on")]
    links = [tag.attributes["href"] for tag in outline.tags if "href" in tag.attributes]
    assert links
    assert all(link.startswith("#") for link in links)
    policy = outline.one(**{"http-equiv": "Content-Security-Policy"}).attributes["content"]
    for kind in ("style", "script"):
        block, = outline.named(kind)
        digest = base64.b64encode(hashlib.sha256("".join(block.pieces).encode()).digest())
        assert f"{kind}-src 'sha256-{digest.decode()}';" in policy
    assert policy.startswith("default-src 'none';")


def test_the_script_writes_no_markup_and_stores_nothing() -> None:
    script = (FOLDER / "page.js").read_text(encoding="utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function",
                 "fetch", "Storage", "cookie", "location"):
        assert word not in script


def test_the_page_shows_hostile_text_as_text() -> None:
    page = render_page(sample_report())
    assert page.count("<script") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \\x1b[31mred" in page
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
    page.encode("utf-8")


# How it is built

@pytest.mark.parametrize("report", [sample_report(), rich_report(), compliant_report()],
                         ids=["plain", "pictures", "compliant"])
def test_every_link_has_one_target_and_every_header_a_scope(report: ReportModel) -> None:
    outline = _outline(report)
    names = [tag.attributes["id"] for tag in outline.tags if "id" in tag.attributes]
    assert len(names) == len(set(names))
    for tag in outline.tags:
        if tag.name == "a":
            assert tag.attributes["href"][1:] in names
        if tag.name == "th":
            assert tag.attributes.get("scope") in ("col", "row", "rowgroup")
        for label in tag.attributes.get("aria-labelledby", "").split():
            assert label in names
    tables = [tag.name for tag in outline.named("table", "caption")]
    assert tables == ["table", "caption"] * (len(tables) // 2)


def test_what_scrolls_is_reached_by_keyboard_and_has_a_name() -> None:
    regions = Outline.having(_outline(rich_report()).tags, role="region")
    assert regions
    for region in regions:
        assert region.attributes["tabindex"] == "0"
        assert region.attributes.get("aria-labelledby") or region.attributes.get("aria-label")


def test_sections_stand_in_their_order() -> None:
    heads = [tag.attributes["id"] for tag in _outline(rich_report()).named("h2")]
    assert heads == ["verdict-words", "judged", "counts", "period", "days", "failed",
                     "not-assessable", "exempt", "passed", "not-applicable", "provisions", "input",
                     "repeat"]


def test_sections_of_pictures_are_left_out_where_nothing_is_drawn() -> None:
    heads = [tag.attributes["id"] for tag in _outline(sample_report()).named("h2")]
    assert "period" not in heads
    assert "days" not in heads


def test_a_picture_has_a_caption_and_its_numbers_as_a_table() -> None:
    outline = _outline(rich_report())
    figures = outline.named("figure")
    assert figures
    for figure in figures:
        inside = [tag for tag in outline.tags if figure in tag.inside]
        caption, = [tag for tag in inside if tag.name == "figcaption"]
        assert caption.attributes["id"] == figure.attributes["aria-labelledby"]
        assert "svg" in {tag.name for tag in inside}
        assert [tag.text for tag in inside if tag.name == "summary"] == [
            "The same numbers as a table"]
        assert len([tag for tag in inside if tag.name == "table"]) == 1


def test_it_says_how_many_days_are_drawn() -> None:
    assert ("Drawn are 4 of 9 days of a border and 1 of 9 days of the process, those with findings "
            "first.") in _outline(rich_report()).one(**{"aria-labelledby": "days"}).text


@pytest.mark.parametrize(("first", "last", "borders", "shown"), [
    ("2026-03-11", "2026-03-17", ["GR/IT-SUD", "GR/IT-SUD"], False),
    ("2026-03-11", "2026-03-18", ["GR/IT-SUD"], True),
    ("2026-03-11", "2026-03-11", ["GR/IT-SUD", "GR/BG"], True),
    ("2026-03-11", "2026-03-11", ["GR/IT-SUD", None], False)])
def test_the_period_is_shown_where_days_alone_do_not_show_it(
        first: str, last: str, borders: list[str | None], shown: bool) -> None:
    breaches = [{"border": border, "rule": "GI-8.1", "level": "error", "failed": 1, "days": 1,
                 "largest_excess": "4", "unit": "MW", "excess_mwh": "1", "excess_eur": None}
                for border in borders]
    delivery = {"from": first, "to": last}
    outline = _outline(sample_report(
        pictures={"breaches": breaches},
        submission=sample_content()["submission"] | {"delivery": delivery}))
    assert bool(Outline.having(outline.tags, id="period")) is shown
    links = [tag for tag in outline.named("a") if tag.within(**{"aria-labelledby": "breaches"})]
    assert [link.attributes["href"] for link in links] == ["#GI-8.1"] * len(borders) * shown


# What it says

def test_the_verdict_says_by_what_and_for_what() -> None:
    verdict = _outline(sample_report()).one(id="verdict").text
    assert "Judged by greece-italy-mb 2026.1, a proposal, not law: 2 rules of level error failed" \
        in verdict
    assert "This holds for stages allocation and procurement" in verdict
    assert "✓</span> Compliant" in render_page(compliant_report())


def test_the_page_names_the_report_it_shows() -> None:
    report = sample_report()
    text = _outline(report).named("html")[0].text
    assert canonical_sha256(report) in text
    for part in (*report.submission.files, report.ruleset, *report.ruleset.includes):
        assert part.sha256 in text
    assert text.count(repeat_command(report)) == 2


def test_a_rule_says_duty_law_formula_numbers_readings_ways_out_rows_and_remedy_in_order() -> None:
    text = _outline(sample_report()).one(id="GI-8.1").text
    said = ["In each direction of a border", "(Art. 8(1), resting on EBGL Art. 41(2))",
            "Must hold", "allocated_mw <= volume_share * offered_max_mw",
            "observed 164 MW, required ≤ 160 MW, excess +4",
            "volume_share = 0.10, since 2017-12-18 (EBGL Art. 41(2))",
            "limit_base (open)", "maximum (taken)", "mean", "✕ failed",
            "nra_limit, another limit set by the regulators: open, not claimed",
            "8 rows failed; 5 are listed here", "allocations.csv:3", "164 MW", "≤ 160 MW", "+4",
            "What to do"]
    rest = text.replace("\u00a0", " ")
    for words in said:
        _, found, rest = rest.partition(words)
        assert found == words


def test_what_could_not_be_judged_says_why_first() -> None:
    article = _outline(sample_report()).one(id="GI-9.1").text
    assert "Not judged because energy_values.csv has wrong cells." in article[:200]


def test_derogations_are_said_to_be_the_senders_word() -> None:
    section = _outline(sample_report()).one(**{"aria-labelledby": "exempt"}).text
    assert "Declared by the sender, not verified. The submission claims dc_border" in section
    assert "claimed with NRA-2025-7, 12 rows excused" in section


def test_a_confidential_page_is_marked_on_the_screen_and_on_every_sheet() -> None:
    scope = sample_content()["scope"]
    outline = _outline(sample_report(scope=scope | {"confidential": True}))
    mark = "CONFIDENTIAL: contains confidential values"
    assert outline.one(**{"class": "mark"}).text == mark
    assert outline.named("title")[0].text.startswith("CONFIDENTIAL: ")
    assert outline.named("body")[0].attributes["class"] == "confidential"
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    assert re.search(r"@page confidential \{\s*@top-center \{ content: \"" + mark, style)
    assert re.search(r"\.confidential \{ page: confidential; \}", style)


def test_a_masked_page_says_so_and_bears_no_mark() -> None:
    outline = _outline(sample_report())
    assert "confidential values are masked" in outline.one(**{"class": "kicker"}).text
    assert "CONFIDENTIAL" not in "".join(tag.text for tag in outline.named("title", "body"))
    assert "class" not in outline.named("body")[0].attributes


def test_findings_of_a_baseline_stay_in_sight_and_are_counted() -> None:
    content = sample_content()
    volume = content["outcomes"][0]
    volume["findings"] = [finding | {"known": number < 2}
                          for number, finding in enumerate(volume["findings"])]
    outline = _outline(sample_report(
        scope=content["scope"] | {"baseline": "b" * 64},
        outcomes=[volume | {"known": 2, "known_failed": 2}, *content["outcomes"][1:]]))
    assert "and 2 known" in outline.one(id="verdict").text
    assert "b" * 64 in outline.one(**{"aria-labelledby": "judged"}).text
    article = outline.one(id="GI-8.1")
    assert "7 new, 2 known" in article.text
    assert "8 rows failed, 6 new, 2 known" in article.text
    marks = [tag for tag in outline.tags if tag.attributes.get("class") == "known"
             and article in tag.inside]
    assert [tag.text for tag in marks] == ["known", "known"]


def test_without_a_baseline_nothing_is_called_known() -> None:
    assert 'class="known"' not in render_page(sample_report())


def test_where_rows_are_left_out_it_says_where_all_are() -> None:
    beside = {"file": "report.findings.parquet", "rows": 341, "sha256": "c" * 64}
    outline = _outline(sample_report(every_finding=beside))
    assert "8 rows failed; 5 are listed here. All are in report.findings.parquet." \
        in outline.one(id="GI-8.1").text
    for section in ("judged", "repeat"):
        text = outline.one(**{"aria-labelledby": section}).text
        assert "report.findings.parquet, 341 rows, SHA-256 " + "c" * 64 in text
    assert "With --findings all the command writes all of them" \
        in _outline(sample_report()).one(id="GI-8.1").text


# Filters

def test_filters_are_hidden_until_a_script_shows_them_and_all_are_labelled() -> None:
    outline = _outline(sample_report())
    panel = outline.one(id="filters")
    assert "hidden" in panel.attributes
    for tag in outline.named("select", "input", "button"):
        assert panel in tag.inside
        assert tag.name == "button" or "label" in {outer.name for outer in tag.inside}
    assert outline.one(id="filter-count").attributes["aria-live"] == "polite"


def test_filters_offer_what_the_report_has_and_every_rule_can_be_found() -> None:
    report = sample_report()
    outline = _outline(report)
    options = {name: [tag.attributes.get("value", tag.text) for tag in outline.named("option")
                      if tag.within(id=f"filter-{name}")]
               for name in ("outcome", "level", "border")}
    assert options == {
        "outcome": ["", "failed", "not_assessable", "exempt", "passed", "not_applicable"],
        "level": ["", "error", "warning", "info"], "border": ["", "GR/IT-SUD"]}
    units = {tag.attributes["data-rule"]: tag.attributes for tag in outline.tags
             if "data-rule" in tag.attributes}
    assert {name: (unit["data-outcome"], unit["data-level"]) for name, unit in units.items()} == {
        rule.rule: (rule.outcome, rule.level) for rule in report.outcomes}
    assert units["GI-8.1"]["data-borders"] == "GR/IT-SUD|*"  # three of its rows are not listed


# Colours

def _luminance(colour: str) -> float:
    digits = colour if len(colour) == 6 else "".join(mark * 2 for mark in colour)
    parts = [int(digits[at:at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
              for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
@pytest.mark.parametrize("ground", ["paper", "sheet"])
def test_text_stands_out_enough_in_every_scheme(scheme: int, ground: str) -> None:
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    colours = dict(re.findall(r"--(\w+): #([0-9a-f]+);", blocks[scheme]))
    for name in ("ink", "quiet", "link", "failed", "unknown", "passed", "exempt"):
        light, dark = sorted((_luminance(colours[name]), _luminance(colours[ground])))[::-1]
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name
