"""Events as rules read them: corrected, given to the TSOs they concern, kept apart as stated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pytest
from event_submissions import event, manifest

from czca_rules.tables.event_relations import fill_event_relations, over_a_day
from czca_rules.tables.event_tables import EVENT_TABLES
from czca_rules.tables.submission import Submission

DAY = date(2026, 3, 11)
Rows = Sequence[Mapping[str, Any]]


class Filled:
    """A submission of events whose relations are there to be asked."""

    def __init__(self) -> None:
        self.opened: list[Submission] = []

    def __call__(self, rows: Rows, **changes: Any) -> Filled:
        own = Submission.from_tables(manifest(**changes), {"events": rows})
        self.opened.append(own)
        fill_event_relations(own.manifest, own.engine)
        return self

    def rows(self, name: str, columns: str, rest: str = "") -> list[tuple[Any, ...]]:
        return self.opened[-1].engine.query(f"SELECT {columns} FROM m_{name} {rest} ORDER BY ALL")


@pytest.fixture
def filled() -> Iterator[Filled]:
    own = Filled()
    yield own
    for item in own.opened:
        item.close()


def product(name: str, direction: str = "up", period: str | None = None) -> dict[str, Any]:
    return {"product": name, "direction": direction,
            **({"contracting_period": period} if period else {})}


def test_the_columns_are_those_of_the_tables(filled: Filled) -> None:
    own = filled([event("a", "bsps_notified", "10:00")])
    for name, spec in EVENT_TABLES.items():
        found = own.opened[-1].engine.names(f"SELECT * FROM m_{name}")
        expected = [(column.name, column.sql_type) for column in spec.columns]
        assert sorted(found) == sorted([*expected, ("_bad", "BOOLEAN"), ("_file", "INTEGER"),
                                        ("_line", "BIGINT")]), name


def test_no_events_leave_the_duties_standing(filled: Filled) -> None:
    own = filled([])
    assert own.rows("day_events", "*") == []
    assert own.rows("duty_days", "tso, market_day, product, direction, border, country") == [
        ("IPTO", DAY, "all", "all", "all", "GR"), ("TERNA", DAY, "all", "all", "all", "IT")]
    assert own.rows("duty_tsos", "tso, country, claims_withholding") == [
        ("IPTO", "GR", False), ("TERNA", "IT", False)]
    assert len(own.rows("duty_cycles", "*")) == 8


def test_an_event_concerns_its_tso_and_that_of_others_everybody(filled: Filled) -> None:
    own = filled([event("a", "bsps_notified", "10:00", "IPTO"),
                  event("b", "capacity_calculated", "10:00", None),
                  event("c", "sdac_results_notified", "12:57", "SDAC"),
                  event("d", "methodology_published", "12:57", "ACER", None)])
    assert own.rows("day_events", "event_id, tso, product, direction, border") == [
        (name, tso, "all", "all", "all") for name, tso in (
            ("a", "IPTO"), ("b", "IPTO"), ("b", "TERNA"), ("c", "IPTO"), ("c", "TERNA"))]
    assert own.rows("application_events", "event_id, tso") == [("d", "IPTO"), ("d", "TERNA")]


def test_a_corrected_event_is_gone(filled: Filled) -> None:
    own = filled([event("a", "bsps_notified", "10:00"),
                  event("b", "bsps_notified", "10:30", corrects="a"),
                  event("c", "bsps_notified", "10:20", corrects="b"),
                  event("x", "bsps_notified", "11:00", "TERNA", corrects="nobody")])
    assert own.rows("day_events", 'event_id, "at"') == [
        ("c", datetime(2026, 3, 10, 9, 20)), ("x", datetime(2026, 3, 10, 10, 0))]


def test_circular_corrections_stay_without_a_moment(filled: Filled) -> None:
    own = filled([event("a", "bsps_notified", "10:00", corrects="b"),
                  event("b", "bsps_notified", "10:30", corrects="a"),
                  event("s", "brps_notified", "10:30", corrects="s")])
    assert own.rows("day_events", 'event_id, "at", _bad') == [
        ("a", None, True), ("b", None, True), ("s", None, True)]


def test_a_wrong_row_concerns_what_it_says_and_has_no_moment(filled: Filled) -> None:
    own = filled([event("a", "bsps_notified", "tomorrow", "TERNA"),
                  event("b", "bsps_notifed", "10:00", "IPTO"),
                  event("c", "brps_notified", "10:00", "IPTO", "11.03.2026")],
                 delivery={"from": "2026-03-11", "to": "2026-03-12"})
    second = date(2026, 3, 12)
    assert own.rows("day_events", 'event_id, tso, market_day, event, "at", _bad') == [
        ("a", "TERNA", DAY, "bsps_notified", None, True),
        ("b", "IPTO", DAY, None, None, True),
        ("c", "IPTO", DAY, "brps_notified", None, True),
        ("c", "IPTO", second, "brps_notified", None, True)]
    assert own.rows("application_events", "event_id, tso") == [("b", "IPTO")]


def test_a_wrong_row_that_names_no_day_may_be_of_any(filled: Filled) -> None:
    own = filled([event("a", "bsps_notified", "10:00", "IPTO", None)],
                 delivery={"from": "2026-03-11", "to": "2026-03-12"})
    assert own.rows("day_events", "event_id, market_day, _bad") == [
        ("a", DAY, True), ("a", date(2026, 3, 12), True)]


def test_days_outside_the_delivery_are_no_events(filled: Filled) -> None:
    own = filled([event("a", "bsps_notified", "10:00", "IPTO", "2026-03-12")])
    assert own.rows("day_events", "event_id") == []


def test_products_are_kept_apart_where_an_event_states_one(filled: Filled) -> None:
    own = filled([event("a", "bsps_notified", "10:00", "IPTO", product="aFRR"),
                  event("b", "brps_notified", "10:00", "IPTO"),
                  event("c", "sdac_results_notified", "12:57", None)],
                 products=[product("aFRR"), product("mFRR", "up"), product("mFRR", "down")])
    assert own.rows("duty_days", "tso, product, direction, border") == [
        (tso, name, "all", "all") for tso in ("IPTO", "TERNA") for name in ("aFRR", "mFRR")]
    assert own.rows("day_events", "event_id, tso, product") == [
        ("a", "IPTO", "aFRR"), ("b", "IPTO", "aFRR"), ("b", "IPTO", "mFRR"),
        ("c", "IPTO", "aFRR"), ("c", "IPTO", "mFRR"), ("c", "TERNA", "aFRR"),
        ("c", "TERNA", "mFRR")]


def test_directions_keep_the_pairs_of_the_manifest(filled: Filled) -> None:
    own = filled([event("a", "bid_gate_closed", "10:00", "IPTO", product="mFRR",
                        direction="down"),
                  event("b", "bid_gate_closed", "11:00", "IPTO", direction="up")],
                 products=[product("aFRR"), product("mFRR", "up"), product("mFRR", "down")])
    assert own.rows("duty_days", "product, direction, border", "WHERE tso = 'IPTO'") == [
        ("aFRR", "up", "all"), ("mFRR", "down", "all"), ("mFRR", "up", "all")]
    assert own.rows("day_events", "event_id, product, direction") == [
        ("a", "mFRR", "down"), ("b", "aFRR", "up"), ("b", "mFRR", "up")]


def test_borders_are_kept_apart_for_the_tsos_that_have_them(filled: Filled) -> None:
    three = {
        "tsos": [{"id": name, "country": name[:2]} for name in ("ATO", "BTO", "CTO")],
        "zones": [{"id": name, "tsos": [f"{name}TO"]} for name in "ABC"],
        "borders": [{"id": "A/B", "zones": ["A", "B"], "interconnectors": []},
                    {"id": "B/C", "zones": ["B", "C"], "interconnectors": []}]}
    own = filled([event("a", "allocation_published", "10:00", "BTO", border="A/B"),
                  event("b", "bsps_notified", "10:00", "CTO"),
                  event("c", "allocation_marked", "10:00", None, border="B/C")], **three)
    assert own.rows("duty_days", "tso, border") == [
        ("ATO", "A/B"), ("BTO", "A/B"), ("BTO", "B/C"), ("CTO", "B/C")]
    assert own.rows("day_events", "event_id, tso, border") == [
        ("a", "BTO", "A/B"), ("b", "CTO", "B/C"), ("c", "BTO", "B/C"), ("c", "CTO", "B/C")]


def test_withholding_stands_with_every_duty(filled: Filled) -> None:
    own = filled([], relies_on=[{"exemption": "withholding"}])
    for name in ("duty_tsos", "duty_days", "auction_days"):
        assert own.rows(name, "claims_withholding") == [(True,)] * 2


def test_what_an_application_says_does_not_part_the_days(filled: Filled) -> None:
    own = filled([event("a", "remark_received", "10:00", None, None, border="GR/IT"),
                  event("b", "bsps_notified", "10:00", product="aFRR"),
                  event("c", "bsps_notified", "10:00", corrects="b")])
    assert own.rows("duty_days", "product, border", "WHERE tso = 'IPTO'") == [("all", "all")]
    assert own.rows("day_events", "event_id, product, border") == [("c", "all", "all")]


@pytest.mark.parametrize(("period", "longer"), [
    (None, None), ("PT15M", False), ("PT4H", False), ("P1D", False), ("PT24H", False),
    ("PT25H", True), ("P2D", True), ("P1W", True), ("P1M", True)])
def test_which_contracting_periods_are_over_a_day(period: str | None, longer: bool | None) -> None:
    assert over_a_day(period, DAY) is longer


@pytest.mark.parametrize(("period", "day", "longer"), [
    ("PT24H", date(2026, 3, 29), True), ("P1D", date(2026, 3, 29), False),
    ("PT25H", date(2026, 10, 25), False), ("P1D", date(2026, 10, 25), False)])
def test_days_of_23_and_25_hours(period: str, day: date, longer: bool) -> None:
    assert over_a_day(period, day) is longer


MONTH = {"from": "2026-03-01", "to": "2026-03-31"}


def days(own: Filled, name: str = "auction_days") -> list[int]:
    return sorted({day.day for (day,) in own.rows(name, "market_day")})


def test_auctions_of_a_week_are_on_the_days_on_which_contracts_begin(filled: Filled) -> None:
    own = filled([], delivery=MONTH, products=[product("aFRR", period="P1W")])
    assert days(own, "duty_days") == list(range(1, 32))
    assert days(own) == days(own, "contract_days") == [1, 8, 15, 22, 29]
    assert own.rows("contract_days", "product, direction, over_a_day") == [
        ("aFRR", "up", True)] * 5


def test_an_auction_that_was_held_begins_a_new_week(filled: Filled) -> None:
    own = filled([event("a", "bsps_notified", "2026-03-01T10:00:00+01:00", day="2026-03-04"),
                  event("b", "released", "2026-03-01T10:00:00+01:00", day="2026-03-06"),
                  event("c", "bids_selected", "2026-03-01T10:00:00+01:00", day="2026-03-20"),
                  event("d", "bids_selected", "2026-03-01T11:00:00+01:00", day="2026-03-21",
                        corrects="c")],
                 delivery=MONTH, products=[product("aFRR", period="P1W")])
    assert days(own) == [1, 4, 11, 18, 21, 28]


def test_a_contract_of_a_month_in_days_that_change_their_length(filled: Filled) -> None:
    own = filled([], delivery={"from": "2026-03-28", "to": "2026-04-30"},
                 products=[product("aFRR", period="P1M")])
    assert own.rows("auction_days", "market_day", "WHERE tso = 'IPTO'") == [
        (date(2026, 3, 28),), (date(2026, 4, 28),)]
    own = filled([], delivery={"from": "2026-03-28", "to": "2026-04-02"},
                 products=[product("aFRR", period="P2D")])
    assert own.rows("auction_days", "market_day", "WHERE tso = 'IPTO'") == [
        (date(2026, 3, 28),), (date(2026, 3, 30),), (date(2026, 4, 1),)]


def test_one_product_by_the_day_is_bought_every_day(filled: Filled) -> None:
    own = filled([], delivery=MONTH, products=[product("aFRR", period="P1W"),
                                               product("mFRR", period="P1D")])
    assert days(own) == list(range(1, 32))


STARTED = event("s", "application_started", "2024-02-01T10:00:00+01:00", None, None)


def cycles(own: Filled, tso: str = "IPTO") -> list[tuple[Any, ...]]:
    return own.rows("duty_cycles", "occurrence, began_at, next_at, next_told, _bad",
                    f"WHERE event = 'need_assessed' AND tso = '{tso}'")


def met(name: str, day: str, actor: str | None = None, **more: str) -> dict[str, str | None]:
    return event(name, "need_assessed", f"{day}T10:00:00Z", actor, None, **more)


def at(year: int, month: int = 2, day: int = 1, hour: int = 10) -> datetime:
    return datetime(year, month, day, hour)


def test_each_time_a_duty_was_met_is_followed_by_the_next(filled: Filled) -> None:
    own = filled([STARTED, met("b", "2026-02-01", "IPTO"), met("a", "2025-02-01"),
                  met("early", "2023-01-01")])
    assert cycles(own) == [
        (0, at(2024, hour=9), at(2025), True, False), (1, at(2025), at(2026), True, False),
        (2, at(2026), None, False, False)]
    assert cycles(own, "TERNA") == [(0, at(2024, hour=9), at(2025), True, False),
                                    (1, at(2025), None, False, False)]
    assert own.rows("duty_cycles", "event, occurrence, next_told", "WHERE tso = 'TERNA' "
                    "AND event <> 'need_assessed'") == [
        (name, 0, False) for name in ("forecast_efficiency_published",
                                      "forecast_efficiency_reported", "withholding_reported")]


def test_without_a_start_the_first_time_counts_from_nobody_knows_when(filled: Filled) -> None:
    own = filled([met("a", "2025-02-01"), met("b", "2026-02-01")])
    assert cycles(own) == [(0, None, at(2025), True, False), (1, at(2025), at(2026), True, False),
                           (2, at(2026), None, False, False)]


def test_without_a_start_and_without_any_there_is_nothing_to_count_from(filled: Filled) -> None:
    assert cycles(filled([])) == [(0, None, None, False, False)]


def test_two_reports_at_one_moment_are_one(filled: Filled) -> None:
    own = filled([met("a", "2025-02-01", detail="needed"), met("b", "2025-02-01", document="R1")])
    assert cycles(own)[1:] == [(1, at(2025), None, False, False)]


def test_a_corrected_time_moves_the_chain(filled: Filled) -> None:
    own = filled([met("a", "2024-02-01"), met("b", "2025-02-01", corrects="a")])
    assert cycles(own)[1:] == [(1, at(2025), None, False, False)]


@pytest.mark.parametrize("wrong", [
    {"event": "need_assessed", "at": "soon"}, {"event": "need_asessed", "at": "2025-02-01T10:00Z"}])
def test_a_wrong_row_leaves_its_duty_open(filled: Filled, wrong: dict[str, str]) -> None:
    own = filled([STARTED, {"event_id": "w", "actor": "IPTO", **wrong}, met("b", "2025-06-01")])
    assert [row[2:] for row in cycles(own)] == [(None, None, True)] * 2
    assert cycles(own, "TERNA") == [(0, at(2024, hour=9), at(2025, 6), True, False),
                                    (1, at(2025, 6), None, False, False)]


def test_a_start_that_cannot_be_read_leaves_the_first_period_open(filled: Filled) -> None:
    own = filled([{**STARTED, "at": "then"}, met("a", "2025-02-01")])
    assert cycles(own) == [(0, None, at(2025), True, False), (1, at(2025), None, False, False)]
