"""Two reports side by side: what their verdicts, rules and findings have become.

Lines and file names play no part in it, so that a file sorted anew changes nothing. Where a report
lists fewer findings than it counts, rows are compared only as far as that is sure: a row is new if
the old report lists all rows and not this one, and gone the other way round.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from czca_rules.check.judging import natural
from czca_rules.report.earlier.matching import (
    Identity,
    Numbers,
    identities,
    masks_last,
    matched,
    secret_columns,
)
from czca_rules.report.figures import counted
from czca_rules.report.model import FindingPart, InputFile, OutcomePart, ReportModel
from czca_rules.report.words import LEGAL_STATUS_WORDS, listed, verdict_words

NOTHING = "none"


@dataclass(frozen=True)
class Changed:
    """A row that both reports list, with another outcome or other numbers."""

    before: FindingPart
    after: FindingPart


@dataclass(frozen=True)
class RuleComparison:
    """A rule in both reports; ``None`` where a report does not judge it.

    ``partly``: some rows are not listed, so only their counts are compared. ``masked``: columns of
    the key and numbers that are masked by a key of each submission; they are not compared, and rows
    alike in the rest of their key are so many.
    """

    rule: str
    before: OutcomePart | None
    after: OutcomePart | None
    new: tuple[FindingPart, ...] = ()
    gone: tuple[FindingPart, ...] = ()
    changed: tuple[Changed, ...] = ()
    partly: bool = False
    masked: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether anything that was compared is not the same."""
        return bool(self.new or self.gone or self.changed) or _core(self.before) != _core(
            self.after)

    @property
    def either(self) -> OutcomePart:
        """The rule as the newer report has it, else the older."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True)
class Told:
    """Something about the reports themselves that differs, in words."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """What became of a report: ``head`` is what was judged and how, ``rules`` what came of it.

    ``rules`` are those that differ or could be compared only in part.
    """

    before: ReportModel
    after: ReportModel
    head: tuple[Told, ...]
    rules: tuple[RuleComparison, ...]

    @property
    def verdict_changed(self) -> bool:
        """Whether the verdict reads differently, in law or as a word about a draft."""
        return verdict_words(self.before) != verdict_words(self.after)

    @property
    def differs(self) -> bool:
        """Whether the verdict, a rule or a finding differs; what was judged may differ anyway."""
        return self.verdict_changed or any(rule.differs for rule in self.rules)

    @property
    def totals(self) -> tuple[int, int, int]:
        """Findings new, gone and changed."""
        return (sum(len(rule.new) for rule in self.rules),
                sum(len(rule.gone) for rule in self.rules),
                sum(len(rule.changed) for rule in self.rules))


def compared(before: ReportModel, after: ReportModel) -> Comparison:
    """Compare two reports, the older first."""
    old = {item.rule: item for item in before.outcomes}
    new = {item.rule: item for item in after.outcomes}
    whole = before == after or _every_finding_alike(before, after)
    passes = identities(before, after)
    rules = [_rule(name, old.get(name), new.get(name), (before, after), passes, whole)
             for name in sorted(old.keys() | new.keys(), key=natural)]
    return Comparison(before, after, tuple(_head(before, after)),
                      tuple(rule for rule in rules if rule.differs or rule.partly or rule.masked))


def _every_finding_alike(before: ReportModel, after: ReportModel) -> bool:
    old, new = before.every_finding, after.every_finding
    return old is not None and new is not None and old.sha256 == new.sha256


def _rule(name: str, before: OutcomePart | None, after: OutcomePart | None,
          reports: tuple[ReportModel, ReportModel], passes: tuple[Identity, ...],
          whole: bool) -> RuleComparison:
    old, new = (item.findings if item else () for item in (before, after))
    numbers = Numbers(*reports, (*old, *new))

    def with_numbers(identity: Identity) -> Identity:
        def both(finding: FindingPart) -> Hashable:
            return identity(finding), numbers(finding)
        return both

    found = matched(old, new, [step for identity in passes
                               for step in (with_numbers(identity), identity)])
    columns = () if masks_last(*reports) else sorted(
        {column for finding in (*old, *new) for column in secret_columns(finding)})
    return RuleComparison(
        name, before, after,
        new=tuple(found.new) if _lists_all(before) else (),
        gone=tuple(found.old) if _lists_all(after) else (),
        changed=tuple(Changed(one, other) for one, other in found.pairs
                      if numbers(one) != numbers(other)),
        partly=not whole and not (_lists_all(before) and _lists_all(after)),
        masked=(*columns, *sorted(numbers.masked)))


def _lists_all(rule: OutcomePart | None) -> bool:
    return rule is None or len(rule.findings) >= rule.findings_total


def _core(rule: OutcomePart | None) -> Hashable:
    return None if rule is None else (rule.outcome, rule.level, rule.reason, rule.turns_on,
                                      rule.judged)


def _head(before: ReportModel, after: ReportModel) -> Iterator[Told]:
    """What was judged, by which rules and how, where that differs."""
    old, new = _said(before), _said(after)
    for what in dict.fromkeys((*old, *new)):
        if old.get(what) != new.get(what):
            yield Told(what, old.get(what, NOTHING), new.get(what, NOTHING))
    yield from _files(before.submission.files, after.submission.files)  # there may be many


def _said(report: ReportModel) -> dict[str, str]:
    submission, ruleset, scope = report.submission, report.ruleset, report.scope
    delivery = submission.delivery
    return {
        "submission": f"{submission.id} revision {submission.revision}",
        "sender": submission.sender.id if submission.sender else NOTHING,
        "delivery": f"{delivery.from_} to {delivery.to}" if delivery else NOTHING,
        "as of": scope.as_of,
        "ruleset": f"{ruleset.id} {ruleset.version} ({ruleset.sha256[:12]})",
        "legal status": LEGAL_STATUS_WORDS[ruleset.legal_status],
        "included": listed(f"{item.id} {item.version} ({item.sha256[:12]})"
                           for item in ruleset.includes) or NOTHING,
        **{f"reading {name}": value for name, value in sorted(ruleset.readings.items())},
        **{f"settled {name}": value for name, value in sorted(scope.settled.items())},
        "stages": listed(scope.stages),
        "law of": report.law_date or "each row's own day",
        "only": listed(scope.selected) or "all rules",
        "without": listed(scope.ignored) or NOTHING,
        "all readings": "tried" if scope.all_readings else "not tried",
        "confidential": "shown" if scope.confidential else "masked",
        "listed": "all findings" if scope.findings is None
                  else f"at most {scope.findings} findings of each rule",
        "baseline": scope.baseline[:12] if scope.baseline else NOTHING,
        **{name: version for name, version in sorted(report.environment.items()) if version},
    }


def _files(before: tuple[InputFile, ...], after: tuple[InputFile, ...]) -> Iterator[Told]:
    old = {file.path: file for file in before}
    new = {file.path: file for file in after}
    for path in sorted(old.keys() | new.keys()):
        texts = [f"{counted(file.rows, 'row')} ({file.sha256[:12]})" if (file := files.get(path))
                 else "not handed in" for files in (old, new)]
        if old.get(path) != new.get(path):
            yield Told(path, *texts)
