"""Which law holds for which row: dated parameters, rules in force, windows by the delivery year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from small_rulesets import (
    Oracle,
    allocation,
    disagreements,
    engine_rows,
    judging_of,
    load,
    oracle_rows,
    rule,
)

from czca_rules.check.codes import Code
from czca_rules.check.evidence import Evidence
from czca_rules.check.judging import Judging, Options
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.ruleset import Ruleset

CHANGING = """\
parameters:
  most_mw:
    title: The most that may be taken
    unit: MW
    values:
      2020-01-01: {value: 50, cite: Art. 1 as adopted}
      2026-03-12: {value: 30, cite: Art. 1 as amended}
      2026-03-14: {value: null, cite: Art. 1 repealed}
    reviewed: 2026-11-20
"""
DAYS = ("2026-03-11", "2026-03-12", "2026-03-13", "2026-03-14")


def taken(*mw: str) -> list[dict[str, Any]]:
    """An allocation of both directions for each whole day from 11 March on."""
    return [allocation(f"{day}T00:00:00+01:00", value, direction="up", from_zone=one, to_zone=other,
                       mtu_end=f"{day[:8]}{int(day[8:]) + 1}T00:00:00+01:00")
            for day, value in zip(DAYS, mw, strict=False)
            for one, other in (("A", "B"), ("B", "A"))]


def days_of(last: str, **options: Any) -> dict[str, Any]:
    """What a submission of several days takes besides its tables."""
    return {"delivery": {"from": DAYS[0], "to": last},
            "products": [{"product": "aFRR", "direction": "up"}],
            "options": Options(**options)}


def ruleset_of(folder: Path, **keys: str | None) -> Ruleset:
    """A ruleset whose limit changes in the middle of a delivery."""
    return load(folder / "trial", {"parameters.yaml": CHANGING, "rules/TR-1.yaml": rule(
        must="allocated_mw <= most_mw", message="'{allocated_mw} of {most_mw} MW'", **keys)})


def codes_by_day(judging: Judging) -> dict[date, set[str]]:
    """The codes of a rule's rows on each market day, on which both judgements agree."""
    assert disagreements(judging) == []
    oracle = Oracle(judging)
    found: dict[date, set[str]] = {}
    (judged,) = judging.outcomes()
    for key, code in oracle.codes(judged.rule, judging.readings).items():
        start: datetime = next(part for part in key if isinstance(part, datetime))
        found.setdefault(oracle.intervals[start][1], set()).add(code.name)
    return found


def test_each_row_is_judged_by_the_value_of_its_own_day(tmp_path: Path) -> None:
    judging = judging_of(ruleset_of(tmp_path), {"allocations": taken("40", "40", "30", "40")},
                         **days_of(DAYS[3]))
    assert codes_by_day(judging) == {
        date(2026, 3, 11): {"PASSED"}, date(2026, 3, 12): {"FAILED"}, date(2026, 3, 13): {"PASSED"},
        date(2026, 3, 14): {"NOT_ASSESSABLE"}}


def test_findings_show_the_value_of_the_day_and_since_when(tmp_path: Path) -> None:
    judging = judging_of(ruleset_of(tmp_path), {"allocations": taken("60", "40")},
                         **days_of(DAYS[1]))
    found = Evidence(judging, None, None).findings(judging.outcomes())["TR-1"]
    shown = {(item.key["mtu_start"], item.required, *((p.value, p.since, p.cite)
                                                      for p in item.parameters)) for item in found}
    assert shown == {
        ("2026-03-10T23:00:00Z", "50", ("50", date(2020, 1, 1), "Art. 1 as adopted")),
        ("2026-03-11T23:00:00Z", "30", ("30", date(2026, 3, 12), "Art. 1 as amended"))}
    assert {item.message for item in found} == {"60 of 50 MW", "40 of 30 MW"}


@pytest.mark.parametrize(("law_date", "wanted"), [
    (date(2026, 3, 11), {"PASSED"}), (date(2026, 3, 12), {"FAILED"}),
    (date(2026, 3, 14), {"NOT_ASSESSABLE"}), (date(2019, 1, 1), {"NOT_ASSESSABLE"})])
def test_one_law_date_takes_the_place_of_every_rows_own(tmp_path: Path, law_date: date,
                                                        wanted: set[str]) -> None:
    judging = judging_of(ruleset_of(tmp_path), {"allocations": taken("40", "40", "40", "40")},
                         **days_of(DAYS[3], law_date=law_date))
    assert set().union(*codes_by_day(judging).values()) == wanted


@pytest.mark.parametrize(("in_force", "applies"), [
    ("{from: 2026-03-12}", (False, True, True)),
    ("{from: 2020-01-01, until: 2026-03-12}", (True, False, False)),
    ("{from: 2026-03-12, until: 2026-03-13}", (False, True, False)),
    ("{from: 2020-01-01, until: 2026-03-14}", (True, True, True))])
def test_a_rule_is_law_from_its_first_day_until_the_day_before_its_end(
        tmp_path: Path, in_force: str, applies: tuple[bool, ...]) -> None:
    judging = judging_of(ruleset_of(tmp_path, in_force=in_force),
                         {"allocations": taken("90", "90", "90")}, **days_of(DAYS[2]))
    found = codes_by_day(judging)
    assert [found[day] == {"FAILED"} for day in sorted(found)] == list(applies)
    (outcome,) = judging.outcomes()
    assert outcome.counts.get(Code.NOT_APPLICABLE, 0) == 2 * applies.count(False)


