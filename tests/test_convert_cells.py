"""Cells of spreadsheets as exact values: doubles, serial dates, text, and what is none of these."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from czca_rules.convert.cells import UnreadableCellError, clock_of, day_of, decimal_of, plain


@given(st.decimals("-999999", "999999", places=6))
def test_a_double_stands_for_its_decimal(number: Decimal) -> None:
    assert decimal_of(float(number), 12, 6) == number
    assert Decimal(plain(number)) == number


@pytest.mark.parametrize(("cell", "number"), [
    (0.1 + 0.2, "0.3"), ("12.50", "12.5"), (1.48 + 9e-10, "1.48"), (-0.0, "0"), (5, "5")])
def test_numbers(cell: Any, number: str) -> None:
    assert plain(decimal_of(cell, 12, 6)) == number


@pytest.mark.parametrize("cell", [
    True, "1,5", "1.234,5", "1e2", "", " ", "0.1234567", float("nan"), float("inf"), 1e6,
    1.48 + 1e-8, "9999999", None, date(2024, 1, 1)])
def test_what_is_no_number(cell: Any) -> None:
    with pytest.raises(UnreadableCellError):
        decimal_of(cell, 12, 6)


@pytest.mark.parametrize("cell", [
    datetime(2024, 1, 15, 10), 45306.416666666664, "2024-01-15 10:00", "2024-01-15T10:00:00",
    "1/15/2024 10:00", "01/15/2024 10:00:00 AM"])
def test_clock_times(cell: Any) -> None:
    assert clock_of(cell) == datetime(2024, 1, 15, 10)


@pytest.mark.parametrize("cell", [
    "31/12/2024", "2024-02-30", "13/1/24", "1/15/2024 13:00 PM", 12.0, 1e9, float("nan"), True, "",
    datetime(2024, 1, 15, 10, tzinfo=UTC), 45306.4166])
def test_what_is_no_clock_time(cell: Any) -> None:
    with pytest.raises(UnreadableCellError):
        clock_of(cell)


def test_days() -> None:
    assert day_of("1/15/2024") == day_of(45306.0) == day_of(date(2024, 1, 15)) == date(2024, 1, 15)
    with pytest.raises(UnreadableCellError):
        day_of(datetime(2024, 1, 15, 0, 30))
