"""Broken submissions, end to end: a clear error or a stated reading, never a wrong verdict.

Every case starts from one compliant day. What cannot be read makes the verdict undecided or stops
the check with an error that says what to do; it never makes the day compliant or a breach.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from czca_rules import api
from czca_rules.api import Report, load_ruleset
from czca_rules.errors import CzcaError

FIXTURES = Path(__file__).parent.parent / "fixtures" / "submissions" / "greece-italy"
LAW = load_ruleset("greece-italy-mb")
Change = Callable[[bytes], bytes]


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A compliant day in blocks of four hours, with its history in the same folder."""
    folder = tmp_path / "day"
    shutil.copytree(FIXTURES / "GI-8.3", folder)
    shutil.copy(FIXTURES / "context" / "offered_capacity.csv", folder)
    manifest = (folder / "submission.yaml").read_text("utf-8")
    (folder / "submission.yaml").write_text(
        re.sub("relies_on: .*", "relies_on: []", manifest), "utf-8", newline="\n")
    return folder


def check(folder: Path, **options: Any) -> Report:
    """The check by a ruleset that was read once for all cases."""
    return api.check(folder, LAW, **options)


def _change(folder: Path, file: str, change: Change) -> None:
    path = folder / file
    path.write_bytes(change(path.read_bytes()))


def _cell(table: bytes, column: str, text: str, line: int = 3) -> bytes:
    """The table with one cell replaced, as text."""
    lines = table.decode().split("\n")
    cells = lines[line - 1].split(",")
    cells[lines[0].split(",").index(column)] = text
    lines[line - 1] = ",".join(cells)
    return "\n".join(lines).encode()


def _places(report: Report) -> list[str]:
    return [f"{item.file}:{item.line}:{item.column}" for item in report.model.input.problems]


def test_the_day_itself_is_compliant(day: Path) -> None:
    assert check(day).verdict == "compliant"


