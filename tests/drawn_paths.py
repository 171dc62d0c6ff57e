"""Reads drawings back: elements by class, and the corners of stepped paths."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree as ET

from czca_rules.report.pictures import Picture

Corner = tuple[Decimal, Decimal]
_COMMAND = re.compile(r"([MmHhVvLlz])([^MmHhVvLlz]*)")
_NUMBER = re.compile(r"-?\d*\.?\d+")


def drawings(picture: Picture) -> list[ET.Element]:
    """The drawings of a picture, as an XML parser reads them."""
    return ET.fromstring(f"<div>{picture.svg}</div>").findall(".//svg")


def by_class(drawing: ET.Element, *kinds: str) -> list[ET.Element]:
    """Elements that have all of some classes."""
    return [item for item in drawing.iter()
            if set(kinds) <= set(item.get("class", "").split())]


def corners(path: ET.Element) -> list[list[Corner]]:
    """The corners of each part of a path of horizontal, vertical and straight lines."""
    parts: list[list[Corner]] = []
    x = y = Decimal(0)
    for command, rest in _COMMAND.findall(path.get("d", "")):
        numbers = [Decimal(number) for number in _NUMBER.findall(rest)]
        kind, moved = command.upper(), command.islower()
        if kind == "Z":
            continue
        if kind in "ML":
            x, y = (x + numbers[0], y + numbers[1]) if moved else (numbers[0], numbers[1])
        elif kind == "H":
            x = x + numbers[0] if moved else numbers[0]
        else:
            y = y + numbers[0] if moved else numbers[0]
        if kind == "M":
            parts.append([])
        parts[-1].append((x, y))
    return parts


def treads(path: ET.Element) -> list[tuple[Decimal, Decimal, Decimal]]:
    """The level parts of a stepped line: from where, to where, how high."""
    return [(left, right, height) for part in corners(path)
            for (left, height), (right, below) in pairwise(part)
            if height == below]


def texts(drawing: ET.Element) -> list[str]:
    """Every line of text that is shown."""
    return ["".join(item.itertext()) for item in drawing.iter("text")]
