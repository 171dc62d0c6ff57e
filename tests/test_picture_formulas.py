"""`pictures.yaml`: which quantities a day's pictures draw, and what is wrong with such a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_rulesets import USE, load, problems_of, rule

from czca_rules.rulebook.loading import load_ruleset

BY_DIRECTION = USE + """\
  direction_use:
    title: All products of a direction
    cite: Art. 1
    from: use
    steps:
      - aggregate:
          by: [from_zone, to_zone, mtu_start]
          columns: {total_mw: sum(allocated_mw), rows: count()}
"""
RULE = rule(on="direction_use", must="total_mw <= 5 MW", message="'{total_mw} MW'")
CURVE = "allocated:\n  title: Allocated\n  on: direction_use\n  value: total_mw\n"


def test_a_ruleset_draws_what_its_file_names(tmp_path: Path) -> None:
    ruleset = load(tmp_path / "trial", {"derived.yaml": BY_DIRECTION, "rules/TR-1.yaml": RULE,
                                        "pictures.yaml": CURVE + "  rule: TR-1\n"})
    assert list(ruleset.pictures.curves) == ["allocated"]
    assert ruleset.pictures.curves["allocated"].form.rule == "TR-1"


def test_the_curves_of_an_included_ruleset_are_taken_over() -> None:
    for name in ("core-ee", "greece-italy-mb"):
        assert list(load_ruleset(name).pictures.curves) == ["allocated", "capacity", "limit"]
    assert load_ruleset("alpaca-afrr").pictures.curves == {}


def test_what_is_drawn_is_part_of_the_rulesets_hash(tmp_path: Path) -> None:
    files = {"derived.yaml": BY_DIRECTION, "rules/TR-1.yaml": RULE}
    hashes = {load(tmp_path / "a" / "trial", files).sha256,
              load(tmp_path / "b" / "trial", {**files, "pictures.yaml": CURVE}).sha256,
              load(tmp_path / "c" / "trial", {**files, "pictures.yaml": CURVE.replace(
                  "total_mw", "total_mw + total_mw")}).sha256}
    assert len(hashes) == 3


@pytest.mark.parametrize(("old", "new", "line", "column", "kind", "fix"), [
    ("on: direction_use", "on: direction_uses", 3, 7, "unknown_relation", "`direction_use`"),
    ("on: direction_use", "on: use", 3, 7, "grain", ""),
    ("value: total_mw", "value: totl_mw", 4, 10, "formula", "`total_mw`"),
    ("value: total_mw", "value: total_mw * 1 h", 4, 10, "unit", ""),
    ("value: total_mw", "value: mtu_start", 4, 10, "formula", ""),
    ("value: total_mw", "value: total_mw\n  rule: TR-9", 5, 9, "unknown_rule", "`TR-1`"),
    ("value: total_mw", "value: total_mw\nprices:\n  rule: TR-9", 6, 9, "unknown_rule", "`TR-1`"),
    ("value: total_mw", "value: total_mw\nprices:\n  rule: TR-1", 6, 9, "grain", ""),
    ("allocated:", "alocated:", 1, 1, "unknown_key", "`allocated`"),
    ("  title: Allocated\n", "", 2, 3, "missing_key", ""),
])
def test_each_error_is_named_with_its_place(
        tmp_path: Path, old: str, new: str, line: int, column: int, kind: str, fix: str) -> None:
    (problem,) = problems_of(tmp_path / "trial", {
        "derived.yaml": BY_DIRECTION, "rules/TR-1.yaml": RULE,
        "pictures.yaml": CURVE.replace(old, new)})
    assert problem.file == "trial/pictures.yaml"
    assert (problem.line, problem.column, problem.kind) == (line, column, kind), problem
    assert fix in problem.fix
