"""`czca verify`: a report comes out again byte for byte, or what differs is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import cli_submission
import pytest
import trial_reports as trial

from czca_rules import Replay, Report, check, verify
from czca_rules.errors import CzcaError, ReportError, UsageError
from czca_rules.report.earlier.reading import read_report
from czca_rules.report.earlier.replay_text import render_replay
from czca_rules.rulebook.shipped import shipped_root

#: One that fails, one that passes; the others only take time.
RULES = ("GI-8.1", "GI-14.1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A submission with a breach of the volume limit."""
    return cli_submission.write_submission(tmp_path / "gr-it")


@pytest.fixture
def report(tmp_path: Path, folder: Path) -> Path:
    """Its report on a few rules."""
    return trial.saved(check(folder, select=RULES), tmp_path / "report.json")


def ended(replay: Replay) -> dict[str, str]:
    """How each step ended."""
    return {step.name: step.ending for step in replay.steps}


def details(replay: Replay, name: str) -> str:
    """What a step has to say."""
    step = next(step for step in replay.steps if step.name == name)
    return "\n".join((step.text, *step.details))


def edited(report: Path, change: Callable[[Any], object]) -> Path:
    """The report with something in it changed by hand, written as czca writes it."""
    content = json.loads(report.read_bytes())
    change(content)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, indent=2) + "\n"
    return _written(report, text)


def _written(report: Path, text: str) -> Path:
    path = report.with_name("edited.json")
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def failed_rule(content: Any) -> Any:
    """The rule of an edited report that failed."""
    return next(rule for rule in content["outcomes"] if rule["rule"] == "GI-8.1")


# The same

def test_the_same_submission_gives_the_same_bytes(folder: Path, report: Path) -> None:
    replay = verify(report, folder)
    assert replay.replayed
    assert replay.same_bytes
    assert set(ended(replay).values()) == {"same"}
    assert "byte for byte" in render_replay(replay)


@pytest.mark.parametrize("options", [
    {"stages": ["procurement"]}, {"readings": {"limit_base": "mean"}}, {"all_readings": True},
    {"select": ["GI-8", "GI-14.1"], "ignore": ["GI-8.2"]}, {"findings": 0}, {"findings": None},
    {"confidential": True}, {"stages": ["procurement", "allocation"], "findings": 1},
], ids=str)
def test_options_are_taken_from_the_report(tmp_path: Path, folder: Path,
                                           options: dict[str, Any]) -> None:
    report = check(folder, **{"select": RULES, **options})
    assert verify(trial.saved(report, tmp_path / "report.json"), folder).same_bytes


def test_the_law_of_another_day_is_replayed(tmp_path: Path, folder: Path) -> None:
    report = check(folder, select=RULES, law_date=date(2025, 1, 1))
    assert verify(trial.saved(report, tmp_path / "report.json"), folder).same_bytes


def test_context_folders_are_replayed_in_their_order(tmp_path: Path, folder: Path) -> None:
    history = tmp_path / "history"
    history.mkdir()
    (folder / "offered_capacity.csv").rename(history / "offered_capacity.csv")
    path = trial.saved(check(folder, select=RULES, with_folders=[history]),
                       tmp_path / "report.json")
    assert verify(path, folder, with_folders=[history]).same_bytes
    without = verify(path, folder)
    assert "with1/offered_capacity.csv is missing" in details(without, "files")


@pytest.mark.parametrize("confidential", [False, True])
def test_a_report_with_masked_values_is_replayed(tmp_path: Path, confidential: bool) -> None:
    rules = trial.write_rules(tmp_path / "trial")
    first = trial.judged(rules, trial.submission("60", "40", one="70.5", two="20"),
                         confidential=confidential)
    bid, = (finding for finding in first.findings if "bid_id" in finding.key)
    assert (bid.key["bid_id"] == "one") is confidential
    with trial.submission("60", "40", one="70.5", two="20") as again:
        assert verify(first, again, rules).same_bytes


# What went in is not the same

def test_a_changed_cell_is_a_changed_file(folder: Path, report: Path) -> None:
    path = folder / "allocations.csv"
    path.write_text(path.read_text().replace(",170\n", ",171\n"))
    replay = verify(report, folder)
    assert not replay.replayed
    assert ended(replay)["files"] == "differs"
    assert "allocations.csv differs: SHA-256" in details(replay, "files")
    assert "replay" not in ended(replay), "nothing is judged from other files"


def test_a_renamed_file_is_recognised(folder: Path, report: Path) -> None:
    parts = folder / "allocations"
    parts.mkdir()
    (folder / "allocations.csv").rename(parts / "march.csv")
    assert details(verify(report, folder), "files").splitlines()[1:] == [
        "allocations.csv is missing; allocations/march.csv has its content"]


def test_a_missing_and_an_added_file_are_named(folder: Path, report: Path) -> None:
    (folder / "events.csv").unlink()
    (folder / "demand.csv").write_text("zone,product,direction,mtu_start,demand_mw\n")
    assert details(verify(report, folder), "files").splitlines()[1:] == [
        "demand.csv is new", "events.csv is missing"]


