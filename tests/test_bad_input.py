"""Wrong cells and headers are named with file, line, column and kind, and nothing raises."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from submission_folders import (
    allocations,
    loader,
    manifest,
    places,
    starts,
    write,
)

from czca_rules.errors import CzcaError, UsageError
from czca_rules.tables.submission import Submission, load_submission

HEAD = "from_zone,to_zone,product,direction,mtu_start,allocated_mw\n"
DEMAND = "zone,product,direction,mtu_start,demand_mw\n"
PRICES = "zone,mtu_start,price_eur_mwh\n"
START = "2026-03-11T00:00:00+01:00"
A = "allocations.csv"


@pytest.fixture
def load() -> Iterator[Any]:
    yield from loader()


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
    ("GR,IT,aFRR,upward", "direction", "unknown_direction", "symmetric, up"),
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
        "events.csv": "event_id,event,at,border\n1,bids_selectd,2026-03-10T09:30+01:00,GR/IT\n"
                      "2,remark_received,2026-03-10T09:30+01:00,GR/TI\n"}))
    assert places(found) == [
        ("events.csv", 2, "event", "unknown_word"), ("events.csv", 3, "border", "unknown_border"),
        ("income_account.csv", 2, "border", "unknown_border"),
        ("income_account.csv", 2, "entry", "unknown_word"),
        ("income_account.csv", 2, "tso", "unknown_tso")]
    assert "bids_selected" in found.problems[0].fix


def test_lists_of_products_hold_known_ones(tmp_path: Path, load: Any) -> None:
    head = "group_id,zone,direction,products,minimum_mw\n"
    found = load(write(tmp_path, {"combined_minima.csv":
                                  head + "a,GR,up,aFRR,1\nb,GR,up,aFRR;mFFR,1\nc,GR,up,;,1\n"}))
    assert places(found) == [("combined_minima.csv", line, "products", "unknown_product")
                             for line in (3, 4)]


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
