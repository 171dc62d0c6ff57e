"""Handmade pictures: long and short days, two borders, two products, deadlines, sixty days.

Numbers are invented and follow from the position in the day, so that a test can say them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from report_sample import HOSTILE, sample_content

from czca_rules.market_time.days import market_day_end, market_day_start
from czca_rules.report.model import ReportModel
from czca_rules.report.picture_model import BorderDay, Pictures, ProcessDay

QUARTER = timedelta(minutes=15)
SHORT_DAY, PLAIN_DAY, LONG_DAY = date(2026, 3, 29), date(2026, 3, 11), date(2026, 10, 25)
Steps = list[tuple[str, str | None]]


def picture_report(**pictures: Any) -> ReportModel:
    """A report with the given pictures."""
    return ReportModel.model_validate(sample_content() | {"pictures": Pictures(**pictures)})


def rich_report() -> ReportModel:
    """A report with every kind of picture, each with something odd in it."""
    return picture_report(
        border_days=(breached_day(), border_day(SHORT_DAY), border_day(LONG_DAY, "GR/BG"),
                     unknown_day()),
        border_days_total=9, processes=(process_day(),), processes_total=9, calendar=calendar(),
        breaches=breaches())


def instants(day: date) -> list[str]:
    """The starts of the quarter-hours of a market day."""
    start, end = market_day_start(day), market_day_end(day)
    return [text(start + number * QUARTER) for number in range((end - start) // QUARTER)]


def text(moment: Any) -> str:
    """An instant as the report writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def curve(name: str, title: str, unit: str, steps: Steps) -> dict[str, Any]:
    """One curve."""
    return {"name": name, "title": title, "unit": unit, "steps": tuple(steps)}


