"""Pictures of a day's curves: what is drawn is what the report says, at its place and height."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from drawn_paths import by_class, corners, drawings, texts, treads
from picture_sample import (
    LONG_DAY,
    PLAIN_DAY,
    SHORT_DAY,
    border_day,
    breached_day,
    instants,
    picture_report,
    unknown_day,
)

from czca_rules.report.picture_model import BorderDay
from czca_rules.report.pictures import Picture, drawn

QUARTER_WIDTH = Decimal(3)


def pictures_of(day: BorderDay) -> tuple[Picture, Picture]:
    """The allocation and the prices of a day."""
    allocation, prices = drawn(picture_report(border_days=(day,), border_days_total=1))
    return allocation, prices


def with_steps(steps: list[tuple[str, str | None]], name: str = "allocated") -> BorderDay:
    """The plain day with other steps of one curve in its first direction."""
    content = border_day(PLAIN_DAY).model_dump()
    for one in content["allocations"][0]["curves"]:
        if one["name"] == name:
            one["steps"] = steps
    return BorderDay.model_validate(content)


# Geometry

@pytest.mark.parametrize(("day", "quarters"), [
    (SHORT_DAY, 92), (PLAIN_DAY, 96), (LONG_DAY, 100)])
def test_every_quarter_hour_has_its_place_and_all_are_equally_wide(day: date,
                                                                   quarters: int) -> None:
    every = instants(day)
    alternating: list[tuple[str, str | None]] = [
        (at, str(60 + number % 2)) for number, at in enumerate(every)]
    content = border_day(day).model_dump()
    content["allocations"][0]["curves"][0]["steps"] = alternating
    allocation, _ = pictures_of(BorderDay.model_validate(content))
    line, = by_class(drawings(allocation)[0], "line", "allocated")
    found = treads(line)
    assert len(found) == len(every) == quarters
    assert {right - left for left, right, _ in found} == {QUARTER_WIDTH}
    assert all(before[1] == after[0] for before, after in pairwise(found))


def test_more_megawatts_stand_higher_and_equal_ones_level() -> None:
    values = ["0", "10", "10.1", "160", "159.9", "200", "3"]
    every = instants(PLAIN_DAY)
    allocation, _ = pictures_of(with_steps([
        (every[number * 4], value) for number, value in enumerate(values)]))
    line, = by_class(drawings(allocation)[0], "line", "allocated")
    heights = [height for _, _, height in treads(line)]
    assert len(heights) == len(values)
    by_value = sorted(zip(map(Decimal, values), heights, strict=True))
    assert all(lower[1] >= upper[1] for lower, upper in pairwise(by_value))
    assert by_value[0][1] > by_value[-1][1]
    # within a tenth of a pixel of where the two ends put them
    (low, bottom), (high, top) = by_value[0], by_value[-1]
    for value, height in by_value:
        exact = bottom + (top - bottom) * (value - low) / (high - low)
        assert abs(height - exact) <= Decimal("0.1")


def test_everything_is_drawn_within_the_plot() -> None:
    for day in (breached_day(), unknown_day(), border_day(SHORT_DAY), border_day(LONG_DAY)):
        for picture in pictures_of(day):
            for drawing in drawings(picture):
                width, height = map(Decimal, drawing.get("viewBox", "").split()[2:])
                hours = len(instants(date.fromisoformat(day.market_day))) // 4
                for path in by_class(drawing, "line"):
                    assert all(44 <= x <= 44 + 12 * hours for part in corners(path)
                               for x, _ in part)
                for path in drawing.iter("path"):
                    if "hatch-unknown" in path.get("class", ""):
                        continue
                    for part in corners(path):
                        assert all(0 <= x <= width and 0 <= y <= height for x, y in part)


def test_a_limit_is_compared_on_the_same_scale_as_what_is_allocated() -> None:
    allocation, _ = pictures_of(with_steps([(instants(PLAIN_DAY)[0], "160")]))
    drawing = drawings(allocation)[0]
    line, = by_class(drawing, "line", "allocated")
    limit, = by_class(drawing, "line", "limit")
    assert treads(line) == treads(limit)


# Breaches and what is unknown

def test_breaches_are_marked_by_colour_symbol_and_words() -> None:
    allocation, _ = pictures_of(breached_day())
    drawing, other = drawings(allocation)
    column, = by_class(drawing, "column", "failed")
    (left, _), (right, _), *_ = corners(column)[0]
    assert right - left == 2 * QUARTER_WIDTH
    assert [item.text for item in by_class(drawing, "middle", "failed")] == ["✕"]
    assert [item.text for item in by_class(drawing, "middle", "excused")] == ["◇"]
    assert "✕ 2 of 96 quarter-hours over the limit by up to 4 MW; ◇ more" in texts(drawing)
    assert len(corners(by_class(drawing, "excess", "failed")[0])) == 2
    assert len(corners(by_class(drawing, "excess", "excused")[0])) == 1
    assert not by_class(other, "column")
    assert "GI-8.1 failed" in allocation.caption


def test_the_description_says_the_picture_in_a_sentence() -> None:
    allocation, _ = pictures_of(breached_day())
    description = drawings(allocation)[0].findtext("desc")
    assert description == (
        "GR > IT-SUD on 2026-03-11: allocated 64 to 164 MW, limit 160 MW, capacity 1\u202f400 to "
        "1\u202f600 MW, 3 of 96 quarter-hours over the limit by up to 4 MW, GI-8.1 failed in 2 of "
        "96 quarter-hours, over the limit without failing in 1 of 96 quarter-hours.")


def test_what_is_unknown_is_a_marked_gap_and_never_zero() -> None:
    allocation, _ = pictures_of(unknown_day())
    gap, no_limit = drawings(allocation)
    line, = by_class(gap, "line", "allocated")
    assert len(corners(line)) == 2
    hatched, = (path for path in gap.iter("path") if path.get("fill", "").startswith("url(#"))
    (left, _), (right, _), *_ = corners(hatched)[0]
    assert right - left == 24 * QUARTER_WIDTH
    before, after = corners(line)
    assert (before[-1][0], after[0][0]) == (left, right)
    assert "? limit unknown" in texts(no_limit)
    assert not by_class(no_limit, "line", "limit")


def test_nothing_is_known_before_the_first_step() -> None:
    every = instants(PLAIN_DAY)
    allocation, _ = pictures_of(with_steps([(every[8], "50")]))
    line, = by_class(drawings(allocation)[0], "line", "allocated")
    (left, right, _), = treads(line)
    assert right - left == 88 * QUARTER_WIDTH
    assert allocation.rows[0][:2] == ("00:00", "unknown")


def test_a_capacity_that_dwarfs_the_limit_has_its_own_plot() -> None:
    allocation, _ = pictures_of(border_day(PLAIN_DAY))
    together, _ = pictures_of(unknown_day())
    first = drawings(allocation)[0]
    capacity, = by_class(first, "line", "capacity")
    limit, = by_class(first, "line", "limit")
    assert max(y for _, _, y in treads(capacity)) < treads(limit)[0][2]
    assert first.find(".//use") is not None
    assert drawings(together)[0].find(".//use") is None


def test_what_is_allocated_stands_to_scale_below_its_capacity() -> None:
    """The copy of the area in the small plot is moved and flattened; its top must be in scale."""
    constant = with_steps([(instants(PLAIN_DAY)[0], "160")])
    first = drawings(pictures_of(constant)[0])[0]
    copy = first.find(".//use")
    assert copy is not None
    down, flatter = map(Decimal, re.findall(r"[\d.]+", copy.get("transform", ""))[1::2])
    area, = by_class(first, "allocated-area")
    (_, base), (_, top), *_ = corners(area)[0]
    capacity, = by_class(first, "line", "capacity")
    height = Decimal(1600) / 160 * (base - top) * flatter
    zero = down + base * flatter
    assert abs(zero - height - treads(capacity)[0][2]) < Decimal("0.2")


# The same numbers as a table

@pytest.mark.parametrize("day", [breached_day(), unknown_day(), border_day(SHORT_DAY),
                                 border_day(LONG_DAY)], ids=["breached", "unknown", "92", "100"])
def test_the_table_holds_every_step_exactly(day: BorderDay) -> None:
    for picture, panels in zip(pictures_of(day), (day.allocations, day.prices), strict=True):
        curves = [curve for panel in panels for curve in panel.curves]
        known: dict[str, list[str]] = {}
        for number, at in enumerate(instants(date.fromisoformat(day.market_day))):
            values = [next((value for start, value in reversed(curve.steps) if start <= at), None)
                      for curve in curves]
            known.setdefault(clock(day, number), ["unknown" if value is None else value
                                                  for value in values])
        rows = {row[0]: list(row[1:]) for row in picture.rows}
        assert len(rows) == len(picture.rows)
        assert set(rows) <= set(known)
        current: list[str] = []
        for time, values in known.items():
            current = rows.get(time, current)
            assert current == values
        assert len(picture.columns) == len(curves) + 1


def clock(day: BorderDay, number: int) -> str:
    """The market's clock at a quarter-hour of a day, told without a time zone."""
    hour, quarter = divmod(number, 4)
    half = ""
    if day.market_day == SHORT_DAY.isoformat():
        hour += hour >= 2
    if day.market_day == LONG_DAY.isoformat():
        half = {2: "A", 3: "B"}.get(hour, "")
        hour -= hour >= 3
    return f"{hour:02d}:{quarter * 15:02d}{half}"


