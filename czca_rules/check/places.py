"""Where many reported rows came from: the same places as `check.sources` finds, found by joins.

The rows lie in a table of the engine; the places of each table behind them are gathered by key
once, for as many rows as are asked for at a time.
"""

from __future__ import annotations

from typing import Any

from czca_rules.check.judging import Judging
from czca_rules.check.sources import (
    EVENT_ROWS,
    MAX_BESIDE,
    MAX_SOURCES,
    Origin,
    Place,
    events_of,
    few,
    origins,
)
from czca_rules.derive.select import Select, view_of
from czca_rules.rulebook.relations import Relation
from czca_rules.rulebook.ruleset import Rule

#: A file's number and a line in one number, which orders like the two.
LINES = 1 << 40


class Places:
    """The places of the rows of one rule, which lie in a table named ``rows``."""

    def __init__(self, judging: Judging, relation: Relation, rule: Rule, rows: str) -> None:
        self.judging, self.rows = judging, rows
        self.engine: Any = judging.submission.engine
        self.schema = judging.context.schema_of(relation.name)
        self.events = events_of(judging.ruleset, rule)
        self.origins = [origin for origin in origins(judging.ruleset.relations, relation)
                        if judging.sound(origin.table)]

    def gather(self, first: int, after: int) -> None:
        """Look up the places of the rows numbered from ``first`` up to ``after``."""
        for number, origin in enumerate(self.origins):
            self.engine.execute(
                f'CREATE OR REPLACE TABLE "e_places_{number}" AS '
                f"{self._sql(origin, MAX_BESIDE if number else MAX_SOURCES, first, after)}")

    def of(self, first: int, after: int) -> list[tuple[Place, ...]]:
        """The places of each row among those gathered, in the order of the rows."""
        files = [record.path for record in self.judging.submission.files]
        listed: list[list[list[Place]]] = [[] for _ in range(after - first)]
        for number in range(len(self.origins)):
            found = dict(self.engine.query(
                f'SELECT n, places FROM "e_places_{number}" WHERE n >= {first} AND n < {after}'))
            for row, own in enumerate(listed, first):
                own.append([(files[place // LINES], place % LINES)
                            for place in found.get(row, ())])
        return [few(own) for own in listed]

    def forget(self) -> None:
        """Drop what was gathered."""
        for number in range(len(self.origins)):
            self.engine.execute(f'DROP TABLE IF EXISTS "e_places_{number}"')

    def _sql(self, origin: Origin, most: int, first: int, after: int) -> str:
        """Rows and the first places of each; rows without any are left out."""
        select = Select(self.judging.context, self.schema)
        keys = [f"{select.formula(node)} AS k{n}" for n, (_, node) in enumerate(origin.on)]
        asked = (f"SELECT s._n AS n, {', '.join(keys)} FROM {select.source(f'{self.rows} s')} "
                 f"WHERE s._n >= {first} AND s._n < {after}")
        names = ", ".join(f"k{n}" for n in range(len(origin.on)))
        same = " AND ".join(f's."{name}" = k.k{n}' for n, (name, _) in enumerate(origin.on))
        place = f'CAST(s."_file" AS BIGINT) * {LINES} + s."_line"'
        told = self._told(origin) + origin.condition(self.judging.context)
        # A row that was split stands in several intervals; without the time it would come often.
        once = "" if any(name == "mtu_start" for name, _ in origin.on) else "DISTINCT "
        return (f"WITH asked AS MATERIALIZED ({asked}), found AS ("
                f"SELECT {names}, min(place, {most}) AS places FROM ("
                f"SELECT {once}{names}, {place} AS place FROM {view_of(origin.table)} s "
                f"JOIN (SELECT DISTINCT {names} FROM asked) k ON {same} "
                f'WHERE s."_line" IS NOT NULL{told}) GROUP BY {names}) '
                f"SELECT n, places FROM asked JOIN found USING ({names}) ORDER BY n")

    def _told(self, origin: Origin) -> str:
        """Of events only those that the rule rests on."""
        if origin.table not in EVENT_ROWS or not self.events:
            return ""
        listed = ", ".join(f"'{name}'" for name in sorted(self.events))
        return f" AND (s.event IS NULL OR s.event IN ({listed}))"
