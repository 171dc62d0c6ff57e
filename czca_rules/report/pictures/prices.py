"""Marginal prices on both sides of a border with the price of its capacity, a panel per product."""

from __future__ import annotations

from collections.abc import Sequence

from czca_rules.report.picture_model import BorderDay, CurveName
from czca_rules.report.pictures.axes import Scale
from czca_rules.report.pictures.day_table import day_table
from czca_rules.report.pictures.markup import Markup, tag
from czca_rules.report.pictures.panel import (
    axis_of,
    findings,
    frame,
    height_to,
    panel_drawing,
    shared_scales,
)
from czca_rules.report.pictures.panel_facts import (
    FAILED,
    UNKNOWN,
    Headline,
    PanelFacts,
    facts_of,
)
from czca_rules.report.pictures.picture import Picture, once
from czca_rules.report.pictures.steps_chart import area, end_label, end_labels, line
from czca_rules.report.pictures.stretches import Day
from czca_rules.report.words import listed

_GUIDE = ("Marginal prices in both zones (dashed where the capacity starts, solid where it ends); "
          "the area is the price of the capacity (CZC).")
_TOP, _BOTTOM = 560, 1760
_PRICES: tuple[CurveName, ...] = ("from_price", "to_price", "czc_price")


def price_picture(of: str, border_day: BorderDay, told: set[str],
                  beside: Sequence[str]) -> Picture | None:
    """The picture of a border's prices on a day, or None where none was handed in.

    ``beside`` is what else its caption has to say of the day.
    """
    day = Day.of(border_day)
    panels = facts_of(border_day.prices, day)
    if not panels:
        return None
    scales = shared_scales([facts.values(*_PRICES) for facts in panels], _TOP, _BOTTOM)
    drawn = (_panel(f"{of}-{number}", facts, scale)
             for number, (facts, scale) in enumerate(zip(panels, scales, strict=True), 1))
    header, rows = day_table(panels)
    return Picture(
        of, f"{border_day.border}, {border_day.market_day}: prices of balancing capacity",
        " ".join([*_caption(panels, told), *beside]), tag("div", *drawn, class_="panels"), header,
        rows, "days")


def _panel(of: str, facts: PanelFacts, scale: Scale) -> Markup:
    axis = axis_of(facts)
    start, end, czc = (facts.steps(name) for name in _PRICES)
    zones = facts.panel
    labels = (end_label(end, scale, zones.to_zone, "to"),
              end_label(start, scale, zones.from_zone, "from"),
              end_label(czc, scale, "CZC", "czc"))
    return panel_drawing(
        of, facts, _headline(facts), _description(facts), height_to(scale.bottom, facts),
        area(czc, axis, scale, "czc-area"),
        findings(of, facts, scale, *_PRICES), frame(facts, scale), line(czc, axis, scale, "czc"),
        line(end, axis, scale, "to-price"), line(start, axis, scale, "from-price"),
        end_labels(labels, axis, (scale.top, scale.bottom)))


def _headline(facts: PanelFacts) -> Headline:
    if facts.failed:
        rule = facts.panel.rule or "the rule"
        return Headline(f"{FAILED} {rule} failed in {facts.share(facts.failed)}", "failed")
    if not facts.values("czc_price"):
        return Headline(f"{UNKNOWN} price of the capacity unknown", "unknown")
    return Headline(f"price of the capacity {facts.values_text('czc_price')}", "quiet")


def _description(facts: PanelFacts) -> str:
    """The panel in a sentence, such as for those who cannot see it."""
    panel = facts.panel
    parts = [f"marginal price in {panel.from_zone} {facts.values_text('from_price')}",
             f"in {panel.to_zone} {facts.values_text('to_price')}",
             f"price of the capacity {facts.values_text('czc_price')}"]
    if facts.failed:
        parts.append(f"{panel.rule or 'the rule'} failed in {facts.share(facts.failed)}")
    unknown = [span for span, _ in facts.unknown(*_PRICES)]
    if unknown:
        parts.append(f"something unknown in {facts.share(unknown)}")
    return f"{facts.name} on {facts.date}: {', '.join(parts)}."


def _caption(panels: Sequence[PanelFacts], told: set[str]) -> list[str]:
    """How to read the picture, only of what is in it."""
    said = once(told, _GUIDE)
    rules = sorted({facts.panel.rule for facts in panels if facts.failed and facts.panel.rule})
    if rules:
        said.append(f"{FAILED} marks where {listed(rules)} failed.")
    if any(facts.unknown(*_PRICES) for facts in panels):
        said.append(f"Hatched ({UNKNOWN}): not known.")
    return said
