"""Why a row could not be judged: what is unknown, and which readings or claims are open."""

from __future__ import annotations

from typing import Any

from czca_rules.check.codes import Code
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
    if asked and not _unsound(judging, relation, name):
        return [_handed_in_wrong(relation, name)] if wrong(name, row) else []
    return [_said(judging, relation, name, made)]


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
    info = relation.schema.columns[name]
    tables = ", ".join(f"`{table}`" for table in sorted(info.tables))
    problems = _problems(judging.submission, info.tables)
    if problems:
        count = "1 input problem" if problems == 1 else f"{problems} input problems"
        tables += f", with {count}"
    if made is not None and made[0].kind == "window":
        return (f"`{name}` is unknown: {tables} does not fill its period with known values, "
                "without gap or overlap")
    return f"`{name}` is unknown: no value in {tables}"


def _problems(submission: Any, tables: frozenset[str]) -> int:
    """How many places in the files of some tables could not be read as they stand."""
    files = {file.path for file in submission.files if file.table in tables}
    return sum(count for (file, _), count in submission.problem_counts.items() if file in files)
