"""What the curves of one panel say: where they exceed, failed or are unknown, in words too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from itertools import chain

from czca_rules.market_time.days import to_market_clock
from czca_rules.report.picture_model import Curve, CurveName, Panel
from czca_rules.report.pictures.amounts import amount, amounts
from czca_rules.report.pictures.clock import grid_minutes, moment, share_text
from czca_rules.report.pictures.stretches import (
    Day,
    Span,
    Stretch,
    Together,
    clipped,
    merged,
    stretches,
    together,
    without,
)

FAILED, EXCUSED, UNKNOWN = "✕", "◇", "?"


@dataclass(frozen=True)
class Headline:
    """The one thing to know of a panel; ``kind`` is its tone."""

    text: str
    kind: str


@dataclass(frozen=True)
class PanelFacts:
    """One panel on one day, with everything that is drawn of it."""

    panel: Panel
    day: Day

    @property
    def name(self) -> str:
        """The direction of the border, with product and direction where it has them."""
        of = (self.panel.product, self.panel.direction)
        return ", ".join([f"{self.panel.from_zone} > {self.panel.to_zone}",
                          *[" ".join(filter(None, of))] * any(of)])

    @property
    def date(self) -> str:
        """The market day."""
        return to_market_clock(self.day.begins).date().isoformat()

    @property
    def unit(self) -> str:
        """The unit of the first curve, which is that of the axis."""
        return self.panel.curves[0].unit if self.panel.curves else ""

    def curve(self, name: CurveName) -> Curve | None:
        """A curve by its name."""
        return next((curve for curve in self.panel.curves if curve.name == name), None)

    def short_name(self, name: CurveName) -> str:
        """What a curve is called in the drawing."""
        return {"from_price": self.panel.from_zone, "to_price": self.panel.to_zone,
                "czc_price": "CZC"}.get(name, name)

    @cached_property
    def parts(self) -> tuple[tuple[Stretch, ...], ...]:
        """Every curve over the day."""
        return tuple(stretches(curve, self.day) for curve in self.panel.curves)

    def steps(self, name: CurveName) -> tuple[Stretch, ...]:
        """A curve over the day; none where the panel has no such curve."""
        return next((part for curve, part in zip(self.panel.curves, self.parts, strict=True)
                     if curve.name == name), ())

    def values(self, *names: CurveName) -> list[Fraction]:
        """The values of some curves, where they are known."""
        return [part.value for name in names for part in self.steps(name)
                if part.value is not None]

    @cached_property
    def minutes(self) -> int:
        """The unit in which its stretches are counted."""
        texts = chain((at for curve in self.panel.curves for at, _ in curve.steps),
                      *self.panel.failed_spans)
        return grid_minutes([*map(moment, texts), self.day.begins, self.day.ends])

    @cached_property
    def over(self) -> list[Together]:
        """Where the first of its curves is known to exceed its limit."""
        allocated, limit = self.steps("allocated"), self.steps("limit")
        if not allocated or not limit:
            return []
        return [part for part in together([allocated, limit]) if _excess(part) > 0]

    @cached_property
    def failed(self) -> list[Span]:
        """Where its rule failed, within the day."""
        spans = [(moment(start), moment(end)) for start, end in self.panel.failed_spans]
        return clipped(spans, [(self.day.begins, self.day.ends)])

    @cached_property
    def excused(self) -> list[Span]:
        """Where it exceeds its limit and the rule did not fail."""
        return without(((part.start, part.end) for part in self.over), self.failed)

    def over_where(self, *, failed: bool) -> list[Together]:
        """Where it exceeds its limit, and the rule failed or did not."""
        return [part for part in self.over
                if failed == any(start <= part.start < end for start, end in self.failed)]

    def unknown(self, *names: CurveName) -> list[tuple[Span, str]]:
        """Where curves are unknown, in words."""
        curves = {name: steps for name in names if (steps := self.steps(name))}
        found: list[tuple[Span, str]] = []
        for part in together(list(curves.values())):
            missing = [self.short_name(name)
                       for name, text in zip(curves, part.texts, strict=True) if text is None]
            if not missing:
                continue
            text = f"{', '.join(missing)} unknown"
            if found and found[-1][1] == text and found[-1][0][1] == part.start:
                found[-1] = ((found[-1][0][0], part.end), text)
            else:
                found.append(((part.start, part.end), text))
        return found

    def values_text(self, name: CurveName) -> str:
        """The range of a curve, or that it is unknown."""
        values = self.values(name)
        return amounts(values, self.unit) if values else "unknown"

    def share(self, spans: Sequence[Span]) -> str:
        """How much of the day stretches cover."""
        length = sum((end - start for start, end in merged(spans)), timedelta())
        return share_text(length, self.day.ends - self.day.begins, self.minutes)

    def over_text(self, over: Sequence[Together]) -> str:
        """How long it exceeds its limit in some stretches, and by how much."""
        spans = [(part.start, part.end) for part in over]
        most = max(map(_excess, over))
        return f"{self.share(spans)} over the limit by up to {amount(most, self.unit)}"


def facts_of(panels: Sequence[Panel], day: Day) -> list[PanelFacts]:
    """Panels of one day with their facts; panels without any curve are left out."""
    return [PanelFacts(panel, day) for panel in panels if panel.curves]


def _excess(part: Together) -> Fraction:
    """By how much the first of two curves exceeds the second; zero where one is unknown."""
    above, limit = part.values[:2]
    return Fraction(0) if above is None or limit is None else above - limit
