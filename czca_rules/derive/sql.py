"""Formulas as DuckDB SQL, exact in decimals and honest about unknowns.

Each operator that DuckDB treats loosely has its own lowering here: `greatest` and `least` skip
unknowns, `sum` skips unknowns and widens, empty groups have no sum. ``rulebook.evaluate`` is the
second, independent meaning of the same nodes; tests compare the two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from czca_rules.derive.certainty import SqlScope, never_unknown
from czca_rules.rulebook import syntax as s
from czca_rules.rulebook.syntax import Node
from czca_rules.rulebook.typecheck import Scope, type_of
from czca_rules.rulebook.units import Type

#: Digits of a decimal that DuckDB keeps in 64 bits.
INT64_DIGITS = 18


def sql(node: Node, names: SqlScope) -> str:
    """A formula as a SQL expression of exactly the type that ``type_of`` states."""
    return _LOWERINGS[type(node)](node, names)


def literal(value: object, kind: Type) -> str:
    """A constant as SQL, typed; ``None`` is a typed unknown."""
    if value is None:
        return f"CAST(NULL AS {kind.sql})"
    if kind.sort == "quantity":
        assert isinstance(value, Decimal)
        return f"CAST('{value:f}' AS {kind.sql})"
    if kind.sort == "truth":
        return "true" if value else "false"
    text = str(value).replace("'", "''")
    return f"'{text}'" if kind.sort == "text" else f"CAST('{text}' AS {kind.sql})"


def _nullable(node: Node, names: SqlScope) -> bool:
    return type_of(node, names.scope).nullable


def _number(node: s.Number, names: SqlScope) -> str:
    return literal(node.value, type_of(node, names.scope))


def _arithmetic(node: s.Arithmetic, names: SqlScope) -> str:
    left, right = sql(node.left, names), sql(node.right, names)
    if type_of(node.left, names.scope).sort == "instant":
        shift = f"to_microseconds(CAST({right} * 3600000000 AS BIGINT))"
        return f"({left} {node.operator} {shift})"
    if node.operator == "*":
        return _product(node, left, right, names)
    return f"({left} {node.operator} {right})"


def _product(node: s.Arithmetic, left: str, right: str, names: SqlScope) -> str:
    """A product that is exact beyond 18 digits too.

    DuckDB multiplies decimals of up to 18 digits in 18 digits and fails where that overflows, so
    one factor is widened; and it drops decimals where a type that is too wide meets another, so
    the product gets the width that it has.
    """
    kind = type_of(node, names.scope)
    if kind.digits <= INT64_DIGITS:
        return f"({left} * {right})"
    factor = type_of(node.left, names.scope)
    wide = f"DECIMAL({max(INT64_DIGITS + 1, factor.digits)},{factor.scale})"
    return f"CAST(CAST({left} AS {wide}) * {right} AS {kind.sql})"


def _compare(node: s.Compare, names: SqlScope) -> str:
    left, right = sql(node.left, names), sql(node.right, names)
    if node.tolerance is None:
        operator = "<>" if node.operator == "!=" else node.operator
        return f"({left} {operator} {right})"
    margin = sql(node.tolerance, names)
    if node.operator == "=":
        return f"({left} <= {right} + {margin} AND {right} <= {left} + {margin})"
    if node.operator in ("<", "<="):
        return f"({left} {node.operator} {right} + {margin})"
    return f"({left} + {margin} {node.operator} {right})"


def _given(node: s.Given, names: SqlScope) -> str:
    assert isinstance(node.item, s.Name)
    wrong, value = names.wrong(node.item.name), names.column(node.item.name)
    test = f"{value} IS {'' if node.negated else 'NOT '}NULL"
    return f"({test})" if wrong == "false" else f"(CASE WHEN NOT {wrong} THEN {test} END)"


def _has(node: s.Has, names: SqlScope) -> str:
    listed = f"(';' || replace({sql(node.item, names)}, ' ', '') || ';')"
    if isinstance(node.word, s.Text):
        word = literal(f";{node.word.value.replace(' ', '')};", Type("text"))
    else:
        word = f"(';' || replace({sql(node.word, names)}, ' ', '') || ';')"
    return f"contains({listed}, {word})"


def _choice(node: s.Choice, names: SqlScope) -> str:
    condition = sql(node.condition, names)
    then, otherwise = sql(node.then, names), sql(node.otherwise, names)
    return (f"(CASE WHEN {condition} THEN {then} "
            f"WHEN NOT {condition} THEN {otherwise} END)")


def _call(node: s.Call, names: SqlScope) -> str:
    if node.function in s.AGGREGATES:
        return _AGGREGATES[node.function](node, names)
    parts = [sql(argument, names) for argument in node.arguments]
    if node.function == "abs":
        return f"abs({parts[0]})"
    if node.function == "hour_start":
        return f"date_trunc('hour', {parts[0]})"
    if node.function == "first_given":
        return _first_given(node, names, parts)
    if node.function == "ratio":
        return _ratio(parts, [type_of(item, names.scope) for item in node.arguments])
    function = {"min": "least", "max": "greatest"}[node.function]
    value = f"{function}({', '.join(parts)})"
    unknown = [part for part, argument in zip(parts, node.arguments, strict=True)
               if _nullable(argument, names)]
    if not unknown:
        return value
    return f"(CASE WHEN {' AND '.join(f'{part} IS NOT NULL' for part in unknown)} THEN {value} END)"


def _ratio(parts: Sequence[str], kinds: Sequence[Type]) -> str:
    """A ratio rounded down to three decimals, in whole numbers: `/` would be a binary double.

    Unknown where it would take more digits than the engine has; only reports show ratios.
    """
    texts = (f"CAST(CAST({part} AS {kind.sql}) AS VARCHAR)"
             for part, kind in zip(parts, kinds, strict=True))
    upper, lower = (f"CAST(replace({text}, '.', '') AS HUGEINT) * {10 ** more}" for text, more in
                    zip(texts, (kinds[1].scale + 3, kinds[0].scale), strict=True))
    down = f"CASE WHEN ({upper}) % nullif({lower}, 0) <> 0 AND ({upper} < 0) <> ({lower} < 0) " \
           "THEN 1 ELSE 0 END"
    whole = f"({upper}) // nullif({lower}, 0) - {down}"
    return f"TRY(CAST({whole} AS DECIMAL(35,0)) * CAST('0.001' AS DECIMAL(3,3)))"


def _first_given(node: s.Call, names: SqlScope, parts: list[str]) -> str:
    wrong = sorted({names.wrong(name) for argument in node.arguments
                    for name in s.names_in(argument)} - {"false"})
    value = f"coalesce({', '.join(parts)})"
    return f"(CASE WHEN NOT ({' OR '.join(wrong)}) THEN {value} END)" if wrong else value


def _restriction(node: s.Call, names: SqlScope) -> tuple[str, str]:
    """The FILTER clause of an aggregate, and the test that no row's membership is unknown."""
    if node.where is None:
        return "", ""
    where = sql(node.where, names)
    unknown = f"count(*) FILTER (WHERE {where} IS NULL) = 0" if _nullable(node.where, names) else ""
    return f" FILTER (WHERE {where})", unknown


