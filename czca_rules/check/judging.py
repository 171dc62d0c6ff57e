"""Judging a submission: every rule of a ruleset to its outcome, counted exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from czca_rules.check.choices import Options, meant, natural, settled_readings
from czca_rules.check.codes import PRECEDENCE, Code, OutcomeWord, outcome_of, over_readings
from czca_rules.check.slicing import slices
from czca_rules.check.statement import RelationStatement, Variant, variants_of
from czca_rules.derive.calendar import Calendar, delivery_days, submission_facts
from czca_rules.derive.engine_calendar import EngineCalendar
from czca_rules.derive.needs import node_refs
from czca_rules.derive.plan import Planner
from czca_rules.derive.select import Context, Select
from czca_rules.errors import UsageError, near_miss
from czca_rules.market_time.days import market_day_of
from czca_rules.rulebook.ruleset import Rule, Ruleset
from czca_rules.tables.event_tables import EVENT_TABLES


class Judgeable(Protocol):
    """What judging needs of a submission: its manifest, engine, tables and time axis."""

    @property
    def manifest(self) -> Any: ...
    @property
    def engine(self) -> Any: ...
    @property
    def tables(self) -> Mapping[str, Any]: ...
    @property
    def intervals(self) -> Sequence[Any]: ...
    @property
    def files(self) -> Sequence[Any]: ...


@dataclass(frozen=True)
class RuleOutcome:
    """One rule's outcome with its exact counts.

    ``turns_on`` are the open readings that the outcome hangs on; ``by_reading`` the outcome under
    each value that was tried; ``latest_due`` is set where rows were not due. ``first_flagged``
    are the instants at which the first rows to report begin, of each code at least the first
    ``statement.KEPT`` in the order of the key; ``None`` where that was not told.
    """

    rule: Rule
    outcome: OutcomeWord
    reason: str | None
    counts: Mapping[Code, int]
    turns_on: tuple[str, ...] = ()
    by_reading: Mapping[tuple[str, str], OutcomeWord] = field(default_factory=dict)
    first_flagged: frozenset[datetime] | None = None

    @property
    def judged(self) -> dict[str, int]:
        """Rows by outcome, as the report counts them."""
        result: dict[str, int] = dict.fromkeys((*PRECEDENCE, "not_applicable"), 0)
        for code, count in self.counts.items():
            result[code.word] += count
        return result | {"noted": self.counts.get(Code.NOTED, 0)}


class Judging:
    """One check in progress: the choices made, the calendar, and the statements it runs."""

    def __init__(self, submission: Judgeable, ruleset: Ruleset, options: Options) -> None:
        self.submission, self.ruleset, self.options = submission, ruleset, options
        self.readings = settled_readings(ruleset, options)
        days = delivery_days(submission.intervals)
        as_of: datetime = submission.manifest.as_of
        self.calendar = Calendar(ruleset, days, submission_facts(submission.manifest, as_of),
                                 options.law_date)
        self.on_engine = EngineCalendar(submission, self.calendar)
        self.context = Context(ruleset, self.calendar, self.readings, self.sound,
                               self.on_engine.uniform, self.on_engine.function,
                               self.on_engine.sound_events)

    def sound(self, table: str) -> bool:
        """Whether a table was handed in and could be read (manifest tables always are)."""
        state = self.submission.tables.get(table)
        return state is None or state.status == "ready"

    @property
    def open_values(self) -> dict[str, list[str]]:
        """The other values of every open reading that nobody settled."""
        return {name: [value for value in form.values if value != self.readings[name]]
                for name, form in self.ruleset.readings.items()
                if form.standing == "open" and name not in self.options.readings}

    def rules(self) -> list[Rule]:
        """The rules selected, in the order of their identifiers."""
        rules = self.ruleset.rules
        for name in (*self.options.select, *self.options.ignore):
            if not meant(name, rules):
                raise UsageError(f"{self.ruleset.id} has no rule `{name}`. "
                                 f"{near_miss(name, rules)}")
        chosen = set[str]().union(*(meant(name, rules) for name in self.options.select or rules))
        ignored = set[str]().union(*(meant(name, rules) for name in self.options.ignore))
        return [rules[name] for name in sorted(chosen - ignored, key=natural)]

    def set_aside(self, rule: Rule) -> str | None:
        """Why a rule is not applicable as a whole, before any row is looked at."""
        manifest = self.submission.manifest
        approaches = rule.form.approach or self.ruleset.form.approaches
        if approaches and manifest.approach not in approaches:
            return "approach"
        if rule.form.stage not in (self.options.stages or manifest.stages):
            return "stage"
        if not any(self.calendar.in_force(rule.id, day) for day in self.calendar.days):
            return "scope"
        return None

    def statements(self, rules: Iterable[Rule]) -> list[RelationStatement]:
        """One statement for each relation that some rule is judged on."""
        by_relation: dict[str, list[Variant]] = {}
        for rule in rules:
            if EVENT_TABLES.keys() & self.ruleset.tables_behind(rule.form.on):
                self.on_engine.write_events()
            by_relation.setdefault(rule.form.on, []).extend(variants_of(rule, self.open_values))
        return [RelationStatement(self.context, name, tuple(variants))
                for name, variants in sorted(by_relation.items())]

    def outcomes(self) -> list[RuleOutcome]:
        """Judge every selected rule."""
        done: dict[str, RuleOutcome] = {}
        judged = []
        for rule in self.rules():
            reason = self.set_aside(rule)
            if reason is None:
                judged.append(rule)
            else:
                done[rule.id] = RuleOutcome(rule, "not_applicable", reason, {})
        for statement, rows in self._counted(self.statements(judged)):
            done |= self._tally(statement, rows)
        return [done[rule.id] for rule in self.rules()]

    def _counted(self, statements: Sequence[RelationStatement]) -> Iterator[
            tuple[RelationStatement, list[tuple[Any, ...]]]]:
        """What each statement counts, slice by slice."""
        engine = self.submission.engine
        for number, statement in enumerate(statements, 1):
            engine.progress("Judging rules", number, len(statements), "relations")
            yield statement, [row for part in slices(statement, self.submission)
                              for row in engine.query(statement.counting(part))]

    def _tally(self, statement: RelationStatement,
               rows: Sequence[tuple[Any, ...]]) -> dict[str, RuleOutcome]:
        by_rule: dict[str, list[int]] = {}
        for number, variant in enumerate(statement.variants):
            by_rule.setdefault(variant.rule.id, []).append(number)
        combinations = [(statement.unpacked(row[:-2]), row[-1]) for row in rows]
        starts = statement.first_flagged(rows)
        return {rule: replace(self._outcome(statement, numbers, combinations),
                              first_flagged=starts) for rule, numbers in by_rule.items()}

    def _outcome(self, statement: RelationStatement, numbers: Sequence[int],
                 combinations: Sequence[tuple[list[Code], int]]) -> RuleOutcome:
        rule = statement.variants[numbers[0]].rule
        counts: dict[Code, int] = {}
        single: dict[int, dict[OutcomeWord, int]] = {number: {} for number in numbers}
        turning: set[str] = set()
        for codes, count in combinations:
            own = [codes[number] for number in numbers]
            code = over_readings(own[0], own[1:])
            counts[code] = counts.get(code, 0) + count
            for number, one in zip(numbers, own, strict=True):
                single[number][one.word] = single[number].get(one.word, 0) + count
                assignment = statement.variants[number].assignment
                if code is Code.NOT_ASSESSABLE and assignment and one.word != own[0].word:
                    turning.add(assignment[0])
        by_reading = {assignment: outcome_of(single[number]) for number in numbers
                      if (assignment := statement.variants[number].assignment) is not None}
        by_reading |= {(name, self.readings[name]): outcome_of(single[numbers[0]])
                       for name in rule.readings}
        words: dict[OutcomeWord, int] = {}
        for code, count in counts.items():
            words[code.word] = words.get(code.word, 0) + count
        outcome = outcome_of(words)
        reason = self._reason(rule, outcome, counts)
        if outcome == "not_applicable" and reason is not None and reason.startswith("no row"):
            outcome = "not_assessable"
        return RuleOutcome(rule, outcome, reason, counts, tuple(sorted(turning)), by_reading)

    def _reason(self, rule: Rule, outcome: OutcomeWord, counts: Mapping[Code, int]) -> str | None:
        if outcome == "not_applicable":
            lacking = [name for name in sorted(rule.tables) if not self.sound(name)]
            relation = self.ruleset.relations[rule.form.on]
            driving = [name for name in lacking if name in relation.schema.tables]
            if not counts and driving:
                return f"no row: {self.lack(driving[0])}"
            return "not_due" if counts.get(Code.NOT_DUE) else "scope"
        if outcome == "not_assessable":
            lacking = [self.lack(name) for name in sorted(rule.tables) if not self.sound(name)]
            return "; ".join(lacking) or None
        return None

    def latest_due(self, rule: Rule) -> date | None:
        """The market day by which the last row of a rule is due; `None` where nothing is."""
        if rule.due is None:
            return None
        schema = self.context.schema_of(rule.form.on)
        planner, select = Planner(self.context), Select(self.context, schema)
        last = planner.relation(rule.form.on, node_refs(rule.due, schema, None))
        due = f"SELECT max({select.formula(rule.due)})"
        found = self.submission.engine.query(
            f"{planner.with_clause()}{due} FROM {select.source(f'{last} s')}")[0][0]
        # a moment at midnight is the end of the day before
        return None if found is None else market_day_of(found - timedelta.resolution)

    def lack(self, table: str) -> str:
        """Why a table cannot be relied on."""
        state = self.submission.tables[table]
        if state.status == "absent":
            return f"table `{table}` was not handed in"
        return f"table `{table}` could not be read ({state.reason})"


__all__ = ["Judgeable", "Judging", "Options", "RuleOutcome", "meant", "natural"]