def profile(day: date, low: int, high: int, turn: int = 0) -> Steps:
    """A curve that rises to the middle of the day and falls again, in quarter-hours."""
    every = instants(day)
    half = len(every) // 2
    rise = [half - abs((number + turn) % len(every) - half) for number in range(len(every))]
    return [(at, str(low + (high - low) * up // half))
            for at, up in zip(every, rise, strict=True)]


def allocations(day: date, zones: Sequence[str], capacity: int) -> dict[str, Any]:
    """One direction: at most its limit of a tenth of the capacity."""
    first = text(market_day_start(day))
    limit = str(capacity // 10)
    return {"from_zone": zones[0], "to_zone": zones[1], "rule": "GI-8.1", "curves": (
        curve("allocated", "Allocated to balancing", "MW",
              profile(day, capacity // 25, capacity // 10 - 2)),
        curve("limit", "Volume limit", "MW", [(first, limit)]),
        curve("capacity", "Cross-zonal capacity", "MW", [
            (at, str(capacity + (-200 if 28 <= number < 60 else 0)))
            for number, at in enumerate(instants(day))]))}


def price_panel(day: date, zones: Sequence[str], product: str, direction: str) -> dict[str, Any]:
    """Prices of one product and direction: the capacity costs their difference."""
    start, end = profile(day, 4, 9), profile(day, 5, 16, turn=8)
    czc = [(at, str(max(0, int(dear or 0) - int(cheap or 0))))
           for (at, cheap), (_, dear) in zip(start, end, strict=True)]
    unit = "EUR/MW/h"
    return {"from_zone": zones[0], "to_zone": zones[1], "product": product,
            "direction": direction, "rule": "GI-9.2", "curves": (
                curve("from_price", f"Marginal price, {zones[0]}", unit, start),
                curve("to_price", f"Marginal price, {zones[1]}", unit, end),
                curve("czc_price", "Price of capacity", unit, czc))}


def border_day(day: date, border: str = "GR/IT-SUD", **changes: Any) -> BorderDay:
    """A day of a border on which nothing is wrong."""
    one, other = border.split("/")
    content = {
        "market_day": day.isoformat(), "begins": text(market_day_start(day)),
        "ends": text(market_day_end(day)), "border": border, "failed": 0, "not_assessable": 0,
        "allocations": [allocations(day, (one, other), 1600), allocations(day, (other, one), 1000)],
        "prices": [price_panel(day, (one, other), product, direction)
                   for product in ("aFRR", "mFRR") for direction in ("up", "down")],
    }
    return BorderDay.model_validate(content | changes)


def breached_day() -> BorderDay:
    """The plain day with two quarter-hours over the limit, one more that is excused."""
    content = border_day(PLAIN_DAY).model_dump() | {"failed": 3, "not_assessable": 1}
    allocated = content["allocations"][0]["curves"][0]
    allocated["steps"] = [
        (at, {33: "163.5", 34: "164", 70: "161"}.get(number, value))
        for number, (at, value) in enumerate(allocated["steps"])]
    every = instants(PLAIN_DAY)
    content["allocations"][0]["failed_spans"] = [(every[33], every[35])]
    content["prices"][1]["failed_spans"] = [(every[40], every[44]), (every[60], every[61])]
    return BorderDay.model_validate(content)


def unknown_day() -> BorderDay:
    """A day with a gap in what was allocated, no known limit one way, and prices below zero."""
    content = border_day(date(2026, 3, 12), "GR/BG", not_assessable=40).model_dump()
    first, second = content["allocations"]
    first["curves"][0]["steps"] = [
        (at, None if 20 <= number < 44 else value)
        for number, (at, value) in enumerate(first["curves"][0]["steps"])]
    first["curves"][2]["steps"] = [(instants(date(2026, 3, 12))[0], "300")]
    second["curves"][1]["steps"] = [(instants(date(2026, 3, 12))[0], None)]
    second["curves"][2]["steps"] = [(instants(date(2026, 3, 12))[0], "250.25")]
    for name in (0, 1):
        steps = content["prices"][2]["curves"][name]["steps"]
        content["prices"][2]["curves"][name]["steps"] = [
            (at, str(int(value) - 7)) for at, value in steps]
    return BorderDay.model_validate(content)


def window(rule: str, event: str, title: str, outcome: str, of: str, at: str | None,
           opens: str | None, closes: str | None, **more: Any) -> dict[str, Any]:
    """One window; moments are `MM-DD hh:mm` of 2026 in UTC."""
    def full(moment: str | None) -> str | None:
        return moment and f"2026-{moment.replace(' ', 'T')}:00Z"

    more = {name: full(value) if name == "closes_noted" else value for name, value in more.items()}
    return {"rule": rule, "event": event, "title": title, "outcome": outcome,
            "of": {"tso": of} if of else {}, "at": full(at), "opens": full(opens),
            "closes": full(closes)} | more


def process_day() -> ProcessDay:
    """A process with windows kept, kept with a note, missed, without their event, and unjudged."""
    marks = [("values_forecast", "03-06T07:00", None), ("bids_submitted", "03-06T07:55", "IPTO"),
             ("bids_submitted", "03-06T07:55", "TERNA"),
             ("allocation_determined", "03-06T08:25", None),
             ("merit_order_established", "03-06T08:27", None),
             ("allocation_marked", "03-06T08:29", None), ("allocation_sent", "03-06T08:30", None),
             ("capacity_calculated", "03-10T09:30", None),
             ("sdac_gate_closed", "03-10T11:00", None),
             ("sdac_results_notified", "03-10T11:57", None)]
    gate = "The bid gate closes within the week ahead, before capacities are final"
    told = "Balance responsible parties are told an hour before the day-ahead gate closes"
    volumes = "Volumes and prices are published within an hour of telling providers"
    windows = [
        window("GI-6.1.a", "bid_gate_closed", gate, "passed", tso, "03-06 08:00", "03-04 00:00",
               "03-10 09:30") for tso in ("IPTO", "TERNA")]
    windows += [
        window("GI-6.1.b", "brps_notified", told, "passed", tso, "03-06 08:40", None,
               "03-10 10:00") for tso in ("IPTO", "TERNA")]
    windows += [
        window("EB-12.3.f", "volumes_and_prices_published", volumes, "passed", "IPTO",
               "03-06 09:05", "03-06 08:35", "03-06 09:35", noted=False,
               closes_noted="03-06 10:00"),
        window("EB-12.3.f", "volumes_and_prices_published", volumes, "failed", "TERNA",
               "03-06 10:25", "03-06 08:35", "03-06 09:35", closes_noted="03-06 10:00"),
        window("EB-12.3.h", "allocation_published", "The allocation is published within 24 hours",
               "passed", "IPTO", "03-07 08:40", None, "03-07 08:25", noted=True,
               closes_noted="03-07 23:00"),
        window("EB-12.3.i", "use_published", "The use of the allocation is published in a week",
               "failed", "TERNA", None, None, "03-18 23:00"),
        window("GI-14.3", "curtailed", "Curtailment is told before the gate", "not_assessable",
               "IPTO", "03-10 10:20", None, None),
        window("GI-5.2", "bsps_notified", "Providers are told after the merit order is set up",
               "exempt", "IPTO", "03-06 08:26", "03-06 08:27", None),
        window("GI-9.9", "released", "What is not used is released", "failed", "TERNA",
               "03-06 07:30", "03-06 08:27", None)]
    return ProcessDay.model_validate({
        "market_day": "2026-03-11", "windows": windows, "marks": [
            {"event": event, "at": f"2026-{at}:00Z", "actor": actor}
            for event, at, actor in marks]})


def calendar(first: date = date(2026, 2, 20), length: int = 60) -> tuple[dict[str, Any], ...]:
    """Counts by day, most of them zero."""
    return tuple(
        {"market_day": (first + timedelta(days=number)).isoformat(),
         "failed": number**2 % 190 if number % 5 == 3 else 0,
         "not_assessable": 4 if number % 7 == 2 else 0} for number in range(length))


def breaches() -> tuple[dict[str, Any], ...]:
    """Breaches on borders, and of rows that belong to none."""
    return (
        {"border": "GR/IT-SUD", "rule": "GI-8.1", "level": "error", "failed": 2, "days": 1,
         "largest_excess": "4", "unit": "MW", "excess_mwh": "1.875", "excess_eur": None},
        {"border": None, "rule": "EB-12.3.f", "level": "error", "failed": 1, "days": 1,
         "largest_excess": "1500", "unit": "s", "excess_mwh": None, "excess_eur": None})


def hostile_report() -> ReportModel:
    """Pictures whose every text tries to be something else."""
    day = border_day(PLAIN_DAY).model_dump()
    day["border"] = HOSTILE
    for panel in (*day["allocations"], *day["prices"]):
        panel |= {"from_zone": HOSTILE, "to_zone": HOSTILE, "product": HOSTILE,
                  "direction": HOSTILE, "rule": HOSTILE,
                  "failed_spans": [(day["begins"], day["ends"])]}
        for one in panel["curves"]:
            one |= {"title": HOSTILE, "unit": HOSTILE}
    process = process_day().model_dump()
    for part in (*process["marks"], *process["windows"]):
        part["event"] = HOSTILE
    for mark in process["marks"]:
        mark |= {"actor": HOSTILE, "border": HOSTILE}
    for part in process["windows"]:
        part |= {"rule": HOSTILE, "title": HOSTILE, "of": {HOSTILE: HOSTILE}}
    return picture_report(border_days=(day,), processes=(process,), calendar=calendar(),
                          breaches=({**breaches()[0], "border": HOSTILE, "rule": HOSTILE,
                                     "unit": HOSTILE},))
