"""Events of two TSOs over three days drawn at random: missing, corrected, unreadable, doubled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from event_submissions import manifest
from hypothesis import strategies as st

from czca_rules.rulebook.pivoting import MOMENTS, TOLD_TO_PROVIDERS
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.rulebook.sentences import read_sentence
from czca_rules.tables.process_tables import RECURRING_EVENTS

Row = dict[str, Any]

KNOWN_BY_DAY = frozenset(MOMENTS["daily"])
KNOWN = KNOWN_BY_DAY | frozenset(MOMENTS["application"])
RENAMED = {TOLD_TO_PROVIDERS: "allocation_sent"}
#: Who says that an event happened: nobody, everybody at once, each alone, both, a third party.
ACTORS: tuple[tuple[str | None, ...], ...] = (
    (None,), (None,), (None,), ("IPTO", "TERNA"), ("IPTO", "TERNA"), ("MCO",), ("IPTO",),
    ("TERNA", None), ())
#: Three days of delivery, also those on which the clock changes.
DELIVERIES = (("2026-03-10", "2026-03-11", "2026-03-12"),
              ("2026-03-28", "2026-03-29", "2026-03-30"),
              ("2026-10-24", "2026-10-25", "2026-10-26"))
#: Times around which limits lie, some of them alike, most on the day before the first delivery.
TIMES = ("00:00:00+01:00", "08:59:59+01:00", "09:00:00+01:00", "09:00:00.000001+01:00",
         "10:20:00+01:00", "11:20:00+01:00", "12:00:00+01:00", "12:00:01+01:00", "18:00:00+01:00",
         "18:00:00+02:00", "23:00:00Z")
WRONG = {"at": ("soon", "2026-03-10T10:00", ""), "event": ("bsps_notifed", ""),
         "market_day": ("11 March", "2026-02-30"), "actor": ("",), "product": ("afrr",),
         "direction": ("sideways",)}
RECIPIENTS = (None, "BSPs", "TERNA", "IPTO; TERNA", " BSPs ;BRPs", "BSPs_of_IPTO", ";")
DETAILS = (None, None, "offered_volumes", "offered_volumes; offered_prices", "offered_prices;",
           "period", "decision_time;period;volumes;market_values", "supply_curves;demand", "needed")
PRODUCTS = ([{"product": "aFRR", "direction": "up"}],
            [{"product": "aFRR", "direction": "up"}, {"product": "aFRR", "direction": "down"},
             {"product": "mFRR", "direction": "up"}],
            [{"product": "aFRR", "direction": "up", "contracting_period": "P1W"}])
AS_OF = ("2026-11-20T12:00:00+01:00", "2026-11-20T12:00:00+01:00", "2026-04-01T12:00:00+02:00",
         "2026-03-10T18:00:00+01:00", "2026-03-10T12:00:00+01:00")


def groups(ruleset: Ruleset, relations: Collection[str]) -> list[tuple[str, ...]]:
    """The events that each deadline or order on some relations names together."""
    found = []
    for rule in ruleset.rules.values():
        form = rule.form
        if form.on in relations and form.sequence is not None:
            found.append(form.sequence)
        if form.on in relations and form.deadline is not None:
            sentence = read_sentence(form.deadline)
            named = (sentence.event, *(clause.moment for clause in sentence.clauses))
            started = ("application_started",) if form.on == "recurring_duties" else ()
            found.append((*(name for name in named if name in KNOWN), *started))
    return sorted(set(found))


@st.composite
def rows(draw: st.DrawFn, days: Sequence[str], together: Sequence[tuple[str, ...]]) -> list[Row]:
    """Rows of events that belong together; most are sound, of a day before or of the delivery."""
    found: list[Row] = []
    for group in draw(st.lists(st.sampled_from(together), min_size=1, max_size=3, unique=True)):
        for name in group:
            for day in days if name in KNOWN_BY_DAY else ("",):
                for actor in draw(st.sampled_from(ACTORS)):
                    found.append(draw(row(f"e{len(found)}", name, actor, day, days)))
    return found


@st.composite
def row(draw: st.DrawFn, identifier: str, name: str, actor: str | None, day: str,
        days: Sequence[str]) -> Row:
    """One event; of a market day it happens on the day before, now and then on another."""
    seldom = draw(st.integers(0, 23))
    on = (date.fromisoformat(day or days[0]) - timedelta(days=1)).isoformat()
    if seldom in (5, 6):
        on = days[-1]
    made: Row = {"event_id": identifier, "event": RENAMED.get(name, name), "actor": actor,
                 "market_day": day or None, "at": f"{on}T{draw(st.sampled_from(TIMES))}",
                 "recipients": "BSPs" if name in RENAMED else None}
    if not day and (name in RECURRING_EVENTS or name == "application_started"):
        since = draw(st.sampled_from(("2024-02-01", "2025-02-01", "2025-02-02", "2025-12-24")))
        made["at"] = f"{since}T10:00:00+01:00"
    if draw(st.integers(0, 3)) == 0:
        made |= {"recipients": draw(st.sampled_from(RECIPIENTS)),
                 "detail": draw(st.sampled_from(DETAILS))}
    if seldom == 0:
        made |= {"product": draw(st.sampled_from(("aFRR", "mFRR"))),
                 "direction": draw(st.sampled_from((None, "up", "down")))}
    if seldom == 1:
        made["corrects"] = f"e{draw(st.integers(0, 14))}"
    if seldom == 2:
        column = draw(st.sampled_from(sorted(WRONG)))
        made[column] = draw(st.sampled_from(WRONG[column]))
    if seldom in (3, 4) and day:
        made["mtu_start"] = f"{day}T06:00:00+01:00"
    return made


@st.composite
def event_submissions(draw: st.DrawFn, together: Sequence[tuple[str, ...]],
                      approach: str = "market_based") -> tuple[Row, Row]:
    """A manifest of two TSOs and three days, and events, if any were handed in."""
    days = draw(st.sampled_from(DELIVERIES))
    countries = draw(st.sampled_from((("GR", "IT"), ("GR", None), (None, "XX"))))
    tsos = [{"id": tso, **({"country": country} if country else {})}
            for tso, country in zip(("IPTO", "TERNA"), countries, strict=True)]
    claims = draw(st.sampled_from(([], [], [{"exemption": "withholding"}])))
    head = manifest(approach=approach, tsos=tsos, as_of=draw(st.sampled_from(AS_OF)),
                    delivery={"from": days[0], "to": days[-1]}, relies_on=claims,
                    products=draw(st.sampled_from(PRODUCTS)))
    tables: Row = {"events": draw(rows(days, together))}
    if draw(st.booleans()):
        tables["documents"] = [{"document": "withholding_approval", "reference": "W1",
                                "valid_from": days[1]}]
    return head, tables if draw(st.integers(0, 19)) != 19 else {}
