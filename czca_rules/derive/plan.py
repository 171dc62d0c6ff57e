"""From relations to one SQL statement: each relation a chain of common table expressions.

Only the columns and joins that somebody needs are written. A column that depends on an open
reading stands once for the readings taken and once for every other reading asked for, so that all
readings are judged in the same scan.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from czca_rules.derive import step_sql
from czca_rules.derive.needs import Needs, Ref
from czca_rules.derive.select import Context, Select, quoted, sorted_refs, view_of
from czca_rules.rulebook.relations import Relation, Step


@dataclass
class Planner:
    """Writes the expressions that lead to one relation with some columns."""

    context: Context
    expressions: list[tuple[str, str]] = field(default_factory=list)

    def relation(self, name: str, refs: set[Ref]) -> str:
        """Write the expressions that lead to a relation with columns; the last one's name."""
        needs = Needs(self.context.ruleset.relations, self.context.readings)
        needs.add(name, refs)
        self.expressions = []
        return self._emit(name, needs, {})

    def with_clause(self) -> str:
        """All expressions so far as a WITH clause."""
        if not self.expressions:
            return ""
        return "WITH " + ",\n".join(f"{name} AS (\n  {text}\n)"
                                    for name, text in self.expressions) + "\n"

    def _emit(self, name: str, needs: Needs, done: dict[str, str]) -> str:
        relation = self.context.ruleset.relations.get(name)
        if relation is None:
            return view_of(name)
        if name not in done:
            done[name] = self._chain(relation, needs, done)
        return done[name]

    def _add(self, name: str, text: str) -> str:
        self.expressions.append((name, text))
        return name

    def _chain(self, relation: Relation, needs: Needs, done: dict[str, str]) -> str:
        refs = needs.of[relation.name] | {(key, None) for key in relation.schema.key}
        wanted = [refs]
        for step in reversed(relation.steps):
            refs = needs.before(step, refs)
            wanted.insert(0, refs)
        select = Select(self.context, relation.steps[0].before if relation.steps
                        else relation.schema)
        condition = f" WHERE {select.formula(relation.where)}" if relation.where else ""
        source = self._emit(relation.source, needs, done)
        listed = ", ".join(f"s.{quoted(ref)}" for ref in sorted_refs(wanted[0]))
        last = self._add(f'"{relation.name}_0"',
                         f"SELECT {listed} FROM {select.source(f'{source} s')}{condition}")
        for number, step in enumerate(relation.steps, 1):
            text = self._step(step, last, wanted[number], needs, done)
            if text is not None:
                last = self._add(f'"{relation.name}_{number}"', text)
        return last

    def _step(self, step: Step, last: str, after: set[Ref], needs: Needs,
              done: dict[str, str]) -> str | None:
        if step.kind == "columns":
            return step_sql.columns(self.context, step, last, after)
        if step.kind == "aggregate":
            return step_sql.aggregate(self.context, step, last, after)
        inner = {(name.removeprefix(step.alias + "."), a) for name, a in after
                 if name.startswith(step.alias + ".")}
        if not inner:
            return None
        kept = sorted_refs({ref for ref in after if not ref[0].startswith(step.alias + ".")})
        source = self._emit(step.source, needs, done) if step.source else last
        if step.kind == "function":
            return step_sql.function(self.context, step, last, kept, sorted_refs(inner),
                                     self.with_clause())
        return step_sql.JOINS[step.kind](self.context, step, last, source, kept,
                                         sorted_refs(inner))
