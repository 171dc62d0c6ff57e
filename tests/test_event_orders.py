"""Orders of events, moments together and alike, and what findings and pages say of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from deadline_rules import (
    MICROSECOND,
    ORDER,
    RULES,
    Event,
    at,
    gates,
    judged,
    ruleset,
    told,
)
from event_submissions import event, manifest

from czca_rules import cli
from czca_rules.check.evidence import Evidence
from czca_rules.check.judging import Judging, Options
from czca_rules.rulebook.pages import rule_page
from czca_rules.tables.submission import Submission


@pytest.mark.parametrize(("name", "codes"), [
    ("TR-before", ("PASSED", "FAILED", "FAILED")), ("TR-not-after", ("PASSED", "PASSED", "FAILED")),
    ("TR-after", ("FAILED", "FAILED", "PASSED")),
    ("TR-not-before", ("FAILED", "PASSED", "PASSED")),
    ("TR-together", ("FAILED", "PASSED", "FAILED"))])
def test_before_at_and_after_another_event(name: str, codes: tuple[str, str, str]) -> None:
    words = RULES[name][1].split(" ")
    moments = (at("15:00", -MICROSECOND), at("15:00"), at("15:00", MICROSECOND))
    found = [judged(name, [*told((words[-1], "15:00")), event("x", words[0], moment, None)]).of()
             for moment in moments]
    assert tuple(found) == codes


@pytest.mark.parametrize(("name", "code"), [
    ("TR-before", "FAILED"), ("TR-not-after", "FAILED"), ("TR-together", "NOT_ASSESSABLE"),
    ("TR-after", "NOT_ASSESSABLE"), ("TR-not-before", "NOT_ASSESSABLE")])
def test_what_has_an_upper_limit_and_is_owed_fails_if_it_never_came(name: str, code: str) -> None:
    other = RULES[name][1].split(" ")[-1]
    assert judged(name, told((other, "15:00"))).of() == code


@pytest.mark.parametrize(("as_of", "code"), [
    ("11:59:59", "NOT_DUE"), ("12:00", "FAILED"), ("12:00:01", "FAILED")])
def test_a_limit_that_is_announced_ahead_is_waited_for(as_of: str, code: str) -> None:
    found = judged("TR-announced", told(("sdac_curves_due", "12:00"), ("released", "09:00")),
                   as_of=at(as_of))
    assert found.of() == code


@pytest.mark.parametrize(("sent", "code"), [
    ("12:57", "PASSED"), ("12:57:00.000001", "NOTED"), ("13:27", "NOTED"),
    ("13:27:00.000001", "FAILED"), ("12:27", "NOTED"), ("12:26:59.999999", "FAILED")])
def test_together_within_a_tolerance(sent: str, code: str) -> None:
    found = judged("TR-within", [
        *told(("sdac_results_notified", "12:57")),
        event("a", "allocation_sent", at(sent), None, recipients="BRPs; BSPs"),
        event("b", "allocation_sent", at("09:00"), None, recipients="BRPs")])
    assert found.of() == code


@pytest.mark.parametrize(("late", "code"), [(-MICROSECOND, "NOT_DUE"), (timedelta(), "FAILED")])
def test_a_tolerance_is_waited_for(late: timedelta, code: str) -> None:
    found = judged("TR-within", told(("sdac_results_notified", "12:57")), as_of=at("13:27", late))
    assert found.of() == code


@pytest.mark.parametrize(("ipto", "terna", "code"), [
    ("10:00", "10:00", "PASSED"), ("10:00", "10:00:00.000001", "FAILED"),
    ("10:00", None, "NOT_ASSESSABLE")])
@pytest.mark.parametrize("name", ["TR-equal", "TR-directions"])
def test_gates_of_all_are_equal(name: str, ipto: str, terna: str | None, code: str) -> None:
    found = judged(name, gates(ipto, terna))
    assert found.of("IPTO") == found.of("TERNA") == code


@pytest.mark.parametrize(("as_of", "codes"), [
    ("2026-03-10T23:59:59+01:00", ("NOT_DUE", "NOT_DUE")),
    ("2026-03-11T00:00:00+01:00", ("NOT_ASSESSABLE", "NOT_ASSESSABLE"))])
def test_a_gate_that_is_not_told_is_waited_for_until_the_day_begins(
        as_of: str, codes: tuple[str, str]) -> None:
    found = judged("TR-equal", gates("10:00", None), as_of=as_of)
    assert (found.of("IPTO"), found.of("TERNA")) == codes
    nobody = judged("TR-equal", told(("released", "09:00")), as_of=as_of)
    assert nobody.of() == codes[0]


UP_AND_DOWN = [{"product": "aFRR", "direction": way} for way in ("up", "down")]


@pytest.mark.parametrize(("name", "code"), [("TR-equal", "PASSED"), ("TR-directions", "FAILED")])
def test_directions_are_compared_only_where_the_sentence_says_so(name: str, code: str) -> None:
    events = [event(f"{tso}{way}", "bid_gate_closed", moment, tso, direction=way)
              for tso in ("IPTO", "TERNA") for way, moment in (("up", at("10:00")),
                                                               ("down", at("11:00")))]
    found = judged(name, events, products=UP_AND_DOWN)
    assert len(found.codes) == 4
    assert {item.name for item in found.codes.values()} == {code}


def test_gates_that_differ_fail_although_another_is_not_told() -> None:
    three: dict[str, Any] = {
        "tsos": [{"id": name, "country": "GR"} for name in ("IPTO", "TERNA", "THIRD")],
        "zones": [{"id": name, "tsos": [tso]} for name, tso in
                  (("GR", "IPTO"), ("IT", "TERNA"), ("X", "THIRD"))]}
    found = judged("TR-equal", gates("10:00", "11:00"), **three)
    assert {code.name for code in found.codes.values()} == {"FAILED"}


@pytest.mark.parametrize(("closed", "calculated", "code"), [
    ("2026-03-04T00:00:00+01:00", "10:00", "PASSED"),
    ("2026-03-03T23:59:59.999999+01:00", "10:00", "FAILED"),
    ("09:59:59", "10:00", "PASSED"), ("10:00", "10:00", "FAILED"),
    ("2026-03-03T00:00:00+01:00", None, "FAILED"), ("09:00", None, "NOT_ASSESSABLE"),
    (None, "10:00", "NOT_ASSESSABLE"), (None, None, "NOT_ASSESSABLE")])
def test_two_clauses_must_both_hold(closed: str | None, calculated: str | None,
                                    code: str) -> None:
    events = [(name, moment) for name, moment in
              (("bid_gate_closed", closed), ("capacity_calculated", calculated)) if moment]
    found = judged("TR-two", told(*events, ("released", "09:00")), {"week_ahead": "seven_days"})
    assert found.of() == code


@pytest.mark.parametrize(("closed", "reading", "code"), [
    # the calendar week before that of Wednesday 11 March begins on Monday 2 March
    ("2026-03-02T00:00:00+01:00", "calendar_week", "PASSED"),
    ("2026-03-02T00:00:00+01:00", "seven_days", "FAILED"),
    ("2026-03-01T23:59:59+01:00", "calendar_week", "FAILED")])
def test_the_week_ahead_is_a_matter_of_reading(closed: str, reading: str, code: str) -> None:
    events = told(("bid_gate_closed", closed), ("capacity_calculated", "10:00"))
    assert judged("TR-two", events, {"week_ahead": reading}).of() == code


@pytest.mark.parametrize(("closed", "code"), [
    ("2026-03-10T12:00:00+01:00", "PASSED"), ("2026-03-10T00:00:00+01:00", "PASSED"),
    ("2026-03-09T23:59:59+01:00", "NOT_ASSESSABLE"), ("2026-03-11T00:00:00+01:00",
                                                      "NOT_ASSESSABLE")])
def test_a_moment_of_another_day_is_not_the_one_that_is_meant(closed: str, code: str) -> None:
    events = told(("sdac_gate_closed", closed), ("bid_gate_closed", "2026-03-08T10:00:00+01:00"))
    assert judged("TR-day-before", events).of() == code


@pytest.mark.parametrize(("moments", "code"), [
    (("10:00", "11:00", "12:00"), "PASSED"), (("10:00", "10:00", "10:00"), "PASSED"),
    (("10:00", "09:59:59", "12:00"), "FAILED"), (("12:00", "12:30", "11:59"), "FAILED"),
    ((None, "11:00", "12:00"), "NOT_ASSESSABLE"), (("10:00", None, "12:00"), "NOT_ASSESSABLE"),
    (("12:00", None, "11:00"), "FAILED"), ((None, None, None), "NOT_ASSESSABLE")])
def test_events_in_order(moments: tuple[str | None, ...], code: str) -> None:
    events = [(name, moment) for name, moment in zip(ORDER, moments, strict=True) if moment]
    assert judged("TR-order", told(*events, ("released", "08:00"))).of() == code


@pytest.mark.parametrize(("last", "code"), [(None, "NOT_DUE"), ("10:30", "FAILED")])
def test_an_order_is_not_due_before_the_day_unless_it_is_broken(last: str | None,
                                                                code: str) -> None:
    events = [("values_forecast", "10:00"), ("allocation_determined", "11:00")]
    events += [("bids_selected", last)] if last else []
    found = judged("TR-order", told(*events), as_of="2026-03-10T23:59:59+01:00")
    assert found.of() == code


# -- what findings say -------------------------------------------------------------------------

SAID = "{observed} | {required} | {excess}"
BAND = "2026-03-10 12:00 CET under Regulation 1182/71 and 2026-03-10 11:20 CET by plain counting"


def said(name: str, events: Iterable[Event], message: str = SAID, **changes: Any) -> list[str]:
    """The messages of one rule's findings, each once."""
    law = ruleset()
    own = law.rules[name]
    spoken = replace(own, form=own.form.model_copy(update={"message": message}))
    law = replace(law, rules={**law.rules, name: spoken})
    with Submission.from_tables(manifest(**changes), {"events": list(events)}) as submission:
        judging = Judging(submission, law, Options(select=(name,)))
        found = Evidence(judging, None, None).findings(judging.outcomes())
    return sorted({item.message for item in found.get(name, [])})


