"""Frames and lists of rows as text rows, so that they pass the intake of files.

A binary number is written as the decimal of its column that it stands for within 1e-9; any other
is written out in full, so that the check of cells names it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from czca_rules.errors import UsageError
from czca_rules.tables.columns import WIDTHS, Column, TableSpec
from czca_rules.tables.engine import Engine, named
from czca_rules.tables.fingerprints import Fingerprint
from czca_rules.tables.header import input_columns, read_header
from czca_rules.tables.problem_log import ProblemLog
from czca_rules.tables.raw_part import RawPart, unusable
from czca_rules.tables.text_files import load_rows

#: How far a binary double may stand from the decimal that it means.
DOUBLE_TOLERANCE = Decimal("1e-9")
_DOUBLE_EXACT = 2**53


def frame_path(table: str) -> str:
    """The name under which a frame stands among the files of a submission."""
    return f"frames/{table}"


def load_frame(frame: Any, number: int, spec: TableSpec, engine: Engine,
               log: ProblemLog) -> RawPart:
    """Load a pandas, polars or pyarrow table, or rows as mappings, into ``raw_<number>``.

    Rows are numbered from 1; the hash is that of the rows as text.
    """
    shown_as = frame_path(spec.name)
    names, rows, empty_nan = _opened(frame, spec)
    header = read_header(names, spec, shown_as, None, log)
    digest = hashlib.sha256()
    source = Fingerprint(Path(), shown_as, 0, 0, "")
    if not header.columns:
        return unusable(source, header.fault or "")
    columns = input_columns(spec)
    picks = [(index, columns[name]) for name, index in header.columns.items()]
    digest.update("\x1f".join(header.columns).encode("utf-8", "replace"))

    def cells() -> Iterator[list[object]]:
        for line, row in enumerate(rows, 1):
            texts = [as_text(row[index], column, empty_nan) for index, column in picks]
            digest.update(("\x1e" + "\x1f".join(texts)).encode("utf-8", "replace"))
            yield [line, *texts]

    table = f"raw_{number}"
    count = load_rows(cells(), table, list(header.columns), engine)
    return RawPart(Fingerprint(Path(), shown_as, 0, 0, digest.hexdigest()),
                   f"SELECT * FROM {named(table)}", dict.fromkeys(header.columns, "VARCHAR"),
                   count, header.fault)


def _opened(frame: Any, spec: TableSpec) -> tuple[list[str], Iterable[Sequence[Any]], bool]:
    if hasattr(frame, "itertuples"):  # pandas, where NaN is how a number is missing
        return [str(name) for name in frame.columns], frame.itertuples(index=False, name=None), True
    if hasattr(frame, "collect"):  # a polars LazyFrame
        frame = frame.collect()
    if hasattr(frame, "iter_rows"):
        return list(frame.columns), frame.iter_rows(), False
    if hasattr(frame, "to_batches") and hasattr(frame, "column_names"):
        return list(frame.column_names), chain.from_iterable(
            zip(*batch.to_pydict().values(), strict=True) for batch in frame.to_batches()), False
    rows = list(frame) if isinstance(frame, Iterable) and not isinstance(frame, str) else None
    if rows is None or not all(isinstance(row, Mapping) for row in rows):
        raise UsageError(f"`{spec.name}` is neither a frame of pandas, polars or pyarrow nor a "
                         "list of rows as mappings.")
    if not rows:  # a table that was handed in and holds nothing
        return [column.name for column in spec.columns], rows, False
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    return names, ([row.get(name) for name in names] for row in rows), False


def as_text(value: Any, column: Column, empty_nan: bool = False) -> str:
    """A value as the text that a file would hold; what is missing is empty."""
    if hasattr(value, "item") and not isinstance(value, str | bytes):
        value = value.item()  # a scalar of numpy
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return ""
    if isinstance(value, str):
        return value.replace("\0", "�")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value, column, empty_nan)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _float_text(value: float, column: Column, empty_nan: bool) -> str:
    if not math.isfinite(value):
        return "" if empty_nan and math.isnan(value) else str(value)
    number = Decimal(repr(value))
    if column.kind in WIDTHS:
        scale = WIDTHS[column.kind][1]
        if abs(value) * 10**scale >= _DOUBLE_EXACT and number.is_finite():
            return f"{value!r} (binary, more digits than it can hold)"
        meant = round(number, scale)
        if abs(number - meant) <= DOUBLE_TOLERANCE:
            number = meant
    return format(number, "f")
