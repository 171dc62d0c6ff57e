"""Curves of a day as stretches of one value each, alone and laid over each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from czca_rules.report.picture_model import BorderDay, Curve
from czca_rules.report.pictures.clock import moment

Span = tuple[datetime, datetime]
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Day:
    """The span of a market day that is drawn."""

    begins: datetime
    ends: datetime

    @classmethod
    def of(cls, border_day: BorderDay) -> Day:
        """The span that the report gives: 23, 24 or 25 hours."""
        return cls(moment(border_day.begins), moment(border_day.ends))

    @property
    def hours(self) -> int:
        """Its length."""
        return (self.ends - self.begins) // timedelta(hours=1)


@dataclass(frozen=True)
class Stretch:
    """A stretch of a day with one value (None: unknown), as number and as the report writes it."""

    start: datetime
    end: datetime
    text: str | None
    value: Fraction | None


@dataclass(frozen=True)
class Together:
    """A stretch in which several curves stand still, with the values in their order."""

    start: datetime
    end: datetime
    texts: tuple[str | None, ...]
    values: tuple[Fraction | None, ...]


def stretches(curve: Curve, day: Day) -> tuple[Stretch, ...]:
    """A curve over the whole day; before its first step it is unknown, equal steps are one."""
    steps = [(moment(at), value) for at, value in curve.steps]
    starts = [(day.begins, None), *((max(at, day.begins), value) for at, value in steps)]
    found: list[Stretch] = []
    for (start, text), (end, _) in pairwise([*starts, (day.ends, None)]):
        end = min(end, day.ends)
        if end <= start:
            continue
        if found and found[-1].text == text:
            found[-1] = replace(found[-1], end=end)
        else:
            found.append(Stretch(start, end, text, None if text is None else Fraction(text)))
    return tuple(found)


def together(curves: Sequence[Sequence[Stretch]]) -> list[Together]:
    """Curves of one day laid over each other: a new stretch wherever one of them steps."""
    cuts = sorted({edge for curve in curves for part in curve for edge in (part.start, part.end)})
    places = [0] * len(curves)
    result = []
    for start, end in pairwise(cuts):
        for number, curve in enumerate(curves):
            while curve[places[number]].end <= start:
                places[number] += 1
        parts = [curve[place] for curve, place in zip(curves, places, strict=True)]
        result.append(Together(start, end, tuple(part.text for part in parts),
                               tuple(part.value for part in parts)))
    return result


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found


def clipped(spans: Iterable[Span], to: Iterable[Span]) -> list[Span]:
    """What spans have in common with others."""
    others = merged(to)
    return merged((max(start, first), min(end, last)) for start, end in spans
                  for first, last in others if max(start, first) < min(end, last))


def without(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What is left of spans outside of others."""
    left = merged(spans)
    for first, last in merged(others):
        left = [part for start, end in left for part in
                ((start, min(end, first)), (max(start, last), end)) if part[0] < part[1]]
    return left


def share_of(begins: datetime, ends: datetime, at: datetime, length: int) -> int:
    """How far along a length a moment lies between two others, to the nearest whole."""
    part, whole = (at - begins) // _TICK, (ends - begins) // _TICK
    return (2 * part * length + whole) // (2 * whole)
