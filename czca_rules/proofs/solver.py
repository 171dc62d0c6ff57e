"""The solver z3, which comes with the extra `proofs`, and the questions it is asked."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from czca_rules.errors import CzcaError, UsageError

#: Longest that one question may take; no shipped formula needs a tenth of it.
TIMEOUT_MS = 20_000


@cache
def z3() -> Any:
    """The solver's module; ``UsageError`` names the extra where it is not installed."""
    try:
        return importlib.import_module("z3")
    except ImportError:
        raise UsageError("Proofs need the solver z3: pip install 'czca-rules[proofs]'.") from None


class Undecided(CzcaError):
    """The solver gave up on a question, so that nothing is proven and nothing refuted."""


def model_of(facts: list[Any], *conditions: Any) -> Any | None:
    """Some input that meets all conditions, or ``None`` where there is none."""
    solver = z3().Solver()
    solver.set("timeout", TIMEOUT_MS)
    solver.set("random_seed", 0)
    solver.add(*facts)
    solver.add(*conditions)
    answer = solver.check()
    if answer == z3().unsat:
        return None
    if answer != z3().sat:
        raise Undecided(f"the solver could not decide a question: {solver.reason_unknown()}")
    return solver.model()


def every(*conditions: Any) -> Any:
    """All of some conditions."""
    return z3().And(*conditions)


def some(*conditions: Any) -> Any:
    """At least one of some conditions."""
    return z3().Or(*conditions)


def negated(condition: Any) -> Any:
    """The opposite of a condition."""
    return z3().Not(condition)
