"""`czca` with a workbook: checking it, explaining a row of it, starting from an empty one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cli_submission
import pytest

pytest.importorskip("xlsxwriter")
pytest.importorskip("python_calamine")

from submission_workbooks import workbook_of

from czca_rules import cli

Run = Callable[..., tuple[str, str, int]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command beside `gr-it.xlsx`; its output, its errors, its exit code."""
    workbook_of(cli_submission.write_submission(tmp_path / "gr-it"), tmp_path / "gr-it.xlsx")
    monkeypatch.chdir(tmp_path)

    def command(*words: str) -> tuple[str, str, int]:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main(words)
        out, err = capfd.readouterr()
        return out, err, ended.value.code if isinstance(ended.value.code, int) else 0

    return command


def test_check_names_sheets_and_rows(run: Run) -> None:
    book, _, code = run("check", "gr-it.xlsx", "--select", "GI-8.1")
    folder, _, same = run("check", "gr-it", "--select", "GI-8.1")
    assert code == same == 1
    assert "gr-it.xlsx#allocations:2" in book
    assert "allocations.csv:2" in folder


def test_explain_takes_the_place_that_check_names(run: Run) -> None:
    by_book = run("explain", "GI-8.1", "--on", "gr-it.xlsx#allocations:2")
    by_folder = run("explain", "GI-8.1", "--on", "gr-it/allocations.csv:2")
    assert by_book[2] == 0
    assert by_book[0].replace("gr-it.xlsx#", "") == by_folder[0].replace(".csv", "")
    for place, said in (("gr-it.xlsx:2", "name its sheet too, as in gr-it.xlsx#allocations:3"),
                        ("gr-it.xlsx#demand:2", "The submission has no file gr-it.xlsx#demand."),
                        ("no.xlsx#demand:2", "lies in no submission")):
        _, errors, code = run("explain", "GI-8.1", "--on", place, *(
            ["--submission", "gr-it.xlsx"] if "#" not in place else []))
        assert code == 2
        assert said in " ".join(errors.split())


def test_init_writes_a_workbook_and_never_over_one(run: Run) -> None:
    assert run("init", "new/start.xlsx") == (
        "new/start.xlsx\n", "Describe the delivery in the sheet `submission` and fill in the "
        "tables, then: czca check new/start.xlsx\n", 0)
    before = Path("new/start.xlsx").read_bytes()
    _, errors, code = run("init", "new/start.xlsx")
    assert (code, Path("new/start.xlsx").read_bytes()) == (2, before)
    assert "would write over start.xlsx" in errors
    _, errors, code = run("init", "other.xlsx", "--grid")
    assert code == 2
    assert "--grid lays out a folder" in errors
    assert not Path("other.xlsx").exists()
    # a table of allocations without rows has set none
    assert run("check", "new/start.xlsx")[2] == 1
