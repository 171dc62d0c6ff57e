"""Periods of EU law: worked examples in the words of the law, then what holds for every event.

Times are written on the market's clock; 24:00 is the end of a day. The holidays are those of
Greece and Italy around the examples, and an invented closure where the law's own examples end.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from czca_rules.market_time.days import (
    market_day_end,
    market_day_hours,
    market_day_of,
    market_day_start,
    market_days,
)
from czca_rules.market_time.eu_periods import (
    Limits,
    hours_after,
    hours_before,
    is_working_day,
    next_working_day,
    period_after,
    period_before,
)
from czca_rules.market_time.holidays import HolidayList, HolidayYearMissing, joint
from czca_rules.market_time.spans import local_instant
from czca_rules.market_time.zone import MarketTimeError

ONE_DAY, ONE_HOUR = timedelta(days=1), timedelta(hours=1)
EVENTS = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1))
HOURS = st.integers(1, 2000)
FORWARD = st.sampled_from(["P1D", "P2D", "P3D", "P30D", "P1W", "P2W", "P1M", "P3M", "P1Y"])

GREECE = HolidayList("GR", "deadline", 2025, 2027, frozenset({
    date(2026, 1, 1), date(2026, 3, 25), date(2026, 4, 10), date(2026, 4, 13), date(2026, 5, 1),
    date(2026, 6, 1), date(2026, 12, 25), date(2027, 1, 1)}))
ITALY = HolidayList("IT", "deadline", 2025, 2027, frozenset({
    date(2026, 1, 1), date(2026, 1, 6), date(2026, 4, 6), date(2026, 6, 2), date(2026, 12, 25)}))
CLOSED = HolidayList("XX", "deadline", 2025, 2027,
                     frozenset(market_days(date(2026, 12, 24), date(2026, 12, 31))))


def none(_: date) -> bool:
    return False


def clock(text: str, fold: int | None = None) -> datetime:
    """The instant of `2026-05-29 24:00` on the market's clock."""
    day, hour = date.fromisoformat(text[:10]), text[11:]
    return market_day_end(day) if hour == "24:00" else local_instant(day, hour, fold)


# -- hours -------------------------------------------------------------------------------------

@pytest.mark.parametrize(("event", "hours", "strict", "legal"), [
    pytest.param("2026-03-10 10:20", 1, "2026-03-10 11:20", "2026-03-10 12:00",
                 id="1 h after a notification at 10:20: hour 10 is not counted, 11 to 12 is"),
    pytest.param("2026-03-10 10:20", 24, "2026-03-11 10:20", "2026-03-11 11:00",
                 id="24 h after an allocation at 10:20"),
    pytest.param("2026-03-10 09:40", 24, "2026-03-11 09:40", "2026-03-11 10:00",
                 id="T7: 24 h after an allocation at 09:40"),
    pytest.param("2026-03-10 10:00", 1, "2026-03-10 11:00", "2026-03-10 12:00",
                 id="an event at the full hour lies in the hour that begins"),
    pytest.param("2026-03-28 10:20", 24, "2026-03-29 11:20", "2026-03-29 12:00",
                 id="24 h over the night when the clock is put forward"),
    pytest.param("2026-10-24 10:20", 24, "2026-10-25 09:20", "2026-10-25 10:00",
                 id="24 h over the night when the clock is put back"),
])
def test_hours_after_an_event(event: str, hours: int, strict: str, legal: str) -> None:
    limits = hours_after(clock(event), hours)
    assert limits == Limits(clock(strict), clock(legal))
    assert period_after(clock(event), f"PT{hours}H", none) == limits
    assert (limits.earlier, limits.later) == (limits.strict, limits.legal)


@pytest.mark.parametrize(("event", "hours", "strict", "legal"), [
    pytest.param("2026-03-11 00:00", 6, "2026-03-10 18:00", "2026-03-10 18:00",
                 id="6 h before a use at 00:00: both readings agree (T7)"),
    pytest.param("2026-03-11 00:15", 6, "2026-03-10 18:15", "2026-03-10 18:00",
                 id="6 h before a use at 00:15: hour 00 to 01 is not counted"),
    pytest.param("2026-03-29 06:00", 6, "2026-03-28 23:00", "2026-03-28 23:00",
                 id="6 h before 06:00 when the clock is put forward"),
    pytest.param("2026-10-25 06:30", 6, "2026-10-25 01:30", "2026-10-25 01:00",
                 id="6 h before 06:30 when the clock is put back"),
])
def test_hours_before_an_event(event: str, hours: int, strict: str, legal: str) -> None:
    limits = hours_before(clock(event), hours)
    assert limits == Limits(clock(strict), clock(legal))
    assert period_before(clock(event), f"PT{hours}H") == limits
    assert (limits.earlier, limits.later) == (limits.legal, limits.strict)


