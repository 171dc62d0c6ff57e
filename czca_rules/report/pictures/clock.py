"""Moments as the market's clock shows them: on axes, in tables and in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

from czca_rules.market_time.days import to_market_clock
from czca_rules.report.figures import counted, grouped

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")


@lru_cache(maxsize=4096)
def moment(text: str) -> datetime:
    """The instant of a report as UTC without an offset."""
    return datetime.fromisoformat(text).replace(tzinfo=None)


def half_of(local: datetime) -> str:
    """``A`` or ``B`` in the hour that the clock runs through twice, else nothing."""
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return ("A", "B")[local.fold] if twice else ""


def clock_time(at: datetime) -> str:
    """The time of day, such as ``02:15`` or, in an hour that occurs twice, ``02:15A``."""
    local = to_market_clock(at)
    return f"{local:%H:%M}{_below_a_minute(local)}{half_of(local)}"


def day_time(at: datetime) -> str:
    """A moment with its day and the clock's name, such as ``2026-03-06 10:05 CET``."""
    local = to_market_clock(at)
    return f"{local:%Y-%m-%d %H:%M}{_below_a_minute(local)} {local:%Z}"


def day_name(day: date) -> str:
    """A day in the words of an axis, such as ``Fri 6 Mar``."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1][:3]}"


def length_text(span: timedelta) -> str:
    """A length of time in its two largest units.

    >>> length_text(timedelta(hours=25, minutes=3)), length_text(timedelta(minutes=50))
    ('1 d 1 h', '50 min')
    """
    hours, rest = divmod(span.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [f"{number} {unit}" for number, unit in
             ((span.days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")) if number]
    return " ".join(parts[:2]) or "less than 1 s"


def grid_minutes(moments: Iterable[datetime]) -> int:
    """The longest unit (an hour, a quarter of it, a minute) that all moments begin."""
    past = {at.minute if not at.second and not at.microsecond else 1 for at in moments}
    return 60 if past <= {0} else 15 if past <= {0, 15, 30, 45} else 1


def share_text(part: timedelta, whole: timedelta, minutes: int) -> str:
    """A part of a day in units of so many minutes, or as a length where they do not fit.

    >>> share_text(timedelta(minutes=30), timedelta(hours=24), 15)
    '2 of 96 quarter-hours'
    """
    unit = minutes * timedelta(minutes=1)
    if part % unit:
        return length_text(part)
    noun = {60: "hour", 15: "quarter-hour", 1: "minute"}[minutes]
    return f"{grouped(part // unit)} of {counted(whole // unit, noun)}"


def _below_a_minute(local: datetime) -> str:
    if local.microsecond:
        return f":{local:%S}.{local.microsecond:06d}".rstrip("0")
    return f":{local:%S}" if local.second else ""
