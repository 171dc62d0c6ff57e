"""`czca compare`: what became of a report, row by row where that can be told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import cli_submission
import pytest
import trial_reports as trial
from hypothesis import given, settings
from hypothesis import strategies as st
from report_sample import HOSTILE, sample_content, sample_report

from czca_rules import Report, check, compare
from czca_rules.report.earlier.comparison import Comparison, RuleComparison, compared
from czca_rules.report.earlier.comparison_text import comparison_json, render_comparison
from czca_rules.report.earlier.matching import masks_last
from czca_rules.report.model import FindingPart, ReportModel


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A ruleset of two rules, at most 50 MW and bids of at most 50 EUR."""
    return trial.write_rules(tmp_path_factory.mktemp("rules") / "trial")


def changed(change: Callable[[Any], object]) -> ReportModel:
    """The handmade report with something else in it."""
    content = sample_content()
    change({rule["rule"]: rule for rule in content["outcomes"]})
    return ReportModel.model_validate(content)


def rule(comparison: Comparison, name: str) -> RuleComparison:
    """What became of one rule."""
    return next(item for item in comparison.rules if item.rule == name)


def observed(findings: Iterable[FindingPart]) -> list[str | None]:
    """The numbers of some findings."""
    return [finding.observed for finding in findings]


def text(comparison: Comparison) -> str:
    """What the terminal shows, on lines that are never broken."""
    return render_comparison(comparison, width=400)


# Real reports

def test_a_lower_allocation_is_a_finding_that_is_gone(tmp_path: Path) -> None:
    over = check(cli_submission.write_submission(tmp_path / "over"), select=["GI-8.1"])
    within = check(cli_submission.compliant(tmp_path / "within"), select=["GI-8.1"])
    comparison = compare(over, within)
    assert comparison.totals == (0, 2, 0)
    assert comparison.verdict_changed
    shown = text(comparison)
    assert "outcome  failed -> passed" in shown
    assert "- failed  GR>IT-SUD" in shown
    assert "170 MW are allocated" in shown
    assert "allocations.csv: 2 rows (" in shown
    assert shown.splitlines()[-1] == (
        "+0 -2 ~0 findings; verdict changed: not consistent with the draft -> consistent with the "
        "draft")
    assert compare(within, over).totals == (2, 0, 0)


def test_one_cell_is_one_change(rules: str) -> None:
    old = trial.judged(rules, trial.submission("60", "70", "40", one="20"))
    new = trial.judged(rules, trial.submission("60", "75", "40", one="20"))
    comparison = compare(old, new)
    assert comparison.totals == (0, 0, 1)
    one, = rule(comparison, "TR-1").changed
    assert (one.before.observed, one.after.observed) == ("70", "75")
    assert not comparison.verdict_changed
    assert "observed 70 -> 75" in text(comparison)
    assert "the same verdict: not consistent with the draft" in text(comparison)


def test_reports_may_be_given_by_their_files(tmp_path: Path, rules: str) -> None:
    report = trial.judged(rules, trial.submission("60", one="20"))
    path = trial.saved(report, tmp_path / "report.json")
    assert not compare(path, str(path)).differs


def test_rows_in_another_order_are_no_change(tmp_path: Path) -> None:
    lines = cli_submission.ALLOCATIONS.splitlines(keepends=True)
    turned = "".join([lines[0], *reversed(lines[1:])])
    old = check(cli_submission.write_submission(tmp_path / "one"), select=["GI-8.1"])
    new = check(cli_submission.write_submission(tmp_path / "two", turned), select=["GI-8.1"])
    assert old.findings != new.findings, "their lines are others"
    assert not compare(old, new).differs


def test_rules_that_only_one_report_judges(rules: str) -> None:
    both = trial.judged(rules, trial.submission("60", one="70"))
    one = trial.judged(rules, trial.submission("60", one="70"), select=["TR-1"])
    added = compare(one, both)
    assert (rule(added, "TR-2").before, len(rule(added, "TR-2").new)) == (None, 1)
    assert "+ error TR-2" in text(added)
    assert "only: TR-1 -> all rules" in text(added)
    assert compare(both, one).totals == (0, 1, 0)
    assert "the new report does not judge this rule" in text(compare(both, one))


