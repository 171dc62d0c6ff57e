"""Values of three-valued logic as the solver sees them: whether known, and which value.

Quantities are exact rationals, instants microseconds and dates days since the year 2000 as whole
numbers, words numbers of a list in which every word of the formulas stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from czca_rules.proofs.solver import every, negated, z3
from czca_rules.rulebook.units import Type

EPOCH = datetime(2000, 1, 1)
HOUR = 3_600_000_000


@dataclass(frozen=True)
class Symbol:
    """A value that may be unknown; ``said`` tells that a branch `unknown` made it so."""

    known: Any
    value: Any
    said: Any

    @property
    def true(self) -> Any:
        """It is known and holds."""
        return every(self.known, self.value)

    @property
    def false(self) -> Any:
        """It is known and does not hold."""
        return every(self.known, negated(self.value))


def number_of(moment: datetime | date) -> int:
    """An instant or a date as the whole number that stands for it.

    >>> number_of(date(2000, 1, 3))
    2
    """
    if isinstance(moment, datetime):
        past = moment - EPOCH
        return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds
    return moment.toordinal() - EPOCH.toordinal()


@dataclass
class Words:
    """The words that formulas name, and which word stands in which list."""

    numbers: dict[str, int] = field(default_factory=dict)
    sought: set[str] = field(default_factory=set)
    pairs: list[tuple[Any, Any]] = field(default_factory=list)

    def number(self, word: str) -> int:
        """The number of a word, the same each time."""
        return self.numbers.setdefault(word, len(self.numbers))

    def text(self, number: int) -> str | None:
        """The word of a number, if formulas name it."""
        return next((word for word, own in self.numbers.items() if own == number), None)

    def has(self, item: Any, word: Any) -> Any:
        """Whether a list names a word; each pair that is asked for gives a fact."""
        self.pairs.append((item, word))
        return _has_function()(item, word)

    def facts(self) -> list[Any]:
        """What is so of the lists and words that were asked for: those that formulas name have
        what they have, and a word names itself."""
        has = _has_function()
        result = [z3().Implies(item == word, has(item, word)) for item, word in self.pairs]
        for text, number in list(self.numbers.items()):
            result += [has(number, self.number(word)) == names_word(text, word)
                       for word in sorted(self.sought)]
        return result


def names_word(text: str, word: str) -> bool:
    """Whether a list of words, separated by semicolons, names a word."""
    return f";{word.replace(' ', '')};" in f";{text.replace(' ', '')};"


def _has_function() -> Any:
    return z3().Function("has", z3().IntSort(), z3().IntSort(), z3().BoolSort())


def constant(value: Any, words: Words) -> Any:
    """A value of Python as a constant of the solver."""
    if isinstance(value, bool):
        return z3().BoolVal(value)
    if isinstance(value, Decimal):
        return z3().Q(*value.as_integer_ratio())
    if isinstance(value, str):
        return z3().IntVal(words.number(value))
    return z3().IntVal(number_of(value))


def variable(name: str, kind: Type) -> Any:
    """A free value of a type."""
    make: Callable[[str], Any] = {"quantity": z3().Real, "truth": z3().Bool}.get(
        kind.sort, z3().Int)
    return make(name)


def sure(value: Any) -> Symbol:
    """A value that is always known."""
    return Symbol(z3().BoolVal(True), value, z3().BoolVal(False))


__all__ = ["EPOCH", "HOUR", "Symbol", "Words", "constant", "names_word",
           "number_of", "sure", "variable"]
