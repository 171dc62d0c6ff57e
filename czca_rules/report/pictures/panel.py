"""One panel of a day: its name, the one thing to know, and the frame that curves stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from czca_rules.report.picture_model import CurveName
from czca_rules.report.pictures.axes import DayAxis, Scale, hour_axis, quantity_axis, scale_over
from czca_rules.report.pictures.markup import (
    Markup,
    drawing,
    joined,
    label,
    shortened,
    tag,
    words,
)
from czca_rules.report.pictures.panel_facts import EXCUSED, FAILED, Headline, PanelFacts
from czca_rules.report.pictures.steps_chart import columns, hatched, named_spans, symbols

#: Lengths in tenths of a pixel; an hour is as wide on a long day as on a short one.
WIDTH, LEFT, HOUR = 4180, 440, 120
NAME_Y, HEADLINE_Y = 150, 330
LONGEST_NAME, LONGEST_UNIT, LONGEST_HEADLINE = 38, 12, 62
#: From the bottom of the plot to that of the drawing, without and with a change of the clock.
BELOW, BELOW_CHANGE = 220, 370
#: Panels share one scale unless one of them would be squeezed below this share of it.
SQUEEZED = Fraction(1, 3)


def axis_of(facts: PanelFacts) -> DayAxis:
    """The time axis of a panel."""
    return DayAxis(facts.day, LEFT, HOUR * facts.day.hours)


def height_to(bottom: int, facts: PanelFacts) -> int:
    """The height of a drawing whose plot ends at ``bottom``."""
    return bottom + (BELOW if facts.day.hours == 24 else BELOW_CHANGE)


def panel_drawing(of: str, facts: PanelFacts, headline: Headline, description: str,
                  height: int, *content: Markup) -> Markup:
    """A panel under its name and headline; ``of`` is its id."""
    return drawing(
        of, (WIDTH, height), (facts.name, description),
        _name(facts),
        label(0, HEADLINE_Y, shortened(headline.text, LONGEST_HEADLINE), headline.kind),
        *content, kind="panel")


def _name(facts: PanelFacts) -> Markup:
    """The name of a panel, and the unit of everything in it."""
    name = tag("tspan", words(shortened(facts.name, LONGEST_NAME)), class_="strong")
    unit = tag("tspan", words(f", {shortened(facts.unit, LONGEST_UNIT)}"), class_="quiet")
    return tag("text", name, unit, x=0, y=NAME_Y)


def frame(facts: PanelFacts, scale: Scale) -> Markup:
    """Both axes of a plot."""
    axis = axis_of(facts)
    return quantity_axis(scale, axis) + hour_axis(axis, scale)


def findings(of: str, facts: PanelFacts, scale: Scale, *names: CurveName) -> Markup:
    """Columns and symbols where the rule failed, where it was excused, and where it is unknown."""
    axis, heights = axis_of(facts), (scale.top, scale.bottom)
    unknown = facts.unknown(*names)
    symbol_y = scale.top - 50
    return joined((
        hatched(of, [span for span, _ in unknown], axis, heights),
        columns(facts.failed, axis, heights, class_="column failed"),
        columns(facts.excused, axis, heights, class_="column excused"),
        named_spans(unknown, axis, symbol_y, "unknown"),
        symbols(facts.failed, axis, symbol_y, FAILED, "failed"),
        symbols(facts.excused, axis, symbol_y, EXCUSED, "excused")))


def shared_scales(each: Sequence[Iterable[Fraction]], top: int, bottom: int) -> list[Scale]:
    """A scale for each panel from its values: the same for all where that squeezes none."""
    listed = [list(values) for values in each]
    own = [scale_over(values, top, bottom) for values in listed]
    common = scale_over([value for values in listed for value in values], top, bottom)
    span = common.high - common.low
    if all(scale.high - scale.low >= SQUEEZED * span for scale in own):
        return [common] * len(own)
    return own
