"""Every finding in one file beside the report, as Parquet or CSV, named with its hash.

The columns are those of `findings_csv`. In Parquet they are text but for instants, days, lines and
flags: numbers are written as exact decimals, whose scale differs from rule to rule, so
``CAST(observed AS DECIMAL(38, 6))`` is the reader's to choose. Rows are streamed; the file appears
under its name only when it is complete. Same findings, same bytes; those of Parquet, which DuckDB
writes, also depend on its version, which the report states.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import IO, Literal, NamedTuple

from czca_rules.check.codes import Code
from czca_rules.check.finding import Finding
from czca_rules.report.findings_csv import COLUMNS, csv_head, csv_line, row_of
from czca_rules.report.model import EveryFinding, FindingPart, OutcomePart
from czca_rules.report.printable import printable
from czca_rules.tables.engine import Engine, named, quoted

FindingsForm = Literal["parquet", "csv"]
Row = list[str | None]
#: Digits of the hash that stand in the file's name.
NAME_DIGITS = 12
#: Rows of Parquet that are compressed together, and the memory that this may take.
ROWS_A_GROUP, WRITER_MEMORY = 100_000, "512MB"
PARQUET_TYPES = {"line": "BIGINT", "mtu_start": "TIMESTAMP WITH TIME ZONE", "market_day": "DATE",
                 "known": "BOOLEAN", "noted": "BOOLEAN", "confidential": "BOOLEAN"}
_KNOWN = COLUMNS.index("known")
_PIECE = 1 << 20


#: Most texts of a row stand in many rows.
_printable = lru_cache(maxsize=50_000)(printable)


class _Place(NamedTuple):
    """A `Source` that is quickly made; a finding has a dozen."""

    file: str
    line: int | None


def write_every_finding(folder: Path, form: FindingsForm, findings: Iterable[Finding],
                        rules: Mapping[str, OutcomePart], confidential: bool) -> EveryFinding:
    """Write findings as ``findings-<hash>.parquet`` or ``.csv`` into a folder.

    ``rules`` are the outcomes by rule. Returns what the report says of the file. The column
    ``known`` is empty: what a baseline has too is marked in the report.
    """
    rows = _rows(findings, rules, confidential)
    if form == "csv":
        return _placed(folder, form, lambda file: _write_csv(file, rows))
    with Engine(memory_limit=WRITER_MEMORY, threads=1) as engine:
        count, written = _parquet(engine, rows)
        return _placed(folder, form, lambda file: _copied(file, written, count))


def _rows(findings: Iterable[Finding], rules: Mapping[str, OutcomePart],
          confidential: bool) -> Iterator[Row]:
    for finding in findings:
        row = row_of(_part(finding), rules[finding.rule], confidential)
        row[_KNOWN] = None
        yield row


def _part(finding: Finding) -> FindingPart:
    """A finding as the report would state it, without what no column shows, and unchecked."""
    return FindingPart.model_construct(
        outcome=finding.code.word, key=finding.key,
        sources=tuple(_Place(*place) for place in finding.sources),
        observed=finding.observed, relation=finding.relation, required=finding.required,
        required_max=finding.required_max, tolerance=finding.tolerance, unit=finding.unit,
        parameters=(), reading=finding.reading, exemption=finding.exemption, effect_eur=None,
        message=finding.message, fix=finding.fix, missing=finding.missing,
        noted=finding.code is Code.NOTED, known=False)


def _write_csv(file: IO[bytes], rows: Iterable[Row]) -> int:
    file.write(csv_head())
    count = 0
    for row in rows:
        file.write(csv_line(row))
        count += 1
    return count


def _parquet(engine: Engine, rows: Iterable[Row]) -> tuple[int, Path]:
    """Rows in the private folder of an engine: as text first, then as the engine's Parquet.

    One thread and groups of a fixed size, so that the bytes do not depend on the machine.
    """
    text, written = engine.folder / "rows.csv", engine.folder / "rows.parquet"
    count = 0
    with open(text, "x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for row in rows:
            writer.writerow([None if cell is None else _printable(cell) for cell in row])
            count += 1
    types = ", ".join(f"{quoted(name)}: {quoted(PARQUET_TYPES.get(name, 'VARCHAR'))}"
                      for name in COLUMNS)
    listed = ", ".join(map(named, COLUMNS))
    engine.execute(
        f"COPY (SELECT {listed} FROM read_csv({quoted(str(text))}, header = false, "
        f"auto_detect = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', "
        f"nullstr = '', columns = {{{types}}})) TO {quoted(str(written))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_A_GROUP})")
    text.unlink()
    return count, written


def _copied(file: IO[bytes], written: Path, count: int) -> int:
    with open(written, "rb") as source:
        while piece := source.read(_PIECE):
            file.write(piece)
    return count


def _placed(folder: Path, form: FindingsForm, write: Callable[[IO[bytes]], int]) -> EveryFinding:
    """Let a file be written under another name, and give it its own once it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".findings.{secrets.token_hex(6)}.tmp"
    try:
        with open(draft, "x+b") as file:
            count = write(file)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        name = f"findings-{digest[:NAME_DIGITS]}.{form}"
        os.replace(draft, folder / name)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
        raise
    return EveryFinding(file=name, rows=count, sha256=digest)
