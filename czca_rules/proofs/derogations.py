"""No two derogations of a rule can hold together with different effect.

The effect of a claim is what every rule of the ruleset then says against a row: which rules it
fails, from which it is exempt, which cannot be judged, and which have nothing to say (it passes, is
out of scope, or is not due). So a limit that still binds under one claim and not under the other is
a different effect, while a rule that asks whether a claim is lawful, and passes, is none. Two
derogations of a rule clash where both hold on some row and some rule says otherwise if only the
first is claimed, only the second, or both. A rule that reads neither claim is not asked: it says
the same whatever is claimed. Whether a derogation is claimed is always known.

A rule on another relation is asked about its own rows. Where these look up rows of the first rule's
relation, the derogations hold on the row that is looked up; else they are taken to hold anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from czca_rules.check.codes import Code
from czca_rules.proofs.findings import Proof, Violation
from czca_rules.proofs.inputs import Inputs
from czca_rules.proofs.judged import Judged, judged
from czca_rules.proofs.readings import Readings, choices, said
from czca_rules.proofs.solver import negated, some, z3
from czca_rules.proofs.standpoint import Standpoint
from czca_rules.proofs.witness import WitnessRow, counterexample, in_words
from czca_rules.rulebook.formula_text import written
from czca_rules.rulebook.ruleset import Derogation, Rule, Ruleset
from czca_rules.rulebook.schema import rests_on
from czca_rules.rulebook.syntax import Name, Node, names_in

#: What is claimed of the two: only the first, only the second, both.
CLAIMS = ((True, False), (False, True), (True, True))
#: Outcomes by which a rule says something against a row.
OBJECTIONS = (Code.FAILED, Code.EXEMPT, Code.NOT_ASSESSABLE)


@dataclass(frozen=True)
class _Pair:
    rule: Rule
    one: Derogation
    other: Derogation

    @property
    def claims(self) -> tuple[Node, Node]:
        return self.one.claimed, self.other.claimed

    def readings(self, ruleset: Ruleset) -> frozenset[str]:
        """The readings on which it depends whether the derogations hold."""
        schema = ruleset.schema(self.rule.form.on)
        return rests_on(self.one.holds, schema)[1] | rests_on(self.other.holds, schema)[1]

    def __str__(self) -> str:
        return f"{self.rule.id}: {self.one.exemption} and {self.other.exemption}"


def prove_derogations(ruleset: Ruleset) -> Proof:
    """Prove it of each pair of derogations of a rule, over all rules of the ruleset."""
    proof = Proof("derogations", ruleset.id)
    pairs = [_Pair(rule, *two) for rule in ruleset.own_rules().values()
             for two in combinations(rule.derogations, 2)]
    asked: set[str] = set()
    for pair in pairs:
        for rule in ruleset.rules.values():
            for chosen in choices(ruleset, rule.readings | pair.readings(ruleset)):
                proof.violations += _clash(ruleset, pair, rule, chosen, asked, proof)
    proof.counted = f"{len(pairs)} pairs of derogations, {len(asked)} rules that read the claims"
    return proof


def _standpoint(ruleset: Ruleset, pair: _Pair, rule: Rule,
                chosen: Readings) -> tuple[Standpoint, Standpoint | None]:
    """Where a rule stands, and where the derogations' rule stands as seen from it."""
    own = Standpoint.at(ruleset, rule.form.on, chosen)
    if rule.form.on == pair.rule.form.on:
        return own, own
    for number, step in enumerate(own.relation.steps):
        if step.kind == "lookup" and step.source == pair.rule.form.on:
            source = ruleset.relations[step.source]
            before = own.moved(number)
            return own, replace(own, relation=source, done=len(source.steps),
                                prefix=f"{step.alias}.",
                                bound={key: before.whole(node) for key, node in step.on})
    return own, None


def _columns(own: Standpoint, claim: Node, pair: _Pair, seen: Standpoint | None) -> set[str]:
    """The inputs by which a claim is known where a rule stands."""
    if seen is not None:
        return set(names_in(seen.whole(claim)))
    there = Standpoint.at(own.ruleset, pair.rule.form.on, own.readings)
    named = {there.leaves[name].plain for name in names_in(there.whole(claim))}
    return {name for name, leaf in own.leaves.items() if leaf.plain in named}


def _clash(ruleset: Ruleset, pair: _Pair, rule: Rule, chosen: Readings, asked: set[str],
           proof: Proof) -> Iterator[Violation]:
    own, seen = _standpoint(ruleset, pair, rule, chosen)
    inputs = Inputs(own)
    view = judged(rule, inputs)
    read = set[str]().union(*(names_in(node) for node in view.formulas()))
    claims = [_columns(own, claim, pair, seen) & read for claim in pair.claims]
    if not claims[0] | claims[1]:
        return
    asked.add(rule.id)
    proof.questions += 1
    hold = [] if seen is None else [seen.whole(item.holds) for item in (pair.one, pair.other)]
    symbols = [inputs.written(node) for node in hold]
    states = [_claimed(inputs, view, claims, state) for state in CLAIMS]
    differ = some(*(negated(states[0][code] == state[code])
                    for state in states[1:] for code in OBJECTIONS))
    known = _known_claims(inputs, pair)
    row = counterexample(inputs, *(symbol.true for symbol in symbols), *known, differ)
    if row is None:
        return
    outcomes = [view.code(_with(row, claims, state)) for state in CLAIMS]
    words = [f"{code.word} if {who}" for code, who in zip(outcomes, (
        f"only {pair.one.exemption} is claimed", f"only {pair.other.exemption} is claimed",
        "both are"), strict=True)]
    facts = in_words(inputs, row, [*hold, *view.formulas()])
    yield Violation(f"{pair}{said(ruleset, chosen)}", f"both can hold, and {rule.id} comes out "
                    "otherwise", written(rule.must), f"{'; '.join(words)}, where {facts}",
                    len({code if code in OBJECTIONS else None for code in outcomes}) > 1)


def _known_claims(inputs: Inputs, pair: _Pair) -> list[Any]:
    """That the claims of the rule's derogations, and of no other, are known."""
    there = Standpoint.at(inputs.standpoint.ruleset, pair.rule.form.on,
                          inputs.standpoint.readings)
    named = {there.leaves[name].plain for item in pair.rule.derogations
             for name in names_in(there.whole(item.claimed))}
    return [symbol.known for name, symbol in inputs.symbols.items()
            if inputs.leaf(name).plain in named]


def _claimed(inputs: Inputs, view: Judged, claims: list[set[str]],
             state: tuple[bool, bool]) -> dict[Any, Any]:
    """The outcomes of a rule where so much is claimed."""
    swaps = []
    for names, value in zip(claims, state, strict=True):
        for name in names:
            symbol = inputs.written(Name(1, name))
            swaps += [(symbol.known, z3().BoolVal(True)), (symbol.value, z3().BoolVal(value))]
    return {code: z3().substitute(met, *swaps) for code, met in view.codes.items()}


def _with(row: WitnessRow, claims: list[set[str]], state: tuple[bool, bool]) -> WitnessRow:
    changes = {name: value for names, value in zip(claims, state, strict=True) for name in names}
    return WitnessRow({**row, **changes}, row.around)


__all__ = ["prove_derogations"]
