"""A counterexample: one row that the solver found, in values of Python and in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any

from czca_rules.proofs.inputs import Inputs
from czca_rules.proofs.solver import Undecided, model_of, z3
from czca_rules.proofs.standpoint import Leaf
from czca_rules.proofs.symbols import EPOCH
from czca_rules.rulebook import syntax as s
from czca_rules.rulebook.evaluate import PRECISION, Row, evaluate
from czca_rules.rulebook.syntax import Node
from czca_rules.rulebook.units import unit_symbol


class WitnessRow(dict[str, Any]):
    """A row of columns that also answers for the names around it."""

    def __init__(self, columns: Mapping[str, Any], around: Mapping[str, Any]) -> None:
        super().__init__(columns)
        self.around = around

    def __missing__(self, name: str) -> Any:
        return self.around[name]


def counterexample(inputs: Inputs, *conditions: Any) -> WitnessRow | None:
    """A row that meets some conditions, with numbers that people write; or nothing."""
    facts = inputs.facts()
    model = model_of(facts, *conditions)
    if model is None:
        return None
    try:
        written = model_of(facts, *conditions, *_plain_numbers(inputs))
    except Undecided:  # a plainer row is a courtesy
        written = None
    return row_of(inputs, written if written is not None else model)


def _plain_numbers(inputs: Inputs) -> list[Any]:
    """That quantities have few decimals, so that decimal numbers write them exactly."""
    quantities = [(name, symbol.value) for name, symbol in inputs.symbols.items()
                  if inputs.leaf(name).type.sort == "quantity"
                  and inputs.leaf(name).origin != "parameter"]
    return [value * 100 == z3().ToReal(z3().Int(f"{name} in hundredths"))
            for name, value in quantities]


def row_of(inputs: Inputs, model: Any) -> WitnessRow:
    """The row that a model of the solver stands for."""
    columns: dict[str, Any] = {}
    around: dict[str, Any] = {}
    for name, symbol in inputs.symbols.items():
        leaf = inputs.leaf(name)
        known = z3().is_true(model.eval(symbol.known, model_completion=True))
        value = _value(model.eval(symbol.value, model_completion=True), leaf, inputs, model)
        target = columns if leaf.origin in ("column", "count") else around
        target[name] = value if known else None
    return WitnessRow(columns, around)


def _value(found: Any, leaf: Leaf, inputs: Inputs, model: Any) -> Any:
    if leaf.type.sort == "truth":
        return z3().is_true(found)
    if leaf.type.sort == "quantity":
        return _decimal(found)
    number = found.as_long()
    if leaf.type.sort == "instant":
        return EPOCH + timedelta(microseconds=number)
    if leaf.type.sort == "date":
        return date.fromordinal(number + EPOCH.toordinal())
    return _word(number, inputs, model)


def _decimal(found: Any) -> Decimal:
    if z3().is_algebraic_value(found):
        found = found.approx(PRECISION)
    with localcontext() as context:
        context.prec = PRECISION
        return Decimal(found.numerator_as_long()) / Decimal(found.denominator_as_long())


def _word(number: int, inputs: Inputs, model: Any) -> str:
    own = inputs.words.text(number)
    if own is not None:
        return own
    has = z3().Function("has", z3().IntSort(), z3().IntSort(), z3().BoolSort())
    named = [word for word in sorted(inputs.words.sought) if z3().is_true(model.eval(
        has(number, inputs.words.number(word)), model_completion=True))]
    return ";".join([*named, f"word{number}"])


def in_words(inputs: Inputs, row: WitnessRow, nodes: Iterable[Node]) -> str:
    """The inputs of some formulas and their values, as a sentence says them."""
    names = sorted({name for node in nodes for name in s.names_in(node)})
    return ", ".join(f"{name} {_said(row[name], inputs.leaf(name))}"
                     for name in names if name in inputs.symbols) or "every row"


def _said(value: Any, leaf: Leaf) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f} {unit_symbol(leaf.type.unit)}".rstrip()
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}".rstrip("0").rstrip(".") + " UTC"
    return f"'{value}'" if isinstance(value, str) else str(value)


def confirmed(node: Node, row: Row, value: Any) -> bool:
    """Whether the interpreter finds the same value of a formula over inputs."""
    return bool(evaluate(node, row) == value) if value is not None else evaluate(node, row) is None
