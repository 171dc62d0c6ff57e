"""Columns and tables as data: the one specification that types, models and pages come from.

A quantity has a fixed number of digits, so that every product a rule can form is still exact in
38 decimal digits. More decimals than the scale in an input are an error, never rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["mw", "price", "eur", "share", "number", "hours", "integer", "text", "choice",
               "zone", "tso", "border", "product", "direction", "boolean", "instant", "date",
               "duration"]
Absent = Literal["missing", "zero"]
Grid = Literal["direction", "direction_product", "hop_product", "zone", "zone_product"]

#: Digits and decimals of each quantity: MW below a terawatt, prices below a million EUR.
WIDTHS: dict[Kind, tuple[int, int]] = {
    "mw": (9, 3), "price": (12, 6), "eur": (18, 6), "share": (13, 12), "number": (15, 6),
    "hours": (6, 2), "integer": (9, 0),
}

#: What a unit suffix says about the kind of a column.
SUFFIX_KINDS: dict[str, Kind] = {
    "_eur_mw_h": "price", "_eur_mwh": "price", "_mw": "mw", "_eur": "eur",
}


@dataclass(frozen=True)
class Column:
    """One column: name with its unit as suffix, kind, whether it is key, required, confidential.

    ``default`` is what an empty or left-out cell means (as text, in the file's own spelling).
    ``choices`` lists the words that a column of kind ``choice`` may hold.
    ``not_negative`` refuses values below zero.
    """

    name: str
    kind: Kind
    doc: str
    key: bool = False
    required: bool = True
    default: str | None = None
    choices: tuple[str, ...] = ()
    confidential: bool = False
    not_negative: bool = False

    @property
    def sql_type(self) -> str:
        """The DuckDB type that holds the column exactly; instants are UTC without a zone."""
        if self.kind in WIDTHS:
            width, scale = WIDTHS[self.kind]
            return f"DECIMAL({width},{scale})" if self.kind != "integer" else "INTEGER"
        return {"boolean": "BOOLEAN", "instant": "TIMESTAMP", "date": "DATE"}.get(
            self.kind, "VARCHAR")

    @property
    def unit(self) -> str:
        """The unit as people write it, empty where there is none."""
        if self.kind == "price":
            return "EUR/MWh" if self.name.endswith("_eur_mwh") else "EUR/MW/h"
        return {"mw": "MW", "eur": "EUR", "hours": "h"}.get(self.kind, "")


@dataclass(frozen=True)
class TableSpec:
    """One table: its columns in order, what an absent key means, and the grid it should fill.

    ``absent`` is ``missing`` (zeros are written), ``zero`` or ``None`` (no grid: rows are what
    they are). ``grid`` names the dimensions of the manifest that, with every market time unit of
    the delivery days, make the complete set of keys; ``history`` tables reach before delivery and
    have no grid of their own. A history table that ``refines`` cuts the delivery days at its rows'
    boundaries there. ``timed`` tables have ``mtu_start`` and may give ``market_day`` and
    ``position`` instead, and ``mtu_end`` for a longer span. In a wrong row nothing but the key is
    known; in a table that ``keeps_cells`` only what could not be read is unknown, be it a key that
    is free text, because each cell says what the row may concern.
    """

    name: str
    title: str
    cite: str
    columns: tuple[Column, ...]
    absent: Absent | None = None
    grid: Grid | None = None
    history: bool = False
    refines: bool = False
    keeps_cells: bool = False
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @property
    def key(self) -> tuple[str, ...]:
        """The names of the key columns, in order."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def timed(self) -> bool:
        """Whether rows stand for market time units (``mtu_start`` is part of the key)."""
        column = self.by_name.get("mtu_start")
        return column is not None and column.key

    @property
    def on_delivery_axis(self) -> bool:
        """Whether each row of the view stands for one interval of the delivery days."""
        return self.timed and not self.history

    @property
    def span_columns(self) -> tuple[str, ...]:
        """Columns of the view about a row's span: its end and, where rows are split over the
        intervals of the delivery days, the start of the row as it was handed in."""
        return (("mtu_end", "span_start") if self.on_delivery_axis else ("mtu_end",)) \
            if self.timed else ()
