"""Contract section 3 as a table, beside the Python and the SQL that say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any

import pytest

from czca_rules.check.codes import (
    Code,
    DerogationFacts,
    judge,
    judge_row,
    outcome_of,
    over_readings,
    verdict_of,
)
from czca_rules.check.statement import Variant, code_sql, combined_sql
from czca_rules.derive.calendar import Calendar
from czca_rules.derive.interpreter import SurroundedRow
from czca_rules.derive.select import Context, Select
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.model import RuleForm
from czca_rules.rulebook.parsing import parse
from czca_rules.rulebook.ruleset import Derogation, Rule
from czca_rules.rulebook.schema import ColumnInfo, Schema
from czca_rules.rulebook.units import TRUTH, UNITS, Type
from czca_rules.tables.engine import Engine

THREE = (True, False, None)
DAY = date(2026, 3, 11)
AS_OF = datetime(2026, 3, 10, 8, 40)
EXEMPTIONS = ("dc_border", "short_contracting", "nra_limit")
Facts = tuple[tuple[bool, bool | None], ...]

#: How one derogation stands: `lifts` is claimed and allowed by the facts, `open` may be allowed
#: or is allowed without a claim, `shut` is not allowed.
STANDING = {
    (True, True): "lifts", (True, None): "open", (True, False): "shut",
    (False, True): "open", (False, None): "open", (False, False): "shut",
}

#: Scope, duty, and the best standing among the derogations: what section 3 says becomes of a row.
TABLE = {
    ("in", "holds", "lifts"): "PASSED",
    ("in", "holds", "open"): "PASSED",
    ("in", "holds", "shut"): "PASSED",
    ("in", "broken", "lifts"): "EXEMPT",
    ("in", "broken", "open"): "NOT_ASSESSABLE",
    ("in", "broken", "shut"): "FAILED",
    ("in", "unknown", "lifts"): "EXEMPT",
    ("in", "unknown", "open"): "NOT_ASSESSABLE",
    ("in", "unknown", "shut"): "NOT_ASSESSABLE",
}


def expected(scope: bool | None, must: bool | None, facts: Facts) -> str:
    """The contract's answer, looked up in the table above."""
    if scope is not True:
        return "NOT_APPLICABLE" if scope is False else "NOT_ASSESSABLE"
    duty = {True: "holds", False: "broken", None: "unknown"}[must]
    standings = {STANDING[item] for item in facts}
    best = next((word for word in ("lifts", "open") if word in standings), "shut")
    return TABLE["in", duty, best]


def situations(derogations: int) -> Iterator[tuple[bool | None, bool | None, Facts]]:
    """Every combination of scope, duty and so many derogations."""
    return ((scope, must, tuple(zip(claims, holds, strict=True)))
            for scope, must in product(THREE, THREE)
            for claims in product((True, False), repeat=derogations)
            for holds in product(THREE, repeat=derogations))


def columns_of(derogations: int) -> list[str]:
    """The columns that hold one situation."""
    return ["inside", "duty", *(f"{kind}{n}" for n in range(derogations)
                                for kind in ("claimed", "holds"))]


@cache
def rule_of(derogations: int, must: str = "duty", under: str | None = "inside",
            due: str | None = None, noted: str | None = None, rule_id: str = "TT-1") -> Rule:
    """A rule whose scope, duty and derogations are columns."""
    form = RuleForm.model_validate({
        "id": rule_id, "title": "A duty", "level": "error", "stage": "allocation",
        "in_force": {"from": date(2020, 1, 1)}, "provision": "Art. 1", "obligation": "A duty",
        "reading": "As written", "why": "To try it", "on": "situations", "must": must,
        "message": "not held", "fix": "hold it"})
    items = tuple(Derogation(EXEMPTIONS[n], parse(f"claimed{n}"), parse(f"holds{n}"), "Art. 2")
                  for n in range(derogations))
    return Rule(form, "trial", "trial/rules/TT-1.yaml", parse(under) if under else None, items,
                parse(due) if due else None, parse(must), parse(noted) if noted else None, {},
                frozenset(), frozenset())


