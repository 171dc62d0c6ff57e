"""The calendar of a check: what holds on each market day of the delivery, looked up once per day.

Dated parameters, periods of reference and the days on which a rule is in force stand here, so a
judged row meets them by a join on its day and no statement does arithmetic with time zones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from czca_rules.market_time.days import ONE_DAY, market_day_end, market_day_start
from czca_rules.market_time.local_hours import seven_days_before, week_ahead_start
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.rulebook.schema import DAY_INSTANTS, PERIOD_NAMES
from czca_rules.rulebook.steps import Edge, Period
from czca_rules.rulebook.units import Type
from czca_rules.tables.manifest_tables import EXEMPTIONS


def _edge(edge: Edge, year: int) -> date:
    return date(year + edge.years, edge.month, edge.day)


def period_values(period: Period, day: date) -> dict[str, Any]:
    """First day, end (excluded), instants and hours of a period for one market day."""
    first, end = _edge(period.from_, day.year), _edge(period.until, day.year)
    start, stop = market_day_start(first), market_day_start(end)
    hours = Decimal(int((stop - start).total_seconds())) / 3600
    return {"from": start, "until": stop, "hours": hours, "first_day": first, "end_day": end}


def day_instants(day: date) -> dict[str, datetime]:
    """The instants about a market day that formulas may name (`DAY_INSTANTS`)."""
    return {
        "day_start": market_day_start(day), "day_end": market_day_end(day),
        "day_before_start": market_day_start(day - ONE_DAY),
        "two_days_before_start": market_day_start(day - 2 * ONE_DAY),
        "week_before_start": market_day_start(day - 7 * ONE_DAY),
        "seven_days_before": seven_days_before(day),
        "calendar_week_before": week_ahead_start(day),
    }


@dataclass(frozen=True)
class Calendar:
    """What names mean on each market day; ``law_day`` overrides the day whose law is looked up."""

    ruleset: Ruleset
    days: tuple[date, ...]
    facts: Mapping[str, Any]
    law_day: date | None = None

    def law_on(self, day: date) -> date:
        """The day whose law holds for a row of a market day."""
        return self.law_day or day

    def values(self, day: date) -> dict[str, Any]:
        """Every parameter and period on one market day, its start, and the submission's facts."""
        return self._by_day[day]

    @cached_property
    def _by_day(self) -> dict[date, dict[str, Any]]:
        return {day: self._values(day) for day in self.days}

    def _values(self, day: date) -> dict[str, Any]:
        result: dict[str, Any] = dict(self.facts) | day_instants(day)
        for name, parameter in self.ruleset.parameters.items():
            result[name] = parameter.on(self.law_on(day))[0]
        for name, period in self.ruleset.periods.items():
            for part, value in period_values(period, day).items():
                result[f"{name}.{part}"] = value
        return result

    def type_of(self, name: str) -> Type:
        """The type of a name of the calendar."""
        head, _, tail = name.partition(".")
        if head in self.ruleset.periods:
            return PERIOD_NAMES[tail]
        if name == "market_day":
            return Type("date", nullable=False)
        if name in DAY_INSTANTS:
            return Type("instant", nullable=False)
        found = self.ruleset.surroundings.type_of(name, "none")
        assert found is not None
        return found

    def constant(self, name: str) -> tuple[bool, Any]:
        """Whether a name has one value on all days, and that value."""
        values = {self._by_day[day][name] for day in self.days}
        return (True, next(iter(values))) if len(values) == 1 else (False, None)

    def in_force(self, rule_id: str, day: date) -> bool:
        """Whether a rule is law for rows of a market day."""
        return self.ruleset.rules[rule_id].in_force_on(self.law_on(day))


def submission_facts(manifest: Any, as_of: datetime) -> dict[str, Any]:
    """The facts of a submission that formulas may name."""
    return {
        "submission.approach": manifest.approach,
        "submission.pricing": manifest.procurement.pricing,
        "submission.exchange": manifest.procurement.exchange,
        "submission.as_of": as_of,
        "submission.first_day": manifest.delivery.first,
        "submission.last_day": manifest.delivery.last,
        **{f"submission.claims_{name}": any(item.exemption == name for item in manifest.relies_on)
           for name in EXEMPTIONS},
        **{f"submission.documents_{name}": any(
            item.exemption == name and item.document is not None for item in manifest.relies_on)
           for name in EXEMPTIONS},
    }


def delivery_days(intervals: Sequence[Any]) -> tuple[date, ...]:
    """The market days of the delivery, in order."""
    return tuple(sorted({interval.market_day for interval in intervals}))
