"""Which moments a deadline may name, on which relation, and what is refused with its place."""

from __future__ import annotations

from collections.abc import Iterable

from czca_rules.errors import near_miss
from czca_rules.rulebook.pivoting import MOMENTS
from czca_rules.rulebook.sentences import Clause, Deadline
from czca_rules.rulebook.syntax import ExpressionError
from czca_rules.tables.process_tables import RECURRING_EVENTS

#: Moments that are no events, and the column that each is.
SPECIAL = {"the first use": "first_use_at", "the use": "day_end", "the week ahead": "week_ahead_at"}
#: Relations of recurring duties have one event in each row, not a column for each.
RECURRING = "recurring_duties"
#: The relations that deadlines stand on, and which of those moments each has.
RELATIONS: dict[str, tuple[str, ...]] = {
    "tso_auctions": tuple(SPECIAL), "tso_days": ("the use",), "tso_applications": (),
    RECURRING: ()}


def known_moments(relation: str) -> list[str]:
    """The events that a deadline on a relation may name."""
    if relation == RECURRING:
        return list(RECURRING_EVENTS)
    return list(MOMENTS["application" if relation == "tso_applications" else "daily"])


def require_fitting(clause: Clause, deadline: Deadline, relation: str) -> None:
    """Refuse a clause that means nothing on a relation (`ExpressionError`)."""
    if clause.moment in SPECIAL and clause.moment not in RELATIONS[relation]:
        raise ExpressionError(clause.at, f"`{clause.moment}`", f"a moment that `{relation}` has")
    if clause.moment and clause.moment not in SPECIAL:
        require_known((clause.moment,), relation, clause.at)
    daily = relation in ("tso_auctions", "tso_days")
    if not daily and (clause.day_before or clause.kind == "equal"):
        raise ExpressionError(clause.at, "a market day", f"nothing but what `{relation}` has")
    if clause.moment == deadline.event:
        raise ExpressionError(clause.at, f"`{clause.moment}` by itself", "another moment")
    if (clause.kind == "every") != (relation == RECURRING):
        raise ExpressionError(clause.at, f"this clause on `{relation}`", (
            "`EVENT at least every 12 months`" if relation == RECURRING
            else "`at least every` on recurring duties only"))
    if clause.kind in ("equal", "every") and len(deadline.clauses) > 1:
        raise ExpressionError(clause.at, "this clause beside another", "it by itself")


def require_known(events: Iterable[str], relation: str, at: int) -> None:
    """Refuse events that a relation has no moment of (`ExpressionError` with the near miss)."""
    if relation not in RELATIONS:
        raise ExpressionError(at, f"a deadline on `{relation}`", "a relation with moments",
                              near_miss(relation, RELATIONS))
    known = known_moments(relation)
    for event in events:
        if event not in known:
            raise ExpressionError(at, f"the event `{event}`", f"an event that `{relation}` has",
                                  near_miss(event, known))
