"""How large a formula becomes when it is written out for the engine.

Some nodes stand more than once in what is written: both bounds of a tolerance, the condition of
a choice. Nested, they would double with every level, so formulas are weighed before they are used.
"""

from __future__ import annotations

from collections.abc import Callable

from czca_rules.rulebook import syntax as s
from czca_rules.rulebook.syntax import Node

#: Most names and constants in one formula once it is written out.
MAX_WEIGHT = 5_000


def weight_of(node: Node, weight: Callable[[str], int]) -> int:
    """How many names and constants a formula holds, given how many stand behind each name."""
    if isinstance(node, s.Name):
        return weight(node.name)
    below = [weight_of(child, weight) for child in s.children(node)]
    if isinstance(node, s.Choice):
        return 2 * below[0] + below[1] + below[2]
    twice = isinstance(node, s.Call) and node.function not in ("abs", "hour_start")
    if isinstance(node, s.Compare):
        twice = node.tolerance is not None and node.operator == "="
    return max(1, sum(below) * (2 if twice else 1))
