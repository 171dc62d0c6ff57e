"""What a formula yields, and why one that mixes units or sorts is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from czca_rules.errors import near_miss
from czca_rules.rulebook import syntax as s
from czca_rules.rulebook.syntax import ExpressionError, Node
from czca_rules.rulebook.units import (
    COUNT,
    MAX_DIGITS,
    SUM_DIGITS,
    TRUTH,
    UNITS,
    Type,
    joined,
    literal_type,
    product,
    summed,
)

Resolve = Callable[[str], Type | None]


@dataclass(frozen=True)
class Scope:
    """The names that a formula may use, whether it may gather rows or show a ratio, and how much
    stands behind a name."""

    resolve: Resolve
    names: Callable[[], Iterable[str]]
    aggregates: bool = False
    ratio: bool = False
    weight: Callable[[str], int] = lambda name: 1


def type_of(node: Node, scope: Scope) -> Type:
    """The type of a formula in a scope.

    Raises ``ExpressionError`` at the first node that is not well typed.
    """
    return _RULES[type(node)](node, scope)


def require(node: Node, scope: Scope, sort: str) -> Type:
    """The type of a formula that must be of one sort, such as ``truth``."""
    found = type_of(node, scope)
    if found.sort != sort:
        expected = {"truth": "a condition", "quantity": "a quantity", "text": "a word",
                    "instant": "an instant"}
        raise ExpressionError(node.at, f"{found}", expected.get(sort, sort))
    return found


def _name(node: s.Name, scope: Scope) -> Type:
    found = scope.resolve(node.name)
    if found is None:
        raise ExpressionError(node.at, f"the name `{node.name}`", "a column, parameter or fact",
                              near_miss(node.name, scope.names()))
    return found


def _fits(node: Node, found: Type) -> Type:
    if found.digits > MAX_DIGITS:
        raise ExpressionError(node.at, f"a result of up to {found.digits} digits",
                              f"at most {MAX_DIGITS}", "Multiply fewer quantities.")
    return found


def _arithmetic(node: s.Arithmetic, scope: Scope) -> Type:
    left, right = type_of(node.left, scope), type_of(node.right, scope)
    if left.sort == "instant" and node.operator in "+-" and right.unit == UNITS["h"]:
        return replace(left, nullable=left.nullable or right.nullable)
    for item, found in ((node.left, left), (node.right, right)):
        if found.sort != "quantity":
            raise ExpressionError(item.at, f"{found} in `{node.operator}`", "a quantity")
    if node.operator == "*":
        return _fits(node, product(left, right))
    _same_unit(node.right, left, right, node.operator)
    return _fits(node, summed(left, right))


def _same_unit(node: Node, left: Type, right: Type, operator: str) -> None:
    if left.sort != right.sort:
        raise ExpressionError(node.at, f"{right} beside {left} in `{operator}`", f"{left}")
    if left.sort == "quantity" and left.unit != right.unit:
        raise ExpressionError(node.at, f"{right} beside {left} in `{operator}`", f"{left}",
                              "Multiply by what is missing, or give the literal its unit.")


def _compare(node: s.Compare, scope: Scope) -> Type:
    left, right = type_of(node.left, scope), type_of(node.right, scope)
    _same_unit(node.right, left, right, node.operator)
    if left.sort in ("text", "truth") and node.operator not in ("=", "!="):
        raise ExpressionError(node.at, f"`{node.operator}` of {left}", "`=` or `!=`")
    nullable = left.nullable or right.nullable
    if left.sort == "quantity":
        _fits(node, joined(left, right))
    if node.tolerance is not None:
        margin = type_of(node.tolerance, scope)
        _same_unit(node.tolerance, left, margin, "within")
        if left.sort != "quantity" or node.operator == "!=":
            raise ExpressionError(node.at, "a tolerance there", "it beside a quantity")
        _fits(node, summed(joined(left, right), margin))
        nullable = nullable or margin.nullable
    return replace(TRUTH, nullable=nullable)


def _logic(node: s.Logic, scope: Scope) -> Type:
    sides = [require(side, scope, "truth") for side in (node.left, node.right)]
    return replace(TRUTH, nullable=any(side.nullable for side in sides))


def _choice(node: s.Choice, scope: Scope) -> Type:
    condition = require(node.condition, scope, "truth")
    if isinstance(node.then, s.Unknown) or isinstance(node.otherwise, s.Unknown):
        known = node.otherwise if isinstance(node.then, s.Unknown) else node.then
        return replace(type_of(known, scope), nullable=True)
    then, otherwise = type_of(node.then, scope), type_of(node.otherwise, scope)
    _same_unit(node.otherwise, then, otherwise, "else")
    both = _fits(node, joined(then, otherwise))
    return replace(both, nullable=both.nullable or condition.nullable)


def _call(node: s.Call, scope: Scope) -> Type:
    arity = {"count": (0,), "abs": (1,), "hour_start": (1,), "ratio": (2,), "min": (2, 3, 4),
             "max": (2, 3, 4), "first_given": (2, 3, 4)}.get(node.function, (1,))
    if len(node.arguments) not in arity:
        raise ExpressionError(node.at, f"`{node.function}` of {len(node.arguments)} values",
                              f"{' or '.join(map(str, arity))}")
    if node.function in s.AGGREGATES:
        return _aggregate(node, scope)
    if node.function == "hour_start":
        return require(node.arguments[0], scope, "instant")
    types = [type_of(argument, scope) for argument in node.arguments]
    if node.function == "ratio":
        if not scope.ratio:
            raise ExpressionError(node.at, "`ratio`", "it in `shows` only",
                                  "Multiply out what is judged.")
        e, m, h = (a - b for a, b in zip(types[0].unit, types[1].unit, strict=True))
        return Type("quantity", (e, m, h), MAX_DIGITS, 3)
    for argument, found in zip(node.arguments, types, strict=True):
        _same_unit(argument, types[0], found, node.function)
    if node.function in ("min", "max", "abs") and types[0].sort not in ("quantity", "instant"):
        raise ExpressionError(node.at, f"`{node.function}` of {types[0]}", "a quantity")
    result = types[0]
    for found in types[1:]:
        result = _fits(node, joined(result, found))
    return result


def _aggregate(node: s.Call, scope: Scope) -> Type:
    if not scope.aggregates:
        raise ExpressionError(node.at, f"`{node.function}` outside a derivation",
                              "aggregates in derived.yaml only")
    inner = replace(scope, aggregates=False)
    if node.where is not None:
        require(node.where, inner, "truth")
    if node.function == "count":
        return COUNT
    if node.function in ("any", "every"):
        return require(node.arguments[0], inner, "truth")
    found = type_of(node.arguments[0], inner)
    if node.function == "sum":
        if found.sort != "quantity":
            raise ExpressionError(node.at, f"a sum of {found}", "a quantity")
        return _fits(node, replace(found, digits=found.digits + SUM_DIGITS))
    if found.sort not in ("quantity", "instant", "date", "text"):
        raise ExpressionError(node.at, f"`{node.function}` of {found}", "a quantity or instant")
    return replace(found, nullable=True)


def _given(node: s.Given, scope: Scope) -> Type:
    if not isinstance(node.item, s.Name):
        raise ExpressionError(node.at, "`is given` of a formula", "it of one column")
    type_of(node.item, scope)
    return TRUTH


def _unknown(node: s.Unknown, scope: Scope) -> Type:
    raise ExpressionError(node.at, "`unknown` by itself", "it after `then` or `else` only")


def _among(node: s.Among, scope: Scope) -> Type:
    return replace(TRUTH, nullable=require(node.item, scope, "text").nullable)


def _has(node: s.Has, scope: Scope) -> Type:
    parts = [require(part, scope, "text") for part in (node.item, node.word)]
    return replace(TRUTH, nullable=any(part.nullable for part in parts))


_RULES: dict[type[Node], Callable[..., Type]] = {
    s.Number: lambda node, scope: _fits(node, literal_type(node.value, node.unit)),
    s.Text: lambda node, scope: Type("text", nullable=False),
    s.Truth: lambda node, scope: replace(TRUTH, nullable=False),
    s.Unknown: _unknown,
    s.Name: _name,
    s.Minus: lambda node, scope: require(node.item, scope, "quantity"),
    s.Not: lambda node, scope: require(node.item, scope, "truth"),
    s.Arithmetic: _arithmetic,
    s.Compare: _compare,
    s.Among: _among,
    s.Has: _has,
    s.Given: _given,
    s.Logic: _logic,
    s.Choice: _choice,
    s.Call: _call,
}
