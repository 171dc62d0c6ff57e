"""The report for a terminal: what failed, what could not be judged, and the verdict last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from czca_rules.report.figures import counted, grouped, key_text, place, short
from czca_rules.report.grouping import causes_of, told_apart
from czca_rules.report.model import FindingPart, Outcome, OutcomePart, ReportModel, RuleReading
from czca_rules.report.printable import printable
from czca_rules.report.words import (
    LEGAL_STATUS_WORDS,
    OUTCOME_WORDS,
    by_severity,
    counts_words,
    files_words,
    law_words,
    listed,
    reason_words,
    scope_words,
    settle_options,
    verdict_detail,
    verdict_words,
)

SHOWN_ROWS = 5
SHOWN_PROBLEMS = 10
NARROWEST = 40
_GUTTER = 8
_STYLES = {"failed": "bold red", "not_assessable": "bold yellow", "exempt": "bold blue",
           "passed": "bold green", "not_compliant": "bold red", "undecided": "bold yellow",
           "compliant": "bold green"}


@dataclass(frozen=True)
class Line:
    """One line before it is wrapped: an indent, a label in the gutter, styled text.

    What does not fit goes on below the text, ``hang`` characters further in.
    """

    text: str = ""
    style: str = ""
    indent: int = 0
    label: str = ""
    gutter: int = 0
    head: str = ""
    hang: int = 0


def render_terminal(report: ReportModel, width: int = 80, color: bool = False) -> str:
    """The report as text, wrapped to ``width``; the last line is the verdict."""
    from rich.console import Console

    out = StringIO()
    console = Console(file=out, width=max(width, NARROWEST), height=25, force_terminal=color,
                      color_system="standard" if color else None, no_color=not color, markup=False,
                      emoji=False, highlight=False, legacy_windows=False, _environ={})
    for line in _lines(report):
        for piece in _wrapped(line, console.width):
            console.print(piece, soft_wrap=True)
    return out.getvalue()


def _wrapped(line: Line, width: int) -> Iterator[object]:
    from rich.console import Console
    from rich.text import Text

    body = Text.assemble((printable(line.head), line.style), printable(line.text)) \
        if line.head else Text(printable(line.text), line.style)
    room = max(width - line.indent - line.gutter - line.hang, 10)
    pieces = body.wrap(Console(width=room), room) if body else [body]
    for number, piece in enumerate(pieces):
        piece.rstrip()
        margin = Text(" " * (line.indent + (line.hang if number else 0)))
        margin.append((line.label if number == 0 else "").ljust(line.gutter), "dim")
        yield Text.assemble(margin, piece) if piece or line.label else piece


def _lines(report: ReportModel) -> Iterator[Line]:
    yield from _head(report)
    yield from _input_problems(report)
    yield from _failed(report)
    yield from _not_judged(report)
    yield from _exempt(report)
    yield from _noted(report)
    yield Line()
    yield Line(counts_words(report))
    scope = scope_words(report)
    yield Line(f"Holds for {scope}.", hang=2)
    yield Line(f": {verdict_detail(report)}.", _STYLES[report.verdict],
               head=verdict_words(report).upper(), hang=2)


def _head(report: ReportModel) -> Iterator[Line]:
    ruleset, submission, scope = report.ruleset, report.submission, report.scope
    if report.methodology:
        yield Line(report.methodology.title, "bold")
    yield Line(f"{ruleset.id} {ruleset.version}, {LEGAL_STATUS_WORDS[ruleset.legal_status]}")
    sender = f" from {submission.sender.id}" if submission.sender else ""
    delivery = submission.delivery
    days = "" if delivery is None else f", delivery {delivery.from_}" + (
        "" if delivery.from_ == delivery.to else f" to {delivery.to}")
    yield Line(f"{submission.id} revision {submission.revision}{sender}{days}")
    stages = "stage" if len(scope.stages) == 1 else "stages"
    yield Line(f"{stages} {listed(scope.stages)}, as of {short(scope.as_of)}")
    yield Line(f"{files_words(report)}, {counted(len(report.outcomes), 'rule')}")


def _input_problems(report: ReportModel) -> Iterator[Line]:
    counts = report.input.counts
    total = sum(item.count for item in counts)
    if not total:
        return
    yield Line()
    files = counted(len({item.file for item in counts}), "file")
    yield Line(f"  {counted(total, 'place')} in {files}; what rests on them is not judged",
               "bold yellow", head="INPUT PROBLEMS")
    shown = report.input.problems[:SHOWN_PROBLEMS]
    for problem in shown:
        where = [problem.file, problem.line, problem.column]
        yield Line(":".join(str(part) for part in where if part is not None), indent=2)
        fix = f" {problem.fix}" if problem.fix else ""
        yield Line(f"{problem.found}; expected {problem.expected}.{fix}", indent=4)
    yield from _more(total - len(shown))


def _failed(report: ReportModel) -> Iterator[Line]:
    for rule in by_severity(rule for rule in report.outcomes if rule.outcome == "failed"):
        yield Line()
        yield Line(f"  {rule.title}", _STYLES["failed"], head=f"{rule.level} {rule.rule}",
                   hang=2)
        yield from _rows(rule, "failed")
        for outcome in ("not_assessable", "exempt"):
            yield from _also(rule, outcome)
        if rule.fix:
            yield Line(rule.fix, indent=2, label="fix", gutter=_GUTTER)
        yield from _law(rule)


def _also(rule: OutcomePart, outcome: Outcome) -> Iterator[Line]:
    count: int = getattr(rule.judged, outcome)
    causes = list(dict.fromkeys(
        finding.missing or (finding.exemption or "",) for finding in rule.findings
        if finding.outcome == outcome))
    why = f": {'; '.join(causes[0])}" if causes and any(causes[0]) else ""
    if count:
        yield Line(f"{grouped(count)} {OUTCOME_WORDS[outcome]}{why}"
                   + (" and other causes" if len(causes) > 1 else ""), indent=2, label="also",
                   gutter=_GUTTER)


def _not_judged(report: ReportModel) -> Iterator[Line]:
    for rule in by_severity(rule for rule in report.outcomes
                            if rule.outcome == "not_assessable"):
        yield Line()
        yield Line(f"  {rule.title}", _STYLES["not_assessable"],
                   head=f"not assessable {rule.rule} ({rule.level})", hang=2)
        if rule.reason:
            yield Line(reason_words(rule.reason), indent=2, label="because", gutter=_GUTTER)
        for reading in rule.readings:
            if reading.name in rule.turns_on:
                yield from _reading(reading, report.submission.sender_readings.get(reading.name))
        yield from _rows(rule, "not_assessable")
        yield from _law(rule)


def _reading(reading: RuleReading, senders: str | None) -> Iterator[Line]:
    yield Line(f"how {reading.name} is read: {reading.title}", indent=2, label="turns on",
               gutter=_GUTTER + 2)
    for value in reading.values:
        outcome = OUTCOME_WORDS[value.outcome] if value.outcome else (
            "taken in this report" if value.value == reading.taken else "not tried")
        taken = [word for word, holds in (("default", value.value == reading.default),
                                          ("the sender's", value.value == senders)) if holds]
        mark = f" ({', '.join(taken)})" if taken else ""
        yield Line(f"{value.value}{mark}: {outcome}", indent=_GUTTER + 4)
    options = settle_options(reading.name, (value.value for value in reading.values))
    for number, option in enumerate(options):
        yield Line(option, indent=2, label="or" if number else "settle by", gutter=_GUTTER + 2)


def _exempt(report: ReportModel) -> Iterator[Line]:
    rules = by_severity(rule for rule in report.outcomes if rule.judged.exempt)
    if not rules:
        return
    yield Line()
    yield Line("  declared by the sender, not verified", _STYLES["exempt"], head="EXEMPT")
    for rule in rules:
        yield Line(f"{rule.rule}  {rule.title}", indent=2)
        for way in rule.derogations:
            if way.claimed and way.rows:
                document = way.document or "no document named"
                yield Line(f"{counted(way.rows, 'row')} by {way.exemption}: {way.title} "
                           f"({document})", indent=4)


def _noted(report: ReportModel) -> Iterator[Line]:
    rules = by_severity(rule for rule in report.outcomes if rule.judged.noted)
    if not rules:
        return
    yield Line()
    yield Line("  passed only inside a tolerance or a disputed margin", _STYLES["passed"],
               head="NOTED")
    for rule in rules:
        yield Line(f"{rule.rule}  {rule.title}: {counted(rule.judged.noted, 'row')}", indent=2)


def _rows(rule: OutcomePart, outcome: Outcome) -> Iterator[Line]:
    groups = causes_of(rule, outcome)
    shown = groups[:SHOWN_ROWS]
    for group in shown:
        yield Line(_where(group.first), indent=2, hang=2)
        causes = told_apart(group.first, rule)
        if causes:
            yield Line(group.first.message.rstrip(".") + f": {causes}", indent=4)
        elif not group.first.missing:
            yield Line(group.first.message, indent=4)
        if group.rest_words():
            yield Line(group.rest_words(), indent=4)
    total: int = getattr(rule.judged, outcome)
    yield from _more(total - sum(len(group.rows) for group in shown), bool(shown))


def _where(finding: FindingPart) -> str:
    more = len(finding.sources) - 1
    places = "".join(place(source) for source in finding.sources[:1])
    if more > 0:
        places += f" and {more} more"
    return f"{places}  {key_text(finding.key)}".strip()


def _more(count: int, after_others: bool = True) -> Iterator[Line]:
    if count > 0:
        yield Line(f"and {grouped(count)} more" if after_others else counted(count, "row"),
                   indent=2)


def _law(rule: OutcomePart) -> Iterator[Line]:
    yield Line(law_words(rule), indent=2, label="law", gutter=_GUTTER)
    yield Line(f"czca explain {rule.rule}", indent=2, label="more", gutter=_GUTTER)
