"""Opening files of a submission safely, and telling later whether one has changed."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from czca_rules.errors import LimitReached, Problem
from czca_rules.tables.folder import MAX_FILE_BYTES

# A pipe must not block, a link must not be followed, whatever stood there when it was listed.
_FLAGS = (os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
          | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))


class RefusedFile(Exception):
    """A file that is not a regular one, or that the system will not open."""


def open_regular(path: Path, shown_as: str) -> BufferedReader:
    """Open a regular file for reading bytes; raises `RefusedFile`, or `LimitReached` by size."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        raise RefusedFile(f"not readable ({(error.strerror or 'refused').lower()})") from None
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise RefusedFile("not a regular file")
    if status.st_size > MAX_FILE_BYTES:
        os.close(handle)
        raise LimitReached(f"{shown_as} has {status.st_size} bytes; at most {MAX_FILE_BYTES} "
                           "are read.")
    return os.fdopen(handle, "rb")


@dataclass(frozen=True)
class Fingerprint:
    """What a file was when it was read: size, time of change and SHA-256 of its bytes."""

    path: Path
    shown_as: str
    size: int
    mtime_ns: int
    sha256: str

    def change(self) -> Problem | None:
        """The problem to name if the file is not what it was, else nothing."""
        try:
            with open_regular(self.path, self.shown_as) as data:
                status = os.fstat(data.fileno())
                same = status.st_size == self.size \
                    and hashlib.file_digest(data, "sha256").hexdigest() == self.sha256
        except (RefusedFile, OSError):
            same = False
        if same:
            return None
        return Problem(self.shown_as, None, None, "changed", "a file that changed while it was "
                       "being judged", "the bytes that were read first",
                       "Run again when nothing writes to the folder.")


def fingerprint(data: BufferedReader, path: Path, shown_as: str, sha256: str) -> Fingerprint:
    """The fingerprint of an open file whose hash is known."""
    status = os.fstat(data.fileno())
    return Fingerprint(path, shown_as, status.st_size, status.st_mtime_ns, sha256)


def hashed(path: Path, shown_as: str) -> Fingerprint:
    """The fingerprint of a file that is read elsewhere; raises `RefusedFile`."""
    with open_regular(path, shown_as) as data:
        return fingerprint(data, path, shown_as, hashlib.file_digest(data, "sha256").hexdigest())
