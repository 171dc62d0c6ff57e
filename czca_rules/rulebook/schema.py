"""What a relation looks like between two steps: columns, key, clock, and what each rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from czca_rules.rulebook.syntax import Name, Node, names_in
from czca_rules.rulebook.typecheck import Scope
from czca_rules.rulebook.units import HOURS, UNITS, Type, column_type
from czca_rules.tables.columns import TableSpec
from czca_rules.tables.event_tables import BY_DAY, MADE_FROM, MADE_TABLES
from czca_rules.tables.manifest_tables import EXEMPTIONS
from czca_rules.tables.specification import TABLES

#: Which clock a relation's rows follow: intervals of the delivery days, spans of history, market
#: days, or none.
Clock = Literal["delivery", "history", "day", "none"]

NUMBER = Type("quantity", (0, 0, 0), 9, 0)
#: Instants about the market day of a row, and what each is.
DAY_INSTANTS: Mapping[str, str] = {
    "day_start": "The market day begins.",
    "day_end": "The market day ends.",
    "day_before_start": "The market day before begins.",
    "two_days_before_start": "The market day two days before begins.",
    "week_before_start": "The market day seven days before begins.",
    "seven_days_before": "Seven times 24 hours before the market day begins.",
    "calendar_week_before": "The calendar week before that of the market day begins.",
}
PERIOD_NAMES: Mapping[str, Type] = {
    "from": Type("instant", nullable=False), "until": Type("instant", nullable=False),
    "hours": Type("quantity", UNITS["h"], 9, 2, nullable=False),
    "first_day": Type("date", nullable=False), "end_day": Type("date", nullable=False),
}
SUBMISSION_NAMES: Mapping[str, Type] = {
    "submission.approach": Type("text", nullable=False),
    "submission.pricing": Type("text", nullable=False),
    "submission.exchange": Type("text", nullable=False),
    "submission.as_of": Type("instant", nullable=False),
    "submission.first_day": Type("date", nullable=False),
    "submission.last_day": Type("date", nullable=False),
    **{f"submission.{word}_{name}": Type("truth", nullable=False)
       for word in ("claims", "documents") for name in EXEMPTIONS},
}


@dataclass(frozen=True)
class ColumnInfo:
    """One column of a relation between two steps.

    ``tables`` are the tables its value rests on, ``readings`` the readings it depends on,
    ``zero`` says that an absent row means zero (or false). ``computed`` tells it from a column
    that was handed in; ``weight`` is its size with the columns of its own step written out.
    """

    type: Type
    tables: frozenset[str] = frozenset()
    readings: frozenset[str] = frozenset()
    zero: bool = False
    confidential: bool = False
    computed: bool = False
    weight: int = 1


@dataclass(frozen=True)
class Schema:
    """A relation between two steps."""

    columns: Mapping[str, ColumnInfo]
    key: tuple[str, ...]
    clock: Clock
    tables: frozenset[str]
    absent_is_zero: bool

    def info(self, name: str) -> ColumnInfo | None:
        """What is known of a column, or nothing."""
        return self.columns.get(name)

    def with_columns(self, more: Mapping[str, ColumnInfo]) -> Schema:
        """The schema with further columns."""
        return replace(self, columns={**self.columns, **more})


@dataclass(frozen=True)
class Surroundings:
    """The names that hold everywhere in a ruleset: parameters, periods, facts of a submission."""

    parameters: Mapping[str, Type]
    periods: frozenset[str]

    def type_of(self, name: str, clock: Clock) -> Type | None:
        """The type of a name that no column has, in a relation of some clock."""
        if name in self.parameters:
            return self.parameters[name]
        if name in SUBMISSION_NAMES:
            return SUBMISSION_NAMES[name]
        head, _, tail = name.partition(".")
        if head in self.periods and clock in ("delivery", "day"):
            return PERIOD_NAMES.get(tail)
        if name in DAY_INSTANTS and clock in ("delivery", "day"):
            return Type("instant", nullable=False)
        if clock in ("delivery", "history"):
            return {"hours": HOURS, "mtu_end": Type("instant", nullable=False),
                    "market_day": Type("date", nullable=False),
                    "local_hour": NUMBER}.get(name)
        return None

    def names(self, clock: Clock) -> list[str]:
        """All such names, for near misses."""
        timed = ["hours", "mtu_end", "market_day", "local_hour"] * (
            clock in ("delivery", "history"))
        spans = [f"{period}.{part}" for period in self.periods for part in PERIOD_NAMES]
        return [*self.parameters, *SUBMISSION_NAMES, *timed,
                *((*spans, *DAY_INSTANTS) if clock in ("delivery", "day") else ())]

    def scope(self, schema: Schema, aggregates: bool = False, ratio: bool = False,
              extra: Mapping[str, Type] | None = None) -> Scope:
        """The scope of a formula over a relation."""
        more = extra or {}

        def resolve(name: str) -> Type | None:
            info = schema.info(name)
            if info is not None:
                return info.type
            return more.get(name) or self.type_of(name, schema.clock)

        def names() -> Iterable[str]:
            return [*schema.columns, *more, *self.names(schema.clock)]

        def weight(name: str) -> int:
            info = schema.info(name)
            return 1 if info is None else info.weight

        return Scope(resolve, names, aggregates, ratio, weight)


def table_schema(spec: TableSpec, clock: Clock, source: str = "") -> Schema:
    """The schema of a table as rules see it, its unknowns possible in every column but the key.

    ``source`` is the table that a made table rests on, where it is another.
    """
    tables = frozenset({source or spec.name})
    columns = {
        column.name: ColumnInfo(column_type(column), tables, zero=spec.absent == "zero",
                                confidential=column.confidential)
        for column in spec.columns
    }
    columns |= {name: ColumnInfo(Type("instant", nullable=False), tables)
                for name in spec.span_columns}
    return Schema(columns, spec.key, clock, tables, spec.absent != "missing")


@cache
def base_schema(name: str) -> Schema | None:
    """The schema of a table of the submission or of the manifest, or nothing."""
    if name in MADE_TABLES:
        source = MADE_FROM.get(name, name)
        return table_schema(MADE_TABLES[name], "day" if name in BY_DAY else "none", source)
    spec = TABLES.get(name)
    if spec is None:
        return None
    if not spec.timed:
        return table_schema(spec, "none")
    return table_schema(spec, "history" if spec.history else "delivery")


def rests_on(node: Node, schema: Schema) -> tuple[frozenset[str], frozenset[str]]:
    """The tables and the readings that a formula's value rests on."""
    tables: frozenset[str] = frozenset()
    readings: frozenset[str] = frozenset()
    for name in names_in(node):
        info = schema.info(name)
        if info is not None:
            tables, readings = tables | info.tables, readings | info.readings
    return tables, readings


def confidential_in(node: Node, schema: Schema) -> bool:
    """Whether a formula shows a confidential value as it is (an aggregate hides it)."""
    if not isinstance(node, Name):
        return any(schema.columns[name].confidential for name in names_in(node)
                   if name in schema.columns)
    info = schema.info(node.name)
    return info is not None and info.confidential


__all__ = ["Clock", "ColumnInfo", "Schema", "Surroundings", "base_schema", "confidential_in",
           "rests_on", "table_schema"]
