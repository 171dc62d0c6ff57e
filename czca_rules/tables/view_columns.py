"""The columns that the view of a table has, in their order, whatever their values come from."""

from __future__ import annotations

from collections.abc import Callable

from czca_rules.tables.columns import Column, TableSpec
from czca_rules.tables.engine import named

#: Where a row comes from, as it stands in a relation of the intake.
SAME_PLACE = ("_bad", "_file", "_line")


def view_columns(spec: TableSpec, value: Callable[[Column], str],
                 span: tuple[str, str] = ("mtu_end", "span_start"),
                 place: tuple[str, str, str] = SAME_PLACE) -> str:
    """The columns of a SELECT that yields a table's view.

    ``value`` gives the SQL of a column of the specification, ``span`` that of `mtu_end` and
    `span_start` (history has no `span_start`), ``place`` that of `_bad`, `_file` and `_line`.
    """
    shown = []
    for column in spec.columns:
        shown.append(f"{value(column)} AS {named(column.name)}")
        if column.name == "mtu_start" and spec.timed:
            shown += [f"{sql} AS {name}" for name, sql in zip(
                spec.span_columns, span, strict=False)]
    shown += [f"{sql} AS {name}" for name, sql in zip(SAME_PLACE, place, strict=True)]
    return ", ".join(shown)
