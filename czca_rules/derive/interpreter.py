"""The same derivations in plain Python over decimals: the oracle of the SQL and of the mutants.

Written apart from the SQL, row by row, for tables of cases and tests; never for large ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from czca_rules.derive.calendar import Calendar
from czca_rules.derive.named_functions import Setting, called
from czca_rules.derive.needs import WRONG, alias_tables, lost_rows_key, unsure_columns
from czca_rules.market_time.days import to_market_clock
from czca_rules.rulebook.evaluate import evaluate, evaluate_group
from czca_rules.rulebook.relations import Column, Relation, Step
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.rulebook.schema import Clock, ColumnInfo, Schema, base_schema

QUARTER = Decimal("0.25")


class SurroundedRow(dict[str, Any]):
    """A row that also answers for the names around it: hours, days, parameters, periods."""

    def __init__(self, values: Mapping[str, Any], clock: Clock,
                 elsewhere: Callable[[SurroundedRow, str], Any]) -> None:
        super().__init__(values)
        self.clock, self.elsewhere = clock, elsewhere

    def __missing__(self, name: str) -> Any:
        return self.elsewhere(self, name)

    def get(self, name: str, default: Any = None) -> Any:
        """A column's value, without asking around."""
        return dict.get(self, name, default)


@dataclass
class Interpreter:
    """Relations of a ruleset over tables of rows, under one choice of readings.

    ``tables`` maps names to rows; ``sound`` says whether a table was handed in and readable;
    ``intervals`` maps the start of each delivery interval to (hours, market day, end).
    """

    ruleset: Ruleset
    calendar: Calendar
    readings: Mapping[str, str]
    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    sound: Callable[[str], bool]
    intervals: Mapping[datetime, tuple[Decimal, date, datetime]]
    manifest: Any
    cache: dict[str, list[SurroundedRow]] = field(default_factory=dict)

    def relation(self, name: str) -> list[SurroundedRow]:
        """The rows of a relation or table."""
        if name not in self.cache:
            relation = self.ruleset.relations.get(name)
            self.cache[name] = self._derive(relation) if relation else self._base(name)
        return self.cache[name]

    def schema(self, name: str) -> Schema:
        """The schema of a relation or table."""
        relation = self.ruleset.relations.get(name)
        schema = relation.schema if relation else base_schema(name)
        assert schema is not None
        return schema

    def row(self, values: Mapping[str, Any], clock: Clock) -> SurroundedRow:
        """A row with the names around it."""
        return SurroundedRow(values, clock, self._elsewhere)

    def _base(self, name: str) -> list[SurroundedRow]:
        schema = self.schema(name)
        rows = [self.row(row, schema.clock) for row in self.tables.get(name, ())]
        if not self.sound(name):
            for row in rows:
                row[WRONG] = True
        return rows

    def _elsewhere(self, row: SurroundedRow, name: str) -> Any:
        timed = row.clock in ("delivery", "history")
        if timed and name == "local_hour":
            return self._local_hour(row)
        if row.clock == "history" and name == "hours":
            return Decimal((row["mtu_end"] - row["mtu_start"]).total_seconds() // 900) * QUARTER
        if row.clock == "history" and name == "market_day":
            return to_market_clock(row["mtu_start"]).date()
        if timed and name in ("hours", "market_day", "mtu_end"):
            found = self.intervals[row["mtu_start"]]
            return found[("hours", "market_day", "mtu_end").index(name)]
        day = self.calendar.days[0]
        if row.clock == "delivery":
            day = self.intervals[row["mtu_start"]][1]
        elif row.clock == "day":
            day = row["market_day"]
        return self.calendar.values(day)[name]

    def _local_hour(self, row: SurroundedRow) -> Decimal | None:
        if row["hours"] > 1:
            return None
        return Decimal(to_market_clock(row["mtu_start"]).hour)

    def _derive(self, relation: Relation) -> list[SurroundedRow]:
        rows = list(self.relation(relation.source))
        if relation.where is not None:
            rows = [row for row in rows if evaluate(relation.where, row) is True]
        for step in relation.steps:
            rows = getattr(self, f"_{step.kind}")(step, rows)
        return rows

    def _columns(self, step: Step, rows: list[SurroundedRow]) -> list[SurroundedRow]:
        result = []
        for row in rows:
            wider = self.row(row, step.after.clock)
            for column in step.columns:
                wider[column.name] = evaluate(column.under(self.readings), wider)
            result.append(wider)
        return result

    def _joined(self, step: Step, row: SurroundedRow, found: Mapping[str, Any] | None,
                source: Schema | None = None) -> SurroundedRow:
        """A row beside the one that was found, or beside what its absence from a source means."""
        wider = self.row(row, step.after.clock)
        for name in step.after.columns:
            if not name.startswith(step.alias + ".") or name in row:
                continue
            inner = name.removeprefix(step.alias + ".")
            wider[name] = found.get(inner) if found is not None else self._absent(
                source.columns.get(inner) if source else None)
        mark = f"{step.alias}.{WRONG}"
        wider[mark] = bool(found.get(WRONG, False)) if found is not None else False
        if not all(self.sound(table) for table in alias_tables(mark, step.after)):
            wider[mark] = True
        return wider

    def _absent(self, info: ColumnInfo | None) -> Any:
        if info is None or not info.zero or not all(self.sound(name) for name in info.tables):
            return None
        return {"quantity": Decimal(0), "truth": False}.get(info.type.sort)

    def _lookup(self, step: Step, rows: list[SurroundedRow]) -> list[SurroundedRow]:
        source = self.schema(step.source)
        names = [name for name, _ in step.on]
        index = {tuple(row[name] for name in names): row for row in self.relation(step.source)}
        result = []
        for row in rows:
            key = tuple(evaluate(node, row) for _, node in step.on)
            unknown = None in key  # who knows which row is meant
            result.append(self._joined(step, row, None if unknown else index.get(key),
                                       None if unknown else source))
        return result

    def _reverse(self, step: Step, rows: list[SurroundedRow]) -> list[SurroundedRow]:
        key = step.before.key
        index = {tuple(row[name] for name in key): row for row in rows}
        turned = {"from_zone": "to_zone", "to_zone": "from_zone"}
        return [self._joined(step, row, index.get(tuple(row[turned.get(name, name)]
                                                        for name in key)), step.before)
                for row in rows]

    def _groups(self, rows: Iterable[SurroundedRow],
                by: tuple[str, ...]) -> dict[tuple[Any, ...], list[SurroundedRow]]:
        groups: dict[tuple[Any, ...], list[SurroundedRow]] = {}
        for row in rows:
            groups.setdefault(tuple(row[name] for name in by), []).append(row)
        return groups

    def _gather(self, columns: Iterable[Column], rows: Sequence[SurroundedRow]) -> dict[str, Any]:
        return {column.name: evaluate_group(column.under(self.readings), rows)
                for column in columns}

    def _aggregate(self, step: Step, rows: list[SurroundedRow]) -> list[SurroundedRow]:
        result = []
        lost = lost_rows_key(step.before, step.by)
        unsure = unsure_columns(step.before, step.by)
        losing = {tuple(row[name] for name in lost) for row in rows
                  if row.get(WRONG, False) and any(row[name] is None for name in unsure)} \
            if lost is not None else set()
        for key, group in self._groups(rows, step.by).items():
            if any(part is None for part in key):
                continue  # a row that belongs to no group
            values = dict(zip(step.by, key, strict=True)) | self._gather(step.columns, group)
            if "mtu_end" in step.after.columns and "mtu_end" not in step.by:
                values["mtu_end"] = min(row["mtu_end"] for row in group)
            values[WRONG] = any(row.get(WRONG, False) for row in group)
            if lost is not None and tuple(values[name] for name in lost) in losing:
                values |= dict.fromkeys(column.name for column in step.columns)
                values[WRONG] = True
            result.append(self.row(values, step.after.clock))
        return result

    def _rollup(self, step: Step, rows: list[SurroundedRow]) -> list[SurroundedRow]:
        totals = {key: self._gather(step.columns, group)
                  for key, group in self._groups(rows, step.by).items()}
        return [self._joined(step, row, totals[tuple(row[name] for name in step.by)])
                for row in rows]

    def _window(self, step: Step, rows: list[SurroundedRow]) -> list[SurroundedRow]:
        source = self.schema(step.source)
        names = [name for name, _ in step.on]
        index = self._groups(self.relation(step.source), tuple(names))
        known: dict[tuple[Any, ...], dict[str, Any] | None] = {}
        result = []
        for row in rows:
            assert step.span is not None
            bound = (*(evaluate(node, row) for _, node in step.on),
                     evaluate(step.span[0], row), evaluate(step.span[1], row))
            if bound not in known:
                held = [] if None in bound else index.get(bound[:-2], [])
                known[bound] = self._inside(step, held, bound[-2], bound[-1],
                                            [name for name in source.key
                                             if name not in (*names, "mtu_start")])
            result.append(self._joined(step, row, known[bound]))
        return result

    def _inside(self, step: Step, rows: Sequence[SurroundedRow], start: datetime | None,
                stop: datetime | None, others: list[str]) -> dict[str, Any] | None:
        """The aggregate over rows clipped to a span, unknown if they leave a gap or overlap."""
        if start is None or stop is None:
            return None
        clipped = [self.row(row | {"mtu_start": max(row["mtu_start"], start),
                                   "mtu_end": min(row["mtu_end"], stop)}, "history")
                   for row in rows if row["mtu_start"] < stop and row["mtu_end"] > start]
        if not clipped:
            return None
        for group in self._groups(clipped, tuple(others)).values() if step.fills else ():
            edge = start
            for row in sorted(group, key=lambda row: row["mtu_start"]):
                if row["mtu_start"] != edge:
                    return None
                edge = row["mtu_end"]
            if edge != stop:
                return None
        return self._gather(step.columns, clipped) | {
            "_bad": any(row.get("_bad", False) for row in clipped)}

    def _as_of(self, step: Step, rows: list[SurroundedRow]) -> list[SurroundedRow]:
        source = self.schema(step.source)
        index = self._groups(self.relation(step.source), tuple(name for name, _ in step.on))
        result = []
        for row in rows:
            assert step.at is not None
            at = evaluate(step.at, row)
            key = tuple(evaluate(node, row) for _, node in step.on)
            held = [] if at is None or None in key else index.get(key, [])
            begun = [r for r in held if r[step.since] is None or r[step.since] <= at]
            found = max(begun, key=lambda r: (r[step.since] is not None, r[step.since]),
                        default=None)
            if found is not None and step.until and found[step.until] is not None:
                last_day = source.columns[step.until].type.sort == "date"
                if found[step.until] < at or (not last_day and found[step.until] == at):
                    found = None
            result.append(self._joined(step, row, found))
        return result

    def _function(self, step: Step, rows: list[SurroundedRow]) -> list[SurroundedRow]:
        names = [name for name, _ in step.on]
        keys = {tuple(row[name] for name in names) for row in rows}
        table = called(step, Setting(self.manifest, self.ruleset.holidays), keys)
        return [self._joined(step, row, table.get(tuple(row[name] for name in names)))
                for row in rows]
