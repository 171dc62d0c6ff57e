"""Deadlines as sentences: `volumes_and_prices_published no later than 1 hour after bsps_notified`.

The clauses that a sentence may have, joined by `and`:

- `no later than PERIOD after MOMENT`, or `at most PERIOD after MOMENT`;
- `at least PERIOD before MOMENT`;
- `before MOMENT`, `not after MOMENT`, `after MOMENT`, `not before MOMENT`;
- `together with MOMENT`, with `within PARAMETER` for a tolerance in hours;
- `equal among TSOs`, or `equal among TSOs and directions`;
- `at least every PERIOD`, for duties that recur.

A moment is an event's name, `the first use`, `the use` (its end) or `the week ahead`; `of the day
before delivery` after it asks that the moment lies on that market day. Periods are in hours, days,
weeks, months or years, and are numbers of law: the rule's provision sets them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from czca_rules.rulebook.syntax import ExpressionError

Kind = Literal["after_event", "before_event", "order", "together", "equal", "every"]

_PERIOD = r"(?P<number>[1-9]\d{0,3}) (?P<unit>hour|day|week|month|year)s?"
_MOMENT = (r"(?P<moment>the first use|the use|the week ahead|[a-z][a-z_]*)"
           r"(?P<day_before> of the day before delivery)?")
_CLAUSES: tuple[tuple[Kind, str], ...] = (
    ("after_event", rf"(?:no later than|at most) {_PERIOD} after {_MOMENT}"),
    ("before_event", rf"at least {_PERIOD} before {_MOMENT}"),
    ("every", rf"at least every {_PERIOD}"),
    ("order", rf"(?P<order>not before|not after|before|after) {_MOMENT}"),
    ("together", rf"together with {_MOMENT}(?: within (?P<tolerance>[a-z][a-z0-9_]*))?"),
    ("equal", r"equal among TSOs(?P<directions> and directions)?"),
)
_ISO = {"hour": "PT{}H", "day": "P{}D", "week": "P{}W", "month": "P{}M", "year": "P{}Y"}
_NAME = re.compile(r"[a-z][a-z_]*")
_FORMS = ("`no later than 1 hour after EVENT`, `at least 6 hours before the first use`, "
          "`before EVENT`, `together with EVENT` or `equal among TSOs`")


@dataclass(frozen=True)
class Clause:
    """One clause of a deadline; ``at`` is its place in the sentence, from 1.

    ``moment`` is what it is measured from (empty for `equal` and `every`), ``period`` ISO text,
    ``hours`` its number if it counts hours, ``order`` the word of an order, ``tolerance`` the name
    of a parameter.
    """

    kind: Kind
    at: int
    moment: str = ""
    day_before: bool = False
    period: str = ""
    hours: int = 0
    order: str = ""
    tolerance: str | None = None
    directions: bool = False


@dataclass(frozen=True)
class Deadline:
    """A sentence read: which event, and the clauses that its moment must satisfy."""

    event: str
    clauses: tuple[Clause, ...]


def read_sentence(text: str) -> Deadline:
    """Read a deadline; raises `ExpressionError` with the place of what cannot be read."""
    sentence = " ".join(text.split())
    subject = _NAME.match(sentence)
    if subject is None:
        raise ExpressionError(1, f"`{sentence[:20]}`", "the name of an event")
    position, clauses = subject.end(), []
    joint = " "
    while position < len(sentence):
        if not f"{sentence} ".startswith(joint, position):
            rest = sentence[position:].lstrip()
            raise ExpressionError(len(sentence) - len(rest) + 1, f"`{rest[:20]}`",
                                  "`and` with another clause, or the end")
        position += len(joint)
        clause, position = _clause(sentence, position)
        clauses.append(clause)
        joint = " and "
    if not clauses:
        raise ExpressionError(len(sentence), "the end of the sentence",
                              f"a clause such as {_FORMS}")
    return Deadline(subject.group(), tuple(clauses))


def _clause(sentence: str, position: int) -> tuple[Clause, int]:
    for kind, pattern in _CLAUSES:
        found = re.compile(pattern).match(sentence, position)
        if found is None:
            continue
        parts = found.groupdict()
        number, unit = parts.get("number"), parts.get("unit")
        clause = Clause(
            kind, position + 1, parts.get("moment") or "", bool(parts.get("day_before")),
            _ISO[unit].format(number) if unit else "", int(number) if unit == "hour" and number
            else 0, parts.get("order") or "", parts.get("tolerance"),
            bool(parts.get("directions")))
        return clause, found.end()
    rest = sentence[position:position + 30]
    raise ExpressionError(min(position + 1, len(sentence)),
                          f"`{rest}`" if rest else "the end of the sentence",
                          f"a clause such as {_FORMS}")
