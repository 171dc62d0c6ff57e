"""Whole periods as a cooperation hands them in: every table, a few hundred breaches, seeded.

A month of many borders under the Core methodology, a year of one border under that of Greece and
Italy, or small ones of either kind for tests. Figures come from hashes of the seed and their row,
so a shape and a seed always give the same submission. Breaches lie on every third day and on every
seventh direction, so that a calendar and a table of borders have something to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import count, islice
from pathlib import Path
from typing import Literal

import duckdb

from benchmarks.period_events import COUNTRIES, documents_of, events_of, reference_starts
from czca_rules.market_time.days import market_day_end, market_day_start

QUARTER = timedelta(minutes=15)
#: A forecast of Core repeats the prices of the same weekday a year before.
YEAR_BEFORE = 364 * 96
SIX = tuple((product, way) for product in ("RR", "aFRR", "mFRR") for way in ("down", "up"))
Format = Literal["parquet", "csv.gz"]


@dataclass(frozen=True)
class Shape:
    """What a period holds; ``bids`` for each zone, product and quarter, ``faults`` of each kind."""

    methodology: Literal["core-ee", "greece-italy-mb"]
    borders: int
    zones: int
    first: date
    last: date
    bids: int
    faults: int = 40
    products: tuple[tuple[str, str], ...] = SIX

    @property
    def core(self) -> bool:
        """Whether capacity is allocated by economic efficiency, week by week."""
        return self.methodology == "core-ee"

    @property
    def start(self) -> datetime:
        """The first instant of delivery."""
        return market_day_start(self.first)

    @property
    def quarters(self) -> int:
        """Quarter hours of delivery."""
        return (market_day_end(self.last) - self.start) // QUARTER

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The borders as numbers of zones: a ring, then chords of growing length."""
        ring = ((start, (start + step) % self.zones) for step in count(1)
                for start in range(self.zones))
        return [(0, 1)] if self.borders == 1 else list(islice(ring, self.borders))

    @cached_property
    def rarity(self) -> int:
        """One row in so many of those that may be wrong is; allocations are what is counted."""
        rows = self.quarters * 2 * self.borders * len(self.products)
        return max(1, rows // (3 * 7 * self.faults))


MONTH = Shape("core-ee", 60, 36, date(2026, 3, 1), date(2026, 3, 31), bids=27)
YEAR = Shape("greece-italy-mb", 1, 2, date(2026, 1, 1), date(2026, 12, 31), bids=10)


def zone(number: int) -> str:
    """The name of a zone."""
    return f"Z{number:03d}"


def manifest_text(shape: Shape) -> str:
    """`submission.yaml`; the last of many borders is of direct current and claims it."""
    names = [zone(number) for number in range(shape.zones)]
    countries = [COUNTRIES[number % len(COUNTRIES)] for number in range(shape.zones)]
    period = "P1W" if shape.core else "P1D"
    approach = "economic_efficiency" if shape.core else "market_based"
    pairs = [(zone(one), zone(other)) for one, other in shape.pairs]
    last = "/".join(pairs[-1])
    claimed = [] if len(pairs) == 1 else [
        "relies_on:", f"  - {{exemption: dc_border, border: {last}, document: NRA-1}}"]
    known = market_day_end(shape.last) + timedelta(days=10)
    return "\n".join([
        "format: czca-submission/1", f"id: {shape.methodology}-{shape.first}",
        "sender: {id: T000, role: tso}", f"as_of: {known.isoformat()}Z",
        "stages: [application, allocation, procurement, publication, use, settlement, yearly]",
        f"methodology: {shape.methodology}", f"approach: {approach}",
        f"delivery: {{from: {shape.first}, to: {shape.last}}}",
        "mtu_minutes: {2017-01-01: 60, 2025-10-01: 15}",
        "cooperation: {id: C1, established_by: tsos, consolidation_period: P1M}",
        "tsos:", *(f"  - {{id: T{n:03d}, country: {country}, dispatching: self}}"
                   for n, country in enumerate(countries)),
        "zones:", *(f"  - {{id: {name}, tsos: [T{n:03d}], countries: [{countries[n]}], "
                    f"lfc_block: {name}}}" for n, name in enumerate(names)),
        "borders:", *(_border_text(n, *pair, dc=n > 0 and n == len(pairs) - 1)
                      for n, pair in enumerate(pairs)),
        "products:", *(f"  - {{product: {product}, direction: {way}, standard: true, "
                       f"contracting_period: {period}, validity_period: PT15M}}"
                       for product, way in shape.products),
        "procurement: {pricing: pay_as_cleared, excess: forced_only, exchange: allowed, "
        "price_limit_eur_mw_h: 10000}", *claimed, ""])


def _border_text(number: int, one: str, other: str, dc: bool) -> str:
    return (f"  - id: {one}/{other}\n    zones: [{one}, {other}]\n    interconnectors:\n"
            f"      - {{id: L{number:03d}, technology: {'dc' if dc else 'ac'}, "
            "energy_trade_since: 2010-01-01, in_capacity_calculation_since: 2010-01-01, "
            f"installed_mw: {{{one}>{other}: 2000, {other}>{one}: 2000}}, contribution: 1}}")


def write_period(folder: Path, shape: Shape, seed: int = 7, form: Format = "parquet") -> int:
    """Write a period unless the folder already holds it; the rows of all its tables."""
    mark = folder.parent / f".{folder.name}.generated"
    wanted = f"{shape} {seed} {form}"
    if mark.exists() and mark.read_text().startswith(wanted):
        return int(mark.read_text().rpartition(" ")[2])
    folder.mkdir(parents=True, exist_ok=True)
    from benchmarks.period_tables import Queries

    options = "FORMAT parquet, COMPRESSION zstd" if form == "parquet" else \
        "FORMAT csv, COMPRESSION gzip, HEADER"
    rows = 0
    with duckdb.connect() as connection:
        for setting in ("memory_limit = '4GB'", "TimeZone = 'UTC'",
                        f"temp_directory = '{folder.parent / 'spill'}'"):
            connection.execute(f"SET {setting}")
        _write_places(connection, shape)
        for table, query in Queries(shape, seed).all().items():
            target = folder / f"{table}.{form}"
            found = connection.execute(
                f"COPY ({_typed(query, form)}) TO '{target}' ({options})").fetchone()
            rows += found[0] if found else 0
            if table == "congestion_income" and shape.core:
                connection.execute(f"CREATE VIEW income AS SELECT * FROM '{target}'")
    (folder / "submission.yaml").write_text(manifest_text(shape))
    mark.write_text(f"{wanted} {rows}")
    return rows


def _typed(query: str, form: Format) -> str:
    """Instants as text with their offset where the format has no types."""
    if form == "parquet":
        return query
    instants = [name for name in ("mtu_start", "mtu_end", "reference_mtu_start", "period_start")
                if f" AS {name}" in query]
    said = ", ".join(f"strftime({name} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS {name}"
                     for name in instants)
    return f"SELECT * REPLACE ({said}) FROM ({query})" if said else query


def _write_places(connection: duckdb.DuckDBPyConnection, shape: Shape) -> None:
    """Small tables that every query starts from, each in the order of its number."""
    ways = sorted(way for one, other in shape.pairs for way in ((one, other), (other, one)))
    tables: dict[str, tuple[str, Sequence[tuple[object, ...]]]] = {
        "ways": ("d BIGINT, a INTEGER, b INTEGER, from_zone VARCHAR, to_zone VARCHAR",
                 [(n, a, b, zone(a), zone(b)) for n, (a, b) in enumerate(ways)]),
        "products": ("p BIGINT, product VARCHAR, direction VARCHAR",
                     [(n, *item) for n, item in enumerate(shape.products)]),
        "borders": ("side VARCHAR, name VARCHAR",
                    [("/".join(sorted(pair)), "/".join(pair)) for pair in
                     ((zone(one), zone(other)) for one, other in shape.pairs)]),
        "zones": ("z BIGINT, zone VARCHAR", [(n, zone(n)) for n in range(shape.zones)]),
        "refs": ("t BIGINT, r BIGINT", _references(shape)),
        "events": ("event_id VARCHAR, event VARCHAR, \"at\" VARCHAR, actor VARCHAR, "
                   "market_day VARCHAR, mtu_start VARCHAR, recipients VARCHAR, document VARCHAR, "
                   "detail VARCHAR", events_of(shape)),
        "documents": ("document VARCHAR, reference VARCHAR, dated VARCHAR, valid_from VARCHAR, "
                      "covers VARCHAR", documents_of(shape)),
    }
    for name, (columns, rows) in tables.items():
        connection.execute(f"CREATE TABLE {name} ({columns})")
        lists = ", ".join(f"unnest(?::{item.split()[1]}[])" for item in columns.split(", "))
        connection.execute(f"INSERT INTO {name} SELECT {lists}",
                           [list(values) for values in zip(*rows, strict=True)])


def _references(shape: Shape) -> list[tuple[object, ...]]:
    """For each quarter the quarter that its forecast repeats, counted from the first one."""
    if shape.core:
        return [(t, t - YEAR_BEFORE) for t in range(shape.quarters)]
    return [(t, None if start is None else (start - shape.start) // QUARTER)
            for t, start in enumerate(reference_starts(shape))]
