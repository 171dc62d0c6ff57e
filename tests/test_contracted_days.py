"""Contracts on each market day of their provision, and what stands for those not handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from event_submissions import manifest

from czca_rules import check
from czca_rules.tables.event_relations import fill_event_relations
from czca_rules.tables.manifest import manifest_from_mapping
from czca_rules.tables.relations import _linked_tsos
from czca_rules.tables.submission import Submission

HOUR = {"product": "aFRR", "direction": "up", "contracting_period": "PT1H"}
WEEK = HOUR | {"contracting_period": "P1W"}


def days_of(contracts: Sequence[Mapping[str, Any]], unread: bool = False,
            **changes: Any) -> list[tuple[Any, ...]]:
    """What the made table holds: contract, TSO, day, first day, seconds."""
    tables = {"contracts": contracts} if contracts else {}
    own = Submission.from_tables(manifest(**changes), tables)
    try:
        fill_event_relations(own.manifest, own.engine, unread)
        return own.engine.query("SELECT contract_id, tso, market_day, first_day, provided_seconds "
                                "FROM m_contracted_days ORDER BY ALL")
    finally:
        own.engine.close()


def contract(tso: str, start: str, end: str) -> dict[str, Any]:
    """A contract that provides from one instant to another."""
    return {"contract_id": "c", "tso": tso, "product": "aFRR", "direction": "up",
            "standard": True, "volume_mw": "10", "contracted_at": "2026-03-01T09:00:00+01:00",
            "provision_start": start, "provision_end": end}


def test_a_contract_counts_on_each_day_with_the_time_that_it_provides() -> None:
    own = manifest_from_mapping(manifest(products=[HOUR]))
    first, last = own.delivery_days()
    found = days_of([contract(own.tsos[0].id, f"{first}T12:00:00+01:00",
                              f"{last}T18:00:00+01:00")], products=[HOUR])
    assert found[0][:4] == ("c", own.tsos[0].id, first, first)
    assert {row[3] for row in found} == {first}
    assert found[-1][4] == (6 if first == last else 18) * 3600


def test_a_row_stands_for_contracts_that_one_expects() -> None:
    tsos = len(manifest_from_mapping(manifest()).tsos)
    assert days_of([], products=[HOUR]) == []
    expected = days_of([], products=[WEEK])
    assert len({row[1] for row in expected}) == tsos
    assert {row[0] for row in expected} == {"none: aFRR up"}
    assert {row[3:] for row in expected} == {(None, None)}
    assert {row[0] for row in days_of([], unread=True, products=[HOUR])} == {"none: aFRR up"}


def test_a_contract_answers_for_its_product_and_day() -> None:
    own = manifest_from_mapping(manifest(products=[WEEK]))
    first, last = own.delivery_days()
    found = days_of([contract(own.tsos[0].id, "2026-01-01T00:00:00+01:00",
                              "2027-01-01T00:00:00+01:00")], products=[WEEK])
    assert {row[0] for row in found} == {"c"}
    assert {row[3] for row in found} == {date(2026, 1, 1)}
    assert {row[2] for row in found} >= {first, last}


@pytest.mark.parametrize(("zones", "borders", "parts"), [
    ([("A", ["X"]), ("B", ["Y"])], [("A", "B")], 1),
    ([("A", ["X"]), ("B", ["Y"]), ("C", ["Z"])], [("A", "B")], 2),
    ([("A", ["X"]), ("B", ["Y"]), ("C", ["Y"]), ("D", ["Z"])], [("A", "B"), ("C", "D")], 1),
    ([("A", ["X"]), ("B", ["Y", "Z"])], [("A", "B")], 1),
])
def test_tsos_are_linked_by_borders_and_common_zones(zones: list[tuple[str, list[str]]],
                                                     borders: list[tuple[str, str]],
                                                     parts: int) -> None:
    names = sorted({tso for _, tsos in zones for tso in tsos})
    own = manifest(tsos=[{"id": name} for name in names],
                   zones=[{"id": zone, "tsos": tsos} for zone, tsos in zones],
                   borders=[{"id": f"{one}/{other}", "zones": [one, other]}
                            for one, other in borders])
    assert _linked_tsos(manifest_from_mapping(own)) == parts


def test_a_tso_without_a_zone_leaves_it_open() -> None:
    own = manifest(tsos=[{"id": "X"}, {"id": "Y"}], zones=[{"id": "A", "tsos": ["X"]},
                                                           {"id": "B", "tsos": ["X"]}],
                   borders=[{"id": "A/B", "zones": ["A", "B"]}])
    assert _linked_tsos(manifest_from_mapping(own)) is None


def test_findings_of_one_relation_compute_each_period_by_itself() -> None:
    """Counting needs all periods, the findings only some: what lay between them is left out."""
    own = manifest(products=[WEEK], methodology="iem", stages=["procurement"])
    report = check(Submission.from_tables(own, {}), ruleset="iem")
    found = {item.rule: item.outcome for item in report.outcomes}
    assert found["IEM-6.9"] == found["IEM-6.11"] == "not_assessable"
    assert found["IEM-6.9-month-long"] == "not_applicable"
