"""Types of the values in a manifest: text, dates, instants, exact numbers with their scale.

Values arrive as the strict YAML reader yields them (text, whole numbers, decimals, booleans), or
from Python (dates, floats that stand for a short decimal). Each type says in its error what was
found and what is expected; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, WithJsonSchema

from czca_rules.market_time.mtu import MTU_MINUTES
from czca_rules.market_time.spans import parse_day, parse_duration, parse_instant
from czca_rules.market_time.zone import FIRST_YEAR, MarketTimeError, require_year
from czca_rules.strict_model import refuse, shown
from czca_rules.tables.columns import WIDTHS, Kind

Stage = Literal["application", "allocation", "procurement", "publication", "use", "settlement",
                "yearly"]
Approach = Literal["economic_efficiency", "market_based", "inverted_market_based", "co_optimised",
                   "probabilistic"]
Direction = Literal["up", "down", "symmetric"]
Exemption = Literal["dc_border", "short_contracting", "nra_limit", "separate_procurement",
                    "contracting_derogation", "withholding"]
Technology = Literal["ac", "dc"]
Dispatching = Literal["central", "self"]
Pricing = Literal["pay_as_cleared", "pay_as_bid"]
Excess = Literal["forced_only", "forbidden"]
Exchange = Literal["allowed", "sharing_only"]

#: The day from which one length of market time units holds if no dates are given.
EARLIEST = date(FIRST_YEAR, 1, 1)

_UNFIT = re.compile(r"[\x00-\x1f\x7f>;]|^\s|\s$")


def _name(value: Any) -> Any:
    if not isinstance(value, str):
        quoted = "Put it in quotes." if isinstance(value, int | Decimal | bool) else ""
        raise refuse("wrong_type", shown(value), "text", quoted)
    if not value or len(value) > 200 or _UNFIT.search(value):
        raise refuse("bad_name", shown(value), "a name of 1 to 200 characters without `>`, `;`, "
                     "line breaks and outer spaces")
    return value


def _day(value: Any) -> Any:
    if isinstance(value, datetime) or not isinstance(value, str | date):
        raise refuse("wrong_type", shown(value), "a date such as 2026-03-11")
    try:
        day = parse_day(value) if isinstance(value, str) else value
        require_year(day.year, day)
        return day
    except MarketTimeError:
        raise refuse("bad_date", shown(value), "a date such as 2026-03-11") from None


def _moment(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    expected = "a time with its offset, such as 2026-03-10T09:40:00+01:00"
    if not isinstance(value, str):
        raise refuse("bad_time", shown(value), expected)
    try:
        return parse_instant(value)
    except MarketTimeError as error:
        kind = "no_offset" if "no offset" in str(error) else "bad_time"
        raise refuse(kind, shown(value), expected) from None


def _duration(value: Any) -> Any:
    if not isinstance(value, str):
        raise refuse("wrong_type", shown(value), "a duration such as PT15M, PT4H, P1D or P1M")
    try:
        parse_duration(value)
    except MarketTimeError:
        raise refuse("bad_duration", shown(value),
                     "a duration such as PT15M, PT4H, P1D or P1M") from None
    return value


def _exact(kind: Kind) -> Callable[[Any], Any]:
    width, scale = WIDTHS[kind]

    def read(value: Any) -> Any:
        number = Decimal(repr(value)) if isinstance(value, float) else value
        if isinstance(number, bool) or not isinstance(number, int | Decimal):
            raise refuse("wrong_type", shown(value), "a number",
                         "Write it without quotes and without a thousands mark.")
        number = Decimal(number)
        if not number.is_finite():
            raise refuse("wrong_type", shown(value), "a finite number")
        if number.normalize().as_tuple().exponent < -scale:  # type: ignore[operator]
            raise refuse("too_many_decimals", shown(value), f"at most {scale} decimals")
        if abs(number) >= Decimal(10) ** (width - scale):
            raise refuse("too_large", shown(value), f"less than 1e{width - scale}")
        if number < 0:
            raise refuse("negative", shown(value), "zero or more")
        return number

    return read


def _minutes(value: Any) -> Any:
    if isinstance(value, bool) or value not in MTU_MINUTES:
        raise refuse("bad_mtu", shown(value), "15, 30 or 60 minutes")
    return value


def _minutes_by_date(value: Any) -> Any:
    if isinstance(value, Mapping):
        if not value:
            raise refuse("bad_mtu", "an empty mapping", "15, 30 or 60 minutes, or these by date")
        return value
    return {EARLIEST: value}


def _scalar_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | Decimal):
        return str(value)
    raise refuse("wrong_type", shown(value), "a word or a number")


Name = Annotated[str, BeforeValidator(_name)]
Country = Annotated[str, BeforeValidator(_name), Field(pattern=r"^[A-Z]{2}$")]
Eic = Annotated[str, BeforeValidator(_name), Field(pattern=r"^[0-9A-Z-]{16}$")]
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
DurationText = Annotated[str, BeforeValidator(_duration)]
Mw = Annotated[Decimal, BeforeValidator(_exact("mw"))]
Price = Annotated[Decimal, BeforeValidator(_exact("price"))]
Share = Annotated[Decimal, BeforeValidator(_exact("share")), Field(le=1)]
Whole = Annotated[StrictInt, Field(ge=1, le=999_999)]
Flag = StrictBool
ScalarText = Annotated[str, BeforeValidator(_scalar_text)]
MtuMinutes = Annotated[
    dict[Day, Annotated[int, BeforeValidator(_minutes)]], BeforeValidator(_minutes_by_date),
    WithJsonSchema({"anyOf": [
        {"enum": list(MTU_MINUTES)},
        {"type": "object", "minProperties": 1, "additionalProperties": {"enum": list(MTU_MINUTES)},
         "propertyNames": {"format": "date"}}]})]
