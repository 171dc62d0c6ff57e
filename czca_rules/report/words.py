"""What a report says about itself in words: verdict, scope, status, reasons, how to repeat it.

Terminal and page share these sentences, so that they cannot disagree.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence

from czca_rules.report.earlier.matching import secret_columns
from czca_rules.report.figures import counted, grouped, on_clock
from czca_rules.report.model import EveryFinding, Level, Outcome, OutcomePart, ReportModel
from czca_rules.report.printable import MASK_DIGITS

LEVELS: tuple[Level, ...] = ("error", "warning", "info")
OUTCOMES = ("failed", "not_assessable", "exempt", "passed", "not_applicable")
OUTCOME_WORDS = {
    "passed": "passed", "failed": "failed", "exempt": "exempt",
    "not_applicable": "not applicable", "not_assessable": "not assessable",
    "pending": "not yet checked", "not_checkable": "not checkable from data",
    "definition": "definition", "evidence": "shown by documents", "permission": "permission",
    "out_of_scope": "addressed to others",
}
LEGAL_STATUS_WORDS = {
    "consultation_draft": "a consultation draft, not law",
    "proposal": "a proposal, not law",
    "adopted": "an adopted methodology",
    "law": "law",
}
REPRODUCTION_WORDS = {
    "reproduced": "reproduced",
    "reproduced_alternative": "another optimum, equally good",
    "tie_rule_breach": "an optimum that uses more capacity than a tie allows",
    "suboptimal": "not optimal", "infeasible": "not feasible",
    "price_invalid": "a price outside its valid interval", "indeterminate": "not proven",
}
REASON_WORDS = {
    "scope": "nothing in the submission is in its scope",
    "approach": "belongs to another approach",
    "stage": "belongs to a stage that was not handed in",
    "not_due": "not due yet",
}
#: The same reasons where several rules have them.
REASONS_SHORT = {"scope": "with nothing in scope", "approach": "of another approach",
                 "stage": "of a stage not handed in"}
CONFIDENTIAL_SHOWN = "CONFIDENTIAL VALUES SHOWN"
#: Findings that each rule lists where nobody asks for another number.
DEFAULT_FINDINGS = 100
_CONTEXT = re.compile(r"with(\d+)/")
#: A number never has a letter, except where it is masked.
_MASK = re.compile(rf"(?=.*[a-f])[0-9a-f]{{{MASK_DIGITS}}}")
_SEVERITY = {level: rank for rank, level in enumerate(LEVELS)}


def is_draft(report: ReportModel) -> bool:
    """Whether the ruleset puts a text in rules that does not bind yet."""
    return report.ruleset.legal_status in ("consultation_draft", "proposal")


def verdict_words(report: ReportModel) -> str:
    """The verdict; a draft is not law, so one can only be consistent with it."""
    if report.verdict == "undecided":
        return "undecided"
    positive = report.verdict == "compliant"
    if is_draft(report):
        return "consistent with the draft" if positive else "not consistent with the draft"
    return "compliant" if positive else "not compliant"


def verdict_detail(report: ReportModel) -> str:
    """Why the verdict is what it is, in numbers of rules."""
    parts = []
    failed = [rule for rule in report.outcomes if rule.outcome == "failed"]
    for level in LEVELS:
        count = sum(rule.level == level for rule in failed)
        if count:
            parts.append(f"{counted(count, 'rule')} of level {level} failed")
    unknown = report.counts.not_assessable
    if unknown:
        parts.append(f"{counted(unknown, 'rule')} could not be judged")
    if not parts:
        judged = report.counts.passed + report.counts.exempt
        return f"{counted(judged, 'rule')} judged, none failed" if judged \
            else "no rule had anything to judge"
    return "; ".join(parts)


def scope_words(report: ReportModel) -> str:
    """What the verdict holds for: stages, what was known, which rules."""
    scope = report.scope
    stages = "stage" if len(scope.stages) == 1 else "stages"
    parts = [f"{stages} {listed(scope.stages)}", f"as known at {on_clock(scope.as_of)}"]
    if report.law_date:
        parts.append(f"with the law of {report.law_date} as asked for")
    if scope.settled:
        parts.append("with " + listed(f"{name} read as {value}"
                                      for name, value in sorted(scope.settled.items())))
    if scope.selected:
        parts.append(f"only {listed(scope.selected)}")
    if scope.ignored:
        parts.append(f"without {listed(scope.ignored)}")
    if not scope.selected and not scope.ignored:
        parts.append("all rules")
    if scope.confidential:
        parts.append("confidential values shown")
    return ", ".join(parts)


def files_words(report: ReportModel) -> str:
    """How much was read."""
    files = report.submission.files
    return f"{counted(len(files), 'file')}, {counted(sum(file.rows for file in files), 'row')}"


def counts_words(report: ReportModel) -> str:
    """Rules by outcome, every outcome named."""
    counts = report.counts.model_dump()
    listing = ", ".join(f"{grouped(counts[name])} {OUTCOME_WORDS[name]}" for name in OUTCOMES)
    return f"{counted(len(report.outcomes), 'rule')}: {listing}"


def not_applicable_words(report: ReportModel) -> str:
    """Why rules do not apply: how many for each reason, by name where they come due later."""
    rules: dict[str, list[str]] = {}
    for rule in report.outcomes:
        if rule.outcome == "not_applicable":
            rules.setdefault(rule.reason or "", []).append(rule.rule)
    parts = []
    for reason, names in rules.items():
        words = REASONS_SHORT.get(reason) or f"{reason_words(reason)} ({', '.join(names)})"
        parts.append(f"{grouped(len(names))} {words}")
    return ", ".join(parts)


def rows_words(rule: OutcomePart, outcome: Outcome) -> str:
    """How many of the rows in a rule's scope came to an outcome.

    A row excused or not assessable is in scope; one that the rule does not ask for is not.
    """
    judged = rule.judged
    in_scope = judged.passed + judged.failed + judged.exempt + judged.not_assessable
    count: int = getattr(judged, outcome)
    if count == in_scope:
        share = "the only row" if count == 1 else f"all {grouped(count)} rows"
    else:
        share = f"{grouped(count)} of {grouped(in_scope)} rows"
    return f"{share} {OUTCOME_WORDS[outcome]}"


def shows_masks(report: ReportModel) -> bool:
    """Whether some finding has a confidential value in its key or its numbers that is masked."""
    found = (finding for rule in report.outcomes for finding in rule.findings)
    return not report.scope.confidential and any(
        secret_columns(one) or _MASK.fullmatch(one.observed or "")
        or _MASK.fullmatch(one.required or "") for one in found)


def every_finding_words(beside: EveryFinding) -> str:
    """Where every finding is, and the hash that the file is known by."""
    return f"{beside.file}, {counted(beside.rows, 'row')}, SHA-256 {beside.sha256}"


def law_words(rule: OutcomePart) -> str:
    """The provision, and the parent law it rests on."""
    if not rule.rests_on:
        return rule.provision
    return f"{rule.provision}, resting on {listed(rule.rests_on)}"


def reason_words(reason: str | None) -> str:
    """A reason in words; ``not_due`` keeps its date.

    >>> reason_words("not_due 2026-06-30"), reason_words("bids.csv has wrong cells")
    ('not due before 2026-06-30', 'bids.csv has wrong cells')
    """
    word, _, day = (reason or "").partition(" ")
    word = word.rstrip(":")
    if word == "not_due" and day:
        return f"not due before {day}"
    return REASON_WORDS.get(word, reason or "") if not day else reason or ""


def by_severity(rules: Iterable[OutcomePart]) -> list[OutcomePart]:
    """Errors first; within a level the ruleset's own order."""
    return sorted(rules, key=lambda rule: _SEVERITY[rule.level])


