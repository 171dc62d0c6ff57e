"""The rules of a report as SARIF describes them: title, duty, law, why and fix."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from czca_rules.report.model import Level, OutcomePart, ReportModel
from czca_rules.report.printable import printable
from czca_rules.report.sarif.texts import description, markdown
from czca_rules.report.words import LEGAL_STATUS_WORDS, law_words

#: SARIF knows no ``info``.
LEVELS: Mapping[Level, str] = MappingProxyType(
    {"error": "error", "warning": "warning", "info": "note"})
_SEVERITY = {"error": "error", "warning": "warning", "info": "recommendation"}
MOST_NAME = 255


def descriptor(report: ReportModel, rule: OutcomePart) -> dict[str, Any]:
    """A rule with its help, whatever came of it; GitHub asks for every text in it."""
    title = rule.title or rule.rule
    lines = _help(report, rule)
    return {
        "id": printable(rule.rule),
        "name": printable(f"{report.ruleset.id}/{rule.rule}")[:MOST_NAME],
        "shortDescription": {"text": description(title)},
        "fullDescription": {"text": description(rule.obligation or title)},
        "defaultConfiguration": {"level": LEVELS[rule.level]},
        "help": {"text": "\n".join(f"{name}: {printable(text)}" for name, text in lines),
                 "markdown": "\n\n".join(f"**{name}:** {markdown(text)}"
                                         for name, text in lines)},
        "properties": {
            "provision": printable(rule.provision),
            "rests_on": [printable(provision) for provision in rule.rests_on],
            "stage": rule.stage, "outcome": rule.outcome, "judged": rule.judged.model_dump(),
            # Numbers are compared exactly, and what turns on a reading is no finding.
            "precision": "very-high", "problem.severity": _SEVERITY[rule.level],
            "tags": sorted({printable(report.ruleset.id), rule.stage,
                            report.ruleset.legal_status})}}


def _help(report: ReportModel, rule: OutcomePart) -> list[tuple[str, str]]:
    status = LEGAL_STATUS_WORDS[report.ruleset.legal_status]
    lines = [("Law", f"{law_words(rule)} ({report.ruleset.id} {report.ruleset.version}, "
                     f"{status})"),
             ("Duty", rule.obligation), ("Why", rule.why), ("Formula", rule.formula),
             ("Fix", rule.fix), ("More", f"czca explain {rule.rule}")]
    return [(name, text) for name, text in lines if text]
