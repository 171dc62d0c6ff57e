"""A seeded year of allocations as Parquet: a compliant cooperation with a few faults in each rule.

Every figure comes from a hash of the seed and its row, so a size and a seed always give the same
files. DuckDB writes them; each is sorted by time, then place, then product.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path

import duckdb

PRODUCTS = [(product, way) for product in ("RR", "aFRR", "mFRR") for way in ("down", "up")]
YEAR, QUARTERS_A_DAY = 365, 96
#: One row in so many has the fault of its kind.
RARITY = 10_000
#: Microseconds of 2026 and 2025 in market time: both begin at 23:00 UTC.
START_2026, START_2025 = 1_767_222_000_000_000, 1_735_686_000_000_000


@dataclass(frozen=True)
class Size:
    """How large a submission is: borders, zones and delivery days."""

    borders: int
    zones: int
    days: int

    @property
    def quarters(self) -> int:
        """Quarter hours of delivery."""
        return self.days * QUARTERS_A_DAY

    @property
    def rows(self) -> int:
        """Rows of all tables of delivery together, but for the sparse ones."""
        return self.quarters * (2 * self.borders * (3 * len(PRODUCTS) + 4)
                                + self.zones * len(PRODUCTS))


def size_of(rows: int) -> Size:
    """The size whose rows come nearest: a whole year, with at least six borders, or fewer days."""
    year = [Size(borders, borders * 2 // 3 + 1, YEAR) for borders in range(6, 400)]
    best = min(year, key=lambda size: abs(size.rows - rows))
    if rows >= year[0].rows * 0.9:
        return best
    days = max(1, round(rows / Size(6, 5, 1).rows))
    return Size(6, 5, days)


def zone_pairs(size: Size) -> list[tuple[str, str]]:
    """The borders: a ring of zones, then chords of growing length."""
    zones = size.zones
    pairs = ((f"Z{start:03d}", f"Z{(start + step) % zones:03d}")
             for step in count(1) for start in range(zones))
    return list(islice(pairs, size.borders))


def manifest_text(size: Size) -> str:
    """`submission.yaml`; the first border is of direct current and claims it."""
    last = date(2026, 1, 1) + timedelta(days=size.days - 1)
    zones = [f"  - {{id: Z{n:03d}, tsos: [T{n:03d}], countries: [AT], lfc_block: Z{n:03d}}}"
             for n in range(size.zones)]
    tsos = [f"  - {{id: T{n:03d}, country: AT}}" for n in range(size.zones)]
    borders = [
        f"  - id: {one}/{other}\n    zones: [{one}, {other}]\n    interconnectors:\n"
        f"      - {{id: L{n:03d}, technology: {'ac' if n else 'dc'}, "
        "in_capacity_calculation_since: 2010-01-01, "
        f"installed_mw: {{{one}>{other}: 2000, {other}>{one}: 2000}}}}"
        for n, (one, other) in enumerate(zone_pairs(size))]
    products = [f"  - {{product: {product}, direction: {way}}}" for product, way in PRODUCTS]
    first_border = "/".join(zone_pairs(size)[0])
    return "\n".join([
        "format: czca-submission/1", "id: benchmark", "sender: {id: T000, role: tso}",
        "as_of: 2027-02-01T12:00:00+01:00", "stages: [allocation, procurement, settlement]",
        "methodology: benchmark", "approach: market_based",
        f"delivery: {{from: 2026-01-01, to: {last}}}",
        "mtu_minutes: {2017-01-01: 60, 2026-01-01: 15}", "tsos:", *tsos, "zones:", *zones,
        "borders:", *borders, "products:", *products,
        "procurement: {pricing: pay_as_cleared, excess: forced_only, exchange: allowed, "
        "price_limit_eur_mw_h: 10000}",
        f"relies_on:\n  - {{exemption: dc_border, border: {first_border}}}", ""])


def write_submission(folder: Path, rows: int, seed: int) -> Size:
    """Write a submission of about so many rows, unless the folder already holds it."""
    size = size_of(rows)
    mark = folder.parent / "generated"
    wanted = f"{size} seed {seed}\n"
    if mark.exists() and mark.read_text() == wanted:
        return size
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '4GB'")
        connection.execute(f"SET temp_directory = '{folder / 'spill'}'")
        _write_places(connection, size)
        for table, query in tables_sql(size, seed).items():
            connection.execute(f"COPY ({query}) TO '{folder / table}.parquet' "
                               "(FORMAT parquet, COMPRESSION zstd)")
    (folder / "submission.yaml").write_text(manifest_text(size))
    mark.write_text(wanted)
    return size


def _write_places(connection: duckdb.DuckDBPyConnection, size: Size) -> None:
    ways = sorted((start, end) for pair in zone_pairs(size) for start, end in (pair, pair[::-1]))
    connection.execute("CREATE TABLE ways (d INTEGER, from_zone VARCHAR, to_zone VARCHAR)")
    connection.executemany("INSERT INTO ways VALUES (?, ?, ?)",
                           [(n, *way) for n, way in enumerate(ways)])
    connection.execute("CREATE TABLE products (p INTEGER, product VARCHAR, direction VARCHAR)")
    connection.executemany("INSERT INTO products VALUES (?, ?, ?)",
                           [(n, *item) for n, item in enumerate(PRODUCTS)])
    connection.execute("CREATE TABLE zones AS SELECT n AS z, format('Z{:03d}', n) AS zone "
                       f"FROM range({size.zones}) t(n)")
    connection.execute("CREATE TABLE quarters AS SELECT n AS t, to_timestamp("
                       f"{START_2026 // 1_000_000} + n * 900) AS mtu_start "
                       f"FROM range({size.quarters}) t(n)")


def tables_sql(size: Size, seed: int) -> dict[str, str]:
    """The query behind each table's file."""
    hour = f"to_timestamp({START_2025 // 1_000_000} + n * 3600)"
    return {
        "allocations": allocations_sql(seed),
        "czc_prices": czc_prices_sql(seed),
        "curtailments": curtailments_sql(seed),
        "capacity_prices":
            f"SELECT zone, product, direction, mtu_start, {price(seed, 'z')} AS "
            "marginal_price_eur_mw_h FROM quarters, zones, products ORDER BY t, z, p",
        "cross_zonal_capacity": f"""
            SELECT from_zone, to_zone, mtu_start,
              CAST(CASE WHEN {fault(seed, 'netting', 't, d')} THEN 60
                   ELSE 1300 + {draw(seed, 'capacity', 't, d')} % 200 END AS DECIMAL(9,3))
                AS capacity_mw,
              CAST(CASE WHEN {fault(seed, 'no_margin', 't, d')} THEN NULL
                   WHEN {fault(seed, 'margin', 't, d')} THEN 400 ELSE 10 END AS DECIMAL(9,3))
                AS reliability_margin_mw
            FROM quarters, ways ORDER BY t, d""",
        "scheduled_exchanges": f"""
            SELECT from_zone, to_zone, mtu_start, market,
              CAST({draw(seed, 'energy', 't, d, market')}
              % CASE market WHEN 'day_ahead' THEN 800 ELSE 300 END AS DECIMAL(9,3)) AS scheduled_mw
            FROM quarters, ways, (VALUES ('day_ahead'), ('long_term')) m(market)
            ORDER BY t, d, market""",
        "offered_capacity": f"""
            SELECT from_zone, to_zone, {hour} AS mtu_start, CAST(CASE WHEN n = d THEN 2000
              ELSE 1500 + {draw(seed, 'offer', 'n, d')} % 500 END AS DECIMAL(9,3)) AS offered_mw
            FROM range(8760) h(n), ways ORDER BY n, d""",
    }


