"""The demonstration and its report as users meet it, kept under `reports/`.

``CZCA_GOLDEN=write`` writes the samples anew; read the difference.
"""

from __future__ import annotations

import json
import os
import shutil
from functools import lru_cache
from pathlib import Path

import jsonschema
import pytest

from czca_rules.api import Report, check
from czca_rules.report.model import report_schema

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "fixtures" / "submissions" / "demo"


@lru_cache
def _report(folder: Path = DEMO) -> Report:
    return check(folder)


def _normalised(report: Report) -> Report:
    """The report without the versions of the machine that it was made on."""
    model = report.model
    environment = {name: "0" if value else None for name, value in model.environment.items()}
    return Report(model.model_copy(update={"environment": environment}))


def _sample(name: str) -> bytes:
    report = _normalised(_report())
    if name.endswith(".json"):
        return report.to_json()
    return (report.to_html() if name.endswith(".html") else report.to_text(width=80)).encode()


@pytest.mark.parametrize("name", ["sample.json", "sample.txt", "sample.html"])
def test_the_samples_are_what_is_written_today(name: str) -> None:
    path = ROOT / "reports" / name
    if os.environ.get("CZCA_GOLDEN") == "write":
        path.write_bytes(_sample(name))
    assert path.read_bytes().decode() == _sample(name).decode()


def test_the_json_sample_meets_the_published_schema() -> None:
    jsonschema.validate(json.loads(_sample("sample.json")), report_schema())


def test_the_demonstration_shows_everything_a_report_can_say() -> None:
    report = _report()
    assert report.verdict == "not_compliant"
    outcomes = {item.rule: item for item in report.outcomes}
    assert {name for name, item in outcomes.items() if item.outcome == "failed"} == {
        "GI-6.2", "GI-8.1", "GI-8.3", "GI-13.11", "GI-14.3", "GI-15.1", "GI-16.1", "GI-17.2"}
    assert {name for name, item in outcomes.items() if item.outcome == "not_assessable"} == {
        "GI-8.2", "GI-13.11-uses"}
    assert outcomes["GI-8.1"].judged.exempt == 2
    assert outcomes["GI-8.2"].turns_on == ("limit_base",)
    assert sum(item.count for item in report.model.input.counts) == 1


def test_the_report_depends_on_no_path_and_no_run(tmp_path: Path) -> None:
    shutil.copytree(DEMO, tmp_path / "elsewhere")
    moved = _report(tmp_path / "elsewhere")
    assert moved.to_json() == _report().to_json()
    for text in (moved.to_json().decode(), moved.to_html(), moved.to_text()):
        assert str(tmp_path) not in text
        assert str(ROOT) not in text


def test_each_cause_is_said_once() -> None:
    shown = _report().to_text(width=200)
    lines = [line for line in shown.splitlines() if line.strip()]
    messages = [line for line in lines if line.startswith("    ")
                and not line.strip().startswith("and ")]
    assert len(messages) == len(set(messages))
    assert "and 23 more rows alike, the last 2026-03-11 22:00Z" in shown
    page = _report().to_html()
    assert page.count("A waiver of the volume limit is claimed from GR to IT-SUD") == 1


def test_a_table_that_is_not_there_is_said_once(tmp_path: Path) -> None:
    shutil.copytree(DEMO, tmp_path / "demo")
    (tmp_path / "demo" / "offered_capacity.csv").unlink()
    shown = check(tmp_path / "demo", select=["GI-8.1"]).to_text(width=200)
    assert shown.count("table `offered_capacity` was not handed in") == 1