@pytest.mark.parametrize(("use", "binds"), [("2026-03-11 15:30", False),
                                            ("2026-03-11 15:45", True)])
def test_t7_units_after_1540_are_bound_by_the_24_hours(use: str, binds: bool) -> None:
    """Per unit, the 24 hours bind before the 6 hours where the unit starts after 15:40."""
    after_allocation = hours_after(clock("2026-03-10 09:40"), 24).strict
    assert (after_allocation < hours_before(clock(use), 6).strict) is binds


@given(EVENTS, HOURS)
def test_legal_hours_give_up_to_an_hour_more_after(event: datetime, hours: int) -> None:
    limits = hours_after(event, hours)
    assert limits.strict - event == hours * ONE_HOUR
    assert timedelta() < limits.legal - limits.strict <= ONE_HOUR
    assert limits.legal.replace(minute=0, second=0, microsecond=0) == limits.legal


@given(EVENTS, HOURS)
def test_legal_hours_take_less_than_an_hour_before(event: datetime, hours: int) -> None:
    limits = hours_before(event, hours)
    assert event - limits.strict == hours * ONE_HOUR
    assert timedelta() <= limits.strict - limits.legal < ONE_HOUR
    assert limits.legal.replace(minute=0, second=0, microsecond=0) == limits.legal


# -- days, weeks, months and years after an event ----------------------------------------------

@pytest.mark.parametrize(("event", "period", "strict", "legal"), [
    pytest.param("2026-05-22 12:00", "P1W", "2026-05-29 24:00", "2026-05-29 24:00",
                 id="1 week after a use on Friday 22 May"),
    pytest.param("2026-05-23 12:00", "P1W", "2026-05-30 24:00", "2026-06-01 24:00",
                 id="1 week after a use on Saturday 23 May: next working day, Monday 1 June"),
    pytest.param("2026-05-24 23:59", "P1W", "2026-05-31 24:00", "2026-06-01 24:00",
                 id="1 week after a use on Sunday"),
    pytest.param("2026-03-11 00:00", "P1D", "2026-03-12 24:00", "2026-03-12 24:00",
                 id="the day that begins with the event is not counted"),
    pytest.param("2026-01-31 09:00", "P1M", "2026-02-28 24:00", "2026-03-02 24:00",
                 id="a date that does not exist: last day of February, a Saturday"),
    pytest.param("2027-01-31 09:00", "P13M", "2028-02-29 24:00", "2028-02-29 24:00",
                 id="a date that does not exist in a leap year"),
    pytest.param("2024-02-29 09:00", "P1Y", "2025-02-28 24:00", "2025-02-28 24:00",
                 id="a year after 29 February"),
    pytest.param("2025-06-10 09:00", "P12M", "2026-06-10 24:00", "2026-06-10 24:00",
                 id="12 months after the approval: same date"),
    pytest.param("2025-06-13 09:00", "P12M", "2026-06-13 24:00", "2026-06-15 24:00",
                 id="12 months after the approval: the date is a Saturday"),
    pytest.param("2026-02-27 09:00", "P30D", "2026-03-29 24:00", "2026-03-30 24:00",
                 id="30 days: the 30th after the day of the event, with its 23 hours"),
])
def test_calendar_periods_after_an_event(event: str, period: str, strict: str,
                                         legal: str) -> None:
    limits = period_after(clock(event), period, none)
    assert limits == Limits(clock(strict), clock(legal))


