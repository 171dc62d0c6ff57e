"""Spans of time and the rows they meet: found by the days they touch, each pair once."""

from __future__ import annotations

from random import Random

import duckdb

from czca_rules.derive.window_sql import MEETING, meeting_by_day

QUARTERS_A_DAY = 96


def drawn(random: Random, count: int) -> list[tuple[int, int]]:
    """Spans in quarter hours from some minutes to a month, some empty, some turned round, many
    from midnight (UTC) to midnight."""
    spans = []
    for _ in range(count):
        start = random.randrange(40 * QUARTERS_A_DAY)
        if random.random() < 0.3:
            start -= start % QUARTERS_A_DAY
        length = random.choice([-3, 0, 1, 4, 95, 96, 97, 192, 7 * 96, 31 * 96])
        spans.append((start, start + length))
    return spans


def test_spans_meet_the_same_rows_by_day_as_by_comparing_all() -> None:
    random = Random(41)
    with duckdb.connect() as connection:
        for table, names in (("asked", ("_from", "_until")), ("source", ("mtu_start", "mtu_end"))):
            connection.execute(
                f"CREATE TABLE {table} AS SELECT row_number() OVER () AS n, "
                f"TIMESTAMP '2026-03-10' + s * INTERVAL 15 MINUTE AS {names[0]}, "
                f"TIMESTAMP '2026-03-10' + e * INTERVAL 15 MINUTE AS {names[1]} "
                "FROM (SELECT unnest(?) AS s, unnest(?) AS e)",
                [list(numbers) for numbers in zip(*drawn(random, 250), strict=True)])
        connection.execute("INSERT INTO asked VALUES (999, NULL, NULL)")
        plain, by_day = (connection.execute(
            f"SELECT k.n, r.n FROM {joined} ORDER BY ALL").fetchall() for joined in (
                f"asked k JOIN source r ON {MEETING}", meeting_by_day("asked", "source")))
    assert len(plain) > 5_000
    assert by_day == plain
