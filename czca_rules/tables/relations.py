"""The manifest as relations of the engine: borders, interconnectors, zones, products, TSOs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from czca_rules.tables.columns import WIDTHS
from czca_rules.tables.engine import Engine
from czca_rules.tables.manifest import Border, Manifest

#: Derogations that a sender can claim, as the columns `claims_...` of the directions.
CLAIMS = ("dc_border", "short_contracting", "nra_limit", "separate_procurement",
          "contracting_derogation", "withholding")

_PLACE = [("_bad", "BOOLEAN"), ("_file", "INTEGER"), ("_line", "BIGINT")]
_MW = "DECIMAL({},{})".format(*WIDTHS["mw"])
_SHARE = "DECIMAL({},{})".format(*WIDTHS["share"])


def fill_manifest_relations(manifest: Manifest, file: int, engine: Engine) -> None:
    """Create the ``m_...`` relations; ``file`` is the manifest's index among the files."""
    lines = manifest.places

    def rows(kind: str, items: Sequence[tuple[tuple[str, ...], tuple[Any, ...]]]) -> list[Any]:
        return [(*values, False, file, lines.get((kind, *item))) for item, values in items]

    engine.fill("m_border_directions", [
        ("from_zone", "VARCHAR"), ("to_zone", "VARCHAR"), ("border", "VARCHAR"),
        ("all_dc", "BOOLEAN"), *((f"claims_{name}", "BOOLEAN") for name in CLAIMS), *_PLACE,
    ], rows("border", [
        ((border.id,), (start, end, border.id, _all_dc(border), *_claims(manifest, border)))
        for border in manifest.borders for start, end in _both(border)]))
    engine.fill("m_interconnectors", [
        ("from_zone", "VARCHAR"), ("to_zone", "VARCHAR"), ("border", "VARCHAR"),
        ("interconnector", "VARCHAR"), ("technology", "VARCHAR"), ("energy_trade_since", "DATE"),
        ("in_capacity_calculation_since", "DATE"), ("installed_mw", _MW),
        ("contribution", _SHARE), *_PLACE,
    ], rows("interconnector", [
        ((link.id,), (start, end, border.id, link.id, link.technology, link.energy_trade_since,
                      link.in_capacity_calculation_since, link.installed(start, end),
                      link.contribution))
        for border in manifest.borders for link in border.interconnectors
        for start, end in _both(border)]))
    engine.fill("m_zones", [("zone", "VARCHAR"), ("lfc_block", "VARCHAR"), *_PLACE],
                rows("zone", [((zone.id,), (zone.id, zone.lfc_block)) for zone in manifest.zones]))
    engine.fill("m_products", [
        ("product", "VARCHAR"), ("direction", "VARCHAR"), ("contracting_period", "VARCHAR"),
        ("validity_period", "VARCHAR"), ("standard", "BOOLEAN"), *_PLACE,
    ], rows("product", [
        ((item.product, item.direction), (item.product, item.direction, item.contracting_period,
                                          item.validity_period, item.standard))
        for item in manifest.products]))
    engine.fill("m_tsos", [("tso", "VARCHAR"), ("country", "VARCHAR"), ("dispatching", "VARCHAR"),
                           *_PLACE],
                rows("tso", [((tso.id,), (tso.id, tso.country, tso.dispatching))
                             for tso in manifest.tsos]))


def _both(border: Border) -> tuple[tuple[str, str], tuple[str, str]]:
    one, other = border.zones
    return (one, other), (other, one)


def _all_dc(border: Border) -> bool:
    links = border.interconnectors
    return bool(links) and all(link.technology == "dc" for link in links)


def _claims(manifest: Manifest, border: Border) -> tuple[bool, ...]:
    claimed = {item.exemption for item in manifest.relies_on
               if item.border in (None, border.id)}
    return tuple(name in claimed for name in CLAIMS)
