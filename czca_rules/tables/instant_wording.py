"""What a time that cannot be read was probably meant to be.

Said of the places that are reported, never used: a time without its offset, or a number that may
count seconds, milliseconds or days, is not guessed at.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from czca_rules.market_time.days import from_market_clock, to_market_clock
from czca_rules.market_time.spans import format_instant
from czca_rules.market_time.zone import MARKET_TIME

_NUMBER = re.compile(r"\d{1,20}(\.\d{1,12})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EPOCH = datetime(1970, 1, 1)
#: The day from which spreadsheets count, so that 1 March 1900 and later days are right.
_SHEET_EPOCH = datetime(1899, 12, 30)
#: A number is taken for a time only in these years: no other has events of a market.
_FIRST, _LAST = datetime(2000, 1, 1), datetime(2100, 1, 1)
_UNITS = (("seconds", 1), ("milliseconds", 10**3), ("microseconds", 10**6),
          ("nanoseconds", 10**9))


def instant_hint(kind: str, text: str) -> tuple[str, str] | None:
    """What is wrong with a text that is no instant, and what to write; `None` without an idea.

    ``kind`` is what the check of cells found: `without_offset` or `not_a_time`.
    """
    if kind == "without_offset":
        return _without_offset(text)
    if kind != "not_a_time":
        return None
    if _NUMBER.fullmatch(text):
        counted = counted_since(float(text))
        if counted is None:
            return None
        return f"which looks like {counted}", "Write it as a time with its offset."
    if _DAY.fullmatch(text) and _is_day(text):
        return ("which is a date without a time",
                f"Add the time and its offset, such as {text}T10:20:00{_offset_at(text)}.")
    return None


def counted_since(number: float) -> str | None:
    """Which unit a bare number probably counts, and the time that this makes."""
    for unit, scale in _UNITS:
        moment = _moment(_EPOCH, timedelta(seconds=1), number / scale)
        if moment is not None:
            return f"{unit} since 1970: {format_instant(moment)}"
    moment = _moment(_SHEET_EPOCH, timedelta(days=1), number)
    if moment is None:
        return None
    shown = moment.date() if number == int(number) else moment.isoformat()
    return f"an Excel serial number: {shown}, without an offset"


def _moment(epoch: datetime, unit: timedelta, number: float) -> datetime | None:
    try:
        moment = epoch + number * unit
    except OverflowError:
        return None
    rounded = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    return rounded if _FIRST <= rounded < _LAST else None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text) is not None
    except ValueError:
        return False


def _without_offset(text: str) -> tuple[str, str] | None:
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not _FIRST <= local < _LAST:
        return None
    first, second = (_in_market_time(local, fold) for fold in (0, 1))
    if first.replace(tzinfo=None) != local:  # the zone itself knows the hour that spring skips
        return ("which has no offset and does not exist in market time, where the clock was put "
                "forward then", f"Write the offset that it was recorded with, such as {text}Z.")
    if first.utcoffset() != second.utcoffset():
        return (f"which has no offset and occurs twice: {_offset(first)} or {_offset(second)}",
                f"Write {text}{_offset(first)} for the first in market time, "
                f"{text}{_offset(second)} for the second.")
    return ("which has no offset", f"Write {text}{_offset(first)} if it is market time.")


def _in_market_time(local: datetime, fold: int) -> datetime:
    return to_market_clock(from_market_clock(local.replace(tzinfo=MARKET_TIME, fold=fold)))


def _offset(local: datetime) -> str:
    return local.isoformat()[-6:]


def _offset_at(day: str) -> str:
    return _offset(_in_market_time(datetime.fromisoformat(f"{day}T10:20:00"), 0))
