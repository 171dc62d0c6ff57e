"""Every step of the derivations: the engine against the interpreter, and against hand counts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from small_rulesets import allocation, judging_of, oracle_rows, same_rows
from step_tables import DAY, FIRST, NOON, SECOND, SPAN, full, history, minimum, steps_ruleset

from czca_rules.check.judging import Judging
from czca_rules.rulebook.ruleset import Ruleset


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    return steps_ruleset(tmp_path_factory.mktemp("steps"))


def judged(ruleset: Ruleset, **tables: Any) -> Judging:
    """A submission of some tables."""
    return judging_of(ruleset, tables)


def pick(rows: list[dict[str, Any]], **where: Any) -> dict[str, Any]:
    """The one row with some values."""
    (found,) = [row for row in rows if all(row[name] == value for name, value in where.items())]
    return found


def test_columns_follow_one_another_and_the_reading_taken(ruleset: Ruleset) -> None:
    row = pick(same_rows(judged(ruleset, allocations=full()), "uses"), from_zone="A",
               mtu_start=FIRST)
    assert row["sum_mw"] == 50
    assert row["largest_mw"] == 40
    assert row["counted_mw"] == 50
    assert row["share_mw"] == Decimal("2.5")
    assert row["energy_mwh"] == 12 * 50
    assert row["doubled_mw"] == 100


def test_an_aggregate_gathers_groups_and_knows_what_it_lacks(ruleset: Ruleset) -> None:
    rows = full()
    rows[0]["allocated_mw"] = "ten"
    del rows[5]
    found = same_rows(judged(ruleset, allocations=rows), "uses")
    spoilt = pick(found, from_zone="A", mtu_start=FIRST)
    assert [spoilt[name] for name in ("sum_mw", "largest_mw", "products", "large")] == [None] * 4
    lacking = pick(found, from_zone="A", mtu_start=SECOND)
    assert lacking["sum_mw"] is None
    assert lacking["products"] == 2
    whole = pick(found, from_zone="B", mtu_start=SECOND)
    assert (whole["sum_mw"], whole["products"], whole["large"]) == (5, 2, 0)


def test_the_reverse_is_the_row_of_the_opposite_direction(ruleset: Ruleset) -> None:
    found = same_rows(judged(ruleset, allocations=full()), "uses")
    assert pick(found, from_zone="A", mtu_start=FIRST)["opposite.sum_mw"] == 5
    assert pick(found, from_zone="B", mtu_start=FIRST)["opposite.sum_mw"] == 50


def test_a_lookup_finds_one_row_or_what_absence_means(ruleset: Ruleset) -> None:
    exchanges = [{"provider_zone": "A", "receiver_zone": "B", "product": "aFRR", "direction": "up",
                  **SPAN, "exchanged_mw": "7"}]
    capacity = [{"from_zone": "A", "to_zone": "B", **SPAN, "capacity_mw": "300"}]
    found = same_rows(judged(ruleset, allocations=full(), exchanges=exchanges,
                             cross_zonal_capacity=capacity), "uses")
    first = pick(found, from_zone="A", mtu_start=FIRST)
    assert (first["used.used_mw"], first["capacity.capacity_mw"]) == (7, 300)
    other = pick(found, from_zone="B", mtu_start=FIRST)
    assert (other["used.used_mw"], other["capacity.capacity_mw"]) == (0, None)
    absent = same_rows(judged(ruleset, allocations=full()), "uses")
    assert {row["used.used_mw"] for row in absent} == {None}


def test_an_unknown_key_of_a_lookup_is_no_zero(ruleset: Ruleset) -> None:
    bids = [{"bid_id": "1", **SPAN, "zone": "A", "product": "aFRR", "direction": "up",
             "volume_mw": "5", "price_eur_mw_h": "1"},
            {"bid_id": "2", **SPAN, "zone": "A", "product": "aFRR", "direction": "up",
             "volume_mw": "five", "price_eur_mw_h": "1"}]
    found = same_rows(judged(ruleset, bids=bids, exchanges=[]), "bid_uses")
    assert pick(found, bid_id="1")["used.used_mw"] == 0
    assert pick(found, bid_id="2")["used.used_mw"] is None


def test_a_rollup_stands_beside_every_row_of_its_group(ruleset: Ruleset) -> None:
    rows = full()
    rows[4]["allocated_mw"] = "90"
    found = same_rows(judged(ruleset, allocations=rows), "uses")
    wanted = {("A", FIRST): (300, 100), ("A", SECOND): (300, 100), ("B", FIRST): (20, 5)}
    for (zone, start), (total, highest) in wanted.items():
        row = pick(found, from_zone=zone, mtu_start=start)
        assert (row["day.total_mw"], row["day.highest_mw"]) == (total, highest)


@pytest.mark.parametrize(("spans", "highest", "hours"), [
    ((("2025-01-01", "2026-01-01", "100"),), 100, 8760),
    ((("2024-12-01", "2025-06-01", "100"), ("2025-06-01", "2026-02-01", "70")), 100, 8760),
    ((("2025-01-01", "2025-02-01", "100"), ("2025-02-01", "2026-01-01", "70")), 100, 8760),
    ((("2025-01-01", "2025-02-01", "100"), ("2025-02-02", "2026-01-01", "70")), None, None),
    ((("2025-01-01", "2025-02-02", "100"), ("2025-02-01", "2026-01-01", "70")), None, None),
    ((("2025-01-02", "2026-01-01", "100"),), None, None),
    ((("2025-01-01", "2025-12-31", "100"),), None, None),
    ((("2025-01-01", "2026-01-01", "many"),), None, None),
    ((), None, None),
])
def test_a_window_is_clipped_and_refuses_gaps_and_overlaps(
        ruleset: Ruleset, spans: tuple[tuple[str, str, str], ...], highest: int | None,
        hours: int | None) -> None:
    found = same_rows(judged(ruleset, allocations=full(), offered_capacity=history(*spans)), "uses")
    row = pick(found, from_zone="A", mtu_start=FIRST)
    assert row["year.highest_mw"] == highest
    wrong_only = bool(spans) and spans[0][2] == "many"
    assert row["year.hours"] == (8760 if wrong_only else hours)
    assert pick(found, from_zone="B", mtu_start=FIRST)["year.highest_mw"] is None


def test_a_window_that_may_have_gaps_takes_what_lies_in_it(ruleset: Ruleset) -> None:
    rows = history(("2025-01-02", "2025-01-03", "100"), ("2025-06-01", "2025-06-02", "40"))
    found = same_rows(judged(ruleset, allocations=full(), offered_capacity=rows), "uses")
    row = pick(found, from_zone="A", mtu_start=FIRST)
    assert (row["some.hours"], row["some.offered_mwh"], row["some.rows"]) == (48, 24 * 140, 2)
    assert row["year.hours"] is None


def test_a_window_between_two_instants_meets_its_rows(ruleset: Ruleset) -> None:
    prices = [{"zone": "B", "mtu_start": f"{DAY}T{hour:02}:00:00+01:00", "price_eur_mwh": str(hour)}
              for hour in range(24)]
    del prices[20]
    found = same_rows(judged(ruleset, allocations=full(), day_ahead_prices=prices), "uses")
    by_hour = [row for row in found if row["from_zone"] == "A"]
    assert len(by_hour) == 24
    highest = [row["prices.highest_eur_mwh"] for row in by_hour]
    assert highest == [*range(20), None, None, None, None]
    assert [row["prices.hours"] for row in by_hour[:20]] == list(range(1, 21))


@pytest.mark.parametrize(("rows", "wanted"), [
    ([minimum(None, None, "1")], 1),
    ([minimum(None, None, "1"), minimum("2026-03-11", None, "2")], 2),
    ([minimum(None, None, "1"), minimum("2026-03-12", None, "2")], 1),
    ([minimum("2026-03-01", "2026-03-11", "1")], 1),
    ([minimum("2026-03-01", "2026-03-10", "1")], None),
    ([minimum(None, None, "1"), minimum("2026-03-01", "2026-03-10", "2")], None),
    ([minimum("2026-03-01", None, "few")], None),
    ([], None),
])
def test_as_of_takes_the_latest_row_that_has_not_ended(
        ruleset: Ruleset, rows: list[dict[str, Any]], wanted: int | None) -> None:
    found = same_rows(judged(ruleset, allocations=full(), combined_minima=rows), "uses")
    assert pick(found, from_zone="A", mtu_start=FIRST)["minimum.minimum_mw"] == wanted
    assert pick(found, from_zone="B", mtu_start=FIRST)["minimum.minimum_mw"] is None


def test_as_of_an_instant_excludes_the_end(ruleset: Ruleset) -> None:
    contracts = [{"contract_id": "c", "tso": "TSO-A", "product": "aFRR", "direction": "up",
                  "standard": "true", "volume_mw": "5", "contracted_at": "2026-03-01T00:00:00Z",
                  "provision_start": SPAN["mtu_start"], "provision_end": NOON}]
    found = same_rows(judged(ruleset, allocations=full(), contracts=contracts), "uses")
    assert pick(found, from_zone="A", mtu_start=FIRST)["contract.volume_mw"] == 5
    assert pick(found, from_zone="A", mtu_start=SECOND)["contract.volume_mw"] is None


def test_as_of_an_unknown_moment_finds_nothing(ruleset: Ruleset) -> None:
    events = [{"event_id": "1", "event": "bids_selected", "at": "soon", "market_day": DAY},
              {"event_id": "2", "event": "bids_selected", "at": NOON, "market_day": DAY}]
    found = same_rows(judged(ruleset, events=events, allocations=full()), "at_events")
    assert pick(found, event_id="1")["before.sum_mw"] is None
    assert pick(found, event_id="2")["before.sum_mw"] == 50


@pytest.mark.parametrize(("length", "end"), [
    ("P1M", datetime(2026, 3, 31, 22)), ("P1D", datetime(2026, 3, 1, 23)),
    (None, datetime(2026, 3, 31, 22))])
def test_a_named_function_computes_in_market_time(ruleset: Ruleset, length: str | None,
                                                  end: datetime) -> None:
    account = [{"period_start": "2026-03-01T00:00:00+01:00", "border": "A/B", "entry": "surplus",
                "amount_eur": "12.5"}]
    cooperation = {"id": "C", "established_by": "tsos"} | (
        {"consolidation_period": length} if length else {})
    judging = judging_of(ruleset, {"income_account": account}, cooperation=cooperation)
    (row,) = same_rows(judging, "periods")
    assert row["period.until"] == end
    assert row["amount_eur"] == Decimal("12.5")


def test_a_named_function_of_an_unknown_instant_is_unknown(ruleset: Ruleset) -> None:
    events = [{"event_id": "1", "event": "bids_selected", "at": "soon", "market_day": DAY},
              {"event_id": "2", "event": "bids_selected", "at": NOON, "market_day": DAY}]
    found = same_rows(judged(ruleset, events=events), "event_periods")
    assert [row["period.until"] is None for row in found] == [True, False]


def test_rows_of_a_wrong_group_spoil_the_groups_they_may_belong_to(ruleset: Ruleset) -> None:
    events = [{"event_id": "1", "event": "bids_selected", "at": NOON, "market_day": DAY},
              {"event_id": "2", "event": "remark_received", "at": NOON}]
    (row,) = same_rows(judged(ruleset, events=events), "days")
    assert (row["market_day"], row["events"]) == (date(2026, 3, 11), 1)
    events.append({"event_id": "3", "event": "bids_selected", "at": NOON, "market_day": "soon"})
    (row,) = same_rows(judged(ruleset, events=events), "days")
    assert row["events"] is None


def test_days_of_unequal_length_are_weighed(ruleset: Ruleset) -> None:
    bounds = ("2026-03-28T00:00:00+01:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00")
    rows = [allocation(start, "10", mtu_end=end, direction=way, from_zone=one, to_zone=other)
            for start, end in pairwise(bounds)
            for one, other in (("A", "B"), ("B", "A")) for way in ("up", "down")]
    judging = judging_of(ruleset, {"allocations": rows},
                         delivery={"from": "2026-03-28", "to": "2026-03-29"})
    days = same_rows(judging, "day_sums")
    assert [(row["from_zone"], row["energy_mwh"]) for row in days] == [
        ("A", 480), ("A", 460), ("B", 480), ("B", 460)]
    assert {row["share_mw"] for row in days} == {1}
    assert [row["energy_mwh"] for row in same_rows(judging, "zone_sums")] == [940, 940]


def test_history_knows_its_own_days_and_hours(ruleset: Ruleset) -> None:
    prices = [{"zone": zone, "mtu_start": "2025-07-01T23:00:00+02:00", "mtu_end": end,
               "price_eur_mwh": "5"} for zone, end in (("A", "2025-07-02T00:00:00+02:00"),
                                                       ("B", "2025-07-02T03:00:00+02:00"))]
    offers = history(("2025-07-01", "2025-07-02", "7"), ("2025-07-02", "2025-07-03", "9"))
    judging = judged(ruleset, day_ahead_prices=prices, offered_capacity=offers)
    found = same_rows(judging, "price_hours")
    assert [(row["begins"], row["day"]) for row in found] == [
        (23, date(2025, 7, 1)), (None, date(2025, 7, 1))]
    assert {row["offered_mwh"] for row in same_rows(judging, "offer_days")} == {7 * 24, 9 * 24}


def test_readings_are_judged_in_the_same_scan(ruleset: Ruleset) -> None:
    judging = judged(ruleset, allocations=full(("40", "11", "5", "0")))
    (outcome,) = judging.outcomes()
    assert (outcome.outcome, outcome.turns_on) == ("not_assessable", ("counted",))
    assert outcome.by_reading["counted", "largest"] == "passed"
    assert {row["counted_mw"] for row in oracle_rows(judging, "uses")} == {51, 5}
