"""Formulas in plain Python over decimals: the oracle of the SQL, and what fills messages.

A row maps names to values; ``None`` is unknown. A row whose mark ``_bad`` (or ``alias._bad``) is
true was handed in wrong, so that "given" is unknown there.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from czca_rules.rulebook import syntax as s
from czca_rules.rulebook.syntax import Node

Row = Mapping[str, Any]

#: More digits than any formula can need, so Python never rounds a result.
PRECISION = 80
RATIO_SCALE = Decimal("0.001")

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, "=": operator.eq, "!=": operator.ne,
    ">=": operator.ge, ">": operator.gt,
}


def evaluate(node: Node, row: Row) -> Any:
    """The value of a formula for one row; ``None`` where it is unknown."""
    with localcontext() as context:
        context.prec = PRECISION
        return _value(node, row)


def evaluate_group(node: Node, rows: Sequence[Row]) -> Any:
    """The value of an aggregate over the rows of one group."""
    with localcontext() as context:
        context.prec = PRECISION
        assert isinstance(node, s.Call)
        return _AGGREGATES[node.function](node, rows)


def kleene_and(left: bool | None, right: bool | None) -> bool | None:
    """And of three-valued logic: false wins over unknown."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def kleene_or(left: bool | None, right: bool | None) -> bool | None:
    """Or of three-valued logic: true wins over unknown."""
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def wrong(name: str, row: Row) -> bool:
    """Whether the row that a name comes from was handed in wrong."""
    alias = name.rpartition(".")[0]
    # parameters and facts of the submission come from no row
    return name in row and bool(row.get(f"{alias}._bad" if alias else "_bad", False))


def _value(node: Node, row: Row) -> Any:
    return _EVALUATIONS[type(node)](node, row)


def _arithmetic(node: s.Arithmetic, row: Row) -> Any:
    left, right = _value(node.left, row), _value(node.right, row)
    if left is None or right is None:
        return None
    if not isinstance(left, Decimal):
        shift = timedelta(microseconds=int((right * 3_600_000_000).to_integral(ROUND_HALF_UP)))
        return left + shift if node.operator == "+" else left - shift
    return {"+": operator.add, "-": operator.sub, "*": operator.mul}[node.operator](left, right)


def _compare(node: s.Compare, row: Row) -> bool | None:
    left, right = _value(node.left, row), _value(node.right, row)
    margin = _value(node.tolerance, row) if node.tolerance is not None else None
    if left is None or right is None or (node.tolerance is not None and margin is None):
        return None
    if margin is None:
        return _COMPARISONS[node.operator](left, right)
    if node.operator == "=":
        return bool(left <= right + margin and right <= left + margin)
    if node.operator in ("<", "<="):
        return _COMPARISONS[node.operator](left, right + margin)
    return _COMPARISONS[node.operator](left + margin, right)


def _logic(node: s.Logic, row: Row) -> bool | None:
    both = kleene_and if node.operator == "and" else kleene_or
    return both(_value(node.left, row), _value(node.right, row))


def _not(node: s.Not, row: Row) -> bool | None:
    value = _value(node.item, row)
    return None if value is None else not value


def _minus(node: s.Minus, row: Row) -> Any:
    value = _value(node.item, row)
    return None if value is None else -value


def _among(node: s.Among, row: Row) -> bool | None:
    value = _value(node.item, row)
    return None if value is None else value in node.words


def _has(node: s.Has, row: Row) -> bool | None:
    value, word = _value(node.item, row), _value(node.word, row)
    if value is None or word is None:
        return None
    return f";{word.replace(' ', '')};" in f";{value.replace(' ', '')};"


def _given(node: s.Given, row: Row) -> bool | None:
    assert isinstance(node.item, s.Name)
    if wrong(node.item.name, row):
        return None
    return (_value(node.item, row) is None) == node.negated


def _choice(node: s.Choice, row: Row) -> Any:
    condition = _value(node.condition, row)
    if condition is None:
        return None
    return _value(node.then if condition else node.otherwise, row)


def _call(node: s.Call, row: Row) -> Any:
    values = [_value(argument, row) for argument in node.arguments]
    if node.function == "first_given":
        if any(wrong(name, row) for argument in node.arguments for name in s.names_in(argument)):
            return None
        return next((value for value in values if value is not None), None)
    if any(value is None for value in values):
        return None
    if node.function == "hour_start":
        return values[0].replace(minute=0, second=0, microsecond=0)
    if node.function == "ratio":
        return None if values[1] == 0 else (values[0] / values[1]).quantize(
            RATIO_SCALE, rounding=ROUND_FLOOR)
    return abs(values[0]) if node.function == "abs" else (
        min(values) if node.function == "min" else max(values))


def _members(node: s.Call, rows: Sequence[Row]) -> Sequence[Row] | None:
    """The rows that an aggregate gathers; ``None`` where some row's membership is unknown."""
    if node.where is None:
        return rows
    tests = [_value(node.where, row) for row in rows]
    if any(test is None for test in tests):
        return None
    return [row for row, test in zip(rows, tests, strict=True) if test]


def _gathered(node: s.Call, rows: Sequence[Row], gather: Callable[[list[Any]], Any]) -> Any:
    members = _members(node, rows)
    if members is None:
        return None
    values = [_value(node.arguments[0], row) for row in members]
    return None if any(value is None for value in values) else gather(values)


def _count(node: s.Call, rows: Sequence[Row]) -> Any:
    members = _members(node, rows)
    if members is None or any(row.get("_bad", False) for row in rows):
        return None
    return Decimal(len(members))


def _any(node: s.Call, rows: Sequence[Row]) -> bool | None:
    result: bool | None = False
    for row in rows:
        holds = _value(node.arguments[0], row)
        if node.where is not None:
            holds = kleene_and(holds, _value(node.where, row))
        result = kleene_or(result, holds)
    return result


def _every(node: s.Call, rows: Sequence[Row]) -> bool | None:
    result: bool | None = True
    for row in rows:
        holds = _value(node.arguments[0], row)
        if node.where is not None:
            outside = _value(node.where, row)
            holds = kleene_or(holds, None if outside is None else not outside)
        result = kleene_and(result, holds)
    return result


_AGGREGATES: dict[str, Callable[[s.Call, Sequence[Row]], Any]] = {
    "sum": lambda node, rows: _gathered(node, rows, lambda v: sum(v, Decimal(0))),
    "highest": lambda node, rows: _gathered(node, rows, lambda v: max(v) if v else None),
    "lowest": lambda node, rows: _gathered(node, rows, lambda v: min(v) if v else None),
    "only": lambda node, rows: _gathered(
        node, rows, lambda v: v[0] if v and all(item == v[0] for item in v) else None),
    "count": _count, "any": _any, "every": _every,
}

_EVALUATIONS: dict[type[Node], Callable[..., Any]] = {
    s.Number: lambda node, row: node.value,
    s.Text: lambda node, row: node.value,
    s.Truth: lambda node, row: node.value,
    s.Unknown: lambda node, row: None,
    s.Name: lambda node, row: row[node.name],
    s.Minus: _minus,
    s.Not: _not,
    s.Arithmetic: _arithmetic,
    s.Compare: _compare,
    s.Among: _among,
    s.Has: _has,
    s.Given: _given,
    s.Logic: _logic,
    s.Choice: _choice,
    s.Call: _call,
}
