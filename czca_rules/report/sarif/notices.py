"""What a SARIF file says beside its results: the unjudged, the input, what is not listed.

They are notifications of the invocation. ``error`` means there that results are incomplete, which
is what a rule of level error that could not be judged makes them; a run that says so has still
run well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from czca_rules.report.figures import counted
from czca_rules.report.model import OutcomePart, ReportModel, Source
from czca_rules.report.printable import printable
from czca_rules.report.sarif.places import place_of
from czca_rules.report.sarif.rules import LEVELS
from czca_rules.report.sarif.texts import message
from czca_rules.report.words import CONFIDENTIAL_SHOWN, reason_words

_KINDS = {
    "not-assessable": "Something could not be judged. It is not passed.",
    "input-problem": "Something in an input file cannot be read as it stands.",
    "noted": "Rows passed only inside a tolerance or a disputed margin.",
    "not-listed": "There are more findings than this file lists.",
    "confidential": "This file shows confidential values.",
}
#: The kinds of notification, as the driver lists them.
DESCRIPTORS = [{"id": name, "shortDescription": {"text": text}} for name, text in _KINDS.items()]
_INDEX = {name: index for index, name in enumerate(_KINDS)}
#: Rows that a rule's notification points at.
_MOST_PLACES = 10


def notices(report: ReportModel) -> Iterator[dict[str, Any]]:
    """All notifications that follow from the report alone."""
    if report.scope.confidential:
        yield _notice("confidential", "warning", CONFIDENTIAL_SHOWN)
    yield from _input(report)
    for index, rule in enumerate(report.outcomes):
        if rule.outcome == "not_assessable" or rule.judged.not_assessable:
            yield _unjudged(report, index, rule)
        if rule.judged.noted:
            yield _of_rule("noted", "note", index, rule,
                           f"{counted(rule.judged.noted, 'row')} passed only inside a tolerance "
                           "or a disputed margin")
        more = rule.findings_total - len(rule.findings)
        if more > 0:
            yield _of_rule("not-listed", "note", index, rule,
                           f"the report lists {len(rule.findings)} findings of "
                           f"{rule.findings_total}")


def left_out(report: ReportModel, omitted: int) -> Iterator[dict[str, Any]]:
    """Say how many results the limits of GitHub leave no room for."""
    if omitted:
        yield _notice("not-listed", "warning",
                      f"{counted(omitted, 'result')} left out of this file, the least severe, "
                      "because GitHub takes 25,000 results and 10 MB; the report has them all.")


def _unjudged(report: ReportModel, index: int, rule: OutcomePart) -> dict[str, Any]:
    rows = rule.judged.not_assessable
    why = reason_words(rule.reason)
    if not why:
        causes = dict.fromkeys(cause for finding in rule.findings for cause in finding.missing)
        why = next(iter(causes), "") + (" and other causes" if len(causes) > 1 else "")
    if rule.turns_on:
        why = "; ".join(filter(None, (why, f"it turns on {', '.join(rule.turns_on)}")))
    said = f"{counted(rows, 'row')} could not be judged" if rows else "could not be judged"
    places = [place_of(report, rule, source) for finding in rule.findings
              if finding.outcome == "not_assessable" for source in finding.sources[:1]]
    notice = _of_rule("not-assessable", LEVELS[rule.level], index, rule,
                      f"{said}{': ' if why else ''}{why}")
    return notice | {"locations": places[:_MOST_PLACES] or [place_of(report, rule, None)]}


def _input(report: ReportModel) -> Iterator[dict[str, Any]]:
    listed: Counter[tuple[str, str]] = Counter()
    for problem in report.input.problems:
        listed[problem.file, problem.kind] += 1
        column = "" if problem.column is None else f"{problem.column}: "
        said = f"{column}{problem.found}; expected {problem.expected}. {problem.fix}"
        line = problem.line if problem.line and problem.line > 0 else 1
        yield _notice("input-problem", "warning", said.rstrip()) | {
            "locations": [place_of(report, None, Source(file=problem.file, line=line))],
            "properties": {"kind": printable(problem.kind)}}
    for total in report.input.counts:
        more = total.count - listed[total.file, total.kind]
        if more > 0:
            yield _notice("input-problem", "warning",
                          f"{counted(more, 'more place')} of the kind {total.kind}.") | {
                "locations": [place_of(report, None, Source(file=total.file, line=1))],
                "properties": {"kind": printable(total.kind)}}


def _of_rule(kind: str, level: str, index: int, rule: OutcomePart, text: str) -> dict[str, Any]:
    return _notice(kind, level, f"{rule.rule}: {text.rstrip('.')}.") | {
        "associatedRule": {"id": printable(rule.rule), "index": index}}


def _notice(kind: str, level: str, text: str) -> dict[str, Any]:
    return {"descriptor": {"id": kind, "index": _INDEX[kind]}, "level": level,
            "message": {"text": message(text)}}
