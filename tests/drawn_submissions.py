"""Small submissions drawn at random for the oracle: gaps, wrong cells, claims, shared volumes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise, product
from typing import Any

from hypothesis import strategies as st
from small_rulesets import manifest

Row = dict[str, Any]
Draw = Callable[[Any], Any]

DIRECTIONS = (("A", "B"), ("B", "A"))
PRODUCTS = (("aFRR", "up"), ("aFRR", "down"))
#: Delivery days and the bounds of one to three intervals in them.
AXES = (
    ("2026-03-11", "2026-03-11", ("2026-03-11T00:00:00+01:00", "2026-03-12T00:00:00+01:00")),
    ("2026-03-11", "2026-03-11", ("2026-03-11T00:00:00+01:00", "2026-03-11T07:00:00+01:00",
                                  "2026-03-11T08:00:00+01:00", "2026-03-12T00:00:00+01:00")),
    ("2025-12-31", "2026-01-01", ("2025-12-31T00:00:00+01:00", "2026-01-01T00:00:00+01:00",
                                  "2026-01-02T00:00:00+01:00")),
    ("2026-03-29", "2026-03-29", ("2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00")),
)
VOLUMES = ("0", "40", "79.999", "80", "80.001", "100", "160", "200.5")
PRICES = ("0", "4.25", "10", "-3.5", "999999.999999")
MONEY = ("0", "40", "960", "0.005", "-0.01", "799.994999")
#: What a history of offers may look like: first and last day of each row.
HISTORIES = (
    (("2023-11-01", "2026-01-01"),),
    (("2023-11-01", "2025-01-01"), ("2025-01-01", "2025-10-01"), ("2025-10-01", "2026-03-01")),
    (("2023-11-01", "2025-01-01"), ("2025-01-02", "2026-01-01")),
    (("2023-01-01", "2025-02-01"), ("2025-01-01", "2026-01-01")),
    (),
)


class Table:
    """Rows of one table in the making, each cell drawn."""

    def __init__(self, draw: Draw) -> None:
        self.draw, self.rows = draw, []  # type: ignore[var-annotated]

    def seldom(self, outcome: bool = True, one_in: int = 9) -> bool:
        """The outcome, once in so many draws."""
        drawn: int = self.draw(st.integers(0, one_in - 1))
        return outcome if drawn == one_in - 1 else not outcome

    def cell(self, values: tuple[str, ...], empty: bool = False) -> str | None:
        """A value; seldom one that cannot be read, or none where it may be missing."""
        if self.seldom(one_in=25):
            return "ten"
        if empty and self.seldom(one_in=6):
            return None
        return str(self.draw(st.sampled_from(values)))

    def add(self, key: Row, **cells: tuple[str, ...]) -> None:
        """A row, seldom left out; names that end in `_` may stay empty."""
        if not self.seldom():
            self.rows.append(key | {name.rstrip("_"): self.cell(values, name.endswith("_"))
                                    for name, values in cells.items()})


def spans(bounds: tuple[str, ...]) -> Iterator[Row]:
    """The time columns of each interval."""
    return ({"mtu_start": start, "mtu_end": end}
            for start, end in pairwise(bounds))


def _directions(bounds: tuple[str, ...]) -> Iterator[Row]:
    return ({"from_zone": one, "to_zone": other} | span
            for (one, other), span in product(DIRECTIONS, spans(bounds)))


def _products(rows: Iterator[Row]) -> Iterator[Row]:
    return (row | {"product": name, "direction": way} for row, (name, way) in
            product(rows, PRODUCTS))


def _zones(bounds: tuple[str, ...]) -> Iterator[Row]:
    return _products({"zone": zone} | span for zone, span in product("AB", spans(bounds)))


def _capacity(table: dict[str, Table], bounds: tuple[str, ...]) -> None:
    for key in _products(_directions(bounds)):
        for state in ("final", "selected"):
            table["allocations"].add(key | {"state": state}, allocated_mw=VOLUMES,
                                     shared_mw_=("0", "10"))
        table["czc_prices"].add(key, price_eur_mw_h=PRICES)
        table["congestion_income"].add(key, income_eur=MONEY, day_ahead_share_eur_=MONEY)
        table["curtailments"].add(key, cause=("force_majeure", "emergency", "other"),
                                  curtailed_mw=("10", "40"))
        way = {"provider_zone": key["from_zone"], "receiver_zone": key["to_zone"]}
        rest = {name: key[name] for name in ("product", "direction", "mtu_start", "mtu_end")}
        table["exchanges"].add(way | rest, exchanged_mw=VOLUMES, shared_mw_=("0", "10"))
    for key in _directions(bounds):
        table["cross_zonal_capacity"].add(key, capacity_mw=("80", "100", "500"))
        table["scheduled_exchanges"].add(key | {"market": "day_ahead"}, scheduled_mw=VOLUMES)
        table["scheduled_exchanges"].add(key | {"market": "long_term"}, scheduled_mw=VOLUMES)
        for basis in ("share_of_offered", "share_of_installed", "nra", "additional"):
            table["volume_limits"].add(key | {"basis": basis}, limit_mw_=VOLUMES)


def _procurement(table: dict[str, Table], bounds: tuple[str, ...]) -> None:
    for number, key in enumerate(_zones(bounds)):
        table["capacity_prices"].add(key, marginal_price_eur_mw_h=PRICES)
        table["demand"].add(key, demand_mw=VOLUMES, local_minimum_mw_=("0", "40"))
        table["bids"].add(key | {"bid_id": f"b{number}"}, volume_mw=VOLUMES, price_eur_mw_h=PRICES,
                          accepted_mw_=("0", "40"))
    for zone, span in product("AB", spans(bounds)):
        table["day_ahead_prices"].add({"zone": zone} | span, price_eur_mwh=PRICES)


def _history(draw: Draw, table: dict[str, Table]) -> None:
    for one, other in DIRECTIONS:
        for source in ("day_ahead", "intraday"):
            for first, last in draw(st.sampled_from(HISTORIES)):
                table["offered_capacity"].add(
                    {"from_zone": one, "to_zone": other, "source": source,
                     "mtu_start": f"{first}T00:00:00+01:00", "mtu_end": f"{last}T00:00:00+01:00"},
                    offered_mw=("1600", "900", "0"))


def _process(draw: Draw, table: dict[str, Table], days: tuple[str, str]) -> None:
    at = ("2026-03-05T09:00:00+01:00", "2026-03-10T09:00:00+01:00", "2025-12-30T09:00:00+01:00")
    for number in range(draw(st.integers(0, 3))):
        table["events"].add({"event_id": f"e{number}"}, event=("bids_selected", "values_forecast"),
                            at=at, market_day_=days)
    for entry in ("day_ahead_share", "collected"):
        table["income_account"].add(
            {"period_start": f"{days[0][:7]}-01T00:00:00+01:00", "border": "A/B", "entry": entry},
            amount_eur=MONEY)


def _border(draw: Draw) -> list[dict[str, Any]]:
    since = st.sampled_from(("2010-01-01", "2026-01-01", "2026-02-01", None))
    links = [{"id": name, "technology": draw(st.sampled_from(("ac", "dc", "dc"))),
              "energy_trade_since": draw(since), "in_capacity_calculation_since": draw(since),
              "installed_mw": {"A>B": 500, "B>A": 500}}
             for name in ("LINE", "LINK")[:draw(st.integers(1, 2))]]
    links = [{key: value for key, value in link.items() if value is not None} for link in links]
    return [{"id": "A/B", "zones": ["A", "B"], "interconnectors": links}]


@st.composite
def submissions(draw: Draw, approach: str = "market_based") -> tuple[Row, Row]:
    """A manifest and its tables."""
    first, last, bounds = draw(st.sampled_from(AXES))
    names = ("allocations", "czc_prices", "congestion_income", "curtailments", "exchanges",
             "cross_zonal_capacity", "scheduled_exchanges", "volume_limits", "capacity_prices",
             "demand", "bids", "day_ahead_prices", "offered_capacity", "events", "income_account")
    table = {name: Table(draw) for name in names}
    _capacity(table, bounds)
    _procurement(table, bounds)
    _history(draw, table)
    _process(draw, table, (first, last))
    claims = draw(st.lists(st.sampled_from(("dc_border", "short_contracting", "nra_limit")),
                           unique=True, max_size=3))
    head = manifest(
        approach=approach, delivery={"from": first, "to": last}, borders=_border(draw),
        as_of=draw(st.sampled_from(("2026-06-01T12:00:00+02:00", "2026-03-10T12:00:00+01:00"))),
        relies_on=[{"exemption": name, "border": "A/B"} for name in claims])
    absent = draw(st.lists(st.sampled_from(names), unique=True, max_size=3))
    return head, {name: made.rows for name, made in table.items() if name not in absent}
