"""Spans, positions and days of 23 to 25 hours meet on one delivery time axis."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from submission_folders import (
    DAY,
    DIRECTIONS,
    allocations,
    loader,
    manifest,
    rows,
    starts,
    write,
)


@pytest.fixture
def load() -> Iterator[Any]:
    yield from loader()


@pytest.mark.parametrize(("day", "count"), [
    (date(2026, 3, 29), 92), (date(2026, 3, 11), 96), (date(2026, 10, 25), 100)])
def test_positions_on_days_of_23_24_and_25_hours(tmp_path: Path, load: Any, day: date,
                                                 count: int) -> None:
    by_time = load(write(tmp_path / "a", {"allocations.csv": allocations(day)}, manifest(day)))
    by_place = "from_zone,to_zone,product,direction,market_day,position,allocated_mw\n" + "".join(
        f"{one},{other},aFRR,up,{day},{number},{number}\n" for one, other in DIRECTIONS
        for number in range(1, count + 1))
    found = load(write(tmp_path / "b", {"allocations.csv": by_place}, manifest(day)))
    assert found.problems == by_time.problems == ()
    assert len(found.intervals) == count
    assert rows(found, "allocations", rest="ORDER BY _line") == \
        rows(by_time, "allocations", rest="ORDER BY _line")


def test_time_and_position_may_stand_side_by_side(tmp_path: Path, load: Any) -> None:
    text = ("zone,product,direction,mtu_start,market_day,position,mtu_end,demand_mw\n"
            f"GR,aFRR,up,{starts()[0]},{DAY},1,2026-03-12T00:00:00+01:00,5\n"
            f"IT,aFRR,up,,{DAY},1,2026-03-11T23:00:00Z,5\n")
    found = load(write(tmp_path, {"demand.csv": text}))
    assert found.problems == ()
    assert len(found.intervals) == 1
    assert found.intervals[0].hours == 24


def test_the_length_of_units_changes_by_date(tmp_path: Path, load: Any) -> None:
    text = "zone,mtu_start,price_eur_mwh\n" \
           "GR,2025-09-30T23:00:00+02:00,1\nGR,2025-10-01T00:00:00+02:00,1\n"
    found = load(write(tmp_path, {"day_ahead_prices.csv": text},
                       manifest(mtu="{2017-01-01: 60, 2025-10-01: 15}")))
    assert found.problems == ()
    assert rows(found, "day_ahead_prices", "mtu_end - mtu_start", "ORDER BY mtu_start") == [
        (timedelta(hours=1),), (timedelta(minutes=15),)]


def test_spans_meet_on_their_common_refinement(tmp_path: Path, load: Any) -> None:
    head = "zone,product,direction,mtu_start,mtu_end,demand_mw\n"
    blocks = "".join(
        f"{zone},aFRR,up,2026-03-11T{hour:02}:00:00+01:00,2026-03-11T{hour + 4:02}:00:00+01:00,"
        f"{hour}\n" for zone in ("GR", "IT") for hour in range(0, 20, 4)) + "".join(
        f"{zone},aFRR,up,2026-03-11T20:00:00+01:00,2026-03-12T00:00:00+01:00,20\n"
        for zone in ("GR", "IT"))
    found = load(write(tmp_path / "a", {"demand.csv": head + blocks}))
    assert found.problems == ()
    assert [item.hours for item in found.intervals] == [4] * 6
    one_row = ("from_zone,to_zone,mtu_start,mtu_end,capacity_mw\n"
               "GR,IT,2026-03-11T00:00:00+01:00,2026-03-12T00:00:00+01:00,500\n"
               "IT,GR,2026-03-11T01:00:00+01:00,2026-03-11T02:00:00+01:00,500\n")
    both = load(write(tmp_path / "b", {"demand.csv": head + blocks,
                                       "cross_zonal_capacity.csv": one_row}))
    assert [item.hours for item in both.intervals] == [1, 1, 2, 4, 4, 4, 4, 4]
    assert rows(both, "demand", "count(*), count(DISTINCT _line)") == [(16, 12)]
    capacity = rows(both, "cross_zonal_capacity", "count(*), count(capacity_mw)")
    assert capacity == [(16, 9)]
    assert both.problem_counts == {("cross_zonal_capacity.csv", "missing_key"): 7}


def test_gaps_hold_the_units_in_force(tmp_path: Path, load: Any) -> None:
    text = ("zone,product,direction,mtu_start,mtu_end,demand_mw\n"
            "GR,aFRR,up,2026-03-11T00:00:00+01:00,2026-03-11T12:15:00+01:00,5\n")
    found = load(write(tmp_path, {"demand.csv": text}, manifest(mtu="60")))
    assert [str(item.hours) for item in found.intervals[:3]] == ["12.25", "0.75", "1"]
    assert sum(item.hours for item in found.intervals) == 24


def test_money_of_a_span_is_divided_to_the_last_decimal(tmp_path: Path, load: Any) -> None:
    text = ("from_zone,to_zone,product,direction,mtu_start,mtu_end,income_eur\n"
            "GR,IT,aFRR,up,2026-03-11T00:00:00+01:00,2026-03-12T00:00:00+01:00,100.01\n"
            "IT,GR,aFRR,up,2026-03-11T00:00:00+01:00,2026-03-12T00:00:00+01:00,-7\n")
    found = load(write(tmp_path, {"congestion_income.csv": text,
                                  "allocations.csv": allocations()}))
    assert found.problems == ()
    assert rows(found, "congestion_income", "from_zone, count(*), sum(income_eur), "
                "max(income_eur) - min(income_eur) <= 0.000001",
                "GROUP BY from_zone ORDER BY from_zone") == [
        ("GR", 96, Decimal("100.010000"), True), ("IT", 96, Decimal("-7.000000"), True)]


def test_every_part_knows_the_start_of_its_row(tmp_path: Path, load: Any) -> None:
    head = "zone,product,direction,mtu_start,mtu_end,demand_mw\n"
    found = load(write(tmp_path, {
        "demand.csv": head + "GR,aFRR,up,2026-03-11T02:00:00+01:00,2026-03-11T04:00:00+01:00,5\n"
        "GR,aFRR,up,2026-03-11T04:00:00+01:00,2026-03-11T04:15:00+01:00,5\n",
        "allocations.csv": allocations()}))
    given = rows(found, "demand", "span_start, count(*), min(mtu_start), max(mtu_end)",
                 "WHERE demand_mw IS NOT NULL GROUP BY span_start ORDER BY span_start")
    assert given == [
        (datetime(2026, 3, 11, 1), 8, datetime(2026, 3, 11, 1), datetime(2026, 3, 11, 3)),
        (datetime(2026, 3, 11, 3), 1, datetime(2026, 3, 11, 3), datetime(2026, 3, 11, 3, 15))]
    for table in ("demand", "allocations", "usage"):  # completed, scanned as it is, absent
        whole = "WHERE _line IS NULL" if table == "demand" else ""
        assert rows(found, table, "count(*) > 0, bool_and(span_start = mtu_start)", whole) == [
            (True, True)]


def test_a_row_that_begins_before_delivery_keeps_its_start(tmp_path: Path, load: Any) -> None:
    limits = ("from_zone,to_zone,mtu_start,mtu_end,basis,limit_mw\n"
              "GR,IT,2026-01-01T00:00:00+01:00,2027-01-01T00:00:00+01:00,nra,100\n")
    found = load(write(tmp_path / "a", {"allocations.csv": allocations()}),
                 [write(tmp_path / "b", {"volume_limits.csv": limits})])
    assert rows(found, "volume_limits", "span_start, count(*)", "GROUP BY ALL") == [
        (datetime(2025, 12, 31, 23), 96)]


def test_money_that_lost_an_interval_is_unknown(tmp_path: Path, load: Any) -> None:
    text = ("from_zone,to_zone,product,direction,mtu_start,mtu_end,income_eur\n"
            "GR,IT,aFRR,up,2026-03-11T00:00:00+01:00,2026-03-12T00:00:00+01:00,96\n"
            "GR,IT,aFRR,up,2026-03-11T04:00:00+01:00,2026-03-11T04:15:00+01:00,1\n"
            "IT,GR,aFRR,up,2026-03-11T00:00:00+01:00,2026-03-12T00:00:00+01:00,96\n")
    found = load(write(tmp_path, {"congestion_income.csv": text,
                                  "allocations.csv": allocations()}))
    assert rows(found, "congestion_income", "from_zone, count(*), count(income_eur), "
                "count(*) FILTER (WHERE _bad), count(DISTINCT span_start)",
                "GROUP BY from_zone ORDER BY from_zone") == [
        ("GR", 96, 0, 1, 1), ("IT", 96, 96, 0, 1)]


def test_prices_of_the_delivery_days_cut_the_intervals(tmp_path: Path, load: Any) -> None:
    head = "zone,product,direction,mtu_start,mtu_end,demand_mw\n"
    demand = head + "".join(
        f"{zone},aFRR,up,2026-03-11T00:00:00+01:00,2026-03-12T00:00:00+01:00,5\n"
        for zone in ("GR", "IT"))
    before = "".join(f"GR,2026-03-10T{hour:02}:15:00+01:00,,{hour}\n" for hour in range(24))
    inside = ("GR,2026-03-10T12:00:00+01:00,2026-03-11T04:00:00+01:00,1\n"
              "GR,2026-03-11T04:00:00+01:00,2026-03-11T09:00:00+01:00,1\n"
              "IT,2026-03-11T08:00:00+01:00,2026-03-11T10:00:00+01:00,1\n"
              "IT,2026-03-11T22:00:00+01:00,2026-03-12T02:00:00+01:00,1\n")
    prices = "zone,mtu_start,mtu_end,price_eur_mwh\n"
    found = load(write(tmp_path / "a", {"demand.csv": demand,
                                        "day_ahead_prices.csv": prices + inside}))
    assert found.problems == ()
    assert [item.hours for item in found.intervals] == [4, 4, 1, 1, 12, 2]
    assert rows(found, "demand", "count(*), count(DISTINCT _line)") == [(12, 2)]
    assert rows(found, "day_ahead_prices", "count(*), max(mtu_end)") == [
        (4, datetime(2026, 3, 12, 1))]
    past = load(write(tmp_path / "b", {"demand.csv": demand,
                                       "day_ahead_prices.csv": prices + before}))
    assert [item.hours for item in past.intervals] == [24]
    alone = load(write(tmp_path / "c", {"day_ahead_prices.csv": prices + inside}))
    assert {item.hours for item in alone.intervals} == {Decimal("0.25")}
    assert len(alone.intervals) == 96
