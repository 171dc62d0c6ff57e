"""How `decision_tables.yaml` of a ruleset is read, every formula typed and every name known.

A table names what a provision decides: the cases that it tells apart (axes, each with its bins) and
what holds in each cell, cited. Rules and derivations are written apart from it; proofs compare the
two. The file is no part of what a check goes by, and not of the ruleset's hash.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from czca_rules.errors import Problem, RulesetError, near_miss
from czca_rules.rulebook.decision_forms import CellForm, DecisionsFile, TableForm, TakeoverForm
from czca_rules.rulebook.relation_reader import Reader
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.rulebook.schema import base_schema
from czca_rules.rulebook.shipped import find_ruleset
from czca_rules.rulebook.syntax import Node
from czca_rules.strict_model import validate
from czca_rules.strict_yaml import Located, read_yaml

FILE = "decision_tables.yaml"


@dataclass(frozen=True)
class Cell:
    """A cell, read: which bins it covers, and what holds there."""

    form: CellForm
    gives: Node | None

    def covers(self, chosen: Iterable[tuple[str, str]]) -> bool:
        """Whether a cell covers one bin of each axis."""
        return all(bin_ in self.form.when.get(axis, (bin_,)) for axis, bin_ in chosen)


@dataclass(frozen=True)
class Table:
    """A decision table, read."""

    name: str
    form: TableForm
    given: Node | None
    axes: dict[str, dict[str, Node]]
    value: Node | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Takeover:
    """A group of rules of which one takes over from the other, read."""

    name: str
    form: TakeoverForm
    together: Node


@dataclass(frozen=True)
class Decisions:
    """The decision tables and takeovers of a ruleset."""

    tables: tuple[Table, ...] = ()
    takeovers: tuple[Takeover, ...] = ()


def read_decisions(ruleset: Ruleset, name: str) -> Decisions:
    """The decision tables in a ruleset's folder, none where it has no such file.

    Raises ``RulesetError`` with every problem of the file.
    """
    path: Path = find_ruleset(name) / FILE
    if not path.is_file():
        return Decisions()
    shown = f"{path.parent.name}/{FILE}"
    value, problems = read_yaml(path, shown)
    if not isinstance(value, Located) or problems:
        raise RulesetError(problems or [Problem(shown, 1, 1, "not_a_mapping", "a list or word",
                                                "a mapping of keys", "")])
    form, problems = validate(DecisionsFile, value, shown)
    if form is None:
        raise RulesetError(problems)
    reading = _Reading(ruleset, Reader(
        shown, value, ruleset.surroundings,
        {key: item.values for key, item in ruleset.readings.items()},
        lambda source: ruleset.relations[source].schema if source in ruleset.relations
        else base_schema(source), lambda: list(ruleset.relations)))
    tables = [reading.table(key, item) for key, item in form.tables.items()]
    takeovers = [reading.takeover(key, item) for key, item in form.takeovers.items()]
    if reading.reader.problems:
        raise RulesetError(reading.reader.problems)
    return Decisions(tuple(item for item in tables if item),
                     tuple(item for item in takeovers if item))


@dataclass
class _Reading:
    ruleset: Ruleset
    reader: Reader

    def table(self, name: str, form: TableForm) -> Table | None:
        path = ("tables", name)
        if not self._named(path, form):
            return None
        axes = {axis: {key: self._formula(text, (*path, "axes", axis, key), form.on, "truth")
                       for key, text in bins.items()} for axis, bins in form.axes.items()}
        given = form.given and self._formula(form.given, (*path, "given"), form.on, "truth")
        value = form.value and self._formula(form.value, (*path, "value"), form.on)
        cells = [Cell(cell, self._formula(cell.gives, (*path, "cells", number, "gives"), form.on)
                      if cell.gives else None) for number, cell in enumerate(form.cells)]
        self._bins(name, form)
        if self.reader.problems:
            return None
        read = {axis: {key: node for key, node in bins.items() if node}
                for axis, bins in axes.items()}
        return Table(name, form, given or None, read, value or None, tuple(cells))

    def _named(self, path: tuple[str, str], form: TableForm) -> bool:
        """Whether everything that a table names is there; each name that is not is a problem."""
        rules = [*form.rules, *filter(None, [form.outcome])]
        found = [self._known((*path, "on"), form.on, self.ruleset.relations)]
        found += [self._known((*path, "rules"), rule, self.ruleset.rules) for rule in rules]
        found += [self._known((*path, "readings", number), reading, self.ruleset.readings)
                  for number, reading in enumerate(form.readings)]
        return all(found)

    def takeover(self, name: str, form: TakeoverForm) -> Takeover | None:
        path = ("takeovers", name)
        known = [self._known((*path, "rules", number), rule, self.ruleset.rules)
                 for number, rule in enumerate(form.rules)]
        if not all(known):
            return None
        places = {self.ruleset.rules[rule].form.on for rule in form.rules}
        if len(places) != 1:
            self.reader.report((*path, "rules"), "takeover", f"rules on {', '.join(places)}",
                               "rules on one relation")
            return None
        together = self._formula(form.together, (*path, "together"), next(iter(places)), "truth")
        return Takeover(name, form, together) if together else None

    def _formula(self, text: str, path: tuple[int | str, ...], on: str,
                 sort: str | None = None) -> Node | None:
        scope = self.ruleset.surroundings.scope(self.ruleset.schema(on))
        return self.reader.formula(text, path, scope, sort)

    def _known(self, path: tuple[int | str, ...], name: str, names: Iterable[str]) -> bool:
        if name not in names:
            self.reader.report(path, "unknown_name", f"`{name}`", "a name of the ruleset",
                               near_miss(name, names))
        return name in names

    def _bins(self, name: str, form: TableForm) -> None:
        axes: dict[str, Iterable[str]] = {axis: list(bins) for axis, bins in form.axes.items()}
        axes |= {reading: self.ruleset.readings[reading].values for reading in form.readings}
        for number, cell in enumerate(form.cells):
            for axis, bins in cell.when.items():
                path = ("tables", name, "cells", number, "when", axis)
                if self._known(path, axis, axes):
                    for bin_ in bins:
                        self._known(path, bin_, axes[axis])