def test_another_level_or_ruleset_is_told(tmp_path: Path, rules: str) -> None:
    old = trial.judged(rules, trial.submission("60", one="20"))
    softer = trial.write_rules(tmp_path / "trial", level="warning")
    comparison = compare(old, trial.judged(softer, trial.submission("60", one="20")))
    assert comparison.totals == (0, 0, 0)
    assert comparison.differs
    shown = text(comparison)
    assert "level    error -> warning" in shown
    assert "ruleset: trial 1.0 (" in shown
    assert "verdict changed: not consistent with the draft -> consistent with the draft" in shown


# Lists that hold fewer rows than are counted

def test_beyond_a_short_list_only_counts_are_compared(rules: str) -> None:
    loads = ["60", "70", "80", "90"]
    old = trial.judged(rules, trial.submission(*loads, one="20"), findings=2)
    new = trial.judged(rules, trial.submission("40", *loads[1:], one="20"), findings=2)
    comparison = compare(old, new)
    found = rule(comparison, "TR-1")
    assert found.partly
    assert (found.new, found.gone) == ((), ()), "a row that is not listed may still be there"
    shown = text(comparison)
    assert "rows     failed 4 -> 3, passed " in shown
    assert ("TR-1: 2 of 4 rows are listed in the old report and 2 of 3 rows are listed in the new "
            "report; only counts are compared beyond") in shown


def test_a_list_that_is_whole_on_one_side_tells_half(rules: str) -> None:
    whole = trial.judged(rules, trial.submission("60", "70", "80", one="20"))
    short = trial.judged(rules, trial.submission("40", "70", "80", "90", one="20"), findings=2)
    found = rule(compare(whole, short), "TR-1")
    assert (observed(found.gone), observed(found.new)) == ([], [])
    found = rule(compare(short, whole), "TR-1")
    assert (observed(found.gone), observed(found.new)) == ([], [])
    fewer = trial.judged(rules, trial.submission("60", one="20"))
    assert observed(rule(compare(short, fewer), "TR-1").gone) == ["70", "80"]
    assert observed(rule(compare(fewer, short), "TR-1").new) == ["70", "80"]


def test_the_same_short_list_of_the_same_report_is_the_same(rules: str) -> None:
    report = trial.judged(rules, trial.submission("60", "70", one="20"), findings=1)
    comparison = compare(report, report)
    assert not comparison.differs
    assert comparison.rules == ()


# Masked values

def test_masked_bids_are_compared_by_their_number(rules: str) -> None:
    old = trial.judged(rules, trial.submission("40", one="70", two="80", three="20"))
    new = trial.judged(rules, trial.submission("40", one="70", two="90", three="20", four="95"))
    keys = {finding.key["bid_id"] for report in (old, new) for finding in report.findings}
    assert len(keys) == 5, "each submission masks by a key of its own"
    found = rule(compare(old, new), "TR-2")
    assert (len(found.new), len(found.gone), len(found.changed)) == (1, 0, 0)
    assert found.masked == ("bid_id", "observed", "required")
    assert "TR-2: bid_id, observed and required, masked by a key of each submission" in text(
        compare(old, new))


def test_bids_that_are_shown_are_compared_one_by_one(rules: str) -> None:
    old = trial.judged(rules, trial.submission("40", one="70", two="80"), confidential=True)
    new = trial.judged(rules, trial.submission("40", one="70", two="90", six="60"),
                       confidential=True)
    found = rule(compare(old, new), "TR-2")
    assert [(one.before.observed, one.after.observed) for one in found.changed] == [("80", "90")]
    assert [one.key["bid_id"] for one in found.new] == ["six"]
    assert found.masked == ()


