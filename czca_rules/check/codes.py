"""The outcomes of a row, and how they combine: over readings, over rows, over rules.

This is contract section 3 as data and as plain Python; ``check.statement`` says the same in SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from czca_rules.rulebook.evaluate import Row, evaluate
from czca_rules.rulebook.ruleset import Rule
from czca_rules.rulebook.syntax import Choice, Compare, Logic, Node, Not

OutcomeWord = Literal["failed", "not_assessable", "exempt", "passed", "not_applicable"]
VerdictWord = Literal["compliant", "not_compliant", "undecided"]


class Code(IntEnum):
    """What became of one row under one choice of readings."""

    FAILED = 0
    PASSED = 1
    EXEMPT = 2
    NOT_APPLICABLE = 3
    NOT_ASSESSABLE = 4
    NOTED = 5
    NOT_DUE = 6

    @property
    def word(self) -> OutcomeWord:
        """The outcome that the report states."""
        if self in (Code.NOTED, Code.PASSED):
            return "passed"
        if self in (Code.NOT_DUE, Code.NOT_APPLICABLE):
            return "not_applicable"
        return self.name.lower()  # type: ignore[return-value]


#: The first of these that occurs among a rule's rows is the rule's outcome.
PRECEDENCE: tuple[OutcomeWord, ...] = ("failed", "not_assessable", "exempt", "passed")


@dataclass(frozen=True)
class DerogationFacts:
    """Whether a derogation is claimed, and whether the facts allow it (unknown: ``None``)."""

    claimed: bool | None
    holds: bool | None


def judge(scope: bool | None, must: bool | None, derogations: Sequence[DerogationFacts],
          noted: bool | None = False) -> Code:
    """The outcome of one row: the truth table of contract section 3.

    Whether a derogation is claimed is always known; an unknown claim counts as not known to hold.
    """
    if scope is False:
        return Code.NOT_APPLICABLE
    if scope is None:
        return Code.NOT_ASSESSABLE
    if must is True:
        return Code.NOTED if noted is True else Code.PASSED
    if any(item.claimed is True and item.holds is True for item in derogations):
        return Code.EXEMPT
    if must is None or any(item.holds is not False for item in derogations):
        return Code.NOT_ASSESSABLE
    return Code.FAILED


def over_readings(taken: Code, others: Sequence[Code]) -> Code:
    """A row's outcome when some readings are open: failed under all fails, under some is open."""
    every = (taken, *others)
    if all(code is Code.FAILED for code in every):
        return Code.FAILED
    if any(code in (Code.FAILED, Code.NOT_ASSESSABLE) for code in every):
        return Code.NOT_ASSESSABLE
    return taken


def exact_form(node: Node) -> Node:
    """The formula without its tolerances: a row that needs one is noted."""
    if isinstance(node, Compare):
        return Compare(node.at, node.operator, exact_form(node.left), exact_form(node.right))
    if isinstance(node, Logic):
        return Logic(node.at, node.operator, exact_form(node.left), exact_form(node.right))
    if isinstance(node, Not):
        return Not(node.at, exact_form(node.item))
    if isinstance(node, Choice):
        return Choice(node.at, exact_form(node.condition), exact_form(node.then),
                      exact_form(node.otherwise))
    return node


def judge_row(rule: Rule, row: Row, in_force: bool) -> Code:
    """The outcome of one row of a rule's relation, under the readings it was made with."""
    if not in_force:
        return Code.NOT_APPLICABLE
    scope = True if rule.under is None else evaluate(rule.under, row)
    if rule.due is not None and scope is not False:
        due = evaluate(rule.due, row)
        if due is not None and due > row["submission.as_of"]:
            return Code.NOT_DUE
    must = evaluate(rule.must, row)
    facts = [DerogationFacts(evaluate(item.claimed, row), evaluate(item.holds, row))
             for item in rule.derogations]
    return judge(scope, must, facts, _noted(rule, row, must))


def _noted(rule: Rule, row: Row, must: bool | None) -> bool | None:
    if must is not True:
        return False
    if rule.noted is not None and evaluate(rule.noted, row) is True:
        return True
    return evaluate(exact_form(rule.must), row) is not True


def outcome_of(counts: Mapping[OutcomeWord, int]) -> OutcomeWord:
    """A rule's outcome from the counts of its rows."""
    return next((word for word in PRECEDENCE if counts.get(word, 0)), "not_applicable")


def verdict_of(outcomes: Iterable[tuple[str, OutcomeWord]]) -> VerdictWord:
    """The verdict from the levels and outcomes of all rules."""
    errors = {outcome for level, outcome in outcomes if level == "error"}
    if "failed" in errors:
        return "not_compliant"
    return "undecided" if "not_assessable" in errors else "compliant"