def test_a_rule_that_is_law_on_no_day_is_set_aside(tmp_path: Path) -> None:
    ruleset = ruleset_of(tmp_path, in_force="{from: 2027-01-01}")
    judging = judging_of(ruleset, {"allocations": taken("90")}, **days_of(DAYS[0]))
    (outcome,) = judging.outcomes()
    assert (outcome.outcome, outcome.reason, outcome.counts) == ("not_applicable", "scope", {})
    later = judging_of(ruleset, {"allocations": taken("90")},
                       **days_of(DAYS[0], law_date=date(2027, 1, 1)))
    assert later.outcomes()[0].outcome == "not_assessable"


def test_many_changes_within_a_delivery_are_looked_up_too(tmp_path: Path) -> None:
    values = "".join(f"      2026-03-{day}: {{value: {day}, cite: Art. 1}}\n"
                     for day in range(11, 26))
    text = CHANGING.split("      2020")[0] + values + "    reviewed: 2026-11-20\n"
    ruleset = load(tmp_path / "trial", {"parameters.yaml": text, "rules/TR-1.yaml": rule(
        must="allocated_mw <= most_mw")})
    rows = [allocation(f"2026-03-{day}T00:00:00+01:00", "18", from_zone=one, to_zone=other,
                       mtu_end=f"2026-03-{day + 1}T00:00:00+01:00")
            for day in range(11, 26) for one, other in (("A", "B"), ("B", "A"))]
    judging = judging_of(ruleset, {"allocations": rows}, **days_of("2026-03-25"))
    found = codes_by_day(judging)
    assert [found[day] == {"PASSED"} for day in sorted(found)] == [
        day >= 18 for day in range(11, 26)]


NEW_YEAR = {"delivery": {"from": "2025-12-31", "to": "2026-01-01"}, "mtu_minutes": 15,
            "approach": "economic_efficiency", "products": [{"product": "aFRR", "direction": "up"}]}
QUARTERS = ("2025-12-31T22:45:00Z", "2025-12-31T23:00:00Z")


def history() -> list[dict[str, Any]]:
    """1600 MW until September 2025, 900 MW from October on, in both directions."""
    spans = (("2023-11-01T00:00:00+01:00", "2024-11-01T00:00:00+01:00", "1600"),
             ("2024-11-01T00:00:00+01:00", "2025-10-01T00:00:00+02:00", "1600"),
             ("2025-10-01T00:00:00+02:00", "2026-01-01T00:00:00+01:00", "900"))
    return [{"from_zone": one, "to_zone": other, "mtu_start": start, "mtu_end": end,
             "offered_mw": mw} for one, other in (("A", "B"), ("B", "A"))
            for start, end, mw in spans]


def over_new_year(mw: Mapping[str, str], **options: Any) -> Judging:
    """Core's volume limit over New Year, the given MW allocated in single quarter hours."""
    border = {"id": "A/B", "zones": ["A", "B"], "interconnectors": [
        {"id": "LINE", "technology": "ac", "energy_trade_since": "2010-01-01",
         "installed_mw": {"A>B": 2000, "B>A": 2000}}]}
    cells = {start: mw.get(start, "0") for start in QUARTERS}
    edges = ["2025-12-30T23:00:00Z", *QUARTERS, "2025-12-31T23:15:00Z", "2026-01-01T23:00:00Z"]
    rows = [allocation(start, cells.get(start, "0") if one == "A" else "0", mtu_end=end,
                       from_zone=one, to_zone=other)
            for start, end in pairwise(edges)
            for one, other in (("A", "B"), ("B", "A"))]
    return judging_of(load_ruleset("core-ee"), {"allocations": rows, "offered_capacity": history()},
                      Options(select=("CE-6.1",), **options), borders=[border], **NEW_YEAR)


def test_the_limit_of_core_follows_the_year_of_delivery() -> None:
    judging = over_new_year({})
    names = ("from_zone", "to_zone", "mtu_start", "limit_mwh", "per_h")
    rows = engine_rows(judging, "direction_limits", names)
    assert rows == oracle_rows(judging, "direction_limits", names)
    limits = {row["mtu_start"]: row["limit_mwh"] / row["per_h"] for row in rows}
    old, new = (limits[datetime.fromisoformat(start).replace(tzinfo=None)] for start in QUARTERS)
    assert old == 80
    assert round(new, 2) == Decimal("77.02")


@pytest.mark.parametrize(("mw", "failed"), [
    ({QUARTERS[0]: "80"}, 0), ({QUARTERS[0]: "80.001"}, 1),
    ({QUARTERS[1]: "77.023"}, 0), ({QUARTERS[1]: "77.024"}, 1),
    ({QUARTERS[0]: "80", QUARTERS[1]: "80"}, 1), ({QUARTERS[0]: "77", QUARTERS[1]: "77"}, 0)])
def test_each_quarter_hour_of_new_year_has_its_own_limit(mw: Mapping[str, str],
                                                         failed: int) -> None:
    judging = over_new_year(mw, readings={"limit_scope": "border_direction"})
    (outcome,) = judging.outcomes()
    assert outcome.judged["failed"] == failed
    assert disagreements(judging) == []


def test_the_hours_before_use_are_the_same_in_sentences_and_in_the_parameter() -> None:
    """EBGL Art. 12(3)(h): what no moment can satisfy is told by the parameter."""
    from decimal import Decimal

    from czca_rules.rulebook.loading import load_ruleset
    from czca_rules.rulebook.sentences import read_sentence

    hours = set()
    for name in ("ebgl", "greece-italy-mb", "core-ee"):
        ruleset = load_ruleset(name)
        dated = ruleset.parameters["publication_before_use_h"].form.values.values()
        hours |= {item.value for item in dated}
        hours |= {Decimal(clause.hours) for rule in ruleset.rules.values() if rule.form.deadline
                  for clause in read_sentence(rule.form.deadline).clauses
                  if clause.kind == "before_event" and clause.moment == "the first use"}
    assert hours == {Decimal(6)}
