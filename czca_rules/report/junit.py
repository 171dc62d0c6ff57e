"""A report as JUnit XML, as Jenkins and GitLab take it: a test case for each rule, never none.

A failed rule is a failure of the type of its level, also where that level does not decide the
verdict and where a baseline knows all its findings: this format has no word for either, and the
message says it. A rule that could not be judged is an error, one that did not apply is skipped
(the reason as text, which every version of the schema has), an exempt one passes and says why.

Times are 0 and there is no time stamp, so that the same report gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from czca_rules.report.canonical import canonical_sha256
from czca_rules.report.confidential_mark import CONFIDENTIAL_MARK
from czca_rules.report.figures import counted, key_text, place
from czca_rules.report.model import FindingPart, Outcome, OutcomePart, ReportModel
from czca_rules.report.printable import printable
from czca_rules.report.words import (
    CONFIDENTIAL_SHOWN,
    LEGAL_STATUS_WORDS,
    OUTCOME_WORDS,
    law_words,
    reason_words,
    scope_words,
    verdict_detail,
    verdict_words,
)

#: Findings that the text of a test case lists.
SHOWN = 20
#: Jenkins and GitLab attach the file that such a mark in an output names.
_ATTACHMENT = re.compile(r"\[(?=\[ATTACHMENT)", re.IGNORECASE)
_NO_RULE = "No rule was selected, so nothing was judged."


def junit(report: ReportModel) -> bytes:
    """The report as one test suite, its ruleset, in a document of its own."""
    cases = [_case(report, rule) for rule in report.outcomes] or [_no_case(report)]
    totals = {name: str(sum(case.find(tag) is not None for case in cases)) for name, tag in
              (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))}
    suite = ET.Element("testsuite", {"name": _text(report.ruleset.id), "tests": str(len(cases)),
                                     **totals, "time": "0"})
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(report):
        ET.SubElement(properties, "property", {"name": name, "value": _text(value)})
    suite.extend(cases)
    ET.SubElement(suite, "system-out").text = "\n".join(map(_text, _summary(report)))
    whole = ET.Element("testsuites", {"name": "czca_rules", "tests": str(len(cases)),
                                      "failures": totals["failures"],
                                      "errors": totals["errors"], "time": "0"})
    whole.append(suite)
    ET.indent(whole)
    document: bytes = ET.tostring(whole, encoding="UTF-8", xml_declaration=True)
    return document + b"\n"


def _case(report: ReportModel, rule: OutcomePart) -> ET.Element:
    name = f"{rule.rule} {rule.title}".rstrip()
    case = ET.Element("testcase", {"classname": _text(report.ruleset.id), "name": _text(name),
                                   "time": "0"})
    mark = CONFIDENTIAL_MARK if report.scope.confidential else ""
    if rule.outcome in ("failed", "not_assessable"):
        tag, kind = ("failure", rule.level) if rule.outcome == "failed" \
            else ("error", "not_assessable")
        told = ET.SubElement(case, tag, {"message": _text(mark + _message(rule)), "type": kind})
        told.text = "\n".join(map(_text, _body(rule)))
    elif rule.outcome == "not_applicable":
        ET.SubElement(case, "skipped").text = _text(reason_words(rule.reason) or "not applicable")
    elif lines := list(_remarks(rule)):
        ET.SubElement(case, "system-out").text = "\n".join(_text(mark + line) for line in lines)
    return case


def _no_case(report: ReportModel) -> ET.Element:
    case = ET.Element("testcase", {"classname": _text(report.ruleset.id), "name": "no rule",
                                   "time": "0"})
    ET.SubElement(case, "skipped").text = _NO_RULE
    return case


def _message(rule: OutcomePart) -> str:
    """What came of a failed or unjudged rule, in a sentence with its first cause."""
    rows: int = getattr(rule.judged, rule.outcome)
    said = f"{counted(rows, 'row')} {OUTCOME_WORDS[rule.outcome]}" if rows \
        else OUTCOME_WORDS[rule.outcome]
    if rule.known:
        said += f", {rule.known} known from the baseline"
    first = next((finding for finding in rule.findings if finding.outcome == rule.outcome), None)
    if rule.outcome == "not_assessable" and rule.reason:
        return f"{said}: {reason_words(rule.reason)}"
    return f"{said}: {_said(first)}" if first else said


def _body(rule: OutcomePart) -> Iterator[str]:
    yield from _rows(rule, rule.outcome)
    for outcome in ("not_assessable", "exempt"):
        count: int = getattr(rule.judged, outcome)
        if count and outcome != rule.outcome:
            yield f"also {counted(count, 'row')} {OUTCOME_WORDS[outcome]}"
    if rule.turns_on:
        yield f"turns on: {', '.join(rule.turns_on)}"
    for name, text in (("duty", rule.obligation), ("law", law_words(rule)), ("fix", rule.fix),
                       ("more", f"czca explain {rule.rule}")):
        if text:
            yield f"{name}: {text}"


def _remarks(rule: OutcomePart) -> Iterator[str]:
    """What a rule that passes in this format has to say: derogations relied on, and notes."""
    for way in rule.derogations:
        if way.claimed and way.rows:
            yield (f"exempt: {counted(way.rows, 'row')} by {way.exemption}: {way.title} "
                   f"({way.document or 'no document named'}); declared by the sender, "
                   "not verified")
    if rule.outcome == "exempt":
        yield from _rows(rule, "exempt")
    if rule.judged.noted:
        yield (f"noted: {counted(rule.judged.noted, 'row')} passed only inside a tolerance or a "
               "disputed margin")
        yield from _rows(rule, "passed")


def _rows(rule: OutcomePart, outcome: Outcome) -> Iterator[str]:
    found = [finding for finding in rule.findings if finding.outcome == outcome]
    for finding in found[:SHOWN]:
        where = place(finding.sources[0]) if finding.sources else "no row"
        known = " (known)" if finding.known else ""
        yield f"{where}  {key_text(finding.key)}{known}: {_said(finding)}"
    total: int = rule.judged.noted if outcome == "passed" else getattr(rule.judged, outcome)
    if total > len(found[:SHOWN]):
        yield f"and {total - len(found[:SHOWN])} more"


def _said(finding: FindingPart) -> str:
    causes = "; ".join(finding.missing)
    return f"{finding.message.rstrip('.')}: {causes}" if causes else finding.message


def _summary(report: ReportModel) -> Iterator[str]:
    if report.scope.confidential:
        yield CONFIDENTIAL_SHOWN
    yield f"{verdict_words(report).upper()}: {verdict_detail(report)}."
    yield f"Holds for {scope_words(report)}."
    problems = sum(item.count for item in report.input.counts)
    if problems:
        yield (f"{counted(problems, 'place')} in the input cannot be read as it stands; what "
               "rests on them is not judged.")


def _properties(report: ReportModel) -> Iterator[tuple[str, str]]:
    ruleset, submission = report.ruleset, report.submission
    yield "verdict", report.verdict
    yield "verdict_in_words", verdict_words(report)
    yield "holds_for", scope_words(report)
    yield "as_of", report.scope.as_of
    yield "legal_status", ruleset.legal_status
    yield "legal_status_in_words", LEGAL_STATUS_WORDS[ruleset.legal_status]
    yield "ruleset", f"{ruleset.id} {ruleset.version}"
    yield "ruleset_sha256", ruleset.sha256
    yield "submission", submission.id
    yield "submission_revision", str(submission.revision)
    if submission.sender is not None:
        yield "sender", submission.sender.id
    if report.scope.baseline is not None:
        yield "baseline_sha256", report.scope.baseline
    yield "confidential", "true" if report.scope.confidential else "false"
    yield "report_sha256", canonical_sha256(report)


def _text(text: str) -> str:
    return _ATTACHMENT.sub("[ ", printable(text))
