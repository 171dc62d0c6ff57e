"""Allocated capacity against its limit and the border's capacity, a panel for each direction."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from czca_rules.report.picture_model import BorderDay, CurveName
from czca_rules.report.pictures.amounts import amount
from czca_rules.report.pictures.axes import Scale, quantity_axis, scale_over
from czca_rules.report.pictures.day_table import day_table, day_words
from czca_rules.report.pictures.markup import Markup, factor_text, joined, px, rounded, tag
from czca_rules.report.pictures.panel import (
    axis_of,
    findings,
    frame,
    height_to,
    panel_drawing,
    shared_scales,
)
from czca_rules.report.pictures.panel_facts import (
    EXCUSED,
    FAILED,
    UNKNOWN,
    Headline,
    PanelFacts,
    facts_of,
)
from czca_rules.report.pictures.picture import Picture, once
from czca_rules.report.pictures.steps_chart import (
    area,
    between,
    end_label,
    end_labels,
    hatched,
    line,
    named_spans,
)
from czca_rules.report.pictures.stretches import Day
from czca_rules.report.words import listed

#: Above this multiple of everything else, the capacity gets a small plot of its own.
DWARFED = 4
_GUIDE = "The area is what was allocated, the dashed line its limit"
_GUIDE_TOGETHER = ", the thin line the capacity."
_GUIDE_APART = ". The upper plot shows the same area against the capacity, to scale."
_TOP, _BOTTOM = 560, 2060
_CAPACITY_TOP, _CAPACITY_BOTTOM = 520, 920
_BELOW_TOP, _BELOW_BOTTOM = 1180, 2380
_COMPARED: tuple[CurveName, ...] = ("allocated", "limit")
_REST: tuple[CurveName, ...] = ("limit", "capacity")


def allocation_picture(of: str, border_day: BorderDay, told: set[str]) -> Picture | None:
    """The picture of a border and day, or None where nothing is known of its allocation."""
    day = Day.of(border_day)
    panels = facts_of(border_day.allocations, day)
    if not panels:
        return None
    apart = any(_dwarfs(facts) for facts in panels)
    names = _COMPARED if apart else (*_COMPARED, "capacity")
    heights = (_BELOW_TOP, _BELOW_BOTTOM) if apart else (_TOP, _BOTTOM)
    scales = shared_scales([facts.values(*names) for facts in panels], *heights)
    drawn = (_panel(f"{of}-{number}", facts, scale, apart)
             for number, (facts, scale) in enumerate(zip(panels, scales, strict=True), 1))
    header, rows = day_table(panels)
    return Picture(
        of, f"{border_day.border}, {border_day.market_day}: allocated capacity and its limit",
        " ".join(_caption(panels, apart, told) + day_words(border_day)),
        tag("div", *drawn, class_="panels"), header, rows, "days")


def _panel(of: str, facts: PanelFacts, scale: Scale, apart: bool) -> Markup:
    """One direction; with ``apart`` the capacity stands above, to its own scale."""
    axis = axis_of(facts)
    allocated, limit = facts.steps("allocated"), facts.steps("limit")
    capacity = () if apart else facts.steps("capacity")
    names: tuple[CurveName, ...] = _COMPARED if apart else (*_COMPARED, "capacity")
    labels = (end_label(curve, scale, name, name) for name, curve in
              (("limit", limit), ("allocated", allocated), ("capacity", capacity)))
    return panel_drawing(
        of, facts, _headline(facts), _description(facts), height_to(scale.bottom, facts),
        _capacity_plot(of, facts, scale) if apart else Markup(),
        tag("g", area(allocated, axis, scale, "allocated-area"), id=f"{of}-area"),
        findings(of, facts, scale, *names), frame(facts, scale),
        line(capacity, axis, scale, "capacity"), line(allocated, axis, scale, "allocated"),
        between(facts.over_where(failed=True), axis, scale, "excess failed"),
        between(facts.over_where(failed=False), axis, scale, "excess excused"),
        line(limit, axis, scale, "limit"), end_labels(labels, axis, (scale.top, scale.bottom)))


def _capacity_plot(of: str, facts: PanelFacts, below: Scale) -> Markup:
    """The capacity with the allocation to the same scale: how small a part it is."""
    capacity = facts.steps("capacity")
    axis = axis_of(facts)
    scale = scale_over(facts.values("capacity", "allocated"), _CAPACITY_TOP, _CAPACITY_BOTTOM,
                       intervals=2)
    heights = (scale.top, scale.bottom)
    unknown = facts.unknown("capacity")
    return joined((
        hatched(f"{of}-capacity", [span for span, _ in unknown], axis, heights),
        named_spans(unknown, axis, (scale.top + scale.bottom) // 2 + 45, "unknown"),
        quantity_axis(scale, axis),
        tag("path", d=f"M{px(axis.left)} {px(scale.bottom)}h{px(axis.width)}", class_="zero"),
        tag("use", href=f"#{of}-area", transform=_onto(below, scale)),
        line(capacity, axis, scale, "capacity"),
        end_labels([end_label(capacity, scale, "capacity", "capacity")], axis, heights)))


def _onto(one: Scale, other: Scale) -> str:
    """How a drawing to one scale is moved and flattened onto another."""
    flatter = other.per_unit / one.per_unit
    down = other.at(Fraction(0)) - rounded(one.at(Fraction(0)) * flatter)
    return f"translate(0 {px(down)}) scale(1 {factor_text(flatter)})"


def _dwarfs(facts: PanelFacts) -> bool:
    """Whether a limit would be hard to tell from what is allocated on the capacity's scale."""
    capacity, rest = facts.values("capacity"), facts.values(*_COMPARED)
    return bool(capacity and rest) and max(capacity) > DWARFED * max(rest)


