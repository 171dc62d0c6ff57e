"""The ten rules as an engineer would write them by hand for exactly these files: three queries.

Each query judges all rules of its grain in one pass, packs the codes of a row into one number,
counts rows by it, and keeps the first rows of every combination with a fault. It knows what the
engine has to find out: which columns are never empty, that the year has one tariff change, where
the previous year begins, that no file is in parts. Codes are those of ``check.codes.Code``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.generator import START_2025, START_2026

FIRST = 100
#: 1 July 2026 in market time, in microseconds: the day on which the cap changes.
CHANGE = 1_782_856_800_000_000
#: Rules of each query, in the order of their three bits.
RULES = {"product": ("BM-1", "BM-2", "BM-3", "BM-4", "BM-5", "BM-6"),
         "border": ("BM-7", "BM-8", "BM-10"), "firmness": ("BM-9",)}

Findings = list[tuple[Any, ...]]


def product_sql(table: Callable[[str], str]) -> str:
    """Rules on one product of one direction, with its prices."""
    price = "CASE WHEN total <= 0 THEN 3 WHEN total IS NULL OR czc IS NULL"
    return f"""
WITH joined AS (
  SELECT a.from_zone, a.to_zone, a.product, a.direction, a.mtu_start, a.file_row_number + 1 AS line,
    allocated_mw, shared_mw, allocated_mw + shared_mw AS total, cooperation,
    c.price_eur_mw_h AS czc, r.marginal_price_eur_mw_h - p.marginal_price_eur_mw_h AS difference,
    CASE WHEN epoch_us(a.mtu_start) < {CHANGE} THEN 25 ELSE 24 END AS cap
  FROM {table('allocations')} a
  LEFT JOIN {table('czc_prices')} c ON c.from_zone = a.from_zone AND c.to_zone = a.to_zone
    AND c.product = a.product AND c.direction = a.direction AND c.mtu_start = a.mtu_start
  LEFT JOIN {table('capacity_prices')} r ON r.product = a.product AND r.direction = a.direction
    AND r.mtu_start = a.mtu_start
    AND r.zone = CASE a.direction WHEN 'down' THEN a.from_zone ELSE a.to_zone END
  LEFT JOIN {table('capacity_prices')} p ON p.product = a.product AND p.direction = a.direction
    AND p.mtu_start = a.mtu_start
    AND p.zone = CASE a.direction WHEN 'down' THEN a.to_zone ELSE a.from_zone END
  WHERE a.state = 'final'),
valued AS (SELECT *, CASE WHEN difference < 0 THEN 0 ELSE difference END AS expected FROM joined),
judged AS (
  SELECT *,
    CASE WHEN total <= cap THEN 1 WHEN total IS NULL THEN 4 ELSE 0 END AS c1,
    CASE WHEN shared_mw <= 0.5 * allocated_mw THEN 1
         WHEN shared_mw IS NULL OR allocated_mw IS NULL THEN 4 ELSE 0 END AS c2,
    CASE WHEN total <= 0 THEN 3 WHEN total IS NULL THEN 4
         WHEN cooperation IS NOT NULL THEN 1 ELSE 0 END AS c3,
    {price} THEN 4 WHEN czc >= 0 THEN 1 ELSE 0 END AS c4,
    {price} THEN 4 WHEN czc <= 900 THEN 1 ELSE 0 END AS c5,
    {price} OR expected IS NULL THEN 4
      WHEN abs(czc - expected) <= 0.01 THEN
        CASE WHEN difference < 0 OR czc <> expected THEN 5 ELSE 1 END ELSE 0 END AS c6
  FROM valued)
SELECT c1 + c2 * 8 + c3 * 64 + c4 * 512 + c5 * 4096 + c6 * 32768 AS codes, count(*),
  min(row(from_zone, to_zone, product, direction, make_timestamp(epoch_us(mtu_start)), line, total,
          cap, allocated_mw, shared_mw, czc, expected), {FIRST})
    FILTER (c1 = 0 OR c2 = 0 OR c3 = 0 OR c4 = 0 OR c5 = 0 OR c6 = 0)
FROM judged GROUP BY codes"""


def border_sql(table: Callable[[str], str]) -> str:
    """Rules on one direction of a border: the limit, no netting, the margin."""
    return f"""
WITH used AS (
  SELECT from_zone, to_zone, mtu_start, sum(allocated_mw + shared_mw) AS balancing
  FROM {table('allocations')} WHERE state = 'final' GROUP BY ALL),
energy AS (
  SELECT from_zone, to_zone, mtu_start, sum(scheduled_mw) AS mw
  FROM {table('scheduled_exchanges')} WHERE market IN ('long_term', 'day_ahead') GROUP BY ALL),
history AS (
  SELECT from_zone, to_zone, CASE WHEN count(*) = 8760 THEN max(offered_mw) * 0.1 END AS top
  FROM {table('offered_capacity')}
  WHERE epoch_us(mtu_start) >= {START_2025} AND epoch_us(mtu_start) < {START_2026} GROUP BY ALL),
