"""Each clause of a deadline, written out as columns and conditions.

A clause says what must hold of the event's moment, which of its limits show in findings, and what a
missing event means: late once the limit has passed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from czca_rules.rulebook.moments import SPECIAL
from czca_rules.rulebook.sentences import Clause
from czca_rules.rulebook.steps import ByReading, Definition, Function, Rollup, Step
from czca_rules.tables.event_checks import ANNOUNCED_EVENTS


@dataclass
class Parts:
    """What one clause of a deadline comes to, gathered as it is written out."""

    slug: str
    steps: list[Step] = field(default_factory=list)
    must: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    ahead: list[str] = field(default_factory=list)
    still_open: list[str] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)

    def columns(self, **columns: Definition) -> None:
        self.steps.append(Step(columns={f"{self.slug}_{name}": formula
                                        for name, formula in columns.items()}))


def _moment(clause: Clause) -> str:
    column = SPECIAL.get(clause.moment, f"moment.{clause.moment}")
    if not clause.day_before:
        return column
    return f"(if {column} >= day_before_start and {column} < day_start then {column} else unknown)"


def _after_event(part: Parts, clause: Clause, event: str) -> None:
    moment = _moment(clause)
    if clause.hours:
        part.columns(strict=f"{moment} + {clause.hours} h",
                     legal=f"hour_start({moment}) + {clause.hours + 1} h")
        _band(part, f"{part.slug}_strict", f"{part.slug}_legal", event)
        return
    part.columns(anchor=moment)
    part.steps.append(Step(function=Function.model_validate({
        "as": part.slug, "name": "period_after", "on": (f"{part.slug}_anchor", "country"),
        "with": {"period": clause.period,
                 "ends_day": "yes" if clause.moment == "the use" else "not"}})))
    calendar_band(part, event)


def _before_event(part: Parts, clause: Clause, event: str) -> None:
    moment = _moment(clause)
    if clause.hours:
        part.columns(strict=f"{moment} - {clause.hours} h",
                     legal=f"hour_start({moment}) - {clause.hours} h")
        _band(part, f"{part.slug}_strict", f"{part.slug}_legal", event, _anchor(clause))
        return
    part.columns(anchor=moment)
    part.steps.append(Step(function=Function.model_validate({
        "as": part.slug, "name": "period_before", "on": (f"{part.slug}_anchor",),
        "with": {"period": clause.period}})))
    _upper(part, f"{event} <= {part.slug}.last", f"{part.slug}.last", _anchor(clause))


def _anchor(clause: Clause) -> str | None:
    """The event that a limit lies at or before: it has happened, so the limit has passed.

    What may be announced ahead is none.
    """
    ahead = clause.moment in SPECIAL or clause.moment in ANNOUNCED_EVENTS
    return None if ahead else f"moment.{clause.moment}"


def _band(part: Parts, strict: str, legal: str, event: str, anchor: str | None = None) -> None:
    """Passed up to the earlier of two limits, noted up to the later, under the default reading."""
    def by_reading(function: str) -> ByReading:
        return ByReading(reading="hours_deadline", formulas={
            "both": f"{function}({strict}, {legal})", "strict": strict, "legal": legal})

    part.columns(sure=by_reading("min"), limit=by_reading("max"))
    part.shown = _shown_band(part, strict, legal)
    part.noted.append(f"{event} > {part.slug}_sure")
    _upper(part, f"{event} <= {part.slug}_limit", f"{part.slug}_limit", anchor)


def _shown_band(part: Parts, strict: str, legal: str) -> dict[str, str]:
    return {"required": f"{part.slug}_sure", "required_max": f"{part.slug}_limit",
            "by_plain_count": strict, "by_regulation": legal}


def calendar_band(part: Parts, event: str) -> None:
    """The same for days and longer: the legal end is never the earlier one, but it may be unknown
    where no holidays are known."""
    strict, legal = f"{part.slug}.strict", f"{part.slug}.legal"
    part.columns(
        sure=ByReading(reading="hours_deadline",
                       formulas={"both": strict, "strict": strict, "legal": legal}),
        limit=ByReading(reading="hours_deadline",
                        formulas={"both": legal, "strict": strict, "legal": legal}))
    part.shown = _shown_band(part, strict, legal)
    part.noted.append(f"{event} > {part.slug}_sure")
    _upper(part, f"{event} <= {part.slug}_sure or {event} <= {part.slug}_limit",
           f"{part.slug}_limit")
    # where no holidays are known, nothing is due before the calendar says so
    part.ahead = [f"first_given({part.slug}_limit, {strict})"]


def _upper(part: Parts, must: str, limit: str, anchor: str | None = None) -> None:
    """A last moment; without an ``anchor`` event it may lie ahead of what is known."""
    part.must.append(must)
    part.limits.append(limit)
    part.still_open.append(f"{anchor or limit} > submission.as_of")
    if anchor is None:
        part.ahead.append(limit)


def _order(part: Parts, clause: Clause, event: str) -> None:
    moment = _moment(clause)
    operator = {"before": "<", "not after": "<=", "after": ">", "not before": ">="}[clause.order]
    if operator in ("<", "<="):
        _upper(part, f"{event} {operator} {moment}", moment, _anchor(clause))
    else:
        part.must.append(f"{event} {operator} {moment}")


def _together(part: Parts, clause: Clause, event: str) -> None:
    moment = _moment(clause)
    if clause.tolerance is None:
        _upper(part, f"{event} = {moment}", moment, _anchor(clause))
        return
    part.columns(earliest=f"{moment} - {clause.tolerance}", latest=f"{moment} + {clause.tolerance}")
    part.must.append(f"{event} >= {part.slug}_earliest")
    _upper(part, f"{event} <= {part.slug}_latest", f"{part.slug}_latest")
    part.noted.append(f"{event} != {moment}")


def _equal(part: Parts, clause: Clause, event: str) -> None:
    by = ("market_day", "product") if clause.directions else ("market_day", "product", "direction")
    part.steps.append(Step(rollup=Rollup.model_validate({
        "as": part.slug, "by": by, "columns": {
            "first": f"lowest({event}_seen where {event}_readable)",
            "last": f"highest({event}_seen where {event}_readable)",
            "all_told": f"every({event}_readable)", "some_told": f"any({event}_told)"}})))
    part.shown = {"required": f"if {event} = {part.slug}.first then {part.slug}.last "
                              f"else {part.slug}.first"}
    part.must += [f"{part.slug}.first = {part.slug}.last",
                  f"if {part.slug}.all_told then true else unknown"]


def equal_due(slug: str) -> str:
    """When gates that are not told are late: not before the day begins."""
    differ = f"(if {slug}.first != {slug}.last then submission.as_of else day_start)"
    return (f"if {slug}.all_told then submission.as_of else "
            f"(if {slug}.some_told then {differ} else day_start)")


WRITERS = {"after_event": _after_event, "before_event": _before_event, "order": _order,
            "together": _together, "equal": _equal}
