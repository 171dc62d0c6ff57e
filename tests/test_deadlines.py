"""Deadlines judged around their limits: hours, days and longer, again and again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from deadline_rules import (
    MICROSECOND,
    NOWHERE,
    RULES,
    STARTED,
    Judged,
    applied,
    at,
    judged,
    ruleset,
    told,
)
from event_submissions import event, manifest
from small_rulesets import disagreements

from czca_rules.check.codes import Code
from czca_rules.check.judging import Judging, Options
from czca_rules.tables.submission import Submission

HOURS = [
    # notified at 10:20: by the clock until 11:20, by law until 12:00
    ("10:20", "11:20", {"both": "PASSED", "strict": "PASSED", "legal": "PASSED"}),
    ("10:20", "11:20:00.000001", {"both": "NOTED", "strict": "FAILED", "legal": "PASSED"}),
    ("10:20", "12:00", {"both": "NOTED", "strict": "FAILED", "legal": "PASSED"}),
    ("10:20", "12:00:00.000001", {"both": "FAILED", "strict": "FAILED", "legal": "FAILED"}),
    # and at a full hour, which is not counted either
    ("10:00", "11:00", {"both": "PASSED", "strict": "PASSED", "legal": "PASSED"}),
    ("10:00", "12:00", {"both": "NOTED", "strict": "FAILED", "legal": "PASSED"}),
    ("10:00", "12:00:01", {"both": "FAILED", "strict": "FAILED", "legal": "FAILED"}),
    # nobody says that it must not come before
    ("10:20", "09:00", {"both": "PASSED", "strict": "PASSED", "legal": "PASSED"}),
]


@pytest.mark.parametrize(("notified", "published", "wanted"), HOURS)
@pytest.mark.parametrize("reading", ["both", "strict", "legal"])
def test_an_hour_after(notified: str, published: str, wanted: dict[str, str],
                       reading: str) -> None:
    found = judged("TR-hour", told(("bsps_notified", notified),
                                   ("volumes_and_prices_published", published)),
                   {"hours_deadline": reading})
    assert found.of() == found.of("TERNA") == wanted[reading]


def test_the_limits_stand_in_columns() -> None:
    found = judged("TR-hour", told(("bsps_notified", "10:20")), columns=(
        "tr_hour_1_strict", "tr_hour_1_legal", "tr_hour_1_sure", "tr_hour_1_limit"))
    strict, legal = datetime(2026, 3, 10, 10, 20), datetime(2026, 3, 10, 11)
    assert [list(row.values()) for row in found.rows] == [[strict, legal, strict, legal]] * 2


#: The first use begins at 00:15: by the clock until 18:15 of the day before, by law until 18:00.
@pytest.mark.parametrize(("published", "wanted"), [
    ("18:00", {"both": "PASSED", "strict": "PASSED", "legal": "PASSED"}),
    ("18:00:00.000001", {"both": "NOTED", "strict": "PASSED", "legal": "FAILED"}),
    ("18:15", {"both": "NOTED", "strict": "PASSED", "legal": "FAILED"}),
    ("18:15:00.000001", {"both": "FAILED", "strict": "FAILED", "legal": "FAILED"}),
])
@pytest.mark.parametrize("reading", ["both", "strict", "legal"])
def test_hours_before(published: str, wanted: dict[str, str], reading: str) -> None:
    found = judged("TR-use", told(("allocation_published", published),
                                  mtu_start="2026-03-11T00:15:00+01:00"),
                   {"hours_deadline": reading}, mtu_minutes=15)
    assert found.of() == wanted[reading]


def test_without_a_first_use_the_market_day_is_taken() -> None:
    assert judged("TR-use", told(("allocation_published", "18:00"))).of() == "PASSED"
    assert judged("TR-use", told(("allocation_published", "18:00:00.000001"))).of() == "FAILED"


@pytest.mark.parametrize("reading", ["both", "strict", "legal"])
@pytest.mark.parametrize(("late", "code"), [(-MICROSECOND, "NOT_DUE"), (timedelta(), "FAILED"),
                                            (MICROSECOND, "FAILED")])
def test_what_never_happened_fails_once_its_limit_is_over(reading: str, late: timedelta,
                                                          code: str) -> None:
    limit = {"both": "12:00", "strict": "11:20", "legal": "12:00"}[reading]
    found = judged("TR-hour", told(("bsps_notified", "10:20")), {"hours_deadline": reading},
                   as_of=at(limit, late))
    assert found.of() == code


def test_what_happened_is_judged_at_once() -> None:
    events = told(("bsps_notified", "10:20"), ("volumes_and_prices_published", "10:30"))
    assert judged("TR-hour", events, as_of=at("10:31")).of() == "PASSED"


@pytest.mark.parametrize("name", ["TR-hour", "TR-before", "TR-together", "TR-within", "TR-two"])
@pytest.mark.parametrize("happened", [True, False])
def test_without_what_it_counts_from_nothing_is_judged(name: str, happened: bool) -> None:
    target = RULES[name][1].partition(" ")[0]
    if target == "bsps_told_of_capacity":
        events = [event("a", "allocation_sent", at("10:00"), None, recipients="BSPs")]
    else:
        events = told((target, "10:00"))
    found = judged(name, events if happened else told(("released", "10:00")))
    assert found.of() == "NOT_ASSESSABLE"


def test_a_use_begins_whether_or_not_anything_is_told() -> None:
    other = told(("released", "10:00"))
    assert judged("TR-use", other).of() == judged("TR-week", other).of() == "FAILED"


@pytest.mark.parametrize("name", sorted([*RULES, "TR-order"]))
def test_without_events_nothing_is_judged(name: str) -> None:
    with Submission.from_tables(manifest(), {}) as submission:
        judging = Judging(submission, ruleset(), Options(select=(name,)))
        (found,) = judging.outcomes()
        assert found.outcome == "not_assessable"
        assert disagreements(judging) == []


# -- days and longer ---------------------------------------------------------------------------

#: The use of 18 March ends with it; a week on is 25 March, a holiday of Greece and not of Italy.
@pytest.mark.parametrize(("published", "greek", "italian"), [
    ("2026-03-25T23:59:59+01:00", "PASSED", "PASSED"),
    ("2026-03-26T00:00:00+01:00", "PASSED", "PASSED"),
    ("2026-03-26T00:00:00.000001+01:00", "NOTED", "FAILED"),
    ("2026-03-27T00:00:00+01:00", "NOTED", "FAILED"),
    ("2026-03-27T00:00:00.000001+01:00", "FAILED", "FAILED"),
])
def test_a_week_after_the_use(published: str, greek: str, italian: str) -> None:
    found = judged("TR-week", [event("a", "use_published", published, None, "2026-03-18")],
                   delivery={"from": "2026-03-18", "to": "2026-03-18"})
    assert (found.of("IPTO"), found.of("TERNA")) == (greek, italian)


@pytest.mark.parametrize(("reading", "greek"), [("strict", "FAILED"), ("legal", "PASSED")])
def test_a_week_under_one_reading(reading: str, greek: str) -> None:
    found = judged("TR-week", [event("a", "use_published", "2026-03-26T10:00:00+01:00", None,
                                     "2026-03-18")], {"hours_deadline": reading},
                   delivery={"from": "2026-03-18", "to": "2026-03-18"})
    assert (found.of("IPTO"), found.of("TERNA")) == (greek, "FAILED")


@pytest.mark.parametrize(("as_of", "greek", "italian"), [
    ("2026-03-25T23:59:59+01:00", "NOT_DUE", "NOT_DUE"),
    ("2026-03-26T00:00:00+01:00", "NOT_DUE", "FAILED"),
    ("2026-03-26T23:59:59+01:00", "NOT_DUE", "FAILED"),
    ("2026-03-27T00:00:00+01:00", "FAILED", "FAILED"),
])
def test_a_use_that_was_never_published(as_of: str, greek: str, italian: str) -> None:
    found = judged("TR-week", [event("a", "released", "2026-03-17T10:00:00+01:00", None,
                                     "2026-03-18")], as_of=as_of,
                   delivery={"from": "2026-03-18", "to": "2026-03-18"})
    assert (found.of("IPTO"), found.of("TERNA")) == (greek, italian)




@pytest.mark.parametrize(("published", "code"), [
    ("2026-03-18T23:59:59+01:00", "PASSED"), ("2026-03-19T00:00:00+01:00", "PASSED"),
    ("2026-03-19T00:00:01+01:00", "NOT_ASSESSABLE"),
    ("2026-03-31T00:00:00+02:00", "NOT_ASSESSABLE")])
def test_without_a_country_only_what_is_in_time_by_the_calendar_is_sure(published: str,
                                                                        code: str) -> None:
    found = judged("TR-week", [event("a", "use_published", published, None)], **NOWHERE)
    assert found.of("IPTO") == code


@pytest.mark.parametrize(("as_of", "code"), [
    ("2026-03-18T23:59:59+01:00", "NOT_DUE"), ("2026-03-19T00:00:00+01:00", "NOT_ASSESSABLE")])
def test_without_a_country_nothing_is_due_before_the_calendar_says_so(as_of: str,
                                                                      code: str) -> None:
    found = judged("TR-week", told(("released", "09:00")), as_of=as_of, **NOWHERE)
    assert found.of("IPTO") == code


@pytest.mark.parametrize(("approved", "sent", "code"), [
    # 31 January and a month is 28 February, a Saturday: by law until Monday, 2 March
    ("2026-01-31T10:00:00+01:00", "2026-03-01T00:00:00+01:00", "PASSED"),
    ("2026-01-31T10:00:00+01:00", "2026-03-01T00:00:00.000001+01:00", "NOTED"),
    ("2026-01-31T10:00:00+01:00", "2026-03-03T00:00:00+01:00", "NOTED"),
    ("2026-01-31T10:00:00+01:00", "2026-03-03T00:00:00.000001+01:00", "FAILED"),
    # 28 February and a month is a Saturday, on which the clock is not yet changed
    ("2026-02-28T23:59:59+01:00", "2026-03-29T00:00:00+01:00", "PASSED"),
    ("2026-02-28T23:59:59+01:00", "2026-03-31T00:00:00+02:00", "NOTED"),
    ("2026-02-28T23:59:59+01:00", "2026-03-31T00:00:01+02:00", "FAILED"),
])
def test_a_month_after(approved: str, sent: str, code: str) -> None:
    found = judged("TR-month", applied(("methodology_approved", approved),
                                       ("technical_document_sent", sent)))
    assert found.of() == found.of("TERNA") == code


@pytest.mark.parametrize(("informed", "code"), [
    ("2026-03-01T00:00:00+01:00", "PASSED"), ("2026-03-01T00:00:00.000001+01:00", "FAILED")])
def test_a_month_before_is_moved_by_no_holiday(informed: str, code: str) -> None:
    """31 March less a month is 28 February, a Saturday, to its end."""
    found = judged("TR-back", applied(("first_gate_opened", "2026-03-31T10:00:00+02:00"),
                                      ("stakeholders_informed", informed)))
    assert found.of() == code
    assert Code.NOTED not in found.codes.values()


# -- again and again ---------------------------------------------------------------------------

def needs(found: Judged, tso: str = "IPTO") -> list[str]:
    """The codes of the need's assessments in their order."""
    return [code.name for key, code in sorted(found.codes.items(), key=str)
            if tso in key and "need_assessed" in key]


