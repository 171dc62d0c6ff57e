"""An .xlsx file as what it is: a zip archive of XML parts, opened within limits.

Everything that is read of a workbook passes here first: sizes before unpacking, then the XML
itself, strictly and without document types. What the reader of values would take for something
else than this module does (two parts of one name, sheets in unusual places) is refused.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from xml.parsers import expat

from czca_rules.errors import LimitReached

#: Most bytes of a workbook, of all its parts unpacked, and of one that is not a sheet.
MAX_WORKBOOK_BYTES = 250_000_000
MAX_UNPACKED_BYTES = 2_000_000_000
MAX_PART_BYTES = 200_000_000
#: Tables shrink 10 to 60 times in a zip archive; a bomb a thousand times.
MAX_RATIO = 200
RATIO_COUNTS_FROM = 1_000_000
MAX_PARTS = 5_000
MAX_SHEETS = 500

SAVE_AGAIN = "Save it again as an Excel workbook (.xlsx)."
_PIECE_BYTES = 1 << 20
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_TEXTS = "xl/sharedStrings.xml"
_SHEET_PLACE = re.compile(r"(?:/xl/)?(worksheets/[A-Za-z0-9_.-]+\.xml)", re.ASCII)

Start = Callable[[str, dict[str, str]], None]


class UnreadableWorkbookError(Exception):
    """A file that cannot be read as a workbook: what was found, and what to do."""

    def __init__(self, found: str, fix: str = SAVE_AGAIN) -> None:
        super().__init__(found)
        self.found, self.fix = found, fix


@dataclass(frozen=True)
class WorkbookParts:
    """The opened archive, the name and part of each sheet, and how long each shared text is.

    A sheet that is no worksheet, or lies where none should, has an empty part.
    """

    archive: zipfile.ZipFile
    sheets: tuple[tuple[str, str], ...]
    text_lengths: Sequence[int] = field(repr=False)


def open_parts(data: BufferedReader, shown_as: str) -> WorkbookParts:
    """Look at an open file; raises `UnreadableWorkbookError`, or `LimitReached` by size."""
    if data.read(len(_OLE)) == _OLE:
        raise UnreadableWorkbookError(
            "an encrypted workbook or one in the format before .xlsx",
            "Save it as an Excel workbook (.xlsx) without a password.")
    data.seek(0)
    try:
        archive = zipfile.ZipFile(data)
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError):
        raise UnreadableWorkbookError("bytes that are not a workbook") from None
    _refuse_sizes(archive.infolist(), shown_as)
    _refuse_other_kinds(archive)
    sheets = _sheets(archive, shown_as)
    return WorkbookParts(archive, sheets, _text_lengths(archive))


def _refuse_sizes(parts: Sequence[zipfile.ZipInfo], shown_as: str) -> None:
    if len(parts) > MAX_PARTS:
        raise LimitReached(f"{shown_as} has {len(parts)} parts; at most {MAX_PARTS} are read.")
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise LimitReached(f"{shown_as} unpacks into more than {MAX_UNPACKED_BYTES} bytes; hand "
                           "its tables in as Parquet.")
    for part in parts:
        if part.file_size > RATIO_COUNTS_FROM \
                and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            raise LimitReached(f"{shown_as}: its part {part.filename[:80]!r} unpacks into more "
                               f"than {MAX_RATIO} times its size, as no table does; it was not "
                               "read.")
        if part.file_size > MAX_PART_BYTES and not part.filename.startswith("xl/worksheets/"):
            raise LimitReached(f"{shown_as}: its part {part.filename[:80]!r} has more than "
                               f"{MAX_PART_BYTES} bytes; hand large tables in as Parquet.")


def _refuse_other_kinds(archive: zipfile.ZipFile) -> None:
    names = [part.filename for part in archive.infolist()]
    # The reader of values looks parts up without regard to case.
    folded = [name.replace("\\", "/").lower() for name in names]
    if len(set(folded)) < len(folded):
        raise UnreadableWorkbookError("an archive that holds a part twice")
    if any(part.flag_bits & 1 for part in archive.infolist()):
        raise UnreadableWorkbookError("an encrypted archive", "Save it without a password.")
    if "xl/workbook.bin" in folded:
        raise UnreadableWorkbookError("a binary workbook (.xlsb)")
    if any(name.endswith("vbaproject.bin") for name in folded):
        raise UnreadableWorkbookError("a workbook with macros",
                                      "Save it as an Excel workbook without macros (.xlsx).")
    for wanted in ("[Content_Types].xml", _WORKBOOK, _RELATIONS):
        if wanted not in names:
            raise UnreadableWorkbookError(f"an archive without {wanted}, which is no workbook")
    if _TEXTS not in names and _TEXTS.lower() in folded:
        raise UnreadableWorkbookError("shared texts in an unusual place")
    kinds: list[str] = []
    read_xml(archive, "[Content_Types].xml", lambda _, given: kinds.append(
        given.get("ContentType", "")))
    if any("macroenabled" in kind.lower() for kind in kinds):
        raise UnreadableWorkbookError("a workbook with macros",
                                      "Save it as an Excel workbook without macros (.xlsx).")


def read_xml(archive: zipfile.ZipFile, part: str, start: Start,
             end: Callable[[str], None] | None = None,
             text: Callable[[str], None] | None = None) -> None:
    """Read a part to its end, calling back for its elements (names without their prefix).

    Raises `UnreadableWorkbookError` for a part that is damaged, not XML, or has a document type.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, given: start(local(name), given)
    if end is not None:
        parser.EndElementHandler = lambda name: end(local(name))
    if text is not None:
        parser.CharacterDataHandler = text
    feed(archive, part, parser)


