"""Periods of Regulation 1182/71 counted out literally: every hour and every day, one by one.

Art. 3(1): the hour or the day of the event does not count. 3(2): hours are whole hours; days,
weeks, months and years end with the last hour of a day: for weeks the one with the event's
weekday, for months and years the one with the event's number, or the last of a month that has no
such day. 3(3): days off lie within. 3(4): a last day that is a Saturday, a Sunday or a holiday
moves on to the next working day, except for hours and for periods counted back. 3(5): two days or
more hold at least two working days.

Every answer is a pair of instants: `strict`, by the clock alone, and `legal`, by the Regulation.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from typing import NamedTuple

from oracles.market_day_oracle import (
    ONE_DAY,
    ONE_HOUR,
    is_saturday,
    is_sunday,
    last_day_of_month,
    market_day_end,
    market_day_of,
)

FORWARD, BACKWARD = 1, -1

#: The smallest step that a timestamp can take.
MOMENT = timedelta(microseconds=1)


class Counted(NamedTuple):
    """Where a period ends: by the clock alone, and by the Regulation."""

    strict: datetime
    legal: datetime


def hour_of(instant: datetime) -> datetime:
    """The start of the hour that an instant lies in."""
    return datetime(instant.year, instant.month, instant.day, instant.hour)


def hours_after(event: datetime, hours: int) -> Counted:
    """So many hours from an event: the clock's, and the end of the last whole hour counted."""
    counted = [hour_of(event) + ONE_HOUR]
    while len(counted) < hours:
        counted.append(counted[-1] + ONE_HOUR)
    return Counted(event + timedelta(hours=hours), counted[-1] + ONE_HOUR)


def hours_before(event: datetime, hours: int) -> Counted:
    """So many hours back from an event: the clock's, and the start of the last whole hour."""
    counted = [hour_of(event) - ONE_HOUR]
    while len(counted) < hours:
        counted.append(counted[-1] - ONE_HOUR)
    return Counted(event - timedelta(hours=hours), counted[-1])


def days_counted(first: date, period: str, direction: int) -> list[date]:
    """The days of a period (`P30D`, `P1W`, `P3M`, `P1Y`) from the one next to the event's day.

    Raises ValueError for a period in hours, which has no days.
    """
    number, unit = int(period[1:-1]), period[-1]
    last = first
    if unit == "D":
        for _ in range(number):
            last += direction * ONE_DAY
    elif unit == "W":
        for _ in range(number):
            last = same_weekday(last, direction)
    elif unit in "MY":
        last = same_number(first, number, unit, direction)
    else:
        raise ValueError(f"{period} is not a period of days, weeks, months or years")
    return days_until(first, last, direction)


def same_weekday(first: date, direction: int) -> date:
    """The nearest other day with the same weekday."""
    day = first + direction * ONE_DAY
    while (day - first).days % 7 != 0:
        day += direction * ONE_DAY
    return day


def same_number(first: date, number: int, unit: str, direction: int) -> date:
    """The day with the same number so many months or years away, or the last of its month."""
    year, month = first.year, first.month
    for _ in range(number):
        if unit == "Y":
            year += direction
            continue
        month += direction
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    day = date(year, month, 1)
    while day.day != first.day and day != last_day_of_month(year, month):
        day += ONE_DAY
    return day


def days_until(first: date, last: date, direction: int) -> list[date]:
    """The days from the one next to the first up to the last, in the order of counting."""
    days: list[date] = []
    day = first
    while day != last:
        day += direction * ONE_DAY
        days.append(day)
    return days


def works(day: date, holidays: AbstractSet[date]) -> bool:
    """Whether a day is a working day: no Saturday, no Sunday, no holiday."""
    return not (is_saturday(day) or is_sunday(day) or day in holidays)


def hours_of_period(period: str) -> int | None:
    """The number of hours of a period such as `PT24H`; None for one of days or longer."""
    if period.startswith("PT") and period.endswith("H"):
        return int(period[2:-1])
    return None


def period_after(event: datetime, period: str, holidays: AbstractSet[date],
                 ends_day: bool = False) -> Counted:
    """Where a period ends that runs from an event.

    With `ends_day` the event is the end of something, such as a use that lasts until midnight:
    the hour or day that does not count is the one that is over then, not the one that begins.
    """
    if ends_day:
        just_before = period_after(event - MOMENT, period, holidays)
        by_clock = MOMENT if hours_of_period(period) is not None else timedelta()
        return Counted(just_before.strict + by_clock, just_before.legal)
    hours = hours_of_period(period)
    if hours is not None:
        return hours_after(event, hours)
    days = days_counted(market_day_of(event), period, FORWARD)
    strict = market_day_end(days[-1])
    holds_two = len(days) >= 2
    while not works(days[-1], holidays):
        days.append(days[-1] + ONE_DAY)
    while holds_two and sum(works(day, holidays) for day in days) < 2:
        days.append(days[-1] + ONE_DAY)
    return Counted(strict, market_day_end(days[-1]))


def period_before(event: datetime, period: str, clear: bool = False) -> Counted:
    """Up to when something may happen that must lie a period before an event; nothing shifts.

    With `clear` the whole period must lie between the two days: one day earlier.
    """
    hours = hours_of_period(period)
    if hours is not None:
        return hours_before(event, hours)
    last = days_counted(market_day_of(event), period, BACKWARD)[-1]
    end = market_day_end(last - ONE_DAY if clear else last)
    return Counted(end, end)