def test_the_clock_of_odd_days_is_on_the_axis() -> None:
    long, short = (pictures_of(border_day(day))[0] for day in (LONG_DAY, SHORT_DAY))
    assert {"02A", "02B", "CEST–CET"} <= set(texts(drawings(long)[0]))
    assert {"no 02", "CET–CEST"} <= set(texts(drawings(short)[0]))
    assert "25 hours" in long.caption
    assert "23 hours" in short.caption


def test_hours_and_minutes_are_counted_as_the_curves_step() -> None:
    every = instants(PLAIN_DAY)
    hourly = with_steps([(every[0], "10"), (every[40], "170"), (every[44], "20")])
    content = hourly.model_dump()
    content["allocations"][0]["curves"] = content["allocations"][0]["curves"][:2]
    allocation, _ = pictures_of(BorderDay.model_validate(content))
    assert "◇ not failed: 1 of 24 hours over the limit by up to 10 MW" in \
        texts(drawings(allocation)[0])
    begins = PLAIN_DAY - timedelta(days=1)
    for end, share in (("23:09:00", "2 of 1 440 minutes"), ("23:09:30", "2 min 30 s")):
        odd = with_steps([(every[0], "10"), (f"{begins}T23:07:00Z", "170"),
                          (f"{begins}T{end}Z", "20")])
        assert f"{share} over the limit" in pictures_of(odd)[0].svg


def test_numbers_beyond_reason_still_fit() -> None:
    huge = with_steps([(instants(PLAIN_DAY)[0], "9" * 60)])
    assert "10⁶⁰" in texts(drawings(pictures_of(huge)[0])[0])