def draw(seed: int, what: str, of: str) -> str:
    """SQL of a large number that looks drawn, the same for the same seed."""
    return f"hash({seed}, '{what}', {of})"


def fault(seed: int, what: str, of: str) -> str:
    """SQL of whether a row has a fault."""
    return f"{draw(seed, what, of)} % {RARITY} = 0"


def price(seed: int, zone: str) -> str:
    """SQL of the marginal price of a product in a zone, in whole cents."""
    cents = f"CAST({draw(seed, 'price', f't, p, {zone}')} % 2000 AS DECIMAL(12,6))"
    return f"CAST({cents} * 0.01 AS DECIMAL(12,6))"


def _allocated(seed: int) -> str:
    """Nothing in every fourth row; too much of a product, or for the border's limit, in some."""
    return (f"CASE WHEN {fault(seed, 'limit', 't, d')} AND p = 0 THEN 250 "
            f"WHEN {fault(seed, 'cap', 't, d, p')} THEN 30 "
            f"WHEN {draw(seed, 'none', 't, d, p')} % 4 = 0 THEN 0 "
            f"ELSE 1 + ({draw(seed, 'mw', 't, d, p')} % 190) / 10 END")


def _lowered(seed: int) -> str:
    return f"{draw(seed, 'lowered', 't, d, p')} % {RARITY} < 2"