@pytest.mark.parametrize(("assessed", "codes"), [
    # the limit of 1 February 2025 is a Saturday, the next day to work Monday 3 February
    (["2025-02-01T10:00:00+01:00"], ["PASSED", "FAILED"]),
    (["2025-02-02T00:00:00+01:00"], ["PASSED", "FAILED"]),
    (["2025-02-02T00:00:00.000001+01:00"], ["NOTED", "FAILED"]),
    (["2025-02-04T00:00:00+01:00"], ["NOTED", "FAILED"]),
    (["2025-02-04T00:00:00.000001+01:00"], ["FAILED", "FAILED"]),
    (["2025-02-01T10:00:00+01:00", "2026-01-15T10:00:00+01:00"], ["PASSED", "PASSED", "NOT_DUE"]),
    ([], ["FAILED"])])
def test_each_time_is_followed_by_the_next(assessed: list[str], codes: list[str]) -> None:
    events = applied(STARTED, *(("need_assessed", moment) for moment in assessed))
    found = judged("TR-every", events, as_of="2026-04-01T12:00:00+02:00")
    assert needs(found) == needs(found, "TERNA") == codes


def test_other_duties_are_not_judged_by_it() -> None:
    found = judged("TR-every", applied(STARTED))
    others = {code.name for key, code in found.codes.items() if "need_assessed" not in key}
    assert others == {"NOT_APPLICABLE"}


@pytest.mark.parametrize(("as_of", "code"), [
    ("2025-02-01T23:59:59+01:00", "NOT_DUE"), ("2025-02-02T00:00:00+01:00", "NOT_ASSESSABLE")])
def test_without_a_country_no_duty_is_due_before_the_calendar_says_so(as_of: str,
                                                                      code: str) -> None:
    found = judged("TR-every", applied(STARTED), as_of=as_of, **NOWHERE,
                   delivery={"from": "2025-01-11", "to": "2025-01-11"})
    assert needs(found) == [code]
    assert needs(found, "TERNA") == ["NOT_DUE"]


def test_without_a_beginning_it_cannot_be_judged() -> None:
    assert needs(judged("TR-every", applied(("remark_received", "10:00")))) == ["NOT_ASSESSABLE"]
