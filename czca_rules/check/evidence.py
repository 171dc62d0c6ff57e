"""The rows behind an outcome: both numbers, file and line, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from czca_rules.check.codes import Code
from czca_rules.check.deadline_words import deadline_words, never_or, out_of_order
from czca_rules.check.finding import (
    Finding,
    Mask,
    ParameterUsed,
    excess_of,
    filled,
    missed_by,
    number_pair,
    text_of,
    unit_word,
)
from czca_rules.check.judging import Judging, RuleOutcome
from czca_rules.check.missing import missing_in
from czca_rules.check.sources import Sources, origins
from czca_rules.check.statement import KEPT, REPORTED, RelationStatement, formulas_of
from czca_rules.check.used_parameters import used_parameters
from czca_rules.derive.interpreter import Interpreter, SurroundedRow
from czca_rules.derive.needs import WRONG, Ref, alias_tables, node_refs
from czca_rules.rulebook.evaluate import evaluate
from czca_rules.rulebook.linting import PLACEHOLDER
from czca_rules.rulebook.relations import Relation
from czca_rules.rulebook.ruleset import Rule
from czca_rules.rulebook.schema import Schema
from czca_rules.rulebook.syntax import Node, children, names_in
from czca_rules.rulebook.typecheck import type_of

RANK = {code: rank for rank, code in enumerate(REPORTED)}


class Evidence:
    """Gathers findings for the rules of a check, at most ``limit`` for each rule."""

    def __init__(self, judging: Judging, limit: int | None, mask: Mask | None) -> None:
        self.judging, self.limit, self.mask = judging, limit, mask
        submission = judging.submission
        intervals = {i.start: (i.hours, i.market_day, i.end) for i in submission.intervals}
        self.rows = Interpreter(judging.ruleset, judging.calendar, judging.readings, {},
                                judging.sound, intervals, submission.manifest)
        # What is the same for many rows; a formula is known by its identity, for it lives as
        # long as the ruleset that it belongs to.
        self._parameters: dict[tuple[str, date], tuple[ParameterUsed, ...]] = {}
        self._units: dict[tuple[str, int], str | None] = {}
        self._secret: dict[tuple[str, int], bool] = {}

    def findings(self, outcomes: Sequence[RuleOutcome]) -> dict[str, list[Finding]]:
        """Findings of every rule that has any, the worst first, then in the order of the key."""
        wanted = {outcome.rule.id: codes for outcome in outcomes
                  if (codes := self._shown(outcome))}
        starts = {outcome.rule.form.on: sorted(outcome.first_flagged) for outcome in outcomes
                  if outcome.first_flagged is not None}
        if self.limit is None or self.limit > KEPT:
            starts = {}
        result: dict[str, list[Finding]] = {}
        rules = [outcome.rule for outcome in outcomes if outcome.rule.id in wanted]
        statements = self.judging.statements(rules)
        for number, statement in enumerate(statements, 1):
            self.judging.submission.engine.progress(
                "Collecting findings", number, len(statements), "relations")
            result |= self._of_relation(statement, wanted, starts.get(statement.relation))
        return result

    def _shown(self, outcome: RuleOutcome) -> list[Code]:
        """The codes of the rows to report: worse ones may leave no room for others."""
        shown: list[Code] = []
        rows = 0
        for code in REPORTED:
            if outcome.counts.get(code) and (self.limit is None or rows < self.limit):
                shown.append(code)
                rows += outcome.counts[code]
        return shown

    def _of_relation(self, statement: RelationStatement, wanted: Mapping[str, Sequence[Code]],
                     starts: Sequence[datetime] | None) -> dict[str, list[Finding]]:
        rules = {variant.rule.id: variant.rule for variant in statement.variants}
        own = {rule: wanted[rule] for rule in rules}
        relation = self.judging.ruleset.relations[statement.relation]
        refs = self.refs(relation, list(rules.values()))
        names = [name for name, _ in sorted({(key, None) for key in relation.schema.key} | refs)]
        columns = ["_rule", "_code", *names, *(variant.column for variant in statement.variants)]
        found = []
        for values in self.judging.submission.engine.query(
                statement.flagged(own, refs, self.limit, starts)):
            row = dict(zip(columns, values, strict=True))
            row |= dict.fromkeys(self.unsound_marks(relation, names), True)
            found.append((row, self.rows.row(row, relation.schema.clock)))
        sources = Sources(self.judging, relation).of([row for _, row in found])
        made: dict[str, list[tuple[Any, Finding]]] = {rule: [] for rule in rules}
        for (raw, row), places in zip(found, sources, strict=True):
            finding = self.finding(rules[raw["_rule"]], statement, row, Code(raw["_code"]), places)
            order = tuple(str(row[name]) for name in relation.schema.key)
            made[raw["_rule"]].append(((RANK[finding.code], order), finding))
        return {rule: [finding for _, finding in sorted(items, key=lambda item: item[0])]
                for rule, items in made.items()}

    def unsound_marks(self, relation: Relation, names: Sequence[str]) -> list[str]:
        """Wrong-marks of rows whose table cannot be relied on as a whole."""
        return [name for name in names if name.rpartition(".")[2] == WRONG and not all(
            self.judging.sound(table) for table in alias_tables(name, relation.schema))]

    def refs(self, relation: Relation, rules: Sequence[Rule]) -> set[Ref]:
        """The columns that findings show, and those that their values were computed from."""
        schema = relation.schema
        nodes = [node for rule in rules for node in (*formulas_of(rule), *rule.shows.values())]
        names = {name for rule in rules for name in PLACEHOLDER.findall(rule.form.message)}
        refs: set[Ref] = {(name, None) for name in names if schema.info(name)}
        for node in (*nodes, *self.formulas(relation)):
            refs |= node_refs(node, schema, None)
        for origin in origins(self.judging.ruleset.relations, relation):
            for _, node in origin.on:
                refs |= node_refs(node, schema, None)
        needed = {name.rpartition(".")[0] for name, _ in refs}
        return refs | {(key, None) for step in relation.steps
                       if step.kind == "function" and step.alias in needed
                       for key, _ in step.on if schema.info(key)}

    def formulas(self, relation: Relation) -> list[Node]:
        """Formulas of computed columns whose names all survive to the relation's last step."""
        last = max((number for number, step in enumerate(relation.steps)
                    if step.kind == "aggregate"), default=-1)
        nodes = [(step.kind, column.under(self.judging.readings))
                 for step in relation.steps[last + 1:] if step.kind in ("columns", "rollup")
                 for column in step.columns]
        return [part for kind, node in nodes
                for part in (children(node) if kind == "rollup" else (node,))]

    def finding(self, rule: Rule, statement: RelationStatement, row: SurroundedRow, code: Code,
                sources: tuple[tuple[str, int | None], ...]) -> Finding:
        """One finding from one flagged row."""
        pair = number_pair(rule, row)
        schema = statement.schema
        hide = self._hidden(rule, schema)
        values = self._values(rule, row, pair, hide)
        missing = missing_in(self.judging, statement, rule, row) if code is Code.NOT_ASSESSABLE \
            else ()
        unit = None if pair.node is None else self._unit(rule, pair.node, schema)
        shown = hide(pair.node) if pair.node is not None else str
        key = {name: self._key(name, row, schema) for name in schema.key}
        return Finding(
            rule.id, code, key, sources, _said(pair.observed, shown), pair.relation,
            _said(pair.required, shown), _said(pair.required_max, shown),
            text_of(pair.tolerance) or "0", unit,
            self.parameters(rule, row), {name: self.judging.readings[name] for name in
                                         sorted(rule.readings)},
            self._exemption(rule, row) if code is Code.EXEMPT else None,
            _message(rule, code, values, missing), rule.form.fix, missing)

    def _unit(self, rule: Rule, node: Node, schema: Schema) -> str | None:
        known = rule.id, id(node)
        if known not in self._units:
            scope = self.judging.ruleset.surroundings.scope(schema, ratio=True)
            self._units[known] = unit_word(node, type_of(node, scope).unit) or None
        return self._units[known]

    def _key(self, name: str, row: SurroundedRow, schema: Any) -> str:
        text = text_of(row[name]) or ""
        return self.mask(text) if self.mask and schema.columns[name].confidential else text

    def _hidden(self, rule: Rule, schema: Any) -> Callable[[Node], Callable[[str], str]]:
        """For a formula: how its value is written, masked where it shows a confidential one."""
        def of(node: Node) -> Callable[[str], str]:
            if self.mask is None:
                return str
            known = rule.id, id(node)
            if known not in self._secret:
                self._secret[known] = any(
                    info.confidential for name in names_in(node)
                    if (info := schema.info(name)) is not None)
            return self.mask if self._secret[known] else str

        return of

    def _values(self, rule: Rule, row: SurroundedRow, pair: Any,
                hide: Any) -> Callable[[str], Any]:
        as_of = self.judging.submission.manifest.as_of
        special = {"observed": pair.observed, "required": pair.required, "excess": excess_of(pair)}
        if rule.form.deadline is not None:
            special = deadline_words(rule, pair, row, as_of)
        elif isinstance(pair.required, datetime):
            special = {"observed": never_or(pair.observed, as_of), "required": pair.required,
                       "excess": missed_by(pair, as_of)}
        if rule.form.sequence is not None:
            special["out_of_order"] = out_of_order(rule.form.sequence, row)

        def value(name: str) -> Any:
            node = rule.shows.get(name) or (pair.node if name in special else None)
            found = special[name] if name in special else (
                evaluate(node, row) if node is not None else row[name])
            schema = self.judging.context.schema_of(rule.form.on)
            info = schema.info(name)
            secret = self.mask is not None and (
                (info is not None and info.confidential) or
                (node is not None and hide(node) is not str))
            return self.mask(text_of(found) or "") if secret and self.mask else found

        return value

    def _exemption(self, rule: Rule, row: SurroundedRow) -> str | None:
        return next((item.exemption for item in rule.derogations
                     if evaluate(item.claimed, row) and evaluate(item.holds, row)), None)

    def parameters(self, rule: Rule, row: SurroundedRow | None) -> tuple[ParameterUsed, ...]:
        """The numbers of law behind a rule, as they stood on a row's day."""
        judging = self.judging
        day = judging.calendar.days[0]
        if row is not None and row.clock in ("delivery", "day"):
            day = row["market_day"]
        if (rule.id, day) not in self._parameters:
            self._parameters[rule.id, day] = self._parameters_on(
                rule, judging.calendar.law_on(day))
        return self._parameters[rule.id, day]

    def _parameters_on(self, rule: Rule, law_day: date) -> tuple[ParameterUsed, ...]:
        judging = self.judging
        result = []
        for name in sorted(used_parameters(judging, rule)):
            parameter = judging.ruleset.parameters[name]
            value, since, cite = parameter.on(law_day)
            result.append(ParameterUsed(name, text_of(value) or "none", parameter.form.unit, since,
                                        cite))
        return tuple(result)


def _said(value: Any, shown: Callable[[str], str]) -> str | None:
    text = text_of(value)
    return None if text is None else shown(text)


def _message(rule: Rule, code: Code, values: Callable[[str], Any],
             missing: Sequence[str]) -> str:
    if code is Code.NOT_ASSESSABLE:
        return "cannot be judged" if missing else "cannot be judged: a value is unknown"
    return filled(rule.form.message, values) if code is not Code.NOTED else (
        "passes only with a note: " + filled(rule.form.message, values))
