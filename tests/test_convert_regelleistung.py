"""Workbooks of regelleistung.net: old and new column names, units, clock changes, bad input."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from czca_rules.convert import ConversionSummary, convert_regelleistung
from czca_rules.convert.found_problems import ConversionError
from czca_rules.errors import UsageError
from czca_rules.tables.manifest import read_manifest
from czca_rules.tables.specification import TABLES, TIME_COLUMNS

xlsxwriter = pytest.importorskip("xlsxwriter")
pytest.importorskip("python_calamine")

DAY = date(2024, 1, 15)
SPRING, AUTUMN = date(2024, 3, 31), date(2024, 10, 27)
PRODUCTS = [f"{sign}_{hour:02}_{hour + 4:02}" for sign in ("POS", "NEG")
            for hour in range(0, 24, 4)]
LISTS = ("tenders", "overview", "bids")
Rows = list[list[Any]]


@dataclass
class Lists:  # as rows, header first; tests bend them before they are written
    tenders: Rows
    overview: Rows
    bids: Rows


def lists_of(*days: date, unit: str = "[(EUR/MW)/h]", de: str = "GERMANY", at: str = "AUSTRIA",
             balance: str = "IMPORT(-)_EXPORT(+)") -> Lists:
    """Two bids and 30 MW of export from Austria in each auction."""
    made = Lists(
        tenders=[["DATE_FROM", "DATE_TO", "GATE_OPEN_TIME", "GATE_CLOSURE_TIME",
                  "ALLOCATION_DEADLINE", "TENDER_TYPE", "ROUND", "TYPE_OF_RESERVES", "PRODUCT",
                  "TOTAL_DEMAND_[MW]"]
                 + [f"{country}_BLOCK_{what}_[MW]" for country in (de, at)
                    for what in ("DEMAND", "EXPORT_LIMIT", "CORE_PORTION")]],
        overview=[["DATE_FROM", "DATE_TO", "TYPE_OF_RESERVES", "PRODUCT"]
                  + [name for country in ("TOTAL", de, at) for name in (
                      *(f"{country}_{word}_CAPACITY_PRICE_{unit}"
                        for word in ("MIN", "AVERAGE", "MARGINAL")),
                      *([] if country == "TOTAL" else [f"{country}_{balance}_[MW]"]))]],
        bids=[["DATE_FROM", "DATE_TO", "TYPE_OF_RESERVES", "PRODUCT", f"CAPACITY_PRICE_{unit}",
               "OFFERED_CAPACITY_[MW]", "ALLOCATED_CAPACITY_[MW]", "COUNTRY", "NOTE"]])
    for day in days:
        midnight = datetime.combine(day, time())
        for product in PRODUCTS:
            made.tenders.append([
                day, day, midnight + timedelta(days=-7, hours=10),
                midnight + timedelta(days=-1, hours=9),
                midnight + timedelta(days=-1, hours=9.5), "DAILY", 1, "aFRR", product,
                300, 200, 80, 0, 100, 80, 50])
            made.overview.append([day, day, "aFRR", product, 6, 7, 12,
                                  12, 12, 12, -30, 6, 6, 6, 30])
            made.bids.append([day, day, "aFRR", product, 12, 175, 170, "DE", ""])
            made.bids.append([day, day, "aFRR", product, 6, 130, 130, "AT", ""])
    return made


def write_book(path: Path, rows: Rows) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("001")
    formats = {date: book.add_format({"num_format": "yyyy-mm-dd"}),
               datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"})}
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            if type(cell) in formats:
                sheet.write_datetime(at, place, cell, formats[type(cell)])
            else:
                sheet.write(at, place, cell)
    book.close()
    return path


def zipped(book: Path) -> Path:
    with zipfile.ZipFile(book.with_suffix(".xlsx.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(book, book.name)
    return book.with_suffix(".xlsx.zip")


def convert(tmp_path: Path, made: Lists, **days: date) -> ConversionSummary:
    tenders, overview, bids = (write_book(tmp_path / f"{name}.xlsx", getattr(made, name))
                               for name in LISTS)
    return convert_regelleistung(tenders, overview, [bids], tmp_path / "out", **days)


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def refused(tmp_path: Path, made: Lists, **days: date) -> list[str]:
    """The problems that a conversion names; nothing may be left behind."""
    with pytest.raises(ConversionError) as caught:
        convert(tmp_path, made, **days)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".xlsx"] * 3
    return [str(problem) for problem in caught.value.problems]


def test_a_day_becomes_a_submission(tmp_path: Path) -> None:
    summary = convert(tmp_path, lists_of(DAY))
    assert (summary.auctions, summary.bids) == (12, 24)
    assert dict(summary.tables) == {"allocations": 24, "auction_results": 24, "bids": 24,
                                    "demand": 24, "events": 36, "exchanges": 12}
    out = summary.output
    assert table(out, "bids")[0] == {
        "bid_id": "2024-01-15-POS_00_04-0001", "mtu_start": "2024-01-15T00:00:00+01:00",
        "mtu_end": "2024-01-15T04:00:00+01:00", "basis": "actual", "zone": "DE",
        "product": "aFRR", "direction": "up", "volume_mw": "175", "price_eur_mw_h": "12",
        "accepted_mw": "170", "divisible": "true"}
    assert {(row["zone"], row["demand_mw"], row["local_minimum_mw"])
            for row in table(out, "demand")} == {("DE", "200", "0"), ("AT", "100", "50")}
    assert {(row["zone"], row["net_export_mw"]) for row in table(out, "auction_results")} == {
        ("DE", "-30"), ("AT", "30")}
    assert {row["at"] for row in table(out, "events")} == {
        "2024-01-08T10:00:00+01:00", "2024-01-14T09:00:00+01:00", "2024-01-14T09:30:00+01:00"}
    assert "as_of: 2024-01-14T09:30:00+01:00" in (out / "submission.yaml").read_text("utf-8")
    assert read_manifest(out / "submission.yaml", "submission.yaml")[1] == ()
    assert "awarded bids only" in (out / "README.md").read_text("utf-8")
    assert not any(b"\r" in path.read_bytes() for path in out.iterdir())
    for name in set(dict(summary.tables)) & set(TABLES):
        assert set(table(out, name)[0]) <= {*TABLES[name].by_name, *TIME_COLUMNS}


def test_downward_reserve_uses_the_capacity_the_other_way(tmp_path: Path) -> None:
    made = lists_of(DAY)
    for row in made.tenders[1:]:
        row[11], row[14] = 70, 90  # what Germany and Austria may export
    out = convert(tmp_path, made).output
    limits = {(row["direction"], row["from_zone"]): row["allocated_mw"]
              for row in table(out, "allocations")}
    assert limits == {("up", "DE"): "70", ("up", "AT"): "90",
                      ("down", "AT"): "70", ("down", "DE"): "90"}
    assert {(row["provider_zone"], row["receiver_zone"], row["exchanged_mw"])
            for row in table(out, "exchanges")} == {("AT", "DE", "30")}


def test_each_country_keeps_its_own_figure(tmp_path: Path) -> None:
    made = lists_of(DAY)
    made.overview[1][10] = 30  # POS_00_04: Germany, too, reports an export
    out = convert(tmp_path, made).output
    german = [row for row in table(out, "exchanges") if row["provider_zone"] == "DE"]
    assert [(row["direction"], row["mtu_start"], row["exchanged_mw"]) for row in german] == [
        ("up", "2024-01-15T00:00:00+01:00", "30")]


def test_a_zipped_workbook_gives_the_same_rows(tmp_path: Path) -> None:
    plain = convert(tmp_path, lists_of(DAY)).output
    tenders, overview, bids = (tmp_path / f"{name}.xlsx" for name in LISTS)
    again = convert_regelleistung(tenders, overview, [zipped(bids)], tmp_path / "again").output
    for path in plain.iterdir():
        if path.name != "README.md":
            assert path.read_bytes() == (again / path.name).read_bytes()


def test_old_names_dates_and_prices_per_block(tmp_path: Path) -> None:
    made = lists_of(DAY, unit="[EUR/MW]", de="DE", at="AT", balance="DEFICIT(-)_SURPLUS(+)")
    made.overview[0].append("CZECH_REPUBLIC_DEFICIT(-)_SURPLUS(+)_[MW]")
    for rows in (made.tenders, made.overview, made.bids):
        for row in rows[1:]:
            row[0], row[1] = "1/15/2024", 45306  # month first; serial number
    made.tenders[1][2] = "1/8/2024 10:00:00 AM"
    out = convert(tmp_path, made).output
    assert [row["price_eur_mw_h"] for row in table(out, "bids")[:2]] == ["3", "1.5"]
    assert table(out, "auction_results")[0]["marginal_price_eur_mw_h"] == "3"
    assert table(out, "bids")[0]["mtu_start"] == "2024-01-15T00:00:00+01:00"


@pytest.mark.parametrize(("day", "end", "price"), [
    (SPRING, "2024-03-31T04:00:00+02:00", "4"), (AUTUMN, "2024-10-27T04:00:00+01:00", "2.4")])
def test_the_first_block_of_a_clock_change(tmp_path: Path, day: date, end: str,
                                           price: str) -> None:
    out = convert(tmp_path, lists_of(day, unit="[EUR/MW]")).output
    first = table(out, "bids")[0]
    assert (first["mtu_end"], first["price_eur_mw_h"]) == (end, price)


def test_a_price_per_block_that_is_not_exact_per_hour_is_refused(tmp_path: Path) -> None:
    made = lists_of(SPRING, unit="[EUR/MW]")
    made.bids[1][4] = 10
    assert [line.split(";")[0] for line in refused(tmp_path, made)] == [
        "bids.xlsx:2:CAPACITY_PRICE_[EUR/MW]: 10 EUR/MW for a block of 3 hours"]


def test_missing_auctions_are_named_in_one_run(tmp_path: Path) -> None:
    made = lists_of(DAY, DAY + timedelta(days=1), DAY + timedelta(days=2))
    del made.bids[25:]
    made.overview = [row for row in made.overview
                     if not (row[0] == DAY and row[3] == "POS_08_12")]
    said = refused(tmp_path, made)
    assert len(said) == 2
    assert "overview.xlsx: missing: 2024-01-15: POS_08_12" in said[0]
    assert "bids.xlsx: missing: all auctions from 2024-01-16 to 2024-01-17 (2 days)" in said[1]
    summary = convert(tmp_path, lists_of(DAY, DAY + timedelta(days=1)), day_from=DAY, day_to=DAY)
    assert (summary.day_from, summary.day_to, summary.auctions) == (DAY, DAY, 12)


@pytest.mark.parametrize(("bend", "said"), [
    (lambda made: made.tenders.append([*made.tenders[1][:6], 2, *made.tenders[1][7:]]),
     "tenders.xlsx:14:ROUND: round 2 of POS_00_04 of 2024-01-15; expected one round"),
    (lambda made: made.overview.append(made.overview[1]),
     "overview.xlsx:14:PRODUCT: POS_00_04 of 2024-01-15 a second time"),
    (lambda made: made.tenders[3].__setitem__(9, 301),
     "tenders.xlsx:4:TOTAL_DEMAND_[MW]: a total of 301 MW; expected 300 MW"),
    (lambda made: made.bids[4].__setitem__(4, 1.4800001),
     "bids.xlsx:5:CAPACITY_PRICE_[(EUR/MW)/h]: `1.4800001`; expected a number with at most 6"),
    (lambda made: made.bids[4].__setitem__(7, "CZ"), "bids.xlsx:5:COUNTRY: `CZ`; expected DE or"),
    (lambda made: made.bids[4].__setitem__(8, "part of a pool"), "bids.xlsx:5:NOTE: the note"),
    (lambda made: made.bids[4].__setitem__(3, "POS_00_24"), "bids.xlsx:5:PRODUCT: `POS_00_24`"),
    (lambda made: made.bids[4].__setitem__(0, "15.1.2024"), "bids.xlsx:5:DATE_FROM: `15.1.2024`"),
    (lambda made: made.bids[0].__setitem__(5, "OFFERED_[MW]"),
     "bids.xlsx:1: no column `OFFERED_CAPACITY_[MW]`"),
    (lambda made: made.overview[0].__setitem__(4, "GERMANY_MIN_CAPACITY_PRICE_[(EUR/MW)/h]"),
     "overview.xlsx:1: the columns `GERMANY_MIN_CAPACITY_PRICE_[(EUR/MW)/h]` and"),
    (lambda made: [row.append("CZECH_REPUBLIC_BLOCK_DEMAND_[MW]" if at == 0 else 5)
                   for at, row in enumerate(made.tenders)],
     "tenders.xlsx:2:CZECH_REPUBLIC_BLOCK_DEMAND_[MW]: `5.0` for a country beside"),
])
def test_bad_workbooks_are_refused_with_the_place(
        tmp_path: Path, bend: Callable[[Lists], object], said: str) -> None:
    made = lists_of(DAY)
    bend(made)
    assert any(line.startswith(said) for line in refused(tmp_path, made))


def test_what_is_refused_before_any_row_is_read(tmp_path: Path) -> None:
    convert(tmp_path, lists_of(DAY))
    tenders, overview, bids = (tmp_path / f"{name}.xlsx" for name in LISTS)
    with pytest.raises(UsageError, match="No list of bids"):
        convert_regelleistung(tenders, overview, [], tmp_path / "other")
    with pytest.raises(UsageError, match="lies after"):
        convert_regelleistung(tenders, overview, [bids], tmp_path / "other", SPRING, DAY)
    with pytest.raises(UsageError, match="no auction of the days"):
        convert_regelleistung(tenders, overview, [bids], tmp_path / "other", SPRING)
    with pytest.raises(UsageError, match="out: exists already"):
        convert_regelleistung(tenders, overview, [bids], tmp_path / "out")
    with pytest.raises(ConversionError, match="another list holds too"):
        convert_regelleistung(tenders, overview, [bids, zipped(bids)], tmp_path / "other")
    assert not (tmp_path / "other").exists()
