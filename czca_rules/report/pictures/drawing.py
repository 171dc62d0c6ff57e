"""Which pictures a report gets, and in which order."""

from __future__ import annotations

from collections.abc import Iterator

from czca_rules.report.model import ReportModel
from czca_rules.report.picture_model import Pictures
from czca_rules.report.pictures.allocation import allocation_picture
from czca_rules.report.pictures.day_table import day_words
from czca_rules.report.pictures.heat_map import calendar_picture
from czca_rules.report.pictures.picture import Picture
from czca_rules.report.pictures.prices import price_picture
from czca_rules.report.pictures.timeline import process_picture

#: Borders and days, and processes, that are drawn at most.
MOST_DAYS = 20


def drawn(report: ReportModel) -> list[Picture]:
    """The pictures of a report: the period first, then day by day process, allocation and prices.

    Days are in the report's order (those with findings first). Ids are unique in the report. How to
    read a kind of picture is said under the first of its kind.
    """
    pictures = report.pictures
    found = (calendar_picture("calendar", pictures.calendar), *_of_days(pictures))
    return [picture for picture in found if picture]


def _of_days(pictures: Pictures) -> Iterator[Picture | None]:
    days = pictures.border_days[:MOST_DAYS]
    processes = pictures.processes[:MOST_DAYS]
    order = dict.fromkeys([*(day.market_day for day in days),
                           *(process.market_day for process in processes)])
    told: set[str] = set()
    for market_day in order:
        for number, process in enumerate(processes, 1):
            if process.market_day == market_day:
                yield process_picture(f"process-{number}", process, told)
        for number, day in enumerate(days, 1):
            if day.market_day == market_day:
                allocation = allocation_picture(f"allocation-{number}", day, told)
                yield allocation
                beside = () if allocation else day_words(day)
                yield price_picture(f"prices-{number}", day, told, beside)
