"""Small reports to compare and replay: two rules, one on allocations, one on confidential bids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import small_rulesets

from czca_rules.api import Report, Submission, check

DERIVED = small_rulesets.USE + """\
  offers:
    title: Bids
    cite: Art. 2
    from: bids
"""
BIDS_RULE = small_rulesets.rule(
    id="TR-2", provision="Art. 2", stage="procurement", on="offers",
    must="price_eur_mw_h <= 50 EUR/MW/h", message="a bid at {price_eur_mw_h} EUR/MW/h")


def write_rules(folder: Path, **changes: str) -> str:
    """Write the ruleset, keys of its first rule changed, and return its path."""
    return str(small_rulesets.write_ruleset(folder, {
        "derived.yaml": DERIVED, "rules/TR-1.yaml": small_rulesets.rule(**changes),
        "rules/TR-2.yaml": BIDS_RULE}))


def hours(*allocated_mw: str) -> list[dict[str, Any]]:
    """Allocations from A to B, hour by hour; what is left of the day, and B to A, gets nothing."""
    starts = [f"2026-03-11T{hour:02d}:00:00+01:00" for hour in range(len(allocated_mw) + 1)]
    end = {"mtu_end": "2026-03-12T00:00:00+01:00"}
    rows = [small_rulesets.allocation(start, mw, mtu_end=until) for start, until, mw
            in zip(starts, starts[1:], allocated_mw, strict=False)]
    return [*rows, small_rulesets.allocation(starts[-1], "0", **end),
            small_rulesets.allocation(starts[0], "0", from_zone="B", to_zone="A", **end)]


def bids(**prices: str) -> list[dict[str, Any]]:
    """Bids in the first hour, each with its price."""
    return [{"bid_id": name, "mtu_start": "2026-03-11T00:00:00+01:00", "zone": "A",
             "product": "aFRR", "direction": "up", "volume_mw": "5", "price_eur_mw_h": price}
            for name, price in prices.items()]


def submission(*allocated_mw: str, **prices: str) -> Submission:
    """A submission of frames: MW by hour, and prices by bid."""
    manifest = small_rulesets.manifest(products=[{"product": "aFRR", "direction": "up"}])
    return Submission.from_tables(manifest, {"allocations": hours(*allocated_mw),
                                             "bids": bids(**prices)})


def judged(rules: str, tables: Submission, **options: Any) -> Report:
    """Judge a submission of frames and close it."""
    with tables:
        return check(tables, rules, **options)


def saved(report: Report, path: Path) -> Path:
    """Write a report's JSON."""
    report.save(path)
    return path
