"""Each derivation as one SELECT over the expression before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from czca_rules.derive.needs import WRONG, Ref, lost_rows_key, node_refs, unsure_columns
from czca_rules.derive.select import Context, Select, quoted, sorted_refs
from czca_rules.derive.window_sql import window
from czca_rules.rulebook.relations import Step
from czca_rules.rulebook.schema import ColumnInfo
from czca_rules.rulebook.syntax import names_in
from czca_rules.rulebook.typecheck import type_of


def columns(context: Context, step: Step, last: str, after: set[Ref]) -> str:
    """Computed columns; one that uses another of the same step is written out in place."""
    made = {column.name for column in step.columns}
    written: dict[Ref, str] = {}
    select = Select(context, step.after)
    for column in step.columns:
        needed = {ref for ref in _closure(context, step, after) if ref[0] == column.name}
        for ref in sorted_refs(needed):
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
    made = [column.name for column in step.columns]
    select = Select(context, step.before, reads_at=any(
        "at" in names_in(context.formula(step, ref)) for ref in after if ref[0] in made))
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
    unsure = " OR ".join(f's."{name}" IS NULL' for name in unsure_columns(step.before, step.by))
    wrong = f'SELECT DISTINCT {keys} FROM {last} s WHERE s."{WRONG}" AND ({unsure})'
    on = " AND ".join(f'p."{name}" = g."{name}"' for name in lost) or "true"
    parts = [f'g."{name}"' for name in step.by]
    for ref in sorted_refs(after):
        if ref[0] in step.by:
            continue
        name = quoted(ref)
        parts.append(f'coalesce(p."_lost", g.{name}) AS {name}' if ref[0] == WRONG else
                     f'CASE WHEN p."_lost" IS NULL THEN g.{name} END AS {name}')
    return f"SELECT {', '.join(parts)} FROM ({grouped}) g LEFT JOIN ({wrong}) p ON {on}"


def _fetched(info: ColumnInfo | None, ref: Ref, context: Context, alias: str, present: str,
             sought: str = "") -> str:
    """A joined column: zero where the row ``sought`` is absent and absence means zero."""
    otherwise = f"WHEN {sought} THEN" if sought else "ELSE"
    value = f"t.{quoted(ref)}"
    target = quoted((f"{alias}.{ref[0]}", ref[1]))
    if info is not None and info.zero and all(context.sound(table) for table in info.tables):
        if info.type.sort == "quantity":
            return (f"CASE WHEN {present} THEN {value} {otherwise} CAST(0 AS {info.type.sql}) END "
                    f"AS {target}")
        if info.type.sort == "truth":
            return f"CASE WHEN {present} THEN {value} {otherwise} false END AS {target}"
    return f"{value} AS {target}"


def _lookup(context: Context, step: Step, last: str, source: str, kept: list[Ref],
            inner: list[Ref]) -> str:
    schema = context.schema_of(step.source)
    select = Select(context, step.before)
    on = " AND ".join(f't."{name}" = {select.formula(node)}' for name, node in step.on)
    sought = " AND ".join(f"{select.formula(node)} IS NOT NULL" for _, node in step.on
                          if type_of(node, select.scope().scope).nullable)
    fetched = [_fetched(schema.info(ref[0]), ref, context, step.alias, 't."_row"', sought)
               for ref in inner]
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


def _as_of(context: Context, step: Step, last: str, source: str, kept: list[Ref],
           inner: list[Ref]) -> str:
    """The latest row begun at or before `at`; one that has ended is as if absent."""
    schema = context.schema_of(step.source)
    select = Select(context, step.before)
    assert step.at is not None
    at = select.formula(step.at)
    # as columns, for an as-of join takes no constants
    sought = ", ".join([f"{select.formula(node)} AS _k{n}" for n, (_, node) in enumerate(step.on)] +
                       [f"{at} AS _at"])
    on = " AND ".join([f't."{name}" = s._k{n}' for n, (name, _) in enumerate(step.on)] +
                      ["s._at >= t._begun"])
    listed = sorted_refs({(name, None) for name, _ in step.on} | set(inner) |
                         {(name, None) for name in (step.since, step.until) if name})
    begun = f"coalesce(\"{step.since}\", '0001-01-01')"
    ended = _ended(step, schema.columns[step.until].type.sort if step.until else "", "s._at")
    fetched = []
    for ref in inner:
        target = quoted((f"{step.alias}.{ref[0]}", ref[1]))
        fetched.append(f"CASE WHEN NOT ({ended}) THEN t.{quoted(ref)} END AS {target}")
    own = ", ".join([f"s.{quoted(ref)}" for ref in kept] + fetched)
    columns_ = ", ".join(quoted(ref) for ref in listed)
    asking = f"SELECT s.*, {sought} FROM {select.source(f'{last} s')}"
    return (f"SELECT {own} FROM ({asking}) s ASOF LEFT JOIN "
            f"(SELECT {columns_}, {begun} AS _begun FROM {source}) t ON {on}")


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
    # two steps of a relation may follow the same one where what lies between them is not needed
    table = context.function(step, f"{preceding}SELECT DISTINCT {listed} FROM {last}",
                             f"{listed} of {last}")
    on = " AND ".join(f't."{name}" IS NOT DISTINCT FROM s."{name}"' for name in keys)
    own = ", ".join([f"s.{quoted(ref)}" for ref in kept] +
                    [f'false AS "{step.alias}.{WRONG}"' if ref[0] == WRONG else
                     f't."{ref[0]}" AS {quoted((f"{step.alias}.{ref[0]}", ref[1]))}'
                     for ref in inner])
    return f"SELECT {own} FROM {last} s LEFT JOIN {table} t ON {on}"


JOINS: Mapping[str, Callable[..., str]] = {
    "lookup": _lookup, "reverse": _reverse, "rollup": _rollup, "window": window,
    "as_of": _as_of,
}
