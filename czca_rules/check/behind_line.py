"""Which judged rows a line of a file stands behind, followed forward through the derivations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from czca_rules.derive.select import Select
from czca_rules.derive.sql import literal
from czca_rules.rulebook.evaluate import evaluate
from czca_rules.rulebook.relations import Relation, Step
from czca_rules.rulebook.schema import Schema, base_schema
from czca_rules.rulebook.syntax import Name, Node, names_in
from czca_rules.rulebook.typecheck import type_of

Row = Mapping[str, Any]
#: The opposite direction of a border, under which `reverse` finds a row.
TURNED = {"from_zone": "to_zone", "to_zone": "from_zone"}


@dataclass(frozen=True)
class Condition:
    """What holds for a judged row that a line stands behind: a formula beside a value."""

    node: Node
    operator: str
    value: Any

    def sql(self, select: Select) -> str:
        """The condition over the columns of a SELECT."""
        kind = type_of(self.node, select.scope().scope)
        text = literal(self.value, kind)
        operator = "IS NOT DISTINCT FROM" if self.operator == "=" else self.operator
        return f"{select.formula(self.node)} {operator} {text}"


#: All of them hold for a row that a line reaches by one path.
Path = tuple[Condition, ...]


def paths(relations: Mapping[str, Relation], name: str, table: str, row: Row) -> list[Path]:
    """The ways from a row of a table to rows of a relation, the most direct one first.

    A condition that an aggregate loses is left out, so a path may reach a few rows too many,
    never too few.
    """
    relation = relations.get(name)
    if relation is None:
        return [_own(table, row)] if name == table else []
    found: list[Path] = []
    if relation.source == table:
        if relation.where is None or evaluate(relation.where, row) is True:
            found.append(_own(table, row))
    else:
        found += paths(relations, relation.source, table, row)
    for step in relation.steps:
        found = _through(relations, step, found, table, row)
    aggregated = any(step.kind == "aggregate" for step in relation.steps)
    if relation.source == table and not aggregated:
        found = [_only_key(path, relation.schema) if number == 0 else path
                 for number, path in enumerate(found)]
    return list(dict.fromkeys(found))


def _own(table: str, row: Row) -> Path:
    schema = base_schema(table)
    assert schema is not None
    return tuple(Condition(Name(1, name), "=", row[name]) for name in schema.columns
                 if name in row)


def _only_key(path: Path, schema: Schema) -> Path:
    return tuple(item for item in path if isinstance(item.node, Name)
                 and item.node.name in schema.key)


def _through(relations: Mapping[str, Relation], step: Step, found: Sequence[Path], table: str,
             row: Row) -> list[Path]:
    if step.kind == "aggregate":
        return [_kept(path, step) for path in found]
    if step.kind == "reverse":
        return [*found, *(tuple(_turned(item) for item in path) for path in found)]
    if not step.source:
        return list(found)
    joined = [_bound(path, step, row) for path in paths(relations, step.source, table, row)]
    return [*found, *joined]


def _kept(path: Path, step: Step) -> Path:
    """What can still be said after rows were gathered: conditions on the columns they share."""
    return tuple(item for item in path
                 if not {name for name in names_in(item.node) if step.before.info(name)}
                 - set(step.by) and not (item.value is None and step.by))


def _turned(item: Condition) -> Condition:
    if isinstance(item.node, Name) and item.node.name in TURNED:
        return Condition(Name(1, TURNED[item.node.name]), item.operator, item.value)
    return item


def _bound(path: Path, step: Step, row: Row) -> Path:
    """A path into what a step joins, as conditions on the rows that it is joined to."""
    on = dict(step.on)
    conditions = [Condition(on[item.node.name], item.operator, item.value) for item in path
                  if isinstance(item.node, Name) and item.node.name in on]
    if step.span is not None and row.get("mtu_end") is not None:
        conditions.append(Condition(step.span[0], "<", row["mtu_end"]))
        conditions.append(Condition(step.span[1], ">", row["mtu_start"]))
    return tuple(conditions)


def reached_sql(select: Select, ways: Sequence[Path]) -> str:
    """The number of the first path that reaches a row, as SQL; unknown where none does."""
    cases = []
    for number, path in enumerate(ways):
        test = " AND ".join(item.sql(select) for item in path) or "true"
        cases.append(f"WHEN {test} THEN {number}")
    return f"CASE {' '.join(cases)} END"
