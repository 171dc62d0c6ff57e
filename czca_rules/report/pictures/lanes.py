"""The windows of a day's process as lanes: what is asked, who kept it, who missed it by what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from czca_rules.report.figures import grouped
from czca_rules.report.picture_model import EventMark, ProcessDay, Window
from czca_rules.report.pictures.clock import clock_time, length_text, moment

#: What a marker stands for; the first of them in a lane decides its rank.
KINDS = ("missed", "absent", "unjudged", "excused", "noted", "kept", "outside")
SYMBOLS = {"missed": "✕", "absent": "✕", "unjudged": "?", "excused": "◇", "noted": "✓",
           "kept": "✓", "outside": "–"}
KIND_WORDS = {"missed": "missed", "absent": "never came", "unjudged": "not judged",
              "excused": "excused", "noted": "kept with a note", "kept": "kept",
              "outside": "not applicable"}
#: Windows named one by one beside their lane; more are counted.
NAMED = 3
_KIND_OF = {"not_assessable": "unjudged", "exempt": "excused", "not_applicable": "outside"}


@dataclass(frozen=True)
class Lane:
    """Windows of one rule on one event between the same bounds, the worst first."""

    windows: tuple[Window, ...]

    @property
    def first(self) -> Window:
        """The window that stands for what all share: rule, event, title and bounds."""
        return self.windows[0]

    @property
    def rank(self) -> int:
        """How bad the worst of them is, 0 the worst."""
        return KINDS.index(kind_of(self.first))

    @property
    def when(self) -> tuple[str, str, str]:
        """Where it belongs in the course of the day."""
        first = self.first
        return first.closes or first.at or first.opens or "", first.rule, first.event


def lanes(windows: Iterable[Window]) -> list[Lane]:
    """Windows by lane, in the order in which they close."""
    found: dict[tuple[str | None, ...], list[Window]] = {}
    for window in windows:
        key = (window.rule, window.event, window.opens, window.closes, window.closes_noted)
        found.setdefault(key, []).append(window)
    made = [Lane(tuple(sorted(group, key=lambda window: KINDS.index(kind_of(window)))))
            for group in found.values()]
    return sorted(made, key=lambda lane: lane.when)


def most_telling(made: Sequence[Lane], most: int) -> list[Lane]:
    """At most so many lanes, the worst first, in their order."""
    chosen = sorted(range(len(made)), key=lambda number: (made[number].rank, number))[:most]
    return [made[number] for number in sorted(chosen)]


def kind_of(window: Window) -> str:
    """What the window's marker stands for."""
    if window.outcome == "failed":
        return "missed" if window.at else "absent"
    if window.outcome == "passed":
        return "noted" if window.noted else "kept"
    return _KIND_OF[window.outcome]


def missed_by(window: Window) -> str:
    """How far the event is outside its window, such as ``50 min late``; else nothing."""
    if window.at is None:
        return ""
    at = moment(window.at)
    latest = window.closes_noted or window.closes
    if latest and at > moment(latest):
        return f"{length_text(at - moment(latest))} late"
    if window.opens and at < moment(window.opens):
        return f"{length_text(moment(window.opens) - at)} early"
    return ""


def result_words(lane: Lane) -> list[tuple[str, str]]:
    """What came of a lane: kind and words of each part, the worst first."""
    if len(lane.windows) <= NAMED:
        alike: dict[tuple[str, str | None], list[Window]] = {}
        for window in lane.windows:
            alike.setdefault((kind_of(window), window.at), []).append(window)
        return [(kind, _alike(kind, group)) for (kind, _), group in alike.items()]
    by_kind: dict[str, int] = {}
    for window in lane.windows:
        by_kind[kind_of(window)] = by_kind.get(kind_of(window), 0) + 1
    return [(kind, f"{SYMBOLS[kind]} {grouped(count)} {KIND_WORDS[kind]}")
            for kind, count in by_kind.items()]


def of_words(of: Iterable[str | None]) -> str:
    """Whom or what an event or window is of."""
    return " ".join(part for part in of if part)


def unasked(process: ProcessDay) -> list[tuple[datetime, str, list[EventMark]]]:
    """Events that no window shows, by moment and name with all who had them, in order of time."""
    shown = {(window.event, window.at) for window in process.windows}
    found: dict[tuple[str, str], list[EventMark]] = {}
    for mark in process.marks:
        if (mark.event, mark.at) not in shown:
            found.setdefault((mark.at, mark.event), []).append(mark)
    return [(moment(at), event, marks) for (at, event), marks in sorted(found.items())]


def _alike(kind: str, windows: Sequence[Window]) -> str:
    """Windows with the same outcome at the same moment, in words."""
    first = windows[0]
    came = f" {clock_time(moment(first.at))}" if first.at else ""
    by = f", {missed_by(first)}" if kind == "missed" and missed_by(first) else ""
    who = ", ".join(filter(None, (of_words(window.of.values()) for window in windows)))
    return f"{SYMBOLS[kind]} {who + ' ' if who else ''}{KIND_WORDS[kind]}{came}{by}"
