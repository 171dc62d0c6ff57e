"""From raw rows to typed rows: every cell checked, every wrong one counted and placed.

One aggregate over the raw relation says whether anything is wrong. Only if so are the wrong rows
collected, and only for them is it said what and where.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from czca_rules.errors import Problem
from czca_rules.market_time.mtu import MtuSchedule
from czca_rules.tables.cell_kinds import (
    CELL_KINDS,
    CODES,
    MARK,
    REFUSED_CELLS,
    Words,
    wording,
)
from czca_rules.tables.cell_sql import cell_sql
from czca_rules.tables.columns import Column, TableSpec
from czca_rules.tables.engine import Engine, named, quoted
from czca_rules.tables.header import input_columns
from czca_rules.tables.problem_log import SHOWN_PLACES, ProblemLog
from czca_rules.tables.process_tables import DAILY_EVENTS
from czca_rules.tables.raw_part import RawGroup
from czca_rules.tables.specification import TIME_COLUMNS
from czca_rules.tables.time_cells import TimedRows, read_times
from czca_rules.tables.view_columns import view_columns

#: Cells that list several words: table and column, and the column whose words they list.
LISTS = {("combined_minima", "products"): Column("products", "product", "")}
ZONE_PAIRS = (("from_zone", "to_zone"), ("provider_zone", "receiver_zone"))


@dataclass(frozen=True)
class Setting:
    """What the tables of one submission are checked against.

    ``files`` are the names by index of ``_file``; ``contexts`` the indexes of those from context
    folders, whose rows may reach beyond ``delivery`` (instants of start and end, exclusive).
    Nothing that is told as an event can have happened after ``as_of``.
    """

    words: Words
    schedule: MtuSchedule
    delivery: tuple[datetime, datetime]
    files: Sequence[str]
    contexts: frozenset[int]
    as_of: datetime


@dataclass(frozen=True)
class TypedRows:
    """The typed relation of a group, or why the table of the group cannot be read."""

    relation: str
    fault: str | None
    clean: bool


def validate(group: RawGroup, spec: TableSpec, number: int, setting: Setting, engine: Engine,
             log: ProblemLog) -> TypedRows:
    """Check every cell of a group; ``number`` keeps its lookup tables apart from others'."""
    rows = read_times(group, spec, number, setting.schedule, engine)
    faults, values = _cells(group, spec, rows, setting.words)
    listed = ", ".join(f"{sql} AS {named('f_' + name)}" for name, sql in faults.items())
    checked = f"SELECT *, {listed or 'NULL AS f_'} FROM ({rows.relation})"
    wrong = f"coalesce({', '.join(named('f_' + name) for name in faults)}) IS NOT NULL" \
        if faults else "FALSE"
    outside, leaves = _reach(spec, faults, setting)
    bad, out, beyond = engine.query(
        f"SELECT count(*) FILTER (WHERE {wrong}), "
        f"count(*) FILTER (WHERE {leaves} AND {_own_files(setting)}), "
        f"count(*) FILTER (WHERE {outside}) FROM ({checked})")[0]
    fault = None
    if bad:
        fault = _name_cells(checked, wrong, faults, group, spec, setting, engine, log)
    if out:
        _name_outside(checked, leaves, setting, engine, log)
    kept = f" WHERE NOT ({outside})" if beyond else ""
    shape = _typed(spec, values, faults, wrong if bad else None)
    source = f"{checked}" if bad else rows.relation
    return TypedRows(f"SELECT {shape} FROM ({source}){kept}", fault, not bad)


