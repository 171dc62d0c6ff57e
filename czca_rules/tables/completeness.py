"""Keys of the manifest's grid that have no row: counted, named, and completed as unknown."""

from __future__ import annotations

from collections.abc import Sequence

from czca_rules.errors import Problem
from czca_rules.tables.columns import WIDTHS, Grid, TableSpec
from czca_rules.tables.engine import Engine, named, quoted
from czca_rules.tables.problem_log import SHOWN_PLACES, ProblemLog
from czca_rules.tables.view_columns import view_columns

_PLACES: dict[Grid, tuple[str, str, bool]] = {
    # columns, relation they come from, whether each product and direction has its own row
    "direction": ("from_zone, to_zone", "m_border_directions", False),
    "direction_product": ("from_zone, to_zone", "m_border_directions", True),
    "hop_product": ("from_zone AS provider_zone, to_zone AS receiver_zone",
                    "m_border_directions", True),
    "zone": ("zone", "m_zones", False),
    "zone_product": ("zone", "m_zones", True),
}


def has_grid(spec: TableSpec) -> bool:
    """Whether absent keys of a table are known from the manifest and mean *missing*."""
    return spec.grid is not None and spec.absent == "missing" and spec.on_delivery_axis


def grid_sql(spec: TableSpec) -> str:
    """Every key of a table's grid, with the span of its interval; other keys at their default."""
    assert spec.grid is not None
    places, relation, by_product = _PLACES[spec.grid]
    sources = f"(SELECT {places} FROM {relation})"
    if by_product:
        sources += " CROSS JOIN (SELECT product, direction FROM m_products)"
    known = ", ".join(f"{quoted(default)} AS {named(name)}"
                      for name, default in _other_keys(spec) if default is not None)
    return (f"SELECT *{', ' + known if known else ''} FROM {sources} "
            "CROSS JOIN (SELECT mtu_start, mtu_end FROM d_intervals)")


def _other_keys(spec: TableSpec) -> list[tuple[str, str | None]]:
    """Keys that are no dimension of the grid, with their default."""
    return [(name, spec.by_name[name].default) for name in spec.key
            if not spec.by_name[name].required]


def _grid_keys(spec: TableSpec) -> list[str]:
    return [name for name in spec.key
            if spec.by_name[name].required or spec.by_name[name].default is not None]


def completed_columns(spec: TableSpec, file: int | None) -> str:
    """The columns of a completed row: its key, every other value unknown, no line."""
    known = _grid_keys(spec)
    place = "NULL" if file is None else str(file)
    return view_columns(
        spec, lambda column: named(column.name) if column.name in known
        else f"NULL::{column.sql_type}",
        ("mtu_end", "mtu_start"), ("FALSE", f"{place}::INTEGER", "NULL::BIGINT"))


def complete(relation: str, spec: TableSpec, file: int, files: Sequence[str], engine: Engine,
             log: ProblemLog) -> str | None:
    """Name the keys of the grid without a row; returns SQL that completes them, or nothing.

    The relation's keys must be unique and lie in the grid, so one count tells whether all are
    there.
    """
    keys = ", ".join(map(named, _grid_keys(spec)))
    fixed = " AND ".join(f"{named(name)} = {quoted(default)}"
                         for name, default in _other_keys(spec) if default is not None) or "TRUE"
    open_keys = any(default is None for _, default in _other_keys(spec))
    there = f"SELECT DISTINCT {keys} FROM {relation} WHERE {fixed}" if open_keys \
        else f"SELECT 1 FROM {relation} WHERE {fixed}"
    grid = grid_sql(spec)
    found = engine.query(f"SELECT count(*) FROM ({there})")[0][0]
    wanted = engine.query(f"SELECT count(*) FROM ({grid})")[0][0]
    if found == wanted:
        return None
    missing = f"missing_{spec.name}"
    same = " AND ".join(f"g.{named(name)} = r.{named(name)}" for name in _grid_keys(spec))
    engine.execute(f"CREATE OR REPLACE TABLE {named(missing)} AS SELECT g.* FROM ({grid}) g "
                   f"ANTI JOIN {relation} r ON {same}")
    _report(missing, spec, files[file], engine, log)
    return (f"SELECT * FROM {relation} UNION ALL "
            f"SELECT {completed_columns(spec, file)} FROM {named(missing)}")


def _report(missing: str, spec: TableSpec, file: str, engine: Engine, log: ProblemLog) -> None:
    count = engine.query(f"SELECT count(*) FROM {named(missing)}")[0][0]
    shown = [name for name in spec.key if spec.by_name[name].required]
    cells = ", ".join(f"CAST({named(name)} AS VARCHAR)" for name in shown)
    order = ", ".join(map(named, shown))
    first = engine.query(f"SELECT {cells} FROM {named(missing)} ORDER BY {order} "
                         f"LIMIT {SHOWN_PLACES}")
    log.add_counted(file, "missing_key", count, [
        Problem(file, None, None, "missing_key", "no row for " + ", ".join(
            f"{name} {_said(name, cell)}" for name, cell in zip(shown, row, strict=True)),
            f"a row of `{spec.name}` for every key of the manifest's grid",
            _remedy(spec)) for row in first])


def _remedy(spec: TableSpec) -> str:
    """What to do about a missing row: nothing of a power or of money is zero, a price is not."""
    priced = {column.kind for column in spec.columns if column.kind in WIDTHS} == {"price"}
    return "Add the row; a price is never left out." if priced else \
        "Write a zero where there is nothing."


def _said(name: str, cell: str) -> str:
    return cell.replace(" ", "T") + "Z" if name == "mtu_start" else cell
