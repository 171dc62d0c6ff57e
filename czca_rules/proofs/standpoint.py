"""Formulas with the columns that they name written out, down to the inputs of a proof.

An input is a column that was handed in or gathered from other rows, a number of law, or a name
around the row. A row that is looked up is taken to be there; what it is computed from is an input
under its alias. A column that some formula asks `is given` stays an input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Literal

from czca_rules.rulebook import syntax as s
from czca_rules.rulebook.lineage import made_column
from czca_rules.rulebook.relations import Relation, Step
from czca_rules.rulebook.ruleset import Rule, Ruleset
from czca_rules.rulebook.schema import base_schema
from czca_rules.rulebook.syntax import Name, Node
from czca_rules.rulebook.units import Type
from czca_rules.tables.columns import Column
from czca_rules.tables.event_tables import MADE_TABLES
from czca_rules.tables.specification import TABLES

Origin = Literal["column", "count", "parameter", "around"]


@dataclass(frozen=True)
class Leaf:
    """One input of a proof: its name, type, where it comes from, and its column if handed in.

    ``plain`` is its name without the aliases of look-ups; ``table`` names the table of a column.
    """

    name: str
    plain: str
    type: Type
    origin: Origin
    table: str = ""
    column: Column | None = None


def swapped(node: Node, swap: Callable[[Name], Node]) -> Node:
    """A formula with its names replaced."""
    if isinstance(node, Name):
        return swap(node)
    changes: dict[str, object] = {}
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, Node):
            changes[item.name] = swapped(value, swap)
        elif item.name == "arguments":
            changes[item.name] = tuple(swapped(part, swap) for part in value)
    return replace(node, **changes) if changes else node  # type: ignore[arg-type]


def nodes_in(node: Node) -> list[Node]:
    """A formula's nodes, the formula first."""
    return [node, *(inner for child in s.children(node) for inner in nodes_in(child))]


def _asked_in(ruleset: Ruleset, relation: Relation) -> frozenset[str]:
    formulas = [node for step in relation.steps for column in step.columns
                for node in column.formulas.values()]
    formulas += [node for rule in ruleset.rules.values() if rule.form.on == relation.name
                 for node in rule_formulas(rule)]
    return frozenset(name for formula in formulas for node in nodes_in(formula)
                     if isinstance(node, s.Given) for name in s.names_in(node))


def rule_formulas(rule: Rule) -> list[Node]:
    """Every formula that decides a rule's outcome."""
    plain = [rule.under, rule.due, rule.must, rule.noted]
    return [node for node in plain if node is not None] + [
        node for item in rule.derogations for node in (item.claimed, item.holds)]


@dataclass
class Standpoint:
    """Where a formula stands: a relation after some of its steps, under one choice of readings.

    ``leaves`` gathers the inputs that were met; ``bound`` holds what a look-up binds keys to.
    """

    ruleset: Ruleset
    relation: Relation
    readings: Mapping[str, str]
    done: int
    prefix: str = ""
    bound: Mapping[str, Node] = field(default_factory=dict)
    leaves: dict[str, Leaf] = field(default_factory=dict)
    written: dict[tuple[str, str, int, str], Node] = field(default_factory=dict)
    questions: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def at(cls, ruleset: Ruleset, relation: str, readings: Mapping[str, str]) -> Standpoint:
        """The place of a rule: a relation after its last step."""
        found = ruleset.relations[relation]
        return cls(ruleset, found, readings, len(found.steps))

    def whole(self, node: Node) -> Node:
        """A formula with its columns written out."""
        return swapped(node, lambda name: self.find(name.name))

    def find(self, name: str) -> Node:
        """What a name stands for: an input, or a formula over inputs."""
        key = (self.relation.name, self.prefix, self.done, name)
        if key not in self.written:
            self.written[key] = self._find(name)
        return self.written[key]

    def asked(self, name: str) -> bool:
        """Whether some formula on this relation asks if a column is given."""
        if self.relation.name not in self.questions:
            self.questions[self.relation.name] = _asked_in(self.ruleset, self.relation)
        return name in self.questions[self.relation.name]

    def filters(self) -> list[Node]:
        """What every row of the relation meets by the filters that it and its sources name."""
        own = [] if self.relation.where is None else [self.moved(0).whole(self.relation.where)]
        if self.relation.source not in self.ruleset.relations:
            return own
        inner = self.ruleset.relations[self.relation.source]
        return own + replace(self, relation=inner, done=len(inner.steps)).filters()

    def moved(self, done: int) -> Standpoint:
        """The same relation after fewer steps."""
        return replace(self, done=done)

    def _find(self, name: str) -> Node:
        if name in self.bound:
            return self.bound[name]
        for number in range(self.done - 1, -1, -1):
            step = self.relation.steps[number]
            column = made_column(step, name)
            if step.kind == "columns" and column is not None and not self.asked(name):
                return self.moved(number + 1).whole(column.under(self.readings))
            if step.alias and name.startswith(f"{step.alias}."):
                return self._joined(step, number, name)
            if column is not None:
                call = next(iter(column.formulas.values()))
                counts = isinstance(call, s.Call) and call.function == "count"
                return self._leaf(name, step.after.columns[name].type,
                                  "count" if counts else "column")
        if self.relation.source in self.ruleset.relations:
            inner = self.ruleset.relations[self.relation.source]
            return replace(self, relation=inner, done=len(inner.steps)).find(name)
        return self._handed_in(name)

    def _joined(self, step: Step, number: int, name: str) -> Node:
        inner = name.removeprefix(f"{step.alias}.")
        if step.kind != "lookup":
            column = made_column(step, name)
            call = next(iter(column.formulas.values())) if column else None
            counts = isinstance(call, s.Call) and call.function == "count"
            return self._leaf(name, step.after.columns[name].type, "count" if counts else "column")
        if step.source in self.ruleset.relations:
            source = self.ruleset.relations[step.source]
            before = self.moved(number)
            return replace(self, relation=source, done=len(source.steps),
                           prefix=f"{self.prefix}{step.alias}.",
                           bound={key: before.whole(node) for key, node in step.on}).find(inner)
        return self._leaf(name, step.after.columns[name].type, "column", step.source, inner)

    def _handed_in(self, name: str) -> Node:
        source = self.relation.source
        schema = base_schema(source)
        info = schema.info(name) if schema else None
        if info is not None:
            return self._leaf(name, info.type, "column", source, name)
        found = self.ruleset.surroundings.type_of(name, schema.clock if schema else "none") or \
            self.ruleset.surroundings.type_of(name, "delivery")
        assert found is not None, name
        shared = name in self.ruleset.parameters or name.startswith("submission.") or \
            any(self.bound.get(key) == Name(1, key) for key in ("mtu_start", "market_day"))
        origin: Origin = "parameter" if name in self.ruleset.parameters else "around"
        full = name if shared else self.prefix + name
        self.leaves.setdefault(full, Leaf(full, name, found, origin))
        return Name(1, full)

    def _leaf(self, name: str, kind: Type, origin: Origin, table: str = "",
              inner: str = "") -> Node:
        full = self.prefix + name
        spec = TABLES.get(table) or MADE_TABLES.get(table)
        column = spec.by_name.get(inner) if spec else None
        self.leaves.setdefault(full, Leaf(full, inner or name, kind, origin, table, column))
        return Name(1, full)
