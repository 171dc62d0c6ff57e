"""Slices of time: how much a statement joins at a time, so that its hash tables stay in memory.

Judged rows are parted by when they begin and each slice is counted by itself, so nothing but the
use of memory depends on where the cuts are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from czca_rules.check.statement import RelationStatement
from czca_rules.rulebook.relations import Relation

#: Rows times lookups in one slice; measured, beyond it a limit of 1 GB makes joins spill to disk.
SLICE_JOINS = 10_000_000
#: A table of fewer rows is not counted: joining to it takes little memory.
SMALL = 1_000_000
#: Into how many fewer rows a grouping is taken to turn its source.
GROUPED = 8


def slices(statement: RelationStatement, submission: Any) -> list[str]:
    """Conditions on `judged` that part its rows; an empty one where one slice is enough."""
    schema = statement.schema
    relation = statement.context.ruleset.relations[statement.relation]
    starts = [interval.start for interval in submission.intervals]
    if schema.clock != "delivery" or "mtu_start" not in schema.key:
        return [""]
    _, joins = _joined_rows(relation, statement, submission.tables)
    parts = max(1, min(-(-joins // SLICE_JOINS), len(starts)))
    cuts = [starts[number * len(starts) // parts] for number in range(1, parts)]
    return [_between(first, after) for first, after in pairwise([None, *cuts, None])]


def _between(first: datetime | None, after: datetime | None) -> str:
    tests = [f"s.\"mtu_start\" {sign} TIMESTAMP '{edge}'"
             for sign, edge in ((">=", first), ("<", after)) if edge is not None]
    return " AND ".join(tests)


def _joined_rows(relation: Relation, statement: RelationStatement,
                 tables: Any) -> tuple[int, int]:
    """About how many rows a relation has, and rows times lookups by time on the way to them."""
    relations = statement.context.ruleset.relations
    source = relations.get(relation.source)
    rows, joins = (_joined_rows(source, statement, tables) if source is not None
                   else (_rows_behind(relation.source, relations, tables), 0))
    for step in relation.steps:
        by_time = step.kind == "reverse" or any(name == "mtu_start" for name, _ in step.on)
        if step.kind == "aggregate":
            rows //= GROUPED
        elif by_time and (not step.source or
                          _rows_behind(step.source, relations, tables) >= SMALL):
            joins += rows
    return rows, joins


def _rows_behind(name: str, relations: Mapping[str, Relation], tables: Any) -> int:
    """The rows of the table that a relation starts from."""
    while name in relations:
        name = relations[name].source
    return tables[name].rows if name in tables else 0
