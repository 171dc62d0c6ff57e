"""By how much rows miss what is required, in the engine: for counts over all rows that failed.

The same as ``check.finding.excess_of`` and ``missed_by`` say of single rows; tests compare them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from czca_rules.check.finding import unit_word
from czca_rules.derive.select import Select
from czca_rules.rulebook.ruleset import Rule
from czca_rules.rulebook.syntax import Choice, Compare, Logic, Node
from czca_rules.rulebook.typecheck import type_of

#: Wide enough for what is compared, narrow enough to be multiplied by hours and summed.
EXCESS_TYPE = "DECIMAL(30,12)"
SECONDS = "s"


@dataclass(frozen=True)
class Excess:
    """An excess as SQL, with its unit (``s`` where moments are compared)."""

    sql: str
    unit: str


def excess_in(rule: Rule, select: Select) -> Excess | None:
    """The excess of a rule's failed rows; None where it compares no numbers, or of several kinds.

    ``select`` must admit shown formulas.
    """
    units: set[str] = set()

    def of(node: Node) -> str | None:
        if isinstance(node, Compare):
            return _gap(rule, node, select, units)
        if isinstance(node, Choice):
            return of(node.then) or of(node.otherwise)
        if not isinstance(node, Logic):
            return None
        left, right = of(node.left), of(node.right)
        if left is None or right is None or node.operator == "or":
            return left or right
        held = select.formula(node.left)
        return f"CASE WHEN {held} IS NOT TRUE THEN {left} ELSE {right} END"

    text = of(rule.must)
    return Excess(text, units.pop()) if text is not None and len(units) == 1 else None


def excess_nodes(rule: Rule) -> Iterator[Node]:
    """Every formula that the excess of a rule needs beside those that decide it."""
    for name in ("observed", "required", "required_max"):
        if name in rule.shows:
            yield rule.shows[name]


def _gap(rule: Rule, compare: Compare, select: Select, units: set[str]) -> str | None:
    observed = rule.shows.get("observed", compare.left)
    required = rule.shows.get("required", compare.right)
    scope = select.scope().scope
    kinds = [type_of(node, scope) for node in (observed, required)]
    if {kind.sort for kind in kinds} == {"instant"}:
        units.add(SECONDS)
        return _missed(rule, select.formula(observed), select.formula(required), select)
    if {kind.sort for kind in kinds} != {"quantity"} or kinds[0].unit != kinds[1].unit:
        return None
    units.add(unit_word(observed, kinds[0].unit))
    difference = f"{select.formula(observed)} - {select.formula(required)}"
    if compare.operator in (">=", ">"):
        difference = f"-({difference})"
    elif compare.operator == "=":
        difference = f"abs({difference})"
    return f"TRY(CAST({difference} AS {EXCESS_TYPE}))"


def _missed(rule: Rule, observed: str, required: str, select: Select) -> str:
    """Seconds between two moments; of an event that never came, up to what was known."""
    came = f"coalesce({observed}, {select.elsewhere('submission.as_of')})"
    if "required_max" in rule.shows:
        most = select.formula(rule.shows["required_max"])
        required = f"CASE WHEN {came} > {most} THEN {most} ELSE {required} END"
    apart = f"abs(date_diff('microsecond', {required}, {came}))"
    return f"TRY(CAST(CAST({apart} AS DECIMAL(24,0)) * CAST('0.000001' AS DECIMAL(7,6)) " \
           f"AS {EXCESS_TYPE}))"