@pytest.mark.parametrize(("holidays", "legal"), [
    pytest.param(joint([ITALY]), "2026-06-01 24:00", id="Italy: Monday 1 June"),
    pytest.param(joint([GREECE]), "2026-06-02 24:00", id="Greece: Whit Monday is a holiday"),
    pytest.param(joint([GREECE, ITALY]), "2026-06-03 24:00", id="both: also 2 June"),
    pytest.param(joint([GREECE], [date(2026, 6, 2), date(2026, 6, 3)]), "2026-06-04 24:00",
                 id="Greece and two days added"),
])
def test_the_holidays_are_those_of_the_country_that_acts(
        holidays: Callable[[date], bool], legal: str) -> None:
    limits = period_after(clock("2026-05-23 12:00"), "P1W", holidays)
    assert limits == Limits(clock("2026-05-30 24:00"), clock(legal))


@pytest.mark.parametrize(("event", "period", "holidays", "legal"), [
    pytest.param("2026-05-21 12:00", "P2D", none, "2026-05-25 24:00",
                 id="2 days from Thursday: Friday and, instead of Saturday, Monday"),
    pytest.param("2026-05-22 12:00", "P2D", none, "2026-05-26 24:00",
                 id="2 days from Friday: Monday is the first working day, Tuesday the second"),
    pytest.param("2026-05-22 12:00", "P3D", none, "2026-05-26 24:00",
                 id="3 days from Friday: the last day is working but the only one"),
    pytest.param("2026-05-22 12:00", "P1D", none, "2026-05-25 24:00",
                 id="1 day from Friday: one working day is enough"),
    pytest.param("2026-04-09 12:00", "P4D", joint([GREECE]), "2026-04-15 24:00",
                 id="4 days over Greek Easter: Tuesday the first, Wednesday the second"),
    pytest.param("2026-12-23 12:00", "P1W", joint([CLOSED]), "2027-01-04 24:00",
                 id="a week of closure: Friday 1 January the first, Monday the second"),
    pytest.param("2026-12-22 12:00", "P1W", joint([CLOSED]), "2027-01-01 24:00",
                 id="a week of closure: the working day before it counts"),
])
def test_two_days_or_more_hold_at_least_two_working_days(
        event: str, period: str, holidays: Callable[[date], bool], legal: str) -> None:
    """Art. 3(5): the legal end is that of the second working day, if it would come earlier."""
    assert period_after(clock(event), period, holidays).legal == clock(legal)


@pytest.mark.parametrize(("period", "of_the_day_over", "of_the_day_begun"), [
    ("P1W", ("2026-05-29 24:00", "2026-05-29 24:00"), ("2026-05-30 24:00", "2026-06-01 24:00")),
    ("PT24H", ("2026-05-23 24:00", "2026-05-23 24:00"), ("2026-05-23 24:00", "2026-05-24 01:00")),
], ids=["1 week after a use that ends on Friday 24:00", "24 hours after it"])
def test_the_end_of_a_use_belongs_to_the_day_that_is_over(
        period: str, of_the_day_over: tuple[str, str], of_the_day_begun: tuple[str, str]) -> None:
    end = market_day_end(date(2026, 5, 22))
    assert period_after(end, period, none, ends_day=True) == Limits(*map(clock, of_the_day_over))
    assert period_after(end, period, none) == Limits(*map(clock, of_the_day_begun))


@given(EVENTS, FORWARD, st.sets(st.dates(date(1990, 1, 1), date(2062, 1, 1)), max_size=20))
def test_calendar_periods_end_with_a_day_and_legally_with_a_working_day(
        event: datetime, period: str, holidays: set[date]) -> None:
    limits = period_after(event, period, holidays.__contains__)
    strict, legal = (market_day_of(limit - timedelta.resolution)
                     for limit in (limits.strict, limits.legal))
    assert (market_day_end(strict), market_day_end(legal)) == (limits.strict, limits.legal)
    assert limits.earlier == limits.strict
    assert is_working_day(legal, holidays.__contains__)
    first = market_day_of(event) + ONE_DAY
    working = [day for day in market_days(first, legal)
               if is_working_day(day, holidays.__contains__)]
    enough = 1 if period == "P1D" else 2
    assert [day for day in working[enough - 1:] if day >= strict] == [legal]


@given(EVENTS, st.integers(1, 60), st.integers(1, 8), st.integers(1, 30))
def test_weeks_keep_the_weekday_and_months_the_date(event: datetime, days: int, weeks: int,
                                                    months: int) -> None:
    day = market_day_of(event)

    def ends(period: str) -> date:
        return market_day_of(period_after(event, period, none).strict - ONE_HOUR)

    assert ends(f"P{days}D") == day + days * ONE_DAY
    assert ends(f"P{weeks}W").weekday() == day.weekday()
    end = ends(f"P{months}M")
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end.day < day.day and (end + ONE_DAY).day == 1)
    assert ends("P1Y") == ends("P12M")


