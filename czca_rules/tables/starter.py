"""A folder to start from: a commented manifest, a header for every table, and the grid.

``init_submission`` never writes over anything that somebody filled in: a file that holds nothing
but the header it was given may be filled with the grid, every other existing file is refused.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain, product
from pathlib import Path

from czca_rules.errors import LimitReached, SubmissionError, UsageError
from czca_rules.market_time.days import market_days
from czca_rules.market_time.spans import format_local
from czca_rules.tables.columns import Grid, TableSpec
from czca_rules.tables.manifest import MANIFEST_NAME, Manifest, read_manifest
from czca_rules.tables.specification import TABLES
from czca_rules.tables.starter_manifest import EXAMPLE

#: Most rows that a table is laid out with; a longer period is split into submissions.
MOST_GRID_ROWS = 5_000_000

_OTHER_FORMS = (".csv.gz", ".parquet", "")


def grid_dimensions(manifest: Manifest, grid: Grid) -> list[dict[str, str]]:
    """The keys of a grid without time, as mappings from column to value, in manifest order."""
    directions = [{"from_zone": start, "to_zone": end} for start, end, _ in manifest.directions()]
    hops = [{"provider_zone": start, "receiver_zone": end}
            for start, end, _ in manifest.directions()]
    zones = [{"zone": zone.id} for zone in manifest.zones]
    products = [{"product": name, "direction": way}
                for name, way in manifest.product_directions()]
    places = {"direction": directions, "direction_product": directions, "hop_product": hops,
              "zone": zones, "zone_product": zones}[grid]
    if grid in ("direction", "zone"):
        return places
    return [{**place, **item} for place, item in product(places, products)]


def init_submission(directory: Path, grid: bool = False) -> list[Path]:
    """Lay out a submission folder and return the files written, in order.

    Without a grid: the example manifest and a header for every table. With one: for each table
    whose keys follow from the manifest all of them, with empty values; the manifest in the
    folder is used if there is one. Raises `UsageError` naming every file in the way, and
    `SubmissionError` if the manifest cannot be read.
    """
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory.name} is not a folder")
    manifest_path = directory / MANIFEST_NAME
    manifest = _manifest_for(manifest_path) if grid else None
    wanted = [spec for spec in TABLES.values()
              if _is_wanted(directory, spec, manifest is not None)]
    blocked = [path.name for spec in wanted for path in _in_the_way(directory, spec)]
    keep_manifest = grid and manifest_path.exists()
    if manifest_path.exists() and not grid:
        blocked.insert(0, MANIFEST_NAME)
    if blocked:
        raise UsageError("would write over " + ", ".join(blocked) + "; move them away first")
    directory.mkdir(parents=True, exist_ok=True)
    contents: list[tuple[Path, Iterable[str]]] = [
        (directory / f"{spec.name}.csv", _lines(spec, manifest)) for spec in wanted]
    if not keep_manifest:
        contents.insert(0, (manifest_path, [EXAMPLE]))
    return _write_all(directory, contents)


def _manifest_for(path: Path) -> Manifest:
    """The manifest in the folder, or the example that will be written there."""
    if path.exists():
        manifest, problems = read_manifest(path, MANIFEST_NAME)
    else:
        with tempfile.TemporaryDirectory() as private:
            example = Path(private) / MANIFEST_NAME
            example.write_text(EXAMPLE, encoding="utf-8")
            manifest, problems = read_manifest(example, MANIFEST_NAME)
    if manifest is None:
        raise SubmissionError(problems)
    return manifest


def _is_wanted(directory: Path, spec: TableSpec, grid: bool) -> bool:
    """A table with a grid always; one without only where nothing of it exists yet."""
    if not grid or spec.grid is not None:
        return True
    forms = (".csv", *_OTHER_FORMS)
    return not any(os.path.lexists(directory / f"{spec.name}{form}") for form in forms)


def _in_the_way(directory: Path, spec: TableSpec) -> Iterator[Path]:
    for form in _OTHER_FORMS:
        if os.path.lexists(directory / f"{spec.name}{form}"):
            yield directory / f"{spec.name}{form}"
    path = directory / f"{spec.name}.csv"
    if os.path.lexists(path) and not _only_header(path, spec):
        yield path


def _only_header(path: Path, spec: TableSpec) -> bool:
    header = _row(_header(spec)).encode()
    return path.is_file() and not path.is_symlink() and path.stat().st_size == len(header) \
        and path.read_bytes() == header


def _header(spec: TableSpec) -> list[str]:
    return [column.name for column in spec.columns]


def _row(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _lines(spec: TableSpec, manifest: Manifest | None) -> Iterator[str]:
    header = iter([_row(_header(spec))])
    if manifest is None or spec.grid is None:
        return header
    dimensions = grid_dimensions(manifest, spec.grid)
    schedule = manifest.mtu_schedule()
    days = list(market_days(*manifest.delivery_days()))
    rows = len(dimensions) * sum(schedule.count_on(day) for day in days)
    if rows > MOST_GRID_ROWS:
        raise LimitReached(f"{spec.name} would have {rows} rows, more than {MOST_GRID_ROWS}; "
                           "lay out a shorter delivery period")
    starts = [format_local(slot.start) for day in days for slot in schedule.grid(day)]
    return chain(header, _grid_rows(spec, dimensions, starts))


def _grid_rows(spec: TableSpec, dimensions: list[dict[str, str]],
               starts: list[str]) -> Iterator[str]:
    defaults = {name: spec.by_name[name].default or "" for name in spec.key}
    for place in dimensions:
        for start in starts:
            cells = {**defaults, **place, "mtu_start": start}
            yield _row([cells.get(column.name, "") for column in spec.columns])


def _write_all(directory: Path, contents: list[tuple[Path, Iterable[str]]]) -> list[Path]:
    """Write every file under a temporary name first, then rename them all."""
    written: list[tuple[Path, Path]] = []
    try:
        for path, lines in contents:
            draft = directory / f".{path.name}.{os.getpid()}.tmp"
            with open(draft, "x", encoding="utf-8", newline="") as file:
                written.append((draft, path))
                file.writelines(lines)
        for draft, path in written:
            os.replace(draft, path)
    finally:
        for draft, _ in written:
            draft.unlink(missing_ok=True)
    return [path for path, _ in contents]
