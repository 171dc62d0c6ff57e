"""What is wrong with a ruleset: each error named with its file, line and column, all in one run."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_rulesets import USE, load, problems_of, rule

from czca_rules.errors import Problem

READINGS = """\
readings:
  limit_base:
    title: What the limit is a share of
    standing: open
    default: mean
    cite: Art. 1
    values: {mean: The mean, maximum: The largest}
"""
PARAMETERS = """\
parameters:
  volume_share:
    title: A share
    unit: share
    values:
      2017-12-18: {value: 0.05, cite: Art. 1}
    reviewed: 2026-11-20
"""
#: A relation `use` with one more step, whose text begins in line 7 and column 9.
STEPPED = USE + "    steps:\n      - {}\n"


def places(problems: tuple[Problem, ...]) -> list[tuple[str, int | None, object, str]]:
    """File, line, column and kind of each problem."""
    return [(item.file, item.line, item.column, item.kind) for item in problems]


def line_of(text: str, key: str) -> int:
    """The line of a key of a rule."""
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(f"{key}:"))


def test_a_sound_ruleset_has_no_problems(tmp_path: Path) -> None:
    ruleset = load(tmp_path / "trial", {"rules/TR-1.yaml": rule(), "readings.yaml": READINGS,
                                        "parameters.yaml": PARAMETERS})
    assert list(ruleset.rules) == ["TR-1"]


@pytest.mark.parametrize(("key", "text", "column", "kind", "found", "fix"), [
    ("must", "allocated_mv <= 5 MW", 7, "formula", "the name `allocated_mv`", "`allocated_mw`"),
    ("must", "allocated_mw <= volume_shar", 23, "formula", "the name `volume_shar`",
     "`volume_share`"),
    ("must", "allocated_mw <= 5", 23, "formula", "a plain number beside MW", ""),
    ("must", "'allocated_mw <= 5'", 24, "formula", "a plain number beside MW", ""),
    ("must", "'state = ''final'' and allocated_mv > 0 MW'", 30, "formula", "`allocated_mv`", ""),
    ("must", '"allocated_mw <= 5"', 24, "formula", "a plain number beside MW", ""),
    ("must", "allocated_mw", 7, "formula", "MW", ""),
    ("must", "sum(allocated_mw) > 0 MW", 7, "formula", "`sum` outside a derivation", ""),
    ("under", "directon = 'up'", 8, "formula", "the name `directon`", "`direction`"),
    ("due", "allocated_mw", 6, "formula", "MW", ""),
    ("noted", "allocated_mw >", 21, "formula", "the end of the formula", ""),
    ("on", "uses", 5, "unknown_relation", "relation `uses`", "`use`"),
    ("message", "'{allocated_mv} MW'", 10, "message_name", "`{allocated_mv}`", "`allocated_mw`"),
    ("fix", "'Take {allocated_mw}'", 6, "fix_values", "a value in `fix`", ""),
    ("level", "eror", 8, "unknown_word", "`eror`", "`error`"),
    ("stage", "alocation", 8, "unknown_word", "`alocation`", "`allocation`"),
    ("title", "X", 8, "string_too_short", "`X`", ""),
    ("in_force", "{from: 2017-12-18, untill: 2020-01-01}", 30, "unknown_key", "key `untill`",
     "`until`"),
    ("in_force", "{from: 2017-13-18}", 18, "wrong_type", "`2017-13-18`", ""),
    ("in_force", "{until: 2017-12-18}", 11, "missing_key", "no `from`", ""),
    ("unless", "{dc_bordr: {claimed: 'true', holds: 'true', cite: Art. 2}}", 10, "unknown_word",
     "dc_bordr", "`dc_border`"),
    ("unless", "{dc_border: {claimed: yes_, holds: 'true', cite: Art. 2}}", 31, "formula",
     "the name `yes_`", ""),
    ("shows", "{observed: allocated_mv}", 19, "formula", "the name `allocated_mv`", ""),
])
def test_errors_of_a_rule_stand_at_their_place(tmp_path: Path, key: str, text: str, column: int,
                                               kind: str, found: str, fix: str) -> None:
    written = rule(**{key: text})
    problems = problems_of(tmp_path / "trial", {
        "rules/TR-1.yaml": written, "parameters.yaml": PARAMETERS})
    assert [item.file for item in problems] == ["trial/rules/TR-1.yaml"]
    (problem,) = problems
    assert (problem.line, problem.column) == (line_of(written, key), column), str(problem)
    assert problem.kind.startswith(kind)
    assert found in problem.found
    assert fix in problem.fix


def test_a_formula_over_several_lines_is_named_by_its_line(tmp_path: Path) -> None:
    folded = ">-\n  allocated_mw <= 5 MW\n  and allocated_mv > 0 MW"
    literal = "|\n  allocated_mw <= 5 MW and\n  shared_mv > 0 MW"
    plain = "allocated_mw <= 5 MW\n  and  shared_mv > 0 MW"
    for name, text, place in (("a", folded, (2, 7)), ("b", literal, (2, 3)), ("c", plain, (1, 8))):
        written = rule(must=text)
        (problem,) = problems_of(tmp_path / name / "trial", {"rules/TR-1.yaml": written})
        first = line_of(written, "must")
        assert (problem.line, problem.column) == (first + place[0], place[1])


@pytest.mark.parametrize(("step", "column", "kind", "found", "fix"), [
    ("columns: {x_mw: alocated_mw}", 25, "formula", "the name `alocated_mw`", "`allocated_mw`"),
    ("columns: {allocated_mw: shared_mw}", 33, "defined_twice", "`allocated_mw` again", ""),
    ("columns: {hours: 1 h}", 26, "defined_twice", "`hours` again", ""),
    ("columns: {x_mw: {reading: limit_bas, formulas: {mean: shared_mw}}}", 35, "unknown_reading",
     "reading `limit_bas`", "`limit_base`"),
    ("columns: {x_mw: {reading: limit_base, formulas: {mean: shared_mw}}}", 25,
     "readings_incomplete", "formulas for mean", ""),
    ("columns: {x_mw: {reading: limit_base, formulas: {mean: shared_mw, maximum: 1 h}}}", 25,
     "readings_differ", "MW and h", ""),
    ("columns: {x_mw: {reading: limit_base, formulas: {mean: shared_mv, maximum: 1 MW}}}", 64,
     "formula", "`shared_mv`", "`shared_mw`"),
    ("colums: {x_mw: shared_mw}", 9, "unknown_key", "key `colums`", "`columns`"),
    ("lookup: {as: c, from: czc_price, on: [from_zone]}", 31, "unknown_relation", "`czc_price`",
     "`czc_prices`"),
    ("lookup: {as: c, from: cross_zonal_capacity, on: [from_zone, to_zone]}", 57, "join_key",
     "from_zone, to_zone", ""),
    ("lookup: {as: c, from: cross_zonal_capacity, on: {from_zone: from_zone, to_zone: to_zone, "
     "mtu_start: state}}", 109, "join_sort", "a word for `mtu_start`", ""),
    ("lookup: {as: c, from: cross_zonal_capacity, on: {from_zone: from_zone, to_zone: to_zon, "
     "mtu_start: mtu_start}}", 89, "formula", "`to_zon`", "`to_zone`"),
    ("aggregate: {by: [from_zon], columns: {x_mw: sum(shared_mw)}}", 25, "unknown_column",
     "`from_zon`", "`from_zone`"),
    ("aggregate: {by: [], columns: {x_mw: sum(shared_mw)}}", 25, "wrong_count", "no items", ""),
    ("aggregate: {by: [from_zone], columns: {x_mw: shared_mw}}", 54, "not_an_aggregate",
     "`x_mw` that gathers nothing", ""),
    ("rollup: {as: g, by: [cooperation], columns: {x_mw: sum(shared_mw)}}", 29, "group_unknown",
     "`cooperation`", ""),
    ("window: {as: w, from: offered_capacity, on: [from_zone, to_zone], over: last_year, "
     "columns: {x_mw: highest(offered_mw)}}", 81, "window", "`last_year`", "There are none."),
    ("window: {as: w, from: offered_capacity, on: {zone: from_zone}, between: [mtu_start, "
     "mtu_end], columns: {x_mw: highest(offered_mw)}}", 60, "unknown_column", "`zone`", ""),
    ("window: {as: w, from: offered_capacity, on: [from_zone, to_zone], between: [mtu_start, "
     "shared_mw], columns: {x_mw: highest(offered_mw)}}", 96, "formula", "MW", ""),
    ("window: {as: w, from: offered_capacity, on: [from_zone], columns: {x_mw: "
     "highest(offered_mw)}}", 17, "value_error", "a mapping", ""),
    ("window: {as: w, from: offered_capacity, on: [from_zone, to_zone], between: [mtu_start, "
     "mtu_end], columns: {x: highest(market_day)}}", 119, "window_clock", "`market_day`", ""),
    ("as_of: {as: d, from: dimensioning, on: {lfc_block: from_zone, reserve: \"'FRR'\", "
     "direction: direction}, at: mtu_start, since: valid_from}", 116, "join_sort",
     "an instant for `valid_from`", ""),
    ("as_of: {as: d, from: dimensioning, on: {lfc_block: from_zone, reserve: \"'FRR'\", "
     "direction: direction}, at: market_day, since: valid_form}", 135, "unknown_column",
     "`valid_form`", "`valid_from`"),
    ("function: {as: f, name: consolidation, on: [mtu_start]}", 33, "unknown_function",
     "`consolidation`", "`consolidation_period`"),
    ("function: {as: f, name: consolidation_period, on: [from_zone]}", 59, "function_key",
     "columns from_zone", ""),
])
def test_errors_of_derivations_stand_at_their_place(tmp_path: Path, step: str, column: int,
                                                    kind: str, found: str, fix: str) -> None:
    (problem, *more) = problems_of(tmp_path / "trial", {
        "derived.yaml": STEPPED.replace("{}", step), "readings.yaml": READINGS})
    assert more == []
    assert (problem.file, problem.line, problem.column) == ("trial/derived.yaml", 8, column), \
        str(problem)
    assert problem.kind.startswith(kind)
    assert found in problem.found
    assert fix in problem.fix


def test_a_group_that_may_be_unknown_is_refused(tmp_path: Path) -> None:
    text = STEPPED.replace("{}", "columns: {x: if shared_mw > 0 MW then from_zone else to_zone}\n"
                           "      - aggregate: {by: [x], columns: {n: count()}}")
    (problem,) = problems_of(tmp_path / "trial", {"derived.yaml": text})
    assert places((problem,)) == [("trial/derived.yaml", 9, 25, "group_unknown")]


def test_a_filter_that_may_be_unknown_is_refused(tmp_path: Path) -> None:
    text = USE.replace("state = 'final'", "allocated_mw > 0 MW")
    (problem,) = problems_of(tmp_path / "trial", {"derived.yaml": text})
    assert places((problem,)) == [("trial/derived.yaml", 6, 12, "filter_unknown")]
