"""Counts and excesses by border and day, computed by the engine, against the rows themselves."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from drawn_submissions import submissions
from hypothesis import HealthCheck, given, settings

from czca_rules.check.breakdown import PAIRS, Tally, breakdown
from czca_rules.check.codes import Code
from czca_rules.check.day_curves import curves, failed_at
from czca_rules.check.day_process import Asked, asked
from czca_rules.check.every_finding import every_finding
from czca_rules.check.evidence import Evidence
from czca_rules.check.excused import excused_rows
from czca_rules.check.finding import Finding
from czca_rules.check.judging import Judging, Options
from czca_rules.market_time.days import market_day_of
from czca_rules.report.figures import instant
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.tables.submission import Submission, load_submission

SUBMISSIONS = Path(__file__).parent.parent / "fixtures" / "submissions"
TRIES = settings(max_examples=int(os.environ.get("CZCA_TRIES", "8")), deadline=None,
                 derandomize="CI" in os.environ, database=None,
                 suppress_health_check=list(HealthCheck))
Place = tuple[str, Code, object, str | None]


def _naive(moment: str) -> Any:
    found = instant(moment)
    return None if found is None else found.replace(tzinfo=None)


def _place(finding: Finding) -> Place:
    key = finding.key
    place: object = key.get("border")
    for one, other in PAIRS:
        if one in key and other in key:
            place = (key[one], key[other])
    day = key.get("market_day")
    if day is None and "mtu_start" in key:
        day = str(market_day_of(_naive(key["mtu_start"])))
    return finding.rule, finding.code, place, day


def _excess(finding: Finding, as_of: Any) -> Decimal | None:
    """By how much a reported row misses, from its own two numbers alone."""
    if finding.required is None or finding.relation is None:
        return None
    if _naive(finding.required) is not None:
        came = _naive(finding.observed) if finding.observed else as_of
        required = _naive(finding.required)
        if finding.required_max and came > _naive(finding.required_max):
            required = _naive(finding.required_max)
        return abs(Decimal((came - required).days * 86400 + (came - required).seconds))
    try:
        gap = Decimal(finding.observed or "") - Decimal(finding.required)
    except ArithmeticError:
        return None
    return -gap if finding.relation in (">=", ">") else abs(gap) if finding.relation == "=" else gap


def _agree(judging: Judging) -> int:
    """Compare the breakdown with every row; how many rows failed."""
    outcomes = judging.outcomes()
    rows: dict[Place, list[Finding]] = {}
    for finding in every_finding(Evidence(judging, 0, None), outcomes):
        if finding.code in (Code.FAILED, Code.NOT_ASSESSABLE):
            rows.setdefault(_place(finding), []).append(finding)
    tallies = {_key(item): item for item in breakdown(judging, outcomes)}
    assert {place: item.rows for place, item in tallies.items()} == {
        place: len(found) for place, found in rows.items()}
    for place, item in tallies.items():
        if item.code is Code.FAILED:
            _same_excess(item, rows[place], judging)
    return sum(item.rows for item in tallies.values() if item.code is Code.FAILED)


def _key(item: Tally) -> Place:
    return item.rule, item.code, item.place, None if item.market_day is None else str(
        item.market_day)


def _same_excess(item: Tally, rows: list[Finding], judging: Judging) -> None:
    found = [_excess(row, judging.submission.manifest.as_of) for row in rows]
    if item.unit is None:
        return  # several kinds of number, or none: nothing to compare
    known = [value for value in found if value is not None]
    assert item.largest == max(known, default=None), item
    hours = {interval.start: interval.hours for interval in judging.submission.intervals}
    weights = [hours.get(_naive(row.key.get("mtu_start", "")), Decimal(1))
               if item.unit == "MW" else Decimal(1) for row in rows]
    if item.unit in ("MW", "EUR") and len(known) == len(found):
        total = sum(value * weight for value, weight in zip(known, weights, strict=True))
        assert item.total == total, item
    else:
        assert item.total is None


@pytest.mark.parametrize("name", ["market_based", "economic_efficiency"])
def test_counts_and_excesses_are_those_of_the_rows(name: str) -> None:
    ruleset = load_ruleset({"market_based": "greece-italy-mb"}.get(name, "core-ee"))

    @TRIES
    @given(submissions(name))
    def agree(drawn: tuple[dict[str, Any], dict[str, Any]]) -> None:
        with Submission.from_tables(*drawn) as submission:
            _agree(Judging(submission, ruleset, Options()))

    agree()


def _judged(name: str) -> Iterator[Judging]:
    folder = SUBMISSIONS / name
    context = folder.parent / "context"
    with load_submission(folder, [context] if context.exists() else []) as submission:
        yield Judging(submission, load_ruleset(submission.manifest.methodology), Options())


@pytest.mark.parametrize("name", ["demo", "greece-italy/GI-14.3", "greece-italy/GI-16.1",
                                  "greece-italy/GI-17.2", "greece-italy/GI-17.5",
                                  "core/CE-6.1", "core/CE-13.2"])
def test_submissions_with_breaches_are_broken_down_alike(name: str) -> None:
    for judging in _judged(name):
        assert _agree(judging) > 0


def test_slices_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for judging in _judged("demo"):
        whole = breakdown(judging, judging.outcomes())
        monkeypatch.setattr(sys.modules["czca_rules.check.slicing"], "SLICE_JOINS", 1)
        assert breakdown(judging, judging.outcomes()) == whole


def test_curves_show_what_findings_say() -> None:
    for judging in _judged("demo"):
        outcomes = judging.outcomes()
        days = judging.calendar.days
        drawn = {name: curves(judging, name, days) for name in ("allocated", "limit")}
        failed = failed_at(judging, "GI-8.1", days)
        found = [item for item in every_finding(Evidence(judging, 0, None), outcomes)
                 if item.rule == "GI-8.1" and item.code is Code.FAILED]
        assert found
        for item in found:
            direction = (item.key["from_zone"], item.key["to_zone"])
            start = _naive(item.key["mtu_start"])
            assert drawn["allocated"][direction][start] == Decimal(item.observed or "")
            assert drawn["limit"][direction][start] == Decimal(item.required or "")
            assert start in failed[direction]
        assert sum(map(len, failed.values())) == len(found)


def test_only_the_days_asked_for_are_drawn() -> None:
    for judging in _judged("demo"):
        one, *others = judging.calendar.days
        assert others
        found = curves(judging, "capacity", [one])
        assert found
        assert {market_day_of(start) for values in found.values() for start in values} == {one}


@pytest.mark.parametrize("name", ["demo", "greece-italy/GI-17.2", "greece-italy/GI-7.1.b-between",
                                  "greece-italy/GI-13.5", "greece-italy/GI-13.1", "core/CE-5.1.a"])
def test_windows_hold_the_events_that_kept_their_duties(name: str) -> None:
    seen = set()
    for judging in _judged(name):
        outcomes = judging.outcomes()
        for one in asked(judging, Evidence(judging, 0, None), outcomes, judging.calendar.days):
            seen.add(one.code)
            assert _fits(one), one
    assert {Code.PASSED, Code.FAILED} <= seen


def _fits(one: Asked) -> bool:
    bounds = one.bounds
    last = bounds.noted or bounds.closes
    if one.at is None or " equal among " in (one.rule.form.deadline or ""):
        return one.code is not Code.NOTED  # it never came, or is bound only to its siblings
    inside = (bounds.opens is None or one.at >= bounds.opens) and (last is None or one.at <= last)
    late = bounds.noted is not None and bounds.closes is not None and one.at > bounds.closes
    late = late or (" within " in (one.rule.form.deadline or "") and one.code is Code.NOTED)
    return {Code.PASSED: inside and not late, Code.NOTED: inside and late,
            Code.FAILED: not inside or one.at in (bounds.opens, last)}.get(one.code, True)


def test_each_derogation_counts_the_rows_that_it_excused() -> None:
    """Two are claimed in the demonstration; none takes the rows of the other."""
    for judging in _judged("demo"):
        claimed = judging.submission.manifest.relies_on
        assert len(claimed) > 1
        for item in judging.outcomes():
            found = excused_rows(judging, item)
            assert sum(found.values()) == item.counts.get(Code.EXEMPT, 0)
            assert set(found) <= {claim.exemption for claim in claimed}


def test_where_two_derogations_hold_the_first_counts(tmp_path: Path) -> None:
    folder = shutil.copytree(SUBMISSIONS / "demo", tmp_path / "demo")
    manifest = folder / "submission.yaml"
    claim = "  - {exemption: dc_border, border: GR/IT-SUD, document: NRA-2025-8}\n"
    manifest.write_text(manifest.read_text("utf-8").replace(
        "relies_on: \n", f"relies_on:\n{claim}"), "utf-8")
    with load_submission(folder) as submission:
        judging = Judging(submission, load_ruleset("greece-italy-mb"), Options(select=("GI-8.1",)))
        (outcome,) = judging.outcomes()
        assert outcome.counts[Code.EXEMPT] > 0
        assert excused_rows(judging, outcome) == {"dc_border": outcome.counts[Code.EXEMPT]}
