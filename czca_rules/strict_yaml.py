"""YAML that means what it says: no guessed types, no duplicate keys, every node with its place.

Plain YAML reads `NO` as false, `10:00` as 600 and lets the second of two equal keys win. Here
only `true`, `false`, `null` and decimal numbers are typed; every other scalar is text; anchors,
aliases, tags, duplicate keys and over-deep or over-long files are refused with line and column.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from czca_rules.errors import Problem

MAX_BYTES = 4_000_000
MAX_DEPTH = 24

try:  # the C parser is ten times faster and yields the same nodes
    from yaml import CSafeLoader as _Parser
except ImportError:  # pragma: no cover - only where libyaml is missing
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")

Place = tuple[int, int]


class Located(dict[str, Any]):
    """A mapping that knows the line and column of itself, its keys and its values."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.key_places: dict[str, Place] = {}
        self.value_places: dict[str, Place] = {}


class LocatedList(list[Any]):
    """A sequence that knows the line and column of itself and its items."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.value_places: list[Place] = []


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def report(self, place: Place, kind: str, found: str, expected: str, fix: str) -> None:
        self.problems.append(Problem(self.file, place[0], place[1], kind, found, expected, fix))

    def value(self, node: yaml.Node, depth: int = 0) -> Any:
        place = (node.start_mark.line + 1, node.start_mark.column + 1)
        if depth > MAX_DEPTH:
            self.report(place, "too_deep", "nesting deeper than 24 levels", "a flatter file", "")
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, place, depth)
        if isinstance(node, yaml.SequenceNode):
            items = LocatedList(place)
            for child in node.value:
                items.append(self.value(child, depth + 1))
                items.value_places.append((child.start_mark.line + 1, child.start_mark.column + 1))
            return items
        return self.scalar(node, place)

    def mapping(self, node: yaml.MappingNode, place: Place, depth: int) -> Located:
        result = Located(place)
        for key_node, value_node in node.value:
            key_place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                self.report(key_place, "key_type", "a key that is not plain text", "text", "")
                continue
            key = key_node.value
            if key in result:
                first = result.key_places[key]
                self.report(key_place, "duplicate_key", f"`{key}` a second time",
                            f"each key once (first on line {first[0]})", "Remove one of the two.")
                continue
            result[key] = self.value(value_node, depth + 1)
            result.key_places[key] = key_place
            mark = value_node.start_mark
            result.value_places[key] = (mark.line + 1, mark.column + 1)
        return result

    def scalar(self, node: yaml.Node, place: Place) -> Any:
        text: str = node.value
        if node.style in ("'", '"', "|", ">"):
            return text
        if text in ("true", "false"):
            return text == "true"
        if text in ("", "null", "~"):
            return None
        if _INTEGER.match(text):
            return int(text)
        return Decimal(text) if _DECIMAL.match(text) else text


def _refuse_references(text: str, reader: _Reader) -> None:
    for event in yaml.parse(text, Loader=_Parser):
        place = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            reader.report(place, "anchor", "an anchor or alias", "each value written out",
                          "Repeat the value in place of the reference.")
        if getattr(event, "tag", None):
            reader.report(place, "tag", f"the tag {event.tag}", "plain values", "Remove the tag.")
        if isinstance(event, yaml.DocumentStartEvent) and event.start_mark.line > 0 and \
                event.explicit and _documents_before(text, event.start_mark.index):
            reader.report(place, "second_document", "a second document", "one document a file", "")


def _documents_before(text: str, index: int) -> bool:
    before = (line.strip() for line in text[:index].splitlines())
    return any(line and not line.startswith("#") for line in before)


def parse_yaml(text: str, file: str) -> tuple[Any, list[Problem]]:
    """Read one YAML document strictly; the value keeps the places of all its nodes.

    Returns the value (``None`` where it cannot be read at all) and every problem found.
    """
    reader = _Reader(file)
    try:
        _refuse_references(text, reader)
        if reader.problems:
            return None, reader.problems
        node = yaml.compose(text, Loader=_Parser)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = getattr(error, "problem", None) or "text that is not YAML"
        return None, [Problem(file, line, column, "yaml", str(what), "well-formed YAML",
                              "Look at the indentation and quotes there.")]
    if node is None:
        return None, [Problem(file, 1, 1, "empty", "an empty file", "a YAML mapping", "")]
    return reader.value(node), reader.problems


def read_yaml(path: Path, shown_as: str) -> tuple[Any, list[Problem]]:
    """Read a YAML file strictly, refusing one that is too large or not UTF-8."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, [Problem(shown_as, None, None, "too_large", "a file over 4 MB",
                                  "at most 4 MB of YAML", "")]
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [Problem(shown_as, None, None, "encoding", f"byte {error.start} is not UTF-8",
                              "UTF-8 text", "Save the file as UTF-8.")]
    except OSError as error:
        return None, [Problem(shown_as, None, None, "unreadable", str(error.strerror).lower(),
                              "a readable file", "")]
    return parse_yaml(text.replace("\r\n", "\n"), shown_as)
