"""Committed submissions, changed in one way: no table, rows turned, volumes scaled, one day."""

from __future__ import annotations

import csv
import gzip
import io
import random
import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from czca_rules.market_time.days import market_day_end, market_day_start
from czca_rules.market_time.spans import format_instant, parse_instant

ROOT = Path(__file__).parent.parent / "fixtures" / "submissions"
Row = dict[str, str]
Change = Callable[[str, list[Row]], Iterable[Row]]
#: Quantities that grow with the volume; prices, shares and times do not.
GROWING = re.compile(r"_(mw|eur)$")
IN_MANIFEST = re.compile(r"(installed_mw: \{)([^}]*)(\})")


def tables_of(folder: Path) -> dict[str, Path]:
    """The text tables of a folder, by name."""
    return {path.name.split(".")[0]: path for path in sorted(folder.iterdir())
            if ".csv" in path.suffixes}


def rewritten(source: Path, target: Path, change: Change,
              manifest: Callable[[str], str] = lambda text: text) -> Path:
    """A folder copied with its rows and its manifest changed."""
    target.mkdir(parents=True)
    for name, path in tables_of(source).items():
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
        reader = csv.DictReader(io.StringIO(text))
        held = io.StringIO()
        writer = csv.DictWriter(held, reader.fieldnames or [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(name, list(reader)))
        (target / f"{name}.csv").write_text(held.getvalue(), encoding="utf-8")
    stated = source / "submission.yaml"
    if stated.exists():
        (target / "submission.yaml").write_text(manifest(stated.read_text("utf-8")), "utf-8")
    return target


def turned(seed: int) -> Change:
    """The rows of every table in another order."""
    drawn = random.Random(seed)
    return lambda name, rows: drawn.sample(rows, len(rows))


def grown(name: str, rows: list[Row]) -> list[Row]:
    """Every volume and every amount of money ten times as large."""
    return [{column: str(10 * Decimal(cell)) if cell and GROWING.search(column) else cell
             for column, cell in row.items()} for row in rows]


def with_grown_links(text: str) -> str:
    """A manifest whose interconnectors can carry ten times as much."""
    return IN_MANIFEST.sub(lambda found: found[1] + re.sub(
        r"(: )(\d+(?:\.\d+)?)", lambda number: f": {10 * Decimal(number[2])}", found[2])
        + found[3], text)


def of_day(day: str, tables: Iterable[str]) -> Change:
    """Of some tables only what lies on a market day; rows that reach over its edges are cut."""
    kept = frozenset(tables)
    first, after = market_day_start(date.fromisoformat(day)), market_day_end(
        date.fromisoformat(day))

    def inside(row: Row) -> Row | None:
        start = parse_instant(row["mtu_start"])
        end = parse_instant(row["mtu_end"]) if row.get("mtu_end") else None
        if start >= after or (end or start) < first or end == first:
            return None
        if end is None:
            return row
        return row | {"mtu_start": format_instant(max(start, first)),
                      "mtu_end": format_instant(min(end, after))}

    def change(name: str, rows: list[Row]) -> Iterable[Row]:
        if name not in kept:
            return rows
        return [cut for row in rows if (cut := inside(row)) is not None]

    return change


def for_day(day: str) -> Callable[[str], str]:
    """A manifest whose delivery is one day."""
    return lambda text: re.sub(r"delivery: \{[^}]*\}", f"delivery: {{from: {day}, to: {day}}}",
                               text)