def _guarded(value: str, tests: list[str]) -> str:
    tests = [test for test in tests if test]
    return f"(CASE WHEN {' AND '.join(tests)} THEN {value} END)" if tests else value


def _all_known(node: s.Call, names: SqlScope, item: str, restriction: str) -> str:
    if not _nullable(node.arguments[0], names):
        return ""
    return f"count(*){restriction} = count({item}){restriction}"


def _sum(node: s.Call, names: SqlScope) -> str:
    item = sql(node.arguments[0], names)
    restriction, known = _restriction(node, names)
    kind = type_of(node, Scope(names.scope.resolve, names.scope.names, aggregates=True))
    value = f"CAST(coalesce(sum({item}){restriction}, 0) AS {kind.sql})"
    return _guarded(value, [_all_known(node, names, item, restriction), known])


def _extreme(node: s.Call, names: SqlScope) -> str:
    item = sql(node.arguments[0], names)
    function = "max" if node.function == "highest" else "min"
    if node.where is None:
        return _guarded(f"{function}({item})", [_all_known(node, names, item, "")])
    value = f"{function}({_picked(node.where, item, names)})"
    if not _nullable(node.arguments[0], names) and never_unknown(node.where, names):
        return value
    return (f"(CASE WHEN NOT coalesce(bool_or({_doubt(node.where, item, names)}), false) "
            f"THEN {value} END)")


