"""Step curves of a day as paths: lines, areas, columns that mark a stretch, labels at the right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from czca_rules.report.pictures.axes import DayAxis, Scale
from czca_rules.report.pictures.markup import (
    CHARACTER,
    Markup,
    hatching,
    joined,
    label,
    px,
    shortened,
    tag,
    words,
)
from czca_rules.report.pictures.stretches import Span, Stretch, Together

#: Distances, in tenths of a pixel.
LINE_HEIGHT = 150
SYMBOL_WIDTH = 110
LABEL_GAP = 60
LONGEST_LABEL = 11


@dataclass(frozen=True)
class EndLabel:
    """The name of a curve beside its last value."""

    y: int
    text: str
    kind: str


def line(curve: Sequence[Stretch], axis: DayAxis, scale: Scale, kind: str) -> Markup:
    """A curve as a stepped line, broken where it is unknown."""
    path, height = "", None
    for part in curve:
        if part.value is None:
            height = None
            continue
        start, y = axis.at(part.start), scale.at(part.value)
        path += _down(y - height) if height is not None else f"M{px(start)} {px(y)}"
        path += f"h{px(axis.at(part.end) - start)}"
        height = y
    return tag("path", d=path, class_=f"line {kind}") if path else Markup()


def area(curve: Sequence[Stretch], axis: DayAxis, scale: Scale, kind: str) -> Markup:
    """The area between a curve and zero."""
    zero, path, height = scale.at(Fraction(0)), "", None
    for part in curve:
        if part.value is None:
            path += "" if height is None else f"V{px(zero)}z"
            height = None
            continue
        start, y = axis.at(part.start), scale.at(part.value)
        if height is None:
            path, height = f"{path}M{px(start)} {px(zero)}", zero
        path += f"{_down(y - height)}h{px(axis.at(part.end) - start)}"
        height = y
    path += "" if height is None else f"V{px(zero)}z"
    return tag("path", d=path, class_=kind) if path else Markup()


def between(parts: Iterable[Together], axis: DayAxis, scale: Scale, kind: str) -> Markup:
    """The area between the first two of several curves."""
    path = ""
    for part in parts:
        upper, lower = part.values[:2]
        if upper is not None and lower is not None:
            start, width = axis.at(part.start), axis.at(part.end) - axis.at(part.start)
            height = scale.at(lower) - scale.at(upper)
            path += f"M{px(start)} {px(scale.at(upper))}h{px(width)}v{px(height)}h{px(-width)}z"
    return tag("path", d=path, class_=kind) if path else Markup()


def columns(spans: Sequence[Span], axis: DayAxis, heights: tuple[int, int],
            **look: str) -> Markup:
    """Full-height columns behind the curves, over some stretches of the day."""
    top, bottom = heights
    path = "".join(
        f"M{px(axis.at(start))} {px(top)}h{px(axis.at(end) - axis.at(start))}"
        f"V{px(bottom)}H{px(axis.at(start))}z" for start, end in spans)
    return tag("path", d=path, **look) if path else Markup()


def hatched(of: str, spans: Sequence[Span], axis: DayAxis, heights: tuple[int, int]) -> Markup:
    """Hatched columns, with the pattern that they need."""
    if not spans:
        return Markup()
    pattern = hatching(f"{of}-hatch", "hatch-unknown")
    return pattern + columns(spans, axis, heights, fill=f"url(#{of}-hatch)")


def symbols(spans: Sequence[Span], axis: DayAxis, y: int, symbol: str, kind: str) -> Markup:
    """A symbol above the middle of each stretch; where they would touch, one stands for several."""
    marks, last = [], axis.left - 2 * SYMBOL_WIDTH
    for start, end in spans:
        middle = (axis.at(start) + axis.at(end)) // 2
        if middle - last >= SYMBOL_WIDTH:
            marks.append(label(middle, y, symbol, f"middle {kind}"))
            last = middle
    return joined(marks)


def named_spans(spans: Sequence[tuple[Span, str]], axis: DayAxis, y: int, kind: str) -> Markup:
    """Words in the middle of stretches that are wide enough for them."""
    found = []
    for (start, end), text in spans:
        left, right = axis.at(start), axis.at(end)
        shown = text if len(text) * CHARACTER < right - left else "?"
        found.append(label((left + right) // 2, y, shown, f"middle {kind}"))
    return joined(found)


def end_label(curve: Sequence[Stretch], scale: Scale, text: str, kind: str) -> EndLabel | None:
    """The label of a curve, or None where nothing of it is known."""
    known = [part.value for part in curve if part.value is not None]
    return EndLabel(scale.at(known[-1]), text, kind) if known else None


def end_labels(found: Iterable[EndLabel | None], axis: DayAxis, heights: tuple[int, int]) -> Markup:
    """Labels at the right of the plot, moved apart where they would overlap."""
    placed = sorted((item for item in found if item), key=lambda item: (item.y, item.kind))
    # clear of the hours below the plot
    heights = (heights[0], heights[1] - LABEL_GAP)
    wanted = [item.y for item in placed]
    return joined(
        tag("text", words(shortened(item.text, LONGEST_LABEL)), x=axis.right + LABEL_GAP,
            y=y + 45, class_=f"end-{item.kind}")
        for item, y in zip(placed, apart(wanted, heights), strict=True))


def apart(wanted: Sequence[int], heights: tuple[int, int]) -> list[int]:
    """Heights as near as possible to sorted ones, a line apart and within bounds."""
    top, bottom = heights
    found: list[int] = []
    for y in wanted:
        found.append(max(y, found[-1] + LINE_HEIGHT if found else top))
    limit = bottom
    for number in reversed(range(len(found))):
        found[number] = min(found[number], limit)
        limit = found[number] - LINE_HEIGHT
    return found


def _down(distance: int) -> str:
    return f"v{px(distance)}" if distance else ""
