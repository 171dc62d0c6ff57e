"""The calendar in the engine: one row per market day, joined to the intervals once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from czca_rules.derive.calendar import Calendar
from czca_rules.derive.named_functions import Setting, called
from czca_rules.market_time.days import to_market_clock
from czca_rules.rulebook.functions import SIGNATURES
from czca_rules.rulebook.relations import Step
from czca_rules.tables.event_relations import fill_event_relations


class EngineCalendar:
    """Writes the calendar's tables into the engine when a statement first needs them."""

    def __init__(self, submission: Any, calendar: Calendar) -> None:
        self.submission, self.calendar = submission, calendar
        self.functions: dict[tuple[object, ...], str] = {}
        self._events_written = self._sound_events = False
        self._uniform: dict[str, tuple[bool, object]] = {}
        self._write_days()

    def _write_days(self) -> None:
        names = [name for name in self.calendar.values(self.calendar.days[0])
                 if not self.calendar.constant(name)[0]]
        rules = [rule for rule in self.calendar.ruleset.rules
                 if len({self.calendar.in_force(rule, day) for day in self.calendar.days}) > 1]
        columns = [("market_day", "DATE")]
        columns += [(name, self.calendar.type_of(name).sql) for name in names]
        columns += [(f"in_force:{rule}", "BOOLEAN") for rule in rules]
        rows = [[day, *(self.calendar.values(day)[name] for name in names),
                 *(self.calendar.in_force(rule, day) for rule in rules)]
                for day in self.calendar.days]
        engine = self.submission.engine
        engine.fill("d_days", columns, rows)
        engine.execute('CREATE OR REPLACE VIEW "d_calendar" AS '
                       'SELECT i.mtu_start, i.mtu_end, i.hours, d.* '
                       'FROM "d_intervals" i JOIN "d_days" d USING (market_day)')
        engine.execute('CREATE OR REPLACE VIEW "m_interconnector_days" AS '
                       'SELECT n.*, d.market_day FROM "m_link_directions" n, "d_days" d')

    def write_events(self) -> None:
        """Write the views that events are read through, once."""
        if not self._events_written:
            contracts = self.submission.tables["contracts"].status
            self._sound_events = fill_event_relations(
                self.submission.manifest, self.submission.engine,
                contracts == "unreadable")
            self._events_written = True

    def sound_events(self) -> bool:
        """Whether the events were looked at and none was handed in wrong."""
        return self._events_written and self._sound_events

    def uniform(self, name: str) -> tuple[bool, object]:
        """Whether `hours` or `market_day` is the same in every interval, and which it is."""
        if name not in self._uniform:
            values = ({interval.hours for interval in self.submission.intervals} if name == "hours"
                      else set(self.calendar.days) if name == "market_day" else set())
            if name == "local_hour":
                self.write_clock()
            self._uniform[name] = (True, values.pop()) if len(values) == 1 else (False, None)
        return self._uniform[name]

    def write_clock(self) -> None:
        """Write the local hour of every span of history and every interval."""
        engine = self.submission.engine
        spans: Sequence[tuple[datetime, datetime]] = engine.query(
            'SELECT DISTINCT mtu_start, mtu_end FROM (SELECT mtu_start, mtu_end FROM '
            '"t_offered_capacity" UNION ALL SELECT mtu_start, mtu_end FROM "t_day_ahead_prices" '
            'UNION ALL SELECT mtu_start, mtu_end FROM "d_intervals")')
        rows = []
        for start, end in spans:
            clock = to_market_clock(start)
            short = (end - start).total_seconds() <= 3600
            rows.append([start, end, clock.date(), clock.hour if short else None])
        engine.fill("d_clock", [("mtu_start", "TIMESTAMP"), ("mtu_end", "TIMESTAMP"),
                                ("market_day", "DATE"), ("local_hour", "DECIMAL(9,0)")], rows)

    def function(self, step: Step, query: str, of: str) -> str:
        """Compute a named function for the keys of a query; the name of its table.

        ``of`` names the expression that the keys are of. Statements differ in the columns that
        they carry along, not in its rows, so what was computed for one serves the others.
        """
        asked = (step.name, step.given, of, tuple(name for name, _ in step.on))
        known = self.functions.get(asked)
        if known is not None:
            return known
        engine = self.submission.engine
        values = called(step, Setting(self.submission.manifest, self.calendar.ruleset.holidays),
                        engine.query(f"{query} ORDER BY ALL"))
        gives = SIGNATURES[step.name].gives
        columns = [(key, step.before.columns[key].type.sql) for key, _ in step.on]
        columns += [(column, kind.sql) for column, kind in gives.items()]
        table = f"f_{step.name}_{len(self.functions)}"
        engine.fill(table, columns, [[*key, *(row[column] for column in gives)]
                                     for key, row in values.items()])
        self.functions[asked] = f'"{table}"'
        return f'"{table}"'
