"""The specification of the tables: complete, consistent, and what the page says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from czca_rules.errors import UsageError
from czca_rules.tables.columns import SUFFIX_KINDS
from czca_rules.tables.dictionary import dictionary_markdown
from czca_rules.tables.frames import frame_model
from czca_rules.tables.process_tables import APPLICATION_EVENTS, DAILY_EVENTS
from czca_rules.tables.specification import DOCUMENTS, EVENTS, RESERVED_TABLES, TABLES

#: The agreed columns: key columns before the bar, `?` optional, `!` confidential.
AGREED = {
    "offered_capacity": "from_zone to_zone mtu_start source? | offered_mw method?",
    "cross_zonal_capacity": "from_zone to_zone mtu_start | capacity_mw reliability_margin_mw? "
                            "reliability_margin_without_bc_mw?",
    "network_elements": "element mtu_start | ram_mw ram_balancing_mw?",
    "ptdfs": "element zone mtu_start | ptdf",
    "volume_limits": "from_zone to_zone mtu_start basis | limit_mw? document?",
    "day_ahead_prices": "zone mtu_start | price_eur_mwh",
    "scheduled_exchanges": "from_zone to_zone mtu_start market | scheduled_mw",
    "energy_values": "from_zone to_zone mtu_start state? | forecast_eur_mwh reference_mtu_start? "
                     "adjustment_eur_mwh? margin_eur_mwh? actual_eur_mwh?",
    "balancing_values": "from_zone to_zone product direction mtu_start validity_period? | "
                        "forecast_eur_mw_h? actual_eur_mw_h? reference_mtu_start?",
    "bids": "bid_id! mtu_start basis? | zone product direction volume_mw price_eur_mw_h! "
            "accepted_mw? divisible? minimum_mw? block_id? exclusive_group? parent_bid_id?! "
            "asset? bsp?!",
    "demand": "zone product direction mtu_start basis? | demand_mw local_minimum_mw? "
              "sharing_tolerance_mw? satisfied_mw?",
    "combined_minima": "group_id zone direction valid_from? | products minimum_mw valid_to?",
    "energy_orders": "order_id! mtu_start | zone side volume_mw price_eur_mwh! accepted_mw? "
                     "block_id? asset?",
    "allocations": "from_zone to_zone product direction mtu_start state? | allocated_mw "
                   "shared_mw? cooperation?",
    "exchanges": "provider_zone receiver_zone product direction mtu_start | exchanged_mw "
                 "shared_mw?",
    "capacity_prices": "zone product direction mtu_start | marginal_price_eur_mw_h",
    "czc_prices": "from_zone to_zone product direction mtu_start | price_eur_mw_h",
    "congestion_income": "from_zone to_zone product direction mtu_start | income_eur "
                         "day_ahead_share_eur?",
    "income_account": "period_start border entry tso? | amount_eur",
    "income_shares": "period_start border interconnector? tso | share amount_eur",
    "usage": "from_zone to_zone product direction mtu_start | used_mw realised_cost_eur? "
             "realised_benefit_eur?",
    "releases": "from_zone to_zone product direction mtu_start released_to | released_mw",
    "curtailments": "from_zone to_zone product direction mtu_start cause | curtailed_mw "
                    "requested_by? cost_bearer? cost_eur?",
    "dimensioning": "lfc_block reserve direction valid_from? | required_mw incident_mw? "
                    "imbalance_99_mw? exchanged_in_mw? shared_in_mw? valid_to?",
    "contracts": "contract_id tso | product direction standard volume_mw contracted_at "
                 "provision_start provision_end",
    "events": "event_id | event at actor? market_day? mtu_start? border? product? direction? "
              "recipients? document? detail? corrects?",
    "documents": "document reference | issued_by? dated? valid_from? valid_to? border? sent_to? "
                 "covers?",
}
ZERO = {"scheduled_exchanges", "exchanges", "releases", "curtailments"}
NO_GRID_WORD = {"bids", "combined_minima", "energy_orders", "income_account", "income_shares",
                "dimensioning", "contracts", "events", "documents"}
WORDS = {
    ("offered_capacity", "source"): "day_ahead intraday",
    ("offered_capacity", "method"): "ntc max_bilateral_exchange atc_extraction",
    ("volume_limits", "basis"): "share_of_offered share_of_installed nra additional none",
    ("scheduled_exchanges", "market"): "long_term day_ahead intraday",
    ("bids", "basis"): "actual submitted reference forecast",
    ("energy_orders", "side"): "supply demand",
    ("allocations", "state"): "determined selected published final",
    ("income_account", "entry"): "collected day_ahead_share compensation surplus deficit",
    ("releases", "released_to"): "same_product shorter_activation imbalance_netting "
                                 "later_timeframe",
    ("curtailments", "cause"): "force_majeure emergency other",
    ("dimensioning", "reserve"): "FRR RR",
}


def test_every_agreed_table_is_there_in_order() -> None:
    assert [name for name in TABLES if name in AGREED] == list(AGREED)
    assert not set(TABLES) & set(RESERVED_TABLES)


@pytest.mark.parametrize("name", list(AGREED))
def test_a_table_is_as_agreed(name: str) -> None:
    spec = TABLES[name]
    keys, values = (part.split() for part in AGREED[name].split("|"))
    said = [column.name + ("" if column.required else "?") + ("!" if column.confidential else "")
            for column in spec.columns]
    assert sorted(said) == sorted([*keys, *values])
    plain = [word.rstrip("?!") for word in [*keys, *values]]
    assert [column.name for column in spec.columns] == plain
    assert spec.key == tuple(plain[:len(keys)])
    absent = "zero" if name in ZERO else None if name in NO_GRID_WORD else "missing"
    assert spec.absent == absent
    assert spec.timed == ("mtu_start" in plain[:len(keys)])
    assert spec.title
    assert spec.cite


@pytest.mark.parametrize(("table", "column"), list(WORDS))
def test_words_are_as_agreed(table: str, column: str) -> None:
    assert TABLES[table].by_name[column].choices == tuple(WORDS[table, column].split())


def test_columns_are_consistent() -> None:
    for spec in TABLES.values():
        for column in spec.columns:
            assert column.doc.endswith("."), (spec.name, column.name)
            assert not (column.required and column.default is not None)
            assert bool(column.choices) == (column.kind == "choice")
            if column.default is not None and column.choices:
                assert column.default in column.choices
            for suffix, kind in SUFFIX_KINDS.items():
                if column.name.endswith(suffix):
                    assert column.kind == kind, (spec.name, column.name)
                    break


def test_grids_name_key_columns() -> None:
    needs = {"direction": {"from_zone", "to_zone"}, "zone": {"zone"},
             "direction_product": {"from_zone", "to_zone", "product", "direction"},
             "zone_product": {"zone", "product", "direction"},
             "hop_product": {"provider_zone", "receiver_zone", "product", "direction"}}
    gridded = {name for name, spec in TABLES.items() if spec.grid}
    assert gridded & set(AGREED) == {"allocations", "czc_prices", "congestion_income", "usage",
                                     "balancing_values", "cross_zonal_capacity", "energy_values",
                                     "demand", "capacity_prices"}
    for name in gridded:
        grid = TABLES[name].grid
        assert grid is not None
        assert needs[grid] <= set(TABLES[name].key)
        assert not TABLES[name].history
    assert [name for name, spec in TABLES.items() if spec.history] == [
        "offered_capacity", "day_ahead_prices"]
    assert [name for name, spec in TABLES.items() if spec.refines] == ["day_ahead_prices"]


def test_defaults_are_as_agreed() -> None:
    found = {(name, column.name): column.default for name, spec in TABLES.items()
             for column in spec.columns if column.default is not None}
    assert found == {
        ("offered_capacity", "source"): "day_ahead", ("energy_values", "state"): "final",
        ("energy_values", "adjustment_eur_mwh"): "0", ("energy_values", "margin_eur_mwh"): "0",
        ("bids", "basis"): "actual", ("bids", "divisible"): "true", ("bids", "minimum_mw"): "0",
        ("demand", "basis"): "actual", ("demand", "local_minimum_mw"): "0",
        ("demand", "sharing_tolerance_mw"): "0", ("allocations", "state"): "final",
        ("allocations", "shared_mw"): "0", ("exchanges", "shared_mw"): "0"}


def test_events_and_documents_are_closed_lists() -> None:
    assert len(DAILY_EVENTS) == 27
    assert len(APPLICATION_EVENTS) == 19
    assert len(EVENTS) == 46
    assert len(DOCUMENTS) == 19
    assert TABLES["events"].by_name["event"].choices == tuple(EVENTS)
    assert TABLES["documents"].by_name["document"].choices == tuple(DOCUMENTS)


def test_the_committed_dictionary_is_current() -> None:
    page = Path(__file__).parents[1] / "docs" / "data-dictionary.md"
    assert page.read_text(encoding="utf-8") == dictionary_markdown()


ROW: dict[str, Any] = {
    "from_zone": "A", "to_zone": "B", "product": "aFRR", "direction": "up",
    "mtu_start": "2026-03-11T00:00:00+01:00", "allocated_mw": Decimal("1.5")}


def allocation_errors(*rows: dict[str, Any]) -> list[str]:
    pandas = pytest.importorskip("pandas")
    pandera = pytest.importorskip("pandera")
    model = frame_model("allocations")
    try:
        model.validate(pandas.DataFrame(list(rows)), lazy=True)
    except pandera.errors.SchemaErrors as error:
        return sorted({str(check) for check in error.failure_cases["check"]})
    return []


def test_frames_are_taken_as_the_intake_takes_them() -> None:
    pandas = pytest.importorskip("pandas")
    by_position = {name: value for name, value in ROW.items() if name != "mtu_start"}
    assert allocation_errors(ROW) == []
    assert allocation_errors({**ROW, "mtu_start": pandas.Timestamp(ROW["mtu_start"]),
                              "allocated_mw": 0.3, "shared_mw": 0}) == []
    assert allocation_errors({**by_position, "market_day": "2026-03-11", "position": 1}) == []
    assert allocation_errors({**ROW, "state": None}, {**ROW, "state": "determined"}) == []


@pytest.mark.parametrize(("change", "check"), [
    ({"allocated_mw": "1.2345"}, "allocated_mw_fits"), ({"allocated_mw": "1e2"},
                                                       "allocated_mw_fits"),
    ({"allocated_mw": -1}, "allocated_mw_fits"), ({"allocated_mw": 1e9}, "allocated_mw_fits"),
    ({"mtu_start": "2026-03-11T00:00"}, "mtu_start_fits"), ({"state": "fin"}, "state_fits"),
    ({"allocated_mw": None}, "not_nullable"), ({"unknown": 1}, "column_in_schema"),
])
def test_frames_are_refused_as_the_intake_refuses_them(change: dict[str, Any],
                                                       check: str) -> None:
    assert allocation_errors({**ROW, **change}) == [check]


def test_a_key_occurs_once_in_a_frame() -> None:
    assert allocation_errors(ROW, {**ROW, "state": "final"}) == ["key_once"]


def test_every_table_has_a_model() -> None:
    pytest.importorskip("pandera")
    for name, spec in TABLES.items():
        assert {column.name for column in spec.columns} <= set(
            frame_model(name).to_schema().columns)
    with pytest.raises(UsageError, match="`allocations`"):
        frame_model("allocation")
