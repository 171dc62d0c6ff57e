"""Bytes, links, pipes, names and sizes that are no table: named or refused, never followed."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from submission_folders import (
    allocations,
    loader,
    manifest,
    parquet,
    places,
    write,
)

from czca_rules.errors import LimitReached, SubmissionError, UsageError
from czca_rules.tables import fingerprints, text_bytes
from czca_rules.tables.submission import load_submission

HEAD = "from_zone,to_zone,product,direction,mtu_start,allocated_mw\n"
DEMAND = "zone,product,direction,mtu_start,demand_mw\n"
START = "2026-03-11T00:00:00+01:00"
A = "allocations.csv"


@pytest.fixture
def load() -> Iterator[Any]:
    yield from loader()


@pytest.mark.parametrize(("text", "line", "column", "kind"), [
    (b"", 1, None, "empty_file"),
    (HEAD.replace(",", ";").encode() + b"GR;IT;aFRR;up;x;1,5\n", 1, None, "semicolon"),
    (HEAD.replace(",", "\t").encode(), 1, None, "tab"),
    (HEAD.encode() + b"GR,IT,aFRR,up\n", 2, "mtu_start", "too_few_cells"),
    (HEAD.encode() + f"GR,IT,aFRR,up,{START},1,5\n".encode(), 2, None, "too_many_cells"),
    (HEAD.encode() + f'"G\nR",IT,aFRR,up,{START},1\nGR,IT\n'.encode(), 4, "product",
     "too_few_cells"),
    (HEAD.encode() + f"GR,IT,aFRR,up,{START},1\0\n".encode(), 2, None, "nul_byte"),
    (HEAD.encode() + b"GR,IT,aFRR,up,\xe9,1\n", 2, None, "encoding"),
    (HEAD.encode("utf-16"), 1, None, "encoding"),
    (HEAD.encode() + b'GR,IT,aFRR,up,"never closed,1\n', 2, None, "csv"),
    (HEAD.encode() + b'GR,IT,aFRR,up,"a"b,1\n', 2, None, "csv"),
    (HEAD.encode() + b"GR,IT,aFRR,up,a\rb,1\n", 2, None, "csv"),
    (HEAD.encode() + b"GR,IT,aFRR,up,a,1\n" + b"x" * 1_000_001 + b"\n", 3, None,
     "line_too_long"),
    (HEAD.encode() + b'GR,IT,aFRR,up,a,"' + b"x" * 200_000 + b'"\n', 2, None, "csv")])
def test_bytes_that_are_not_a_table(tmp_path: Path, load: Any, text: bytes, line: int,
                                    column: str | None, kind: str) -> None:
    for name in (A, "allocations.csv.gz"):
        found = load(write(tmp_path / name, {name: text}))
        assert (name, line, column, kind) in places(found)
        assert found.tables["allocations"].status == "unreadable"
        assert found.engine.query("SELECT count(*) FROM t_allocations") == [(0,)]


def test_embedded_lines_keep_the_physical_line(tmp_path: Path, load: Any) -> None:
    text = ("document,reference,issued_by,dated\n"
            'common_rules,R1,"a\nb, ""c""\r\nd",2026-03-11\n'
            "common_rules,R2,x,2026-02-30\n")
    found = load(write(tmp_path, {"documents.csv": text}))
    assert places(found) == [("documents.csv", 5, "dated", "impossible_date")]
    assert found.engine.query("SELECT issued_by, _line FROM t_documents ORDER BY 2") == [
        ('a\nb, "c"\r\nd', 2), ('x', 5)]  # what could be read of a document is kept


def test_links_pipes_and_folders_are_refused(tmp_path: Path, load: Any) -> None:
    (tmp_path / "elsewhere.csv").write_text(allocations())
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "part.csv").write_text(allocations())
    folder = write(tmp_path / "day", {"demand/x.csv": DEMAND})
    (folder / A).symlink_to(tmp_path / "elsewhere.csv")
    (folder / "bids").symlink_to(tmp_path / "tables")
    (folder / "demand" / "y.csv").symlink_to("../../elsewhere.csv")
    os.mkfifo(folder / "exchanges.csv")
    (folder / "usage.csv").mkdir()
    (folder / "events.csv").symlink_to("/dev/zero")
    found = load(folder)
    assert places(found) == [(name, None, None, "not_a_file") for name in (
        A, "bids", "demand/y.csv", "events.csv", "exchanges.csv", "usage.csv")]
    assert {name for name, state in found.tables.items() if state.status == "unreadable"} == {
        "allocations", "bids", "demand", "events", "exchanges", "usage"}


def test_unknown_files_are_named_with_their_near_miss(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {
        "allocation.csv": "", "bids.xlsx": "", "notes.txt": "", "marginal_prices.csv": "",
        "demand/part.txt": "", "README": "", "x.md": "", ".hidden": "", "report.html": ""}))
    assert places(found) == [(name, None, None, "unknown_file") for name in (
        "allocation.csv", "bids.xlsx", "demand/part.txt", "marginal_prices.csv", "notes.txt")]
    assert "allocations" in found.problems[0].fix
    assert "reserved" in found.problems[3].fix
    assert found.tables["demand"].status == "unreadable"


def test_two_forms_of_one_table(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {A: allocations(), "allocations.csv.gz": allocations()}))
    assert ("allocations.csv.gz", None, None, "two_forms") in places(found)
    assert found.tables["allocations"].status == "unreadable"


def test_names_that_look_like_patterns_are_literal(tmp_path: Path, load: Any) -> None:
    folder = write(tmp_path / "a[1]*", {})
    for hour, name in enumerate(("p[1].parquet", "p1.parquet", "it's.parquet")):
        parquet(folder / "day_ahead_prices" / name,
                "SELECT 'GR' AS zone, TIMESTAMPTZ '2026-03-10 23:00:00+00' + "
                f"INTERVAL ({hour}) HOUR AS mtu_start, 1 AS price_eur_mwh")
    found = load(folder)
    assert found.problems == ()
    assert found.engine.query("SELECT count(*), count(DISTINCT _file) FROM t_day_ahead_prices"
                              ) == [(3, 3)]


def test_a_gzip_bomb_and_other_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, {})
    (folder / "allocations.csv.gz").write_bytes(gzip.compress(b"\n" * 60_000_000, 9))
    with pytest.raises(LimitReached, match="times its size"):
        load_submission(folder)
    write(tmp_path, {"allocations.csv.gz": allocations()})
    monkeypatch.setattr(text_bytes, "MAX_UNPACKED", 1000)
    with pytest.raises(LimitReached, match="unpacks into more"):
        load_submission(folder)
    monkeypatch.setattr(text_bytes, "MAX_UNPACKED", 10**9)
    monkeypatch.setattr(text_bytes, "MAX_ROWS", 100)
    with pytest.raises(LimitReached, match="rows"):
        load_submission(folder)
    monkeypatch.setattr(fingerprints, "MAX_FILE_BYTES", 100)
    with pytest.raises(LimitReached, match="bytes"):
        load_submission(folder)


@pytest.mark.parametrize("cut", [5, 20, -8, -1])
def test_gzip_that_does_not_unpack(tmp_path: Path, load: Any, cut: int) -> None:
    folder = write(tmp_path, {})
    (folder / "bids.csv.gz").write_bytes(gzip.compress(allocations().encode())[:cut])
    found = load(folder)
    assert places(found) == [("bids.csv.gz", None, None, "gzip")]
    assert found.tables["bids"].status == "unreadable"


def test_a_manifest_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        load_submission(tmp_path / "nowhere")
    with pytest.raises(SubmissionError) as missing:
        load_submission(tmp_path)
    assert places(missing.value.problems) == [("submission.yaml", None, None, "missing_file")]
    (tmp_path / "submission.yaml").write_text("format: czca-submission/1\n")
    with pytest.raises(SubmissionError):
        load_submission(tmp_path)
    (tmp_path / "submission.yaml").unlink()
    (tmp_path / "real.yaml").write_text(manifest())
    (tmp_path / "submission.yaml").symlink_to(tmp_path / "real.yaml")
    with pytest.raises(SubmissionError) as link:
        load_submission(tmp_path)
    assert places(link.value.problems) == [("submission.yaml", None, None, "not_a_file")]
