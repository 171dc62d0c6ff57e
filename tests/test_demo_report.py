"""The demonstration and its report as users meet it, kept under `reports/`.

``CZCA_GOLDEN=write`` writes the samples anew; read the difference.
"""

from __future__ import annotations

import json
import os
import shutil
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import jsonschema
import pytest

from czca_rules.api import Report, check
from czca_rules.report.model import report_schema
from czca_rules.report.words import OUTCOMES

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "fixtures" / "submissions" / "demo"


#: Every rule that this repository began with: volume limits, netting, prices, firmness, income.
FIRST_RULES = frozenset({
    "GI-8.1", "GI-8.1-new-link", "GI-8.2", "GI-8.3", "GI-8.4", "GI-8.6", "GI-13.11",
    "GI-13.11-uses", "GI-14.1", "GI-14.1-not-negative", "GI-14.3", "GI-15.1", "GI-16.1"})
#: A workbook stays small enough to be kept beside the others.
LARGEST_WORKBOOK = 100_000


@lru_cache
def _report(folder: Path = DEMO) -> Report:
    return check(folder)


def _normalised(report: Report) -> Report:
    """The report without the versions of the machine that it was made on."""
    model = report.model
    environment = {name: "0" if value else None for name, value in model.environment.items()}
    return Report(model.model_copy(update={"environment": environment}))


def _sample(name: str, folder: Path) -> bytes:
    report = _normalised(_report())
    if name.endswith(".txt"):
        return report.to_text(width=80).encode()
    report.save(folder / name)
    return (folder / name).read_bytes()


def _kept(name: str, folder: Path) -> tuple[bytes, bytes]:
    """A sample as it is kept, written anew if that was asked for, and as it is written today."""
    path, today = ROOT / "reports" / name, _sample(name, folder)
    if os.environ.get("CZCA_GOLDEN") == "write":
        path.write_bytes(today)
    return path.read_bytes(), today


@pytest.mark.parametrize("name", ["sample.json", "sample.txt", "sample.html", "sample.sarif",
                                  "sample.junit.xml", "sample.csv"])
def test_the_samples_are_what_is_written_today(name: str, tmp_path: Path) -> None:
    kept, today = _kept(name, tmp_path)
    assert kept.decode() == today.decode()


def test_the_sample_workbook_holds_what_is_written_today(tmp_path: Path) -> None:
    """Compared part by part: how a part is compressed depends on the machine's zlib."""
    kept, today = _kept("sample.xlsx", tmp_path)
    assert len(kept) < LARGEST_WORKBOOK
    assert _parts(kept) == _parts(today)


def _parts(workbook: bytes) -> dict[str, str]:
    with ZipFile(BytesIO(workbook)) as archive:
        return {item.filename: archive.read(item).decode() for item in archive.infolist()}


def test_the_json_sample_meets_the_published_schema() -> None:
    jsonschema.validate(json.loads(_report().to_json()), report_schema())


def test_the_demonstration_breaks_every_first_rule() -> None:
    failed = {item.rule for item in _report().outcomes if item.outcome == "failed"}
    assert failed - FIRST_RULES == {"GI-6.2", "GI-17.1", "GI-17.3"}
    assert failed >= FIRST_RULES


def test_the_demonstration_shows_everything_a_report_can_say() -> None:
    report = _report()
    assert report.verdict == "not_compliant"
    outcomes = {item.rule: item for item in report.outcomes}
    assert {item.outcome for item in report.outcomes} == set(OUTCOMES)
    assert {item.level for item in report.outcomes if item.outcome == "failed"} == {
        "error", "warning"}
    assert {name for name, item in outcomes.items() if item.outcome == "not_assessable"} == {
        "GI-5.1.a", "GI-6.1.a", "GI-6.1.b"}
    assert outcomes["GI-6.1.a"].turns_on == ("week_ahead",)
    assert outcomes["GI-5.1.a"].findings[0].missing == (
        "the moment of `sdac_gate_closed` is not known",)
    assert outcomes["GI-17.2"].outcome == "exempt"
    assert outcomes["GI-17.2"].judged.noted == 1
    assert outcomes["GI-8.1"].judged.exempt == 2
    assert outcomes["GI-8.1"].judged.not_assessable == 13
    assert {item.reason for item in report.outcomes if item.outcome == "not_applicable"} == {
        "approach", "scope", "not_due 2026-03-20"}
    assert sum(item.count for item in report.model.input.counts) == 2


def test_the_report_depends_on_no_path_and_no_run(tmp_path: Path) -> None:
    shutil.copytree(DEMO, tmp_path / "elsewhere")
    moved = _report(tmp_path / "elsewhere")
    assert moved.to_json() == _report().to_json()
    for text in (moved.to_json().decode(), moved.to_html(), moved.to_text()):
        assert str(tmp_path) not in text
        assert str(ROOT) not in text


def test_each_cause_is_said_once() -> None:
    shown = _report().to_text(width=200)
    for rule in shown.split("\n\n"):
        messages = [line for line in rule.splitlines() if line.startswith("    ")
                    and not line.strip().startswith("and ")]
        assert len(messages) == len(set(messages)), rule
    assert "and 47 more rows alike, the last 2026-03-13 23:00 CET" in shown
    page = _report().to_html()
    assert page.count("A waiver of the volume limit is claimed from GR to IT-SUD") == 1


def test_a_table_that_is_not_there_is_said_once(tmp_path: Path) -> None:
    shutil.copytree(DEMO, tmp_path / "demo")
    (tmp_path / "demo" / "offered_capacity.csv").unlink()
    shown = check(tmp_path / "demo", select=["GI-8.1"]).to_text(width=200)
    assert shown.count("table `offered_capacity` was not handed in") == 1