MANIFESTS: dict[str, tuple[Change, str]] = {
    "a bracket left open": (lambda text: text.replace(b"stages: [", b"stages: [["), "yaml:7:1"),
    "a tab": (lambda text: text.replace(b"  - {id: IPTO", b"\t- {id: IPTO"), "yaml:13:1"),
    "an unknown key": (lambda text: text + b"aproach: market_based\n", "approach"),
    "a key twice": (lambda text: text + b"id: other\n", "id"),
    "nothing": (lambda text: b"", "empty|submission"),
    "not text": (lambda text: b"\xff\xfe\x00", "UTF-8|text"),
    "a list": (lambda text: b"- 1\n- 2\n", "mapping|keys"),
    "aliases": (lambda text: b"a: &a [1]\nb: [*a, *a]\n" + text, "alias|anchor"),
    "a date that does not exist": (
        lambda text: text.replace(b"from: 2026-03-11", b"from: 2026-02-30"), "2026-02-30"),
    "a time without offset": (
        lambda text: re.sub(rb"as_of: \S+", b"as_of: 2026-03-13T12:00:00", text), "offset"),
    "an unknown ruleset": (
        lambda text: text.replace(b"greece-italy-mb", b"greece-italy-nb"), "greece-italy-mb"),
    "an unknown zone in a border": (
        lambda text: text.replace(b"zones: [GR, IT-SUD]", b"zones: [GR, IT-SOUTH]"), "IT-SOUTH"),
    "another format": (lambda text: text.replace(b"submission/1", b"submission/9"), "czca-subm"),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_wrong_manifest_stops_the_check_and_says_why(day: Path, name: str) -> None:
    change, said = MANIFESTS[name]
    _change(day, "submission.yaml", change)
    with pytest.raises(CzcaError) as error:
        api.check(day)
    assert re.search(said, str(error.value)), str(error.value)


def test_a_folder_without_manifest_stops_the_check(day: Path) -> None:
    (day / "submission.yaml").unlink()
    with pytest.raises(CzcaError, match=r"submission\.yaml"):
        check(day)


SAME: dict[str, Change] = {
    "a byte order mark": lambda table: b"\xef\xbb\xbf" + table,
    "carriage returns": lambda table: table.replace(b"\n", b"\r\n"),
    "no line end at the end": lambda table: table.rstrip(b"\n"),
    "rows in another order": lambda table: b"\n".join(
        [table.split(b"\n")[0], *sorted(table.split(b"\n")[1:-1]), b""]),
    "every cell in quotes": lambda table: b"\n".join(
        b'"' + line.replace(b",", b'","') + b'"' if line else b"" for line in table.split(b"\n")),
    "instants in UTC": lambda table: re.sub(
        rb"2026-03-11T0([4-8]):00:00\+01:00",
        lambda match: b"2026-03-11T0%d:00:00Z" % (int(match[1]) - 1), table),
}


@pytest.mark.parametrize("name", SAME)
def test_another_way_to_write_the_same_changes_nothing(day: Path, name: str) -> None:
    for file in ("allocations.csv", "czc_prices.csv", "congestion_income.csv"):
        _change(day, file, SAME[name])
    report = check(day)
    assert (report.verdict, _places(report)) == ("compliant", [])


CELLS = ["NaN", "inf", "-inf", "1e2", "1.2345678", "12;5", "1 000", "0x10", "", "-1", "\u0664",
         "true", "=1+1", "9" * 40]


@pytest.mark.parametrize("text", CELLS)
def test_a_cell_that_is_no_such_number_leaves_the_day_undecided(day: Path, text: str) -> None:
    _change(day, "allocations.csv", lambda table: _cell(table, "allocated_mw", text, 60))
    report = check(day)
    assert report.verdict == "undecided"
    assert _places(report) == ["allocations.csv:60:allocated_mw"]


TABLES: dict[str, Change] = {
    "no bytes": lambda table: b"",
    "a header only": lambda table: table.split(b"\n")[0] + b"\n",
    "semicolons and decimal commas": lambda table: table.replace(b".", b",").replace(b",", b";"),
    "half of the file": lambda table: table[:len(table) // 2],
    "another encoding": lambda table: table.decode().encode("utf-16"),
    "a zero byte": lambda table: table.replace(b"aFRR", b"aF\x00R", 1),
    "a very long line": lambda table: table + b"x" * 5_000_000 + b"\n",
    "times without offset": lambda table: table.replace(b"+01:00", b""),
    "an unknown zone": lambda table: table.replace(b"IT-AC", b"IT-DC", 1),
    "an unknown product": lambda table: table.replace(b"aFRR", b"aFFR", 1),
    "an unknown column": lambda table: table.replace(b"direction,", b"way,", 1),
    "a row twice": lambda table: table + table.split(b"\n")[5] + b"\n",
    "a row less": lambda table: b"\n".join(table.split(b"\n")[:-3] + table.split(b"\n")[-2:]),
    "a cell too many": lambda table: table.replace(b"\n", b",1\n", 3).replace(b",1\n", b"\n", 1),
}


#: What can be read, but has rows missing.
MISSING = {"a header only", "a row less"}
BROKEN = [(name, table) for table in ("allocations.csv", "congestion_income.csv")
          for name in TABLES if table != "allocations.csv" or name not in MISSING]


@pytest.mark.parametrize(("name", "table"), BROKEN)
def test_a_broken_table_leaves_the_day_undecided(day: Path, name: str, table: str) -> None:
    _change(day, table, TABLES[name])
    report = check(day)
    assert report.verdict == "undecided"
    assert report.model.input.problems
    assert all(item.outcome != "failed" for item in report.outcomes)


@pytest.mark.parametrize("name", sorted(MISSING))
def test_an_allocation_that_is_not_stated_breaches_the_law(day: Path, name: str) -> None:
    _change(day, "allocations.csv", TABLES[name])
    report = check(day)
    assert report.model.input.problems
    assert [item.rule for item in report.outcomes if item.outcome == "failed"] == ["GI-6.2.d"]


#: Tables that no rule needs as long as nothing is claimed, curtailed or contracted late, and
#: one that only warnings are about.
UNUSED = {"curtailments.csv", "income_shares.csv"}


def test_without_a_table_that_a_rule_needs_the_day_is_undecided(day: Path) -> None:
    for name in UNUSED:
        (day / name).unlink()
    assert check(day).verdict == "compliant"
    for path in sorted(day.glob("*.csv")):
        kept = path.read_bytes()
        path.unlink()
        assert check(day).verdict == "undecided", path.name
        path.write_bytes(kept)


@pytest.mark.parametrize("name", ["alocations.csv", "allocations.CSV", "allocations.csv.bak",
                                  "Allocations.csv"])
def test_a_misspelt_table_is_no_table(day: Path, name: str) -> None:
    (day / "allocations.csv").rename(day / name)
    report = check(day)
    assert report.verdict == "undecided"
    assert any("allocations" in item.fix or "" for item in report.model.input.problems)


def test_two_forms_of_a_table_are_not_chosen_between(day: Path) -> None:
    (day / "allocations.csv.gz").write_bytes(gzip.compress((day / "allocations.csv").read_bytes()))
    assert check(day).verdict == "undecided"


def test_a_broken_archive_leaves_the_day_undecided(day: Path) -> None:
    packed = gzip.compress((day / "allocations.csv").read_bytes())
    (day / "allocations.csv").unlink()
    for content in (packed[:len(packed) // 2], b"\x1f\x8b" + b"\0" * 40, b"plain text"):
        (day / "allocations.csv.gz").write_bytes(content)
        assert check(day).verdict == "undecided"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no links and pipes to make here")
def test_links_and_pipes_are_not_followed(day: Path, tmp_path: Path) -> None:
    shutil.move(day / "allocations.csv", tmp_path / "outside.csv")
    (day / "allocations.csv").symlink_to(tmp_path / "outside.csv")
    assert check(day).verdict == "undecided"
    (day / "allocations.csv").unlink()
    os.mkfifo(day / "allocations.csv")
    assert check(day).verdict == "undecided"


def test_a_key_in_a_context_folder_and_in_the_submission_is_not_chosen_between(day: Path) -> None:
    report = check(day, with_folders=[FIXTURES / "context"])
    assert report.verdict == "undecided"
    assert any(item.kind == "duplicate_key" for item in report.model.input.problems)
