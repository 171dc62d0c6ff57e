"""One SELECT in the making: which SQL stands for a name, and whether it needs the calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from czca_rules.derive.calendar import Calendar
from czca_rules.derive.needs import (
    WRONG,
    Assignment,
    Ref,
    alias_tables,
    formula_of,
    mark_of,
    ref_of,
)
from czca_rules.derive.sql import SqlScope, literal, sql
from czca_rules.rulebook.relations import Step
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.rulebook.schema import Schema, base_schema
from czca_rules.rulebook.syntax import Node
from czca_rules.rulebook.units import HOURS, Type
from czca_rules.tables.manifest_tables import MANIFEST_TABLES

#: Hours of a row of history, exactly: spans are whole quarter hours.
SPAN_HOURS = ("CAST((date_diff('minute', {0}, {1}) // 15) * CAST(0.25 AS DECIMAL(3,2)) "
              "AS DECIMAL(6,2))")


def quoted(ref: Ref) -> str:
    """A column's SQL name; the reading stands in it where it is not the one taken."""
    name, assignment = ref
    text = name if assignment is None else f"{name}@{assignment[0]}={assignment[1]}"
    return '"' + text.replace('"', '""') + '"'


def view_of(name: str) -> str:
    """The engine's view of a table."""
    return f'"m_{name}"' if name in MANIFEST_TABLES else f'"t_{name}"'


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
    function: Callable[[str, str, tuple[str, ...]], str]

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
    """One SELECT in the making: what it reads, and whether a name needs the calendar."""

    context: Context
    schema: Schema
    assignment: Assignment = None
    calendar: bool = False
    prefix: str = "s."
    replaced: Mapping[str, str] = field(default_factory=dict)

    def scope(self, aggregates: bool = False) -> SqlScope:
        """The names of a formula and their SQL."""
        return SqlScope(self.context.ruleset.surroundings.scope(self.schema, aggregates),
                        self.column, self.wrong)

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
                    f'WHERE k."mtu_start" = {self.column("mtu_start")})')
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
        self.calendar = True
        return f'c."{name}"'

    def wrong(self, name: str) -> str:
        """The SQL of the wrong-mark of the row that a column comes from."""
        mark = mark_of(name) if name else WRONG
        if not all(self.context.sound(table) for table in alias_tables(mark, self.schema)):
            return "true"
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
