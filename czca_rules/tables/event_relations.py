"""Events in the engine: corrected, given to each TSO that they concern, kept apart as stated.

An event without an actor, or whose actor is no TSO of the manifest, concerns every TSO; one without
product, direction or border concerns all of them. A row that was handed in wrong keeps the cells
that could be read and has no moment: what it may concern cannot be judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from czca_rules.market_time.days import market_day_end, market_day_of, market_day_start
from czca_rules.market_time.spans import period_end
from czca_rules.tables.contracted_days import fill_contracted_days
from czca_rules.tables.duty_cycles import duty_cycles_sql
from czca_rules.tables.engine import Engine, quoted
from czca_rules.tables.event_grids import DOCUMENT_VIEWS, event_tsos
from czca_rules.tables.event_tables import EVENT_TABLES, EVERYTHING
from czca_rules.tables.manifest import Manifest
from czca_rules.tables.process_tables import APPLICATION_EVENTS, DAILY_EVENTS

APART = ("product", "direction", "border")
_DETAILS = ("mtu_start", "recipients", "document", "detail")
#: What is relied on where rows were handed in wrong: of those only what they may concern.
_SOME_WRONG = ", ".join(['CASE WHEN NOT e._bad THEN e."at" END AS "at"', "NOT e._bad AS readable"] +
                        [f"CASE WHEN NOT e._bad THEN e.{name} END AS {name}" for name in _DETAILS])
_ALL_RIGHT = ", ".join(['e."at"', "true AS readable", *(f"e.{name}" for name in _DETAILS)])
#: Events of somebody who is no TSO concern those TSOs that they name as recipients, else all.
_NAMED = "string_split(replace(e.recipients, ' ', ''), ';')"
_RECEIVED = (f"e.recipients IS NULL OR list_contains({_NAMED}, t.tso) OR "
             f"NOT list_has_any({_NAMED}, (SELECT list(tso) FROM m_duty_tsos))")


def fill_event_relations(manifest: Manifest, engine: Engine,
                         contracts_unread: bool = False) -> bool:
    """Create ``m_duty_days``, ``m_day_events`` and their siblings from ``t_events``.

    Whether no event was handed in wrong. ``contracts_unread`` says that contracts were handed in
    but cannot be relied on.
    """
    claims = any(item.exemption == "withholding" for item in manifest.relies_on)
    engine.fill("m_duty_tsos", [*_columns("duty_tsos"), *_PLACE], [
        (tso.id, tso.country, claims, False, None, None) for tso in manifest.tsos])
    told = _look_over(engine)
    days = [day for (day,) in engine.query(
        "SELECT DISTINCT market_day FROM d_intervals ORDER BY 1")]
    begun = _auction_days(manifest, days, engine)
    engine.fill("m_delivery_days", [("market_day", "DATE"), ("auction", "BOOLEAN")],
                [(day, day in begun) for day in days])
    _fill_strands(manifest, told.apart, engine)
    _fill_contracts(manifest, days, begun, told.apart, engine)
    fill_contracted_days(manifest, days, over_a_day, contracts_unread, engine)
    engine.fill("m_borders", [("border", "VARCHAR")], [(item.id,) for item in manifest.borders])
    _create_views((days[0], days[-1]), told, engine)
    return not told.wrong


#: Actors that a condition lists by name; more are met by a join.
_MANY = 20
_PLACE = [("_bad", "BOOLEAN"), ("_file", "INTEGER"), ("_line", "BIGINT")]


def _columns(name: str) -> list[tuple[str, str]]:
    return [(column.name, column.sql_type) for column in EVENT_TABLES[name].columns]


@dataclass(frozen=True)
class _Told:
    """What the events have in common, so that their views do no more than they have to.

    ``wrong`` says whether any row was handed in wrong, ``strangers`` the actors that are no TSO of
    the manifest (``None`` if there are many), ``apart`` what daily events are kept apart by.
    """

    wrong: bool
    events: frozenset[str]
    strangers: tuple[str, ...] | None
    apart: frozenset[str]


def _look_over(engine: Engine) -> _Told:
    """Create ``m_current_events``, the events that no other puts right, and look at them."""
    corrected = engine.query("SELECT count(corrects) FROM t_events")[0][0]
    rest = (" WHERE NOT EXISTS (SELECT 1 FROM t_events c WHERE c.corrects = e.event_id "
            "AND c.event_id <> e.event_id)") if corrected else ""
    engine.execute(f"CREATE OR REPLACE VIEW m_current_events AS SELECT * FROM t_events e{rest}")
    found = engine.query(
        f"SELECT event, bool_or(_bad), {', '.join(f'count({name}) > 0' for name in APART)} "
        "FROM m_current_events GROUP BY event")
    daily = [row[2:] for row in found if row[0] is None or row[0] in DAILY_EVENTS]
    actors = [actor for (actor,) in engine.query(
        "SELECT DISTINCT actor FROM m_current_events e ANTI JOIN m_duty_tsos t "
        f"ON t.tso = e.actor WHERE actor IS NOT NULL ORDER BY 1 LIMIT {_MANY + 1}")]
    return _Told(any(row[1] for row in found), frozenset(row[0] for row in found if row[0]),
                 tuple(actors) if len(actors) <= _MANY else None,
                 frozenset(name for place, name in enumerate(APART)
                           if any(row[place] for row in daily)))


def over_a_day(period: str | None, day: date) -> bool | None:
    """Whether a contracting period that begins with a market day is longer than that day."""
    return None if period is None else period_end(market_day_start(day), period) > \
        market_day_end(day)


def _auction_days(manifest: Manifest, days: Sequence[date], engine: Engine) -> set[date]:
    """The market days on which a contracting period begins: all, unless periods are longer.

    A period begins on the first day, on every day that events name, and when the last has run out.
    """
    longer = [item.contracting_period for item in manifest.products
              if over_a_day(item.contracting_period, _USUAL_DAY)]
    if len(longer) < len(manifest.products) or not longer:
        return set(days)
    named_days = {day for (day,) in engine.query(
        "SELECT DISTINCT market_day FROM m_current_events WHERE market_day IS NOT NULL "
        f"AND event IN ({_listed(_OF_AUCTIONS)})")}
    begun: set[date] = set()
    ends: date | None = None
    for day in days:
        if ends is None or day >= ends or day in named_days:
            begun.add(day)
            ends = min(_end_day(day, period) for period in longer if period is not None)
    return begun


def _end_day(day: date, period: str) -> date:
    return max(market_day_of(period_end(market_day_start(day), period)), day + timedelta(days=1))


#: A day of 24 hours.
_USUAL_DAY = date(2026, 1, 1)

#: Daily events that belong to an auction, not to what became of the capacity afterwards.
_OF_AUCTIONS = tuple(name for name in DAILY_EVENTS if name not in (
    "use_published", "released", "returned", "curtailed", "holder_announced"))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(quoted(word) for word in words) or "NULL"


def _fill_strands(manifest: Manifest, apart: frozenset[str], engine: Engine) -> None:
    """The products, directions and borders that rows are kept apart by, for each TSO."""
    pairs = {(item.product if "product" in apart else EVERYTHING,
              item.direction if "direction" in apart else EVERYTHING)
             for item in manifest.products}
    rows: set[tuple[Any, ...]] = set()
    for tso in manifest.tsos:
        zones = {zone.id for zone in manifest.zones if tso.id in zone.tsos}
        borders = {border.id for border in manifest.borders if zones & set(border.zones)}
        borders |= {border for (border,) in engine.query(
            "SELECT DISTINCT border FROM m_current_events WHERE border IS NOT NULL "
            f"AND actor = {quoted(tso.id)}")} if "border" in apart else set()
        for border in borders or {EVERYTHING} if "border" in apart else {EVERYTHING}:
            rows |= {(tso.id, *pair, border) for pair in pairs}
    engine.fill("m_strands", [(name, "VARCHAR") for name in ("tso", *APART)], sorted(rows))


def _fill_contracts(manifest: Manifest, days: Sequence[date], begun: set[date],
                    apart: frozenset[str], engine: Engine) -> None:
    engine.fill("m_contract_days", [*_columns("contract_days"), *_PLACE], [
        (item.product, item.direction, day, over_a_day(item.contracting_period, day),
         item.product if "product" in apart else EVERYTHING,
         item.direction if "direction" in apart else EVERYTHING, item.contracting_period,
         item.validity_period, item.standard, False, None, None)
        for item in manifest.products for day in days if day in begun])


def _create_views(span: tuple[date, date], told: _Told, engine: Engine) -> None:
    own, others = _concerned(told.strangers)
    views = {
        "own_events": own, "events_of_others": others,
        "duty_days": _duty_days(""), "auction_days": _duty_days(" WHERE d.auction"),
        **DOCUMENT_VIEWS,
        "event_tsos": event_tsos(told.wrong),
        "day_events": _day_events(span, told),
        "application_events": _application_events(told),
        "duty_cycles": duty_cycles_sql(),
    }
    for name, text in views.items():
        engine.execute(f"CREATE OR REPLACE VIEW m_{name} AS {text}")


def _duty_days(where: str) -> str:
    return ("SELECT t.tso, d.market_day, s.product, s.direction, s.border, t.country, "
            "t.claims_withholding, t._bad, t._file, t._line "
            "FROM m_duty_tsos t JOIN m_strands s USING (tso) "
            f"CROSS JOIN m_delivery_days d{where}")


def _concerned(strangers: Sequence[str] | None) -> tuple[str, str]:
    """A TSO's own events, and those of others, which concern every TSO.

    Few others are named: a scan meets short lists without touching other cells. Many names, or a
    test after the product with the TSOs, would take longer than all rules.
    """
    if strangers is None:
        own, others = (f"SELECT e.* FROM m_current_events e {kind} JOIN m_duty_tsos t "
                       "ON t.tso = e.actor" for kind in ("SEMI", "ANTI"))
    else:
        listed = f"e.actor IN ({_listed(strangers)})"
        own = "SELECT * FROM m_current_events e WHERE e.actor IS NOT NULL" + (
            f" AND NOT {listed}" if strangers else "")
        others = "SELECT * FROM m_current_events e WHERE e.actor IS NULL" + (
            f" OR {listed}" if strangers else "")
    return (f"SELECT e.*, e.actor AS tso FROM ({own}) e",
            f"SELECT e.*, t.tso FROM ({others}) e CROSS JOIN m_duty_tsos t WHERE {_RECEIVED}")


def _among(events: Iterable[str], told: _Told) -> str:
    """The condition that a row is one of some events, or may be."""
    asked = told.events & frozenset(events)
    named = "TRUE" if asked == told.events else f"e.event IN ({_listed(sorted(asked))})"
    return f"({named} OR (e.event IS NULL AND e._bad))" if told.wrong else named


_CONCERNED = ("m_own_events", "m_events_of_others")


def _day_events(span: tuple[date, date], told: _Told) -> str:
    """Events by TSO and day; the day of a row handed in wrong may be any, if it is unreadable."""
    first, last = span
    days = [("e.market_day", "", f"e.market_day BETWEEN DATE '{first}' AND DATE '{last}'")]
    if told.wrong:
        days.append(("d.market_day", " CROSS JOIN m_delivery_days d",
                     "e.market_day IS NULL AND e._bad"))
    cells = _SOME_WRONG if told.wrong else _ALL_RIGHT
    place = f"{'e._bad' if told.wrong else 'FALSE AS _bad'}, e._file, e._line"
    shown = ", ".join(f"s.{name}" if told.apart else f"{quoted(EVERYTHING)} AS {name}"
                      for name in APART)
    strands = ""
    if told.apart:
        fits = ["s.tso = e.tso", *(f"(e.{name} IS NULL OR s.{name} = e.{name})"
                                   for name in APART if name in told.apart)]
        strands = f" JOIN m_strands s ON {' AND '.join(fits)}"
    return " UNION ALL ".join(
        f"SELECT e.event_id, e.tso, {day} AS market_day, {shown}, e.event, {cells}, {place} "
        f"FROM {source} e{more}{strands} WHERE {_among(DAILY_EVENTS, told)} AND {dated}"
        for source in _CONCERNED for day, more, dated in days)


def _application_events(told: _Told) -> str:
    return " UNION ALL ".join(
        f"SELECT e.event_id, e.tso, e.event, {_SOME_WRONG}, "
        f"coalesce(e.document, e.event_id) AS matter, e._bad, e._file, e._line FROM {source} e "
        f"WHERE {_among(APPLICATION_EVENTS, told)}" for source in _CONCERNED)
