"""The report on a terminal: the same words whatever its width, and what they lead with.

`test_report_views.py` keeps a transcript and shows hostile texts; here is what a reader relies on.
"""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from report_sample import sample_content, sample_report

from czca_rules.api import Report, check
from czca_rules.report.terminal import render_terminal

DEMO = Path(__file__).parent.parent / "fixtures" / "submissions" / "demo"
HISTORY = "0123456789abcdef" * 4
STYLING = re.compile(r"\x1b\[[\d;]*m")


@lru_cache
def _demo() -> Report:
    return check(DEMO)


# The same words everywhere

@pytest.mark.parametrize("width", [60, 79, 80, 120, 200])
def test_the_words_are_the_same_whatever_the_width(width: int) -> None:
    shown = _demo().to_text(width)
    assert shown.split() == _demo().to_text(10_000).split()
    assert all(len(line) <= width and line == line.rstrip() for line in shown.splitlines())


def test_a_narrow_terminal_breaks_long_words_and_leaves_nothing_out() -> None:
    shown = _demo().to_text(40)
    assert "".join(shown.split()) == "".join(_demo().to_text(10_000).split())
    assert all(len(line) <= 40 for line in shown.splitlines())


def test_no_wrapped_line_looks_like_the_beginning_of_another() -> None:
    """What goes on stands further in than what it belongs to."""
    beginnings = {line for line in _demo().to_text(10_000).splitlines() if line[:1].strip()}
    for line in _demo().to_text(40).splitlines():
        if line[:1].strip():
            assert any(beginning.startswith(line) for beginning in beginnings), line


@pytest.mark.skipif(sys.platform == "win32", reason="its terminals are opened otherwise")
@pytest.mark.parametrize(("columns", "more", "widest", "styled"), [
    (52, {"TERM": "xterm-256color"}, 52, True),
    (300, {"TERM": "xterm-256color"}, 120, True),
    (80, {"TERM": "dumb"}, 80, False),
    (80, {"TERM": "xterm", "NO_COLOR": "1"}, 80, False),
])
def test_a_real_terminal_shows_what_a_file_gets(columns: int, more: dict[str, str], widest: int,
                                                styled: bool) -> None:
    shown = _in_terminal(columns, more)
    assert ("\x1b[" in shown) == styled
    plain = STYLING.sub("", shown)
    assert plain.split() == check(DEMO, select=["GI-8.1"]).to_text().split()
    assert widest - 12 < max(map(len, plain.splitlines())) <= widest


def _in_terminal(columns: int, more: dict[str, str]) -> str:
    """What `czca check` writes to a terminal of so many columns."""
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("NO_COLOR", "TERM")} | more
    with subprocess.Popen(
            [sys.executable, "-m", "czca_rules.cli", "check", str(DEMO), "--select", "GI-8.1"],
            stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL,
            env=environment) as running:
        os.close(theirs)
        shown = b""
        while piece := _read(ours):
            shown += piece
    os.close(ours)
    assert running.returncode == 1
    return shown.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""


# What a reader meets first and last

def test_the_last_screen_names_every_rule_that_decides_the_verdict() -> None:
    last = "\n".join(_demo().to_text().splitlines()[-20:])
    for rule in _demo().outcomes:
        if rule.outcome in ("failed", "not_assessable", "exempt"):
            assert re.search(rf"(?<![\w.-]){re.escape(rule.rule)}(?![\w-])", last), rule.rule
    assert "1 not due before 2026-03-20 (GI-17.4)" in " ".join(last.split())


def test_every_failed_rule_says_how_many_rows_of_how_many() -> None:
    shown = _demo().to_text()
    assert "\n  2 of 288 rows failed\n" in shown
    assert shown.count(" rows failed\n") == _demo().model.counts.failed


def test_moments_of_rows_are_on_the_clock_that_messages_use() -> None:
    shown = _demo().to_text(10_000)
    assert "GR>IT-AC 2026-03-11 18:00 CET" in shown
    findings = shown[shown.index("error GI-6.2"):]
    assert not re.search(r"\d\d:\d\dZ", findings)


