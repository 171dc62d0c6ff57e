"""All proofs of one ruleset, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Iterator

from czca_rules.proofs.choices import prove_choices
from czca_rules.proofs.decision_reader import read_decisions
from czca_rules.proofs.decisions import prove_tables, prove_takeovers
from czca_rules.proofs.derogations import prove_derogations
from czca_rules.proofs.findings import Proof
from czca_rules.proofs.outcomes import prove_outcomes
from czca_rules.proofs.periods import prove_periods
from czca_rules.proofs.solver import z3
from czca_rules.rulebook.loading import load_ruleset


def prove(name: str) -> Iterator[Proof]:
    """Prove everything of a ruleset, given by its identifier or path.

    Raises ``UsageError`` where the solver is not installed.
    """
    z3()
    ruleset = load_ruleset(name)
    decisions = read_decisions(ruleset, name)
    yield prove_tables(ruleset, decisions)
    yield prove_takeovers(ruleset, decisions)
    yield prove_choices(ruleset)
    yield prove_derogations(ruleset)
    yield prove_periods(ruleset)
    yield prove_outcomes(ruleset)
