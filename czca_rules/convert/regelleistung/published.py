"""What the platform publishes of each auction: the tender before it, the result after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from czca_rules.convert.cells import plain
from czca_rules.convert.regelleistung.auctions import Auction
from czca_rules.convert.regelleistung.sheet_reader import SheetReader
from czca_rules.convert.workbook import Cells

ZONES = ("DE", "AT")
Row = TypeVar("Row")


@dataclass(frozen=True)
class ZoneTender:
    """What one zone asks for: demand, most it may export, least it must procure at home (MW)."""

    demand_mw: Decimal
    export_limit_mw: Decimal
    core_portion_mw: Decimal


@dataclass(frozen=True)
class Tender:
    """One auction as announced: gate times, deadline of the allocation, and both zones."""

    opens: datetime
    closes: datetime
    allocation_due: datetime
    zones: Mapping[str, ZoneTender]


@dataclass(frozen=True)
class ZoneResult:
    """One zone's published result: prices in EUR/MW/h, export (+) or import (-) and offer in MW.

    A zone that accepted no bid has no prices.
    """

    minimum_price: Decimal | None
    average_price: Decimal | None
    marginal_price: Decimal | None
    net_export_mw: Decimal
    offered_mw: Decimal | None


Result = Mapping[str, ZoneResult]


def read_tenders(reader: SheetReader) -> dict[Auction, Tender | None]:
    """The tenders of the period, one row an auction; ``None`` where a row could not be read."""
    return _one_each(reader, lambda line, cells, _: _tender(reader, line, cells))


def read_results(reader: SheetReader) -> dict[Auction, Result | None]:
    """The results of the period, one row an auction; ``None`` where a row could not be read."""
    return _one_each(reader, lambda line, cells, auction: _result(reader, line, cells, auction))


def _one_each(reader: SheetReader,
              read: Callable[[int, Cells, Auction], Row | None]) -> dict[Auction, Row | None]:
    found: dict[Auction, Row | None] = {}
    lines: dict[Auction, int] = {}
    for line, cells, auction in reader.rows():
        if auction in found:
            reader.report(line, "PRODUCT", "duplicate_auction", found=f"{auction} a second time",
                          expected=f"each auction once (first in row {lines[auction]})")
            continue
        lines[auction] = line
        reader.refuse_other_countries(line, cells)
        found[auction] = read(line, cells, auction)
    return found


def _tender(reader: SheetReader, line: int, cells: Cells) -> Tender | None:
    opens, closes, due = (reader.instant(line, cells, field) for field in (
        "GATE_OPEN_TIME", "GATE_CLOSURE_TIME", "ALLOCATION_DEADLINE"))
    zones: dict[str, ZoneTender] = {}
    for zone in ZONES:
        demand, limit, core = (reader.quantity(line, cells, f"{zone}/{name}", "mw")
                               for name in ("demand", "export_limit", "core_portion"))
        if demand is not None and limit is not None and core is not None:
            zones[zone] = ZoneTender(demand, limit, core)
    total = reader.quantity(line, cells, "total_demand", "mw")
    if opens is None or closes is None or due is None or total is None or len(zones) < len(ZONES):
        return None
    parts = sum((zone.demand_mw for zone in zones.values()), Decimal(0))
    if parts != total:
        reader.report(line, "total_demand", "total_demand", found=f"a total of {plain(total)} MW",
                      expected=f"{plain(parts)} MW, the demand of Germany plus that of Austria",
                      fix="Download the list again, or ask the platform which figure holds.")
    return Tender(opens, closes, due, zones)


def _result(reader: SheetReader, line: int, cells: Cells, auction: Auction) -> Result | None:
    zones: dict[str, ZoneResult] = {}
    for zone in ZONES:
        minimum, average, marginal = (
            reader.price(line, cells, f"{zone}/{word}", auction, may_be_empty=True)
            for word in ("MIN", "AVERAGE", "MARGINAL"))
        export = reader.quantity(line, cells, f"{zone}/balance", "mw")
        offered = reader.quantity(line, cells, f"{zone}/offered", "mw", may_be_empty=True)
        if export is not None:
            zones[zone] = ZoneResult(minimum, average, marginal, export, offered)
    return zones if len(zones) == len(ZONES) else None
