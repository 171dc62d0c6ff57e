"""The picture of a period, day by day, and the table of its breaches."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from drawn_paths import drawings
from picture_sample import calendar, picture_report, rich_report

from czca_rules.report.pictures import breach_table, drawn
from czca_rules.report.pictures.heat_map import class_base, class_of


def test_every_day_of_a_period_stands_in_its_week_and_weekday() -> None:
    picture, = drawn(picture_report(calendar=calendar()))
    assert picture.group == "period"
    months = [drawing for drawing in drawings(picture) if "month" in drawing.get("class", "")]
    assert [drawing.findtext("title") for drawing in months] == [
        "February 2026", "March 2026", "April 2026"]
    days = [cell for drawing in months for cell in drawing.iter("rect")]
    assert len(days) == 60
    for number, cell in enumerate(days):
        day = date(2026, 2, 20) + timedelta(days=number)
        week = (day.day - 1 + day.replace(day=1).weekday()) // 7
        assert (Decimal(cell.get("x", "")), Decimal(cell.get("y", ""))) == \
            (17 + 19 * week, 23 + 19 * day.weekday())
        assert f" {day.day} " in (cell.findtext("title") or "")


def test_the_calendar_tells_failed_unjudged_and_clear_days_apart() -> None:
    counts = calendar()
    picture, = drawn(picture_report(calendar=counts))
    cells = [cell for drawing in drawings(picture) for cell in drawing.iter("rect")
             if cell.find("title") is not None]
    base = class_base(max(day["failed"] for day in counts))
    for day, cell in zip(counts, cells, strict=True):
        look = cell.get("class")
        if day["failed"]:
            assert look == f"heat-{class_of(day['failed'], base)}"
        else:
            assert look == ("unjudged-day" if day["not_assessable"] else "clear")
        assert (cell.get("fill") or "").startswith("url(#") == (look == "unjudged-day")
    assert [row[2:] for row in picture.rows] == [
        (str(day["failed"]), str(day["not_assessable"])) for day in counts]
    assert "none failed, some not assessable" in picture.svg


@pytest.mark.parametrize("most", [1, 31, 32, 243, 10**9])
def test_five_classes_hold_every_count_in_order(most: int) -> None:
    base = class_base(most)
    classes = [class_of(count, base) for count in sorted({1, 2, most // 2 or 1, most})]
    assert classes == sorted(classes)
    assert 1 <= classes[0] <= classes[-1] <= 5


def test_a_week_needs_no_calendar() -> None:
    assert not drawn(picture_report(calendar=calendar(length=7)))


def test_breaches_by_border_and_rule_are_a_table() -> None:
    columns, rows = breach_table(rich_report())
    assert rows == (
        ("GR/IT-SUD", "GI-8.1", "error", "2", "1", "4", "MW", "1.875", ""),
        ("none", "EB-12.3.f", "error", "1", "1", "25 min", "", "", ""))
    assert {len(row) for row in rows} == {len(columns)}
