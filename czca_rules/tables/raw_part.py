"""Rows in the engine before any cell was looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from czca_rules.tables.engine import named
from czca_rules.tables.fingerprints import Fingerprint


@dataclass(frozen=True)
class RawPart:
    """Rows of one file as an SQL relation with the columns of ``types`` and ``_line``.

    ``types`` gives the DuckDB type that each column came with (VARCHAR for all text);
    ``fault`` says why the part cannot stand for its table. The relation of an ``in_place`` part
    is the path of its Parquet file, which is scanned where it lies. Of a sheet, ``letters`` are
    those of its columns by name, and ``refused`` says whether it has cells that cannot be taken.
    """

    source: Fingerprint
    relation: str
    types: dict[str, str]
    rows: int
    fault: str | None
    in_place: bool = False
    refused: bool = False
    letters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RawGroup:
    """Parts of a table with the same columns, as one relation with ``_file`` and ``_line``."""

    relation: str
    types: dict[str, str]
    rows: int
    in_place: bool
    refused: bool = False


def unusable(source: Fingerprint, fault: str) -> RawPart:
    """A part of which no row can be read."""
    return RawPart(source, "", {}, 0, fault)


def text_groups(parts: Sequence[tuple[int, RawPart]]) -> list[RawGroup]:
    """Text parts with the same columns under one relation each."""
    alike: dict[tuple[bool, tuple[str, ...]], list[tuple[int, RawPart]]] = {}
    for number, part in parts:
        alike.setdefault((part.refused, tuple(sorted(part.types))), []).append((number, part))
    groups = []
    for (refused, columns), members in alike.items():
        listed = ", ".join(map(named, columns))
        relation = " UNION ALL ".join(
            f"SELECT {listed}, _line, {number}::INTEGER AS _file FROM ({part.relation})"
            for number, part in members)
        groups.append(RawGroup(relation, dict.fromkeys(columns, "VARCHAR"),
                               sum(part.rows for _, part in members), in_place=False,
                               refused=refused))
    return groups
