"""Market time units: which length is in force when, and the grid of a market day.

The length may change by date only (day-ahead coupling went from hours to quarter-hours on
1 October 2025), so a market day has one length, and positions count from 1 from its start.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from czca_rules.market_time.days import market_day_end, market_day_of, market_day_start
from czca_rules.market_time.zone import MarketTimeError

#: Lengths that European day-ahead and balancing capacity markets use.
MTU_MINUTES = (15, 30, 60)


@dataclass(frozen=True)
class MtuSlot:
    """One market time unit: instants of start and end (exclusive), its day and position."""

    start: datetime
    end: datetime
    market_day: date
    position: int


@dataclass(frozen=True)
class MtuSchedule:
    """The length of market time units by date: pairs of first day and minutes, by day.

    A schedule that does not reach back to a day has no length for it: asking is an error
    (`MarketTimeError`), never a guess.
    """

    changes: tuple[tuple[date, int], ...]

    def __post_init__(self) -> None:
        days = [day for day, _ in self.changes]
        if not days or days != sorted(set(days)):
            raise MarketTimeError("the lengths of market time units need distinct dates in order")
        for day, minutes in self.changes:
            if minutes not in MTU_MINUTES:
                raise MarketTimeError(f"a market time unit of {minutes} minutes from {day}; "
                                      "it must be 15, 30 or 60")

    @classmethod
    def constant(cls, minutes: int) -> MtuSchedule:
        """One length at all times."""
        return cls(((date.min, minutes),))

    @classmethod
    def by_date(cls, minutes: Mapping[date, int]) -> MtuSchedule:
        """Lengths by the first market day on which each is in force."""
        return cls(tuple(sorted(minutes.items())))

    def minutes_on(self, day: date) -> int:
        """The length in force on a market day, in minutes."""
        index = bisect_right(self.changes, day, key=lambda change: change[0])
        if index == 0:
            raise MarketTimeError(f"no market time unit is stated for {day}; the first is "
                                  f"stated from {self.changes[0][0]}")
        return self.changes[index - 1][1]

    def length_on(self, day: date) -> timedelta:
        """The length in force on a market day."""
        return timedelta(minutes=self.minutes_on(day))

    def count_on(self, day: date) -> int:
        """How many units a market day has: 24 or 96, fewer or more when the clock changes."""
        return (market_day_end(day) - market_day_start(day)) // self.length_on(day)

    def grid(self, day: date) -> tuple[MtuSlot, ...]:
        """Every market time unit of a market day, in order."""
        first, length = market_day_start(day), self.length_on(day)
        return tuple(
            MtuSlot(first + index * length, first + (index + 1) * length, day, index + 1)
            for index in range(self.count_on(day)))

    def start_of(self, day: date, position: int) -> datetime:
        """The instant at which the unit at a position (from 1) of a market day starts."""
        count = self.count_on(day)
        if not 1 <= position <= count:
            raise MarketTimeError(f"position {position} on {day}; this market day has positions "
                                  f"1 to {count}")
        return market_day_start(day) + (position - 1) * self.length_on(day)

    def containing(self, instant: datetime) -> MtuSlot:
        """The market time unit that an instant lies in."""
        day = market_day_of(instant)
        length = self.length_on(day)
        index = (instant - market_day_start(day)) // length
        start = market_day_start(day) + index * length
        return MtuSlot(start, start + length, day, index + 1)

    def at(self, start: datetime) -> MtuSlot:
        """The market time unit that starts at an instant; an instant inside one is refused."""
        slot = self.containing(start)
        if slot.start != start:
            raise MarketTimeError(
                f"{start.isoformat()}Z is not the start of a market time unit of "
                f"{self.minutes_on(slot.market_day)} minutes")
        return slot
