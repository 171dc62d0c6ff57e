"""What is new beside a baseline: counted, said in words, and turned into an exit code."""

from __future__ import annotations

from czca_rules.report.figures import grouped
from czca_rules.report.model import Outcome, OutcomePart, ReportModel

KINDS = ("failed", "not_assessable")
CODES = {"compliant": 0, "not_compliant": 1, "undecided": 3}
#: Digits of its hash by which a baseline is named in a sentence.
NAMED_DIGITS = 12


def new_failed(rule: OutcomePart) -> int:
    """Failed rows of a rule that the baseline does not have."""
    return rule.judged.failed - rule.known_failed


def new_not_assessable(rule: OutcomePart) -> int:
    """Not assessable rows that the baseline does not have; a rule without rows counts as one."""
    rows = max(rule.judged.not_assessable, int(rule.outcome == "not_assessable"))
    return rows - (rule.known - rule.known_failed)


def exit_code(report: ReportModel) -> int:
    """The exit code of a check: by the verdict, or by what is new where there is a baseline."""
    if report.scope.baseline is None:
        return CODES[report.verdict]
    errors = [rule for rule in report.outcomes if rule.level == "error"]
    if any(new_failed(rule) for rule in errors):
        return CODES["not_compliant"]
    return CODES["undecided"] if any(new_not_assessable(rule) for rule in errors) else 0


def known_words(rule: OutcomePart, outcome: Outcome | None = None) -> str:
    """How many failed and not assessable rows of a rule, or those of one outcome, are new."""
    new = {"failed": new_failed(rule), "not_assessable": new_not_assessable(rule)}
    known = {"failed": rule.known_failed, "not_assessable": rule.known - rule.known_failed}
    words = KINDS if outcome is None else (outcome,)
    return (f"{grouped(sum(new[word] for word in words))} new, "
            f"{grouped(sum(known[word] for word in words))} known")


def baseline_words(report: ReportModel) -> str:
    """How much of the whole report is new beside the baseline, which decides the exit code."""
    new = sum(new_failed(rule) + new_not_assessable(rule) for rule in report.outcomes)
    known = sum(rule.known for rule in report.outcomes)
    name = (report.scope.baseline or "")[:NAMED_DIGITS]
    return (f"{grouped(new)} new and {grouped(known)} known beside the baseline {name}; the exit "
            "code counts what is new")
