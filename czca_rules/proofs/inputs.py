"""The inputs of a proof as free values, and what is so of them before any rule is asked.

Facts hold for every table that passed intake (words of a column, digits, nothing negative), for
the calendar (days follow one another), for numbers of law (one of their dated values) and for the
filters of a relation. A proof that something cannot be rests on them; nothing else is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, get_args

from czca_rules.market_time.zone import FIRST_YEAR, LAST_YEAR
from czca_rules.proofs.solver import every, negated, some, z3
from czca_rules.proofs.standpoint import Leaf, Standpoint
from czca_rules.proofs.symbols import Symbol, Words, constant, number_of, variable
from czca_rules.proofs.translation import Translation
from czca_rules.rulebook.model import Approach
from czca_rules.rulebook.ruleset import Rule, Ruleset
from czca_rules.rulebook.syntax import Node
from czca_rules.tables.manifest_words import Exchange, Pricing

#: Instants of one market day in the order in which they follow one another.
DAY_ORDER = ("week_before_start", "day_before_start", "day_start", "day_end")
SHARED_WORDS = {"submission.pricing": get_args(Pricing), "submission.exchange": get_args(Exchange)}
#: Hours that shift instants stay within the years of market time.
MOST_HOURS = 1_000_000


@dataclass
class Inputs:
    """The free values of one proof; ``rule`` narrows numbers of law to those of its days."""

    standpoint: Standpoint
    rule: Rule | None = None
    symbols: dict[str, Symbol] = field(default_factory=dict)
    words: Words = field(default_factory=Words)

    def __post_init__(self) -> None:
        self.translation = Translation(self._symbol, lambda name: z3().BoolVal(False), self.words)

    def symbol(self, node: Node) -> Symbol:
        """The value of a formula that stands at the standpoint."""
        return self.translation(self.standpoint.whole(node))

    def written(self, node: Node) -> Symbol:
        """The value of a formula over inputs."""
        return self.translation(node)

    def leaf(self, name: str) -> Leaf:
        """An input by its name."""
        return self.standpoint.leaves[name]

    def _symbol(self, name: str) -> Symbol:
        if name not in self.symbols:
            leaf = self.leaf(name)
            known = z3().Bool(f"{name} known") if leaf.type.nullable and \
                leaf.origin != "parameter" else z3().BoolVal(True)
            self.symbols[name] = Symbol(known, variable(name, leaf.type), z3().BoolVal(False))
        return self.symbols[name]

    def facts(self) -> list[Any]:
        """What is so of the inputs met until now."""
        filters = [self.written(node).true for node in self.standpoint.filters()]
        found = [fact for name in list(self.symbols) for fact in self._facts_of(self.leaf(name))]
        return [*filters, *found, *self._calendar(), *self.words.facts()]

    def _facts_of(self, leaf: Leaf) -> list[Any]:
        symbol, ruleset = self.symbols[leaf.name], self.standpoint.ruleset
        if leaf.origin == "parameter":
            return [some(*(symbol.value == constant(value, self.words)
                           for value in lawful_values(ruleset, leaf.name, self.rule)))]
        words = words_of(leaf, ruleset, self.rule)
        if words:
            return [some(*(symbol.value == self.words.number(word) for word in words))]
        if leaf.type.sort == "quantity":
            return _bounds(leaf, symbol)
        if leaf.type.sort == "text":
            return [symbol.value >= 0]
        first, last = datetime(FIRST_YEAR, 1, 1), datetime(LAST_YEAR, 12, 31)
        if leaf.type.sort == "instant":
            return [symbol.value >= number_of(first), symbol.value <= number_of(last)]
        if leaf.type.sort == "date":
            return [symbol.value >= number_of(first.date()),
                    symbol.value <= number_of(last.date())]
        return []

    def _calendar(self) -> list[Any]:
        result = []
        for prefix in {name[:-len(self.leaf(name).plain)] for name in self.symbols
                       if self.leaf(name).origin == "around"}:
            order = [self.symbols[prefix + name].value for name in DAY_ORDER
                     if prefix + name in self.symbols]
            result += [one < other for one, other in pairwise(order)]
            ends = [self.symbols.get(prefix + name) for name in ("mtu_start", "mtu_end")]
            if ends[0] and ends[1]:
                result.append(ends[0].value < ends[1].value)
            day = self.symbols.get(f"{prefix}day_start")
            for name in ("seven_days_before", "calendar_week_before"):
                if day and prefix + name in self.symbols:
                    result.append(self.symbols[prefix + name].value < day.value)
        return result


def _bounds(leaf: Leaf, symbol: Symbol) -> list[Any]:
    limit = 10 ** (leaf.type.digits - leaf.type.scale)
    if leaf.type.unit == (0, 0, 1):
        limit = min(limit, MOST_HOURS)
    result = [symbol.value < limit, symbol.value > -limit]
    if leaf.plain in ("hours", "local_hour") and leaf.origin == "around":
        result.append(symbol.value > 0 if leaf.plain == "hours" else symbol.value >= 0)
    if leaf.origin == "count":
        result += [symbol.value >= 0, z3().IsInt(symbol.value)]
    elif leaf.column is not None and leaf.column.not_negative:
        result.append(symbol.value >= 0)
    return result


def words_of(leaf: Leaf, ruleset: Ruleset, rule: Rule | None = None) -> tuple[str, ...]:
    """The words that an input may hold, empty where it may hold any."""
    if leaf.name == "submission.approach":
        own = rule.form.approach if rule else ()
        return own or ruleset.form.approaches or get_args(Approach)
    if leaf.name in SHARED_WORDS:
        return SHARED_WORDS[leaf.name]
    if leaf.column is None:
        return ()
    return ("up", "down", "symmetric") if leaf.column.kind == "direction" else leaf.column.choices


def lawful_values(ruleset: Ruleset, name: str, rule: Rule | None) -> list[Any]:
    """The values of a number of law, those that end before a rule begins left out."""
    values = sorted(ruleset.parameters[name].form.values.items())
    result = []
    for number, (_, dated) in enumerate(values):
        ended = number + 1 < len(values) and rule is not None \
            and values[number + 1][0] <= rule.form.in_force.from_
        if dated.value is not None and not ended:
            result.append(dated.value if not isinstance(dated.value, int)
                          else Decimal(dated.value))
    return result


def all_known(inputs: Inputs, *but: str) -> list[Any]:
    """That every input met until now is known, some names left open."""
    return [symbol.known for name, symbol in inputs.symbols.items() if name not in but]


__all__ = ["Inputs", "all_known", "every", "lawful_values", "negated", "words_of"]
