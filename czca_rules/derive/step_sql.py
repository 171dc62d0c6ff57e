"""Each derivation as one SELECT over the expression before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from czca_rules.derive.needs import WRONG, Ref, lost_rows_key, node_refs
from czca_rules.derive.select import SPAN_HOURS, Context, Select, quoted, sorted_refs
from czca_rules.rulebook.relations import Step
from czca_rules.rulebook.schema import ColumnInfo


def columns(context: Context, step: Step, last: str, after: set[Ref]) -> str:
    """Computed columns; one that uses another of the same step is written out in place."""
    made = {column.name for column in step.columns}
    written: dict[Ref, str] = {}
    select = Select(context, step.after)
    for column in step.columns:
        for ref in sorted_refs({ref for ref in _closure(context, step, after) if ref[0] == column.name}):
            nested = {name: text for (name, a), text in written.items() if a in (None, ref[1])}
            nested |= {name: text for (name, a), text in written.items() if a == ref[1]}
            select.replaced = nested
            written[ref] = select.formula(context.formula(step, ref), ref[1])
    kept = [f"s.{quoted(ref)}" for ref in sorted_refs(after) if ref[0] not in made]
    new = [f"{written[ref]} AS {quoted(ref)}" for ref in sorted_refs(after) if ref[0] in made]
    return f"SELECT {', '.join(kept + new)} FROM {select.source(f'{last} s')}"


def _closure(context: Context, step: Step, after: set[Ref]) -> set[Ref]:
    """The step's own columns that are needed after it or by one another."""
    made = {column.name for column in step.columns}
    wanted = {ref for ref in after if ref[0] in made}
    while True:
        more = {ref for held in wanted
                for ref in node_refs(context.formula(step, held), step.after, held[1])
                if ref[0] in made}
        if more <= wanted:
            return wanted
        wanted |= more


def aggregate(context: Context, step: Step, last: str, after: set[Ref]) -> str:
    """One row per group of the `by` columns."""
    select = Select(context, step.before)
    by = [select.column(name) for name in step.by]
    parts = [f'{text} AS "{name}"' for name, text in zip(step.by, by, strict=True)]
    for ref in sorted_refs(after):
        if ref[0] in step.by:
            continue
        if ref[0] == WRONG:
            text = f'bool_or(s."{WRONG}")'
        elif ref[0] == "mtu_end" and step.before.clock == "history":
            text = 'min(s."mtu_end")'
        else:
            text = select.formula(context.formula(step, ref), ref[1], aggregates=True)
        parts.append(f"{text} AS {quoted(ref)}")
    nullable = [f"{text} IS NOT NULL" for name, text in zip(step.by, by, strict=True)
                if (info := step.before.info(name)) is not None and info.type.nullable]
    where = f" WHERE {' AND '.join(nullable)}" if nullable else ""
    group = f" GROUP BY {', '.join(by)}" if by else ""
    grouped = f"SELECT {', '.join(parts)} FROM {select.source(f'{last} s')}{where}{group}"
    lost = lost_rows_key(step.before, step.by)
    return grouped if lost is None else _without_losing(grouped, last, step, after, lost)


def _without_losing(grouped: str, last: str, step: Step, after: set[Ref],
                    lost: tuple[str, ...]) -> str:
    """Groups that a row handed in wrong may belong to have no value that is known."""
    keys = ", ".join([f's."{name}"' for name in lost] + ['true AS "_lost"'])
    wrong = f'SELECT DISTINCT {keys} FROM {last} s WHERE s."{WRONG}"'
    on = " AND ".join(f'p."{name}" = g."{name}"' for name in lost) or "true"
    parts = [f'g."{name}"' for name in step.by]
    for ref in sorted_refs(after):
        if ref[0] in step.by:
            continue
        name = quoted(ref)
        parts.append(f'coalesce(p."_lost", g.{name}) AS {name}' if ref[0] == WRONG else
                     f'CASE WHEN p."_lost" IS NULL THEN g.{name} END AS {name}')
    return f"SELECT {', '.join(parts)} FROM ({grouped}) g LEFT JOIN ({wrong}) p ON {on}"


