"""Periods and time limits as Regulation (EEC, Euratom) 1182/71 counts them.

Each limit has two readings. *Strict* is what a clock or a wall calendar shows; *legal* is the
moment under the Regulation. An act exactly at a limit is in time. In short:

* Art. 3(1): the hour, or the day, in which the event lies is not counted.
* Art. 3(2): periods end with the expiry of their last hour or day; weeks, months and years end
  on the same weekday or date as the day of the event (Case C-171/03), and a date that does not
  exist is the last day of its month.
* Art. 3(4): a last day that is a Saturday, Sunday or public holiday gives way to the next
  working day. Not for hours, and not for periods counted backwards.
* Art. 3(5): a period of two days or more contains at least two working days.

Hours are counted in UTC, so a changing clock neither gives nor takes one; hours of the market's
clock begin with hours of UTC. Days are market days.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from czca_rules.market_time.days import ONE_DAY, market_day_end, market_day_of
from czca_rules.market_time.holidays import LONGEST_SEARCH_DAYS, IsHoliday
from czca_rules.market_time.spans import Duration, parse_duration
from czca_rules.market_time.zone import MarketTimeError, require_year

ONE_HOUR = timedelta(hours=1)
_MOST_HOURS = 99_999
_SATURDAY = 5


@dataclass(frozen=True)
class Limits:
    """The last instant at which an act is in time, read strictly and read legally."""

    strict: datetime
    legal: datetime

    @property
    def earlier(self) -> datetime:
        """The limit that satisfies both readings."""
        return min(self.strict, self.legal)

    @property
    def later(self) -> datetime:
        """The limit after which neither reading is satisfied."""
        return max(self.strict, self.legal)


def hours_after(event: datetime, hours: int) -> Limits:
    """The limits of "no later than so many hours after" an event.

    An event at 10:20 and one hour: strictly 11:20; legally 12:00, because the hour from 10 is
    not counted and the one from 11 counts whole. Hours other than 1 to 99,999 are refused
    (`MarketTimeError`). Source: Art. 3(1), 3(2)(a).
    """
    return _hours_after(event, event, hours)


def _hours_after(event: datetime, counted: datetime, hours: int) -> Limits:
    span = _hours(hours)
    return Limits(event + span, _hour_of(counted) + ONE_HOUR + span)


def hours_before(event: datetime, hours: int) -> Limits:
    """The limits of "at least so many hours before" an event.

    An event at 00:15 and six hours: strictly 18:15 of the day before; legally 18:00, because the
    hour from 00 is not counted. Refuses hours as `hours_after` does. Source: Art. 3(1), 3(2)(a).
    """
    span = _hours(hours)
    return Limits(event - span, _hour_of(event) - span)


def period_after(event: datetime, period: str, is_holiday: IsHoliday, *,
                 ends_day: bool = False) -> Limits:
    """The limits of "no later than" a period (`P30D`, `P1W`, `P3M`, `P1Y`, `PT24H`) after an event.

    Strictly, days to years end at 24:00 market time of the last day. Legally that day gives way
    to the next working day (Art. 3(4)); if the period of two days or more then still holds only
    one working day, it ends with the next one (Art. 3(5)). Hours go by `hours_after`, to which
    neither applies. With ``ends_day`` the event is the exclusive end of something: at 00:00 it
    belongs to the day, and the hour, that is over. Refuses other periods (`MarketTimeError`).
    """
    span = _period(period)
    counted = event - timedelta.resolution if ends_day else event
    if span.minutes:
        return _hours_after(event, counted, span.minutes // 60)
    first = market_day_of(counted)
    last = _moved(first, span, 1)
    # Every day after the event's counts, up to the end. After the shift of Art. 3(4) the end is a
    # working day itself, so Art. 3(5) asks for one more between; looking from the end backwards
    # finds it without asking about years long past.
    legal = next_working_day(last, is_holiday)
    between = (legal - number * ONE_DAY for number in range(1, (legal - first).days))
    if span != Duration(days=1) and not any(is_working_day(day, is_holiday) for day in between):
        legal = next_working_day(legal + ONE_DAY, is_holiday)
    return Limits(market_day_end(last), market_day_end(legal))


def period_before(event: datetime, period: str, *, clear: bool = False) -> Limits:
    """The limits of "at least" a period before an event.

    Days to years end at 24:00 market time of the day with the same weekday or date counted back:
    a month before 31 March is 28 February, 24:00. Art. 3(4) moves no period counted backwards,
    so both readings agree. With ``clear`` the period lies wholly between the two acts, which is
    a day earlier. Hours go by `hours_before`; clear hours are refused, as are other periods
    (`MarketTimeError`).
    """
    span = _period(period)
    if span.minutes:
        if clear:
            raise MarketTimeError(f"`{period}` is in hours; only days to years can be clear")
        return hours_before(event, span.minutes // 60)
    last = _moved(market_day_of(event), span, -1) - clear * ONE_DAY
    end = market_day_end(last)
    return Limits(end, end)


def is_working_day(day: date, is_holiday: IsHoliday) -> bool:
    """Whether a day is none of Saturday, Sunday and public holiday (Art. 2(2))."""
    return day.weekday() < _SATURDAY and not is_holiday(day)


def next_working_day(day: date, is_holiday: IsHoliday) -> date:
    """The first working day from a day on: the day itself if it is one.

    A calendar without any for 60 days is refused (`MarketTimeError`).
    """
    for number in range(LONGEST_SEARCH_DAYS):
        candidate = day + number * ONE_DAY
        if is_working_day(candidate, is_holiday):
            return candidate
    raise MarketTimeError(f"no working day in the {LONGEST_SEARCH_DAYS} days from {day}; "
                          "the list of holidays cannot be right")


def _hours(hours: int) -> timedelta:
    if not 1 <= hours <= _MOST_HOURS:
        raise MarketTimeError(f"a period of {hours} hours; it must be 1 to {_MOST_HOURS}")
    return timedelta(hours=hours)


def _hour_of(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)


def _period(text: str) -> Duration:
    span = parse_duration(text)
    if span.minutes % 60:
        raise MarketTimeError(f"`{text}` is no period of law: it must be in whole hours, days, "
                              "weeks, months or years")
    return span


def _moved(day: date, span: Duration, sign: int) -> date:
    """The day with the same weekday or date a period later (sign 1) or earlier (sign -1)."""
    year, month = divmod(day.year * 12 + day.month - 1 + sign * span.months, 12)
    require_year(year, f"{day} and {span.months} months")
    last = monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last)) \
        + sign * span.days * ONE_DAY
