"""Offers of two sources meet on the same spans: split where they differ, left alone elsewhere."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from submission_folders import loader, manifest, places, rows, write

from czca_rules.tables.submission import load_submission

HEAD = "from_zone,to_zone,mtu_start,mtu_end,source,offered_mw\n"
FIRST = datetime(2025, 3, 11)
Row = tuple[str, str, int, int, str, int]


@pytest.fixture
def load() -> Iterator[Any]:
    yield from loader()


def offers(listed: Sequence[Row]) -> str:
    """Rows by quarter of an hour since a midnight."""
    def at(quarter: int) -> str:
        return (FIRST + timedelta(minutes=15 * quarter)).isoformat() + "Z"

    return HEAD + "".join(f"{one},{other},{at(start)},{at(end)},{source},{power}\n"
                          for one, other, start, end, source, power in listed)


def spans(found: Any, columns: str = "source, offered_mw, _line") -> list[Any]:
    quarter = "(epoch_us({}) - epoch_us(TIMESTAMP '2025-03-11')) // 900000000"
    return rows(found, "offered_capacity", f"from_zone, {quarter.format('mtu_start')}, "
                f"{quarter.format('mtu_end')}, {columns}", "ORDER BY ALL")


def test_hours_beside_quarters_become_quarters(tmp_path: Path, load: Any) -> None:
    listed: list[Row] = [("GR", "IT", 0, 4, "day_ahead", 7)]
    listed += [("GR", "IT", n, n + 1, "intraday", n) for n in range(4)]
    listed += [("IT", "GR", 0, 4, "day_ahead", 9), ("IT", "GR", 4, 6, "day_ahead", 9)]
    found = load(write(tmp_path, {"offered_capacity.csv": offers(listed)}))
    assert found.problems == ()
    assert spans(found) == sorted(
        [("GR", n, n + 1, "day_ahead", 7, 2) for n in range(4)]
        + [("GR", n, n + 1, "intraday", n, n + 3) for n in range(4)]
        + [("IT", 0, 4, "day_ahead", 9, 7), ("IT", 4, 6, "day_ahead", 9, 8)])


def test_long_spans_are_cut_only_where_the_other_source_cuts(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {"offered_capacity.csv": offers([
        ("GR", "IT", 0, 96, "day_ahead", 7), ("GR", "IT", 8, 12, "intraday", 3),
        ("GR", "IT", 90, 100, "intraday", 4)])}))
    assert spans(found) == [
        ("GR", 0, 8, "day_ahead", 7, 2), ("GR", 8, 12, "day_ahead", 7, 2),
        ("GR", 8, 12, "intraday", 3, 3), ("GR", 12, 90, "day_ahead", 7, 2),
        ("GR", 90, 96, "day_ahead", 7, 2), ("GR", 90, 96, "intraday", 4, 4),
        ("GR", 96, 100, "intraday", 4, 4)]


def test_rows_that_overlap_stay_one_key_each(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {"offered_capacity.csv": offers([
        ("GR", "IT", 0, 4, "day_ahead", 7), ("GR", "IT", 2, 6, "day_ahead", 8),
        *[("GR", "IT", n, n + 1, "intraday", n) for n in range(6)]])}))
    assert places(found) == [("offered_capacity.csv", 3, "mtu_start", "overlapping_spans")]
    day_ahead = [row for row in spans(found, "source, offered_mw, _bad") if row[3] == "day_ahead"]
    assert day_ahead == [("GR", 0, 1, "day_ahead", 7, False), ("GR", 1, 2, "day_ahead", 7, False),
                         *(("GR", n, n + 1, "day_ahead", None, True) for n in range(2, 6))]


@pytest.mark.parametrize("listed", [
    [("GR", "IT", 0, 4, "day_ahead", 7), ("IT", "GR", 0, 1, "intraday", 7)],
    [("GR", "IT", 0, 4, "day_ahead", 7), ("GR", "IT", 0, 4, "intraday", 7)],
    [("GR", "IT", 0, 4, "day_ahead", 7), ("GR", "IT", 4, 5, "intraday", 7)]])
def test_what_agrees_is_not_copied(tmp_path: Path, load: Any, listed: list[Row]) -> None:
    found = load(write(tmp_path, {"offered_capacity.csv": offers(listed)}))
    assert sorted(row[1:4] for row in spans(found)) == sorted(row[2:5] for row in listed)
    tables = {name for (name,) in found.engine.query("SELECT table_name FROM duckdb_tables()")}
    assert "b_offered_capacity" in tables
    assert not {"pieces_offered_capacity", "b1_offered_capacity"} & tables


SPANS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), min_size=0, max_size=8)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.tuples(st.sampled_from([("GR", "IT"), ("IT", "GR")]),
                                 st.sampled_from(["day_ahead", "intraday"])), SPANS))
def test_any_two_sources_agree_afterwards(drawn: Any) -> None:
    listed: list[Row] = []
    for (direction, source), steps in drawn.items():
        at = 0
        for gap, length in steps:
            listed.append((*direction, at + gap, at + gap + length, source, len(listed)))
            at += gap + length
    edges = {direction: {edge for row in listed if row[:2] == direction for edge in row[2:4]}
             for direction in (("GR", "IT"), ("IT", "GR"))}
    wanted = []
    for number, row in enumerate(listed, 2):
        sources = {other[4] for other in listed if other[:2] == row[:2]}
        cuts = sorted(edge for edge in edges[row[:2]] if row[2] <= edge <= row[3]) \
            if len(sources) == 2 else [row[2], row[3]]
        wanted += [(row[0], start, end, row[4], row[5], number)
                   for start, end in pairwise(cuts)]
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), {"offered_capacity.csv": offers(listed)}, manifest())
        with load_submission(Path(folder)) as found:
            assert found.problems == ()
            assert spans(found) == sorted(wanted)
