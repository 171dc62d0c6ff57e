"""Proofs about rulesets: the shipped ones prove, each proof can fail, and the solver agrees with
the interpreter on any formula."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from drawn_formulas import formulas
from formula_tables import AROUND, TYPES, surrounded, table_rows, well_typed
from hypothesis import HealthCheck, assume, given, settings
from small_rulesets import USE, rule, write_ruleset

from czca_rules.cli import main
from czca_rules.errors import RulesetError, UsageError
from czca_rules.proofs import solver
from czca_rules.proofs.findings import Proof, Violation
from czca_rules.proofs.periods import gaps
from czca_rules.proofs.proving import prove
from czca_rules.proofs.solver import every, model_of, negated, z3
from czca_rules.proofs.symbols import Symbol, Words, constant, sure, variable
from czca_rules.proofs.translation import Translation
from czca_rules.rulebook.evaluate import evaluate
from czca_rules.rulebook.model import ParameterForm
from czca_rules.rulebook.parsing import parse
from czca_rules.rulebook.ruleset import Parameter
from czca_rules.rulebook.shipped import shipped_rulesets
from czca_rules.rulebook.syntax import ExpressionError
from czca_rules.rulebook.units import UNITS, Type

TRIES = settings(max_examples=int(os.environ.get("CZCA_TRIES", "60")), deadline=None,
                 derandomize="CI" in os.environ, database=None,
                 suppress_health_check=list(HealthCheck))

CLAIMED = USE + """\
    steps:
      - lookup: {as: border, from: border_directions, on: [from_zone, to_zone]}
"""
PARAMETERS = """\
parameters:
  most_mw:
    title: A number
    unit: MW
    values: {VALUES}
    reviewed: 2026-11-20
"""
TABLE = """\
tables:
  size:
    title: What size allows
    cite: Art. 1
    on: use
    axes:
      size:
        small: allocated_mw < 10 MW
        large: allocated_mw LARGE 10 MW
    value: allocated_mw + shared_mw
    cells:
      - when: {size: [small]}
        gives: shared_mw + allocated_mw
      - when: {size: [LAST]}
        gives: GIVES
