"""The outcome of a row as the solver sees it, taken from the truth table of `check.codes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from czca_rules.check.codes import Code, DerogationFacts, judge, judge_row
from czca_rules.proofs.inputs import Inputs
from czca_rules.proofs.solver import every, negated, some, z3
from czca_rules.proofs.standpoint import Standpoint
from czca_rules.proofs.symbols import Symbol
from czca_rules.proofs.witness import WitnessRow
from czca_rules.rulebook.ruleset import Rule
from czca_rules.rulebook.syntax import Name, Node

#: How the derogations of a rule stand, as facts about one of them: some lifts, some is open
#: (allowed but not claimed, or perhaps allowed), all are shut.
STANDINGS = {"lifts": (DerogationFacts(True, True),), "open": (DerogationFacts(False, True),),
             "shut": ()}


@dataclass(frozen=True)
class Judged:
    """A rule over free inputs: its formulas written out, and the condition of every outcome.

    ``said`` tells that a formula says `unknown`, ``unclaimed`` that the facts allow a derogation
    which nobody claims; both make a row not assessable although all is known.
    """

    rule: Rule
    scope: Symbol
    must: Symbol
    codes: Mapping[Code, Any]
    said: Any
    unclaimed: Any

    def formulas(self) -> list[Node]:
        """What decides the outcome, over inputs."""
        return [node for node in (self.rule.under, self.rule.due, self.rule.must) if node] + [
            node for item in self.rule.derogations for node in (item.claimed, item.holds)]

    def code(self, row: WitnessRow) -> Code:
        """What the interpreter makes of a row."""
        code = judge_row(self.rule, row, True)
        return Code.PASSED if code is Code.NOTED else code


def over_inputs(rule: Rule, standpoint: Standpoint) -> Rule:
    """A rule with the columns of its formulas written out."""
    whole = standpoint.whole
    return replace(
        rule, must=whole(rule.must), under=None if rule.under is None else whole(rule.under),
        due=None if rule.due is None else whole(rule.due), noted=None,
        derogations=tuple(replace(item, claimed=whole(item.claimed), holds=whole(item.holds))
                          for item in rule.derogations))


def judged(rule: Rule, inputs: Inputs) -> Judged:
    """The outcomes of a rule that stands at the standpoint of some inputs."""
    written = over_inputs(rule, inputs.standpoint)
    scope = Symbol(z3().BoolVal(True), z3().BoolVal(True), z3().BoolVal(False)) \
        if written.under is None else inputs.written(written.under)
    must = inputs.written(written.must)
    pairs = [(inputs.written(item.claimed), inputs.written(item.holds))
             for item in written.derogations]
    lifts = some(*(every(claimed.true, holds.true) for claimed, holds in pairs))
    opened = some(*(negated(holds.false) for _, holds in pairs))
    standing = {"lifts": lifts, "open": every(negated(lifts), opened),
                "shut": every(negated(lifts), negated(opened))}
    codes = _by_table(scope, must, standing)
    symbols = [scope, must, *(holds for _, holds in pairs)]
    if written.due is not None:
        due = inputs.written(written.due)
        as_of = inputs.symbol(Name(1, "submission.as_of"))
        ahead = every(due.known, due.value > as_of.value, negated(scope.false))
        codes = {code: every(met, negated(ahead)) for code, met in codes.items()}
        codes[Code.NOT_DUE] = ahead
        symbols.append(due)
    return Judged(written, scope, must, codes, some(*(item.said for item in symbols)),
                  standing["open"])


def _by_table(scope: Symbol, must: Symbol, standing: Mapping[str, Any]) -> dict[Code, Any]:
    cells: dict[Code, list[Any]] = {}
    for inside, holds, word in product((True, False, None), (True, False, None), STANDINGS):
        code = judge(inside, holds, STANDINGS[word])
        cells.setdefault(code, []).append(every(_is(scope, inside), _is(must, holds),
                                                standing[word]))
    return {code: some(*met) for code, met in cells.items()}


def _is(symbol: Symbol, value: bool | None) -> Any:
    return negated(symbol.known) if value is None else symbol.true if value else symbol.false