@given(EVENTS, FORWARD)
def test_a_later_event_never_has_an_earlier_limit(event: datetime, period: str) -> None:
    earlier, later = (period_after(moment, period, none) for moment in (event, event + ONE_DAY))
    assert earlier.strict <= later.strict
    assert earlier.legal <= later.legal


# -- days, weeks, months and years before an event ---------------------------------------------

@pytest.mark.parametrize(("event", "period", "limit", "clear_limit"), [
    pytest.param("2026-03-31 00:00", "P1M", "2026-02-28 24:00", "2026-02-27 24:00",
                 id="1 month before 31 March: no such date, month end; a Saturday does not shift"),
    pytest.param("2026-06-30 11:00", "P30D", "2026-05-31 24:00", "2026-05-30 24:00",
                 id="30 days before the gate opens on day G: G-30, clear days G-31"),
    pytest.param("2026-07-01 00:00", "P3M", "2026-04-01 24:00", "2026-03-31 24:00",
                 id="3 months before the start: same date"),
    pytest.param("2026-05-31 00:00", "P3M", "2026-02-28 24:00", "2026-02-27 24:00",
                 id="3 months before 31 May: clamped"),
    pytest.param("2024-05-31 00:00", "P3M", "2024-02-29 24:00", "2024-02-28 24:00",
                 id="3 months before 31 May of a leap year"),
    pytest.param("2026-06-01 09:00", "P1W", "2026-05-25 24:00", "2026-05-24 24:00",
                 id="1 week before a Monday: the Monday before"),
    pytest.param("2026-01-15 00:00", "P1M", "2025-12-15 24:00", "2025-12-14 24:00",
                 id="1 month before, over the turn of the year"),
    pytest.param("2028-02-29 00:00", "P1Y", "2027-02-28 24:00", "2027-02-27 24:00",
                 id="1 year before 29 February"),
])
def test_calendar_periods_before_an_event(event: str, period: str, limit: str,
                                          clear_limit: str) -> None:
    limits = period_before(clock(event), period)
    assert limits == Limits(clock(limit), clock(limit))
    assert period_before(clock(event), period, clear=True).legal == clock(clear_limit)


@given(EVENTS, FORWARD)
def test_periods_before_end_with_a_day_that_no_calendar_moves(event: datetime,
                                                              period: str) -> None:
    limits = period_before(event, period)
    assert limits.strict == limits.legal <= event
    day = market_day_of(limits.strict - ONE_HOUR)
    assert market_day_end(day) == limits.strict
    clear = period_before(event, period, clear=True)
    assert clear.strict == clear.legal == market_day_start(day)


@given(EVENTS, st.integers(1, 1000))
def test_days_before_and_after_lead_to_each_other(event: datetime, days: int) -> None:
    last = period_before(event, f"P{days}D").strict - ONE_HOUR
    back = period_after(last, f"P{days}D", none).strict
    assert market_day_of(back - ONE_HOUR) == market_day_of(event)


# -- working days, holidays, refusals ----------------------------------------------------------

@pytest.mark.parametrize(("day", "working"), [
    (date(2026, 5, 29), True), (date(2026, 5, 30), False), (date(2026, 5, 31), False),
    (date(2026, 6, 1), False), (date(2026, 6, 2), True),
], ids=["Friday", "Saturday", "Sunday", "public holiday on a Monday", "Tuesday"])
def test_working_days(day: date, working: bool) -> None:
    assert is_working_day(day, GREECE.is_holiday) is working
    assert next_working_day(day, GREECE.is_holiday) == (day if working else date(2026, 6, 2))


def test_a_list_knows_its_years_and_no_others() -> None:
    assert GREECE.is_holiday(date(2026, 3, 25))
    assert not GREECE.is_holiday(date(2027, 3, 24))
    with pytest.raises(HolidayYearMissing, match=r"`deadline` holidays of GR .* 2028.* 2025 to"):
        GREECE.is_holiday(date(2028, 1, 1))
    with pytest.raises(HolidayYearMissing, match="2028"):
        period_after(clock("2027-12-27 12:00"), "P1W", GREECE.is_holiday)
    assert period_after(clock("2027-12-25 12:00"), "P1W", none).strict == clock("2028-01-01 24:00")


