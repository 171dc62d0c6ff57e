"""Market days and EU periods against a second implementation that counts them out one by one."""

from __future__ import annotations

import os
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import eu_period_oracle as counted
from oracles import market_day_oracle as clock

from czca_rules.market_time.days import (
    market_day_end,
    market_day_hours,
    market_day_of,
    market_day_start,
)
from czca_rules.market_time.eu_periods import (
    Limits,
    hours_after,
    hours_before,
    period_after,
    period_before,
)
from czca_rules.market_time.mtu import MtuSchedule

TRIES = settings(max_examples=max(300, int(os.environ.get("CZCA_TRIES", "0"))), deadline=None,
                 derandomize="CI" in os.environ, database=None)

FIRST_YEAR, LAST_YEAR = 1990, 2060
NO_HOLIDAYS: frozenset[date] = frozenset()


def changes_and_edges(year: int) -> list[datetime]:
    """The instants of a year at which a slip is likeliest: clock changes and midnights."""
    spring, autumn = clock.clock_changes(year)
    edges = [spring, autumn]
    for change in (spring, autumn):
        day = clock.market_day_of(change)
        edges += [clock.market_day_start(day), clock.market_day_end(day)]
    for month in range(1, 13):
        edges.append(clock.market_day_end(clock.last_day_of_month(year, month)))
    return [*edges, datetime(year, 1, 1), datetime(year, 12, 31, 23)]


YEARS = st.integers(FIRST_YEAR, LAST_YEAR)
DAYS = st.one_of(
    st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)),
    YEARS.flatmap(lambda year: st.sampled_from(
        [clock.market_day_of(edge) for edge in changes_and_edges(year)])))
#: From a second to an hour around an edge, and the smallest step a timestamp can take.
NEARBY = st.one_of(
    st.sampled_from([timedelta(), timedelta(microseconds=-1), timedelta(microseconds=1),
                     timedelta(seconds=-1), timedelta(seconds=1), timedelta(hours=-1),
                     timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=-15)]),
    st.timedeltas(timedelta(hours=-30), timedelta(hours=30)))
INSTANTS = st.one_of(
    st.datetimes(datetime(FIRST_YEAR, 1, 1), datetime(LAST_YEAR, 12, 31, 23)),
    st.builds(lambda edge, step: edge + step,
              YEARS.flatmap(lambda year: st.sampled_from(changes_and_edges(year))), NEARBY))
CALENDAR_PERIODS = st.one_of(
    st.builds("P{}D".format, st.integers(1, 100)), st.builds("P{}W".format, st.integers(1, 12)),
    st.builds("P{}M".format, st.integers(1, 26)), st.builds("P{}Y".format, st.integers(1, 4)),
    st.sampled_from(["P1D", "P2D", "P3D", "P4D", "P30D", "P1W", "P1M", "P3M", "P12M", "P1Y"]))


@st.composite
def holidays_near(draw: st.DrawFn, event: datetime, period: str) -> frozenset[date]:
    """Holidays where they matter: about the end of a period, from few to nearly every day."""
    first = clock.market_day_of(event)
    last = clock.market_day_of(counted.period_after(event, period, NO_HOLIDAYS).strict
                               - timedelta(microseconds=1))
    near = st.one_of(st.integers(-4, 12).map(lambda step: last + timedelta(days=step)),
                     st.integers(-1, 9).map(lambda step: first + timedelta(days=step)))
    some = draw(st.frozensets(near, max_size=20))
    if draw(st.booleans()):
        return some
    long_run = {last + timedelta(days=step) for step in range(draw(st.integers(-9, 0)), 12)}
    return frozenset(long_run - some)


def pair(limits: Limits) -> counted.Counted:
    """The package's answer in the form of the oracle's."""
    return counted.Counted(limits.strict, limits.legal)


def after(event: datetime, period: str, holidays: AbstractSet[date]) -> counted.Counted:
    """The package's answer to a period that runs from an event."""
    return pair(period_after(event, period, holidays.__contains__))


