"""Which numbers of law take part in a rule, through the relations below it."""

from __future__ import annotations

from czca_rules.check.judging import Judging
from czca_rules.check.statement import formulas_of
from czca_rules.rulebook.relations import Relation
from czca_rules.rulebook.ruleset import Rule
from czca_rules.rulebook.syntax import names_in


def used_parameters(judging: Judging, rule: Rule) -> set[str]:
    """The parameters that a rule's formulas and the relations below them name."""
    names: set[str] = set()
    for node in (*formulas_of(rule), *rule.shows.values()):
        names |= names_in(node)
    relation = judging.ruleset.relations[rule.form.on]
    wanted = set(names)
    for step in reversed(relation.steps):
        for column in reversed(step.columns):
            if column.name in wanted or f"{step.alias}.{column.name}" in wanted:
                for node in column.formulas.values():
                    wanted |= names_in(node)
        if step.source in judging.ruleset.relations and any(
                name.startswith(step.alias + ".") for name in wanted):
            inner = judging.ruleset.relations[step.source]
            used = {name.removeprefix(step.alias + ".") for name in wanted
                    if name.startswith(step.alias + ".")}
            wanted |= _inner_names(inner, used)
    return wanted & set(judging.ruleset.parameters)


def _inner_names(relation: Relation, wanted: set[str]) -> set[str]:
    found = set(wanted)
    for step in reversed(relation.steps):
        for column in reversed(step.columns):
            if column.name in found:
                for node in column.formulas.values():
                    found |= names_in(node)
    return found
