"""Parquet files: what their columns are, and their relation, scanned where the file lies.

The engine opens a file only under its literal path. Rows are numbered from 1. A column whose type
cannot hold its kind makes the file unusable; within the type each cell is checked like text.
"""

from __future__ import annotations

from collections.abc import Sequence

from czca_rules.errors import CzcaError, LimitReached, Problem
from czca_rules.tables.cell_sql import accepted_families, family
from czca_rules.tables.columns import Column, TableSpec
from czca_rules.tables.engine import Engine, named, quoted
from czca_rules.tables.fingerprints import hashed
from czca_rules.tables.folder import Part
from czca_rules.tables.header import input_columns, read_header
from czca_rules.tables.instant_wording import counted_since
from czca_rules.tables.problem_log import ProblemLog
from czca_rules.tables.raw_part import RawGroup, RawPart, unusable
from czca_rules.tables.text_bytes import MAX_ROWS

_WANTED: dict[str, str] = {
    "instant": "TIMESTAMP with a time zone (UTC), or text", "date": "DATE, or text",
    "boolean": "BOOLEAN, or text", "text": "text or whole numbers",
}


def load_parquet(part: Part, spec: TableSpec, engine: Engine, log: ProblemLog) -> RawPart:
    """Look at a Parquet part without reading its rows; everything wrong is in the log.

    Raises `RefusedFile` if it cannot be opened, `LimitReached` if it has too many rows.
    """
    source = hashed(part.path, part.shown_as)
    path = str(part.path)
    try:
        rows = int(engine.query(
            f"SELECT num_rows FROM parquet_file_metadata({quoted(path)})")[0][0])
        found = engine.names(f"SELECT * FROM read_parquet({quoted(path)})")
    except LimitReached:
        raise
    except (CzcaError, IndexError):
        return unusable(source, name_damaged(part.shown_as, log))
    if rows > MAX_ROWS:
        raise LimitReached(f"{part.shown_as} has {rows} rows; at most {MAX_ROWS} are read.")
    header = read_header([name for name, _ in found], spec, part.shown_as, None, log)
    columns = input_columns(spec)
    types: dict[str, str] = {}
    fault = header.fault
    for name, index in header.columns.items():
        sql_type = found[index][1]
        if family(sql_type) in accepted_families(columns[name]):
            types[name] = sql_type
        else:
            counted = _counted(columns[name], sql_type, path, engine)
            said = _name_type(columns[name], sql_type, counted, part.shown_as, log)
            fault = fault or f"{part.shown_as} has {said}"
    return RawPart(source, path, types, rows, fault, in_place=True)


def is_damaged(part: RawPart, engine: Engine) -> bool:
    """Whether the rows of a Parquet part cannot be read to their end."""
    listed = ", ".join(map(named, part.types))
    try:
        engine.query(f"SELECT max(hash({listed})) FROM read_parquet([{quoted(part.relation)}])")
    except LimitReached:
        raise
    except CzcaError:
        return True
    return False


def name_damaged(shown_as: str, log: ProblemLog) -> str:
    """Report a file that is not Parquet or is damaged; returns why its table is unreadable."""
    log.add(Problem(shown_as, None, None, "parquet", "bytes that are not Parquet",
                    "a whole Parquet file", "Write it again."))
    return f"{shown_as} is not a whole Parquet file"


def _counted(column: Column, sql_type: str, path: str, engine: Engine) -> str | None:
    """What a column of bare numbers probably counts, if it should hold instants."""
    if column.kind != "instant" or family(sql_type) not in ("integer", "double", "decimal"):
        return None
    try:
        found = engine.query(f"SELECT CAST({named(column.name)} AS DOUBLE) FROM "
                             f"read_parquet({quoted(path)}) "
                             f"WHERE {named(column.name)} IS NOT NULL LIMIT 1")
    except LimitReached:
        raise
    except CzcaError:  # a damaged file is named when its rows are read
        return None
    return counted_since(found[0][0]) if found else None


def _name_type(column: Column, sql_type: str, counted: str | None, shown_as: str,
               log: ProblemLog) -> str:
    found = f"the type {sql_type} in `{column.name}`"
    if column.kind == "instant" and family(sql_type) == "naive":
        log.add(Problem(shown_as, None, column.name, "without_offset",
                        f"{found}, which has no offset", _WANTED["instant"],
                        "Write the column with its time zone (isAdjustedToUTC)."))
        return found
    wanted = _WANTED.get(column.kind, "DECIMAL, whole numbers, DOUBLE or text"
                         if column.unit or column.kind in ("share", "number", "hours", "integer")
                         else "text")
    shown = f"{found}, which looks like {counted}" if counted else found
    log.add(Problem(shown_as, None, column.name, "column_type", shown, wanted,
                    "Convert the column where the file is written."))
    return found


def parquet_groups(parts: Sequence[tuple[int, RawPart]]) -> list[RawGroup]:
    """Parquet parts with the same columns and types under one scan each."""
    alike: dict[tuple[tuple[str, str], ...], list[tuple[int, RawPart]]] = {}
    for number, part in parts:
        alike.setdefault(tuple(sorted(part.types.items())), []).append((number, part))
    return [_group(members) for members in alike.values()]


def _group(members: Sequence[tuple[int, RawPart]]) -> RawGroup:
    types = members[0][1].types
    paths = [part.relation for _, part in members]
    listed = ", ".join(map(quoted, paths))
    if len(members) == 1:
        file = f"{members[0][0]}::INTEGER"
        options = ""
    else:
        numbers = ", ".join(f"{quoted(path)}: {number}" for path, (number, _) in
                            zip(paths, members, strict=True))
        file = f"(MAP {{{numbers}}})[filename]::INTEGER"
        options = ", filename = true"
    columns = ", ".join(map(named, types))
    return RawGroup(
        f"SELECT {columns}, file_row_number + 1 AS _line, {file} AS _file "
        f"FROM read_parquet([{listed}], file_row_number = true, union_by_name = false, "
        f"hive_partitioning = false{options})",
        types, sum(part.rows for _, part in members), in_place=True)
