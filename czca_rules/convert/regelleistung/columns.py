"""Which column of a workbook is what, by the pattern of its name.

Names changed over the years (`DE_` and `GERMANY_`, `IMPORT(-)_EXPORT(+)` and
`DEFICIT(-)_SURPLUS(+)`), columns were added between others, and the unit of a price stands in
the header alone: `EUR/MW` for the whole block at first, `(EUR/MW)/h` later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from czca_rules.convert.found_problems import FoundProblems
from czca_rules.errors import near_miss

PREFIXES = {"DE": "(?:GERMANY|DE)", "AT": "(?:AUSTRIA|AT)"}
_PER_HOUR = r"_?\[\(EUR/MW\)/H\]"
_PER_BLOCK = r"_?\[EUR/MW\]"
_MW = r"_?\[MW\]"
_BALANCE = r"_(?:IMPORT\(-\)_EXPORT|DEFICIT\(-\)_SURPLUS)\(\+\)" + _MW
_OTHER_COUNTRY = re.compile(
    r"(?!(?:TOTAL|GERMANY|DE|AUSTRIA|AT|CROSSBORDER)_)\w+?(?:_BLOCK_DEMAND" + _MW + "|"
    + _BALANCE + r")\Z")


@dataclass(frozen=True)
class Field:
    """One thing a workbook says: its name here, the pattern of its column, a usual spelling.

    Fields with the same ``group`` stand for each other; a required group needs one of them.
    """

    name: str
    pattern: str
    usual: str
    required: bool = True
    group: str = ""


@dataclass(frozen=True)
class Columns:
    """Where the fields of one workbook stand: positions from 0, and the columns' own names."""

    place: Mapping[str, int]
    header: tuple[str, ...]
    other_countries: tuple[int, ...]

    def name(self, field: str) -> str:
        """The name of a field's column as the workbook writes it."""
        return self.header[self.place[field]]


def _field(name: str, pattern: str, required: bool = True) -> Field:
    return Field(name, pattern, name, required)


def _prices(name: str, pattern: str, usual: str) -> list[Field]:
    return [Field(f"{name}/h", pattern + _PER_HOUR, f"{usual}_[(EUR/MW)/h]", group=name),
            Field(f"{name}/block", pattern + _PER_BLOCK, f"{usual}_[EUR/MW]", group=name)]


_AUCTION = [_field("DATE_FROM", "DATE_FROM"), _field("DATE_TO", "DATE_TO"),
            _field("TYPE_OF_RESERVES", "(?:TYPE_OF_RESERVES|PRODUCT_TYPE)"),
            _field("PRODUCT", "PRODUCT(?:NAME)?"),
            _field("ROUND", "(?:ROUND|TENDER_NUMBER)", required=False)]


def tender_fields() -> list[Field]:
    """The fields of a list of tenders."""
    fields = [*_AUCTION, *(_field(name, name) for name in
                           ("GATE_OPEN_TIME", "GATE_CLOSURE_TIME", "ALLOCATION_DEADLINE")),
              Field("total_demand", "TOTAL_DEMAND" + _MW, "TOTAL_DEMAND_[MW]")]
    for zone, prefix in PREFIXES.items():
        for name, word in (("demand", "DEMAND"), ("export_limit", "EXPORT_LIMIT"),
                           ("core_portion", "CORE_PORTION")):
            fields.append(Field(f"{zone}/{name}", f"{prefix}_BLOCK_{word}{_MW}",
                                f"{_country(zone)}_BLOCK_{word}_[MW]"))
    return fields


def overview_fields() -> list[Field]:
    """The fields of an overview of results."""
    fields = list(_AUCTION)
    for zone, prefix in PREFIXES.items():
        for word in ("MIN", "AVERAGE", "MARGINAL"):
            fields += _prices(f"{zone}/{word}", f"{prefix}_{word}_CAPACITY_PRICE",
                              f"{_country(zone)}_{word}_CAPACITY_PRICE")
        fields.append(Field(f"{zone}/balance", prefix + _BALANCE,
                            f"{_country(zone)}_IMPORT(-)_EXPORT(+)_[MW]"))
        fields.append(Field(f"{zone}/offered", f"{prefix}_SUM_OF_OFFERED_CAPACITY{_MW}",
                            f"{_country(zone)}_SUM_OF_OFFERED_CAPACITY_[MW]", required=False))
    return fields


def bid_fields() -> list[Field]:
    """The fields of a list of awarded bids."""
    return [*_AUCTION, *_prices("price", "(?:OFFERED_)?CAPACITY_PRICE", "CAPACITY_PRICE"),
            Field("offered", "OFFERED_CAPACITY" + _MW, "OFFERED_CAPACITY_[MW]"),
            Field("allocated", "ALLOCATED_CAPACITY" + _MW, "ALLOCATED_CAPACITY_[MW]"),
            _field("COUNTRY", "COUNTRY"), _field("NOTE", "NOTE", required=False)]


def find_columns(file: str, header: tuple[str, ...], fields: Iterable[Field],
                 problems: FoundProblems) -> Columns | None:
    """Find the column of each field; ``None`` where one is missing or stands twice."""
    spelled = [name.upper().replace(" ", "_") for name in header]
    place: dict[str, int] = {}
    clear = True
    groups: dict[str, list[Field]] = {}
    for field in fields:
        groups.setdefault(field.group or field.name, []).append(field)
        hits = [at for at, name in enumerate(spelled) if re.fullmatch(field.pattern, name)]
        if len(hits) > 1:
            clear = False
            problems.add(file, 1, None, "ambiguous_column",
                         found="the columns " + " and ".join(f"`{header[at]}`" for at in hits),
                         expected=f"one column `{field.usual}`")
        if hits:
            place[field.name] = hits[0]
    for members in groups.values():
        if members[0].required and not any(member.name in place for member in members):
            clear = False
            problems.add(file, 1, None, "missing_column",
                         found="no column " + " or ".join(f"`{one.usual}`" for one in members),
                         expected="the official workbook's columns",
                         fix=near_miss(members[0].usual, [name for name in header if name]))
    others = tuple(at for at, name in enumerate(spelled) if _OTHER_COUNTRY.match(name))
    return Columns(place, header, others) if clear else None


def _country(zone: str) -> str:
    return {"DE": "GERMANY", "AT": "AUSTRIA"}[zone]
