"""Reference days: the past day whose prices or bids stand for a day of delivery.

Greece-Italy methodology Art. 9(3) and 12(5): the previous working day for a working day, the
previous weekend day for a weekend day, the previous Sunday or bank holiday for a bank holiday.
The texts leave open what a day is that is two of these; here a holiday counts before a weekend
and a weekend before a working day, and "previous" means the latest that is eligible.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from czca_rules.market_time.days import ONE_DAY
from czca_rules.market_time.holidays import LONGEST_SEARCH_DAYS, IsHoliday
from czca_rules.market_time.zone import MarketTimeError

KindOfDay = Literal["holiday", "weekend", "working"]

_SATURDAY, _SUNDAY = 5, 6


def kind_of_day(day: date, is_holiday: IsHoliday) -> KindOfDay:
    """What a day is for the choice of its reference day: holiday before weekend before working."""
    if is_holiday(day):
        return "holiday"
    return "weekend" if day.weekday() >= _SATURDAY else "working"


def reference_day(day: date, is_holiday: IsHoliday, known_until: date | None = None) -> date:
    """The latest day before a day of delivery that may stand for it.

    For a working day a working day; for a weekend day a Saturday or Sunday, holiday or not; for
    a holiday a Sunday or holiday. With ``known_until`` it is no later than that day, the last
    whose results were known. None within 60 days is refused (`MarketTimeError`).
    """
    kind = kind_of_day(day, is_holiday)
    latest = day - ONE_DAY
    if known_until is not None:
        latest = min(latest, known_until)
    for number in range(LONGEST_SEARCH_DAYS):
        candidate = latest - number * ONE_DAY
        if _may_stand_for(kind, candidate, is_holiday):
            return candidate
    raise MarketTimeError(f"no reference day for {day} ({kind}) in the {LONGEST_SEARCH_DAYS} days "
                          f"up to {latest}; the list of holidays cannot be right")


def _may_stand_for(kind: KindOfDay, candidate: date, is_holiday: IsHoliday) -> bool:
    if kind == "weekend":
        return candidate.weekday() >= _SATURDAY
    if kind == "holiday":
        return candidate.weekday() == _SUNDAY or is_holiday(candidate)
    return kind_of_day(candidate, is_holiday) == "working"
