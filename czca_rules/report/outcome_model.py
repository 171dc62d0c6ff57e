"""One rule in the report: its outcome, what was counted, and each finding.

Also the kinds of value a report may hold: numbers are decimal text, instants are UTC.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Outcome = Literal["passed", "failed", "exempt", "not_applicable", "not_assessable"]
Level = Literal["error", "warning", "info"]
Stage = Literal["application", "allocation", "procurement", "publication", "use", "settlement",
                "yearly"]
Standing = Literal["settled", "open"]

_EXPONENT = re.compile(r"-?\d+(\.\d+)?[eE][+-]?\d+")


def _without_exponent(text: str) -> str:
    if _EXPONENT.fullmatch(text):
        raise ValueError("a number is written without exponent")
    return text


Count = Annotated[int, Field(strict=True, ge=0)]
Flag = Annotated[bool, Field(strict=True)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Instant = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$")]
Number = Annotated[str, Field(pattern=r"^-?(0|[1-9]\d*)(\.\d+)?$")]
#: A number, an instant or a word, as the judged column has it.
Value = Annotated[str, AfterValidator(_without_exponent)]


class Part(BaseModel):
    """A part of the report: only its own keys, never changed once made."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True)


class Counts(Part):
    """Rules by outcome."""

    passed: Count
    failed: Count
    exempt: Count
    not_applicable: Count
    not_assessable: Count


class Judged(Counts):
    """Rows or groups by outcome; ``noted`` ones are among the passed."""

    noted: Count


class Source(Part):
    """A place in an input file; ``line`` is null for a row that is not there."""

    file: str
    line: Annotated[int, Field(strict=True, ge=1)] | None


class ParameterUsed(Part):
    """A number of law in the formula, with the day it holds from and its source."""

    name: str
    value: Value
    since: Date | None
    cite: str | None
    unit: str | None = None


class FindingPart(Part):
    """One judged row or group that did not simply pass; ``known`` where a baseline has it too."""

    outcome: Outcome
    key: dict[str, str]
    sources: tuple[Source, ...]
    observed: Value | None
    relation: str | None
    required: Value | None
    required_max: Value | None
    tolerance: Number | None
    unit: str | None
    parameters: tuple[ParameterUsed, ...]
    reading: dict[str, str]
    exemption: str | None
    effect_eur: Number | None
    message: str
    fix: str
    missing: tuple[str, ...] = ()
    noted: Flag = False
    known: Flag = False


class ReadingValue(Part):
    """One way to read a provision, and the rule's outcome under it where it was tried."""

    value: str
    title: str
    outcome: Outcome | None


class RuleReading(Part):
    """An ambiguous provision that a rule rests on."""

    name: str
    title: str
    standing: Standing
    taken: str
    default: str
    values: tuple[ReadingValue, ...]


class Derogation(Part):
    """A way out of a duty, whether the sender claims it, and the rows it excused."""

    exemption: str
    title: str
    claimed: Flag
    document: str | None
    rows: Count


class OutcomePart(Part):
    """One rule and what came of it.

    ``known`` counts the failed and not assessable rows that a baseline has too, ``known_failed``
    the failed ones among them; a rule that is not assessable without any row counts as one.
    """

    rule: str
    provision: str
    rests_on: tuple[str, ...]
    level: Level
    stage: Stage
    outcome: Outcome
    reason: str | None
    turns_on: tuple[str, ...]
    judged: Judged
    findings: tuple[FindingPart, ...]
    findings_total: Count
    title: str = ""
    obligation: str = ""
    why: str = ""
    fix: str = ""
    formula: str = ""
    scope_formula: str | None = None
    on: str = ""
    readings: tuple[RuleReading, ...] = ()
    derogations: tuple[Derogation, ...] = ()
    parameters: tuple[ParameterUsed, ...] = ()
    known: Count = 0
    known_failed: Count = 0
