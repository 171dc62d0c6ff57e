"""What the named functions compute; their signatures stand in ``rulebook.functions``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import ceil, floor
from typing import Any

from czca_rules.market_time.days import (
    ONE_DAY,
    market_day_end,
    market_day_of,
    market_day_start,
    to_market_clock,
)
from czca_rules.market_time.eu_periods import period_after as end_of_period
from czca_rules.market_time.eu_periods import period_before as begin_of_period
from czca_rules.market_time.holidays import HolidayList, joint
from czca_rules.market_time.local_hours import reference_span
from czca_rules.market_time.reference_days import reference_day
from czca_rules.market_time.spans import period_end
from czca_rules.market_time.zone import MarketTimeError
from czca_rules.rulebook.functions import SIGNATURES
from czca_rules.rulebook.relations import Step

Key = tuple[Any, ...]
Values = dict[str, Any]
Holidays = Mapping[tuple[str, str], HolidayList]


@dataclass(frozen=True)
class Setting:
    """What named functions rest on: the manifest, and holidays by country and purpose."""

    manifest: Any
    holidays: Holidays


def called(step: Step, setting: Setting, keys: Iterable[Key]) -> dict[Key, Values]:
    """What a `function` step gives for each key; without its instants it gives nothing."""
    sorts = SIGNATURES[step.name].takes
    known = [key for key in keys if not any(
        part is None and sort != "text" for part, sort in zip(key, sorts, strict=True))]
    return NAMED_FUNCTIONS[step.name](setting, dict(step.given), known)


def consolidation_period(setting: Setting, given: Mapping[str, str],
                         keys: Iterable[Key]) -> dict[Key, Values]:
    """End of the consolidation period begun at each instant (Core methodology Art. 12(5)-(7))."""
    length = setting.manifest.cooperation.consolidation_period
    return {key: {"until": period_end(key[0], length)} for key in keys}


def lfc_block(setting: Setting, given: Mapping[str, str],
              keys: Iterable[Key]) -> dict[Key, Values]:
    """The block of each zone, by which reserves are dimensioned (SOGL Art. 157, Art. 160)."""
    blocks = {zone.id: zone.lfc_block or zone.id for zone in setting.manifest.zones}
    return {key: {"name": blocks[key[0]]} for key in keys}


def part_of_amount(setting: Setting, given: Mapping[str, str],
                   keys: Iterable[Key]) -> dict[Key, Values]:
    """Between which two whole units of money a part lies (Core methodology Art. 12(6)-(10)).

    In fractions, since amount times weight may need more digits than the engine has.
    """
    result: dict[Key, Values] = {}
    for key in keys:
        amount, weight, total, unit = map(Fraction, key)
        if total > 0:
            units = amount * weight / (total * unit)
            result[key] = {"down": key[3] * floor(units), "up": key[3] * ceil(units)}
    return result


def period_after(setting: Setting, given: Mapping[str, str],
                 keys: Iterable[Key]) -> dict[Key, Values]:
    """End of a period after each event, in each country (Regulation 1182/71 Art. 3)."""
    result: dict[Key, Values] = {}
    for key in keys:
        event, country = key
        ends_day = given["ends_day"] == "yes"
        try:
            strict = end_of_period(event, given["period"], lambda day: False,
                                   ends_day=ends_day).strict
        except MarketTimeError:
            continue  # beyond the years of market time
        result[key] = {"strict": strict, "legal": None}
        holidays = setting.holidays.get((country, "deadline"))
        if holidays is not None:
            with suppress(MarketTimeError):  # a year that is not listed stays unknown
                result[key]["legal"] = end_of_period(event, given["period"], holidays.is_holiday,
                                                     ends_day=ends_day).legal
    return result


def period_before(setting: Setting, given: Mapping[str, str],
                  keys: Iterable[Key]) -> dict[Key, Values]:
    """Last moment of the day a period before each event (Regulation 1182/71 Art. 3(2))."""
    result: dict[Key, Values] = {}
    for key in keys:
        try:
            result[key] = {"last": begin_of_period(key[0], given["period"]).legal}
        except MarketTimeError:
            continue  # beyond the years of market time
    return result


def product_period(setting: Setting, given: Mapping[str, str],
                   keys: Iterable[Key]) -> dict[Key, Values]:
    """A contracting or validity period in market time (Core methodology Art. 3(6), 3(7))."""
    schedule = setting.manifest.mtu_schedule()
    result: dict[Key, Values] = {}
    for key in keys:
        start, period = key
        if period is None:
            continue
        try:
            until = period_end(start, period)
            unit = schedule.length_on(market_day_of(start))
            last_day = market_day_of(until)
            rest = (until - market_day_start(last_day)) % schedule.length_on(last_day)
        except MarketTimeError:
            continue  # beyond the years of market time, or where no unit is stated
        result[key] = {"until": until, "unit_until": start + unit, "whole": not rest}
    return result


def reference_time(setting: Setting, given: Mapping[str, str],
                   keys: Iterable[Key]) -> dict[Key, Values]:
    """The market time unit of the reference day (Greece-Italy methodology Art. 9(3), 12(5))."""
    countries = {zone.id: zone.countries for zone in setting.manifest.zones}
    days: dict[tuple[Any, ...], date | None] = {}
    day_of, last_known = cache(market_day_of), cache(_known_until)

    def day_for(zones: tuple[str, ...], start: datetime, known_until: date) -> date | None:
        key = (zones, day_of(start), known_until)
        if key not in days:
            listed = [countries.get(zone, ()) for zone in zones]
            days[key] = _reference_day(setting, tuple(sum(listed, ())), key[1], known_until) \
                if all(listed) else None
        return days[key]

    placed = cache(_placed)  # the borders of a submission share their times
    result: dict[Key, Values] = {}
    for key in keys:
        from_zone, to_zone, start, end, known_at, results_known_h = key
        until = last_known(known_at, results_known_h)
        result[key] = {}
        for name, zones in (("joint", (from_zone, to_zone)), ("from_own", (from_zone,)),
                            ("to_own", (to_zone,))):
            result[key] |= placed(name, start, end, day_for(zones, start, until))
    return result


def _placed(name: str, start: datetime, end: datetime, day: date | None) -> Values:
    if day is None:
        return dict.fromkeys((name, f"{name}_day", f"{name}_next_day"))
    try:
        begins: datetime | None = reference_span(start, end, day)[0]
    except MarketTimeError:
        begins = None  # no one span of that day is the same hours
    return {name: begins, f"{name}_day": market_day_start(day),
            f"{name}_next_day": market_day_end(day)}


def _known_until(known_at: datetime, results_known_h: Decimal) -> date:
    """The last market day whose day-ahead results are known at an instant."""
    clock = to_market_clock(known_at)
    minutes = clock.hour * 60 + clock.minute
    return clock.date() + (ONE_DAY if minutes >= results_known_h * 60 else 0 * ONE_DAY)


def _reference_day(setting: Setting, countries: tuple[str, ...], day: date,
                   known_until: date) -> date | None:
    lists = [setting.holidays.get((country, "reference_day")) for country in countries]
    if any(item is None for item in lists):
        return None
    added = setting.manifest.cooperation.added_holidays
    try:
        return reference_day(day, joint([item for item in lists if item], added), known_until)
    except MarketTimeError:
        return None  # unknown, not guessed


Computation = Callable[[Setting, Mapping[str, str], Iterable[Key]], dict[Key, Values]]

NAMED_FUNCTIONS: Mapping[str, Computation] = {
    "consolidation_period": consolidation_period, "lfc_block": lfc_block,
    "part_of_amount": part_of_amount, "period_after": period_after,
    "period_before": period_before, "product_period": product_period,
    "reference_time": reference_time,
}
