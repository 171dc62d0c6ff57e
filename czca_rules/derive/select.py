"""One SELECT in the making: which SQL stands for a name, and whether it needs the calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from czca_rules.derive.calendar import Calendar
from czca_rules.derive.certainty import SqlScope
from czca_rules.derive.needs import (
    WRONG,
    Assignment,
    Ref,
    alias_tables,
    formula_of,
    mark_of,
    ref_of,
)
from czca_rules.derive.sql import literal, sql
from czca_rules.market_time.days import market_day_start
from czca_rules.rulebook.relations import Step
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.rulebook.schema import Schema, base_schema
from czca_rules.rulebook.syntax import Node
from czca_rules.rulebook.units import HOURS, Type
from czca_rules.tables.event_tables import MADE_TABLES

#: Hours of a row of history, exactly: spans are whole quarter hours.
SPAN_HOURS = ("CAST((date_diff('minute', {0}, {1}) // 15) * CAST(0.25 AS DECIMAL(3,2)) "
              "AS DECIMAL(6,2))")


#: Names that may differ from one interval to the next, not only from one market day to the next.
_PER_INTERVAL = ("hours", "market_day", "mtu_end")
#: Most values of a calendar's name that are written out; beyond, the calendar is joined.
_MAX_CHANGES = 8


def quoted(ref: Ref) -> str:
    """A column's SQL name; the reading stands in it where it is not the one taken."""
    name, assignment = ref
    text = name if assignment is None else f"{name}@{assignment[0]}={assignment[1]}"
    return '"' + text.replace('"', '""') + '"'


def view_of(name: str) -> str:
    """The engine's view of a table."""
    return f'"m_{name}"' if name in MADE_TABLES else f'"t_{name}"'


def sorted_refs(refs: set[Ref]) -> list[Ref]:
    """Columns in a fixed order, so that the same need writes the same statement."""
    return sorted(refs, key=lambda ref: (ref[0], ref[1] or ("", "")))


@dataclass(frozen=True)
class Context:
    """What the statements of one check rest on.

    ``sound`` says of a table whether it was handed in and could be read; only then does an absent
    row of a table mean zero. ``uniform`` gives the one value of `hours` or `market_day` on the
    whole delivery, where there is one. ``function`` computes a named function's table from a query
    of its keys and gives the table's name.
    """

    ruleset: Ruleset
    calendar: Calendar
    readings: Mapping[str, str]
    sound: Callable[[str], bool]
    uniform: Callable[[str], tuple[bool, object]]
    function: Callable[[Step, str, str], str]
    sound_events: Callable[[], bool] = lambda: False

    def schema_of(self, name: str) -> Schema:
        """The schema of a relation or table."""
        relation = self.ruleset.relations.get(name)
        schema = relation.schema if relation else base_schema(name)
        assert schema is not None
        return schema

    def formula(self, step: Step, ref: Ref) -> Node:
        """A column's formula in a step, under the reference's assignment."""
        column = next(column for column in step.columns if column.name == ref[0])
        return formula_of(column, self.readings, ref[1])