def _cells(group: RawGroup, spec: TableSpec, rows: TimedRows,
           words: Words) -> tuple[dict[str, str], dict[str, str]]:
    faults: dict[str, str] = {}
    values = dict(rows.values)
    for name, column in input_columns(spec).items():
        if name in rows.faults:
            fault = rows.faults[name]
        elif name in values or (spec.timed and name in TIME_COLUMNS):
            continue
        else:
            cell = cell_sql(column, group.types.get(name), named(name), words)
            fault, values[name] = cell.fault, cell.value
            if (spec.name, name) in LISTS and name in group.types:
                fault = _list_fault(fault, name, words.of(LISTS[spec.name, name]))
        if group.refused and name in group.types:
            fault = _refused_fault(fault, name)
        if fault != "NULL":
            faults[name] = fault
    if spec.name == "events" and "event" in group.types:
        faults["market_day"] = _day_fault(faults.get("market_day"), "market_day" in group.types)
    for names, code, pairs in _pair_checks(spec, words):
        if all(name in group.types for name in names):
            one, other = map(named, names)
            allowed = ", ".join(quoted(f"{left}>{right}") for left, right in pairs) or "NULL"
            own = faults.get(names[1], "NULL")
            faults[names[1]] = (
                f"CASE WHEN ({own}) IS NOT NULL THEN {own} "
                f"WHEN ({faults.get(names[0], 'NULL')}) IS NULL AND {one} <> '' AND {other} <> '' "
                f"AND {one} || '>' || {other} NOT IN ({allowed}) THEN {code}::UTINYINT END")
    return faults, values


def _list_fault(fault: str, name: str, known: Sequence[str]) -> str:
    word = f"({'|'.join(map(re.escape, known))})"
    return (f"CASE WHEN ({fault}) IS NOT NULL THEN {fault} WHEN NOT regexp_full_match("
            f"{named(name)}, {quoted(f'{word}(;{word})*')}) "
            f"THEN {CODES['unknown_product']}::UTINYINT END")


def _refused_fault(fault: str, name: str) -> str:
    """The fault of a sheet's cell: that it cannot be taken at all comes first."""
    whens = " ".join(f"WHEN {quoted(letter)} THEN {CODES[kind]}::UTINYINT"
                     for kind, letter in REFUSED_CELLS.items())
    return (f"CASE WHEN starts_with({named(name)}, chr({ord(MARK)})) "
            f"THEN CASE {named(name)}[2] {whens} END ELSE {fault} END")


def _day_fault(own: str | None, given: bool) -> str:
    """The fault of an event's market day: one of the daily process has to say it."""
    daily = f"event IN ({', '.join(map(quoted, DAILY_EVENTS))})"
    empty = "(market_day IS NULL OR CAST(market_day AS VARCHAR) = '')" if given else "TRUE"
    return (f"CASE WHEN {empty} AND {daily} THEN {CODES['no_market_day']}::UTINYINT "
            f"ELSE {own or 'NULL'} END")


def _pair_checks(spec: TableSpec, words: Words) -> list[
        tuple[tuple[str, str], int, tuple[tuple[str, str], ...]]]:
    checks = [(pair, CODES["unknown_border"], words.directions) for pair in ZONE_PAIRS
              if pair[0] in spec.by_name]
    if {"product", "direction"} <= set(spec.by_name):
        checks.append((("product", "direction"), CODES["unknown_product"], words.products))
    return checks


def _typed(spec: TableSpec, values: dict[str, str], faults: Mapping[str, str],
           wrong: str | None) -> str:
    def value(column: Column) -> str:
        own = values[column.name]
        if wrong is None or (column.key and not spec.keeps_cells):
            return own
        if not spec.keeps_cells:
            return f"CASE WHEN {wrong} THEN NULL ELSE {own} END"
        own_fault = named(f"f_{column.name}")
        return f"CASE WHEN {own_fault} IS NULL THEN {own} END" if column.name in faults else own

    return view_columns(spec, value, ("_end", "_start"),
                        (f"({wrong or 'FALSE'})", "_file", "_line"))


def _reach(spec: TableSpec, faults: Mapping[str, str], setting: Setting) -> tuple[str, str]:
    """SQL: whether a row lies outside the delivery days, and whether a right time leaves them."""
    if not spec.on_delivery_axis:
        return "FALSE", "FALSE"
    first, after = (f"TIMESTAMP '{instant}'" for instant in setting.delivery)
    read = " AND ".join(f"{named('f_' + name)} IS NULL" for name in ("mtu_start", *TIME_COLUMNS)
                        if name in faults)
    return (f"(_start >= {after} OR _end <= {first})",
            f"((_start < {first} OR _end > {after}) AND {read or 'TRUE'})")


