"""What is right comes in exactly: every form of file, every kind of cell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from submission_folders import (
    DIRECTIONS,
    allocations,
    loader,
    manifest,
    parquet,
    places,
    rows,
    starts,
    write,
)

from czca_rules.errors import SubmissionError, UsageError
from czca_rules.tables.specification import TABLES
from czca_rules.tables.submission import load_submission


@pytest.fixture
def load() -> Iterator[Any]:
    yield from loader()


def test_a_complete_day_as_csv(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {"allocations.csv": allocations()}))
    assert found.problems == ()
    assert found.tables["allocations"].status == "ready"
    assert found.tables["bids"].status == "absent"
    assert [(item.path, item.rows, item.table) for item in found.files] == [
        ("allocations.csv", 192, "allocations"), ("submission.yaml", 0, "")]
    first = rows(found, "allocations", rest="ORDER BY _line LIMIT 1")[0]
    assert first == ("GR", "IT", "aFRR", "up", datetime(2026, 3, 10, 23),
                     datetime(2026, 3, 10, 23, 15), datetime(2026, 3, 10, 23), "final",
                     Decimal("1.000"), Decimal("0.000"), None, False, 0, 2)
    assert len(found.intervals) == 96
    assert found.intervals[95].position == 96
    assert found.intervals[95].hours == Decimal("0.25")
    found.verify_unchanged()


@pytest.mark.parametrize("name", ["allocations.csv", "allocations.csv.gz",
                                  "allocations/part.csv", "allocations/part.csv.gz"])
@pytest.mark.parametrize("change", [
    lambda text: text, lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n"),
    lambda text: text.rstrip("\n"), lambda text: text.replace("GR", '"GR"'),
    lambda text: text.replace("\n", "\n\n", 3)])
def test_spellings_of_one_file_mean_the_same(tmp_path: Path, load: Any, name: str,
                                             change: Any) -> None:
    found = load(write(tmp_path, {name: change(allocations())}))
    assert found.problems == ()
    assert rows(found, "allocations", "count(*), sum(allocated_mw)") == [(192, 9312)]


def test_text_and_parquet_give_the_same_table(tmp_path: Path, load: Any) -> None:
    plain = load(write(tmp_path / "one", {"allocations.csv": allocations()}))
    instants = ", ".join(f"('{one}', '{other}', '{start}', {number})" for one, other in DIRECTIONS
                         for number, start in enumerate(starts(), 1))
    folder = write(tmp_path / "two", {})
    parquet(folder / "allocations.parquet",
            "SELECT f AS from_zone, t AS to_zone, 'aFRR' AS product, 'up' AS direction, "
            "CAST(s AS TIMESTAMPTZ) AS mtu_start, CAST(n AS DECIMAL(9,3)) AS allocated_mw "
            f"FROM (VALUES {instants}) v(f, t, s, n)")
    scanned = load(folder)
    assert scanned.problems == ()
    columns = "* EXCLUDE (_line, _file)"
    order = "ORDER BY from_zone, mtu_start"
    assert rows(plain, "allocations", columns, order) == rows(scanned, "allocations", columns,
                                                              order)
    assert rows(scanned, "allocations", "min(_line), max(_line), max(_file)") == [(1, 192, 0)]
    plan = scanned.engine.query("EXPLAIN SELECT sum(allocated_mw) FROM t_allocations")[0][1]
    assert "PARQUET" in plan.upper()


@pytest.mark.parametrize("sql_type", ["DOUBLE", "DECIMAL(38,18)", "INTEGER", "VARCHAR", "BIGINT"])
def test_quantities_of_any_parquet_type(tmp_path: Path, load: Any, sql_type: str) -> None:
    folder = write(tmp_path, {})
    parquet(folder / "demand.parquet",
            "SELECT zone, 'aFRR' AS product, 'up' AS direction, "
            "TIMESTAMPTZ '2026-03-10 23:00:00+00' AS mtu_start, "
            "TIMESTAMPTZ '2026-03-11 23:00:00+00' AS mtu_end, "
            f"CAST(7 AS {sql_type}) AS demand_mw FROM (VALUES ('GR'), ('IT')) v(zone)")
    found = load(folder)
    assert found.problems == ()
    assert rows(found, "demand", "demand_mw, local_minimum_mw") == [(7, 0), (7, 0)]


@pytest.mark.parametrize("sql_type", ["TIMESTAMPTZ", "TIMESTAMPTZ_NS", "VARCHAR"])
def test_instants_of_any_parquet_type(tmp_path: Path, load: Any, sql_type: str) -> None:
    folder = write(tmp_path, {})
    parquet(folder / "day_ahead_prices.parquet",
            f"SELECT 'GR' AS zone, CAST(CAST('2026-03-11 00:00:00+01' AS TIMESTAMPTZ) AS "
            f"{sql_type}) AS mtu_start, 1 AS price_eur_mwh")
    found = load(folder)
    assert found.problems == ()
    assert rows(found, "day_ahead_prices", "mtu_start") == [(datetime(2026, 3, 10, 23),)]


def test_a_relative_folder(tmp_path: Path, load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "day", {"demand.csv": "zone,product,direction,mtu_start,demand_mw\n"})
    parquet(folder / "day_ahead_prices.parquet",
            "SELECT 'GR' AS zone, TIMESTAMPTZ '2026-03-10 23:00:00+00' AS mtu_start, "
            "1 AS price_eur_mwh")
    monkeypatch.chdir(tmp_path)
    found = load(Path("day"))
    monkeypatch.chdir("/")
    assert rows(found, "day_ahead_prices", "count(*)") == [(1,)]
    found.verify_unchanged()


def test_a_double_stands_for_its_decimal(tmp_path: Path, load: Any) -> None:
    folder = write(tmp_path, {})
    parquet(folder / "day_ahead_prices.parquet",
            "SELECT 'GR' AS zone, TIMESTAMPTZ '2026-03-10 23:00:00+00' AS mtu_start, "
            "CAST(0.1 AS DOUBLE) + CAST(0.2 AS DOUBLE) AS price_eur_mwh")
    found = load(folder)
    assert rows(found, "day_ahead_prices", "price_eur_mwh") == [(Decimal("0.300000"),)]


def test_parts_of_mixed_formats_are_one_table(tmp_path: Path, load: Any) -> None:
    folder = write(tmp_path, {
        "allocations/a.csv": allocations(directions=DIRECTIONS[:1]),
        "README.md": "beside", ".gitignore": "*", "report.json": "{}"})
    instants = ", ".join(f"('{start}')" for start in starts())
    parquet(folder / "allocations/b.parquet",
            "SELECT 'IT' AS from_zone, 'GR' AS to_zone, 'aFRR' AS product, 'up' AS direction, "
            f"s AS mtu_start, 2.5 AS allocated_mw FROM (VALUES {instants}) v(s)")
    found = load(folder)
    assert found.problems == ()
    assert rows(found, "allocations", "_file, count(*), sum(allocated_mw)",
                "GROUP BY _file ORDER BY _file") == [(0, 96, 4656), (1, 96, 240)]


def test_many_parquet_parts_know_their_file(tmp_path: Path, load: Any) -> None:
    folder = write(tmp_path, {}, manifest(date(2026, 3, 11), date(2026, 3, 12)))
    for number, day in enumerate((date(2026, 3, 11), date(2026, 3, 12))):
        values = ", ".join(f"('{one}', '{other}', TIMESTAMPTZ '{start}')"
                           for one, other in DIRECTIONS for start in starts(day))
        parquet(folder / f"allocations/{day}.parquet",
                "SELECT f AS from_zone, t AS to_zone, 'aFRR' AS product, 'up' AS direction, "
                f"s AS mtu_start, CAST({number} AS DECIMAL(9,3)) AS allocated_mw "
                f"FROM (VALUES {values}) v(f, t, s)")
    found = load(folder)
    assert found.problems == ()
    assert rows(found, "allocations", "DISTINCT _file, allocated_mw", "ORDER BY ALL") == [
        (0, 0), (1, 1)]


def test_context_folders_give_further_tables(tmp_path: Path, load: Any) -> None:
    folder = write(tmp_path / "day", {"allocations.csv": allocations()})
    context = tmp_path / "context"
    write(context, {
        "volume_limits.csv": "from_zone,to_zone,mtu_start,mtu_end,basis,limit_mw\n"
        "GR,IT,2026-01-01T00:00:00+01:00,2027-01-01T00:00:00+01:00,nra,100\n",
        "offered_capacity.csv": "from_zone,to_zone,mtu_start,offered_mw\n"
        "GR,IT,2025-01-01T00:00:00+01:00,500\n"})
    found = load(folder, [context])
    assert found.problems == ()
    assert [item.path for item in found.files] == [
        "allocations.csv", "submission.yaml", "with1/offered_capacity.csv",
        "with1/volume_limits.csv"]
    limits = rows(found, "volume_limits", "count(*), min(mtu_start), max(mtu_end), max(limit_mw)")
    assert limits == [(96, datetime(2026, 3, 10, 23), datetime(2026, 3, 11, 23), 100)]
    history = rows(found, "offered_capacity", "mtu_start, mtu_end")
    assert history == [(datetime(2024, 12, 31, 23), datetime(2024, 12, 31, 23, 15))]


def test_only_the_tables_asked_for(tmp_path: Path, load: Any) -> None:
    folder = write(tmp_path, {"allocations.csv": allocations(), "bids.csv": "nonsense"})
    found = load(folder, only={"allocations"})
    assert found.problems == ()
    assert (found.tables["bids"].status, found.tables["bids"].reason) == ("absent",
                                                                          "not asked for")
    with pytest.raises(UsageError, match="allocations"):
        load_submission(folder, only={"alocations"})


def test_an_absent_table_of_the_grid_is_unknown_everywhere(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {}))
    assert found.problems == ()
    assert rows(found, "allocations", "count(*), count(allocated_mw), count(_line), min(state)"
                ) == [(192, 0, 0, "final")]
    assert rows(found, "exchanges", "count(*)") == [(0,)]
    assert rows(found, "bids", "count(*)") == [(0,)]


def test_every_table_has_its_view_with_its_types(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {}))
    for name, spec in TABLES.items():
        wanted = {column.name: column.sql_type for column in spec.columns}
        wanted |= dict.fromkeys(spec.span_columns, "TIMESTAMP")
        assert spec.span_columns == (("mtu_end", "span_start")[:2 - spec.history]
                                     if spec.timed else ())
        wanted |= {"_bad": "BOOLEAN", "_file": "INTEGER", "_line": "BIGINT"}
        assert dict(found.engine.names(f"SELECT * FROM t_{name}")) == wanted, name


def test_a_changed_file_is_noticed(tmp_path: Path, load: Any) -> None:
    folder = write(tmp_path, {"allocations.csv": allocations()})
    found = load(folder)
    found.verify_unchanged()
    (folder / "allocations.csv").write_text(allocations().replace(",96\n", ",95\n"))
    with pytest.raises(SubmissionError) as caught:
        found.verify_unchanged()
    assert places(caught.value.problems) == [("allocations.csv", None, None, "changed")]
    (folder / "allocations.csv").unlink()
    with pytest.raises(SubmissionError):
        found.verify_unchanged()