def settle_options(name: str, values: Iterable[str]) -> list[str]:
    """The options that settle a reading, one for each of its values."""
    return [f"--reading {shlex.quote(f'{name}={value}')}" for value in values]


def repeat_command(report: ReportModel) -> str:
    """The command that judges the same again; folders are the reader's own."""
    scope = report.scope
    words = ["czca", "check", "SUBMISSION"]
    matches = (_CONTEXT.match(file.path) for file in report.submission.files)
    for number in sorted({match[1] for match in matches if match}, key=int):
        words += ["--with", f"CONTEXT{number}"]
    words += ["--ruleset", report.ruleset.id]
    for stage in scope.stages:
        words += ["--stage", stage]
    if report.law_date:
        words += ["--date", report.law_date]
    for name, value in sorted(scope.settled.items()):
        words += ["--reading", f"{name}={value}"]
    words += ["--all-readings"] * scope.all_readings + ["--confidential"] * scope.confidential
    for option, rules in (("--select", scope.selected), ("--ignore", scope.ignored)):
        for rule in rules:
            words += [option, rule]
    if scope.findings not in (None, DEFAULT_FINDINGS):
        words += ["--findings", str(scope.findings)]
    words += ["--baseline", "BASELINE"] * (scope.baseline is not None)
    return shlex.join([*words, "-o", "report.json"])


def listed(items: Iterable[str]) -> str:
    """Several words as people write them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    words: Sequence[str] = list(items)
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
