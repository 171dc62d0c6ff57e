"""Hours by the market's clock: blocks, the week ahead, and the same hour of a reference day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from czca_rules.market_time.days import (
    market_day_end,
    market_day_hours,
    market_day_of,
    market_day_start,
    market_days,
    to_market_clock,
)
from czca_rules.market_time.local_hours import (
    block_bounds,
    on_reference_day,
    reference_span,
    seven_days_before,
    week_ahead_start,
)
from czca_rules.market_time.mtu import MtuSchedule
from czca_rules.market_time.spans import format_local, local_instant, parse_instant
from czca_rules.market_time.zone import MarketTimeError

ONE_HOUR = timedelta(hours=1)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
PLAIN, SPRING, AUTUMN = date(2026, 3, 11), date(2026, 3, 29), date(2026, 10, 25)
LAST_SPRING, LAST_AUTUMN = date(2025, 3, 30), date(2025, 10, 26)
CHANGES = st.sampled_from([day for day in market_days(date(1990, 1, 1), date(2060, 12, 31))
                           if market_day_hours(day) != 24])


# -- blocks ------------------------------------------------------------------------------------

@pytest.mark.parametrize(("day", "first", "last", "hours"), [
    pytest.param(PLAIN, 0, 4, 4, id="00-04 on a plain day"),
    pytest.param(SPRING, 0, 4, 3, id="00-04 when the clock is put forward"),
    pytest.param(AUTUMN, 0, 4, 5, id="00-04 when the clock is put back"),
    pytest.param(SPRING, 4, 8, 4, id="04-08 when the clock is put forward"),
    pytest.param(AUTUMN, 20, 24, 4, id="20-24 when the clock is put back"),
    pytest.param(AUTUMN, 2, 3, 2, id="02-03 occurs twice"),
    pytest.param(SPRING, 2, 3, 0, id="02-03 does not occur"),
    pytest.param(SPRING, 0, 24, 23, id="the whole day in spring"),
    pytest.param(AUTUMN, 0, 24, 25, id="the whole day in autumn"),
])
def test_blocks_have_the_hours_of_their_day(day: date, first: int, last: int,
                                            hours: int) -> None:
    start, end = block_bounds(day, first, last)
    assert end - start == hours * ONE_HOUR


@pytest.mark.parametrize(("day", "start", "end"), [
    (PLAIN, "2026-03-11T00:00:00+01:00", "2026-03-11T04:00:00+01:00"),
    (SPRING, "2026-03-29T00:00:00+01:00", "2026-03-29T04:00:00+02:00"),
    (AUTUMN, "2026-10-25T00:00:00+02:00", "2026-10-25T04:00:00+01:00"),
])
def test_blocks_start_and_end_by_the_clock(day: date, start: str, end: str) -> None:
    assert tuple(map(format_local, block_bounds(day, 0, 4))) == (start, end)


@given(st.one_of(DAYS, CHANGES), st.sampled_from([1, 2, 3, 4, 6, 8, 12, 24]))
@example(AUTUMN, 1)
@example(SPRING, 1)
def test_blocks_fill_their_day_without_a_gap(day: date, length: int) -> None:
    blocks = [block_bounds(day, first, first + length) for first in range(0, 24, length)]
    assert blocks[0][0] == market_day_start(day)
    assert blocks[-1][1] == market_day_end(day)
    assert [end for _, end in blocks[:-1]] == [start for start, _ in blocks[1:]]
    for number, (start, end) in enumerate(blocks):
        assert start <= end
        while start < end:
            assert to_market_clock(start).hour // length == number
            start += timedelta(minutes=15)


@pytest.mark.parametrize(("first", "last"), [(4, 4), (8, 4), (-1, 4), (20, 25)])
def test_other_blocks_are_refused(first: int, last: int) -> None:
    with pytest.raises(MarketTimeError, match="0 to 24"):
        block_bounds(PLAIN, first, last)


# -- the week ahead ----------------------------------------------------------------------------

@pytest.mark.parametrize(("day", "calendar_week", "seven_days"), [
    pytest.param(date(2026, 3, 9), "2026-03-02T00:00:00+01:00", "2026-03-02T00:00:00+01:00",
                 id="Monday: both readings agree"),
    pytest.param(date(2026, 3, 15), "2026-03-02T00:00:00+01:00", "2026-03-08T00:00:00+01:00",
                 id="Sunday: the calendar week begins six days earlier"),
    pytest.param(date(2026, 4, 1), "2026-03-23T00:00:00+01:00", "2026-03-24T23:00:00+01:00",
                 id="168 hours over the change in spring"),
    pytest.param(SPRING, "2026-03-16T00:00:00+01:00", "2026-03-22T00:00:00+01:00",
                 id="the day of the change itself"),
    pytest.param(date(2026, 10, 28), "2026-10-19T00:00:00+02:00", "2026-10-21T01:00:00+02:00",
                 id="168 hours over the change in autumn"),
])
def test_the_week_ahead(day: date, calendar_week: str, seven_days: str) -> None:
    assert format_local(week_ahead_start(day)) == calendar_week
    assert format_local(seven_days_before(day)) == seven_days


@given(st.one_of(DAYS, CHANGES))
def test_the_week_ahead_of_every_day(day: date) -> None:
    monday = to_market_clock(week_ahead_start(day))
    assert (monday.weekday(), monday.hour, monday.minute) == (0, 0, 0)
    assert 7 <= (day - monday.date()).days <= 13
    assert market_day_start(day) - seven_days_before(day) == 168 * ONE_HOUR


# -- the same hour of another day --------------------------------------------------------------

@pytest.mark.parametrize(("instant", "reference", "expected"), [
    pytest.param("2026-03-11T14:15+01:00", date(2026, 3, 10), "2026-03-10T14:15:00+01:00",
                 id="a quarter-hour of a plain day"),
    pytest.param("2026-03-30T14:15+02:00", date(2026, 3, 27), "2026-03-27T14:15:00+01:00",
                 id="local time, also from summer to winter time"),
    pytest.param("2026-04-04T02:30+02:00", SPRING, "2026-03-29T01:30:00+01:00",
                 id="an hour that the 23-hour day does not have: the hour before, 02:30 to 01:30"),
    pytest.param("2026-04-04T03:00+02:00", SPRING, "2026-03-29T03:00:00+02:00",
                 id="the hour after it is itself again"),
    pytest.param("2026-10-31T02:30+01:00", AUTUMN, "2026-10-25T02:30:00+02:00",
                 id="an hour that the 25-hour day has twice: the first"),
    pytest.param("2026-10-25T02:30+02:00", date(2026, 10, 24), "2026-10-24T02:30:00+02:00",
                 id="the first occurrence of a repeated hour takes the single one"),
    pytest.param("2026-10-25T02:30+01:00", date(2026, 10, 24), "2026-10-24T02:30:00+02:00",
                 id="the second occurrence takes the single one too"),
    pytest.param("2026-10-25T02:30+02:00", LAST_AUTUMN, "2025-10-26T02:30:00+02:00",
                 id="both days have 25 hours: first to first"),
    pytest.param("2026-10-25T02:30+01:00", LAST_AUTUMN, "2025-10-26T02:30:00+01:00",
                 id="both days have 25 hours: second to second"),
    pytest.param("2026-10-25T02:30+01:00", SPRING, "2026-03-29T01:30:00+01:00",
                 id="from a 25-hour day to a 23-hour day, second occurrence"),
    pytest.param("2026-03-29T03:00+02:00", LAST_SPRING, "2025-03-30T03:00:00+02:00",
                 id="both days have 23 hours"),
    pytest.param("2026-03-29T03:00+02:00", date(2026, 3, 28), "2026-03-28T03:00:00+01:00",
                 id="from a 23-hour day: nothing takes hour 02"),
])
def test_the_same_local_time_on_the_reference_day(instant: str, reference: date,
                                                  expected: str) -> None:
    assert format_local(on_reference_day(parse_instant(instant), reference)) == expected


@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 12, 31)), st.one_of(DAYS, CHANGES))
def test_every_instant_has_one_on_every_reference_day(instant: datetime, reference: date) -> None:
    mapped = on_reference_day(instant, reference)
    assert market_day_of(mapped) == reference
    here, there = to_market_clock(instant), to_market_clock(mapped)
    if there.time() != here.time():
        assert (market_day_hours(reference), here.hour, there.hour) == (23, 2, 1)
        assert there.replace(hour=2).time() == here.time()
    if there.fold:
        assert here.fold
    assert on_reference_day(instant, market_day_of(instant)) == instant


@given(CHANGES, st.one_of(DAYS, CHANGES), st.sampled_from([15, 30, 60]))
def test_the_units_of_a_changing_day(day: date, other: date, minutes: int) -> None:
    """Each unit finds its like; those of a day with as many hours lead there and back."""
    schedule = MtuSchedule.constant(minutes)
    for slot in schedule.grid(day):
        start, end = reference_span(slot.start, slot.end, other)
        assert schedule.at(start).end == end
        assert start == on_reference_day(slot.start, other)
        if market_day_hours(day) == market_day_hours(other):
            assert on_reference_day(start, day) == slot.start
    for slot in schedule.grid(other):
        start, end = reference_span(slot.start, slot.end, day)
        assert (schedule.at(start).end, schedule.at(start).market_day) == (end, day)


# -- spans -------------------------------------------------------------------------------------

def whole(day: date) -> tuple[datetime, datetime]:
    return market_day_start(day), market_day_end(day)


@pytest.mark.parametrize(("span", "reference", "expected"), [
    pytest.param(block_bounds(PLAIN, 8, 12), SPRING, block_bounds(SPRING, 8, 12),
                 id="a block away from the change"),
    pytest.param(block_bounds(PLAIN, 0, 2), SPRING, block_bounds(SPRING, 0, 2),
                 id="a block that ends where the change begins"),
    pytest.param(whole(PLAIN), date(2026, 3, 10), whole(date(2026, 3, 10)), id="a whole day"),
    pytest.param(whole(AUTUMN), LAST_AUTUMN, whole(LAST_AUTUMN), id="25 hours to 25 hours"),
    pytest.param(whole(SPRING), LAST_SPRING, whole(LAST_SPRING), id="23 hours to 23 hours"),
    pytest.param(block_bounds(PLAIN, 0, 3), AUTUMN,
                 (market_day_start(AUTUMN), local_instant(AUTUMN, "02:00", 1)),
                 id="up to the first occurrence of 02-03"),
])
def test_spans_on_the_reference_day(span: tuple[datetime, datetime], reference: date,
                                    expected: tuple[datetime, datetime]) -> None:
    assert reference_span(*span, reference) == expected


@pytest.mark.parametrize(("span", "reference", "reason"), [
    pytest.param(block_bounds(PLAIN, 0, 4), SPRING, "clock changes", id="the hour is skipped"),
    pytest.param(block_bounds(PLAIN, 0, 4), AUTUMN, "clock changes", id="the hour occurs twice"),
    pytest.param(block_bounds(AUTUMN, 0, 4), PLAIN, "clock changes", id="five hours to four"),
    pytest.param(block_bounds(SPRING, 0, 4), PLAIN, "clock changes", id="three hours to four"),
    pytest.param(whole(AUTUMN), SPRING, "clock changes", id="25 hours to 23"),
    pytest.param((local_instant(PLAIN, "01:30"), local_instant(PLAIN, "02:30")), SPRING,
                 "clock changes", id="an hour across the start of the skipped one"),
    pytest.param((market_day_start(PLAIN), market_day_end(PLAIN) + ONE_HOUR), PLAIN,
                 "one market day", id="into the next day"),
    pytest.param(block_bounds(SPRING, 2, 3), PLAIN, "one market day", id="an empty span"),
])
def test_spans_without_a_like_are_refused(span: tuple[datetime, datetime], reference: date,
                                          reason: str) -> None:
    with pytest.raises(MarketTimeError, match=reason):
        reference_span(*span, reference)


@given(st.one_of(DAYS, CHANGES), st.one_of(DAYS, CHANGES), st.integers(0, 99),
       st.integers(1, 100))
def test_a_span_is_mapped_whole_or_refused(day: date, reference: date, first: int,
                                           length: int) -> None:
    grid = MtuSchedule.constant(15).grid(day)
    assume(first < len(grid))
    units = grid[first:first + length]
    mapped = [on_reference_day(slot.start, reference) for slot in units]
    contiguous = all(later - earlier == timedelta(minutes=15)
                     for earlier, later in pairwise(mapped))
    span = units[0].start, units[-1].end
    if contiguous:
        start, end = reference_span(*span, reference)
        assert (start, end - start) == (mapped[0], span[1] - span[0])
    else:
        with pytest.raises(MarketTimeError, match="clock changes"):
            reference_span(*span, reference)
