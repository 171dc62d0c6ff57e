"""`czca test`: whether every rule does what its cases say."""

from __future__ import annotations

from typing import Annotated

import typer

from czca_rules.commands import options
from czca_rules.commands.streams import say

EPILOG = options.EXAMPLES.format("czca test", "czca test greece-italy-mb --coverage --mutate")


def run_cases(
    ruleset: Annotated[str | None, typer.Argument(
        metavar="[RULESET]", help="Ruleset, by identifier or path; by default all that are "
                                  "shipped.")] = None,
    mutate: Annotated[bool, typer.Option(
        "--mutate", help="Bend each rule a little and see whether some case notices.")] = False,
    coverage: Annotated[bool, typer.Option(
        "--coverage", help="Also say which provisions, rules and outcomes lack cases.")] = False,
    prove: Annotated[bool, typer.Option(
        "--prove", help="Prove for every input that tables have no gap, derogations do not clash "
                        "and rules can fail and pass; alone it runs no cases.")] = False,
) -> int:
    """Run the cases of rules.

    Exit code: 0 all as expected, 1 not, 2 could not start or finish.
    """
    from czca_rules.check.case_coverage import case_coverage
    from czca_rules.check.trials import try_ruleset
    from czca_rules.rulebook.loading import load_ruleset
    from czca_rules.rulebook.shipped import find_ruleset, shipped_rulesets

    if ruleset is not None:
        find_ruleset(ruleset)
    good = True
    for name in [ruleset] if ruleset else shipped_rulesets():
        if not load_ruleset(name).rules:
            continue
        if prove:
            good = _proven(name) and good
        if prove and not (mutate or coverage):
            continue
        trial = try_ruleset(name, mutate)
        say(trial.cases.text())
        good = good and trial.cases.ok
        if coverage:
            covered = case_coverage(name)
            say(covered.text())
            good = good and covered.ok
        if mutate:
            say(trial.mutants.text())
            good = good and trial.mutants.ok
    return 0 if good else 1


def _proven(name: str) -> bool:
    """Say what is proven of a ruleset, and whether all of it is."""
    from czca_rules.proofs.proving import prove

    proofs = list(prove(name))
    for proof in proofs:
        say(proof.text())
    return all(proof.ok for proof in proofs)
