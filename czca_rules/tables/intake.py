"""From the parts of one table to its typed relation, before and after the time axis is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from czca_rules.errors import CzcaError, LimitReached
from czca_rules.tables.columns import TableSpec
from czca_rules.tables.completeness import complete, completed_columns, grid_sql, has_grid
from czca_rules.tables.engine import Engine, named
from czca_rules.tables.parquet_files import name_damaged, parquet_groups
from czca_rules.tables.problem_log import ProblemLog
from czca_rules.tables.raw_part import RawGroup, RawPart, text_group
from czca_rules.tables.time_axis import Interval, Spans, needs_splitting, spans_of, split_sql
from czca_rules.tables.uniqueness import has_duplicates, without_duplicates, without_overlaps
from czca_rules.tables.validation import Setting, validate


@dataclass
class TableIntake:
    """One table on its way in: its parts with their file index, and what became of them."""

    spec: TableSpec
    parts: list[tuple[int, RawPart]] = field(default_factory=list)
    fault: str | None = None
    asked_for: bool = True
    base: str | None = None
    spans: Spans | None = None

    @property
    def rows(self) -> int:
        """Rows in all files of the table."""
        return sum(part.rows for _, part in self.parts)

    @property
    def is_delivery(self) -> bool:
        """Whether the rows of the table stand on the delivery time axis."""
        return self.spec.timed and not self.spec.history


def take_in(table: TableIntake, number: int, setting: Setting, engine: Engine,
            log: ProblemLog) -> None:
    """Check all cells of a table and lay its typed rows under ``b_<table>``."""
    typed: list[str] = []
    copied = False
    for index, group in enumerate(_groups(table)):
        try:
            rows = validate(group, table.spec, number * 1000 + index, setting, engine, log)
        except LimitReached:
            raise
        except CzcaError:
            if not group.in_place:
                raise
            shown = setting.files[table.parts[0][0]]
            table.fault = table.fault or name_damaged(shown, log)
            continue
        table.fault = table.fault or rows.fault
        lookups = "market_day" in group.types or any(
            group.types.get(column.name) == "VARCHAR" for column in table.spec.columns
            if column.kind == "instant")
        copied = copied or not group.in_place or not rows.clean or lookups
        typed.append(rows.relation)
    if table.fault is None and typed:
        table.base = f"b_{table.spec.name}"
        _lay(table.base, " UNION ALL ".join(typed), copied, engine)
        if table.is_delivery:
            table.spans = spans_of(named(table.base), engine)
    for index, part in table.parts:
        if not part.in_place:
            engine.execute(f"DROP TABLE IF EXISTS {named(f'raw_{index}')}")


def _groups(table: TableIntake) -> list[RawGroup]:
    table.fault = table.fault or next(
        (part.fault for _, part in table.parts if part.fault), None)
    readable = [(number, part) for number, part in table.parts if part.types]
    texts = [item for item in readable if not item[1].in_place]
    groups = parquet_groups([item for item in readable if item[1].in_place])
    return [text_group(texts), *groups] if texts else groups


def _lay(name: str, sql: str, copied: bool, engine: Engine) -> None:
    form = "TABLE" if copied else "VIEW"
    engine.execute(f"CREATE {form} {named(name)} AS {sql}")


def finish(table: TableIntake, intervals: Sequence[Interval], setting: Setting, engine: Engine,
           log: ProblemLog) -> None:
    """Bring a table onto the time axis, make its key unique and its grid complete."""
    spec = table.spec
    name = f"t_{spec.name}"
    if table.fault is not None:
        _lay(name, empty_sql(spec), True, engine)
        return
    if table.base is None:
        _lay(name, _absent_sql(spec), False, engine)
        return
    relation = named(table.base)
    steps = 0

    def next_step(sql: str) -> str:
        nonlocal steps
        steps += 1
        _lay(f"b{steps}_{spec.name}", sql, True, engine)
        return named(f"b{steps}_{spec.name}")

    if table.spans and needs_splitting(table.spans, intervals):
        relation = next_step(split_sql(relation, spec))
    if has_duplicates(relation, spec, table.rows, engine):
        relation = next_step(without_duplicates(relation, spec, setting.files, engine, log))
    if spec.history and any("mtu_end" in part.types for _, part in table.parts):
        marked = without_overlaps(relation, spec, setting.files, engine, log)
        relation = next_step(marked) if marked else relation
    if has_grid(spec):
        completed = complete(relation, spec, table.parts[0][0], setting.files, engine, log)
        relation = f"({completed})" if completed else relation
    _lay(name, f"SELECT * FROM {relation}", False, engine)


def empty_sql(spec: TableSpec) -> str:
    """A relation of the table's columns without any row."""
    shown = []
    for column in spec.columns:
        shown.append(f"NULL::{column.sql_type} AS {named(column.name)}")
        if column.name == "mtu_start" and spec.timed:
            shown.append("NULL::TIMESTAMP AS mtu_end")
    return (f"SELECT {', '.join(shown)}, FALSE AS _bad, NULL::INTEGER AS _file, "
            "NULL::BIGINT AS _line WHERE FALSE")


def _absent_sql(spec: TableSpec) -> str:
    if not has_grid(spec):
        return empty_sql(spec)
    return f"SELECT {completed_columns(spec, None)} FROM ({grid_sql(spec)})"
