"""The header of a table part: which of its columns are which columns of the specification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from czca_rules.errors import Problem, near_miss
from czca_rules.tables.columns import Column, TableSpec
from czca_rules.tables.problem_log import ProblemLog
from czca_rules.tables.specification import TIME_COLUMNS

#: More columns than any table has; a file with more is not a table of ours.
MAX_COLUMNS = 400

_TIME_KINDS = {
    "mtu_end": Column("mtu_end", "instant", "End of the row's span (exclusive).", required=False),
    "market_day": Column("market_day", "date", "Market day, with `position` in place of "
                         "`mtu_start`.", required=False),
    "position": Column("position", "integer", "Position of the market time unit in its market "
                       "day, from 1.", required=False),
}
assert tuple(_TIME_KINDS) == TIME_COLUMNS


@dataclass(frozen=True)
class Header:
    """Column name to its index in the file, and why the part cannot stand for its table."""

    columns: dict[str, int]
    fault: str | None


def input_columns(spec: TableSpec) -> dict[str, Column]:
    """Every column that a file of the table may have, by name."""
    return {**spec.by_name, **(_TIME_KINDS if spec.timed else {})}


def required_columns(spec: TableSpec, present: Sequence[str]) -> list[str]:
    """Columns that must be in the header, given that a time may come as day and position."""
    needed = [column.name for column in spec.columns if column.required]
    if not spec.timed:
        return needed
    if "mtu_start" in present:
        return [*needed, "market_day"] if "position" in present else needed
    if "market_day" in present or "position" in present:
        needed[needed.index("mtu_start"):needed.index("mtu_start") + 1] = ["market_day", "position"]
    return needed


def read_header(names: Sequence[str], spec: TableSpec, file: str, line: int | None,
                log: ProblemLog) -> Header:
    """Match the names of a header with the specification; what does not fit is a problem."""
    known = input_columns(spec)
    columns: dict[str, int] = {}
    faults: list[str] = []

    def report(column: str | None, kind: str, found: str, expected: str, fix: str) -> None:
        log.add(Problem(file, line, column, kind, found, expected, fix))
        faults.append(found)

    if len(names) > MAX_COLUMNS:
        report(None, "too_many_columns", f"{len(names)} columns", f"at most {MAX_COLUMNS}", "")
        names = names[:MAX_COLUMNS]
    for index, name in enumerate(names):
        if name in columns:
            report(name, "duplicate_column", f"the column `{name}` a second time",
                   "each column once", "Remove one of the two.")
        elif name in known:
            columns[name] = index
        else:
            shown = f"the unknown column `{name[:60]}`" if name else "a column without a name"
            report(name[:60] or None, "unknown_column", shown, f"a column of `{spec.name}`",
                   near_miss(name, known))
    for name in required_columns(spec, list(columns)):
        if name not in columns:
            report(name, "missing_column", f"no column `{name}`", f"the column `{name}`",
                   _add_column(name, spec))
    return Header(columns, f"{file} has {faults[0]}" if faults else None)


def _add_column(name: str, spec: TableSpec) -> str:
    if name == "mtu_start" and spec.timed:
        return "Add it, or `market_day` and `position` in its place."
    return "Add it to the header and to every row."
