"""From the form of a relation to the relation: each step read by its own derivation."""

from __future__ import annotations

from collections.abc import Callable

from czca_rules.errors import near_miss
from czca_rules.rulebook import gathering_steps, joining_steps
from czca_rules.rulebook import steps as forms
from czca_rules.rulebook.relation_reader import Path, Reader
from czca_rules.rulebook.relations import Relation, Step
from czca_rules.rulebook.typecheck import type_of


def read_relation(name: str, form: forms.RelationForm, reader: Reader) -> Relation | None:
    """Read one derived relation; ``None`` where its source is unknown."""
    path: Path = ("relations", name)
    schema = reader.schema_of(form.from_)
    if schema is None:
        reader.report((*path, "from"), "unknown_relation", f"relation `{form.from_}`",
                      "a table, or a relation that does not rest on this one",
                      near_miss(form.from_, reader.known()))
        return None
    where = None
    if form.where is not None:
        where = reader.formula(form.where, (*path, "where"), reader.surroundings.scope(schema),
                               "truth")
        if where is not None and type_of(where, reader.surroundings.scope(schema)).nullable:
            reader.report((*path, "where"), "filter_unknown", "a filter that may be unknown",
                          "a condition on key columns only", "Use it in `under` of the rule.")
    done: list[Step] = []
    for number, step in enumerate(form.steps):  # `pivot_events` is written out before
        read = _READERS[step.kind](getattr(step, step.kind), (*path, "steps", number, step.kind),
                                   schema, reader)
        if read is not None:
            done.append(read)
            schema = read.after
    return Relation(name, form.title, form.cite, form.from_, where, tuple(done), schema)


_READERS: dict[str, Callable[..., Step | None]] = {
    "columns": gathering_steps.columns, "lookup": joining_steps.lookup,
    "reverse": joining_steps.reverse, "aggregate": gathering_steps.aggregate,
    "rollup": gathering_steps.rollup, "window": joining_steps.window,
    "as_of": joining_steps.as_of, "function": joining_steps.function,
}
