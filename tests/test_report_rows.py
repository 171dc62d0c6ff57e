"""Which rows the page lists and how: every one that the report holds, each cause once, lean."""

from __future__ import annotations

from typing import Any

import pytest
from page_outline import Outline
from report_sample import sample_content

from czca_rules.report.model import FindingPart, OutcomePart, ReportModel
from czca_rules.report.page import render_page
from czca_rules.report.page.families import families_of
from czca_rules.report.page.listing import ROWS_IN_FULL, ROWS_PER_PAGE, caps

BYTES_OF_A_PAGE = 3_000_000


def _breach(number: int, **changes: Any) -> dict[str, Any]:
    """One row over the limit, unlike any other in time, numbers and sentence."""
    day, position = divmod(number, 96)
    month, day = divmod(day, 28)
    zones = ("GR", "IT-SUD") if number % 2 else ("IT-SUD", "GR")
    given, energy = f"{161 + number % 700}.{number % 9 + 1}", f"{number % 1300}.25"
    finding: dict[str, Any] = sample_content()["outcomes"][0]["findings"][0]
    return finding | {
        "key": {"from_zone": zones[0], "to_zone": zones[1], "mtu_start":
                f"2026-{month + 1:02}-{day + 1:02}T{position // 4:02}:{position % 4 * 15:02}:00Z"},
        "observed": given, "sources": [{"file": "allocations.csv", "line": 3 + number},
                                       {"file": "events.csv", "line": 14}],
        "message": f"{given} MW for balancing and {energy} MW of energy from {zones[0]} to "
                   f"{zones[1]} are too much; the limit is 160 MW"} | changes


