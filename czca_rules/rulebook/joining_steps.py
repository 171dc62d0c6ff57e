"""Steps that join a row with others: `lookup`, `reverse`, `window`, `as_of`, `function`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from czca_rules.errors import near_miss
from czca_rules.rulebook import steps as forms
from czca_rules.rulebook.functions import SIGNATURES
from czca_rules.rulebook.gathering_steps import gathered
from czca_rules.rulebook.relation_reader import Path, Reader
from czca_rules.rulebook.relations import Step
from czca_rules.rulebook.schema import ColumnInfo, Schema, rests_on
from czca_rules.rulebook.syntax import Name, Node, names_in
from czca_rules.rulebook.typecheck import Scope, type_of


def _join(form: forms.Join, path: Path, schema: Schema, source: Schema, key: tuple[str, ...],
          reader: Reader) -> tuple[tuple[str, Node], ...] | None:
    """The formulas that a join binds the source's key columns to; all of them, exactly."""
    wanted = {column: column for column in form} if isinstance(form, tuple) else dict(form)
    if set(wanted) != set(key):
        reader.report(path, "join_key", f"the columns {', '.join(sorted(wanted))}",
                      f"exactly the key {', '.join(sorted(key))}",
                      "Bind every key column, so that at most one row answers.")
        return None
    scope = reader.surroundings.scope(schema)
    bound = []
    for column, text in wanted.items():
        node = reader.formula(text, (*path, column), scope)
        if node is None or not _meets(node, column, source, (*path, column), scope, reader):
            return None
        if rests_on(node, schema)[1]:
            reader.report(path, "join_reading", f"`{column}` that is a matter of reading",
                          "keys that are not")
        bound.append((column, node))
    return tuple(bound)


def _meets(node: Node, column: str, source: Schema, path: Path, scope: Scope,
           reader: Reader) -> bool:
    """Whether a formula is of the sort and unit of the column that it is compared with."""
    info = source.info(column)
    if info is None:
        reader.report(path, "unknown_column", f"`{column}`", "a column of what is joined",
                      near_miss(column, source.columns))
        return False
    found = type_of(node, scope)
    if (found.sort, found.unit) != (info.type.sort, info.type.unit):
        reader.report(path, "join_sort", f"{found} for `{column}`", f"{info.type}")
        return False
    return True


def _joined_columns(alias: str, source: Schema,
                    names: Mapping[str, ColumnInfo]) -> dict[str, ColumnInfo]:
    """Joined columns; whether there is a row at all rests on the tables that drive the source."""
    return {
        f"{alias}.{name}": replace(info, type=replace(info.type, nullable=True),
                                   tables=info.tables | source.tables)
        for name, info in names.items()
    }


def _source(name: str, path: Path, reader: Reader) -> Schema | None:
    schema = reader.schema_of(name)
    if schema is None:
        reader.report((*path, "from"), "unknown_relation", f"relation `{name}`",
                      "a table, or a relation that does not rest on this one",
                      near_miss(name, reader.known()))
    return schema


def lookup(form: forms.Lookup, path: Path, schema: Schema, reader: Reader) -> Step | None:
    source = _source(form.from_, path, reader)
    if source is None:
        return None
    on = _join(form.on, (*path, "on"), schema, source, source.key, reader)
    if on is None:
        return None
    values = {name: info for name, info in source.columns.items()
              if name not in source.key and "." not in name}
    after = schema.with_columns(_joined_columns(form.as_, source, values))
    return Step("lookup", schema, after, form.as_, form.from_, on)


def reverse(form: forms.Reverse, path: Path, schema: Schema, reader: Reader) -> Step | None:
    if not {"from_zone", "to_zone"} <= set(schema.key):
        reader.report(path, "reverse", "a relation without directions",
                      "`from_zone` and `to_zone` in the key")
        return None
    values = {name: info for name, info in schema.columns.items()
              if name not in schema.key and "." not in name}
    after = schema.with_columns(_joined_columns(form.as_, schema, values))
    return Step("reverse", schema, after, form.as_)


