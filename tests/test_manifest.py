"""The manifest: what it takes, what it refuses, and where it says so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from czca_rules.errors import Problem, SubmissionError
from czca_rules.tables.manifest import Manifest, manifest_from_mapping, read_manifest
from czca_rules.tables.starter_manifest import EXAMPLE


def read(tmp_path: Path, text: str) -> tuple[Manifest | None, tuple[Problem, ...]]:
    path = tmp_path / "submission.yaml"
    path.write_text(text, encoding="utf-8")
    return read_manifest(path, "submission.yaml")


def good(tmp_path: Path, text: str = EXAMPLE) -> Manifest:
    manifest, problems = read(tmp_path, text)
    assert problems == ()
    assert manifest is not None
    return manifest


def test_the_example_is_read(tmp_path: Path) -> None:
    manifest = good(tmp_path)
    assert manifest.as_of == datetime(2026, 3, 10, 8, 40)
    assert manifest.directions() == [("GR", "IT-SUD", "GR/IT-SUD"), ("IT-SUD", "GR", "GR/IT-SUD")]
    assert manifest.product_directions() == [("aFRR", "up"), ("aFRR", "down")]
    assert manifest.mtu_schedule().count_on(date(2026, 3, 11)) == 96
    assert manifest.delivery_days() == (date(2026, 3, 11), date(2026, 3, 11))
    link = manifest.borders[0].interconnectors[0]
    assert link.installed("GR", "IT-SUD") == Decimal(500)
    assert link.installed("GR", "DE") is None
    assert link.shares == {"IPTO": Decimal("0.5"), "TERNA": Decimal("0.5")}
    lines = EXAMPLE.splitlines()
    for item in (("zone", "GR"), ("border", "GR/IT-SUD"), ("interconnector", "GRITA"),
                 ("product", "aFRR", "down"), ("tso", "TERNA")):
        assert item[-1] in lines[manifest.places[item] - 1] or item[1] in lines[
            manifest.places[item] - 1]


def test_what_may_be_left_out(tmp_path: Path) -> None:
    manifest = good(tmp_path, """\
format: czca-submission/1
id: small
sender: {id: A}
as_of: 2026-03-10T09:40Z
stages: [allocation]
methodology: m
approach: market_based
delivery: {from: 2025-09-30, to: 2025-10-01}
mtu_minutes: {2017-01-01: 60, 2025-10-01: 15}
tsos: [{id: A}]
zones: [{id: X}, {id: Y}]
borders: [{id: X/Y, zones: [X, Y], interconnectors: [{id: L, technology: ac}]}]
products: [{product: aFRR, direction: up}]
""")
    assert manifest.revision == 1
    assert manifest.procurement.excess == "forced_only"
    assert manifest.cooperation.consolidation_period == "P1M"
    assert manifest.products[0].standard
    assert manifest.borders[0].interconnectors[0].contribution == 1
    assert manifest.mtu_schedule().count_on(date(2025, 9, 30)) == 24


def test_python_values_give_the_same_manifest(tmp_path: Path) -> None:
    data = yaml.safe_load(EXAMPLE)
    data["as_of"] = datetime(2026, 3, 10, 8, 40, tzinfo=UTC)
    assert isinstance(data["delivery"]["from"], date)
    assert isinstance(data["borders"][0]["interconnectors"][0]["shares"]["IPTO"], float)
    from_python = manifest_from_mapping(data)
    assert from_python.model_dump() == good(tmp_path).model_dump()
    assert from_python.places == {}


def test_every_error_in_one_run(tmp_path: Path) -> None:
    manifest, problems = read(tmp_path, """\
format: czca-submission/2
id: 7
first: x
sender: {id: IPTO, rol: tso}
as_of: 2026-03-10T09:40:00
stages: [allocation, procurment, allocation]
aproach: market_based
methodology: a
delivery: {from: 2026-03-11, to: 2026-02-31}
mtu_minutes: {2027-01-01: 45, 2025-13-01: 15}
tsos: [{id: IPTO, country: Gr}, {id: IPTO}]
zones: [{id: GR, tsos: [IPTX]}, {id: IT>SUD}]
borders:
  - id: GR/IT
    zones: [GR, IT-SU]
    interconnectors:
      - {id: L, technology: dcc, installed_mw: {GR>IT: 1.1234}, contribution: 2, shares: {IPTO: 0}}
  - {id: B, zones: [GR]}
  - 3