def _picked(where: Node, item: str, names: SqlScope) -> str:
    """An item where a condition holds, its parts one in the other: the first saves the rest."""
    if isinstance(where, s.Logic) and where.operator == "and":
        return _picked(where.left, _picked(where.right, item, names), names)
    return f"CASE WHEN {sql(where, names)} THEN {item} END"


def _doubt(where: Node, item: str, names: SqlScope) -> str:
    """Whether a row may be among those meant without its item being known."""
    if isinstance(where, s.Logic) and where.operator == "and" and never_unknown(where.left, names):
        return f"CASE WHEN {sql(where.left, names)} THEN {_doubt(where.right, item, names)} END"
    test = sql(where, names)
    otherwise = "" if never_unknown(where, names) else f" ELSE {test} IS NULL"
    return f"CASE WHEN {test} THEN {item} IS NULL{otherwise} END"


def _in_turn(node: Node, names: SqlScope) -> str:
    """A condition whose first parts save the rest, where they are never unknown."""
    if isinstance(node, s.Logic) and node.operator == "and" and never_unknown(node.left, names):
        last = _in_turn(node.right, names)
        return f"CASE WHEN {sql(node.left, names)} THEN {last} ELSE false END"
    return sql(node, names)


def _only(node: s.Call, names: SqlScope) -> str:
    item = sql(node.arguments[0], names)
    restriction, known = _restriction(node, names)
    single = f"min({item}){restriction} = max({item}){restriction}"
    return _guarded(f"min({item}){restriction}",
                    [_all_known(node, names, item, restriction), known, single])


def _count(node: s.Call, names: SqlScope) -> str:
    restriction, known = _restriction(node, names)
    wrong = names.wrong("")
    sound = "" if wrong == "false" else f"NOT bool_or({wrong})"
    return _guarded(f"CAST(count(*){restriction} AS DECIMAL(12,0))", [sound, known])


def _any(node: s.Call, names: SqlScope) -> str:
    item = sql(node.arguments[0], names)
    if node.where is not None:
        item = f"({item} AND {sql(node.where, names)})"
    elif names.witness and never_unknown(node.arguments[0], names):
        return f"(min({_picked(node.arguments[0], names.witness, names)}) IS NOT NULL)"
    else:
        item = _in_turn(node.arguments[0], names)
    return (f"(CASE WHEN coalesce(bool_or({item}), false) THEN true "
            f"WHEN count(*) = count({item}) THEN false END)")


def _every(node: s.Call, names: SqlScope) -> str:
    item = sql(node.arguments[0], names)
    if node.where is not None:
        item = f"(NOT {sql(node.where, names)} OR {item})"
    return (f"(CASE WHEN NOT coalesce(bool_and({item}), true) THEN false "
            f"WHEN count(*) = count({item}) THEN true END)")


_AGGREGATES: dict[str, Callable[[s.Call, SqlScope], str]] = {
    "sum": _sum, "count": _count, "highest": _extreme, "lowest": _extreme, "only": _only,
    "any": _any,
    "every": _every,
}

_LOWERINGS: dict[type[Node], Callable[..., str]] = {
    s.Number: _number,
    s.Text: lambda node, names: literal(node.value, Type("text")),
    s.Unknown: lambda node, names: "NULL",
    s.Truth: lambda node, names: "true" if node.value else "false",
    s.Name: lambda node, names: names.column(node.name),
    s.Minus: lambda node, names: f"(-{sql(node.item, names)})",
    s.Not: lambda node, names: f"(NOT {sql(node.item, names)})",
    s.Arithmetic: _arithmetic,
    s.Compare: _compare,
    s.Among: lambda node, names: "({} IN ({}))".format(
        sql(node.item, names), ", ".join(literal(word, Type("text")) for word in node.words)),
    s.Has: _has,
    s.Given: _given,
    s.Logic: lambda node, names: f"({sql(node.left, names)} {node.operator.upper()} "
                                 f"{sql(node.right, names)})",
    s.Choice: _choice,
    s.Call: _call,
}
