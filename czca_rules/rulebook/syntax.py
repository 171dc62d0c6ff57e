"""The expression language: from text to a small tree of nodes, each with its place.

The grammar stands in ``grammar.lark``. Texts are limited in length and depth, so that no file
can make the parser work for long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from czca_rules.errors import near_miss

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

MAX_LENGTH = 2_000
MAX_DEPTH = 40
#: Most nodes below one another, so that nothing that walks the tree can run out of stack.
MAX_LEVELS = 100
#: More digits than any literal may have, so that `%` never rounds.
PRECISION = MAX_LENGTH

AGGREGATES = frozenset({"sum", "count", "highest", "lowest", "only", "any", "every"})
FUNCTIONS = frozenset({"min", "max", "abs", "first_given", "ratio"}) | AGGREGATES


class ExpressionError(Exception):
    """A formula that cannot be read; ``column`` counts characters from 1."""

    def __init__(self, column: int, found: str, expected: str, fix: str = "") -> None:
        super().__init__(f"{found}; expected {expected}. {fix}".rstrip())
        self.column, self.found, self.expected, self.fix = column, found, expected, fix


@dataclass(frozen=True)
class Node:
    """One node of a formula; ``at`` is its character position from 1."""

    at: int


@dataclass(frozen=True)
class Number(Node):
    """A literal quantity such as ``0 MW`` or ``10 %`` (already divided by 100)."""

    value: Decimal
    unit: str


@dataclass(frozen=True)
class Text(Node):
    """A literal word in single quotes."""

    value: str


@dataclass(frozen=True)
class Truth(Node):
    """``true`` or ``false``."""

    value: bool


@dataclass(frozen=True)
class Unknown(Node):
    """A value that is not known, as one branch of a choice."""


@dataclass(frozen=True)
class Name(Node):
    """A column, a parameter, or ``alias.column``."""

    name: str


@dataclass(frozen=True)
class Minus(Node):
    """The negative of a quantity."""

    item: Node


@dataclass(frozen=True)
class Not(Node):
    """True for false, false for true, unknown for unknown."""

    item: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """``+``, ``-`` or ``*`` of two quantities, or an instant shifted by hours."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Compare(Node):
    """A comparison, with the tolerance within which it also holds."""

    operator: str
    left: Node
    right: Node
    tolerance: Node | None = None


@dataclass(frozen=True)
class Among(Node):
    """Whether a word is one of a list."""

    item: Node
    words: tuple[str, ...]


@dataclass(frozen=True)
class Given(Node):
    """Whether a value was handed in; unknown where its row is wrong."""

    item: Node
    negated: bool


@dataclass(frozen=True)
class Logic(Node):
    """``and`` or ``or`` of Kleene's three-valued logic."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Choice(Node):
    """``if … then … else …``; unknown where the condition is unknown."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True)
class Call(Node):
    """A function of the closed list; ``where`` restricts the rows of an aggregate."""

    function: str
    arguments: tuple[Node, ...]
    where: Node | None = None


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below one, left to right."""
    if isinstance(node, Minus | Not | Among | Given):
        return (node.item,)
    if isinstance(node, Arithmetic | Logic):
        return (node.left, node.right)
    if isinstance(node, Compare):
        return (node.left, node.right) + ((node.tolerance,) if node.tolerance else ())
    if isinstance(node, Choice):
        return (node.condition, node.then, node.otherwise)
    if isinstance(node, Call):
        return node.arguments + ((node.where,) if node.where else ())
    return ()


def names_in(node: Node) -> frozenset[str]:
    """Every name that a formula uses."""
    own = frozenset({node.name}) if isinstance(node, Name) else frozenset[str]()
    return own.union(*(names_in(child) for child in children(node)))


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
    "given": lambda at, p: Given(at, _build(p[0]), False),
    "not_given": lambda at, p: Given(at, _build(p[0]), True),
    "both": lambda at, p: Logic(at, "and", _build(p[0]), _build(p[1])),
    "either": lambda at, p: Logic(at, "or", _build(p[0]), _build(p[1])),
    "choice": lambda at, p: Choice(at, _build(p[0]), _build(p[1]), _build(p[2])),
    "call": _call,
    "call_bare": lambda at, p: Call(at, str(p[0]), ()),
    "call_where": lambda at, p: _call(at, [p[0], p[1]]),
}
