"""Where a reported row came from: file and line, looked up for the reported keys only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from czca_rules.check.deadline_words import event_of
from czca_rules.check.judging import Judging
from czca_rules.check.reach import Reach
from czca_rules.derive.interpreter import SurroundedRow
from czca_rules.derive.select import Context, Select, view_of
from czca_rules.rulebook.evaluate import evaluate
from czca_rules.rulebook.relations import Relation
from czca_rules.rulebook.ruleset import Rule, Ruleset
from czca_rules.rulebook.schema import base_schema
from czca_rules.rulebook.syntax import Name, Node, names_in
from czca_rules.tables.manifest_tables import MANIFEST_TABLES

#: A group may come from many rows; that many are named.
MAX_SOURCES = 12

#: Of a table that only stands beside, so many rows; of the driving one, all that fit.
MAX_BESIDE = 3

#: Tables of which only the rows of some events stand behind a rule.
EVENT_ROWS = frozenset({"day_events", "application_events"})

Place = tuple[str, int | None]


@dataclass(frozen=True)
class Origin:
    """A table behind a relation, and what its columns equal in a row of the relation.

    ``where`` holds for the table's rows that the relation takes.
    """

    table: str
    on: tuple[tuple[str, Node], ...]
    where: Node | None = None

    def condition(self, context: Context) -> str:
        """The rest of an SQL condition on rows ``s`` of the table; empty where there is none."""
        schema = base_schema(self.table)
        if self.where is None or schema is None:
            return ""
        select = Select(context, schema)
        text = select.formula(self.where)
        # a row whose cells could not be read may be one of them
        return "" if select.calendar else f" AND ({text}) IS NOT FALSE"


def origins(relations: Any, relation: Relation) -> list[Origin]:
    """The tables whose rows stand directly behind a row: the driving one, then what it looks up."""
    found = []
    driving = _base(relations, relation.source)
    kept = {name for step in relation.steps if step.kind == "aggregate" for name in step.by}
    schema = base_schema(driving)
    assert schema is not None
    names = [name for name in (kept or schema.key) if name in schema.columns
             and name in relation.schema.columns and name in relation.schema.key]
    found.append(Origin(driving, tuple((name, Name(1, name)) for name in names),
                        _taken(relations, relation.name)))
    for step in relation.steps:
        if step.kind == "lookup" and all(name in relation.schema.columns or "." not in name
                                         for _, node in step.on for name in names_in(node)):
            table = _base(relations, step.source)
            theirs = base_schema(table)
            assert theirs is not None
            bound = tuple((name, node) for name, node in step.on if name in theirs.columns)
            if len(bound) == len(step.on):
                found.append(Origin(table, bound, _taken(relations, step.source)))
    if relation.source in relations:
        for origin in origins(relations, relations[relation.source])[1:]:
            found += [origin] if all(name in relation.schema.columns for _, node in origin.on
                                     for name in names_in(node)) else []
    return [origin for origin in dict.fromkeys(found)
            if origin.table not in MANIFEST_TABLES and origin.on]


def _base(relations: Any, name: str) -> str:
    while name in relations:
        name = relations[name].source
    return name


def _taken(relations: Any, name: str) -> Node | None:
    """The condition under which a relation takes the rows of the table that it starts from."""
    where = None
    while name in relations:
        where, name = relations[name].where, relations[name].source
    return where


def few(listed: Sequence[Sequence[Place]]) -> tuple[Place, ...]:
    """The driving rows first, then a few of each table beside, without repetition."""
    driving, beside = listed[0][:MAX_SOURCES] if listed else [], listed[1:]
    places = [*driving, *(place for found in beside for place in found[:MAX_BESIDE])]
    return tuple(dict.fromkeys(places))[:MAX_SOURCES]


class Sources:
    """Looks up the places of reported rows, one query for each table behind the relation."""

    def __init__(self, judging: Judging, relation: Relation) -> None:
        self.judging, self.relation = judging, relation
        self._named: dict[str, frozenset[str]] = {}

    def of(self, rows: Sequence[SurroundedRow]) -> list[tuple[Place, ...]]:
        """The places of each row, in the order of files and lines, without repetition."""
        if not rows:
            return []
        listed: list[list[list[Place]]] = [[] for _ in rows]
        for origin in origins(self.judging.ruleset.relations, self.relation):
            if self.judging.sound(origin.table):
                places: list[list[Place]] = [[] for _ in rows]
                self._add(origin, rows, places)
                for own, found in zip(listed, places, strict=True):
                    own.append(found)
        return [few(own) for own in listed]

    def _add(self, origin: Origin, rows: Sequence[SurroundedRow],
             places: list[list[Place]]) -> None:
        engine = self.judging.submission.engine
        schema = base_schema(origin.table)
        assert schema is not None
        keys = [[evaluate(node, row) for _, node in origin.on] for row in rows]
        columns = [(f"k{n}", schema.columns[name].type.sql)
                   for n, (name, _) in enumerate(origin.on)]
        engine.fill("e_keys", [("n", "INTEGER"), *columns],
                    [[n, *key] for n, key in enumerate(keys)])
        on = " AND ".join(f's."{name}" = k.k{n}' for n, (name, _) in enumerate(origin.on))
        files = self.judging.submission.files
        event = "s.event" if origin.table in EVENT_ROWS else "NULL"
        wanted = [self._events(row) if origin.table in EVENT_ROWS else None for row in rows]
        for number, file, line, what in engine.query(
                f'SELECT DISTINCT k.n, s."_file", s."_line", {event} '
                f'FROM {view_of(origin.table)} s JOIN "e_keys" k ON {on} '
                f'WHERE s."_line" IS NOT NULL{origin.condition(self.judging.context)} '
                f"ORDER BY ALL"):
            only = wanted[number]
            if not only or what is None or what in only:
                places[number].append((files[file].path, line))

    def _events(self, row: SurroundedRow) -> frozenset[str]:
        """The events whose moments the rule of a row rests on; empty if that is not told."""
        name = dict.get(row, "_rule")
        if name is None:
            return frozenset()
        if name not in self._named:
            ruleset = self.judging.ruleset
            self._named[name] = events_of(ruleset, ruleset.rules[name])
        return self._named[name]


def events_of(ruleset: Ruleset, rule: Rule) -> frozenset[str]:
    """The events whose moments a rule rests on."""
    names = {item for node in Reach(ruleset, rule).formulas for item in names_in(node)}
    return frozenset(event_of(item) for item in names if item.startswith("moment."))