def test_the_same_bids_have_the_same_masks(rules: str) -> None:
    old = trial.judged(rules, trial.submission("40", one="70", two="80"))
    new = trial.judged(rules, trial.submission("60", one="70", two="80"))
    comparison = compare(old, new)
    assert [item.rule for item in comparison.rules] == ["TR-1"]


@pytest.mark.parametrize(("path", "lasts"), [
    ("allocations.csv", True), ("with1/demand/part.parquet", True), ("frames/demand", True),
    ("submission.yaml", True), ("bids.parquet", False), ("with2/energy_orders/a.csv.gz", False),
    ("frames/bids", False), ("demand.xlsx#bids", False), ("unheard_of.csv", False)])
def test_masks_last_while_confidential_files_stay(path: str, lasts: bool) -> None:
    def report(sha256: str) -> ReportModel:
        content = sample_content()
        content["submission"]["files"] = [{"path": path, "rows": 1, "sha256": sha256 * 64}]
        return ReportModel.model_validate(content)

    assert masks_last(report("0"), report("0"))
    assert masks_last(report("0"), report("1")) is lasts


def test_a_masked_report_beside_one_that_shows_its_values(rules: str) -> None:
    masked = trial.judged(rules, trial.submission("40", one="70", two="80"))
    shown = trial.judged(rules, trial.submission("40", one="70", two="80"), confidential=True)
    comparison = compare(masked, shown)
    assert not comparison.differs
    assert rule(comparison, "TR-2").masked == ("bid_id", "observed", "required")


# Handmade reports

def test_outcome_reason_and_numbers_of_a_row() -> None:
    def other(named: Any) -> None:
        findings = named["GI-8.1"]["findings"]
        findings[0]["observed"] = "165"
        findings[5] |= {"outcome": "failed", "missing": [], "observed": "200"}
        del findings[1]
        named["GI-8.1"]["findings_total"] = 5

    old = changed(lambda named: named["GI-8.1"].update(findings_total=6))
    comparison = compared(old, changed(other))
    found = rule(comparison, "GI-8.1")
    assert [(one.before.observed, one.after.observed) for one in found.changed] == [
        ("164", "165"), (None, "200")]
    assert observed(found.gone) == ["171.5"]
    shown = text(comparison)
    assert "~ not assessable -> failed" in shown
    assert "because offered_mw of 2025-10-26, position 12 -> none" in shown


def test_a_rule_that_says_something_else_of_all_its_rows() -> None:
    new = changed(lambda named: named["GI-9.1"].update(reason="table `x` was not handed in"))
    comparison = compared(sample_report(), new)
    assert comparison.totals == (0, 0, 0)
    assert comparison.differs
    assert "-> table `x` was not handed in" in text(comparison)


def test_a_change_of_legal_status_is_a_change_of_the_verdict() -> None:
    content = sample_content()
    content["ruleset"]["legal_status"] = "adopted"
    comparison = compared(sample_report(), ReportModel.model_validate(content))
    assert comparison.differs
    assert "verdict changed: not consistent with the draft -> not compliant" in text(comparison)


def test_what_was_judged_may_differ_without_a_change() -> None:
    content = sample_content()
    content["submission"]["revision"] = 3
    content["environment"]["duckdb"] = "2.1.0"
    comparison = compared(sample_report(), ReportModel.model_validate(content))
    assert not comparison.differs
    assert [(told.what, told.before, told.after) for told in comparison.head] == [
        ("submission", "GR-IT-2026-03-11 revision 2", "GR-IT-2026-03-11 revision 3"),
        ("duckdb", "2.0.0", "2.1.0")]


def test_long_lists_are_cut_on_the_terminal_only() -> None:
    def more(named: Any) -> None:
        first = named["GI-8.1"]["findings"][0]
        named["GI-8.1"]["findings"] += [first | {
            "key": {"mtu_start": f"2026-03-12T{hour:02d}:00:00Z"}, "message": f"too much ({hour})",
        } for hour in range(12)]
        named["GI-8.1"]["findings_total"] = 18

    old = changed(lambda named: named["GI-8.1"].update(findings_total=6))
    comparison = compared(old, changed(more))
    assert len(rule(comparison, "GI-8.1").new) == 12
    assert "+ and 7 more" in text(comparison)
    content = json.loads(comparison_json(comparison))
    assert content["format"] == "czca-comparison/1"
    assert content["findings"] == {"new": 12, "gone": 0, "changed": 0}
    assert len(content["rules"][0]["new"]) == 12


