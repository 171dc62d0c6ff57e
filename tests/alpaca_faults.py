"""Faults that are put into real auctions, and the rules that have a reason to find each.

A fault changes the tables of a converted submission in place and gives the auction it changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

Row = dict[str, str]
Tables = dict[str, list[Row]]
AUCTION = ("product", "direction", "mtu_start")


class Auction:
    """One auction in the tables: its rows by what they are about, for reading and changing."""

    def __init__(self, tables: Tables, key: tuple[str, ...]) -> None:
        self.tables, self.key = tables, key

    def rows(self, table: str, **wanted: str) -> list[Row]:
        return [row for row in self.tables[table]
                if tuple(row[name] for name in AUCTION) == self.key
                and all(row[name] == value for name, value in wanted.items())]

    def row(self, table: str, **wanted: str) -> Row:
        (found,) = self.rows(table, **wanted)
        return found

    @property
    def exported_mw(self) -> Decimal:
        """What Austria exports; negative where it imports."""
        return Decimal(self.row("auction_results", zone="AT")["net_export_mw"])

    def whole(self, zone: str = "AT") -> list[Row]:
        """Bids accepted whole that are neither the cheapest nor the dearest, by price."""
        bids = sorted(self.rows("bids", zone=zone), key=lambda bid: Decimal(bid["price_eur_mw_h"]))
        edge = {bids[0]["price_eur_mw_h"], bids[-1]["price_eur_mw_h"]}
        return [bid for bid in bids if bid["price_eur_mw_h"] not in edge
                and bid["accepted_mw"] == bid["volume_mw"]]

    def partial(self, zone: str = "AT") -> list[Row]:
        return [bid for bid in self.rows("bids", zone=zone)
                if Decimal(bid["accepted_mw"]) < Decimal(bid["volume_mw"])]


def auctions(tables: Tables) -> list[Auction]:
    keys = dict.fromkeys(tuple(row[name] for name in AUCTION) for row in tables["demand"])
    return [Auction(tables, key) for key in keys]


def chosen(tables: Tables, wanted: Callable[[Auction], object]) -> Auction:
    return next(auction for auction in auctions(tables) if wanted(auction))


def below_limit(auction: Auction) -> bool:
    return 0 < auction.exported_mw < 80


def shift(row: Row, column: str, by: str) -> None:
    row[column] = str(Decimal(row[column]) + Decimal(by))


def move(row: Row, **by: int) -> None:
    row["at"] = (datetime.fromisoformat(row["at"]) + timedelta(**by)).isoformat()


def more_export_one_side(tables: Tables) -> Auction:
    auction = chosen(tables, below_limit)
    shift(auction.row("auction_results", zone="AT"), "net_export_mw", "1")
    return auction


def more_export_both_sides(tables: Tables) -> Auction:
    return exported_alike(chosen(tables, below_limit))


def more_export_at_limit(tables: Tables) -> Auction:
    return exported_alike(chosen(tables, lambda auction: auction.exported_mw == 80))


def exported_alike(auction: Auction) -> Auction:
    shift(auction.row("auction_results", zone="AT"), "net_export_mw", "1")
    shift(auction.row("auction_results", zone="DE"), "net_export_mw", "-1")
    shift(auction.row("exchanges"), "exchanged_mw", "1")
    return auction


def swapped(tables: Tables, suits: Callable[[Decimal, Decimal, Decimal], bool]) -> Auction:
    """Exchange the zones of two bids whose prices lie inside what both zones accepted.

    ``suits`` judges Austrian volume, German volume (MW) and the distance of prices.
    """
    for auction in auctions(tables):
        results = auction.rows("auction_results")
        low = max(Decimal(row["minimum_price_eur_mw_h"]) for row in results)
        high = min(Decimal(row["marginal_price_eur_mw_h"]) for row in results)
        bids = {zone: [bid for bid in auction.whole(zone)
                       if low < Decimal(bid["price_eur_mw_h"]) < high] for zone in ("AT", "DE")}
        for ours in bids["AT"]:
            for theirs in reversed(bids["DE"]):
                if suits(Decimal(ours["accepted_mw"]), Decimal(theirs["accepted_mw"]), abs(
                        Decimal(theirs["price_eur_mw_h"]) - Decimal(ours["price_eur_mw_h"]))):
                    ours["zone"], theirs["zone"] = "DE", "AT"
                    return auction
    raise AssertionError("no auction with two such bids")


def two_bids_swapped(tables: Tables) -> Auction:
    return swapped(tables, lambda ours, theirs, apart: ours + 20 < theirs and apart > 1)


def two_bids_swapped_alike(tables: Tables) -> Auction:
    return swapped(tables, lambda ours, theirs, apart: ours == theirs and ours * apart > 20)


def bid_dropped(tables: Tables) -> Auction:
    auction = chosen(tables, lambda auction: len(auction.whole()) > 3)
    tables["bids"].remove(auction.whole()[0])
    return auction


def cheapest_bid_dropped(tables: Tables) -> Auction:
    auction = chosen(tables, lambda auction: len(auction.whole()) > 3)
    tables["bids"].remove(min(auction.rows("bids", zone="AT"),
                              key=lambda bid: Decimal(bid["price_eur_mw_h"])))
    return auction


def average_off(by: str) -> Callable[[Tables], Auction]:
    def fault(tables: Tables) -> Auction:
        auction = auctions(tables)[5]
        shift(auction.row("auction_results", zone="DE"), "average_price_eur_mw_h", by)
        return auction

    return fault


def price_off(column: str) -> Callable[[Tables], Auction]:
    def fault(tables: Tables) -> Auction:
        auction = auctions(tables)[7]
        shift(auction.row("auction_results", zone="AT"), column, "-0.01")
        return auction

    return fault


def sign_turned(tables: Tables) -> Auction:
    auction = chosen(tables, below_limit)
    row = auction.row("auction_results", zone="DE")
    row["net_export_mw"] = str(-Decimal(row["net_export_mw"]))
    return auction


def limit_exceeded(tables: Tables) -> Auction:
    auction = chosen(tables, lambda auction: auction.exported_mw > 1)
    zones = ("AT", "DE") if auction.key[1] == "up" else ("DE", "AT")
    row = auction.row("allocations", from_zone=zones[0], to_zone=zones[1])
    row["allocated_mw"] = str(auction.exported_mw - 1)
    return auction


def core_portion_missed(tables: Tables) -> Auction:
    auction = auctions(tables)[3]
    accepted = sum(Decimal(bid["accepted_mw"]) for bid in auction.rows("bids", zone="AT"))
    auction.row("demand", zone="AT")["local_minimum_mw"] = str(accepted + 1)
    return auction


def accepted_beyond_volume(tables: Tables) -> Auction:
    auction = chosen(tables, lambda auction: auction.whole("DE"))
    bid = auction.whole("DE")[0]
    bid["volume_mw"] = str(Decimal(bid["accepted_mw"]) - 1)
    return auction


def second_partial(tables: Tables) -> Auction:
    auction = chosen(tables, lambda auction: auction.partial() and auction.whole())
    shift(auction.whole()[0], "volume_mw", "1")
    return auction


def partial_below_margin(tables: Tables) -> Auction:
    auction = chosen(tables, lambda auction: not auction.partial() and auction.whole())
    shift(auction.whole()[0], "volume_mw", "1")
    return auction


def gate_moved(event: str, **by: int) -> Callable[[Tables], Auction]:
    def fault(tables: Tables) -> Auction:
        auction = auctions(tables)[-1]
        move(auction.row("events", event=event), **by)
        return auction

    return fault


@dataclass(frozen=True)
class Fault:
    """A fault, and the rules that find it with the number of zones or auctions they name."""

    put: Callable[[Tables], Auction]
    found_by: dict[str, int]


NET_EXPORT = {"AL-balance": 1, "AL-export-exchange": 1, "AL-export-mirror": 1}
FAULTS = {
    "one MW more export, one side": Fault(more_export_one_side, NET_EXPORT),
    "one MW more export, both sides": Fault(more_export_both_sides, {"AL-balance": 2}),
    "one MW more export, at the limit": Fault(
        more_export_at_limit, {"AL-balance": 2, "AL-export-limit": 1}),
    "two bids swapped": Fault(two_bids_swapped, {"AL-balance": 2, "AL-price-average": 2}),
    "two bids of one volume swapped": Fault(two_bids_swapped_alike, {"AL-price-average": 2}),
    "a bid dropped": Fault(bid_dropped, {"AL-balance": 1, "AL-price-average": 1}),
    "the cheapest bid dropped": Fault(cheapest_bid_dropped, {
        "AL-balance": 1, "AL-price-average": 1, "AL-price-minimum": 1}),
    "an average off by 0.02": Fault(average_off("0.02"), {"AL-price-average": 1}),
    "an average off by -0.02": Fault(average_off("-0.02"), {"AL-price-average": 1}),
    "a least price off": Fault(price_off("minimum_price_eur_mw_h"), {"AL-price-minimum": 1}),
    "a marginal price off": Fault(price_off("marginal_price_eur_mw_h"), {"AL-price-marginal": 1}),
    "a sign turned": Fault(sign_turned, NET_EXPORT),
    "a limit exceeded": Fault(limit_exceeded, {"AL-export-limit": 1}),
    "a core portion missed": Fault(core_portion_missed, {"AL-core-portion": 1}),
    "accepted beyond the volume": Fault(accepted_beyond_volume, {"AL-accepted-volume": 1}),
    "a second partial bid": Fault(second_partial, {"AL-one-partial": 1, "AL-partial-margin": 1}),
    "a partial bid below the margin": Fault(partial_below_margin, {"AL-partial-margin": 1}),
    "the gate opens after it closes": Fault(
        gate_moved("bid_gate_opened", days=7), {"AL-gate-order": 1}),
    "the gate closes after the allocation": Fault(
        gate_moved("bid_gate_closed", minutes=31), {"AL-gate-order": 1}),
    "the allocation at noon": Fault(
        gate_moved("allocation_determined", minutes=150), {"AL-gate-day-ahead": 1}),
}
