"""The whole report in the order in which it is read: what was judged, what came of it, the verdict.

The words are the same on every terminal; only where a line ends depends on its width.
"""

from __future__ import annotations

from collections.abc import Iterator

from czca_rules.report.earlier.known import baseline_words
from czca_rules.report.figures import counted, grouped
from czca_rules.report.model import ReportModel
from czca_rules.report.terminal.lines import STYLES, Line, render_lines
from czca_rules.report.terminal.rules import exempt, failed, not_judged, noted
from czca_rules.report.words import (
    CONFIDENTIAL_SHOWN,
    LEGAL_STATUS_WORDS,
    OUTCOME_WORDS,
    OUTCOMES,
    counts_words,
    every_finding_words,
    files_words,
    not_applicable_words,
    scope_words,
    shows_masks,
    verdict_detail,
    verdict_words,
)

SHOWN_PROBLEMS = 10
_NAMED = ("failed", "not_assessable", "exempt")
_COLUMN = 2 + max(len(OUTCOME_WORDS[name]) for name in OUTCOMES)
_HINT = 2 + len("more on a rule")


def render_terminal(report: ReportModel, width: int = 80, color: bool = False) -> str:
    """The report as text, wrapped to ``width``; the last line is the verdict."""
    return render_lines(_lines(report), width, color)


def _lines(report: ReportModel) -> Iterator[Line]:
    yield from _head(report)
    yield from _input_problems(report)
    for section in (failed, not_judged, exempt, noted):
        yield from section(report)
    yield Line()
    yield from _counts(report)
    yield from _hints(report)
    yield Line()
    yield from _verdict(report)


def _head(report: ReportModel) -> Iterator[Line]:
    ruleset, submission = report.ruleset, report.submission
    if report.methodology:
        yield Line(report.methodology.title, "bold", hang=2)
    yield Line(f"{ruleset.id} {ruleset.version}, {LEGAL_STATUS_WORDS[ruleset.legal_status]}",
               hang=2)
    sender = f" from {submission.sender.id}" if submission.sender else ""
    delivery = submission.delivery
    days = "" if delivery is None else f", delivery {delivery.from_}" + (
        "" if delivery.from_ == delivery.to else f" to {delivery.to}")
    yield Line(f"{submission.id} revision {submission.revision}{sender}{days}", hang=2)
    yield Line(f"{files_words(report)}, {counted(len(report.outcomes), 'rule')}", hang=2)
    if report.scope.confidential:
        yield Line(": pass this on only to those who may see the bids", STYLES["failed"],
                   head=CONFIDENTIAL_SHOWN, hang=2)


def _input_problems(report: ReportModel) -> Iterator[Line]:
    counts = report.input.counts
    total = sum(item.count for item in counts)
    if not total:
        return
    yield Line()
    files = counted(len({item.file for item in counts}), "file")
    yield Line(f"  {counted(total, 'place')} in {files}; what rests on "
               f"{'it' if total == 1 else 'them'} is not judged",
               STYLES["not_assessable"], head="INPUT PROBLEMS", hang=2)
    shown = report.input.problems[:SHOWN_PROBLEMS]
    for problem in shown:
        where = [problem.file, problem.line, problem.column]
        yield Line(":".join(str(part) for part in where if part is not None), indent=2, hang=2)
        fix = f" {problem.fix}" if problem.fix else ""
        yield Line(f"{problem.found}; expected {problem.expected}.{fix}", indent=4)
    if total > len(shown):
        yield Line(f"and {grouped(total - len(shown))} more", indent=2)


def _counts(report: ReportModel) -> Iterator[Line]:
    """How many rules had which outcome, and which ones, where there are several."""
    yield Line(counts_words(report), hang=2)
    if len(report.outcomes) == 1:
        return
    for name in _NAMED:
        rules = [rule.rule for rule in report.outcomes if rule.outcome == name]
        if rules:
            yield Line(", ".join(rules), STYLES[name], indent=2, gutter=_COLUMN,
                       label=OUTCOME_WORDS[name])
    if report.counts.not_applicable:
        yield Line(not_applicable_words(report), indent=2, gutter=_COLUMN,
                   label=OUTCOME_WORDS["not_applicable"])


def _hints(report: ReportModel) -> Iterator[Line]:
    if report.counts.failed or report.counts.not_assessable:
        yield Line("czca explain RULE", label="more on a rule", gutter=_HINT)
        yield Line("czca explain RULE --on SUBMISSION/FILE:LINE", label="more on a row",
                   gutter=_HINT)
    if shows_masks(report):
        yield Line("eight digits from 0 to f stand for a confidential value, always the same; "
                   "--confidential shows it", label="masked", gutter=_HINT)
    if report.every_finding:
        yield Line(every_finding_words(report.every_finding), label="every finding", gutter=_HINT)


def _verdict(report: ReportModel) -> Iterator[Line]:
    if report.scope.baseline:
        yield Line(f": {baseline_words(report)}.", head="BASELINE", hang=2)
    yield Line(f"Holds for {scope_words(report)}.", hang=2)
    yield Line(f": {verdict_detail(report)}.", STYLES[report.verdict],
               head=verdict_words(report).upper(), hang=2)