def allocations_sql(seed: int) -> str:
    """Two states of each allocation; in some rows the final one is lower, or the first missing."""
    sharing = f"CASE WHEN {fault(seed, 'sharing', 't, d, p')} THEN 1 ELSE 0.1 END"
    return f"""
        SELECT from_zone, to_zone, product, direction, mtu_start, state,
          CAST(CASE WHEN state = 'final' AND {_lowered(seed)} THEN greatest(mw - 1, 0) ELSE mw END
            AS DECIMAL(9,3)) AS allocated_mw,
          CAST(mw * {sharing} AS DECIMAL(9,3)) AS shared_mw,
          CASE WHEN NOT {fault(seed, 'nobody', 't, d, p')} THEN 'C1' END AS cooperation
        FROM (SELECT *, CAST({_allocated(seed)} AS DECIMAL(9,3)) AS mw
              FROM quarters, ways, products), (VALUES ('final'), ('selected')) s(state)
        WHERE state = 'final' OR NOT {fault(seed, 'unselected', 't, d, p')}
        ORDER BY t, d, p, state"""


def curtailments_sql(seed: int) -> str:
    """Half of what was lowered was curtailed for force majeure, the rest for no good cause."""
    return f"""
        SELECT from_zone, to_zone, product, direction, mtu_start,
          CASE WHEN {draw(seed, 'lowered', 't, d, p')} % {RARITY} = 0 THEN 'force_majeure'
               ELSE 'other' END AS cause, CAST(1 AS DECIMAL(9,3)) AS curtailed_mw
        FROM quarters, ways, products WHERE {_lowered(seed)} ORDER BY t, d, p"""


def czc_prices_sql(seed: int) -> str:
    """The difference of marginal prices; some negative, some beyond the cap, some rounded wrong."""
    shift = (f"CASE {draw(seed, 'czc', 't, d, p')} % {RARITY} WHEN 0 THEN -100 WHEN 1 THEN 950 "
             "WHEN 2 THEN 0.02 WHEN 3 THEN 0.01 ELSE 0 END")
    receiver = "CASE direction WHEN 'down' THEN a.z ELSE b.z END"
    provider = "CASE direction WHEN 'down' THEN b.z ELSE a.z END"
    return f"""
        SELECT from_zone, to_zone, product, direction, mtu_start,
          CAST(greatest({price(seed, receiver)} - {price(seed, provider)}, 0) + {shift}
            AS DECIMAL(12,6)) AS price_eur_mw_h
        FROM quarters, ways, products, zones a, zones b
        WHERE a.zone = from_zone AND b.zone = to_zone ORDER BY t, d, p"""
