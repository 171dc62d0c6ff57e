"""Formulas as the solver sees them: every node to a value that may be unknown, as in `evaluate`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from czca_rules.proofs.solver import every, negated, some, z3
from czca_rules.proofs.symbols import HOUR, Symbol, Words, constant, sure
from czca_rules.rulebook import syntax as s
from czca_rules.rulebook.syntax import Node


@dataclass
class Translation:
    """Translates formulas over named inputs.

    ``symbol_of`` gives the input of a name, ``wrong`` whether its row was handed in wrong.
    """

    symbol_of: Callable[[str], Symbol]
    wrong: Callable[[str], Any]
    words: Words
    done: dict[int, tuple[Node, Symbol]] = field(default_factory=dict)

    def __call__(self, node: Node) -> Symbol:
        """A formula's value."""
        if id(node) not in self.done:
            self.done[id(node)] = (node, _TRANSLATIONS[type(node)](self, node))
        return self.done[id(node)][1]


def _joint(parts: Sequence[Symbol], value: Any) -> Symbol:
    """A value that is known where all its parts are."""
    return Symbol(every(*(part.known for part in parts)), value,
                  some(*(part.said for part in parts)))


def _arithmetic(to: Translation, node: s.Arithmetic) -> Symbol:
    left, right = to(node.left), to(node.right)
    one, other = left.value, right.value
    if z3().is_int(one):
        other = _microseconds(other)
    if node.operator == "*":
        return _joint((left, right), one * other)
    return _joint((left, right), one + other if node.operator == "+" else one - other)


def _microseconds(hours: Any) -> Any:
    """Hours in whole microseconds, a half away from zero."""
    exact, half = hours * HOUR, z3().Q(1, 2)
    return z3().If(exact >= 0, z3().ToInt(exact + half), -z3().ToInt(half - exact))


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b, ">=": lambda a, b: a >= b, ">": lambda a, b: a > b,
}


def _compare(to: Translation, node: s.Compare) -> Symbol:
    left, right = to(node.left), to(node.right)
    if node.tolerance is None:
        return _joint((left, right), _COMPARISONS[node.operator](left.value, right.value))
    margin = to(node.tolerance)
    low, high = left.value, right.value
    if node.operator == "=":
        holds = every(low <= high + margin.value, high <= low + margin.value)
    elif node.operator in ("<", "<="):
        holds = _COMPARISONS[node.operator](low, high + margin.value)
    else:
        holds = _COMPARISONS[node.operator](low + margin.value, high)
    return _joint((left, right, margin), holds)


def _logic(to: Translation, node: s.Logic) -> Symbol:
    left, right = to(node.left), to(node.right)
    both = every(left.known, right.known)
    said = some(left.said, right.said)
    if node.operator == "and":
        return Symbol(some(both, left.false, right.false), every(
            some(negated(left.known), left.value), some(negated(right.known), right.value)), said)
    return Symbol(some(both, left.true, right.true), some(left.true, right.true), said)


def _among(to: Translation, node: s.Among) -> Symbol:
    item = to(node.item)
    return _joint((item,), some(*(item.value == to.words.number(word) for word in node.words)))


def _has(to: Translation, node: s.Has) -> Symbol:
    item, word = to(node.item), to(node.word)
    if isinstance(node.word, s.Text):
        to.words.sought.add(node.word.value)
    return _joint((item, word), to.words.has(item.value, word.value))


def _given(to: Translation, node: s.Given) -> Symbol:
    assert isinstance(node.item, s.Name)
    known = to(node.item).known
    return Symbol(negated(to.wrong(node.item.name)), negated(known) if node.negated else known,
                  z3().BoolVal(False))


def _choice(to: Translation, node: s.Choice) -> Symbol:
    test = to(node.condition)
    sides = [None if isinstance(side, s.Unknown) else to(side)
             for side in (node.then, node.otherwise)]
    filled = next(side for side in sides if side is not None)
    unknown = Symbol(z3().BoolVal(False), filled.value, z3().BoolVal(True))
    then, otherwise = (unknown if side is None else side for side in sides)

    def chosen(one: Any, other: Any) -> Any:
        return z3().If(test.value, one, other)

    return Symbol(every(test.known, chosen(then.known, otherwise.known)),
                  chosen(then.value, otherwise.value),
                  some(test.said, every(test.known, chosen(then.said, otherwise.said))))


def _minus(to: Translation, node: s.Minus) -> Symbol:
    item = to(node.item)
    return Symbol(item.known, -item.value, item.said)


def _not(to: Translation, node: s.Not) -> Symbol:
    item = to(node.item)
    return Symbol(item.known, negated(item.value), item.said)


def _first_given(to: Translation, node: s.Call, values: Sequence[Symbol]) -> Symbol:
    names = [name for argument in node.arguments for name in sorted(s.names_in(argument))]
    value = values[-1].value
    for item in reversed(values[:-1]):
        value = z3().If(item.known, item.value, value)
    known = every(some(*(item.known for item in values)),
                  *(negated(to.wrong(name)) for name in names))
    return Symbol(known, value, some(*(item.said for item in values)))


def _smaller(one: Any, other: Any) -> Any:
    return z3().If(one <= other, one, other)


def _larger(one: Any, other: Any) -> Any:
    return z3().If(one >= other, one, other)


def _call(to: Translation, node: s.Call) -> Symbol:
    values = [to(argument) for argument in node.arguments]
    if node.function == "first_given":
        return _first_given(to, node, values)
    first = values[0].value
    match node.function:
        case "hour_start":
            return _joint(values, first - first % HOUR)
        case "abs":
            return _joint(values, _larger(first, -first))
        case "min":
            return _joint(values, reduce(_smaller, (item.value for item in values)))
        case "max":
            return _joint(values, reduce(_larger, (item.value for item in values)))
        case "ratio":
            joint = _joint(values, z3().ToReal(z3().ToInt(first / values[1].value * 1000)) / 1000)
            return Symbol(every(joint.known, values[1].value != 0), joint.value, joint.said)
        case _:
            raise AssertionError(f"`{node.function}` gathers rows and is an input of a proof")


_TRANSLATIONS: dict[type[Node], Callable[[Translation, Any], Symbol]] = {
    s.Number: lambda to, node: sure(constant(node.value, to.words)),
    s.Text: lambda to, node: sure(constant(node.value, to.words)),
    s.Truth: lambda to, node: sure(constant(node.value, to.words)),
    s.Name: lambda to, node: to.symbol_of(node.name),
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
