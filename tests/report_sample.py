"""A handmade report with every outcome and everything a hostile file could put in one.

Rules, numbers and names are invented; only the shape is that of a real report.
"""

from __future__ import annotations

import hashlib
from typing import Any

from report_sample_rules import HOSTILE, sample_rules

from czca_rules.report.model import ReportModel

__all__ = ["HOSTILE", "compliant_report", "sample_content", "sample_report"]


def sample_report(**changes: Any) -> ReportModel:
    """A report on one day of a border, not consistent with a proposal."""
    return ReportModel.model_validate(sample_content() | changes)


def compliant_report() -> ReportModel:
    """The same submission with only the rules that pass."""
    content = sample_content()
    content["outcomes"] = [rule for rule in content["outcomes"]
                           if rule["outcome"] in ("passed", "not_applicable")]
    counts = dict.fromkeys(content["counts"], 0)
    for rule in content["outcomes"]:
        counts[rule["outcome"]] += 1
    ruleset = content["ruleset"] | {"legal_status": "adopted"}
    return ReportModel.model_validate(content | {
        "verdict": "compliant", "counts": counts, "ruleset": ruleset, "input": {}})


def sample_content() -> dict[str, Any]:
    """The content of the sample, to be changed by a test."""
    outcomes = sample_rules()
    counts = dict.fromkeys(("passed", "failed", "exempt", "not_applicable", "not_assessable"), 0)
    for rule in outcomes:
        counts[rule["outcome"]] += 1
    return {
        "format": "czca-report/1", "verdict": "not_compliant", "law_date": None,
        "scope": {"stages": ["allocation", "procurement"], "as_of": "2026-03-10T08:40:00Z",
                  "selected": [], "ignored": ["GI-19.2"],
                  "settled": {"limit_base": "maximum"}},
        "submission": _submission(), "input": _input(), "ruleset": _ruleset(),
        "methodology": {"title": "Greece-Italy, market-based allocation of cross-zonal capacity"},
        "counts": counts, "outcomes": outcomes, "provisions": _provisions(),
        "reproduction": [], "environment": {
            "czca_rules": "0.1.0", "duckdb": "2.0.0", "highspy": None, "python": "3.11.9",
            "tzdata": "2026.1"},
    }


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _submission() -> dict[str, Any]:
    rows = {"allocations.csv": 192, "bids.parquet": 41280, "day_ahead_prices.csv": 384,
            "demand.csv": 192, "energy_values.csv": 192, "events.csv": 22, "submission.yaml": 0,
            "with1/offered_capacity.csv.gz": 70080, "with1/submission.yaml": 0}
    return {
        "id": "GR-IT-2026-03-11", "revision": 2,
        "files": [{"path": path, "rows": count, "sha256": _sha(path)}
                  for path, count in rows.items()],
        "sender": {"id": "IPTO", "role": "tso"},
        "delivery": {"from": "2026-03-11", "to": "2026-03-11"},
        "sender_readings": {"reference_day_holidays": "own"},
        "relies_on": [{"exemption": "dc_border", "border": "GR/IT-SUD", "document": "NRA-2025-7"}],
    }


def _input() -> dict[str, Any]:
    return {
        "problems": [
            {"file": "energy_values.csv", "line": 17, "column": "forecast_eur_mwh",
             "kind": "wrong_type", "found": '"1.000,0"',
             "expected": "a number with a point and no thousands mark", "fix": "Write 1000.0."},
            {"file": "events.csv", "line": 9, "column": "at", "kind": "no_offset",
             "found": '"2026-03-10T09:15:00"', "expected": "an instant with its offset",
             "fix": "Write 2026-03-10T09:15:00+01:00."},
            {"file": "submission.yaml", "line": 31, "column": 5, "kind": "unknown_key",
             "found": f"the key {HOSTILE}", "expected": "a key of the manifest", "fix": ""},
        ],
        "counts": [{"file": "energy_values.csv", "kind": "wrong_type", "count": 131},
                   {"file": "events.csv", "kind": "no_offset", "count": 1},
                   {"file": "submission.yaml", "kind": "unknown_key", "count": 1}],
    }


def _ruleset() -> dict[str, Any]:
    return {
        "id": "greece-italy-mb", "version": "2026.1", "legal_status": "proposal",
        "title": "Greece-Italy market-based", "sha256": _sha("greece-italy-mb"),
        "includes": [{"id": "ebgl", "version": "2022.6", "sha256": _sha("ebgl")}],
        "readings": {"limit_base": "maximum", "reference_day_holidays": "union",
                     "hours_deadline": "earlier_strict"},
    }


def _provisions() -> list[dict[str, Any]]:
    rows = [
        ("Art. 2", "Definitions", [], "definition", None),
        ("Art. 3(7)", "Connected zones", ["GI-3.7"], "passed", None),
        ("Art. 6(1)(b)", "Notice to BSPs", ["GI-6.1-in-time"], "failed", None),
        ("Art. 8(1)", "Volume limit", ["GI-8.1"], "failed", None),
        ("Art. 8(4)", "Borders of direct current", ["GI-8.4"], "exempt", None),
        ("Art. 9(1)", "Forecast of values", ["GI-9.1"], "not_assessable", None),
        ("Art. 9(3)", "Reference days", ["GI-9.3"], "not_assessable", None),
        ("Art. 16(1)", "Congestion income", ["GI-16.1"], "not_applicable", None),
        ("Art. 19(1)", "Monitoring by the TSOs", [], "pending", "needs the yearly tables"),
        ("Art. 20", "Language", [], "not_checkable", "leaves no trace in data"),
    ]
    return [{"provision": provision, "title": title, "rules": rules, "status": status,
             "reason": reason} for provision, title, rules, status, reason in rows]
