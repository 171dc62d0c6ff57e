"""The checks of a cell as SQL, for text and for the types of Parquet alike.

For each column there are two expressions over the raw cell: its *fault*, the code of what is
wrong with it or NULL, and its *value*, exact where the fault is NULL. They use no time zone
function and no binary arithmetic on what ends up in a table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from czca_rules.market_time.zone import FIRST_YEAR, LAST_YEAR
from czca_rules.tables.cell_kinds import CODES, Words
from czca_rules.tables.columns import WIDTHS, Column
from czca_rules.tables.engine import quoted

Family = Literal["text", "decimal", "integer", "double", "boolean", "date", "naive", "instant",
                 "other"]

_INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
             "UINTEGER", "UBIGINT", "UHUGEINT"}
_WORDS: dict[str, str] = {"choice": "unknown_word", "zone": "unknown_zone", "tso": "unknown_tso",
                          "border": "unknown_border", "product": "unknown_product",
                          "direction": "unknown_direction"}
_OFFSET = "(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
_CLOCK = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
_DURATION = "P[0-9]{1,4}[YMWD]|PT[0-9]{1,5}H([0-9]{1,5}M)?|PT[0-9]{1,5}M"
#: Microseconds since 1970 of the first and last instant that is taken.
_FIRST = (datetime(FIRST_YEAR, 1, 1) - datetime(1970, 1, 1)) // timedelta(microseconds=1)
_LAST = (datetime(LAST_YEAR + 1, 1, 1) - datetime(1970, 1, 1)) // timedelta(microseconds=1) - 1
#: Largest count of last decimals that a double holds without a gap.
_DOUBLE_EXACT = 2**53


@dataclass(frozen=True)
class CellSql:
    """SQL of a cell: the code of its fault (or NULL) and its value where there is none."""

    fault: str
    value: str


def family(sql_type: str) -> Family:
    """What a DuckDB type is to these checks."""
    plain = sql_type.upper()
    if plain == "VARCHAR" or plain.startswith("ENUM"):
        return "text"
    if plain.startswith("DECIMAL"):
        return "decimal"
    if plain in _INTEGERS:
        return "integer"
    if plain in ("DOUBLE", "FLOAT"):
        return "double"
    if plain.startswith("TIMESTAMP"):
        return "instant" if "WITH TIME ZONE" in plain or plain.startswith("TIMESTAMPTZ") \
            else "naive"
    return {"BOOLEAN": "boolean", "DATE": "date"}.get(plain, "other")  # type: ignore[return-value]


def accepted_families(column: Column) -> tuple[Family, ...]:
    """The families of types that a column of a Parquet file may have."""
    if column.kind in WIDTHS:
        return ("text", "decimal", "integer", "double")
    if column.kind == "text":
        return ("text", "integer")
    own: dict[str, Family] = {"boolean": "boolean", "instant": "instant", "date": "date"}
    return ("text", own[column.kind]) if column.kind in own else ("text",)


def cell_sql(column: Column, sql_type: str | None, cell: str, words: Words) -> CellSql:
    """Fault and value of a column's cell; ``sql_type`` is None for a column left out.

    That a required column is left out is said once, of the header, and not of each cell.
    """
    if sql_type is None:
        return CellSql("NULL", _default(column, f"NULL::{column.sql_type}"))
    kind = family(sql_type)
    if column.kind in WIDTHS:
        fault, value = _quantity(column, kind, sql_type, cell)
    elif column.kind in _WORDS:
        listed = ", ".join(map(quoted, words.of(column))) or "NULL"
        fault = f"WHEN {cell} NOT IN ({listed}) THEN {_code(_WORDS[column.kind])}"
        value = cell
    elif column.kind == "instant":
        fault, value = _instant(cell, sql_type)
    elif column.kind == "date":
        fault, value = _date(kind, cell)
    elif column.kind == "boolean":
        fault = f"WHEN {cell} NOT IN ('true', 'false') THEN {_code('not_a_boolean')}" \
            if kind == "text" else ""
        value = f"{cell} = 'true'" if kind == "text" else cell
    elif column.kind == "duration":
        fault = (f"WHEN NOT regexp_full_match({cell}, '{_DURATION}') "
                 f"OR NOT regexp_matches({cell}, '[1-9]') THEN {_code('not_a_duration')}")
        value = cell
    else:
        fault, value = "", cell if kind == "text" else f"CAST({cell} AS VARCHAR)"
    if value == cell and kind == "text" and not column.required:
        value = f"nullif({cell}, '')"
    return CellSql(_with_empty(column, kind, cell, fault), _default(column, value))


def _code(kind: str) -> str:
    return f"{CODES[kind]}::UTINYINT"


def _with_empty(column: Column, kind: Family, cell: str, fault: str) -> str:
    empty = f"{cell} IS NULL OR {cell} = ''" if kind == "text" else f"{cell} IS NULL"
    first = f"WHEN {empty} THEN {_code('empty_cell') if column.required else 'NULL'}"
    if not column.required and not fault:
        return "NULL"
    return f"CASE {first} {fault} END"


def _default(column: Column, value: str) -> str:
    if column.default is None:
        return value
    text = quoted(column.default)
    return f"coalesce({value}, CAST({text} AS {column.sql_type}))"


def _quantity(column: Column, kind: Family, sql_type: str, cell: str) -> tuple[str, str]:
    width, scale = WIDTHS[column.kind]
    decimal = f"DECIMAL({width},{scale})"
    value = f"TRY_CAST({cell} AS {decimal})"
    checks: list[str] = []
    if kind == "text":
        good = rf"-?[0-9]+(\.[0-9]{{1,{scale}}}0*)?" if scale else r"-?[0-9]+(\.0+)?"
        checks.append(f"WHEN NOT regexp_full_match({cell}, '{good}') THEN {_wrong_number(cell)}")
        checks.append(f"WHEN {value} IS NULL THEN {_code('too_large')}")
    elif kind == "double":
        value = f"TRY_CAST(CAST({cell} AS DOUBLE) AS {decimal})"
        checks.extend(_double_checks(cell, value, width, scale))
    elif kind == "integer":
        checks.append(f"WHEN {value} IS NULL THEN {_code('too_large')}")
    elif _fits(sql_type, width, scale):
        value = cell if sql_type == decimal else f"CAST({cell} AS {decimal})"
    else:
        checks.append(f"WHEN {value} IS NULL THEN {_code('too_large')}")
        checks.append(f"WHEN {value} <> {cell} THEN {_code('too_many_decimals')}")
    if column.not_negative:
        checks.append(f"WHEN {value} < 0 THEN {_code('negative')}")
    return " ".join(checks), f"CAST({value} AS INTEGER)" if column.kind == "integer" else value


def _fits(sql_type: str, width: int, scale: int) -> bool:
    found = re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", sql_type)
    if found is None:
        return False
    its_width, its_scale = int(found[1]), int(found[2])
    return its_scale <= scale and its_width - its_scale <= width - scale


def _double_checks(cell: str, value: str, width: int, scale: int) -> list[str]:
    wide = f"CAST({cell} AS DOUBLE)"
    return [
        f"WHEN NOT isfinite({wide}) THEN {_code('not_finite')}",
        f"WHEN {value} IS NULL THEN {_code('too_large')}",
        f"WHEN abs({wide}) >= {_DOUBLE_EXACT // 10**scale} THEN {_code('inexact_double')}"
        if 10 ** width > _DOUBLE_EXACT else "",
        f"WHEN abs({wide} - CAST({value} AS DOUBLE)) > 1e-9 THEN {_code('too_many_decimals')}"]


def _wrong_number(cell: str) -> str:
    cases: Sequence[tuple[str, str]] = (
        (r"(?i)[-+]?(nan|inf|infinity)", "not_finite"),
        (r"[-+]?[0-9]*[.,]?[0-9]+[eE][-+]?[0-9]+", "exponent"),
        (r"-?[0-9]+\.[0-9]+", "too_many_decimals"),
        (r"[-+]?[0-9]{1,3}([,.''’ \x{a0}\x{202f}_][0-9]{3})+([.,][0-9]*)?", "thousands_mark"),
        (r"[-+]?[0-9]+,[0-9]*", "decimal_comma"))
    whens = " ".join(f"WHEN regexp_full_match({cell}, '{pattern}') THEN {_code(kind)}"
                     for pattern, kind in cases)
    return f"CASE {whens} ELSE {_code('not_a_number')} END"


def _date(kind: Family, cell: str) -> tuple[str, str]:
    value = f"TRY_CAST({cell} AS DATE)" if kind == "text" else cell
    shape = (f"WHEN NOT regexp_full_match({cell}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') "
             f"THEN {_code('not_a_date')} ") if kind == "text" else ""
    return (f"{shape}WHEN {value} IS NULL OR {value} NOT BETWEEN DATE '{FIRST_YEAR}-01-01' "
            f"AND DATE '{LAST_YEAR}-12-31' THEN {_code('impossible_date')}"), value


def _instant(cell: str, sql_type: str) -> tuple[str, str]:
    # Microseconds of an instant with a zone count from 1970 in UTC: no zone arithmetic.
    if sql_type.upper() != "TIMESTAMP WITH TIME ZONE":
        cell = f"CAST({cell} AS TIMESTAMPTZ)"
    value = f"make_timestamp(epoch_us({cell}))"
    return (f"WHEN NOT isfinite({cell}) OR epoch_us({cell}) NOT BETWEEN {_FIRST} AND {_LAST} "
            f"THEN {_code('impossible_time')}"), value


def spellings_sql(source: str) -> str:
    """SQL that reads instants written as text: `spelling`, `fault` and `moment` (UTC).

    ``source`` is a relation with the column `spelling`.
    """
    # The cast of a whole text would apply or drop the offset depending on DuckDB's version, so
    # clock and offset are read apart.
    cut = ("CASE WHEN spelling[-1] = 'Z' THEN 1 WHEN spelling[-6] IN ('+', '-') THEN 6 "
           "WHEN spelling[-5] IN ('+', '-') THEN 5 ELSE 3 END")
    clock = "TRY_CAST(left(spelling, length(spelling) - cut) AS TIMESTAMP) AS clock"
    far = "right(spelling, cut) AS far"
    hours = "coalesce(TRY_CAST(far[2:3] AS BIGINT), 0) AS hours"
    minutes = ("CASE WHEN cut > 3 THEN coalesce(TRY_CAST(far[-2:] AS BIGINT), 0) ELSE 0 END "
               "AS minutes")
    at = ("make_timestamp(epoch_us(clock) - (hours * 60 + minutes) * "
          "CASE WHEN far[1] = '-' THEN -60000000 ELSE 60000000 END) AS moment")
    fault = (
        f"CASE WHEN NOT regexp_full_match(spelling, '{_CLOCK}{_OFFSET}') THEN "
        f"CASE WHEN regexp_full_match(spelling, '{_CLOCK}') THEN {_code('without_offset')} "
        f"ELSE {_code('not_a_time')} END "
        "WHEN spelling[12:13] > '23' OR clock IS NULL OR hours * 60 + minutes > 840 "
        f"OR minutes > 59 OR epoch_us(moment) NOT BETWEEN {_FIRST} AND {_LAST} "
        f"THEN {_code('impossible_time')} END AS fault")
    return (
        "SELECT spelling, fault, CASE WHEN fault IS NULL THEN moment END AS moment FROM ("
        f"SELECT *, {fault} FROM (SELECT *, {at} FROM (SELECT *, {hours}, {minutes} FROM ("
        f"SELECT *, {clock}, {far} FROM (SELECT spelling, {cut} AS cut FROM ({source}))))))")