def _rule(findings: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    volume: dict[str, Any] = sample_content()["outcomes"][0]
    return volume | {"findings": findings, "findings_total": len(findings),
                     "judged": dict.fromkeys(volume["judged"], 0) | {"failed": len(findings)},
                     } | changes


def _report(*rules: dict[str, Any]) -> ReportModel:
    content = sample_content()
    counts = dict.fromkeys(content["counts"], 0) | {"failed": len(rules)}
    return ReportModel.model_validate(content | {"outcomes": rules, "counts": counts})


def _rows(outline: Outline, rule: str, table: str) -> list[list[str]]:
    """The cells of each row of findings in one table of a rule."""
    rows = [tag for tag in outline.named("tr") if tag.within(id=rule)
            and any(table in outer.attributes.get("class", "").split() for outer in tag.inside)]
    cells = [[cell.text for cell in outline.named("th", "td") if row in cell.inside]
             for row in rows]
    return [row for row in cells[1:] if len(row) > 1]


@pytest.mark.parametrize(("rules", "each"), [(1, 10_000), (100, 100)])
def test_ten_thousand_findings_are_all_listed_in_less_than_three_megabytes(
        rules: int, each: int) -> None:
    findings = [_breach(number) for number in range(each)]
    page = render_page(_report(*(_rule(findings, rule=f"GI-8.{number}")
                                 for number in range(rules))))
    assert len(page.encode()) < BYTES_OF_A_PAGE
    assert page.count("<tr><th scope=row>allocations.csv:") == rules * each


def test_a_page_lists_ten_thousand_rows_at_most_and_says_what_it_leaves_out() -> None:
    many = [_breach(number) for number in range(200)]
    rules = [_rule(many, rule=f"GI-8.{number}") for number in range(60)]
    rules.append(_rule(many[:20], rule="GI-few"))
    report = _report(*rules)
    shares = caps(report)
    assert sum(shares.values()) <= ROWS_PER_PAGE
    assert shares["GI-few"] == 20
    assert {shares[f"GI-8.{number}"] for number in range(60)} <= {166, 167}
    page = render_page(report)
    assert page.count("<tr><th scope=row>allocations.csv:") == sum(shares.values())
    assert f"200 rows failed; {shares['GI-8.0']} are listed here." in page


def test_few_rows_stand_with_their_sentences_and_no_list_besides() -> None:
    rule = _rule([_breach(number) for number in range(ROWS_IN_FULL)])
    outline = Outline(render_page(_report(rule)))
    assert len(_rows(outline, "GI-8.1", "rows")) == ROWS_IN_FULL
    assert _rows(outline, "GI-8.1", "lean") == []


def test_many_rows_are_one_cause_and_a_list_of_all() -> None:
    rule = _rule([_breach(number) for number in range(ROWS_IN_FULL + 1)])
    outline = Outline(render_page(_report(rule)))
    assert len(_rows(outline, "GI-8.1", "rows")) == 1
    listed = _rows(outline, "GI-8.1", "lean")
    assert len(listed) == ROWS_IN_FULL + 1
    assert listed[1] == ["allocations.csv:4 +1", "GR>IT-SUD 2026-01-01 00:15Z (01:15 CET)",
                         "162.2", "≤ 160", "+2.2", "1.25"]
    text = outline.one(id="GI-8.1").text
    assert "12 more rows alike, each with its own values." in text
    assert "… MW for balancing and [1] MW of energy from … to … are too much; the limit is 160 " \
        "MW." in text


def test_causes_are_told_apart() -> None:
    rows = [_breach(number) for number in range(10)]
    rows += [_breach(number, message="the limit was lifted without a document", observed=None,
                     relation=None, required=None) for number in range(10, 20)]
    outline = Outline(render_page(_report(_rule(rows))))
    assert [row[0] for row in _rows(outline, "GI-8.1", "rows")] == [
        "allocations.csv:3 +1", "allocations.csv:13 +1"]
    assert "9 more rows alike." in outline.one(id="GI-8.1").text


def test_nothing_that_a_finding_says_is_lost_in_its_family() -> None:
    rule = OutcomePart.model_validate(_rule([
        _breach(number, message=f"BSP-{number}/00{number}: {number}.50 MW at 2026-03-11 "
                f"{number:02}:30 CET, step {number % 3} of 3") for number in range(20)]))
    families = families_of(rule.findings, rule, "MW", with_fix=False)
    assert sum(len(family.rows) for family in families) == 20
    for family in families:
        assert family.sentence == "[1]: [2] MW at 2026-03-11 [3] CET, step [4] of 3."
        for row, finding in zip(family.rows, rule.findings, strict=True):
            words = row.further.split(" · ")
            said = family.sentence
            for place, word in enumerate(words, 1):
                said = said.replace(f"[{place}]", word)
            assert said == f"{finding.message}."


def test_names_that_only_the_key_has_make_one_family_of_many_borders() -> None:
    rule = OutcomePart.model_validate(_rule([
        _breach(number, key={"from_zone": f"Z{chr(65 + number)}", "to_zone": "GR"},
                message=f"too much from Z{chr(65 + number)} to GR") for number in range(20)]))
    family, = families_of(rule.findings, rule, "MW", with_fix=False)
    assert family.sentence == "Too much from … to GR."
    assert {row.further for row in family.rows} == {""}


def test_sentences_without_end_do_not_make_a_page_without_end() -> None:
    rule = OutcomePart.model_validate(_rule([
        _breach(number, message="over " + "x" * number) for number in range(400)]))
    families = families_of(rule.findings, rule, "MW", with_fix=False)
    assert len(families) == 151
    assert sum(len(family.rows) for family in families) == 400
    assert families[-1].sentence == \
        "Further rows; the report’s JSON has what each of them says."


def test_new_findings_stand_before_known_ones() -> None:
    rows = [_breach(number, known=number < 5) for number in range(8)]
    outline = Outline(render_page(_report(_rule(rows, known=5, known_failed=5))))
    assert [row[0].split()[0] for row in _rows(outline, "GI-8.1", "rows")] == [
        f"allocations.csv:{3 + number}" for number in (5, 6, 7, 0, 1, 2, 3, 4)]


def test_a_row_names_every_place_it_rests_on() -> None:
    sources = [{"file": "allocations.csv", "line": line} for line in (3, 51)]
    sources += [{"file": "events.csv", "line": 14}, {"file": "volume_limits.csv", "line": None}]
    outline = Outline(render_page(_report(_rule([_breach(1, sources=sources)]))))
    assert "Rests on allocations.csv:3, 51; events.csv:14; volume_limits.csv." \
        in outline.one(id="GI-8.1").text


def test_a_finding_without_place_or_number_has_its_row_too() -> None:
    bare = FindingPart.model_validate(_breach(1, sources=[], observed=None, required=None,
                                              relation=None, unit=None))
    outline = Outline(render_page(_report(_rule([bare.model_dump()]))))
    assert _rows(outline, "GI-8.1", "rows") == [
        ["no row", "GR>IT-SUD 2026-01-01 00:15Z (01:15 CET)"]]
