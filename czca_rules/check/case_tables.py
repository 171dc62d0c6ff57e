"""How the tables and manifests of cases are put together from what differs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from czca_rules.errors import UsageError
from czca_rules.market_time.days import market_day_start
from czca_rules.market_time.spans import format_instant, parse_instant, period_end
from czca_rules.tables.specification import TABLES

Tables = Mapping[str, list[dict[str, Any]]]


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping with another laid over it; mappings merge, everything else is replaced."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        result[key] = merged(old, value) if both else value  # type: ignore[arg-type]
    return result


def changed(tables: Tables, changes: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The tables of a case: rows replaced, columns set, rows changed or removed by number."""
    result = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    for name, change in changes.items():
        if isinstance(change, list):
            result[name] = [dict(row) for row in change]
        elif change and all(str(key).isdigit() for key in change):
            result[name] = _by_number(name, result.get(name, []), change)
        else:
            result[name] = [row | dict(change or {}) for row in result.get(name, [])]
    return result


def _by_number(name: str, rows: list[dict[str, Any]], change: Mapping[str, Any]) -> \
        list[dict[str, Any]]:
    kept: dict[int, dict[str, Any]] = dict(enumerate(rows, 1))
    for key, values in change.items():
        number = int(key)
        if values is None:
            if kept.pop(number, None) is None:
                raise UsageError(f"a case removes row {number} of `{name}`, which is not there")
        else:
            kept[number] = kept.get(number, {}) | dict(values)
    return [kept[number] for number in sorted(kept)]


def completed(name: str, rows: list[dict[str, Any]], manifest: Mapping[str, Any]) -> \
        list[dict[str, Any]]:
    """Rows with their times written out: days become instants, none the whole first day.

    `each: PT1H` stands for as many rows of that length as fit.
    """
    spec = TABLES.get(name)
    if spec is None:
        raise UsageError(f"a case names the table `{name}`, which does not exist")
    first = date.fromisoformat(str(manifest["delivery"]["from"]))
    instants = {column.name for column in spec.columns if column.kind == "instant"} | {"mtu_end"}
    result = []
    for row in rows:
        full = {key: _instant(value) if key in instants else value for key, value in row.items()}
        if spec.timed and "mtu_start" not in full and "position" not in full:
            full["mtu_start"] = _instant(first.isoformat())
            full["mtu_end"] = _instant((first + timedelta(days=1)).isoformat())
        result += _cut(full)
    return result


def _cut(row: dict[str, Any]) -> list[dict[str, Any]]:
    """A row, or the rows of equal length that `each: PT1H` asks for in its place."""
    each = row.pop("each", None)
    if each is None:
        return [row]
    at, end = (parse_instant(row[name]) for name in ("mtu_start", "mtu_end"))
    rows = []
    while at < end:
        after = period_end(at, each)
        rows.append(row | {"mtu_start": format_instant(at), "mtu_end": format_instant(after)})
        at = after
    return rows


def _instant(value: Any) -> Any:
    """A date as the beginning of that market day; anything else as it is."""
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        return format_instant(market_day_start(date.fromisoformat(value)))
    return value
