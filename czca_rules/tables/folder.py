"""The files of a submission folder: which part of which table each one is.

Only regular files that lie in the folder itself are read. Links, pipes and devices are refused
where they would stand for a table, and a name that means nothing here is a problem with its near
miss, so that a misspelt table is never an absent one.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from czca_rules.errors import LimitReached, Problem, UsageError, near_miss
from czca_rules.tables.manifest import MANIFEST_NAME
from czca_rules.tables.problem_log import ProblemLog
from czca_rules.tables.specification import RESERVED_TABLES

if TYPE_CHECKING:
    from czca_rules.tables.workbook import Workbook

#: Most bytes of one file, and most files of one folder.
MAX_FILE_BYTES = 8 * 2**30
MAX_FILES = 20_000

Format = Literal["csv", "csv.gz", "parquet", "sheet"]
FORMATS: tuple[Format, ...] = ("csv.gz", "csv", "parquet")

#: Files that may lie beside the tables and are not read.
BESIDE = ("README*", "*.md", ".*", "report.*")


@dataclass(frozen=True)
class Part:
    """A file that holds rows of a table; ``shown_as`` is its name in problems and reports.

    A part that is a sheet names its workbook and its index in it.
    """

    table: str
    path: Path
    shown_as: str
    format: Format
    context: bool
    workbook: Workbook | None = None
    sheet: int = 0


@dataclass
class FolderContent:
    """Parts by table, and why a table that has a file all the same cannot be read."""

    parts: dict[str, list[Part]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def find_parts(folder: Path, prefix: str, tables: Collection[str], log: ProblemLog,
               content: FolderContent) -> None:
    """Sort the entries of a folder into parts; what does not belong there is a problem.

    ``prefix`` is empty for the submission's own folder and ``with1/`` ... for context folders,
    from which only tables are taken. Raises `UsageError` if the folder is not there.
    """
    forms: dict[str, list[str]] = {}
    for entry in _entries(folder, prefix):
        shown_as = prefix + entry.name
        if any(fnmatchcase(entry.name, pattern) for pattern in BESIDE):
            continue
        if entry.name == MANIFEST_NAME:
            continue
        table, form = _table_of(entry)
        if table not in tables or form is None:
            _report_unknown(entry, shown_as, tables, log)
            continue
        forms.setdefault(table, []).append(shown_as)
        refusal = _refusal(entry, folder, directory=form == "folder")
        if refusal:
            _refuse(table, shown_as, refusal, log, content)
        elif form == "folder":
            _find_in_table_folder(entry, table, shown_as, bool(prefix), log, content)
        else:
            content.parts.setdefault(table, []).append(
                Part(table, Path(entry.path).absolute(), shown_as, form, context=bool(prefix)))
    for table, names in forms.items():
        if len(names) > 1:
            _report_two_forms(table, names, log, content)


def _entries(folder: Path, prefix: str) -> Iterator[os.DirEntry[str]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        raise UsageError(f"The folder {folder} does not exist.") from None
    except NotADirectoryError:
        raise UsageError(f"{folder} is neither a folder nor an .xlsx workbook.") from None
    except OSError as error:
        raise UsageError(f"The folder {folder} cannot be read: {error.strerror}.") from None
    if len(entries) > MAX_FILES:
        raise LimitReached(f"The folder {prefix or folder} has {len(entries)} entries; at most "
                           f"{MAX_FILES} are read.")
    return iter(entries)


def _table_of(entry: os.DirEntry[str]) -> tuple[str, Format | Literal["folder"] | None]:
    for form in FORMATS:
        if entry.name.endswith(f".{form}"):
            return entry.name[:-len(form) - 1], form
    if "." in entry.name:
        return entry.name.split(".")[0], None
    is_folder = entry.is_dir(follow_symlinks=True)
    return entry.name, "folder" if is_folder else None


def _refusal(entry: os.DirEntry[str], folder: Path, directory: bool) -> str | None:
    if entry.is_symlink():
        return "a link"
    mode = entry.stat(follow_symlinks=False).st_mode
    if not (stat.S_ISDIR(mode) if directory else stat.S_ISREG(mode)):
        return "not a regular file"
    inside = os.path.realpath(folder)
    if os.path.commonpath([inside, os.path.realpath(entry.path)]) != inside:
        return "outside the folder"
    return None


def _refuse(table: str, shown_as: str, what: str, log: ProblemLog,
            content: FolderContent) -> None:
    log.add(Problem(shown_as, None, None, "not_a_file", what, "a regular file inside the folder",
                    "Put the file itself there."))
    content.refused.setdefault(table, f"{shown_as} is {what}")


def _find_in_table_folder(folder: os.DirEntry[str], table: str, shown_as: str, context: bool,
                          log: ProblemLog, content: FolderContent) -> None:
    for entry in _entries(Path(folder.path), shown_as):
        name = f"{shown_as}/{entry.name}"
        if any(fnmatchcase(entry.name, pattern) for pattern in BESIDE):
            continue
        form = next((form for form in FORMATS if entry.name.endswith(f".{form}")), None)
        if form is None:
            log.add(Problem(printable_name(name), None, None, "unknown_file", "an unknown file",
                            "parts that end in .csv, .csv.gz or .parquet",
                            "Remove it or give it its ending."))
            content.refused.setdefault(table, f"{printable_name(name)} is not a part of a table")
        elif refusal := _refusal(entry, Path(folder.path), directory=False):
            _refuse(table, printable_name(name), refusal, log, content)
        elif not name.isprintable():
            _refuse(table, printable_name(name), "a name with unprintable characters", log, content)
        else:
            content.parts.setdefault(table, []).append(
                Part(table, Path(entry.path).absolute(), name, form, context))


def printable_name(name: str) -> str:
    """A file's name without characters that would not show."""
    return name if name.isprintable() else ascii(name)[1:-1]


def _report_unknown(entry: os.DirEntry[str], shown_as: str, tables: Collection[str],
                    log: ProblemLog) -> None:
    stem = entry.name.split(".")[0]
    if stem in RESERVED_TABLES:
        fix = f"`{stem}` is reserved for later; remove it."
    elif entry.name.endswith(".xlsx"):
        fix = "A workbook is handed in by itself, as the submission or with --with."
    elif stem in tables:
        fix = f"Write it as {stem}.csv, {stem}.csv.gz, {stem}.parquet or a folder {stem}/ of these."
    else:
        fix = near_miss(stem, tables)
    log.add(Problem(printable_name(shown_as), None, None, "unknown_file", "an unknown file",
                    "a table of the specification", fix))


def _report_two_forms(table: str, names: list[str], log: ProblemLog,
                      content: FolderContent) -> None:
    log.add(Problem(names[1], None, None, "two_forms",
                    f"`{table}` a second time, beside {names[0]}", "one form of each table",
                    f"Keep one, or put both into a folder {table}/."))
    content.refused.setdefault(table, f"{' and '.join(names)} stand side by side")
