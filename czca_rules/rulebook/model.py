"""What a ruleset's files may hold: rules, parameters, readings, relations, provisions.

These models are the forms of the YAML files and the source of their published JSON Schemas; what
formulas mean is checked afterwards, in ``rulebook.lint``.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from czca_rules.rulebook.steps import Period, RelationForm
from czca_rules.rulebook.units import MAX_DIGITS
from czca_rules.strict_model import StrictModel

Level = Literal["error", "warning", "info"]
Stage = Literal["application", "allocation", "procurement", "publication", "use", "settlement",
                "yearly"]
LegalStatus = Literal["consultation_draft", "proposal", "adopted", "law"]
Approach = Literal["economic_efficiency", "market_based", "inverted_market_based", "co_optimised",
                   "probabilistic"]
Exemption = Literal["dc_border", "short_contracting", "nra_limit", "separate_procurement",
                    "contracting_derogation", "withholding"]


def _decimal_only(value: object) -> object:
    # text that only looks like a number, such as `1e9` or `1_000`, is none
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("a decimal number")
    return value


Sentence = Annotated[str, StringConstraints(min_length=3, strip_whitespace=True)]
Formula = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Exact = Annotated[Decimal, BeforeValidator(_decimal_only)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*-[A-Za-z0-9.-]+$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
RulesetName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
ReadingValue = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class InForce(StrictModel):
    """The days on which a rule or derogation is law; `until` is the first day after."""

    from_: date = Field(alias="from")
    until: date | None = None


class Derogation(StrictModel):
    """A derogation that may be claimed: whether it is, and whether the facts allow it."""

    claimed: Formula
    holds: Formula
    cite: Sentence


class Equivalent(StrictModel):
    """A bent version of the rule that no case can tell from the rule, and why."""

    mutant: str
    because: Sentence


class RuleForm(StrictModel):
    """One rule: on a relation, under a scope, unless a claimed derogation, a formula must hold.

    `deadline` and `sequence` are spellings of `must`, `due` and `noted` (``rulebook.deadlines``).
    `instead_of` names rules of an included ruleset that this one takes the place of.
    """

    id: Identifier
    title: Sentence
    level: Level
    stage: Stage
    approach: tuple[Approach, ...] = ()
    law_date: Literal["delivery"] = "delivery"
    in_force: InForce
    provision: Sentence
    rests_on: tuple[str, ...] = ()
    instead_of: tuple[Identifier, ...] = ()
    obligation: Sentence
    reading: Sentence
    why: Sentence
    on: Word
    under: Formula | None = None
    unless: dict[Exemption, Derogation] = {}
    deadline: Sentence | None = None
    sequence: Annotated[tuple[Word, ...], Field(min_length=2)] | None = None
    due: Formula | None = None
    must: Formula | None = None
    noted: Formula | None = None
    shows: dict[Word, Formula] = {}
    message: Sentence
    fix: Sentence
    equivalent: tuple[Equivalent, ...] = ()


    @model_validator(mode="after")
    def _one_duty(self) -> RuleForm:
        spelled = [name for name in ("deadline", "sequence", "must") if getattr(self, name)]
        if len(spelled) != 1:
            raise ValueError("exactly one of `must`, `deadline` and `sequence`")
        if spelled != ["must"] and (self.due or self.noted):
            raise ValueError("no `due` or `noted` beside a deadline or sequence, which says both")
        return self


class DatedValue(StrictModel):
    """A value of law from a day on, with the place that sets it; `null` ends it."""

    value: Exact | date | None
    cite: Sentence


class ParameterForm(StrictModel):
    """A number of law: what it is, its unit, its values by the day they begin, when reviewed."""

    title: Sentence
    unit: Literal["share", "number", "MW", "MWh", "h", "EUR", "EUR/MWh", "EUR/MW/h", "date"]
    values: dict[date, DatedValue]
    reviewed: date

    @model_validator(mode="after")
    def _has_values(self) -> ParameterForm:
        if not self.values:
            raise ValueError("at least one dated value")
        numbers = [item.value for item in self.values.values() if isinstance(item.value, Decimal)]
        whole = max((item.adjusted() for item in numbers), default=0)
        least = min((int(item.as_tuple().exponent) for item in numbers), default=0)
        if max(whole, 0) + 1 - min(least, 0) > MAX_DIGITS:
            raise ValueError(f"values that together need at most {MAX_DIGITS} digits")
        return self


class ReadingForm(StrictModel):
    """An ambiguous provision's named readings, whether settled, and the default."""

    title: Sentence
    standing: Literal["settled", "open"]
    default: str
    cite: Sentence
    values: dict[ReadingValue, Sentence]

    @model_validator(mode="after")
    def _default_is_a_value(self) -> ReadingForm:
        if self.default not in self.values:
            raise ValueError(f"a default among {', '.join(self.values)}")
        return self


class RulesetForm(StrictModel):
    """The head of a ruleset: what it is, whose law, and which rulesets it includes."""

    id: RulesetName
    title: Sentence
    version: Sentence
    legal_status: LegalStatus
    source: Sentence
    approaches: tuple[Approach, ...] = ()
    includes: tuple[RulesetName, ...] = ()


class ParametersFile(StrictModel):
    """`parameters.yaml`."""

    parameters: dict[Word, ParameterForm]


class ReadingsFile(StrictModel):
    """`readings.yaml`."""

    readings: dict[Word, ReadingForm]


class DerivedFile(StrictModel):
    """`derived.yaml` and `derived/*.yaml`: periods of reference and derived relations."""

    periods: dict[Word, Period] = {}
    relations: dict[Word, RelationForm] = {}


class CurveForm(StrictModel):
    """One curve: its title, the relation it is read from, and the formula of its value in MW.

    ``rule`` is the rule that judges the curve, if one does.
    """

    title: Sentence
    on: Word
    value: Formula
    rule: Identifier | None = None


class PricesForm(StrictModel):
    """Prices of cross-zonal capacity, drawn from the table: the rule that judges them."""

    rule: Identifier


class PicturesFile(StrictModel):
    """``pictures.yaml``: the curves of a border direction over a day, each in MW, and prices."""

    allocated: CurveForm | None = None
    limit: CurveForm | None = None
    capacity: CurveForm | None = None
    prices: PricesForm | None = None
