"""The report as bytes: same report, same bytes, on every machine.

Keys sorted, UTF-8, two spaces, one newline at the end, and no binary floating point anywhere.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from pathlib import Path

from czca_rules.report.model import ReportModel
from czca_rules.report.printable import json_printable


def canonical_bytes(report: ReportModel) -> bytes:
    """The canonical JSON document of a report; raises ``TypeError`` where a float occurs."""
    content = report.model_dump(mode="python", by_alias=True, warnings=False)
    _refuse_floats(content, "report")
    document = json.dumps(content, sort_keys=True, ensure_ascii=False, indent=2, allow_nan=False)
    return (json_printable(document) + "\n").encode("utf-8")


def canonical_sha256(report: ReportModel) -> str:
    """The hash by which a report is known: SHA-256 of its canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical_bytes(report)).hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old content or the new, never a part of it."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    # 0o666 less the umask: what a plain open() would give, unlike the tempfile module.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(temporary, flags, 0o666), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    # The rename itself is durable only once the folder is; Windows cannot open one.
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_floats(value: object, place: str) -> None:
    if isinstance(value, float):
        raise TypeError(f"{place} is the binary floating-point number {value!r}; a report holds "
                        "decimal numbers as text")
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_floats(item, f"{place}.{key}")
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            _refuse_floats(item, f"{place}[{index}]")
