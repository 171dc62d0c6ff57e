"""A submission as the rest of the package sees it: manifest, files, problems, tables to query."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from czca_rules.errors import Problem, SubmissionError, UsageError, near_miss
from czca_rules.market_time.days import market_day_end, market_day_start
from czca_rules.progress import Progress, silent
from czca_rules.tables.cell_kinds import Words
from czca_rules.tables.engine import DEFAULT_MEMORY, Engine
from czca_rules.tables.fingerprints import Fingerprint, RefusedFile
from czca_rules.tables.folder import Part
from czca_rules.tables.frame_rows import frame_path, load_frame
from czca_rules.tables.intake import TableIntake, finish, take_in
from czca_rules.tables.manifest import (
    MANIFEST_NAME,
    Manifest,
    manifest_from_mapping,
)
from czca_rules.tables.parquet_files import load_parquet
from czca_rules.tables.problem_log import ProblemLog
from czca_rules.tables.raw_part import unusable
from czca_rules.tables.relations import fill_manifest_relations
from czca_rules.tables.rows_read import RowsRead
from czca_rules.tables.sheet_cells import with_cell_names
from czca_rules.tables.sheet_files import load_sheet
from czca_rules.tables.specification import TABLES
from czca_rules.tables.submission_source import Source
from czca_rules.tables.text_files import load_text
from czca_rules.tables.time_axis import Interval, common_intervals, fill_intervals
from czca_rules.tables.validation import Setting


@dataclass(frozen=True)
class FileRecord:
    """A file that was read: path relative to the folder, rows, SHA-256 and its table.

    Files of context folders are prefixed ``with1/``, ``with2/`` ...; frames ``frames/``.
    """

    path: str
    rows: int
    sha256: str
    table: str


@dataclass(frozen=True)
class TableState:
    """Whether a table of the specification can be judged, and why not; rows in its files."""

    name: str
    status: Literal["ready", "absent", "unreadable"]
    reason: str | None
    rows: int


@dataclass
class Submission:
    """A loaded submission. Its engine holds ``t_<table>`` for every table, ``d_intervals`` and
    the ``m_...`` relations of the manifest; ``_file`` there is an index into ``files``.

    Close it, or use it in a ``with``: the private folder of the engine goes with it.
    """

    manifest: Manifest = field(repr=False)
    manifest_sha256: str
    files: tuple[FileRecord, ...] = field(repr=False)
    problems: tuple[Problem, ...] = field(repr=False)
    problem_counts: dict[tuple[str, str], int]
    engine: Engine = field(repr=False)
    tables: dict[str, TableState] = field(repr=False)
    intervals: tuple[Interval, ...] = field(repr=False)
    _watched: tuple[Fingerprint, ...] = field(default=(), repr=False)

    @classmethod
    def from_tables(cls, manifest: Mapping[str, Any] | Manifest, frames: Mapping[str, Any],
                    memory_limit: str = DEFAULT_MEMORY) -> Submission:
        """A submission from a manifest as mapping and a frame, or rows, for each table.

        Frames may be of pandas, polars or pyarrow; rows are mappings of text, numbers, dates and
        instants with their zone. They pass the intake of files.
        """
        for name in frames:
            if name not in TABLES:
                raise UsageError(f"There is no table `{name}`. {near_miss(name, TABLES)}")
        model = manifest if isinstance(manifest, Manifest) else manifest_from_mapping(manifest)
        content = json.dumps(model.model_dump(mode="json", by_alias=True), sort_keys=True)
        digest = hashlib.sha256(content.encode()).hexdigest()
        names = sorted([MANIFEST_NAME, *map(frame_path, frames)])
        engine = Engine(memory_limit=memory_limit)
        try:
            log = ProblemLog()
            tables = {name: TableIntake(spec) for name, spec in TABLES.items()}
            for name, frame in frames.items():
                number = names.index(frame_path(name))
                part = load_frame(frame, number, TABLES[name], engine, log)
                tables[name].parts.append((number, part))
            source = Fingerprint(Path(), MANIFEST_NAME, 0, 0, digest)
            return _assembled(model, source, names, frozenset(), tables, engine, log, ())
        except BaseException:
            engine.close()
            raise

    def verify_unchanged(self) -> None:
        """Raise `SubmissionError` if a file is no longer what it was when it was read."""
        changes = [change for item in self._watched if (change := item.change()) is not None]
        if changes:
            raise SubmissionError(changes)

    def close(self) -> None:
        """End the engine and remove its private folder."""
        self.engine.close()

    def __enter__(self) -> Submission:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


def load_submission(folder: Path, with_folders: Sequence[Path] = (),
                    only: set[str] | None = None, *, memory_limit: str = DEFAULT_MEMORY,
                    threads: int | None = None, progress: Progress = silent) -> Submission:
    """Read a submission, a folder or an .xlsx workbook, and its context of the same forms.

    ``only`` names the tables to read. Everything wrong with the data is in ``problems``. Raises
    `SubmissionError` if the manifest or a workbook cannot be read, `UsageError` if a folder is
    not there, `LimitReached` beyond a limit.
    """
    for name in only or ():
        if name not in TABLES:
            raise UsageError(f"There is no table `{name}`. {near_miss(name, TABLES)}")
    with ExitStack() as opened:
        found = Source(Path(folder), opened)
        return _loaded(found, with_folders, only, memory_limit, threads, progress)


def _loaded(found: Source, others: Sequence[Path], only: set[str] | None, memory_limit: str,
            threads: int | None, progress: Progress) -> Submission:
    log = ProblemLog()
    found.find(others, log)
    manifest, source = found.manifest()
    content = found.content
    parts = [part for name, listed in content.parts.items() for part in listed
             if only is None or name in only]
    names = sorted([source.shown_as, *(part.shown_as for part in parts)])
    tables = {name: TableIntake(spec, fault=content.refused.get(name),
                                asked_for=only is None or name in only)
              for name, spec in TABLES.items()}
    contexts = frozenset(names.index(part.shown_as) for part in parts if part.context)
    engine = Engine([part.path for part in parts if part.format == "parquet"],
                    memory_limit, threads)
    engine.progress = progress
    try:
        watched = [*([] if found.workbook else [source]),
                   *(book.source for book in found.workbooks),
                   *_load_parts(parts, names, tables, engine, log)]
        return _assembled(manifest, source, names, contexts, tables, engine, log, tuple(watched))
    except BaseException:
        engine.close()
        raise


def _load_parts(parts: Sequence[Part], names: Sequence[str], tables: Mapping[str, TableIntake],
                engine: Engine, log: ProblemLog) -> list[Fingerprint]:
    watched = []
    places = {name: number for number, name in enumerate(names)}
    for done, part in enumerate(sorted(parts, key=lambda part: part.shown_as)):
        engine.progress("Opening files", done, len(parts), "files")
        number, spec = places[part.shown_as], TABLES[part.table]
        try:
            if part.workbook is not None:
                loaded = load_sheet(part, part.workbook, number, spec, engine, log)
            elif part.format == "parquet":
                loaded = load_parquet(part, spec, engine, log)
            else:
                loaded = load_text(part, number, spec, engine, log)
        except RefusedFile as error:
            log.add(Problem(part.shown_as, None, None, "not_a_file", str(error),
                            "a regular file that can be read", ""))
            loaded = unusable(Fingerprint(part.path, part.shown_as, 0, 0, ""),
                              f"{part.shown_as} is {error}")
        if part.workbook is None:  # a workbook is watched once, not for each of its sheets
            watched.append(loaded.source)
        tables[part.table].parts.append((number, loaded))
    return watched


def _assembled(manifest: Manifest, source: Fingerprint, names: Sequence[str],
               contexts: frozenset[int], tables: Mapping[str, TableIntake], engine: Engine,
               log: ProblemLog, watched: tuple[Fingerprint, ...]) -> Submission:
    first, last = manifest.delivery_days()
    setting = Setting(_words(manifest), manifest.mtu_schedule(),
                      (market_day_start(first), market_day_end(last)), names, contexts,
                      manifest.as_of)
    fill_manifest_relations(manifest, names.index(source.shown_as), engine)
    read = RowsRead(engine.progress, [table.rows for table in tables.values()])

    def begin(item: tuple[int, TableIntake]) -> None:
        take_in(item[1], item[0], setting, engine, log)
        read.add(item[1].rows)

    def end(table: TableIntake) -> None:
        finish(table, intervals, setting, engine, log)
        read.add(table.rows)

    engine.side_by_side(begin, enumerate(tables.values()))
    intervals = common_intervals((table.spans for table in tables.values() if table.spans),
                                 first, last, setting.schedule)
    fill_intervals(intervals, engine)
    engine.side_by_side(end, tables.values())
    problems = with_cell_names(log.problems(), {
        part.source.shown_as: part.letters for table in tables.values()
        for _, part in table.parts})
    return Submission(manifest, source.sha256, _records(tables, source), problems, log.counts(),
                      engine, {name: _state(table) for name, table in
                                             tables.items()}, intervals, watched)


def _words(manifest: Manifest) -> Words:
    return Words(tuple(zone.id for zone in manifest.zones), tuple(tso.id for tso in manifest.tsos),
                 tuple(border.id for border in manifest.borders),
                 tuple((start, end) for start, end, _ in manifest.directions()),
                 tuple(manifest.product_directions()))


def _records(tables: Mapping[str, TableIntake], source: Fingerprint) -> tuple[FileRecord, ...]:
    records = [FileRecord(source.shown_as, 0, source.sha256, "")]
    for name, table in tables.items():
        records += [FileRecord(part.source.shown_as, part.rows, part.source.sha256, name)
                    for _, part in table.parts]
    return tuple(sorted(records, key=lambda record: record.path))


def _state(table: TableIntake) -> TableState:
    name = table.spec.name
    if table.fault is not None:
        return TableState(name, "unreadable", table.fault, table.rows)
    if table.base is None:
        return TableState(name, "absent", "no file" if table.asked_for else "not asked for", 0)
    return TableState(name, "ready", None, table.rows)
