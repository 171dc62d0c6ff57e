"""When a row of a timed table is: from `mtu_start`, or `market_day` and `position`, and `mtu_end`.

Times repeat in almost every row, so a text is read once for each of its distinct spellings and
joined back; so are market days. What is left per row is arithmetic on microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from czca_rules.market_time.days import market_day_end, market_day_start
from czca_rules.market_time.mtu import MtuSchedule
from czca_rules.market_time.zone import MarketTimeError
from czca_rules.tables.cell_kinds import CODES, MAX_SPAN_DAYS, Words
from czca_rules.tables.cell_sql import cell_sql, family, spellings_sql
from czca_rules.tables.columns import Column, TableSpec
from czca_rules.tables.engine import Engine, named
from czca_rules.tables.header import input_columns
from czca_rules.tables.raw_part import RawGroup

_QUARTER_US = 900_000_000
_DAY_US = 86_400_000_000
_EMPTY = f"{CODES['empty_cell']}::UTINYINT"
_NO_WORDS = Words((), (), (), (), ())


@dataclass(frozen=True)
class TimedRows:
    """A relation with its times read, and the SQL of the faults that were found in doing so.

    The relation has the raw columns, ``_at_<column>`` for each instant that came as text, and in
    timed tables ``_start``, ``_given_end`` and ``_end``.
    """

    relation: str
    faults: dict[str, str]
    values: dict[str, str]


def read_times(group: RawGroup, spec: TableSpec, number: int, schedule: MtuSchedule,
               engine: Engine) -> TimedRows:
    """Read every instant of a group; ``number`` keeps its lookup tables apart from others'."""
    columns = input_columns(spec)
    joins: list[str] = []
    extra: list[str] = []
    faults: dict[str, str] = {}
    values: dict[str, str] = {}
    for name, sql_type in group.types.items():
        if columns[name].kind != "instant":
            continue
        if family(sql_type) != "text":
            cell = cell_sql(columns[name], sql_type, named(name), _NO_WORDS)
            faults[name], values[name] = cell.fault, cell.value
            continue
        lookup = f"l_{number}_{name}"
        _read_spellings(group, name, lookup, engine)
        joins.append(f"LEFT JOIN {named(lookup)} ON r.{named(name)} = {named(lookup)}.spelling")
        at, fault = f"_at_{name}", f"_fault_{name}"
        extra += [f"{named(lookup)}.moment AS {named(at)}",
                  f"{named(lookup)}.fault AS {named(fault)}"]
        empty = f"{named(name)} IS NULL OR {named(name)} = ''"
        faults[name] = f"CASE WHEN {empty} THEN {_EMPTY} ELSE {named(fault)} END" \
            if columns[name].required else named(fault)
        values[name] = named(at)
    if spec.timed and "market_day" in group.types:
        lookup = f"l_{number}_day"
        _read_days(group, columns["market_day"], lookup, schedule, engine)
        joins.append(f"LEFT JOIN {named(lookup)} ON r.market_day = {named(lookup)}.spelling")
        extra += [f"{named(lookup)}.{name} AS _day_{name}"
                  for name in ("first", "after", "length", "fault")]
    relation = f"SELECT r.*{''.join(', ' + item for item in extra)} FROM ({group.relation}) r " \
               + " ".join(joins) if joins else group.relation
    if spec.timed:
        return _span(relation, group, columns, faults, values, schedule)
    return TimedRows(relation, faults, values)


def _read_spellings(group: RawGroup, name: str, lookup: str, engine: Engine) -> None:
    distinct = (f"SELECT DISTINCT {named(name)} AS spelling FROM ({group.relation}) "
                f"WHERE {named(name)} <> ''")
    engine.execute(f"CREATE OR REPLACE TABLE {named(lookup)} AS {spellings_sql(distinct)}")


def _read_days(group: RawGroup, column: Column, lookup: str, schedule: MtuSchedule,
               engine: Engine) -> None:
    sql_type = group.types["market_day"]
    cell = cell_sql(column, sql_type, "spelling", _NO_WORDS)
    found = engine.query(
        f"SELECT spelling, {cell.fault}, CASE WHEN {cell.fault} IS NULL THEN {cell.value} END "
        f"FROM (SELECT DISTINCT market_day AS spelling FROM ({group.relation}) "
        "WHERE market_day IS NOT NULL)")
    engine.fill(lookup, [("spelling", sql_type), ("fault", "UTINYINT"), ("first", "BIGINT"),
                         ("after", "BIGINT"), ("length", "BIGINT")],
                [(spelling, fault, *_day_numbers(day, schedule))
                 for spelling, fault, day in found])


def _day_numbers(day: date | None, schedule: MtuSchedule) -> tuple[int | None, ...]:
    if day is None:
        return None, None, None
    try:
        length = schedule.minutes_on(day) * 60_000_000
    except MarketTimeError:
        length = None
    return microseconds(market_day_start(day)), microseconds(market_day_end(day)), length


def microseconds(instant: datetime) -> int:
    """Microseconds of an instant since 1970."""
    return (instant - datetime(1970, 1, 1)) // timedelta(microseconds=1)


