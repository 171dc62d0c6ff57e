"""Every rule judges what is known, has one outcome for each row, and can both fail and pass."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from czca_rules.check.codes import Code
from czca_rules.proofs.findings import Proof, Violation
from czca_rules.proofs.inputs import Inputs, all_known
from czca_rules.proofs.judged import Judged, judged
from czca_rules.proofs.readings import choices, said
from czca_rules.proofs.solver import every, negated, some
from czca_rules.proofs.standpoint import Standpoint, nodes_in
from czca_rules.proofs.witness import counterexample, in_words
from czca_rules.rulebook import syntax as s
from czca_rules.rulebook.formula_text import written
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.rulebook.syntax import Node, names_in

#: What a row comes to where all its inputs are known.
SETTLED = (Code.FAILED, Code.PASSED, Code.EXEMPT, Code.NOT_APPLICABLE, Code.NOT_DUE)


def prove_outcomes(ruleset: Ruleset) -> Proof:
    """Prove it of each rule of a ruleset, under each choice of readings."""
    proof = Proof("outcomes", ruleset.id)
    variants = 0
    for rule in ruleset.own_rules().values():
        for number, readings in enumerate(choices(ruleset, rule.readings)):
            variants += 1
            inputs = Inputs(Standpoint.at(ruleset, rule.form.on, readings), rule)
            view = judged(rule, inputs)
            where = said(ruleset, readings)
            proof.violations += _unsettled(view, inputs, where, proof)
            proof.violations += _overlaps(view, inputs, where, proof)
            if number == 0:  # another reading may leave a rule nothing to judge
                proof.violations += _one_sided(view, inputs, proof)
    proof.counted = f"{len(ruleset.own_rules())} rules, {variants} with their readings"
    return proof


def left_open(node: Node) -> set[str]:
    """The names that a formula has an answer for where they are not given."""
    found: set[str] = set()
    for item in nodes_in(node):
        if isinstance(item, s.Given):
            found |= names_in(item)
        elif isinstance(item, s.Call) and item.function == "first_given":
            for argument in item.arguments[:-1]:  # the last stands in for the others
                found |= names_in(argument)
            found -= names_in(item.arguments[-1])
    return found


def only_asked(nodes: list[Node]) -> set[str]:
    """The names of which some formulas ask nothing but whether they are given."""
    asked = {name for node in nodes for item in nodes_in(node) if isinstance(item, s.Given)
             for name in names_in(item)}
    return asked - set[str]().union(*(_used(node) for node in nodes))


def _used(node: Node) -> set[str]:
    if isinstance(node, s.Given):
        return set()
    own = {node.name} if isinstance(node, s.Name) else set()
    return own.union(*(_used(child) for child in s.children(node)))


def _unsettled(view: Judged, inputs: Inputs, where: str, proof: Proof) -> Iterator[Violation]:
    proof.questions += 1
    formulas = view.formulas()
    settled = some(*(view.codes[code] for code in SETTLED if code in view.codes))
    row = counterexample(inputs, *all_known(inputs, *only_asked(formulas)), negated(settled),
                         negated(view.said), negated(view.unclaimed))
    if row is not None:
        yield Violation(f"{view.rule.id}{where}", "not assessable although all is known",
                        written(view.rule.must), in_words(inputs, row, formulas),
                        view.code(row) is Code.NOT_ASSESSABLE)


def _overlaps(view: Judged, inputs: Inputs, where: str, proof: Proof) -> Iterator[Violation]:
    proof.questions += 1
    twice = some(*(every(view.codes[one], view.codes[other])
                   for one, other in combinations(view.codes, 2)))
    row = counterexample(inputs, some(twice, negated(some(*view.codes.values()))))
    if row is not None:  # pragma: no cover  the truth table is one function
        yield Violation(f"{view.rule.id}{where}", "not one outcome", written(view.rule.must),
                        in_words(inputs, row, view.formulas()), False)


def _one_sided(view: Judged, inputs: Inputs, proof: Proof) -> Iterator[Violation]:
    for code, fault in ((Code.FAILED, "cannot fail"), (Code.PASSED, "cannot pass")):
        proof.questions += 1
        if counterexample(inputs, view.codes[code]) is not None:
            continue
        other = Code.PASSED if code is Code.FAILED else Code.FAILED
        row = counterexample(inputs, view.codes[other])
        example = "no row is in scope" if row is None else \
            f"so does every row in scope, as {in_words(inputs, row, view.formulas())}"
        yield Violation(view.rule.id, fault, written(view.rule.must), example,
                        row is None or view.code(row) is other)
