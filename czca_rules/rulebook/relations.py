"""Derived relations with their formulas read and typed, step by step.

A ``Relation`` is what the engine and the interpreter both execute; every formula in it is a
parsed node, every step knows the schema before and after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from czca_rules.errors import Problem, near_miss
from czca_rules.rulebook import steps as forms
from czca_rules.rulebook.functions import SIGNATURES
from czca_rules.rulebook.schema import ColumnInfo, Schema, Surroundings, confidential_in, rests_on
from czca_rules.rulebook.syntax import Call, ExpressionError, Name, Node, Not, names_in, parse
from czca_rules.rulebook.typecheck import Scope, require, type_of
from czca_rules.rulebook.units import HOURS, MAX_DIGITS, Type, joined
from czca_rules.rulebook.weights import MAX_WEIGHT, weight_of
from czca_rules.strict_model import place_inside, place_of
from czca_rules.strict_yaml import Located

Path = tuple[int | str, ...]


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
    ``until`` and ``at`` belong to ``as_of``; ``name`` is a named function.
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


@dataclass(frozen=True)
class Relation:
    """A derived relation: source, filter, steps, and its schema after the last step."""

    name: str
    title: str
    cite: str
    source: str
    where: Node | None
    steps: tuple[Step, ...]
    schema: Schema


class Reader:
    """Reads and types the formulas of one file, collecting every problem with its place."""

    def __init__(self, file: str, located: Located, surroundings: Surroundings,
                 readings: Mapping[str, Mapping[str, str]],
                 schema_of: Callable[[str], Schema | None], known: Callable[[], list[str]]) -> None:
        self.file, self.located, self.surroundings = file, located, surroundings
        self.readings, self.schema_of, self.known = readings, schema_of, known
        self.problems: list[Problem] = []

    def report(self, path: Path, kind: str, found: str, expected: str, fix: str = "",
               offset: int | None = None) -> None:
        inside = None if offset is None else place_inside(self.located, path, offset)
        line, column = inside or place_of(self.located, path) or (1, 1)
        self.problems.append(Problem(self.file, line, column, kind, found, expected, fix))

    def formula(self, text: str, path: Path, scope: Scope, sort: str | None = None) -> Node | None:
        """Read and type one formula; problems carry its place, and give no node."""
        try:
            node = parse(text)
            if sort is None:
                type_of(node, scope)
            else:
                require(node, scope, sort)
        except ExpressionError as error:
            self.report(path, "formula", error.found, error.expected, error.fix, error.column - 1)
            return None
        if weight_of(node, scope.weight) > MAX_WEIGHT:
            self.report(path, "formula", "a formula that grows too large when written out",
                        f"at most {MAX_WEIGHT} names", "Split it over several steps.", 0)
            return None
        return node

    def columns(self, given: Mapping[str, forms.Definition], path: Path,
                scope: Scope) -> list[Column]:
        """Read the formulas of columns, each for every value of its reading."""
        result = []
        for name, definition in given.items():
            if isinstance(definition, str):
                node = self.formula(definition, (*path, name), scope)
                if node is not None:
                    result.append(Column(name, {"": node}, None))
                continue
            formulas = self._by_reading(name, definition, path, scope)
            if formulas:
                result.append(Column(name, formulas, definition.reading))
        return result

    def _by_reading(self, name: str, given: forms.ByReading, path: Path,
                    scope: Scope) -> dict[str, Node]:
        values = self.readings.get(given.reading)
        if values is None:
            self.report((*path, name, "reading"), "unknown_reading", f"reading `{given.reading}`",
                        "a reading of readings.yaml", near_miss(given.reading, self.readings))
            return {}
        if set(values) != set(given.formulas):
            self.report((*path, name), "readings_incomplete",
                        f"formulas for {', '.join(sorted(given.formulas))}",
                        f"one for each of {', '.join(sorted(values))}")
            return {}
        nodes = {value: self.formula(text, (*path, name, "formulas", value), scope)
                 for value, text in given.formulas.items()}
        read = {value: node for value, node in nodes.items() if node is not None}
        kinds = [type_of(node, scope) for node in read.values()]
        if len({(kind.sort, kind.unit) for kind in kinds}) > 1:
            self.report((*path, name), "readings_differ",
                        " and ".join(sorted({str(kind) for kind in kinds})),
                        "the same unit under every reading")
            return {}
        if kinds and _widest(kinds).digits > MAX_DIGITS:
            self.report((*path, name), "readings_differ", "formulas of too many digits together",
                        f"at most {MAX_DIGITS}")
            return {}
        return read


def _widest(kinds: Sequence[Type]) -> Type:
    """The narrowest type that holds the values of all."""
    result = kinds[0]
    for kind in kinds[1:]:
        result = joined(result, kind)
    return result


def _info(column: Column, schema: Schema, scope: Scope, zero: bool) -> ColumnInfo:
    """What is known of a computed column: the widest of its formulas."""
    kind = _widest([type_of(node, scope) for node in column.formulas.values()])
    tables: frozenset[str] = frozenset()
    readings = frozenset({column.reading} if column.reading else ())
    for node in column.formulas.values():
        more, turning = rests_on(node, schema)
        tables, readings = tables | more, readings | turning
    hidden = any(confidential_in(node, schema) for node in column.formulas.values())
    weight = max(weight_of(node, scope.weight) for node in column.formulas.values())
    return ColumnInfo(kind, tables or schema.tables, readings, zero, hidden, True, weight)


def read_relation(name: str, form: forms.RelationForm, reader: Reader) -> Relation | None:
    """Read one derived relation; ``None`` where its source is unknown."""
    path: Path = ("relations", name)
    schema = reader.schema_of(form.from_)
    if schema is None:
        reader.report((*path, "from"), "unknown_relation", f"relation `{form.from_}`",
                      "a table or a relation defined above", near_miss(form.from_, reader.known()))
        return None
    where = None
    if form.where is not None:
        where = reader.formula(form.where, (*path, "where"), reader.surroundings.scope(schema),
                               "truth")
        if where is not None and type_of(where, reader.surroundings.scope(schema)).nullable:
            reader.report((*path, "where"), "filter_unknown", "a filter that may be unknown",
                          "a condition on key columns only", "Use it in `under` of the rule.")
    done: list[Step] = []
    for number, step in enumerate(form.steps):
        read = _READERS[step.kind](getattr(step, step.kind), (*path, "steps", number, step.kind),
                                   schema, reader)
        if read is not None:
            done.append(read)
            schema = read.after
    return Relation(name, form.title, form.cite, form.from_, where, tuple(done), schema)


def _columns_step(form: Mapping[str, forms.Definition], path: Path, schema: Schema,
                  reader: Reader) -> Step:
    before, columns = schema, []
    for name, definition in form.items():  # later columns may use earlier ones
        if not _is_new(name, path, schema, reader):
            continue
        scope = reader.surroundings.scope(schema)
        for column in reader.columns({name: definition}, path, scope):
            columns.append(column)
            schema = schema.with_columns({name: _info(column, schema, scope, False)})
    after = replace(schema, columns={name: replace(info, weight=1)
                                     for name, info in schema.columns.items()})
    return Step("columns", before, after, columns=tuple(columns))


def _is_new(name: str, path: Path, schema: Schema, reader: Reader) -> bool:
    """Whether a column's name means nothing else yet."""
    taken = name in schema.columns or name in reader.surroundings.names(schema.clock)
    if taken:
        reader.report((*path, name), "defined_twice", f"`{name}` again", "a new name")
    return not taken


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
                      "a table or a relation defined above", near_miss(name, reader.known()))
    return schema


