"""Where the names of a formula come from: derived columns, step by step, down to the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from czca_rules.rulebook.formula_text import written
from czca_rules.rulebook.relations import Column, Relation, Step
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.rulebook.schema import base_schema
from czca_rules.rulebook.syntax import Node, names_in


@dataclass(frozen=True, order=True)
class DerivedColumn:
    """A column of a relation as one of its steps makes it.

    ``name`` is what formulas call it there; ``formulas`` is its text, one for each value of a
    reading (or one under the empty name); ``detail`` says what is joined, gathered or looked up.
    """

    relation: int
    step: int
    name: str
    relation_name: str
    kind: str
    reading: str | None
    formulas: tuple[tuple[str, str], ...]
    detail: str


@dataclass
class Lineage:
    """Follows names back; ``derived`` and ``tables`` gather what was met on the way."""

    ruleset: Ruleset
    derived: set[DerivedColumn] = field(default_factory=set)
    tables: dict[str, set[str]] = field(default_factory=dict)
    parameters: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._order = {name: number for number, name in enumerate(self.ruleset.relations)}
        self._met: set[tuple[str, str, int]] = set()

    def follow(self, nodes: Iterable[Node], relation: Relation) -> None:
        """Follow every name of formulas that stand on a relation after its last step."""
        for node in nodes:
            for name in names_in(node):
                self._trace(relation, name, len(relation.steps))

    def columns(self) -> list[DerivedColumn]:
        """What was met, the rule's own relation last, each in the order of its steps."""
        return sorted(self.derived, key=lambda item: (item.relation, item.step, item.name))

    def _trace(self, relation: Relation, name: str, done: int) -> None:
        if (relation.name, name, done) in self._met:
            return
        self._met.add((relation.name, name, done))
        if name in self.ruleset.parameters:
            self.parameters.add(name)
            return
        for number in range(done - 1, -1, -1):
            step = relation.steps[number]
            column = made_column(step, name)
            if column is not None or (step.alias and name.startswith(f"{step.alias}.")):
                self._note(relation, number, name, column)
                self._trace_step(relation, number, name, column)
                return
        self._source(relation.source, [name])

    def _source(self, source: str, names: Iterable[str]) -> None:
        inner = self.ruleset.relations.get(source)
        for name in names:
            if inner is not None:
                self._trace(inner, name, len(inner.steps))
            elif name in self.ruleset.parameters:
                self.parameters.add(name)
            else:
                schema = base_schema(source)
                if schema is not None and schema.info(name) is not None:
                    self.tables.setdefault(source, set()).add(name)

    def _trace_step(self, relation: Relation, number: int, name: str,
                    column: Column | None) -> None:
        step = relation.steps[number]
        used = {item for node in (column.formulas.values() if column else ())
                for item in names_in(node)}
        inner = name.removeprefix(f"{step.alias}.")
        if step.kind == "columns":
            self._trace_all(relation, used, number + 1)
        elif step.kind in ("aggregate", "rollup"):
            self._trace_all(relation, {*used, *step.by}, number)
        elif step.kind == "reverse":
            self._trace_all(relation, {inner}, number)
        elif step.source:
            self._source(step.source, used if step.kind == "window" else {inner})
        bound = [node for _, node in step.on] + [*(step.span or ())]
        if step.at is not None:
            bound.append(step.at)
        self._trace_all(relation, {item for node in bound for item in names_in(node)}, number)

    def _trace_all(self, relation: Relation, names: Iterable[str], done: int) -> None:
        for name in names:
            self._trace(relation, name, done)

    def _note(self, relation: Relation, number: int, name: str, column: Column | None) -> None:
        step = relation.steps[number]
        formulas: tuple[tuple[str, str], ...] = ()
        if column is not None:
            formulas = tuple((value, written(node)) for value, node in column.formulas.items())
        self.derived.add(DerivedColumn(
            self._order[relation.name], number, name, relation.name, step.kind,
            column.reading if column else None, formulas, step_words(step, name)))


def made_column(step: Step, name: str) -> Column | None:
    """The column by which a step makes a name, if it does."""
    prefix = f"{step.alias}." if step.alias else ""
    return next((column for column in step.columns if prefix + column.name == name), None)


def step_words(step: Step, name: str) -> str:
    """What a step joins or gathers to make a column, in words; empty where its formula says all."""
    inner = name.removeprefix(f"{step.alias}.")
    by = ", ".join(key if key == text else f"{key} = {text}"
                   for key, text in bindings(step).items())
    if step.kind == "lookup":
        return f"{inner} of {step.source} by {by}"
    if step.kind == "reverse":
        return f"{inner} of the opposite direction"
    if step.kind in ("aggregate", "rollup"):
        return f"for each {', '.join(step.by)}" if step.by else "over all rows"
    if step.kind == "window" and step.span is not None:
        return (f"over {step.source} by {by}, from {written(step.span[0])} "
                f"until {written(step.span[1])}")
    if step.kind == "as_of" and step.at is not None:
        return f"{inner} of {step.source} by {by}, in force at {written(step.at)}"
    if step.kind == "function":
        return f"{inner} of the function {step.name} of {', '.join(bindings(step))}"
    return ""


def bindings(step: Step) -> Mapping[str, str]:
    """The key columns of what is joined, and the text each is bound to."""
    return {key: written(node) for key, node in step.on}
