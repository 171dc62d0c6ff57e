"""Which rows stand behind a finding: those that its relation takes, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from czca_rules.api import check
from czca_rules.commands.explain_row import explained_row

DEMO = Path(__file__).parent.parent / "fixtures" / "submissions" / "demo"


def _lines(file: str) -> list[str]:
    return (DEMO / file).read_text("utf-8").splitlines()


def test_an_allocation_in_another_state_is_no_source_of_a_finding() -> None:
    """GI-8.1 judges final allocations; the demonstration has those selected before too."""
    rows = _lines("allocations.csv")
    assert any(",selected," in f"{row}," for row in rows)
    (outcome,) = check(DEMO, select=["GI-8.1"]).outcomes
    places = [source for finding in outcome.findings for source in finding.sources
              if source.file == "allocations.csv" and source.line]
    assert places
    assert not [place for place in places if ",selected," in f"{rows[(place.line or 1) - 1]},"]


@pytest.mark.parametrize("rule", ["GI-6.2", "GI-17.3"])
def test_the_place_of_a_finding_on_events_can_be_explained(rule: str) -> None:
    (outcome,) = check(DEMO, select=[rule]).outcomes
    finding = next(item for item in outcome.findings if item.outcome == "failed")
    place = finding.sources[0]
    assert place.file == "events.csv"
    text = explained_row(rule, None, None, f"{DEMO.as_posix()}/events.csv:{place.line}", None, (),
                         1, False)
    assert f"tso {finding.key['tso']}, market_day {finding.key['market_day']}" in text
    assert "outcome    failed" in text
