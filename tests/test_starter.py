"""The folder to start from: laid out whole, and nothing written over."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from czca_rules.errors import LimitReached, SubmissionError, UsageError
from czca_rules.tables import starter
from czca_rules.tables.specification import TABLES
from czca_rules.tables.starter import init_submission
from czca_rules.tables.starter_manifest import EXAMPLE


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_headers_for_every_table(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "submission"
    written = init_submission(folder)
    assert [path.name for path in written] == ["submission.yaml",
                                               *(f"{name}.csv" for name in TABLES)]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        path.name for path in written)
    for name, spec in TABLES.items():
        assert (folder / f"{name}.csv").read_text(encoding="utf-8") == \
            ",".join(column.name for column in spec.columns) + "\n"


def test_the_grid_follows_the_manifest(tmp_path: Path) -> None:
    init_submission(tmp_path)
    spring = EXAMPLE.replace("2026-03-11, to: 2026-03-11", "2026-03-28, to: 2026-03-29")
    (tmp_path / "submission.yaml").write_text(spring, encoding="utf-8")
    written = init_submission(tmp_path, grid=True)
    assert {path.stem for path in written} == {n for n, s in TABLES.items() if s.grid}
    assert (tmp_path / "submission.yaml").read_text(encoding="utf-8") == spring
    laid_out = rows(tmp_path / "allocations.csv")
    assert len(laid_out) == 2 * 2 * (96 + 92)
    assert len({tuple(row.values()) for row in laid_out}) == len(laid_out)
    assert laid_out[0] == {
        "from_zone": "GR", "to_zone": "IT-SUD", "product": "aFRR", "direction": "up",
        "mtu_start": "2026-03-28T00:00:00+01:00", "state": "final", "allocated_mw": "",
        "shared_mw": "", "cooperation": ""}
    assert laid_out[187]["mtu_start"] == "2026-03-29T23:45:00+02:00"
    assert len(rows(tmp_path / "cross_zonal_capacity.csv")) == 2 * 188
    assert len(rows(tmp_path / "demand.csv")) == 2 * 2 * 188
    assert rows(tmp_path / "bids.csv") == []


def test_the_grid_in_an_empty_folder_uses_the_example(tmp_path: Path) -> None:
    written = init_submission(tmp_path, grid=True)
    assert written[0].name == "submission.yaml"
    assert len(written) == 1 + len(TABLES)
    assert len(rows(tmp_path / "capacity_prices.csv")) == 2 * 2 * 96


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "bids.csv").write_text("mine\n", encoding="utf-8")
    (tmp_path / "demand.parquet").write_bytes(b"mine")
    (tmp_path / "usage").mkdir()
    with pytest.raises(UsageError) as caught:
        init_submission(tmp_path)
    for name in ("bids.csv", "demand.parquet", "usage"):
        assert name in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "bids.csv", "demand.parquet", "usage"]
    assert (tmp_path / "bids.csv").read_text(encoding="utf-8") == "mine\n"


def test_a_second_run_is_refused(tmp_path: Path) -> None:
    init_submission(tmp_path)
    with pytest.raises(UsageError, match=r"submission\.yaml"):
        init_submission(tmp_path)
    init_submission(tmp_path, grid=True)
    with pytest.raises(UsageError, match=r"allocations\.csv"):
        init_submission(tmp_path, grid=True)


def test_the_grid_keeps_tables_that_somebody_filled(tmp_path: Path) -> None:
    init_submission(tmp_path)
    (tmp_path / "bids.csv").write_text("mine\n", encoding="utf-8")
    init_submission(tmp_path, grid=True)
    assert (tmp_path / "bids.csv").read_text(encoding="utf-8") == "mine\n"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("mine\n", encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "allocations.csv").symlink_to(outside)
    with pytest.raises(UsageError, match=r"allocations\.csv"):
        init_submission(folder, grid=True)
    assert outside.read_text(encoding="utf-8") == "mine\n"


def test_what_cannot_be_laid_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="not a folder"):
        init_submission(file)
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "submission.yaml").write_text("format: 1\n", encoding="utf-8")
    with pytest.raises(SubmissionError):
        init_submission(bad, grid=True)
    monkeypatch.setattr(starter, "MOST_GRID_ROWS", 10)
    big = tmp_path / "big"
    with pytest.raises(LimitReached):
        init_submission(big, grid=True)
    assert list(big.iterdir()) == []
