"""Two real months of DE-AT auctions, where the workbooks are at hand, against plain arithmetic.

The workbooks are not part of the project; without them these tests skip and say so.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from czca_rules.convert import ConversionSummary, convert_regelleistung

pytest.importorskip("python_calamine")

Key = tuple[str, str, str]
LAST_DAYS = {"01": 31, "03": 31}


def rows(summary: ConversionSummary, table: str) -> list[dict[str, str]]:
    with (summary.output / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def key(row: dict[str, str]) -> Key:
    return row["zone"], row["direction"], row["mtu_start"]


@pytest.fixture(scope="module", params=sorted(LAST_DAYS))
def month(request: pytest.FixtureRequest,
          tmp_path_factory: pytest.TempPathFactory) -> ConversionSummary:
    shared = Path(os.environ.get("CZCA_SHARED", Path(__file__).parents[1] / ".." / "shared"))
    data = shared / "data" / "regelleistung"
    if not data.is_dir():
        pytest.skip("the workbooks of regelleistung.net are not here (set CZCA_SHARED)")
    tenders, overview, bids = (next(data.glob(pattern)) for pattern in (
        "LIST_OF_TENDERS*aFRR*", "RESULT_OVERVIEW*aFRR*",
        f"RESULT_LIST*aFRR_2024-{request.param}-01*"))
    first = date(2024, int(request.param), 1)
    return convert_regelleistung(tenders, overview, [bids],
                                 tmp_path_factory.mktemp("month") / "out", first,
                                 first.replace(day=LAST_DAYS[request.param]))


def test_accepted_less_demand_is_the_export(month: ConversionSummary) -> None:
    assert month.auctions == 372
    left: dict[Key, Decimal] = defaultdict(Decimal)
    for table, column, sign in (("bids", "accepted_mw", 1), ("demand", "demand_mw", -1),
                                ("auction_results", "net_export_mw", -1)):
        for row in rows(month, table):
            left[key(row)] += sign * Decimal(row[column])
    assert len(left) == 2 * 372
    assert set(left.values()) == {0}


def test_exchanges_stay_within_what_was_set_aside(month: ConversionSummary) -> None:
    limits = {(row["from_zone"], row["direction"], row["mtu_start"]): Decimal(row["allocated_mw"])
              for row in rows(month, "allocations")}
    assert len(limits) == 2 * 372
    for row in rows(month, "exchanges"):
        upward = row["direction"] == "up"
        source = row["provider_zone"] if upward else row["receiver_zone"]
        assert 0 < Decimal(row["exchanged_mw"]) <= limits[
            source, row["direction"], row["mtu_start"]]


def test_published_prices_are_those_of_the_bids(month: ConversionSummary) -> None:
    prices: dict[Key, list[Decimal]] = defaultdict(list)
    for row in rows(month, "bids"):
        prices[key(row)].append(Decimal(row["price_eur_mw_h"]))
    for row in rows(month, "auction_results"):
        accepted = prices[key(row)]
        assert min(accepted) == Decimal(row["minimum_price_eur_mw_h"])
        assert max(accepted) == Decimal(row["marginal_price_eur_mw_h"])


def test_blocks_follow_the_local_clock(month: ConversionSummary) -> None:
    hours = {(datetime.fromisoformat(row["mtu_end"])
              - datetime.fromisoformat(row["mtu_start"])).total_seconds() / 3600
             for row in rows(month, "demand")}
    assert hours == ({3, 4} if month.day_from.month == 3 else {4})
