"""The manifest as relations: borders with derogations claimed, links, zones, products, TSOs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from submission_folders import loader, manifest, write

from czca_rules.tables.manifest_tables import EXEMPTIONS, MANIFEST_TABLES


@pytest.fixture
def load() -> Iterator[Any]:
    yield from loader()


def test_the_manifest_as_relations(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {}))
    query = found.engine.query
    assert query("SELECT from_zone, to_zone, border, all_dc, claims_dc_border, claims_nra_limit, "
                 "_bad, _file, _line FROM m_border_directions ORDER BY 1") == [
        ("GR", "IT", "GR/IT", True, True, False, False, 0, 13),
        ("IT", "GR", "GR/IT", True, True, False, False, 0, 13)]
    assert query("SELECT from_zone, interconnector, installed_mw, contribution "
                 "FROM m_link_directions ORDER BY 1") == [
        ("GR", "LINK", 500, 1), ("IT", "LINK", Decimal("400.5"), 1)]
    assert query("SELECT zone, lfc_block FROM m_zones ORDER BY 1") == [("GR", "GR"), ("IT", "IT")]
    assert query("SELECT product, direction, standard FROM m_products") == [("aFRR", "up", True)]
    assert query("SELECT tso FROM m_tsos ORDER BY 1") == [("TSO-GR",), ("TSO-IT",)]
    assert query("SELECT count(*), sum(hours) FROM d_intervals") == [(96, 24)]


def test_relations_have_the_columns_that_rules_know(tmp_path: Path, load: Any) -> None:
    found = load(write(tmp_path, {}))
    for name in (*MANIFEST_TABLES.keys() - {"interconnector_days"},):
        assert found.engine.names(f"SELECT * EXCLUDE (_bad, _file, _line) FROM m_{name}") == [
            (column.name, column.sql_type) for column in MANIFEST_TABLES[name].columns]


@pytest.mark.parametrize(("links", "known"), [
    ("", None), ("{id: L, technology: dc}", True),
    ("{id: L, technology: dc}, {id: M, technology: ac}", False)])
def test_a_border_without_links_is_not_known_to_be_dc(tmp_path: Path, load: Any, links: str,
                                                      known: bool | None) -> None:
    head, rest = manifest().split("    interconnectors:\n")
    tail = rest.split("\n", 1)[1]
    found = load(write(tmp_path, {}, f"{head}    interconnectors: [{links}]\n{tail}"))
    assert found.engine.query("SELECT DISTINCT all_dc FROM m_border_directions") == [(known,)]


@pytest.mark.parametrize(("claims", "claimed", "documented"), [
    ("{exemption: nra_limit}", {"nra_limit"}, set()),
    ("{exemption: nra_limit, document: D}", {"nra_limit"}, {"nra_limit"}),
    ("{exemption: nra_limit, border: GR/IT}, {exemption: nra_limit, document: D}, "
     "{exemption: withholding, border: GR/IT, document: E}", {"nra_limit", "withholding"},
     {"nra_limit", "withholding"}),
    ("", set(), set())])
def test_documents_stand_beside_claims(tmp_path: Path, load: Any, claims: str,
                                       claimed: set[str], documented: set[str]) -> None:
    text = manifest().split("relies_on:")[0] + f"relies_on: [{claims}]\n"
    query = load(write(tmp_path, {}, text)).engine.query
    for prefix, names in (("claims", claimed), ("documents", documented)):
        listed = ", ".join(f"{prefix}_{name}" for name in EXEMPTIONS)
        assert query(f"SELECT DISTINCT {listed} FROM m_border_directions") == [
            tuple(name in names for name in EXEMPTIONS)]


def test_a_claim_for_one_border_says_nothing_of_another(tmp_path: Path, load: Any) -> None:
    text = manifest().replace("lfc_block: IT}]", "lfc_block: IT}, {id: AL}]").replace(
        "products:", "  - {id: AL/GR, zones: [AL, GR]}\nproducts:").replace(
        "border: GR/IT}]", "border: GR/IT, document: D}]")
    found = load(write(tmp_path, {}, text))
    assert found.engine.query(
        "SELECT DISTINCT border, claims_dc_border, documents_dc_border, all_dc "
        "FROM m_border_directions ORDER BY border") == [
        ("AL/GR", False, False, None), ("GR/IT", True, True, True)]


def test_tsos_of_a_border_by_the_sides_that_they_stand_on(tmp_path: Path, load: Any) -> None:
    text = manifest().replace("tsos: [TSO-IT]", "tsos: [TSO-IT, TSO-GR]")
    query = load(write(tmp_path, {}, text)).engine.query
    assert query("SELECT tso, sides, side_tsos FROM m_border_tsos ORDER BY 1") == [
        ("TSO-GR", 2, None), ("TSO-IT", 1, 2)]
    assert query("SELECT tsos, zones, components FROM m_cooperation") == [(2, 2, 1)]
    assert query("SELECT zone, component FROM m_zones ORDER BY 1") == [("GR", "GR"), ("IT", "GR")]


def test_keys_of_an_interconnector(tmp_path: Path, load: Any) -> None:
    text = manifest()
    shared = text.replace("{id: LINK,", "{id: LINK, shares: {TSO-GR: 1},")
    assert shared != text
    wanted = "SELECT tso, share FROM m_interconnector_tsos ORDER BY 1"
    assert load(write(tmp_path, {}, text)).engine.query(wanted) == [
        ("TSO-GR", None), ("TSO-IT", None)]
    assert load(write(tmp_path, {}, shared)).engine.query(wanted) == [
        ("TSO-GR", 1), ("TSO-IT", 0)]
