"""What a finding says of deadlines and orders of events: moments by the clock, and by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from czca_rules.check.finding import NumberPair, missed_by, spoken
from czca_rules.market_time.spans import spoken_limit
from czca_rules.rulebook.evaluate import evaluate
from czca_rules.rulebook.pivoting import TOLD_TO_PROVIDERS
from czca_rules.rulebook.ruleset import Rule


def deadline_words(rule: Rule, pair: NumberPair, row: Mapping[str, Any],
                   as_of: datetime) -> dict[str, Any]:
    """When something happened, its last lawful moment, and by how much that was missed.

    Where a plain count and Regulation 1182/71 differ, both moments are said.
    """
    observed = never_or(pair.observed, as_of)
    last = pair.relation in ("<", "<=")
    required: Any = pair.required
    if last and pair.required is not None:
        required = spoken_limit(pair.required)
    if pair.required_max is not None:
        plain, legal = (spoken_limit(evaluate(rule.shows[name], row))
                        for name in ("by_plain_count", "by_regulation"))
        required = f"{legal} under Regulation 1182/71 and {plain} by plain counting"
    return {"observed": observed, "required": required, "excess": missed_by(pair, as_of)}


def never_or(moment: Any, as_of: datetime) -> Any:
    """A moment, or that nothing had happened by the time at which the submission was made."""
    return moment or f"no time up to {spoken(as_of)}"


def out_of_order(events: Sequence[str], row: Mapping[str, Any]) -> str:
    """The neighbours in an order of events that stand the wrong way round, with their moments."""
    known = [(name, row[f"moment.{name}"]) for name in events
             if row[f"moment.{name}"] is not None]
    return "; ".join(
        f"`{other}` at {spoken(later)} before `{one}` at {spoken(earlier)}"
        for (one, earlier), (other, later) in pairwise(known) if later < earlier) or "unknown"


def event_of(column: str) -> str:
    """The event that a column of moments is about.

    >>> event_of("moment.bsps_notified_told")
    'bsps_notified'
    """
    name = column.removeprefix("moment.")
    for ending in ("_told", "_seen", "_readable"):
        name = name.removesuffix(ending)
    return "allocation_sent" if name == TOLD_TO_PROVIDERS else name


def not_told(rule: Rule, row: Mapping[str, Any]) -> list[str]:
    """The events of an order, or of an equality, whose moment is not known."""
    events = list(rule.form.sequence or ())
    if rule.form.deadline is not None and " equal among " in rule.form.deadline:
        if row.get(f"moment.{rule.form.deadline.split()[0]}") is not None:
            return ["the moment of the same event of another TSO is not known"]
        events = [rule.form.deadline.split()[0]]
    return [f"the moment of `{event}` is not known" for event in events
            if row[f"moment.{event}"] is None]