def _own_files(setting: Setting) -> str:
    listed = ", ".join(map(str, sorted(setting.contexts)))
    return f"_file NOT IN ({listed})" if listed else "TRUE"


def _name_cells(checked: str, wrong: str, faults: dict[str, str], group: RawGroup,
                spec: TableSpec, setting: Setting, engine: Engine, log: ProblemLog) -> str | None:
    """Report the wrong cells; returns the first that makes the whole table unreadable."""
    columns = input_columns(spec)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE wrong_rows AS SELECT * FROM ({checked}) "
                   f"WHERE {wrong}")
    cells = " UNION ALL ".join(
        f"SELECT _file, _line, {index} AS place, {named('f_' + name)} AS code, "
        + (f"CAST({named(name)} AS VARCHAR)" if name in group.types else "NULL") +
        f" AS cell FROM wrong_rows WHERE {named('f_' + name)} IS NOT NULL"
        for index, name in enumerate(columns) if name in faults)
    counts = engine.query(f"SELECT _file, code, count(*) FROM ({cells}) GROUP BY ALL "
                          "ORDER BY ALL")
    first = engine.query(
        f"SELECT _file, code, _line, place, cell FROM ({cells}) QUALIFY row_number() OVER ("
        f"PARTITION BY _file, code ORDER BY _line, place) <= {SHOWN_PLACES} ORDER BY ALL")
    listed = [LISTS.get((spec.name, name), column) for name, column in columns.items()]
    for file, code, count in counts:
        log.add_counted(setting.files[file], CELL_KINDS[code - 1], count, [
            _problem(setting.files[file], line, listed[place], CELL_KINDS[code - 1], cell,
                     setting.words)
            for its_file, its_code, line, place, cell in first
            if (its_file, its_code) == (file, code)])
    keys = [index for index, column in enumerate(listed)
            if _names_the_row(column, spec) or (spec.timed and column.name in TIME_COLUMNS)]
    worst = engine.query(
        f"SELECT _file, _line, place FROM ({cells}) WHERE place IN "
        f"({', '.join(map(str, keys)) or 'NULL'}) ORDER BY ALL LIMIT 1")
    engine.execute("DROP TABLE wrong_rows")
    if not worst:
        return None
    file, line, place = worst[0]
    return f"{setting.files[file]}:{line} has a key that cannot be read (`{listed[place].name}`)"


def _names_the_row(column: Column, spec: TableSpec) -> bool:
    """Whether nobody knows what a row is about that does not have this cell."""
    return column.key and not (spec.keeps_cells and column.kind == "text")


def _problem(file: str, line: int, column: Column, kind: str, cell: Any,
             words: Words) -> Problem:
    found, expected, fix = wording(kind, cell, column, words)
    return Problem(file, line, column.name, kind, found, expected, fix)


def _name_outside(rows: str, leaves: str, setting: Setting, engine: Engine,
                  log: ProblemLog) -> None:
    own = f"{leaves} AND {_own_files(setting)}"
    for file, its_count in engine.query(
            f"SELECT _file, count(*) FROM ({rows}) WHERE {own} GROUP BY ALL ORDER BY ALL"):
        places = engine.query(
            f"SELECT _line, CAST(_start AS VARCHAR), CAST(_end AS VARCHAR) FROM ({rows}) "
            f"WHERE {own} AND _file = {file} ORDER BY ALL LIMIT {SHOWN_PLACES}")
        log.add_counted(setting.files[file], "outside_delivery", its_count, [
            Problem(setting.files[file], line, "mtu_start", "outside_delivery",
                    f"a row from {_instant(start)} to {_instant(end)}",
                    "rows inside the delivery days of the manifest",
                    "Correct the time, or `delivery`; what lies outside is left out.")
            for line, start, end in places])


def _instant(text: str) -> str:
    return text.replace(" ", "T") + "Z"
