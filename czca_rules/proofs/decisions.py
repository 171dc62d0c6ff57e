"""Decision tables have no gap and no overlap, and rules and derivations agree with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any, get_args

from czca_rules.check.codes import Code
from czca_rules.proofs.decision_reader import Cell, Decisions, Table, Takeover
from czca_rules.proofs.findings import Proof, Violation
from czca_rules.proofs.inputs import Inputs, all_known
from czca_rules.proofs.judged import judged
from czca_rules.proofs.outcomes import only_asked
from czca_rules.proofs.readings import choices
from czca_rules.proofs.solver import every, negated, some
from czca_rules.proofs.standpoint import Standpoint
from czca_rules.proofs.symbols import Symbol
from czca_rules.proofs.witness import counterexample, in_words
from czca_rules.rulebook.evaluate import evaluate
from czca_rules.rulebook.formula_text import written
from czca_rules.rulebook.model import Approach
from czca_rules.rulebook.ruleset import Rule, Ruleset
from czca_rules.rulebook.syntax import Among, Logic, Name, Node, Truth

Chosen = tuple[tuple[str, str], ...]


def prove_tables(ruleset: Ruleset, decisions: Decisions) -> Proof:
    """Prove each decision table: its axes, its cells, and what rules or columns make of them."""
    proof = Proof("decision tables", ruleset.id)
    cells = 0
    for table in decisions.tables:
        view = _Cells(ruleset, table, proof)
        proof.violations += view.axes()
        cells += view.prove()
    proof.counted = f"{len(decisions.tables)} tables, {cells} cells"
    return proof


class _Cells:
    """The proof of one table."""

    def __init__(self, ruleset: Ruleset, table: Table, proof: Proof) -> None:
        self.ruleset, self.table, self.proof = ruleset, table, proof
        self.subject = f"{table.name} ({table.form.cite})"

    def inputs(self, chosen: Chosen = ()) -> Inputs:
        readings = {**self.ruleset.defaults(),
                    **{axis: bin_ for axis, bin_ in chosen if axis in self.table.form.readings}}
        return Inputs(Standpoint.at(self.ruleset, self.table.form.on, readings))

    def given(self, inputs: Inputs) -> list[Any]:
        """What is so of every row of the table: what it says, and that the axes are known."""
        nodes = [node for bins in self.table.axes.values() for node in bins.values()]
        symbols = [inputs.symbol(node) for node in nodes]
        known = [symbol.known for symbol in symbols]
        return known if self.table.given is None else [inputs.symbol(self.table.given).true, *known]

    def axes(self) -> Iterator[Violation]:
        """Each axis puts every row into exactly one bin."""
        for axis, bins in self.table.axes.items():
            inputs = self.inputs()
            given = self.given(inputs)
            symbols = {name: inputs.symbol(node) for name, node in bins.items()}
            nodes = [inputs.standpoint.whole(node) for node in bins.values()]
            pairs = [(f"{one} and {other} overlap", [symbols[one].true, symbols[other].true])
                     for one, other in combinations(bins, 2)]
            for fault, met in [("no bin", [negated(some(*(symbol.true for symbol in
                                                            symbols.values())))]), *pairs]:
                self.proof.questions += 1
                row = counterexample(inputs, *all_known(inputs, *only_asked(nodes)), *given, *met)
                if row is not None:
                    held = sum(evaluate(node, row) is True for node in nodes)
                    yield Violation(f"{self.subject}, axis {axis}", fault,
                                    "; ".join(map(written, bins.values())),
                                    in_words(inputs, row, nodes), held != 1)

    def prove(self) -> int:
        """Prove each combination of bins that some row can have; returns how many there are."""
        axes = {**{name: list(bins) for name, bins in self.table.axes.items()},
                **{name: list(self.ruleset.readings[name].values)
                   for name in self.table.form.readings}}
        count = 0
        for combination in product(*axes.values()):
            chosen = tuple(zip(axes, combination, strict=True))
            inputs = self.inputs(chosen)
            met = [inputs.symbol(self.table.axes[axis][bin_]).true for axis, bin_ in chosen
                   if axis in self.table.axes]
            inside = [*self.given(inputs), *met]
            self.proof.questions += 1
            row = counterexample(inputs, *inside)
            found = [cell for cell in self.table.cells if cell.covers(chosen)]
            if row is None:
                continue  # no row has these bins together
            count += 1
            where = ", ".join(f"{axis} {bin_}" for axis, bin_ in chosen)
            if len(found) != 1:
                nodes = [inputs.standpoint.whole(self.table.axes[axis][bin_])
                         for axis, bin_ in chosen if axis in self.table.axes]
                self.proof.violations.append(Violation(
                    self.subject, "a gap" if not found else "an overlap", where,
                    in_words(inputs, row, nodes),
                    all(evaluate(node, row) is True for node in nodes)))
                continue
            self.proof.violations += self._cell(found[0], inputs, inside, where)
        return count

    def _cell(self, cell: Cell, inputs: Inputs, inside: list[Any],
              where: str) -> Iterator[Violation]:
        if self.table.form.outcome is not None:
            yield from self._outcome(cell, self.ruleset.rules[self.table.form.outcome], inputs,
                                     inside, where)
            return
        if cell.gives is not None and self.table.value is not None:
            yield from self._value(cell.gives, self.table.value, inputs, inside, where)
            return
        rules = [self.ruleset.rules[name] for name in self.table.form.rules]
        for approach in get_args(Approach):
            own = [rule for rule in rules if approach in rule.form.approach]
            allowed = approach in (cell.form.allowed or ())
            if not own and allowed:
                yield Violation(self.subject, f"{approach} is allowed, and no rule is of it",
                                where, "every row")
            elif own:
                yield from self._process(approach, own, allowed, inputs, inside, where)

    def _process(self, approach: str, rules: Sequence[Rule], allowed: bool, inputs: Inputs,
                 inside: list[Any], where: str) -> Iterator[Violation]:
        views = [judged(rule, inputs) for rule in rules]
        self.proof.questions += 1
        passes = every(*(view.codes[Code.PASSED] for view in views))
        fails = some(*(view.codes[Code.FAILED] for view in views))
        row = counterexample(inputs, *inside, *all_known(inputs),
                             negated(passes if allowed else fails))
        if row is not None:
            nodes = [view.rule.must for view in views]
            found = [view.code(row) for view in views]
            yield Violation(
                self.subject, f"{approach} is {'allowed' if allowed else 'not allowed'}, and "
                f"{', '.join(rule.id for rule in rules)} says otherwise", where,
                in_words(inputs, row, nodes),
                set(found) != {Code.PASSED} if allowed else Code.FAILED not in found)

    def _outcome(self, cell: Cell, rule: Rule, inputs: Inputs, inside: list[Any],
                 where: str) -> Iterator[Violation]:
        view = judged(rule, inputs)
        met = some(*(holds for code, holds in view.codes.items()
                     if code.word == cell.form.comes_to))
        self.proof.questions += 1
        row = counterexample(inputs, *inside, *all_known(inputs, *only_asked(view.formulas())),
                             negated(met))
        if row is not None:
            found = view.code(row).word
            yield Violation(self.subject, f"{rule.id} comes to {found}, not {cell.form.comes_to}",
                            where, in_words(inputs, row, view.formulas()),
                            found != cell.form.comes_to)

    def _value(self, gives: Node, value: Node, inputs: Inputs, inside: list[Any],
               where: str) -> Iterator[Violation]:
        one, other = inputs.symbol(gives), inputs.symbol(value)
        self.proof.questions += 1
        row = counterexample(inputs, *inside, *all_known(inputs),
                             negated(every(one.known, other.known, one.value == other.value)))
        if row is not None:
            nodes = [inputs.standpoint.whole(node) for node in (gives, value)]
            found = [evaluate(node, row) for node in nodes]
            yield Violation(self.subject, f"{written(value)} is not {written(gives)}", where,
                            f"{found[1]} is not {found[0]}, where {in_words(inputs, row, nodes)}",
                            None in found or found[0] != found[1])


def prove_takeovers(ruleset: Ruleset, decisions: Decisions) -> Proof:
    """Prove that rules which take over from one another cover what they should, each row once."""
    proof = Proof("takeovers", ruleset.id)
    for takeover in decisions.takeovers:
        rules = [ruleset.rules[name] for name in takeover.form.rules]
        readings = frozenset[str]().union(*(rule.readings for rule in rules))
        for chosen in choices(ruleset, readings):
            inputs = Inputs(Standpoint.at(ruleset, rules[0].form.on, chosen))
            proof.violations += _takeover(takeover, rules, inputs, proof)
    groups = sum(len(item.form.rules) for item in decisions.takeovers)
    proof.counted = f"{len(decisions.takeovers)} groups, {groups} rules"
    return proof


def scope_of(rule: Rule) -> Node:
    """Where a rule is in scope: its `under`, and the processes that it is for."""
    under = rule.under or Truth(1, True)
    if not rule.form.approach:
        return under
    process = Among(1, Name(1, "submission.approach"), rule.form.approach)
    return Logic(1, "and", process, under)


def _takeover(takeover: Takeover, rules: Sequence[Rule], inputs: Inputs,
              proof: Proof) -> Iterator[Violation]:
    subject = f"{takeover.name} ({takeover.form.cite})"
    nodes = [inputs.standpoint.whole(scope_of(rule)) for rule in rules]
    whole = inputs.standpoint.whole(takeover.together)
    scopes: list[Symbol] = [inputs.written(node) for node in nodes]
    together = inputs.written(whole)
    known = [symbol.known for symbol in (*scopes, together)]
    questions: list[tuple[str, Any]] = [
        (f"{rules[one].id} and {rules[other].id} are both in scope",
         every(scopes[one].true, scopes[other].true))
        for one, other in combinations(range(len(rules)), 2)]
    covered = some(*(scope.true for scope in scopes))
    questions += [("no rule is in scope", every(together.true, negated(covered))),
                  ("a rule is in scope beyond what they cover together",
                   every(together.false, covered))]
    for fault, met in questions:
        proof.questions += 1
        row = counterexample(inputs, *known, met)
        if row is not None:
            inside = [evaluate(node, row) for node in nodes]
            yield Violation(subject, fault, "; ".join(map(written, nodes)),
                            in_words(inputs, row, [*nodes, whole]),
                            inside.count(True) != (evaluate(whole, row) is True))
