"""Breaches by border and rule, as a table that needs no picture."""

from __future__ import annotations

from datetime import timedelta

from czca_rules.report.model import ReportModel
from czca_rules.report.picture_model import BorderBreaches
from czca_rules.report.pictures.clock import length_text
from czca_rules.report.pictures.picture import Row

COLUMNS = ("Border", "Rule", "Level", "Failed rows", "Days", "Largest excess", "Unit", "MWh", "EUR")
#: The unit in which moments missed are counted.
_SECONDS = "s"


def breach_table(report: ReportModel) -> tuple[Row, tuple[Row, ...]]:
    """Columns and rows: what failed on each border under each rule, as the report has it.

    Empty where there is nothing of the kind. How late an event was is told as a length of time.
    """
    return COLUMNS, tuple(_row(item) for item in report.pictures.breaches)


def _row(item: BorderBreaches) -> Row:
    excess, unit = item.largest_excess or "", item.unit or ""
    if unit == _SECONDS and excess:
        excess, unit = length_text(timedelta(seconds=int(excess.split(".")[0]))), ""
    return (item.border or "none", item.rule, item.level, str(item.failed), str(item.days),
            excess, unit, item.excess_mwh or "", item.excess_eur or "")
