"""The rules of the handmade report: one for every outcome, most with findings."""

from __future__ import annotations

from typing import Any

from czca_rules.report.printable import masked

HOSTILE = "<script>alert(1)</script> \x1b[31mred\x1b[0m \u202ednob\u2066 ::error::taken over \ud800"
_KEY = b"a key for this sample"


def sample_rules() -> list[dict[str, Any]]:
    """Every rule of the sample with its outcome."""
    return [_volume(), _deadline(), _bids(), _reference_day(), _values(), _reserve(),
            _publication(), *_passed(), *_not_applicable()]


def _judged(**counts: int) -> dict[str, int]:
    return dict.fromkeys(("passed", "failed", "exempt", "not_applicable", "not_assessable",
                          "noted"), 0) | counts


def _rule(rule: str, provision: str, outcome: str, **more: Any) -> dict[str, Any]:
    return {"rule": rule, "provision": provision, "rests_on": [], "level": "error",
            "stage": "allocation", "outcome": outcome, "reason": None, "turns_on": [],
            "judged": _judged(), "findings": [], "findings_total": 0} | more


def _finding(outcome: str, key: dict[str, str], file: str, line: int | None,
             message: str, **more: Any) -> dict[str, Any]:
    return {"outcome": outcome, "key": key, "sources": [{"file": file, "line": line}],
            "observed": None, "relation": None, "required": None, "required_max": None,
            "tolerance": None, "unit": None, "parameters": [], "reading": {}, "exemption": None,
            "effect_eur": None, "message": message, "fix": ""} | more


def _key(start: str, **more: str) -> dict[str, str]:
    return {"mtu_start": start, "from_zone": "GR", "to_zone": "IT-SUD"} | more


_SHARE = {"name": "volume_share", "value": "0.10", "unit": "", "since": "2017-12-18",
          "cite": "EBGL Art. 41(2)"}


def _volume() -> dict[str, Any]:
    findings = [
        _finding("failed", _key(f"2026-03-10T23:{15 * index:02d}:00Z"), "allocations.csv",
                 3 + index, f"{given} MW is given to balancing; the limit is 160 MW "
                 "(10 % of 1600 MW)", observed=given, relation="<=", required="160", unit="MW",
                 tolerance="0", parameters=[_SHARE], reading={"limit_base": "maximum"},
                 fix="Lower the allocation to the limit.")
        for index, given in enumerate(("164", "171.5", "160.001", "180"))]
    findings += [
        _finding("failed", {"from_zone": "IT-SUD", "to_zone": "GR",
                            "mtu_start": "2026-03-11T00:00:00Z"}, HOSTILE, 7,
                 f"190 MW is given to balancing {HOSTILE}", observed="190", relation="<=",
                 required="160", unit="MW", tolerance="0"),
        _finding("not_assessable", _key("2026-03-11T05:00:00Z"), "allocations.csv", 22,
                 "The limit is not known.", missing=["offered_mw of 2025-10-26, position 12"])]
    return _rule(
        "GI-8.1", "Art. 8(1)", "failed", rests_on=["EBGL Art. 41(2)"],
        title="Balancing gets no more than its share of the offered capacity",
        obligation="In each direction of a border, what market-based allocation gives to the "
        "exchange of balancing capacity stays within a fixed share of the capacity that was "
        "offered to the energy markets in the year before.",
        why="Capacity kept for balancing is withdrawn from the energy markets; the share bounds "
        "what they can lose.",
        fix="Lower allocated_mw to the limit, or correct the history behind it in "
        "offered_capacity.", on="limits", formula="allocated_mw <= volume_share * offered_max_mw",
        scope_formula="not claims_nra_limit", parameters=[_SHARE],
        judged=_judged(passed=183, failed=8, not_assessable=1), findings=findings,
        findings_total=9, readings=[{
            "name": "limit_base", "title": "which figure of the year before the share applies to",
            "standing": "open", "taken": "maximum", "default": "maximum", "values": [
                {"value": "maximum", "title": "the highest offer of the year",
                 "outcome": "failed"},
                {"value": "mean", "title": "the time-weighted mean of the year",
                 "outcome": "failed"}]}],
        derogations=[{"exemption": "nra_limit", "title": "another limit set by the regulators",
                      "claimed": False, "document": None, "rows": 0}])


def _deadline() -> dict[str, Any]:
    return _rule(
        "GI-6.1-in-time", "Art. 6(1)(b)", "failed", stage="procurement",
        title="BSPs learn the result within one hour of the selection of bids",
        obligation="The TSOs tell the BSPs which bids were selected no later than one hour after "
        "the selection.", formula="bsps_notified <= bids_selected + 1 h", on="daily_process",
        fix="Notify earlier, or correct the event's time.", judged=_judged(failed=1),
        findings=[_finding(
            "failed", {"market_day": "2026-03-11"}, "events.csv", 14,
            "The BSPs were notified at 10:35, 35 minutes after the deadline.",
            observed="2026-03-10T09:35:00Z", relation="<=", required="2026-03-10T09:00:00Z")],
        findings_total=1)