def _fetched(info: ColumnInfo | None, ref: Ref, context: Context, alias: str, present: str) -> str:
    """A joined column: zero where its row is absent and absence means zero."""
    value = f"t.{quoted(ref)}"
    target = quoted((f"{alias}.{ref[0]}", ref[1]))
    if info is not None and info.zero and all(context.sound(table) for table in info.tables):
        if info.type.sort == "quantity":
            return (f"CASE WHEN {present} THEN {value} ELSE CAST(0 AS {info.type.sql}) END "
                    f"AS {target}")
        if info.type.sort == "truth":
            return f"CASE WHEN {present} THEN {value} ELSE false END AS {target}"
    return f"{value} AS {target}"


def _lookup(context: Context, step: Step, last: str, source: str, kept: list[Ref],
            inner: list[Ref]) -> str:
    schema = context.schema_of(step.source)
    select = Select(context, step.before)
    on = " AND ".join(f't."{name}" = {select.formula(node)}' for name, node in step.on)
    fetched = [_fetched(schema.info(ref[0]), ref, context, step.alias, 't."_row"') for ref in inner]
    theirs = sorted_refs({(name, None) for name, _ in step.on} | set(inner))
    listed = ", ".join(quoted(ref) for ref in theirs)
    own = ", ".join([f"s.{quoted(ref)}" for ref in kept] + fetched)
    return (f'SELECT {own} FROM {select.source(f"{last} s")} '
            f'LEFT JOIN (SELECT {listed}, true AS "_row" FROM {source}) t ON {on}')


def _reverse(context: Context, step: Step, last: str, source: str, kept: list[Ref],
             inner: list[Ref]) -> str:
    others = [name for name in step.before.key if name not in ("from_zone", "to_zone")]
    on = ['t."from_zone" = s."to_zone"', 't."to_zone" = s."from_zone"']
    on += [f't."{name}" = s."{name}"' for name in others]
    fetched = [_fetched(step.before.info(ref[0]), ref, context, step.alias,
                        't."from_zone" IS NOT NULL') for ref in inner]
    own = ", ".join([f"s.{quoted(ref)}" for ref in kept] + fetched)
    return f"SELECT {own} FROM {last} s LEFT JOIN {last} t ON {' AND '.join(on)}"


def _rollup(context: Context, step: Step, last: str, source: str, kept: list[Ref],
            inner: list[Ref]) -> str:
    select = Select(context, step.before)
    by = ", ".join(f's."{name}"' for name in step.by)
    parts = []
    for ref in inner:
        text = select.formula(context.formula(step, ref), ref[1], aggregates=True)
        parts.append(f"{text} AS {quoted((f'{step.alias}.{ref[0]}', ref[1]))}")
    groups = f"SELECT {by}, {', '.join(parts)} FROM {select.source(f'{last} s')} GROUP BY {by}"
    on = " AND ".join(f't."{name}" = s."{name}"' for name in step.by)
    own = ", ".join([f"s.{quoted(ref)}" for ref in kept] +
                    [f"t.{quoted((f'{step.alias}.{ref[0]}', ref[1]))}" for ref in inner])
    return f"SELECT {own} FROM {last} s JOIN ({groups}) t ON {on}"


