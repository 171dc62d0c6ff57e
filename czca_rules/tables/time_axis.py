"""The delivery time axis: the coarsest intervals that no row of a delivery table cuts.

Rows may stand for spans of any length in quarter hours, so tables of different rhythm meet on
their common refinement. Boundaries are the starts and ends of all rows and of the market days;
where no row stands at all, the market time units in force.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from czca_rules.market_time.days import market_day_end, market_day_start, market_days
from czca_rules.market_time.mtu import MtuSchedule
from czca_rules.tables.columns import Column, TableSpec
from czca_rules.tables.engine import Engine, named
from czca_rules.tables.time_cells import microseconds
from czca_rules.tables.view_columns import view_columns

_EPOCH = datetime(1970, 1, 1)
_HOUR_US = 3_600_000_000
_MINUTE_US = 60_000_000


@dataclass(frozen=True)
class Interval:
    """One interval of the delivery time axis; ``position`` counts from 1 in the market day."""

    start: datetime
    end: datetime
    market_day: date
    position: int
    hours: Decimal


@dataclass(frozen=True)
class Spans:
    """Which spans the rows of one table have: by start the first and the last end (in µs)."""

    by_start: Sequence[tuple[int, int, int]]
    ends: Sequence[int]


def spans_of(relation: str, engine: Engine) -> Spans:
    """The spans of a relation with `mtu_start` and `mtu_end`."""
    by_start = engine.query(
        "SELECT epoch_us(mtu_start), min(epoch_us(mtu_end)), max(epoch_us(mtu_end)) "
        f"FROM {relation} GROUP BY mtu_start")
    ends = {last for _, _, last in by_start}
    if any(first != last for _, first, last in by_start):
        ends = {end for (end,) in engine.query(
            f"SELECT DISTINCT epoch_us(mtu_end) FROM {relation}")}
    return Spans([(start, first, last) for start, first, last in by_start], sorted(ends))


def boundaries_of(relation: str, delivery: tuple[datetime, datetime], engine: Engine) -> Spans:
    """The boundaries of history inside the delivery days: they cut intervals, but rows of history
    do not stand on the axis, so what only they cover stays a gap."""
    first, after = (f"TIMESTAMP '{instant}'" for instant in delivery)
    found = engine.query(
        f"SELECT DISTINCT epoch_us(edge) FROM (SELECT unnest([mtu_start, mtu_end]) AS edge FROM "
        f"(SELECT DISTINCT mtu_start, mtu_end FROM {relation} "
        f"WHERE mtu_start < {after} AND mtu_end > {first}))")
    return Spans([], sorted(edge for (edge,) in found))


def common_intervals(spans: Iterable[Spans], first: date, last: date,
                     schedule: MtuSchedule) -> tuple[Interval, ...]:
    """The intervals of the market days from ``first`` to ``last`` for these spans."""
    reach: dict[int, int] = {}
    edges: set[int] = set()
    for table in spans:
        edges.update(table.ends)
        for start, _, end in table.by_start:
            reach[start] = max(end, reach.get(start, end))
    edges.update(reach)
    cuts = sorted(edges)
    covered = _merged(sorted(reach.items()))
    starts = [start for start, _ in covered]
    found: list[Interval] = []
    for day in market_days(first, last):
        day_start, day_end = (microseconds(edge(day)) for edge in (
            market_day_start, market_day_end))
        inside = cuts[bisect_right(cuts, day_start):bisect_left(cuts, day_end)]
        length = schedule.minutes_on(day) * _MINUTE_US
        pieces = _pieces([day_start, *inside, day_end], covered, starts, length)
        found.extend(
            Interval(_instant(start), _instant(end), day, number, Decimal(end - start) / _HOUR_US)
            for number, (start, end) in enumerate(pieces, 1))
    return tuple(found)


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _pieces(edges: Sequence[int], covered: Sequence[tuple[int, int]], starts: Sequence[int],
            length: int) -> Iterator[tuple[int, int]]:
    for start, end in pairwise(edges):
        index = bisect_right(starts, start) - 1
        if index >= 0 and covered[index][1] >= end:
            yield start, end
            continue
        while start < end:  # a gap: the market time units, which lie on a grid of whole lengths
            after = min(end, (start // length + 1) * length)
            yield start, after
            start = after


def _instant(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)


def fill_intervals(intervals: Sequence[Interval], engine: Engine) -> None:
    """Create ``d_intervals`` from the intervals."""
    engine.fill("d_intervals", [
        ("mtu_start", "TIMESTAMP"), ("mtu_end", "TIMESTAMP"), ("market_day", "DATE"),
        ("position", "INTEGER"), ("hours", "DECIMAL(6,2)"),
    ], [(item.start, item.end, item.market_day, item.position, item.hours)
        for item in intervals])


def needs_splitting(spans: Spans, intervals: Sequence[Interval]) -> bool:
    """Whether any row is not exactly one interval."""
    known = {microseconds(item.start): microseconds(item.end) for item in intervals}
    return any(known.get(start) != first or first != last for start, first, last in spans.by_start)


def split_sql(relation: str, spec: TableSpec) -> str:
    """Rows as one row per interval that they cover; what lies outside delivery falls away.

    Powers and prices hold in each interval. Amounts of money are divided by time, to the last
    decimal: the parts of a row sum to the row. Of a row that reaches out of the delivery days no
    amount is known: part of it was earned elsewhere.
    """
    def value(column: Column) -> str:
        name = f"r.{named(column.name)}"
        if column.name == "mtu_start":
            return "i.mtu_start"
        return _part_of(name, column.sql_type) if column.kind == "eur" else name

    shown = view_columns(spec, value, ("i.mtu_end", "r.span_start"))
    return (f"SELECT {shown} FROM {relation} r "
            "JOIN d_intervals i ON i.mtu_start < r.mtu_end AND i.mtu_end > r.mtu_start")


def _part_of(amount: str, sql_type: str) -> str:
    minutes = {name: f"CAST(epoch_us({name}) // {_MINUTE_US} AS HUGEINT)"
               for name in ("i.mtu_start", "i.mtu_end", "r.mtu_start", "r.mtu_end")}
    micro = f"CAST(CAST({amount} AS DECIMAL(31,6)) * 1000000 AS HUGEINT)"
    whole = f"({minutes['r.mtu_end']} - {minutes['r.mtu_start']})"
    until, since = (f"({micro} * ({minutes[edge]} - {minutes['r.mtu_start']})) // {whole}"
                    for edge in ("i.mtu_end", "i.mtu_start"))
    inside = ("r.mtu_start >= (SELECT min(mtu_start) FROM d_intervals) "
              "AND r.mtu_end <= (SELECT max(mtu_end) FROM d_intervals)")
    return (f"CASE WHEN {inside} THEN "
            f"CAST(CAST({until} - {since} AS DECIMAL(24,0)) * 0.000001::DECIMAL(7,6) "
            f"AS {sql_type}) END")