def test_a_file_that_is_no_table_changes_the_report(folder: Path, report: Path) -> None:
    (folder / "allocation.csv").write_text("never read\n")
    replay = verify(report, folder)
    assert not replay.replayed
    assert replay.difference is not None
    assert replay.difference.path == "$.input.counts"
    assert (replay.difference.recorded, replay.difference.replayed) == ("0 items", "1 item")


def test_another_ruleset_of_the_same_name_is_named(tmp_path: Path, folder: Path,
                                                   report: Path) -> None:
    other = tmp_path / "rules" / "greece-italy-mb"
    shutil.copytree(shipped_root() / "greece-italy-mb", other)
    head = other / "ruleset.yaml"
    head.write_text(head.read_text().replace('version: "2019.1"', 'version: "2019.2"'))
    replay = verify(report, folder, str(other))
    assert not replay.replayed
    assert "greece-italy-mb: 2019.1 (SHA-256 " in details(replay, "ruleset")
    assert "2019.2 (SHA-256 " in details(replay, "ruleset")
    path = trial.saved(check(folder, str(other), select=RULES), tmp_path / "other.json")
    assert verify(path, folder, str(other)).same_bytes
    assert not verify(path, folder).replayed


def test_another_included_ruleset_is_named(tmp_path: Path, folder: Path, report: Path) -> None:
    for name in ("greece-italy-mb", "ebgl"):
        shutil.copytree(shipped_root() / name, tmp_path / "rules" / name)
    head = tmp_path / "rules" / "ebgl" / "ruleset.yaml"
    head.write_text(head.read_text() + "# a remark is not a change\n")
    own = str(tmp_path / "rules" / "greece-italy-mb")
    assert verify(report, folder, own).same_bytes
    changed = tmp_path / "changed"
    shutil.copytree(tmp_path / "rules", changed)
    rule = next((changed / "ebgl" / "rules").glob("*.yaml"))
    rule.write_text(rule.read_text().replace("level: error", "level: warning"))
    told = details(verify(report, folder, str(changed / "greece-italy-mb")), "ruleset")
    assert "ebgl: 2021.1 (SHA-256 " in told


# The report is not what was written

@pytest.mark.parametrize(("change", "path"), [
    (lambda c: failed_rule(c)["findings"].pop(0), "findings (GI-8.1)"),
    (lambda c: failed_rule(c)["findings"][0].update(observed="171"),
     "findings[0].observed (GI-8.1)"),
    (lambda c: failed_rule(c)["judged"].update(passed=7), "judged.passed (GI-8.1)"),
    (lambda c: c["scope"].update(stages=["allocation"]), "$.counts."),
    (lambda c: c["scope"].update(ignored=["GI-8.1"]), "$.counts."),
    (lambda c: c["submission"].update(id="another"), "$.submission.id"),
    (lambda c: c.update(law_date="2010-01-01"), "$."),
    (lambda c: c["submission"]["files"][0].update(rows=9), "$.submission.files[0].rows"),
], ids=["finding removed", "number changed", "count changed", "stage", "ignored", "sender",
        "law of", "rows"])
def test_an_edited_report_shows_where(folder: Path, report: Path, change: Callable[[Any], object],
                                      path: str) -> None:
    replay = verify(edited(report, change), folder)
    assert not replay.replayed
    assert replay.difference is not None
    assert path in replay.difference.path


def test_both_values_of_a_difference_are_shown(folder: Path, report: Path) -> None:
    path = edited(report, lambda c: failed_rule(c)["findings"][0].update(observed="171"))
    difference = verify(path, folder).difference
    assert difference is not None
    assert (difference.recorded, difference.replayed) == ('"171"', '"170"')


def test_a_verdict_turned_by_hand_contradicts_its_rules(folder: Path, report: Path) -> None:
    path = edited(report, lambda c: c.update(verdict="compliant"))
    with pytest.raises(ReportError, match="the outcomes make it not_compliant"):
        verify(path, folder)


def test_a_verdict_turned_with_all_that_follows_is_found(folder: Path, report: Path) -> None:
    def whitewash(content: Any) -> None:
        content["verdict"] = "compliant"
        for rule in content["outcomes"]:
            if rule["outcome"] in ("failed", "not_assessable"):
                content["counts"][rule["outcome"]] -= 1
                content["counts"]["passed"] += 1
                rule["outcome"] = "passed"

    replay = verify(edited(report, whitewash), folder)
    assert not replay.replayed
    assert replay.difference is not None
    assert replay.difference.path == "$.counts.failed"


def test_other_versions_are_named_and_are_no_difference(folder: Path, report: Path) -> None:
    path = edited(report, lambda c: c["environment"].update(duckdb="0.1", python="2.7"))
    replay = verify(path, folder)
    assert replay.replayed
    assert not replay.same_bytes
    assert ended(replay)["versions"] == ended(replay)["replay"] == "noted"
    assert "duckdb 0.1 in the report" in details(replay, "versions")
    assert "the same but for `environment`" in details(replay, "replay")


