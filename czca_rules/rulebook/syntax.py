"""The nodes of the expression language, each with its place in the text.

``rulebook.parsing`` makes them; the grammar stands in ``grammar.lark``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

AGGREGATES = frozenset({"sum", "count", "highest", "lowest", "only", "any", "every"})
FUNCTIONS = frozenset({"min", "max", "abs", "first_given", "hour_start", "ratio"}) | AGGREGATES


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
class Has(Node):
    """Whether a list of words, separated by semicolons, names a word: a text or a column's."""

    item: Node
    word: Node


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
    if isinstance(node, Has):
        return (node.item, node.word)
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