@TRIES
@given(DAYS)
def test_market_days_are_the_hours_that_show_their_date(day: date) -> None:
    hours = clock.hours_of_day(day)
    assert market_day_start(day) == hours[0]
    assert market_day_end(day) == clock.market_day_end(day)
    assert market_day_hours(day) == len(hours)


@pytest.mark.parametrize("year", range(FIRST_YEAR, LAST_YEAR + 1))
def test_clock_changes_to_the_second(year: int) -> None:
    short, long = (clock.market_day_of(change) for change in clock.clock_changes(year))
    assert (market_day_hours(short), market_day_hours(long)) == (23, 25)
    for day in (short, long):
        assert market_day_start(day) == clock.market_day_start(day)
        assert market_day_end(day) == clock.market_day_end(day)
        assert market_day_of(market_day_end(day) - timedelta(seconds=1)) == day
        assert market_day_of(market_day_end(day)) == day + timedelta(days=1)


@TRIES
@given(INSTANTS)
def test_an_instant_lies_in_the_day_its_clock_shows(instant: datetime) -> None:
    assert market_day_of(instant) == clock.market_day_of(instant)


@TRIES
@given(INSTANTS, st.sampled_from([15, 60]))
def test_positions_are_counted_from_the_start_of_the_day(instant: datetime, minutes: int) -> None:
    schedule = MtuSchedule.constant(minutes)
    day, position = clock.position_of(instant, minutes)
    slot = schedule.containing(instant)
    assert (slot.market_day, slot.position) == (day, position)
    assert slot.start == clock.start_of_position(day, position, minutes)
    assert slot.end == slot.start + timedelta(minutes=minutes)


@TRIES
@given(DAYS, st.sampled_from([15, 60]))
def test_every_position_of_a_day_leads_to_its_start(day: date, minutes: int) -> None:
    schedule = MtuSchedule.constant(minutes)
    starts = clock.units_of_day(day, minutes)
    assert schedule.count_on(day) == len(starts)
    for number, start in enumerate(starts, start=1):
        assert schedule.start_of(day, number) == start


@TRIES
@given(INSTANTS, st.integers(1, 100))
def test_hours_are_counted_whole(event: datetime, hours: int) -> None:
    assert pair(hours_after(event, hours)) == counted.hours_after(event, hours)
    assert pair(hours_before(event, hours)) == counted.hours_before(event, hours)
    period = f"PT{hours}H"
    # days off, here every day, do not lengthen hours
    assert pair(period_after(event, period, lambda day: True)) == \
        counted.hours_after(event, hours)
    assert pair(period_before(event, period)) == counted.hours_before(event, hours)


@TRIES
@given(INSTANTS, CALENDAR_PERIODS, st.data())
def test_periods_forward(event: datetime, period: str, data: st.DataObject) -> None:
    holidays = data.draw(holidays_near(event, period))
    assert after(event, period, holidays) == counted.period_after(event, period, holidays)


@TRIES
@given(INSTANTS, st.integers(1, 9).map("P{}D".format), st.data())
def test_short_periods_hold_two_working_days(event: datetime, period: str,
                                             data: st.DataObject) -> None:
    holidays = data.draw(holidays_near(event, period))
    assert after(event, period, holidays) == counted.period_after(event, period, holidays)


@TRIES
@given(st.one_of(DAYS.map(clock.market_day_end), INSTANTS),
       st.one_of(CALENDAR_PERIODS, st.integers(1, 30).map("PT{}H".format)), st.data())
def test_what_ends_at_midnight_happened_the_day_before(event: datetime, period: str,
                                                       data: st.DataObject) -> None:
    holidays = data.draw(holidays_near(event, period))
    assert pair(period_after(event, period, holidays.__contains__, ends_day=True)) == \
        counted.period_after(event, period, holidays, ends_day=True)


@TRIES
@given(INSTANTS, CALENDAR_PERIODS, st.booleans())
def test_periods_backward(event: datetime, period: str, clear: bool) -> None:
    assert pair(period_before(event, period, clear=clear)) == \
        counted.period_before(event, period, clear)


