"""Rows of several sources brought to the same spans, so that they can be compared by their start.

Where two sources of one direction cut time differently, the rows of that direction are split at
all boundaries of either inside them. Powers hold in each part; file and line stay the row's.
"""

from __future__ import annotations

from czca_rules.errors import LimitReached
from czca_rules.tables.columns import Column, TableSpec
from czca_rules.tables.engine import Engine, named
from czca_rules.tables.text_bytes import MAX_ROWS
from czca_rules.tables.view_columns import view_columns

#: Tables of capacities with rows of several sources, and the key column that tells the source.
ALIGNED = {"offered_capacity": "source"}

_DIRECTION = "from_zone, to_zone"


def needs_aligning(relation: str, source: str, engine: Engine) -> bool:
    """Whether several sources occur for one direction, and some spans overlap without agreeing."""
    if not engine.query(f"{_several(relation, source)} LIMIT 1"):
        return False
    # Different spans that overlap do so with their neighbour, if sorted by start.
    return bool(engine.query(
        "SELECT 1 FROM (SELECT lead(mtu_start) OVER (ORDER BY mtu_start, mtu_end) < mtu_end AS cut "
        f"FROM (SELECT DISTINCT mtu_start, mtu_end FROM {relation})) WHERE cut LIMIT 1"))


def _several(relation: str, source: str) -> str:
    return (f"SELECT {_DIRECTION} FROM {relation} GROUP BY {_DIRECTION} "
            f"HAVING min({named(source)}) <> max({named(source)})")


def aligned_sql(relation: str, spec: TableSpec, overlaps: bool, engine: Engine) -> str:
    """SQL of the relation with the rows of such directions split at each other's boundaries.

    Where rows of one source overlapped before, a key that then occurs twice is kept once, as bad
    if any was. Raises `LimitReached` if such rows come to too many parts.
    """
    pieces = f"pieces_{spec.name}"
    engine.execute(f"CREATE OR REPLACE TABLE {named(pieces)} AS "
                   f"{_pieces_sql(relation, ALIGNED[spec.name])}")
    # Both ends of a row are boundaries, so its parts are the pieces between their two numbers.
    numbered = (f"{relation} r JOIN {named(pieces)} a ON {_same('a', 'r.mtu_start')} "
                f"JOIN {named(pieces)} b ON {_same('b', 'r.mtu_end')}")
    if overlaps:
        parts = engine.query(f"SELECT sum(b.number - a.number) FROM {numbered}")[0][0]
        if parts > MAX_ROWS:
            raise LimitReached(f"The rows of `{spec.name}` overlap so that they come to more than "
                               f"{MAX_ROWS} parts; hand in spans that do not overlap.")

    def value(column: Column) -> str:
        return "p.mtu_start" if column.name == "mtu_start" else f"r.{named(column.name)}"

    place = ("r._bad", "r._file", "r._line")
    split = (f"SELECT {view_columns(spec, value, ('p.mtu_end', ''), place)} FROM ("
             f"SELECT r.*, unnest(range(a.number, b.number)) AS number FROM {numbered}) r "
             f"JOIN {named(pieces)} p ON p.number = r.number")
    if overlaps:
        keys = ", ".join(value(spec.by_name[name]) for name in spec.key)
        split += (f" QUALIFY row_number() OVER (PARTITION BY {keys} "
                  "ORDER BY r._bad DESC, r._file, r._line) = 1")
    return (f"SELECT {view_columns(spec, lambda column: named(column.name))} FROM {relation} "
            f"ANTI JOIN {named(pieces)} USING ({_DIRECTION}) UNION ALL ({split})")


def _same(pieces: str, instant: str) -> str:
    return (f"{pieces}.from_zone = r.from_zone AND {pieces}.to_zone = r.to_zone "
            f"AND {pieces}.mtu_start = {instant}")


def _pieces_sql(relation: str, source: str) -> str:
    """Every boundary of such a direction with the next one, numbered without a gap."""
    order = f"ORDER BY {_DIRECTION}, mtu_start"
    return (
        f"SELECT *, row_number() OVER ({order}) AS number, lead(mtu_start) OVER ({order}) "
        f"AS mtu_end FROM (SELECT DISTINCT {_DIRECTION}, unnest([mtu_start, mtu_end]) "
        f"AS mtu_start FROM {relation} SEMI JOIN ({_several(relation, source)}) "
        f"USING ({_DIRECTION}))")
