"""Hours by the market's clock: blocks of a day, the week ahead, the same hour of another day.

The clock changes twice a year between 02:00 and 03:00, so a block may have an hour less or more,
and an hour of one day may be missing or occur twice on another. What the law leaves open there
is decided here once: map by local time, skip or repeat.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from czca_rules.market_time.days import (
    ONE_DAY,
    from_market_clock,
    market_day_end,
    market_day_of,
    market_day_start,
    to_market_clock,
)
from czca_rules.market_time.spans import format_local
from czca_rules.market_time.zone import MARKET_TIME, MarketTimeError, require_year

ONE_HOUR = timedelta(hours=1)


def block_bounds(day: date, first_hour: int, last_hour: int) -> tuple[datetime, datetime]:
    """The instants at which a block of local hours starts and ends (exclusive).

    Hours are 0 to 24, and the block 0 to 4 ends at 04:00: it has 4 hours, 3 when the clock is
    put forward and 5 when it is put back. Blocks that follow each other leave no gap: the hour
    that occurs twice lies in one block, and a block of only the skipped hour is empty (it ends
    where it starts). Other hours are refused (`MarketTimeError`).
    """
    if not 0 <= first_hour < last_hour <= 24:
        raise MarketTimeError(f"a block from hour {first_hour} to {last_hour}; hours of a day are "
                              "0 to 24, the first before the last")
    return _full_hour(day, first_hour), _full_hour(day, last_hour)


def _full_hour(day: date, hour: int) -> datetime:
    """The instant of a full local hour: the first if it occurs twice, the change if skipped."""
    if hour == 24:
        return market_day_end(day)
    require_year(day.year, day)
    return from_market_clock(datetime.combine(day, time(hour), MARKET_TIME))


def week_ahead_start(day: date) -> datetime:
    """The start of the week ahead of a delivery day: Monday 00:00 of the calendar week before.

    Source: SOGL Art. 3(2)(92), where the week ahead is the calendar week before operation.
    """
    return market_day_start(day - timedelta(days=day.weekday() + 7))


def seven_days_before(day: date) -> datetime:
    """The instant exactly 168 hours before a market day starts.

    When the clock changes in between, it is an hour away from local midnight.
    """
    return market_day_start(day) - 7 * ONE_DAY


def on_reference_day(instant: datetime, reference: date) -> datetime:
    """The instant of a reference day that has the same local time as an instant.

    Where the reference day repeats the hour, its second occurrence answers only to a second
    occurrence. Where it has the hour once, that answers to both. Where it skips the hour, the
    hour before answers: 02:30 becomes 01:30.
    """
    require_year(reference.year, reference)
    # the zone reads `fold` where a time occurs twice and drops it where it occurs once
    local = datetime.combine(reference, to_market_clock(instant).timetz())
    mapped = from_market_clock(local)
    if to_market_clock(mapped).time() == local.time():
        return mapped
    return from_market_clock(local - ONE_HOUR)


def reference_span(start: datetime, end: datetime, reference: date) -> tuple[datetime, datetime]:
    """The span of a reference day that has the same local times as a span of one market day.

    A market time unit always has one. A span over several hours may not, because an hour between
    is skipped or repeated on one of the two days: `MarketTimeError`, as for a span that is empty
    or reaches into another market day.
    """
    if not start < end <= market_day_end(market_day_of(start)):
        raise MarketTimeError(f"{format_local(start)} to {format_local(end)} is not a span "
                              "within one market day")
    shift = on_reference_day(start, reference) - start
    # within an hour all instants move alike; so the starts of the hours tell about the whole
    hour = start.replace(minute=0, second=0, microsecond=0) + ONE_HOUR
    while hour < end:
        if on_reference_day(hour, reference) - hour != shift:
            raise MarketTimeError(
                f"{format_local(start)} to {format_local(end)} is not one span of the same "
                f"length on {reference}: the clock changes within it; take its hours singly")
        hour += ONE_HOUR
    return start + shift, end + shift
