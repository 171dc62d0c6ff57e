"""Whether the cases of a ruleset notice when its rules are bent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from czca_rules.check.cases import LoadedCase, case_files, difference, load_case
from czca_rules.check.interpreted import InterpretedJudging
from czca_rules.check.mutants import Mutant, mutants
from czca_rules.derive.interpreter import Interpreter, SurroundedRow
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.relations import Step
from czca_rules.rulebook.ruleset import Rule, Ruleset


@dataclass
class MutationReport:
    """How many mutants there were, and which ones no case noticed."""

    ruleset: str
    made: int = 0
    killed: int = 0
    equivalent: int = 0
    survivors: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every mutant was noticed or is listed as equivalent with its reason."""
        return not self.survivors and not self.stale

    def add(self, other: MutationReport) -> None:
        """Take in what came of another rule."""
        self.made += other.made
        self.killed += other.killed
        self.equivalent += other.equivalent
        self.survivors += other.survivors
        self.stale += other.stale

    def text(self) -> str:
        """The report for the terminal."""
        lines = [f"{self.ruleset}: {self.made} mutants, {self.killed} noticed, "
                 f"{self.equivalent} listed as equivalent, {len(self.survivors)} not noticed"]
        lines += [f"  no case notices: {survivor}" for survivor in self.survivors]
        lines += [f"  listed as equivalent, but a case notices or it is gone: {name}"
                  for name in self.stale]
        return "\n".join(lines)


class _CoarseInterpreter(Interpreter):
    """An interpreter whose one aggregation forgets one of its `by` columns."""

    coarse: tuple[Step, str] | None = None

    def _aggregate(self, step: Step, rows: list[SurroundedRow]) -> list[SurroundedRow]:
        result = super()._aggregate(step, rows)
        return self._blurred(step, rows, result, "")

    def _rollup(self, step: Step, rows: list[SurroundedRow]) -> list[SurroundedRow]:
        return self._blurred(step, rows, super()._rollup(step, rows), f"{step.alias}.")

    def _blurred(self, step: Step, rows: list[SurroundedRow], result: list[SurroundedRow],
                 prefix: str) -> list[SurroundedRow]:
        if self.coarse is None or self.coarse[0] is not step:
            return result
        by = tuple(name for name in step.by if name != self.coarse[1])
        totals = {key: self._gather(step.columns, group)
                  for key, group in self._groups(rows, by).items()}
        for row in result:
            for name, value in totals[tuple(row[name] for name in by)].items():
                row[prefix + name] = value
        return result


class _Bent(InterpretedJudging):
    coarse: tuple[Step, str] | None = None

    def interpreter(self, readings: Mapping[str, str]) -> Interpreter:
        made = _CoarseInterpreter(self.ruleset, self.calendar, readings, self.tables,
                                  self.judging.sound, self.intervals,
                                  self.judging.submission.manifest)
        made.coarse = self.coarse
        return made


def notices(loaded: LoadedCase, mutant: Mutant) -> bool:
    """Whether a case comes out otherwise than it must when the ruleset is bent."""
    bent = _Bent(loaded.judging, loaded.tables, mutant.ruleset)
    rule = mutant.ruleset.rules[loaded.rule]
    if mutant.coarse is not None:
        relation, number, column = mutant.coarse
        bent.coarse = (mutant.ruleset.relations[relation].steps[number], column)
    try:
        found = bent.judged(rule)
    except (TypeError, KeyError, AttributeError, ArithmeticError):
        return True  # a bent formula without meaning would not pass the linter
    return difference(loaded.case, found.outcome, found.counts, found.turns_on) is not None


def mutate(name: str, only: Sequence[str] = ()) -> MutationReport:
    """Bend every rule of a ruleset (or some) and run its cases on each mutant."""
    ruleset = load_ruleset(name)
    report = MutationReport(name)
    for path, file in case_files(name):
        if only and file.rule not in only:
            continue
        loaded = [load_case(ruleset, path, file, case) for case in file.cases]
        try:
            report.add(bend(ruleset, ruleset.rule(file.rule), loaded))
        finally:
            for case in loaded:
                case.judging.submission.engine.close()
    return report


def bend(ruleset: Ruleset, rule: Rule, loaded: Sequence[LoadedCase]) -> MutationReport:
    """Bend one rule in every way and run its cases on each mutant."""
    report = MutationReport(ruleset.id)
    cases = [case for case in loaded if case.judging.set_aside(rule) is None]
    listed: dict[str, Any] = {item.mutant: item for item in rule.form.equivalent}
    alive = set()
    for mutant in mutants(ruleset, rule):
        report.made += 1
        for number, case in enumerate(cases):
            if notices(case, mutant):
                report.killed += 1
                cases.insert(0, cases.pop(number))  # what noticed one often notices the next
                break
        else:
            alive.add(mutant.name)
            if mutant.name in listed:
                report.equivalent += 1
            else:
                report.survivors.append(f"{rule.id}: {mutant.name}")
    report.stale += [f"{rule.id}: {name}" for name in listed if name not in alive]
    return report
