"""What can be wrong with a cell: a stable word for each, and how it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from czca_rules.errors import near_miss
from czca_rules.market_time.zone import FIRST_YEAR, LAST_YEAR
from czca_rules.tables.columns import WIDTHS, Column
from czca_rules.tables.instant_wording import instant_hint

#: The words in the order of their codes in SQL (from 1).
CELL_KINDS = (
    "empty_cell", "thousands_mark", "decimal_comma", "exponent", "not_finite", "not_a_number",
    "too_many_decimals", "too_large", "inexact_double", "negative", "without_offset",
    "not_a_time", "impossible_time", "not_a_date", "impossible_date", "not_a_boolean",
    "not_a_duration", "unknown_word", "unknown_zone", "unknown_tso", "unknown_border",
    "unknown_product", "unknown_direction", "position_beyond_day", "times_disagree",
    "end_not_after_start", "off_quarter_hour", "off_grid", "no_mtu", "span_too_long",
    "no_market_day", "formula", "error_value", "merged", "not_text", "cell_too_long",
)
CODES: Mapping[str, int] = {kind: number for number, kind in enumerate(CELL_KINDS, 1)}

#: Begins the text of a sheet's cell that cannot be taken; the letter after it says why.
MARK = "\x01"
REFUSED_CELLS: Mapping[str, str] = {"formula": "f", "error_value": "e", "merged": "m",
                                    "not_text": "n", "cell_too_long": "l"}

#: Longest span that one row may stand for.
MAX_SPAN_DAYS = 400
_SHOWN_LENGTH = 60


@dataclass(frozen=True)
class Words:
    """The names that a submission's manifest gives to cells, by kind of column."""

    zones: tuple[str, ...]
    tsos: tuple[str, ...]
    borders: tuple[str, ...]
    directions: tuple[tuple[str, str], ...]
    products: tuple[tuple[str, str], ...]

    def of(self, column: Column) -> tuple[str, ...]:
        """The words that a column of words may hold."""
        match column.kind:
            case "zone":
                return self.zones
            case "tso":
                return self.tsos
            case "border":
                return self.borders
            case "product":
                return tuple(sorted({product for product, _ in self.products}))
            case "direction":
                return ("up", "down", "symmetric")
            case _:
                return column.choices


def shown(text: str | None, column: Column) -> str:
    """A cell as a message names it: cut short, and hidden where it is confidential."""
    if text is None:
        return "an empty cell"
    if column.confidential:
        return "the cell (confidential)"
    clean = "".join(char if char.isprintable() else "�" for char in text[:_SHOWN_LENGTH])
    return f"`{clean}…`" if len(text) > _SHOWN_LENGTH else f"`{clean}`"


def _number(column: Column) -> str:
    scale = WIDTHS[column.kind][1]
    unit = f" in {column.unit}" if column.unit else ""
    if not scale:
        return "a whole number"
    return f"a number{unit} with a decimal point and at most {scale} decimals"


def wording(kind: str, text: str | None, column: Column, words: Words) -> tuple[str, str, str]:
    """What was found, what is expected, and what to do, for one wrong cell."""
    if kind in REFUSED_CELLS:
        hidden = column.confidential and kind == "not_text"
        return refused_wording(kind, "" if hidden else (text or "")[2:_SHOWN_LENGTH])
    cell = shown(text, column)
    hint = instant_hint(kind, text) if column.kind == "instant" and text else None
    if hint is not None:
        return f"{cell}, {hint[0]}", _expected(column), hint[1]
    if kind in _SAYINGS:
        said, expected, fix = _SAYINGS[kind]
        found = f"{cell}, {said}" if said else cell
        return found, expected or _expected(column), fix
    if kind == "empty_cell":
        return cell, _expected(column), "Fill it in; a zero is written as 0."
    if kind == "too_large":
        width, scale = WIDTHS.get(column.kind, (9, 0))
        return f"{cell}, which is too large", f"less than 1e{width - scale}", ""
    if kind == "unknown_border" and column.kind == "zone":
        pairs = [f"{one} -> {other}" for one, other in words.directions]
        return f"{cell}, with which the zones are no border", "a border of the manifest", \
            _listed(pairs)
    if kind == "unknown_product" and column.kind == "direction":
        pairs = [f"{one} {other}" for one, other in words.products]
        return f"{cell}, in which the manifest has no such product", \
            "a product and direction of the manifest", _listed(pairs)
    return f"the unknown {kind.removeprefix('unknown_')} {cell}", _expected(column), \
        near_miss(text or "", words.of(column))