@pytest.mark.parametrize(("published", "message"), [
    ("12:25", f"2026-03-10 12:25 CET | {BAND} | 25 minutes"),
    ("11:30", f"passes only with a note: 2026-03-10 11:30 CET | {BAND} | 10 minutes"),
    (None, f"no time up to 2026-03-10 13:00 CET | {BAND} | 1 hour")])
def test_findings_say_both_limits_and_by_how_much(published: str | None, message: str) -> None:
    events = told(("bsps_notified", "10:20"),
                  *([("volumes_and_prices_published", published)] if published else []))
    assert said("TR-hour", events, as_of=at("13:00")) == [message]


def test_findings_of_equal_gates_show_the_other_one() -> None:
    assert said("TR-equal", gates("10:00", "10:05")) == [
        "2026-03-10 10:00 CET | 2026-03-10 10:05 CET | 5 minutes",
        "2026-03-10 10:05 CET | 2026-03-10 10:00 CET | 5 minutes"]


@pytest.mark.parametrize(("moments", "message"), [
    (("12:00", None, "11:00"), "`bids_selected` at 2026-03-10 11:00 CET before `values_forecast` "
                               "at 2026-03-10 12:00 CET"),
    (("10:00", "12:00", "11:00"), "`bids_selected` at 2026-03-10 11:00 CET before "
                                  "`allocation_determined` at 2026-03-10 12:00 CET")])
