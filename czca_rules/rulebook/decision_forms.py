"""The form of `decision_tables.yaml`: what provisions decide, as tables, each with its cite."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from czca_rules.rulebook.model import Approach, Formula, Identifier, ReadingValue, Sentence, Word
from czca_rules.strict_model import StrictModel

Outcome = Literal["failed", "passed", "exempt", "not_assessable", "not_applicable"]
#: What the cells of a table hold, by what the table decides.
_HOLDS = {"rules": "allowed", "value": "gives", "outcome": "comes_to"}


class CellForm(StrictModel):
    """Some bins of axes or values of readings, and what holds there.

    An axis that is left out stands for all its bins. ``allowed`` are the processes that the rules
    of the table let pass, ``gives`` the formula that the table's value equals, ``comes_to`` the
    outcome of the rule that the table is about.
    """

    when: dict[Word, tuple[Word | ReadingValue, ...]]
    allowed: tuple[Approach, ...] | None = None
    gives: Formula | None = None
    comes_to: Outcome | None = None


class TableForm(StrictModel):
    """One decision table: of processes (``rules``), of a ``value``, or of a rule's ``outcome``.

    ``given`` is what is so of every row; ``readings`` are axes whose bins are a reading's values.
    """

    title: Sentence
    cite: Sentence
    on: Word
    given: Formula | None = None
    axes: dict[Word, dict[Word, Formula]]
    readings: tuple[Word, ...] = ()
    rules: tuple[Identifier, ...] = ()
    value: Formula | None = None
    outcome: Identifier | None = None
    cells: tuple[CellForm, ...]

    @model_validator(mode="after")
    def _one_decision(self) -> TableForm:
        kinds = [name for name in _HOLDS if getattr(self, name)]
        if len(kinds) != 1:
            raise ValueError("exactly one of `rules`, `value` and `outcome`")
        key = _HOLDS[kinds[0]]
        if any(getattr(cell, key) is None for cell in self.cells):
            raise ValueError(f"`{key}` in each cell of a table with `{kinds[0]}`")
        return self


class TakeoverForm(StrictModel):
    """Rules of which exactly one is in scope wherever a provision applies (``together``)."""

    title: Sentence
    cite: Sentence
    rules: tuple[Identifier, ...]
    together: Formula


class DecisionsFile(StrictModel):
    """`decision_tables.yaml`."""

    tables: dict[Word, TableForm] = {}
    takeovers: dict[Word, TakeoverForm] = {}
