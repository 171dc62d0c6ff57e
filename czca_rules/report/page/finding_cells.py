"""One finding as the cells of a table: where it stands, which row it is, both numbers, the excess.

Cells are plain text; what writes them makes it printable and escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from czca_rules.report import figures
from czca_rules.report.model import FindingPart, Source

#: Places that one finding names; an auction of a month rests on thousands of rows.
PLACES_NAMED = 40
RELATIONS = {"<=": "≤", ">=": "≥", "!=": "≠"}
_NUMBER = re.compile(r"[+\u2212-]?[\d\u202f]+(\.\d+)?|[+\u2212-]?\d+ (d|h|min|s)( \d+ (h|min|s))*")
_ENDS = (("from_zone", "to_zone"), ("provider_zone", "receiver_zone"))


@dataclass(frozen=True)
class Cells:
    """The cells of one row; ``further`` are numbers of its sentence that stand nowhere else."""

    place: str
    key: str
    observed: str
    required: str
    excess: str
    known: bool
    further: str = ""


def cells_of(finding: FindingPart, unit: str | None, further: str = "") -> Cells:
    """The row's cells; its unit is written where it is not ``unit``, which the table says."""
    mark = "" if finding.unit in (None, "", unit) else f" {finding.unit}"
    return Cells(
        place=first_place(finding), key=key_words(finding.key),
        observed=figures.short(finding.observed) + mark if finding.observed else "",
        required=required_words(finding) + (mark if finding.required is not None else ""),
        excess=excess_words(finding), known=finding.known, further=further)


def first_place(finding: FindingPart) -> str:
    """The row's own place, and how many others it rests on: ``allocations.csv:3 +2``."""
    if not finding.sources:
        return "no row"
    more = len(finding.sources) - 1
    return figures.place(finding.sources[0]) + (f" +{more}" if more else "")


def places_words(sources: Iterable[Source]) -> str:
    """Every place a finding rests on, file by file: ``allocations.csv:3, 7 and events.csv``."""
    named = list(sources)
    parts = []
    for file, same in groupby(named[:PLACES_NAMED], key=lambda source: source.file):
        lines = ", ".join(str(source.line) for source in same if source.line is not None)
        parts.append(f"{file}:{lines}" if lines else file)
    left = len(named) - PLACES_NAMED
    return "; ".join(parts) + (f"; and {left} more" if left > 0 else "")


def key_words(key: Mapping[str, str]) -> str:
    """The key in a line, instants on both clocks: ``GR>IT-SUD 2026-03-11 07:00Z (08:00 CET)``."""
    return " ".join(value_words(value) for _, value in figures.key_parts(key) if value)


def value_words(value: str) -> str:
    """One value of a key; an instant also by the clock of the market, its date where it differs."""
    clock = figures.market_time(value)
    return f"{figures.short(value)} ({shorter(clock, value)})" if clock else figures.short(value)


def shorter(clock: str, value: str) -> str:
    """The market's clock without a date that the instant itself has already said."""
    day, _, time = clock.partition(" ")
    return time if value.startswith(day) else clock


def required_words(finding: FindingPart) -> str:
    """Relation and bound: ``≤ 160``, ``= 11.04 ± 0.005``, ``0 to 10000``."""
    if finding.required is None:
        return ""
    relation = RELATIONS.get(finding.relation or "", finding.relation or "")
    tolerance = f" ± {finding.tolerance}" if finding.tolerance not in (None, "", "0") else ""
    return f"{relation} {figures.required_text(finding)}{tolerance}".strip()


def excess_words(finding: FindingPart) -> str:
    """How far the number is off, for rows that broke the rule or would have."""
    if finding.outcome not in ("failed", "exempt"):
        return ""
    return figures.excess(finding) or ""


def is_number(text: str) -> bool:
    """Whether a cell holds one number or length of time, which is then written to the right."""
    return _NUMBER.fullmatch(text) is not None


def border_words(key: Mapping[str, str]) -> tuple[str, tuple[str, ...]] | None:
    """The border a row belongs to, and the words by which its key cell names it; None for none.

    >>> border_words({"from_zone": "IT-SUD", "to_zone": "GR"})
    ('GR/IT-SUD', ('GR>IT-SUD', 'IT-SUD>GR'))
    """
    named = key.get("border", "all")
    if named != "all":
        return named, (named,)
    for start, end in _ENDS:
        if key.get(start) and key.get(end):
            one, other = sorted((key[start], key[end]))
            return f"{one}/{other}", (f"{one}>{other}", f"{other}>{one}")
    return None
