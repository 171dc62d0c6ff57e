"""The quantities of border directions over single market days, as pictures show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from czca_rules.check.codes import Code
from czca_rules.check.judging import Judging
from czca_rules.check.statement import combined_sql
from czca_rules.derive.needs import Ref, node_refs
from czca_rules.derive.plan import Planner
from czca_rules.derive.select import Select
from czca_rules.rulebook.ruleset import CurveFormula

Direction = tuple[str, str]
DIRECTION = ("from_zone", "to_zone")
OF_PRICES = (*DIRECTION, "product", "direction")
#: A value at each instant that has a row; in a year of quarter hours only of the days asked for.
Values = Mapping[datetime, Decimal | None]


@dataclass(frozen=True)
class DirectionPrices:
    """Prices of one product and direction of capacity in one direction of a border."""

    of: tuple[str, str, str, str]
    from_price: Values
    to_price: Values
    czc_price: Values


def curves(judging: Judging, name: str, days: Iterable[date]) -> dict[Direction, Values]:
    """One curve of the ruleset on some market days, by direction (from, to)."""
    curve = judging.ruleset.pictures.curves.get(name)
    if curve is None:
        return {}
    text = _curve_sql(judging, curve, _within(judging, days))
    found: dict[Direction, dict[datetime, Decimal | None]] = {}
    for one, other, start, value in judging.submission.engine.query(text):
        found.setdefault((one, other), {})[start] = value
    return dict(found)


def _curve_sql(judging: Judging, curve: CurveFormula, within: str) -> str:
    context, name = judging.context, curve.form.on
    schema = context.schema_of(name)
    refs: set[Ref] = {(key, None) for key in schema.key} | node_refs(curve.value, schema, None)
    planner, select = Planner(context), Select(context, schema, shows=True)
    last = planner.relation(name, refs)
    value = select.formula(curve.value)
    source = select.source(f"{last} s")
    return (f'{planner.with_clause()}SELECT s."from_zone", s."to_zone", s."mtu_start", {value} '
            f"FROM {source} WHERE {within} ORDER BY 1, 2, 3")


def failed_at(judging: Judging, rule: str, days: Iterable[date],
              by: Sequence[str] = DIRECTION) -> dict[tuple[str, ...], set[datetime]]:
    """When one rule failed on some market days, by some of its key columns."""
    statement = judging.statements([judging.ruleset.rules[rule]])[0]
    listed = ", ".join(f'"{name}"' for name in (*by, "mtu_start"))
    found: dict[tuple[str, ...], set[datetime]] = {}
    for *of, start in judging.submission.engine.query(
            f"{statement.judged(only=_within(judging, days))[:-1]}\nSELECT {listed} FROM judged "
            f"WHERE ({combined_sql(statement.variants)}) = {Code.FAILED:d} ORDER BY ALL"):
        found.setdefault(tuple(of), set()).add(start)
    return found


def prices(judging: Judging, days: Iterable[date]) -> list[DirectionPrices]:
    """Prices of cross-zonal capacity on some market days, with the marginal prices at its ends."""
    if not judging.sound("czc_prices"):
        return []
    engine, within = judging.submission.engine, _within(judging, days)
    czc: dict[tuple[str, ...], dict[datetime, Decimal | None]] = {}
    for *of, start, price in engine.query(
            'SELECT from_zone, to_zone, product, direction, mtu_start, price_eur_mw_h '
            f'FROM "t_czc_prices" s WHERE {within} AND NOT s._bad ORDER BY ALL'):
        czc.setdefault(tuple(of), {})[start] = price
    ends = _zone_prices(judging, within)
    return [DirectionPrices((one, other, product, way), ends.get((one, product, way), {}),
                            ends.get((other, product, way), {}), values)
            for (one, other, product, way), values in czc.items()]


def _zone_prices(judging: Judging, within: str) -> dict[tuple[str, ...], Values]:
    found: dict[tuple[str, ...], dict[datetime, Decimal | None]] = {}
    if judging.sound("capacity_prices"):
        rows: Sequence[tuple[Any, ...]] = judging.submission.engine.query(
            'SELECT zone, product, direction, mtu_start, marginal_price_eur_mw_h '
            f'FROM "t_capacity_prices" s WHERE {within} AND NOT s._bad ORDER BY ALL')
        for *of, start, price in rows:
            found.setdefault(tuple(of), {})[start] = price
    return dict(found)


def _within(judging: Judging, days: Iterable[date]) -> str:
    """The condition that a row begins on one of some market days."""
    wanted = set(days)
    spans: dict[date, tuple[datetime, datetime]] = {}
    for interval in judging.submission.intervals:
        if interval.market_day in wanted:
            first, _ = spans.get(interval.market_day, (interval.start, interval.end))
            spans[interval.market_day] = (first, interval.end)
    tests = [f"(s.\"mtu_start\" >= TIMESTAMP '{start}' AND s.\"mtu_start\" < TIMESTAMP '{end}')"
             for start, end in spans.values()]
    return f"({' OR '.join(tests)})" if tests else "false"
