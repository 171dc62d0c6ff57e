"""What the terminal makes of a report, read by people and by hostile eyes.

``CZCA_GOLDEN=write`` writes the golden transcript anew; read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from report_sample import compliant_report, sample_content, sample_report

from czca_rules.report.terminal import render_terminal

GOLDEN = Path(__file__).parent / "golden" / "terminal-sample.txt"


def test_the_terminal_transcript() -> None:
    shown = render_terminal(sample_report())
    if os.environ.get("CZCA_GOLDEN") == "write":
        GOLDEN.write_text(shown, encoding="utf-8", newline="\n")
    assert GOLDEN.read_text(encoding="utf-8") == shown


@pytest.mark.parametrize("width", [40, 60, 80, 132])
def test_no_line_is_wider_than_the_terminal_or_ends_in_space(width: int) -> None:
    for line in render_terminal(sample_report(), width).splitlines():
        assert len(line) <= width
        assert line == line.rstrip()


def test_colour_adds_nothing_but_colour() -> None:
    coloured = render_terminal(sample_report(), color=True)
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == render_terminal(sample_report())


def test_no_line_is_a_command_to_a_build_server() -> None:
    for width in (40, 57, 80):
        shown = render_terminal(sample_report(), width)
        assert "\x1b" not in shown
        assert not re.search(r"^\s*::|##", shown, re.MULTILINE)


@pytest.mark.parametrize(("status", "word"), [
    ("proposal", "NOT CONSISTENT WITH THE DRAFT"), ("consultation_draft", "NOT CONSISTENT WITH"),
    ("adopted", "NOT COMPLIANT"), ("law", "NOT COMPLIANT")])
def test_the_verdict_comes_last_in_the_words_of_the_texts_standing(status: str, word: str) -> None:
    ruleset = sample_content()["ruleset"] | {"legal_status": status}
    last = render_terminal(sample_report(ruleset=ruleset), 200).splitlines()[-1]
    assert last.startswith(word)


def test_a_compliant_submission_is_said_to_be_so() -> None:
    lines = render_terminal(compliant_report(), 200).splitlines()
    assert lines[-1] == "COMPLIANT: 4 rules judged, none failed."
    assert lines[-2].startswith("Holds for stages allocation and procurement, as known at")
