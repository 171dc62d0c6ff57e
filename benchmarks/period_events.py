"""What happened when in a period: the auctions of both methodologies, and how they came about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from czca_rules.market_time.days import market_day_of, market_day_start
from czca_rules.market_time.holidays import joint
from czca_rules.market_time.local_hours import reference_span
from czca_rules.market_time.reference_days import reference_day
from czca_rules.market_time.spans import format_local, local_instant
from czca_rules.market_time.zone import MarketTimeError
from czca_rules.rulebook.loading import load_ruleset

if TYPE_CHECKING:
    from benchmarks.period_data import Shape

COUNTRIES = ("GR", "IT", "AT", "BE", "CZ", "DE", "FR", "HR", "HU", "NL", "PL", "RO", "SI", "SK")
QUARTER = timedelta(minutes=15)
OFFERS, FIELDS = "offered_volumes;offered_prices", "decision_time;period;volumes;market_values"
USE = "allocated_and_used;released;costs_and_benefits"
#: Event, clock, days after the auction (or from the delivery), whether each TSO tells it, detail.
Step = tuple[str, str, int, bool, bool, str | None]
BOTH: tuple[Step, ...] = (
    ("values_forecast", "08:00", 0, False, False, None),
    ("bids_submitted", "08:55", 0, False, True, None),
    ("bid_gate_closed", "09:00", 0, False, True, None),
    ("bids_selected", "09:25", 0, False, False, None),
    ("merit_order_established", "09:27", 0, False, False, None),
    ("bsps_notified", "09:35", 0, False, True, None),
    ("volumes_and_prices_published", "10:05", 0, False, True, OFFERS),
)
CORE: tuple[Step, ...] = (
    ("allocation_determined", "08:20", 0, False, False, None),
    ("allocation_sent", "08:30", 0, False, False, None),
    ("allocation_published", "09:00", 0, False, True, FIELDS),
    ("sdac_gate_opened", "10:30", -1, True, False, None),
)
MARKET_BASED: tuple[Step, ...] = (
    ("allocation_determined", "09:25", 0, False, False, None),
    ("allocation_marked", "09:29", 0, False, False, None),
    ("allocation_sent", "09:30", 0, False, False, None),
    ("brps_notified", "09:40", 0, False, True, None),
    ("allocation_published", "10:10", 0, False, True, FIELDS),
    ("capacity_calculated", "10:30", -1, True, False, None),
    ("sdac_gate_closed", "12:00", -1, True, False, None),
    ("sdac_results_notified", "12:57", -1, True, False, None),
)
AFTERWARDS: tuple[Step, ...] = (("use_published", "14:00", 2, True, True, USE),)
MILESTONES = (
    ("methodology_approved", date(2024, 3, 14), False),
    ("methodology_published", date(2024, 3, 20), True),
    ("system_operation_notified", date(2024, 5, 13), True),
    ("notice_to_tsos_sent", date(2024, 5, 13), False),
    ("algorithm_requirements_published", date(2024, 7, 10), True),
    ("stakeholders_informed", date(2024, 7, 15), False),
    ("first_gate_opened", date(2024, 8, 26), False),
    ("application_started", date(2024, 9, 2), False),
    ("technical_document_sent", date(2025, 3, 3), False),
    ("need_assessed", date(2025, 8, 20), False),
    ("forecast_efficiency_published", date(2025, 8, 27), True),
    ("need_assessed", date(2026, 8, 12), False),
    ("forecast_efficiency_published", date(2026, 8, 19), True),
)
AUCTION_DAYS_AHEAD, WEEK_AUCTION_DAYS_AHEAD = 5, 10


def days_of(shape: Shape) -> list[date]:
    """The market days of a shape."""
    return [shape.first + timedelta(number)
            for number in range((shape.last - shape.first).days + 1)]


def events_of(shape: Shape) -> list[tuple[object, ...]]:
    """Rows of `events`; on every third day some TSO is two hours late."""
    found: list[tuple[object, ...]] = []
    tsos = [f"T{number:03d}" for number in range(shape.zones)]
    for event, day, each in MILESTONES:
        if market_day_start(day) < shape.start:
            for actor in tsos if each else [None]:
                detail = "needed" if event == "need_assessed" else None
                found.append((f"application-{len(found)}", event, at(day, "10:00"), actor, None,
                              None, None, None, detail))
    for number, day in enumerate(days_of(shape)):
        late = tsos[number % len(tsos)] if number % 3 == 1 else None
        for step, on in _steps(shape, day):
            event, clock, _, _, each, detail = step
            for actor in tsos if each else [None]:
                hour = f"{int(clock[:2]) + 2:02d}{clock[2:]}" if actor == late and actor and \
                    event == "volumes_and_prices_published" else clock
                start = format_local(market_day_start(day)) if event == "allocation_published" \
                    else None
                told = ";".join(tsos) if event == "allocation_sent" else None
                found.append((f"{day}-{len(found)}", event, at(on, hour), actor, str(day), start,
                              told, None, detail))
    return found


def _steps(shape: Shape, day: date) -> Iterator[tuple[Step, date]]:
    """The steps of a market day and the day of each; weekly auctions are told once."""
    ahead = WEEK_AUCTION_DAYS_AHEAD + day.weekday() if shape.core else AUCTION_DAYS_AHEAD
    steps = AFTERWARDS
    if not shape.core or day == shape.first or day.weekday() == 0:
        steps = (*BOTH, *(CORE if shape.core else MARKET_BASED), *AFTERWARDS)
    for step in steps:
        start = day if step[3] else day - timedelta(days=ahead)
        clock = step[1]
        if shape.core and step[0] in {item[0] for item in BOTH[1:]}:
            clock = f"{int(clock[:2]) + 2:02d}{clock[2:]}"  # bids come after the allocation
        yield (step[0], clock, *step[2:]), start + timedelta(days=step[2])


def at(day: date, clock: str) -> str:
    """An instant by the market's clock."""
    return format_local(local_instant(day, clock))


def documents_of(shape: Shape) -> list[tuple[object, ...]]:
    """Rows of `documents`."""
    return [("common_rules", "RULES-1", "2024-08-01", "2024-08-01", "adjustment_factors"),
            ("technical_document", "TECH-1", "2025-03-03", "2025-03-03", "adjustment_factors")]


def reference_starts(shape: Shape) -> Iterator[datetime | None]:
    """Where the past prices begin that stand for each quarter; none where no hour is the same."""
    lists = load_ruleset(shape.methodology).holidays
    holiday = joint([lists[country, "reference_day"] for country in COUNTRIES[:shape.zones]], ())
    days: dict[date, date] = {}
    for number in range(shape.quarters):
        start = shape.start + number * QUARTER
        day = market_day_of(start)
        if day not in days:
            days[day] = reference_day(day, holiday, day - timedelta(days=AUCTION_DAYS_AHEAD))
        try:
            yield reference_span(start, start + QUARTER, days[day])[0]
        except MarketTimeError:
            yield None
