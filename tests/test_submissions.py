"""The synthetic submissions: current, and each found to be what it is by the whole engine."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from czca_rules.api import check
from czca_rules.report.model import ReportModel

FIXTURES = Path(__file__).parent.parent / "fixtures"
ROOT = FIXTURES / "submissions"
LISTED = """
import gzip, hashlib, sys
sys.path.insert(0, sys.argv[1])
from synthetic.collection import all_files
for name, content in sorted(all_files().items()):
    plain = gzip.decompress(content) if name.endswith(".gz") else content
    print(hashlib.sha256(plain).hexdigest(), name)
"""
QUIET = ("passed", "not_applicable")
COMPLIANT = {"compliant", "inverted"}
PARENTS = ("ebgl", "sogl", "iem")
#: Rules of the parent law that the rules of both methodologies stand in for, the one about an
#: approach that no methodology here uses, and the one that Core's own on products of both
#: directions stands in for; their cases prove them.
ELSEWHERE = {"EB-12.3.f", "EB-12.3.h-before-use", "EB-12.3.i", "EB-12.3.j", "EB-12.4", "EB-32.3",
             "EB-38.8", "EB-40.1"}


def _expected() -> list[tuple[str, str]]:
    return [(group, name) for group in ("greece-italy", "core")
            for name in yaml.safe_load((ROOT / group / "expected.yaml").read_text("utf-8"))]


def _rules(ruleset: str) -> set[str]:
    return {path.stem for path in (FIXTURES.parent / "rulesets" / ruleset / "rules").iterdir()}


def _found(model: ReportModel) -> dict[str, str]:
    return {item.rule: item.outcome for item in model.outcomes if item.outcome not in QUIET}


def test_the_committed_submissions_are_what_the_generator_writes() -> None:
    """``python fixtures/generate.py`` writes them anew."""
    import hashlib

    listed = subprocess.run([sys.executable, "-c", LISTED, str(FIXTURES)], capture_output=True,
                            text=True, check=True).stdout.splitlines()
    kept = []
    for path in sorted(ROOT.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            plain = gzip.decompress(content) if path.suffix == ".gz" else content
            kept.append(f"{hashlib.sha256(plain).hexdigest()} {path.relative_to(ROOT).as_posix()}")
    assert sorted(kept) == sorted(listed)


@pytest.mark.parametrize(("group", "name"), _expected())
def test_a_breach_is_found_by_its_rule_and_by_no_other(group: str, name: str) -> None:
    expected = yaml.safe_load((ROOT / group / "expected.yaml").read_text("utf-8"))[name]
    report = check(ROOT / group / name, with_folders=[ROOT / group / "context"])
    assert (report.verdict, _found(report.model)) == (expected["verdict"], expected["outcomes"])
    assert sum(item.count for item in report.model.input.counts) == expected["problems"]


def test_every_rule_has_its_breach_or_says_why_not() -> None:
    """A rule without a breach of its own would be a rule that nothing here proves."""
    broken, known = set(), set()
    parents = set().union(*map(_rules, PARENTS))
    for group, ruleset in (("greece-italy", "greece-italy-mb"), ("core", "core-ee")):
        breaches = {name for item, name in _expected() if item == group} - COMPLIANT
        assert breaches - parents == _rules(ruleset)
        broken |= breaches
        known |= _rules(ruleset)
    assert broken == known | parents - ELSEWHERE


@pytest.mark.parametrize(("name", "quarters"), [("spring", 92), ("autumn", 100)])
def test_days_of_23_and_of_25_hours_are_judged_quarter_hour_by_quarter_hour(
        name: str, quarters: int) -> None:
    report = check(ROOT / "clock-change" / name, with_folders=[ROOT / "greece-italy" / "context"])
    assert (report.verdict, _found(report.model)) == ("compliant", {})
    assert not report.model.input.counts
    judged = {item.rule: item.judged.passed for item in report.outcomes}
    assert judged["GI-8.1"] == judged["GI-13.11"] == judged["GI-8.4"] == 4 * quarters
    assert judged["GI-16.1"] == 8 * quarters


@pytest.mark.parametrize("reading", [
    {"limit_scope": "border"}, {"limit_scope": "product"}, {"mixed_border": "offered_only"},
    {"mixed_border": "larger"}, {"dc_exemption_until": "2023-07-19"}, {"limit_base": "mean"},
    {"local_minimum_price": "difference"}, {"week_ahead": "calendar_week"},
    {"hours_deadline": "strict"}, {"hours_deadline": "legal"}, {"reference_day_holidays": "own"}])
def test_the_compliant_day_is_compliant_however_the_law_is_read(reading: dict[str, str]) -> None:
    report = check(ROOT / "greece-italy" / "compliant", readings=reading,
                   with_folders=[ROOT / "greece-italy" / "context"])
    assert report.verdict == "compliant"


def test_without_its_history_a_day_is_undecided_not_compliant() -> None:
    report = check(ROOT / "greece-italy" / "compliant")
    assert report.verdict == "undecided"
    assert _found(report.model)["GI-8.1"] == "not_assessable"


def test_the_fixtures_stay_small() -> None:
    assert sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file()) < 8_000_000
