"""From the spellings of time to the one form of rules: a deadline, or events in an order.

A deadline adds columns to the relation that its rule stands on (its limits, strict and legal) and
becomes `due`, `must`, `noted` and `shows` of the rule. `czca explain RULE --expanded` prints them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from czca_rules.errors import near_miss
from czca_rules.rulebook.clauses import WRITERS, Parts, calendar_band, equal_due
from czca_rules.rulebook.model import RuleForm
from czca_rules.rulebook.moments import RECURRING, require_fitting, require_known
from czca_rules.rulebook.sentences import Deadline, read_sentence
from czca_rules.rulebook.steps import Definition, Function, Step
from czca_rules.rulebook.syntax import ExpressionError
from czca_rules.tables.process_tables import HAPPENINGS

#: Before any event of a market day: a century.
LONG_AGO_H = 876_600


@dataclass
class Expansion:
    """What a spelling of time stands for: steps for the rule's relation, and the rule's form."""

    steps: list[Step]
    form: RuleForm


def spelled_out(form: RuleForm, parameters: Mapping[str, str]) -> \
        Expansion | ExpressionError | None:
    """What a rule's deadline or sequence stands for, or what is wrong with it; `None` without one.

    ``parameters`` maps the names of parameters to their units.
    """
    try:
        if form.sequence is not None:
            require_known(form.sequence, form.on, 1)
            for number, event in enumerate(form.sequence):
                if event in form.sequence[:number]:
                    raise ExpressionError(1, f"the event `{event}` again", "each event once")
            return expanded_sequence(form, form.sequence)
        if form.deadline is None:
            return None
        deadline = read_sentence(form.deadline)
        require_known((deadline.event,), form.on, 1)
        for clause in deadline.clauses:
            require_fitting(clause, deadline, form.on)
            if clause.tolerance is not None and parameters.get(clause.tolerance) != "h":
                raise ExpressionError(clause.at, f"the tolerance `{clause.tolerance}`",
                                      "a parameter in hours",
                                      near_miss(clause.tolerance, parameters))
        return expanded_deadline(form, deadline)
    except ExpressionError as error:
        return error


def slug_of(identifier: str) -> str:
    """A rule's identifier as the beginning of column names."""
    return re.sub(r"[^a-z0-9]+", "_", identifier.lower())


def expanded_deadline(form: RuleForm, deadline: Deadline) -> Expansion:
    """The rule that a deadline stands for."""
    if form.on == RECURRING:
        return _recurring(form, deadline)
    slug, event = slug_of(form.id), f"moment.{deadline.event}"
    told = f"{event}_told"
    parts: list[Parts] = []
    for number, clause in enumerate(deadline.clauses, 1):
        part = Parts(f"{slug}_{number}")
        WRITERS[clause.kind](part, clause, event)
        parts.append(part)
    steps = [step for part in parts for step in part.steps]
    # limits first: they are what a finding shows of an event that never came
    must = " and ".join(f"({text})" for part in sorted(parts, key=lambda part: not part.limits)
                        for text in part.must)
    noted = " or ".join(f"({text})" for part in parts for text in part.noted) or None
    changes: dict[str, object] = {"must": must, "noted": noted}
    shows = {"observed": event} | _shown_limits(parts)
    still_open = [text for part in parts for text in part.still_open]
    if still_open:
        changes["must"] = f"if {told} then {must} else ({_without(deadline.event, still_open)})"
        changes["due"] = _due(told, parts)
    if any(clause.kind == "equal" for clause in deadline.clauses):
        changes["due"] = equal_due(parts[0].slug)
    changes["shows"] = {**shows, **form.shows}
    return Expansion(steps, form.model_copy(update=changes))


def _without(event: str, still_open: Sequence[str]) -> str:
    """What holds where an event is not on record: sent or published late, else nobody knows."""
    ahead = " and ".join(still_open)
    return f"if {ahead} then true else unknown" if event in HAPPENINGS else ahead


def _due(told: str, parts: Sequence[Parts]) -> str | None:
    """When a missing event is late; nothing where limits rest on events, which have happened."""
    bounded = [part for part in parts if part.limits]
    if not all(part.ahead for part in bounded):
        return None
    limits = [limit for part in bounded for limit in part.ahead]
    limit = limits[0] if len(limits) == 1 else f"min({', '.join(limits)})"
    return f"if {told} then submission.as_of else {limit}"


def _shown_limits(parts: Sequence[Parts]) -> dict[str, str]:
    """The limit of a deadline of one clause; of several, the comparison that failed shows its."""
    if len(parts) != 1:
        return {}
    return parts[0].shown or dict(zip(("required",), parts[0].limits, strict=False))


def _recurring(form: RuleForm, deadline: Deadline) -> Expansion:
    """Each time that the duty was met must be followed by the next within the period."""
    clause = deadline.clauses[0]
    part = Parts(f"{slug_of(form.id)}_1")
    part.steps.append(Step(function=Function.model_validate({
        "as": part.slug, "name": "period_after", "on": ("began_at", "country"),
        "with": {"period": clause.period, "ends_day": "not"}})))
    calendar_band(part, "next_at")
    limit = part.limits[0]
    scope = f"event = '{deadline.event}'"
    return Expansion(part.steps, form.model_copy(update={
        "under": f"{scope} and ({form.under})" if form.under else scope,
        "due": f"if next_told then submission.as_of else {part.ahead[0]}",
        "must": f"if next_told then ({part.must[0]}) else ({limit} > submission.as_of)",
        "noted": part.noted[0],
        "shows": {"observed": "next_at", **part.shown, **form.shows}}))


def expanded_sequence(form: RuleForm, events: Iterable[str]) -> Expansion:
    """The rule that an order of events stands for: none is earlier than any named before it.

    ``since`` columns hold the latest moment so far, so that a missing event is passed over.
    """
    slug = slug_of(form.id)
    names = [f"moment.{event}" for event in events]
    columns: dict[str, Definition] = {
        f"{slug}_since_1": f"if {names[0]}_told then {names[0]} else day_start - {LONG_AGO_H:d} h"}
    for number, name in enumerate(names[1:], 2):
        before = f"{slug}_since_{number - 1}"
        columns[f"{slug}_broken_{number}"] = f"if {name}_told then {name} < {before} else false"
        columns[f"{slug}_since_{number}"] = (
            f"if {name}_told then max({before}, {name}) else {before}")
    columns.pop(f"{slug}_since_{len(names)}")
    told = f"{slug}_all_told"
    columns[told] = " and ".join(f"{name}_told" for name in names)
    broken = " or ".join(f"{slug}_broken_{number}" for number in range(2, len(names) + 1))
    columns[f"{slug}_broken"] = broken
    return Expansion([Step(columns=columns)], form.model_copy(update={
        "must": f"if {slug}_broken then false else (if {told} then true else unknown)",
        "due": f"if {slug}_broken or {told} then submission.as_of else day_start"}))
