"""Bent versions of a rule: each changes one thing, and some case must notice.

Operators, parameters (1 % or a day), scopes, filters, derivation keys, groups, periods and
derogations are bent, in the rule and in every derived column that it needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from czca_rules.check.interpreted import with_rule
from czca_rules.check.reach import Reach
from czca_rules.rulebook import syntax as s
from czca_rules.rulebook.relations import Column, Relation, Step
from czca_rules.rulebook.ruleset import Derogation, Rule, Ruleset
from czca_rules.rulebook.syntax import Node

TURNED = {"<=": ("<", ">="), "<": ("<=", ">"), ">=": (">", "<="), ">": (">=", "<"),
          "=": ("!=",), "!=": ("=",), "+": ("-",), "-": ("+",), "*": ("+",)}
OTHER_FUNCTION = {"min": "max", "max": "min", "sum": "highest", "highest": "lowest",
                  "lowest": "highest", "any": "every", "every": "any", "only": "highest"}
OTHER_NAME = {"from_zone": "to_zone", "to_zone": "from_zone", "receiver_zone": "provider_zone",
              "provider_zone": "receiver_zone"}
PERCENT = (Decimal("1.01"), Decimal("0.99"))


@dataclass(frozen=True)
class Mutant:
    """One bent ruleset; ``coarse`` names a `by` column that a step forgets."""

    name: str
    ruleset: Ruleset
    coarse: tuple[str, int, str] | None = None


def bent(node: Node) -> Iterator[tuple[str, Node]]:
    """Every formula that differs from a formula in one node, with what was changed."""
    yield from _bent_here(node)
    for field, child in _child_fields(node):
        for label, changed in bent(child):
            yield label, replace(node, **{field: changed})  # type: ignore[arg-type]
    if isinstance(node, s.Call):
        for number, argument in enumerate(node.arguments):
            for label, changed in bent(argument):
                arguments = (*node.arguments[:number], changed, *node.arguments[number + 1:])
                yield label, replace(node, arguments=arguments)


def _child_fields(node: Node) -> list[tuple[str, Node]]:
    fields = ("item", "left", "right", "tolerance", "condition", "then", "otherwise", "where")
    return [(field, child) for field in fields
            if isinstance(child := getattr(node, field, None), Node)]


def _bent_here(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, s.Compare | s.Arithmetic):
        for other in TURNED[node.operator]:
            tolerance = getattr(node, "tolerance", None)
            if other == "!=" and tolerance is not None:
                continue
            yield f"`{node.operator}` -> `{other}` @{node.at}", replace(node, operator=other)
    elif isinstance(node, s.Logic):
        other = "or" if node.operator == "and" else "and"
        yield f"`{node.operator}` -> `{other}` @{node.at}", replace(node, operator=other)
    elif isinstance(node, s.Not):
        yield f"`not` dropped @{node.at}", node.item
    elif isinstance(node, s.Has):
        if isinstance(node.word, s.Text):
            turned = replace(node.word, value=f"{node.word.value}_not")
            yield f"`{node.word.value}` -> another @{node.at}", replace(node, word=turned)
        else:
            yield f"`has` -> always @{node.at}", s.Truth(node.at, True)
    elif isinstance(node, s.Given):
        yield f"`given` turned @{node.at}", replace(node, negated=not node.negated)
    elif isinstance(node, s.Choice):
        yield (f"branches exchanged @{node.at}",
               replace(node, then=node.otherwise, otherwise=node.then))
    elif isinstance(node, s.Call):
        if node.function in OTHER_FUNCTION:
            yield (f"`{node.function}` -> `{OTHER_FUNCTION[node.function]}` @{node.at}",
                   replace(node, function=OTHER_FUNCTION[node.function]))
        if node.where is not None:
            yield f"`where` dropped @{node.at}", replace(node, where=None)
    elif isinstance(node, s.Among) and len(node.words) > 1:
        for word in node.words:
            words = tuple(other for other in node.words if other != word)
            yield f"`{word}` dropped @{node.at}", replace(node, words=words)


def mutants(ruleset: Ruleset, rule: Rule) -> Iterator[Mutant]:
    """Every bent version of a rule, in a fixed order."""
    reach = Reach(ruleset, rule)
    yield from _bent_rule(ruleset, rule)
    yield from _bent_parameters(ruleset, reach)
    yield from _bent_periods(ruleset, reach)
    for name in reach.relations():
        if ruleset.relations[name].pivoted:
            continue  # written by the step itself, which has tests of its own
        yield from _bent_relation(ruleset, ruleset.relations[name], reach)


def _bent_rule(ruleset: Ruleset, rule: Rule) -> Iterator[Mutant]:
    def made(label: str, **changes: Any) -> Mutant:
        return Mutant(label, with_rule(ruleset, replace(rule, **changes)))

    for label, node in bent(rule.must):
        yield made(f"must: {label}", must=node)
    if rule.under is not None:
        yield made("under dropped", under=None)
        for label, node in bent(rule.under):
            yield made(f"under: {label}", under=node)
    if rule.due is not None:
        yield made("due dropped", due=None)
    if rule.noted is not None:
        yield made("noted dropped", noted=None)
        for label, node in bent(rule.noted):
            yield made(f"noted: {label}", noted=node)
    for number, item in enumerate(rule.derogations):
        others = (*rule.derogations[:number], *rule.derogations[number + 1:])
        yield made(f"derogation {item.exemption} dropped", derogations=others)
        for part in ("claimed", "holds"):
            node = getattr(item, part)
            changes = [("true", s.Truth(1, True)), ("false", s.Truth(1, False)), *bent(node)]
            for label, changed in changes:
                derogations = (*rule.derogations[:number], _with_part(item, part, changed),
                               *rule.derogations[number + 1:])
                yield made(f"derogation {item.exemption} {part}: {label}",
                           derogations=derogations)


def _with_part(item: Derogation, part: str, node: Node) -> Derogation:
    return replace(item, claimed=node) if part == "claimed" else replace(item, holds=node)


def _bent_parameters(ruleset: Ruleset, reach: Reach) -> Iterator[Mutant]:
    for name in sorted(reach.parameters):
        parameter = ruleset.parameters[name]
        for label, bend in ((f"x {factor}", factor) for factor in PERCENT):
            values = {since: dated.model_copy(update={"value": _scaled(dated.value, bend)})
                      for since, dated in parameter.form.values.items()}
            form = parameter.form.model_copy(update={"values": values})
            changed = {**ruleset.parameters, name: replace(parameter, form=form)}
            yield Mutant(f"parameter {name} {label}", replace(ruleset, parameters=changed))


def _scaled(value: Any, factor: Decimal) -> Any:
    if isinstance(value, date):
        return value + timedelta(days=1 if factor > 1 else -1)
    return None if value is None else value * factor


def _bent_periods(ruleset: Ruleset, reach: Reach) -> Iterator[Mutant]:
    for name in sorted(reach.periods):
        period = ruleset.periods[name]
        for part in ("from_", "until"):
            edge = getattr(period, part)
            moved = period.model_copy(update={part: edge.model_copy(update={"day": edge.day + 1})})
            yield Mutant(f"period {name} {part.rstrip('_')}: a day later",
                         replace(ruleset, periods={**ruleset.periods, name: moved}))


def _with_relation(ruleset: Ruleset, relation: Relation) -> Ruleset:
    return replace(ruleset, relations={**ruleset.relations, relation.name: relation})


def _bent_relation(ruleset: Ruleset, relation: Relation, reach: Reach) -> Iterator[Mutant]:
    if relation.where is not None:
        yield Mutant(f"{relation.name}: where dropped",
                     _with_relation(ruleset, replace(relation, where=None)))
    for number, step in enumerate(relation.steps):
        for label, changed in _bent_step(step, reach.columns(relation.name, number)):
            steps = (*relation.steps[:number], changed, *relation.steps[number + 1:])
            yield Mutant(f"{relation.name}.{label}",
                         _with_relation(ruleset, replace(relation, steps=steps)))
        if step.kind in ("aggregate", "rollup") and reach.uses(relation.name, number):
            for column in step.by:
                yield Mutant(f"{relation.name}: `{column}` forgotten in step {number + 1}",
                             ruleset, (relation.name, number, column))


def _bent_step(step: Step, needed: set[str]) -> Iterator[tuple[str, Step]]:
    for place, column in enumerate(step.columns):
        if column.name not in needed:
            continue
        for value, formula in column.formulas.items():
            reading = f"[{value}]" if column.reading else ""
            for label, node in bent(formula):
                formulas = {**column.formulas, value: node}
                changed = Column(column.name, formulas, column.reading)
                columns = (*step.columns[:place], changed, *step.columns[place + 1:])
                beside = f"{step.alias}." if step.alias else ""
                yield f"{beside}{column.name}{reading}: {label}", replace(step, columns=columns)
    if step.kind in ("lookup", "window", "as_of") and needed:
        for place, (name, node) in enumerate(step.on):
            for label, changed_node in _other_keys(node):
                on = (*step.on[:place], (name, changed_node), *step.on[place + 1:])
                yield f"{step.alias}.{name}: {label}", replace(step, on=on)


def _other_keys(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, s.Name) and node.name in OTHER_NAME:
        other = OTHER_NAME[node.name]
        yield f"key `{node.name}` -> `{other}`", s.Name(node.at, other)
    elif isinstance(node, s.Text):
        yield f"key '{node.value}' -> another", s.Text(node.at, node.value + " not")