def select_for(rule: Rule, types: dict[str, Type]) -> Select:
    """The SELECT over a table of situations."""
    ruleset = replace(load_ruleset("ebgl"), rules={rule.id: rule})
    calendar = Calendar(ruleset, (DAY,), {"submission.as_of": AS_OF})
    context = Context(ruleset, calendar, {}, lambda table: True, lambda name: (False, None),
                      lambda *parts: "")
    infos = {name: ColumnInfo(kind) for name, kind in types.items()}
    return Select(context, Schema(infos, (), "none", frozenset(), False))


def engine_codes(rule: Rule, types: dict[str, Type], rows: Sequence[Sequence[Any]]) -> list[Code]:
    """The code that the SQL gives each row."""
    with Engine() as engine:
        engine.fill("situations", [("_n", "INTEGER"), *((n, t.sql) for n, t in types.items())],
                    [[number, *row] for number, row in enumerate(rows)])
        text = code_sql(Variant(rule, None), select_for(rule, types))
        return [Code(found) for _, found in engine.query(
            f"SELECT s._n, {text} FROM situations s ORDER BY s._n")]


def python_codes(rule: Rule, types: dict[str, Type], rows: Sequence[Sequence[Any]],
                 in_force: bool = True) -> list[Code]:
    """The code that plain Python gives each row."""
    facts = {"submission.as_of": AS_OF}
    return [judge_row(rule, SurroundedRow(dict(zip(types, row, strict=True)), "none",
                                          lambda row, name: facts[name]), in_force)
            for row in rows]


@pytest.mark.parametrize("derogations", [0, 1, 2, 3])
def test_every_situation_has_the_outcome_of_the_contract(derogations: int) -> None:
    every = list(situations(derogations))
    assert len(every) == 9 * 6**derogations
    wanted = [expected(*situation) for situation in every]
    by_function = [judge(scope, must, [DerogationFacts(*item) for item in facts]).name
                   for scope, must, facts in every]
    assert by_function == wanted
    rows = [[scope, must, *(value for item in facts for value in item)]
            for scope, must, facts in every]
    types = dict.fromkeys(columns_of(derogations), TRUTH)
    rule = rule_of(derogations)
    assert [code.name for code in python_codes(rule, types, rows)] == wanted
    assert [code.name for code in engine_codes(rule, types, rows)] == wanted


@pytest.mark.parametrize("must", THREE)
@pytest.mark.parametrize("holds", THREE)
def test_an_unknown_claim_lifts_nothing(must: bool | None, holds: bool | None) -> None:
    rule, types = rule_of(1), dict.fromkeys(columns_of(1), TRUTH)
    rows = [[True, must, None, holds]]
    code = judge(True, must, [DerogationFacts(None, holds)])
    assert code.name == expected(True, must, ((False, holds),))
    assert engine_codes(rule, types, rows) == python_codes(rule, types, rows) == [code]


def test_a_rule_without_scope_is_in_scope_everywhere() -> None:
    rule, types = rule_of(0, under=None), {"duty": TRUTH}
    rows = [[value] for value in THREE]
    wanted = [Code.PASSED, Code.FAILED, Code.NOT_ASSESSABLE]
    assert engine_codes(rule, types, rows) == python_codes(rule, types, rows) == wanted


def test_what_is_not_due_comes_before_everything_but_the_law_and_the_scope() -> None:
    rule = rule_of(0, due="deadline")
    types = {"inside": TRUTH, "duty": TRUTH, "deadline": Type("instant")}
    late, now, early = datetime(2026, 3, 11), AS_OF, datetime(2026, 3, 9)
    rows: list[tuple[Any, Any, Any]] = [(inside, duty, at) for inside in THREE for duty in THREE
                                        for at in (late, now, early, None)]
    wanted = ["NOT_DUE" if at == late and inside is not False else expected(inside, duty, ())
              for inside, duty, at in rows]
    assert [code.name for code in python_codes(rule, types, rows)] == wanted
    assert [code.name for code in engine_codes(rule, types, rows)] == wanted
    assert set(python_codes(rule, types, rows, in_force=False)) == {Code.NOT_APPLICABLE}


def test_a_rule_that_is_not_law_on_the_day_applies_to_no_row() -> None:
    rule = rule_of(0)
    ended = replace(rule, form=rule.form.model_copy(update={
        "in_force": rule.form.in_force.model_copy(update={"until": DAY})}))
    types = dict.fromkeys(columns_of(0), TRUTH)
    rows = [[scope, must] for scope in THREE for must in THREE]
    assert set(engine_codes(ended, types, rows)) == {Code.NOT_APPLICABLE}