@pytest.mark.parametrize("year", [1995, 1996, 1999, 2000, 2024, 2025, 2026, 2027, 2060])
@pytest.mark.parametrize("month", range(1, 13))
def test_ends_of_months(year: int, month: int) -> None:
    last = clock.last_day_of_month(year, month)
    new_year = frozenset({date(year, 1, 1), date(year + 1, 1, 1)})
    for day in (last, last - timedelta(days=1), last + timedelta(days=1)):
        for event in (clock.market_day_start(day), clock.market_day_end(day) - clock.ONE_HOUR):
            for period in ("P1D", "P2D", "P30D", "P1W", "P1M", "P2M", "P3M", "P12M", "P1Y"):
                assert after(event, period, new_year) == \
                    counted.period_after(event, period, new_year)
                assert pair(period_before(event, period)) == counted.period_before(event, period)


def local(day: date, hours: int, minutes: int = 0) -> datetime:
    """An instant so long after the start of a market day."""
    return clock.market_day_start(day) + timedelta(hours=hours, minutes=minutes)


@pytest.mark.parametrize(("event", "period", "strict", "legal"), [
    (local(date(2026, 3, 11), 10, 20), "PT1H", local(date(2026, 3, 11), 11, 20),
     local(date(2026, 3, 11), 12)),
    (local(date(2026, 3, 11), 10, 20), "PT24H", local(date(2026, 3, 12), 10, 20),
     local(date(2026, 3, 12), 11)),
    (local(date(2026, 5, 22), 10), "P1W", local(date(2026, 5, 30), 0),
     local(date(2026, 5, 30), 0)),
    (local(date(2026, 5, 23), 10), "P1W", local(date(2026, 5, 31), 0),
     local(date(2026, 6, 2), 0)),
    # from a Friday two days end on Sunday; Monday is one working day, Tuesday the second
    (local(date(2026, 5, 29), 10), "P2D", local(date(2026, 6, 1), 0),
     local(date(2026, 6, 3), 0)),
    (local(date(2026, 1, 31), 10), "P1M", local(date(2026, 3, 1), 0),
     local(date(2026, 3, 3), 0)),
])
def test_both_give_the_examples_forward(event: datetime, period: str, strict: datetime,
                                        legal: datetime) -> None:
    assert counted.period_after(event, period, NO_HOLIDAYS) == (strict, legal)
    assert after(event, period, NO_HOLIDAYS) == (strict, legal)


def test_a_week_after_a_use_counts_from_the_day_of_the_use() -> None:
    use_ends, limit = local(date(2026, 5, 23), 0), local(date(2026, 5, 30), 0)
    assert counted.period_after(use_ends, "P1W", NO_HOLIDAYS, ends_day=True) == (limit, limit)
    assert pair(period_after(use_ends, "P1W", NO_HOLIDAYS.__contains__, ends_day=True)) == \
        (limit, limit)


@pytest.mark.parametrize(("event", "period", "strict", "legal"), [
    (local(date(2026, 3, 11), 0), "PT6H", local(date(2026, 3, 10), 18),
     local(date(2026, 3, 10), 18)),
    (local(date(2026, 3, 11), 0, 15), "PT6H", local(date(2026, 3, 10), 18, 15),
     local(date(2026, 3, 10), 18)),
    (local(date(2026, 3, 31), 0), "P1M", local(date(2026, 3, 1), 0),
     local(date(2026, 3, 1), 0)),
    (local(date(2026, 3, 31), 0), "P30D", local(date(2026, 3, 2), 0),
     local(date(2026, 3, 2), 0)),
])
def test_both_give_the_examples_backward(event: datetime, period: str, strict: datetime,
                                         legal: datetime) -> None:
    assert counted.period_before(event, period) == (strict, legal)
    assert pair(period_before(event, period)) == (strict, legal)
    if not period.startswith("PT"):
        assert counted.period_before(event, period, clear=True).legal == \
            clock.market_day_start(clock.market_day_of(legal) - timedelta(days=1))
