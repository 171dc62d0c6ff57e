"""Where and when rules failed: exact counts by border direction and market day, with excesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from czca_rules.check.codes import Code
from czca_rules.check.excess import Excess, excess_in, excess_nodes
from czca_rules.check.judging import Judging, RuleOutcome
from czca_rules.check.slicing import slices
from czca_rules.check.statement import RelationStatement, combined_sql
from czca_rules.derive.needs import Ref, node_refs
from czca_rules.derive.select import Select, quoted
from czca_rules.rulebook.schema import Schema

#: Outcomes that are broken down.
BROKEN_DOWN = (Code.FAILED, Code.NOT_ASSESSABLE)
#: Pairs of key columns that name a direction of a border.
PAIRS = (("from_zone", "to_zone"), ("provider_zone", "receiver_zone"))
_DURATION_TYPE = "DECIMAL(6,2)"


@dataclass(frozen=True)
class Tally:
    """Rows of one rule and outcome in one place on one market day (None: of no one day).

    ``place`` is a border's name, a pair of zones, or None. ``largest`` is in ``unit``; ``total``
    sums excesses in MW over hours, and those in EUR; None where that of some row is unknown.
    """

    rule: str
    code: Code
    place: str | tuple[str, str] | None
    market_day: date | None
    rows: int
    largest: Decimal | None
    total: Decimal | None
    unit: str | None


def breakdown(judging: Judging, outcomes: Sequence[RuleOutcome]) -> list[Tally]:
    """Every tally of the rules that failed or could not be judged, in a fixed order."""
    rules = [item.rule for item in outcomes if any(item.counts.get(code) for code in BROKEN_DOWN)]
    result: list[Tally] = []
    for statement in judging.statements(rules):
        result += _of_relation(judging, statement)
    return sorted(result, key=lambda item: (item.rule, item.code, str(item.market_day),
                                            str(item.place)))


def _of_relation(judging: Judging, statement: RelationStatement) -> list[Tally]:
    rules = {variant.rule.id: variant.rule for variant in statement.variants}
    refs: set[Ref] = set()
    for rule in rules.values():
        for node in excess_nodes(rule):
            refs |= node_refs(node, statement.schema, None)
    units: dict[str, Excess | None] = {}

    def beside(select: Select) -> list[str]:
        columns = _place_and_time(select)
        for name, rule in rules.items():
            units[name] = found = excess_in(rule, select)
            columns.append(f"{found.sql if found else 'NULL'} AS {_excess(name)}")
        return columns

    merged: dict[tuple[Any, ...], tuple[int, Decimal | None, Decimal | None]] = {}
    for part in slices(statement, judging.submission):
        text = statement.judged(refs, part, beside)
        for *known, rows, largest, total in judging.submission.engine.query(
                text[:-1] + _counted(statement, rules, units)):
            merged[tuple(known)] = _added(merged.get(tuple(known)), (rows, largest, total))
    found = []
    for (rule, code, one, other, day), (rows, largest, total) in merged.items():
        excess = units[rule]
        place = one if other is None or one is None else (one, other)
        failed = code == Code.FAILED
        found.append(Tally(rule, Code(code), place, day, rows, largest if failed else None,
                           total if failed else None, excess.unit if excess else None))
    return found


def _added(before: tuple[int, Decimal | None, Decimal | None] | None,
           more: tuple[int, Decimal | None, Decimal | None]) -> \
        tuple[int, Decimal | None, Decimal | None]:
    if before is None:
        return more
    largest = [value for value in (before[1], more[1]) if value is not None]
    total = None if before[2] is None or more[2] is None else before[2] + more[2]
    return before[0] + more[0], max(largest, default=None), total


def _counted(statement: RelationStatement, rules: Mapping[str, Any],
             units: Mapping[str, Excess | None]) -> str:
    """The rest of a statement: rows to break down kept once, then counted for each rule."""
    combined = {name: combined_sql([variant for variant in statement.variants
                                    if variant.rule.id == name]) for name in rules}
    listed = ", ".join(f"{code:d}" for code in BROKEN_DOWN)
    tests = {name: f"({text}) IN ({listed})" for name, text in combined.items()}
    parts = []
    for name, text in combined.items():
        excess, found = _excess(name), units[name]
        weight = '"hours_"' if found is not None and found.unit == "MW" else "1"
        # a sum that leaves rows out would understate: it is known of all rows, or not at all
        total = f"CASE WHEN count(*) = count({excess}) THEN sum({excess} * {weight}) END"
        if found is None or found.unit not in ("MW", "EUR"):
            total = "NULL"
        parts.append(f"SELECT '{name}', {text}, \"one_\", \"other_\", \"day_\", count(*), "
                     f"max({excess}), {total} FROM flagged WHERE {tests[name]} GROUP BY ALL")
    return (",\nflagged AS MATERIALIZED (\n  SELECT * FROM judged WHERE "
            f"{' OR '.join(tests.values())}\n)\n" + "\nUNION ALL\n".join(parts))


def _excess(rule: str) -> str:
    return quoted((f"excess {rule}", None))


def _place_and_time(select: Select) -> list[str]:
    """Where a row belongs and when: two zones or a border, a market day, and its hours."""
    one, other = _place(select.schema)
    day = _day(select)
    hours = select.column("hours") if select.schema.clock == "delivery" else "NULL"
    return [f'CAST({one} AS VARCHAR) AS "one_"', f'CAST({other} AS VARCHAR) AS "other_"',
            f'CAST({day} AS DATE) AS "day_"', f'CAST({hours} AS {_DURATION_TYPE}) AS "hours_"']


def _place(schema: Schema) -> tuple[str, str]:
    for one, other in PAIRS:
        if one in schema.key and other in schema.key:
            return f's."{one}"', f's."{other}"'
    return ('s."border"' if "border" in schema.key else "NULL"), "NULL"


def _day(select: Select) -> str:
    if "market_day" in select.schema.key:
        return 's."market_day"'
    return select.column("market_day") if select.schema.clock == "delivery" else "NULL"
