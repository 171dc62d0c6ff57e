"""Whole periods: a small month and a small year, judged as a day is, in whatever slices."""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from benchmarks.period_data import MONTH, SIX, YEAR, Shape, write_period
from czca_rules import api, check
from czca_rules.check.judging import Judging, Options
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.tables.submission import load_submission

#: A month of 31 days, one of them of 23 hours; two weeks around the change of the year.
SMALL_MONTH = replace(MONTH, borders=3, zones=3, bids=3, faults=20, products=SIX[2:4])
SMALL_YEAR = replace(YEAR, last=date(2026, 1, 14), bids=3, faults=4)


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month of three borders at a quarter of an hour, 450,000 rows."""
    folder = tmp_path_factory.mktemp("period") / "month"
    assert write_period(folder, SMALL_MONTH) > 400_000
    return folder


def year(folder: Path, form: str) -> Path:
    """Two weeks of one border."""
    write_period(folder / form, SMALL_YEAR, form="parquet" if form == "parquet" else "csv.gz")
    return folder / form


@pytest.fixture(scope="session")
def month_report(month: Path) -> api.Report:
    """The month, judged in one piece."""
    return check(month)


def failed(report: api.Report) -> dict[str, int]:
    """Failed rows by rule."""
    return {outcome.rule: outcome.judged.failed for outcome in report.outcomes
            if outcome.judged.failed}


def faults(folder: Path, sql: str) -> int:
    """How many rows of the files have a fault, counted without this program."""
    with duckdb.connect() as connection:
        connection.execute(f"SET file_search_path = '{folder}'")
        found = connection.execute(sql).fetchone()
    return int(found[0]) if found else 0


def test_a_month_of_borders_is_judged_like_a_day(month_report: api.Report) -> None:
    assert month_report.model.input.problems == ()
    assert set(failed(month_report)) == {
        "CE-6.1", "CE-6.6", "CE-7.3", "CE-9.6", "CE-9.6-uses", "CE-10.1-not-negative", "CE-10.4",
        "CE-11.1", "CE-12.3", "CE-13.2",
        # what the drawn month does not have: terms, an account, bids that cover the demand
        "CE-3.8", "CE-12.4-income", "CE-12.6", "EB-58.3-balance"}
    undecided = {outcome.rule for outcome in month_report.outcomes
                 if outcome.outcome == "not_assessable"}
    assert "CE-6.4" in undecided  # the waiver for direct current, which open readings end
    assert not undecided & {"CE-6.2", "CE-7.2", "CE-9.6", "CE-10.1", "CE-12.2", "CE-12.3",
                            "CE-13.2", "CE-13.3"}  # what the drawn month holds is judged
    quarters = SMALL_MONTH.quarters
    assert quarters == 31 * 96 - 4
    judged = {outcome.rule: sum(outcome.judged.model_dump().values()) - outcome.judged.noted
              for outcome in month_report.outcomes}
    assert judged["CE-11.1"] == quarters * 6 * 2  # directions, products
    assert judged["CE-9.6"] == quarters * 6


def test_every_fault_is_found_and_nothing_else(month: Path, month_report: api.Report) -> None:
    found = failed(month_report)
    assert found["CE-10.1-not-negative"] == faults(month, """
        SELECT count(*) FROM 'czc_prices.parquet' JOIN 'allocations.parquet'
        USING (from_zone, to_zone, product, direction, mtu_start)
        WHERE price_eur_mw_h < 0 AND state = 'final' AND allocated_mw > 0""")
    assert found["CE-11.1"] == faults(month, """
        SELECT count(*) FROM (SELECT max(allocated_mw) - min(allocated_mw) AS less,
          from_zone, to_zone, product, direction, mtu_start FROM 'allocations.parquet' GROUP BY ALL)
        ANTI JOIN 'curtailments.parquet' USING (from_zone, to_zone, product, direction, mtu_start)
        WHERE less > 0""")
    assert found["CE-6.6"] == faults(month, """
        SELECT count(*) FROM (SELECT sum(allocated_mw) AS mw FROM 'allocations.parquet'
        WHERE state = 'final' GROUP BY from_zone, to_zone, mtu_start) WHERE mw > 75""")
    assert found["CE-9.6-uses"] == faults(month, """
        SELECT count(*) FROM 'exchanges.parquet' e JOIN 'allocations.parquet' a
        ON a.from_zone = CASE e.direction WHEN 'up' THEN provider_zone ELSE receiver_zone END
        AND a.to_zone = CASE e.direction WHEN 'up' THEN receiver_zone ELSE provider_zone END
        AND a.product = e.product AND a.direction = e.direction AND a.mtu_start = e.mtu_start
        WHERE state = 'final' AND exchanged_mw > allocated_mw""")


def test_findings_lie_on_several_days_and_borders(month_report: api.Report) -> None:
    keys = [finding.key for finding in month_report.findings
            if finding.outcome == "failed" and "mtu_start" in finding.key]
    assert len({key["mtu_start"][:10] for key in keys}) > 8
    assert len(keys) > 100


def test_slices_give_the_same_report(month: Path, month_report: api.Report,
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    importlib.import_module("czca_rules.check.slicing")
    slicing = sys.modules["czca_rules.check.slicing"]
    monkeypatch.setattr(slicing, "SLICE_JOINS", 20_000)
    monkeypatch.setattr(slicing, "SMALL", 1)
    used: Counter[str] = Counter()
    whole = slicing.slices

    def counted(statement: object, submission: object) -> list[str]:
        parts: list[str] = whole(statement, submission)
        used["most"] = max(used["most"], len(parts))
        return parts

    monkeypatch.setattr(sys.modules["czca_rules.check.judging"], "slices", counted)
    assert check(month).to_json() == month_report.to_json()
    assert used["most"] > 5


def test_text_and_parquet_of_a_longer_period_give_the_same_findings(tmp_path: Path) -> None:
    reports = [check(year(tmp_path, form)) for form in ("parquet", "csv.gz")]
    assert failed(reports[0]) == failed(reports[1]) != {}
    for one, other in zip(*(report.outcomes for report in reports), strict=True):
        assert (one.outcome, one.judged) == (other.outcome, other.judged)
        assert [finding.message for finding in one.findings] == [
            finding.message for finding in other.findings]
    assert reports[0].model.input.problems == reports[1].model.input.problems == ()


def test_forecasts_of_a_longer_period_refer_to_days_that_the_calendar_gives(
        tmp_path: Path) -> None:
    """New Year and Epiphany are holidays, so reference days are not simply days before."""
    outcomes = {outcome.rule: outcome for outcome in check(year(tmp_path, "parquet")).outcomes}
    forecasts = outcomes["GI-9.2"].judged
    assert forecasts.failed > 0
    assert forecasts.failed + forecasts.passed == SMALL_YEAR.quarters * 2


def test_a_named_function_is_computed_once_for_all_statements(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calendar = sys.modules["czca_rules.derive.engine_calendar"]
    computed: list[str] = []
    called = calendar.called  # type: ignore[attr-defined]

    def watched(step: object, setting: object, keys: object) -> object:
        computed.append(step.name)  # type: ignore[attr-defined]
        return called(step, setting, keys)

    monkeypatch.setattr(calendar, "called", watched)
    check(year(tmp_path, "parquet"), select=["GI-9"])
    assert computed == ["reference_time"]


def test_the_shape_of_the_benchmark_is_the_one_that_is_promised() -> None:
    assert (MONTH.borders, MONTH.quarters) == (60, 2972)
    assert (YEAR.borders, YEAR.quarters) == (1, 35_040)
    assert isinstance(MONTH, Shape)


def test_a_month_is_judged_in_one_statement_for_each_relation(month: Path) -> None:
    with load_submission(month) as loaded:
        judging = Judging(loaded, load_ruleset("core-ee"), Options())
        rules = [rule for rule in judging.rules() if judging.set_aside(rule) is None]
        relations = [statement.relation for statement in judging.statements(rules)]
    assert len(relations) == len(set(relations)) < len(rules)
