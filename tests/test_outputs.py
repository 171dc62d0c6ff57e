"""Reports that cannot be written: refused before the work, or an error that harms nothing else."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import cli_submission
import pytest
from report_sample import sample_report

from czca_rules import cli
from czca_rules.api import check
from czca_rules.errors import UsageError
from czca_rules.report.canonical import canonical_bytes
from czca_rules.report.formats import WRITERS, format_of
from czca_rules.report.model import ReportModel

EVERY = [f"report{ending}" for ending in WRITERS]
Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def czca(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
         capfd: pytest.CaptureFixture[str]) -> Check:
    """Run `czca check gr-it` with options: exit code, output, errors."""
    cli_submission.write_submission(tmp_path / "gr-it")
    monkeypatch.chdir(tmp_path)

    def run(*options: str) -> tuple[int, str, str]:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main(["check", "gr-it", *options])
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def to_files(*names: str) -> list[str]:
    return [word for name in names for word in ("-o", name)]


def left_over(folder: Path) -> list[str]:
    """Temporary files that nobody cleared away."""
    return [path.name for path in folder.rglob("*") if path.name.endswith(".tmp")]


def test_every_format_is_written_in_one_run(czca: Check) -> None:
    code, _, err = czca(*to_files(*EVERY))
    assert code == 1
    assert "Error" not in err
    for name in EVERY:
        assert Path(name).stat().st_size > 500
    assert json.loads(Path("report.json").read_bytes())["format"] == "czca-report/1"
    assert Path("report.html").read_bytes().startswith(b"<!doctype html>")
    assert json.loads(Path("report.sarif").read_bytes())["version"] == "2.1.0"
    assert Path("report.junit.xml").read_bytes().startswith(b"<?xml")
    assert Path("report.xlsx").read_bytes().startswith(b"PK")
    assert Path("report.csv").read_bytes().startswith(b"\xef\xbb\xbfrule,")


def test_files_are_those_of_the_methods_of_a_report(czca: Check) -> None:
    czca(*to_files(*EVERY))
    report = check("gr-it")
    for name, written in (
            ("report.json", report.to_json()), ("report.html", report.to_html().encode()),
            ("report.sarif", report.to_sarif()), ("report.junit.xml", report.to_junit()),
            ("report.xlsx", report.to_xlsx()), ("report.csv", report.to_csv())):
        assert Path(name).read_bytes() == written, name


def test_json_goes_to_standard_output_beside_files(czca: Check) -> None:
    code, out, _ = czca("-o", "-", "-o", "report.sarif")
    assert code == 1
    assert json.loads(out) == json.loads(check("gr-it").to_json())
    assert Path("report.sarif").exists()


# Refused before any work: the submission is not even looked for

@pytest.mark.parametrize(("name", "reason"), [
    ("report.xml", "JUnit XML goes to a file that ends in .junit.xml; write report.junit.xml."),
    ("report.txt", "its suffix names no format; a report ends in one of .json, .html, .sarif, "
                   ".junit.xml, .xlsx, .csv."),
    ("report", "its suffix names no format"),
    (".sarif", "its suffix names no format"),
    ("folder.json", "this is a folder; name a file in it."),
    ("file/report.json", "file is not a folder."),
    ("file/deep/report.json", "file is not a folder."),
    ("gr-it/report.csv", "in gr-it, which is judged, a .csv file is a table"),
    ("gr-it/allocations.csv", "in gr-it, which is judged, a .csv file is a table"),
    ("folder.json/../gr-it/new.xlsx", "in gr-it, which is judged, a .xlsx file is a table"),
])
def test_what_can_be_known_of_a_file_is_said_before_the_work(
        czca: Check, monkeypatch: pytest.MonkeyPatch, name: str, reason: str) -> None:
    Path("folder.json").mkdir()
    Path("file").write_text("")
    monkeypatch.setattr("czca_rules.api.check", lambda *_, **__: pytest.fail("worked first"))
    code, out, err = czca("-o", "first.json", "-o", name)
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: -o {name}: {reason}")
    assert not Path("first.json").exists()


def test_the_file_that_is_judged_is_never_the_report(tmp_path: Path,
                                                     monkeypatch: pytest.MonkeyPatch,
                                                     capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sub.xlsx").write_bytes(b"mine")
    with pytest.raises(SystemExit):
        cli.main(["check", "sub.xlsx", "-o", "./sub.xlsx"])
    assert "this is what is to be judged; name another file." in capfd.readouterr().err
    assert Path("sub.xlsx").read_bytes() == b"mine"


def test_a_folder_that_lets_nothing_in_is_named_before_the_work(
        czca: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("closed").mkdir(mode=0o500)
    if os.access("closed", os.W_OK):  # whoever is root may write anywhere
        real = os.access
        monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "closed"
                            and real(path, mode))
    for name in ("closed/report.json", "closed/new/report.json"):
        code, out, err = czca("-o", name)
        assert (code, out) == (2, "")
        assert err == f"Error: -o {name}: the folder closed cannot be written to.\n"


def test_a_folder_that_is_missing_is_made(czca: Check) -> None:
    assert czca("-o", "new/deep/report.json")[0] == 1
    assert Path("new/deep/report.json").exists()


def test_a_file_named_twice_is_written_once(czca: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    monkeypatch.setattr("czca_rules.api.write_atomically",
                        lambda path, content: written.append(path))
    czca("-o", "report.json", "-o", "./report.json", "-o", "gr-it/../report.json")
    assert written == [Path("report.json")]


# Failing after all

def test_a_full_disk_leaves_the_old_file_and_no_other_trace(
        czca: Check, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Path("report.json").write_text("old")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    code, out, err = czca(*to_files("report.json", "new.html"))
    assert code == 2
    assert "NOT CONSISTENT WITH THE DRAFT" in out  # the verdict is still said
    assert err == ("Error: -o report.json: no space left on device; the old file is as it was.\n"
                   "Error: -o new.html: no space left on device; nothing was written.\n")
    assert Path("report.json").read_text() == "old"
    assert not Path("new.html").exists()
    assert not left_over(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="limits on the size of a file are those of POSIX")
def test_when_one_file_fails_the_others_are_still_whole(tmp_path: Path) -> None:
    cli_submission.write_submission(tmp_path / "gr-it")
    for name in EVERY:
        (tmp_path / name).write_text("old")
    # No file may be longer than 80 blocks: what the kernel refuses is the write itself.
    command = f"ulimit -f 80; exec {sys.executable} -m czca_rules.cli check gr-it " + \
        " ".join(to_files(*EVERY))
    ended = subprocess.run([shutil.which("bash") or "sh", "-c", command], cwd=tmp_path,
                           capture_output=True, text=True, check=False)
    failed = [name for name in EVERY if f"-o {name}: file too large; the old file is as it was."
              in ended.stderr]
    assert ended.returncode == 2
    assert {"report.json", "report.html"} <= set(failed) < set(EVERY)
    for name in EVERY:
        old = (tmp_path / name).read_bytes() == b"old"
        assert old == (name in failed), name
    assert (tmp_path / "report.csv").read_bytes().endswith(b"\r\n")
    assert not left_over(tmp_path)


def test_an_interrupt_leaves_no_half_file(czca: Check, monkeypatch: pytest.MonkeyPatch,
                                          tmp_path: Path) -> None:
    Path("report.json").write_text("old")

    def interrupted(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    code, _, err = czca("-o", "report.json")
    assert (code, err) == (130, "Interrupted.\n")
    assert Path("report.json").read_text() == "old"
    assert not left_over(tmp_path)


# From Python

@pytest.mark.parametrize("ending", WRITERS)
def test_a_report_read_back_is_written_alike(ending: str) -> None:
    fresh = ReportModel.model_validate_json(canonical_bytes(sample_report()).replace(
        rb"\ud800", b""))
    content = json.loads(canonical_bytes(fresh))
    turned = json.loads(json.dumps(content, sort_keys=True), object_pairs_hook=lambda pairs:
                        dict(reversed(pairs)))
    assert WRITERS[ending](ReportModel.model_validate(turned)) == WRITERS[ending](fresh)


def test_save_takes_the_same_endings_and_raises(tmp_path: Path) -> None:
    cli_submission.write_submission(tmp_path / "gr-it")
    report = check(tmp_path / "gr-it")
    report.save(tmp_path / "REPORT.JUNIT.XML")
    assert (tmp_path / "REPORT.JUNIT.XML").read_bytes() == report.to_junit()
    with pytest.raises(UsageError, match=r"report\.xml: JUnit XML goes to"):
        report.save(tmp_path / "report.xml")
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(OSError, match="directory"):
        report.save(tmp_path / "folder.json")
    assert not left_over(tmp_path)


@pytest.mark.parametrize(("name", "ending"), [
    ("a.json", ".json"), ("a.junit.xml", ".junit.xml"), ("A.XLSX", ".xlsx"), ("a.b.csv", ".csv"),
    ("junit.xml.sarif", ".sarif")])
def test_the_format_is_the_end_of_the_name(name: str, ending: str) -> None:
    assert format_of(Path(name)) == ending


# Where code scanning finds the files

def _uris(log: object) -> set[str]:
    if isinstance(log, list):
        return set().union(*map(_uris, log))
    if not isinstance(log, dict):
        return set()
    own = {log["uri"]} if isinstance(log.get("uri"), str) else set()
    return own.union(*map(_uris, log.values()))


def test_code_scanning_finds_the_files_from_where_the_command_ran(
        czca: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = tmp_path / "of every year" / "context"
    history.mkdir(parents=True)
    (tmp_path / "gr-it" / "offered_capacity.csv").rename(history / "offered_capacity.csv")
    czca("--with", str(history), "-o", "report.sarif")
    found = _uris(json.loads(Path("report.sarif").read_bytes())["runs"])
    assert "gr-it/allocations.csv" in found
    assert "of%20every%20year/context/offered_capacity.csv" in found
    assert all(Path(unquote(uri)).is_file() for uri in found)
    report = check("gr-it", with_folders=[history])
    monkeypatch.chdir(tmp_path / "gr-it")
    assert "allocations.csv" in _uris(json.loads(report.to_sarif())["runs"])


def test_a_submission_that_is_not_below_is_named_by_its_own_folder(
        czca: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    log = check(tmp_path / "gr-it").to_sarif()
    assert b'"uriBaseId": "SUBMISSION"' in log
    assert str(tmp_path).encode() not in log