def test_a_joint_list_needs_every_list_to_know_the_year() -> None:
    short = HolidayList("IT", "deadline", 2026, 2026, frozenset({date(2026, 4, 6)}))
    for lists in ([short, GREECE], [GREECE, short]):
        question = joint(lists, [date(2027, 5, 4)])
        assert question(date(2026, 4, 6))
        assert question(date(2026, 4, 13))
        assert not question(date(2026, 4, 14))
        for day in (date(2027, 5, 4), date(2027, 1, 1)):  # added, and listed for Greece
            with pytest.raises(HolidayYearMissing, match="of IT"):
                question(day)
    assert joint([], [date(2027, 5, 4)])(date(2027, 5, 4))
    assert not joint([])(date(2027, 5, 4))


@given(st.sets(st.dates(date(2025, 1, 1), date(2027, 12, 31))), st.dates(date(2025, 1, 1),
                                                                         date(2027, 12, 31)))
def test_a_joint_list_is_the_union(added: set[date], day: date) -> None:
    expected = GREECE.is_holiday(day) or ITALY.is_holiday(day) or day in added
    assert joint([GREECE, ITALY], added)(day) is expected


@pytest.mark.parametrize(("first", "last", "day"), [
    (2027, 2026, None), (2026, 2026, date(2027, 1, 1)), (2026, 2026, date(2025, 12, 31))])
def test_lists_that_cannot_be_right_are_refused(first: int, last: int, day: date | None) -> None:
    with pytest.raises(MarketTimeError, match="holidays of GR"):
        HolidayList("GR", "deadline", first, last, frozenset({day} if day else ()))


@pytest.mark.parametrize("period", ["P0D", "1 week", "P1M1D", "PT90M", "PT30M", "P-1D", "", "P1H"])
def test_other_periods_are_refused(period: str) -> None:
    with pytest.raises(MarketTimeError, match=r"period of law|is not a duration|no length"):
        period_after(clock("2026-03-11 00:00"), period, none)
    with pytest.raises(MarketTimeError, match=r"period of law|is not a duration|no length"):
        period_before(clock("2026-03-11 00:00"), period)


@pytest.mark.parametrize("hours", [0, -1, 100_000])
def test_other_numbers_of_hours_are_refused(hours: int) -> None:
    for count in (hours_after, hours_before):
        with pytest.raises(MarketTimeError, match="1 to 99999"):
            count(clock("2026-03-11 00:00"), hours)


def test_what_leads_nowhere_is_refused() -> None:
    event = clock("2026-03-11 00:00")
    with pytest.raises(MarketTimeError, match="clear"):
        period_before(event, "PT6H", clear=True)
    with pytest.raises(MarketTimeError, match="no working day in the 60 days"):
        next_working_day(date(2026, 3, 11), lambda _: True)
    for period in ("P9999Y", "P9999M", "P9999W"):
        with pytest.raises(MarketTimeError, match="1900 to 2200"):
            period_after(event, period, none)
        with pytest.raises(MarketTimeError, match="1900 to 2200"):
            period_before(event, period)


# -- the window of a year of hours -------------------------------------------------------------

def test_t1_a_window_of_a_year_has_8760_hours() -> None:
    """T1: 1 November 2024 to 31 October 2025; the two clock changes cancel out."""
    first, last = date(2024, 11, 1), date(2025, 10, 31)
    hours = (market_day_end(last) - market_day_start(first)) // ONE_HOUR
    assert hours == sum(map(market_day_hours, market_days(first, last))) == 8760
    assert market_day_end(last) == period_after(market_day_end(date(2024, 10, 31)), "P1Y", none,
                                                ends_day=True).strict
    mean = Fraction(5000 * 1600 + 3760 * 900, hours)
    assert (round(float(mean), 4), round(float(mean / 20), 4)) == (1299.5434, 64.9772)


def test_a_window_with_29_february_has_8784_hours() -> None:
    assert market_day_end(date(2024, 10, 31)) - market_day_start(date(2023, 11, 1)) \
        == 8784 * ONE_HOUR
