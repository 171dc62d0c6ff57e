"""Why a row could not be judged: what is unknown, and which readings or claims are open."""

from __future__ import annotations

from typing import Any

from czca_rules.check.codes import Code
from czca_rules.check.deadline_words import event_of, not_told
from czca_rules.check.judging import Judging
from czca_rules.check.statement import RelationStatement
from czca_rules.derive.interpreter import SurroundedRow
from czca_rules.rulebook.evaluate import evaluate, wrong
from czca_rules.rulebook.relations import Relation, Step
from czca_rules.rulebook.ruleset import Rule
from czca_rules.rulebook.syntax import Given, Node, children, names_in


def missing_in(judging: Judging, statement: RelationStatement, rule: Rule,
               row: SurroundedRow) -> tuple[str, ...]:
    """What is missing or open in a row that could not be judged, most basic cause first."""
    relation = judging.ruleset.relations[rule.form.on]
    found: list[str] = []
    nodes = [rule.must] if rule.under is None else [rule.under, rule.must]
    for node in nodes:
        if evaluate(node, row) is None:
            found += _unknown(judging, relation, node, row)
    if evaluate(rule.must, row) is not True:
        for item in rule.derogations:
            holds = evaluate(item.holds, row)
            if evaluate(item.claimed, row) and holds is None:
                found.append(f"whether derogation `{item.exemption}` applies is unknown")
                found += _unknown(judging, relation, item.holds, row)
            elif not evaluate(item.claimed, row) and holds is not False:
                allow = "the facts allow" if holds else "the facts may allow"
                found.append(f"{allow} derogation `{item.exemption}`, but nobody claims it")
    if not found and evaluate(rule.must, row) is None:
        found += not_told(rule, row)
    found += _open_readings(statement, rule, row)
    return tuple(dict.fromkeys(found))


def _open_readings(statement: RelationStatement, rule: Rule, row: SurroundedRow) -> list[str]:
    own = [variant for variant in statement.variants if variant.rule.id == rule.id]
    taken = Code(row[own[0].column])
    result = []
    for variant in own[1:]:
        code = Code(row[variant.column])
        if code.word != taken.word and variant.assignment is not None:
            name, value = variant.assignment
            words = code.word.replace("_", " ")
            result.append(f"reading {name}={value} makes it {words}, "
                          f"the default {taken.word.replace('_', ' ')}")
    return result


def _unknown(judging: Judging, relation: Relation, node: Node, row: SurroundedRow) -> list[str]:
    """The names in a formula whose value is unknown, traced to where they come from."""
    result: list[str] = []
    for name in sorted(_asked(node)):
        result += _trace(judging, relation, name, row, 0)
    return result


def _asked(node: Node) -> set[str]:
    if isinstance(node, Given):
        return {f"?{name}" for name in names_in(node)}
    own = names_in(node) if not children(node) else frozenset()
    return set(own).union(*(_asked(child) for child in children(node)))


def _trace(judging: Judging, relation: Relation, name: str, row: SurroundedRow,
           depth: int) -> list[str]:
    asked = name.startswith("?")
    name = name.removeprefix("?")
    if relation.schema.info(name) is None or (dict.get(row, name) is not None):
        return []
    made = _made_by(relation, name)
    if made is not None and depth < 12 and made[0].kind in ("columns", "rollup"):
        inner: list[str] = []
        for part in sorted(_asked(made[1])):
            inner += _trace(judging, relation, part, row, depth + 1)
        if inner:
            return inner
    untold = _by_function(judging, relation, name, row)
    if untold is not None:
        return [untold]
    if asked and not _unsound(judging, relation, name):
        return [_handed_in_wrong(relation, name)] if wrong(name, row) else []
    return [_said(judging, relation, name, made)]


def _by_function(judging: Judging, relation: Relation, name: str,
                 row: SurroundedRow) -> str | None:
    """Why a named function of time gave nothing, where holidays are what it lacks."""
    alias = name.rpartition(".")[0]
    step = next((step for step in relation.steps
                 if step.kind == "function" and step.alias == alias), None)
    if step is None or any(dict.get(row, key) is None for key, _ in step.on[:1]):
        return None
    holidays = judging.ruleset.holidays
    if step.name == "period_after":
        country = dict.get(row, step.on[1][0])
        if country is None:
            return "the country of the TSO, whose holidays count, is not stated in the manifest"
        listed = holidays.get((country, "deadline"))
        return f"no holidays are listed for {country}" if listed is None else (
            f"the holidays of {country} are listed for {listed.first_year} to "
            f"{listed.last_year} only")
    if step.name == "reference_time" and all(
            dict.get(row, key) is not None for key, _ in step.on):
        return ("no reference day can be told: the countries of both zones, and their holidays in "
                "that year, have to be known")
    return None


def _handed_in_wrong(relation: Relation, name: str) -> str:
    tables = ", ".join(f"`{table}`" for table in sorted(relation.schema.columns[name].tables))
    return f"`{name}` is unknown: its row in {tables} was handed in wrong"


def _made_by(relation: Relation, name: str) -> tuple[Step, Node] | None:
    for step in reversed(relation.steps):
        prefix = f"{step.alias}." if step.alias else ""
        for column in step.columns:
            if prefix + column.name == name:
                return step, next(iter(column.formulas.values()))
    return None


def _unsound(judging: Judging, relation: Relation, name: str) -> list[str]:
    info = relation.schema.info(name)
    return [table for table in sorted(info.tables if info else ()) if not judging.sound(table)]


def _said(judging: Judging, relation: Relation, name: str, made: Any) -> str:
    unsound = _unsound(judging, relation, name)
    if unsound:
        return judging.lack(unsound[0])
    if name.startswith("moment."):
        problems = _problems(judging.submission, frozenset({"events"}))
        told = f"; `events` has {_counted(problems)}" if problems else ""
        return f"the moment of `{event_of(name)}` is not known{told}"
    info = relation.schema.columns[name]
    tables = ", ".join(f"`{table}`" for table in sorted(info.tables))
    problems = _problems(judging.submission, info.tables)
    if problems:
        tables += f", with {_counted(problems)}"
    if made is not None and made[0].kind == "window":
        return (f"`{name}` is unknown: {tables} does not fill its period with known values, "
                "without gap or overlap")
    return f"`{name}` is unknown: no value in {tables}"


def _counted(problems: int) -> str:
    return "1 input problem" if problems == 1 else f"{problems} input problems"


def _problems(submission: Any, tables: frozenset[str]) -> int:
    """How many places in the files of some tables could not be read as they stand."""
    files = {file.path for file in submission.files if file.table in tables}
    return sum(count for (file, _), count in submission.problem_counts.items() if file in files)
