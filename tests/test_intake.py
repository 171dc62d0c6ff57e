"""What is right comes in exactly: every form of file, every form of time, every kind of cell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from submission_folders import (
    DAY,
    DIRECTIONS,
    allocations,
    manifest,
    parquet,
    places,
    starts,
    write,
)

from czca_rules.errors import CzcaError, LimitReached, SubmissionError, UsageError
from czca_rules.tables.engine import Engine
from czca_rules.tables.specification import TABLES
from czca_rules.tables.submission import Submission, load_submission

HEAD = "from_zone,to_zone,product,direction,mtu_start,allocated_mw\n"


@pytest.fixture
def load() -> Iterator[Any]:
    opened: list[Submission] = []

    def open_one(*args: Any, **options: Any) -> Submission:
        opened.append(load_submission(*args, **options))
        return opened[-1]

    yield open_one
    for item in opened:
        item.close()


def rows(submission: Submission, table: str, columns: str = "*", rest: str = "") -> list[Any]:
    return submission.engine.query(f"SELECT {columns} FROM t_{table} {rest}")


def test_a_complete_day_as_csv(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {"allocations.csv": allocations()}))
    assert found.problems == ()
    assert found.tables["allocations"].status == "ready"
    assert found.tables["bids"].status == "absent"
    assert [(item.path, item.rows, item.table) for item in found.files] == [
        ("allocations.csv", 192, "allocations"), ("submission.yaml", 0, "")]
    first = rows(found, "allocations", rest="ORDER BY _line LIMIT 1")[0]
    assert first == ("GR", "IT", "aFRR", "up", datetime(2026, 3, 10, 23),
                     datetime(2026, 3, 10, 23, 15), "final", Decimal("1.000"), Decimal("0.000"),
                     None, False, 0, 2)
    assert len(found.intervals) == 96
    assert found.intervals[95].position == 96
    assert found.intervals[95].hours == Decimal("0.25")
    found.verify_unchanged()


@pytest.mark.parametrize("name", ["allocations.csv", "allocations.csv.gz",
                                  "allocations/part.csv", "allocations/part.csv.gz"])
@pytest.mark.parametrize("change", [
    lambda text: text, lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n"),
    lambda text: text.rstrip("\n"), lambda text: text.replace("GR", '"GR"'),
    lambda text: text.replace("aFRR,up", "aFRR,up").replace("\n", "\n\n", 3)])
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
        if spec.timed:
            wanted["mtu_end"] = "TIMESTAMP"
        wanted |= {"_bad": "BOOLEAN", "_file": "INTEGER", "_line": "BIGINT"}
        assert dict(found.engine.names(f"SELECT * FROM t_{name}")) == wanted, name


def test_the_manifest_as_relations(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {}))
    query = found.engine.query
    assert query("SELECT from_zone, to_zone, border, all_dc, claims_dc_border, claims_nra_limit, "
                 "_bad, _file, _line FROM m_border_directions ORDER BY 1") == [
        ("GR", "IT", "GR/IT", True, True, False, False, 0, 13),
        ("IT", "GR", "GR/IT", True, True, False, False, 0, 13)]
    assert query("SELECT from_zone, interconnector, installed_mw, contribution "
                 "FROM m_interconnectors ORDER BY 1") == [
        ("GR", "LINK", 500, 1), ("IT", "LINK", Decimal("400.5"), 1)]
    assert query("SELECT zone, lfc_block FROM m_zones ORDER BY 1") == [("GR", "GR"), ("IT", "IT")]
    assert query("SELECT product, direction, standard FROM m_products") == [("aFRR", "up", True)]
    assert query("SELECT tso FROM m_tsos ORDER BY 1") == [("TSO-GR",), ("TSO-IT",)]
    assert query("SELECT count(*), sum(hours) FROM d_intervals") == [(96, 24)]


FORMS = ["rows", "texts", "pandas", "polars", "pyarrow"]


@pytest.mark.parametrize("form", FORMS)
def test_frames_pass_the_same_intake(tmp_path: Path, load: Any, form: str) -> None:
    records = [
        {"from_zone": one, "to_zone": other, "product": "aFRR", "direction": "up",
         "mtu_start": datetime.fromisoformat(start).astimezone(UTC), "allocated_mw": number + 0.1,
         "cooperation": None}
        for one, other in DIRECTIONS for number, start in enumerate(starts(), 1)]
    if form == "texts":
        frame: Any = [{name: "" if value is None else value.isoformat() if isinstance(
            value, datetime) else str(value) for name, value in record.items()}
            for record in records]
    elif form == "rows":
        frame = [{**record, "allocated_mw": Decimal(str(record["allocated_mw"]))}
                 for record in records]
    elif form == "pyarrow":
        frame = pytest.importorskip("pyarrow").Table.from_pylist(records)
    else:
        frame = pytest.importorskip(form).DataFrame(records)
    import yaml
    model = yaml.load(manifest(), Loader=yaml.BaseLoader)
    model["mtu_minutes"] = 15
    for link in model["borders"][0]["interconnectors"]:
        link["installed_mw"] = {"GR>IT": 500, "IT>GR": Decimal("400.5")}
    with Submission.from_tables(model, {"allocations": frame}) as found:
        assert found.problems == ()
        assert rows(found, "allocations", "count(*), sum(allocated_mw), min(_line), max(_line)"
                    ) == [(192, Decimal("9331.200"), 1, 192)]
        assert [item.path for item in found.files] == ["frames/allocations", "submission.yaml"]
        found.verify_unchanged()


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


def test_the_engine_is_locked_and_leaves_nothing(tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text("a\n1\n")
    engine = Engine()
    private = engine.folder
    for sql in (f"SELECT * FROM read_csv('{outside}')", "SET memory_limit = '9GB'",
                f"COPY (SELECT 1) TO '{tmp_path}/out.csv'", f"ATTACH '{tmp_path}/x.db'",
                "INSTALL httpfs", "SELECT * FROM '/etc/passwd'", "SELECT nothing"):
        with pytest.raises(CzcaError):
            engine.execute(sql)
    with Engine(memory_limit="50MB") as small, pytest.raises(LimitReached):
        small.query("SELECT list(range) FROM range(100000000)")
    engine.close()
    engine.close()
    assert not private.exists()
    with pytest.raises(CzcaError, match="closed"):
        engine.query("SELECT 1")


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NUMBERS = st.decimals(-999_999, 999_999, places=6, allow_nan=False, allow_infinity=False)


@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, NUMBERS, st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
                          st.integers(-14 * 60, 14 * 60)), max_size=30), st.sampled_from("\n\r"))
def test_valid_tables_come_in_exactly(tmp_path: Path, table: Any, end: str) -> None:
    import csv
    import io
    from datetime import timezone

    line_end = "\n" if end == "\n" else "\r\n"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=line_end)
    writer.writerow(["contract_id", "tso", "product", "direction", "standard", "volume_mw",
                     "contracted_at", "provision_start", "provision_end"])
    wanted = []
    for number, (text, amount, instant, offset) in enumerate(table):
        name = f"{number}{text}"
        shown = instant.replace(tzinfo=timezone(timedelta(minutes=offset))).isoformat()
        volume = abs(amount).quantize(Decimal("0.001"))
        volume = min(volume, Decimal("999999.999"))
        writer.writerow([name, "TSO-GR", "aFRR", "up", "true", volume, shown, shown, shown])
        wanted.append((name, volume, instant - timedelta(minutes=offset)))
    folder = write(tmp_path, {"contracts.csv": out.getvalue().encode()})
    with load_submission(folder) as found:
        assert found.problems == ()
        assert rows(found, "contracts", "contract_id, volume_mw, contracted_at",
                    "ORDER BY _line") == wanted
