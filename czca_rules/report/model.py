"""The report as a model: the keys of ``czca-report/1`` and what each may hold.

Every other format derives from this one. Numbers are decimal text, instants UTC, missing is null.
Keys without a default are those every tool must write; the others are always written by us.
``python -m czca_rules.report.model`` prints the JSON Schema that is kept in ``schema/``.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any, Literal

from pydantic import Field, model_validator

from czca_rules.report.outcome_model import (
    Count,
    Counts,
    Date,
    Derogation,
    FindingPart,
    Flag,
    Hash,
    Instant,
    Judged,
    Level,
    Number,
    Outcome,
    OutcomePart,
    ParameterUsed,
    Part,
    ReadingValue,
    RuleReading,
    Source,
    Stage,
)
from czca_rules.report.picture_model import Pictures

__all__ = [
    "Claim", "Counts", "Delivery", "Derogation", "EveryFinding", "FindingPart",
    "IncludedRuleset", "Input", "InputFile", "InputProblem", "Judged", "Level", "Methodology",
    "Outcome", "OutcomePart", "ParameterUsed", "Pictures", "ProblemCount", "ProvisionPart",
    "ReadingValue", "ReportModel",
    "Reproduction", "RuleReading", "RulesetPart", "Scope", "Sender", "Source", "SubmissionPart",
    "Verdict", "report_schema", "schema_text", "verdict_of",
]

Verdict = Literal["compliant", "not_compliant", "undecided"]
LegalStatus = Literal["consultation_draft", "proposal", "adopted", "law"]
ProvisionStatus = Literal["passed", "failed", "exempt", "not_applicable", "not_assessable",
                          "pending", "evidence", "permission", "out_of_scope", "not_checkable",
                          "definition"]
ReproductionVerdict = Literal["reproduced", "reproduced_alternative", "tie_rule_breach",
                              "suboptimal", "infeasible", "price_invalid", "indeterminate"]


class Scope(Part):
    """What the verdict holds for, and the options that shaped it.

    ``findings`` is the most that each rule lists (null: all); ``baseline`` the SHA-256 of the
    report whose findings are marked as known.
    """

    stages: tuple[Stage, ...]
    as_of: Instant
    selected: tuple[str, ...]
    ignored: tuple[str, ...]
    settled: dict[str, str] = Field(default_factory=dict)
    all_readings: Flag = False
    confidential: Flag = False
    findings: Count | None = 100
    baseline: Hash | None = None


class InputFile(Part):
    """One file that was read; context folders are prefixed ``with1/``, ``with2/``."""

    path: str
    rows: Count
    sha256: Hash


class Sender(Part):
    """Who handed the submission in."""

    id: str
    role: str | None = None


class Delivery(Part):
    """The market days that were judged, both included."""

    from_: Date = Field(alias="from")
    to: Date


class Claim(Part):
    """A derogation that the sender says it relies on."""

    exemption: str
    border: str | None
    document: str | None


class SubmissionPart(Part):
    """What was handed in."""

    id: str
    revision: Count
    files: tuple[InputFile, ...]
    sender: Sender | None = None
    delivery: Delivery | None = None
    sender_readings: dict[str, str] = Field(default_factory=dict)
    relies_on: tuple[Claim, ...] = ()


class InputProblem(Part):
    """Something wrong with an input file, where it stands."""

    file: str
    line: int | None
    column: int | str | None
    kind: str
    found: str
    expected: str
    fix: str


class ProblemCount(Part):
    """How many problems of one kind a file has, exactly."""

    file: str
    kind: str
    count: Count


class Input(Part):
    """What could not be read as it stands: the first problems, and their exact counts."""

    problems: tuple[InputProblem, ...] = ()
    counts: tuple[ProblemCount, ...] = ()


class Methodology(Part):
    """The methodology as the ruleset names it."""

    title: str


class IncludedRuleset(Part):
    """A ruleset that another one rests on."""

    id: str
    version: str
    sha256: Hash


class RulesetPart(Part):
    """The rules that were applied, with the reading taken of every ambiguous provision."""

    id: str
    version: str
    legal_status: LegalStatus
    sha256: Hash
    includes: tuple[IncludedRuleset, ...]
    readings: dict[str, str]
    title: str = ""


class Reproduction(Part):
    """The allocation solved again, for one connected component or (no span) the whole."""

    approach: str
    verdict: ReproductionVerdict
    mtu_from: Instant | None
    mtu_to: Instant | None
    gap_eur: Number | None


class ProvisionPart(Part):
    """One provision of the methodology and how far it was checked."""

    provision: str
    rules: tuple[str, ...]
    status: ProvisionStatus
    title: str = ""
    reason: str | None = None


class EveryFinding(Part):
    """The file beside the report that holds every finding, known by its hash."""

    file: str
    rows: Count
    sha256: Hash


class ReportModel(Part):
    """The whole report. Its verdict and counts must follow from its outcomes."""

    format: Literal["czca-report/1"]
    verdict: Verdict
    scope: Scope
    submission: SubmissionPart
    ruleset: RulesetPart
    counts: Counts
    outcomes: tuple[OutcomePart, ...]
    reproduction: tuple[Reproduction, ...]
    provisions: tuple[ProvisionPart, ...]
    environment: dict[str, str | None]
    law_date: Date | None = None
    input: Input = Input()
    methodology: Methodology | None = None
    pictures: Pictures = Pictures()
    every_finding: EveryFinding | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> ReportModel:
        tally: Counter[str] = Counter(outcome.outcome for outcome in self.outcomes)
        for name, count in self.counts.model_dump().items():
            if tally[name] != count:
                raise ValueError(f"counts.{name} is {count}, but {tally[name]} rules have it")
        if self.verdict != (expected := verdict_of(self.outcomes)):
            raise ValueError(f"verdict is {self.verdict}, but the outcomes make it {expected}")
        return self


def verdict_of(outcomes: tuple[OutcomePart, ...]) -> Verdict:
    """The verdict that follows from the rules of level error."""
    errors = {outcome.outcome for outcome in outcomes if outcome.level == "error"}
    if "failed" in errors:
        return "not_compliant"
    return "undecided" if "not_assessable" in errors else "compliant"


def report_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a report."""
    schema = ReportModel.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema,
            "title": "czca-report/1"}


def schema_text() -> str:
    """The schema as it is kept in ``schema/report.json``."""
    return json.dumps(report_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
