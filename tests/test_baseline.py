"""`czca check --baseline`: what is known stays visible, and only what is new fails."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cli_submission
import pytest
import trial_reports as trial
from report_sample import sample_content, sample_report

from czca_rules import Report, check
from czca_rules.errors import ReportError, UsageError
from czca_rules.report.canonical import canonical_bytes
from czca_rules.report.earlier.baseline import marked
from czca_rules.report.earlier.reading import Recorded
from czca_rules.report.model import OutcomePart, ReportModel


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A ruleset of two rules, at most 50 MW and bids of at most 50 EUR."""
    return trial.write_rules(tmp_path_factory.mktemp("rules") / "trial")


@pytest.fixture
def two_breaches(tmp_path: Path, rules: str) -> Path:
    """The report of a submission with two allocations above 50 MW."""
    return trial.saved(trial.judged(rules, trial.submission("60", "70", one="20")),
                       tmp_path / "old.json")


def outcome(report: Report, name: str) -> OutcomePart:
    """A rule's outcome in a report."""
    return next(item for item in report.outcomes if item.rule == name)


def known(report: Report, name: str) -> list[bool]:
    """Which findings of a rule are known, in their order."""
    return [finding.known for finding in outcome(report, name).findings]


# Known and new

def test_a_check_beside_its_own_report_knows_everything(tmp_path: Path) -> None:
    folder = cli_submission.write_submission(tmp_path / "gr-it")
    path = trial.saved(check(folder, select=["GI-8", "GI-13"]), tmp_path / "old.json")
    report = check(folder, select=["GI-8", "GI-13"], baseline=path)
    assert report.exit_code == 0
    assert report.verdict == "not_compliant", "a known breach is a breach all the same"
    assert report.model.scope.baseline == hashlib.sha256(path.read_bytes()).hexdigest()
    for rule in report.outcomes:
        rows = rule.judged.failed + rule.judged.not_assessable
        assert rule.known == max(rows, rule.outcome == "not_assessable"), rule.rule
        assert rule.known_failed == rule.judged.failed
        assert all(finding.known for finding in rule.findings
                   if finding.outcome in ("failed", "not_assessable"))
    assert ReportModel.model_validate(report.model.model_dump(by_alias=True)) == report.model


def test_without_a_baseline_nothing_is_known(rules: str) -> None:
    report = trial.judged(rules, trial.submission("60", one="20"))
    assert (report.exit_code, known(report, "TR-1")) == (1, [False])
    assert report.model.scope.baseline is None


def test_one_new_breach_fails(rules: str, two_breaches: Path) -> None:
    report = trial.judged(rules, trial.submission("60", "70", "80", one="20"),
                          baseline=two_breaches)
    assert report.exit_code == 1
    assert known(report, "TR-1") == [True, True, False]
    assert (outcome(report, "TR-1").known, outcome(report, "TR-1").known_failed) == (2, 2)
    shown = report.to_text(width=200)
    assert "1 new, 2 known" in shown
    lines = shown.splitlines()
    new = next(number for number, line in enumerate(lines) if "02:00 CET" in line)
    old = next(number for number, line in enumerate(lines) if line.endswith("(known)"))
    assert new < old, "what is new comes first"


def test_a_known_row_may_have_other_numbers(rules: str, two_breaches: Path) -> None:
    report = trial.judged(rules, trial.submission("65", "75", one="20"), baseline=two_breaches)
    assert (report.exit_code, known(report, "TR-1")) == (0, [True, True])


def test_fewer_breaches_are_no_failure(rules: str, two_breaches: Path) -> None:
    assert trial.judged(rules, trial.submission("60", one="20"),
                        baseline=two_breaches).exit_code == 0
    assert trial.judged(rules, trial.submission("40", one="20"),
                        baseline=two_breaches).exit_code == 0


def test_a_rule_that_the_baseline_does_not_judge_is_new(tmp_path: Path, rules: str) -> None:
    old = trial.saved(trial.judged(rules, trial.submission("40", one="70"), select=["TR-1"]),
                      tmp_path / "old.json")
    report = trial.judged(rules, trial.submission("40", one="70"), baseline=old)
    assert (report.exit_code, known(report, "TR-2")) == (1, [False])


def test_only_rules_of_level_error_decide(tmp_path: Path, two_breaches: Path) -> None:
    softer = trial.write_rules(tmp_path / "trial", level="warning")
    report = trial.judged(softer, trial.submission("60", "70", "80", one="20"),
                          baseline=two_breaches)
    assert (report.exit_code, known(report, "TR-1")) == (0, [True, True, False])


def test_files_sorted_anew_have_the_same_findings(tmp_path: Path) -> None:
    lines = cli_submission.ALLOCATIONS.replace(",0\n", ",180\n").splitlines(keepends=True)
    one = cli_submission.write_submission(tmp_path / "one", "".join(lines))
    two = cli_submission.write_submission(tmp_path / "two",
                                          "".join([lines[0], *reversed(lines[1:])]))
    path = trial.saved(check(one, select=["GI-8.1"]), tmp_path / "old.json")
    report = check(two, select=["GI-8.1"], baseline=path)
    assert report.exit_code == 0
    assert set(known(report, "GI-8.1")) == {True}


# What cannot be judged

def test_a_row_that_can_no_longer_be_judged_is_new(tmp_path: Path, rules: str) -> None:
    old = trial.saved(trial.judged(rules, trial.submission("60", one="20")), tmp_path / "old.json")
    report = trial.judged(rules, trial.submission("sixty", one="20"), baseline=old)
    assert report.verdict == "undecided"
    assert report.exit_code == 3
    assert outcome(report, "TR-1").known == 0