def mtu_length_sql(schedule: MtuSchedule, start: str) -> str:
    """SQL for the length in microseconds of the market time unit in force at an instant."""
    whens: list[str] = []
    for day, minutes in reversed(schedule.changes):
        length = minutes * 60_000_000
        if day == date.min:
            return f"CASE {' '.join(whens)} ELSE {length} END" if whens else str(length)
        whens.append(f"WHEN epoch_us({start}) >= {microseconds(market_day_start(day))} "
                     f"THEN {length}")
    return f"CASE {' '.join(whens)} END"


def _span(relation: str, group: RawGroup, columns: dict[str, Column], faults: dict[str, str],
          values: dict[str, str], schedule: MtuSchedule) -> TimedRows:
    """Add start and end of each row; the checks of the key instant are replaced by these."""
    own = values.get("mtu_start")
    by_position = "position" in group.types and "market_day" in group.types
    if "position" in group.types:
        cell = cell_sql(columns["position"], group.types["position"], "position", _NO_WORDS)
        placed = (f"CASE WHEN {cell.fault} IS NULL THEN make_timestamp("
                  f"_day_first + (({cell.value}) - 1) * _day_length) END")
        faults["position"] = cell.fault
    if "market_day" in group.types:
        faults["market_day"] = _day_fault(own)
    start = own or "NULL::TIMESTAMP"
    if by_position:
        start = f"coalesce({start}, {placed})"
        _position_faults(faults, own)
        relation = f"SELECT *, {placed} AS _placed FROM ({relation})"
        start = start.replace(placed, "_placed")
    end = values.get("mtu_end", "NULL::TIMESTAMP")
    length = mtu_length_sql(schedule, "_start")
    relation = f"SELECT *, {start} AS _start, {end} AS _given_end FROM ({relation})"
    until = f"make_timestamp(epoch_us(_start) + {length})"
    if "mtu_end" in group.types:
        until = f"coalesce(_given_end, {until})"
    relation = f"SELECT *, {until} AS _end FROM ({relation})"
    _grid_faults(faults, "mtu_start" if own else "position", length, "mtu_end" in group.types)
    return TimedRows(relation, faults, {**values, "mtu_start": "_start"})


def _day_fault(own: str | None) -> str:
    disagree = (f"WHEN epoch_us({own}) < _day_first OR epoch_us({own}) >= _day_after "
                f"THEN {CODES['times_disagree']}::UTINYINT ") if own else ""
    return (f"CASE WHEN _day_fault IS NOT NULL THEN _day_fault WHEN _day_first IS NOT NULL AND "
            f"_day_length IS NULL THEN {CODES['no_mtu']}::UTINYINT {disagree}END")


def _position_faults(faults: dict[str, str], own: str | None) -> None:
    empty, beyond, disagree = (f"{CODES[kind]}::UTINYINT" for kind in (
        "empty_cell", "position_beyond_day", "times_disagree"))
    no_own = f"{own} IS NULL" if own else "TRUE"
    if own:  # an empty start is filled from day and position
        faults["mtu_start"] = (
            f"CASE WHEN mtu_start IS NOT NULL THEN {faults['mtu_start']} "
            f"WHEN market_day IS NULL AND position IS NULL THEN {empty} END")
    missing = "position IS NOT NULL" if own else "TRUE"
    faults["market_day"] = (f"CASE WHEN market_day IS NULL AND {missing} THEN {empty} "
                            f"ELSE {faults['market_day']} END")
    faults["position"] = (
        f"CASE WHEN ({faults['position']}) IS NOT NULL THEN {faults['position']} "
        f"WHEN position IS NULL AND market_day IS NOT NULL AND {no_own} THEN {empty} "
        f"WHEN _placed IS NOT NULL AND (epoch_us(_placed) < _day_first "
        f"OR epoch_us(_placed) >= _day_after) THEN {beyond} "
        + (f"WHEN _placed <> {own} THEN {disagree} " if own else "") + "END")


def _grid_faults(faults: dict[str, str], place: str, length: str, may_end: bool) -> None:
    code = {kind: f"{CODES[kind]}::UTINYINT" for kind in (
        "off_quarter_hour", "no_mtu", "off_grid", "end_not_after_start", "span_too_long")}
    first = faults.get(place, "NULL")
    quarter = f"epoch_us(_start) % {_QUARTER_US} <> 0 THEN {code['off_quarter_hour']}"
    by_mtu = (f"WHEN _start IS NOT NULL AND ({length}) IS NULL THEN {code['no_mtu']} "
              f"WHEN epoch_us(_start) % ({length}) <> 0 THEN {code['off_grid']}")
    if may_end:
        by_mtu = f"WHEN _given_end IS NOT NULL THEN CASE WHEN {quarter} END {by_mtu}"
    faults[place] = (f"CASE WHEN ({first}) IS NOT NULL THEN {first} {by_mtu} END"
                     if first != "NULL" else f"CASE {by_mtu} END")
    if may_end:
        own = faults["mtu_end"]
        faults["mtu_end"] = (
            f"CASE WHEN ({own}) IS NOT NULL THEN {own} "
            f"WHEN _given_end <= _start THEN {code['end_not_after_start']} "
            f"WHEN epoch_us(_given_end) % {_QUARTER_US} <> 0 THEN {code['off_quarter_hour']} "
            f"WHEN epoch_us(_given_end) - epoch_us(_start) > {MAX_SPAN_DAYS * _DAY_US} "
            f"THEN {code['span_too_long']} END")