def test_rules_that_lack_the_same_table_are_said_together(tmp_path: Path) -> None:
    for file in DEMO.iterdir():
        if file.name != "events.csv":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    shown = check(tmp_path, ignore=["GI-8"]).to_text(10_000)
    assert shown.count("`events` was not handed in") == 1
    assert re.search(r"^not assessable  \d\d rules, because table `events` was not handed in$",
                     shown, re.MULTILINE)
    assert "\n  GI-17.3 (error)  An allocation is published within a day after it was made: " \
           "6 rows; Art. 17(3)\n" in shown


def test_the_reasons_why_rows_of_a_failed_rule_were_not_judged_are_told_apart() -> None:
    shown = _demo().to_text(10_000)
    rule = shown[shown.index("error GI-8.1 "):shown.index("error GI-8.1-new-link")]
    assert "also    13 not assessable:\n" in rule
    assert "            reading limit_base=mean makes it failed, the default passed\n" in rule
    assert "            and 2 other causes\n" in rule
    assert "also    2 exempt: short_contracting\n" in rule


def test_a_reading_that_settles_nothing_by_itself_offers_no_option() -> None:
    content = sample_content()
    rule = next(rule for rule in content["outcomes"] if rule["turns_on"])
    for reading in rule["readings"]:
        for value in reading["values"]:
            value["outcome"] = "not_assessable"
    shown = render_terminal(sample_report(outcomes=content["outcomes"]), 10_000)
    assert "each for other rows" in shown
    assert f"--reading {rule['turns_on'][0]}" not in shown


# What changes with an option

def _with_scope(**changes: Any) -> dict[str, Any]:
    content = sample_content()
    return content | {"scope": content["scope"] | changes}


def test_confidential_values_are_announced_and_part_of_the_scope() -> None:
    shown = render_terminal(sample_report(**_with_scope(confidential=True)), 10_000)
    assert "\nCONFIDENTIAL VALUES SHOWN: pass this on only to" in shown
    assert "confidential values shown.\n" in shown
    assert "onfidential values shown" not in render_terminal(sample_report(), 10_000)


def test_masked_values_are_explained_where_there_are_some() -> None:
    assert re.search(r"^masked +eight digits", render_terminal(sample_report()), re.MULTILINE)
    assert "eight digits" not in _demo().to_text()
    shown = render_terminal(sample_report(**_with_scope(confidential=True)))
    assert "eight digits" not in shown


def test_what_a_baseline_knows_comes_after_what_is_new() -> None:
    content = _with_scope(baseline=HISTORY)
    rule = content["outcomes"][0]
    rule["findings"][0] |= {"known": True}
    rule |= {"known": 1, "known_failed": 1}
    shown = render_terminal(sample_report(**content), 10_000)
    failed, judged = rule["judged"]["failed"], sum(
        rule["judged"][name] for name in ("passed", "failed", "exempt", "not_assessable"))
    assert f"\n  {failed} of {judged} rows failed: {failed - 1} new, 1 known\n" in shown
    known, new = shown.index("allocations.csv:3 "), shown.index("allocations.csv:4 ")
    assert new < known
    assert shown[known:shown.index("\n", known)].endswith("(known)")
    assert shown.splitlines()[-3].startswith("BASELINE: ")
    assert HISTORY[:12] in shown


def test_without_a_baseline_nothing_is_called_new_or_known() -> None:
    shown = _demo().to_text(10_000)
    assert "(known)" not in shown
    assert not re.search(r"\d+ new\b", shown)


def test_the_file_of_every_finding_is_named_with_its_hash() -> None:
    beside = {"file": "report.findings-0123456789ab.csv", "rows": 12345, "sha256": HISTORY}
    shown = render_terminal(sample_report(every_finding=beside), 10_000)
    assert f"every finding   report.findings-0123456789ab.csv, 12 345 rows, SHA-256 {HISTORY}\n" \
        in shown
