"""Market time: days of 23 to 25 hours, the grid of units, instants and periods."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from czca_rules.market_time.days import (
    market_day_end,
    market_day_hours,
    market_day_of,
    market_day_start,
    market_days,
    to_market_clock,
)
from czca_rules.market_time.mtu import MtuSchedule
from czca_rules.market_time.spans import (
    format_instant,
    format_local,
    local_instant,
    parse_day,
    parse_duration,
    parse_instant,
    period_end,
)
from czca_rules.market_time.zone import MARKET_TIME, MarketTimeError, tzdata_version

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
MINUTES = st.sampled_from([15, 30, 60])
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def test_the_zone_comes_from_the_package() -> None:
    assert isinstance(MARKET_TIME, ZoneInfo)
    assert MARKET_TIME.key == "Europe/Brussels"
    assert tzdata_version().startswith("20")


@given(DAYS, MINUTES)
def test_units_fill_their_day(day: date, minutes: int) -> None:
    grid = MtuSchedule.constant(minutes).grid(day)
    assert grid[0].start == market_day_start(day)
    assert grid[-1].end == market_day_end(day)
    assert all(a.end == b.start for a, b in pairwise(grid))
    assert sum((slot.end - slot.start for slot in grid), timedelta()) == \
        market_day_end(day) - market_day_start(day)
    assert [slot.position for slot in grid] == list(range(1, len(grid) + 1))


@given(DAYS)
def test_a_day_has_92_96_or_100_quarter_hours(day: date) -> None:
    count = MtuSchedule.constant(15).count_on(day)
    assert count in (92, 96, 100)
    assert count == 4 * market_day_hours(day)
    if count == 92:
        assert (day.month, day.weekday(), day.day >= 25) == (3, 6, True)
    if count == 100:
        assert (day.month, day.weekday(), day.day >= 25) == (10, 6, True)


@given(DAYS, MINUTES, st.data())
def test_position_and_instant_lead_to_each_other(day: date, minutes: int,
                                                 data: st.DataObject) -> None:
    schedule = MtuSchedule.constant(minutes)
    position = data.draw(st.integers(1, schedule.count_on(day)))
    start = schedule.start_of(day, position)
    slot = schedule.at(start)
    assert (slot.market_day, slot.position, slot.start) == (day, position, start)
    inside = start + timedelta(minutes=minutes) - timedelta(microseconds=1)
    assert schedule.containing(inside) == slot
    assert market_day_of(inside) == day


@given(st.datetimes(datetime(2015, 1, 1), datetime(2035, 12, 31)))
def test_written_instants_are_read_back(instant: datetime) -> None:
    assert parse_instant(format_instant(instant)) == instant
    assert parse_instant(format_local(instant)) == instant
    day = market_day_of(instant)
    assert market_day_start(day) <= instant < market_day_end(day)


def test_both_clock_changes() -> None:
    assert (market_day_hours(SPRING), market_day_hours(AUTUMN)) == (23, 25)
    quarter = MtuSchedule.constant(15)
    assert (quarter.count_on(SPRING), quarter.count_on(AUTUMN)) == (92, 100)
    assert format_local(quarter.start_of(SPRING, 9)) == "2026-03-29T03:00:00+02:00"
    assert format_local(quarter.start_of(AUTUMN, 9)) == "2026-10-25T02:00:00+02:00"
    assert format_local(quarter.start_of(AUTUMN, 13)) == "2026-10-25T02:00:00+01:00"
    with pytest.raises(MarketTimeError, match="1 to 92"):
        quarter.start_of(SPRING, 93)


def test_the_length_of_a_unit_changes_by_date() -> None:
    schedule = MtuSchedule.by_date({date(2025, 10, 1): 15, date(2017, 1, 1): 60})
    assert schedule.minutes_on(date(2025, 9, 30)) == 60
    assert schedule.minutes_on(date(2025, 10, 1)) == 15
    assert schedule.at(datetime(2025, 9, 30, 21)).end == datetime(2025, 9, 30, 22)
    assert schedule.at(datetime(2025, 9, 30, 22)).end == datetime(2025, 9, 30, 22, 15)
    with pytest.raises(MarketTimeError, match="2016-12-31"):
        schedule.minutes_on(date(2016, 12, 31))
    with pytest.raises(MarketTimeError, match="not the start"):
        schedule.at(datetime(2025, 9, 30, 20, 15))
    with pytest.raises(MarketTimeError, match="15, 30 or 60"):
        MtuSchedule.constant(45)
    with pytest.raises(MarketTimeError, match="distinct"):
        MtuSchedule(())


@pytest.mark.parametrize(("text", "expected"), [
    ("2026-03-11T00:00:00+01:00", "2026-03-10T23:00:00Z"),
    ("2026-03-10 23:00Z", "2026-03-10T23:00:00Z"),
    ("2026-03-10T18:30:00-0430", "2026-03-10T23:00:00Z"),
    ("2026-03-11T00:00:00.5+01", "2026-03-10T23:00:00.500000Z"),
])
def test_instants_are_read(text: str, expected: str) -> None:
    assert format_instant(parse_instant(text)) == expected


@pytest.mark.parametrize(("text", "reason"), [
    ("2026-03-11T00:00:00", "no offset"), ("2026-03-11", "not a time"),
    ("11/03/2026 00:00", "not a time"), ("2026-02-30T00:00Z", "exists"),
    ("2026-03-11T24:00Z", "exists"), ("2026-03-11T00:00+15:00", "offset"),
    ("2026-03-11T00:00+01:75", "offset"), ("0001-01-01T00:00+01:00", "exists"),
    ("9999-12-31T23:00Z", "1900 to 2200"), ("2026-03-11T00:00Z ", "not a time"),
    ("٢٠٢٦-03-11T00:00Z", "not a time"), ("2026-03-11T00:00:60Z", "exists"),
])
def test_other_times_are_refused(text: str, reason: str) -> None:
    with pytest.raises(MarketTimeError, match=reason):
        parse_instant(text)


def test_dates_are_read_strictly() -> None:
    assert parse_day("2026-03-11") == date(2026, 3, 11)
    for text in ("20260311", "2026-3-11", "2026-02-30", "2026-W11-3", "11.03.2026"):
        with pytest.raises(MarketTimeError):
            parse_day(text)


def test_days_far_away_are_refused_where_they_would_be_computed() -> None:
    assert parse_day("9999-12-31") == date.max
    for day in (date.max, date.min, date(1899, 12, 31)):
        with pytest.raises(MarketTimeError, match="1900 to 2200"):
            market_day_start(day)
        with pytest.raises(MarketTimeError, match="1900 to 2200"):
            market_day_end(day)
    assert market_day_end(date(2200, 12, 31)) == datetime(2200, 12, 31, 23)
    with pytest.raises(MarketTimeError, match="1900 to 2200"):
        period_end(datetime(2026, 3, 11), "P9999Y")


def test_an_hour_that_occurs_twice_needs_a_word() -> None:
    with pytest.raises(MarketTimeError, match="twice"):
        local_instant(AUTUMN, "02:30")
    assert format_local(local_instant(AUTUMN, "02:30", fold=0)).endswith("02:30:00+02:00")
    assert format_local(local_instant(AUTUMN, "02:30", fold=1)).endswith("02:30:00+01:00")
    assert local_instant(AUTUMN, "03:00") == datetime(2026, 10, 25, 2)


def test_an_hour_that_does_not_occur_is_refused() -> None:
    for fold in (None, 0, 1):
        with pytest.raises(MarketTimeError, match="forward"):
            local_instant(SPRING, "02:30", fold)
    assert local_instant(SPRING, "03:00") == datetime(2026, 3, 29, 1)
    for clock in ("24:00", "9:30", "09:60", "noon"):
        with pytest.raises(MarketTimeError, match="clock time"):
            local_instant(SPRING, clock)


@pytest.mark.parametrize(("start", "duration", "expected"), [
    ("2026-03-29T00:00+01:00", "PT15M", "2026-03-29T00:15:00+01:00"),
    ("2026-03-29T00:00+01:00", "PT4H", "2026-03-29T05:00:00+02:00"),
    ("2026-03-29T00:00+01:00", "PT1H30M", "2026-03-29T01:30:00+01:00"),
    ("2026-03-29T00:00+01:00", "P1D", "2026-03-30T00:00:00+02:00"),
    ("2026-10-25T00:00+02:00", "P1D", "2026-10-26T00:00:00+01:00"),
    ("2026-10-19T00:00+02:00", "P1W", "2026-10-26T00:00:00+01:00"),
    ("2026-10-01T00:00+02:00", "P1M", "2026-11-01T00:00:00+01:00"),
    ("2026-12-01T00:00+01:00", "P1M", "2027-01-01T00:00:00+01:00"),
    ("2026-01-31T00:00+01:00", "P1M", "2026-02-28T00:00:00+01:00"),
    ("2024-02-29T00:00+01:00", "P1Y", "2025-02-28T00:00:00+01:00"),
    ("2026-03-28T02:30+01:00", "P1D", "2026-03-29T03:30:00+02:00"),
])
def test_periods_end_in_market_time(start: str, duration: str, expected: str) -> None:
    assert format_local(period_end(parse_instant(start), duration)) == expected


@given(DAYS, st.integers(1, 40))
def test_days_and_weeks_end_at_local_midnight(day: date, number: int) -> None:
    start = market_day_start(day)
    assert period_end(start, f"P{number}D") == market_day_start(day + timedelta(days=number))
    assert period_end(start, "P1W") == market_day_start(day + timedelta(days=7))
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    assert period_end(market_day_start(first), "P1M") == market_day_start(following)


@pytest.mark.parametrize("text", ["", "P", "PT", "15M", "PT0M", "P0D", "P1.5D", "PT1S", "P1DT1H",
                                  "-P1D", "p1d"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(MarketTimeError):
        parse_duration(text)


def test_days_are_listed_with_both_ends() -> None:
    assert list(market_days(date(2026, 2, 27), date(2026, 3, 1))) == [
        date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]
    assert to_market_clock(datetime(2026, 7, 1)).hour == 2
