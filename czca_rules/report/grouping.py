"""Findings that say the same, brought together so that a reader meets each cause once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from czca_rules.report.figures import grouped, key_parts, key_text, on_clock
from czca_rules.report.model import FindingPart, Outcome, OutcomePart


@dataclass(frozen=True)
class Alike:
    """Rows with one message and one cause, in the order of the report."""

    rows: tuple[FindingPart, ...]

    @property
    def first(self) -> FindingPart:
        """The row that stands for all of them."""
        return self.rows[0]

    def rest_words(self, shown: int = 1) -> str:
        """How many rows are left after the first ones, and which is the last; empty if none."""
        left = len(self.rows) - shown
        if left <= 0:
            return ""
        first, last = key_parts(self.first.key), key_parts(self.rows[-1].key)
        same_place = len(first) == len(last) and first[:-1] == last[:-1]
        until = on_clock(last[-1][1]) if same_place and last else key_text(self.rows[-1].key)
        if left == 1:
            return f"and one more row alike: {until}"
        return f"and {grouped(left)} more rows alike, the last {until}"


def alike(findings: Iterable[FindingPart]) -> list[Alike]:
    """Findings by what they say, each group where its first row stood; known ones apart."""
    groups: dict[tuple[object, ...], list[FindingPart]] = {}
    for finding in findings:
        said = (finding.message, finding.missing, finding.exemption, finding.fix, finding.known)
        groups.setdefault(said, []).append(finding)
    return [Alike(tuple(rows)) for rows in groups.values()]


def causes_of(rule: OutcomePart, outcome: Outcome, cap: int | None = None) -> list[Alike]:
    """What a rule has to say of its rows of one outcome, each cause once, new ones first.

    Where the rule's own reason already says why nothing could be judged, rows that add nothing
    to it are left out. ``cap`` is the most rows to bring together.
    """
    found = [finding for finding in rule.findings if finding.outcome == outcome]
    groups = alike(sorted(found, key=lambda finding: finding.known)[:cap])
    if outcome != "not_assessable" or not rule.reason:
        return groups
    said = set(rule.reason.split("; "))
    return [group for group in groups if not set(group.first.missing) <= said]


def told_apart(finding: FindingPart, rule: OutcomePart) -> str:
    """What keeps a row from being judged, in words, less what its rule says for all rows anyway."""
    if rule.outcome != "not_assessable":
        return "; ".join(finding.missing)
    said = set((rule.reason or "").split("; "))
    named = tuple(f"reading {name}=" for name in rule.turns_on)
    return "; ".join(cause for cause in finding.missing
                     if cause not in said and not cause.startswith(named or "\n"))


def said_by_reason(rule: OutcomePart) -> bool:
    """Whether a rule that could not be judged says all about its rows in its reason."""
    return bool(rule.reason) and not rule.turns_on and not causes_of(rule, "not_assessable")


def causes_said(rule: OutcomePart, outcome: Outcome) -> list[str]:
    """Why rows of a rule came to an outcome, each cause once, in the order of the rows."""
    causes = ("; ".join(finding.missing) or finding.exemption or ""
              for finding in rule.findings if finding.outcome == outcome)
    return [cause for cause in dict.fromkeys(causes) if cause]
