"""What would break elsewhere: line ends, byte order marks, code pages, file names, no network."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import cli_submission
import pytest

from czca_rules import cli
from czca_rules.api import check
from czca_rules.rulebook.loading import load_ruleset

RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt")
                                           for number in range(10))}
NAME = re.compile(r"[A-Za-z0-9._ -]*[A-Za-z0-9_-]")


def portable(name: str) -> bool:
    """Whether a name is allowed on every common file system.

    >>> portable("report.json"), portable("aux.csv"), portable("a:b"), portable("end.")
    (True, False, False, False)
    """
    return not name or (bool(NAME.fullmatch(name)) and name.split(".")[0].lower() not in RESERVED)


def run(cwd: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own with some settings of the environment."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("LC_", "LANG", "PYTHON"))}
    return subprocess.run([sys.executable, "-m", "czca_rules.cli", *words], cwd=cwd,
                          env={**env, **settings}, capture_output=True, check=False)


def with_windows_files(folder: Path) -> None:
    """Rewrite every file with carriage returns and a byte order mark."""
    for path in folder.iterdir():
        content = path.read_bytes().replace(b"\n", b"\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + content)


def test_line_ends_and_marks_change_nothing_but_hashes(tmp_path: Path) -> None:
    plain = cli_submission.write_submission(tmp_path / "plain")
    windows = cli_submission.write_submission(tmp_path / "windows")
    with_windows_files(windows)
    first, second = (json.loads(check(folder).to_json()) for folder in (plain, windows))
    for report in (first, second):
        for file in report["submission"]["files"]:
            del file["sha256"]
    assert first == second


def test_a_ruleset_with_other_line_ends_has_the_same_hash(tmp_path: Path) -> None:
    source = Path(__file__).parent / "rulesets" / "limits"
    copy = tmp_path / "limits"
    shutil.copytree(source, copy)
    for path in copy.rglob("*.yaml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_ruleset(str(copy)).sha256 == load_ruleset(str(source)).sha256


LOCALES = {
    "plain C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "cp1252": {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
    "ascii": {"PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0"},
    "utf-8": {"PYTHONUTF8": "1"},
}


@pytest.mark.parametrize("settings", LOCALES.values(), ids=LOCALES)
def test_every_code_page_gives_the_same_report(tmp_path: Path, settings: dict[str, str]) -> None:
    folder = tmp_path / "Börse Süd ☂ (März)"
    cli_submission.write_submission(folder)
    manifest = folder / "submission.yaml"
    manifest.write_text(cli_submission.MANIFEST.replace(
        "id: gr-it-2026-03-11", "id: März ☂ αβγ"), encoding="utf-8")
    done = run(tmp_path, "check", folder.name, "-o", "report.json", **settings)
    assert done.returncode == 1, done.stderr
    assert b"NOT CONSISTENT" in done.stdout
    assert (tmp_path / "report.json").read_bytes() == check(folder).to_json()
    printed = run(tmp_path, "check", folder.name, "-o", "-", **settings)
    assert printed.stdout == (tmp_path / "report.json").read_bytes()


@pytest.mark.parametrize("settings", LOCALES.values(), ids=LOCALES)
def test_every_code_page_shows_rules_and_errors(tmp_path: Path, settings: dict[str, str]) -> None:
    law = tmp_path / "limits"
    shutil.copytree(Path(__file__).parent / "rulesets" / "limits", law)
    rule = law / "rules" / "L-1.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("Allocate less.", "Größe − αβγ ☂"),
                    encoding="utf-8")
    page = run(tmp_path, "explain", "L-1", "--ruleset", "limits", **settings)
    assert page.returncode == 0, page.stderr
    assert "Größe".encode() in page.stdout or b"Gr\xf6\xdfe" in page.stdout or \
        b"Gr\\xf6\\xdfe" in page.stdout
    done = run(tmp_path, "check", "Nirgendwo ☂", **settings)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Nirgendwo" in done.stderr
    assert b"Traceback" not in done.stderr


def test_names_of_written_files_are_portable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                             capsys: pytest.CaptureFixture[str]) -> None:
    cli_submission.write_submission(tmp_path / "gr-it")
    monkeypatch.chdir(tmp_path)
    for words in (["init", "new"], ["check", "gr-it", "--findings", "all", "-o", "out/r.json"]):
        with pytest.raises(SystemExit):
            cli.main(words)
    written = [path.name for path in tmp_path.rglob("*")]
    assert any(name.startswith("findings-") for name in written)
    assert [name for name in written if not portable(name)] == []
    assert "\\" not in capsys.readouterr().out


def test_a_check_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    report = check(cli_submission.write_submission(tmp_path / "gr-it"))
    assert report.verdict == "not_compliant"
    assert "://" not in report.to_html()
