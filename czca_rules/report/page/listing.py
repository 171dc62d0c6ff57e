"""Which findings of a rule the page lists, and how: causes in full, then every row in a line."""

from __future__ import annotations

from dataclasses import dataclass

from czca_rules.report import grouping
from czca_rules.report.model import FindingPart, Outcome, OutcomePart, ReportModel
from czca_rules.report.page.families import Family, families_of
from czca_rules.report.page.finding_cells import excess_words

#: Rows in all tables together, so that a page stays below three megabytes.
ROWS_PER_PAGE = 10_000
#: Up to this many rows stand in one table with their sentences; more get a table of lean rows.
ROWS_IN_FULL = 12
CAUSES_AT_FIRST = 5


@dataclass(frozen=True)
class Cause:
    """Rows shown with their sentence; ``alike`` counts all that share it, some in other numbers."""

    rows: tuple[FindingPart, ...]
    alike: int
    same: bool

    @property
    def first(self) -> FindingPart:
        """The row whose sentence is shown."""
        return self.rows[0]


@dataclass(frozen=True)
class Listing:
    """The rows of one rule and outcome: ``total`` judged, ``held`` by the report, ``shown`` here.

    ``families`` is empty where ``causes`` already show every row.
    """

    total: int
    held: int
    shown: int
    unit: str | None
    causes: tuple[Cause, ...]
    causes_left: int
    families: tuple[Family, ...]
    judged: bool
    exceeded: bool
    further: bool
    resting: bool


def caps(report: ReportModel) -> dict[str, int]:
    """The most rows each rule may show; where they are too many, all get an equal share."""
    left, shares = ROWS_PER_PAGE, {}
    waiting = sorted((len(rule.findings), rule.rule) for rule in report.outcomes)
    for place, (count, name) in enumerate(waiting):
        shares[name] = min(count, left // (len(waiting) - place))
        left -= shares[name]
    return shares


def listing_of(rule: OutcomePart, outcome: Outcome, cap: int) -> Listing:
    """What the page lists of one rule's rows of one outcome; ``cap`` is for all its outcomes."""
    before = sum(_severity(finding.outcome) < _severity(outcome) for finding in rule.findings)
    held = sorted((finding for finding in rule.findings if finding.outcome == outcome),
                  key=lambda finding: finding.known)
    shown = held[:max(cap - before, 0)]
    units = {finding.unit for finding in shown if finding.observed or finding.required}
    unit = units.pop() if len(units) == 1 else None
    causes, families = _causes(rule, outcome, shown, unit)
    return Listing(
        total=rule.judged.noted if outcome == "passed" else getattr(rule.judged, outcome),
        held=len(held), shown=len(shown),
        unit=unit, causes=tuple(causes[:CAUSES_AT_FIRST] if families else causes),
        causes_left=max(len(causes) - CAUSES_AT_FIRST, 0) if families else 0,
        families=tuple(families),
        judged=any(finding.observed is not None or finding.required is not None
                   for finding in shown),
        exceeded=any(excess_words(finding) for finding in shown),
        resting=any(len(finding.sources) > 1 for finding in shown),
        further=any(row.further for family in families for row in family.rows))


def _severity(outcome: Outcome) -> int:
    return ("failed", "not_assessable", "exempt", "passed", "not_applicable").index(outcome)


def _causes(rule: OutcomePart, outcome: Outcome, shown: list[FindingPart],
            unit: str | None) -> tuple[list[Cause], list[Family]]:
    """The causes to show in full, and the families of all rows where those are too many."""
    said = set((rule.reason or "").split("; ")) if outcome == "not_assessable" else set()
    telling = [row for row in shown if not (said and rule.reason and set(row.missing) <= said)]
    if len(shown) <= ROWS_IN_FULL and len(telling) == len(shown):
        return [Cause(group.rows, len(group.rows), same=True)
                for group in grouping.alike(shown)], []
    families = families_of(shown, rule, unit, with_fix=not common_fix(rule))
    told = {id(row) for row in telling}
    causes = [Cause((family.first,), len(family.rows), family.alike) for family in families
              if id(family.first) in told]
    return causes, families


def common_fix(rule: OutcomePart) -> str:
    """What to do, where all findings of a rule say the same."""
    fixes = {finding.fix for finding in rule.findings if finding.fix}
    return fixes.pop() if len(fixes) == 1 else ""