def _headline(facts: PanelFacts) -> Headline:
    if facts.failed:
        over = facts.over_where(failed=True)
        text = facts.over_text(over) if over else f"failed in {facts.share(facts.failed)}"
        more = f"; {EXCUSED} more" if facts.excused else ""
        return Headline(f"{FAILED} {text}{more}", "failed")
    if facts.over:
        return Headline(f"{EXCUSED} not failed: {facts.over_text(facts.over)}", "excused")
    unknown = [name for name in _COMPARED if facts.curve(name) and not facts.values(name)]
    if unknown:
        return Headline(f"{UNKNOWN} {' and '.join(unknown)} unknown", "unknown")
    most = max(facts.values("allocated"), default=None)
    if most is None:
        return Headline("no allocation known", "quiet")
    within = "no limit known" if not facts.curve("limit") else "within the limit" + (
        " where it is known" if facts.unknown(*_COMPARED) else "")
    return Headline(f"{within}; at most {amount(most, facts.unit)} allocated", "quiet")


def _description(facts: PanelFacts) -> str:
    """The panel in a sentence, such as for those who cannot see it."""
    parts = [f"allocated {facts.values_text('allocated')}"]
    parts += [f"{name} {facts.values_text(name)}" for name in _REST if facts.curve(name)]
    if facts.over:
        parts.append(facts.over_text(facts.over))
    elif facts.curve("limit") and not facts.unknown(*_COMPARED):
        parts.append("never over the limit")
    if facts.failed:
        parts.append(f"{facts.panel.rule or 'the rule'} failed in {facts.share(facts.failed)}")
    if facts.excused:
        parts.append(f"over the limit without failing in {facts.share(facts.excused)}")
    unknown = [span for span, _ in facts.unknown(*_COMPARED, "capacity")]
    if unknown:
        parts.append(f"something unknown in {facts.share(unknown)}")
    return f"{facts.name} on {facts.date}: {', '.join(parts)}."


def _caption(panels: Sequence[PanelFacts], apart: bool, told: set[str]) -> list[str]:
    """How to read the picture, only of what is in it."""
    said = once(told, _GUIDE + (_GUIDE_APART if apart else _GUIDE_TOGETHER))
    rules = sorted({facts.panel.rule for facts in panels if facts.failed and facts.panel.rule})
    if rules:
        said.append(f"{FAILED} marks where {listed(rules)} failed.")
    if any(facts.excused for facts in panels):
        said.append(f"{EXCUSED} marks more than the limit where the rule did not fail.")
    if any(facts.unknown(*_COMPARED, "capacity") for facts in panels):
        said.append(f"Hatched ({UNKNOWN}): not known.")
    return said
