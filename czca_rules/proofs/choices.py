"""Every choice and every reading has a formula for what is known, and no branch is dead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from czca_rules.proofs.findings import Proof, Violation
from czca_rules.proofs.inputs import Inputs, all_known
from czca_rules.proofs.outcomes import left_open
from czca_rules.proofs.solver import negated
from czca_rules.proofs.standpoint import Leaf, Origin, Standpoint, nodes_in, rule_formulas
from czca_rules.proofs.witness import confirmed, counterexample, in_words
from czca_rules.rulebook import syntax as s
from czca_rules.rulebook.formula_text import written
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.relations import Relation, Step
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.rulebook.schema import Schema, base_schema
from czca_rules.rulebook.syntax import Name, Node


@dataclass
class Locally(Standpoint):
    """A formula by itself: each name that it uses is an input, whatever it is made of."""

    schema: Schema | None = None

    def find(self, name: str) -> Node:
        """The name itself."""
        assert self.schema is not None
        info = self.schema.info(name)
        kind = info.type if info else self.ruleset.surroundings.type_of(name, self.schema.clock)
        assert kind is not None, name
        origin: Origin = "column" if info else (
            "parameter" if name in self.ruleset.parameters else "around")
        self.leaves.setdefault(name, Leaf(name, name, kind, origin))
        return Name(1, name)

    def filters(self) -> list[Node]:
        """Nothing is known of the row."""
        return []


@dataclass(frozen=True)
class Placed:
    """A formula of a ruleset: what it belongs to, and the schema that it stands on."""

    subject: str
    node: Node
    schema: Schema
    relation: Relation


def prove_choices(ruleset: Ruleset) -> Proof:
    """Prove it of each column and rule that a ruleset adds to those it includes."""
    proof = Proof("choices", ruleset.id)
    formulas = own_formulas(ruleset)
    branches = 0
    for placed in formulas:
        found = [node for node in nodes_in(placed.node) if isinstance(node, s.Choice)]
        branches += len(found)
        proof.violations += _partial(ruleset, placed, proof)
        for choice in found:
            proof.violations += _dead(ruleset, placed, choice, proof)
    readings = _readings(ruleset)
    proof.violations += [item for column in readings.items() for item in _unread(ruleset, *column)]
    proof.counted = (f"{len(formulas)} formulas, {branches} choices, "
                     f"{len(readings)} columns by reading")
    return proof


def _readings(ruleset: Ruleset) -> dict[str, tuple[str, Mapping[str, Node]]]:
    known = _included(ruleset)
    return {f"{relation.name}.{column.name}": (column.reading, column.formulas)
            for relation in ruleset.relations.values() for step in relation.steps
            for column in step.columns
            if column.reading is not None and f"{relation.name}.{column.name}" not in known}


def _unread(ruleset: Ruleset, subject: str,
            found: tuple[str, Mapping[str, Node]]) -> Iterator[Violation]:
    reading, formulas = found
    for value in sorted(set(ruleset.readings[reading].values) ^ set(formulas)):
        yield Violation(subject, f"no formula, or no reading, for {reading}={value}",
                        ", ".join(formulas), "every row")


def _included(ruleset: Ruleset) -> set[str]:
    """The columns by reading of the rulesets that a ruleset includes."""
    return {f"{relation.name}.{column.name}" for item in ruleset.includes
            for relation in load_ruleset(item.id).relations.values() for step in relation.steps
            for column in step.columns if column.reading is not None}


def own_formulas(ruleset: Ruleset) -> list[Placed]:
    """Every formula of rules and derived columns, without those of included rulesets."""
    known = {(item.subject, written(item.node)) for included in ruleset.includes
             for item in own_formulas(load_ruleset(included.id))}
    result = []
    for relation in ruleset.relations.values():
        for step in relation.steps:
            result += _of_step(ruleset, relation, step)
    for rule in ruleset.own_rules().values():
        relation = ruleset.relations[rule.form.on]
        result += [Placed(rule.id, node, relation.schema, relation)
                   for node in rule_formulas(rule)]
    return [item for item in result if (item.subject, written(item.node)) not in known]


def _of_step(ruleset: Ruleset, relation: Relation, step: Step) -> list[Placed]:
    schema = step.after if step.kind == "columns" else step.before
    if step.kind == "window":
        source = ruleset.relations.get(step.source)
        found = source.schema if source else base_schema(step.source)
        assert found is not None
        schema = found
    alias = f"{step.alias}." if step.alias else ""
    result = [Placed(f"{relation.name}.{alias}{key}", node, step.before, relation)
              for key, node in step.on]
    for column in step.columns:
        for value, node in column.formulas.items():
            subject = f"{relation.name}.{alias}{column.name}" + (f" ({value})" if value else "")
            gathers = isinstance(node, s.Call) and node.function in s.AGGREGATES
            parts = s.children(node) if gathers else (node,)
            result += [Placed(subject, part, schema, relation) for part in parts]
    return result


def _inputs(ruleset: Ruleset, placed: Placed) -> Inputs:
    return Inputs(Locally(ruleset, placed.relation, {}, 0, schema=placed.schema))


def _partial(ruleset: Ruleset, placed: Placed, proof: Proof) -> Iterator[Violation]:
    proof.questions += 1
    inputs = _inputs(ruleset, placed)
    symbol = inputs.symbol(placed.node)
    row = counterexample(inputs, *all_known(inputs, *left_open(placed.node)),
                         negated(symbol.known), negated(symbol.said))
    if row is not None:
        yield Violation(placed.subject, "unknown although all is known", written(placed.node),
                        in_words(inputs, row, [placed.node]), confirmed(placed.node, row, None))


def _dead(ruleset: Ruleset, placed: Placed, choice: s.Choice, proof: Proof) -> Iterator[Violation]:
    for branch in ("then", "else"):
        proof.questions += 1
        inputs = _inputs(ruleset, placed)
        test = inputs.symbol(choice.condition)
        if counterexample(inputs, test.true if branch == "then" else test.false) is None:
            yield Violation(placed.subject, f"no row comes to `{branch}`", written(choice),
                            "every row goes the other way")
