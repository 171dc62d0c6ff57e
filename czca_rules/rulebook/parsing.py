"""From the text of a formula to its nodes.

Texts are limited in length and depth, so that no file can make the parser work for long.
"""

from __future__ import annotations

import re
from decimal import Decimal, localcontext
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from czca_rules.errors import near_miss
from czca_rules.rulebook.syntax import (
    AGGREGATES,
    FUNCTIONS,
    Among,
    Arithmetic,
    Call,
    Choice,
    Compare,
    ExpressionError,
    Given,
    Has,
    Logic,
    Minus,
    Name,
    Node,
    Not,
    Number,
    Text,
    Truth,
    Unknown,
)

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

MAX_LENGTH = 2_000
MAX_DEPTH = 40
#: Most nodes below one another, so that nothing that walks the tree can run out of stack.
MAX_LEVELS = 100
#: More digits than any literal may have, so that `%` never rounds.
PRECISION = MAX_LENGTH


@cache
def _parser() -> Lark:
    from lark import Lark

    grammar = resources.files("czca_rules.rulebook").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=True, propagate_positions=True)


def parse(text: str) -> Node:
    """Read one formula.

    Raises ``ExpressionError`` with the character position and, for a word, the near miss.
    """
    from lark.exceptions import UnexpectedInput

    if len(text) > MAX_LENGTH:
        raise ExpressionError(MAX_LENGTH, f"a formula of {len(text)} characters",
                              f"at most {MAX_LENGTH}", "Name an intermediate column.")
    _refuse_depth(text)
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise _explained(text, error) from None
    _refuse_levels(tree)
    return _build(tree)


def _refuse_levels(tree: Tree[Any]) -> None:
    level: list[Any] = [tree]
    for _ in range(MAX_LEVELS):
        level = [child for item in level for child in getattr(item, "children", ())]
        if not level:
            return
    raise ExpressionError(1, f"a formula of more than {MAX_LEVELS} levels", "a shorter formula",
                          "Name an intermediate column.")


def _refuse_depth(text: str) -> None:
    depth = 0
    for position, character in enumerate(text, 1):
        depth += (character == "(") - (character == ")")
        if depth > MAX_DEPTH:
            raise ExpressionError(position, "parentheses nested too deep",
                                  f"at most {MAX_DEPTH} levels")
    if len(re.findall(r"\bnot\b|\bif\b|-", text)) > 4 * MAX_DEPTH:
        raise ExpressionError(1, "too many signs or negations", "a shorter formula")


def _explained(text: str, error: Any) -> ExpressionError:
    ended = getattr(getattr(error, "token", None), "type", "") == "$END"
    known = isinstance(error.pos_in_stream, int) and not ended
    position = error.pos_in_stream if known else len(text)
    rest = text[position:]
    column = position + 1
    if not rest.strip():
        return ExpressionError(len(text) or 1, "the end of the formula", "a value or operator")
    if rest[0] == "/":
        return ExpressionError(column, "a division", "no division", "Multiply the other side.")
    if re.match(r"<=|>=|!=|=|<|>", rest):
        return ExpressionError(column, f"a second comparison `{rest[:2].strip()}`",
                               "one comparison", "Join two comparisons with `and`.")
    called = re.match(r"([A-Za-z_]\w*)\s*\(", rest) or re.search(r"([A-Za-z_]\w*)\s*$",
                                                                  text[:position])
    if called and (rest[0] == "(" or rest.startswith(called.group(1))):
        word = called.group(1)
        return ExpressionError(column, f"`{word}(`", "a function of the language",
                               near_miss(word, FUNCTIONS))
    word = (re.match(r"\w+|.", rest) or [""])[0]
    return ExpressionError(column, f"`{word}`", "an operator, or a name in lower case")


def _build(item: Tree[Any] | Token) -> Node:
    from lark import Token

    assert not isinstance(item, Token)
    at = (item.meta.start_pos if not item.meta.empty else 0) + 1
    built: Node = _BUILDERS[str(item.data)](at, item.children)
    return built


def _number(at: int, parts: list[Any]) -> Node:
    value, unit = Decimal(str(parts[0])), str(parts[1]) if parts[1] else ""
    with localcontext() as context:
        context.prec = PRECISION
        return Number(at, value / 100 if unit == "%" else value, "" if unit == "%" else unit)


def _call(at: int, parts: list[Any]) -> Node:
    function, rest = str(parts[0]), parts[1:]
    where = _build(rest[-1]) if rest and rest[-1] is not None else None
    arguments = tuple(_build(part) for part in rest[:-1])
    if where is not None and function not in AGGREGATES:
        raise ExpressionError(at, f"`where` inside `{function}`", "it in aggregates only")
    return Call(at, function, arguments, where)


def _compare(at: int, parts: list[Any]) -> Node:
    tolerance = _build(parts[3]) if len(parts) > 3 else None
    return Compare(at, str(parts[1]), _build(parts[0]), _build(parts[2]), tolerance)


def _words(parts: list[Any]) -> tuple[str, ...]:
    return tuple(str(part)[1:-1] for part in parts)


_BUILDERS: dict[str, Any] = {
    "number": _number,
    "text": lambda at, p: Text(at, str(p[0])[1:-1]),
    "true": lambda at, p: Truth(at, True),
    "false": lambda at, p: Truth(at, False),
    "unknown": lambda at, p: Unknown(at),
    "name": lambda at, p: Name(at, ".".join(str(part) for part in p if part)),
    "minus": lambda at, p: Minus(at, _build(p[0])),
    "negation": lambda at, p: Not(at, _build(p[0])),
    "add": lambda at, p: Arithmetic(at, "+", _build(p[0]), _build(p[1])),
    "subtract": lambda at, p: Arithmetic(at, "-", _build(p[0]), _build(p[1])),
    "multiply": lambda at, p: Arithmetic(at, "*", _build(p[0]), _build(p[1])),
    "compare": _compare,
    "compare_within": _compare,
    "among": lambda at, p: Among(at, _build(p[0]), _words(p[1:])),
    "has": lambda at, p: Has(at, _build(p[0]), Text(at, str(p[1])[1:-1])),
    "has_named": lambda at, p: Has(at, _build(p[0]), _build(p[1])),
    "given": lambda at, p: Given(at, _build(p[0]), False),
    "not_given": lambda at, p: Given(at, _build(p[0]), True),
    "both": lambda at, p: Logic(at, "and", _build(p[0]), _build(p[1])),
    "either": lambda at, p: Logic(at, "or", _build(p[0]), _build(p[1])),
    "choice": lambda at, p: Choice(at, _build(p[0]), _build(p[1]), _build(p[2])),
    "call": _call,
    "call_bare": lambda at, p: Call(at, str(p[0]), ()),
    "call_where": lambda at, p: _call(at, [p[0], p[1]]),
}