"""


def proofs_of(folder: Path, files: Mapping[str, str]) -> dict[str, Proof]:
    """Every proof of a small ruleset, by its kind."""
    return {proof.kind: proof for proof in prove(str(write_ruleset(folder, files)))}


def violations(folder: Path, kind: str, files: Mapping[str, str]) -> list[Violation]:
    """What the proofs find wrong, all of one kind, each confirmed by the interpreter."""
    proofs = proofs_of(folder, files)
    assert [name for name, proof in proofs.items() if not proof.ok] == [kind]
    assert all(item.confirmed for item in proofs[kind].violations)
    return proofs[kind].violations


#: What has to be among what is proven, lest a proof is empty.
AMONG = {("greece-italy-mb", "derogations"): "3 pairs", ("core-ee", "decision tables"): "3 tables",
         ("ebgl", "decision tables"): "1 tables, 12 cells", ("ebgl", "takeovers"): "1 groups"}


@pytest.mark.parametrize("name", shipped_rulesets())
def test_every_shipped_ruleset_proves(name: str) -> None:
    for proof in prove(name):
        assert proof.ok, proof.text()
        assert proof.counted.startswith(AMONG.get((name, proof.kind), ""))


def test_a_sound_small_ruleset_proves(tmp_path: Path) -> None:
    table = TABLE.replace("LARGE", ">=").replace("LAST", "large").replace(
        "GIVES", "allocated_mw + shared_mw")
    proofs = proofs_of(tmp_path / "trial", {"rules/TR-1.yaml": rule(),
                                            "decision_tables.yaml": table})
    assert [proof.text() for proof in proofs.values() if not proof.ok] == []
    assert proofs["decision tables"].counted == "1 tables, 2 cells"


@pytest.mark.parametrize(("large", "last", "gives", "fault"), [
    (">", "large", "allocated_mw + shared_mw", "no bin"),
    (">= 5 MW and allocated_mw <", "large", "allocated_mw + shared_mw", "small and large overlap"),
    (">=", "small", "allocated_mw + shared_mw", "a gap"),
    (">=", "large", "allocated_mw", "allocated_mw + shared_mw is not allocated_mw"),
])
def test_gaps_overlaps_and_wrong_cells_of_a_table_are_found(
        tmp_path: Path, large: str, last: str, gives: str, fault: str) -> None:
    table = TABLE.replace("LARGE", large).replace("LAST", last).replace("GIVES", gives)
    found = violations(tmp_path / "trial", "decision tables",
                       {"rules/TR-1.yaml": rule(), "decision_tables.yaml": table})
    assert fault in {item.fault for item in found}
    assert all("allocated_mw" in item.example for item in found)


@pytest.mark.parametrize(("one", "other", "fault"), [
    ("allocated_mw < 10 MW", "allocated_mw > 10 MW", "no rule is in scope"),
    ("allocated_mw <= 10 MW", "allocated_mw >= 10 MW", "TR-1 and TR-2 are both in scope"),
])
def test_rules_that_take_over_leave_no_gap_and_no_overlap(tmp_path: Path, one: str, other: str,
                                                          fault: str) -> None:
    takeovers = ("takeovers: {size: {title: By size, cite: Art. 1, rules: [TR-1, TR-2], "
                 "together: allocated_mw >= -1 MW}}\n")
    found = violations(tmp_path / "trial", "takeovers", {
        "rules/TR-1.yaml": rule(under=one, must="shared_mw < 3 MW"),
        "rules/TR-2.yaml": rule(id="TR-2", under=other, must="shared_mw < 4 MW"),
        "decision_tables.yaml": takeovers})
    assert fault in [item.fault for item in found]
    assert "allocated_mw 10 MW" in next(item for item in found if item.fault == fault).example


UNLESS = """{dc_border: {claimed: border.claims_dc_border, holds: border.all_dc, cite: Art. 2},
  short_contracting: {claimed: border.claims_short_contracting, holds: allocated_mw < 90 MW,
  cite: Art. 3}}"""


@pytest.mark.parametrize(("must", "clash"), [("allocated_mw <= 70 MW", True),
                                             ("allocated_mw < 90 MW", False)])
def test_derogations_with_different_effect_are_found(tmp_path: Path, must: str,
                                                     clash: bool) -> None:
    files = {"derived.yaml": CLAIMED, "rules/TR-1.yaml": rule(unless=UNLESS),
             "rules/TR-2.yaml": rule(id="TR-2", under="border.claims_short_contracting",
                                     must=must)}
    if not clash:  # the other rule asks no more than the derogation does
        assert proofs_of(tmp_path / "trial", files)["derogations"].ok
        return
    found, = violations(tmp_path / "trial", "derogations", files)
    assert "TR-1: dc_border and short_contracting" in found.subject
    assert "TR-2" in found.fault
    assert "not_applicable if only dc_border is claimed; failed if only short_contracting" in \
        found.example


@pytest.mark.parametrize(("values", "example"), [
    ("{2020-01-01: {value: 5, cite: Art. 1}}", "from 2017-12-18 until 2020-01-01"),
    ("{2017-12-18: {value: 5, cite: Art. 1}, 2021-01-01: {value: null, cite: Art. 2}}",
     "from 2021-01-01 on"),
    ("{2017-12-18: {value: 5, cite: Art. 1}, 2021-01-01: {value: null, cite: Art. 2}, "
     "2022-01-01: {value: 6, cite: Art. 3}}", "from 2021-01-01 until 2022-01-01"),
])
def test_days_without_a_value_are_found(tmp_path: Path, values: str, example: str) -> None:
    found, = violations(tmp_path / "trial", "periods", {
        "rules/TR-1.yaml": rule(must="allocated_mw <= most_mw"),
        "parameters.yaml": PARAMETERS.replace("{VALUES}", values)})
    assert found.subject == "TR-1"
    assert example in found.example


def test_a_rule_that_ends_needs_no_value_afterwards() -> None:
    form = ParameterForm.model_validate({
        "title": "A number", "unit": "MW", "reviewed": date(2026, 11, 20),
        "values": {date(2020, 1, 1): {"value": Decimal(5), "cite": "Art. 1"},
                   date(2022, 1, 1): {"value": None, "cite": "Art. 2"}}})
    item = Parameter("most_mw", form, "trial")
    assert gaps(item, date(2020, 1, 1), date(2022, 1, 1)) == []
    assert gaps(item, date(2020, 1, 1), date(2022, 1, 2)) == [(date(2022, 1, 1),
                                                                date(2022, 1, 2))]
    assert gaps(item, date(2023, 1, 1), None) == [(date(2023, 1, 1), None)]


@pytest.mark.parametrize(("must", "fault"), [
    ("allocated_mw >= 5 MW or allocated_mw < 10 MW", "cannot fail"),
    ("allocated_mw >= 10 MW and allocated_mw < 5 MW", "cannot pass"),
    ("direction in ('up', 'down', 'symmetric')", "cannot fail"),
])
def test_rules_that_cannot_fail_or_pass_are_found(tmp_path: Path, must: str, fault: str) -> None:
    found, = violations(tmp_path / "trial", "outcomes", {"rules/TR-1.yaml": rule(must=must)})
    assert found.fault == fault
    assert found.example.startswith("so does every row in scope, as ")


def test_a_rule_of_columns_is_proven_over_what_they_are_made_of(tmp_path: Path) -> None:
    derived = USE + "    steps:\n      - columns: {double_mw: 2 * allocated_mw}\n"
    found, = violations(tmp_path / "trial", "outcomes", {
        "derived.yaml": derived,
        "rules/TR-1.yaml": rule(must="double_mw = allocated_mw + allocated_mw")})
    assert (found.fault, "allocated_mw" in found.example) == ("cannot fail", True)


@pytest.mark.parametrize("must", ["if allocated_mw > 5 MW or allocated_mw <= 5 MW then "
                                  "shared_mw < 5 MW else (shared_mw < 6 MW)"])
def test_a_branch_that_no_row_comes_to_is_found(tmp_path: Path, must: str) -> None:
    found, = violations(tmp_path / "trial", "choices", {"rules/TR-1.yaml": rule(must=must)})
    assert found.fault == "no row comes to `else`"


def test_a_table_of_unknown_names_is_refused_with_its_place(tmp_path: Path) -> None:
    table = TABLE.replace("LARGE", ">=").replace("LAST", "huge").replace("GIVES", "allocated_mv")
    with pytest.raises(RulesetError) as error:
        proofs_of(tmp_path / "trial", {"rules/TR-1.yaml": rule(), "decision_tables.yaml": table})
    assert {(item.line, item.kind) for item in error.value.problems} == {
        (14, "unknown_name"), (15, "formula")}


def test_the_command_says_what_is_proven_and_fails_on_a_violation(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_ruleset(tmp_path / "trial", {"rules/TR-1.yaml": rule(
        must="allocated_mw >= 5 MW or allocated_mw < 10 MW")})
    with pytest.raises(SystemExit) as stopped:
        main(["test", "--prove", str(folder)])
    assert stopped.value.code == 1
    printed = capsys.readouterr().out
    assert "trial: decision tables: proven (0 tables, 0 cells; 0 questions)" in printed
    assert "trial: outcomes: 1 violations (1 rules, 1 with their readings; 4 questions)" in printed
    assert "TR-1: cannot fail" in printed


def test_without_the_solver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    solver.z3.cache_clear()
    try:
        with pytest.raises(UsageError, match=r"czca-rules\[proofs\]"):
            next(prove("alpaca-afrr"))
    finally:
        solver.z3.cache_clear()


def translated(row: Mapping[str, Any]) -> Translation:
    """Formulas over the values of one row."""
    words = Words()

    def symbol_of(name: str) -> Symbol:
        value = row[name] if name in TYPES else AROUND[name]
        kind = TYPES.get(name) or Type(
            "instant" if name == "submission.as_of" else "quantity", UNITS["MW"])
        if value is None:
            return Symbol(z3().BoolVal(False), variable(f"{name} unknown", kind),
                          z3().BoolVal(False))
        return sure(constant(value, words))

    def wrong(name: str) -> Any:
        marked = name in TYPES and row["x._bad" if name.startswith("x.") else "_bad"]
        return z3().BoolVal(bool(marked))

    return Translation(symbol_of, wrong, words)


@TRIES
@given(formulas(depth=3), table_rows())
def test_the_solver_finds_what_the_interpreter_finds(text: str, cells: dict[str, Any]) -> None:
    try:
        well_typed(text)
    except ExpressionError:  # too many digits
        assume(False)
    node = parse(text)
    to = translated(cells)
    found, expected = to(node), evaluate(node, surrounded(cells))
    agrees = negated(found.known) if expected is None else every(
        found.known, found.value == constant(expected, to.words))
    facts = to.words.facts()
    assert model_of(facts) is not None
    assert model_of(facts, negated(agrees)) is None, (text, cells, expected)
