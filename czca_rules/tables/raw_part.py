"""Rows in the engine before any cell was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from czca_rules.tables.engine import named
from czca_rules.tables.fingerprints import Fingerprint


@dataclass(frozen=True)
class RawPart:
    """Rows of one file as an SQL relation with the columns of ``types`` and ``_line``.

    ``types`` gives the DuckDB type that each column came with (VARCHAR for all text);
    ``fault`` says why the part cannot stand for its table. The relation of an ``in_place`` part
    is the path of its Parquet file, which is scanned where it lies.
    """

    source: Fingerprint
    relation: str
    types: dict[str, str]
    rows: int
    fault: str | None
    in_place: bool = False


@dataclass(frozen=True)
class RawGroup:
    """Parts of a table with the same columns, as one relation with ``_file`` and ``_line``."""

    relation: str
    types: dict[str, str]
    rows: int
    in_place: bool


def unusable(source: Fingerprint, fault: str) -> RawPart:
    """A part of which no row can be read."""
    return RawPart(source, "", {}, 0, fault)


def text_group(parts: Sequence[tuple[int, RawPart]]) -> RawGroup:
    """Text parts under one relation; a column that only some have is NULL in the others."""
    columns = list(dict.fromkeys(name for _, part in parts for name in part.types))
    selects = []
    for number, part in parts:
        listed = ", ".join(
            named(name) if name in part.types else f"NULL::VARCHAR AS {named(name)}"
            for name in columns)
        selects.append(f"SELECT {listed}, _line, {number}::INTEGER AS _file "
                       f"FROM ({part.relation})")
    return RawGroup(" UNION ALL ".join(selects), dict.fromkeys(columns, "VARCHAR"),
                    sum(part.rows for _, part in parts), in_place=False)
