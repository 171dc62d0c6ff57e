"""What the pictures of a report show, as numbers: curves of a day, its process, its period.

Pictures are drawn from these and from nothing else, so whoever cannot see them reads the same.
"""

from __future__ import annotations

from typing import Literal

from czca_rules.report.outcome_model import Count, Date, Flag, Instant, Level, Number, Outcome, Part

#: A value from each instant on, up to the next one; null where nothing is known from there on.
Steps = tuple[tuple[Instant, Number | None], ...]
CurveName = Literal["allocated", "limit", "capacity", "from_price", "to_price", "czc_price"]


class Curve(Part):
    """One quantity over a market day, as steps in the order of time."""

    name: CurveName
    title: str
    unit: str
    steps: Steps


class Panel(Part):
    """Curves that belong on one axis: one direction of a border, or one product in it.

    ``rule`` is the rule that compares the curves, ``failed_spans`` the stretches (from, until) in
    which it failed: a value beyond the limit may be excused by a derogation.
    """

    from_zone: str
    to_zone: str
    product: str | None = None
    direction: str | None = None
    rule: str | None = None
    failed_spans: tuple[tuple[Instant, Instant], ...] = ()
    curves: tuple[Curve, ...]


class BorderDay(Part):
    """One market day of one border: what was allocated, its limit and capacity, and its prices.

    ``begins`` and ``ends`` bound the day (23, 24 or 25 hours). The counts are rows of all rules on
    that day and border.
    """

    market_day: Date
    begins: Instant
    ends: Instant
    border: str
    failed: Count
    not_assessable: Count
    allocations: tuple[Panel, ...]
    prices: tuple[Panel, ...]


class EventMark(Part):
    """An event of the daily process, as it counts after corrections."""

    event: str
    at: Instant
    actor: str | None = None
    border: str | None = None
    product: str | None = None
    direction: str | None = None


class Window(Part):
    """What one rule asks of the moment of an event, and what came of it.

    ``opens`` and ``closes`` bound the moments that keep the duty (null: no bound on that side, or
    none that is known); up to ``closes_noted`` it is kept with a note. ``at`` is null for an event
    that never came.
    """

    rule: str
    event: str
    title: str
    outcome: Outcome
    noted: Flag = False
    of: dict[str, str]
    at: Instant | None
    opens: Instant | None
    closes: Instant | None
    closes_noted: Instant | None = None


class ProcessDay(Part):
    """The process of one market day: its events, and the windows of the rules on them."""

    market_day: Date
    marks: tuple[EventMark, ...]
    windows: tuple[Window, ...]


class DayCount(Part):
    """Rows of one market day by outcome, over all rules."""

    market_day: Date
    failed: Count
    not_assessable: Count


class BorderBreaches(Part):
    """What failed under one rule on one border (null: rows that belong to no border).

    ``largest_excess`` is in ``unit`` (``s``: seconds by which a moment was missed).
    ``excess_mwh`` sums excesses in MW over time, ``excess_eur`` those in EUR (prices times nothing
    are not summed); null where there are none of the kind, or one is not known.
    """

    border: str | None
    rule: str
    level: Level
    failed: Count
    days: Count
    largest_excess: Number | None
    unit: str | None
    excess_mwh: Number | None
    excess_eur: Number | None


class Pictures(Part):
    """All pictures of a report; ``border_days`` those drawn of ``border_days_total``."""

    border_days: tuple[BorderDay, ...] = ()
    border_days_total: Count = 0
    processes: tuple[ProcessDay, ...] = ()
    processes_total: Count = 0
    calendar: tuple[DayCount, ...] = ()
    breaches: tuple[BorderBreaches, ...] = ()
