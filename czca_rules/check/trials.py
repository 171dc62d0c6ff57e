"""The cases of a ruleset run, and its rules bent, each case loaded once and rules side by side.

Rules are tried in as many processes as there are processors; the report does not depend on it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

from czca_rules.check.cases import CaseFile, case_files, load_case, run_case
from czca_rules.check.judging import natural
from czca_rules.check.mutation import MutationReport, bend
from czca_rules.rulebook.loading import load_ruleset

#: Fewer rules than this are tried here: starting processes takes longer.
FEW = 4


@dataclass
class CaseReport:
    """What came of all cases of a ruleset."""

    ruleset: str
    ran: int = 0
    failures: list[str] = field(default_factory=list)
    without_cases: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every rule has cases and every case came out as it must."""
        return not self.failures and not self.without_cases

    def text(self) -> str:
        """The report for the terminal."""
        lines = [f"{self.ruleset}: {self.ran} cases, {len(self.failures)} not as expected"]
        lines += [f"  {failure}" for failure in self.failures]
        lines += [f"  {rule} has no cases" for rule in self.without_cases]
        return "\n".join(lines)


@dataclass
class Trial:
    """What came of the cases of one rule or of a whole ruleset, and of its mutants if asked for."""

    cases: CaseReport
    mutants: MutationReport

    def add(self, other: Trial) -> None:
        """Take in what came of another rule."""
        self.cases.ran += other.cases.ran
        self.cases.failures += other.cases.failures
        self.mutants.add(other.mutants)


def try_ruleset(name: str, mutate: bool) -> Trial:
    """Run all cases of a ruleset and, if asked for, bend each of its rules."""
    whole = Trial(CaseReport(name), MutationReport(name))
    rules = list(_files(name))
    for part in _tried(name, rules, mutate):
        whole.add(part)
    missing = set(load_ruleset(name).own_rules()) - set(rules)
    whole.cases.without_cases = sorted(missing, key=natural)
    return whole


def _tried(name: str, rules: list[str], mutate: bool) -> Iterable[Trial]:
    processes = min(os.cpu_count() or 1, len(rules))
    if processes < 2 or len(rules) < FEW:
        return [try_rule(name, rule, mutate) for rule in rules]
    # spawned, not forked: the engine has threads
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return list(pool.map(try_rule, *zip(*((name, rule, mutate) for rule in rules),
                                            strict=True)))


@lru_cache(maxsize=8)
def _files(name: str) -> dict[str, tuple[Path, CaseFile]]:
    return {file.rule: (path, file) for path, file in case_files(name)}


def try_rule(name: str, rule: str, mutate: bool) -> Trial:
    """Run the cases of one rule and, if asked for, bend it."""
    ruleset = load_ruleset(name)
    path, file = _files(name)[rule]
    trial = Trial(CaseReport(name, ran=len(file.cases)), MutationReport(name))
    loaded = []
    try:
        for case in file.cases:
            loaded.append(load_case(ruleset, path, file, case))
            wrong = run_case(loaded[-1])
            if wrong is not None:
                trial.cases.failures.append(f"{path.name}: {case.name}: {wrong}")
            if not mutate:
                loaded.pop().judging.submission.engine.close()
        if mutate:
            trial.mutants.add(bend(ruleset, ruleset.rule(rule), loaded))
    finally:
        for item in loaded:
            item.judging.submission.engine.close()
    return trial