MEASURES = {"inside": TRUTH, "used_mw": Type("quantity", UNITS["MW"], 9, 3),
            "limit_mw": Type("quantity", UNITS["MW"], 9, 3), "waived": TRUTH, "disputed": TRUTH}


@pytest.mark.parametrize("must", ["used_mw <= limit_mw within 1 MW",
                                  "waived or used_mw <= limit_mw within 1 MW",
                                  "used_mw <= limit_mw within 1 MW or waived",
                                  "not (used_mw > limit_mw within 1 MW) and not waived",
                                  "if waived then used_mw = limit_mw within 1 MW else inside"])
@pytest.mark.parametrize("noted", [None, "disputed"])
def test_notes_never_change_an_outcome_and_mark_what_needs_the_tolerance(
        must: str, noted: str | None) -> None:
    cells: list[list[Any]] = [
        [True, used, limit, waived, disputed] for used in (None, 9, 10, "10.5", 11, 12)
        for limit in (None, 10) for waived in THREE for disputed in THREE]
    rule = rule_of(0, must=must, noted=noted)
    rows = [[Decimal(v) if isinstance(v, int | str) and not isinstance(v, bool) else v
             for v in row] for row in cells]
    found = python_codes(rule, MEASURES, rows)
    assert engine_codes(rule, MEASURES, rows) == found
    plain = rule_of(0, must=must.replace(" within 1 MW", ""))
    for exact, code, row in zip(python_codes(plain, MEASURES, rows), found, rows, strict=True):
        if code in (Code.PASSED, Code.NOTED):
            needed = exact is not Code.PASSED or (noted is not None and row[-1] is True)
            assert (code is Code.NOTED) == needed, row


def expected_over(codes: Sequence[Code]) -> str:
    """Over readings: failed under all is failed, under some only is not assessable; so is a
    row that cannot be judged under one of them. Else what the readings taken say."""
    words = [code.word for code in codes]
    if words.count("failed") == len(words):
        return "failed"
    return "not_assessable" if {"failed", "not_assessable"} & set(words) else words[0]


@pytest.mark.parametrize("readings", [1, 2, 3])
def test_open_readings_combine_as_the_contract_says(readings: int) -> None:
    every = list(product(Code, repeat=readings))
    wanted = [expected_over(codes) for codes in every]
    assert [over_readings(codes[0], codes[1:]).word for codes in every] == wanted
    variants = [Variant(rule_of(0), None if n == 0 else ("some_reading", f"other{n}"))
                for n in range(readings)]
    with Engine() as engine:
        names = [variant.column.strip('"') for variant in variants]
        engine.fill("judged", [("_n", "INTEGER"), *((name, "INTEGER") for name in names)],
                    [[n, *map(int, codes)] for n, codes in enumerate(every)])
        found = [Code(row[0]) for row in engine.query(
            f"SELECT {combined_sql(variants)} FROM judged ORDER BY _n")]
    assert found == [over_readings(codes[0], codes[1:]) for codes in every]


WORDS = ("failed", "not_assessable", "exempt", "passed")


def test_rows_come_to_a_rule_by_the_first_outcome_that_occurs() -> None:
    for counts in product((0, 1, 7), repeat=5):
        named: dict[Any, int] = dict(zip((*WORDS, "not_applicable"), counts, strict=True))
        present = [word for word in WORDS if named[word]]
        assert outcome_of(named) == (present[0] if present else "not_applicable")
    assert outcome_of({}) == "not_applicable"


def test_rules_come_to_a_verdict_by_errors_alone() -> None:
    for failed, unknown in product((False, True), repeat=2):
        for level in ("warning", "info"):
            others = [(level, "failed"), (level, "not_assessable"), ("error", "passed"),
                      ("error", "exempt"), ("error", "not_applicable")]
            more = [("error", "failed")] * failed + [("error", "not_assessable")] * unknown
            wanted = "not_compliant" if failed else "undecided" if unknown else "compliant"
            assert verdict_of([*others, *more]) == wanted  # type: ignore[list-item]
            assert verdict_of([*more, *others]) == wanted  # type: ignore[list-item]
    assert verdict_of([]) == "compliant"
