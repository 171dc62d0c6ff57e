"""Axes of pictures: round scales, labels apart, and time without its long silences."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from czca_rules.report.pictures.amounts import amount, tick_text
from czca_rules.report.pictures.axes import scale_over
from czca_rules.report.pictures.steps_chart import LINE_HEIGHT, apart
from czca_rules.report.pictures.time_axis import BREAK, MOST_PIECES, broken_axis


@pytest.mark.parametrize(("values", "ends"), [
    (["164", "160"], (0, 200)), (["0"], (0, 1)), (["-7", "9"], (-10, 10)),
    (["0.004"], (0, Fraction(4, 1000))), (["1234567"], (0, 1500000)), (["-3"], (-3, 0))])
def test_scales_end_on_round_numbers_and_hold_zero(values: list[str], ends: Any) -> None:
    scale = scale_over(map(Fraction, values), 0, 1000)
    assert (scale.low, scale.high) == ends
    assert scale.ticks[0] == scale.low
    assert scale.ticks[-1] == scale.high
    assert 0 in scale.ticks


def test_numbers_beyond_reason_are_written_with_powers() -> None:
    assert tick_text(Fraction(10**30)) == "10³⁰"
    assert tick_text(Fraction(5, 10**9)) == "5·10⁻⁹"
    assert amount(Fraction(1, 3), "MW") == "≈0.333 MW"


def test_labels_that_would_overlap_are_moved_apart_within_bounds() -> None:
    placed = apart([100, 110, 990, 1000], (0, 1000))
    assert placed == sorted(placed)
    assert all(after - before >= LINE_HEIGHT for before, after in pairwise(placed))
    assert placed[0] >= 0
    assert placed[-1] <= 1000


@pytest.mark.parametrize("hours", [[0], [0, 1, 2], [0, 1, 200], [0, 30, 60, 90, 120, 150, 180, 400],
                                   [0, 24 * 365 * 100], [0, 0.01]])
def test_time_runs_from_left_to_right_and_long_silence_is_cut(hours: list[float]) -> None:
    start = datetime(2026, 3, 6, 8)
    moments = [start + timedelta(hours=hour) for hour in hours]
    axis = broken_axis(moments, 0, 7600)
    assert len(axis.pieces) <= MOST_PIECES
    assert (axis.left, axis.right <= 7600) == (0, True)
    places = [axis.at(moment) for moment in moments]
    assert places == sorted(places)
    for before, after in pairwise(axis.pieces):
        assert after.left - before.right == BREAK
        assert after.begins - before.ends > timedelta(hours=3)
    assert all(any(piece.begins <= moment <= piece.ends for piece in axis.pieces)
               for moment in moments)
