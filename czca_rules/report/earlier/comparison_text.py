"""A comparison of two reports for a terminal, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from czca_rules.report.earlier.comparison import Changed, Comparison, RuleComparison
from czca_rules.report.figures import grouped, key_text, required_text, short
from czca_rules.report.grouping import alike
from czca_rules.report.model import FindingPart, OutcomePart, ReportModel
from czca_rules.report.printable import json_printable
from czca_rules.report.terminal import Line, render_lines
from czca_rules.report.words import (
    LEGAL_STATUS_WORDS,
    LEVELS,
    OUTCOME_WORDS,
    listed,
    reason_words,
    verdict_words,
)

SHOWN_ROWS, SHOWN_HEAD = 5, 30
_GUTTER = 9
_STYLES = {"+": "bold red", "-": "bold green", "~": "bold yellow"}
#: Rows by outcome, in the order in which they are told.
_COUNTED = ("failed", "not_assessable", "exempt", "passed", "not_applicable", "noted")


def render_comparison(comparison: Comparison, width: int = 80, color: bool = False) -> str:
    """The comparison as text, wrapped to ``width``; the last line says what it comes to."""
    return render_lines(_lines(comparison), width, color)


def comparison_json(comparison: Comparison) -> str:
    """The comparison as a JSON document, ``czca-comparison/1``, keys sorted."""
    new, gone, changed = comparison.totals
    content = {
        "format": "czca-comparison/1", "differs": comparison.differs,
        "verdict": {"before": comparison.before.verdict, "after": comparison.after.verdict,
                    "words": [verdict_words(comparison.before), verdict_words(comparison.after)]},
        "head": [{"what": told.what, "before": told.before, "after": told.after}
                 for told in comparison.head],
        "rules": [_rule_content(rule) for rule in comparison.rules],
        "findings": {"new": new, "gone": gone, "changed": changed},
    }
    return json_printable(json.dumps(content, sort_keys=True, ensure_ascii=False, indent=2)) + "\n"


def _rule_content(rule: RuleComparison) -> dict[str, Any]:
    return {
        "rule": rule.rule, "before": _side(rule.before), "after": _side(rule.after),
        "new": [_finding_content(one) for one in rule.new],
        "gone": [_finding_content(one) for one in rule.gone],
        "changed": [{"before": _finding_content(one.before), "after": _finding_content(one.after)}
                    for one in rule.changed],
        "only_counts_beyond_the_list": rule.partly, "masked": list(rule.masked),
    }


def _side(rule: OutcomePart | None) -> dict[str, Any] | None:
    return None if rule is None else {
        "level": rule.level, "outcome": rule.outcome, "reason": rule.reason,
        "turns_on": list(rule.turns_on), "judged": rule.judged.model_dump(),
        "findings_listed": len(rule.findings), "findings_total": rule.findings_total}


def _finding_content(finding: FindingPart) -> dict[str, Any]:
    return finding.model_dump(mode="json", by_alias=True)


def _lines(comparison: Comparison) -> Iterator[Line]:
    yield from _report("old", comparison.before)
    yield from _report("new", comparison.after)
    if comparison.head:
        yield Line()
        yield Line("  between the two reports", "bold", head="DIFFERENT")
        for told in comparison.head[:SHOWN_HEAD]:
            yield Line(f"{told.what}: {told.before} -> {told.after}", indent=2, hang=2)
        if len(comparison.head) > SHOWN_HEAD:
            yield Line(f"and {grouped(len(comparison.head) - SHOWN_HEAD)} more", indent=2)
    level = {name: rank for rank, name in enumerate(LEVELS)}
    for rule in sorted(comparison.rules, key=lambda rule: level[rule.either.level]):
        if rule.differs:
            yield from _rule(rule)
    yield from _reservations(comparison)
    yield Line()
    yield _totals(comparison)


def _report(label: str, report: ReportModel) -> Iterator[Line]:
    submission, ruleset = report.submission, report.ruleset
    sender = f" from {submission.sender.id}" if submission.sender else ""
    yield Line(f"{submission.id} revision {submission.revision}{sender}", label=label, gutter=5)
    yield Line(f"{ruleset.id} {ruleset.version}, {LEGAL_STATUS_WORDS[ruleset.legal_status]}: "
               f"{verdict_words(report)}", gutter=5)


def _rule(rule: RuleComparison) -> Iterator[Line]:
    mark = "+" if rule.before is None else "-" if rule.after is None else "~"
    yield Line()
    yield Line(f"  {rule.either.title}", _STYLES[mark],
               head=f"{mark} {rule.either.level} {rule.rule}", hang=4)
    if rule.before is None or rule.after is None:
        report = "old" if rule.before is None else "new"
        yield _labelled("outcome", f"{OUTCOME_WORDS[rule.either.outcome]}; the {report} report "
                        "does not judge this rule")
    else:
        yield from _outcome(rule.before, rule.after)
        yield from _counts(rule.before, rule.after)
    yield from _rows("+", rule.new)
    yield from _rows("-", rule.gone)
    yield from _changed(rule.changed)


def _outcome(before: OutcomePart, after: OutcomePart) -> Iterator[Line]:
    for label, old, new in (
            ("level", before.level, after.level),
            ("outcome", OUTCOME_WORDS[before.outcome], OUTCOME_WORDS[after.outcome]),
            ("because", reason_words(before.reason) or "none", reason_words(after.reason)
             or "none"),
            ("turns on", listed(before.turns_on) or "none", listed(after.turns_on) or "none")):
        if old != new:
            yield _labelled(label, f"{old} -> {new}")


def _counts(before: OutcomePart, after: OutcomePart) -> Iterator[Line]:
    old, new = before.judged.model_dump(), after.judged.model_dump()
    told = [f"{OUTCOME_WORDS.get(name, name)} {grouped(old[name])} -> {grouped(new[name])}"
            for name in _COUNTED if old[name] != new[name]]
    if told:
        yield _labelled("rows", ", ".join(told))


def _labelled(label: str, text: str) -> Line:
    return Line(text, indent=4, label=label, gutter=_GUTTER)


def _rows(mark: str, findings: Sequence[FindingPart]) -> Iterator[Line]:
    groups = alike(findings)
    for group in groups[:SHOWN_ROWS]:
        first = group.first
        yield Line(f" {_word(first)}  {key_text(first.key)}", _STYLES[mark], head=mark, indent=2,
                   hang=4)
        yield Line("; ".join(filter(None, (first.message, *first.missing))), indent=4, hang=2)
        if group.rest_words():
            yield Line(group.rest_words(), indent=4)
    yield from _more(sum(len(group.rows) for group in groups[SHOWN_ROWS:]), mark)


def _changed(changes: Sequence[Changed]) -> Iterator[Line]:
    for one in changes[:SHOWN_ROWS]:
        old, new = one.before, one.after
        word = _word(new) if _word(old) == _word(new) else f"{_word(old)} -> {_word(new)}"
        yield Line(f" {word}  {key_text(new.key)}", _STYLES["~"], head="~", indent=2, hang=4)
        told = [f"{label} {before} -> {after}" for label, before, after in (
            ("observed", _value(old.observed), _value(new.observed)),
            ("required", _value(required_text(old)), _value(required_text(new))),
            ("effect", _value(old.effect_eur), _value(new.effect_eur)),
            ("exemption", _value(old.exemption), _value(new.exemption)),
            ("because", "; ".join(old.missing) or "none", "; ".join(new.missing) or "none"),
        ) if before != after]
        if told:
            yield Line(", ".join(told), indent=4, hang=2)
    yield from _more(len(changes) - SHOWN_ROWS, "~")


def _word(finding: FindingPart) -> str:
    return "noted" if finding.noted else OUTCOME_WORDS[finding.outcome]


def _value(text: str | None) -> str:
    return short(text) if text else "none"


def _more(count: int, mark: str) -> Iterator[Line]:
    if count > 0:
        yield Line(f"{mark} and {grouped(count)} more", indent=2)


def _reservations(comparison: Comparison) -> Iterator[Line]:
    """What could not be compared, said before the totals."""
    partly = [rule for rule in comparison.rules if rule.partly]
    masked = [rule for rule in comparison.rules if rule.masked]
    if partly or masked:
        yield Line()
        yield Line("  row by row", "bold", head="NOT COMPARED")
    for rule in partly:
        sides = [f"{grouped(len(side.findings))} of {grouped(side.findings_total)} rows are listed "
                 f"in the {name} report" for name, side in (("old", rule.before),
                                                            ("new", rule.after))
                 if side and len(side.findings) < side.findings_total]
        yield Line(f"{rule.rule}: {' and '.join(sides)}; only counts are compared beyond",
                   indent=2, hang=2)
    for rule in masked:
        yield Line(f"{rule.rule}: {listed(rule.masked)}, masked by a key of each submission; rows "
                   "alike in the rest of their key are compared by their number",
                   indent=2, hang=2)


def _totals(comparison: Comparison) -> Line:
    new, gone, changed = comparison.totals
    before, after = verdict_words(comparison.before), verdict_words(comparison.after)
    verdict = f"verdict changed: {before} -> {after}" if comparison.verdict_changed \
        else f"the same verdict: {after}"
    return Line(f"+{new} -{gone} ~{changed} findings; {verdict}", "bold", hang=2)
