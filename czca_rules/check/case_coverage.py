"""What the cases of a ruleset cover: every provision, every rule, every outcome, two authors.

A rule with a number or a deadline is where a misreading costs most, so some of its cases have to
come from somebody who had read only the paragraph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from czca_rules.check.cases import CaseFile, case_files
from czca_rules.check.judging import natural
from czca_rules.check.reach import Reach
from czca_rules.check.statement import formulas_of
from czca_rules.rulebook import syntax as s
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.register_lists import coverage_rows
from czca_rules.rulebook.ruleset import Rule, Ruleset
from czca_rules.rulebook.syntax import Node, children

#: What the cases of every rule have to show.
WANTED = ("passed", "failed", "not_applicable", "not_assessable")
#: How many cases of a rule with a number or a deadline are by the second author, at the least.
BY_PARAGRAPH = 3


@dataclass(frozen=True)
class CaseCoverage:
    """How many provisions, rules and cases there are, and what is missing, rule by rule."""

    ruleset: str
    provisions: Mapping[str, int]
    rules: int
    numbered: int
    cases: int
    by_paragraph: int
    gaps: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is missing."""
        return not self.gaps

    def text(self) -> str:
        """The report for the terminal."""
        checked = self.provisions.get("checked", 0)
        lines = [f"{self.ruleset}: {sum(self.provisions.values())} provisions, {checked} checked "
                 f"by {self.rules} rules with {self.cases} cases",
                 f"  {self.numbered} rules with a number or a deadline; {self.by_paragraph} cases "
                 "by a second author"]
        return "\n".join([*lines, *(f"  {gap}" for gap in self.gaps)])


def case_coverage(name: str) -> CaseCoverage:
    """What the cases of a ruleset cover."""
    ruleset = load_ruleset(name)
    files = {file.rule: file for _, file in case_files(name)}
    own = ruleset.own_rules()
    numbered = {rule.id for rule in own.values() if has_number(ruleset, rule)}
    gaps = [gap for rule in sorted(own, key=natural)
            for gap in _gaps(rule, files.get(rule), rule in numbered)]
    rows = coverage_rows(ruleset)
    gaps += [f"{row['provision']} has no rule and no reason" for row in rows
             if row["kind"] == "checked" and not row["rules"]]
    return CaseCoverage(
        name, Counter(str(row["kind"]) for row in rows), len(own), len(numbered),
        sum(len(file.cases) for file in files.values()),
        sum(_by_paragraph(file) for file in files.values()), tuple(gaps))


def _gaps(rule: str, file: CaseFile | None, numbered: bool) -> list[str]:
    if file is None:
        return [f"{rule} has no cases"]
    shown = {case.expect for case in file.cases}
    gaps = [f"{rule} has no case that is {word.replace('_', ' ')}" for word in WANTED
            if word not in shown]
    written = _by_paragraph(file)
    if numbered and written < BY_PARAGRAPH:
        gaps.append(f"{rule} has {written} cases by a second author, {BY_PARAGRAPH} are wanted")
    return gaps


def _by_paragraph(file: CaseFile) -> int:
    return sum(case.author == "paragraph" for case in file.cases)


def has_number(ruleset: Ruleset, rule: Rule) -> bool:
    """Whether a rule rests on a number of law or on a deadline."""
    if rule.form.deadline is not None or rule.form.sequence is not None:
        return True
    if Reach(ruleset, rule).parameters:
        return True
    return any(_counts(node) for node in formulas_of(rule))


def _counts(node: Node) -> bool:
    if isinstance(node, s.Number):
        return node.value != 0
    return any(_counts(part) for part in children(node))
