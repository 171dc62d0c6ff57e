"""The `window` step: an aggregate over another relation's rows inside a span of time."""

from __future__ import annotations

from czca_rules.derive.needs import WRONG, Ref
from czca_rules.derive.select import SPAN_HOURS, Context, Select, quoted
from czca_rules.errors import UsageError
from czca_rules.rulebook.relations import Step

#: A row of the source meets a span.
MEETING = 'r."mtu_start" < k._until AND r."mtu_end" > k._from'


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
                  last: str, source: str) -> tuple[str, bool]:
    """The keys and spans asked for, and whether there is one span for all rows.

    Then the source itself tells the keys, and the rows before this step need not be gone through
    twice; a key that nobody asks for is not joined back.
    """
    one_span = not select.calendar and '"' not in start + stop
    shown = [f's."{name}" AS {key}' if one_span else f"{text} AS {key}" for key, name, text in keys]
    spans = ", ".join([*shown, f"{start} AS _from", f"{stop} AS _until"])
    asked = f"{source} s" if one_span else select.source(f"{last} s")
    return f"SELECT DISTINCT {spans} FROM {asked}", one_span


def _window_rows(context: Context, step: Step, source: str, keys: list[tuple[str, str, str]],
                 spans: tuple[str, bool]) -> str:
    """The source's rows clipped to each span, beside where their neighbours end and begin."""
    others = [name for name in context.schema_of(step.source).key
              if name != "mtu_start" and name not in {name for _, name, _ in keys}]
    part = ", ".join([key for key, _, _ in keys] + ["_from", "_until"] +
                     [f'r."{name}"' for name in others])
    asked, one_span = spans
    if one_span:
        joined, left_out = f'({asked}) k JOIN {source} r ON {MEETING}', ""
    else:
        joined, left_out = meeting_by_day(f"({asked})", source), " EXCLUDE (_day)"
    same = "".join(f' AND r."{name}" = k.{key}' for key, name, _ in keys)
    over = f'OVER (PARTITION BY {part} ORDER BY r."mtu_start")'
    return (f'SELECT k.*{left_out}, r.*{left_out} REPLACE ('
            'greatest(r."mtu_start", k._from) AS "mtu_start", '
            'least(r."mtu_end", k._until) AS "mtu_end"), '
            f'lag(r."mtu_end") {over} AS _before, lead(r."mtu_start") {over} AS _after '
            f"FROM {joined}{same}")


def meeting_by_day(asked: str, source: str) -> str:
    """SQL of spans `k` beside the rows `r` that they meet, each pair once, by the days they touch.

    The engine has joins by range, but not in a statement that keeps a common table expression;
    there it compares all spans of a zone: 7 s instead of 0.1 s in a year of quarter hours.
    """
    k, r = _each_day(asked, "_from", "_until"), _each_day(source, "mtu_start", "mtu_end")
    first = f'greatest({_day("r.mtu_start")}, {_day("k._from")})'  # of the days in common
    return f"({k}) k JOIN ({r}) r ON {MEETING} AND r._day = k._day AND r._day = {first}"


def _each_day(relation: str, start: str, end: str) -> str:
    """Spans of time once for every day that they touch."""
    last = f"greatest({_day(end)}, {_day(start)})"
    return f"SELECT *, unnest(range({_day(start)}, {last} + 1)) AS _day FROM {relation}"


def _day(instant: str) -> str:
    """The number of the day of an instant, counted in UTC: any equal parts of time would do."""
    return f"(epoch_us({instant}) // 86400000000)"


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