def feed(archive: zipfile.ZipFile, part: str, parser: expat.XMLParserType) -> None:
    """Give all bytes of a part to a parser, which must not meet a document type."""
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        with archive.open(part) as stream:
            while piece := stream.read(_PIECE_BYTES):
                parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnreadableWorkbookError(
            f"damaged XML in {part} ({expat.ErrorString(error.code)})") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError,
            KeyError):
        raise UnreadableWorkbookError(f"the part {part}, which does not unpack") from None


def _refuse_document_type(*_: object) -> None:
    raise UnreadableWorkbookError("XML with a document type, as no spreadsheet writes it")


def local(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


def _sheets(archive: zipfile.ZipFile, shown_as: str) -> tuple[tuple[str, str], ...]:
    targets = _targets(archive)
    found: list[tuple[str, str]] = []

    def start(name: str, given: dict[str, str]) -> None:
        if name == "sheet" and "name" in given:
            if len(found) == MAX_SHEETS:
                raise LimitReached(f"{shown_as} has more than {MAX_SHEETS} sheets.")
            relation = next((value for key, value in given.items() if local(key) == "id"
                             and key != "id"), "")
            place = _SHEET_PLACE.fullmatch(targets.get(relation, ""))
            found.append((given["name"], f"xl/{place[1]}" if place else ""))

    read_xml(archive, _WORKBOOK, start)
    return tuple(found)


def _targets(archive: zipfile.ZipFile) -> Mapping[str, str]:
    targets: dict[str, str] = {}

    def start(name: str, given: dict[str, str]) -> None:
        if name != "Relationship":
            return
        if given.get("Id", "") in targets:
            raise UnreadableWorkbookError("a workbook that names two parts alike")
        kind = given.get("Type", "").rpartition("/")[2]
        inside = given.get("TargetMode", "Internal") == "Internal"
        targets[given.get("Id", "")] = given.get("Target", "") \
            if kind == "worksheet" and inside else ""

    read_xml(archive, _RELATIONS, start)
    return targets


def _text_lengths(archive: zipfile.ZipFile) -> Sequence[int]:
    """How many characters each shared text has, so that a few cannot be blown up by cells."""
    lengths = array("L")
    if _TEXTS not in archive.namelist():
        return lengths

    def start(name: str, _: dict[str, str]) -> None:
        if name == "si":
            lengths.append(0)

    def text(said: str) -> None:
        if lengths:
            lengths[-1] += len(said)

    read_xml(archive, _TEXTS, start, text=text)
    return lengths
