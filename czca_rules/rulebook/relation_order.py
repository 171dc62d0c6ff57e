"""The order in which a ruleset's relations are read: each after those that it takes rows from.

Relations may stand in several files (`derived.yaml` and `derived/*.yaml`), by subject; where one
stands says nothing about when it is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from czca_rules.rulebook.steps import RelationForm


@dataclass(frozen=True)
class PlacedRelation:
    """A relation as its file holds it."""

    file: str
    name: str
    form: RelationForm

    def sources(self) -> set[str]:
        """The tables and relations that it takes rows from."""
        joined = (step.lookup or step.window or step.as_of for step in self.form.steps)
        return {self.form.from_, *(step.from_ for step in joined if step is not None)}


def in_reading_order(relations: Sequence[PlacedRelation]) -> list[PlacedRelation]:
    """Each relation after its sources, else as given; those that go round in a circle come last."""
    waiting, ordered = list(relations), list[PlacedRelation]()
    while waiting:
        missing = {item.name for item in waiting}
        ready = [item for item in waiting if not item.sources() & missing]
        ordered += ready or waiting
        waiting = [item for item in waiting if item not in ready] if ready else []
    return ordered
