"""Which conditions can never be unknown, so that their SQL needs no guard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from czca_rules.rulebook import syntax as s
from czca_rules.rulebook.syntax import Node
from czca_rules.rulebook.typecheck import Scope, type_of


@dataclass(frozen=True)
class SqlScope:
    """Types of the names in a formula and how SQL spells each, and its row's wrong-mark."""

    scope: Scope
    column: Callable[[str], str]
    wrong: Callable[[str], str]
    #: A column that every row has, if there is one: by it is told cheaply whether a row was met.
    witness: str = ""


def never_unknown(node: Node, names: SqlScope) -> bool:
    """Whether a condition is always true or false, as where it asks a cell only if it is given."""
    if not type_of(node, names.scope).nullable:
        return True
    if isinstance(node, s.Given):
        return isinstance(node.item, s.Name) and names.wrong(node.item.name) == "false"
    if isinstance(node, s.Not):
        return never_unknown(node.item, names)
    if isinstance(node, s.Logic) and never_unknown(node.left, names):
        last = node.left.right if (isinstance(node.left, s.Logic)
                                   and node.left.operator == node.operator) else node.left
        return never_unknown(node.right, names) or (
            isinstance(last, s.Given) and last.negated == (node.operator == "or")
            and _asks_only(node.right, last.item))
    return False


def _asks_only(node: Node, item: Node) -> bool:
    """Whether a condition is known as soon as one cell is given."""
    node = node.item if isinstance(node, s.Not) else node
    return (isinstance(node, s.Has) and isinstance(node.item, s.Name)
            and isinstance(node.word, s.Text)
            and isinstance(item, s.Name) and node.item.name == item.name)
