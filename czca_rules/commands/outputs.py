"""The reports that a command writes: refused before any work, or written each wholly.

A long run must not end in nothing, so what can be known of a file is asked before it starts: its
format, whether it can be written, whether it would replace what is being judged. What fails after
all, such as a full disk, leaves the old file as it was and does not keep the others from being
written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from czca_rules.errors import CzcaError, UsageError

if TYPE_CHECKING:
    from czca_rules.api import Report

STANDARD_OUTPUT = "-"
#: Formats that are tables of a submission too.
_TABLE_ENDINGS = (".csv", ".xlsx")


def files_of(outputs: Sequence[str], inputs: Sequence[Path]) -> tuple[Path, ...]:
    """The files that -o names, each once; ``UsageError`` for one that could not be written.

    ``inputs`` are what is judged: a submission, its context folders.
    """
    files: dict[str, Path] = {}
    for name in outputs:
        if name != STANDARD_OUTPUT:
            file = Path(name)
            if reason := _refusal(file, inputs):
                raise UsageError(f"-o {file.as_posix()}: {reason}")
            files.setdefault(_real(file), file)
    return tuple(files.values())


def write_all(report: Report, files: Sequence[Path]) -> Iterator[tuple[Path, str | None]]:
    """Write every file; each comes with what went wrong, and the others are still written."""
    for file in files:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            report.save(file)
        except CzcaError as error:
            yield file, f"-o {file.as_posix()}: {error}"
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            left = "the old file is as it was" if file.is_file() else "nothing was written"
            yield file, f"-o {file.as_posix()}: {reason}; {left}."
        else:
            yield file, None


def _refusal(file: Path, inputs: Sequence[Path]) -> str | None:
    from czca_rules.report.formats import format_of

    if file.is_dir():
        return "this is a folder; name a file in it."
    try:
        ending = format_of(file)
    except UsageError as error:
        return str(error).removeprefix(f"{file.name}: ")
    if file.exists() and not file.is_file():
        return "this is no regular file. For JSON on standard output, write -o -."
    for place in inputs:
        if _real(file) == _real(place):
            return "this is what is to be judged; name another file."
        if ending in _TABLE_ENDINGS and place.is_dir() \
                and _real(file).startswith(_real(place) + os.sep):
            return (f"in {place.as_posix()}, which is judged, a {ending} file is a table; name "
                    "another folder.")
    return _unwritable(file)


def _unwritable(file: Path) -> str | None:
    """Why a file cannot appear where it is wanted; folders that are missing will be made."""
    folder = file.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        return f"{folder.as_posix()} is not a folder."
    # A file is replaced, never written over, so that its folder must let files in.
    return None if os.access(folder, os.W_OK | os.X_OK) else \
        f"the folder {folder.as_posix()} cannot be written to."


def _real(path: Path) -> str:
    return os.path.normcase(os.path.realpath(path))
