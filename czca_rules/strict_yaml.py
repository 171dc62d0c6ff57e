"""YAML that means what it says: no guessed types, no duplicate keys, every node with its place.

Plain YAML reads `NO` as false, `10:00` as 600 and lets the second of two equal keys win. Here
only `true`, `false`, `null` and decimal numbers are typed; every other scalar is text; anchors,
aliases, tags, duplicate keys and over-deep or over-long files are refused with line and column.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from czca_rules.errors import Problem

MAX_BYTES = 4_000_000
#: Most collections inside one another, and most nodes of a file.
MAX_DEPTH, MAX_NODES = 24, 100_000
#: Reading stops after so many problems of form, and refuses numbers of more characters.
MAX_PROBLEMS, MAX_NUMBER = 100, 60

try:  # the C parser is ten times faster and yields the same nodes
    from yaml import CSafeLoader as _Parser
except ImportError:  # pragma: no cover - only where libyaml is missing
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")

Place = tuple[int, int]


@dataclass(frozen=True)
class Written:
    """How a text stands in its file: where it begins, and whether in quotes or as a block."""

    source: str
    start: int
    style: str | None

    def place(self, value: str, offset: int) -> Place:
        """The line and column of a character of the text, however it is quoted or folded."""
        at = self.start
        if self.style in ("|", ">"):
            at = self.source.find("\n", at) + 1
        elif self.style in ("'", '"'):
            at += 1
        found = at
        # spaces and line ends are folded, so only the other characters tell the place
        for character in value[:offset + 1]:
            if not character.isspace():
                found = max(self.source.find(character, at), found)
                at = found + 1
        after = value[offset:offset + 1].strip() == "" and at > found
        return _place_at(self.source, at if after else found)


def _place_at(source: str, index: int) -> Place:
    return source.count("\n", 0, index) + 1, index - source.rfind("\n", 0, index)


class Located(dict[str, Any]):
    """A mapping that knows the line and column of itself, its keys and its values."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.key_places: dict[str, Place] = {}
        self.value_places: dict[str, Place] = {}
        self.written: dict[str, Written] = {}


class LocatedList(list[Any]):
    """A sequence that knows the line and column of itself and its items."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.value_places: list[Place] = []
        self.written: dict[int, Written] = {}


class _Reader:
    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        self.problems: list[Problem] = []

    def report(self, place: Place, kind: str, found: str, expected: str, fix: str) -> None:
        self.problems.append(Problem(self.file, place[0], place[1], kind, found, expected, fix))

    def value(self, node: yaml.Node) -> Any:
        place = _start(node)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            items = LocatedList(place)
            for number, child in enumerate(node.value):
                items.append(self.value(child))
                items.value_places.append(_start(child))
                if isinstance(child, yaml.ScalarNode):
                    items.written[number] = self.written(child)
            return items
        assert isinstance(node, yaml.ScalarNode)
        return self.scalar(node, place)

    def written(self, node: yaml.ScalarNode) -> Written:
        return Written(self.text, node.start_mark.index, node.style)

    def mapping(self, node: yaml.MappingNode, place: Place) -> Located:
        result = Located(place)
        for key_node, value_node in node.value:
            key_place = _start(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.report(key_place, "key_type", "a key that is not plain text", "text", "")
                continue
            key = key_node.value
            if key in result:
                first = result.key_places[key]
                self.report(key_place, "duplicate_key", f"`{key}` a second time",
                            f"each key once (first on line {first[0]})", "Remove one of the two.")
                continue
            result[key] = self.value(value_node)
            result.key_places[key] = key_place
            result.value_places[key] = _start(value_node)
            if isinstance(value_node, yaml.ScalarNode):
                result.written[key] = self.written(value_node)
        return result

    def scalar(self, node: yaml.ScalarNode, place: Place) -> Any:
        text: str = node.value
        if node.style in ("'", '"', "|", ">"):
            return text
        if text in ("true", "false"):
            return text == "true"
        if text in ("", "null", "~"):
            return None
        if not _INTEGER.match(text) and not _DECIMAL.match(text):
            return text
        if len(text) > MAX_NUMBER:
            self.report(place, "number", f"a number of {len(text)} characters",
                        f"at most {MAX_NUMBER}", "")
            return None
        return int(text) if _INTEGER.match(text) else Decimal(text)


def _start(item: yaml.Node | yaml.Event) -> Place:
    mark: Any = item.start_mark
    return mark.line + 1, mark.column + 1


def _refuse_structure(text: str, reader: _Reader) -> None:
    """Look at the events of a file one by one, so that nothing is built of what is refused."""
    depth = documents = 0
    for number, event in enumerate(yaml.parse(text, Loader=_Parser)):
        place = _start(event)
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            reader.report(place, "anchor", "an anchor or alias", "each value written out",
                          "Repeat the value in place of the reference.")
        if tag:
            reader.report(place, "tag", f"the tag {tag[:80]}", "plain values", "Remove the tag.")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        for refused, kind, found, expected in (
                (depth > MAX_DEPTH, "too_deep", f"nesting deeper than {MAX_DEPTH} levels",
                 "a flatter file"),
                (number > MAX_NODES, "too_large", f"more than {MAX_NODES} values", "fewer values"),
                (documents > 1, "second_document", "a second document", "one document a file")):
            if refused:
                reader.report(place, kind, found, expected, "")
                return
        if len(reader.problems) >= MAX_PROBLEMS:
            return


def _told(error: Exception, text: str, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if isinstance(error, yaml.reader.ReaderError) and isinstance(error.character, int):
        line, column = _place_at(text, max(text.find(chr(error.character)), 0))
    what = (getattr(error, "problem", None) or getattr(error, "reason", None)
            or "text that is not YAML")
    return Problem(file, line, column, "yaml", str(what), "well-formed YAML",
                   "Look at the indentation and quotes there.")


def parse_yaml(text: str, file: str) -> tuple[Any, list[Problem]]:
    """Read one YAML document strictly; the value keeps the places of all its nodes.

    Returns the value (``None`` where it cannot be read at all) and every problem found.
    """
    reader = _Reader(file, text)
    try:
        _refuse_structure(text, reader)
        if reader.problems:
            return None, reader.problems
        node = yaml.compose(text, Loader=_Parser)
    except yaml.YAMLError as error:
        return None, [*reader.problems, _told(error, text, file)]
    if node is None:
        return None, [Problem(file, 1, 1, "empty", "an empty file", "a YAML mapping", "")]
    return reader.value(node), reader.problems


def read_yaml(path: Path, shown_as: str) -> tuple[Any, list[Problem]]:
    """Read a YAML file strictly, refusing what is no file, too large, or not UTF-8."""
    def refused(kind: str, found: str, expected: str, fix: str = "",
                place: Place | None = None) -> tuple[Any, list[Problem]]:
        line, column = place or (None, None)
        return None, [Problem(shown_as, line, column, kind, found, expected, fix)]

    try:
        # a link may lead out of the folder, and a pipe would never end
        if not stat.S_ISREG(path.lstat().st_mode):
            return refused("not_a_file", "a link or device", "a regular file",
                           "Put the file itself there.")
        with path.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        return refused("unreadable", str(error.strerror).lower(), "a readable file")
    if len(content) > MAX_BYTES:
        return refused("too_large", "a file over 4 MB", "at most 4 MB of YAML")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[:error.start].decode("utf-8-sig", "replace")
        return refused("encoding", f"the byte 0x{content[error.start]:02x}, which is not UTF-8",
                       "UTF-8 text", "Save the file as UTF-8.", _place_at(before, len(before)))
    return parse_yaml(text.replace("\r\n", "\n"), shown_as)
