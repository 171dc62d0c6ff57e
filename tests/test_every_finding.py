"""Every finding in a file of its own: all of them, the same bytes, nothing live, typed columns."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date
from pathlib import Path

import duckdb
import pytest

from czca_rules import api, check, verify
from czca_rules.check import every_finding
from czca_rules.check.evidence import Evidence
from czca_rules.check.judging import Judging, Options
from czca_rules.errors import SubmissionError
from czca_rules.report.findings_csv import COLUMNS, csv_line, row_of
from czca_rules.report.findings_file import FindingsForm
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.tables.submission import Submission, load_submission

SUBMISSIONS = Path(__file__).parent.parent / "fixtures" / "submissions"
DEMO = SUBMISSIONS / "demo"
FORMS: tuple[FindingsForm, ...] = ("parquet", "csv")


def written(folder: Path, form: FindingsForm, submission: Path = DEMO,
            **options: object) -> tuple[api.Report, Path]:
    """A check with its file of all findings."""
    report = check(submission, every_finding=folder, every_finding_as=form,
                   **options)  # type: ignore[arg-type]
    assert report.every_finding is not None
    return report, report.every_finding


def rows_of(path: Path) -> list[dict[str, object]]:
    """The rows of a file of findings, in their order."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        if path.suffix == ".csv":
            return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
        found = connection.execute(
            f"SELECT * REPLACE (CAST(mtu_start AS VARCHAR) AS mtu_start) FROM '{path}'")
        names = [item[0] for item in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize("form", FORMS)
def test_the_report_names_the_file_with_its_hash_and_rows(form: FindingsForm,
                                                         tmp_path: Path) -> None:
    report, path = written(tmp_path / "new" / "folder", form)
    stated = report.model.every_finding
    assert stated is not None
    assert stated.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.name == stated.file == f"findings-{stated.sha256[:12]}.{form}"
    total = sum(outcome.findings_total for outcome in report.outcomes)
    assert stated.rows == total == len(rows_of(path)) > len(report.outcomes)
    assert [item.name for item in path.parent.iterdir()] == [path.name]  # no draft


def test_the_file_has_every_row_of_an_uncapped_report_in_its_order(tmp_path: Path) -> None:
    report, path = written(tmp_path, "csv", findings=10_000)
    expected = b"".join(
        csv_line([None if name == "known" else value
                  for name, value in zip(COLUMNS, row_of(finding, rule, False), strict=True)])
        for rule in report.outcomes for finding in rule.findings)
    assert path.read_bytes().partition(b"\r\n")[2] == expected


def test_both_forms_hold_the_same(tmp_path: Path) -> None:
    as_text = rows_of(written(tmp_path, "csv")[1])
    rows = rows_of(written(tmp_path, "parquet")[1])
    same = [name for name in COLUMNS if name not in (
        "line", "mtu_start", "market_day", "known", "noted", "confidential")]
    for text, row in zip(as_text, rows, strict=True):
        for name in same:
            assert str(text[name]).removeprefix("'") == (row[name] or "")
        assert text["line"] == ("" if row["line"] is None else str(row["line"]))


def test_parquet_has_instants_days_lines_and_flags_and_exact_numbers_as_text(
        tmp_path: Path) -> None:
    _, path = written(tmp_path, "parquet", select=["GI-8.1"])
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        types = dict(connection.execute(
            f"SELECT column_name, column_type FROM (DESCRIBE FROM '{path}')").fetchall())
        assert list(types) == list(COLUMNS)
        typed = {name: kind for name, kind in types.items() if kind != "VARCHAR"}
        assert typed == {"mtu_start": "TIMESTAMP WITH TIME ZONE", "market_day": "DATE",
                         "line": "BIGINT", "known": "BOOLEAN", "noted": "BOOLEAN",
                         "confidential": "BOOLEAN"}
        over = connection.execute(
            "SELECT CAST(observed AS DECIMAL(38, 6)) > CAST(required AS DECIMAL(38, 6)), "
            f"market_day, known FROM '{path}' WHERE outcome = 'failed'").fetchall()
    assert set(over) == {(True, date(2026, 3, 11), None)}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_findings_give_the_same_bytes(form: FindingsForm, tmp_path: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    once, path = written(tmp_path / "once", form)
    monkeypatch.setattr(every_finding, "CHUNK", 7)
    monkeypatch.setattr(every_finding, "BATCH", 21)
    again, other = written(tmp_path / "again", form)
    assert path.name == other.name
    assert path.read_bytes() == other.read_bytes()
    assert once.to_json() == again.to_json()  # which says nothing of the folder


@pytest.mark.parametrize("form", FORMS)
def test_a_report_with_such_a_file_can_be_replayed(form: FindingsForm, tmp_path: Path) -> None:
    report, _ = written(tmp_path, form, select=["GI-8.1"])
    report.save(tmp_path / "report.json")
    steps = verify(tmp_path / "report.json", DEMO).steps
    assert [step for step in steps if step.ending == "differs"] == []


@pytest.mark.parametrize(("group", "rule"), [
    ("core", "CE-6.1"), ("core", "CE-10.1"), ("core", "CE-12.2"), ("core", "CE-4.1-remarks"),
    ("core", "CE-5.1.a"), ("greece-italy", "GI-8.1"), ("greece-italy", "GI-17.2")])
def test_places_found_for_all_rows_at_once_are_those_found_row_by_row(group: str,
                                                                      rule: str) -> None:
    with load_submission(SUBMISSIONS / group / rule, [SUBMISSIONS / group / "context"]) as loaded:
        same_findings(loaded)


def test_and_so_they_are_where_rows_are_wrong_and_exempt() -> None:
    with load_submission(DEMO) as loaded:
        same_findings(loaded)


def same_findings(submission: Submission) -> None:
    """Streamed one after the other or gathered as for a report: the same findings."""
    judging = Judging(submission, load_ruleset(submission.manifest.methodology), Options())
    outcomes = judging.outcomes()
    evidence = Evidence(judging, None, None)
    gathered = evidence.findings(outcomes)
    assert any(finding.sources for found in gathered.values() for finding in found)
    assert list(every_finding.every_finding(evidence, outcomes)) == [
        finding for outcome in outcomes for finding in gathered.get(outcome.rule.id, ())]


def test_files_that_changed_meanwhile_leave_no_file(tmp_path: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(self: Submission) -> None:
        raise SubmissionError([])

    monkeypatch.setattr(Submission, "verify_unchanged", changed)
    for form in FORMS:
        with pytest.raises(SubmissionError):
            written(tmp_path, form)
    assert list(tmp_path.iterdir()) == []
