"""Reference days: worked examples around real holidays, then what holds for every calendar.

Greece and Italy keep different Easters: in 2026 Easter Monday is 6 April in Italy and 13 April
in Greece.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from czca_rules.market_time.days import market_days
from czca_rules.market_time.holidays import HolidayList, HolidayYearMissing, joint
from czca_rules.market_time.reference_days import kind_of_day, reference_day
from czca_rules.market_time.zone import MarketTimeError

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))

GREECE = HolidayList("GR", "reference_day", 2026, 2026, frozenset({
    date(2026, 1, 1), date(2026, 1, 6), date(2026, 2, 23), date(2026, 3, 25), date(2026, 4, 10),
    date(2026, 4, 12), date(2026, 4, 13), date(2026, 5, 1), date(2026, 8, 15)}))
ITALY = HolidayList("IT", "reference_day", 2026, 2026, frozenset({
    date(2026, 1, 1), date(2026, 1, 6), date(2026, 4, 5), date(2026, 4, 6), date(2026, 4, 25),
    date(2026, 5, 1), date(2026, 6, 2), date(2026, 8, 15)}))
GR, IT, BORDER = joint([GREECE]), joint([ITALY]), joint([GREECE, ITALY])


@pytest.mark.parametrize(("day", "holidays", "reference"), [
    pytest.param("2026-03-09", BORDER, "2026-03-06", id="T9: Monday: the Friday before"),
    pytest.param("2026-03-14", BORDER, "2026-03-08", id="T9: Saturday: the Sunday before"),
    pytest.param("2026-03-15", BORDER, "2026-03-14", id="T9: Sunday: the Saturday before"),
    pytest.param("2026-03-25", GR, "2026-03-22",
                 id="T9: Wednesday 25 March, a holiday of Greece only: Sunday for Greece"),
    pytest.param("2026-03-25", IT, "2026-03-24", id="T9: and Tuesday for Italy"),
    pytest.param("2026-03-25", BORDER, "2026-03-22", id="25 March for the border: a holiday"),
    pytest.param("2026-03-26", BORDER, "2026-03-24", id="working day after the holiday: skips it"),
    pytest.param("2026-03-10", BORDER, "2026-03-09", id="Tuesday: Monday"),
    pytest.param("2026-04-06", BORDER, "2026-04-05",
                 id="Italian Easter Monday: Easter Sunday, which is both Sunday and holiday"),
    pytest.param("2026-04-12", BORDER, "2026-04-10",
                 id="Greek Easter Sunday, a holiday: Good Friday, not the Saturday between"),
    pytest.param("2026-04-12", IT, "2026-04-11", id="the same Sunday in Italy, a weekend day"),
    pytest.param("2026-04-13", BORDER, "2026-04-12", id="Greek Easter Monday: Easter Sunday"),
    pytest.param("2026-04-11", BORDER, "2026-04-05",
                 id="Saturday: the Sunday before although it is a holiday"),
    pytest.param("2026-04-14", BORDER, "2026-04-09",
                 id="Tuesday after Greek Easter: Thursday before it"),
    pytest.param("2026-08-15", BORDER, "2026-08-09",
                 id="a holiday on a Saturday: holiday before weekend, so the Sunday before"),
    pytest.param("2026-08-16", BORDER, "2026-08-15",
                 id="Sunday after it: the Saturday although it is a holiday"),
    pytest.param("2026-06-02", BORDER, "2026-05-31", id="2 June: the Sunday, later than 1 May"),
])
def test_reference_days(day: str, holidays: Callable[[date], bool], reference: str) -> None:
    assert reference_day(date.fromisoformat(day), holidays) == date.fromisoformat(reference)


@pytest.mark.parametrize(("day", "known_until", "reference"), [
    pytest.param("2026-03-11", "2026-03-10", "2026-03-10", id="known up to the day before"),
    pytest.param("2026-03-11", "2026-03-09", "2026-03-09", id="known a day less"),
    pytest.param("2026-03-09", "2026-03-07", "2026-03-06", id="known up to a weekend"),
    pytest.param("2026-03-15", "2026-03-13", "2026-03-08", id="Sunday, forecast on Friday"),
    pytest.param("2026-03-25", "2026-03-21", "2026-03-15", id="holiday, forecast days ahead"),
    pytest.param("2026-03-11", "2026-03-31", "2026-03-10", id="never a day to come"),
])
def test_only_days_count_whose_results_are_known(day: str, known_until: str,
                                                 reference: str) -> None:
    found = reference_day(date.fromisoformat(day), BORDER, date.fromisoformat(known_until))
    assert found == date.fromisoformat(reference)


@pytest.mark.parametrize(("day", "kind"), [
    ("2026-03-24", "working"), ("2026-03-25", "holiday"), ("2026-03-28", "weekend"),
    ("2026-08-15", "holiday"), ("2026-04-12", "holiday"), ("2026-03-29", "weekend"),
], ids=["Tuesday", "holiday on a Wednesday", "Saturday", "holiday on a Saturday",
        "holiday on a Sunday", "Sunday"])
def test_holiday_before_weekend_before_working_day(day: str, kind: str) -> None:
    assert kind_of_day(date.fromisoformat(day), BORDER) == kind


def test_a_year_without_a_list_is_an_error() -> None:
    with pytest.raises(HolidayYearMissing, match=r"`reference_day` holidays of GR .* 2025"):
        reference_day(date(2026, 1, 2), BORDER)
    assert reference_day(date(2026, 1, 3), BORDER) == date(2025, 12, 28)


def test_the_search_ends() -> None:
    delivery = date(2026, 6, 30)
    days = frozenset(market_days(date(2026, 1, 1), delivery - timedelta(days=1)))
    with pytest.raises(MarketTimeError, match="no reference day for 2026-06-30"):
        reference_day(delivery, days.__contains__)
    with pytest.raises(MarketTimeError, match="60 days up to 2026-06-20"):
        reference_day(delivery, days.__contains__, date(2026, 6, 20))


@given(DAYS, st.sets(st.integers(0, 40), max_size=15), st.integers(-5, 20))
def test_the_latest_day_that_is_eligible(day: date, holidays_ago: set[int], known_ago: int) -> None:
    """Nothing between the reference day and the delivery that was known would do."""
    holidays = {day - timedelta(days=ago) for ago in holidays_ago}
    known_until = day - timedelta(days=known_ago)
    found = reference_day(day, holidays.__contains__, known_until)
    assert found < day
    assert found <= known_until

    def eligible(candidate: date) -> bool:
        weekday, holiday = candidate.weekday(), candidate in holidays
        if day in holidays:
            return holiday or weekday == 6
        return weekday >= 5 if day.weekday() >= 5 else weekday < 5 and not holiday

    assert eligible(found)
    later = market_days(found + timedelta(days=1), min(known_until, day - timedelta(days=1)))
    assert not any(map(eligible, later))


@given(DAYS)
def test_without_holidays_the_week_decides(day: date) -> None:
    back = {0: 3, 5: 6}.get(day.weekday(), 1)
    assert reference_day(day, lambda _: False) == day - timedelta(days=back)
