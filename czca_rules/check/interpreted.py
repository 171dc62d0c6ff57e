"""The same judgement in plain Python: the engine's oracle, and what mutants run on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from czca_rules.check.codes import Code, OutcomeWord, judge_row, outcome_of, over_readings
from czca_rules.check.judging import Judging
from czca_rules.check.statement import variants_of
from czca_rules.derive.calendar import Calendar
from czca_rules.derive.interpreter import Interpreter
from czca_rules.derive.select import view_of
from czca_rules.rulebook.ruleset import Rule, Ruleset
from czca_rules.rulebook.schema import base_schema
from czca_rules.tables.event_tables import EVENT_TABLES

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
HIDDEN = ("_bad", "_file", "_line")


@dataclass(frozen=True)
class Interpreted:
    """A rule's rows by outcome, as the interpreter finds them."""

    outcome: OutcomeWord
    counts: Mapping[Code, int]
    turns_on: tuple[str, ...]


def fetched(judging: Judging, names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The rows of tables as rules see them, out of the engine."""
    result = {}
    if EVENT_TABLES.keys() & set(names):
        judging.on_engine.write_events()
    for name in names:
        schema = base_schema(name)
        assert schema is not None
        columns = [*schema.columns, "_bad"]
        listed = ", ".join(f'"{column}"' for column in columns)
        result[name] = [dict(zip(columns, row, strict=True)) for row in
                        judging.submission.engine.query(f"SELECT {listed} FROM {view_of(name)}")]
    return result


class InterpretedJudging:
    """Judges rules of a (perhaps bent) ruleset over fetched tables."""

    def __init__(self, judging: Judging, tables: Tables, ruleset: Ruleset | None = None) -> None:
        self.judging, self.tables = judging, tables
        self.ruleset = ruleset or judging.ruleset
        self.calendar = judging.calendar if ruleset is None else Calendar(
            ruleset, judging.calendar.days, judging.calendar.facts, judging.calendar.law_day)
        self.intervals = {i.start: (i.hours, i.market_day, i.end)
                          for i in judging.submission.intervals}

    def interpreter(self, readings: Mapping[str, str]) -> Interpreter:
        """An interpreter under some readings."""
        return Interpreter(self.ruleset, self.calendar, readings, self.tables, self.judging.sound,
                           self.intervals, self.judging.submission.manifest)

    def codes(self, rule: Rule, readings: Mapping[str, str]) -> dict[tuple[Any, ...], Code]:
        """The code of every row of a rule's relation, by its key."""
        relation = self.ruleset.relations[rule.form.on]
        result = {}
        for row in self.interpreter(readings).relation(rule.form.on):
            day = row["market_day"] if row.clock in ("delivery", "day") else self.calendar.days[0]
            in_force = rule.in_force_on(self.calendar.law_on(day))
            key = tuple(row[name] for name in relation.schema.key)
            result[key] = judge_row(rule, row, in_force)
        return result

    def judged(self, rule: Rule) -> Interpreted:
        """A rule's outcome, its counts, and what it turns on."""
        variants = variants_of(rule, self.judging.open_values)
        taken = self.codes(rule, self.judging.readings)
        others = {variant.assignment: self.codes(
            rule, {**self.judging.readings, variant.assignment[0]: variant.assignment[1]})
            for variant in variants if variant.assignment is not None}
        counts: dict[Code, int] = {}
        turning: set[str] = set()
        for key, code in taken.items():
            rest = [codes[key] for codes in others.values()]
            combined = over_readings(code, rest)
            counts[combined] = counts.get(combined, 0) + 1
            if combined is Code.NOT_ASSESSABLE:
                turning |= {assignment[0] for assignment, codes in others.items()
                            if codes[key].word != code.word}
        words: dict[OutcomeWord, int] = {}
        for code, count in counts.items():
            words[code.word] = words.get(code.word, 0) + count
        outcome = outcome_of(words)
        lacking = [name for name in self.ruleset.relations[rule.form.on].schema.tables
                   if not self.judging.sound(name)]
        if not counts and lacking:
            outcome = "not_assessable"
        return Interpreted(outcome, counts, tuple(sorted(turning)))


def with_rule(ruleset: Ruleset, rule: Rule) -> Ruleset:
    """The ruleset with one rule exchanged."""
    return replace(ruleset, rules={**ruleset.rules, rule.id: rule})
