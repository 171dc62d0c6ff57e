"""Cells of a spreadsheet as exact values: days, clock times and decimals.

Spreadsheets hold numbers as binary doubles and dates as real dates, as serial numbers or as
text, depending on who wrote them. A double is taken where it stands for a decimal of the wanted
scale within 1e-9; anything else is refused rather than rounded.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

NEARNESS = Decimal("1e-9")
#: Day 0 of the serial numbers of spreadsheets, right for every date after February 1900.
SERIAL_EPOCH = datetime(1899, 12, 30)
#: Serial numbers outside 1990 to 2099 are no dates of auctions but misplaced figures.
SERIALS = range(32874, 73051)

_PLAIN_NUMBER = re.compile(r"-?[0-9]+(?:\.([0-9]+))?\Z")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?\Z")
_MONTH_FIRST = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp][Mm]))?)?\Z")


class UnreadableCellError(Exception):
    """A cell that does not hold what its column should hold."""

    def __init__(self, cell: Any, expected: str) -> None:
        super().__init__(expected)
        self.found = "an empty cell" if cell == "" else f"`{str(cell)[:60]}`"
        self.expected = expected


def decimal_of(cell: Any, digits: int, scale: int) -> Decimal:
    """The decimal a cell stands for, with at most ``scale`` decimals and ``digits`` digits.

    >>> decimal_of(1.48, 12, 6)
    Decimal('1.480000')
    """
    expected = f"a number with at most {scale} decimals"
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise UnreadableCellError(cell, expected)
    if isinstance(cell, str):
        match = _PLAIN_NUMBER.match(cell.strip())
        if not match or len(match[1] or "") > scale or len(cell) > digits + 2:
            raise UnreadableCellError(cell, f"{expected}, a point and no thousands mark")
        exact = Decimal(cell.strip())
    elif not math.isfinite(cell):
        raise UnreadableCellError(cell, expected)
    else:
        exact = Decimal(cell)
    if abs(exact) >= Decimal(10) ** (digits - scale):
        raise UnreadableCellError(cell, f"{expected} and {digits - scale} digits before the point")
    rounded = exact.quantize(Decimal(1).scaleb(-scale))
    if abs(exact - rounded) > NEARNESS:
        raise UnreadableCellError(cell, f"{expected} (within 1e-9 of one)")
    return rounded


def plain(number: Decimal) -> str:
    """A decimal as files write it: no exponent, no trailing zeros, no negative zero.

    >>> plain(Decimal("-0.500000")), plain(Decimal("80.000")), plain(Decimal("-0"))
    ('-0.5', '80', '0')
    """
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def clock_of(cell: Any) -> datetime:
    """The local clock time, without zone, that a cell stands for, to the second."""
    expected = "a date with a clock time"
    if isinstance(cell, datetime):
        moment = cell
    elif isinstance(cell, date):
        moment = datetime.combine(cell, time())
    elif isinstance(cell, float) and math.isfinite(cell) and int(cell) in SERIALS:
        moment = SERIAL_EPOCH + timedelta(days=cell)
    elif isinstance(cell, str):
        moment = _clock_text(cell)
    else:
        raise UnreadableCellError(cell, expected)
    whole = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    if moment.tzinfo is not None or abs(whole - moment) > timedelta(milliseconds=1):
        raise UnreadableCellError(cell, f"{expected} in whole seconds, without an offset")
    return whole


def day_of(cell: Any) -> date:
    """The calendar day that a cell stands for."""
    moment = clock_of(cell)
    if moment.time() != time():
        raise UnreadableCellError(cell, "a date without a clock time")
    return moment.date()


def _clock_text(text: str) -> datetime:
    expected = "a date such as 2024-01-31 or 1/31/2024 (month first)"
    iso, month_first = _ISO.match(text.strip()), _MONTH_FIRST.match(text.strip())
    if iso:
        year, month, day, hour, minute, second = (int(part or 0) for part in iso.groups())
        half = None
    elif month_first:
        month, day, year, hour, minute, second = (
            int(part or 0) for part in month_first.groups()[:6])
        half = (month_first[7] or "").lower() or None
    else:
        raise UnreadableCellError(text, expected)
    if half and not 1 <= hour <= 12:
        raise UnreadableCellError(text, expected)
    try:
        hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
        return datetime(year, month, day, hour, minute, second)
    except ValueError as error:
        raise UnreadableCellError(text, f"{expected} that exists") from error
