"""One lane of the process: its words, the bar of its window, and a marker for each event."""

from __future__ import annotations

from czca_rules.report.picture_model import Window
from czca_rules.report.pictures.clock import moment
from czca_rules.report.pictures.lanes import KINDS, Lane, kind_of, result_words
from czca_rules.report.pictures.markup import CHARACTER, Markup, joined, px, shortened, tag, words
from czca_rules.report.pictures.time_axis import BrokenAxis

#: Lengths in tenths of a pixel, from the top of the lane.
TEXT_Y, BAR_TOP, BAR_HEIGHT = 150, 215, 90
ARROW, RADIUS, NARROWEST = 60, 55, 20
WIDEST = 7600
LONGEST_RULE, LONGEST_RESULT = 24, 40


def lane_bar(lane: Lane, axis: BrokenAxis, top: int) -> Markup:
    """The window of a lane that begins at ``top``; cuts of the axis go through it."""
    return _bar(lane.first, axis, top + BAR_TOP)


def lane_markers(lane: Lane, axis: BrokenAxis, top: int) -> Markup:
    """A marker for each event of a lane, and how far outside the window it came."""
    return joined(_markers(lane, axis, top + BAR_TOP))


def lane_words(lane: Lane, top: int) -> Markup:
    """The rule, what came of it and, as far as it fits, the duty."""
    parts = [("strong", shortened(lane.first.rule, LONGEST_RULE))]
    parts += [(kind, shortened(text, LONGEST_RESULT)) for kind, text in result_words(lane)]
    spent = sum(len(text) + 2 for _, text in parts)
    room = max(WIDEST // CHARACTER - spent, 0)
    parts.append(("quiet", shortened(lane.first.title or lane.first.event, room)))
    return tag("text", *(tag("tspan", words(("\u2002" if number else "") + text), class_=kind)
                         for number, (kind, text) in enumerate(parts)), x=0, y=top + TEXT_Y)


def _bar(window: Window, axis: BrokenAxis, y: int) -> Markup:
    """The window as a bar, pointed where it has no bound, and lighter where only a note keeps."""
    if not window.opens and not window.closes:
        return tag("path", d=f"M{px(axis.left)} {px(y + BAR_HEIGHT // 2)}H{px(axis.right)}",
                   class_="boundless")
    start = axis.at(moment(window.opens)) if window.opens else axis.left
    end = axis.at(moment(window.closes)) if window.closes else axis.right
    if window.opens and end - start < NARROWEST:
        start, end = start - NARROWEST // 2, start + NARROWEST // 2
    half = px(BAR_HEIGHT // 2)
    left = f"M{px(start)} {px(y)}" if window.opens else f"M{px(start + ARROW)} {px(y)}"
    right = f"H{px(end)}v{px(BAR_HEIGHT)}" if window.closes else \
        f"H{px(end - ARROW)}l{px(ARROW)} {half}l{px(-ARROW)} {half}"
    back = f"H{px(start)}z" if window.opens else f"H{px(start + ARROW)}l{px(-ARROW)}-{half}z"
    found = tag("path", d=left + right + back, class_="window")
    if window.closes and window.closes_noted:
        until = axis.at(moment(window.closes_noted))
        found = tag("rect", x=end, y=y, width=max(until - end, 0), height=BAR_HEIGHT,
                    class_="window-noted") + found
    return Markup(found)


def _markers(lane: Lane, axis: BrokenAxis, y: int) -> list[Markup]:
    """Markers of all events, the worst on top, each place once; overruns as lines."""
    middle = y + BAR_HEIGHT // 2
    places = {(KINDS.index(kind_of(window)), _place(window, axis)): window
              for window in lane.windows}
    overruns = [_overrun(window, x, axis, middle) for (_, x), window in sorted(places.items())]
    return [*overruns, *(_marker(kind_of(window), x, middle) for (_, x), window in
                         sorted(places.items(), reverse=True, key=lambda item: item[0]))]


def _place(window: Window, axis: BrokenAxis) -> int:
    """Where the event came, or should have come at the latest."""
    at = window.at or window.closes_noted or window.closes
    return axis.at(moment(at)) if at else axis.right


def _overrun(window: Window, x: int, axis: BrokenAxis, y: int) -> Markup:
    if window.at is None or window.outcome != "failed":
        return Markup()
    latest, at = window.closes_noted or window.closes, moment(window.at)
    if latest and at > moment(latest):
        bound = axis.at(moment(latest))
    elif window.opens and at < moment(window.opens):
        bound = axis.at(moment(window.opens))
    else:
        return Markup()
    return tag("path", d=f"M{px(bound)} {px(y)}H{px(x)}", class_="overrun")


def _marker(kind: str, x: int, y: int) -> Markup:
    if kind == "missed":
        size = 2 * RADIUS
        path = f"M{px(x - RADIUS)} {px(y - RADIUS)}l{px(size)} {px(size)}m0-{px(size)}" \
            f"l{px(-size)} {px(size)}"
        return tag("path", d=path, class_="halo") + tag("path", d=path, class_="marker missed")
    if kind in ("noted", "excused"):
        wide = px(RADIUS + 15)
        return tag("path", d=f"M{px(x)} {px(y - RADIUS - 15)}l{wide} {wide}l-{wide} {wide}"
                             f"l-{wide}-{wide}z", class_=f"marker {kind}")
    circle = tag("circle", cx=x, cy=y, r=RADIUS if kind == "kept" else RADIUS + 15,
                 class_=f"marker {kind}")
    if kind == "unjudged":
        return circle + tag("text", words("?"), x=x, y=y + 40, class_="middle small unjudged")
    return circle
