"""Keys that occur twice: found cheaply, named with both places, one row of each kept as bad."""

from __future__ import annotations

from collections.abc import Sequence

from czca_rules.errors import Problem
from czca_rules.tables.columns import Column, TableSpec
from czca_rules.tables.engine import Engine, named
from czca_rules.tables.problem_log import SHOWN_PLACES, ProblemLog
from czca_rules.tables.view_columns import view_columns

#: Rows from which it pays to look first whether the file is sorted by its key.
_MANY = 200_000
_SAMPLE = 20_000


def has_duplicates(relation: str, spec: TableSpec, rows: int, engine: Engine) -> bool:
    """Whether any key occurs twice in a relation; memory stays bounded by the engine."""
    if rows >= _MANY and _is_sorted(relation, spec, engine):
        return False
    listed = ", ".join(map(named, spec.key))
    if rows >= _MANY:  # a fixed-width hash groups in less memory; two alike are looked at closely
        alike = engine.query(f"SELECT 1 FROM (SELECT hash({listed}) AS h FROM {relation}) "
                             "GROUP BY h HAVING count(*) > 1 LIMIT 1")
        if not alike:
            return False
    return bool(engine.query(f"SELECT 1 FROM {relation} GROUP BY {listed} "
                             "HAVING count(*) > 1 LIMIT 1"))


def _is_sorted(relation: str, spec: TableSpec, engine: Engine) -> bool:
    """Whether each row's key is greater than the one before, in some order of its columns."""
    order = _likely_order(relation, spec, engine)
    now = ", ".join(order)
    before = ", ".join(f"lag({item}) OVER ()" for item in order)
    first, falling = engine.query(
        "SELECT count(*) FILTER (WHERE start), count(*) FILTER (WHERE NOT start AND falls) "
        f"FROM (SELECT lag(TRUE) OVER () IS NULL AS start, "
        f"row({now}) <= row({before}) AS falls FROM {relation})")[0]
    # More than one start would mean that rows were not compared in one sequence.
    return bool(first <= 1 and falling == 0)


def _likely_order(relation: str, spec: TableSpec, engine: Engine) -> list[str]:
    """Key columns from the slowest to the fastest changing, judged by the first rows."""
    items = [f"coalesce(CAST({named(name)} AS VARCHAR), '')"
             if not spec.by_name[name].required else named(name) for name in spec.key]
    changes = ", ".join(f"count(*) FILTER (WHERE v{index} IS DISTINCT FROM b{index})"
                        for index in range(len(items)))
    pairs = ", ".join(f"{item} AS v{index}, lag({item}) OVER () AS b{index}"
                      for index, item in enumerate(items))
    counts = engine.query(f"SELECT {changes} FROM (SELECT {pairs} FROM "
                          f"(SELECT * FROM {relation} LIMIT {_SAMPLE}))")[0]
    return [item for _, item in sorted(zip(counts, items, strict=True),
                                       key=lambda pair: int(pair[0]))]


def without_duplicates(relation: str, spec: TableSpec, files: Sequence[str], engine: Engine,
                       log: ProblemLog) -> str:
    """Name every key that occurs again; returns SQL in which such a key stands once, as bad."""
    twice, same = _find_again(relation, spec, relation, files, engine, log)
    kept = view_columns(
        spec, lambda column: named(column.name) if column.key else f"NULL::{column.sql_type}",
        place=("TRUE", "struct_extract(first, 1)", "struct_extract(first, 2)"))
    others = view_columns(spec, lambda column: _amount(column, relation, twice, same)
                          if column.kind == "eur" and spec.on_delivery_axis
                          else f"r.{named(column.name)}")
    return (f"SELECT {others} FROM {relation} r ANTI JOIN {named(twice)} t ON {same} UNION ALL "
            f"SELECT {kept} FROM {named(twice)}")


def only_named(relation: str, spec: TableSpec) -> str:
    """The rows whose key is whole, of a table in which it may be unknown."""
    filled = " AND ".join(f"{named(name)} IS NOT NULL" for name in spec.key)
    return f"(SELECT * FROM {relation} WHERE {filled})"


def marked_duplicates(relation: str, spec: TableSpec, files: Sequence[str], engine: Engine,
                      log: ProblemLog) -> str:
    """Name every key that occurs again; returns SQL in which all its rows stand, as bad.

    They keep what they say but for the free text of their key, which names none of them.
    """
    twice, same = _find_again(relation, spec, only_named(relation, spec), files, engine, log)
    shown = view_columns(
        spec, lambda column: f"CASE WHEN t.first IS NULL THEN r.{named(column.name)} END"
        if column.key and column.kind == "text" else f"r.{named(column.name)}",
        place=("(r._bad OR t.first IS NOT NULL)", "r._file", "r._line"))
    return f"SELECT {shown} FROM {relation} r LEFT JOIN {named(twice)} t ON {same}"