def _window(context: Context, step: Step, last: str, source: str, kept: list[Ref],
            inner: list[Ref]) -> str:
    """Rows clipped to the span; a group whose rows leave a gap or overlap has no value."""
    schema = context.schema_of(step.source)
    select = Select(context, step.before)
    assert step.span is not None
    start, stop = select.formula(step.span[0]), select.formula(step.span[1])
    keys = [(f"_k{n}", name, select.formula(node)) for n, (name, node) in enumerate(step.on)]
    spans = ", ".join([f"{text} AS {key}" for key, _, text in keys] +
                      [f"{start} AS _from", f"{stop} AS _until"])
    others = [name for name in schema.key
              if name != "mtu_start" and name not in {name for _, name, _ in keys}]
    part = ", ".join([key for key, _, _ in keys] + ["_from", "_until"] +
                     [f'r."{name}"' for name in others])
    on = " AND ".join([f'r."{name}" = k.{key}' for key, name, _ in keys] +
                      ['r."mtu_start" < k._until', 'r."mtu_end" > k._from'])
    rows = (f"SELECT k.*, r.* REPLACE (greatest(r.\"mtu_start\", k._from) AS \"mtu_start\", "
            f"least(r.\"mtu_end\", k._until) AS \"mtu_end\"), "
            f"lag(r.\"mtu_end\") OVER (PARTITION BY {part} ORDER BY r.\"mtu_start\") AS _before, "
            f"lead(r.\"mtu_start\") OVER (PARTITION BY {part} ORDER BY r.\"mtu_start\") AS _after "
            f"FROM (SELECT DISTINCT {spans} FROM {select.source(f'{last} s')}) k "
            f"JOIN {source} r ON {on}")
    inside = Select(context, schema, prefix="w.")
    inside.replaced = {"hours": SPAN_HOURS.format('w."mtu_start"', 'w."mtu_end"')}
    whole = ("bool_and(coalesce(w._before, w._from) = w.\"mtu_start\" AND "
             "coalesce(w._after, w._until) = w.\"mtu_end\")")
    parts = []
    for ref in inner:
        target = quoted((f"{step.alias}.{ref[0]}", ref[1]))
        if ref[0] == WRONG:
            parts.append(f'bool_or(w."{WRONG}") AS {target}')
            continue
        node = context.formula(step, ref)
        text = inside.formula(node, ref[1], aggregates=True)
        parts.append(f"CASE WHEN {whole} THEN {text} END AS {target}" if step.fills
                     else f"{text} AS {target}")
    group = ", ".join([f"w.{key}" for key, _, _ in keys] + ["w._from", "w._until"])
    table = f"SELECT {group}, {', '.join(parts)} FROM ({rows}) w GROUP BY {group}"
    match = " AND ".join([f"t.{key} = {text}" for key, _, text in keys] +
                         [f"t._from = {start}", f"t._until = {stop}"])
    own = ", ".join([f"s.{quoted(ref)}" for ref in kept] +
                    [f"t.{quoted((f'{step.alias}.{ref[0]}', ref[1]))}" for ref in inner])
    return f"SELECT {own} FROM {select.source(f'{last} s')} LEFT JOIN ({table}) t ON {match}"


def _as_of(context: Context, step: Step, last: str, source: str, kept: list[Ref],
           inner: list[Ref]) -> str:
    """The latest row begun at or before `at`; one that has ended is as if absent."""
    schema = context.schema_of(step.source)
    select = Select(context, step.before)
    assert step.at is not None
    at = select.formula(step.at)
    on = " AND ".join([f't."{name}" = {select.formula(node)}' for name, node in step.on])
    listed = sorted_refs({(name, None) for name, _ in step.on} | set(inner) |
                         {(name, None) for name in (step.since, step.until) if name})
    begun = f"coalesce(\"{step.since}\", '0001-01-01')"
    ended = _ended(step, schema.columns[step.until].type.sort if step.until else "", at)
    fetched = []
    for ref in inner:
        target = quoted((f"{step.alias}.{ref[0]}", ref[1]))
        fetched.append(f"CASE WHEN NOT ({ended}) THEN t.{quoted(ref)} END AS {target}")
    own = ", ".join([f"s.{quoted(ref)}" for ref in kept] + fetched)
    columns_ = ", ".join(quoted(ref) for ref in listed)
    return (f"SELECT {own} FROM {select.source(f'{last} s')} ASOF LEFT JOIN "
            f"(SELECT {columns_}, {begun} AS _begun FROM {source}) t "
            f"ON {on + ' AND ' if on else ''}{at} >= t._begun")


def _ended(step: Step, sort: str, at: str) -> str:
    """A last day is included, a last instant is not."""
    if step.until is None:
        return "false"
    operator = "<" if sort == "date" else "<="
    return f'coalesce(t."{step.until}" {operator} {at}, false)'


def function(context: Context, step: Step, last: str, kept: list[Ref], inner: list[Ref],
             preceding: str) -> str:
    """Columns of a named function, which computes them in Python for the few distinct keys."""
    keys = tuple(name for name, _ in step.on)
    listed = ", ".join(f'"{name}"' for name in keys)
    table = context.function(step.name, f"{preceding}SELECT DISTINCT {listed} FROM {last}", keys)
    on = " AND ".join(f't."{name}" = s."{name}"' for name in keys)
    own = ", ".join([f"s.{quoted(ref)}" for ref in kept] +
                    [f'false AS "{step.alias}.{WRONG}"' if ref[0] == WRONG else
                     f't."{ref[0]}" AS {quoted((f"{step.alias}.{ref[0]}", ref[1]))}'
                     for ref in inner])
    return f"SELECT {own} FROM {last} s LEFT JOIN {table} t ON {on}"


JOINS: Mapping[str, Callable[..., str]] = {
    "lookup": _lookup, "reverse": _reverse, "rollup": _rollup, "window": _window,
    "as_of": _as_of,
}
