"""Instants and spans as text: reading, writing, and where a period of market time ends."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from czca_rules.market_time.days import from_market_clock, to_market_clock
from czca_rules.market_time.zone import MARKET_TIME, MarketTimeError, require_year

_INSTANT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?"
    r"(Z|[+-]\d{2}(?::?\d{2})?)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = re.compile(r"(\d{2}):(\d{2})", re.ASCII)
_CALENDAR = re.compile(r"P(\d{1,4})([YMWD])", re.ASCII)
_CLOCK_SPAN = re.compile(r"PT(?:(\d{1,5})H)?(?:(\d{1,5})M)?", re.ASCII)
_WIDEST_OFFSET = timedelta(hours=14)


@dataclass(frozen=True)
class Duration:
    """A span of calendar months and days, or of exact minutes (one kind is zero)."""

    months: int = 0
    days: int = 0
    minutes: int = 0


def parse_duration(text: str) -> Duration:
    """Read an ISO 8601 duration such as PT15M, PT4H, P1D, P1W, P1M or P1Y."""
    if match := _CALENDAR.fullmatch(text):
        number, unit = int(match[1]), match[2]
        span = {"Y": Duration(months=12 * number), "M": Duration(months=number),
                "W": Duration(days=7 * number), "D": Duration(days=number)}[unit]
    elif (match := _CLOCK_SPAN.fullmatch(text)) and (match[1] or match[2]):
        span = Duration(minutes=60 * int(match[1] or 0) + int(match[2] or 0))
    else:
        raise MarketTimeError(f"`{text}` is not a duration such as PT15M, PT4H, P1D, P1W or P1M")
    if span == Duration():
        raise MarketTimeError(f"`{text}` is a duration of no length")
    return span


def period_end(start: datetime, duration: Duration | str) -> datetime:
    """The instant at which a period ends that starts at an instant.

    Days, weeks, months and years keep the market's wall clock, so a day has 23 to 25 hours; a
    month that is too short ends on its last day. Hours and minutes are exact.
    """
    span = parse_duration(duration) if isinstance(duration, str) else duration
    if not (span.months or span.days):
        return start + timedelta(minutes=span.minutes)
    local = to_market_clock(start)
    year, month = divmod(local.year * 12 + local.month - 1 + span.months, 12)
    require_year(year, f"{format_instant(start)} and {duration}")
    day = min(local.day, monthrange(year, month + 1)[1])
    # aware arithmetic in one zone keeps the wall clock; a time that spring skips counts on from
    # before the change, and one that autumn repeats is its first occurrence
    return from_market_clock(local.replace(year=year, month=month + 1, day=day)
                             + timedelta(days=span.days))


def parse_instant(text: str) -> datetime:
    """Read an instant with its offset (``2026-03-11T00:00:00+01:00``, ``...Z``) into UTC."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise MarketTimeError(f"`{text}` is not a time such as 2026-03-11T00:00:00+01:00")
    if match[8] is None:
        raise MarketTimeError(f"`{text}` has no offset; write it with one, such as +01:00 or Z")
    offset = _offset(match[8], text)
    fraction = int((match[7] or "0").ljust(6, "0"))
    try:
        local = datetime(int(match[1]), int(match[2]), int(match[3]), int(match[4]),
                         int(match[5]), int(match[6] or 0), fraction, tzinfo=timezone(offset))
        instant = local.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise MarketTimeError(f"`{text}` is not a time that exists ({error})") from None
    require_year(instant.year, text)
    return instant


def _offset(text: str, whole: str) -> timedelta:
    if text == "Z":
        return timedelta()
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset > _WIDEST_OFFSET or int(digits[2:]) > 59:
        raise MarketTimeError(f"`{whole}` has an offset that no place on earth has")
    return -offset if text[0] == "-" else offset


def parse_day(text: str) -> date:
    """Read a date written YYYY-MM-DD."""
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise MarketTimeError(f"`{text}` is not a date that exists ({error})") from None
    raise MarketTimeError(f"`{text}` is not a date such as 2026-03-11")


def local_instant(day: date, clock: str, fold: int | None = None) -> datetime:
    """The instant of a wall-clock time (``hh:mm``) of a market day.

    In autumn one hour occurs twice: ``fold`` 0 is the first, 1 the second, and without it the
    time is refused. In spring one hour does not occur and is always refused.
    """
    match = _CLOCK.fullmatch(clock)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise MarketTimeError(f"`{clock}` is not a clock time such as 09:30")
    local = datetime.combine(day, time(int(match[1]), int(match[2])))
    first, second = (from_market_clock(local.replace(tzinfo=MARKET_TIME, fold=number))
                     for number in (0, 1))
    if to_market_clock(first).replace(tzinfo=None, fold=0) != local:
        raise MarketTimeError(f"{day} {clock} does not exist: the clock was put forward then")
    if first == second:
        return first
    if fold is None:
        raise MarketTimeError(f"{day} {clock} occurs twice: the clock was put back then; "
                              "say which one is meant")
    return second if fold else first


def format_instant(instant: datetime) -> str:
    """The instant in UTC, as reports write it: ``2026-03-10T23:00:00Z``."""
    return f"{instant.isoformat()}Z"


def spoken_instant(instant: datetime) -> str:
    """The instant as people say it: by the market's clock, to the second where it is not whole.

    >>> spoken_instant(datetime(2026, 3, 10, 10, 20))
    '2026-03-10 11:20 CET'
    """
    local = to_market_clock(instant)
    precision = "auto" if local.second or local.microsecond else "minutes"
    return f"{local.replace(tzinfo=None).isoformat(' ', precision)} {local.tzname()}"


def spoken_limit(instant: datetime) -> str:
    """A last moment as people say it: midnight is the end of the day before.

    >>> spoken_limit(datetime(2026, 3, 10, 23))
    '2026-03-10 24:00 CET'
    """
    local = to_market_clock(instant)
    if local.time() != time():
        return spoken_instant(instant)
    return f"{local.date() - timedelta(days=1)} 24:00 {local.tzname()}"


def spoken_duration(length: timedelta) -> str:
    """A length of time in words, in its two largest units.

    >>> spoken_duration(timedelta(days=1, hours=2, minutes=5))
    '1 day 2 hours'
    """
    rest, parts = abs(length), []
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        number, rest = divmod(rest, timedelta(seconds=size))
        if number:
            parts.append(f"{number} {unit}" if number == 1 else f"{number} {unit}s")
    return " ".join(parts[:2]) or "less than a second"


def format_local(instant: datetime) -> str:
    """The instant as the market's wall clock with its offset, as people write it."""
    return to_market_clock(instant).isoformat()