def test_known_breaches_do_not_hide_what_cannot_be_judged(rules: str, two_breaches: Path) -> None:
    report = trial.judged(rules, trial.submission("60", "70", "eighty", one="20"),
                          baseline=two_breaches)
    assert report.verdict == "not_compliant"
    assert report.exit_code == 3
    assert (outcome(report, "TR-1").known, outcome(report, "TR-1").known_failed) == (2, 2)


def test_a_rule_without_rows_is_known_by_its_reason() -> None:
    def model(reason: str) -> ReportModel:
        content = sample_content()
        content["outcomes"] = [rule for rule in content["outcomes"]
                               if rule["outcome"] == "passed"]
        content["outcomes"][0] |= {
            "outcome": "not_assessable", "reason": reason, "findings": [], "findings_total": 0,
            "judged": dict.fromkeys(content["outcomes"][0]["judged"], 0)}
        content["counts"] = dict.fromkeys(content["counts"], 0) | {
            "passed": len(content["outcomes"]) - 1, "not_assessable": 1}
        return ReportModel.model_validate(content | {"verdict": "undecided"})

    absent, unread = model("no row: table `bids` was not handed in"), model("bids is broken")
    same = Report(marked(absent, recorded(absent), lambda rule: ()))
    assert (same.exit_code, same.outcomes[0].known) == (0, 1)
    other = Report(marked(absent, recorded(unread), lambda rule: ()))
    assert (other.exit_code, other.outcomes[0].known) == (3, 0)


def recorded(model: ReportModel) -> Recorded:
    """A report as if it had been read from a file."""
    return Recorded("old.json", model, canonical_bytes(model))


# Lists that hold fewer rows than are counted

def test_rows_beyond_the_list_are_known_too(rules: str, two_breaches: Path) -> None:
    report = trial.judged(rules, trial.submission("60", "70", one="20"), findings=1,
                          baseline=two_breaches)
    assert (report.exit_code, outcome(report, "TR-1").known) == (0, 2)
    assert known(report, "TR-1") == [True]


def test_a_new_row_beyond_the_list_takes_the_place_of_a_known_one(rules: str,
                                                                  two_breaches: Path) -> None:
    report = trial.judged(rules, trial.submission("60", "70", "80", one="20"), findings=2,
                          baseline=two_breaches)
    assert report.exit_code == 1
    listed = outcome(report, "TR-1").findings
    assert [(finding.observed, finding.known) for finding in listed] == [
        ("60", True), ("80", False)]
    assert outcome(report, "TR-1").findings_total == 3


def test_nothing_is_listed_where_nothing_was_asked_for(rules: str, two_breaches: Path) -> None:
    report = trial.judged(rules, trial.submission("60", "70", "80", one="20"), findings=0,
                          baseline=two_breaches)
    assert (report.exit_code, outcome(report, "TR-1").known) == (1, 2)
    assert known(report, "TR-1") == []


def test_a_baseline_that_lists_too_little_is_refused(tmp_path: Path, rules: str) -> None:
    short = trial.saved(trial.judged(rules, trial.submission("60", "70", "80", one="20"),
                                     findings=2), tmp_path / "short.json")
    with pytest.raises(UsageError) as caught:
        trial.judged(rules, trial.submission("60", "70", "80", one="20"), baseline=short)
    assert str(caught.value) == (
        "The baseline lists only 2 of 3 failed rows of TR-1, so it cannot be told which are new; "
        "write it with --findings 3.")
    enough = trial.judged(rules, trial.submission("60", "70", one="20"), baseline=short)
    assert enough.exit_code == 0, "every row of today stands in the list"


# Confidential keys

def test_masked_rows_are_known_by_their_number(tmp_path: Path, rules: str) -> None:
    old = trial.saved(trial.judged(rules, trial.submission("40", one="70", two="80")),
                      tmp_path / "old.json")
    other = trial.judged(rules, trial.submission("40", one="75", two="85"), baseline=old)
    assert (other.exit_code, outcome(other, "TR-2").known) == (0, 2)
    more = trial.judged(rules, trial.submission("40", one="70", two="80", six="90"), baseline=old)
    assert (more.exit_code, outcome(more, "TR-2").known) == (1, 2)
    assert sorted(known(more, "TR-2")) == [False, True, True]


def test_rows_that_are_shown_are_known_by_their_name(tmp_path: Path, rules: str) -> None:
    old = trial.saved(trial.judged(rules, trial.submission("40", one="70"), confidential=True),
                      tmp_path / "old.json")
    report = trial.judged(rules, trial.submission("40", two="70"), confidential=True, baseline=old)
    assert (report.exit_code, known(report, "TR-2")) == (1, [False])


# Files that are no baseline

def test_a_baseline_has_to_be_a_report(tmp_path: Path, rules: str) -> None:
    path = tmp_path / "old.json"
    path.write_text("{}")
    with pytest.raises(ReportError, match=r"old\.json has no format"):
        trial.judged(rules, trial.submission("40", one="20"), baseline=path)


def test_every_report_is_a_baseline_of_itself() -> None:
    """The handmade report lists fewer rows than it counts, so all its rows are asked for."""
    content = sample_content()
    for rule in content["outcomes"]:
        for word in ("failed", "not_assessable"):
            rule["judged"][word] = sum(one["outcome"] == word for one in rule["findings"])
    model = ReportModel.model_validate(content)
    report = Report(marked(model, recorded(model), lambda rule: pytest.fail(rule)))
    assert report.exit_code == 0
    with pytest.raises(UsageError, match=r"The baseline lists only 5 of 8 failed rows of GI-8\.1"):
        marked(sample_report(), recorded(sample_report()), lambda rule: ())
