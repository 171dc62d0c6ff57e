"""Market days: when they start and end in UTC, and which one an instant belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from czca_rules.market_time.zone import MARKET_TIME, require_year

ONE_DAY = timedelta(days=1)


def to_market_clock(instant: datetime) -> datetime:
    """The instant as the market's wall clock shows it, with its offset."""
    return instant.replace(tzinfo=UTC).astimezone(MARKET_TIME)


def from_market_clock(local: datetime) -> datetime:
    """The instant of a wall-clock time that carries a zone or is meant in market time."""
    aware = local if local.tzinfo is not None else local.replace(tzinfo=MARKET_TIME)
    return aware.astimezone(UTC).replace(tzinfo=None)


@lru_cache(maxsize=65_536)
def market_day_start(day: date) -> datetime:
    """The instant of local midnight at which a market day starts."""
    require_year(day.year, day)
    return from_market_clock(datetime.combine(day, time()))


@lru_cache(maxsize=65_536)
def market_day_end(day: date) -> datetime:
    """The instant at which a market day ends (exclusive): the start of the next one."""
    require_year(day.year, day)
    return from_market_clock(datetime.combine(day + ONE_DAY, time()))


def market_day_of(instant: datetime) -> date:
    """The market day that an instant belongs to."""
    return to_market_clock(instant).date()


def market_day_hours(day: date) -> int:
    """Length of a market day: 24 hours, 23 or 25 when the clock changes."""
    return int((market_day_end(day) - market_day_start(day)) / timedelta(hours=1))


def market_days(first: date, last: date) -> Iterator[date]:
    """Every market day from the first to the last, both included."""
    for number in range((last - first).days + 1):
        yield first + number * ONE_DAY
