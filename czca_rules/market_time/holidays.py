"""Public holidays by country and purpose, for the years that a list covers and no others.

Two questions need holidays: when a deadline ends (Regulation 1182/71 Art. 2(1), 3(4)) and which
day a forecast refers to (bank holidays). The lists may differ, so each states its purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from czca_rules.market_time.zone import MarketTimeError

#: Tells whether a day is a public holiday.
IsHoliday = Callable[[date], bool]

#: A search for a day of some kind goes no further than this: a calendar without one is wrong.
LONGEST_SEARCH_DAYS = 60


class HolidayYearMissing(MarketTimeError):
    """A list of holidays was asked about a year that it does not cover."""


@dataclass(frozen=True)
class HolidayList:
    """The holidays of one country for one purpose, complete from a first to a last year.

    A list without years, or with a day outside them, is refused (`MarketTimeError`): silence
    about a day has to mean that it is no holiday.
    """

    country: str
    purpose: Literal["deadline", "reference_day"]
    first_year: int
    last_year: int
    days: frozenset[date]

    def __post_init__(self) -> None:
        if self.first_year > self.last_year:
            raise MarketTimeError(f"the holidays of {self.country} cover {self.first_year} to "
                                  f"{self.last_year}, which is no year at all")
        outside = sorted(day for day in self.days if not self._covers(day))
        if outside:
            raise MarketTimeError(f"the holidays of {self.country} cover {self.first_year} to "
                                  f"{self.last_year}; {outside[0]} is in another year")

    def _covers(self, day: date) -> bool:
        return self.first_year <= day.year <= self.last_year

    def is_holiday(self, day: date) -> bool:
        """Whether a day is listed; a year that is not covered is a `HolidayYearMissing`."""
        if not self._covers(day):
            raise HolidayYearMissing(
                f"the `{self.purpose}` holidays of {self.country} are not known for {day.year}; "
                f"the list covers {self.first_year} to {self.last_year}")
        return day in self.days


def joint(lists: Iterable[HolidayList], added: Iterable[date] = ()) -> IsHoliday:
    """The union of lists and of days added to them, as one question about a day.

    Every list is asked every time, so that a year missing from any of them is found whichever
    order they come in, also for an added day. Without lists only the added days are holidays.
    """
    every, more = tuple(lists), frozenset(added)

    def is_holiday(day: date) -> bool:
        return True in {each.is_holiday(day) for each in every} or day in more

    return is_holiday
