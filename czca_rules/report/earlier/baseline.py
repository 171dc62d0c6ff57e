"""Findings that an older report has too: marked as known, and left out of the exit code.

They stay visible and the verdict stays what the law makes it; only the exit code counts new ones.
A finding is known where the baseline lists one of the same rule, the same outcome (failed, or not
assessable) and the same key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace

from czca_rules.check.codes import Code
from czca_rules.check.evidence import Evidence
from czca_rules.check.judging import RuleOutcome
from czca_rules.errors import UsageError
from czca_rules.report.assembly import finding_part
from czca_rules.report.earlier.known import KINDS, new_failed, new_not_assessable
from czca_rules.report.earlier.matching import Identity, identities, matched, whole_key
from czca_rules.report.earlier.reading import Recorded
from czca_rules.report.figures import grouped
from czca_rules.report.model import FindingPart, OutcomePart, ReportModel

SHOWN_RULES = 5
#: All failed and not assessable rows of a rule, the worst first, then by key.
Rows = Callable[[str], Iterable[FindingPart]]
#: A rule of the baseline, an outcome, how many of its rows are listed, and how many there are.
Unclear = tuple[OutcomePart, str, int, int]


def every_row(evidence: Evidence, outcomes: Sequence[RuleOutcome]) -> Rows:
    """All failed and not assessable rows of a check, rule by rule, read when they are asked for."""
    from czca_rules.check.every_finding import every_finding

    by_rule = {outcome.rule.id: outcome for outcome in outcomes}

    def rows(rule: str) -> Iterator[FindingPart]:
        outcome = by_rule[rule]
        counts = {code: outcome.counts.get(code, 0) for code in (Code.FAILED, Code.NOT_ASSESSABLE)}
        return map(finding_part, every_finding(evidence, [replace(outcome, counts=counts)]))

    return rows


def marked(report: ReportModel, baseline: Recorded, every_row: Rows) -> ReportModel:
    """The report with what is known marked and counted.

    ``every_row`` is asked only for rules that have more rows than the report lists; new rows among
    them take the places of known ones in the list. Raises ``UsageError`` where the baseline lists
    too little to tell.
    """
    before = {item.rule: item for item in baseline.report.outcomes}
    passes = identities(baseline.report, report)
    outcomes, unclear = [], []
    for rule in report.outcomes:
        old = before.get(rule.rule)
        if old is None:
            outcomes.append(rule)
            continue
        found = _marked(rule, old, passes, every_row, report.scope.findings)
        outcomes.append(found)
        unclear += _unclear(found, old)
    if unclear:
        raise UsageError(_too_short(unclear))
    scope = report.scope.model_copy(update={"baseline": baseline.sha256})
    return report.model_copy(update={"scope": scope, "outcomes": tuple(outcomes)})


def _marked(rule: OutcomePart, old: OutcomePart, passes: Sequence[Identity], every_row: Rows,
            limit: int | None) -> OutcomePart:
    total = rule.judged.failed + rule.judged.not_assessable
    if not total:  # nothing but the rule's own reason can be known
        alike = rule.outcome == old.outcome == "not_assessable" and rule.reason == old.reason
        return rule.model_copy(update={"known": int(alike)})
    listed = _flagged(rule.findings, old.findings, passes)
    own = [finding for finding in listed if finding.outcome in KINDS]
    if len(own) >= total:
        known: Counter[str] = Counter(finding.outcome for finding in own if finding.known)
    else:
        known, new = _counted(every_row(rule.rule), old.findings, passes[-1], limit or 0)
        listed = _with_new(listed, new, limit or 0)
    return rule.model_copy(update={
        "findings": tuple(listed), "known": known["failed"] + known["not_assessable"],
        "known_failed": known["failed"]})


def _flagged(findings: Sequence[FindingPart], old: Sequence[FindingPart],
             passes: Iterable[Identity]) -> list[FindingPart]:
    """Findings with those marked that the old ones have too, each old one used once."""
    def with_outcome(identity: Identity) -> Identity:
        return lambda finding: (finding.outcome, identity(finding))

    found = matched(list(_of_kind(old)), list(_of_kind(findings)), map(with_outcome, passes))
    known = {id(finding) for _, finding in found.pairs}
    return [finding.model_copy(update={"known": id(finding) in known}) for finding in findings]


def _counted(rows: Iterable[FindingPart], old: Sequence[FindingPart], identity: Identity,
             most: int) -> tuple[Counter[str], list[FindingPart]]:
    """How many rows are known by outcome, and the first new ones."""
    waiting: Counter[tuple[str, Hashable]] = Counter(
        (one.outcome, identity(one)) for one in _of_kind(old))
    known: Counter[str] = Counter()
    new: list[FindingPart] = []
    for row in rows:
        key = (row.outcome, identity(row))
        if waiting[key] > 0:
            waiting[key] -= 1
            known[row.outcome] += 1
        elif len(new) < most:
            new.append(row)
    return known, new


def _with_new(listed: Sequence[FindingPart], new: Sequence[FindingPart],
              limit: int) -> list[FindingPart]:
    """The list with new rows from beyond it, which take the last places of others."""
    there = {(one.outcome, whole_key(one)) for one in listed}
    more = [one for one in new if (one.outcome, whole_key(one)) not in there]
    kept = list(listed)
    for number in range(len(kept) - 1, -1, -1):
        if len(kept) + len(more) <= limit:
            break
        if kept[number].known or kept[number].outcome not in KINDS:
            del kept[number]
    more = more[:max(limit - len(kept), 0)]
    rank = {kind: number for number, kind in enumerate(KINDS)}
    return sorted([*kept, *more], key=lambda one: rank.get(one.outcome, len(rank)))


def _of_kind(findings: Iterable[FindingPart]) -> Iterator[FindingPart]:
    return (finding for finding in findings if finding.outcome in KINDS)


def _unclear(rule: OutcomePart, old: OutcomePart) -> list[Unclear]:
    """Outcomes with rows that may stand in the part of the baseline that is not listed."""
    found = []
    for kind, new in (("failed", new_failed(rule)), ("not_assessable", new_not_assessable(rule))):
        listed = sum(finding.outcome == kind for finding in old.findings)
        rows = getattr(old.judged, kind)
        if new and listed < rows:
            found.append((old, kind, listed, rows))
    return found


def _too_short(unclear: Sequence[Unclear]) -> str:
    told = [f"{grouped(listed)} of {grouped(rows)} {kind.replace('_', ' ')} rows of {old.rule}"
            for old, kind, listed, rows in unclear[:SHOWN_RULES]]
    more = f"; … ({len(unclear)} in total)" if len(unclear) > SHOWN_RULES else ""
    most = max(old.judged.failed + old.judged.not_assessable for old, *_ in unclear)
    return (f"The baseline lists only {', '.join(told)}{more}, so it cannot be told which are new; "
            f"write it with --findings {most}.")
