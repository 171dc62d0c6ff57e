"""The process of a market day on a time axis: each event against the window of each rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from czca_rules.market_time.days import market_day_start
from czca_rules.report.figures import counted
from czca_rules.report.picture_model import EventMark, ProcessDay, Window
from czca_rules.report.pictures.clock import clock_time, day_time, moment
from czca_rules.report.pictures.lane_marks import lane_bar, lane_markers, lane_words
from czca_rules.report.pictures.lanes import (
    KIND_WORDS,
    Lane,
    kind_of,
    lanes,
    missed_by,
    most_telling,
    of_words,
    unasked,
)
from czca_rules.report.pictures.markup import (
    Markup,
    drawing,
    joined,
    shortened,
    tag,
    width_of,
    words,
)
from czca_rules.report.pictures.picture import Picture, Row, once
from czca_rules.report.pictures.time_axis import (
    LINE_Y,
    BrokenAxis,
    axis_marks,
    break_marks,
    broken_axis,
)
from czca_rules.report.words import listed

#: Lengths in tenths of a pixel.
WIDTH, LEFT, RIGHT = 7600, 0, 7600
MARK_ROW, LANE = 200, 420
_DOT = 60
MOST_LANES, MOST_MARKS = 40, 40
LONGEST_MARK = 44
COLUMNS = ("Event", "Rule", "Of", "Opens", "Closes", "Kept with a note until", "Came", "Outcome")
_GUIDE = ("A bar is when an event keeps its duty, its light end when it does so with a note; an "
          "arrow: no bound is known on that side. The clock is that of the market; where the axis "
          "is cut, time without events is left out.")
Mark = tuple[datetime, str, list[EventMark]]


def process_picture(of: str, process: ProcessDay, told: set[str]) -> Picture | None:
    """The picture of a day's process, or None where nothing is known of it."""
    every, every_mark = lanes(process.windows), unasked(process)
    drawn, marks = most_telling(every, MOST_LANES), every_mark[:MOST_MARKS]
    if not drawn and not marks:
        return None
    axis = broken_axis(_moments(process, drawn, marks), LEFT, RIGHT)
    rows = _packed(marks, axis)
    top = LINE_Y + 60 + MARK_ROW * len({row for row, _ in rows})
    placed = [(lane, top + LANE * number) for number, lane in enumerate(drawn)]
    bottom = top + LANE * len(drawn) + 60
    # texts stand on their halo; an attribute, as validators do not know it in a style sheet
    texts = tag("g", *(lane_words(lane, y) for lane, y in placed),
                *(markup for _, markup in rows), paint_order="stroke")
    content = joined((
        axis_marks(axis, bottom), *(lane_bar(lane, axis, y) for lane, y in placed),
        break_marks(axis, bottom), texts, *(lane_markers(lane, axis, y) for lane, y in placed)))
    title = f"Process of {process.market_day}"
    svg = drawing(f"{of}-1", (WIDTH, bottom + 20), (title, _description(process)), content,
                  kind="timeline")
    scroll = tag("div", svg, class_="wide", role="region", tabindex="0", aria_label=title)
    caption = " ".join(once(told, _GUIDE) + _left_out(drawn, every, marks, every_mark))
    return Picture(of, f"{process.market_day}: the events of the process and their windows",
                   caption, scroll, COLUMNS, (*_mark_rows(marks), *_window_rows(drawn)), "days")


def _moments(process: ProcessDay, drawn: Sequence[Lane], marks: Sequence[Mark]) -> list[datetime]:
    found = [at for at, _, _ in marks]
    for lane in drawn:
        for window in lane.windows:
            found += [moment(at) for at in (window.at, window.opens, window.closes,
                                            window.closes_noted) if at]
    return found or [market_day_start(date.fromisoformat(process.market_day))]


def _packed(marks: Sequence[Mark], axis: BrokenAxis) -> list[tuple[int, Markup]]:
    """Events as dots with words beside them, in as few rows as they need."""
    ends: list[int] = []
    result = []
    for at, event, group in marks:
        who = ", ".join(dict.fromkeys(filter(None, map(_mark_of, group))))
        text = shortened(f"{clock_time(at)} {event.replace('_', ' ')}"
                         f"{f' ({who})' if who else ''}", LONGEST_MARK)
        x, width = axis.at(at), width_of(text) + 2 * _DOT
        turned = x + width > WIDTH
        start = x - width if turned else x - _DOT
        row = next((number for number, end in enumerate(ends) if end < start), len(ends))
        ends[row:row + 1] = [start + width + 2 * _DOT]
        y = LINE_Y + 60 + MARK_ROW * row + 130
        result.append((row, tag("circle", cx=x, cy=y - 45, r=35, class_="event") + tag(
            "text", words(text), x=x - 80 if turned else x + 80, y=y,
            class_="end" if turned else None)))
    return [(row, Markup(markup)) for row, markup in result]


def _mark_of(mark: EventMark) -> str:
    return of_words((mark.actor, mark.border, mark.product, mark.direction))


def _description(process: ProcessDay) -> str:
    """The picture in a sentence, with every window that was not simply kept."""
    kinds = [kind_of(window) for window in process.windows]
    counts = [f"{kinds.count(kind)} {word}" for kind, word in KIND_WORDS.items() if kind in kinds]
    odd = [f"{window.rule} {window.event} {of_words(window.of.values())}".rstrip()
           + (f", {missed_by(window)}" if missed_by(window) else ", never came"
              if window.at is None else "")
           for window in process.windows if window.outcome == "failed"]
    said = f"Process of {process.market_day}: {counted(len(kinds), 'window')}" \
        + (f", {listed(counts)}" if counts else "")
    return f"{said}. Missed: {'; '.join(odd[:5])}{'; …' if odd[5:] else ''}." if odd else f"{said}."


def _left_out(drawn: Sequence[Lane], every: Sequence[Lane], marks: Sequence[Mark],
              every_mark: Sequence[Mark]) -> list[str]:
    said = []
    if len(drawn) < len(every):
        said.append(f"{len(drawn)} of {counted(len(every), 'window')} are drawn, the missed first.")
    if len(marks) < len(every_mark):
        said.append(f"{len(marks)} of {counted(len(every_mark), 'other event')} are drawn, "
                    "the first.")
    return said


def _mark_rows(marks: Iterable[Mark]) -> list[Row]:
    return [(event, "", _mark_of(mark), "", "", "", day_time(at), "")
            for at, event, group in marks for mark in group]


def _window_rows(drawn: Iterable[Lane]) -> list[Row]:
    return [(window.event, window.rule, of_words(window.of.values()), *map(_bound, (
        window.opens, window.closes, window.closes_noted)),
             day_time(moment(window.at)) if window.at else "never", _outcome(window))
            for lane in drawn for window in lane.windows]


def _bound(at: str | None) -> str:
    return day_time(moment(at)) if at else ""


def _outcome(window: Window) -> str:
    apart = missed_by(window)
    return KIND_WORDS[kind_of(window)] + (f", {apart}" if apart else "")