def _find_again(relation: str, spec: TableSpec, among: str, files: Sequence[str], engine: Engine,
                log: ProblemLog) -> tuple[str, str]:
    """Report every key that occurs again; the table of these keys, and SQL that joins it."""
    listed = ", ".join(map(named, spec.key))
    twice = f"twice_{spec.name}"
    engine.execute(
        f"CREATE OR REPLACE TABLE {named(twice)} AS SELECT {listed}, "
        "min(row(_file, _line)) AS first "
        + "".join(f", arg_min({name}, row(_file, _line)) AS {name} "
                  for name in spec.span_columns)
        + f"FROM {among} GROUP BY {listed} HAVING count(*) > 1")
    same = " AND ".join(f"r.{named(name)} IS NOT DISTINCT FROM t.{named(name)}"
                        for name in spec.key)
    again = (f"SELECT r._file, r._line, min(t.first) AS first FROM {relation} r "
             f"JOIN {named(twice)} t ON {same} WHERE row(r._file, r._line) <> t.first GROUP BY ALL")
    _report_again(again, spec, files, engine, log)
    return twice, same


def _amount(column: Column, relation: str, twice: str, same: str) -> str:
    """An amount of money; unknown in a row that lost an interval to a duplicate.

    Its parts are shares of the amount by time, so what is left of them no longer says what holds.
    """
    return (f"CASE WHEN (r._file, r._line) IN (SELECT (r._file, r._line) FROM {relation} r "
            f"JOIN {named(twice)} t ON {same}) THEN NULL ELSE r.{named(column.name)} END")


def _report_again(again: str, spec: TableSpec, files: Sequence[str], engine: Engine,
                  log: ProblemLog) -> None:
    place = "mtu_start" if spec.timed else spec.key[0]
    for file, count in engine.query(
            f"SELECT _file, count(*) FROM ({again}) GROUP BY ALL ORDER BY ALL"):
        found = engine.query(
            f"SELECT _line, struct_extract(first, 1), struct_extract(first, 2) FROM ({again}) "
            f"WHERE _file = {file} ORDER BY ALL LIMIT {SHOWN_PLACES}")
        log.add_counted(files[file], "duplicate_key", count, [
            Problem(files[file], line, place, "duplicate_key",
                    f"the key of {files[its_file]}:{its_line} again",
                    f"each {', '.join(spec.key)} once", "Remove one of the two rows.")
            for line, its_file, its_line in found])


def overlapping_sql(relation: str, spec: TableSpec) -> str:
    """Rows of a history table that start inside an earlier span of the same key."""
    others = ", ".join(named(name) for name in spec.key if name != "mtu_start")
    window = f"(PARTITION BY {others} ORDER BY mtu_start ROWS BETWEEN UNBOUNDED PRECEDING " \
             "AND 1 PRECEDING)"
    return (f"SELECT *, max(mtu_end) OVER {window} > mtu_start AS _overlaps, "
            f"max(row(mtu_end, _file, _line)) OVER {window} AS _other FROM {relation}")


def without_overlaps(relation: str, spec: TableSpec, files: Sequence[str], engine: Engine,
                     log: ProblemLog) -> str | None:
    """Name rows of a history table that overlap; returns SQL with them as bad, or nothing."""
    marked = overlapping_sql(relation, spec)
    for file, count in engine.query(f"SELECT _file, count(*) FROM ({marked}) WHERE _overlaps "
                                    "GROUP BY ALL ORDER BY ALL"):
        found = engine.query(
            f"SELECT _line, struct_extract(_other, 2), struct_extract(_other, 3) FROM ({marked}) "
            f"WHERE _overlaps AND _file = {file} ORDER BY ALL LIMIT {SHOWN_PLACES}")
        log.add_counted(files[file], "overlapping_spans", count, [
            Problem(files[file], line, "mtu_start", "overlapping_spans",
                    f"a span that overlaps that of {files[its_file]}:{its_line}",
                    "spans of one key that do not overlap", "Shorten one of them.")
            for line, its_file, its_line in found])
    if not engine.query(f"SELECT 1 FROM ({marked}) WHERE _overlaps LIMIT 1"):
        return None
    shown = view_columns(
        spec, lambda column: named(column.name) if column.key
        else f"CASE WHEN _overlaps THEN NULL ELSE {named(column.name)} END",
        place=("_bad OR coalesce(_overlaps, FALSE)", "_file", "_line"))
    return f"SELECT {shown} FROM ({marked})"
