"""The report as one page: no network, no script, readable on paper and by a screen reader.

``page.html`` holds the words' places and ``page.css`` their look; this module only prepares what
they show. Every text passes ``printable`` and is escaped; the content security policy admits
nothing but the one style sheet, by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from importlib.resources import files
from typing import TYPE_CHECKING

from czca_rules.report import figures, grouping, words
from czca_rules.report.canonical import canonical_sha256
from czca_rules.report.model import FindingPart, Outcome, OutcomePart, ReportModel, RuleReading
from czca_rules.report.printable import printable

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

#: Rows in one table, and in all of them, so that a page stays below a megabyte.
ROWS_PER_TABLE = 50
ROWS_PER_PAGE = 600
FEWEST_ROWS = 3
GROUPS_AT_FIRST = 8
ROWS_ALIKE = 3
SHOWN_PROBLEMS = 50
_NARROW_SPACE = "\u202f"
_SYMBOLS = {"passed": "✓", "failed": "✕", "exempt": "◇", "not_applicable": "–",
            "not_assessable": "?", "pending": "…", "not_checkable": "–", "definition": "§",
            "compliant": "✓", "not_compliant": "✕", "undecided": "?"}
_RELATIONS = {"<=": "≤", ">=": "≥", "!=": "≠"}


def render_page(report: ReportModel) -> str:
    """The report as one self-contained HTML document; the same report gives the same text."""
    style = _package_text("page.css")
    environment = _environment(_rows_per_table(report))
    template = environment.from_string(_package_text("page.html"))
    page = template.render(
        report=report, sections=_sections(report), style=_Trusted(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        canonical=canonical_sha256(report), levels=words.LEVELS, outcomes=words.OUTCOMES)
    return page.strip() + "\n"


class _Trusted(str):
    """Text of this package, to be written as it is."""

    def __html__(self) -> str:
        return str(self)


def _package_text(name: str) -> str:
    return files("czca_rules.report").joinpath(name).read_text(encoding="utf-8").strip()


def _environment(rows_per_table: int) -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined,
        finalize=_finalized)
    environment.filters |= {
        "grouped": _grouped, "short": figures.short, "symbol": _SYMBOLS.__getitem__,
        "outcome_words": words.OUTCOME_WORDS.__getitem__, "listed": words.listed,
        "counted": _counted, "reason_words": words.reason_words, "sentence": _sentence}
    environment.globals |= {
        name: getattr(module, name) for module, names in (
            (figures, ("excess", "key_parts", "market_time", "place", "required_text")),
            (words, ("is_draft", "law_words", "repeat_command", "scope_words", "settle_options",
                     "verdict_detail", "verdict_words")),
        ) for name in names}
    environment.globals |= {
        "legal_status": words.LEGAL_STATUS_WORDS, "reproduction_words": words.REPRODUCTION_WORDS,
        "findings_of": _findings_of(rows_per_table), "causes_of": _causes_of(rows_per_table),
        "groups_at_first": GROUPS_AT_FIRST, "rows_alike": ROWS_ALIKE,
        "told_apart": grouping.told_apart,
        "problems_shown": SHOWN_PROBLEMS, "level_count": _level_count, "row_count": _row_count,
        "turning": _turning, "common_fix": _common_fix, "relations": _RELATIONS, "anchor": _anchor}
    return environment


def _finalized(value: object) -> object:
    """Every value at the edge of the page: plain text made printable, markup left alone."""
    if value is None or hasattr(value, "__html__"):
        return value or ""
    return printable(value).replace("Art. ", "Art.\u00a0") if isinstance(value, str) else value


def _sections(report: ReportModel) -> dict[str, list[OutcomePart]]:
    rules = words.by_severity(report.outcomes)
    return {
        "failed": [rule for rule in rules if rule.outcome == "failed"],
        "not_assessable": [rule for rule in rules if rule.outcome == "not_assessable"],
        "exempt": [rule for rule in rules if rule.judged.exempt],
        "noted": [rule for rule in rules if rule.judged.noted],
        "passed": [rule for rule in rules if rule.outcome == "passed"],
        "not_applicable": [rule for rule in rules if rule.outcome == "not_applicable"],
    }


def _rows_per_table(report: ReportModel) -> int:
    tables = sum(bool(rule.findings) for rule in report.outcomes)
    return max(FEWEST_ROWS, min(ROWS_PER_TABLE, ROWS_PER_PAGE // max(tables, 1)))


def _findings_of(cap: int) -> Callable[[OutcomePart, Outcome], tuple[FindingPart, ...]]:
    def findings_of(rule: OutcomePart, outcome: Outcome) -> tuple[FindingPart, ...]:
        chosen = [finding for finding in rule.findings if finding.outcome == outcome]
        return tuple(chosen[:cap])

    return findings_of


def _causes_of(cap: int) -> Callable[[OutcomePart, Outcome], list[grouping.Alike]]:
    def causes_of(rule: OutcomePart, outcome: Outcome) -> list[grouping.Alike]:
        return grouping.causes_of(rule, outcome, cap)

    return causes_of


def _level_count(rules: Iterable[OutcomePart], level: str, outcome: str) -> int:
    return sum(rule.level == level and rule.outcome == outcome for rule in rules)


def _row_count(rules: Iterable[OutcomePart], outcome: str) -> int:
    return sum(getattr(rule.judged, outcome) for rule in rules)


def _turning(rule: OutcomePart) -> list[RuleReading]:
    return [reading for reading in rule.readings if reading.name in rule.turns_on]


def _common_fix(rule: OutcomePart) -> str:
    fixes = {finding.fix for finding in rule.findings if finding.fix}
    return fixes.pop() if len(fixes) == 1 else ""


def _anchor(text: str) -> str:
    """The text as the name of a place in the page: no spaces, whatever it holds."""
    return "".join(mark if mark.isalnum() or mark in ".-_" else "-" for mark in text)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _grouped(count: int) -> str:
    return figures.grouped(count, _NARROW_SPACE)


def _counted(count: int, noun: str, plural: str | None = None) -> str:
    return f"{_grouped(count)} {noun if count == 1 else plural or noun + 's'}"