def _lookup(form: forms.Lookup, path: Path, schema: Schema, reader: Reader) -> Step | None:
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


def _reverse(form: forms.Reverse, path: Path, schema: Schema, reader: Reader) -> Step | None:
    if not {"from_zone", "to_zone"} <= set(schema.key):
        reader.report(path, "reverse", "a relation without directions",
                      "`from_zone` and `to_zone` in the key")
        return None
    values = {name: info for name, info in schema.columns.items()
              if name not in schema.key and "." not in name}
    after = schema.with_columns(_joined_columns(form.as_, schema, values))
    return Step("reverse", schema, after, form.as_)


Group = tuple[tuple[Column, ...], dict[str, ColumnInfo]]


def _group(form_columns: Mapping[str, forms.Definition], by: tuple[str, ...], path: Path,
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
        info = _info(column, schema, scope, zero)
        # a statistic over several confidential rows no longer shows one of them
        infos[column.name] = replace(info, weight=1, confidential=info.confidential and
                                     bool(gathers & {"highest", "lowest"}))
    return tuple(columns), infos


def _aggregate(form: forms.Aggregate, path: Path, schema: Schema, reader: Reader) -> Step | None:
    group = _group(form.columns, form.by, path, schema, reader)
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


def _rollup(form: forms.Rollup, path: Path, schema: Schema, reader: Reader) -> Step | None:
    group = _group(form.columns, form.by, path, schema, reader, beside=True)
    if group is None:
        return None
    columns, infos = group
    after = schema.with_columns({f"{form.as_}.{name}": info for name, info in infos.items()})
    return Step("rollup", schema, after, form.as_, columns=columns, by=form.by)


def _window(form: forms.Window, path: Path, schema: Schema, reader: Reader) -> Step | None:
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
    group = _group(form.columns, (), path, source, reader)
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


def _as_of(form: forms.AsOf, path: Path, schema: Schema, reader: Reader) -> Step | None:
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


def _function(form: forms.Function, path: Path, schema: Schema, reader: Reader) -> Step | None:
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
    after = schema.with_columns({f"{form.as_}.{name}": ColumnInfo(kind, schema.tables)
                                 for name, kind in signature.gives.items()})
    on = tuple((name, Name(1, name)) for name in form.on)
    return Step("function", schema, after, form.as_, on=on, name=form.name)


_READERS: dict[str, Callable[..., Step | None]] = {
    "columns": _columns_step, "lookup": _lookup, "reverse": _reverse, "aggregate": _aggregate,
    "rollup": _rollup, "window": _window, "as_of": _as_of, "function": _function,
}
