"""Wrong cells, wrong types and damage in Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from submission_folders import loader, parquet, places, write


@pytest.fixture
def load() -> Iterator[Any]:
    yield from loader()


@pytest.mark.parametrize(("column", "select", "kind", "line"), [
    ("price_eur_mwh", "CAST('NaN' AS DOUBLE)", "not_finite", 2),
    ("price_eur_mwh", "CAST('-inf' AS DOUBLE)", "not_finite", 2),
    ("price_eur_mwh", "CAST(1.12345678 AS DOUBLE)", "too_many_decimals", 2),
    ("price_eur_mwh", "CAST(1.12345678 AS DECIMAL(18,8))", "too_many_decimals", 2),
    ("price_eur_mwh", "CAST(1e17 AS DOUBLE)", "too_large", 2),
    ("price_eur_mwh", "CAST(12345678 AS BIGINT)", "too_large", 2),
    ("price_eur_mwh", "'1,5'", "decimal_comma", 2),
    ("price_eur_mwh", "NULL::DOUBLE", "empty_cell", 2),
    ("price_eur_mwh", "TRUE", "column_type", None),
    ("price_eur_mwh", "[1, 2]", "column_type", None),
    ("mtu_start", "TIMESTAMP '2026-03-10 23:00:00'", "without_offset", None),
    ("mtu_start", "TIMESTAMPTZ '2026-03-10 23:07:00+00'", "off_grid", 2),
    ("mtu_start", "NULL::TIMESTAMPTZ", "empty_cell", 2),
    ("mtu_start", "'2026-03-11T00:00:00'", "without_offset", 2),
    ("mtu_start", "DATE '2026-03-11'", "column_type", None),
    ("zone", "'GRR'", "unknown_zone", 2), ("zone", "''", "empty_cell", 2),
    ("zone", "7", "column_type", None)])
def test_wrong_cells_and_types_of_parquet(tmp_path: Path, load: Any, column: str, select: str,
                                          kind: str, line: int | None) -> None:
    good = {"zone": "'GR'", "price_eur_mwh": "1::DECIMAL(12,6)",
            "mtu_start": "TIMESTAMPTZ '2026-03-10 22:00:00+00' + INTERVAL (i) HOUR"}
    kept = dict(good)
    folder = write(tmp_path, {})
    name = "day_ahead_prices.parquet"
    if line is None:
        kept[column] = select
    else:
        kept[column] = f"CASE WHEN i = 1 THEN {select} ELSE {_alike(column, select)} END"
    parquet(folder / name, "SELECT " + ", ".join(
        f"{sql} AS {other}" for other, sql in kept.items()) + " FROM range(2) r(i)")
    found = load(folder)
    assert places(found) == [(name, line, column, kind)]
    in_key = column != "price_eur_mwh" or line is None
    assert found.tables["day_ahead_prices"].status == ("unreadable" if in_key else "ready")


def _alike(column: str, select: str) -> str:
    """A right cell of the same type as a wrong one."""
    if column == "zone":
        return "'GR'"
    if column == "mtu_start":
        return "'2026-03-11T01:00:00+01:00'" if select.startswith("'") \
            else "TIMESTAMPTZ '2026-03-10 22:00:00+00'"
    return "'1'" if select.startswith("'") else "1"


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all" * 10])
def test_bytes_that_are_not_parquet(tmp_path: Path, load: Any, content: bytes) -> None:
    found = load(write(tmp_path, {"bids.parquet": content}))
    assert places(found) == [("bids.parquet", None, None, "parquet")]
    assert found.tables["bids"].status == "unreadable"


def test_damaged_parquet_pages(tmp_path: Path, load: Any) -> None:
    folder = write(tmp_path, {})
    parquet(folder / "day_ahead_prices.parquet",
            "SELECT 'GR' AS zone, TIMESTAMPTZ '2026-03-10 23:00:00+00' + INTERVAL (i) HOUR AS "
            "mtu_start, hash(i)::DOUBLE % 1000 AS price_eur_mwh FROM range(20000) r(i)")
    path = folder / "day_ahead_prices.parquet"
    data = bytearray(path.read_bytes())
    data[100:4000] = b"\xff" * 3900
    path.write_bytes(bytes(data))
    found = load(folder)
    assert places(found) == [("day_ahead_prices.parquet", None, None, "parquet")]
    assert found.tables["day_ahead_prices"].status == "unreadable"
