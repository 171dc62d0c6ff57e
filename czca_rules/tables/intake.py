"""From the parts of one table to its typed relation, before and after the time axis is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from czca_rules.errors import CzcaError, LimitReached
from czca_rules.tables.aligned_spans import ALIGNED, aligned_sql, needs_aligning
from czca_rules.tables.columns import TableSpec
from czca_rules.tables.completeness import complete, completed_columns, grid_sql, has_grid
from czca_rules.tables.engine import Engine, named
from czca_rules.tables.event_checks import EventChecks
from czca_rules.tables.parquet_files import is_damaged, name_damaged, parquet_groups
from czca_rules.tables.problem_log import ProblemLog
from czca_rules.tables.raw_part import RawGroup, RawPart, text_groups
from czca_rules.tables.text_bytes import MAX_ROWS
from czca_rules.tables.time_axis import (
    Interval,
    Spans,
    boundaries_of,
    needs_splitting,
    spans_of,
    split_sql,
)
from czca_rules.tables.uniqueness import (
    has_duplicates,
    marked_duplicates,
    only_named,
    without_duplicates,
    without_overlaps,
)
from czca_rules.tables.validation import Setting, validate
from czca_rules.tables.view_columns import view_columns


@dataclass
class TableIntake:
    """One table on its way in: its parts with their file index, and what became of them."""

    spec: TableSpec
    parts: list[tuple[int, RawPart]] = field(default_factory=list)
    fault: str | None = None
    asked_for: bool = True
    base: str | None = None
    copied: bool = False
    spans: Spans | None = None

    @property
    def rows(self) -> int:
        """Rows in all files of the table."""
        return sum(part.rows for _, part in self.parts)


def take_in(table: TableIntake, number: int, setting: Setting, engine: Engine,
            log: ProblemLog) -> None:
    """Check all cells of a table and lay its typed rows under ``b_<table>``."""
    typed: list[str] = []
    for index, group in enumerate(_groups(table)):
        try:
            rows = validate(group, table.spec, number * 1000 + index, setting, engine, log)
        except LimitReached:
            raise
        except CzcaError:
            damaged = [part.source.shown_as for _, part in table.parts
                       if part.in_place and is_damaged(part, engine)]
            if not damaged:
                raise
            faults = [name_damaged(shown_as, log) for shown_as in damaged]
            table.fault = table.fault or faults[0]
            break
        table.fault = table.fault or rows.fault
        lookups = "market_day" in group.types or any(
            group.types.get(column.name) == "VARCHAR" for column in table.spec.columns
            if column.kind == "instant")
        table.copied |= not group.in_place or not rows.clean or lookups
        typed.append(rows.relation)
    if table.fault is None and typed:
        table.base = f"b_{table.spec.name}"
        _lay(table.base, " UNION ALL ".join(typed), table.copied, engine)
        if table.spec.on_delivery_axis:
            table.spans = spans_of(named(table.base), engine)
        elif table.spec.refines:
            table.spans = boundaries_of(named(table.base), setting.delivery, engine)
    for index, part in table.parts:
        if not part.in_place:
            engine.execute(f"DROP TABLE IF EXISTS {named(f'raw_{index}')}")


def _groups(table: TableIntake) -> list[RawGroup]:
    table.fault = table.fault or next(
        (part.fault for _, part in table.parts if part.fault), None)
    readable = [(number, part) for number, part in table.parts if part.types]
    return [*text_groups([item for item in readable if not item[1].in_place]),
            *parquet_groups([item for item in readable if item[1].in_place])]


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
    steps = _Steps(table, named(table.base), engine)
    if table.spans and needs_splitting(table.spans, intervals):
        _refuse_explosion(steps.relation, spec, intervals, engine)
        steps.take(split_sql(steps.relation, spec))
    if spec.keeps_cells:
        relation = _told_once(steps, setting, engine, log)
    else:
        relation = _with_one_row_a_key(steps, setting, engine, log)
    if has_grid(spec):
        completed = complete(relation, spec, table.parts[0][0], setting.files, engine, log)
        relation = f"({completed})" if completed else relation
    _lay(name, f"SELECT * FROM {relation}", False, engine)


class _Steps:
    """A table from one relation to the next; only the last is kept."""

    def __init__(self, table: TableIntake, relation: str, engine: Engine) -> None:
        self.table, self.relation, self._engine, self._count = table, relation, engine, 0

    def take(self, sql: str) -> None:
        """Put what SQL makes of the relation in its place."""
        self._count += 1
        name = f"b{self._count}_{self.table.spec.name}"
        _lay(name, sql, True, self._engine)
        form = "TABLE" if self.table.copied or self._count > 1 else "VIEW"
        self._engine.execute(f"DROP {form} {self.relation}")
        self.relation = named(name)


def _with_one_row_a_key(steps: _Steps, setting: Setting, engine: Engine, log: ProblemLog) -> str:
    table, spec = steps.table, steps.table.spec
    if has_duplicates(steps.relation, spec, table.rows, engine):
        steps.take(without_duplicates(steps.relation, spec, setting.files, engine, log))
    marked = None
    if spec.history and any("mtu_end" in part.types for _, part in table.parts):
        marked = without_overlaps(steps.relation, spec, setting.files, engine, log)
        if marked:
            steps.take(marked)
    if spec.name in ALIGNED and needs_aligning(steps.relation, ALIGNED[spec.name], engine):
        steps.take(aligned_sql(steps.relation, spec, marked is not None, engine))
    return steps.relation


def _told_once(steps: _Steps, setting: Setting, engine: Engine, log: ProblemLog) -> str:
    """Rows that keep their cells: whatever is said twice is marked, of events what cannot be."""
    spec = steps.table.spec
    twice = has_duplicates(only_named(steps.relation, spec), spec, steps.table.rows, engine)
    if twice:
        steps.take(marked_duplicates(steps.relation, spec, setting.files, engine, log))
    if spec.name != "events":
        return steps.relation
    left = EventChecks(steps.relation, setting, engine, log).checked(twice)
    if left is None:
        return steps.relation
    if not left.marked:
        return f"({left.sql})"
    steps.take(left.sql)
    return steps.relation


def _refuse_explosion(relation: str, spec: TableSpec, intervals: Sequence[Interval],
                      engine: Engine) -> None:
    shortest = min(item.hours for item in intervals)
    first, after = intervals[0].start, intervals[-1].end
    hours = engine.query(
        f"SELECT sum(epoch_us(least(mtu_end, TIMESTAMP '{after}')) - "
        f"epoch_us(greatest(mtu_start, TIMESTAMP '{first}'))) // 3600000000 FROM {relation}"
    )[0][0] or 0
    if hours / shortest > MAX_ROWS:
        raise LimitReached(f"The rows of `{spec.name}` stand for more than {MAX_ROWS} intervals "
                           "of the delivery period; hand in a shorter period.")


def empty_sql(spec: TableSpec) -> str:
    """A relation of the table's columns without any row."""
    shown = view_columns(spec, lambda column: f"NULL::{column.sql_type}",
                         ("NULL::TIMESTAMP", "NULL::TIMESTAMP"),
                         ("FALSE", "NULL::INTEGER", "NULL::BIGINT"))
    return f"SELECT {shown} WHERE FALSE"


def _absent_sql(spec: TableSpec) -> str:
    if not has_grid(spec):
        return empty_sql(spec)
    return f"SELECT {completed_columns(spec, None)} FROM ({grid_sql(spec)})"
