"""CSV and gzipped CSV: from bytes to a table of text with the line of each row.

The bytes are read once: hashed, unpacked within limits, and laid into the private folder. The
engine reads them from there if it finds as many rows as there are lines, which shows that each
row is one line; else the csv module reads row by row and names what is wrong, by physical line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from czca_rules.errors import CzcaError, LimitReached
from czca_rules.tables.columns import TableSpec
from czca_rules.tables.engine import Engine, named, quoted
from czca_rules.tables.fingerprints import Fingerprint, fingerprint, open_regular
from czca_rules.tables.folder import Part
from czca_rules.tables.header import read_header
from czca_rules.tables.problem_log import ProblemLog
from czca_rules.tables.raw_part import RawPart, unusable
from czca_rules.tables.text_bytes import MAX_LINE, TextShape, lay_down
from czca_rules.tables.text_rows import RowReader

# Quoted cells may hold lines, so a line may be as long as the longest cell of every column.
_FIXED = ("auto_detect = false, header = false, delim = ',', comment = '', encoding = 'utf-8', "
          "strict_mode = true, null_padding = false, ignore_errors = false, nullstr = '', "
          f"max_line_size = {4 * MAX_LINE}")


def load_text(part: Part, number: int, spec: TableSpec, engine: Engine,
              log: ProblemLog) -> RawPart:
    """Load a text part into the table ``raw_<number>``; everything wrong is in the log.

    Raises `RefusedFile` if it cannot be opened, `LimitReached` if it is too large.
    """
    copy = engine.folder / f"text_{number}.csv"
    try:
        with open_regular(part.path, part.shown_as) as data:
            shape = lay_down(data, copy, part, log)
            source = fingerprint(data, part.path, part.shown_as, shape.sha256)
        if shape.fault:
            return unusable(source, shape.fault)
        return _loaded(copy, shape, source, f"raw_{number}", spec, engine, log)
    finally:
        copy.unlink(missing_ok=True)


def _loaded(copy: Path, shape: TextShape, source: Fingerprint, table: str, spec: TableSpec,
            engine: Engine, log: ProblemLog) -> RawPart:
    rows = RowReader(copy, source.shown_as, log)
    names = rows.header()
    if names is None:
        return unusable(source, rows.fault or "")
    header = read_header(names, spec, source.shown_as, 1, log)
    if not header.columns:
        return unusable(source, header.fault or "")
    types = dict.fromkeys(header.columns, "VARCHAR")
    if shape.plain and _taken_as_it_is(copy, shape, table, header.columns, len(names), engine):
        listed = ", ".join(map(named, types))
        # Rows stand in the table in the file's order, the header being line 1.
        relation = f"SELECT {listed}, rowid + 2 AS _line FROM {named(table)}"
        return RawPart(source, relation, types, shape.rows, header.fault)
    pick = tuple(header.columns.values())
    cells = ([line, *[row[index] for index in pick]] for line, row in rows.rows())
    count = load_rows(cells, table, list(types), engine)
    return RawPart(source, f"SELECT * FROM {named(table)}", types, count,
                   header.fault or rows.fault)


def _taken_as_it_is(copy: Path, shape: TextShape, table: str, columns: dict[str, int],
                    width: int, engine: Engine) -> bool:
    """Let the engine read the file; false if it refuses or finds other rows than lines."""
    listed = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(width))
    wanted = ", ".join(f"c{index} AS {named(name)}" for name, index in columns.items())
    line_end = "\\r\\n" if shape.crlf else "\\n"
    # A cell of several lines would confuse threads that start in its middle.
    quotes = "quote = '\"', escape = '\"', parallel = false, allow_quoted_nulls = true" \
        if shape.quotes else "quote = '', escape = ''"
    try:
        engine.execute(
            f"CREATE OR REPLACE TABLE {named(table)} AS SELECT {wanted} "
            f"FROM read_csv({quoted(str(copy))}, columns = {{{listed}}}, skip = 1, {quotes}, "
            f"new_line = '{line_end}', {_FIXED})")
    except LimitReached:
        raise
    except CzcaError:
        return False
    found = engine.query(f"SELECT count(*) FROM {named(table)}")[0][0]
    return bool(found == shape.rows)


def load_rows(cells: Iterator[list[object]], table: str, columns: list[str],
              engine: Engine) -> int:
    """Load rows of (line, cells as text) into a table; returns how many there were."""
    path = engine.folder / f"{table}.csv"
    count = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        while batch := list(islice(cells, 10_000)):
            writer.writerows(batch)
            count += len(batch)
    listed = ", ".join([f"{named(name)}: 'VARCHAR'" for name in columns])
    engine.execute(
        f"CREATE OR REPLACE TABLE {named(table)} AS SELECT * "
        f"FROM read_csv({quoted(str(path))}, columns = {{'_line': 'BIGINT', {listed}}}, "
        "quote = '\"', escape = '\"', new_line = '\\n', allow_quoted_nulls = true, "
        f"parallel = false, {_FIXED})")
    path.unlink()
    return count