def test_other_versions_do_not_excuse_another_difference(folder: Path, report: Path) -> None:
    def change(content: Any) -> None:
        content["environment"]["duckdb"] = "0.1"
        failed_rule(content)["findings"][0]["observed"] = "171"

    replay = verify(edited(report, change), folder)
    assert not replay.replayed
    assert "a possible cause" in details(replay, "versions")


def test_the_same_values_written_otherwise_are_not_the_same_bytes(folder: Path,
                                                                  report: Path) -> None:
    replay = verify(_written(report, report.read_text(encoding="utf-8") + " "), folder)
    assert not replay.replayed
    assert "not written as czca writes them" in details(replay, "replay")


# What cannot be read as a report

@pytest.mark.parametrize(("content", "said"), [
    (b"<html>", "is no JSON report: Expecting value, line 1, column 1"),
    (b"\xff{}", "byte 0 is not UTF-8"),
    (b"[]", "has no format"),
    (b'{"format": "czca-solution/1"}', "has the format `czca-solution/1`"),
    (b'{"format": "czca-report/1"}', "verdict: Field required"),
    (b'{"a": 1, "a": 2}', "the key `a` stands twice"),
    (b'{"a": 1.5}', "the number 1.5"),
    (b'{"a": NaN}', "the number NaN"),
    (b"[" * 100_000, "nested too deeply"),
], ids=["page", "not UTF-8", "list", "other format", "empty", "twice", "float", "nan", "deep"])
def test_what_is_no_report_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(content)
    with pytest.raises(ReportError) as caught:
        read_report(path)
    assert said in str(caught.value)


def test_an_unknown_key_is_refused(folder: Path, report: Path) -> None:
    path = edited(report, lambda c: c.update(remark="all fine"))
    with pytest.raises(ReportError, match="remark: Extra inputs are not permitted"):
        verify(path, folder)


# Frames, and reports in memory

def test_frames_are_replayed_from_python(tmp_path: Path) -> None:
    rules = trial.write_rules(tmp_path / "trial")
    first = trial.judged(rules, trial.submission("60", one="20"))
    assert isinstance(first, Report)
    with trial.submission("60", one="20") as same, trial.submission("61", one="20") as other:
        assert verify(first, same, rules).same_bytes
        assert "frames/allocations differs" in details(verify(first, other, rules), "files")


def test_frames_are_not_in_a_folder(tmp_path: Path, folder: Path) -> None:
    rules = trial.write_rules(tmp_path / "trial")
    path = trial.saved(trial.judged(rules, trial.submission("60", one="20")),
                       tmp_path / "report.json")
    assert "from Python: czca_rules.verify" in details(verify(path, folder, rules), "files")


# With a baseline

def test_a_baseline_is_part_of_what_is_replayed(tmp_path: Path, folder: Path,
                                                report: Path) -> None:
    path = trial.saved(check(folder, select=RULES, baseline=report), tmp_path / "new.json")
    assert verify(path, folder, baseline=report).same_bytes
    with pytest.raises(UsageError, match=r"name that file as baseline \(--baseline FILE"):
        verify(path, folder)
    with pytest.raises(UsageError, match="made without a baseline"):
        verify(report, folder, baseline=report)
    other = trial.saved(check(folder, select=["GI-8.1"]), tmp_path / "other.json")
    replay = verify(path, folder, baseline=other)
    assert not replay.replayed
    assert ended(replay)["baseline"] == "differs"


# With a file of every finding

@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_file_of_every_finding_is_hashed_anew(tmp_path: Path, form: Any) -> None:
    rules = trial.write_rules(tmp_path / "trial")
    with trial.submission("60", "70", "80", one="20") as tables:
        report = check(tables, rules, findings=1, every_finding=tmp_path, every_finding_as=form)
        assert report.model.every_finding is not None
        assert report.model.every_finding.rows == 3
        assert verify(report, tables, rules).same_bytes
        path = edited(trial.saved(report, tmp_path / "report.json"),
                      lambda c: c["every_finding"].update(sha256="0" * 64))
        difference = verify(path, tables, rules).difference
    assert difference is not None
    assert difference.path == "$.every_finding.sha256"


def test_a_ruleset_that_is_not_shipped_has_to_be_named(tmp_path: Path) -> None:
    rules = trial.write_rules(tmp_path / "trial")
    with trial.submission("60", one="20") as tables:
        report = check(tables, rules)
        with pytest.raises(CzcaError, match="no ruleset `trial`"):
            verify(report, tables)


def test_what_comes_from_outside_is_harmless(folder: Path, report: Path) -> None:
    path = edited(report, lambda c: failed_rule(c)["findings"][0].update(
        message="\x1b[31m ::error::taken over \u202e"))
    shown = render_replay(verify(path, folder))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "::" not in shown
