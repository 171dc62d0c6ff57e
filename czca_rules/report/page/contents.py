"""What stands where on the page: rules by section, pictures, borders, and counts for captions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from czca_rules.report import words
from czca_rules.report.model import FindingPart, OutcomePart, Pictures, ReportModel, RuleReading
from czca_rules.report.page import finding_cells
from czca_rules.report.page.families import sentence_of

if TYPE_CHECKING:
    from czca_rules.report.pictures import Picture

#: Up to this many days are read off their own charts; more get the pictures of a period.
DAYS_WITHOUT_A_PERIOD = 7
#: Pictures in sight; the others open on demand, so that findings stay near.
PICTURES_AT_FIRST = 6


@dataclass(frozen=True)
class BorderChoice:
    """A border that findings can be filtered by, and the words that name it in a row."""

    name: str
    tokens: str


def rule_sections(report: ReportModel) -> dict[str, list[OutcomePart]]:
    """The rules of each section, errors first; a rule may have rows in several."""
    rules = words.by_severity(report.outcomes)
    return {
        "failed": [rule for rule in rules if rule.outcome == "failed"],
        "not_assessable": [rule for rule in rules if rule.outcome == "not_assessable"],
        "exempt": [rule for rule in rules if rule.judged.exempt],
        "noted": [rule for rule in rules if rule.judged.noted],
        "passed": [rule for rule in rules if rule.outcome == "passed"],
        "not_applicable": [rule for rule in rules if rule.outcome == "not_applicable"],
    }


@dataclass(frozen=True)
class Drawn:
    """The pictures of both sections, and the table of a period: columns, and a row per breach."""

    period: tuple[Picture, ...] = ()
    days: tuple[Picture, ...] = ()
    columns: tuple[str, ...] = ()
    breaches: tuple[tuple[str, ...], ...] = ()


def drawn_pictures(report: ReportModel) -> Drawn:
    """What is drawn of a report; a period only where days alone would not show it."""
    if report.pictures == Pictures():
        return Drawn()
    from czca_rules.report.pictures import breach_table, drawn

    found = drawn(report)
    days = tuple(picture for picture in found if picture.group == "days")
    if not _is_a_period(report):
        return Drawn(days=days)
    return Drawn(tuple(picture for picture in found if picture.group == "period"), days,
                 *breach_table(report))


def _is_a_period(report: ReportModel) -> bool:
    delivery, days = report.submission.delivery, len(report.pictures.calendar)
    if delivery:
        first, last = map(date.fromisoformat, (delivery.from_, delivery.to))
        days = max(days, (last - first).days + 1)
    failing = {item.border for item in report.pictures.breaches if item.border}
    return days > DAYS_WITHOUT_A_PERIOD or len(failing) > 1


def picture_lead(report: ReportModel) -> str:
    """How many of the days are drawn; empty where all are."""
    pictures = report.pictures
    left = [f"{len(drawn)} of {total} days of {noun}" for drawn, total, noun in (
        (pictures.border_days, pictures.border_days_total, "a border"),
        (pictures.processes, pictures.processes_total, "the process")) if total > len(drawn)]
    return f"Drawn are {words.listed(left)}, those with findings first." if left else ""


def borders(report: ReportModel) -> list[BorderChoice]:
    """Every border that some listed row belongs to."""
    found = {border for rule in report.outcomes for finding in rule.findings
             if (border := finding_cells.border_words(finding.key))}
    tokens: dict[str, set[str]] = {}
    for name, named in found:
        tokens.setdefault(name, set()).update(named)
    return [BorderChoice(name, "|".join(sorted(named))) for name, named in sorted(tokens.items())]


def borders_of(rule: OutcomePart) -> str:
    """The borders of a rule's rows; with ``*`` where more rows were judged than are listed."""
    names = {border[0] for finding in rule.findings
             if (border := finding_cells.border_words(finding.key))}
    return "|".join(sorted(names) + ["*"] * (rule.findings_total > len(rule.findings)))


def instance(rule: OutcomePart) -> FindingPart | None:
    """The first row that shows both of the formula's numbers."""
    return next((finding for finding in rule.findings
                 if finding.observed is not None and finding.required is not None), None)


def said_of(finding: FindingPart, rule: OutcomePart, with_fix: bool) -> str:
    """What a finding says, in full sentences."""
    return sentence_of(finding, rule, with_fix)


def where_all_are(report: ReportModel) -> str:
    """Where a reader finds the rows that the page or the report leaves out."""
    if report.every_finding:
        return f"All are in {report.every_finding.file}."
    return "With --findings all the command writes all of them to a file beside the report."


def level_count(rules: Iterable[OutcomePart], level: str, outcome: str) -> int:
    """Rules of one level and outcome."""
    return sum(rule.level == level and rule.outcome == outcome for rule in rules)


def row_count(rules: Iterable[OutcomePart], outcome: str) -> int:
    """Rows or groups of one outcome, over all rules."""
    return sum(getattr(rule.judged, outcome) for rule in rules)


def turning(rule: OutcomePart) -> list[RuleReading]:
    """The readings that a rule's outcome turns on."""
    return [reading for reading in rule.readings if reading.name in rule.turns_on]


def anchor(text: str) -> str:
    """The text as the name of a place in the page: no spaces, whatever it holds."""
    return "".join(mark if mark.isalnum() or mark in ".-_" else "-" for mark in text)
