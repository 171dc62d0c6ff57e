"""A ruleset with everything in it read, typed and hashed: what a check goes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from czca_rules.errors import UsageError, near_miss
from czca_rules.market_time.holidays import HolidayList
from czca_rules.rulebook.model import (
    CurveForm,
    ParameterForm,
    ReadingForm,
    RuleForm,
    RulesetForm,
)
from czca_rules.rulebook.register import DefectForm, ProvisionForm
from czca_rules.rulebook.relations import Relation
from czca_rules.rulebook.schema import Schema, Surroundings
from czca_rules.rulebook.steps import Period
from czca_rules.rulebook.syntax import Node
from czca_rules.rulebook.units import UNITS, Type
from czca_rules.tables.event_tables import ALSO_READ, MADE_FROM

Value = Decimal | date


@dataclass(frozen=True)
class Derogation:
    """A derogation of a rule, read: whether it is claimed and whether the facts allow it."""

    exemption: str
    claimed: Node
    holds: Node
    cite: str


@dataclass(frozen=True)
class Rule:
    """A rule, read: its form as written, its formulas as nodes, and what it rests on.

    ``readings`` are those that its outcome depends on, ``tables`` those that it cannot do without.
    """

    form: RuleForm
    ruleset: str
    file: str
    under: Node | None
    derogations: tuple[Derogation, ...]
    due: Node | None
    must: Node
    noted: Node | None
    shows: Mapping[str, Node]
    readings: frozenset[str]
    tables: frozenset[str]

    @property
    def id(self) -> str:
        """The rule's identifier, its address in the methodology."""
        return self.form.id

    def in_force_on(self, day: date) -> bool:
        """Whether the rule is law on a day."""
        span = self.form.in_force
        return span.from_ <= day and (span.until is None or day < span.until)


@dataclass(frozen=True)
class Parameter:
    """A number of law with its dated values, in order."""

    name: str
    form: ParameterForm
    ruleset: str

    def on(self, day: date) -> tuple[Value | None, date | None, str]:
        """The value on a day, since when, and the place that sets it."""
        begun = [since for since in self.form.values if since <= day]
        if not begun:
            return None, None, ""
        since = max(begun)
        dated = self.form.values[since]
        return dated.value, since, dated.cite

    @property
    def type(self) -> Type:
        """The narrowest type that holds all its values; unknown before the first one."""
        if self.form.unit == "date":
            return Type("date")
        unit = UNITS.get(self.form.unit, (0, 0, 0))
        scale = whole = 0
        for dated in self.form.values.values():
            if isinstance(dated.value, Decimal):
                _, figures, exponent = dated.value.as_tuple()
                scale = max(scale, -min(int(exponent), 0))
                whole = max(whole, len(figures) + int(exponent), 1)
        return Type("quantity", unit, whole + scale, scale)


@dataclass(frozen=True)
class CurveFormula:
    """One curve, read: the formula of its value on the rows of a relation."""

    form: CurveForm
    value: Node


@dataclass(frozen=True)
class PictureFormulas:
    """What the pictures of a day draw: curves by name, and the rule that judges prices."""

    curves: Mapping[str, CurveFormula]
    price_rule: str | None


@dataclass(frozen=True)
class Included:
    """A ruleset that takes part: its identifier, version and the hash of its parsed form."""

    id: str
    version: str
    sha256: str


@dataclass(frozen=True)
class Ruleset:
    """A ruleset and all it includes, ready to be checked against."""

    form: RulesetForm
    sha256: str
    includes: tuple[Included, ...]
    parameters: Mapping[str, Parameter]
    readings: Mapping[str, ReadingForm]
    periods: Mapping[str, Period]
    relations: Mapping[str, Relation]
    rules: Mapping[str, Rule]
    holidays: Mapping[tuple[str, str], HolidayList]
    provisions: tuple[ProvisionForm, ...]
    parent_provisions: tuple[ProvisionForm, ...]
    surroundings: Surroundings
    pictures: PictureFormulas
    defects: tuple[DefectForm, ...]

    @property
    def id(self) -> str:
        """The ruleset's identifier."""
        return self.form.id

    def own_rules(self) -> dict[str, Rule]:
        """The rules of this ruleset itself, without those of the rulesets that it includes."""
        return {name: rule for name, rule in self.rules.items() if rule.ruleset == self.id}

    def rule(self, identifier: str) -> Rule:
        """A rule by its identifier; ``UsageError`` names the near miss."""
        if identifier not in self.rules:
            raise UsageError(f"{self.id} has no rule `{identifier}`. "
                             f"{near_miss(identifier, self.rules)}")
        return self.rules[identifier]

    def tables_behind(self, name: str) -> frozenset[str]:
        """Every table that a relation reads, directly or through others, with what those of
        ``tables.event_tables`` are made from."""
        relation = self.relations.get(name)
        if relation is None:
            source = MADE_FROM.get(name) or ALSO_READ.get(name)
            return frozenset({name, source} if source else {name})
        sources = {relation.source, *(step.source for step in relation.steps if step.source)}
        return frozenset[str]().union(*(self.tables_behind(source) for source in sources))

    def defaults(self) -> dict[str, str]:
        """Every reading at its default."""
        return {name: form.default for name, form in self.readings.items()}

    def schema(self, relation: str) -> Schema:
        """The schema of a derived relation."""
        return self.relations[relation].schema