joined AS (
  SELECT u.*, h.top, greatest(coalesce(e.mw, 0) - coalesce(o.mw, 0), 0) AS net,
    x.capacity_mw AS capacity, x.reliability_margin_mw AS margin,
    m.all_dc AND m.claims_dc_border AS free
  FROM used u
  LEFT JOIN energy e USING (from_zone, to_zone, mtu_start)
  LEFT JOIN energy o ON o.from_zone = u.to_zone AND o.to_zone = u.from_zone
    AND o.mtu_start = u.mtu_start
  LEFT JOIN {table('cross_zonal_capacity')} x ON x.from_zone = u.from_zone
    AND x.to_zone = u.to_zone AND x.mtu_start = u.mtu_start
  LEFT JOIN history h ON h.from_zone = u.from_zone AND h.to_zone = u.to_zone
  LEFT JOIN m_border_directions m ON m.from_zone = u.from_zone AND m.to_zone = u.to_zone),
judged AS (
  SELECT *,
    CASE WHEN balancing <= top THEN 1 WHEN free THEN 2
         WHEN balancing IS NULL OR top IS NULL THEN 4 ELSE 0 END AS c7,
    CASE WHEN balancing + net <= capacity THEN 1
         WHEN balancing IS NULL OR capacity IS NULL THEN 4 ELSE 0 END AS c8,
    CASE WHEN margin <= 0.2 * capacity THEN 1
         WHEN margin IS NULL OR capacity IS NULL THEN 4 ELSE 0 END AS c10
  FROM joined)
SELECT c7 + c8 * 8 + c10 * 64 AS codes, count(*),
  min(row(from_zone, to_zone, make_timestamp(epoch_us(mtu_start)), balancing, top, net, capacity,
          margin), {FIRST}) FILTER (c7 = 0 OR c8 = 0 OR c10 = 0)
FROM judged GROUP BY codes"""


def firmness_sql(table: Callable[[str], str]) -> str:
    """The rule on what became of a selected allocation."""
    return f"""
WITH cut AS (
  SELECT from_zone, to_zone, product, direction, mtu_start, sum(curtailed_mw) AS mw
  FROM {table('curtailments')} WHERE cause IN ('force_majeure', 'emergency') GROUP BY ALL),
joined AS (
  SELECT f.from_zone, f.to_zone, f.product, f.direction, f.mtu_start, f.file_row_number + 1 AS line,
    f.allocated_mw + f.shared_mw AS final, s.allocated_mw + s.shared_mw AS selected,
    coalesce(c.mw, 0) AS cut
  FROM {table('allocations')} f
  LEFT JOIN (SELECT * FROM {table('allocations')} WHERE state = 'selected') s
    ON s.from_zone = f.from_zone AND s.to_zone = f.to_zone AND s.product = f.product
    AND s.direction = f.direction AND s.mtu_start = f.mtu_start
  LEFT JOIN cut c ON c.from_zone = f.from_zone AND c.to_zone = f.to_zone
    AND c.product = f.product AND c.direction = f.direction AND c.mtu_start = f.mtu_start
  WHERE f.state = 'final'),
judged AS (
  SELECT *, CASE WHEN final = selected OR (final < selected AND final + cut >= selected) THEN 1
                 WHEN final IS NULL OR selected IS NULL THEN 4 ELSE 0 END AS c9 FROM joined)
SELECT c9 AS codes, count(*),
  min(row(from_zone, to_zone, product, direction, make_timestamp(epoch_us(mtu_start)), line, final,
          selected, cut), {FIRST}) FILTER (c9 = 0)
FROM judged GROUP BY codes"""


QUERIES = {"product": product_sql, "border": border_sql, "firmness": firmness_sql}


def judge_by_hand(engine: Any, folder: Path) -> tuple[dict[str, dict[int, int]],
                                                      dict[str, Findings]]:
    """Rows by code, and the first failed rows in the order of their key, for every rule."""
    counts: dict[str, dict[int, int]] = {}
    findings: dict[str, Findings] = {}

    def table(name: str) -> str:
        return f"read_parquet('{folder.absolute() / name}.parquet', file_row_number = true)"

    for name, query in QUERIES.items():
        rows = engine.query(query(table))
        for place, rule in enumerate(RULES[name]):
            counts[rule], findings[rule] = _of_rule(rows, place)
    return counts, findings


def _of_rule(rows: Sequence[tuple[int, int, Findings | None]],
             place: int) -> tuple[dict[int, int], Findings]:
    counts: dict[int, int] = {}
    failed: Findings = []
    for codes, count, first in rows:
        code = (codes >> (3 * place)) & 7
        counts[code] = counts.get(code, 0) + count
        failed += first or [] if code == 0 else []
    return counts, sorted(failed)[:FIRST]