products: {product: aFRR}
relies_on: [{exemption: dc, border: GR-IT}]
""")
    assert manifest is None
    found = [(problem.line, problem.kind) for problem in problems]
    assert found == [
        (1, "missing_key"), (1, "unknown_word"), (2, "wrong_type"), (3, "unknown_key"),
        (4, "unknown_key"), (5, "no_offset"), (6, "unknown_word"), (6, "duplicate_id"),
        (7, "unknown_key"), (9, "bad_date"), (10, "bad_mtu"), (10, "bad_date"), (11, "bad_name"),
        (11, "duplicate_id"), (12, "unknown_tso"), (12, "bad_name"), (15, "unknown_zone"),
        (17, "unknown_word"), (17, "unknown_direction"), (17, "too_many_decimals"),
        (17, "too_large"), (17, "bad_shares"), (18, "wrong_count"), (19, "wrong_type"),
        (20, "wrong_type"), (21, "unknown_word"), (21, "unknown_border")]
    said = "\n".join(map(str, problems))
    for hint in ("`approach`", "`role`", "`procurement`", "`IPTO`", "`dc`", "`GR/IT`"):
        assert f"Did you mean {hint}?" in said
    assert all(isinstance(problem.column, int) for problem in problems)


@pytest.mark.parametrize(("old", "new", "kind"), [
    ("to: 2026-03-11", "to: 2026-03-10", "bad_delivery"),
    ("to: 2026-03-11", "to: 2029-03-15", "too_long"),
    ("to: 2026-03-11", "to: 9999-12-31", "bad_date"),
    ("shares: {IPTO: 0.5, TERNA: 0.5}", "shares: {IPTO: 0.5, TERNA: 0.4}", "bad_shares"),
    ("shares: {IPTO: 0.5,", "shares: {IPTX: 0.5,", "unknown_tso"),
    ("IT-SUD>GR: 500", "IT-SUD>IT-SUD: 500", "unknown_direction"),
    ("IT-SUD>GR: 500", "IT-SUD>GR: -1", "negative"),
    ("IT-SUD>GR: 500", "IT-SUD>GR: '500'", "wrong_type"),
    ("IT-SUD>GR: 500", "IT-SUD>GR: 1000000", "too_large"),
    ("zones: [GR, IT-SUD]", "zones: [GR, GR]", "bad_border"),
    ("zones: [GR, IT-SUD]", "zones: [GR, IT-SUD, GR]", "wrong_count"),
    ("mtu_minutes: 15 ", "mtu_minutes: 10 ", "bad_mtu"),
    ("mtu_minutes: 15 ", "mtu_minutes: true ", "bad_mtu"),
    ("mtu_minutes: 15 ", "mtu_minutes: {} ", "bad_mtu"),
    ("mtu_minutes: 15 ", "mtu_minutes: {2026-04-01: 15} ", "bad_mtu"),
    ("revision: 1 ", "revision: 0 ", "too_small"),
    ("revision: 1 ", "revision: true ", "wrong_type"),
    ("standard: true,", "standard: yes,", "wrong_type"),
    ("PT15M}", "15M}", "bad_duration"),
    ("direction: down", "direction: up", "duplicate_id"),
    ("countries: [GR]", "countries: GR", "wrong_type"),
    ("eic: 10YGR-HTSO-----Y", "eic: 10YGR", "bad_name"),
    ("stages: [allocation, procurement]", "stages: []", "wrong_count"),
    ("as_of: 2026-03-10T09:40:00+01:00", "as_of: 2026-03-10", "bad_time"),
    ("as_of: 2026-03-10T09:40:00+01:00", "as_of:", "bad_time"),
    ("revision: 1 ", "revision: 1\nrevision: 2 ", "duplicate_key"),
    ("readings: {}", "readings: {a: [b]}", "wrong_type"),
    ("delivery: {from:", "delivery: {first:", "unknown_key"),
])
def test_each_refusal_has_its_line(tmp_path: Path, old: str, new: str, kind: str) -> None:
    assert old in EXAMPLE
    manifest, problems = read(tmp_path, EXAMPLE.replace(old, new))
    assert manifest is None
    assert kind in {problem.kind for problem in problems}
    line = EXAMPLE[:EXAMPLE.index(old)].count("\n") + 1
    assert any(abs((problem.line or 0) - line) <= 1 for problem in problems
               if problem.kind == kind)


def test_1100_days_are_the_most(tmp_path: Path) -> None:
    last = date(2026, 3, 11) + timedelta(days=1099)
    good(tmp_path, EXAMPLE.replace("to: 2026-03-11", f"to: {last}"))


def test_two_borders_between_the_same_zones_are_refused(tmp_path: Path) -> None:
    twice = EXAMPLE.replace("\nproducts:", "  - {id: other, zones: [IT-SUD, GR]}\n\nproducts:")
    _, problems = read(tmp_path, twice)
    assert [problem.kind for problem in problems] == ["bad_border"]
    assert "GR/IT-SUD" in problems[0].found


@pytest.mark.parametrize("text", ["- a\n", "", "a\n", "a: &x 1\n", "a: [\n"])
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    manifest, problems = read(tmp_path, text)
    assert manifest is None
    assert problems


def test_python_values_are_refused_by_path() -> None:
    data: dict[str, Any] = yaml.safe_load(EXAMPLE)
    data["as_of"] = datetime(2026, 3, 10, 9, 40)
    data["borders"][0]["zones"][1] = "IT"
    data["tsos"][0]["id"] = None
    data["procurement"]["price_limit_eur_mw_h"] = float("nan")
    with pytest.raises(SubmissionError) as caught:
        manifest_from_mapping(data)
    places = {problem.column for problem in caught.value.problems}
    assert {"as_of", "borders.0.zones.1", "tsos.0.id",
            "procurement.price_limit_eur_mw_h"} <= places


def test_a_published_schema_can_be_made() -> None:
    schema = Manifest.model_json_schema()
    assert schema["additionalProperties"] is False
    assert "from" in schema["$defs"]["Delivery"]["properties"]
