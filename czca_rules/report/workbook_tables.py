"""What stands on the sheets of a report's workbook: columns, and rows of texts and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from czca_rules.report.figures import counted, key_text, market_time, on_clock
from czca_rules.report.findings_csv import COLUMNS, NUMBER_COLUMNS, row_of
from czca_rules.report.model import OutcomePart, ReportModel, RuleReading
from czca_rules.report.words import (
    CONFIDENTIAL_SHOWN,
    LEGAL_STATUS_WORDS,
    OUTCOME_WORDS,
    by_severity,
    every_finding_words,
    files_words,
    reason_words,
    repeat_command,
    scope_words,
    verdict_detail,
    verdict_words,
)

#: A whole number is a count; decimal numbers are text here and become numbers where one can.
Cell = str | int | None

_USUAL_WIDTH = 14
_WIDTHS = {
    "title": 36, "message": 44, "missing": 34, "fix": 48, "cause": 44, "found": 24,
    "expected": 24, "obligation": 48, "why": 48, "formula": 36, "scope_formula": 24,
    "reason": 30, "readings": 36, "derogations": 36, "parameters": 30, "rests_on": 20,
    "market_time": 21, "mtu_start": 21, "file": 20, "more_sources": 30, "provision": 16,
    "key": 24, "where": 32, "observed": 11, "required": 11, "required_max": 11, "excess": 10,
    "rule": 16, "reading": 24, "rules": 24, "status": 24, "unit": 10, "kind": 12,
    **dict.fromkeys(("known", "noted", "line", "relation", "level", "rows", "failed", "passed",
                     "exempt", "not_assessable", "not_applicable", "findings_total",
                     "findings_listed", "tolerance", "product", "direction"), 9),
}
#: Of the findings, what a reader needs stands first and is printed; the rest is for filters.
_READ_FIRST = ("rule", "level", "outcome", "where", "file", "line", "observed", "required",
               "excess", "unit", "message", "missing")
_FINDING_COLUMNS = (*_READ_FIRST, *(name for name in COLUMNS if name not in _READ_FIRST))


@dataclass(frozen=True)
class Table:
    """A sheet with one row of names above its rows.

    Texts under ``numbers`` that are decimal numbers become numbers; ``tinted`` is the column whose
    word (an outcome, a status) has a colour; ``printed`` is how many columns are printed, by
    default all.
    """

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    tinted: str | None = None
    numbers: frozenset[str] = frozenset()
    printed: int | None = None

    def width(self, column: str) -> int:
        """How wide a column is, in characters."""
        return _WIDTHS.get(column, _USUAL_WIDTH)


def tables(report: ReportModel) -> tuple[Table, ...]:
    """All sheets after the summary."""
    return (
        Table("findings", _FINDING_COLUMNS, _findings(report), "outcome", NUMBER_COLUMNS,
              printed=len(_READ_FIRST)),
        Table("rules", _RULE_COLUMNS, _rules(report), "outcome",
              printed=_RULE_COLUMNS.index("findings_listed") + 1),
        Table("not judged", _UNJUDGED_COLUMNS, _unjudged(report), numbers=frozenset({"line"})),
        Table("provisions", ("provision", "title", "status", "rules", "reason"),
              ((part.provision, part.title, OUTCOME_WORDS[part.status], ", ".join(part.rules),
                part.reason) for part in report.provisions), "status"))


def summary(report: ReportModel) -> Iterator[tuple[str, Cell]]:
    """What the report says of itself, name and value; a name without value heads what follows."""
    if report.scope.confidential:
        yield "confidentiality", CONFIDENTIAL_SHOWN
    yield "verdict", verdict_words(report).upper()
    yield "because", verdict_detail(report)
    yield "holds for", scope_words(report)
    if report.scope.baseline is not None:
        yield "baseline SHA-256", report.scope.baseline
        yield "rows known from it", sum(rule.known for rule in report.outcomes)
    yield "What was judged", None
    yield from _judged(report)
    yield "Rules by outcome", None
    counts = report.counts.model_dump()
    yield from ((OUTCOME_WORDS[name], counts[name]) for name in counts)
    yield "Findings", None
    listed = sum(len(rule.findings) for rule in report.outcomes)
    yield "in all", sum(rule.findings_total for rule in report.outcomes)
    yield "listed in this workbook", listed
    if report.every_finding is not None:
        yield "every finding", every_finding_words(report.every_finding)
    relied = [(rule.rule, way) for rule in report.outcomes for way in rule.derogations
              if way.claimed and way.rows]
    if relied:
        yield "Derogations relied on: declared by the sender, not verified", None
    yield from ((rule, f"{counted(way.rows, 'row')} by {way.exemption}: {way.title} "
                       f"({way.document or 'no document named'})") for rule, way in relied)
    yield "Files: rows and SHA-256", None
    yield from ((file.path, f"{counted(file.rows, 'row')}, {file.sha256}")
                for file in report.submission.files)
    yield "Made with", None
    yield from ((name, version or "not used")
                for name, version in sorted(report.environment.items()))


def _judged(report: ReportModel) -> Iterator[tuple[str, Cell]]:
    ruleset, submission = report.ruleset, report.submission
    if report.methodology is not None:
        yield "methodology", report.methodology.title
    yield "ruleset", f"{ruleset.id} {ruleset.version}"
    yield "legal status", LEGAL_STATUS_WORDS[ruleset.legal_status]
    yield "ruleset SHA-256", ruleset.sha256
    for name, listing in (
            ("includes", ", ".join(f"{item.id} {item.version}" for item in ruleset.includes)),
            ("readings taken", _pairs(ruleset.readings.items())),
            ("readings of the sender", _pairs(submission.sender_readings.items()))):
        if listing:
            yield name, listing
    yield "submission", f"{submission.id} revision {submission.revision}"
    if submission.sender is not None:
        yield "sender", submission.sender.id
    if submission.delivery is not None:
        yield "delivery", f"{submission.delivery.from_} to {submission.delivery.to}"
    yield "known at", market_time(report.scope.as_of)
    yield "read", files_words(report)
    yield "to repeat it", repeat_command(report)


def _findings(report: ReportModel) -> Iterator[Sequence[Cell]]:
    for rule in by_severity(report.outcomes):
        for finding in rule.findings:
            cells = dict(zip(COLUMNS, row_of(finding, rule, report.scope.confidential),
                             strict=True))
            for name in ("observed", "required", "required_max"):
                cells[name] = on_clock(cells[name] or "")
            cells |= {"where": key_text(finding.key), "outcome": OUTCOME_WORDS[finding.outcome]}
            yield [cells[name] for name in _FINDING_COLUMNS]


_RULE_COLUMNS = (
    "rule", "title", "provision", "rests_on", "level", "stage", "outcome", "reason", "turns_on",
    "failed", "not_assessable", "exempt", "passed", "noted", "not_applicable", "known",
    "findings_total", "findings_listed", "obligation", "why", "fix", "formula", "scope_formula",
    "parameters", "readings", "derogations")


def _rules(report: ReportModel) -> Iterator[Sequence[Cell]]:
    for rule in report.outcomes:
        judged = rule.judged
        yield (rule.rule, rule.title, rule.provision, ", ".join(rule.rests_on), rule.level,
               rule.stage, OUTCOME_WORDS[rule.outcome], reason_words(rule.reason),
               ", ".join(rule.turns_on), judged.failed, judged.not_assessable, judged.exempt,
               judged.passed, judged.noted, judged.not_applicable, rule.known,
               rule.findings_total, len(rule.findings), rule.obligation, rule.why, rule.fix,
               rule.formula, rule.scope_formula, _parameters(rule),
               "; ".join(map(_reading, rule.readings)),
               "; ".join(f"{way.exemption}: {way.title}, "
                         + ("claimed" if way.claimed else "not claimed")
                         for way in rule.derogations))


def _parameters(rule: OutcomePart) -> str:
    return "; ".join(f"{used.name} = {used.value}" + (f" {used.unit}" if used.unit else "")
                     + (f" since {used.since}" if used.since else "")
                     + (f" ({used.cite})" if used.cite else "") for used in rule.parameters)


def _reading(reading: RuleReading) -> str:
    tried = ", ".join(f"{value.value}: {OUTCOME_WORDS[value.outcome]}"
                      for value in reading.values if value.outcome)
    return f"{reading.name} ({reading.standing}) read as {reading.taken}" + (
        f" ({tried})" if tried else "")


_UNJUDGED_COLUMNS = ("kind", "rule", "title", "level", "provision", "rows", "cause", "file", "line",
                     "key", "found", "expected", "fix")


def _unjudged(report: ReportModel) -> Iterator[Sequence[Cell]]:
    """Rules with rows that could not be judged, each with its rows; then what is wrong in files."""
    for rule in by_severity(report.outcomes):
        rows = rule.judged.not_assessable
        if not rows and rule.outcome != "not_assessable":
            continue
        turns = f"turns on {', '.join(rule.turns_on)}" if rule.turns_on else ""
        cause = "; ".join(filter(None, (reason_words(rule.reason), turns)))
        yield ("rule", rule.rule, rule.title, rule.level, rule.provision, rows, cause, None, None,
               None, None, None, rule.fix)
        for finding in rule.findings:
            if finding.outcome == "not_assessable":
                first = finding.sources[0] if finding.sources else None
                line = str(first.line) if first and first.line else None
                yield ("row", rule.rule, rule.title, rule.level, rule.provision, 1,
                       "; ".join(finding.missing) or finding.message,
                       first.file if first else None, line, key_text(finding.key), None, None,
                       finding.fix or rule.fix)
    for problem in report.input.problems:
        yield ("input", None, None, None, None, 1, problem.kind, problem.file,
               None if problem.line is None else str(problem.line),
               None if problem.column is None else str(problem.column), problem.found,
               problem.expected, problem.fix)
    for total in report.input.counts:
        yield ("input in all", None, None, None, None, total.count, total.kind, total.file, None,
               None, None, None, None)


def _pairs(items: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in sorted(items))
