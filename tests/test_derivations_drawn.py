"""Every relation of the ruleset of steps over tables drawn at random, derived twice."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_rulesets import judging_of, same_rows
from step_tables import AFTER, DAY, SPAN, full, history, minimum, steps_ruleset

from czca_rules.rulebook.ruleset import Ruleset


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    return steps_ruleset(tmp_path_factory.mktemp("steps"))


CELLS = st.sampled_from(["0", "40", "49.999", "50.001", "ten", "90"])
DAYS = st.sampled_from(["2024-12-01", "2025-01-01", "2025-03-01", "2025-12-31", "2026-01-01",
                        "2026-03-10", "2026-03-11", "2026-03-12"])


def _distinct(rows: list[dict[str, Any]], *key: str) -> list[dict[str, Any]]:
    """Rows without a second one of the same key."""
    return list({tuple(row[name] for name in key): row for row in rows}.values())


@st.composite
def tables(draw: Any) -> dict[str, list[dict[str, Any]]]:
    """Tables for every step: allocations, history, prices, minima, contracts, events."""
    rows = [row | {"allocated_mw": draw(CELLS)} for row in full() if draw(st.integers(0, 6))]
    edges = sorted(set(draw(st.lists(DAYS, max_size=5))))
    past = history(*((first, last, draw(CELLS)) for first, last in pairwise(edges)
                     if draw(st.integers(0, 5))))
    minima = [minimum(draw(DAYS | st.none()), draw(DAYS | st.none()), draw(CELLS))
              for _ in range(draw(st.integers(0, 3)))]
    events = [{"event_id": str(number), "event": draw(st.sampled_from(["bids_selected", "sent"])),
               "at": f"{draw(DAYS)}T09:00:00+01:00",
               "market_day": draw(st.sampled_from([DAY, None]))}
              for number in range(draw(st.integers(0, 3)))]
    exchanges = [{"provider_zone": "A", "receiver_zone": "B", "product": "aFRR", "direction": "up",
                  **span, "exchanged_mw": draw(CELLS)} for span in (SPAN, AFTER)
                 if draw(st.booleans())]
    made = {"allocations": rows, "offered_capacity": past, "events": events,
            "combined_minima": _distinct(minima, "valid_from"), "exchanges": exchanges}
    absent = draw(st.sets(st.sampled_from(sorted(made)), max_size=2))
    return {name: held for name, held in made.items() if name not in absent}


def test_every_relation_is_derived_alike(ruleset: Ruleset) -> None:
    @settings(max_examples=25, deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))
    @given(tables())
    def alike(drawn: dict[str, list[dict[str, Any]]]) -> None:
        judging = judging_of(ruleset, drawn)
        with judging.submission:
            for relation in ruleset.relations:
                same_rows(judging, relation)

    alike()
