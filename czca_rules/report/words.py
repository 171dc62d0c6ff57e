"""What a report says about itself in words: verdict, scope, status, reasons, how to repeat it.

Terminal and page share these sentences, so that they cannot disagree.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence

from czca_rules.report.figures import counted, grouped, short
from czca_rules.report.model import Level, OutcomePart, ReportModel

LEVELS: tuple[Level, ...] = ("error", "warning", "info")
OUTCOMES = ("failed", "not_assessable", "exempt", "passed", "not_applicable")
OUTCOME_WORDS = {
    "passed": "passed", "failed": "failed", "exempt": "exempt",
    "not_applicable": "not applicable", "not_assessable": "not assessable",
    "pending": "not yet checked", "not_checkable": "not checkable from data",
    "definition": "definition",
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
_CONTEXT = re.compile(r"with(\d+)/")
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
    parts = [f"{stages} {listed(scope.stages)}", f"as known at {short(scope.as_of)}"]
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
    return shlex.join([*words, "-o", "report.json"])


def listed(items: Iterable[str]) -> str:
    """Several words as people write them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    words: Sequence[str] = list(items)
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
