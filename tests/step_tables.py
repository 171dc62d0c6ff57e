"""The ruleset of every kind of step, and the tables that its tests start from."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from small_rulesets import allocation, load, rule

from czca_rules.rulebook.ruleset import Ruleset

DERIVED = Path(__file__).with_name("rulesets") / "steps.yaml"
READINGS = """\
readings:
  counted:
    title: What is counted
    standing: open
    default: sum
    cite: Art. 1
    values: {sum: The sum over products, largest: The largest product}
"""
PARAMETERS = """\
parameters:
  volume_share:
    title: A share
    unit: share
    values:
      2017-12-18: {value: 0.05, cite: Art. 1}
    reviewed: 2026-11-20
"""
DAY = "2026-03-11"
NOON = f"{DAY}T12:00:00+01:00"
SPAN = {"mtu_start": f"{DAY}T00:00:00+01:00", "mtu_end": NOON}
AFTER = {"mtu_start": NOON, "mtu_end": "2026-03-12T00:00:00+01:00"}
FIRST, SECOND = datetime(2026, 3, 10, 23), datetime(2026, 3, 11, 11)


def steps_ruleset(folder: Path) -> Ruleset:
    """The ruleset of every kind of step, written to a folder and read."""
    return load(folder / "trial", {
        "derived.yaml": DERIVED.read_text(encoding="utf-8"), "readings.yaml": READINGS,
        "parameters.yaml": PARAMETERS,
        "rules/TR-1.yaml": rule(on="uses", must="counted_mw <= 50 MW")})


def full(mw: tuple[str, ...] = ("40", "10", "5", "0")) -> list[dict[str, Any]]:
    """Allocations up and down in both directions and both halves of the day."""
    ways = (("A", "B"), ("B", "A"))
    cells = [(one, other, way) for one, other in ways for way in ("up", "down")]
    return [allocation("", value, **span, from_zone=one, to_zone=other, direction=way)
            for span in (SPAN, AFTER) for (one, other, way), value in zip(cells, mw, strict=True)]


def history(*spans: tuple[str, str, str]) -> list[dict[str, Any]]:
    """Rows of offered capacity from A to B, each over a span of days."""
    return [{"from_zone": "A", "to_zone": "B", "mtu_start": f"{first}T00:00:00+01:00",
             "mtu_end": f"{last}T00:00:00+01:00", "offered_mw": mw} for first, last, mw in spans]


def minimum(since: str | None, until: str | None, mw: str) -> dict[str, Any]:
    """A combined minimum of zone A over a span of days."""
    return {"group_id": "g", "zone": "A", "direction": "up", "valid_from": since,
            "valid_to": until, "products": "aFRR", "minimum_mw": mw}
