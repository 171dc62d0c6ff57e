"""The values of one judged row: each formula taken apart, each derived column with its formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from czca_rules.check.evidence import Evidence
from czca_rules.check.finding import Mask, text_of
from czca_rules.check.judging import Judging
from czca_rules.check.statement import formulas_of
from czca_rules.derive.interpreter import SurroundedRow
from czca_rules.rulebook.evaluate import evaluate
from czca_rules.rulebook.formula_text import written
from czca_rules.rulebook.lineage import made_column, step_words
from czca_rules.rulebook.relations import Relation, Step
from czca_rules.rulebook.ruleset import Rule
from czca_rules.rulebook.syntax import Name, Node, Number, Text, Truth, Unknown, children, names_in
from czca_rules.rulebook.typecheck import type_of
from czca_rules.rulebook.units import unit_symbol

LEAVES = (Number, Text, Truth, Unknown)
GUTTER = 11
VALUE_COLUMN = 60


class RowValues:
    """Writes the formulas of a rule beside the values that a row gives them."""

    def __init__(self, evidence: Evidence, rule: Rule, relation: Relation, row: SurroundedRow,
                 mask: Mask | None) -> None:
        self.evidence, self.rule, self.relation, self.row = evidence, rule, relation, row
        self.judging, self.mask = evidence.judging, mask
        self.scope = replace(self.judging.ruleset.surroundings.scope(relation.schema), ratio=True)

    def lines(self) -> Iterator[str]:
        """The formulas taken apart, then the columns behind them, then the parameters."""
        rule = self.rule
        for label, node in (("due", rule.due), ("scope", rule.under), ("must", rule.must),
                            ("noted if", rule.noted)):
            if node is not None:
                yield from self._labelled(label, node)
        for item in rule.derogations:
            yield from self._labelled("unless", item.claimed, f"{item.exemption} is claimed: ")
            yield from self._labelled("", item.holds, f"{item.exemption} is allowed: ")
        for name, node in rule.shows.items():
            yield from self._labelled("shows", node, f"{name}: ")
        yield ""
        yield from self._columns()
        for used in self.evidence.parameters(rule, self.row):
            since = f" since {used.since}" if used.since else ""
            yield f"{'parameter':{GUTTER}}{used.name} = {used.value}{since}, {used.cite}"

    def key(self, name: str) -> str:
        """A key column's value, masked where it is confidential."""
        return self._shown(Name(1, name))

    def _labelled(self, label: str, node: Node, head: str = "") -> Iterator[str]:
        for number, (depth, text, value) in enumerate(self._parts(node, 0)):
            gutter = label if number == 0 else ""
            yield _line(gutter, depth, (head if number == 0 else "") + text, value)

    def _parts(self, node: Node, depth: int) -> Iterator[tuple[int, str, str]]:
        """A formula and its parts, each with its value; literals stand for themselves."""
        yield depth, written(node), self._shown(node)
        for child in children(node):
            if not isinstance(child, LEAVES):
                yield from self._parts(child, depth + 1)

    def _shown(self, node: Node) -> str:
        text = text_of(evaluate(node, self.row))
        if text is None:
            return "unknown"
        kind = type_of(node, self.scope)
        if kind.sort == "truth":
            return text
        secret = any(info.confidential for name in names_in(node)
                     if (info := self.relation.schema.info(name)) is not None)
        if secret and self.mask is not None:
            return f"masked {self.mask(text)}"
        unit = unit_symbol(kind.unit) if kind.sort == "quantity" else ""
        return f"{text} {unit}".rstrip()

    def _columns(self) -> Iterator[str]:
        """Every derived column behind the formulas, each once, what it is made of below it."""
        names = sorted({name for node in every_formula(self.rule) for name in names_in(node)})
        label, met = "columns", set[str]()
        for name in names:
            for line in self._column(name, 0, met):
                yield f"{label:{GUTTER}}{line}"
                label = ""

    def _column(self, name: str, depth: int, met: set[str]) -> Iterator[str]:
        found = maker(self.judging, self.relation, name)
        if found is None or name in met:
            return
        met.add(name)
        step, node = found
        formula = step_words(step, name) if node is None else written(node)
        if node is not None and step.kind != "columns":
            formula = f"{formula}, {step.kind} {step_words(step, name)}"
        yield f"{'  ' * depth}{name} = {self._shown(Name(1, name))}"
        yield f"{'  ' * depth}    {formula}{self._reading(step, name)}"
        if node is not None and step.kind == "columns":
            for inner in sorted(names_in(node)):
                yield from self._column(inner, depth + 1, met)

    def _reading(self, step: Step, name: str) -> str:
        column = made_column(step, name)
        if column is None or column.reading is None:
            return ""
        return f"   (reading {column.reading} = {self.judging.readings[column.reading]})"


def maker(judging: Judging, relation: Relation, name: str) -> tuple[Step, Node | None] | None:
    """The step that makes a column, as far down as no row was gathered on the way.

    With it the formula under the readings taken, or nothing where the value is looked up.
    """
    below: Relation | None = relation
    while below is not None:
        for step in reversed(below.steps):
            column = made_column(step, name)
            if column is not None:
                return step, column.under(judging.readings)
            if step.alias and name.startswith(f"{step.alias}."):
                return step, None
            if step.kind == "aggregate":
                return None
        below = judging.ruleset.relations.get(below.source)
    return None


def columns_behind(judging: Judging, relation: Relation, rule: Rule) -> set[str]:
    """The columns whose values explain a row: those in the formulas and those they are made of."""
    waiting = {name for node in every_formula(rule) for name in names_in(node)}
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found or relation.schema.info(name) is None:
            continue
        found.add(name)
        made = maker(judging, relation, name)
        if made is not None and made[1] is not None and made[0].kind == "columns":
            waiting |= names_in(made[1])
    return found


def every_formula(rule: Rule) -> list[Node]:
    """The formulas that decide a rule's outcome and those that its message shows."""
    return [*formulas_of(rule), *rule.shows.values()]


def _line(gutter: str, depth: int, text: str, value: str) -> str:
    left = f"{gutter:{GUTTER}}{'  ' * depth}{text}"
    if len(left) < VALUE_COLUMN:
        return f"{left:{VALUE_COLUMN}}{value}"
    return f"{left}\n{'':{VALUE_COLUMN}}{value}"
