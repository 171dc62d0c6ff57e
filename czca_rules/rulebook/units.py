"""Types of values in formulas: units, digits, and whether a value may be unknown.

Units are vectors over EUR, MW and h, so MW x EUR/MWh x h is EUR, while MW + EUR/MWh is refused.
Digits follow every operation; a formula whose exact result could need more than 38 is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from czca_rules.tables.columns import WIDTHS, Column

Sort = Literal["quantity", "text", "truth", "instant", "date"]
Unit = tuple[int, int, int]

MAX_DIGITS = 38
#: A sum may be a thousand times its largest term before it is refused at run time.
SUM_DIGITS = 3

UNITS: dict[str, Unit] = {
    "": (0, 0, 0), "MW": (0, 1, 0), "h": (0, 0, 1), "MWh": (0, 1, 1), "EUR": (1, 0, 0),
    "EUR/MWh": (1, -1, -1), "EUR/MW/h": (1, -1, -1),
}
#: What a parameter's unit may be, beside the units above.
PARAMETER_UNITS = frozenset(UNITS) - {""} | {"share", "number", "date"}


@dataclass(frozen=True)
class Type:
    """The type of a value: sort, unit, decimal digits and scale, and whether it may be unknown."""

    sort: Sort
    unit: Unit = (0, 0, 0)
    digits: int = 0
    scale: int = 0
    nullable: bool = True

    @property
    def sql(self) -> str:
        """The DuckDB type that holds every value exactly."""
        if self.sort == "quantity":
            return f"DECIMAL({self.digits},{self.scale})"
        return {"text": "VARCHAR", "truth": "BOOLEAN", "instant": "TIMESTAMP", "date": "DATE"}[
            self.sort]

    def __str__(self) -> str:
        if self.sort != "quantity":
            return {"truth": "a condition", "text": "a word", "instant": "an instant",
                    "date": "a date"}[self.sort]
        return unit_name(self.unit)

    def known(self) -> Type:
        """The same type for a value that is always known."""
        return replace(self, nullable=False)


TRUTH = Type("truth")


def unit_name(unit: Unit) -> str:
    """A unit as people write it.

    >>> unit_name((1, -1, -1))
    'EUR/MWh'
    """
    for name, vector in UNITS.items():
        if vector == unit:
            return name or "a plain number"
    return " x ".join(f"{base}^{power}" for base, power in zip(("EUR", "MW", "h"), unit,
                                                               strict=True) if power)


def unit_symbol(unit: Unit) -> str:
    """The unit for a report, empty for a plain number."""
    return "" if unit == (0, 0, 0) else unit_name(unit)


def literal_type(value: Decimal, unit: str) -> Type:
    """The narrowest type of a literal."""
    _, figures, exponent = value.as_tuple()
    scale = -min(int(exponent), 0)
    digits = max(len(figures) + max(int(exponent), 0), scale + 1)
    return Type("quantity", UNITS[unit], digits, scale, nullable=False)


def column_type(column: Column, nullable: bool | None = None) -> Type:
    """The type of a table's column."""
    free = not column.required and column.default is None
    may_miss = (not column.key or free) if nullable is None else nullable
    if column.kind in WIDTHS:
        digits, scale = WIDTHS[column.kind]
        unit = {"mw": UNITS["MW"], "price": UNITS["EUR/MWh"], "eur": UNITS["EUR"],
                "hours": UNITS["h"]}.get(column.kind, (0, 0, 0))
        return Type("quantity", unit, digits, scale, may_miss)
    sort: Sort = {"boolean": "truth", "instant": "instant", "date": "date"}.get(  # type: ignore[assignment]
        column.kind, "text")
    return Type(sort, nullable=may_miss)


def joined(left: Type, right: Type) -> Type:
    """The narrowest type that holds values of both (same sort and unit)."""
    scale = max(left.scale, right.scale)
    whole = max(left.digits - left.scale, right.digits - right.scale)
    return replace(left, digits=whole + scale, scale=scale,
                   nullable=left.nullable or right.nullable)


def summed(left: Type, right: Type) -> Type:
    """The type of a sum or difference."""
    both = joined(left, right)
    return replace(both, digits=both.digits + 1)


def product(left: Type, right: Type) -> Type:
    """The type of a product; units multiply."""
    e, m, h = (a + b for a, b in zip(left.unit, right.unit, strict=True))
    return Type("quantity", (e, m, h), left.digits + right.digits, left.scale + right.scale,
                left.nullable or right.nullable)


HOURS = Type("quantity", UNITS["h"], 6, 2, nullable=False)
COUNT = Type("quantity", (0, 0, 0), 12, 0)
