"""Small rulesets written for one test, small submissions, and both of their judgements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from czca_rules.check.interpreted import InterpretedJudging, fetched
from czca_rules.check.judging import Judging, Options
from czca_rules.derive.interpreter import Interpreter
from czca_rules.derive.plan import Planner
from czca_rules.derive.select import quoted
from czca_rules.errors import Problem, RulesetError
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.rulebook.schema import base_schema
from czca_rules.tables.submission import Submission

HEAD = """\
id: trial
title: A trial
version: "1.0"
legal_status: proposal
source: Nowhere
"""

RULE: dict[str, str] = {
    "id": "TR-1", "title": "A duty", "level": "error", "stage": "allocation",
    "in_force": "{from: 2017-12-18}", "provision": "Art. 1", "obligation": "A duty.",
    "reading": "As written.", "why": "To try it.", "on": "use", "must": "allocated_mw <= 50 MW",
    "message": "too much", "fix": "Take less.",
}
ORDER = ("id", "title", "level", "stage", "in_force", "provision", "instead_of", "obligation",
         "reading", "why", "on", "under", "unless", "deadline", "sequence", "due", "must", "noted",
         "shows", "message", "fix")

USE = """\
relations:
  use:
    title: Allocations
    cite: Art. 1
    from: allocations
    where: state = 'final'
"""

MANIFEST: dict[str, Any] = {
    "format": "czca-submission/1", "id": "trial", "sender": {"id": "TSO-A"},
    "as_of": "2026-04-01T12:00:00+02:00", "stages": ["allocation", "procurement", "settlement"],
    "methodology": "trial", "approach": "market_based",
    "delivery": {"from": "2026-03-11", "to": "2026-03-11"}, "mtu_minutes": 60,
    "tsos": [{"id": "TSO-A"}, {"id": "TSO-B"}],
    "zones": [{"id": "A", "tsos": ["TSO-A"], "lfc_block": "A"},
              {"id": "B", "tsos": ["TSO-B"], "lfc_block": "B"}],
    "borders": [{"id": "A/B", "zones": ["A", "B"], "interconnectors": [
        {"id": "LINE", "technology": "dc", "in_capacity_calculation_since": "2010-01-01",
         "energy_trade_since": "2010-01-01",
         "installed_mw": {"A>B": 500, "B>A": 500}}]}],
    "products": [{"product": "aFRR", "direction": "up"}, {"product": "aFRR", "direction": "down"}],
}


def rule(**changes: str | None) -> str:
    """A rule as YAML, some of its keys changed; ``None`` leaves one out."""
    keys = {**RULE, **changes}
    return "".join(f"{key}: {keys[key]}\n" for key in ORDER if keys.get(key) is not None)


def write_ruleset(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write a ruleset; ``ruleset.yaml`` and ``derived.yaml`` stand in where they are not given."""
    for name, content in {"ruleset.yaml": HEAD, "derived.yaml": USE, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def load(folder: Path, files: Mapping[str, str | bytes]) -> Ruleset:
    """Write a ruleset and read it."""
    return load_ruleset(str(write_ruleset(folder, files)))


def problems_of(folder: Path, files: Mapping[str, str | bytes]) -> tuple[Problem, ...]:
    """Everything that is wrong with a ruleset."""
    try:
        load(folder, files)
    except RulesetError as error:
        return error.problems
    return ()


def manifest(**changes: Any) -> dict[str, Any]:
    """The small manifest, some of its keys changed."""
    return {**MANIFEST, **changes}


def allocation(start: str, mw: str, **changes: Any) -> dict[str, Any]:
    """A row of allocations of one direction."""
    return {"from_zone": "A", "to_zone": "B", "product": "aFRR", "direction": "up",
            "mtu_start": start, "allocated_mw": mw, **changes}


def judging_of(ruleset: Ruleset, tables: Mapping[str, Any], options: Options | None = None,
               **changes: Any) -> Trial:
    """A submission of tables under the small manifest, ready to be judged."""
    return Trial(Submission.from_tables(manifest(**changes), tables), ruleset,
                 options or Options())


class Trial(Judging):
    """A judging that knows its submission as one."""

    submission: Submission


class Oracle(InterpretedJudging):
    """The interpreter over all tables that a ruleset reads, each reading derived once."""

    def __init__(self, judging: Judging) -> None:
        super().__init__(judging, fetched(judging, base_tables(judging.ruleset)))
        self.known: dict[tuple[tuple[str, str], ...], Interpreter] = {}

    def interpreter(self, readings: Mapping[str, str]) -> Interpreter:
        """The interpreter under some readings, with what it has derived already."""
        key = tuple(sorted(readings.items()))
        if key not in self.known:
            self.known[key] = super().interpreter(readings)
        return self.known[key]


def base_tables(ruleset: Ruleset) -> list[str]:
    """The tables that the relations of a ruleset start from or join."""
    sources = {relation.source for relation in ruleset.relations.values()}
    sources |= {step.source for relation in ruleset.relations.values() for step in relation.steps}
    return sorted(name for name in sources if name and name not in ruleset.relations
                  and base_schema(name) is not None)


def disagreements(judging: Judging) -> list[str]:
    """Where engine and interpreter differ: codes counted, outcome, or readings turned on."""
    oracle = Oracle(judging)
    found = []
    for one in judging.outcomes():
        if judging.set_aside(one.rule) is not None:
            continue
        other = oracle.judged(one.rule)
        mine = (one.outcome, dict(one.counts), one.turns_on)
        if mine != (other.outcome, dict(other.counts), other.turns_on):
            found.append(f"{one.rule.id}: engine {mine}, interpreter {other}")
    return found


def engine_rows(judging: Judging, relation: str,
                names: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The rows of a relation as the engine derives them."""
    columns = list(names or judging.ruleset.schema(relation).columns)
    planner = Planner(judging.context)
    last = planner.relation(relation, {(name, None) for name in columns})
    listed = ", ".join(quoted((name, None)) for name in columns)
    found = judging.submission.engine.query(f"{planner.with_clause()}SELECT {listed} FROM {last}")
    return by_key(judging, relation, (dict(zip(columns, row, strict=True)) for row in found))


def oracle_rows(judging: Judging, relation: str,
                names: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The rows of a relation as the interpreter derives them."""
    columns = list(names or judging.ruleset.schema(relation).columns)
    found = Oracle(judging).interpreter(judging.readings).relation(relation)
    return by_key(judging, relation, ({name: row[name] for name in columns} for row in found))


def by_key(judging: Judging, relation: str,
           rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in the order of the relation's key."""
    key = judging.ruleset.schema(relation).key
    return sorted(rows, key=lambda row: tuple(str(row.get(name)) for name in key))


def same_rows(judging: Judging, relation: str) -> list[dict[str, Any]]:
    """The rows of a relation, on which engine and interpreter must agree."""
    rows = engine_rows(judging, relation)
    assert rows == oracle_rows(judging, relation), relation
    return rows