def test_hostile_texts_are_harmless() -> None:
    new = changed(lambda named: named["GI-8.1"]["findings"].pop(0) and named["GI-8.1"].update(
        title=HOSTILE, reason=HOSTILE))
    for shown in (text(compared(sample_report(), new)), text(compared(new, sample_report()))):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "::error" not in shown
    assert "\u202e" not in comparison_json(compared(new, sample_report()))


def test_no_line_is_wider_than_the_terminal(rules: str) -> None:
    old = trial.judged(rules, trial.submission("60", one="70"))
    new = trial.judged(rules, trial.submission("60", "70", one="70", two="80"))
    shown = render_comparison(compare(old, new))
    assert max(map(len, shown.splitlines())) <= 80


# Properties

KEYS = st.fixed_dictionaries({"mtu_start": st.sampled_from([
    "2026-03-11T00:00:00Z", "2026-03-11T01:00:00Z", "2026-03-11T02:00:00Z"])}, optional={
        "bid_id": st.sampled_from(["00c0ffee", "deadbeef", "12345678"])})
FINDINGS = st.builds(
    lambda key, outcome, number: sample_content()["outcomes"][0]["findings"][0] | {
        "key": key, "outcome": outcome, "observed": number},
    KEYS, st.sampled_from(["failed", "not_assessable", "exempt"]),
    st.sampled_from(["1", "2", "0a0a0a0a", "12345678"]))


@st.composite
def drawn_report(draw: st.DrawFn) -> ReportModel:
    """The handmade report with other findings of its first rule, perhaps not all listed."""
    content = sample_content()
    first = content["outcomes"][0]
    first["findings"] = draw(st.lists(FINDINGS, max_size=6))
    first["findings_total"] = len(first["findings"]) + draw(st.sampled_from([0, 0, 3]))
    content["scope"]["confidential"] = draw(st.booleans())
    if draw(st.booleans()):
        content["submission"]["files"][1]["sha256"] = "0" * 64
    return ReportModel.model_validate(content)


@settings(max_examples=60, deadline=None)
@given(drawn_report())
def test_nothing_changed_beside_itself(report: ReportModel) -> None:
    comparison = compared(report, report)
    assert not comparison.differs
    assert comparison.head == ()
    assert comparison.rules == ()


@settings(max_examples=120, deadline=None)
@given(drawn_report(), drawn_report())
def test_the_other_way_round_is_the_mirror(old: ReportModel, new: ReportModel) -> None:
    there, back = compared(old, new), compared(new, old)
    assert [(told.what, told.after, told.before) for told in there.head] == [
        (told.what, told.before, told.after) for told in back.head]
    assert len(there.rules) == len(back.rules)
    for one, other in zip(there.rules, back.rules, strict=True):
        assert (one.new, one.gone) == (other.gone, other.new)
        assert {(id(item.before), id(item.after)) for item in one.changed} == {
            (id(item.after), id(item.before)) for item in other.changed}
        assert (one.partly, one.masked) == (other.partly, other.masked)


@settings(max_examples=120, deadline=None)
@given(drawn_report(), drawn_report())
def test_the_totals_add_up(old: ReportModel, new: ReportModel) -> None:
    before, after = old.outcomes[0], new.outcomes[0]
    whole = all(len(item.findings) == item.findings_total for item in (before, after))
    found, gone, _ = compared(old, new).totals
    if whole:
        assert len(after.findings) - len(before.findings) == found - gone


def test_comparing_needs_no_public_object(rules: str) -> None:
    report = trial.judged(rules, trial.submission("60", one="20"))
    assert isinstance(report, Report)
    assert compare(report, report.model).before == report.model
