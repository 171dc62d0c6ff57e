"""Rulesets meant to do harm: refused at once and by name, or their text stays text."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from small_rulesets import (
    HEAD,
    USE,
    allocation,
    disagreements,
    engine_rows,
    judging_of,
    load,
    problems_of,
    rule,
)

from czca_rules.api import check
from czca_rules.check.evidence import Evidence
from czca_rules.errors import Problem
from czca_rules.rulebook.loading import load_ruleset

DAY = {"mtu_start": "2026-03-11T00:00:00+01:00", "mtu_end": "2026-03-12T00:00:00+01:00"}
#: Seconds that anything hostile may take; generous where many tests run side by side.
SOON = 1.0 if "CI" not in os.environ else 5.0


@contextmanager
def soon() -> Iterator[None]:
    """Fail if what is inside takes longer than a moment of computing."""
    began = time.process_time()
    yield
    assert time.process_time() - began < SOON


def refused(folder: Path, files: dict[str, str | bytes]) -> tuple[Problem, ...]:
    """The problems of a ruleset that must be refused soon."""
    load_ruleset("ebgl")  # reads the grammar, which is not what is measured
    with soon():
        found = problems_of(folder / "trial", files)
    assert found
    assert all(len(str(problem)) < 2_000 for problem in found)
    return found


FORMULAS = [
    "read_text('/etc/passwd') = 'root'", "read_csv('x.csv') = 1", "getenv('HOME') = '/'",
    "pragma_version() = 'x'", "current_setting('home') = 'x'", "system('ls') = 'x'",
    "(select 1) = 1", "select allocated_mw from allocations", "allocated_mw in (select 1)",
    "exists(allocations)", "allocated_mw > 0 MW -- and more", "allocated_mw > 0 MW /* x */",
    "allocated_mw > 0 MW; drop table allocations", "allocated_mw > 0 MW # comment",
    "\"_bad\"", "_bad", "_file = 1", "s.allocated_mw > 0 MW", "c.market_day = market_day",
    "allocated_mw::text = 'x'", "cast(allocated_mw, text) = 'x'", "state like '%'",
    "state || 'x' = 'y'", "allocated_mw > 1e9 MW", "allocated_mw > 0x10 MW", "1 = 1 or 1 = 1; --",
    "for x in state then x", "while true", "lambda x: x", "[x for x in state]",
    "state.upper() = 'X'",
    "state.__class__ = 'x'", "{state} = 'x'", "$state = 'x'", "@state = 'x'", "?1 = 'x'",
    "state = 'x' union select 1", "state = 'it''s'", "state = 'a\\'b'", "import os", "f()",
    "sleep(10) = 1", "allocated_mw / 0 > 1", "state = $$x$$", "state = U&'x'", "état = 'x'",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_but_the_language_is_a_formula(tmp_path: Path, text: str) -> None:
    written = rule(must="|\n  " + text)
    (problem,) = refused(tmp_path, {"rules/TR-1.yaml": written})
    assert problem.kind == "formula"
    assert (problem.file, problem.line) == ("trial/rules/TR-1.yaml", 12)
    assert 3 <= int(problem.column or 0) <= 3 + len(text)


EVIL = ["x'; DROP TABLE t_allocations; --", 'x"; DROP VIEW "t_allocations"; --', "%s %(a)s {0} {x}",
        "$$", "\\", "\\'", "x\u0000y", "'' OR 1=1", "/*", "--", ";", "ü\u202e"]


@pytest.mark.parametrize("word", [word for word in EVIL if "'" not in word and "\0" not in word])
def test_text_of_a_formula_stays_text(tmp_path: Path, word: str) -> None:
    written = rule(must="|\n  " + f"cooperation = '{word}' and cooperation in ('{word}', 'b')")
    ruleset = load(tmp_path / "trial", {"rules/TR-1.yaml": written})
    rows = [allocation("", "5", **DAY, cooperation=word),
            allocation("", "5", **DAY, cooperation="b", from_zone="B", to_zone="A")]
    judging = judging_of(ruleset, {"allocations": rows},
                         products=[{"product": "aFRR", "direction": "up"}])
    (outcome,) = judging.outcomes()
    assert (outcome.judged["passed"], outcome.judged["failed"]) == (1, 1)
    assert disagreements(judging) == []
    assert judging.submission.engine.query("SELECT count(*) FROM t_allocations") == [(2,)]


@pytest.mark.parametrize("word", EVIL)
def test_quotes_never_leave_their_place_in_names(tmp_path: Path, word: str) -> None:
    doubled = '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("\0", "\\0") + '"'
    readings = ("readings:\n  r:\n    title: A reading\n    standing: open\n    default: a\n"
                f"    cite: Art. 1\n    values:\n      a: As it is\n      {doubled}: Other\n")
    for name, text in (("readings.yaml", readings), ("rules/TR-1.yaml", rule(id=doubled)),
                       ("rules/TR-1.yaml", rule(on=doubled)),
                       ("ruleset.yaml", HEAD.replace("id: trial", f"id: {doubled}")),
                       ("ruleset.yaml", HEAD + f"includes: [{doubled}]\n"),
                       ("derived.yaml", USE.replace("use:", f"{doubled}:")),
                       ("derived.yaml", USE.replace("from: allocations", f"from: {doubled}")),
                       ("derived.yaml", USE + "    steps:\n      - columns: {" + doubled
                        + ": 1 MW}\n"),
                       ("derived.yaml", USE + f"    steps:\n      - reverse: {{as: {doubled}}}\n")):
        found = refused(tmp_path / name.replace("/", "-"), {name: text})
        assert all(problem.file == f"trial/{name}" for problem in found)


def test_hostile_words_in_titles_and_messages_are_shown_as_they_are(tmp_path: Path) -> None:
    word = "{allocated_mw}<script>alert(1)</script>'; DROP TABLE x; --%s"
    ruleset = load(tmp_path / "trial", {"rules/TR-1.yaml": rule(
        message=f'"{word}"', title='"<b>x</b>"', must="allocated_mw <= 1 MW")})
    judging = judging_of(ruleset, {"allocations": [allocation("", "5", **DAY)]},
                         products=[{"product": "aFRR", "direction": "up"}])
    (found, *_) = Evidence(judging, None, None).findings(judging.outcomes())["TR-1"]
    assert found.message == word.replace("{allocated_mw}", "5")
    report = check(judging.submission, ruleset)
    assert "<script>alert" not in report.to_html()


def test_values_of_a_submission_are_never_filled_in_twice(tmp_path: Path) -> None:
    ruleset = load(tmp_path / "trial", {"rules/TR-1.yaml": rule(
        message='"{cooperation} took {allocated_mw}"', must="allocated_mw <= 1 MW")})
    rows = [allocation("", "5", **DAY, cooperation="{allocated_mw}{required}")]
    judging = judging_of(ruleset, {"allocations": rows},
                         products=[{"product": "aFRR", "direction": "up"}])
    (found, *_) = Evidence(judging, None, None).findings(judging.outcomes())["TR-1"]
    assert found.message == "{allocated_mw}{required} took 5"


@pytest.mark.parametrize("name", [
    "allocated_mw.__class__", "allocated_mw:>100000000", "allocated_mw!r", "allocated_mw[0]",
    "0", "", "self", "rule.form", "allocated_mw.f.__globals__[SECRET]", " allocated_mw",
    "allocated_mw ", "allocated_mw:{allocated_mw}"])
def test_messages_hold_names_and_nothing_else(tmp_path: Path, name: str) -> None:
    found = refused(tmp_path, {"rules/TR-1.yaml": rule(message=f'"too much {{{name}}}"')})
    assert {problem.kind for problem in found} == {"message_name"}


HUGE = ["9" * 39, "9" * 60, "9" * 5_000, "0." + "0" * 50 + "1", "1e400", "1e999999999", "Infinity",
        "NaN", "-.inf", "0x7fffffff", "1_000", "true"]


@pytest.mark.parametrize("number", HUGE)
def test_huge_and_strange_numbers_are_refused(tmp_path: Path, number: str) -> None:
    parameters = ("parameters:\n  p:\n    title: A number\n    unit: MW\n    values:\n"
                  f"      2017-12-18: {{value: {number}, cite: Art. 1}}\n"
                  "    reviewed: 2026-11-20\n")
    found = refused(tmp_path, {"parameters.yaml": parameters,
                               "rules/TR-1.yaml": rule(must="p is given")})
    assert {problem.file for problem in found} == {"trial/parameters.yaml"}


@pytest.mark.parametrize("number", ["9" * 39, "9" * 1900, "0." + "0" * 60 + "1"])
def test_huge_literals_are_refused(tmp_path: Path, number: str) -> None:
    (problem,) = refused(tmp_path, {"rules/TR-1.yaml": rule(must=f"allocated_mw < {number} MW")})
    assert "digits" in problem.found


def test_a_year_that_no_calendar_has_is_refused(tmp_path: Path) -> None:
    for years in ("99999", "-5000", "1" * 40):
        periods = ("periods:\n  p:\n    title: A time\n    cite: Art. 1\n"
                   f"    from: {{years: {years}, month: 1, day: 1}}\n"
                   "    until: {years: 1, month: 1, day: 1}\n")
        refused(tmp_path / years, {"derived.yaml": periods + USE})


@pytest.mark.parametrize("text", ["(" * 10_000 + "true" + ")" * 10_000, "(" * 990 + ")" * 990,
                                  "(" * 1_000, "not " * 499 + "true", "-" * 1_990 + "1",
                                  "true or " * 249 + "true", "if true then " * 150 + "true",
                                  "max(" * 300 + "1", "true and " * 10_000 + "true"])
def test_deep_formulas_are_refused_before_they_are_built(tmp_path: Path, text: str) -> None:
    (problem,) = refused(tmp_path, {"rules/TR-1.yaml": rule(must=text)})
    assert problem.kind in ("formula", "yaml")


def test_formulas_that_double_when_written_out_are_refused(tmp_path: Path) -> None:
    nested = "true"
    for _ in range(30):
        nested = f"if ({nested}) then true else false"
    extremes = "allocated_mw"
    for _ in range(30):
        extremes = f"max({extremes}, 0 MW)"
    chain = "".join(f"          c{n + 1}: c{n} or c{n}\n" for n in range(60))
    steps = f"    steps:\n      - columns:\n          c0: allocated_mw > 0 MW\n{chain}"
    for number, files in enumerate(({"rules/TR-1.yaml": rule(must=nested)},
                                    {"rules/TR-1.yaml": rule(must=f"{extremes} >= 0 MW")},
                                    {"derived.yaml": USE + steps})):
        found = refused(tmp_path / str(number), dict(files))
        assert any("grows too large" in problem.found for problem in found)


def test_names_of_the_engine_can_be_used_without_harm(tmp_path: Path) -> None:
    names = ("judged", "flagged", "select", "t_allocations", "d_days", "f_x", "g0", "s", "w")
    relations = "relations:\n" + "".join(
        f"  {name}:\n    title: A relation\n    cite: Art. 1\n    from: allocations\n"
        f"    where: state = 'final'\n    steps:\n      - columns: {{g0: allocated_mw, "
        f"select: shared_mw, table: g0 + select}}\n" for name in names)
    rules: dict[str, str | bytes] = {
        f"rules/TR-{n}.yaml": rule(id=f"TR-{n}", on=name, must="table = g0 within 0.5 MW")
        for n, name in enumerate(names)}
    ruleset = load(tmp_path / "trial", {"derived.yaml": relations, **rules})
    rows = [allocation("", "5", **DAY), allocation("", "5", **DAY, from_zone="B", to_zone="A",
                                                   shared_mw="0.25")]
    judging = judging_of(ruleset, {"allocations": rows},
                         products=[{"product": "aFRR", "direction": "up"}])
    assert {outcome.judged["passed"] for outcome in judging.outcomes()} == {2}
    assert disagreements(judging) == []
    assert len(Evidence(judging, None, None).findings(judging.outcomes())) == len(names)
    assert {row["table"] for row in engine_rows(judging, "judged")} == {5, Decimal("5.25")}
