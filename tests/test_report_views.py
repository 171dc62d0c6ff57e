"""What terminal and page make of a report, read by people and by hostile eyes.

``CZCA_GOLDEN=write`` writes the golden transcript anew; read the difference.
"""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_sample import compliant_report, sample_content, sample_report

from czca_rules.report import page as report_page
from czca_rules.report.canonical import canonical_sha256
from czca_rules.report.model import ReportModel
from czca_rules.report.page import render_page
from czca_rules.report.terminal import render_terminal
from czca_rules.report.words import repeat_command

GOLDEN = Path(__file__).parent / "golden" / "terminal-sample.txt"
PAGE_STYLE = Path(report_page.__file__).parent / "page.css"


# Terminal

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
    assert "✓</span> Compliant" in render_page(compliant_report())


# Page

class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def _outline(report: ReportModel) -> _Outline:
    outline = _Outline()
    outline.feed(render_page(report))
    return outline


def test_the_page_needs_no_network_and_runs_nothing() -> None:
    outline = _outline(sample_report())
    names = {tag for tag, _ in outline.tags}
    assert not names & {"script", "img", "link", "iframe", "object", "form", "base", "svg"}
    attributes = {name for _, attrs in outline.tags for name in attrs}
    assert not attributes & {"src", "style"}
    assert not [name for name in attributes if name.startswith("on")]
    links = [attrs["href"] or "" for tag, attrs in outline.tags if tag == "a"]
    assert links
    assert all(link.startswith("#") for link in links)
    policy = next(attrs["content"] or "" for tag, attrs in outline.tags
                  if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_the_page_shows_hostile_text_as_text() -> None:
    page = render_page(sample_report())
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \\x1b[31mred" in page
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
    page.encode("utf-8")


def test_every_link_has_one_target_and_every_header_a_scope() -> None:
    outline = _outline(sample_report())
    names = [attrs["id"] for _, attrs in outline.tags if "id" in attrs]
    assert len(names) == len(set(names))
    for tag, attrs in outline.tags:
        if tag == "a":
            assert (attrs["href"] or "")[1:] in names
        if tag == "th":
            assert attrs.get("scope") in ("col", "row")
        for label in (attrs.get("aria-labelledby") or "").split():
            assert label in names
    tables = [tag for tag, _ in outline.tags if tag in ("table", "caption")]
    assert tables == ["table", "caption"] * (len(tables) // 2)


def test_what_could_not_be_judged_stands_before_what_passed() -> None:
    names = [attrs["id"] for tag, attrs in _outline(sample_report()).tags
             if tag == "h2" and "id" in attrs]
    assert names == ["verdict-words", "judged", "counts", "failed", "not-assessable", "exempt",
                     "passed", "not-applicable", "provisions", "input", "repeat"]


def test_the_page_names_the_report_it_shows() -> None:
    report = sample_report()
    text = _outline(report).text
    assert canonical_sha256(report) in text
    for file in report.submission.files:
        assert file.sha256 in text
    assert repeat_command(report) in text


def test_a_page_of_many_findings_stays_small_and_says_what_it_leaves_out() -> None:
    content = sample_content()
    volume = content["outcomes"][0]
    volume["findings"] = [volume["findings"][0]] * 100
    volume["judged"] = volume["judged"] | {"failed": 35040}
    many = [volume | {"rule": f"GI-8.{number}"} for number in range(120)]
    content["outcomes"] = many
    content["counts"] = dict.fromkeys(content["counts"], 0) | {"failed": 120}
    page = render_page(ReportModel.model_validate(content))
    assert len(page.encode()) < 1_000_000
    assert "35\u202f040 rows failed; 5 of them are listed here." in page


def _luminance(colour: str) -> float:
    digits = colour if len(colour) == 6 else "".join(mark * 2 for mark in colour)
    parts = [int(digits[at:at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
              for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
@pytest.mark.parametrize("ground", ["paper", "sheet"])
def test_text_stands_out_enough_in_every_scheme(scheme: int, ground: str) -> None:
    blocks = re.findall(r":root \{(.*?)\}", PAGE_STYLE.read_text(encoding="utf-8"), re.DOTALL)
    colours = dict(re.findall(r"--(\w+): #([0-9a-f]+);", blocks[scheme]))
    for name in ("ink", "quiet", "link", "failed", "unknown", "passed", "exempt"):
        light, dark = sorted((_luminance(colours[name]), _luminance(colours[ground])))[::-1]
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name
