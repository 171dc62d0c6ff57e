"""Keys that occur twice, lie outside delivery or are missing from the grid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from submission_folders import allocations, loader, places, write

from czca_rules.errors import LimitReached
from czca_rules.tables import intake
from czca_rules.tables.submission import load_submission

HEAD = "from_zone,to_zone,product,direction,mtu_start,allocated_mw\n"
START = "2026-03-11T00:00:00+01:00"
A = "allocations.csv"
BIDS = "bid_id,mtu_start,zone,product,direction,volume_mw,price_eur_mw_h\n"


@pytest.fixture
def load() -> Iterator[Any]:
    yield from loader()


def test_spans_that_would_explode_are_refused(tmp_path: Path,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    head = "zone,product,direction,mtu_start,mtu_end,demand_mw\n"
    folder = write(tmp_path, {A: allocations(), "demand.csv": head +
                              f"GR,aFRR,up,{START},2026-03-12T00:00:00+01:00,1\n"})
    monkeypatch.setattr(intake, "MAX_ROWS", 95)
    with pytest.raises(LimitReached, match="intervals"):
        load_submission(folder)


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {"bids.csv": BIDS, A: HEAD}))
    assert found.tables["bids"].status == "ready"
    assert found.problem_counts == {(A, "missing_key"): 192}
    assert len(found.problems) == 100
    assert found.engine.query("SELECT count(*), count(allocated_mw), count(_line), count(_file) "
                              "FROM t_allocations") == [(192, 0, 0, 192)]


def test_duplicate_keys_within_and_across_files(tmp_path: Path, load: Any) -> None:
    folder = write(tmp_path / "day", {
        A: allocations() + f"GR,IT,aFRR,up,{START},7\nGR,IT,aFRR,up,2026-03-10T23:00Z,8\n"})
    write(tmp_path / "more", {A: HEAD + f"IT,GR,aFRR,up,{START},9\n"})
    found = load(folder, [tmp_path / "more"])
    assert places(found) == [(A, 194, "mtu_start", "duplicate_key"),
                             (A, 195, "mtu_start", "duplicate_key"),
                             (f"with1/{A}", 2, "mtu_start", "duplicate_key")]
    assert f"{A}:2" in found.problems[0].found
    assert f"{A}:98" in found.problems[2].found
    assert found.engine.query("SELECT from_zone, allocated_mw, _bad, _line FROM t_allocations "
                              "WHERE _bad ORDER BY 1") == [("GR", None, True, 2),
                                                           ("IT", None, True, 98)]
    assert found.engine.query("SELECT count(*) FROM t_allocations") == [(192,)]


def test_overlapping_spans_are_one_key_twice(tmp_path: Path, load: Any) -> None:
    head = "zone,product,direction,mtu_start,mtu_end,demand_mw\n"
    found = load(write(tmp_path, {"demand.csv": head + "".join(
        f"{zone},aFRR,up,{START},2026-03-12T00:00:00+01:00,1\n" for zone in ("GR", "IT")) +
        "GR,aFRR,up,2026-03-11T04:00:00+01:00,2026-03-11T08:00:00+01:00,2\n",
        "day_ahead_prices.csv": "zone,mtu_start,mtu_end,price_eur_mwh\n"
        f"GR,{START},2026-03-11T01:00:00+01:00,1\n"
        "GR,2026-03-11T00:15:00+01:00,2026-03-11T00:30:00+01:00,2\n"}))
    assert places(found) == [("day_ahead_prices.csv", 3, "mtu_start", "overlapping_spans"),
                             ("demand.csv", 4, "mtu_start", "duplicate_key")]
    assert found.engine.query("SELECT zone, _bad, count(*) FROM t_demand GROUP BY ALL ORDER BY ALL"
                              ) == [("GR", False, 5), ("GR", True, 1), ("IT", False, 6)]
    assert found.engine.query("SELECT _bad, price_eur_mwh FROM t_day_ahead_prices ORDER BY _line"
                              ) == [(False, 1), (True, None)]


def test_rows_outside_the_delivery_days(tmp_path: Path, load: Any) -> None:
    text = "zone,product,direction,mtu_start,mtu_end,demand_mw\n" \
           "GR,aFRR,up,2026-03-10T00:00:00+01:00,2026-03-11T00:00:00+01:00,1\n" \
           "GR,aFRR,up,2026-03-11T00:00:00+01:00,2026-03-13T00:00:00+01:00,1\n" \
           "IT,aFRR,up,2026-03-11T00:00:00+01:00,2026-03-12T00:00:00+01:00,1\n"
    found = load(write(tmp_path, {"demand.csv": text}))
    assert places(found) == [("demand.csv", line, "mtu_start", "outside_delivery")
                             for line in (2, 3)]
    assert found.engine.query("SELECT zone, _line FROM t_demand ORDER BY ALL") == [
        ("GR", 3), ("IT", 4)]


def test_missing_keys_of_the_grid_are_completed(tmp_path: Path, load: Any) -> None:
    lines = allocations().splitlines(keepends=True)
    found = load(write(tmp_path, {A: "".join(lines[:5] + lines[6:])}))
    assert places(found) == [(A, None, None, "missing_key")]
    assert "mtu_start 2026-03-11T00:00:00Z" in found.problems[0].found
    assert found.engine.query("SELECT allocated_mw, shared_mw, state, _bad, _file FROM "
                              "t_allocations WHERE _line IS NULL") == [
        (None, None, "final", False, 0)]
    assert found.engine.query("SELECT count(*) FROM t_allocations") == [(192,)]
