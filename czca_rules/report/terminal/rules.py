"""Rule by rule: what failed, could not be judged, was excused, or passed with a note."""

from __future__ import annotations

from collections.abc import Iterator

from czca_rules.report.earlier.known import known_words
from czca_rules.report.figures import counted, grouped, key_text, place
from czca_rules.report.grouping import causes_of, causes_said, said_by_reason, told_apart
from czca_rules.report.model import FindingPart, Outcome, OutcomePart, ReportModel, RuleReading
from czca_rules.report.terminal.lines import GUTTER, STYLES, Line, labelled
from czca_rules.report.words import (
    OUTCOME_WORDS,
    by_severity,
    law_words,
    listed,
    reason_words,
    rows_words,
    settle_options,
)

SHOWN_ROWS = 5
SHOWN_CAUSES = 3


def failed(report: ReportModel) -> Iterator[Line]:
    """Every rule that failed, errors first."""
    for rule in by_severity(rule for rule in report.outcomes if rule.outcome == "failed"):
        yield Line()
        yield Line(f"  {rule.title}", STYLES["failed"], head=f"{rule.level} {rule.rule}", hang=2)
        yield from _rows(report, rule, "failed")
        for outcome in ("not_assessable", "exempt"):
            yield from _also(report, rule, outcome)
        if rule.fix:
            yield labelled("fix", rule.fix)
        yield labelled("law", law_words(rule))


def not_judged(report: ReportModel) -> Iterator[Line]:
    """Every rule that could not be judged; those that lack the same are said together."""
    rules = by_severity(rule for rule in report.outcomes if rule.outcome == "not_assessable")
    lacking: dict[str, list[OutcomePart]] = {}
    for rule in rules:
        if said_by_reason(rule):
            lacking.setdefault(rule.reason or "", []).append(rule)
    together = {reason: alike for reason, alike in lacking.items() if len(alike) > 1}
    for rule in rules:
        alike = together.get(rule.reason or "", []) if said_by_reason(rule) else []
        if not alike:
            yield from _unjudged(report, rule)
        elif alike[0] is rule:
            yield from _together(alike)


def _unjudged(report: ReportModel, rule: OutcomePart) -> Iterator[Line]:
    yield Line()
    yield Line(f"  {rule.title}", STYLES["not_assessable"],
               head=f"not assessable {rule.rule} ({rule.level})", hang=2)
    if rule.reason:
        yield labelled("because", reason_words(rule.reason))
    for reading in rule.readings:
        if reading.name in rule.turns_on:
            yield from _reading(reading, report.submission.sender_readings.get(reading.name))
    yield from _rows(report, rule, "not_assessable")
    yield labelled("law", law_words(rule))


def _together(rules: list[OutcomePart]) -> Iterator[Line]:
    yield Line()
    yield Line(f"  {counted(len(rules), 'rule')}, because {reason_words(rules[0].reason)}",
               STYLES["not_assessable"], head="not assessable", hang=2)
    for rule in rules:
        rows = rule.judged.not_assessable
        yield Line(f"{rule.rule} ({rule.level})  {rule.title}: "
                   + (f"{counted(rows, 'row')}; " if rows else "") + rule.provision,
                   indent=2, hang=2)


def _reading(reading: RuleReading, senders: str | None) -> Iterator[Line]:
    """What some rows of a rule turn on, and how to settle it where that settles the rule."""
    yield Line(f"how {reading.name} is read: {reading.title}", indent=2, label="turns on",
               gutter=GUTTER + 2)
    outcomes = {value.outcome for value in reading.values}
    if len(outcomes) == 1 and reading.values[0].outcome:
        yield Line(f"{listed(value.value for value in reading.values)}: "
                   f"{OUTCOME_WORDS[reading.values[0].outcome]}, each for other rows",
                   indent=GUTTER + 4, hang=2)
        return
    for value in reading.values:
        outcome = OUTCOME_WORDS[value.outcome] if value.outcome else (
            "taken in this report" if value.value == reading.taken else "not tried")
        taken = [word for word, holds in (("default", value.value == reading.default),
                                          ("the sender's", value.value == senders)) if holds]
        mark = f" ({', '.join(taken)})" if taken else ""
        yield Line(f"{value.value}{mark}: {outcome}", indent=GUTTER + 4, hang=2)
    options = settle_options(reading.name, (value.value for value in reading.values))
    for number, option in enumerate(options):
        yield Line(option, indent=2, label="or" if number else "settle by", gutter=GUTTER + 2)


def exempt(report: ReportModel) -> Iterator[Line]:
    """The rows that a claim excuses."""
    rules = by_severity(rule for rule in report.outcomes if rule.judged.exempt)
    if not rules:
        return
    yield Line()
    yield Line("  declared by the sender, not verified", STYLES["exempt"], head="EXEMPT", hang=2)
    for rule in rules:
        yield Line(f"{rule.rule}  {rule.title}", indent=2, hang=2)
        for way in rule.derogations:
            if way.claimed and way.rows:
                document = way.document or "no document named"
                yield Line(f"{counted(way.rows, 'row')} by {way.exemption}: {way.title} "
                           f"({document})", indent=4)


def noted(report: ReportModel) -> Iterator[Line]:
    """What passed, but not without a remark."""
    rules = by_severity(rule for rule in report.outcomes if rule.judged.noted)
    if not rules:
        return
    yield Line()
    yield Line("  passed only inside a tolerance or a disputed margin", STYLES["passed"],
               head="NOTED", hang=2)
    for rule in rules:
        yield Line(f"{rule.rule}  {rule.title}: {counted(rule.judged.noted, 'row')}", indent=2,
                   hang=2)


def _rows(report: ReportModel, rule: OutcomePart, outcome: Outcome) -> Iterator[Line]:
    """The rows of an outcome, each cause once, as many as fit; those that are new first."""
    total: int = getattr(rule.judged, outcome)
    news = f": {known_words(rule, outcome)}" if report.scope.baseline else ""
    if total:
        yield Line(f"{rows_words(rule, outcome)}{news}", indent=2, hang=2)
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
    left = total - sum(len(group.rows) for group in shown)
    if shown and left > 0:
        yield Line(f"and {grouped(left)} more", indent=2)


def _where(finding: FindingPart) -> str:
    more = len(finding.sources) - 1
    places = "".join(place(source) for source in finding.sources[:1])
    if more > 0:
        places += f" and {more} more"
    known = "  (known)" if finding.known else ""
    return f"{places}  {key_text(finding.key)}".strip() + known


def _also(report: ReportModel, rule: OutcomePart, outcome: Outcome) -> Iterator[Line]:
    """Rows of a failed rule that came to something else, and why."""
    count: int = getattr(rule.judged, outcome)
    causes = causes_said(rule, outcome)
    if not count:
        return
    head = f"{grouped(count)} {OUTCOME_WORDS[outcome]}"
    if report.scope.baseline and outcome == "not_assessable":
        head += f" ({known_words(rule, outcome)})"
    if len(causes) < 2:
        yield labelled("also", ": ".join([head, *causes]))
        return
    yield labelled("also", f"{head}:")
    for cause in causes[:SHOWN_CAUSES]:
        yield Line(cause, indent=GUTTER + 4, hang=2)
    left = len(causes) - SHOWN_CAUSES
    if left > 0:
        yield Line(f"and {counted(left, 'other cause')}", indent=GUTTER + 4)
