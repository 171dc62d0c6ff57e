"""The manifest as relations of the engine: borders, interconnectors, zones, products, TSOs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from czca_rules.tables.border_graph import components
from czca_rules.tables.engine import Engine
from czca_rules.tables.manifest import Border, Manifest
from czca_rules.tables.manifest_tables import EXEMPTIONS, MANIFEST_TABLES

_PLACE = [("_bad", "BOOLEAN"), ("_file", "INTEGER"), ("_line", "BIGINT")]


def fill_manifest_relations(manifest: Manifest, file: int, engine: Engine) -> None:
    """Create the ``m_...`` relations; ``file`` is the manifest's index among the files."""
    lines = manifest.places

    def fill(name: str, kind: str, columns: Sequence[tuple[str, str]],
             items: Iterable[tuple[tuple[str, ...], tuple[Any, ...]]]) -> None:
        engine.fill(f"m_{name}", [*columns, *_PLACE], [
            (*values, False, file, lines.get((kind, *item))) for item, values in items])

    fill("border_directions", "border", _columns("border_directions"), (
        ((border.id,), (start, end, border.id, _dc(border, all), _dc(border, any),
                       *_claims(manifest, border)))
        for border in manifest.borders for start, end in _both(border)))
    links = [column for column in _columns("interconnector_days") if column[0] != "market_day"]
    fill("link_directions", "interconnector", [*links[:2], ("border", "VARCHAR"), *links[2:]], (
        ((link.id,), (start, end, border.id, link.id, link.technology, link.energy_trade_since,
                      link.in_capacity_calculation_since, link.installed(start, end),
                      link.contribution))
        for border in manifest.borders for link in border.interconnectors
        for start, end in _both(border)))
    parts = components([zone.id for zone in manifest.zones],
                       [border.zones for border in manifest.borders])
    fill("zones", "zone", _columns("zones"), (
        ((zone.id,), (zone.id, zone.lfc_block, parts[zone.id])) for zone in manifest.zones))
    fill("products", "product", _columns("products"), (
        ((item.product, item.direction), (item.product, item.direction, item.contracting_period,
                                          item.validity_period, item.standard))
        for item in manifest.products))
    fill("tsos", "tso", _columns("tsos"), (
        ((tso.id,), (tso.id, tso.country, tso.dispatching)) for tso in manifest.tsos))
    fill("cooperation", "cooperation", _columns("cooperation"), [((), (
        manifest.cooperation.id or manifest.id, manifest.cooperation.established_by,
        len(manifest.tsos), len(manifest.zones), len(set(parts.values())),
        _linked_tsos(manifest)))])
    fill("interconnectors", "interconnector", _columns("interconnectors"), (
        ((link.id,), (border.id, link.id, link.technology, link.contribution, bool(link.shares)))
        for border in manifest.borders for link in border.interconnectors))
    fill("interconnector_tsos", "interconnector", _columns("interconnector_tsos"), (
        ((link.id,), (border.id, link.id, tso, (link.shares or {}).get(tso, _NO_KEY)
                      if link.shares else None))
        for border in manifest.borders for link in border.interconnectors
        for tso in dict.fromkeys((*border_sides(manifest, border), *(link.shares or ())))))
    fill("border_tsos", "border", _columns("border_tsos"), (
        ((border.id,), (border.id, tso, len(sizes),
                        sizes[0] if len(set(sizes)) == 1 else None))
        for border in manifest.borders for tso, sizes in border_sides(manifest, border).items()))


#: The key of a TSO that others, but not itself, have one of.
_NO_KEY = 0


def border_sides(manifest: Manifest, border: Border) -> dict[str, list[int]]:
    """For each TSO of a border how many TSOs stand on each side that it stands on."""
    tsos = {zone.id: zone.tsos for zone in manifest.zones}
    result: dict[str, list[int]] = {}
    for zone in border.zones:
        for tso in tsos[zone]:
            result.setdefault(tso, []).append(len(tsos[zone]))
    return result


def _linked_tsos(manifest: Manifest) -> int | None:
    """Into how many parts the TSOs fall that neither a border nor a common zone joins."""
    names = [tso.id for tso in manifest.tsos]
    zones = {zone.id: zone.tsos for zone in manifest.zones}
    if set(names) - {name for tsos in zones.values() for name in tsos}:
        return None
    # one zone after the other: a border joins the TSOs of both its zones
    groups = [*zones.values(), *((*zones[one], *zones[other]) for one, other in (
        border.zones for border in manifest.borders))]
    pairs = [(group[0], name) for group in groups for name in group[1:]]
    return len(set(components(names, pairs).values()))


def _columns(name: str) -> list[tuple[str, str]]:
    return [(column.name, column.sql_type) for column in MANIFEST_TABLES[name].columns]


def _both(border: Border) -> tuple[tuple[str, str], tuple[str, str]]:
    one, other = border.zones
    return (one, other), (other, one)


def _dc(border: Border, so_many: Callable[[Iterable[bool]], bool]) -> bool | None:
    links = border.interconnectors
    return so_many(link.technology == "dc" for link in links) if links else None


def _claims(manifest: Manifest, border: Border) -> tuple[bool, ...]:
    """For each derogation whether it is claimed here, then whether a document is named for it."""
    here = [item for item in manifest.relies_on if item.border in (None, border.id)]
    claimed = {item.exemption for item in here}
    documented = {item.exemption for item in here if item.document is not None}
    return tuple(name in names for names in (claimed, documented) for name in EXEMPTIONS)
