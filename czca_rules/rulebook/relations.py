"""Derived relations with their formulas read and typed, step by step.

A ``Relation`` is what the engine and the interpreter both execute; every formula in it is a
parsed node, every step knows the schema before and after it. ``rulebook.relation_reader`` makes
them from the forms of `derived.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from czca_rules.rulebook.schema import Schema
from czca_rules.rulebook.syntax import Node


@dataclass(frozen=True)
class Column:
    """A derived column: one formula, or one per value of a reading."""

    name: str
    formulas: Mapping[str, Node]
    reading: str | None

    def under(self, readings: Mapping[str, str]) -> Node:
        """The formula under some readings."""
        return self.formulas[readings[self.reading] if self.reading else ""]


@dataclass(frozen=True)
class Step:
    """One step of a relation, read and typed.

    ``alias`` and ``source`` name what is joined; ``on`` maps its key columns to formulas of this
    relation; ``columns`` are computed; ``by`` is the grain; ``span`` bounds a window; ``since``,
    ``until`` and ``at`` belong to ``as_of``; ``name`` is a named function, ``given`` its constants.
    """

    kind: str
    before: Schema
    after: Schema
    alias: str = ""
    source: str = ""
    on: tuple[tuple[str, Node], ...] = ()
    columns: tuple[Column, ...] = ()
    by: tuple[str, ...] = ()
    span: tuple[Node, Node] | None = None
    fills: bool = True
    at: Node | None = None
    since: str = ""
    until: str | None = None
    name: str = ""
    given: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Relation:
    """A derived relation: source, filter, steps, and its schema after the last step.

    ``pivoted`` relations are made by `pivot_events`; no formula of theirs stands in a ruleset.
    """

    name: str
    title: str
    cite: str
    source: str
    where: Node | None
    steps: tuple[Step, ...]
    schema: Schema
    pivoted: bool = False
