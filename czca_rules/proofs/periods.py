"""Every number of law that a rule reaches has a value on each day on which the rule is law."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from czca_rules.proofs.findings import Proof, Violation
from czca_rules.proofs.standpoint import rule_formulas
from czca_rules.rulebook.lineage import Lineage
from czca_rules.rulebook.ruleset import Parameter, Rule, Ruleset

Span = tuple[date, date | None]


def prove_periods(ruleset: Ruleset) -> Proof:
    """Prove it of each rule of a ruleset."""
    proof = Proof("periods", ruleset.id)
    reached: set[str] = set()
    for rule in ruleset.own_rules().values():
        for name in sorted(parameters_of(ruleset, rule)):
            reached.add(name)
            proof.questions += 1
            proof.violations += _missing(rule, ruleset.parameters[name])
    rules = len(ruleset.own_rules())
    proof.counted = f"{rules} rules, {len(reached)} parameters that they reach"
    return proof


def parameters_of(ruleset: Ruleset, rule: Rule) -> set[str]:
    """The parameters that a rule reaches through every column behind it, under all readings."""
    lineage = Lineage(ruleset)
    lineage.follow([*rule_formulas(rule), *rule.shows.values()],
                   ruleset.relations[rule.form.on])
    return lineage.parameters


def gaps(parameter: Parameter, since: date, until: date | None) -> list[Span]:
    """The spans of days on which a parameter has no value; an open end is ``None``."""
    begins = sorted(parameter.form.values)
    spans: list[tuple[date, date | None, bool]] = []
    if not begins or begins[0] > since:
        spans.append((since, begins[0] if begins else None, False))
    for start, end in zip(begins, [*begins[1:], None], strict=True):
        spans.append((start, end, parameter.form.values[start].value is not None))
    result: list[Span] = []
    for start, end, has_value in spans:
        first = max(start, since)
        last = end if until is None else until if end is None else min(end, until)
        if not has_value and (last is None or first < last):
            result.append((first, last))
    return result


def _missing(rule: Rule, parameter: Parameter) -> Iterator[Violation]:
    span = rule.form.in_force
    for first, last in gaps(parameter, span.from_, span.until):
        until = "on" if last is None else f"until {last} (excluded)"
        yield Violation(rule.id, "a number of law without a value", parameter.name,
                        f"the rule is law, and there is no value, from {first} {until}",
                        rule.in_force_on(first) and parameter.on(first)[0] is None)
