"""Text files as bytes: hashing, unpacking within limits, and what their lines look like."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from czca_rules.errors import LimitReached, Problem
from czca_rules.tables.folder import Part
from czca_rules.tables.problem_log import ProblemLog

#: Most bytes of a file after unpacking, and how far it may grow once it is past 50 MB.
MAX_UNPACKED = 4 * 2**30
MAX_RATIO = 200
RATIO_COUNTS_FROM = 50_000_000
#: Most bytes of one line, most characters of one cell (the csv module refuses longer ones),
#: and most rows of one file.
MAX_LINE = 1_000_000
MAX_CELL = 131_072
MAX_ROWS = 200_000_000

_CHUNK = 4 * 2**20


@dataclass
class TextShape:
    """What the bytes of a text file are like; ``plain`` ones need no row-by-row reading."""

    sha256: str = ""
    lines: int = 0
    quotes: int = 0
    zeros: int = 0
    returns: int = 0
    return_feeds: int = 0
    feeds: int = 0
    open_line: int = 0
    longest: int = 0
    ends_in_return: bool = False
    fault: str | None = None

    def look_at(self, chunk: bytes) -> None:
        """Take a further chunk of the file into account."""
        pieces = chunk.split(b"\n")
        self.longest = max(self.longest, self.open_line + len(pieces[0]),
                           *(len(piece) for piece in pieces[1:]))
        self.open_line = len(pieces[-1]) + (self.open_line if len(pieces) == 1 else 0)
        self.feeds += len(pieces) - 1
        self.quotes += chunk.count(b'"')
        self.zeros += chunk.count(b"\0")
        self.returns += chunk.count(b"\r")
        self.return_feeds += chunk.count(b"\r\n") + (self.ends_in_return and chunk[:1] == b"\n")
        self.ends_in_return = chunk.endswith(b"\r")

    @property
    def rows(self) -> int:
        """Lines without the header, counting a last one that no line feed ends."""
        return self.feeds + (1 if self.open_line else 0) - 1

    @property
    def plain(self) -> bool:
        """Whether the engine may read the bytes: one kind of line end, nothing odd."""
        one_end = self.returns == 0 or (self.returns == self.return_feeds == self.feeds)
        return not self.zeros and one_end and self.longest <= MAX_CELL

    @property
    def crlf(self) -> bool:
        """Whether lines end as on Windows."""
        return self.returns > 0


def lay_down(data: BinaryIO, copy: Path, part: Part, log: ProblemLog) -> TextShape:
    """Write the unpacked bytes of a part to ``copy`` and say what they are like.

    Raises `LimitReached` for a file that unpacks into too much.
    """
    shape = TextShape()
    digest = hashlib.sha256()
    packed = _chunks(data, digest)
    chunks = _unpacked(packed, part, shape, log) if part.format == "csv.gz" else packed
    total = 0
    with copy.open("wb") as out:
        for chunk in chunks:
            total += len(chunk)
            if total > MAX_UNPACKED:
                raise LimitReached(f"{part.shown_as} unpacks into more than {MAX_UNPACKED} bytes; "
                                   "hand it in as Parquet or in parts.")
            shape.look_at(chunk)
            if shape.rows > MAX_ROWS:
                raise LimitReached(f"{part.shown_as} has more than {MAX_ROWS} rows.")
            out.write(chunk)
    for _ in packed:  # the hash is that of the whole file, even after a fault
        pass
    shape.sha256 = digest.hexdigest()
    return shape


def _chunks(data: BinaryIO, digest: hashlib._Hash) -> Iterator[bytes]:
    while chunk := data.read(_CHUNK):
        digest.update(chunk)
        yield chunk


def _unpacked(packed: Iterator[bytes], part: Part, shape: TextShape,
              log: ProblemLog) -> Iterator[bytes]:
    read = written = 0
    unpacker = zlib.decompressobj(31)
    ended = False
    try:
        for chunk in packed:
            read += len(chunk)
            rest = chunk
            while rest:
                if unpacker.eof:  # several packed parts in a row are one file
                    unpacker = zlib.decompressobj(31)
                out = unpacker.decompress(rest, _CHUNK)
                rest = unpacker.unconsumed_tail or (unpacker.unused_data if unpacker.eof else b"")
                written += len(out)
                if written > RATIO_COUNTS_FROM and written > MAX_RATIO * read:
                    raise LimitReached(
                        f"{part.shown_as} unpacks into more than {MAX_RATIO} times its size, "
                        "as no table does; it was not read.")
                yield out
        ended = unpacker.eof
    except zlib.error:
        pass
    if not ended:
        log.add(Problem(part.shown_as, None, None, "gzip", "bytes that do not unpack",
                        "a whole gzip file", "Pack it again."))
        shape.fault = f"{part.shown_as} does not unpack"