def _bids() -> dict[str, Any]:
    return _rule(
        "GI-13.4", "Art. 13(4)", "failed", level="warning", stage="procurement",
        title="A bid's price stays within the harmonised limits", on="bids",
        formula="price_eur_mw_h >= price_floor and price_eur_mw_h <= price_limit",
        judged=_judged(passed=41279, failed=1), findings=[_finding(
            "failed", {"bid_id": masked("BSP-7/0042", _KEY),
                       "mtu_start": "2026-03-11T11:00:00Z", "basis": "actual"},
            "bids.parquet", 20117, f"The price {masked('10400', _KEY)} is outside the limits.",
            relation="between", required="0", required_max="10000", unit="EUR/MW/h",
            observed=masked("10400", _KEY))],
        findings_total=1)


def _reference_day() -> dict[str, Any]:
    return _rule(
        "GI-9.3", "Art. 9(3)", "not_assessable", rests_on=["EBGL Art. 39(2)"],
        title="The forecast builds on the prices of the right reference day",
        obligation="The value of capacity for energy is forecast from the day-ahead prices of the "
        "latest comparable day: working days from working days, other days from other days.",
        turns_on=["reference_day_holidays"], on="energy_values",
        formula="reference_mtu_start = reference.mtu_start",
        judged=_judged(passed=96, not_assessable=96), readings=[{
            "name": "reference_day_holidays", "title": "whose public holidays count",
            "standing": "open", "taken": "union", "default": "union", "values": [
                {"value": "union", "title": "a holiday in either country counts",
                 "outcome": "failed"},
                {"value": "own", "title": "each zone by the holidays of its own country",
                 "outcome": "passed"}]}],
        findings=[_finding(
            "not_assessable", _key("2026-03-10T23:00:00Z"), "energy_values.csv", 2,
            "The reference MTU is that of 9 March; read as union it is that of 6 March.",
            observed="2026-03-08T23:00:00Z", relation="=", required="2026-03-05T23:00:00Z")],
        findings_total=96)


def _values() -> dict[str, Any]:
    return _rule(
        "GI-9.1", "Art. 9(1)", "not_assessable",
        title="Every allocation has a forecast value of capacity for energy",
        reason="energy_values.csv has wrong cells", on="energy_values",
        formula="forecast_eur_mwh is known", judged=_judged(passed=61, not_assessable=131),
        findings=[_finding("not_assessable", _key("2026-03-11T02:45:00Z"), "energy_values.csv",
                           17, "The forecast value is not known.",
                           missing=["forecast_eur_mwh (energy_values.csv:17)"])],
        findings_total=131)


def _reserve() -> dict[str, Any]:
    return _rule(
        "GI-8.4", "Art. 8(4)", "exempt", rests_on=["EBGL Art. 41(4)"],
        title="A direct-current border keeps the general limit too", on="limits",
        formula="allocated_mw <= volume_share * offered_max_mw",
        judged=_judged(exempt=12, passed=180), derogations=[{
            "exemption": "dc_border", "title": "no limit where only direct current connects",
            "claimed": True, "document": "NRA-2025-7", "rows": 12}],
        findings=[_finding("exempt", _key("2026-03-11T08:00:00Z"), "allocations.csv", 34,
                           "200 MW would be over the limit of 160 MW.", observed="200",
                           relation="<=", required="160", unit="MW", exemption="dc_border")],
        findings_total=12)


def _publication() -> dict[str, Any]:
    return _rule(
        "GI-17.3", "Art. 17(3)", "passed", stage="allocation",
        title="Allocated volumes are published within a day of the allocation",
        formula="allocation_published <= allocation_determined + 24 h", on="daily_process",
        judged=_judged(passed=1, noted=1), findings=[_finding(
            "passed", {"market_day": "2026-03-11"}, "events.csv", 19,
            "Published after the strict deadline, before the one of Regulation 1182/71.",
            observed="2026-03-10T10:20:00Z", relation="<=", required="2026-03-10T10:00:00Z",
            noted=True)], findings_total=1)


def _passed() -> list[dict[str, Any]]:
    return [
        _rule("GI-3.7", "Art. 3(7)", "passed", title="Zones that exchange are connected",
              judged=_judged(passed=192)),
        _rule("GI-13.11", "Art. 13(11)", "passed", rests_on=["EBGL Art. 38(6)"],
              title="Balancing and energy together stay within the capacity, without netting",
              judged=_judged(passed=192)),
        _rule("GI-14.2", "Art. 14(2)", "passed", stage="procurement", level="info",
              title="One price holds where capacity does not bind", judged=_judged(passed=384)),
    ]


def _not_applicable() -> list[dict[str, Any]]:
    return [
        _rule("GI-16.1", "Art. 16(1)", "not_applicable", stage="settlement", reason="stage",
              title="Congestion income is the exchanged volume at its price"),
        _rule("GI-18.2", "Art. 18(2)", "not_applicable", reason="not_due 2026-06-30",
              title="The efficiency of the forecast is reported every year",
              judged=_judged(not_applicable=1)),
    ]
