"""Events that cannot all have happened as told: named with their places, and marked.

A row marked so keeps its cells, so that what it may concern is not judged and the rest is. Daily
events of days outside the delivery are left out. A row that another one puts right is not asked
any more when it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from czca_rules.errors import Problem, near_miss
from czca_rules.market_time.days import market_day_of
from czca_rules.market_time.spans import format_instant
from czca_rules.tables.engine import Engine, named, quoted
from czca_rules.tables.problem_log import SHOWN_PLACES, ProblemLog
from czca_rules.tables.process_tables import DAILY_EVENTS
from czca_rules.tables.specification import TABLES
from czca_rules.tables.validation import Setting
from czca_rules.tables.view_columns import view_columns

_SPEC = TABLES["events"]
#: What two rows about one and the same event may differ in.
_OF_THE_ROW = ("event_id", "at", "corrects")
_ALIKE = ", ".join(named(column.name) for column in _SPEC.columns
                   if column.name not in _OF_THE_ROW)
#: Daily events that say when something is due, which may be told before.
ANNOUNCED_EVENTS = ("sdac_curves_due",)
#: Daily events that may happen more than once in a market day.
REPEATABLE_EVENTS = ("released", "returned", "curtailed", "holder_announced")
#: Names among which a misspelt reference is looked for; with more it would take long.
_MANY_NAMES = 500

Saying = Callable[[tuple[Any, ...]], tuple[str, str, str]]


@dataclass(frozen=True)
class Left:
    """SQL of the events that are left, and whether any of them was marked as wrong."""

    sql: str
    marked: bool


class EventChecks:
    """The checks of one submission's events, and the SQL of what is left of them."""

    def __init__(self, relation: str, setting: Setting, engine: Engine, log: ProblemLog) -> None:
        self.relation, self.setting, self.engine, self.log = relation, setting, engine, log
        first, after = setting.delivery
        days = f"DATE '{market_day_of(first)}'", f"DATE '{market_day_of(after)}'"
        self.outside = (f"(coalesce(event IN ({_listed(DAILY_EVENTS)}), FALSE) AND "
                        f"coalesce(market_day < {days[0]} OR market_day >= {days[1]}, FALSE))")
        self.late = (f"(\"at\" > TIMESTAMP '{setting.as_of}' AND "
                     f"coalesce(event NOT IN ({_listed(ANNOUNCED_EVENTS)}), TRUE))")

    def checked(self, repeated: bool) -> Left | None:
        """Name what is wrong; the events that are left, or nothing if all is well.

        ``repeated`` says whether some names of rows occurred twice.
        """
        late, outside, corrects = self.engine.query(
            f"SELECT count(*) FILTER (WHERE {self.late}), count(*) FILTER (WHERE {self.outside}), "
            f"count(corrects) FROM {self.relation}")[0]
        circular = bool(corrects) and self._corrections(repeated)
        corrected = (f" AND NOT EXISTS (SELECT 1 FROM {self.relation} c "
                     "WHERE c.corrects = e.event_id)") if corrects else ""
        current = f"(SELECT * FROM {self.relation} e WHERE NOT {self.outside}{corrected})"
        if outside:
            self._name_outside(corrected)
        if late:
            self._name_late(current)
        contradicting = self._contradictions(current)
        if not (late or outside or circular or contradicting):
            return None
        return Left(self._left(late > 0, circular, contradicting),
                    bool(late or circular or contradicting))

    def _left(self, late: bool, circular: bool, contradicting: bool) -> str:
        """The rows that stay, marked; what is put right in a circle puts nothing right."""
        tables = [name for name, used in (("circular_events", circular),
                                          ("contradicting_events", contradicting)) if used]
        marks = "".join(
            f" LEFT JOIN (SELECT _file, _line, TRUE AS mark FROM {name}) {name} "
            f"ON {name}._file = r._file AND {name}._line = r._line" for name in tables)
        bad = " OR ".join(["r._bad", *([f"coalesce({self.late}, FALSE)"] if late else []),
                           *(f"coalesce({name}.mark, FALSE)" for name in tables)])
        shown = view_columns(
            _SPEC, lambda column: f"CASE WHEN circular_events.mark THEN NULL "
            f"ELSE r.{named(column.name)} END" if circular and column.name == "corrects"
            else f"r.{named(column.name)}", place=(f"({bad})", "r._file", "r._line"))
        return f"SELECT {shown} FROM {self.relation} r{marks} WHERE NOT {self.outside}"

    def _name(self, kind: str, column: str, found: str, say: Saying) -> int:
        """Report rows of ``found``, whose columns after `_file` and `_line` are for ``say``."""
        files = self.setting.files
        total = 0
        for file, count in self.engine.query(
                f"SELECT _file, count(*) FROM ({found}) GROUP BY ALL ORDER BY ALL"):
            places = self.engine.query(
                f"SELECT * FROM ({found}) WHERE _file = {file} ORDER BY _line "
                f"LIMIT {SHOWN_PLACES}")
            self.log.add_counted(files[file], kind, count, [
                Problem(files[file], line, column, kind, *say(cells))
                for _, line, *rest in places for cells in (tuple(rest),)])
            total += count
        return total

    def _name_outside(self, but: str) -> None:
        contexts = ", ".join(map(str, sorted(self.setting.contexts))) or "NULL"
        self._name("outside_delivery", "market_day", (
            f"SELECT _file, _line, market_day FROM {self.relation} e WHERE {self.outside} "
            f"AND (_file IN ({contexts})) IS NOT TRUE{but}"), lambda cells: (
                f"the market day {cells[0]}", "a market day of the manifest's `delivery`",
                "Correct the day, or `delivery`; what lies outside is left out."))

    def _name_late(self, current: str) -> None:
        known = format_instant(self.setting.as_of)
        self._name("after_as_of", "at", (
            f"SELECT _file, _line, \"at\" FROM {current} WHERE {self.late}"), lambda cells: (
                f"{format_instant(cells[0])}, which happened after what was known at {known}",
                "a time up to `as_of` of the manifest",
                "Correct the time, or `as_of` if the event is known."))

    def _contradictions(self, current: str) -> bool:
        """Daily events of which rows that are alike otherwise give more than one time."""
        asked = (f"SELECT *, \"at\" AS moment FROM {current} "
                 f"WHERE event IN ({_listed(DAILY_EVENTS)}) "
                 f"AND event NOT IN ({_listed(REPEATABLE_EVENTS)}) AND NOT _bad")
        twice = (f"SELECT same FROM (SELECT hash({_ALIKE}) AS same, moment FROM ({asked})) "
                 "GROUP BY same HAVING min(moment) <> max(moment)")
        if not self.engine.query(f"{twice} LIMIT 1"):  # a hash groups in less memory than cells
            return False
        window = f"OVER (PARTITION BY {_ALIKE})"
        first = (f"SELECT *, min(row(_file, _line, moment)) {window} AS one FROM ({asked}) "
                 f"WHERE hash({_ALIKE}) IN ({twice})")
        second = ("SELECT *, min(CASE WHEN moment <> struct_extract(one, 3) "
                  f"THEN row(_file, _line, moment) END) {window} AS other FROM ({first})")
        self.engine.execute(
            "CREATE OR REPLACE TABLE contradicting_events AS SELECT _file, _line, moment, "
            "CASE WHEN moment = struct_extract(one, 3) THEN other ELSE one END AS beside "
            f"FROM ({second}) WHERE other IS NOT NULL")
        return bool(self._name("contradicting_events", "at", (
            "SELECT _file, _line, moment, struct_extract(beside, 1), struct_extract(beside, 2), "
            "struct_extract(beside, 3) FROM contradicting_events"), lambda cells: (
                f"{format_instant(cells[0])}, where {self.setting.files[cells[1]]}:{cells[2]} "
                f"says {format_instant(cells[3])} of the same event", "one time for an event",
                "Name the earlier row in `corrects` of the right one, or remove the wrong one.")))

    def _corrections(self, repeated: bool) -> bool:
        """Name corrections of nothing and in a circle; whether there are any of these."""
        names = f"SELECT event_id FROM {self.relation} WHERE event_id IS NOT NULL"
        if repeated:
            names += " UNION ALL SELECT event_id FROM twice_events"
        edges = f"SELECT event_id, corrects, _file, _line FROM {self.relation} " \
                "WHERE corrects IS NOT NULL"
        known = self.engine.query(f"SELECT event_id FROM ({names}) LIMIT {_MANY_NAMES + 1}")
        near = [name for (name,) in known] if len(known) <= _MANY_NAMES else []
        self._name("corrects_nothing", "corrects", (
            f"SELECT _file, _line, corrects FROM ({edges}) k WHERE NOT EXISTS "
            f"(SELECT 1 FROM ({names}) n WHERE n.event_id = k.corrects)"), lambda cells: (
                f"`{cells[0][:60]}`, which is no row of `events`", "the `event_id` of another row",
                _meant(cells[0], near)))
        return self._circular(edges)

    def _circular(self, edges: str) -> bool:
        """Whether rows put each other right in a circle; such rows go to `circular_events`."""
        run = self.engine.execute
        run("CREATE OR REPLACE TABLE leaps AS SELECT event_id AS start, corrects AS until "
            f"FROM ({edges}) WHERE event_id IS NOT NULL")
        # Each turn doubles the leap. Whoever is still reached after as many steps as there are
        # rows is in a circle; without one, nobody is after few turns.
        rows = left = self.engine.query("SELECT count(*) FROM leaps")[0][0]
        steps = 1
        while left and steps <= rows:
            run("CREATE OR REPLACE TABLE longer AS SELECT l.start, r.until FROM leaps l "
                "JOIN leaps r ON r.start = l.until")
            run("DROP TABLE leaps")
            run("ALTER TABLE longer RENAME TO leaps")
            left = self.engine.query("SELECT count(*) FROM leaps")[0][0]
            steps *= 2
        if not left:
            return False
        run("CREATE OR REPLACE TABLE circular_events AS SELECT k.* "
            f"FROM ({edges}) k WHERE event_id IN (SELECT until FROM leaps)")
        return bool(self._name("circular_correction", "corrects", (
            "SELECT _file, _line, event_id, corrects FROM circular_events"), lambda cells: (
                "the row itself" if cells[0] == cells[1] else
                f"`{cells[1][:60]}`, which is put right by this row in turn",
                "an earlier row that does not lead back here",
                "Leave `corrects` empty in the row that was written first.")))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(quoted(word) for word in words)


def _meant(name: str, known: list[str]) -> str:
    return near_miss(name, known) if known else "Correct the name."