def refused_wording(kind: str, detail: str) -> tuple[str, str, str]:
    """What is said of a sheet's cell that cannot be taken; ``detail`` may be empty."""
    match kind:
        case "formula":
            found = f"a result of the formula in {detail}" if detail else "a formula"
            return found, "a value", "Copy the column and paste it as values."
        case "error_value":
            return f"the error value {detail or '#ERROR'}", "a value", \
                "Leave the cell empty if it is not known."
        case "merged":
            return f"a part of the merged cells {detail}", "a value in each cell", \
                "Unmerge them and fill in every cell."
        case "not_text":
            found = f"`{detail}`, which is no text" if detail else "a cell that is no text"
            return found, "text", "Format the column as text and write it again."
    return f"a text of {detail} characters", "a shorter text", ""


def _listed(names: Sequence[str]) -> str:
    more = f", … ({len(names)} in total)" if len(names) > 12 else ""
    return f"There are: {', '.join(names[:12])}{more}."


def _expected(column: Column) -> str:
    if column.kind in WIDTHS:
        return _number(column)
    return {
        "instant": "a time with its offset, such as 2026-03-11T00:00:00+01:00",
        "date": "a date such as 2026-03-11", "boolean": "true or false",
        "duration": "a duration such as PT15M, PT4H, P1D or P1M", "text": "text",
        "choice": "a word of the column", "direction": "up, down or symmetric",
    }.get(column.kind, f"a {column.kind} of the manifest")


#: Kind: (what is wrong with the cell, what is expected if not the column's own, what to do).
_SAYINGS: dict[str, tuple[str, str, str]] = {
    "thousands_mark": ("which has a thousands mark or a decimal comma", "",
                       "Write 1000.5 for one thousand and a half."),
    "decimal_comma": ("which has a decimal comma", "", "Write a decimal point."),
    "exponent": ("which has an exponent", "", "Write 100 for 1e2."),
    "not_finite": ("which is no finite number", "", "Leave the cell empty if it is not known."),
    "not_a_number": ("which is not a number", "", "Leave the cell empty if it is not known."),
    "too_many_decimals": ("which has too many decimals", "",
                          "Round it where it is made; nothing is rounded here."),
    "inexact_double": ("which a binary number cannot hold to the last decimal", "",
                       "Hand the column in as DECIMAL or as text."),
    "negative": ("which is below zero", "zero or more",
                 "The direction stands in the zones, not in the sign."),
    "without_offset": ("which has no offset", "", "Add the offset from UTC, such as +01:00 or Z."),
    "not_a_time": ("which is not a time", "", ""),
    "impossible_time": ("which is a time that does not exist",
                        f"a time in the years {FIRST_YEAR} to {LAST_YEAR}", ""),
    "not_a_date": ("which is not a date", "", ""),
    "impossible_date": ("which is a date that does not exist",
                        f"a date in the years {FIRST_YEAR} to {LAST_YEAR}",
                        "Leave the cell empty for no end."),
    "not_a_boolean": ("", "", ""),
    "not_a_duration": ("which is not a duration", "", ""),
    "position_beyond_day": ("which the market day does not have",
                            "a position from 1 to the number of market time units of that day",
                            "A market day has 23, 24 or 25 hours."),
    "times_disagree": ("which disagrees with `mtu_start`", "the same time in both",
                       "Give only one of them."),
    "end_not_after_start": ("which is not after `mtu_start`", "a later time",
                            "`mtu_end` is exclusive."),
    "off_quarter_hour": ("which is not on a quarter hour", "a whole quarter hour", ""),
    "off_grid": ("at which no market time unit starts", "the start of a market time unit",
                 "Correct `mtu_minutes` in the manifest, or give `mtu_end`."),
    "no_mtu": ("before the first date of `mtu_minutes`",
               "a time for which the manifest says how long a market time unit is",
               "Add an earlier date to `mtu_minutes`."),
    "span_too_long": ("a very long span", f"at most {MAX_SPAN_DAYS} days",
                      "Split the row."),
    "no_market_day": ("", "the market day that an event of the daily process concerns",
                      "Fill it in; only the events of an application have none."),
}
