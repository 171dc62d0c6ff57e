"""Recurring duties of each TSO as a chain: the start of the application, then each time it was met.

A link is judged by its next: twelve months after it the duty has to be met again. Where nobody says
when the application started, the first link has no beginning: whether the first time was late is
unknown, for an earlier beginning would have made it so.
"""

from __future__ import annotations

from czca_rules.tables.engine import quoted
from czca_rules.tables.process_tables import RECURRING_EVENTS


def duty_cycles_sql() -> str:
    """SQL of `duty_cycles`: each time a duty was met since the application started, and the next.

    Of a duty that a row handed in wrong may be about, it is not known when it was met next.
    """
    events = ", ".join(f"({quoted(name)})" for name in RECURRING_EVENTS)
    return f"""
        WITH told AS (SELECT tso, event, "at", _bad, _file, _line FROM m_application_events),
        duties AS (SELECT t.*, v.event FROM m_duty_tsos t, (VALUES {events}) v(event)),
        begun AS (
            SELECT tso, min("at") FILTER (event = 'application_started') AS started,
                   bool_or(_bad) FILTER (event IS NULL OR event = 'application_started') AS wrong
            FROM told GROUP BY tso),
        doubtful AS (SELECT d.tso, d.event, bool_or(o._bad) AS wrong FROM duties d JOIN told o
            ON o.tso = d.tso AND (o.event = d.event OR o.event IS NULL) GROUP BY ALL),
        met AS (
            SELECT DISTINCT d.tso, d.event, o.at FROM duties d
            JOIN told o ON o.tso = d.tso AND o.event = d.event AND o.at IS NOT NULL
            LEFT JOIN begun b ON b.tso = d.tso WHERE b.started IS NULL OR o.at >= b.started),
        moments AS (
            SELECT tso, event, "at", row_number() OVER (PARTITION BY tso, event ORDER BY "at") AS n
            FROM met
            UNION ALL
            SELECT d.tso, d.event, b.started, 0 FROM duties d LEFT JOIN begun b ON b.tso = d.tso),
        chained AS (SELECT *, lead("at") OVER (PARTITION BY tso, event ORDER BY n) AS next_at
                    FROM moments)
        SELECT c.tso, c.event, CAST(c.n AS INTEGER) AS occurrence, d.country,
               d.claims_withholding, c.at AS began_at,
               CASE WHEN NOT w THEN c.next_at END AS next_at,
               CASE WHEN NOT w THEN c.next_at IS NOT NULL END AS next_told,
               w AS _bad, CAST(NULL AS INTEGER) AS _file, CAST(NULL AS BIGINT) AS _line
        FROM (SELECT c.*, coalesce(f.wrong, false) AS w FROM chained c
              LEFT JOIN doubtful f ON f.tso = c.tso AND f.event = c.event) c
        JOIN duties d ON d.tso = c.tso AND d.event = c.event"""
