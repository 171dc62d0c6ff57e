"""The contenders on one loaded submission, in interleaved rounds."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.hand_written import judge_by_hand
from czca_rules.check.codes import Code
from czca_rules.check.evidence import Evidence
from czca_rules.check.finding import Finding, text_of
from czca_rules.check.judging import Judging, Options, RuleOutcome
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.tables.submission import Submission, load_submission

RULESET = str(Path(__file__).parent / "ruleset")
#: What the rules read, for the cost of reading alone.
READ = {
    "allocations": ("from_zone", "to_zone", "product", "direction", "mtu_start", "state",
                    "allocated_mw", "shared_mw", "cooperation"),
    "czc_prices": ("from_zone", "to_zone", "product", "direction", "mtu_start", "price_eur_mw_h"),
    "capacity_prices": ("zone", "product", "direction", "mtu_start", "marginal_price_eur_mw_h"),
    "cross_zonal_capacity": ("from_zone", "to_zone", "mtu_start", "capacity_mw",
                             "reliability_margin_mw"),
    "scheduled_exchanges": ("from_zone", "to_zone", "mtu_start", "market", "scheduled_mw"),
    "offered_capacity": ("from_zone", "to_zone", "mtu_start", "offered_mw"),
    "curtailments": ("from_zone", "to_zone", "product", "direction", "mtu_start", "cause",
                     "curtailed_mw"),
}


@dataclass(frozen=True)
class Lap:
    """How long one run took: by the clock, and of all processors together."""

    wall_s: float
    processor_s: float


def timed(work: Callable[[], Any]) -> tuple[Lap, Any]:
    """Run once and measure."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return Lap(time.perf_counter() - wall, time.process_time() - processor), result


def peak_mib() -> int:
    """The largest memory that this process has had so far, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # unlike getrusage, not what the parent process had
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) // 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)


def fused(submission: Submission) -> tuple[list[RuleOutcome], dict[str, list[Finding]]]:
    """The engine: one statement for all rules of a relation, then the first findings."""
    judging = Judging(submission, load_ruleset(RULESET), Options())
    outcomes = judging.outcomes()
    return outcomes, Evidence(judging, 100, None).findings(outcomes)


def rule_by_rule(submission: Submission) -> list[RuleOutcome]:
    """The same engine, with the same calendar, asked for one rule at a time."""
    law = load_ruleset(RULESET)
    found = []
    for rule in law.rules:
        judging = Judging(submission, law, Options(select=(rule,)))
        outcomes = judging.outcomes()
        Evidence(judging, 100, None).findings(outcomes)
        found += outcomes
    return found


def reading(submission: Submission, folder: Path) -> None:
    """Sums and maxima over the columns that the rules read."""
    for table, columns in READ.items():
        asked = ", ".join(
            f"sum({name})" if name.endswith(("_mw", "_mw_h")) else
            f"max(epoch_us({name}))" if name == "mtu_start" else f"max({name})"
            for name in columns)
        submission.engine.query(
            f"SELECT {asked} FROM read_parquet('{folder.absolute() / table}.parquet')")


def compare(folder: Path, rounds: int, memory: str) -> dict[str, Any]:
    """Load, run every contender in each round, and check that all agree."""
    intake, submission = timed(lambda: load_submission(folder, memory_limit=memory))
    contenders: dict[str, Callable[[], Any]] = {
        "fused": lambda: fused(submission),
        "by_hand": lambda: judge_by_hand(submission.engine, folder),
        "rule_by_rule": lambda: rule_by_rule(submission),
        "reading": lambda: reading(submission, folder),
    }
    laps: dict[str, list[Lap]] = {name: [] for name in contenders}
    results: dict[str, Any] = {}
    with submission:
        for _ in range(rounds):
            for name, work in contenders.items():
                lap, results[name] = timed(work)
                laps[name].append(lap)
    assert_same(results)
    return {
        "intake": intake,
        "laps": {name: Lap(median(lap.wall_s for lap in own),
                           median(lap.processor_s for lap in own))
                 for name, own in laps.items()},
        "counts": {outcome.rule.id: outcome.judged for outcome in results["fused"][0]},
    }


def assert_same(results: Mapping[str, Any]) -> None:
    """All contenders give the same counts, and the first failed rows have the same keys."""
    outcomes, findings = results["fused"]
    counts, failed = results["by_hand"]
    alone = {outcome.rule.id: outcome.counts for outcome in results["rule_by_rule"]}
    for outcome in outcomes:
        rule = outcome.rule.id
        own = {code: count for code, count in outcome.counts.items() if count}
        for other in ({Code(code): count for code, count in counts[rule].items()}, alone[rule]):
            if own != other:
                raise AssertionError(f"{rule}: {own} is not {other}")
        first = [tuple(finding.key[name] for name in finding.key if name != "state")
                 for finding in findings.get(rule, []) if finding.code is Code.FAILED]
        width = len(first[0]) if first else 0
        if first != [tuple(text_of(value) for value in row[:width]) for row in failed[rule]]:
            raise AssertionError(f"{rule}: the first findings are not those found by hand")


def memory_of(folder: Path, memory: str) -> tuple[int, int]:
    """Peak memory in MiB after intake and after judging, of this process, which does only that."""
    with load_submission(folder, memory_limit=memory) as submission:
        loaded = peak_mib()
        fused(submission)
    return loaded, peak_mib()
