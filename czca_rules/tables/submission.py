"""A submission as the rest of the package sees it: manifest, files, problems, tables to query."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from czca_rules.errors import Problem, SubmissionError, UsageError, near_miss
from czca_rules.market_time.days import market_day_end, market_day_start
from czca_rules.tables.cell_kinds import Words
from czca_rules.tables.engine import DEFAULT_MEMORY, Engine
from czca_rules.tables.fingerprints import Fingerprint, RefusedFile, hashed
from czca_rules.tables.folder import FolderContent, Part, find_parts
from czca_rules.tables.frame_rows import frame_path, load_frame
from czca_rules.tables.intake import TableIntake, finish, take_in
from czca_rules.tables.manifest import (
    MANIFEST_NAME,
    Manifest,
    manifest_from_mapping,
    read_manifest,
)
from czca_rules.tables.parquet_files import load_parquet
from czca_rules.tables.problem_log import ProblemLog
from czca_rules.tables.raw_part import unusable
from czca_rules.tables.relations import fill_manifest_relations
from czca_rules.tables.specification import TABLES
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
                    threads: int | None = None) -> Submission:
    """Read a submission folder and its context folders; ``only`` names the tables to read.

    Everything wrong with the data is in ``problems``. Raises `SubmissionError` if the manifest
    cannot be read, `UsageError` if a folder is not there, `LimitReached` beyond a limit.
    """
    folder = Path(folder)
    for name in only or ():
        if name not in TABLES:
            raise UsageError(f"There is no table `{name}`. {near_miss(name, TABLES)}")
    log = ProblemLog()
    content = FolderContent()
    find_parts(folder, "", TABLES, log, content)
    for number, other in enumerate(with_folders, 1):
        find_parts(Path(other), f"with{number}/", TABLES, log, content)
    manifest, source = _manifest(folder.absolute())
    parts = [part for name, listed in content.parts.items() for part in listed
             if only is None or name in only]
    names = sorted([MANIFEST_NAME, *(part.shown_as for part in parts)])
    tables = {name: TableIntake(spec, fault=content.refused.get(name),
                                asked_for=only is None or name in only)
              for name, spec in TABLES.items()}
    contexts = frozenset(names.index(part.shown_as) for part in parts if part.context)
    engine = Engine([part.path for part in parts if part.format == "parquet"],
                    memory_limit, threads)
    try:
        watched = [source, *_load_parts(parts, names, tables, engine, log)]
        return _assembled(manifest, source, names, contexts, tables, engine, log, tuple(watched))
    except BaseException:
        engine.close()
        raise


def _manifest(folder: Path) -> tuple[Manifest, Fingerprint]:
    path = folder / MANIFEST_NAME
    if not path.exists() and not path.is_symlink():
        raise SubmissionError([Problem(MANIFEST_NAME, None, None, "missing_file", "no such file",
                                       "a manifest in the folder", "`czca init` makes one.")])
    try:
        source = hashed(path, MANIFEST_NAME)
    except RefusedFile as error:
        raise SubmissionError([Problem(
            MANIFEST_NAME, None, None, "not_a_file", "a link" if path.is_symlink() else str(error),
            "a regular file inside the folder", "Put the file itself there.")]) from None
    manifest, problems = read_manifest(path, MANIFEST_NAME)
    if manifest is None:
        raise SubmissionError(problems)
    return manifest, source


def _load_parts(parts: Sequence[Part], names: Sequence[str], tables: Mapping[str, TableIntake],
                engine: Engine, log: ProblemLog) -> list[Fingerprint]:
    watched = []
    places = {name: number for number, name in enumerate(names)}
    for part in sorted(parts, key=lambda part: part.shown_as):
        number, spec = places[part.shown_as], TABLES[part.table]
        try:
            if part.format == "parquet":
                loaded = load_parquet(part, spec, engine, log)
            else:
                loaded = load_text(part, number, spec, engine, log)
        except RefusedFile as error:
            log.add(Problem(part.shown_as, None, None, "not_a_file", str(error),
                            "a regular file that can be read", ""))
            loaded = unusable(Fingerprint(part.path, part.shown_as, 0, 0, ""),
                              f"{part.shown_as} is {error}")
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
    fill_manifest_relations(manifest, names.index(MANIFEST_NAME), engine)
    engine.side_by_side(lambda item: take_in(item[1], item[0], setting, engine, log),
                        enumerate(tables.values()))
    intervals = common_intervals((table.spans for table in tables.values() if table.spans),
                                 first, last, setting.schedule)
    fill_intervals(intervals, engine)
    engine.side_by_side(lambda table: finish(table, intervals, setting, engine, log),
                        tables.values())
    return Submission(manifest, source.sha256, _records(tables, source), log.problems(),
                      log.counts(), engine, {name: _state(table) for name, table in
                                             tables.items()}, intervals, watched)


def _words(manifest: Manifest) -> Words:
    return Words(tuple(zone.id for zone in manifest.zones), tuple(tso.id for tso in manifest.tsos),
                 tuple(border.id for border in manifest.borders),
                 tuple((start, end) for start, end, _ in manifest.directions()),
                 tuple(manifest.product_directions()))


def _records(tables: Mapping[str, TableIntake], source: Fingerprint) -> tuple[FileRecord, ...]:
    records = [FileRecord(MANIFEST_NAME, 0, source.sha256, "")]
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
