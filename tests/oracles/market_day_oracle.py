"""Market days counted out hour by hour, from the rule of summer time and nothing else.

Central European time is one hour ahead of UTC, in summer two. From 1981 summer time begins on the
last Sunday of March at 01:00 UTC; it ends at 01:00 UTC on the last Sunday of October, up to 1995
on the last Sunday of September. No zone data is read, so a slip in how the package reads its own
shows. Instants are naive datetimes in UTC.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

ONE_HOUR = timedelta(hours=1)
ONE_DAY = timedelta(days=1)

#: The first year of the March rule; before it each country had its own summer time.
FIRST_YEAR = 1981

#: A day known to be a Sunday, from which weekdays are counted.
A_SUNDAY = date(2000, 1, 2)


def is_sunday(day: date) -> bool:
    """Whether a day is a whole number of weeks away from a known Sunday."""
    return (day - A_SUNDAY).days % 7 == 0


def is_saturday(day: date) -> bool:
    """Whether the next day is a Sunday."""
    return is_sunday(day + ONE_DAY)


def last_day_of_month(year: int, month: int) -> date:
    """The last day of a month: the last one, walking on from its 28th, that is still in it."""
    day = date(year, month, 28)
    while (day + ONE_DAY).month == month:
        day += ONE_DAY
    return day


def last_sunday(year: int, month: int) -> date:
    """The last Sunday of a month, walking back from its last day."""
    day = last_day_of_month(year, month)
    while not is_sunday(day):
        day -= ONE_DAY
    return day


def clock_changes(year: int) -> tuple[datetime, datetime]:
    """The instants at which summer time begins and ends in a year (from 1981)."""
    if year < FIRST_YEAR:
        raise ValueError(f"the rule of {FIRST_YEAR} says nothing about {year}")
    spring = last_sunday(year, 3)
    autumn = last_sunday(year, 10 if year >= 1996 else 9)
    return (datetime(spring.year, spring.month, spring.day, 1),
            datetime(autumn.year, autumn.month, autumn.day, 1))


def clock(instant: datetime) -> datetime:
    """What the market's clock shows at an instant, without a zone."""
    begins, ends = clock_changes(instant.year)
    if begins <= instant < ends:
        return instant + 2 * ONE_HOUR
    return instant + ONE_HOUR


def market_day_of(instant: datetime) -> date:
    """The date that the market's clock shows at an instant."""
    shown = clock(instant)
    return date(shown.year, shown.month, shown.day)


def hours_of_day(day: date) -> list[datetime]:
    """The hours (their starts) during which the market's clock shows a date, in order."""
    hour = datetime(day.year, day.month, day.day) - 12 * ONE_HOUR
    found = []
    for _ in range(48):
        if market_day_of(hour) == day:
            found.append(hour)
        hour += ONE_HOUR
    return found


def market_day_start(day: date) -> datetime:
    """The start of the first hour of a market day."""
    return hours_of_day(day)[0]


def market_day_end(day: date) -> datetime:
    """The end of the last hour of a market day."""
    return hours_of_day(day)[-1] + ONE_HOUR


def units_of_day(day: date, minutes: int) -> list[datetime]:
    """The starts of a day's units of so many minutes (which divide an hour), in order."""
    return [hour + timedelta(minutes=minute)
            for hour in hours_of_day(day) for minute in range(0, 60, minutes)]


def start_of_position(day: date, position: int, minutes: int) -> datetime:
    """The start of the unit at a position (from 1) of a market day."""
    return units_of_day(day, minutes)[position - 1]


def position_of(instant: datetime, minutes: int) -> tuple[date, int]:
    """The market day of an instant, and the position (from 1) of the unit it lies in."""
    day = market_day_of(instant)
    position = 0
    for start in units_of_day(day, minutes):
        if start <= instant:
            position += 1
    return day, position
