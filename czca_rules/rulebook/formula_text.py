"""From a formula's nodes back to text that reads, and parses, as the same formula."""

from __future__ import annotations

from collections.abc import Callable

from czca_rules.rulebook import syntax as s
from czca_rules.rulebook.syntax import Node

#: How tightly a node binds; a part that binds less than its place asks for is put in brackets.
_OR, _AND, _NOT, _COMPARISON, _TOTAL, _PRODUCT, _SIGNED, _ATOM = range(8)


def written(node: Node) -> str:
    """A formula as text.

    >>> from czca_rules.rulebook.parsing import parse
    >>> written(parse("(a + b)*2 MW<=if c then d else 10 % * e and not f"))
    '(a + b) * 2 MW <= (if c then d else 0.1 * e) and not f'
    """
    return _WRITERS[type(node)](node)


def _within(node: Node, place: int) -> str:
    text = written(node)
    return f"({text})" if _binding(node) < place else text


def _binding(node: Node) -> int:
    if isinstance(node, s.Logic):
        return _OR if node.operator == "or" else _AND
    if isinstance(node, s.Arithmetic):
        return _PRODUCT if node.operator == "*" else _TOTAL
    # a choice reaches as far to the right as it can, so it stands alone or in brackets
    kinds = {s.Choice: _OR, s.Not: _NOT, s.Compare: _COMPARISON, s.Among: _COMPARISON,
             s.Has: _COMPARISON, s.Given: _COMPARISON, s.Minus: _SIGNED}
    return kinds.get(type(node), _ATOM)


def _arithmetic(node: s.Arithmetic) -> str:
    place = _binding(node)
    return f"{_within(node.left, place)} {node.operator} {_within(node.right, place + 1)}"


def _compare(node: s.Compare) -> str:
    text = f"{_within(node.left, _TOTAL)} {node.operator} {_within(node.right, _TOTAL)}"
    return text if node.tolerance is None else f"{text} within {_within(node.tolerance, _PRODUCT)}"


def _logic(node: s.Logic) -> str:
    place = _binding(node)
    return f"{_within(node.left, place)} {node.operator} {_within(node.right, place + 1)}"


def _choice(node: s.Choice) -> str:
    parts = (_within(node.condition, _AND), _within(node.then, _AND),
             _within(node.otherwise, _TOTAL))
    return "if {} then {} else {}".format(*parts)


def _call(node: s.Call) -> str:
    inside = ", ".join(written(argument) for argument in node.arguments)
    if node.where is not None:
        inside = f"{inside} where {written(node.where)}".lstrip()
    return f"{node.function}({inside})"


def _among(node: s.Among) -> str:
    words = ", ".join(f"'{word}'" for word in node.words)
    return f"{_within(node.item, _TOTAL)} in ({words})"


_WRITERS: dict[type[Node], Callable[..., str]] = {
    s.Number: lambda node: f"{node.value:f} {node.unit}".rstrip(),
    s.Text: lambda node: f"'{node.value}'",
    s.Truth: lambda node: "true" if node.value else "false",
    s.Unknown: lambda node: "unknown",
    s.Name: lambda node: node.name,
    s.Minus: lambda node: f"-{_within(node.item, _ATOM)}",
    s.Not: lambda node: f"not {_within(node.item, _COMPARISON)}",
    s.Arithmetic: _arithmetic,
    s.Compare: _compare,
    s.Among: _among,
    s.Given: lambda node: f"{_within(node.item, _TOTAL)} is {'not ' if node.negated else ''}given",
    s.Has: lambda node: f"{_within(node.item, _TOTAL)} has {_within(node.word, _TOTAL)}",
    s.Logic: _logic,
    s.Choice: _choice,
    s.Call: _call,
}
