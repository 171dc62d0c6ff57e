"""The engine: one private, locked DuckDB database per submission.

Text is loaded into it, Parquet is scanned where it lies. External access is off but for the files
that were named when it was opened, no extension is ever loaded, memory is bounded, what does not
fit goes to a private folder that is removed at the end.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import duckdb

from czca_rules.errors import CzcaError, LimitReached
from czca_rules.progress import Progress, silent

Item = TypeVar("Item")

DEFAULT_MEMORY = "1GB"
#: Most that may spill to the private folder.
MAX_SPILL = "40GB"

_UNSAFE_START = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}


def quoted(text: str) -> str:
    """The text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def named(name: str) -> str:
    """The name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


#: Engines that are open, so that whoever hears of an interrupt can stop their statements.
_OPEN: weakref.WeakSet[Engine] = weakref.WeakSet()


def interrupt_all() -> None:
    """Stop every statement that runs now, from any thread; it raises ``KeyboardInterrupt``."""
    with contextlib.suppress(RuntimeError):  # one was opened just now; we are asked again
        for engine in list(_OPEN):
            engine.interrupt()


class Engine:
    """A locked DuckDB connection with its private folder; close it, or use it in a ``with``.

    ``readable`` are the only files that SQL may read besides those in the private folder.
    ``progress`` is told of the steps of the run that the engine is opened for.
    Errors of the engine come out as `CzcaError`, exhausted memory or disk as `LimitReached`.
    """

    def __init__(self, readable: Iterable[Path] = (), memory_limit: str = DEFAULT_MEMORY,
                 threads: int | None = None) -> None:
        # Named before it is made: an interrupt in between must not leave it behind.
        self.folder = Path(tempfile.gettempdir()) / f"czca-{secrets.token_hex(8)}"
        # Removes the folder at the end of the program too, if nobody closed the engine.
        self._removal = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.progress: Progress = silent
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._cursors: set[duckdb.DuckDBPyConnection] = set()
        self._ending = threading.Lock()
        self._beside = threading.local()
        try:
            self.folder.mkdir(mode=0o700)
            self._connection = duckdb.connect(":memory:", config=dict(_UNSAFE_START))
            self._lock(list(readable), memory_limit, threads or os.cpu_count() or 1)
        except duckdb.Error as error:
            self.close()
            raise self._told(error) from None
        except BaseException:
            self.close()
            raise
        _OPEN.add(self)

    def _lock(self, readable: list[Path], memory_limit: str, threads: int) -> None:
        # Order matters: paths before external access goes off, the lock at the very end.
        spill = quoted(str(self.folder / "spill"))
        paths = ", ".join(quoted(str(path)) for path in readable)
        for setting in (
                f"memory_limit = {quoted(memory_limit)}", f"threads = {threads}",
                f"temp_directory = {spill}",
                f"max_temp_directory_size = {quoted(MAX_SPILL)}",
                "preserve_insertion_order = true", "enable_progress_bar = false",
                "python_enable_replacements = false",
                # A window meets an interval by an inequality inside one zone; a hash join would
                # compare every pair there (44 times slower on a year of quarter hours).
                "prefer_range_joins = true",
                f"allowed_directories = [{quoted(str(self.folder))}]",
                f"allowed_paths = [{paths}]",
                "enable_external_access = false", "lock_configuration = true"):
            self.connection.execute(f"SET {setting}")

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The DuckDB connection of this thread; raises `CzcaError` after `close`."""
        if self._connection is None:
            raise CzcaError("The submission was closed; load it again to go on.")
        beside: duckdb.DuckDBPyConnection | None = getattr(self._beside, "connection", None)
        return beside or self._connection

    def side_by_side(self, work: Callable[[Item], None], items: Iterable[Item]) -> None:
        """Do work that touches no common table for each item, two at a time.

        Small statements cost planning, not data, so one processor would wait for the other.
        """
        def apart(item: Item) -> None:
            own = self._cursor()
            self._beside.connection = own
            try:
                work(item)
            finally:
                self._beside.connection = None
                self._end(own)

        threads = ThreadPoolExecutor(max_workers=2)
        try:
            for _ in threads.map(apart, items):
                pass  # an error of any item comes out here, the first in order
        finally:
            threads.shutdown(cancel_futures=True)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        with self._ending:
            own = self._shared().cursor()
            self._cursors.add(own)
        return own

    def _end(self, own: duckdb.DuckDBPyConnection) -> None:
        with self._ending:
            self._cursors.discard(own)
            own.close()

    def interrupt(self) -> None:
        """Stop the statements that run now, in whichever threads; they raise KeyboardInterrupt."""
        with self._ending:
            for one in (self._connection, *self._cursors):
                if one is not None:
                    with contextlib.suppress(duckdb.Error):
                        one.interrupt()

    def _shared(self) -> duckdb.DuckDBPyConnection:
        assert self._connection is not None
        return self._connection

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Run a statement for its effect."""
        try:
            self.connection.execute(sql, list(params) or None)
        except (duckdb.Error, UnicodeError, RuntimeError) as error:
            raise self._told(error) from None

    def fill(self, table: str, columns: Sequence[tuple[str, str]],
             rows: Sequence[Sequence[Any]]) -> None:
        """Create a table from Python values: (name, type) of each column, and the rows."""
        shape = ", ".join(f"{named(name)} {kind}" for name, kind in columns)
        self.execute(f"CREATE OR REPLACE TABLE {named(table)} ({shape})")
        if rows:
            lists = ", ".join(f"unnest(?::{kind}[])" for _, kind in columns)
            self.execute(f"INSERT INTO {named(table)} SELECT {lists}",
                         [[row[index] for row in rows] for index in range(len(columns))])

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query; instants are ``datetime`` in UTC, quantities ``Decimal``."""
        try:
            return self.connection.execute(sql, list(params) or None).fetchall()
        except (duckdb.Error, UnicodeError, RuntimeError) as error:
            raise self._told(error) from None

    def names(self, sql: str) -> list[tuple[str, str]]:
        """Names and types of the columns that a query has, without running it."""
        return [(row[0], row[1]) for row in self.query(f"DESCRIBE {sql}")]

    def _told(self, error: Exception) -> BaseException:
        if isinstance(error, duckdb.InterruptException) or str(error) == "Query interrupted":
            return KeyboardInterrupt()
        if isinstance(error, RuntimeError) and not isinstance(error, duckdb.Error):
            return error  # no fault of a statement
        text = str(error).strip().split("\n")[0]
        text = text.replace(str(self.folder), "(private folder)")
        text = re.sub(r"^[A-Z][A-Za-z ]*Error: ", "", text)
        if isinstance(error, duckdb.OutOfMemoryException) or "max_temp_directory" in text:
            return LimitReached(f"The data do not fit into the memory that is allowed ({text}).")
        return CzcaError(f"The engine could not finish a query: {text}")

    def close(self) -> None:
        """End the connection and remove the private folder; closing twice is harmless."""
        with self._ending:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()
        self._removal()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()
