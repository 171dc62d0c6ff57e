"""Two real months of DE-AT auctions under `alpaca-afrr`, and what faults put into them turn up.

The workbooks are not part of the project; without them these tests skip and say so.
"""

from __future__ import annotations

import copy
import csv
import os
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from alpaca_faults import FAULTS, Tables

from czca_rules.api import Report, check
from czca_rules.convert import convert_regelleistung

pytest.importorskip("python_calamine")

FIRST, LAST = "2024-03-30", "2024-03-31"


def convert(month: int, folder: Path) -> Path:
    shared = Path(os.environ.get("CZCA_SHARED", Path(__file__).parents[1] / ".." / "shared"))
    data = shared / "data" / "regelleistung"
    if not data.is_dir():
        pytest.skip("the workbooks of regelleistung.net are not here (set CZCA_SHARED)")
    tenders, overview, bids = (next(data.glob(pattern)) for pattern in (
        "LIST_OF_TENDERS*aFRR*", "RESULT_OVERVIEW*aFRR*",
        f"RESULT_LIST*aFRR_2024-{month:02}-01*"))
    first = date(2024, month, 1)
    return convert_regelleistung(tenders, overview, [bids], folder / "out", first,
                                 first.replace(day=31)).output


@pytest.fixture(scope="module")
def march(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert(3, tmp_path_factory.mktemp("march"))


@pytest.fixture(scope="module")
def january(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert(1, tmp_path_factory.mktemp("january"))


@pytest.mark.parametrize("month", ["january", "march"])
def test_all_auctions_of_a_month_are_compliant(
        month: str, request: pytest.FixtureRequest) -> None:
    report = check(request.getfixturevalue(month))
    assert report.verdict == "compliant"
    assert {outcome.outcome for outcome in report.outcomes} == {"passed"}
    judged = {outcome.rule: outcome.judged for outcome in report.outcomes}
    assert all(rows.not_assessable == rows.failed == 0 for rows in judged.values())
    assert judged["AL-gate-order"].passed == judged["AL-export-mirror"].passed == 372
    assert judged["AL-balance"].passed == judged["AL-price-average"].passed == 2 * 372


@pytest.fixture(scope="module")
def days(march: Path) -> tuple[str, Tables]:
    """Manifest and tables of two days, the last of which has 23 hours."""
    tables: Tables = {}
    for path in sorted(march.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            tables[path.stem] = [row for row in csv.DictReader(stream)
                                 if FIRST <= row["mtu_start"][:10] <= LAST]
    manifest = (march / "submission.yaml").read_text(encoding="utf-8").replace(
        "{from: 2024-03-01, to: 2024-03-31}", f"{{from: {FIRST}, to: {LAST}}}")
    return manifest, tables


def judged_anew(folder: Path, manifest: str, tables: Tables) -> Report:
    (folder / "submission.yaml").write_text(manifest, encoding="utf-8", newline="\n")
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return check(folder)


def failures(report: Report) -> dict[str, int]:
    return {outcome.rule: outcome.judged.failed for outcome in report.outcomes
            if outcome.outcome == "failed"}


def test_days_without_fault_are_compliant(days: tuple[str, Tables], tmp_path: Path) -> None:
    report = judged_anew(tmp_path, *days)
    assert (report.verdict, failures(report)) == ("compliant", {})


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_the_rules_that_it_breaks(
        name: str, days: tuple[str, Tables], tmp_path: Path) -> None:
    manifest, whole = days
    tables = copy.deepcopy(whole)
    auction = FAULTS[name].put(tables)
    report = judged_anew(tmp_path, manifest, tables)
    assert failures(report) == FAULTS[name].found_by
    assert report.verdict == "not_compliant"
    assert {outcome.outcome for outcome in report.outcomes} == {"passed", "failed"}
    start = datetime.fromisoformat(auction.key[2])
    assert {finding.key.get("mtu_start") for finding in report.findings
            if finding.outcome == "failed"} == {
        (start - start.utcoffset()).strftime("%Y-%m-%dT%H:%M:%SZ")}  # type: ignore[operator]


def test_a_finding_states_both_prices_and_what_rounding_allows(
        days: tuple[str, Tables], tmp_path: Path) -> None:
    manifest, whole = days
    tables = copy.deepcopy(whole)
    auction = FAULTS["an average off by 0.02"].put(tables)
    published = Decimal(auction.row("auction_results", zone="DE")["average_price_eur_mw_h"])
    report = judged_anew(tmp_path, manifest, tables)
    (found,) = [finding for finding in report.findings if finding.outcome == "failed"]
    assert Decimal(found.observed or "NaN") == published
    assert found.key["zone"] == "DE"
    assert found.tolerance == "0.005"
    assert found.sources[0].file == "auction_results.csv"