def test_findings_of_an_order_name_what_stands_the_wrong_way_round(
        moments: tuple[str | None, ...], message: str) -> None:
    events = [(name, moment) for name, moment in zip(ORDER, moments, strict=True) if moment]
    assert said("TR-order", told(*events), "{out_of_order}") == [message]


# -- pages -------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", sorted(RULES))
def test_a_page_shows_the_sentence_and_expanded_the_formulas(name: str) -> None:
    law = ruleset()
    plain, expanded = (" ".join(rule_page(law, law.rules[name], expanded=more).split())
                       for more in (False, True))
    assert f"deadline {RULES[name][1]}" in plain
    assert f"deadline {RULES[name][1]}" in expanded
    assert " must " not in plain.partition("message")[0]
    must = " ".join((law.rules[name].form.must or "").split())
    assert f" must {must}" in expanded
    if name not in ("TR-announced", "TR-before", "TR-not-after", "TR-after", "TR-not-before",
                    "TR-together", "TR-two", "TR-day-before"):
        assert "_1" in expanded  # the columns that it adds


def test_a_page_shows_an_order() -> None:
    law = ruleset()
    plain = " ".join(rule_page(law, law.rules["TR-order"]).split())
    assert f"in order {', '.join(ORDER)}" in plain
    assert "tr_order_broken" not in plain
    assert "must if tr_order_broken" in " ".join(
        rule_page(law, law.rules["TR-order"], expanded=True).split())


def test_the_command_shows_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    for words, shown in ((["explain", "GI-17.2"], False),
                         (["explain", "GI-17.2", "--expanded"], True)):
        with pytest.raises(SystemExit):
            cli.main(words)
        page = " ".join(capsys.readouterr().out.split())
        assert "deadline volumes_and_prices_published no later than 1 hour after" in page
        assert ("gi_17_2_1_strict" in page) is shown