@dataclass
class Select:
    """One SELECT in the making: what it reads, and whether a name needs the calendar.

    ``shows`` admits formulas that are only shown, which may hold ratios.
    """

    context: Context
    schema: Schema
    assignment: Assignment = None
    calendar: bool = False
    prefix: str = "s."
    replaced: Mapping[str, str] = field(default_factory=dict)
    reads_at: bool = False
    shows: bool = False

    def scope(self, aggregates: bool = False) -> SqlScope:
        """The names of a formula and their SQL."""
        plain = self.context.ruleset.surroundings.scope(self.schema, aggregates, self.shows)
        if not self._of_sound_events():
            return SqlScope(plain, self.column, self.wrong)

        def resolve(name: str) -> Type | None:
            found = plain.resolve(name)
            return replace(found, nullable=False) if found and self._filled(name) else found

        witness = self.column("at") if self.reads_at and self._filled("at") else ""
        return SqlScope(replace(plain, resolve=resolve), self.column, self.wrong, witness)

    def _of_sound_events(self) -> bool:
        return (self.schema.tables == {"events"} and self.prefix == "s."
                and self.context.sound("events") and self.context.sound_events())

    def _filled(self, name: str) -> bool:
        """Whether every event has this cell, if none was handed in wrong."""
        info = self.schema.info(name)
        return name in ("event", "at", "readable") and info is not None and not info.computed

    def column(self, name: str) -> str:
        """A name's SQL: a column, a constant, or a column of the calendar."""
        if name in self.replaced:
            return self.replaced[name]
        if self.schema.info(name) is not None:
            return self.prefix + quoted(ref_of(name, self.schema, self.assignment))
        return self.elsewhere(name)

    def elsewhere(self, name: str) -> str:
        """A name that no column has."""
        if self.schema.clock == "history" and name == "hours":
            return SPAN_HOURS.format(self.column("mtu_start"), self.column("mtu_end"))
        if name == "local_hour" or (name == "market_day" and self.schema.clock == "history"):
            self.context.uniform("local_hour")
            return (f'(SELECT max(k."{name}") FROM "d_clock" k '
                    f'WHERE k."mtu_start" = {self.column("mtu_start")} '
                    f'AND k."mtu_end" = {self.column("mtu_end")})')
        if name in ("hours", "market_day", "mtu_end"):
            known, value = self.context.uniform(name) if self.schema.clock == "delivery" else (
                False, None)
            if known:
                return literal(value, HOURS if name == "hours" else Type("date"))
        else:
            known, value = self.context.calendar.constant(name)
            if known or self.schema.clock in ("none", "history"):
                first = self.context.calendar.values(self.context.calendar.days[0])
                return literal(value if known else first[name], self.context.calendar.type_of(name))
        if name not in _PER_INTERVAL and self.schema.clock == "delivery":
            calendar = self.context.calendar
            written = self.by_day(lambda day: calendar.values(day)[name], calendar.type_of(name))
            if written is not None:
                return written
        self.calendar = True
        return f'c."{name}"'

    def by_day(self, value_on: Callable[[date], object], kind: Type) -> str | None:
        """A value that changes on few market days, written out by time: cheaper than a join."""
        changes: list[tuple[date, object]] = []
        for day in self.context.calendar.days:
            if not changes or value_on(day) != changes[-1][1]:
                changes.append((day, value_on(day)))
        if len(changes) > _MAX_CHANGES:
            return None
        start = self.column("mtu_start")
        ends = [f"CAST('{market_day_start(day)}' AS TIMESTAMP)" for day, _ in changes[1:]]
        values = [literal(value, kind) for _, value in changes]
        cases = [f"WHEN {start} < {end} THEN {value}"
                 for end, value in zip(ends, values, strict=False)]
        return f"(CASE {' '.join(cases)} ELSE {values[-1]} END)" if cases else values[-1]

    def wrong(self, name: str) -> str:
        """The SQL of the wrong-mark of the row that a column comes from."""
        if name and self.schema.info(name) is None:
            return "false"  # parameters and facts of the submission come from no row
        mark = mark_of(name) if name else WRONG
        if not all(self.context.sound(table) for table in alias_tables(mark, self.schema)):
            return "true"
        if mark == WRONG and self._of_sound_events():
            return "false"
        if self.prefix == "w.":
            return f'w."{WRONG}"'
        return f'coalesce(s."{mark}", false)' if "." in mark else f's."{mark}"'

    def formula(self, node: Node, assignment: Assignment = None, aggregates: bool = False) -> str:
        """A formula's SQL under an assignment."""
        self.assignment = assignment
        text = sql(node, self.scope(aggregates))
        self.assignment = None
        return text

    def source(self, text: str) -> str:
        """The FROM clause, with the calendar where a name needed it."""
        if not self.calendar:
            return text
        clock = self.schema.clock
        table, key = (("d_days", "market_day") if clock == "day" else ("d_calendar", "mtu_start"))
        return f'{text} JOIN "{table}" c ON c."{key}" = s."{key}"'
