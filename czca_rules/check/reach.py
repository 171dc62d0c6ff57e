"""What a rule reaches: the relations, columns, parameters and periods that its outcome needs."""

from __future__ import annotations

from czca_rules.check.statement import formulas_of
from czca_rules.derive.needs import Needs, Ref, node_refs
from czca_rules.rulebook.ruleset import Rule, Ruleset
from czca_rules.rulebook.syntax import Node, names_in


class Reach:
    """The part of a ruleset that one rule rests on, under all readings."""

    def __init__(self, ruleset: Ruleset, rule: Rule) -> None:
        self.ruleset, self.rule = ruleset, rule
        self.needed: dict[str, list[set[Ref]]] = {}
        self.formulas: list[Node] = list(formulas_of(rule))
        assignments = [ruleset.defaults()]
        assignments += [{**ruleset.defaults(), name: value} for name in sorted(rule.readings)
                        for value in ruleset.readings[name].values]
        for readings in assignments:
            self._gather(readings)
        names = {name for node in self.formulas for name in names_in(node)}
        self.parameters = names & set(ruleset.parameters)
        self.periods = {name.partition(".")[0] for name in names} & set(ruleset.periods)

    def _gather(self, readings: dict[str, str]) -> None:
        needs = Needs(self.ruleset.relations, readings)
        schema = self.ruleset.relations[self.rule.form.on].schema
        refs: set[Ref] = set()
        for node in formulas_of(self.rule):
            refs |= node_refs(node, schema, None)
        needs.add(self.rule.form.on, refs)
        for name in list(needs.of):
            relation = self.ruleset.relations.get(name)
            if relation is None:
                continue
            after = needs.of[name] | {(key, None) for key in relation.schema.key}
            held = self.needed.setdefault(name, [set() for _ in relation.steps])
            for number in range(len(relation.steps) - 1, -1, -1):
                step = relation.steps[number]
                held[number] |= after
                self._formulas(name, number, readings)
                after = needs.before(step, after)

    def _formulas(self, name: str, number: int, readings: dict[str, str]) -> None:
        step = self.ruleset.relations[name].steps[number]
        for column in step.columns:
            if column.name in self.columns(name, number):
                self.formulas.append(column.under(readings))
        if self.uses(name, number):
            self.formulas += [node for _, node in step.on]
            self.formulas += list(step.span or ())

    def relations(self) -> list[str]:
        """The derived relations, sorted."""
        return sorted(self.needed)

    def columns(self, name: str, number: int) -> set[str]:
        """The columns of a step that are needed after it, without the step's alias."""
        step = self.ruleset.relations[name].steps[number]
        prefix = f"{step.alias}." if step.alias else ""
        after = {ref[0].removeprefix(prefix) for ref in self.needed[name][number]
                 if ref[0].startswith(prefix)}
        if step.kind != "columns":
            return after
        made = {column.name: column for column in step.columns}
        while True:  # columns of one step may use one another
            more = {inner for column in after & set(made) for node in made[column].formulas.values()
                    for inner in names_in(node)} & set(made)
            if more <= after:
                return after
            after |= more

    def uses(self, name: str, number: int) -> bool:
        """Whether a step gives anything that is needed."""
        step = self.ruleset.relations[name].steps[number]
        if step.alias:
            return bool(self.columns(name, number))
        return any(column.name in self.columns(name, number) for column in step.columns)
