"""Rows of one workbook as exact values; what cannot be read becomes a problem with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from czca_rules.convert.cells import UnreadableCellError, clock_of, day_of, decimal_of
from czca_rules.convert.found_problems import FoundProblems
from czca_rules.convert.regelleistung.auctions import (
    PRODUCTS,
    Auction,
    Period,
    block_of,
    instant_of,
)
from czca_rules.convert.regelleistung.columns import Columns
from czca_rules.convert.workbook import Cells, Sheet
from czca_rules.tables.columns import WIDTHS, Kind

Value = TypeVar("Value")


class SheetReader:
    """One workbook with its columns found: the rows of a period, and their cells as values.

    A value that cannot be read is ``None`` and leaves a problem; so is an empty cell that may be
    empty, without one. The same number recurs thousands of times, so numbers are remembered.
    """

    def __init__(self, sheet: Sheet, columns: Columns, period: Period,
                 problems: FoundProblems) -> None:
        self.file = sheet.file
        self._sheet, self._columns, self._period = sheet, columns, period
        self._problems = problems
        self._numbers: dict[tuple[Kind, float], Decimal] = {}
        self._auctions: dict[tuple[Any, ...], Auction] = {}
        self._outside: set[Any] = set()
        self._auction_places = [columns.place[name] for name in (
            "DATE_FROM", "DATE_TO", "TYPE_OF_RESERVES", "PRODUCT", "ROUND")
            if name in columns.place]

    def rows(self) -> Iterator[tuple[int, Cells, Auction]]:
        """The rows of auctions in the period, each with its number and its auction."""
        day_place = self._columns.place["DATE_FROM"]
        for line, cells in self._sheet.rows():
            if cells[day_place] in self._outside:
                continue
            key = tuple([cells[at] for at in self._auction_places])
            auction = self._auctions.get(key)
            if auction is None:
                auction = self._auction(line, cells)
                if auction is None:
                    continue
                self._auctions[key] = auction
            yield line, cells, auction

    def report(self, line: int, field: str, kind: str, *, found: str, expected: str,
               fix: str = "") -> None:
        """Note a problem at a field of a row."""
        column = self._columns.name(field) if field in self._columns.place else None
        self._problems.add(self.file, line, column, kind, found=found, expected=expected, fix=fix)

    def text(self, cells: Cells, field: str) -> str:
        """The text of a cell, empty where the workbook has no such column."""
        place = self._columns.place.get(field)
        return "" if place is None else str(cells[place]).strip()

    def quantity(self, line: int, cells: Cells, field: str, kind: Kind,
                 may_be_empty: bool = False) -> Decimal | None:
        """A number of the kind's digits and decimals."""
        place = self._columns.place.get(field)
        cell = "" if place is None else cells[place]
        if cell == "" and may_be_empty:
            return None
        if type(cell) is not float:
            return self._read(line, field, cell, lambda it: decimal_of(it, *WIDTHS[kind]))
        known = self._numbers.get((kind, cell))
        if known is None:
            known = self._read(line, field, cell, lambda it: decimal_of(it, *WIDTHS[kind]))
            if known is not None:
                self._numbers[kind, cell] = known
        return known

    def price(self, line: int, cells: Cells, field: str, auction: Auction,
              may_be_empty: bool = False) -> Decimal | None:
        """A price in EUR/MW/h; one per block is divided by the hours that the block has."""
        hourly, block = f"{field}/h", f"{field}/block"
        held = [name for name in (hourly, block)
                if name in self._columns.place and cells[self._columns.place[name]] != ""]
        if len(held) > 1:
            self.report(line, block, "two_prices", found="a price per block beside one per hour",
                        expected="one price")
            return None
        if not held:
            name = hourly if hourly in self._columns.place else block
            return self.quantity(line, cells, name, "price", may_be_empty)
        number = self.quantity(line, cells, held[0], "price")
        if number is None or held[0] == hourly:
            return number
        return self._per_hour(line, block, number, auction)

    def instant(self, line: int, cells: Cells, field: str) -> datetime | None:
        """The instant of a German local clock time."""
        clock = self._read(line, field, cells[self._columns.place[field]], clock_of)
        if clock is None:
            return None
        instant = instant_of(clock)
        if instant is None:
            self.report(line, field, "clock_change", found=f"the clock time {clock}",
                        expected="a time that occurs exactly once on that day")
        return instant

    def refuse_other_countries(self, line: int, cells: Cells) -> None:
        """Note figures of a third country: with three, exports do not say who supplies whom."""
        for at in self._columns.other_countries:
            if cells[at] not in ("", 0, 0.0, "0"):
                self._problems.add(
                    self.file, line, self._columns.header[at], "third_country",
                    found=f"`{cells[at]}` for a country beside Germany and Austria",
                    expected="auctions of these two",
                    fix="Choose days before the third country joined, with --from and --to.")

    def _per_hour(self, line: int, field: str, number: Decimal,
                  auction: Auction) -> Decimal | None:
        hours = block_of(auction).hours
        hourly = (number / hours).quantize(Decimal("1e-6"))
        if hourly * hours == number:
            return hourly
        self.report(line, field, "inexact_price",
                    found=f"{number.normalize():f} EUR/MW for a block of {hours.normalize():f} "
                          "hours",
                    expected="a price that is exact in EUR/MW/h with 6 decimals",
                    fix="Leave this day out with --from and --to.")
        return None

    def _read(self, line: int, field: str, cell: Any,
              reader: Callable[[Any], Value]) -> Value | None:
        try:
            return reader(cell)
        except UnreadableCellError as error:
            self.report(line, field, "unreadable_cell", found=error.found,
                        expected=error.expected)
            return None

    def _day(self, line: int, cells: Cells, field: str) -> date | None:
        return self._read(line, field, cells[self._columns.place[field]], day_of)

    def _auction(self, line: int, cells: Cells) -> Auction | None:
        day = self._day(line, cells, "DATE_FROM")
        if day is None:
            return None
        if day not in self._period:
            self._outside.add(cells[self._columns.place["DATE_FROM"]])
            return None
        last = self._day(line, cells, "DATE_TO")
        if last is None:
            return None
        auction = Auction(day, self.text(cells, "PRODUCT"))
        wrong = self._wrong(auction, last, self.text(cells, "TYPE_OF_RESERVES"),
                            self.text(cells, "ROUND"))
        if wrong is None:
            return auction
        field, found, expected, fix = wrong
        self.report(line, field, "round" if field == "ROUND" else "other_auction",
                    found=found, expected=expected, fix=fix)
        return None

    @staticmethod
    def _wrong(auction: Auction, last: date, reserves: str,
               tender_round: str) -> tuple[str, str, str, str] | None:
        if last != auction.day:
            return "DATE_TO", f"an auction until {last}", "auctions of one day", ""
        if reserves.lower() != "afrr":
            return "TYPE_OF_RESERVES", f"`{reserves}`", "aFRR", "Give the lists for aFRR."
        if auction.product not in PRODUCTS:
            return "PRODUCT", f"`{auction.product}`", f"one of {', '.join(PRODUCTS)}", ""
        if tender_round not in ("", "1", "1.0"):
            number = tender_round.removesuffix(".0")
            return ("ROUND", f"round {number} of {auction}", "one round in each auction",
                    "The other lists do not say which round their figures belong to, and rounds "
                    "are never added up: leave this day out with --from and --to.")
        return None
