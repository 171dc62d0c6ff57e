"""Spellings of time that a rule file gets wrong: each named at its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_rulesets import HEAD, load, problems_of, rule

from czca_rules.errors import Problem
from czca_rules.rulebook.loading import load_ruleset

ON = 10  #: the line of `on` in a rule of `small_rulesets`, with its value in column 5
LINE = ON + 1


def refused(folder: Path, **changes: str | None) -> tuple[Problem, ...]:
    """What is wrong with a rule, in a ruleset that includes the shipped one."""
    written = rule(**{"on": "tso_auctions", "must": None, **changes})
    found = problems_of(folder / "trial", {
        "ruleset.yaml": HEAD + "includes: [ebgl]\n", "derived.yaml": "relations: {}\n",
        "rules/TR-1.yaml": written})
    assert {problem.file for problem in found} <= {"trial/rules/TR-1.yaml"}
    return found


@pytest.mark.parametrize(("on", "sentence", "column", "found", "fix"), [
    ("tso_auctions", "bsps_notifed before sidc_gate_opened", 11, "the event `bsps_notifed`",
     "Did you mean `bsps_notified`?"),
    ("tso_auctions", "bsps_notified before sidc_gate_openend", 25,
     "the event `sidc_gate_openend`", "Did you mean `sidc_gate_opened`?"),
    ("tso_auctions", "bsps_notified after brps_notified and before sidc_gate", 49,
     "the event `sidc_gate`", "Did you mean `sidc_gate_opened`?"),
    ("tso_auctions", "bsps_notified before methodology_approved", 25,
     "the event `methodology_approved`", ""),
    ("tso_applications", "bsps_notified before methodology_approved", 11,
     "the event `bsps_notified`", ""),
    ("tso_auctions", "bsps_notified before first_use_at", 25, "the event `first_use_at`", ""),
    ("tso_auctions", "bsps_notified together with brps_notified within slack_h", 25,
     "the tolerance `slack_h`", ""),
    ("tso_auctions",
     "bsps_notified together with brps_notified within publication_before_use", 25,
     "the tolerance `publication_before_use`", "Did you mean `publication_before_use_h`?"),
    ("tso_auctions",
     "bsps_notified together with brps_notified within price_tolerance_eur_mwh", 25,
     "the tolerance `price_tolerance_eur_mwh`", ""),
    ("tso_auctions", "bsps_notified soon", 25, "`soon`", ""),
    ("tso_auctions", "bsps_notified before brps_notified or so", 46, "`or so`", ""),
    ("tso_auctions", "bsps_notified before bsps_notified", 25, "`bsps_notified` by itself", ""),
    ("tso_auctions", "bsps_notified at least every 12 months", 25,
     "this clause on `tso_auctions`", ""),
    ("recurring_duties", "need_assessed before application_started", 11 + 14, None, ""),
    ("recurring_duties", "need_asessed at least every 12 months", 11,
     "the event `need_asessed`", "Did you mean `need_assessed`?"),
    ("recurring_duties", "application_started at least every 12 months", 11,
     "the event `application_started`", ""),
    ("recurring_duties", "need_assessed at least every 12 months and before need_assessed", 25,
     None, ""),
    ("tso_days", "bsps_notified before the first use", 25, "`the first use`", ""),
    ("tso_days", "bsps_notified not before the week ahead", 25, "`the week ahead`", ""),
    ("tso_applications", "application_started before the use", 31, "`the use`", ""),
    ("tso_applications", "application_started equal among TSOs", 31, "a market day", ""),
    ("tso_applications",
     "application_started before methodology_approved of the day before delivery", 31,
     "a market day", ""),
    ("tso_auctions", "bid_gate_closed equal among TSOs and before brps_notified", 27,
     "this clause beside another", ""),
    ("tso_auctions", "bid_gate_closed before brps_notified and equal among TSOs", 52,
     "this clause beside another", ""),
])
def test_a_wrong_sentence_is_named_at_its_place(tmp_path: Path, on: str, sentence: str,
                                                column: int, found: str | None,
                                                fix: str) -> None:
    (problem,) = refused(tmp_path, on=on, deadline=sentence)
    assert (problem.line, problem.kind) == (LINE, "deadline")
    # the clause begins where the column says; what it names stands in the message
    assert problem.column == column
    assert found is None or problem.found == found
    assert problem.fix.startswith(fix)


def test_a_place_in_a_folded_sentence_is_that_of_its_line(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, deadline=">-\n  bsps_notified\n  before sidc_gate_openend")
    assert (problem.line, problem.column) == (LINE + 2, 3)


@pytest.mark.parametrize("relation", ["direction_use", "contracting_terms", "valid_documents",
                                      "day_moments"])
@pytest.mark.parametrize("spelling", [
    {"deadline": "bsps_notified before brps_notified"},
    {"sequence": "[bsps_notified, brps_notified]"}])
def test_a_relation_without_moments_is_named(tmp_path: Path, relation: str,
                                             spelling: dict[str, str]) -> None:
    (problem,) = refused(tmp_path, on=relation, **spelling)
    assert f"`{relation}`" in problem.found
    assert "moments" in problem.expected
    assert "tso_" in problem.fix


@pytest.mark.parametrize(("events", "found", "fix"), [
    ("[bsps_notified, brps_notifed]", "the event `brps_notifed`", "Did you mean `brps_notified`?"),
    ("[bsps_notified, application_started]", "the event `application_started`", ""),
    ("[bsps_notified, brps_notified, bsps_notified]", "the event `bsps_notified` again", ""),
])
def test_a_wrong_order_is_named(tmp_path: Path, events: str, found: str, fix: str) -> None:
    (problem,) = refused(tmp_path, sequence=events)
    assert (problem.line, problem.kind, problem.found) == (LINE, "sequence", found)
    assert problem.fix.startswith(fix)


@pytest.mark.parametrize("events", [
    "[]", "bsps_notified", "[the use, bsps_notified]",
    "[bsps_notified]"])
def test_an_order_has_two_events_or_more(tmp_path: Path, events: str) -> None:
    (problem,) = refused(tmp_path, sequence=events)
    assert problem.line == LINE


DEADLINE = "bsps_notified before brps_notified"


@pytest.mark.parametrize("more", [
    {"must": "'true'"}, {"sequence": "[bsps_notified, brps_notified]"}, {"due": "day_start"},
    {"noted": "'true'"}])
def test_a_deadline_stands_for_all_conditions(tmp_path: Path, more: dict[str, str]) -> None:
    (problem,) = refused(tmp_path, deadline=DEADLINE, **more)
    assert (problem.line, problem.column) == (1, 1)
    assert "deadline" in problem.expected


def test_a_rule_without_any_condition_is_refused(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path)
    assert "`deadline`" in problem.expected


@pytest.mark.parametrize(("other", "fix"), [("EB-12.3.x", "Did you mean `EB-12.3."),
                                            ("GI-17.2", ""),
    ("TR-1", "")])
def test_only_rules_of_included_rulesets_are_replaced(tmp_path: Path, other: str,
                                                      fix: str) -> None:
    (problem,) = refused(tmp_path, deadline=DEADLINE, instead_of=f"[{other}]")
    assert (problem.line, problem.column, problem.kind) == (7, 13, "unknown_rule")
    assert problem.found == f"rule `{other}`"
    assert problem.fix.startswith(fix)
    assert f"`{other}`" not in problem.fix


def test_a_replaced_rule_is_not_judged_a_second_time(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "ruleset.yaml": HEAD + "includes: [ebgl]\n", "derived.yaml": "relations: {}\n",
        "rules/TR-1.yaml": rule(on="tso_auctions", must=None, deadline=DEADLINE,
                                instead_of="[EB-12.3.f]")}
    assert set(load(tmp_path / "trial", files).rules) == (
        set(load_ruleset("ebgl").rules) - {"EB-12.3.f"} | {"TR-1"})


@pytest.mark.parametrize(("spelling", "message", "known"), [
    ({"deadline": DEADLINE}, "{observed} {required} {excess} {tso} {market_day}", True),
    ({"deadline": DEADLINE}, "{out_of_order}", False),
    ({"sequence": "[bsps_notified, brps_notified]"}, "{out_of_order}", True)])
def test_messages_name_what_the_spelling_gives(tmp_path: Path, spelling: dict[str, str],
                                               message: str, known: bool) -> None:
    found = refused(tmp_path, message=f'"{message}"', **spelling)
    assert [problem.kind for problem in found] == ([] if known else ["message_name"])
