"""One reported row: what was found, against what, where it came from, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from czca_rules.check.codes import Code
from czca_rules.market_time.spans import spoken_duration, spoken_instant
from czca_rules.rulebook.evaluate import Row, evaluate
from czca_rules.rulebook.linting import PLACEHOLDER
from czca_rules.rulebook.ruleset import Rule
from czca_rules.rulebook.syntax import Choice, Compare, Logic, Node, names_in
from czca_rules.rulebook.units import UNITS, unit_symbol

Mask = Callable[[str], str]
MIRRORED = {"<=": "<=", "<": "<", ">=": ">=", ">": ">", "=": "=", "!=": "!="}


@dataclass(frozen=True)
class ParameterUsed:
    """A number of law that took part, as it stood on the row's day."""

    name: str
    value: str
    unit: str
    since: date | None
    cite: str


@dataclass(frozen=True)
class Finding:
    """A judged row or group that did not simply pass.

    ``key`` and the numbers are text as the report states them; ``sources`` are (file, line).
    ``missing`` says what keeps a row from being judged.
    """

    rule: str
    code: Code
    key: Mapping[str, str]
    sources: tuple[tuple[str, int | None], ...]
    observed: str | None
    relation: str | None
    required: str | None
    required_max: str | None
    tolerance: str | None
    unit: str | None
    parameters: tuple[ParameterUsed, ...]
    reading: Mapping[str, str]
    exemption: str | None
    message: str
    fix: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class NumberPair:
    """What a rule compared in a row: both sides, how, and the tolerance."""

    observed: Any
    relation: str | None
    required: Any
    tolerance: Any
    node: Node | None
    required_max: Any = None


def text_of(value: Any) -> str | None:
    """A value as the report writes it: plain decimals, UTC instants, ``true`` and ``false``.

    >>> text_of(Decimal("160.000"))
    '160'
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return "0" if plain in ("-0", "") else plain
    if isinstance(value, datetime):
        return value.isoformat(timespec="auto") + "Z"
    return str(value)


def deciding(node: Node, row: Row) -> Compare | None:
    """The comparison that a row's outcome rests on: the first that does not hold."""
    if isinstance(node, Compare):
        return node
    if isinstance(node, Choice):
        return deciding(node.then, row) or deciding(node.otherwise, row)
    if isinstance(node, Logic):
        parts = (node.left, node.right)
        if node.operator == "and":
            parts = tuple(part for part in parts if evaluate(part, row) is not True) or parts  # type: ignore[assignment]
        return next((found for part in parts if (found := deciding(part, row))), None)
    return None


def number_pair(rule: Rule, row: Row) -> NumberPair:
    """Both numbers of a row, as the rule shows them or as its formula compares them."""
    compare = deciding(rule.must, row)
    observed = compare.left if compare else None
    required = compare.right if compare else None
    observed, required = rule.shows.get("observed", observed), rule.shows.get("required", required)
    margin = evaluate(rule.shows.get("tolerance", compare.tolerance), row) \
        if compare and compare.tolerance else None
    least, most = (evaluate(node, row) if node else None
                   for node in (required, rule.shows.get("required_max")))
    return NumberPair(
        evaluate(observed, row) if observed else None, compare.operator if compare else None,
        least, margin, observed, None if most == least else most)


def missed_by(pair: NumberPair, as_of: datetime) -> timedelta | None:
    """By how much a moment misses what is required; one that never came, up to ``as_of``."""
    if not isinstance(pair.required, datetime):
        return None
    observed: datetime = pair.observed or as_of
    required: datetime = pair.required
    if pair.required_max is not None and observed > pair.required_max:
        required = pair.required_max
    return abs(observed - required)


def excess_of(pair: NumberPair) -> Decimal | None:
    """By how much a row misses what is required."""
    if not isinstance(pair.observed, Decimal) or not isinstance(pair.required, Decimal):
        return None
    gap = pair.observed - pair.required
    return -gap if pair.relation in (">=", ">") else abs(gap) if pair.relation == "=" else gap


def unit_word(node: Node, unit: tuple[int, int, int]) -> str:
    """A unit as a report says it: a price of capacity has the dimension of one of energy."""
    if unit == UNITS["EUR/MWh"] and not any("eur_mwh" in name for name in names_in(node)):
        return "EUR/MW/h"
    return unit_symbol(unit)


def spoken(value: Any) -> str | None:
    """A value as a message says it: moments by the market's clock, spans of time in words."""
    if isinstance(value, datetime):
        return spoken_instant(value)
    return spoken_duration(value) if isinstance(value, timedelta) else text_of(value)


def filled(template: str, values: Callable[[str], Any]) -> str:
    """A message with its names replaced by values; nothing but names is ever replaced."""
    def replaced(match: Any) -> str:
        text = spoken(values(match.group(1)))
        return "unknown" if text is None else text

    return PLACEHOLDER.sub(replaced, template)
