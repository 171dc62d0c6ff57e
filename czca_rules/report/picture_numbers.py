"""The numbers that a report's pictures show: which days are drawn, and what is drawn of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from czca_rules.check.breakdown import Tally, breakdown
from czca_rules.check.codes import Code
from czca_rules.check.day_process import asked, marks
from czca_rules.check.evidence import Evidence
from czca_rules.check.finding import text_of
from czca_rules.check.judging import Judging, RuleOutcome, natural
from czca_rules.report import picture_model as p
from czca_rules.report.picture_days import Border, BorderDays, Place, drawn_rules, written

#: Most daily pictures of one kind; days with findings come first.
MOST_DAYS = 20


def pictures(judging: Judging, outcomes: Sequence[RuleOutcome], evidence: Evidence) -> p.Pictures:
    """All numbers for the pictures of a check."""
    borders = [Border(item.id, ((item.zones[0], item.zones[1]), (item.zones[1], item.zones[0])))
               for item in judging.submission.manifest.borders]
    at_border = {direction: border.id for border in borders for direction in border.directions}
    tallies = breakdown(judging, outcomes)
    days = judging.calendar.days
    ranked = _ranked(tallies, at_border, days, [border.id for border in borders],
                     drawn_rules(judging))
    counts = _counts(tallies, at_border)
    of_events = _days_of_events(tallies, outcomes, days)
    return p.Pictures(
        border_days=tuple(_drawn(judging, outcomes, borders, ranked[:MOST_DAYS], counts)),
        border_days_total=len(ranked),
        processes=tuple(_processes(judging, outcomes, evidence, of_events[:MOST_DAYS])),
        processes_total=len(of_events), calendar=tuple(_calendar(tallies, days)),
        breaches=tuple(_breaches(tallies, outcomes, at_border)))


def _drawn(judging: Judging, outcomes: Sequence[RuleOutcome], borders: Iterable[Border],
           places: Sequence[Place],
           counts: Mapping[tuple[Place, Code], int]) -> Iterable[p.BorderDay]:
    """Market days of borders, those of which nothing is known left out."""
    drawing = BorderDays(judging, outcomes, {day for day, _ in places})
    known = {border.id: border for border in borders}
    for day, name in places:
        found = drawing.day(day, known[name], counts.get(((day, name), Code.FAILED), 0),
                            counts.get(((day, name), Code.NOT_ASSESSABLE), 0))
        if found.allocations or found.prices:
            yield found


def _border_of(tally: Tally, at_border: Mapping[tuple[str, str], str]) -> str | None:
    if isinstance(tally.place, tuple):
        return at_border.get(tally.place)
    return tally.place if tally.place in at_border.values() else None


def _counts(tallies: Iterable[Tally],
            at_border: Mapping[tuple[str, str], str]) -> dict[tuple[Place, Code], int]:
    counts: dict[tuple[Place, Code], int] = {}
    for tally in tallies:
        border = _border_of(tally, at_border)
        if border is not None and tally.market_day is not None:
            place = ((tally.market_day, border), tally.code)
            counts[place] = counts.get(place, 0) + tally.rows
    return counts


def _ranked(tallies: Sequence[Tally], at_border: Mapping[tuple[str, str], str],
            days: Sequence[date], borders: Sequence[str], drawn: Sequence[str]) -> list[Place]:
    """Market days of borders: first those whose pictures show what failed, most rows first."""
    counts = _counts(tallies, at_border)
    shown = _counts([tally for tally in tallies if tally.rule in drawn], at_border)
    return sorted(((day, border) for day in days for border in borders), key=lambda place: (
        (place, Code.FAILED) not in shown, -counts.get((place, Code.FAILED), 0),
        -counts.get((place, Code.NOT_ASSESSABLE), 0),
        place[0], borders.index(place[1])))


def _days_of_events(tallies: Iterable[Tally], outcomes: Iterable[RuleOutcome],
                    days: Sequence[date]) -> list[date]:
    """Market days, those on which deadlines or orders of events failed first."""
    timed = {item.rule.id for item in outcomes if item.rule.form.deadline
             or item.rule.form.sequence}
    failed: dict[date, int] = {}
    for tally in tallies:
        if tally.rule in timed and tally.code is Code.FAILED and tally.market_day is not None:
            failed[tally.market_day] = failed.get(tally.market_day, 0) + tally.rows
    return sorted(days, key=lambda day: (-failed.get(day, 0), day))


def _processes(judging: Judging, outcomes: Sequence[RuleOutcome], evidence: Evidence,
               days: Sequence[date]) -> Iterable[p.ProcessDay]:
    of_day: dict[date, list[p.EventMark]] = {}
    for item in marks(judging, days):
        of_day.setdefault(item.market_day, []).append(p.EventMark(
            event=item.event, at=written(item.at), actor=item.actor, border=item.border,
            product=item.product, direction=item.direction))
    windows: dict[date, list[p.Window]] = {}
    for one in asked(judging, evidence, outcomes, days):
        bounds = one.bounds
        windows.setdefault(one.market_day, []).append(p.Window(
            rule=one.rule.id, event=one.event, title=one.rule.form.title, outcome=one.code.word,
            noted=one.code is Code.NOTED, of=one.of, at=_moment(one.at),
            opens=_moment(bounds.opens), closes=_moment(bounds.closes),
            closes_noted=_moment(bounds.noted)))
    for day in days:
        asks = sorted(windows.get(day, ()), key=lambda item: (
            natural(item.rule), sorted(item.of.items())))
        if asks or of_day.get(day):
            yield p.ProcessDay(market_day=str(day), marks=tuple(of_day.get(day, ())),
                               windows=tuple(asks))


def _calendar(tallies: Iterable[Tally], days: Sequence[date]) -> Iterable[p.DayCount]:
    counts: dict[tuple[date, Code], int] = {}
    for tally in tallies:
        if tally.market_day is not None:
            place = (tally.market_day, tally.code)
            counts[place] = counts.get(place, 0) + tally.rows
    for day in sorted({*days, *(day for day, _ in counts)}):
        yield p.DayCount(market_day=str(day), failed=counts.get((day, Code.FAILED), 0),
                         not_assessable=counts.get((day, Code.NOT_ASSESSABLE), 0))


def _breaches(tallies: Iterable[Tally], outcomes: Sequence[RuleOutcome],
              at_border: Mapping[tuple[str, str], str]) -> Iterable[p.BorderBreaches]:
    groups: dict[tuple[str, str], list[Tally]] = {}
    for tally in tallies:
        if tally.code is Code.FAILED:
            groups.setdefault((_border_of(tally, at_border) or "", tally.rule), []).append(tally)
    levels: dict[str, Any] = {item.rule.id: item.rule.form.level for item in outcomes}
    for border, rule in sorted(groups, key=lambda pair: (pair[0] == "", pair[0],
                                                         natural(pair[1]))):
        rows = groups[border, rule]
        unit = rows[0].unit
        largest = [item.largest for item in rows if item.largest is not None]
        yield p.BorderBreaches(
            border=border or None, rule=rule, level=levels[rule],
            failed=sum(item.rows for item in rows),
            days=len({item.market_day for item in rows} - {None}),
            largest_excess=text_of(max(largest)) if largest else None,
            unit=unit if largest else None, excess_mwh=_total(rows, "MW"),
            excess_eur=_total(rows, "EUR"))


def _total(rows: Iterable[Tally], unit: str) -> str | None:
    found = [item.total for item in rows if item.unit == unit]
    known = [total for total in found if total is not None]
    return text_of(sum(known, Decimal(0))) if known and len(known) == len(found) else None


def _moment(moment: datetime | None) -> str | None:
    return text_of(moment)
