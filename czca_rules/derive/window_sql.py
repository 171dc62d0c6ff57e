"""The `window` step: an aggregate over another relation's rows inside a span of time."""

from __future__ import annotations

from czca_rules.derive.needs import WRONG, Ref
from czca_rules.derive.select import SPAN_HOURS, Context, Select, quoted
from czca_rules.errors import UsageError
from czca_rules.rulebook.relations import Step


def window(context: Context, step: Step, last: str, source: str, kept: list[Ref],
           inner: list[Ref]) -> str:
    """Rows clipped to the span; a group whose rows leave a gap or overlap has no value."""
    select = Select(context, step.before)
    assert step.span is not None
    start, stop = select.formula(step.span[0]), select.formula(step.span[1])
    keys = [(f"_k{n}", name, select.formula(node)) for n, (name, node) in enumerate(step.on)]
    rows = _window_rows(context, step, source, keys,
                        _window_spans(select, start, stop, keys, last, source))
    group = ", ".join([f"w.{key}" for key, _, _ in keys] + ["w._from", "w._until"])
    values = ", ".join(_window_values(context, step, inner))
    table = f"SELECT {group}, {values} FROM ({rows}) w GROUP BY {group}"
    match = " AND ".join([f"t.{key} = {text}" for key, _, text in keys] +
                         [f"t._from = {start}", f"t._until = {stop}"])
    own = ", ".join([f"s.{quoted(ref)}" for ref in kept] +
                    [f"t.{quoted((f'{step.alias}.{ref[0]}', ref[1]))}" for ref in inner])
    return f"SELECT {own} FROM {select.source(f'{last} s')} LEFT JOIN ({table}) t ON {match}"


def _window_spans(select: Select, start: str, stop: str, keys: list[tuple[str, str, str]],
                  last: str, source: str) -> str:
    """The keys and spans asked for.

    With one span for all rows the source itself tells the keys, and the rows before this step need
    not be gone through twice; a key that nobody asks for is not joined back.
    """
    one_span = not select.calendar and '"' not in start + stop
    shown = [f's."{name}" AS {key}' if one_span else f"{text} AS {key}" for key, name, text in keys]
    spans = ", ".join([*shown, f"{start} AS _from", f"{stop} AS _until"])
    asked = f"{source} s" if one_span else select.source(f"{last} s")
    return f"SELECT DISTINCT {spans} FROM {asked}"


def _window_rows(context: Context, step: Step, source: str, keys: list[tuple[str, str, str]],
                 spans: str) -> str:
    """The source's rows clipped to each span, beside where their neighbours end and begin."""
    others = [name for name in context.schema_of(step.source).key
              if name != "mtu_start" and name not in {name for _, name, _ in keys}]
    part = ", ".join([key for key, _, _ in keys] + ["_from", "_until"] +
                     [f'r."{name}"' for name in others])
    on = " AND ".join([f'r."{name}" = k.{key}' for key, name, _ in keys] +
                      ['r."mtu_start" < k._until', 'r."mtu_end" > k._from'])
    over = f'OVER (PARTITION BY {part} ORDER BY r."mtu_start")'
    return ('SELECT k.*, r.* REPLACE (greatest(r."mtu_start", k._from) AS "mtu_start", '
            'least(r."mtu_end", k._until) AS "mtu_end"), '
            f'lag(r."mtu_end") {over} AS _before, lead(r."mtu_start") {over} AS _after '
            f"FROM ({spans}) k JOIN {source} r ON {on}")


def _window_values(context: Context, step: Step, inner: list[Ref]) -> list[str]:
    """The columns of each span; unknown where its rows do not fill it."""
    inside = Select(context, context.schema_of(step.source), prefix="w.")
    inside.replaced = {"hours": SPAN_HOURS.format('w."mtu_start"', 'w."mtu_end"')}
    whole = ('bool_and(coalesce(w._before, w._from) = w."mtu_start" AND '
             'coalesce(w._after, w._until) = w."mtu_end")')
    parts = []
    for ref in inner:
        target = quoted((f"{step.alias}.{ref[0]}", ref[1]))
        if ref[0] == WRONG:
            parts.append(f'bool_or(w."{WRONG}") AS {target}')
            continue
        text = inside.formula(context.formula(step, ref), ref[1], aggregates=True)
        if inside.calendar:
            raise UsageError(f"the window `{step.alias}` gathers by a value that changes too often "
                             "within the delivery; compute it in a step before the window")
        parts.append(f"CASE WHEN {whole} THEN {text} END AS {target}" if step.fills
                     else f"{text} AS {target}")
    return parts
