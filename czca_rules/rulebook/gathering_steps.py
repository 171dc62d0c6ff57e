"""Steps that compute or gather columns: `columns`, `aggregate`, `rollup`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from czca_rules.errors import near_miss
from czca_rules.rulebook import steps as forms
from czca_rules.rulebook.relation_reader import Path, Reader, column_info
from czca_rules.rulebook.relations import Column, Step
from czca_rules.rulebook.schema import ColumnInfo, Schema
from czca_rules.rulebook.syntax import Call, Logic, Name, Node, Not
from czca_rules.rulebook.units import HOURS


def columns(form: Mapping[str, forms.Definition], path: Path, schema: Schema,
                  reader: Reader) -> Step:
    before, columns = schema, []
    for name, definition in form.items():  # later columns may use earlier ones
        if not _is_new(name, path, schema, reader):
            continue
        scope = reader.surroundings.scope(schema)
        for column in reader.columns({name: definition}, path, scope):
            columns.append(column)
            zero = all(_false_where_absent(node, schema) for node in column.formulas.values())
            schema = schema.with_columns({name: column_info(column, schema, scope, zero)})
    after = replace(schema, columns={name: replace(info, weight=1)
                                     for name, info in schema.columns.items()})
    return Step("columns", before, after, columns=tuple(columns))


def _false_where_absent(node: Node, schema: Schema) -> bool:
    """Whether a formula only joins conditions that are false for a row that is absent."""
    if isinstance(node, Logic):
        return _false_where_absent(node.left, schema) and _false_where_absent(node.right, schema)
    info = schema.info(node.name) if isinstance(node, Name) else None
    return info is not None and info.zero and info.type.sort == "truth"


def _is_new(name: str, path: Path, schema: Schema, reader: Reader) -> bool:
    """Whether a column's name means nothing else yet."""
    taken = name in schema.columns or name in reader.surroundings.names(schema.clock)
    if taken:
        reader.report((*path, name), "defined_twice", f"`{name}` again", "a new name")
    return not taken


Group = tuple[tuple[Column, ...], dict[str, ColumnInfo]]


def gathered(form_columns: Mapping[str, forms.Definition], by: tuple[str, ...], path: Path,
           schema: Schema, reader: Reader, beside: bool = False) -> Group | None:
    unknown = [name for name in by if name not in schema.columns and name != "market_day"]
    if unknown:
        reader.report((*path, "by"), "unknown_column", f"`{unknown[0]}`",
                      "a column of the relation", near_miss(unknown[0], schema.columns))
        return None
    for name in by:
        info = schema.info(name)
        if info is not None and info.type.nullable and (info.computed or beside):
            reader.report((*path, "by"), "group_unknown", f"`{name}`, which may be unknown",
                          "columns that are always known",
                          "A row of unknown group would be missing from a sum.")
            return None
    scope = reader.surroundings.scope(schema, aggregates=True)
    columns = reader.columns(form_columns, (*path, "columns"), scope)
    infos: dict[str, ColumnInfo] = {}
    for column in columns:
        for node in column.formulas.values():
            if not isinstance(node, Call) or isinstance(node, Not):
                reader.report((*path, "columns", column.name), "not_an_aggregate",
                              f"`{column.name}` that gathers nothing", "one aggregate function",
                              "Compute on its result in a `columns` step.")
                return None
        gathers = {node.function for node in column.formulas.values() if isinstance(node, Call)}
        free = any(item is not None and item.type.nullable for item in map(schema.info, by))
        zero = schema.absent_is_zero and gathers <= {"sum", "count", "any"} and not free
        info = column_info(column, schema, scope, zero)
        # a statistic over several confidential rows no longer shows one of them
        infos[column.name] = replace(info, weight=1, confidential=info.confidential and
                                     bool(gathers & {"highest", "lowest"}))
    return tuple(columns), infos


def aggregate(form: forms.Aggregate, path: Path, schema: Schema, reader: Reader) -> Step | None:
    group = gathered(form.columns, form.by, path, schema, reader)
    if group is None:
        return None
    columns, infos = group
    keys = {}
    for name in form.by:
        info = schema.info(name)
        keys[name] = replace(info, type=info.type.known()) if info else ColumnInfo(
            HOURS, schema.tables)
        if info is None:
            found = reader.surroundings.type_of(name, schema.clock)
            assert found is not None
            keys[name] = ColumnInfo(found, schema.tables)
    clock = schema.clock if "mtu_start" in form.by else (
        "day" if "market_day" in form.by else "none")
    if "mtu_start" in form.by and schema.clock == "history":
        keys["mtu_end"] = schema.columns["mtu_end"]
    after = Schema({**keys, **infos}, form.by, clock, schema.tables, schema.absent_is_zero)
    return Step("aggregate", schema, after, columns=columns, by=form.by)


def rollup(form: forms.Rollup, path: Path, schema: Schema, reader: Reader) -> Step | None:
    group = gathered(form.columns, form.by, path, schema, reader, beside=True)
    if group is None:
        return None
    columns, infos = group
    after = schema.with_columns({f"{form.as_}.{name}": info for name, info in infos.items()})
    return Step("rollup", schema, after, form.as_, columns=columns, by=form.by)
