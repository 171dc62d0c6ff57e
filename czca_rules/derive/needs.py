"""Which columns of which relation a statement needs, so that nothing else is read or joined.

A ``Ref`` is a column under an assignment: ``None`` for the readings taken, or one other value of
one open reading. Columns that do not depend on a reading have one form under all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from czca_rules.rulebook.relations import Column, Relation, Step
from czca_rules.rulebook.schema import Schema, base_schema
from czca_rules.rulebook.syntax import Call, Given, Node, children, names_in

Assignment = tuple[str, str] | None
Ref = tuple[str, Assignment]
WRONG = "_bad"


def ref_of(name: str, schema: Schema, assignment: Assignment) -> Ref:
    """A column under an assignment, reduced to the readings taken where it does not depend."""
    info = schema.info(name)
    turns = info is not None and assignment is not None and assignment[0] in info.readings
    return (name, assignment if turns else None)


def node_refs(node: Node, schema: Schema, assignment: Assignment) -> set[Ref]:
    """The columns that a formula needs, with the wrong-marks of rows it asks about."""
    names = names_in(node)
    refs = {ref_of(name, schema, assignment) for name in names if schema.info(name)}
    return refs | clock_refs(names, schema) | {(mark, None) for mark in _marks(node, schema)}


def clock_refs(names: Iterable[str], schema: Schema) -> set[Ref]:
    """The columns that tell a row's time, where a name is looked up by it."""
    outside = [name for name in names if schema.info(name) is None]
    if not outside or schema.clock == "none":
        return set()
    times = {"delivery": ("mtu_start",), "history": ("mtu_start", "mtu_end"),
             "day": ("market_day",)}[schema.clock]
    return {(name, None) for name in times if schema.info(name)}


def mark_of(name: str) -> str:
    """The wrong-mark of the row that a column comes from."""
    alias = name.rpartition(".")[0]
    return f"{alias}.{WRONG}" if alias else WRONG


def alias_tables(mark: str, schema: Schema) -> frozenset[str]:
    """The tables that the row behind a wrong-mark comes from."""
    alias = mark.rpartition(".")[0]
    if not alias:
        return schema.tables
    return frozenset[str]().union(*(info.tables for name, info in schema.columns.items()
                                    if name.rpartition(".")[0] == alias))


def lost_rows_key(schema: Schema, by: tuple[str, ...]) -> tuple[str, ...] | None:
    """What is still known of the group of a row that was handed in wrong.

    ``None`` where the group is part of the key and so always known. Else the part of it that the
    key tells: every group that agrees with a wrong row there may have lost it.
    """
    if not any(info is not None and info.type.nullable for info in map(schema.info, by)):
        return None
    return tuple(name for name in by if name in schema.key
                 and not schema.columns[name].type.nullable)


def unsure_columns(schema: Schema, by: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a group that may be unknown: only where one is may a wrong row be any's."""
    return tuple(name for name in by if (info := schema.info(name)) and info.type.nullable)


def _marks(node: Node, schema: Schema) -> set[str]:
    own: set[str] = set()
    asks = isinstance(node, Given) or (isinstance(node, Call) and node.function == "first_given")
    if asks:
        own = {mark_of(name) for name in names_in(node) if schema.info(name)}
    elif isinstance(node, Call) and node.function == "count":
        own = {WRONG}
    return own.union(*(_marks(child, schema) for child in children(node)))


def formula_of(column: Column, readings: Mapping[str, str], assignment: Assignment) -> Node:
    """A column's formula under the readings taken, with one of them changed."""
    return column.under({**readings, assignment[0]: assignment[1]} if assignment else readings)


@dataclass
class Needs:
    """The columns needed of every relation and table of one statement."""

    relations: Mapping[str, Relation]
    readings: Mapping[str, str]
    of: dict[str, set[Ref]] = field(default_factory=dict)

    def add(self, name: str, refs: Iterable[Ref]) -> None:
        """Need columns of a relation or table, and what they are made of."""
        first = name not in self.of
        held = self.of.setdefault(name, set())
        fresh = set(refs) - held
        held |= fresh
        relation = self.relations.get(name)
        if relation is not None and (fresh or first):
            self.add(relation.source, self.before_steps(relation))

    def before_steps(self, relation: Relation) -> set[Ref]:
        """What a relation needs of its source, gathering what its steps need of others."""
        refs = set(self.of[relation.name])
        refs |= {(key, None) for key in relation.schema.key}
        for step in reversed(relation.steps):
            refs = self.before(step, refs)
        if relation.where is not None:
            first = relation.steps[0].before if relation.steps else relation.schema
            refs |= node_refs(relation.where, first, None)
        return refs

    def before(self, step: Step, refs: set[Ref]) -> set[Ref]:
        """What must stand before a step so that ``refs`` stand after it."""
        made = {column.name: column for column in step.columns}
        if step.kind == "columns":
            return self._before_columns(step, refs)
        if step.kind == "aggregate":
            needed: set[Ref] = {(name, None) for name in step.by if step.before.info(name)}
            needed |= clock_refs(step.by, step.before)
            if any(name == WRONG for name, _ in refs) or lost_rows_key(step.before, step.by) \
                    is not None:
                needed.add((WRONG, None))
            if ("mtu_end", None) in refs and "mtu_end" not in step.by:
                needed.add(("mtu_end", None))
            for name, assignment in refs:
                if name in made:
                    node = formula_of(made[name], self.readings, assignment)
                    needed |= node_refs(node, step.before, assignment)
            return needed
        joined = {(name, a) for name, a in refs if name.startswith(step.alias + ".")}
        rest = refs - joined
        if not joined:
            return rest
        inner = {(name.removeprefix(step.alias + "."), a) for name, a in joined}
        return rest | self._before_join(step, inner, made)

    def _before_columns(self, step: Step, refs: set[Ref]) -> set[Ref]:
        for column in reversed(step.columns):
            for ref in [ref for ref in refs if ref[0] == column.name]:
                refs = refs - {ref}
                node = formula_of(column, self.readings, ref[1])
                refs |= node_refs(node, step.after, ref[1])
        return refs

    def _before_join(self, step: Step, inner: set[Ref], made: Mapping[str, Column]) -> set[Ref]:
        own: set[Ref] = set()
        for _, node in step.on:
            own |= node_refs(node, step.before, None)
        if step.kind == "reverse":
            return own | inner | {(key, None) for key in step.before.key}
        if step.kind == "function":
            return own
        if step.kind == "rollup":
            for name, assignment in inner:
                own |= node_refs(formula_of(made[name], self.readings, assignment), step.before,
                                 assignment)
            return own | {(name, None) for name in step.by}
        theirs: set[Ref] = {(name, None) for name, _ in step.on}
        if step.kind == "window":
            assert step.span is not None
            own |= node_refs(step.span[0], step.before, None)
            own |= node_refs(step.span[1], step.before, None)
            source = self._schema(step.source)
            theirs |= {("mtu_start", None), ("mtu_end", None)}
            theirs |= {(key, None) for key in source.key}
            for name, assignment in inner:
                if name == WRONG:
                    continue
                theirs |= node_refs(formula_of(made[name], self.readings, assignment), source,
                                    assignment)
        else:
            theirs |= inner
        if step.kind == "as_of":
            assert step.at is not None
            own |= node_refs(step.at, step.before, None)
            theirs |= {(name, None) for name in (step.since, step.until) if name}
        self.add(step.source, theirs)
        return own

    def _schema(self, name: str) -> Schema:
        relation = self.relations.get(name)
        schema = relation.schema if relation else base_schema(name)
        assert schema is not None
        return schema
