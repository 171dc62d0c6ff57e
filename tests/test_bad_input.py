"""What is wrong is named with file, line, column and kind, all in one run, and nothing raises."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from submission_folders import DIRECTIONS, allocations, manifest, parquet, places, starts, write

from czca_rules.errors import CzcaError, LimitReached, SubmissionError, UsageError
from czca_rules.tables import fingerprints, text_bytes
from czca_rules.tables.submission import Submission, load_submission

HEAD = "from_zone,to_zone,product,direction,mtu_start,allocated_mw\n"
DEMAND = "zone,product,direction,mtu_start,demand_mw\n"
PRICES = "zone,mtu_start,price_eur_mwh\n"
START = "2026-03-11T00:00:00+01:00"
A = "allocations.csv"


@pytest.fixture
def load() -> Iterator[Any]:
    opened: list[Submission] = []

    def open_one(*args: Any, **options: Any) -> Submission:
        opened.append(load_submission(*args, **options))
        return opened[-1]

    yield open_one
    for item in opened:
        item.close()


def bids(cells: str, columns: str = "price_eur_mw_h,divisible") -> str:
    return (f"bid_id,mtu_start,zone,product,direction,volume_mw,{columns}\n"
            f"one,{START},GR,aFRR,up,5,1,true\ntwo,{START},GR,aFRR,up,{cells}\n")


@pytest.mark.parametrize(("cells", "column", "kind"), [
    ('"1,5",1,true', "volume_mw", "decimal_comma"),
    ('"1,000",1,true', "volume_mw", "thousands_mark"),
    ("1 000,1,true", "volume_mw", "thousands_mark"),
    ("1'000.5,1,true", "volume_mw", "thousands_mark"),
    ("1e2,1,true", "volume_mw", "exponent"),
    ("1.2345,1,true", "volume_mw", "too_many_decimals"),
    ("1000000,1,true", "volume_mw", "too_large"),
    ("NaN,1,true", "volume_mw", "not_finite"),
    ("-inf,1,true", "volume_mw", "not_finite"),
    (",1,true", "volume_mw", "empty_cell"),
    ("five,1,true", "volume_mw", "not_a_number"),
    ("0x10,1,true", "volume_mw", "not_a_number"),
    (" 5,1,true", "volume_mw", "not_a_number"),
    ("1_000,1,true", "volume_mw", "thousands_mark"),
    ("٣,1,true", "volume_mw", "not_a_number"),
    ("-5,1,true", "volume_mw", "negative"),
    ("5,1.1234567,true", "price_eur_mw_h", "too_many_decimals"),
    ("5,1,True", "divisible", "not_a_boolean"),
    ("5,1,1", "divisible", "not_a_boolean")])
def test_a_wrong_cell_outside_the_key_makes_its_row_bad(tmp_path: Path, load: Any, cells: str,
                                                        column: str, kind: str) -> None:
    found = load(write(tmp_path, {"bids.csv": bids(cells)}))
    assert places(found) == [("bids.csv", 3, column, kind)]
    assert found.problem_counts == {("bids.csv", kind): 1}
    assert found.tables["bids"].status == "ready"
    good, bad = found.engine.query("SELECT bid_id, _bad, volume_mw, divisible, minimum_mw, zone "
                                   "FROM t_bids ORDER BY _line")
    assert good == ("one", False, 5, True, 0, "GR")
    assert bad == ("two", True, None, None, None, None)


def test_a_confidential_cell_is_not_repeated(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {"bids.csv": bids('5,"98,76",true')}))
    assert places(found) == [("bids.csv", 3, "price_eur_mw_h", "decimal_comma")]
    assert "98" not in str(found.problems[0])


@pytest.mark.parametrize(("start", "kind"), [
    ("2026-03-11T00:00:00", "without_offset"), ("2026-03-11 00:00", "without_offset"),
    ("2026-03-11", "not_a_time"), ("11.03.2026 00:00+01:00", "not_a_time"),
    ("2026-02-30T00:00:00Z", "impossible_time"), ("2026-03-11T24:00:00Z", "impossible_time"),
    ("2026-03-11T00:00:00+19:00", "impossible_time"), ("", "empty_cell"),
    ("2026-03-11T00:07:00Z", "off_grid"), ("0026-03-11T00:00:00Z", "impossible_time")])
def test_a_key_time_that_cannot_be_read(tmp_path: Path, load: Any, start: str,
                                        kind: str) -> None:
    found = load(write(tmp_path, {A: allocations() + f"GR,IT,aFRR,up,{start},1\n"}))
    assert places(found) == [(A, 194, "mtu_start", kind)]
    state = found.tables["allocations"]
    assert state.status == "unreadable"
    assert state.reason is not None
    assert f"{A}:194" in state.reason
    assert found.engine.query("SELECT count(*) FROM t_allocations") == [(0,)]


@pytest.mark.parametrize(("row", "column", "kind", "said"), [
    ("GRE,IT,aFRR,up", "from_zone", "unknown_zone", "Did you mean `GR`?"),
    ("GR,GR,aFRR,up", "to_zone", "unknown_border", "IT -> GR"),
    ("GR,IT,aFFR,up", "product", "unknown_product", "Did you mean `aFRR`?"),
    ("GR,IT,aFRR,upward", "direction", "unknown_direction", "Did you mean `up`?"),
    ("GR,IT,aFRR,down", "direction", "unknown_product", "aFRR up")])
def test_an_unknown_word_in_a_key(tmp_path: Path, load: Any, row: str, column: str, kind: str,
                                  said: str) -> None:
    found = load(write(tmp_path, {A: HEAD + f"{row},{START},1\n"}))
    assert places(found) == [(A, 2, column, kind)]
    assert said in found.problems[0].fix
    assert found.tables["allocations"].status == "unreadable"


def test_unknown_words_of_other_kinds(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {
        "income_account.csv": "period_start,border,entry,tso,amount_eur\n"
        f"{START},GR-IT,colected,TSO,1\n",
        "events.csv": f"event_id,event,at,border\n1,bids_selectd,{START},GR/IT\n"
                      f"2,bids_selected,{START},GR/TI\n"}))
    assert places(found) == [
        ("events.csv", 2, "event", "unknown_word"), ("events.csv", 3, "border", "unknown_border"),
        ("income_account.csv", 2, "border", "unknown_border"),
        ("income_account.csv", 2, "entry", "unknown_word"),
        ("income_account.csv", 2, "tso", "unknown_tso")]
    assert "bids_selected" in found.problems[0].fix


@pytest.mark.parametrize(("columns", "cells", "column", "kind"), [
    ("market_day,position", "2026-03-11,97", "position", "position_beyond_day"),
    ("market_day,position", "2026-03-11,0", "position", "position_beyond_day"),
    ("market_day,position", "2026-03-11,1.5", "position", "too_many_decimals"),
    ("market_day,position", "2026-03-11,", "position", "empty_cell"),
    ("market_day,position", ",1", "market_day", "empty_cell"),
    ("market_day,position", "2026-02-30,1", "market_day", "impossible_date"),
    ("market_day,position", "11/03/2026,1", "market_day", "not_a_date"),
    ("mtu_start,market_day,position", f"{START},2026-03-11,2", "position", "times_disagree"),
    ("mtu_start,market_day", f"{START},2026-03-12", "market_day", "times_disagree"),
    ("mtu_start,market_day,position", ",,", "mtu_start", "empty_cell"),
    ("mtu_start,mtu_end", f"{START},{START}", "mtu_end", "end_not_after_start"),
    ("mtu_start,mtu_end", f"{START},2026-03-11T00:20:00+01:00", "mtu_end", "off_quarter_hour"),
    ("mtu_start,mtu_end", "2026-03-11T00:20:00Z,2026-03-11T01:00:00Z", "mtu_start",
     "off_quarter_hour"),
    ("mtu_start,mtu_end", f"{START},2028-03-11T00:00:00+01:00", "mtu_end", "span_too_long"),
    ("mtu_start,mtu_end", f"{START},2026-03-11T01:00:00", "mtu_end", "without_offset")])
def test_times_that_do_not_fit(tmp_path: Path, load: Any, columns: str, cells: str, column: str,
                               kind: str) -> None:
    found = load(write(tmp_path, {
        "demand.csv": f"zone,product,direction,{columns},demand_mw\nGR,aFRR,up,{cells},1\n"}))
    assert places(found)[:1] == [("demand.csv", 2, column, kind)]
    assert len(found.problems) == 1
    assert found.tables["demand"].status == "unreadable"


def test_positions_beyond_short_and_long_days(tmp_path: Path, load: Any) -> None:
    text = "zone,market_day,position,price_eur_mwh\n" + "".join(
        f"GR,{day},{count},1\nGR,{day},{count + 1},1\n" for day, count in (
            ("2026-03-29", 92), ("2026-03-30", 96), ("2026-10-25", 100)))
    found = load(write(tmp_path, {"day_ahead_prices.csv": text}))
    assert places(found) == [("day_ahead_prices.csv", line, "position", "position_beyond_day")
                             for line in (3, 5, 7)]


def test_a_time_before_the_first_length_of_units(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {
        "day_ahead_prices.csv": PRICES + "GR,2016-06-01T00:00:00Z,1\n"},
        manifest(mtu="{2017-01-01: 15}")))
    assert places(found) == [("day_ahead_prices.csv", 2, "mtu_start", "no_mtu")]


@pytest.mark.parametrize(("header", "column", "kind"), [
    ("from_zone,to_zone,product,direction,mtu_start,allocated_mv", "allocated_mv",
     "unknown_column"),
    ("from_zone,to_zone,product,direction,mtu_start,from_zone", "from_zone", "duplicate_column"),
    ("from_zone,to_zone,product,direction,mtu_start,state", "allocated_mw", "missing_column"),
    ("from_zone,to_zone,product,direction,market_day,allocated_mw", "position",
     "missing_column"),
    ("from_zone,to_zone,product,direction,mtu_start,", None, "unknown_column")])
def test_a_header_that_does_not_fit(tmp_path: Path, load: Any, header: str, column: str | None,
                                    kind: str) -> None:
    found = load(write(tmp_path, {A: f"{header}\nGR,IT,aFRR,up,{START},1\n"}))
    assert (A, 1, column, kind) in places(found)
    assert found.tables["allocations"].status == "unreadable"
    if kind == "unknown_column" and column:
        assert "`allocated_mw`" in found.problems[0].fix


@pytest.mark.parametrize(("text", "line", "column", "kind"), [
    (b"", 1, None, "empty_file"),
    (HEAD.replace(",", ";").encode() + b"GR;IT;aFRR;up;x;1,5\n", 1, None, "semicolon"),
    (HEAD.replace(",", "\t").encode(), 1, None, "tab"),
    (HEAD.encode() + b"GR,IT,aFRR,up\n", 2, "mtu_start", "too_few_cells"),
    (HEAD.encode() + f"GR,IT,aFRR,up,{START},1,5\n".encode(), 2, None, "too_many_cells"),
    (HEAD.encode() + f'"G\nR",IT,aFRR,up,{START},1\nGR,IT\n'.encode(), 4, "product",
     "too_few_cells"),
    (HEAD.encode() + f"GR,IT,aFRR,up,{START},1\0\n".encode(), 2, None, "nul_byte"),
    (HEAD.encode() + b"GR,IT,aFRR,up,\xe9,1\n", 2, None, "encoding"),
    (HEAD.encode("utf-16"), 1, None, "encoding"),
    (HEAD.encode() + b'GR,IT,aFRR,up,"never closed,1\n', 2, None, "csv"),
    (HEAD.encode() + b'GR,IT,aFRR,up,"a"b,1\n', 2, None, "csv"),
    (HEAD.encode() + b"GR,IT,aFRR,up,a\rb,1\n", 2, None, "csv"),
    (HEAD.encode() + b"GR,IT,aFRR,up,a,1\n" + b"x" * 1_000_001 + b"\n", 3, None,
     "line_too_long"),
    (HEAD.encode() + b'GR,IT,aFRR,up,a,"' + b"x" * 200_000 + b'"\n', 2, None, "csv")])
def test_bytes_that_are_not_a_table(tmp_path: Path, load: Any, text: bytes, line: int,
                                    column: str | None, kind: str) -> None:
    for name in (A, "allocations.csv.gz"):
        found = load(write(tmp_path / name, {name: text}))
        assert (name, line, column, kind) in places(found)
        assert found.tables["allocations"].status == "unreadable"
        assert found.engine.query("SELECT count(*) FROM t_allocations") == [(0,)]


def test_embedded_lines_keep_the_physical_line(tmp_path: Path, load: Any) -> None:
    text = ("document,reference,issued_by,dated\n"
            'common_rules,R1,"a\nb, ""c""\r\nd",2026-03-11\n'
            "common_rules,R2,x,2026-02-30\n")
    found = load(write(tmp_path, {"documents.csv": text}))
    assert places(found) == [("documents.csv", 5, "dated", "impossible_date")]
    assert found.engine.query("SELECT issued_by, _line FROM t_documents ORDER BY 2") == [
        ('a\nb, "c"\r\nd', 2), (None, 5)]


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {"bids.csv": bids("").split("\n")[0] + "\n", A: HEAD}))
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
                              ) == [("GR", False, 2), ("GR", True, 1), ("IT", False, 3)]
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


def test_counts_are_exact_and_places_are_the_first_hundred(tmp_path: Path, load: Any) -> None:
    text = "bid_id,mtu_start,zone,product,direction,volume_mw,price_eur_mw_h\n" + "".join(
        f"b{number},{START},GR,aFRR,up,1e2,-\n" for number in range(1000))
    found = load(write(tmp_path, {"bids.csv": text}))
    assert found.problem_counts == {("bids.csv", "exponent"): 1000,
                                    ("bids.csv", "not_a_number"): 1000}
    assert places(found) == sorted(
        [("bids.csv", line, "volume_mw", "exponent") for line in range(2, 102)] +
        [("bids.csv", line, "price_eur_mw_h", "not_a_number") for line in range(2, 102)],
        key=lambda place: (place[1], place[2]))


@pytest.mark.parametrize(("column", "select", "kind", "line"), [
    ("price_eur_mwh", "CAST('NaN' AS DOUBLE)", "not_finite", 2),
    ("price_eur_mwh", "CAST('-inf' AS DOUBLE)", "not_finite", 2),
    ("price_eur_mwh", "CAST(1.12345678 AS DOUBLE)", "too_many_decimals", 2),
    ("price_eur_mwh", "CAST(1.12345678 AS DECIMAL(18,8))", "too_many_decimals", 2),
    ("price_eur_mwh", "CAST(1e17 AS DOUBLE)", "too_large", 2),
    ("price_eur_mwh", "CAST(12345678 AS BIGINT)", "too_large", 2),
    ("price_eur_mwh", "'1,5'", "decimal_comma", 2),
    ("price_eur_mwh", "NULL::DOUBLE", "empty_cell", 2),
    ("price_eur_mwh", "TRUE", "column_type", None),
    ("price_eur_mwh", "[1, 2]", "column_type", None),
    ("mtu_start", "TIMESTAMP '2026-03-10 23:00:00'", "without_offset", None),
    ("mtu_start", "TIMESTAMPTZ '2026-03-10 23:07:00+00'", "off_grid", 2),
    ("mtu_start", "NULL::TIMESTAMPTZ", "empty_cell", 2),
    ("mtu_start", "'2026-03-11T00:00:00'", "without_offset", 2),
    ("mtu_start", "DATE '2026-03-11'", "column_type", None),
    ("zone", "'GRR'", "unknown_zone", 2), ("zone", "''", "empty_cell", 2),
    ("zone", "7", "column_type", None)])
def test_wrong_cells_and_types_of_parquet(tmp_path: Path, load: Any, column: str, select: str,
                                          kind: str, line: int | None) -> None:
    good = {"zone": "'GR'", "price_eur_mwh": "1::DECIMAL(12,6)",
            "mtu_start": "TIMESTAMPTZ '2026-03-10 22:00:00+00'"}
    kept = {**good, column: f"CASE WHEN i = 1 THEN {select} ELSE "
            f"TRY_CAST({good[column] if line else 'NULL'} AS typeof_) END"}
    folder = write(tmp_path, {})
    name = "day_ahead_prices.parquet"
    if line is None:
        kept[column] = select
    else:
        kept[column] = f"CASE WHEN i = 1 THEN {select} ELSE {_alike(column, select)} END"
    parquet(folder / name, "SELECT " + ", ".join(
        f"{sql} AS {other}" for other, sql in kept.items()) + " FROM range(2) r(i)")
    found = load(folder)
    assert places(found) == [(name, line, column, kind)]
    in_key = column != "price_eur_mwh" or line is None
    assert found.tables["day_ahead_prices"].status == ("unreadable" if in_key else "ready")


def _alike(column: str, select: str) -> str:
    """A right cell of the same type as a wrong one."""
    if column == "zone":
        return "'GR'"
    if column == "mtu_start":
        return "'2026-03-11T01:00:00+01:00'" if select.startswith("'") \
            else "TIMESTAMPTZ '2026-03-10 22:00:00+00'"
    return "'1'" if select.startswith("'") else "1"


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all" * 10])
def test_bytes_that_are_not_parquet(tmp_path: Path, load: Any, content: bytes) -> None:
    found = load(write(tmp_path, {"bids.parquet": content}))
    assert places(found) == [("bids.parquet", None, None, "parquet")]
    assert found.tables["bids"].status == "unreadable"


def test_damaged_parquet_pages(tmp_path: Path, load: Any) -> None:
    folder = write(tmp_path, {})
    parquet(folder / "day_ahead_prices.parquet",
            "SELECT 'GR' AS zone, TIMESTAMPTZ '2026-03-10 23:00:00+00' + INTERVAL (i) HOUR AS "
            "mtu_start, hash(i)::DOUBLE % 1000 AS price_eur_mwh FROM range(20000) r(i)")
    path = folder / "day_ahead_prices.parquet"
    data = bytearray(path.read_bytes())
    data[100:4000] = b"\xff" * 3900
    path.write_bytes(bytes(data))
    found = load(folder)
    assert found.tables["day_ahead_prices"].status == "unreadable" or found.problems


def test_links_pipes_and_folders_are_refused(tmp_path: Path, load: Any) -> None:
    (tmp_path / "elsewhere.csv").write_text(allocations())
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "part.csv").write_text(allocations())
    folder = write(tmp_path / "day", {"demand/x.csv": DEMAND})
    (folder / A).symlink_to(tmp_path / "elsewhere.csv")
    (folder / "bids").symlink_to(tmp_path / "tables")
    (folder / "demand" / "y.csv").symlink_to("../../elsewhere.csv")
    os.mkfifo(folder / "exchanges.csv")
    (folder / "usage.csv").mkdir()
    (folder / "events.csv").symlink_to("/dev/zero")
    found = load(folder)
    assert places(found) == [(name, None, None, "not_a_file") for name in (
        A, "bids", "demand/y.csv", "events.csv", "exchanges.csv", "usage.csv")]
    assert {name for name, state in found.tables.items() if state.status == "unreadable"} == {
        "allocations", "bids", "demand", "events", "exchanges", "usage"}


def test_unknown_files_are_named_with_their_near_miss(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {
        "allocation.csv": "", "bids.xlsx": "", "notes.txt": "", "marginal_prices.csv": "",
        "demand/part.txt": "", "README": "", "x.md": "", ".hidden": "", "report.html": ""}))
    assert places(found) == [(name, None, None, "unknown_file") for name in (
        "allocation.csv", "bids.xlsx", "demand/part.txt", "marginal_prices.csv", "notes.txt")]
    assert "allocations" in found.problems[0].fix
    assert "reserved" in found.problems[3].fix
    assert found.tables["demand"].status == "unreadable"


def test_two_forms_of_one_table(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {A: allocations(), "allocations.csv.gz": allocations()}))
    assert ("allocations.csv.gz", None, None, "two_forms") in places(found)
    assert found.tables["allocations"].status == "unreadable"


def test_names_that_look_like_patterns_are_literal(tmp_path: Path, load: Any) -> None:
    folder = write(tmp_path / "a[1]*", {})
    for name in ("p[1].parquet", "p1.parquet", "it's.parquet"):
        parquet(folder / "day_ahead_prices" / name,
                "SELECT 'GR' AS zone, TIMESTAMPTZ '2026-03-10 23:00:00+00' + "
                f"INTERVAL ({len(name)}) HOUR AS mtu_start, 1 AS price_eur_mwh")
    found = load(folder)
    assert found.problems == ()
    assert found.engine.query("SELECT count(*), count(DISTINCT _file) FROM t_day_ahead_prices"
                              ) == [(3, 3)]


def test_a_gzip_bomb_and_other_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, {})
    (folder / "allocations.csv.gz").write_bytes(gzip.compress(b"\n" * 60_000_000, 9))
    with pytest.raises(LimitReached, match="times its size"):
        load_submission(folder)
    write(tmp_path, {"allocations.csv.gz": allocations()})
    monkeypatch.setattr(text_bytes, "MAX_UNPACKED", 1000)
    with pytest.raises(LimitReached, match="unpacks into more"):
        load_submission(folder)
    monkeypatch.setattr(text_bytes, "MAX_UNPACKED", 10**9)
    monkeypatch.setattr(text_bytes, "MAX_ROWS", 100)
    with pytest.raises(LimitReached, match="rows"):
        load_submission(folder)
    monkeypatch.setattr(fingerprints, "MAX_FILE_BYTES", 100)
    with pytest.raises(LimitReached, match="bytes"):
        load_submission(folder)


@pytest.mark.parametrize("cut", [5, 20, -8, -1])
def test_gzip_that_does_not_unpack(tmp_path: Path, load: Any, cut: int) -> None:
    folder = write(tmp_path, {})
    (folder / "bids.csv.gz").write_bytes(gzip.compress(bids("5,1,true").encode())[:cut])
    found = load(folder)
    assert places(found) == [("bids.csv.gz", None, None, "gzip")]
    assert found.tables["bids"].status == "unreadable"


def test_a_manifest_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        load_submission(tmp_path / "nowhere")
    with pytest.raises(SubmissionError) as missing:
        load_submission(tmp_path)
    assert places(missing.value.problems) == [("submission.yaml", None, None, "missing_file")]
    (tmp_path / "submission.yaml").write_text("format: czca-submission/1\n")
    with pytest.raises(SubmissionError):
        load_submission(tmp_path)
    (tmp_path / "submission.yaml").unlink()
    (tmp_path / "real.yaml").write_text(manifest())
    (tmp_path / "submission.yaml").symlink_to(tmp_path / "real.yaml")
    with pytest.raises(SubmissionError) as link:
        load_submission(tmp_path)
    assert places(link.value.problems) == [("submission.yaml", None, None, "not_a_file")]


def test_frames_with_wrong_values_are_named_by_row() -> None:
    import yaml
    model = yaml.load(manifest(), Loader=yaml.BaseLoader)
    model["mtu_minutes"] = 15
    model["borders"][0]["interconnectors"][0]["installed_mw"] = {"GR>IT": Decimal(500)}
    rows = [{"zone": "GR", "mtu_start": starts()[0], "price_eur_mwh": value}
            for value in (1.5, float("nan"), Decimal("1.1234567"), "1,5", 0.1 + 0.2, True)]
    for number, row in enumerate(rows):
        row["mtu_start"] = starts()[number]
    with Submission.from_tables(model, {"day_ahead_prices": rows}) as found:
        name = "frames/day_ahead_prices"
        assert places(found) == [
            (name, 2, "price_eur_mwh", "not_finite"),
            (name, 3, "price_eur_mwh", "too_many_decimals"),
            (name, 4, "price_eur_mwh", "decimal_comma"),
            (name, 6, "price_eur_mwh", "not_a_number")]
    with pytest.raises(UsageError, match="Did you mean"):
        Submission.from_tables(model, {"alocations": []})
    with pytest.raises(UsageError):
        Submission.from_tables(model, {"allocations": 7})


ROW = st.lists(st.one_of(st.sampled_from(["GR", "IT", "aFRR", "up", START, "1", "1,5", '"', "",
                                          "2026-03-11", "\0", "\r", "\n", ";", "1e9"]),
                         st.text(max_size=4)), max_size=8).map(",".join)


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, max_size=6), st.sampled_from([HEAD, DEMAND, PRICES, ""]))
def test_no_text_makes_it_raise(tmp_path: Path, lines: list[str], head: str) -> None:
    text = (head + "\n".join(lines)).encode("utf-8", "surrogatepass")
    folder = write(tmp_path, {A: text, "demand.csv": text, "day_ahead_prices.csv": text})
    try:
        with load_submission(folder) as found:
            for name, state in found.tables.items():
                count = found.engine.query(f"SELECT count(*) FROM t_{name} WHERE _line > 0")
                assert state.status == "ready" or count == [(0,)]
    except CzcaError:
        pytest.fail("text alone never ends a run")


def test_directions_of_the_folder_match(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {}))
    assert found.manifest.directions() == [(one, other, "GR/IT") for one, other in DIRECTIONS]