def window(form: forms.Window, path: Path, schema: Schema, reader: Reader) -> Step | None:
    source = _source(form.from_, path, reader)
    if source is None:
        return None
    if "mtu_end" not in source.columns or (form.over and
                                           form.over not in reader.surroundings.periods):
        reader.report((*path, "over"), "window", f"`{form.over or form.from_}`",
                      "a period of this file, over rows with a span of time",
                      near_miss(form.over or "", reader.surroundings.periods))
        return None
    on_form = form.on if isinstance(form.on, tuple) else tuple(form.on)
    on = _join(form.on, (*path, "on"), schema, source, on_form, reader)
    texts = form.between or (f"{form.over}.from", f"{form.over}.until")
    scope = reader.surroundings.scope(schema)
    span = tuple(reader.formula(text, (*path, "between", n), scope, "instant")
                 for n, text in enumerate(texts))
    group = gathered(form.columns, (), path, source, reader)
    if on is None or group is None or span[0] is None or span[1] is None:
        return None
    columns, infos = group
    for column in columns:
        for name in {name for node in column.formulas.values() for name in names_in(node)}:
            if name in ("local_hour", "market_day") and source.info(name) is None:
                reader.report((*path, "columns", column.name), "window_clock",
                              f"`{name}` of rows that a window clips", "it as a column before",
                              f"Compute it in a `columns` step of `{form.from_}`.")
                return None
    joined = {name: replace(info, zero=False) for name, info in infos.items()}
    after = schema.with_columns(_joined_columns(form.as_, source, joined))
    return Step("window", schema, after, form.as_, form.from_, on, columns,
                span=(span[0], span[1]), fills=form.gaps == "refused")


def as_of(form: forms.AsOf, path: Path, schema: Schema, reader: Reader) -> Step | None:
    source = _source(form.from_, path, reader)
    if source is None:
        return None
    for part, column in (("since", form.since), ("until", form.until)):
        if column is not None and column not in source.columns:
            reader.report((*path, part), "unknown_column", f"`{column}`",
                          f"a column of `{form.from_}`", near_miss(column, source.columns))
            return None
    key = tuple(name for name in source.key if name != form.since)
    on = _join(form.on, (*path, "on"), schema, source, key, reader)
    at = reader.formula(form.at, (*path, "at"), reader.surroundings.scope(schema))
    if on is None or at is None:
        return None
    scope = reader.surroundings.scope(schema)
    if not all(_meets(at, column, source, (*path, "at"), scope, reader)
               for column in (form.since, form.until) if column is not None):
        return None
    if source.columns[form.since].type.sort not in ("instant", "date"):
        reader.report((*path, "since"), "as_of", f"`{form.since}`", "an instant or a date")
        return None
    values = {name: info for name, info in source.columns.items()
              if name not in key and "." not in name}
    after = schema.with_columns(_joined_columns(form.as_, source, values))
    return Step("as_of", schema, after, form.as_, form.from_, on, at=at, since=form.since,
                until=form.until)


def function(form: forms.Function, path: Path, schema: Schema, reader: Reader) -> Step | None:
    signature = SIGNATURES.get(form.name)
    if signature is None:
        reader.report((*path, "name"), "unknown_function", f"`{form.name}`", "a named function",
                      near_miss(form.name, SIGNATURES))
        return None
    sorts = tuple(schema.columns[name].type.sort if name in schema.columns else "?"
                  for name in form.on)
    if sorts != signature.takes:
        reader.report((*path, "on"), "function_key", f"columns {', '.join(form.on)}",
                      f"columns of the sorts {', '.join(signature.takes)}")
        return None
    if set(form.with_) != set(signature.given):
        reader.report((*path, "with"), "function_with", f"constants {', '.join(form.with_)}",
                      f"exactly {', '.join(signature.given) or 'none'}")
        return None
    tables = frozenset[str]().union(*(schema.columns[name].tables for name in form.on))
    readings = frozenset[str]().union(*(schema.columns[name].readings for name in form.on))
    if readings:
        reader.report((*path, "on"), "join_reading", "a key that is a matter of reading",
                      "keys that are not")
        return None
    after = schema.with_columns({f"{form.as_}.{name}": ColumnInfo(kind, tables)
                                 for name, kind in signature.gives.items()})
    on = tuple((name, Name(1, name)) for name in form.on)
    return Step("function", schema, after, form.as_, on=on, name=form.name,
                given=tuple(sorted(form.with_.items())))
